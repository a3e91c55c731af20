"""Many cases: a researcher's own folder, filters, tables, the example."""

import re

import pytest

import alliances.cases as cases
from tests.case_support import GOOD

ALL = cases.load_all()


@pytest.fixture
def folder(tmp_path):
    """A folder of three good files, and a file that is no case."""
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.toml").write_text(GOOD.replace('id = "good"', f'id = "{name}"'), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("No case.", encoding="utf-8")
    return tmp_path


def ids(found):
    return [case.name for case in found]


# -- A folder of one's own --------------------------------------------------------------------------------------------------


def test_own_folder(folder):
    for place in (folder, str(folder)):
        assert cases.names(place) == ("one", "three", "two")
        assert ids(cases.load_all(place)) == ["one", "three", "two"]
        assert ids(cases.load_all(place, bundled=True)) == [*cases.names(), "one", "three", "two"]
        assert cases.load("two", place) == cases.load(folder / "two.toml")
    with pytest.raises(cases.CaseFileError, match=r"must be a case in .* \(one, three, two\) or a path .*; got 'x'"):
        cases.load("x", folder)
    assert cases.load(folder / "one.toml", folder).name == "one"


def test_all_faults_of_all_files_in_one_error(folder):
    text = (folder / "two.toml").read_text(encoding="utf-8")
    broken = text.replace('"It begins."', '""').replace('"durable"', '"endurable"').replace("sponsor = 30", "sponsor = 0")
    (folder / "two.toml").write_text(broken, encoding="utf-8")
    (folder / "three.toml").write_text("schema = 1\nschema = 2\n", encoding="utf-8")
    (folder / "four.toml").write_text("schema = 1\n", encoding="utf-8")
    with pytest.raises(cases.CaseFileError) as error:
        cases.load_all(folder)
    first, *faults = str(error.value).splitlines()
    assert first == "load_all(): every file must keep the rules of the format; these do not:"
    expected = [
        ("four", "id is missing"),
        ("three", "must be TOML in UTF-8: Cannot overwrite a value"),
        ("two", "outcome.kind must be one of durable"),
        ("two", "events[0].text must be text that is not empty; got ''"),
        ("two", "power[0].observations[0].sponsor must be positive and finite; got 0"),
    ]
    assert len(faults) == len(expected)
    for fault, (name, rule) in zip(faults, expected, strict=True):
        assert fault.startswith(f"{folder / name}.toml: {rule}")
    with pytest.raises(cases.CaseFileError, match="these do not:"):  # the bundled cases do not hide it
        cases.load_all(folder, bundled=True)


