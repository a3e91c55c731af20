"""Loaders: names, codes for "missing", releases, and what is refused. Tiny files in the producers' formats."""

import gzip

import numpy as np
import pytest

import alliances as al
from tests.producers_support import ATOP, COW, DDYR, GML, MEMBERS, NMC, NONSTATE, NSA, atop, file

pd = pytest.importorskip("pandas")
ds = al.datasets


def test_atop_by_its_own_names():
    frame = atop()
    assert frame.attrs["release"] == "ATOP 5.1"
    assert "fruit" not in frame
    assert frame["members"].tolist()[:2] == [(200, 210, 220), (210, 200)]
    assert frame["begday"].isna().tolist() == [False, False, False, True, False, False]
    by_id = frame.set_index("atopid")
    assert by_id["termcaus"].fillna(-1).to_dict() == {1005: -1, 1010: 6, 1015: 0, 1020: 4, 1025: 4, 1030: 2}  # 1005's differ
    assert by_id["interrupted"].to_dict() == {1005: False, 1010: False, 1015: False, 1020: False, 1025: True, 1030: False}
    alone = atop(members=None)
    assert alone["termcaus"].isna().all()
    assert alone["interrupted"].isna().all()


def test_case_and_order_of_columns_do_not_matter(tmp_path):
    lower = ATOP.splitlines()
    lower[0] = lower[0].lower()
    turned = "\n".join(",".join(reversed(line.split(","))) for line in lower)
    pd.testing.assert_frame_equal(atop(turned)[atop().columns.tolist()], atop(), check_like=True)
    path = tmp_path / "atop.csv.gz"
    path.write_bytes(gzip.compress(("\ufeff" + ATOP).encode()))
    pd.testing.assert_frame_equal(ds.load_atop(path), ds.load_atop(str(path)))
    assert ds.load_atop(path).attrs["source"] == "ATOP, alliances (atop.csv.gz)"


def test_text_that_is_not_utf_8(tmp_path):
    path = tmp_path / "nonstate.csv"
    path.write_bytes((NONSTATE + "1,2-7,Beltrán,Zetas,2010,30,2.5\n").encode("latin-1"))
    frame = ds.load_ucdp_nonstate(path)
    assert (frame.loc[0, "side_a_name"], frame.loc[0, "dyad_id"]) == ("Beltrán", "2-7")
    assert frame.attrs["release"] == "UCDP Non-State Conflict 2.5 (years to 2010)"


def test_files_of_stata(tmp_path):
    path = tmp_path / "ucdp-esd-ty-181.dta"
    pd.DataFrame({"dyad_id": [7], "year": [1980], "ext_id": [2], "ext_name": ["USA"], "ext_sup": [1]}).to_stata(
        path, write_index=False
    )
    frame = ds.load_ucdp_external_support(path)
    assert frame[["dyad_id", "ext_name", "ext_sup"]].to_numpy().tolist() == [[7, "USA", 1]]


def test_minus_nine_is_missing():
    nmc = ds.load_nmc(file(NMC))
    assert nmc["milex"].isna().all()
    assert "version" not in nmc
    assert np.isnan(ds.load_atop_dyad_years(file(DDYR)).loc[0, "consul"])
    assert np.isnan(ds.load_nsa(file(NSA + "7\tX\t1980-1-1\t1981-1-1\t-9\tNA\n")).loc[0, "rebestimate"])
    assert ds.load_nsa(file(NSA + "7\tX\t1980-1-1\t1981-1-1\t-9\tNA\n")).loc[0, "rebstrength"] is None


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (2012, "NMC 5.0 (years to 2012)"),
        (2016, "NMC 6.0 (years to 2016)"),
        (2022, "NMC 7.0 (years to 2022)"),
        (1999, "NMC, release not known (years to 1999)"),
    ],
)
def test_which_release_of_the_capabilities(last, said):
    assert ds.load_nmc(file(f"ccode,year,cinc\n2,{last},.1\n")).attrs["release"] == said


