"""The conformance battery: sound models pass, and each wrong model is caught by the check that is meant for it."""

import json
import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import find, given, settings

import alliances as al
from alliances import testing
from alliances.arithmetic import exp, larger, like
from tests.support import benchmark_game

FEW = 8  # drawn powers: the fixed list, which comes first, does most of the work


def failures(result):
    return [check.name for check in result.failed]


def check(model, **options):
    return testing.check_model(model, **({"examples": FEW} | options))


# -- sound models ------------------------------------------------------------------------------------------------------

CONTESTS = [al.Tullock(1), al.Tullock(2.5), al.Hirshleifer(1.3), al.AllPay()]
SYNERGIES = [al.Complementarity(1, 2), al.Aggregation(0.5), al.ConstantSynergy(1), al.CommonThreat(1, rival=2)]
SHARINGS = [al.Proportional(), al.Equal(), al.NashBargaining(), al.Wage(Fraction(1, 4))]


@pytest.mark.parametrize("preset", al.presets.__all__)
def test_presets_conform(preset):
    result = testing.check_model(getattr(al.presets, preset)(), require=["scale invariance", "parity symmetry"])
    assert result.ok, str(result)
    assert result["exactness"].reason.startswith("a parameter is a float")


@pytest.mark.parametrize(("contest", "synergy", "sharing"), list(product(CONTESTS, SYNERGIES, SHARINGS)))
def test_every_combination_of_ingredients_conforms(contest, synergy, sharing):
    pact = {"coexist_exposure": Fraction(1, 2), "support_cost": Fraction(1, 50)}
    result = check(benchmark_game(contest=contest, synergy=synergy, sharing=sharing, **pact), examples=1)
    assert result.ok, str(result)
    noted = {one.name for one in result.noted}
    depends_on_unit = isinstance(contest, al.Hirshleifer) or isinstance(synergy, al.CommonThreat)
    assert ("scale invariance" in noted) == depends_on_unit
    assert ("parity symmetry" in noted) == isinstance(sharing, al.Wage)
    assert ("exchange symmetry" in noted) == (isinstance(sharing, al.Wage) or isinstance(synergy, al.Complementarity))
    assert noted <= {"scale invariance", "parity symmetry", "exchange symmetry"}
    floats = isinstance(contest, al.Hirshleifer) or contest is CONTESTS[1] or isinstance(synergy, al.Aggregation)
    assert result["exactness"].status == ("skipped" if floats else "passed")


@pytest.mark.parametrize("contest", CONTESTS, ids=repr)
def test_contests_conform(contest):
    assert testing.check_contest(contest)


@pytest.mark.parametrize("synergy", SYNERGIES, ids=repr)
def test_synergies_conform(synergy):
    assert testing.check_synergy(synergy)


@pytest.mark.parametrize("sharing", SHARINGS, ids=repr)
def test_sharing_rules_conform(sharing):
    assert testing.check_sharing(sharing)


@settings(max_examples=8)
@given(game=testing.alliance_games())
def test_drawn_games_conform(game):
    """The battery runs within a Hypothesis test as well."""
    result = check(game, examples=1)
    assert result.ok, str(result)
    assert result["exactness"].status == "passed"


def test_models_with_arrays_for_parameters_conform():
    batch = benchmark_game(stakes=np.array([[1.0], [2.0]]), conflict_cost=(np.array([0.1, 0.2, 0.3]), 0.1))
    assert not (failing := failures(check(batch))), failing


# -- wrong models ------------------------------------------------------------------------------------------------------

FIGHT, ALLY = (1, 1), (0, 0)


class Altered(al.AllianceGame):
    """An alliance game whose cells have a mistake."""

    def cells(self, power):
        (ally, betrayed), (betrays, fight) = super().cells(power)
        return self.alter(power, ally, betrayed, betrays, fight)


def altered(rule):
    kind = type("Altered", (Altered,), {"alter": lambda self, *cells: rule(*cells)})
    game = benchmark_game()
    names = ("contest", "synergy", "sharing", "exposure", "conflict_cost")
    return kind(**{name: getattr(game, name) for name in names})


