"""Shares of families: refusals in full, lines and batches at their limits, and what is unclear model by model."""

import warnings
from contextlib import contextmanager
from fractions import Fraction as F
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.claims import ASYMMETRY, PROTRACTION, STAKES, Choice, Family, Interval, Sensitivity, monotone
from alliances.claims.measuring import Verdicts, batches, contradictions, line_of, measure
from tests.test_claims_answers import FALLING, GIVEN, HALF, OPEN, game, none
from tests.test_claims_asked import refusal
from tests.test_claims_settling import Stubborn, with_hole

LATER = float("inf")
SETTINGS = {"points": 4, "line_points": 5, "confidence": 0.5, "sensitivity": False, "rng": 0, "progress": False}


def judge(_, unit, line_points, *__):
    half = unit[:, 0] < 0.5
    return Verdicts(half, ~half, np.zeros(len(unit), dtype=bool), line_points)


def asked(**options):
    return measure(ASYMMETRY, judge, OPEN, **SETTINGS | options)


# -- what measure() takes ----------------------------------------------------------------------------------------------


def test_the_least_that_can_be_measured():
    """One model at two points of the line; whole numbers of NumPy are whole numbers."""
    least = asked(points=1, line_points=2)
    assert (least.points, least.line_points, least.share) == (1, 2, float(least.share))
    assert least.share in (0.0, 1.0)
    assert least.share + least.unclear == 1
    many = asked(points=np.int64(8), line_points=np.int32(3))
    assert (many.points, many.line_points, many.share, many.unclear) == (8, 3, 0.5, 0.5)
    whole = ASYMMETRY.measure(OPEN, points=1, line_points=2, rng=0)
    assert (whole.points, whole.line_points) == (1, 2)


def test_what_cannot_be_measured():
    for name, least in (("points", 1), ("line_points", 2)):
        for wrong in (least - 1, 1.5, True, "a", None):
            assert refusal(asked, **{name: wrong}) == (
                ValueError,
                f"measure(): {name} must be a whole number, at least {least}; got {wrong!r}",
            )
    for wrong in (0, 1, 95, -0.5, 1.0):
        assert refusal(asked, confidence=wrong) == (
            ValueError,
            f"measure(): confidence must lie strictly between 0 and 1; got {wrong!r}",
        )
    kind, text = refusal(asked, confidence=[0.5, 0.6])
    assert (kind, text) == (TypeError, "measure(): confidence must be one number; got [0.5, 0.6]")
    assert refusal(asked, sensitivity=1) == (TypeError, "measure(): sensitivity must be True or False; got 1")
    assert refusal(asked, rng=True) == (
        TypeError,
        "measure(): rng must be a NumPy generator or a seed; got True",
    )
    assert refusal(measure, ASYMMETRY, judge, FALLING, **SETTINGS) == (
        TypeError,
        f"measure(): family must be a Family, which says what is open; got {FALLING!r}",
    )
    assert refusal(measure, STAKES, judge, OPEN, **SETTINGS) == (
        ValueError,
        f"measure(): family must leave 'stakes' open over an interval, for 'stakes'; got {OPEN}",
    )


def test_the_seed_is_kept():
    assert [asked(rng=rng).seed for rng in (0, 7, None)] == [0, 7, None]
    assert asked(rng=np.random.default_rng(1)).seed.startswith("Generator(PCG64)")
    assert (asked(confidence=F(1, 4)).confidence, asked(confidence=0.75).confidence) == (0.25, 0.75)


