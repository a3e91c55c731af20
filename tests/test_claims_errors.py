"""Wrong questions about claims are refused, with the function, the argument, the rule and what was given."""

import math
import sys
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.claims import (
    ASYMMETRY,
    PACT_AT_PARITY,
    PROXY_RESTRAINT,
    STAKES,
    Choice,
    Interval,
    NotArithmetic,
    alliance_family,
)
from tests.claim_support import dyad, family
from tests.support import benchmark_game

FALLING = family(lambda v: dyad((lambda g: v * (2 - g), lambda g: 1 + 0 * g)))
VERBS = {
    "prove": lambda claim, of: claim.prove(of),
    "falsify": lambda claim, of: claim.falsify(of, examples=5),
    "measure": lambda claim, of: claim.measure(of, points=4),
}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((1, 1), "low must be below high; got low 1, high 1"),
        ((2, 1), "low must be below high; got low 2, high 1"),
        ((0, 1, "open"), r"closed must be .* got 'open'"),
        ((math.inf, None), "low"),
        ((math.nan, 1), "low"),
        ((0, math.nan), "high"),
    ],
)
def test_intervals(arguments, text):
    with pytest.raises(ValueError, match=rf"^Interval\(\): .*{text}"):
        Interval(*arguments)


def test_intervals_of_what_is_no_number():
    with pytest.raises(TypeError, match=r"^Interval\(\): low"):
        Interval("a", 1)
    with pytest.raises(ValueError, match=r"^Choice\(\): values must not be empty"):
        Choice()


def test_intervals_hold_what_they_say():
    for closed in ("both", "left", "right", "neither"):
        interval = Interval(0, 1, closed)
        assert (0 in interval) == (closed in ("both", "left")) == interval.includes_low
        assert (1 in interval) == (closed in ("both", "right")) == interval.includes_high
        assert F(1, 2) in interval
        assert 2 not in interval
        assert -1 not in interval
        assert all(float(x) in interval for x in interval.spread(np.array([0.0, 0.3, 1.0])))
    assert 10**9 in Interval(0)
    assert -1 not in Interval(0)
    assert Interval(0.1, 0.3).low == F(1, 10)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"parameters": {}}, ValueError, "parameters must leave something open"),
        ({"parameters": [("v", (1, 2))]}, TypeError, "parameters must map names to domains"),
        ({"parameters": {"v": 3}}, TypeError, "the domain of v must be"),
        ({"parameters": {"v": "ab"}}, TypeError, "the domain of v must be"),
        ({"parameters": {"v": (2, 1)}}, ValueError, "low must be below high"),
        ({"parameters": {"w": (1, 2)}}, TypeError, "model must be a function of w"),
        ({"parameters": {"v": (1, 2), "w": (1, 2)}}, TypeError, "model must be a function of v, w"),
        ({"model": benchmark_game()}, TypeError, "model must be a function of the open parameters"),
        ({"assume": "credibility"}, ValueError, "assume must name assumptions"),
        ({"gaps": Interval(-1, 1)}, ValueError, "gaps must be an interval within"),
        ({"gaps": Interval(0, 2)}, ValueError, "gaps must be an interval within"),
        ({"gaps": Interval(0)}, ValueError, "gaps must be an interval within"),
        ({"gaps": Interval(0, 1)}, ValueError, "whose ends are no gaps"),
        ({"gaps": Choice(0, 1)}, ValueError, "gaps must be an interval within"),
        ({"total": 0}, ValueError, "total"),
        ({"enforcement": 3}, TypeError, "enforcement"),
        ({"enforcement": al.NashReversion}, TypeError, "enforcement"),
        ({"enforcement": lambda w: al.NashReversion()}, TypeError, "enforcement must be a function of open parameters"),
    ],
)
def test_families(options, error, text):
    with pytest.raises(error, match=text):
        FALLING.with_(**options)


