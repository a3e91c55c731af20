"""The examples run without a warning, print what the library says, and save their pictures."""

import importlib
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances.printable import HANDLER
from tests.case_support import GOOD

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name, *options, folder, encoding="utf-8"):
    """An example, run from a folder that is not its own, with standard output in an encoding."""
    output = [] if name in SILENT else ["--output", str(folder)]
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *output, *options]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "MPLBACKEND": "Agg"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment, encoding=encoding)
    return checked(done, name)


def run_here(capsys, name, *options, folder):
    """The report of an example in this process, where much is loaded, without pictures: for what its options change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        script = importlib.import_module("_script")
        really = script.without
        patch.setattr(script, "without", lambda package, *more: package == "matplotlib" or really(package, *more))
        patch.setattr(sys, "argv", [str(EXAMPLES / name), "--output", str(folder), *options])
        code = 0
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
        except SystemExit as end:
            code = end.code
    said = capsys.readouterr()
    return checked(subprocess.CompletedProcess(sys.argv, code, said.out, said.err), name)


def checked(done, name):
    """The run of an example, whose output can be read, and which says how far it is."""
    fits(done.stdout)
    assert done.returncode or name in IMMEDIATE or done.stderr.strip(), "what takes longer than 2 s must say how far it is"
    return done


def fits(text):
    """No line is longer than 100 columns, but for one that is a single word, such as a path; no row of a table is folded.

    And a console that knows few characters shows something better than a number for each that it does not know.
    """
    assert [line for line in text.splitlines() if len(line) > 100 and not line.startswith("Figure: ")] == []
    assert folded(text) == []
    assert re.findall(r"\\u[0-9a-f]{4}", text.encode("ascii", HANDLER).decode()) == []


def folded(text):
    """Lines that are the end of a row of a table above them: pieces between two rows that do not end where the first does."""
    lines = text.splitlines()
    cells = [len(re.split(r" {2,}", line.strip())) for line in lines]
    indents = [len(line) - len(line.lstrip()) for line in lines]
    return [
        lines[k]
        for k in range(1, len(lines) - 1)
        if lines[k].strip() and cells[k] == 1 and min(cells[k - 1], cells[k + 1]) > 2
        if indents[k] == indents[k - 1] and len(lines[k]) != len(lines[k - 1])
    ]


def test_folded_rows_are_found():
    columns, windows = "concept      δ_S*   δ_P*  binding", "[-0.950, 0.204], [0.250, 0.581]"
    wide = (
        f"{columns}  {'stable on'.rjust(31)}\nNash         0.571  0.429  sponsor  {windows}\nOutside          –      –        –"
    )
    rows = f"{wide}  {'–'.rjust(31)}".splitlines()
    assert folded("\n".join(rows)) == []
    assert folded("\n".join([columns, "stable on", rows[1], rows[2]])) == ["stable on"]
    assert folded("\n".join([rows[0], rows[1][:50], "0.204], [0.250, 0.581]", rows[2]])) == ["0.204], [0.250, 0.581]"]
    continued = [rows[0], rows[1], "[0.600, 0.700]".rjust(len(rows[1])), rows[2]]
    assert folded("\n".join(continued)) == []


SILENT = {"own_claim_model.py", "own_claims.py"}  # save nothing
IMMEDIATE = {"case_facts.py", "explorer.py"}  # done within 2 s


@pytest.mark.slow
def test_uncertain_thresholds(tmp_path):
    done = run("uncertain_thresholds.py", "--draws", "40", "--seed", "3", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rng = np.random.default_rng(3)
    m, v, tau, cost, delta = (rng.uniform(*ends, 40) for ends in ((1, 3), (0.2, 1.2), (0.4, 1), (0, 0.4), (0.5, 0.95)))
    breaks = [
        al.defection_threshold(
            al.AllianceGame(
                al.Tullock(m[k]), al.Complementarity(v[k]), al.Proportional(), exposure=tau[k], conflict_cost=cost[k]
            ),
            delta[k],
        )
        for k in range(40)
    ]
    assert f"40 alliances: threshold {sum(t.status == 'threshold' for t in breaks)}," in done.stdout
    assert f"broken by proxy: {np.mean([t.defector == 'proxy' for t in breaks]):.1%}" in done.stdout
    assert (tmp_path / "uncertain_thresholds.png").stat().st_size > 10_000


@pytest.mark.slow
def test_sweep_goes_on_where_it_stopped(tmp_path, capsys):
    pytest.importorskip("zarr")
    first = run("sweep.py", "--cells", "400", folder=tmp_path)
    for done in (first, run_here(capsys, "sweep.py", "--cells", "400", folder=tmp_path)):  # computes, then reads
        assert done.returncode == 0, done.stderr
        assert "Nash reversion" in done.stdout
        assert "0 cells failed" in done.stdout
    assert (tmp_path / "sweep.png").stat().st_size > 5_000
    done = run_here(capsys, "sweep.py", "--cells", "1600", folder=tmp_path)
    assert done.returncode == 2
    assert "store must be new, or of the same sweep" in done.stderr


@pytest.mark.slow
def test_bad_options_are_named(tmp_path, capsys):
    for name in ("regimes.py", "rival_sponsors.py"):
        done = run_here(capsys, name, "--discount", "1.5", folder=tmp_path)
        assert done.returncode == 2
        assert "discount must lie in [0, 1); got 1.5" in done.stderr


@pytest.mark.slow
def test_a_stochastic_game_of_ones_own(tmp_path):
    done = run("stochastic_game.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    # by hand, with v_S = 0 and -2(1 - δ), v_P = 0 and 2 + δ: armed 4 >= (1 - δ)(6 - δ) + 2 + δ, so δ >= 3 - √5; unarmed, where
    # the armed proxy will seize, (1 - δ) + δ(3δ + 2)/2 >= 3(1 - δ) + δ(2 + δ)/2, so δ >= √3 - 1
    assert f"3            {3**0.5 - 1:.6f}            {3 - 5**0.5:.6f}" in done.stdout
    assert "4            0.724076               never" in done.stdout
    assert "contracts: passed; windows, unarmed: passed; windows, armed: passed" in done.stdout
    for name in ("transitions", "values", "windows"):
        assert (tmp_path / f"stochastic_game_{name}.png").stat().st_size > 10_000


def shows(text, table, keys):
    """Whether every cell of every row stands in a line that begins with the row's keys."""
    lines = [line.split() for line in text.splitlines()]
    for row in table.rows:
        cells = {name: cell.split() or ["–"] for name, cell in zip(table.columns, row, strict=True) if name != "title"}
        first = [word for cell in list(cells.values())[:keys] for word in cell]
        found = [" ".join(line) for line in lines if line[: len(first)] == first]
        assert all(any(" ".join(cell) in line for line in found) for cell in cells.values()), row


