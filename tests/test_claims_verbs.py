"""What the four verbs hand on to the functions that do their work: every argument, and what it is by default."""

import pytest

from alliances.claims import ASYMMETRY, STAKES, monotone
from tests.test_claims_answers import FALLING, GIVEN, OPEN
from tests.test_claims_asked import refusal


def recorder(monkeypatch, name):
    """What a verb hands on to the function that does its work."""
    seen = []

    def work(*arguments, **named):
        seen.append((arguments, named))
        return "done"

    monkeypatch.setattr(f"alliances.claims.claim.{name}", work)
    return seen


def test_what_measure_hands_on(monkeypatch):
    seen = recorder(monkeypatch, "measure")
    assert ASYMMETRY.measure(OPEN) == "done"
    arguments, named = seen[-1]
    assert (arguments[0], arguments[2], arguments[1].__func__) == (ASYMMETRY, OPEN, type(ASYMMETRY).verdicts)
    assert named == {
        "points": 8192, "line_points": 200, "confidence": 0.95, "sensitivity": False, "rng": 0, "progress": False,
    }  # fmt: skip
    asked = {"points": 5, "line_points": 6, "confidence": 0.5, "sensitivity": True, "rng": 7, "progress": True}
    ASYMMETRY.measure(OPEN, **asked)
    assert seen[-1][1] == asked
    along = monotone("m", along="v")
    along.measure(OPEN)
    assert list(seen[-1][0][2].parameters) == ["v", "gap"]
    STAKES.measure(OPEN)
    assert seen[-1][0][2] is OPEN


def test_what_falsify_hands_on(monkeypatch):
    seen = recorder(monkeypatch, "falsify")
    assert ASYMMETRY.falsify(OPEN) == "done"
    claim, verdict, family, examples, seed = seen[-1][0]
    assert (claim, family, examples, seed, verdict.__func__) == (ASYMMETRY, OPEN, 1000, 0, type(ASYMMETRY).verdict)
    ASYMMETRY.falsify(OPEN, examples=5, rng=7)
    assert seen[-1][0][3:] == (5, 7)
    with pytest.warns(DeprecationWarning, match=r"^falsify\(\): seed is now called rng; the old name works up to version"):
        ASYMMETRY.falsify(OPEN, seed=3)
    assert seen[-1][0][3:] == (1000, 3)
    monotone("m", along="v").falsify(OPEN)
    assert list(seen[-1][0][2].parameters) == ["v", "gap"]
    kind, text = refusal(ASYMMETRY.falsify, OPEN, rng="a")
    assert (kind, text) == (
        TypeError,
        "falsify(): rng must be a NumPy generator or a seed, an integer from 0 on; got 'a'",
    )


def test_what_prove_hands_on(monkeypatch):
    seen = recorder(monkeypatch, "prove")
    assert ASYMMETRY.prove(OPEN) == "done"
    claim, problem, family, method, timeout, seed = seen[-1][0]
    assert (claim, family, method, timeout, seed) == (ASYMMETRY, OPEN, "auto", 30.0, 0)
    assert problem.__func__ is type(ASYMMETRY).problem
    ASYMMETRY.prove(OPEN, method="intervals", timeout=5.0, rng=7)
    assert seen[-1][0][3:] == ("intervals", 5.0, 7)
    with pytest.warns(DeprecationWarning, match=r"^prove\(\): seed is now called rng; the old name works up to version"):
        ASYMMETRY.prove(OPEN, seed=3)
    assert seen[-1][0][5] == 3
    monotone("m", along="v").prove(OPEN)
    assert list(seen[-1][0][2].parameters) == ["v", "gap"]


def test_what_check_hands_on(monkeypatch):
    seen = recorder(monkeypatch, "check")
    assert ASYMMETRY.check(FALLING) == "done"
    nothing = {"enforcement": None, "gaps": None, "stakes": None, "values": None}
    assert seen[-1] == ((ASYMMETRY, FALLING), nothing | {"profile": (0, 0), "assume": (), "total": 1})
    asked = {"enforcement": GIVEN, "gaps": [0], "stakes": [1], "values": [2], "profile": (1, 0), "assume": "a", "total": 3}
    ASYMMETRY.check(FALLING, **asked)
    assert seen[-1] == ((ASYMMETRY, FALLING), asked)
