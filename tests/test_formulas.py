"""δ* in closed form: by hand, against numbers at random, against the definition of a deviation's gain, and region by region."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import sympy as sp

import alliances as al
from alliances.arithmetic import choose, larger
from tests.support import benchmark_game

GAMMA = sp.Symbol("gamma", real=True)
T, R, P, S = sp.symbols("T R P S", real=True)
DILEMMA = al.CustomGame(lambda power: [[(R, R), (S, T)], [(T, S), (P, P)]], actions=("cooperate", "defect"))
NUMBERS = {T: 10, R: 9, P: 3, S: 1}

CONCEPTS = {
    "reversion": al.NashReversion(),
    "one period": al.FinitePunishment(1),
    "two periods": al.FinitePunishment(2),
    "noisy": al.ImperfectMonitoring(Fraction(1, 20), Fraction(1, 10)),
    "side payments": al.Transfers(),
    "given": al.GivenPunishment(),
    "credible": al.GivenPunishment(credible=True),
}


def step(power):
    """A model that chooses, and in which some gaps have no pure equilibrium."""
    s, p = power.share, power.proxy_share
    bonus = choose(power.gap >= 0, power.gap, 0)
    return [[(s + bonus, p), (p, s)], [(larger(s, 2 * p), p / 2), (s / 4, p / 4)]]


MODELS = {
    "Morrow": al.presets.morrow_1991(),
    "benchmark": benchmark_game(exposure=0.8, conflict_cost=0.15, synergy=al.Complementarity(0.6)),
    "capabilities": al.presets.capability_aggregation(),
    "all-pay": benchmark_game(contest=al.AllPay(), exposure=0.8, conflict_cost=0.15),
    "own": al.CustomGame(step),
}


# SymPy takes seconds for the payoffs of bargaining: they are the same whatever the concept
REMEMBERED = {name: al.CustomGame(cache(model.cells), actions=model.actions) for name, model in MODELS.items()}


@cache
def reversion(model):
    return al.NashReversion().formula(REMEMBERED[model])


def test_friedman_by_hand():
    formula = al.NashReversion().formula(DILEMMA)
    assert formula.players == ("sponsor", "proxy")
    defect = next(r for r in formula.regions if r.player == "sponsor" and r.punishment == ("defect", "defect"))
    inner = next(piece for piece, _ in defect.expression.args if piece.free_symbols)
    assert sp.simplify(inner - (T - R) / (T - P)) == 0  # Friedman 1971
    for player in formula.players:
        assert formula.expression(player).subs(NUMBERS) == sp.Rational(1, 7)


@pytest.mark.parametrize(
    ("concept", "value"),
    [
        (al.FinitePunishment(1), sp.Rational(1, 6)),
        (al.FinitePunishment(2), (sp.sqrt(sp.Rational(5, 3)) - 1) / 2),
        (al.ImperfectMonitoring(0.1, 0.2), sp.Rational(10, 51)),
        (al.Transfers(), sp.Rational(1, 7)),
        (al.GivenPunishment(profile=("defect", "defect")), sp.Rational(1, 7)),
    ],
    ids=["one period", "two periods", "noisy", "side payments", "given"],
)
def test_the_prisoners_dilemma_in_numbers(concept, value):
    formula = concept.formula(DILEMMA)
    for player in formula.players:
        assert sp.simplify(formula.expression(player).subs(NUMBERS) - value) == 0


@pytest.mark.parametrize("name", ["reversion", "one period", "two periods", "noisy"])
def test_a_deviation_gains_nothing_at_the_formula(name):
    c, d, w = sp.symbols("c d w", positive=True)
    concept = CONCEPTS[name]
    delta = concept.closed_form(d - c, c - w)
    gain = sp.nsimplify(sp.simplify(concept.value_of_deviating(delta, c, d, w)), rational=True)
    assert sp.simplify(gain) == 0


@pytest.mark.sampled(0)
@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("model", MODELS)
def test_formulas_are_the_numbers_at_random_gaps(model, concept):
    concept = CONCEPTS[concept]
    formula = concept.formula(REMEMBERED[model])
    gaps = np.random.default_rng(11).uniform(-0.98, 0.98, 12)
    r = al.critical_discount(MODELS[model], al.Power.from_gap(gaps), enforcement=concept)
    for player in formula.players:
        expression = formula.expression(player)
        values = [float(expression.subs(GAMMA, sp.Rational(float(gap)))) for gap in gaps]
        assert values == pytest.approx(getattr(r, player).tolist(), rel=1e-9, abs=1e-12)


@pytest.mark.slow
def test_formulas_are_the_numbers_at_random_parameters():
    m, v, tau, k = sp.symbols("m v tau k", positive=True)
    family = al.AllianceGame(al.Tullock(m), al.Complementarity(v), al.Proportional(), exposure=tau, conflict_cost=k)
    formula = al.NashReversion().formula(family)
    parameters = (m, v, tau, k, GAMMA)
    expressions = {player: sp.lambdify(parameters, formula.expression(player), "math", cse=True) for player in formula.players}
    rng = np.random.default_rng(5)
    for _ in range(8):
        values = rng.uniform([0.5, 0.1, 0.1, 0.01], [3, 2, 1, 0.45]).tolist()
        gap = float(rng.uniform(-0.9, 0.9))
        game = al.AllianceGame(
            al.Tullock(values[0]), al.Complementarity(values[1]), al.Proportional(), exposure=values[2], conflict_cost=values[3]
        )
        r = al.critical_discount(game, al.Power.from_gap(gap))
        for player, expression in expressions.items():
            assert expression(*values, gap) == pytest.approx(getattr(r, player), rel=1e-9)


@pytest.mark.slow
def test_power_of_ones_own_symbols():
    s, p = sp.symbols("s p", positive=True)
    formula = al.NashReversion().formula(MODELS["Morrow"], al.Power(s, p))
    r = al.critical_discount(MODELS["Morrow"], al.Power(3.0, 2.0))
    for player in formula.players:
        expression = sp.lambdify((s, p), formula.expression(player), "math", cse=True)
        assert expression(3, 2) == pytest.approx(getattr(r, player), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["Morrow", "benchmark", "capabilities"])
@pytest.mark.parametrize("player", ["sponsor", "proxy"])
def test_regions_are_those_of_the_punishing_equilibrium(model, player):
    regions = al.punishment_regions(MODELS[model], player)
    formula = reversion(model)
    for region in regions:
        inside = (region.lower + region.upper) / 2
        there = [f for f in formula.regions if f.player == player and any(a < inside < b for a, b in f.spans)]
        assert [f.punishment for f in there] == [region.label]
    edges = {x for f in formula.regions if f.player == player for span in f.spans for x in span}
    for region in regions[1:]:
        assert min(abs(region.lower - edge) for edge in edges) < 1e-9


def test_without_an_equilibrium_nothing_punishes():
    pennies = al.CustomGame(lambda power: [[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]])
    formula = al.NashReversion().formula(pennies)
    assert {region.punishment for region in formula.regions} == {None}
    assert formula.expression("proxy") == sp.oo
    assert formula.expression("sponsor") == 0  # at (ally, ally) it has the best it can have
    r = al.critical_discount(pennies, al.Power.from_gap(0.5))
    assert (r.sponsor, r.proxy) == (0, np.inf)


@pytest.mark.slow
def test_latex_and_tables():
    formula = reversion("Morrow")
    first, second = formula.latex().splitlines()
    assert first.startswith(r"\delta_{S}^{*} = \begin{cases}")
    assert second == formula.latex("proxy")
    assert r"\frac" in second
    frame = formula.to_frame()
    assert set(frame.player) == {"sponsor", "proxy"}
    assert frame.punishment.str.contains(r"\(fight, fight\)").any()
    with pytest.raises(ValueError, match=r"player must be one of sponsor, proxy; got 'dyad'"):
        formula.latex("dyad")


@dataclass(frozen=True)
class Late(al.Reversion):
    mixed: bool = False


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("concept", "words"),
    [
        (al.OptimalPenalCode(), "OptimalPenalCode() has no closed form in the payoffs of the stage game"),
        (al.Transfers("optimal"), "has no closed form: punishments depend on patience"),
        (al.FinitePunishment(3), "has no closed form: it is the root of a polynomial of degree 3"),
        (al.OutsideOption(5), "has no closed form in the payoffs of the stage game"),
        (al.NashReversion(mixed=True), "punishes by mixed equilibria too"),
        (al.GivenPunishment(al.FinitePunishment(4)), "polynomial of degree 4"),
        (Late(), "has no closed form in the payoffs of the stage game"),
    ],
    ids=["penal codes", "optimal transfers", "three periods", "outside option", "mixed", "given", "own"],
)
def test_concepts_without_a_closed_form_say_so(concept, words):
    with pytest.raises(TypeError, match=re.escape(words)) as error:
        concept.formula(MODELS["capabilities"])
    assert str(error.value).startswith("formula(): ")


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((3,), {}, "game must be a model such as AllianceGame; got 3"),
        ((DILEMMA, 0.5), {}, "power must be a Power of symbols, or None for the gap gamma; got 0.5"),
        ((DILEMMA,), {"profile": ("ally", "ally")}, "profile must name one of the actions"),
        (
            (al.presets.morrow_1991(conflict_cost=np.array([0.1, 0.2])),),
            {},
            "game and power must hold single numbers or symbols",
        ),
    ],
)
def test_bad_questions_are_named(arguments, options, words):
    with pytest.raises((TypeError, ValueError), match=r"^formula\(\): " + re.escape(words)):
        al.NashReversion().formula(*arguments, **options)


def test_noise_must_be_one_number():
    with pytest.raises(TypeError, match=r"formula\(\): false_alarm and miss must be single numbers"):
        al.ImperfectMonitoring(np.array([0.1, 0.2]), 0.1).formula(DILEMMA)
