"""One step of the outer iteration, and Newton's method for its limit: from the definition, in Fractions, floats and batches."""

from fractions import Fraction

import numpy as np
import pytest

from alliances.repeated.payoff_sets.fixed_point import FLOATS, Structure, newton
from alliances.repeated.payoff_sets.operator import Rules, generate, punishments
from alliances.repeated.payoff_sets.operator_arrays import ArrayRules, generate_arrays
from alliances.repeated.payoff_sets.operator_batch import (
    CORNER,
    beyond_batch,
    generate_batch,
    hull_batch,
    newton_batch,
    widened,
)
from alliances.repeated.payoff_sets.single import Scale
from tests import payoff_set_reference
from tests.test_payoff_set_screening import admissible, iterates, random_stage, rules_of

NEAR = 1e-12  # rounding of a step, as a share of the payoff range
DISCOUNTS = [Fraction(1, 5), Fraction(1, 2), Fraction(2, 3), Fraction(9, 10)]
SEEDS = range(12)


def by_definition(rules, w, u, active):
    """The corners of R(W, u) and the profiles that generate any; None where a profile has no continuation that binds."""
    points, alive = [], []
    for a in active:
        g, floor = rules.g[a], (u[0] + rules.h[a][0], u[1] + rules.h[a][1])
        part = admissible(w, floor)
        if g[0] >= floor[0] and g[1] >= floor[1]:
            points.append(g)
            alive.append(a)
        elif part:
            binding = [p for p in part if p[0] == floor[0] or p[1] == floor[1]]
            if not binding:
                return None
            points += [tuple((1 - rules.discount) * g[i] + rules.discount * p[i] for i in (0, 1)) for p in binding]
            alive.append(a)
    return payoff_set_reference.hull(points), alive


def steps(discount):
    """Games in Fractions, with sets that contain V(δ)."""
    for seed in SEEDS:
        rules = rules_of(random_stage(seed, 2, 4), discount)
        for w, u, active in iterates(rules, 3):
            expected = by_definition(rules, w, u, active)
            if expected is not None:
                yield rules, w, u, active, *expected


def floats(rules):
    """The same rules in floating point, in lists and in arrays."""
    g, d, h = (np.array(x, dtype=float) for x in (rules.g, rules.d, rules.h))
    return ArrayRules(g, d, h, float(rules.discount), np.array(rules.minmax, dtype=float), NEAR)


def near(found, expected):
    return len(found) == len(expected) and np.allclose(
        np.array(found, dtype=float).reshape(-1, 2), np.array(expected, dtype=float).reshape(-1, 2), rtol=0, atol=NEAR
    )


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_the_operator_is_its_definition(discount):
    kinds, count = set(), 0
    for rules, w, u, active, corners, alive in steps(discount):
        found = generate(rules, w, u, active)
        assert (found.vertices, found.active) == (corners, alive)
        # an origin names a profile and an edge of W with the point at which the constraint binds
        for vertex, (a, binding, i, j) in zip(found.vertices, found.origins, strict=True):
            kinds.add(binding)
            floor = tuple(x + y for x, y in zip(u, rules.h[a], strict=True))
            if binding == "none":
                assert vertex == rules.g[a]
                continue
            at = tuple((vertex[p] - (1 - discount) * rules.g[a][p]) / discount for p in (0, 1))
            if binding == "both":
                assert at == floor
                continue
            p, q = w[i], w[j]
            assert at[binding] == floor[binding]
            assert (q[0] - p[0]) * (at[1] - p[1]) == (q[1] - p[1]) * (at[0] - p[0])
            assert all(min(p[k], q[k]) <= at[k] <= max(p[k], q[k]) for k in (0, 1))
        if found.vertices:
            worst = [max(u[i], min(p[i] for p in corners), min(rules.d[a][i] for a in alive)) for i in (0, 1)]
            assert punishments(rules, found, u) == tuple(worst)
        count += 1
    assert count > 20
    assert kinds >= {"none", 0, 1}


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_in_floats_lists_and_arrays_generate_the_same(discount):
    for rules, w, u, active, corners, alive in steps(discount):
        arrays = floats(rules)
        ring, owed = [(float(x), float(y)) for x, y in w], (float(u[0]), float(u[1]))
        once = generate(arrays.rules, ring, owed, active)
        again = generate_arrays(arrays, ring, owed, active)
        assert once.active == again.active == alive
        assert near(once.vertices, corners)
        assert near(again.vertices, corners)
        for one, other, vertex in zip(once.origins, again.origins, corners, strict=True):
            if one != other:  # two profiles, or two edges, lead to one vertex
                assert near([_image(arrays.rules, ring, owed, other)], [vertex])


