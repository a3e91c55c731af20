"""What every enforcement concept weighs: the payoffs on path, of the best deviation, and of the punishment.

All values are per-period averages, normalised by (1 − δ), where δ in [0, 1) is the discount **factor**. For a target
profile a and a player i, c_i is the payoff on path, d_i the payoff of the best deviation, w_i the payoff of the
punishment. The temptation is d_i − c_i, the loss from being punished c_i − w_i.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, boolean, settle
from alliances.arithmetic.quotients import OutOfReach
from alliances.games.bimatrix import Profile, over_profiles
from alliances.games.nash import worst_payoffs
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.power import Power
from alliances.repeated.contracts.liquidity import Levels
from alliances.repeated.enforcement.comparisons import Labels, holds_to_minmax, worst_equilibria
from alliances.repeated.enforcement.formulas import DiscountFormula, FormulaRule, formula_of, formula_question
from alliances.repeated.enforcement.least_discount import least_discount
from alliances.values import Value
from alliances.values.tables import call

__all__ = [
    "Enforcement",
    "Pair",
    "Punishment",
    "PunishmentKind",
    "Reversion",
    "Terms",
    "Threat",
    "least_discount",
    "minmax_threat",
    "nash_punishment",
    "terms",
]

Pair = tuple[Number, Number]
"""A number for the sponsor and one for the proxy; arrays for a batch of games."""

PunishmentKind: TypeAlias = Literal[
    "stage equilibrium", "mixed stage equilibrium", "given profile", "equilibrium of the repeated game", "leaving", "own"
]
"""What a punishment is."""


_LONG = 160  # characters of a concept within another one


class Threat(NamedTuple):
    """Which profiles punish the sponsor and the proxy (None if nothing does), and whether these are surely the worst."""

    profiles: tuple[tuple[int, int], tuple[int, int]] | None
    worst: bool


@dataclass(frozen=True, eq=False)
class Punishment(Value):
    """The punishments that deter each player, per game.

    Attributes
    ----------
    payoffs
        (w_S, w_P): the sponsor's payoff when it is punished, and the proxy's. Meaningless where there is none.
    profiles
        For each punished player, the index pairs (…, 2) of the pure equilibrium played; −1 where it is mixed or there
        is none.
    exists
        Whether there is a punishment at all (a game may have no pure equilibrium).
    levels, worst
        For punishments that depend on the discount factor: which profiles can be played from when on, or the payoffs as
        a function of δ. The payoffs are then those at δ → 1.
    outside
        What the proxy gets per period once it has left for good; None where it cannot leave.
    """

    payoffs: Pair
    profiles: tuple[Array, Array]
    exists: Array
    levels: Levels | None = None
    worst: Callable[[Number], Pair] | None = None
    outside: Number | None = None


@dataclass(frozen=True, eq=False)
class Terms(Value):
    """c, d, w and the tolerances of both players: what a critical discount factor is computed from, and re-checked against.

    Attributes
    ----------
    path, deviation, punished
        (c_S, c_P), (d_S, d_P), (w_S, w_P). Where there is no punishment, a deviation goes unpunished: w = c.
    tolerance
        The payoff differences that count as none.
    levels, worst, outside
        As in :class:`Punishment`.
    """

    path: Pair
    deviation: Pair
    punished: Pair
    tolerance: Pair
    levels: Levels | None = None
    worst: Callable[[Number], Pair] | None = None
    outside: Number | None = None

    @property
    def stepwise(self) -> bool:
        """Whether the punishment depends on δ, so that it may leave something to spare at a critical discount factor."""
        return self.levels is not None or self.worst is not None

    @property
    def temptation(self) -> Pair:
        """(d_S − c_S, d_P − c_P) ≥ 0."""
        return self.deviation[0] - self.path[0], self.deviation[1] - self.path[1]

    @property
    def loss(self) -> Pair:
        """(c_S − w_S, c_P − w_P); negative where the punishment would be a reward."""
        return self.path[0] - self.punished[0], self.path[1] - self.punished[1]

    @property
    def deterrent(self) -> Pair:
        """(min(w_S, c_S), min(w_P, c_P)): a punishment that would reward its victim is not carried out, and play goes on."""
        (c_s, c_p), (w_s, w_p) = self.path, self.punished
        return settle(np.minimum(w_s, c_s)), settle(np.minimum(w_p, c_p))


class Enforcement(Value, ABC):
    """An enforcement concept: how the future punishes a deviation today.

    A new concept is a subclass in a file of its own, with a line in the registry of :mod:`alliances.repeated.enforcement`. It
    must say how it punishes (:meth:`punish`), from which discount factors on that deters (:meth:`critical`), and,
    independently, what a deviation gains (:meth:`gain`): ``verify`` checks the second against the third. The other members
    have defaults.

    Examples
    --------
    >>> from alliances import GivenPunishment, NashReversion, OptimalPenalCode, Transfers
    >>> for concept in NashReversion(), Transfers(), OptimalPenalCode(), GivenPunishment():
    ...     print(f"{concept.kind}, pooled: {concept.pooled}, common discount factor: {concept.common}")
    stage equilibrium, pooled: False, common discount factor: False
    stage equilibrium, pooled: True, common discount factor: True
    equilibrium of the repeated game, pooled: False, common discount factor: True
    given profile, pooled: False, common discount factor: False
    """

    def __repr__(self) -> str:
        return call(self, _LONG) or self._brief(_LONG)  # one line, because messages name concepts within a sentence

    @property
    def exact(self) -> bool:
        """Whether exact payoffs are compared exactly. A concept that is not exact, because a parameter is a float, solves the
        float copy of an exact game. The answer itself may be irrational, and is a float then.
        """
        return True

    @property
    def pooled(self) -> bool:
        """Whether the players' constraints are one (they can compensate each other), so that only the dyad has a δ*."""
        return False

    @property
    def common(self) -> bool:
        """Whether the concept is defined for a common discount factor only; if constraints are pooled unless said otherwise."""
        return self.pooled

    @property
    def kind(self) -> PunishmentKind:
        """What punishes, so that a re-check knows where to look; "own" is taken on trust."""
        return "own"

    @classmethod
    def examples(cls) -> tuple[Enforcement, ...]:
        """Typical concepts of this kind that fit every stage game: tables, tests and strategies try them. None by default."""
        return ()

    def at_power(self, power: Power) -> Enforcement:  # noqa: ARG002
        """The concept as it is at ``power``: itself, unless it depends on power as :class:`OutsideOption` may."""
        return self

    def conflict(self, actions: Labels) -> tuple[int, int]:
        """The profile that claims mean by "conflict", given the labels of rows and columns: the last action of both."""
        return len(actions[0]) - 1, len(actions[1]) - 1

    @abstractmethod
    def punish(self, stage: StageGame) -> Punishment:
        """The punishments and their payoffs w_S, w_P."""

    @abstractmethod
    def critical(self, terms: Terms) -> Pair:
        """The players' critical discount factors in closed form: in [0, 1), or inf."""

    @abstractmethod
    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """What each player gains (if positive) by one deviation from the strategy at its discount factor, in average payoff.

        Computed from the values of the strategy, not from :meth:`critical`: the definition that ``verify`` checks against.
        """

    @property
    def in_closed_form(self) -> bool:
        """Whether δ* rises with the odds of betrayal (d − c)/(c − w) alone, and the members below are right for this class.

        Proofs and outside options rely on that, and refuse concepts that do not say so. Each class answers for itself and not
        for its subclasses, which may compute δ* in another way.
        """
        return False

    def formula(self, game: DyadicGame, power: Power | None = None, *, profile: Profile = (0, 0)) -> DiscountFormula:
        """δ* of both sides in closed form, region by region of the punishing equilibrium; needs SymPy.

        Parameters
        ----------
        game
            A model whose parameters are numbers, or symbols of SymPy: assumptions such as ``positive=True`` tell their signs.
        power
            A power of symbols; by default that of the gap ``gamma``, with s + p = 1.
        profile
            The actions to sustain; the first of both ("ally") by default.

        Raises
        ------
        TypeError
            If ``game`` is no model, or the concept has no closed form (the error says why).

        Examples
        --------
        >>> import alliances as al
        >>> print(al.NashReversion().formula(al.presets.morrow_1991()).regions[1].expression)
        4*(gamma + 1)*(2*gamma - 5)/(8*gamma**2 - 42*gamma - 35)
        """
        pair = formula_question(game, power, profile)
        return formula_of(self, self.formula_rule(game), game, power, pair)

    def formula_rule(self, game: DyadicGame) -> FormulaRule:  # noqa: ARG002
        """What formulas need to know of the concept.

        Raises
        ------
        TypeError
            If δ* has no closed form; the default.
        """
        raise TypeError(
            f"formula(): {self!r} has no closed form in the payoffs of the stage game; critical_discount() finds the value"
        )

    # What proofs ask. Payoffs may be of any ordered number type there, so nothing but arithmetic and comparisons is used.

    def threat(self, cells: Cells, actions: Labels) -> Threat:  # noqa: ARG002
        """Which profiles punish in the game with these cells, found by comparing payoffs.

        Raises
        ------
        OutOfReach
            If that cannot be told by comparisons; the default.
        """
        raise OutOfReach(f"proofs know the library's own enforcement concepts, not {type(self).__name__}; measure() takes any")

    def deters(self, temptation: Number, loss: Number) -> Any:  # noqa: ARG002
        """Whether a player with a positive temptation d − c and a positive loss c − w is deterred at some δ < 1."""
        return True


