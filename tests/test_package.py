"""The package as a whole: light and silent to import, complete, the same under -OO."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import alliances as al

ROOT = Path(__file__).parents[1]
HEAVY = ["matplotlib", "pandas", "xarray", "nashpy", "sympy", "z3", "numba", "scipy.optimize", "scipy.spatial"]
HEAVY += ["networkx", "hypothesis", "scipy.stats", "flint", "SALib", "tqdm"]


def run(code, *flags):
    return subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True).stdout


def test_import_is_light():
    loaded = json.loads(run("import json, sys, alliances; print(json.dumps(sorted(sys.modules)))"))
    assert [name for name in [*HEAVY, "numpy"] if name in loaded] == []
    assert [name for name in loaded if name.startswith("alliances")] == ["alliances", "alliances.moved"]


@pytest.mark.slow
def test_the_parts_are_loaded_when_they_are_asked_for():
    code = (
        "import alliances as al, sys; before = set(dir(al));"
        "assert before >= set(al.__all__);"
        "print(al.repeated.enforcement.nash_reversion.NashReversion is al.NashReversion, al.presets.__name__);"
        "assert 'alliances.claims' not in sys.modules; print(al.claims.ASYMMETRY.name);"
        "names = {}; exec('from alliances import *', names); print(set(al.__all__) - set(names))"
    )
    assert run(code, "-W", "error").splitlines() == ["True alliances.payoffs.presets", "asymmetry", "set()"]


@pytest.mark.slow
def test_pictures_and_re_checks_are_loaded_when_they_are_asked_for():
    code = (
        "import sys, alliances as al; r = al.critical_discount(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]));"
        "print('alliances.verification' in sys.modules, r.verify().ok, 'alliances.verification' in sys.modules);"
        "from alliances.results import draw;\ntry: draw(1)\nexcept TypeError as error: print(error)"
    )
    assert run(code).splitlines() == ["False True True", "plot(): there is no picture of a int"]


@pytest.mark.slow
def test_a_file_is_read_before_anything_else_is_loaded(tmp_path):
    path = tmp_path / "duration.json"
    al.save(al.conflict_duration(al.Power(1, 1), al.ConflictWalk(swing=2, barrier=8)), path)
    code = f"import alliances as al; print(type(al.load({str(path)!r})).__name__)"
    assert run(code).strip() == "ConflictDuration"


def test_what_type_checkers_read_is_what_python_loads():
    tree = ast.parse((ROOT / "src" / "alliances" / "__init__.py").read_text(encoding="utf-8"))
    typed = next(node for node in tree.body if isinstance(node, ast.If))
    read = {(node.module, name.name) for node in typed.body for name in node.names}
    packages = {name for module, name in read if module == "alliances"}
    assert packages == {"cases", "claims", "datasets", "estimation", "plotting", "testing"}
    assert {(f"alliances.{module}", name) for name, module in al._PLACES.items()} == {
        (module, name) for module, name in read if module != "alliances"
    }
    assert set(al.__all__) == (packages - {"testing"}) | set(al._PLACES)


def test_the_main_functions_stay_light():
    code = (
        "import sys, numpy as np, alliances as al;"
        "game = al.presets.chindea_2014(); al.critical_discount(game, al.Power.from_gap(np.linspace(0, 0.9, 9)));"
        "al.cases.load('gulf-zetas'); game.stage_game(al.Power.from_gap(0.5)).minmax(mixed=True);"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    assert run(code).strip() == "[]"


def test_import_warns_about_nothing():
    run("import alliances", "-W", "error")


@pytest.mark.slow
def test_optimised_python_gives_the_same_answer():
    code = (
        "import alliances as al; r = al.critical_discount(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]));"
        "print(r.dyad, bool(al.verify(r)))"
    )
    assert run(code, "-OO") == run(code) == "1/7 True\n"


def test_public_names():
    assert al.__all__ == sorted(al.__all__)
    for name in al.__all__:
        assert hasattr(al, name)


def test_the_package_is_typed():
    assert (Path(al.__file__).parent / "py.typed").exists()


def test_files_are_readable_in_one_sitting():
    paths = [path for folder in ("src", "tests", "examples", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    assert len(paths) > 200
    for path in paths:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 430, path


def test_the_top_level_is_rooms():
    """At most four loose modules beside the rooms, each of which says what it answers and what it may import."""
    loose = {path.stem for path in (ROOT / "src" / "alliances").glob("*.py")} - {"__init__"}
    assert len(loose) <= 4, loose
    for path in (ROOT / "src" / "alliances").glob("**/*/__init__.py"):
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert len(words.split()) > 10, path
        assert re.search(r"\b([Mm]ay import|[Ii]mports|[Kk]nows?)\b", words), f"{path.parent} does not say what it may import"


def test_versions_agree():
    assert f'version = "{al.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"version: {al.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {al.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_commands():
    readme, ci = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", ".ci/run"))
    main_job, tests = (line for line in readme.splitlines() if line.startswith("python3 -m venv"))
    assert main_job.endswith("python examples/zetas_gulf.py")
    assert tests.endswith("python -m pytest")
    for command in (1, 2):
        assert re.search(rf'^ *eval "\$\(readme_command {command}\)"$', ci, re.MULTILINE)
    sessions = " ".join(re.findall(r"^ *sessions ([\w ]+)$", ci, re.MULTILINE)).split()
    assert {"lint", "types", "arch", "docs", "bench", "slow"} <= set(sessions)
    assert '"-m", "pytest", "-m", "slow"' in (ROOT / "noxfile.py").read_text(
        encoding="utf-8"
    )  # what the README's command leaves out
    assert ci.index("readme_command 2") < ci.index('>"$work/second.log"')
    assert ci.rstrip().endswith('cat "$work/second.log"\nexit "$done"')  # pytest has the last word


def test_missing_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'alliances\[plot\]'"):
        al.plotting.new_axes()


def test_the_readmes_pictures_exist():
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file()


def test_ci_runs_every_check():
    """All nox sessions but seven: the README's second command is the default tests, these run examples, mutants take hours, so
    do benchmarks at their full size, deep rows are more of the same, a lock file is written by hand, and other Pythons are not
    everywhere."""
    sessions = set(re.findall(r"^@nox\.session\ndef (\w+)", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE))
    ci = re.findall(r"^ *sessions ([\w ]+)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(" ".join(ci).split()) == sessions - {"tests", "examples", "mutants", "measure", "deep", "lock", "pythons"}
    assert {"lint", "types", "arch", "tests", "slow", "docs", "bench"} <= sessions


def test_the_newest_part_of_the_changelog_is_sorted():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.split(r"^## ", text, flags=re.MULTILINE)[1]  # between releases that of "Unreleased"
    version, *sections = re.findall(r"^(?:### )?(\S+)$", newest, re.MULTILINE)
    assert version in {"Unreleased", al.__version__}
    assert sections
    assert sections == sorted(set(sections) & {"Added", "Changed", "Deprecated", "Fixed", "Removed"})


def test_files_that_contributing_names_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = [path for path in re.findall(r"`([\w./]+\.(?:py|md|toml|txt))`", text) if "/" in path or path.endswith(".md")]
    assert len(paths) > 5
    for path in paths:
        assert (ROOT / path).is_file() or (ROOT / "src" / "alliances" / path).is_file(), path
