"""
Discount factors at which a promise is kept
===========================================

A proxy is asked not to arm. It keeps that promise only while it is *impatient*: arming pays later. The bar ends where the
incentive constraint begins to bind.
"""

import alliances as al

before = al.StageGame([[0.0, 0.0]], [[0.0, -0.1]], actions=(("wait",), ("restrain", "arm")))
after = al.StageGame([[-1.0]], [[1.0]], actions=(("wait",), ("rule",)))


def moves(state, _, j):
    """Once armed, the proxy rules; arming succeeds with probability one half."""
    return {"armed": 1} if state == "armed" else {"armed": j / 2, "quiet": 1 - j / 2}


tribute = al.StochasticGame([before, after], moves, states=("quiet", "armed"))
ax = tribute.discount_windows("quiet", ("wait", "restrain")).plot()
