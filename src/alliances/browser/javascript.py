"""A recorded programme as a function in JavaScript.

JavaScript's numbers are the doubles that Python's floats are, and every step keeps its order, so that + − × ÷ and comparisons
give the same bits. Powers, exponentials and logarithms may differ in the last bit.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from alliances.arithmetic.recording import Operation, Programme, Step

__all__ = ["function"]

_TEXTS: dict[Operation, str] = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    "/": "({} / {})",
    "**": "Math.pow({}, {})",
    "negative": "(-{})",
    "abs": "Math.abs({})",
    "exp": "Math.exp({})",
    "log": "Math.log({})",
    "sqrt": "Math.sqrt({})",
    "max": "Math.max({}, {})",
    "min": "Math.min({}, {})",
    "<": "({} < {})",
    "<=": "({} <= {})",
    "==": "({} === {})",
    "not": "(!{})",
    "and": "({} && {})",
    "or": "({} || {})",
    "choose": "({} ? {} : {})",
}
_SHORT = 160  # characters: a longer formula is split, so that lines stay readable


def function(programme: Programme, inputs: Sequence[str]) -> str:
    """A JavaScript function of the inputs, in this order, that returns [number of the broken rule, …results].

    Steps that several others use have a name of their own; what is used once is written where it is used.

    Examples
    --------
    >>> from alliances.arithmetic.recording import Recording
    >>> recording = Recording("example()")
    >>> s, p = recording.input("s"), recording.input("p")
    >>> def payoffs():
    ...     total = s + p
    ...     return [s / total, p / total]
    >>> print(function(recording.run(payoffs), ["s", "p"]))
    (x0, x1) => { // s, p
      const a2 = (x0 + x1);
      return [0, (x0 / a2), (x1 / a2)];
    }
    """
    steps = programme.recording.steps
    wanted = programme.refusal, *programme.results
    texts: dict[int, str] = {}
    lines: list[str] = []
    order = _in_order(steps, wanted)
    uses = Counter(k for place in order for k in steps[place].operands) + Counter(wanted)
    for place in order:
        step = steps[place]
        text = _text(step, [texts[k] for k in step.operands], inputs)
        if step.operands and (uses[place] > 1 or len(text) > _SHORT):
            lines.append(f"  const a{place} = {text};")
            text = f"a{place}"
        texts[place] = text
    names = ", ".join(f"x{k}" for k in range(len(inputs)))
    results = ", ".join(texts[k] for k in wanted)
    return "\n".join([f"({names}) => {{ // {', '.join(inputs)}", *lines, f"  return [{results}];", "}"])


def _in_order(steps: Sequence[Step], wanted: Sequence[int]) -> list[int]:
    """The steps that the results need, each after its operands."""
    needed: set[int] = set()
    open_ = [*wanted]
    while open_:
        place = open_.pop()
        if place not in needed:
            needed.add(place)
            open_ += steps[place].operands
    return sorted(needed)  # a step is added after its operands


def _text(step: Step, operands: Sequence[str], inputs: Sequence[str]) -> str:
    if step.operation == "input":
        return f"x{inputs.index(str(step.value))}"
    if step.operation != "number":
        return _TEXTS[step.operation].format(*operands)
    value = float(step.value)  # type: ignore[arg-type]
    if math.isfinite(value):
        return f"({value!r})" if math.copysign(1, value) < 0 else repr(value).removesuffix(".0")
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "(-Infinity)"
