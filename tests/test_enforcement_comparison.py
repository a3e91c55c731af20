"""Concepts side by side: each answer is what it is alone, and what does not apply says why."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib import pyplot as plt

import alliances as al
from alliances.repeated.enforcement import CONCEPTS, typical

MODEL = al.presets.morrow_1991()
POWER = al.Power.from_gap(0.5)
PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])


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
