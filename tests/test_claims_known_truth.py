"""Random families whose truth is known by construction: no verdict contradicts it. See ``benchmarks/known_truth.py``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

_TIMEOUT = 0.5
_CHUNK = 15
_IN_TESTS = 30  # the thousand: ``python benchmarks/known_truth.py``
_FIRST_OF_THEIR_KIND = (0, 1, 9, 11, 15, 16, 34, 54, 60)  # asked first, for families that are true or false take long to draw


@pytest.fixture(scope="module")
def known_truth() -> Iterator[ModuleType]:
    """The benchmark's module; a family that several tests ask is drawn once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
        import known_truth
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_truth, "known", cache(known_truth.known))
        yield known_truth


def _faults(module: ModuleType, numbers: range) -> list[str]:
    faults = []
    for number in numbers:
        family = module.known(0, number)
        faults += [f"{number}: {family}: {wrong}" for wrong in module.failures(family, _TIMEOUT)[1]]
    return faults


@pytest.mark.slow
def test_a_few_random_families_of_known_truth(known_truth: ModuleType) -> None:
    assert _faults(known_truth, range(_CHUNK)) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(_CHUNK, _IN_TESTS, _CHUNK))
def test_no_verdict_contradicts_what_is_known(known_truth: ModuleType, first: int) -> None:
    assert _faults(known_truth, range(first, first + _CHUNK)) == []


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
    for number in range(6):
        family = known_truth.known(0, number)
        assert bool(known_truth.failures(family, _TIMEOUT)[1]) == (family.truth != "true"), str(family)
