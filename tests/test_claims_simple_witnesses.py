"""Counterexamples are looked for at simple points first, then near a point; and they are made as simple as they can be."""

import math
from fractions import Fraction as F
from types import SimpleNamespace

import pytest

import alliances as al
from alliances.arithmetic import exp
from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.conditions import Condition, Kind
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims import ASYMMETRY, PACT_AT_PARITY, STAKES, Family, Interval, monotone
from alliances.claims.proofs import witnesses
from alliances.claims.proofs.smt import Solver
from alliances.claims.proofs.witnesses import confirm, line_points, shortest, simplify
from tests.test_claims_answers import GIVEN, HALF, OPEN, QUARTER, game, none

ALONG = monotone("m", along="v")
STEPS = [*range(2, 31), 36, 48, 64, 96, 144, 216, 324]


# -- points of a line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "fine", "wanted"),
    [
        (Interval(0, 1), 4, [0, 1, 2, 3, 4]),
        (Interval(0, 1, "left"), 4, [0, 1, 2, 3]),
        (Interval(0, 1, "neither"), 4, [1, 2, 3]),
        (Interval(F(1, 3), F(5, 6)), 4, [2, 3]),
        (Interval(F(-1, 3), F(1, 3)), 10, [-3, -2, -1, 0, 1, 2, 3]),
        (Interval(F(-7, 10), F(-1, 10)), 10, [-7, -6, -5, -4, -3, -2, -1]),
    ],
)
def test_the_multiples_of_a_fraction_in_the_lines_interval(domain, fine, wanted):
    family = Family(lambda v: game(none, none), {"v": domain}, gaps=Interval(F(1, 5), HALF))
    assert line_points(ALONG, family, fine) == [F(n, fine) for n in wanted]
    assert line_points(ASYMMETRY, family, 10) == [F(n, 10) for n in (2, 3, 4, 5)]


def test_a_half_line_is_looked_at_for_eight_units():
    family = Family(lambda v: game(none, none), {"v": Interval(HALF, None)})
    assert line_points(ALONG, family, 4) == [F(n, 4) for n in range(2, 35)]
    open_ = Family(lambda v: game(none, none), {"v": Interval(HALF, None, "neither")})
    assert line_points(ALONG, open_, 4) == [F(n, 4) for n in range(3, 35)]


def near(point, domain, n):
    """The pairs at the distance 2⁻ⁿ from a point: below it, above it, and around it."""
    step = F(1, 2**n)
    pairs = [(point - step, point), (point, point + step), (point - step, point + step)]
    return [pair for pair in pairs if pair[0] in domain and pair[1] in domain]


def test_pairs_along_a_parameter():
    """Neighbours of ever finer lattices, then pairs nearer and nearer to the point, as far as they lie in the interval."""
    domain = Interval(0, 1)
    family = Family(lambda v: game(none, none), {"v": domain})
    for point in (F(1, 3), F(0), F(1)):
        found = list(witnesses._pairs(ALONG, family, {}, point, math.inf))
        lattices = [(F(k, n), F(k + 1, n)) for n in (4, 10, 20, 50, 200) for k in range(n)]
        assert found == lattices + [pair for n in STEPS for pair in near(point, domain, n)]
    assert list(witnesses._pairs(ALONG, family, {}, F(1, 3), 0.0)) == []


def test_the_pair_at_parity():
    family = Family(lambda v: game(none, none), {"v": (0, 1)})
    assert list(witnesses._pairs(PACT_AT_PARITY, family, {}, F(1, 3), 0.0)) == [(0, 0)]


