"""Stochastic games: growth in states and profiles, a certain decline, rational arithmetic, and sets without side payments.

    python -m benchmarks --only stochastic_games

The task: values, policies and the largest set of profiles that can be played, with its certificate, from payoffs and
transitions that are ready-made. Each answer is then verified from the definition, which is timed by itself. Where a game is
small enough it is solved in rational arithmetic, too, and the largest error of the float values is reported in units of the
payoff range. In the certain decline the last state is hopeless and nothing stops the way there, so the alliance unravels from
the end, one state after the other; elsewhere a dyad's power moves up and down.

Without side payments the task is to enclose the payoff sets of all states of a dyad up to a gap, wars that may end in a new
alliance included: the outer polygons and an automaton that is an equilibrium, verified as well.
"""

import statistics
import time
from fractions import Fraction

import numpy as np
from scipy.sparse import csr_array

import alliances as al

SEED = 20100117
_EXACTLY = 250  # transitions up to which float games are solved in rational arithmetic, too


def rows(smoke: bool) -> list[dict]:
    """Games with side payments, how time grows with their size, and payoff sets without side payments."""
    repeats = 1 if smoke else 3
    found = [measured(name, game, delta, repeats) for name, game, delta in games(smoke)]
    return [*found, *growth(found), *(enclosure(*case, repeats) for case in dyads(smoke))]


def growth(rows) -> list[dict]:
    """How time grows with size: the slope of log seconds over log size, by least squares, per family and discount factor."""
    kinds = (("power up and down", "states"), ("certain decline", "states"), ("random", "profiles"))
    slopes = []
    for kind, size in kinds:
        for delta in sorted({r["discount"] for r in rows if r["game"].startswith(kind)}):
            some = [r for r in rows if r["game"].startswith(kind) and r["discount"] == delta]
            sizes = np.log([r[size] for r in some])
            if len(set(sizes)) < 2:
                continue
            slope = {w: float(np.polyfit(sizes, np.log([r[w] for r in some]), 1)[0]) for w in ("seconds", "verify_seconds")}
            span = f"{min(r[size] for r in some):,} to {max(r[size] for r in some):,} {size}"
            exponents = {"exponent": slope["seconds"], "exponent of verifying": slope["verify_seconds"]}
            slopes.append({"games": kind, "discount": delta, "sizes": span, **exponents})
    return slopes


def games(smoke):
    """(name, game, discount factor) of every row."""
    rng = np.random.default_rng(SEED)
    for n in (30, 60) if smoke else (30, 100, 300, 1000, 3000):
        for delta in (0.2, 0.6, 0.9):
            yield "power up and down, 2×2", walk(rng, n), delta
    for n in (30,) if smoke else (30, 100, 300, 1000, 3000):
        yield "certain decline, 2×2", decline(n), 0.9
    for actions in (3, 5) if smoke else (3, 5, 8, 11):
        n = 20 if smoke else 441
        game = scattered(rng, n, actions)
        for delta in (0.3, 0.6):  # at which nothing can be played, and some of the profiles
            yield f"random, {actions}×{actions}", game, delta
    game = dense(rng, 6 if smoke else 36)
    for delta in (Fraction(3, 10), Fraction(3, 5)):
        yield "dense, exact", game, delta


def walk(rng, n):
    """A prisoners' dilemma on n levels of power, moved up or down; what a betrayal gains differs by level."""
    a = np.broadcast_to([[2.0, -1.0], [2.0, 0.0]], (n, 2, 2)).copy()
    a[:, 1, 0] += rng.exponential(4.0, n)
    here = np.arange(n)
    columns = np.stack([np.minimum(here + 1, n - 1), np.maximum(here - 1, 0)], axis=1)
    chance = rng.uniform(0.2, 0.8, size=(n, 4))
    rows, columns = np.repeat(np.arange(4 * n), 2), np.repeat(columns, 4, axis=0).ravel()
    moves = csr_array((np.stack([chance, 1 - chance], axis=-1).ravel(), (rows, columns)), shape=(4 * n, n))
    return al.StochasticGame(al.StageGame(a, a.transpose(0, 2, 1)), moves)


def decline(n):
    """A prisoners' dilemma that moves one state on with certainty, whatever is played, until nothing is left to win."""
    a = np.broadcast_to([[1.0, -1.0], [2.0, 0.0]], (n, 2, 2)).copy()
    a[-1] = 0
    moves = csr_array((np.ones(4 * n), (np.arange(4 * n), np.repeat(np.minimum(np.arange(n) + 1, n - 1), 4))), shape=(4 * n, n))
    return al.StochasticGame(al.StageGame(a, a.transpose(0, 2, 1)), moves)


