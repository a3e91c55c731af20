"""Claims of one's own: along any parameter, unimodal, and never above another concept or model; the truth is known by hand."""

import random
from dataclasses import replace
from fractions import Fraction as F

import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.claims import Family, Interval, alliance_family, monotone, never_above, unimodal
from tests.exported_support import answer, questions, scripts
from tests.toys.late_reversion import LateReversion

pytest.importorskip("z3")
pytest.importorskip("flint")
pytest.importorskip("hypothesis")

HALF = F(1, 2)
FOREVER, PAID = al.GivenPunishment(), al.GivenPunishment(al.Transfers())


def game(odds):
    """A game of which the proxy's odds of betrayal are given as a function of the gap; nothing tempts the sponsor."""
    return al.CustomGame(lambda power: [[(1, 1), (-1, 1 + odds(power.gap) + 0 * power.gap)], [(0, -1), (0, 0 * power.gap)]])


def family(odds, v=(1, 2), **options):
    """The family of games with the proxy's odds as a function of the gap and v."""
    return Family(lambda v: game(lambda gap: odds(gap, v)), {"v": Interval(*v)}, **({"enforcement": FOREVER} | options))


def reaches(claim, of, status):
    """The proof, re-checked; and the other verbs do not contradict it."""
    proof = claim.prove(of, timeout=60)
    assert proof.status == status, proof.message
    check = proof.verify()
    assert check.ok, check
    if status == "proved":
        assert claim.measure(of, points=64, line_points=60).share == 1
        assert not claim.falsify(of, examples=30).found
    else:
        assert proof.counterexample.certified == "exactly"
        assert proof.model is not None
    return proof


# -- along a parameter, at every gap -----------------------------------------------------------------------------------


SHARED = alliance_family(decisiveness=1, synergy="constant", enforcement=PAID)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("along", "falls"), [("value", True), ("exposure", False), ("conflict_cost", True)])
def test_payments_make_every_parameter_pull_one_way(along, falls):
    reaches(monotone("own", along=along, falls=falls), SHARED, "proved")
    other = monotone("own", along=along, falls=not falls).prove(SHARED, timeout=60)
    assert other.status == "refuted"
    witness = other.counterexample.check.witness
    assert (witness.at_low > witness.at_high) == falls
    assert witness.low < witness.high


@pytest.mark.slow
def test_the_counterexample_has_a_gap_and_is_checked_again():
    of = SHARED.with_(enforcement=FOREVER)
    claim = monotone("worth", along="value", whose="dyad")
    proof = reaches(claim, of, "refuted")
    parameters = dict(proof.counterexample.parameters)
    gap = parameters.pop("gap")
    assert "value" not in parameters
    w = proof.counterexample.check.witness
    numbers = [
        al.critical_discount(of.at(value=v, **parameters), al.Power.from_gap(gap), enforcement=FOREVER).dyad
        for v in (w.low, w.high)
    ]
    assert numbers == [w.at_low, w.at_high]
    assert numbers[0] < numbers[1]
    found = claim.falsify(of, examples=200)
    assert found.found
    assert "gap" in found.parameters
    assert found.verify().ok
    assert 0 < claim.measure(of, points=128, line_points=40).share < 1


@pytest.mark.slow
def test_every_gap_means_every_gap():
    """ω = 1 + (g − ½)v falls in v below the gap ½ and rises beyond it."""
    falls = monotone("falls", along="v")

    def odds(gap, v):
        return 2 + (gap - HALF) * v

    assert falls.prove(family(odds)).status == "refuted"
    assert falls.prove(family(odds)).counterexample.parameters["gap"] > HALF
    reaches(falls, family(odds, gaps=Interval(0, HALF)), "proved")
    reaches(monotone("rises", along="v", falls=False), family(odds, gaps=Interval(HALF, F(3, 4))), "proved")


def test_stakes_of_ones_own_are_not_the_claim_about_stakes():
    of = alliance_family(synergy="constant", stakes=Interval(1, 2), enforcement=FOREVER)
    proof = reaches(monotone("own stakes", along="stakes"), of, "refuted")
    assert "gap" in proof.counterexample.parameters
    assert proof.counterexample.check.line == "stakes"


