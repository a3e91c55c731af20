"""Every example as a user meets it first: help, options that break a rule, a folder that cannot be written, a console of few
characters. In this process, so that each takes a moment; what the examples compute is tested in test_examples.py."""

import contextlib
import functools
import io
import re
import sys
import types
from pathlib import Path

import pytest

from tests.test_printable import ENCODINGS

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py") if not path.stem.startswith("_"))
SILENT = {"own_claim_model", "own_claims"}  # save nothing

BAD = {  # options that break a rule, and what the usage error says
    "cartel_pairs --discount 1": "discount must lie in [0, 1); got 1",
    "cartel_pairs --deaths 0": "deaths must be a whole number, at least 1; got 0",
    "cartel_pairs --roles later": "invalid choice: 'later'",
    "cartel_pairs --ucdp no-such-file.csv": "No such file or directory: 'no-such-file.csv'",
    "cases --gap huge": "select(): gap must be one of very wide, wide, asymmetric, narrow",
    "cases --actor Nobody": "got 'Nobody'",
    "case_facts --case nobody": "load(): name_or_path must be a bundled case",
    "case_facts --texts no-such-folder": "texts must be a folder that exists; got no-such-folder",
    "scoreboard --csv no-such-file.csv": "no-such-file.csv",
    "cases --folder no-such-folder": "no-such-folder",
    "claims --points 0": "points must be a whole number, at least 1; got 0",
    "claims --points 2.5": "points must be a whole number, at least 1; got 2.5",
    "conflict_duration --swing 1": "ConflictWalk(): swing must be greater than 1 and finite; got 1",
    "conflict_duration --swing 1/0": "swing must be a number, such as 3/2 or 1.5; got 1/0",
    "conflict_duration --barrier 1": "ConflictWalk(): barrier must be greater than 1 and finite; got 1",
    "conflict_duration --seed -1": "seed must be a whole number, at least 0; got -1",
    "hazard --alliances 10": "alliances must be a whole number, at least 50; got 10",
    "hazard --decisiveness 4": "decisiveness must lie in (0.3, 4); got 4",
    "explorer --gap 1": "gap must lie in (-1, 1); got 1",
    "explorer --discount 1": "discount must lie in [0, 1); got 1",
    "explorer --case nowhere": "invalid choice: 'nowhere'",
    "moving_power --discount 0.5": "unrecognized arguments: --discount 0.5",
    "own_data --discount 1": "discount must lie in [0, 1); got 1",
    "own_data --exposure 2": "AllianceGame(): exposure must lie in (0, 1]; got 2.0",
    "own_data --csv no-such-file.csv": "no-such-file.csv",
    "own_hazard --csv no-such-file.csv": "no-such-file.csv",
    "own_hazard --gaps 0.5 1": "gaps must lie strictly between 0 and 1; got 1",
    "own_hazard --power men_p women": "pairs must have the column women; it has patron, client, year, men_p, men_c, broke",
    "own_claim_model --examples 2.5": "examples must be a whole number, at least 1; got 2.5",
    "own_claim_model --points 5": "unrecognized arguments: --points 5",
    "own_claims --examples 0": "examples must be a whole number, at least 1; got 0",
    "own_claims --points 5": "unrecognized arguments: --points 5",
    "regimes --discount 1.5": "discount must lie in [0, 1); got 1.5",
    "regimes --discount nan": "discount must lie in [0, 1); got nan",
    "regimes --discount patient": "discount must lie in [0, 1); got patient",
    "rival_sponsors --discount -0.1": "discount must lie in [0, 1); got -0.1",
    "rival_sponsors --rival 0": "rival must be positive and finite; got 0",
    "scoreboard --candidates 1000": "candidates must be a whole number, at least 2, a power of two; got 1000",
    "scoreboard --seed x": "seed must be a whole number, at least 0; got x",
    "save_and_share --check no-such-file.json": "no-such-file.json",
    "stochastic_game --discount 10/9": "discount must lie in [0, 1); got 10/9",
    "stochastic_game --rule a-lot": "rule must be a number, such as 3/2 or 1.5; got a-lot",
    "uncertain_thresholds --draws 0": "draws must be a whole number, at least 1; got 0",
    "uncertain_thresholds --seed -1": "seed must be a whole number, at least 0; got -1",
    "sweep --cells 7": "cells must be a whole number, at least 8; got 7",
    "sweep --discount 1": "discount must lie in [0, 1); got 1",
    "zetas_gulf --discount 1": "discount must lie in [0, 1); got 1",
    "zetas_gulf --decisiveness -1": "decisiveness must be positive and finite; got -1.0",
    "zetas_gulf --exposure 2": "AllianceGame(): exposure must lie in (0, 1]; got 2.0",
    "zetas_gulf --conflict-cost nan": "AllianceGame(): conflict_cost must be non-negative and finite; got nan",
    "zetas_gulf --stakes 0": "AllianceGame(): stakes must be positive and finite; got 0.0",
    "zetas_gulf --periods 0": "periods must be a whole number, at least 1; got 0",
    "zetas_gulf --miss 1.5": "ImperfectMonitoring(): miss must lie in [0, 1]; got 1.5",
    "zetas_gulf --patience 0 1": "BetaPatience(): a must be positive and finite; got 0.0",
    "zetas_gulf --break-year 2003": "argument --break-year: must lie in 2004 to 2010; got 2003",
}


