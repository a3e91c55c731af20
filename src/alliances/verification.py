"""Re-checking a result from its definition.

Solvers compute critical discount factors in closed form, windows by halving, strategies by vertex enumeration.
:func:`verify` does none of that: it asks the definition whether a deviation pays – by how much a player gains from one
deviation, given the values of the strategy – and names the game, the player and the gain where an answer fails.

A gain is **decided** where it is farther from zero than rounding may carry it: near δ = 1, where gains carry the factor 1 − δ,
and within about 10⁻⁹ of an edge, a float answer may be undecided, and then it passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import singledispatch
from itertools import pairwise
from typing import Any

import numpy as np

from alliances.arithmetic import Array, Number, is_exact, like, settle, to_float
from alliances.games import StageGame
from alliances.identification import IdentifiedDiscount
from alliances.minmax import MinMax
from alliances.nash import NashEquilibria, regret
from alliances.power import Power
from alliances.repeated.contract_strategies import ContractStrategy, verify_contract, verify_steps
from alliances.repeated.critical import CriticalDiscount
from alliances.repeated.monitored_contracts import MonitoredContracts
from alliances.repeated.relational_contracts import RelationalContracts
from alliances.repeated.terms import Enforcement, Pair, Terms, terms
from alliances.thresholds import DefectionThreshold, Window

__all__ = ["Verification", "verify"]

PLAYERS = ("sponsor", "proxy")

_SLACK = 16  # roundings of payoffs that may add up in one gain, in tolerances of the game
_JUST = Fraction(1, 10**9)  # how near an edge, of gaps or of discount factors, floats are tried
_JUST_EXACT = Fraction(1, 10**100)  # how near Fractions are
_UNIT = 1e-12  # how far from 1 rounding may carry a sum of probabilities
_FEW = 50  # games whose mixed equilibria are listed again


@dataclass(frozen=True)
class Verification:
    """The outcome of :func:`verify`: true if every check passed.

    Attributes
    ----------
    ok
        Whether the result satisfies its definition.
    checks
        How many conditions were checked.
    witness
        Where it fails, in words; None if it does not.
    """

    ok: bool
    checks: int
    witness: str | None = None

    def __bool__(self) -> bool:
        return self.ok


@singledispatch
def verify(result: object) -> Verification:
    """Re-check a result from its definition, not from the way it was computed.

    Parameters
    ----------
    result
        A :class:`CriticalDiscount`, :class:`DefectionThreshold`, :class:`IdentifiedDiscount`, :class:`MinMax`,
        :class:`NashEquilibria`, :class:`RelationalContracts`, :class:`ContractStrategy` or :class:`MonitoredContracts`.
        Exact results are checked exactly.

    Notes
    -----
    What is checked, and what is not:

    * critical discount factors: the terms against the stage game, the punishments (pure: the worst stage equilibrium, or none;
      mixed: the worst of :meth:`StageGame.nash`, in batches of at most 50 games; optimal penal codes: that the profile gives
      the payoff, but not the steps in δ, see :func:`relational_contracts`), and that deviating pays just below δ* and not
      from δ* on. Float answers of inf are tried up to 1 − 10⁻¹⁵; where a player can be forgiven (finite punishment, noisy
      signals) gains show a δ* above 1 − 10⁻⁷ as little as rounding.
    * thresholds: stability and defectors 10⁻⁹ on either side of every edge, stability at two gaps between neighbouring
      ``samples`` and at 64 gaps in every window and between windows, gap, defector and status given the windows. Not a
      window or a break that all these gaps miss, nor the punishments themselves.
    * identified sets: both ends of every interval, the hardest period, and the critical discount factors behind them.
    * minmax payoffs: the strategies, and that they hold down and secure the payoff.
    * equilibria: strategies, payoffs, regrets, and that no pure equilibrium is missing. Not that no mixed one is.

    Returns
    -------
    Verification
        True in a condition if all checks pass; otherwise with a witness.

    Raises
    ------
    TypeError
        If there is no definition to check ``result`` against.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from alliances import StageGame, critical_discount
    >>> r = critical_discount(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))
    >>> verify(r)
    Verification(ok=True, checks=20, witness=None)
    >>> print(verify(replace(r, proxy=r.proxy / 2)).witness)
    proxy: gains 1/2 by deviating at its critical discount factor 1/14
    """
    raise TypeError(
        f"verify(): result must be a result of this library that has a definition to check; got {type(result).__name__}"
    )


def _outcome(conditions: Iterator[tuple[Any, Any]]) -> Verification:
    """Run through (holds, describe) conditions; ``describe(index)`` words the first failure."""
    count = 0
    for holds, describe in conditions:
        holds = np.asarray(holds, dtype=bool)
        count += 1
        if not holds.all():
            where = tuple(int(k) for k in np.argwhere(~holds)[0])
            place = f"game {where}, " if where else ""
            return Verification(False, count, place + describe(where))
    return Verification(True, count)


def _at(x: Any, where: tuple[int, ...]) -> str:
    value = np.asarray(x)[where] if np.ndim(x) else x
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def _half(delta: Number, one_more: int) -> Number:
    """δ/2 or (δ + 1)/2, in δ's number type."""
    return (delta + one_more) / 2


