"""Many alliances along the gap: whatever is asked of them together, each gets the answer that it gets by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.tolerance import GAP_EDGE
from alliances.thresholds import line, lines, sampling
from alliances.thresholds.line import Edges, Span, edges_of
from alliances.thresholds.lines import element, index_of, lines_of, mapped, pieces, place_of, regions_along
from tests.support import benchmark_game

EXPOSURE = np.array([[0.5], [0.75], [1.0]])
COST = np.array([0.125, 0.25])
ALARM = np.array([0.0, 0.0625])
SPAN = Span((-0.5, 0.5), 2.0, 5, "test")
GAME = benchmark_game(exposure=EXPOSURE, conflict_cost=(COST, 0.125))
CONCEPT = al.ImperfectMonitoring(ALARM, 0.0)
DISCOUNT = np.array([[0.5], [0.625], [0.75]]), 0.875
SHAPE = (3, 2)


def six(**rest: Any) -> lines.Lines:
    """Six alliances, in which exposure, cost, the sponsor's patience and the concept differ."""
    return lines_of(GAME, DISCOUNT, CONCEPT, SPAN, "test", **rest)


def alone(k: int) -> tuple[al.AllianceGame, al.ImperfectMonitoring]:
    """The k-th of them, spelled out."""
    i, j = divmod(k, 2)
    game = benchmark_game(exposure=float(EXPOSURE[i, 0]), conflict_cost=(float(COST[j]), 0.125))
    return game, al.ImperfectMonitoring(float(ALARM[j]), 0.0)


def question(game: al.AllianceGame, concept: Any, power: al.Power, k: Any) -> list[Any]:
    """Something of all that may differ."""
    stage = game.stage_game(power)
    return [stage.A[..., 1, 0], stage.B[..., 1, 1], power.sponsor + power.proxy, np.asarray(k), np.asarray(concept.false_alarm)]


def expected(k: int, gap: float) -> list[float]:
    game, concept = alone(k)
    return [float(np.asarray(x).item()) for x in question(game, concept, al.Power.from_gap(gap, 2.0), k)]


