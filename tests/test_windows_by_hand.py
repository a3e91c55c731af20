"""What batches of windows and of regions say of themselves, on a few that are written down and counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.thresholds.batches import RegionBatch

LOW, HIGH = -0.95, 0.95

# four alliances in a table: two windows, none, the whole domain, three that end where the domain ends
WINDOWS = al.WindowBatch(
    shape=(2, 2),
    offsets=np.array([0, 2, 2, 3, 6]),
    lower=np.array([-0.875, 0.125, LOW, -0.75, 0.0, 0.5]),
    upper=np.array([-0.625, 0.5, HIGH, -0.625, 0.25, HIGH]),
    lower_code=np.array([1, 2, 0, 3, 2, 1]),
    upper_code=np.array([2, 1, 0, 1, 3, 0]),
)
PLACES = [(0, 0), (0, 1), (1, 0), (1, 1)]
W = al.Window


def in_a_row(batch: Any) -> Any:
    """The same alliances as a list instead of a table."""
    return replace(batch, shape=(4,))


# -- windows ---------------------------------------------------------------------------------------------------------------


def test_windows_are_counted_measured_and_named():
    assert WINDOWS.size == 4
    assert WINDOWS.count.tolist() == [[2, 0], [1, 3]]
    assert WINDOWS.alliance.tolist() == [0, 0, 2, 3, 3, 3]
    assert WINDOWS.width == pytest.approx(np.array([[0.25 + 0.375, 0], [1.9, 0.125 + 0.25 + 0.45]]))
    assert WINDOWS.lower_defector.tolist() == ["sponsor", "proxy", "none", "both", "proxy", "sponsor"]
    assert WINDOWS.upper_defector.tolist() == ["proxy", "sponsor", "none", "sponsor", "both", "none"]
    assert WINDOWS.message == "stability windows of 4 alliances: 1 with 0, 1 with 1, 1 with 2, 1 with 3"
    twice = replace(in_a_row(WINDOWS), offsets=np.array([0, 2, 4, 6, 6]))
    assert twice.message == "stability windows of 4 alliances: 1 with 0, 3 with 2"


def test_widths_of_a_batch_are_those_of_its_windows():
    deltas = np.array([0.3, 0.5, 0.8, 0.95])
    batch = al.defection_threshold(al.presets.chindea_2014(), deltas, samples=65)
    for k, width in enumerate(batch.windows.width):
        windows = al.stability_windows(al.presets.chindea_2014(), deltas[k], samples=65)
        assert width == pytest.approx(sum(w.upper - w.lower for w in windows))
    assert batch.to_frame()["stable"].tolist() == batch.windows.width.tolist()
    assert batch.to_frame()["windows"].tolist() == batch.windows.count.tolist()


@pytest.mark.parametrize("shape", [(4,), (2, 2)])
def test_the_windows_of_one_alliance(shape):
    batch = replace(WINDOWS, shape=shape)
    expected = [
        (W(-0.875, -0.625, "sponsor", "proxy"), W(0.125, 0.5, "proxy", "sponsor")),
        (),
        (W(LOW, HIGH, None, None),),
        (W(-0.75, -0.625, "both", "sponsor"), W(0.0, 0.25, "proxy", "both"), W(0.5, HIGH, "sponsor", None)),
    ]
    for k, windows in enumerate(expected):
        found = batch.at(np.unravel_index(k, shape) if len(shape) > 1 else k)
        assert found == windows
        assert all(type(edge) is float for w in found for edge in (w.lower, w.upper))
    assert batch.at((-1,) * len(shape)) == expected[-1]


def test_a_table_of_windows_says_whose_they_are():
    rows = {
        "lower": WINDOWS.lower.tolist(),
        "upper": WINDOWS.upper.tolist(),
        "lower_defector": WINDOWS.lower_defector.tolist(),
        "upper_defector": WINDOWS.upper_defector.tolist(),
    }
    assert in_a_row(WINDOWS).to_frame().to_dict("list") == {"game": [0, 0, 2, 3, 3, 3]} | rows
    table = {"axis_0": [0, 0, 1, 1, 1, 1], "axis_1": [0, 0, 0, 1, 1, 1]} | rows
    assert WINDOWS.to_frame().to_dict("list") == table
    assert str(WINDOWS) == (
        "stability windows of 4 alliances: 1 with 0, 1 with 1, 1 with 2, 1 with 3\n"
        "axis_0  axis_1   lower   upper  lower_defector  upper_defector\n"
        "     0       0  -0.875  -0.625         sponsor           proxy\n"
        "     0       0   0.125     0.5           proxy         sponsor\n"
        "     1       0   -0.95    0.95            none            none\n"
        "     1       1   -0.75  -0.625            both         sponsor\n"
        "     1       1       0    0.25           proxy            both\n"
        "     1       1     0.5    0.95         sponsor            none"
    )
    one = al.WindowBatch((), np.array([0, 1]), *(x[:1] for x in (WINDOWS.lower, WINDOWS.upper)), np.array([1]), np.array([2]))
    assert one.to_frame()["game"].tolist() == [0]
    assert one.at(()) == (W(-0.875, -0.625, "sponsor", "proxy"),)


def axes(result: Any) -> dict[str, tuple[Any, ...]]:
    """The variables of a result as labelled arrays: dimensions, numbers, what they are, and the unit."""
    data = result.to_xarray()
    return {
        str(name): (x.dims, x.values.tolist(), x.attrs.get("long_name"), x.attrs.get("units"))
        for name, x in data.variables.items()
    }


def test_windows_as_labelled_arrays():
    rows = ("window",)
    assert axes(WINDOWS) == {
        "game": (rows, [0, 0, 2, 3, 3, 3], "alliance, by number in C order", "1"),
        "lower": (rows, WINDOWS.lower.tolist(), "lower edge of the window", "1"),
        "upper": (rows, WINDOWS.upper.tolist(), "upper edge of the window", "1"),
        "lower_defector": (rows, WINDOWS.lower_defector.tolist(), "who deviates just below", "1"),
        "upper_defector": (rows, WINDOWS.upper_defector.tolist(), "who deviates just above", "1"),
    }


# -- regions ---------------------------------------------------------------------------------------------------------------

REGIONS = RegionBatch(
    shape=(3,),
    offsets=np.array([0, 2, 3, 6]),
    lower=np.array([-0.5, 0.0, -0.5, -0.5, -0.25, 0.25]),
    upper=np.array([0.0, 0.5, 0.5, -0.25, 0.25, 0.5]),
    code=np.array([0, 2, 2, 2, 0, 2]),
    names=("alliance", "pact", "conflict"),
)


def test_regions_are_named_shared_out_and_counted():
    assert REGIONS.label.tolist() == ["alliance", "conflict", "conflict", "conflict", "alliance", "conflict"]
    assert REGIONS.count.tolist() == [2, 1, 3]
    assert REGIONS.share("alliance").tolist() == [0.5, 0, 0.5]
    assert REGIONS.share("conflict").tolist() == [0.5, 1, 0.5]
    assert REGIONS.share("pact").tolist() == [0, 0, 0]
    assert REGIONS.message == "6 regions of 3 alliances: alliance in 2, conflict in 3"
    uneven = replace(REGIONS, upper=np.array([0.0, 0.5, 0.5, -0.25, 0.25, 1.5]))  # a domain of 2 for the last
    assert uneven.share("conflict").tolist() == [0.5, 1, 0.75]
    assert replace(REGIONS, shape=(3, 1)).share("alliance").tolist() == [[0.5], [0], [0.5]]
    words = r"^RegionBatch.share\(\): name must be one of \('alliance', 'pact', 'conflict'\); got 'war'$"
    with pytest.raises(ValueError, match=words):
        REGIONS.share("war")


def test_the_regions_of_one_alliance_and_the_table_of_all():
    assert REGIONS.at(0) == (al.Region(-0.5, 0.0, "alliance"), al.Region(0.0, 0.5, "conflict"))
    assert REGIONS.at(1) == (al.Region(-0.5, 0.5, "conflict"),)
    assert [r.label for r in REGIONS.at(2)] == ["conflict", "alliance", "conflict"]
    assert REGIONS.at(1).title == "regions of the gap"
    assert all(type(edge) is float for r in REGIONS.at(0) for edge in (r.lower, r.upper))
    with pytest.raises(
        IndexError, match=r"^RegionBatch\.at\(\): index must select one alliance of a batch of shape \(3,\); got 3"
    ):
        REGIONS.at(3)
    rows = {"lower": REGIONS.lower.tolist(), "upper": REGIONS.upper.tolist(), "label": REGIONS.label.tolist()}
    assert REGIONS.to_frame().to_dict("list") == {"game": [0, 0, 1, 2, 2, 2]} | rows
    assert str(REGIONS) == (
        "6 regions of 3 alliances: alliance in 2, conflict in 3\n"
        "game  lower  upper     label\n"
        "   0   -0.5      0  alliance\n"
        "   0      0    0.5  conflict\n"
        "   1   -0.5    0.5  conflict\n"
        "   2   -0.5  -0.25  conflict\n"
        "   2  -0.25   0.25  alliance\n"
        "   2   0.25    0.5  conflict"
    )
    assert axes(REGIONS) == {
        "game": (("region",), [0, 0, 1, 2, 2, 2], "alliance, by number in C order", "1"),
        "lower": (("region",), REGIONS.lower.tolist(), "lower edge of the region", "1"),
        "upper": (("region",), REGIONS.upper.tolist(), "upper edge of the region", "1"),
        "label": (("region",), REGIONS.label.tolist(), "what does not change over the region", "1"),
    }
