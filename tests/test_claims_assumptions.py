"""Assumptions on stage games, in numbers and cell by cell, against their definitions; and the curves on which they are made."""

from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.claims import ASYMMETRY, Family, Interval
from alliances.claims.lines import _assumed, _holds, _one_by_one, _spread, _stage, curves
from alliances.claims.odds import odds_of, satisfies
from alliances.games.stage_game import StageGame
from tests.test_claims_answers import GIVEN, HALF

ACTIONS = ("ally", "fight")
CONCEPTS = {
    "conflict for ever": (al.NashReversion(), (1, 1)),
    "given": (GIVEN, (1, 1)),
    "given, ally and fight": (al.GivenPunishment(profile=("ally", "fight")), (0, 1)),
    "for two periods": (al.FinitePunishment(2), (1, 1)),
}


def tables(seed, exact, count=200):
    """Payoffs of many games, of few values, so that many are equal."""
    payoffs = np.random.default_rng(seed).integers(-1, 2, (2, count, 2, 2))
    return payoffs.astype(object) * F(1, 3) if exact else payoffs / 3


def preferred(A, B, profile, given):
    """Both strictly prefer the profile."""
    return A[profile] > A[given] and B[profile] > B[given]


def equilibrium(A, B, given):
    """No unilateral deviation from it gains."""
    i, j = given
    return A[1 - i, j] <= A[i, j] and B[i, 1 - j] <= B[i, j]


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("name", list(CONCEPTS))
@pytest.mark.parametrize("profile", [(0, 0), (1, 0), (0, 1)])
def test_assumptions_are_what_they_say(name, profile, exact):
    """Of a batch at once, and of each game from its cells: both players must prefer the profile, and neither deviate."""
    concept, given = CONCEPTS[name]
    A, B = tables(len(name), exact)
    stage = StageGame(A, B, ACTIONS)
    deterrent = [bool(preferred(a, b, profile, given)) for a, b in zip(A, B, strict=True)]
    credible = [bool(equilibrium(a, b, given)) for a, b in zip(A, B, strict=True)]
    assert 10 < sum(credible) < len(A) - 10
    assert profile == given or 10 < sum(deterrent) < len(A) - 10
    assert _holds("deterrent", stage, profile, concept).tolist() == deterrent
    assert _holds("credible", stage, profile, concept).tolist() == credible
    both = [a and b for a, b in zip(deterrent, credible, strict=True)]
    assert _assumed(("deterrent", "credible"), stage, profile, concept).tolist() == both
    assert _assumed(("credible", "deterrent"), stage, profile, concept).tolist() == both
    assert _assumed((), stage, profile, concept).tolist() == [True] * len(A)
    for a, b, d, c in zip(A[:60], B[:60], deterrent, credible, strict=False):
        cells = tuple(tuple((a[i, j], b[i, j]) for j in (0, 1)) for i in (0, 1))
        assert satisfies("deterrent", cells, ACTIONS, profile, concept) is d
        assert satisfies("credible", cells, ACTIONS, profile, concept) is c


# -- along a line ------------------------------------------------------------------------------------------------------


def one_sided(sponsor, proxy):
    """On path both get 1; conflict gives the sponsor and the proxy these, as functions of the gap."""

    def cells(power):
        g = power.gap
        nought = 0 * g
        one = 1 + nought
        return [[(one, one), (nought - 3, one + 1)], [(one + 1, nought - 3), (sponsor(g) + nought, proxy(g) + nought)]]

    return al.CustomGame(cells)


def low(g):
    return choose(g < HALF, -1, 2)  # conflict is worse than 1 below a gap of 1/2, and better from there on


def high(g):
    return choose(g < HALF, 2, -1)


def nowhere(g):
    return 0 * g + 2


def always(g):
    return 0 * g - 1


