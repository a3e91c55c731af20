"""Where examples print: consoles of few characters, without matplotlib, folders that others look into."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import alliances as al
from alliances.printable import HANDLER
from tests.test_examples import EXAMPLES, checked, fits, run

START = """import runpy, sys
sys.path.insert(0, sys.argv[1])
for path in sys.argv.pop(2).splitlines():
    sys.stdout.reconfigure(errors="strict")
    sys.argv[:] = [path, "--no-such-option"]
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        print(path, end.code, sys.stdout.errors)
"""


@pytest.mark.slow
def test_every_example_makes_its_parser_first(tmp_path):
    """From there on any console will do, as ``examples/_script.py`` says; a few examples show it below."""
    paths = sorted(str(path) for path in EXAMPLES.glob("[!_]*.py"))
    command = [sys.executable, "-c", START, str(EXAMPLES), "\n".join(paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr.count("unrecognized arguments: --no-such-option") == len(paths)
    assert done.stdout.splitlines() == [f"{path} 2 {HANDLER}" for path in paths]  # and nothing was printed before


HIDE = "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'matplotlib' else f(n, *a)"
WITHOUT = f"""{HIDE}
import runpy, sys; sys.modules['matplotlib'] = None; sys.path.insert(0, sys.argv[1])
file = sys.argv.pop(2); sys.argv[:] = [file]; runpy.run_path(file, run_name='__main__')
"""


@pytest.mark.slow
def test_consoles_that_know_few_characters(tmp_path):
    """One example from start to end; what all others print is looked at by ``run``, which calls them."""
    done = run("conflict_duration.py", folder=tmp_path, encoding="cp1252")
    assert done.returncode == 0, done.stderr
    assert "simulated" in done.stdout
    assert " ± " in done.stdout
    assert "UnicodeEncodeError" not in done.stderr


@pytest.mark.slow
def test_without_matplotlib_the_report_is_printed_all_the_same(tmp_path):
    """What the wheel alone can do, as matplotlib is an extra; and on the console that knows fewest characters."""
    command = [sys.executable, "-W", "error", "-c", WITHOUT, str(EXAMPLES), str(EXAMPLES / "conflict_duration.py")]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment, encoding="ascii")
    checked(done, "conflict_duration.py")
    assert done.returncode == 0, done.stderr
    assert "simulated" in done.stdout
    assert " +/- " in done.stdout
    assert "UnicodeEncodeError" not in done.stderr
    assert "No picture, which takes matplotlib: pip install 'alliances[plot]'" in done.stdout


def test_characters_that_no_console_of_few_would_show_are_found():
    fits("δ* ≥ ½ for Beltrán → 10⁻⁹")
    with pytest.raises(AssertionError):
        fits("漢")


def test_every_example_has_a_test():
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_examples*.py"))
    for path in EXAMPLES.glob("[!_]*.py"):
        assert f'run("{path.name}"' in text or f'report("{path.stem}"' in text


@pytest.mark.slow
def test_results_are_saved_and_checked_in_another_process(tmp_path):
    done = run("save_and_share.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("passed") == 4
    paper = al.load(tmp_path / "paper.json")
    assert f"{paper['side payments'].dyad[1]!s}" in done.stdout
    assert str(paper["claim"]) in done.stdout


@pytest.mark.slow
def test_explorer(tmp_path):
    done = run("explorer.py", "--discount", "0.7", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "alliance-explorer.html").read_text(encoding="utf-8")
    assert "Los Zetas break all agreements" in page
    windows = al.stability_windows(al.presets.chindea_2014(), 0.7)
    assert all(f"  stable on {window}" in done.stdout for window in windows)
    assert windows


@pytest.mark.slow
def test_hazard(tmp_path):
    done = run("hazard.py", "--alliances", "100", folder=tmp_path)
    assert "by likelihood ratio" in done.stdout
    assert "Best out of sample" in done.stdout
    assert (tmp_path / "hazard.png").stat().st_size > 10_000
