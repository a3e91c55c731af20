"""Payoff sets against published numbers, and metamorphic relations."""

import json
from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame, verify
from alliances.repeated.payoff_sets.polygon import hull
from alliances.repeated.payoff_sets.result import PayoffSet
from alliances.repeated.payoff_sets.solve import payoff_set
from tests.payoff_set_reference import hausdorff, reference

PD = ([[9, 1], [10, 3]], [[9, 10], [1, 3]])
# Abreu & Sannikov (2014), Section 5, as quoted by QuantEcon's tests; the proxy is the column player
ABREU_SANNIKOV = ([[16, 3, 0], [21, 10, -1], [9, 5, -5]], np.array([[9, 1, 0], [13, 4, -4], [3, 0, -15]]).T.tolist())


def floats(a, b):
    return StageGame(np.array(a, float), np.array(b, float))


def cournot(actions):
    q = np.linspace(0, 6, actions)
    payoff = (5.4 - q[:, None] - q[None, :]) * q[:, None]
    return StageGame(payoff, payoff.T)


def same(one, other, tolerance=1e-9):
    """As many vertices, and no further apart than the tolerance times 10, about the payoff range of the games here."""
    points = [[(float(x), float(y)) for x, y in (p.tolist() if isinstance(p, np.ndarray) else p)] for p in (one, other)]
    return len(one) == len(other) and hausdorff(*points) <= 10 * tolerance


def fingerprint(s):
    return s.kind, sorted(map(tuple, s.vertices.tolist()))


# -- published numbers --------------------------------------------------------------------------------------------------


def test_prisoners_dilemma_exactly():
    s = payoff_set(StageGame(*PD), F(3, 10))
    assert s.vertices.tolist() == [[3, 3], [F(39, 4), 3], [9, 9], [3, F(39, 4)]]
    assert (s.kind, s.status, s.punishments, s.error_bound) == ("polygon", "proved", (3, 3), 0)
    assert s.profiles == ((0, 0), (0, 1), (1, 0), (1, 1))
    assert s.area == F(81, 2)


@pytest.mark.parametrize(
    ("discount", "kind", "vertices"),
    [
        (F(0), "point", [[3, 3]]),
        (F(1, 7) - F(1, 10**12), "point", [[3, 3]]),
        (F(1, 7), "segment", [[3, 3], [9, 9]]),
        (F(247, 1000), "segment", [[3, 3], [9, 9]]),
        (F(999, 1000), "polygon", [[3, 3], [F(39, 4), 3], [9, 9], [3, F(39, 4)]]),
    ],
)
def test_prisoners_dilemma_regimes(discount, kind, vertices):
    s = payoff_set(StageGame(*PD), discount)
    assert (s.kind, s.vertices.tolist(), s.status) == (kind, vertices, "proved")


@pytest.mark.slow
def test_irrational_vertex_is_enclosed():
    # t² − 0.7525 t + 0.12 = 0 with y = 9 + t (larger root): 9.5230970718
    s = payoff_set(StageGame(*PD), F(2475, 10000))
    y = 9 + (0.7525 + (0.7525**2 - 0.48) ** 0.5) / 2
    assert s.status == "enclosed"
    assert s.error_bound < F(1, 10**20)
    assert same(s.vertices, [[3, 3], [y, 3], [9, 9], [3, y]], 1e-14)
    assert float(s.vertices[:, 1].max()) == pytest.approx(9.5230970718, abs=5e-11)
    assert hausdorff(s.outer.astype(float).tolist(), s.vertices.astype(float).tolist()) < 1e-14
    assert payoff_set(floats(*PD), 0.2475).vertices[:, 1].max() == pytest.approx(y, abs=1e-12)
    assert verify(s)  # though a profile with a continuation in it reaches payoffs that lie outside of it by less than the bound


@pytest.mark.parametrize("discount", [0.3, 0.9, 0.99, 0.999, 0.99999, 1 - 1e-6])
def test_prisoners_dilemma_in_floats(discount):
    s = payoff_set(floats(*PD), discount)
    assert same(s.vertices, [[3, 3], [9.75, 3], [9, 9], [3, 9.75]], 1e-12)
    assert s.converged
    assert s.error_bound < 1e-11


