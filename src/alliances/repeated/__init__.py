"""Repeated games: enforcement concepts, equilibrium payoff sets, verification of equilibria."""
