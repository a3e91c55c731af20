"""Imperfect public monitoring with any finite signal, and what patient players can reach.

Players do not see each other's actions but a public signal y, drawn from π(y | a) after the profile a. Public perfect
equilibria in pure actions make continuation payoffs depend on the signals seen so far (Abreu, Pearce & Stacchetti 1990).

Patient players (Fudenberg & Levine 1994, JET 62:103-135). In a direction λ, the most that a profile a can score is

    k(a, λ) = max λ·v   s.t.   v_i = g_i(a) + E[x_i | a] ≥ g_i(a'_i, a_j) + E[x_i | a'_i, a_j] for all i, a'_i,   λ·x(y) ≤ 0
    for all y,

where x_i(y) stands for what the signal y changes in i's continuation, in units of today's payoff. With k*(λ) = max_a k(a,
λ), the set Q = ⋂_λ {v : λ·v ≤ k*(λ)} contains every equilibrium payoff at every δ, and is the limit of the equilibrium
payoffs as δ → 1 if it has an interior. (Without an interior it is an upper bound: Fudenberg, Levine & Takahashi 2007, GEB
61:27-49.)

The polygon without a grid of directions. Put s_i = λ_i x_i. Within a quadrant (fixed signs of λ) the signal matrix stays
the same and only the right-hand sides abs(λ_i) (g_i(a) − g_i(a'_i, a_j)) move, linearly, with λ. By duality k(a, ·) is then
concave, piecewise linear and homogeneous on the quadrant, and each programme returns a point c with k(a, λ) = c·λ and k(a,
λ') ≤ c·λ' elsewhere in the quadrant. Between two directions at which the *same* profile is best, concavity gives k* at
least the interpolation of its two values, so no direction between them cuts off anything. Otherwise the directions are
split where the two profiles' lines cross, which is where k* has its kink, until every interval is settled. The four axis
directions, where the other player's incentives cost nothing, are programmes of their own. When all intervals are settled Q
is exact up to the linear programmes' rounding (about 1e-9 of the range).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import PROBABILITY, Array, is_exact, number, to_float
from alliances.arithmetic.tolerance import PROGRAMME_ROUNDING, UNIT_SUM_GIVEN
from alliances.games.stage_game import StageGame, check_stage
from alliances.repeated.monitoring.linear_programmes import Incentives
from alliances.results import Columns, Result
from alliances.values import Value

if TYPE_CHECKING:
    from alliances.games.bimatrix import Profile

__all__ = ["PatientPayoffSet", "PublicMonitoring", "patient_payoff_set"]

Kind: TypeAlias = Literal["empty", "point", "segment", "polygon"]
_KINDS: tuple[Kind, ...] = ("empty", "point", "segment", "polygon")

_MOST_SPLITS = 400
_SAME_VERTEX = 1e-7  # vertices of a set of diameter about 1 that are one


@dataclass(frozen=True, eq=False)
class PublicMonitoring(Value):
    """A stage game whose actions are seen only through a public signal.

    Parameters
    ----------
    stage
        One game with m×n actions.
    signal_probabilities
        π, of shape (m, n, Y): the probability of each of Y signals after each profile; non-negative, sums to 1 over the
        last axis.
    signals
        Labels of the signals; default "0", "1", ….

    Examples
    --------
    >>> pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    >>> noisy = PublicMonitoring.binary(pd, bad=[[0.1, 0.6], [0.6, 0.9]])
    >>> noisy.signals, noisy.signal_probabilities[0, 1].tolist()
    (('good', 'bad'), [0.4, 0.6])
    """

    stage: StageGame
    signal_probabilities: Array
    signals: tuple[str, ...] | None = None
    _float: Array = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_stage(self.stage, "PublicMonitoring")
        self.stage.single("PublicMonitoring")
        probabilities = number(self.signal_probabilities, "PublicMonitoring", "signal_probabilities", PROBABILITY)
        if np.ndim(probabilities) != 3 or probabilities.shape[:2] != self.stage.shape:
            m, n = self.stage.shape
            raise ValueError(
                f"PublicMonitoring(): signal_probabilities must have shape ({m}, {n}, signals); got {np.shape(probabilities)}"
            )
        total = probabilities.sum(axis=-1)
        wrong = total != 1 if is_exact(probabilities) else np.abs(total - 1) > UNIT_SUM_GIVEN
        if np.any(wrong):
            where = tuple(int(k) for k in np.argwhere(wrong)[0])
            raise ValueError(
                f"PublicMonitoring(): signal_probabilities must sum to 1 at each profile; got {total[where]} at {where}"
            )
        given = tuple(map(str, range(probabilities.shape[-1]))) if self.signals is None else self.signals
        if not isinstance(given, (tuple, list)) or not all(isinstance(x, str) for x in given):
            raise TypeError(f"PublicMonitoring(): signals must be a tuple of labels; got {given!r}")
        labels = tuple(given)
        if len(labels) != probabilities.shape[-1] or len(set(labels)) != len(labels):
            raise ValueError(f"PublicMonitoring(): signals must be {probabilities.shape[-1]} different labels; got {labels!r}")
        pi = to_float(probabilities)
        object.__setattr__(self, "signal_probabilities", probabilities)
        object.__setattr__(self, "signals", labels)
        object.__setattr__(self, "_float", pi / pi.sum(axis=-1, keepdims=True))
        super().__post_init__()

    @classmethod
    def binary(cls, stage: StageGame, bad: Any) -> PublicMonitoring:
        """A good and a bad signal, the bad one with probability ``bad[i, j]`` after profile (i, j)."""
        function = "PublicMonitoring.binary"
        probability = number(bad, function, "bad", PROBABILITY)
        check_stage(stage, function)
        if np.shape(probability) != stage.shape:
            m, n = stage.shape
            raise ValueError(f"{function}(): bad must have shape ({m}, {n}), as the game; got {np.shape(probability)}")
        return cls(stage, np.stack([1 - probability, probability], axis=-1), ("good", "bad"))

    @classmethod
    def perfect(cls, stage: StageGame) -> PublicMonitoring:
        """Perfect monitoring: the signal is the profile."""
        m, n = stage.shape
        labels = tuple(f"{row}, {column}" for row in stage.actions[0] for column in stage.actions[1])
        identity = np.array([[Fraction(int(i == j)) for j in range(m * n)] for i in range(m * n)], dtype=object)
        return cls(stage, identity.reshape(m, n, m * n), labels)

    def individual_full_rank(self, profile: Profile) -> tuple[bool, bool]:
        """Whether each player's actions have linearly independent signal distributions (Fudenberg, Levine & Maskin 1994)."""
        i, j = self.stage.profile(profile, "PublicMonitoring.individual_full_rank")
        return _full_rank(self._float[:, j]), _full_rank(self._float[i])

    def pairwise_full_rank(self, profile: Profile) -> bool:
        """Whether the signal tells whose deviation it was: rank m + n − 1 at a profile (Fudenberg, Levine & Maskin 1994)."""
        i, j = self.stage.profile(profile, "PublicMonitoring.pairwise_full_rank")
        both = np.vstack([self._float[:, j], np.delete(self._float[i], j, axis=0)])
        return _full_rank(both)

    def incentives(self, profile: tuple[int, int], unit: tuple[float, float]) -> Incentives:
        """What both players can do instead of a profile, with payoffs less the least in the given units."""
        i, j = profile
        a, b = ((x - x.min()) for x in (self.stage.A, self.stage.B))
        payoffs, gains, changes = [], [], []
        for payoff, action, distribution, scale in (
            (to_float(a[:, j]), i, self._float[:, j], unit[0]),
            (to_float(b[i, :]), j, self._float[i], unit[1]),
        ):
            payoffs.append(float(payoff[action] / scale))
            gains.append(np.delete(payoff - payoff[action], action) / scale)
            changes.append(np.delete(distribution - distribution[action], action, axis=0))
        return Incentives((payoffs[0], payoffs[1]), (gains[0], gains[1]), (changes[0], changes[1]), self._float[i, j])

    @property
    def unit(self) -> tuple[float, float]:
        """The players' payoff ranges, or 1 where a player is indifferent to everything."""
        spread_s, spread_p = (float(x) for x in self.stage.payoff_range)
        return spread_s or 1.0, spread_p or 1.0