def _image(rules, w, u, origin):
    """The point that an origin names, in floats."""
    a, binding, i, j = origin
    delta = rules.discount
    if binding == "none":
        return rules.g[a]
    at = [u[k] + rules.h[a][k] for k in (0, 1)]
    if binding != "both":
        p, q = w[i], w[j]
        share = 0.0 if p[binding] == q[binding] else (at[binding] - p[binding]) / (q[binding] - p[binding])
        at[1 - binding] = p[1 - binding] + share * (q[1 - binding] - p[1 - binding])
    return tuple((1 - delta) * rules.g[a][k] + delta * at[k] for k in (0, 1))


def test_rules_of_arrays_are_those_of_lists():
    for seed in SEEDS:
        stage = random_stage(seed, 2, 4).to_float()
        for discount in (1e-320, 0.25, 0.9):
            scale = Scale.of(stage, False)
            lists = Rules.of(scale.a.tolist(), scale.b.tolist(), discount, scale.tolerance)
            arrays = ArrayRules.of(scale.a, scale.b, discount, scale.tolerance)
            assert arrays.rules == lists
            # from the definition, profile by profile
            for a, (i, j) in enumerate(np.ndindex(stage.shape)):
                best = scale.a[:, j].max(), scale.b[i].max()
                assert lists.g[a] == (scale.a[i, j], scale.b[i, j])
                assert lists.d[a] == best
                premium = [min((1 - discount) / discount, 1e300) * (x - y) for x, y in zip(best, lists.g[a], strict=True)]
                assert lists.h[a] == tuple(premium)
            assert lists.minmax == (scale.a.max(axis=0).min(), scale.b.max(axis=1).min())
            assert arrays.minmax.tolist() == list(lists.minmax)


# -- batches -----------------------------------------------------------------------------------------------------------


def stacked(discount, shape):
    """Steps of games of one shape, as arrays that lead with the game, and what each of them has to give."""
    chosen = []
    for seed in range(30 if shape == (2, 2) else 12):
        rules = rules_of(random_stage(seed, *shape), discount)
        for w, u, active in iterates(rules, 3):
            expected = by_definition(rules, w, u, active)
            if expected is not None and expected[0]:
                chosen.append((floats(rules), w, u, active, *expected))
    width = max(len(w) for _, w, *_ in chosen)
    rings = np.concatenate([widened(np.array(w, dtype=float)[None], width) for _, w, *_ in chosen])
    g, d, h = (np.stack([getattr(rules, name) for rules, *_ in chosen]) for name in "gdh")
    u = np.array([step[2] for step in chosen], dtype=float)
    active = np.array([[a in step[3] for a in range(g.shape[1])] for step in chosen])
    tol = np.full((len(chosen), 1), NEAR)
    return chosen, (g, d, h, np.full(len(chosen), float(discount)), tol, rings, u, active)


def images(g, h, delta, ring, u, profile, slot, edge, before):
    """The points that slots and edges name, on rings of which the first ``before`` vertices count, game by game."""
    out = np.empty((*profile.shape, 2))
    for n, k in np.ndindex(profile.shape):
        a, s, e = profile[n, k], slot[n, k], edge[n, k]
        w = g[n, a] if s == 0 else u[n] + h[n, a]
        if s not in (0, CORNER):
            axis = 0 if s in (1, 2) else 1
            p, q = ring[n, e], ring[n, (e + 1) % before]
            run = q[axis] - p[axis]
            w = w.copy()
            w[1 - axis] = p[1 - axis] + ((w[axis] - p[axis]) / run if run else 0.0) * (q[1 - axis] - p[1 - axis])
        out[n, k] = g[n, a] if s == 0 else (1 - delta[n]) * g[n, a] + delta[n] * w
    return out


@pytest.mark.parametrize("shape", [(2, 2), (3, 3)])
@pytest.mark.parametrize("discount", DISCOUNTS)
def test_batches_generate_what_games_generate(discount, shape):
    chosen, arguments = stacked(discount, shape)
    g, _, h, delta, _, rings, u, _ = arguments
    found = generate_batch(*arguments)
    ring, vertex = hull_batch(found.points, found.valid)
    assert np.allclose(np.take_along_axis(found.points, vertex[..., None], axis=1), ring, rtol=0, atol=NEAR)
    for n, (_, _, _, _, corners, alive) in enumerate(chosen):
        assert np.flatnonzero(found.alive[n]).tolist() == alive
        distinct = [p for k, p in enumerate(ring[n].tolist()) if k == 0 or p != ring[n, k - 1].tolist()]
        assert near(sorted(distinct), sorted(corners))
    profile = np.broadcast_to(np.tile(np.arange(g.shape[1]), 5), found.slot.shape)
    expected = images(g, h, delta, rings, u, profile, found.slot, found.edge, rings.shape[1])
    assert np.allclose(found.points[found.valid], expected[found.valid], rtol=0, atol=NEAR)
    assert set(np.unique(found.slot[found.valid])) >= {0, 1, 3}


