"""Claims of the literature: stated once, then checked on a model, attacked, measured over a family, and proved or refuted.

Each claim is an object with four verbs:

========  ==========================================================================  ==========================
verb      question                                                                    answer
========  ==========================================================================  ==========================
check     does it hold for this model?                                                :class:`Check`
falsify   is there a simple counterexample in this family?                            :class:`Falsification`
measure   in which share of the family does it hold, and what decides?                :class:`Measurement`
prove     does it hold for every model of the family?                                 :class:`Proof`
========  ==========================================================================  ==========================

>>> from alliances.claims import CLAIMS
>>> print(*CLAIMS, sep=", ")
asymmetry, proxy restraint, sponsor restraint, proxy turns first, pact at parity, stakes

May import thresholds, dynamics, cases, sweeps and what is below; a new claim is an object of :class:`DiscountClaim` in
``statements.py``, and a claim of one's own is made by :func:`monotone`, :func:`unimodal` or :func:`never_above`.
"""

from alliances.arithmetic.domains import Choice, Interval
from alliances.arithmetic.quotients import NotArithmetic
from alliances.claims.alliance_family import alliance_family
from alliances.claims.checking import Check
from alliances.claims.claim import Claim, DiscountClaim
from alliances.claims.comparing import ComparisonClaim
from alliances.claims.comparisons import Witness
from alliances.claims.falsifying import Falsification
from alliances.claims.family import ASSUMPTIONS, Family
from alliances.claims.measuring import Measurement, Sensitivity
from alliances.claims.moving import MovingAnswer, MovingClaims, MovingWitness, moving_claims
from alliances.claims.own import monotone, never_above, unimodal
from alliances.claims.proofs.proof import Counterexample, Proof, Step
from alliances.claims.protraction import PROTRACTION, ConflictClaim
from alliances.claims.statements import (
    ASYMMETRY,
    CLAIMS,
    PACT_AT_PARITY,
    PROXY_RESTRAINT,
    PROXY_TURNS_FIRST,
    SPONSOR_RESTRAINT,
    STAKES,
)
from alliances.claims.unimodal import UnimodalClaim

__all__ = [
    "ASSUMPTIONS",
    "ASYMMETRY",
    "CLAIMS",
    "PACT_AT_PARITY",
    "PROTRACTION",
    "PROXY_RESTRAINT",
    "PROXY_TURNS_FIRST",
    "SPONSOR_RESTRAINT",
    "STAKES",
    "Check",
    "Choice",
    "Claim",
    "ComparisonClaim",
    "ConflictClaim",
    "Counterexample",
    "DiscountClaim",
    "Falsification",
    "Family",
    "Interval",
    "Measurement",
    "MovingAnswer",
    "MovingClaims",
    "MovingWitness",
    "NotArithmetic",
    "Proof",
    "Sensitivity",
    "Step",
    "UnimodalClaim",
    "Witness",
    "alliance_family",
    "monotone",
    "moving_claims",
    "never_above",
    "unimodal",
]
