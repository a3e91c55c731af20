"""Where the state goes: transition probabilities of every action profile, sparse, in floats or in Fractions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from alliances.arithmetic import Array, number, scalar, show, to_float
from alliances.arithmetic.tolerance import UNIT_SUM_GIVEN
from alliances.values import Value

__all__ = ["Kernel", "Transitions", "fractions_of", "kernel_of", "rational_column", "reach", "spans"]

Transitions: TypeAlias = Any
"""(n, m, k, n) numbers; one array (m_x, k_x, n) per state; a SciPy sparse matrix (K, n); a function; or another game's kernel:
:func:`kernel_of`."""

_DERIVED = ("matrix", "rational", "_into")  # kept once computed, and made anew by copies
_DENSE = 2_000_000  # entries up to which exact transitions are kept as a full matrix, too


@dataclass(frozen=True, eq=False)
class Kernel(Value):
    """Transition probabilities as a list of (next state, probability) for each action profile.

    Attributes
    ----------
    start
        (K + 1,): where each profile's list begins.
    next
        The next states, one after the other.
    probability
        Their probabilities: float64, or Fractions.
    states
        n, how many states there are.
    """

    start: Array
    next: Array
    probability: Array
    states: int

    def __getstate__(self) -> dict[str, Any]:
        return {name: part for name, part in self.__dict__.items() if name not in _DERIVED}

    @property
    def exact(self) -> bool:
        """Whether the probabilities are Fractions."""
        return self.probability.dtype == object

    def __len__(self) -> int:
        return len(self.start) - 1

    @cached_property
    def matrix(self) -> Any:
        """(K, n) as a SciPy sparse matrix of floats."""
        from scipy.sparse import csr_array

        matrix = csr_array((to_float(self.probability), self.next, self.start), shape=(len(self), self.states))
        for array in (matrix.data, matrix.indices, matrix.indptr):  # SciPy copies what is read-only
            array.flags.writeable = False
        return matrix

    def expect(self, values: Array) -> Array:
        """E[values(x') | profile], of every profile."""
        if values.dtype != object:
            return np.asarray(self.matrix @ values)
        if len(self) * self.states <= _DENSE:
            with suppress(ImportError):
                return fractions_of(self.rational * rational_column(values))
        return np.asarray(np.add.reduceat(self.probability * values[self.next], self.start[:-1]))

    def expect_at(self, profiles: Array, values: Array) -> Array:
        """The same of some profiles, at the cost of those alone."""
        index, starts = spans(self.start, profiles)
        return np.asarray(np.add.reduceat(self.probability[index] * values[self.next[index]], starts))

    def leading_to(self, states: Array) -> Array:
        """The profiles, in order, that lead to some of ``states`` with a positive probability."""
        starts, profiles = self._into
        if not len(states):  # as often as not, where bounds move less and less
            return profiles[:0]
        return np.unique(profiles[spans(starts, states)[0]])

    @cached_property
    def _into(self) -> tuple[Array, Array]:
        """As ``start`` and ``next``, the other way round: where each state's list begins, and the profiles that lead there."""
        order = np.argsort(self.next, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.next, minlength=self.states))])
        return _given(starts), _given(np.repeat(np.arange(len(self)), np.diff(self.start))[order])

    @cached_property
    def rational(self) -> Any:
        """(K, n) as a matrix of FLINT's rational numbers."""
        if not self.exact:
            raise TypeError(f"Kernel.rational: probabilities must be Fractions; got {self.probability.dtype}")
        from flint import fmpq, fmpq_mat

        matrix = fmpq_mat(len(self), self.states)
        rows = np.repeat(np.arange(len(self)), np.diff(self.start)).tolist()
        for row, column, p in zip(rows, self.next.tolist(), self.probability.tolist(), strict=True):
            matrix[row, column] = fmpq(p.numerator, p.denominator)
        return matrix

    def rows(self, profiles: Array) -> Kernel:
        """The lists of some profiles, in the order given."""
        index, starts = spans(self.start, profiles)
        start = np.append(starts, len(index))
        return Kernel(_given(start), _given(self.next[index]), _given(self.probability[index]), self.states)

    def square(self, policy: Array) -> Array:
        """(n, n): the transitions under a policy, one profile per state, as a full matrix of floats."""
        index, begins = spans(self.start, policy)
        rows = np.repeat(np.arange(self.states), np.diff(np.append(begins, len(index))))
        cells = rows * self.states + self.next[index]
        filled = np.bincount(cells, weights=to_float(self.probability[index]), minlength=self.states**2)
        return filled.reshape(self.states, self.states)

    def within(self, profiles: Array, states: Array) -> Kernel:
        """The lists of some profiles over some states (a mask), which they do not leave."""
        part = self.rows(profiles)
        place = np.cumsum(states) - 1
        return Kernel(part.start, _given(place[part.next]), part.probability, int(states.sum()))

    def to_float(self) -> Kernel:
        """The same probabilities as floats."""
        return Kernel(self.start, self.next, to_float(self.probability), self.states) if self.exact else self

    def at(self, profile: int) -> dict[int, Any]:
        """The next states of one profile, with their probabilities."""
        part = slice(self.start[profile], self.start[profile + 1])
        return dict(zip(self.next[part].tolist(), self.probability[part].tolist(), strict=True))


