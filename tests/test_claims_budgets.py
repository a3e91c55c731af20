"""Proofs depend on neither the clock nor on words: effort is counted, and conditions are told apart by their kinds."""

import time
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances import arithmetic
from alliances.arithmetic.conditions import Condition, Kind
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, Interval, alliance_family
from alliances.claims.proofs import proving
from alliances.claims.proofs.boxes import exclude
from alliances.claims.proofs.queries import GameConditions
from alliances.claims.proofs.smt import Solver, smtlib
from tests.claim_support import HALF, dyad, family

GIVEN = al.GivenPunishment()


def smooth(sign):
    """ω = exp(±v(2 + γ)): inequalities do not decide whether it rises, boxes do."""

    def model(v):
        return dyad((lambda g: arithmetic.exp(sign * v * (2 + g)), lambda g: 1 + 0 * g))

    return family(model, (1, 2), enforcement=GIVEN, gaps=Interval(F(1, 10), F(9, 10)))


def root(decisiveness):
    """Payoffs in the root of x, of which the domain is given by two kinds of bounds."""
    return alliance_family(decisiveness=decisiveness, enforcement=GIVEN, assume="deterrent")


QUESTIONS = {
    "polynomials": (SPONSOR_RESTRAINT, lambda: root(1), "auto"),
    "refuted": (SPONSOR_RESTRAINT, lambda: root(2), "auto"),
    "a root of x": (SPONSOR_RESTRAINT, lambda: root(HALF), "auto"),
    "boxes": (PROXY_RESTRAINT, lambda: smooth(-1), "intervals"),
    "an exponential": (PROXY_RESTRAINT, lambda: smooth(1), "auto"),
    "an elimination": (ASYMMETRY, lambda: root(2).with_(enforcement=al.GivenPunishment(al.Transfers())), "auto"),
}


def answer(name, timeout=10**6):
    claim, of, method = QUESTIONS[name]
    proof = claim.prove(of(), method=method, timeout=timeout)
    parameters = None if proof.counterexample is None else dict(proof.counterexample.parameters)
    return proof.status, parameters, [(step.status, step.method) for step in proof.steps]


@pytest.fixture(scope="module")
def answers():
    return {name: answer(name) for name in QUESTIONS}


@pytest.mark.slow
def test_the_questions_have_answers_of_each_sort(answers):
    assert {status for status, _, _ in answers.values()} == {"proved", "refuted"}
    assert {method for _, _, steps in answers.values() for _, method in steps} == {"polynomials", "intervals"}


# -- the clock ---------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_slow_machine_gives_the_same_answer(name, answers, monkeypatch):
    """Each look at the clock is a minute later than the one before, and the time that was given is long."""
    ticks = iter(range(0, 10**9, 60))
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))
    assert answer(name, timeout=10**9) == answers[name]
    assert next(ticks) > 300, "the clock was hardly looked at, so that this shows nothing"


def test_the_outer_time_is_kept(monkeypatch):
    ticks = iter(range(0, 10**9, 5))
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))
    proof = SPONSOR_RESTRAINT.prove(root(1), timeout=20)
    assert proof.status == "unknown"
    assert "time ran out" in proof.message


def test_what_was_asked_before_has_no_bearing():
    first = GameConditions(ASYMMETRY, root(1), {})
    texts = [smtlib(first.algebra, query.conditions) for query in first.queries()]
    alone = [Solver().solve(text, 2**20).values for text in texts]
    GameConditions(ASYMMETRY, root(3), {})
    again = [Solver().solve(text, 2**20).values for text in texts]
    assert alone == again


def hard():
    """A question that Z3 needs some 10⁴ steps for."""
    problem = GameConditions(PROXY_RESTRAINT, root(3), {})
    return max((smtlib(problem.algebra, query.conditions) for query in problem.queries()), key=len)


def test_steps_are_counted_anew_for_each_question():
    """Of one solver, too, whose context has used up more than the limit of the next question."""
    text, solver = hard(), Solver()
    assert solver.solve(text, 10).status == "unknown"
    enough = next(2**k for k in range(4, 30) if Solver().solve(text, 2**k).status != "unknown")
    assert enough > 16
    statuses = [solver.solve(text, enough).status for _ in range(3)]
    assert "unknown" not in statuses
    assert len(set(statuses)) == 1


def test_boxes_are_counted():
    problem = GameConditions(PROXY_RESTRAINT, smooth(-1), {})
    query = next(iter(problem.queries()))
    whole = exclude(problem.algebra, query.conditions, 10**6)
    assert whole.status == "excluded"
    assert not whole.cut
    few = exclude(problem.algebra, query.conditions, whole.boxes - 1)
    assert (few.status, few.cut, few.boxes) == ("open", True, whole.boxes - 1)
    assert exclude(problem.algebra, query.conditions, whole.boxes) == whole


