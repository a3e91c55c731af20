"""The page of the hazards' results says what the stored results say, and the tables are those of the stored run."""

import csv
import json
import re
import tomllib
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
RESULTS = ROOT / "benchmarks" / "results"
PAGE = (ROOT / "docs" / "explanation" / "hazard-results.md").read_text(encoding="utf-8")
SAID = " ".join(PAGE.split())  # sentences over the ends of lines
STORED = json.loads((RESULTS / "hazard.json").read_text(encoding="utf-8"))
TASKS, DIRECTION = STORED["tasks"], STORED["direction"]["models"]
GAMES = ("reversion", "side payments", "mutual fighting", "penal codes", "two edges")
OWN = {name: model for name, model in DIRECTION.items() if "against swapped" in model["by group"]}
ALLIANCES = ("violation", "any end", "breakdown")


def apart(interval):
    _, low, high, _ = interval
    return low > 0 or high < 0


def signed(x):
    return f"{x:+.1f}".replace("-", "−")


def said(interval):
    total, low, high, _ = interval
    return f"{signed(total)} [{signed(low)}, {signed(high)}]"


def swapped(model, scheme="by group", of="disputes"):
    return OWN[model][scheme]["against swapped"][of]


def every_interval():
    parts = chain.from_iterable(task["models"].values() for task in TASKS.values())
    for model in chain(parts, DIRECTION.values()):
        for scheme in ("by group", "by time"):
            for kind in ("difference", "who against its share", "against swapped", "who against swapped"):
                yield from model[scheme].get(kind, {}).values()
    for task in TASKS.values():
        for contrast in task["contrasts"].values():
            for kinds in contrast.values():
                yield from kinds.values()