def test_abreu_sannikov_example():
    published = [
        (7.33770472, 10.9826253), (1.1256824, 2.8), (7.33770472, 0), (7.86308964, 0), (19.7917977, 2.8), (15.5630896, 9.1)
    ]  # fmt: skip
    for s in (payoff_set(floats(*ABREU_SANNIKOV), 0.3), payoff_set(StageGame(*ABREU_SANNIKOV), F(3, 10))):
        assert same(s.vertices, [published[k] for k in hull(published)], 1e-7)
        assert s.converged


@pytest.mark.parametrize(
    ("actions", "discount", "vertices", "least", "most", "area"),
    [
        (15, 0.3, 17, 0.29387755, 6.15673469, 16.60506612),
        (15, 0.6, 24, 0.0, 6.67317551, 24.72298820),
        (30, 0.6, 45, 0.0, None, 24.95915179),
    ],
)
def test_cournot(actions, discount, vertices, least, most, area):
    # numbers of Abreu & Sannikov's algorithm in QuantEcon 0.8 (equilibrium_payoffs, defaults)
    s = payoff_set(cournot(actions), discount)
    assert len(s.vertices) == vertices
    assert s.vertices.min() == pytest.approx(least, abs=1e-8)
    assert s.area == pytest.approx(area, abs=1e-7)
    if most is not None:
        assert s.vertices.max() == pytest.approx(most, abs=1e-8)


def test_mutual_gifts_without_transfers():
    # e_j − e_i²/2: the best deviation from e is 0, so (e, e) is sustained from δ = e/2 on (e²/2 ≤ δ e)
    e = [F(k, 10) for k in range(11)]
    game = StageGame([[y - x * x / 2 for y in e] for x in e], [[x - y * y / 2 for y in e] for x in e])
    payoff = F(6, 10) - F(18, 100)
    assert (6, 6) in payoff_set(game, F(3, 10)).profiles
    assert payoff_set(game, F(3, 10)).contains((payoff, payoff))
    assert not payoff_set(game, F(299, 1000)).contains((payoff, payoff))


# -- kinds and special cases --------------------------------------------------------------------------------------------


def test_empty_set_is_an_answer():
    pennies = StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    s = payoff_set(pennies, F(9, 10))
    assert (s.kind, s.vertices.shape, s.punishments, s.status) == ("empty", (0, 2), None, "proved")
    assert "none" in str(s)
    assert not s.contains((0, 0))
    assert payoff_set(floats(pennies.A, pennies.B), 0.9).kind == "empty"
    with pytest.raises(ValueError, match="the set is empty"):
        s.strategy((0, 0))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("-1.344015311 -0.49029907 -1.317341949 -1.494082952", "1.617792924 0.533003879 1.235830629 1.356009898"),
        ("0.098911891 0.113321009 0.077737827 1.268373146", "-0.184194335 -0.082038987 0.14518515 -1.360603922"),
        ("0.953089797 -0.281972863 -0.14461255 -0.266815674", "-0.834183916 0.322833317 0.440025423 0.369805394"),
    ],
)
def test_an_empty_set_of_long_fractions_is_an_answer_too(a, b):
    # the last profile is given up only after numbers have become too long for the outer iteration
    a, b = (np.array([F(x) for x in numbers.split()], dtype=object).reshape(2, 2) for numbers in (a, b))
    s = payoff_set(StageGame(a, b), F(1, 2))
    assert (s.kind, s.status, s.punishments) == ("empty", "proved", None)
    assert reference(a.tolist(), b.tolist(), F(1, 2))[0] == []
    assert payoff_set(floats(a, b), 0.5).kind == "empty"


