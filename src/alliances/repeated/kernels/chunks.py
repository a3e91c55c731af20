"""A plan evaluated by NumPy, so many games at a time that all intermediate results stay in the processor's cache.

Every array operation writes into a buffer that is used again as soon as nobody needs what it holds. Choices are made by masks
of bits: with ``np.where`` the processor guesses which way each element goes, and a wrong guess takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.repeated.kernels.plan import Plan

__all__ = ["CHUNK", "Chunks"]

CHUNK = 8192
"""Games at a time: a buffer has 64 KiB, and a programme some twenty of them."""

_UFUNCS: dict[str, Any] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power, "negative": np.negative, "abs": np.abs,
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "square": np.square, "copy": np.positive, "min": np.minimum,
    "max": np.maximum, "<": np.less, "<=": np.less_equal, "==": np.equal, "not": np.logical_not, "and": np.logical_and,
    "or": np.logical_or,
}  # fmt: skip

_TRUTHS = ("<", "<=", "==", "not", "and", "or")
_INFINITY = np.array(np.inf).view(np.int64)[()]


class Chunks:
    """A plan as array operations.

    Parameters
    ----------
    plan
        What to compute.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._steps = {place: (operation, operands, value) for place, operation, operands, value in plan.steps}
        by_kind: dict[str, list[int]] = {"number": [], "row": [], "column": [], "game": []}
        for place, operation, _, _ in plan.steps:
            if operation != "input":
                by_kind[plan.kinds[place]].append(place)
        self._by_kind = by_kind
        self._code, self._buffers = self._allocated(by_kind["game"])

    def run(self, rows: int, columns: int, inputs: Mapping[str, Any], outputs: Sequence[Array]) -> bool:
        """Fill ``outputs``, arrays of (rows, columns); whether all of it is valid.

        Inputs are one number each, or arrays of (rows, 1), (1, columns) or (rows, columns).
        """
        plan, chunk = self.plan, CHUNK
        with np.errstate(all="ignore"):
            numbers = self._evaluated("number", {}, inputs, slice(None), slice(None))
            if not all(numbers[k] for k in plan.valid if plan.kinds[k] == "number"):
                return False
            width = min(columns, chunk)
            height = max(1, min(rows, chunk // width))
            memory: dict[int, Array] = {}
            for left in range(0, columns, width):
                across = slice(left, min(left + width, columns))
                of_columns = self._evaluated("column", numbers, inputs, slice(None), across)
                for top in range(0, rows, height):
                    down = slice(top, min(top + height, rows))
                    values = self._evaluated("row", of_columns, inputs, down, across)
                    values = self._inputs("game", values, inputs, down, across)
                    shape = down.stop - down.start, across.stop - across.start
                    self._games(values, shape, memory)
                    for k in plan.valid:
                        if not np.all(values[k]):
                            return False
                    for place, array in zip(plan.outputs, outputs, strict=True):
                        array[down, across] = values[place]
        return True

    def _inputs(
        self, kind: str, known: Mapping[int, Any], inputs: Mapping[str, Any], down: slice, across: slice
    ) -> dict[int, Any]:
        values = dict(known)
        for place, operation, _, value in self.plan.steps:
            if operation == "input" and self.plan.kinds[place] == kind:
                x = inputs[str(value)]
                if kind == "number":
                    values[place] = np.float64(x)
                else:
                    values[place] = x[down if x.shape[0] > 1 else slice(None), across if x.shape[1] > 1 else slice(None)]
        return values

    def _evaluated(
        self, kind: str, known: Mapping[int, Any], inputs: Mapping[str, Any], down: slice, across: slice
    ) -> dict[int, Any]:
        """The values of all steps of a kind, added to those that are known."""
        values = self._inputs(kind, known, inputs, down, across)
        for place in self._by_kind[kind]:
            operation, operands, value = self._steps[place]
            if operation == "number":
                values[place] = np.float64(value)
            elif operation == "choose":
                values[place] = np.where(*(values[k] for k in operands))
            else:
                values[place] = _UFUNCS[operation](*(values[k] for k in operands))
        return values

    def _games(self, values: dict[int, Any], shape: tuple[int, int], memory: dict[int, Array]) -> None:
        """The steps that differ from game to game, each in its buffer."""
        count = shape[0] * shape[1]
        slots: list[Any] = []
        for k, kind in enumerate(self._buffers):
            if k not in memory or memory[k].size < count:
                memory[k] = np.empty(count, kind)
            slots.append(memory[k][:count].reshape(shape))
        slots += [slot.view(np.int64) if slot.dtype == np.float64 else None for slot in slots]
        for place, function, operands, out in self._code:
            args = [slots[k] if of_slot else values[k] for of_slot, k in operands]
            function(*args, out=slots[out])
            if place >= 0:
                values[place] = slots[out]

    def _allocated(
        self, places: Sequence[int]
    ) -> tuple[list[tuple[int, Callable[..., Any], list[tuple[bool, int]], int]], list[Any]]:
        """The operations with their buffers: (place, function, operands, buffer)."""
        return _Allocation(self.plan, self._steps, places).done()


class _Allocation:
    """Which buffer holds what, and from when on it may be used again."""

    def __init__(self, plan: Plan, steps: Mapping[int, tuple[str, tuple[int, ...], Any]], places: Sequence[int]) -> None:
        self.plan, self.steps, self.places = plan, steps, places
        self.code: list[tuple[int, Callable[..., Any], list[tuple[bool, int]], int]] = []
        self.kinds: list[Any] = []
        self.free: dict[Any, list[int]] = {np.float64: [], np.bool_: []}
        self.slot: dict[int, int] = {}
        self.masks: dict[int, int] = {}
        self.last: dict[int, int] = {}
        for n, place in enumerate(places):
            for k in steps[place][1]:
                self.last[k] = n
        for k in (*plan.outputs, *plan.valid):
            self.last[k] = len(places)

    def done(self) -> tuple[list[tuple[int, Callable[..., Any], list[tuple[bool, int]], int]], list[Any]]:
        for n, place in enumerate(self.places):
            operation, operands, _ = self.steps[place]
            if operation == "choose":
                self._choice(place, operands)
            else:
                kind = np.bool_ if operation in _TRUTHS else np.float64
                self._add(place, _UFUNCS[operation], [self._operand(k) for k in operands], self._new(kind))
            for k in operands:
                if self.last.get(k) == n:
                    self._release(k)
        count = len(self.kinds)  # views as integers come after the buffers themselves
        code = [
            (place, function, [(of, ~k + count if of and k < 0 else k) for of, k in operands], ~out + count if out < 0 else out)
            for place, function, operands, out in self.code
        ]
        return code, self.kinds

    def _new(self, kind: Any) -> int:
        if self.free[kind]:
            return self.free[kind].pop()
        self.kinds.append(kind)
        return len(self.kinds) - 1

    def _add(self, place: int, function: Callable[..., Any], operands: list[tuple[bool, int]], out: int) -> None:
        self.code.append((place, function, operands, out))
        if place >= 0:
            self.slot[place] = out if out >= 0 else ~out

    def _release(self, place: int) -> None:
        if place in self.slot:
            slot = self.slot.pop(place)
            self.free[self.kinds[slot]].append(slot)
        if place in self.masks:
            slot = self.masks.pop(place)
            self.free[np.float64].append(slot)

    def _operand(self, place: int) -> tuple[bool, int]:
        return (True, self.slot[place]) if place in self.slot else (False, place)

    def _choice(self, place: int, operands: tuple[int, ...]) -> None:
        """By bits: where the condition holds all bits of a mask are set."""
        condition, yes, no = operands
        if self.plan.kinds[condition] != "game":
            self._add(place, _where, [self._operand(k) for k in operands], self._new(np.float64))
            return
        if condition not in self.masks:
            mask = self.masks[condition] = self._new(np.float64)
            self._add(-1, _mask, [self._operand(condition)], ~mask)
        mask = self.masks[condition]
        function = {(False, True): _or_infinity, (True, False): _infinity_or}.get(
            (self._is_infinity(yes), self._is_infinity(no)), _blend
        )
        given = [yes] if function is _or_infinity else [no] if function is _infinity_or else [yes, no]
        self._add(place, function, [(True, ~mask), *(self._operand(k) for k in given)], self._new(np.float64))

    def _is_infinity(self, place: int) -> bool:
        operation, _, value = self.steps[place]
        return operation == "number" and value == np.inf


def _where(condition: Any, yes: Any, no: Any, out: Array) -> None:
    out[...] = np.where(condition, yes, no)


def _mask(condition: Array, out: Array) -> None:
    np.copyto(out, condition)
    np.negative(out, out)


def _bits(x: Any) -> Any:
    return x.view(np.int64)


def _or_infinity(mask: Array, yes: Any, out: Array) -> None:
    """``yes`` or infinity: nothing or infinity is added."""
    bits = _bits(out)
    np.bitwise_and(np.bitwise_not(mask, bits), _INFINITY, bits)
    np.add(out, yes, out)


def _infinity_or(mask: Array, no: Any, out: Array) -> None:
    np.bitwise_and(mask, _INFINITY, _bits(out))
    np.add(out, no, out)


def _blend(mask: Array, yes: Any, no: Any, out: Array) -> None:
    bits = _bits(out)
    np.bitwise_xor(_bits(yes), _bits(no), bits)
    np.bitwise_and(bits, mask, bits)
    np.bitwise_xor(bits, _bits(no), bits)