def _full_rank(rows: Array) -> bool:
    return bool(np.linalg.matrix_rank(rows, tol=PROGRAMME_ROUNDING) == len(rows))


@dataclass(frozen=True, eq=False)
class PatientPayoffSet(Result):
    """Fudenberg and Levine's set Q: what pure-action public perfect equilibria of very patient players can pay.

    Attributes
    ----------
    vertices
        (k, 2) corners, counter-clockwise; k = 0, 1, 2 for an empty set, a point, a segment.
    directions, scores, profiles
        The directions λ (unit vectors) of the half-planes λ·v ≤ k*(λ) that define the set, the scores, and a profile that
        attains each.
    settled
        Whether every interval of directions was settled; if not, the set is an outer bound.
    monitoring
        The question.

    Examples
    --------
    >>> result = patient_payoff_set(PublicMonitoring.perfect(StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])))
    >>> result.kind, result.is_limit, result.contains((2, 2))
    ('polygon', True, True)
    """

    references: ClassVar[tuple[str, ...]] = ("fudenberg-levine-1994", "fudenberg-levine-maskin-1994")

    vertices: Array
    directions: Array
    scores: Array
    profiles: tuple[tuple[int, int], ...]
    settled: bool
    monitoring: PublicMonitoring

    @property
    def kind(self) -> Kind:
        """The shape by its number of vertices: empty, point, segment or polygon."""
        return _KINDS[min(len(self.vertices), 3)]

    @property
    def is_limit(self) -> bool:
        """Whether the set is the limit of the equilibrium payoffs as δ → 1: it has an interior and was settled."""
        return self.kind == "polygon" and self.settled

    @property
    def message(self) -> str:
        """What the set means, in a sentence."""
        if self.kind == "empty":
            return "No payoff meets every bound, so there is no equilibrium in pure actions at any discount factor."
        if self.is_limit:
            return "The set has an interior: equilibrium payoffs converge to it as the discount factor goes to 1."
        if not self.settled:
            return "Not all directions were settled: the set contains all equilibrium payoffs, but may be too large."
        return "The set has no interior: it contains all equilibrium payoffs, but the limit may be smaller."

    def contains(self, payoff: Any, tolerance: float = 1e-7) -> bool:
        """Whether a payoff vector lies in the set, within ``tolerance`` payoff ranges."""
        v = to_float(number(payoff, "PatientPayoffSet.contains", "payoff"), "PatientPayoffSet.contains(): payoff")
        if np.shape(v) != (2,):
            raise ValueError(f"PatientPayoffSet.contains(): payoff must be a pair; got shape {np.shape(v)}")
        if self.kind == "empty":
            return False
        slack = self.scores - self.directions @ v
        return bool((slack >= -tolerance * np.abs(self.directions) @ np.array(self.monitoring.unit)).all())

    def _record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("vertices", "directions", "scores", "profiles", "kind", "message")}

    def _columns(self) -> Columns:
        """One row per vertex."""
        return {"sponsor": self.vertices[:, 0], "proxy": self.vertices[:, 1]}

    def __str__(self) -> str:
        corners = ", ".join(f"({x:.6g}, {y:.6g})" for x, y in self.vertices)
        return f"{self.kind} {corners}\n{self.message}" if corners else self.message


