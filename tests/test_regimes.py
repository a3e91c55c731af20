"""Regimes: the best sustained arrangement, by definition and as the literature describes it."""

import functools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given

import alliances as al
from alliances import evaluating_by
from tests.support import CONCEPTS, alliance_games, benchmark_game, discounts, gaps

STAGE = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
EVERY = (*CONCEPTS, al.Transfers(punishment="optimal"))  # optimal penal codes: below, on fewer games


def by_definition(game, power, discount, concept):
    """One dyad, in plain words."""
    stage = game.stage_game(power)
    best, regime = -np.inf, len(game.actions) - 1
    for k in range(len(game.actions) - 1):
        r = al.critical_discount(stage, profile=(k, k), enforcement=concept)
        joint = float(sum(r.terms.path))
        if r.dyad <= discount and joint > best + 1e-12:
            best, regime = joint, k
    return regime


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", EVERY, ids=repr)
@given(game=alliance_games(), gap=gaps, discount=discounts)
def test_regimes_by_definition(concept, game, gap, discount):
    power = al.Power.from_gap(float(gap))
    assert al.regimes(game, power, discount, enforcement=concept).code == by_definition(game, power, discount, concept)


def test_narrow_gaps_pacify_at_low_stakes_and_fight_at_high_ones():
    # Chindea 2014, the three statements, from one model at one parameter set (δ = 0.6)
    def regime(gap, stakes):
        return al.regimes(al.presets.chindea_2014(stakes=stakes), al.Power.from_gap(gap), 0.6).name

    assert regime(0.0, 1.0) == "pact"
    assert regime(0.0, 4.0) == "conflict"
    assert regime(0.8, 1.0) == regime(0.8, 4.0) == "alliance"


@pytest.mark.parametrize("concept", EVERY, ids=repr)
def test_a_grid_of_gaps_and_stakes_is_a_loop(concept):
    stakes, line = np.array([1.0, 2.0, 4.0]), np.linspace(-0.6, 0.9, 7)
    found = al.regimes(al.presets.chindea_2014(stakes=stakes[:, None]), al.Power.from_gap(line), 0.7, enforcement=concept)
    assert found.code.shape == (3, 7)
    for i, z in enumerate(stakes):
        for j, gap in enumerate(line):
            one = al.regimes(al.presets.chindea_2014(stakes=float(z)), al.Power.from_gap(float(gap)), 0.7, enforcement=concept)
            assert one.code == found.code[i, j]
    assert sum(found.shares.values()) == pytest.approx(1)


def test_regions_tile_and_agree():
    game = al.presets.chindea_2014()
    found = al.regime_regions(game, 0.6, (0.0, 0.9))
    assert [r.label for r in found] == ["pact", "conflict", "alliance"]
    for r in found:
        middle = (r.lower + r.upper) / 2
        assert al.regimes(game, al.Power.from_gap(middle), 0.6).name == r.label


@pytest.mark.parametrize(
    ("alliance", "pact", "best"), [((5, 1), (3, 4), "pact"), ((5, 3), (1, 4), "alliance"), ((3, 5), (4, 1), "alliance")]
)
def test_of_two_sustained_arrangements_the_regime_has_the_larger_sum(alliance, pact, best):
    # all three diagonal profiles are equilibria; neither the sponsor's payoff nor the proxy's nor their difference decides
    diagonal = alliance, pact, (0, 0)
    table = [[diagonal[i] if i == j else (0, 0) for j in range(3)] for i in range(3)]
    found = al.regimes(al.CustomGame(lambda power: table, actions=("ally", "coexist", "fight")), al.Power(1, 1), 0.5)
    assert (found.name, [r.dyad for r in found.critical]) == (best, [0, 0])


@pytest.mark.parametrize("units", [(1.0, 1.0), (1e6, 1.0), (1.0, 1e6)])
@pytest.mark.parametrize("levels", [[1.0], [1.0, 5.0], [5.0, 1.0]])
def test_of_two_arrangements_equal_up_to_rounding_the_earlier_is_the_regime(levels, units):
    # the pact gives each 0.1 + 0.2, which as a float exceeds the 0.3 of the alliance; each game of a batch has its own level
    gaps = np.arange(len(levels)) / 10

    def payoffs(power):
        level = np.interp(power.gap, gaps, levels)
        own = [0.3, 0.1 + 0.2, 0.0]
        return [[tuple(level * own[i] * unit * (i == j) for unit in units) for j in range(3)] for i in range(3)]

    game = al.CustomGame(payoffs, actions=("ally", "coexist", "fight"))
    assert al.regimes(game, al.Power.from_gap(gaps), 0.5).name.tolist() == ["alliance"] * len(levels)


