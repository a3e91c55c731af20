"""Text for consoles that know few characters: δ* where it can be shown, delta* where not.

The texts of this library hold Greek letters and signs such as ≥ and −, and the names of people and places. A stream of another
encoding than UTF-8 – a pipe or a file on Windows (cp1252), an ASCII terminal – refuses them, and ``print`` raises
UnicodeEncodeError. A library must not change ``sys.stdout``, so the text gives way: :func:`printable`. NumPy's polynomials and
SymPy's printers do the same, by platform and by encoding.

An error handler of Python's codecs decides what is written instead; it is registered under the name "alliances". Your own text
passes through it, too::

    sys.stdout.reconfigure(errors="alliances")
    open("report.txt", "w", encoding="cp1252", errors="alliances")
"""

from __future__ import annotations

import codecs
import functools
import sys
import unicodedata
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Literal, ParamSpec, TypeVar

__all__ = ["HANDLER", "cell", "printable", "printed", "transliterate", "verbatim"]

HANDLER = "alliances"
"""The name of the error handler: ``text.encode("ascii", errors="alliances")``."""

_SIGNS = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "x", "÷": "/", "±": "+/-", "√": "sqrt", "∞": "inf", "½": "1/2", "¼": "1/4",
    "≤": "<=", "≥": ">=", "≠": "!=", "∈": "in", "→": "->", "↦": "->", "⟹": "=>", "⇔": "<=>", "⟺": "<=>", "…": "...",
    "“": '"', "”": '"', "‘": "'", "’": "'", "′": "'", "●": "*", "○": "o", "◆": "*", "✕": "x", "‼": "!!", "∎": "[]", "ℓ": "l",
    "⁻": "-", "⁺": "+", "∅": "{}", "∩": "and", "⋂": "and", "⋃": "or", "⊆": "within", "⊇": "contains", "∝": "~",
    "«": '"', "»": '"', "°": " degrees", "↑": "up", "↓": "down", "⟦": "[[", "⟧": "]]",
    "∫": "integral", "∂": "d", "µ": "mu", "\u0302": "^", "\u0304": "-",
}  # fmt: skip


def transliterate(error: UnicodeError) -> tuple[str, int]:
    """What to write in place of the characters that an encoding refuses; the error handler "alliances".

    >>> "δ* ≥ ½ for Beltrán".encode("ascii", errors="alliances")
    b'delta* >= 1/2 for Beltran'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object
    return "".join("^" * _raises(text, k) + _ascii(text[k]) for k in range(error.start, error.end)), error.end


def _raises(text: str, k: int) -> bool:
    """Whether an exponent begins here: 10⁻⁹ is 10^-9."""
    superscript = [unicodedata.decomposition(c).startswith("<super>") for c in text[max(k - 1, 0) : k + 1]]
    return superscript[-1] and not (k and superscript[0])


def _ascii(character: str) -> str:
    """A sign by its table, a Greek letter by its name, an accented letter without its accent, anything else by its number."""
    if character in _SIGNS:
        return _SIGNS[character]
    kind, _, letter = unicodedata.name(character, "").partition(" LETTER ")
    if kind.startswith("GREEK") and " " not in letter:
        name = "lambda" if letter == "LAMDA" else letter.lower()
        return name.capitalize() if kind.endswith("CAPITAL") else name
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if c.isascii())
    return plain or f"\\u{ord(character):04x}"


codecs.register_error(HANDLER, transliterate)


def printable(text: str, stream: Any = None) -> str:
    r"""``text`` as ``stream`` can show it (``sys.stdout`` by default): unchanged, unless its encoding lacks a character.

    >>> import io
    >>> printable("δ* ≥ 1/2", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    'delta* >= 1/2'
    >>> printable("δ* ≥ 1/2", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    'δ* ≥ 1/2'
    """
    if text.isascii():
        return text
    encoding = getattr(sys.stdout if stream is None else stream, "encoding", None)
    if not isinstance(encoding, str) or encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        return text
    try:
        return text.encode(encoding, HANDLER).decode(encoding)
    except LookupError:  # a stream with a name of its own for what it does
        return text


P = ParamSpec("P")
R = TypeVar("R")
_PURPOSE: ContextVar[Literal["", "stored", "printed"]] = ContextVar("purpose", default="")


def _for(purpose: Literal["stored", "printed"], function: Callable[P, R]) -> Callable[P, R]:
    """A function that runs while text is made for one purpose."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _PURPOSE.set(purpose)
        try:
            return function(*args, **kwargs)
        finally:
            _PURPOSE.reset(token)

    return run


def verbatim(function: Callable[P, R]) -> Callable[P, R]:
    """A function in which text stays as it is: for what is stored and not printed, such as ``to_dict`` and ``message``."""
    return _for("stored", function)


def cell(text: str) -> str:
    r"""A part of a table as standard output will show it, so that columns are aligned by the text that is printed.

    Within :func:`verbatim` it stays as it is.

    >>> import io
    >>> from contextlib import redirect_stdout
    >>> with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="ascii")):
    ...     head = cell("δ_S*"), verbatim(cell)("δ_S*") == "\u03b4_S*"
    >>> head
    ('delta_S*', True)
    """
    return text if _PURPOSE.get() == "stored" else printable(text)


def printed(text: Callable[[Any], str]) -> Callable[[Any], str]:
    """A ``__str__`` or ``__repr__`` whose text standard output can show; every :class:`~alliances.values.Value` has such.

    Within :func:`verbatim`, and within another such text, which is transliterated as a whole, nothing changes.
    """
    if getattr(text, "__wrapped__", None) is not None:  # inherited, and done already
        return text
    whole = _for("printed", text)

    @functools.wraps(text)
    def shown(self: Any) -> str:
        return text(self) if _PURPOSE.get() else printable(whole(self))

    return shown
