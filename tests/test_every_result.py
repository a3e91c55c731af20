"""One table of checks that every result and every value object passes; types are found by machine, so a new one is in it.

Examples come from what other tests list by name (``EXAMPLES``, ``VALUES``) and from what these consist of: each type of result
that the library defines must turn up there, or the first test says which one is missing.
"""

import copy
import dataclasses
import html.parser
import inspect
import pickle
import types
from fractions import Fraction as F

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import alliances as al
from alliances.results import Result, Tabular, Variable
from alliances.values import Value, found_by_name
from alliances.values.tables import one_line
from tests.corruption_support import parts, result_types
from tests.support import saved_and_loaded
from tests.test_results import EXAMPLES, NOISY, PD
from tests.test_values import ALL, BATCH, GAPS

LINES, WIDTH, CONCEPT = 10, 100, 160
MILLION = 10**6


def everything(value):
    """A value, and all results and values that it consists of."""
    seen = {}
    for part in parts(value):
        if isinstance(part, Value) and id(part) not in seen:
            seen[id(part)] = part
    return seen.values()


BASES = {"Series", "DynamicValues", "EnclosedSets"}  # of results
EACH = 2  # values of one type that are checked in each example


def of_row(row):
    """An example and what it consists of: a few values of each type."""
    found = {}
    for part in everything(ALL[row]()):
        kept = found.setdefault(type(part), [])
        if len(kept) < EACH:
            kept.append(part)
    return [part for kept in found.values() for part in kept]


def test_every_type_of_result_is_in_the_table():
    """Types are found by machine: one that is added later needs an example, and passes the table from then on."""
    assert {kind.__name__ for kind in result_types()} - ALL.keys() == BASES


