"""What thresholds say of themselves, of many alliances and of one, where the windows are written down by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.payoffs.dyadic import DyadicGame
from alliances.thresholds.answers import STATUSES, judged
from tests.support import benchmark_game, saved_and_loaded
from tests.test_windows_by_hand import HIGH, LOW, WINDOWS, W, axes, in_a_row

# -- many alliances --------------------------------------------------------------------------------------------------------


def thresholds(windows: al.WindowBatch = WINDOWS, **question: Any) -> al.ThresholdBatch:
    """Thresholds of these windows; everything else is what a user might have asked."""
    asked: dict[str, Any] = {
        "game": benchmark_game(), "discount": (0.75, 0.5), "enforcement": al.NashReversion(), "profile": (0, 0),
        "domain": (LOW, HIGH), "start": None, "total": 1.0, "samples": 65,
    }  # fmt: skip
    return al.ThresholdBatch(windows, **(asked | question))


def test_without_a_start_an_alliance_comes_from_the_top_of_its_highest_window():
    found = thresholds()
    assert (found.shape, found.size) == ((2, 2), 4)
    assert found.home.tolist() == [[1, -1], [2, 5]]
    assert found.status.tolist() == [["threshold", "never stable"], ["always stable", "threshold"]]
    assert found.gap.tolist() == [[0.125, pytest.approx(np.nan, nan_ok=True)], [pytest.approx(np.nan, nan_ok=True), 0.5]]
    assert found.defector_code.tolist() == [[2, 0], [0, 1]]
    assert found.defector.tolist() == [["proxy", "none"], ["none", "sponsor"]]
    assert found.shares == {
        name: {"threshold": 0.5, "never stable": 0.25, "always stable": 0.25}.get(name, 0.0) for name in STATUSES
    }
    assert found.message == (
        "4 alliances: threshold 2, always stable 1, never stable 1; the median threshold is 0.312500."  # of 1/8 and 1/2
    )


@pytest.mark.parametrize(
    ("start", "home", "status", "gap"),
    [
        ([-0.875, 0, LOW, -0.625], [0, -1, 2, 3], ["threshold", "never stable", "always stable", "threshold"], [-0.875, -0.75]),
        ([0.5, 0, HIGH, HIGH], [1, -1, 2, 5], ["threshold", "never stable", "always stable", "threshold"], [0.125, 0.5]),
        ([0.0, 0.5, 0, 0.125], [-1, -1, 2, 4], ["unstable at start", "never stable", "always stable", "threshold"], [0.0]),
        ([0.75, 0, 0, -0.5], [-1, -1, 2, -1], ["unstable at start", "never stable", "always stable", "unstable at start"], []),
    ],
    ids=["lowest", "upper ends", "middle", "outside"],
)
def test_a_start_says_from_which_window(start, home, status, gap):
    found = thresholds(in_a_row(WINDOWS), start=np.array(start, dtype=float))
    assert found.home.tolist() == home
    assert found.status.tolist() == status
    assert [STATUSES[code] for code in found.status_code] == status
    assert found.gap[~np.isnan(found.gap)].tolist() == gap
    assert [name == "threshold" for name in status] == (~np.isnan(found.gap)).tolist()
    for k in range(4):
        one = found.at(k)
        assert (one.status, one.start) == (status[k], start[k])
        assert one.gap == (None if np.isnan(found.gap[k]) else found.gap[k])
        assert (one.defector or "none") == found.defector[k]


def test_a_window_that_reaches_down_to_the_domains_end_has_no_lower_edge():
    windows = al.WindowBatch(
        (2,), np.array([0, 1, 2]), np.array([LOW, -0.5]), np.array([0.5, HIGH]), np.array([0, 1]), np.array([1, 0])
    )
    found = thresholds(windows)
    assert found.status.tolist() == ["no lower edge", "threshold"]
    assert np.isnan(found.gap[0])
    assert found.defector.tolist() == ["none", "sponsor"]
    assert found.message == "2 alliances: threshold 1, no lower edge 1; the median threshold is -0.500000."
    assert [found.at(k).status for k in (0, 1)] == ["no lower edge", "threshold"]


def test_alliances_that_are_all_never_stable():
    none = np.zeros(0)
    windows = al.WindowBatch((3,), np.zeros(4, dtype=int), none, none, none.astype(int), none.astype(int))
    for start in (None, np.array([0.0, 0.1, 0.2])):
        found = thresholds(windows, start=start)
        assert found.home.tolist() == [-1] * 3
        assert found.status.tolist() == ["never stable"] * 3
        assert found.message == "3 alliances: never stable 3."
        assert np.isnan(found.gap).all()
        assert found.defector_code.tolist() == [0, 0, 0]


def test_one_of_many_is_asked_the_same_question():
    exposure, alarm, start = np.array([[0.5], [0.75]]), np.array([0.0, 0.125]), np.array([[0.25], [0.5]])
    found = thresholds(
        game=benchmark_game(exposure=exposure), enforcement=al.ImperfectMonitoring(alarm, 0.0), start=start,
        discount=(np.array([0.5, 0.75]), 0.625), profile=(1, 0), total=3.0, samples=17, domain=(LOW, 0.96),
    )  # fmt: skip
    one = found.at((1, 0))
    assert one.windows == (W(LOW, HIGH, None, None),)
    assert one.game == benchmark_game(exposure=0.75)
    assert one.enforcement == al.ImperfectMonitoring(0.0, 0.0)
    assert (one.discount, one.start) == ((0.5, 0.625), 0.5)
    assert (one.profile, one.domain, one.total, one.samples) == ((1, 0), (LOW, 0.96), 3.0, 17)
    assert {name: x.tolist() for name, x in found.parameters.items()} == {
        "exposure": [[0.5, 0.5], [0.75, 0.75]],
        "false_alarm": [[0.0, 0.125]] * 2,
        "discount_sponsor": [[0.5, 0.75]] * 2,
        "start": [[0.25, 0.25], [0.5, 0.5]],
    }


@dataclass(frozen=True, eq=False)
class Alarmed(DyadicGame):
    """A model with a parameter that a concept has, too, and with three and two parameters in one."""

    false_alarm: Any
    levels: Any
    pair: Any
    actions = ("ally", "fight")

    def cells(self, power: al.Power) -> Any:
        return [[(power.sponsor, power.proxy)] * 2] * 2


def test_the_columns_of_a_table_are_the_parameters_by_name():
    first, second, third = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    game = Alarmed(first, (second, 0.5, third), (third, second))
    windows = al.WindowBatch((2,), np.array([0, 1, 1]), np.array([-0.5]), np.array([0.25]), np.array([1]), np.array([2]))
    found = thresholds(
        windows, game=game, enforcement=al.ImperfectMonitoring(second / 10, 0.0), discount=(first / 4, first / 4)
    )
    frame = found.to_frame()
    parameters = {
        "false_alarm": [1.0, 2.0],
        "levels_0": [3.0, 4.0],
        "levels_2": [5.0, 6.0],
        "pair_sponsor": [5.0, 6.0],
        "pair_proxy": [3.0, 4.0],
        "enforcement.false_alarm": pytest.approx([0.3, 0.4]),
        "discount": [0.25, 0.5],
    }
    answers = {
        "defector": ["sponsor", "none"],
        "status": ["threshold", "never stable"],
        "windows": [1, 0],
        "stable": [0.75, 0.0],
    }
    table = frame.to_dict("list")
    assert (table["gap"][0], np.isnan(table.pop("gap")[1])) == (-0.5, True)
    assert table == parameters | answers
    assert list(table) == [*parameters, *answers]
    names = {name: x[2] for name, x in axes(found).items()}
    assert names["gap"] == "gap at which the alliance breaks"
    assert names["stable"] == "sum of the widths of the stability windows"


# -- one alliance ----------------------------------------------------------------------------------------------------------


def test_a_window_holds_its_edges_and_says_who_deviates_outside():
    window = W(-0.25, 0.5, "both", None)
    assert [gap in window for gap in (-0.2500001, -0.25, 0.0, 0.5, 0.5000001)] == [False, True, True, True, False]
    assert window.message == "[-0.250000, 0.500000] (below: both defect; above: end of the domain)"
    assert W(0.0, 0.125, "sponsor", "proxy").message == "[0.000000, 0.125000] (below: sponsor defects; above: proxy defects)"


def test_the_status_follows_from_the_windows_and_the_start():
    low, high = W(-0.5, 0.0, "proxy", "sponsor"), W(0.25, 0.5, "sponsor", None)
    domain = -0.5, 0.5
    assert judged((), domain, None) == judged((), domain, 0.0) == ("never stable", None)
    assert judged((low, high), domain, None) == ("threshold", high)
    assert judged((low, high), domain, -0.25) == ("threshold", low)
    assert judged((low, high), domain, 0.0) == ("threshold", low)
    assert judged((low, high), domain, 0.125) == ("unstable at start", None)
    whole, bottom = W(-0.5, 0.5, None, None), W(-0.5, 0.25, None, "sponsor")
    assert judged((whole,), domain, None) == judged((whole,), domain, 0.125) == ("always stable", None)
    assert judged((bottom,), domain, None) == ("no lower edge", None)
    assert judged((replace(whole, lower=-0.25, lower_defector="both"),), domain, None)[0] == "threshold"
    assert judged((replace(whole, upper=0.25, upper_defector="both"),), domain, None)[0] == "no lower edge"


def answer(**parts: Any) -> al.DefectionThreshold:
    windows = (W(-0.5, 0.0, "proxy", "sponsor"), W(0.25, 0.5, "sponsor", None))
    asked: dict[str, Any] = {
        "gap": 0.25, "defector": "sponsor", "windows": windows, "status": "threshold", "game": benchmark_game(),
        "discount": (0.75, 0.5), "enforcement": al.NashReversion(), "profile": (0, 0), "domain": (-0.5, 0.5), "start": None,
        "total": 1.0, "samples": 65,
    }  # fmt: skip
    return al.DefectionThreshold(**(asked | parts))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "As the gap narrows, the alliance breaks at 0.250000; defector: sponsor."),
        ({"defector": "both"}, "As the gap narrows, the alliance breaks at 0.250000; both defect."),
        ({"gap": 0.1234567}, "As the gap narrows, the alliance breaks at 0.123457; defector: sponsor."),
        ({"gap": 0.0}, "As the gap narrows, the alliance breaks at 0.000000; defector: sponsor."),
        (
            {"gap": -0.5, "defector": "proxy"},
            "The alliance breaks when the proxy has overtaken its sponsor, at a gap of -0.500000; defector: proxy.",
        ),
        ({"status": "always stable"}, "The alliance is stable at every gap from -0.5 to 0.5."),
        (
            {"status": "never stable"},
            "The alliance is stable at no gap from -0.5 to 0.5; try a higher discount factor or another enforcement.",
        ),
        (
            {"status": "unstable at start", "start": 0.125},
            "The alliance is not stable at the gap 0.125 that it starts from; see the windows.",
        ),
        (
            {"status": "no lower edge"},
            "From the start down to a gap of -0.5 nothing breaks the alliance; see the windows for other edges.",
        ),
    ],
)
def test_the_answer_in_a_sentence_and_its_windows(parts, message):
    found = answer(**parts)
    assert found.message == message
    assert str(found) == (
        f"{message}\n"
        "  stable on [-0.500000, 0.000000] (below: proxy defects; above: sponsor defects)\n"
        "  stable on [0.250000, 0.500000] (below: sponsor defects; above: end of the domain)"
    )


def test_a_threshold_as_a_table_a_record_and_a_file():
    found = answer()
    assert found.to_frame().to_dict("list") == {
        "lower": [-0.5, 0.25],
        "upper": [0.0, 0.5],
        "lower_defector": ["proxy", "sponsor"],
        "upper_defector": ["sponsor", None],
    }
    record = found.to_dict()
    assert list(record) == ["gap", "defector", "status", "windows", "discount", "enforcement", "domain"]
    assert [record[name] for name in ("gap", "defector", "status", "discount", "domain")] == [
        0.25, "sponsor", "threshold", [0.75, 0.5], [-0.5, 0.5],
    ]  # fmt: skip
    assert [window["lower"] for window in record["windows"]] == [-0.5, 0.25]
    assert saved_and_loaded(found) == found
    assert saved_and_loaded(found).windows[1] == W(0.25, 0.5, "sponsor", None)
    none = answer(windows=[], status="never stable", gap=None, defector=None)
    assert none.windows.message == "stability windows: none; stable at no gap of [-0.5, 0.5]"
    assert found.windows.title == "stability windows"
