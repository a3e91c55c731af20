"""What contradicts a claim, on numbers: each shape against its definition, point by point, and the points that are shown."""

import random
from fractions import Fraction as F

import numpy as np
import pytest

from alliances.claims.comparisons import Break, Monotone, PactFirst, ProxyFirst, Witness, fall, points_of
from alliances.claims.lines import Curves
from alliances.claims.scales import NeverAbove
from alliances.claims.unimodal import Unimodal

INF = float("inf")
PLAYERS = ("sponsor", "proxy")
SEEDS = range(60)


def numbers(rng, n):
    return [rng.choice([INF, 0.0, *(k / 8 for k in range(1, 8))]) for _ in range(n)]


def random_curves(rng, n, *, other=False):
    """Critical discount factors in eighths or ∞, with a slack of a sixteenth or none, and holes."""
    sponsor, proxy = numbers(rng, n), numbers(rng, n)
    slack = [rng.choice([0, 0, 1 / 16]) for _ in range(n)]
    comparable = [rng.random() < 0.8 for _ in range(n - 1)]
    valid = [rng.random() < 0.8 for _ in range(n)]
    return Curves(
        np.arange(n) / 16,
        np.array(sponsor),
        np.array(proxy),
        np.array(numbers(rng, n)) if other else None,
        np.array(slack),
        np.array(comparable, dtype=bool),
        np.array(valid, dtype=bool),
    )


def minus(a, b):
    return 0 if a == b else a - b


def dyad(curves, k):
    return max(curves.sponsor[k], curves.proxy[k])


def number_of(curves, who, k):
    return dyad(curves, k) if who == "dyad" else getattr(curves, who)[k]


def batch(curves):
    """The same twice, the second time with a claim that nothing contradicts."""
    sponsor, proxy, slack = (np.stack([x, np.zeros_like(x)]) for x in (curves.sponsor, curves.proxy, curves.slack))
    comparable, valid = np.stack([curves.comparable] * 2), np.stack([curves.valid] * 2)
    other = None if curves.other is None else np.stack([curves.other, np.ones_like(curves.other)])
    return Curves(curves.points, sponsor, proxy, other, slack, comparable, valid)


def check_breaks(shape, curves, expected):
    """``expected`` gives (whether, by how much, whose) of each place; ``player`` matters where the claim is contradicted."""
    for broken in (shape.breaks(curves), shape.breaks(batch(curves)).model(0)):
        assert broken.at.tolist() == [at for at, _, _ in expected]
        assert [by for by, at in zip(broken.by.tolist(), broken.at, strict=True) if at] == [by for at, by, _ in expected if at]
        assert [who for who, at in zip(broken.player.tolist(), broken.at, strict=True) if at] == [
            w for at, _, w in expected if at
        ]
    assert not shape.breaks(batch(curves)).model(1).at.any()
    return shape.breaks(curves)


def binding(curves, who, k):
    """Whose number it is: for the dyad the sponsor's where it is the larger one."""
    return PLAYERS.index(who) if who != "dyad" else int(curves.sponsor[k] < curves.proxy[k])


@pytest.mark.parametrize("who", ["sponsor", "proxy", "dyad"])
@pytest.mark.parametrize("sign", [1, -1])
def test_monotone(sign, who):
    """Neighbours that may be compared contradict it by what the number moves the wrong way, beyond both slacks."""
    for seed in SEEDS:
        curves = random_curves(random.Random(seed), 5)
        expected = []
        for k in range(4):
            worse, better = (k + 1, k) if sign < 0 else (k, k + 1)
            by = minus(number_of(curves, who, worse), number_of(curves, who, better))
            at = bool(curves.comparable[k] and by > curves.slack[k] + curves.slack[k + 1])
            expected.append((at, by, binding(curves, who, worse)))
        shape = Monotone("gap", who, sign)
        broken = check_breaks(shape, curves, expected)
        if not broken.at.any():
            continue
        witness = shape.witness(curves, broken)
        first = max((k for k in range(4) if broken.at[k]), key=lambda k: broken.by[k])
        player = PLAYERS[expected[first][2]]
        wrong = [
            bool(curves.comparable[k]) and (number_of(curves, who, k + 1) - number_of(curves, who, k)) * -sign > 0
            if number_of(curves, who, k) != number_of(curves, who, k + 1)
            else False
            for k in range(4)
        ]
        low, high = first, first + 1
        while low > 0 and wrong[low - 1]:
            low -= 1
        while high < 4 and wrong[high]:
            high += 1
        at = [number_of(curves, who, k) for k in (low, high)]
        assert witness == Witness(low / 16, high / 16, at[0], at[1], player)


