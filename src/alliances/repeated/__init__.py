"""The repeated game: what can be sustained, and how patient allies must be.

Three packages know stage games only – ``payoff_sets``, ``contracts``, ``monitoring`` –, ``enforcement`` builds on them, and the
two files here answer the question: what was asked (``arguments``), and the critical discount factor (``critical``). May import
payoffs and what is below.
"""
