"""Claims of the literature: stated once, then checked on a model, attacked, measured over a family, and proved or refuted."""

from alliances.claims.alliance_family import alliance_family
from alliances.claims.checking import Check, Witness
from alliances.claims.claim import Claim
from alliances.claims.domains import Choice, Interval
from alliances.claims.family import ASSUMPTIONS, Family
from alliances.claims.statements import (
    ASYMMETRY,
    CLAIMS,
    PACT_AT_PARITY,
    PROXY_RESTRAINT,
    PROXY_TURNS_FIRST,
    SPONSOR_RESTRAINT,
    STAKES,
)
