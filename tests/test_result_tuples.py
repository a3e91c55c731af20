"""Answers that are several results: tuples that show themselves, found by what functions say that they return."""

import copy
import functools
import inspect
import json
import pickle
import types
import typing

import pytest
from matplotlib import pyplot as plt

import alliances as al
from alliances.results import Result
from tests.corruption_support import result_types
from tests.support import dial, saved_and_loaded
from tests.test_every_result import check_all
from tests.test_results import EXAMPLES, MODEL, MODULES, Unknown, verbs


def hint_of(function):
    """What a function says to return; names that only type checkers know stand for anything."""
    names = dict(function.__globals__)
    while True:
        try:
            return typing.get_type_hints(function, names).get("return")
        except NameError as error:
            names[error.name] = Unknown


def alternatives(hint):
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


def asked():
    """All public functions, and the verbs of public classes and of results, by name."""
    public = [getattr(module, name) for module in MODULES for name in module.__all__]
    functions = [thing for thing in public if inspect.isfunction(thing)]
    classes = {thing for thing in public if inspect.isclass(thing) and thing.__module__.startswith("alliances")}
    functions += [verb for cls in classes | result_types() for verb in verbs(cls)]
    return {function.__qualname__: hint_of(function) for function in functions}


def is_bare(hint):
    """Whether it is a tuple, list or dictionary of results, which shows itself as Python does."""
    parts = typing.get_args(hint)
    return typing.get_origin(hint) in (tuple, list, dict) and any(inspect.isclass(p) and issubclass(p, Result) for p in parts)


def test_no_answer_is_a_bare_tuple_of_results():
    assert [name for name, hint in asked().items() if any(map(is_bare, alternatives(hint)))] == []


SHIFT = EXAMPLES["ShiftingThreshold"]
ANSWERS = {
    "Conformance.failed": lambda: EXAMPLES["Conformance"]().failed,
    "Conformance.noted": lambda: EXAMPLES["Conformance"]().noted,
    "Conformance.passed": lambda: EXAMPLES["Conformance"]().passed,
    "Conformance.skipped": lambda: EXAMPLES["Conformance"]().skipped,
    "DiscountWindows.edges": lambda: EXAMPLES["DiscountWindows"]().edges,
    "RegionBatch.at": lambda: EXAMPLES["RegionBatch"]().at(1),
    "Scoreboard.select": lambda: EXAMPLES["Scoreboard"]().select("chindea_2014"),
    "ShiftingThreshold.near_ends": lambda: SHIFT().near_ends,
    "ShiftingThreshold.static_windows": lambda: SHIFT().static_windows,
    "ShiftingThreshold.windows": lambda: SHIFT().windows,
    "WindowBatch.at": lambda: EXAMPLES["WindowBatch"]().at(1),
    "allegiance_regions": lambda: al.allegiance_regions(MODEL, 0.9, 0.5, samples=101),
    "load_all": al.cases.load_all,
    "ordinal_regions": lambda: al.ordinal_regions(al.presets.capability_aggregation(), (0.0, 0.9), samples=101),
    "punishment_regions": lambda: al.punishment_regions(al.presets.morrow_1991(), "proxy", samples=101),
    "regime_regions": lambda: al.regime_regions(MODEL, 0.6, samples=101),
    "select": lambda: al.cases.select(gap="asymmetric", outcome="durable"),
    "stability_windows": lambda: al.stability_windows(MODEL, 0.8, samples=101),
}
FIELDS = {
    "DefectionThreshold": lambda: EXAMPLES["DefectionThreshold"]().windows,
    "DiscountWindows": lambda: EXAMPLES["DiscountWindows"]().windows,
    "KeptAlliance": lambda: SHIFT().moving.windows,
}
EMPTY = {
    "stability_windows": lambda: al.stability_windows(dial(lambda gap: 0.9 + 0 * gap), 0.5, domain=(0.0, 0.5), samples=11),
    "DefectionThreshold": lambda: al.defection_threshold(dial(lambda gap: 0.9 + 0 * gap), 0.5, samples=11).windows,
    "WindowBatch.at": lambda: al.stability_windows(dial(lambda gap: 0.9 + 0 * gap), [0.5, 0.95], samples=11).at(0),
    "select": lambda: al.cases.select(gap="asymmetric", trend="widening", outcome="splinters", relation="rivals"),
}


def test_every_such_answer_has_an_example():
    """Found by machine: one that is added later needs an example, and passes the table from then on."""
    found = {
        name for name, hint in asked().items() if any(typing.get_origin(part) is al.ResultTuple for part in alternatives(hint))
    }
    assert found == ANSWERS.keys()


EVERY = {**ANSWERS, **{f"{name}.windows": make for name, make in FIELDS.items()}, **{f"empty {n}": m for n, m in EMPTY.items()}}
EVERY = {name: functools.cache(make) for name, make in EVERY.items()}


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if "Conformance" in n else n for n in EVERY])
def test_the_table_of_checks(name):
    value = EVERY[name]()
    assert type(value) is al.ResultTuple
    if "load_all" not in name and "select" not in name:
        check_all(value)
    else:  # of cases: their own checks save and pickle each
        assert len(repr(value).splitlines()) <= 10
        assert max(map(len, repr(value).splitlines())) <= 100
        assert len(value.to_frame()) == len(value)