def test_older_and_other_releases():
    table = "ccode1,ccode2,start,end,cow_defense,cow_neutral,cow_nonagg,cow_entente\n2,20,1949,1961,1,0,1,1\n"
    frame = ds.load_cow_alliances(file(table))
    assert frame[["dyad_st_year", "defense", "nonaggression"]].to_numpy().tolist() == [[1949, 1, 1]]
    assert frame.attrs["release"] == "COW Formal Alliances, as R's peacesciencer has it (years to 1949)"
    assert ds.load_cow_alliances(file(COW + "1,2,20,1949,,1,1,0,1,1,4.1\n")).attrs["release"] == "COW Formal Alliances 4.1"
    old = "ywp_id,ywp_year,external_id,external_name,external_exists,external_type_X\n7,1980,2,USA,1,0\n"
    frame = ds.load_ucdp_external_support(file(old))
    assert frame.attrs["release"] == "UCDP External Support 1-2011 (years to 1980)"
    assert frame[["dyad_id", "year", "ext_sup", "ext_x"]].to_numpy().tolist() == [[7, 1980, 1, 0]]
    mids = ds.load_gml_mids(file("dispnum3" + GML[7:] + "1,2,20,1900,0,1,1,1,-9,3,2.0\n1,2,40,1900,1,1,1,1,0,3,2.0\n"))
    assert mids.attrs["release"] == "GML MID 2.0"
    assert mids["initiator"].fillna(0).tolist() == [20, 0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ds.load_nmc(3), TypeError, r"load_nmc\(\): path must be a path or an open text file; got 3"),
        (lambda: ds.load_nmc(file("")), ValueError, r"load_nmc\(\): path must be a file with a header; got an empty one"),
        (lambda: ds.load_nmc(file("ccode,year,cinc\n")), ValueError, r"with at least one row; got none"),
        (
            lambda: ds.load_nmc(file("ccode,year,milex\n2,1900,1\n")),
            ValueError,
            r"missing: cinc; it looks like another release of COW",
        ),
        (lambda: ds.load_nmc(file(ATOP)), ValueError, r"it looks like ATOP, alliances, a file for load_atop\(\)"),
        (
            lambda: ds.load_atop(file(MEMBERS)),
            ValueError,
            r"it looks like ATOP, members: call load_atop\(alliances, members\)\. The",
        ),
        (
            lambda: ds.load_atop(file(ATOP), file(ATOP)),
            ValueError,
            r"members must have .*it looks like ATOP, alliances: call load_atop\(alliances, members\)\. The",
        ),
        (
            lambda: ds.load_nmc(file(MEMBERS)),
            ValueError,
            r"it looks like ATOP, members, a file for load_atop\(alliances, members\)\. The",
        ),
        (
            lambda: ds.load_ucdp_nonstate(file("year,dyadid\n1,2\n")),
            ValueError,
            r"missing: side_a_name \(sideaname or side_a in other releases\), .*The file has year, dyadid",
        ),
        (
            lambda: ds.load_nmc(file("ccode,year,cinc,CINC\n2,1900,1,1\n")),
            ValueError,
            r"name each column once; cinc is there 2",
        ),
        (
            lambda: ds.load_nmc(file("ccode,year,cinc\n2,1900,x\n")),
            ValueError,
            r"cinc must be a number, or empty or -9 .*'x' in line 2",
        ),
        (
            lambda: ds.load_nmc(file("ccode,year,cinc\n2,1900.5,.1\n")),
            ValueError,
            r"year must be a whole number, .*'1900.5' in line 2",
        ),
        (
            lambda: ds.load_nmc(file("ccode,year,cinc\n2,1900,.1\n2,1900,.2\n")),
            ValueError,
            r"one row for each of ccode, year; 1 are",
        ),
        (
            lambda: ds.load_nmc(file("ccode,year,cinc\n2,1900,1.1\n")),
            ValueError,
            r"cinc must lie in \[0, 1\]; got 1.1 for 2 in 1900",
        ),
        (lambda: ds.load_nmc(file("ccode,year,cinc\n2,1900,1,7\n2,1900\n")), ValueError, r"cinc"),
        (
            lambda: atop(ATOP + ATOP.splitlines()[1]),
            ValueError,
            r"load_atop\(\): .* one row for each alliance; 1005 is there twice",
        ),
        (lambda: atop(members=MEMBERS[:300]), ValueError, r"members of each alliance of path \(ATOP 5.1\); 4 are not there"),
        (
            lambda: atop(ATOP.replace("1010,1900,7,1,1903,4,1,0,1", "1010,1900,7,1,1903,4,1,0,2")),
            ValueError,
            r"bilat must be 0 or 1",
        ),
        (
            lambda: ds.load_atop_dyad_years(file(DDYR + DDYR.splitlines()[1])),
            ValueError,
            r"ccode1, ccode2, year; 1 are there twice",
        ),
        (
            lambda: ds.load_cow_alliances(file(COW + "1,2,20,1949,1940,0,1,0,1,1,4.1\n")),
            ValueError,
            r"1940 after 1949 for 2 and 20",
        ),
        (
            lambda: ds.load_nsa(file(NSA + "7\tX\tsoon\t1981\t9\tweaker\n")),
            ValueError,
            r"startdate must begin with a year; got 'soon'",
        ),
        (
            lambda: ds.load_nsa(file(NSA + "7\tX\t1982\t1981\t9\tweaker\n")),
            ValueError,
            r"not lie before startdate; got 1981 for dyad 7",
        ),
        (
            lambda: ds.load_gml_mids(file(GML + 2 * "1,2,20,1900,0,1,1,1,0,3,2.0\n")),
            ValueError,
            r"dispnum, ccode1, ccode2, year; 1 are",
        ),
        (lambda: ds.cite(3), TypeError, r"cite\(\): frames must be pandas DataFrames; got 3"),
        (lambda: ds.cite(pd.DataFrame()), ValueError, r"cite\(\): frames must have attrs\['references'\]"),
    ],
)
def test_wrong_files(call, error, message):
    with pytest.raises(error, match=message):
        call()


