"""Critical discount factors under optimal penal codes, for batches: both players of all games bracketed at once.

The brackets meet worst equilibria v(δ) that are known step functions here, in place of those of payoff sets: then δ* is
known, and so is what may be asked on the way.
"""

import random
from fractions import Fraction as F
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances import StageGame
from alliances.arithmetic.tolerance import payoff_tolerance
from alliances.repeated.enforcement import optimal_penal_code
from alliances.repeated.enforcement.optimal_penal_code import MOST_PATIENT, _batch, critical_discount_opc
from tests.test_discount_brackets import falling, least, of_steps

NEAR = 5e-12  # of δ*, as c lies one range below d: the slack of 10⁻¹² ranges, the rounding of payoffs, brackets of 10⁻¹³
MOST = float(MOST_PATIENT)


class Steps:
    """Worst equilibria that are given: per game and player a base, a unit, and a function of δ in that unit.

    Games are told apart by their smallest payoff, the number of the game in units of 4.
    """

    def __init__(self, worst, units, bases):
        self.worst, self.units, self.bases, self.asked = worst, units, bases, []
        games = len(worst)
        number = 4.0 * np.arange(games)
        # 1×2 games: ranges of one unit, and of nothing but the level
        self.a = np.stack([number + bases[:, 0], number + bases[:, 0] + units[:, 0]], axis=-1)[:, None, :]
        self.b = np.stack([number + bases[:, 1], number + bases[:, 1] + units[:, 1]], axis=-1)[:, None, :]
        self.base = np.stack([number + bases[:, 0], number + bases[:, 1]], axis=-1)

    def at(self, game, delta):
        return [self.base[game, i] + self.units[game, i] * self.worst[game][i](delta) for i in (0, 1)]

    def solve_batch(self, stage, delta):
        games = [int(np.flatnonzero(self.a[:, 0, 0] == x)[0]) for x in stage.A.min(axis=(1, 2))]
        assert np.array_equal(stage.A, self.a[games])
        assert np.array_equal(stage.B, self.b[games])
        self.asked += [*zip(games, delta.tolist(), strict=True)]
        return SimpleNamespace(punishments=np.array([self.at(g, x) for g, x in zip(games, delta, strict=True)]))

    def critical(self, monkeypatch, on_path, deviation, shape=None):
        """δ* of both players for payoffs in each game's own units."""
        monkeypatch.setattr(optimal_penal_code, "solve_batch", self.solve_batch)
        shape = (len(self.worst),) if shape is None else shape
        stage = StageGame(self.a.reshape(*shape, 1, 2), self.b.reshape(*shape, 1, 2))
        patient = np.array([self.at(g, MOST) for g in range(len(self.worst))])
        worst = SimpleNamespace(stage=stage, patient=tuple(patient[:, i].reshape(shape) for i in (0, 1)))
        c, d = (
            tuple((self.base[:, i] + self.units[:, i] * x[:, i]).reshape(shape) for i in (0, 1)) for x in (on_path, deviation)
        )
        return np.stack(_batch(worst, c, d), axis=-1).reshape(-1, 2)


def plain(worst):
    """The same with all payoffs in [0, 1], up to the level of the game."""
    return Steps(worst, np.ones((len(worst), 2)), np.zeros((len(worst), 2)))


def floats(levels):
    exact = of_steps(*levels)
    return lambda delta: float(exact(F(delta)))


@pytest.mark.parametrize("size", [7, 30])
def test_the_least_patience_of_step_functions(size, monkeypatch):
    draw = random.Random(size)
    levels = [[falling(draw, draw.randint(1, 4), size) for _ in range(2)] for _ in range(30)]
    rng = np.random.default_rng(size)
    steps = Steps(
        [[floats(x) for x in pair] for pair in levels], rng.uniform(0.5, 2.0, (30, 2)), rng.uniform(-1.0, 1.0, (30, 2))
    )
    found = steps.critical(monkeypatch, np.zeros((30, 2)), np.ones((30, 2)), (5, 6))
    expected = np.array([[float(least(x)) for x in pair] for pair in levels])
    assert np.abs(found - expected).max() < NEAR
    assert (found < 1).all()
    assert len({tuple(x) for x in expected}) > 10