def test_ties_are_between_arrangements_that_are_sustained():
    # the alliance is best for both together, but the sponsor gains by leaving it; the two others are equal up to rounding
    own = [0.9, 0.3, 0.1 + 0.2, 0.0]

    table = [[(own[i], own[i]) if i == j else (0.0, 0.0) for j in range(4)] for i in range(4)]
    table[3][0] = (99.0, 0.0)
    game = al.CustomGame(lambda power: table, actions=("ally", "coexist", "trade", "fight"))
    found = al.regimes(game, al.Power(1, 1), 0.5)
    assert [r.dyad <= 0.5 for r in found.critical] == [False, True, True]
    assert found.name == "pact"


def test_a_regime_without_a_name_of_its_own_is_called_by_its_action():
    game = al.CustomGame(lambda power: [[(2, 2), (0, 0)], [(0, 0), (1, 1)]], actions=("trade", "fight"))
    found = al.regimes(game, al.Power(1, 1), 0.5)
    assert (found.names, found.name) == (("trade", "conflict"), "trade")


def test_own_discount_factors_and_arrays_of_them():
    game, power = benchmark_game(conflict_cost=0.5), al.Power.from_gap(0.5)  # δ_S* = 3/4, δ_P* = 1/4
    assert al.regimes(game, power, (0.8, 0.3)).name == "alliance"
    assert al.regimes(game, power, (0.7, 0.3)).name == "conflict"
    assert al.regimes(game, power, (0.8, 0.2)).name == "conflict"
    assert al.regimes(game, power, np.array([0.7, 0.8])).name.tolist() == ["conflict", "alliance"]
    assert al.regimes(game, power, np.array([0.7, 0.8])).message == "alliance 50.0%, conflict 50.0%"


def test_a_table_of_regimes_has_a_row_per_dyad_and_discount_factor():
    # δ_S* = σ and δ_P* = 1 − σ at ruinous costs: the dyad's are 3/5, 3/4 and 9/10 at these gaps, whatever the discount factor
    game, power = benchmark_game(conflict_cost=0.5), al.Power.from_gap([0.2, 0.5, 0.8])
    found = al.regimes(game, power, np.array([[0.7], [0.95]]))
    frame = found.to_frame()
    assert frame["regime"].tolist() == ["alliance", "conflict", "conflict", "alliance", "alliance", "alliance"]
    assert frame["critical_alliance"].tolist() == pytest.approx([0.6, 0.75, 0.9] * 2)
    assert found.shares == {"alliance": 4 / 6, "conflict": 2 / 6}
    assert found.to_dict()["critical"]["alliance"] == pytest.approx([0.6, 0.75, 0.9])
    assert found.to_dict()["name"] == found.name.tolist() == [["alliance", "conflict", "conflict"], ["alliance"] * 3]


# -- the programme of a large batch ------------------------------------------------------------------------------------


def trading(power):
    """Two ways to be at peace, and a trade that pays more, the stronger the sponsor; all tempt, and conflict is costly."""
    s, p = power.sponsor, power.proxy
    worth = [(1 + s, 1 + p), (1.3, 1.2), (0.9 + s * s * 2, 1.1)]
    table = [[(0.1 * s, 0.1 * p) for _ in range(4)] for _ in range(4)]
    for k, (a, b) in enumerate(worth):
        table[k][k] = a, b
        table[3][k], table[k][3] = (a + 0.7 * s, 0.0 * p), (0.0 * s, b + 0.9 * p * s)
    table[3][3] = 0.2 * s, 0.2 * p
    return table


OF_ACTIONS = {  # by the number of peaceful arrangements
    1: al.presets.morrow_1991(),
    2: al.presets.chindea_2014(),
    3: al.CustomGame(trading, actions=("ally", "coexist", "trade", "fight")),
}


@functools.cache
def dyad(peaceful, gap):
    """The stage game at a gap, and the critical discount factors of each peaceful arrangement."""
    stage = OF_ACTIONS[peaceful].stage_game(al.Power.from_gap(gap))
    return stage, [al.critical_discount(stage, profile=(k, k)) for k in range(peaceful)]


@pytest.mark.parametrize("discount", [0.6, (0.7, 0.55), np.array([[0.45], [0.6], [0.8]])], ids=["one", "pair", "axis"])
@pytest.mark.parametrize("peaceful", OF_ACTIONS)
def test_regimes_by_the_programme_are_those_of_each_dyad(peaceful, discount):
    game, gaps = OF_ACTIONS[peaceful], np.linspace(-0.9, 0.9, 61)
    with evaluating_by("numpy"):
        found = al.regimes(game, al.Power.from_gap(gaps), discount)
    assert all("_question" in r.__dict__ for r in found.critical)  # not the ordinary way
    assert len(found.critical) == peaceful
    assert found.names == al.regimes(game, al.Power.from_gap(0.0), 0.5).names
    assert found.code.shape == ((3, 61) if isinstance(discount, np.ndarray) else (61,))
    seen = set()
    for index, code in np.ndenumerate(found.code):
        delta = discount[index[0], 0] if isinstance(discount, np.ndarray) else discount
        pair = delta if isinstance(delta, tuple) else (delta, delta)
        stage, critical = dyad(peaceful, float(gaps[index[-1]]))
        best, expected = -np.inf, peaceful
        for k, r in enumerate(critical):
            assert found.critical[k].sponsor[index[-1]] == pytest.approx(r.sponsor, abs=1e-12)
            assert found.critical[k].proxy[index[-1]] == pytest.approx(r.proxy, abs=1e-12)
            joint = stage.A[k, k] + stage.B[k, k]
            if r.sponsor <= pair[0] and r.proxy <= pair[1] and joint > best + 1e-12:
                best, expected = joint, k
        assert code == expected, index
        seen.add(expected)
    assert len(seen) >= 2


