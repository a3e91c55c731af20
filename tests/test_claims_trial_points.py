"""Parameters that are tried: which, how many at once, in which order they are looked into; also for comparisons."""

import math
from fractions import Fraction as F
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import qmc

import alliances as al
from alliances.claims import ASYMMETRY, Choice, Family, Interval, comparing, measuring, never_above
from alliances.claims.comparisons import Break
from alliances.claims.lines import curves
from alliances.claims.measuring import Verdicts, batches, chosen, contradictions, line_of
from alliances.claims.proofs import witnesses
from alliances.claims.proofs.witnesses import hunt
from tests.test_claims_answers import FALLING, GIVEN, HALF, OPEN, QUARTER, RISING, game, none

LATER = float("inf")
LEVEL = game(none, lambda g: 1 + 0 * g)


def refusal(f, *args, **options):
    with pytest.raises((TypeError, ValueError)) as caught:
        f(*args, **options)
    return type(caught.value), str(caught.value)


# -- choices and batches -----------------------------------------------------------------------------------------------


def test_which_choices_a_row_stands_for():
    """The value at ⌊u·size⌋ of each choice, the last for u = 1; what is open over an interval plays no part."""
    family = Family(
        lambda a, v, b: OPEN, {"a": Choice(10, 20), "v": Interval(0, 1), "b": Choice("x", "y", "z")}, enforcement=GIVEN
    )
    us = (0.0, 0.32, 0.34, 0.49, 0.51, 0.66, 0.67, 0.99, 1.0)
    unit = np.array([[a, 0.3, b] for a, b in product(us, us)])
    codes, combinations = chosen(family, unit)
    assert len(combinations) == 6
    for (a, _, b), code in zip(unit, codes, strict=True):
        wanted = {"a": (10, 20)[min(int(a * 2), 1)], "b": "xyz"[min(int(b * 3), 2)]}
        assert combinations[code] == wanted


@pytest.mark.parametrize(("compiles", "worth", "sizes"), [(True, 35, 3), (True, 36, 2), (False, 1, 2)])
def test_how_many_models_at_once(compiles, worth, sizes, monkeypatch):
    """As many as there is room for, with more where a programme is compiled: seven models on five points are 35 games."""
    monkeypatch.setattr(measuring, "available", lambda: compiles)
    monkeypatch.setattr(measuring, "_WORTH_COMPILING", worth)
    monkeypatch.setattr(measuring, "_AT_ONCE", 14)
    monkeypatch.setattr(measuring, "_AT_ONCE_COMPILED", 15)
    unit = np.linspace(0, 1, 7)[:, None]
    line = np.linspace(0, 0.8, 5)
    given = list(batches(al.claims.ASYMMETRY, OPEN, unit, line, False))
    assert [rows.tolist() for rows, *_ in given] == [list(range(7))[k : k + sizes] for k in range(0, 7, sizes)]
    for rows, values, lines in given:
        np.testing.assert_allclose(values["v"], unit[rows, 0], atol=1e-9)  # the ends are left out
        for k, v in enumerate(values["v"]):
            alone = curves(lambda _, v=v: OPEN.at(v=v), "gap", line, GIVEN, (0, 0), (), 1, pact=False)
            np.testing.assert_allclose(lines.proxy[k], alone.proxy, rtol=1e-14)


# -- contradictions ----------------------------------------------------------------------------------------------------


def tried(by, points, most=10**6, deadline=LATER, searched=False):
    """What is given, and the sizes of the batches, where the numbers of the k-th model contradict the claim by ``by(k)``."""
    family = Family(lambda v, w: None, {"v": Interval(0, 2), "w": Interval(1, 3)}, enforcement=GIVEN)
    claim = SimpleNamespace(shape=SimpleNamespace(line="gap"))
    unit = qmc.Sobol(2, scramble=True, rng=np.random.default_rng(5)).random(points[0])
    sizes, start = [], 0

    def evaluate(of, asked, fixed, values, _):
        nonlocal start
        assert (of, asked, fixed) == (claim, family, {"k": 7})
        size = len(values["v"])
        np.testing.assert_allclose(values["v"], 2 * unit[start : start + size, 0])
        np.testing.assert_allclose(values["w"], 1 + 2 * unit[start : start + size, 1])
        sizes.append(size)
        start += size
        return SimpleNamespace(searched=searched)

    def breaks(_):
        rows = np.array([by(k) for k in range(start - sizes[-1], start)])
        return Break(rows > 0, np.abs(rows), np.zeros(rows.shape, dtype=int))

    claim.shape.breaks = breaks
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "evaluate", evaluate)
        found = list(contradictions(claim, family, {"k": 7}, points, most, 5, deadline))
    places = [int(np.argmin(np.abs(2 * unit[:, 0] - parameters["v"]))) for parameters, _ in found]
    for (parameters, _), place in zip(found, places, strict=True):
        assert parameters == {"k": 7, "v": 2 * unit[place, 0], "w": 1 + 2 * unit[place, 1]}
        assert all(type(parameters[name]) is float for name in "vw")
    return [(place, point) for place, (_, point) in zip(places, found, strict=True)], sizes


