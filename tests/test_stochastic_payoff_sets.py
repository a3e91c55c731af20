"""Payoff sets of stochastic games without side payments: known sets, two other algorithms, metamorphic relations."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.fixed_choices import FixedChoices
from alliances.dynamics.polygon_cuts import Directions
from alliances.dynamics.set_operator import SetOperator
from tests.payoff_set_reference import hausdorff
from tests.stochastic_reference import CD, by_polygons, game_of, random_game, reconciling_dyad, two_state_dilemma

ABREU_SANNIKOV = al.StageGame(
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]], np.array([[9, 1, 0], [13, 4, -4], [3, 0, -15]]).T.tolist()
)

_ROUNDING = 1e-14  # of the largest payoff: of a set that is one point, nothing else is left
_CORNERS = 1e-8  # of the payoff range: where lines at small angles cross, corners are less sure than the lines


def apart(one: Any, other: Any) -> float:
    """The Hausdorff distance of two polygons."""
    return float(hausdorff(np.asarray(one).tolist(), np.asarray(other).tolist()))


def repeated(stage: al.StageGame) -> al.StochasticGame:
    return al.StochasticGame([stage], lambda *_: {0: 1})


def drawn_games(count: int, seed: int, **sizes: int) -> Any:
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield random_game(rng, **sizes)


# -- known sets ----------------------------------------------------------------------------------------------------------


def test_two_state_dilemma_is_enclosed_to_the_last_digits() -> None:
    """Vertices in the poorer state at δ = 7/10, by exact arithmetic but for the root 3.441372."""
    sets = two_state_dilemma().payoff_sets(F(7, 10), target=1e-9)
    v, high = 28 / 37, 3.441372
    known = [(v, v), (high, v), (211 / 65, 8 / 5), (102 / 37, 102 / 37), (8 / 5, 211 / 65), (v, high)]
    assert apart(sets.inner[0], known) < 1e-6  # the digits given
    for point in [(v, v), (211 / 65, 8 / 5), (102 / 37, 102 / 37), (8 / 5, 211 / 65)]:
        assert np.abs(sets.inner[0] - point).max(axis=1).min() < 1e-9
    assert len(sets.inner[0]) == 6
    for inner, outer in zip(sets.inner, sets.outer, strict=True):
        assert apart(inner, outer) < 1e-9
    assert sets.status == "solved"
    assert sets.gap < 1e-9
    assert sets.verify()


@pytest.mark.parametrize("delta", [F(3, 10), F(2, 5)])
def test_abreu_sannikov_example(delta: F) -> None:
    published = [
        (7.33770472, 10.9826253), (1.1256824, 2.8), (7.33770472, 0), (7.86308964, 0), (19.7917977, 2.8), (15.5630896, 9.1)
    ]  # fmt: skip
    sets = repeated(ABREU_SANNIKOV).payoff_sets(delta)
    exact = al.payoff_set(ABREU_SANNIKOV, delta)
    if delta == F(3, 10):
        for vertex in published:
            assert np.abs(sets.inner[0] - vertex).max(axis=1).min() < 1e-6
    assert apart(sets.inner[0], exact.vertices) < 1e-6
    assert apart(sets.outer[0], exact.vertices) < 1e-6 * sets.ranges.max()
    assert sets.gap <= 1e-6
    assert sets.verify()


@pytest.mark.parametrize("games", [pytest.param(28, marks=pytest.mark.slow), 12])
def test_one_state_is_a_repeated_game(games: int) -> None:
    rng = np.random.default_rng(games)
    for _ in range(games):
        size = tuple(rng.integers(1, 5, 2))
        stage = al.StageGame(rng.integers(-5, 6, size).astype(float), rng.integers(-5, 6, size).astype(float))
        delta = float(rng.choice([0.0, 0.1, 0.3, 0.5, 0.7, 0.9]))
        sets, known = repeated(stage).payoff_sets(delta), al.payoff_set(stage, delta)
        assert sets.converged
        room = 1e-6 * max(stage.payoff_range) + _ROUNDING * max(np.abs(stage.A).max(), np.abs(stage.B).max())
        assert apart(sets.inner[0], known.vertices) <= room
        assert apart(sets.outer[0], known.vertices) <= 2 * room


@pytest.mark.slow
def test_polygons_added_and_cut_one_by_one() -> None:
    """Minkowski sums and half-planes of plain polygons, iterated from the hull of all payoffs."""
    compared = 0
    for drawn in drawn_games(14, 3, states=2, actions=2):
        if drawn["delta"] > 0.8:
            continue
        known = by_polygons(drawn["payoffs"], drawn["moves"], drawn["delta"])
        sets = game_of(drawn).payoff_sets(drawn["delta"])
        assert sets.converged
        for x, polygon in enumerate(known):
            assert apart(sets.inner[x], polygon) < 1e-5
            compared += 1
    assert compared > 10


@pytest.mark.slow
def test_fading_cooperation_without_side_payments() -> None:
    """A dilemma that dies with probability h each period: (C, C) iff δ(1 − h) ≥ (d − c)/d, with or without side payments."""
    rng = np.random.default_rng(4)
    answers = []
    for _ in range(20):
        c, h, delta = float(rng.integers(1, 9)), int(rng.integers(0, 9)) / 10, int(rng.integers(1, 20)) / 20
        d = c + int(rng.integers(1, 9)) / 2
        e = -abs(d - 2 * c) - int(rng.integers(0, 3))
        if abs(delta * (1 - h) - (d - c) / d) < 1e-9:
            continue
        alive, dead = al.StageGame([[c, e], [d, 0]], [[c, d], [e, 0]], CD), al.StageGame([[0]], [[0]])
        game = al.StochasticGame([alive, dead], lambda s, i, j, h=h: {1: 1} if s == 1 else {0: 1 - h, 1: h})
        sets = game.payoff_sets(delta)
        answer = delta * (1 - h) >= (d - c) / d
        assert sets.converged
        assert sets.possible[game.profile(0, ("C", "C"))] == answer
        value = c * (1 - delta) / (1 - delta * (1 - h))
        assert not answer or sets.contains(0, (value, value)) is True
        answers.append(answer)
    assert {True, False} <= set(answers)


# -- where there is no equilibrium, and where there is ------------------------------------------------------------------------


def test_states_without_pure_equilibrium_are_named() -> None:
    pennies, quiet = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), al.StageGame([[0]], [[0]])
    leads = al.StageGame([[0, 0]], [[0, 1]])
    moves = {"pennies": {"quiet": 1}, "quiet": {"quiet": 1}}
    game = al.StochasticGame(
        [pennies, quiet, leads],
        lambda s, i, j: moves[s] if s in moves else {"pennies": F(j, 2), "quiet": 1 - F(j, 2)},
        states=("pennies", "quiet", "leads"),
    )
    sets = game.payoff_sets(F(1, 2))
    assert sets.status == "none in some states"
    assert sets.excluded.tolist() == [True, False, True]
    assert sets.exists.tolist() == [False, True, False]
    assert "2 of 3 states ('pennies', 'leads')" in sets.message
    assert sets.gaps[[0, 2]].tolist() == [0, 0]
    assert sets.inner[1].tolist() == [[0, 0]]
    assert sets.verify()
    alone = repeated(pennies).payoff_sets(0.9)
    assert alone.status == "none"
    assert alone.automaton is None
    assert np.isnan(alone.slack)
    assert "No pure equilibrium from any of the 1 states" in alone.message
    assert alone.verify()


def test_a_state_that_side_payments_alone_could_keep_is_excluded_step_by_step() -> None:
    """Nothing that the bounds with side payments leave is the dyad's without them; the other state is settled at once."""
    game = al.StochasticGame(
        [al.StageGame([[0, -2], [-2, 3]], [[-3, 2], [1, 0]]), al.StageGame([[0]], [[0]])], lambda s, i, j: {s: 1}
    )
    assert game.solve(F(1, 2)).exists.all()
    sets = game.payoff_sets(F(1, 2))
    assert sets.excluded.tolist() == [True, False]
    assert sets.verify()