def test_the_limits_of_a_batch_are_fixed_points():
    games, rng = 300, np.random.default_rng(3)
    delta, rules = rng.choice([0.2, 0.3, 0.5, 0.7, 0.9], games), []
    for discount in delta.tolist():
        a, b = rng.normal(size=(2, 2, 2))
        rules.append(ArrayRules.of((a - a.min()) / np.ptp(a), (b - b.min()) / np.ptp(b), discount, NEAR))
    g, d, h, u = (np.stack([getattr(x, name) for x in rules]) for name in ("g", "d", "h", "minmax"))
    tol, active = np.full((games, 1), NEAR), np.ones((games, 4), bool)
    ring, last, found, seen = hull_batch(g, active)[0], None, 0, set()
    for _ in range(4):
        candidates = generate_batch(g, d, h, delta, tol, ring, u, active)
        before, some = ring.shape[1], candidates.alive.any(axis=1)
        candidates = candidates._replace(valid=candidates.valid | ~some[:, None])
        ring, vertex = hull_batch(candidates.points, candidates.valid)
        ring, vertex = (widened(x, max(before, x.shape[1])) for x in (ring, vertex))
        least = np.where(candidates.valid[..., None], candidates.points, np.inf).min(axis=1)
        floor = np.maximum(u, np.where(candidates.alive[..., None], d, np.inf).min(axis=1))
        constant, u = floor >= least, np.where(some[:, None], np.maximum(floor, least), 0)
        slot, edge = (np.take_along_axis(x, vertex, axis=1) for x in (candidates.slot, candidates.edge))
        origin = [[(v, s, e) for v, s, e in zip(*row, strict=True)] for row in zip(vertex, slot, edge, strict=True)]
        same = some & np.array([last is not None and row == last[n] for n, row in enumerate(origin)])
        last = origin
        active = candidates.alive
        limit, threat, good = newton_batch(g, d, h, delta, ring, u, vertex, candidates, constant, before)
        good &= same
        found += good.sum()
        again = images(g, h, delta, limit, threat, vertex % 4, slot, edge, before)
        assert np.allclose(again[good], limit[good], rtol=0, atol=10 * NEAR)
        worst = np.take_along_axis(limit, ring.argmin(axis=1)[:, None, :], axis=1)[:, 0]
        assert np.allclose(np.where(constant, u, worst)[good], threat[good], rtol=0, atol=10 * NEAR)
        seen |= {
            (int(s), bool(c)) for s, c in zip(slot[good].ravel(), np.repeat(constant[good, 0], slot.shape[1]), strict=True)
        }
    assert found > games / 2
    assert seen >= {(s, c) for s in (0, 1, 3) for c in (True, False)}


# -- one game ----------------------------------------------------------------------------------------------------------


def structures(discount):
    """Structures that two steps of a game have in common, with the sets that they start from."""
    for seed in SEEDS:
        rules, last = rules_of(random_stage(seed, 2, 4), discount), None
        for w, u, active in iterates(rules, 4):
            generated = generate(rules, w, u, active)
            if not generated.vertices:
                break
            following = punishments(rules, generated, u)
            structure = Structure.of(generated, following)
            if structure == last:
                yield rules, structure, generated, following
            last = structure


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_a_step_of_a_structure_and_its_derivatives(discount):
    little, count = Fraction(1, 10**20), 0
    for rules, structure, generated, u in structures(discount):
        w, t = structure.expand(rules, structure.pack(generated.vertices, u), u)
        edges = [(w[o.i], w[o.j], o.binding) for o in structure.origins if o.binding in (0, 1) and o.i != o.j]
        if any(p[axis] == q[axis] for p, q, axis in edges):
            with pytest.raises(ZeroDivisionError):
                structure.step(rules, w, t)
            continue
        values, rows = structure.step(rules, w, t)
        names = structure.free
        for (k, p), value in zip(names, values, strict=True):
            if k >= 0:
                assert value == _exactly(rules, w, t, structure.origins[k])[p]
            else:
                worst = structure.origins[structure.worst[p]]
                assert value == _exactly(rules, w, t, worst)[p]
        z = structure.pack(w, t)
        for c in range(len(z)):
            moved = []
            for sign in (1, -1):
                x = [v + sign * little * (n == c) for n, v in enumerate(z)]
                moved.append(structure.step(rules, *structure.expand(rules, x, t))[0])
            for row, up, down in zip(rows, *moved, strict=True):
                assert abs(float(row.get(c, 0) - (up - down) / (2 * little))) < NEAR
                count += 1
    assert count > 30


