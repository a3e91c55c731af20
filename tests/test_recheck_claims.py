"""The re-checks of claims: each wrong field of a check, a falsification and a proof is named with its numbers."""

from __future__ import annotations

import functools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances import claims
from alliances.claims import Family, Interval
from tests.recheck_support import TINY, witness
from tests.support import benchmark_game

EIGHTHS = [F(n, 8) for n in range(8)]


@functools.cache
def war() -> Any:
    """The favourite needs one round more than at parity: 4 and not 3 rounds are expected, and the claim fails."""
    return claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=(8, 2)))


@functools.cache
def restraint() -> Any:
    return claims.SPONSOR_RESTRAINT.check(al.presets.chindea_2014(), gaps=EIGHTHS)


@functools.cache
def asymmetry() -> Any:
    return claims.ASYMMETRY.check(benchmark_game(), gaps=EIGHTHS)


def of(check: Any, **changes: Any) -> Any:
    """What is wrong with a check whose witness says something else."""
    return witness(replace(check, witness=replace(check.witness, **changes)))


# -- wars --------------------------------------------------------------------------------------------------------------


def test_a_check_of_a_war_is_named_where_it_is_wrong() -> None:
    c = war()
    w = c.witness
    assert witness(c) is None
    assert (w.low, w.high, w.at_low, w.at_high, w.player) == (0, F(1, 3), 3, 4, "sponsor")
    assert witness(replace(c, claim="stakes")) == "'stakes' is no claim about wars"
    assert witness(replace(c, exact=not c.exact)) == f"exact is {not c.exact}, and the walk is not so"
    for points in (c.points - 1, c.points + 1):
        assert witness(replace(c, points=points)) == f"the walk has {c.points} starts, and not {points}"
    for fields in ({"line": "stakes"}, {"quantity": "critical discount factor"}, {"assume": ("credible",)}):
        assert witness(replace(c, **fields)) == "not the words for a war"
    assert witness(replace(c, enforcement=al.FinitePunishment(2))) == "wars know no enforcement"
    for fields in ({"status": "holds"}, {"witness": None}, {"status": "unclear"}):
        other = replace(c, **fields)
        words = f'status "{other.status}" with witness {other.witness} and suspicion {other.suspicion}'
        assert witness(other) == words
    holds = witness(replace(c, status="holds", witness=None))
    assert holds == "wars from gap 1/3 last longer than from 0"
    assert witness(replace(c, status="vacuous", witness=None)) == 'the status is "vacuous"'
    assert of(c, low=F(1, 10)) == "1/10 or 1/3 is no start of the walk"
    assert of(c, high=F(1, 10)) == "0 or 1/10 is no start of the walk"
    assert of(c, low=w.high, high=w.low) == "the second gap of the witness is not the wider"
    assert of(c, high=w.low) == "the second gap of the witness is not the wider"
    for error in (-TINY, TINY):
        assert of(c, at_low=3 + error) == f"a war from gap 0 is expected to last 3 rounds, and not {3 + error}"
        assert of(c, at_high=4 + error) == f"a war from gap 1/3 is expected to last 4 rounds, and not {4 + error}"
    assert of(c, player="proxy") == "it is not the proxy that is the stronger"
    for name in ("middle", "at_middle", "gap"):
        other = replace(w, **{name: 0})
        words = f"{c.claim} compares two points, and knows no middle and no other gap: {other}"
        assert witness(replace(c, witness=other)) == words


def test_a_float_war_is_right_to_1e_minus_9_of_the_longest() -> None:
    c = claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=(8, 2), win=0.5))
    assert witness(c) is None
    assert not c.exact
    longest = max(c.witness.at_high, c.witness.at_low)
    for name in ("at_low", "at_high"):
        for sign in (-1, 1):
            near, far = (getattr(c.witness, name) + sign * part * 1e-9 * longest for part in (0.5, 1.5))
            assert of(c, **{name: near}) is None
            assert " rounds, and not " in of(c, **{name: far})