def test_faults_between_tables_are_collected_too(folder):
    text = (folder / "two.toml").read_text(encoding="utf-8")
    broken = text.replace('"2001-05"', '"1999"').replace('id = "deaths"', 'id = "men"').replace("date = 2002", "date = 1990")
    (folder / "two.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(cases.CaseFileError) as error:
        cases.load_all(folder)
    for rule in ("events[1].date must not be earlier", "series[0].id must be unique", "outcome.date must not precede"):
        assert f"two.toml: {rule}" in str(error.value)


def test_two_cases_with_the_same_id(folder):
    (folder / "again.toml").write_text((folder / "one.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(cases.CaseFileError, match=r"one\.toml: id must be unique; got 'one', which is in .*again\.toml too"):
        cases.load_all(folder)
    (folder / "again.toml").write_text(GOOD.replace('id = "good"', 'id = "gulf-zetas"'), encoding="utf-8")
    with pytest.raises(cases.CaseFileError, match="id must be unique; got 'gulf-zetas'"):
        cases.load_all(folder, bundled=True)


def test_what_is_no_folder(tmp_path):
    for function in (cases.names, cases.load_all):
        name = function.__name__
        with pytest.raises(TypeError, match=rf"^{name}\(\): folder must be a path; got 3$"):
            function(3)
        with pytest.raises(cases.CaseFileError, match=rf"^{name}\(\): folder must be a folder that exists; got "):
            function(tmp_path / "missing")
    with pytest.raises(cases.CaseFileError, match=r"^load_all\(\): folder must have a file that ends in .toml; got "):
        cases.load_all(tmp_path)
    assert cases.names(tmp_path) == ()
    with pytest.raises(TypeError, match=r"^load_all\(\): bundled must be True or False; got 1$"):
        cases.load_all(bundled=1)


# -- Filters ----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_each_filter_against_its_definition():
    """Every word of every filter, by a loop over the records."""
    for name, words in (("relation", cases.RELATIONS), ("outcome", cases.OUTCOMES)):
        for word in words:
            of = (lambda case: case.relation) if name == "relation" else (lambda case: case.outcome.kind)
            assert ids(cases.select(ALL, **{name: word})) == [case.name for case in ALL if of(case) == word]
    for name, words in (
        ("arrangement", cases.ARRANGEMENTS),
        ("gap", cases.GAP_BANDS),
        ("trend", cases.TRENDS),
        ("stakes", cases.STAKES_BANDS),
    ):
        for word in words:
            found = [case.name for case in ALL for phase in case.phases if getattr(phase, name) == word]
            assert ids(cases.select(ALL, **{name: word})) == list(dict.fromkeys(found))
    for flag in (True, False):
        found = [case.name for case in ALL if any(phase.threat is flag for phase in case.phases)]
        assert ids(cases.select(ALL, threat=flag)) == found
    assert len(cases.select(measured=True)) == 8
    assert len(cases.select(measured=False)) == 18
    assert ids(cases.select(source="ellis-2018")) == ["cartels-police", "sinaloa-cjng", "us-mexico"]


def test_filters_together():
    assert cases.select() == cases.select(ALL) == ALL
    assert ids(cases.select(gap=["wide", "narrow"], relation=("rivals", "allies"))) == ["sinaloa-afo", "sinaloa-juarez"]
    assert ids(cases.select(gap="asymmetric", arrangement="war")) == ["afo-teo", "familia-templars", "us-mexico"]
    assert cases.select(gap="narrow", arrangement="alliance") == ()  # sinaloa-juarez has them in two phases
    assert ids(cases.select(cases.load("gulf-zetas"), outcome="proxy defects")) == ["gulf-zetas"]
    assert ids(cases.select((case for case in ALL[:3]), gap="reversed")) == ["cartels-officials"]


def test_actors_go_by_all_their_names():
    everything = ["afo-logan", "afo-teo", "sinaloa-afo", "zetas-bloc"]
    for name in ("AFO", "afo", "Arellano Félix Organisation", "Tijuana Cartel"):
        assert ids(cases.select(actor=name)) == everything
    assert ids(cases.select(actor="artistas asesinos")) == ["sinaloa-mexicles"]
    assert ids(cases.select(actor=["CJNG", "Mexico"])) == ["sinaloa-bloc", "sinaloa-cjng", "us-mexico"]
    assert len(cases.select(actor="Sinaloa")) == 9


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"gap": "huge"}, "gap must be one of very wide, wide, asymmetric, narrow, parity, reversed; got 'huge'"),
        ({"gap": ["wide", "huge"]}, "gap must be one of very wide, wide, asymmetric, narrow, parity, reversed; got 'huge'"),
        ({"trend": "up"}, "trend must be one of widening, narrowing; got 'up'"),
        ({"stakes": "very high"}, "stakes must be one of low, high; got 'very high'"),
        (
            {"arrangement": "truce"},
            "arrangement must be one of alliance, accommodation, pact, distance, rivalry, war; got 'truce'",
        ),
        ({"relation": "friends"}, "relation must be one of sponsor-proxy, allies, rivals, bloc; got 'friends'"),
        ({"outcome": "won"}, "outcome must be one of durable, proxy defects, sponsor preys, "),
        ({"source": "me-2020"}, "source must be one of "),
        ({"actor": "Nobody"}, "actor must be one of "),
    ],
)
def test_unknown_words_are_refused(condition, message):
    with pytest.raises(ValueError, match=re.escape(f"select(): {message}")):
        cases.select(**condition)