@pytest.mark.slow
def test_more_effort_takes_over_where_a_look_leaves_off(answers, monkeypatch):
    monkeypatch.setattr(proving, "_LOOK", proving._Effort(8, 1, 1))
    monkeypatch.setattr(proving, "_GLANCE", proving._Effort(8, 1, 0))
    for name in ("polynomials", "boxes", "a root of x"):
        assert answer(name)[0] == answers[name][0]


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", QUESTIONS)
def test_texts_decide_nothing(name, answers, monkeypatch):
    """With no text in any condition, and with misleading ones, the same proofs come out."""
    plain = Condition.__new__
    for text in ("", "domain of x", "power atom0"):
        monkeypatch.setattr(
            Condition,
            "__new__",
            lambda cls, polynomial, relation, kind, _="", letter=None, source=None, text=text: plain(
                cls, polynomial, relation, kind, text, letter, source
            ),
        )
        assert Condition(None, ">", Kind.SIGN, "another").text == text
        assert answer(name) == answers[name]


def test_kinds_decide(monkeypatch):
    """The counterpart: were what breaks the claim taken for a bound of the domain, boxes would have nothing to exclude."""
    plain = Condition.__new__

    def domains_only(cls, polynomial, relation, kind, text="", letter=None, source=None):
        return plain(cls, polynomial, relation, Kind.DOMAIN if kind is Kind.VIOLATION else kind, text, letter, source)

    monkeypatch.setattr(Condition, "__new__", domains_only)
    problem = GameConditions(PROXY_RESTRAINT, smooth(-1), {})
    query = next(iter(problem.queries()))
    assert exclude(problem.algebra, query.conditions, 1000).status != "excluded"


def test_no_code_asks_what_a_text_says():
    """Neither of conditions nor of errors: comparisons of ``.text`` or of ``str(error)`` in the prover and the payoffs."""
    package = Path(al.__file__).parent
    files = [*(package / "claims").rglob("*.py"), *(package / "arithmetic").glob("*.py"), *(package / "payoffs").glob("*.py")]
    assert len(files) > 20
    signs = ("in str(error)", ".text ==", ".text !=", ".text.startswith", "in c.text", "in condition.text")
    offenders = [f"{file.name}: {sign}" for file in files for sign in signs if sign in file.read_text(encoding="utf-8")]
    assert not offenders


# -- arrays ------------------------------------------------------------------------------------------------------------


def branching(v):
    return dyad((lambda g: v * (2 - g) if np.all(g >= 0) and v > 0 else g, lambda g: 1 + 0 * g))


def test_a_model_for_numbers_only_is_told_apart_without_numpys_words():
    with pytest.raises(TypeError, match=r"measure\(\): the model must run on arrays"):
        PROXY_RESTRAINT.measure(family(branching), points=8, line_points=4)


@pytest.mark.parametrize("text", ["the truth value of this is mine to refuse", "floats are refused", "do not broadcast"])
def test_a_models_own_refusal_is_passed_on(text):
    def refuses(v):  # noqa: ARG001
        raise ValueError(text)

    with pytest.raises(ValueError, match=text):
        PROXY_RESTRAINT.measure(family(refuses), points=8, line_points=4)

    def payoffs(power):  # noqa: ARG001
        raise ValueError(text)

    with pytest.raises(ValueError, match=f"^{text}"):
        PROXY_RESTRAINT.check(al.CustomGame(payoffs))
    with pytest.raises(ValueError, match=f"^{text}"):
        al.CustomGame(payoffs).stage_game(al.Power.from_gap([0.1, 0.2]))


def test_shapes_that_functions_hold_are_seen():
    held = np.ones(3)
    game = al.CustomGame(lambda power: [[(power.sponsor * held, power.proxy), (0, 0)], [(0, 0), (0, 0)]])
    with pytest.raises(ValueError, match=r"CustomGame\(\): the parameters must broadcast with the power, of shape \(2,\)"):
        game.stage_game(al.Power.from_gap([0.1, 0.2]))
    two = al.AllianceGame(al.Tullock(2), al.Aggregation(held), al.Equal(), exposure=1, conflict_cost=np.zeros(2))
    with pytest.raises(ValueError, match=r"AllianceGame\(\): the parameters must broadcast with the power, of shape \(\)"):
        two.stage_game(al.Power(2, 1))
