"""The atlas: its tables say what its rows say, its rows are what a fresh proof says, and its runs go on where they stopped."""

import inspect
import json
import re
import subprocess
import sys
from concurrent.futures import Future
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

import alliances as al
from alliances.claims import CLAIMS
from tests.support import quick

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "explanation" / "atlas.md"


@pytest.fixture(scope="module")
def atlas():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        rows, classes, report, run = map(import_module, ("atlas_rows", "atlas_classes", "atlas_report", "atlas"))
        records = report.read_csv(RESULTS / "atlas.csv")
        about = json.loads((RESULTS / "atlas.json").read_text(encoding="utf-8"))
        yield SimpleNamespace(rows=rows, classes=classes, report=report, run=run, Row=rows.Row, records=records, about=about)


def run_script(*arguments, code=0):
    command = [sys.executable, str(ROOT / "benchmarks" / "atlas.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


def test_every_row_is_answered_once(atlas):
    rows = atlas.rows.all_rows()
    assert len(rows) == len(set(rows))
    assert list(atlas.records) == rows


@pytest.mark.slow
def test_what_the_digest_leaves_out_is_asked_by_no_row(atlas):
    """One row of each claim, and one under each concept, and everything of the library that runs for its answer."""
    root = Path(al.__file__).parent
    called = set()

    def notice(frame, event, _):
        if event == "call":
            called.add(frame.f_code)

    rows = atlas.rows.all_rows()
    for name in ("flint", "scipy.stats", "z3"):  # whose import is slow while calls are noticed
        import_module(name)
    some = {row.claim: row for row in rows} | {row.enforcement: row for row in reversed(rows)}
    for row in some.values():
        sys.setprofile(notice)
        try:
            atlas.run.answer(row, 0.2, 4, None)
        finally:
            sys.setprofile(None)
    functions = [code for code in called if code.co_flags & inspect.CO_OPTIMIZED]  # no module that is loaded
    paths = map(Path, {code.co_filename for code in functions if code.co_filename.startswith(str(root))})
    ran = {path.relative_to(root).as_posix() for path in paths}
    assert {"repeated/payoff_sets/solve.py", "claims/proofs/proving.py"} <= ran
    assert [name for name in sorted(ran) if name.startswith(atlas.rows.WITHOUT_ANSWERS)] == []
    assert [name for name in sorted(ran) if name.startswith(("thresholds/", "dynamics/", "cases/", "estimation/"))] == []


def test_the_digest_sees_statements_and_names_and_not_where_modules_lie(atlas):
    code = "from alliances.tables import brief, call\nfrom alliances.power import Power\n\ndef f(x):\n    return x + 1\n"
    imports = "from alliances.power import Power\nfrom alliances.values.tables import call, brief\n"
    moved = f'"""Words."""\n{imports}\ndef f(x): return x + 1  # one\n'
    assert atlas.rows._code(code) == atlas.rows._code(moved)
    for old, new in (("x + 1", "x + 2"), ("call", "block"), ("Power\n", "Power as P\n"), ("def f(x)", "def f(x, y=0)")):
        assert atlas.rows._code(code) != atlas.rows._code(code.replace(old, new)), new


def test_no_row_contradicts_itself_or_another(atlas):
    assert atlas.report.inconsistencies(atlas.records) == []
    follows = atlas.rows.implied({row: r["status"] for row, r in atlas.records.items()})
    assert {row: r["implied"] for row, r in atlas.records.items() if r["implied"]} == follows


@pytest.mark.slow
def test_the_documentation_says_what_the_rows_say(atlas):
    page = PAGE.read_text(encoding="utf-8")
    assert atlas.report.refreshed(page, atlas.records, atlas.about) == page
    for text in atlas.report.blocks(atlas.records, atlas.about).values():
        assert text in page
    broken = page.replace("●", "✕", 1)
    assert atlas.report.refreshed(broken, atlas.records, atlas.about) != broken


def test_the_page_tells_its_headline_before_what_changed():
    page = PAGE.read_text(encoding="utf-8")
    assert page.index("## The headline") < page.index("## What follows") < page.index("## What changed since")
    assert not re.search(r"\b[0-9a-f]{12}\b", page.partition("## What changed since")[0])


def test_the_tables_say_what_the_rows_say(atlas):
    markdown = (RESULTS / "atlas.md").read_text(encoding="utf-8")
    about = atlas.about
    assert atlas.report.markdown(atlas.records, [], about) == markdown
    assert atlas.report.latex(atlas.records) == (RESULTS / "atlas.tex").read_text(encoding="utf-8")
    assert about["totals"] == atlas.report.totals(atlas.records)
    assert about["proved by class"] == atlas.classes.proved_by_class(atlas.records)
    assert about["inconsistencies"] == []


def test_the_headline_is_what_remains(atlas):
    """Counted a second time, from the rows' names and measurements alone."""
    proved = {row: r for row, r in atlas.records.items() if "proved" in (r["status"], r["implied"])}
    paid = [row for row in proved if row.enforcement.startswith(("transfers", "optimal transfers"))]
    nobody_first = {row for row in paid if row.claim == "proxy turns first"}
    halves = {row for row in paid if row.claim.endswith("restraint")}
    empty = {row for row, r in proved.items() if float(r["vacuous"]) == 1} - nobody_first - halves
    n = atlas.classes.proved_by_class(atlas.records)
    assert (n["by definition"], n["repeat"], n["nothing compared"]) == (len(nobody_first), len(halves), len(empty))
    assert n["counts"] == len(proved) - len(nobody_first | halves | empty)
    assert 0 < n["counts"] < len(proved)
    assert f"**{n['counts']} remain.**" in PAGE.read_text(encoding="utf-8")


def test_repeats_are_the_same_question(atlas):
    """To the letter: the conditions that would break a repeated row are those of the row that it repeats."""
    row = atlas.Row("sponsor restraint", "transfers given", "aggregation", "equal", "m=2")
    twin = atlas.classes.original(row)
    assert twin.claim == "asymmetry"

    def conditions(of):
        problem = CLAIMS[of.claim].problem(of.family(), {}, float("inf"))
        return {frozenset((str(c.polynomial), c.relation) for c in query.conditions) for query in problem.queries()}

    assert conditions(row) == conditions(twin) != set()
    apart = row.with_(enforcement="given")
    assert atlas.classes.original(apart) == apart
    assert conditions(apart) != conditions(apart.with_(claim="asymmetry"))


@pytest.mark.slow
def test_what_is_true_by_definition_leaves_nothing_to_ask(atlas):
    row = atlas.Row("proxy turns first", "transfers given, both", "common threat", "wage", "m=3")
    proof = CLAIMS[row.claim].prove(row.family())
    assert (proof.status, proof.steps) == ("proved", ())
    assert atlas.classes.class_of(row, atlas.records[row]) == "by definition"


def test_what_changed_is_computed_from_the_rows_before(atlas, tmp_path):
    names = ("given", "given, both", "Nash", "given, credible")
    rows = [atlas.Row("asymmetry", name, "constant", "equal", "m=1") for name in names]

    def records(version, *statuses):
        return {r: {"status": s, "implied": "", "version": version} for r, s in zip(rows, statuses, strict=False)}

    before = records("old", "proved", "unknown", "refuted")
    after = records("new", "refuted", "proved", "refuted", "unknown")
    changed = atlas.classes.since(tmp_path, before, after)
    assert changed["moved"] == {"proved to refuted": 1, "unknown to proved": 1}
    assert (changed["kept"], changed["new rows"], changed["dropped rows"]) == (1, 1, 0)
    text = atlas.classes.changes_text(changed)
    assert (
        "* asymmetry, under conflict for ever, taken as given (constant; sharing: equal; contest: m=1): proved, now refuted"
        in text
    )
    assert text.count("\n* ") == 1
    assert "old" not in text
    assert "|" not in text
    assert "1 from unknown to proved" in text
    (tmp_path / "atlas.json").write_text(json.dumps({"changes": changed}), encoding="utf-8")
    assert atlas.classes.since(tmp_path, after, after) == changed  # written anew, they say what they said
    assert atlas.classes.since(tmp_path, {}, after) is None


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


@pytest.mark.sampled(2)
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


class Here:
    """A pool whose workers are this process, which need not import everything again."""

    def __init__(self, *_, **__):
        pass

    def submit(self, function, *arguments):
        done = Future()
        done.set_result(function(*arguments))
        return done

    def shutdown(self, **_):
        pass


@pytest.mark.slow
def test_a_run_goes_on_where_it_stopped(atlas, tmp_path, monkeypatch, capsys):
    """As a script first, with a process of its own for answers, interrupted; then in this process, which answers the rest."""
    smoke = ["--smoke", "--timeout", "0.5", "--workers", "1", "--output", str(tmp_path)]
    first = run_script(*smoke, "--only", "constant", "--only", "m=1", code=2)
    state = tmp_path / "atlas.jsonl"
    assert "run again; no table was written" in first
    assert [p.name for p in tmp_path.iterdir()] == ["atlas.jsonl"]
    saved = state.read_text(encoding="utf-8")
    kept = saved.count("\n")
    assert f"{kept} rows, 0 of them saved before" in first
    with state.open("a", encoding="utf-8") as file:
        file.write('{"row": {"cla')  # what a run that was interrupted leaves behind
    monkeypatch.setattr(sys, "argv", ["atlas.py", *smoke])
    monkeypatch.setattr(atlas.run, "ProcessPoolExecutor", Here)
    assert atlas.run.main() == 0
    second = capsys.readouterr().out
    assert f"9 rows, {kept} of them saved before" in second
    assert "| by definition |" in second
    assert "remain.**" in second
    assert state.read_text(encoding="utf-8").startswith(saved)
    assert {p.name for p in tmp_path.iterdir()} == {f"atlas.{end}" for end in ("jsonl", "json", "csv", "md", "tex", "png")}


def test_answers_of_other_code_are_kept_and_not_used(atlas, tmp_path):
    row = atlas.Row(*QUICK[0][:5])
    path = tmp_path / "atlas.jsonl"
    atlas.run.State(path, "old").add(row, {"row": vars(row), "status": "proved"})
    assert atlas.run.State(path, "new").answers == {}
    atlas.run.State(path, "new").add(row, {"row": vars(row), "status": "unknown"})
    assert atlas.run.State(path, "old").answers[row]["status"] == "proved"


def test_a_repeated_row_takes_the_proof_and_not_the_measurement(atlas, tmp_path):
    row = atlas.Row("asymmetry", "transfers given", "constant", "equal", "m=1")
    twin = row.with_(claim="proxy restraint")
    state = atlas.run.State(tmp_path / "atlas.jsonl", "new")
    assert state.known(twin) is None
    proof = {"status": "proved", "timeout": 2.0, "prove_seconds": 1.5, "steps": 3, "share": 0.5}
    state.add(row, {"row": vars(row)} | proof)
    known = state.known(twin)
    assert (known["status"], known["steps"], known["prove_seconds"]) == ("proved", 3, 0.0)
    assert "share" not in known
    state.add(twin, {"row": vars(twin)} | proof | {"status": "unknown", "share": 0.7})
    assert (state.known(twin)["status"], state.known(twin)["share"]) == ("proved", 0.7)
    apart = atlas.Row("proxy restraint", "given", "constant", "equal", "m=1")
    state.add(apart.with_(claim="asymmetry"), {"row": vars(apart.with_(claim="asymmetry"))} | proof)
    assert state.known(apart) is None


def test_words_do_not_change_the_code(atlas):
    code = "x = 1\n\n\ndef f():\n    return x\n"
    told = '"""Of x."""\nx = 1  # one\n"""x is one."""\n\n\ndef f():\n    """Say x."""\n    return x\n'
    assert atlas.rows._code(told) == atlas.rows._code(code)
    assert atlas.rows._code(code.replace("x = 1", "x = 2")) != atlas.rows._code(code)
    assert atlas.rows._code(code.replace("return x", "return 'x'")) != atlas.rows._code(code)