# -- gains ------------------------------------------------------------------------------------------------------------


def _from_path(what: Terms, lift: Pair = (0, 0)) -> Terms:
    """The same terms with payoffs counted from those on path, so that gains lose no digits; d and w raised by ``lift``.

    Steps of w in δ (``levels``) keep the zero of payoffs that they were computed with.
    """
    if what.levels is not None:
        return what
    (t_s, t_p), (l_s, l_p), (c_s, c_p) = what.temptation, what.loss, what.path
    return replace(
        what, path=(c_s - c_s, c_p - c_p), deviation=(t_s + lift[0], t_p + lift[1]), punished=(lift[0] - l_s, lift[1] - l_p)
    )


def _temptation(enforcement: Enforcement, what: Terms) -> Pair:
    t_s, t_p = what.temptation
    return (t_s + t_p, t_s + t_p) if enforcement.pooled else (t_s, t_p)


def _slack(enforcement: Enforcement, stage: StageGame, k: int, gain: Number) -> Number:
    """How far from zero rounding may carry player k's gain: not at all if it was computed exactly."""
    if is_exact(gain):
        return 0
    rounding = stage.rounding
    return _SLACK * (rounding[0] + rounding[1] if enforcement.pooled else rounding[k])


def _decided(enforcement: Enforcement, stage: StageGame, what: Terms, discount: Pair) -> tuple[Array, Array, Array]:
    """(2, …) for both players: whether deviating surely pays, whether it surely does not, and the gains.

    Without temptation it never pays. What rounding can turn is neither.
    """
    with np.errstate(invalid="ignore"):  # where no punishment exists at δ = 0: neither
        gains = enforcement.gain(_from_path(what), discount)
    tempted = _temptation(enforcement, what)
    pays, stays = [], []
    for k in range(2):
        gain, slack = np.asarray(gains[k]), _slack(enforcement, stage, k, gains[k])
        pays.append(np.asarray(gain > slack, dtype=bool))
        stays.append(np.asarray((gain <= -slack) | np.asarray(tempted[k] <= 0, dtype=bool), dtype=bool))
    shape = np.broadcast_shapes(*(x.shape for x in (*pays, *stays)))
    return (
        np.stack([np.broadcast_to(x, shape) for x in pays]),
        np.stack([np.broadcast_to(x, shape) for x in stays]),
        np.stack([np.broadcast_to(x, shape) for x in gains]),
    )


# -- critical discount factors ----------------------------------------------------------------------------------------


@verify.register
def _(result: CriticalDiscount) -> Verification:
    return _outcome(_critical_conditions(result))


