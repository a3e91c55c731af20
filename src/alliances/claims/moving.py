"""Do the claims survive when power moves? All seven, asked of a dyad whose power moves and of the same dyad with power frozen.

Where power moves there is no critical discount factor: more patience may end an alliance. But a claim on the order of critical
discount factors is one on what can be kept at each discount factor, and in this form it can be asked of moving power, too:

* **asymmetry**: an alliance that can be kept at a gap can be kept at every wider one;
* **proxy restraint**, **sponsor restraint**: a player that does not violate the alliance, held at a gap, does not do so at any
  wider one;
* **proxy turns first**: beyond every lower edge of a window, where a narrowing gap breaks the alliance, the proxy violates it;
* **pact at parity**: if (ally, ally) can be played at parity, so can (coexist, coexist);
* **stakes**: a pact that can be played at parity can be played there at lower stakes;
* **protraction**: wars from wider gaps are expected to be shorter, also those that may end by reconciliation.

Gaps are those of the lattice from parity up. The two claims on pacts are asked with side payments in any case: then all
equilibria are known. Who violates an alliance, and where, is what :func:`alliances.break_threshold` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import POSITIVE, Array, scalar, to_float
from alliances.arithmetic.canonical import float_discount_factor
from alliances.claims.protraction import PROTRACTION
from alliances.claims.statements import CLAIMS
from alliances.dynamics.break_threshold import ShiftingThreshold, break_threshold, frozen_game
from alliances.dynamics.contract_holes import holed_contracts
from alliances.dynamics.elimination import playable_room
from alliances.dynamics.kept_alliance import KeptAlliance, violation
from alliances.dynamics.shifting_dyad import ShiftingDyad
from alliances.dynamics.states import StateGames
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.games.players import PLAYERS
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, aligned

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["MovingAnswer", "MovingClaims", "MovingWitness", "moving_claims"]

MovingStatus: TypeAlias = Literal["holds", "fails", "vacuous", "unsolved"]

_SAME_DURATION = 1e-9  # by which expected durations may differ, relative to the longest
_DISCOUNTS = (0.5, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class MovingWitness(Result):
    """Two points that contradict a claim.

    Attributes
    ----------
    discount
        At which discount factor; None for wars, which do not depend on it.
    low, high
        Log ratios, of which the lower one is nearer to parity; for the claim on stakes, stakes at parity.

    Examples
    --------
    >>> MovingWitness(discount=0.8, low=0.7, high=0.8).high
    0.8
    """

    discount: float | None
    low: float
    high: float


@dataclass(frozen=True)
class MovingAnswer(Result):
    """What becomes of one claim.

    Attributes
    ----------
    claim
        Its name.
    frozen, moving
        "holds" at all discount factors asked; "fails" at some; "vacuous" if nothing could be compared; "unsolved" if it fails
        nowhere, but an equilibrium was not found somewhere.
    frozen_witness, witness
        What contradicts it; None if nothing does.

    Examples
    --------
    >>> answer = MovingAnswer("asymmetry", "holds", "fails", None, MovingWitness(discount=0.9, low=0.4, high=0.5))
    >>> print(answer)
    asymmetry: holds with frozen power, fails where power moves; δ = 0.9: kept at λ = 0.4, not at 0.5.
    >>> answer.survives
    False
    """

    claim: str
    frozen: MovingStatus
    moving: MovingStatus
    frozen_witness: MovingWitness | None
    witness: MovingWitness | None

    @property
    def survives(self) -> bool | None:
        """Whether it holds with moving power where it holds with frozen power; None where that cannot be said."""
        if self.frozen != "holds" or self.moving not in ("holds", "fails"):
            return None
        return self.moving == "holds"

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        text = f"{self.claim}: {self.frozen} with frozen power, {self.moving} where power moves"
        return f"{text}; {_words(self.claim, self.witness)}." if self.witness else f"{text}."


@dataclass(frozen=True, eq=False)
class MovingClaims(Result):
    """What becomes of the seven claims in one dyad.

    Attributes
    ----------
    dyad, discounts, enforcement, stakes
        The question.
    answers
        One per claim.
    thresholds
        The break thresholds behind them, one per discount factor; each can be verified.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.5, reach=2, learning=(0.1, 1)))
    >>> claims = al.claims.moving_claims(dyad, [0.8])
    >>> claims["protraction"].moving, claims.thresholds[0].verify().ok
    ('vacuous', True)
    """

    dyad: ShiftingDyad
    discounts: tuple[float, ...]
    enforcement: Enforcement
    stakes: tuple[float, ...]
    answers: tuple[MovingAnswer, ...]
    thresholds: tuple[ShiftingThreshold, ...]

    def __getitem__(self, claim: str) -> MovingAnswer:
        for answer in self.answers:
            if answer.claim == claim:
                return answer
        names = ", ".join(answer.claim for answer in self.answers)
        raise KeyError(f"MovingClaims: claim must be one of {names}; got {claim!r}")

    @property
    def message(self) -> str:
        """The answers as a table."""
        rows = [["claim", "frozen", "moving", "what contradicts it"]]
        for a in self.answers:
            rows.append([a.claim, a.frozen, a.moving, _words(a.claim, a.witness) if a.witness else "–"])
        return aligned(rows, left=4)

    def _record(self) -> dict[str, Any]:
        return {"discounts": self.discounts, "enforcement": self.enforcement, "answers": self.answers}

    def _columns(self) -> Columns:
        """One row per claim."""
        witnesses = [a.witness for a in self.answers]
        return {
            "claim": [a.claim for a in self.answers],
            "frozen": [a.frozen for a in self.answers],
            "moving": [a.moving for a in self.answers],
            "survives": [a.survives for a in self.answers],
            **{name: [w and getattr(w, name) for w in witnesses] for name in ("discount", "low", "high")},
        }


def _words(claim: str, w: MovingWitness) -> str:
    at = "" if w.discount is None else f"δ = {w.discount:g}: "
    words = {
        "asymmetry": f"kept at λ = {w.low:g}, not at {w.high:g}",
        "proxy restraint": f"the proxy conforms at λ = {w.low:g}, not at {w.high:g}",
        "sponsor restraint": f"the sponsor conforms at λ = {w.low:g}, not at {w.high:g}",
        "proxy turns first": f"kept at λ = {w.high:g}; at {w.low:g} the sponsor violates it",
        "pact at parity": "the alliance can be kept, the pact cannot",
        "stakes": f"a pact at stakes {w.high:g}, none at {w.low:g}",
        "protraction": f"a war from λ = {w.high:g} is longer than from {w.low:g}",
    }
    return at + words[claim]


def moving_claims(
    dyad: ShiftingDyad,
    discounts: Iterable[Any] = _DISCOUNTS,
    enforcement: Enforcement | None = None,
    stakes: Iterable[Any] = (1, 2, 4),
) -> MovingClaims:
    """Which of the seven claims hold for a dyad, with frozen and with moving power.

    Parameters
    ----------
    dyad
        A :class:`alliances.ShiftingDyad`.
    discounts
        The discount factors at which to ask.
    enforcement
        As for :func:`alliances.break_threshold`: ``NashReversion()`` (default) or ``Transfers()``.
    stakes
        What the claim on stakes compares, from low to high.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    A proxy that learns makes the sponsor strike first; with frozen power the alliance is durable down to parity and beyond:

    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1.0))
    >>> dyad = al.ShiftingDyad(game, al.PowerProcess(learning=(0.3, 1)), war=walk)
    >>> print(al.claims.moving_claims(dyad, [0.8])["proxy turns first"].witness)
    MovingWitness(discount=0.8, low=0.7, high=0.8)
    """
    function = "moving_claims"
    if not isinstance(dyad, ShiftingDyad):
        raise TypeError(f"{function}(): dyad must be a ShiftingDyad; got {dyad!r}")
    deltas = tuple(float_discount_factor(delta, function) for delta in discounts)
    if not deltas:
        raise ValueError(f"{function}(): discounts must name at least one discount factor; got none")
    levels = tuple(float(to_float(scalar(z, function, "stakes", POSITIVE))) for z in stakes)
    if any(a >= b for a, b in pairwise(levels)):
        raise ValueError(f"{function}(): stakes must increase; got {levels!r}")
    thresholds = tuple(break_threshold(dyad, delta, enforcement) for delta in deltas)
    answers = []
    for name in (*CLAIMS, PROTRACTION.name):
        frozen, moving = (_combined(_each(name, thresholds, levels, moves)) for moves in (False, True))
        answers.append(MovingAnswer(name, frozen[0], moving[0], frozen[1], moving[1]))
    return MovingClaims(dyad, deltas, thresholds[0].enforcement, levels, tuple(answers), thresholds)


Finding: TypeAlias = tuple[MovingStatus, MovingWitness | None]


def _combined(findings: Sequence[Finding]) -> Finding:
    """Of all discount factors: a failure at one is a failure, and what is vacuous at one may hold at another."""
    for status in ("fails", "unsolved", "holds"):
        for finding in findings:
            if finding[0] == status:
                return finding
    return "vacuous", None


def _each(name: str, thresholds: Sequence[ShiftingThreshold], stakes: tuple[float, ...], moves: bool) -> list[Finding]:
    if name == PROTRACTION.name:
        return [_protraction(thresholds[0].dyad, moves)]
    if name in ("pact at parity", "stakes"):
        return [(_pact(t, moves) if name == "pact at parity" else _stakes(t, stakes, moves)) for t in thresholds]
    ask = _ALONG[name]
    return [ask(t, t.moving if moves else t.static) for t in thresholds]


# -- along the gap -----------------------------------------------------------------------------------------------------


def _asymmetry(t: ShiftingThreshold, kept: KeptAlliance) -> Finding:
    if not kept.settled:
        return "unsolved", None
    return _ordered(t, [any(x in w for w in kept.windows) for x in _levels(t)])


def _restraint(player: int) -> Callable[[ShiftingThreshold, KeptAlliance], Finding]:
    def ask(t: ShiftingThreshold, kept: KeptAlliance) -> Finding:
        if not kept.settled:
            return "unsolved", None
        conforms: list[bool | None] = []
        for x in _levels(t):
            if any(x in w for w in kept.windows):
                conforms.append(True)
                continue
            who, _ = violation(kept.evidence, t.dyad.process.place(x))
            conforms.append(None if who is None else who not in (PLAYERS[player], "both"))
        return _ordered(t, conforms)

    return ask


def _ordered(t: ShiftingThreshold, fine: Sequence[bool | None]) -> Finding:
    """Whether what is fine at a gap is fine at every wider one; None where that is not known."""
    levels = _levels(t)
    known = [k for k, value in enumerate(fine) if value is not None]
    for a, b in pairwise(known):
        if fine[a] and not fine[b]:
            return "fails", MovingWitness(t.discount, levels[a], levels[b])
    if len(known) < len(fine):
        return "unsolved", None
    return ("holds" if any(fine) else "vacuous"), None


def _proxy_first(t: ShiftingThreshold, kept: KeptAlliance) -> Finding:
    if not kept.settled:
        return "unsolved", None
    edges = [w.below for w in kept.windows if w.below is not None and w.below.beyond >= 0]
    for edge in edges:
        if edge.defector == "sponsor":
            return "fails", MovingWitness(t.discount, edge.beyond, edge.log_ratio)
    if any(edge.defector is None for edge in edges):
        return "unsolved", None
    return ("holds" if edges else "vacuous"), None


def _levels(t: ShiftingThreshold) -> list[float]:
    """The lattice's log ratios from parity up."""
    return [round(float(x), 12) + 0.0 for x in t.dyad.log_ratios if x > -1e-9]


