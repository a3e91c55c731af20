"""Critical discount factors: how patient allies must be.

The critical discount factor δ_i* of a profile is the least δ_i in [0, 1) from which on player i does not deviate: 0 if
it has no temptation, inf if no patience suffices. The alliance is stable iff δ_i ≥ δ_i* for both; with a common δ iff δ
≥ δ* = max_i δ_i*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Real, is_exact, settle, show, to_float
from alliances.arithmetic.tolerance import DISCOUNT_ROUNDING, SAME_DISCOUNT, payoff_rounding
from alliances.games.bimatrix import Profile, over_profiles, profile_of
from alliances.games.players import BINDING, Binding
from alliances.games.printed import bimatrix_html
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame, array_shapes
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, repeated_game
from alliances.repeated.enforcement.concept import Enforcement, Pair, Punishment, Terms, terms
from alliances.repeated.kernels.batch import Question, evaluated, evaluating_by, forced
from alliances.results import Result
from alliances.values.tables import text_table

__all__ = ["CriticalDiscount", "check_broadcast", "critical_discount", "recorded_critical", "rounding_of", "sustained"]

_LARGE = 131_072  # games from which on a batch is evaluated in pieces
_PIECE = 32_768  # games in a piece
_CHEAP = ("stage equilibrium", "given profile", "leaving")  # punishments that cost little to find again for the certificate

_CERTIFICATE = ("terms", "punishment", "stage", "enforcement")
"""What a large batch's result computes when it is asked for."""


