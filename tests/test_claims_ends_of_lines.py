"""Claims towards the ends of the line of gaps: where points are looked for, and what is noise there."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.claims import (
    PROXY_RESTRAINT,
    SPONSOR_RESTRAINT,
    Family,
    Interval,
    alliance_family,
)
from alliances.claims.measuring import line_of
from tests.claim_support import HALF
from tests.test_claims_between import GIVEN, odds, straight


@pytest.mark.parametrize("end", [F(1), F(0), F(-1)])
def test_measure_looks_towards_the_ends(end):
    """ω rises only within a thousandth of an end, at half of the parameters; equally spaced points are farther away."""
    near = F(1, 1000)
    inside = end + (near if end < 1 else -near)
    gaps = Interval(min(end, 0), max(end, 0), "neither") if end else Interval(0, 1, "left")

    def model(v):
        rise = straight([(end, F(1)), (inside, F(2))] if end < 1 else [(inside, F(1)), (end, F(2))])
        return odds(lambda g: 0 * g, lambda g: 5 + v * rise(g) - g)

    of = Family(model, {"v": Interval(-1, 1)}, gaps=gaps, enforcement=GIVEN)
    covered = 0
    for seed in range(10):
        measured = PROXY_RESTRAINT.measure(of, points=64, rng=seed)
        covered += measured.interval[0] <= HALF + F(1, 2000) and HALF - F(1, 2000) <= measured.interval[1]
    assert covered == 10
    assert "of the sampling alone" in measured.message


def test_noise_is_no_contradiction():
    """Next to the gap 1 the sponsor's temptation is below what floats tell from nothing; there δ_S* seems to jump to ∞."""
    of = alliance_family(decisiveness=1, enforcement=al.ImperfectMonitoring(F(1, 100), HALF))
    at = {"value": 1.792200570686195, "exposure": 0.00041252654045820236, "conflict_cost": 0.33056933898478746}
    gaps = [1 - 2.0**-19 / 160, 1 - 2.0**-20 / 160]
    check = SPONSOR_RESTRAINT.check(of.at(**at), gaps=gaps, enforcement=of.enforcement)
    assert (check.status, check.exact) == ("holds", False)  # as in exact arithmetic: temptation and loss are equal


@given(st.integers(2, 300), st.sampled_from(["left", "right", "both", "neither"]))
def test_lines_have_as_many_points_as_asked_for(count, closed):
    of = alliance_family(stakes=Interval(0, None, "neither"), actions=3).with_(gaps=Interval(F(-1, 2), F(3, 4), closed))
    line = line_of("gap", of, count)
    assert len(line) == count
    assert np.all(np.diff(line) > 0)
    assert all(float(g) in of.gaps for g in line)
    stakes = line_of("stakes", of, count)
    assert len(stakes) == count
    assert stakes[0] > 0