def test_check_of_one_model():
    claim = monotone("v", along="v")

    def model(v):
        return game(lambda gap: 2 + (gap - HALF) * v)

    fails = claim.check(model, enforcement=FOREVER, values=[1, F(3, 2), 2], gaps=[0, F(1, 4), F(3, 4)])
    assert (fails.status, fails.witness.gap, fails.exact) == ("fails", F(3, 4), True)
    assert fails.witness.at_low == F(9, 13)  # odds 9/4
    assert fails.witness.at_high == F(5, 7)  # odds 5/2
    assert "At gap 3/4 and v 1 the critical discount factor is 9/13, at 2 it is 5/7" in fails.message
    assert fails.verify().ok
    holds = claim.check(model, enforcement=FOREVER, values=[1, 2], gaps=[0, F(1, 4)])
    assert holds.status == "holds"
    assert holds.verify().ok
    assert holds.points == 4
    assert claim.check(model, enforcement=FOREVER, values=[1, 2]).witness.gap == F(3, 5)  # gaps n/10


@pytest.mark.parametrize("seed", range(6))
def test_monotone_along_a_parameter_agrees_with_its_definition(seed):
    """Odds a + bv + cgv + dv²: the derivative b + cg + 2dv is linear, so that four corners decide."""
    rng = random.Random(seed)
    b, c, d = (F(rng.randint(-4, 4), 4) for _ in range(3))
    corners = [b + c * gap + 2 * d * v for gap in (F(0), HALF) for v in (1, 2)]
    of = family(lambda gap, v: 20 + b * v + c * gap * v + d * v * v, gaps=Interval(0, HALF))
    for falls, truth in ((True, max(corners) <= 0), (False, min(corners) >= 0)):
        status = monotone("own", along="v", falls=falls).prove(of, timeout=60).status
        assert status == ("proved" if truth else "refuted")


def test_a_concept_that_moves_along_the_line_is_not_proved():
    of = alliance_family(synergy="constant").with_(enforcement=lambda value: al.FinitePunishment(3))
    proof = monotone("own", along="value").prove(of)
    assert proof.status == "unknown"
    assert "the enforcement moves, too" in proof.message


# -- unimodal ----------------------------------------------------------------------------------------------------------

CURVES = {  # (odds, whether they have one peak, whether one trough)
    "hump": (lambda g, v: 1 + v * g * (1 - g), True, False),
    "bowl": (lambda g, v: 2 - v * g * (1 - g), False, True),
    "rise": (lambda g, v: v + g, True, True),
    "flat": (lambda g, v: v + 0 * g, True, True),
    "wave": (lambda g, v: 1 + 4 * v * g * (g - HALF) * (g - 1), False, False),
    "saddle": (lambda g, v: 5 + v * (g - HALF) ** 3, True, True),
    "kinked up": (lambda g, v: 2 + choose(g < HALF, v * g, v * (1 - g)), True, False),
    "kinked down": (lambda g, v: 4 - choose(g < HALF, v * g, v * (1 - g)), False, True),
    "plateau": (lambda g, v: choose((g > F(1, 4)), choose(g < HALF, 3 + 0 * g, v + 0 * g), v + 0 * g), True, False),
    "pit": (lambda g, v: 4 - choose((g > F(1, 4)), choose(g < HALF, 3 + 0 * g, v + 0 * g), v + 0 * g), False, True),
    "spike": (lambda g, v: choose(g == F(1, 3), 3 + 0 * g, v + 0 * g), True, False),
    "dent": (lambda g, v: choose(g == F(1, 3), HALF + 0 * g, v + 0 * g), False, True),
    "pole": (lambda g, v: v / (1 - g), True, True),
    "never": (lambda g, v: choose(g > HALF, v - 10 * (g - HALF), v + 0 * g), True, True),
}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("peak", [True, False], ids=["peak", "trough"])
def test_unimodal(name, peak):
    odds, one_peak, one_trough = CURVES[name]
    truth = one_peak if peak else one_trough
    proof = unimodal(name, peak=peak).prove(family(odds), timeout=60)
    assert proof.status == ("proved" if truth else "refuted"), proof.message
    assert proof.verify().ok
    if not truth:
        w = proof.counterexample.check.witness
        v = proof.counterexample.parameters["v"]
        low, middle, high = (odds(gap, v) for gap in (w.low, w.middle, w.high))
        assert w.low < w.middle < w.high
        assert middle < min(low, high) if peak else middle > max(low, high)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(8))
