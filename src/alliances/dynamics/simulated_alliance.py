"""An alliance played period by period while chance moves the gap: who plays what, when punishment starts, what it pays.

In each period

1. power is what the path says, times a shock: ln(s/p) = λ_t + u_t with u_t = ρ u_{t−1} + σ ε_t, u_{−1} = 0 and ε_t standard
   normal, the total s + p being that of the path. ρ = 0 are shocks that last one period, ρ = 1 is a random walk;
2. on the path of play both choose the profile to be sustained, but for a player i with δ_i < δ_i* at today's power: it deviates
   to its best reply. Players take today's power for permanent, as everywhere in the theory without moving power;
3. the period ends with a signal. It accuses a player that deviated; under :class:`alliances.ImperfectMonitoring` it misses a
   deviation with probability β, and accuses one of the two wrongly, each as often, with probability α after cooperation. Where
   both deviate, the side that needs more patience is accused (the sponsor, if they need the same);
4. from the next period on, the stage equilibrium that is worst for the accused, at the power of each period, is played: for
   ever, or for as many periods as :class:`alliances.FinitePunishment` says, and then play returns to the path. Where the stage
   game has no pure equilibrium nothing punishes, and the profile to be sustained is played.

With σ = 0 and a constant power nothing is random but signals, and discounted payoffs are those of the theory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import NONNEGATIVE, PROBABILITY, Array, Number, scalar, to_float
from alliances.arithmetic.canonical import random_generator
from alliances.dynamics.arguments import decimal_number, labels, whole
from alliances.games.bimatrix import Profile
from alliances.games.players import BINDING, PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, check_model, float_discount, repeated_game
from alliances.repeated.critical import CriticalDiscount, critical_discount, sustained
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.results import Result

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["PHASES", "SimulatedAlliance", "simulate_alliance"]

PHASES: tuple[str, ...] = ("on path", "deviation", "punishment")
"""What a period is: both keep to the profile, somebody deviates from it, or somebody is punished."""

_MOST = 50_000_000  # games: what a machine can hold
_WIDEST = 700  # log ratios: beyond, a power rounds to 0


@dataclass(frozen=True, eq=False)
class SimulatedAlliance(Result):
    """Random histories of an alliance, N of T periods each.

    Attributes
    ----------
    dates
        (T,) what the periods are called.
    gap
        (N, T) the gap of power.
    profiles
        (N, T, 2) the actions played, by index.
    payoffs
        (N, T, 2) the stage payoffs of the sponsor and the proxy.
    phase
        (N, T) what the period is, as an index into "on path", "deviation", "punishment".
    deviators, accused
        (N, T) who deviates, and whom the signal at the period's end accuses, as an index into "none", "sponsor", "proxy",
        "both".
    actions
        The labels of the actions.
    discount
        (δ_S, δ_P).
    """

    dates: tuple[Any, ...]
    gap: Array
    profiles: Array
    payoffs: Array
    phase: Array
    deviators: Array
    accused: Array
    actions: tuple[str, ...]
    discount: tuple[float, float]

    @property
    def punished_from(self) -> tuple[Any, ...]:
        """(N,) per history the first date at which somebody is punished; None if nobody is."""
        return self._first(self.phase == 2)

    @property
    def broken_at(self) -> tuple[Any, ...]:
        """(N,) per history the date of the first deviation; None if nobody deviates."""
        return self._first(self.phase == 1)

    def _first(self, marked: Array) -> tuple[Any, ...]:
        places = np.where(marked.any(axis=1), marked.argmax(axis=1), -1)
        return tuple(None if k < 0 else self.dates[k] for k in places)

    @property
    def on_path(self) -> Array:
        """(T,) the share of histories in which both keep to the profile, per period."""
        return np.asarray((self.phase == 0).mean(axis=0))

    @property
    def values(self) -> Array:
        """(N, 2) the players' average payoffs, discounted by their own factors, over the periods played."""
        periods = np.arange(len(self.dates))
        weights = np.stack([delta**periods / (delta**periods).sum() for delta in self.discount], axis=-1)
        return np.asarray((self.payoffs * weights).sum(axis=1))

    @property
    def mean(self) -> tuple[float, float]:
        """The means of :attr:`values` over the histories, the sponsor's and the proxy's."""
        sponsor, proxy = self.values.mean(axis=0).tolist()
        return sponsor, proxy

    @property
    def standard_error(self) -> tuple[float, float]:
        """The standard errors of :attr:`mean`; nan for a single history."""
        size = len(self.gap)
        if size < 2:
            return float("nan"), float("nan")
        sponsor, proxy = (self.values.std(axis=0, ddof=1) / np.sqrt(size)).tolist()
        return sponsor, proxy

    @property
    def message(self) -> str:
        """What happened, in a sentence or two."""
        size, periods = self.phase.shape
        worth = "average payoffs (discounted) {:.4g} and {:.4g}.".format(*self.mean)
        if size > 1:
            broken, punished = ((self.phase == k).any(axis=1).mean() for k in (1, 2))
            return (
                f"{size} histories of {periods} periods: somebody deviates in {broken:.1%}, somebody is punished in "
                f"{punished:.1%}; {self.on_path[-1]:.1%} are on path at the end; {worth}"
            )
        deviations, punishments = (np.flatnonzero(self.phase[0] == k) for k in (1, 2))
        period = "period " if self.dates == tuple(range(periods)) else ""  # dates of the user's own say what they are
        starts = f"punishment starts in {period}{self.dates[punishments[0]]}" if punishments.size else ""
        if not deviations.size or (punishments.size and punishments[0] < deviations[0]):
            if not punishments.size:
                return f"Both keep to the profile in all {periods} periods; {worth}"
            return f"A false alarm accuses the {BINDING[self.accused[0, punishments[0] - 1]]}; {starts}; {worth}"
        first = deviations[0]
        who = str(BINDING[self.deviators[0, first]])
        verb = "Both deviate" if who == "both" else f"The {who} deviates"
        then = starts or "nothing punishes it"
        return f"{verb} in {period}{self.dates[first]}, at a gap of {self.gap[0, first]:.3f}; {then}; {worth}"

    def _record(self) -> dict[str, Any]:
        names = ("dates", "punished_from", "broken_at", "on_path", "values", "actions", "discount")
        return {"histories": len(self.gap), **{name: getattr(self, name) for name in names}}

    def _columns(self) -> Columns:
        """One row per history and period."""
        size, periods = self.phase.shape
        names, table = np.array(self.actions), np.empty(periods, dtype=object)
        table[:] = self.dates
        return {
            "history": np.repeat(np.arange(size), periods),
            "date": np.tile(table, size),
            "gap": self.gap.ravel(),
            **{f"{who}_action": names[self.profiles[..., k].ravel()] for k, who in enumerate(PLAYERS)},
            **{f"{who}_payoff": self.payoffs[..., k].ravel() for k, who in enumerate(PLAYERS)},
            "phase": np.array(PHASES)[self.phase.ravel()],
            "deviator": BINDING[self.deviators.ravel()],
            "accused": BINDING[self.accused.ravel()],
        }


