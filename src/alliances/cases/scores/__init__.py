"""Scores: which models predict the dyads that they were not fitted to?

May import case files, dynamics, thresholds and what is below.
"""
