"""What a critical discount factor depends on, for number types that NumPy does not know: letters, intervals, single fractions.

Under every concept that reverts to a stage profile, δ_i* grows with the **odds** ω_i = (d_i − c_i)/(c_i − w_i) of
betrayal, its temptation over its loss, and with nothing else that the gap moves:

* Nash reversion: δ* = ω/(1 + ω), from 0 at ω = 0 to 1 as ω → ∞;
* finite punishment of T periods: δ + … + δ^T = ω, never if ω ≥ T;
* imperfect monitoring: δ* = ω/[(1 − α)ω + 1 − α − β], never if αω ≥ 1 − α − β;
* transfers: the same of the sums, ω = Σ(d − c)/Σ(c − w).

So every statement about the *order* of critical discount factors is one about odds, which are quotients of payoffs.
Optimal penal codes are Nash reversion wherever the worst stage equilibrium holds both players down to their pure minmax
payoffs (no equilibrium of the repeated game can be worse); elsewhere their odds are not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from alliances.arithmetic import Number
from alliances.arithmetic.quotients import OutOfReach
from alliances.payoffs.dyadic import Cells
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.optimal_penal_code import OptimalPenalCode
from alliances.repeated.enforcement.transfers import Transfers

__all__ = ["Odds", "indices", "odds_of", "reverts", "satisfies"]


@dataclass(frozen=True, eq=False)
class Odds:
    """The odds of betrayal of one player, or of the dyad under transfers.

    Attributes
    ----------
    kind
        "zero" (no temptation, δ* = 0), "finite" (``value``), "infinite" (δ* = ∞), or "unknown".
    value
        ω, where it is finite.
    punishment
        Whose payoffs w are, as a pair of profiles or "none": odds may jump where it changes.
    loss
        c − w.
    """

    kind: Literal["zero", "finite", "infinite", "unknown"]
    value: Number
    punishment: object
    loss: Number = None

    def exceeds(self, other: Odds) -> bool:
        """Whether these odds are the higher ones."""
        if self.kind == "finite" and other.kind == "finite":
            return bool(self.value > other.value)
        rank = {"zero": 0, "finite": 1, "infinite": 2}
        return rank[self.kind] > rank[other.kind]


def reverts(concept: Enforcement) -> str | None:
    """None if the odds of ``concept`` are known here; otherwise a sentence that says why not."""
    inner = concept.enforcement if isinstance(concept, GivenPunishment) else concept
    known = isinstance(inner, (NashReversion, FinitePunishment, ImperfectMonitoring, Transfers, OptimalPenalCode))
    if not known:
        return f"proofs know the library's own enforcement concepts, not {type(concept).__name__}; measure() takes any"
    if getattr(inner, "mixed", False):
        return "proofs know pure punishments; mixed=True is beyond them, and measure() takes it"
    return None


def indices(profile: Sequence[Any], actions: Sequence[str]) -> tuple[int, int]:
    """A profile of labels or indices as indices."""
    for action in profile:
        if action not in (actions if isinstance(action, str) else range(len(actions))):
            raise ValueError(
                f"prove(): the model must have the actions of the profile {tuple(profile)}; it has {tuple(actions)}"
            )
    row, column = (actions.index(a) if isinstance(a, str) else int(a) for a in profile)
    return row, column


def odds_of(cells: Cells, actions: Sequence[str], profile: Sequence[Any], concept: Enforcement) -> tuple[Odds, Odds]:
    """The sponsor's and the proxy's odds of betrayal; the dyad's twice under transfers.

    The code decides every case by comparing payoffs, so it runs on any ordered number type.

    Raises
    ------
    OutOfReach
        If the odds under ``concept`` are not known.
    """
    reason = reverts(concept)
    if reason is not None:
        raise OutOfReach(reason)
    i, j = indices(profile, actions)
    size = range(len(actions))
    path = cells[i][j]
    best = (
        _largest([cells[k][j][0] for k in size if k != i], path[0]),
        _largest([cells[i][k][1] for k in size if k != j], path[1]),
    )
    temptation = best[0] - path[0], best[1] - path[1]
    inner = concept.enforcement if isinstance(concept, GivenPunishment) else concept
    punished = _punishments(cells, actions, concept)
    if punished is None:
        punished = (path, path), "none"
    elif _optimal(inner) and not _minmax(cells, (punished[0][0][0], punished[0][1][1])):
        unknown = Odds("unknown", None, punished[1])
        return unknown, unknown
    (at_s, at_p), label = punished
    loss = path[0] - at_s[0], path[1] - at_p[1]
    if inner.pooled:
        pooled = _odds(temptation[0] + temptation[1], loss[0] + loss[1], inner, label)
        return pooled, pooled
    return _odds(temptation[0], loss[0], inner, label), _odds(temptation[1], loss[1], inner, label)


def _optimal(concept: Enforcement) -> bool:
    return isinstance(concept, OptimalPenalCode) or getattr(concept, "punishment", "nash") == "optimal"


def _odds(temptation: Number, loss: Number, concept: Enforcement, label: object) -> Odds:
    if temptation <= 0:
        return Odds("infinite" if concept.pooled and loss < 0 else "zero", None, label, loss)
    if loss <= 0:
        return Odds("infinite", None, label, loss)
    if isinstance(concept, FinitePunishment):
        enough = concept.periods * loss > temptation
    elif isinstance(concept, ImperfectMonitoring):
        enough = (1 - concept.false_alarm - concept.miss) * loss > concept.false_alarm * temptation
    else:
        enough = True
    return Odds("finite", temptation / loss, label, loss) if enough else Odds("infinite", None, label, loss)


def _largest(values: Sequence[Number], start: Number) -> Number:
    for value in values:
        if value > start:
            start = value
    return start


def _is_equilibrium(cells: Cells, i: int, j: int) -> bool:
    a, b = cells[i][j]
    return all(a >= row[j][0] for k, row in enumerate(cells) if k != i) and all(
        b >= cell[1] for k, cell in enumerate(cells[i]) if k != j
    )


def _punishments(cells: Cells, actions: Sequence[str], concept: Enforcement) -> tuple[tuple[Any, Any], object] | None:
    """The cells that punish the sponsor and the proxy, and which they are; None if nothing punishes."""
    size = range(len(actions))
    if isinstance(concept, GivenPunishment):
        i, j = indices(concept.profile, actions)
        if concept.credible and not _is_equilibrium(cells, i, j):
            return None
        return (cells[i][j], cells[i][j]), ((i, j), (i, j))
    last = len(actions) - 1
    conflict = cells[last][last]
    if _is_equilibrium(cells, last, last) and _minmax(cells, conflict):  # then no equilibrium is worse for either
        return (conflict, conflict), ((last, last), (last, last))
    found = [(i, j) for i in size for j in size if _is_equilibrium(cells, i, j)]
    if not found:
        return None
    worst_s = worst_p = found[0]
    for i, j in found[1:]:
        if cells[i][j][0] < cells[worst_s[0]][worst_s[1]][0]:
            worst_s = i, j
        if cells[i][j][1] < cells[worst_p[0]][worst_p[1]][1]:
            worst_p = i, j
    return (cells[worst_s[0]][worst_s[1]], cells[worst_p[0]][worst_p[1]]), (worst_s, worst_p)


def _minmax(cells: Cells, payoffs: tuple[Number, Number]) -> bool:
    """Whether against every action of the other, each player's best reply gives at least ``payoffs``."""
    size = range(len(cells))
    return all(any(cells[k][j][0] >= payoffs[0] for k in size) for j in size) and all(
        any(cells[i][k][1] >= payoffs[1] for k in size) for i in size
    )


def satisfies(name: str, cells: Cells, actions: Sequence[str], profile: Sequence[Any], concept: Enforcement) -> bool:
    """Whether an assumption of :data:`alliances.claims.ASSUMPTIONS` holds."""
    last = len(actions) - 1
    k, m = indices(concept.profile, actions) if isinstance(concept, GivenPunishment) else (last, last)
    if name == "credible":
        return _is_equilibrium(cells, k, m)
    i, j = indices(profile, actions)
    return bool(cells[i][j][0] > cells[k][m][0]) and bool(cells[i][j][1] > cells[k][m][1])