@dataclass(frozen=True, eq=False)
class CriticalDiscount(Result):
    """The critical discount factors of a profile, per game.

    Attributes
    ----------
    sponsor, proxy
        δ_S*, δ_P*: in [0, 1), or inf. With pooled constraints (transfers) both are the dyad's.
    terms
        The payoffs on path, of the best deviation, and when punished: the certificate that ``verify`` re-checks.
    punishment
        Which equilibrium punishes whom.
    stage, profile, enforcement
        The question that was asked.
    """

    sponsor: Real
    proxy: Real
    terms: Terms
    punishment: Punishment
    stage: StageGame
    profile: tuple[int, int]
    enforcement: Enforcement

    @classmethod
    def _of_batch(cls, question: Question, pair: tuple[int, int], deltas: Sequence[Array]) -> CriticalDiscount:
        """The result for a large batch, whose certificate is computed when somebody asks for it."""
        r = cls.__new__(cls)
        r.__dict__.update(sponsor=deltas[0], proxy=deltas[1], profile=pair, _question=question)
        return r

    def __getattr__(self, name: str) -> Any:
        question: Question | None = self.__dict__.get("_question")
        if question is None and name in self.__dict__:  # another thread has computed it meanwhile
            return self.__dict__[name]
        if question is None or name not in _CERTIFICATE:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name == "enforcement":
            self.__dict__[name] = question.enforcement.at_power(question.power)
            return self.__dict__[name]
        with evaluating_by("ordinary"):
            r = critical_discount(question.game, question.power, profile=self.profile, enforcement=question.enforcement)
        self.__dict__.update({part: r.__dict__[part] for part in _CERTIFICATE})
        self.__dict__.pop("_question", None)
        return self.__dict__[name]

    def __getstate__(self) -> dict[str, Any]:
        _ = self.terms  # a pickle holds the certificate
        return {name: part for name, part in super().__getstate__().items() if name != "_roundings"}

    def _copy(self, of: Callable[[dict[str, Any]], dict[str, Any]], memo: dict[int, Any] | None = None) -> CriticalDiscount:
        """A copy in this process, where functions need no name."""
        _ = self.terms
        value = type(self).__new__(type(self))
        if memo is not None:
            memo[id(self)] = value
        value.__setstate__(of({name: part for name, part in self.__dict__.items() if name != "_roundings"}))
        return value

    @property
    def _batch_shape(self) -> tuple[int, ...]:
        return np.shape(self.sponsor) if "_question" in self.__dict__ else self.stage.batch_shape  # type: ignore[arg-type]

    @property
    def dyad(self) -> Real:
        """δ* = max(δ_S*, δ_P*), for players with a common discount factor."""
        pair: tuple[Number, Number] = self.sponsor, self.proxy
        dyad: Real = settle(np.maximum(*pair))
        return dyad

    @property
    def binding_code(self) -> int | Array:
        """Which player needs more patience, as an index into :data:`alliances.games.players.BINDING`.

        0 is none, 1 the sponsor, 2 the proxy, 3 both.
        """
        s, p = np.asarray(to_float(self.sponsor)), np.asarray(to_float(self.proxy))
        # equal infinities are equal; exact numbers are told apart exactly
        same = np.asarray(self.sponsor == self.proxy, dtype=bool)
        if not (is_exact(self.sponsor) and is_exact(self.proxy) and self.stage.exact):
            with np.errstate(invalid="ignore"):
                same = same | (np.abs(s - p) <= SAME_DISCOUNT)
        larger = np.where(np.asarray(self.sponsor > self.proxy, dtype=bool), 1, 2)
        code: int | Array = settle(np.where(same, np.where(s > 0, 3, 0), larger))
        return code

    @property
    def binding(self) -> Binding | Array:
        """Who needs more patience: "sponsor", "proxy", "both" or "none" (no temptation); an array for a batch."""
        binding: Binding | Array = settle(BINDING[self.binding_code])
        return binding

    @property
    def punishment_labels(self) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
        """For a single game: the action labels of the equilibrium that punishes the sponsor, and of the one for the proxy.

        None where the punishment is mixed or there is none.
        """
        self.stage.single("CriticalDiscount.punishment_labels")
        rows, columns = self.stage.actions
        pairs = [None if k[0] < 0 else (rows[k[0]], columns[k[1]]) for k in self.punishment.profiles]
        return pairs[0], pairs[1]

    @property
    def message(self) -> str:
        """What a reader should know about a single game's answer, in a sentence."""
        if shape := self._batch_shape:
            return f"{math.prod(shape)} games"
        if not self.punishment.exists:
            return (
                "The stage game has no pure Nash equilibrium to revert to, so nothing punishes; mixed=True admits mixed ones."
            )
        if self.dyad == 0 and max(self.terms.temptation) > 0:
            return "Temptation is smaller than the game's tolerance and counts as none; exact payoffs (Fractions) tell."
        if self.dyad == 0:
            return "Nobody is tempted: the profile is a stage Nash equilibrium, sustained at any discount factor."
        if self.dyad == np.inf and self.terms.outside is not None and self.terms.outside > self.terms.path[1]:
            offer, on_path = show(self.terms.outside), show(self.terms.path[1])
            return f"No patience suffices: the proxy is offered {offer}, more than the {on_path} it has."
        if self.dyad == np.inf:
            undeterred = {
                "sponsor": "does not deter the sponsor",
                "proxy": "does not deter the proxy",
                "both": "deters neither",
            }
            return f"No patience suffices: punishment {undeterred[str(self.binding)]}."
        first = {"sponsor": "the sponsor is tempted first", "proxy": "the proxy is tempted first", "both": "both bind at once"}
        how = "the pooled constraint binds" if self.enforcement.pooled else first[str(self.binding)]
        return f"Sustained from a discount factor of {float(self.dyad):.6g} on; {how}."

    def _record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("sponsor", "proxy", "dyad", "binding", "profile", "enforcement")}

    def _cells(self) -> Mapping[str, Any]:
        return {name: getattr(self, name) for name in self._long_names}

    _long_names: ClassVar[Mapping[str, str]] = {
        "sponsor": "critical discount factor of the sponsor",
        "proxy": "critical discount factor of the proxy",
        "dyad": "critical discount factor of the dyad",
        "binding": "who needs more patience",
    }

    def _head(self) -> str:
        if not self._batch_shape:
            return super()._head()
        return f"CriticalDiscount of {self.message}, profile {self.profile}, {self.enforcement}"

    def _repr_html_(self) -> str:
        return super()._repr_html_() + ("" if self._batch_shape else bimatrix_html(self.stage))

    def __str__(self) -> str:
        if self._batch_shape:
            return f"{self._head()}\n{text_table(self._columns())}"
        return (
            f"δ*: sponsor {show(self.sponsor)}, proxy {show(self.proxy)}, dyad {show(self.dyad)} ({self.enforcement})\n"
            f"{self.message}"
        )