@pytest.mark.filterwarnings("ignore::UserWarning")  # numbers of points that are no powers of two
def test_how_many_points_are_tried():
    """Four, then twice as many each time, up to 1024; fewer where each takes a search; none once time is over."""
    assert tried(lambda k: [0.0], (100, 20))[1] == [4, 8, 16, 32, 40]
    assert tried(lambda k: [0.0], (100, 20), searched=True)[1] == [4, 8, 16]  # until twenty have been tried
    assert tried(lambda k: [0.0], (4, 4))[1] == [4]
    assert tried(lambda k: [0.0], (4096, 4))[1] == [4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024, 4]
    assert tried(lambda k: [1.0], (100, 20), deadline=0.0) == ([], [])


def test_what_contradicts_most_comes_first():
    """By how much at its worst point, where all from 1 on count as 1; and no more than are wanted."""
    line = line_of("gap", OPEN, 100)
    numbers = {0: [0.1, 0.3, 0.2], 2: [-5.0, 0.5, 0.4], 3: [-1.0, -2.0, -3.0], 5: [0.2, 7.0, 9.0], 9: [1.0, 0.0, 0.0]}
    found, _ = tried(lambda k: numbers.get(k, [0.0] * 3), (16, 16))
    # 5 and 9 count alike, in the order in which they were tried; of 7 and 9, which count alike, the first
    assert found == [(5, line[1]), (9, line[0]), (2, line[1]), (0, line[1])]
    assert tried(lambda k: numbers.get(k, [0.0] * 3), (16, 16), most=2)[0] == found[:2]
    last = len(line) - 1
    assert tried(lambda k: [0.0] * (last + 1) + [float(k == 1)], (4, 4))[0] == [(1, line[last])]


# -- sensitivities -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "rows"), [(10, 256), (256, 256), (257, 512), (500, 512), (513, 1024)])
def test_how_many_points_sensitivities_take(points, rows):
    """A power of two of base points, 64 at least, times the parameters and two: as many in all as points, or a few more."""
    pytest.importorskip("SALib")
    family = Family(lambda v, w: None, {"v": Interval(0, 1), "w": Interval(0, 1)}, enforcement=GIVEN)
    asked = []

    def judge(of, unit, line_points, progress):
        assert (of, line_points, progress) == (family, 6, False)
        asked.append(unit)
        return Verdicts(np.full(len(unit), len(asked) == 1), np.zeros(len(unit), bool), np.zeros(len(unit), bool), 6)

    for _ in range(2):  # holds everywhere, then nowhere
        found = measuring._sensitivity(judge, family, points, 6, np.random.default_rng(3), False)
        assert {name: (s.first, s.total, s.first_error, s.total_error) for name, s in found.items()} == {
            "v": (0, 0, 0, 0),
            "w": (0, 0, 0, 0),
        }
    assert [unit.shape for unit in asked] == [(rows, 2)] * 2
    assert (asked[0] == asked[1]).all()  # the same generator draws the same
    assert asked[0].min() >= 0
    assert asked[0].max() <= 1


# -- comparisons -------------------------------------------------------------------------------------------------------


def test_what_comparisons_refuse():
    claim = never_above("n", than=LEVEL)
    for wrong in (3, None, al.AllianceGame):
        assert refusal(claim.check, wrong) == (
            TypeError,
            f"check(): model must be a model of the dyad such as AllianceGame; got {wrong!r}",
        )
    of_family = never_above("n", than=lambda v: LEVEL)
    assert refusal(of_family.check, RISING) == (
        TypeError,
        "check(): 'n' compares with a function of a family's parameters; got a single model",
    )
    assert refusal(claim.check, RISING, gaps=[0, 1]) == (
        ValueError,
        "check(): gaps must lie strictly between -1 and 1; got 1 at index (1,)",
    )
    assert refusal(claim.check, RISING, total=0) == (ValueError, "check(): total must be positive and finite; got 0")
    assert refusal(claim.check, RISING, assume="hope") == (
        ValueError,
        "check(): assume must name assumptions (credible, deterrent); got 'hope'",
    )
    kind, text = refusal(claim.check, RISING, enforcement=3)
    assert kind is TypeError
    assert text.startswith("check(): enforcement must be ")


