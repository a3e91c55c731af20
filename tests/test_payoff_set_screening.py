"""Floats decide about profiles of large exact games only what is beyond doubt: the same answers as without them, for less work.

Work is counted: profiles whose continuations are computed in Fractions. Timing never decides a test.
"""

import random
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.repeated.payoff_sets import exact, screening
from alliances.repeated.payoff_sets.operator import Rules, generate
from alliances.repeated.payoff_sets.polygon import hull
from alliances.repeated.payoff_sets.single import Scale

KINDS = ("whole", "fractions", "53 bits", "zero-sum", "common interest", "symmetric")


def random_stage(seed, least=2, most=6, kind=None):
    """Payoffs of several kinds, many of them tied."""
    draw = random.Random(seed)
    kind = kind or KINDS[seed % len(KINDS)]
    m = draw.randint(least, most)
    n = m if kind == "symmetric" else draw.randint(least, most)
    entry = {
        "fractions": lambda: Fraction(draw.randint(-99, 99), draw.randint(1, 99)),
        "53 bits": lambda: Fraction(draw.gauss(0, 1)),
    }.get(kind, lambda: Fraction(draw.randint(-3, 3)))
    a, b = ([[entry() for _ in range(n)] for _ in range(m)] for _ in range(2))
    other = {"zero-sum": [[-x for x in row] for row in a], "common interest": a, "symmetric": list(zip(*a, strict=True))}
    return al.StageGame(a, other.get(kind, b))


def rules_of(stage, discount):
    scale = Scale.of(stage, True)
    return Rules.of(scale.a.tolist(), scale.b.tolist(), discount, scale.tolerance)


DISCOUNTS = [
    Fraction(1, 1000),
    Fraction(1, 7),
    Fraction(3, 10),
    Fraction(1, 2),
    Fraction(4, 5),
    Fraction(99, 100),
    1 - Fraction(1, 10**7),
]


@pytest.fixture
def always(monkeypatch):
    """Small games are screened, too."""
    monkeypatch.setattr(screening, "MANY", 0)


def iterates(rules, rounds=4):
    """Sets that contain V, one within the other, with their punishment payoffs and profiles."""
    for *iterate, _ in steps(rules, rounds):
        yield iterate


def steps(rules, rounds=4):
    """The same, each with what it generates."""
    w, u, active = [rules.g[k] for k in hull(rules.g)], rules.minmax, list(range(len(rules.g)))
    for _ in range(rounds):
        following = generate(rules, w, u, active)
        yield w, u, active, following
        if not following.vertices:
            return
        w, active = following.vertices, following.active
        u = tuple(max(u[i], min(p[i] for p in w)) for i in (0, 1))


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("discount", DISCOUNTS)
def test_the_same_is_generated_to_the_last_bit(discount):
    for seed in range(6):
        rules = rules_of(random_stage(seed, 2, 5), discount)
        screen = screening.Screen(rules)
        assert screen.hull() == [rules.g[k] for k in hull(rules.g)]
        for w, u, active, following in steps(rules):
            assert screen.generate(w, u, active) == following


@pytest.mark.slow
def test_the_same_is_generated_by_large_games():
    for kind in KINDS:
        rules = rules_of(random_stage(3, 12, 14, kind), Fraction(2, 3))
        for w, u, active, following in steps(rules, 2):
            assert screening.Screen(rules).generate(w, u, active) == following


