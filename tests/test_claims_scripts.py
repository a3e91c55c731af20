"""What is written for a referee, word by word, for a dyad that is worked out by hand.

The proxy's odds are ω = 1 + (v − ½)γ with γ = (1 − x)/(1 + x): ω = (1 + 3x + 2v − 2vx)/(2 + 2x), and −x dω/dx =
(v − ½)·2x/(1 + x)². Nothing tempts the sponsor, on path both get 1, and conflict is worth 0.
"""

from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.claims import ASYMMETRY, PROXY_RESTRAINT, Family, Interval, alliance_family
from alliances.claims.proofs.cases import Case, common, merged
from alliances.claims.proofs.definitions import expressions
from alliances.claims.proofs.problem import Definition
from alliances.claims.proofs.smt import Solver, assertion, plain, root, smtlib, term
from tests.test_claims_answers import GIVEN, OPEN, QUARTER

pytest.importorskip("z3")

SMALL = OPEN.with_(parameters={"v": Interval(0, QUARTER)})
WRONG = "the proxy's critical discount factor moves the wrong way along the gap"
TOP, BOTTOM = "(+ (* (- 2) v x) (* 2 v) (* 3 x) 1)", "(+ (* 2 x) 2)"
RATE = "(/ (+ (* 2 v x) (* (- 1) x)) (+ (* x x) (* 2 x) 1))"
FORMULA = "(/ (- (* (- rate_d_P_1 rate_c_P_1) loss_P_1) (* temptation_P_1 (- rate_c_P_1 rate_w_P_1))) (* loss_P_1 loss_P_1))"
DEFINED = [  # name, what it is, as a term of the script, as it is shown on the page
    ("s", "the sponsor's power", "(/ 1 (+ x 1))", "(1)/(x + 1)"),
    ("p", "the proxy's power", "(/ x (+ x 1))", "(x)/(x + 1)"),
    ("u_S_00_1", "the sponsor's payoff at (ally, ally)", "1", "1"),
    ("u_P_00_1", "the proxy's payoff at (ally, ally)", "1", "1"),
    ("u_S_01_1", "the sponsor's payoff at (ally, fight)", "(- 1)", "-1"),
    (
        "u_P_01_1",
        "the proxy's payoff at (ally, fight)",
        f"(/ (+ (* (- 2) v x) (* 2 v) (* 5 x) 3) {BOTTOM})",
        "(-2*v*x + 2*v + 5*x + 3)/(2*x + 2)",
    ),
    ("u_S_10_1", "the sponsor's payoff at (fight, ally)", "1", "1"),
    ("u_P_10_1", "the proxy's payoff at (fight, ally)", "(- 1)", "-1"),
    ("u_S_11_1", "the sponsor's payoff at (fight, fight)", "0", "0"),
    ("u_P_11_1", "the proxy's payoff at (fight, fight)", "0", "0"),
    *(
        row
        for who, deviation, rate, shown in (
            ("S", "00", "0", "0"),
            ("P", "01", RATE, "(2*v*x - x)/(x^2 + 2*x + 1)"),
        )
        for row in (
            (f"c_{who}_1", "on path", f"u_{who}_00_1", f"u_{who}_00_1"),
            (f"rate_c_{who}_1", f"derivative of c_{who}_1", "0", "0"),
            (f"d_{who}_1", "of the best deviation", f"u_{who}_{deviation}_1", f"u_{who}_{deviation}_1"),
            (f"rate_d_{who}_1", f"derivative of d_{who}_1", rate, shown),
            (f"w_{who}_1", "when punished", f"u_{who}_11_1", f"u_{who}_11_1"),
            (f"rate_w_{who}_1", f"derivative of w_{who}_1", "0", "0"),
        )
    ),
    ("temptation_P_1", "the proxy's temptation", "(- d_P_1 c_P_1)", "(- d_P_1 c_P_1)"),
    ("loss_P_1", "the proxy's loss", "(- c_P_1 w_P_1)", "(- c_P_1 w_P_1)"),
    ("odds_P_1", "the proxy's odds of betrayal", "(/ temptation_P_1 loss_P_1)", "(/ temptation_P_1 loss_P_1)"),
    ("odds_P_1_top", "their numerator in lowest terms", TOP, "-2*v*x + 2*v + 3*x + 1"),
    ("odds_P_1_bottom", "their denominator in lowest terms", BOTTOM, "2*x + 2"),
    ("rate_odds_P_1", "derivative of odds_P_1", FORMULA, FORMULA),
]
DECLARED = ["(set-logic QF_NRA)", "(declare-const v Real)", "(declare-const x Real)"]
DOMAIN = [
    "(assert (>= v 0)) ; domain of v",
    "(assert (>= (+ (* (- 16) v) 4) 0)) ; domain of v",
    "(assert (> x 0)) ; domain of x",
    "(assert (>= (+ (* (- 1) x) 1) 0)) ; domain of x",
]
EXPECTED = "(check-sat) ; expected: unsat"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    proof = ASYMMETRY.prove(SMALL)
    folder = tmp_path_factory.mktemp("proof")
    files = proof.export(folder)
    return proof, {path.name: path.read_text(encoding="utf-8") for path in files}


