"""One rule each for exact and float numbers: discount factors near 1, thresholds, payoffs at the ends of the floats' range."""

import inspect
import math
import re
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.repeated.critical import rounding_of, sustained
from alliances.testing.strategies import stage_games
from tests.test_bad_arguments import MODEL, PD, QUESTIONS

NEARLY = 1 - F(1, 10**30)
TESTED = {name for name, (function, _) in QUESTIONS.items() if "discount" in inspect.signature(function).parameters}
FLOAT = al.StageGame(PD.A.astype(float), PD.B.astype(float))


def exact_model(**parameters):
    return al.AllianceGame(
        **{
            "contest": al.Tullock(2),
            "synergy": al.Complementarity(1),
            "sharing": al.Proportional(),
            "exposure": 1,
            "conflict_cost": F(1, 10),
        }
        | parameters
    )


def two_states(discount=None):
    """The dilemma in two states that nothing leaves."""
    return al.StochasticGame([PD, PD], lambda state, i, j: {state: 1}, discount, states=("a", "b"))


EXACT = {  # what is computed exactly takes every discount factor below 1
    "StochasticGame": lambda d: two_states(d).solve().joint.tolist() == [18, 18],
    "StochasticGame.solve": lambda d: two_states().solve(d).joint.tolist() == [18, 18],
    "StochasticGame.renegotiation": lambda d: two_states().renegotiation(d, F(1, 2), 2).joint.tolist() == [18, 18],
    "commitment_problem": lambda d: al.commitment_problem(d, F(1, 2), (F(1, 2), F(1, 3)), (F(1, 2), F(1, 3))).price == d / 6,
    "compare_enforcement": lambda d: (
        [row.stable for row in al.compare_enforcement(PD, discount=d, concepts=[al.NashReversion(), al.Transfers()]).concepts]
        == [True, True]
    ),
    "effective_discount": lambda d: al.effective_discount(d, F(1, 2)) == d / 2,
    "contract_values": lambda d: al.contract_values(PD, d).joint == 18,
    "keeping_payment": lambda d: al.keeping_payment(PD, None, d, 8).outcome == "stays",
    "payments": lambda d: al.payments(PD, d, (0, 0)).sustainable,
    "payoff_set": lambda d: al.payoff_set(PD, d).contains((9, 9)),
    "RelationalContracts.at": lambda d: al.relational_contracts(PD).at(d).joint_payoff == 18,
    "RelationalContracts.joint_payoff": lambda d: al.relational_contracts(PD).joint_payoff(d) == 18,
    "RelationalContracts.loyalty_wage": lambda d: al.relational_contracts(PD).loyalty_wage(d) < 0,
    "RelationalContracts.payments": lambda d: al.relational_contracts(PD).payments(d).sustainable,
    "RelationalContracts.strategy": lambda d: al.relational_contracts(PD).strategy(d).verify().ok,
    "RelationalContracts.sustainable": lambda d: (0, 0) in al.relational_contracts(PD).sustainable(d),
    "regimes": lambda d: al.regimes(exact_model(), al.Power(9, 1), d).name == "alliance",
    "switching_offer": lambda d: al.switching_offer(PD, None, d).offer == 9 - (1 - d) / d,
}
LINE = "edges along the line of gaps are found in floats"
FLOATS = {  # what is computed in floats whatever it is given, and why
    "PowerSeries.predict_break": LINE,
    "allegiance_regions": LINE,
    "break_threshold": "moves of power on a lattice are floats",
    "defection_threshold": LINE,
    "payoff_sets": "a batch of payoff sets is computed in floats",
    "regime_map": "a grid of gaps",
    "regime_regions": LINE,
    "regime_table": "a grid of gaps",
    "simulate_alliance": "shocks and discounted sums of a play are floats",
    "stability_windows": LINE,
}


@pytest.mark.parametrize("name", sorted(TESTED))
def test_a_discount_factor_that_rounds_to_one_is_refused_wherever_it_meets_floats(name):
    function, arguments = QUESTIONS[name]
    arguments = {**arguments, "discount": NEARLY}
    if "stage" in arguments:
        arguments["stage"] = FLOAT
    if name.startswith("RelationalContracts"):
        function = getattr(al.relational_contracts(FLOAT), name.split(".")[1])
    if name == "payoff_sets":
        arguments["discount"] = [F(1, 2), NEARLY]
    assert arguments.get("game") is not PD
    with pytest.raises(ValueError, match=rf"^{name}\(\): discount must lie below 1 as a float too"):
        function(**arguments)