# -- critical discount factors ----------------------------------------------------------------------------------------


def test_a_check_along_the_gap_is_named_where_it_is_wrong() -> None:
    c = restraint()
    w = c.witness
    assert witness(c) is None
    assert (w.low, w.high, w.at_high, w.player) == (F(1, 8), F(1, 4), np.inf, "sponsor")
    for name in claims.CLAIMS:
        if name != c.claim:
            assert witness(replace(c, claim=name)) == f"the question is not that of {name!r}"
    assert witness(replace(c, claim="protraction")) == "the question is not that of 'protraction'"
    for line in ("stakes", "parity"):
        assert witness(replace(c, line=line)) == f"compared along the gap, and not the {line}"
    assert witness(replace(c, quantity="expected duration")) == "what is compared is not the expected duration"
    assert witness(replace(c, enforcement=None)) == "a claim or a concept is missing"
    assert witness(replace(c, claim=None)) == "a claim or a concept is missing"
    for points in (7, 9):
        assert witness(replace(c, points=points)) == f"8 points meet the assumptions, and not {points}"
    words = f"exact is {not c.exact}, but the numbers compared are of another kind"
    assert witness(replace(c, exact=not c.exact)) == words
    for fields in ({"status": "holds"}, {"witness": None}, {"suspicion": w}):
        other = replace(c, **fields)
        words = f'status "{other.status}" with witness {other.witness} and suspicion {other.suspicion}'
        assert witness(other) == words
    assert witness(replace(c, status="perhaps", witness=None)) == 'the status is "perhaps"'
    held = witness(replace(c, status="holds", witness=None))
    assert held == f"{c.claim} is contradicted between 1/8 and 1/4"
    assert witness(replace(c, status="vacuous", witness=None)) == "vacuous, though there is something to compare"
    order = "the points compared do not increase"
    for compared in (EIGHTHS[::-1], [*EIGHTHS, EIGHTHS[-1]], EIGHTHS[:1], []):
        question = replace(c.question, compared=np.array(compared, dtype=object))
        assert witness(replace(c, question=question)) == order


def test_a_witness_says_what_the_definition_says() -> None:
    c = restraint()
    w = c.witness
    game = al.presets.chindea_2014()
    by_definition = [al.critical_discount(game, al.Power.from_gap(x)).sponsor for x in (w.low, w.high)]
    assert (w.at_low, w.at_high) == tuple(by_definition)
    for sign in (-1, 1):
        near, far = (w.at_low + sign * part * 1e-9 for part in (0.5, 1.5))
        assert of(c, at_low=near) is None
        assert of(c, at_low=far) == f"the witness says {far}, but by the definition it is {w.at_low}"
    assert of(c, at_high=1.0) == "the witness says 1.0, but by the definition it is inf"
    assert of(c, low=w.high, high=w.low) == (f"the witness does not contradict {c.claim}: {replace(w, low=w.high, high=w.low)}")
    between = F(1, 5)
    assert of(c, high=between) == f"{w.low} and {between} are no two points of the line"
    assert of(c, player="nobody") == "nobody is no player"
    low, high = (al.critical_discount(game, al.Power.from_gap(x)).proxy for x in (w.low, w.high))
    assert of(c, player="proxy") == f"the witness says {w.at_low}, but by the definition it is {low}"
    assert of(c, player="proxy", at_low=low, at_high=high) == "it is not the proxy's number"


def test_an_exact_check_is_wrong_by_the_least_error() -> None:
    c = asymmetry()
    assert c.exact
    assert witness(c) is None
    w = c.witness
    right = al.critical_discount(benchmark_game(), al.Power.from_gap(w.low)).dyad
    assert w.at_low == right
    for error in (-TINY, TINY):
        assert of(c, at_low=w.at_low + error) == f"the witness says {w.at_low + error}, but by the definition it is {right}"


# -- falsifications and proofs ----------------------------------------------------------------------------------------


def family() -> Family:
    return Family(lambda win: al.ConflictWalk(2, 4, win), {"win": Interval(0, 1, "neither")})


