"""TODO."""

from alliances.thresholds.windows import DefectionThreshold, Window, defection_threshold, stability_windows

__all__ = ["DefectionThreshold", "Window", "defection_threshold", "stability_windows"]
