"""One file with a model that answers in a browser: :func:`explorer`."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from alliances.arithmetic import Number, Rule, scalar, to_float
from alliances.arithmetic.formal import NotArithmetic
from alliances.browser.formulas import DOMAIN, FUNCTION, model
from alliances.browser.page import page
from alliances.browser.parameters import parameters
from alliances.cases.files.case import Case
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import float_discount
from alliances.repeated.enforcement.concept import Pair
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.thresholds.line import Line

__all__ = ["explorer"]

_NAME = "explorer"
_GAP = Rule(f"must lie in {DOMAIN}, the gaps that the page shows", lambda x: (x >= DOMAIN[0]) & (x <= DOMAIN[1]))


def explorer(
    game: DyadicGame | Mapping[str, DyadicGame],
    path: str | os.PathLike[str],
    *,
    case: Case | None = None,
    discount: Number | Pair = 0.8,
    gap: Number = 0.5,
    total: float = 1.0,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    fixed: Collection[str] = (),
    title: str = "The alliance explorer",
) -> Path:
    """Write a page on which anybody can move the model's parameters and see who defects: one HTML file, no network needed.

    Every number among the model's parameters becomes a slider, beside those for the gap, the patience of both sides and the
    enforcement concept. The page shows the stage game with its best replies, both players' critical discount factors along the
    gap, stability windows with who defects outside, regimes, and a case's measured path. Its address holds the setting.

    The payoffs in the page are the model's own code: it is run once on numbers that record what is done to them, and the record
    is printed as JavaScript. So are the concepts' critical discount factors.

    Parameters
    ----------
    game
        A model with scalar parameters; or several by name, among which the page lets its reader choose.
    path
        The file to write; an existing one is replaced.
    case
        A case with a measured power series, drawn along the gap.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P), to begin with.
    gap
        The gap to begin with, from −0.95 to 0.95.
    total
        s + p, held fixed along the gap.
    ranges
        The ends (low, high) of sliders, by the parameter's name, such as ``{"contest.decisiveness": (0.5, 3)}``. By default the
        library's parameters range over what is plausible, those of your own from 0 to twice their value.
    fixed
        Parameters that stay numbers and get no slider, by name: integers that your model counts with, for instance.
    title
        The page's title.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule. A model whose payoffs are no arithmetic in its arguments is a :class:`TypeError` that
        says what it asked for: ``math.exp`` or ``float`` of a number, say, instead of ``exp`` of :mod:`alliances.arithmetic`.
    OSError
        If the file cannot be written.

    Notes
    -----
    Concepts whose critical discount factor is no formula of c, d and w are not offered: optimal penal codes, several periods of
    punishment, mixed equilibria, outside options.

    Examples
    --------
    >>> import tempfile
    >>> import alliances as al
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = al.explorer(al.presets.morrow_1991(), f"{folder}/morrow.html")
    ...     print(file.name, file.stat().st_size < 500_000)
    morrow.html True
    """
    import alliances

    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{_NAME}(): path must be the name of a file; got {path!r}")
    games = dict(game) if isinstance(game, Mapping) else {"model": game}
    if not games or not all(isinstance(name, str) for name in games):
        raise TypeError(f"{_NAME}(): game must be a model such as AllianceGame, or several of them by name; got {game!r}")
    limits = _checked_ranges(ranges, games, _checked_fixed(fixed, games))
    models: dict[str, dict[str, Any]] = {}
    for name, one in games.items():
        line = Line(one, DOMAIN, total, 2, _NAME)  # checks the model and the total
        models[_slug(name, models)] = {"name": name, **_recorded(one, line.total, limits, fixed)}
    data = {
        "gap": to_float(scalar(gap, _NAME, "gap", _GAP)),
        "discount": float_discount(discount, NashReversion(), _NAME),
        "total": line.total,
        "path": None if case is None else _path(case),
    }
    text = page(models, data, title, alliances.__version__)
    file = Path(path)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise type(error)(f"{_NAME}(): path must be a file that can be written; got {str(file)!r}: {error.strerror}") from error
    return file


def _recorded(
    game: DyadicGame, total: float, ranges: Mapping[str, tuple[float, float]], fixed: Collection[str]
) -> dict[str, Any]:
    """The model for the page; whatever it does with recorded numbers that is no arithmetic is an error of one kind."""
    try:
        return model(game, total, ranges, fixed)
    except NotArithmetic:
        raise
    except (TypeError, AttributeError, IndexError, KeyError) as error:
        raise NotArithmetic(
            f"{FUNCTION}: the model must calculate with its arguments as they are; on numbers that record what is done to them "
            f"it fails: {type(error).__name__}: {error}. Parameters that it does not calculate with go into fixed="
        ) from error


def _checked_fixed(fixed: Collection[str], games: Mapping[str, DyadicGame]) -> Collection[str]:
    known = [x.name for game in games.values() for x in parameters(game)]
    if isinstance(fixed, str) or not isinstance(fixed, Collection):
        raise TypeError(f"{_NAME}(): fixed must be a list of names of parameters; got {fixed!r}")
    for name in fixed:
        if name not in known:
            raise ValueError(
                f"{_NAME}(): fixed must name parameters of the model, {', '.join(known) or 'which has none'}; got {name!r}"
            )
    return fixed


def _checked_ranges(
    ranges: Mapping[str, tuple[float, float]] | None, games: Mapping[str, DyadicGame], fixed: Collection[str]
) -> dict[str, tuple[float, float]]:
    """The ends of sliders by name, each a pair that holds the model's own value."""
    if ranges is not None and not isinstance(ranges, Mapping):
        raise TypeError(f"{_NAME}(): ranges must be pairs (low, high) by the names of parameters; got {ranges!r}")
    values = {x.name: x.value for game in games.values() for x in parameters(game) if x.name not in fixed}
    checked = {}
    for name, ends in (ranges or {}).items():
        if name not in values:
            raise ValueError(f"{_NAME}(): ranges must be for parameters with a slider, {', '.join(values)}; got {name!r}")
        if not isinstance(ends, (tuple, list)) or len(ends) != 2:
            raise TypeError(f"{_NAME}(): ranges must be pairs (low, high); got {ends!r} for {name!r}")
        low, high = (to_float(scalar(end, _NAME, f"the range of {name}")) for end in ends)
        if not (low < high and low <= values[name] <= high):
            raise ValueError(f"{_NAME}(): ranges must hold the model's own value, {name} = {values[name]:g}; got {ends!r}")
        checked[name] = (low, high)
    return checked


