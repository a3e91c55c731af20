"""What is published: metadata, archives, the lock file, the citation, the paper and its numbers."""

import csv
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements-lock.txt").read_text(encoding="utf-8")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_classifiers_name_the_pythons_that_are_supported():
    least = int(PROJECT["requires-python"].removeprefix(">=3."))
    named = [name.rpartition("3.")[2] for name in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", name)]
    assert named == [str(minor) for minor in range(least, 15)]
    assert PROJECT["classifiers"] == sorted(PROJECT["classifiers"])


def test_no_address_is_invented():
    """The project has no public address yet: an address that is not there must not be in what others install."""
    for name in ("pyproject.toml", "CITATION.cff", "README.md", "paper/paper.in.md", "requirements-lock.txt"):
        for address in re.findall(r"https?://[\w./-]+", text(name)):
            assert not re.search(r"example|your|todo|placeholder|/alliances", address, re.IGNORECASE), address


def test_the_citation_is_complete():
    citation = text("CITATION.cff")
    keys = re.findall(r"^([\w-]+):", citation, re.MULTILINE)
    assert {"cff-version", "message", "type", "title", "abstract", "version", "date-released", "license", "authors"} <= set(
        keys
    )
    assert re.search(r"^date-released: \d{4}-\d\d-\d\d$", citation, re.MULTILINE)
    for keyword in PROJECT["keywords"]:
        assert f"  - {keyword}\n" in citation
    assert f"license: {PROJECT['license']}\n" in citation
    assert f"name: {PROJECT['authors'][0]['name']}\n" in citation


# -- the lock file -----------------------------------------------------------------------------------------------------


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def required(*extras):
    """Package and least version, of the core and of extras and of what those include."""
    todo, found, seen = list(PROJECT["dependencies"]), {}, set()
    todo += [f"alliances[{','.join(extras)}]"] if extras else []
    while todo:
        requirement = todo.pop()
        own = re.fullmatch(r"alliances\[([\w,]+)\]", requirement)
        if own:
            names = set(own[1].split(",")) - seen
            seen |= names
            todo += [inner for name in names for inner in PROJECT["optional-dependencies"][name]]
        else:
            name, _, least = requirement.partition(">=")
            found[normal(name)] = tuple(map(int, least.split(".")))
    return found


def locked():
    """Package and its versions, and how many hashes each has."""
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    entries = re.split(r"\n(?=\w)", "\n".join(lines))
    versions = {}
    for entry in entries:
        name, version = re.match(r"([\w.-]+)==([\w.]+)", entry).groups()
        assert entry.count("--hash=sha256:") > 0, name
        versions.setdefault(normal(name), []).append(tuple(map(int, re.findall(r"\d+", version.partition(".post")[0]))))
    return versions


def nox_constant(name):
    return re.search(rf"^{name} = \[(.*?)\]", text("noxfile.py"), re.MULTILINE | re.DOTALL)[1]


def test_the_lock_file_has_what_papers_need_and_no_less_than_pyproject_asks_for():
    extras = re.findall(r'"(\w+)"', nox_constant("LOCKED"))
    assert {"plot", "data", "prove", "testing", "benchmark"} == set(extras)
    versions = locked()
    for name, least in required(*extras).items():
        assert name in versions, name
        assert min(versions[name]) >= least, name
    assert len(versions) > 25


def test_the_lock_file_works_with_any_index():
    assert "://" not in LOCK
    assert not re.search(r"^(-i|--index-url|--extra-index-url|--find-links|-f|-e)\b", LOCK, re.MULTILINE)


def test_requirements_have_lower_bounds():
    """`nox -s lowest` installs them."""
    everything = required(*PROJECT["optional-dependencies"].keys() - {"mutants"})
    assert {"numpy", "scipy", "nashpy", "matplotlib", "pandas", "z3-solver", "uv", "build", "twine"} <= everything.keys()
    assert all(everything.values())


# -- archives ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "examples").glob("[!_]*.py")))
def test_what_examples_save_by_default_is_ignored(script):
    for folder in re.findall(r'(?:output=|Path\()"(\w+)"', (ROOT / "examples" / script).read_text(encoding="utf-8")):
        done = subprocess.run(["git", "check-ignore", "-q", f"{folder}/a.png"], cwd=ROOT, check=False)
        if done.returncode == 128:
            pytest.skip("not a git checkout")
        assert done.returncode == 0, folder


def test_the_source_archive_lists_what_it_holds():
    settings = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    for path in settings:
        assert (ROOT / path.removeprefix("/")).exists(), path
    for needed in ("/src", "/tests", "/examples", "/docs", "/benchmarks", "/paper", "/conftest.py"):
        assert needed in settings


def test_ci_checks_the_package_and_the_oldest_dependencies():
    assert re.search(r"^ *sessions .*\bpackage lowest\b", text(".ci/run"), re.MULTILINE)
    core = re.findall(r'"(\w+)"', text("noxfile.py").partition("CORE = [")[2].partition("\n]")[0])
    assert len(core) > 10
    for name in core:
        assert (ROOT / "tests" / f"test_{name}.py").is_file(), name


# -- the paper ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fill():
    return runpy.run_path(str(ROOT / "paper" / "fill.py"))


def test_the_paper_has_the_numbers_of_the_benchmarks(fill):
    assert text("paper/paper.md") == fill["paper"](), "python paper/fill.py"


def test_the_paper_says_of_how_many_theorems_nothing_is_compared(fill):
    with (ROOT / "benchmarks" / "results" / "atlas.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if (r["claim"], r["enforcement"]) == ("asymmetry", "transfers given, both")]
    empty = [r["class"] for r in rows].count("nothing compared")
    assert 0 < empty < len(rows)
    assert f"(in {empty} of them because nothing is compared)" in fill["paper"]()


def test_another_benchmark_gives_another_paper(fill, monkeypatch):
    read = fill["read"]

    def other(name):
        record = read(name)
        if name == "atlas.json":
            record["totals"]["proved"] += 1
        return record

    proved = read("atlas.json")["totals"]["proved"]
    assert f"{proved:,} are proved" in text("paper/paper.md")
    monkeypatch.setitem(fill["paper"].__globals__, "read", other)
    assert f"{proved + 1:,} are proved" in fill["paper"]()


def test_a_number_that_nobody_computes_is_refused(fill, tmp_path, monkeypatch):
    (tmp_path / "paper.in.md").write_text("[[rows]] [[no_such_number]]", encoding="utf-8")
    monkeypatch.setitem(fill["paper"].__globals__, "HERE", tmp_path)
    with pytest.raises(SystemExit, match=r"not computed: \['no_such_number'\]; not used: \[.*'cases'"):
        fill["paper"]()


def test_numbers_of_the_paper_are_not_typed():
    """Only δ, years, dates and the like stand in the template."""
    body = text("paper/paper.in.md").partition("# Summary")[2]
    body = re.sub(r"\[\[\w+\]\]|@\w+|\$[^$]*\$|95 % interval", "", body)
    assert re.findall(r"\d+", re.sub(r"\bZ3\b", "", body)) == []


def test_the_paper_is_of_the_length_and_form_that_the_journal_asks_for():
    paper = text("paper/paper.md")
    head, _, body = paper.removeprefix("---\n").partition("\n---\n")
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= set(
        re.findall(r"^(\w+):", head, re.MULTILINE)
    )
    headings = re.findall(r"^# (.+)$", body, re.MULTILINE)
    assert headings[:2] == ["Summary", "Statement of need"]
    assert {"State of the field", "What is new", "Limits"} <= set(headings)
    assert headings[-1] == "References"
    assert 750 <= len(body.split()) <= 1750


def test_every_reference_is_cited_and_has_its_doi():
    cited = set(re.findall(r"@(\w+)", text("paper/paper.in.md").partition("# Summary")[2]))
    entries = dict(re.findall(r"^@\w+\{(\w+),(.*?)^\}", text("paper/paper.bib"), re.MULTILINE | re.DOTALL))
    assert cited == entries.keys()
    without = {key for key, entry in entries.items() if not re.search(r"doi = \{10\.\d{4,}/\S+\}", entry)}
    assert without == {"Chindea2014"}  # has none
    dois = {re.search(r"doi = \{(.*)\}", entries[key])[1] for key in entries.keys() - without}
    assert len(dois) == len(entries) - 1


def test_fill_writes_the_paper(fill, tmp_path, monkeypatch):
    for name in ("paper.in.md", "paper.bib"):
        (tmp_path / name).write_text(text(f"paper/{name}"), encoding="utf-8")
    monkeypatch.setitem(fill["main"].__globals__, "HERE", tmp_path)
    fill["main"]()
    assert (tmp_path / "paper.md").read_text(encoding="utf-8") == text("paper/paper.md")


# -- what loads Nashpy -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_nashpy_is_required_and_loaded_by_the_bridge_alone():
    assert any(requirement.startswith("nashpy") for requirement in PROJECT["dependencies"])
    code = (
        "import sys, alliances as al; stage = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]);"
        "stage.nash(); stage.minmax(mixed=True); al.critical_discount(stage, enforcement=al.NashReversion(mixed=True));"
        "print('nashpy' in sys.modules); stage.to_nashpy(); print('nashpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