def cost_with_the_wrong_sign(power, ally, betrayed, betrays, fight):
    k = like(Fraction(3, 10), power.sponsor)
    return (ally, betrayed), (betrays, (fight[0] + k, fight[1] + k))


def betrayer_who_pays(power, ally, betrayed, betrays, fight):
    return (ally, tuple(2 * c - x for c, x in zip(ally, betrayed, strict=True))), (betrays, fight)


def loot_counted_twice(power, ally, betrayed, betrays, fight):
    return (ally, (betrayed[0], 2 * betrayed[1] - ally[1])), (betrays, fight)


def more_than_everything(power, ally, betrayed, betrays, fight):
    return (ally, (betrayed[0] - 2 * ally[0], betrayed[1] + 2 * ally[0])), (betrays, fight)


def bonus(power, ally, betrayed, betrays, fight):
    h = like(Fraction(1, 10), power.sponsor)
    add = [(a + h, b) for a, b in (ally, betrayed, betrays)]
    return (add[0], add[1]), (add[2], fight)


def transposed(power, ally, betrayed, betrays, fight):
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


BAD_CONTESTS = {
    "sums to more than one": (lambda power: (power.share, power.share + power.proxy_share), ["contest probabilities"]),
    "above one": (lambda power: (power.share * 2, 1 - power.share * 2), ["contest probabilities"]),
    "not a number": (lambda power: (power.share * math.nan, power.share), ["contest probabilities"]),
    "one number": (lambda power: power.share, ["contest probabilities"]),
    "at home": (
        lambda power: (2 * power.sponsor / (2 * power.sponsor + power.proxy), power.proxy / (2 * power.sponsor + power.proxy)),
        ["contest parity", "contest symmetry"],
    ),
    "asymmetric off parity": (
        lambda power: (power.share + power.gap**2 / 8, power.proxy_share - power.gap**2 / 8),
        ["contest symmetry"],
    ),
    "the weaker wins": (lambda power: (power.proxy_share, power.share), ["contest monotonicity"]),
}


@pytest.mark.parametrize("kind", BAD_CONTESTS)
def test_wrong_contests_are_caught(kind):
    contest, names = BAD_CONTESTS[kind]
    if kind == "asymmetric off parity":
        contest = asymmetric
    assert failures(check(benchmark_game(contest=contest))) == names
    assert failures(testing.check_contest(contest, examples=FEW)) == names


def asymmetric(power):
    """Symmetric at parity only, and monotone."""
    chance = power.share * power.share * (3 - power.share) * 4 / 5
    return chance, 1 - chance


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


def custom(chance):
    """A symmetric conflict over ``chance(power)``: the cells as in the alliance game, without its ingredients."""

    def payoffs(power):
        q = chance(power)
        return [[(q, 1 - q), (0 * q, q / q)], [(q / q, 0 * q), (q - 1, -q)]]

    return al.CustomGame(payoffs)


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
    "infinite": (lambda power: power.share / (1 - power.share / power.share * (power.ratio < 10**5)), None),
    "division at parity": (lambda power: power.gap / power.gap, ["finite"]),
    "in place": (in_place, ["no mutation"]),
    "in place but cancelled": (in_place_but_cancelled, ["no mutation"]),
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
WRONG.pop("infinite")


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_models_are_caught(kind):
    chance, names = WRONG[kind]
    result = check(custom(chance))
    assert failures(result) == names, str(result)
    assert len(str(result[names[0]].witness)) < 320


def test_a_sharing_rule_that_spoils_the_rents_is_caught():
    def greedy(power, rents, conflict):
        rents *= 1.0
        rents += 1.0
        return power.share, power.proxy_share

    assert failures(check(benchmark_game(sharing=greedy)))[0] == "no mutation"
    assert failures(testing.check_sharing(greedy, examples=FEW)) == ["no mutation"]