@functools.cache
def falsified() -> Any:
    return claims.PROTRACTION.falsify(family(), examples=5)


@functools.cache
def refuted() -> Any:
    return claims.PROTRACTION.prove(family())


def test_a_counterexample_is_one_of_the_family_and_of_the_claim() -> None:
    f = falsified()
    assert witness(f) is None
    assert f.check.claim == "protraction"
    one = "parameters without a check, or a check without parameters"
    assert witness(replace(f, check=None)) == one
    assert witness(replace(f, parameters=None)) == one
    assert witness(replace(f, examples=0)) == "0 models tried, and a counterexample among them"
    for unclear in (-1, 1):
        words = f"{unclear} models are said to be unclear, and at most 0 can be"
        assert witness(replace(f, unclear=unclear)) == words
    for claim in (claims.ASYMMETRY, claims.STAKES):
        words = f"the check is of 'protraction', and not of {claim.name!r}"
        assert witness(replace(f, claim=claim)) == words
    held = replace(f.check, status="holds")
    assert witness(replace(f, check=held)) == f"the counterexample does not fail: {held.message}"
    for parameters in ({}, {**f.parameters, "more": F(1)}):
        assert witness(replace(f, parameters=parameters)) == "the parameters are not those of the family"
    for win in (F(0), F(1), F(3, 2)):
        assert witness(replace(f, parameters={"win": win})) == f"win = {win} is outside its domain"
    other = f.parameters["win"] + TINY
    assert witness(replace(f, parameters={"win": other})) == "the check is of another war than the parameters"
    unknown = replace(f.check, question=None)
    assert witness(replace(f, check=unknown)) == "the check of the counterexample keeps no question to ask again"
    wrong = replace(f.check, points=f.check.points + 1)
    words = f"the walk has {f.check.points} starts, and not {wrong.points}"
    assert witness(replace(f, check=wrong)) == words
    nothing = replace(f, check=None, parameters=None)
    assert al.verify(nothing).status == "nothing checked"


@pytest.mark.parametrize("status", ["proved", "unknown", "perhaps"])
def test_a_proof_has_a_counterexample_if_it_is_refuted(status: Any) -> None:
    p = refuted()
    assert witness(p) is None
    assert p.status == "refuted"
    words = f'status "{status}" without or with a counterexample, or with the reasons {p.reasons}'
    assert witness(replace(p, status=status)) == words
    gone = replace(p, counterexample=None)
    assert witness(gone) == 'status "refuted" without or with a counterexample, or with the reasons ()'
    enclosed = replace(p.counterexample, certified="by enclosures")
    assert witness(replace(p, counterexample=enclosed)) == "the numbers are exact, and certified by enclosures"
    elsewhere = replace(p.counterexample, parameters={"win": p.counterexample.parameters["win"] + TINY})
    assert witness(replace(p, counterexample=elsewhere)) == "the check is of another war than the parameters"


@pytest.mark.parametrize("name", claims.CLAIMS)
@pytest.mark.parametrize("assume", [(), ("deterrent",), ("credible", "deterrent")], ids=["nothing", "deterrent", "both"])
def test_checks_of_all_claims_pass_whatever_they_assume(name: str, assume: Any) -> None:
    claim = claims.CLAIMS[name]
    line: dict[str, Any] = {"gap": {"gaps": EIGHTHS}, "stakes": {"stakes": [F(1), F(2), F(4)]}, "parity": {}}[claim.shape.line]
    c = claim.check(benchmark_game() if claim.shape.line == "gap" else al.presets.chindea_2014(), assume=assume, **line)
    assert witness(c) is None
    wrong = witness(replace(c, points=c.points + 1))
    assert wrong == f"{c.points} points meet the assumptions, and not {c.points + 1}"


# -- at parity, at other totals, and along a line of stakes ---------------------------------------------------------------


