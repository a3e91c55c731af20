"""Regime maps: a grid is a loop; the literature's statements at the benchmark; what holds at parity in general."""

import sys
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import alliances as al
from alliances.testing.strategies import rationals
from tests.support import CONCEPTS, benchmark_game, contests, quick, small_fractions

EVERY = (*CONCEPTS, al.Transfers(punishment="optimal"), al.OptimalPenalCode())
CHINDEA = al.presets.chindea_2014()
EXACT = al.presets.chindea_2014(  # the same parameters in Fractions
    synergy=al.Complementarity(F(3, 5)),
    exposure=F(4, 5),
    coexist_exposure=F(2, 5),
    conflict_cost=F(3, 20),
    support_cost=F(1, 50),
)
ALLIANCE, PACT, CONFLICT = range(3)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


# -- the map is what regimes() says, cell by cell ----------------------------------------------------------------------


@pytest.mark.parametrize("concept", EVERY, ids=repr)
def test_a_map_is_a_loop_over_its_cells(concept):
    gaps, stakes, deltas = [-0.3, 0.0, 0.15, 0.4, 0.8], [0.7, 1.5, 4.0], [0.45, 0.62, 0.9]
    found = al.regime_map(CHINDEA, gaps, stakes, deltas, enforcement=concept)
    assert found.code.shape == (3, 3, 5)
    for (d, z, g), code in np.ndenumerate(found.code):
        game, power = replace(CHINDEA, stakes=stakes[z]), al.Power.from_gap(gaps[g])
        one = al.regimes(game, power, deltas[d], enforcement=concept)
        assert (one.code, one.name) == (code, found.name[d, z, g])
        alliance = one.critical[0]
        breaks = {n for n in ("sponsor", "proxy") if getattr(alliance, n) > deltas[d]}
        assert found.breaker[d, z, g] == ("none" if not breaks else "both" if len(breaks) == 2 else breaks.pop())
    assert al.verify(found), al.verify(found).witness
    assert sum(found.shares.values()) == pytest.approx(1)


def test_a_family_may_be_a_function_and_players_may_differ():
    function = al.regime_map(lambda z: al.presets.chindea_2014(stakes=z), [0.0, 0.5], [1, 4], 0.6)
    assert np.array_equal(function.code, al.regime_map(CHINDEA, [0.0, 0.5], [1, 4], 0.6).code)
    pair = al.regime_map(CHINDEA, [0.0, 0.5], [1, 4], (np.array([0.6, 0.8]), 0.6))
    assert pair.code.shape == (2, 2, 2)
    for k, sponsor in enumerate((0.6, 0.8)):
        for (z, g), code in np.ndenumerate(pair.code[k]):
            game = replace(CHINDEA, stakes=[1, 4][z])
            assert code == al.regimes(game, al.Power.from_gap([0.0, 0.5][g]), (sponsor, 0.6)).code
    assert pair.code[0, 0, 1] == CONFLICT  # the sponsor preys …
    assert pair.code[1, 0, 1] == ALLIANCE  # … unless it is patient


def test_a_custom_model_in_two_actions():
    def family(stakes):
        def payoffs(power):
            s, p = power.share * stakes, power.proxy_share * stakes
            return [[(2 * s, 2 * p), (0 * s, 3 * p)], [(3 * s, 0 * p), (s, p)]]

        return al.CustomGame(payoffs)

    found = al.regime_map(family, [F(-1, 2), 0, F(1, 2)], [1, 2], [F(1, 3), F(1, 2)])
    assert found.names == ("alliance", "conflict")
    assert found.code.tolist() == [[[1, 1, 1], [1, 1, 1]], [[0, 0, 0], [0, 0, 0]]]  # δ* = (3 − 2)/(3 − 1), exactly


def test_verify_finds_a_wrong_cell():
    found = al.regime_map(CHINDEA, [0.0, 0.4, 0.8], [1.0, 4.0], 0.6)
    wrong = found.code.copy()
    wrong[0, 0] = CONFLICT
    assert "conflict is reported, though pact is kept" in al.verify(replace(found, code=wrong)).witness
    wrong[0, 0], wrong[0, 1] = PACT, ALLIANCE
    assert "alliance is reported, though a player gains" in al.verify(replace(found, code=wrong)).witness


# -- the statements of the literature, one model at one parameter set --------------------------------------------------


@pytest.mark.parametrize("concept", EVERY, ids=repr)
def test_chindeas_three_statements_hold_together_at_moderate_patience(concept):
    found = al.regime_map(CHINDEA, [0.0, 0.8], [1.0, 4.0], 0.6, enforcement=concept)
    assert found.code.tolist() == [[PACT, ALLIANCE], [CONFLICT, ALLIANCE]]