class Reversion(Enforcement):
    """What the concepts that punish by stage equilibria share: each player has a constraint of its own.

    A subclass is a dataclass with a field ``mixed``: whether mixed stage equilibria may punish, too.

    Examples
    --------
    A betrayal that is seen one period late: two periods of d, then w for ever, so that δ² takes the place of δ.

    >>> from alliances import StageGame, critical_discount, verify
    >>> @dataclass(frozen=True)
    ... class LateReversion(Reversion):
    ...     mixed: bool = False
    ...     exact = False  # square roots
    ...
    ...     def least(self, temptation, loss, tolerance):
    ...         return least_discount(temptation, loss, tolerance) ** 0.5
    ...
    ...     def value_of_deviating(self, delta, c, d, w):
    ...         return (1 - delta**2) * d + delta**2 * w - c
    >>> r = critical_discount(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), enforcement=LateReversion())
    >>> round(r.dyad**2, 12) == round(1 / 7, 12), verify(r).ok
    (True, True)
    """

    mixed: bool = False

    def __post_init__(self) -> None:
        boolean(self.mixed, type(self).__name__, "mixed")
        super().__post_init__()

    @property
    def kind(self) -> PunishmentKind:
        """A stage equilibrium."""
        return "mixed stage equilibrium" if self.mixed else "stage equilibrium"

    @property
    def forgives(self) -> bool:
        """Whether the punishment ends and play goes back on path."""
        return False

    def punish(self, stage: StageGame) -> Punishment:
        """Each player's worst stage Nash payoff."""
        return nash_punishment(stage, self.mixed)

    def critical(self, terms: Terms) -> Pair:
        """The players' critical discount factors in closed form: in [0, 1), or inf."""
        (t_s, t_p), (tol_s, tol_p) = terms.temptation, terms.tolerance
        (c_s, c_p), (w_s, w_p) = terms.path, terms.deterrent
        return self.least(t_s, c_s - w_s, tol_s), self.least(t_p, c_p - w_p, tol_p)

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """What each player gains by one deviation, from the values of the strategy."""
        (c_s, c_p), (d_s, d_p), (w_s, w_p) = terms.path, terms.deviation, terms.deterrent
        return self.value_of_deviating(discount[0], c_s, d_s, w_s), self.value_of_deviating(discount[1], c_p, d_p, w_p)

    def least(self, temptation: Number, loss: Number, tolerance: Number) -> Number:
        """The least δ_i at which a player with temptation d_i − c_i and loss c_i − w_i stays; here under reversion for ever."""
        return least_discount(temptation, loss, tolerance)

    def formula_rule(self, game: DyadicGame) -> FormulaRule:
        """The closed form of this class; a subclass answers for itself."""
        if not self.in_closed_form:
            return super().formula_rule(game)
        if self.mixed:
            raise TypeError(f"formula(): {self!r} punishes by mixed equilibria too, of which there is no list; mixed=False has")
        return FormulaRule(self.closed_form, self.deters, self.pooled)

    def closed_form(self, temptation: Number, loss: Number) -> Number:
        """δ_i* as arithmetic in a temptation d_i − c_i > 0 and a loss c_i − w_i that deters; here under reversion for ever.

        >>> from fractions import Fraction
        >>> from alliances import NashReversion
        >>> NashReversion().closed_form(Fraction(1), Fraction(6))
        Fraction(1, 7)
        """
        return temptation / (temptation + loss)

    def value_on_path(self, delta: Number, c: Number, w: Number) -> Number:  # noqa: ARG002
        """What a player gets per period while nobody deviates: c, unless punishment is sometimes carried out by mistake."""
        return c

    def value_of_deviating(self, delta: Number, c: Number, d: Number, w: Number) -> Number:
        """What a player gets who deviates once, less the value of the path; here d now and w for ever, less c for ever."""
        return (1 - delta) * d + delta * w - c

    def lasting(self, delta: Number) -> Pair:
        """(a, b): a loss that begins next period and lasts deters at δ iff a·temptation ≤ b·loss; any ordered number type.

        What a proxy loses that leaves for good lasts, even where punishments end.
        """
        return 1 - delta, delta

    def threat(self, cells: Cells, actions: Labels) -> Threat:  # noqa: ARG002
        """Each player's worst pure stage equilibrium."""
        if self.mixed:
            raise OutOfReach("proofs know pure punishments; mixed=True is beyond them, and measure() takes it")
        return Threat(worst_equilibria(cells), True)


