"""Bimatrix games as data: payoffs, labels, tolerances, best deviations, pure equilibria.

A game is a pair of payoff arrays A (sponsor, rows) and B (proxy, columns) of shape (…, m, n): ``A[..., i, j]`` is the sponsor's
payoff when it plays its action i against the proxy's action j. Leading dimensions are a batch: a grid of gaps, a panel of
dyads. Every method works on the whole batch at once and leaves no loop over games to the caller.

Exactness follows the input. Integers and Fractions are kept as Fractions and compared exactly. Floats are compared within a
tolerance in units of payoff: :attr:`Bimatrix.tolerance` = 10⁻¹² times the game's payoff range plus the rounding of its
largest payoff, so that an answer does not depend on the scale or the zero of the payoffs. That needs floats to spare at both
ends of their range, so float payoffs beyond ±10³⁰⁰ and payoff ranges below 10⁻²⁹⁵ are refused (Fractions have no such limits).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, Real, number, plain, settle, to_float
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.results import Columns, Result, Tabular, Variable
from alliances.values import locked, read_only

__all__ = [
    "LARGEST",
    "LEAST_RANGE",
    "TWO_PLAYERS",
    "Bimatrix",
    "Profile",
    "PureNash",
    "over_actions",
    "over_profiles",
    "profile_of",
]

TWO_PLAYERS = "games here have two players, and a third (a rival sponsor, say) enters by an outside option; for more see Gambit"
"""What errors say to payoffs of three players."""

_FEW, _LARGE = 8, 1000  # actions, payoffs: where reducing action by action is faster

LARGEST = 1e300
"""Of float payoffs: 10⁸ of them can be added up."""
LEAST_RANGE = 1e-295
"""Of float payoffs: a tolerance of 10⁻¹² of it is a normal float."""

Profile: TypeAlias = tuple[int | str, int | str]
"""The sponsor's and the proxy's action, each by index or by label."""


@dataclass(frozen=True, eq=False)
class PureNash(Result):
    """The pure Nash equilibria of a stage game or of each game of a batch.

    For a single game it behaves as a sequence of profiles, with ``len``, ``in``, iteration and :attr:`profiles`.

    Attributes
    ----------
    mask
        (…, m, n) booleans: whether the profile is an equilibrium.
    regret
        (…, m, n): what the better-tempted player gains by deviating from the profile; 0 in equilibrium. The certificate.
    tolerance
        The largest regrets that count as none, the sponsor's and the proxy's.
    """

    references: ClassVar[tuple[str, ...]] = ("nash-1951",)

    mask: Array
    regret: Array
    tolerance: tuple[Real, Real]

    @property
    def profiles(self) -> tuple[tuple[int, int], ...]:
        """The equilibria (i, j) of a single game."""
        if self.mask.ndim != 2:
            raise ValueError(f"PureNash.profiles: holds one game, not a batch; got shape {self.mask.shape}, so use .mask")
        return tuple((int(i), int(j)) for i, j in np.argwhere(self.mask))

    @property
    def count(self) -> int | Array:
        """How many equilibria, per game."""
        count: int | Array = settle(self.mask.sum(axis=(-2, -1)))
        return count

    def _columns(self) -> Columns:
        """One row per profile (and game of a batch): the actions, whether it is an equilibrium, and the regret."""
        axes: list[Array] = list(np.indices(self.mask.shape))
        games, i, j = axes[:-2], axes[-2], axes[-1]
        places = {f"axis_{k}": x for k, x in enumerate(games)} if len(games) != 1 else {"game": games[0]}
        table: dict[str, Array] = {
            **places,
            "sponsor_action": i,
            "proxy_action": j,
            "equilibrium": self.mask,
            "regret": self.regret,
        }
        return {name: x.ravel() for name, x in table.items()}

    def _variables(self) -> Mapping[str, Variable]:
        batch = ("game",) if self.mask.ndim == 3 else tuple(f"axis_{k}" for k in range(self.mask.ndim - 2))
        dims = (*batch, "sponsor_action", "proxy_action")
        regret = Variable(dims, self.regret, "the larger gain of a player from deviating", "payoff")
        return {"equilibrium": Variable(dims, self.mask, "whether the profile is a pure Nash equilibrium"), "regret": regret}

    @property
    def message(self) -> str:
        """The equilibria of a single game, or how many games have one."""
        if self.mask.ndim != 2:
            some = np.asarray(self.count) > 0
            return f"{some.size} games, {int(some.sum())} of them with a pure equilibrium."
        return f"pure equilibria: {', '.join(map(str, self.profiles))}" if len(self) else "There is no pure equilibrium."

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.profiles)

    def __len__(self) -> int:
        return len(self.profiles)


class Bimatrix(Tabular):
    """The data of a bimatrix game, or of a batch (…, m, n) of them: what :class:`alliances.StageGame` is built on.

    Algorithms on games (:mod:`alliances.games.nash`, :mod:`alliances.games.minmax`, :mod:`alliances.games.ordinal`) take one;
    the class that users meet adds those algorithms as verbs.

    Attributes
    ----------
    A, B
        The sponsor's and the proxy's payoffs (…, m, n), read-only.
    actions
        The labels of the rows and of the columns.
    """

    A: Array
    B: Array
    actions: tuple[tuple[str, ...], tuple[str, ...]]

    def __init__(self, A: Any, B: Any, actions: Sequence[Any] | None = None) -> None:
        payoffs = []
        for name, value in (("A", A), ("B", B)):
            array = number(value, "StageGame", name)
            if np.ndim(array) < 2:
                raise ValueError(
                    f"StageGame(): {name} must have at least two dimensions (…, m, n); got shape {np.shape(array)}"
                )
            payoffs.append(array)
        if payoffs[0].dtype != payoffs[1].dtype:  # one exact, one not: the game is as exact as its least exact payoff
            payoffs = [to_float(x) for x in payoffs]
        if payoffs[0].shape[-2:] != payoffs[1].shape[-2:]:
            raise ValueError(
                "StageGame(): A and B must have the same numbers of rows and columns; "
                f"got {payoffs[0].shape} and {payoffs[1].shape}"
            )
        try:
            shape = np.broadcast_shapes(payoffs[0].shape, payoffs[1].shape)
        except ValueError:
            raise ValueError(
                f"StageGame(): A and B must broadcast; got shapes {payoffs[0].shape} and {payoffs[1].shape}"
            ) from None
        for name, x in zip("AB", payoffs, strict=True):
            _check_scale(x, name, "StageGame")
        a, b = (read_only(x) if x.shape == shape else np.broadcast_to(read_only(x), shape) for x in payoffs)
        self._set(a, b, _labels(actions, shape[-2:]))

    @classmethod
    def _trusted(cls, a: Array, b: Array, actions: tuple[tuple[str, ...], tuple[str, ...]]) -> Self:
        """A game of payoffs that the library made itself: canonical, of one shape and one type, so nothing is checked again.

        Checking an array of Fractions takes longer than most of what is then done with it.
        """
        game = cls.__new__(cls)
        game._set(a, b, actions)
        return game

    @classmethod
    def of_computed(cls, a: object, b: object, actions: tuple[tuple[str, ...], tuple[str, ...]]) -> Self | None:
        """A batch of float payoffs that nobody else holds, not copied; None for what the constructor has to look at."""
        for x in (a, b):
            if not isinstance(x, np.ndarray) or x.dtype != np.float64 or x.ndim < 3 or x.size == 0 or not np.isfinite(x).all():
                return None
        assert isinstance(a, np.ndarray)
        assert isinstance(b, np.ndarray)
        if a.shape != b.shape or a.shape[-2:] != tuple(map(len, actions)) or any(len(set(x)) < len(x) for x in actions):
            return None
        for name, x in zip("AB", (a, b), strict=True):
            _check_scale(x, name, "StageGame")
        return cls._trusted(locked(a), locked(b), actions)

    def _set(self, a: Array, b: Array, actions: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        a.flags.writeable = b.flags.writeable = False  # a game is a value: what was solved stays what was given
        self.__dict__.update(A=a, B=b, actions=actions)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}: a game is a value, and {name} cannot be assigned to; make another game")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}: a game is a value, and {name} cannot be deleted; make another game")

    def _parts(self) -> tuple[object, ...]:
        return self.A, self.B, self.actions

    # -- shape and type ------------------------------------------------------------------------------------------------

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The leading dimensions; ``()`` for a single game."""
        return self.A.shape[:-2]

    @property
    def shape(self) -> tuple[int, int]:
        """(m, n), the numbers of the sponsor's and of the proxy's actions."""
        return self.A.shape[-2], self.A.shape[-1]

    @property
    def exact(self) -> bool:
        """Whether payoffs are Fractions, and answers therefore exact."""
        return self.A.dtype == object

    def __getitem__(self, index: Any) -> Self:
        """The games at ``index`` of a batch."""
        if not self.batch_shape:
            raise IndexError("StageGame: a single game has no batch dimension to index")
        index = index if isinstance(index, tuple) else (index,)
        try:
            np.broadcast_to(False, self.batch_shape)[index]  # NumPy alone knows how many dimensions an index takes
        except IndexError as error:
            raise IndexError(
                f"StageGame: index {index} is invalid or reaches past the batch dimensions {self.batch_shape}: {error}"
            ) from None
        actions = (slice(None), slice(None)) if any(x is Ellipsis for x in index) else (Ellipsis,)
        return self._trusted(self.A[index + actions], self.B[index + actions], self.actions)

    # -- payoffs -------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def payoff_range(self) -> tuple[Number, Number]:
        """Largest minus smallest payoff of the sponsor and of the proxy, per game: the unit of regret."""
        a, b = (settle(over_profiles(np.maximum, x) - over_profiles(np.minimum, x)) for x in (self.A, self.B))
        return read_only(a), read_only(b)

    @functools.cached_property
    def tolerance(self) -> tuple[Number, Number]:
        """The sponsor's and the proxy's largest payoff difference that counts as none, per game; 0 for an exact game."""
        return (0, 0) if self.exact else self.rounding

    @functools.cached_property
    def rounding(self) -> tuple[Number, Number]:
        """The tolerances that float payoffs of this size need, whether or not these are exact."""
        return tuple(
            read_only(settle(payoff_tolerance(to_float(spread), to_float(over_profiles(np.maximum, np.abs(x))))))
            for spread, x in zip(self.payoff_range, (self.A, self.B), strict=True)
        )

    def profile(self, profile: Profile, function: str = "StageGame.profile") -> tuple[int, int]:
        """The indices (i, j) of a profile given by indices or labels.

        Raises
        ------
        TypeError, ValueError
            If it is not a pair, or names an action that the game does not have.
        """
        return profile_of(profile, self.actions, function)

    def payoffs(self, profile: Profile) -> tuple[Number, Number]:
        """The payoffs (c_S, c_P) at a profile, per game."""
        i, j = self.profile(profile, "StageGame.payoffs")
        return settle(self.A[..., i, j]), settle(self.B[..., i, j])

    def best_deviations(self, profile: Profile) -> tuple[Number, Number]:
        """The best payoffs (d_S, d_P) that each player can reach by choosing freely against the other's action.

        >>> Bimatrix([[9, 1], [10, 3]], [[9, 10], [1, 3]]).best_deviations((0, 0))
        (Fraction(10, 1), Fraction(10, 1))
        """
        i, j = self.profile(profile, "StageGame.best_deviations")
        sponsor, proxy = self.A[..., :, j], self.B[..., i, :]
        return settle(over_actions(np.maximum, sponsor, -1)), settle(over_actions(np.maximum, proxy, -1))

    @functools.cached_property
    def _pure_nash(self) -> PureNash:
        regret_s = over_actions(np.maximum, self.A, -2)[..., None, :] - self.A
        regret_p = over_actions(np.maximum, self.B, -1)[..., :, None] - self.B
        tol_s, tol_p = (np.asarray(t)[..., None, None] for t in self.tolerance)
        mask = np.asarray((regret_s <= tol_s) & (regret_p <= tol_p), dtype=bool)
        return PureNash(mask, np.maximum(regret_s, regret_p), tuple(self.tolerance))

    def pure_nash(self) -> PureNash:
        """All pure Nash equilibria: profiles from which neither player gains by deviating (Nash 1951)."""
        return self._pure_nash

    def single(self, function: str) -> None:
        """An error that names ``function`` if this is a batch."""
        if self.batch_shape:
            raise ValueError(
                f"{function}(): takes one game, not a batch; got batch shape {self.batch_shape}, so index it first"
            )

    # -- conversion ----------------------------------------------------------------------------------------------------

    def to_float(self) -> Self:
        """The same game in floating point."""
        if not self.exact:
            return self
        payoffs = [to_float(x, f"StageGame(): {name} in floating point") for name, x in (("A", self.A), ("B", self.B))]
        for name, x, spread in zip("AB", payoffs, self.payoff_range, strict=True):
            _check_scale(x, name, "StageGame", np.asarray(spread))
        return self._trusted(payoffs[0], payoffs[1], self.actions)

    def to_fractions(self) -> Self:
        """The same game in exact arithmetic: floats are rational numbers."""
        if self.exact:
            return self
        a, b = (np.frompyfunc(Fraction, 1, 1)(x.astype(object)) for x in (self.A, self.B))
        return self._trusted(a, b, self.actions)

    def to_dict(self) -> dict[str, Any]:
        """Payoffs and labels as JSON can hold them: Fractions are text."""
        return {"A": plain(self.A), "B": plain(self.B), "actions": plain(self.actions)}