def test_what_a_comparison_asks_again(monkeypatch):
    """The first of the points, with the total as the decimal number that it is written as."""
    claim = never_above("n", than=FALLING)
    check = claim.check(RISING, enforcement=GIVEN, gaps=[HALF, 0.75], profile=("ally", "ally"), assume="deterrent", total=1.1)
    assert check.question.compared.tolist() == [0.5, 0.75]
    assert (check.enforcement, check.assume, check.line) == (GIVEN, ("deterrent",), "gap")
    asked = []

    def certified(shape, makes, gap, profile, assume, total):
        asked.append((shape, [make() for make in makes], gap, profile, assume, total))
        return answers.pop(0)

    monkeypatch.setattr(comparing, "certified", certified)
    answers = ["exactly", None]
    assert [check.question.contradicted(check, [HALF, QUARTER]) for _ in range(2)] == [True, False]
    assert asked == [(claim.shape, [(RISING, GIVEN), (FALLING, GIVEN)], HALF, ("ally", "ally"), ("deterrent",), F(11, 10))] * 2
    assert check.question.stands(check, [HALF]) is True
    default = claim.check(RISING)
    assert default.question.compared.tolist() == [F(n, 200) for n in range(200)]
    assert (default.enforcement, default.question.profile, default.question.total) == (al.NashReversion(), (0, 0), 1)


COMPARED = Family(
    lambda k, v: game(none, lambda g: v + 0 * g + 0 * k), {"k": Choice(1, 2), "v": Interval(0, 2)}, enforcement=GIVEN
)


def problem_of(family=COMPARED, fixed=None):
    claim = never_above("n", than=lambda k, v=None: LEVEL)
    return claim.problem(family, {"k": 2} if fixed is None else fixed, LATER)


