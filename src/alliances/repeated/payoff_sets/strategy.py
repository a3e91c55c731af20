r"""Equilibria: an automaton for every payoff point in an equilibrium payoff set.

States are the set's vertices. In state k the players play a profile a_k; if both conform, the next state is drawn from a
lottery with expected payoffs w_k, where v_k = (1 − δ) g(a_k) + δ w_k; if one player alone deviates, play goes on in the
state that is worst for it (Abreu 1988, Econometrica 56:383-396: one punishment per player suffices, whatever the
deviation and whenever). A deviation of both at once changes nothing. Any payoff point of the set is a lottery over the
states, drawn before the first period.

:func:`alliances.verify` forgets where the automaton came from: it solves the payoffs v = (1 − δ) g + δ P v of its states
and checks the one-shot deviation principle, that no player gains by one deviation in any state. With discounting that is
equivalent to subgame perfection (Blackwell 1965, Annals of Mathematical Statistics 36:226-235).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, Scalar
from alliances.arithmetic.canonical import random_generator
from alliances.arithmetic.tolerance import FIXED_POINT, TIE
from alliances.games.players import PLAYERS, Player
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.polygon import Point, Polygon
from alliances.results import Columns, Result, Variable, Verification, verify
from alliances.values.tables import text_table

__all__ = ["Lottery", "Play", "State", "Strategy", "StrategyVerification", "brief", "build"]

Lottery: TypeAlias = tuple[tuple[Number, int], ...]
"""Pairs (probability, state)."""


@dataclass(frozen=True)
class State(Result):
    """One state of an automaton.

    Attributes
    ----------
    profile
        What is played.
    conform, sponsor_deviates, proxy_deviates
        The lottery over next states after play of the profile, and after each player's deviation from it.
    value
        The payoffs that the state promises.
    """

    profile: tuple[int, int]
    conform: Lottery
    sponsor_deviates: Lottery
    proxy_deviates: Lottery
    value: Point


@dataclass(frozen=True, eq=False)
class Play(Result):
    """A simulated history: per period the state, the profile played and the stage payoffs, each an array."""

    states: Array
    profiles: Array
    payoffs: Array

    @property
    def message(self) -> str:
        """How long the history is."""
        return f"{len(self.states)} periods played."

    def _columns(self) -> Columns:
        """One row per period."""
        sides = {"action": self.profiles, "payoff": self.payoffs}
        parts = {f"{player}_{name}": x[:, k] for name, x in sides.items() for k, player in enumerate(PLAYERS)}
        return {"period": np.arange(len(self.states)), "state": self.states, **parts}

    def _variables(self) -> Mapping[str, Variable]:
        dims = ("period", "player")
        return {
            "period": Variable(("period",), np.arange(len(self.states)), "period"),
            "player": Variable(("player",), np.array(PLAYERS), "player"),
            "state": Variable(("period",), self.states, "state of the automaton"),
            "action": Variable(dims, self.profiles, "action, by its index"),
            "payoff": Variable(dims, self.payoffs, "stage payoff", "payoff"),
        }

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns())}"


@dataclass(frozen=True, eq=False)
class Strategy(Result):
    """A pure-action subgame-perfect equilibrium as an automaton with public randomisation.

    Attributes
    ----------
    stage, discount
        The game.
    states
        The states.
    initial
        The lottery that is drawn before the first period.
    value
        The payoffs that it promises.
    """

    references: ClassVar[tuple[str, ...]] = ("abreu-1988",)

    stage: StageGame
    discount: Scalar
    states: tuple[State, ...]
    initial: Lottery
    value: Point

    def play(
        self, periods: int, rng: np.random.Generator | int | None = None, deviations: dict[int, tuple[int, int]] | None = None
    ) -> Play:
        """Play the game for some periods; ``deviations`` maps a period to the profile played instead of the prescribed one.

        Examples
        --------
        >>> from alliances import payoff_set
        >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
        >>> trust = payoff_set(pd, Fraction(1, 2)).strategy((9, 9))
        >>> trust.play(4, rng=0, deviations={1: (1, 0)}).profiles.tolist()
        [[0, 0], [1, 0], [1, 1], [1, 1]]
        """
        if not isinstance(periods, (int, np.integer)) or isinstance(periods, bool) or periods < 1:
            raise ValueError(f"Strategy.play(): periods must be a positive integer; got {periods!r}")
        generator = random_generator(rng, "Strategy.play")
        planned = {t: self.stage.profile(p, "Strategy.play") for t, p in (deviations or {}).items()}
        states, profiles = np.empty(periods, int), np.empty((periods, 2), int)
        state = _draw(self.initial, generator)
        for t in range(periods):
            current = self.states[state]
            played = planned.get(t, current.profile)
            states[t], profiles[t] = state, played
            sponsor, proxy = (x != y for x, y in zip(played, current.profile, strict=True))
            following = current.conform if sponsor == proxy else current.sponsor_deviates if sponsor else current.proxy_deviates
            state = _draw(following, generator)
        i, j = profiles.T
        return Play(states, profiles, np.stack([self.stage.A[i, j], self.stage.B[i, j]], axis=1))

    def verify(self) -> StrategyVerification:
        """Check it from the definition; see :func:`alliances.verify`."""
        outcome = verify(self)
        assert isinstance(outcome, StrategyVerification)
        return outcome

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "stage": self.stage}

    def _columns(self) -> Columns:
        """One row per state: what is played and promised, and where the game goes."""
        rows, columns = self.stage.actions
        nexts = ("conform", "sponsor_deviates", "proxy_deviates")
        return {
            "state": list(range(len(self.states))),
            "sponsor_action": [rows[s.profile[0]] for s in self.states],
            "proxy_action": [columns[s.profile[1]] for s in self.states],
            **{f"{player}_value": [s.value[k] for s in self.states] for k, player in enumerate(PLAYERS)},
            **{name: [_words(getattr(s, name)) for s in self.states] for name in nexts},
        }

    @property
    def message(self) -> str:
        """The payoffs, and the automaton state by state."""
        rows, columns = self.stage.actions
        lines = [f"Equilibrium with payoffs ({brief(self.value[0])}, {brief(self.value[1])}); start {_words(self.initial)}"]
        for k, s in enumerate(self.states):
            i, j = s.profile
            lines.append(
                f"  state {k}: ({rows[i]}, {columns[j]}), then {_words(s.conform)}; "
                f"sponsor deviates: {_words(s.sponsor_deviates)}; proxy deviates: {_words(s.proxy_deviates)}"
            )
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, kw_only=True)
class StrategyVerification(Verification):
    """Whether an automaton is a subgame-perfect equilibrium that attains the payoffs it promises.

    Attributes
    ----------
    gain
        The largest gain from a one-shot deviation (at most 0, or the tolerance), per period.
    state, player, action
        Where, by whom and to which action that deviation is; the player is "none" where nobody has a second action.
    values
        (states, 2): the payoffs of the states, solved from the automaton.
    value
        The payoffs of the whole.
    shortfall
        The largest distance of a payoff from the promised one, as a share of the payoff range.
    tolerance
        What counts as zero; 0 if exact.
    """

    gain: Scalar
    state: int
    player: Player | Literal["none"]
    action: int
    values: Array
    value: Point
    shortfall: Scalar
    tolerance: Scalar

    @property
    def holds(self) -> bool:
        """The same as ``ok``."""
        return self.ok


def build(
    stage: StageGame,
    discount: Number,
    polygon: Polygon,
    profiles: Sequence[tuple[int, int]],
    first: Sequence[int],
    point: Point,
    beyond: Callable[[Point], Number],
) -> Strategy:
    """The automaton for a point of a payoff set, from what the set consists of.

    Parameters
    ----------
    stage, discount
        The game.
    polygon
        The set's vertices: one state for each.
    profiles
        The profiles that some equilibrium plays, as pairs.
    first
        For each vertex, the number of the profile that generated it, where that is known.
    point
        The payoffs; in the set.
    beyond
        How far a point lies outside of the set, in the unit of the separating direction; not positive inside.
    """
    exact = isinstance(polygon[0][0], Fraction)
    corners = [min(range(len(polygon)), key=lambda k: polygon[k][i]) for i in (0, 1)]
    worst: tuple[Lottery, ...] = tuple(((_unit(exact), k),) for k in corners)
    floor = polygon[corners[0]][0], polygon[corners[1]][1]
    states = []
    for k, vertex in enumerate(polygon):
        order = [*([divmod(first[k], stage.shape[1])] if k < len(first) else []), *profiles]
        profile, continuation = _generated_by(stage, discount, order, vertex, floor, beyond)
        states.append(State(profile, _mix(polygon, continuation, exact), worst[0], worst[1], vertex))
    return Strategy(stage, discount, tuple(states), _mix(polygon, point, exact), point)


def _generated_by(
    stage: StageGame,
    delta: Number,
    order: Sequence[tuple[int, int]],
    v: Point,
    floor: Point,
    beyond: Callable[[Point], Number],
) -> tuple[tuple[int, int], Point]:
    """A profile and a continuation in the set that give a vertex its payoffs with no reason to deviate."""
    if delta == 0:
        best = min(stage.pure_nash().profiles, key=lambda p: sum(abs(x - y) for x, y in zip(stage.payoffs(p), v, strict=True)))
        return best, v
    exact = isinstance(v[0], Fraction)
    nearest: tuple[Number, tuple[int, int], Point] | None = None
    for profile in order:
        g, d = stage.payoffs(profile), stage.best_deviations(profile)
        if not exact:
            g, d = (float(g[0]), float(g[1])), (float(d[0]), float(d[1]))
        w = (v[0] - (1 - delta) * g[0]) / delta, (v[1] - (1 - delta) * g[1]) / delta
        # how far from admissible, in units of the payoff range and of average payoffs
        miss = delta * max(
            ((1 - delta) * (d[i] - g[i]) / delta - (w[i] - floor[i])) / (stage.payoff_range[i] or 1) for i in (0, 1)
        )
        miss = max(miss, delta * beyond(w) / max(stage.payoff_range))
        if nearest is None or miss < nearest[0]:
            nearest = miss, profile, w
        if miss <= (0 if exact else FIXED_POINT):
            break
    assert nearest is not None
    return nearest[1], nearest[2]


def _mix(v: Polygon, w: Point, exact: bool) -> Lottery:
    """A point of a polygon as a lottery over at most three vertices (a fan of triangles from one vertex)."""
    best: tuple[Number, Lottery] | None = None
    unit = _unit(exact)
    if len(v) == 1:
        return ((unit, 0),)
    if len(v) == 2:
        axis = 0 if abs(v[1][0] - v[0][0]) >= abs(v[1][1] - v[0][1]) else 1
        share = (w[axis] - v[0][axis]) / (v[1][axis] - v[0][axis])
        return _clean([(unit - share, 0), (share, 1)])
    (ox, oy), last = v[0], len(v) - 1
    for k in range(1, last):
        ax, ay, bx, by = v[k][0] - ox, v[k][1] - oy, v[k + 1][0] - ox, v[k + 1][1] - oy
        px, py = w[0] - ox, w[1] - oy
        double = ax * by - ay * bx
        if double == 0:
            continue
        s, t = (px * by - py * bx) / double, (ax * py - ay * px) / double
        worst = min(s, t, unit - s - t)
        if best is None or worst > best[0]:
            best = worst, ((unit - s - t, 0), (s, k), (t, k + 1))
        if worst >= 0:
            break
    assert best is not None
    return _clean(list(best[1]))


def _clean(pairs: list[tuple[Number, int]]) -> Lottery:
    """Drop what has no weight; rounding may leave negative weights of its own size."""
    kept = [(p, k) for p, k in pairs if p > (0 if isinstance(p, Fraction) else TIE)]
    total = sum(p for p, _ in kept)
    return tuple((p / total, k) for p, k in kept)


def _draw(lottery: Lottery, rng: np.random.Generator) -> int:
    if len(lottery) == 1:
        return lottery[0][1]
    weights = np.array([float(p) for p, _ in lottery])
    return lottery[int(rng.choice(len(lottery), p=weights / weights.sum()))][1]


def _unit(exact: bool) -> Number:
    return Fraction(1) if exact else 1.0


def _words(lottery: Lottery) -> str:
    if len(lottery) == 1:
        return f"state {lottery[0][1]}"
    return " or ".join(f"state {k} (probability {brief(p)})" for p, k in lottery)


def brief(x: Number) -> str:
    """A number in a sentence: exact if short, otherwise six digits."""
    return str(x) if isinstance(x, Fraction) and len(str(x)) <= 12 else f"{float(x):.6g}"