_ALONG: dict[str, Callable[[ShiftingThreshold, KeptAlliance], Finding]] = {
    "asymmetry": _asymmetry,
    "proxy restraint": _restraint(1),
    "sponsor restraint": _restraint(0),
    "proxy turns first": _proxy_first,
}


# -- at parity ---------------------------------------------------------------------------------------------------------


def _pact(t: ShiftingThreshold, moves: bool) -> Finding:
    can = _playable_at_parity(t.dyad, t.discount, moves)
    if can is None or len(can) < 2:
        return ("unsolved" if can is None else "vacuous"), None
    alliance, pact = can
    if alliance and not pact:
        return "fails", MovingWitness(t.discount, 0.0, 0.0)
    return ("holds" if alliance else "vacuous"), None


def _stakes(t: ShiftingThreshold, stakes: tuple[float, ...], moves: bool) -> Finding:
    game = t.dyad.game
    if t.dyad.stages.shape[0] < 3 or not hasattr(game, "stakes"):
        return "vacuous", None
    pacts = []
    for z in stakes:
        can = _playable_at_parity(replace(t.dyad, game=replace(game, stakes=z)), t.discount, moves)  # type: ignore[type-var]
        if can is None:
            return "unsolved", None
        pacts.append(can[1])
    for k, (low, high) in enumerate(pairwise(pacts)):
        if high and not low:
            return "fails", MovingWitness(t.discount, stakes[k], stakes[k + 1])
    return ("holds" if any(pacts[1:]) else "vacuous"), None