def test_models_that_return_no_game():
    of = family(lambda v: v)
    for verb in VERBS.values():
        with pytest.raises(TypeError, match="model must return a game"):
            verb(ASYMMETRY, of)
    with pytest.raises(ValueError, match="values must be given for v"):
        FALLING.at(w=1)


@pytest.mark.parametrize(
    "odds",
    [
        lambda v, g: math.sqrt(v) + g,
        lambda v, g: float(v) + g,
        lambda v, g: np.sqrt(v) + g,
        lambda v, g: int(v) + g,
        lambda v, g: np.array([1.0]) * v + g,
        lambda v, g: "a",
        lambda v, g: round(v) + g,
        lambda v, g: math.exp(g) * v,
    ],
)
def test_models_that_leave_arithmetic(odds):
    of = family(lambda v: dyad((lambda g: odds(v, g), lambda g: 1 + 0 * g)))
    with pytest.raises((TypeError, NotArithmetic)):
        PROXY_RESTRAINT.prove(of, timeout=20)


@pytest.mark.parametrize(
    ("module", "ask", "extra"),
    [
        ("z3", lambda: ASYMMETRY.prove(FALLING), "prove"),
        ("flint", lambda: ASYMMETRY.prove(FALLING), "prove"),
        ("hypothesis", lambda: ASYMMETRY.falsify(FALLING), "testing"),
        ("SALib", lambda: ASYMMETRY.measure(FALLING, points=4, sensitivity=True), "prove"),
        ("tqdm", lambda: ASYMMETRY.measure(FALLING, points=4, progress=True), "prove"),
    ],
)
def test_missing_extras(monkeypatch, module, ask, extra):
    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"pip install 'alliances\[{extra}\]'"):
        ask()


@pytest.mark.parametrize("verb", VERBS)
def test_what_verbs_take(verb):
    ask = VERBS[verb]
    with pytest.raises(TypeError, match=rf"^{verb}\(\): family must be a Family"):
        ask(ASYMMETRY, benchmark_game())
    with pytest.raises(ValueError, match=rf"^{verb}\(\): family must leave 'stakes' open"):
        ask(STAKES, FALLING)
    with pytest.raises(ValueError, match=rf"^{verb}\(\): family must leave 'stakes' open"):
        ask(STAKES, alliance_family(actions=3, stakes=Choice(1, 2)))
    few = {"synergy": "constant", "domains": dict.fromkeys(("value", "exposure", "conflict_cost"), Choice(F(1, 4)))}
    with pytest.raises((TypeError, ValueError), match="coexist"):
        ask(PACT_AT_PARITY, alliance_family(**few))
    with pytest.raises((TypeError, ValueError), match="coexist"):
        ask(STAKES, alliance_family(stakes=Interval(1, 2), **few))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"method": "guess"}, "method must be one of"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1}, "timeout"),
    ],
)
def test_options_of_prove(options, text):
    with pytest.raises(ValueError, match=rf"^prove\(\): {text}"):
        ASYMMETRY.prove(FALLING, **options)


@pytest.mark.parametrize("options", [{"examples": 0}, {"examples": 2.5}, {"examples": True}])
def test_options_of_falsify(options):
    with pytest.raises(ValueError, match=rf"^falsify\(\): {next(iter(options))} must be a whole number"):
        ASYMMETRY.falsify(FALLING, **options)


@pytest.mark.parametrize(("rng", "error"), [(-1, ValueError), ("a", TypeError), (True, TypeError), (1.5, TypeError)])
@pytest.mark.parametrize("verb", ["falsify", "measure", "prove"])
def test_generators_and_seeds(verb, rng, error):
    with pytest.raises(error, match=rf"^{verb}\(\): rng must be a NumPy generator or a seed.*; got {rng!r}$"):
        getattr(ASYMMETRY, verb)(FALLING, rng=rng)


@pytest.mark.parametrize(
    "options",
    [{"points": 0}, {"points": 1.5}, {"line_points": 1}, {"confidence": 0}, {"confidence": 1}, {"confidence": 95}],
)
def test_options_of_measure(options):
    with pytest.raises(ValueError, match=rf"^measure\(\): {next(iter(options))}"):
        ASYMMETRY.measure(FALLING, **options)