WINDOWS = {  # patience at which the three statements hold together: from the pact's δ* at z = 1 to the first that fails
    "NashReversion": (0.5, 2 / 3),
    "FinitePunishment": (0.5437, 0.8105),
    "ImperfectMonitoring": (0.5556, 0.7272),
    "Transfers": (0.5, 2 / 3),
    "OptimalPenalCode": (0.5, 2 / 3),
}


@pytest.mark.parametrize("concept", EVERY, ids=repr)
def test_the_patience_for_which_the_statements_hold_together(concept):
    low, high = WINDOWS[type(concept).__name__]
    found = al.regime_map(
        CHINDEA, [0.0, 0.8], [1.0, 4.0], [low - 1e-3, low + 1e-3, high - 1e-3, high + 1e-3], enforcement=concept
    )
    holds = (found.code == [[PACT, ALLIANCE], [CONFLICT, ALLIANCE]]).all(axis=(1, 2))
    assert holds.tolist() == [False, True, True, False]
    assert found.code[0, 0, 0] == CONFLICT  # too impatient: no pact even at low stakes
    assert found.code[3, 0, 0] == ALLIANCE  # too patient: equals keep an alliance, which is worth as much as a pact


def test_theory_page_numbers():
    stakes = np.array([1.0, 2.0, 4.0])
    found = al.regime_map(CHINDEA, [0.0, 0.8], stakes, 0.6)
    alliance, pact = (r.dyad for r in found.critical)
    assert pact[:, 0].round(2).tolist() == [0.5, 0.57, 0.73]
    assert alliance[:, 0].round(2).tolist() == [0.67, 0.73, 0.84]
    assert alliance[:, 1].round(2).tolist() == [0.23] * 3
    assert pact[:, 0] == pytest.approx([1 / 2, 4 / 7, 8 / 11])  # t/(t + k) with t = τ'z/4, once war is an equilibrium


MUNICIPALITIES = [  # Coscia & Rios (2012): Sinaloa's, the ally's; the year of each
    (109, 48),  # Beltrán Leyva, 2007: war 2008
    (38, 18),  # Juárez, 2004: war 2004
]


@pytest.mark.parametrize(("strong", "weak"), MUNICIPALITIES)
def test_predation_far_from_parity(strong, weak):
    power = al.Power(strong, weak)
    table = al.regime_table(CHINDEA, float(power.gap), 1.0, 0.6)
    for label, regime, breaker in zip(table.labels, table.name[:, 0], table.breaker[:, 0], strict=True):
        paid = label.startswith("Transfers")  # the weak side buys the strong one off
        assert (regime, breaker) == (("alliance", "none") if paid else ("conflict", "sponsor")), label
    r = al.critical_discount(CHINDEA, power)
    assert r.proxy < 0.6 < r.sponsor
    tables = al.regime_table(CHINDEA, float(power.gap), 4.0, 0.6)
    assert set(tables.name[:, 0]) == {"conflict"}  # at high stakes payments do not hold it either


def test_predation_ends_windows_on_both_sides():
    found = al.stability_windows(CHINDEA, 0.68, domain=(0.0, 0.95))
    assert [(w.lower_defector, w.upper_defector) for w in found] == [
        (None, "sponsor"),
        ("sponsor", "sponsor"),
        ("sponsor", None),
    ]


# -- at parity, for drawn parameters -----------------------------------------------------------------------------------

PARITY = al.Power(1, 1)
synergies = st.one_of(
    st.builds(al.Complementarity, small_fractions, st.sampled_from([1, 2])),
    st.builds(al.Aggregation, small_fractions),
    st.builds(al.ConstantSynergy, small_fractions),
)
costs = rationals(0, 2, 12)
sharings = st.sampled_from([al.Proportional(), al.Equal(), al.NashBargaining()])


@st.composite
def pacts(draw, synergy=synergies, cost=costs):
    """Three-action games, exact; the stakes are set later."""
    exposure = draw(rationals(F(1, 10), 1, 10))
    war = draw(cost)
    return al.AllianceGame(
        contest=draw(contests),
        synergy=draw(synergy),
        # bargaining over unequal costs of war divides unequally between equals: a counterexample below
        sharing=draw(st.sampled_from([al.Proportional(), al.Equal()]) if isinstance(war, tuple) else sharings),
        exposure=exposure,
        coexist_exposure=exposure * draw(rationals(F(1, 10), 1, 10)),
        conflict_cost=war,
        support_cost=draw(rationals(0, F(1, 2), 10)),
    )