def test_the_page(written):
    proof, files = written
    table = ["| quantity | what it is | formula |", "|---|---|---|"]
    lines = [
        proof.statement(),
        "",
        "## Cases",
        "",
        "A case is one outcome of all comparisons that the model and the choice of punishments make.",
        "",
        "* Case 1: everywhere",
        "",
        "### Case 1",
        "",
        *table,
        *(f"| `{name}` | {what} | `{shown}` |" for name, what, _, shown in DEFINED),
        "",
        "## Seams",
        "",
        "None: there is one case, or no line on which cases could follow each other.",
        "",
        "",
    ]
    assert files["statement.md"] == "\n".join(lines)
    assert list(files) == ["statement.md", "asymmetry-01-full.smt2", "asymmetry-01.smt2", "asymmetry-cases.smt2"]


def test_the_script_in_full(written):
    values = {"d_P_1": f"(/ (+ (* (- 2) v x) (* 2 v) (* 5 x) 3) {BOTTOM})", "rate_odds_P_1": RATE, "loss_P_1": "1"}
    values |= dict.fromkeys(("temptation_P_1", "odds_P_1"), f"(/ {TOP} {BOTTOM})")
    values |= dict.fromkeys(("c_S_1", "d_S_1", "c_P_1"), "1") | dict.fromkeys(("w_S_1", "w_P_1"), "0")
    order = ["c_S_1", "d_S_1", "w_S_1", "c_P_1", "d_P_1", "w_P_1", "temptation_P_1", "loss_P_1", "odds_P_1", "rate_odds_P_1"]
    differs = " ".join(f"(not (= {name} {values[name]}))" for name in order)
    points = [(F(1, 2), F(5, 9)), (F(5, 8), F(7, 11)), (F(7, 10), F(9, 13)), (F(3, 4), F(11, 15)), (F(11, 14), F(13, 17))]
    lines = [
        f"; asymmetry: case 1: {WRONG}",
        "; outcome: excluded, by polynomials",
        *DECLARED,
        "",
        "; 1. The model, case by case. A rate is a derivative along the line, up to a positive factor.",
        "",
        *(f"(define-fun {name} () Real {formula}) ; {what}" for name, what, formula, _ in DEFINED),
        "",
        "; 2. What would break the claim: in full, in lowest terms, and without factors of known sign, as it was solved.",
        "",
        f"; condition 1: {WRONG}",
        "(define-fun full1 () Bool (> rate_odds_P_1 0))",
        "(define-fun lowest1 () Bool (> (* (+ (* 2 v x) (* (- 1) x)) (+ (* x x) (* 2 x) 1)) 0))",
        "(define-fun solved1 () Bool (> (- 1) 0))",
        "",
        "; 3. Lowest terms are the same quotients: at these points none differs from its formula.",
        "",
        *(
            line
            for v, x in points
            for line in (
                "(push 1)",
                f"(assert (and (= v (/ {v.numerator} {v.denominator})) (= x (/ {x.numerator} {x.denominator})) "
                f"(or false {differs})))",
                EXPECTED,
                "(pop 1)",
            )
        ),
        "",
        "; 4. In the domain, each condition that was solved follows from the one in lowest terms.",
        "",
        *DOMAIN,
        "(push 1)",
        "(assert (and lowest1 (not solved1)))",
        EXPECTED,
        "(pop 1)",
        "",
        "; 5. The question: all conditions in lowest terms.",
        "",
        "(assert lowest1)",
        EXPECTED,
        "",
    ]
    assert written[1]["asymmetry-01-full.smt2"] == "\n".join(lines)


def test_the_other_scripts(written):
    solved = [
        "; outcome: excluded, by polynomials",
        f"; asymmetry: case 1: {WRONG}",
        *DECLARED,
        *DOMAIN,
        f"(assert (> (- 1) 0)) ; {WRONG}",
        EXPECTED,
        "",
    ]
    assert written[1]["asymmetry-01.smt2"] == "\n".join(solved)
    title = "; asymmetry: every point of the domain lies in one of these cases"
    cases = [title, *DECLARED, *DOMAIN, "(assert (not true)) ; case 1", EXPECTED, ""]
    assert written[1]["asymmetry-cases.smt2"] == "\n".join(cases)


# -- quantities --------------------------------------------------------------------------------------------------------


