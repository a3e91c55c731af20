"""For which discount factors can a profile be played where power moves? Windows, because more patience can also end peace.

Where nothing moves, what patience δ sustains, more patience sustains, too. Where power moves, the shadow of the future cuts
both ways: a patient proxy arms, because what arming brings comes later. So the discount factors at which a profile can be
played in a state form windows. They are found on a grid, halved at every change of the answer, and each edge is then
**polished**: the profiles that can be played just inside are held fixed, and the discount factor is found at which the first of
them – the one that **binds** – has no liquidity slack left, as the root of a smooth function.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.arithmetic import Array, show
from alliances.dynamics.arguments import whole
from alliances.dynamics.decision import Worst, best_joint, worst
from alliances.dynamics.elimination import eliminated, playable_room, values_of
from alliances.dynamics.states import StateGames
from alliances.games.players import PLAYERS
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.transfers import Transfers
from alliances.results import Result, Variable
from alliances.results.result_tuple import ResultTuple
from alliances.values import locked, read_only

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["DiscountEdge", "DiscountWindow", "DiscountWindows", "discount_windows"]

_HALVED = 1e-6  # the width of a bracket from which on an edge is polished
_XTOL = 2e-16  # absolute, of the polished root
_BESIDE = 1e-9  # how far beside a polished edge the answer is asked again
_MOST = 100_000  # points of the grid
_AGAIN = 50  # edges of profiles that do not matter to the answer, met one after the other in one bracket


@dataclass(frozen=True)
class DiscountEdge(Result):
    """Where a window opens or closes, as δ grows.

    Attributes
    ----------
    discount
        The critical discount factor.
    kind
        "opens" or "closes".
    state, profile
        What binds there: the profile whose slack vanishes, in its state; breaking the contract there is just not worth it.
    """

    discount: float
    kind: Literal["opens", "closes"]
    state: Hashable
    profile: tuple[str, str]


@dataclass(frozen=True)
class DiscountWindow(Result):
    """An interval of discount factors at which a profile can be played.

    Attributes
    ----------
    low, high
        Its ends.
    opens, closes
        The edges there; None at an end of the domain.
    """

    low: float
    high: float
    opens: DiscountEdge | None
    closes: DiscountEdge | None


@dataclass(frozen=True, eq=False)
class DiscountWindows(Result):
    """The discount factors at which a profile can be played in a state.

    Attributes
    ----------
    game, state, profile
        What was asked; the profile by its labels.
    windows
        The answer, in order.
    discounts, playable
        The grid, and the answer at each of its points. A window narrower than the grid's steps may have been missed.
    """

    game: StateGames
    state: Hashable
    profile: tuple[str, str]
    windows: ResultTuple[DiscountWindow]
    discounts: Array
    playable: Array

    def __post_init__(self) -> None:
        none = "played at no discount factor of the grid"
        object.__setattr__(self, "windows", ResultTuple.like(self.windows, DiscountWindow, "windows of discount factors", none))
        super().__post_init__()

    def _arguments(self) -> dict[str, Any]:
        return {"windows": tuple(self.windows)}

    @property
    def edges(self) -> ResultTuple[DiscountEdge]:
        """All edges, in order."""
        edges = (edge for w in self.windows for edge in (w.opens, w.closes) if edge is not None)
        none = "the answer is the same at all discount factors of the grid"
        return ResultTuple(edges, DiscountEdge, "edges of the windows of discount factors", none)

    @property
    def status(self) -> Literal["windows", "always", "never"]:
        """Whether the profile can be played at some discount factors, at all of the grid, or at none."""
        return "never" if not self.windows else "windows" if self.edges else "always"

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        what = f"({', '.join(self.profile)}) in state {self.state!r}"
        domain = f"[{self.discounts[0]:g}, {self.discounts[-1]:g}]"
        if self.status != "windows":
            return f"{what} can {'never' if self.status == 'never' else 'always'} be played, for discount factors in {domain}."
        return f"{what} can be played for discount factors in " + " and ".join(map(_interval, self.windows)) + f" of {domain}."

    def __str__(self) -> str:
        lines = [self.message]
        for edge in self.edges:
            lines.append(f"  {edge.kind} at {edge.discount:.12g}: ({', '.join(edge.profile)}) in state {edge.state!r} binds")
        return "\n".join(lines)

    def _record(self) -> dict[str, Any]:
        names = ("state", "profile", "windows", "status", "message", "discounts", "playable")
        return {name: getattr(self, name) for name in names}

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "discount": Variable(("discount",), self.discounts, "discount factor δ"),
            "playable": Variable(("discount",), self.playable, "whether the profile can be played"),
        }

    def _columns(self) -> Columns:
        """One row per edge."""
        return {name: [getattr(edge, name) for edge in self.edges] for name in ("discount", "kind", "state", "profile")}


def _interval(window: DiscountWindow) -> str:
    return f"[{show(window.low)}, {show(window.high)}]"


def discount_windows(
    game: StateGames,
    state: Hashable,
    profile: Any,
    *,
    enforcement: Enforcement | None = None,
    domain: tuple[float, float] = (0.0, 0.99),
    points: int = 100,
) -> DiscountWindows:
    """The discount factors at which a profile can be played in a state; :meth:`StochasticGame.discount_windows`.

    Parameters
    ----------
    game
        The game. Edges are roots of polynomials of high degree as a rule, and are found in floating point, from payoffs in
        excess of the lowest.
    state, profile
        The state's label, and the profile by indices or labels.
    enforcement
        :class:`Transfers`, the default.
    domain, points
        The grid: its ends and how many points it has. Windows narrower than a step may be missed.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    The tribute of :func:`alliances.dynamics.dynamic_contracts.dynamic_contracts`: restraint, as long as δ ≤ c/p = 1/5.

    >>> from alliances import StageGame, StochasticGame
    >>> before = StageGame([[0.0, 0.0]], [[0.0, -0.1]], actions=(("wait",), ("restrain", "arm")))
    >>> after = StageGame([[-1.0]], [[1.0]], actions=(("wait",), ("rule",)))
    >>> def moves(state, i, j):
    ...     return {"armed": 1} if state == "armed" else {"armed": j / 2, "quiet": 1 - j / 2}
    >>> tribute = StochasticGame([before, after], moves, states=("quiet", "armed"))
    >>> print(tribute.discount_windows("quiet", ("wait", "restrain")))
    (wait, restrain) in state 'quiet' can be played for discount factors in [0, 0.2] of [0, 0.99].
      closes at 0.2: (wait, restrain) in state 'quiet' binds
    """
    if not isinstance(game, StateGames):
        raise TypeError(f"StochasticGame.discount_windows(): game must be a StochasticGame; got {game!r}")
    if enforcement is not None and not isinstance(enforcement, Transfers):
        raise TypeError(
            f"StochasticGame.discount_windows(): enforcement must be Transfers(), or None for the same; got {enforcement!r}"
        )
    low, high = _domain(domain)
    whole(points, "StochasticGame.discount_windows", "points", least=2, most=_MOST)
    place = game.profile(state, profile, "StochasticGame.discount_windows")
    return _Search(game, place).run(state, np.linspace(low, high, int(points)))


def _domain(domain: Any) -> tuple[float, float]:
    try:
        low, high = (float(x) for x in domain)
    except (TypeError, ValueError):
        raise TypeError(f"StochasticGame.discount_windows(): domain must be a pair of numbers; got {domain!r}") from None
    if not 0 <= low < high < 1:
        raise ValueError(f"StochasticGame.discount_windows(): domain must be an interval within [0, 1); got {domain!r}")
    return low, high


class _Search:
    def __init__(self, game: StateGames, place: int) -> None:
        self.game, self.place = game, place
        self.inner = game.above_lowest().to_float()

    def run(self, state: Hashable, grid: Array) -> DiscountWindows:
        answers = self.on_grid(grid)[:, self.place]
        edges = [
            self.edge(grid[k], grid[k + 1], bool(answers[k + 1])) for k in range(len(grid) - 1) if answers[k] != answers[k + 1]
        ]
        bounds: list[tuple[float, DiscountEdge | None]] = [(edge.discount, edge) for edge in edges]
        if answers[0]:
            bounds.insert(0, (float(grid[0]), None))
        if answers[-1]:
            bounds.append((float(grid[-1]), None))
        windows = (
            DiscountWindow(low, high, opens, closes)
            for (low, opens), (high, closes) in zip(bounds[::2], bounds[1::2], strict=True)
        )
        shown = ResultTuple(windows, DiscountWindow, "windows of discount factors")
        return DiscountWindows(self.game, state, self.game.actions(self.place), shown, grid, answers)

    def on_grid(self, grid: Array) -> Array:
        """(points, K): what can be played at each discount factor; kept by the game, whose other profiles may be asked next."""
        kept, size = self.game._playable, self.game.profiles
        if kept is None or not np.array_equal(kept[0], grid):
            kept = read_only(grid), locked(np.packbits([self.playable(delta) for delta in grid], axis=1))
            self.game.__dict__["_playable"] = kept
        return np.unpackbits(kept[1], axis=1, count=size).astype(bool)

    def playable(self, delta: float) -> Array:
        return eliminated(self.inner, delta).playable

    def edge(self, low: float, high: float, opens: bool) -> DiscountEdge:
        """The edge between two discount factors with different answers."""
        good, bad = inside, _ = (high, low) if opens else (low, high)
        while abs(good - bad) > _HALVED:
            middle = (good + bad) / 2
            good, bad = (middle, bad) if self.playable(middle)[self.place] else (good, middle)
        root, binding = bad, self.place
        for _ in range(_AGAIN):  # profiles that do not matter to this one may be lost first, on the way
            root, binding = self.polished(good, bad)
            beyond = root + np.sign(bad - good) * _BESIDE
            if abs(beyond - good) >= abs(bad - good) or not self.playable(beyond)[self.place]:
                break
            good = beyond
        root = min(root, inside) if opens else max(root, inside)  # rounding may carry it beyond a point with the good answer
        kind: Literal["opens", "closes"] = "opens" if opens else "closes"
        return DiscountEdge(float(root), kind, self.game.states[self.game.state_of[binding]], self.game.actions(binding))

    def polished(self, good: float, bad: float) -> tuple[float, int]:
        """Where the first of the profiles that can be played at ``good`` loses its slack on the way to ``bad``, and which."""
        from scipy.optimize import brentq

        kept = _Kept(self.inner, self.playable(good), bad)
        start, step = good, max(abs(good - bad), _BESIDE)
        while kept(start) < 0:  # within the solver's tolerance beyond the edge: step back
            start -= np.sign(bad - good) * step
            step *= 2
            if not 0 <= start < 1:
                return good, kept.binding
        if kept(bad) >= 0:
            return bad, kept.binding
        root = brentq(kept, start, bad, xtol=_XTOL, rtol=8.9e-16)
        kept(root)
        return float(root), kept.binding


class _Kept:
    """The least liquidity slack, as a function of δ while a set of profiles is held fixed, of those that lose it at ``bad``.

    Policies start where they ended last. Profiles without temptation have a slack of 0 everywhere, which no edge is about.
    """

    def __init__(self, game: StateGames, allowed: Array, bad: float) -> None:
        self.game, self.allowed = game, allowed
        self._policy: Array | None = None
        self._worst: list[Worst | None] = [None, None]
        self._lost = allowed
        slack = self.slack(bad)
        lost = allowed & (slack < -playable_room(game))
        self._lost = lost if lost.any() else allowed & (slack <= slack[allowed].min())
        self.binding = int(np.argmax(self._lost))

    def slack(self, delta: float) -> Array:
        """Of every profile."""
        game, allowed = self.game, self.allowed
        joint = best_joint(game, allowed, delta, self._policy)
        sides = [worst(game, player, allowed, delta, before) for player, before in zip(PLAYERS, self._worst, strict=True)]
        self._policy, self._worst = joint.policy, list(sides)
        return values_of(game, delta, joint.values, sides[0].values, sides[1].values)[3]

    def __call__(self, delta: float) -> float:
        slack = np.where(self._lost, self.slack(delta), np.inf)
        self.binding = int(np.argmin(slack))
        return float(slack[self.binding])