def simulate_alliance(
    path: Power,
    game: DyadicGame,
    discount: Number | Pair,
    *,
    shock: Number = 0,
    persistence: Number = 0,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
    periods: int | None = None,
    dates: Sequence[Any] | None = None,
    size: int = 1,
    rng: np.random.Generator | int | None = None,
) -> SimulatedAlliance:
    """Play a repeated game period by period while shocks move the gap.

    Parameters
    ----------
    path
        The dyad's power: one dyad, or an array of powers, period by period.
    game
        The model of the dyad, with scalar parameters.
    discount
        δ in [0, 1), or a pair (δ_S, δ_P).
    shock
        σ ≥ 0: the standard deviation of the shocks to the log ratio ln(s/p).
    persistence
        ρ in [0, 1]: how much of a shock is left a period later.
    enforcement
        :class:`alliances.NashReversion` (default), :class:`alliances.FinitePunishment`, :class:`alliances.ImperfectMonitoring`,
        with pure punishments, or :class:`alliances.GivenPunishment` of one of them.
    profile
        The profile to sustain; "ally" of both by default.
    periods
        How many periods, for one dyad; 100 by default.
    dates
        What the periods are called; 0, 1, … by default.
    size
        How many histories.
    rng
        A NumPy generator, or a seed.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> played = al.simulate_alliance(al.Power.from_gap(0.5), al.presets.chindea_2014(), 0.8, shock=0.3, periods=50, rng=2)
    >>> print(played)
    The sponsor deviates in period 3, at a gap of 0.181; punishment starts in period 4; average payoffs (discounted) 0.9063
    and 0.2561.
    """
    function = "simulate_alliance"
    check_model(game, function)
    if not isinstance(path, Power):
        raise TypeError(f"{function}(): path must be a Power, such as Power.from_gap(0.5); got {path!r}")
    if len(path.shape) > 1 or (path.shape and periods is not None):
        rule = (
            "None for a path of powers, which has its own"
            if len(path.shape) == 1
            else "given for one dyad; path must be a line"
        )
        raise ValueError(f"{function}(): periods must be {rule}; got {periods!r} and a path of shape {path.shape}")
    length = path.shape[0] if path.shape else whole(100 if periods is None else periods, function, "periods")
    size = whole(size, function, "size")
    if size * length > _MOST:
        raise ValueError(f"{function}(): size times periods must be at most {_MOST:,}; got {size} times {length}")
    names = tuple(range(length)) if dates is None else labels(dates, function, "dates")
    if len(names) != length:
        raise ValueError(f"{function}(): dates must have as many entries as there are periods, {length}; got {len(names)}")
    sigma = to_float(decimal_number(shock, function, "shock", NONNEGATIVE))
    rho = to_float(scalar(persistence, function, "persistence", PROBABILITY))
    concept = check_enforcement(enforcement, function)
    base = _base(concept, function)
    delta = float_discount(discount, concept, function)
    generator = random_generator(rng, function)
    asked = repeated_game(game, path, concept, function)
    if asked.stage.batch_shape not in ((), path.shape):
        raise ValueError(f"{function}(): game must have scalar parameters; got a batch of shape {asked.stage.batch_shape}")
    pair = asked.stage.profile(profile, function)

    shocks, current = np.zeros((size, length)), np.zeros(size)
    for t in range(length if sigma > 0 else 0):
        current = rho * current + sigma * generator.standard_normal(size)
        shocks[:, t] = current
    ratios = to_float(np.asarray(path.log_ratio)) + shocks
    total = np.broadcast_to(to_float(np.asarray(path.sponsor + path.proxy)), (size, length))
    if np.abs(ratios).max() > _WIDEST:
        raise ValueError(f"{function}(): shock must keep the log ratio of power within ±{_WIDEST}; got {shock!r}")
    stage = game.stage_game(Power.from_log_ratio(ratios, total)).over((size, length))
    r = critical_discount(stage, profile=pair, enforcement=concept)
    return _played(names, np.tanh(ratios / 2), r, delta, base, generator)


