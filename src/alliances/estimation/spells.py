"""Intervals at risk: the rows of a counting-process frame, read and checked once.

A row says that between the ages start and stop, (start, stop], a dyad was allied at the gap γ, and whether the alliance ended
by an event at stop. An interval that an event ends is short *because* of the event, so nothing here or above uses its length
as a predictor: ages are those at start, and a hazard is judged by Σ y ln λ − λ dt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.values import Value

__all__ = ["GAP_ORIGINAL", "SHORTEST", "SIDES", "Duration", "Layout", "Spells", "read_spells"]

Duration: TypeAlias = tuple[str, str] | None
"""The names of the columns in which an interval starts and stops, or None where every row is one unit of time."""

SHORTEST = 0.02
"""The least length of an interval, in its unit: a week of a year. A shorter one is as uncertain as its dates."""

GAP_ORIGINAL = "gap_original"
"""The column of the gap as the side sees it that was stronger at formation."""

SIDES = ("sponsor", "proxy")
_WORDS = {"sponsor": 0, "stronger": 0, "proxy": 1, "weaker": 1}
_TOUCH = 1e-6  # of a unit of time: intervals that overlap by less than this touch
_MISSING = -9
"""How producers of data in international relations write that a value is unknown."""


@dataclass(frozen=True, eq=False)
class Layout(Value):
    """Which columns of a frame mean what; as of :meth:`HazardModel.fit`."""

    event: str
    duration: Duration = ("start", "stop")
    gap: str = "gap"
    gap_at_formation: str = "gap0"
    who: str | None = None
    cluster: str | tuple[str, str] | None = None
    id: str | None = "id"
    time: str = "year"
    checked: tuple[str, ...] = ()
    """The columns within which rows were checked for being there twice or overlapping, once a frame is read."""

    def of(self, frame: Any) -> Layout:
        """The layout of a frame that was read."""
        return replace(self, checked=checked_by(self, [str(name) for name in frame]))

    @property
    def notes(self) -> tuple[str, ...]:
        """That nothing tells rows apart, if so."""
        if self.checked:
            return ()
        wanted = f"id= and time= (columns of alliances and of {self.time}s)" if self.duration is None else "id="
        return (
            "Whether rows are there twice or overlap was not checked, and if they do the standard errors are too small: "
            f"name {wanted}.",
        )


def checked_by(layout: Layout, names: Sequence[str]) -> tuple[str, ...]:
    """Within which column rows must not overlap, and where they have no ages by which column they differ; () if none."""
    unit = layout.id if layout.id is None or layout.id in names else None
    if unit is None and layout.id == "id" and isinstance(layout.cluster, str):
        unit = layout.cluster
    if unit is None or (layout.duration is None and layout.time not in names):
        return ()
    return (unit,) if layout.duration is not None else (unit, layout.time)


@dataclass(frozen=True, eq=False)
class Spells(Value):
    """Rows at risk as arrays of one length n.

    Attributes
    ----------
    start, length
        Age at the beginning, and how long the row is at risk, at least :data:`SHORTEST`.
    event
        Whether the event ended it.
    side
        Who broke: 0 the sponsor, 1 the proxy, −1 nobody or unknown.
    gap, gap0
        Today's gap and the one at formation, from one side's point of view; None if nobody asked.
    covariates
        (n, p) the columns that the model asked for.
    clusters
        (n, 1) codes of the clusters, or (n, 2) of the two nodes of a dyad; each row its own where none are named.
    group
        Codes of the alliances.
    """

    start: Array
    length: Array
    event: Array
    side: Array
    gap: Array | None
    gap0: Array | None
    covariates: Array
    clusters: Array
    group: Array

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.event)

    @property
    def events(self) -> int:
        """How many events."""
        return int(self.event.sum())

    def __getitem__(self, rows: Array) -> Spells:
        """Some of the rows."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        chosen: dict[str, Any] = {name: None if x is None else x[rows] for name, x in parts.items()}
        return Spells(**chosen)

    def with_events(self, event: Array, side: Array, length: Array) -> Spells:
        """The same rows with other events, and with the lengths that these leave."""
        return replace(self, event=event, side=side, length=np.maximum(length, SHORTEST))