def test_a_jump_between_two_halvings_is_found_by_bisection(monkeypatch):
    # v jumps at ends that are no halves: the need is 9/10 before it and 1/10 after it, so δ* is the place of the jump
    ends = [F(1, 3), F(3, 7), F(5, 9), F(2, 11)]
    steps = plain([[floats([(F(9, 10), end), (F(1, 10), None)])] * 2 for end in ends])
    found = steps.critical(monkeypatch, np.zeros((4, 2)), np.ones((4, 2)))
    assert np.abs(found - np.array([[float(x)] * 2 for x in ends])).max() <= 2e-13
    # the upper end of the bracket, at which the profile is kept
    for k, end in enumerate(ends):
        assert (found[k] >= float(end)).all()
    # one set at the least need that is left, then halves: a need that is no answer is not asked for again
    for k in range(4):
        mine = [delta for game, delta in steps.asked if game == k][::2]  # of the first of two equal players
        assert len(mine) == len(set(mine))
        assert len(mine) <= 1 + 43  # a bracket of [1/10, 9/10] is halved 43 times to a width of 10⁻¹³


def test_a_need_above_a_jump_is_the_answer_itself(monkeypatch):
    # first 4/5 is needed, from 2/7 on 1/2, from 1/3 on 2/5, from 5/9 on 1/10: the bracket [1/10, 999999/1000000]
    # becomes [1/10, 4/5], [2/5, 9/20], and 2/5 is enough
    levels = [(F(4, 5), F(2, 7)), (F(1, 2), F(1, 3)), (F(2, 5), F(5, 9)), (F(1, 10), None)]
    assert least(levels) == F(2, 5)
    steps = plain([[floats(levels)] * 2])
    found = steps.critical(monkeypatch, np.zeros((1, 2)), np.ones((1, 2)))
    assert found[0] == pytest.approx([0.4, 0.4], abs=NEAR)
    tenth, middle = 0.1, 0.45
    assert sorted({round(delta, 9) for _, delta in steps.asked}) == [tenth, 0.4, middle]


def test_players_and_games_do_not_wait_for_each_other(monkeypatch):
    # of three games: nobody is tempted; the sponsor alone; the proxy alone, for whom no patience suffices
    never, half = floats([(F(3, 2), None)]), floats([(F(1, 2), None)])
    steps = plain([[half, half], [half, never], [half, never]])
    on_path = np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    found = steps.critical(monkeypatch, on_path, np.ones((3, 2)))
    assert found == pytest.approx(np.array([[0.0, 0.0], [0.5, 0.0], [0.0, np.inf]]), abs=NEAR)
    assert [game for game, _ in steps.asked] == [1]


def test_where_there_is_no_equilibrium(monkeypatch):
    # NaN stands for an empty set: at no δ; below 3/10, where from then on a quarter is needed
    def late(delta):
        return np.nan if delta < 0.3 else -3.0

    steps = plain([[late, late]])
    found = steps.critical(monkeypatch, np.zeros((1, 2)), np.ones((1, 2)))
    assert np.abs(found - 0.3).max() <= 2e-13
    steps = plain([[late, late]])
    steps.at = lambda game, delta: [np.inf, -3.0] if delta == MOST else [np.nan, np.nan]  # as WorstEquilibria gives them
    assert steps.critical(monkeypatch, np.zeros((1, 2)), np.ones((1, 2)))[0, 0] == np.inf


def test_the_last_discount_factor_that_is_searched(monkeypatch):
    # without a payoff range there is no slack: temptation 999,999 and a loss of 1 need 999,999/1,000,000
    # and v = c is no punishment
    for c, d, expected in ((0.0, 999_999.0, MOST), (-1.0, 999_999.0, np.inf), (1.0, 999_999.0, 0.999998), (-1.0, -0.5, np.inf)):
        given = SimpleNamespace(punishments=np.full((2, 2), -1.0))  # for either player of the one game
        monkeypatch.setattr(optimal_penal_code, "solve_batch", lambda stage, delta, given=given: given)
        stage = StageGame(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)))
        worst = SimpleNamespace(stage=stage, patient=(np.array([-1.0]), np.array([-1.0])))
        path, best = (np.array([c]), np.array([c])), (np.array([d]), np.array([d]))
        sponsor, proxy = _batch(worst, path, best)
        assert sponsor.tolist() == proxy.tolist() == [pytest.approx(expected, abs=1e-15)]


