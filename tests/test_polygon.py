"""Convex polygons: hulls, cuts and separation, exact and in floats."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.repeated.payoff_sets.polygon import area, chains, clip, crossing, excess, hull, separate, snap, tidy

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
