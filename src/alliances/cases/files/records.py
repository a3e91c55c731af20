"""What a case is made of: plain frozen records, each fact with the key of its source, and the words that a file may use.

All words are ordinal or nominal: no record turns a word of the literature into a number.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from alliances.cases.files.dates import Date
from alliances.printable import printed
from alliances.results.references import keys_in
from alliances.values import Value

__all__ = [
    "ARRANGEMENTS",
    "CODERS",
    "GAP_BANDS",
    "OUTCOMES",
    "RELATIONS",
    "SCHEMA",
    "STAKES_BANDS",
    "TRENDS",
    "Actor",
    "Event",
    "Option",
    "Outcome",
    "Phase",
    "Source",
    "ThirdParty",
]

SCHEMA = 1
"""The version of the case file format."""

Relation: TypeAlias = Literal["sponsor-proxy", "allies", "rivals", "bloc"]
Arrangement: TypeAlias = Literal["alliance", "accommodation", "pact", "distance", "rivalry", "war"]
GapBand: TypeAlias = Literal["very wide", "wide", "asymmetric", "narrow", "parity", "reversed"]
Trend: TypeAlias = Literal["widening", "narrowing"]
StakesBand: TypeAlias = Literal["low", "high"]
OutcomeKind: TypeAlias = Literal[
    "durable",
    "proxy defects",
    "sponsor preys",
    "pact",
    "protracted war",
    "absorbed",
    "balanced into an alliance",
    "break",
    "proxy destroyed",
    "splinters",
    "open",
]

ROLES: dict[Relation, tuple[str, str]] = {
    "sponsor-proxy": ("sponsor", "proxy"),
    "allies": ("ally", "ally"),
    "rivals": ("rival", "rival"),
    "bloc": ("bloc", "bloc"),
}

RELATIONS: tuple[Relation, ...] = get_args(Relation)
"""What the two are to each other when the source first describes them."""

ARRANGEMENTS: tuple[Arrangement, ...] = get_args(Arrangement)
"""What a phase is, from the closest to the most hostile."""

GAP_BANDS: tuple[GapBand, ...] = get_args(GapBand)
"""The gap of power in words, from the widest in the sponsor's favour to the proxy's lead; "asymmetric" is wide or very wide."""

TRENDS: tuple[Trend, ...] = get_args(Trend)
"""Which way the balance moves, going into a phase or during it: towards the sponsor, towards the proxy."""

STAKES_BANDS: tuple[StakesBand, ...] = get_args(StakesBand)
"""What is at stake between the two, in words."""

OUTCOMES: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
"""How a dyad may end, or not end. "proxy destroyed" ends it from outside, "open" is where the source leaves it."""

CODERS: tuple[str, ...] = ("source", "project")
"""Who chose a word: the source, whose word it is, or this project, by its rules of coding."""


@dataclass(frozen=True, kw_only=True)
class Source(Value):
    """A publication or data set, and the key by which facts refer to it."""

    key: str
    citation: str
    year: int
    url: str = ""
    licence: str = ""
    note: str = ""

    @property
    def references(self) -> tuple[str, ...]:
        """The work in the library's bibliography, or an entry made of what is known: see :func:`alliances.citation`."""
        entry = f"@misc{{{self.key},\n  note = {{{' '.join(self.citation.split())}}},\n  year = {{{self.year}}},\n"
        if self.url:
            entry += f"  howpublished = {{\\url{{{self.url}}}}},\n"
        return keys_in(self.citation) or (entry + "}",)