def admissible(w, floor):
    """The corners of {x in a polygon : x >= floor}, by trying all crossings of its edges with the two lines, and the corner."""
    points = [p for p in w if p[0] >= floor[0] and p[1] >= floor[1]]
    for p, q in zip(w, [*w[1:], w[0]], strict=True):
        for i in (0, 1):
            if min(p[i], q[i]) <= floor[i] <= max(p[i], q[i]) and p[i] != q[i]:
                share = (floor[i] - p[i]) / (q[i] - p[i])
                x = [p[k] + share * (q[k] - p[k]) for k in (0, 1)]
                x[i] = floor[i]
                if x[1 - i] >= floor[1 - i]:
                    points.append(tuple(x))
    around = [(p, q) for p, q in zip(w, [*w[1:], w[0]], strict=True)]
    if len(w) > 2 and all((q[0] - p[0]) * (floor[1] - p[1]) >= (q[1] - p[1]) * (floor[0] - p[0]) for p, q in around):
        points.append(floor)
    return points


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_bounds_in_a_direction_enclose_what_the_definition_gives(discount):
    directions = [(Fraction(x), Fraction(y)) for x, y in ((-1, 0), (0, 1), (3, 1), (-1, 2), (1, -7))]
    for seed in range(6):
        rules = rules_of(random_stage(seed, 2, 4), discount)
        screen = screening.Screen(rules)
        for w, u, active in iterates(rules, 3):
            surely, perhaps, furthest = screen.furthest(w, u, active, directions)
            parts = {a: admissible(w, (u[0] + rules.h[a][0], u[1] + rules.h[a][1])) for a in active}
            for a, sure, may in zip(active, surely, perhaps, strict=True):
                assert sure <= bool(parts[a]) <= may
            for (x, y), few in zip(directions, furthest, strict=True):
                values = {}
                for a in active:
                    if parts[a]:
                        level = x * rules.g[a][0] + y * rules.g[a][1]
                        far = max(x * p[0] + y * p[1] for p in parts[a])
                        values[a] = min(level, (1 - discount) * level + discount * far)
                best = max(values.values(), default=None)
                assert {a for a, value in values.items() if value == best} <= set(few)
                assert not values or max(values[a] for a in few if a in values) == best


@pytest.mark.slow
def test_payoff_sets_of_medium_games_with_and_without_screening(monkeypatch):
    """100 profiles and more are screened; that no profile is must not change anything."""
    for seed in range(6):
        stage, discount = random_stage(seed, 11, 12), DISCOUNTS[seed]
        screened = al.payoff_set(stage, discount)
        with monkeypatch.context() as patch:
            for module in (screening, exact):
                patch.setattr(module, "MANY", 10**6)
            plain = al.payoff_set(stage, discount)
        assert screened.status == plain.status
        assert screened.profiles == plain.profiles
        if plain.status == "proved":
            assert screened.vertices.tolist() == plain.vertices.tolist()
            assert screened.punishments == plain.punishments


def counted(monkeypatch):
    """The profiles of every call of the operator in Fractions, and of every part that is cut out."""
    work = {"generated": 0, "cut": 0, "rounds": 0}
    once, cut = generate, exact.clip

    def generated(rules, w, u, active):
        if isinstance(rules.discount, Fraction):
            work["generated"] += len(active)
            work["rounds"] += 1
        return once(rules, w, u, active)

    def clipped(*arguments):
        work["cut"] += 1
        return cut(*arguments)

    monkeypatch.setattr(screening, "generate", generated)
    monkeypatch.setattr(exact, "clip", clipped)
    return work


def long_fractions(size, seed):
    rng = np.random.default_rng(seed)
    a, b = ([[Fraction(x) for x in row] for row in rng.normal(size=(size, size)).tolist()] for _ in range(2))
    return al.StageGame(a, b)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "discount"), [(30, Fraction(9, 10)), (40, 1 - Fraction(1, 10**4)), (50, Fraction(99, 100))])
def test_long_fractions_of_large_games_take_little_exact_work(size, discount, monkeypatch):
    """Of 900 to 2500 profiles, of which nearly all are played in some equilibrium, a tenth is computed exactly in a round."""
    stage = long_fractions(size, 0)
    work = counted(monkeypatch)
    found = al.payoff_set(stage, discount)
    assert found.status == "proved"
    assert len(found.profiles) > 0.9 * size**2
    assert 0 < work["generated"] < work["rounds"] * size**2 / 8
    assert 0 < work["cut"] < found.iterations * size**2 / 4
    rough = al.payoff_set(stage.to_float(), float(discount))
    assert rough.vertices == pytest.approx(found.vertices.astype(float), abs=1e-8)
