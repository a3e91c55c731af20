r"""Optimal penal codes: critical discount factors under the harshest credible punishments.

After a deviation by player i the equilibrium that is worst for i is played (Abreu 1988, Econometrica 56:383-396); it pays
v_i(δ) = min {w_i : w ∈ V(δ)}, where V(δ) are the pure-action subgame-perfect equilibrium payoffs with public
randomisation. Playing a profile for ever, with payoffs c and best deviations d, is an equilibrium iff for both players

    δ (c_i − v_i(δ)) ≥ (1 − δ)(d_i − c_i)   ⟺   δ ≥ need_i(v_i(δ)),   need_i(v) = (d_i − c_i)/(d_i − v) if c_i > v, else ∞.

V(δ) grows with δ, so v_i falls, need_i(v_i(δ)) falls, and δ_i* = min {δ : δ ≥ need_i(v_i(δ))} splits [0, 1): player i
conforms exactly from δ_i* on. (The minimum exists: V(δ) = ⋂_{δ' > δ} V(δ').)

Brackets. If δ is enough, need_i(v_i(δ)) ≤ δ_i* ≤ δ; if not, δ < δ_i* ≤ need_i(v_i(δ)). Where v_i is constant about δ_i*
the two meet after a step or two, in rational numbers, and δ_i* = need_i(v_i(δ_i*)) is proved. Otherwise v_i jumps at
δ_i*, because another profile becomes playable there, or moves with δ, and then δ_i* can be an irrational algebraic
number: bisection goes on to a width of 2⁻³², and the simplest fraction in the bracket is returned if it is enough, the
bracket's upper end otherwise.

Discount factors above 1 − 10⁻⁶ are not searched: what needs more is reported as ∞. A profile that pays no more than the pure
minmax is never sustained against a temptation; this needs no payoff set.

Both players share δ: with different discount factors payoffs can be traded over time (Lehrer & Pauzner 1999,
Econometrica 67:393-412), and V(δ) is not the relevant set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import numpy as np

from alliances.arithmetic import Array, Number, number, to_float
from alliances.arithmetic.tolerance import RANGE_SHARE, STANDSTILL, payoff_tolerance
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import Cells
from alliances.repeated.enforcement.brackets import MOST_PATIENT, WIDTH, searched, sharpened, simplest
from alliances.repeated.enforcement.comparisons import Labels, worst_equilibria
from alliances.repeated.enforcement.concept import Enforcement, Pair, Punishment, PunishmentKind, Terms, Threat, minmax_threat
from alliances.repeated.payoff_sets.batch import solve_batch
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.solve import payoff_set
from alliances.values import Value, read_only

__all__ = ["MOST_PATIENT", "OptimalPenalCode", "PenalCode", "critical_discount_of_payoffs", "critical_discount_opc"]

_FLOAT_WIDTH = 1e-13  # of a bracket of discount factors: where floats are bisected no further
_MEMBERSHIP_WIDTH = 1e-12  # the same where membership in a payoff set decides


@dataclass(frozen=True)
class OptimalPenalCode(Enforcement):
    """Punish a deviator by the subgame-perfect equilibrium that is worst for it.

    Also called simple penal codes, Abreu punishments. Pure actions, public randomisation, perfect monitoring and a common
    discount factor. Never weaker than reversion to pure stage equilibria.

    Notes
    -----
    Exact games give exact critical discount factors where these are rational and the proof closes, otherwise a fraction
    within 2⁻³² above (see the module); batches of games are solved in floating point, to 10⁻¹³.

    Examples
    --------
    >>> from alliances import critical_discount
    >>> cournot = StageGame([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]])
    >>> critical_discount(cournot).dyad, critical_discount(cournot, enforcement=OptimalPenalCode()).dyad
    (Fraction(5, 8), Fraction(1, 3))
    """

    references: ClassVar[tuple[str, ...]] = ("abreu-1988", "abreu-sannikov-2014")

    @property
    def in_closed_form(self) -> bool:
        """Of this class; a subclass answers for itself."""
        return type(self) is OptimalPenalCode

    @classmethod
    def examples(cls) -> tuple[OptimalPenalCode, ...]:
        """The default."""
        return (cls(),)

    @property
    def kind(self) -> PunishmentKind:
        """The worst equilibrium of the repeated game."""
        return "equilibrium of the repeated game"

    @property
    def common(self) -> bool:
        """The worst equilibrium is known for a common discount factor only."""
        return True

    def punish(self, stage: StageGame) -> Punishment:
        """The worst equilibrium payoffs: for the most patient players that are considered, and as a function of δ."""
        worst = WorstEquilibria.of(stage)
        none = np.full((*stage.batch_shape, 2), -1)
        return Punishment(worst.patient, (none, none), np.isfinite(to_float(np.asarray(worst.patient[0]))), worst=worst)

    def critical(self, terms: Terms) -> Pair:
        """The least δ_i with δ_i ≥ need_i(v_i(δ_i)); see the module."""
        assert isinstance(terms.worst, WorstEquilibria)
        pair, _ = _critical(terms.worst, terms.path, terms.deviation)
        return pair

    def threat(self, cells: Cells, actions: Labels) -> Threat:  # noqa: ARG002
        """Each player's worst stage equilibrium, where it is the minmax payoff; elsewhere worse ones are possible."""
        return minmax_threat(cells, Threat(worst_equilibria(cells), True))

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """The best deviation now and the worst equilibrium from then on, less the path for ever."""
        assert terms.worst is not None
        (c_s, c_p), (d_s, d_p) = terms.path, terms.deviation
        v_s, v_p = (np.minimum(v, c) for v, c in zip(terms.worst(discount[0]), (c_s, c_p), strict=True))
        delta = discount[0]
        return (1 - delta) * d_s + delta * v_s - c_s, (1 - delta) * d_p + delta * v_p - c_p


