"""The question, checked once: the discount pair and the repeated game mean the same to every function that takes them."""

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.repeated.arguments import check_discount, float_discount, repeated_game
from alliances.repeated.contracts.liquidity import critical_transfers_optimal
from tests.support import PD_PROXY, PD_SPONSOR, benchmark_game

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
OWN, COMMON = al.NashReversion(), al.Transfers()
LINE = np.array([0.5, 0.6])


def test_one_number_is_both_players_discount_factor_in_its_own_type():
    assert check_discount(Fraction(1, 3), OWN, "f") == (Fraction(1, 3), Fraction(1, 3))
    assert check_discount((0, 0.5), OWN, "f") == (Fraction(0), 0.5)
    assert float_discount((Fraction(1, 2), 0), OWN, "f") == (0.5, 0.0)
    assert all(type(d) is float for d in float_discount(Fraction(1, 2), OWN, "f"))


def test_arrays_broadcast_and_may_be_compared():
    delta_s, delta_p = check_discount((LINE, LINE[:, None]), OWN, "f")
    assert (delta_s.shape, delta_p.shape) == ((2,), (2, 1))
    both = check_discount((LINE, LINE.copy()), COMMON, "f")
    assert all(d.tolist() == [0.5, 0.6] for d in both)
    assert check_discount((0.5, np.array([0.5, 0.5])), COMMON, "f")[0] == 0.5


@pytest.mark.parametrize(
    ("discount", "enforcement", "error", "message"),
    [
        ((0.5,), OWN, ValueError, r"f\(\): discount must be one number or a pair \(sponsor's, proxy's\); got \(0.5,\)"),
        ((0.5, 1.0), OWN, ValueError, r"f\(\): discount must lie in \[0, 1\); got 1.0"),
        ((LINE, 1.5), OWN, ValueError, r"f\(\): discount must lie in \[0, 1\); got 1.5"),
        ((LINE, [0.1] * 3), OWN, ValueError, r"f\(\): discount must be a pair of arrays of one length"),
        ((0.5, 0.6), COMMON, ValueError, r"f\(\): discount must be common to both players under Transfers"),
        ((LINE, [0.5, 0.7]), COMMON, ValueError, r"f\(\): discount must be common to both players under Transfers"),
        ("0.5", OWN, TypeError, r"f\(\): discount must be a number; got '0.5'"),
    ],
)
def test_what_is_no_discount_pair_is_named(discount, enforcement, error, message):
    with pytest.raises(error, match=message):
        check_discount(discount, enforcement, "f")


@pytest.mark.parametrize("discount", [LINE, (0.5, LINE), [0.5]])
def test_single_discount_factors_are_no_arrays(discount):
    for check in (lambda: check_discount(discount, OWN, "f", single=True), lambda: float_discount(discount, OWN, "f")):
        with pytest.raises(TypeError, match=r"f\(\): discount must be one number or a pair"):
            check()


def test_a_discount_factor_that_rounds_to_one_is_refused_only_as_a_float():
    nearly = Fraction(10**30 - 1, 10**30)
    assert check_discount(nearly, OWN, "f", single=True) == (nearly, nearly)
    with pytest.raises(ValueError, match=r"f\(\): discount must lie below 1 as a float too"):
        float_discount((0.5, nearly), OWN, "f")


ASK = {
    "critical_discount": lambda game, power: al.critical_discount(game, power),
    "switching_offer": lambda game, power: al.switching_offer(game, power, 0.5),
    "keeping_payment": lambda game, power: al.keeping_payment(game, power, 0.5, 1.0),
}


@pytest.mark.parametrize("function", ASK)
def test_games_and_powers_that_do_not_fit_are_named_alike(function):
    with pytest.raises(TypeError, match=rf"{function}\(\): power must be None for a StageGame, .*; got Power"):
        ASK[function](PD, al.Power(1, 1))
    for power in (None, 0.5):
        with pytest.raises(TypeError, match=rf"{function}\(\): power must be a Power, such as .*; got {power}"):
            ASK[function](benchmark_game(), power)
    with pytest.raises(TypeError, match=rf"{function}\(\): game must be a StageGame or a model such as AllianceGame; got 3"):
        ASK[function](3, None)


