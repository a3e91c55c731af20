"""Own tables of power: read as they are, refused by row, column and value; and the break that a model predicts along them."""

import datetime
import io
import re
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import alliances as al
from alliances.cases import Date, PowerSeries
from tests.support import benchmark_game

MODEL = al.presets.chindea_2014()
ZETAS = al.cases.load("gulf-zetas").power_series()
TABLE = "year,sponsor,proxy\n2001,9,1\n2002,7,3\n2003,6.5,4\n"


def csv(text, **options):
    return PowerSeries.from_csv(io.StringIO(text), **options)


def frame(**columns):
    return pd.DataFrame({"year": [2001, 2002, 2003], "sponsor": [9, 7, 6], "proxy": [1, 3, 4]} | columns)


# -- reading -----------------------------------------------------------------------------------------------------------------


def test_integers_stay_exact_and_decimals_are_floats():
    assert csv(TABLE.replace("6.5", "6")).gap.tolist() == [F(4, 5), F(2, 5), F(1, 5)]
    assert csv(TABLE).sponsor == (9, 7, 6.5)


@pytest.mark.parametrize("kind", [str, io.StringIO, "path"], ids=["text path", "open file", "Path"])
def test_files_are_given_by_path_or_open(tmp_path, kind):
    path = tmp_path / "own.csv"
    path.write_text("\ufeff" + TABLE, encoding="utf-8")  # as a spreadsheet saves it
    file = path if kind == "path" else kind(path) if kind is str else io.StringIO(TABLE)
    assert PowerSeries.from_csv(file) == csv(TABLE)


def test_a_frame_and_a_file_of_the_same_table_give_the_same_series():
    series = csv(TABLE)
    assert PowerSeries.from_frame(pd.read_csv(io.StringIO(TABLE))) == replace(series, sponsor=(9.0, 7.0, 6.5))
    assert PowerSeries.from_frame(series.to_frame(), date="date", unit="power") == series


def test_the_measured_case_comes_back_from_its_frame():
    back = PowerSeries.from_frame(ZETAS.to_frame(), unit=ZETAS.unit, source=ZETAS.source, id=ZETAS.id, note=ZETAS.note)
    assert back == ZETAS


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ([2001, 2002, 2003], Date(2001)),
        ([2001.0, 2002.0, 2003.0], Date(2001)),
        (np.array([2001, 2002, 2003], dtype=np.int16), Date(2001)),
        (["2001", "2002", "2003"], Date(2001)),
        (["2001-05", "2001-06", "2001-07"], Date(2001, 5)),
        (pd.to_datetime(["2001-05-09", "2001-06-01", "2001-07-01"]), Date(2001, 5, 9)),
        ([datetime.date(2001, 5, 9), datetime.date(2001, 6, 9), datetime.date(2002, 1, 1)], Date(2001, 5, 9)),
        (pd.period_range("2001-05", periods=3, freq="M"), Date(2001, 5)),
    ],
    ids=["years", "float years", "small integers", "text", "months", "timestamps", "dates", "periods"],
)
def test_dates_in_a_column_or_in_the_index(dates, first):
    in_column = PowerSeries.from_frame(frame(year=dates))
    in_index = PowerSeries.from_frame(frame().drop(columns="year").set_index(pd.Index(dates, name="when")), date="when")
    assert in_column.dates[0] == in_index.dates[0] == first
    assert in_column == in_index


def test_the_order_of_rows_does_not_matter():
    table = frame()
    assert PowerSeries.from_frame(table.iloc[[2, 0, 1]]) == PowerSeries.from_frame(table)


def test_columns_of_other_names_and_columns_that_are_not_used():
    table = frame().rename(columns={"sponsor": "US", "proxy": "ally", "year": "yr"}).assign(comment="x", sponsor=-1)
    series = PowerSeries.from_frame(table, date="yr", sponsor="US", proxy="ally", unit="CINC", source="NMC 6.0")
    assert (series.sponsor, series.unit, series.source) == ((9, 7, 6), "CINC", "NMC 6.0")


