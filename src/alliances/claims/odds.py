"""What a critical discount factor depends on, for number types that NumPy does not know: quotients, intervals, fractions.

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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from alliances.arithmetic import Number
from alliances.arithmetic.quotients import OutOfReach
from alliances.payoffs.dyadic import Cells
from alliances.repeated.enforcement.comparisons import indices, is_equilibrium, largest
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["Odds", "odds_of", "satisfies"]


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
    terms
        (c, d, w): the payoffs on path, of the best deviation and when punished; of both players where constraints are pooled.
    """

    kind: Literal["zero", "finite", "infinite", "unknown"]
    value: Number
    punishment: object
    loss: Number = None
    terms: tuple[tuple[Number, Number, Number], ...] = ()

    @property
    def temptation(self) -> Number:
        """The sum of d − c."""
        return sum(d - c for c, d, _ in self.terms)

    def written(self, convert: Callable[[Number], Any]) -> Odds:
        """The same odds in numbers of another type."""
        terms = tuple((convert(c), convert(d), convert(w)) for c, d, w in self.terms)
        return replace(self, value=convert(self.value) if self.kind == "finite" else None, loss=convert(self.loss), terms=terms)

    def surpasses(self, other: Odds) -> bool:
        """Whether these odds are the higher ones, of enclosures: without division by a loss that may be next to nothing."""
        if self.kind == other.kind == "finite":
            return bool(self.temptation * other.loss > other.temptation * self.loss)
        return self.exceeds(other)

    def exceeds(self, other: Odds) -> bool:
        """Whether these odds are the higher ones."""
        if self.kind == "finite" and other.kind == "finite":
            return bool(self.value > other.value)
        rank = {"zero": 0, "finite": 1, "infinite": 2}
        return rank[self.kind] > rank[other.kind]


def odds_of(cells: Cells, actions: Sequence[str], profile: Sequence[Any], concept: Enforcement) -> tuple[Odds, Odds]:
    """The sponsor's and the proxy's odds of betrayal; the dyad's twice under transfers.

    The code decides every case by comparing payoffs, so it runs on any ordered number type.

    Raises
    ------
    OutOfReach
        If the odds under ``concept`` are not known.
    """
    if not concept.in_closed_form:
        raise OutOfReach(
            f"proofs know enforcement concepts in closed form, such as the library's own, not {type(concept).__name__}; "
            "measure() takes any"
        )
    labels = actions, actions
    i, j = indices(profile, labels)
    size = range(len(actions))
    path = cells[i][j]
    best = (
        largest([cells[k][j][0] for k in size if k != i], path[0]),
        largest([cells[i][k][1] for k in size if k != j], path[1]),
    )
    temptation = best[0] - path[0], best[1] - path[1]
    threat = concept.threat(cells, labels)
    if threat.profiles is None:
        at_s = at_p = path
        label: object = "none"
    elif not threat.worst:
        unknown = Odds("unknown", None, threat.profiles)
        return unknown, unknown
    else:
        at_s, at_p = (cells[k][m] for k, m in threat.profiles)
        label = threat.profiles
    loss = path[0] - at_s[0], path[1] - at_p[1]
    terms = (path[0], best[0], at_s[0]), (path[1], best[1], at_p[1])
    if concept.pooled:
        pooled = _odds(temptation[0] + temptation[1], loss[0] + loss[1], concept, label, terms)
        return pooled, pooled
    return (
        _odds(temptation[0], loss[0], concept, label, terms[:1]),
        _odds(temptation[1], loss[1], concept, label, terms[1:]),
    )


def _odds(
    temptation: Number, loss: Number, concept: Enforcement, label: object, terms: tuple[tuple[Number, Number, Number], ...]
) -> Odds:
    if temptation <= 0:
        return Odds("infinite" if concept.pooled and loss < 0 else "zero", None, label, loss, terms)
    if loss <= 0 or not concept.deters(temptation, loss):
        return Odds("infinite", None, label, loss, terms)
    return Odds("finite", temptation / loss, label, loss, terms)


def satisfies(name: str, cells: Cells, actions: Sequence[str], profile: Sequence[Any], concept: Enforcement) -> bool:
    """Whether an assumption of :data:`alliances.claims.ASSUMPTIONS` holds."""
    labels = actions, actions
    k, m = concept.conflict(labels)
    if name == "credible":
        return is_equilibrium(cells, k, m)
    i, j = indices(profile, labels)
    return bool(cells[i][j][0] > cells[k][m][0]) and bool(cells[i][j][1] > cells[k][m][1])
