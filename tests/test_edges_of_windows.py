"""At and around the edges of stability windows all answers are the same: every one asks the rule of ``sustained``."""

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.tolerance import EPSILON
from alliances.repeated.critical import roundings_of, sustained
from tests.support import CONCEPTS, benchmark_game, comeback, dial

pandas = pytest.importorskip("pandas")

MODELS = {
    "benchmark": benchmark_game,
    "chindea": al.presets.chindea_2014,
    "morrow": al.presets.morrow_1991,
    "aggregation": al.presets.capability_aggregation,
    "floats": lambda: benchmark_game(contest=al.Tullock(1.3), synergy=al.Complementarity(0.7)),
    "comeback": lambda: benchmark_game(contest=comeback),
    "all-pay": lambda: benchmark_game(contest=al.AllPay()),
    "hirshleifer": lambda: benchmark_game(contest=al.Hirshleifer(3.0)),
    "equal": lambda: benchmark_game(sharing=al.Equal()),
    "steep": lambda: dial(lambda gap: 0.5 + 0.4 * np.tanh(50 * gap)),
    "flat": lambda: dial(lambda gap: 0.5 + 0.3 * gap**3),
}
NEAR = [0.0, *(sign * x for x in (1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-8, 1e-5) for sign in (1, -1))]


SAMPLES = 101
DELTAS = {"flat": (0.5, 0.7), "steep": (0.5, 0.8), "comeback": (0.4, 0.9)}
ROWS = [
    (name, delta, concept)
    for concept in CONCEPTS
    for k in (0, 1)
    for name in MODELS
    for delta in DELTAS.get(name, (0.8, 0.4))[k : k + 1]
]


def windows_of(game, delta, concept):
    return al.stability_windows(game, delta, enforcement=concept, samples=SAMPLES)


def around(game, delta, concept):
    """Gaps at and around all edges within the domain.

    Without those at which δ* − δ is the rounding that the rule allows, to the last digits: there every answer is as good.
    """
    edges = {
        edge
        for window in windows_of(game, delta, concept)
        for edge, who in ((window.lower, window.lower_defector), (window.upper, window.upper_defector))
        if who is not None
    }
    if not edges:
        return np.zeros(0)
    gaps = np.array([edge + x for edge in sorted(edges) for x in NEAR])
    critical = al.critical_discount(game, al.Power.from_gap(gaps), enforcement=concept)
    over = [np.abs(delta - x + r) for x, r in zip((critical.sponsor, critical.proxy), roundings_of(critical), strict=True)]
    kept = [rule(game, delta, concept, gaps + x) for x in (-4 * EPSILON, 0.0, 4 * EPSILON)]  # a jump lies between two floats
    return gaps[(np.minimum(*over) > 16 * EPSILON) & (kept[0] == kept[1]) & (kept[1] == kept[2])]


def rule(game, delta, concept, gaps):
    critical = al.critical_discount(game, al.Power.from_gap(gaps), enforcement=concept)
    return np.logical_and(*sustained(critical, (delta, delta)))


def answers(game, delta, concept, gaps):
    """Whether the alliance holds at gaps, by all who are asked."""
    power = al.Power.from_gap(gaps)
    windows = windows_of(game, delta, concept)
    batch = al.defection_threshold(game, delta, enforcement=concept, start=gaps, samples=SAMPLES)
    series = al.cases.PowerSeries.from_frame(
        pandas.DataFrame({"year": 1000 + np.arange(len(gaps)), "sponsor": power.sponsor, "proxy": power.proxy})
    )
    return {
        "rule": rule(game, delta, concept, gaps).tolist(),
        "windows": [any(gap in window for window in windows) for gap in gaps],
        "thresholds": [status not in ("unstable at start", "never stable") for status in batch.status],
        "windows of thresholds": [any(gap in window for window in batch.windows.at(k)) for k, gap in enumerate(gaps)],
        "predicted": series.predict_break(game, delta, enforcement=concept).kept.tolist(),
    }


