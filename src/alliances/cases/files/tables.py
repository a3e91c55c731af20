"""Reading a case file's tables, so that every error names the file, the key, the rule and the offending value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from alliances.arithmetic import Rule
from alliances.cases.files.dates import Date

__all__ = ["CaseFileError", "Table"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNDATED = "undated"

Word = TypeVar("Word", bound=str)


class CaseFileError(ValueError):
    """A case file that cannot be found, cannot be read, or breaks a rule of the format."""


@dataclass(frozen=True)
class Table:
    """A TOML table with the file and the key path that lead to it, and the source keys that it may refer to."""

    file: str
    path: str
    data: Mapping[Any, Any]
    sources: frozenset[str]

    def key(self, name: object) -> str:
        """The full path of a key: ``a.b`` in a table, ``a[0]`` in an array."""
        if isinstance(name, int):
            return f"{self.path}[{name}]"
        return f"{self.path}.{name}" if self.path else str(name)

    def error(self, name: object, rule: str, value: object) -> CaseFileError:
        """The error for a key whose value breaks a rule."""
        return CaseFileError(f"{self.file}: {self.key(name)} {rule}; got {value!r}")

    def expect(self, required: str, optional: str = "") -> None:
        """Every required key is there, and no key is unknown; a misspelt key is reported as unknown, not as missing."""
        keys = required.split() + optional.split()
        for name in self.data:
            if name not in keys:
                raise CaseFileError(f"{self.file}: {self.key(name)} is not a known key; known: {', '.join(keys)}")
        for name in required.split():
            self.value(name)

    def value(self, name: object) -> Any:
        """What a key holds, or an error if it is missing."""
        if name not in self.data:
            raise CaseFileError(f"{self.file}: {self.key(name)} is missing")
        return self.data[name]

    def text(self, name: object) -> str:
        """One paragraph: line breaks read as spaces."""
        value = self.value(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, "must be text that is not empty", value)
        return " ".join(value.split())

    def texts(self, *names: str) -> dict[str, str]:
        """Those of the optional texts that are there."""
        return {name: self.text(name) for name in names if name in self.data}

    def slug(self, name: str) -> str:
        """An identifier."""
        value = self.value(name)
        if not isinstance(value, str) or not _SLUG.fullmatch(value):
            raise self.error(name, "must be lower-case letters and digits, in words joined by hyphens", value)
        return value

    def source(self) -> str:
        """The key of a source that the file lists."""
        value = self.value("source")
        if not isinstance(value, str) or value not in self.sources:
            raise self.error("source", f"must be a key of [sources] ({', '.join(sorted(self.sources)) or 'none'})", value)
        return value

    def date(self, name: str) -> Date:
        """A date of the calendar."""
        value = self.value(name)
        try:
            return Date.parse(value)
        except (TypeError, ValueError):
            raise self.error(
                name, "must be a date in the calendar, written YYYY, YYYY-MM, YYYY-MM-DD or YYY0s", value
            ) from None

    def date_if_known(self, name: str) -> Date | None:
        """A date that must be there, and may say that the source gives none."""
        return None if self.value(name) == _UNDATED else self.date(name)

    def choice(self, name: str, allowed: tuple[Word, ...]) -> Word:
        """One of the known words."""
        value = self.value(name)
        if value not in allowed or not isinstance(value, str):
            raise self.error(name, f"must be one of {', '.join(allowed)}", value)
        return next(word for word in allowed if word == value)

    def choices(self, **allowed: tuple[str, ...]) -> dict[str, Any]:
        """Those of the optional words that are there."""
        return {name: self.choice(name, words) for name, words in allowed.items() if name in self.data}

    def flag(self, name: str) -> bool:
        """An optional true or false, false by default."""
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false", value)
        return value

    def number(self, name: str, rule: Rule) -> int | float:
        """A number that meets the rule."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(name, "must be a number", value)
        if not rule.holds(value) or (isinstance(value, float) and not math.isfinite(value)):
            raise self.error(name, rule.text, value)
        return value

    def items(self, name: str, *, optional: bool = False) -> list[Any]:
        """An array, empty or missing only if it is optional."""
        value = [] if optional and name not in self.data else self.value(name)
        if not isinstance(value, list) or not (value or optional):
            raise self.error(name, "must be an array" + " that is not empty" * (not optional), value)
        return value

    def tables(self, name: str, *, optional: bool = False) -> list[Table]:
        """The tables of an array."""
        items = self.items(name, optional=optional)
        return [self._inner(f"{name}[{k}]", item) for k, item in enumerate(items)]

    def table(self, name: str) -> Table:
        """A table within this one."""
        return self._inner(name, self.value(name))

    def named_tables(self, name: str) -> list[tuple[str, Table]]:
        """The tables within a table, with their keys."""
        outer = self.table(name)
        return [(key, outer.table(key)) for key in outer.data]

    def _inner(self, name: str, value: object) -> Table:
        if not isinstance(value, dict):
            raise self.error(name, "must be a table", value)
        return Table(self.file, self.key(name), value, self.sources)