@pytest.mark.parametrize("empty", ["", " ", ".", "NA", "NaN", "-9"])
def test_missing_values_are_refused_or_left_out(empty):
    text = TABLE.replace("7,3", f"{empty},3")
    with pytest.raises(ValueError, match=r"line 3: sponsor of 2002 must not be missing; missing=\"drop\""):
        csv(text, codes=(-9,))
    kept = csv(text, codes=(-9,), missing="drop")
    assert [date.year for date in kept.dates] == [2001, 2003]
    assert kept.unobserved_years == (2002,)


def test_missing_values_of_frames():
    for nothing in (None, np.nan, pd.NA, -9):
        table = frame(proxy=pd.Series([1, nothing, 4], dtype=object))
        assert PowerSeries.from_frame(table, missing="drop", codes=[-9]).proxy == (1, 4)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "the file must have a header"),
        ("year,sponsor,proxy\n", {}, "must have a date with the power of both sides; got 0 rows"),
        (
            TABLE.replace("proxy", "client"),
            {},
            "proxy must name a column of the file, which has 'year', 'sponsor', 'client'; got 'proxy'",
        ),
        (
            TABLE.replace("proxy", "sponsor"),
            {},
            "sponsor must name one column of the file, which has 'year', 'sponsor', 'sponsor'; got 'sponsor'",
        ),
        (TABLE.replace("year", "when"), {}, "date must name the column of the dates"),
        (TABLE.replace("year", "year,date"), {}, "date must name the column of the dates"),
        (
            TABLE.replace(",", ";"),
            {"date": "year"},
            "which has 'year;sponsor;proxy' (is the delimiter another one?); got 'year'",
        ),
        (TABLE.replace("7,3", "7"), {}, "line 3 must have 3 cells, as the header has; got 2"),
        (TABLE.replace("7,3", "7,3,1"), {}, "line 3 must have 3 cells, as the header has; got 4"),
        (TABLE.replace("7,3", "-9,3"), {}, "line 3: sponsor must be positive and finite; got -9; codes=(-9,) reads it as"),
        (TABLE.replace("7,3", "7,0"), {}, "line 3: proxy must be positive and finite; got 0"),
        (TABLE.replace("7,3", "7,many"), {}, "line 3: proxy must be a number; got 'many'"),
        (TABLE.replace("7,3", "7,1_000"), {}, "line 3: proxy must be a number; got '1_000'"),
        (TABLE.replace("7,3", "7,1e999"), {}, "line 3: proxy must be positive and finite; got inf"),
        (TABLE.replace("2002", "2001"), {}, "line 3: year must be there once, for one dyad; 2001 is also in the file, line 2"),
        (TABLE.replace("2002", "Q3 2002"), {}, "line 3: year must be a year, or a date written"),
        (TABLE.replace("2002", ""), {}, "line 3: year must be a year, or a date written"),
        (TABLE.replace("2002", "1990s"), {}, "line 3: year must be a year, a month or a day; got '1990s'"),
        (TABLE.replace("2002", "2002.5"), {}, "line 3: year must be a year, or a date written"),
        (TABLE, {"delimiter": "::"}, "delimiter must be one character; got '::'"),
        (TABLE, {"missing": "skip"}, 'missing must be "error" or "drop"; got \'skip\''),
    ],
)
def test_what_cannot_be_read_is_named(text, options, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        csv(text, **options)
    assert str(error.value).startswith("PowerSeries.from_csv(): ")


def test_wrong_kinds_are_named(tmp_path):
    with pytest.raises(TypeError, match=r"from_frame\(\): frame must be a pandas DataFrame; got dict"):
        PowerSeries.from_frame({"year": [1]})
    with pytest.raises(TypeError, match=r"from_csv\(\): file must be a path or an open text file; got 3"):
        PowerSeries.from_csv(3)
    with pytest.raises(TypeError, match=r"codes must be a sequence of numbers, such as \(-9,\); got -9"):
        csv(TABLE, codes=-9)
    with pytest.raises(TypeError, match=r"unit must be text; got None"):
        csv(TABLE, unit=None)
    with pytest.raises(ValueError, match=r"row 1: sponsor must be a number; got True"):
        PowerSeries.from_frame(frame(sponsor=pd.Series([9, True, 6], dtype=object)))
    with pytest.raises(ValueError, match=r"row 1: year must be a year, or a date written"):
        PowerSeries.from_frame(
            frame(year=[pd.Timestamp("2001-01-01"), pd.Timestamp("2002-01-01 10:00"), pd.Timestamp("2003-01-01")])
        )
    latin = tmp_path / "latin.csv"
    latin.write_bytes("year,sponsor,proxy\n2001,1,2\n2002,3,é\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"latin.csv must be text in UTF-8"):
        PowerSeries.from_csv(latin)
    with pytest.raises(FileNotFoundError):
        PowerSeries.from_csv(tmp_path / "none.csv")


# -- the break ---------------------------------------------------------------------------------------------------------------


def by_hand(series, game, discount):
    """The first date outside after one inside, date by date from the definition."""
    inside = None
    for date, sponsor, proxy in zip(series.dates, series.sponsor, series.proxy, strict=True):
        r = al.critical_discount(game, al.Power(float(sponsor), float(proxy)))
        stays = r.dyad <= discount
        if inside and not stays:
            return date
        inside = stays
    return None


@pytest.mark.sampled(5)
@pytest.mark.parametrize("discount", [0.3, 0.53, 0.56, 0.65, 0.7, 0.8, 0.95])
@pytest.mark.parametrize("game", [MODEL, al.presets.morrow_1991(), benchmark_game()], ids=["chindea", "morrow", "benchmark"])
def test_the_first_date_outside_after_one_inside(game, discount):
    predicted = ZETAS.predict_break(game, discount)
    assert predicted.date == by_hand(ZETAS, game, discount)
    assert predicted.verify().ok, predicted.verify().witness
    windows = predicted.threshold.windows
    assert predicted.kept.tolist() == [any(float(gap) in window for window in windows) for gap in ZETAS.gap]


def test_the_gulf_cartel_and_its_zetas():
    predicted = ZETAS.predict_break(MODEL, 0.8)
    assert (predicted.status, predicted.year, predicted.defector, str(predicted.last_kept)) == ("breaks", 2009, "proxy", "2008")
    assert predicted.threshold.gap == pytest.approx(-0.139992, abs=1e-6)  # examples/zetas_gulf.py prints the same edge
    assert "the proxy defects, at a gap of -0.207, the proxy being the stronger by then" in predicted.message
    assert "does not sustain it before 2004" in predicted.message


def test_all_four_answers():
    wide, narrow = [9, 9, 9], [1, 1, 1]
    assert PowerSeries.from_frame(frame(sponsor=wide, proxy=narrow)).predict_break(MODEL, 0.9).status == "holds"
    assert PowerSeries.from_frame(frame(sponsor=[6, 7, 9], proxy=[4, 3, 1])).predict_break(MODEL, 0.5).status == "forms"
    assert PowerSeries.from_frame(frame(sponsor=[9, 7, 6], proxy=[1, 3, 4])).predict_break(MODEL, 0.5).status == "breaks"
    never = PowerSeries.from_frame(frame()).predict_break(MODEL, 0.05)
    assert (never.status, never.year, never.defector, never.last_kept) == ("never kept", None, None, None)
    assert never.verify().ok
    assert never.message == "The model sustains the alliance at no date from 2001 to 2003, so there is nothing to break."


def test_one_observation_cannot_break():
    single = PowerSeries.from_frame(frame().head(1)).predict_break(MODEL, 0.5)
    assert (single.status, single.year) == ("holds", None)


def test_years_that_nobody_observed_leave_the_date_open():
    table = frame(year=[2001, 2002, 2006])
    predicted = PowerSeries.from_frame(table).predict_break(MODEL, 0.7)
    assert predicted.message.startswith("The alliance breaks between 2002 and 2006: ")
    assert PowerSeries.from_frame(frame()).predict_break(MODEL, 0.7).message.startswith("The alliance breaks in 2003: ")


def test_an_alliance_that_could_be_kept_again_is_said():
    table = frame(year=[2001, 2002, 2003], sponsor=[9, 6, 9], proxy=[1, 4, 1])
    assert "It could be kept again in 2003." in PowerSeries.from_frame(table).predict_break(MODEL, 0.7).message


def test_unit_of_power_and_order_of_rows_do_not_matter():
    table = frame()
    plain = PowerSeries.from_frame(table).predict_break(MODEL, 0.7)
    scaled = PowerSeries.from_frame(table.assign(sponsor=table.sponsor * 1000, proxy=table.proxy * 1000)).predict_break(
        MODEL, 0.7
    )
    assert (plain.date, plain.defector, plain.kept.tolist()) == (scaled.date, scaled.defector, scaled.kept.tolist())
    assert scaled.threshold.gap == pytest.approx(plain.threshold.gap)


def test_patience_of_each_side_and_other_concepts():
    impatient = ZETAS.predict_break(MODEL, (0.9, 0.66))
    assert (impatient.year, impatient.defector) == (2006, "proxy")
    paid = ZETAS.predict_break(MODEL, 0.8, enforcement=al.Transfers())
    assert paid.verify().ok
    with pytest.raises(ValueError, match="discount must be common to both players"):
        ZETAS.predict_break(MODEL, (0.9, 0.6), enforcement=al.Transfers())


def test_a_path_beyond_the_usual_line_of_gaps():
    predicted = PowerSeries.from_frame(frame(sponsor=[9999, 7, 6], proxy=[1, 3, 4])).predict_break(MODEL, 0.5)
    assert predicted.threshold.domain[1] == pytest.approx(9998 / 10000)
    assert predicted.verify().ok


def test_a_model_that_does_not_depend_on_power_holds_or_is_never_kept():
    dilemma = al.CustomGame(lambda power: [[(9, 9), (1, 10)], [(10, 1), (3, 3)]])
    assert ZETAS.predict_break(dilemma, 0.2).status == "holds"
    never = ZETAS.predict_break(dilemma, 0.1)
    assert (never.status, never.verify().ok, len(never.to_frame())) == ("never kept", True, 8)


def test_bad_questions_are_named():
    for arguments, words in (
        ((3, 0.5), "game must be a model"),
        ((MODEL, 1.5), "discount must lie in [0, 1); got 1.5"),
        ((al.presets.morrow_1991(conflict_cost=np.array([[0.1], [0.2]])), 0.5), "game must have scalar parameters"),
    ):
        with pytest.raises((TypeError, ValueError), match=re.escape(f"PowerSeries.predict_break(): {words}")):
            ZETAS.predict_break(*arguments)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: {"failing": np.where(p.failing == 0, 1, p.failing)}, "sponsor: does not gain by deviating in 2004"),
        (lambda p: {"failing": np.where(p.failing == 2, 0, p.failing)}, "proxy: gains by deviating in 2009"),
        (lambda p: {"power": al.Power(p.power.proxy, p.power.sponsor)}, "not those of the model at the dates' power"),
        (lambda p: {"dates": p.dates[::-1]}, "is not later than the one before it"),
        (lambda p: {"threshold": replace(p.threshold, gap=0.3)}, "threshold: the threshold is 0.3"),
        (lambda p: {"threshold": al.defection_threshold(MODEL, 0.8, total=641.0)}, "seen from the gap None"),
        (lambda p: {"threshold": al.defection_threshold(MODEL, 0.8)}, "holds at the total power 1.0, not at 641.0"),
    ],
)
def test_wrong_predictions_are_noticed(change, words):
    predicted = ZETAS.predict_break(MODEL, 0.8)
    assert words in replace(predicted, **change(predicted)).verify().witness


def test_the_picture_shows_dates_windows_and_break():
    predicted = ZETAS.predict_break(MODEL, 0.8)
    ax = predicted.plot()
    drawn = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    assert drawn["cannot be kept"] == pytest.approx([float(g) for g in ZETAS.gap[[0, 6, 7]]])
    assert len(drawn["can be kept"]) == 5
    assert [patch.get_y() for patch in ax.patches] == pytest.approx([w.lower for w in predicted.threshold.windows])
    assert "break: 2009, the proxy defects" in drawn
    plt.close("all")
