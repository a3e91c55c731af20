"""What contradicts a claim, in odds: every shape against its definition, for odds that are nothing, finite or infinite."""

from fractions import Fraction as F
from itertools import product

import pytest

from alliances.arithmetic.algebra import Algebra
from alliances.arithmetic.domains import Interval
from alliances.claims.comparisons import Monotone, PactFirst, ProxyFirst, above, larger_odds
from alliances.claims.odds import Odds
from alliances.claims.scales import NeverAbove
from alliances.claims.unimodal import Unimodal

INF = float("inf")
PLAYERS = ("sponsor", "proxy")


def of(kind, value=None):
    return Odds(kind, value, "none")


def odds(x):
    return of("zero") if x == 0 else of("infinite") if x == INF else of("finite", F(x))


SOME = (0, F(1, 2), F(2), INF)


@pytest.mark.parametrize(("a", "b"), list(product(SOME, SOME)))
def test_the_order_of_odds(a, b):
    """0, finite numbers by their size, and ∞."""
    x, y = odds(a), odds(b)
    assert x.exceeds(y) is (a > b)
    assert larger_odds((x, y)) is (x if a > b else y)


@pytest.mark.parametrize("values", list(product(SOME, repeat=4)))
def test_odds_at_two_points_contradict_claims(values):
    low, high = values[:2], values[2:]
    pairs = tuple(map(odds, low)), tuple(map(odds, high))
    for k, who in enumerate(PLAYERS):
        assert Monotone("gap", who, -1).contradicted(*pairs, None) is (high[k] > low[k])
        assert Monotone("gap", who, 1).contradicted(*pairs, None) is (low[k] > high[k])
    assert Monotone("gap", "dyad", -1).contradicted(*pairs, None) is (max(high) > max(low))
    assert Monotone("gap", "dyad", 1).contradicted(*pairs, None) is (max(low) > max(high))
    assert ProxyFirst().contradicted(*pairs, None) is (high[0] > high[1] and low[0] > max(low[1], *high))
    assert PactFirst().contradicted(pairs[0], pairs[0], pairs[1]) is (max(low) > max(high))
    for k, who in enumerate(PLAYERS):
        assert NeverAbove(who).contradicted(pairs[0], pairs[0], pairs[1]) is (low[k] > high[k])
    assert NeverAbove("dyad").contradicted(pairs[0], pairs[0], pairs[1]) is (max(low) > max(high))


@pytest.mark.parametrize("values", list(product((0, F(1), INF), repeat=3)))
def test_odds_at_three_points_contradict_one_peak(values):
    """The middle one, named last, below both others; the second player's are twice as large, and so are the dyad's."""
    low, high, middle = ((odds(x), odds(2 * x)) for x in values)
    below = values[2] < min(values[:2])
    above_both = values[2] > max(values[:2])
    for who in ("sponsor", "proxy", "dyad"):
        assert Unimodal("gap", who, 1).contradicted(low, high, middle) is below
        assert Unimodal("gap", who, -1).contradicted(low, high, middle) is above_both
        assert not Unimodal("gap", who, 1).contradicted(low, high, None)


ALGEBRA = Algebra({"x": Interval(0, 1, "right"), "v": Interval(1, 2)}, ("x", lambda x: -x), lambda *_: "unknown")
X, V = ALGEBRA["x"], ALGEBRA["v"]
A, B, C, D = V * X + 1, 3 - X * X, V / (1 + X), X / (2 + V)  # odds that move


def letter(name):
    return {"zero": of("zero"), "infinite": of("infinite"), "a": of("finite", A), "b": of("finite", B)}.get(name) or of(
        "finite", {"c": C, "d": D}[name]
    )


def same(found, expected):
    """Whether ways to contradict a claim are these: words, and quotients with their relations to 0."""
    found = list(found)
    assert [text for text, _ in found] == [text for text, _ in expected]
    for (_, conditions), (_, wanted) in zip(found, expected, strict=True):
        assert [relation for _, relation in conditions] == [relation for _, relation in wanted]
        assert all(ALGEBRA.number(q).identical(ALGEBRA.number(w)) for (q, _), (w, _) in zip(conditions, wanted, strict=True))


