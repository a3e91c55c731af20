"""Letters that stand for powers, exponentials and logarithms, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from alliances.arithmetic.quotients import Letters, Quotient

__all__ = ["Atom", "knowledge", "mentions", "same_exponent"]

_POWER = 8  # integer powers up to this one bound an atom


class Atom(NamedTuple):
    """A letter that stands for ``kind`` (base), or for base to the power ``exponent``."""

    place: int
    kind: str
    base: Quotient
    exponent: Quotient | Fraction | None


def knowledge(algebra: Letters, atom: Atom, w: Quotient, positive: bool) -> Iterator[tuple[Quotient, str, str]]:
    """What is known of an atom, as (quotient, relation to 0, words)."""
    base, one = atom.base, algebra.number(1)
    below_one = algebra.signs((one - base).product) <= {0, 1}
    if atom.kind == "exp":
        yield w, ">", "positive"
        yield w - 1 - base, ">=", "exp(u) >= 1 + u"
        if algebra.signs(base.product) <= {-1, 0}:
            yield 1 - w * (1 - base), ">=", "exp(u) <= 1/(1 - u) for u <= 0"
        return
    if atom.kind == "log":
        yield base - 1 - w, ">=", "log(u) <= u - 1"
        yield w * base - base + 1, ">=", "log(u) >= 1 - 1/u"
        return
    yield w, ">" if positive else ">=", "a power of a positive number"
    exponent = atom.exponent
    if isinstance(exponent, Fraction):
        yield w**exponent.denominator - base**exponent.numerator, "==", f"u**({exponent})"
        return
    assert isinstance(exponent, Quotient)
    if below_one:
        if algebra.signs(exponent.product) <= {0, 1}:
            yield 1 - w, ">=", "u**m <= 1 for u <= 1 and m >= 0"
        at_least = 0  # the largest whole number that the exponent never falls below
        for n in range(1, _POWER + 1):
            signs = algebra.signs((exponent - n).product)
            if signs <= {0, 1}:
                at_least = n
            elif signs <= {0, -1}:
                yield w - base**n, ">=", f"u**m >= u**{n} for u <= 1 and m <= {n}"
                break
        if at_least:
            yield base**at_least - w, ">=", f"u**m <= u**{at_least} for u <= 1 and m >= {at_least}"
    if algebra.signs((exponent - 1).product) <= {0, 1}:
        yield w - 1 - exponent * (base - 1), ">=", "Bernoulli: u**m >= 1 + m(u - 1) for m >= 1"
    elif algebra.signs((exponent - 1).product) <= {0, -1} and algebra.signs(exponent.product) <= {0, 1}:
        yield 1 + exponent * (base - 1) - w, ">=", "Bernoulli: u**m <= 1 + m(u - 1) for 0 <= m <= 1"


def mentions(atom: Atom, k: int) -> bool:
    """Whether the base or the exponent depends on the letter number k."""
    parts = [atom.base, *([atom.exponent] if isinstance(atom.exponent, Quotient) else [])]
    return any(p.degrees()[k] for q in parts for p in (q.numerator, q.denominator) if not p.is_zero())


def same_exponent(a: Quotient | Fraction | None, b: Quotient | Fraction | None) -> bool:
    """Whether two exponents are the same function, or both absent."""
    if isinstance(a, Quotient) and isinstance(b, Quotient):
        return a.identical(b)
    return not isinstance(a, Quotient) and not isinstance(b, Quotient) and a == b
