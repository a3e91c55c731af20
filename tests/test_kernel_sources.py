"""The text of a kernel, run by Python as it stands: the numbers of the ordinary way, without the wait for a compiler."""

from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances import evaluating_by
from alliances.arithmetic.tolerance import EPSILON
from alliances.repeated.critical import rounding_of
from alliances.repeated.kernels import batch, chunks
from alliances.repeated.kernels.batch import Question, evaluated
from alliances.repeated.kernels.source import ENTRY, source
from alliances.repeated.kernels.table import table
from tests.test_kernels import CONCEPTS, assert_same, both

AS_NUMBA = SimpleNamespace(exp=np.exp, log=np.log, sqrt=np.sqrt, inf=np.inf, nan=np.nan)  # no errors, but nan and infinities
TEXTS: list[str] = []


def run(plan):
    """In place of the compiled kernel: the same function with NumPy's scalars, which divide by 0 as compiled code does."""
    text = source(plan)
    TEXTS.append(text)
    space = {}
    exec(compile(text, "<kernel>", "exec"), space)
    space["math"] = AS_NUMBA

    def kernel(rows, columns, *arrays):
        with np.errstate(all="ignore"):
            return space[ENTRY](rows, columns, *(np.float64(x) if isinstance(x, float) else x for x in arrays))

    return kernel


@pytest.fixture(autouse=True)
def by_python(monkeypatch):
    TEXTS.clear()
    monkeypatch.setattr(batch, "compiled", run)
    monkeypatch.setattr(batch, "available", lambda: True)


GAPS = np.concatenate([np.linspace(-0.95, 0.95, 14), [0.0, 1e-9, -1e-9, 0.5]])
EXPOSURES = np.array([[0.3], [0.65], [1.0]])
GAMES = {
    "line": al.presets.morrow_1991(),
    "all-pay": al.AllianceGame(
        al.AllPay(), al.Complementarity(0.5), al.Proportional(), exposure=0.75, conflict_cost=0.1, coexist_exposure=0.3
    ),
    "rows": al.AllianceGame(
        al.Tullock(np.array([[0.5], [1.7], [3.0]])),
        al.Aggregation(0.5),
        al.NashBargaining(),
        exposure=EXPOSURES,
        conflict_cost=0.2,
    ),
    "games": al.AllianceGame(
        al.Hirshleifer(2.0),
        al.Complementarity(0.6),
        al.Equal(),
        exposure=np.linspace(0.2, 1, 54).reshape(3, 18),
        conflict_cost=0.2,
    ),
}


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("game", GAMES)
def test_kernels_run_by_python_give_what_the_ordinary_way_gives(game, concept):
    assert_same(*both("numba", GAMES[game], al.Power.from_gap(GAPS), CONCEPTS[concept]))
    assert TEXTS  # the kernel has been asked


def test_what_depends_on_columns_alone_is_computed_once():
    both("numba", GAMES["rows"], al.Power.from_gap(GAPS), CONCEPTS["nash"])
    lines = TEXTS[-1].splitlines()
    first = lines.index("    for c in range(columns):")
    rows = lines.index("    for r in range(rows):")
    assert first < rows < lines.index("        for c in range(columns):")
    asked = [line for line in lines[first:rows] if "array" in line]  # the gap and half of the total power
    assert asked
    assert all("[c]" in line for line in asked)
    both("numba", GAMES["line"], al.Power.from_gap(GAPS), CONCEPTS["nash"])
    assert "range(rows)" not in TEXTS[-1]


@pytest.mark.parametrize("method", ["numpy", "numba"])
def test_all_that_can_be_asked_for(method):
    game, power = al.presets.morrow_1991(conflict_cost=np.linspace(0.01, 0.49, 8)[:, None]), al.Power.from_gap(GAPS)
    names = ("sponsor", "proxy", "dyad", "rounding", "credible", "deterrent", "joint")
    with evaluating_by(method):
        answers = evaluated(Question(game, power, al.NashReversion(), (0, 0)), names)
    found = dict(zip(names, answers, strict=True))
    with evaluating_by("ordinary"):
        r = al.critical_discount(game, power)
    for name in ("sponsor", "proxy", "dyad"):
        expected = getattr(r, name)
        assert np.allclose(found[name], expected, rtol=32 * EPSILON, atol=0)
    assert np.allclose(found["rounding"], rounding_of(r), rtol=1 / 8, atol=EPSILON)
    stage = r.stage
    assert np.array_equal(found["credible"], stage.pure_nash().mask[..., 1, 1])
    better = (stage.A[..., 0, 0] > stage.A[..., 1, 1]) & (stage.B[..., 0, 0] > stage.B[..., 1, 1])
    assert np.array_equal(found["deterrent"], better)
    assert np.allclose(found["joint"], stage.A[..., 0, 0] + stage.B[..., 0, 0], rtol=32 * EPSILON, atol=0)
    assert [x.dtype == bool for x in answers] == [name in ("credible", "deterrent") for name in names]
    assert {x.shape for x in answers} == {(8, len(GAPS))}
    assert not any(x.flags.writeable for x in answers)


