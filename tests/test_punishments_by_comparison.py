"""Equilibria by comparisons, the least discount factor, and brackets around it: against their definitions.

Payoff sets are replaced where δ ↦ what they contain, and their worst payoffs, should be known.
"""

import itertools
import random
import re
from fractions import Fraction as F

import numpy as np
import pytest

from alliances import StageGame
from alliances.repeated.enforcement import optimal_penal_code
from alliances.repeated.enforcement.brackets import MOST_PATIENT, WIDTH, searched
from alliances.repeated.enforcement.comparisons import holds_to_minmax, indices, is_equilibrium, largest, worst_equilibria
from alliances.repeated.enforcement.least_discount import least_discount
from alliances.repeated.enforcement.optimal_penal_code import WorstEquilibria, _critical, critical_discount_of_payoffs
from alliances.repeated.payoff_sets.result import PayoffSet

# -- comparisons -------------------------------------------------------------------------------------------------------


def random_cells(draw):
    """Payoffs of few values, so that ties are many, in games of one to three rows and columns."""
    m, n = draw.randint(1, 3), draw.randint(1, 3)
    return [[(F(draw.randint(0, 3)), F(draw.randint(0, 3))) for _ in range(n)] for _ in range(m)]


def test_equilibria_and_minmax_payoffs_are_their_definitions():
    draw = random.Random(3)
    seen = set()
    for _ in range(300):
        cells = random_cells(draw)
        rows, columns = range(len(cells)), range(len(cells[0]))
        best_s = [max(cells[i][j][0] for i in rows) for j in columns]
        best_p = [max(cells[i][j][1] for j in columns) for i in rows]
        stable = [(i, j) for i in rows for j in columns if cells[i][j] == (best_s[j], best_p[i])]
        assert [(i, j) for i in rows for j in columns if is_equilibrium(cells, i, j)] == stable
        minmax = min(best_s), min(best_p)
        for pair in itertools.product(range(5), range(5)):
            assert holds_to_minmax(cells, pair) is (pair[0] <= minmax[0] and pair[1] <= minmax[1])
        worst = worst_equilibria(cells)
        assert (worst is None) is (not stable)
        if worst is not None:
            seen.add(worst[0] == worst[1])
            for player in (0, 1):
                i, j = worst[player]
                assert (i, j) in stable
                assert cells[i][j][player] == min(cells[k][m][player] for k, m in stable)
                # of several the first, row by row, unless the last profile holds both players to their minmax payoffs
                last = rows[-1], columns[-1]
                if not (last in stable and cells[last[0]][last[1]] == minmax):
                    ties = [(k, m) for k, m in stable if cells[k][m][player] == cells[i][j][player]]
                    assert (i, j) == ties[0]
    assert seen == {True, False}


def test_the_largest_of_numbers_and_where_to_start():
    assert largest([], F(2)) == 2
    assert largest([F(1), F(3), F(2)], F(0)) == 3
    assert largest([F(1), F(3)], F(4)) == 4


def test_profiles_by_labels_and_indices():
    actions = ("ally", "fight", "wait"), ("join", "stay")
    assert indices(("fight", "stay"), actions) == (1, 1)
    assert indices((2, "join"), actions) == (2, 0)
    assert indices(("ally", np.int64(1)), actions) == (0, 1)
    for profile, labels in (
        (("join", "join"), actions[0]),
        (("ally", "wait"), actions[1]),
        ((0, 2), actions[1]),
        ((3, 0), actions[0]),
    ):
        sentence = f"prove(): the model must have the actions of the profile {profile}; it has {labels}"
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            indices(profile, actions)


# -- the least discount factor -----------------------------------------------------------------------------------------


def by_definition(temptation, reward, tolerance):
    """The least δ with (1 − δ)·temptation ≤ δ·reward, where differences up to the tolerance are none."""
    if temptation <= tolerance:
        return np.inf if reward < -tolerance else 0
    return F(temptation) / (F(temptation) + F(reward)) if reward > tolerance else np.inf


@pytest.mark.parametrize("tolerance", [F(0), F(1, 4)])
def test_the_least_discount_factor_is_its_definition(tolerance):
    numbers = sorted({x * sign for x in (F(0), F(1, 8), F(1, 4), F(3, 8), F(1), F(5, 2)) for sign in (1, -1)})
    pairs = list(itertools.product(numbers, numbers))
    expected = [by_definition(t, r, tolerance) for t, r in pairs]
    for (t, r), wanted in zip(pairs, expected, strict=True):
        found = least_discount(t, r, tolerance)
        assert found == wanted
        assert isinstance(found, F) or wanted == np.inf
        rough = least_discount(float(t), float(r), float(tolerance))
        assert isinstance(rough, float)
        assert rough == pytest.approx(float(wanted), rel=1e-15)
    temptation, reward = (np.array(x, dtype=float) for x in zip(*pairs, strict=True))
    batch = least_discount(temptation, reward, np.full(len(pairs), float(tolerance)))
    assert batch == pytest.approx(np.array(expected, dtype=float), rel=1e-15)
    assert {0, np.inf, F(1, 2)} <= set(expected)