@pytest.mark.slow
def test_small_sets_do_not_vanish_in_rounding() -> None:
    """A dyad that reconciles, with many directions at small angles: an equilibrium exists from every state."""
    sets = reconciling_dyad(learning=0.3).stochastic_game.payoff_sets(0.8, target=1e-3)
    assert sets.status == "solved"
    assert sets.exists.all()
    assert not sets.excluded.any()
    assert sets.slack >= -1e-11 * sets.ranges.max()
    assert sets.steps < 1000


def test_not_converged_says_what_to_try_and_bounds_all_the_same() -> None:
    sets = two_state_dilemma().payoff_sets(0.7, target=1e-16)
    assert sets.status == "not converged"
    assert "Try a larger target" in sets.message
    assert sets.gap < 1e-9
    assert sets.verify()


def test_no_patience_leaves_stage_equilibria() -> None:
    sets = two_state_dilemma().payoff_sets(0)
    assert [s.tolist() for s in sets.inner] == [[[0.0, 0.0]], [[2.0, 2.0]]]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("games", [13, 6])  # other games, not the same ones again
@pytest.mark.parametrize("delta", [0.1, 0.5, 0.9])
def test_outer_contains_inner_and_lies_within_the_sets_with_side_payments(delta: float, games: int) -> None:
    for drawn in drawn_games(games, int(10 * delta) + games):
        game = game_of(drawn)
        sets, contracts = game.payoff_sets(delta), game.solve(delta)
        assert sets.converged
        assert not (sets.exists & ~contracts.exists).any()
        for x in np.flatnonzero(sets.exists):
            room = _CORNERS * max(sets.ranges)
            assert all(sets.contains(game.states[x], p) is not False for p in sets.inner[x])
            outer = sets.outer[x]
            assert (outer.sum(axis=1) <= contracts.joint[x] + room).all()
            assert (outer[:, 0] >= contracts.sponsor_punishment[x] - room).all()
            assert (outer[:, 1] >= contracts.proxy_punishment[x] - room).all()
        assert sets.verify(), sets.verify().witness