stake = rationals(F(1, 2), 8, 6)
at_parity_worthless = st.builds(al.Complementarity, small_fractions, st.sampled_from([1, 2]))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", EVERY, ids=repr)
@settings(max_examples=25)
@given(game=pacts(synergy=at_parity_worthless, cost=st.one_of(costs, st.tuples(costs, costs))), z=stake)
def test_a_pact_asks_no_more_patience_than_a_complementary_alliance_at_parity(concept, game, z):
    stage = replace(game, stakes=z).stage_game(PARITY)
    alliance, pact = (al.critical_discount(stage, profile=(k, k), enforcement=concept).dyad for k in (ALLIANCE, PACT))
    assert pact <= alliance + (1e-9 if isinstance(concept, al.OptimalPenalCode) else 1e-12)


def test_a_pact_asks_more_patience_where_equals_gain_by_allying():
    # the counterexample: v = 2/5. A betrayed ally that stays gets 21/50 > 2/5, so war is no equilibrium.
    stage = replace(EXACT, synergy=al.Aggregation(F(2, 5))).stage_game(PARITY)
    alliance, pact = (al.critical_discount(stage, profile=(k, k)) for k in (ALLIANCE, PACT))
    assert (alliance.dyad, pact.dyad) == (F(1, 2), F(5, 9))
    assert alliance.terms.punished == pact.terms.punished == (F(21, 50), F(21, 50))


def test_a_pact_asks_more_patience_where_bargaining_favours_the_cheaper_side_of_a_war():
    # the counterexample: k = (0, 1/8), z = 25/4, τ = 1/10, τ' = 2/25. War costs the sponsor nothing: half the stakes, its
    # share under a pact, are no more than it has in a war. Bargaining over an alliance gives it more than half.
    game = replace(EXACT, sharing=al.NashBargaining(), conflict_cost=(0, F(1, 8)), support_cost=0, stakes=F(25, 4))
    stage = replace(game, exposure=F(1, 10), coexist_exposure=F(2, 25)).stage_game(PARITY)
    alliance, pact = (al.critical_discount(stage, profile=(k, k)) for k in (ALLIANCE, PACT))
    assert (alliance.dyad, pact.dyad) == (F(51, 71), np.inf)
    assert pact.terms.path[0] == pact.terms.punished[0] < alliance.terms.path[0]


def least_patience(game, z, concept):
    """From which discount factor on anything peaceful is kept at parity: below it lies the conflict region."""
    stage = replace(game, stakes=z).stage_game(PARITY)
    return min(al.critical_discount(stage, profile=(k, k), enforcement=concept).dyad for k in (ALLIANCE, PACT))


@pytest.mark.parametrize("concept", quick(EVERY, len(CONCEPTS)), ids=repr)
@settings(max_examples=13)
@given(game=pacts(), z=stake, more=stake)
def test_higher_stakes_never_shrink_the_conflict_region_at_parity(concept, game, z, more):
    slack = 1e-9 if isinstance(concept, al.OptimalPenalCode) else 1e-12
    assert least_patience(game, z, concept) <= least_patience(game, z + more, concept) + slack


def test_with_unequal_costs_of_war_higher_stakes_can_shrink_the_conflict_region():
    # the counterexample: k_S = 1/10, k_P = 3/10, τ' = 2/5. From z = 1 on the sponsor answers force with force, from
    # z = 3 on the proxy does. Between them the one pure equilibrium is the proxy's submission, and nothing deters the sponsor.
    game = replace(EXACT, conflict_cost=(F(1, 10), F(3, 10)))
    assert least_patience(game, 2, al.NashReversion()) == np.inf
    assert least_patience(game, 4, al.NashReversion()) == F(4, 5)
    patient = al.regime_map(game, [0.0], [2.0, 4.0], 0.85)
    assert patient.name[:, 0].tolist() == ["conflict", "pact"]


def test_off_parity_higher_stakes_can_turn_conflict_into_a_pact():
    found = al.regime_map(CHINDEA, [0.02], [1.45, 1.75, 2.5], 0.6)
    assert found.name[:, 0].tolist() == ["conflict", "pact", "conflict"]
    assert al.verify(found)


# -- tables and pictures -----------------------------------------------------------------------------------------------


def test_frames_arrays_and_letters():
    found = al.regime_map(CHINDEA, [0.0, 0.4, 0.8], [1.0, 4.0], [0.5001, 0.6])
    frame = found.to_frame()
    assert len(frame) == found.code.size
    assert frame.query("discount == 0.6 and stakes == 1 and gap == 0")["regime"].item() == "pact"
    assert frame.query("discount == 0.6 and stakes == 1 and gap == 0.4")["breaker"].item() == "sponsor"
    array = found.to_xarray()
    assert array["regime"].sel(discount=0.6, stakes=4.0, gap=0.8).item() == "alliance"
    assert array["critical_pact"].dims == ("stakes", "gap")
    assert set(found.at(discount=0.6).to_xarray()["code"].dims) == {"stakes", "gap"}
    assert found.table(discount=0.6).splitlines()[:2] == ["     4 |   C   C   A", "     1 |   P   C   A"]
    pair = al.regime_map(CHINDEA, [0.0], [1.0], (0.5, 0.6)).to_frame()
    assert pair[["discount_sponsor", "discount_proxy"]].to_numpy().tolist() == [[0.5, 0.6]]
    table = al.regime_table(CHINDEA, [0.0, 0.4], 1.0, 0.6, concepts=[al.NashReversion(), al.Transfers()])
    assert table.to_frame()["regime"].tolist() == ["pact", "conflict", "pact", "alliance"]
    assert "conflict (sponsor)" in str(table)


