"""The comparison of a proof's cases with the model finds what is wrong with either, and nothing where nothing is."""

import re
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic import choose, exp, larger
from alliances.arithmetic.conditions import Condition, Kind
from alliances.claims import ASYMMETRY, PACT_AT_PARITY, PROTRACTION, PROXY_RESTRAINT, STAKES, Family, Interval, NotArithmetic
from alliances.claims.alliance_family import alliance_family
from alliances.claims.proofs.agreement import disagreements
from alliances.claims.proofs.problem import Region
from tests.claim_support import HALF, dyad

FAMILY = Family(
    lambda v: dyad((lambda g: larger(v - g, HALF) + 1, lambda g: 1 + g)), {"v": Interval(0, 1)}, gaps=Interval(0, F(3, 4))
)
CURVED = Family(lambda v: dyad((lambda g: exp(-v * g), lambda g: 1 + g)), {"v": Interval(1, 2)}, gaps=Interval(0, HALF))


def problem(claim=PROXY_RESTRAINT, family=FAMILY):
    return claim.problem(family, {}, float("inf"))


HONEST = {
    "two cases": (PROXY_RESTRAINT, FAMILY),
    "a transcendental": (PROXY_RESTRAINT, CURVED),
    "roots": (ASYMMETRY, alliance_family(synergy="constant", decisiveness=HALF)),
    "many cases": (ASYMMETRY, alliance_family(sharing="wage", synergy="constant", assume="credible")),
    "open decisiveness": (ASYMMETRY, alliance_family(synergy="constant", decisiveness=Interval(1, 2))),
    "stakes": (STAKES, alliance_family(synergy="constant", actions=3, stakes=Interval(1, 3))),
    "parity": (PACT_AT_PARITY, alliance_family(synergy="constant", actions=3)),
    "pooled": (ASYMMETRY, alliance_family(enforcement=al.GivenPunishment(al.Transfers()))),
    "war": (PROTRACTION, Family(lambda m: al.ConflictWalk(2, 8, al.Tullock(m)), {"m": Interval(0, 3, "right")})),
    "floats": (PROXY_RESTRAINT, Family(lambda v: al.presets.chindea_2014(stakes=v), {"v": Interval(1, 2)})),
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", HONEST)
def test_honest_models_agree(name):
    assert disagreements(problem(*HONEST[name]), 0) == []


class Changed:
    """A problem with other regions than its own."""

    def __init__(self, of, change):
        self._of, self._change = of, change

    def __getattr__(self, name):
        return getattr(self._of, name)

    def regions(self):
        return self._change(list(self._of.regions()))


def changed(outcome, **fields):
    return lambda regions: [
        region._replace(outcome=region.outcome._replace(**{k: f(getattr(region.outcome, k)) for k, f in fields.items()}))
        if k == outcome
        else region
        for k, region in enumerate(regions)
    ]


@pytest.mark.parametrize("family", [FAMILY, CURVED], ids=["rational", "transcendental"])
@pytest.mark.parametrize("place", range(8))
def test_every_payoff_of_a_case_is_compared(family, place):
    of = problem(family=family)
    wrong = Changed(of, changed(0, payoffs=lambda xs: [x + (k == place) * of.algebra["v"] for k, x in enumerate(xs)]))
    if family is FAMILY or place != 3:
        with pytest.raises(NotArithmetic, match=r"payoff at \(\w+, \w+\) is"):
            disagreements(wrong, 0)
    else:
        assert any("payoff at" in reason for reason in disagreements(wrong, 0))


def test_odds_and_punishments_are_compared():
    of = problem()
    for change in (changed(0, follows=lambda xs: [x + 1 for x in xs]), changed(1, marks=lambda marks: marks[::-1])):
        with pytest.raises(NotArithmetic, match=r"what the claim compares|its incentives"):
            disagreements(Changed(of, change), 0)


def test_a_case_that_is_left_out():
    assert any("no case covers" in reason for reason in disagreements(Changed(problem(), lambda regions: regions[1:]), 0))


def test_a_case_without_payoffs():
    def dropped(regions):
        return [Region(regions[0].conditions, None), *regions[1:]]

    assert any("payoffs in numbers and none" in reason for reason in disagreements(Changed(problem(), dropped), 0))


def test_a_false_fact_about_a_function():
    of = problem(family=CURVED)
    function = of.algebra.generators[of.algebra.transcendentals[0].place]
    of.algebra.facts.append(Condition(function - of.algebra.one, ">", Kind.TRANSCENDENTAL, "larger than 1"))
    assert any("what is known of a function (larger than 1) is false" in reason for reason in disagreements(of, 0))


def test_no_time_is_a_reason():
    assert disagreements(problem(), 0, deadline=0.0) == [
        "time ran out while the proof's cases were compared with the model in numbers"
    ]


def test_the_seed_decides_what_is_compared():
    seen = []

    class Watched(Changed):
        def numbers(self, values):
            seen[-1].append(dict(values))
            return self._of.numbers(values)

    for seed in (0, 0, 1):
        seen.append([])
        disagreements(Watched(problem(), lambda regions: regions), seed)
    assert seen[0] == seen[1] != seen[2]
    assert len(seen[0]) >= 60  # some 30 points in each of two cases


# -- where it is compared ----------------------------------------------------------------------------------------------


def compared(of, seed=0):
    """Where the model is run on numbers, and what is said."""
    seen = []

    class Watched(Changed):
        def numbers(self, values):
            seen.append(dict(values))
            return self._of.numbers(values)

    return seen, disagreements(Watched(of, lambda regions: regions), seed)


def parts_of(width, exact=False):
    """A model of two cases: up to the gap 1 − ``width`` (or but for gaps that are v/2 exactly), and beyond (or there)."""

    def model(v):
        def tempted(g):
            return choose(g == v / 2 if exact else g > 1 - width, 2 + 0 * g, 1 + 0 * g)

        return dyad((tempted, lambda g: 1 + 0 * g))

    return Family(model, {"v": Interval(0, 1)}, gaps=Interval(0, 1, "left"))


def test_how_often_each_case_is_compared():
    """A hundred times where the domain is drawn from; thirty times where that hits a case hardly ever; not outside it."""
    seen, reasons = compared(problem(family=parts_of(HALF)))
    assert reasons == []
    assert len(seen) == 200
    beyond = [(1 - at["x"]) / (1 + at["x"]) > HALF for at in seen]
    assert beyond.count(True) == beyond.count(False) == 100
    assert all(0 <= at["v"] <= 1 and 0 < at["x"] <= 1 for at in seen)
    assert {at["v"] for at in seen} >= {0, 1}
    assert any(at["x"] == 1 for at in seen)
    finest = {at["v"].denominator for at in seen}
    assert finest & {2, 3, 6}
    assert 97 in finest
    assert 10**6 + 3 in finest

    rare, reasons = compared(problem(family=parts_of(F(1, 10**4))))
    assert reasons == []
    beyond = [(1 - at["x"]) / (1 + at["x"]) > 1 - F(1, 10**4) for at in rare]
    assert (beyond.count(False), beyond.count(True)) == (100, 30)

    equal, reasons = compared(problem(family=parts_of(0, exact=True)))
    assert reasons == []
    there = [(1 - at["x"]) / (1 + at["x"]) == at["v"] / 2 for at in equal]
    assert there.count(False) in (100, 200)  # below and above are one case or two
    assert there.count(True) == 30


def test_a_point_outside_all_cases_is_named():
    reasons = disagreements(Changed(problem(), lambda regions: regions[1:]), 0)
    assert all(re.fullmatch(r"no case covers v = \S+, the line's point \S+", reason) for reason in reasons)
    assert len(reasons) == len(set(reasons)) > 1


def test_payoffs_that_numbers_lack():
    """Which is an error of the model: what it raises is named."""

    def model(v):
        if isinstance(v, F) and v > HALF:
            raise ValueError("too much")
        return dyad((lambda g: v * (1 - g), lambda g: 1 + g))

    with pytest.raises(
        NotArithmetic, match=r"in numbers, at v = \S+, the line's point \S+, it has no payoffs; ValueError: too much$"
    ):
        disagreements(problem(family=Family(model, {"v": Interval(0, 1)})), 0)

    class Fewer(Changed):
        def numbers(self, values):
            return self._of.numbers(values)[:-1]

    with pytest.raises(NotArithmetic, match=r"it has 7 payoffs; and 8 in indeterminates$"):
        disagreements(Fewer(problem(), lambda regions: regions), 0)