def patient_payoff_set(monitoring: PublicMonitoring) -> PatientPayoffSet:
    """Payoffs that patient players can reach under imperfect public monitoring, in pure actions, without side payments.

    Examples
    --------
    With one bad signal that may be anyone's doing, part of the gains from cooperation burns at each false alarm (Radner,
    Myerson & Maskin 1986): instead of (2, 2) each can have at most 2 − 0.1/(0.6 − 0.1) = 1.8.

    >>> pd = StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    >>> print(patient_payoff_set(PublicMonitoring.binary(pd, bad=[[0.1, 0.6], [0.6, 0.9]])))
    polygon (0, 0), (2.47826, 0.217391), (1.8, 1.8), (0.217391, 2.47826)
    The set has an interior: equilibrium payoffs converge to it as the discount factor goes to 1.
    """
    if not isinstance(monitoring, PublicMonitoring):
        raise TypeError(f"patient_payoff_set(): monitoring must be a PublicMonitoring; got {monitoring!r}")
    search = _Directions(monitoring)
    if not search.enforceable:
        return PatientPayoffSet(np.empty((0, 2)), np.empty((0, 2)), np.empty(0), (), True, monitoring)
    search.run()
    directions, scores = np.array(search.directions), np.array(search.scores)
    vertices = _intersection(directions, scores)
    # back to payoffs: v = base + unit·u, and λ·u ≤ k becomes (λ/unit)·v ≤ k + (λ/unit)·base
    unit, base = np.array(monitoring.unit), np.array([float(x.min()) for x in (monitoring.stage.A, monitoring.stage.B)])
    directions = directions / unit
    length = np.linalg.norm(directions, axis=1)
    scores = (scores + directions @ base) / length
    order = np.argsort(np.arctan2(directions[:, 1], directions[:, 0]), kind="stable")
    return PatientPayoffSet(
        vertices=vertices * unit + base,
        directions=(directions / length[:, None])[order],
        scores=scores[order],
        profiles=tuple(search.best[k] for k in order),
        settled=search.settled,
        monitoring=monitoring,
    )


