"""The atlas of the asymmetry hypothesis: for which alliances is it true?

    python benchmarks/atlas.py                        # an hour on two cores; run it again to go on after an interruption
    python benchmarks/atlas.py --smoke --output DIR   # a first look
    python benchmarks/atlas.py --only asymmetry --only m=2 --timeout 20

Every combination of synergy, sharing, contest and enforcement concept is asked for every claim: is it proved for all
models of the family, refuted by one, or unknown, and in which share of the models does it hold? Answers are appended to
``atlas.jsonl`` as they come, and rows that are there already are not asked again unless the code has changed: answers of
other code are never used. Unknown rows are asked a second time with more time. A row that repeats another one takes its proof,
and is measured for itself. At the end the tables are written, with what changed since the last ones, and the answers are
compared with each other; contradictions are bugs, and the exit code is 1. While rows are missing – an interruption, a
``--budget``, a choice by ``--only`` – no table is written, and the exit code is 2.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from alliances.arithmetic import to_float
from alliances.claims import CLAIMS
from atlas_classes import original
from atlas_rows import CONCEPTS, Row, all_rows, fingerprint, smoke_rows

Answer = dict[str, Any]


def answer(row: Row, timeout: float, points: int | None, before: Answer | None) -> Answer:
    """Prove and measure one row, as far as what was found before is not good enough."""
    warnings.simplefilter("ignore")
    entry: Answer = {"row": asdict(row), "seed": row.seed}
    before = before or {}
    status, tried = before.get("status"), before.get("timeout", 0)
    if status in _SETTLED or (status == "unknown" and tried >= timeout):
        entry |= {name: before[name] for name in _PROOF if name in before}
    else:
        entry |= _proof(row, timeout)
    if before.get("share") is not None and before["points"] >= (points or row.models):
        return entry | {name: before[name] for name in _MEASUREMENT}
    return entry | _measurement(row, points or row.models)


_SETTLED = ("proved", "refuted")
_PROOF = ("timeout", "status", "reason", "reasons", "witness", "steps", "rechecked", "prove_seconds")
_MEASUREMENT = ("share", "low", "high", "points", "line_points", "vacuous", "measure_seconds", "measure_error")


def _proof(row: Row, timeout: float) -> Answer:
    entry: Answer = {"timeout": timeout, "witness": None, "steps": 0, "reasons": 0, "rechecked": None}
    start = time.perf_counter()
    try:
        proof = CLAIMS[row.claim].prove(row.family(), timeout=timeout)
        entry |= {"status": proof.status, "reason": (proof.reasons or ("",))[0], "reasons": len(proof.reasons)}
        entry["steps"] = len(proof.steps)
        if proof.counterexample is not None:
            entry |= {"witness": proof.counterexample.to_dict(), "rechecked": _recheck(row, proof.counterexample)}
    except Exception as error:  # one row that fails must not stop the others
        entry |= {"status": "error", "reason": repr(error)[:300]}
    return entry | {"prove_seconds": round(time.perf_counter() - start, 3)}


def _measurement(row: Row, points: int) -> Answer:
    entry: Answer = dict.fromkeys(_MEASUREMENT)
    start = time.perf_counter()
    try:
        lines = CONCEPTS[row.enforcement].line_points
        m = CLAIMS[row.claim].measure(row.family(), points=points, line_points=lines, rng=row.seed)
        entry |= {"share": m.share, "low": m.interval[0], "high": m.interval[1], "points": m.points}
        entry |= {"line_points": m.line_points, "vacuous": m.vacuous}
    except Exception as error:
        entry["measure_error"] = repr(error)[:300]
    return entry | {"measure_seconds": round(time.perf_counter() - start, 3)}


def _recheck(row: Row, counterexample: Any) -> bool:
    """Whether the witness contradicts the claim in floating point, too, where every payoff is computed anew."""
    family, witness = row.family(), counterexample.check.witness
    parameters = {name: to_float(value) for name, value in counterexample.parameters.items()}
    options: dict[str, Any] = {"enforcement": family.concept(**parameters), "assume": family.assume}
    if row.claim == "stakes":
        options["stakes"] = [to_float(witness.low), to_float(witness.high)]
        check = CLAIMS[row.claim].check(lambda stakes: family.at(**parameters, stakes=stakes), **options)
        return check.status == "fails"
    if row.claim != "pact at parity":
        options["gaps"] = [to_float(witness.low), to_float(witness.high)]
    return CLAIMS[row.claim].check(family.at(**parameters), **options).status == "fails"


class State:
    """The answers so far, in a file of JSON lines that only grows."""

    def __init__(self, path: Path, version: str) -> None:
        self.path, self.version = path, version
        self.answers: dict[Row, Answer] = {}
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self.torn = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # the line that was being written when the run was interrupted
                continue
            if entry["version"] == version:
                self.answers[Row(**entry["row"])] = entry

    def known(self, row: Row) -> Answer | None:
        """What is known of a row before it is asked: its own answer, or the proof of the row that it repeats."""
        own, twin = self.answers.get(row), self.answers.get(original(row))
        if twin is None or twin is own or twin["status"] not in _SETTLED or (own and own["status"] in _SETTLED):
            return own
        return (own or {}) | {name: twin[name] for name in _PROOF if name in twin} | {"prove_seconds": 0.0}

    def add(self, row: Row, entry: Answer) -> None:
        """Save an answer before anything else happens."""
        entry["version"] = self.version
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self.torn else "") + json.dumps(entry, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.torn = False
        self.answers[row] = entry


def _count_processor_time() -> None:
    """Let a worker's deadlines count its own processor time, so that a busy machine gives the answers of an idle one.

    The library's are seconds of a clock on the wall, which is what ``timeout`` means to a user who waits.
    """
    time.perf_counter = time.process_time


_ROWS_OF_A_PROCESS = 100  # the solvers' own memory grows by some megabytes with each proof


def run(rows: Iterable[Row], state: State, *, workers: int, timeout: float, points: int | None, until: float) -> None:
    """Answer the rows, as many at a time as there are workers, and start none after ``until``."""
    from tqdm import tqdm

    waiting = list(rows)[::-1]
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_count_processor_time, max_tasks_per_child=_ROWS_OF_A_PROCESS
    )
    running: dict[Future[Answer], Row] = {}

    def start() -> None:
        while waiting and len(running) < workers + 1 and time.monotonic() < until:
            row = waiting.pop()
            running[pool.submit(answer, row, timeout, points, state.known(row))] = row

    try:
        with tqdm(total=len(waiting), unit="row", mininterval=2) as bar:
            start()
            while running:
                done = next(as_completed(running))
                state.add(running.pop(done), done.result())
                bar.update()
                start()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _measured(entry: Answer | None, points: int) -> bool:
    """Whether a row has an answer, and its measurement took as many models as it should."""
    return entry is not None and entry["status"] != "error" and (entry["points"] or 0) >= points


def _open(entry: Answer | None, timeout: float) -> bool:
    """Whether a row is unknown, and a proof has not been given that much time."""
    return entry is not None and entry["status"] == "unknown" and bool(entry["timeout"] < timeout)


def main() -> int:
    """Answer all rows that have no answer yet, write the tables, and compare the answers with each other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--timeout", type=float, default=2.0, help="seconds for a proof at first")
    parser.add_argument("--again", type=float, default=8.0, help="seconds for a proof that the first attempt left unknown")
    parser.add_argument("--budget", type=float, default=math.inf, help="minutes; no row is started after that")
    parser.add_argument("--only", action="append", default=[], help="rows whose name contains this; may be repeated")
    parser.add_argument("--report", action="store_true", help="write the tables of the saved rows and compute nothing")
    parser.add_argument("--smoke", action="store_true", help="a handful of rows")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    parser.add_argument("--page", type=Path, help="a page of the documentation whose tables are made anew")
    options = parser.parse_args()
    begin = time.monotonic()
    until = begin + 60 * options.budget
    rows = smoke_rows() if options.smoke else all_rows()
    chosen = [row for row in rows if all(text in row.name for text in options.only)]
    options.output.mkdir(parents=True, exist_ok=True)
    state = State(options.output / "atlas.jsonl", fingerprint())
    settings = {"workers": options.workers, "timeout": options.timeout, "again": options.again}
    if not options.report:
        points = 32 if options.smoke else None
        new = [row for row in chosen if not _measured(state.answers.get(row), points or row.models)]
        new.sort(key=lambda row: row in state.answers)  # those without any answer first
        print(f"{len(chosen)} rows, {len(chosen) - len(new)} of them saved before", flush=True)
        run(new, state, workers=options.workers, timeout=options.timeout, points=points, until=until)
        unknown = [row for row in chosen if _open(state.answers.get(row), options.again)]
        if unknown and not options.smoke:
            print(f"{len(unknown)} unknown rows, once more", flush=True)
            run(unknown, state, workers=options.workers, timeout=options.again, points=points, until=until)
    missing = [row for row in rows if row not in state.answers]
    if missing:
        print(
            f"{len(missing)} rows have no answer of this code, as {missing[0].name}: run again; no table was written",
            flush=True,
        )
        return 2
    from atlas_report import read_csv, refreshed, summary, write

    problems = write(options.output, state.answers, rows, settings | {"minutes": round((time.monotonic() - begin) / 60, 1)})
    if options.page:
        about = json.loads((options.output / "atlas.json").read_text(encoding="utf-8"))
        text = refreshed(options.page.read_text(encoding="utf-8"), read_csv(options.output / "atlas.csv"), about)
        options.page.write_text(text, encoding="utf-8")
    print(summary(read_csv(options.output / "atlas.csv")))
    for problem in problems:
        print(f"INCONSISTENT: {problem}", file=sys.stderr)
    print(f"{len(problems)} inconsistencies", flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
