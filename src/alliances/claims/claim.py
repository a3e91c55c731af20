"""A claim of the literature, stated once, and the four things to do with it: check, falsify, measure, prove."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.arithmetic.canonical import random_seed
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims import measuring
from alliances.claims.checking import Check, check, verdict
from alliances.claims.falsifying import Falsification, falsify
from alliances.claims.family import Family
from alliances.claims.lines import moves_parameter
from alliances.claims.measuring import Measurement, measure
from alliances.claims.proofs.problem import Problem
from alliances.claims.proofs.proof import Proof
from alliances.claims.proofs.proving import Method, prove
from alliances.claims.proofs.witnesses import GameProblem
from alliances.claims.statement import Statement
from alliances.games.bimatrix import Profile
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["Claim", "CurveClaim", "DiscountClaim"]


@dataclass(frozen=True, eq=False)
class Claim(Statement, ABC):
    """A statement that a model, or a family of models, satisfies or not, with verbs.

    :class:`DiscountClaim` is about critical discount factors, :class:`ConflictClaim` about wars. Each has a method ``check``
    for one model, and says how to check a member of a family, many members at once, and what would break the claim in algebra;
    from these the other three verbs follow.

    Examples
    --------
    >>> from alliances.claims import ASYMMETRY
    >>> print(ASYMMETRY)
    asymmetry: The wider the gap, the more durable the alliance.
      formula: γ₁ < γ₂ ⟹ δ*(γ₂) ≤ δ*(γ₁), with δ* = max(δ_S*, δ_P*)
      domain:  γ in [0, 1), all parameters in their stated ranges
      source:  Chindea (2014), Fletcher Security Review 1(2); its ancestor is Morrow (1991), AJPS 35:904-933
    """

    def __new__(cls, *_arguments: Any, **_named: Any) -> Self:
        """A claim of version 0.1.0, by call or from a pickle, is one about critical discount factors."""
        if cls is Claim:
            warnings.warn(
                "Claim is abstract; use DiscountClaim, which Claim() makes up to version 0.2", DeprecationWarning, stacklevel=2
            )
            return object.__new__(DiscountClaim)  # type: ignore[return-value]
        return object.__new__(cls)

    @abstractmethod
    def verdict(self, family: Family, parameters: Mapping[str, Any]) -> Check:
        """The check of one model of a family, on a coarse line of simple points: what :meth:`falsify` repeats."""

    @abstractmethod
    def verdicts(self, family: Family, unit: Array, line_points: int, progress: bool) -> measuring.Verdicts:
        """Per row of ``unit``: whether the claim holds, is unclear, or has nothing to compare; and the points of the line."""

    @abstractmethod
    def problem(self, family: Family, fixed: Mapping[str, Any], deadline: float) -> Problem:
        """The conditions that would break the claim, for one combination of the family's finite choices."""

    def about(self, family: Family) -> Family:
        """The family with all that the claim leaves open, such as the gap where another parameter moves."""
        return family

    def falsify(
        self,
        family: Family,
        *,
        examples: int = 1000,
        rng: np.random.Generator | int | None = 0,
        seed: int | None = None,
    ) -> Falsification:
        """Search the family for a counterexample, and shrink it to the simplest.

        Parameters
        ----------
        family
            The models to search.
        examples
            The budget: how many models are tried before giving up.
        rng
            A NumPy generator or a seed; the same seed gives the same answer.
        seed
            The old name of ``rng``, deprecated.

        Returns
        -------
        Falsification
            With the simplest parameters found, checked in exact arithmetic where the model allows it. Finding none
            proves nothing: each model is asked at few simple points of the line (gaps n/20, stakes n/2, tenths of a narrow
            interval), between which a contradiction may hide. :meth:`check` asks one model at as many points as you like.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule.
        ImportError
            If Hypothesis is missing.

        Examples
        --------
        >>> from alliances.claims import SPONSOR_RESTRAINT, alliance_family
        >>> print(SPONSOR_RESTRAINT.falsify(alliance_family(decisiveness=2)))
        sponsor restraint: falsified at value = 1, exposure = 1, conflict_cost = 1/4. ...
        """
        return falsify(self, self.verdict, self.about(family), examples, random_seed(rng, "falsify", seed))

    def measure(
        self,
        family: Family,
        *,
        points: int = 2**13,
        line_points: int = 200,
        confidence: float = 0.95,
        sensitivity: bool = False,
        rng: np.random.Generator | int | None = 0,
        progress: bool = False,
    ) -> Measurement:
        """The share of the family in which the claim holds, and which parameters decide.

        Parameters
        ----------
        family
            The models. Parameters are uniform on intervals; on a half-line from a they are a + u/(1 − u) with u uniform
            on (0, 1).
        points, line_points
            How many parameter points (a power of 2 spreads them best), and how many gaps or stakes at each: equally spaced,
            and denser and denser towards the ends of the line.
        confidence
            Of the interval.
        sensitivity
            Whether to compute first-order and total Sobol indices, too (SALib; about as many models again).
        rng
            A NumPy generator or a seed.
        progress
            Whether to show a progress bar (tqdm).

        Returns
        -------
        Measurement
            A share of 1 is evidence, not proof: a contradiction may lie between the points of the line, or nearer to its ends.
            The interval knows nothing of that; it is of the sampling of models alone.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or the model does not run on arrays.
        ImportError
            If an optional package is missing.

        Examples
        --------
        >>> from alliances.claims import PROXY_RESTRAINT, alliance_family
        >>> print(PROXY_RESTRAINT.measure(alliance_family(decisiveness=1), points=512))
        proxy restraint: holds in ...% of the family (95% interval ...% to ...%, of the sampling alone; 512 parameter ...).
        """
        return measure(
            self,
            self.verdicts,
            self.about(family),
            points=points,
            line_points=line_points,
            confidence=confidence,
            sensitivity=sensitivity,
            rng=rng,
            progress=progress,
        )

    def prove(
        self,
        family: Family,
        *,
        method: Method = "auto",
        timeout: float = 30.0,
        rng: np.random.Generator | int | None = 0,
        seed: int | None = None,
    ) -> Proof:
        """Prove the claim for every model of the family, or refute it by one.

        Parameters
        ----------
        family
            The models. Their payoffs must be arithmetic in the open parameters: ``+ - * / **``, comparisons, and the
            functions of :mod:`alliances.arithmetic`.
        method
            "polynomials" (Z3 and Bernstein coefficients on polynomial conditions), "intervals" (boxes of parameters,
            excluded by ball arithmetic; all domains must be bounded), or "auto": the first, then the second where that
            can help.
        timeout
            Seconds after which the answer is "unknown"; listing the cases of an intricate model may overrun it by a few.
            Nothing else depends on the clock: a busy machine can run out of time, but not come to another answer.
        rng
            A NumPy generator or a seed, of the search for counterexamples.
        seed
            The old name of ``rng``, deprecated.

        Returns
        -------
        Proof
            "proved", "refuted" with a model that is confirmed in exact or certified arithmetic, or "unknown" with the
            reasons.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or the model is not arithmetic.
        ImportError
            If z3-solver or python-flint is missing.

        Examples
        --------
        >>> from alliances import GivenPunishment, Transfers
        >>> from alliances.claims import ASYMMETRY, alliance_family
        >>> family = alliance_family(decisiveness=2, enforcement=GivenPunishment())
        >>> print(ASYMMETRY.prove(family))
        asymmetry: refuted at value = 1, exposure = 1, conflict_cost = 1/3. asymmetry: fails through the sponsor. ...
        >>> ASYMMETRY.prove(family.with_(enforcement=GivenPunishment(Transfers()))).status
        'proved'
        """
        return prove(self, self.problem, self.about(family), method, timeout, random_seed(rng, "prove", seed))


