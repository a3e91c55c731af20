"""Expressions of SymPy in files: read back equal, term by term, from a closed list of names, and nothing is evaluated."""

import json

import pytest
import sympy

import alliances as al
from alliances.repeated.enforcement.formulas import FormulaRegion
from alliances.saving.formulas import expression_of
from tests.support import benchmark_game, saved_and_loaded

X, Y = sympy.Symbol("x", positive=True), sympy.Symbol("y")
ONE = sympy.Integer(1)

EXPRESSIONS = {
    "a factor before a sum": sympy.Mul(sympy.Rational(1, 2), X + 1, evaluate=False),
    "a root": sympy.sqrt(241) / 32 - sympy.Rational(9, 32),
    "a sum not simplified": sympy.Add(X, X, 2, evaluate=False),
    "a large power": sympy.Pow(10, 10**6, evaluate=False),
    "pieces": sympy.Piecewise((0, X <= 1), (X / (X + Y**2), sympy.Or(X > 3, sympy.Ne(Y, 2))), (sympy.oo, True)),
    "functions": sympy.Max(X, sympy.exp(-X), sympy.log(X + 3)) + abs(Y) + sympy.pi,
    "a long integer": X * 7**5000,
    "infinity": sympy.oo,
    "truth": sympy.true,
    "a root of a cubic": Y - 2 * sympy.CRootOf(12 * Y**3 + 50 * Y**2 + 18 * Y - 5, 2),
    "a complex root": sympy.CRootOf(X**5 - X + 1, 3),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expressions_are_read_back_term_by_term(name):
    expression = EXPRESSIONS[name]
    again = saved_and_loaded((expression,))[0]
    assert again == expression
    assert hash(again) == hash(expression)
    assert sympy.srepr(again) == sympy.srepr(expression)


def test_symbols_keep_their_assumptions():
    again = saved_and_loaded((X * Y, sympy.Symbol("x")))
    assert again == (X * Y, sympy.Symbol("x"))
    assert again[1] != X


def test_of_a_symbol_no_more_is_written_than_makes_it(tmp_path):
    path = al.save((sympy.Symbol("gamma", real=True), X), tmp_path / "value.json")
    trees = [part["tree"] for part in json.loads(path.read_text(encoding="utf-8"))["value"]]
    assert trees == [["Symbol", "gamma", ["real"], []], ["Symbol", "x", ["positive"], []]]


def test_a_region_of_ones_own_symbols_is_read_back():
    region = FormulaRegion("dyad", (("ally", "fight"), ("fight", "ally")), sympy.And(X > 1, Y <= 2), X / (X + Y))
    again = saved_and_loaded(region)
    assert again == region
    assert (again.message, again.condition.args) == (region.message, region.condition.args)


@pytest.mark.parametrize("expression", [sympy.Dummy("x"), sympy.Float("0.1"), sympy.sin(X), sympy.Function("f")(X)])
def test_what_files_do_not_hold_is_refused_by_its_name(expression, tmp_path):
    with pytest.raises(TypeError, match=rf"save\(\): result\[0\] must consist of numbers.*got {type(expression).__name__}"):
        al.save((expression,), tmp_path / "value.json")


def test_regions_that_begin_at_roots_of_cubics_are_read_back():
    formula = al.NashReversion().formula(benchmark_game())
    assert any(region.condition.atoms(sympy.CRootOf) for region in formula.regions)
    assert saved_and_loaded(formula) == formula


NAME = ["Symbol", "x", [], []]
WRONG = {
    "code": "__import__('os').getcwd()",
    "a name that is not on the list": ["sympify", "1 + 1"],
    "a name of SymPy that is not on the list": ["Lambda", ["Symbol", "x", [], []], 1],
    "nothing": [],
    "a name without parts": ["Add"],
    "a float": 0.5,
    "a symbol of contradictory assumptions": ["Symbol", "x", ["positive", "negative"], []],
    "a name for an assumption": ["Symbol", "x", ["name"], []],
    "an assumption that is true and false": ["Symbol", "x", ["real"], ["real"]],
    "a symbol without a name": ["Symbol", "", [], []],
    "assumptions that are no texts": ["Symbol", "x", [1], []],
    "pieces that are none": ["Piecewise", 1],
    "a condition that is a number": ["And", 1, ["Symbol", "x", [], []]],
    "too many arguments": ["Pow", 1, 2, 3, 4],
    "a root of no polynomial": ["ComplexRootOf", ["exp", NAME], 0],
    "a root of a number": ["ComplexRootOf", 3, 0],
    "a root of two unknowns": ["ComplexRootOf", ["Add", ["Pow", NAME, 3], ["Symbol", "y", [], []]], 0],
    "a root that is a number": ["ComplexRootOf", ["Add", ["Pow", NAME, 2], -1], 0],
    "a root that is not there": ["ComplexRootOf", ["Add", ["Pow", NAME, 3], NAME, 1], 7],
    "a root without a number": ["ComplexRootOf", ["Add", ["Pow", NAME, 3], NAME, 1]],
    "a root of too high a degree": ["ComplexRootOf", ["Add", ["Pow", ["Pow", NAME, 60], 60], NAME, 1], 0],
    "a root of an open degree": ["ComplexRootOf", ["Add", ["Pow", NAME, NAME], 1], 0],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_expression_is_refused(name, tmp_path):
    path = al.save((ONE,), tmp_path / "value.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["value"] = [{"$type": "formula", "tree": WRONG[name]}]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match=r"^load\(\): path must be a file that save\(\) wrote; .* value\[0\]\.tree must"):
        al.load(path)


SYMBOL = ("Symbol", "x", (), ())


@pytest.mark.parametrize(
    "power",
    [
        ("Pow", 3, 10**30),
        ("Pow", SYMBOL, 101),
        ("Pow", ("Add", ("Pow", SYMBOL, 20), 1), 6),
        ("Mul", ("Pow", SYMBOL, 60), ("Add", SYMBOL, 1, ("Pow", SYMBOL, 60))),
    ],
    ids=["number", "power", "power of a sum", "product"],
)
def test_roots_of_high_degree_are_refused_before_they_are_counted(power):
    with pytest.raises(ValueError, match="must be a root of a polynomial of degree 100 at most; got "):
        expression_of(("ComplexRootOf", ("Add", power, SYMBOL, 1), 0))
