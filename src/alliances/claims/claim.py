"""A claim of the literature, stated once, and the four things to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliances.arithmetic import Number
from alliances.claims.checking import Check
from alliances.claims.checking import check as _check
from alliances.claims.family import Family
from alliances.claims.shapes import Shape
from alliances.games import Profile
from alliances.payoffs.alliance_game import DyadicGame
from alliances.repeated.terms import Enforcement

if TYPE_CHECKING:
    from alliances.claims.falsifying import Falsification
    from alliances.claims.measuring import Measurement
    from alliances.claims.proving import Proof

__all__ = ["Claim"]


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement about critical discount factors that a model, or a family of models, satisfies or not.

    Attributes
    ----------
    name
        What it is called.
    statement
        In words.
    formula
        In symbols.
    source
        Who says so.
    domain
        Where it is said to hold.
    shape
        What would break it.

    Examples
    --------
    >>> from alliances.claims import ASYMMETRY
    >>> print(ASYMMETRY)
    asymmetry: The wider the gap, the more durable the alliance.
      formula: γ₁ < γ₂ ⟹ δ*(γ₂) ≤ δ*(γ₁), with δ* = max(δ_S*, δ_P*)
      domain:  γ in [0, 1), all parameters in their stated ranges
      source:  Chindea (2014), Fletcher Security Review 1(2); its ancestor is Morrow (1991), AJPS 35:904-933
    """

    name: str
    statement: str
    formula: str
    source: str
    domain: str
    shape: Shape

    def check(
        self,
        model: DyadicGame | Callable[[Any], DyadicGame],
        *,
        enforcement: Enforcement | None = None,
        gaps: Any = None,
        stakes: Any = None,
        profile: Profile = (0, 0),
        assume: Sequence[str] = (),
        total: Number = 1,
    ) -> Check:
        """Whether the claim holds for one model, at the points of a line.

        Parameters
        ----------
        model
            A model with scalar parameters. For claims about stakes: an :class:`alliances.AllianceGame`, or a function of the stakes.
        enforcement
            :class:`alliances.NashReversion` by default; any concept.
        gaps, stakes
            The points, increasing: gaps n/200 from 0 on, or stakes from 1/8 to 16. Exact points and an exact model give exact answers.
        profile
            The profile that the alliance sustains.
        assume
            Names of :data:`ASSUMPTIONS`; points where one fails are left out, and points on either side of them are not compared.
        total
            s + p along the gap.

        Returns
        -------
        Check
            With the two points that contradict the claim most, if any. Neighbouring points are compared: a rise and fall that fits
            between two of them is not seen.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or the model lacks an action that the claim is about.

        Examples
        --------
        >>> import alliances as al
        >>> print(al.claims.SPONSOR_RESTRAINT.check(al.presets.chindea_2014()))
        sponsor restraint: fails through the sponsor. At gap 0 the critical discount factor is 0.666667, at 0.21 it is 0.813861; in floating point.
        """
        return _check(
            self, model, enforcement=enforcement, gaps=gaps, stakes=stakes, profile=profile, assume=assume, total=total
        )

    def prove(self, family: Family, *, method: str = "auto", timeout: float = 30.0, seed: int = 0) -> Proof:
        """X."""
        from alliances.claims.proving import prove

        return prove(self, family, method, timeout, seed)

    def requires(self, family: Family, function: str) -> None:
        """An error unless the family has what the claim is about."""
        if self.shape.line == "stakes" and "stakes" not in family.intervals:
            raise ValueError(f"{function}(): family must leave 'stakes' open over an interval, for {self.name!r}; got {family}")

    def __str__(self) -> str:
        return f"{self.name}: {self.statement}\n  formula: {self.formula}\n  domain:  {self.domain}\n  source:  {self.source}"
