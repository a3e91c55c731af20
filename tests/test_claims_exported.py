"""What a referee is given: the model, the questions in full, and scripts that another solver answers the same way."""

import random
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic.conditions import SIGNS
from alliances.claims import (
    ASYMMETRY,
    PACT_AT_PARITY,
    PROTRACTION,
    PROXY_RESTRAINT,
    PROXY_TURNS_FIRST,
    SPONSOR_RESTRAINT,
    STAKES,
    Choice,
    Family,
    Interval,
    alliance_family,
)
from tests.exported_support import answer, questions, scripts

pytest.importorskip("z3")
pytest.importorskip("flint")

FOREVER, PAID = al.GivenPunishment(), al.GivenPunishment(al.Transfers())
BOTH = ("credible", "deterrent")


def kinked(v):
    """Payoffs with a kink at 1/4, a jump at 1/2 and a comparison without consequence at 1/8: four cases, with seams."""

    def cells(power):
        gap = power.gap
        more = gap - F(1, 4) if gap > F(1, 4) else 0 * gap
        none = 0 * gap
        if gap > F(1, 8):
            none = -none
        hurt = 2 * v if gap > F(1, 2) else v + 0 * gap
        return [[(2 + more, 2 + more), (0 * gap, 3 + none)], [(3 + none, 0 * gap), (1 - hurt, 1 - hurt)]]

    return al.CustomGame(cells)


PROVED = {
    "payments": (ASYMMETRY, alliance_family(decisiveness=2, enforcement=PAID)),
    "payments, constant": (ASYMMETRY, alliance_family(decisiveness=2, synergy="constant", enforcement=PAID)),
    "two cases": (PROXY_RESTRAINT, alliance_family(decisiveness=2, enforcement=FOREVER)),
    "assumptions": (SPONSOR_RESTRAINT, alliance_family(decisiveness=1, enforcement=FOREVER, assume=BOTH)),
    "who first": (PROXY_TURNS_FIRST, alliance_family(decisiveness=1, enforcement=FOREVER)),
    "parity": (PACT_AT_PARITY, alliance_family(decisiveness=2, actions=3, domains={"guard": (F(1, 2), 1)})),
    "stakes": (STAKES, alliance_family(actions=3, stakes=Interval(0, None, "neither"), enforcement=FOREVER)),
    "roots": (SPONSOR_RESTRAINT, alliance_family(decisiveness=F(1, 2), enforcement=FOREVER)),
    "choices": (ASYMMETRY, alliance_family(decisiveness=Choice(1, 2), enforcement=PAID)),
    "seams": (ASYMMETRY, Family(kinked, {"v": (F(1, 2), F(3, 4))}, enforcement=PAID)),
    "wars": (PROTRACTION, Family(lambda m: al.ConflictWalk(2, 8, al.Tullock(m)), {"m": Interval(0, None, "neither")})),
}


@pytest.fixture(scope="module", params=PROVED, ids=lambda name: name)
def exported(request, tmp_path_factory):
    claim, family = PROVED[request.param]
    proof = claim.prove(family, timeout=60)
    assert proof.status == "proved", proof.message
    folder = tmp_path_factory.mktemp("proof")
    return proof, scripts(proof, folder), (folder / "statement.md").read_text(encoding="utf-8")


@pytest.mark.sampled(1)
def test_each_script_is_answered_as_it_says(exported):
    proof, files, _ = exported
    assert len([name for name in files if name.endswith("-full.smt2")]) == len(proof.steps)
    for name, text in files.items():
        asked = list(questions(text))
        assert asked, name
        for question, unsat in asked:
            assert unsat, name
            assert answer(question) == "unsat", f"{name}\n{question}"


@pytest.mark.sampled(0)
def test_another_solver_finds_no_point_either(exported):
    cvc5 = pytest.importorskip("cvc5")
    answers = []
    for text in exported[1].values():
        for question, _ in questions(text):
            solver = cvc5.Solver()
            solver.setOption("rlimit-per", "200000")  # steps, of which no clock decides; half of them are enough
            parser = cvc5.InputParser(solver)
            parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, question, "question")
            names = parser.getSymbolManager()
            while not (command := parser.nextCommand()).isNull():
                answers.append(command.invoke(solver, names).strip())
    assert {a for a in answers if a} == {"unsat"}