def _exactly(rules, w, u, origin):
    """The point that an origin names: the same in Fractions."""
    a, binding, i, j = origin
    if binding == "none":
        return rules.g[a]
    at = [u[k] + rules.h[a][k] for k in (0, 1)]
    if binding != "both":
        p, q = w[i], w[j]
        share = (at[binding] - p[binding]) / (q[binding] - p[binding]) if i != j else 0
        at[1 - binding] = p[1 - binding] + share * (q[1 - binding] - p[1 - binding])
    return tuple((1 - rules.discount) * rules.g[a][k] + rules.discount * at[k] for k in (0, 1))


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_newtons_method_finds_the_fixed_point_of_a_structure(discount):
    count = 0
    for exact, structure, generated, u in structures(discount):
        rules = floats(exact).rules
        start = [(float(x), float(y)) for x, y in generated.vertices], (float(u[0]), float(u[1]))
        found = newton(structure, rules, *start, FLOATS)
        if found is None or not found[2] < np.inf:
            continue
        w, t, error = found
        assert 0 < error < NEAR
        for vertex, origin in zip(w, structure.origins, strict=True):
            assert near([_image(rules, w, t, origin)], [vertex])
        for p in (0, 1):
            k = structure.worst[p]
            assert t[p] == pytest.approx(start[1][p] if k < 0 else w[k][p], abs=NEAR)
        count += 1
    assert count > 3


def test_the_excess_of_points_over_rings():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    for point, out in (((2.0, 0.5), 1.0), ((0.5, -0.25), 0.25), ((0.5, 0.5), -0.5), ((-3.0, 0.5), 3.0), ((0.5, 1.125), 0.125)):
        assert beyond_batch(square, np.array([[point]])).tolist() == [out]
    # |λ₁| + |λ₂| = 1: the point (1, 1) is beyond the edge from (1, 0) to (0, 1) by (1 + 1 − 1)/2; padding changes nothing
    triangle = np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]])
    assert beyond_batch(triangle, np.array([[[0.25, 0.25], [0.75, 0.75]]])).tolist() == [0.25]
    # a point and a segment: how far the extent differs
    point = np.array([[[0.5, 0.5]]])
    assert beyond_batch(point, np.array([[[0.5, 0.75]]])).tolist() == [0.25]
    assert beyond_batch(point, np.array([[[0.25, 0.5], [0.5, 0.5]]])).tolist() == [0.25]
    segment = np.array([[[0.0, 0.0], [1.0, 0.0]]])
    assert beyond_batch(segment, np.array([[[1.5, 0.0]]])).tolist() == [0.5]
    assert beyond_batch(segment, np.array([[[0.5, -0.5]]])).tolist() == [0.5]


def test_hulls_of_batches_leave_out_what_rounding_adds():
    # a square whose sides are off by less than a step's rounding, and in the middle of each a point that is off the other way;
    # points that are not valid do not count
    little = 4e-16
    middle = [(0.0, 0.5), (0.5, 0.0), (1.0, 0.5), (0.5, 1.0)]
    corners = [(little, 0.0), (1 - little, little), (1.0, 1 - little), (0.0, 1.0)]
    points = np.array([middle + corners + [(2.0, 2.0)], [*middle, *corners, (0.25, 0.25)]])
    valid = np.ones(points.shape[:2], bool)
    valid[0, -1] = False
    ring, vertex = hull_batch(points, valid)
    assert ring.tolist() == [[[0, 0], [1, 0], [1, 1], [0, 1]]] * 2
    assert vertex.tolist() == [[4, 5, 6, 7]] * 2
    # a point, a segment and a triangle side by side: the last vertex is repeated
    few = np.array([[[0.5, 0.5]] * 3, [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], [[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]])
    ring, _ = hull_batch(few, np.ones((3, 3), bool))
    assert ring.tolist() == [[[0.5, 0.5]] * 3, [[0, 1], [1, 0], [1, 0]], [[0, 0], [1, 0], [0.5, 1]]]
    assert widened(ring, 4)[:, 3].tolist() == [[0.5, 0.5], [1, 0], [0.5, 1]]