def test_temptations_within_the_tolerance_of_each_player_and_game(monkeypatch):
    # (payoff range, level) of the two players in two games; the rule is 10⁻¹² ranges and 8 epsilons of the largest payoff
    units, bases = np.array([[1.0, 50.0], [8.0, 2.0]]), np.array([[0.0, 1000.0], [0.0, -4000.0]])
    half = floats([(F(1, 2), None)])
    steps = Steps([[half, half], [half, half]], units, bases)
    largest = np.maximum(np.abs(steps.base), np.abs(steps.base + units))
    tolerance = payoff_tolerance(units, largest) / units  # in units
    for factor in (0.5, 2.0):
        for i in (0, 1):
            for game in (0, 1):
                deviation = np.zeros((2, 2))
                deviation[game, i] = factor * tolerance[game, i]
                found = steps.critical(monkeypatch, np.zeros((2, 2)), deviation)
                expected = np.zeros((2, 2), bool)
                expected[game, i] = factor > 1
                assert np.array_equal(found > 0, expected)


# -- games -------------------------------------------------------------------------------------------------------------

# a Prisoners' Dilemma, one with a harsh action that nobody takes, Matching Pennies (no pure equilibrium, but for pairs that
# alternate none either), a profile below the minmax, a stage equilibrium, and the Prisoners' Dilemma seen from the other side
GAMES = [
    ([[9, 1], [10, 3]], [[9, 10], [1, 3]]),
    ([[9, 1], [12, 3]], [[9, 10], [1, 3]]),
    ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]),
    ([[2, 0], [6, 3]], [[8, 9], [1, 3]]),
    ([[5, 1], [2, 0]], [[5, 1], [3, 0]]),
    ([[9, 2], [11, 4]], [[7, 9], [0, 1]]),
]


def test_a_batch_is_a_loop_over_exact_games():
    a, b = (np.array([game[i] for game in GAMES], dtype=float) for i in (0, 1))
    batch = critical_discount_opc(StageGame(a.reshape(3, 2, 2, 2), b.reshape(3, 2, 2, 2)))
    assert batch.exact is False
    kinds = set()
    for k, (one, other) in enumerate(GAMES):
        at = divmod(k, 2)
        single = critical_discount_opc(StageGame(one, other))
        rough = critical_discount_opc(StageGame(a[k], b[k]))
        assert rough.exact is False
        for name in ("sponsor", "proxy", "dyad"):
            exact = getattr(single, name)
            assert isinstance(exact, F) or exact == np.inf
            assert isinstance(getattr(rough, name), float)
            assert getattr(batch, name)[at] == pytest.approx(float(exact), abs=1e-11)
            assert getattr(rough, name) == pytest.approx(float(exact), abs=1e-11)
        some = 0 < single.dyad < 1
        kinds.add("some" if some else single.dyad)
        for i in (0, 1):
            assert batch.punishments[i].shape == (3, 2)
            for found in (batch.punishments[i][at], rough.punishments[i], single.punishments[i]):
                if some:
                    assert float(found) == pytest.approx(
                        float(al.payoff_set(StageGame(one, other), single.dyad).punishments[i])
                    )
                else:
                    assert np.isnan(found)
    assert kinds == {"some", 0, np.inf}


def test_the_punishments_of_a_batch_without_any_critical_discount_factor():
    stage = StageGame(np.zeros((3, 2, 2)), np.ones((3, 2, 2)))
    code = critical_discount_opc(stage)
    assert code.dyad.tolist() == [0, 0, 0]
    assert np.isnan(code.punishments).all()


def test_the_concepts_punishment_and_gain():
    concept = al.OptimalPenalCode()
    a, b = (np.array([game[i] for game in (GAMES[0], GAMES[2], GAMES[4])], dtype=float) for i in (0, 1))
    punishment = concept.punish(StageGame(a, b))
    assert punishment.exists.tolist() == [True, False, True]  # Matching Pennies have no equilibrium in pure actions
    assert [x.tolist() for x in punishment.profiles] == [[[-1, -1]] * 3] * 2
    exact = StageGame(*GAMES[0])
    worst = concept.punish(exact)
    assert bool(worst.exists) is True
    assert worst.payoffs == (3, 3)
    # gain of the Prisoners' Dilemma: (1 − δ)·10 + δ·3 − 9, and where v = c or no equilibrium counts as losing nothing
    r = al.critical_discount(exact, enforcement=concept)
    for delta in (F(1, 10), F(1, 7), F(1, 2)):
        assert concept.gain(r.terms, (delta, delta)) == (1 - 7 * delta, 1 - 7 * delta)
    pennies = al.critical_discount(StageGame(*GAMES[2]), enforcement=concept)
    # (1, −1): the sponsor gains nothing, the proxy (1 − δ)·2 with nothing to fear
    assert concept.gain(pennies.terms, (F(1, 4), F(1, 4))) == (0, F(3, 2))