def number(text, names):
    """A term of SMT-LIB in numbers."""
    tokens = text.replace("(", " ( ").replace(")", " ) ").split()

    def read():
        token = tokens.pop(0)
        if token != "(":
            return names[token] if token in names else F(token)
        sign, parts = tokens.pop(0), []
        while tokens[0] != ")":
            parts.append(read())
        tokens.pop(0)
        if sign == "-":
            return -parts[0] if len(parts) == 1 else parts[0] - sum(parts[1:])
        if sign == "/":
            return parts[0] / parts[1]
        total = parts[0]
        for part in parts[1:]:
            total = total + part if sign == "+" else total * part
        return total

    result = read()
    assert not tokens
    return result


QUESTIONS = {
    "each player's": (PROXY_RESTRAINT, alliance_family(decisiveness=2, enforcement=GIVEN)),
    "pooled": (ASYMMETRY, alliance_family(decisiveness=2, enforcement=al.GivenPunishment(al.Transfers()))),
    "compared": (al.claims.PACT_AT_PARITY, alliance_family(actions=3, enforcement=GIVEN)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_formulas_are_what_they_stand_for(name):
    """Each formula, in the quantities before it, is the quotient beside it; and has the numbers of the library's own code."""
    claim, family = QUESTIONS[name]
    problem = claim.problem(family, {}, float("inf"))
    values = {letter: F(k + 2, 2 * k + 7) for k, letter in enumerate(problem.algebra.domains)}
    symbols = {symbol: values[letter] for letter, symbol in problem.algebra.named()}
    formulas = 0
    for case in problem.cases:
        names = dict(symbols)
        for d in problem.definitions([case.number]):
            top, bottom = (number(term(problem.algebra, p), symbols) for p in (d.value.numerator, d.value.denominator))
            names[d.name] = top / bottom
            if d.formula:
                formulas += 1
                assert number(d.formula, names) == top / bottom
        number_of, other = f"_{case.number}", f"_other_{case.number}"
        for ending in (number_of, other):
            for odds in [
                n for n in names if n.startswith("odds") and n.endswith(ending) and "_other" not in n.removesuffix(ending)
            ]:
                kind = odds.removeprefix("odds").removesuffix(ending)
                assert names[odds] == names[f"temptation{kind}{ending}"] / names[f"loss{kind}{ending}"]
                assert names[odds] == names[f"{odds}_top"] / names[f"{odds}_bottom"]
                who = kind.removeprefix("_") or "SP"
                assert names[f"temptation{kind}{ending}"] == sum(names[f"d_{w}{ending}"] - names[f"c_{w}{ending}"] for w in who)
                assert names[f"loss{kind}{ending}"] == sum(names[f"c_{w}{ending}"] - names[f"w_{w}{ending}"] for w in who)
    assert formulas >= 10


def test_pooled_quantities_in_words():
    claim, family = QUESTIONS["pooled"]
    problem = claim.problem(family, {}, float("inf"))
    named = {d.name: d for d in problem.definitions([1])}
    assert named["temptation_1"].text == "the dyad's temptation"
    assert named["temptation_1"].formula == "(+ (- d_S_1 c_S_1) (- d_P_1 c_P_1))"
    assert named["loss_1"].formula == "(+ (- c_S_1 w_S_1) (- c_P_1 w_P_1))"
    assert named["odds_1"].text == "the dyad's odds of betrayal"
    rates = "(+ (- rate_d_S_1 rate_c_S_1) (- rate_d_P_1 rate_c_P_1))", "(+ (- rate_c_S_1 rate_w_S_1) (- rate_c_P_1 rate_w_P_1))"
    assert named["rate_odds_1"].formula == f"(/ (- (* {rates[0]} loss_1) (* temptation_1 {rates[1]})) (* loss_1 loss_1))"
    assert "temptation_S_1" not in named
    first, second, *_ = expressions(problem.definitions([1]))
    assert [first[0], second[0]] == ["rate_odds_1", "odds_1_bottom"]
    listed = [text for text, _ in expressions(OPEN_ODDS)]
    assert listed == ["odds_b", "odds_a", "(- odds_b)", "(- odds_a)", "(- odds_a odds_b)", "(- odds_b odds_a)"]
    values = dict(expressions(OPEN_ODDS))
    a, b = values["odds_a"], values["odds_b"]
    wanted = {"(- odds_a)": -a, "(- odds_b)": -b, "(- odds_a odds_b)": a - b, "(- odds_b odds_a)": b - a}
    assert all(values[text].identical(value) for text, value in wanted.items())


ALGEBRA = Algebra({"x": Interval(0, 1), "v": Interval(0, None)}, None, lambda *_: "unknown")
X, V = ALGEBRA["x"], ALGEBRA["v"]
OPEN_ODDS = [
    Definition("odds_a", "", X + 1, "f"),
    Definition("odds_b", "", V, "g"),
]


@pytest.mark.parametrize(("taken", "name"), [((), "s"), (("s",), "s_"), (("s", "s_"), "s__")])
def test_names_that_are_taken(taken, name):
    """A parameter called s leaves another name to the sponsor's power."""
    model = lambda **values: OPEN.at(v=values["v"])  # noqa: E731
    family = Family(model, dict.fromkeys(("v", *taken), Interval(0, QUARTER)), enforcement=GIVEN)
    problem = ASYMMETRY.problem(family, {}, float("inf"))
    assert problem.definitions([1])[0].name == name


# -- terms and answers -------------------------------------------------------------------------------------------------


def test_terms():
    def text(q):
        return term(ALGEBRA, q.numerator)

    assert text(X - X) == "0"
    assert text(X - X - 3) == "(- 3)"
    assert text(X) == "x"
    assert text(-X * V * V) == "(* (- 1) x v v)"
    assert text(2 * X + 1) == "(+ (* 2 x) 1)"
    assert [assertion("t", r) for r in (">", ">=", "<", "<=", "==", "!=")] == [
        "(> t 0)", "(>= t 0)", "(< t 0)", "(<= t 0)", "(= t 0)", "(not (= t 0))",
    ]  # fmt: skip
    assert plain(["a", "γ"]) == "a\n\\u03b3"
    asked = [Condition((V - 2).product, "<", Kind.CASE, "why"), Condition((V - 1).product, ">=", Kind.CASE)]
    lines = ["; one", "; two", "(set-logic QF_NRA)", "(declare-const v Real)"]
    lines += ["(assert (< (+ v (- 2)) 0)) ; why", "(assert (>= (+ v (- 1)) 0))", "(check-sat)"]
    assert smtlib(ALGEBRA, asked, "one", "two") == "\n".join(lines)


def test_roots_in_words():
    assert root("v", F(5, 4), [-5, 0, 0, 1]) == "v = 1.25 (a root of v**3 - 5)"
    assert root("v", F(1, 3), [1, -2, -1]) == "v = 0.333333333 (a root of - v**2 - 2*v + 1)"
    assert root("v", F(2), [7, 1, 3]) == "v = 2 (a root of 3*v**2 + v + 7)"
    assert root("v", F(2), [10**9] + [1] * 8).endswith(f"+ v + {10**9})")
    assert root("v", F(2), [10**9 + 1, 0, 1]) == root("v", F(2), [1] * 10) == "v = 2 (an algebraic number)"


def solved(*conditions):
    return Solver().solve(smtlib(ALGEBRA, [Condition(q.product, r, Kind.CASE) for q, r in conditions]), 2**20)


def test_answers_of_the_solver():
    """Values, of which those that are no fractions are known by their irreducible polynomial."""
    plain_ = solved((3 * V - 2, "=="))
    assert (plain_.status, plain_.values, plain_.roots) == ("sat", {"v": F(2, 3)}, {})
    two = solved((V**2 - 2, "=="), (V, ">"))
    assert two.roots == {"v": [-2, 0, 1]}
    assert abs(two.values["v"] ** 2 - 2) < F(1, 10**18)
    factor = solved(((V**2 - 2) * (V**3 - 5), "=="), (V - F(3, 2), ">"))
    assert factor.roots == {"v": [-5, 0, 0, 1]}
    rational = solved(((V**2 - 2) * (3 * V - 7), "=="), (V - 2, ">"))
    assert (rational.values, rational.roots) == ({"v": F(7, 3)}, {})
    none = solved((V**2 + 1, "<"))
    assert (none.status, none.values, none.roots) == ("unsat", {}, {})
    assert none.seconds >= 0
    assert Solver().solve("(set-logic QF_NRA)\n(check-sat)", 2**20, deadline=0.0).status == "unknown"


def condition(q, relation):
    return Condition(q.numerator, relation, Kind.CASE)


def test_conditions_on_one_polynomial():
    """At most 0 and not 0 is below 0; what excludes each other is left as it is; only what all cases share is common."""
    p, q = X - V, X + V - 1
    one = merged([condition(p, "<="), condition(q, ">"), condition(p, "!=")])
    assert [(str(c.polynomial), c.relation) for c in one] == [(str(p.numerator), "<"), (str(q.numerator), ">")]
    assert [c.relation for c in merged([condition(p, ">="), condition(p, "<=")])] == ["=="]
    both = [condition(p, ">"), condition(p, "<")]
    assert merged(both) is both

    def case(*conditions):
        return Case(1, list(conditions), None, None, ())

    a, b, c = condition(p, ">"), condition(q, "<"), condition(p, "<")
    assert common([case(a, b), case(b, a)]) == [a, b]
    assert common([case(a, b), case(c, b)]) == [b]
    assert common([case(a), case(c)]) == []
    assert common([case(a, b)]) == [a, b]
