"""Critical discount factors: published numbers, brute-force simulation, and the relations that must always hold."""

import copy
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.games.printed import bimatrix_html
from alliances.repeated.enforcement.concept import least_discount
from tests.support import CONCEPTS, PD_PROXY, PD_SPONSOR, alliance_games, as_float, benchmark_game, close, gaps, stage_games

PD = al.StageGame(PD_SPONSOR, PD_PROXY, actions=("cooperate", "defect"))


def deltas(r):
    return r.sponsor, r.proxy


# -- published numbers -------------------------------------------------------------------------------------------------


def test_prisoners_dilemma_is_one_seventh():
    # Abreu & Sannikov 2014's Prisoners' Dilemma: (10 − 9)/(10 − 3)
    r = al.critical_discount(PD, profile=("cooperate", "cooperate"), enforcement=al.NashReversion())
    assert (r.sponsor, r.proxy, r.dyad, r.binding) == (Fraction(1, 7), Fraction(1, 7), Fraction(1, 7), "both")
    assert isinstance(r.dyad, Fraction)
    assert r.punishment_labels == (("defect", "defect"), ("defect", "defect"))


@pytest.mark.parametrize(("scale", "shift"), [(1, 0), (1e12, 0), (1e-12, 0), (1, 1e9)])
def test_prisoners_dilemma_in_floats(scale, shift):
    a = np.array(PD_SPONSOR, dtype=float) * scale + shift
    r = al.critical_discount(al.StageGame(a, a.T))
    assert abs(r.dyad - 1 / 7) <= 1e-15
    assert isinstance(r.dyad, float)


def test_linear_cournot_collusion_is_nine_seventeenths():
    # The textbook duopoly (Friedman 1971; Tirole 1988, ch. 6): price 1 − q₁ − q₂, no cost, quantities 1/4, 1/3, 3/8
    q = [Fraction(1, 4), Fraction(1, 3), Fraction(3, 8)]
    a = [[x * (1 - x - y) for y in q] for x in q]
    game = al.StageGame(a, np.array(a, dtype=object).T)
    assert al.critical_discount(game, profile=(0, 0)).dyad == Fraction(9, 17)
    assert list(game.pure_nash()) == [(1, 1)]


@pytest.mark.parametrize(("periods", "expected"), [(1, math.inf), (2, (math.sqrt(5) - 1) / 2), (3, 0.5436890126920764)])
def test_limited_punishment_of_the_textbook_prisoners_dilemma(periods, expected):
    # Osborne 2004, An Introduction to Game Theory, §14.7: payoffs 2, 0, 3, 1; never for k = 1, then .62 and .55 (rounded up)
    game = al.StageGame([[2, 0], [3, 1]], [[2, 3], [0, 1]])
    r = al.critical_discount(game, enforcement=al.FinitePunishment(periods))
    assert r.dyad == expected or abs(r.dyad - expected) < 1e-15


@pytest.mark.parametrize("periods", [2, 3, 7, 40])
def test_limited_punishment_by_exact_sums(periods):
    """δ + … + δ^T in Fractions lies below the ratio next below δ*, and above it next above."""
    rng = np.random.default_rng(periods)
    ratio = np.concatenate(
        [periods * rng.random(20), 10.0 ** rng.uniform(-30, 0, 20), periods * (1 - 10.0 ** rng.uniform(-12, 0, 20))]
    )
    zero = np.zeros(len(ratio))
    delta = al.FinitePunishment(periods).least(ratio, np.ones(len(ratio)), zero)
    for x, target in zip(delta.tolist(), map(Fraction, ratio.tolist()), strict=True):
        below, above = (sum(Fraction(x * (1 + sign * 4e-16)) ** t for t in range(1, periods + 1)) for sign in (-1, 1))
        assert below < target < above


@pytest.mark.parametrize("periods", [2, 10**6, 10**15])
def test_limited_punishment_at_the_ends(periods):
    ratio = np.array([5e-308, 1e-300, 0.5, periods / 3, np.nextafter(periods, 0)])
    delta = al.FinitePunishment(periods).least(ratio, np.ones(5), np.zeros(5))
    assert (np.diff(delta) >= 0).all()
    assert delta[:2] / ratio[:2] == pytest.approx(1, abs=5e-16)  # δ² and what follows are nothing beside δ
    assert 1 - 1e-15 < delta[-1] < 1


def test_relational_contract_by_hand():
    # c = (4, 1), d = (8, 3), w = (1, 1): (11 − 5)/(11 − 2)
    game = al.StageGame([[4, -1], [8, 1]], [[1, 3], [-1, 1]])
    r = al.critical_discount(game, enforcement=al.Transfers())
    assert r.sponsor == r.proxy == r.dyad == Fraction(2, 3)
    assert r.binding == "both"


