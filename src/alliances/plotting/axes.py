"""What all pictures share: new axes, the players' line styles, curves that break at jumps, the band of "never".

Pictures are made for print: line styles and hatches carry the meaning, so that they read in grey. An infinite critical
discount factor – no patience suffices – is drawn as a band above 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array
from alliances.results import check_axes, need

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["NEVER", "STYLES", "axes_or_new", "broken", "new_axes", "with_minus"]

NEVER = 1.08  # where an infinite critical discount factor is drawn

STYLES: dict[str, dict[str, Any]] = {
    "sponsor": {"color": "black", "linestyle": "-"},
    "proxy": {"color": "0.45", "linestyle": "--"},
}


def new_axes(size: tuple[float, float] = (6, 4)) -> Axes:
    """Axes of a new figure of that size in inches, or an error that names the extra to install.

    >>> new_axes((4, 3)).figure.get_size_inches().tolist()
    [4.0, 3.0]
    """
    ax: Axes = need("matplotlib.pyplot", "plot", "plot()").subplots(figsize=size, layout="constrained")[1]
    return ax


def axes_or_new(ax: Axes | None, function: str, size: tuple[float, float] = (6, 4)) -> Axes:
    """The axes that a picture is drawn on: those that ``function`` was given, or new ones of that size.

    Raises
    ------
    TypeError
        If they are something else; the error names the function.
    """
    check_axes(ax, function)
    return new_axes(size) if ax is None else ax


def with_minus(text: str) -> str:
    """The text with a minus before its negative numbers, as the numbers of the axes have it, in place of a hyphen.

    >>> with_minus("-0.145: gulf-zetas, [-1, 2]")
    '−0.145: gulf-zetas, [−1, 2]'
    """
    return re.sub(r"(?<!\w)-(?=[\d.])", "\u2212", text)


def broken(values: Array) -> Array:
    """A curve without its infinities, and interrupted where it jumps."""
    curve = np.where(np.isfinite(values), values, np.nan)
    with np.errstate(invalid="ignore"):
        jumps = np.flatnonzero(np.abs(np.diff(curve)) > 0.05)
    curve[jumps] = np.nan
    return curve