@pytest.mark.parametrize("who", ["sponsor", "proxy", "dyad"])
@pytest.mark.parametrize("sign", [1, -1])
def test_unimodal(sign, who):
    """A point contradicts one peak by what it lies below the largest on either side, within its stretch; a trough, above."""
    for seed in SEEDS:
        rng = random.Random(seed)
        curves = random_curves(rng, 6)
        values = [sign * number_of(curves, who, k) for k in range(6)]
        most = max(curves.slack)
        expected, sides = [], []
        for k in range(6):
            before = [i for i in range(k) if all(curves.comparable[i:k])]
            after = [j for j in range(k + 1, 6) if all(curves.comparable[k:j])]
            by = min(max((minus(values[i], values[k]) for i in [k, *side]), default=0) for side in (before, after))
            expected.append((bool(by > curves.slack[k] + most), by, binding(curves, who, k)))
            sides.append((before, after))
        shape = Unimodal("gap", who, sign)
        broken = check_breaks(shape, curves, expected)
        if not broken.at.any():
            continue
        witness = shape.witness(curves, broken)
        middle = max((k for k in range(6) if broken.at[k]), key=lambda k: broken.by[k])
        low, high = (max(side, key=lambda k: values[k]) for side in sides[middle])
        at = [number_of(curves, who, k) for k in (low, high, middle)]
        assert witness == Witness(low / 16, high / 16, at[0], at[1], PLAYERS[expected[middle][2]], middle / 16, at[2])
        assert points_of(witness) == [F(k, 16) for k in (low, middle, high)]


def test_proxy_turns_first():
    """δ_S* at a above δ_P* there and δ* at b, where the sponsor binds at b; always the sponsor's."""
    for seed in SEEDS:
        curves = random_curves(random.Random(seed), 5)
        expected = []
        for k in range(4):
            slack = curves.slack[k] + curves.slack[k + 1]
            by = minus(curves.sponsor[k], max(curves.proxy[k], dyad(curves, k + 1)))
            binds = minus(curves.sponsor[k + 1], curves.proxy[k + 1]) > slack
            expected.append((bool(by > slack and binds and curves.comparable[k]), by, 0))
        shape = ProxyFirst()
        broken = check_breaks(shape, curves, expected)
        if broken.at.any():
            k = max((k for k in range(4) if broken.at[k]), key=lambda k: broken.by[k])
            held = max(curves.proxy[k], dyad(curves, k + 1))
            assert shape.witness(curves, broken) == Witness(k / 16, (k + 1) / 16, curves.sponsor[k], held, "sponsor")


@pytest.mark.parametrize("who", ["sponsor", "proxy", "dyad"])
def test_never_above(who):
    for seed in SEEDS:
        curves = random_curves(random.Random(seed), 4, other=True)
        expected = []
        for k in range(4):
            by = minus(number_of(curves, who, k), curves.other[k])
            expected.append((bool(by > 2 * curves.slack[k] and curves.valid[k]), by, binding(curves, who, k)))
        shape = NeverAbove(who)
        broken = check_breaks(shape, curves, expected)
        if broken.at.any():
            k = max((k for k in range(4) if broken.at[k]), key=lambda k: broken.by[k])
            player = PLAYERS[expected[k][2]]
            assert shape.witness(curves, broken) == Witness(k / 16, k / 16, curves.other[k], number_of(curves, who, k), player)


def test_pact_first():
    """At the one point: δ* of the pact beyond that of the alliance, by more than twice the slack."""
    for seed in SEEDS:
        curves = random_curves(random.Random(seed), 1, other=True)
        by = minus(dyad(curves, 0), curves.other[0])
        expected = [(bool(by > 2 * curves.slack[0] and curves.valid[0]), by, binding(curves, "dyad", 0))]
        broken = check_breaks(PactFirst(), curves, expected)
        if broken.at.any():
            player = PLAYERS[expected[0][2]]
            assert PactFirst().witness(curves, broken) == Witness(0.0, 0.0, curves.other[0], dyad(curves, 0), player)