@pytest.mark.parametrize(
    ("stakes", "profile", "gap", "expected"),
    [
        (1, "coexist", 0, 0.50),
        (2, "coexist", 0, 0.57),
        (4, "coexist", 0, 0.73),
        (1, "ally", 0, 0.67),
        (2, "ally", 0, 0.73),
        (4, "ally", 0, 0.84),
        (1, "ally", Fraction(4, 5), 0.23),
    ],
)
def test_the_reference_table(stakes, profile, gap, expected):
    # Tullock m = 2, complementarity v = 0.6, τ_ally = 0.8, τ_coexist = 0.4, k = 0.15, h = 0.02, grim trigger
    game = al.presets.chindea_2014(stakes=stakes)
    r = al.critical_discount(game, al.Power.from_gap(gap), profile=(profile, profile))
    assert round(r.dyad, 2) == expected


def test_decisive_submission_in_closed_form():
    # Where the weak side's submission is the punishment (k ≥ ½ makes fighting ruinous) and shares are proportional with m = 2,
    # δ_P* = q c_S/(q c_S + Q c_P) = y and δ_S* = σ, whatever v and τ.
    game = benchmark_game(conflict_cost=Fraction(1, 2))
    for gap in (Fraction(-1, 2), Fraction(0), Fraction(1, 3), Fraction(4, 5)):
        power = al.Power.from_gap(gap)
        r = al.critical_discount(game, power)
        assert deltas(r) == (power.share, power.proxy_share)


# -- an independent way: simulate --------------------------------------------------------------------------------------


def average(stream, delta, periods=6000):
    """(1 − δ) Σ δ^t x_t of a stream whose tail is worth nothing beyond rounding."""
    return float((1 - delta) * delta ** np.arange(periods) @ stream)


def play(concept, c, d, w, delta, deviate, periods=6000):
    """The deviator's average payoff, period by period, straight from the words that define each concept."""
    if isinstance(concept, al.ImperfectMonitoring):
        alpha, beta = float(concept.false_alarm), float(concept.miss)
        kept = np.full(periods, 1 - alpha)  # the chance that trust outlives a period
        gets = np.full(periods, c)
        if deviate:
            kept[0], gets[0] = beta, d
        trust = np.append(1, np.cumprod(kept[:-1]))
        return average(trust * gets + (1 - trust) * w, delta)
    if not deviate:
        return average([c] * periods, delta)
    length = concept.periods if isinstance(concept, al.FinitePunishment) else periods - 1
    return average([d] + [w] * length + [c] * (periods - 1 - length), delta)


@pytest.mark.slow
@pytest.mark.parametrize("concept", [c for c in CONCEPTS if not c.pooled], ids=repr)
@given(numbers=st.lists(st.integers(0, 20), min_size=3, max_size=3, unique=True))
def test_simulated_play_changes_sign_at_the_critical_discount(concept, numbers):
    w, c, d = sorted(numbers)
    game = al.StageGame([[float(c), w - 1.0], [float(d), float(w)]], [[float(c), float(d)], [w - 1.0, float(w)]])
    delta = al.critical_discount(game, enforcement=concept).dyad

    def gain(at):
        return play(concept, c, d, w, at, True) - play(concept, c, d, w, at, False)

    if delta == math.inf:
        assert all(gain(at) > 0 for at in (0.1, 0.5, 0.9, 0.99))
        return
    assume(delta < 0.985)  # 6,000 periods are for ever only below that
    assert abs(gain(delta)) < 1e-9 * (d - w)
    assert gain(delta - 0.01 * delta) > 0
    assert gain(delta + 0.01 * (1 - delta)) < 0


@given(stage_games(most=2))
def test_transfers_by_searching_payments(game):
    """With transfers the profile is stable iff some payment p leaves both net payoffs above the value of deviating."""
    assume(game.shape == (2, 2) and len(game.pure_nash()) > 0)
    r = al.critical_discount(game, enforcement=al.Transfers())
    c, d, w = r.terms.path, r.terms.deviation, r.terms.punished
    for delta in (Fraction(k, 20) for k in range(20)):
        # sponsor: c_S − p ≥ (1 − δ)d_S + δw_S; proxy: c_P + p ≥ (1 − δ)d_P + δw_P
        most = c[0] - (1 - delta) * d[0] - delta * w[0]
        least = (1 - delta) * d[1] + delta * w[1] - c[1]
        assert (least <= most) == (r.dyad <= delta)


