"""Where an alliance can be kept on a lattice of log ratios, and who would violate it one step further.

A *window* is a run of neighbouring log ratios at which (ally, ally) can be kept. At each of its edges the alliance is held one
lattice step further in thought, and the **defector** is who then gains from a deviation:

* without side payments the strategies are solved again with the state beyond held, too; the defector is whoever gains there,
  or, if nobody does, in the state where somebody gains most;
* with side payments the contract at (ally, ally) beyond the edge asks for more than the two have to lose together; the defector
  is whose temptation there is positive, the best deviation's gain where all later surplus goes to the other side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.contract_holes import HoledContracts, holed_contracts
from alliances.dynamics.elimination import playable_room
from alliances.dynamics.markov_alliance import MarkovAlliance, MarkovSolver
from alliances.dynamics.possible_alliance import possible_alliances
from alliances.dynamics.states import StateGames
from alliances.games.players import Defector
from alliances.results import Columns, Result
from alliances.results.result_tuple import ResultTuple

__all__ = ["KeptAlliance", "ShiftingEdge", "ShiftingWindow", "fighting_at", "kept_alliance", "violation", "windows_of"]

Evidence: TypeAlias = HoledContracts | tuple[MarkovAlliance, ...]
"""With side payments the contracts. Without: the threshold equilibrium and the same with pockets; or, where there is no
threshold, the equilibrium with the largest set of states found in which the alliance is kept, maybe none; or nothing."""

_WHO: tuple[Defector | None, ...] = (None, "sponsor", "proxy", "both")
_BROAD = 1e-9  # of the payoff range: a gain or temptation below this is rounding


@dataclass(frozen=True)
class ShiftingEdge(Result):
    """The end of a window within the lattice.

    Attributes
    ----------
    log_ratio
        The last lattice point at which the alliance can be kept.
    beyond
        The next one, at which it cannot.
    defector
        Who violates the alliance if it is held there, too: "sponsor", "proxy" or "both"; None if that could not be solved.
    gains
        The sponsor's and the proxy's gain from a deviation, or temptation.
    """

    log_ratio: float
    beyond: float
    defector: Defector | None
    gains: tuple[float, float]


@dataclass(frozen=True)
class ShiftingWindow(Result):
    """A run of log ratios at which the alliance can be kept.

    Attributes
    ----------
    low, high
        Its ends, points of the lattice.
    below, above
        The edges there; None at an end of the lattice.
    """

    low: float
    high: float
    below: ShiftingEdge | None
    above: ShiftingEdge | None

    @property
    def message(self) -> str:
        """The window, and who violates the alliance outside."""
        sides = [
            "end of the lattice" if edge is None else "unsolved" if edge.defector is None else edge.defector
            for edge in (self.below, self.above)
        ]
        return f"[{self.low:g}, {self.high:g}] (below: {sides[0]}; above: {sides[1]})"

    @property
    def gaps(self) -> tuple[float, float]:
        """The same ends as power gaps γ = tanh(λ/2)."""
        return float(np.tanh(self.low / 2)), float(np.tanh(self.high / 2))

    def __contains__(self, log_ratio: float) -> bool:
        return self.low - 1e-9 <= log_ratio <= self.high + 1e-9


@dataclass(frozen=True, eq=False)
class KeptAlliance(Result):
    """The windows of one process, and their evidence.

    Attributes
    ----------
    windows
        From the lowest up.
    unsolved
        Without side payments: the candidates for the threshold below the one reported for which no equilibrium was found.
    holes
        With side payments: the log ratios at which there is no equilibrium in pure actions, see
        :mod:`alliances.dynamics.contract_holes`.
    evidence
        The equilibria behind the windows.
    excluded
        Without side payments and without a threshold equilibrium: the log ratios at which no equilibrium at all, whatever its
        strategies, has both ally for certain, see :mod:`alliances.dynamics.possible_alliance`.
    """

    windows: ResultTuple[ShiftingWindow]
    unsolved: tuple[float, ...]
    holes: tuple[float, ...]
    evidence: Evidence
    excluded: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "windows", _shown(self.windows))
        super().__post_init__()

    def _arguments(self) -> dict[str, Any]:
        return {"windows": tuple(self.windows)}

    @property
    def message(self) -> str:
        """The windows in a sentence."""
        return "kept on " + " and ".join(f"[{w.low:g}, {w.high:g}]" for w in self.windows) if self.windows else "kept nowhere"

    def _columns(self) -> Columns:
        """One row per window: its ends in log ratios and gaps, and who violates the alliance outside."""
        sides = {side: [getattr(w, side) for w in self.windows] for side in ("below", "above")}
        ends = {f"gap_{name}": [w.gaps[k] for w in self.windows] for k, name in enumerate(("low", "high"))}
        return {
            **{name: [getattr(w, name) for w in self.windows] for name in ("low", "high")},
            **ends,
            **{side: [None if edge is None else edge.defector for edge in edges] for side, edges in sides.items()},
        }

    @property
    def threshold(self) -> ShiftingEdge | None:
        """The lower edge of the highest window."""
        return self.windows[-1].below if self.windows else None

    @property
    def settled(self) -> bool:
        """Whether there is an answer: windows, or that the alliance can be kept nowhere."""
        if isinstance(self.evidence, HoledContracts):
            return self.evidence.settled
        return bool(self.evidence) and (bool(self.windows) or len(self.excluded) == len(self.evidence[0].held))


def kept_alliance(game: StateGames, log_ratios: Array, delta: float, transfers: bool) -> KeptAlliance:
    """The windows of a game whose first states are the allied ones, one for each log ratio."""
    n = len(log_ratios)
    levels = [round(float(x), 12) + 0.0 for x in log_ratios]
    if transfers:
        contracts = holed_contracts(game, delta, n)
        holes = tuple(levels[hole.state] for hole in contracts.holes)
        return KeptAlliance(_shown(windows_of(contracts, levels)), (), holes, contracts)
    solver = MarkovSolver(game, n, delta)
    alliance, unsolved = solver.threshold()
    tried = tuple(levels[e] for e in unsolved)
    evidence: tuple[MarkovAlliance, ...]
    if alliance is not None:
        evidence = (alliance, solver.with_pockets(alliance))
        return KeptAlliance(_shown(windows_of(evidence, levels)), tried, (), evidence)
    possible = possible_alliances(game, n, delta)
    found = solver.anywhere(possible)
    evidence = () if found is None else (found,)
    excluded = tuple(level for level, can in zip(levels, possible, strict=True) if not can)
    return KeptAlliance(_shown(windows_of(evidence, levels)), tried, (), evidence, excluded)


def _shown(windows: tuple[ShiftingWindow, ...]) -> ResultTuple[ShiftingWindow]:
    """The windows as a tuple that shows itself."""
    none = "no equilibrium was found in which the alliance is kept"
    shown: ResultTuple[ShiftingWindow] = ResultTuple.like(windows, ShiftingWindow, "windows of log ratios", none)
    return shown


def windows_of(evidence: Evidence, levels: list[float]) -> tuple[ShiftingWindow, ...]:
    """The windows that equilibria show, with their edges; ``levels`` are the log ratios."""
    if isinstance(evidence, HoledContracts):
        mask = _contract_mask(evidence, len(levels))
        return _windows(evidence, mask, mask, levels)
    return _windows(evidence, evidence[0].held, evidence[-1].allied, levels) if evidence else ()


def violation(evidence: Evidence, state: int) -> tuple[Defector | None, tuple[float, float]]:
    """Who violates the alliance if it is held in one state more, and the gains there."""
    if isinstance(evidence, HoledContracts):
        temptations = evidence.terms[0][evidence.game.first[state]]
        return _defector(evidence.game, temptations), (float(temptations[0]), float(temptations[1]))
    base = evidence[-1]
    solver = MarkovSolver(base.game, len(base.held), base.discount)
    return _violation(solver, base.held | (np.arange(len(base.held)) == state), state)


def fighting_at(evidence: Evidence, state: int) -> Defector | None:
    """Who fights in an allied state in the equilibrium that is played there, with a positive probability; None: nobody."""
    if isinstance(evidence, HoledContracts):
        hole = next((hole for hole in evidence.holes if hole.state == state), None)
        if hole is None:
            solved, profile = evidence.contracts.game, int(evidence.contracts.on_path_profiles[state])
            if profile < 0:
                return None
            places, shape = (solved.row[profile], solved.column[profile]), solved.stages[state].shape
            fights = [bool(place == size - 1) for place, size in zip(places, shape, strict=True)]
        else:
            fights = [bool(x[-1] > 0) for x in (hole.sponsor, hole.proxy)]
    elif evidence:
        fights = [bool(x[state, -1] > 0) for x in (evidence[-1].sponsor, evidence[-1].proxy)]
    else:
        return None
    return _WHO[int(fights[0]) + 2 * int(fights[1])]


def _defector(game: StateGames, gains: Array) -> Defector | None:
    """Whose gain is more than rounding."""
    tempted = np.asarray(gains) > max(_BROAD * float(game.spread), float(game.tolerance))
    return _WHO[int(tempted[0]) + 2 * int(tempted[1])]


def _violation(solver: MarkovSolver, held: Array, state: int) -> tuple[Defector | None, tuple[float, float]]:
    alliance = solver.hold(held)
    if not alliance.settled:
        return None, (np.nan, np.nan)
    gains = alliance.gains
    where = state if gains[state].max() > solver.room else int(gains.max(axis=1).argmax())
    return _defector(solver.game, gains[where]), (float(gains[where, 0]), float(gains[where, 1]))


def _contract_mask(contracts: HoledContracts, n: int) -> Array:
    """(n,) where (ally, ally) can be played, in an equilibrium with side payments."""
    if not contracts.settled:
        return np.zeros(n, dtype=bool)
    game = contracts.game
    mask = np.asarray(contracts.terms[1][game.first[:n]] >= -playable_room(game))
    mask[[hole.state for hole in contracts.holes]] = False
    return mask


def _windows(evidence: Evidence, top: Array, mask: Array, levels: list[float]) -> tuple[ShiftingWindow, ...]:
    """Runs of the mask; below the threshold of a Markov equilibrium, which ``top`` holds, runs are pockets."""
    bounds = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    windows = []
    for low, end in zip(bounds[::2].tolist(), bounds[1::2].tolist(), strict=True):
        edges: list[ShiftingEdge | None] = []
        of = evidence[:1] if isinstance(evidence, tuple) and top[low:end].any() else evidence
        for inner, outer in ((low, low - 1), (end - 1, end)):
            inside = 0 <= outer < len(levels)
            edges.append(ShiftingEdge(levels[inner], levels[outer], *violation(of, outer)) if inside else None)
        windows.append(ShiftingWindow(levels[low], levels[end - 1], *edges))
    return tuple(windows)