@pytest.mark.sampled(3)
def test_the_page_has_the_model(exported):
    proof, _, page = exported
    assert page.startswith(proof.statement()[:40])
    assert "### Case 1" in page
    if proof.claim is not PROTRACTION:
        assert "the sponsor's payoff at (ally, ally)" in page
        assert "## Seams" in page


@pytest.mark.slow
def test_different_models_give_different_pages_and_scripts(tmp_path):
    pages, full, solved = [], [], []
    for synergy in ("complementarity", "constant"):
        proof = ASYMMETRY.prove(alliance_family(decisiveness=2, synergy=synergy, enforcement=PAID))
        files = scripts(proof, tmp_path / synergy)
        pages.append((tmp_path / synergy / "statement.md").read_text(encoding="utf-8").partition("## Cases")[2])
        full.append(files["asymmetry-01-full.smt2"])
        solved.append(proof.steps[0].smtlib)
    assert solved[0].endswith(
        "(assert (> (- 1) 0)) ; the sponsor's critical discount factor moves the wrong way along the gap\n(check-sat)"
    )
    assert "(define-fun solved1 () Bool (> (- 1) 0))" in full[0]
    assert pages[0] != pages[1]
    assert full[0] != full[1]
    for text in full:  # what that is left of: the derivative of the odds, by names
        assert "(define-fun full1 () Bool (> rate_odds_1 0))" in text
        assert "(define-fun odds_1 () Real (/ temptation_1 loss_1))" in text


@pytest.mark.slow
def test_a_wrong_formula_a_missing_case_and_a_wrong_reduction_are_found(tmp_path):
    claim, family = PROVED["two cases"]
    files = scripts(claim.prove(family), tmp_path)
    full, cases = files["proxy-restraint-01-full.smt2"], files["proxy-restraint-cases.smt2"]

    def answers(text):
        return [answer(question) for question, _ in questions(text)]

    assert set(answers(full)) == {"unsat"}
    for before, after in (
        ("(define-fun d_P_1 () Real u_P_01_1)", "(define-fun d_P_1 () Real u_P_00_1)"),
        ("(define-fun w_P_1 () Real u_P_11_1)", "(define-fun w_P_1 () Real u_P_10_1)"),
        ("(define-fun solved2 () Bool (> (- 1) 0))", "(define-fun solved2 () Bool (> value 1))"),
        ("(define-fun loss_P_1 () Real (- c_P_1 w_P_1))", "(define-fun loss_P_1 () Real (- w_P_1 c_P_1))"),
    ):
        assert before in full
        changed = answers(full.replace(before, after))
        assert "sat" in changed or before.startswith("(define-fun solved"), before
        if before.startswith("(define-fun solved"):  # the condition cannot be met, whatever is said to follow from it
            assert set(changed) == {"unsat"}
    one = "\n".join(line for line in cases.splitlines() if not line.endswith("; case 2"))
    assert answers(cases) == ["unsat"]
    assert answers(one) == ["sat"]


@pytest.mark.slow
def test_a_wrong_reduction_is_found(tmp_path):
    claim, family = PROVED["assumptions"]
    files = scripts(claim.prove(family), tmp_path)
    full = files["sponsor-restraint-01-full.smt2"]
    case = next(line for line in full.splitlines() if line.startswith("(define-fun solved1"))
    wrong = full.replace(case, "(define-fun solved1 () Bool (> (- exposure 2) 0))")
    assert "sat" in [answer(question) for question, _ in questions(wrong)]