def test_any_number_of_points_may_be_drawn():
    """A count that is no power of 2 is nothing to be warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asked(points=3).points == 3


def test_decimals_of_sensitivities():
    share = al.claims.Measurement(ASYMMETRY, OPEN, 1.0, (0.5, 1.0), 8, 9, 0.0, {"v": Sensitivity(1, 0, 1, 0)}, 0.5, None)
    assert share.unclear == 0.0
    assert str(share).endswith("\n  v: first order 1.00 ± 1.00, total 0.00 ± 0.00")


# -- points of a line --------------------------------------------------------------------------------------------------


def test_fourteen_points_towards_each_end_at_most():
    """Of 300 points on [0, 1) 272 are n/272, and 14 more lie towards each end, each half as far from it as the one before."""
    line = line_of("gap", OPEN, 300)
    assert len(line) == 300
    near = [1 / 272 * 0.5**k for k in range(1, 15)]
    wanted = sorted([*(n / 272 for n in range(272)), *near, *(1 - x for x in near)])
    assert np.allclose(line, wanted, rtol=0, atol=1e-15)
    assert np.allclose(line[:2], [0, 1 / 272 / 2**14], rtol=1e-9, atol=0)
    fewer = line_of("gap", OPEN, 139)  # thirteen towards each end
    assert np.allclose(fewer[1], 1 / 113 / 2**13, rtol=1e-9, atol=0)
    more = line_of("gap", OPEN, 140)
    assert np.allclose(more[1], 1 / 112 / 2**14, rtol=1e-9, atol=0)


def test_a_half_line_that_begins_at_one():
    """From 1 to 9 evenly; then one point between 1 and 2, and one twice as far from 1 as the last."""
    of = OPEN.with_(parameters={"v": Interval(1, None, "left")})
    assert line_of("v", of, 5).tolist() == pytest.approx([1, 2.6, 4.2, 5.8, 7.4])
    assert line_of("v", of, 10).tolist() == pytest.approx([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 15])


# -- batches -----------------------------------------------------------------------------------------------------------


@contextmanager
def told(bars, *asked_):
    """A progress bar that keeps what it is told."""
    steps = []
    bars.append((asked_, steps))
    yield SimpleNamespace(update=steps.append)


@pytest.mark.parametrize("progress", [True, False])
def test_models_one_by_one_where_the_line_is_long(monkeypatch, progress):
    """No more games at once than fit the cache, and one model at least; the bar moves on by as many as are done."""
    bars = []
    monkeypatch.setattr("alliances.claims.measuring.progress_bar", lambda *asked_: told(bars, *asked_))
    monkeypatch.setattr("alliances.claims.measuring._AT_ONCE", 10)
    unit = np.array([[0.1], [0.5], [0.9]])
    for size, wanted in ((11, [1, 1, 1]), (10, [1, 1, 1]), (6, [1, 1, 1]), (5, [2, 1]), (3, [3])):
        found = list(batches(ASYMMETRY, OPEN, unit, np.arange(size) / size, progress))
        assert [len(rows) for rows, _, _ in found] == wanted
        assert [row for rows, _, _ in found for row in rows] == [0, 1, 2]
        assert bars[-1] == ((3, progress, "model"), wanted)


def test_the_bar_of_wars(monkeypatch):
    bars = []
    monkeypatch.setattr("alliances.claims.protraction.progress_bar", lambda *asked_: told(bars, *asked_))
    family = Family(
        lambda win, barrier: al.ConflictWalk(2, barrier, win),
        {"win": Interval(0, 1), "barrier": Choice((4, 4), (8, 2), (8, 8))},
    )
    unit = np.array([[0.5, 0.1], [0.5, 0.5], [0.5, 0.9], [0.9, 0.1]])
    verdicts = PROTRACTION.verdicts(family, unit, 7, True)
    assert bars == [((4, True, "model"), [1, 1, 1, 1])]
    checks = [
        PROTRACTION.check(al.ConflictWalk(2, b, w)) for w, b in ((0.5, (4, 4)), (0.5, (8, 2)), (0.5, (8, 8)), (0.9, (4, 4)))
    ]
    assert [check.holds for check in checks] == [True, False, True, False]
    assert verdicts.holds.tolist() == [True, False, True, False]
    assert verdicts.line_points == max(check.points for check in checks) == 5
    assert not verdicts.unclear.any()
    assert not verdicts.vacuous.any()


# -- verdicts of many --------------------------------------------------------------------------------------------------


def test_models_that_are_unclear_are_counted():
    """Of ω = 1 + (v − ½)γ the rising ones are open where enclosures are refused and something is assumed; falling ones hold."""

    def model(v):
        return Stubborn(game(none, lambda g: 1 + (v - HALF) * g).payoffs)

    of = OPEN.with_(model=model, assume="deterrent")
    unit = np.array([[0.2], [0.8], [0.4], [0.9]])
    verdicts = ASYMMETRY.verdicts(of, unit, 8, False)
    assert verdicts.holds.tolist() == [True, False, True, False]
    assert verdicts.unclear.tolist() == [False, True, False, True]
    assert verdicts.vacuous.tolist() == [False] * 4
    assert verdicts.line_points == 8
    plain = ASYMMETRY.verdicts(of.with_(assume=()), unit, 8, False)
    assert plain.holds.tolist() == [True, False, True, False]
    assert not plain.unclear.any()


def test_models_with_nothing_to_compare_are_counted():
    """Conflict hurts for v above ½ alone; for v up to ½ there is nothing, which holds."""
    of = OPEN.with_(model=lambda v: game(none, lambda g: 1 + g, lambda g: v - HALF + 0 * g), assume="deterrent")
    verdicts = ASYMMETRY.verdicts(of, np.array([[0.2], [0.8]]), 8, False)
    assert verdicts.vacuous.tolist() == [True, False]
    assert verdicts.holds.tolist() == [True, False]


@pytest.mark.parametrize("along", [False, True])
def test_a_jump_within_a_hole_is_dismissed_model_by_model(along):
    """Up by a jump where conflict hurts nobody; with w = 3 the numbers rise beside it, too. A choice stays what it is."""
    pytest.importorskip("flint")

    def odds(x, w):
        return choose(x > F(3, 10), 2 + 0 * x, 1 + 0 * x) + (w - 1) * x

    def model(v, w):
        if not along:
            return with_hole(lambda g: odds(g, w), F(149, 500) + 0 * v, F(311, 1000))
        inside = (v > F(149, 500)) & (v < F(311, 1000))
        hurt = choose(inside, -1 + 0 * v, 1 + 0 * v)
        return game(none, lambda g: odds(v, w) + 0 * g, lambda g: hurt + 0 * g)

    of = Family(model, {"v": Interval(0, 1, "left"), "w": Choice(F(1), F(3))}, enforcement=GIVEN, assume="deterrent", total=2)
    claim = monotone("m", along="v", whose="proxy") if along else monotone("m", whose="proxy")
    of = claim.about(of)
    unit = np.array([[0.5, 0.2, 0.3][: len(of.parameters)], [0.5, 0.8, 0.3][: len(of.parameters)]])
    verdicts = claim.verdicts(of, unit, 6, False)
    assert verdicts.holds.tolist() == [True, False]
    assert not verdicts.unclear.any()
    assert not verdicts.vacuous.any()


CHOSEN = np.array([[0.1], [0.2], [0.3], [0.7], [0.8]])


def test_where_there_are_choices_alone_every_row_is_told():
    """One model stands for all rows of its choice: of those that are unclear, dismissed or certain, and of the share."""
    pytest.importorskip("flint")

    def odds(g, w):  # a jump in a hole, and for w = 3 a rise beside it
        return choose(g > F(3, 10), 2 + 0 * g, 1 + 0 * g) + (w - 1) * g

    claim = monotone("m", whose="proxy")
    hole = Family(
        lambda w: with_hole(lambda g: odds(g, w), F(149, 500), F(311, 1000)),
        {"w": Choice(F(1), F(3))},
        enforcement=GIVEN,
        assume="deterrent",
    )
    verdicts = claim.verdicts(hole, CHOSEN, 6, False)
    assert verdicts.holds.tolist() == [True, True, True, False, False]
    assert not verdicts.unclear.any()
    assert claim.measure(hole, points=16, line_points=6).share == 0.5
    stubborn = Family(
        lambda w: Stubborn(game(none, lambda g: 1 + (w - HALF) * g).payoffs),
        {"w": Choice(F(0), F(1))},
        enforcement=GIVEN,
        assume="deterrent",
    )
    verdicts = claim.verdicts(stubborn, CHOSEN, 6, False)
    assert verdicts.holds.tolist() == [True, True, True, False, False]
    assert verdicts.unclear.tolist() == [False, False, False, True, True]
    found = claim.measure(stubborn, points=16, line_points=6)
    assert (found.share, found.unclear, found.vacuous) == (0.5, 0.5, 0.0)


def test_models_that_take_numbers_alone():
    """The error says what to use instead; where numbers fail, too, it is the model's own."""

    def clipped(v):
        return game(none, lambda g: 1 + g, lambda g: max(v, HALF) + 0 * g)

    of = OPEN.with_(model=clipped)
    with pytest.raises(TypeError) as caught:
        ASYMMETRY.measure(of, points=4, line_points=4)
    assert str(caught.value) == (
        "measure(): the model must run on arrays: use larger, smaller and choose of alliances.arithmetic in place of "
        f"max, min and if; {caught.value.__cause__}"
    )
    assert isinstance(caught.value.__cause__, ValueError)

    def refuses(v):  # noqa: ARG001
        raise ValueError("no such model")

    assert refusal(ASYMMETRY.measure, of.with_(model=refuses), points=4, line_points=4) == (
        ValueError,
        "no such model",
    )
    along = monotone("m", along="v")
    assert refusal(along.measure, of, points=4, line_points=4)[1].startswith("measure(): the model must run on arrays")

    def never(v):  # noqa: ARG001
        raise TypeError("not with me")

    assert refusal(along.measure, of.with_(model=never), points=4, line_points=4) == (TypeError, "not with me")


def test_contradictions_name_the_point_of_the_largest_move():
    """Numbers by the definition, point by point: the left one of the two neighbours between which they rise most."""
    line = line_of("gap", OPEN, 100)
    for parameters, point in contradictions(ASYMMETRY, OPEN, {}, (16, 16), 50, 0, LATER):
        odds = 1 + (parameters["v"] - 0.5) * line
        numbers = odds / (1 + odds)
        assert point == line[int(np.argmax(np.diff(numbers)))]

    def hopeless(v):  # beyond the gap v both prefer conflict, and no patience deters the proxy
        def cells(q):
            o = 0 * q.gap
            conflict = choose(q.gap > v, HALF + o, -1 + o)
            return [[(o, o), (o - 9, 1 + q.gap)], [(o, o - 9), (conflict, conflict)]]

        return al.CustomGame(cells)

    infinite = OPEN.with_(model=hopeless)
    for parameters, point in contradictions(ASYMMETRY, infinite, {}, (8, 8), 50, 0, LATER):
        assert point == line[line <= parameters["v"]][-1]
    only = OPEN.with_(parameters={"v": Choice(F(1))})
    assert list(contradictions(ASYMMETRY, only, {"v": F(1)}, (8, 8), 50, 0, LATER)) == []
