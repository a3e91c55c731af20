"""The line of gaps: a model along the gap, checked when the line is made."""

from fractions import Fraction

import numpy as np
import pytest

from alliances.thresholds.line import Line
from tests.support import benchmark_game


def test_a_line_is_checked_when_it_is_made_and_holds_plain_numbers():
    line = Line(benchmark_game(), [Fraction(-1, 2), 0], Fraction(2), np.int64(5), function="test")
    assert (line.domain, line.total, line.samples) == ((-0.5, 0.0), 2.0, 5)
    assert [type(x) for x in (*line.domain, line.total, line.samples)] == [float, float, float, int]
    assert line.gaps.tolist() == [-0.5, -0.375, -0.25, -0.125, 0.0]
    power = line.power(line.gaps)
    assert np.allclose(power.sponsor + power.proxy, 2.0, rtol=1e-15)
    assert np.allclose(power.gap, line.gaps, atol=1e-15)
    stages, stage = line.stage_games(line.gaps), line.stage_games(-0.25)
    assert stages.batch_shape == (5,)
    assert np.array_equal(stages.A[2], stage.A)
    with pytest.raises(ValueError, match=r"test\(\): samples must be an integer of at least 3; got 2"):
        Line(benchmark_game(), (-0.5, 0.5), 1.0, 2, function="test", least=3)


def test_a_line_names_its_regions():
    line = Line(benchmark_game(), (-0.5, 0.5), 1.0, 11, function="test")
    labels = line.regions(lambda gaps: np.searchsorted([-0.123456789, 0.3], gaps), "abc".__getitem__)
    assert [r.label for r in labels] == ["a", "b", "c"]
    assert [r.upper for r in labels] == pytest.approx([-0.123456789, 0.3, 0.5], abs=1e-12)
    assert [r.lower for r in labels[1:]] == [r.upper for r in labels[:-1]]