def read_spells(
    frame: Any,
    layout: Layout,
    function: str,
    *,
    gap: str | None = None,
    formation: bool = False,
    covariates: Sequence[str] = (),
    events: bool = True,
) -> Spells:
    """The rows of a frame: a pandas ``DataFrame``, or a mapping from names to columns.

    Parameters
    ----------
    frame, layout
        The data, and which columns mean what.
    function
        Whose argument it is, for the errors' texts.
    gap, formation, covariates
        What the model needs besides: the gap in this column, the gap at formation, and columns, of which "gap" is the gap of
        the layout.
    events
        Whether the events are needed; not for predictions.

    Raises
    ------
    TypeError, ValueError
        Naming the column, what is wrong with it, in how many rows, and what to do.
    """
    read = _Reader(frame, function)
    if layout.duration is None:
        start = np.zeros(read.size)
        stop = start + 1
    else:
        if isinstance(layout.duration, str) or len(layout.duration) != 2:
            raise TypeError(f'{function}(): duration must be two columns, ("start", "stop"), or None; got {layout.duration!r}')
        start, stop = (read.numbers(name, "duration") for name in layout.duration)
        read.check(start >= 0, layout.duration[0], "must be an age of at least 0, in the unit of the hazard")
        read.check(stop > start, layout.duration[1], f"must lie after {layout.duration[0]!r}: an interval has a length")
    event, side = read.events(layout, start, stop) if events else (np.zeros(read.size, bool), np.full(read.size, -1))
    today = read.gap(gap, "gap") if gap is not None else None
    then = read.gap(layout.gap_at_formation, "gap_at_formation") if formation else None
    matrix = (
        np.stack([read.covariate(name, layout) for name in covariates], axis=1) if len(covariates) else np.zeros((read.size, 0))
    )
    group = read.groups(layout.id)
    if checked := checked_by(layout, read.names) if events or layout.id in read.names else ():
        read.check_intervals(start, stop, *checked)
    clusters = read.clusters(layout.cluster if events else None, group)  # a prediction needs none
    return Spells(start, np.maximum(stop - start, SHORTEST), event, side, today, then, matrix, clusters, group)


