"""Alliances played period by period: rules by hand, laws of chance by their expected values, bad input by name."""

import re
from statistics import NormalDist

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from tests.support import benchmark_game

MODEL = al.presets.chindea_2014()
PARITY = benchmark_game(exposure=0.8, conflict_cost=0.15, synergy=al.Complementarity(0.6))
WIDE = al.Power.from_gap(0.8)


def near(found, expected, error, errors=4.5):
    """Whether a mean lies within its standard errors."""
    assert error > 0
    return abs(found - expected) <= errors * error


def discounted(payoffs, delta):
    weights = delta ** np.arange(len(payoffs))
    return (weights * payoffs).sum() / weights.sum()


# -- what is played ----------------------------------------------------------------------------------------------------------


def test_a_stable_alliance_is_kept_for_ever():
    r = al.critical_discount(MODEL, WIDE)
    played = al.simulate_alliance(WIDE, MODEL, 0.9, periods=7)
    assert played.phase.tolist() == [[0] * 7]
    assert played.values[0] == pytest.approx([float(c) for c in r.terms.path])
    assert (played.broken_at, played.punished_from) == ((None,), (None,))
    assert played.message.startswith("Both keep to the profile in all 7 periods;")


@pytest.mark.parametrize(("discount", "who"), [((0.1, 0.9), 0), ((0.9, 0.1), 1)], ids=["sponsor", "proxy"])
def test_a_deviation_is_punished_from_the_next_period_on_for_ever(discount, who):
    r = al.critical_discount(MODEL, WIDE)
    played = al.simulate_alliance(WIDE, MODEL, discount, periods=6)
    assert played.phase.tolist() == [[1, 2, 2, 2, 2, 2]]
    d, w = (float(x[who]) for x in (r.terms.deviation, r.terms.punished))
    assert played.payoffs[0, :, who] == pytest.approx([d, *[w] * 5])
    assert played.values[0, who] == pytest.approx(discounted([d, *[w] * 5], discount[who]))
    assert (played.broken_at, played.punished_from) == ((0,), (1,))
    name = ("sponsor", "proxy")[who]
    assert f"The {name} deviates in period 0, at a gap of 0.800; punishment starts in period 1; " in played.message
    dated = al.simulate_alliance(WIDE, MODEL, discount, periods=6, dates=range(2001, 2007))
    assert f"The {name} deviates in 2001, at a gap of 0.800; punishment starts in 2002; " in dated.message


def test_finite_punishment_forgives_and_is_provoked_again():
    played = al.simulate_alliance(WIDE, MODEL, (0.1, 0.9), periods=9, enforcement=al.FinitePunishment(3))
    assert played.phase.tolist() == [[1, 2, 2, 2, 1, 2, 2, 2, 1]]


def test_the_given_profile_punishes():
    played = al.simulate_alliance(WIDE, MODEL, (0.1, 0.9), periods=3, enforcement=al.GivenPunishment())
    fight = MODEL.actions.index("fight")
    assert played.profiles[0, 1:].tolist() == [[fight, fight]] * 2


def test_where_nothing_punishes_the_profile_is_played_on():
    pennies = al.CustomGame(lambda power: [[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]])
    played = al.simulate_alliance(WIDE, pennies, 0.9, periods=3)
    assert played.profiles[0].tolist() == [[0, 1], [0, 0], [0, 0]]


def test_where_both_deviate_the_needier_is_accused_and_the_sponsor_if_they_need_the_same():
    even = al.simulate_alliance(al.Power.from_gap(0.0), PARITY, 0.1, periods=2)
    assert (even.deviators[0, 0], even.accused[0, 0]) == (3, 1)
    gaps = np.linspace(-0.3, 0.3, 40)
    r = al.critical_discount(PARITY, al.Power.from_gap(gaps))
    for gap, code in zip(gaps, r.binding_code, strict=True):
        first = al.simulate_alliance(al.Power.from_gap(float(gap)), PARITY, 0.05, periods=1)
        if first.deviators[0, 0] == 3:
            assert first.accused[0, 0] == code


def test_a_measured_path_breaks_where_the_theory_says():
    series = al.cases.load("gulf-zetas").power_series()
    predicted = series.predict_break(MODEL, 0.8)
    played = al.simulate_alliance(series.power, MODEL, 0.8, dates=series.years)
    first = int(np.flatnonzero(~predicted.kept)[0])
    assert played.broken_at == (series.years[first],)
    assert played.gap[0] == pytest.approx(series.gap.astype(float))
    later = series.between(2004)
    assert al.simulate_alliance(later.power, MODEL, 0.8, dates=later.years).broken_at == (predicted.year,)