# -- relations that must always hold -----------------------------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@given(game=stage_games(), data=st.data())
def test_definition_and_exact_equals_float(concept, game, data):
    profile = data.draw(st.tuples(st.integers(0, game.shape[0] - 1), st.integers(0, game.shape[1] - 1)))
    exact = al.critical_discount(game, profile=profile, enforcement=concept)
    floating = al.critical_discount(as_float(game), profile=profile, enforcement=concept)
    assert close(deltas(exact), deltas(floating), 1e-10)
    assert exact.binding == floating.binding
    assert al.verify(exact)
    assert al.verify(floating)
    for delta in deltas(exact):
        assert 0 <= delta < 1 or delta == math.inf


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@pytest.mark.parametrize(("scale", "shift"), [(1e12, 0), (1e-12, 0), (1, 1e6), (3, -7)])
def test_scale_and_shift_invariance(concept, scale, shift):
    rng = np.random.default_rng(5)
    a, b = rng.integers(0, 9, (2, 400, 3, 3)).astype(float)
    plain = al.critical_discount(al.StageGame(a, b), enforcement=concept)
    moved = al.critical_discount(al.StageGame(a * scale + shift, b * scale + shift), enforcement=concept)
    assert close(deltas(plain), deltas(moved), 1e-8)
    assert np.array_equal(plain.binding, moved.binding)


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_array_is_a_loop_of_scalars(concept):
    game = al.presets.chindea_2014()
    values = np.linspace(-0.95, 0.95, 41)
    batch = al.critical_discount(game, al.Power.from_gap(values), enforcement=concept)
    for k, gap in enumerate(values):
        one = al.critical_discount(game, al.Power.from_gap(float(gap)), enforcement=concept)
        assert close(deltas(one), (batch.sponsor[k], batch.proxy[k]), 1e-14)
        assert one.binding == batch.binding[k]
        assert [list(p) for p in one.punishment.profiles] == [list(p[k]) for p in batch.punishment.profiles]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
@settings(max_examples=30)
@given(game=stage_games(), random=st.randoms(use_true_random=False))
def test_relabelling_players_and_actions(concept, game, random):
    rows, columns = (random.sample(range(k), k) for k in game.shape)
    relabelled = al.StageGame(game.A[np.ix_(rows, columns)], game.B[np.ix_(rows, columns)])
    exchanged = al.StageGame(game.B.T, game.A.T)
    r = al.critical_discount(game, profile=(rows[0], columns[0]), enforcement=concept)
    assert deltas(al.critical_discount(relabelled, profile=(0, 0), enforcement=concept)) == deltas(r)
    x = al.critical_discount(exchanged, profile=(columns[0], rows[0]), enforcement=concept)
    assert close((x.proxy, x.sponsor), deltas(r), 1e-15)


@pytest.mark.slow
@given(alliance_games(), gaps)
def test_exact_alliance_games_equal_float_ones(game, gap):
    for concept in CONCEPTS:
        exact = al.critical_discount(game, al.Power.from_gap(gap), enforcement=concept)
        floating = al.critical_discount(game, al.Power.from_gap(float(gap)), enforcement=concept)
        assert close(deltas(exact), deltas(floating), 1e-9)


@given(stage_games())
def test_concepts_are_ordered(game):
    grim = al.critical_discount(game)
    for periods in (1, 2, 5):
        finite = al.critical_discount(game, enforcement=al.FinitePunishment(periods))
        assert finite.dyad >= grim.dyad - 1e-15
    noisy = al.critical_discount(game, enforcement=al.ImperfectMonitoring(Fraction(1, 10), Fraction(1, 10)))
    assert noisy.dyad >= grim.dyad
    if min(grim.terms.loss) >= 0:  # otherwise payments must compensate a player that prefers reversion to the alliance
        assert al.critical_discount(game, enforcement=al.Transfers()).dyad <= grim.dyad


@given(stage_games())
def test_limits_of_the_concepts(game):
    grim = al.critical_discount(game)
    perfect = al.critical_discount(game, enforcement=al.ImperfectMonitoring(0, 0))
    assert deltas(perfect) == deltas(grim)
    patient = al.critical_discount(game, enforcement=al.FinitePunishment(5000))
    for long, ever in zip(deltas(patient), deltas(grim), strict=True):
        # at T = 5000 what lies beyond T matters only very close to δ = 1
        assert long == ever or abs(long - float(ever)) < 1e-9 or float(ever) > 0.99