def minmax_threat(cells: Cells, stage: Threat) -> Threat:
    """The threat of optimal penal codes from that of stage equilibria: the same where these hold both down to their minmax.

    No equilibrium of the repeated game pays less than the pure minmax payoff. Elsewhere it may punish more, and comparing
    payoffs of the stage game does not tell by how much.
    """
    if stage.profiles is None:
        return stage
    (i, j), (k, m) = stage.profiles
    return Threat(stage.profiles, holds_to_minmax(cells, (cells[i][j][0], cells[k][m][1])))


def terms(stage: StageGame, profile: tuple[int, int], punishment: Punishment) -> Terms:
    """The terms of sustaining ``profile`` in ``stage`` by ``punishment``."""
    path = stage.payoffs(profile)
    punished = [settle(np.where(punishment.exists, w, c)) for w, c in zip(punishment.payoffs, path, strict=True)]
    return Terms(
        path,
        stage.best_deviations(profile),
        (punished[0], punished[1]),
        stage.tolerance,
        punishment.levels,
        punishment.worst,
        punishment.outside,
    )


def nash_punishment(stage: StageGame, mixed: bool = False) -> Punishment:
    """Each player's worst stage Nash payoff and the equilibrium that gives it.

    Pure equilibria by default: then the concept is never stronger than a pure-action optimal penal code. ``mixed=True``
    admits mixed equilibria, and names no profile where a mixed one is worse than every pure one.
    """
    mask = stage.pure_nash().mask
    exists = over_profiles(np.logical_or, mask)
    payoffs, profiles = [], []
    for payoff in (stage.A, stage.B):
        candidates = np.where(mask, payoff, np.inf).reshape(*stage.batch_shape, -1)
        worst = candidates.argmin(axis=-1)
        payoffs.append(settle(np.take_along_axis(candidates, worst[..., None], axis=-1)[..., 0]))
        pair = np.stack(np.divmod(worst, stage.shape[1]), axis=-1)
        profiles.append(np.where(exists[..., None], pair, -1))
    if mixed:
        worst = worst_payoffs(stage)
        same = [np.asarray(p <= w + 4 * np.asarray(t), bool) for p, w, t in zip(payoffs, worst, stage.tolerance, strict=True)]
        payoffs = [settle(np.where(k, p, w)) for k, p, w in zip(same, payoffs, worst, strict=True)]
        profiles = [np.where(k[..., None], pair, -1) for k, pair in zip(same, profiles, strict=True)]
        exists = np.ones(stage.batch_shape, dtype=bool)  # every finite game has an equilibrium (Nash 1951)
    return Punishment((payoffs[0], payoffs[1]), (profiles[0], profiles[1]), exists)