@verify.register
def _(result: RelationalContracts) -> Verification:
    check = verify_steps(result)
    return Verification(check.ok, check.checks, check.witness)


@verify.register
def _(result: ContractStrategy) -> Verification:
    check = verify_contract(result)
    return Verification(check.ok, check.deviations, None if check else str(check))


@verify.register
def _(result: MonitoredContracts) -> Verification:
    check = result.verify()
    return Verification(
        check.ok, check.checks, None if check else f"{check.condition}: fails by {check.violation:.3g} payoff ranges"
    )


def _critical_conditions(r: CriticalDiscount) -> Iterator[tuple[Any, Any]]:
    stage, (i, j) = r.stage, r.profile
    payoffs = stage.A, stage.B
    against = stage.A[..., :, j], stage.B[..., i, :]
    for k, name in enumerate(PLAYERS):
        c, d = r.terms.path[k], r.terms.deviation[k]
        yield c == payoffs[k][..., i, j], lambda _, n=name: f"{n}: payoff on path is not that of the profile"
        yield (
            (against[k] == np.asarray(d)[..., None]).any(axis=-1) & (against[k] <= np.asarray(d)[..., None]).all(axis=-1),
            lambda _, n=name: f"{n}: deviation payoff is not the best against the other's action",
        )
        yield from _punishment_conditions(r, k)
        delta = r.sponsor if k == 0 else r.proxy
        finite = np.asarray(delta < 1, dtype=bool)  # as a Fraction: its float may be 1
        yield (
            (finite & np.asarray(delta >= 0, dtype=bool)) | np.asarray(delta == np.inf, dtype=bool),
            lambda at, n=name, x=delta: f"{n}: {_at(x, at)} is not in [0, 1) or inf",
        )
        inside = np.where(finite, delta, 0) if np.ndim(delta) else (delta if finite else 0)
        gain = _gain(r, inside)[k]
        yield (
            ~finite | (gain <= _slack(r.enforcement, stage, k, gain)),
            lambda at, n=name, x=delta, g=gain: (
                f"{n}: gains {_at(g, at)} by deviating at its critical discount factor {_at(x, at)}"
            ),
        )
        more = _gain(r, _half(inside, 1))[k]
        yield (
            ~finite | (more <= _slack(r.enforcement, stage, k, more)),
            lambda _, n=name: f"{n}: gains by deviating although more patient than critical",
        )
        positive = finite & np.asarray(inside > 0, dtype=bool)
        less = _gain(r, _half(inside, 0))[k]
        yield (
            ~positive | (less > 0),
            lambda at, n=name, x=delta: f"{n}: would not deviate at half its critical discount factor {_at(x, at)}",
        )
        if r.terms.levels is not None:  # punishments that worsen in steps may leave something to spare, but not just below
            below = settle(np.asarray(inside * like(1 - _JUST, inside) - 2 * r.terms.levels.slack.max(axis=-1)))
            positive = positive & np.asarray(below > 0, dtype=bool)
            gain = _gain(r, np.maximum(below, inside * 0))[k]
        yield (
            ~positive | (gain >= -_slack(r.enforcement, stage, k, gain)),
            lambda at, n=name, x=delta, g=gain: f"{n}: has {_at(-g, at)} to spare at its critical discount factor {_at(x, at)}",
        )
        yield (
            finite | _never_enough(r, k),
            lambda _, n=name: f"{n}: some discount factor below 1 suffices, though inf is reported",
        )


def _gain(r: CriticalDiscount, delta: Number) -> Pair:
    with np.errstate(invalid="ignore"):  # 0·∞ at δ = 0, where optimal penal codes have no punishment: not used
        return r.enforcement.gain(_from_path(r.terms), (delta, delta))