MODEL, PARITY = benchmark_game(), al.Power(1, 1)
DISCOUNTED = {  # every public function of a discount factor, an enforcement concept, a profile
    "allegiance_regions": lambda discount: al.allegiance_regions(MODEL, discount, 0.2),
    "contract_values": lambda discount: al.contract_values(PD, discount),
    "defection_threshold": lambda discount: al.defection_threshold(MODEL, discount),
    "keeping_payment": lambda discount: al.keeping_payment(PD, None, discount, 1),
    "monitored_contracts": lambda discount: al.monitored_contracts(al.PublicMonitoring.perfect(PD), discount),
    "payments": lambda discount: al.payments(PD, discount, (0, 0)),
    "payoff_set": lambda discount: al.payoff_set(PD, discount),
    "regime_regions": lambda discount: al.regime_regions(MODEL, discount),
    "regimes": lambda discount: al.regimes(MODEL, PARITY, discount),
    "stability_windows": lambda discount: al.stability_windows(MODEL, discount),
    "switching_offer": lambda discount: al.switching_offer(PD, None, discount),
    "RelationalContracts.at": lambda discount: al.relational_contracts(PD).at(discount),
    "RelationalContracts.sustainable": lambda discount: al.relational_contracts(PD).sustainable(discount),
}
ENFORCED = {
    "critical_discount": lambda concept: al.critical_discount(PD, enforcement=concept),
    "defection_threshold": lambda concept: al.defection_threshold(MODEL, 0.5, enforcement=concept),
    "identified_discount": lambda concept: al.identified_discount(MODEL, al.Power.from_gap([0.5, 0.1]), enforcement=concept),
    "punishment_regions": lambda concept: al.punishment_regions(MODEL, "proxy", enforcement=concept),
    "regime_regions": lambda concept: al.regime_regions(MODEL, 0.5, enforcement=concept),
    "regimes": lambda concept: al.regimes(MODEL, PARITY, 0.5, enforcement=concept),
    "stability_windows": lambda concept: al.stability_windows(MODEL, 0.5, enforcement=concept),
    "switching_offer": lambda concept: al.switching_offer(PD, None, 0.5, enforcement=concept),
}
PROFILED = {
    "PublicMonitoring.individual_full_rank": lambda profile: al.PublicMonitoring.perfect(PD).individual_full_rank(profile),
    "PublicMonitoring.pairwise_full_rank": lambda profile: al.PublicMonitoring.perfect(PD).pairwise_full_rank(profile),
    "RelationalContracts.critical_discount": lambda profile: al.relational_contracts(PD).critical_discount(profile),
    "RelationalContracts.payments": lambda profile: al.relational_contracts(PD).payments(0.5, profile),
    "RelationalContracts.strategy": lambda profile: al.relational_contracts(PD).strategy(0.5, profile),
    "critical_discount": lambda profile: al.critical_discount(PD, profile=profile),
    "critical_transfers_optimal": lambda profile: critical_transfers_optimal(PD, profile),
    "defection_threshold": lambda profile: al.defection_threshold(MODEL, 0.5, profile=profile),
    "keeping_payment": lambda profile: al.keeping_payment(PD, None, 0.5, 1, profile=profile),
    "payments": lambda profile: al.payments(PD, 0.5, profile),
    "stability_windows": lambda profile: al.stability_windows(MODEL, 0.5, profile=profile),
    "switching_offer": lambda profile: al.switching_offer(PD, None, 0.5, profile=profile),
}


@pytest.mark.parametrize(
    ("function", "call", "wrong", "message"),
    [
        *((name, call, 1.5, r"discount must lie in \[0, 1\); got 1.5") for name, call in DISCOUNTED.items()),
        *((name, call, "grim", "enforcement must be an instance such as NashReversion") for name, call in ENFORCED.items()),
        *((name, call, (0, 5), "profile's indices") for name, call in PROFILED.items()),
    ],
)
def test_every_function_names_itself_in_its_errors(function, call, wrong, message):
    with pytest.raises((TypeError, ValueError), match=rf"^{re.escape(function)}\(\): {message}"):
        call(wrong)


def test_a_repeated_game_has_the_stage_game_and_the_concept_at_its_power():
    game, powers = benchmark_game(), al.Power.from_gap(np.array([0.1, 0.5]))
    option = al.OutsideOption(lambda power: power.gap)
    repeated = repeated_game(game, powers, option, "f")
    assert np.array_equal(repeated.stage.A, game.stage_game(powers).A)
    assert repeated.enforcement.offer.tolist() == powers.gap.tolist()
    assert repeated_game(PD, None, None, "f").enforcement == al.NashReversion()
    assert repeated_game(PD, None, option, "f").enforcement is option


@dataclass(frozen=True)
class HarsherAtParity(al.NashReversion):
    """A concept that depends on power: reversion to mixed equilibria too where the gap is below ½."""

    def at_power(self, power):
        return al.NashReversion(mixed=bool(np.all(power.gap < 0.5)))


@pytest.mark.parametrize("gap", [0.2, 0.8])
def test_every_function_asks_for_the_concept_at_its_power(gap):
    game, power = al.presets.chindea_2014(), al.Power.from_gap(gap)
    resolved = al.NashReversion(mixed=gap < 0.5)
    answers = {
        "critical_discount": lambda concept: al.critical_discount(game, power, enforcement=concept),
        "regimes": lambda concept: al.regimes(game, power, 0.6, enforcement=concept).critical[0],
        "identified_discount": lambda concept: (
            al.identified_discount(game, al.Power.from_gap([gap, gap]), enforcement=concept).critical
        ),
        "regime_map": lambda concept: al.regime_map(game, [gap], [1.0], 0.6, enforcement=concept).critical[0],
    }
    for ask in answers.values():
        assert ask(HarsherAtParity()).enforcement == resolved
        assert np.array_equal(ask(HarsherAtParity()).dyad, ask(resolved).dyad)