def evaluated(polynomial, point):
    total = F(0)
    for powers, coefficient in polynomial.to_dict().items():
        term = F(int(coefficient))
        for value, e in zip(point, powers, strict=True):
            term *= value ** int(e)
        total += term
    return total


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", [n for n in PROVED if n not in ("choices", "wars")])
def test_what_was_solved_has_the_sign_of_what_the_claim_says(name):
    """The library drops factors of known sign: at random points of the domain nothing of a condition may change."""
    claim, family = PROVED[name]
    problem = claim.problem(family, {}, float("inf"))
    rng = random.Random(1)
    algebra, compared = problem.algebra, 0
    for query in problem.queries():
        for _ in range(20):
            point = [F(0)] * len(algebra.letters)
            for k, domain in enumerate(algebra.domains.values()):
                low, high = F(domain.low), F(domain.low + 5 if domain.high is None else domain.high)
                point[k] = low + (high - low) * F(rng.randint(1, 999), 1000)
            for condition in query.conditions:
                if condition.source is None:
                    continue
                top, bottom = (evaluated(p, point) for p in (condition.source.numerator, condition.source.denominator))
                if bottom == 0:
                    continue
                signs = [(x > 0) - (x < 0) for x in (top * bottom, evaluated(condition.polynomial, point))]
                assert len({sign in SIGNS[condition.relation] for sign in signs}) == 1, condition
                compared += 1
    assert compared > 0


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["payments", "two cases", "assumptions", "who first"])
def test_definitions_are_the_payoffs_of_the_model(name):
    """At random parameters, by the library's numeric code: cells, and c, d and w of the player's constraint."""
    claim, family = PROVED[name]
    problem = claim.problem(family, {}, float("inf"))
    rng = random.Random(2)
    met = set()
    for _ in range(40):
        values = {}
        for letter, domain in problem.algebra.domains.items():
            high = F(domain.low + 3 if domain.high is None else domain.high)
            values[letter] = domain.low + (high - domain.low) * F(rng.randint(1, 99), 100)
        point = [values.get(letter, F(0)) for letter in problem.algebra.letters]
        for part in problem.parts():
            holds = all(((v := evaluated(c.polynomial, point)) > 0) - (v < 0) in SIGNS[c.relation] for c in part.conditions)
            if not holds or not part.number:
                continue
            met.add(part.number)
            parameters, gap = problem.point(values)
            stage = family.at(**parameters).stage_game(al.Power.from_gap(gap))
            terms = al.critical_discount(stage, enforcement=family.enforcement).terms
            wanted = {f"u_S_{i}{j}": stage.A[i, j] for i in (0, 1) for j in (0, 1)}
            wanted |= {f"u_P_{i}{j}": stage.B[i, j] for i in (0, 1) for j in (0, 1)}
            for letter, pair in zip("cdw", (terms.path, terms.deviation, terms.punished), strict=True):
                wanted |= {f"{letter}_S": pair[0], f"{letter}_P": pair[1]}
            defined = {d.name: d.value for d in problem.definitions([part.number])}
            for key, number in wanted.items():
                value = defined[f"{key}_{part.number}"]
                assert evaluated(value.numerator, point) / evaluated(value.denominator, point) == number
    assert met


@pytest.mark.slow
def test_seams_say_why_nothing_was_asked(tmp_path):
    claim, family = PROVED["seams"]
    proof = claim.prove(family)
    proof.export(tmp_path)
    page = (tmp_path / "statement.md").read_text(encoding="utf-8")
    seams = page.partition("## Seams")[2]
    problem = claim.problem(family, {}, float("inf"))
    asked = {query.cases for query in problem.queries() if query.jump}
    dismissed = {(a, b) for seam in problem.seams() for a in seam.before for b in seam.after if a != b}
    numbers = {part.number for part in problem.parts() if part.number}
    assert len(numbers) >= 4
    assert asked | dismissed == {(a, b) for a in numbers for b in numbers if a != b}  # every seam is asked about, or explained
    for a, b in asked:
        assert f"from case {a} to case {b}" in seams
    assert any(seam.reason == "the same payoffs, punishments and odds" for seam in problem.seams())
    assert "Dismissed, between cases" in seams


@pytest.mark.slow
def test_steps_that_boxes_excluded_promise_no_answer(tmp_path):
    family = alliance_family(
        decisiveness=2,
        domains={"value": (F(1, 2), 1), "exposure": (F(1, 2), 1), "conflict_cost": (F(1, 5), F(1, 4))},
        enforcement=PAID,
        gaps=Interval(F(1, 4), F(3, 4)),
    )
    proof = ASYMMETRY.prove(family, method="intervals")
    assert {step.method for step in proof.steps} == {"intervals"}
    files = scripts(proof, tmp_path)
    assert "excluded by boxes" in files["asymmetry-01-full.smt2"].splitlines()[-1]


def test_what_was_refuted_is_expected_to_be_met(tmp_path):
    proof = ASYMMETRY.prove(alliance_family(decisiveness=2, enforcement=FOREVER))
    assert proof.status == "refuted"
    files = scripts(proof, tmp_path)
    met = [number for number, step in enumerate(proof.steps, 1) if step.status == "met"]
    assert met
    for number in met:
        last, unsat = list(questions(files[f"asymmetry-{number:02d}-full.smt2"]))[-1]
        assert not unsat
        assert answer(last) == "sat"