@pytest.mark.parametrize("name", EVERY)
def test_it_is_still_a_tuple(name):
    value = EVERY[name]()
    plain = tuple(iter(value))
    assert isinstance(value, tuple)
    assert type(plain) is tuple
    assert value == plain
    assert plain == value
    assert (value != plain) is False
    assert hash(value) == hash(plain)
    assert {plain: 1}[value] == 1
    assert (len(value), bool(value), [*value]) == (len(plain), bool(plain), [*plain])
    assert (value == ()) is (plain == ())
    assert value + plain == plain + plain
    assert all(part in value and value.index(part) == plain.index(part) for part in plain)
    assert [value[k] for k in range(len(plain))] == list(plain)
    assert value[::-1] == plain[::-1]
    assert type(value[:1]) is al.ResultTuple
    assert value[:1].title == value.title


@pytest.mark.parametrize("name", EVERY)
def test_copies_keep_what_it_says(name):
    value = EVERY[name]()
    copies = [copy.copy(value), copy.deepcopy(value), *(pickle.loads(pickle.dumps(value, k)) for k in (2, 5))]
    for other in [*copies, saved_and_loaded(value)]:
        assert type(other) is al.ResultTuple
        assert (other, repr(other), other.of, other.none) == (value, repr(value), value.of, value.none)


def test_the_table_is_aligned_and_has_the_numbers():
    windows = al.stability_windows(MODEL, 0.8)
    assert repr(windows).splitlines() == [
        "stability windows: 2",
        "    lower     upper  lower_defector  upper_defector",
        "-0.139992  0.139992           proxy         sponsor",
        " 0.292286      0.95         sponsor               –",
    ]
    frame = windows.to_frame()
    assert frame["lower"].tolist() == [window.lower for window in windows]
    assert frame["upper_defector"].tolist() == ["sponsor", None]
    assert "<td>0.292286</td>" in windows._repr_html_()
    assert windows.to_dict() == {"message": "stability windows: 2", "results": [window.to_dict() for window in windows]}
    regions = al.punishment_regions(al.presets.morrow_1991(), "proxy", (0.0, 0.9))
    assert regions.to_frame()["label"].tolist() == [", ".join(region.label) for region in regions]


def test_a_long_one_is_short_and_says_how_many():
    window = al.stability_windows(MODEL, 0.8)[0]
    long = al.ResultTuple([window] * 1000, al.Window, "windows")
    assert len(repr(long).splitlines()) == 10
    assert repr(long).startswith("windows: 1000\n")
    assert len(long.to_frame()) == 1000


def test_an_empty_one_says_what_that_means():
    assert repr(EMPTY["stability_windows"]()) == "stability windows: none; stable at no gap of [0, 0.5]"
    assert EMPTY["DefectionThreshold"]().message == "stability windows: none; stable at no gap of [-0.95, 0.95]"
    assert str(EMPTY["WindowBatch.at"]()) == "stability windows: none; stable at no gap of the domain"
    assert repr(EMPTY["select"]()) == "cases: none; no case meets all conditions"
    assert repr(al.ResultTuple((), al.Window, "windows")) == "windows: none"
    assert EMPTY["stability_windows"]().to_frame().columns.tolist() == ["lower", "upper", "lower_defector", "upper_defector"]
    assert EMPTY["stability_windows"]() == ()


def test_pictures_show_the_edges():
    windows = al.stability_windows(MODEL, 0.8)
    bars = windows.plot().patches
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars] == [
        pytest.approx((window.lower, window.upper)) for window in windows
    ]
    regions = al.regime_regions(MODEL, 0.6)
    ax = regions.plot()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["conflict", "pact", "alliance"]
    drawn = [path.vertices[:, 0] for bars in ax.collections for path in bars.get_paths()]
    assert sorted((x.min(), x.max()) for x in drawn) == [pytest.approx((r.lower, r.upper)) for r in regions]
    assert EMPTY["stability_windows"]().plot().get_title() == "stability windows: none; stable at no gap of [0, 0.5]"
    assert regions[0].plot().get_legend().get_texts()[0].get_text() == "conflict"
    with pytest.raises(ValueError, match="values must be None for the regions of one dyad"):
        regions.plot(values=[1.0])
    with pytest.raises(TypeError, match="there is no picture of a ResultTuple"):
        EXAMPLES["DiscountWindows"]().edges.plot()
    plt.close("all")


@pytest.mark.parametrize("name", FIELDS)
def test_files_hold_fields_as_plain_lists_and_old_ones_load(name, tmp_path):
    """What versions before wrote has lists in these fields, and is what this one writes."""
    value = SHIFT().moving if name == "KeptAlliance" else EXAMPLES[name]()
    path = al.save(value, tmp_path / "result.json")
    assert isinstance(json.loads(path.read_text())["value"]["windows"], list)
    assert type(al.load(path).windows) is al.ResultTuple
    assert al.load(path) == value
    assert isinstance(value.to_dict()["windows"], list)


def test_wrong_parts_are_refused():
    window, region = EXAMPLES["Window"](), EXAMPLES["Region"]()
    with pytest.raises(TypeError, match=r"^ResultTuple\(\): results must be of the class Window; got Region"):
        al.ResultTuple([window, region], al.Window, "windows")
    with pytest.raises(TypeError, match=r"^ResultTuple\(\): of must be a class of results; got <class 'int'>"):
        al.ResultTuple([1], int, "numbers")
    with pytest.raises(TypeError, match=r"^ResultTuple\(\): title must be text; got 3"):
        al.ResultTuple([window], al.Window, 3)
    with pytest.raises(TypeError, match=r"^ResultTuple\(\): none must be text; got None"):
        al.ResultTuple([window], al.Window, "windows", None)
    with pytest.raises(AttributeError, match="read-only"):
        al.stability_windows(MODEL, 0.8).title = "others"
