"""What a referee is told of a proof: which answer to expect, what was asked at seams and why not, and files of all choices."""

import re
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic.conditions import Condition, Kind
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, Choice, Family, Interval
from alliances.claims.proofs.dossier import chapter, solved
from alliances.claims.proofs.outcomes import Step
from alliances.claims.proofs.problem import Seam
from tests.claim_support import dyad
from tests.test_claims_agreement import Changed
from tests.test_claims_answers import GIVEN, HALF, game, none
from tests.test_claims_questions import JUMP

pytest.importorskip("z3")
LATER = float("inf")


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        ("excluded", "polynomials", "expected: unsat"),
        ("met", "polynomials", "expected: not unsat"),
        ("met", "intervals", "expected: not unsat"),
        ("open", "polynomials", "left open"),
        ("open", "Bernstein", "left open"),
        (
            "excluded",
            "intervals",
            "excluded by boxes, for the functions themselves; a solver, which knows inequalities for them, may say anything",
        ),
    ],
)
def test_what_a_solver_should_answer(status, method, expected):
    step = Step("why", status, method, 0.0, "(check-sat)", {})
    assert solved(step) == f"; outcome: {status}, by {method}\n(check-sat) ; {expected}"


def test_seams_in_words():
    problem = ASYMMETRY.problem(JUMP, {}, LATER)
    violation = Condition((problem.algebra["v"] - 9).product, ">", Kind.VIOLATION, "v is large")

    class Sewn(Changed):
        def seams(self):
            alike = Seam((1, 2), (1, 2), "the same")
            return [Seam((1,), (2,), "one reason"), alike, Seam((1,), (2, 3), "excluded", (violation,))]

    found = chapter(Sewn(problem, lambda regions: regions), {}, "asymmetry")
    lines = [
        "## Seams",
        "",
        "Asked about: from case 1 to case 2, from case 2 to case 1.",
        "* Dismissed, from case 1 to case 2: one reason.",
        "* Dismissed, between cases 1, 2: the same.",
        "* Dismissed, from case 1 to cases 2, 3: excluded.",
        "",
    ]
    assert found.page.endswith("\n".join(lines))
    script = [
        "; asymmetry: from case 1 to cases 2, 3: excluded",
        "(set-logic QF_NRA)",
        "(declare-const v Real)",
        "(assert (> (+ v (- 9)) 0)) ; v is large",
        "(check-sat) ; expected: unsat",
    ]
    assert found.seams == ("\n".join(script),)
    assert found.full == {}


def numbered(problem, kind):
    """The number of the case in which the proxy's odds are of this kind, or as the kind says."""
    (number,) = (case.number for case in problem.cases if kind(case.odds[1]))
    return number


def test_a_seam_that_only_helps_the_claim():
    """Nothing deters the proxy up to the gap 1/2, and conflict does beyond: asked is about the way back alone."""
    model = lambda v: dyad((lambda g: v + 0 * g, lambda g: 1 + 0 * g if g > HALF else -1 + 0 * g))  # noqa: E731
    problem = PROXY_RESTRAINT.problem(Family(model, {"v": Interval(1, 2)}, enforcement=GIVEN), {}, LATER)
    asked = {query.cases for query in problem.queries() if query.jump}
    free = numbered(problem, lambda odds: odds.kind == "infinite")
    kept = numbered(problem, lambda odds: odds.kind == "finite")
    assert asked == {(kept, free)}
    (seam,) = problem.seams()
    assert (seam.before, seam.after, seam.conditions) == ((free,), (kept,), ())
    assert seam.reason == "the kinds of odds (none, finite, infinite) move in the direction of the claim, if at all"
    list(problem.queries())
    assert len(problem.seams()) == 1  # as often as they are listed