@pytest.mark.slow
def test_cases(tmp_path):
    done = run("cases.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "26 cases\n--------\n" in done.stdout
    shows(done.stdout, al.cases.table(), keys=1)
    shows(done.stdout, al.cases.phase_table(), keys=2)
    assert "Phases with a condition in the file: gap 27, trend 12, stakes 18, threat 22" in done.stdout
    for kind in ("png", "pdf"):
        assert (tmp_path / f"cases.{kind}").stat().st_size > 10_000


def test_case_facts(tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "chindea-2014.txt").write_text("".join(f"This is line {k}.\n" for k in range(1, 481)), encoding="utf-8")
    done = run("case_facts.py", "--case", "sinaloa-teo", "--texts", str(texts), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "a third party ends the alliance. [chindea-2014, line 253] | This is line 253." in said
    assert "9 facts and codings, 0 of them from data sets" in said
    rows = (tmp_path / "case_facts.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "case,place,date,text,source,lines,coder,comment"


@pytest.mark.slow
def test_options_of_cases(tmp_path, capsys):
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.toml").write_text(GOOD.replace('id = "good"', f'id = "{name}"'), encoding="utf-8")
    assert "2 cases" in run_here(capsys, "cases.py", "--gap", "narrow", folder=tmp_path).stdout
    assert "3 cases" in run_here(capsys, "cases.py", "--folder", str(tmp_path), folder=tmp_path).stdout


UCDP = """side_a,side_b,year,best
Gulf Cartel,Los Zetas,2010,223
"Gulf Cartel, La Familia, Sinaloa Cartel",Los Zetas,2010,1201
Juarez Cartel,Sinaloa Cartel,2004,61
Sinaloa Cartel,Juarez Cartel,2007,137
Tijuana Cartel,Beltrán Leyva Cartel,2003,1
"""


@pytest.mark.slow
def test_cartel_pairs(tmp_path):
    """Only pairs that were allies are predicted to break; the cases say which those are."""
    (tmp_path / "ged.csv").write_text(UCDP, encoding="utf-8")
    done = run("cartel_pairs.py", "--ucdp", str(tmp_path / "ged.csv"), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = done.stdout.split("Pairs that the literature reports as allies")[1].split("3. Against the wars")[0]
    allies, others = report.split("The other pairs")
    predicted = al.datasets.predict_breaks(al.presets.chindea_2014(), al.datasets.cartel_municipalities().pairs(), 0.8)
    expected = {  # who were allies until when, by the case files; gaps by the source; windows [-0.140, 0.140] and [0.292, 0.95]
        "Gulf Cartel - Los Zetas": "1999 – 2003, 2003 – 2010 2003 sponsor",  # at 0.19
        "Gulf Cartel - Sinaloa Cartel": "2010 – 2010 sponsor",  # no break in 2006, when they were rivals
        "Juárez Cartel - Sinaloa Cartel": "2000s – 2004 2004 proxy",  # at -0.36
    }  # no source says since when Sinaloa and Beltrán Leyva were allies: they are among the others
    for name, year, defector in zip(predicted.pairs.names, predicted.years, predicted.defectors, strict=True):
        [line] = re.findall(rf"^{name} .*$", allies if name in expected else others, re.MULTILINE)
        answer = expected.get(name, f"not from {year} on {defector}" if year else "throughout –")
        assert " ".join(line.split()) == f"{name} {answer}"
        assert name not in (others if name in expected else allies)
    assert "break" not in others.replace("so none could break", "")
    wars = done.stdout.split("3. Against the wars")[1]
    assert re.search(r"Gulf Cartel - Los Zetas +no alliance could last from 2003 \(sponsor\); war from 2010\n", wars)
    fought = np.isin(predicted.pairs.names, ["Gulf Cartel - Los Zetas", "Juárez Cartel - Sinaloa Cartel"])
    score = al.datasets.score_pairs(predicted.ever, fought)
    counts = f"{score.correct:.0%} {score.hits} {score.misses} {score.false_alarms} {score.skill:+.2f}"
    row = f"chindea_2014, NashReversion, δ = 0.8 {counts} "
    assert row in " ".join(wars.split())
    assert "4. Odds of conflict" in wars
    assert (tmp_path / "cartel_pairs.png").stat().st_size > 10_000


@pytest.mark.slow
def test_options_of_cartel_pairs(tmp_path, capsys):
    (tmp_path / "ged.csv").write_text(UCDP, encoding="utf-8")
    options = ["--transfers", "--roles", "current", "--discount", "0.65", "--ucdp", str(tmp_path / "ged.csv")]
    varied = run_here(capsys, "cartel_pairs.py", *options, folder=tmp_path)
    assert varied.returncode == 0, varied.stderr
    assert "chindea_2014, Transfers, δ = 0.65\n" in varied.stdout
    without = run_here(capsys, "cartel_pairs.py", folder=tmp_path)
    assert without.returncode == 0, without.stderr
    assert "give a UCDP file" in without.stdout
    assert "3. Against" not in without.stdout


@pytest.mark.slow
def test_conflict_duration(tmp_path):
    done = run("conflict_duration.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"^luck +36\.000 \(sums: equal\); simulated ", done.stdout, re.MULTILINE
    )  # 6 steps either way: 6 * 6 rounds
    assert "NOT EQUAL" not in done.stdout
    assert re.search(r"equal barriers, luck +yes; peak at gap \+0.000", done.stdout)
    assert done.stdout.count("no: ") == 3
    assert (tmp_path / "conflict_duration.png").stat().st_size > 10_000


@pytest.mark.slow
def test_scoreboard(tmp_path):
    done = run("scoreboard.py", "--candidates", "64", "--seed", "1", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    board = al.cases.score_years(candidates=64, rng=1)
    for way in ("dyad", "actor"):
        shows(done.stdout, board.table(way), keys=1)
    shows(done.stdout, board.dyad_table(), keys=1)
    assert " ".join(board.message.split()) in " ".join(done.stdout.split())
    assert (tmp_path / "scoreboard.png").stat().st_size > 10_000


@pytest.mark.slow
def test_options_of_zetas_gulf(tmp_path, capsys):
    done = run_here(
        capsys, "zetas_gulf.py", "--conflict-cost", "0.3", "--discount", "0.61", "--break-year", "2010", folder=tmp_path
    )
    assert "at k = 0.3: δ in [0.6037, 0.6240)" in done.stdout
    broken = run_here(capsys, "zetas_gulf.py", "--discount", "0", "--stakes", "5", folder=tmp_path)
    assert broken.returncode == 0, broken.stderr
    assert "2009 0.000 broken before for certain" in " ".join(broken.stdout.split())
    wrong = run_here(capsys, "zetas_gulf.py", "--break-year", "1999", folder=tmp_path)
    assert wrong.returncode == 2
    assert "--break-year: must lie in 2004 to 2010; got 1999" in wrong.stderr
    impatient = run_here(capsys, "zetas_gulf.py", "--discount", "1.5", folder=tmp_path)
    assert impatient.returncode == 2
    assert "discount must lie in [0, 1); got 1.5" in impatient.stderr
