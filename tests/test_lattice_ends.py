"""The lattice's reflecting ends: forecasts say where they matter, and by how much; moves larger than the lattice are errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.moving_power_reference import alliance

GRIM = al.GivenPunishment()
PATIENCE = al.BetaPatience(18, 2)


def _forecast(reach: float, periods: int = 60, learning: float = 0.2, start: float = 0.0, **options: Any) -> al.BreakForecast:
    process = al.PowerProcess(reach=reach, learning=(learning, 1))
    options = {"enforcement": GRIM} | options
    return al.break_forecast(process, alliance(2.0), PATIENCE, start=start, periods=periods, **options)


def test_a_forecast_says_where_the_ends_hold_power() -> None:
    wide = _forecast(3.0)
    assert not wide.near_ends
    assert "reflecting" not in wide.message
    bounds = wide.survival_bounds
    assert bounds is not None
    np.testing.assert_allclose(bounds, [wide.survival] * 2, atol=1e-9)
    for reach, intact in ((0.2, 0.708), (0.3, 0.337)):
        near = _forecast(reach)
        assert near.survival[-1] == pytest.approx(intact, abs=5e-4)
        assert near.near_ends
        assert "Near the lattice's reflecting ends; on a wider lattice it may be intact with any probability" in near.message
        assert near.verify()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("draws", ["period", "once", "common"])
@pytest.mark.parametrize("reach", [0.2, 0.5, 1.0])
def test_survival_on_a_wider_lattice_lies_between_the_bounds(draws: str, reach: float) -> None:
    options = {"draws": "once" if draws != "period" else draws, "common": draws == "common"}
    near, wide = (_forecast(r, 30, 0.3, **options) for r in (reach, 4.0))
    for since in (0, 10):
        forecast, right = (f.given(since) if since else f for f in (near, wide))
        bounds = forecast.survival_bounds
        assert bounds is not None
        assert (bounds[0] <= right.survival + 1e-12).all()
        assert (right.survival <= bounds[1] + 1e-12).all()
        assert (bounds[0] <= forecast.survival + 1e-12).all()
        assert (forecast.survival <= bounds[1] + 1e-12).all()
    assert near.near_ends == (reach < 1)


def test_the_bounds_by_loops() -> None:
    """Power that moves both ways and is struck, state by state; what leaves the lattice breaks at once, or never."""
    process = al.PowerProcess(step=0.1, reach=0.4, learning=(0.3, 1), growth=(0.2, 1), arrest=(0.1, 3))
    policy = al.KingpinStrike(at=3, cut=0.4)
    forecast = al.break_forecast(process, alliance(2.0), PATIENCE, start=0.1, periods=8, enforcement=GRIM, policy=policy)
    critical = al.critical_discount(alliance(2.0), process.power(), enforcement=GRIM)
    keeps = (1 - PATIENCE.cdf(np.asarray(critical.sponsor))) * (1 - PATIENCE.cdf(np.asarray(critical.proxy)))
    inside, gone = {process.place(0.1): 1.0}, 0.0
    ever, never = [1.0], [1.0]
    for t in range(8):
        if t == 3:
            gone += sum(w for x, w in inside.items() if x < 4)
            inside = {x - 4: w for x, w in inside.items() if x >= 4}
        inside = {x: w * float(keeps[x]) for x, w in inside.items()}
        ever.append(sum(inside.values()))
        never.append(sum(inside.values()) + gone)
        moved: dict[int, float] = {}
        for x, w in inside.items():
            for step, p in process.moves().items():
                if 0 <= x + step <= 8:
                    moved[x + step] = moved.get(x + step, 0.0) + w * float(p)
                else:
                    gone += w * float(p)
        inside = moved
    assert forecast.survival_bounds is not None
    np.testing.assert_allclose(forecast.survival_bounds, [ever, never], atol=1e-12)
    assert never[4] - ever[4] > 0.1


@pytest.mark.slow
def test_leaders_who_look_ahead_foresee_the_ends() -> None:
    """A forecast too short for power to reach an end, which leaders foresee, on a random path and on a measured one."""

    def ask(reach: float, expectations: bool = True) -> al.BreakForecast:
        options: dict[str, Any] = {"start": 1.5, "periods": 2, "enforcement": GRIM, "expectations": expectations}
        process = al.PowerProcess(reach=reach, growth=(0.5, 1))
        return al.break_forecast(process, alliance(1.0), al.BetaPatience(8, 2.5), **options)

    near = ask(1.7)
    assert near.foreseen_end is not None
    assert near.survival_bounds is not None
    assert np.ptp(near.survival_bounds, axis=0).max() == 0
    kept = 8 / 10.5 * near.survival[1]  # up to the end the chances are much the same
    assert near.foreseen_end == pytest.approx((0.5 * kept / (1 - 0.5 * kept)) ** 3, rel=0.05)
    assert "Near the lattice's reflecting ends; leaders foresee them with a weight of" in near.message
    far = ask(6.0)
    assert far.foreseen_end == pytest.approx(0, abs=1e-6)
    assert not far.near_ends
    assert ask(1.7, expectations=False).foreseen_end == 0
    path, ahead = al.Power.from_log_ratio([0.2, 0.1]), {"expectations": True, "enforcement": GRIM}
    for reach, warned in ((0.3, True), (6.0, False)):
        expected = al.PowerProcess(reach=reach, learning=(0.4, 1))
        forecast = al.break_forecast(path, alliance(2.0), PATIENCE, expected=expected, **ahead)
        assert forecast.near_ends == warned
        assert forecast.survival_bounds is None
        assert ("Near the lattice's reflecting ends; leaders foresee" in forecast.message) == warned
    plain = al.break_forecast(path, alliance(2.0), PATIENCE, enforcement=GRIM)
    assert (plain.near_ends, plain.foreseen_end, plain.survival_bounds) == (False, 0, None)


def test_simulations_name_the_policies_under_which_the_ends_matter() -> None:
    process = al.PowerProcess(reach=1.0, learning=(0.05, 1))
    options: dict[str, Any] = {"policies": {"kingpin": al.KingpinStrike(at=2, cut=1.5)}, "size": 10, "rng": 1, "periods": 4}
    result = al.simulate_breaks(process, alliance(2.0), PATIENCE, enforcement=GRIM, start=0.0, **options)
    assert "Near the lattice's reflecting ends: kingpin; widen the reach" in result.message
    result = al.simulate_breaks(al.PowerProcess(reach=6.0), alliance(2.0), PATIENCE, enforcement=GRIM, start=0.0, **options)
    assert "reflecting" not in result.message


@pytest.mark.parametrize("name", ["learning", "growth", "arrest", "strike"])
def test_moves_larger_than_the_lattice_are_errors(name: str) -> None:
    with pytest.raises(ValueError, match=rf"PowerProcess\(\): {name} must move power by at most 60 steps.*got 100"):
        al.PowerProcess(**{name: (0.1, 100)})
    assert al.PowerProcess(**{name: (0, 100)}).moves() == {0: 1}  # never comes
    assert len(al.PowerProcess(**{name: (0.1, 60)}).moves()) == 2
    strike = al.KingpinStrike(at=1, cut=7, target="proxy")
    with pytest.raises(ValueError, match=r"break_forecast\(\): policy must move power by at most 60 steps.*got a move of 7"):
        _forecast(3.0, policy=strike)
