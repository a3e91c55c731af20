"""The compiled solver of payoff sets: the same sets as without a compiler, and silence unless compiling takes long."""

import subprocess
import sys
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances import StageGame
from alliances.repeated.payoff_sets import batch, compiler, floating
from alliances.repeated.payoff_sets.kernels import hulls, operator, structure
from alliances.repeated.payoff_sets.operator import generate
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules
from alliances.repeated.payoff_sets.polygon import beyond, hull, tidy
from alliances.repeated.payoff_sets.single import Scale
from alliances.repeated.payoff_sets.solve import payoff_set, payoff_sets
from tests.payoff_set_reference import hausdorff

DISCOUNTS = [0.0, 1e-9, 0.1, 0.25, 0.3, 0.5, 0.6, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6]
UNITS = [(1.0, 0.0), (1e12, 0.0), (1e-12, 0.0), (1.0, 1e9)]

compiles = pytest.mark.slow  # for half a minute, where nothing has been compiled before
needs_numba = pytest.mark.skipif(compiler.kernels() is None, reason="the extra fast is not installed")


@pytest.fixture
def without(monkeypatch):
    """Ask for an answer without the compiled solver."""

    def ask(function, *arguments):
        with monkeypatch.context() as patch:
            for module in (batch, floating):
                patch.setattr(module, "kernels", lambda: None)
            return function(*arguments)

    return ask


@pytest.mark.sampled(0)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("discount", [1e-9, 0.3, 0.6, 0.9, 0.99, 1 - 1e-6])
@needs_numba
def test_a_large_game_with_and_without(unit, discount, without):
    q = np.linspace(0, 6, 7)
    a = (5.4 - q[:, None] - q[None, :]) * q[:, None]
    stage = StageGame(a * unit[0] + unit[1], a.T)
    fast, plain = payoff_set(stage, discount), without(payoff_set, stage, discount)
    for name in ("kind", "status", "profiles", "method", "iterations"):
        assert getattr(fast, name) == getattr(plain, name)
    assert [tuple(o) for o in fast.origins] == [tuple(o) for o in plain.origins]
    rounding = 4 * np.spacing(np.abs(stage.A).max())  # of payoffs with a large common level
    assert np.abs(fast.vertices - plain.vertices).max() <= 1e-9 * max(np.ptp(stage.A), np.ptp(stage.B)) + rounding
    assert fast.verify()
    assert plain.verify()


@compiles
@needs_numba
@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("shape", [(5, 5), (2, 13), (6, 6)])
def test_random_large_games_with_and_without(shape, integer, without):
    rng = np.random.default_rng([*shape, integer])
    for discount in DISCOUNTS[1:]:
        a, b = rng.integers(-4, 5, (2, *shape)) * 1.0 if integer else rng.normal(size=(2, *shape))
        fast, plain = payoff_set(StageGame(a, b), discount), without(payoff_set, StageGame(a, b), discount)
        assert (fast.kind, fast.status, fast.profiles) == (plain.kind, plain.status, plain.profiles)
        assert hausdorff(fast.vertices.tolist(), plain.vertices.tolist()) <= 1e-9


@compiles
@needs_numba
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("size", [2, 3])
def test_batches_with_and_without(size, unit, without):
    rng = np.random.default_rng(size)
    some = 60 if unit[1] == 0 else 12  # at a high level of payoffs those next to δ = 1 take a thousand steps in decimals
    a, b = np.concatenate([rng.normal(size=(2, some, size, size)), rng.integers(-3, 4, (2, some, size, size))], axis=1)
    discount = rng.choice(DISCOUNTS, 2 * some)
    stage = StageGame(a * unit[0] + unit[1], b)
    fast, plain = payoff_sets(stage, discount), without(payoff_sets, stage, discount)
    assert (fast.count == plain.count).all()
    assert (fast.converged == plain.converged).all()
    spread = np.ptp(stage.A, axis=(1, 2)), np.ptp(stage.B, axis=(1, 2))
    rounding = 4 * np.spacing(np.abs(stage.A).max()), 4 * np.spacing(np.abs(stage.B).max())
    near = (1e-9 * np.stack(spread, axis=1) + np.array(rounding))[:, None]
    width = int(fast.count.max())
    error = np.abs(fast.vertices[:, :width] - plain.vertices[:, :width]) / near
    assert np.nanmax(error) <= 1


def _next_to_one():
    """A game whose tolerance, because of payoffs of 10⁹, is 10⁻⁶ of the range; and a δ with a smaller 1 − δ."""
    a, b = np.random.default_rng(2).normal(size=(2, 90, 2, 2))[:, 13]
    return StageGame(a + 1e9, b), 1 - 1e-6