@pytest.mark.parametrize("rows", [[[(1, 1), (0, 0)]], [[(1, 1)], [(0, 0)]], [[(1, 1), 0], [(1, 1), (0, 0)]]])
def test_missing_cells_are_caught(rows):
    class Short(al.DyadicGame):
        actions = ("ally", "fight")

        def cells(self, power):
            return rows

    assert failures(check(Short())) == ["evaluation"]
    assert failures(check(al.CustomGame(lambda power: rows))) == ["evaluation"]


# -- properties, and what can be asked for -----------------------------------------------------------------------------


def test_properties_are_noted_unless_required_or_waived():
    game = benchmark_game(contest=al.Hirshleifer(1))
    noted = check(game)["scale invariance"]
    assert noted.status == "noted"
    assert "once both powers are times 2" in noted.witness.quantity
    required = check(game, require=["scale invariance"])
    assert failures(required) == ["scale invariance"]
    waived = check(game, waive=["scale invariance"])["scale invariance"]
    assert (waived.status, waived.reason, waived.witness) == ("skipped", "waived", None)


def test_a_home_advantage_can_be_waived():
    game = benchmark_game(contest=BAD_CONTESTS["at home"][0])
    assert check(game, waive=["contest parity", "contest symmetry"]).ok


def test_asymmetric_costs_are_noted():
    assert check(benchmark_game(conflict_cost=(Fraction(1, 10), Fraction(1, 5))))["parity symmetry"].status == "noted"


def test_an_inexact_model_is_noted():
    result = check(custom(lambda power: power.share * 0.5))
    assert result["exactness"].status == "noted"
    assert result["exactness"].witness.expected == "a Fraction"
    assert check(custom(lambda power: power.share / 2))["exactness"].status == "passed"


def test_identities_that_cannot_be_read_off_are_skipped_with_the_reason():
    result = check(al.CustomGame(lambda power: [[(1, 1), (0, 2)], [(2, 0), (0, 0)]], actions=("share", "keep")))
    assert result.ok
    for name in ("rents", "conflict", "pact"):
        assert result[name].reason == "cannot be read off a CustomGame: it needs an AllianceGame's ingredients"
    assert result["betrayal pays"].reason == 'no actions "ally" and "fight" to read betrayal off'
    with pytest.raises(KeyError, match="no check named 'shares'; the checks are determinism, evaluation"):
        result["shares"]


def test_gaps_restrict_the_search():
    def only_wide(power):
        return larger(power.gap, 0) / power.gap if np.all(power.gap > 0) else math.nan * power.gap

    assert failures(check(custom(only_wide))) != []
    result = check(custom(only_wide), gaps=(0.1, 0.9))
    assert result.ok, str(result)
    assert result["parity symmetry"].reason == "parity lies outside the gaps given"
    assert result["exchange symmetry"].reason == "no gap is given with its negative"


def test_only_the_checks_asked_for_are_made():
    assert [one.name for one in check(benchmark_game(), checks=["finite"])] == ["finite"]
    bad = check(benchmark_game(contest=lambda power: (1, 1)), checks=["finite"])  # and what stands in their way
    assert [one.name for one in bad] == ["contest probabilities", "finite"]


# -- the search --------------------------------------------------------------------------------------------------------


def test_the_witness_is_the_simplest():
    wrong = custom(lambda power: power.share * (1 if np.all(power.ratio < 50) else math.nan))
    result = testing.check_model(wrong, checks=["finite"])
    power = result["finite"].witness.power
    assert power.proxy * power.sponsor == pytest.approx(power.ratio * power.proxy**2)
    assert 50 <= power.ratio <= 72  # shrunk, where the first edge case has a ratio of 1000


def test_the_same_seed_gives_the_same_table():
    wrong = custom(lambda power: power.share * (1 if np.all(power.ratio < 50) else math.nan))
    one, other = (testing.check_model(wrong, seed=3, examples=30) for _ in range(2))
    assert str(one) == str(other)
    assert one.seed == 3
    assert str(testing.check_model(wrong, seed=4, examples=30)).splitlines()[0] == str(one).splitlines()[0]


def test_the_state_of_global_generators_does_not_matter():
    np.random.seed(1)  # noqa: NPY002
    one = str(check(benchmark_game()))
    np.random.seed(2)  # noqa: NPY002
    assert str(check(benchmark_game())) == one


