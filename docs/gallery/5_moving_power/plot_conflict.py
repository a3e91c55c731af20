"""
How long a war lasts
====================

Expected rounds of a war (filled marks) and the sponsor's chance to prevail (open marks, right axis), by the gap at its start:
wars between equals last longest, and the more decisive fighting is, the shorter they are.
"""

import alliances as al

luck = al.ConflictWalk(swing=2, barrier=8)
decisive = al.ConflictWalk(swing=2, barrier=8, win=al.Tullock(1))
ax = luck.plot(label="luck")
al.plotting.plot_conflict(decisive, ax, label="Tullock, m = 1", linestyle="--", marker="s", color="0.45")
ax.legend(fontsize=7, loc="upper left")