@dataclass(frozen=True, eq=False)
class WorstEquilibria(Value):
    """δ ↦ (v_S(δ), v_P(δ)), the worst subgame-perfect equilibrium payoffs; inf where there is no equilibrium."""

    stage: StageGame

    @classmethod
    def of(cls, stage: StageGame) -> WorstEquilibria:
        """Those of a game, or of a batch in floating point; the same ones as long as somebody keeps them.

        Regimes ask about one game after another profile, and the sets of the most patient players are the same.
        """
        stage = stage.to_float() if stage.batch_shape else stage
        known = _KEPT.get(id(stage))
        if known is None or known.stage is not stage:
            known = _KEPT[id(stage)] = cls(stage)
        return known

    def __call__(self, discount: Number) -> Pair:
        payoffs = payoff_set(self.stage, discount)
        if isinstance(payoffs, PayoffSet):
            return (np.inf, np.inf) if payoffs.punishments is None else payoffs.punishments
        v = np.where(np.isnan(payoffs.punishments), np.inf, payoffs.punishments)
        return v[..., 0].reshape(self.stage.batch_shape), v[..., 1].reshape(self.stage.batch_shape)

    @cached_property
    def patient(self) -> Pair:
        """Those of the most patient players that are considered: asked for more than once, and the dearest of all."""
        worst: Pair = read_only(self(MOST_PATIENT if self.stage.exact else float(MOST_PATIENT)))
        return worst


_KEPT: WeakValueDictionary[int, WorstEquilibria] = WeakValueDictionary()


@dataclass(frozen=True, eq=False)
class PenalCode(Value):
    """Critical discount factors of a profile under optimal penal codes; arrays for a batch.

    Attributes
    ----------
    sponsor, proxy
        δ_S*, δ_P*: 0 without temptation, inf if no δ ≤ 1 − 10⁻⁶ is enough.
    dyad
        The larger: from here on the profile is played for ever in some equilibrium.
    punishments
        (v_S, v_P) at the dyad's critical discount factor; NaN where that is infinite or 0.
    exact
        Whether both numbers are proved to be exact.
    """

    sponsor: Number
    proxy: Number
    dyad: Number
    punishments: tuple[Number, Number]
    exact: Any


