"""From data to parameters: what dated breaks say of patience. May import every package but pictures, re-checks and tests."""

from alliances.estimation.comparing import HazardComparison, ScoreTable, cross_validate
from alliances.estimation.cox import Cox, CoxFit
from alliances.estimation.fits import HazardFit
from alliances.estimation.inference import Bootstrap, HazardSummary, Identification, Profile, RestrictionTest
from alliances.estimation.models import HazardModel
from alliances.estimation.recovering import Recovery, recover, simulate
from alliances.estimation.regressions import Constant, Logit, TimeOnly

Comparison = HazardComparison
"""What :func:`cross_validate` returns, by its short name; that of the scoreboard is :class:`alliances.cases.Comparison`."""

__all__ = [
    "Bootstrap",
    "Comparison",
    "Constant",
    "Cox",
    "CoxFit",
    "HazardComparison",
    "HazardFit",
    "HazardModel",
    "HazardSummary",
    "Identification",
    "Logit",
    "Profile",
    "Recovery",
    "RestrictionTest",
    "ScoreTable",
    "TimeOnly",
    "cross_validate",
    "recover",
    "simulate",
]
