"""Wars: how long they last from a given gap, and who prevails. A gambler's ruin on the log ratio of power.

May import power, payoffs (contests decide rounds) and what is below; knows no repeated game.
"""
