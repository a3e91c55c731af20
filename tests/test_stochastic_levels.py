"""Stochastic games whose payoffs lie on a high level or in other units: the answers are those without."""

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import to_float
from tests.stochastic_reference import random_game, tribute, two_state_dilemma
from tests.test_stochastic_payoff_sets import apart

DILEMMA = [[2, -1], [3, 0]]
LEVELS = (1e6, 1e9, -1e9)
MOVED = [(1.0, 1.0, k, k) for k in LEVELS] + [(c, c, 0.0, 0.0) for c in (1e-6, 1e6)]


def changed(game: al.StochasticGame, a: Any = 1, b: Any = 1, low_s: Any = 0, low_p: Any = 0) -> al.StochasticGame:
    """The game with payoffs a·g_S + low_s and b·g_P + low_p."""
    stages = [al.StageGame(s.A * a + low_s, s.B * b + low_p, s.actions) for s in game.stages]
    return al.StochasticGame(stages, game.kernel, states=game.states)


def one_dilemma(number: Any = float) -> al.StochasticGame:
    payoffs = [[number(x) for x in row] for row in DILEMMA]
    return al.StochasticGame(
        [al.StageGame(payoffs, [list(row) for row in zip(*payoffs, strict=True)])], lambda *_: {0: number(1)}
    )


def gift(number: Any = float) -> al.StochasticGame:
    """Gifts 0, 1/10, …, 1, that cost half their square: at δ = 3/10 (.6, .6) has no slack to spare."""
    gifts = [number(k) / 10 for k in range(11)]
    a = [[mine - its * its / 2 for mine in gifts] for its in gifts]
    return al.StochasticGame([al.StageGame(a, [list(row) for row in zip(*a, strict=True)])], lambda *_: {0: number(1)})


# -- without side payments -------------------------------------------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize("number", [float, F])
@pytest.mark.parametrize("level", [*LEVELS, 1e12])
def test_payoff_sets_keep_their_shape_on_any_level(number: Any, level: float) -> None:
    if number is float and level == 1e12:
        pytest.skip("floats of this level have three digits after the point")
    for game in (one_dilemma(number), two_state_dilemma(number)):
        k = number(level)
        base, sets = game.payoff_sets(0.7), changed(game, low_s=k, low_p=-k).payoff_sets(0.7)
        digits = abs(level) * 1e-15
        assert sets.status == "solved"
        assert sets.gap <= sets.target
        assert sets.verify(), sets.verify().witness
        assert sets.automaton is not None
        assert sets.automaton.verify()
        for x in range(len(game)):
            for mine, its in ((sets.inner[x], base.inner[x]), (sets.outer[x], base.outer[x])):
                assert apart(mine - [level, -level], its) <= 1e-7 + digits
            assert len(sets.inner[x]) == len(base.inner[x])
            assert sets.contains(game.states[x], base.inner[x][0] + [level, -level]) is True
        assert np.array_equal(sets.possible, base.possible)
        assert sets.automaton.values == pytest.approx(base.automaton.values + np.array([level, -level]), abs=1e-7 + digits)
        assert sets.slack == pytest.approx(base.slack, abs=1e-10)
        drawn = sets.plot().dataLim
        assert drawn.x0 == pytest.approx(min(p[:, 0].min() for p in sets.outer), abs=1e-6 + digits)


@pytest.mark.parametrize("level", LEVELS)
def test_one_state_on_a_high_level_is_the_repeated_game(level: float) -> None:
    stage = al.StageGame(np.array(DILEMMA) + level, np.array(DILEMMA).T + level)
    sets = al.StochasticGame([stage], lambda *_: {0: 1}).payoff_sets(0.7)
    vertices = to_float(np.asarray(al.payoff_set(stage, 0.7).vertices))
    assert len(sets.inner[0]) == len(vertices) == 4
    assert apart(sets.inner[0] - level, vertices - level) <= 1e-6


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(8))
def test_random_games_on_levels_and_in_units(seed: int) -> None:
    rng = np.random.default_rng([11, seed])
    drawn = random_game(rng, states=3)
    stages = [al.StageGame(a / 10, b / 10) for a, b in drawn["payoffs"]]  # tenths are no floats, and lose digits on a level
    game, delta = al.StochasticGame(stages, drawn["moves"]), drawn["delta"]
    base, unit = game.payoff_sets(delta), game.ranges
    ways = [*MOVED, (1.0, 1.0, 1e9, -1e9), (1e-6, 1e6, 0.0, 0.0), (1e6, 1e-6, 1e6, 0.0)]
    for a, b, low_s, low_p in ways[seed % 2 :: 2]:  # another game asks the others
        sets = changed(game, a, b, low_s, low_p).payoff_sets(delta)
        assert sets.status == base.status
        assert np.array_equal(sets.possible, base.possible)
        assert sets.verify(), sets.verify().witness
        for x in range(len(game)):
            assert sets.excluded[x] == base.excluded[x]
            assert apart((sets.inner[x] - [low_s, low_p]) / [a, b] / unit, base.inner[x] / unit) <= 4e-6


