"""Exact payoff sets: how many steps, how they end, and one step of the half-planes against the lemma in every direction."""

from fractions import Fraction as F

import pytest

from alliances.repeated.payoff_sets import exact
from alliances.repeated.payoff_sets.exact import ExactSolution, _bits, _cut, _half_planes, _normals, _Outer, _up, solve_exact
from alliances.repeated.payoff_sets.operator import generate
from alliances.repeated.payoff_sets.polygon import excess, hull
from alliances.repeated.payoff_sets.screening import Screen
from tests.test_payoff_set_screening import admissible, iterates, random_stage, rules_of

AXES = [(F(-1), F(0)), (F(0), F(-1)), (F(1), F(0)), (F(0), F(1))]


def times(direction, point):
    return direction[0] * point[0] + direction[1] * point[1]


def support(direction, polygon):
    return max(times(direction, p) for p in polygon)


# -- steps -------------------------------------------------------------------------------------------------------------


def by_steps(rules):
    """V(δ) by the definition of the outer iteration, which must stand still or lose all profiles; and the number of steps."""
    w, u, active = [rules.g[k] for k in hull(rules.g)], rules.minmax, list(range(len(rules.g)))
    for n in range(1, exact._PLAIN_ROUNDS + 1):
        following = generate(rules, w, u, active)
        if not following.vertices:
            return None, n
        before, w, active = (w, u), following.vertices, following.active
        u = tuple(max(u[i], min(p[i] for p in w), min(rules.d[a][i] for a in active)) for i in (0, 1))
        if before == (w, u):
            return before, n
    return None


@pytest.mark.parametrize("discount", [F(1, 5), F(1, 2), F(9, 10)])
def test_sets_that_the_outer_iteration_ends_at(discount, monkeypatch):
    monkeypatch.setattr(exact, "_candidate", lambda *_: None)  # of others nothing is asked
    monkeypatch.setattr(exact, "_ROUNDS_WITHOUT", 0)
    lengths, empty = set(), 0
    for seed in range(15):
        for n in (2, 3):
            rules = rules_of(random_stage(seed, 2, n), discount)
            solution = solve_exact(rules)
            if solution.method != "outer iteration":
                continue
            expected, steps = by_steps(rules)
            lengths.add(steps)
            if expected is None:
                assert solution == ExactSolution([], [], solution.u, steps, "outer iteration", F(0))
                empty += 1
            else:
                w, u = expected
                assert solution == ExactSolution(w, w, u, steps, "outer iteration", F(0))
            assert isinstance(solution.gap, F)
    assert empty
    assert len(lengths) > 1


def test_the_first_steps_are_as_many_as_are_asked_for(monkeypatch):
    """Afterwards every step of the half-planes counts one more, and without a candidate they end at the most of all."""
    rules = rules_of(random_stage(1, 2, 2), F(7, 10))
    monkeypatch.setattr(exact, "_candidate", lambda *_: None)
    monkeypatch.setattr(exact, "_ROUNDS_WITHOUT", 9)
    planes = []

    def counted(*arguments):
        planes.append(arguments)
        return _half_planes(*arguments)

    monkeypatch.setattr(exact, "_half_planes", counted)
    for first in (0, 3, 5):
        monkeypatch.setattr(exact, "_PLAIN_ROUNDS", first)
        planes.clear()
        solution = solve_exact(rules)
        assert (solution.inner, solution.iterations, solution.method, solution.gap) == ([], 9, "outer half-planes", F(1))
        assert len(planes) == 9 - first
        assert all(inner == [] for *_, inner in planes)
        assert planes[0][1].w == list(iterates(rules, first + 1))[first][0]
        assert solution.u == _half_planes(*planes[-1]).u
        assert solution.outer == _half_planes(*planes[-1]).w


