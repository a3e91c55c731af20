"""Builders: alliances, dyads and supported rebels as spells; columns to add; intervals that no hazard can be estimated from."""

import numpy as np
import pytest

import alliances as al
from tests.producers_support import ATOP, ESD, NMC, NSA, atop, file

pd = pytest.importorskip("pandas")
ds = al.datasets


# -- alliances as spells ------------------------------------------------------------------------------------------------------


def years(**options):
    return ds.alliance_years(atop(), ds.load_nmc(file(NMC)), **options)


def test_alliances_become_spells():
    frame = years()
    assert frame.attrs["left_out"] == {"broken off and revived": [1025], "no capabilities at the beginning": [1030]}
    assert frame.groupby("id").size().to_dict() == {1010: 3, 1015: 10, 1020: 3}
    first = frame[frame["id"] == 1010]
    assert first[["ccode1", "ccode2"]].drop_duplicates().to_numpy().tolist() == [[200, 210]]
    assert first["stop"].tolist() == [1, 2, 2.75]
    assert first[["ended", "violated", "breakdown", "fought"]].to_numpy().tolist() == [[0] * 4, [0] * 4, [1] * 4]
    assert first["year"].tolist() == [1900, 1901, 1902]
    # power of the year before, and of the same year at the beginning
    power = [(0.2 + 0.001 * k, 0.02 + 0.001 * k) for k in (0, 0, 1)]
    assert first["share"].tolist() == pytest.approx([a / (a + b) for a, b in power])
    assert first["share0"].tolist() == pytest.approx([10 / 11] * 3)
    open_ended = frame[frame["id"] == 1015]
    assert open_ended["ended"].sum() == 0
    assert open_ended["stop"].max() == 1911 - 1901
    assert open_ended["n_major"].unique().tolist() == [1]
    renewed = frame[frame["id"] == 1020]
    assert renewed[["ended", "violated", "breakdown", "fought"]].max().tolist() == [1, 0, 1, 0]
    assert renewed["stop"].max() == pytest.approx(2 + 27 / 365.25, abs=1e-3)  # from the first of March to the 28th
    assert renewed["obligations"].unique().tolist() == ["offense nonagg"]
    assert renewed["stronger_at_formation"].unique().tolist() == [300]
    ds.check_intervals(frame, event="ended")
    assert set(ds.cite(frame).keys) == {"alliances", "leeds-2002", "singer-bremer-stuckey-1972", "singer-1987"}


def test_observation_may_end_earlier():
    frame = years(until=1902)
    assert frame["violated"].sum() == 0
    assert frame.attrs["left_out"]["begins after the end of observation"] == [1020]
    assert frame.loc[frame["id"] == 1010, "stop"].max() == 1.5


def test_lags():
    now = years(lag=0)
    shares = now.loc[now["id"] == 1010, "share"].tolist()
    assert shares == pytest.approx([(0.2 + 0.001 * k) / (0.22 + 0.002 * k) for k in range(3)])


