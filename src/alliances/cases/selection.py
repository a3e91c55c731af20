"""Many cases at once: choose some of them, and tabulate cases or phases."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliances.cases.files.case import Case
from alliances.cases.files.loader import load_all
from alliances.cases.files.records import ARRANGEMENTS, GAP_BANDS, OUTCOMES, RELATIONS, STAKES_BANDS, TRENDS, Phase
from alliances.results import Result, aligned
from alliances.results.result_tuple import ResultTuple

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["CaseTable", "fact_table", "phase_table", "select", "table"]

_Cases = Case | Iterable[Case] | None
_Words = str | Iterable[str] | None


def checked(cases: _Cases, function: str) -> tuple[Case, ...]:
    """The cases as a tuple: None stands for all bundled ones."""
    if cases is None:
        return load_all()
    if isinstance(cases, Case):
        return (cases,)
    dyads = tuple(cases) if isinstance(cases, Iterable) and not isinstance(cases, (str, bytes)) else (cases,)
    for case in dyads:
        if not isinstance(case, Case):
            raise TypeError(f"{function}(): cases must be a case or several, as load and load_all give them; got {case!r}")
    return dyads


def select(
    cases: _Cases = None,
    *,
    relation: _Words = None,
    actor: _Words = None,
    outcome: _Words = None,
    source: _Words = None,
    measured: bool | None = None,
    arrangement: _Words = None,
    gap: _Words = None,
    trend: _Words = None,
    stakes: _Words = None,
    threat: bool | None = None,
) -> ResultTuple[Case]:
    """The cases that meet every condition, in the order in which they come.

    Where a condition may be several words, any of them will do. Conditions on phases (``arrangement``, ``gap``, ``trend``,
    ``stakes``, ``threat``) must be met by one and the same phase.

    Parameters
    ----------
    cases
        Where to look; all bundled cases by default.
    relation, outcome
        Of :data:`RELATIONS` and :data:`OUTCOMES`.
    actor
        A name, an alias or a member of either side, in capitals or not. An alias stands for the name in all cases.
    source
        A key of a source.
    measured
        Whether the case has a measured power series.
    arrangement, gap, trend, stakes
        Of :data:`ARRANGEMENTS`, :data:`GAP_BANDS`, :data:`TRENDS` and :data:`STAKES_BANDS`.
    threat
        Whether a phase under a common threat (or without one) is wanted.

    Raises
    ------
    TypeError
        If ``cases`` are no cases, or a condition is of another type.
    ValueError
        If a word is not known, to the format or, for actors and sources, to these cases; the known ones are listed.

    Examples
    --------
    >>> [case.name for case in select(gap="asymmetric", outcome="durable")]
    ['afo-logan', 'juarez-azteca', 'juarez-linea', 'sinaloa-mexicles', 'zetas-usgangs']
    >>> [case.name for case in select(actor="AFO", measured=True)]
    ['sinaloa-afo', 'zetas-bloc']
    """
    dyads = checked(cases, "select")
    actors = {name.casefold(): name for case in dyads for side in (case.sponsor, case.proxy) for name in side.names}
    wanted = _words("actor", actor, tuple(actors.values()), fold=True)
    if wanted is not None:  # "AFO" also finds a bloc that lists the organisation by its full name
        sides = (
            {side.name.casefold(), *map(str.casefold, side.aliases)} for case in dyads for side in (case.sponsor, case.proxy)
        )
        wanted = wanted.union(*(names for names in sides if names & wanted))
    keys = tuple(dict.fromkeys(entry.key for case in dyads for entry in case.sources))
    conditions: list[Callable[[Case], bool]] = [
        _is(_words("relation", relation, RELATIONS), lambda case: {case.relation}),
        _is(_words("outcome", outcome, OUTCOMES), lambda case: {case.outcome.kind}),
        _is(_words("source", source, keys), lambda case: {entry.key for entry in case.sources}),
        _is(wanted, lambda case: {name.casefold() for side in (case.sponsor, case.proxy) for name in side.names}),
        _is(_flag("measured", measured), lambda case: {bool(case.power)}),
    ]
    of_phases: list[tuple[set[Any] | None, Callable[[Phase], Any]]] = [
        (_words("arrangement", arrangement, ARRANGEMENTS), lambda phase: phase.arrangement),
        (_words("gap", gap, GAP_BANDS), lambda phase: phase.gap),
        (_words("trend", trend, TRENDS), lambda phase: phase.trend),
        (_words("stakes", stakes, STAKES_BANDS), lambda phase: phase.stakes),
        (_flag("threat", threat), lambda phase: phase.threat),
    ]
    if any(words is not None for words, _ in of_phases):
        conditions.append(
            lambda case: any(all(words is None or of(phase) in words for words, of in of_phases) for phase in case.phases)
        )
    chosen = (case for case in dyads if all(condition(case) for condition in conditions))
    return ResultTuple(chosen, Case, "cases", "no case meets all conditions")


def _is(words: set[Any] | None, of: Callable[[Case], set[Any]]) -> Callable[[Case], bool]:
    return lambda case: words is None or bool(words & of(case))


def _words(name: str, value: _Words, allowed: tuple[str, ...], *, fold: bool = False) -> set[Any] | None:
    if value is None:
        return None
    words = (value,) if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)
    folded = {str.casefold(word) if fold else word for word in allowed}
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"select(): {name} must be text, or several texts; got {value!r}")
        if (word.casefold() if fold else word) not in folded:
            listed = ", ".join(sorted(allowed) if fold else allowed) or "none"
            raise ValueError(f"select(): {name} must be one of {listed}; got {word!r}")
    return {word.casefold() if fold else word for word in words}


def _flag(name: str, value: bool | None) -> set[Any] | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"select(): {name} must be True, False or None; got {value!r}")
    return None if value is None else {value}


@dataclass(frozen=True)
class CaseTable(Result):
    """Cases or phases in rows: print it, or turn it into a data frame. Empty cells are what the sources do not say."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column, from the top. A ValueError says which columns there are."""
        if name not in self.columns:
            raise ValueError(f"CaseTable.column(): name must be one of {', '.join(self.columns)}; got {name!r}")
        return tuple(row[self.columns.index(name)] for row in self.rows)

    def __str__(self) -> str:
        shown = [k for k, name in enumerate(self.columns) if name != "title"]  # too long to print, and the id says it
        rows = [[row[k] or "–" for k in shown] for row in (self.columns, *self.rows)]
        return aligned(rows, left=len(shown))

    @property
    def message(self) -> str:
        """How much the table holds."""
        return f"Rows: {len(self.rows)}; columns: {', '.join(self.columns)}."

    def _columns(self) -> Columns:
        """The cells by column."""
        return {name: self.column(name) for name in self.columns}

    def _record(self) -> Columns:
        """The same."""
        return self._columns()

    def to_markdown(self) -> str:
        """The table in Markdown.

        >>> print(CaseTable(("case", "gap"), (("a", "wide"), ("b", ""))).to_markdown(), end="")
        | case | gap |
        |---|---|
        | a | wide |
        | b | – |
        """
        lines = [" | ".join(cell.replace("|", "\\|") or "–" for cell in row) for row in (self.columns, *self.rows)]
        lines.insert(1, "|".join(["---"] * len(self.columns)))
        return "".join(f"| {line} |\n" if k != 1 else f"|{line}|\n" for k, line in enumerate(lines))

    def to_csv(self) -> str:
        """The table as comma-separated values (RFC 4180), with empty cells empty."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows((self.columns, *self.rows))
        return text.getvalue()

    def to_latex(self) -> str:
        """The table as a LaTeX ``tabular`` with the rules of the package booktabs."""
        lines = [" & ".join(map(_latex, row)) + r" \\" for row in (self.columns, *self.rows)]
        head = rf"\begin{{tabular}}{{{'l' * len(self.columns)}}}"
        return "\n".join([head, r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule", r"\end{tabular}", ""])


def table(cases: _Cases = None) -> CaseTable:
    """One row for each case: who, in which bands and arrangements, how it ended, what is measured, and who says so.

    Parameters
    ----------
    cases
        A case or several; all bundled cases by default.

    Raises
    ------
    TypeError
        If ``cases`` are no cases.

    Examples
    --------
    >>> print(table(load_all()[2:3]))
    id                 relation       arrangements  gap       stakes  outcome  date  measured  sources
    cartels-officials  sponsor-proxy  alliance      reversed  –       durable  2012  –         chindea-2014
    """
    columns = ("id", "title", "relation", "arrangements", "gap", "stakes", "outcome", "date", "measured", "sources")
    rows = []
    for case in checked(cases, "table"):
        seen = (_seen(getattr(phase, name) for phase in case.phases) for name in ("arrangement", "gap", "stakes"))
        measured = _seen(series.id for series in case.power)
        end = case.outcome
        rows.append(
            (
                *(case.name, case.title, case.relation, *seen),
                *(end.kind, str(end.date or ""), measured, _seen(source.key for source in case.sources)),
            )
        )
    return CaseTable(columns, tuple(rows))


def phase_table(cases: _Cases = None) -> CaseTable:
    """One row for each phase: the arrangement observed, and the conditions under which a theory must predict it.

    Parameters
    ----------
    cases
        A case or several; all bundled cases by default.

    Raises
    ------
    TypeError
        If ``cases`` are no cases.

    Examples
    --------
    >>> from alliances.cases import load
    >>> print(phase_table(load("gulf-sinaloa")))
    id            phase  relation  start  end   gap  trend  stakes  threat     arrangement  source        coder
    gulf-sinaloa  0      rivals    –      2003  –    –      –       –          rivalry      chindea-2014  –
    gulf-sinaloa  1      rivals    2003   2010  –    –      high    –          war          chindea-2014  project
    gulf-sinaloa  2      rivals    2010   –     –    –      high    Los Zetas  alliance     chindea-2014  project
    """
    columns = ("id", "phase", "relation", "start", "end", "gap", "trend", "stakes", "threat", "arrangement", "source", "coder")
    rows = tuple(
        (
            *(case.name, str(k), case.relation, str(phase.start or ""), str(phase.end or ""), phase.gap, phase.trend),
            *(
                phase.stakes,
                case.threat.name if phase.threat and case.threat else "",
                phase.arrangement,
                phase.source,
                phase.coder,
            ),
        )
        for case in checked(cases, "phase_table")
        for k, phase in enumerate(case.phases)
    )
    return CaseTable(columns, rows)


def fact_table(cases: _Cases = None) -> CaseTable:
    """One row for each fact: its place in the file, what it says, which source says so on which lines, who coded it and why.

    Parameters
    ----------
    cases
        A case or several; all bundled cases by default.

    Raises
    ------
    TypeError
        If ``cases`` are no cases.

    Examples
    --------
    >>> from alliances.cases import load
    >>> facts = fact_table(load("sinaloa-teo"))
    >>> facts.columns
    ('case', 'place', 'date', 'text', 'source', 'lines', 'coder', 'comment')
    >>> facts.column("lines")
    ('273', '253', '177, 273', '253, 273', '253, 273, 403', '253', '253, 267', '253', '253')
    """
    facts = [fact for case in checked(cases, "fact_table") for fact in case.facts()]
    columns = ("case", "place", "date", "text", "source", "lines", "coder", "comment")
    return CaseTable(columns, tuple(tuple(getattr(fact, name) for name in columns) for fact in facts))


def _latex(cell: str) -> str:
    """A cell as LaTeX prints it; braces keep a [ after a line's end from being read as its option."""
    signs = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "–": "--", "−": "$-$"}
    signs |= {sign: f"\\{sign}" for sign in "&%$#_{}"}
    text = "".join(signs.get(sign, sign) for sign in cell)
    return f"{{{text}}}" if text.startswith("[") else text or "--"


def _seen(words: Iterable[str]) -> str:
    return ", ".join(word for word in dict.fromkeys(words) if word)
