"""Simulated histories: against the exact law, common random numbers, effects and their errors, parameter draws, wrong input."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.test_policies import GAME, GRIM, LOOKING, POLICIES, SLOW

PROCESS = al.PowerProcess(step=0.1, reach=2, learning=(0.5, 1), growth=(0.2, 1), arrest=(0.05, 3))
IMPATIENT = al.BetaPatience(4, 3)
SIZE = 20_000


def _simulated(**changes: Any) -> al.SimulatedBreaks:
    options: dict[str, Any] = {"start": 1.0, "periods": 12, "enforcement": GRIM, "rng": 8, "size": SIZE, "policies": POLICIES}
    options |= {"path": PROCESS, "game": GAME, "patience": IMPATIENT} | changes
    return al.simulate_breaks(**options)


def _agree(result: al.SimulatedBreaks) -> None:
    """Every date, cause and policy within 4 standard errors of the exact law."""
    size = result.lifetimes.shape[1]
    for k, forecast in enumerate(result.forecasts):
        for share, chance in [
            (result.survival[k], forecast.survival),
            (np.cumsum(result.counts[k], axis=0) / size, np.cumsum(forecast.mass, axis=0)),
        ]:
            chance = np.clip(chance, 0, 1)
            allowed = 4 * np.sqrt(chance * (1 - chance) / size) + 4 / size  # a chance next to 0 or 1 has no normal error
            assert (np.abs(share - chance) <= allowed).all(), result.names[k]
    gap = np.abs(result.effect - result.exact_effect)
    assert (gap <= 4 * result.standard_error + 1e-12).all()


@pytest.mark.sampled(1)
@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("draws", ["period", "once"])
def test_histories_have_the_exact_law(draws: Any, common: bool) -> None:
    result = _simulated(draws=draws, common=common)
    _agree(result)
    assert result.verify()


def test_histories_of_leaders_who_look_ahead_have_the_exact_law() -> None:
    policies = {
        "known": al.KingpinStrike(at=6, cut=0.5, announced=True),
        "news": al.KingpinStrike(at=6, cut=0.5),
        "grassroots": al.Grassroots(at=4, cost=0.02, announced=True),
    }
    result = al.simulate_breaks(
        PROCESS, GAME, al.BetaPatience(7, 2.7), start=1.5, periods=12, enforcement=GRIM, expectations=True, policies=policies,
        rng=2, size=SIZE,
    )  # fmt: skip
    _agree(result)
    assert result.exact_effect[1] < result.exact_effect[2] < 0
    assert (result.lifetimes[3] == 0).all()  # trust collapses with the announcement


@pytest.mark.parametrize("draws", ["period", "once"])
def test_histories_along_a_measured_path_have_the_exact_law(draws: Any) -> None:
    power = al.Power.from_log_ratio(np.linspace(1.5, -0.5, 10))
    result = _simulated(path=power, draws=draws, dates=range(2001, 2011), start=0, periods=100)
    _agree(result)
    assert result.dates == tuple(range(2001, 2011))
    assert set(result.dates_by_cause("baseline")) == {"sponsor", "proxy", "both"}
    assert sum(map(len, result.dates_by_cause("kingpin").values())) == int((result.causes[1] >= 0).sum())


# -- common random numbers -------------------------------------------------------------------------------------------------


def test_histories_under_a_policy_do_not_depend_on_the_other_policies() -> None:
    few, many = _simulated(policies={"kingpin": POLICIES["kingpin"]}), _simulated()
    np.testing.assert_array_equal(few.lifetimes, many.lifetimes[:2])
    np.testing.assert_array_equal(few.causes, many.causes[:2])


def test_a_policy_without_effect_has_none_in_any_history() -> None:
    result = _simulated(policies={"nothing": None, "both": al.KingpinStrike(3, 0.5, target="both"), "free": al.Grassroots()})
    np.testing.assert_array_equal(result.lifetimes, np.stack([result.lifetimes[0]] * 4))
    assert (result.effect == 0).all()
    assert (result.standard_error == 0).all()


def test_until_a_policy_begins_all_histories_are_the_same() -> None:
    result = _simulated(policies={"late": al.KingpinStrike(8, 0.5)})
    early = result.lifetimes[0] < 8
    np.testing.assert_array_equal(result.lifetimes[1][early], result.lifetimes[0][early])
    assert (result.lifetimes[1][~early] >= 8).all()


def test_common_numbers_make_effects_more_precise() -> None:
    result = _simulated()
    assert result.standard_error[0] == result.independent_error[0] == 0
    assert (result.standard_error[1:] < result.independent_error[1:]).all()


def test_a_stronger_proxy_breaks_no_history_later_where_only_the_proxy_can() -> None:
    """Where δ_P* falls along λ and the sponsor never breaks, a fall of λ shortens a life or leaves it as it is."""
    patience = (al.BetaPatience(7e5, 1), IMPATIENT)  # the sponsor is patient for certain
    game = al.AllianceGame(al.Tullock(2.0), GAME.synergy, GAME.sharing, exposure=0.8, conflict_cost=0.15)
    process = al.PowerProcess(step=0.1, reach=1, learning=(0.5, 1), growth=(0.2, 1), arrest=(0.05, 3))
    grid = np.linspace(-1, 1, 21)
    proxy = np.asarray(al.critical_discount(game, al.Power.from_log_ratio(grid), enforcement=GRIM).proxy, float)
    assert (np.diff(proxy) <= 1e-12).all()
    strike = {"kingpin": al.KingpinStrike(2, 0.5)}
    result = al.simulate_breaks(
        process, game, patience, start=0.5, periods=20, enforcement=GRIM, policies=strike, rng=3, size=SIZE
    )
    assert (result.causes[:, result.lifetimes[0] < 20] == 1).all()
    assert (result.lifetimes[1] <= result.lifetimes[0]).all()


def test_seeds() -> None:
    one, two = _simulated(rng=11, size=500), _simulated(rng=np.random.default_rng(11), size=500)
    np.testing.assert_array_equal(one.lifetimes, two.lifetimes)
    assert (one.lifetimes != _simulated(rng=12, size=500).lifetimes).any()


# -- parameter draws -------------------------------------------------------------------------------------------------------


def test_the_sign_of_an_effect_may_depend_on_the_parameters() -> None:
    """Effects at parameter draws are those of the exact laws at these models, and flips count the other sign."""

    def drawn(rng: np.random.Generator) -> al.AllianceGame:
        return al.AllianceGame(
            al.Tullock(float(rng.choice([1.0, 2.0]))), GAME.synergy, GAME.sharing, exposure=0.8, conflict_cost=0.15
        )

    strike = {"kingpin": al.KingpinStrike(at=2, cut=0.8), "nothing": None}
    result = _simulated(policies=strike, parameters=drawn, parameter_draws=12, size=100, start=0.2)
    exact = {}
    for m in (1.0, 2.0):
        game = al.AllianceGame(al.Tullock(m), GAME.synergy, GAME.sharing, exposure=0.8, conflict_cost=0.15)
        laws = [
            al.break_forecast(PROCESS, game, IMPATIENT, start=0.2, periods=12, enforcement=GRIM, policy=policy)
            for policy in (None, strike["kingpin"])
        ]
        exact[m] = laws[1].restricted_mean - laws[0].restricted_mean
    assert exact[1.0] * exact[2.0] < 0
    assert result.sampled is not None
    for effect in result.sampled[:, 1]:
        assert min(abs(effect - e) for e in exact.values()) < 1e-12
    assert result.flips is not None
    assert result.flips[1] == np.mean(np.abs(result.sampled[:, 1] - exact[2.0]) < 1e-12)
    assert 0 < result.flips[1] < 1
    assert np.isnan(result.flips[[0, 2]]).all()
    assert "flips" in str(result)


def test_parameters_from_a_family_and_patience_from_a_function() -> None:
    family = al.claims.alliance_family(domains={"value": (0.2, 1.0), "exposure": (0.5, 0.9), "conflict_cost": [0.1, 0.2]})
    games = [family.draw(np.random.default_rng(k)) for k in range(40)]
    assert {game.conflict_cost for game in games} == {0.1, 0.2}
    assert all(0.5 < game.exposure < 0.9 and 0.2 < game.synergy.value < 1.0 for game in games)
    result = _simulated(policies={"kingpin": POLICIES["kingpin"]}, parameters=family, parameter_draws=5, size=10)
    assert result.sampled is not None
    assert result.sampled.shape == (5, 2)
    assert len(np.unique(result.sampled[:, 1])) == 5
    other = _simulated(
        policies={"kingpin": POLICIES["kingpin"]},
        parameters=lambda rng: (GAME, al.BetaPatience(4 + rng.random(), 3)),
        parameter_draws=3,
        size=10,
    )
    assert other.sampled is not None
    assert len(np.unique(other.sampled[:, 1])) == 3


# -- results ---------------------------------------------------------------------------------------------------------------


def test_counts_tables_and_text() -> None:
    result = _simulated(size=400)
    assert result.names == ("baseline", *POLICIES)
    np.testing.assert_array_equal(result.counts.sum(axis=(1, 2)), (result.causes >= 0).sum(axis=1))
    by_hand = np.zeros((9, 12, 3), dtype=int)
    for k in range(9):
        for t, cause in zip(result.lifetimes[k], result.causes[k], strict=True):
            if cause >= 0:
                by_hand[k, t, cause] += 1
    np.testing.assert_array_equal(result.counts, by_hand)
    np.testing.assert_allclose(result.survival[:, 1:].sum(axis=1), result.lifetimes.mean(axis=1))
    frame = result.to_frame()
    assert list(frame["policy"]) == list(result.names)
    np.testing.assert_allclose(frame["intact"] + frame["sponsor"] + frame["proxy"] + frame["both"], 1)
    assert len(str(result).splitlines()) == 11
    with pytest.raises(ValueError, match=r"dates_by_cause\(\): name must be one of baseline.*got 'x'"):
        result.dates_by_cause("x")


def test_a_baseline_of_ones_own_comes_first() -> None:
    result = _simulated(policies={"kingpin": POLICIES["kingpin"], "baseline": POLICIES["grassroots"]}, size=300)
    assert result.names == ("baseline", "kingpin")
    plain = _simulated(policies={"grassroots": POLICIES["grassroots"]}, size=300)
    np.testing.assert_array_equal(result.lifetimes[0], plain.lifetimes[1])
    alone = _simulated(policies=None, size=1)
    assert alone.names == ("baseline",)
    assert np.isnan(alone.standard_error).all()


def test_verify_finds_what_is_wrong() -> None:
    result = _simulated(policies={"kingpin": POLICIES["kingpin"]})
    assert result.verify()
    broken = result.causes[1] >= 0
    later = result.lifetimes.copy()
    later[1, broken] = np.minimum(later[1, broken] + 1, 11)
    swapped = result.causes.copy()
    swapped[1, broken] = np.where(swapped[1, broken] < 2, 1 - swapped[1, broken], 2)
    gone = result.causes.copy()
    gone[0, np.flatnonzero(result.causes[0] >= 0)[0]] = -1
    law = result.forecasts[1]
    for wrong, match in [
        (replace(result, lifetimes=later), "but the law expects"),
        (replace(result, causes=swapped), "but the law expects"),
        (replace(result, causes=gone), "but its cause is -1"),
        (replace(result, lifetimes=result.lifetimes + 1), "no such date or cause|but its cause"),
        (replace(result, forecasts=result.forecasts[::-1]), "but the law expects"),
        (
            replace(result, forecasts=(law, replace(law, mass=law.mass * (1 + 1e-6)))),
            "kingpin: the law: 0: broken",
        ),
        (replace(result, names=("baseline", "baseline")), "2 rows of histories"),
        (replace(result, sampled=np.ones((3, 2))), "the baseline differs from itself"),
    ]:
        check = wrong.verify()
        assert check.status == "failed"
        assert check.witness is not None
        assert re.search(match, check.witness), check.witness


@pytest.mark.sampled(1)
@pytest.mark.parametrize("draws", ["period", "once"])
@pytest.mark.parametrize("name", POLICIES)
def test_verify_asks_again_under_policies(name: str, draws: Any) -> None:
    process = al.PowerProcess(step=0.1, reach=2, learning=(0.5, 1), growth=(0.2, 1), arrest=(0.05, 3))
    power = al.Power(np.linspace(10, 12, 8), np.linspace(4, 7, 8))
    options: dict[str, Any] = {"patience": al.BetaPatience(4, 3), "enforcement": GRIM, "draws": draws, "policy": POLICIES[name]}
    for law in (
        al.break_forecast(process, GAME, start=1.0, periods=8, **options),
        al.break_forecast(power, GAME, **options),
    ):
        assert law.verify(), law.verify().witness
        assert law.given(3).verify()
        assert law.question is not None
        for wrong in (replace(law.question, policies=()), replace(law.question, policies=(al.Grassroots(1, 0.05),))):
            assert replace(law, question=wrong).verify().status == "failed"


@pytest.mark.slow
@pytest.mark.parametrize("announced", [False, True])
def test_verify_asks_again_what_leaders_expect(announced: bool) -> None:
    policies = (
        al.KingpinStrike(at=2, cut=0.5, blows=2, announced=announced),
        al.Fragmentation(at=3, side="proxy", shares=(0.7, 0.3), announced=announced),
        al.Grassroots(at=1, cost=0.02),
    )
    options: dict[str, Any] = {**LOOKING, "periods": 5, "policy": policies}
    laws = [al.break_forecast(SLOW, GAME, **options), al.break_forecast(SLOW, GAME, common=True, **options)]
    along: dict[str, Any] = {key: value for key, value in options.items() if key not in ("start", "periods")}
    power = al.Power.from_log_ratio(np.linspace(1.5, 1.0, 5))
    laws.append(al.break_forecast(power, GAME, expected=SLOW, **along))
    if not announced:
        laws.append(al.break_forecast(power, GAME, **along))
    for law in laws:
        assert law.verify(), law.verify().witness
        assert law.question is not None
        other = tuple(replace(policy, announced=not announced) for policy in policies[:2])  # type: ignore[type-var]
        if law.question.expected is not None or law.question.start is not None:
            wrong = replace(law, question=replace(law.question, policies=(*other, policies[2])))
            assert wrong.verify().status == "failed"
        assert replace(law, question=replace(law.question, policies=policies[:2])).verify().status == "failed"


def test_the_picture() -> None:
    pytest.importorskip("matplotlib")
    from matplotlib import pyplot as plt

    result = _simulated(policies={"kingpin": POLICIES["kingpin"]}, size=500)
    ax = result.plot()
    lines = {line.get_label(): line for line in ax.get_lines()}
    np.testing.assert_allclose(lines["kingpin"].get_ydata(), result.survival[1, 1:])
    np.testing.assert_allclose(lines["exact law"].get_ydata(), result.forecasts[0].survival[1:])
    power = al.Power.from_log_ratio(np.linspace(1.5, -0.5, 3))
    quarters = al.simulate_breaks(power, GAME, IMPATIENT, dates=["2001 I", "2001 II", "2001 III"], rng=1, size=50)
    assert [text.get_text() for text in quarters.plot(exact=False).get_xticklabels()] == ["2001 I", "2001 II", "2001 III"]
    plt.close("all")


def test_progress(capsys: Any) -> None:
    pytest.importorskip("tqdm")
    _simulated(size=50, policies=None, progress=True)
    assert "50/50" in capsys.readouterr().err
    _simulated(size=50, policies=None)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"size": 0}, ValueError, "size must be a whole number from 1 to 10000000; got 0"),
        ({"size": 1.5}, ValueError, "size must be a whole number"),
        ({"parameter_draws": 0}, ValueError, "parameter_draws must be a whole number"),
        ({"rng": "seed"}, TypeError, "rng"),
        ({"policies": [al.KingpinStrike(1, 0.5)]}, TypeError, "policies must map names to policies"),
        ({"policies": {"x": 1}}, TypeError, r"policies\['x'\] must be a policy such as KingpinStrike"),
        ({"policies": {"x": al.KingpinStrike(12, 0.5)}}, ValueError, "must begin within the 12 periods; got at=12"),
        ({"parameters": 3}, TypeError, "parameters must be a function that is given a generator"),
        ({"parameters": lambda rng: 3}, TypeError, "parameters must return a model.*got 3"),
        ({"progress": 1}, TypeError, "progress must be True or False"),
        ({"periods": 0}, ValueError, "periods must be a whole number from 1 to 10000000; got 0"),
        ({"draws": "daily"}, ValueError, 'draws must be one of "period", "once"'),
    ],
)
def test_wrong_input(change: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=r"simulate_breaks\(\): .*" + match):
        _simulated(**({"size": 10} | change))
