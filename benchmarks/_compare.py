"""What a run has lost against the stored one: ratios of methods that ran in turn, errors, goals, rows; never seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]

RATIOS = ("times faster", "ratio", "share of")
RIGHT = ("right", "equal")
_ROUNDING = 1e-12


def losses(stored: Mapping[str, Any], record: Mapping[str, Any], tolerance: float) -> list[str]:
    """Each loss in words; nothing if the runs are of different sizes."""
    if stored.get("smoke") != record.get("smoke"):
        return []
    return [loss for name in record["scripts"] for loss in _of_script(name, stored, record, tolerance)]


def _of_script(name: str, stored: Mapping[str, Any], record: Mapping[str, Any], tolerance: float) -> Iterator[str]:
    before = {identity(row): row for row in stored["scripts"].get(name, {}).get("rows", [])}
    rows = record["scripts"][name]["rows"]
    for gone in before.keys() - {identity(row) for row in rows}:
        yield f"{name}: {', '.join(gone)}: the row is gone"
    for row in rows:
        old = before.get(identity(row), {})
        if old.get("met") is True and row.get("met") is not True:
            yield f"{name}: {', '.join(identity(row))}: the goal was met, and is not"
        for key, value in row.items():
            if key in old and _lost(key, old[key], value, tolerance):
                yield f"{name}: {', '.join(identity(row))}: {key} was {old[key]:.3g}, is {value:.3g}"


def identity(row: Row) -> tuple[str, ...]:
    """What a row is of: its texts."""
    return tuple(value for value in row.values() if isinstance(value, str))


def _lost(key: str, old: Any, new: Any, tolerance: float) -> bool:
    if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in (old, new)):
        return False
    if key.startswith(RATIOS):
        return bool(new < old * (1 - tolerance))
    if key.startswith(RIGHT):
        return bool(new < old)
    if "error" in key or "apart" in key:
        return bool(new > max(10 * old, _ROUNDING))
    return False
