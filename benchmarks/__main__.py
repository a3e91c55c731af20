"""All benchmarks by one command: speed and accuracy beside other libraries, the compiled limit and the memory's bandwidth.

    python -m benchmarks                             # all; about half an hour on an idle machine
    python -m benchmarks --smoke                     # a first look at all of them
    python -m benchmarks --only sweeps imports       # some
    python -m benchmarks --against FILE              # compare with another run than the stored one

Collects ``rows(smoke)`` of every script beside this file, each in a process of its own, in which the STREAM triad is measured,
too. A row is a dictionary: texts and whole numbers say what was measured, floats what came out. Saves ``benchmarks.json``, and
tables for papers in ``benchmarks.md`` and ``benchmarks.tex``.

Then the run is compared with the stored one: not seconds, which depend on the machine and what else it does, but ratios of two
methods that ran in turn (columns "times faster …", "ratio …", "share of …"), and errors. A ratio that has lost more than a
quarter, an error that has grown tenfold, fewer right answers, a goal that was met and is not, a row that is gone are losses:
the command says which, keeps the stored run, and ends with status 1.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import _compare  # noqa: E402
import _measure  # noqa: E402
import _report  # noqa: E402


def main() -> None:
    """Run, print, save and compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="small, quick runs")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=scripts(), help=f"some of {', '.join(scripts())}")
    parser.add_argument("--output", type=Path, default=HERE / "results", help="folder for the results")
    parser.add_argument("--against", type=Path, help="the run to compare with; by default the one in the folder")
    parser.add_argument("--tolerance", type=float, default=0.25, help="the share of a ratio that may be lost")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measured(options.child, options.smoke)))
        return

    path = options.output / "benchmarks.json"
    against = options.against or path
    stored = json.loads(against.read_text(encoding="utf-8")) if against.exists() else None
    record: dict[str, Any] = {"smoke": options.smoke, **_measure.about(), "scripts": {}}
    for name in options.only or scripts():
        print(f"== {name}", file=sys.stderr, flush=True)
        record["scripts"][name] = in_child(name, options.smoke)
    options.output.mkdir(parents=True, exist_ok=True)
    print(_report.markdown(record))
    losses = _compare.losses(stored, record, options.tolerance) if stored is not None else []
    failed = [name for name, found in record["scripts"].items() if "error" in found]
    if options.only and stored is not None and path == against and stored["smoke"] == options.smoke:
        record = {**record, "scripts": {**stored["scripts"], **record["scripts"]}}  # the others stay
    if not losses and not failed:
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        (options.output / "benchmarks.md").write_text(_report.markdown(record) + "\n", encoding="utf-8")
        (options.output / "benchmarks.tex").write_text(_report.latex(record) + "\n", encoding="utf-8")
    for name in failed:
        print(f"FAILED {name}: {record['scripts'][name]['error']}", file=sys.stderr)
    for loss in losses:
        print(f"LOSS {loss}", file=sys.stderr)
    if losses or failed:
        sys.exit("The stored run was kept.")


def scripts() -> list[str]:
    """The names of the scripts that have ``rows``."""
    return [path.stem for path in sorted(HERE.glob("[!_]*.py")) if has_rows(path)]


def has_rows(path: Path) -> bool:
    """Whether a script defines ``rows``; it is read, not run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "rows" for node in tree.body)


def in_child(name: str, smoke: bool) -> dict[str, Any]:
    """The rows of a script, from a process of its own; why there are none, if it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        command = [sys.executable, "-m", "benchmarks", "--child", name, *(["--smoke"] if smoke else [])]
        done = subprocess.run(command, stdout=output, cwd=HERE.parent, check=False)
        output.seek(0)
        lines = output.read().splitlines()
    if done.returncode or not lines:
        return {"error": f"ended with status {done.returncode}", "rows": []}
    found: dict[str, Any] = json.loads(lines[-1])  # what a script prints comes before
    return found


def measured(name: str, smoke: bool) -> dict[str, Any]:
    """The rows of a script and the memory's bandwidth, in this process; what of them is NumPy's as plain numbers."""
    script: Any = importlib.import_module(name)
    before = _measure.triad(smoke)
    rows = script.rows(smoke)
    bandwidth = max(before["GB per cpu s"], _measure.triad(smoke)["GB per cpu s"])
    return {
        "about": (script.__doc__ or "").splitlines()[0],
        "seed": getattr(script, "SEED", None),
        "triad GB per cpu s": bandwidth,
        "rows": [{key: plain(value) for key, value in row.items()} for row in rows],
    }


def plain(value: Any) -> Any:
    """A number of NumPy as one of Python."""
    return value.item() if hasattr(value, "item") else value


if __name__ == "__main__":
    main()