@pytest.mark.parametrize("method", ["numpy", "numba"])
def test_what_is_not_valid_is_left_to_the_ordinary_way(method):
    # a wage beyond the prize; payoffs that are not finite at one gap of many
    wage = al.presets.chindea_2014(sharing=al.Wage(1.2))
    infinite = al.CustomGame(lambda power: [[(1 / power.gap, 1), (0, 0)], [(0, 0), (1, 1)]])
    nothing = al.CustomGame(lambda power: [[(power.gap / power.gap, 1), (0, 0)], [(0, 0), (1, 1)]])  # nan at parity
    sound = al.CustomGame(lambda power: [[(1 / (2 + power.gap), 1), (0, 0)], [(0, 0), (1, 1)]])
    for game, valid in ((wage, False), (infinite, False), (nothing, False), (sound, True)):
        with evaluating_by(method), np.errstate(all="ignore"):
            found = evaluated(Question(game, al.Power.from_gap(GAPS), al.NashReversion(), (0, 0)), ("dyad",))
        assert (found is not None) == valid


@pytest.mark.parametrize("chunk", [1, 5, 20, 1000])
@pytest.mark.parametrize("game", GAMES)
def test_pieces_of_any_size_give_the_same(game, chunk, monkeypatch):
    power = al.Power.from_gap(GAPS)
    names = ("sponsor", "proxy", "rounding", "credible")
    for concept in ("nash", "outside, transfers"):
        question = Question(GAMES[game], power, CONCEPTS[concept], (0, 0))
        with evaluating_by("numpy"):
            whole = evaluated(question, names)
            with monkeypatch.context() as patch:
                patch.setattr(chunks, "CHUNK", chunk)
                pieces = evaluated(question, names)
        for one, other in zip(whole, pieces, strict=True):
            assert np.array_equal(one, other)


# -- tables of games ---------------------------------------------------------------------------------------------------

X, Y, Z = np.arange(3.0), np.arange(4.0) + 10, np.arange(12.0).reshape(3, 4) + 20


@pytest.mark.parametrize(
    ("inputs", "shape", "rows", "columns", "kinds"),
    [
        ({"a": X[:, None], "b": Y}, (3, 4), 3, 4, {"a": "row", "b": "column"}),
        ({"a": X[:, None], "b": Y, "c": Z}, (3, 4), 3, 4, {"a": "row", "b": "column", "c": "game"}),
        ({"a": np.float64(1), "b": Y}, (4,), 1, 4, {"a": "number", "b": "game"}),
        ({"a": np.full((1, 1), 2.0), "b": Y}, (1, 4), 1, 4, {"a": "number", "b": "game"}),
        ({"a": Z}, (3, 4), 1, 12, {"a": "game"}),
        ({"a": np.float64(1)}, (), 1, 1, {"a": "number"}),
        # the split that writes out the fewest: the last two axes go together
        ({"a": X[:, None, None], "b": np.ones((5, 4)) * Y}, (3, 5, 4), 3, 20, {"a": "row", "b": "column"}),
        ({"a": np.ones((3, 5, 1)) * X[:, None, None], "b": Y}, (3, 5, 4), 15, 4, {"a": "row", "b": "column"}),
    ],
    ids=["two axes", "and games", "a line", "one of one", "games", "one", "last two", "first two"],
)
def test_tables_of_games(inputs, shape, rows, columns, kinds):
    inputs = {name: np.asarray(x) for name, x in inputs.items()}
    found = table(inputs)
    assert (found.shape, found.rows, found.columns, dict(found.kinds)) == (shape, rows, columns, kinds)
    for name, x in inputs.items():
        values, kind = found.inputs[name], kinds[name]
        places = {"number": (1, 1), "row": (rows, 1), "column": (1, columns), "game": (rows, columns)}[kind]
        assert isinstance(values, float) == (kind == "number")
        spread = np.broadcast_to(np.reshape(values, places), (rows, columns))
        assert np.array_equal(spread.reshape(shape), np.broadcast_to(x, shape))
