"""Grids: answers over gaps, stakes and discount factors at once. May import thresholds and what is below."""
