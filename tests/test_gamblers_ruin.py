"""The gambler's ruin: published numbers, elimination against sums against linear equations, wars that are longest at parity."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.testing.strategies import rationals
from tests.support import comeback

inner = rationals(F(1, 20), F(19, 20), 20)
chances = rationals(0, 1, 6)


def first_steps(win):
    """Duration and ruin probabilities from Gaussian elimination of the first-step equations, in Fractions."""
    n = len(win)
    rows = [[F(int(i == j)) for j in range(n)] + [F(1), F(0)] for i in range(n)]
    for i, p in enumerate(win):
        if i + 1 < n:
            rows[i][i + 1] -= p
        else:
            rows[i][n + 1] += p
        if i:
            rows[i][i - 1] -= 1 - p
    for i in range(n):
        pivot = next(k for k in range(i, n) if rows[k][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i:
                rows[k] = [x - rows[k][i] * y for x, y in zip(rows[k], rows[i], strict=True)]
    return [0, *(r[n] for r in rows), 0], [0, *(r[n + 1] for r in rows), 1]


# -- The chain --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "capital", "goal", "ruin", "gain", "duration"),
    [  # Feller (1968), ch. XIV.3, table 1: probability of ruin, expected gain, expected duration
        (0.5, 9, 10, 0.1, 0, 9),
        (0.5, 90, 100, 0.1, 0, 900),
        (0.5, 900, 1000, 0.1, 0, 90_000),
        (0.5, 950, 1000, 0.05, 0, 47_500),
        (0.5, 8000, 10_000, 0.2, 0, 16_000_000),
        (0.45, 9, 10, 0.210, -1.1, 11),
        (0.45, 90, 100, 0.866, -76.6, 765.6),
        (0.45, 99, 100, 0.182, -17.2, 171.8),
        (0.4, 90, 100, 0.983, -88.3, 441.3),
        (0.4, 99, 100, 0.333, -32.3, 161.7),
    ],
)
def test_fellers_table(p, capital, goal, ruin, gain, duration):
    chain = al.GamblersRuin(np.full(goal - 1, p))
    assert chain.ruined[capital] == pytest.approx(ruin, abs=6e-4)
    assert goal * chain.prevails[capital] - capital == pytest.approx(gain, abs=0.06)
    assert chain.duration[capital] == pytest.approx(duration, rel=2e-4, abs=0.06)


@given(st.integers(2, 40), inner)
def test_constant_chances_have_fellers_closed_form(n, p):
    chain = al.GamblersRuin([p] * (n - 1))
    i, r = np.arange(n + 1), (1 - p) / p
    if p == F(1, 2):
        assert chain.duration.tolist() == [int(k) * (n - int(k)) for k in i]
        assert chain.prevails.tolist() == [F(int(k), n) for k in i]
    else:
        prevails = [(1 - r ** int(k)) / (1 - r**n) for k in i]
        assert chain.prevails.tolist() == prevails
        assert chain.duration.tolist() == [(n * u - int(k)) / (2 * p - 1) for k, u in zip(i, prevails, strict=True)]


@given(st.lists(inner, min_size=1, max_size=9))
def test_elimination_sums_and_linear_equations_agree(win):
    chain = al.GamblersRuin(win)
    duration, prevails = first_steps(win)
    assert chain.duration.tolist() == chain.duration_by("sums").tolist() == duration
    assert chain.prevails.tolist() == prevails
    assert (chain.prevails + chain.ruined == 1).all()
    floats = al.GamblersRuin([float(p) for p in win])
    expected = np.array(duration, dtype=float)
    for answer in (floats.duration, floats.duration_by("sums")):
        assert answer == pytest.approx(expected, rel=1e-12)
    assert floats.duration_by("linear system") == pytest.approx(expected, rel=1e-9)


@given(st.lists(chances, min_size=1, max_size=7))
def test_chances_of_zero_and_one(win):
    """The equations hold where durations are finite; a war that may never end is trapped between p = 1 and p = 0 above it."""
    chain = al.GamblersRuin(win)
    D, u, d = chain.duration, chain.prevails, chain.ruined
    trap = any(p == 1 and 0 in win[i + 1 :] for i, p in enumerate(win))
    for i, p in enumerate(win, start=1):
        if np.isfinite(float(D[i])):
            up, down = (p * D[i + 1] if p else 0), ((1 - p) * D[i - 1] if p != 1 else 0)
            assert D[i] == 1 + up + down
            assert u[i] + d[i] == 1
        else:
            assert trap
            assert u[i] + d[i] < 1
        assert u[i] == p * u[i + 1] + (1 - p) * u[i - 1]


def test_a_trap():
    chain = al.GamblersRuin([F(1, 2), 1, 0, F(1, 2)])
    assert chain.duration.tolist() == [0, np.inf, np.inf, np.inf, np.inf, 0]
    assert chain.prevails.tolist() == [0, 0, 0, 0, F(1, 2), 1]
    assert chain.ruined.tolist() == [1, F(1, 2), 0, 0, 0, 0]
    assert chain.quantile(0.5).tolist() == [0, 1, np.inf, np.inf, 1, 0]
    assert chain.quantile(0.51).tolist() == [0, np.inf, np.inf, np.inf, np.inf, 0]
    late = al.GamblersRuin([0, F(1, 2), 1, 0])  # from state 2, ruin in two rounds or never
    assert late.quantile(0.5).tolist()[:3] == [0, 1, 2]
    assert late.quantile(0.51)[2] == np.inf
    never = al.conflict_duration(al.Power(1, 1), al.ConflictWalk(2, 8, comeback))
    assert (never.rounds, never.sponsor, never.proxy) == (np.inf, 0, 0)
    assert never.message == "The war may never end: the rounds undo each other for sure."


def test_long_odds_do_not_cancel():
    """Where the weaker side wins the rounds, wars are long beyond the reach of the linear system in floats."""
    win = [F(9, 10) - F(4 * k, 995) for k in range(200)]
    exact = al.GamblersRuin(win).duration
    assert exact[100] > 10**40
    assert al.GamblersRuin([float(p) for p in win]).duration == pytest.approx(exact.astype(float), rel=1e-11)


def test_the_distribution():
    win = [F(1, 5), F(1, 2), F(2, 3), F(3, 4)]
    chain = al.GamblersRuin(win)
    over = chain.over_by(300)
    # a second way: powers of the transition matrix
    matrix = np.eye(6)
    for i, p in enumerate(win, start=1):
        matrix[i, [i - 1, i, i + 1]] = float(1 - p), 0, float(p)
    ended = [np.linalg.matrix_power(matrix, n)[:, [0, 5]].sum(axis=1) for n in range(301)]
    assert over.astype(float) == pytest.approx(np.stack(ended, axis=-1))
    # the mean is the sum of the tail
    assert (1 - over[:, :-1].astype(float)).sum(axis=-1) == pytest.approx(chain.duration.astype(float))
    for level in (0.1, 0.5, F(9, 10)):
        n = chain.quantile(level)
        for i in range(6):
            assert over[i, int(n[i])] >= level
            assert n[i] == 0 or over[i, int(n[i]) - 1] < level


def test_batches_of_chains_are_loops():
    win = np.random.default_rng(0).uniform(0, 1, (3, 2, 6))
    batch = al.GamblersRuin(win)
    for k in np.ndindex(3, 2):
        one = al.GamblersRuin(win[k])
        assert (batch.duration[k] == one.duration).all()
        assert (batch.over_by(9)[k] == one.over_by(9)).all()
        assert (batch.quantile(0.7)[k] == one.quantile(0.7)).all()


# -- Narrow gaps protract ---------------------------------------------------------------------------------------------------


@given(st.lists(chances, min_size=1, max_size=8), st.booleans())
def test_symmetric_wars_are_longest_at_parity(upper, even):
    """The theorem: equal barriers and Q(λ) + Q(−λ) = 1; Q ≥ ½ is not needed. ``even``: no state at parity itself."""
    middle = [] if even else [F(1, 2)]
    D = al.GamblersRuin([1 - p for p in reversed(upper)] + middle + upper).duration
    assert D.tolist() == D[::-1].tolist()
    right = D[len(D) // 2 :]
    assert all(b < a or a == np.inf for a, b in zip(right, right[1:], strict=False))


@given(st.lists(inner, min_size=2, max_size=9))
def test_every_war_has_one_peak(win):
    rises = np.diff(al.GamblersRuin(win).duration) > 0
    assert rises[0]
    assert not rises[-1]
    assert (np.diff(rises.astype(int)) <= 0).all()


@given(st.lists(inner, min_size=1, max_size=7), st.data())
def test_more_decisive_rounds_shorten_symmetric_wars(upper, data):
    harder = [p + (1 - p) * data.draw(rationals(0, 1, 5)) for p in upper]
    slow, fast = (al.GamblersRuin([1 - p for p in reversed(up)] + [F(1, 2)] + up).duration for up in (upper, harder))
    assert all(f <= s for f, s in zip(fast, slow, strict=True))


@given(st.integers(2, 8), rationals(F(1, 2), F(99, 100), 100))
def test_a_favourites_lead_shortens_wars(n, p):
    """With p ≥ ½ in every round, duration falls in the gap from parity upwards: 2n(1 − r) ≤ r⁻ⁿ − rⁿ."""
    D = al.GamblersRuin([p] * (2 * n - 1)).duration
    assert all(b < a for a, b in zip(D[n:], D[n + 1 :], strict=False))


@pytest.mark.parametrize("n", [4, 10, 30])
def test_how_much_bias_refutes(n):
    """About 3/(4n²) with n steps on either side of parity: less bias leaves the peak at parity, more moves it."""
    for times, moved in ((0.7, False), (1.4, True)):
        D = al.GamblersRuin(np.full(2 * n - 1, 0.5 - times * 3 / (4 * n**2))).duration
        assert bool(D.argmax() > n) == moved
