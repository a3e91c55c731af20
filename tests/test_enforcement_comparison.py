"""Concepts side by side: each answer is what it is alone, and what does not apply says why."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from alliances.repeated.enforcement import CONCEPTS, typical

MODEL = al.presets.morrow_1991()
POWER = al.Power.from_gap(0.5)
PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])


TITLE = "The least patience is needed under NashReversion(): 0.142857. 2 of 6 concepts do not apply."


@pytest.fixture(scope="module")
def everything():
    return al.compare_enforcement(MODEL, POWER, discount=0.8)


def test_every_registered_concept_is_in_the_table(everything):
    assert len(everything.concepts) == len(typical()) + 2  # given punishment, and an outside option without its offer
    assert {row.name.partition("(")[0] for row in everything.concepts} == {concept.__name__ for concept in CONCEPTS}


@pytest.mark.slow
def test_each_answer_is_what_it_is_alone(everything):
    for row, concept in zip(everything.concepts, [*typical(), al.GivenPunishment()], strict=False):
        alone = al.critical_discount(MODEL, POWER, enforcement=concept)
        assert (row.critical.sponsor, row.critical.proxy) == (alone.sponsor, alone.proxy)
        assert row.threshold.windows == al.stability_windows(MODEL, 0.8, enforcement=concept)
        assert row.stable == any(0.5 in window for window in row.threshold.windows)
        assert row.binding == ("pooled" if concept.pooled else alone.binding)


def test_what_does_not_apply_says_why(everything):
    last = everything.concepts[-1]
    assert (last.name, last.critical, last.threshold) == ("OutsideOption", None, None)
    assert last.reason == "give its offer: OutsideOption(offer=...)"
    fightless = al.compare_enforcement(PD, concepts=[al.GivenPunishment(), al.NashReversion()])
    assert fightless.concepts[0].reason == "profile must name one of the actions ('0', '1'); got 'fight'"
    assert fightless.concepts[1].critical.dyad == al.critical_discount(PD).dyad
    assert "1 of 2 concepts do not apply" in fightless.message


def test_different_patience_and_a_concept_that_needs_one():
    compared = al.compare_enforcement(MODEL, POWER, discount=(0.9, 0.7), concepts=[al.NashReversion(), al.Transfers()])
    reversion, paid = compared.concepts
    assert reversion.threshold.windows == al.stability_windows(MODEL, (0.9, 0.7))
    assert paid.threshold is None
    assert paid.critical is not None
    assert paid.reason.startswith("discount must be common to both players")


def test_total_power_is_that_of_the_dyad():
    hirshleifer = al.AllianceGame(
        al.Hirshleifer(0.5), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15
    )
    power = al.Power(6.0, 2.0)
    row = al.compare_enforcement(hirshleifer, power, discount=0.8, concepts=[al.NashReversion()]).concepts[0]
    assert row.threshold.windows == al.stability_windows(hirshleifer, 0.8, total=8.0)
    assert row.threshold.windows != al.stability_windows(hirshleifer, 0.8)


def test_the_easiest_is_the_lowest_and_may_be_missing(everything):
    dyads = [row.critical.dyad for row in everything.concepts if row.critical is not None]
    assert everything.easiest.critical.dyad == min(dyads)
    gift = al.StageGame([[4, -1], [8, 1]], [[1, 3], [-1, 1]])
    nothing = al.compare_enforcement(gift, concepts=[al.NashReversion()])
    assert nothing.easiest is None
    assert nothing.message == "No patience sustains the alliance under any of 1 concepts."


def test_a_concept_of_ones_own_takes_part():
    @dataclass(frozen=True)
    class Twice(al.Reversion):
        mixed: bool = False

    rows = al.compare_enforcement(PD, concepts=[Twice(), Twice, al.FinitePunishment(periods=2)]).concepts
    assert [row.name for row in rows] == ["Twice()", "Twice()", "FinitePunishment(2)"]


@pytest.mark.slow
def test_printed_and_as_a_frame(everything):
    lines = str(everything).splitlines()
    assert lines[0].split() == ["concept", "δ_S*", "δ_P*", "binding", "stable", "on"]
    assert lines[-1] == "OutsideOption: give its offer: OutsideOption(offer=...)"
    assert max(map(len, lines)) <= 128
    frame = everything.to_frame()
    assert frame.concept.tolist() == [row.name for row in everything.concepts]
    assert frame.sponsor.iloc[0] == pytest.approx(everything.concepts[0].critical.sponsor)
    assert np.isnan(frame.sponsor.iloc[-1])


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((3,), {}, "game must be a StageGame or a model"),
        ((MODEL,), {}, "power must be a Power"),
        ((PD, POWER), {}, "power must be None for a StageGame"),
        ((MODEL, al.Power([2, 1], [1, 1])), {}, "power must be one dyad, and game have scalar parameters"),
        ((PD,), {"profile": ("a", "b")}, "profile must name one of the actions"),
        ((PD,), {"discount": 1.5}, "discount must lie in [0, 1); got 1.5"),
        ((PD,), {"concepts": []}, "concepts must not be empty"),
        ((PD,), {"concepts": al.NashReversion()}, "concepts must be a sequence of concepts"),
        ((PD,), {"concepts": ["grim"]}, "concepts must be enforcement concepts such as NashReversion(); got 'grim'"),
    ],
)
def test_bad_questions_are_named(arguments, options, words):
    with pytest.raises((TypeError, ValueError), match=r"^compare_enforcement\(\): .*" + re.escape(words)):
        al.compare_enforcement(*arguments, **options)


def test_bad_domains_are_no_reason():
    with pytest.raises(ValueError, match="domain must lie strictly between -1 and 1"):
        al.compare_enforcement(MODEL, POWER, discount=0.8, domain=(-1, 1))


@pytest.mark.slow
def test_every_answer_can_be_verified(everything):
    for row in everything.concepts[:-1]:
        assert row.critical.verify().ok
    assert everything.concepts[0].threshold.verify().ok


def test_pictures_of_windows_and_of_patience(everything):
    ax = everything.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == [row.name for row in everything.concepts]
    bars = sum(len(row.threshold.windows) for row in everything.concepts if row.threshold is not None)
    assert len(ax.patches) == bars
    dots = al.compare_enforcement(MODEL, POWER).plot()
    assert dots.get_xlabel() == "critical discount factor δ*"
    plt.close("all")


# -- numbers and words that are known ----------------------------------------------------------------------------------


def by_hand(**options):
    """PD has c = 9, d = 10, w = 3 for both: δ* = 1/7, or 1/6 with one period of punishment; an offer of 5: 1/(10 − 5)."""
    concepts = [
        al.NashReversion(),
        al.OutsideOption,
        al.FinitePunishment(1),
        al.Transfers(),
        al.GivenPunishment(),
        al.OutsideOption(5),
    ]
    return al.compare_enforcement(PD, concepts=concepts, **options)


def test_a_comparison_as_text():
    without = [
        "concept               δ_S*   δ_P*         binding",
        "NashReversion()      0.143  0.143            both",
        "OutsideOption            –      –  does not apply",
        "FinitePunishment(1)  0.167  0.167            both",
        "Transfers()          0.143  0.143          pooled",
        "GivenPunishment()        –      –  does not apply",
        "OutsideOption(5)     0.143  0.200           proxy",
    ]
    notes = [
        TITLE,
        "OutsideOption: give its offer: OutsideOption(offer=...)",
        "GivenPunishment(): profile must name one of the actions ('0', '1'); got 'fight'",
    ]
    assert str(by_hand()).splitlines() == without + notes
    with_windows = [without[0] + "  stable on", *(row + "          –" for row in without[1:])]
    assert str(by_hand(discount=0.15)).splitlines() == with_windows + notes


def test_a_comparison_as_a_table():
    table = by_hand(discount=Fraction(1, 6)).to_frame().to_dict("list")
    numbers = {name: table.pop(name) for name in ("sponsor", "proxy", "dyad")}
    finite = pytest.approx([1 / 7, np.nan, 1 / 6, 1 / 7, np.nan, 1 / 7], nan_ok=True)
    proxy = pytest.approx([1 / 7, np.nan, 1 / 6, 1 / 7, np.nan, 1 / 5], nan_ok=True)
    assert numbers == {"sponsor": finite, "proxy": proxy, "dyad": proxy}
    assert table == {
        "concept": [row.name for row in by_hand().concepts],
        "binding": ["both", None, "both", "pooled", None, "proxy"],
        "stable": [True, None, True, True, None, False],
        "windows": [""] * 6,
        "reason": [row.reason for row in by_hand().concepts],
    }
    assert by_hand().to_frame()["stable"].tolist() == [None] * 6


def test_each_concept_in_a_sentence():
    assert [row.message for row in by_hand().concepts] == [
        "NashReversion(): sponsor 1/7, proxy 1/7",
        "OutsideOption: give its offer: OutsideOption(offer=...)",
        "FinitePunishment(1): sponsor 1/6, proxy 1/6",
        "Transfers(): sponsor 1/7, proxy 1/7",
        "GivenPunishment(): profile must name one of the actions ('0', '1'); got 'fight'",
        "OutsideOption(5): sponsor 1/7, proxy 1/5",
    ]
    asked: dict[str, Any] = {"concepts": [al.NashReversion(), al.FinitePunishment(1)], "domain": (0.1, 0.6)}
    compared = al.compare_enforcement(MODEL, POWER, discount=0.6, **asked)  # δ_S* = 4/7 and δ_P* = 3/7; no patience
    assert [row.message for row in compared.concepts] == [
        "NashReversion(): sponsor 0.571429, proxy 0.428571; stable on [0.100, 0.204], [0.250, 0.581]",
        "FinitePunishment(1): sponsor inf, proxy 0.75; stable on none",
    ]
    assert [row.windows for row in al.compare_enforcement(MODEL, POWER, **asked).concepts] == ["", ""]


def test_the_sentence_of_all():
    assert by_hand().message == TITLE
    assert by_hand().easiest.name == "NashReversion()"  # of equal ones the first
    gift = al.StageGame([[4, -1], [8, 1]], [[1, 3], [-1, 1]])
    nothing = al.compare_enforcement(gift, concepts=[al.NashReversion(), al.OutsideOption, al.Transfers])
    assert nothing.easiest.name == "Transfers()"
    only = al.compare_enforcement(gift, concepts=[al.NashReversion(), al.OutsideOption])
    assert only.message == "No patience sustains the alliance under any of 1 concepts. 1 of 2 concepts do not apply."


def test_exact_discount_factors_decide_exactly():
    nearly = Fraction(1, 7) - Fraction(1, 10**30)
    for delta, stable in ((Fraction(1, 7), True), (nearly, False), (float(nearly), True)):  # a float stands for 1/7, too
        row = al.compare_enforcement(PD, discount=delta, concepts=[al.NashReversion()]).concepts[0]
        assert (row.stable, row.threshold) == (stable, None)
    for pair, stable in (((0.15, 0.15), True), ((0.15, 0.1), False), ((0.1, 0.15), False)):
        compared = al.compare_enforcement(PD, discount=pair, concepts=[al.NashReversion()])
        assert (compared.discount, compared.concepts[0].stable) == (pair, stable)
    assert al.compare_enforcement(PD, discount=Fraction(1, 2)).discount == (Fraction(1, 2),) * 2
    model = al.compare_enforcement(MODEL, POWER, discount=Fraction(3, 4), concepts=[al.NashReversion()], domain=(0.4, 0.6))
    assert [type(delta) for delta in model.discount] == [float, float]
    assert (model.game, model.power) == (MODEL, POWER)


@pytest.mark.parametrize(
    "options",
    [{}, {"profile": (1, 1)}, {"domain": (-0.2, 0.3)}, {"discount": (0.7, 0.45)}, {"total": 4.0}],
    ids=lambda options: next(iter(options), "defaults"),
)
def test_thresholds_are_those_of_the_function_with_all_that_was_asked(options):
    """A model in which every option of the question moves the windows."""
    game = al.presets.chindea_2014(synergy=al.CommonThreat(2, rival=2), contest=al.Hirshleifer(1.5))
    asked: dict[str, Any] = {"discount": 0.6, "domain": (-0.2, 0.9), "profile": (0, 0)} | options
    total = asked.pop("total", 1.0)
    concepts = [al.NashReversion(), al.ImperfectMonitoring(0.05, 0.1), al.GivenPunishment()]
    compared = al.compare_enforcement(game, al.Power(0.75 * total, 0.25 * total), concepts=concepts, **asked)
    discount = asked.pop("discount")
    found = [row.threshold for row in compared.concepts]
    assert found == [al.defection_threshold(game, discount, enforcement=x, total=total, **asked) for x in concepts]
    assert [row.critical for row in compared.concepts] == [
        al.critical_discount(game, compared.power, profile=asked["profile"], enforcement=x) for x in concepts
    ]
    default = al.defection_threshold(game, 0.6, domain=(-0.2, 0.9))
    assert (found[0] == default) == (not options)
    assert options or found[1].windows != default.windows


def test_the_proxy_may_be_the_stronger_one():
    for power in (al.Power(1, 3), al.Power(2, 2)):
        asked: dict[str, Any] = {"domain": (-0.6, -0.4)}
        row = al.compare_enforcement(MODEL, power, discount=0.6, concepts=[al.NashReversion()], **asked).concepts[0]
        assert row.threshold == al.defection_threshold(MODEL, 0.6, total=4.0, **asked)


def test_names_hold_the_parameters_that_are_no_defaults_in_one_line():
    def half(power):
        return power.proxy_share / 2

    concepts = {
        "NashReversion()": al.NashReversion(),
        "NashReversion(True)": al.NashReversion(mixed=True),
        "Transfers('optimal')": al.Transfers("optimal"),
        "ImperfectMonitoring(1/10, 1/5)": al.ImperfectMonitoring(Fraction(1, 10), Fraction(1, 5)),
        "GivenPunishment(profile=(1, 1))": al.GivenPunishment(profile=(1, 1)),
        "OutsideOption(5)": al.OutsideOption(5),
        "OutsideOption(5, alone=1)": al.OutsideOption(5, alone=1),
        "OutsideOption(5, FinitePunishment(2))": al.OutsideOption(5, al.FinitePunishment(2)),
        "OutsideOption(5, Transfers(), 1)": al.OutsideOption(5, al.Transfers(), alone=1),
        "OutsideOption(RivalOffer(…))": al.OutsideOption(al.RivalOffer(MODEL, 1)),
        f"OutsideOption({half.__qualname__})": al.OutsideOption(half),
    }
    compared = al.compare_enforcement(PD, concepts=concepts.values())
    assert [row.name for row in compared.concepts] == list(concepts)
    assert compared.concepts[-1].reason.startswith("offer depends on power, which a stage game does not know")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Own.punish(): the game must be larger", "the game must be larger"),
        ("unsupported", "unsupported"),
        ("asked for f(): nothing", "asked for f(): nothing"),
    ],
)
def test_a_reason_is_what_the_error_says(words, reason):
    @dataclass(frozen=True)
    class Own(al.Reversion):
        mixed: bool = False

        def punish(self, stage):  # noqa: ARG002
            raise ValueError(words)

    (row,) = al.compare_enforcement(PD, concepts=[Own()]).concepts
    assert (row.reason, row.message, row.critical, row.stable) == (reason, f"Own(): {reason}", None, None)
