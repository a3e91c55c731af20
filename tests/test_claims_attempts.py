"""Attempts at a proof, with questions whose answers are written down: what is asked in which order, and what is made of it."""

from fractions import Fraction as F
from types import SimpleNamespace

import pytest

from alliances.arithmetic.algebra import OutOfReach
from alliances.claims import ASYMMETRY
from alliances.claims.proofs import proving
from alliances.claims.proofs.outcomes import Step
from alliances.claims.proofs.proving import _GLANCE, _LOOK, _Attempt, _Effort
from tests.test_claims_answers import OPEN as GAPS

SECOND = _Effort(2**18, 2**11, 2**12)  # four times the look
SEED = 11


class Clock:
    """A clock that stands still unless it is set."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


class World:
    """Problems with scripted questions: (status, values, settled) after each effort, the last one ever after; and a diary."""

    def __init__(self, problems, counterexamples=None, hunted=None, differ=None, slow=10):
        self.problems, self.diary = problems, []
        self.counterexamples = counterexamples or {}  # by values of x
        self.hunted, self.differ = hunted or {}, differ or {}
        self.clock, self.slow = Clock(), slow

    def problem(self, family, fixed, deadline):
        assert (family, deadline) == (self.family, 110.0)
        script = self.problems[fixed["n"]]
        if isinstance(script, Exception):
            raise script
        return Scripted(self, fixed["n"], script)

    def run(self, monkeypatch):
        self.family = SimpleNamespace(combinations=lambda: [{"n": n} for n in range(len(self.problems))])
        monkeypatch.setattr(proving, "time", self.clock)
        monkeypatch.setattr(proving, "_Trial", Answers)
        monkeypatch.setattr(proving, "simplify", lambda problem, conditions, values: problem.simple(conditions, values))
        monkeypatch.setattr(proving, "shortest", self.shortest)
        monkeypatch.setattr(proving, "disagreements", self.disagreements)
        claim = SimpleNamespace(name="the claim")
        return _Attempt(claim, self.problem, self.family, "auto", 10.0, SEED).run()

    def shortest(self, problem, family, counterexample, deadline):
        assert (family, deadline) == (self.family, 110.0)
        return ("shortest", problem.number, counterexample)

    def disagreements(self, problem, seed, deadline):
        assert (seed, deadline) == (SEED, 112.5)  # a quarter of ten seconds later
        self.diary.append(("compare", problem.number))
        return self.differ.get(problem.number, [])


class Scripted:
    def __init__(self, world, number, script):
        self.world, self.number, self.script = world, number, script

    def queries(self):
        for text, answers in self.script.items():
            if isinstance(answers, Exception):
                raise answers
            yield SimpleNamespace(text=text, conditions=(text,), answers=answers)

    def hunt(self, seed, points, deadline):
        assert (seed, deadline) == (SEED, 110.0)
        self.world.diary.append(("hunt", points))
        return self.world.hunted.get(points)

    def simple(self, conditions, values):
        assert len(conditions) == 1
        return {"x": round(values["x"])}

    def point(self, values):
        return {"of": values["x"]}, values["x"] / 2

    def confirm(self, parameters, point):
        assert point == parameters["of"] / 2
        self.world.diary.append(("confirm", parameters["of"]))
        return self.world.counterexamples.get(parameters["of"])


class Answers:
    """In place of a trial."""

    def __init__(self, problem, query, method, title, deadline):
        assert (method, title, deadline) == ("auto", f"the claim: {query.text}", 110.0)
        self.problem, self.query, self.left = problem, query, list(query.answers)
        self.status, self.values, self.settled = "open", {}, False

    def go_on(self, effort):
        self.problem.world.diary.append((self.query.text, effort))
        self.status, self.values, self.settled = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if self.query.text == "slow":
            self.problem.world.clock.now += self.problem.world.slow

    @property
    def step(self):
        text = self.query.text
        return Step(text, self.status, "polynomials", 0.0, "", {"n": self.problem.number}, f"because: {text}")


OPEN, SETTLED = ("open", {}, False), ("open", {}, True)
NO = ("excluded", {}, True)


def at(x):
    return "met", {"x": F(x)}, True


def texts(proof):
    return [(step.text, step.status) for step in proof.steps]


def test_what_cannot_be_stated_does_not_end_an_attempt(monkeypatch):
    """A combination that is out of reach, or late, says why; those after it are looked at, but no longer compared."""
    world = World([{"a": [NO]}, OutOfReach("too far"), {"b": [NO]}, TimeoutError("too late"), {"c": [NO]}])
    proof = world.run(monkeypatch)
    assert (proof.status, proof.reasons, proof.counterexample) == ("unknown", ("too far", "too late"), None)
    assert texts(proof) == [(text, "excluded") for text in "abc"]
    assert world.diary == [("a", _GLANCE), ("compare", 0), ("b", _GLANCE), ("c", _GLANCE)]


def test_a_counterexample_behind_what_cannot_be_stated_refutes(monkeypatch):
    """The shortest one, by the deadline; nothing is said of reasons, and nothing is asked after it."""
    world = World([OutOfReach("too far"), {"a": [NO], "b": [at(F(7, 2))], "c": [NO]}, {"d": [NO]}], {4: "found"})
    proof = world.run(monkeypatch)
    assert (proof.status, proof.reasons, proof.counterexample) == ("refuted", (), ("shortest", 1, "found"))
    assert texts(proof) == [("a", "excluded"), ("b", "met")]
    assert world.diary == [("a", _GLANCE), ("b", _GLANCE), ("confirm", 4)]


def test_all_is_excluded_at_a_glance(monkeypatch):
    world = World([{"a": [NO]}, {"b": [NO]}])
    proof = world.run(monkeypatch)
    assert (proof.status, proof.reasons, proof.counterexample, proof.seconds) == ("proved", (), None, 0.0)
    assert (proof.claim.name, proof.family, proof.method) == ("the claim", world.family, "auto")
    assert proof.problems == world.problem
    assert texts(proof) == [("a", "excluded"), ("b", "excluded")]
    assert world.diary == [("a", _GLANCE), ("compare", 0), ("b", _GLANCE), ("compare", 1)]


def test_what_differs_is_said_once_and_ends_comparisons(monkeypatch):
    world = World([{"a": [NO]}, {"b": [NO]}], differ={0: ["they differ", "they differ", "much"]})
    proof = world.run(monkeypatch)
    assert (proof.status, proof.reasons) == ("unknown", ("they differ", "much"))
    assert world.diary == [("a", _GLANCE), ("compare", 0), ("b", _GLANCE)]


def test_what_a_glance_leaves_open_waits_for_the_others(monkeypatch):
    """Every question gets a glance; then trials; then those that are left more, in rounds, until they are settled."""
    world = World([{"a": [OPEN, NO], "b": [NO], "c": [OPEN, OPEN, NO], "d": [NO]}])
    proof = world.run(monkeypatch)
    glances = [(text, _GLANCE) for text in "abcd"]
    rounds = [("a", _LOOK), ("c", _LOOK), ("hunt", 124), ("c", SECOND)]
    assert world.diary == [*glances, ("hunt", 60), *rounds, ("compare", 0)]
    assert (proof.status, proof.reasons) == ("proved", ())
    assert texts(proof) == [(text, "excluded") for text in "bdac"]  # the easy ones first


def test_what_cannot_be_settled_is_not_asked_again(monkeypatch):
    """The trials go on: 60, 124 and 4096 points; the reasons of all that is left open are given."""
    world = World([{"a": [OPEN, SETTLED], "b": [OPEN, NO], "c": [SETTLED]}])
    proof = world.run(monkeypatch)
    glances = [(text, _GLANCE) for text in "abc"]
    assert world.diary == [*glances, ("hunt", 60), ("a", _LOOK), ("b", _LOOK), ("hunt", 124), ("hunt", 2**12)]
    assert (proof.status, proof.reasons) == ("unknown", ("because: a", "because: c"))
    assert texts(proof) == [("a", "open"), ("b", "excluded"), ("c", "open")]


@pytest.mark.parametrize("points", [60, 124, 2**12])
def test_a_hunt_may_end_it(points, monkeypatch):
    """After it nothing is asked, and no other hunt follows."""
    world = World([{"a": [OPEN], "b": [SETTLED], "c": [NO]}, {"d": [NO]}], hunted={points: "prey"})
    proof = world.run(monkeypatch)
    assert (proof.status, proof.counterexample) == ("refuted", ("shortest", 0, "prey"))
    hunts = [n for what, n in world.diary if what == "hunt"]
    assert hunts == [n for n in (60, 124, 2**12) if n <= points]
    efforts = [effort for what, effort in world.diary if what == "a"]
    assert efforts == [_GLANCE, _LOOK, SECOND][: len(hunts)]
    assert "d" not in dict(world.diary)
    assert texts(proof) == [("c", "excluded"), ("a", "open"), ("b", "open")][: 1 if points == 60 else 3]


def test_a_counterexample_of_a_later_round(monkeypatch):
    """What comes after it in the round is left as it is, and there are no more hunts."""
    world = World([{"a": [OPEN, at(3)], "b": [OPEN]}], {3: "found"})
    proof = world.run(monkeypatch)
    assert (proof.status, proof.counterexample, proof.reasons) == ("refuted", ("shortest", 0, "found"), ())
    assert world.diary == [("a", _GLANCE), ("b", _GLANCE), ("hunt", 60), ("a", _LOOK), ("confirm", 3)]
    assert texts(proof) == [("a", "met"), ("b", "open")]


def test_numbers_are_confirmed_once(monkeypatch):
    """Simple ones first, then those found; the same numbers again are not looked into, others are."""
    same, other = ("open", {"x": F(5, 3)}, False), ("open", {"x": F(13, 4)}, True)
    world = World([{"a": [same, same, other]}])
    proof = world.run(monkeypatch)
    confirmed = [("confirm", 2), ("confirm", F(5, 3)), ("confirm", 3), ("confirm", F(13, 4))]
    assert [event for event in world.diary if event[0] == "confirm"] == confirmed
    assert (proof.status, proof.reasons) == ("unknown", ("because: a",))


def test_questions_that_cannot_be_listed(monkeypatch):
    """Those before are asked; the reason is kept; nothing is compared."""
    for error in (OutOfReach("no more"), TimeoutError("no more")):
        world = World([{"a": [OPEN, NO], "b": error, "c": [NO]}])
        proof = world.run(monkeypatch)
        assert (proof.status, proof.reasons, texts(proof)) == ("unknown", ("no more",), [("a", "excluded")])
        assert world.diary == [("a", _GLANCE), ("hunt", 60), ("a", _LOOK)]


def test_other_errors_are_not_swallowed(monkeypatch):
    for script in (KeyError("wrong"), {"a": KeyError("wrong")}):
        with pytest.raises(KeyError):
            World([script]).run(monkeypatch)


def test_time_is_over_at_the_deadline(monkeypatch):
    """A question that takes just all of it ends the attempt: what comes after is named, and what is open is left."""
    world = World([{"a": [OPEN], "slow": [NO], "c": [NO], "d": [NO]}])
    proof = world.run(monkeypatch)
    assert world.diary == [("a", _GLANCE), ("slow", _GLANCE), ("hunt", 60)]
    assert (proof.status, proof.seconds) == ("unknown", 10.0)
    assert proof.reasons == ("time ran out: c, and what comes after it", "because: a")
    assert texts(proof) == [("slow", "excluded"), ("a", "open")]


def test_time_is_over_within_a_round(monkeypatch):
    """Five of ten seconds for each effort: the second ends the round, and there is no other hunt."""
    world = World([{"slow": [OPEN], "b": [OPEN], "c": [OPEN]}], slow=5)
    proof = world.run(monkeypatch)
    assert world.diary == [("slow", _GLANCE), ("b", _GLANCE), ("c", _GLANCE), ("hunt", 60), ("slow", _LOOK)]
    assert proof.reasons == ("because: slow", "because: b", "because: c")


def test_efforts_of_the_rounds():
    """Each four times the one before; steps stop at 2³² − 1, the most that the solver counts."""
    efforts = list(proving._rounds())
    steps = [2**n for n in range(16, 32, 2)] + [2**32 - 1]
    assert efforts == [_Effort(s, 2 ** (9 + 2 * k), 2 ** (10 + 2 * k)) for k, s in enumerate(steps)]
    assert efforts[0] == _LOOK


@pytest.mark.parametrize(
    ("family", "method", "error", "words"),
    [
        (3, "auto", TypeError, "prove(): family must be a Family, which says what is open; got 3"),
        (None, "fast", ValueError, "prove(): method must be one of auto, polynomials, intervals; got 'fast'"),
    ],
)
def test_refused(family, method, error, words):
    with pytest.raises(error) as caught:
        proving.prove(ASYMMETRY, None, GAPS if family is None else family, method, 1.0, 0)
    assert str(caught.value) == words


@pytest.mark.parametrize("timeout", [0, -1.5, float("nan")])
def test_a_time_that_is_none(timeout):
    with pytest.raises(ValueError, match=r"prove\(\).*timeout") as caught:
        proving.prove(ASYMMETRY, None, GAPS, "auto", timeout, 0)
    assert str(caught.value).startswith("prove(): timeout must be")


def test_what_an_attempt_is_given(monkeypatch):
    """All that was asked for, the time as a float, once the claim has said that the family is one it can be asked of."""
    attempts, required = [], []

    class Attempt:
        def __init__(self, *given):
            attempts.append(given)

        def run(self):
            return "done"

    claim, problems = SimpleNamespace(requires=lambda *given: required.append(given)), object()
    monkeypatch.setattr(proving, "_Attempt", Attempt)
    assert proving.prove(claim, problems, GAPS, "intervals", F(5, 2), 7) == "done"
    assert attempts == [(claim, problems, GAPS, "intervals", 2.5, 7)]
    assert type(attempts[0][4]) is float
    assert required == [(GAPS, "prove")]