@pytest.mark.parametrize("name", sorted(TESTED - {"monitored_contracts"}))
def test_the_exact_one_is_taken_where_everything_is_exact(name):
    if name in EXACT:
        assert EXACT[name](NEARLY)
    else:
        assert name in FLOATS


def test_a_comparison_says_which_of_its_concepts_meets_floats():
    noisy = al.ImperfectMonitoring(0.05, 0.1)
    exact, floats = al.compare_enforcement(PD, discount=NEARLY, concepts=[al.NashReversion(), noisy]).concepts
    assert (exact.stable, exact.reason) == (True, "")
    assert floats.stable is None
    assert floats.reason.startswith("discount must lie below 1 as a float too")
    with pytest.raises(ValueError, match=r"^compare_enforcement\(\): discount must lie below 1 as a float too"):
        al.compare_enforcement(FLOAT, discount=NEARLY, concepts=[al.NashReversion()])


def test_payoff_sets_of_a_stochastic_game_are_floats():
    with pytest.raises(ValueError, match=r"^StochasticGame.payoff_sets\(\): discount must lie below 1 as a float too"):
        two_states(NEARLY).payoff_sets()


# -- one rule at the threshold -----------------------------------------------------------------------------------------


def verdicts(game, delta, concept):
    """Whether the first profile is kept at δ, asked of every function that says so of a stage game, and the model of it."""
    rows, columns = game.shape
    cells = [[(game.A[i, j], game.B[i, j]) for j in range(columns)] for i in range(rows)]
    model, power = al.CustomGame(lambda power: cells, actions=tuple(f"a{k}" for k in range(rows))), al.Power(1, 1)
    r = al.critical_discount(game, enforcement=concept)
    held = bool(np.all(sustained(r, (delta, delta))))
    answers = {"sustained": held}
    others = [al.critical_discount(game, profile=(k, k), enforcement=concept) for k in range(1, rows - 1)]
    if not others:
        answers["regimes"] = int(al.regimes(model, power, delta, enforcement=concept).code) == 0
        grid = al.regime_map(lambda stakes: model, [0], [1], delta, enforcement=concept)
        answers["regime_map"] = int(grid.code[0, 0]) == 0
        answers["breaker"] = str(grid.breaker[0, 0]) == "none"
    if not isinstance(concept, al.OptimalPenalCode):
        proxy = bool(np.all(sustained(r, (delta, delta))[1]))
        offered = al.switching_offer(game, None, delta, enforcement=concept)
        assert (offered.offer > -math.inf) == (proxy if not concept.pooled else held)
    if concept == al.NashReversion():
        low = min(game.B.ravel()) - 1  # an offer that changes nothing
        outcome = al.keeping_payment(game, None, delta, low).outcome
        answers["keeping_payment"] = held if outcome == "stays if paid" else outcome == "stays"
    return answers


CONCEPTS = (al.NashReversion(), al.FinitePunishment(1), al.ImperfectMonitoring(F(1, 20), F(1, 10)), al.Transfers())


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@settings(max_examples=30, deadline=None)
@given(game=stage_games(most=2))
@example(game=al.StageGame([[1, 0], [0, 0]], [[1, F(3, 2)], [1, 0]]))  # the proxy has no quotient of its own
def test_exact_and_float_numbers_give_one_verdict_at_the_threshold(concept, game):
    if game.shape != (2, 2):
        return
    least = al.critical_discount(game, enforcement=concept).dyad
    if not 0 < least < 1:
        return
    for delta, expected in ((least, True), (float(least), True), (least - F(1, 10**6), False), (float(least) - 1e-6, False)):
        if not 0 <= delta < 1:
            continue
        for kind in (game, al.StageGame(game.A.astype(float), game.B.astype(float))):
            assert set(verdicts(kind, delta, concept).values()) == {expected}, (delta, kind)


@pytest.mark.parametrize("concept", [al.NashReversion(), al.Transfers()], ids=repr)
def test_a_player_without_a_quotient_blurs_nothing(concept):
    game = al.StageGame([[1.0, 0.0], [0.0, 0.0]], [[1.0, 1.5], [1.0, 0.0]])  # the proxy's d - w is 0
    assert rounding_of(al.critical_discount(game, enforcement=concept)) <= 1e-13


