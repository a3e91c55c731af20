"""The re-checks of predicted breaks, and of identified sets of many models: each wrong field is named with its numbers."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.cases.files.dates import Date
from alliances.cases.files.predicted_break import predicted_break
from tests.recheck_support import changed, witness
from tests.support import benchmark_game, dial

GAME = al.presets.chindea_2014()
DATES = tuple(Date(year) for year in range(2001, 2006))
TOTALS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
PATHS = {  # at δ = 0.8 the alliance can be kept on [−0.14, 0.14] and [0.29, 0.95]
    "breaks": [0.2, 0.5, 0.4, 0.25, 0.1],
    "holds": [0.5, 0.6, 0.4, 0.5, 0.35],
    "forms": [0.2, 0.25, 0.1, 0.05, -0.1],
    "never kept": [0.2, 0.22, 0.25, -0.2, -0.25],
}
BITS = {"sponsor": 1, "proxy": 2}


def power_of(gaps: list[float]) -> al.Power:
    """Power at these gaps whose total is another at each date."""
    return al.Power(TOTALS * (1 + np.array(gaps)) / 2, TOTALS * (1 - np.array(gaps)) / 2)


@functools.cache
def predicted(name: str = "breaks", enforcement: Any = None, profile: Any = (0, 0)) -> Any:
    return predicted_break(DATES, power_of(PATHS[name]), GAME, 0.8, enforcement, profile, "predicted")


@pytest.mark.parametrize("name", PATHS)
def test_right_predictions_pass(name: str) -> None:
    r = predicted(name)
    assert r.status == name
    assert witness(r) is None


def test_right_predictions_of_other_concepts_and_profiles_pass() -> None:
    for enforcement in (al.FinitePunishment(3), al.Transfers(), al.GivenPunishment()):
        assert witness(predicted("breaks", enforcement)) is None
    assert witness(predicted("breaks", None, (1, 1))) is None
    wide = power_of([0.97, 0.5, 0.4, 0.25, -0.98])
    r = predicted_break(DATES, wide, GAME, 0.8, None, (0, 0), "predicted")
    assert r.threshold.domain == (float(wide.gap[4]), float(wide.gap[0]))
    assert witness(r) is None


def test_numbers_are_those_of_the_model_at_the_dates_power() -> None:
    r = predicted()
    other = "the critical discount factors are not those of the model at the dates' power"
    for k in range(5):
        for sponsor, proxy in ((1e-9, 0), (0, 1e-9)):
            moved = al.Power(
                changed(r.power.sponsor, k, r.power.sponsor[k] + sponsor), changed(r.power.proxy, k, r.power.proxy[k] + proxy)
            )
            assert witness(replace(r, power=moved)) == other
    words = "the critical discount factors are not those of the profile and the concept of the threshold"
    stage, concept = r.critical.stage, r.critical.enforcement
    for critical in (
        al.critical_discount(stage, profile=(1, 1), enforcement=concept),
        al.critical_discount(stage, enforcement=al.FinitePunishment(3)),
    ):
        assert witness(replace(r, critical=critical)) == words
    wrong = replace(r.critical, sponsor=changed(r.critical.sponsor, 2, r.critical.sponsor[2] + 1e-6))
    assert witness(replace(r, critical=wrong)) == witness(wrong)
    assert witness(wrong) is not None


def test_dates_and_answers_are_as_many_and_in_order() -> None:
    r = predicted()
    assert witness(replace(r, dates=DATES[:4])) == "4 dates, but 5 answers"
    assert witness(replace(r, failing=r.failing[:4])) == "5 dates, but 4 answers"
    for k in range(4):
        for dates in ((*DATES[:k], DATES[k + 1], DATES[k], *DATES[k + 2 :]), (*DATES[: k + 1], DATES[k], *DATES[k + 2 :])):
            words = f"game ({k},), date {dates[k + 1]} is not later than the one before it"
            assert witness(replace(r, dates=dates)) == words
    for k in range(5):
        for code in (-1, 4):
            assert witness(replace(r, failing=changed(r.failing, k, code))) == f"game ({k},), {code} is no code of a side"


@pytest.mark.parametrize("name", PATHS)
def test_who_fails_at_a_date_gains_by_deviating_and_nobody_else(name: str) -> None:
    r = predicted(name)
    for k, year in enumerate(range(2001, 2006)):
        for who, bit in BITS.items():
            code = int(r.failing[k]) ^ bit
            what = "does not gain" if code & bit else "gains"
            words = f"game ({k},), {who}: {what} by deviating in {year}, against the prediction"
            assert witness(replace(r, failing=changed(r.failing, k, code))) == words


@pytest.mark.parametrize("name", PATHS)
def test_the_threshold_is_that_of_the_breaks_date(name: str) -> None:
    r = predicted(name)
    t = r.threshold
    gaps = np.asarray(r.power.gap)
    place = 3 if name == "breaks" else 4
    total = float(r.power.sponsor[place] + r.power.proxy[place])
    start = {"breaks": float(gaps[1]), "holds": float(gaps[0]), "forms": float(gaps[2]), "never kept": None}[name]
    assert (t.total, t.domain, t.start) == (total, (-0.95, 0.95), start)

    def found(**options: Any) -> Any:
        asked = {"domain": t.domain, "start": start, "total": total} | options
        return witness(replace(r, threshold=al.defection_threshold(GAME, 0.8, samples=51, **asked)))

    assert found() is None
    if name != "breaks":
        assert found(start=0.55) == f"the threshold is seen from the gap 0.55, not from {start}"
        assert found(total=1.5) == f"the threshold holds at the total power 1.5, not at {total}"
        return
    for wrong in (1.5, total + 1.0):
        assert found(total=wrong) == f"the threshold holds at the total power {wrong}, not at {total}"
    for domain in ((-0.95, 0.94), (-0.96, 0.95)):
        assert found(domain=domain) == f"windows are looked for on {domain}, not on (-0.95, 0.95)"
    for other in (0.55, None):
        assert found(start=other) == f"the threshold is seen from the gap {other}, not from {start}"
    wrong = replace(t, status="always stable")
    assert witness(replace(r, threshold=wrong)) == f"threshold: {witness(wrong)}"
    assert witness(wrong) is not None


# -- identified sets ---------------------------------------------------------------------------------------------------


def identified(*criticals: list[float], broken_by: Any = None) -> Any:
    """Sets of models whose critical discount factors in the periods are given, the same for both players."""
    table = np.array(criticals)
    power = al.Power.from_gap(np.linspace(0.5, 0.1, table.shape[1]))
    return al.identified_discount(dial(lambda _: table), power, broken_by=broken_by)


KNOWN = ([0.2, 0.6, 0.4, 0.8], [0.3, 0.1, 0.25, 0.5], [0.0, 0.0, 0.0, 0.7], [0.4, 1.0, 0.1, 0.6], [0.1, 0.2, 0.3, 1.0])


@pytest.mark.parametrize(("broken_by", "who"), [(None, "common"), ("proxy", "sponsor"), ("proxy", "proxy")])
def test_one_end_of_many_identified_sets_is_named(broken_by: Any, who: str) -> None:
    r = identified(*KNOWN, broken_by=broken_by)
    np.testing.assert_allclose(r.common.lower, [0.6, 0.3, 0.0, np.inf, 0.3])
    np.testing.assert_allclose(r.common.upper, [0.8, 0.5, 0.7, 0.6, 1.0])
    interval, breaks = getattr(r, who), broken_by in (None, who)
    for k, row in enumerate(KNOWN):
        for end, periods in (("lower", row[:-1]), ("upper", row[-1:])):
            right, step = max(periods), 1e-6 if k % 2 else -1e-6
            if end == "upper" and (right == 1 or not breaks):
                continue
            wrong = 0.99 if right == 1 else right + step if right else 1e-6  # at 1 nothing suffices before the break
            found = witness(replace(r, **{who: replace(interval, **{end: changed(getattr(interval, end), k, wrong)})}))
            when = "before the break" if end == "lower" else "at the break"
            assert found.startswith(f"game ({k},), {who}: δ = ")
            assert found.endswith(f" is on the wrong side of the {end} end, by the gains {when}")
            assert float(found.split(" = ")[1].split()[0]) == pytest.approx(min(right, wrong), abs=0.011)


@pytest.mark.slow
def test_ends_and_hardest_periods_of_many_models_are_each_named() -> None:
    r = identified(*KNOWN, broken_by="proxy")
    assert witness(r) is None
    assert r.hardest.tolist() == [1, 0, 0, 1, 2]
    for k in range(5):
        for period in {0: (-1, 0, 1, 2, 3), 2: (-1, 1, 3)}.get(k, (3 - int(r.hardest[k]),)):
            found = witness(replace(r, hardest=changed(r.hardest, k, period)))
            any_will_do = k == 2 and 0 <= period < 3  # nobody is tempted before the break
            words = f"game ({k},), period {period} is not the hardest: nobody gains in it just below the lower end"
            assert found == (None if any_will_do or period == r.hardest[k] else words)
        words = (
            f"game ({k},), sponsor: the interval's ends are not discount factors, or it ends although the other player broke"
        )
        if k < 2:
            early = replace(r.sponsor, upper=changed(r.sponsor.upper, k, 0.99))
            assert witness(replace(r, sponsor=early)) == words
            end = ("lower", "upper")[k]
            negative = replace(r.proxy, **{end: changed(getattr(r.proxy, end), k, -1e-9)})
            assert witness(replace(r, proxy=negative)) == words.replace("sponsor", "proxy")
        beyond = replace(r.common, upper=changed(r.common.upper, k, 1 + 1e-9))
        assert witness(replace(r, common=beyond)) == words.replace("sponsor", "common")
    shape = "the answers are not of the shape (5,)"
    assert witness(replace(r, hardest=r.hardest[:4])) == shape
    for who in ("common", "sponsor", "proxy"):
        for end in ("lower", "upper"):
            interval = getattr(r, who)
            assert witness(replace(r, **{who: replace(interval, **{end: getattr(interval, end)[:4]})})) == shape


def test_models_may_have_several_axes() -> None:
    power = al.Power.from_gap([0.6, 0.3, 0.5, -0.1])
    cost, exposure = np.array([0.1, 0.3])[:, None, None], np.array([0.6, 0.7, 0.8])[:, None]
    r = al.identified_discount(benchmark_game(conflict_cost=cost, exposure=exposure), power, broken_by="proxy")
    assert witness(r) is None
    assert r.hardest.shape == (2, 3)
    for place in np.ndindex(2, 3):
        one = al.identified_discount(
            benchmark_game(conflict_cost=float(cost[place[0], 0, 0]), exposure=float(exposure[place[1], 0])),
            power,
            broken_by="proxy",
        )
        assert one.hardest == r.hardest[place]
        if place not in ((0, 2), (1, 1)):
            continue
        wrong = witness(replace(r, hardest=changed(r.hardest, place, 3)))
        assert wrong == f"game {place}, period 3 is not the hardest: nobody gains in it just below the lower end"