def test_pairs_along_the_gap(monkeypatch):
    """Of each lattice the two gaps that a check finds, asked what the family asks; a lattice without payoffs is skipped."""
    gaps = Interval(0, HALF)
    family = Family(
        lambda v: (v, game(none, none))[1],
        {"v": (0, 1)},
        gaps=gaps,
        enforcement=GIVEN,
        profile=(0, 1),
        assume="deterrent",
        total=3,
    )
    asked = []

    def check(claim, _, **options):
        asked.append((claim, options))
        size = len(options["gaps"])
        if size == 11:  # n/20
            raise ZeroDivisionError
        witness = None if size == 3 else SimpleNamespace(low=F(1, size), high=F(2, size))
        return SimpleNamespace(witness=witness)

    monkeypatch.setattr(witnesses, "check", check)
    found = list(witnesses._pairs(ASYMMETRY, family, {"v": HALF}, F(1, 3), math.inf))
    lattices = [[F(k, n) for k in range(n // 2 + 1)] for n in (4, 10, 20, 50, 200)]
    assert [options.pop("gaps") for _, options in asked] == lattices
    wanted = {"enforcement": GIVEN, "profile": (0, 1), "assume": ("deterrent",), "total": 3}
    assert all(claim is ASYMMETRY and options == wanted for claim, options in asked)
    seen = [(F(1, size), F(2, size)) for size in (6, 26, 101)]
    assert found == seen + [pair for n in STEPS for pair in near(F(1, 3), gaps, n)]


def test_a_lattice_with_one_gap_has_no_pair(monkeypatch):
    narrow = Family(lambda v: game(none, none), {"v": (0, 1)}, gaps=Interval(F(9, 20), HALF), enforcement=GIVEN)
    sizes = []

    def check(*_, gaps, **__):
        sizes.append(len(gaps))
        return SimpleNamespace(witness=None)

    monkeypatch.setattr(witnesses, "check", check)
    list(witnesses._pairs(ASYMMETRY, narrow, {"v": HALF}, HALF, math.inf))
    assert sizes == [2, 3, 11]  # quarters and tenths have ½ alone


# -- confirming --------------------------------------------------------------------------------------------------------


def test_the_first_pair_that_is_certain_is_confirmed(monkeypatch):
    """Pairs that cannot be told, do not contradict the claim, or do not stand are passed over."""
    pairs = [(F(0), F(k, 16)) for k in range(1, 8)]
    answers = {
        pairs[0]: Undecided("no"),
        pairs[1]: OutOfReach("no"),
        pairs[2]: ZeroDivisionError(),
        pairs[3]: None,
        pairs[4]: "exactly",  # does not stand
        pairs[5]: "exactly",
        pairs[6]: "exactly",
    }
    stood = []

    def contradicted(asked, points):
        assert asked.shape is ASYMMETRY.shape
        answer = answers[points]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stands(_, low, high):
        stood.append((low, high))
        return (low, high) != pairs[4]

    monkeypatch.setattr(witnesses, "_pairs", lambda *_: iter(pairs))
    monkeypatch.setattr(witnesses, "contradicted", contradicted)
    monkeypatch.setattr(witnesses, "stands", stands)
    found = confirm(ASYMMETRY, OPEN, {"v": F(3, 4)}, HALF)
    assert stood == pairs[4:6]
    assert (found.parameters, found.certified) == ({"v": F(3, 4)}, "exactly")
    assert (found.check.witness.low, found.check.witness.high) == pairs[5]
    # ω = 1 + γ/4 of the proxy
    assert (found.check.witness.at_low, found.check.witness.at_high) == (HALF, F(35, 67))
    assert confirm(ASYMMETRY, OPEN, {"v": F(3, 4)}, HALF, 0.0) is None
    assert confirm(ASYMMETRY, OPEN, {"v": QUARTER}, HALF) is None  # checks do not fail


def test_what_is_asked_is_asked_again():
    """The family's concept, profile, assumptions and total, of a pair of gaps."""
    family = Family(
        lambda v: game(none, lambda g: 1 + (v - HALF) * g),
        {"v": Interval(0, 1)},
        enforcement=GIVEN,
        assume="deterrent",
        total=3,
    )
    found = confirm(ASYMMETRY, family, {"v": F(1)}, HALF)
    check = found.check
    assert (check.status, check.enforcement, check.assume, check.line) == ("fails", GIVEN, ("deterrent",), "gap")
    assert (check.question.total, check.question.profile, check.points) == (3, (0, 0), 2)
    assert found.certified == "exactly"
    first = [0, 3 * QUARTER]  # the widest contradiction on quarters from 0 to 3/4
    assert [check.witness.low, check.witness.high] == first


def test_floats_are_confirmed_by_enclosures():
    """Exact numbers contradict the claim exactly, but what is shown is in floats."""

    def model(v):
        return game(none, lambda g: 1 + float(v) * g if isinstance(v, F) else 1 + v * g)

    found = confirm(ASYMMETRY, Family(model, {"v": Interval(0, 1)}, enforcement=GIVEN), {"v": HALF}, HALF)
    assert (found.check.exact, found.certified) == (False, "by enclosures")


def test_what_moves_is_no_parameter_of_the_counterexample():
    """Along v the odds 1 + vu + γ rise where u > 0; the gap is one of the parameters, and the check is at parity."""
    family = Family(
        lambda v, u: game(none, lambda g: 1 + v * u + g), {"v": Interval(0, 1), "u": Interval(-1, 1)}, enforcement=GIVEN
    )
    found = confirm(ALONG, family, {"v": F(1, 3), "u": HALF}, HALF)
    assert found.parameters == {"u": HALF}
    assert found.certified == "exactly"
    witness = found.check.witness
    assert (witness.low, witness.high, witness.gap) == (0, QUARTER, None)
    assert (witness.at_low, witness.at_high) == (HALF, F(9, 17))  # ω = 1 and 1 + 1/8
    assert confirm(ALONG, family, {"v": F(1, 3), "u": -HALF}, HALF) is None


def test_stakes_of_a_pact_are_confirmed_without_gaps():
    def model(stakes, u):
        o = 0 * stakes
        odds = 2 + u * stakes

        def cells(q):
            e = o + 0 * q.gap
            return [
                [(e, e), (e - 9, e - 9), (e - 9, e)],
                [(e - 9, e - 9), (e, e), (e - 9, odds + e)],
                [(e, e - 9), (e - 1, e - 9), (e - 1, e - 1)],
            ]

        return al.CustomGame(cells, actions=("ally", "coexist", "fight"))

    family = Family(model, {"stakes": Interval(1, 2), "u": Interval(-1, 1)}, enforcement=GIVEN)
    found = confirm(STAKES, family, {"stakes": F(1), "u": -HALF}, F(1))
    assert (found.parameters, found.check.line) == ({"u": -HALF}, "stakes")
    assert (found.check.witness.low, found.check.witness.high) == (1, F(5, 4))
    assert found.check.witness.at_low == F(3, 5)  # ω = 3/2
    assert confirm(STAKES, family, {"stakes": F(1), "u": HALF}, F(1)) is None


# -- making it simple --------------------------------------------------------------------------------------------------


def simplified(domains, values, *conditions, transcendental=False):
    algebra = Algebra(domains, None, Solver().decide)
    letters = [algebra[name] for name in domains]
    if transcendental:
        exp(letters[0])
    asked = [Condition(f(*letters).product, relation, Kind.CASE) for f, relation in conditions]
    before = dict(values)
    found = simplify(SimpleNamespace(algebra=algebra), asked, values)
    assert values == before
    return found


UNIT = {"x": Interval(0, 1), "v": Interval(0, 4)}
ODD = {"x": F(355, 1130), "v": F(1001, 997)}


def test_simple_values_at_which_conditions_hold():
    """The first of the simple fractions, by denominators up to 12; x before v, with v as it is."""
    assert simplified(UNIT, ODD) == {"x": 0, "v": 0}
    assert simplified(UNIT, ODD, (lambda x, v: x, ">")) == {"x": 1, "v": 0}
    assert simplified(UNIT, ODD, (lambda x, v: x - F(3, 10), ">"), (lambda x, v: x - F(2, 5), "<")) == {"x": F(1, 3), "v": 0}
    assert simplified(UNIT, ODD, (lambda x, v: x - v, "<")) == {"x": 0, "v": 1}
    assert simplified(UNIT, ODD, (lambda x, v: 3 * v - 4 * x, ">="), (lambda x, v: x - F(1, 4), ">=")) == {"x": HALF, "v": 1}


def test_conditions_of_every_relation():
    same = {"x": HALF, "v": F(1, 997)}
    assert simplified(UNIT, same, (lambda x, v: 2 * x - 1, "==")) == {"x": HALF, "v": 0}
    assert simplified(UNIT, same, (lambda x, v: v, "!=")) == {"x": 0, "v": 1}
    assert simplified(UNIT, same, (lambda x, v: v * v * x - 2, "<=")) == {"x": 0, "v": 0}
    assert simplified(UNIT, {"x": HALF, "v": F(3)}, (lambda x, v: v * v * x - F(9, 2), "==")) == {"x": HALF, "v": 3}


def test_values_nearby_where_no_simple_fraction_will_do():
    """Rounded to denominators up to 32, 100, 1000, …: 0.3141 < x < 0.3142 has 71/226, and 0.32 < x < 0.3225 has 9/28."""
    between = {"x": Interval(F(1, 4), HALF), "v": Interval(0, 1)}
    found = simplified(
        between, {"x": F(3211, 10000), "v": F(0)}, (lambda x, v: x - F(8, 25), ">"), (lambda x, v: x - F(129, 400), "<")
    )
    assert found == {"x": F(9, 28), "v": 0}
    found = simplified(
        between,
        {"x": F(314159, 10**6), "v": F(0)},
        (lambda x, v: x - F(3141, 10**4), ">"),
        (lambda x, v: x - F(3142, 10**4), "<"),
    )
    assert found["x"] == F(314159, 10**6).limit_denominator(1000)
    assert F(11, 35) > F(3142, 10**4)  # the nearest up to 100 is beyond the bound


def within(middle, room):
    """The conditions middle − room < x < middle + room."""
    return (lambda x, v: x - middle + room, ">"), (lambda x, v: x - middle - room, "<")


def test_how_simple_values_are_tried():
    """Fractions with denominators up to 12, wherever they lie; then those nearest, with at most 32, 100, 10³, 10⁴ and 10⁶."""
    start = {"x": F(3099, 10**4), "v": F(0)}  # 4/13 lies within, but is no twelfth, and 9/29, the nearest, is not
    assert simplified(UNIT, start, (lambda x, v: x - F(61, 200), ">"), (lambda x, v: x - F(31, 100), "<"))["x"] == F(22, 71)
    number = F(381966011250105, 10**15)  # nearly (3 − √5)/2, which is far from all simple fractions
    for room, largest, coarser in ((F(1, 10**7), 10**4, 1000), (F(1, 10**10), 10**6, 10**4)):
        assert abs(number.limit_denominator(coarser) - number) > room > abs(number.limit_denominator(largest) - number)
        assert simplified(UNIT, {"x": number, "v": F(0)}, *within(number, room))["x"] == number.limit_denominator(largest)
    # another value that is just as simple is no gain
    assert simplified(UNIT, {"x": 3 * QUARTER, "v": F(0)}, (lambda x, v: (4 * x - 1) * (4 * x - 3), "=="))["x"] == 3 * QUARTER
    # a value that is missing is at most a quarter: in [0.17, 0.23] it is the lower end
    fifth = {"x": Interval(F(17, 100), F(23, 100)), "v": Interval(0, 4)}
    assert simplified(fifth, {"v": F(3)}, (lambda x, v: x - v, ">"))["x"] == F(17, 100)


def test_what_has_room_once_others_are_simple():
    """0.499/v < x < 49/97: at v = 0.99 no simple fraction lies between, so first v becomes 1, and then x can be 1/2."""
    start = {"x": F(50, 99), "v": F(99, 100)}
    conditions = (lambda x, v: x * v - F(499, 1000), ">"), (lambda x, v: x - F(49, 97), "<")
    assert simplified(UNIT, start, *conditions) == {"x": HALF, "v": 1}


def test_what_is_not_made_simple():
    """Where functions take part, conditions do not hold, or a value is as simple as it can be."""
    assert simplified(UNIT, ODD, transcendental=True) == ODD
    assert simplified(UNIT, ODD, (lambda x, v: x - v, ">")) == ODD
    # what is missing is the simplest: 0, or the first fraction inside an open interval
    assert simplified(UNIT, {"v": F(3)}, (lambda x, v: x - v, ">")) == {"x": 0, "v": 3}
    open_ = {"x": Interval(0, 1, "neither"), "v": Interval(0, 4)}
    assert simplified(open_, {"v": F(3)}, (lambda x, v: x - v, ">")) == {"x": HALF, "v": 3}
    tiny = {"x": Interval(F(1, 1000), F(2, 1000)), "v": Interval(0, 4)}  # no fraction up to quarters inside
    assert simplified(tiny, {"v": F(3)}, (lambda x, v: x - v, ">")) == {"x": F(1, 1000), "v": 3}


def test_the_shortest_of_parameters_one_by_one():
    """Rounded to 1, 2, 3, 4, 5, 8, …, as long as it is a counterexample; those with denominators up to 12 are short enough."""
    family = Family(
        lambda v, u, n: game(none, none), {"v": Interval(0, 1), "u": Interval(0, 1), "n": Interval(0, 1)}, enforcement=GIVEN
    )
    tried = []

    class Problem:
        def confirm(self, parameters, point):
            tried.append((dict(parameters), point))
            if abs(parameters["v"] - F(1, 3)) > F(1, 50) or abs(parameters["u"] - F(2, 7)) > F(1, 90):
                return None
            return SimpleNamespace(parameters=dict(parameters), check=SimpleNamespace(witness=SimpleNamespace(high=F(7, 8))))

    start = {"v": F(333, 1000), "u": F(2857, 10000), "n": F(5, 12)}
    first = SimpleNamespace(parameters=start, check=SimpleNamespace(witness=SimpleNamespace(high=F(3, 4))))
    found = shortest(Problem(), family, first, math.inf)
    assert found.parameters == {"v": F(1, 3), "u": F(2, 7), "n": F(5, 12)}
    limits = {"v": (1, 2, 3), "u": (1, 2, 3, 4, 5, 8)}
    wanted = [({**start, "v": start["v"].limit_denominator(n)}, F(3, 4)) for n in limits["v"]]
    wanted += [({**start, "v": F(1, 3), "u": start["u"].limit_denominator(n)}, F(7, 8)) for n in limits["u"]]
    assert tried == wanted
    assert shortest(Problem(), family, first, 0.0) is first
    thirteenth = SimpleNamespace(parameters={"v": F(4, 13), "u": 0.5}, check=first.check)
    tried.clear()
    assert shortest(Problem(), Family(lambda v, u: None, {"v": (0, 1), "u": (0, 1)}), thirteenth, math.inf) is thirteenth
    assert [parameters["v"] for parameters, _ in tried] == [F(4, 13).limit_denominator(n) for n in (1, 2, 3, 4, 5, 8, 10, 12)]
