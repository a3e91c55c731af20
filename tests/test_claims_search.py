"""Searching a family: falsify() and measure()."""

import functools
import sys
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import HealthCheck, configuration, given, settings

import alliances as al
from alliances.claims import (
    ASYMMETRY,
    CLAIMS,
    PROXY_RESTRAINT,
    SPONSOR_RESTRAINT,
    STAKES,
    Choice,
    Family,
    Interval,
    alliance_family,
)
from alliances.claims.falsifying import no_files, values_of
from alliances.claims.measuring import _wilson
from tests.claim_support import dyad, family
from tests.support import quick

GIVEN = al.GivenPunishment()
FALSE = alliance_family(decisiveness=2, enforcement=GIVEN, assume="deterrent", gaps=Interval(0, F(1, 2)))
TRUE = alliance_family(decisiveness=2, enforcement=al.GivenPunishment(al.Transfers()), assume="deterrent")


def threshold(limit, v=(0, 1)):
    """True iff v ≤ limit: ω = 1 + (v − limit)γ."""
    return family(lambda v: dyad((lambda g: 1 + (v - limit) * g, lambda g: 2 + 0 * g)), v)


@functools.cache
def falsified(seed):
    return SPONSOR_RESTRAINT.falsify(FALSE, examples=300, rng=seed)


@pytest.mark.sampled(0)
@pytest.mark.parametrize("seed", range(3))
def test_counterexamples_are_found_and_short(seed):
    found = falsified(seed)
    assert found.found
    assert all(value.denominator <= 100 for value in found.parameters.values())
    assert all(found.parameters[name] in domain for name, domain in FALSE.parameters.items())
    assert found.check.status == "fails"
    assert found.check.exact
    again = SPONSOR_RESTRAINT.check(
        FALSE.at(**found.parameters),
        gaps=[found.check.witness.low, found.check.witness.high],
        enforcement=GIVEN,
        assume="deterrent",
    )
    assert again.status == "fails"
    assert found.examples > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answer():
    one, other = (PROXY_RESTRAINT.falsify(threshold(F(1, 3), (F(1, 4), 1)), examples=300, rng=0) for _ in range(2))
    assert one.found
    assert one.to_dict() == other.to_dict()
    assert one.parameters == other.parameters


def test_shrunk_to_the_simplest():
    assert PROXY_RESTRAINT.falsify(threshold(F(1, 2))).parameters == {"v": 1}
    assert PROXY_RESTRAINT.falsify(threshold(F(1, 2), (0, F(9, 10)))).parameters["v"].denominator <= 10


@pytest.mark.slow
def test_the_budget_is_kept():
    found = ASYMMETRY.falsify(TRUE, examples=13, rng=1)
    assert not found.found
    assert found.examples <= 13
    assert found.check is None
    assert "no counterexample in" in str(found)
    found.raise_if_found()


def test_in_a_test():
    with pytest.raises(AssertionError, match="proxy restraint: falsified at v = 1"):
        PROXY_RESTRAINT.falsify(threshold(F(1, 2))).raise_if_found()


