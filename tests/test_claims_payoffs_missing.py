"""Where a model has no payoffs – it divides by zero, or refuses its parameters – nothing is proved, whatever the claim."""

from fractions import Fraction as F

import pytest

import alliances as al
from alliances import arithmetic
from alliances.claims import PROTRACTION, PROXY_RESTRAINT, Family, Interval
from tests.claim_support import GENEROUS, HALF

GIVEN = al.GivenPunishment()
GAPS = Interval(0, HALF)


def falling(gap):
    """A game whose proxy is tempted the less the wider the gap, so that its restraint grows."""
    return [[(1, 1), (-1, 1 + 2 - gap)], [(0, -1), (0, 0)]]


def table(temptation):
    """The game whose proxy has this temptation, as a function of the gap."""
    return al.CustomGame(lambda power: [[(1, 1), (-1, 1 + temptation(power.gap))], [(0, -1), (0, 0)]])


def game(**changed):
    base = {"contest": al.Tullock(1), "synergy": al.ConstantSynergy(1), "sharing": al.Proportional()}
    return al.AllianceGame(**({**base, "exposure": 1, "conflict_cost": 0} | changed))


def asked(parts, low, high, **options):
    """The proof for a model that first makes ``parts(v, power)``, as numbers must be able to, and has falling odds."""

    def model(v):
        def payoffs(power):
            made = parts(v, power)
            if isinstance(made, al.AllianceGame):
                made.cells(power)
            return falling(power.gap)

        return al.CustomGame(payoffs)

    family = Family(model, {"v": Interval(low, high)}, **({"enforcement": GIVEN, "gaps": GAPS} | options))
    return PROXY_RESTRAINT.prove(family, timeout=GENEROUS)


RULES = {
    "exposure": (lambda v, _: game(exposure=v), (HALF, 1), (HALF, 3), "exposure must lie in"),
    "cost": (lambda v, _: game(conflict_cost=v), (0, 1), (-1, 1), "conflict_cost must be"),
    "costs": (lambda v, _: game(conflict_cost=(0, v)), (0, 1), (-1, 1), "conflict_cost must be"),
    "stakes": (lambda v, _: game(stakes=v), (1, 2), (-1, 2), "stakes must be positive"),
    "guard": (lambda v, _: game(exposure=HALF, coexist_exposure=v), (F(1, 4), HALF), (F(1, 4), 1), "must not exceed exposure"),
    "support": (lambda v, _: game(coexist_exposure=1, support_cost=v), (0, 1), (-1, 1), "support_cost must be"),
    "support without a pact": (lambda v, _: game(support_cost=v), None, (0, 1), "needs the action"),
    "contest": (lambda v, _: game(contest=al.Tullock(v)), (1, 2), (-1, 2), "decisiveness must be positive"),
    "difference form": (lambda v, _: game(contest=al.Hirshleifer(v)), (1, 2), (-1, 2), "decisiveness must be positive"),
    "value": (lambda v, _: game(synergy=al.Complementarity(v)), (0, 1), (-1, 1), "value must be"),
    "curvature": (lambda v, _: game(synergy=al.Complementarity(1, v)), (1, 2), (-1, 2), "exponent must be positive"),
    "pooled power": (lambda v, _: game(synergy=al.Aggregation(v)), (0, 1), (-1, 1), "value must be"),
    "constant": (lambda v, _: game(synergy=al.ConstantSynergy(v)), (0, 1), (-1, 1), "value must be"),
    "threat": (lambda v, _: game(synergy=al.CommonThreat(v, 1)), (0, 1), (-1, 1), "value must be"),
    "rival": (lambda v, _: game(synergy=al.CommonThreat(1, v)), (1, 2), (-1, 2), "rival must be positive"),
    "wage": (lambda v, _: game(sharing=al.Wage(v)), (0, 2), (0, 3), "wage must not exceed"),
    "own contest": (
        lambda v, _: game(contest=lambda p: (p.share + v, p.proxy_share - v)),
        (0, F(1, 4)),
        (0, HALF),
        "contest must return",
    ),
    "own shares": (lambda v, _: game(sharing=lambda p, *_: (p.share + v, p.proxy_share)), None, (0, 1), "sharing must return"),
    "own synergy": (lambda v, _: game(synergy=lambda p: v - p.gap), (HALF, 1), (0, 1), "what synergy returns must be"),
    "power": (lambda v, p: al.Power(p.sponsor - v, p.proxy), (0, F(1, 4)), (0, 1), "sponsor must be positive"),
    "gap": (lambda v, _: al.Power.from_gap(v), (0, HALF), (0, 2), "gap must lie strictly between"),
    "share": (lambda v, _: al.Power.from_share(v), (F(1, 4), HALF), (F(1, 4), 2), "share must lie strictly between"),
    "monitoring": (lambda v, _: al.ImperfectMonitoring(v, 0), (0, 1), (0, 2), "false_alarm must lie in"),
    "war": (lambda v, _: al.ConflictWalk(2, 8, v), (0, 1), (0, 2), "win must lie in"),
}


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", RULES)
def test_parameters_that_numbers_may_not_have(name):
    parts, good, bad, rule = RULES[name]
    proof = asked(parts, *bad)
    assert proof.status == "unknown"
    assert any("refuses its parameters" in reason and rule in reason for reason in proof.reasons), proof.reasons
    if good is not None:
        assert asked(parts, *good).status == "proved"


