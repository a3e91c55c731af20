"""Random families whose truth is known by construction: no verdict contradicts it. See ``benchmarks/known_truth.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "known_truth.py"
_TIMEOUT = 0.5
_OF_SMOKE = 4
_IN_CHUNK = 15
_FIRST_OF_THEIR_KIND = (0, 1, 9, 11, 15, 16, 34, 54, 60)  # asked first, for families that are true or false take long to draw
_MORE = (17, 18, 19)  # of those that are of no new kind; the thousand: ``python benchmarks/known_truth.py``


@pytest.fixture(scope="module")
def known_truth() -> Iterator[ModuleType]:
    """The benchmark's module; a family that several tests ask is drawn once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPT.parent)
        import known_truth
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_truth, "known", cache(known_truth.known))
        yield known_truth


def _faults(module: ModuleType, numbers: Iterable[int]) -> list[str]:
    faults = []
    for number in numbers:
        family = module.known(0, number)
        faults += [f"{number}: {family}: {wrong}" for wrong in module.failures(family, _TIMEOUT)[1]]
    return faults


@pytest.mark.slow
def test_a_few_random_families_of_known_truth(known_truth: ModuleType, tmp_path: Path) -> None:
    """The first by the script, at its smallest size, the others in this process."""
    command = [sys.executable, str(SCRIPT), "--smoke", "--workers", "1", "--output", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "known_truth.json").read_text(encoding="utf-8"))
    assert (written["families"], written["wrong"]) == (_OF_SMOKE, 0)
    told = [verdict.split(": ") for verdict, count in written["verdicts"].items() for _ in range(count)]
    assert sorted(truth for truth, _ in told) == sorted(known_truth.known(0, number).truth for number in range(_OF_SMOKE))
    assert _faults(known_truth, range(_OF_SMOKE, _IN_CHUNK)) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", [_IN_CHUNK])
def test_no_verdict_contradicts_what_is_known(known_truth: ModuleType, first: int) -> None:
    """Of every kind that ``test_every_kind_of_family_is_drawn`` names, at least one."""
    numbers = sorted(number for number in (*_FIRST_OF_THEIR_KIND, *_MORE) if number >= first)
    assert _faults(known_truth, numbers) == []


@pytest.mark.slow
def test_every_kind_of_family_is_drawn(known_truth: ModuleType) -> None:
    missing = {"by construction", "hidden fall", "hole", "kink", "hat", "jump", "pole", "log at parity", "power at parity"}
    for number in (*_FIRST_OF_THEIR_KIND, *range(400)):
        missing.discard(known_truth.known(0, number).kind)
        if not missing:
            return
    assert missing == set()


@pytest.mark.slow
def test_a_wrong_verdict_is_noticed(known_truth: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness itself: were everything proved, false and undefined families would be reported."""
    from alliances.claims import CLAIMS

    class Yes:
        status = "proved"

    monkeypatch.setattr(type(CLAIMS["asymmetry"]), "prove", lambda *_, **__: Yes())
    for number in range(5, 11):  # true and false ones in turn, and one undefined
        family = known_truth.known(0, number)
        assert bool(known_truth.failures(family, _TIMEOUT)[1]) == (family.truth != "true"), str(family)
