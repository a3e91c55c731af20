"""The break threshold of a dyad whose power moves: where the alliance ends, who ends it, and what expectation adds.

A rising proxy and a sponsor who knows it: while they are allied the proxy learns, and the sponsor's lead λ falls. Either the
proxy leaves once it is strong enough; or the sponsor, who foresees that, **strikes first** while it is still ahead: the
commitment problem (Fearon 1995, *International Organization* 49:379-414; Powell 2006, ibid. 60:169-203).

:func:`break_threshold` answers for a shift that is *expected*: the process is known from the start. For a shift that *arrives
as news* see :meth:`ShiftingThreshold.arriving_at`. The **shift of the threshold** compares with the same dyad and the same war,
power frozen while the two are allied: λ_b(process) − λ_b(frozen).

Without side payments it may be that no equilibrium keeps the alliance up to the top of the lattice. Then the windows are those
of the equilibrium with the largest set of log ratios that was found; the message says where another one is not excluded. That
an alliance can be kept **never** is said only if no equilibrium whatever can, :mod:`alliances.dynamics.possible_alliance`.

Windows and edges are points of the lattice: nothing is said about log ratios between two points, and a finer lattice with the
same chances is another, slower process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic import Array, show
from alliances.arithmetic.canonical import float_discount_factor
from alliances.dynamics.contract_holes import HoledContracts
from alliances.dynamics.kept_alliance import KeptAlliance, ShiftingEdge, ShiftingWindow, fighting_at, kept_alliance, violation
from alliances.dynamics.shifting_dyad import ShiftingDyad
from alliances.dynamics.states import StateGames
from alliances.games.players import Defector
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers
from alliances.results import Result
from alliances.results.result_tuple import ResultTuple
from alliances.values import kept_by_identity

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["ArrivingShift", "ShiftingThreshold", "break_threshold", "frozen_game"]

Outcome = Literal["breaks at once", "holds", "no alliance", "unsolved"]
Status = Literal["threshold", "upper edge", "always", "never", "unsolved"]

_FELT = 0.01  # the discounted chance of reaching a reflecting end from which on an edge counts as near it
_DEEDS = {"sponsor": "the sponsor strikes first", "proxy": "the proxy leaves", "both": "both break it"}


@dataclass(frozen=True)
class ArrivingShift(Result):
    """What happens where a shift of power begins unexpectedly.

    Attributes
    ----------
    log_ratio
        Where the news finds the dyad.
    outcome
        "no alliance" if there was none to break, with power frozen; "breaks at once" if the alliance cannot be kept there once
        the process is known; "holds" if it can, for the time being; "unsolved" if no equilibrium was found that tells.
    defector, gains
        Of a break: who violates the alliance if it is kept at this log ratio alone, and what that gains the sponsor and the
        proxy.
    breaks_at
        Of an alliance that holds: the lower edge of its window, None if it reaches the lattice's end.
    """

    log_ratio: float
    outcome: Outcome
    defector: Defector | None
    gains: tuple[float, float] | None
    breaks_at: float | None

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        name = f"News of the shift at λ = {self.log_ratio:g}"
        if self.outcome == "no alliance":
            return f"{name} finds no alliance that could be kept with power frozen."
        if self.outcome == "holds":
            further = "the lattice's end" if self.breaks_at is None else f"λ = {self.breaks_at:g}"
            return f"{name} breaks nothing; the alliance holds down to {further}."
        if self.outcome == "unsolved":
            return f"{name}: no equilibrium was found that tells whether the alliance could be kept before, or can be after."
        who = "it cannot be kept" if self.defector is None else _DEEDS[self.defector]
        return f"{name} breaks the alliance at once: {who}."


@dataclass(frozen=True, eq=False)
class ShiftingThreshold(Result):
    """Where an alliance can be kept while power moves, and the same with power frozen.

    Attributes
    ----------
    dyad, discount, enforcement
        The question.
    moving
        The windows of the dyad's process, with their evidence.
    static
        The windows of the same dyad and war with power frozen while the two are allied.
    """

    references: ClassVar[tuple[str, ...]] = ("fearon-1995", "powell-2006")

    dyad: ShiftingDyad
    discount: float
    enforcement: Enforcement
    moving: KeptAlliance
    static: KeptAlliance

    @property
    def windows(self) -> ResultTuple[ShiftingWindow]:
        """The log ratios at which (ally, ally) can be kept, from the lowest up."""
        return self.moving.windows

    @property
    def static_windows(self) -> ResultTuple[ShiftingWindow]:
        """The same with power frozen."""
        return self.static.windows

    @property
    def log_ratio(self) -> float | None:
        """λ_b, the lower edge of the highest window; None without one."""
        return None if self.moving.threshold is None else self.moving.threshold.log_ratio

    @property
    def gap(self) -> float | None:
        """The same as a power gap, γ = tanh(λ/2)."""
        return None if self.log_ratio is None else float(np.tanh(self.log_ratio / 2))

    @property
    def defector(self) -> Defector | None:
        """Who violates the alliance if it is held one step below λ_b."""
        return None if self.moving.threshold is None else self.moving.threshold.defector

    @property
    def attacker(self) -> Defector | None:
        """Who fights one step below λ_b, where the alliance has ended; None if nobody does there, or there is no λ_b.

        The defector is who would violate the alliance if it were held there. The attacker is who fights in the equilibrium
        that is played there instead: in a break game such as (F, F) both, though one of them alone has ended the alliance; in
        a mixed equilibrium whoever fights with a positive probability. With side payments it is the profile with the largest
        joint value, the first in the game's order if several have it.
        """
        edge = self.moving.threshold
        return None if edge is None else fighting_at(self.moving.evidence, self.dyad.process.place(edge.beyond))

    @property
    def shift(self) -> float | None:
        """λ_b(process) − λ_b(frozen): how much earlier (above 0) the alliance breaks because the shift is expected."""
        before, after = self.static.threshold, self.moving.threshold
        return None if before is None or after is None else round(after.log_ratio - before.log_ratio, 12)

    @property
    def status(self) -> Status:
        """What was found.

        "threshold": a lower edge; "upper edge": the alliance can be kept at the lattice's lower end, and not at all λ above it;
        "always": at every λ. Without any window, "never" if that is established – with side payments for equilibria in pure
        actions, without them for all – and "unsolved" if no such equilibrium was found.
        """
        if self.windows:
            top = self.windows[-1]
            return "threshold" if top.below is not None else "always" if top.above is None else "upper edge"
        if isinstance(self.moving.evidence, HoledContracts):
            return "never" if self.moving.settled else "unsolved"
        return "never" if len(self.moving.excluded) == len(self.dyad.log_ratios) else "unsolved"

    @property
    def near_ends(self) -> ResultTuple[ShiftingEdge]:
        """Edges that the lattice's reflecting ends may have moved: widen the reach and compare."""
        edges = [edge for window in self.windows for edge in (window.below, window.above) if edge is not None]
        felt = _end_felt(self.dyad, self.discount, self.windows)
        place = self.dyad.process.place
        moved = (edge for edge in edges if max(felt[place(edge.log_ratio)], felt[place(edge.beyond)]) > _FELT)
        return ResultTuple(moved, ShiftingEdge, "edges near the ends of the lattice", "the ends move no edge")

    def arriving_at(self, log_ratio: Any) -> ArrivingShift:
        """What happens if the shift was not expected and begins, as news, where the dyad is.

        Until then the dyad is the one with power frozen; from then on all know the process. Where the new process cannot keep
        the alliance it breaks at once, at whatever log ratio the news finds it; an expected shift would have broken it before.

        Raises
        ------
        ValueError
            If the lattice has no such log ratio.
        """
        state = self.dyad.process.place(log_ratio, "ShiftingThreshold.arriving_at")
        level = round(float(self.dyad.log_ratios[state]), 12) + 0.0
        if not any(level in window for window in self.static_windows):
            known = bool(self.static_windows) or _told(self.static, level)
            return ArrivingShift(level, "no alliance" if known else "unsolved", None, None, None)
        for window in self.windows:
            if level in window:
                return ArrivingShift(level, "holds", None, None, None if window.below is None else window.low)
        if not self.windows and not _told(self.moving, level):
            return ArrivingShift(level, "unsolved", None, None, None)
        evidence = self.moving.evidence
        defector, gains = violation(evidence, state) if self.moving.settled and evidence else (None, None)
        return ArrivingShift(level, "breaks at once", defector, gains, None)

    @property
    def message(self) -> str:
        """The answer in a sentence, or a few."""
        lines = [_sentence(self)]
        if self.shift is not None:
            static = self.static.threshold
            assert static is not None
            who = "" if static.defector is None else f" ({_DEEDS[static.defector]})"
            lines.append(f"With power frozen it breaks below λ = {static.log_ratio:g}{who}: expectation adds {self.shift:+g}.")
        if self.status == "threshold" and self.windows[-1].above is not None:
            above = self.windows[-1].above
            who = "" if above.defector is None else f" ({_DEEDS[above.defector]})"
            lines.append(f"It breaks above λ = {above.log_ratio:g}, too{who}.")
        if self.moving.holes:
            some = ", ".join(f"{x:g}" for x in self.moving.holes)
            lines.append(f"No pure equilibrium at λ = {some}: mixed ones are played there, and better ones may exist.")
        if self.moving.unsolved:
            lines.append(f"For {len(self.moving.unsolved)} lower candidates no equilibrium was found; they are not excluded.")
        lines += _undecided(self)
        if self.near_ends:
            some = ", ".join(f"{edge.log_ratio:g}" for edge in self.near_ends)
            lines.append(f"Near the lattice's reflecting ends: {some}; widen the reach of the process and compare.")
        return " ".join(lines)

    def __str__(self) -> str:
        rows = [f"  kept on [{w.low:g}, {w.high:g}]" + _gaps(w) for w in self.windows]
        return "\n".join([self.message, *rows])

    def _record(self) -> dict[str, Any]:
        names = (
            "discount",
            "enforcement",
            "status",
            "log_ratio",
            "gap",
            "defector",
            "attacker",
            "shift",
            "windows",
            "static_windows",
        )
        kept = {"holes": self.moving.holes, "unsolved": self.moving.unsolved, "message": self.message}
        return {name: getattr(self, name) for name in names} | kept

    def _columns(self) -> Columns:
        """One row per window, of the process and with power frozen."""
        rows = [("moving", w) for w in self.windows] + [("frozen", w) for w in self.static_windows]
        sides = {"below": [w.below for _, w in rows], "above": [w.above for _, w in rows]}
        return {
            "power": [name for name, _ in rows],
            "low": [w.low for _, w in rows],
            "high": [w.high for _, w in rows],
            "gap_low": [w.gaps[0] for _, w in rows],
            "gap_high": [w.gaps[1] for _, w in rows],
            **{name: [None if e is None else e.defector for e in edges] for name, edges in sides.items()},
        }