def scattered(rng, n, actions, following=58):
    """Random payoffs, and some sixty next states for each profile."""
    a, b = (rng.normal(size=(n, actions, actions)) for _ in "ab")
    profiles, following = n * actions**2, min(following, n)
    columns = (rng.integers(0, n, size=(profiles, 1)) + np.arange(following)) % n
    weights = rng.exponential(size=(profiles, following))
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(profiles), following)
    return al.StochasticGame(al.StageGame(a, b), csr_array((weights.ravel(), (rows, columns.ravel())), shape=(profiles, n)))


def dense(rng, n):
    """Fractions, one to six actions, every state within reach of every profile."""
    stages, moves = [], []
    for _ in range(n):
        m, k = (int(x) for x in rng.integers(1, 7, size=2))
        a, b = ([[Fraction(int(x), 4) for x in row] for row in rng.integers(-12, 13, size=(m, k))] for _ in "ab")
        stages.append(al.StageGame(a, b))
        weights = rng.integers(1, 9, size=(m, k, n))
        exact = np.empty(weights.shape, dtype=object)
        for place, weight in np.ndenumerate(weights):
            exact[place] = Fraction(int(weight), int(weights[place[:-1]].sum()))
        moves.append(exact)
    return al.StochasticGame(stages, moves)


def measured(name, game, delta, repeats):
    """One line of the table."""
    contracts, seconds = None, []
    for _ in range(repeats):
        start = time.perf_counter()
        contracts = game.solve(delta)
        seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
    verified = contracts.verify()
    checking = time.perf_counter() - start
    return {
        "game": name,
        "states": len(game),
        "profiles": game.profiles,
        "transitions": len(game.kernel.next),
        "discount": float(delta),
        "status": contracts.status,
        "playable": int(contracts.playable.sum()),
        "rounds": len(contracts.rounds),
        "seconds": statistics.median(seconds),
        "verified": bool(verified),
        "witness": verified.witness,
        "verify_seconds": checking,
        "error": None if game.exact or len(game.kernel.next) > _EXACTLY else error(game, delta, contracts),
    }


def dyads(smoke):
    """(levels of power, discount factor, chance of reconciliation) of every row of payoff sets."""
    for n in (11,) if smoke else (11, 21, 41, 61):
        for delta in (0.6, 0.9):
            for reconcile in (0.1, 0.3):
                yield n, delta, reconcile


def dyad(n, reconcile=0.1):
    """A proxy that learns, on n levels of power, and wars that may end in a new alliance."""
    reach = (n - 1) / 20
    game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=reach, win=al.Tullock(1.0))
    return al.ShiftingDyad(game, al.PowerProcess(reach=reach, learning=(0.1, 1)), war=walk, reconcile=reconcile).stochastic_game


def enclosure(n, delta, reconcile, repeats, target=1e-3):
    """One line of the table of payoff sets."""
    game, sets, seconds = dyad(n, reconcile), None, []
    for _ in range(repeats):
        start = time.perf_counter()
        sets = game.payoff_sets(delta, target=target)
        seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
    verified = sets.verify()
    return {
        "levels": n,
        "states": len(game),
        "profiles": game.profiles,
        "discount": delta,
        "reconcile": reconcile,
        "status": sets.status,
        "gap": sets.gap,
        "directions": len(sets.directions),
        "seconds": statistics.median(seconds),
        "verified": bool(verified),
        "witness": verified.witness,
        "verify_seconds": time.perf_counter() - start,
    }


def error(game, delta, contracts):
    """The largest error of the float values against rational arithmetic, as a share of the payoff range."""
    fractions = np.vectorize(Fraction, otypes=[object])
    stages = [al.StageGame(fractions(stage.A), fractions(stage.B)) for stage in game.stages]

    def moves(x, i, j):
        row = game.kernel.at(int(game.first[x]) + i * game.stages[x].shape[1] + j)
        *others, last = row
        chances = {y: Fraction(row[y]) for y in others}
        return chances | {last: 1 - sum(chances.values())}  # floats need not sum to one exactly

    exact = al.StochasticGame(stages, moves).solve(Fraction(delta))
    names = ("joint", "sponsor_punishment", "proxy_punishment")
    if (exact.exists != contracts.exists).any():
        return float("inf")
    wrong = [np.abs(getattr(exact, x) - getattr(contracts, x))[exact.exists].astype(float) for x in names]
    return max((float(part.max()) for part in wrong if part.size), default=0.0) / float(game.spread)
