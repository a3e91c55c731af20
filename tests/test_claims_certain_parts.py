"""What lies between two points, piece by piece; and samples of a domain with the signs that polynomials have there."""

from fractions import Fraction as F
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import exp, log
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.conditions import Condition, Kind
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims import ASYMMETRY, Family, Interval, certifying
from alliances.claims.certifying import stands
from alliances.claims.measuring import evaluate
from alliances.claims.proofs import samples as module
from alliances.claims.proofs.samples import Samples
from alliances.claims.proofs.smt import Solver
from tests.test_claims_answers import GIVEN, HALF, QUARTER, RISING, game, none

LOW, HIGH = F(1, 8), F(5, 8)


# -- between two points ------------------------------------------------------------------------------------------------


def asked_of(**fields):
    """What is asked, where pieces alone are looked at."""
    usual = {
        "of_points": False,
        "main": (0, 0),
        "shape": SimpleNamespace(needs_between=False),
        "assumed": lambda _: True,
        "run": lambda *_: None,
        "odds": lambda *_: "odds",
    }
    return SimpleNamespace(**(usual | fields))


def pieces(monkeypatch, answers, halvings):
    """What is said of [1/8, 5/8] where pieces have these answers (None unless told), and the pieces looked at."""
    seen = []

    def on_piece(asked, low, high, first):
        assert (asked, first) == ("asked", "first")
        seen.append((low, high))
        return answers.get((low, high))

    monkeypatch.setattr(certifying, "_on_piece", on_piece)
    return certifying._all_the_way("asked", LOW, HIGH, "first", halvings), seen


MIDDLE, EARLY, LATE = F(3, 8), F(1, 4), F(1, 2)


@pytest.mark.parametrize(
    ("answers", "halvings", "wanted", "seen"),
    [
        ({(LOW, HIGH): True}, 5, True, [(LOW, HIGH)]),
        ({(LOW, HIGH): False}, 5, False, [(LOW, HIGH)]),
        ({}, 0, None, [(LOW, HIGH)]),
        ({}, 1, None, [(LOW, HIGH), (LOW, MIDDLE)]),
        ({(LOW, MIDDLE): True, (MIDDLE, HIGH): True}, 1, True, [(LOW, HIGH), (LOW, MIDDLE), (MIDDLE, HIGH)]),
        ({(LOW, MIDDLE): True, (MIDDLE, HIGH): False}, 1, False, [(LOW, HIGH), (LOW, MIDDLE), (MIDDLE, HIGH)]),
        ({(LOW, MIDDLE): False}, 1, False, [(LOW, HIGH), (LOW, MIDDLE)]),
        ({(LOW, MIDDLE): True}, 1, None, [(LOW, HIGH), (LOW, MIDDLE), (MIDDLE, HIGH)]),
        (
            {(LOW, EARLY): True, (EARLY, MIDDLE): True, (MIDDLE, HIGH): True},
            2,
            True,
            [(LOW, HIGH), (LOW, MIDDLE), (LOW, EARLY), (EARLY, MIDDLE), (MIDDLE, HIGH)],
        ),
        ({(LOW, EARLY): True}, 2, None, [(LOW, HIGH), (LOW, MIDDLE), (LOW, EARLY), (EARLY, MIDDLE)]),
    ],
)
def test_what_is_open_is_halved(monkeypatch, answers, halvings, wanted, seen):
    """The lower half first, until one certainly does not stand or is still open when no halvings are left."""
    found, looked_at = pieces(monkeypatch, answers, halvings)
    assert found is wanted
    assert looked_at == seen