class _Directions:
    """The search for the directions in which k* has its kinks, quadrant by quadrant, on payoffs scaled to [0, 1]."""

    def __init__(self, monitoring: PublicMonitoring) -> None:
        m, n = monitoring.stage.shape
        all_profiles = [(i, j) for i in range(m) for j in range(n)]
        self.incentives = {a: monitoring.incentives(a, monitoring.unit) for a in all_profiles}
        # whether incentives can be given at all depends on the signals alone, not on the direction
        self.enforceable = [a for a in all_profiles if all(self.incentives[a].enforceable(i) for i in range(2))]
        self.directions: list[Array] = []
        self.scores: list[float] = []
        self.best: list[tuple[int, int]] = []
        self.settled = True

    def run(self) -> None:
        for player in range(2):
            for sign in (1.0, -1.0):
                direction = np.zeros(2)
                direction[player] = sign
                self._add(direction, {a: self.incentives[a].axis_score(player, sign) for a in self.enforceable})
        for signs in ((1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)):
            self._quadrant(signs)

    def _add(self, direction: Array, values: dict[tuple[int, int], float]) -> None:
        best = max(values, key=lambda a: values[a])
        self.directions.append(direction)
        self.scores.append(values[best])
        self.best.append(best)

    def _quadrant(self, signs: tuple[float, float]) -> None:
        left, right = np.array([signs[0], 0.0]), np.array([0.0, signs[1]])
        pending = [(left, self._points(left, signs), right, self._points(right, signs))]
        splits = 0
        while pending:
            a, at_a, b, at_b = pending.pop()
            t = self._split(a, at_a, b, at_b)
            if t is None:
                continue
            splits += 1
            if splits > _MOST_SPLITS:
                self.settled = False
                return
            c = (1 - t) * a + t * b
            at_c = self._points(c, signs)
            self._add(c, {x: float(point @ c) for x, point in at_c.items()})
            pending += [(a, at_a, c, at_c), (c, at_c, b, at_b)]

    def _points(self, direction: Array, signs: tuple[float, float]) -> dict[tuple[int, int], Array]:
        """For every profile the point c with k(a, λ) = c·λ, inside the quadrant (on an axis: its limit from inside)."""
        return {x: self.incentives[x].score_point(direction, signs) for x in self.enforceable}

    def _split(self, a: Array, at_a: dict[Any, Array], b: Array, at_b: dict[Any, Array]) -> float | None:
        """Where to look between two directions, as a fraction of the way; None if nothing there can cut anything off."""
        k_a = {x: float(point @ a) for x, point in at_a.items()}
        k_b = {x: float(point @ b) for x, point in at_b.items()}
        top_a, top_b = max(k_a.values()), max(k_b.values())
        size = max(np.abs(a).max(), np.abs(b).max())
        if any(k_a[x] >= top_a - PROGRAMME_ROUNDING * size and k_b[x] >= top_b - PROGRAMME_ROUNDING * size for x in k_a):
            return None
        x = max((x for x in k_a if k_a[x] >= top_a - PROGRAMME_ROUNDING * size), key=lambda x: k_b[x])
        y = max((y for y in k_b if k_b[y] >= top_b - PROGRAMME_ROUNDING * size), key=lambda y: k_a[y])
        # the crossing of the lines on which x lies at a and y lies at b, or else of the chords of x and y
        for x_b, y_a in ((float(at_a[x] @ b), float(at_b[y] @ a)), (k_b[x], k_a[y])):
            left, right = top_a - y_a, top_b - x_b
            if left > PROGRAMME_ROUNDING * size and right > PROGRAMME_ROUNDING * size:
                t = left / (left + right)
                if PROGRAMME_ROUNDING < t < 1 - PROGRAMME_ROUNDING:
                    return t
        return None