def test_unimodal_agrees_with_its_definition(seed):
    """Odds with slopes of random signs on four stretches: one peak if and only if no fall comes before a rise."""
    rng = random.Random(seed)
    slopes = [rng.choice((-1, 0, 1)) for _ in range(4)]

    def odds(gap, v):
        value = 5 + 0 * gap
        for k, slope in ((k, slope) for k, slope in enumerate(slopes) if slope):
            start = F(k, 4)
            inside = choose(gap < start, 0 * gap, choose(gap > start + F(1, 4), F(1, 4) + 0 * gap, gap - start))
            value = value + slope * v * inside
        return value

    signs = [slope for slope in slopes if slope]
    for peak in (True, False):
        truth = signs == sorted(signs, reverse=peak)
        claim = unimodal("own", peak=peak)
        assert claim.prove(family(odds), timeout=60).status == ("proved" if truth else "refuted")
        of_one = claim.check(game(lambda gap: odds(gap, F(3, 2))), enforcement=FOREVER, gaps=[F(n, 16) for n in range(16)])
        assert (of_one.status == "holds") == truth


@pytest.mark.slow
def test_unimodal_along_a_parameter():
    def odds(gap, v):
        return 1 + (gap - v) ** 2

    reaches(unimodal("own", along="v", peak=False), family(odds, v=(0, 1)), "proved")
    proof = reaches(unimodal("own", along="v"), family(odds, v=(0, 1)), "refuted")
    assert "gap" in proof.counterexample.parameters
    found = unimodal("own", along="v").falsify(family(odds, v=(0, 1)), examples=100)
    assert found.found
    assert found.verify().ok


def test_a_forged_valley_is_found():
    check = unimodal("own").check(game(lambda gap: 2 - gap * (1 - gap)), enforcement=FOREVER, gaps=[0, HALF, F(3, 4)])
    assert check.status == "fails"
    assert check.verify().ok
    for change in ({"middle": F(3, 4), "high": HALF}, {"low": HALF, "middle": HALF}):
        forged = replace(check, witness=replace(check.witness, **change))
        assert not forged.verify().ok


# -- never above -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_payments_never_ask_for_more_patience():
    reaches(never_above("payments help", than=FOREVER), SHARED, "proved")
    reaches(never_above("payments are in vain", than=PAID), SHARED.with_(enforcement=FOREVER), "refuted")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("milder", "harsher"),
    [
        (al.ImperfectMonitoring(F(1, 20), F(1, 10)), al.NashReversion()),
        (al.FinitePunishment(1), al.NashReversion()),
        (al.ImperfectMonitoring(F(1, 10), F(1, 10)), al.ImperfectMonitoring(F(1, 20), F(1, 20))),
    ],
    ids=str,
)
def test_concepts_that_turn_odds_into_patience_differently(milder, harsher):
    of = alliance_family(synergy="constant", decisiveness=1, domains={"value": (1, 2), "conflict_cost": (F(1, 10), F(1, 4))})
    reaches(never_above("harsher", than=milder), of.with_(enforcement=harsher), "proved")
    reaches(never_above("milder", than=harsher), of.with_(enforcement=milder), "refuted")


def test_equal_odds_of_different_concepts_are_not_equal_patience():
    """ω = ½: ⅓ by reversion for ever, ½ by one period of punishment; odds alone would see no difference."""
    of = Family(lambda v: game(lambda gap: v + 0 * gap), {"v": Interval(F(1, 2), F(3, 4))}, enforcement=al.FinitePunishment(1))
    proof = never_above("one period", than=al.NashReversion()).prove(of)
    assert proof.status == "refuted"
    w, v = proof.counterexample.check.witness, proof.counterexample.parameters["v"]
    assert (w.at_low, w.at_high) == (v / (1 + v), v)


@pytest.mark.slow
def test_more_periods_are_out_of_reach_and_measured():
    of = alliance_family(synergy="constant", decisiveness=1)
    claim = never_above("three", than=al.FinitePunishment(3))
    assert claim.prove(of).status == "unknown"
    assert claim.measure(of, points=64).share == 1
    same = never_above("same", than=al.FinitePunishment(3)).prove(of.with_(enforcement=al.FinitePunishment(3)))
    assert same.status == "proved"


def test_a_concept_of_ones_own_is_not_taken_for_one_of_the_librarys():
    concept = LateReversion()
    of = alliance_family(synergy="constant", decisiveness=1)
    assert never_above("late", than=concept).prove(of).status == "unknown"