def _never_enough(r: CriticalDiscount, k: int) -> Any:
    """Whether player k gains by deviating at every discount factor, for all that rounding of payoffs allows.

    Gains vanish as δ → 1, so rounding is allowed for in the payoffs, where it arises, and not in the gain.
    """
    exact = is_exact(r.terms.path[k])
    tried = (1 - _JUST_EXACT,) if exact else tuple(1 - 10.0**-n for n in range(1, 16))
    zero = r.terms.path[k]
    lift = tuple(_slack(r.enforcement, r.stage, player, zero) for player in range(2))
    optimistic, levels = _from_path(r.terms, lift), r.terms.levels is not None  # type: ignore[arg-type]
    size = 0 if exact else sum(np.abs(to_float(x[k])) for x in (optimistic.deviation, optimistic.punished))
    slack = lift[k] if levels else like(_SLACK * Fraction(1, 2**52), zero) * size
    never = np.asarray(_gain(r, _half(zero - zero, 1))[k] > 0, dtype=bool)  # otherwise there is no temptation: 0, not inf
    for delta in tried:
        never = never & np.asarray(r.enforcement.gain(optimistic, (delta, delta))[k] >= -slack, dtype=bool)
    return never


def _equilibria(stage: StageGame, tolerance: Pair) -> Array:
    """(…, m, n): which profiles are pure Nash equilibria, action by action."""
    within_s, within_p = (np.asarray(t)[..., None, None] for t in tolerance)
    stable = np.ones(stage.A.shape, dtype=bool)
    for row in range(stage.shape[0]):
        stable &= np.asarray(stage.A[..., row, None, :] - stage.A <= within_s, dtype=bool)
    for column in range(stage.shape[1]):
        stable &= np.asarray(stage.B[..., :, column, None] - stage.B <= within_p, dtype=bool)
    return stable


def _punishment_conditions(r: CriticalDiscount, k: int) -> Iterator[tuple[Any, Any]]:
    """The punishment is the worst stage equilibrium for the player, or none; the profile named for it is that equilibrium."""
    stage, name, mixed = r.stage, PLAYERS[k], getattr(r.enforcement, "mixed", None)
    payoff, w = (stage.A, stage.B)[k], np.asarray(r.terms.punished[k])
    row, column = (np.asarray(r.punishment.profiles[k])[..., player] for player in range(2))
    named = (row >= 0) & (column >= 0)

    def at_profile(x: Array) -> Array:
        flat = np.where(named, row * stage.shape[1] + column, 0)
        found: Array = np.take_along_axis(x.reshape(*stage.batch_shape, -1), flat[..., None], axis=-1)[..., 0]
        return found

    if r.terms.levels is not None:  # a penal code's profile gives the punished player its best deviation from it
        best = payoff.max(axis=-2 + k, keepdims=True)
        reached = at_profile(np.broadcast_to(best, payoff.shape))
        near = np.abs(reached - np.where(named, w, reached)) <= _slack(r.enforcement, stage, k, payoff)
        yield (
            near & (named == (np.asarray(to_float(w)) < np.inf)),
            lambda _, n=name: f"{n}: the punishing profile does not hold it down to the punishment payoff",
        )
        return
    if mixed is None:  # a concept of the user's own: only the user knows its punishments
        return
    within = stage.tolerance
    if mixed:  # the regret that the list of equilibria allows
        within = tuple(_SLACK * np.asarray(x) for x in within)
    stable = _equilibria(stage, within)
    exists = np.asarray(True) if mixed else stable.any(axis=(-2, -1))
    if not mixed:
        worst = np.where(exists, np.where(stable, payoff, np.inf).min(axis=(-2, -1)), r.terms.path[k])
        yield w == worst, lambda _, n=name: f"{n}: the punishment payoff is not that of its worst pure stage equilibrium"
    elif stage.A[..., 0, 0].size <= _FEW:
        each = [stage[index] if index else stage for index in np.ndindex(stage.batch_shape)]
        least = [min(getattr(e, name) for e in game.nash()) for game in each]
        worst = np.array(least, dtype=payoff.dtype).reshape(stage.batch_shape)
        yield (
            np.abs(w - worst) <= _slack(r.enforcement, stage, k, payoff),
            lambda _, n=name: f"{n}: the punishment payoff is not that of its worst stage equilibrium",
        )
    yield (
        np.where(named, at_profile(stable) & (at_profile(payoff) == w), bool(mixed) | ~exists)
        & (np.asarray(r.punishment.exists) == exists)
        & (~exists | (np.asarray(r.punishment.payoffs[k]) == w)),
        lambda _, n=name: f"{n}: the punishing profile is not an equilibrium that gives the punishment payoff",
    )