@pytest.mark.parametrize("name", [name for name, row in RULES.items() if name not in ("wage", "own contest", "own synergy")])
def test_the_rules_are_those_of_numbers(name):
    parts, _, (_low, high), rule = RULES[name]
    worst = (
        high
        if name in ("exposure", "guard", "support without a pact", "own shares", "gap", "share", "monitoring", "war")
        else -1
    )
    worst = 1 if name == "power" else worst
    power = al.Power.from_gap(F(1, 4))
    with pytest.raises((TypeError, ValueError), match=rule):
        parts(F(worst), power).cells(power)


def test_enforcement_that_numbers_may_not_have():
    for high, wanted in ((F(1, 4), "proved"), (2, "unknown")):
        family = Family(
            lambda v: table(lambda g: 2 - g),
            {"v": Interval(0, high)},
            enforcement=lambda v: al.GivenPunishment(al.ImperfectMonitoring(v, 0)),
            gaps=GAPS,
        )
        assert PROXY_RESTRAINT.prove(family, timeout=GENEROUS).status == wanted


def test_what_is_refused_everywhere_is_an_error():
    with pytest.raises(ValueError, match="exposure must lie in"):
        asked(lambda v, _: game(exposure=v), 2, 3)


UNDEFINED = {
    "a negative power of 0": (lambda v, g: 9 + g**v, (-2, -1), (F(1, 10), HALF)),
    "a power of 0 that may be negative": (lambda v, g: 9 - g + 0 * g**v, (-1, 1), (F(1, 10), HALF)),
    "a negative power of nothing": (lambda v, g: 2 - g + (0 * g) ** v, (-1, 2), None),
    "a negative fractional power of 0": (lambda v, g: 9 - v * g + 0 * g**-HALF, (1, 2), (F(1, 10), HALF)),
    "a logarithm of 0": (lambda v, g: 9 - v * arithmetic.log(g), (1, 2), (F(1, 10), HALF)),
    "a division by 0": (lambda v, g: 9 - v * g + 0 / g, (1, 2), (F(1, 10), HALF)),
    "a division by 0 of parameters": (lambda v, g: 9 - g + 0 / (v - 1), (1, 2), None),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNDEFINED)
def test_no_payoffs_no_proof(name):
    temptation, (low, high), away = UNDEFINED[name]
    family = Family(lambda v: table(lambda g: temptation(v, g)), {"v": Interval(low, high)}, enforcement=GIVEN, gaps=GAPS)
    proof = PROXY_RESTRAINT.prove(family, timeout=1.5)
    assert proof.status == "unknown"
    assert any("divides by zero or refuses" in reason for reason in proof.reasons) or "time" in proof.message
    if away is not None:
        elsewhere = family.with_(gaps=Interval(*away))
        assert PROXY_RESTRAINT.prove(elsewhere, timeout=GENEROUS).status in ("proved", "refuted")


def test_powers_of_0_that_are_defined():
    """0 to the power 0 is 1, and 0 to a positive power 0, as for numbers."""
    for low, high in ((0, 2), (1, 2)):
        family = Family(
            lambda v: table(lambda g: 2 - g + (0 * g) ** v), {"v": Interval(low, high)}, enforcement=GIVEN, gaps=GAPS
        )
        assert PROXY_RESTRAINT.prove(family, timeout=GENEROUS).status == "proved"


def test_models_that_catch_a_division_by_zero():
    """They go the way in proofs that they go with numbers."""

    def caught(otherwise):
        def temptation(v, g):
            try:
                return v * (2 - g + 0 / g)
            except ZeroDivisionError:
                return v * (otherwise + 0 * g)

        return Family(lambda v: table(lambda g: temptation(v, g)), {"v": Interval(1, 2)}, enforcement=GIVEN, gaps=GAPS)

    assert PROXY_RESTRAINT.prove(caught(2), timeout=GENEROUS).status == "proved"
    assert PROXY_RESTRAINT.prove(caught(3), timeout=GENEROUS).status != "refuted"  # it falls from 3 to 2
    assert PROXY_RESTRAINT.prove(caught(1), timeout=GENEROUS).status != "proved"


def test_chances_that_are_none():
    """A war whose chances do not sum to 1, or are negative, for some of its parameters."""
    for win in (lambda v: lambda p: (p.share + v, p.proxy_share), lambda v: lambda p: (p.share - v, p.proxy_share + v)):
        proof = PROTRACTION.prove(Family(lambda v, win=win: al.ConflictWalk(2, 8, win(v)), {"v": Interval(0, 1)}), timeout=5)
        assert proof.status == "unknown"
        assert any("refuses its parameters" in reason for reason in proof.reasons)
