"""Pictures of claims show the numbers that the claims' own functions give."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from alliances.claims import (
    ASYMMETRY,
    PACT_AT_PARITY,
    PROXY_RESTRAINT,
    PROXY_TURNS_FIRST,
    SPONSOR_RESTRAINT,
    STAKES,
    Choice,
    Family,
    Interval,
    Measurement,
    Sensitivity,
    alliance_family,
)
from tests.support import benchmark_game

FOREVER = al.GivenPunishment()
PAID = al.GivenPunishment(al.Transfers())
FAMILY = alliance_family(decisiveness=Interval(0.5, 4))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def at(line, x):
    xs, ys = line.get_data()
    return float(np.interp(x, xs, ys))


# --- one model ----------------------------------------------------------------------------------------------


def test_curves_are_the_critical_discount_factors():
    game = benchmark_game()
    drawn = lines(al.plotting.plot_check(ASYMMETRY, game, enforcement=FOREVER))
    for gap in (0.05, 0.4, 0.9):
        r = al.critical_discount(game, al.Power.from_gap(gap), enforcement=FOREVER)
        assert at(drawn["sponsor δ*"], gap) == pytest.approx(r.sponsor, abs=1e-4)
        assert at(drawn["proxy δ*"], gap) == pytest.approx(r.proxy, abs=1e-4)
        assert at(drawn["δ* of the dyad"], gap) == pytest.approx(r.dyad, abs=1e-4)


@pytest.mark.parametrize("claim", [ASYMMETRY, SPONSOR_RESTRAINT, PROXY_TURNS_FIRST])
def test_the_witness_is_marked(claim):
    witness = claim.check(benchmark_game(), enforcement=FOREVER).witness
    x, y = lines(al.plotting.plot_check(claim, benchmark_game(), enforcement=FOREVER))["contradiction"].get_data()
    assert x == pytest.approx([float(witness.low), float(witness.high)])
    assert y == pytest.approx([float(witness.at_low), float(witness.at_high)])


def test_a_witness_at_infinity_lies_in_the_band():
    ax = al.plotting.plot_check(ASYMMETRY, al.presets.chindea_2014())
    y = lines(ax)["contradiction"].get_ydata()
    assert y[0] < 1 < y[1] < ax.get_ylim()[1]


def test_a_claim_that_holds_has_no_mark():
    ax = al.plotting.plot_check(ASYMMETRY, benchmark_game(), enforcement=PAID)
    assert ax.get_title() == "asymmetry: holds"
    assert set(lines(ax)) & {"contradiction", "sponsor δ*", "proxy δ*"} == set()


def test_nothing_is_drawn_where_the_assumptions_fail():
    game = benchmark_game()
    ax = al.plotting.plot_check(ASYMMETRY, game, enforcement=PAID, assume=["credible"])
    x, y = lines(ax)["δ* of the dyad"].get_data()
    credible = np.asarray(game.stage_game(al.Power.from_gap(x)).pure_nash().mask[..., 1, 1])
    assert credible.any()
    assert not credible.all()
    assert (np.isfinite(y) == credible).all()
    assert "assumptions fail" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_line_of_stakes():
    ax = al.plotting.plot_check(STAKES, al.presets.chindea_2014(), stakes=[1, 2, 4])
    assert ax.get_xlim() == (1, 4)
    assert ax.get_xlabel() == "stakes z"
    drawn = lines(ax)["δ* of the dyad"]
    for stakes, known in ((1, 0.50), (2, 0.57), (4, 0.73)):  # Nash reversion, the benchmark's pact at parity
        assert at(drawn, stakes) == pytest.approx(known, abs=0.005)


def test_exact_models_and_own_axes():
    half = Fraction(1, 2)
    game = al.AllianceGame(al.Tullock(1), al.Complementarity(5), al.Proportional(), exposure=half, conflict_cost=half / 2)
    ax = plt.subplots()[1]
    options = {"enforcement": FOREVER, "gaps": [Fraction(2, 5), half], "total": 3}
    assert al.plotting.plot_check(PROXY_RESTRAINT, game, ax, **options) is ax
    x, y = lines(ax)["contradiction"].get_data()
    assert x.tolist() == [0.4, 0.5]
    assert y == pytest.approx([63 / 233, 3 / 11])


def test_a_claim_about_parity_has_no_line():
    with pytest.raises(ValueError, match="claim must be about a line of gaps or stakes; got 'pact at parity'"):
        al.plotting.plot_check(PACT_AT_PARITY, al.presets.chindea_2014())


# --- a share along a parameter ------------------------------------------------------------------------------


def test_shares_are_those_measured():
    concepts = {"for ever": FOREVER, "paid": PAID}
    ax = al.plotting.plot_share(ASYMMETRY, FAMILY, "decisiveness", [1, 2, 3], enforcements=concepts, points=64, rng=3)
    drawn = lines(ax)
    shares = [
        ASYMMETRY.measure(
            FAMILY.with_(parameters={**FAMILY.parameters, "decisiveness": Choice(m)}, enforcement=FOREVER), points=64, rng=3
        ).share
        for m in (1, 2, 3)
    ]
    assert drawn["for ever"].get_ydata().tolist() == shares
    assert shares[0] > shares[1] > shares[2] > 0
    assert drawn["paid"].get_ydata().tolist() == [1, 1, 1]  # a theorem: see test_claims
    assert ax.get_title().startswith("asymmetry (64 parameter points")


def test_the_familys_own_concept():
    family = FAMILY.with_(enforcement=PAID)
    ax = al.plotting.plot_share(ASYMMETRY, family, "decisiveness", [1, 2], points=16, xlabel="decisiveness m")
    assert ax.get_xlabel() == "decisiveness m"
    assert ax.get_legend() is None
    assert ax.get_lines()[0].get_ydata().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"family": "all"}, "family must be a Family"),
        ({"parameter": "m"}, "parameter must be one of value, exposure, conflict_cost, decisiveness; got 'm'"),
        ({"values": [2]}, "values must be at least two, and increase"),
        ({"values": [2, 1]}, "values must be at least two, and increase"),
        ({"values": [1, 5]}, "values must lie in the domain of 'decisiveness', .*; got 5"),
        ({"enforcements": [FOREVER]}, "enforcements must map names to concepts"),
        ({"enforcements": {}}, "enforcements must map names to concepts"),
        ({"family": Family(lambda v: None, {"v": (1, 2)}), "parameter": "v"}, "family must leave more open than 'v'"),
    ],
)
def test_wrong_input(changes, message):
    options = {"family": FAMILY, "parameter": "decisiveness", "values": [1, 2]} | changes
    with pytest.raises((TypeError, ValueError), match=rf"^plot_share\(\): {message}"):
        al.plotting.plot_share(ASYMMETRY, **options)


# --- sensitivities ------------------------------------------------------------------------------------------


def measured(**found):
    return Measurement(ASYMMETRY, FAMILY, 0.25, (0.2, 0.3), 64, 200, 0.0, found, 0.95, 0)


def test_bars_are_the_indices_the_most_important_on_top():
    ax = measured(a=Sensitivity(0.1, 0.2, 0.01, 0.02), long_name=Sensitivity(0.5, 0.9, 0.05, 0.06)).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "long name"]
    total, first = ([bar.get_width() for bar in bars] for bars in ax.containers if hasattr(bars, "patches"))
    assert (total, first) == ([0.2, 0.9], [0.1, 0.5])
    errors = [bars.errorbar.lines[2][0].get_segments() for bars in ax.containers if hasattr(bars, "patches")]
    assert errors[0][1][:, 0] == pytest.approx([0.84, 0.96])
    assert errors[1][0][:, 0] == pytest.approx([0.09, 0.11])
    assert ax.get_title() == "asymmetry: holds in 25.0% of the family"


def test_there_must_be_sensitivities():
    with pytest.raises(ValueError, match=r"measurement must hold sensitivities; got none: measure\(..., sensitivity=True\)"):
        measured().plot()


# --- without matplotlib -------------------------------------------------------------------------------------


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'alliances\[plot\]'"):
        al.plotting.plot_check(ASYMMETRY, benchmark_game())
    with pytest.raises(ImportError, match=r"pip install 'alliances\[plot\]'"):
        measured(a=Sensitivity(0.1, 0.2, 0.01, 0.02)).plot()