class Page(html.parser.HTMLParser):
    """What a browser would see: the text of each table's cells, and whether every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.tags = [], [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        assert not {"class", "id", "onclick", "src", "href"} & {name for name, _ in attrs}
        assert not any("color" in (value or "") or "background" in (value or "") for _, value in attrs)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


def check_text(value):
    text = repr(value)
    assert 1 <= len(text.splitlines()) <= LINES, text
    assert max(map(len, text.splitlines())) <= (CONCEPT if isinstance(value, al.Enforcement) else WIDTH), text
    assert " object at 0x" not in text
    assert "<function" not in text
    assert str(value)
    assert len(one_line(value)) <= WIDTH
    assert "\n" not in one_line(value)


def check_html(value):
    text = value._repr_html_()
    page = Page(text)
    assert not page.open
    assert "table" in page.tags
    assert "script" not in page.tags
    assert len(text) < 40_000
    assert page.cells or not value._shown()


def check_frame(value):
    pandas = pytest.importorskip("pandas")
    try:
        frame = value.to_frame()
    except TypeError as error:
        assert str(error).startswith(f"to_frame(): {type(value).__name__} has no table, because "), error  # noqa: PT017
        return
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame.columns)
    for name in frame:
        assert not any(isinstance(cell, (np.ndarray, Result)) for cell in frame[name]), name


def check_axes(value):
    xarray = pytest.importorskip("xarray")
    try:
        data = value.to_xarray()
    except TypeError as error:
        assert str(error).startswith(f"to_xarray(): {type(value).__name__} has no axes, because "), error  # noqa: PT017
        return
    assert isinstance(data, xarray.Dataset)
    assert len(data.data_vars)
    for name, array in data.variables.items():
        assert array.dtype != object, name
        assert {"long_name", "units"} <= array.attrs.keys(), name


PARTIAL = {al.ConflictWalk, al.AllianceGame, al.CustomGame}  # with arrays of parameters there is no picture


BLANK = []
"""Axes that nothing was drawn on yet, kept for the next value: to make new ones takes longer than most checks."""


def blank_axes():
    if BLANK and BLANK[0].get_children() != BLANK[1]:
        BLANK.clear()
    if not BLANK:
        figure = Figure(figsize=(3, 3))
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        BLANK.extend((ax, ax.get_children()))
    return BLANK[0]


def check_picture(value):
    with pytest.raises(
        TypeError, match=r"^[\w.]+\(\): (ax must be axes of Matplotlib, .*; got 3|there is no picture of a \w+)$"
    ):
        value.plot(ax=3)
    ax = blank_axes()
    try:
        assert value.plot(ax=ax) is ax
        assert ax.has_data() or ax.texts
    except TypeError as error:
        none = f"plot(): there is no picture of a {type(value).__name__}"
        assert str(error) == none or type(value) in PARTIAL, error  # noqa: PT017
    except ValueError as error:  # of this one: a batch of several dimensions, nothing to draw
        assert "(): " in str(error)  # noqa: PT017
    finally:
        plt.close("all")


def check_copies(value):
    copies = {"deepcopy": copy.deepcopy(value)}
    functions = list(functions_in(value))
    if all(map(found_by_name, functions)):  # others are refused, see test_pickles.py
        copies["pickle"] = pickle.loads(pickle.dumps(value))
    if not functions:  # they are saved by name and have to be handed to load, see test_saving.py
        copies["saved"] = saved_and_loaded(value)
    for how, other in copies.items():
        assert type(other) is type(value), how
        assert other == value, how
        assert hash(other) == hash(value), how
        assert repr(other) == repr(value), how


def functions_in(value, seen=None):
    """All functions that a value holds."""
    seen = {} if seen is None else seen
    if id(value) in seen:
        return
    seen[id(value)] = value
    if isinstance(value, types.FunctionType):
        yield value
    held = vars(value).values() if isinstance(value, Value) or dataclasses.is_dataclass(value) else ()
    held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else held
    if not inspect.isclass(value):
        for part in held:
            yield from functions_in(part, seen)


def check_all(value):
    """The table: one row of checks for a value."""
    check_text(value)
    check_html(value)
    check_copies(value)
    if isinstance(value, Tabular):
        check_frame(value)
        check_axes(value)
        check_picture(value)


LARGE = {"HoledContracts", "KeptAlliance", "MovingClaims", "PairConflicts", "PredictedBreaks", "ShiftingThreshold"}
"""Examples that hold much, whose parts are examples, too."""


CHECKED = set()
"""What passed in this process: concepts, contests and models are parts of many examples, and need no second check."""


@pytest.mark.parametrize("row", [pytest.param(row, marks=pytest.mark.slow) if row in LARGE else row for row in ALL])
def test_the_table_of_checks(row):
    for value in of_row(row):
        key = type(value), repr(value), value  # 1 and 1.0 are equal, but are not written in the same way
        if key not in CHECKED:
            check_all(value)
            CHECKED.add(key)


# -- a type that is added later -----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, eq=False)
class Later(Result):
    """A result that no list names."""

    gap: np.ndarray
    text: str
    concept: al.Enforcement


def later(size):
    return Later(np.linspace(0, 1, size), "<b>bold & long</b> " * 20, al.NashReversion())


@pytest.mark.parametrize("size", [0, 1, 3, 30_000])
def test_a_type_that_is_added_later_passes_the_table(size):
    check_all(later(size))


def test_a_later_type_gets_a_table_axes_and_text():
    value = later(3)
    assert list(value.to_frame().columns) == ["gap", "text", "concept"]
    assert value.to_frame()["gap"].tolist() == [0.0, 0.5, 1.0]
    assert value.to_xarray()["gap"].dims == ("game",)
    assert "0.5" in str(value)
    assert "<b>" not in value._repr_html_()
    assert "&lt;b&gt;" in value._repr_html_()


# -- what is shown ------------------------------------------------------------------------------------------------------


def dyads(count):
    return al.Power.from_gap(np.linspace(-0.9, 0.9, count))


LARGE = {
    "dyads": dyads,
    "critical discount factors": lambda n: al.critical_discount(al.presets.chindea_2014(), dyads(n)),
    "stage games": lambda n: al.presets.chindea_2014().stage_game(dyads(n)),
}


@pytest.mark.parametrize("size", [10**4, pytest.param(MILLION, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", LARGE)
def test_large_batches_are_short_in_text_and_html(name, size):
    batch = LARGE[name](size)
    check_text(batch)
    check_html(batch)
    assert len(str(batch).splitlines()) <= 12


@pytest.mark.parametrize(
    "make",
    [
        lambda: al.cases.load("gulf-zetas"),
        lambda: al.StageGame(np.arange(10_000.0).reshape(100, 100), np.arange(10_000.0).reshape(100, 100)),
        lambda: al.StageGame([[F(1, 3**40)] * 9], [[F(1, 3**40)] * 9]),
    ],
    ids=["a case", "100×100 actions", "long fractions"],
)
def test_large_values_are_short_in_text_and_html(make):
    value = make()
    check_text(value)
    check_html(value)


def test_a_stage_game_shows_its_payoffs_and_best_replies():
    game = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("ally", "<fight>"))
    assert repr(game).splitlines()[1:] == [
        "sponsor \\ proxy    ally  <fight>",
        "ally               9, 9   1, 10*",
        "<fight>          10*, 1   3*, 3*",
    ]
    shown = game._repr_html_()
    assert "<td>9, 9</td>" in shown
    assert "<td>1, <u>10</u></td>" in shown
    assert "<td><u>10</u>, 1</td>" in shown
    assert "<td><b><u>3</u>, <u>3</u></b></td>" in shown
    assert "<th>&lt;fight&gt;</th>" in shown


def test_a_batch_of_games_shows_the_range_of_its_payoffs():
    assert "9..12" not in repr(BATCH)
    assert "10..12, 1" in repr(BATCH)
    assert "10 to 12, 1" in BATCH._repr_html_()


def test_a_batch_prints_its_numbers():
    critical = al.critical_discount(al.presets.chindea_2014(), al.Power.from_gap([0.0, 0.8]))
    assert [f"{x:.6g}" for x in critical.sponsor] == [line.split()[0] for line in str(critical).splitlines()[-2:]]
    sets = al.payoff_sets(PD, [0.1, 0.3])
    assert [line.split()[1] for line in str(sets).splitlines()[-2:]] == ["point", "polygon"]


def test_tables_shorten_what_is_long_and_say_so():
    critical = al.critical_discount(al.presets.chindea_2014(), al.Power.from_gap(np.linspace(0, 0.9, 50)))
    page = critical._repr_html_()
    assert page.count("<tr>") == 1 + 6 + 1 + 3
    assert "50 rows × 4 columns" in page
    assert len(critical.to_frame()) == 50


def test_numbers_read_as_the_library_writes_them():
    never = al.critical_discount(al.StageGame([[1, 0], [2, 1]], [[1, 2], [0, 1]]))
    assert "∞" in never._repr_html_()
    assert " inf" in repr(never)
    exact = al.critical_discount(PD)
    assert "1/7" in exact._repr_html_()
    assert "Fraction" not in repr(exact)


def test_tables_hold_the_numbers():
    power = al.Power.from_gap(GAPS)
    critical = al.critical_discount(al.presets.chindea_2014(), power)
    frame = critical.to_frame()
    assert frame["sponsor"].tolist() == critical.sponsor.tolist()
    assert frame["binding"].tolist() == critical.binding.tolist()
    profiles = PD.to_frame()
    assert profiles["sponsor"].tolist() == [9, 1, 10, 3]
    assert profiles["sponsor_best_reply"].tolist() == [False, False, True, True]
    assert power.to_frame()["gap"].to_numpy() == pytest.approx(GAPS)


def test_axes_have_names_and_units():
    series = al.cases.load("gulf-zetas").power_series()
    data = series.to_xarray()
    assert data["sponsor"].dims == ("date",)
    assert data["sponsor"].attrs["units"] == "municipalities with presence"
    assert data["gap"].attrs["long_name"].startswith("power gap")
    assert data["date"].values[0] == "2003"
    payoffs = PD.to_xarray()["sponsor"]
    assert payoffs.dims == ("sponsor_action", "proxy_action")
    assert payoffs.values.tolist() == [[9, 1], [10, 3]]
    forecast = EXAMPLES["BreakForecast"]()
    assert forecast.to_xarray()["broken"].sel(cause="proxy").values == pytest.approx(forecast.causes["proxy"])


def test_a_table_of_parts_of_different_lengths_is_refused_with_the_reason():
    @dataclasses.dataclass(frozen=True, eq=False)
    class Uneven(Result):
        one: np.ndarray
        two: np.ndarray

    uneven = Uneven(np.zeros(2), np.zeros(3))
    with pytest.raises(TypeError, match=r"^to_frame\(\): Uneven has no table, because .*one 2, two 3"):
        uneven.to_frame()
    with pytest.raises(TypeError, match=r"^to_xarray\(\): Uneven has no axes, because it is no batch"):
        uneven.to_xarray()


def test_variables_say_what_they_are():
    assert Variable(("gap",), [0.1], "power gap").units == "1"
    with pytest.raises(TypeError, match="has no axes"):
        al.monitored_contracts(NOISY, 0.9).to_xarray()


PICTURES = {
    "AllianceGame": lambda: al.presets.chindea_2014(),
    "Check": EXAMPLES["Check"],
    "ConflictDuration": EXAMPLES["ConflictDuration"],
    "CriticalDiscount": EXAMPLES["CriticalDiscount"],
    "Falsification": EXAMPLES["Falsification"],
    "GapPaths": EXAMPLES["GapPaths"],
    "IdentifiedDiscount": EXAMPLES["IdentifiedDiscount"],
    "PowerSeries": EXAMPLES["PowerSeries"],
    "SimulatedConflicts": EXAMPLES["SimulatedConflicts"],
    "StageGame": lambda: PD,
    "ValueSeries": EXAMPLES["ValueSeries"],
    "Window": EXAMPLES["Window"],
}


@pytest.mark.parametrize("name", PICTURES)
def test_there_is_a_picture(name):
    value = PICTURES[name]()
    ax = plt.figure().add_subplot()
    assert value.plot(ax=ax) is ax
    assert value.plot() is not ax
    assert ax.get_xlabel()
    plt.close("all")


def test_pictures_show_the_numbers():
    power = al.Power.from_gap(np.linspace(0, 0.9, 10))
    critical = al.critical_discount(al.presets.chindea_2014(), power)
    line = {line.get_label(): line for line in critical.plot(along=power.gap).get_lines()}["sponsor δ*"]
    assert line.get_xdata() == pytest.approx(power.gap)
    assert line.get_ydata() == pytest.approx(np.where(np.isinf(critical.sponsor), np.nan, critical.sponsor), nan_ok=True)
    single = al.critical_discount(PD)
    x, y = single.plot().get_lines()[0].get_data()
    assert np.all(y[x < 1 / 7] > 0)
    assert np.all(y[x > 1 / 7] < 0)
    war = al.conflict_duration(al.Power(1, 1), al.ConflictWalk(swing=2, barrier=4))
    assert war.plot().get_lines()[0].get_ydata()[:7] == pytest.approx([float(p) for p in war.over_by(6)])
    with pytest.raises(ValueError, match="along must have the batch's shape"):
        critical.plot(along=[1.0, 2.0])
    plt.close("all")
