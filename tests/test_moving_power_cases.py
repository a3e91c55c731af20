"""Cases with moving power: the forecast of the Gulf Cartel and Los Zetas, number by number, and what it does not explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import alliances as al

GAME = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
ASSUMED: dict[str, Any] = {"patience": al.BetaPatience(18, 2), "enforcement": al.GivenPunishment()}


def _quarterly(case: str) -> tuple[al.Power, list[float]]:
    """Log ratios interpolated between the years' first quarters."""
    if case not in al.cases.names() or not al.cases.load(case).power:
        pytest.skip(f"no measured power of {case}")
    series = al.cases.load(case).power_series()
    dates = np.arange(series.years[0], series.years[-1] + 1 / 8, 1 / 4)
    return al.Power.from_log_ratio(np.interp(dates, series.years, np.asarray(series.power.log_ratio))), dates.tolist()


def test_the_gulf_cartel_and_los_zetas() -> None:
    power, dates = _quarterly("gulf-zetas")
    forecast = al.break_forecast(power, GAME, dates=dates, **ASSUMED)
    expected = {2005: 0.985, 2007: 0.979, 2008: 0.967, 2009: 0.811, 2010: 0.437}
    for year, survival in expected.items():
        assert forecast.survival[dates.index(year) + 1] == pytest.approx(survival, abs=5e-4)
    assert forecast.causes["proxy"][-1] == pytest.approx(0.545, abs=5e-4)
    assert forecast.causes["sponsor"][-1] == pytest.approx(0.018, abs=5e-4)
    assert forecast.median == 2010  # when it broke


def test_the_same_by_a_draw_a_year_and_with_a_lottery() -> None:
    power, _ = _quarterly("gulf-zetas")
    series = al.cases.load("gulf-zetas").power_series()
    yearly = al.break_forecast(series.power, GAME, dates=series.years.tolist(), **ASSUMED)
    for year, survival in {2005: 0.994, 2006: 0.993, 2008: 0.987, 2009: 0.902, 2010: 0.736}.items():
        assert yearly.survival[yearly.dates.index(year) + 1] == pytest.approx(survival, abs=5e-4)
    assert yearly.causes["proxy"][-1] == pytest.approx(0.26, abs=5e-3)
    lottery = al.AllianceGame(al.Tullock(1.0), GAME.synergy, GAME.sharing, exposure=0.8, conflict_cost=0.15)
    assert al.break_forecast(power, lottery, **ASSUMED).survival[-1] == pytest.approx(0.98, abs=5e-3)


@pytest.mark.parametrize(("case", "last"), [("sinaloa-juarez", 2004.75), ("sinaloa-beltran-leyva", 2008.75)])
def test_what_the_same_parameters_do_not_explain(case: str, last: float) -> None:
    power, dates = _quarterly(case)
    forecast = al.break_forecast(power, GAME, dates=dates, **ASSUMED)
    by = dates.index(last) + 1
    assert 1 - forecast.survival[by] < 0.05  # and both broke
    assert forecast.causes["sponsor"][by - 1] > 5 * forecast.causes["proxy"][by - 1]
    assert forecast.median is None


@pytest.mark.parametrize(("case", "last"), [("sinaloa-juarez", 2004), ("sinaloa-beltran-leyva", 2008)])
def test_no_year_would_have_warned_of_sinaloas_breaks(case: str, last: int) -> None:
    """As of each measured year up to the break: the power to come known, or that of the year for ever."""
    power, dates = _quarterly(case)
    end = dates.index(last + 0.75) + 1
    forecast = al.break_forecast(power[:end], GAME, dates=dates[:end], **ASSUMED)
    for year in range(2003, last + 1):
        since, now = forecast.given(year), power[dates.index(year)]
        left = len(since.dates)
        still = al.break_forecast(al.Power(*(np.full(left, float(x)) for x in (now.sponsor, now.proxy))), GAME, **ASSUMED)
        assert left == 4 * (last - year) + 4
        assert float(still.survival[-1]) == pytest.approx((1 - float(still.hazard[0])) ** left)
        assert max(1 - since.survival[-1], 1 - still.survival[-1]) < 0.06  # and both broke