def test_a_half_plane_that_its_neighbours_imply_moves_no_corner() -> None:
    """Rounding in one of three lines at small angles is taken back; without that, it would carry corners far away."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        middle = rng.uniform(0.2, 1.3)
        directions = Directions(
            np.append(np.linspace(0, 2 * np.pi, 16, endpoint=False), middle + np.array([-1e-5, 0, 1e-5])), 1e-6
        )
        corners = rng.uniform(-1, 1, (5, 2))
        known = directions.support(corners)
        place = int(np.abs(directions.angles - middle).argmin())
        loose = known.copy()
        loose[place] += 1e-7
        assert np.abs(directions.vertices(loose)[place] - directions.vertices(known)[place]).max() > 1e-3
        tight = directions.tightened(loose)
        assert (tight <= loose).all()
        assert (tight >= known - 1e-12).all()
        assert np.abs(directions.support(directions.vertices(tight)) - known).max() < 1e-9


def test_a_crossing_that_one_chain_misses_by_rounding_is_the_end_of_the_other() -> None:
    """A node would have payoffs that are not its points': found among random games, because it is not best in its direction."""
    drawn: dict[str, Any] = {}
    for drawn in drawn_games(162, 0):  # noqa: B007 the last one
        pass
    sets = game_of(drawn).payoff_sets(drawn["delta"])
    assert sets.converged
    assert sets.verify(), sets.verify().witness


# -- speed ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_step_with_choices_kept_is_the_step_from_inside() -> None:
    """Where the operator chooses as before, the cheap step yields its points; where a bound leaves its edge, none."""
    agreed = mixed = left = 0
    for drawn in [*drawn_games(8, 1, states=2), *drawn_games(8, 2, states=3)]:
        game, delta = game_of(drawn).to_float(), drawn["delta"]
        contracts = game.solve(delta)
        operator = SetOperator(game, delta, contracts.exists)
        if not contracts.exists.all():
            continue
        directions = Directions(np.linspace(0, 2 * np.pi, 24, endpoint=False), 1e-6)
        corners = np.stack([game.sponsor, game.proxy], axis=1) - operator.level
        whole = directions.vertices(directions.support(corners / operator.unit))
        last, worst = None, np.zeros((len(game), 2))
        points = np.broadcast_to(whole, (len(game), *whole.shape))
        for _ in range(40):
            new = operator.inner(points, directions, worst)
            if new is None:
                break
            if last is not None:
                kept = FixedChoices(operator, last).step(points, worst)
                if new.like(last):
                    assert kept is not None
                    assert np.abs(kept - new.points).max() < 1e-12
                    agreed += 1
                    mixed += bool(new.mixed.size)
                left += kept is None
            last, points, worst = new, new.points, directions.least(new.points)
    assert agreed > 50
    assert mixed > 10
    assert left > 0