@pytest.mark.sampled(1)
@pytest.mark.parametrize("row", ROWS[::5], ids=str)
def test_at_and_around_edges_all_answers_are_the_same(row):
    name, delta, concept = row
    game = MODELS[name]()
    gaps = around(game, delta, concept)
    if not gaps.size:
        pytest.skip("no edge within the domain")
    found = answers(game, delta, concept, gaps)
    for who, answer in found.items():
        assert answer == found["rule"], who
    assert 0 < sum(found["rule"]) < len(gaps)  # edges have two sides
    for k in range(0, len(gaps), 8):  # one by one as in a batch
        gap = float(gaps[k])
        one = al.defection_threshold(game, delta, enforcement=concept, start=gap, samples=SAMPLES)
        assert (one.status not in ("unstable at start", "never stable")) is found["rule"][k]
        compared = al.compare_enforcement(game, al.Power.from_gap(gap), discount=delta, concepts=[concept])
        assert compared.concepts[0].stable is found["rule"][k]
        assert any(gap in window for window in compared.concepts[0].threshold.windows) is found["rule"][k]


@pytest.mark.slow
def test_an_edge_of_the_benchmark_that_is_a_round_number():
    """At 80 to 20, a gap of 0.6, δ* is 4/5: an alliance whose players have just that is kept, whoever is asked."""
    game = benchmark_game()
    threshold = al.defection_threshold(game, 0.8, start=0.6)
    assert threshold.status == "threshold"
    assert threshold.gap == pytest.approx(0.2922860293)
    assert 0.6 in threshold.windows[-1]
    assert 0.6 in al.stability_windows(game, 0.8)[-1]
    frame = pandas.DataFrame({"year": [2000, 2001], "sponsor": [80, 79], "proxy": [20, 21]})
    predicted = al.cases.PowerSeries.from_frame(frame).predict_break(game, 0.8)
    assert predicted.kept.tolist() == [True, True]
    assert predicted.threshold.status == "threshold"
    assert al.compare_enforcement(game, al.Power(80, 20), discount=0.8).concepts[0].stable
    assert al.regimes(game, al.Power(80, 20), 0.8).name == "alliance"
    assert al.verify(threshold).ok


def test_an_alliance_that_holds_at_one_gap_alone():
    game = dial(lambda gap: 0.5 + abs(gap))
    assert al.stability_windows(game, 0.5) == ()
    threshold = al.defection_threshold(game, 0.5, start=0.0)
    assert (threshold.status, threshold.gap, threshold.defector) == ("threshold", pytest.approx(0, abs=1e-13), "both")
    assert al.verify(threshold).ok
    assert al.defection_threshold(game, 0.5, start=0.1).status == "never stable"
    batch = al.defection_threshold(game, 0.5, start=np.array([0.0, 0.1, -0.5]))
    assert batch.status.tolist() == ["threshold", "never stable", "never stable"]
    assert batch.at(0) == threshold
    assert al.verify(batch).ok


def test_an_alliance_that_breaks_at_one_gap_alone():
    game = dial(lambda gap: np.where(gap == 0.25, 0.9, 0.3))
    whole = al.defection_threshold(game, 0.5, start=0.2)
    assert whole.status == "always stable"
    broken = al.defection_threshold(game, 0.5, start=0.25)
    assert broken.status == "unstable at start"
    edges = [edge for window in broken.windows for edge in (window.lower, window.upper)]
    assert edges == pytest.approx([-0.95, 0.25, 0.25, 0.95], abs=1e-15)
    assert not any(0.25 in window for window in broken.windows)
    batch = al.defection_threshold(game, 0.5, start=np.array([0.2, 0.25]))
    assert batch.status.tolist() == ["always stable", "unstable at start"]
    assert batch.at(1) == broken


@pytest.mark.parametrize("delta", [0.3, 0.5, 0.7])
def test_an_edge_is_the_last_gap_that_holds(delta):
    game = dial(lambda gap: 0.5 + 0.4 * np.tanh(gap))
    (window,) = al.stability_windows(game, delta)

    def holds(gap):
        critical = al.critical_discount(game, al.Power.from_gap(gap))
        return bool(np.logical_and(*sustained(critical, (delta, delta))))

    assert holds(window.upper - 2e-15)
    assert not holds(window.upper + 2e-15)
    assert window.upper == pytest.approx(np.arctanh((delta - 0.5) / 0.4), abs=1e-10)
