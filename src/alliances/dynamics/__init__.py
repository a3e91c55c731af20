"""Power that moves.

May import thresholds and what is below; knows no claims, cases or sweeps.
"""