@dataclass(frozen=True, kw_only=True)
class Actor(Value):
    """A side of the dyad: its name, what other sources call it, which groups it stands for, and who it is.

    ``proxies`` are the groups whose strength the source counts with that of the side.
    """

    name: str
    description: str
    source: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    lines: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name, the aliases and the members: whatever :func:`alliances.cases.select` finds the actor by."""
        return (self.name, *self.aliases, *self.members)


@dataclass(frozen=True, kw_only=True)
class ThirdParty(Value):
    """A third party that matters to the dyad: a common threat, or a rival sponsor."""

    name: str
    text: str
    source: str
    lines: str = ""


@dataclass(frozen=True, kw_only=True)
class Event(Value):
    """Something that happened, with an optional kind such as "founding", "arrest", "break" or "violence"."""

    date: Date
    text: str
    source: str
    kind: str = ""
    lines: str = ""


@dataclass(frozen=True, kw_only=True)
class Phase(Value):
    """A spell in which one arrangement holds between the two: what was observed, and the conditions it was observed under.

    ``start`` is None where the source gives no date, ``end`` is None where the phase lasts until the next one, or as far as the
    source goes; ``seen`` is when a source first sees the phase in being, and ``not_before`` the date after which it must have
    begun, where the source does not say when it did. ``comment`` is the project's reason for a coding. ``gap``,
    ``trend`` and ``stakes`` are empty where no rule of coding gives a word. ``threat`` says whether the common threat of the
    case is present, ``transfers`` whether one side pays the other. ``coder`` is one of :data:`CODERS`, or empty where a file
    says nothing.

    Examples
    --------
    >>> from alliances.cases import load
    >>> for phase in load("gulf-sinaloa").phases:
    ...     print(phase)
    – 2003: rivalry
    2003 – 2010: war (high stakes)
    2010 –: alliance (high stakes, common threat)
    """

    arrangement: Arrangement
    text: str
    source: str
    start: Date | None
    end: Date | None = None
    gap: GapBand | Literal[""] = ""
    trend: Trend | Literal[""] = ""
    stakes: StakesBand | Literal[""] = ""
    threat: bool = False
    seen: Date | None = None
    transfers: bool = False
    coder: str = ""
    lines: str = ""
    not_before: Date | None = None
    comment: str = ""

    @property
    def when(self) -> str:
        """The dates as text: "2005 – 2006", "2010 –" (no end given), "– 2010" (no start given) or "undated"."""
        if self.start is None and self.end is None:
            return "undated"
        return " ".join(str(date) for date in (self.start, "–", self.end) if date is not None)

    @property
    def bounds(self) -> str:
        """What is known of a start that no source dates: "in being by 1945", "not before 2008-10"; else empty.

        >>> from alliances.cases import load
        >>> load("sinaloa-afo").phases[-1].bounds
        'not before 2008-10'
        """
        told = [f"not before {self.not_before}"] * (self.not_before is not None)
        return ", ".join(told + [f"in being by {self.seen}"] * (self.seen is not None))

    @property
    def conditions(self) -> str:
        """The gap, its trend, the stakes and the threat in words; empty where the source says nothing."""
        gap = [f"{self.gap} gap"] * bool(self.gap) + [f"gap {self.trend}"] * bool(self.trend)
        return ", ".join(gap + [f"{self.stakes} stakes"] * bool(self.stakes) + ["common threat"] * self.threat)

    @printed
    def __str__(self) -> str:
        return f"{self.when}: {self.arrangement}" + f" ({self.conditions})" * bool(self.conditions)


@dataclass(frozen=True, kw_only=True)
class Outcome(Value):
    """What became of the dyad: one of :data:`OUTCOMES`, with None for a date that no source gives.

    The date of a "durable" outcome is when the dyad is last seen together: how long it lasted after that is not known.
    ``coder`` is one of :data:`CODERS`, or empty where a file says nothing.
    """

    kind: OutcomeKind
    date: Date | None
    text: str
    source: str
    coder: str = ""
    lines: str = ""


@dataclass(frozen=True, kw_only=True)
class Option(Value):
    """What a side may choose, how much cooperation the source expects of it, and which levers of a model it pulls.

    ``rank`` is 1 for the option with the most cooperation. ``levers`` are levels in order, 0 and up; how much a level is worth
    no source says.
    """

    id: str
    rank: int
    text: str
    source: str
    levers: tuple[tuple[str, int], ...]
    coder: str = ""
    lines: str = ""


def plain_record(record: Any) -> dict[str, Any]:
    """The fields of a record that say something, with dates as text and tuples as lists, in the shape of the case file."""
    values: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if value is None and field.name in ("date", "start"):
            values[field.name] = "undated"
        elif not (value is None or value is False or value == "" or value == ()):
            values[field.name] = str(value) if isinstance(value, Date) else value
            if isinstance(value, tuple):
                values[field.name] = dict(value) if field.name == "levers" else list(value)
    return values
