"""Power that moves in pictures: values along the states, discount windows, survival by cause, and where profiles lead.

All are made for print: line styles, hatches and labels carry the meaning, so that they read in grey.
"""

from __future__ import annotations

from fractions import Fraction
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, show, to_float
from alliances.dynamics.break_forecast import BreakForecast
from alliances.dynamics.discount_windows import DiscountWindows
from alliances.dynamics.dynamic_contracts import DynamicContracts
from alliances.dynamics.states import StateGames
from alliances.plotting.axes import STYLES, axes_or_new, with_minus
from alliances.results import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_discount_windows", "plot_dynamic_contracts", "plot_forecast", "plot_transitions"]

_RADIUS = 26  # points: of the circle of a state, up to which arrows go
_LARGEST = 8  # states of a transition diagram
_WORDS = 12  # states that are named on an axis
_CAUSES: tuple[
    tuple[str, str, dict[str, Any]], ...
] = (  # of a break, with the areas' styles, from the bottom of the stack to its top
    ("both", "both constraints fail", {"facecolor": "0.35", "edgecolor": "black"}),
    ("proxy", "the proxy's fails alone", {"facecolor": "0.8", "edgecolor": "0.2", "hatch": "////"}),
    ("sponsor", "the sponsor's fails alone", {"facecolor": "white", "edgecolor": "0.2", "hatch": "...."}),
)


@draw.register(DynamicContracts)
def plot_dynamic_contracts(
    contracts: DynamicContracts, ax: Axes | None = None, *, profile: Any = (0, 0), standing: str | None = None
) -> Axes:
    """The values U, v_S and v_P along the states, and in grey the states in which a profile can be played.

    Parameters
    ----------
    contracts
        The contracts.
    ax
        Axes to draw on.
    profile
        The profile, by indices or labels; the first action of both by default.
    standing
        For states named (log ratio, standing), as those of a :class:`ShiftingDyad` are: which of them are drawn; those with the
        first state's standing, "allied", by default. The log ratio is the axis.

    Raises
    ------
    ValueError
        If no state has that standing.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> dyad = al.ShiftingDyad(game, al.PowerProcess(learning=(0.1, 1)))
    >>> ax = plot_dynamic_contracts(dyad.stochastic_game.solve(0.5))
    >>> [line.get_label() for line in ax.get_lines()]
    ['joint value U', "sponsor's punishment value", "proxy's punishment value"]
    """
    places, x, words = _states(contracts.game, standing)
    ax = axes_or_new(ax, "plot_dynamic_contracts")
    playable = np.array([_can_play(contracts, int(k), profile) for k in places])
    edges = np.concatenate([x[:1] - (x[1:2] - x[:1]) / 2, (x[1:] + x[:-1]) / 2, x[-1:] + (x[-1:] - x[-2:-1]) / 2])
    if len(x) == 1:
        edges = np.array([x[0] - 0.5, x[0] + 0.5])
    named = contracts.game.stages[int(places[0])]
    label = ", ".join(actions[k] for actions, k in zip(named.actions, named.profile(profile, "plot"), strict=True))
    nowhere: dict[str, Any] = {"facecolor": "none", "edgecolor": "0.75", "hatch": "//"}
    _bands(ax, edges, playable, f"({label}) can be played", {"color": "0.88"})
    _bands(ax, edges, ~contracts.exists[places], "no pure equilibrium", nowhere)
    few = len(x) <= _WORDS
    for name, values, marker, style in (
        ("joint value U", contracts.joint, "D", {"color": "black", "linestyle": ":", "linewidth": 2.0}),
        ("sponsor's punishment value", contracts.sponsor_punishment, "o", STYLES["sponsor"]),
        ("proxy's punishment value", contracts.proxy_punishment, "s", STYLES["proxy"]),
    ):
        options: dict[str, Any] = {"marker": marker, "markersize": 5} if few else {}
        ax.plot(x, values[places].astype(float), label=name, **options | style)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylabel("average payoff per period")
    ax.set_title(f"side payments, δ = {show(contracts.discount)}", fontsize=9)
    if words:
        ax.set_xticks(x, words, rotation=0 if max(map(len, words)) * len(words) < 60 else 45)
        ax.set_xlabel("state")
    else:
        ax.set_xlabel("log power ratio λ (0 is parity, below 0 the proxy is the stronger)")
    ax.legend(framealpha=1.0, edgecolor="none", fontsize="small", loc="best")
    return ax


