"""
Expected shifts of power
========================

The log ratio of power at which an alliance breaks, against the chance that the proxy learns. Slow learning lets the proxy leave
when it is the stronger (open marks); fast learning makes the sponsor strike first, far above parity (filled marks).
"""

import alliances as al

contest = al.Tullock(1)
game = al.AllianceGame(contest, al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
speeds = (0, 0.05, 0.1, 0.2, 0.3, 0.5)
war = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=contest)  # what follows a break, and who is eliminated
dyads = [al.ShiftingDyad(game, al.PowerProcess(learning=(speed, 1)), war=war) for speed in speeds]
thresholds = [al.break_threshold(dyad, delta) for delta in (0.7, 0.8) for dyad in dyads]
ax = al.plotting.plot_break_thresholds(thresholds)

# %%
# One of them in full: where the alliance is kept, with power moving as expected and with power frozen.

ax = thresholds[-2].plot()