def test_what_is_looked_at_first(monkeypatch):
    """Whether the model's numbers lie in their enclosures in the middle; the assumptions at the first point; then all."""
    told = {"there": True, "encloses": True, "assumed": True}
    seen = []
    monkeypatch.setattr(certifying, "can_enclose", lambda: told["there"])
    monkeypatch.setattr(certifying, "_encloses", lambda _, point: seen.append(point) or told["encloses"])
    monkeypatch.setattr(certifying, "_all_the_way", lambda _, *rest: seen.append(rest) or "standing")

    def run(point, convert):
        assert convert(F(1, 3)).exact == F(1, 3)
        return point

    def of(**fields):
        usual = {"run": run, "assumed": lambda point: seen.append(("assumed", point)) or told["assumed"]}
        return asked_of(**(usual | fields))

    assert stands(of(), LOW, HIGH) == "standing"
    assert seen == [MIDDLE, ("assumed", LOW), (LOW, HIGH, None, 5)]
    seen.clear()
    between = SimpleNamespace(needs_between=True)
    odds = lambda point, main: ("odds", point, main)  # noqa: E731
    assert stands(of(shape=between, odds=odds, main=(1, 1)), LOW, HIGH, 2) == "standing"
    assert seen[-1] == (LOW, HIGH, ("odds", LOW, (1, 1)), 2)
    assert stands(of(of_points=True), LOW, HIGH) is True
    for name, wanted in (("assumed", False), ("encloses", None), ("there", None)):
        told[name] = False
        assert stands(of(), LOW, HIGH) is wanted
    told.update(there=True, encloses=True, assumed=True)
    for error in (ValueError, TypeError, ZeroDivisionError, AttributeError, KeyError, OutOfReach):

        def refuses(*_, error=error):
            raise error("no")

        assert stands(of(run=refuses), LOW, HIGH) is None


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ([(True, False)], True),
        ([(False, False)], False),
        ([(False, True)], None),  # on one of the ways that comparisons may go
        ([(True, True), (True, True)], True),
        ([(True, True), (False, True)], None),
        ([(False, False), (False, False)], None),
        (Undecided("open"), None),
    ],
)
def test_pieces_on_which_comparisons_go_more_than_one_way(monkeypatch, answers, wanted):
    """All ways have to stand; that one does not is certain only where it is the only one."""

    def each_way(low, high, _):
        assert (low, high) == (LOW, HIGH)
        if isinstance(answers, Exception):
            raise answers
        return iter(answers)

    monkeypatch.setattr(certifying, "each_way", each_way)
    assert certifying._on_piece("asked", LOW, HIGH, None) is wanted


def test_a_model_that_answers_otherwise_in_the_middle():
    """Numbers are compared with enclosures in the middle of the two points: at 3/8, and nowhere else."""

    class Elsewhere(al.CustomGame):
        def cells(self, power):
            (first, second), last = super().cells(power)
            other = isinstance(power.sponsor, F) and power.gap == MIDDLE
            return (first, (second[0], second[1] + 1 if other else second[1])), last

    family = Family(lambda v: Elsewhere(RISING.payoffs), {"v": Interval(0, 1)}, enforcement=GIVEN, assume="deterrent")
    asked = certifying.Asked.of_member(ASYMMETRY.shape, family, {"v": HALF})
    assert stands(asked, LOW, HIGH) is None
    assert stands(asked, QUARTER, HIGH) is True
    assert stands(asked, LOW, HALF) is True


def test_one_model_of_choices_alone():
    """Without open parameters there is one row."""
    family = Family(lambda k: game(none, lambda g: k + g), {"k": [1, 2]}, enforcement=GIVEN)
    lines = evaluate(ASYMMETRY, family, {"k": 2}, {}, np.array([0.0, 0.5]))
    assert lines.proxy.tolist() == [[pytest.approx(2 / 3), pytest.approx(2.5 / 3.5)]]
    assert lines.comparable.shape == (1, 1)


# -- samples -----------------------------------------------------------------------------------------------------------


def algebra_of(**domains):
    return Algebra(domains, None, Solver().decide)


@pytest.mark.parametrize("high", [F(7), None])
def test_points_are_spread_towards_the_ends(high):
    """A fifth of them in u⁴ and a fifth in 1 − u⁴, no nearer to an end than a millionth; far out on a half-line."""
    drawn = [np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.01, 0.01, 0.0, 1.0]), np.array([0.1, 0.2, 0.5, 0.8, 0.9, 0.1, 0.9, 0.5, 0.5])]
    sizes = []
    rng = SimpleNamespace(random=lambda size: sizes.append(size) or drawn.pop(0))
    found = module._spread(Interval(3, high), rng)
    assert sizes == [2000, 2000]
    u = np.array([1 / 16, 0.5, 0.5, 0.5, 15 / 16, 1e-6, 1 - 1e-8, 1e-6, 1 - 1e-6])
    u = np.minimum(u, 1 - 1e-6)
    np.testing.assert_allclose(found, 3 + (u * 4 if high else u / (1 - u)), rtol=1e-12)