def arrangements(alliance: Any, pact: Any) -> al.CustomGame:
    """An alliance and a pact worth 1 a period, and a temptation of each player to leave them for conflict, which is worth 0."""

    def payoffs(power: al.Power) -> Any:
        o = 0 * power.gap
        bad = (o - 9, o - 9)
        (s, p), (t, q) = alliance, pact
        return [
            [(o + 1, o + 1), bad, (o - 9, o + 1 + p)],
            [bad, (o + 1, o + 1), (o - 9, o + 1 + q)],
            [(o + 1 + s, o - 9), (o + 1 + t, o - 9), (o, o)],
        ]

    return al.CustomGame(payoffs, ("ally", "coexist", "fight"))


def needed(temptation: int) -> F:
    """The critical discount factor of a temptation, from its definition: (1 − δ)(1 + t) ≤ 1."""
    return F(temptation, 1 + temptation)


@pytest.mark.parametrize(
    ("alliance", "pact", "players"),
    [((1, 1), (3, 3), ("sponsor", "proxy")), ((2, 1), (1, 4), ("proxy",)), ((1, 2), (5, 1), ("sponsor",))],
)
def test_a_pact_that_is_harder_to_keep_is_named_with_both_numbers(alliance: Any, pact: Any, players: Any) -> None:
    c = claims.PACT_AT_PARITY.check(arrangements(alliance, pact))
    w = c.witness
    assert witness(c) is None
    assert c.exact
    assert (c.status, w.low, w.high, w.at_low, w.at_high) == ("fails", 0, 0, needed(max(alliance)), needed(max(pact)))
    for who in ("sponsor", "proxy"):
        assert of(c, player=who) == (None if who in players else f"it is not the {who}'s number")
    for name in ("at_low", "at_high"):
        right = getattr(w, name)
        for error in (-TINY, TINY):
            words = f"the witness says {right + error}, but by the definition it is {right}"
            assert of(c, **{name: right + error}) == words
    held = witness(replace(c, status="holds", witness=None))
    assert held == "pact at parity is contradicted between 0 and 0"
    turned = claims.PACT_AT_PARITY.check(arrangements(pact, alliance))
    assert (turned.status, witness(turned)) == ("holds", None)
    equal = claims.PACT_AT_PARITY.check(arrangements(alliance, alliance))
    assert (equal.status, witness(equal)) == ("holds", None)


def through(points: dict[F, int]) -> Any:
    """The polynomial through some points, of numbers and of arrays."""

    def value(z: Any) -> Any:
        def part(x: F) -> Any:
            return functools.reduce(
                lambda product, other: product * (z - other) / (x - other), (y for y in points if y != x), F(1)
            )

        return sum(height * part(x) for x, height in points.items())

    return value


def test_higher_stakes_that_help_a_pact_are_named() -> None:
    tempted = {F(1): 4, F(2): 3, F(4): 5, F(8): 2}
    grows = through(tempted)
    c = claims.STAKES.check(lambda z: arrangements((0, 0), (1, grows(z))), stakes=list(tempted))
    w = c.witness
    assert witness(c) is None
    assert (c.status, w.low, w.high, w.at_low, w.at_high, w.player) == ("fails", 4, 8, needed(5), needed(2), "proxy")
    assert of(c, player="sponsor") == "it is not the sponsor's number"
    for low, high in ((F(2), F(4)), (F(1), F(4))):
        other = replace(w, low=low, high=high, at_low=needed(tempted[low]), at_high=needed(tempted[high]))
        assert witness(replace(c, witness=other)) == f"the witness does not contradict stakes: {other}"
    other = replace(w, low=F(1), high=F(2), at_low=needed(4), at_high=needed(3))
    assert witness(replace(c, witness=other)) is None
    held = witness(replace(c, status="holds", witness=None))
    assert held == "stakes is contradicted between 1 and 2"


def by_strength() -> al.CustomGame:
    """The sponsor's critical discount factor is half its power, the proxy's 0."""

    def payoffs(power: al.Power) -> Any:
        f = power.sponsor / 2
        return [[(1 + 0 * f, 1 + 0 * f), (f - 1, 1 + 0 * f)], [(1 + f, f - 1), (f, 0 * f)]]

    return al.CustomGame(payoffs)


