r"""Equilibria: an automaton for every payoff point in an equilibrium payoff set.

States are the set's vertices. In state k the players play a profile a_k; if both conform, the next state is drawn from a
lottery with expected payoffs w_k, where v_k = (1 − δ) g(a_k) + δ w_k; if one player alone deviates, play goes on in the
state that is worst for it (Abreu 1988, Econometrica 56:383-396: one punishment per player suffices, whatever the
deviation and whenever). A deviation of both at once changes nothing. Any payoff point of the set is a lottery over the
states, drawn before the first period.

:func:`verify_strategy` forgets where the automaton came from: it solves the payoffs v = (1 − δ) g + δ P v of its states
and checks the one-shot deviation principle, that no player gains by one deviation in any state. With discounting that is
equivalent to subgame perfection (Blackwell 1965, Annals of Mathematical Statistics 36:226-235).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, is_exact
from alliances.games.stage_game import StageGame
from alliances.repeated.payoff_sets.polygon import Point, Polygon

if TYPE_CHECKING:
    from alliances.repeated.payoff_sets.single import PayoffSet

__all__ = ["Lottery", "Play", "State", "Strategy", "Verification", "build", "verify_strategy"]

Lottery: TypeAlias = tuple[tuple[Number, int], ...]
"""Pairs (probability, state)."""


@dataclass(frozen=True)
class State:
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
class Play:
    """A simulated history: per period the state, the profile played and the stage payoffs, each an array."""

    states: Array
    profiles: Array
    payoffs: Array


@dataclass(frozen=True, eq=False)
class Strategy:
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

    stage: StageGame
    discount: Number
    states: tuple[State, ...]
    initial: Lottery
    value: Point

    def play(self, periods: int, rng: Any = None, deviations: dict[int, tuple[int, int]] | None = None) -> Play:
        """Play the game for some periods; ``deviations`` maps a period to the profile played instead of the prescribed one.

        Examples
        --------
        >>> from alliances.repeated.payoff_sets.single import payoff_set
        >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
        >>> trust = payoff_set(pd, Fraction(1, 2)).strategy((9, 9))
        >>> trust.play(4, rng=0, deviations={1: (1, 0)}).profiles.tolist()
        [[0, 0], [1, 0], [1, 1], [1, 1]]
        """
        if not isinstance(periods, (int, np.integer)) or isinstance(periods, bool) or periods < 1:
            raise ValueError(f"Strategy.play(): periods must be a positive integer; got {periods!r}")
        generator = np.random.default_rng(rng)
        planned = {t: self.stage.profile(p, "Strategy.play") for t, p in (deviations or {}).items()}
        states, profiles = np.empty(periods, int), np.empty((periods, 2), int)
        state = _draw(self.initial, generator)
        for t in range(periods):
            here = self.states[state]
            played = planned.get(t, here.profile)
            states[t], profiles[t] = state, played
            sponsor, proxy = (x != y for x, y in zip(played, here.profile, strict=True))
            following = here.conform if sponsor == proxy else here.sponsor_deviates if sponsor else here.proxy_deviates
            state = _draw(following, generator)
        i, j = profiles.T
        return Play(states, profiles, np.stack([self.stage.A[i, j], self.stage.B[i, j]], axis=1))

    def verify(self) -> Verification:
        """Check it from the definition; see :func:`verify_strategy`."""
        return verify_strategy(self)

    def __str__(self) -> str:
        rows, columns = self.stage.actions
        lines = [f"Equilibrium with payoffs ({_text(self.value[0])}, {_text(self.value[1])}); start {_words(self.initial)}"]
        for k, s in enumerate(self.states):
            i, j = s.profile
            lines.append(
                f"  state {k}: ({rows[i]}, {columns[j]}), then {_words(s.conform)}; "
                f"sponsor deviates: {_words(s.sponsor_deviates)}; proxy deviates: {_words(s.proxy_deviates)}"
            )
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Verification:
    """What :func:`verify_strategy` found.

    Attributes
    ----------
    holds
        Whether the automaton is a subgame-perfect equilibrium that attains the payoffs it promises.
    gain
        The largest gain from a one-shot deviation (at most 0, or the tolerance), per period.
    state, player, action
        The witness: where, by whom and to which action that deviation is.
    values
        (states, 2): the payoffs of the states, solved from the automaton.
    value
        The payoffs of the whole.
    shortfall
        The largest distance of a payoff from the promised one.
    tolerance
        What counts as zero; 0 if exact.
    """

    holds: bool
    gain: Number
    state: int
    player: str
    action: int
    values: Array
    value: Point
    shortfall: Number
    tolerance: Number


def build(payoffs: PayoffSet, point: Any) -> Strategy:
    """The automaton for a point of a payoff set."""
    function = "PayoffSet.strategy"
    x = payoffs._point(point, function)
    if payoffs.kind == "empty":
        raise ValueError(
            f"{function}(): point must be an equilibrium payoff; got {point!r}, but there is none: the set is empty"
        )
    if not payoffs.converged:
        raise ValueError(f"{function}(): the payoff set must have converged; got one that {payoffs.method} left unsettled")
    where = payoffs.separate(x)
    if not where.inside:
        lam, reach = where.direction, where.support + where.excess
        raise ValueError(
            f"{function}(): point must be an equilibrium payoff; got ({_text(x[0])}, {_text(x[1])}), which the direction "
            f"({_text(lam[0])}, {_text(lam[1])}) separates from the set: {_text(reach)} > {_text(where.support)}"
        )
    v: Polygon = payoffs._polygon
    worst: tuple[Lottery, ...] = tuple(((_one(payoffs.exact), min(range(len(v)), key=lambda k: v[k][i])),) for i in (0, 1))
    states = []
    for k, p in enumerate(v):
        profile, w = _generated_by(payoffs, p, payoffs.origins[k].profile if k < len(payoffs.origins) else None)
        states.append(State(profile, _mix(v, w, payoffs.exact), worst[0], worst[1], p))
    return Strategy(payoffs.stage, payoffs.discount, tuple(states), _mix(v, x, payoffs.exact), x)


def _generated_by(payoffs: PayoffSet, v: Point, first: int | None) -> tuple[tuple[int, int], Point]:
    """A profile and a continuation in the set that give a vertex its payoffs with no reason to deviate."""
    stage, delta = payoffs.stage, payoffs.discount
    if delta == 0:
        best = min(stage.pure_nash().profiles, key=lambda p: sum(abs(x - y) for x, y in zip(stage.payoffs(p), v, strict=True)))
        return best, v
    n = stage.shape[1]
    order = list(payoffs.profiles)
    if first is not None:
        order.insert(0, divmod(first, n))
    assert payoffs.punishments is not None
    found: tuple[Number, tuple[int, int], Point] | None = None
    for profile in order:
        g, d = stage.payoffs(profile), stage.best_deviations(profile)
        if not payoffs.exact:
            g, d = (float(g[0]), float(g[1])), (float(d[0]), float(d[1]))
        w = tuple((v[i] - (1 - delta) * g[i]) / delta for i in (0, 1))
        # how far from admissible, in units of the payoff range and of average payoffs
        miss = delta * max(
            [
                ((1 - delta) * (d[i] - g[i]) / delta - (w[i] - payoffs.punishments[i])) / (stage.payoff_range[i] or 1)
                for i in (0, 1)
            ]
        )
        outside = payoffs.separate(w)
        miss = max(miss, 0 if outside.inside else delta * outside.excess / max(stage.payoff_range))
        if found is None or miss < found[0]:
            found = miss, profile, (w[0], w[1])
        if miss <= (0 if payoffs.exact else 1e-11):
            break
    assert found is not None
    return found[1], found[2]


def _mix(v: Polygon, w: Point, exact: bool) -> Lottery:
    """A point of a polygon as a lottery over at most three vertices (a fan of triangles from one vertex)."""
    best: tuple[Number, Lottery] | None = None
    one = _one(exact)
    if len(v) == 1:
        return ((one, 0),)
    if len(v) == 2:
        axis = 0 if abs(v[1][0] - v[0][0]) >= abs(v[1][1] - v[0][1]) else 1
        share = (w[axis] - v[0][axis]) / (v[1][axis] - v[0][axis])
        return _clean([(one - share, 0), (share, 1)])
    (ox, oy), last = v[0], len(v) - 1
    for k in range(1, last):
        ax, ay, bx, by = v[k][0] - ox, v[k][1] - oy, v[k + 1][0] - ox, v[k + 1][1] - oy
        px, py = w[0] - ox, w[1] - oy
        double = ax * by - ay * bx
        if double == 0:
            continue
        s, t = (px * by - py * bx) / double, (ax * py - ay * px) / double
        worst = min(s, t, one - s - t)
        if best is None or worst > best[0]:
            best = worst, ((one - s - t, 0), (s, k), (t, k + 1))
        if worst >= 0:
            break
    assert best is not None
    return _clean(list(best[1]))


def _clean(pairs: list[tuple[Number, int]]) -> Lottery:
    """Drop what has no weight; rounding may leave negative weights of its own size."""
    kept = [(p, k) for p, k in pairs if p > (0 if isinstance(p, Fraction) else 1e-14)]
    total = sum(p for p, _ in kept)
    return tuple((p / total, k) for p, k in kept)


def verify_strategy(strategy: Strategy) -> Verification:
    """Check from the definition that an automaton is a subgame-perfect equilibrium and attains what it promises.

    Exact where the automaton is; otherwise within 10⁻⁹ of the payoff range.

    Examples
    --------
    >>> from alliances.repeated.payoff_sets.single import payoff_set
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> check = verify_strategy(payoff_set(pd, Fraction(1, 7)).strategy((9, 9)))
    >>> check.holds, str(check.gain), [str(x) for x in check.value]
    (True, '0', ['9', '9'])
    """
    stage, delta, states = strategy.stage, strategy.discount, strategy.states
    exact = stage.exact and is_exact(delta) and all(isinstance(p, Fraction) for s in states for p, _ in s.conform)
    payoffs = (stage.A, stage.B) if exact else (stage.A.astype(float), stage.B.astype(float))
    size = len(states)
    zero, one = _one(exact) - _one(exact), _one(exact)
    matrix = [[one if k == c else zero for c in range(size)] for k in range(size)]
    for k, s in enumerate(states):
        for p, c in s.conform:
            matrix[k][c] -= delta * p
    right = [[(1 - delta) * payoff[s.profile] for payoff in payoffs] for s in states]
    values: Array = _solve(matrix, right) if exact else np.linalg.solve(np.array(matrix), np.array(right))
    spread = [r or 1 for r in stage.payoff_range]
    tolerance = 0 if exact else 1e-9
    worst: tuple[Number, Number, int, str, int] | None = None
    for k, s in enumerate(states):
        for i, (player, lottery) in enumerate((("sponsor", s.sponsor_deviates), ("proxy", s.proxy_deviates))):
            threat = sum(p * values[c][i] for p, c in lottery)
            for action in range(stage.shape[i]):
                if action == s.profile[i]:
                    continue
                other = (action, s.profile[1]) if i == 0 else (s.profile[0], action)
                gain = (1 - delta) * payoffs[i][other] + delta * threat - values[k][i]
                if worst is None or gain / spread[i] > worst[0]:
                    worst = gain / spread[i], gain, k, player, action
    value = tuple(sum(p * values[c][i] for p, c in strategy.initial) for i in (0, 1))
    misses = [abs(x - y) / r for x, y, r in zip(value, strategy.value, spread, strict=True)]
    misses += [abs(values[k][i] - s.value[i]) / spread[i] for k, s in enumerate(states) for i in (0, 1)]
    shortfall = max(misses)
    if worst is None:  # nobody has a second action
        worst = zero, zero, 0, "none", 0
    holds = bool(worst[0] <= tolerance and shortfall <= tolerance)
    return Verification(holds, worst[1], worst[2], worst[3], worst[4], values, (value[0], value[1]), shortfall, tolerance)


def _solve(matrix: list[list[Fraction]], right: list[list[Fraction]]) -> Array:
    """The solution of a regular system, in rational arithmetic (Gauss–Jordan)."""
    rows = [[*row, *side] for row, side in zip(matrix, right, strict=True)]
    size = len(rows)
    for k in range(size):
        pivot = next(r for r in range(k, size) if rows[r][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        head = rows[k][k]
        rows[k] = [x / head if x else x for x in rows[k]]
        for r in range(size):
            factor = rows[r][k]
            if r != k and factor:
                rows[r] = [x - factor * y if y else x for x, y in zip(rows[r], rows[k], strict=True)]
    out = np.empty((size, 2), dtype=object)
    for k, row in enumerate(rows):
        out[k] = row[size:]
    return out


def _draw(lottery: Lottery, rng: np.random.Generator) -> int:
    if len(lottery) == 1:
        return lottery[0][1]
    weights = np.array([float(p) for p, _ in lottery])
    return lottery[int(rng.choice(len(lottery), p=weights / weights.sum()))][1]


def _one(exact: bool) -> Number:
    return Fraction(1) if exact else 1.0


def _words(lottery: Lottery) -> str:
    if len(lottery) == 1:
        return f"state {lottery[0][1]}"
    return " or ".join(f"state {k} (probability {_text(p)})" for p, k in lottery)


def _text(x: Number) -> str:
    return str(x) if isinstance(x, Fraction) and len(str(x)) <= 12 else f"{float(x):.6g}"
