"""From data to parameters: what dated breaks say of patience. May import every package but pictures, re-checks and tests."""

from alliances.estimation.fits import HazardFit
from alliances.estimation.models import Constant, HazardModel, Logit, TimeOnly

__all__ = ["Constant", "HazardFit", "HazardModel", "Logit", "TimeOnly"]