def test_missing_capabilities_are_carried_on_or_back():
    kept = "\n".join(line for line in NMC.splitlines() if not line.startswith(("X,210,1900", "X,210,1901", "X,235,1902")))
    frame = ds.alliance_years(atop(), ds.load_nmc(file(kept)))
    first = frame[frame["id"] == 1010]
    assert first["share0"].iloc[0] == pytest.approx(0.202 / 0.224)  # both in 1902, the first year in which both are known
    assert first["share_original"].tolist() == pytest.approx([0.202 / 0.224] * 3)
    carried = frame[(frame["id"] == 1015) & (frame["year"] == 1903)]
    assert carried["share"].iloc[0] == pytest.approx(0.202 / (0.202 + 0.011))
    strict = ds.alliance_years(atop(), ds.load_nmc(file(kept)), carry=0, back=0)
    assert strict.attrs["left_out"]["no capabilities at the beginning"] == [1010, 1030]
    assert strict.attrs["left_out"]["years without capabilities"] == [1015]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ds.alliance_years(3, 4),
            TypeError,
            r"alliance_years\(\): atop must be a frame, as load_atop\(\) gives it; got int",
        ),
        (lambda: ds.alliance_years(pd.DataFrame(), ds.load_nmc(file(NMC))), ValueError, r"columns that load_atop\(\) gives"),
        (lambda: years(lag=-1), ValueError, r"lag must be a whole number of years, at least 0; got -1"),
        (lambda: years(lag=True), ValueError, r"lag must be a whole number"),
        (lambda: years(carry=0.5), ValueError, r"carry must be a whole number of years"),
        (
            lambda: ds.alliance_years(atop(ATOP.replace("1903,4,1", "1899,4,1")), ds.load_nmc(file(NMC))),
            ValueError,
            r"not end before it beg",
        ),
        (lambda: ds.alliance_years(atop(), pd.DataFrame({"ccode": [2]})), ValueError, r"nmc must have the column year"),
        (
            lambda: ds.alliance_years(atop(), ds.load_nmc(file("ccode,year,cinc\n2,1900,.1\n"))),
            ValueError,
            r"share a bilateral alliance",
        ),
        (
            lambda: ds.alliance_years(atop(), ds.load_nmc(file("ccode,year,cinc\n2,1900,0\n"))),
            ValueError,
            r"must be positive: .* gap is ±1",
        ),
    ],
)
def test_wrong_alliances(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_alliance_of_no_length_is_left_out():
    text = ATOP.replace("1010,1900,7,1,1903,4,1", "1010,1900,7,1,1900,7,1")
    frame = ds.alliance_years(atop(text), ds.load_nmc(file(NMC)))
    assert frame.attrs["left_out"]["no length"] == [1010]


# -- dyads of one's own -------------------------------------------------------------------------------------------------------


def own(**columns):
    table = {"a": "A", "b": "B", "year": [2003, 2001, 2002, 2006], "broke": [1, 0, 0, 0], "x": [5, 9, 7, 2], "y": [4, 1, 3, 6]}
    return pd.DataFrame(table | columns)


def dyads(frame=None, power=("x", "y"), **options):
    return ds.dyad_years(own() if frame is None else frame, power, **({"names": ("a", "b"), "event": "broke"} | options))


def test_dyads_with_both_powers_beside_them():
    frame = dyads()
    assert frame["year"].tolist() == [2001, 2002, 2003, 2006]
    assert frame["id"].tolist() == ["A-B 2001"] * 3 + ["A-B 2006"]
    assert frame[["start", "stop"]].to_numpy().tolist() == [[0, 1], [1, 2], [2, 3], [0, 1]]
    assert frame["gap"].tolist() == pytest.approx([0.8, 0.8, 0.4, 0.5])
    assert frame["gap0"].tolist() == pytest.approx([0.8] * 3 + [0.5])
    assert frame["stronger"].tolist() == ["A", "A", "A", "B"]
    assert dyads(lag=0)["gap"].tolist() == pytest.approx([0.8, 0.4, 1 / 9, 0.5])
    path = ds.dyad_path(dyads(lag=0), "A-B 2006")
    assert (path.sponsor, path.proxy) == ((6.0,), (2.0,))


def test_dyads_with_a_table_of_power():
    power = pd.DataFrame({"who": ["A", "B"] * 3, "year": [2000, 2000, 2001, 2001, 2002, 2002], "men": [9, 1, 8, 2, 7, -9]})
    options = {"unit": "who", "value": "men", "carry": 1, "missing": "drop"}
    frame = dyads(own()[["a", "b", "year", "broke"]], power, **options)
    assert frame["year"].tolist() == [2001, 2002, 2003]
    assert frame["gap"].tolist() == pytest.approx([0.6, 0.6, 5 / 9])  # 2002: 7 against the 2 of 2001
    assert frame.attrs["left_out"] == {"years without power": 1}
    with pytest.raises(
        ValueError, match=r"power of both sides must be known; not for A-B in 2003 with a lag of 1, .*missing=\"drop\""
    ):
        dyads(own()[["a", "b", "year", "broke"]], power, unit="who", value="men")


def test_a_lag_does_not_reach_before_the_spell():
    shifted = dyads(own(broke=[0, 1, 0, 0]))
    assert shifted["id"].tolist() == ["A-B 2001", "A-B 2002", "A-B 2002", "A-B 2006"]
    assert shifted["gap"].tolist() == pytest.approx([0.8, 0.4, 0.4, 0.5])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ds.dyad_years(3, ("x", "y")), TypeError, r"dyad_years\(\): pairs must be a pandas DataFrame; got int"),
        (
            lambda: dyads(power="x"),
            TypeError,
            r"power must be a pandas DataFrame or the names of two columns of pairs; got 'x'",
        ),
        (lambda: dyads(power=("x", "z")), ValueError, r"pairs must have the column z; it has a, b, year, broke, x, y"),
        (lambda: dyads(names=("a", "a")), ValueError, r"names must be two different columns"),
        (lambda: dyads(missing="skip"), ValueError, r'missing must be "error" or "drop"'),
        (lambda: dyads(lag=1.5), ValueError, r"lag must be a whole number"),
        (lambda: dyads(own().head(0)), ValueError, r"at least one row"),
        (lambda: dyads(own(b="A")), ValueError, r"two sides of a dyad must differ; got A twice"),
        (
            lambda: dyads(own(year=[2001, 2001, 2002, 2003])),
            ValueError,
            r"one row for each dyad and year; there are two for A and B in 2001",
        ),
        (
            lambda: dyads(own(a=["A", "B", "A", "A"], b=["B", "A", "B", "B"], year=[2001, 2001, 2002, 2003])),
            ValueError,
            r"there are two for A and B in 2001",
        ),
        (lambda: dyads(own(year=[2001, 2002.5, 2003, 2004])), ValueError, r"year must be a whole number; got .*2002.5"),
        (lambda: dyads(own(year=[2001, float("nan"), 2003, 2004])), ValueError, r"year must be a whole number"),
        (lambda: dyads(own(broke=[0, 2, 0, 0])), ValueError, r"broke must be 0 or 1; got .*2.* in row 1"),
        (lambda: dyads(own(a=["A", None, "A", "A"])), ValueError, r"a must be known in every row; it is missing in row 1"),
        (lambda: dyads(own(x=[5, 0, 7, 2])), ValueError, r"x must be positive: without power the gap is ±1"),
        (lambda: dyads(own(x=[5, -9, 7, 2])), ValueError, r"power of both sides must be known; not for A-B in 2001"),
        (lambda: dyads(own(x=-9), missing="drop"), ValueError, r"it is for none of 4"),
        (
            lambda: dyads(own(), own().assign(ccode="A", cinc=1)[["ccode", "cinc"]]),
            ValueError,
            r"power must have the column year",
        ),
        (lambda: dyads(own(start=0), names=("start", "b")), ValueError, r"must not call a column of these start"),
        (lambda: ds.dyad_path(own(), "A-B"), ValueError, r"frame must have the columns of alliance_years\(\)"),
        (lambda: ds.dyad_path(dyads(), "A-C"), ValueError, r"id must be one of the 2 of frame; got 'A-C'"),
    ],
)
def test_wrong_dyads(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- columns to add, and intervals --------------------------------------------------------------------------------------------


def test_peace_years_by_definition():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"ccode1": np.repeat([1, 2, 3], 30), "ccode2": 9, "year": np.tile(np.arange(1900, 1930), 3)})
    frame["war"] = rng.integers(0, 5, 90) == 0
    frame = frame.drop(index=rng.choice(90, 20, replace=False)).sample(frac=1, random_state=1)
    added = ds.add_peace_years(frame, "war")
    spells = ds.add_spells(frame, "war")
    for (one, _), rows in added.groupby(["ccode1", "ccode2"]):
        ordered = rows.sort_values("year")
        seen, wars = ordered["year"].tolist(), ordered["war"].tolist()
        want = [
            year
            - next(
                (after for before, after in reversed(list(zip(range(k), seen[1 : k + 1], strict=True))) if wars[before]),
                seen[0],
            )
            for k, year in enumerate(seen)
        ]
        assert ordered["peace_years"].tolist() == want
        number, start = 0, []
        for k, year in enumerate(seen):
            number += k == 0 or wars[k - 1] or year - seen[k - 1] != 1
            start.append(number)
        mine = spells[spells["ccode1"] == one].sort_values("year")
        assert mine["spell"].tolist() == start
        assert (mine.groupby("spell")["stop"].max() == mine.groupby("spell").size()).all()