def test_a_seam_at_which_only_the_best_deviation_changes():
    """2 − γ to the one action, 1 + γ to the other: odds are the larger of both, and continuous."""

    def model(v):
        def cells(power):
            g = power.gap
            down = v * (2 - g), v * (1 + g)
            return [[(1, 1), (-1, 1 + down[0]), (-1, 1 + down[1])], [(0, -1), (-2, -2), (-2, -2)], [(0, -1), (-2, -2), (0, 0)]]

        return al.CustomGame(cells, ("ally", "flee", "fight"))

    problem = PROXY_RESTRAINT.problem(Family(model, {"v": Interval(1, 2)}, enforcement=GIVEN), {}, LATER)
    assert not [query for query in problem.queries() if query.jump]
    seams = problem.seams()
    assert {(seam.before, seam.after) for seam in seams} == {((1,), (2,)), ((2,), (1,))}
    assert {seam.reason for seam in seams} == {"payoffs and punishments are the same on both sides, and odds continuous"}


def test_a_seam_at_which_a_temptation_begins():
    """v(γ − 1/2) of a loss of 2 − γ: odds jump there only if the loss vanishes, too, which is among what is asked."""
    model = lambda v: game(none, lambda g: v * (g - HALF), loss=lambda g: 2 - g)  # noqa: E731
    problem = PROXY_RESTRAINT.problem(Family(model, {"v": Interval(1, 2)}, enforcement=GIVEN), {}, LATER)
    asked = [query for query in problem.queries() if query.jump]
    loss = (1 + 3 * problem.algebra["x"]) / (1 + problem.algebra["x"])  # 2 − γ
    calm = numbered(problem, lambda odds: odds.kind == "zero")
    tempted = numbered(problem, lambda odds: odds.kind == "finite")
    assert {query.cases for query in asked} == {(calm, tempted)}
    for query in asked:
        first = f"from case {calm} to case {tempted}: the proxy's critical discount factor jumps the wrong way along the gap"
        assert query.text.startswith(first)
        compared = [c for c in query.conditions if c.source is not None]
        assert any(c.relation == "==" and c.source.identical(loss) for c in compared)
    (seam,) = problem.seams()
    assert (seam.before, seam.after) == ((tempted,), (calm,))
    assert seam.reason == "the kinds of odds (none, finite, infinite) move in the direction of the claim, if at all"


def choices(*values):
    """ω = 2 + wvγ: the claim is true where w < 0."""
    model = lambda v, w: game(none, lambda g: 2 + w * v * g)  # noqa: E731
    return Family(model, {"v": Interval(1, 2), "w": Choice(*values)}, enforcement=GIVEN)


@pytest.mark.slow
def test_files_of_each_choice(tmp_path):
    """Of those that were asked about, numbered; a name that is taken is refused, and nothing is written then."""
    true = ASYMMETRY.prove(choices(F(-1), F(-1, 2)))
    files = true.export(tmp_path / "true" / "deep")
    steps = [f"asymmetry-0{k}{ending}.smt2" for k in (1, 2) for ending in ("-full", "")]
    cases = [f"asymmetry-{k}-cases.smt2" for k in (1, 2)]
    assert [path.name for path in files] == ["statement.md", *steps, *cases]
    page = files[0].read_text(encoding="utf-8")
    assert re.findall(r"^# (w = .*)$", page, re.MULTILINE) == ["w = -1", "w = -1/2"]
    assert page.count("## Cases") == 2
    with pytest.raises(FileExistsError) as caught:
        true.export(tmp_path / "true" / "deep")
    assert str(caught.value) == f"Proof.export(): folder must not hold files of this name; got {files[0]}"
    false = ASYMMETRY.prove(choices(F(-1), F(1), F(2)))
    taken = tmp_path / "false"
    taken.mkdir()
    (taken / cases[1]).write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        false.export(taken)
    assert [path.name for path in taken.iterdir()] == [cases[1]]
    files = false.export(tmp_path / "other")
    assert [path.name for path in files] == ["statement.md", *steps, *cases]  # w = 2 was not asked about
    assert re.findall(r"^# (w = .*)$", files[0].read_text(encoding="utf-8"), re.MULTILINE) == ["w = -1", "w = 1"]
