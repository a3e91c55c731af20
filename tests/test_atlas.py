"""The atlas: its tables say what its rows say, its rows are what a fresh proof says, and its runs go on where they stopped."""

import json
import subprocess
import sys
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from alliances.claims import CLAIMS
from tests.support import quick

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "explanation" / "atlas.md"


@pytest.fixture(scope="module")
def atlas():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        rows, report, run = map(import_module, ("atlas_rows", "atlas_report", "atlas"))
        yield SimpleNamespace(rows=rows, report=report, run=run, Row=rows.Row, records=report.read_csv(RESULTS / "atlas.csv"))


def run_script(*arguments):
    command = [sys.executable, str(ROOT / "benchmarks" / "atlas.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_every_row_is_answered_once(atlas):
    rows = atlas.rows.all_rows()
    assert len(rows) == len(set(rows))
    assert list(atlas.records) == rows


def test_no_row_contradicts_itself_or_another(atlas):
    assert atlas.report.inconsistencies(atlas.records) == []
    follows = atlas.rows.implied({row: r["status"] for row, r in atlas.records.items()})
    assert {row: r["implied"] for row, r in atlas.records.items() if r["implied"]} == follows


def test_the_documentation_says_what_the_rows_say(atlas):
    page = PAGE.read_text(encoding="utf-8")
    assert atlas.report.refreshed(page, atlas.records) == page
    for name in ("totals", "headline", "theory", "counts"):
        assert atlas.report.blocks(atlas.records)[name] in page
    broken = page.replace("●", "✕", 1)
    assert atlas.report.refreshed(broken, atlas.records) != broken


def test_the_tables_say_what_the_rows_say(atlas):
    markdown = (RESULTS / "atlas.md").read_text(encoding="utf-8")
    about = json.loads((RESULTS / "atlas.json").read_text(encoding="utf-8"))
    assert atlas.report.markdown(atlas.records, [], about) == markdown
    assert atlas.report.latex(atlas.records) == (RESULTS / "atlas.tex").read_text(encoding="utf-8")
    assert about["totals"] == atlas.report.totals(atlas.records)
    assert about["inconsistencies"] == []


QUICK = [
    ("asymmetry", "given, both", "complementarity", "proportional", "m=1", "proved"),
    ("asymmetry", "given, both", "aggregation", "proportional", "m=1", "refuted"),
    ("asymmetry", "transfers given, both", "complementarity", "proportional", "m=3", "proved"),
    ("proxy restraint", "given, deterrent", "constant", "proportional", "m=1", "refuted"),
    ("proxy restraint", "given, deterrent", "constant", "proportional", "m=2", "proved"),
    ("sponsor restraint", "given, both", "aggregation", "proportional", "m=1", "proved"),
    ("proxy turns first", "given", "aggregation", "equal", "m=1", "proved"),
    ("asymmetry", "given, both", "complementarity", "proportional", "m=2", "refuted"),
]


@pytest.mark.parametrize("question", quick(QUICK, 4), ids=" ".join)
def test_a_fresh_proof_gives_the_same_answer(atlas, question):
    *names, status = question
    row = atlas.Row(*names)
    assert atlas.records[row]["status"] == status
    assert CLAIMS[row.claim].prove(row.family()).status == status


def test_witnesses_refute_without_the_prover(atlas):
    refuted = [row for row, r in atlas.records.items() if r["status"] == "refuted" and row.claim in atlas.rows.ALONG]
    assert len(refuted) > 100
    for row in refuted[::97]:
        r, family = atlas.records[row], row.family()
        values = dict(part.split(" = ") for part in r["witness"].split("; "))
        values = {name: Fraction(value) for name, value in values.items()}
        gaps = [Fraction(r["witness low"]), Fraction(r["witness high"])]
        found = CLAIMS[row.claim].check(
            family.at(**values), gaps=gaps, enforcement=family.concept(**values), assume=family.assume
        )
        assert found.status == "fails", row.name


def test_seeds_come_from_names(atlas):
    row = atlas.Row(*QUICK[0][:5])
    assert str(row.seed) == atlas.records[row]["seed"]
    assert len({row.seed for row in atlas.records}) == len(atlas.records)


def test_implications(atlas):
    weak = atlas.Row("asymmetry", "given", "constant", "equal", "m=1")
    strong = weak.with_(enforcement="given, both")
    assert atlas.rows.implied({weak: "proved", strong: "unknown"}) == {strong: "proved"}
    assert atlas.rows.implied({weak: "unknown", strong: "refuted"}) == {weak: "refuted"}
    assert atlas.rows.implied({weak: "refuted", strong: "unknown"}) == {}
    assert atlas.rows.implied({weak: "proved", strong: "refuted"}) == {strong: "contradiction"}
    proxy, sponsor = weak.with_(claim="proxy restraint"), weak.with_(claim="sponsor restraint")
    assert atlas.rows.implied({weak: "refuted", proxy: "proved", sponsor: "unknown"}) == {sponsor: "refuted"}
    assert atlas.rows.implied({weak: "refuted", proxy: "unknown", sponsor: "unknown"}) == {}


def test_inconsistencies_are_found(atlas):
    row = atlas.Row(*QUICK[5][:5])
    good = atlas.records[row]
    for change, word in (
        ({"share": "0.99"}, "measured"),
        ({"status": "error"}, "error"),
        ({"implied": "contradiction"}, "proved by other rows"),
        ({"status": "refuted", "witness at_low": "1/2", "witness at_high": "3/4"}, "known to be proved"),
        ({"status": "refuted", "witness at_low": "1/2", "witness at_high": "1/2"}, "no rise"),
    ):
        assert any(word in found for found in atlas.report.inconsistencies({row: good | change}))


@pytest.mark.slow
def test_a_run_goes_on_where_it_stopped(tmp_path):
    first = run_script("--smoke", "--output", tmp_path, "--only", "given, both")
    state = tmp_path / "atlas.jsonl"
    saved = state.read_text(encoding="utf-8")
    kept = saved.count("\n")
    assert f"{kept} rows, 0 of them saved before" in first
    with state.open("a", encoding="utf-8") as file:
        file.write('{"row": {"cla')  # what a run that was interrupted leaves behind
    second = run_script("--smoke", "--output", tmp_path)
    assert f"9 rows, {kept} of them saved before" in second
    assert state.read_text(encoding="utf-8").startswith(saved)
    assert {p.name for p in tmp_path.iterdir()} == {f"atlas.{end}" for end in ("jsonl", "json", "csv", "md", "tex", "png")}


def test_answers_of_other_code_are_kept_and_not_used(atlas, tmp_path):
    row = atlas.Row(*QUICK[0][:5])
    path = tmp_path / "atlas.jsonl"
    atlas.run.State(path, "old").add(row, {"row": vars(row), "status": "proved"})
    assert atlas.run.State(path, "new").answers == {}
    assert set(atlas.run.State(path, "new", any_version=True).answers) == {row}
    atlas.run.State(path, "new").add(row, {"row": vars(row), "status": "unknown"})
    assert atlas.run.State(path, "old").answers[row]["status"] == "proved"