def test_another_profile_can_be_sustained():
    played = al.simulate_alliance(al.Power.from_gap(0.0), PARITY, 0.9, profile=("fight", "fight"), periods=3)
    assert set(played.to_frame().sponsor_action) == {"fight"}


# -- chance ------------------------------------------------------------------------------------------------------------------


def stays(game, discount, gap, sigma):
    """The probability that a shock leaves the alliance within its windows, by the normal law."""
    law = NormalDist(2 * np.arctanh(gap), sigma)
    windows = al.stability_windows(game, discount, domain=(-0.9999, 0.9999))
    return sum(law.cdf(2 * np.arctanh(w.upper)) - law.cdf(2 * np.arctanh(w.lower)) for w in windows)


@pytest.mark.parametrize(("gap", "discount", "sigma"), [(0.5, 0.8, 0.4), (0.0, 0.7, 0.2)])
def test_shocks_of_one_period_break_at_geometric_times(gap, discount, sigma):
    kept = stays(PARITY, discount, gap, sigma)
    assert 0.3 < kept < 0.999
    size, periods = 4000, 6
    played = al.simulate_alliance(al.Power.from_gap(gap), PARITY, discount, shock=sigma, periods=periods, size=size, rng=3)
    for t, share in enumerate(played.on_path):
        expected = kept ** (t + 1)
        assert near(share, expected, np.sqrt(expected * (1 - expected) / size))


def test_the_gap_is_a_random_walk_or_forgets():
    size, sigma = 20_000, 0.3
    for rho in (0.0, 0.6, 1.0):
        played = al.simulate_alliance(
            al.Power.from_gap(0.2), MODEL, 0.9, shock=sigma, persistence=rho, periods=4, size=size, rng=8
        )
        ratios = 2 * np.arctanh(played.gap) - 2 * np.arctanh(0.2)
        variance = sigma**2 * sum(rho ** (2 * k) for k in range(4))
        assert near(ratios[:, -1].mean(), 0, np.sqrt(variance / size))
        assert near(ratios[:, -1].var(), variance, variance * np.sqrt(2 / size))
        assert np.corrcoef(ratios[:, -2], ratios[:, -1])[0, 1] == pytest.approx(
            rho * np.sqrt(sum(rho ** (2 * k) for k in range(3)) / sum(rho ** (2 * k) for k in range(4))), abs=0.03
        )


@pytest.mark.slow
@pytest.mark.parametrize(("alarm", "miss"), [(0.05, 0.1), (0.2, 0.0)])
def test_false_alarms_cost_what_the_theory_says(alarm, miss):
    concept, parity, delta = al.ImperfectMonitoring(alarm, miss), al.Power.from_gap(0.0), 0.85
    r = al.critical_discount(PARITY, parity, enforcement=concept)
    assert r.dyad < delta
    assert r.punishment_labels == (("fight", "fight"), ("fight", "fight"))  # one equilibrium: the formula is exact
    played = al.simulate_alliance(parity, PARITY, delta, enforcement=concept, periods=150, size=3000, rng=4)
    for k in range(2):
        expected = concept.value_on_path(delta, float(r.terms.path[k]), float(r.terms.punished[k]))
        assert near(played.mean[k], expected, played.standard_error[k])
    first = [date for date in played.punished_from if date is not None]
    assert near(np.mean(first), 1 / alarm, np.sqrt((1 - alarm) / alarm**2 / len(first)))
    accused = played.accused[played.accused > 0]
    assert near((accused == 1).mean(), 0.5, 0.5 / np.sqrt(accused.size))


def test_what_is_missed_is_repeated():
    alarm, miss, delta = 0.1, 0.4, 0.05
    concept, parity = al.ImperfectMonitoring(alarm, miss), al.Power.from_gap(0.0)
    played = al.simulate_alliance(parity, PARITY, (delta, 0.95), enforcement=concept, periods=40, size=6000, rng=4)
    r = al.critical_discount(PARITY, parity, enforcement=concept)
    d, w = float(r.terms.deviation[0]), float(r.terms.punished[0])
    expected = ((1 - delta) * d + delta * (1 - miss) * w) / (1 - delta * miss)
    assert near(played.mean[0], expected, played.standard_error[0])


def test_seeds_give_the_same_histories_and_generators_go_on():
    asked = {"path": al.Power.from_gap(0.5), "game": MODEL, "discount": 0.8, "shock": 0.3, "periods": 9, "size": 5}
    assert al.simulate_alliance(**asked, rng=1) == al.simulate_alliance(**asked, rng=1)
    generator = np.random.default_rng(1)
    first, second = (al.simulate_alliance(**asked, rng=generator) for _ in range(2))
    assert first == al.simulate_alliance(**asked, rng=1)
    assert first != second


