"""Names for symbols that every solver and polynomial library takes: plain, not reserved, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

__all__ = ["fresh", "symbols"]

_WORDS = """
    true false not and or xor distinct ite let forall exists match par as abs div mod to_real to_int is_int is_real Bool Int
    Real Array String select store BINARY DECIMAL HEXADECIMAL NUMERAL STRING assert check set get declare define push pop
    reset exit echo model eval lambda if implies iff divisible real pi e i euler exp log sqrt root power sin cos tan csc sec
    cot sinh cosh tanh asin acos atan asinh acosh atanh arcsin arccos arctan arccsc arcsec arccot
"""
_RESERVED = frozenset(_WORDS.split())  # in SMT-LIB, or in one of its readers


def symbols(names: Sequence[str]) -> tuple[str, ...]:
    """A symbol for each name: the name itself where it is a plain one."""
    taken: set[str] = set()
    unique = []
    for number, name in enumerate(names):
        plain = name if name.isascii() and name.isidentifier() and not name.startswith("_") else f"letter{number}"
        while plain in taken or plain in _RESERVED:
            plain += "_"
        taken.add(plain)
        unique.append(plain)
    return tuple(unique)


def fresh(name: str, taken: Iterable[str]) -> str:
    """``name``, or the first of name1, name2, … that is not taken."""
    names = set(taken)
    return name if name not in names else next(f"{name}{n}" for n in count(1) if f"{name}{n}" not in names)
