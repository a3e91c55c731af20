"""Strategies for claims: families of models, and the parameters of a family."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from alliances.claims.alliance_family import CONTESTS, SHARINGS, SYNERGIES, alliance_family
from alliances.claims.falsifying import values_of
from alliances.claims.family import Family
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers

__all__ = ["families", "parameters"]


@st.composite
def families(draw: st.DrawFn, *, actions: int | None = None) -> Family:
    """Families of alliance games: every contest, synergy, sharing rule and cost structure, under reversion and side payments.

    Parameters
    ----------
    draw
        Given by Hypothesis.
    actions
        2 or 3; None for both.

    Examples
    --------
    >>> from hypothesis import find
    >>> print(find(families(actions=2), lambda family: True))
    value in (0, ∞); exposure in (0, 1]; conflict_cost in (0, 1/2); gaps [0, 1); NashReversion(mixed=False)
    """
    concepts = NashReversion(), Transfers(), GivenPunishment(), GivenPunishment(Transfers())
    return alliance_family(
        contest=draw(st.sampled_from(sorted(CONTESTS, reverse=True))),
        decisiveness=draw(st.sampled_from((1, 2, 3))),
        synergy=draw(st.sampled_from(list(SYNERGIES))),
        sharing=draw(st.sampled_from(list(SHARINGS))),
        costs=draw(st.sampled_from(("equal", "unequal"))),
        actions=actions if actions is not None else draw(st.sampled_from((2, 3))),
        enforcement=draw(st.sampled_from(concepts)),
    )


def parameters(family: Family) -> SearchStrategy[dict[str, Any]]:
    """Values of a family's open parameters: short decimals and simple fractions, which shrink to whole numbers.

    Parameters
    ----------
    family
        The family.

    Raises
    ------
    TypeError
        If ``family`` is none.

    Examples
    --------
    >>> from hypothesis import find
    >>> from alliances.claims import Family, Interval
    >>> import alliances as al
    >>> family = Family(lambda v: al.presets.chindea_2014(synergy=al.Complementarity(v)), {"v": Interval(0, 5)})
    >>> find(parameters(family), lambda values: values["v"] > 2)
    {'v': Fraction(3, 1)}
    """
    if not isinstance(family, Family):
        raise TypeError(f"parameters(): family must be a Family; got {family!r}")
    return st.fixed_dictionaries({name: values_of(domain) for name, domain in family.parameters.items()})
