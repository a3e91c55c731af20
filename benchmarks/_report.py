"""Tables of a run for papers, in Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def markdown(record: Mapping[str, Any]) -> str:
    """A section and a table for each script."""
    parts = ["# Benchmarks", head(record)]
    for name, found in record["scripts"].items():
        parts += [f"## {name}", _introduction(found)]
        for rows in alike(found["rows"]):
            columns = columns_of(rows)
            lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
            lines += [f"| {' | '.join(text(row.get(key)).replace('|', '/') for key in columns)} |" for row in rows]
            parts.append("\n".join(lines))
    return "\n\n".join(parts)


def latex(record: Mapping[str, Any]) -> str:
    """The same tables, for the packages booktabs and longtable."""
    parts = ["% made by python -m benchmarks; needs booktabs and longtable", f"% {head(record)}"]
    for name, found in record["scripts"].items():
        for rows in alike(found["rows"]):
            columns = columns_of(rows)
            body = [" & ".join(escaped(text(row.get(key))) for key in columns) + r" \\" for row in rows]
            parts += [
                f"% {name}: {_introduction(found)}",
                rf"\begin{{longtable}}{{{''.join('l' if _is_text(rows, key) else 'r' for key in columns)}}}",
                r"\toprule " + " & ".join(map(escaped, columns)) + r" \\ \midrule \endhead",
                *body,
                r"\bottomrule",
                r"\end{longtable}",
            ]
    return "\n".join(parts)


def head(record: Mapping[str, Any]) -> str:
    """On what, and with which versions."""
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    size = " Small sizes: a first look." if record["smoke"] else ""
    command = f"python -m benchmarks{' --smoke' * record['smoke']}"
    return (
        f"Command: `{command}`, at {record['commit']}. Python {record['python']}, {versions}; {record['machine']}, load "
        f"{record['load']}. Medians; spreads are (largest − smallest)/median. Trust the ratios: what they compare ran in turn "
        f"in one process.{size}"
    )


def _introduction(found: Mapping[str, Any]) -> str:
    if "error" in found:
        return f"No rows: {found['error']}."
    seed = "" if found["seed"] is None else f" Seed {found['seed']}."
    return f"{found['about']}{seed} STREAM triad in the same process: {found['triad GB per cpu s']:.3g} GB per CPU second."


def alike(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows in runs that share most of their columns: a table for each."""
    tables: list[list[Row]] = []
    for row in rows:
        if tables and len(row.keys() & tables[-1][0].keys()) * 2 > max(len(row), len(tables[-1][0])):
            tables[-1].append(row)
        else:
            tables.append([row])
    return tables


def columns_of(rows: Sequence[Row]) -> list[str]:
    """All columns of a table, in the order in which they occur."""
    return list(dict.fromkeys(key for row in rows for key in row))


def text(value: Any) -> str:
    """A number in three digits, whole numbers with commas."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _is_text(rows: Sequence[Row], key: str) -> bool:
    return any(isinstance(row.get(key), str) for row in rows)


def escaped(cell: str) -> str:
    """Text as LaTeX sets it."""
    for sign, command in (("\\", r"\textbackslash "), ("&", r"\&"), ("%", r"\%"), ("#", r"\#"), ("_", r"\_"), ("–", "--")):
        cell = cell.replace(sign, command)
    for sign, command in (("δ", r"$\delta$"), ("×", r"$\times$"), ("⁶", "$^6$"), ("−", "$-$"), ("*", "$^*$")):
        cell = cell.replace(sign, command)
    return cell