def critical_discount_opc(stage: StageGame, profile: Profile = (0, 0)) -> PenalCode:
    """The least discount factors at which a profile is sustained for ever by optimal penal codes.

    Parameters
    ----------
    stage
        One game (exact if its payoffs are), or a batch (floats).
    profile
        The profile, by indices or labels.

    Examples
    --------
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> code = critical_discount_opc(pd)
    >>> code.dyad, code.exact
    (Fraction(1, 7), True)
    """
    if not isinstance(stage, StageGame):
        raise TypeError(f"critical_discount_opc(): stage must be a StageGame; got {stage!r}")
    pair = stage.profile(profile, "critical_discount_opc")
    worst = WorstEquilibria.of(stage)
    (sponsor, proxy), exact = _critical(worst, stage.payoffs(pair), stage.best_deviations(pair))
    dyad = np.maximum(sponsor, proxy)
    u = np.full((2, *stage.batch_shape), np.nan, object if stage.exact and not stage.batch_shape else float)
    some = np.asarray((dyad > 0) & (dyad < 1), bool)
    if stage.batch_shape:
        if some.any():
            u[:, some] = WorstEquilibria(worst.stage[some])(dyad[some])
    elif some:
        u[:] = worst(dyad)
    return PenalCode(sponsor, proxy, dyad, (u[0], u[1]), exact)


def _critical(worst: WorstEquilibria, c: Pair, d: Pair) -> tuple[Pair, bool]:
    """The critical discount factors of staying on path with payoffs c against the best deviations d, and whether proved."""
    stage = worst.stage
    if stage.batch_shape:
        return _batch(worst, c, d), False
    sets: dict[Number, tuple[Pair, bool]] = {}

    def least(i: int, game: StageGame) -> Callable[[Number], Number]:
        def v(delta: Number) -> Number:
            if (delta, game.exact) not in sets:
                payoffs = payoff_set(game, delta)
                assert isinstance(payoffs, PayoffSet)
                u = (np.inf, np.inf) if payoffs.punishments is None else payoffs.punishments
                sets[delta, game.exact] = u, payoffs.status == "proved"
            return sets[delta, game.exact][0][i]

        return v

    if not stage.exact:
        sets[float(MOST_PATIENT), False] = worst.patient, False
    floats = stage.to_float()
    minmax = stage.A.max(axis=0).min(), stage.B.max(axis=1).min()
    critical: list[Number] = []
    proofs = []
    for i in (0, 1):
        if d[i] - c[i] <= stage.tolerance[i]:
            critical.append(Fraction(0) if stage.exact else 0.0)
            proofs.append(stage.exact)
            continue
        if minmax[i] - (0 if stage.exact else RANGE_SHARE * stage.payoff_range[i]) >= c[i]:
            critical.append(np.inf)  # no punishment is worse than the profile, whatever δ
            proofs.append(stage.exact)
            continue
        most = float(MOST_PATIENT)
        rough = searched(float(c[i]), float(d[i]), least(i, floats), most, _FLOAT_WIDTH, floats.payoff_range[i])
        if not stage.exact:
            critical.append(rough)
            proofs.append(False)
            continue
        exactly, proof = sharpened(c[i], d[i], least(i, stage), rough)
        critical.append(exactly)
        proofs.append(proof and all(proved for (_, e), (_, proved) in sets.items() if e))
    return (critical[0], critical[1]), all(proofs)


