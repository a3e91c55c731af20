"""In which order suspicions are looked into, how far, and when that ends: by a stub in place of what enclosures tell."""

from fractions import Fraction as F

import numpy as np
import pytest

from alliances.claims.settling import settled
from tests.test_claims_answers import HALF, QUARTER, RISING, VALLEY, game, none
from tests.test_claims_settling import FALLS, GAPS, PEAK, number, of

PARTS, HALVINGS, CUTS, PIECES = 8, 2, 40, 128


@pytest.fixture
def asked(monkeypatch):
    """What is asked of what lies between, answered by a rule; the answers are given by the test."""

    def answer(rule):
        seen = []

        def stands(_, low, high, *halvings):
            seen.append((low, high, *halvings))
            return rule(low, high)

        monkeypatch.setattr("alliances.claims.settling.stands", stands)
        monkeypatch.setattr("alliances.claims.settling.can_enclose", lambda: True)
        return seen

    return answer


def by(low, high):
    return number(high) - number(low)


@pytest.mark.parametrize("widest", [True, False])
def test_the_worst_suspicion_is_looked_into_first(asked, widest):
    """The widest pair, the three pairs of neighbours, then eighths of these, forty pairs in all; what is left is open."""
    seen = asked(lambda low, high: None)
    found = settled(*of(RISING, FALLS, GAPS), widest=widest)
    if widest:
        assert seen.pop(0) == (0, 3 * QUARTER)
    assert len(seen) == CUTS
    assert seen[:3] == [(0, QUARTER, HALVINGS), (QUARTER, HALF, HALVINGS), (HALF, 3 * QUARTER, HALVINGS)]
    assert seen[3] == (0, QUARTER / PARTS, HALVINGS)
    sizes = [by(low, high) for low, high, _ in seen]
    assert sizes == sorted(sizes, reverse=True)
    assert found.status == "open"
    low, high = found.witness.low, found.witness.high
    assert (low, high, HALVINGS) not in seen
    assert by(low, high) <= sizes[-1]
    assert (found.witness.at_low, found.witness.at_high) == (number(low), number(high))
    parts = [
        (start + k * (end - start) / PARTS, start + (k + 1) * (end - start) / PARTS)
        for start, end, _ in seen
        for k in range(PARTS)
    ]
    left = [by(*part) for part in parts if (*part, HALVINGS) not in seen]
    assert len(set(left)) > 1
    assert by(low, high) == max(left), "the worst of what is left"


@pytest.mark.parametrize("pair", [(F(0), 3 * QUARTER), (F(0), QUARTER), (QUARTER, HALF), (HALF, 3 * QUARTER), (F(0), F(1, 32))])
def test_the_first_that_certainly_stands_is_the_answer(asked, pair):
    order = [(F(0), 3 * QUARTER), (F(0), QUARTER), (QUARTER, HALF), (HALF, 3 * QUARTER), (F(0), F(1, 32))]
    seen = asked(lambda low, high: (low, high) == pair)
    found = settled(*of(RISING, FALLS, GAPS))
    assert (found.status, found.witness.low, found.witness.high) == ("certain", *pair)
    assert [question[:2] for question in seen] == order[: order.index(pair) + 1]


def test_faint_suspicions_that_vanish_are_open(asked):
    """In floats a move no larger than 32 times its rounding may vanish when it is cut; a larger one that does is none."""
    for size, status in ((30, "open"), (40, "dismissed")):
        asked_, _, lines, _ = of(RISING, FALLS, [F(0), HALF])
        slack = float(by(F(0), HALF)) / size / 2
        lines = type(lines)(
            np.array([0.0, 0.5]), lines.sponsor.astype(float), lines.proxy.astype(float), None, np.full(2, slack),
            lines.comparable, lines.valid,
        )  # fmt: skip
        seen = asked(lambda low, high: None)
        flat = game(none, lambda g: 1 + 0 * g)
        evaluate = of(flat, FALLS, [F(0), HALF])[1]
        found = settled(asked_, evaluate, lines, FALLS.breaks(lines), widest=False)
        assert (found.status, len(seen)) == (status, 1)
        assert (found.witness is None) is (status == "dismissed")


def test_floats_that_are_neighbours_cannot_be_cut(asked):
    """Nothing lies between two floats that are next to each other: what is not certain there stays open."""
    seen = asked(lambda low, high: None)
    high = float(np.nextafter(0.5, 1))
    asked_, evaluate, _, _ = of(RISING, FALLS, GAPS)
    lines = evaluate(np.array([0.5, high]))
    lines = type(lines)(lines.points, lines.sponsor, np.array([0.6, 0.61]), None, np.zeros(2), lines.comparable, lines.valid)
    found = settled(asked_, evaluate, lines, FALLS.breaks(lines), widest=False)
    assert (found.status, found.witness.low, found.witness.high) == ("open", 0.5, high)
    assert len(seen) == 1


# -- three points ------------------------------------------------------------------------------------------------------


def test_how_far_a_stretch_is_looked_into(asked):
    """Each pair of neighbours on the way by itself: halves of halves, up to 128 pieces of it, and each without halving."""
    for least, calls, status in (
        (F(1), 1, "certain"),
        (F(1, 8), 3, "certain"),
        (F(1, 16), 7, "certain"),
        (F(0), PIECES, "open"),
    ):
        seen = asked(lambda low, high, least=least: True if high - low <= least else None)
        found = settled(*of(VALLEY, PEAK, GAPS))
        assert (found.status, len(seen)) == (status, 3 * calls)
        assert {halvings for _, _, halvings in seen} == {0}
        assert (found.witness.low, found.witness.middle, found.witness.high) == (0, HALF, 3 * QUARTER)


def test_a_stretch_that_ends_is_none(asked):
    """An assumption that fails beside the lowest point leaves no three points; in the first quarter it leaves three."""
    for hole, status, low in ((QUARTER, "dismissed", None), (HALF, "dismissed", None), (F(0), "certain", QUARTER)):
        seen = asked(lambda low, high, hole=hole: not low <= hole < high)
        found = settled(*of(VALLEY, PEAK, GAPS))
        assert found.status == status
        assert (found.witness is None) is (low is None)
        if low is not None:
            assert (found.witness.low, found.witness.middle, found.witness.high) == (low, HALF, 3 * QUARTER)
        assert len(seen) == len(set(seen)) == 3


def test_a_stretch_that_is_open_beside_one_that_is_certain(asked):
    """Three points of a certain stretch are the answer, whatever is open elsewhere; otherwise it is open."""
    for hole, status in ((F(0), "certain"), (HALF, "open")):
        asked(lambda low, high, hole=hole: None if low <= hole < high else True)
        found = settled(*of(VALLEY, PEAK, GAPS))
        assert found.status == status
        assert found.witness.middle == HALF


def test_points_alone_ask_nothing(asked):
    seen = asked(lambda low, high: None)
    for model, shape, status in ((RISING, FALLS, "certain"), (VALLEY, PEAK, "certain")):
        assert settled(*of(model, shape, GAPS, ())).status == status
    assert seen == []
