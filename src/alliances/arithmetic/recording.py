"""Payoff code as a programme: the operations that it performs on its inputs, written down once for all cases.

:class:`Recorded` is a number type like any other to the payoff code. Instead of a value it has a place in a
:class:`Recording`, a list of steps such as "the sum of steps 3 and 7". Equal steps are written once. What the code computes can
then be written in another language – the explorer's page has it in JavaScript – without anybody writing a formula twice.

A comparison gives a :class:`RecordedCondition`. ``choose`` (and with it ``larger``, ``smaller``) writes both alternatives down;
an ``if`` needs an answer, so the code is run once for each outcome, and the results become a choice between them
(:meth:`Recording.run`). A run that ends in a ``ValueError`` has no result: the programme then says which rule was broken.

Numbers are floats: a Fraction becomes the nearest one, as it does where a model meets floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic.formal import Formal, FormalCondition, NotArithmetic, evaluating

__all__ = ["Operation", "Places", "Programme", "Recorded", "RecordedCondition", "Recording", "Step", "Tree"]

Operation: TypeAlias = Literal[
    "number", "input", "+", "-", "*", "/", "**", "negative", "abs", "exp", "log", "sqrt", "min", "max",
    "<", "<=", "==", "not", "and", "or", "choose",
]  # fmt: skip
"""What a step does with the steps that it names."""

_FOLDED = ("+", "-", "*", "negative", "<", "<=", "==")
"""Operations that are performed at once where all operands are numbers."""

_UFUNCS: dict[str, Operation] = {
    "maximum": "max", "minimum": "min", "exp": "exp", "log": "log", "sqrt": "sqrt", "absolute": "abs", "fabs": "abs",
}  # fmt: skip
"""NumPy's functions that have a step, by NumPy's name."""

_NUMPY: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "negative": np.negative,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "not": np.logical_not,
    "and": np.logical_and,
    "or": np.logical_or,
    "choose": np.where,
}
"""What evaluates a step."""

_RUNS = 4096  # more cases than this are not worked through


class Step(NamedTuple):
    """One operation: its operands by their places, or the value of a number, or the name of an input."""

    operation: Operation
    operands: tuple[int, ...] = ()
    value: float | str | None = None


@dataclass(frozen=True)
class Programme:
    """What a run computes: the places of its results, and the place of the number of the rule that was broken.

    Attributes
    ----------
    recording
        The steps.
    results
        Where the results stand; nan where a rule is broken.
    refusal
        Where the number of the broken rule stands; 0 if there are results.
    rules
        The rules in words; the first is "".
    """

    recording: Recording
    results: tuple[int, ...]
    refusal: int
    rules: tuple[str, ...]

    def evaluate(self, inputs: Mapping[str, Any]) -> list[Any]:
        """[number of the broken rule, …results] at these inputs, numbers or arrays that broadcast.

        >>> recording = Recording("example()")
        >>> x = recording.input("x")
        >>> recording.run(lambda: [1 / x if x > 2 else x + 0.5]).evaluate({"x": np.array([1.0, 4.0])})[1].tolist()
        [1.5, 0.25]
        """
        return self.recording.evaluated(inputs, (self.refusal, *self.results))


class Recording:
    """The steps of a programme, and the decisions of the run that is going on.

    Parameters
    ----------
    function
        On whose behalf, for the errors' texts.

    Examples
    --------
    >>> recording = Recording("example()")
    >>> x = recording.input("x")
    >>> programme = recording.run(lambda: [1 / x if x > 2 else x + 0.5])
    >>> for place in programme.results:
    ...     print(recording.text(place))
    ((2.0 < x) ? (1.0 / x) : (x + 0.5))
    """

    def __init__(self, function: str) -> None:
        self.function = function
        self.steps: list[Step] = []
        self._places: dict[Step, int] = {}
        self._prefix: Sequence[bool] = ()
        self._decided: list[tuple[int, bool]] = []

    def add(self, operation: Operation, *operands: int, value: float | str | None = None) -> int:
        """The place of a step; the place of the step that is equal to it, if there is one."""
        if operation in _FOLDED and all(self.steps[k].operation == "number" for k in operands):
            folded = _NUMPY[operation](*(np.float64(self.steps[k].value) for k in operands))
            return self.add("number", value=float(folded))
        step = Step(operation, operands, value)
        if step not in self._places or (value == 0 and math.copysign(1, float(value)) < 0):  # −0 is equal to 0, and is not 0
            self._places[step] = len(self.steps)
            self.steps.append(step)
        return self._places[step]

    def input(self, name: str) -> Recorded:
        """The number that is given by this name."""
        return Recorded(self, self.add("input", value=name))

    def number(self, value: object) -> Recorded:
        """A number of this recording; an error for what is none."""
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        if isinstance(value, Recorded) and value.recording is self:
            return value
        try:
            return Recorded(self, self.add("number", value=float(value)))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise NotArithmetic(
                f"{self.function}: the model's payoffs must be arithmetic in its arguments; got {value!r} among them"
            ) from None

    def decide(self, condition: int) -> bool:
        """Whether a condition holds in this run; one that is new takes the outcome that is this run's turn."""
        step = self.steps[condition]
        if step.operation == "number":
            return bool(step.value)
        if step.operation == "not":
            return not self.decide(step.operands[0])
        for known, outcome in self._decided:
            if known == condition:
                return outcome
        turn = len(self._decided)
        outcome = self._prefix[turn] if turn < len(self._prefix) else True
        self._decided.append((condition, outcome))
        return outcome

    def run(self, code: Callable[[], Sequence[object]]) -> Programme:
        """What ``code`` returns, in all cases: it is run once for each outcome of its decisions.

        Raises
        ------
        NotArithmetic
            If the code asks for what is no arithmetic, or does not do the same whenever it is asked.
        ValueError
            If there are too many cases, or a result in none.
        """
        tree, rules = self.explored(code)
        results = self.length(tree)
        if results is None:
            raise ValueError(f"{self.function}: the model must have payoffs somewhere; it has none: {rules[1]}")
        places = self._places_of(tree, results)
        return Programme(self, tuple(places[1:]), places[0], tuple(rules))

    def explored(self, code: Callable[[], Sequence[object]]) -> tuple[Tree, list[str]]:
        """What ``code`` returns in all cases, and the rules that it breaks in some."""
        rules, runs = [""], 0

        def explore(prefix: tuple[bool, ...], expected: tuple[int, ...]) -> Tree:
            nonlocal runs
            runs += 1
            if runs > _RUNS:
                raise NotArithmetic(f"{self.function}: the model's comparisons split into more than {_RUNS} cases")
            outcome = self._outcome(code, prefix)
            conditions, taken = zip(*self._decided, strict=True) if self._decided else ((), ())
            if conditions[: len(expected)] != expected:
                raise NotArithmetic(
                    f"{self.function}: the model must do the same whenever it is asked; asked twice, its comparisons differ"
                )
            if isinstance(outcome, str) and outcome not in rules:
                rules.append(outcome)
            tree: Tree = rules.index(outcome) if isinstance(outcome, str) else outcome
            for k in reversed(range(len(prefix), len(taken))):
                tree = conditions[k], tree, explore((*taken[:k], False), conditions[: k + 1])
            return tree

        return explore((), ()), rules

    def _outcome(self, code: Callable[[], Sequence[object]], prefix: Sequence[bool]) -> Places | str:
        """The results of a run that begins with these outcomes of its decisions, or the rule that it broke."""
        self._prefix, self._decided = prefix, []
        try:
            with evaluating(self.function, self.number):
                return Places(self.number(x).place for x in code())
        except (ValueError, ArithmeticError) as error:
            return str(error).partition("; got")[0]

    def length(self, tree: Tree) -> int | None:
        """How many results there are; None if there are none in any case."""
        if isinstance(tree, Places):
            return len(tree)
        if isinstance(tree, int):
            return None
        return next((n for branch in tree[1:] if (n := self.length(branch)) is not None), None)

    def _places_of(self, tree: Tree, results: int) -> list[int]:
        """The places of the broken rule's number and of the results, each a choice between those of the branches."""
        if isinstance(tree, Places):
            return [self.add("number", value=0.0), *tree]
        if isinstance(tree, int):
            return [self.add("number", value=float(tree)), *[self.add("number", value=math.nan)] * results]
        condition, yes, no = tree
        pairs = zip(self._places_of(yes, results), self._places_of(no, results), strict=True)
        return [self.choice(condition, a, b) for a, b in pairs]

    def choice(self, condition: int, if_true: int, if_false: int) -> int:
        """The place of a choice; there is none to make between equal steps, or where the condition is known."""
        if self.steps[condition].operation == "number":
            return if_true if self.steps[condition].value else if_false
        return if_true if if_true == if_false else self.add("choose", condition, if_true, if_false)

    def evaluated(self, inputs: Mapping[str, Any], places: Sequence[int]) -> list[Any]:
        """The values of some steps at these inputs, numbers or arrays that broadcast."""
        values: list[Any] = []
        with np.errstate(all="ignore"):  # what belongs to a case that does not hold here
            for step in self.steps:
                if step.operation == "number":
                    values.append(np.float64(step.value))
                elif step.operation == "input":
                    values.append(np.asarray(inputs[str(step.value)], dtype=np.float64))
                else:
                    values.append(_NUMPY[step.operation](*(values[k] for k in step.operands)))
        return [values[k] for k in places]

    def text(self, place: int) -> str:
        """A step as a formula, for people who look at one."""
        step = self.steps[place]
        operands = [self.text(k) for k in step.operands]
        if not operands:
            return str(step.value)
        if step.operation == "choose":
            return "({} ? {} : {})".format(*operands)
        if len(operands) == 2 and not step.operation.isalpha():
            return f"({operands[0]} {step.operation} {operands[1]})"
        return f"{step.operation}({', '.join(operands)})"


