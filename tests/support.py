"""Games and strategies that several tests share."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

import alliances as al

PD_SPONSOR = [[9, 1], [10, 3]]
PD_PROXY = [[9, 10], [1, 3]]

CONCEPTS = (al.NashReversion(), al.FinitePunishment(3), al.Transfers(), al.ImperfectMonitoring(0.05, 0.1))


def benchmark_game(**parameters):
    """The core game of the documentation: two actions, m = 2, complementarity."""
    defaults = {
        "contest": al.Tullock(2),
        "synergy": al.Complementarity(Fraction(3, 5)),
        "sharing": al.Proportional(),
        "exposure": Fraction(4, 5),
        "conflict_cost": Fraction(3, 20),
    }
    return al.AllianceGame(**(defaults | parameters))


def dial(delta):
    """A Prisoners' Dilemma whose critical discount factor at the gap γ is ``delta(γ)``, for both players."""

    def payoffs(power):
        f = np.asarray(delta(power.gap))
        one = np.ones_like(f)
        return [[(one, one), (f - 1, 1 + f)], [(1 + f, f - 1), (f, f)]]

    return al.CustomGame(payoffs)


small_fractions = st.fractions(min_value=0, max_value=4, max_denominator=6)
positive = st.fractions(min_value=Fraction(1, 12), max_value=8, max_denominator=12)
gaps = st.fractions(min_value=Fraction(-11, 12), max_value=Fraction(11, 12), max_denominator=24)
discounts = st.floats(min_value=0.0, max_value=0.999)


@st.composite
def stage_games(draw, most=3, values=small_fractions):
    """Exact stage games from 1×1 to most×most."""
    m, n = draw(st.integers(1, most)), draw(st.integers(1, most))
    table = st.lists(st.lists(values, min_size=n, max_size=n), min_size=m, max_size=m)
    return al.StageGame(draw(table), draw(table))


contests = st.one_of(
    st.builds(al.Tullock, st.sampled_from([1, 2, 3])),
    st.just(al.AllPay()),
)
synergies = st.one_of(
    st.builds(al.Complementarity, small_fractions, st.sampled_from([1, 2])),
    st.builds(al.Aggregation, small_fractions),
    st.builds(al.ConstantSynergy, small_fractions),
    st.builds(al.CommonThreat, small_fractions, positive),
)
sharings = st.one_of(
    st.just(al.Proportional()), st.just(al.Equal()), st.builds(al.Wage, st.fractions(0, Fraction(1, 4), max_denominator=12))
)


@st.composite
def alliance_games(draw):
    """Exact alliance games of two or three actions, over the stated ranges of all parameters."""
    exposure = draw(st.fractions(Fraction(1, 10), 1, max_denominator=10))
    pact = draw(st.booleans())
    extra = {}
    if pact:
        extra = {
            "coexist_exposure": exposure * draw(st.fractions(Fraction(1, 10), 1, max_denominator=10)),
            "support_cost": draw(st.fractions(0, Fraction(1, 2), max_denominator=10)),
        }
    return al.AllianceGame(
        contest=draw(contests),
        synergy=draw(synergies),
        sharing=draw(sharings),
        exposure=exposure,
        conflict_cost=draw(st.one_of(small_fractions, st.tuples(small_fractions, small_fractions))),
        stakes=draw(st.fractions(Fraction(1, 2), 4, max_denominator=6)),
        **extra,
    )


def as_float(game):
    """The float copy of an exact stage game."""
    return al.StageGame(game.A.astype(float), game.B.astype(float), game.actions)


def close(a, b, tolerance=1e-9):
    """Equal numbers, infinities included."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    with np.errstate(invalid="ignore"):
        return bool(np.all((a == b) | (np.abs(a - b) <= tolerance)))