def test_few_first_steps_of_games_with_many_profiles(monkeypatch):
    rules = rules_of(random_stage(1, 2, 2), F(7, 10))
    monkeypatch.setattr(exact, "_candidate", lambda *_: None)
    monkeypatch.setattr(exact, "_ROUNDS_WITHOUT", 0)
    monkeypatch.setattr(exact, "_SHORT", 10**6)
    for most, steps in ((0, exact._FEW_ROUNDS), (4, exact._PLAIN_ROUNDS)):  # of four profiles some are left
        monkeypatch.setattr(exact, "MANY", most)
        assert solve_exact(rules).iterations == steps


# what ends them is in the names of the methods; the games are from random ones
GAMES = [(8, 2, F(7, 10)), (12, 2, F(7, 10)), (13, 2, F(7, 10)), (7, 2, F(9, 10)), (13, 2, F(9, 10)), (8, 3, F(1, 5))]


@pytest.mark.parametrize(("seed", "n", "discount"), GAMES)
def test_what_half_planes_prove(seed, n, discount):
    rules = rules_of(random_stage(seed, 2, n), discount)
    solution = solve_exact(rules)
    assert (solution.method, solution.gap) == ("half-planes", F(0))
    assert all(excess(solution.inner, p) <= 0 for p in solution.outer)
    assert all(excess(solution.outer, p) <= 0 for p in solution.inner)
    assert all(rules.minmax[i] <= solution.u[i] <= min(p[i] for p in solution.inner) for i in (0, 1))
    for w, _, _ in iterates(rules, 4):  # each contains V
        assert all(excess(w, p) <= 0 for p in solution.inner)


def test_half_planes_that_are_stopped_enclose(monkeypatch):
    """The set between is the one that these steps have reached, and the gap its furthest vertex."""
    rules = rules_of(random_stage(8, 2, 2), F(7, 10))
    proved = solve_exact(rules)
    first = next(n for n in range(1, 99) if not _short(rules, n))
    for most in (first, first + 1):
        monkeypatch.setattr(exact, "_MOST_ROUNDS", min(most, proved.iterations - 1))
        solution = solve_exact(rules)
        assert (solution.method, solution.inner) == ("enclosure", proved.inner)
        assert solution.gap == max(excess(solution.inner, p) for p in solution.outer) > 0
        assert all(excess(solution.outer, p) <= 0 for p in proved.outer)


def _short(rules, n):
    return n < exact._PLAIN_ROUNDS and max(_bits(p) for p in list(iterates(rules, n + 1))[-1][0]) <= exact._SHORT


# -- one step of the half-planes ---------------------------------------------------------------------------------------


def by_lemma(rules, outer, direction):
    """The largest bound of the profiles with a continuation; None without any."""
    bounds = []
    for a in outer.active:
        part = admissible(outer.w, tuple(outer.u[i] + rules.h[a][i] for i in (0, 1)))
        if part:
            level = times(direction, rules.g[a])
            bounds.append(min(level, (1 - rules.discount) * level + rules.discount * support(direction, part)))
    return max(bounds, default=None)


@pytest.mark.parametrize("discount", [F(1, 2), F(7, 10), F(9, 10)])
def test_half_planes_are_those_of_the_lemma(discount):
    """Numbers are short, so that nothing is rounded: the set is W where all the half-planes' bounds hold, and no smaller."""
    seen = 0
    for seed in range(5):
        rules = rules_of(random_stage(seed, 2, 3, "whole"), discount)
        for w, u, active in iterates(rules, 2):
            outer = _Outer(w, u, active)
            proposal = [rules.g[k] for k in hull(rules.g)]
            found = _half_planes(Screen(rules), outer, proposal, [])
            bound = {x: by_lemma(rules, outer, x) for x in [*AXES, *_normals(proposal), *_normals(w)]}
            playable = [a for a in active if admissible(w, tuple(u[i] + rules.h[a][i] for i in (0, 1)))]
            if not playable:
                assert found == _Outer([], u, [])
                continue
            if not found.w:  # the half-planes have no point of W in common
                rest = w
                for x in bound:
                    rest = rest and _cut(rest, x, bound[x])
                assert rest == []
                continue
            assert found.active == playable
            allowed = {x: min(bound[x], support(x, w)) for x in bound}
            corners = found.w
            assert all(times(x, p) <= allowed[x] for x in bound for p in corners)
            # each edge is one of the half-planes or of W itself
            for x in _normals(corners) if len(corners) > 2 else ():
                same = [y for y in bound if x[0] * y[1] == x[1] * y[0] and times(x, y) > 0]
                assert any(support(y, corners) == allowed[y] for y in same)
                seen += 1
            least = tuple(max(u[i], min(p[i] for p in corners), min(rules.d[a][i] for a in playable)) for i in (0, 1))
            assert found.u == least
    assert seen > 5


