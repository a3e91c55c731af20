"""Contracts: what can be sustained with side payments when actions are seen.

Knows stage games, and nothing of power, payoff sets or noisy signals.
"""