@pytest.mark.slow
def test_most_steps_from_inside_are_made_with_choices_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dyad that reconciles takes some hundred full steps from inside; with all of them full it took 790."""
    calls, full = [], SetOperator.inner

    def counted(self: SetOperator, *arguments: Any) -> Any:
        calls.append(1)
        return full(self, *arguments)

    monkeypatch.setattr(SetOperator, "inner", counted)
    sets = reconciling_dyad().stochastic_game.payoff_sets(0.9, target=1e-3)
    assert sets.status == "solved"
    assert len(calls) < 300


# -- metamorphic ---------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(8))
def test_relations_between_games(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = random_game(rng, states=3)
    payoffs, moves, delta = drawn["payoffs"], drawn["moves"], drawn["delta"]
    n = len(payoffs)
    base = game_of(drawn).payoff_sets(delta)

    def of(p: Any, m: Any) -> al.StochasticPayoffSets:
        return game_of({"payoffs": p, "moves": m}).payoff_sets(delta)

    def agree(sets: al.StochasticPayoffSets, change: Any, places: Any = None, unit: float = 1.0) -> None:
        for x, y in enumerate(range(n) if places is None else places):
            assert sets.excluded[y] == base.excluded[x]
            assert apart(sets.inner[y], [change(*p) for p in base.inner[x]]) <= 4e-6 * unit * base.ranges.max()

    agree(of([(1e4 * a, 1e4 * b) for a, b in payoffs], moves), lambda s, p: (1e4 * s, 1e4 * p), unit=1e4)
    agree(of([(1e-4 * a, 1e-4 * b) for a, b in payoffs], moves), lambda s, p: (1e-4 * s, 1e-4 * p), unit=1e-4)
    agree(of([(a + 7, b - 300) for a, b in payoffs], moves), lambda s, p: (s + 7, p - 300))
    agree(of([(b.T, a.T) for a, b in payoffs], [np.swapaxes(m, 0, 1) for m in moves]), lambda s, p: (p, s))
    order = rng.permutation(n)
    where = [int(np.flatnonzero(order == x)[0]) for x in range(n)]
    agree(of([payoffs[x] for x in order], [moves[x][..., order] for x in order]), lambda *p: p, where)
    beside = [np.concatenate([m, np.zeros((*m.shape[:2], 1))], axis=2) for m in moves]
    inside = (rng.uniform(-4, 4, (1, 1)), rng.uniform(-4, 4, (1, 1)))
    agree(of([*payoffs, inside], [*beside, np.full((1, 1, n + 1), 1 / (n + 1))]), lambda *p: p)
    halves = [np.concatenate([m[..., :1] / 2, m[..., 1:], m[..., :1] / 2], axis=2) for m in moves]
    split = of([*payoffs, payoffs[0]], [*halves, halves[0]])
    agree(split, lambda *p: p)
    assert apart(split.inner[0], split.inner[n]) <= 4e-6 * base.ranges.max()


# -- questions, conversion, wrong input --------------------------------------------------------------------------------------


def test_questions_and_conversion() -> None:
    sets = two_state_dilemma().payoff_sets(0.7)
    assert sets.contains(0, (2, 2)) is True
    assert sets.contains(0, (4, 4)) is False
    assert sets.to_dict()["status"] == "solved"
    assert set(sets.to_frame()["bound"]) == {"inner", "outer"}
    assert sets.automaton is not None
    assert len(sets.automaton.to_frame()) == 2 * len(sets.automaton.directions)
    assert sets.automaton.message.startswith("An automaton of ")
    assert str(sets).splitlines()[0].split()[0] == "state"
    assert "solved" in repr(sets)
    vague = two_state_dilemma().payoff_sets(0.7, target=0.2)
    middle = (np.asarray(vague.outer[0])[:, None] + vague.inner[0]).reshape(-1, 2) / 2
    assert {vague.contains(0, p) for p in middle} <= {True, None}


def test_wrong_input() -> None:
    game = two_state_dilemma()
    with pytest.raises(TypeError, match=r"StochasticGame.payoff_sets\(\): discount must be given"):
        game.payoff_sets()
    for wrong in (1, -0.1, 2):
        with pytest.raises(ValueError, match=r"payoff_sets\(\): discount must lie in \[0, 1\)"):
            game.payoff_sets(wrong)
    with pytest.raises(ValueError, match=r"payoff_sets\(\): discount must lie below 1 as a float too"):
        game.payoff_sets(F(10**20 - 1, 10**20))
    for wrong in (0, -1e-6, float("nan")):
        with pytest.raises(ValueError, match=r"payoff_sets\(\): target must"):
            game.payoff_sets(0.5, target=wrong)
    with pytest.raises(ValueError, match=r"contains\(\): state must be one of the states 0, 1; got 7"):
        game.payoff_sets(0.5).contains(7, (0, 0))
    with pytest.raises(ValueError, match=r"contains\(\): point must be a pair"):
        game.payoff_sets(0.5).contains(0, (0, 0, 0))


def test_the_picture_shows_the_polygons() -> None:
    sets = two_state_dilemma().payoff_sets(0.7)
    ax = sets.plot(states=[1])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["inner, 1", "outer bound"]
    drawn = ax.get_lines()[0].get_xydata()
    assert np.abs(drawn[:-1] - sets.outer[1]).max() == 0
    assert np.abs(ax.patches[0].get_xy()[:-1] - sets.inner[1]).max() == 0
    empty = repeated(al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])).payoff_sets(0.9).plot()
    assert empty.get_legend().get_texts()[0].get_text() == "no pure equilibrium, 0"