def _sentence(t: ShiftingThreshold) -> str:
    end = float(t.dyad.process.reach)
    transfers = isinstance(t.moving.evidence, HoledContracts)
    if t.status == "threshold":
        who = "" if t.defector is None else f": {_DEEDS[t.defector]}"
        return f"As λ falls, the alliance breaks below λ = {t.log_ratio:g} (γ = {show(t.gap)}){who}."
    if t.status == "always":
        return f"The alliance can be kept at every λ from {-end:g} to {end:g}."
    if t.status == "upper edge":
        above = t.windows[-1].above
        assert above is not None
        who = "" if above.defector is None else f": {_DEEDS[above.defector]}"
        return f"As λ rises from {-end:g}, the alliance breaks above λ = {above.log_ratio:g}{who}."
    if t.status == "never":
        other = "try another discount factor" if transfers else "try a higher discount factor or side payments"
        return f"The alliance can be kept at no λ from {-end:g} to {end:g}; {other}."
    if transfers:
        return "No equilibrium of this kind was found; try another discount factor or a coarser lattice."
    return (
        "No equilibrium of this kind was found; try side payments, another discount factor or a coarser lattice. Tried were "
        "Markov-perfect equilibria that keep the alliance from some λ up, or in some set of λ."
    )


def _undecided(t: ShiftingThreshold) -> list[str]:
    """Without a threshold equilibrium: the log ratios of which it is not known whether the alliance can be kept there."""
    evidence = t.moving.evidence
    if isinstance(evidence, HoledContracts) or len(evidence) == 2:  # the threshold is the lowest; that is what was asked
        return []
    place = t.dyad.process.place
    known = {place(x) for x in t.moving.excluded}
    open_ = [k for k, x in enumerate(t.dyad.log_ratios) if k not in known and not any(x in w for w in t.windows)]
    if not open_:
        return ["No equilibrium at all has both ally for certain at any other λ."] if t.windows else []
    ends = np.split(open_, np.flatnonzero(np.diff(open_) > 1) + 1)
    runs = [[f"{t.dyad.log_ratios[k]:g}" for k in dict.fromkeys((run[0], run[-1]))] for run in ends]
    some = ", ".join(run[0] if len(run) == 1 else f"[{run[0]}, {run[1]}]" for run in runs)
    return [f"That some equilibrium keeps the alliance is not excluded at λ = {some}."]