RELEASE_2_1_1 = (  # the header of gml-ddy-disputes-2.1.1.csv; the rows are invented
    "dispnum,ccode1,ccode2,year,midongoing,midonset,sidea1,sidea2,revstate1,revstate2,revtype11,revtype12,revtype21,revtype22,"
    "fatality1,fatality2,fatalpre1,fatalpre2,hiact1,hiact2,hostlev1,hostlev2,orig1,orig2,hiact,hostlev,mindur,maxdur,outcome,"
    "settle,fatality,fatalpre,stmon,endmon,recip,numa,numb,ongo2010,version\n"
)


def test_a_file_of_gml_2_1_1():
    one = "9,1,2,1950,1,1,1,0,1,0,2,0,-9,-9,0,-9,0,-9,7,0,3,1,1,1,7,3,4,4,5,1,-9,-9,5,6,0,1,1,0,gml-2.1.1\n"
    other = "9,2,1,1950,1,1,0,1,0,1,0,2,-9,-9,-9,0,-9,0,0,7,1,3,1,1,7,3,4,4,5,1,-9,-9,5,6,0,1,1,0,gml-2.1.1\n"
    frame = ds.load_gml_mids(file(RELEASE_2_1_1 + one + other))
    assert frame.attrs["release"] == "GML MID 2.1.1"
    assert frame["initiator"].tolist() == [1, 1]
    assert frame["fatality"].isna().all()
    assert frame[["midonset", "recip", "hostlev"]].to_numpy().tolist() == [[1, 0, 3], [1, 0, 3]]


@pytest.mark.parametrize(
    ("load", "times"),
    [(ds.load_gml_mids, 0), (ds.load_nsa, 0), (ds.load_ucdp_nonstate, 0), (ds.load_ucdp_external_support, 1), (ds.load_nmc, 0)],
)
def test_a_doubtful_name_is_told_once(load, times):
    with pytest.raises(ValueError, match="missing: ") as told:
        load(file("one,two\n1,2\n"))
    assert str(told.value).count("not checked against a file") == times
    assert ("(not checked against a file: the name ext_id)" in str(told.value)) == bool(times)