def _intersection(directions: Array, scores: Array) -> Array:
    """The corners of ⋂ {v : λ·v ≤ k}, counter-clockwise, for directions that include the four axes and payoffs of about 1."""
    corners = np.array([[-9.0, -9.0], [9.0, -9.0], [9.0, 9.0], [-9.0, 9.0]])
    for direction, score in zip(directions, scores, strict=True):
        over = (corners @ direction - score) / np.linalg.norm(direction)
        kept = []
        for p, q, at_p, at_q in zip(corners, np.roll(corners, -1, axis=0), over, np.roll(over, -1), strict=True):
            if at_p <= PROGRAMME_ROUNDING:
                kept.append(p)
            if (at_p <= PROGRAMME_ROUNDING) != (at_q <= PROGRAMME_ROUNDING):
                kept.append(p + (q - p) * min(max(at_p / (at_p - at_q), 0.0), 1.0))
        if not kept:
            return np.empty((0, 2))
        corners = np.array(kept)
    return _tidy(corners)


def _tidy(corners: Array) -> Array:
    """The same polygon without repeated corners and without corners on an edge; a sliver as a segment or a point."""
    far = corners[np.argmax(np.linalg.norm(corners - corners[0], axis=1))]
    other = corners[np.argmax(np.linalg.norm(corners - far, axis=1))]
    along = far - other
    if np.linalg.norm(along) <= _SAME_VERTEX:
        middle: Array = corners.mean(axis=0, keepdims=True)
        return middle
    across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
    if np.ptp(corners @ across) <= _SAME_VERTEX:
        return np.array(sorted([other.tolist(), far.tolist()]))
    points = [p for k, p in enumerate(corners) if np.linalg.norm(p - corners[k - 1]) > _SAME_VERTEX]
    kept = []
    for k, p in enumerate(points):
        before, after = p - points[k - 1], points[(k + 1) % len(points)] - p
        turn = before[0] * after[1] - before[1] * after[0]
        if turn > _SAME_VERTEX * np.linalg.norm(before) * np.linalg.norm(after):
            kept.append(p)
    start = min(range(len(kept)), key=lambda k: tuple(kept[k]))
    return np.array(kept[start:] + kept[:start])