@pytest.mark.slow
def test_the_break_threshold_has_no_alliance_where_alliances_lived() -> None:
    """Without side payments, at the parameters of the page: 2008 alone of the Gulf Cartel and Los Zetas; and who breaks."""
    arrests = al.PowerProcess(step=0.1, arrest=(1 / 16, 3))
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(2.0))
    threshold = al.break_threshold(al.ShiftingDyad(GAME, arrests, war=walk), 0.9)
    assert [(w.low, w.high) for w in threshold.windows] == [(-0.2, -0.2), (1.2, 3.0)]
    assert [(w.low, w.high) for w in threshold.static_windows] == [(0.0, 0.1), (1.1, 3.0)]
    pocket, wide = threshold.windows
    assert pocket.below is not None
    assert pocket.above is not None
    assert wide.below is not None
    assert [edge.defector for edge in (pocket.below, pocket.above, wide.below)] == ["proxy", "sponsor", "sponsor"]
    assert threshold.verify().ok
    kept = {
        "gulf-zetas": ([2008], [2004, 2005, 2007]),
        "sinaloa-juarez": ([], []),
        "sinaloa-beltran-leyva": ([2004], [2003, 2004]),
    }
    for case, last in (("gulf-zetas", 2010), ("sinaloa-juarez", 2004), ("sinaloa-beltran-leyva", 2008)):
        series = al.cases.load(case).power_series().between(None, last)
        levels = dict(zip(series.years.tolist(), (arrests.nearest(power) for power in series.power), strict=True))
        for windows, years in zip((threshold.windows, threshold.static_windows), kept[case], strict=True):
            assert [year for year, level in levels.items() if any(level in window for window in windows)] == years
        static = al.critical_discount(GAME, series.power, enforcement=al.GivenPunishment()).dyad
        assert (static < 0.9).all()  # the static model keeps all of them


def test_nobody_has_measured_cjng() -> None:
    assert al.cases.load("sinaloa-cjng").power == ()


def test_what_is_forecast_as_of_a_year_needs_the_power_to_come() -> None:
    """With the power of the year for ever the danger is seen in 2009, not before."""
    power, dates = _quarterly("gulf-zetas")
    forecast = al.break_forecast(power, GAME, dates=dates, **ASSUMED)
    for year in range(2004, 2010):
        since, now = forecast.given(year), power[dates.index(year)]
        still = al.break_forecast(
            al.Power(*(np.full(len(since.dates), float(x)) for x in (now.sponsor, now.proxy))), GAME, **ASSUMED
        )
        assert 1 - since.survival[-1] > 0.5
        assert (1 - still.survival[-1] > 0.1) == (year == 2009)


def test_the_size_of_blows_does_not_matter_where_each_is_for_good() -> None:
    """Risk is impatience, by any number of steps: the quarter in which trust is lost depends on how often blows come."""
    power, dates = _quarterly("gulf-zetas")

    def lost(chance: float, steps: int) -> Any:
        programme = al.PowerProcess(step=0.1, arrest=(chance, steps))
        return al.break_forecast(power, GAME, dates=dates, expectations=True, expected=programme, **ASSUMED).median

    assert lost(1 / 16, 1) == lost(1 / 16, 2) == lost(1 / 16, 4) == 2009.5
    assert lost(1 / 8, 3) < lost(1 / 16, 3)
    assert lost(1 / 64, 3) is None


def test_side_payments_explain_none_of_the_breaks() -> None:
    arrests = al.PowerProcess(step=0.1, arrest=(1 / 16, 3))
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(2.0))
    dyad = al.ShiftingDyad(GAME, arrests, war=walk)
    contracts = dyad.stochastic_game.solve(0.9)
    for case in ("gulf-zetas", "sinaloa-juarez", "sinaloa-beltran-leyva"):
        power, _ = _quarterly(case)
        for t in range(power.shape[0]):
            assert contracts.can_play(dyad.state(arrests.nearest(power[t])), ("ally", "ally"))
