"""Claims that are false at irrational numbers only: never "proved", and the answer says at which numbers."""

from fractions import Fraction

import pytest

import alliances as al
from alliances.claims import PROXY_RESTRAINT, Family, Interval, Proof
from alliances.claims.proofs.smt import Solver, root


def ask(odds, low=1, high=2) -> Proof:
    """Whether the proxy's odds of betrayal, a function of the gap and open parameters v and m, never rise."""

    def model(v, m):
        return al.CustomGame(lambda q: [[(1, 1), (-1, 1 + odds(q.gap, v, m))], [(0, -1), (0, 0)]])

    family = Family(model, {"v": Interval(low, high), "m": Interval(low, high)}, enforcement=al.GivenPunishment())
    return PROXY_RESTRAINT.prove(family, timeout=60)


FALSE = {
    "a square root": (lambda g, v, _: v * (1 + g) if v * v == 2 else v, "v = 1.41421356 (a root of v**2 - 2)"),
    "a cube root": (lambda g, v, _: v * (1 + g) if v**3 == 3 else v * (2 - g), "v = 1.44224957 (a root of v**3 - 3)"),
    "between two inequalities": (
        lambda g, v, _: v + (g if (v * v - 2) ** 2 <= 0 else 0),
        "v = 1.41421356 (a root of v**2 - 2)",
    ),
    "one of two factors": (
        lambda g, v, _: v * (1 + g) if (v * v - 2) * (v * v - 7) == 0 else v,
        "v = 1.41421356 (a root of v**2 - 2)",
    ),
    "a spike at a gap": (lambda g, v, _: v * 2 if 2 * g * g == 1 else v, "x = 0.171572875 (a root of x**2 - 6*x + 1)"),
}


@pytest.mark.parametrize("name", FALSE)
def test_the_reason_names_the_algebraic_number(name):
    odds, point = FALSE[name]
    proof = ask(odds)
    assert proof.status == "unknown"
    assert point in proof.reasons[0]
    assert "met at " in proof.reasons[0]
    assert [step.status for step in proof.steps].count("met") >= 1


@pytest.mark.slow
def test_a_curve_without_rational_points_is_not_proved():
    """v² + m² = 3 has real points in the domain, and no rational ones."""
    proof = ask(lambda g, v, m: v * (1 + g) if v * v + m * m == 3 else v * (2 - g))
    assert proof.status == "unknown"
    assert " (a root of " in proof.reasons[0]


def test_true_at_irrational_numbers_too():
    assert ask(lambda g, v, _: v * (1 - g) if v * v == 2 else v).status == "proved"


def test_a_rational_root_beside_irrational_ones_refutes():
    proof = ask(lambda g, v, _: v * (1 + g) if (3 * v - 4) * (v * v - 2) == 0 else v)
    assert proof.status == "refuted"
    assert proof.counterexample.parameters["v"] == Fraction(4, 3)


@pytest.mark.parametrize("n", [2, 3, 5, 7])
def test_roots_that_the_solver_finds_are_roots(n):
    answer = Solver().solve(f"(declare-const v Real)(assert (= (* v v v v) {n}))(assert (> v 0))(check-sat)", 2**20)
    assert answer.status == "sat"
    assert list(answer.roots) == ["v"]
    assert answer.roots["v"] == [-n, 0, 0, 0, 1]
    assert abs(float(answer.values["v"]) ** 4 - n) < 1e-12


def test_a_polynomial_in_words():
    assert root("v", Fraction(1, 3), [-1, 1, 0, -12]) == "v = 0.333333333 (a root of - 12*v**3 + v - 1)"
    assert root("v", Fraction(10**400), [-(10**400), 1, 1]) == "v = 1.00000000e+400 (an algebraic number)"
    assert root("v", Fraction(1, 3), [1] * 12) == "v = 0.333333333 (an algebraic number)"


def test_polynomials_of_a_high_degree_are_left_as_they_are():
    answer = Solver().solve("(declare-const v Real)(assert (= (^ v 40) 2))(assert (> v 0))(check-sat)", 2**22)
    assert answer.status == "sat"
    assert abs(float(answer.values["v"]) ** 40 - 2) < 1e-12
