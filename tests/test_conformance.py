"""The conformance battery: sound models pass, and each wrong model is caught by the check that is meant for it."""

import math
import time
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import alliances as al
from alliances import testing
from alliances.arithmetic import exp, like, smaller
from tests.conformance_support import (
    FEW,
    altered,
    at_home,
    check,
    cost_with_the_wrong_sign,
    custom,
    failures,
    loot_counted_twice,
)
from tests.support import benchmark_game, quick

# -- proofs run models on numbers of their own ---------------------------------------------------------------------------


def tempted(temptation):
    return al.CustomGame(lambda power: [[(1, 1), (-1, 1 + temptation(power.gap))], [(0, -1), (0, 0)]])


def swallowed(operation):
    def temptation(gap):
        if isinstance(gap, np.ndarray):
            return 2 - gap
        try:
            return 2 - gap + 0 * Fraction(operation(gap))
        except TypeError:
            return 1 + gap

    return temptation


OTHER_FOR_PROOFS = {
    "isinstance": lambda gap: 1 + gap if isinstance(gap, (int, float, Fraction, np.ndarray)) else 2 - gap,
    "type": lambda gap: 1 + gap if type(gap).__module__ in ("builtins", "fractions", "numpy") else 2 - gap,
    "float": swallowed(float),
    "round": swallowed(round),
    "key": swallowed(lambda gap: {}.get(gap, 1)),
}


@pytest.mark.parametrize("name", OTHER_FOR_PROOFS)
def test_models_that_are_others_for_proofs(name):
    result = check(tempted(OTHER_FOR_PROOFS[name]))
    assert failures(result) == ["symbols equal numbers"]
    with pytest.raises(al.claims.NotArithmetic):
        al.claims.PROXY_RESTRAINT.prove(
            al.claims.Family(lambda v: tempted(lambda gap: v * OTHER_FOR_PROOFS[name](gap)), {"v": al.claims.Interval(1, 2)})
        )


@pytest.mark.parametrize("operation", [np.exp, np.sqrt, lambda gap: np.maximum(gap, 0)])
def test_models_that_proofs_refuse_openly_are_no_failures(operation):
    letters = check(tempted(lambda gap: 2 + operation(np.asarray(gap, dtype=float) if np.ndim(gap) else gap)))
    result = letters["symbols equal numbers"]
    assert result.status == "skipped"
    assert "proofs do not take it" in result.reason


def test_a_model_of_many_functions_is_the_same_for_proofs():
    model = tempted(lambda gap: exp(gap) + smaller(gap, gap**2) + np.float64(2) * gap)
    assert check(model)["symbols equal numbers"].status == "passed"
    assert check(tempted(lambda gap: exp(like(1, gap)) - gap))["symbols equal numbers"].status == "passed"


@pytest.mark.slow
def test_the_battery_takes_a_few_seconds_at_most():
    """Of this process, however busy the machine; most of it is Hypothesis, which draws for all checks at once."""
    started = time.process_time()
    assert testing.check_model(al.presets.chindea_2014()).ok
    assert time.process_time() - started < 6


# -- sound models ------------------------------------------------------------------------------------------------------

CONTESTS = [al.Tullock(1), al.Tullock(2.5), al.Hirshleifer(1.3), al.AllPay()]
SYNERGIES = [al.Complementarity(1, 2), al.Aggregation(0.5), al.ConstantSynergy(1), al.CommonThreat(1, rival=2)]
SHARINGS = [al.Proportional(), al.Equal(), al.NashBargaining(), al.Wage(Fraction(1, 4)), al.Agreed(Fraction(1, 3))]


@pytest.mark.parametrize("preset", quick(["chindea_2014", *sorted({*al.presets.__all__} - {"chindea_2014"})]))
def test_presets_conform(preset):
    result = testing.check_model(getattr(al.presets, preset)(), require=["scale invariance", "parity symmetry"])
    assert result.ok, str(result)
    assert result["exactness"].reason.startswith("a parameter is a float")


SQUARE = [(CONTESTS[i], SYNERGIES[j], SHARINGS[(i + j) % 5]) for i, j in product(range(4), repeat=2)]
OTHERS = [triple for triple in product(CONTESTS, SYNERGIES, SHARINGS) if triple not in SQUARE]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("contest", "synergy", "sharing"), [*SQUARE, *(pytest.param(*triple, marks=pytest.mark.slow) for triple in OTHERS)]
)
def test_every_combination_of_ingredients_conforms(contest, synergy, sharing):
    pact = {"coexist_exposure": Fraction(1, 2), "support_cost": Fraction(1, 50)}
    result = check(benchmark_game(contest=contest, synergy=synergy, sharing=sharing, **pact), examples=1)
    assert result.ok, str(result)
    noted = {one.name for one in result.noted}
    depends_on_unit = isinstance(contest, al.Hirshleifer) or isinstance(synergy, al.CommonThreat)
    assert ("scale invariance" in noted) == depends_on_unit
    assert ("parity symmetry" in noted) == isinstance(sharing, (al.Wage, al.Agreed))
    assert ("exchange symmetry" in noted) == (
        isinstance(sharing, (al.Wage, al.Agreed)) or isinstance(synergy, al.Complementarity)
    )
    assert noted <= {"scale invariance", "parity symmetry", "exchange symmetry"}
    floats = isinstance(contest, al.Hirshleifer) or contest is CONTESTS[1] or isinstance(synergy, al.Aggregation)
    assert result["exactness"].status == ("skipped" if floats else "passed")