def _told(kept: KeptAlliance, level: float) -> bool:
    """Whether it is known, where there are no windows, that the alliance cannot be kept at a log ratio."""
    return level in kept.excluded or (isinstance(kept.evidence, HoledContracts) and kept.settled)


def _gaps(window: ShiftingWindow) -> str:
    low, high = window.gaps
    return f", gaps [{low:.3f}, {high:.3f}]"


def break_threshold(dyad: ShiftingDyad, discount: Any, enforcement: Enforcement | None = None) -> ShiftingThreshold:
    """Where an alliance whose power moves, as both expect, can be kept, and who breaks it where it cannot.

    Parameters
    ----------
    dyad
        The model, the process of power and the war.
    discount
        δ in [0, 1), common to both.
    enforcement
        :class:`NashReversion` (default): no side payments; the answer is a Markov-perfect threshold equilibrium, or, where
        there is none, the one with the largest set of λ that was found, :mod:`alliances.dynamics.markov_alliance`.
        :class:`Transfers`: side payments; the largest set of profiles that can be played,
        :mod:`alliances.dynamics.contract_holes`.

    Raises
    ------
    TypeError, ValueError
        If ``dyad`` is no :class:`ShiftingDyad`, δ lies outside [0, 1), or ``enforcement`` is another concept.

    Examples
    --------
    A proxy that learns fast makes the sponsor strike first, far above parity; one that learns slowly leaves after parity:

    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1.0))
    >>> for chance in (0.1, 0.3):
    ...     dyad = al.ShiftingDyad(game, al.PowerProcess(learning=(chance, 1)), war=walk)
    ...     threshold = al.break_threshold(dyad, 0.8)
    ...     print(threshold.log_ratio, threshold.defector, threshold.shift)
    -0.3 proxy 0.1
    0.8 sponsor 1.2

    Leaders who are less patient may keep it in a zone only:

    >>> print(al.break_threshold(dyad, 0.4).windows[0])
    [1.6, 2.4] (below: proxy; above: proxy)
    """
    if not isinstance(dyad, ShiftingDyad):
        raise TypeError(f"break_threshold(): dyad must be a ShiftingDyad; got {dyad!r}")
    delta = float_discount_factor(discount, "break_threshold")
    concept = NashReversion() if enforcement is None else enforcement
    if not isinstance(concept, (NashReversion, Transfers)):
        raise TypeError(
            "break_threshold(): enforcement must be NashReversion(), without side payments, or Transfers(), with them; "
            f"got {enforcement!r}"
        )
    game, transfers = dyad.stochastic_game, isinstance(concept, Transfers)
    kept = [kept_alliance(g, dyad.log_ratios, delta, transfers) for g in (game, frozen_game(dyad))]
    return ShiftingThreshold(dyad, delta, concept, *kept)


