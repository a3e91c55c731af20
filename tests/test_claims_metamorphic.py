"""What may be changed about a question without changing the answer, and which changes move it one way only."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.claims import ASYMMETRY, CLAIMS, PROXY_RESTRAINT, SPONSOR_RESTRAINT, Choice, Family, Interval, alliance_family
from alliances.claims.measuring import evaluate, line_of
from alliances.testing.strategies import rationals
from tests.claim_support import family, status

GIVEN = al.GivenPunishment()
PROXY_TURNS_FIRST = CLAIMS["proxy turns first"]
FAMILIES = {
    "true of the proxy": alliance_family(decisiveness=2, synergy="constant", enforcement=GIVEN, assume="deterrent"),
    "false of the proxy": alliance_family(decisiveness=1, synergy="constant", enforcement=GIVEN, assume="deterrent"),
}
EXPECTED = {"true of the proxy": "proved", "false of the proxy": "refuted"}
BOTH = pytest.mark.parametrize("name", FAMILIES)


def changed(of, change, **options):
    """The family whose models have other cells, ``change(power, cells)``."""

    def model(**values):
        game = of.at(**values)
        return al.CustomGame(lambda power: change(power, game.cells(power)), **options)

    return of.with_(model=model)


@BOTH
def test_payoffs_in_another_unit(name):
    of = changed(FAMILIES[name], lambda power, cells: [[(7 * a, b / 3) for a, b in row] for row in cells])
    assert status(PROXY_RESTRAINT, of) == EXPECTED[name]


@BOTH
def test_payoffs_shifted(name):
    of = changed(FAMILIES[name], lambda power, cells: [[(a - 5, b + 3) for a, b in row] for row in cells])
    assert status(PROXY_RESTRAINT, of) == EXPECTED[name]


@BOTH
@pytest.mark.parametrize("total", [F(1, 3), 17])
def test_power_in_another_unit(name, total):
    assert status(PROXY_RESTRAINT, FAMILIES[name].with_(total=total)) == EXPECTED[name]


@BOTH
def test_parameters_in_another_order(name):
    of = FAMILIES[name]
    assert status(PROXY_RESTRAINT, of.with_(parameters=dict(reversed(of.parameters.items())))) == EXPECTED[name]


@BOTH
@pytest.mark.parametrize("names", [("x", "atom0", "stakes"), ("γ", "true", "letter0"), ("x1", "x", "x2")])
def test_parameters_by_other_names(name, names):
    of = FAMILIES[name]

    def model(**values):
        return of.at(**dict(zip(of.parameters, values.values(), strict=True)))

    renamed = of.with_(model=model, parameters=dict(zip(names, of.parameters.values(), strict=True)))
    proof = PROXY_RESTRAINT.prove(renamed, timeout=60)
    assert proof.status == EXPECTED[name]
    if proof.counterexample:
        assert tuple(proof.counterexample.parameters) == names


@BOTH
def test_a_choice_of_one_is_a_number(name):
    of = FAMILIES[name]
    free = {"exposure": Choice(F(1, 2))}
    fixed = of.with_(parameters={**of.parameters, **free})
    m = 2 if name == "true of the proxy" else 1
    chosen = alliance_family(decisiveness=Choice(m), synergy="constant", domains=free, enforcement=GIVEN, assume="deterrent")
    assert status(PROXY_RESTRAINT, fixed) == status(PROXY_RESTRAINT, chosen) == EXPECTED[name]


@BOTH
def test_a_third_action_that_nobody_wants(name):
    def worse(_, cells):
        low = -9 + 0 * cells[0][0][0]
        return [[*row, (row[0][0] + low, low)] for row in cells] + [[(low, low), (low, low), (low + low, low + low)]]

    of = FAMILIES[name].with_(enforcement=al.GivenPunishment(profile=(1, 1)), assume=())
    two = status(PROXY_RESTRAINT, of)
    assert status(PROXY_RESTRAINT, changed(of, worse, actions=("ally", "fight", "sulk"))) == two


def mirror(game):
    """The sponsor in the proxy's place at every gap."""

    def payoffs(power):
        cells = game.cells(power)
        return [[(cells[j][i][1], cells[j][i][0]) for j in range(2)] for i in range(2)]

    return al.CustomGame(payoffs)


@pytest.mark.sampled(2)
@BOTH
@pytest.mark.parametrize("claim", [PROXY_RESTRAINT, SPONSOR_RESTRAINT], ids=lambda c: c.name)
def test_players_relabelled(name, claim):
    of = FAMILIES[name]
    other = SPONSOR_RESTRAINT if claim is PROXY_RESTRAINT else PROXY_RESTRAINT
    assert status(other, of.with_(model=lambda **values: mirror(of.at(**values)))) == status(claim, of)


@BOTH
def test_the_gap_turned_around(name):
    """With powers exchanged the proxy's curve becomes the sponsor's at −γ: what fell along one rises along the other."""
    of = FAMILIES[name]

    def model(**values):
        game = of.at(**values)
        turned = al.CustomGame(lambda power: game.cells(al.Power(power.proxy, power.sponsor)))
        return mirror(turned)

    back = of.with_(model=model, gaps=Interval(F(-3, 4), F(-1, 4)))
    # the synergy and the shares are symmetric in the powers: a model turned around is itself
    there = of.with_(gaps=Interval(F(-3, 4), F(-1, 4)))
    for claim in (PROXY_RESTRAINT, SPONSOR_RESTRAINT):
        assert status(claim, back) == status(claim, there)