def _bands(ax: Axes, edges: Array, mask: Array, label: str, style: dict[str, Any]) -> None:
    """Upright bands where neighbouring states are in a mask; one entry in the legend."""
    change = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    for number, (first, last) in enumerate(zip(change[::2], change[1::2], strict=True)):
        ax.axvspan(edges[first], edges[last], zorder=0, linewidth=0, label=label if number == 0 else None, **style)


def _states(game: StateGames, standing: str | None) -> tuple[Array, Array, list[str]]:
    """Which states are drawn, in order, where, and what they are called on the axis; no words for log ratios."""
    labels: tuple[Any, ...] = game.states
    if all(isinstance(s, tuple) and len(s) == 2 and isinstance(s[0], Real) and isinstance(s[1], str) for s in labels):
        wanted = labels[0][1] if standing is None else standing
        places: Array = np.array([k for k, s in enumerate(labels) if s[1] == wanted], dtype=int)
        if not len(places):
            known = ", ".join(sorted({s[1] for s in labels}))
            raise ValueError(f"DynamicContracts.plot(): standing must be one of {known}; got {standing!r}")
        x = np.array([float(labels[k][0]) for k in places.tolist()])
        order = np.argsort(x)
        return places[order], x[order], []
    if standing is not None:
        raise ValueError(
            f"DynamicContracts.plot(): standing must be given only for states named (log ratio, standing); got {standing!r}"
        )
    places = np.arange(len(labels))
    words = [with_minus(str(label)) if k % (1 + len(labels) // _WORDS) == 0 else "" for k, label in enumerate(labels)]
    return places, places.astype(float), words


def _can_play(contracts: DynamicContracts, x: int, profile: Any) -> bool:
    stage = contracts.game.stages[x]
    try:
        stage.profile(profile, "DynamicContracts.plot")
    except ValueError:
        return False  # no such actions in this state
    return contracts.can_play(contracts.game.states[x], profile)


@draw.register(DiscountWindows)
def plot_discount_windows(windows: DiscountWindows, ax: Axes | None = None) -> Axes:
    r"""The discount factors at which a profile can be played, as bars, with what binds at each edge.

    Examples
    --------
    >>> import alliances as al
    >>> before = al.StageGame([[0.0, 0.0]], [[0.0, -0.1]], actions=(("wait",), ("restrain", "arm")))
    >>> after = al.StageGame([[-1.0]], [[1.0]], actions=(("wait",), ("rule",)))
    >>> def moves(state, i, j):
    ...     return {"armed": 1} if state == "armed" else {"armed": j / 2, "quiet": 1 - j / 2}
    >>> tribute = al.StochasticGame([before, after], moves, states=("quiet", "armed"))
    >>> ax = plot_discount_windows(tribute.discount_windows("quiet", ("wait", "restrain")))
    >>> ax.texts[0].get_text()
    'closes at 0.2\n(wait, restrain)\nin quiet binds'
    """
    ax = axes_or_new(ax, "plot_discount_windows", (6, 2.4))
    low, high = float(windows.discounts[0]), float(windows.discounts[-1])
    ax.broken_barh([(low, high - low)], (-0.25, 0.5), facecolor="white", edgecolor="0.6", linewidth=0.8)
    bars = [(window.low, window.high - window.low) for window in windows.windows]
    ax.broken_barh(bars, (-0.25, 0.5), facecolor="0.6", edgecolor="black", linewidth=1.0)
    for k, edge in enumerate(windows.edges):
        side = 1 if k % 2 == 0 else -1  # above and below in turn, so that neighbours leave each other room
        text = f"{edge.kind} at {edge.discount:.4g}\n({', '.join(edge.profile)})\nin {edge.state} binds"
        right = edge.discount > (low + high) / 2
        ax.annotate(
            text,
            (edge.discount, 0.25 * side),
            xytext=(-4 if right else 4, 12 * side),
            textcoords="offset points",
            fontsize=7,
            ha="right" if right else "left",
            va="bottom" if side > 0 else "top",
            arrowprops={"arrowstyle": "-", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
        )
    ax.set(xlim=(low, high), ylim=(-1.2, 1.2), xlabel="discount factor δ", yticks=[])
    ax.set_title(f"({', '.join(windows.profile)}) in state {windows.state}: can be played in the grey", fontsize=9)
    for spine in ("left", "right", "top"):
        ax.spines[spine].set_visible(False)
    return ax


@draw.register(BreakForecast)
def plot_forecast(forecast: BreakForecast, ax: Axes | None = None, *, unit: str = "period") -> Axes:
    """Survival, and above it who broke the alliance: the areas of the causes add up to what survival lost.

    Parameters
    ----------
    forecast
        The forecast.
    ax
        Axes to draw on.
    unit
        What a period is, for the axis: "year", "month".

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(2), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> path = al.Power.from_gap([0.4, 0.2, 0.0, -0.2])
    >>> ax = plot_forecast(al.break_forecast(path, game, al.BetaPatience(4, 2), dates=range(2006, 2010)), unit="year")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('end of year', 'probability')
    """
    ax = axes_or_new(ax, "plot_forecast")
    numeric = all(isinstance(date, Real) for date in forecast.dates)
    x = np.array([float(date) for date in forecast.dates]) if numeric else np.arange(len(forecast.dates), dtype=float)
    survival, causes = forecast.survival[1:], forecast.causes
    start = x[:1] - (x[1:2] - x[:1] if len(x) > 1 else 1.0)  # before the first period all is intact
    line = np.concatenate([start, x])
    below = np.concatenate([[1.0], survival])
    ax.plot(line, below, color="black", linewidth=1.6, label="intact", zorder=3)
    for cause, label, style in _CAUSES:
        above = below + np.concatenate([[0.0], causes[cause]])
        ax.fill_between(line, below, above, linewidth=0.4, label=label, **style)
        below = above
    ax.set(xlim=(line[0], line[-1]), ylim=(0, 1), xlabel=f"end of {unit}", ylabel="probability")
    if numeric and all(float(date).is_integer() for date in x):
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    elif not numeric:
        step = 1 + len(x) // _WORDS
        ax.set_xticks(x[::step], [str(date) for date in forecast.dates[::step]])
    if forecast.median is not None:
        place = forecast.dates.index(forecast.median)
        right = place > len(x) / 2
        ax.plot([x[place]] * 2, [0, survival[place]], ":", color="black")
        ax.annotate(
            f"median {forecast.median}",
            (x[place], 0.04),
            fontsize=7,
            xytext=(-4 if right else 4, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    ax.legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax


@draw.register(StateGames)
def plot_transitions(game: StateGames, ax: Axes | None = None) -> Axes:
    r"""The states of a small game, and arrows to where each profile leads, labelled with profiles and probabilities.

    Raises
    ------
    ValueError
        If the game has more than eight states.

    Examples
    --------
    >>> import alliances as al
    >>> pd = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("ally", "fight"))
    >>> game = al.StochasticGame(
    ...     [pd, al.StageGame([[2]], [[2]], actions=("war",))],
    ...     lambda state, i, j: {"peace": 1} if state == "peace" and i == j == 0 else {"war": 1},
    ...     states=("peace", "war"),
    ... )
    >>> sorted(text.get_text() for text in plot_transitions(game).texts if text.get_text())
    ['ally, ally', 'ally, fight\nfight, ally\nfight, fight', 'peace', 'war', 'war, war']
    """
    n = len(game)
    if n > _LARGEST:
        raise ValueError(f"plot_transitions(): game must have at most {_LARGEST} states; got {n}")
    ax = axes_or_new(ax, "plot_transitions", (6, 6) if n > 2 else (6, 3))
    angles = np.pi - 2 * np.pi * np.arange(n) / n
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1) if n > 1 else np.zeros((1, 2))
    ax.plot(*centres.T, "o", markersize=2 * _RADIUS, color="0.9", markeredgecolor="black", zorder=2)
    for x, centre in enumerate(centres):
        name = with_minus(str(game.states[x]))
        ax.text(float(centre[0]), float(centre[1]), name, ha="center", va="center", fontsize=9, zorder=3)
    for (x, y), words in _arrows(game).items():
        if x == y:
            _loop(ax, centres[x], words)
        else:
            _arrow(ax, centres[x], centres[y], words, 0.5 if n == 2 else 0.3)
    margin = 0.75
    ax.set(xlim=(-1 - margin, 1 + margin), ylim=(-1 - margin, 1 + margin) if n > 2 else (-0.9, 0.9), aspect="equal")
    ax.set_axis_off()
    return ax


def _arrows(game: StateGames) -> dict[tuple[int, int], str]:
    """From state x to state y: which profiles lead there, one line for each probability."""
    lines: dict[tuple[int, int], dict[Any, list[str]]] = {}
    for k in range(game.profiles):
        for y, p in game.kernel.at(k).items():
            chance = str(p) if isinstance(p, Fraction) else f"{to_float(p):.3g}"
            lines.setdefault((int(game.state_of[k]), y), {}).setdefault(chance, []).append(", ".join(game.actions(k)))
    return {
        arrow: "\n".join(f"{name}: {chance}" if chance != "1" else name for chance, names in by.items() for name in names)
        for arrow, by in lines.items()
    }


def _arrow(ax: Axes, start: Array, end: Array, words: str, share: float) -> None:
    """A curved arrow, so that the way back has another curve, with its words beside it after a share of the way."""
    bend = 0.3
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "connectionstyle": f"arc3,rad=-{bend}",
        "shrinkA": _RADIUS,
        "shrinkB": _RADIUS,
        "color": "black",
    }
    ax.annotate("", (end[0], end[1]), (start[0], start[1]), arrowprops=style)
    way = end - start
    across = np.array([-way[1], way[0]])
    middle = (start + end) / 2 + across * bend
    place = (1 - share) ** 2 * start + 2 * share * (1 - share) * middle + share**2 * end
    _words(ax, place + 0.04 * across / np.hypot(*across), across, words)


def _loop(ax: Axes, centre: Array, words: str) -> None:
    from matplotlib.patches import FancyArrowPatch

    length = float(np.hypot(*centre))
    out = centre / length if length else np.array([0.0, 1.0])
    side = np.array([-out[1], out[0]])
    ends = [centre + 0.19 * out + sign * 0.14 * side for sign in (1, -1)]
    style: dict[str, Any] = {"arrowstyle": "-|>", "connectionstyle": "arc3,rad=-1.6", "mutation_scale": 10, "color": "black"}
    ax.add_patch(FancyArrowPatch(tuple(ends[0]), tuple(ends[1]), **style))
    _words(ax, centre + 0.48 * out, out, words)


def _words(ax: Axes, place: Array, towards: Array, words: str) -> None:
    """Words that begin at a place and go on away from the arrow."""
    flat, upright = towards / np.hypot(*towards)
    across = "left" if flat > 0.35 else "right" if flat < -0.35 else "center"
    along = "bottom" if upright > 0.35 else "top" if upright < -0.35 else "center"
    box: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
    ax.text(float(place[0]), float(place[1]), words, ha=across, va=along, fontsize=7, bbox=box, zorder=2)
