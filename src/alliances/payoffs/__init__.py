"""From power to payoffs: contests, synergies, sharing rules, and the models made of them.

A new contest is a class in ``contest.py``; a new model a subclass of :class:`alliances.DyadicGame`. May import power, stage
games and what is below.
"""