def test_a_float_at_the_threshold_is_as_good_as_the_fraction():
    game = al.CustomGame(lambda power: [[(9, 9), (1, 10)], [(10, 1), (3, 3)]])
    assert al.regimes(game, al.Power(1, 1), F(1, 7)).name == "alliance"
    assert al.regimes(game, al.Power(1, 1), 1 / 7).name == "alliance"
    assert al.regimes(game, al.Power(1, 1), F(1, 7) - F(1, 10**12)).name == "conflict"
    assert al.regimes(game, al.Power(1, 1), 1 / 7 - 1e-12).name == "conflict"
    noisy = al.ImperfectMonitoring(F(1, 10), F(1, 5))
    least = al.critical_discount(PD, enforcement=noisy).dyad
    assert al.regimes(game, al.Power(1, 1), float(least), enforcement=noisy).name == "alliance"


# -- no float tolerance for exact input --------------------------------------------------------------------------------

TINY = al.StageGame([[0, 0], [1, 10**13]], [[0, 1], [0, 0]])  # a temptation of 1 in a range of 10¹³


@pytest.mark.parametrize("periods", [1, 2, 3, 12, 10**6])
def test_exact_temptations_count_however_small(periods):
    r = al.critical_discount(TINY, enforcement=al.FinitePunishment(periods))
    assert (r.sponsor, r.proxy) == (math.inf, math.inf)
    assert al.verify(r).ok
    wrapped = al.critical_discount(TINY, enforcement=al.OutsideOption(-1, al.FinitePunishment(periods)))
    assert wrapped.sponsor == math.inf
    model = al.CustomGame(lambda power: [[(0, 0), (0, 1)], [(1, 0), (10**13, 0)]])
    assert al.regimes(model, al.Power(1, 1), F(1, 2), enforcement=al.FinitePunishment(periods)).name == "conflict"
    assert al.keeping_payment(TINY, None, 0.5, -1).outcome == al.keeping_payment(TINY, None, F(1, 2), -1).outcome != "stays"


@pytest.mark.parametrize("periods", [1, 2, 5, 50])
@settings(max_examples=20, deadline=None)
@given(game=stage_games(most=3), level=st.integers(10, 40))
def test_adding_a_huge_row_changes_no_exact_answer(periods, game, level):
    """A cell that nobody plays nor deviates to, and that is no equilibrium, stretches the payoff range only."""
    concept = al.FinitePunishment(periods)
    before = al.critical_discount(game, enforcement=concept)
    rows, columns = game.shape
    a, b = (
        np.full((rows + 1, columns + 1), F(-(10**level)), dtype=object),
        np.full((rows + 1, columns + 1), F(-(10**level)), dtype=object),
    )
    a[:rows, :columns], b[:rows, :columns] = game.A, game.B
    a[rows, columns], b[rows, columns] = F(-2 * 10**level), F(-(10**level))  # the sponsor leaves the corner
    after = al.critical_discount(al.StageGame(a, b), enforcement=concept)
    assert (after.sponsor, after.proxy) == (before.sponsor, before.proxy)


def test_an_exact_regime_has_no_ties_by_rounding():
    level = 10**13
    model = al.CustomGame(
        lambda power: [
            [(level, level), (0, 0), (0, 0)],
            [(0, 0), (level, level + 1), (0, 0)],
            [(0, 0), (0, 0), (-1, -1)],
        ],
        actions=("ally", "coexist", "fight"),
    )
    assert al.regimes(model, al.Power(1, 1), F(1, 2)).name == "pact"


def test_a_ratio_that_rounds_to_the_end_of_its_interval():
    for periods in (2, 3, 12):
        loss = 10**30
        c, d, w = 0, periods * loss - 1, -loss  # deterred, just
        game = al.StageGame([[c, -10 * loss * periods], [d, w]], [[c, d], [-10 * loss * periods, w]])
        least = al.critical_discount(game, enforcement=al.FinitePunishment(periods)).dyad
        assert 0.99 < least < 1
        harder = al.StageGame([[c, -10 * loss * periods], [d + 1, w]], [[c, d + 1], [-10 * loss * periods, w]])
        assert al.critical_discount(harder, enforcement=al.FinitePunishment(periods)).dyad == math.inf


# -- payoffs at the ends of the range of floats ------------------------------------------------------------------------

