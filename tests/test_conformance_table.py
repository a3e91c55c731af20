"""What the conformance battery reports, what can be asked of it, and how it searches."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import find, settings

import alliances as al
from alliances import testing
from alliances.arithmetic import larger
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
from tests.support import benchmark_game

# -- properties, and what can be asked for -----------------------------------------------------------------------------


@pytest.mark.slow
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
    game = benchmark_game(contest=at_home)
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


@pytest.mark.slow
def test_the_same_seed_gives_the_same_table():
    wrong = custom(lambda power: power.share * (1 if np.all(power.ratio < 50) else math.nan))
    one, other = (testing.check_model(wrong, rng=3, examples=30) for _ in range(2))
    assert str(one) == str(other)
    assert one.seed == 3


@pytest.mark.slow
def test_the_seed_decides_what_is_drawn():
    def tried(seed):
        seen = []

        def recorded(power):
            seen.append((power.sponsor, power.proxy))
            return power.share

        testing.check_model(custom(recorded), checks=["finite"], rng=seed)
        return seen

    assert tried(1) == tried(1)
    assert tried(1) != tried(2)


@pytest.mark.slow
def test_the_state_of_global_generators_does_not_matter():
    np.random.seed(1)  # noqa: NPY002
    one = str(check(benchmark_game()))
    np.random.seed(2)  # noqa: NPY002
    assert str(check(benchmark_game())) == one


@pytest.mark.slow
def test_random_now_and_then_is_reported_and_not_an_error():
    calls = [0]

    def rarely(power):
        calls[0] += 1
        return power.share if calls[0] % 97 else power.share * 2

    assert not check(custom(rarely), examples=100).ok


# -- the result --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_table():
    good, bad = check(benchmark_game()), check(altered(cost_with_the_wrong_sign))
    assert good
    assert not bad
    assert good.raise_if_failed() is None
    assert testing.assert_conforms(benchmark_game(), examples=FEW) is None
    assert str(bad).startswith("Altered does not conform: ")
    assert len(bad) == len(bad.passed) + len(bad.failed) + len(bad.noted) + len(bad.skipped)
    assert all(f"  {one.name} " in str(bad) for one in bad)
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


@pytest.mark.slow
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
        (lambda: check(benchmark_game(), rng=-1), ValueError, "rng must be .* a seed, an integer from 0 on; got -1"),
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
        cells = lambda self, power: []  # noqa: E731

    with pytest.raises(TypeError, match="model must have labels in its attribute actions"):
        check(Bare())
