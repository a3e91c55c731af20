"""Every fact of the case files: what it says, which source says so, on which lines, and who coded it. For a second reader.

    python examples/case_facts.py --case gulf-zetas
    python examples/case_facts.py --texts my-texts

With --texts the lines of the source follow each fact, from files of that folder whose names begin with the source's key.
"""

import argparse
import textwrap
from pathlib import Path

import alliances as al
from _script import folder, heading, parser, say, usage


def main() -> None:
    """Print the facts, and save them as a table."""
    options, chosen = command_line()
    table = al.cases.fact_table(chosen)
    for case in chosen:
        heading(f"{case.name}: {case.title}")
        for fact in case.facts():
            where = f"{fact.source}" + (f", line {fact.lines}" if fact.lines else "")
            coder = f"; coded by the {fact.coder}" if fact.coder else ""
            coder += f": {fact.comment}" if fact.comment else ""
            say(f"{fact.place} {fact.date}: {fact.text} [{where}{coder}]")
            for line in lines_of(fact, options.texts):
                print(textwrap.fill(line, 110, initial_indent="    | ", subsequent_indent="    | "))
    without = sum(not fact.lines for case in chosen for fact in case.facts())
    say(f"\n{len(table)} facts and codings, {without} of them from data sets, which have no lines.")
    file = options.output / "case_facts.csv"
    file.write_text(table.to_csv(), encoding="utf-8", newline="\n")
    say(f"Saved {file}")


def lines_of(fact: al.cases.Fact, texts: Path | None) -> list[str]:
    """The lines of the source's text, if there is one."""
    file = next(iter(sorted(texts.glob(f"{fact.source}*"))), None) if texts else None
    if file is None:
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for first, last in fact.line_ranges for line in lines[first - 1 : last] if line.strip()]


def command_line() -> tuple[argparse.Namespace, tuple[al.cases.Case, ...]]:
    """The options of this script, and the cases."""
    options = parser(__doc__, output="case_facts_output")
    options.add_argument("--case", help="the name of one case (default: all)")
    options.add_argument("--folder", type=Path, help="a folder of case files (default: the bundled cases)")
    options.add_argument("--texts", type=Path, help="a folder with the sources' texts")
    given = options.parse_args()
    with usage(options):
        chosen = al.cases.load_all(given.folder) if given.case is None else (al.cases.load(given.case, given.folder),)
    if given.texts is not None and not given.texts.is_dir():
        options.error(f"texts must be a folder that exists; got {given.texts}")
    folder(options, given.output)
    return given, chosen


if __name__ == "__main__":
    main()
