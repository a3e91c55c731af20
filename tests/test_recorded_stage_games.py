"""Stage games of recorded payoffs: tolerances, equilibria, and when a programme's numbers may be believed; small programmes."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances import StageGame
from alliances.arithmetic.recording import Recording
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.games.bimatrix import LARGEST, LEAST_RANGE
from alliances.repeated.kernels.recorded import _Stage
from alliances.repeated.kernels.table import table
from alliances.verification.equilibria import _vertices
from alliances.verification.monitoring import _Programmes


class Recorded:
    """A stage game of ``size`` × ``size`` profiles, whose payoffs are the inputs "s0", …, "p0", … row by row."""

    def __init__(self, size):
        self.size, self.recording = size, Recording("critical_discount()")
        count = size * size
        self.names = [[f"{player}{k}" for k in range(count)] for player in "sp"]
        sponsor, proxy = ([self.recording.input(name) for name in names] for names in self.names)
        self.stage = _Stage.of(self.recording, sponsor, proxy, size)

    def at(self, payoffs, *what):
        """The values of recorded numbers or conditions at payoffs of shape (2, size²)."""
        inputs = {
            name: float(x) for names, row in zip(self.names, payoffs, strict=True) for name, x in zip(names, row, strict=True)
        }
        return [float(x) for x in self.recording.evaluated(inputs, [x.place for x in what])]


SIZES = [1, 2, 3]


@pytest.mark.parametrize("size", SIZES)
def test_one_payoff_that_is_not_finite_is_noticed_wherever_it_is(size):
    game = Recorded(size)
    plain = np.random.default_rng(size).normal(size=(2, size * size))
    assert game.at(plain, game.stage.finite, game.stage.valid) == [1, 1]
    for player, k, wrong in itertools.product((0, 1), range(size * size), (np.inf, -np.inf, np.nan)):
        payoffs = plain.copy()
        payoffs[player, k] = wrong
        assert game.at(payoffs, game.stage.finite) == [0]


@pytest.mark.parametrize("size", SIZES)
def test_payoffs_within_the_range_of_floats_are_valid(size):
    game = Recorded(size)
    rng = np.random.default_rng(size)
    for player, (scale, valid) in itertools.product(
        (0, 1), ((LARGEST, 1), (LARGEST * 1.01, 0), (LEAST_RANGE, 1), (LEAST_RANGE * 0.99, 0), (0.0, 0))
    ):
        payoffs = rng.uniform(0.1, 0.9, (2, size * size))
        payoffs[player] *= scale
        for sign in (1, -1):
            payoffs[player, rng.integers(size * size)] = sign * scale
        assert game.at(payoffs, game.stage.valid) == [valid]


@pytest.mark.parametrize("size", SIZES)
def test_tolerances_equilibria_and_worst_payoffs_are_those_of_stage_games(size):
    game, stage = Recorded(size), None
    rng = np.random.default_rng([size, 1])
    seen = set()
    worst = [game.stage.worst(i, {p: game.stage.stable[p[0]][p[1]] for p in game.stage.profiles}) for i in (0, 1)]
    for trial in range(30):
        # few values, so that there are ties; some differences are within the tolerance
        payoffs = rng.integers(0, 4, (2, size * size)) * np.array([[1.0], [1e4]]) + np.array([[-100.0], [7.0]])
        payoffs = payoffs * (1 + rng.choice([0, 2e-16, 1e-14], payoffs.shape)) if trial % 2 else payoffs
        a, b = payoffs.reshape(2, size, size)
        stage = StageGame(a, b)
        largest = np.abs(payoffs).max(axis=1)
        tolerance = payoff_tolerance(np.ptp(payoffs, axis=1), largest)
        assert game.at(payoffs, *game.stage.largest) == largest.tolist()
        assert game.at(payoffs, *game.stage.tolerance) == pytest.approx(tolerance, rel=1e-15)
        mask = (a >= a.max(axis=0) - tolerance[0]) & (b >= b.max(axis=1, keepdims=True) - tolerance[1])
        assert np.array_equal(stage.pure_nash().mask, mask)
        stable = game.at(payoffs, *itertools.chain(*game.stage.stable))
        assert stable == mask.reshape(-1).tolist()
        for i, table_ in enumerate((a, b)):
            assert game.at(payoffs, worst[i]) == [np.where(mask, table_, np.inf).min()]
        seen.add(int(mask.sum()))
    assert game.stage.profiles == [(i, j) for i in range(size) for j in range(size)]
    assert size == 1 or len(seen) > 2


# -- tables ------------------------------------------------------------------------------------------------------------


def test_tables_write_out_as_little_as_possible():
    rng = np.random.default_rng(2)
    shapes = [(), (1,), (4,), (3, 1), (3, 4), (2, 1, 1), (2, 3, 1), (2, 1, 4), (2, 3, 4), (1, 3, 1)]
    kinds = set()
    for first, second in itertools.product(shapes, repeat=2):
        third = shapes[rng.integers(len(shapes))]
        inputs = {name: rng.normal(size=shape) for name, shape in zip("xyz", (first, second, third), strict=True)}
        whole = np.broadcast_shapes(first, second, third)
        found = table(inputs)
        assert found.shape == whole
        assert found.rows * found.columns == np.prod(whole, dtype=int)
        for name, x in inputs.items():
            kind = found.kinds[name]
            kinds.add(kind)
            given = found.inputs[name]
            size = {"number": 1, "row": found.rows, "column": found.columns, "game": found.rows * found.columns}[kind]
            assert np.size(given) == size
            assert isinstance(given, float) is (kind == "number")
            wide = {"row": (-1, 1), "column": (1, -1), "game": (found.rows, found.columns), "number": (1, 1)}[kind]
            again = np.broadcast_to(np.reshape(given, wide), (found.rows, found.columns)).reshape(whole)
            assert np.array_equal(again, np.broadcast_to(x, whole))
        # no other split of the axes into rows and columns writes fewer numbers
        written = sum(np.size(x) for x in found.inputs.values())
        assert written == min(written_at(inputs, whole, split) for split in range(max(1, len(whole))))
    assert kinds == {"number", "row", "column", "game"}


def written_at(inputs, whole, split):
    """How many numbers a split of the axes takes."""
    total = 0
    for x in inputs.values():
        padded = (1,) * (len(whole) - x.ndim) + x.shape
        over, under = any(n > 1 for n in padded[:split]), any(n > 1 for n in padded[split:])
        rows, columns = (int(np.prod(part, dtype=int)) for part in (whole[:split], whole[split:]))
        two = rows > 1 and columns > 1
        if not over and not under:
            total += 1
        elif two and not under:
            total += rows
        elif two and not over:
            total += columns
        else:
            total += rows * columns
    return total


# -- messages ----------------------------------------------------------------------------------------------------------


def test_errors_name_the_function_that_was_called():
    game, power = al.presets.morrow_1991(), al.Power.from_gap(0.5)
    for arguments, error, sentence in (
        ((3, power), TypeError, "evaluation_method(): game must be a model"),
        ((game, 0.5), TypeError, "evaluation_method(): power must be a Power, such as Power.from_gap(0.5); got 0.5"),
    ):
        with pytest.raises(error) as caught:
            al.evaluation_method(*arguments)
        assert str(caught.value).startswith(sentence)
    with pytest.raises(ValueError, match=r"^evaluation_method\(\): profile"):
        al.evaluation_method(game, power, profile=("ally", "flee"))
    with pytest.raises(TypeError, match=r"^evaluation_method\(\): enforcement"):
        al.evaluation_method(game, power, enforcement=3)


def test_signals_must_be_of_the_games_shape():
    game = StageGame(np.arange(6).reshape(2, 3), np.arange(6).reshape(2, 3))
    for shape, said in (((3, 2, 6), "(3, 2, 6)"), ((2, 3), "(2, 3)"), ((2, 3, 6, 1), "(2, 3, 6, 1)"), ((6, 6, 6), "(6, 6, 6)")):
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            al.PublicMonitoring(game, np.full(shape, 1 / shape[-1]))
        assert str(caught.value) == f"PublicMonitoring(): signal_probabilities must have shape (2, 3, signals); got {said}"
    even = np.full((2, 3, 6), F(1, 6), dtype=object)
    assert al.PublicMonitoring(game, even).signals == ("0", "1", "2", "3", "4", "5")
    for labels in (("a", "b"), tuple("abcdea"), tuple("abcdefg")):
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            al.PublicMonitoring(game, even, labels)
        assert str(caught.value) == f"PublicMonitoring(): signals must be 6 different labels; got {labels!r}"
    with pytest.raises(TypeError) as caught_type:
        al.PublicMonitoring(game, even, "abcdef")
    assert str(caught_type.value) == "PublicMonitoring(): signals must be a tuple of labels; got 'abcdef'"
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        al.PublicMonitoring.binary(game, np.full((3, 2), 0.5))
    assert str(caught.value) == "PublicMonitoring.binary(): bad must have shape (2, 3), as the game; got (3, 2)"
    wrong = even.copy()
    wrong[1, 2, 0] = F(1, 3)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        al.PublicMonitoring(game, wrong)
    assert str(caught.value) == "PublicMonitoring(): signal_probabilities must sum to 1 at each profile; got 7/6 at (1, 2)"


def test_perfect_monitoring_of_a_game_that_is_not_square():
    game = StageGame(np.arange(6).reshape(2, 3), np.arange(6).reshape(2, 3), actions=(("u", "d"), ("l", "m", "r")))
    seen = al.PublicMonitoring.perfect(game)
    assert seen.signals == ("u, l", "u, m", "u, r", "d, l", "d, m", "d, r")
    for i, j in itertools.product(range(2), range(3)):
        assert seen.signal_probabilities[i, j].tolist() == [int(k == 3 * i + j) for k in range(6)]


# -- re-checks ---------------------------------------------------------------------------------------------------------


def bounded(surplus, liquidity, weight=1.0):
    """The bound on liquidity where the surplus at a liquidity is known; payoffs are at most 1 for both together."""
    programmes = object.__new__(_Programmes)
    programmes.profiles = [(0, 0)]
    programmes.payoffs = [np.array([[0.5]]), np.array([[0.5]])]
    programmes.surplus = surplus
    return programmes.bound(weight, liquidity)


def test_the_bound_on_liquidity_by_known_surpluses():
    assert bounded(lambda level: -np.inf, 0.2) == -1.0
    assert bounded(lambda level: -0.5, 0.2) == -1.0  # less than nothing is none
    assert bounded(lambda level: -1e-9, 0.0) == pytest.approx(0.0, abs=1e-8)  # but for rounding
    # W(L) = 1/4 + L/2 has the fixed point 1/2, by the weight 2 that of L = 1/2 + L: none below what is possible at most
    assert bounded(lambda level: 0.25 + level / 2, -1.0) == pytest.approx(0.5, abs=1e-7)
    assert bounded(lambda level: 0.25 + level / 2, 0.5) == pytest.approx(0.5, abs=3e-6)
    assert bounded(lambda level: 0.25 + level / 2, 0.1) == pytest.approx(0.5, abs=1e-7)
    assert bounded(lambda level: 0.1, 0.1, weight=3.0) == pytest.approx(0.3)
    # from a surplus of 1/2 down to 0 by a tenth at each look below 2/5
    assert bounded(lambda level: level - 0.1 if level > 0.05 else -1.0, -1.0) == -1.0


def test_probabilities_that_make_indifferent_are_none_below_zero():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(50):
        payoffs = rng.integers(0, 4, (3, 3)) / 10 + rng.integers(0, 2) / 3
        for y in _vertices(payoffs, False, 1e-9):
            found += 1
            assert (y >= 0).all()
            assert y.sum() == pytest.approx(1)
            rows = payoffs @ y
            assert np.sum(rows >= rows.max() - 1e-8) >= np.sum(y > 1e-8)
    assert found > 100
