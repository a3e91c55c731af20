"""SymPy's expressions in files: trees of names and numbers from a closed list; nothing in them is evaluated as code.

A number is an integer or a fraction, all else a tuple that begins with what it is: ``("Add", 1, ("Symbol", "x", (), ()))``.
A root of a polynomial is the polynomial and the root's number. Expressions are rebuilt without simplification, so that they
are equal to those that were written.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from functools import cache
from typing import Any

from alliances.results import need

__all__ = ["expression_of", "is_expression", "tree_of"]

_RELATIONS = ("Equality", "Unequality", "LessThan", "StrictLessThan", "GreaterThan", "StrictGreaterThan")
_HEADS = frozenset(
    (
        *_RELATIONS,
        "Add",
        "Mul",
        "Pow",
        "Max",
        "Min",
        "Abs",
        "sign",
        "exp",
        "log",
        "Piecewise",
        "ExprCondPair",
        "And",
        "Or",
        "Not",
        "ComplexRootOf",
    )
)
_AS_THEY_ARE = ("ExprCondPair", "ComplexRootOf")  # of which nothing is simplified
_HIGHEST = 100  # degree of a polynomial whose roots are counted when a file is read
_CONSTANTS = ("Infinity", "NegativeInfinity", "ComplexInfinity", "NaN", "Pi", "Exp1", "true", "false")


def is_expression(x: Any) -> bool:
    """Whether ``x`` is of SymPy, which is not imported for that."""
    return "sympy" in sys.modules and isinstance(x, sys.modules["sympy"].Basic)


def tree_of(expression: Any) -> Any:
    """An expression as a tree.

    Raises
    ------
    ValueError
        If it has a part that files do not hold.
    """
    import sympy

    name = type(expression).__name__
    if isinstance(expression, sympy.Integer):
        return int(expression)
    if isinstance(expression, sympy.Rational):
        return Fraction(int(expression.p), int(expression.q))
    if type(expression) is sympy.Symbol:
        known = _assumptions(expression)
        return (
            "Symbol",
            expression.name,
            *(tuple(key for key in sorted(known) if known[key] is truth) for truth in (True, False)),
        )
    for constant in _CONSTANTS:
        if expression is getattr(sympy.S, constant):
            return (constant,)
    if name not in _HEADS or type(expression) is not _heads()[name]:
        raise ValueError(f"must consist of numbers, symbols, {', '.join(sorted(_HEADS))}; got {name} {expression!s:.60}")
    return (name, *map(tree_of, expression.args))


def expression_of(tree: Any) -> Any:
    """The expression of a tree.

    Raises
    ------
    ValueError
        If it is none.
    ImportError
        If SymPy is missing.
    """
    sympy = need("sympy", "prove", "load() of formulas")
    from sympy.polys.polyerrors import BasePolynomialError

    if type(tree) is int or isinstance(tree, Fraction):
        return sympy.Rational(tree.numerator, tree.denominator)
    if not (isinstance(tree, tuple) and tree and isinstance(tree[0], str)):
        raise ValueError(f"must be a number, or a list that begins with a name; got {tree!r:.60}")
    name, *parts = tree
    if name == "Symbol":
        return _symbol(parts)
    if name in _CONSTANTS and not parts:
        return getattr(sympy.S, name)
    if name not in _HEADS or not parts:
        raise ValueError(
            f"must begin with Symbol, {', '.join((*_CONSTANTS, *sorted(_HEADS)))}; got {name!r:.60} of {len(parts)} parts"
        )
    arguments = [expression_of(part) for part in parts]
    head = _heads()[name]
    if name == "ComplexRootOf" and _degree(arguments[0]) > _HIGHEST:
        raise ValueError(f"must be a root of a polynomial of degree {_HIGHEST} at most; got {arguments[0]!s:.60}")
    try:
        expression = head(*arguments) if name in _AS_THEY_ARE else head(*arguments, evaluate=False)
    except (AttributeError, TypeError, ValueError, IndexError, NotImplementedError, BasePolynomialError) as error:
        raise ValueError(f"must have arguments that {name} takes; {type(error).__name__}: {error}") from None
    if type(expression) is not head or set(expression.args) != set(arguments):  # whose order may be another one
        raise ValueError(f"must have arguments that {name} takes; got {arguments!r:.100}")
    return expression


def _degree(expression: Any) -> float:
    """At most how high the degree of a polynomial is, before SymPy takes it for one; infinite if it is none.

    Powers of numbers count as well: SymPy would compute them.
    """
    if expression.is_Rational or expression.is_Symbol:
        return int(expression.is_Symbol)
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return max(_degree(expression.base), 1) * int(expression.exp)
    if expression.is_Add or expression.is_Mul:
        return (max if expression.is_Add else sum)(map(_degree, expression.args))
    return math.inf


def _symbol(parts: list[Any]) -> Any:
    import sympy

    match parts:
        case [str(name), tuple(true), tuple(false)] if name and all(isinstance(key, str) for key in (*true, *false)):
            assumptions = dict.fromkeys(true, True) | dict.fromkeys(false, False)
            try:
                symbol = sympy.Symbol(name, **assumptions)
            except (TypeError, ValueError) as error:  # they contradict each other, or are none
                raise ValueError(f"must be a symbol; got {parts!r:.100}, {error}") from None
            if assumptions.items() <= symbol.assumptions0.items() and not set(true) & set(false):
                return symbol
    raise ValueError(f"must be a symbol's name, and what is true and what is false of it; got {parts!r:.100}")


@cache
def _assumptions(symbol: Any) -> dict[str, bool]:
    """What makes a symbol: of all that is known of it, no more than what the rest follows from."""
    everything = kept = symbol.assumptions0
    for key in sorted(everything, key=lambda key: (-len(key), key)):  # "positive" outlasts "extended_positive"
        fewer = {other: known for other, known in kept.items() if other != key}
        if type(symbol)(symbol.name, **fewer).assumptions0 == everything:
            kept = fewer
    return dict(kept)


def _heads() -> dict[str, Any]:
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair

    return {"ExprCondPair": ExprCondPair} | {name: getattr(sympy, name) for name in _HEADS - {"ExprCondPair"}}