def test_each_game_has_its_own_tolerance():
    found = least_discount(np.array([0.5, 0.5, 0.0, 0.0]), np.array([1.0, 1.0, -0.5, -0.5]), np.array([0.6, 0.4, 0.6, 0.4]))
    assert found.tolist() == [0.0, 0.5 / 1.5, 0.0, np.inf]


# -- brackets in floats ------------------------------------------------------------------------------------------------


def asked_for(needs, most=float(MOST_PATIENT), width=1e-13):
    """What ``searched`` finds where the need is given, with c = 0 and d = 1, and the discount factors it asks about."""
    asked = []

    def worst(delta):
        asked.append(delta)
        return 1 - 1 / needs(delta)

    return searched(0.0, 1.0, worst, most, width, 1e-3), asked


def test_a_constant_need_takes_two_questions():
    found, asked = asked_for(lambda delta: 0.3)
    assert found == pytest.approx(0.3, abs=1e-14)
    assert asked == [float(MOST_PATIENT), found]


def test_brackets_use_what_each_answer_says():
    # needs 4/5, from 2/7 on 1/2, from 1/3 on 2/5, from 5/9 on 1/10: [1/10, 4/5], [2/5, 9/20], and 2/5 is enough
    steps = [(2 / 7, 0.8), (1 / 3, 0.5), (5 / 9, 0.4), (2, 0.1)]
    found, asked = asked_for(lambda delta: next(need for end, need in steps if delta < end))
    assert found == pytest.approx(0.4, abs=1e-14)
    assert asked == pytest.approx([0.999999, 0.1, 0.45, 0.4], abs=1e-14)
    # needs 4/5, from 2/5 on 1/2, from 7/10 on 1/5: the middle of [1/5, 4/5] needs itself, which is enough
    steps = [(0.4, 0.8), (0.7, 0.5), (2, 0.2)]
    found, asked = asked_for(lambda delta: next(need for end, need in steps if delta < end))
    assert found == pytest.approx(0.5, abs=1e-14)


def test_a_bracket_that_is_narrow_enough_gives_its_upper_end():
    # a jump at 1/3 within [1/4, 3/4]; the width is the caller's
    for width in (1e-2, 1e-4, 1e-13):
        found, asked = asked_for(lambda delta: 0.25 if delta >= 1 / 3 else 0.75, width=width)
        assert 1 / 3 <= found <= 1 / 3 + width
    # nothing to search: the least need is already as large as the most patient players
    found, asked = asked_for(lambda delta: 0.5, most=0.5)
    assert (found, asked) == (0.5, [0.5])
    found, asked = asked_for(lambda delta: 0.5, most=0.499)
    assert (found, asked) == (np.inf, [0.499])


# -- membership --------------------------------------------------------------------------------------------------------


class Known(PayoffSet):
    """A payoff set of which only some facts are known."""

    def __init__(self, **facts):
        self.__dict__.update(facts)

    def contains(self, point):
        assert tuple(point) == (9, 9)
        return self.__dict__["inside"]


PD = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])


def member_from(monkeypatch, least, off=F(0)):
    """The point is a member from ``least`` on; for floats from ``least + off`` on. What is asked of exact games is listed."""
    asked = []

    def payoff_set(game, delta):
        if game.exact:
            assert isinstance(delta, F)
            asked.append(delta)
        return Known(inside=F(delta) >= least + (0 if game.exact else off))

    monkeypatch.setattr(optimal_penal_code, "payoff_set", payoff_set)
    return asked