EVERY = (
    al.NashReversion(), al.NashReversion(mixed=True), al.FinitePunishment(1), al.FinitePunishment(3), al.Transfers(),
    al.Transfers("optimal"), al.OptimalPenalCode(), al.ImperfectMonitoring(0.05, 0.1), al.GivenPunishment(profile=(1, 1)),
)  # fmt: skip


def game_or_none(a, b):
    """The game, or None if its payoffs are refused for their size, in words that say so."""
    try:
        return al.StageGame(a, b)
    except ValueError as error:
        if re.match(r"StageGame\(\): [AB] must (lie within ±|have a payoff range of 0 or of at least|be finite)", str(error)):
            return None
        raise


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(game=stage_games(most=2), power=st.sampled_from([-320, -310, -300, -290, -200, 200, 290, 299, 300, 305, 307]))
def test_the_scale_of_float_payoffs_changes_nothing_or_is_refused(game, power):
    plain = al.StageGame(game.A.astype(float), game.B.astype(float))
    scaled = game_or_none(plain.A * 10.0**power, plain.B * 10.0**power)
    if scaled is None:
        assert abs(power) >= 290
        return
    for concept in EVERY:
        if concept.kind == "given profile" and game.shape != (2, 2):
            continue
        before, after = (al.critical_discount(g, enforcement=concept) for g in (plain, scaled))
        for x, y in ((before.sponsor, after.sponsor), (before.proxy, after.proxy)):
            assert x == y or abs(x - y) <= 1e-9, (concept, x, y)
    assert scaled.pure_nash().profiles == plain.pure_nash().profiles
    assert len(scaled.nash()) == len(plain.nash())
    for payoff, least in ((scaled.minmax(True).sponsor, plain.minmax(True).sponsor),):
        assert payoff == pytest.approx(least * 10.0**power, rel=1e-9, abs=1e-9 * 10.0**power)
    assert al.payoff_set(scaled, 0.5).kind == al.payoff_set(plain, 0.5).kind


@pytest.mark.parametrize("scale", [1e308, 9e307, 2e307, 1e300, 1e-300, 1e-307, 5e-324])
def test_a_dilemma_stays_a_dilemma_or_is_refused(scale):
    a, b = np.array([[0.9, 0.1], [1.0, 0.3]]) * scale, np.array([[0.9, 1.0], [0.1, 0.3]]) * scale
    game = game_or_none(a, b)
    if game is not None:
        assert len(game.nash()) == 1
        assert al.critical_discount(game).dyad == pytest.approx(1 / 7)


@pytest.mark.parametrize("power", [-400, 400])
def test_exact_payoffs_have_no_limits(power):
    scale = F(10) ** power
    game = al.StageGame(PD.A * scale, PD.B * scale)
    for concept in (al.NashReversion(), al.FinitePunishment(1), al.Transfers(), al.Transfers("optimal")):
        assert al.critical_discount(game, enforcement=concept).dyad == al.critical_discount(PD, enforcement=concept).dyad
    three = al.FinitePunishment(3)
    assert al.critical_discount(game, enforcement=three).dyad == al.critical_discount(PD, enforcement=three).dyad
    with pytest.raises(ValueError, match="must"):  # the search for penal codes has floats beside the Fractions
        al.critical_discount(game, enforcement=al.OptimalPenalCode())
    with pytest.raises(ValueError, match=r"StageGame\(\): A (in floating point )?must"):
        game.to_float()


def test_constant_payoffs_have_no_range_and_are_taken():
    assert al.StageGame([[0.0, 0.0]], [[1e-320, 1e-320]]).pure_nash().count == 2


# -- signals that say the opposite -------------------------------------------------------------------------------------


def test_a_signal_that_rewards_betrayal_is_refused():
    game = al.StageGame([[3, 0], [F(29, 10), 1]], [[3, F(29, 10)], [0, 1]])
    for alarm, miss in ((F(7, 10), F(6, 10)), (0.7, 0.6), (1, F(1, 10**9)), ([0.5, 0.7], 0.4)):
        with pytest.raises(ValueError, match=r"ImperfectMonitoring\(\): false_alarm \+ miss must be at most 1 .*; got "):
            al.ImperfectMonitoring(alarm, miss)
    # the same signal by its other name
    assert al.critical_discount(game, enforcement=al.ImperfectMonitoring(F(3, 10), F(4, 10))).dyad == 0
    with pytest.raises(ValueError, match=r"ImperfectMonitoring\(\): false_alarm and miss must broadcast; got shapes"):
        al.ImperfectMonitoring([0.1, 0.2], [0.1, 0.2, 0.3])


