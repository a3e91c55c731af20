"""The re-check of forecasts: right ones of every kind pass, and each field that is wrong is named with its numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics import expected_breaks
from alliances.verification import forecasts
from tests.moving_power_examples import FORECAST_GAME as GAME

PATH = al.Power.from_gap([0.6, 0.4, 0.3, 0.7, 0.5])
PROCESS = al.PowerProcess(step=0.5, reach=2, learning=(0.2, 1), arrest=(0.1, 2))
CALM = al.PowerProcess(step=0.5, reach=2, learning=(0.05, 1), arrest=(0.02, 2))
GRIM = al.GivenPunishment()
STRIKE, STRIKE_BACK = al.KingpinStrike(1, 1, "sponsor", 2, 2), al.Fragmentation(1, "proxy", (0.3, 0.7))
PRESSURE = al.KineticPressure(1, (0.05, 0.2))
KNOWN = [replace(STRIKE, announced=True), replace(PRESSURE, announced=True, at=3)]
AHEAD: dict[str, Any] = {"expectations": True, "enforcement": GRIM}
ON_LATTICE: dict[str, Any] = {"start": 1, "periods": 4}

ASKED: dict[str, tuple[Any, dict[str, Any]]] = {
    "path": (PATH, {"dates": range(2004, 2009)}),
    "path, one draw for both": (PATH, {"common": True}),
    "path, drawn once": (PATH, {"draws": "once"}),
    "path, drawn once for both": (PATH, {"draws": "once", "common": True}),
    "path, pooled": (PATH, {"enforcement": al.Transfers(), "common": True}),
    "path, foreseen": (PATH, AHEAD),
    "path, foreseen, one draw": (PATH, {**AHEAD, "common": True}),
    "path, a process expected": (PATH, {**AHEAD, "expected": CALM}),
    "process": (PROCESS, ON_LATTICE),
    "process, one draw for both": (PROCESS, {**ON_LATTICE, "common": True}),
    "process, drawn once": (PROCESS, {**ON_LATTICE, "draws": "once"}),
    "process, drawn once for both": (PROCESS, {**ON_LATTICE, "draws": "once", "common": True}),
    "process, foreseen": (CALM, {**ON_LATTICE, **AHEAD}),
    "policies on a path": (PATH, {"policy": [STRIKE, STRIKE_BACK, PRESSURE]}),
    "policies on a path, drawn once": (PATH, {"policy": [STRIKE, PRESSURE], "draws": "once"}),
    "policies on a process": (PROCESS, {**ON_LATTICE, "policy": [STRIKE, STRIKE_BACK, PRESSURE]}),
    "policies on a process, drawn once": (PROCESS, {**ON_LATTICE, "policy": [STRIKE], "draws": "once", "common": True}),
    "policies foreseen on a path": (PATH, {**AHEAD, "policy": [STRIKE, STRIKE_BACK, PRESSURE]}),
    "policies foreseen, a process expected": (PATH, {**AHEAD, "expected": CALM, "policy": [*KNOWN, STRIKE_BACK]}),
    "policies foreseen on a process": (CALM, {**ON_LATTICE, **AHEAD, "policy": [*KNOWN, STRIKE_BACK]}),
}


@functools.cache
def forecast(name: str, since: int = 0) -> al.BreakForecast:
    """The forecast, of alliances intact after some periods."""
    way, options = ASKED[name]
    found = al.break_forecast(way, GAME, al.BetaPatience(5, 1 if options.get("expectations") else 2), **options)
    return found.given(found.dates[since]) if since else found


def changed(x: Any, place: Any, amount: float) -> Any:
    """A copy in which one number differs by an amount."""
    out = np.array(x)
    out[place] += amount
    return out


def witness(found: al.BreakForecast) -> str | None:
    """What is wrong by the re-check; None where all is right."""
    check = al.verify(found)
    assert check.ok == (check.witness is None)
    return check.witness


@pytest.mark.parametrize("name", ASKED)
def test_right_forecasts_pass(name: str) -> None:
    assert witness(forecast(name)) is None
    assert witness(forecast(name, 2)) is None


CAUSES = ("the sponsor's constraint alone", "the proxy's constraint alone", "both constraints")


@pytest.mark.parametrize("name", ["path", "process, one draw for both"])
@pytest.mark.parametrize("since", [0, 2])
def test_chances_are_right_to_1e_minus_12_of_those_that_last_so_long(name: str, since: int) -> None:
    found = forecast(name, since)
    width = 1e-12 / forecast(name).survival[since]
    signs = (1, -1) if since else (-1, 1)  # by turns; from its date on, the other row asks the other signs
    for place in np.ndindex(found.mass.shape):
        sign = signs[sum(place) % 2]
        near, far = (changed(found.mass, place, sign * part * width) for part in (0.6, 1.5))
        assert witness(replace(found, mass=near)) is None
        right, wrong = found.mass[place], far[place]
        words = f"{found.dates[place[0]]}: broken by {CAUSES[place[1]]} with probability {right:.12g}, not {wrong:.12g}"
        assert witness(replace(found, mass=far)) == words
    for t in range(len(found.survival)):
        sign = signs[t % 2]
        near, far = (changed(found.survival, t, sign * part * width) for part in (0.6, 1.5))
        assert witness(replace(found, survival=near)) is None
        words = f"intact after {t} periods with probability {found.survival[t]:.12g}, not {far[t]:.12g}"
        assert witness(replace(found, survival=far)) == words


# -- fields that do not fit each other ---------------------------------------------------------------------------------

SHAPES = "mass and survival must have the shapes (5, 3) and (6,)"
FLAGS = "common and expectations must be true or false"
MODEL = "the model or the concept is missing"
POLICIES = "policies must be a tuple of them"
PAIR, FUNCTION = "patience must be a pair of distributions", "patience must have a distribution function"
RATIO = "a random path has a first log ratio, and a given one has none"
EXPECTED = "a process is expected only by leaders who have expectations, along a given path"
SOFT, HARD = al.BetaPatience(5, 2), al.BetaPatience(4, 2)
FORMS: dict[str, tuple[str, Callable[[Any], dict[str, Any]], Callable[[Any], dict[str, Any]], str]] = {
    "no dates": ("path", lambda _: {"dates": ()}, lambda _: {}, "dates: some are missing or occur twice"),
    "a date twice": ("path", lambda f: {"dates": (*f.dates[:4], 2004)}, lambda _: {}, "dates: some are missing or occur twice"),
    "a period too few": ("path", lambda f: {"mass": f.mass[1:]}, lambda _: {}, SHAPES),
    "a cause too few": ("path", lambda f: {"mass": f.mass[:, 1:]}, lambda _: {}, SHAPES),
    "a chance of survival too few": ("path", lambda f: {"survival": f.survival[1:]}, lambda _: {}, SHAPES),
    "draws of another kind": ("path", lambda _: {"draws": "twice"}, lambda _: {}, "draws is 'twice'"),
    "common that is a number": ("path", lambda _: {"common": 0}, lambda _: {}, FLAGS),
    "expectations that are a number": ("path", lambda _: {"expectations": 0}, lambda _: {}, FLAGS),
    "rests that is a number": (
        "path, foreseen", lambda _: {"rests": 1}, lambda _: {}, "only what leaders expect may fail to come to rest",
    ),
    "no expectations to rest": (
        "path", lambda _: {"rests": False}, lambda _: {}, "only what leaders expect may fail to come to rest",
    ),
    "no game": ("path", lambda _: {}, lambda _: {"game": None}, MODEL),
    "no concept": ("path", lambda _: {}, lambda _: {"enforcement": None}, MODEL),
    "policies that are none": ("policies on a path", lambda _: {}, lambda q: {"policies": (*q.policies, 7)}, POLICIES),
    "announced to nobody": (
        "policies on a path",
        lambda _: {},
        lambda q: {"policies": (q.policies[0], replace(q.policies[1], announced=True))},
        "a policy is announced to leaders who expect nothing",
    ),
    "three of patience": ("path", lambda _: {}, lambda q: {"patience": (*q.patience, SOFT)}, PAIR),
    "patience without distribution": ("path", lambda _: {}, lambda q: {"patience": (q.patience[0], 7)}, FUNCTION),
    "two distributions for one draw": (
        "path, one draw for both",
        lambda _: {},
        lambda _: {"patience": (SOFT, HARD)},
        "both draw the same number, but from two distributions",
    ),
    "two draws for one discount factor": (
        "path, pooled",
        lambda _: {"common": False},
        lambda _: {},
        "both have one discount factor under this concept, so both draw the same one",
    ),
    "redraws that do not come": (
        "path, foreseen",
        lambda _: {"draws": "once"},
        lambda _: {},
        "there is no redraw to expect where patience is drawn once",
    ),
    "a beginning in the past": ("path", lambda _: {}, lambda _: {"since": -1}, "the forecast begins -1 periods after the path"),
    "a beginning within": ("path", lambda _: {}, lambda _: {"since": 0.5}, "the forecast begins 0.5 periods after the path"),
    "a path that is none": ("path", lambda _: {}, lambda _: {"path": 7}, "the path is neither powers nor a process"),
    "no first log ratio": ("process", lambda _: {}, lambda _: {"start": None}, RATIO),
    "a log ratio of a given path": ("path", lambda _: {}, lambda _: {"start": 0.5}, RATIO),
    "a path too short": (
        "path", lambda _: {}, lambda _: {"path": PATH[1:]}, "the path has the shape (4,), for 5 periods",
    ),
    "a path too long": (
        "path", lambda _: {}, lambda _: {"since": 1}, "the path has the shape (5,), for 6 periods",
    ),
    "expected along a random path": ("process, foreseen", lambda _: {}, lambda _: {"expected": CALM}, EXPECTED),
    "expected by nobody": ("path", lambda _: {}, lambda _: {"expected": CALM}, EXPECTED),
    "a path expected": ("path, foreseen", lambda _: {}, lambda _: {"expected": PATH}, EXPECTED),
}  # fmt: skip


@pytest.mark.parametrize("case", FORMS)
def test_what_is_no_forecast_is_named(case: str) -> None:
    name, changes, asked, words = FORMS[case]
    found = forecast(name)
    question = replace(found.question, **asked(found.question))
    assert witness(replace(found, **changes(found), question=question)) == words


def test_equal_distributions_are_one() -> None:
    found = forecast("path, one draw for both")
    assert found.question is not None
    assert witness(replace(found, question=replace(found.question, patience=(SOFT, al.BetaPatience(5, 2))))) is None


# -- what has not come to rest -----------------------------------------------------------------------------------------


@pytest.fixture
def unrested(monkeypatch: pytest.MonkeyPatch) -> Callable[..., al.BreakForecast]:
    """Forecasts for leaders so patient that what they expect still falls after the rounds that there are."""
    monkeypatch.setattr(expected_breaks, "_ROUNDS", 20)
    monkeypatch.setattr(forecasts, "_ROUNDS", 80)

    def asked(patience: al.BetaPatience, way: Any = PATH, **options: Any) -> al.BreakForecast:
        return al.break_forecast(way, GAME, patience, **{**AHEAD, **options})

    return asked


PATIENT = al.BetaPatience(1e5, 1)


def test_what_has_not_come_to_rest_is_said_so(unrested: Callable[..., al.BreakForecast]) -> None:
    found = unrested(PATIENT)
    assert not found.rests
    assert witness(found) is None
    assert witness(found.given(2)) is None
    assert witness(replace(found, rests=True)) == "what leaders expect has not come to rest after 80 rounds"
    quick = unrested(al.BetaPatience(1, 4))
    assert quick.rests
    rested = witness(replace(quick, rests=False))
    assert rested is not None
    words, _, rest = rested.partition(" after ")
    assert words == "what leaders expect comes to rest"
    assert 2 <= int(rest.removesuffix(" rounds")) < 20


def test_chances_that_are_too_small_are_a_law_and_survival_is_no_less_likely_than_with_more_rounds(
    unrested: Callable[..., al.BreakForecast], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = unrested(PATIENT)
    lost = "survival and the chances of breaks do not add up"
    negative = replace(found, mass=changed(found.mass, (1, 2), -1e-9), survival=changed(found.survival, slice(2, None), 1e-9))
    assert witness(negative) == "a chance of a break is negative"
    for place in ((0, 0), (4, 1), (2, 2)):
        assert witness(replace(found, mass=changed(found.mass, place, 0.7e-12))) is None
        assert witness(replace(found, mass=changed(found.mass, place, 1.5e-12))) == lost
    assert witness(replace(found, mass=found.mass / 2, survival=found.survival / 2)) == lost
    monkeypatch.setattr(expected_breaks, "_ROUNDS", 80)
    more = unrested(PATIENT)  # as many rounds as the re-check makes: survival is the least that may be said
    assert witness(more) is None
    for t in range(1, 6):
        for part, right in ((0.6, True), (1.5, False)):
            share = part * 1e-12
            said = more.survival - share * (np.arange(6) >= t)
            wrong = replace(more, survival=said, mass=changed(more.mass, (t - 1, 0), share))
            words = f"intact after {t} periods with probability {more.survival[t]:.12g} at least, not {said[t]:.12g}"
            assert witness(wrong) == (None if right else words)


def test_later_on_a_random_path_it_is_not_said_whose_survival_is_more_likely(unrested: Callable[..., al.BreakForecast]) -> None:
    found = unrested(PATIENT, CALM, start=1, periods=3)
    assert not found.rests
    assert witness(found) is None
    for since, right in ((0, False), (1, True)):
        later = found.given(since) if since else found
        less = replace(later, survival=later.survival * (0.5 ** np.arange(len(later.survival))))
        sure = -np.diff(less.survival)
        less = replace(less, mass=np.stack([sure, 0 * sure, 0 * sure], axis=1))
        assert (witness(less) is None) == right
