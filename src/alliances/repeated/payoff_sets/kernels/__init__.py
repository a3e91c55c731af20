"""The solver of :mod:`alliances.repeated.payoff_sets.floating` compiled by Numba, for one game and for batches.

The same steps in the same order, on arrays in place of lists, so that both give the same sets; what each step does and why is
said there, in :mod:`~alliances.repeated.payoff_sets.operator`, :mod:`~alliances.repeated.payoff_sets.polygon` and
:mod:`~alliances.repeated.payoff_sets.fixed_point`. What does not settle in floats is handed back.

A polygon is an array (k, 2). An origin is a row (profile, binding, i, j), where ``binding`` is the player 0 or 1 whose
constraint binds, :data:`FREE` or :data:`CORNER`.

Numba is optional. Without it these functions run as plain Python, which is slow, and which only tests do. Nothing is compiled
when this package is imported, but when a function is first called; the machine code is kept on disk
(:mod:`alliances.repeated.machine_code`). May import numbers (:mod:`alliances.arithmetic`) and nothing of games.
"""

from alliances.repeated.payoff_sets.kernels.operator import CORNER, FREE
from alliances.repeated.payoff_sets.kernels.solver import solve, solve_all

__all__ = ["CORNER", "FREE", "solve", "solve_all"]