def spans(starts: Array, items: Array) -> tuple[Array, Array]:
    """The places of some items' lists, one list after the other, and where each begins; item k's go from starts[k] on.

    >>> index, begins = spans(np.array([0, 2, 5, 6]), np.array([2, 0]))
    >>> index.tolist(), begins.tolist()
    ([5, 0, 1], [0, 1])
    """
    lengths = starts[items + 1] - starts[items]
    ends = lengths.cumsum()
    begins = ends - lengths
    return (starts[items] - begins).repeat(lengths) + np.arange(ends[-1] if len(ends) else 0), begins


def _given(array: Array) -> Array:
    """An array that nobody else holds, read-only: it need not be copied."""
    array.flags.writeable = False
    return array


def rational_column(values: Array) -> Any:
    """Fractions as a column of FLINT's rational numbers, which multiply many times faster."""
    from flint import fmpq, fmpq_mat

    return fmpq_mat(len(values), 1, [fmpq(v.numerator, v.denominator) for v in values])


def fractions_of(column: Any) -> Array:
    """A column of FLINT's rational numbers as an array of Fractions."""
    array = np.empty(column.nrows(), dtype=object)
    array[:] = [Fraction(int(v.p), int(v.q)) for v in column.entries()]
    return array


def kernel_of(
    transitions: Transitions, sizes: Sequence[tuple[int, int]], states: Sequence[Hashable], describe: Callable[[int], str]
) -> Kernel:
    """The kernel that a user's ``transitions`` say, checked: every profile's probabilities sum to one.

    Parameters
    ----------
    transitions
        See :class:`alliances.StochasticGame`.
    sizes
        (m, k) of each state: the numbers of the sponsor's and of the proxy's actions.
    states
        The states' labels.
    describe
        The words for a profile, by its place in the list of all.
    """
    n, total = len(sizes), sum(m * k for m, k in sizes)
    if isinstance(transitions, Kernel):
        return _fitting(transitions, total, n, describe)
    if callable(transitions):
        kernel = _from_function(transitions, sizes, states, describe)
    elif hasattr(transitions, "tocsr"):
        kernel = _from_sparse(transitions, total, n, describe)
    else:
        kernel = _from_arrays(transitions, sizes, n)
    return _checked(kernel, describe)


def _from_arrays(transitions: Any, sizes: Sequence[tuple[int, int]], n: int) -> Kernel:
    if isinstance(transitions, (str, bytes, Mapping)) or not hasattr(transitions, "__len__"):
        raise TypeError(
            "StochasticGame(): transitions must be an array (n, m, k, n), one array (m, k, n) per state, a SciPy sparse matrix "
            f"of one row per profile, or a function; got {transitions!r}"
        )
    if len(transitions) != n:
        raise ValueError(f"StochasticGame(): transitions must have one entry per state; got {len(transitions)} for {n} states")
    whole = isinstance(transitions, np.ndarray) and transitions.ndim == 4
    parts = number(transitions, "StochasticGame", "transitions") if whole else transitions
    blocks = []
    for x, (m, k) in enumerate(sizes):
        block = parts[x] if whole else number(parts[x], "StochasticGame", f"transitions of state {x}")
        if np.shape(block) != (m, k, n):
            raise ValueError(
                f"StochasticGame(): transitions of state {x} must have the shape {(m, k, n)} = (sponsor's actions, proxy's "
                f"actions, states); got {np.shape(block)}"
            )
        blocks.append(np.asarray(block).reshape(m * k, n))
    if any(block.dtype != object for block in blocks):
        blocks = [to_float(block) for block in blocks]
    rows, columns, data, before = [], [], [], 0
    for block in blocks:
        row, column = np.nonzero(block)
        rows.append(row + before)
        columns.append(column)
        data.append(block[row, column])
        before += len(block)
    lengths = np.bincount(np.concatenate(rows), minlength=before)
    return Kernel(np.concatenate([[0], np.cumsum(lengths)]), np.concatenate(columns), np.concatenate(data), n)


def _from_sparse(transitions: Any, total: int, n: int, describe: Callable[[int], str]) -> Kernel:
    if transitions.shape != (total, n):
        raise ValueError(
            f"StochasticGame(): transitions as a sparse matrix must have the shape (profiles, states) = {(total, n)}; "
            f"got {transitions.shape}"
        )
    matrix = transitions.tocsr().copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    data = _numbers(matrix.data, matrix.indptr, describe)
    return Kernel(matrix.indptr.astype(np.intp), matrix.indices.astype(np.intp), to_float(data), n)