@pytest.mark.parametrize(("module", "method"), [("pandas", "to_frame"), ("xarray", "to_xarray")])
def test_a_missing_extra_is_named(monkeypatch, module, method):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"pip install 'alliances\[data\]'"):
        getattr(al.regime_map(CHINDEA, [0.0], [1.0], 0.6), method)()


def test_the_picture_shows_every_cell():
    gaps, stakes = np.linspace(0, 0.9, 31), np.linspace(0.5, 5, 16)
    found = al.regime_map(CHINDEA, gaps, stakes, 0.6)
    ax = found.plot()
    shown = {patch.get_label(): patch for patch in ax.patches}
    for (z, g), code in np.ndenumerate(found.code):
        inside = {n for n, patch in shown.items() if patch.get_path().contains_point((gaps[g] + 1e-6 * (g == 0), stakes[z]))}
        if 0 < g < 30 and 0 < z < 15:
            assert inside == {found.names[code]}
    assert {text.get_text() for text in ax.texts} == {"alliance", "pact", "conflict"}
    for text in ax.texts:  # a name stands on its own region
        assert shown[text.get_text()].get_path().contains_point(text.xy)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 0.9), (0.5, 5))
    patience = al.regime_map(CHINDEA, gaps, 1.0, np.linspace(0.3, 0.9, 13)).plot()
    assert patience.get_ylabel() == "discount factor δ (patience)"
    assert "stakes z = 1" in patience.get_title()


def small_map():
    return al.regime_map(CHINDEA, [0.0, 0.1], [1, 2], [0.5, 0.6])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: al.regime_map(CHINDEA, [0.5, 0.0], [1], 0.6), r"regime_map\(\): gaps must be one increasing list"),
        (lambda: al.regime_map(CHINDEA, [0.0, 1.0], [1], 0.6), "gaps must lie strictly between -1 and 1; got 1"),
        (lambda: al.regime_map(CHINDEA, [0.0], [0, 1], 0.6), "stakes must be positive and finite; got 0"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1], 1.0), r"discount must lie in \[0, 1\); got 1.0"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1], [[0.5]]), "discount must have at most one dimension"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1], (0.5, 0.5, 0.5)), r"regime_map\(\): discount must be one number or a pair"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1], ([0.5] * 2, [0.5] * 3)), "pair of arrays of one length"),
        (
            lambda: al.regime_map(CHINDEA, [0.0], [1], (0.5, 0.6), enforcement=al.Transfers()),
            r"regime_map\(\): discount must be common",
        ),
        (
            lambda: al.regime_map(benchmark_game(conflict_cost=np.full((3, 1, 1), 0.1)), [0.0], [1], 0.6),
            "game must have scalar parameters",
        ),
        (lambda: al.regime_table(CHINDEA, [0.0, 0.1], [1, 2, 3], 0.6), "must broadcast to one list"),
        (lambda: al.regime_table(CHINDEA, 0.0, 1, 0.6, concepts=[]), "concepts must name at least one"),
        (lambda: al.regime_map(CHINDEA, [0.0, 0.1], [1, 2], [0.5, 0.6]).plot(), "which slice"),
        (
            lambda: al.regime_map(CHINDEA, [0.0, 0.1], [1, 2], [0.5, 0.6]).plot(discount=0.55),
            "discount must be one of the map's",
        ),
        (lambda: al.regime_map(CHINDEA, [0.0, 0.1], [1, 2], [0.5, 0.6]).plot(stakes=3), "stakes must be one of the map's"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1, 2], 0.6).plot(), "at least two gaps and two rows"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1, 2], [0.5, 0.6]).table(), "discount must be one of the map's"),
        (lambda: al.regime_map(CHINDEA, [0.0], [1, 2], 0.5).table(discount=0.6), "discount must be one of the map's"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_wrong_models_are_named():
    with pytest.raises(TypeError, match="game must be an AllianceGame, or a function"):
        al.regime_map(al.CustomGame(lambda power: [[(1, 1)]], actions=("ally",)), [0.0], [1], 0.6)
    with pytest.raises(TypeError, match="game must return a model"):
        al.regime_map(lambda z: z, [0.0], [1], 0.6)
