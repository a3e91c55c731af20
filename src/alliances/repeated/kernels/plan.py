"""What of a record has to be computed for given inputs and outputs, and how often: once, per row, per column, per game.

Games lie in a table. An input is one number, a number per row, a number per column, or one per game; so is every step that
follows from it. Parameters of a sweep are numbers per row, gaps per column, so that what depends on one of them alone is
computed once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from alliances.arithmetic.recording import Step
from alliances.repeated.kernels.recorded import Record

__all__ = ["SPECIAL", "Kind", "Plan", "plan"]

Kind: TypeAlias = Literal["number", "row", "column", "game"]
"""Of what an input, or a step, is a function."""

SPECIAL = {1.0: "copy", 2.0: "square", 0.5: "sqrt"}
"""Exponents for which NumPy has a function of its own, as ``array ** 2.0`` shows, and the function."""


@dataclass(frozen=True)
class Plan:
    """The steps that are needed, in order.

    Attributes
    ----------
    steps
        (place, operation, places of operands, value). Beyond the operations of a recording there are "copy" and "square".
    kinds
        The kind of each place.
    outputs
        Where the results stand, in the order asked for.
    valid
        Where it stands whether the results mean anything.
    model_steps
        Below this place, nan may occur.
    constants
        The numbers in the model's code, which are inputs too: two functions that differ in a number are one programme.
    """

    steps: tuple[tuple[int, str, tuple[int, ...], float | str | None], ...]
    kinds: Mapping[int, Kind]
    outputs: tuple[int, ...]
    valid: tuple[int, ...]
    model_steps: int
    constants: Mapping[str, float]

    @functools.cached_property
    def key(self) -> tuple[object, ...]:
        """What makes two plans one programme."""
        kinds = tuple(self.kinds[place] for place, operation, _, _ in self.steps if operation == "input")
        return self.steps, kinds, self.outputs, self.valid, self.model_steps


def plan(
    record: Record, outputs: Sequence[str], kinds: Mapping[str, Kind], numbers: Mapping[str, float], *, finite: bool
) -> Plan:
    """The plan for some outputs, where inputs are of these kinds.

    Parameters
    ----------
    record
        The question.
    outputs
        Names of :attr:`Record.outputs`, or "cells" for all payoffs.
    kinds
        The kinds of the inputs.
    numbers
        The values of those that are one number: some exponents have a faster function.
    finite
        Whether it has to be asked if all payoffs are finite, because comparisons do not tell.
    """
    steps = record.recording.steps
    wanted = [p for name in outputs for p in (record.cells if name == "cells" else (record.outputs[name],))]
    valid = (record.valid, record.finite) if finite else (record.valid,)
    exponents = {k: _exponent(steps, step, numbers) for k, step in enumerate(steps) if step.operation == "**"}
    needed = _needed(steps, (*wanted, *valid), exponents)
    planned: list[tuple[int, str, tuple[int, ...], float | str | None]] = []
    kind: dict[int, Kind] = {}
    constants: dict[str, float] = {}
    for place in sorted(needed):
        operation, operands, value = steps[place]
        if operation == "number" and place < record.model_steps:
            operation, constant, value = "input", float(value), f"#{len(constants)}"  # type: ignore[arg-type]
            constants[value], kind[place] = constant, "number"
        elif (special := exponents.get(place)) is not None:
            operation, operands = special, operands[:1]  # type: ignore[assignment]
        if place not in kind:
            kind[place] = kinds[str(value)] if operation == "input" else _joint(kind[k] for k in operands)
        planned.append((place, str(operation), tuple(operands), value))
    return Plan(tuple(planned), kind, tuple(wanted), valid, record.model_steps, constants)


def _exponent(steps: Sequence[Step], step: Step, numbers: Mapping[str, float]) -> str | None:
    """The function that takes the place of a power, if its exponent is a number that has one."""
    exponent = steps[step.operands[1]]
    value = numbers.get(str(exponent.value)) if exponent.operation == "input" else exponent.value
    return SPECIAL.get(float(value)) if isinstance(value, (int, float)) else None


def _needed(steps: Sequence[Step], wanted: Iterable[int], exponents: Mapping[int, str | None]) -> set[int]:
    needed: set[int] = set()
    waiting = list(wanted)
    while waiting:
        place = waiting.pop()
        if place not in needed:
            needed.add(place)
            waiting += steps[place].operands[: 1 if exponents.get(place) else None]
    return needed


def _joint(kinds: Iterable[Kind]) -> Kind:
    """Of what a step is a function whose operands are of these kinds."""
    joint: Kind = "number"
    for kind in kinds:
        if joint in ("number", kind):
            joint = kind
        elif kind != "number":
            return "game"
    return joint
