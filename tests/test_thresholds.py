"""Windows, thresholds and regions along the gap."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alliances as al
from tests.support import CONCEPTS, alliance_games, benchmark_game, dial, discounts

MODELS = {
    "benchmark": benchmark_game(),
    "chindea": al.presets.chindea_2014(),
    "morrow": al.presets.morrow_1991(),
    "aggregation": al.presets.capability_aggregation(),
}


# -- edges in closed form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("discount", [0.55, 0.7, 0.9])
def test_submission_window_in_closed_form(discount):
    # with ruinous fights and m = 2: δ_S* = σ and δ_P* = 1 − σ, so the window is |γ| ≤ 2δ − 1
    game = benchmark_game(conflict_cost=0.5)
    found = al.defection_threshold(game, discount)
    (window,) = found.windows
    edge = 2 * discount - 1
    assert abs(window.lower + edge) < 1e-10
    assert abs(window.upper - edge) < 1e-10
    assert (window.lower_defector, window.upper_defector) == ("proxy", "sponsor")
    assert (found.status, found.gap, found.defector) == ("threshold", window.lower, "proxy")


@pytest.mark.parametrize("beyond", [1e-3, 1e-6])
def test_an_edge_between_the_last_samples_of_a_domain(beyond):
    """The stretch beyond it has no sample but the end of the domain, which is not stable."""
    game = benchmark_game(conflict_cost=0.5)  # stable on |γ| ≤ 0.4
    (upper,) = al.stability_windows(game, 0.7, domain=(0.0, 0.4 + beyond), samples=9)
    (lower,) = al.stability_windows(game, 0.7, domain=(-0.4 - beyond, 0.0), samples=9)
    assert (upper.lower, lower.upper) == (0.0, 0.0)
    assert abs(upper.upper - 0.4) < 1e-10
    assert abs(lower.lower + 0.4) < 1e-10
    assert (lower.lower_defector, upper.upper_defector) == ("proxy", "sponsor")
    both = al.stability_windows(game, [0.7, 0.9], domain=(0.0, 0.4 + beyond), samples=9)  # the second is stable to the end
    assert [window.upper for k in range(2) for window in both.at(k)] == pytest.approx([0.4, 0.4 + beyond], abs=1e-10)


def test_own_discount_factors_move_their_own_edge():
    game = benchmark_game(conflict_cost=0.5)
    (window,) = al.stability_windows(game, (0.9, 0.6))
    assert abs(window.upper - 0.8) < 1e-10  # σ ≤ 0.9
    assert abs(window.lower + 0.2) < 1e-10  # 1 − σ ≤ 0.6


def test_a_plateau_is_always_or_never_stable():
    # with m = 1 the same game has δ* = ½ at every gap, up to rounding
    game = benchmark_game(contest=al.Tullock(1), conflict_cost=0.5)
    assert al.defection_threshold(game, 0.5).status == "always stable"
    never = al.defection_threshold(game, 0.4999999)
    assert (never.status, never.gap, never.windows) == ("never stable", None, ())
    always = al.defection_threshold(game, 0.5)
    assert (always.gap, always.defector) == (None, None)
    (window,) = always.windows
    assert (window.lower, window.upper, window.lower_defector, window.upper_defector) == (-0.95, 0.95, None, None)


def test_several_windows_with_kinks():
    # δ* = ½ + ⅓ sin(8γ): stable at δ = ½ where the sine is not positive
    game = dial(lambda gap: 0.5 + np.sin(8 * gap) / 3)
    windows = al.stability_windows(game, 0.5)
    edges = sorted(x for w in windows for x in (w.lower, w.upper) if abs(x) != 0.95)
    expected = sorted(k * math.pi / 8 for k in range(-2, 3))
    assert len(edges) == len(expected)
    assert np.abs(np.array(edges) - expected).max() < 1e-10
    assert {w.lower_defector for w in windows} <= {"both", None}


@pytest.mark.parametrize("where", [-0.5, 0.1234567, 0.9])
def test_jumps_are_located(where):
    game = dial(lambda gap: np.where(gap < where, 0.9, 0.2))
    (window,) = al.stability_windows(game, 0.5)
    assert abs(window.lower - where) < 1e-10
    assert window.upper == 0.95


@pytest.mark.parametrize("half_width", [1e-3, 1e-5, 1e-7])
def test_a_window_narrower_than_the_grid_at_a_visible_minimum(half_width):
    # a V-shaped δ* that dips below δ on a sliver between samples
    game = dial(lambda gap: 0.4 + 0.3 * np.abs(gap - 0.31234))
    (window,) = al.stability_windows(game, 0.4 + 0.3 * half_width)
    assert abs(window.lower - (0.31234 - half_width)) < 1e-10
    assert abs(window.upper - (0.31234 + half_width)) < 1e-10


def test_a_break_narrower_than_the_grid_at_a_visible_maximum():
    game = dial(lambda gap: 0.6 - 0.3 * (gap - 0.1) ** 2)
    left, right = al.stability_windows(game, 0.6 - 0.3 * 1e-10)
    slope = 2 * 0.3 * 1e-5
    assert abs(left.upper - (0.1 - 1e-5)) < 2e-14 / slope
    assert abs(right.lower - (0.1 + 1e-5)) < 2e-14 / slope


@pytest.mark.slow
def test_an_invisible_spike_needs_more_samples():
    # exactly what the docstring does not guarantee
    game = dial(lambda gap: np.where(np.abs(gap - 0.20001) < 1e-5, 0.2, 0.8))
    assert al.stability_windows(game, 0.5) == ()
    (window,) = al.stability_windows(game, 0.5, samples=400_001)
    assert abs(window.upper - window.lower - 2e-5) < 1e-9


def test_the_start_chooses_the_window():
    game = dial(lambda gap: 0.5 + np.sin(8 * gap) / 3)
    top = al.defection_threshold(game, 0.5)
    assert top.gap == pytest.approx(math.pi / 8)
    low = al.defection_threshold(game, 0.5, start=-0.2)
    assert low.gap == pytest.approx(-math.pi / 8)
    outside = al.defection_threshold(game, 0.5, start=0.2)
    assert (outside.status, outside.gap) == ("unstable at start", None)
    assert "not stable at the gap 0.2" in outside.message
    bottom = al.defection_threshold(game, 0.5, start=-0.9)
    assert (bottom.status, bottom.gap) == ("no lower edge", None)
    assert bottom.windows == top.windows


def test_always_stable_is_about_the_domain():
    game = benchmark_game(conflict_cost=0.5)
    assert al.defection_threshold(game, 0.9, domain=(-0.5, 0.5)).status == "always stable"
    assert al.defection_threshold(game, 0.9, domain=(0.85, 0.95)).status == "never stable"


def test_pooled_constraints_blame_both():
    found = al.defection_threshold(al.presets.chindea_2014(), 0.5, enforcement=al.Transfers())
    assert {d for w in found.windows for d in (w.lower_defector, w.upper_defector)} == {"both", None}
    assert found.message == f"As the gap narrows, the alliance breaks at {found.gap:.6f}; both defect."
    assert all("both defect" in str(w) and "both defects" not in str(w) for w in found.windows)


@pytest.mark.parametrize(
    ("gap", "beginning"),
    [
        (0.25, "As the gap narrows, the alliance breaks at 0.250000;"),
        (-1e-9, "As the gap narrows, the alliance breaks at 0.000000;"),
        (-0.25, "The alliance breaks when the proxy has overtaken its sponsor, at a gap of -0.250000;"),
    ],
    ids=["sponsor ahead", "parity", "proxy ahead"],
)
def test_narrowing_ends_at_parity(gap, beginning):
    found = al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95), samples=65)
    assert replace(found, gap=gap).message.startswith(beginning)


def test_what_does_not_break_below_the_start():
    found = al.defection_threshold(al.presets.chindea_2014(), 0.5, domain=(0.0, 0.95), samples=65)
    message = replace(found, gap=None, defector=None, status="no lower edge").message
    assert message == "From the start down to a gap of 0.0 nothing breaks the alliance; see the windows for other edges."


# -- relations ---------------------------------------------------------------------------------------------------------


def stable_by_definition(game, concept, discount, gaps):
    r = al.critical_discount(game, al.Power.from_gap(gaps), enforcement=concept)
    return r.dyad <= discount + 1e-14  # the documented rounding


@pytest.mark.sampled(0)
@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=6)
@given(discount=discounts)
def test_windows_contain_exactly_the_stable_gaps(model, concept, discount):
    found = al.defection_threshold(MODELS[model], discount, enforcement=concept)
    gaps = np.random.default_rng(0).uniform(-0.95, 0.95, 300)
    inside = np.array([any(g in w for w in found.windows) for g in gaps])
    near = np.array([min([abs(g - x) for w in found.windows for x in (w.lower, w.upper)], default=1.0) for g in gaps])
    stable = stable_by_definition(MODELS[model], concept, discount, gaps)
    assert np.array_equal(inside[near > 1e-9], stable[near > 1e-9])


@pytest.mark.slow
@settings(max_examples=30)
@given(game=alliance_games(), discount=discounts)
def test_thresholds_of_random_models_verify(game, discount):
    found = al.defection_threshold(game, discount, samples=201)
    assert al.verify(found), al.verify(found).witness
    edges = [x for w in found.windows for x in (w.lower, w.upper)]
    assert edges == sorted(edges)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_windows_grow_with_patience(concept):
    gaps = np.linspace(-0.95, 0.95, 500)
    previous = np.zeros(500, dtype=bool)
    for discount in (0.2, 0.4, 0.6, 0.8, 0.99):
        windows = al.stability_windows(MODELS["benchmark"], discount, enforcement=concept)
        inside = np.array([any(g in w for w in windows) for g in gaps])
        assert not (previous & ~inside).any()
        previous = inside


def test_scale_of_payoffs_does_not_move_edges():
    one = al.stability_windows(benchmark_game(), 0.8)
    many = al.stability_windows(benchmark_game(stakes=10**12, conflict_cost=Fraction(3, 20) * 10**12), 0.8)
    assert len(one) == len(many) == 2
    for a, b in zip(one, many, strict=True):
        assert abs(a.lower - b.lower) < 2e-10
        assert abs(a.upper - b.upper) < 2e-10
        assert (a.lower_defector, a.upper_defector) == (b.lower_defector, b.upper_defector)


def test_total_power_matters_to_a_common_threat():
    game = benchmark_game(synergy=al.CommonThreat(2, rival=2))
    small, large = (al.stability_windows(game, 0.55, total=t) for t in (1.0, 50.0))
    assert small != large


# -- regions -----------------------------------------------------------------------------------------------------------


def test_regions_tile_the_domain_and_agree_with_samples():
    for game in (MODELS["benchmark"], MODELS["morrow"]):
        found = al.ordinal_regions(game)
        assert (found[0].lower, found[-1].upper) == (-0.95, 0.95)
        for a, b in zip(found[:-1], found[1:], strict=True):
            assert 0 <= b.lower - a.upper < 1e-9
            assert a.label != b.label
        gaps = np.random.default_rng(1).uniform(-0.95, 0.95, 200)
        names = game.stage_game(al.Power.from_gap(gaps)).ordinal_type().name
        for gap, name in zip(gaps, names, strict=True):
            inside = [r.label for r in found if r.lower <= gap <= r.upper]
            assert inside == [name] or not inside


def test_punishment_switches_from_conflict_to_submission():
    found = al.punishment_regions(benchmark_game(), "sponsor")
    assert [r.label for r in found] == [("ally", "fight"), ("fight", "fight"), ("fight", "ally"), ("ally", "fight")]
    # just where the proxy stops fighting back: zq − k = c_P(1 − τQ) at the gap 0.10554…
    gap = found[1].upper
    power = al.Power.from_gap(gap)
    q = power.proxy_share**2 / (power.share**2 + power.proxy_share**2)
    ally = power.proxy_share * (1 + 0.6 * gap)
    assert q - 0.15 == pytest.approx(ally * (1 - 0.8 * (1 - q)), abs=1e-9)


def test_no_punishment_is_labelled_none():
    def pennies(power):
        one = power.gap * 0 + 1.0
        return [[(one, -one), (-one, one)], [(-one, one), (one, -one)]]

    (region,) = al.punishment_regions(al.CustomGame(pennies), "proxy")
    assert region.label is None


# -- what is given, and what a window says -----------------------------------------------------------------------------


def test_samples_may_be_numpys():
    one, other = (al.defection_threshold(benchmark_game(), 0.8, samples=k) for k in (101, np.int64(101)))
    assert one.windows == other.windows
    assert type(other.samples) is int
    assert al.ordinal_regions(benchmark_game(), samples=np.int64(101)) == al.ordinal_regions(benchmark_game(), samples=101)


@given(st.floats(-0.9, 0.9))
def test_window_membership(gap):
    window = al.Window(-0.5, 0.5, "proxy", None)
    assert (gap in window) == (-0.5 <= gap <= 0.5)
    assert -0.5 in window
    assert 0.5 in window
    assert "proxy defects" in str(window)
    assert "end of the domain" in str(window)


# -- rounding ----------------------------------------------------------------------------------------------------------


def plateau(offset):
    """A game whose δ* is 1.1/2.8 at every gap, with payoffs around ``offset``."""

    def payoffs(power):
        s, p = power.sponsor, power.proxy
        table = [[(2 * s, 2 * p), (-1.1 * s, 3.1 * p)], [(3.1 * s, -1.1 * p), (0.3 * s, 0.3 * p)]]
        return [[(a + offset, b + offset) for a, b in row] for row in table]

    return al.CustomGame(payoffs)


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, 1e9])
def test_a_plateau_within_rounding_is_one_window(offset):
    assert al.defection_threshold(plateau(offset), 1.1 / 2.8).status == "always stable"


@pytest.mark.parametrize("below", [5e-15, 1e-14, 1.01e-14])
@pytest.mark.parametrize("concept", [al.NashReversion(), al.Transfers()], ids=repr)
def test_stability_does_not_flicker_at_the_tolerance(below, concept):
    found = al.defection_threshold(al.presets.capability_aggregation(), 0.5 - below, enforcement=concept)
    assert len(found.windows) <= 1


def test_a_shift_of_payoffs_by_1e9_blurs_edges_and_adds_none():
    game = MODELS["chindea"]
    shifted = al.CustomGame(lambda p: [[(a + 1e9, b + 1e9) for a, b in row] for row in game.cells(p)], game.actions)
    plain, moved = (al.stability_windows(g, 0.8) for g in (game, shifted))
    assert len(plain) == len(moved) == 2
    for a, b in zip(plain, moved, strict=True):
        assert abs(a.lower - b.lower) < 1e-5
        assert abs(a.upper - b.upper) < 1e-5


def test_points_are_not_windows():
    game = al.presets.capability_aggregation(contest=al.AllPay())  # stable at parity only
    for domain in ((-0.95, 0.95), (-0.999, 0.999)):
        assert al.defection_threshold(game, 0.7, domain=domain).status == "never stable"


@pytest.mark.parametrize("samples", [2000, 2001])
def test_regions_close_over_points(samples):
    tied = al.AllianceGame(
        contest=al.AllPay(), synergy=al.ConstantSynergy(0.3), sharing=al.Equal(), exposure=0.8, conflict_cost=0.15
    )
    (region,) = al.ordinal_regions(tied, samples=samples)
    assert (region.lower, region.upper, region.label) == (-0.95, 0.95, "tied")


def test_mixed_punishments_along_the_gap():
    # the worst equilibria are pure here
    found = al.stability_windows(MODELS["chindea"], 0.8, enforcement=al.NashReversion(mixed=True))
    for a, b in zip(found, al.stability_windows(MODELS["chindea"], 0.8), strict=True):
        assert (a.lower, a.upper) == pytest.approx((b.lower, b.upper), abs=1e-10)