def test_random_now_and_then_is_reported_and_not_an_error():
    calls = [0]

    def rarely(power):
        calls[0] += 1
        return power.share if calls[0] % 97 else power.share * 2

    assert not check(custom(rarely), examples=100).ok


# -- the result --------------------------------------------------------------------------------------------------------


def test_the_table():
    good, bad = check(benchmark_game()), check(altered(cost_with_the_wrong_sign))
    assert good
    assert not bad
    assert good.raise_if_failed() is None
    assert testing.assert_conforms(benchmark_game(), examples=FEW) is None
    assert str(bad).startswith("Altered does not conform: ")
    assert (
        len(bad)
        == len(bad.passed) + len(bad.failed) + len(bad.noted) + len(bad.skipped)
        == str(bad).count("\n  ") - 2 * len([one for one in bad if one.witness])
    )
    with pytest.raises(AssertionError, match=r"conflict: Fighting pays each .*\n    at sponsor 2, proxy 1: sponsor's payoff"):
        bad.raise_if_failed()
    with pytest.raises(AssertionError, match="Altered does not conform"):
        testing.assert_conforms(altered(cost_with_the_wrong_sign), examples=FEW)


def test_the_table_in_plain_types():
    bad = check(altered(cost_with_the_wrong_sign))
    again = json.loads(json.dumps(bad.to_dict(), allow_nan=False))
    failed = [one for one in again["results"] if one["status"] == "failed"]
    assert failed[0]["witness"]["sponsor"] == 2.0
    frame = bad.to_frame()
    assert list(frame.columns) == ["check", "rule", "status", "reason", "witness"]
    assert len(frame) == len(bad)


def test_a_wrong_model_is_found_by_the_strategies_too():
    """The strategies and the battery agree on what is wrong."""
    game = altered(loot_counted_twice)
    power = find(
        testing.powers(),
        lambda power: sum(game.cells(power)[0][0]) != sum(game.cells(power)[0][1]),
        settings=settings(database=None, derandomize=True),
    )
    assert power == al.Power(1, 1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check(al.AllianceGame), TypeError, r"check_model\(\): model must be a DyadicGame, such as"),
        (lambda: check(benchmark_game(), seed=-1), ValueError, "seed must be an integer of at least 0; got -1"),
        (lambda: check(benchmark_game(), examples=0), ValueError, "examples must be an integer of at least 1; got 0"),
        (lambda: check(benchmark_game(), checks=["fine"]), ValueError, "checks must be among .*; got 'fine'"),
        (lambda: check(benchmark_game(), checks="finite"), TypeError, "checks must be a list of names of checks; got 'finite'"),
        (lambda: check(benchmark_game(), checks=[]), ValueError, "checks must name a check; got none"),
        (lambda: check(benchmark_game(), require=["x"]), ValueError, "require must be among .*; got 'x'"),
        (lambda: check(benchmark_game(), gaps=0.5), TypeError, r"gaps must be a pair \(lowest, highest\); got 0.5"),
        (lambda: check(benchmark_game(), gaps=(0.5, 0.1)), ValueError, r"gaps must be a pair \(lowest, highest\); got"),
        (lambda: check(benchmark_game(), gaps=(0, 1)), ValueError, "gaps must lie strictly between -1 and 1; got 1"),
        (
            lambda: check(benchmark_game(), require=["finite"], waive=["finite"]),
            ValueError,
            "a check cannot be both required and waived; got 'finite'",
        ),
        (lambda: testing.check_contest(al.Tullock), TypeError, r"contest must be an instance such as Tullock\(2.0\)"),
        (lambda: testing.check_synergy(0.5), TypeError, r"synergy must be an instance .*; got 0.5"),
        (lambda: testing.check_sharing(al.Equal(), game=3), TypeError, "game must be an AllianceGame, whose rents are shared"),
    ],
)
def test_wrong_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_model_without_actions_is_named():
    class Bare(al.DyadicGame):
        def cells(self, power):
            return []

    with pytest.raises(TypeError, match="model must have labels in its attribute actions"):
        check(Bare())