def test_no_patience_gives_lotteries_over_pure_nash():
    battle = StageGame([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    for game, delta in ((battle, 0), (floats(battle.A, battle.B), 0.0)):
        s = payoff_set(game, delta)
        assert s.vertices.tolist() == [[2, 3], [3, 2]]
        assert s.strategy((2.5, 2.5)).verify().holds


@pytest.mark.parametrize("delta", [1e-9, 1e-15, 1e-300, 5e-324])
def test_hardly_any_patience(delta):
    # 0.1 + 0.2 ≠ 0.3: an indifference up to rounding stays one, however little the future counts
    game = StageGame([[0.3, 0.0], [0.1 + 0.2, 0.0]], [[0.7, 0.2], [0.1, 0.5]])
    assert payoff_set(game, delta).vertices.tolist() == payoff_set(game, 0.0).vertices.tolist()
    assert payoff_set(game, np.array([delta, 0.0])).count.tolist() == [2, 2]
    assert payoff_set(floats(*PD), delta).vertices.tolist() == [[3, 3]]


def test_one_action_each_and_constant_payoffs():
    assert payoff_set(StageGame([[5]], [[7]]), F(1, 2)).vertices.tolist() == [[5, 7]]
    assert payoff_set(floats([[5, 5], [5, 5]], [[1, 1], [1, 1]]), 0.5).vertices.tolist() == [[5, 1]]


@pytest.mark.parametrize("discount", [1, 1.5, -0.1, float("nan"), float("inf")])
def test_discount_outside_its_range(discount):
    with pytest.raises(ValueError, match=r"payoff_set\(\): discount must lie in \[0, 1\)"):
        payoff_set(StageGame(*PD), discount)


@pytest.mark.parametrize("discount", [None, "0.5", True, 1j])
def test_discount_of_the_wrong_type(discount):
    with pytest.raises(TypeError, match="discount"):
        payoff_set(StageGame(*PD), discount)


def test_stage_must_be_a_stage_game():
    with pytest.raises(TypeError, match="stage must be a StageGame"):
        payoff_set(PD, 0.5)


# -- membership, text, conversion ---------------------------------------------------------------------------------------


def test_separating_direction():
    s = payoff_set(StageGame(*PD), F(1, 2))
    assert (9, 9) in s
    away = s.separate((10, 3))
    assert not away.inside
    assert away.excess > 0
    x, y = away.direction
    assert max(x * a + y * b for a, b in s.vertices.tolist()) == away.support < x * 10 + y * 3
    with pytest.raises(ValueError, match="must be a pair"):
        s.contains((1, 2, 3))


@pytest.mark.parametrize("discount", [F(1, 10), F(1, 5), F(1, 2)])
def test_vertices_are_inside_and_beyond_is_outside(discount):
    s = payoff_set(StageGame(*PD), discount)
    for v in s.vertices:
        assert s.contains(v)
        assert not s.contains(v + (v - F(47, 10)) / 10**9)


def test_text_and_dict():
    s = payoff_set(StageGame(*PD, actions=("ally", "fight")), F(3, 10))
    assert "(39/4, 3)" in str(s)
    assert "(ally, fight)" in str(s)
    assert s.to_dict()["kind"] == "polygon"
    json.dumps(payoff_set(floats(*PD), 0.3).to_dict())


def test_plot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    for discount in (0.1, 0.2, 0.3):
        ax = payoff_set(floats(*PD), discount).plot()
        assert ax.get_aspect() == 1.0
        assert any("equilibrium" in t.get_text() for t in ax.get_legend().get_texts())
        plt.close(ax.figure)


# -- metamorphic relations ----------------------------------------------------------------------------------------------


def games(count, seed, most=4):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        m, n = rng.integers(2, most, size=2, endpoint=True)
        yield rng.integers(0, 9, size=(2, m, n)), F(int(rng.integers(5, 100)), 100), rng


@pytest.mark.slow
def test_float_agrees_with_exact():
    for (a, b), delta, _ in games(60, 1):
        exact = payoff_set(StageGame(a, b), delta)
        rough = payoff_set(floats(a, b), float(delta))
        assert exact.kind == rough.kind
        assert same(exact.vertices, rough.vertices, 1e-10)
        assert exact.profiles == rough.profiles


@pytest.mark.parametrize(("factor", "shift"), [(1e12, 0.0), (1e-12, 0.0), (1.0, 1e9), (1e-12, 1e-3), (3e12, -1e9)])
def test_scale_and_shift_of_one_player(factor, shift):
    for (a, b), delta, _ in games(25, 2):
        plain = payoff_set(floats(a, b), float(delta))
        moved = payoff_set(floats(a * factor + shift, b), float(delta))
        assert plain.kind == moved.kind
        back = moved.vertices.copy()
        back[:, 0] = (back[:, 0] - shift) / factor
        assert same(plain.vertices, back, 1e-5 if abs(shift) > 1e3 or shift else 1e-9)


@pytest.mark.slow
def test_relabelling_actions_and_players():
    for (a, b), delta, rng in games(40, 3):
        plain = payoff_set(StageGame(a, b), delta)
        rows, columns = rng.permutation(a.shape[0]), rng.permutation(a.shape[1])
        shuffled = payoff_set(StageGame(a[rows][:, columns], b[rows][:, columns]), delta)
        swapped = payoff_set(StageGame(b.T, a.T), delta)
        if plain.status == "proved":
            assert fingerprint(plain) == fingerprint(shuffled)
            assert fingerprint(plain) == (swapped.kind, sorted((y, x) for x, y in swapped.vertices.tolist()))
        assert same(plain.vertices, shuffled.vertices, 1e-12)
        assert same(plain.vertices, [(y, x) for x, y in swapped.vertices.tolist()], 1e-12)


@pytest.mark.slow
def test_a_dominated_unused_action_changes_nothing():
    for (a, b), delta, _ in games(20, 4, most=3):
        wide = np.vstack([a, np.full((1, a.shape[1]), -50)])
        other = np.vstack([b, np.full((1, b.shape[1]), 4)])
        plain = payoff_set(StageGame(a, b), delta)
        more = payoff_set(StageGame(wide, other), delta)
        # a self-destructive action can serve nobody's punishment here only if it is never playable
        if all(i < len(a) for i, _ in more.profiles):
            assert same(plain.vertices, more.vertices, 1e-12)


@pytest.mark.slow
def test_growth_with_patience():
    for (a, b), _, _ in games(6, 5, most=3):
        last = None
        for k in range(1, 8):
            now = payoff_set(StageGame(a, b), F(k, 8))
            if last is not None:
                # of an enclosed set the vertices lie inside by up to its error bound
                assert all(now.separate(v).excess <= 10 * now.error_bound for v in last.vertices)
            last = now


@pytest.mark.slow
def test_exact_vertices_generate_themselves():
    """Self-generation from the definition: each vertex is g(a) now and an admissible continuation in the set."""
    for (a, b), delta, _ in games(60, 6):
        s = payoff_set(StageGame(a, b), delta)
        assert isinstance(s, PayoffSet)
        if s.kind == "empty":
            continue
        u = s.punishments
        assert u == (s.vertices[:, 0].min(), s.vertices[:, 1].min())
        for v in s.vertices:
            found = False
            for i, j in s.profiles:
                g, d = s.stage.payoffs((i, j)), s.stage.best_deviations((i, j))
                w = [(v[k] - (1 - delta) * g[k]) / delta for k in (0, 1)]
                found |= all((1 - delta) * d[k] + delta * u[k] <= v[k] for k in (0, 1)) and s.contains(w)
            assert found


def test_a_wrong_guess_is_not_believed(monkeypatch):
    """The exact solver takes its candidate from floats, and must reject one that does not generate itself."""
    from alliances.repeated.payoff_sets import exact as payoff_set_exact
    from alliances.repeated.payoff_sets.floating import Solution
    from alliances.repeated.payoff_sets.operator import Origin

    def wrong(rules, active):  # noqa: ARG001
        corners = hull(rules.g)
        everything = [Origin(k, "none") for k in corners]
        return Solution([rules.g[k] for k in corners], everything, (0.0, 0.0), corners, 1, "a guess", True, 0.0)

    monkeypatch.setattr(payoff_set_exact, "_guess", wrong)
    monkeypatch.setattr(payoff_set_exact, "_MOST_ROUNDS", 20)
    s = payoff_set(StageGame(*PD), F(2475, 10000))
    assert s.status == "not converged"
    assert not s.converged
    assert not s.contains((10, 1))
    assert "only bound the set from outside" in s.message
    with pytest.raises(ValueError, match="must have converged"):
        s.strategy((9, 9))