@pytest.mark.parametrize(
    ("other", "truth"),
    [
        (lambda gap, v: 2 + v * gap, True),
        (lambda gap, v: 1 + v * gap, True),
        (lambda gap, v: 1 + v * gap * gap, False),
        (lambda gap, v: choose(gap > HALF, HALF + 0 * gap, 3 + 0 * gap), False),
    ],
    ids=["above", "equal", "below inside", "below beyond a jump"],
)
def test_two_models(other, truth):
    of = family(lambda gap, v: 1 + v * gap)
    claim = never_above("own", than=lambda v: game(lambda gap: other(gap, v)))
    proof = reaches(claim, of, "proved" if truth else "refuted")
    if not truth:
        w, v = proof.counterexample.check.witness, proof.counterexample.parameters["v"]
        assert 1 + v * w.high > other(w.high, v)
    fixed = never_above("own", than=game(lambda gap: other(gap, 1)))
    check = fixed.check(game(lambda gap: 1 + gap), enforcement=FOREVER)
    assert (check.status == "holds") == truth
    assert check.verify().ok


def test_whose():
    def both(sponsor, proxy):
        return al.CustomGame(
            lambda q: [[(1, 1), (-1, 1 + proxy + 0 * q.gap)], [(1 + sponsor + 0 * q.gap, -1), (0 * q.gap, 0 * q.gap)]]
        )

    claims = {whose: never_above(whose, than=both(2, 2), whose=whose) for whose in ("sponsor", "proxy", "dyad")}
    statuses = {w: c.check(both(1, 3), enforcement=FOREVER).status for w, c in claims.items()}
    assert statuses == {"sponsor": "holds", "proxy": "fails", "dyad": "fails"}
    of = Family(lambda v: both(v, 3), {"v": Interval(F(1, 2), 1)}, enforcement=FOREVER)
    assert {w: c.prove(of).status for w, c in claims.items()} == {"sponsor": "proved", "proxy": "refuted", "dyad": "refuted"}


# -- the same for all three --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "of"),
    [
        (monotone("own", along="value"), SHARED),
        (unimodal("own"), family(CURVES["hump"][0])),
        (never_above("own", than=FOREVER), SHARED),
    ],
    ids=["monotone", "unimodal", "never above"],
)
def test_exports(claim, of, tmp_path):
    proof = claim.prove(of)
    files = scripts(proof, tmp_path)
    assert proof.steps
    for name, text in files.items():
        for question, unsat in questions(text):
            assert unsat, name
            assert answer(question) == "unsat", name


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: monotone(3), TypeError, r"^monotone\(\): name must be a text; got 3"),
        (lambda: monotone("a", along=""), ValueError, r"^monotone\(\): along must not be empty"),
        (lambda: monotone("a", along="parity"), ValueError, r"^monotone\(\): along must not be empty, .* got 'parity'"),
        (
            lambda: monotone("a", whose="both"),
            ValueError,
            r"^monotone\(\): whose must be one of sponsor, proxy, dyad; got 'both'",
        ),
        (lambda: monotone("a", falls="no"), TypeError, r"^monotone\(\): falls must"),
        (lambda: unimodal("a", peak=1), TypeError, r"^unimodal\(\): peak must"),
        (lambda: never_above("a", than=3), TypeError, r"^never_above\(\): than must be an enforcement concept"),
        (lambda: monotone("a", along="harm").prove(SHARED), ValueError, r"^prove\(\): family must leave 'harm' open"),
        (lambda: unimodal("a", along="harm").measure(SHARED), ValueError, r"^measure\(\): family must leave 'harm' open"),
        (lambda: monotone("a", along="v").check(lambda v: game(lambda g: g)), ValueError, r"^check\(\): values must say"),
        (
            lambda: monotone("a", along="v").check(game(lambda g: g), values=[1, 2]),
            TypeError,
            r"^check\(\): model must be a function of the v",
        ),
        (lambda: monotone("a").check(game(lambda g: g), values=[1, 2]), ValueError, r"^check\(\): values must be left out"),
        (
            lambda: never_above("a", than=lambda v: 1).check(game(lambda g: g)),
            TypeError,
            r"^check\(\): 'a' compares with a function",
        ),
        (lambda: never_above("a", than=FOREVER).prove(3), TypeError, r"^prove\(\): family must be a Family"),
    ],
    ids=range(14),
)
def test_errors_name_function_argument_rule_and_value(make, error, message):
    with pytest.raises(error, match=message):
        make()