def test_information_operations_raise_the_threshold():
    previous = al.critical_discount(PD).dyad
    for alarm in (Fraction(1, 20), Fraction(1, 5), Fraction(2, 5)):
        r = al.critical_discount(PD, enforcement=al.ImperfectMonitoring(alarm, alarm))
        assert r.dyad > previous
        previous = r.dyad
    assert al.critical_discount(PD, enforcement=al.ImperfectMonitoring(0.5, 0.5)).dyad == math.inf


def test_a_dominated_action_changes_nothing():
    a = np.pad(np.array(PD_SPONSOR), ((0, 1), (0, 1)), constant_values=-5)
    b = np.pad(np.array(PD_PROXY), ((0, 1), (0, 1)), constant_values=-5)
    a[:2, 2], b[2, :2] = 0, 0
    assert deltas(al.critical_discount(al.StageGame(a, b))) == (Fraction(1, 7), Fraction(1, 7))


# -- degenerate answers ------------------------------------------------------------------------------------------------


def test_no_temptation_and_never():
    hunt = al.critical_discount(al.StageGame([[4, 0], [3, 2]], [[4, 3], [0, 2]]))
    assert (hunt.dyad, hunt.binding) == (0, "none")
    assert isinstance(hunt.dyad, Fraction)
    assert "stage Nash equilibrium" in hunt.message
    never = al.critical_discount(al.StageGame([[1, 0], [3, 2]], [[1, 3], [0, 2]]))
    assert (never.dyad, never.binding) == (math.inf, "both")
    assert "No patience suffices" in str(never)


def test_no_pure_equilibrium_is_said_and_mixed_ones_help():
    # matching pennies plus a profile worth cooperating on
    a = [[1, -1, -9], [-1, 1, -9], [2, 2, Fraction(1, 2)]]
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    r = al.critical_discount(pennies, profile=(0, 0))
    assert (r.sponsor, r.proxy, r.binding) == (0, math.inf, "proxy")
    assert r.punishment_labels == (None, None)
    assert "no pure Nash equilibrium" in r.message
    assert al.verify(r)
    assert a[2][2] == Fraction(1, 2)
    mixed = al.critical_discount(pennies, profile=(0, 0), enforcement=al.NashReversion(mixed=True))
    assert mixed.terms.punished == (0, 0)
    assert mixed.proxy == math.inf  # it gets −1 on path: less than the 0 of the mixed equilibrium


def test_mixed_punishment_can_be_harsher():
    # a coordination game with a better, tempting profile: pure equilibria give (1, 1) and (2, 2), the mixed one 2/3
    f = Fraction
    a = [[1, 0, 0], [0, 2, 0], [0, 0, 0]]
    a = [[f(1), f(0), f(0)], [f(0), f(2), f(4)], [f(0), f(0), f(3)]]
    game = al.StageGame(a, np.array(a, dtype=object).T)
    pure = al.critical_discount(game, profile=(2, 2))
    mixed = al.critical_discount(game, profile=(2, 2), enforcement=al.NashReversion(mixed=True))
    assert pure.dyad == f(4 - 3, 4 - 1)
    assert mixed.dyad == (4 - 3) / (4 - f(2, 3))
    batch = al.StageGame(np.stack([game.A] * 2), np.stack([game.B] * 2))
    assert (
        al.critical_discount(batch, profile=(2, 2), enforcement=al.NashReversion(mixed=True)).dyad.tolist() == [mixed.dyad] * 2
    )


def test_predation_where_only_the_weak_side_submits():
    # at gap 0.2 the only stage equilibrium is (fight, ally): reversion cannot deter the sponsor
    r = al.critical_discount(benchmark_game(), al.Power.from_gap(Fraction(1, 5)))
    assert r.sponsor == math.inf
    assert r.proxy < 1
    assert r.punishment_labels == (("fight", "ally"), ("fight", "ally"))


def test_least_discount_by_cases():
    values = least_discount(np.array([0.0, 1.0, 1.0, 1e-13, 1e-13]), np.array([1.0, 1.0, 0.0, 0.0, -1.0]), 1e-12)
    assert values.tolist() == [0.0, 0.5, math.inf, 0.0, math.inf]
    assert least_discount(Fraction(0), Fraction(0), 0) == 0


