"""Scores: which models predict the cases that they were not fitted to?

May import case files, thresholds and what is below.
"""