@given(alarm=st.floats(0, 1))
def test_a_signal_that_says_nothing_is_taken(alarm):
    noise = al.ImperfectMonitoring(alarm, 1 - alarm)
    assert al.critical_discount(FLOAT, enforcement=noise).dyad == math.inf


def coordination(dearer, loss):
    """Two equilibria: nobody is tempted to leave the first, which costs ``dearer``, and the second is worse by ``loss``."""
    return al.StageGame([[0, -loss - 1], [-dearer, -loss]], [[0, -dearer], [-loss - 1, -loss]])


SMALL, TENTHS = st.sampled_from([F(k, 4) for k in range(1, 9)]), st.sampled_from([F(k, 10) for k in range(11)])


@settings(max_examples=60, deadline=None)
@given(
    game=st.one_of(stage_games(most=3), st.builds(coordination, SMALL, SMALL)),
    alarm=TENTHS,
    miss=TENTHS,
    delta=st.sampled_from([F(k, 20) for k in range(20)]),
)
@example(game=coordination(F(1, 10), 2), alarm=F(7, 10), miss=F(6, 10), delta=F(9, 10))
def test_no_action_pays_where_a_noisy_signal_is_said_to_deter(game, alarm, miss, delta):
    """Brute force over *every* action, the ones that are worse today included: they matter where the signal rewards them."""
    try:
        concept = al.ImperfectMonitoring(alarm, miss)
    except ValueError:
        assert alarm + miss > 1
        return
    r = al.critical_discount(game, enforcement=concept)
    if not r.punishment.exists:
        return
    for player, least in ((0, r.sponsor), (1, r.proxy)):
        if least > delta:
            continue
        payoffs, c = (game.A[:, 0], game.A[0, 0]) if player == 0 else (game.B[0], game.B[0, 0])
        w = min(r.terms.punished[player], c)
        v = ((1 - delta) * c + delta * alarm * w) / (1 - delta * (1 - alarm))
        for payoff in payoffs[1:]:
            assert (1 - delta) * payoff + delta * (miss * v + (1 - miss) * w) <= v


# -- what the errors of this kind say ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: al.regimes(MODEL, al.Power.from_gap([0.1, 0.2, 0.3]), [0.5, 0.6]), ValueError,
         r"regimes\(\): discount must broadcast with the games' shape \(3,\); got shapes \(2,\) and \(2,\)"),
        (lambda: al.CustomGame(lambda power: None).stage_game(al.Power(1, 1)), TypeError,
         r"CustomGame\(\): payoffs must return rows of cells \(sponsor's payoff, proxy's\): games here have two .*; got None"),
        (lambda: al.CustomGame(lambda power: [[1, 2], [3, 4]]).stage_game(al.Power(1, 1)), TypeError,
         r"CustomGame\(\): payoffs must return rows of cells"),
        (lambda: al.FinitePunishment(10**400), ValueError,
         r"FinitePunishment\(\): periods must be at least 1 and at most 10\*\*15 .*; got about 10\*\*400"),
        (lambda: al.keeping_payment(PD, None, 0.5, lambda power: 1), TypeError,
         r"keeping_payment\(\): offer and alone must be numbers for a StageGame"),
        (lambda: al.relational_contracts(PD).strategy(0.5, (0, 0), share=2), ValueError,
         r"RelationalContracts.strategy\(\): share must lie in \[0, 1\]; got 2"),
        (lambda: al.relational_contracts(PD).strategy([0.5, 0.6], (0, 0)), TypeError,
         r"RelationalContracts.strategy\(\): discount must be one number; got an array of shape \(2,\)"),
    ],
)  # fmt: skip
def test_errors_name_the_function_that_was_called(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_concepts_with_arrays_compare():
    noisy = al.ImperfectMonitoring(np.array([0.1, 0.2]), 0.1)
    assert noisy == al.ImperfectMonitoring([0.1, 0.2], 0.1)
    assert noisy != al.ImperfectMonitoring([0.1, 0.3], 0.1)
    assert al.Tullock(2) == al.Tullock(2) != al.Tullock(3)