def test_a_near_tie_does_not_hide_a_negative_loss_under_transfers():
    # the sponsor's temptation is above its own tolerance and below the pooled one; reversion pays it 1 more than the profile
    near = 1.8e-12
    game = al.StageGame([[0.0, 0.0], [near, 1.0]], [[0.0, 0.0], [0.0, 1.0]])
    r = al.critical_discount(game, enforcement=al.Transfers())
    assert not game.pure_nash().mask[0, 0]
    assert r.dyad == math.inf
    assert al.verify(r)


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_arguments_must_fit():
    with pytest.raises(TypeError, match="power must be None for a StageGame"):
        al.critical_discount(PD, al.Power(1, 1))
    for power in (None, 0.5):
        with pytest.raises(TypeError, match=r"critical_discount\(\): power must be a Power, such as"):
            al.critical_discount(benchmark_game(), power)
    with pytest.raises(TypeError, match="game must be a StageGame or a model"):
        al.critical_discount([[1, 2], [3, 4]])
    with pytest.raises(TypeError, match="enforcement must be an instance such as NashReversion"):
        al.critical_discount(PD, enforcement=al.NashReversion)
    with pytest.raises(TypeError, match="enforcement must be an instance"):
        al.critical_discount(PD, enforcement="grim")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: al.FinitePunishment(0), ValueError, r"FinitePunishment\(\): periods must be at least 1 and at most .*; got 0"),
        (lambda: al.FinitePunishment(2.5), TypeError, "periods must be an integer; got 2.5"),
        (lambda: al.FinitePunishment(True), TypeError, "periods must be an integer; got True"),
        (lambda: al.ImperfectMonitoring(1.2, 0), ValueError, r"false_alarm must lie in \[0, 1\]; got 1.2"),
        (lambda: al.ImperfectMonitoring(0, math.nan), ValueError, r"miss must lie in \[0, 1\]; got nan"),
        (lambda: al.ImperfectMonitoring([0.1, 1.2], 0), ValueError, r"false_alarm must lie in \[0, 1\]; got 1.2 at index"),
        (lambda: al.ImperfectMonitoring(sympy.Symbol("a"), 0), TypeError, "false_alarm must be a number, not a symbol; got a"),
        (lambda: al.Transfers("fines"), ValueError, "punishment must be"),
        (lambda: al.Transfers(np.array(["nash"])), ValueError, "punishment must be"),
        (lambda: al.NashReversion("no"), TypeError, r"NashReversion\(\): mixed must be True or False; got 'no'"),
        (lambda: al.FinitePunishment(2, mixed="no"), TypeError, r"FinitePunishment\(\): mixed must be True or False"),
        (lambda: al.ImperfectMonitoring(0, 0, mixed=None), TypeError, r"ImperfectMonitoring\(\): mixed must be True or False"),
        (lambda: al.Transfers(mixed=1), TypeError, r"Transfers\(\): mixed must be True or False; got 1"),
    ],
)
def test_bad_concepts_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_signals_may_be_certain():
    # a bad signal for sure after cooperation: it says nothing, and nothing deters
    assert al.critical_discount(PD, enforcement=al.ImperfectMonitoring(1, 0)).dyad == math.inf
    assert al.critical_discount(PD, enforcement=al.ImperfectMonitoring(0, 1.0)).dyad == math.inf


def test_signals_may_be_arrays():
    game, power = al.presets.chindea_2014(), al.Power.from_gap(np.linspace(0, 0.9, 7))
    alarms, misses = np.array([0.0, 0.05, 0.3])[:, None], np.array([0.1, 0.0, 0.2])[:, None]
    together = al.critical_discount(game, power, enforcement=al.ImperfectMonitoring(alarms, misses))
    for row, (alarm, miss) in enumerate(zip(alarms[:, 0], misses[:, 0], strict=True)):
        alone = al.critical_discount(game, power, enforcement=al.ImperfectMonitoring(alarm, miss))
        np.testing.assert_array_equal(together.dyad[row], alone.dyad)


def test_a_copy_of_a_large_batch_has_its_certificate():
    """What a large batch computes when it is asked for is computed before it is copied: copies of copies stay equal."""
    power = al.Power.from_gap(np.linspace(-0.9, 0.9, 150_000))
    r = al.critical_discount(benchmark_game(), power)
    assert "_question" in vars(r), "a batch as large as this puts its certificate off"
    for copied in (copy.copy(r), copy.deepcopy(r)):
        assert "_question" not in vars(copied)
        np.testing.assert_array_equal(vars(copied)["terms"].path[0], r.terms.path[0])
        np.testing.assert_array_equal(copied.dyad, r.dyad)


def test_a_notebook_shows_the_game_of_one_answer_and_not_those_of_a_batch():
    r = al.critical_discount(PD)
    game = bimatrix_html(PD)
    assert "<table" in game
    assert r._repr_html_().endswith(game)
    batch = al.critical_discount(benchmark_game(), al.Power(np.array([1.0, 2.0]), 1.0))
    assert batch._repr_html_().count("<table") == 1