RATE = {"a": -V * X, "b": 2 * X * X}  # by the log ratio, −x d/dx
SPONSORS = "the alliance breaks by the sponsor's constraint as the gap narrows"


@pytest.mark.parametrize("proxy", ["zero", "b", "infinite"])
@pytest.mark.parametrize("sponsor", ["zero", "a", "infinite"])
def test_within_a_case_the_sponsor_breaks_it(sponsor, proxy):
    """Its odds are finite, rise as the gap narrows, and are above the proxy's, which no odds are if those are infinite."""
    expected = []
    if sponsor == "a" and proxy != "infinite":
        expected = [(SPONSORS, [(-RATE["a"], ">"), *([(A - B, ">")] if proxy == "b" else [])])]
    same(ProxyFirst().violations((letter(sponsor), letter(proxy)), None), expected)


def test_pooled_constraints_have_no_first_to_break():
    one = letter("a")
    assert list(ProxyFirst().violations((one, one), None)) == []
    assert list(ProxyFirst().jumps((one, one), (letter("b"), letter("b")))) == []


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("who", ["sponsor", "proxy", "dyad"])
@pytest.mark.parametrize("proxy", ["zero", "b", "infinite"])
@pytest.mark.parametrize("sponsor", ["zero", "a", "infinite"])
def test_within_a_case_a_number_moves_the_wrong_way(sponsor, proxy, who, sign):
    expected = []
    for player, own, other in (("sponsor", sponsor, proxy), ("proxy", proxy, sponsor)):
        if who not in (player, "dyad") or own not in RATE or (who == "dyad" and other == "infinite"):
            continue
        conditions = [(RATE[own] * -sign, ">")]
        if who == "dyad" and other in RATE:
            conditions.append((A - B if own == "a" else B - A, ">="))
        expected.append((f"the {player}'s critical discount factor moves the wrong way along the line", conditions))
    same(Monotone("line", who, sign).violations((letter(sponsor), letter(proxy)), None), expected)


def test_pooled_odds_are_asked_about_once():
    one = letter("a")
    text = "the sponsor's critical discount factor moves the wrong way along the gap"
    same(Monotone("gap", "dyad", -1).violations((one, one), None), [(text, [(RATE["a"], ">")])])
    pact = "the sponsor needs more patience for the pact than the alliance needs"
    other = letter("b")
    same(PactFirst().violations((one, one), (other, other)), [(pact, [(A - B, ">"), (A - B, ">")])])
    words = "a critical discount factor is above the one that it is compared with"
    same(NeverAbove("dyad").violations((one, one), (other, other)), [(words, [(A - B, ">"), (A - B, ">")])])


RANKS = {"zero": 0, "infinite": 2}
QUOTIENTS = {"a": A, "b": B, "c": C, "d": D}


def exceeding(own, others):
    """Conditions under which odds exceed others: None if they cannot, and nothing to ask of those that they exceed anyway."""
    conditions = []
    for other in others:
        if own in QUOTIENTS and other in QUOTIENTS:
            conditions.append((QUOTIENTS[own] - QUOTIENTS[other], ">"))
        elif RANKS.get(own, 1) <= RANKS.get(other, 1):
            return None
    return conditions


@pytest.mark.parametrize(
    ("own", "first", "second"), list(product(("zero", "a", "infinite"), ("zero", "b", "infinite"), ("zero", "c")))
)
def test_odds_above_others(own, first, second):
    expected = exceeding(own, (first, second))
    found = above(letter(own), [letter(first), letter(second)])
    assert (found is None) is (expected is None)
    if expected is not None:
        same([("", found)], [("", expected)])