@pytest.mark.parametrize("concept", [al.Transfers(), al.ImperfectMonitoring(0.05, 0.1), al.GivenPunishment()], ids=repr)
def test_regimes_by_the_programme_are_those_of_the_concept_asked_for(concept):
    game, power = OF_ACTIONS[2], al.Power.from_gap(np.linspace(-0.9, 0.9, 61))
    with evaluating_by("ordinary"):
        expected = al.regimes(game, power, 0.6, enforcement=concept)
    with evaluating_by("numpy"):
        found = al.regimes(game, power, 0.6, enforcement=concept)
        assert found.code.tolist() != al.regimes(game, power, 0.6).code.tolist()
    assert "_question" in found.critical[1].__dict__
    assert found.code.tolist() == expected.code.tolist()
    assert [r.enforcement for r in found.critical] == [concept, concept]


@pytest.mark.parametrize("method", ["ordinary", "numpy"])
def test_arrangements_equal_up_to_rounding_are_a_tie_for_the_programme_too(method):
    def payoffs(power):  # the pact gives each 0.1 + 0.2 times its power, which as a float exceeds the 0.3 of the alliance
        own = [0.3, 0.1 + 0.2, 0.0]
        return [[(own[i] * (i == j) * power.sponsor, own[i] * (i == j) * power.proxy) for j in range(3)] for i in range(3)]

    game = al.CustomGame(payoffs, actions=("ally", "coexist", "fight"))
    with evaluating_by(method):
        assert al.regimes(game, al.Power.from_gap(np.linspace(-0.5, 0.5, 9)), 0.5).code.tolist() == [0] * 9


@pytest.mark.parametrize("method", ["ordinary", "numpy"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"discount": np.full(7, 0.5)}, r"discount must broadcast with the games' shape \(5,\); got shapes \(7,\) and \(7,\)"),
        ({"discount": Fraction(10**30 - 1, 10**30)}, "discount must lie below 1 as a float too"),
        ({"discount": (0.5, 1.5)}, r"discount must lie in \[0, 1\); got 1.5"),
        ({"discount": (0.5, 0.6), "enforcement": al.Transfers()}, "discount must be common to both players"),
        ({"discount": 0.5, "enforcement": "grim"}, "enforcement must be"),
    ],
)
def test_the_programme_refuses_what_the_ordinary_way_refuses_in_the_same_words(method, arguments, words):
    with evaluating_by(method), pytest.raises((TypeError, ValueError), match=r"^regimes\(\): " + words):
        al.regimes(OF_ACTIONS[1], al.Power.from_gap(np.linspace(-0.5, 0.5, 5)), **arguments)


def test_a_game_without_a_peaceful_action_has_no_regimes():
    war = al.CustomGame(lambda power: [[(power.sponsor, power.proxy)]], actions=("fight",))
    for ask, name in (
        (lambda: al.regimes(war, al.Power(1, 1), 0.5), "regimes"),
        (lambda: al.regime_regions(war, 0.5), "regime_regions"),
    ):
        words = rf"^{name}\(\): game must have a peaceful action and, as the last, conflict; got \('fight',\)$"
        with pytest.raises(ValueError, match=words):
            ask()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"discount": 1.0}, r"regimes\(\): discount must lie in \[0, 1\); got 1.0"),
        ({"discount": (0.5, 0.5, 0.5)}, "discount must be one number or a pair"),
        ({"discount": (0.5, 0.6), "enforcement": al.Transfers()}, "discount must be common"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        al.regimes(benchmark_game(), al.Power.from_gap(0.5), **arguments)


@pytest.mark.parametrize(
    "ask",
    [
        lambda d: al.payoff_set(STAGE, d),
        lambda d: al.contract_values(STAGE, d),
        lambda d: al.payments(STAGE, d, (0, 0)),
        lambda d: al.relational_contracts(STAGE).at(d),
        lambda d: al.relational_contracts(STAGE).sustainable(d),
        lambda d: al.monitored_contracts(al.PublicMonitoring.perfect(STAGE), d),
        lambda d: al.regimes(benchmark_game(), al.Power.from_gap(0.5), d),
    ],
)
def test_every_discount_factor_is_checked(ask):
    for bad in (1.0, -0.1, float("nan")):
        with pytest.raises(ValueError, match=r"discount must lie in \[0, 1\)"):
            ask(bad)
    with pytest.raises(TypeError, match="discount must be a number, not a symbol"):
        ask(sympy.Symbol("delta"))
