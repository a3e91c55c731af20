"""Thresholds: along the gap, where the alliance holds, where it breaks, and who breaks it.

May import the repeated game and what is below; knows no claims, cases or sweeps.
"""

from alliances.thresholds.line import Region
from alliances.thresholds.windows import (
    DefectionThreshold,
    ThresholdBatch,
    Window,
    WindowBatch,
    defection_threshold,
    stability_windows,
)

__all__ = [
    "DefectionThreshold", "Region", "ThresholdBatch", "Window", "WindowBatch", "defection_threshold", "stability_windows",
]  # fmt: skip