def test_a_set_that_grows_has_not_settled():
    """Sets grow where the tolerance exceeds 1 − δ: that no old vertex lies outside of the new set is no standstill."""
    stage, discount = _next_to_one()
    scale = Scale.of(stage, False)
    rules = ArrayRules.of(scale.a, scale.b, discount, scale.tolerance)
    assert scale.tolerance > 1 - discount
    games = (x[None] for x in (rules.g, rules.d, rules.h, np.array(discount), np.array([scale.tolerance]), rules.minmax))
    _, _, left = batch._in_arrays(*games, np.arange(1), 0)
    assert left.tolist() == [0]


@pytest.mark.slow
def test_what_has_not_converged_bounds_the_set_from_outside_within_the_tolerance():
    stage, discount = _next_to_one()
    answer = payoff_set(stage, discount)
    assert answer.status == "not converged"
    payoffs = [[[Fraction(x) for x in row] for row in matrix.tolist()] for matrix in (stage.A, stage.B)]
    exact = payoff_set(StageGame(*payoffs), Fraction(discount))
    assert exact.status == "proved"
    found, true = (
        [((float(v[0]) - 1e9) / np.ptp(stage.A), float(v[1]) / np.ptp(stage.B)) for v in vertices.tolist()]
        for vertices in (answer.vertices, exact.vertices)
    )
    assert beyond(found, true, 1e-12) <= Scale.of(stage, False).tolerance


@compiles
@needs_numba
def test_a_batch_with_and_without_is_the_loop():
    a, b = np.random.default_rng(4).normal(size=(2, batch._WORTH, 3, 3))
    sets = payoff_sets(StageGame(a, b), 0.9)
    for k in range(batch._WORTH):
        assert hausdorff(sets.vertices[k, : sets.count[k]].tolist(), sets[k].vertices.tolist()) <= 1e-9


points = st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=14)


@compiles
@settings(max_examples=60, deadline=None, derandomize=True)
@given(points)
def test_hull_and_tidy_are_those_of_the_other_arithmetics(pairs):
    plain = [(x / 7, y / 7) for x, y in pairs]
    array = np.array(plain)
    corners = hull(plain, 1e-14)
    assert hulls.hull(array, 1e-14).tolist() == corners
    polygon = [plain[k] for k in corners]
    assert hulls.tidy(array[corners], 1e-12).tolist() == tidy(polygon, 1e-12)
    kept = set(hulls.outermost(array).tolist())
    assert set(corners) <= kept


@compiles
@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from(DISCOUNTS[1:]))
def test_one_step_of_the_operator_is_the_same_to_the_bit(seed, discount):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-3, 4, (2, 3, 3)) * 1.0
    scale = Scale.of(StageGame(a, b), False)
    arrays = ArrayRules.of(scale.a, scale.b, discount, scale.tolerance)
    rules = arrays.rules
    w = [rules.g[k] for k in hull(rules.g, 1e-15)]
    step = generate(rules, w, rules.minmax, list(range(9)))
    found = operator.generate(arrays.g, arrays.d, arrays.h, discount, rules.tolerance, np.array(w), arrays.minmax, np.arange(9))
    assert [tuple(v) for v in found[0].tolist()] == step.vertices
    codes = {"none": operator.FREE, "both": operator.CORNER}
    assert found[1].tolist() == [[o.profile, codes.get(o.binding, o.binding), o.i, o.j] for o in step.origins]
    assert found[2].tolist() == step.active


@compiles
def test_inverse():
    rng = np.random.default_rng(1)
    for n in (1, 2, 7):
        matrix = rng.normal(size=(n, n))
        inverse = matrix.copy()
        assert structure.inverted(inverse)
        assert np.abs(matrix @ inverse - np.eye(n)).max() < 1e-12
    assert not structure.inverted(np.array([[1.0, 2.0], [2.0, 4.0]]))
    assert not structure.inverted(np.full((2, 2), np.nan))


# -- compiling ---------------------------------------------------------------------------------------------------------


def test_nothing_is_compiled_at_import():
    code = "import sys, alliances; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_numba_there_are_no_kernels(monkeypatch):
    monkeypatch.setattr(compiler, "available", lambda: False)
    assert compiler.kernels.__wrapped__() is None


@pytest.mark.parametrize(("seconds", "said"), [(0.0, False), (0.4, True)])
def test_long_compiling_is_announced(seconds, said, monkeypatch, capsys):
    pytest.importorskip("numba")
    monkeypatch.setattr(compiler, "_PATIENCE", 0.1)

    class Slow:
        signatures = ()

        def compile(self, _types):
            time.sleep(seconds)

    function = Slow()
    assert compiler.ready(function, 1.0) is function
    time.sleep(0.2)
    assert ("compiling the solver of payoff sets" in capsys.readouterr().err) == said