@dataclass(frozen=True, eq=False)
class CurveClaim(Claim, ABC):
    """A claim about the critical discount factors of one model along a line: of gaps, or of the values of a parameter."""

    def check(
        self,
        model: DyadicGame | Callable[[Any], DyadicGame],
        *,
        enforcement: Enforcement | None = None,
        gaps: Any = None,
        stakes: Any = None,
        values: Any = None,
        profile: Profile = (0, 0),
        assume: Sequence[str] = (),
        total: Number = 1,
    ) -> Check:
        """Whether the claim holds for one model, at the points of a line.

        Parameters
        ----------
        model
            A model with scalar parameters. For claims about stakes: an :class:`alliances.AllianceGame`, or a function
            of the stakes; for claims about another parameter: a function of that parameter.
        enforcement
            :class:`alliances.NashReversion` by default; any concept.
        gaps, stakes
            The points, increasing: gaps n/200 from 0 on, or stakes from 1/8 to 16. Exact points and an exact model give
            exact answers. Where another parameter moves, the gaps at each of which it does, n/10 by default.
        values
            The points of the parameter that moves, increasing.
        profile
            The profile that the alliance sustains.
        assume
            Names of :data:`ASSUMPTIONS`; points where one fails are left out, and points on either side of them are not
            compared.
        total
            s + p along the gap.

        Returns
        -------
        Check
            With two points that contradict the claim, if any. Neighbouring points are compared: a rise and fall that fits
            between two of them is not seen. Where it matters what lies between two points – whether the assumptions hold
            all the way, or who binds – enclosures cover every point between, which takes python-flint; "unclear" if they
            cannot tell.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or the model lacks an action that the claim is about.

        Examples
        --------
        >>> import alliances as al
        >>> print(al.claims.SPONSOR_RESTRAINT.check(al.presets.chindea_2014()))
        sponsor restraint: fails through the sponsor. At gap 27/200 ...
        """
        return check(
            self,
            model,
            enforcement=enforcement,
            gaps=gaps,
            stakes=stakes,
            values=values,
            profile=profile,
            assume=assume,
            total=total,
        )

    def verdict(self, family: Family, parameters: Mapping[str, Any]) -> Check:
        """The check of one model of a family, on a coarse line of simple points: what :meth:`falsify` repeats."""
        return verdict(self, family, parameters)

    def verdicts(self, family: Family, unit: Array, line_points: int, progress: bool) -> measuring.Verdicts:
        """Per row of ``unit``: whether the claim holds, is unclear, or has nothing to compare; and the points of the line."""
        return measuring.verdicts(self, family, unit, line_points, progress)

    def about(self, family: Family) -> Family:
        """The family, with the gap open as one more parameter where another one moves along the line."""
        every_gap = moves_parameter(self.shape.line) and not self.shape.pact
        return family.with_open_gap() if every_gap and isinstance(family, Family) else family

    def requires_odds(self, family: Family) -> None:
        """An error if odds of betrayal do not say all: where the enforcement concept moves along the line, too."""
        if self.shape.line in family.punishing:
            raise OutOfReach(f"proofs follow odds of betrayal, and with {self.shape.line} the enforcement moves, too")


@final
@dataclass(frozen=True, eq=False)
class DiscountClaim(CurveClaim):
    """A claim about critical discount factors along gaps or stakes, or at parity.

    Examples
    --------
    >>> import alliances as al
    >>> al.claims.SPONSOR_RESTRAINT.check(al.presets.chindea_2014()).status
    'fails'
    """

    def problem(self, family: Family, fixed: Mapping[str, Any], deadline: float) -> Problem:
        """The conditions that would break the claim, for one combination of the family's finite choices."""
        self.requires_odds(family)
        return GameProblem(self, family, fixed, deadline)