class Places(tuple[int, ...]):
    """The places of a run's results."""

    __slots__ = ()


Tree: TypeAlias = "Places | int | tuple[int, Tree, Tree]"
"""Results, or the number of the rule that is broken, or a condition with what follows if it holds and if it does not."""


class Recorded(Formal):
    """A number of a programme: a place in its steps. Built by :class:`Recording`, never by hand."""

    __slots__ = ("place", "recording")

    def __init__(self, recording: Recording, place: int) -> None:
        self.recording = recording
        self.place = place

    def transcendental(self, name: Literal["exp", "log"]) -> Recorded:
        """Exp or log of this; :func:`alliances.arithmetic.exp` calls it."""
        return self._of(name)

    def _of(self, operation: Operation, *others: object) -> Recorded:
        places = (self.recording.number(x).place for x in others)
        return Recorded(self.recording, self.recording.add(operation, self.place, *places))

    def _compared(self, operation: Operation, a: object, b: object) -> RecordedCondition:
        places = (self.recording.number(x).place for x in (a, b))
        return RecordedCondition(self.recording, self.recording.add(operation, *places))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's functions of single numbers that have a step; operators and refusals as of other formal numbers."""
        operation = _UFUNCS.get(ufunc.__name__)
        single = all(not isinstance(x, np.ndarray) or x.ndim == 0 for x in inputs)
        if operation is None or method != "__call__" or options or not single:
            return super().__array_ufunc__(ufunc, method, *inputs, **options)
        first, *others = (self.recording.number(x) for x in inputs)
        return first._of(operation, *others)

    def __add__(self, other: object) -> Recorded:
        return self._of("+", other)

    def __radd__(self, other: object) -> Recorded:
        return self.recording.number(other)._of("+", self)

    def __sub__(self, other: object) -> Recorded:
        return self._of("-", other)

    def __rsub__(self, other: object) -> Recorded:
        return self.recording.number(other)._of("-", self)

    def __mul__(self, other: object) -> Recorded:
        return self._of("*", other)

    def __rmul__(self, other: object) -> Recorded:
        return self.recording.number(other)._of("*", self)

    def __truediv__(self, other: object) -> Recorded:
        return self._of("/", other)

    def __rtruediv__(self, other: object) -> Recorded:
        return self.recording.number(other)._of("/", self)

    def __pow__(self, other: object) -> Recorded:
        return self._of("**", other)

    def __rpow__(self, other: object) -> Recorded:
        return self.recording.number(other)._of("**", self)

    def __neg__(self) -> Recorded:
        return self._of("negative")

    def __abs__(self) -> Recorded:
        return self._of("abs")

    def __lt__(self, other: object) -> RecordedCondition:
        return self._compared("<", self, other)

    def __le__(self, other: object) -> RecordedCondition:
        return self._compared("<=", self, other)

    def __gt__(self, other: object) -> RecordedCondition:
        return self._compared("<", other, self)

    def __ge__(self, other: object) -> RecordedCondition:
        return self._compared("<=", other, self)

    def __eq__(self, other: object) -> RecordedCondition:  # type: ignore[override]
        return self._compared("==", self, other)

    def __ne__(self, other: object) -> RecordedCondition:  # type: ignore[override]
        return ~self._compared("==", self, other)

    def __bool__(self) -> bool:
        return bool(self != 0)

    __hash__ = Formal.__hash__

    def __repr__(self) -> str:
        step = self.recording.steps[self.place]
        return f"⟦{step.value}⟧" if step.operation == "input" else self.recording.text(self.place)


class RecordedCondition(FormalCondition):
    """A comparison of recorded numbers: written down by ``choose``, ``&``, ``|`` and ``~``, decided by ``if``."""

    __slots__ = ("place", "recording")

    def __init__(self, recording: Recording, place: int) -> None:
        self.recording = recording
        self.place = place

    def choose(self, if_true: object, if_false: object) -> Recorded:
        """One number where the condition holds, another elsewhere."""
        a, b = (self.recording.number(x).place for x in (if_true, if_false))
        return Recorded(self.recording, self.recording.choice(self.place, a, b))

    def _with(self, operation: Operation, other: object) -> RecordedCondition:
        if not isinstance(other, RecordedCondition):
            other = RecordedCondition(self.recording, self.recording.number(bool(other)).place)
        return RecordedCondition(self.recording, self.recording.add(operation, self.place, other.place))

    def __and__(self, other: object) -> RecordedCondition:
        return self._with("and", other)

    def __or__(self, other: object) -> RecordedCondition:
        return self._with("or", other)

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> RecordedCondition:
        return RecordedCondition(self.recording, self.recording.add("not", self.place))

    def __bool__(self) -> bool:
        return self.recording.decide(self.place)
