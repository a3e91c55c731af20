"""Politically relevant dyads: the definition, the tables that tell of contiguity, and what is refused."""

import numpy as np
import pytest

import alliances as al
from tests.producers_support import NMC, atop, file

pd = pytest.importorskip("pandas")
ds = al.datasets

BORDERS = pd.DataFrame(
    {
        "state1no": [2, 20, 100, 101, 200, 220],
        "state2no": [20, 2, 101, 100, 220, 200],
        "year": [1950, 1950, 1950, 1950, 1951, 1951],
        "conttype": [1, 1, 1, 1, 4, 4],
    }
)


def states(*rows):
    return pd.DataFrame(rows, columns=["ccode1", "ccode2", "year"])


@pytest.mark.slow
def test_relevance_by_definition():
    """Every pair of ten states in every year, against the definition written out."""
    rng = np.random.default_rng(3)
    codes = [2, 20, 70, 100, 101, 200, 255, 365, 710, 740]
    dyads = states(*((a, b, t) for a in codes for b in codes if a < b for t in range(1935, 1955)))
    borders = dyads[rng.random(len(dyads)) < 0.2].assign(conttype=lambda f: rng.integers(0, 6, len(f)))
    borders = pd.concat([borders, dyads.drop_duplicates("year").assign(conttype=0)])  # each year is told of
    swap = rng.random(len(borders)) < 0.5
    one, other = borders["ccode1"].where(~swap, borders["ccode2"]), borders["ccode2"].where(~swap, borders["ccode1"])
    marked = ds.add_politically_relevant(dyads, borders.assign(ccode1=one, ccode2=other), types=(1, 2))
    great = {2: [(1898, 2016)], 200: [(1816, 2016)], 255: [(1925, 1945)], 365: [(1922, 2016)], 710: [(1950, 2016)]}
    great[740] = [(1895, 1945)]  # the Correlates of War project's list, as far as these states and years go
    for row in marked.itertuples():
        sides = {row.ccode1, row.ccode2}
        near = any(
            sides == {b.ccode1, b.ccode2} and b.year == row.year and b.conttype in (1, 2)
            for b in borders[borders["year"] == row.year].itertuples()
        )
        powers = sum(any(a <= row.year <= z for a, z in great.get(side, ())) for side in sides)
        assert (row.contiguous, row.n_major, row.politically_relevant) == (near, powers, near or powers > 0)
    assert 0 < marked["politically_relevant"].mean() < 1
    assert 0 < marked["contiguous"].mean() < 1


def test_contiguity_in_the_producers_columns_and_by_type():
    frame = states((2, 20, 1950), (101, 100, 1950), (100, 20, 1950), (220, 200, 1951))
    marked = ds.add_politically_relevant(frame, BORDERS)
    assert marked["contiguous"].tolist() == [1, 1, 0, 1]
    assert marked["politically_relevant"].tolist() == [1, 1, 0, 1]
    by_land = ds.add_politically_relevant(frame, BORDERS, types=[1], majors=())
    assert by_land["politically_relevant"].tolist() == [1, 1, 0, 0]
    undated = ds.add_politically_relevant(states((100, 101, 1800)), BORDERS.drop(columns="year"), majors=[])
    assert undated["politically_relevant"].tolist() == [1]


def test_major_powers_of_ones_own():
    frame = states((1, 3, 1950), (1, 4, 1951), (3, 4, 1951))
    borders = states((7, 8, 1950), (7, 8, 1951))
    assert ds.add_politically_relevant(frame, borders, majors=[4])["n_major"].tolist() == [0, 1, 1]
    dated = ds.add_politically_relevant(frame, borders, majors={1: [(1951, 1960)], 4: [(1900, 1950), (1952, 1953)]})
    assert dated["n_major"].tolist() == [0, 1, 0]
    early = states((1, 200, 1705), (1, 2, 1705))  # the project's list begins in 1816, one's own where one says
    undated = pd.DataFrame({"ccode1": [7], "ccode2": [8]})
    assert ds.add_politically_relevant(early, undated)["n_major"].tolist() == [1, 0]
    assert ds.add_politically_relevant(early, undated, majors={1: [(1700, 1710)]})["n_major"].tolist() == [1, 1]


def test_years_after_the_contiguity():
    frame = states((100, 101, 1950), (200, 220, 1952), (100, 101, 1953))
    marked = ds.add_politically_relevant(frame, BORDERS, majors=[], carry=2)
    assert marked["contiguous"].tolist() == [1, 1, 0]  # 1952 and 1953 are told of by 1951
    with pytest.raises(ValueError, match=r"it has 1950 to 1951, and 1 years are not there, such as 1953: leave"):
        ds.add_politically_relevant(frame, BORDERS, carry=1)


def test_relevance_keeps_the_frame_and_its_citations():
    frame = ds.alliance_years(atop(), ds.load_nmc(file(NMC)))
    borders = pd.DataFrame({"ccode1": [200], "ccode2": [210]})
    marked = ds.add_politically_relevant(frame, borders)
    assert set(marked.columns) == {*frame.columns, "contiguous", "n_major", "politically_relevant"}
    assert "politically_relevant" not in frame.columns
    assert marked.attrs["release"] == frame.attrs["release"]
    assert {"weede-1976", "lemke-reed-2001", "leeds-2002"} <= set(ds.cite(marked).keys)
    assert set(ds.cite(frame).keys) < set(ds.cite(marked).keys)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"frame": [1]}, TypeError, r"frame must be a pandas DataFrame; got list"),
        ({"contiguity": None}, TypeError, r"contiguity must be a pandas DataFrame; got NoneType"),
        ({"contiguity": pd.DataFrame({"a": [1]})}, ValueError, r"contiguity must have the column ccode1; it has a"),
        ({"frame": pd.DataFrame({"ccode1": [2]})}, ValueError, r"frame must have the column ccode2; it has ccode1"),
        ({"frame": states((2, 20, np.nan))}, ValueError, r"year of frame must be a whole number; got nan in row 0"),
        ({"frame": states(("USA", 20, 1950))}, ValueError, r"ccode1 of frame must be a whole number; got 'USA' in row 0"),
        ({"contiguity": BORDERS.assign(conttype=1.5)}, ValueError, r"conttype of contiguity must be a whole number; got 1.5"),
        ({"frame": states((2, 20, 1949))}, ValueError, r"it has 1950 to 1951, and 1 years are not there, such as 1949"),
        ({"contiguity": BORDERS.iloc[:0]}, ValueError, r"it has no year, and 1 years are not there"),
        ({"carry": -1}, ValueError, r"carry must be a whole number of years, at least 0; got -1"),
        ({"types": [6]}, ValueError, r"types must be among 1, 2, 3, 4, 5; got 6"),
        ({"contiguity": BORDERS.drop(columns="conttype"), "types": [1]}, ValueError, r"must have the column conttype where"),
        ({"majors": 3}, TypeError, r"majors must be states, or a mapping from states to spans of years; got 3"),
        ({"majors": "USA"}, TypeError, r"majors must be states"),
        (
            {"majors": {2: [(1990, 1980)]}},
            ValueError,
            r"majors must have spans \(first, last\) of years; got \[\(1990, 1980\)\] for 2",
        ),
    ],
)
def test_wrong_relevance(change, error, message):
    with pytest.raises(error, match=message):
        ds.add_politically_relevant(**({"frame": states((2, 20, 1950)), "contiguity": BORDERS} | change))