def critical_discount(
    game: DyadicGame | StageGame,
    power: Power | None = None,
    *,
    profile: Profile = (0, 0),
    enforcement: Enforcement | None = None,
) -> CriticalDiscount:
    """The least discount factors at which a profile is sustained.

    Parameters
    ----------
    game
        A model of the dyad (with ``power``), or a stage game (without).
    power
        One dyad or an array of dyads; broadcasts with the model's parameters.
    profile
        The actions to sustain, by label or index; the first action of both ("ally") by default.
    enforcement
        How deviations are punished; :class:`NashReversion` by default.

    Returns
    -------
    CriticalDiscount
        Scalars for one game, arrays of the batch's shape for many. Fractions for exact games (see each concept for
        exceptions).

    Raises
    ------
    TypeError, ValueError
        If ``game`` is not a game, ``power`` is missing or superfluous, or the profile is unknown.

    Examples
    --------
    >>> import alliances as al
    >>> r = al.critical_discount(al.presets.chindea_2014(), al.Power.from_gap(0.8))
    >>> round(r.dyad, 2), r.binding
    (0.23, 'sponsor')
    """
    if isinstance(game, DyadicGame) and isinstance(power, Power):
        concept = check_enforcement(enforcement, "critical_discount")
        pair = profile_of(profile, (game.actions, game.actions), "critical_discount")
        question = Question(game, power, concept, pair)
        deltas = evaluated(question, ("sponsor", "proxy")) or _in_pieces(question)
        if deltas is not None:
            return CriticalDiscount._of_batch(question, pair, deltas)
    repeated = repeated_game(game, power, enforcement, "critical_discount")
    stage, enforcement = repeated.stage, repeated.enforcement
    if not enforcement.exact:
        stage = stage.to_float()
    pair = stage.profile(profile, "critical_discount")
    punishment = enforcement.punish(stage)
    payoffs = terms(stage, pair, punishment)
    sponsor, proxy = enforcement.critical(payoffs)
    return CriticalDiscount(sponsor, proxy, payoffs, punishment, stage, pair, enforcement)


def _in_pieces(question: Question) -> list[Array] | None:
    """δ_S*, δ_P* of a large batch of dyads by the ordinary way, piece by piece, so that memory does not grow with it.

    None for batches that are small, or whose model holds arrays that go with them: they are evaluated as a whole.
    """
    game, power, concept = question.game, question.power, question.enforcement
    size = math.prod(power.shape)
    if size < _LARGE or forced() is not None or concept.kind not in _CHEAP or any(array_shapes((game, concept))):
        return None
    given = power.sponsor, power.proxy
    if any(not isinstance(x, np.ndarray) or x.dtype != np.float64 or x.shape != power.shape for x in given):
        return None
    powers = [x.reshape(-1) for x in given]
    deltas = [np.empty(size), np.empty(size)]
    try:
        with evaluating_by("ordinary"):
            alone = critical_discount(game, power[(0,) * len(power.shape)], profile=question.profile, enforcement=concept)
            if any(np.asarray(x).ndim for x in (alone.sponsor, alone.proxy)):  # the model's functions hold arrays
                return None
            for k in range(0, size, _PIECE):
                piece = Power(*(x[k : k + _PIECE] for x in powers))
                r = critical_discount(game, piece, profile=question.profile, enforcement=concept)
                for whole, part in zip(deltas, map(np.asarray, (r.sponsor, r.proxy)), strict=True):
                    if part.shape != piece.shape or part.dtype != np.float64:
                        return None
                    whole[k : k + _PIECE] = part
    except (TypeError, ValueError, ArithmeticError):  # whatever is wrong, it is said of the whole
        return None
    for whole in deltas:
        whole.flags.writeable = False
    return [whole.reshape(power.shape) for whole in deltas]


