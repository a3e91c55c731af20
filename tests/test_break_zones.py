"""Alliances kept in a zone that does not reach the top of the lattice, and "never" where that is established."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.elimination import PLAYABLE_FROM
from alliances.dynamics.markov_alliance import MarkovSolver
from alliances.dynamics.possible_alliance import possible_alliances
from alliances.dynamics.states import StateGames
from tests.moving_power_reference import alliance, shifting


def _moving(war: Any = None, decisiveness: float = 1.0, **process: Any) -> al.ShiftingDyad:
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(decisiveness))
    return al.ShiftingDyad(alliance(decisiveness), al.PowerProcess(**process), war=walk if war is None else war)


ZONES: dict[str, tuple[al.ShiftingDyad, float, list[tuple[float, float]]]] = {
    "learning": (shifting(1.0, 0.1), 0.4, [(1.3, 2.4)]),
    "no learning": (shifting(1.0, 0.0), 0.4, [(1.3, 2.4)]),
    "fast learning": (shifting(1.0, 0.3), 0.4, [(1.6, 2.4)]),
    "growth": (_moving(growth=(0.1, 1)), 0.4, [(1.3, 2.4)]),
    "strikes": (_moving(strike=(0.1, 5)), 0.4, [(1.5, 2.4)]),
    "both ways": (_moving(learning=(0.2, 1), growth=(0.2, 1)), 0.4, [(1.3, 2.4)]),
    "less patience": (shifting(1.0, 0.1), 0.35, [(1.9, 1.9), (2.2, 2.4)]),
    "permanent war": (_moving("permanent", 2.0, learning=(0.3, 1), reach=0.5), 0.9, [(-0.5, 0.3)]),
}


def _random(seed: int, reach: float) -> tuple[al.ShiftingDyad, float]:
    """A small dyad of any process and war, and a discount factor."""
    rng = np.random.default_rng(seed)
    p = [float(x) for x in rng.dirichlet([1, 1, 0.5, 0.5, 1])]
    some = [float(rng.random() < chance) for chance in (1, 0.7, 0.5, 0.3)]
    steps = {"learning": 1, "growth": 1, "arrest": 2, "strike": 2}
    events: dict[str, Any] = {name: (p[k] * some[k], steps[name]) for k, name in enumerate(steps)}
    walk = al.ConflictWalk.from_log_ratio(step=1.0, barrier=reach, win=al.Tullock(float(rng.choice([1.0, 2.0]))))
    war: Any = ("permanent", "moving", walk)[int(rng.integers(3))]
    third = {"coexist_exposure": 0.3} if rng.random() < 0.2 else {}
    game = alliance(float(rng.choice([0.7, 1.0, 1.5, 2.0])), **third)
    process = al.PowerProcess(step=0.5, reach=reach, **events)
    dyad = al.ShiftingDyad(game, process, war=war, reconcile=0.1 * (war is walk and rng.random() < 0.4))
    return dyad, float(rng.uniform(0.1, 0.9))


SLOW = ("no learning", "growth", "strikes", "both ways")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in ZONES])
def test_an_alliance_that_is_kept_in_a_zone_is_found_there(name: str) -> None:
    dyad, delta, zones = ZONES[name]
    threshold = al.break_threshold(dyad, delta)
    assert [(w.low, w.high) for w in threshold.windows] == zones
    assert threshold.verify(), threshold.verify().witness
    kept = np.array([any(x in w for w in threshold.windows) for x in dyad.log_ratios])
    held = MarkovSolver(dyad.stochastic_game, len(kept), delta).hold(kept)
    assert held.holds
    assert (held.allied == kept).all()
    assert threshold.status == ("upper edge" if name == "permanent war" else "threshold")
    low, high = zones[-1]
    assert threshold.log_ratio == (None if threshold.status == "upper edge" else low)
    assert f"breaks above λ = {high:g}" in threshold.message
    undecided = len(kept) - kept.sum() - len(threshold.moving.excluded)
    assert ("No equilibrium at all has both ally for certain at any other λ." in threshold.message) == (undecided == 0)
    if undecided:
        assert name == "fast learning"
        assert "That some equilibrium keeps the alliance is not excluded at λ = [1.2, 1.5]." in threshold.message


@pytest.mark.slow
def test_the_alliance_is_part_of_certified_equilibria_there() -> None:
    """Payoff sets, which know of no thresholds, have nodes in which both ally at the same log ratios."""
    dyad, delta, _ = ZONES["learning"]
    threshold = al.break_threshold(dyad, delta)
    assert _allied_nodes(dyad, delta) == [any(x in w for w in threshold.windows) for x in dyad.log_ratios]
    assert threshold.arriving_at(2.0).outcome == "holds"
    assert threshold.arriving_at(2.0).breaks_at == 1.3
    still = al.break_threshold(shifting(1.0, 0.0), delta)
    assert still.static_windows == still.windows != ()
    assert still.arriving_at(2.0).outcome == "holds"
    assert (still.arriving_at(2.6).outcome, still.shift) == ("no alliance", 0)


def _allied_nodes(dyad: al.ShiftingDyad, delta: float) -> list[bool]:
    """Where a node of a certified automaton plays (ally, ally)."""
    game, sets = dyad.stochastic_game, dyad.stochastic_game.payoff_sets(delta, 1e-3)
    assert sets.automaton is None or sets.slack >= -PLAYABLE_FROM * float(game.spread)
    machine = sets.automaton
    return [machine is not None and bool((machine.profile[x] == game.first[x]).any()) for x in range(len(dyad.log_ratios))]


@pytest.mark.slow
def test_where_a_certified_equilibrium_has_an_alliance_it_is_not_excluded() -> None:
    """Random dyads: enclosures of all pure equilibria, with memory, by another method."""
    some, never = 0, 0
    for seed in range(20):
        dyad, delta = _random(seed, 1.0)
        threshold = al.break_threshold(dyad, delta)
        allied = [x for x, node in zip(dyad.log_ratios, _allied_nodes(dyad, delta), strict=True) if node]
        possible = possible_alliances(dyad.stochastic_game, len(dyad.log_ratios), delta)
        assert set(allied) <= set(dyad.log_ratios[possible])
        assert {x for x in dyad.log_ratios if any(x in w for w in threshold.windows)} <= set(dyad.log_ratios[possible])
        assert not allied or threshold.status != "never"
        some, never = some + bool(allied), never + (threshold.status == "never")
    assert some > 3
    assert never > 3


SMALL = (
    (0.5, "walk", 0.1, 0.0, 0.62, 2),
    (0.5, "moving", 0.2, 0.2, 0.66, 3),
    (0.6, "permanent", 0.1, 0.0, 0.66, 3),
    (0.7, "moving", 0.0, 0.0, 0.6, 2),
    (1.0, "walk", 0.2, 0.0, 0.35, 0),
    (1.0, "permanent", 0.3, 0.3, 0.25, 0),
)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("decisiveness", "name", "learning", "growth", "delta", "size"), SMALL)
def test_what_is_found_is_the_largest_set_by_brute_force(
    decisiveness: float, name: str, learning: float, growth: float, delta: float, size: int
) -> None:
    """All 512 sets of log ratios in which the alliance may be held."""
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=2.0, win=al.Tullock(decisiveness))
    war: Any = walk if name == "walk" else name
    dyad = _moving(war, decisiveness, step=0.5, reach=2, learning=(learning, 1), growth=(growth, 1))
    solver, possible = MarkovSolver(dyad.stochastic_game, 9, delta), possible_alliances(dyad.stochastic_game, 9, delta)
    assert solver.threshold() == (None, ())
    found = solver.anywhere(possible)
    assert found is not None
    best = 0
    for mask in range(2**9):
        other = solver.hold((mask >> np.arange(9) & 1).astype(bool))
        if other.holds:
            assert not (other.allied & ~possible).any()
            best = max(best, int(other.allied.sum()))
    assert found.allied.sum() == best == size
    assert al.break_threshold(dyad, delta).status == ("threshold" if size else "never")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("seed", range(12))
def test_bounds_by_loops(seed: int) -> None:
    """The same bounds profile by profile, state by state."""
    dyad, delta = _random(seed, 1.0)
    game, n = dyad.stochastic_game, len(dyad.log_ratios)
    assert possible_alliances(game, n, delta).tolist() == _possible_by_loops(game, n, delta)


def _possible_by_loops(game: StateGames, n: int, delta: float) -> list[bool]:
    g = [game.sponsor, game.proxy]
    bounds = [[(float(g[i].min()), float(g[i].max())) for _ in range(len(game))] for i in range(2)]
    sure = 1e-9 * float(game.spread) / (1 - delta)
    left = [[set(range(size)) for size in game.stages[x].shape] for x in range(len(game))]
    fine = [True] * n
    for _ in range(400):
        after = [list(side) for side in bounds]
        for x in range(len(game)):
            m, k = game.stages[x].shape
            worth = {}
            for a in range(m):
                for b in range(k):
                    profile = int(game.first[x]) + a * k + b
                    following = game.kernel.at(profile)
                    worth[a, b] = [
                        [(1 - delta) * g[i][profile] + delta * sum(p * bounds[i][y][end] for y, p in following.items())
                         for end in range(2)]
                        for i in range(2)
                    ]  # fmt: skip

            def at(i: int, own: int, other: int, end: int, worth: Any = worth) -> float:
                return float(worth[(own, other) if i == 0 else (other, own)][i][end])

            for i, size in enumerate((m, k)):
                others = left[x][1 - i]
                left[x][i] -= {
                    bad for bad in range(size)
                    if any(min(at(i, good, o, 0) - at(i, bad, o, 1) for o in others) > sure for good in range(size))
                }  # fmt: skip
            for i, size in enumerate((m, k)):
                if x < n and max(at(i, own, 0, 0) for own in range(size)) > at(i, 0, 0, 1) + sure:
                    fine[x] = False
                low = max(min(at(i, own, o, 0) for o in left[x][1 - i]) for own in range(size))
                high = max(at(i, own, o, 1) for own in left[x][i] for o in left[x][1 - i])
                after[i][x] = (max(low, bounds[i][x][0]), min(high, bounds[i][x][1]))
        bounds = after
    return [fine[x] and all(0 in left[x][i] for i in range(2)) for x in range(n)]


def test_a_false_never_is_noticed() -> None:
    dyad, delta, _ = ZONES["learning"]
    t = al.break_threshold(dyad, delta)
    all_levels = tuple(round(float(x), 12) + 0.0 for x in dyad.log_ratios)
    nothing = replace(t.moving, windows=(), evidence=())
    assert replace(t, moving=nothing).status == "unsolved"
    assert not replace(t, moving=nothing).verify()
    never = replace(t, moving=replace(nothing, excluded=all_levels))
    assert never.status == "never"
    assert not never.verify()
    evidence = t.moving.evidence
    assert isinstance(evidence, tuple)
    (kept,) = evidence
    fewer = MarkovSolver(dyad.stochastic_game, len(all_levels), delta).hold(kept.held & (dyad.log_ratios < 2.35))
    assert fewer.holds
    smaller = replace(t.windows[0], high=2.3)
    for moving in (
        replace(t.moving, evidence=(fewer,), windows=(smaller,)),
        replace(t.moving, evidence=(kept, kept)),
        replace(t.moving, excluded=t.moving.excluded[1:]),
        replace(t.moving, excluded=()),
    ):
        assert not replace(t, moving=moving).verify()


@pytest.mark.slow
def test_claims_are_answered_where_the_alliance_is_kept_in_a_zone_or_never() -> None:
    claims = al.claims.moving_claims(shifting(1.0, 0.1), [0.4])
    assert "unsolved" not in {a.moving for a in claims.answers} | {a.frozen for a in claims.answers}
    for name in ("asymmetry", "proxy restraint"):
        witness = claims[name].witness
        assert claims[name].moving == "fails"
        assert witness is not None
        assert (witness.low, witness.high) == (2.4, 2.5)
    assert claims["sponsor restraint"].moving == claims["proxy turns first"].moving == "holds"
    never = al.claims.moving_claims(shifting(1.0, 0.3), [0.1])
    assert (never["asymmetry"].moving, never["proxy turns first"].moving) == ("vacuous", "vacuous")


@pytest.mark.slow
def test_with_side_payments_nothing_is_said_to_be_always_kept_that_breaks_above() -> None:
    """A window at the lattice's lower end alone has no lower edge, and does not reach the top."""
    found = 0
    for seed in range(20):
        dyad, delta = _random(seed, 1.5)
        threshold = al.break_threshold(dyad, delta, al.Transfers())
        kept = [any(x in w for w in threshold.windows) for x in dyad.log_ratios]
        assert (threshold.status == "always") == all(kept)
        found += threshold.status == "upper edge"
    assert found > 0