def _from_function(
    transitions: Callable[..., Any],
    sizes: Sequence[tuple[int, int]],
    states: Sequence[Hashable],
    describe: Callable[[int], str],
) -> Kernel:
    place = {label: x for x, label in enumerate(states)}
    start, following, probability = [0], [], []
    profiles = ((x, i, j) for x, (m, k) in enumerate(sizes) for i in range(m) for j in range(k))
    for x, i, j in profiles:
        try:
            row = transitions(states[x], i, j)
        except TypeError as error:
            raise TypeError(
                f"StochasticGame(): transitions as a function must take (state, row, column); got {transitions!r}, "
                f"which raises: {error}"
            ) from error
        if not isinstance(row, Mapping):
            raise TypeError(
                "StochasticGame(): transitions as a function must return {state: probability}; "
                f"got {row!r} for {describe(len(start) - 1)}"
            )
        for label, p in row.items():
            if label not in place:
                raise ValueError(
                    f"StochasticGame(): transitions must lead to states of the game; got the unknown state {label!r} for "
                    f"{describe(len(start) - 1)}"
                )
            if p != 0:
                following.append(place[label])
                probability.append(p)
        start.append(len(following))
    data = _numbers(probability, np.array(start), describe)
    return Kernel(np.array(start, dtype=np.intp), np.array(following, dtype=np.intp), np.asarray(data), len(states))


def _numbers(data: Any, start: Array, describe: Callable[[int], str]) -> Array:
    """Probabilities as numbers; an error about one names the profile whose list it is in, not its place among all."""
    if not len(data):
        return np.empty(0)
    try:
        return np.asarray(number(data, "StochasticGame", "transitions"))
    except (TypeError, ValueError):
        for k, p in enumerate(data):
            try:
                scalar(p, "StochasticGame", "transitions")
            except (TypeError, ValueError) as error:
                profile = int(np.searchsorted(start, k, side="right")) - 1
                raise type(error)(f"{error} for {describe(profile)}") from None
        raise


def _fitting(kernel: Kernel, total: int, n: int, describe: Callable[[int], str]) -> Kernel:
    """A kernel as it is, whose floats need not be divided by their sums again."""
    k = kernel
    lists = k.start.ndim == k.next.ndim == k.probability.ndim == 1 and all(x.dtype.kind == "i" for x in (k.start, k.next))
    if not lists or k.probability.dtype.kind not in "fO" or (len(k), k.states) != (total, n):
        raise ValueError(
            f"StochasticGame(): transitions must be a kernel of {total} profiles and {n} states; "
            f"got one of {len(k)} and {k.states}"
        )
    places = k.start[0] == 0 and k.start[-1] == len(k.next) == len(k.probability) and bool((np.diff(k.start) >= 0).all())
    if not places or ((k.next < 0) | (k.next >= n)).any():
        raise ValueError("StochasticGame(): transitions must be a kernel whose lists lead to its states; got lists that do not")
    _numbers(k.probability, k.start, describe)
    _checked(kernel, describe)
    return kernel


def _checked(kernel: Kernel, describe: Callable[[int], str]) -> Kernel:
    """The kernel, floats of a profile divided by their sum, which the user's digits may miss."""
    negative = np.flatnonzero(np.asarray(kernel.probability < 0, dtype=bool))
    if negative.size:
        profile = int(np.searchsorted(kernel.start, negative[0], side="right")) - 1
        raise ValueError(
            f"StochasticGame(): transitions must be probabilities, at least 0; got {show(kernel.probability[negative[0]])} "
            f"for {describe(profile)}"
        )
    lengths = np.diff(kernel.start)
    if np.any(lengths == 0):
        raise ValueError(
            f"StochasticGame(): transitions of a profile must sum to 1; got 0 for {describe(int(np.argmin(lengths)))}"
        )
    sums = np.add.reduceat(kernel.probability, kernel.start[:-1])
    off = np.asarray(sums != 1 if kernel.exact else np.abs(sums - 1) > UNIT_SUM_GIVEN, dtype=bool)
    if off.any():
        worst = int(np.argmax(off))
        raise ValueError(
            f"StochasticGame(): transitions of a profile must sum to 1; got {show(sums[worst])} for {describe(worst)}, "
            f"a difference of {float(sums[worst] - 1):+.3g}"
        )
    if kernel.exact:
        return kernel
    return Kernel(kernel.start, kernel.next, kernel.probability / np.repeat(sums, lengths), kernel.states)


def reach(kernel: Kernel, state_of: Array, targets: Array) -> Array:
    """(n,) mask: the states from which some actions lead to one of ``targets`` (a mask), those included."""
    found = targets.copy()
    lengths = np.diff(kernel.start)
    source = np.repeat(state_of, lengths)
    while True:
        more = found.copy()
        more[source[found[kernel.next]]] = True
        if (more == found).all():
            return found
        found = more