def recorded_critical(question: Question, *more: str) -> tuple[CriticalDiscount, list[Array]] | None:
    """The result for a large batch with its roundings, and more of :class:`alliances.repeated.kernels.recorded.Record`.

    None where the ordinary way has to be taken: small batches, and models or concepts that are no programme.
    """
    found = evaluated(question, ("sponsor", "proxy", "rounding_sponsor", "rounding_proxy", *more))
    if found is None:
        return None
    sponsor, proxy, *rest = found
    pair = profile_of(question.profile, (question.game.actions, question.game.actions), "critical_discount")
    r = CriticalDiscount._of_batch(question, pair, (sponsor, proxy))
    r.__dict__["_roundings"] = rest[0], rest[1]
    return r, rest[2:]


def sustained(r: CriticalDiscount, discount: Pair) -> tuple[Array, Array]:
    """Whether the sponsor and the proxy keep to the profile: δ_i* ≤ δ_i, the one rule of every function that asks.

    Exact if both are. Otherwise differences within :func:`rounding_of` count as none, because a float stands for all numbers
    that round to it: at a threshold of 1/7 a dyad with the discount factor 0.14285714285714285 is as stable as one with 1/7.

    Examples
    --------
    >>> from fractions import Fraction
    >>> r = critical_discount(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))
    >>> [[bool(held) for held in sustained(r, (delta, delta))] for delta in (Fraction(1, 7), 1 / 7, 0.14)]
    [[True, True], [True, True], [False, False]]
    """
    held = []
    players: Pair = r.sponsor, r.proxy
    for least, delta, rounding in zip(players, discount, roundings_of(r), strict=True):
        exact = is_exact(delta) and r.stage.exact and (is_exact(least) or (np.ndim(least) == 0 and least == np.inf))
        if not exact:
            least, delta = to_float(least), to_float(delta) + rounding
        held.append(np.asarray(least <= delta, dtype=bool))
    return held[0], held[1]


def check_broadcast(r: CriticalDiscount, discount: Pair, function: str) -> Pair:
    """The players' discount factors, or an error if they do not broadcast with the games."""
    least: Number = r.sponsor
    shapes = np.shape(least), *map(np.shape, discount)
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"{function}(): discount must broadcast with the games' shape {shapes[0]}; got shapes {shapes[1]} and {shapes[2]}"
        ) from None
    return discount


def rounding_of(r: CriticalDiscount) -> Array:
    """How far rounding of the payoffs may carry δ* = (d − c)/(d − w), per gap: the larger of the two players'."""
    return np.asarray(np.maximum(*roundings_of(r)))


def roundings_of(r: CriticalDiscount) -> tuple[Array, Array]:
    """The same for the sponsor and for the proxy; a δ* of 0 or inf, which is no quotient, has no rounding of its own."""
    known: tuple[Array, Array] | None = r.__dict__.get("_roundings")
    if known is not None:
        return known
    question: Question | None = r.__dict__.get("_question")
    if question is not None:
        roundings = evaluated(question, ("rounding_sponsor", "rounding_proxy"))
        if roundings is not None:
            return roundings[0], roundings[1]
    if r.stage.exact:
        alone = np.full(r.stage.batch_shape, DISCOUNT_ROUNDING)
        return alone, alone
    sizes = [payoff_rounding(over_profiles(np.maximum, np.abs(to_float(payoffs)))) for payoffs in (r.stage.A, r.stage.B)]
    spans = [to_float(d - w) for d, w in zip(r.terms.deviation, r.terms.punished, strict=True)]
    if r.enforcement.pooled:  # δ* = Σ(d − c)/Σ(d − w)
        sizes, spans = [sizes[0] + sizes[1]] * 2, [spans[0] + spans[1]] * 2
    players: Pair = r.sponsor, r.proxy
    bounds = []
    for size, span, least in zip(sizes, spans, players, strict=True):
        whole = np.maximum(np.abs(span), size * 1e3)
        bound = size / np.where(whole > 0, whole, 1.0)  # at most 1e-3: beyond, δ* means nothing; 0 where all payoffs are 0
        quotient = np.asarray((least > 0) & (least < np.inf), dtype=bool)
        bounds.append(np.maximum(DISCOUNT_ROUNDING, np.where(quotient, bound, 0.0)))
    return bounds[0], bounds[1]
