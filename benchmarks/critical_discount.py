"""Critical discount factors in bulk: one call against loops over nashpy and over QuantEcon, on the same games in the same run.

    python -m benchmarks --only critical_discount     # 10⁶ gaps, some thousand of them through the competitors

The task: for each gap, build the 2×2 stage game, find all pure Nash equilibria, take each player's worst one as its
punishment, and solve for the critical discount factor of (ally, ally). The competitors find the equilibria; the rest of
the loop is the same arithmetic in plain Python. Both are given the stage games ready-made, so only their own work is
timed. Accuracy is measured against rational arithmetic on a sample of the same games.
"""

from fractions import Fraction

import numpy as np

import _measure
import _peers
import alliances as al

SEED = 20100117


def rows(smoke: bool) -> list[dict]:
    """The library, hand-written NumPy and the compiled limit on all gaps, loops on some of them: all in turn, for each game."""
    games, some, repeats = (20_000, 40, 1) if smoke else (10**6, 3_000, 5)
    game = model()
    gaps = np.random.default_rng(SEED).uniform(-0.95, 0.95, games)
    sample = game.stage_game(al.Power.from_gap(gaps[:some]))
    truth = exact(sample)
    methods = {
        "alliances": lambda: al.critical_discount(game, al.Power.from_gap(gaps)).dyad,
        "hand-written NumPy": lambda: _peers.by_numpy(gaps),
        "hand-written NumPy, chunks of 8192": lambda: _peers.by_chunks(gaps),
    }
    kernel = _peers.compiled()
    if kernel is not None:
        methods["hand-fused loop, compiled by Numba"] = lambda: kernel(gaps)
    loops = {name: lambda solve=solve: solve(sample) for name, solve in _peers.loops().items()}
    times, answers = _measure.interleaved({**methods, **loops}, repeats)
    count = {name: games if name in methods else some for name in times}
    mine = times["alliances"]["cpu s"] / games
    return [
        {
            "instance": name,
            "games": count[name],
            **times[name],
            "ns a game": times[name]["cpu s"] / count[name] * 1e9,
            "times faster is alliances": times[name]["cpu s"] / count[name] / mine,
            "GB per cpu s": 24e-9 * count[name] / times[name]["cpu s"],
            **accuracy(answers[name][:some], truth),
        }
        for name in times
    ]


def model():
    """The game of the benchmark."""
    return al.AllianceGame(
        contest=al.Tullock(2.0),
        synergy=al.Complementarity(_peers.SYNERGY),
        sharing=al.Proportional(),
        exposure=_peers.EXPOSURE,
        conflict_cost=_peers.COST,
    )


def exact(stage):
    """The same answers in rational arithmetic: floats are rational numbers."""
    answers = []
    for a, b in zip(stage.A, stage.B, strict=True):
        as_fractions = [[[Fraction(x) for x in line] for line in payoff.tolist()] for payoff in (a, b)]
        answers.append(float(al.critical_discount(al.StageGame(*as_fractions)).dyad))
    return np.array(answers)


def accuracy(answers, truth):
    """How many answers are right, and the largest error; inf where only one of them is infinite."""
    with np.errstate(invalid="ignore"):
        error = np.where(answers == truth, 0.0, np.abs(answers - truth))
    return {"checked": len(truth), "right_to_1e-12": int((error <= 1e-12).sum()), "largest_error": float(np.nanmax(error))}
