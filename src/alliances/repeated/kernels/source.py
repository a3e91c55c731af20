"""A plan as the text of a Python function that Numba compiles: loops over the games, one line for each step."""

from __future__ import annotations

import math
from collections.abc import Iterable

from alliances.repeated.kernels.plan import Plan

__all__ = ["ENTRY", "source"]

ENTRY = "kernel"
"""What the function is called."""

_LINES = {
    "+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}", "/": "{0} / {1}", "**": "{0} ** {1}", "negative": "-{0}",
    "abs": "abs({0})", "exp": "math.exp({0})", "log": "math.log({0})", "sqrt": "math.sqrt({0})", "square": "{0} * {0}",
    "copy": "{0}", "<": "{0} < {1}", "<=": "{0} <= {1}", "==": "{0} == {1}", "not": "not {0}", "and": "{0} & {1}",
    "or": "{0} | {1}", "choose": "{1} if {0} else {2}",
}  # fmt: skip

_TRUTHS = ("<", "<=", "==", "not", "and", "or")

_EXTREMES = {"min": ("<", "<="), "max": (">", ">=")}


def source(plan: Plan) -> str:
    """The function: (rows, columns, inputs …, outputs …) → 0 if all results are valid.

    Inputs are numbers, or arrays without a second dimension: one number per row, per column, or per game, row by row. What
    depends on the columns alone is computed once, before the rows, where there are rows.
    """
    inputs = [(place, plan.kinds[place]) for place, operation, _, _ in plan.steps if operation == "input"]
    rows = any(kind in ("row", "column") for _, kind in inputs)  # otherwise all games are one row
    names = [f"{'x' if kind == 'number' else 'array'}{place}" for place, kind in inputs]
    outputs = [f"out{k}" for k in range(len(plan.outputs))]
    text = [
        "import math",
        "",
        "import numpy as np",
        "",
        "",
        f"def {ENTRY}(rows, columns, {', '.join([*names, *outputs])}):",
        "    broken = False",
        *_lines(plan, "number", 4),
    ]
    saved: list[int] = []
    if rows:
        saved = _saved(plan)
        text += [f"    kept{k} = np.empty(columns, np.{_type(plan, k)})" for k in saved]
        if saved:
            text += ["    for c in range(columns):", *_lines(plan, "column", 8)]
            text += [f"        kept{k}[c] = x{k}" for k in saved]
        text += ["    for r in range(rows):", *_lines(plan, "row", 8)]
    indent = 8 if rows else 4
    text.append(" " * indent + "for c in range(columns):")
    body = [f"x{k} = kept{k}[c]" for k in saved] + (["i = r * columns + c"] if rows else [])
    text += [" " * (indent + 4) + line for line in body]
    text += _lines(plan, "game", indent + 4, index := "i" if rows else "c")
    text += [f"{' ' * (indent + 4)}{name}[{index}] = x{place}" for name, place in zip(outputs, plan.outputs, strict=True)]
    truths = {place for place, operation, _, _ in plan.steps if operation in _TRUTHS}
    conditions = " & ".join(f"x{k}" if k in truths else f"(x{k} != 0)" for k in plan.valid)
    text += [f"{' ' * (indent + 4)}broken |= not ({conditions})", "    return 1 if broken else 0", ""]
    return "\n".join(text)


def _saved(plan: Plan) -> list[int]:
    """The steps of columns that games ask for."""
    asked = [k for place, _, operands, _ in plan.steps if plan.kinds[place] == "game" for k in operands]
    return sorted({k for k in (*asked, *plan.outputs, *plan.valid) if plan.kinds[k] == "column"})


def _type(plan: Plan, place: int) -> str:
    operation = next(step[1] for step in plan.steps if step[0] == place)
    return "bool_" if operation in _TRUTHS else "float64"


def _lines(plan: Plan, kind: str, indent: int, index: str = "") -> Iterable[str]:
    """The steps of a kind."""
    numbers = {place for place, operation, _, _ in plan.steps if operation in ("input", "number")}
    perhaps = _perhaps_infinite(plan)
    index = index or {"row": "r", "column": "c"}.get(kind, "")
    for place, operation, operands, value in plan.steps:
        if plan.kinds[place] != kind:
            continue
        if operation == "input":
            if kind != "number":
                yield f"{' ' * indent}x{place} = array{place}[{index}]"
        elif operation == "number":
            yield f"{' ' * indent}x{place} = {_number(float(value))}"  # type: ignore[arg-type]
        elif operation == "min" and place >= plan.model_steps and operands[1] in perhaps:
            known, (holds, other) = operands[0], perhaps[operands[1]]
            yield f"{' ' * indent}least{place} = x{known} if x{known} < x{other} else x{other}"
            yield f"{' ' * indent}x{place} = least{place} if x{holds} else x{known}"
        elif operation in _EXTREMES:
            a, b = (f"x{k}" for k in operands)
            sign, _ = _EXTREMES[operation]
            either = f"{a} if {a} {sign} {b} else {b}"
            nan = f"{a} if ({a} {sign} {b}) | ({a} != {a}) else {b}"
            yield f"{' ' * indent}x{place} = {nan if place < plan.model_steps else either}"
        else:
            logical = operation in ("and", "or", "not")  # of truths, and a number is one if it is not 0
            terms = [f"(x{k} != 0.0)" if logical and k in numbers else f"x{k}" for k in operands]
            yield f"{' ' * indent}x{place} = {_LINES[operation].format(*terms)}"


def _perhaps_infinite(plan: Plan) -> dict[int, tuple[int, int]]:
    """Choices between a number and infinity: (condition, number) by place.

    The smaller of x and such a choice is the smaller of the two numbers where the condition holds, and x elsewhere: one
    instruction of processors that have masks, instead of two. (On two lines: of one, Numba makes branches.)
    """
    infinite = {place for place, operation, _, value in plan.steps if operation == "number" and value == math.inf}
    truths = {place for place, operation, _, _ in plan.steps if operation in _TRUTHS}
    choices = {place: operands for place, operation, operands, _ in plan.steps if operation == "choose"}
    return {k: (c, a) for k, (c, a, b) in choices.items() if b in infinite and c in truths}


def _number(value: float) -> str:
    if math.isnan(value):
        return "math.nan"
    return repr(value) if math.isfinite(value) else f"{'-' if value < 0 else ''}math.inf"