def profile_of(profile: Profile, actions: tuple[Sequence[str], Sequence[str]], function: str) -> tuple[int, int]:
    """:meth:`Bimatrix.profile` for a game with these actions."""
    if isinstance(profile, str) or not isinstance(profile, Sequence) or len(profile) != 2:
        raise TypeError(f"{function}(): profile must be a pair (sponsor's action, proxy's action); got {profile!r}")
    indices = []
    for action, labels in zip(profile, actions, strict=True):
        if isinstance(action, str):
            if action not in labels:
                raise ValueError(f"{function}(): profile must name one of the actions {labels}; got {action!r}")
            indices.append(labels.index(action))
        elif isinstance(action, (int, np.integer)) and not isinstance(action, bool):
            if not 0 <= action < len(labels):
                raise ValueError(f"{function}(): profile's indices must be below {len(labels)}; got {action!r}")
            indices.append(int(action))
        else:
            raise TypeError(f"{function}(): profile's actions must be indices or labels; got {action!r}")
    return indices[0], indices[1]


def _check_scale(payoffs: Array, name: str, function: str, spread: Array | None = None) -> None:
    """An error for float payoffs so large that sums overflow, or so near 0 that the tolerance loses its digits.

    ``spread`` is the payoff range where it is known better than by the floats, which may have become 0.
    """
    if payoffs.dtype == object:
        return
    largest = over_profiles(np.maximum, np.abs(payoffs))
    if (largest > LARGEST).any():
        raise ValueError(
            f"{function}(): {name} must lie within ±{LARGEST:g} as floats, so that sums do not overflow (divide all payoffs "
            f"by one number, or give Fractions); got {payoffs.flat[np.abs(payoffs).argmax()]:g}"
        )
    if (largest < LEAST_RANGE).any():
        if spread is None:
            spread = over_profiles(np.maximum, payoffs) - over_profiles(np.minimum, payoffs)
        narrow = np.asarray((spread > 0) & (spread < LEAST_RANGE), dtype=bool)
        if narrow.any():
            raise ValueError(
                f"{function}(): {name} must have a payoff range of 0 or of at least {LEAST_RANGE:g} as floats, which lose "
                f"their digits below (multiply all payoffs by one number, or give Fractions); got {float(spread[narrow][0]):g}"
            )


