"""The public strategies draw what they say, edge cases included, and need Hypothesis only when they are used."""

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import alliances as al
from alliances import testing
from alliances.repeated.enforcement import typical
from tests.support import PD_PROXY, PD_SPONSOR, quick

SEARCH = settings(max_examples=300, database=None, derandomize=True, phases=(Phase.generate,))


def drawn(strategy, condition=lambda value: True):
    """Whether the strategy draws such a value."""
    try:
        find(strategy, condition, settings=SEARCH)
    except NoSuchExample:
        return False
    return True


def all_drawn(strategy, of):
    """What is true of the values that the strategy draws, as a set."""
    seen = set()
    assert not drawn(strategy, lambda value: seen.add(of(value)))
    return seen


# -- numbers -----------------------------------------------------------------------------------------------------------


@given(exact=testing.powers(), floats=testing.powers(exact=False), extreme=testing.powers(extreme=True))
def test_powers(exact, floats, extreme):
    assert isinstance(exact.sponsor, Fraction)
    assert isinstance(exact.proxy, Fraction)
    assert isinstance(floats.sponsor, float)
    assert isinstance(floats.proxy, float)
    assert Fraction(1, 144) <= exact.ratio <= 144
    assert Fraction(1, 10**12) <= extreme.ratio <= 10**12