def test_unit_of_power_and_of_payoffs_do_not_matter():
    asked = {"discount": 0.7, "shock": 0.3, "periods": 12, "size": 20, "rng": 1}
    plain = al.simulate_alliance(al.Power.from_gap(0.5), PARITY, **asked)
    scaled = al.simulate_alliance(al.Power.from_gap(0.5, total=1000.0), PARITY, **asked)
    assert np.array_equal(plain.phase, scaled.phase)

    def doubled(power):
        return [[(2 * a + 5, 3 * b - 1) for a, b in row] for row in PARITY.cells(power)]

    changed = al.simulate_alliance(al.Power.from_gap(0.5), al.CustomGame(doubled), **asked)
    assert np.array_equal(plain.phase, changed.phase)
    assert changed.mean == pytest.approx((2 * plain.mean[0] + 5, 3 * plain.mean[1] - 1))


# -- input, tables, pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": 0.5}, "path must be a Power"),
        ({"path": al.Power(np.ones((2, 2)), 1.0)}, "periods must be"),
        ({"path": al.Power([1.0, 2.0], 1.0), "periods": 3}, "periods must be None for a path of powers"),
        ({"game": 3}, "game must be a model"),
        ({"game": al.presets.morrow_1991(conflict_cost=np.array([[[0.1]], [[0.2]]]))}, "game must have scalar parameters"),
        ({"discount": 1.0}, "discount must lie in [0, 1); got 1.0"),
        ({"shock": -0.1}, "shock must be"),
        ({"shock": 500, "rng": 1}, "shock must keep the log ratio of power within ±700; got 500"),
        ({"persistence": 1.1}, "persistence must"),
        ({"enforcement": al.OptimalPenalCode()}, "enforcement must be NashReversion(), FinitePunishment(...)"),
        ({"enforcement": al.Transfers()}, "enforcement must be NashReversion(), FinitePunishment(...)"),
        ({"enforcement": al.NashReversion(mixed=True)}, "with pure punishments"),
        ({"enforcement": al.ImperfectMonitoring(np.array([0.1, 0.2]), 0.1)}, "probabilities that are single numbers"),
        ({"periods": 0}, "periods must be a whole number from 1"),
        ({"size": 2.5}, "size must be a whole number from 1"),
        ({"size": 10_000_000}, "size times periods must be at most 50,000,000"),
        ({"dates": [1, 2]}, "dates must have as many entries as there are periods, 100; got 2"),
        ({"rng": "x"}, "rng must be a NumPy generator or a seed"),
    ],
)
def test_bad_arguments_are_named(change, words):
    asked = {"path": WIDE, "game": MODEL, "discount": 0.8} | change
    with pytest.raises((TypeError, ValueError), match=r"^simulate_alliance\(\): .*" + re.escape(words)):
        al.simulate_alliance(**asked)


def test_the_table_has_a_row_per_history_and_period():
    played = al.simulate_alliance(WIDE, MODEL, (0.1, 0.9), periods=3, size=2, dates=("a", "b", "c"))
    frame = played.to_frame()
    assert frame.date.tolist() == ["a", "b", "c"] * 2
    assert frame.history.tolist() == [0] * 3 + [1] * 3
    assert frame.phase.tolist() == ["deviation", "punishment", "punishment"] * 2
    assert frame.deviator.tolist()[:2] == ["sponsor", "none"]
    assert frame.sponsor_payoff.to_numpy() == pytest.approx(played.payoffs[..., 0].ravel())


def test_a_history_and_shares_of_many():
    played = al.simulate_alliance(WIDE, MODEL, (0.1, 0.9), periods=5, dates=("a", "b", "c", "d", "e"))
    drawn = {line.get_label(): line for line in played.plot().get_lines()}
    assert drawn["the sponsor deviates"].get_xdata().tolist() == [0]
    many = al.simulate_alliance(al.Power.from_gap(0.5), MODEL, 0.8, shock=0.3, periods=20, size=50, rng=1)
    ax = many.plot()
    assert ax.get_ylabel() == "share of 50 histories"
    lowest = ax.collections[0].get_paths()[0].vertices[:, 1].min()
    assert lowest == 0
    assert many.plot(history=3).get_ylabel().startswith("gap")
    with pytest.raises(ValueError, match=r"plot\(\): history must be a whole number from 0 to 49; got 50"):
        many.plot(history=50)
    plt.close("all")
