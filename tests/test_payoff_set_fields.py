"""Every field of the results about payoff sets: texts, tables and variables of sets, batches of sets, automata and plays."""

import re
from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.payoff_sets.solve import payoff_set, payoff_sets

PD = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("ally", "fight"))
PENNIES = StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
NAMES = ["sponsor", "proxy"]


def floats(game):
    return StageGame(game.A.astype(float), game.B.astype(float), actions=game.actions)


@pytest.fixture(scope="module")
def sets():
    """A polygon, a segment and a point, and a game without equilibrium; then the same with half the discount factor."""
    games = [floats(g) for g in (PD, PD, PD, PENNIES)]
    stage = StageGame(np.stack([g.A for g in games]), np.stack([g.B for g in games]))
    return payoff_sets(stage, np.array([[0.3, 1 / 7, 0.1, 0.3], [0.15, 1 / 14, 0.05, 0.15]]))


def test_a_batch_of_sets_has_the_numbers_of_its_games(sets):
    # vertices of the Prisoners' Dilemma as in the documentation of payoff_set: of a polygon, (3, 3)–(9, 9), and (3, 3)
    assert sets.kind.tolist() == [["polygon", "segment", "point", "empty"], ["segment", "point", "point", "empty"]]
    assert sets.count.tolist() == [[4, 2, 1, 0], [2, 1, 1, 0]]
    assert sets.message == "8 games: empty 2, point 3, segment 2, polygon 1"
    corners = [(3, 3), (9.75, 3), (9, 9), (3, 9.75)]
    found = {
        (0, 0): corners,
        (0, 1): [corners[0], corners[2]],
        (1, 0): [corners[0], corners[2]],
        (1, 2): corners[:1],
        (1, 3): [],
    }
    for place, expected in found.items():
        assert np.allclose(sets.vertices[place][: len(expected)], np.array(expected).reshape(-1, 2), rtol=1e-12)
        assert np.isnan(sets.vertices[place][len(expected) :]).all()
    # the triangles (3, 3)–(39/4, 3)–(9, 9) and its mirror image: 2 · (27/4 · 6)/2
    assert np.allclose(sets.area, [[40.5, 0, 0, 0], [0, 0, 0, 0]], rtol=1e-12, atol=1e-12)
    assert np.allclose(sets.punishments[:, :3], 3)
    assert np.isnan(sets.punishments[:, 3]).all()
    assert sets.converged.all()
    assert len(sets) == 2
    assert sets.vertices.shape == (2, 4, 4, 2)


def test_one_game_of_a_batch(sets):
    single = sets[0, 1]
    assert (single.kind, single.discount) == ("segment", 1 / 7)
    assert single.stage.A.tolist() == PD.A.tolist()
    assert single.stage.B.tolist() == PD.B.tolist()
    assert sets[1, 3].kind == "empty"
    for index in (0, slice(None), (slice(None), 1)):
        with pytest.raises(IndexError, match=re.escape(f"PayoffSetBatch: index {index!r} must select one game")):
            sets[index]


def test_the_table_and_the_variables_of_a_batch(sets):
    frame = sets.to_frame()
    columns = {name: np.ravel(x) for name, x in (("discount", sets.discount), ("kind", sets.kind), ("vertices", sets.count))}
    columns |= {"area": sets.area.ravel(), "converged": sets.converged.ravel()}
    columns |= {f"worst_{name}": sets.punishments[..., k].ravel() for k, name in enumerate(NAMES)}
    for name, expected in columns.items():
        found = frame[name].to_numpy()
        assert np.array_equal(found, expected, equal_nan=expected.dtype == float), name
    variables = sets.to_xarray().variables
    arrays = {
        "discount": (("axis_0", "axis_1"), sets.discount),
        "kind": (("axis_0", "axis_1"), sets.kind),
        "area": (("axis_0", "axis_1"), sets.area),
        "worst": (("axis_0", "axis_1", "player"), sets.punishments),
        "vertices": (("axis_0", "axis_1", "vertex", "player"), sets.vertices),
        "player": (("player",), np.array(NAMES)),
    }
    assert set(variables) == set(arrays)
    for name, (dims, values) in arrays.items():
        assert variables[name].dims == dims
        assert np.array_equal(variables[name].values, values, equal_nan=values.dtype == float)
    labels = {name: (x.attrs["long_name"], x.attrs["units"]) for name, x in variables.items()}
    assert labels == {
        "discount": ("discount factor δ", "1"),
        "kind": ("kind of set", "1"),
        "area": ("area of the set", "payoff²"),
        "worst": ("worst equilibrium payoff", "payoff"),
        "vertices": ("vertices, counter-clockwise", "payoff"),
        "player": ("player", "1"),
    }
    line = payoff_sets(floats(PD), [0.1, 0.2])
    assert line.to_xarray().variables["kind"].dims == ("game",)
    assert line.to_xarray().variables["discount"].values.tolist() == [0.1, 0.2]


