"""Monitoring: what can be sustained when actions are seen through a noisy public signal.

Knows stage games, and nothing of power, payoff sets or perfectly monitored contracts.
"""