def critical_discount_of_payoffs(stage: StageGame, point: Any) -> Number:
    """The least discount factor at which a payoff point is an equilibrium payoff.

    V(δ) grows with δ, so bisection on membership is well defined. For exact games membership is decided exactly; the
    simplest fraction is returned that is enough while 2⁻³² less is not, and if there is none the upper end of a bracket
    of that width. Floats: within 10⁻¹².

    Returns
    -------
    Fraction or float
        0 for a lottery over stage Nash payoffs; inf if no δ ≤ 1 − 10⁻⁶ is enough.

    Examples
    --------
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> critical_discount_of_payoffs(pd, (9, 9)), critical_discount_of_payoffs(pd, (9, 10))
    (Fraction(1, 7), inf)
    """
    function = "critical_discount_of_payoffs"
    if not isinstance(stage, StageGame):
        raise TypeError(f"{function}(): stage must be a StageGame; got {stage!r}")
    stage.single(function)
    x = number(point, function, "point")
    if np.shape(x) != (2,):
        raise ValueError(f"{function}(): point must be a pair (sponsor's payoff, proxy's payoff); got {point!r}")
    floats = stage.to_float()

    def inside(game: StageGame, delta: Number) -> bool:
        payoffs = payoff_set(game, delta)
        assert isinstance(payoffs, PayoffSet)
        return payoffs.contains(x)

    exact = stage.exact
    if inside(stage, Fraction(0) if exact else 0.0):
        return Fraction(0) if exact else 0.0
    if not inside(floats, 1 - 1e-6) and not (exact and inside(stage, MOST_PATIENT)):
        return np.inf
    low, high = 0.0, 1 - 1e-6
    while high - low > _MEMBERSHIP_WIDTH:
        middle = (low + high) / 2
        low, high = (low, middle) if inside(floats, middle) else (middle, high)
    if not exact:
        return high
    below, above = Fraction(0), MOST_PATIENT
    for margin in (Fraction(1, 1 << 34), Fraction(1, 1 << 16)):
        lower, upper = max(Fraction(low) - margin, Fraction(0)), min(Fraction(high) + margin, MOST_PATIENT)
        if not inside(stage, lower) and inside(stage, upper):
            below, above = lower, upper
            break
    simple = simplest(below, above)
    if below < simple < above and inside(stage, simple) and not inside(stage, simple - WIDTH):
        return simple
    while above - below > WIDTH:
        center = (below + above) / 2
        below, above = (below, center) if inside(stage, center) else (center, above)
    simple = simplest(below, above)
    return simple if inside(stage, simple) else above


def _batch(worst: WorstEquilibria, on_path: Pair, deviation: Pair) -> Pair:
    """The brackets for a batch of games: both players of all games at once."""
    stage = worst.stage
    shape = stage.batch_shape
    m, n = stage.shape
    a, b = (to_float(x).reshape(-1, m, n) for x in (stage.A, stage.B))
    games = len(a)
    both = np.tile(np.arange(games), 2)
    player = np.repeat([0, 1], games)
    c, d = (np.concatenate([np.ravel(to_float(np.asarray(x))) for x in pair]) for pair in (on_path, deviation))
    spread = np.concatenate([np.ptp(a, axis=(1, 2)), np.ptp(b, axis=(1, 2))])
    size = np.concatenate([np.abs(a).max(axis=(1, 2)), np.abs(b).max(axis=(1, 2))])
    tolerance = payoff_tolerance(spread, size)

    def need(which: Array, delta: Array) -> Array:
        k = both[which]
        u = solve_batch(StageGame._trusted(a[k], b[k], stage.actions), delta).punishments[np.arange(len(k)), player[which]]
        return needed(which, np.where(np.isnan(u), np.inf, u))

    def needed(which: Array, v: Array) -> Array:
        v = v - RANGE_SHARE * spread[which]
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(v < c[which], (d - c)[which] / np.where(v < c[which], d[which] - v, 1.0), np.inf))

    result = np.zeros(2 * games)
    which = np.flatnonzero(d - c > tolerance)
    low, high = np.zeros(2 * games), np.full(2 * games, float(MOST_PATIENT))
    if len(which):
        low[which] = needed(which, np.concatenate([np.ravel(v) for v in worst.patient])[which])
    result[which] = np.inf
    which = which[low[which] <= high[which]]
    fresh = np.ones(2 * games, bool)  # whether the lower end is a need, and may be the answer
    while len(which):
        ask = which[fresh[which]]
        if len(ask):
            reach = need(ask, low[ask])
            settled = reach <= low[ask] + STANDSTILL
            result[ask[settled]] = low[ask[settled]]
            high[ask] = np.minimum(high[ask], reach)
            which = np.setdiff1d(which, ask[settled], assume_unique=True)
            if not len(which):
                break
        middle = (low[which] + high[which]) / 2
        reach = need(which, middle)
        enough = reach <= middle
        fresh[which] = enough & (reach > low[which] + STANDSTILL)
        low[which] = np.where(enough, np.maximum(low[which], reach), middle)
        high[which] = np.where(enough, middle, np.minimum(high[which], reach))
        narrow = high[which] - low[which] <= _FLOAT_WIDTH
        result[which[narrow]] = high[which[narrow]]
        which = which[~narrow]
    return result[:games].reshape(shape), result[games:].reshape(shape)