@BOTH
def test_tighter_domains_of_truths_and_wider_ones_of_falsehoods(name):
    of = FAMILIES[name]
    tight = {"value": Interval(1, 8), "exposure": Interval(F(1, 2), 1), "conflict_cost": Interval(F(1, 10), F(1, 3))}
    if EXPECTED[name] == "proved":
        assert status(PROXY_RESTRAINT, of.with_(parameters=tight)) == "proved"
        assert status(PROXY_RESTRAINT, of.with_(gaps=Interval(F(1, 4), F(1, 3)))) == "proved"
        assert status(PROXY_RESTRAINT, of.with_(assume=("deterrent", "credible"))) == "proved"
    else:
        narrow = PROXY_RESTRAINT.prove(of.with_(parameters=tight), timeout=60)
        assert narrow.status == "refuted"  # and so is the wider family
        at = narrow.counterexample.parameters
        assert all(at[n] in d for n, d in tight.items())


FALSE = al.AllianceGame(
    al.Tullock(1), al.ConstantSynergy(2), al.Proportional(), exposure=1, conflict_cost=F(1, 3)
)  # its proxy's δ* rises


@pytest.mark.slow
@given(
    points=st.lists(rationals(0, F(11, 12), 12), min_size=3, max_size=9, unique=True),
    data=st.data(),
)
def test_fewer_gaps_contradict_no_more(points, data):
    points = sorted(points)
    fewer = sorted(data.draw(st.lists(st.sampled_from(points), min_size=2, unique=True)))
    for claim in (PROXY_RESTRAINT, SPONSOR_RESTRAINT, ASYMMETRY):
        whole = claim.check(FALSE, gaps=points, enforcement=GIVEN)
        part = claim.check(FALSE, gaps=fewer, enforcement=GIVEN)
        assert part.holds or not whole.holds


@pytest.mark.sampled(3)
@pytest.mark.parametrize("claim", [ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, PROXY_TURNS_FIRST], ids=lambda c: c.name)
@pytest.mark.parametrize("assume", [(), ("deterrent",), ("deterrent", "credible")])
def test_an_array_of_models_is_a_loop_over_models(claim, assume):
    of = alliance_family(decisiveness=2, enforcement=GIVEN, assume=assume)
    rng = np.random.default_rng(3)
    values = {name: domain.spread(rng.random(40)) for name, domain in of.intervals.items()}
    line = line_of("gap", of, 30)
    found = evaluate(claim, of, {}, values, line)
    together = ~claim.shape.breaks(found).at.any(axis=-1)
    vacuous = ~found.comparable.any(axis=-1)
    for k in range(40):
        one = claim.check(of.at(**{n: float(v[k]) for n, v in values.items()}), gaps=line, enforcement=GIVEN, assume=assume)
        assert one.holds == together[k]
        assert (one.status == "vacuous") == vacuous[k]


def test_models_with_if_are_those_with_choose():
    def with_if(v):
        def payoffs(power):
            g = power.gap
            t = v * (2 - g) if g < F(1, 2) else v * (3 - 2 * g)
            return [[(0, 0), (-2, t)], [(-1, -2), (-1, -1)]]

        return al.CustomGame(payoffs)

    def with_choose(v):
        def payoffs(power):
            g = power.gap
            t = al.arithmetic.choose(g < F(1, 2), v * (2 - g), v * (3 - 2 * g))
            return [[(0 * g, 0 * g), (-2 + 0 * g, t)], [(-1 + 0 * g, -2 + 0 * g), (-1 + 0 * g, -1 + 0 * g)]]

        return al.CustomGame(payoffs)

    assert status(PROXY_RESTRAINT, family(with_if)) == status(PROXY_RESTRAINT, family(with_choose)) == "refuted"
    for gaps in ([F(n, 10) for n in range(10)], np.linspace(0, 0.9, 19)):
        one, other = (PROXY_RESTRAINT.check(model(F(3, 2)), gaps=gaps) for model in (with_if, with_choose))
        assert one.status == other.status == "fails"
        assert one.exact == other.exact
        assert (one.witness.low, one.witness.at_high) == (other.witness.low, other.witness.at_high)
    with pytest.raises(TypeError, match="larger, smaller and choose"):
        PROXY_RESTRAINT.measure(family(with_if), points=4)


@pytest.mark.slow
def test_finite_punishment_and_noise_keep_the_order():
    """Grim, long and noisy punishment rank gaps alike: what is true of one is true of the others."""
    of = FAMILIES["true of the proxy"]
    for concept in (al.FinitePunishment(3), al.ImperfectMonitoring(0.05, 0.1)):
        assert status(PROXY_RESTRAINT, of.with_(enforcement=al.GivenPunishment(concept))) == "proved"
        assert status(SPONSOR_RESTRAINT, of.with_(enforcement=al.GivenPunishment(concept))) == "refuted"


def test_a_family_is_its_function():
    of = Family(lambda v: FALSE, {"v": Interval(0, 1)}, enforcement=GIVEN)
    proof = PROXY_RESTRAINT.prove(of, timeout=60)
    assert proof.status == "refuted"
    assert not PROXY_RESTRAINT.check(proof.model, enforcement=GIVEN)
