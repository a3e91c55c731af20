"""Arithmetic that reads the same for every number type a model runs on.

A model's cells are written once, with ``+ - * / **`` and the few functions below, and run on

* exact numbers: ``int``, ``fractions.Fraction`` and arrays of them (kept as ``Fraction``);
* floating-point numbers and NumPy arrays of them (kept as ``float`` and ``float64``);
* symbols of SymPy, real terms of Z3, and the quotients and intervals of :mod:`alliances.claims` (kept as they are).

Exactness follows the input: :func:`number` turns whatever a user passes into one of these canonical forms, or says what
is wrong with it. :func:`like` keeps the types from mixing, because a ``float64`` array times a ``Fraction`` would
silently become a slow array of Python objects.

A float counts, in proofs and certificates, as the decimal number that it is written as: 0.1 is 1/10, whatever its bits say,
and a float that a model computed itself is the decimal that it prints as. What must not be rounded is left to the functions
below, which keep constants exact there (``exp(1)`` is e), or passed as a Fraction.

Imports nothing of the library but what stands below it: old names, printable text. What model writers use is here; enclosures,
quotients of polynomials and the domains of open parameters are in modules of their own (:mod:`alliances.arithmetic.balls`,
:mod:`alliances.arithmetic.algebra`, …).
"""

from alliances.arithmetic.canonical import (
    DISCOUNT,
    FINITE,
    GAP,
    NONNEGATIVE,
    POSITIVE,
    PROBABILITY,
    Rule,
    boolean,
    discount_factor,
    number,
    scalar,
)
from alliances.arithmetic.functions import choose, exp, larger, log, raised, smaller
from alliances.arithmetic.types import (
    Array,
    Number,
    Real,
    Scalar,
    has_symbols,
    is_exact,
    is_symbolic,
    like,
    ordered,
    plain,
    settle,
    show,
    to_float,
)

__all__ = [
    "DISCOUNT",
    "FINITE",
    "GAP",
    "NONNEGATIVE",
    "POSITIVE",
    "PROBABILITY",
    "Array",
    "Number",
    "Real",
    "Rule",
    "Scalar",
    "boolean",
    "choose",
    "discount_factor",
    "exp",
    "has_symbols",
    "is_exact",
    "is_symbolic",
    "larger",
    "like",
    "log",
    "number",
    "ordered",
    "plain",
    "raised",
    "scalar",
    "settle",
    "show",
    "smaller",
    "to_float",
]