def test_a_knife_edge_on_a_high_level_is_none_where_digits_are_lost() -> None:
    for level in (0.0, *LEVELS):
        payoffs = np.array(DILEMMA) / 10 + level
        sets = al.StochasticGame([al.StageGame(payoffs, payoffs.T)], lambda *_: {0: 1}).payoff_sets(1 / 3)
        assert sets.status == "solved"
        assert apart((sets.inner[0] - level) * 10, [(0, 0), (8 / 3, 0), (2, 2), (0, 8 / 3)]) <= 1e-5
        assert sets.verify(), sets.verify().witness


@pytest.mark.parametrize("seed", [81, pytest.param(97, marks=pytest.mark.slow)])
def test_vertices_that_a_high_level_makes_one_are_one(seed: int) -> None:
    drawn = random_game(np.random.default_rng([77, seed]), states=2)
    game = al.StochasticGame([al.StageGame(a / 10, b / 10) for a, b in drawn["payoffs"]], drawn["moves"])
    sets = changed(game, 1e-6, 1e-6, 1e6, 1e6).payoff_sets(drawn["delta"], target=1e-9)
    assert sets.status != "not converged"
    assert all(len(np.unique(polygon, axis=0)) == len(polygon) for polygon in (*sets.outer, *sets.inner))
    assert sets.verify(), sets.verify().witness


def test_what_a_high_level_hides_is_said() -> None:
    sets = changed(two_state_dilemma(float), 1e-6, 1e-6, 1e6, 1e6).payoff_sets(0.7, target=1e-9)
    assert ("Fractions" in sets.message) == (sets.status == "not converged")
    exact = changed(two_state_dilemma(F), F(1, 10**6), F(1, 10**6), 10**6, 10**6).payoff_sets(0.7, target=1e-9)
    assert exact.status == "solved"


# -- with side payments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [pytest.param(s, marks=pytest.mark.slow) if s > 1 else s for s in range(10)])
def test_contracts_on_levels_and_in_units(seed: int) -> None:
    rng = np.random.default_rng([12, seed])
    drawn = random_game(rng, states=3)
    stages = [al.StageGame(a / 10, b / 10) for a, b in drawn["payoffs"]]
    game, delta = al.StochasticGame(stages, drawn["moves"]), drawn["delta"]
    base, anew = game.solve(delta), game.renegotiation(delta, 0.3, 5)
    for unit, _, level, other in MOVED:
        moved = changed(game, unit, unit, level, other)
        contracts, again = moved.solve(delta), moved.renegotiation(delta, 0.3, 5)
        for name in ("exists", "playable", "on_path_profiles", "punish_sponsor_profiles", "punish_proxy_profiles"):
            assert np.array_equal(getattr(contracts, name), getattr(base, name)), name
        assert np.array_equal(again.on_path_profiles, anew.on_path_profiles)
        close = {"abs": 1e-6, "nan_ok": True}
        assert (contracts.joint - 2 * level) / unit == pytest.approx(base.joint, **close)
        assert (contracts.proxy_punishment - level) / unit == pytest.approx(base.proxy_punishment, **close)
        assert contracts.slack / unit == pytest.approx(base.slack, **close)
        assert (again.joint - 2 * level) / unit == pytest.approx(anew.joint, **close)
        paid = contracts.payments()
        for result in (contracts, again, paid):
            assert result.verify(), (unit, level, result.verify().witness)
        split = paid.split[np.isfinite(paid.split)]
        assert ((split >= 0) & (split <= 1)).all()


@pytest.mark.parametrize("level", LEVELS)
def test_a_gift_without_slack_to_spare_stays_in_on_any_level(level: float) -> None:
    contracts = changed(gift(), low_s=level, low_p=level).solve(0.3)
    assert contracts.can_play(0, (6, 6))
    assert contracts.knife_edge[contracts.game.profile(0, (6, 6))]
    assert not contracts.can_play(0, (7, 7))
    assert contracts.joint[0] - 2 * level == pytest.approx(0.84, abs=1e-6)
    assert contracts.verify(), contracts.verify().witness
    exact = changed(gift(F), low_s=int(level), low_p=int(level)).solve(F(3, 10))
    assert exact.joint[0] == F(21, 25) + 2 * int(level)
    assert exact.slack[exact.game.profile(0, (6, 6))] == 0


def test_payments_on_a_level_are_those_without_it() -> None:
    exact = two_state_dilemma()
    base, moved = (game.solve(F(7, 10)).payments() for game in (exact, changed(exact, low_s=10**9, low_p=10**9)))
    assert (moved.split == base.split).all()
    assert (moved.promised - 10**9 == base.promised).all()
    assert moved.transfer(0, 1) == base.transfer(0, 1)