def test_the_edges_of_the_candidate_are_tried_and_kept_exactly(monkeypatch):
    """A bound beyond an edge of the inner set is rounded outwards; one that reaches it is kept to the last bit."""
    monkeypatch.setattr(exact, "_SHORT", 4)  # bits
    monkeypatch.setattr(exact, "_GRID", 64)
    rules = rules_of(random_stage(0, 2, 2, "whole"), F(7, 10))
    square = [(F(0), F(0)), (F(1), F(0)), (F(1), F(1)), (F(0), F(1))]
    x, y = direction = (F(-3, 7), F(-4, 7))
    bound = F(-25, 56)
    assert _up(bound) == F(-28, 64) > bound
    # all other half-planes hold in all of the square
    monkeypatch.setattr(exact, "_bounds", lambda *given: ([0], [bound if n == direction else F(9) for n in given[-1]]))
    for level, kept in ((bound, bound), (bound - F(1, 1000), _up(bound)), (bound + F(1, 1000), bound)):
        foot = tuple(c * level / times(direction, direction) for c in direction)
        inner = [foot, (foot[0] - y, foot[1] + x)]  # a segment with this direction as its first normal
        assert _normals(inner)[0] == direction
        found = _half_planes(Screen(rules), _Outer(square, rules.minmax, [0]), square, inner)
        assert found.w == _ordered(_cut(square, direction, kept))


def _ordered(polygon):
    return [polygon[k] for k in hull(polygon)]


def test_long_numbers_are_rounded_outwards():
    """A set with numbers of thousands of digits is put in a box with short ones before its half-planes cut it."""
    rules = rules_of(random_stage(8, 2, 2), F(7, 10))
    w, u, active = list(iterates(rules, 3))[2]
    tiny = F(1, 3**400)
    long = [(p[0] + tiny, p[1] - tiny) for p in w]
    found = _half_planes(Screen(rules), _Outer(long, u, active), w, [])
    assert max(_bits(p) for p in long) > 600
    assert max(_bits(p) for p in found.w) <= 3 * exact._SHORT
    plain = _half_planes(Screen(rules), _Outer(w, u, active), w, [])
    close = F(1, exact._GRID >> 8)  # of roundings of 2⁻¹²⁰ at corners that are not acute
    assert all(excess(plain.w, p) <= close for p in found.w)
    assert all(excess(found.w, p) <= close for p in plain.w)


def test_rounding_upwards_is_to_the_grid():
    grid, long = exact._GRID, F(1, 3**200)
    for x in (F(1, 3) + long, -F(1, 3) - long, long, -long):
        up = exact._up(x)
        assert up.denominator <= grid
        assert 0 < up - x < F(1, grid)
        assert 0 < x - exact._down(x) < F(1, grid)
    for short in (F(1, 2**159), F(-7, 2**159), F(5)):  # 160 bits are short
        assert exact._up(short) == exact._down(short) == short
    assert exact._up(F(1, 2**160)) == F(1, grid)
    assert exact._down(F(1, 2**160)) == 0
