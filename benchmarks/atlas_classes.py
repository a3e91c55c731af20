"""What the atlas counts: which proved rows say something, and what changed since the tables were published last.

A proved row is of one of four classes, the first that fits:

* **by definition**: side payments pool the two constraints into one, so that nobody can turn first;
* **repeat**: the same question under another name. With pooled constraints both restraints are the asymmetry hypothesis;
* **nothing compared**: in no measured model do the assumptions hold at any gap;
* **counts**: the others, which are the headline.

Rows that are not proved are of the first two classes, too: they are the same questions, whatever the answer.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from atlas_rows import CONCEPTS, POOLED, RESTRAINTS, Row

Record = Mapping[str, str]
Records = Mapping[Row, Record]

CLASSES = ("by definition", "repeat", "nothing compared", "counts")
STATUSES = ("proved", "refuted", "unknown")


def original(row: Row) -> Row:
    """The row that asks the same question and comes first; ``row`` itself unless it repeats another."""
    return row.with_(claim="asymmetry") if row.enforcement in POOLED and row.claim in RESTRAINTS else row


def class_of(row: Row, record: Record) -> str:
    """The class of a row; see the module."""
    if row.enforcement in POOLED and row.claim == "proxy turns first":
        return "by definition"
    if original(row) != row:
        return "repeat"
    return "nothing compared" if status_of(record) == "proved" and record["compared"] == "0" else "counts"


def status_of(record: Record) -> str:
    """What is known of a row: its own answer, or what follows from others'."""
    return record["implied"] or record["status"]


def proved_by_class(records: Records) -> dict[str, int]:
    """How many proved rows there are of each class."""
    n = Counter(class_of(row, r) for row, r in records.items() if status_of(r) == "proved")
    return {name: n[name] for name in CLASSES}


def sentence(records: Records) -> str:
    """The totals in words: the headline is what remains of the proved rows."""
    n, of = Counter(map(status_of, records.values())), proved_by_class(records)
    return (
        f"{len(records)} rows: {n['proved']} proved, {n['refuted']} refuted, {n['unknown']} unknown. Of the proved, "
        f"{of['by definition']} are true by definition, {of['repeat']} repeat another row and {of['nothing compared']} compare "
        f"nothing. **{of['counts']} remain.**"
    )


def by_class(records: Records) -> list[list[str]]:
    """A line per class: its rows by status, and the seconds that they took."""
    lines = []
    for name in CLASSES:
        of = [r for row, r in records.items() if class_of(row, r) == name]
        n = Counter(map(status_of, of))
        seconds = sum(float(r[column] or 0) for r in of for column in ("prove_seconds", "measure_seconds"))
        lines.append([name, str(len(of)), *(str(n[status]) for status in STATUSES), f"{seconds:.0f}"])
    return lines


def unknown_by_concept(records: Records) -> list[list[str]]:
    """A line per enforcement concept that has unknown rows: how many, and the reasons that are given most."""
    lines = []
    for enforcement in CONCEPTS:
        left = [r for row, r in records.items() if row.enforcement == enforcement and status_of(r) == "unknown"]
        if left:
            reasons = Counter(r["reason"].partition(":")[0] for r in left).most_common(2)
            lines.append([enforcement, str(len(left)), "; ".join(f"{reason} ({n})" for reason, n in reasons)])
    return lines


def changes(before: Records, after: Records) -> dict[str, object]:
    """How many rows went from which status to which, and the names of those that had an answer and have another one now."""
    shared = [row for row in after if row in before]
    moved = Counter((status_of(before[row]), status_of(after[row])) for row in shared)
    other = [
        f"{row.name}: {status_of(before[row])}, now {status_of(after[row])}"
        for row in shared
        if status_of(before[row]) in ("proved", "refuted") and status_of(before[row]) != status_of(after[row])
    ]
    return {
        "versions": sorted({r["version"] for r in before.values()}),
        "moved": {f"{a} to {b}": n for (a, b), n in sorted(moved.items()) if a != b},
        "kept": sum(n for (a, b), n in moved.items() if a == b),
        "new rows": len(after) - len(shared),
        "dropped rows": sum(row not in after for row in before),
        "answers that changed": other,
    }


def in_words(name: str) -> str:
    """A row, by its name, as a reader who has not seen the rows' names understands it.

    >>> in_words("asymmetry | given | common threat | equal | m=2 | unequal | 2")
    'asymmetry, under conflict for ever, taken as given (common threat; sharing: equal; contest: m=2; unequal costs)'
    """
    claim, enforcement, synergy, sharing, contest, costs, actions = name.split(" | ")
    parts = [synergy, f"sharing: {sharing}", f"contest: {contest}"]
    parts += ["unequal costs"] * (costs != "equal") + [f"{actions} actions"] * (actions != "2")
    return f"{claim}, under {CONCEPTS[enforcement].text} ({'; '.join(parts)})"


def changes_text(changed: Mapping[str, object] | None) -> str:
    """What changed since the tables were published last, in Markdown."""
    if not changed:
        return "No tables were published before these."
    moved, other = changed["moved"], changed["answers that changed"]
    assert isinstance(moved, dict)
    assert isinstance(other, list)
    counts = ", ".join(f"{n} from {way}" for way, n in moved.items()) or "none"
    text = (
        f"{changed['kept']} rows have the answer that they had in the tables before these; changed: {counts}; "
        f"{changed['new rows']} rows are new, {changed['dropped rows']} are no longer asked."
    )
    if not other:
        return f"{text} No row that was proved or refuted has another answer now."
    return "\n".join([text, "", "Rows that were proved or refuted and have another answer now:", "", *map(_changed, other)])


def _changed(line: str) -> str:
    name, _, answers = line.rpartition(": ")
    return f"* {in_words(name)}: {answers}"


def since(folder: Path, before: Records, after: Records) -> dict[str, object] | None:
    """What changed since the tables in ``folder`` were published last; ``before`` are their rows.

    Tables made anew from the same code say what the last ones said: they were compared with those before them.
    """
    if not before:
        return None
    if {r["version"] for r in before.values()} != {r["version"] for r in after.values()}:
        return changes(before, after)
    about = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
    kept: dict[str, object] | None = about.get("changes")
    return kept


def csv_lines(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file that the atlas wrote; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
