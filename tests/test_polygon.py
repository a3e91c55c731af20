"""Convex polygons: hulls, cuts and separation, exact and in floats."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.repeated.payoff_sets.polygon import (
    area,
    beyond,
    chains,
    clip,
    crossing,
    directions,
    excess,
    hull,
    outermost,
    separate,
    snap,
    tidy,
)

pairs = st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=14)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(pairs)
def test_hull_by_definition(points):
    corners = [points[k] for k in hull(points)]
    assert all(excess(corners, p) <= 0 for p in points)
    for k in range(len(corners)):  # no corner is in the hull of the others
        others = corners[:k] + corners[k + 1 :]
        assert not others or excess([others[i] for i in hull(others)], corners[k]) > 0
    assert area(corners) >= 0


@settings(max_examples=100, deadline=None, derandomize=True)
@given(pairs, st.integers(-6, 6), st.sampled_from([0, 1]))
def test_clip_and_crossing_agree(points, value, axis):
    polygon = [(F(x), F(y)) for x, y in (points[k] for k in hull(points))]
    part = clip(polygon, axis, F(value))
    at = [p[axis] for p in polygon]
    assert bool(part) == (max(at) >= value)
    if min(at) <= value <= max(at):
        over = chains(polygon, axis)
        low = crossing(polygon, over.low, over.low_at, axis, F(value))[0]
        high = crossing(polygon, over.high, over.high_at, axis, F(value))[0]
        on_line = [p[1 - axis] for p in part if p[axis] == value]
        assert (low, high) == (min(on_line), max(on_line))


def test_steep_edges_from_rounding():
    # the left edge is vertical up to rounding, and its points arrive out of order
    points = [(0.3, 0.9), (0.3 + 1e-16, 0.1), (0.3 + 5e-17, 0.5), (1.0, 0.1)]
    corners = [points[k] for k in hull(snap(points, 1e-14), 1e-15)]
    assert len(corners) == 3
    assert excess(corners, (0.3, 0.1)) < 1e-12


def test_tidy_drops_only_what_is_within_tolerance():
    square = [(0.0, 0.0), (0.5, -1e-14), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert tidy(square, 1e-12) == [0, 2, 3, 4]
    assert len(tidy(square, 0.0)) == 5
    assert tidy([(0.0, 0.0), (1e-15, 1e-15)], 1e-12) == [1] or tidy([(0.0, 0.0), (1e-15, 1e-15)], 1e-12) == [0]


@pytest.mark.parametrize("polygon", [[(1.0, 2.0)], [(0.0, 0.0), (1.0, 1.0)], [(0.0, 0.0), (2.0, 0.0), (0.0, 1.0)]])
def test_separation(polygon):
    for angle in np.linspace(0, 6, 13):
        point = (3 * np.cos(angle), 3 * np.sin(angle))
        beyond, (x, y), support = separate(polygon, point)
        if beyond > 0:
            assert x * point[0] + y * point[1] > support >= max(x * a + y * b for a, b in polygon) - 1e-12


# -- each function from its definition ---------------------------------------------------------------------------------

SQUARE = [(F(0), F(0)), (F(1), F(0)), (F(1), F(1)), (F(0), F(1))]


@pytest.mark.parametrize("flip", [False, True])
def test_snap_moves_what_is_within_the_tolerance_of_an_end_and_nothing_else(flip):
    # ends 0 and 1, tolerance 1/8: at it and within, on both sides; beyond it nothing moves
    moved = {F(0): 0, F(1, 16): 0, F(1, 8): 0, F(3, 16): F(3, 16), F(1, 2): F(1, 2), F(13, 16): F(13, 16), F(7, 8): 1, F(1): 1}
    points = [(x, F(1, 2)) for x in moved] + [(F(1, 2), F(0)), (F(1, 2), F(1))]
    expected = [(x, F(1, 2)) for x in moved.values()] + points[-2:]
    if flip:
        points, expected = [p[::-1] for p in points], [p[::-1] for p in expected]
    assert snap(points, F(1, 8)) == expected


def test_hull_with_a_tolerance():
    # points nearer than the tolerance are one, the first in order of coordinates; in both directions of either coordinate
    assert hull([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1e-14, 1e-14), (1.0, 1e-14)], 1e-12) == [0, 1, 2]
    assert hull([(0.0, 1e-14), (0.0, 0.0)], 1e-12) == [1]
    assert hull([(0.0, 1.0), (1e-14, 0.0), (1.0, 0.0)], 1e-12) == [0, 1, 2]  # not one: they differ in the second
    assert hull([(0.0, 0.0), (1e-14, 1.0), (1.0, 0.0)], 1e-12) == [0, 2, 1]
    # a vertex by less than the tolerance is none, by more it is one
    assert hull([(0.0, 0.0), (0.5, -1e-14), (1.0, 0.0), (0.5, 1.0)], 1e-12) == [0, 2, 3]
    assert hull([(0.0, 0.0), (0.5, -1e-10), (1.0, 0.0), (0.5, 1.0)], 1e-12) == [0, 1, 2, 3]
    # of equal points the first given
    assert hull([(1, 1), (0, 0), (1, 1), (0, 0)]) == [1, 0]


def test_outermost_keeps_all_vertices_and_leaves_out_what_is_well_inside():
    rng = np.random.default_rng(7)
    for points in (rng.uniform(size=(300, 2)), rng.normal(size=(60, 2)), rng.integers(0, 4, (200, 2)).astype(float)):
        kept = outermost(points)
        corners = hull([tuple(p) for p in points.tolist()])
        chosen = {tuple(points[k]) for k in kept}
        assert {tuple(points[k]) for k in corners} <= chosen
        assert sorted(set(kept.tolist())) == kept.tolist()
    inner = np.concatenate([rng.uniform(0.4, 0.6, (50, 2)), [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    assert outermost(inner).tolist() == [50, 51, 52, 53]
    # few points, and points on a line, are all kept
    assert outermost(inner[15:]).tolist() == list(range(39))
    assert outermost(np.column_stack([np.arange(50.0)] * 2)).tolist() == list(range(50))


def test_chains_are_the_boundary_as_functions_of_a_coordinate():
    # a hexagon, counter-clockwise from the leftmost; it has a vertical edge on the right and a horizontal one at the top
    shape = [(0, 2), (1, 0), (4, 1), (4, 3), (3, 4), (1, 4)]
    assert chains(shape, 0) == ([0, 1, 2], [0, 1, 4], [0, 5, 4, 3], [0, 1, 3, 4])
    assert chains(shape, 1) == ([1, 0, 5], [0, 2, 4], [1, 2, 3, 4], [0, 1, 3, 4])
    assert chains([(2, 5)], 0) == ([0], [2], [0], [2])
    assert chains([(2, 5)], 1) == ([0], [5], [0], [5])
    assert chains([(0, 3), (2, 1)], 0) == ([0, 1], [0, 2], [0, 1], [0, 2])
    assert chains([(0, 3), (2, 1)], 1) == ([1, 0], [1, 3], [1, 0], [1, 3])
    assert chains([(0, 1), (0, 3)], 0) == ([0], [0], [1], [0])


def test_crossings_name_the_edge():
    shape = [(F(0), F(2)), (F(1), F(0)), (F(4), F(1)), (F(4), F(3)), (F(3), F(4)), (F(1), F(4))]
    over = chains(shape, 0)
    expected = {F(-1): (2, 0, 0), F(0): (2, 0, 0), F(1, 2): (1, 0, 1), F(1): (0, 0, 1), F(2): (F(1, 3), 1, 2), F(5): (1, 2, 2)}
    for value, found in expected.items():
        assert crossing(shape, over.low, over.low_at, 0, value) == found
    over = chains(shape, 1)
    expected = {F(-1): (1, 1, 1), F(1): (4, 1, 2), F(2): (4, 2, 3), F(7, 2): (F(7, 2), 3, 4), F(4): (3, 3, 4), F(9): (3, 4, 4)}
    for value, found in expected.items():
        assert crossing(shape, over.high, over.high_at, 1, value) == found


def test_clip_of_degenerate_polygons():
    assert clip([(F(1), F(2))], 0, F(1)) == [(1, 2)]
    assert clip([(F(1), F(2))], 1, F(3)) == []
    segment = [(F(0), F(0)), (F(2), F(4))]
    assert set(clip(segment, 0, F(1))) == {(1, 2), (2, 4)}
    assert set(clip(segment, 1, F(1))) == {(F(1, 2), 1), (2, 4)}
    assert clip(SQUARE, 1, F(1, 2)) == [(0, F(1, 2)), (1, F(1, 2)), (1, 1), (0, 1)]


@pytest.mark.parametrize(
    ("polygon", "point", "out", "direction", "support"),
    [
        ([(F(1), F(2))], (F(1), F(2)), 0, (1, 0), 1),
        ([(F(1), F(2))], (F(4), F(3)), F(5, 2), (F(3, 4), F(1, 4)), F(5, 4)),
        ([(F(1), F(2))], (F(1), F(0)), 2, (0, -1), -2),
        ([(F(0), F(0)), (F(2), F(2))], (F(1), F(1)), 0, None, None),
        ([(F(0), F(0)), (F(2), F(2))], (F(1), F(2)), F(1, 2), (-F(1, 2), F(1, 2)), 0),
        ([(F(0), F(0)), (F(2), F(2))], (F(2), F(1)), F(1, 2), (F(1, 2), -F(1, 2)), 0),
        ([(F(0), F(0)), (F(2), F(2))], (F(3), F(3)), 1, (F(1, 2), F(1, 2)), 2),
        ([(F(0), F(0)), (F(2), F(2))], (-F(1), -F(1)), 1, (-F(1, 2), -F(1, 2)), 0),
        (SQUARE, (F(1, 2), F(1, 4)), -F(1, 4), (0, -1), 0),
        (SQUARE, (F(3), F(1, 2)), 2, (1, 0), 1),
        (SQUARE, (F(1, 2), F(5, 4)), F(1, 4), (0, 1), 1),
        (SQUARE, (-F(1, 3), F(1, 2)), F(1, 3), (-1, 0), 0),
        ([(F(0), F(0)), (F(2), F(0)), (F(0), F(1))], (F(2), F(1)), F(2, 3), (F(1, 3), F(2, 3)), F(2, 3)),
    ],
    ids=str,
)
def test_the_most_violated_edge(polygon, point, out, direction, support):
    found = separate(polygon, point)
    assert found[0] == excess(polygon, point) == out
    if direction is not None:
        assert found[1:] == (direction, support)


def test_beyond_is_the_largest_excess_over_all_points():
    rng = np.random.default_rng(2)
    shapes = [[(F(x), F(y)) for x, y in rng.integers(-5, 6, (9, 2)).tolist()] for _ in range(30)]
    polygons = [[points[k] for k in hull(points)] for points in shapes]
    for polygon, points in zip(polygons, [*shapes[1:], shapes[0]], strict=True):
        assert beyond(polygon, points, 0) == max(excess(polygon, p) for p in points)
    # of a point the larger difference, not its direction's; of a segment also past its ends
    assert beyond([(1.0, 1.0)], [(1.0, 1.0), (0.5, 1.25)], 1e-12) == 0.5
    assert beyond([(1.0, 1.0)], [(1.0, 0.25)], 1e-12) == 0.75
    segment = [(0.0, 0.0), (2.0, 0.0)]
    for point, out in (((3.0, 0.0), 1.0), ((-1.0, 0.0), 1.0), ((1.0, 0.5), 0.5), ((1.0, -0.25), 0.25), ((1.0, 0.0), 0.0)):
        assert beyond(segment, [point], 1e-12) == out
    # an edge no longer than the tolerance has no direction
    assert beyond([(0.0, 0.0), (1e-13, -1e-13), (1.0, 0.0), (1.0, 1.0)], [(0.0, 0.0)], 1e-12) < 1e-12
    assert beyond([(0.0, 0.0), (1e-13, 0.0)], [(0.0, 0.5), (0.25, 0.0)], 1e-12) == 0.5


def test_tidy_by_the_definition():
    # within 1/8 of the segment between its neighbours, in |dx| + |dy|: (2, −1/5) is not, (2, −1/10) is
    shape = [(F(0), F(0)), (F(2), -F(1, 10)), (F(4), F(0)), (F(2), F(3))]
    assert tidy(shape, F(1, 8)) == [0, 2, 3]
    assert tidy([shape[0], (F(2), -F(1, 5)), *shape[2:]], F(1, 8)) == [0, 1, 2, 3]
    # two of three on a line: the one between; two points that are one; a point
    assert tidy([(0.0, 0.0), (0.0, 2.0), (0.0, 1.0)], 1e-12) == [0, 1]
    assert len(tidy([(0.0, 0.0), (0.0, 1e-13)], 1e-12)) == 1
    assert tidy([(0.0, 0.0), (0.0, 1e-9)], 1e-12) == tidy([(0.0, 0.0), (1e-9, 0.0)], 1e-12) == [0, 1]
    assert tidy([(0.0, 0.0)], 1e-12) == [0]
    assert tidy(SQUARE) == [0, 1, 2, 3]


def test_areas():
    assert area(SQUARE) == 1
    assert area([(F(1), F(1)), (F(4), F(2)), (F(2), F(5))]) == F(11, 2)  # |(3, 1) × (1, 4)|/2
    assert area(SQUARE[:2]) == area(SQUARE[:1]) == 0
    assert [directions(SQUARE[:1], (F(2), F(3))), directions(SQUARE, (F(0), F(0)))] == [
        [(2, 3)],
        [(0, -1), (1, 0), (0, 1), (-1, 0)],
    ]
    assert directions(SQUARE[:2], (F(0), F(0))) == [(0, -1), (0, 1), (1, 0), (-1, 0)]