def intervals(**columns):
    return pd.DataFrame({"id": [1, 1, 2], "start": [0, 1, 0], "stop": [1, 2, 1], "y": [0, 1, 0], "gap": 0.5} | columns)


def test_intervals_in_order():
    ds.check_intervals(intervals(), event="y")
    ds.check_intervals(intervals(when=[0, 1.5, 0]), event="y", when="when")
    ds.check_intervals(intervals().drop(columns="gap"), gap=None)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"stop": [1, 1, 1]}, {}, r"stop must lie after start; got \(1, 1\] for id 1, row 1"),
        ({"stop": [1, np.nan, 1]}, {}, r"stop must lie after start; got \(1, nan\]"),
        (
            {"start": [0, 0.5, 0]},
            {},
            r"intervals of a unit must not overlap; got \(0.5, 2\], which begins before another one ends",
        ),
        ({"start": [0, 0, 0], "stop": [9, 2, 1], "id": [1, 1, 1]}, {}, r"must not overlap"),
        ({"y": [0, 2, 0]}, {"event": "y"}, r"y must be 0 or 1; got 2"),
        ({"y": [0, np.nan, 0]}, {"event": "y"}, r"y must be 0 or 1; got nan"),
        ({"y": [1, 0, 0]}, {"event": "y"}, r"no time may be at risk after the event y; got \(1, 2\] for id 1"),
        (
            {"when": [0, 2.5, 0]},
            {"event": "y", "when": "when"},
            r"when must lie in the interval of its event; got 2.5 in \(1, 2\]",
        ),
        ({"when": [0, 1.0, 0]}, {"event": "y", "when": "when"}, r"when must lie in the interval of its event"),
        ({"gap": [0.5, 1, 0]}, {}, r"gap must lie in \(-1, 1\): at ±1 one side has no power; got 1 for id 1"),
        ({"gap": [0.5, -1, 0]}, {}, r"got -1 for id 1"),
        ({"gap": [0.5, np.nan, 0]}, {}, r"gap must be known; got a missing value"),
        ({}, {"event": "war"}, r"frame must have the column war; it has id, start, stop, y, gap"),
    ],
)
def test_intervals_out_of_order(columns, options, message):
    with pytest.raises(ValueError, match=message):
        ds.check_intervals(intervals(**columns), **options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ds.add_gap(pd.DataFrame({"power1": [1, 0], "power2": 1})),
            ValueError,
            r"must be positive: .*; got 0 and 1 in row 1",
        ),
        (lambda: ds.add_gap([1]), TypeError, r"add_gap\(\): frame must be a pandas DataFrame; got list"),
        (
            lambda: ds.add_changes(pd.DataFrame({"gap": [0.1]})),
            ValueError,
            r"must have the column gap0 and the column gap_original",
        ),
        (
            lambda: ds.add_eras(pd.DataFrame({"year": [1]}), (2, 1)),
            ValueError,
            r"bounds must be increasing years; got \(2, 1\)",
        ),
        (lambda: ds.add_peace_years(own(year=1), "broke", by=("a", "b")), ValueError, r"one row for each of a, b, year"),
        (lambda: ds.add_spells(own(year=1), "broke", by=("a", "b")), ValueError, r"there are two for a A, b B, year 1"),
    ],
)
def test_wrong_columns(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- states that support rebels -----------------------------------------------------------------------------------------------


def support(esd=None, states=None, dyads=None):
    rows = "7,1980,500,USA,1,0,1\n7,1981,500,USA,1,0,0\n7,1982,500,USA,0,0,0\n7,1981,501,A firm,1,1,0\n8,1981,500,USA,1,0,0\n"
    nmc = ds.load_nmc(
        file("ccode,year,milper,cinc\n" + "".join(f"2,{y},{m},.1\n" for y, m in ((1979, 9), (1980, 10), (1981, 30))))
    )
    nsa = ds.load_nsa(file(NSA + "70\tX\t1979-5-1\t1990-1-1\t10000\tweaker\n"))
    return ds.support_years(ds.load_ucdp_external_support(file(esd or ESD + rows)), nsa, nmc, states=states, dyads=dyads)


def test_support_as_spells():
    frame = support(states={500: 2}, dyads={7: 70})
    assert frame[["ccode", "dyad_id", "year", "start", "stop", "ended"]].to_numpy().tolist() == [
        [2, 7, 1980, 0, 1, 0],
        [2, 7, 1981, 1, 2, 1],
    ]
    assert frame["gap"].tolist() == [0, 0]  # 10,000 soldiers against as many rebels; at the beginning those of the same year
    assert frame.attrs["left_out"] == {"years without a number of rebels": 1}
    assert "meier-2023" in ds.cite(frame).keys


def test_support_that_matches_nothing():
    with pytest.raises(
        ValueError, match=r"esd and nsa must share dyads and years; of 3 rows with support none matches: .* dyads="
    ):
        support(states={500: 2})
    with pytest.raises(ValueError, match=r"nmc must have the column milper"):
        ds.support_years(
            ds.load_ucdp_external_support(file(ESD + "7,1980,2,USA,1,0,1\n")),
            ds.load_nsa(file(NSA + "7\tX\t1979-5-1\t1990-1-1\t1\tweaker\n")),
            ds.load_nmc(file("ccode,year,cinc\n2,1980,.1\n")),
        )
    with pytest.raises(TypeError, match=r"esd must be a frame"):
        ds.support_years(1, 2, 3)


def test_a_year_without_power_does_not_take_its_spell_with_it():
    frame = dyads(own(x=[5, -9, 7, 2]), lag=0, missing="drop")
    assert frame["year"].tolist() == [2002, 2003, 2006]
    assert frame["gap0"].tolist() == pytest.approx([0.4, 0.4, 0.5])  # of the first year that is known
    assert frame["start"].tolist() == [1, 2, 0]  # ages as they are
