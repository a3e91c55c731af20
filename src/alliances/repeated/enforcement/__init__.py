"""Enforcement: how the future holds an alliance together, one concept to a file.

A new concept is a subclass of :class:`alliances.repeated.enforcement.concept.Enforcement` in a file of its own, and a line in
the registry. Uses payoff sets, contracts and monitoring; knows neither models of the dyad nor thresholds.
"""