def test_a_set_as_text_and_table():
    found = payoff_set(PD, F(3, 10))
    assert str(found) == (
        "Equilibrium payoffs at discount factor 3/10: a polygon\n"
        "  vertices (sponsor, proxy)  (3, 3) (39/4, 3) (9, 9) (3, 39/4)\n"
        "  worst payoffs              3 (sponsor), 3 (proxy)\n"
        "  profiles on path           (ally, ally), (ally, fight), (fight, ally), (fight, fight)\n"
        "  proved: Every vertex is exact, proved from inside and outside in rational arithmetic."
    )
    assert repr(found) == "PayoffSet(polygon, 4 vertices, discount 3/10, proved)"
    assert found.to_frame().to_dict("list") == {"sponsor": [3, F(39, 4), 9, 3], "proxy": [3, 3, 9, F(39, 4)]}
    assert found.area == F(81, 2)
    record = found.to_dict()
    assert (record["kind"], record["status"], record["method"]) == (found.kind, "proved", found.method)
    assert record["message"] == found.message
    empty = payoff_set(PENNIES, F(1, 3))
    words = "No profile of pure actions can be sustained at this discount factor, not even by the harshest punishments."
    assert str(empty) == f"Equilibrium payoffs at discount factor 1/3: none. {words}"
    assert (empty.area, empty.punishments, empty.contains((0, 0))) == (0, None, False)
    with pytest.raises(ValueError, match=r"^PayoffSet.separate\(\): the set is empty, so every direction separates$"):
        empty.separate((0, 0))
    with pytest.raises(
        ValueError, match=r"^PayoffSet.strategy\(\): point must be an equilibrium payoff; got \(0, 0\), but there is"
    ):
        empty.strategy((0, 0))
    for function in ("contains", "separate", "strategy"):
        with pytest.raises(ValueError, match=rf"^PayoffSet.{function}\(\): point must be a pair .*; got \(1, 2, 3\)$"):
            getattr(found, function)((1, 2, 3))
    # numbers too long for a text are rounded to ten digits
    long = payoff_set(PD, F(300000000000001, 10**15))
    assert "discount factor 0.3:" in str(long)


def test_where_a_point_lies_to_a_set():
    # from (9, 9) to (39/4, 3): 6 x + 3/4 y = 243/4, or 8/9 x + 1/9 y = 9
    found = payoff_set(PD, F(3, 10)).separate((F(10), F(9)))
    assert (found.inside, found.direction, found.support, found.excess) == (False, (F(8, 9), F(1, 9)), 9, F(8, 9))
    inner = payoff_set(PD, F(3, 10)).separate((F(4), F(5)))
    assert (inner.inside, inner.direction, inner.support, inner.excess) == (True, (-1, 0), -3, -1)
    rough = payoff_set(floats(PD), 0.3)
    for out, inside in ((1e-13, True), (1e-6, False)):
        assert rough.contains((9 + out, 9 + out)) is inside
        assert ((9 + out, 9 + out) in rough) is inside
    # where the unit of one player is another: the direction is one in payoffs, not in shares of their ranges
    scaled = StageGame(PD.A * 100, PD.B)
    found = payoff_set(scaled, F(3, 10)).separate((F(1000), F(9)))
    size = F(8, 900) + F(1, 9)
    assert found.direction == (F(8, 900) / size, F(1, 9) / size)
    assert found.excess == F(8, 9) / size


# -- automata ----------------------------------------------------------------------------------------------------------


def test_an_automaton_as_text_and_table():
    # (9, 9) is played for ever; (3, 3) is the stage equilibrium that punishes
    strategy = payoff_set(PD, F(1, 7)).strategy((F(6), F(6)))
    half = "state 0 (probability 1/2) or state 1 (probability 1/2)"
    assert strategy.message.splitlines() == [
        f"Equilibrium with payoffs (6, 6); start {half}",
        "  state 0: (fight, fight), then state 0; sponsor deviates: state 0; proxy deviates: state 0",
        "  state 1: (ally, ally), then state 1; sponsor deviates: state 0; proxy deviates: state 0",
    ]
    assert strategy.to_frame().to_dict("list") == {
        "state": [0, 1],
        "sponsor_action": ["fight", "ally"],
        "proxy_action": ["fight", "ally"],
        "sponsor_value": [3, 9],
        "proxy_value": [3, 9],
        "conform": ["state 0", "state 1"],
        "sponsor_deviates": ["state 0", "state 0"],
        "proxy_deviates": ["state 0", "state 0"],
    }
    assert strategy.initial == ((F(1, 2), 0), (F(1, 2), 1))
    assert strategy.to_dict()["stage"] is not None