def over_actions(ufunc: Any, x: Array, axis: int) -> Array:
    """A reduction (np.maximum, np.minimum, np.logical_or) over the few actions along an axis of a batch.

    NumPy reduces short axes slowly; one operation per action over the whole batch is several times faster.
    """
    if x.size < _LARGE or x.shape[axis] > _FEW:
        return np.asarray(ufunc.reduce(x, axis=axis))
    return np.asarray(functools.reduce(ufunc, np.moveaxis(x, axis, 0)))


def over_profiles(ufunc: Any, x: Array) -> Array:
    """The same over all profiles, the last two axes."""
    return over_actions(ufunc, over_actions(ufunc, x, -1), -1)


def _labels(actions: Any, shape: tuple[int, int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    entries = tuple(actions) if isinstance(actions, Iterable) and not isinstance(actions, str) else ()
    if actions is None:
        rows, columns = (tuple(str(k) for k in range(size)) for size in shape)
    elif entries and all(isinstance(x, str) for x in entries):
        rows = columns = entries
    elif (third := _third_player(entries)) is not None:
        raise TypeError(
            f"StageGame(): actions must be labels of the sponsor's and the proxy's actions: {TWO_PLAYERS}; got {third}"
        )
    elif len(entries) == 2 and all(isinstance(x, Iterable) and not isinstance(x, str) for x in entries):
        rows, columns = (tuple(x) for x in entries)
    else:
        raise TypeError(
            f"StageGame(): actions must be a tuple of labels, or a pair of such tuples (rows, columns); got {actions!r}"
        )
    for labels, size, side in ((rows, shape[0], "rows"), (columns, shape[1], "columns")):
        if len(labels) != size or len(set(labels)) != size or not all(isinstance(x, str) for x in labels):
            raise ValueError(f"StageGame(): actions must give {size} different labels for the {side}; got {labels!r}")
    return rows, columns


def _third_player(entries: tuple[Any, ...]) -> str | None:
    """What speaks of a third player: its payoffs in the place of the labels, or its labels."""
    if entries and not any(isinstance(leaf, str) for leaf in _leaves(entries)):
        return f"numbers, {entries!r}"
    if len(entries) > 2 and all(isinstance(x, Iterable) and not isinstance(x, str) for x in entries):
        return f"labels for {len(entries)} players"
    return None


def _leaves(x: Any) -> Iterator[Any]:
    """What nested sequences hold."""
    if isinstance(x, Iterable) and not isinstance(x, str):
        for part in x:
            yield from _leaves(part)
    else:
        yield x
