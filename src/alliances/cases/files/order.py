"""Rules of a case file that bind several of its tables: what follows what, and which names stand once."""

from __future__ import annotations

from itertools import pairwise

from alliances.cases.files.case import Case
from alliances.cases.files.dates import Date
from alliances.cases.files.tables import Table

__all__ = ["ends_last", "in_order", "phases_in_order", "unique_ids"]


def in_order(case: Case, root: Table) -> bool:
    """Events are in chronological order of their earliest days."""
    for k, (before, event) in enumerate(pairwise(case.events), start=1):
        if event.date.first < before.date.first:
            raise root.error(
                f"events[{k}].date", f"must not be earlier than the date before it, {before.date}", str(event.date)
            )
    return True


def phases_in_order(case: Case, root: Table) -> bool:
    """Phases follow each other: of two that the dates allow to be apart, neither is said to overlap."""
    latest: Date | None = None
    for k, phase in enumerate(case.phases):
        if phase.seen is not None and (
            phase.start is not None or (phase.end is not None and phase.end.last < phase.seen.first)
        ):
            raise root.error(
                f"phases[{k}].seen", "must be left out where the start is dated, and not follow the end", str(phase.seen)
            )
        later = [date for date in (phase.seen, phase.end) if date is not None]
        if phase.not_before is not None and (
            phase.start is not None or any(date.last < phase.not_before.first for date in later)
        ):
            raise root.error(
                f"phases[{k}].not_before",
                "must be left out where the start is dated, and not follow the end or what is seen",
                str(phase.not_before),
            )
        if phase.threat and case.threat is None:
            raise root.error(f"phases[{k}].threat", "must be false, or the file must have a table [threat]", True)
        for name, date in (("start", phase.start), ("seen", phase.seen), ("end", phase.end)):
            if date is not None and latest is not None and date.last < latest.first:
                raise root.error(
                    f"phases[{k}].{name}", f"must not precede {latest}, the latest date of the phases before it", str(date)
                )
        dates = [date for date in (latest, phase.start, phase.seen, phase.end) if date is not None]
        latest = max(dates, key=lambda date: date.first, default=None)
    return True


def unique_ids(case: Case, root: Table) -> bool:
    """No two series have the same id."""
    ids: set[str] = set()
    for key, all_series in (("power", case.power), ("series", case.series)):
        for k, series in enumerate(all_series):
            if series.id in ids:
                raise root.error(f"{key}[{k}].id", "must be unique among power and series", series.id)
            ids.add(series.id)
    return True


def ends_last(case: Case, root: Table) -> bool:
    """The outcome precedes neither the first event nor the first phase."""
    first = [("event", event.date) for event in case.events[:1]]
    first += [("phase", phase.start) for phase in case.phases[:1] if phase.start is not None]
    for kind, date in first:
        if case.outcome.date is not None and case.outcome.date.last < date.first:
            raise root.error("outcome.date", f"must not precede the first {kind}, {date}", str(case.outcome.date))
    return True