@pytest.mark.parametrize(
    ("sponsor", "proxy", "valid"),
    [
        (low, always, [1, 1, 0, 0]),
        (always, low, [1, 1, 0, 0]),
        (low, high, [0, 0, 0, 0]),
        (high, high, [0, 0, 1, 1]),
        (nowhere, always, [0, 0, 0, 0]),
        (always, nowhere, [0, 0, 0, 0]),
        (always, always, [1, 1, 1, 1]),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_both_players_must_prefer_the_alliance(sponsor, proxy, valid, exact):
    """Points are valid where both do; neighbours are comparable where both points are, and those between."""
    points = np.array([F(0), F(1, 4), HALF, F(3, 4)], dtype=object)
    points = points if exact else points.astype(float)
    lines = curves(lambda _: one_sided(sponsor, proxy), "gap", points, GIVEN, (0, 0), ("deterrent",), 1, pact=False)
    assert lines.valid.tolist() == [bool(x) for x in valid]
    assert lines.comparable.tolist() == [bool(a and b) for a, b in zip(valid, valid[1:], strict=False)]


def tempted(slope):
    """The proxy's temptation is 1 + slope · gap, its loss 2, on a dyad whose sponsor likes conflict better or less."""

    def of(likes):
        def cells(power):
            g = power.gap
            one = 1 + 0 * g
            return [[(one, one), (one - 4, 2 + slope * g)], [(one, one - 4), (one * likes, one - 2)]]

        return al.CustomGame(cells)

    return of


@pytest.mark.parametrize(("likes", "status"), [(0, "refuted"), (2, "proved")])
def test_nothing_is_claimed_where_one_player_prefers_conflict(likes, status):
    """The proxy's odds rise, which contradicts asymmetry; where the sponsor prefers conflict, nothing was assumed of that."""
    of = Family(lambda v: tempted(v)(likes), {"v": Interval(1, 2)}, enforcement=GIVEN, assume=("deterrent",))
    assert ASYMMETRY.prove(of).status == status
    model = tempted(1)(likes)
    assert ASYMMETRY.check(model, enforcement=GIVEN, assume=("deterrent",)).holds is (status == "proved")
    assert not ASYMMETRY.check(model, enforcement=GIVEN).holds


def test_models_for_numbers_are_run_one_by_one():
    """The same stage games, exact where all points are; games of many models cannot be."""

    def cells(power):
        best = 3 if power.gap > HALF else 2  # an error for arrays
        return [[(1, 1), (0, best)], [(best, 0), (power.gap, power.gap)]]

    model = al.CustomGame(cells)
    for points, exact in (([F(0), HALF, F(3, 4)], True), ([0.0, 0.5, 0.75], False)):
        at = np.array(points, dtype=object if exact else float)
        stage = _stage(lambda _: model, "gap", at, 1)
        assert stage.exact is exact
        assert (stage.batch_shape, stage.actions) == ((3,), (ACTIONS, ACTIONS))
        assert stage.A[:, 1, 0].tolist() == [2, 2, 3]
        assert stage.B[:, 0, 1].tolist() == [2, 2, 3]
        assert stage.A[:, 1, 1].tolist() == stage.B[:, 1, 1].tolist() == points
    assert _one_by_one(lambda _: one_sided(low, np.array([1, 2]).__add__), "gap", at, 1) is None


def test_payoffs_that_do_not_move_are_spread():
    A, B = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    wide = _spread(StageGame(A, B, ACTIONS), (2, 3))
    assert (wide.batch_shape, wide.actions) == ((2, 3), (ACTIONS, ACTIONS))
    for i in range(2):
        for j in range(3):
            assert (wide.A[i, j].tolist(), wide.B[i, j].tolist()) == (A.tolist(), B.tolist())
    stage = StageGame(np.stack([A] * 3), np.stack([B] * 3), ACTIONS)
    assert _spread(stage, (3,)) is stage
    assert _spread(stage, ()) is stage
    assert _spread(stage, (4, 3)).batch_shape == (4, 3)


# -- odds --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["given", "given, ally and fight"])
@pytest.mark.parametrize("profile", [(0, 0), (1, 0)])
def test_odds_from_cells(name, profile):
    """Temptation over loss: nothing where no deviation gains, infinite where conflict is no loss; and their terms."""
    concept, (k, m) = CONCEPTS[name]
    i, j = profile
    kinds = set()
    for a, b in zip(*tables(3, True, 150), strict=True):
        cells = tuple(tuple((a[r, c], b[r, c]) for c in (0, 1)) for r in (0, 1))
        best = max(a[0, j], a[1, j]), max(b[i, 0], b[i, 1])
        for who, odds in enumerate(odds_of(cells, ACTIONS, profile, concept)):
            on_path, punished = (a, b)[who][i, j], (a, b)[who][k, m]
            tempts, loss = best[who] - on_path, on_path - punished
            kind = "zero" if tempts <= 0 else "infinite" if loss <= 0 else "finite"
            assert (odds.kind, odds.loss, odds.temptation) == (kind, loss, tempts)
            assert odds.terms == ((on_path, best[who], punished),)
            assert odds.value == (tempts / loss if kind == "finite" else None)
            assert odds.punishment == ((k, m), (k, m))
            kinds.add(kind)
    assert kinds == {"zero", "finite", "infinite"}


def test_pooled_odds_from_cells():
    """Under transfers the sums count; without temptation, but with less on path than in conflict, nothing keeps the dyad."""
    kinds = set()
    for a, b in zip(*tables(4, True, 150), strict=True):
        cells = tuple(tuple((a[r, c], b[r, c]) for c in (0, 1)) for r in (0, 1))
        first, second = odds_of(cells, ACTIONS, (0, 0), al.GivenPunishment(al.Transfers()))
        best = max(a[0, 0], a[1, 0]), max(b[0, 0], b[0, 1])
        tempts, loss = sum(best) - a[0, 0] - b[0, 0], a[0, 0] + b[0, 0] - a[1, 1] - b[1, 1]
        kind = ("infinite" if loss < 0 else "zero") if tempts <= 0 else "infinite" if loss <= 0 else "finite"
        assert first is second
        assert (first.kind, first.loss, first.temptation) == (kind, loss, tempts)
        assert first.value == (tempts / loss if kind == "finite" else None)
        assert first.terms == ((a[0, 0], best[0], a[1, 1]), (b[0, 0], best[1], b[1, 1]))
        kinds.add((kind, bool(tempts)))
    assert {("infinite", True), ("infinite", False), ("finite", True), ("zero", False)} == kinds


@pytest.mark.parametrize("periods", [1, 2, 3])
def test_odds_that_a_short_punishment_does_not_deter(periods):
    """δ + … + δᵀ = ω has no solution below 1 if ω is T or more."""
    concept = al.GivenPunishment(al.FinitePunishment(periods))
    for odds in (F(1, 2), F(1), F(3, 2), F(2), F(5, 2), F(3), F(7, 2)):
        cells = (((F(2), F(2)), (F(0), 2 + odds)), ((F(2), F(0)), (F(1), F(1))))
        sponsor, proxy = odds_of(cells, ACTIONS, (0, 0), concept)
        assert sponsor.kind == "zero"
        assert (proxy.kind, proxy.value) == (("finite", odds) if odds < periods else ("infinite", None))