@pytest.mark.parametrize("contest", quick(CONTESTS, 2), ids=repr)
def test_contests_conform(contest):
    assert testing.check_contest(contest)


@pytest.mark.parametrize("synergy", quick(SYNERGIES, 2), ids=repr)
def test_synergies_conform(synergy):
    assert testing.check_synergy(synergy)


@pytest.mark.parametrize("sharing", quick(SHARINGS, 2), ids=repr)
def test_sharing_rules_conform(sharing):
    assert testing.check_sharing(sharing)


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.nested_given, HealthCheck.too_slow])
@given(game=testing.alliance_games())
def test_drawn_games_conform(game):
    """The battery runs within a Hypothesis test as well, if nesting is allowed."""
    result = check(game, examples=1)
    assert result.ok, str(result)
    assert result["exactness"].status == "passed"


def test_models_with_arrays_for_parameters_conform():
    batch = benchmark_game(stakes=np.array([[1.0], [2.0]]), conflict_cost=(np.array([0.1, 0.2, 0.3]), 0.1))
    assert not (failing := failures(check(batch))), failing


# -- wrong models ------------------------------------------------------------------------------------------------------


def betrayer_who_pays(_power, ally, betrayed, betrays, fight):
    return (ally, tuple(2 * c - x for c, x in zip(ally, betrayed, strict=True))), (betrays, fight)


def more_than_everything(_power, ally, betrayed, betrays, fight):
    return (ally, (betrayed[0] - 2 * ally[0], betrayed[1] + 2 * ally[0])), (betrays, fight)


def bonus(power, ally, betrayed, betrays, fight):
    h = like(Fraction(1, 10), power.sponsor)
    add = [(a + h, b) for a, b in (ally, betrayed, betrays)]
    return (add[0], add[1]), (add[2], fight)


def transposed(_power, ally, betrayed, betrays, fight):
    return (ally, betrays), (betrayed, fight)


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (cost_with_the_wrong_sign, ["conflict"]),
        (betrayer_who_pays, ["betrayal pays"]),
        (loot_counted_twice, ["betrayal conserves value"]),
        (more_than_everything, ["betrayal pays"]),
        (bonus, ["rents"]),
        (transposed, ["betrayal pays"]),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_wrong_cells_are_caught(rule, names):
    result = check(altered(rule))
    assert failures(result) == names
    assert "(" in result[names[0]].witness.quantity  # names the cell
    assert len(str(result[names[0]].witness)) < 160


def test_a_wrong_pact_is_caught():
    class Generous(al.AllianceGame):
        def cells(self, power):
            (a, b, c), (d, e, f), last = super().cells(power)
            return (a, (b[0] + 2 * like(self.support_cost, power.sponsor), b[1]), c), (d, e, f), last

    game = benchmark_game(coexist_exposure=Fraction(1, 2), support_cost=Fraction(1, 50))
    wrong = Generous(**{name: getattr(game, name) for name in game.__dataclass_fields__})
    result = check(wrong)
    assert failures(result) == ["pact"]
    assert str(result["pact"].witness) == (
        "at sponsor 2, proxy 1: sponsor's payoff at (ally, coexist): expected 0.646667; found 0.686667"
    )


def asymmetric(power):
    """Even at parity, monotone, but the sponsor's lead counts for less than the proxy's."""
    chance = smaller(power.share, power.share / 2 + like(Fraction(1, 4), power.share))
    return chance, 1 - chance


BAD_CONTESTS = {
    "sums to more than one": (lambda power: (power.share, power.share + power.proxy_share), ["contest probabilities"]),
    "above one": (lambda power: (power.share * 2, 1 - power.share * 2), ["contest probabilities"]),
    "not a number": (lambda power: (power.share * math.nan, power.share), ["contest probabilities"]),
    "one number": (lambda power: power.share, ["contest probabilities"]),
    "at home": (at_home, ["contest parity", "contest symmetry"]),
    "asymmetric off parity": (asymmetric, ["contest symmetry"]),
    "the weaker wins": (lambda power: (power.proxy_share, power.share), ["contest monotonicity"]),
}


