"""Pictures of power that moves show the numbers of the results, name units, and say what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

import alliances as al
from tests.stochastic_reference import game_of, random_game, tribute, two_state_dilemma
from tests.support import benchmark_game


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def lines(ax: Any) -> dict[str, Any]:
    return {line.get_label(): line for line in ax.get_lines()}


def bands(ax: Any) -> list[tuple[float, float, bool]]:
    """(left, right, hatched) of the upright bands."""
    boxes = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return [(box.get_x(), box.get_x() + box.get_width(), bool(box.get_hatch())) for box in boxes]


def dyad(reach: float = 3) -> al.ShiftingDyad:
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=reach, win=al.Tullock(1.0))
    game = benchmark_game(contest=al.Tullock(1.0), conflict_cost=0.15, exposure=0.8, synergy=al.Complementarity(0.6))
    return al.ShiftingDyad(game, al.PowerProcess(reach=reach, learning=(0.1, 1)), war=walk)


def test_values_along_the_log_ratio() -> None:
    shifting = dyad()
    contracts = shifting.stochastic_game.solve(0.9)
    ax = contracts.plot(profile=("ally", "ally"))
    for name, values in (
        ("joint value U", contracts.joint),
        ("sponsor's punishment value", contracts.sponsor_punishment),
        ("proxy's punishment value", contracts.proxy_punishment),
    ):
        x, y = lines(ax)[name].get_data()
        assert x == pytest.approx(shifting.log_ratios)
        assert y == pytest.approx(values[: len(x)], nan_ok=True)  # allied states come first
    for point in shifting.log_ratios:  # a point lies in a grey band iff both can ally there
        inside = any(left < point < right for left, right, hatched in bands(ax) if not hatched)
        assert inside == contracts.can_play(shifting.state(round(point, 6)), ("ally", "ally"))
    assert ax.get_xlabel().startswith("log power ratio λ")
    assert ax.get_ylabel() == "average payoff per period"
    at_war = contracts.plot(profile=("war", "war"), standing="war")
    assert lines(at_war)["joint value U"].get_ydata() == pytest.approx(contracts.joint[61:122])
    with pytest.raises(ValueError, match=r"DynamicContracts\.plot\(\): standing must be one of allied, .*war; got 'peace'"):
        contracts.plot(standing="peace")


def test_states_without_equilibrium_are_hatched() -> None:
    tried = (game_of(random_game(np.random.default_rng(seed))).solve(0.5) for seed in range(99))
    contracts = next(c for c in tried if c.status == "none in some states")
    ax = contracts.plot()
    for x in range(len(contracts.game)):
        assert any(left < x < right for left, right, hatched in bands(ax) if hatched) == (not contracts.exists[x])
    assert "no pure equilibrium" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_states_by_their_labels() -> None:
    ax = tribute(F).solve(F(1, 10)).plot(profile=("wait", "restrain"))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["quiet", "armed"]
    assert bands(ax) == [(-0.5, 0.5, False)]  # there is no such profile in the other state
    assert "δ = 1/10" in ax.get_title()
    with pytest.raises(ValueError, match="standing must be given only for states named"):
        tribute(F).solve(F(1, 10)).plot(standing="allied")


@pytest.mark.slow
def test_discount_windows() -> None:
    found = tribute().discount_windows("quiet", ("wait", "restrain"))
    ax = found.plot()
    vertices = ax.collections[1].get_paths()[0].vertices
    assert (vertices[:, 0].min(), vertices[:, 0].max()) == pytest.approx((0.0, 0.2))
    assert [text.get_text() for text in ax.texts] == ["closes at 0.2\n(wait, restrain)\nin quiet binds"]
    assert ax.get_xlabel() == "discount factor δ"
    never = tribute().discount_windows("quiet", ("wait", "restrain"), domain=(0.3, 0.9))
    assert never.status == "never"
    assert len(never.plot().collections[1].get_paths()) == 0


def test_the_causes_and_survival_fill_the_picture() -> None:
    forecast = al.break_forecast(
        al.Power.from_gap([0.3, 0.1, -0.1, -0.3]),
        benchmark_game(conflict_cost=0.15, exposure=0.8, synergy=al.Complementarity(0.6)),
        al.BetaPatience(4, 2),
        dates=range(2006, 2010),
    )
    ax = forecast.plot(unit="year")
    assert lines(ax)["intact"].get_data()[0].tolist() == [2005, 2006, 2007, 2008, 2009]
    assert lines(ax)["intact"].get_ydata() == pytest.approx(forecast.survival)
    below = forecast.survival[-1]
    for area, cause in zip(ax.collections, ("both", "proxy", "sponsor"), strict=True):
        vertices = area.get_paths()[0].vertices
        last = vertices[vertices[:, 0] == 2009][:, 1]
        assert (last.min(), last.max()) == pytest.approx((below, below + forecast.causes[cause][-1]))
        below = last.max()
    assert below == pytest.approx(1)
    hatches = [area.get_hatch() for area in ax.collections]
    assert len(set(hatches)) == 3  # told apart in grey
    assert ax.get_xlabel() == "end of year"
    words = al.break_forecast(al.Power.from_gap([0.3, 0.1]), benchmark_game(), dates=("spring", "autumn")).plot()
    assert [tick.get_text() for tick in words.get_xticklabels()] == ["spring", "autumn"]


def test_transitions() -> None:
    ax = al.plotting.plot_transitions(two_state_dilemma())
    words = [text.get_text() for text in ax.texts]
    assert "C, C: 2/3\nD, D: 2/3\nC, D: 1/2\nD, C: 1/2" in words
    assert {"0", "1"} <= set(words)
    drawn = al.plotting.plot_transitions(tribute())
    assert "wait, rule" in [text.get_text() for text in drawn.texts]  # certain: without its probability
    with pytest.raises(ValueError, match="game must have at most 8 states; got 124"):
        al.plotting.plot_transitions(dyad().stochastic_game)
