"""Whole answers about a family: every field of a search, a share and a proof, and every word of their messages, by hand."""

from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.claims import (
    ASYMMETRY,
    PROTRACTION,
    PROXY_RESTRAINT,
    Choice,
    Falsification,
    Family,
    Interval,
    Measurement,
    Sensitivity,
    Witness,
)
from alliances.claims.measuring import line_of
from tests.test_claims_answers import FALLING, HALF, NAMED, OPEN, QUARTER, same


def test_a_search_that_finds():
    found = ASYMMETRY.falsify(OPEN, examples=60, rng=3)
    check = found.check
    same(
        found,
        claim=ASYMMETRY,
        family=OPEN,
        parameters={"v": F(1)},
        check=check,
        examples=found.examples,
        seed=3,
        unclear=0,
    )
    assert (check.witness, check.points) == (Witness(0, F(19, 20), HALF, F(59, 99), "proxy"), 20)
    assert found.found
    assert found.message == f"asymmetry: falsified at v = 1. {check.message}"
    record = found.to_dict()
    assert list(record) == ["claim", "family", "parameters", "check", "examples", "unclear", "seed"]
    assert (record["claim"], record["family"], record["parameters"]) == ("asymmetry", str(OPEN), {"v": "1"})
    with pytest.raises(AssertionError, match=r"^asymmetry: falsified at v = 1\. "):
        found.raise_if_found()


def test_a_search_that_finds_nothing():
    family = OPEN.with_(parameters={"v": Interval(0, HALF), "w": Choice("a", "b")}, model=lambda v, w: OPEN.at(v=v))
    found = ASYMMETRY.falsify(family, examples=7, rng=0)
    same(found, claim=ASYMMETRY, family=family, parameters=None, check=None, examples=7, seed=0, unclear=0)
    assert not found.found
    assert found.message == "asymmetry: no counterexample in 7 models tried; prove() can tell whether there is none."
    found.raise_if_found()
    unclear = Falsification(ASYMMETRY, family, None, None, 7, 0, 2)
    assert unclear.message == (
        "asymmetry: no counterexample in 7 models tried, 2 of which are unclear; prove() can tell whether there is none."
    )


def test_a_share():
    """Sobol points fill both halves of the domain alike: 8 of 16, and Wilson's interval for that."""
    share = ASYMMETRY.measure(OPEN, points=16, line_points=10, confidence=0.9, rng=4)
    z = 1.6448536269514722  # of the normal distribution, 5 % beyond on either side
    centre, half = 0.5, z * np.sqrt(0.25 / 16 + z**2 / (4 * 256)) / (1 + z**2 / 16)
    assert np.allclose(share.interval, (centre - half, centre + half), rtol=0, atol=1e-12)
    same(
        share,
        claim=ASYMMETRY,
        family=OPEN,
        share=0.5,
        interval=share.interval,
        points=16,
        line_points=10,
        vacuous=0.0,
        sensitivity={},
        confidence=0.9,
        seed=4,
        unclear=0.0,
    )
    low, high = share.interval
    assert (
        share.message
        == str(share)
        == (
            f"asymmetry: holds in 50.00% of the family (90% interval {low:.2%} to {high:.2%}, of the sampling alone; "
            "16 parameter points, 10 on the line)."
        )
    )


def test_the_words_of_a_share():
    decided = {"v": Sensitivity(0.25, 0.5, 0.125, 0.0625)}
    share = Measurement(ASYMMETRY, OPEN, 0.5, (0.25, 0.75), 8, 9, 0.125, decided, 0.95, 1, 0.25)
    assert str(share) == (
        "asymmetry: holds in 50.00% of the family (95% interval 25.00% to 75.00%, of the sampling alone; 8 parameter points, "
        "9 on the line). At 12.50% there is nothing to compare. At 25.00% it is unclear.\n"
        "  v: first order 0.25 ± 0.12, total 0.50 ± 0.06"
    )
    record = share.to_dict()
    names = ["claim", "family", "share", "interval", "points", "line_points", "vacuous", "unclear", "sensitivity", "confidence"]
    assert list(record) == names
    assert [record[name] for name in names[2:8]] == [0.5, [0.25, 0.75], 8, 9, 0.125, 0.25]
    columns = {"parameter": ["v"], "first": [0.25], "total": [0.5], "first_error": [0.125], "total_error": [0.0625]}
    assert share.to_frame().to_dict("list") == columns


def test_points_of_a_line_by_hand():
    """Equally spaced, and between an end and its neighbour each further point half as far from the end; doubled without end."""
    of = OPEN.with_(parameters={"v": Interval(0, None, "neither")})
    near = [F(1, 32), F(1, 64), F(31, 32), F(63, 64)]
    assert line_of("gap", of, 20).tolist() == sorted(map(float, [*(F(n, 16) for n in range(16)), *near]))
    both = of.with_(gaps=Interval(-HALF, HALF))
    ends = [F(1, 30) - HALF, HALF - F(1, 30)]
    evenly = [F(n, 15) - HALF for n in range(16)]
    assert np.allclose(line_of("gap", both, 18), sorted(map(float, [*evenly, *ends])), rtol=0, atol=1e-15)
    assert line_of("gap", both, 5).tolist() == [-0.5, -0.25, 0, 0.25, 0.5]
    stakes = [F(8 * n, 17) for n in range(1, 17)]
    expected = [*stakes, F(4, 17), F(2, 17), F(256, 17), F(512, 17)]
    assert np.allclose(line_of("v", of, 20), sorted(map(float, expected)), rtol=1e-14)
    assert line_of("parity", of, 20).tolist() == [0]