@pytest.mark.parametrize(
    ("claim", "options", "error", "text"),
    [
        (ASYMMETRY, {"stakes": [1, 2]}, ValueError, "stakes must be left out"),
        (STAKES, {"gaps": [0, F(1, 2)]}, ValueError, "gaps must be left out"),
        (PACT_AT_PARITY, {"gaps": [0, F(1, 2)]}, ValueError, "gaps must be left out"),
        (ASYMMETRY, {"gaps": [0]}, ValueError, "gaps must be at least two"),
        (ASYMMETRY, {"gaps": 0}, ValueError, "gaps must be at least two"),
        (ASYMMETRY, {"gaps": [F(1, 2), 0]}, ValueError, "gaps must increase"),
        (ASYMMETRY, {"gaps": [0, 0]}, ValueError, "gaps must increase"),
        (ASYMMETRY, {"gaps": [0, 1]}, ValueError, "gaps"),
        (ASYMMETRY, {"gaps": [-2, 0]}, ValueError, "gaps"),
        (STAKES, {"stakes": [0, 1]}, ValueError, "stakes"),
        (ASYMMETRY, {"assume": "hope"}, ValueError, "assume must name assumptions"),
        (ASYMMETRY, {"total": 0}, ValueError, "total"),
        (ASYMMETRY, {"enforcement": "grim"}, TypeError, "enforcement"),
        (PACT_AT_PARITY, {}, (TypeError, ValueError), "coexist"),
    ],
)
def test_what_check_takes(claim, options, error, text):
    with pytest.raises(error, match=text):
        claim.check(benchmark_game(), **options)


def test_models_that_check_takes():
    for wrong in (3, lambda z: benchmark_game(), al.AllianceGame):
        with pytest.raises(TypeError, match=r"^check\(\): model must be"):
            ASYMMETRY.check(wrong)
    with pytest.raises(TypeError, match="function of the stakes"):
        STAKES.check(dyad((lambda g: 1 + 0 * g, lambda g: 1 + 0 * g)))
    with pytest.raises(ValueError, match="scalar parameters"):
        ASYMMETRY.check(benchmark_game(exposure=np.array([[0.5], [0.6]])), gaps=np.array([0.1, 0.2]))


@pytest.mark.parametrize(
    "options",
    [
        {"contest": "duel"},
        {"synergy": "luck"},
        {"sharing": None},
        {"costs": "shared"},
        {"actions": 4},
        {"domains": {"guard": Interval(0, 1)}},
    ],
)
def test_options_of_alliance_family(options):
    with pytest.raises(ValueError, match=rf"^alliance_family\(\): {next(iter(options))}"):
        alliance_family(**options)


def test_no_time_is_no_error():
    of = alliance_family(decisiveness=Interval(1, 4), synergy="common threat", sharing="bargaining", assume="credible")
    proof = ASYMMETRY.prove(of, timeout=1e-6)
    assert proof.status == "unknown"
    assert proof.reasons
    assert proof.counterexample is None
    assert proof.model is None
    assert "unknown after" in proof.message


def test_export_overwrites_nothing(tmp_path):
    proof = ASYMMETRY.prove(FALLING)
    paths = proof.export(tmp_path / "new" / "folder")
    assert all(path.exists() for path in paths)
    assert len(paths) == 2 * len(proof.steps) + 2  # the page, the cases, and each step as solved and in full
    before = {path: path.read_bytes() for path in paths}
    with pytest.raises(FileExistsError, match=r"^Proof.export\(\): folder must not hold files"):
        proof.export(tmp_path / "new" / "folder")
    paths[0].unlink()
    with pytest.raises(FileExistsError):  # and writes no part of it
        proof.export(tmp_path / "new" / "folder")
    assert not paths[0].exists()
    assert {path: path.read_bytes() for path in paths[1:]} == {path: before[path] for path in paths[1:]}