@pytest.mark.parametrize("names", list(product(("zero", "a"), ("b", "infinite"), ("zero", "c"), ("d", "infinite"))))
def test_a_pact_or_another_concept_asks_for_more(names):
    main, other = names[:2], names[2:]
    pairs = tuple(map(letter, main)), tuple(map(letter, other))
    ways = [(who, exceeding(own, other)) for who, own in zip(PLAYERS, main, strict=True)]
    pact = [(f"the {who} needs more patience for the pact than the alliance needs", c) for who, c in ways if c is not None]
    same(PactFirst().violations(*pairs), pact)
    words = "a critical discount factor is above the one that it is compared with"
    same(NeverAbove("dyad").violations(*pairs), [(words, c) for _, c in ways if c is not None])
    for k, who in enumerate(PLAYERS):
        alone = exceeding(main[k], other[k : k + 1])
        same(NeverAbove(who).violations(*pairs), [] if alone is None else [(words, alone)])
    assert list(PactFirst().jumps(*pairs)) == list(NeverAbove("dyad").jumps(*pairs)) == []


def jumping(text, own, others):
    """In the limit, too: without bound where the denominator vanishes, and from where the others are 0/0."""
    conditions = exceeding(own, others)
    if conditions is None:
        return []
    ways = [(text, conditions)]
    finite = [QUOTIENTS[other] for other in others if other in QUOTIENTS]
    if own in QUOTIENTS and finite:
        ways.append((f"{text}, without bound", [(QUOTIENTS[own].bottom, "=="), *((q.bottom, "!=") for q in finite)]))
        ways += [(f"{text}, from 0/0", [(q.top, "=="), (q.bottom, "==")]) for q in finite]
    return ways


@pytest.mark.parametrize(
    "names", list(product(("zero", "a", "infinite"), ("zero", "b"), ("zero", "c", "infinite"), ("zero", "d")))
)
def test_jumps_from_one_case_to_the_next(names):
    before, after = names[:2], names[2:]
    pairs = tuple(map(letter, before)), tuple(map(letter, after))
    same(
        ProxyFirst().jumps(*pairs),
        jumping("the alliance breaks by a jump of the sponsor's constraint", before[0], (before[1], *after)),
    )
    for sign, low, high in ((-1, before, after), (1, after, before)):
        text = "the {}'s critical discount factor jumps the wrong way along the gap"
        for k, who in enumerate(PLAYERS):
            same(Monotone("gap", who, sign).jumps(*pairs), jumping(text.format(who), high[k], low[k : k + 1]))
        both = [way for k, who in enumerate(PLAYERS) for way in jumping(text.format(who), high[k], low)]
        same(Monotone("gap", "dyad", sign).jumps(*pairs), both)
    one = letter("a")
    once = jumping("the sponsor's critical discount factor jumps the wrong way along the gap", "a", before)
    same(Monotone("gap", "dyad", -1).jumps(pairs[0], (one, one)), once)


@pytest.mark.parametrize("sign", [1, -1])
def test_one_peak_is_never_falling_and_never_rising(sign):
    """A peak is broken by a fall and a later rise: the events of both monotone claims, in this order."""
    shape = Unimodal("gap", "dyad", sign)
    pairs = (letter("a"), letter("b")), (letter("c"), letter("zero"))
    first, second = Monotone("gap", "dyad", sign), Monotone("gap", "dyad", -sign)
    assert (shape.first, shape.second, shape.width) == (first, second, 3)
    same(shape.violations(pairs[0], None), [*first.violations(pairs[0], None), *second.violations(pairs[0], None)])
    same(shape.jumps(*pairs), [*first.jumps(*pairs), *second.jumps(*pairs)])


def test_what_lies_between_tells_who_breaks_it():
    """Between, the sponsor's odds above the proxy's, and those at the lower point above the proxy's between."""

    def known(temptation, loss):
        return Odds("finite", F(temptation, loss), "none", F(loss), ((F(0), F(temptation), F(-loss)),))

    low = known(3, 2), known(1, 4)
    shape = ProxyFirst()
    assert shape.stands(low, (known(2, 1), known(1, 1)))
    assert not shape.stands(low, (known(2, 1), known(3, 2)))  # 3/2 is not above 3/2
    assert not shape.stands(low, (known(1, 1), known(1, 1)))
    assert shape.stands(low, (of("infinite"), known(1, 1)))
    assert not shape.stands(low, (known(2, 1), of("infinite")))
    assert shape.stands((of("infinite"), of("zero")), (known(2, 1), known(1, 1)))
    assert Monotone("gap", "dyad", -1).stands(low, low)
