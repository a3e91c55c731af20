"""Numbers for formulas: indeterminates of proofs and enclosures of certificates, and what payoff code may ask of them.

Payoff code that runs on such numbers must be the same function as on floats and Fractions. Whatever would turn a number into a
float, an integer or a key is refused – and remembered (:class:`Evaluation`), because a model that catches the error and goes
on another way would be proved for payoffs that no number has.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NoReturn

import numpy as np

__all__ = ["Evaluation", "Formal", "FormalCondition", "NotArithmetic", "current", "evaluating"]


class NotArithmetic(TypeError):
    """The model leaves arithmetic: it turns its input into floats, calls a function that indeterminates do not have, or
    does not give them the payoffs that it gives numbers.
    """


@dataclass(eq=False)
class Evaluation:
    """One evaluation of payoff code on formal numbers.

    Attributes
    ----------
    function
        On whose behalf, for the error's text.
    lift
        Numbers as formal ones, so that exp(1) of the library's functions is e and no float near it.
    refused
        What the code asked of a formal number and did not get, in the order asked.
    enclosed
        Whether an enclosure took part that holds more than one number.
    """

    function: str
    lift: Callable[[object], Formal]
    refused: list[str] = field(default_factory=list)
    enclosed: bool = False

    def require_arithmetic(self) -> None:
        """An error if anything was refused, whatever the code made of the refusal."""
        if self.refused:
            raise NotArithmetic(_refusal(self.function, self.refused[0]))


def _refusal(function: str, operation: str) -> str:
    return (
        f"{function}: the model must calculate with its arguments as they are; it asked for {operation} of one. "
        "Use + - * / **, comparisons, and the functions of alliances.arithmetic"
    )


_current: ContextVar[Evaluation | None] = ContextVar("evaluation of formal numbers", default=None)


def current() -> Evaluation | None:
    """The evaluation that is going on, if any."""
    return _current.get()


@contextmanager
def evaluating(function: str, lift: Callable[[object], Formal]) -> Iterator[Evaluation]:
    """An evaluation for a while; what the code was refused is an error at its end, however the code ended."""
    evaluation = Evaluation(function, lift)
    token = _current.set(evaluation)
    try:
        yield evaluation
    except Exception as error:
        if evaluation.refused and not isinstance(error, NotArithmetic):
            raise NotArithmetic(_refusal(function, evaluation.refused[0])) from error
        raise
    finally:
        _current.reset(token)
    evaluation.require_arithmetic()


_OPERATORS: dict[str, tuple[str, str]] = {
    "add": ("__add__", "__radd__"),
    "subtract": ("__sub__", "__rsub__"),
    "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"),
    "true_divide": ("__truediv__", "__rtruediv__"),
    "power": ("__pow__", "__rpow__"),
    "less": ("__lt__", "__gt__"),
    "less_equal": ("__le__", "__ge__"),
    "greater": ("__gt__", "__lt__"),
    "greater_equal": ("__ge__", "__le__"),
    "equal": ("__eq__", "__eq__"),
    "not_equal": ("__ne__", "__ne__"),
}
"""NumPy's names of operators – its scalars use them with other numbers – and the methods of a left and of a right operand."""


class Formal(ABC):
    """A number type of the library's own for formulas, ordered and with its own exp and log: quotients, enclosures."""

    __slots__ = ()
    sums_exactly: ClassVar[bool] = True
    """Whether a sum is the number that an identity says; enclosures on a whole piece of a line are too wide for that."""

    @abstractmethod
    def transcendental(self, name: Literal["exp", "log"]) -> Any:
        """Exp or log of this number, by name."""

    def refuse(self, operation: str) -> NoReturn:
        """An error, remembered for the end of the evaluation."""
        evaluation = current()
        if evaluation is not None:
            evaluation.refused.append(operation)
        raise NotArithmetic(_refusal(evaluation.function if evaluation else "arithmetic", operation))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Operators between a NumPy scalar and this number; arrays and NumPy's other functions are refused."""
        methods = _OPERATORS.get(ufunc.__name__)
        left, right = (_element(x) for x in (inputs if len(inputs) == 2 else (self, None)))
        arrays = any(isinstance(x, np.ndarray) for x in (left, right))
        if methods is None or right is None or method != "__call__" or options or arrays:
            self.refuse(f"numpy.{ufunc.__name__}(){' with an array' if arrays else ''}")
        return getattr(left, methods[0])(right) if isinstance(left, Formal) else getattr(right, methods[1])(left)

    def __pos__(self) -> Any:
        return self

    def __float__(self) -> float:
        self.refuse("a float")

    def __int__(self) -> int:
        self.refuse("an integer")

    def __index__(self) -> int:
        self.refuse("an index")

    def __complex__(self) -> complex:
        self.refuse("a complex number")

    def __hash__(self) -> int:
        self.refuse("the hash, as a key of a dict or an element of a set,")

    def __round__(self, digits: int | None = None) -> Any:
        self.refuse("round()")

    def __trunc__(self) -> int:
        self.refuse("math.trunc()")

    def __floor__(self) -> int:
        self.refuse("math.floor()")

    def __ceil__(self) -> int:
        self.refuse("math.ceil()")

    def __floordiv__(self, other: object) -> Any:
        self.refuse("the whole part of a quotient (//)")

    def __mod__(self, other: object) -> Any:
        self.refuse("a remainder (%)")

    def __divmod__(self, other: object) -> Any:
        self.refuse("divmod()")

    def __format__(self, spec: str) -> str:
        if spec:
            self.refuse(f"its text in the format {spec!r}")
        return str(self)

    __rfloordiv__, __rmod__, __rdivmod__ = __floordiv__, __mod__, __divmod__


class FormalCondition(ABC):
    """A comparison of formal numbers that is kept instead of decided; :func:`alliances.arithmetic.choose` asks it."""

    __slots__ = ()

    @abstractmethod
    def choose(self, if_true: Any, if_false: Any) -> Any:
        """One number where the condition holds, another elsewhere."""


def _element(x: Any) -> Any:
    """What an array without dimensions holds; anything else as it is."""
    return x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x
