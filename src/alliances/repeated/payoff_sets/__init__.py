"""Payoff sets: everything that some equilibrium of the repeated game pays, without side payments.

Knows stage games, and nothing of power, contracts or noisy signals.
"""
