"""Boxes and expansions behind proofs: what they say of functions, against numbers; and families and intervals, by hand."""

import math
import random
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import exp, log
from alliances.arithmetic.algebra import Algebra, Condition, Kind
from alliances.claims import Choice, Interval, alliance_family
from alliances.claims.proofs.boxes import exclude
from alliances.claims.proofs.expansion import expansion
from alliances.claims.proofs.queries import cells_of, inside, labels_of, weakness
from alliances.claims.proofs.samples import Samples
from alliances.claims.proofs.smt import Solver

HALF = F(1, 2)
ROUNDING = 1e-9
SIGNS = {">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0), "==": (0,), "!=": (-1, 1)}


def algebra_of(**domains):
    return Algebra(domains, None, Solver().decide)


def boxes_of(algebra, *conditions, most=4000, **options):
    asked = [*algebra.facts, *(Condition(q.product, relation, Kind.VIOLATION) for q, relation in conditions)]
    return exclude(algebra, asked, most, **options)


# -- boxes -------------------------------------------------------------------------------------------------------------


def test_a_search_by_hand():
    """x > 3/4 on [0, 1]: the box, its halves, and the quarters of the upper one, of which the last has its centre at 7/8."""
    algebra = algebra_of(x=Interval(0, 1))
    x = algebra["x"]
    found = boxes_of(algebra, (x - F(3, 4), ">"))
    assert (found.status, found.values, found.boxes, found.reason, found.cut) == ("met", {"x": F(7, 8)}, 5, "", False)
    assert boxes_of(algebra, (x - 2, ">")).boxes == boxes_of(algebra, (x + 1, "<=")).boxes == 1
    short = boxes_of(algebra, (x - F(3, 4), ">"), most=2)
    assert (short.status, short.boxes, short.reason, short.cut) == ("open", 2, "1 boxes are left after 2", True)
    third = boxes_of(algebra, (3 * x - 1, "=="))
    assert (third.status, third.reason, third.cut) == ("open", "boxes of 2e-06 of the domain do not decide", False)
    late = boxes_of(algebra, (3 * x - 1, "=="), deadline=0.0)
    assert (late.status, late.boxes, late.reason, late.cut) == ("open", 0, "1 boxes are left after 0", True)
    assert boxes_of(algebra, (x - x, ">")).status == "excluded"
    assert boxes_of(algebra, (x - x, ">=")).values == {"x": F(1, 2)}


def test_the_widest_side_is_halved():
    """Sides count by the share of the domain: 1 of 10 is as wide as 1/10 of 1, and ties go to the first."""
    algebra = algebra_of(x=Interval(0, 1), y=Interval(0, 10))
    found = boxes_of(algebra, (algebra["y"] - F(51, 10), ">"))
    assert found.values == {"x": F(1, 4), "y": F(15, 2)}
    only = algebra_of(x=Interval(0, 1, "neither"), y=Interval(2, 3))
    assert boxes_of(only, (only["x"] * only["y"] - 4, ">")).status == "excluded"


@pytest.mark.parametrize("seed", range(25))
def test_random_polynomials(seed):
    """What is excluded no point of a grid meets, ends that belong to the domain among them; what is met is met exactly."""
    rng = random.Random(seed)
    algebra = algebra_of(x=Interval(-1, 2), y=Interval(F(1, 2), 3))
    x, y = algebra["x"], algebra["y"]

    def value(x, y, c):
        return (c[0] * x * x + c[1] * x * y + c[2] * y + c[3]) * (c[4] * x + c[5] - y) ** c[6]

    asked = []
    for _ in range(2):
        coefficients = [rng.randint(-3, 3) for _ in range(6)] + [rng.randint(0, 2)]
        asked.append((coefficients, rng.choice(list(SIGNS))))
    found = boxes_of(algebra, *((value(x, y, c) + 0 * x, relation) for c, relation in asked), most=150)

    def holds(a, b):
        return all(((v := value(a, b, c)) > 0) - (v < 0) in SIGNS[relation] for c, relation in asked)

    if found.status == "excluded":
        assert not any(holds(F(a, 8), F(b, 8)) for a in range(-8, 17) for b in range(4, 25))
    if found.status == "met":
        assert holds(found.values["x"], found.values["y"])


FUNCTIONS = {
    "exp": (lambda x, m: exp(x), lambda x, m: math.exp(x)),
    "exp of a product": (lambda x, m: exp(-m * x), lambda x, m: math.exp(-m * x)),
    "exp of a quotient": (lambda x, m: exp(m / x), lambda x, m: math.exp(m / x)),
    "log": (lambda x, m: log(x), lambda x, m: math.log(x)),
    "log of a quotient": (lambda x, m: log(x / (m + 1)), lambda x, m: math.log(x / (m + 1))),
    "a root": (lambda x, m: x ** F(1, 3), lambda x, m: x ** (1 / 3)),
    "a power": (lambda x, m: x ** F(5, 3), lambda x, m: x ** (5 / 3)),
    "an open exponent": (lambda x, m: x**m, lambda x, m: x**m),
    "an open exponent of a sum": (lambda x, m: (x + m) ** (m / 2), lambda x, m: (x + m) ** (m / 2)),
    "a power of a power": (lambda x, m: (1 + x**m) ** F(1, 2), lambda x, m: math.sqrt(1 + x**m)),
    "an exponent with a function": (lambda x, m: x ** exp(m), lambda x, m: x ** math.exp(m)),
    "a product of functions": (lambda x, m: exp(x) * log(x + m), lambda x, m: math.exp(x) * math.log(x + m)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_on_boxes(name):
    """Well beyond the largest value on a fine grid nothing, well below it a point; and so at the other end.

    Values are far from the centre's there, so that slopes count: of one left out, or of the wrong sign, too much is excluded.
    """
    formal, number = FUNCTIONS[name]
    algebra = algebra_of(x=Interval(F(1, 4), F(3, 2)), m=Interval(F(1, 2), 2))
    f = formal(algebra["x"], algebra["m"])
    grid = [number(a, b) for a in np.linspace(0.25, 1.5, 26) for b in np.linspace(0.5, 2, 26)]
    high, low = max(grid), min(grid)
    room = (high - low) / 20
    near, far = F(high - room).limit_denominator(10**6), F(high + room).limit_denominator(10**6)
    met = boxes_of(algebra, (f - near, ">"))
    assert met.status == "met"
    assert number(*(float(met.values[letter]) for letter in "xm")) > float(near) - ROUNDING
    assert boxes_of(algebra, (f - far, ">")).status == "excluded"
    near, far = F(low + room).limit_denominator(10**6), F(low - room).limit_denominator(10**6)
    met = boxes_of(algebra, (f - near, "<"))
    assert met.status == "met"
    assert number(*(float(met.values[letter]) for letter in "xm")) < float(near) + ROUNDING
    assert boxes_of(algebra, (f - far, "<")).status == "excluded"


NARROW = {
    "exp": (lambda x, _: exp(x) - exp(x / 2) * exp(x / 2), F(1, 200), 200),
    "log": (lambda x, _: log(x) - log(x * x) / 2, F(1, 200), 80),
    "a power": (lambda x, _: x ** F(5, 3) - x * x ** F(2, 3), F(1, 200), 80),
    "an open exponent": (lambda x, m: x**m - (x * x) ** (m / 2), F(1, 20), 1500),
}


@pytest.mark.parametrize("name", NARROW)
def test_slopes_make_enclosures_narrow(name):
    """The same function by two formulas: values alone differ by twice its slope times the width, of a box or of its sides.

    So they would take 1024 boxes or more of the first, 255 of the second and third, and thousands of the last.
    """
    difference, room, most = NARROW[name]
    domains = {"x": Interval(1, 2)} | ({"m": Interval(1, 2)} if "open" in name else {})
    algebra = algebra_of(**domains)
    found = boxes_of(algebra, (difference(algebra["x"], algebra["m"] if "m" in domains else None) - room, ">"), most=3000)
    assert found.status == "excluded"
    assert found.boxes < most


# -- expansions --------------------------------------------------------------------------------------------------------


def value_at(polynomial, point):
    return sum(
        int(c) * math.prod(x ** int(e) for x, e in zip(point, powers, strict=True))
        for powers, c in polynomial.to_dict().items()
    )


@pytest.mark.parametrize("order", [4, 8])
@pytest.mark.parametrize(("factor", "low", "high"), [(2, 0, 2), (-2, -2, 0), (F(1, 2), 0, F(1, 2)), (-1, -1, 0), (3, 0, 4)])
def test_an_exponential_expanded(factor, low, high, order):
    """exp(cγ) on gaps from 0 to 1: the remainder within its bounds, which are those of its ends, and the same signs."""
    algebra = algebra_of(x=Interval(0, 1), v=Interval(0, None))
    x, v = algebra["x"], algebra["v"]
    u = factor * (1 - x) / (1 + x)
    e = exp(u)
    asked = [Condition((v * e * e - 3 * e + x - v).product, ">", Kind.VIOLATION), Condition((x - v).product, ">", Kind.CASE)]
    expanded = expansion(algebra, [*algebra.facts, *asked], order)
    assert expanded.note == f"exponentials as polynomials of degree {order} with a bounded remainder"
    assert [c.kind for c in expanded.conditions] == [
        c.kind for c in [*algebra.facts, *asked] if c.kind is not Kind.TRANSCENDENTAL
    ]

    def remainder(t):  # n! (exp t − the terms before tⁿ) over tⁿ, as its own series
        return sum(F(t) ** j * F(math.factorial(order), math.factorial(order + j)) for j in range(40))

    domain = expanded.domains[-1]
    assert len(expanded.domains) == 3
    assert float(abs(domain.low - remainder(low))) < 3e-6
    assert float(abs(domain.high - remainder(high))) < 3e-6
    assert domain.low < remainder(low)
    assert domain.high >= remainder(high)
    for n in range(1, 20):
        a, b = n / 20, (n * 7 % 11) / 4
        t = float(factor) * (1 - a) / (1 + a)
        xi = float(remainder(F(t).limit_denominator(10**9)))
        assert float(domain.low) - ROUNDING <= xi <= float(domain.high) + ROUNDING
        point = [a, b, xi] + [0.0] * (len(algebra.letters) - 3)
        number = b * math.exp(t) ** 2 - 3 * math.exp(t) + a - b
        assert (value_at(expanded.conditions[-2].polynomial, point) > 0) == (number > 0)
        assert (value_at(expanded.conditions[-1].polynomial, point) > 0) == (a > b)


def test_what_is_not_expanded():
    free = algebra_of(x=Interval(0, None))
    exp(free["x"])
    assert expansion(free, free.facts, 4) is None
    beyond = algebra_of(x=Interval(0, 1))
    exp(5 * beyond["x"])
    assert expansion(beyond, beyond.facts, 4) is None
    power = algebra_of(x=Interval(1, 2))
    log(power["x"])
    assert expansion(power, power.facts, 4) is None


# -- samples -----------------------------------------------------------------------------------------------------------


def test_samples_meet_what_can_be_met():
    """Wide and narrow parts of the domain, values of functions, and points that are added; never what cannot be met."""
    algebra = algebra_of(x=Interval(1, 3), v=Interval(2, None, "neither"))
    x, v = algebra["x"], algebra["v"]
    e = exp(x - 1)
    root = x ** F(1, 2)
    logarithm = log(v)
    samples = Samples(algebra)

    def meets(*pairs):
        return samples.meet([Condition(q.product, relation, Kind.CASE) for q, relation in pairs])

    assert meets((x - F(29, 10), ">"))
    assert meets((x - F(11, 10), "<"))
    assert meets((v - 100, ">"))
    assert meets((v - F(21, 10), "<"))
    assert not meets((x - 1, "<"))
    assert not meets((x - 3, ">"))
    assert not meets((v - 2, "<="))
    assert meets((x - v, ">"), (v - F(5, 2), "<"))
    assert not meets((x - v, ">"), (v - 3, ">="))
    assert meets((e - 2, ">"), (x - F(17, 10) - F(1, 20), "<"))  # from 1 + ln 2 = 1.693 on
    assert not meets((e - 2, ">"), (x - F(169, 100), "<"))
    assert meets((root - F(3, 2), ">"), (x - F(23, 10), "<"))
    assert not meets((root - F(3, 2), ">"), (x - F(9, 4), "<"))
    assert not meets((logarithm - 1, ">"), (v - F(271, 100), "<"))
    assert meets((logarithm - 1, ">"), (v - 3, "<"))
    assert not meets((x - 2, "=="))
    assert meets((x - x, "=="))
    assert not meets((x - x, ">"))
    assert not meets((3 * x - 7, "=="), (v - 5, ">"))
    for name in ("x", "v"):
        column = samples.points[:, algebra.letters.index(name)]
        assert column.min() > algebra.domains[name].low
    assert samples.points[:, 0].max() < 3


def test_samples_that_are_added():
    algebra = algebra_of(x=Interval(0, 1), v=Interval(0, 1))
    samples = Samples(algebra)
    narrow = [Condition((10**9 * algebra["x"] - 1).product, "<", Kind.CASE)]
    assert not samples.meet(narrow)
    samples.add({"x": F(1, 10**12)})
    assert samples.meet(narrow)
    assert samples.points[-1][:2].tolist() == [1e-12, 1]  # what is left out is 1


# -- intervals and families --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["both", "left", "right", "neither"])
@pytest.mark.parametrize(("low", "high"), [(0, F(1, 2)), (F(-1, 2), F(3, 4)), (0, 1), (-1, 1), (-1, 0)])
def test_gaps_as_ratios_of_power(low, high, closed):
    """x = (1 − γ)/(1 + γ) lies in the interval if and only if γ lies in that of the gaps."""
    gaps = Interval(low, high, closed)
    ratios = weakness(gaps)
    for n in range(-19, 20):
        gap = F(n, 20)
        assert ((1 - gap) / (1 + gap) in ratios) == (gap in gaps)
    assert (ratios.high is None) == (low == -1)


def test_names_and_numbers_of_cells():
    assert labels_of(["ally", "fight"])[:3] == [
        "the sponsor's payoff at (ally, ally)", "the proxy's payoff at (ally, ally)", "the sponsor's payoff at (ally, fight)",
    ]  # fmt: skip
    model = al.CustomGame(lambda q: [[(0, 0), (0, 0)], [(0, 0), (0, 0)]])
    rest = iter(range(10))
    assert cells_of(model, rest) == (((0, 1), (2, 3)), ((4, 5), (6, 7)))
    assert next(rest) == 8
    assert (inside(Interval(2, 5)), inside(Interval(2, None))) == (F(7, 2), 3)


OPEN = {"value": "(0, ∞)", "exposure": "(0, 1]", "conflict_cost": "(0, 1/2)"}
FAMILIES = {
    "plain": ({}, OPEN),
    "threat": ({"synergy": "common threat"}, {"value": "(0, ∞)", "rival": "(0, ∞)"} | OPEN),
    "costs": (
        {"costs": "unequal"},
        {"value": "(0, ∞)", "exposure": "(0, 1]", "sponsor_cost": "(0, 1/2)", "proxy_cost": "(0, 1/2)"},
    ),
    "wage": ({"sharing": "wage"}, OPEN | {"wage": "(0, 1)"}),
    "agreed": ({"sharing": "agreed", "actions": 2}, OPEN | {"gap0": "(0, 1)"}),
    "pact": ({"actions": 3}, OPEN | {"guard": "(0, 1]", "support_cost": "[0, 1/4]"}),
    "decisiveness": ({"decisiveness": Interval(1, 2)}, OPEN | {"decisiveness": "[1, 2]"}),
    "stakes": ({"stakes": Choice(1, 2)}, OPEN | {"stakes": "{1, 2}"}),
    "all-pay": ({"contest": "all-pay", "decisiveness": Interval(1, 2)}, OPEN),
    "own": ({"domains": {"value": Interval(1, 2)}}, OPEN | {"value": "[1, 2]"}),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_open_in_a_family(name):
    options, expected = FAMILIES[name]
    assert {key: str(domain) for key, domain in alliance_family(**options).parameters.items()} == expected
    assert list(alliance_family(**options).parameters) == list(expected)


def test_the_games_of_a_family():
    of = alliance_family(actions=3, decisiveness=2, stakes=3, costs="unequal", synergy="common threat", sharing="wage")
    numbers = {"value": 1, "rival": F(2, 3), "exposure": HALF, "sponsor_cost": F(1, 4), "proxy_cost": F(1, 5), "wage": F(1, 6)}
    found = of.at(**numbers, guard=F(1, 3), support_cost=F(1, 8))
    assert found == al.AllianceGame(
        contest=al.Tullock(2), synergy=al.CommonThreat(1, F(2, 3)), sharing=al.Wage(F(1, 6)), exposure=HALF,
        conflict_cost=(F(1, 4), F(1, 5)), stakes=3, coexist_exposure=F(1, 6), support_cost=F(1, 8),
    )  # fmt: skip
    agreed = alliance_family(contest="all-pay", sharing="agreed", synergy="aggregation", enforcement=al.Transfers(), total=2)
    found = agreed.at(value=1, exposure=HALF, conflict_cost=F(1, 4), gap0=F(1, 3))
    assert found == al.AllianceGame(
        contest=al.AllPay(), synergy=al.Aggregation(1), sharing=al.Agreed(F(1, 3)), exposure=HALF,
        conflict_cost=F(1, 4), stakes=1,
    )  # fmt: skip
    assert (agreed.enforcement, agreed.total) == (al.Transfers(), 2)