def _slug(name: str, taken: Collection[str]) -> str:
    """A model's name in the address."""
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "model"
    return slug if slug not in taken else next(s for k in range(2, len(taken) + 3) if (s := f"{slug}-{k}") not in taken)


def _path(case: Case) -> dict[str, Any]:
    """A case's measured path for the page."""
    if not isinstance(case, Case):
        raise TypeError(f"{_NAME}(): case must be a case, such as alliances.cases.load('gulf-zetas'); got {case!r}")
    series = case.power_series()
    rows = zip(series.dates, series.decimal, series.sponsor, series.proxy, np.asarray(series.gap), strict=True)
    return {
        "title": case.title,
        "sponsor": case.sponsor.name,
        "proxy": case.proxy.name,
        "unit": series.unit,
        "source": case.source(series.source).citation,
        "note": series.note,
        "outcome": case.outcome.text,
        "breaks": [*_breaks(case)],
        "observations": [
            {"date": str(date), "time": float(time), "sponsor": s, "proxy": p, "gap": float(g)} for date, time, s, p, g in rows
        ],
    }


def _breaks(case: Case) -> Iterator[dict[str, Any]]:
    """The breaks that the case dates: from the first day to the day after the last that the date allows, in years."""
    for event in case.events:
        if event.kind == "break":
            first, after = _year(event.date.first), _year(event.date.last + datetime.timedelta(days=1))
            yield {"date": str(event.date), "text": event.text, "first": first, "after": after}


def _year(day: datetime.date) -> float:
    """A day as a decimal year."""
    return day.year + (day.timetuple().tm_yday - 1) / (366 if day.year % 4 == 0 else 365)
