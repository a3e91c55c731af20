"""Several results of one kind as one answer: a tuple that shows itself.

Stability windows, regions of the gap, the checks of a model, the cases of the literature: such an answer is a tuple, with all
that tuples do – ``len``, indices, unpacking, equality with other tuples, a hash – and with what every result can do: a short
text, a table in a notebook and as a frame, a picture where there is one of its kind. An answer without any result is an answer,
too, and says in words what that means.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn, Self, SupportsIndex, TypeVar, overload

import numpy as np

from alliances.results import Result
from alliances.values.tables import WIDTH, one_line, text_table

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["ResultTuple"]

R = TypeVar("R", bound=Result, covariant=True)

_CELLS = (bool, int, float, str, Fraction, np.generic, type(None))
_CELL = 60  # characters of a part of a result in a cell
_ENDS = 5, 2  # rows of a long tuple that its repr shows, at its beginning and at its end


class ResultTuple(tuple[R, ...], Result):
    """A tuple of results of one kind, which shows itself.

    Parameters
    ----------
    results
        The results.
    of
        Their class.
    title
        What they are, in the plural.
    none
        What it means that there are none, in words.

    Raises
    ------
    TypeError
        If a part is no result of that class.

    Examples
    --------
    >>> import alliances as al
    >>> windows = al.stability_windows(al.presets.chindea_2014(), 0.8)
    >>> windows
    stability windows: 2
        lower     upper  lower_defector  upper_defector
    -0.139992  0.139992           proxy         sponsor
     0.292286      0.95         sponsor               –
    >>> len(windows), windows == tuple(windows), windows[-1].lower_defector
    (2, True, 'sponsor')
    >>> al.stability_windows(al.presets.chindea_2014(), 0.01, domain=(0.0, 0.5))
    stability windows: none; stable at no gap of [0, 0.5]
    """

    of: type[Result]
    title: str
    none: str

    def __new__(cls, results: Iterable[R], of: type[Result], title: str, none: str = "") -> Self:
        """The tuple, its parts checked."""
        parts = super().__new__(cls, results)
        if not (isinstance(of, type) and issubclass(of, Result)):
            raise TypeError(f"{cls.__name__}(): of must be a class of results; got {of!r}")
        for name, text in (("title", title), ("none", none)):
            if not isinstance(text, str):
                raise TypeError(f"{cls.__name__}(): {name} must be text; got {text!r}")
        for part in parts:
            if not isinstance(part, of):
                raise TypeError(f"{cls.__name__}(): results must be of the class {of.__name__}; got {part!r}")
        parts.__dict__.update(of=of, title=title, none=none)
        return parts

    @classmethod
    def like(cls, parts: Any, of: type[Result], title: str, none: str = "") -> Any:
        """A tuple of such results, as files hold it, as one that shows itself; anything else, which is no answer, as it is."""
        return cls(parts, of, title, none) if isinstance(parts, (tuple, list)) else parts

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} is read-only; {name!r} cannot be set")

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> R: ...

    @overload
    def __getitem__(self, index: slice, /) -> ResultTuple[R]: ...

    def __getitem__(self, index: Any, /) -> Any:
        part = super().__getitem__(index)
        return type(self)(part, self.of, self.title) if isinstance(index, slice) else part

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (tuple(self), self.of, self.title, self.none)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[Any, ...]:
        return self.__reduce__()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(tuple(self), memo), self.of, self.title, self.none)

    @property
    def message(self) -> str:
        """How many there are, or what it means that there are none."""
        if self:
            return f"{self.title}: {len(self)}"
        return f"{self.title}: none; {self.none}" if self.none else f"{self.title}: none"

    def _arguments(self) -> dict[str, Any]:
        return {"results": tuple(self)}

    def _record(self) -> Mapping[str, Any]:
        return {"message": self.message, "results": tuple(self)}

    def _columns(self) -> Columns:
        """One row per result: its numbers and words, and any other part of it by its text."""
        rows = [{name: _cell(part) for name, part in result._cells().items()} for result in self]
        names: list[str] = list(dict.fromkeys(name for row in rows for name in row))
        if not rows and is_dataclass(self.of):
            names = [field.name for field in fields(self.of)]
        return {name: [row.get(name) for row in rows] for name in names}

    def _head(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{self.message}\n{_fitting(self._columns())}" if self else self.message

    def __str__(self) -> str:
        return repr(self)


def _fitting(columns: Columns) -> str:
    """The table in text, of at most :data:`WIDTH` characters a line: without its last columns where it is wider."""
    names = list(columns)
    for count in range(len(names), 0, -1):
        more = {"…": ["…"] * len(columns[names[0]])} if count < len(names) else {}
        table = text_table({name: columns[name] for name in names[:count]} | more, ends=_ENDS)
        if max(map(len, table.splitlines())) <= WIDTH:
            break
    return table


def _cell(part: Any) -> Any:
    return part if isinstance(part, _CELLS) else one_line(part, _CELL)
