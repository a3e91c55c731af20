"""What check() is asked and what it says: refusals and verdicts word by word, and each argument where points are cut, too."""

from dataclasses import replace
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.claims import (
    ASYMMETRY,
    PACT_AT_PARITY,
    PROXY_RESTRAINT,
    STAKES,
    Check,
    Family,
    Interval,
    Witness,
    monotone,
    never_above,
    unimodal,
)
from tests.test_claims_answers import FALLING, GIVEN, HALF, PACT, QUARTER, RISING, game, none

ALONG = monotone("m", along="v")
HOW = {True: "in exact arithmetic", False: "in floating point"}


def refusal(ask, *arguments, **named):
    """What an error says."""
    with pytest.raises((TypeError, ValueError)) as caught:
        ask(*arguments, **named)
    return type(caught.value), str(caught.value)


# -- verdicts in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exact", [True, False])
def test_verdicts_say_how_they_were_come_by(exact):
    """Every kind of verdict with numbers names the arithmetic; what compares nothing or is unclear has none to name."""
    how = HOW[exact]

    def said(status, line="gap", witness=None, **more):
        return Check("m", status, witness, line, 7, exact, GIVEN, (), **more).message

    assert said("holds") == f"m: holds at all 7 points compared, {how}."
    two = Witness(QUARTER, HALF, F(1, 3), F(2, 3), "sponsor")
    assert said("fails", witness=two) == (
        f"m: fails through the sponsor. At gap 1/4 the critical discount factor is 1/3, at 1/2 it is 2/3; {how}."
    )
    assert said("fails", witness=two, quantity="expected duration") == (
        f"m: fails through the sponsor. At gap 1/4 the expected duration is 1/3, at 1/2 it is 2/3; {how}."
    )
    at_gap = replace(two, gap=F(1, 8), player="proxy")
    assert said("fails", "v", at_gap) == (
        f"m: fails through the proxy. At gap 1/8 and v 1/4 the critical discount factor is 1/3, at 1/2 it is 2/3; {how}."
    )
    three = replace(two, middle=F(3, 8), at_middle=F(1, 5))
    assert said("fails", witness=three) == (
        "m: fails through the sponsor. At gap 1/4 the critical discount factor is 1/3, at 3/8 it is 1/5, at 1/2 it is 2/3; "
        f"{how}."
    )
    one = Witness(0.25, 0.25, 1 / 3, 2 / 3, "proxy")
    assert said("fails", witness=one) == (
        f"m: fails through the proxy. At gap 0.25 it takes δ ≥ 0.666667, and what it is compared with δ ≥ 0.333333; {how}."
    )
    parity = Witness(F(0), F(0), F(1, 3), F(2, 3), "sponsor")
    assert said("fails", "parity", parity) == f"m: fails. At parity the pact needs δ ≥ 2/3, the alliance δ ≥ 1/3; {how}."
    assert said("vacuous") == "m: nothing to compare, because the assumptions hold nowhere."


@pytest.mark.parametrize("status", ["holds", "fails", "unclear", "vacuous"])
def test_what_counts_as_holding(status):
    check = Check("m", status, None, "gap", 7, True, GIVEN, ())
    assert (check.holds, bool(check)) == (status in ("holds", "vacuous"),) * 2
    names = ["claim", "status", "witness", "suspicion", "line", "points", "exact", "enforcement", "assume"]
    assert list(check.to_dict()) == names


@pytest.mark.parametrize("there", [True, False])
def test_what_may_clear_it_up(monkeypatch, there):
    """Points nearer to each other, or python-flint where it is missing."""
    monkeypatch.setattr("alliances.claims.checking.can_enclose", lambda: there)
    seems = Witness(QUARTER, HALF, F(1, 3), F(2, 3), "proxy")
    cure = "try points nearer to each other" if there else "python-flint can tell: pip install 'alliances[prove]'"
    for assume, between in (
        ((), "the proxy binds somewhere between them"),
        (("deterrent",), "the assumptions hold all the way between them"),
    ):
        check = Check("m", "unclear", None, "gap", 2, False, GIVEN, assume, suspicion=seems)
        assert check.message == (
            f"m: unclear. gap 1/4 and 1/2 seem to contradict it; whether {between} could not be told; {cure}."
        )


# -- refusals ----------------------------------------------------------------------------------------------------------

