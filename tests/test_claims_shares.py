"""Shares by a stub in place of a claim's own verdicts: what is drawn, counted, and put down to which parameter."""

import numpy as np
import pytest

from alliances.claims import ASYMMETRY, Choice, Family, Interval, Measurement
from alliances.claims.measuring import Verdicts, batches, chosen, line_of, measure
from tests.test_claims_answers import GIVEN, OPEN, game, none

TWO = Family(lambda v, w: game(none, lambda g: 1 + (v - w) * g), {"v": Interval(0, 1), "w": Interval(0, 1)}, enforcement=GIVEN)
SETTINGS = {"points": 64, "line_points": 7, "confidence": 0.95, "sensitivity": False, "rng": 5, "progress": False}


def judge_of(rule, asked):
    """Verdicts by a rule on the unit numbers, which are kept."""

    def judge(family, unit, line_points, progress):
        asked.append((family, unit, line_points, progress))
        holds, unclear, vacuous = rule(unit)
        return Verdicts(holds, unclear, vacuous, line_points + 1)

    return judge


def first_half(unit):
    return unit[:, 0] < 0.5, unit[:, 0] >= 0.75, unit[:, 1] < 0.25


def test_what_is_counted():
    """Of 64 scrambled Sobol points 32 lie in one half, and 16 in a quarter: each counted once."""
    asked = []
    found = measure(ASYMMETRY, judge_of(first_half, asked), TWO, **SETTINGS)
    assert isinstance(found, Measurement)
    assert (found.share, found.unclear, found.vacuous) == (0.5, 0.25, 0.25)
    assert (found.points, found.line_points, found.confidence, found.seed) == (64, 8, 0.95, 5)
    assert (found.claim, found.family, found.sensitivity) == (ASYMMETRY, TWO, {})
    ((family, unit, line_points, progress),) = asked
    assert (family, line_points, progress) == (TWO, 7, False)
    assert unit.shape == (64, 2)
    assert ((unit >= 0) & (unit < 1)).all()
    counts = [np.histogram(unit[:, k], bins=64, range=(0, 1))[0] for k in (0, 1)]
    assert all((count == 1).all() for count in counts)  # one in each sixty-fourth of either side
    again = measure(ASYMMETRY, judge_of(first_half, asked), TWO, **SETTINGS | {"progress": True})
    assert (asked[1][1] == unit).all()
    assert asked[1][3] is True
    assert again.seed == 5
    generator = np.random.default_rng(5)
    by_generator = measure(ASYMMETRY, judge_of(first_half, asked), TWO, **SETTINGS | {"rng": generator})
    assert (asked[2][1] == unit).all()
    assert by_generator.seed.startswith("Generator(")
    measure(ASYMMETRY, judge_of(first_half, asked), TWO, **SETTINGS | {"rng": 6})
    assert not (asked[3][1] == unit).any()


def test_all_or_nothing():
    """Wilson's interval at the ends: n/(n + z²) and 1, and its mirror image."""
    z2 = 1.959963984540054**2
    for holds, expected in ((True, (64 / (64 + z2), 1.0)), (False, (0.0, z2 / (64 + z2)))):
        rule = lambda unit, holds=holds: (np.full(len(unit), holds), np.full(len(unit), False), np.full(len(unit), False))  # noqa: E731
        found = measure(ASYMMETRY, judge_of(rule, []), TWO, **SETTINGS)
        assert np.allclose(found.interval, expected, rtol=0, atol=1e-9)
        assert found.share == float(holds)


@pytest.mark.parametrize("points", [64, 300, 10**4])
def test_which_parameter_decides(points):
    """The first alone: of base points a power of 2, at least 64 and as many models in all as asked for, twice over and more."""
    pytest.importorskip("SALib")
    asked = []
    found = measure(ASYMMETRY, judge_of(first_half, asked), TWO, **SETTINGS | {"sensitivity": True, "points": points})
    base = {64: 64, 300: 128, 10**4: 4096}[points]  # the next power of 2 from points/4 on
    assert [len(unit) for _, unit, _, _ in asked] == [points, base * 4]
    assert {line_points for _, _, line_points, _ in asked} == {7}
    assert list(found.sensitivity) == ["v", "w"]
    v, w = found.sensitivity["v"], found.sensitivity["w"]
    assert abs(v.first - 1) < 0.2
    assert abs(v.total - 1) < 0.2
    assert (w.first, w.total, w.first_error, w.total_error) == (0, 0, 0, 0)
    assert 0 < v.first_error < 1
    assert 0 < v.total_error < 1
    again = measure(ASYMMETRY, judge_of(first_half, []), TWO, **SETTINGS | {"sensitivity": True, "points": points})
    assert again.sensitivity == found.sensitivity


def test_two_decide_together():
    """The claim holds where both are in the same half: alone neither decides anything, and together all."""
    pytest.importorskip("SALib")

    def rule(unit):
        holds = (unit[:, 0] < 0.5) == (unit[:, 1] < 0.5)
        return holds, np.full(len(unit), False), np.full(len(unit), False)

    found = measure(ASYMMETRY, judge_of(rule, []), TWO, **SETTINGS | {"sensitivity": True, "points": 2000})
    for s in found.sensitivity.values():
        assert abs(s.first) < 0.2
        assert abs(s.total - 1) < 0.2
        assert s.first_error != s.total_error


def test_nothing_decides_what_does_not_vary():
    pytest.importorskip("SALib")
    for holds in (True, False):
        rule = lambda unit, holds=holds: (np.full(len(unit), holds), np.full(len(unit), False), np.full(len(unit), False))  # noqa: E731
        found = measure(ASYMMETRY, judge_of(rule, []), TWO, **SETTINGS | {"sensitivity": True})
        assert {(s.first, s.total, s.first_error, s.total_error) for s in found.sensitivity.values()} == {(0, 0, 0, 0)}


def test_choices_by_equal_parts():
    """2 × 3 values: halves of one column and thirds of the other, the last of which may hold 1."""
    family = Family(
        lambda a, v, b: OPEN.at(v=v), {"a": Choice(1, 2), "v": Interval(0, 1), "b": Choice("x", "y", "z")}, enforcement=GIVEN
    )
    unit = np.array([[0.1, 0.5, 0.1], [0.49, 0.5, 0.4], [0.5, 0.5, 0.7], [0.99, 0.5, 0.33], [1.0, 0.5, 1.0]])
    codes, combinations = chosen(family, unit)
    drawn = [combinations[code] for code in codes]
    assert drawn == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "z"}, {"a": 2, "b": "x"}, {"a": 2, "b": "z"}]
    assert len(combinations) == 6


def test_batches_are_of_all_rows():
    """Batch by batch: every row once, with its own parameters and numbers, and no more games than fit the cache."""
    family = Family(lambda v, w: OPEN.at(v=v), {"w": Choice(1, 2), "v": Interval(0, 1)}, enforcement=GIVEN)
    rng = np.random.default_rng(2)
    unit, line = rng.random((90, 2)), line_of("gap", family, 2000)
    seen = []
    for rows, values, lines in batches(ASYMMETRY, family, unit, line, False):
        assert 0 < len(rows) <= 30  # 60 000 games of 2000 points
        assert np.allclose(values["v"], unit[rows, 1])
        assert {1 if u < 0.5 else 2 for u in unit[rows, 0]} == {values["w"]}
        assert lines.points is line
        odds = 1 + (unit[rows, 1:] - 0.5) * line
        assert np.allclose(lines.proxy, odds / (1 + odds), rtol=1e-12)
        assert not lines.sponsor.any()
        seen += rows.tolist()
    assert sorted(seen) == list(range(90))