def test_numbers_along_the_gap_are_those_of_its_total() -> None:
    c = claims.SPONSOR_RESTRAINT.check(by_strength(), gaps=[F(0), F(1, 2)], total=F(3, 2))
    w = c.witness
    assert witness(c) is None
    assert (c.status, w.at_low, w.at_high) == ("fails", F(3, 8), F(9, 16))  # of the sponsor's power 3/4 and 9/8
    other = replace(c, question=replace(c.question, total=F(1)))
    assert witness(other) == "the witness says 3/8, but by the definition it is 1/4"


def test_what_is_said_to_be_unclear_seems_to_be_so_and_is_not_certain() -> None:
    c = restraint()
    w = c.witness
    game = al.presets.chindea_2014()

    def found(**fields: Any) -> Any:
        return witness(replace(c, status="unclear", witness=None, suspicion=replace(w, **fields)))

    assert found() == f"unclear, though {w.low} and {w.high} certainly contradict {c.claim}"
    assert found(low=w.high, high=w.low) == f"{w.high} and {w.low} are no two points of the line"
    assert found(high=w.low) == f"{w.low} and {w.low} are no two points of the line"
    assert found(high=F(1, 5)) == f"{w.low} and 1/5 are no two points of the line"
    assert found(low=F(1, 9)) == f"1/9 and {w.high} are no two points of the line"
    numbers = {gap: al.critical_discount(game, al.Power.from_gap(gap)).sponsor for gap in EIGHTHS}
    for low, high in zip(EIGHTHS, EIGHTHS[1:], strict=False):
        words = f"{low} and {high} do not even seem to contradict {c.claim}"
        assert (found(low=low, high=high) == words) == (numbers[high] <= numbers[low])


def two_temptations(sponsor: Any, proxy: Any) -> al.CustomGame:
    """An alliance worth 1 a period, and what each gains by leaving it for conflict, which is worth 0, by the gap."""

    def payoffs(power: al.Power) -> Any:
        o = 0 * power.gap
        return [[(o + 1, o + 1), (o - 9, 1 + proxy(power.gap))], [(1 + sponsor(power.gap), o - 9), (o, o)]]

    return al.CustomGame(payoffs)


def test_whose_number_it_is_is_told_by_the_larger_one() -> None:
    c = claims.ASYMMETRY.check(two_temptations(lambda g: 2 - 2 * g, lambda g: 1 + 4 * g), gaps=[F(0), F(1, 2)])
    w = c.witness
    assert witness(c) is None
    assert (c.status, w.at_low, w.at_high, w.player) == ("fails", needed(2), needed(3), "proxy")
    assert of(c, player="sponsor") == "it is not the sponsor's number"


def test_fewer_models_are_unclear_than_were_tried_before_the_counterexample() -> None:
    f = falsified()
    assumed = replace(f, family=f.family.with_(assume=("deterrent",)), examples=3, claim=claims.ASYMMETRY)
    for unclear in (-1, 3):
        words = f"{unclear} models are said to be unclear, and at most 2 can be"
        assert witness(replace(assumed, unclear=unclear)) == words
    for unclear in (0, 2):
        assert witness(replace(assumed, unclear=unclear)) == "the check is of 'protraction', and not of 'asymmetry'"


def test_a_sponsor_that_turns_first_is_compared_with_the_larger_of_two_numbers() -> None:
    c = claims.PROXY_TURNS_FIRST.check(two_temptations(lambda g: 3 - 2 * g, lambda g: 1 + g), gaps=[F(0), F(1, 2)])
    w = c.witness
    assert witness(c) is None
    assert (c.status, w.at_low, w.at_high, w.player) == ("fails", needed(3), needed(2), "sponsor")
    for error in (-TINY, TINY):
        words = f"the witness says {w.at_high + error}, but by the definition it is {w.at_high}"
        assert of(c, at_high=w.at_high + error) == words
    assert of(c, player="proxy") == "it is not the proxy's number"
