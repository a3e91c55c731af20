"""Windows of alliances whose critical discount factors are broken lines, with edges that a few divisions give exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.payoffs.dyadic import DyadicGame

NODES = (-0.9, -0.37, -0.11, 0.13, 0.52, 0.9)
PARTS = len(NODES) - 1
DOMAIN = NODES[0], NODES[-1]
EXACT = 1e-10  # what windows promise


def along(ends: Any, gap: Any) -> Any:
    """A line broken at the nodes: part k goes from ``ends[2k]`` to ``ends[2k + 1]``; it jumps where parts do not meet."""
    value = ends[0] + 0 * gap
    for k, (a, b) in enumerate(zip(NODES[:-1], NODES[1:], strict=True)):
        value = np.where(gap >= a, ends[2 * k] + (ends[2 * k + 1] - ends[2 * k]) * (gap - a) / (b - a), value)
    return value


@dataclass(frozen=True, eq=False)
class Broken(DyadicGame):
    """Dilemmas in which δ_S* and δ_P* are broken lines, each with its ends as parameters: c = 1, d = 1 + f, w = f, δ* = f."""

    sponsor: tuple[Any, ...]
    proxy: tuple[Any, ...]
    actions = ("ally", "fight")

    def cells(self, power: al.Power) -> Any:
        f, g = along(self.sponsor, power.gap), along(self.proxy, power.gap)
        one = np.ones_like(f * g)
        return [[(one, one), (f - one, one + g)], [(one + f, g - one), (f * one, g * one)]]


def by_hand(sponsor: Any, proxy: Any, delta: tuple[float, float]) -> list[al.Window]:
    """The windows of one alliance: cut the domain where a line meets δ or may jump, and look at the middle of each piece."""
    cuts = set(NODES)
    for ends, d in ((sponsor, delta[0]), (proxy, delta[1])):
        for k, (a, b) in enumerate(zip(NODES[:-1], NODES[1:], strict=True)):
            low, high = ends[2 * k], ends[2 * k + 1]
            if (low - d) * (high - d) < 0:
                cuts.add(a + (b - a) * (d - low) / (high - low))
    points = sorted(cuts)
    fails = [
        [float(along(ends, (a + b) / 2)) > d for ends, d in ((sponsor, delta[0]), (proxy, delta[1]))] for a, b in pairs(points)
    ]
    names = {(True, False): "sponsor", (False, True): "proxy", (True, True): "both"}
    windows, start = [], None
    for k, failed in enumerate([*fails, [True, True]]):
        if not any(failed) and start is None:
            start = k
        if any(failed) and start is not None:
            below = None if start == 0 else names[tuple(fails[start - 1])]  # type: ignore[index]
            above = None if k == len(fails) else names[tuple(failed)]  # type: ignore[index]
            windows.append(al.Window(points[start], points[k], below, above))  # type: ignore[arg-type]
            start = None
    return windows


def pairs(points: list[float]) -> list[tuple[float, float]]:
    return list(zip(points[:-1], points[1:], strict=True))


def drawn(size: int, jumps: bool, seed: int) -> tuple[Any, Any, Any]:
    """Ends of both lines (10, size), joined or with jumps, and discount factors (2, size)."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(2):
        ends = rng.uniform(0.05, 0.95, (2 * PARTS, size))
        if not jumps:
            ends[2::2] = ends[1:-1:2]
        lines.append(ends)
    return lines[0], lines[1], rng.uniform(0.15, 0.95, (2, size))


def assert_windows(found: Any, expected: list[al.Window]) -> None:
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert (a.lower, a.upper) == pytest.approx((b.lower, b.upper), abs=EXACT)
        assert (a.lower_defector, a.upper_defector) == (b.lower_defector, b.upper_defector)


@pytest.mark.parametrize("jumps", [False, True], ids=["joined", "with jumps"])
def test_windows_of_broken_lines(jumps):
    size = 24
    sponsor, proxy, delta = drawn(size, jumps, 5)
    game = Broken(tuple(sponsor), tuple(proxy))
    batch = al.stability_windows(game, (delta[0], delta[1]), domain=DOMAIN, samples=41)
    expected = [by_hand(sponsor[:, k], proxy[:, k], (delta[0, k], delta[1, k])) for k in range(size)]
    for k in range(size):
        assert_windows(batch.at(k), expected[k])
    widths = [sum(w.upper - w.lower for w in windows) for windows in expected]
    assert batch.width == pytest.approx(np.array(widths), abs=1e-9)
    assert {len(windows) for windows in expected} >= {0, 1, 2}
    assert {w.lower_defector for windows in expected for w in windows} >= {"sponsor", "proxy", None}


@pytest.mark.parametrize("jumps", [False, True], ids=["joined", "with jumps"])
def test_thresholds_of_broken_lines_from_every_start(jumps):
    sponsor, proxy, delta = drawn(1, jumps, 11 if jumps else 3)
    game, pair = Broken(tuple(sponsor[:, 0].tolist()), tuple(proxy[:, 0].tolist())), (float(delta[0, 0]), float(delta[1, 0]))
    expected = by_hand(sponsor[:, 0], proxy[:, 0], pair)
    starts = np.linspace(-0.88, 0.88, 23)
    found = al.defection_threshold(game, pair, domain=DOMAIN, samples=41, start=starts)
    for k, start in enumerate(starts):
        home = next((w for w in expected if start in w), None)
        assert_windows(found.windows.at(k), expected)
        if home is None:
            assert (found.status[k], found.defector[k]) == ("unstable at start", "none")
        elif home.lower_defector is None:
            assert found.status[k] == "no lower edge"
        else:
            assert (found.status[k], found.defector[k]) == ("threshold", home.lower_defector)
            assert found.gap[k] == pytest.approx(home.lower, abs=EXACT)
    assert len(set(found.status)) >= 2


@pytest.mark.parametrize(("depart", "halved"), [(0.09, False), (0.11, True), (-0.07, False), (-0.09, True)])
def test_intervals_are_halved_where_the_middle_departs_by_a_quarter_of_the_distance(depart, halved):
    """δ* is 0.4 above δ, and in the middle of an interval ``depart`` more or less: that is to be seen, or the line is straight.

    The distance is that of the nearest of the three: 0.4 where δ* rises, 0.4 − 0.09 where it falls towards δ.
    """
    asked: set[float] = set()

    def payoffs(power: al.Power) -> Any:
        gap = np.asarray(power.gap)
        asked.update(gap.ravel().round(9).tolist())
        f = 0.7 + depart * np.maximum(0, 1 - np.abs(gap - 0.25) / 0.25)
        one = np.ones_like(f)
        return [[(one, one), (f - 1, 1 + f)], [(1 + f, f - 1), (f, f)]]

    assert al.stability_windows(al.CustomGame(payoffs), 0.3, domain=(-0.5, 0.5), samples=3) == ()
    assert {-0.5, -0.25, 0.0, 0.25, 0.5} <= asked
    assert ({0.125, 0.375} <= asked) is halved
    assert -0.375 not in asked  # there the line is straight


def test_where_nothing_is_at_stake_every_gap_is_stable():
    game = al.CustomGame(lambda power: [[(1 + 0 * power.gap, 1 + 0 * power.gap)] * 2] * 2)
    with np.errstate(divide="raise", invalid="raise"):
        (window,) = al.stability_windows(game, 0.0, domain=(-0.5, 0.5), samples=5)
        batch = al.defection_threshold(game, [0.0, 0.5], domain=(-0.5, 0.5), samples=5)
    assert window == al.Window(-0.5, 0.5, None, None)
    assert batch.status.tolist() == ["always stable"] * 2