@functools.cache
def compiled(name):
    """An example as Python reads it, once for all starts."""
    path = EXAMPLES / f"{name}.py"
    return compile(path.read_text(encoding="utf-8"), path, "exec")


def started(name, *options, encoding="utf-8"):
    """The exit code of an example that stops at its options, and what it wrote on either stream."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        patch.setattr(sys, "argv", [f"{name}.py", *options])
        patch.syspath_prepend(EXAMPLES)
        patch.setenv("COLUMNS", "100")
        main = types.ModuleType("__main__")
        main.__file__ = compiled(name).co_filename
        patch.setitem(sys.modules, "__main__", main)
        with pytest.raises(SystemExit) as stopped:
            exec(compiled(name), vars(main))
    for stream in streams:
        stream.flush()
    return stopped.value.code, *(stream.buffer.getvalue().decode(encoding) for stream in streams)


@pytest.mark.parametrize("name", NAMES)
def test_help_says_what_there_is_and_what_is_the_default(name):
    code, text, errors = started(name, "--help")
    assert (code, errors) == (0, "")
    docstring = " ".join((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").split('"""')[1].split("\n\n")[0].split())
    assert docstring in " ".join(text.split())
    assert "None" not in text
    options = re.findall(r"\.add_argument\(\s*\"(--[\w-]+)\"", (EXAMPLES / f"{name}.py").read_text(encoding="utf-8"))
    for option in options:
        assert f"  {option}" in text
    assert ("--output" in text) == (name not in SILENT)
    assert max(map(len, text.splitlines())) <= 100


def test_help_shows_defaults():
    _, text, _ = started("zetas_gulf", "--help")
    assert {"(default: 0.8)", "(default: 2010)", "(default: zetas_gulf_output)"} <= set(
        re.findall(r"\(default: [\w.]+\)", text)
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_help_fits_any_console(name, encoding):
    code, text, _ = started(name, "--help", encoding=encoding)
    assert code == 0
    assert "δ" not in text
    patient = {"cartel_pairs", "explorer", "own_data", "regimes", "rival_sponsors", "stochastic_game", "sweep", "zetas_gulf"}
    assert ("delta: the discount factor" in text) == (name in patient)


@pytest.mark.parametrize("line", BAD)
def test_options_that_break_a_rule_are_usage_errors(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, text, errors = started(*line.split())
    assert (code, text) == (2, "")
    assert errors.startswith("usage: ")
    assert BAD[line] in " ".join(errors.split())
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []  # refused before anything was made


def test_every_example_has_bad_options():
    assert {line.split()[0] for line in BAD} == set(NAMES)


@pytest.mark.parametrize("name", sorted(set(NAMES) - SILENT))
def test_a_folder_that_cannot_be_written_is_said_to_be_so(name, tmp_path):
    (tmp_path / "taken").write_text("a file")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        code, text, errors = started(name, "--output", str(folder))
        assert (code, text) == (2, "")
        assert "argument --output: must be a folder that can be written to; got " in " ".join(errors.split())
        assert "taken" in errors


def shared():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        import _script

    return _script


def test_long_lines_are_wrapped_and_others_left_alone(capsys):
    shared().say("a  table   of  columns\n  * " + "word " * 40)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a  table   of  columns"
    assert [len(line) <= 100 for line in lines] == [True] * 4
    assert lines[1].startswith("  * word")
    assert lines[2].startswith("    word")
    assert " ".join(lines[1:]).split().count("word") == 40


def test_rows_of_tables_are_never_folded(capsys):
    row = "concept  " + "0.123  " * 20 + "[0.25, 0.5]"
    shared().say(row)
    assert capsys.readouterr().out == f"{row}\n"


def test_a_text_stands_beside_its_label(capsys):
    shared().say("  measure  " + "word " * 40)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("  measure  word word")
    assert all(line.startswith("           word") and len(line) <= 100 for line in lines[1:])
    assert " ".join(lines).split().count("word") == 40


def test_wide_tables_are_cut_into_blocks_that_repeat_the_keys(capsys):
    columns = ["case", *(f"column {k}" for k in range(20))]
    shared().show(columns, [["gulf-zetas", *map(str, range(20))], ["", *map(str, range(20, 40))]])
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    blocks = text.split("\n\n")
    assert len(blocks) == 3
    cells = [block.splitlines() for block in blocks]
    assert all(
        block[0].startswith("case ") and block[1].startswith("gulf-zetas ") and block[2].startswith("– ") for block in cells
    )
    assert " ".join(" ".join(block[1].split()[1:]) for block in cells) == " ".join(map(str, range(20)))


def test_progress_hands_on_every_step_and_says_so_on_stderr(capsys):
    assert list(shared().progress(iter("abc"), "Solving")) == ["a", "b", "c"]
    out, errors = capsys.readouterr()
    assert (out, errors) == ("", "Solving, 3 steps\n")


def test_progress_counts_on_a_terminal(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(shared().progress("ab", "Solving")) == ["a", "b"]
    shared().say("printed")
    assert [part.strip() for part in terminal.getvalue().split("\r")][:3] == ["", "Solving: 1 of 2", "Solving: 2 of 2"]
    assert terminal.getvalue().endswith(f"\r{' ' * 99}\r")  # nothing left on the line when text follows


def test_what_is_missing_is_said(capsys):
    assert shared().without("no_such_package", "plot")
    assert "No picture, which takes no_such_package: pip install 'alliances[plot]'" in capsys.readouterr().out
    assert not shared().without("numpy", "plot")