# -- proofs ------------------------------------------------------------------------------------------------------------


def test_a_proof_in_words():
    family = OPEN.with_(parameters={"v": Interval(0, QUARTER)}, assume="deterrent")
    proof = ASYMMETRY.prove(family, rng=0)
    text = "case 1: the proxy's critical discount factor moves the wrong way along the gap"
    assert (proof.status, proof.reasons, proof.counterexample, proof.model) == ("proved", (), None, None)
    assert [(s.text, s.status, s.method, s.fixed) for s in proof.steps] == [(text, "excluded", "polynomials", {})]
    assert proof.message == f"asymmetry: proved for all parameters in the domain (1 by polynomials, {proof.seconds:.2f} s)."
    deterred = "both players prefer the profile to conflict (or to the given punishing profile)"
    assert proof.assumptions == ("v in [0, 1/4]", "gaps in [0, 1)", f"enforcement {NAMED}", deterred)
    step = proof.steps[0]
    assert proof.statement() == "\n".join(
        [
            "# Asymmetry: proved", "", "The wider the gap, the more durable the alliance.", "", f"    {ASYMMETRY.formula}", "",
            "Assumptions:", "", *(f"* {line}" for line in proof.assumptions), "",
            "The claim is about stretches of gaps on which the assumptions hold throughout.", "",
            "| condition that would break the claim | choices | outcome | method | seconds |", "|---|---|---|---|---|",
            f"| {text} |  | excluded | polynomials | {step.seconds:.3f} |", "",
            "The scripts' indeterminates are the parameters and x = p/s, the proxy's power per unit of the sponsor's (or its "
            "root, for fractional decisiveness); the gap is (1 − x)/(1 + x). `atom0`, `atom1`, … stand for powers and "
            "exponentials. Derivatives are by the log ratio −ln x, which grows with the gap.",
        ]
    )  # fmt: skip
    assert proof.smtlib() == "\n".join(
        [
            f"; asymmetry: {text}", "(set-logic QF_NRA)", "(declare-const v Real)", "(declare-const x Real)",
            "(assert (>= v 0)) ; domain of v", "(assert (>= (+ (* (- 16) v) 4) 0)) ; domain of v",
            "(assert (> x 0)) ; domain of x", "(assert (>= (+ (* (- 1) x) 1) 0)) ; domain of x",
            "(assert (> (- 1) 0)) ; the proxy's critical discount factor moves the wrong way along the gap", "(check-sat)", "",
        ]
    )  # fmt: skip


def test_a_refutation_in_words():
    proof = ASYMMETRY.prove(OPEN)
    found = proof.counterexample
    assert (proof.status, found.parameters, found.certified) == ("refuted", {"v": F(1)}, "exactly")
    assert found.check.witness == Witness(0, F(3, 4), HALF, F(11, 19), "proxy")
    assert found.message == f"v = 1. {found.check.message} Confirmed exactly."
    assert proof.message == f"asymmetry: refuted at {found.message}"
    assert proof.model.cells(al.Power(3, 1))[0][1][1] == 1 + 1 + QUARTER  # at the gap 1/2
    assert [step.status for step in proof.steps] == ["met"]
    assert f"\nCounterexample: {found.message}\n" in proof.statement()


def test_an_unknown_answer_in_words():
    proof = PROXY_RESTRAINT.prove(
        Family(lambda v: FALLING, {"v": Interval(1, 2)}, enforcement=al.OptimalPenalCode()), timeout=1e-9
    )
    assert proof.status == "unknown"
    assert proof.message == f"proxy restraint: unknown after {proof.seconds:.1f} s. {'; '.join(proof.reasons)}."
    four = ("a", "b", "c", "d")
    shown = type(proof)(proof.claim, proof.family, "unknown", None, (), four, 1.25, "auto")
    assert shown.message == "proxy restraint: unknown after 1.2 s. a; b; c; and 1 more."
    assert shown.statement().split("\n")[-8:-2] == ["Unknown because:", "", "* a", "* b", "* c", "* d"]
    three = type(proof)(proof.claim, proof.family, "unknown", None, (), four[:3], 1.25, "auto")
    assert three.message == "proxy restraint: unknown after 1.2 s. a; b; c."
    nothing = type(proof)(PROTRACTION, proof.family, "proved", None, (), (), 1.25, "auto")
    assert nothing.message == "protraction: proved for all parameters in the domain (nothing could break it, 1.25 s)."