EDGES = {
    "parity": lambda power: power.gap == 0,
    "near parity": lambda power: 0 < abs(power.gap) < 1e-11,
    "wide": lambda power: power.ratio >= 10**12,
    "reversed": lambda power: power.ratio <= Fraction(1, 10**11),
    "tiny unit": lambda power: power.sponsor + power.proxy < 1e-8,
    "huge unit": lambda power: power.sponsor + power.proxy > 1e20,
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("exact", quick([True, False]))
def test_extreme_powers_are_drawn_on_request(edge, exact):
    assert drawn(testing.powers(exact=exact, extreme=True), EDGES[edge])
    assert drawn(testing.powers(exact=exact), EDGES[edge]) == (edge == "parity")


@given(
    exact=testing.gaps(extreme=True),
    floats=testing.gaps(exact=False, extreme=True),
    delta=testing.discounts(extreme=True),
    factor=testing.discounts(exact=False, extreme=True),
)
def test_gaps_and_discounts(exact, floats, delta, factor):
    assert isinstance(exact, Fraction)
    assert isinstance(floats, float)
    assert isinstance(delta, Fraction)
    assert isinstance(factor, float)
    assert -1 < exact < 1
    assert -1 < floats < 1
    assert 0 <= delta < 1
    assert 0 <= factor < 1
    al.Power.from_gap(exact)
    al.Power.from_gap(floats)


@pytest.mark.slow
def test_edges_of_gaps_and_discounts():
    assert drawn(testing.gaps(extreme=True), lambda gap: 0 < gap < Fraction(1, 10**11))
    assert drawn(testing.gaps(), lambda gap: gap == 0)
    assert not drawn(testing.gaps(), lambda gap: abs(gap) > Fraction(11, 12))
    assert drawn(testing.discounts(extreme=True), lambda delta: delta > Fraction(999999, 10**6))
    assert drawn(testing.discounts(), lambda delta: delta == 0)
    assert not drawn(testing.discounts(), lambda delta: delta > Fraction(999, 1000))


# -- stage games -------------------------------------------------------------------------------------------------------


@given(testing.stage_games(most=2, values=st.integers(-1, 1)), testing.stage_games(most=4, degenerate=True))
def test_stage_games(small, degenerate):
    assert max(small.shape) <= 2
    assert small.exact
    assert set(np.ravel(small.A)) <= {-2, -1, 0, 1}  # a dominated action may lose 1 more
    assert max(degenerate.shape) <= 4


def duplicate(game, axis):
    a, b = (np.moveaxis(x, axis, 0) for x in (game.A, game.B))
    return len(a) > 1 and any((p[0] == q[0]).all() and (p[1] == q[1]).all() for p, q in pairwise(zip(a, b, strict=True)))


def spread(game):
    """Neither constant nor indifferent anywhere."""
    return min(game.payoff_range) > 1


DEGENERATE = {
    "constant": lambda game: game.payoff_range == (0, 0) and (game.A > 0).all() and (game.B > 0).all(),
    "indifferent": lambda game: (game.A[0] == game.A[1]).all() and game.payoff_range[0] > 1 and not duplicate(game, 0),
    "duplicate row": lambda game: duplicate(game, 0) and spread(game),
    "duplicate column": lambda game: duplicate(game, 1) and spread(game),
    "dominated": lambda game: (game.A[1] == game.A[0] - 1).all() and spread(game),
    "binary": lambda game: game.shape == (3, 3) and set(np.ravel(game.A)) | set(np.ravel(game.B)) == {0, 1},
}


@pytest.mark.parametrize("kind", DEGENERATE)
def test_degenerate_games_are_drawn(kind):
    assert drawn(testing.stage_games(degenerate=True), DEGENERATE[kind])


@pytest.mark.slow
def test_one_action_each_is_degenerate_enough():
    assert not drawn(testing.stage_games(most=1, degenerate=True), lambda game: game.shape != (1, 1))


def test_float_values_give_float_games():
    game = find(testing.stage_games(values=st.floats(0, 1)), lambda game: not game.exact, settings=SEARCH)
    assert game.A.dtype == np.float64


# -- ingredients, games and concepts -----------------------------------------------------------------------------------


@given(game=testing.alliance_games(), power=testing.powers())
def test_exact_games_stay_exact(game, power):
    assert game.stage_game(power).exact


@given(game=testing.alliance_games(exact=False), power=testing.powers(exact=False, extreme=True))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_float_games_are_games_at_every_power(game, power):
    stage = game.stage_game(power)
    assert stage.A.dtype == np.float64


@pytest.mark.sampled(1)
@pytest.mark.parametrize("count", [2, 3])
def test_the_number_of_actions(count):
    assert all_drawn(testing.alliance_games(actions=count), lambda game: len(game.actions)) == {count}
    assert drawn(testing.alliance_games(), lambda game: len(game.actions) == count)


@pytest.mark.parametrize(
    ("strategy", "kinds"),
    [
        (testing.contests(), (al.Tullock, al.AllPay)),
        (testing.contests(exact=False), (al.Tullock, al.AllPay, al.Hirshleifer)),
        (testing.synergies(), (al.Complementarity, al.Aggregation, al.ConstantSynergy, al.CommonThreat)),
        (testing.sharings(), (al.Proportional, al.Equal, al.Wage, al.NashBargaining, al.Agreed)),
        (
            testing.enforcements(exact=False),
            (al.NashReversion, al.Transfers, al.ImperfectMonitoring, al.FinitePunishment, al.OptimalPenalCode),
        ),
    ],
    ids=["contests", "all contests", "synergies", "sharings", "enforcements"],
)
def test_every_kind_is_drawn_and_no_other(strategy, kinds):
    assert all_drawn(strategy, type) == set(kinds)


def test_every_enforcement_concept_has_a_strategy():
    """A concept that is registered is drawn, unless it wraps another and needs actions and offers of the caller."""
    kinds = {type(concept) for concept in typical()}
    assert kinds == {al.FinitePunishment, al.ImperfectMonitoring, al.NashReversion, al.OptimalPenalCode, al.Transfers}
    for kind in kinds:
        assert drawn(testing.enforcements(), lambda concept: type(concept) is kind)  # noqa: B023 - called at once


@given(concept=testing.enforcements())
def test_exact_concepts_answer_exactly(concept):
    result = al.critical_discount(al.StageGame(PD_SPONSOR, PD_PROXY), enforcement=concept)
    assert isinstance(result.dyad, Fraction) or result.dyad in (0, float("inf"))


def test_mixed_concepts_on_request():
    assert not drawn(testing.enforcements(), lambda concept: getattr(concept, "mixed", False))
    assert drawn(testing.enforcements(mixed=None), lambda concept: getattr(concept, "mixed", False))
    assert drawn(testing.enforcements(mixed=None), lambda concept: not getattr(concept, "mixed", False))


@pytest.mark.slow
def test_ingredients_may_be_replaced():
    game = find(testing.alliance_games(contest=st.just(al.Tullock(7))), lambda game: True, settings=SEARCH)
    assert game.contest.decisiveness == 7
    assert not drawn(testing.sharings(wage=Fraction(1, 12)), lambda x: isinstance(x, al.Wage) and x.wage > Fraction(1, 12))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: testing.alliance_games(actions=4), ValueError, r"alliance_games\(\): actions must be 2, 3 or None; got 4"),
        (lambda: testing.stage_games(most=0), ValueError, r"stage_games\(\): most must be at least 1; got 0"),
        (lambda: testing.stage_games(most=1.5), ValueError, r"stage_games\(\): most must be a whole number; got 1.5"),
        (lambda: testing.stage_games(most="3"), TypeError, r"stage_games\(\): most must be a number; got '3'"),
        (lambda: testing.stage_games(degenerate="no"), TypeError, r"degenerate must be True or False; got 'no'"),
        (lambda: testing.powers(exact="no"), TypeError, r"powers\(\): exact must be True or False; got 'no'"),
        (lambda: testing.gaps(extreme=1), TypeError, r"gaps\(\): extreme must be True or False; got 1"),
        (lambda: testing.enforcements(mixed="no"), TypeError, r"enforcements\(\): mixed must be True or False; got 'no'"),
        (lambda: testing.sharings(wage=-1), ValueError, r"sharings\(\): wage must be non-negative and finite; got -1"),
    ],
)
def test_wrong_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- the package -------------------------------------------------------------------------------------------------------


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.slow
def test_hypothesis_is_loaded_when_it_is_used():
    code = "import sys, alliances as al; before = 'hypothesis' in sys.modules; al.testing.powers;"
    assert run(code + "print(before, 'hypothesis' in sys.modules)") == "False True"


def test_a_missing_extra_is_named():
    code = (
        "import sys; sys.modules['hypothesis'] = None; import alliances as al\n"
        "for load in (lambda: al.testing, lambda: __import__('alliances.testing')):\n"
        "    try: load()\n    except ImportError as error: print(error)"
    )
    assert run(code).splitlines() == ["alliances.testing needs hypothesis: pip install 'alliances[testing]'"] * 2


def test_the_lazy_name_hides_no_typo():
    assert al.testing is testing
    with pytest.raises(AttributeError, match="module 'alliances' has no attribute 'testings'"):
        _ = al.testings