def test_what_is_known_is_named():
    with pytest.raises(ValueError, match=r"source must be one of ellis-2016, ellis-2018, ucdp-ged; got 'x'"):
        cases.select(cases.load("sinaloa-cjng"), source="x")
    with pytest.raises(ValueError, match=r"actor must be one of CJNG, Jalisco New Generation Cartel, Sinaloa, Sina"):
        cases.select(cases.load("sinaloa-cjng"), actor="Gulf Cartel")
    with pytest.raises(ValueError, match=r"actor must be one of none; got 'x'"):
        cases.select([], actor="x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gap": 3}, "gap must be text, or several texts; got 3"),
        ({"gap": ["wide", None]}, "gap must be text, or several texts; got ['wide', None]"),
        ({"measured": "yes"}, "measured must be True, False or None; got 'yes'"),
        ({"threat": 1}, "threat must be True, False or None; got 1"),
        ({"cases": "gulf-zetas"}, "cases must be a case or several, as load and load_all give them; got 'gulf-zetas'"),
        ({"cases": [3]}, "cases must be a case or several, as load and load_all give them; got 3"),
        ({"cases": 3}, "cases must be a case or several, as load and load_all give them; got 3"),
    ],
)
def test_filters_of_the_wrong_type(arguments, message):
    with pytest.raises(TypeError, match=re.escape(f"select(): {message}")):
        cases.select(**arguments)


# -- Tables -----------------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_case():
    table = cases.table()
    assert len(table) == 26
    assert table.column("id") == cases.names()
    row = dict(zip(table.columns, table.rows[table.column("id").index("sinaloa-juarez")], strict=True))
    assert row == {
        "id": "sinaloa-juarez",
        "title": "The Sinaloa Cartel and the Juárez Cartel",
        "relation": "allies",
        "arrangements": "alliance, war, distance, rivalry",
        "gap": "narrow",
        "stakes": "high",
        "outcome": "sponsor preys",
        "date": "2004",
        "measured": "municipalities",
        "sources": "chindea-2014, coscia-rios-2012, ucdp-ged",
    }
    lines = str(table).splitlines()
    assert len(lines) == 27
    assert lines[0].split() == [name for name in table.columns if name != "title"]
    with pytest.raises(ValueError, match=r"^CaseTable.column\(\): name must be one of id, title, .*; got 'x'$"):
        table.column("x")


def test_the_table_of_phases_has_a_row_for_each_prediction():
    table = cases.phase_table()
    assert len(table) == sum(len(case.phases) for case in ALL) == 53
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    for row in rows:
        phase = cases.load(row["id"]).phases[int(row["phase"])]
        assert (row["arrangement"], row["gap"], row["trend"], row["stakes"], row["source"]) == (
            *(phase.arrangement, phase.gap, phase.trend, phase.stakes, phase.source),
        )
        assert bool(row["threat"]) == phase.threat
        assert (row["start"], row["end"]) == (str(phase.start or ""), str(phase.end or ""))
    assert table.to_dict()["id"] == [row["id"] for row in rows]


def test_frames():
    pytest.importorskip("pandas")
    for table in (cases.table(), cases.phase_table(ALL[:2])):
        frame = table.to_frame()
        assert tuple(frame.columns) == table.columns
        assert [tuple(row) for row in frame.itertuples(index=False)] == list(table.rows)
    with pytest.raises(TypeError, match=r"^table\(\): cases must be a case or several"):
        cases.table("gulf-zetas")
    with pytest.raises(TypeError, match=r"^phase_table\(\): cases must be a case or several"):
        cases.phase_table(3)


def test_a_file_that_changes_is_read_again(folder):
    file = next(folder.glob("*.toml"))
    before = cases.load(str(file))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(before.name, "renamed"), encoding="utf-8")
    assert cases.load(str(file)).name == "renamed"
    assert "renamed" in [case.name for case in cases.load_all(folder)]
    assert cases.load("gulf-zetas") is cases.load("gulf-zetas"), "the library's own are read once"