def _base(concept: Enforcement, function: str) -> NashReversion | FinitePunishment | ImperfectMonitoring:
    """How long a concept punishes and what it sees, or an error if it cannot be played out."""
    base = concept.enforcement if type(concept) is GivenPunishment else concept
    if type(base) not in (NashReversion, FinitePunishment, ImperfectMonitoring) or base.mixed:  # type: ignore[attr-defined]
        raise TypeError(
            f"{function}(): enforcement must be NashReversion(), FinitePunishment(...) or ImperfectMonitoring(...), with pure "
            f"punishments, or GivenPunishment of one of them; got {concept!r}"
        )
    if isinstance(base, ImperfectMonitoring) and (np.ndim(base.false_alarm) or np.ndim(base.miss)):
        raise ValueError(f"{function}(): enforcement must have probabilities that are single numbers; got {concept!r}")
    return base  # type: ignore[return-value]


def _played(
    dates: tuple[Any, ...],
    gap: Array,
    r: CriticalDiscount,
    discount: tuple[float, float],
    base: NashReversion | FinitePunishment | ImperfectMonitoring,
    generator: np.random.Generator,
) -> SimulatedAlliance:
    """Period after period, all histories at once."""
    (size, length), stage, (row, column) = gap.shape, r.stage.to_float(), r.profile
    kept = sustained(r, discount)
    tempted = np.stack([~kept[0], ~kept[1]], axis=-1)
    replies = np.stack([stage.A[..., :, column].argmax(axis=-1), stage.B[..., row, :].argmax(axis=-1)], axis=-1)
    needier = np.asarray(r.binding_code)  # 3, both alike: the sponsor
    punishing = np.stack([np.asarray(p) for p in r.punishment.profiles], axis=-2)
    target = np.array([row, column])
    alarm, miss = (float(base.false_alarm), float(base.miss)) if isinstance(base, ImperfectMonitoring) else (0.0, 0.0)
    lasts = base.periods if isinstance(base, FinitePunishment) else length
    left, victim = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)  # periods of punishment to come, and whose
    profiles = np.empty((size, length, 2), dtype=np.int64)
    phase, deviators, accused = (np.zeros((size, length), dtype=np.int64) for _ in range(3))
    every = np.arange(size)
    for t in range(length):
        punished = left > 0
        leaves = tempted[:, t] & ~punished[:, None]
        worst = punishing[every, t, victim]
        worst = np.where(worst < 0, target, worst)
        profiles[:, t] = np.where(punished[:, None], worst, np.where(leaves, replies[:, t], target))
        deviators[:, t] = leaves[:, 0] + 2 * leaves[:, 1]
        phase[:, t] = np.where(punished, 2, np.where(deviators[:, t] > 0, 1, 0))
        seen = np.where(deviators[:, t] == 3, np.where(needier[:, t] == 2, 2, 1), deviators[:, t])
        if alarm or miss:
            chance, wrongly = generator.random(size), 1 + (generator.random(size) < 0.5)
            seen = np.where(seen > 0, np.where(chance < miss, 0, seen), np.where(chance < alarm, wrongly, 0))
        accused[:, t] = np.where(punished, 0, seen)
        starts = accused[:, t] > 0
        victim = np.where(starts, accused[:, t] - 1, victim)
        left = np.where(starts, lasts, np.maximum(left - 1, 0))
    at = every[:, None], np.arange(length), profiles[..., 0], profiles[..., 1]
    payoffs = np.stack([stage.A[at], stage.B[at]], axis=-1)
    return SimulatedAlliance(dates, gap, profiles, payoffs, phase, deviators, accused, stage.actions[0], discount)