@pytest.mark.parametrize("discount", [F(1, 4), F(3, 10), F(1, 2), F(9, 10)])
@pytest.mark.parametrize("exact", [True, False])
def test_automata_keep_what_they_promise(discount, exact):
    rng = np.random.default_rng(int(100 * discount))
    for k in range(6):
        a, b = (PD.A, PD.B) if k == 0 else rng.integers(0, 6, (2, 2 + k % 2, 2 + k % 3))
        stage = StageGame(a, b) if exact else floats(StageGame(a, b))
        found = payoff_set(stage, discount if exact else float(discount))
        if found.kind == "empty":
            continue
        delta, corners = found.discount, [tuple(v) for v in found.vertices.tolist()]
        weights = range(1, len(corners) + 1)
        point = tuple(sum(w * v[i] for w, v in zip(weights, corners, strict=True)) / F(sum(weights)) for i in (0, 1))
        strategy = found.strategy(point if exact else tuple(map(float, point)))
        near = 0 if exact else 1e-9 * max(float(x) for x in stage.payoff_range)

        def mean(lottery, i, corners=corners, near=near):
            assert abs(sum(p for p, _ in lottery) - 1) <= near
            assert all(p > 0 for p, _ in lottery)
            assert len(lottery) <= 3
            return sum(p * corners[s][i] for p, s in lottery)

        assert [s.value for s in strategy.states] == corners
        for i in (0, 1):
            assert abs(mean(strategy.initial, i) - point[i]) <= near
            worst = min(v[i] for v in corners)
            for state in strategy.states:
                g, best = stage.payoffs(state.profile)[i], stage.best_deviations(state.profile)[i]
                promised = (1 - delta) * g + delta * mean(state.conform, i)
                threat = mean((state.sponsor_deviates, state.proxy_deviates)[i], i)
                assert abs(promised - state.value[i]) <= near
                assert threat == worst
                assert (1 - delta) * best + delta * threat <= promised + near


def test_plays_and_their_variables():
    strategy = payoff_set(PD, F(1, 2)).strategy((9, 9))
    play = strategy.play(5, rng=0, deviations={1: (1, 0), 3: (0, 0)})
    # the sponsor deviates in period 1 and both at once in period 3, which changes nothing
    assert play.profiles.tolist() == [[0, 0], [1, 0], [1, 1], [0, 0], [1, 1]]
    assert play.payoffs.tolist() == [[9, 9], [10, 1], [3, 3], [9, 9], [3, 3]]
    assert play.message == "5 periods played."
    assert str(play).startswith("5 periods played.\n")
    named = strategy.play(3, rng=0, deviations={0: ("ally", "fight")})
    assert named.profiles.tolist() == [[0, 1], [1, 1], [1, 1]]
    # the proxy's deviation leads to the state that is worst for the proxy
    states = [strategy.states[k] for k in named.states[1:].tolist()]
    assert {s.value[1] for s in states} == {3}
    frame = play.to_frame()
    assert frame.columns.tolist() == ["period", "state", *(f"{n}_{x}" for x in ("action", "payoff") for n in NAMES)]
    for name, values in (("action", play.profiles), ("payoff", play.payoffs)):
        for k, player in enumerate(NAMES):
            assert frame[f"{player}_{name}"].tolist() == values[:, k].tolist()
    assert frame["period"].tolist() == list(range(5))
    assert frame["state"].tolist() == play.states.tolist()
    variables = play.to_xarray().variables
    expected = {
        "period": (("period",), np.arange(5), "period", "1"),
        "player": (("player",), np.array(NAMES), "player", "1"),
        "state": (("period",), play.states, "state of the automaton", "1"),
        "action": (("period", "player"), play.profiles, "action, by its index", "1"),
        "payoff": (("period", "player"), play.payoffs, "stage payoff", "payoff"),
    }
    assert set(variables) == set(expected)
    for name, (dims, values, label, units) in expected.items():
        variable = variables[name]
        assert (variable.dims, variable.attrs) == (dims, {"long_name": label, "units": units})
        assert variable.values.tolist() == values.tolist()
    for periods in (0, -1, True, 2.5):
        with pytest.raises(ValueError, match=rf"^Strategy.play\(\): periods must be a positive integer; got {periods}$"):
            strategy.play(periods)
    assert len(strategy.play(np.int64(1), rng=0).states) == 1