class _Reader:
    """The columns of a frame, and errors that name them."""

    def __init__(self, frame: Any, function: str) -> None:
        try:
            self.names = [str(name) for name in frame]
            self.size = len(frame[next(iter(frame))])
        except (TypeError, KeyError, StopIteration, IndexError):
            raise TypeError(
                f"{function}(): frame must be a pandas DataFrame or a mapping from names to columns, with at least one; "
                f"got {type(frame).__name__}"
            ) from None
        if self.size == 0:
            raise ValueError(f"{function}(): frame must have rows; got an empty one")
        self.frame, self.function = frame, function

    def column(self, name: str, argument: str) -> Array:
        if not isinstance(name, str):
            raise TypeError(f"{self.function}(): {argument} must name a column; got {name!r}")
        if name not in self.names:
            raise ValueError(
                f"{self.function}(): {argument} must name a column of the frame; got {name!r}, and the frame has "
                f"{', '.join(self.names[:30])}"
            )
        values = np.asarray(self.frame[name])
        if values.shape != (self.size,):
            raise ValueError(f"{self.function}(): column {name!r} must have {self.size} values; got shape {values.shape}")
        return values

    def check(self, good: Any, name: str, rule: str) -> None:
        """An error where not all rows are good."""
        good = np.asarray(good, dtype=bool)
        if not good.all():
            k = int(np.argmin(good))
            value = np.asarray(self.frame[name])[k]
            rows = int((~good).sum())
            raise ValueError(
                f"{self.function}(): column {name!r} {rule}; got {value} in row {k}" + f", {rows} rows in all" * (rows > 1)
            )

    def numbers(self, name: str, argument: str) -> Array:
        try:
            values = self.column(name, argument).astype(np.float64)
        except (TypeError, ValueError) as error:
            if "column" in str(error):
                raise
            raise TypeError(f"{self.function}(): column {name!r} must hold numbers; {error}") from None
        self.check(np.isfinite(values), name, f"must have no missing values (frame.dropna(subset=[{name!r}]) drops such rows)")
        return values

    def coded(self, name: str, argument: str) -> Array:
        """Numbers of which none is −9: what is otherwise non-negative has no −9 of its own."""
        values = self.numbers(name, argument)
        others = values[values != _MISSING]
        if others.size and others.min() >= 0:
            self.check(values != _MISSING, name, "must have no −9, which stands for unknown: drop such rows or fill them")
        return values

    def covariate(self, name: str, layout: Layout) -> Array:
        if name == "gap":
            return self.gap(layout.gap, "gap")
        if name in (layout.gap, layout.gap_at_formation, GAP_ORIGINAL):
            return self.gap(name, "covariates")
        return self.coded(name, "covariates")

    def gap(self, name: str, argument: str) -> Array:
        stand_in = {"gap": "share", "gap0": "share0"}.get(name, "")
        if name not in self.names and stand_in in self.names:
            share = self.coded(stand_in, argument)
            self.check(
                (share > 0) & (share < 1),
                stand_in,
                "must lie strictly between 0 and 1: nobody's power is zero; clip rounded ones, as to [0.00005, 0.99995]",
            )
            return np.asarray(2 * share - 1)
        gap = self.numbers(name, argument)
        self.check(gap != _MISSING, name, "must have no −9, which stands for unknown: drop such rows or fill them")
        self.check(
            np.abs(gap) < 1,
            name,
            "must lie strictly between -1 and 1: nobody's power is zero; clip rounded ones, as to ±0.9999",
        )
        return gap

    def events(self, layout: Layout, start: Array, stop: Array) -> tuple[Array, Array]:
        name = layout.event
        values = self.column(name, "event")
        side = np.full(self.size, -1)
        if values.dtype.kind in "OUS" and any(isinstance(x, str) for x in values.tolist()):
            return self._words(name, values)
        event = self._whether(name, values, start, stop)
        if layout.who is not None:
            known, side = self._words(layout.who, self.column(layout.who, "who"))
            self.check(event | ~known, layout.who, f"must be empty where {name!r} is 0: nobody broke")
            side = np.where(event, side, -1)
        return event, side

    def _whether(self, name: str, values: Array, start: Array, stop: Array) -> Array:
        """0 and 1; or when, which must lie in the interval."""
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError):
            raise TypeError(f"{self.function}(): column {name!r} must hold 0 and 1; got {values[0]!r}") from None
        there = ~np.isnan(values)
        flags = np.isin(values, (0, 1))
        self.check(values != _MISSING, name, "must hold 0 and 1, and no −9, which stands for unknown: drop such rows")
        if (values == 0).any():  # no age of an event is 0
            self.check(
                flags | ~there, name, "must hold nothing but 0 and 1, or else ages of events, and be empty where none happened"
            )
        if not (there & ~flags).any():
            self.check(there, name, f"must have no missing values (frame.dropna(subset=[{name!r}]) drops such rows)")
            return np.asarray(values == 1)
        self.check(
            ~there | ((values > start) & (values <= stop)), name, "must hold 0 and 1, or ages of events within (start, stop]"
        )
        return there

    def _words(self, name: str, values: Array) -> tuple[Array, Array]:
        """Who, in words: whether anybody, and which side."""
        side = np.full(self.size, -1)
        for k, value in enumerate(values.tolist()):
            if value is None or value == "" or value != value:
                continue
            if value not in _WORDS:
                raise ValueError(
                    f"{self.function}(): column {name!r} must say who broke: {', '.join(_WORDS)}, or nothing; "
                    f"got {value!r} in row {k}"
                )
            side[k] = _WORDS[value]
        return side >= 0, side

    def groups(self, name: str | None) -> Array:
        if name is None or (name == "id" and name not in self.names):
            return np.arange(self.size)
        return _codes(self.column(name, "id"))

    def clusters(self, names: str | tuple[str, str] | None, group: Array) -> Array:
        if names is None:
            return group[:, None]
        pair = (names,) if isinstance(names, str) else tuple(names)
        if len(pair) not in (1, 2):
            raise TypeError(f"{self.function}(): cluster must be a column, or the two columns of a dyad's nodes; got {names!r}")
        columns = [self.column(name, "cluster") for name in pair]
        codes = _codes(np.concatenate(columns)).reshape(len(pair), -1).T  # one numbering: a state may be on either side
        if len(np.unique(codes)) < 2:
            raise ValueError(
                f"{self.function}(): cluster must have at least two values, or nothing is independent; got one in {names!r}; "
                "leave cluster out for errors by alliance"
            )
        return codes

    def check_intervals(self, start: Array, stop: Array, name: str, time: str | None = None) -> None:
        """An error where rows of one unit are there twice or overlap; without ages, where two are of one time."""
        group = _codes(self.column(name, "id"))
        first = start if time is None else _codes(self.column(time, "time"))
        order = np.lexsort((stop, first, group))
        same = group[order][1:] == group[order][:-1]
        twice = same & (first[order][1:] == first[order][:-1])
        rules = [(twice, f"rows of one {name!r} must be of different {time!r}")]
        if time is None:
            twice &= stop[order][1:] == stop[order][:-1]
            overlap = same & (start[order][1:] < stop[order][:-1] - _TOUCH)
            said = f"intervals of one {name!r} must not"
            rules = [(twice, f"{said} be there twice"), (overlap, f"{said} overlap")]
        for bad, rule in rules:
            if bad.any():
                k = int(np.argmax(bad)) + 1
                i, j = sorted((int(order[k - 1]), int(order[k])))
                label = np.asarray(self.frame[name])[i]
                several = "" if name == "id" else "; if one holds several alliances, name these in id="
                raise ValueError(
                    f"{self.function}(): {rule}; got {bad.sum()} such, first of {name} {label} in rows {i} and {j}: "
                    f"drop_duplicates(), or split what is several alliances{several}"
                )


def _codes(values: Array) -> Array:
    """0, 1, … for equal values."""
    try:
        return np.unique(values, return_inverse=True)[1].reshape(-1)
    except TypeError:  # mixed types do not sort
        return np.unique(values.astype(str), return_inverse=True)[1].reshape(-1)
