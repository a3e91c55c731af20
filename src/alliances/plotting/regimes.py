"""The picture of a regime map: greys and hatches with the regimes' names on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.plotting.axes import axes_or_new
from alliances.results import draw
from alliances.sweeps.regime_maps import RegimeMap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_regime_map"]

_FACES = ("white", "0.88", "0.72", "0.8")
_HATCHES = ("", "....", "////", "\\\\\\\\", "xxxx")
_BOX = [1, 2, 2, 2, 79]  # matplotlib's codes: move, three lines, close
_WORTH_A_NAME = 0.015  # a region's least share of the picture
_BESIDE = 0.06  # of the width: a region whose middle is nearer to the frame is too narrow for a name on it


@draw.register(RegimeMap)
def plot_regime_map(
    found: RegimeMap, ax: Axes | None = None, *, discount: Number | None = None, stakes: Number | None = None
) -> Axes:
    """Draw the map over gap × stakes or gap × discount factor; see :meth:`RegimeMap.plot`.

    Examples
    --------
    >>> import alliances as al
    >>> regimes = al.regime_map(al.presets.chindea_2014(), [0, 0.2, 0.4, 0.6, 0.8], discount=0.6, stakes=[1, 2, 4])
    >>> ax = plot_regime_map(regimes)
    >>> ax.get_xlabel()[:5]
    'gap γ'
    """
    code, rows, ylabel, fixed = _slice(found, discount, stakes)
    if min(code.shape) < 2:
        raise ValueError(f"RegimeMap.plot(): the map must have at least two gaps and two rows; got {code.shape[::-1]}")
    ax = axes_or_new(ax, "plot_regime_map")
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x, y = _edges(to_float(found.gaps)), _edges(rows)
    last = len(found.names) - 1
    for k, name in enumerate(found.names):
        boxes = [[(a, c), (b, c), (b, d), (a, d), (a, c)] for a, b, c, d in _runs(code == k, x, y)]
        if not boxes:
            continue
        style = len(_HATCHES) - 3 if k == last else min(k, len(_HATCHES) - 1)  # conflict looks the same in every map
        path = Path(np.concatenate(boxes), _BOX * len(boxes))
        face = _FACES[min(style, len(_FACES) - 1)]
        ax.add_patch(PathPatch(path, facecolor=face, edgecolor="0.35", hatch=_HATCHES[style], linewidth=0, label=name))
    for sides in _borders(code, x, y):
        ax.plot(*sides, color="black", linewidth=0.9, solid_capstyle="projecting")
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(y[0], y[-1])
    for k, place in _places(code):
        spot = (x[place[1]] + x[place[1] + 1]) / 2, (y[place[0]] + y[place[0] + 1]) / 2
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        share = (spot[0] - x[0]) / (x[-1] - x[0])  # a name beside the frame begins or ends there, or it would stand on it
        side = "left" if share < _BESIDE else "right" if share > 1 - _BESIDE else "center"
        spot = float({"left": x[0], "right": x[-1], "center": spot[0]}[side]), spot[1]
        shift = {"left": 4, "right": -4, "center": 0}[side], 0
        ax.annotate(
            found.names[k], spot, shift, textcoords="offset points", ha=side, va="center", fontsize=9, bbox=box, zorder=2.2
        )  # fmt: skip
    ax.set_xlabel("gap γ (0 is parity, towards 1 the sponsor is far stronger)")
    ax.set_ylabel(ylabel)
    ax.set_title(f"best sustained arrangement, {fixed}", fontsize=9)
    return ax


def _slice(regime_map: RegimeMap, discount: Number | None, stakes: Number | None) -> tuple[Array, Array, str, str]:
    """The codes to draw, the values of the vertical axis and its label, and what is held fixed, in words."""
    deltas = [to_float(np.atleast_1d(d)) for d in regime_map.discount]
    several = deltas[0].size > 1
    if discount is not None and stakes is not None:
        raise ValueError("RegimeMap.plot(): discount and stakes must not both be given: one of them is the vertical axis")
    if several and discount is None:
        levels = to_float(regime_map.stakes)
        if levels.size > 1 and stakes is None:
            raise ValueError(
                "RegimeMap.plot(): discount or stakes must say which slice of a map of several of both to draw; got neither"
            )
        at = np.array([0]) if stakes is None else np.flatnonzero(levels == float(stakes))
        if not at.size:
            raise ValueError(f"RegimeMap.plot(): stakes must be one of the map's {levels.tolist()}; got {stakes!r}")
        if not np.all(np.diff(deltas[0]) > 0):
            raise ValueError(f"RegimeMap.plot(): discount factors must increase to be an axis; got {deltas[0].tolist()}")
        return regime_map.code[:, at[0], :], deltas[0], "discount factor δ (patience)", f"stakes z = {levels[at[0]]:g}"
    if stakes is not None:
        raise ValueError("RegimeMap.plot(): stakes must be given only for a map of several discount factors")
    chosen = regime_map.at(discount=discount)
    delta_s, delta_p = (float(d) for d in chosen.discount)
    fixed = f"δ = {delta_s:g}" if delta_s == delta_p else f"δ_S = {delta_s:g}, δ_P = {delta_p:g}"
    return chosen.code, to_float(regime_map.stakes), "stakes z (rents per period)", fixed


def _edges(values: Array) -> Array:
    """The borders of the cells around increasing values: halfway between them, and at the first and the last value."""
    return np.concatenate([values[:1], (values[1:] + values[:-1]) / 2, values[-1:]])


def _runs(mask: Array, x: Array, y: Array) -> list[tuple[float, float, float, float]]:
    """The cells of a region as boxes (left, right, bottom, top), neighbours in a row joined."""
    boxes = []
    for row, cells in enumerate(mask):
        change = np.flatnonzero(np.diff(np.concatenate([[0], cells.astype(int), [0]])))
        boxes += [(x[a], x[b], y[row], y[row + 1]) for a, b in zip(change[::2], change[1::2], strict=True)]
    return boxes


def _borders(code: Array, x: Array, y: Array) -> Any:
    """The sides of cells across which the regime changes, upright and level, as broken lines."""
    rows, columns = np.nonzero(code[:, 1:] != code[:, :-1])
    gap = np.full(rows.size, np.nan)
    yield np.stack([x[columns + 1]] * 2 + [gap], -1).ravel(), np.stack([y[rows], y[rows + 1], gap], -1).ravel()
    rows, columns = np.nonzero(code[1:] != code[:-1])
    gap = np.full(rows.size, np.nan)
    yield np.stack([x[columns], x[columns + 1], gap], -1).ravel(), np.stack([y[rows + 1]] * 2 + [gap], -1).ravel()


def _places(code: Array) -> list[tuple[int, tuple[int, int]]]:
    """Where each region's name goes: the cell farthest from the region's border, as a share of the picture's sides."""
    from scipy.ndimage import distance_transform_edt, label

    places = []
    sampling = 0.6 / code.shape[0], 1 / code.shape[1]  # the picture is wider than high, and names are long
    for k in np.unique(code):
        parts, count = label(code == k)
        for part in range(1, count + 1):
            inside = np.pad(parts == part, 1)
            if inside.sum() < _WORTH_A_NAME * code.size:
                continue
            depth = distance_transform_edt(inside, sampling=sampling)[1:-1, 1:-1]
            row, column = np.unravel_index(int(depth.argmax()), depth.shape)
            places.append((int(k), (int(row), int(column))))
    return places
