"""Thresholds: along the gap, where the alliance holds, where it breaks, and who breaks it.

May import the repeated game and what is below; knows no claims, cases or sweeps.
"""

from alliances.thresholds.line import Region
from alliances.thresholds.windows import DefectionThreshold, Window, defection_threshold, stability_windows

__all__ = ["DefectionThreshold", "Region", "Window", "defection_threshold", "stability_windows"]