def test_functions_have_their_values_at_samples():
    """Those of the bases there, function by function: exponentials, logarithms, roots and open exponents."""
    algebra = algebra_of(x=Interval(1, 3), v=Interval(2, 4))
    x, v = algebra["x"], algebra["v"]
    exp((x - v) / (x + 1))
    log(v / x)
    (1 + x * v) ** F(1, 3)
    (x / v) ** (v - x / 2)
    samples = Samples(algebra)
    assert (samples.known, samples.points.shape) == (4, (2000, len(algebra.letters)))
    a, b = samples.points[:, 0], samples.points[:, 1]
    wanted = [np.exp((a - b) / (a + 1)), np.log(b / a), (1 + a * b) ** (1 / 3), (a / b) ** (b - a / 2)]
    for function, values in zip(algebra.transcendentals, wanted, strict=True):
        np.testing.assert_allclose(samples.points[:, function.place], values, rtol=1e-12)


def test_values_and_the_sizes_of_their_terms():
    algebra = algebra_of(x=Interval(-3, 3), v=Interval(-3, 3))
    x, v = algebra.generators[:2]
    points = np.ones((3, len(algebra.letters)))
    points[:, 0], points[:, 1] = [2, -1, 0], [-3, 0.5, 1]
    value, size = module._value(3 * x**3 - 2 * x * v + 5, points)
    assert value.tolist() == [24 + 12 + 5, -3 + 1 + 5, 5]
    assert size.tolist() == [24 + 12 + 5, 3 + 1 + 5, 5]


def test_signs_at_samples():
    """0 only of the polynomial 0; not known where rounding may hide it, or where there is no value; kept as points come."""
    algebra = algebra_of(x=Interval(-3, 3), v=Interval(-3, 3))
    x, v = algebra.generators[:2]
    samples = Samples(algebra)
    samples.points = np.ones((6, len(algebra.letters)))
    samples.points[:, 0] = [2, -2, 1, 1 + 1.9e-9, 1 + 2.1e-9, np.nan]
    unknown = 2
    # x − v with v = 1: the terms' sizes sum to 2, of which 10⁻⁹ is not clear
    assert samples._signs(x - v).tolist() == [1, -1, unknown, unknown, 1, unknown]
    assert samples._signs(x * 0).tolist() == [0] * 6
    samples.points[:, 0] = 3  # what is known is not asked again
    samples.add({"x": F(-5, 2)})
    assert samples._signs(x - v).tolist() == [1, -1, unknown, unknown, 1, unknown, -1]
    assert samples._signs(v - x).tolist() == [-1] * 6 + [1]


def test_conditions_are_met_by_one_point_together():
    algebra = algebra_of(x=Interval(-3, 3), v=Interval(-3, 3))
    x, v = algebra.generators[:2]
    samples = Samples(algebra)
    samples.points = np.ones((2, len(algebra.letters)))
    samples.points[:, 0], samples.points[:, 1] = [2, -2], [1, -1]

    def meets(*pairs, kind=Kind.CASE):
        return samples.meet([Condition(p, relation, kind) for p, relation in pairs])

    assert meets()
    assert meets((x, ">"), (v, ">="))
    assert meets((x, "<"), (v, "!="))
    assert not meets((x, ">"), (v, "<"))
    assert not meets((x, "<"), (v, ">"), (x, "!="))
    assert not meets((x, "=="))
    assert meets((x, "=="), (v, "=="), kind=Kind.TRANSCENDENTAL)  # met by themselves
    known = [Condition(x, "==", Kind.TRANSCENDENTAL), Condition(x, ">", Kind.CASE), Condition(v, "<", Kind.CASE)]
    assert not samples.meet(known)
    assert samples.meet(known[:2])