@kept_by_identity  # a threshold, its checks and other discount factors ask for that of one dyad
def frozen_game(dyad: ShiftingDyad) -> StateGames:
    """The dyad's stochastic game with power frozen in every period in which nobody fights; its wars are the same."""
    game, n = dyad.stochastic_game, len(dyad.log_ratios)
    m, k = dyad.stages.shape
    calm = (game.state_of < n) & (game.row < m - 1) & (game.column < k - 1)
    matrix = game.kernel.matrix.tolil(copy=True)
    for profile in np.flatnonzero(calm):
        matrix.rows[profile], matrix.data[profile] = [int(game.state_of[profile])], [1.0]
    return StateGames(game.stages, matrix.tocsr(), states=game.states)


def _end_felt(dyad: ShiftingDyad, delta: float, windows: tuple[ShiftingWindow, ...]) -> Array:
    """(n,) E[δ^τ], τ the first time at which a move is cut off by an end of the lattice, while the alliance lasts.

    A break ends the process, unless the war moves with it, or the players may coexist: then all states count.
    """
    process, n = dyad.process, len(dyad.log_ratios)
    lasting = dyad.war != "moving" and dyad.stages.shape == (2, 2)
    felt = np.zeros(n)
    for allied in (True,) if lasting else (True, False):
        moves = [step for step in process.moves(allied) if step]
        here = np.arange(n)
        cut = np.any([(here + step < 0) | (here + step > n - 1) for step in moves], axis=0) if moves else np.zeros(n, bool)
        alive = np.array([not lasting or any(x in w for w in windows) for x in dyad.log_ratios])
        chain = process.chain(allied).matrix.toarray() * delta
        chain[cut | ~alive] = 0
        reached = np.linalg.solve(np.eye(n) - chain, (cut & alive).astype(float))
        beside = process.chain(allied).matrix @ reached * delta  # from a state just beyond an edge, if held
        felt = np.maximum(felt, np.where(alive, reached, np.where(cut, 1.0, beside)))
    return felt