@pytest.mark.parametrize("kind", BAD_CONTESTS)
def test_wrong_contests_are_caught(kind):
    contest, names = BAD_CONTESTS[kind]
    assert failures(check(benchmark_game(contest=contest))) == names
    assert failures(testing.check_contest(contest, examples=FEW)) == names


@pytest.mark.parametrize(
    "sharing",
    [
        lambda power, rents, conflict: (power.share, power.share),
        lambda power, rents, conflict: (1 + power.share, -power.share),
        lambda power, rents, conflict: (power.share, None),
        al.Wage(100),
    ],
    ids=["sum", "outside", "none", "beyond the rents"],
)
def test_wrong_shares_are_caught(sharing):
    result = check(benchmark_game(sharing=sharing))
    assert failures(result) == ["shares"]
    assert result["finite"].reason == "means nothing while 'shares' fails"
    assert failures(testing.check_sharing(sharing, examples=FEW)) == ["shares"]


@pytest.mark.parametrize("synergy", [lambda power: power.gap, lambda power: math.nan, lambda power: "much"])
def test_wrong_synergies_are_caught(synergy):
    assert failures(check(benchmark_game(synergy=synergy))) == ["synergy value"]
    assert failures(testing.check_synergy(synergy, examples=FEW)) == ["synergy value"]


def in_place(power):
    s, p = power.sponsor, power.proxy
    total = s + p
    s /= total
    return s


def in_place_but_cancelled(power):
    share = power.share
    s = power.sponsor
    s += 1
    return share


def noisy(power):
    return power.share * np.random.random()  # noqa: NPY002 - the mistake


def drifting(count):
    def chance(power):
        count[0] += 1
        return power.share / (1 + count[0])

    return chance


def mean_of_the_batch(power):
    return power.share + 0 * np.mean(power.share) if np.ndim(power.share) == 0 else power.share * 0 + np.mean(power.share)


def other_for_fractions(power):
    return power.share / 2 if isinstance(power.sponsor, Fraction) else power.share


WRONG = {
    "NaN at extreme ratios": (lambda power: exp(power.ratio) / (exp(power.ratio) + exp(1 / power.ratio)), ["finite"]),
    "overflow": (lambda power: power.sponsor**30 / (power.sponsor**30 + power.proxy**30), ["finite"]),
    "division at parity": (lambda power: power.gap / power.gap, ["finite"]),
    "in place": (in_place, ["array equals scalar"]),
    "in place but cancelled": (in_place_but_cancelled, ["array equals scalar"]),
    "builtin max": (lambda power: max(power.share, power.proxy_share), ["array equals scalar"]),
    "if": (lambda power: power.share if power.gap > 0 else power.proxy_share, ["array equals scalar"]),
    "math.exp": (lambda power: 1 / (1 + math.exp(-power.gap)), ["array equals scalar"]),
    "mean of the batch": (mean_of_the_batch, ["array equals scalar"]),
    "broadcast by hand": (
        lambda power: power.share if np.shape(power.sponsor) == np.shape(power.proxy) else power.share.ravel()[0],
        ["broadcasting"],
    ),
    "global randomness": (noisy, ["determinism"]),
    "state": (drifting([0]), ["determinism"]),
    "np.exp": (lambda power: 1 / (1 + np.exp(-power.gap)), ["exact equals float"]),
    "other for Fractions": (other_for_fractions, ["exact equals float"]),
    "text": (lambda power: "a", ["evaluation"]),
    "no such attribute": (lambda power: power.weight, ["evaluation"]),
    "complex": (lambda power: 1j, ["evaluation"]),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_models_are_caught(kind):
    chance, names = WRONG[kind]
    result = check(custom(chance))
    assert failures(result) == names, str(result)
    assert len(str(result[names[0]].witness)) < 320


def test_a_sharing_rule_that_spoils_the_rents_is_caught():
    def greedy(power, rents, _conflict):
        rents *= 1.0
        rents += 1.0
        return power.share, power.proxy_share

    assert failures(check(benchmark_game(sharing=greedy)))[0] == "no mutation"
    assert failures(testing.check_sharing(greedy, examples=FEW)) == ["no mutation"]


@pytest.mark.parametrize("rows", [[[(1, 1), (0, 0)]], [[(1, 1)], [(0, 0)]], [[(1, 1), 0], [(1, 1), (0, 0)]]])
def test_missing_cells_are_caught(rows):
    class Short(al.DyadicGame):
        actions = ("ally", "fight")

        cells = lambda self, power: rows  # noqa: E731

    assert failures(check(Short())) == ["evaluation"]
    assert failures(check(al.CustomGame(lambda power: rows))) == ["evaluation"]
