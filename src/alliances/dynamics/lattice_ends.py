"""What the ends of a lattice do to a forecast: they reflect, and so power stays where it would have gone on.

On a wider lattice a history is the same until the first move that an end cuts off. What happens then is not known here. So the
chance that the alliance is intact lies between two laws, that in which it breaks at once after such a move, and that in which
it never breaks: both are laws on the lattice with one more state, "beyond". Leaders who look ahead foresee the ends, too, and
what they foresee moves their chances everywhere; how much weight they give to them is E[δ^τ], with τ the first period in which
a move of an intact alliance is cut off and δ the mean of the more patient side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alliances.arithmetic import Array
from alliances.dynamics.break_laws import by_cause, on_chain, records_on_chain
from alliances.dynamics.kernel import Kernel
from alliances.dynamics.power_process import PowerProcess
from alliances.dynamics.scenarios import Question, Scenario

__all__ = ["FELT", "foreseen_end", "survival_beyond"]

FELT = 0.01
"""The chance, or the weight, from which on the ends of a lattice matter."""


def survival_beyond(question: Question, scene: Scenario) -> tuple[Array, Array] | None:
    """(T + 1,) twice: survival if the alliance breaks where a move is cut off, and if it never breaks after it.

    None along a measured path, which no lattice cuts off. With expectations the chances are those of the lattice as it is.
    """
    if scene.process is None:
        return None
    periods, n = scene.sponsor.shape
    chain = _open(scene.process.moves(), n)
    begin = np.zeros(n + 1)
    begin[scene.start] = 1
    shocks = {t: _open(moves, n) for t, moves in scene.shocks.items()}
    common, found = question.common, []
    for fate in (1.0, 0.0):
        sponsor, proxy = (np.pad(x, ((0, 0), (0, 1)), constant_values=fate) for x in (scene.sponsor, scene.proxy))
        if question.draws == "once":
            law = records_on_chain(sponsor, proxy, chain, begin, periods, common, shocks, beyond=True)
        else:
            law = on_chain(by_cause(sponsor, proxy, common), chain, begin, periods, shocks)
        found.append(law.survival)
    return found[0], found[1]


def foreseen_end(question: Question, scene: Scenario) -> float:
    """The largest E[δ^τ] that leaders meet who look ahead: at the start of a random path, at all powers of a measured one."""
    process = scene.process or question.expected
    if not question.expectations or process is None:
        return 0.0
    n = len(process.log_ratios)
    if isinstance(question.path, PowerProcess):
        broken = by_cause(scene.sponsor[0], scene.proxy[0], question.common).sum(axis=1)
        places = [scene.start]
    else:
        broken = np.zeros(n)
        places = [process.place(process.nearest(question.path[t])) for t in range(len(question.labels))]
    kept = max(float(f.partial_mean(0.0)) for f in question.patience) * (1 - broken)
    moves = _open(process.moves(), n).matrix.toarray() * np.append(kept, 0.0)[:, None]
    weight = np.linalg.solve(np.eye(n) - moves[:n, :n], moves[:n, n])
    return float(weight[places].max())


def _open(moves: Mapping[int, Any], n: int) -> Kernel:
    """Moves in steps on n points and a last state, "beyond", to which what the ends would cut off goes for ever."""
    here = np.arange(n)
    following = np.stack([here + step for step in moves], axis=1)
    following[(following < 0) | (following >= n)] = n
    start = np.append(np.arange(n + 1) * len(moves), n * len(moves) + 1)
    chances = np.append(np.tile([float(p) for p in moves.values()], n), 1.0)
    return Kernel(start, np.append(following.ravel(), n), chances, n + 1)