# -- taking a batch apart --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "length"), [(10, 4), (8, 4), (3, 4), (1, 1), (5, 1)])
def test_pieces_are_disjoint_of_at_most_that_length_and_all(size, length):
    parts = [np.arange(size)[at].tolist() for at in pieces(size, length)]
    assert [x for part in parts for x in part] == list(range(size))
    assert [len(part) for part in parts] == [length] * (size // length) + ([size % length] if size % length else [])


def test_nothing_is_one_piece():
    assert [np.zeros(0)[at].size for at in pieces(0, 4)] == [0]


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass(frozen=True)
class Ingredient:
    level: Any
    inner: Any = None


def test_arrays_are_changed_wherever_they_are_and_nothing_else_is():
    def double(array: Any) -> Any:
        return 2 * array

    one = np.array([1.0])
    whole = Ingredient((one, 3.0, Pair(one, "text")), Ingredient(one))
    found = mapped(whole, double)
    assert found == Ingredient((2.0, 3.0, Pair(2.0, "text")), Ingredient(2.0))
    assert isinstance(found.level[2], Pair)
    for same in (Ingredient(3.0, (1.0, "a")), (1.0, 2.0), "text", None, Ingredient):
        assert mapped(same, double) is same
    kept = Ingredient(one, plain := Ingredient(1.0))
    assert mapped(kept, double).inner is plain


def test_an_alliance_of_a_batch_has_numbers():
    taken = element(Ingredient((EXPOSURE, COST), EXPOSURE[:, 0, None]), SHAPE, (2, 1))
    assert taken == Ingredient((1.0, 0.25), 1.0)
    assert [type(x) for x in taken.level] == [float, float]
    fractions = np.array([Fraction(1, 3), Fraction(1, 2)], dtype=object)
    assert element(Ingredient(fractions), (2,), (0,)).level == Fraction(1, 3)
    assert [element(GAME, SHAPE, index_of(k, SHAPE)) for k in range(6)] == [alone(k)[0] for k in range(6)]


def test_places_are_counted_in_c_order():
    for place in range(6):
        index = (place // 2, place % 2)
        assert index_of(place, SHAPE) == index
        assert place_of(index, SHAPE, "f") == place_of((index[0] - 3, index[1] - 2), SHAPE, "f") == place
    assert place_of(np.int64(2), (3,), "f") == place_of((2,), (3,), "f") == 2
    assert (index_of(0, ()), place_of((), (), "f")) == ((), 0)
    for bad in ((3, 0), (0, 2), (-4, 0), (0, -3), 0, (0,), (0, 0, 0), (0, True), (0, 1.0), None, ()):
        words = f"f.at(): index must select one alliance of a batch of shape (3, 2); got {bad!r}"
        with pytest.raises(IndexError, match=f"^{re.escape(words)}$"):
            place_of(bad, SHAPE, "f.at")


def test_the_parts_of_six_alliances():
    batch = six()
    assert (batch.size, batch.shape, batch.varies) == (6, SHAPE, (True, True))
    assert batch.discount.tolist() == [[0.5, 0.5, 0.625, 0.625, 0.75, 0.75], [0.875] * 6]
    assert batch.asked is CONCEPT
    assert (batch.given[0].tolist(), batch.given[1]) == (DISCOUNT[0].tolist(), 0.875)
    for k in range(6):
        assert batch.model(k) == alone(k)
        stage = alone(k)[0].stage_game(al.Power.from_gap(-0.5, 2.0))
        assert np.array_equal(batch.first.A[k], stage.A.astype(float))
        assert np.array_equal(batch.first.B[k], stage.B.astype(float))
    game, concept = batch.model(np.array([4, 1]))
    assert (game.exposure.tolist(), concept.false_alarm.tolist()) == ([1.0, 0.5], [0.0, 0.0625])


@pytest.mark.parametrize(
    ("game", "concept", "varies"),
    [
        (alone(0)[0], al.NashReversion(), (False, False)),
        (GAME, al.NashReversion(), (True, False)),
        (alone(0)[0], CONCEPT, (False, True)),
    ],
    ids=["neither", "game", "concept"],
)
def test_what_is_the_same_for_all_stays_as_it_is(game, concept, varies):
    batch = lines_of(game, np.full((3, 2), 0.5), concept, SPAN, "test")
    assert (batch.varies, batch.shape) == (varies, SHAPE)
    one = batch.model(3)
    assert one[0] == (alone(3)[0] if varies[0] else game)
    assert one[1] == (alone(3)[1] if varies[1] else concept)
    assert varies[0] or one[0] is game
    single = lines_of(alone(0)[0], 0.5, None, SPAN, "test", np.zeros((4, 1)))
    assert (single.shape, single.size, single.asked) == ((4, 1), 4, al.NashReversion())
    scalar = lines_of(alone(0)[0], Fraction(1, 2), None, SPAN, "test")
    assert (scalar.shape, scalar.size, scalar.given, scalar.discount.tolist()) == ((), 1, (0.5, 0.5), [[0.5], [0.5]])


# -- questions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("games", [1, 2, 3, 5, 100])
def test_lists_and_tables_of_questions_are_asked_in_pieces(games, monkeypatch):
    monkeypatch.setattr(lines, "GAMES", games)
    sizes = []

    def counted(game: Any, concept: Any, power: al.Power, k: Any) -> list[Any]:
        sizes.append(int(np.prod(np.broadcast_shapes(np.shape(k), power.shape))))
        return question(game, concept, power, k)

    k, gaps = np.array([5, 0, 3, 3, 1]), np.array([0.5, -0.25, 0.0, 0.25, 0.125])
    pairs = six().at_pairs(counted, k, gaps)
    assert pairs.T.tolist() == [
        pytest.approx(expected(one, gap), rel=1e-15) for one, gap in zip(k.tolist(), gaps.tolist(), strict=True)
    ]
    assert len(sizes) == -(-5 // games)
    assert max(sizes) <= games
    sizes.clear()
    found = {}
    for at, answers in six().at_tables(counted, k, gaps[:3]):
        for row, one in enumerate(k[at].tolist()):
            assert one not in found or one == 3
            found[one] = answers[:, row]
            for column, gap in enumerate(gaps[:3].tolist()):
                assert answers[:, row, column].tolist() == pytest.approx(expected(one, gap), rel=1e-15)
    assert set(found) == {0, 1, 3, 5}
    assert sum(sizes) == 15
    assert max(sizes) <= games
    assert len(sizes) == (5 * -(-3 // games) if games < 6 else 1)


@dataclass(frozen=True)
class Fragile:
    """A synergy that some parameters make negative at some gaps."""

    level: Any

    def __call__(self, power: al.Power) -> Any:
        return self.level + power.gap


def test_the_alliance_with_an_error_of_its_own_is_named():
    # levels 1, 0.625, 1, 0.875 hold down to gaps of −1, −0.625, −1 and −0.875
    batch = lines_of(benchmark_game(synergy=Fragile(np.array([[1.0, 0.625], [1.0, 0.875]]))), 0.5, None, SPAN, "test")

    def ask(k: list[int], gaps: list[float]) -> Any:
        return batch.ask(
            lambda game, concept, power, numbers: [game.stage_game(power).A[..., 0, 0]], np.array(k), np.array(gaps)
        )

    assert ask([0, 1, 2, 3], [-0.875, -0.5, -0.5, -0.75]).shape == (1, 4)
    for k, gaps, index in (
        ([0, 1, 2, 3], [-0.75, -0.75, -0.5, -0.75], "(0, 1)"),
        ([0, 1, 2, 3], [-0.9375, -0.5, -0.5, -0.9375], "(1, 1)"),
        ([3, 1, 1, 0], [-0.75, -0.5, -0.75, -0.875], "(0, 1)"),
        ([3, 1], [-0.9375, -0.75], "(0, 1)"),  # both: the first in C order
    ):
        start = f"test(): game must be valid with each set of parameters, and at index {index} is not: AllianceGame(): what "
        with pytest.raises(ValueError, match=f"^{re.escape(start)}synergy .*got -0.(0625|125)"):
            ask(k, gaps)


def test_an_error_that_no_alliance_has_by_itself_is_as_it_is():
    def together(_game: Any, _concept: Any, power: al.Power, k: Any) -> list[Any]:
        if np.ndim(k):
            raise OverflowError("too much at once")
        return [np.zeros(power.shape)]

    with pytest.raises(OverflowError, match=r"^too much at once$"):
        six().ask(together, np.array([0, 1]), np.array([0.0, 0.25]))


@pytest.mark.parametrize("kind", [TypeError, ValueError, OverflowError])
def test_the_kind_of_an_error_is_kept(kind):
    def never(*_: Any) -> list[Any]:
        raise kind("no")

    shown = TypeError if kind is TypeError else ValueError
    words = r"test\(\): game must be valid with each set of parameters, and at index \(0, 1\) is not: no$"
    with pytest.raises(shown, match="^" + words):
        six().ask(never, np.array([1, 5]), np.array([0.0, 0.25]))
    one = lines_of(alone(0)[0], [0.5, 0.6], None, SPAN, "test")  # where models do not differ, no index helps
    with pytest.raises(kind, match=r"^no$"):
        one.ask(never, np.array([1, 0]), np.array([0.0, 0.25]))


# -- what is refused -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusing:
    """A synergy that refuses a level."""

    level: Any
    kind: Any = ValueError

    def __call__(self, power: al.Power) -> Any:
        if np.any(np.asarray(self.level) == 3):
            raise self.kind("three")
        return self.level + 0 * power.gap


def test_models_that_are_not_valid_at_the_lowest_gap():
    for kind in (ValueError, TypeError):
        words = r"^test\(\): game must be valid with each set of parameters, and at index \(1, 0\) is not: three$"
        with pytest.raises(kind, match=words):
            lines_of(benchmark_game(synergy=Refusing(np.array([[1.0, 2.0], [3.0, 3.0]]), kind)), 0.5, None, SPAN, "test")
        with pytest.raises(kind, match=r"^three$"):
            lines_of(benchmark_game(synergy=Refusing(3.0, kind)), 0.5, None, SPAN, "test")
    with pytest.raises(ValueError, match="broadcast") as error:
        lines_of(benchmark_game(exposure=np.array([0.5, 0.6]), conflict_cost=np.full(3, 0.1)), 0.5, None, SPAN, "test")
    assert "at index" not in str(error.value)


def test_shapes_that_do_not_meet_are_listed():
    shapes = "(3, 2), (2,), (4,), (5,)"  # of the model, the concept, the discount factors, and what else was given
    words = f"test(): game, enforcement and discount must broadcast to one batch of alliances; got the shapes {shapes}"
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        lines_of(GAME, (np.full(4, 0.5), 0.5), CONCEPT, SPAN, "test", np.zeros(5))


# -- regions and windows in pieces -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("games", "labels"), [(10**6, 10**6), (4, 10), (3, 1)])
def test_regions_in_pieces_are_those_of_each(games, labels, monkeypatch):
    monkeypatch.setattr(lines, "GAMES", games)
    monkeypatch.setattr(lines, "_LABELS", labels)
    batch = lines_of(benchmark_game(exposure=np.array([0.5, 0.6, 0.7])), 0.5, None, SPAN, "test")
    first = np.array([-0.3, 0.5, 0.1])  # the second has no edge inside

    def label(_game: Any, _concept: Any, power: al.Power, k: Any) -> list[Any]:
        return [(power.gap > first[k]).astype(int) + 2 * (power.gap > 0.3) - 1]

    offsets, lower, upper, found = regions_along(batch, label)
    assert offsets.tolist() == [0, 3, 5, 8]
    assert lower == pytest.approx(np.array([-0.5, -0.3, 0.3, -0.5, 0.3, -0.5, 0.1, 0.3]), abs=1e-12)
    assert upper == pytest.approx(np.array([-0.3, 0.3, 0.5, 0.3, 0.5, 0.1, 0.3, 0.5]), abs=1e-12)
    assert found.tolist() == [-1, 0, 2, -1, 1, -1, 0, 2]
    assert found.dtype == np.int64


def test_edges_of_several_alliances_are_sorted_and_exact():
    where = {0: [0.1], 1: [-0.3, 0.2], 2: [0.1999999]}

    def label(alliance: Any, gap: Any) -> Any:
        return np.array([sum(g > x for x in where[int(a)]) for a, g in zip(alliance, gap, strict=True)])

    alliance = np.array([2, 1, 0])
    found = edges_of(label, Edges(alliance, np.full(3, -1.0), np.full(3, 1.0), np.zeros(3, dtype=int), np.array([1, 2, 1])))
    assert found.alliance.tolist() == [0, 1, 1, 2]
    assert (found.left + found.right) / 2 == pytest.approx(np.array([0.1, -0.3, 0.2, 0.1999999]), abs=1e-12)
    assert (found.right - found.left <= 1e-12).all()
    assert found.at_left.tolist() == [0, 0, 1, 0]
    assert found.at_right.tolist() == [1, 1, 2, 1]


def halved(label, start):
    """The same by plain halving, interval by interval, as a definition."""
    done, wide = [], list(zip(*(x.tolist() for x in start), strict=True))
    for alliance, left, right, at_left, at_right in wide:  # grows while it is read
        if right - left <= GAP_EDGE:
            done.append((alliance, left, right, at_left, at_right))
            continue
        middle = (left + right) / 2
        at_middle = int(label(np.array([alliance]), np.array([middle]))[0])
        if at_left != at_middle:
            wide.append((alliance, left, middle, at_left, at_middle))
        if at_middle != at_right:
            wide.append((alliance, middle, right, at_middle, at_right))
    return sorted(done)


@pytest.mark.parametrize("seed", range(20))
def test_edges_are_those_of_plain_halving_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    jumps = [np.sort(rng.uniform(-1, 1, rng.integers(0, 8))) for _ in range(1 + seed % 3)]
    labels = [rng.integers(0, 3, len(places) + 1) for places in jumps]

    def label(alliance: Any, gap: Any) -> Any:
        return np.array([labels[a][np.searchsorted(jumps[a], g)] for a, g in zip(alliance, gap, strict=True)], dtype=int)

    gaps = np.linspace(-1, 1, int(rng.integers(2, 40)))
    alliance = np.repeat(np.arange(len(jumps)), len(gaps) - 1)
    left, right = (np.tile(ends, len(jumps)) for ends in (gaps[:-1], gaps[1:]))
    start = Edges(alliance, left, right, label(alliance, left), label(alliance, right))
    start = Edges(*(x[start.at_left != start.at_right] for x in start))
    assert list(zip(*(x.tolist() for x in edges_of(label, start)), strict=True)) == halved(label, start)


@pytest.mark.parametrize("concept", [al.NashReversion(), al.ImperfectMonitoring(0.05, 0.1), al.OptimalPenalCode()], ids=repr)
def test_several_halvings_are_asked_for_at_once_and_no_bit_differs(concept, monkeypatch):
    calls = []
    ask = lines.Lines.ask
    monkeypatch.setattr(lines.Lines, "ask", lambda *arguments: calls.append(1) or ask(*arguments))
    game = benchmark_game(conflict_cost=0.15)
    answers = [al.stability_windows(game, 0.8, enforcement=concept, samples=33)]
    at_once = len(calls)
    monkeypatch.setattr(line, "_HALVINGS", 1)
    assert [al.stability_windows(game, 0.8, enforcement=concept, samples=33)] == answers
    assert 5 * at_once < 3 * (len(calls) - at_once)
    assert len(answers[0]) > 0


@pytest.mark.slow
def test_windows_in_pieces_are_those_of_each(monkeypatch):
    game, deltas, starts = replace(GAME, conflict_cost=0.5), np.array([0.55, 0.75]), np.array([[0.05], [0.4], [-0.6]])
    asked: dict[str, Any] = {"samples": 9, "domain": (-0.7, 0.7)}
    whole = al.defection_threshold(game, deltas, start=starts, **asked)
    monkeypatch.setattr(lines, "GAMES", 23)
    monkeypatch.setattr(sampling, "_SAMPLES", 80)  # four alliances at once, and then two
    assert al.defection_threshold(game, deltas, start=starts, **asked) == whole
    for k in range(6):
        i, j = divmod(k, 2)
        one = benchmark_game(exposure=float(EXPOSURE[i, 0]), conflict_cost=0.5)
        assert whole.at((i, j)) == al.defection_threshold(one, deltas[j], start=starts[i, 0], **asked)
    assert len(set(whole.status.ravel())) > 1