def test_gaps_at_which_a_comparison_is_looked_into():
    """What a check of ever finer lattices finds; then ever nearer to the point, from above and below; at last the point."""
    problem = problem_of(COMPARED.with_(gaps=Interval(0, HALF)))
    asked = []

    def check(parameters, points):
        asked.append(points)
        assert parameters == {"v": F(1)}
        return SimpleNamespace(witness=None if len(points) == 6 else SimpleNamespace(low=points[1]))

    problem._check = check
    found = list(problem._candidates({"v": F(1)}, F(1, 3)))
    assert asked == [[F(k, n) for k in range(n // 2 + 1)] for n in (4, 10, 20, 50, 200)]
    near = [F(1, 3) + F(sign, 2**n) for n in range(2, 30) for sign in (1, -1)]
    assert found == [F(1, n) for n in (4, 20, 50, 200)] + [gap for gap in near if 0 <= gap <= HALF] + [F(1, 3)]
    assert list(problem._candidates({"v": F(1)}, F(2)))[4:] == []  # the point, and all near it, lie outside
    narrow = problem_of(COMPARED.with_(gaps=Interval(F(1, 7), F(3, 20))))
    narrow._check = lambda _, points: asked.append(points) or SimpleNamespace(witness=None)
    asked.clear()
    assert list(narrow._candidates({}, F(1, 7)))[-1] == F(1, 7)
    assert [len(points) for points in asked] == [1, 2]  # 3/20, and 29/200 and 30/200; lattices without points are left out


def test_comparisons_are_tried_at_random():
    """As many points as are wanted, up to 512; the choices fixed; with denominators up to 10, then up to 10⁴."""
    problem = problem_of()
    given, confirmed = [], []

    def verdicts(pinned, unit, line_points, progress):
        given.append(unit)
        assert dict(pinned.parameters) == {"k": Choice(2), "v": Interval(0, 2)}
        assert (line_points, progress) == (100, False)
        holds = np.ones(len(unit), dtype=bool)
        holds[list(wrong)] = False
        return SimpleNamespace(holds=holds)

    def confirm(parameters, point):
        confirmed.append((parameters, point))
        return "found" if len(confirmed) == last else None

    problem.comparison = SimpleNamespace(verdicts=verdicts)
    problem.confirm = confirm
    wrong, last = (1, 3), 4
    assert problem.hunt(7, 6, LATER) == "found"
    unit = np.random.default_rng(7).random((6, 2))
    assert (given[-1] == unit).all()
    drawn = [float(2 * unit[row, 1]) for row in wrong]
    wanted = [F(x).limit_denominator(n) for x in drawn for n in (10, 10**4)]
    assert confirmed == [({"k": 2, "v": value}, 0) for value in wanted]
    last = 0
    assert problem.hunt(7, 1000, LATER) is None
    assert given[-1].shape == (512, 2)
    wrong = range(100)
    confirmed.clear()
    assert problem.hunt(7, 100, LATER) is None
    assert len(confirmed) == 2 * 40
    confirmed.clear()
    assert problem.hunt(7, 100, 0.0) is None
    assert confirmed == []


def test_numbers_outside_the_domain_are_not_tried():
    """In an interval around 1/√2 no tenth lies, but numbers with four digits do."""
    narrow = Interval(F(7071, 10**4), F(7072, 10**4))
    problem, confirmed = problem_of(COMPARED.with_(parameters={"k": Choice(1, 2), "v": narrow})), []
    problem.comparison = SimpleNamespace(verdicts=lambda _, unit, *__: SimpleNamespace(holds=np.zeros(len(unit), dtype=bool)))
    problem.confirm = lambda parameters, _: confirmed.append(parameters["v"])
    assert problem.hunt(0, 5, LATER) is None
    assert len(confirmed) == 5
    assert all(value in narrow and 10 < value.denominator <= 10**4 for value in confirmed)


def test_choices_alone_are_asked_once():
    """There is nothing to draw: the one model is confirmed or not."""
    problem = problem_of(Family(lambda k: RISING, {"k": Choice(1, 2)}, enforcement=GIVEN))
    problem.confirm = lambda parameters, point: (parameters, point)
    assert problem.hunt(0, 5, LATER) == ({"k": 2}, 0)


@pytest.mark.parametrize("error", [TypeError, ValueError, ZeroDivisionError])
def test_trial_of_a_comparison_ends_where_there_are_no_numbers(error):
    def verdicts(*_):
        np.float64(1) / np.float64(0)  # without a warning
        raise error

    problem = problem_of()
    problem.comparison = SimpleNamespace(verdicts=verdicts)
    assert problem.hunt(0, 5, math.inf) is None


# -- made simple and confirmed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "domain", "largest", "wanted"),
    [
        (0.3333, Interval(0, 1), 4, F(1, 3)),
        (0.3333, Interval(0, 1), 10**4, F(3333, 10**4)),
        (0.01, Interval(0, 1, "right"), 4, F(0.01)),  # 0 is not in it
        (0.01, Interval(0, 1), 4, F(0)),
    ],
)
def test_rounding_stays_in_the_domain(value, domain, largest, wanted):
    assert witnesses._rounded(value, domain, largest) == wanted


def test_what_seems_to_contradict_is_rounded_and_confirmed(monkeypatch):
    """With denominators up to 4, 10, 100, 10⁴ and 10⁸ in turn; chosen floats stay, and the point is rounded once."""
    family = Family(lambda v, c: game(none, none), {"v": Interval(0, 1), "c": [0.123, 0.5]}, enforcement=GIVEN)
    asked, tried = [], []

    def contradictions(*given):
        asked.append(given)
        yield {"c": 0.123, "v": 0.27182818}, 0.31415926535
        yield {"c": 0.123, "v": 0.75}, 0.5

    def confirm_(claim, of, parameters, point, deadline):
        assert claim is ASYMMETRY
        assert of is family
        tried.append((parameters, point, deadline))
        return "found" if len(tried) == last else None

    monkeypatch.setattr(witnesses, "contradictions", contradictions)
    monkeypatch.setattr(witnesses, "confirm", confirm_)
    last = 6
    assert hunt(ASYMMETRY, family, {"c": 0.123}, 7, 1000, math.inf) == "found"
    assert asked == [(ASYMMETRY, family, {"c": 0.123}, (1000, 124), 40, 7, math.inf)]
    exact = F(0.27182818)
    values = [exact.limit_denominator(n) for n in (4, 10, 100, 10**4, 10**8)] + [F(3, 4)]
    assert [parameters for parameters, *_ in tried] == [{"c": 0.123, "v": value} for value in values]
    points = [F(0.31415926535).limit_denominator(10**6)] * 5 + [HALF]
    assert [point for _, point, _ in tried] == points
    last = 0
    assert hunt(ASYMMETRY, family, {"c": 0.123}, 7, 60, math.inf) is None
    assert asked[-1][3] == (60, 60)
    tried.clear()
    assert hunt(ASYMMETRY, family, {"c": 0.123}, 7, 60, 0.0) is None
    assert tried == []


@pytest.mark.parametrize("error", [TypeError, ValueError, ZeroDivisionError])
def test_models_that_take_no_arrays_are_not_hunted_in(error, monkeypatch):
    def contradictions(*_):
        np.float64(1) / np.float64(0)  # without payoffs somewhere: no warning
        raise error
        yield

    monkeypatch.setattr(witnesses, "contradictions", contradictions)
    assert hunt(ASYMMETRY, OPEN, {}, 0, 10, math.inf) is None
