"""
Models against cases
====================

Each phase of each case at its gap and stakes, on the regimes of a model that was fitted to all cases. A mark on the background
of its own kind is a phase that the model explains; the other marks are its errors.
"""

import alliances as al

board = al.cases.score(["chindea_2014", "base rates"], candidates=128)
ax = board.plot()