NOT_SIMPLE = F(2**30 * 3 // 4 + 12_345, 2**30) + F(1, 3**40)


@pytest.mark.parametrize("off", [F(0), F(1, 1 << 20), -F(1, 1 << 20), F(1, 1 << 40), F(1, 1 << 10)])
@pytest.mark.parametrize("least", [F(0), F(1, 7), F(3, 5), F(24_999, 50_000), NOT_SIMPLE, F(99, 10**4), MOST_PATIENT])
def test_the_least_patience_for_a_point(least, off, monkeypatch):
    asked = member_from(monkeypatch, least, off if 0 < least < MOST_PATIENT else F(0))
    found = critical_discount_of_payoffs(PD, (9, 9))
    assert isinstance(found, F)
    if least == NOT_SIMPLE:
        assert least <= found <= least + WIDTH
    else:
        assert found == least
    assert all(0 <= delta <= MOST_PATIENT for delta in asked)
    if off in (0, F(1, 1 << 40)):
        assert len(asked) <= 9  # floats have told where to look
    else:
        assert len(asked) <= 45
    rough = critical_discount_of_payoffs(PD.to_float(), (9, 9))
    assert isinstance(rough, float)
    if least == MOST_PATIENT:
        assert rough == np.inf  # the float 1 − 10⁻⁶ is a little smaller
    else:
        assert 0 <= F(rough) - (least + off if least else 0) <= F(1, 10**12)


def test_a_point_that_takes_more_than_the_most_patience(monkeypatch):
    member_from(monkeypatch, MOST_PATIENT + F(1, 10**9))
    assert critical_discount_of_payoffs(PD, (9, 9)) == np.inf
    assert critical_discount_of_payoffs(PD.to_float(), (9, 9)) == np.inf
    # floats that see no member at all, where the exact set has it: the exact answer counts
    member_from(monkeypatch, MOST_PATIENT - F(1, 10**9), F(1, 10**3))
    found = critical_discount_of_payoffs(PD, (9, 9))
    assert 0 <= found - (MOST_PATIENT - F(1, 10**9)) <= WIDTH


def test_membership_names_itself_in_errors():
    batch = StageGame(np.zeros((3, 2, 2)), np.zeros((3, 2, 2)))
    for stage, point, error, sentence in (
        ("pd", (9, 9), TypeError, "stage must be a StageGame; got 'pd'"),
        (batch, (9, 9), ValueError, "takes one game, not a batch"),
        (PD, ("a", 9), TypeError, "point must be numeric"),
        (PD, (1, 2, 3), ValueError, "point must be a pair (sponsor's payoff, proxy's payoff); got (1, 2, 3)"),
    ):
        with pytest.raises(error, match=f"^{re.escape(f'critical_discount_of_payoffs(): {sentence}')}"):
            critical_discount_of_payoffs(stage, point)


# -- what is proved ----------------------------------------------------------------------------------------------------


def with_sets(monkeypatch, worst, status=lambda delta: "proved"):
    """Payoff sets with worst payoffs (worst(δ), worst(δ)), or empty where that is None."""

    def payoff_set(game, delta):
        v = worst(delta)
        pair = None if v is None else (v, v) if game.exact else (float(v), float(v))
        return Known(punishments=pair, status=status(delta))

    monkeypatch.setattr(optimal_penal_code, "payoff_set", payoff_set)


def test_both_players_must_be_proved(monkeypatch):
    # payoffs of the Prisoners' Dilemma: c = 9, d = 10; the punishment 3 gives 1/7, the punishment 6 gives 1/4
    with_sets(monkeypatch, lambda delta: F(3))
    both = (9, 9), (10, 10)
    assert _critical(WorstEquilibria(PD), *both) == ((F(1, 7), F(1, 7)), True)
    # nobody tempted, one tempted
    assert _critical(WorstEquilibria(PD), (9, 9), (9, 9)) == ((0, 0), True)
    assert _critical(WorstEquilibria(PD), (9, 9), (10, 9)) == ((F(1, 7), 0), True)
    assert _critical(WorstEquilibria(PD), (9, 9), (9, 10)) == ((0, F(1, 7)), True)
    # a profile at the minmax payoff 3 or below it is never kept, which is proved without any set
    assert _critical(WorstEquilibria(PD), (3, 9), (4, 10)) == ((np.inf, F(1, 7)), True)
    assert _critical(WorstEquilibria(PD), (9, 2), (10, 4)) == ((F(1, 7), np.inf), True)
    # sets that are not proved: the answer is the same
    with_sets(monkeypatch, lambda delta: F(3), lambda delta: "bounds")
    assert _critical(WorstEquilibria(PD), *both) == ((F(1, 7), F(1, 7)), False)
    # one set of an exact game among several
    with_sets(monkeypatch, lambda delta: F(3), lambda delta: "bounds" if delta == F(1, 7) else "proved")
    assert _critical(WorstEquilibria(PD), *both) == ((F(1, 7), F(1, 7)), False)


def test_where_nothing_punishes(monkeypatch):
    with_sets(monkeypatch, lambda delta: None)
    for game in (PD, PD.to_float()):
        found, proved = _critical(WorstEquilibria(game), (9, 9), (10, 10))
        assert found == (np.inf, np.inf)
        assert proved is False  # players more patient than those searched might have an equilibrium


def test_floats_at_the_minmax_payoff(monkeypatch):
    # in floats, no set is asked about payoffs below the minmax 3 by more than 10⁻¹² of the range, 9
    with_sets(monkeypatch, lambda delta: F(1))
    game = StageGame(PD.A.astype(float), PD.B.astype(float))
    for below, kept in ((5e-12, True), (20e-12, False)):
        for i in (0, 1):
            c, d = [9.0, 9.0], [9.0, 9.0]
            c[i], d[i] = 3 - below, 4.0
            found, proved = _critical(WorstEquilibria(game), tuple(c), tuple(d))
            assert proved is False
            assert found[1 - i] == 0.0
            assert (found[i] < np.inf) is kept
            # temptation 1 of c = 3 against the punishment 1: a third
            assert not kept or found[i] == pytest.approx(1 / 3, abs=1e-10)
    for i, factor in itertools.product((0, 1), (0.5, 2.0)):
        d = [9.0, 9.0]
        d[i] += factor * float(game.tolerance[i])
        found, _ = _critical(WorstEquilibria(game), (9.0, 9.0), tuple(d))
        assert found[1 - i] == 0.0
        assert (found[i] > 0) is (factor > 1)