LEFT_OUT = {
    "stakes along the gap": (ASYMMETRY, FALLING, {"stakes": [1, 2]}, "stakes", "gap"),
    "values along the gap": (ASYMMETRY, FALLING, {"values": [1, 2]}, "values", "gap"),
    "gaps along the stakes of a pact": (STAKES, PACT, {"gaps": [0, HALF]}, "gaps", "stakes"),
    "values beside stakes": (STAKES, PACT, {"stakes": [1, 2], "values": [1, 2]}, "values", "stakes"),
    "gaps at parity": (PACT_AT_PARITY, PACT, {"gaps": [0]}, "gaps", "parity"),
    "stakes at parity": (PACT_AT_PARITY, PACT, {"stakes": [1, 2]}, "stakes", "parity"),
    "values at parity": (PACT_AT_PARITY, PACT, {"values": [1, 2]}, "values", "parity"),
    "stakes along v": (ALONG, lambda v: FALLING, {"stakes": [1, 2]}, "stakes", "v"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_must_be_left_out(name):
    claim, model, options, argument, line = LEFT_OUT[name]
    given = options[argument]
    assert refusal(claim.check, model, **options) == (
        ValueError,
        f"check(): {argument} must be left out for {claim.name!r}, which compares along the {line}; got {given!r}",
    )


def test_points_that_are_refused():
    """By the name under which they were given."""

    def of(claim, model, **options):
        return refusal(claim.check, model, enforcement=GIVEN, **options)

    for wrong in ([HALF], HALF, [[0, QUARTER], [QUARTER, HALF]]):
        assert of(ASYMMETRY, FALLING, gaps=wrong) == (
            ValueError,
            f"check(): gaps must be at least two, in a list; got {wrong!r}",
        )
    for wrong in ([HALF, 0], [0, HALF, HALF]):
        assert of(ASYMMETRY, FALLING, gaps=wrong) == (ValueError, f"check(): gaps must increase; got {wrong!r}")
    assert of(STAKES, PACT, stakes=[2, 1]) == (ValueError, "check(): stakes must increase; got [2, 1]")
    assert of(STAKES, PACT, values=[2, 1]) == (ValueError, "check(): values must increase; got [2, 1]")
    assert of(STAKES, PACT, stakes=[1]) == (ValueError, "check(): stakes must be at least two, in a list; got [1]")
    assert of(STAKES, PACT, stakes=[0, 1]) == (ValueError, "check(): stakes must be positive and finite; got 0 at index (0,)")
    assert of(STAKES, PACT, values=[0, 1]) == (ValueError, "check(): values must be positive and finite; got 0 at index (0,)")
    assert of(ALONG, lambda v: FALLING, values=[1]) == (
        ValueError,
        "check(): values must be at least two, in a list; got [1]",
    )
    assert of(ALONG, lambda v: FALLING, values=[2, 1]) == (ValueError, "check(): values must increase; got [2, 1]")
    assert of(ALONG, lambda v: FALLING) == (ValueError, "check(): values must say at which v 'm' is checked; got none")
    own = monotone("own", along="stakes")
    assert of(own, PACT) == (ValueError, "check(): values must say at which stakes 'own' is checked; got none")
    assert of(own, PACT, stakes=[2, 1]) == (ValueError, "check(): stakes must increase; got [2, 1]")
    rule = "must lie strictly between -1 and 1"
    assert of(ASYMMETRY, FALLING, gaps=[0, 1]) == (ValueError, f"check(): gaps {rule}; got 1 at index (1,)")
    assert of(ALONG, lambda v: FALLING, values=[1, 2], gaps=[1]) == (
        ValueError,
        f"check(): gaps {rule}; got 1 at index (0,)",
    )
    for claim, options in ((ASYMMETRY, {}), (ALONG, {"values": [1, 2]})):
        model = FALLING if claim is ASYMMETRY else lambda v: FALLING
        assert of(claim, model, total=0, **options) == (ValueError, "check(): total must be positive and finite; got 0")
        assert of(claim, model, assume="hope", **options) == (
            ValueError,
            "check(): assume must name assumptions (credible, deterrent); got 'hope'",
        )
        assert of(claim, model, assume=["credible", "hope"], **options)[1].endswith("got 'hope'")


def test_values_may_be_negative_and_stakes_of_ones_own_may_be_called_stakes():
    rises = ALONG.check(lambda v: game(none, lambda g: 3 + v + 0 * g), enforcement=GIVEN, values=[-2, -1, 0], gaps=[0])
    assert (rises.witness.low, rises.witness.high, rises.witness.at_high) == (-2, 0, QUARTER * 3)
    own = monotone("own", along="stakes")
    by_stakes = own.check(PACT, enforcement=GIVEN, stakes=[1, 2], gaps=[QUARTER])
    by_values = own.check(PACT, enforcement=GIVEN, values=[1, 2], gaps=[QUARTER])
    assert (by_stakes.status, by_stakes.witness, by_stakes.points) == (by_values.status, by_values.witness, 2)


def test_models_that_are_refused():
    plain = "check(): model must be a model of the dyad such as AllianceGame; got"
    for claim in (ASYMMETRY, PACT_AT_PARITY):
        for wrong in (3, None, al.AllianceGame, refusal):
            assert refusal(claim.check, wrong) == (TypeError, f"{plain} {wrong!r}")
    for wrong in (3, None, al.AllianceGame):
        assert refusal(ALONG.check, wrong, values=[1, 2]) == (TypeError, f"{plain} {wrong!r}")
    assert refusal(ALONG.check, PACT, values=[1, 2]) == (
        TypeError,
        f"check(): model must be a function of the v that returns a game; got {PACT!r}",
    )
    assert refusal(STAKES.check, FALLING) == (
        TypeError,
        f"check(): model must be an AllianceGame, or a function of the stakes that returns a game; got {FALLING!r}",
    )
    many = replace(PACT, exposure=np.array([[0.5], [0.6]]))
    assert refusal(ASYMMETRY.check, many, gaps=[0.1, 0.2]) == (
        ValueError,
        "check(): model must have scalar parameters; measure() takes arrays of them",
    )


# -- several gaps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statuses", list(product(("holds", "fails", "unclear", "vacuous"), repeat=3)))
def test_the_verdict_of_several_gaps(monkeypatch, statuses):
    """The first failure, then what is unclear first, then the last that compares something; all points, exact if all are."""
    gaps = [F(1, 8), QUARTER, HALF]
    seems = Witness(F(1), F(2), F(1, 3), F(2, 3), "proxy")

    def of(build, exact):
        k = gaps.index(build.gap)
        status = statuses[k]
        one, other = (seems if status == name else None for name in ("fails", "unclear"))
        return Check("m", status, one, "v", k + 1, exact[k], GIVEN, (), suspicion=other, quantity=f"number {k}")

    for exact in product([True, False], repeat=3):
        monkeypatch.setattr("alliances.claims.checking._along", lambda _, build, *rest, exact=exact: of(build, exact))
        found = ALONG.check(lambda v: FALLING, values=[1, 2], gaps=gaps)
        wanted = next((s for s in ("fails", "unclear", "holds") if s in statuses), "vacuous")
        places = [k for k, status in enumerate(statuses) if status == wanted]
        k = places[-1] if wanted == "holds" else places[0]
        assert (found.status, found.quantity, found.points, found.exact) == (wanted, f"number {k}", 6, all(exact))
        assert found.witness == (replace(seems, gap=gaps[k]) if wanted == "fails" else None)
        assert found.suspicion == (replace(seems, gap=gaps[k]) if wanted == "unclear" else None)
        alone = ALONG.check(lambda v: FALLING, values=[1, 2], gaps=gaps[:1])
        assert alone.witness == (seems if statuses[0] == "fails" else None)
        assert alone.suspicion == (seems if statuses[0] == "unclear" else None)


def test_power_in_all_where_a_parameter_moves():
    """The proxy's odds are s·v: with s + p = 3 at the gap 1/5 these are 9v/5, and by themselves with s + p = 1, 3v/5."""

    def model(v):
        def cells(q):
            o = 0 * q.gap
            return [[(o, o), (o - 9, q.sponsor * v)], [(o, o - 9), (o - 1, o - 1)]]

        return al.CustomGame(cells)

    for total in (1, 3):
        options = {"enforcement": GIVEN, "values": [F(1), F(2)], "gaps": [F(1, 5)], "total": total}
        check = ALONG.check(model, **options)
        odds = [F(3, 5) * total, F(6, 5) * total]
        assert check.witness == Witness(1, 2, *(w / (1 + w) for w in odds), "proxy")
        assert (check.question.total, check.question.profile) == (total, (0, 0))


# -- where points are cut ----------------------------------------------------------------------------------------------


def with_pact(odds, hole):
    """Three actions: a pact with these odds of the proxy, which do without punishment in a hole, and a steady alliance."""

    def model(z):
        o = 0 * z
        hurt = choose((z > hole[0]) & (z < hole[1]), -1 + o, 1 + o)
        w = odds(z) + o

        def cells(q):
            e = o + 0 * q.gap
            return [
                [(e, e), (e - 9, e - 9), (e - 9, e + HALF)],
                [(e - 9, e - 9), (e, e), (e - 9, w + e)],
                [(e - 1, e - 9), (e - 1, e - 9), (e - hurt, e - hurt)],
            ]

        return al.CustomGame(cells, ("ally", "coexist", "fight"))

    return model


def test_a_pact_beside_a_hole():
    """The pact's odds are 3 − z, and fall, the alliance's do not move; in the hole, unseen by ninths, nothing hurts."""
    pytest.importorskip("flint")
    model = with_pact(lambda z: 3 - z, (F(51, 100), F(57, 100)))
    check = STAKES.check(model, enforcement=GIVEN, stakes=[F(1, 4), F(1)], assume="deterrent")
    assert (check.status, check.points) == ("fails", 2)
    low, high = check.witness.low, check.witness.high
    assert F(1, 4) <= low < high <= F(1)
    assert not low < F(27, 50) < high
    assert check.witness.at_low == (3 - low) / (4 - low)
    assert check.witness.at_high == (3 - high) / (4 - high)
    assert check.question.stands(check, [low, high])
    assert check.question.contradicted(check, [low, high])


def test_a_pact_is_judged_by_the_pact():
    """Rising odds of the pact are as the claim says, falling ones are not, whatever the alliance's."""
    for odds, status in ((lambda z: 1 + z, "holds"), (lambda z: 3 - z, "fails")):
        check = STAKES.check(with_pact(odds, (F(9), F(10))), enforcement=GIVEN, stakes=[F(1), F(2)])
        assert check.status == status
    assert check.witness == Witness(1, 2, F(2, 3), HALF, "proxy")


def test_all_that_was_asked_is_asked_again_where_points_are_cut():
    """Odds p of (coexist, coexist) rise as the gap narrows, and with them 1 − γ; one period's punishment asks for ω itself."""
    pytest.importorskip("flint")

    def cells(q):
        g, o = q.gap, 0 * q.gap
        hurt = choose((g > F(23, 100)) & (g < F(6, 25)), -1 + o, 1 + o)
        w = q.sponsor / 4  # rises with the gap: (1 + γ)/2·total/4
        return [
            [(o, o), (o - 9, o - 9), (o - 9, o)],
            [(o - 9, o - 9), (o, o), (o - 9, w)],
            [(o - 1, o - 9), (o - 1, o - 9), (o - hurt, o - hurt)],
        ]

    model = al.CustomGame(cells, ("ally", "coexist", "fight"))
    once = al.GivenPunishment(al.FinitePunishment(1))
    profile = ("coexist", "coexist")
    asked = {"enforcement": once, "gaps": [F(0), HALF], "profile": profile, "assume": "deterrent", "total": 3}
    check = PROXY_RESTRAINT.check(model, **asked)
    assert (check.status, check.assume, check.question.total, check.question.profile) == ("fails", ("deterrent",), 3, profile)
    low, high = check.witness.low, check.witness.high
    assert (low, high) != (0, HALF)
    assert not low < F(47, 200) < high
    assert (check.witness.at_low, check.witness.at_high) == (F(3, 8) * (1 + low), F(3, 8) * (1 + high))
    steady = PROXY_RESTRAINT.check(model, **asked | {"profile": (0, 0)})
    assert steady.status == "holds"


# -- one model of a family ---------------------------------------------------------------------------------------------


def test_a_family_asks_its_own_questions():
    """Profile, assumptions, power in all and enforcement of a family reach the check of one of its models."""
    once = al.GivenPunishment(al.FinitePunishment(1))
    options = {"enforcement": once, "assume": "deterrent", "total": 3, "profile": (1, 0)}
    family = Family(lambda v: game(none, lambda g: 1 + v * g), {"v": Interval(0, 5, "neither")}, **options)
    check = ASYMMETRY.verdict(family, {"v": F(1)})
    assert (check.enforcement, check.assume, check.question.total, check.question.profile) == (once, ("deterrent",), 3, (1, 0))
    along = ALONG.verdict(ALONG.about(family), {"gap": QUARTER})
    assert (along.enforcement, along.assume, along.question.total) == (once, ("deterrent",), 3)
    assert along.question.profile == (1, 0)
    assert along.question.compared.tolist() == [F(n, 4) for n in range(1, 20)]  # nine halves are too few
    falling = with_pact(lambda z: 1 / z, (F(9), F(10)))
    stakes = Family(lambda stakes: falling(stakes), {"stakes": Interval(1, 3)}, enforcement=GIVEN)
    pact = STAKES.verdict(stakes, {})
    assert (pact.status, pact.points, pact.line) == ("fails", 21, "stakes")
    assert (pact.witness.low, pact.witness.high, pact.witness.at_low, pact.witness.at_high) == (1, 3, HALF, QUARTER)


def test_a_comparison_is_refused_in_words():
    claim = never_above("n", than=lambda v: FALLING)
    assert refusal(claim.check, FALLING) == (
        TypeError,
        "check(): 'n' compares with a function of a family's parameters; got a single model",
    )
    for wrong in (3, lambda v: FALLING):
        assert refusal(never_above("n", than=GIVEN).check, wrong) == (
            TypeError,
            f"check(): model must be a model of the dyad such as AllianceGame; got {wrong!r}",
        )
    than = never_above("n", than=GIVEN)
    assert refusal(than.check, FALLING, gaps=[0, 1]) == (
        ValueError,
        "check(): gaps must lie strictly between -1 and 1; got 1 at index (1,)",
    )
    assert refusal(than.check, FALLING, total=0) == (
        ValueError,
        "check(): total must be positive and finite; got 0",
    )
    assert refusal(than.check, FALLING, assume="hope") == (
        ValueError,
        "check(): assume must name assumptions (credible, deterrent); got 'hope'",
    )
    kind, text = refusal(than.check, FALLING, enforcement="grim")
    assert kind is TypeError
    assert text.startswith("check(): enforcement ")
    assert than.check(FALLING, gaps=0.5).points == 1


def test_claims_of_ones_own_are_refused_in_words():
    for function, make in (("monotone", monotone), ("unimodal", unimodal)):
        assert refusal(make, 3) == (TypeError, f"{function}(): name must be a text; got 3")
        assert refusal(make, "a", along=3) == (TypeError, f"{function}(): along must be a text; got 3")
        for argument, options in (("name", {"name": " "}), ("along", {"name": "a", "along": ""})):
            wrong = options[argument]
            assert refusal(make, **options) == (
                ValueError,
                f'{function}(): {argument} must not be empty, and "along" is no point such as parity; got {wrong!r}',
            )
        assert refusal(make, "a", along="parity") == (
            ValueError,
            f"{function}(): along must not be empty, and \"along\" is no point such as parity; got 'parity'",
        )
        assert refusal(make, "a", whose="all") == (
            ValueError,
            f"{function}(): whose must be one of sponsor, proxy, dyad; got 'all'",
        )
        assert make("parity").name == "parity"
    assert refusal(monotone, "a", falls=1) == (TypeError, "monotone(): falls must be True or False; got 1")
    assert refusal(unimodal, "a", peak=1) == (TypeError, "unimodal(): peak must be True or False; got 1")
    assert refusal(never_above, 3, than=GIVEN) == (TypeError, "never_above(): name must be a text; got 3")
    assert refusal(never_above, "a", than=GIVEN, whose=None) == (
        ValueError,
        "never_above(): whose must be one of sponsor, proxy, dyad; got None",
    )
    assert refusal(never_above, "a", than=3) == (
        TypeError,
        "never_above(): than must be an enforcement concept, a game, or a function that returns one; got 3",
    )


def test_a_member_is_asked_with_its_stand_in():
    """A rising curve as a stand-in: the check says at which points, and of how many the assumptions hold."""
    hurts = game(none, lambda g: 1 + g, lambda g: HALF - g)
    check = ASYMMETRY.check(hurts, enforcement=GIVEN, gaps=[F(0), QUARTER, F(3, 4)], assume=("deterrent",))
    assert (check.points, check.status, check.question.compared.tolist()) == (2, "fails", [0, QUARTER, F(3, 4)])
    assert ASYMMETRY.check(RISING, enforcement=GIVEN, gaps=[0.0, 0.25]).message.endswith("; in floating point.")
    assert isinstance(check.question.asked(check).total, F)
