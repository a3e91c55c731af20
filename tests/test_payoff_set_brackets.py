"""Floats leave out profiles in the re-check of exact payoff sets: the same verdicts as without them, for less exact work."""

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.verification import payoff_sets
from alliances.verification.brackets import shell
from alliances.verification.payoff_sets import _Game
from alliances.verification.polygons import extreme, outside
from tests.test_payoff_set_screening import random_stage

DISCOUNTS = [Fraction(1, 1000), Fraction(3, 10), Fraction(1, 2), Fraction(4, 5), Fraction(99, 100), 1 - Fraction(1, 10**7)]
DIRECTIONS = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-2, 3), (Fraction(1, 10**13), 1), (5, Fraction(-1, 3))]


def both(monkeypatch, ask):
    """An answer with the floats' help, and without it."""
    answers = []
    for many in (0, 10**9):
        monkeypatch.setattr(payoff_sets, "_MANY", many)
        answers.append(ask())
    return answers


def polygons(game, draw):
    """Sets to ask about: all payoffs, triangles, needles, a segment, a point; and threats."""
    hull = extreme(game.g)
    needle = [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(1, 10**12)), (Fraction(1), Fraction(1))]
    sets = [
        hull,
        extreme(draw.choices(game.g, k=3)),
        extreme(draw.choices(game.g, k=2)),
        [draw.choice(game.g)],
        extreme(needle),
    ]
    for w in sets:
        yield w, tuple(min(p[i] for p in w) for i in (0, 1))
        yield w, tuple(min(p[i] for p in w) + Fraction(1, draw.choice((7, 10**11))) for i in (0, 1))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", [7, 21, *range(0, 30, 2)])
def test_profiles_bounds_and_images_are_those_of_fractions(seed, monkeypatch):
    stage, draw = random_stage(seed), random.Random(seed)
    delta = DISCOUNTS[seed // 6 % len(DISCOUNTS)]
    for w, u in polygons(_Game.of(stage, delta, True), draw):

        def ask(w=w, u=u):
            game = _Game.of(stage, delta, True)
            parts = game.parts(w, u, 0)
            leaving = {
                k
                for k in parts.leaving()
                for p in parts.part(k)
                if outside(w, tuple((1 - delta) * x + delta * y for x, y in zip(game.g[k], p, strict=True))) > 0
            }
            bounds = [parts.bound(n) for n in DIRECTIONS]
            generated = [game.generates(v, w, u, 0) for v in (*w, *game.g)]
            return parts.playable, leaving, bounds, parts.image(), generated, game.hull()

        screened, plain = both(monkeypatch, ask)
        assert screened == plain


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", [0, 1, 5, *range(2, 5), *range(6, 18)])
def test_right_sets_pass_and_wrong_ones_fail_for_the_same_reason(seed, monkeypatch):
    stage = random_stage(seed)
    found = al.payoff_set(stage, DISCOUNTS[1 + seed % 4])
    results = [found]
    for k in range(len(found.vertices)):
        for step in (Fraction(1, 10**12), Fraction(1, 10**30), Fraction(40)):
            vertices = found.vertices.copy()
            vertices[k, seed % 2] += step
            low = vertices.min(axis=0)
            results.append(replace(found, vertices=vertices, outer=vertices, punishments=(low[0], low[1])))
    if found.profiles:
        results.append(replace(found, profiles=found.profiles[1:]))
    verdicts = both(monkeypatch, lambda: [al.verify(r) for r in results])
    assert verdicts[0] == verdicts[1]
    assert verdicts[0][0]
    assert not any(verdicts[0][1:])


def test_points_within_the_hull_are_left_out_and_no_extreme_one_is():
    rng = np.random.default_rng(2)
    for points in (rng.normal(size=(500, 2)), rng.integers(0, 4, (200, 2)) / 3, np.linspace(0, 1, 9)[:, None] * [1, 0.5]):
        kept = shell(points)
        assert extreme([tuple(p) for p in points[kept].tolist()]) == extreme([tuple(p) for p in points.tolist()])
    assert len(shell(rng.normal(size=(500, 2)))) < 60


@pytest.mark.slow
@pytest.mark.parametrize("discount", [Fraction(3, 10), pytest.param(Fraction(999, 1000), marks=pytest.mark.slow)], ids=str)
def test_few_profiles_of_a_large_game_are_computed_in_fractions(discount, monkeypatch):
    stage = random_stage(2, 10, 10, "53 bits")
    found = al.payoff_set(stage, discount)
    cuts = []
    plain = payoff_sets.half_plane
    monkeypatch.setattr(payoff_sets, "half_plane", lambda *given: cuts.append(1) or plain(*given))

    def ask():
        cuts.clear()
        assert al.verify(found)
        return len(cuts)

    screened, without = both(monkeypatch, ask)
    assert screened < without / 3