# -- thresholds -------------------------------------------------------------------------------------------------------


@verify.register
def _(result: DefectionThreshold) -> Verification:
    return _outcome(_threshold_conditions(result))


def _threshold_conditions(t: DefectionThreshold) -> Iterator[tuple[Any, Any]]:
    just, (low, high) = float(_JUST), t.domain
    bounds = [low, *(x for w in t.windows for x in (w.lower, w.upper)), high]
    yield np.diff(bounds) >= 0, lambda _: "the windows are not in order, or not in the domain"
    for w in t.windows:
        ends = (w.lower, w.lower_defector, low), (w.upper, w.upper_defector, high)
        yield (
            [(x == end) == (defector is None) for x, defector, end in ends],
            lambda _, w=w: f"window {w}: has a defector where it ends with the domain, or none where it does not",
        )
    steps = np.add.outer(np.arange(t.samples - 1), (1 / 3, 2 / 3)).ravel()  # where solvers that halve do not look
    between = low + (high - low) * steps / (t.samples - 1)
    for number_, (a, b) in enumerate(pairwise(bounds)):
        inside, near = number_ % 2 == 1, min(just, (b - a) / 2)
        if not inside and b - a < 1e-11:  # edges are no more accurate: nothing need be left between them
            continue
        points = np.concatenate(
            [[a + near, b - near], np.linspace(a, b, 66)[1:-1], between[(between > a + near) & (between < b - near)]]
        )
        pays, stays, gains = _at_gaps(t, points)
        most = gains.max(axis=0)
        if inside:
            yield (
                ~pays.any(axis=0),
                lambda at, g=most, x=points: f"a player gains {_at(g, at)} by deviating inside a window, at gap {_at(x, at)}",
            )
        else:
            yield (
                ~stays.all(axis=0),
                lambda at, x=points: f"nobody gains by deviating outside the windows, at gap {_at(x, at)}",
            )
            # the first two points lie just outside the edges: the upper one of the window below, the lower one of that above
            below, above = t.windows[: number_ // 2][-1:], t.windows[number_ // 2 :][:1]
            for place, defector in ((0, [w.upper_defector for w in below]), (1, [w.lower_defector for w in above])):
                for who in defector:
                    yield (
                        [~(stays if who in (n, "both") else pays)[k, place] for k, n in enumerate(PLAYERS)],
                        lambda at, d=who, x=points[place]: (
                            f"{PLAYERS[at[0]]}: gains or does not gain by deviating at gap {x:.6g}, against defector {d}"
                        ),
                    )
    home = _home(t)
    status = (
        "never stable"
        if not t.windows
        else "unstable at start"
        if home is None
        else "always stable"
        if (home.lower, home.upper) == (low, high)
        else "no lower edge"
        if home.lower_defector is None
        else "threshold"
    )
    yield t.status == status, lambda _: f'the status is "{t.status}", but by the windows it is "{status}"'
    gap, defector = (home.lower, home.lower_defector) if home and status == "threshold" else (None, None)
    yield t.gap == gap, lambda _: f"the threshold is {t.gap}, but the lower edge of the window started from is {gap}"
    yield t.defector == defector, lambda _: f"the defector is {t.defector}, but at the threshold it is {defector}"


def _home(t: DefectionThreshold) -> Window | None:
    """The window that the alliance starts from: the highest, unless told otherwise."""
    return next((w for w in reversed(t.windows) if t.start is None or t.start in w), None)


def _at_gaps(t: DefectionThreshold, gaps: Array) -> tuple[Array, Array, Array]:
    stage = t.game.stage_game(Power.from_gap(gaps, t.total)).to_float()
    what = terms(stage, stage.profile(t.profile), t.enforcement.punish(stage))
    return _decided(t.enforcement, stage, what, t.discount)


# -- identified sets --------------------------------------------------------------------------------------------------


@verify.register
def _(result: IdentifiedDiscount) -> Verification:
    return _outcome(_identified_conditions(result))


def _identified_conditions(r: IdentifiedDiscount) -> Iterator[tuple[Any, Any]]:
    """Nobody gains before the break from ``lower`` on; somebody gains at it below ``upper``. Tried at both, and all over."""
    yield from _critical_conditions(r.critical)
    exact = is_exact(r.critical.terms.path[0])
    just: Number = _JUST_EXACT if exact else float(_JUST)
    one: Number = Fraction(1) if exact else 1.0
    grid = [one * n / 100 for n in range(100)]
    for who, interval in (("common", r.common), ("sponsor", r.sponsor), ("proxy", r.proxy)):
        both = who == "common" or r.broken_by is None
        players = [0, 1] if both else [PLAYERS.index(who)]
        lower, upper = np.asarray(interval.lower), np.asarray(interval.upper)
        breaks = both or who == r.broken_by
        yield (
            (lower >= 0) & (upper >= 0) & (upper <= 1) & (breaks | (upper == 1)),
            lambda _, n=who: f"{n}: the interval's ends are not discount factors, or it ends although the other player broke",
        )
        beside = [np.where(end < 1, end, one) + side for end in (lower, upper) for side in (-just, just - just, just)]
        for delta in (*grid, *beside):
            delta = np.asarray(np.clip(delta, one - one, one - just))
            pays, stays = _in_periods(r, delta, players)
            yield (
                ~np.where(delta >= lower, pays[..., :-1].any(axis=-1), stays[..., :-1].all(axis=-1)),
                lambda at, d=delta, n=who: (
                    f"{n}: δ = {_at(d, at)} is on the wrong side of the lower end, by the gains from deviating before the break"
                ),
            )
            if breaks:
                yield (
                    ~np.where(delta < upper, stays[..., -1], pays[..., -1]),
                    lambda at, d=delta, n=who: (
                        f"{n}: δ = {_at(d, at)} is on the wrong side of the upper end, by the gains from deviating at the break"
                    ),
                )
    lower, hardest = np.asarray(r.common.lower), np.asarray(r.hardest)
    delta = np.asarray(np.clip(np.where(lower < 1, lower, one) - just, one - one, one - just))
    _, stays = _in_periods(r, delta, [0, 1])
    periods = stays.shape[-1] - 1
    valid = (hardest >= 0) & (hardest < periods)
    easy = np.take_along_axis(stays, np.where(valid, hardest, 0)[..., None], axis=-1)[..., 0]
    yield (
        valid & ((lower <= 0) | ~easy),
        lambda at: f"period {_at(r.hardest, at)} is not the hardest: nobody gains by deviating in it just below the lower end",
    )


def _in_periods(r: IdentifiedDiscount, delta: Array, players: list[int]) -> tuple[Array, Array]:
    """Per model and period: whether one of the players surely gains by deviating at δ, and whether none surely does."""
    each = settle(delta) if delta.ndim == 0 else delta[..., None]
    pays, stays, _ = _decided(r.critical.enforcement, r.critical.stage, r.critical.terms, (each, each))
    return pays[players].any(axis=0), stays[players].all(axis=0)


# -- stage games ------------------------------------------------------------------------------------------------------


def _probabilities(strategy: Array) -> Any:
    """Whether strategies (…, n) are probability vectors."""
    total = strategy.sum(axis=-1)
    unit = total == 1 if is_exact(strategy) else np.abs(total - 1) <= _UNIT
    return (strategy >= 0).all(axis=-1) & unit


@verify.register
def _(result: MinMax) -> Verification:
    return _outcome(_minmax_conditions(result))


def _minmax_conditions(r: MinMax) -> Iterator[tuple[Any, Any]]:
    stage: StageGame = r.stage
    own = stage.A, np.swapaxes(stage.B, -1, -2)
    held = r.against_sponsor, r.against_proxy
    secures = r.securing_sponsor, r.securing_proxy
    for k, name in enumerate(PLAYERS):
        slack = _SLACK * np.asarray(stage.tolerance[k])
        value = np.asarray((r.sponsor, r.proxy)[k])
        for strategy, what in ((held[k], "the punishment"), (secures[k], "its securing strategy")):
            yield (
                _probabilities(strategy) & (r.mixed or np.asarray(strategy == 1, dtype=bool).any(axis=-1)),
                lambda _, n=name, w=what: f"{n}: {w} is no {'probability vector' if r.mixed else 'pure strategy'}",
            )
        replies = (own[k] * held[k][..., None, :]).sum(axis=-1)
        yield (
            replies.max(axis=-1) <= value + slack,
            lambda _, n=name: f"{n}: the punishment does not hold it down to the minmax payoff",
        )
        if r.mixed:
            sure = (own[k] * secures[k][..., :, None]).sum(axis=-2).min(axis=-1)
        else:  # the best reply to the punishment, and no other pure punishment is worse
            sure = (replies * secures[k]).sum(axis=-1)
            least = own[k].max(axis=-2).min(axis=-1)
            yield least >= value - slack, lambda _, n=name: f"{n}: another pure action punishes more"
        yield sure >= value - slack, lambda _, n=name: f"{n}: its securing strategy does not guarantee the minmax payoff"


@verify.register
def _(result: NashEquilibria) -> Verification:
    return _outcome(_nash_conditions(result))


def _nash_conditions(r: NashEquilibria) -> Iterator[tuple[Any, Any]]:
    stage = r.stage
    for number_, e in enumerate(r):
        for name, strategy in (("sponsor", e.x), ("proxy", e.y)):
            yield (
                _probabilities(strategy),
                lambda _, n=name, q=number_: f"equilibrium {q}: {n}'s strategy is no probability vector",
            )
        gains = regret(stage, e.x, e.y)
        for k, gain in enumerate(gains):
            slack = _SLACK * np.asarray(stage.tolerance[k])
            yield (
                gain <= slack,
                lambda _, n=PLAYERS[k], q=number_, g=gain: f"equilibrium {q}: {n} gains {_at(g, ())} by deviating",
            )
            payoff = e.x @ (stage.A, stage.B)[k] @ e.y
            yield (
                abs((e.sponsor, e.proxy)[k] - payoff) <= slack,
                lambda _, n=PLAYERS[k], q=number_, p=payoff: f"equilibrium {q}: {n}'s payoff is {_at(p, ())}",
            )
        most = max(gains)
        yield (
            abs(e.regret - most) <= _SLACK * max(stage.tolerance),
            lambda _, q=number_, g=most: f"equilibrium {q}: the regret is {_at(g, ())}",
        )
    yield len(r) > 0, lambda _: "no equilibrium was found, although every finite game has one (Nash 1951)"
    listed = {(int(np.argmax(e.x)), int(np.argmax(e.y))) for e in r if e.pure}
    for i, j in np.argwhere(_equilibria(stage, (0, 0))).tolist():  # near ties may be merged or left out
        yield (i, j) in listed, lambda _, p=(i, j): f"the pure equilibrium {p} is missing"
