"""What the scripts of this folder share: options with rules, a folder for what they save, progress, text that fits any console.

This is about scripts, not about the library: a script of your own needs none of it.
"""

import argparse
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from alliances.printable import HANDLER, printable
from alliances.results import aligned

WIDTH = 100  # columns


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Help that shows a default where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def parser(text: str | None, output: str | None = None, what: str = "the pictures") -> argparse.ArgumentParser:
    """A parser of options, described by the first paragraph of a script's docstring; ``output`` adds a folder of that name.

    From here on the script can print on any console: what its encoding lacks is transliterated.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=HANDLER)
    options = argparse.ArgumentParser(description=(text or "").split("\n\n")[0], formatter_class=_Help)
    if output is not None:
        options.add_argument("--output", type=Path, default=Path(output), help=f"folder for {what}")
    return options


def number(rule: str, holds: Callable[[Any], bool], kind: Callable[[str], Any] = float) -> Callable[[str], Any]:
    """A type of option: a number that obeys a rule, or a usage error that says rule and value."""

    def convert(text: str) -> Any:
        try:
            value = kind(text)
            if holds(value):
                return value
        except (ValueError, ZeroDivisionError):
            pass
        raise argparse.ArgumentTypeError(f"{rule}; got {text}")

    return convert


discount = number("discount must lie in [0, 1)", lambda delta: 0 <= delta < 1)
seed = number("seed must be a whole number, at least 0", lambda value: value >= 0, int)


def fraction(name: str) -> Callable[[str], Any]:
    """A type of option: a number that stays exact."""
    return number(f"{name} must be a number, such as 3/2 or 1.5", lambda _: True, Fraction)


def count(name: str, least: int = 1) -> Callable[[str], Any]:
    """A type of option: a whole number."""
    return number(f"{name} must be a whole number, at least {least}", lambda value: value >= least, int)


@contextmanager
def usage(options: argparse.ArgumentParser) -> Iterator[None]:
    """What the library refuses in here comes from an option: a usage error with its message, not a traceback."""
    try:
        yield
    except (ValueError, TypeError, OSError) as error:
        options.error(str(error))


def folder(options: argparse.ArgumentParser, path: Path) -> Path:
    """The folder for pictures, made and tried before anything is computed."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        options.error(f"argument --output: must be a folder that can be written to; got {path} ({error.strerror})")


def without(package: str, extra: str) -> bool:
    """Whether an optional package is missing; says so if it is."""
    missing = find_spec(package) is None
    if missing:
        say(f"\nNo picture, which takes {package}: pip install 'alliances[{extra}]'")
    return missing


def progress(steps: Iterable[Any], doing: str) -> Iterator[Any]:
    """The steps, one by one. Stderr says how far they are: a terminal each time, a file once."""
    steps = list(steps)
    for k, step in enumerate(steps, 1):
        if sys.stderr.isatty():
            print(f"\r{doing}: {k} of {len(steps)}", end="", file=sys.stderr, flush=True)
        elif k == 1:
            print(f"{doing}, {len(steps)} steps", file=sys.stderr, flush=True)
        yield step
    wipe()


def wipe() -> None:
    """Take the line of progress off a terminal, for what is printed next."""
    if sys.stderr.isatty():
        print(f"\r{' ' * (WIDTH - 1)}\r", end="", file=sys.stderr, flush=True)


def wait(doing: str) -> None:
    """A line on stderr before one step that takes a while."""
    print(f"{doing} ...", file=sys.stderr, flush=True)


def say(text: object = "") -> None:
    """Print text in lines of at most 100 columns; what is shorter stays as it is.

    A label and its text become two columns, and rows of tables are left whole: in pieces nobody could read them.
    """
    wipe()
    for line in printable(str(text)).split("\n"):  # delta* is longer than δ*
        cells = [place.end() for place in re.finditer(r"(?<=\S) {2,}(?=\S)", line)]
        if len(line) <= WIDTH or len(cells) > 1:
            print(line)
            continue
        start = cells[0] if cells else len(line) - len(line.lstrip(" *"))
        options = {"subsequent_indent": " " * start, "break_on_hyphens": False, "break_long_words": False}
        print("\n".join(textwrap.wrap(line, WIDTH, **options)))


def heading(text: str) -> None:
    """A section of the report."""
    say(f"\n{text}")
    print("-" * min(len(text), WIDTH))


def show(columns: Sequence[str], rows: Sequence[Sequence[str]], keys: int = 1) -> None:
    """A table in blocks of columns that fit, each of which begins with the first ``keys`` columns."""
    cells = [[cell or "–" for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[k]) for row in cells) + 2 for k in range(len(columns))]
    block = list(range(keys))
    blocks = [block]
    for k in range(keys, len(columns)):
        if sum(widths[j] for j in [*block, k]) - 2 > WIDTH and len(block) > keys:
            block = list(range(keys))
            blocks.append(block)
        block.append(k)
    print("\n\n".join(aligned([[row[k] for k in block] for row in cells], left=len(columns)) for block in blocks))


def save(figure: Any, path: Path, kinds: Sequence[str] = ("png",), dpi: int = 200) -> None:
    """Save a picture, and say where."""
    for kind in kinds:
        figure.savefig(path.with_suffix(f".{kind}"), dpi=dpi)
        figure.set_layout_engine("none")  # what has been laid out once stays there
        print(f"Figure: {path.with_suffix(f'.{kind}')}")