def test_what_is_exactly_within_the_slack_is_no_contradiction():
    """A move of 1/8 with slacks of 1/16 at both points; and of 1/4 with twice a slack of 1/8 at one."""
    eighth = np.array([0.0, 0.125])
    both = Curves(eighth, eighth, eighth, eighth * 0, eighth * 0 + 1 / 16, np.array([True]), np.array([True, True]))
    assert not Monotone("gap", "dyad", -1).breaks(both).at.any()
    assert not NeverAbove("dyad").breaks(both).at.any()
    nearly = Curves(eighth, eighth, eighth, eighth * 0, eighth * 0 + 1 / 17, np.array([True]), np.array([True, True]))
    assert Monotone("gap", "dyad", -1).breaks(nearly).at.all()
    assert NeverAbove("dyad").breaks(nearly).at.tolist() == [False, True]


def test_a_fall_to_or_from_infinity():
    a, b = np.array([INF, INF, 1.0, 3.0]), np.array([INF, 1.0, INF, 1.0])
    assert fall(a, b).tolist() == [0, INF, -INF, 2]


def test_one_of_many_breaks():
    broken = Break(np.array([[True], [False]]), np.array([[1], [2]]), np.array([[0], [1]])).model(1)
    assert (broken.at.tolist(), broken.by.tolist(), broken.player.tolist()) == ([False], [2], [1])


# -- curves ------------------------------------------------------------------------------------------------------------


def test_parts_of_curves():
    points, sponsor, proxy = np.arange(5) / 8, np.arange(5) / 5, np.arange(5)[::-1] / 5
    slack, comparable = np.arange(5) / 10**6, np.array([True, False, True, True])
    valid = np.array([True, True, True, False, True])
    whole = Curves(points, sponsor, proxy, points, slack, comparable, valid, searched=True)
    assert whole.dyad.tolist() == [4 / 5, 3 / 5, 2 / 5, 3 / 5, 4 / 5]

    pair = whole.pair(2)
    left = whole.without(np.array([False, False, True, False, False]))
    for part, kept in ((pair, [2, 3]), (left, [0, 1, 3, 4])):
        for name in ("points", "sponsor", "proxy", "slack", "valid"):
            assert getattr(part, name).tolist() == getattr(whole, name)[kept].tolist()
        assert part.other is None
        assert part.searched
    assert pair.comparable.tolist() == [True]
    assert left.comparable.tolist() == [True, False, True]  # from 1 to 3 over 2: one of the two may not be compared

    two = Curves(
        points,
        *(np.stack([x, x / 2]) for x in (sponsor, proxy, points, slack)),
        *(np.stack([x, ~x]) for x in (comparable, valid)),
        True,
    )
    for row, part in enumerate((two.model(0), two.model(1))):
        assert part.points.tolist() == points.tolist()
        for name in ("sponsor", "proxy", "other", "slack", "comparable", "valid"):
            assert getattr(part, name).tolist() == getattr(two, name)[row].tolist()
        assert part.searched
    assert two.model(1).comparable.tolist() == [False, True, False, False]
    assert Curves(points, two.sponsor, two.proxy, None, two.slack, two.comparable, two.valid).model(0).other is None


def test_what_floats_may_not_tell_from_noise():
    """Points whose slack is beyond 10⁻⁴, pairs with such a point, or all if there is one."""
    slack = np.array([0, 1e-4, 2e-4, 0, 0])
    curves = Curves(slack, slack, slack, None, slack, slack[1:] == 0, slack == 0)
    assert curves.blurred(1).tolist() == [False, False, True, False, False]
    assert curves.blurred(2).tolist() == [False, True, True, False]
    assert curves.blurred(3).tolist() == [True] * 5
    two = Curves(slack, slack, slack, None, np.stack([slack, slack * 0]), slack[1:] == 0, slack == 0)
    assert two.blurred(3).tolist() == [[True] * 5, [False] * 5]