def _playable_at_parity(dyad: ShiftingDyad, delta: float, moves: bool) -> tuple[bool, ...] | None:
    """Whether (ally, ally) and, if there is a third action, (coexist, coexist) can be played with side payments."""
    game: StateGames = dyad.stochastic_game if moves else frozen_game(dyad)
    contracts = holed_contracts(game, delta, len(dyad.log_ratios))
    if not contracts.settled:
        return None
    x, (m, k) = dyad.process.place(0.0), dyad.stages.shape
    hole = any(hole.state == x for hole in contracts.holes)
    slack = contracts.terms[1][game.first[x] : game.first[x + 1]].reshape(m, k)
    return tuple(bool(slack[i, i] >= -playable_room(game)) and not hole for i in range(min(m, k) - 1))


# -- wars --------------------------------------------------------------------------------------------------------------


def _protraction(dyad: ShiftingDyad, moves: bool) -> Finding:
    """Wars of the dyad's walk from all starts through parity; with frozen power they are fought to the end."""
    walk = dyad.war
    if not isinstance(walk, ConflictWalk):
        return "vacuous", None
    starts = walk.lattice()
    rounds = expected_rounds(walk, float(dyad.reconcile) if moves else 0.0)
    levels = [round(float(x), 12) + 0.0 for x in np.atleast_1d(np.log(to_float(starts.ratio)))]
    room = _SAME_DURATION * float(rounds.max())
    order = sorted(range(len(levels)), key=lambda k: abs(levels[k]))
    for near in order:
        for far in order:
            if abs(levels[far]) > abs(levels[near]) + walk.step / 2 and rounds[far] > rounds[near] + room:
                return "fails", MovingWitness(None, levels[near], levels[far])
    return ("holds" if len(levels) > 1 else "vacuous"), None


def expected_rounds(walk: ConflictWalk, reconcile: float) -> Array:
    """How many rounds wars last on average that end by elimination, or after each round with a chance of reconciliation.

    From all starts on the walk's lattice through parity: D_k = 1 + (1 − r)[Q_k D_{k+1} + q_k D_{k−1}].

    >>> import alliances as al
    >>> walk = al.ConflictWalk(swing=2, barrier=4)
    >>> expected_rounds(walk, 0.0), expected_rounds(walk, 0.5).round(3)
    (array([3., 4., 3.]), array([1.429, 1.714, 1.429]))
    """
    lost, won = walk.steps(Power(1, 1))
    size = int(lost) + int(won) - 1
    win, lose = (np.broadcast_to(to_float(x), size) for x in walk.chances(Power(1, 1), np.arange(1 - int(lost), int(won))))
    goes_on = 1 - reconcile
    system = np.eye(size) - goes_on * (np.diag(win[:-1], 1) + np.diag(lose[1:], -1))
    return np.asarray(np.linalg.solve(system, np.ones(size)))