def test_the_tables_are_those_of_the_stored_run(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    written = import_module("hazard_report").tables(STORED)
    assert len(written) == 18
    for name, text in written.items():
        assert (RESULTS / name).read_text(encoding="utf-8") == text, name


def test_the_report_names_the_version_that_was_run():
    frozen = tomllib.loads((ROOT / "benchmarks" / "hazard_specification.toml").read_text(encoding="utf-8"))
    told = {key: str(frozen[key]) for key in ("frozen", "declared")}
    assert STORED["head"]["specification"] == {"version": frozen["version"], **told}
    assert all(STORED["head"][key] == value for key, value in frozen["run"].items())
    start = f"Specification, version {frozen['version']} of {told['frozen']} ({told['declared']})."
    assert start in (RESULTS / "hazard.md").read_text(encoding="utf-8")


def test_every_interval_on_the_page_is_a_stored_one():
    stored = {said(interval) for interval in every_interval()}
    on_page = re.findall(r"[+−][\d.]+ \[[+−][\d.]+, [+−][\d.]+\]", SAID)
    assert len(on_page) > 10
    assert set(on_page) <= stored
    ratios = {
        name: "{:.3f} [{:.3f}, {:.3f}]".format(*TASKS[name]["models"]["Cox, gap"]["ratio"]) for name in (*ALLIANCES, "disputes")
    }
    for ratio in ratios.values():
        assert ratio.removeprefix("0").replace("[0.", "[.").replace(" 0.", " .") in SAID


def test_the_csv_has_as_many_intervals_as_the_page_says():
    with (RESULTS / "hazard.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) > 800
    assert "more than 800 of them" in SAID


def test_no_game_is_told_apart_from_the_line_by_group():
    found = [
        (name, model, of)
        for name, task in TASKS.items()
        for model, entry in task["models"].items()
        if model.startswith(GAMES)
        for of, interval in entry["by group"]["difference"].items()
        if apart(interval)
    ]
    assert not found
    assert "Held out by group, no game is told apart from the line in any of the five questions." in SAID
    assert len(TASKS) == 5


def test_what_time_says_about_alliances():
    models = {(name, model): entry for name in ALLIANCES for model, entry in TASKS[name]["models"].items()}
    games = [entry["by time"]["difference"] for (_, model), entry in models.items() if model.startswith(GAMES)]
    assert not any(apart(d["states"]) for d in games)
    ahead = [d["alliances"] for d in games if apart(d["alliances"])]
    assert any(d[0] > 0 for d in ahead)
    assert any(d[0] < 0 for d in ahead)
    assert "By alliance several games are told apart from the line, ahead of it or behind; by state none is." in SAID
    expected = [entry["by time"]["expected"] for (name, _), entry in models.items() if name == "violation"]
    happened = TASKS["violation"]["models"]["constant"]["by time"]["events"]
    assert f"expect {min(expected):.0f} to {max(expected):.0f} violations from 1965 on, and {happened} happened" in SAID
    for name in ("violation", "breakdown"):
        for scheme in ("by group", "by time"):
            scores = {model: entry[scheme]["score"] for model, entry in TASKS[name]["models"].items()}
            assert max(scores, key=scores.get) == "gap and its changes"


def test_what_the_gap_and_age_add():
    scores = [{model: entry["by group"]["score"] for model, entry in TASKS[name]["models"].items()} for name in ALLIANCES]
    gap = [f"{s['gap, linear'] - s['age alone']:+.1f}" for s in scores]
    age = [f"{s['age alone'] - s['constant']:.1f}" for s in scores]
    assert "the gap adds {}, {} and {} to age alone".format(*gap) in SAID
    assert "age alone adds {}, {} and {} to a constant".format(*age) in SAID
    assert max(TASKS["disputes"]["models"].items(), key=lambda item: item[1]["by group"]["score"])[0] == "age alone"
    primary = [
        signed(TASKS[name]["models"]["reversion, m free"]["by group"]["difference"]["alliances"][0]) for name in ALLIANCES
    ]
    assert "is behind the line in all three ({}, {}, {})".format(*primary) in SAID


def test_what_one_assumption_is_worth():
    """No interval by group excludes zero but those that the page names; by time those that it names are the ones by state."""
    by_group = {
        (task, contrast): found["by group"]
        for task in TASKS
        for contrast, found in TASKS[task]["contrasts"].items()
        if any(map(apart, [next(iter(found["by group"].values()))]))
    }
    assert set(by_group) == {
        ("any end", "m free against m = 2"),
        ("breakdown", "m free against m = 2"),
        ("any end", "spline against a line"),
    }
    for found in by_group.values():
        assert said(found["alliances"]) in SAID
    late = [found["by time"]["states"] for task in ALLIANCES for found in TASKS[task]["contrasts"].values()]
    late = [interval for interval in late if apart(interval)]
    assert len(late) == 3
    assert all(interval[0] > 0 and said(interval) in SAID for interval in late)


@pytest.mark.parametrize("scheme", ["by group", "by time"])
def test_only_penal_codes_at_one_differ_from_their_sides_swapped_when_states_are_drawn_again(scheme):
    found = [model for model in OWN if apart(swapped(model, scheme, "states"))]
    assert found == (["penal codes, m = 1, common rate"] if scheme == "by group" else [])


def test_who_moves_first_at_m_2():
    sizes = [swapped(f"{punishment}, m = 2, common rate") for punishment in ("mutual fighting", "reversion", "penal codes")]
    assert [apart(interval) for interval in sizes] == [True, False, False]
    assert "mutual fighting {}, reversion {}, penal codes {}".format(*(signed(x[0]) for x in sizes)) in SAID
    assert f"by {min(x[0] for x in sizes):.1f} to {max(x[0] for x in sizes):.1f} log points" in SAID
    scores = [
        DIRECTION[f"{name}, m = 2, common rate"]["by group"]["score"]
        for name in ("mutual fighting", "reversion", "penal codes")
    ]
    assert f"lie within {max(scores) - min(scores):.1f} log points" in SAID
    own = [swapped(model)[0] for model in OWN if model.endswith("own rate")]
    assert f"the differences lie between {signed(min(own))} and {signed(max(own))}" in SAID


def test_who_moves_first_at_other_m():
    penal = [swapped("penal codes, m = 1, common rate", of=of) for of in ("disputes", "states")]
    assert all(map(apart, penal))
    for _, low, high, _ in penal:
        assert f"[{signed(low)}, {signed(high)}]" in SAID
    free = {model: DIRECTION[model] for model in OWN if "m free" in model}
    exchanged = {model: DIRECTION[f"{model}, swapped"] for model in free}
    assert all(entry["theta"]["contest.decisiveness"] < 1 for entry in exchanged.values())
    assert sum(exchanged[model]["in sample"] > free[model]["in sample"] for model in free) == 3
    assert len(free) == 4
    scores = {model: DIRECTION[model]["by group"]["score"] for model in OWN}
    lost = scores.pop("mutual fighting, m free, common rate")
    assert f"{min(scores.values()) - lost:.1f} log points below that of any other game with its own constraints" in SAID
    chances = [chance for part in ("", ", swapped") for chance in DIRECTION[f"penal codes, m = 1, common rate{part}"]["who"]]
    assert sum(abs(chance - 0.5) < 0.005 for chance in chances) > 0.9 * len(chances)


def test_who_moves_first_from_1946_on():
    late = {model: swapped(model, "by time") for model in OWN if apart(swapped(model, "by time"))}
    assert set(late) == {"mutual fighting, m = 1, common rate", "reversion, m free, own rate"}
    assert all(interval[0] < 0 and said(interval) in SAID for interval in late.values())
    turns = [swapped("reversion, m = 2, own rate", scheme)[0] for scheme in ("by group", "by time")]
    assert "reversion turns from {} to {}".format(*map(signed, turns)) in SAID
    fighting = [swapped("mutual fighting, m = 2, own rate", scheme)[0] for scheme in ("by group", "by time")]
    assert "mutual fighting from {} to {}".format(*map(signed, fighting)) in SAID


def test_nobody_knows_who_better_than_age_by_side():
    for model, entry in DIRECTION.items():
        for scheme in ("by group", "by time"):
            for interval in entry[scheme]["who against its share"].values():
                assert interval[1] <= 0, (model, scheme)
    assert said(DIRECTION["gap by side"]["by group"]["who against its share"]["disputes"]) in SAID


@pytest.mark.skipif(not DATA.is_dir(), reason="the data files beside the checkout are absent")
def test_who_begins_at_narrow_gaps(monkeypatch):
    pytest.importorskip("pandas")
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    specification = tomllib.loads((ROOT / "benchmarks" / "hazard_specification.toml").read_text(encoding="utf-8"))
    specification["tasks"] = [task for task in specification["tasks"] if task["data"] == "disputes"]
    (disputes,) = import_module("hazard_data").tasks(DATA, specification)
    frame = disputes.frame[disputes.frame["onset"] == 1]
    narrow = frame[frame["gap"] < 0.4]
    assert f"at gaps below .4 they begin {(narrow['initiator'] == 'stronger').sum()} of {len(narrow)}." in SAID
    assert f"{(frame['initiator'] == 'stronger').sum()} of {len(frame)}" in SAID