@pytest.mark.parametrize(
    "domain",
    [
        Interval(0, 1),
        Interval(0, 1, "neither"),
        Interval(F(1, 3), F(1, 3) + F(1, 10**4), "neither"),
        Interval(5),
        Interval(-2, -1),
        Choice(1, 3),
        Interval(0.123, 0.124),
    ],
    ids=str,
)
def test_values_lie_in_their_domain(domain):
    drawn = []

    @settings(database=None, derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(values_of(domain))
    def look(value):
        drawn.append(value)

    look()
    assert drawn
    assert all(value in domain for value in drawn)


# -- measure -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [F(1, 4), F(1, 2), F(7, 10)])
def test_a_known_share(limit):
    found = PROXY_RESTRAINT.measure(threshold(limit), points=512, line_points=12)
    assert found.share == pytest.approx(float(limit), abs=1 / 256)
    assert found.interval[0] < limit < found.interval[1]
    assert found.points == 512
    assert found.line_points == 12


def test_half_lines_are_drawn_as_they_say():
    """v = u/(1 − u) ≤ 3 iff u ≤ ¾."""
    of = family(lambda v: dyad((lambda g: 10 + (v - 3) / (1 + v) * g, lambda g: 2 + 0 * g)), Interval(0))
    assert PROXY_RESTRAINT.measure(of, points=512, line_points=12).share == pytest.approx(0.75, abs=1 / 256)


def test_choices_have_equal_weight():
    def model(v, k):
        return dyad((lambda g: 1 + (v - k) * g, lambda g: 2 + 0 * g))

    of = Family(model, {"v": Interval(0, 1), "k": Choice(F(1, 4), F(1, 2), F(3, 4), 1)})
    assert PROXY_RESTRAINT.measure(of, points=1024, line_points=12).share == pytest.approx(5 / 8, abs=1 / 64)
    swapped = Family(model, {"k": Choice(F(1, 4), F(1, 2), F(3, 4), 1), "v": Interval(0, 1)})
    assert PROXY_RESTRAINT.measure(swapped, points=1024, line_points=12).share == pytest.approx(5 / 8, abs=1 / 64)


def test_two_choices_are_drawn_independently():
    """v + k + n ≤ 1 with k, n in {0, ½}: shares 1, ½, ½, 0."""
    halves = Choice(0, F(1, 2))
    of = Family(
        lambda v, k, n: dyad((lambda g: 2 + (v + k + n - 1) * g, lambda g: 2 + 0 * g)),
        {"v": Interval(0, 1), "k": halves, "n": halves},
    )
    assert PROXY_RESTRAINT.measure(of, points=1024, line_points=12).share == pytest.approx(1 / 2, abs=1 / 64)


@pytest.mark.slow
def test_the_interval_covers_another_estimate():
    of = alliance_family(decisiveness=1, enforcement=GIVEN)
    found = PROXY_RESTRAINT.measure(of, points=256, line_points=40, confidence=0.99)
    rng = np.random.default_rng(99)
    holds = 0
    for _ in range(400):
        values = {n: float(d.spread(rng.random())) for n, d in of.intervals.items()}
        holds += bool(PROXY_RESTRAINT.check(of.at(**values), gaps=np.linspace(0, 1, 41)[:-1], enforcement=GIVEN))
    low, high = _wilson(holds, 400, 0.99)
    assert found.interval[0] < high
    assert low < found.interval[1]
    assert found.interval[0] < found.share < found.interval[1]


def test_seeds():
    of = alliance_family(decisiveness=1, enforcement=GIVEN)
    shares = [PROXY_RESTRAINT.measure(of, points=64, line_points=20, rng=rng).share for rng in (1, 1, np.random.default_rng(1))]
    assert len(set(shares)) == 1
    others = {PROXY_RESTRAINT.measure(of, points=64, line_points=20, rng=seed).share for seed in range(6)}
    assert len(others) > 1


@pytest.mark.parametrize(
    ("count", "total", "level", "low", "high"),
    [
        (0, 10, 0.95, 0.0, 0.27753),
        (10, 10, 0.95, 0.72247, 1.0),
        (5, 10, 0.95, 0.23659, 0.76341),
        (81, 263, 0.95, 0.2553, 0.3662),
    ],
)
def test_wilson(count, total, level, low, high):
    """81 of 263: Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3; the others by the closed form."""
    assert _wilson(count, total, level) == pytest.approx((low, high), abs=6e-5)


def test_one_parameter_decides():
    def model(a, b, c):
        return dyad((lambda g: 1 + (a - F(1, 2)) * g + 0 * b * c, lambda g: 2 + 0 * g))

    unit = Interval(0, 1)
    of = Family(model, {"b": unit, "a": unit, "c": unit})
    found = PROXY_RESTRAINT.measure(of, points=512, line_points=8, sensitivity=True)
    assert found.sensitivity["a"].first == pytest.approx(1, abs=0.05)
    assert found.sensitivity["a"].total == pytest.approx(1, abs=0.05)
    for name in "bc":
        assert found.sensitivity[name].first == pytest.approx(0, abs=0.05)
        assert found.sensitivity[name].total == pytest.approx(0, abs=0.05)
    assert list(found.sensitivity) == ["b", "a", "c"]
    assert list(found.to_frame()["parameter"]) == ["b", "a", "c"]


def test_two_parameters_decide_together():
    """True iff (a − ½)(b − ½) ≤ 0: neither says anything alone."""

    def model(a, b):
        return dyad((lambda g: 1 + (a - F(1, 2)) * (b - F(1, 2)) * g, lambda g: 2 + 0 * g))

    of = Family(model, {"a": Interval(0, 1), "b": Interval(0, 1)})
    found = PROXY_RESTRAINT.measure(of, points=512, line_points=8, sensitivity=True)
    for name in "ab":
        assert found.sensitivity[name].first == pytest.approx(0, abs=0.15)
        assert found.sensitivity[name].total == pytest.approx(1, abs=0.15)


def test_nothing_decides_what_is_always_true():
    found = ASYMMETRY.measure(TRUE, points=64, line_points=20, sensitivity=True)
    assert found.share == 1
    assert all(s.first == s.total == 0 for s in found.sensitivity.values())


@pytest.mark.slow
def test_nothing_to_compare():
    never = family(lambda v: dyad((lambda g: v + 0 * g, lambda g: -1 + 0 * g)), assume="deterrent")
    found = PROXY_RESTRAINT.measure(never, points=16, line_points=8)
    assert (found.share, found.vacuous) == (1, 1)
    half = family(lambda v: dyad((lambda g: 1 + g, lambda g: v + 0 * g)), (-1, 1), assume="deterrent")
    found = PROXY_RESTRAINT.measure(half, points=256, line_points=8)
    assert found.vacuous == pytest.approx(0.5, abs=1 / 128)
    assert found.share == pytest.approx(0.5, abs=1 / 128)
    one = PROXY_RESTRAINT.check(half.at(v=F(-1, 2)), assume="deterrent")
    assert one.status == "vacuous"
    assert one.holds


# -- the four verbs agree ----------------------------------------------------------------------------------------------

QUICK = [
    alliance_family(decisiveness=m, synergy=s, enforcement=e, assume="deterrent")
    for m, s, e in ((1, "complementarity", GIVEN), (2, "aggregation", al.GivenPunishment(al.Transfers())))
]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["asymmetry", "proxy restraint", "sponsor restraint", "proxy turns first"])
@pytest.mark.parametrize("of", quick(QUICK), ids=str)
def test_verbs_agree(name, of):
    claim = CLAIMS[name]
    proof = claim.prove(of, timeout=120)
    assert proof.status in ("proved", "refuted")
    if proof.status == "proved":
        assert claim.measure(of, points=512, line_points=50).share == 1
        assert not claim.falsify(of, examples=20).found
    else:
        w = proof.counterexample.check.witness
        again = claim.check(proof.model, gaps=[w.low, w.high], enforcement=of.enforcement, assume=of.assume)
        assert again.status == "fails"
        assert again.witness == w


def test_stakes():
    of = alliance_family(actions=3, stakes=Interval(F(1, 2), 4), enforcement=GIVEN)
    assert not STAKES.falsify(of, examples=20).found
    assert STAKES.measure(of, points=64, line_points=10).share == 1
    game = of.at(**{n: d.low + (0 if d.includes_low else F(1, 8)) for n, d in of.intervals.items()})
    assert STAKES.check(game, enforcement=GIVEN).line == "stakes"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_hypothesis_makes_no_folder_and_reads_what_it_found_before(tmp_path, monkeypatch):
    monkeypatch.setattr(configuration, "__hypothesis_home_directory", tmp_path / "home")

    def home():
        return vars(configuration)["__hypothesis_home_directory"]

    with no_files():
        (home() / "constants").mkdir()
    assert list(tmp_path.iterdir()) == []
    kept = tmp_path / "home" / "constants" / "of a module"
    kept.parent.mkdir(parents=True)
    kept.write_text("[17]", encoding="utf-8")
    with no_files():
        assert home() != tmp_path / "home"
        assert (home() / "constants" / "of a module").read_text(encoding="utf-8") == "[17]"
    assert home() == tmp_path / "home"
    assert kept.read_text(encoding="utf-8") == "[17]"