@pytest.mark.parametrize(
    ("unit", "level"),
    [(1e-6, 0.0), (1.0, 1e6), *(pytest.param(*x, marks=pytest.mark.slow) for x in ((1e6, 0.0), (1.0, 1e9), (1.0, -1e9)))],
)
def test_windows_on_levels_and_in_units(unit: float, level: float) -> None:
    windows = changed(tribute(), unit, unit, level, level).discount_windows("quiet", ("wait", "restrain"), points=8)
    (window,) = windows.windows
    assert window.closes is not None
    assert window.high == pytest.approx(1 / 5, abs=1e-12 + abs(level) * 1e-15 * 10)
    assert windows.verify(), windows.verify().witness
    exact = changed(tribute(F), low_s=int(level), low_p=int(level))
    (window,) = exact.discount_windows("quiet", ("wait", "restrain"), points=8).windows
    assert window.high == pytest.approx(1 / 5, abs=1e-12)


def test_a_point_of_the_grid_at_the_edge_lies_in_the_window() -> None:
    windows = changed(tribute(), 1e-6, 1e-6).discount_windows("quiet", ("wait", "restrain"), domain=(0.0, 0.9), points=10)
    assert windows.discounts[2] == pytest.approx(1 / 5)  # a point of the grid is the edge, up to rounding
    assert windows.windows[0].high >= windows.discounts[2] or not windows.playable[2]
    assert windows.verify(), windows.verify().witness


# -- dyads -----------------------------------------------------------------------------------------------------------------


class Raised(al.DyadicGame):
    """A model whose payoffs lie on another level and are counted in another unit."""

    actions = ("ally", "fight")

    def __init__(self, level: float, unit: float = 1.0) -> None:
        self.level, self.unit = level, unit

    def cells(self, power: al.Power) -> Any:
        game = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
        return [[(a * self.unit + self.level, b * self.unit + self.level) for a, b in row] for row in game.cells(power)]


LEARNING, SLOW = al.PowerProcess(learning=(1.0, 1)), al.PowerProcess(learning=(0.1, 1))
NEAR = al.PowerProcess(learning=(1.0, 1), reach=2)  # with patient players it has windows at both ends all the same
ARRESTS = al.PowerProcess(learning=(0.2, 1), arrest=(0.1, 2), reach=2)
FIGHTING = {"war": al.ConflictWalk.from_log_ratio(step=0.5, barrier=2.0, win=al.Tullock(1.0)), "reconcile": 0.1}
RAISED = [(1e6, 1.0), (-1e9, 1.0), (0.0, 1e-6)]


@pytest.mark.parametrize(
    ("process", "war", "delta", "concept"),
    [
        (LEARNING, {}, 0.3, al.Transfers()),
        (SLOW, {}, 0.6, None),
        pytest.param(NEAR, {}, 0.95, al.Transfers(), marks=pytest.mark.slow),
        pytest.param(NEAR, {}, 0.9, None, marks=pytest.mark.slow),
        pytest.param(ARRESTS, {}, 0.3, None, marks=pytest.mark.slow),
        pytest.param(ARRESTS, FIGHTING, 0.6, None, marks=pytest.mark.slow),
        pytest.param(ARRESTS, FIGHTING, 0.6, al.Transfers(), marks=pytest.mark.slow),
    ],
)
def test_break_thresholds_on_levels_and_in_units(
    process: al.PowerProcess, war: dict[str, Any], delta: float, concept: al.Transfers | None
) -> None:
    """The same windows, edges and defectors; gains in the unit of payoffs."""
    given = () if concept is None else (concept,)
    base = al.break_threshold(al.ShiftingDyad(Raised(0.0), process, prize=1.0, **war), delta, *given)
    assert base.status != "unsolved"
    for level, unit in RAISED[2:] if "reconcile" in war else RAISED:  # who loses a war of rounds has 0 on any level
        t = al.break_threshold(al.ShiftingDyad(Raised(level, unit), process, prize=unit, **war), delta, *given)
        for name in ("status", "log_ratio", "defector", "attacker", "shift"):
            assert getattr(t, name) == getattr(base, name), name
        for mine, its in ((t.moving, base.moving), (t.static, base.static)):
            assert [(w.low, w.high) for w in mine.windows] == [(w.low, w.high) for w in its.windows]
            assert mine.holes == its.holes
            for window, other in zip(mine.windows, its.windows, strict=True):
                for edge, same in ((window.below, other.below), (window.above, other.above)):
                    if edge is not None:
                        assert edge.gains == pytest.approx(np.multiply(same.gains, unit), abs=unit * 1e-9 + abs(level) * 1e-13)
        assert t.verify(), t.verify().witness
