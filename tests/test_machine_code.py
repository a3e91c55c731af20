"""Machine code of several files: kept on disk, and never out of date."""

import subprocess
import sys
from pathlib import Path

import pytest

from alliances.repeated import machine_code

pytest.importorskip("numba")

COMPILING = """
from pathlib import Path
from alliances.repeated.machine_code import compiler
compiled = compiler("test", sorted(Path(__file__).parent.glob("*.py")))
"""
INNER = """
from compiling import compiled
@compiled
def inner(x):
    return x + {}
"""
OUTER = """
from compiling import compiled
from inner import inner
@compiled
def outer(x):
    return 2 * inner(x)
"""
ASK = "from outer import outer; x = outer(1); s = outer.stats; print(x, sum(s.cache_hits.values()), outer.__code__.co_filename)"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Call a compiled function, in a process of its own, that calls one of another file, which adds a number."""
    package = tmp_path / "sources"
    package.mkdir()
    monkeypatch.setenv("ALLIANCES_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)

    def ask(number):
        for name, text in (("compiling", COMPILING), ("inner", INNER.format(number)), ("outer", OUTER)):
            path = package / f"{name}.py"
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
        command = [sys.executable, "-B", "-c", ASK]
        answer, hits, place = subprocess.run(command, cwd=package, check=True, capture_output=True, text=True).stdout.split(
            " ", 2
        )
        return int(answer), int(hits), place.strip()

    return ask


@pytest.mark.slow
def test_another_file_makes_other_machine_code(ask, tmp_path):
    first, other, back = ask(1), ask(10), ask(1)
    assert first[:2] == (4, 0)
    assert other[:2] == (22, 0)  # though the file of the function itself is as it was
    assert back == (4, 1, first[2])  # what was compiled is found again, whatever was compiled since
    assert other[2] != first[2]
    assert str(tmp_path / "cache") in first[2]


@pytest.mark.slow
def test_without_a_folder_it_is_compiled_anew(ask, tmp_path):
    (tmp_path / "cache").write_text("no folder")
    for _ in range(2):
        answer, hits, place = ask(1)
        assert (answer, hits) == (4, 0)
        assert place == str(tmp_path / "sources" / "outer.py")


def test_what_is_stored_is_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLIANCES_CACHE", str(tmp_path))
    path = machine_code.stored("x = 1 # ½", "folder/file.py")
    assert path == tmp_path / "folder" / "file.py"
    path.write_bytes(b"x = \xff")  # damaged
    assert machine_code.stored("x = 1 # ½", "folder/file.py") == path
    assert path.read_text(encoding="utf-8") == "x = 1 # ½"
    assert [p.name for p in path.parent.iterdir()] == ["file.py"]


def test_the_solver_of_payoff_sets_depends_on_all_its_files():
    from alliances.repeated.payoff_sets.kernels import hulls, solver

    places = {Path(f.py_func.__code__.co_filename).parent for f in (hulls.hull, solver.solve, solver.solve_all)}
    assert len(places) == 1
    assert places.pop().parent == machine_code.cache_folder()
