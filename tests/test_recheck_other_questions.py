"""Re-checks ask what was asked: about that total, profile and number of samples, at single points, and of dead states."""

from __future__ import annotations

import functools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances import claims, estimation
from alliances.arithmetic import Array
from alliances.claims import Family, Interval
from alliances.claims.falsifying import Falsification
from alliances.estimation.design import HazardDesign
from alliances.estimation.likelihood import Likelihood
from alliances.estimation.rates import RateModel
from alliances.estimation.spells import Spells
from alliances.thresholds.windows import Window
from tests.recheck_support import TINY, changed, witness
from tests.stochastic_reference import game_of, random_game
from tests.support import benchmark_game, dial

GAME = al.presets.chindea_2014()
EIGHTHS = [F(n, 8) for n in range(8)]
LOW, HIGH = -0.95, 0.95
ACTIONS = ("ally", "coexist", "fight")


def by_strength() -> al.CustomGame:
    """Half the sponsor's power is the critical discount factor of both: (1 + γ)/4 at the total 1, and (1 + γ)/2 at 2."""

    def payoffs(power: al.Power) -> Any:
        f = np.asarray(power.sponsor, dtype=float) / 2
        one = np.ones_like(f)
        return [[(one, one), (f - 1, 1 + f)], [(1 + f, f - 1), (f, f)]]

    return al.CustomGame(payoffs)


def easy_but_at(place: float, width: float) -> al.CustomGame:
    """The alliance is kept at δ = ½ but within ``width`` of a gap."""
    return dial(lambda gap: np.where(np.abs(np.asarray(gap) - place) < width, 0.9, 0.1))


def hard_but_at(place: float, width: float) -> al.CustomGame:
    return dial(lambda gap: np.where(np.abs(np.asarray(gap) - place) < width, 0.1, 0.9))


# -- totals and profiles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("discount", [0.5, np.array([0.5, 0.6])], ids=["one", "two"])
def test_thresholds_are_about_their_total(discount: Any) -> None:
    t = al.defection_threshold(by_strength(), discount, total=2.0, samples=51)
    assert witness(t) is None
    for other in (1.0, 2.1):
        found = witness(replace(t, total=other))
        assert " gains " in found or "nobody gains " in found
    always = al.defection_threshold(by_strength(), discount, samples=51)
    assert witness(always) is None


@pytest.mark.parametrize("exposure", [0.6, np.array([0.6, 0.8])], ids=["one", "two"])
def test_thresholds_are_about_their_profile(exposure: Any) -> None:
    game = benchmark_game(exposure=exposure, coexist_exposure=0.3)
    answers = {p: al.defection_threshold(game, 0.6, profile=p, samples=51) for p in ((0, 0), (1, 1))}
    for profile, t in answers.items():
        assert witness(t) is None
        other = (1 - profile[0], 1 - profile[1])
        assert witness(replace(t, profile=other)) is not None


def test_regime_maps_are_about_their_total_and_their_pair_of_discount_factors() -> None:
    m = al.regime_map(lambda stakes: by_strength(), [-0.5, 0.0, 0.5], [1.0, 2.0], 0.5, total=2.0)
    assert witness(m) is None
    assert m.code.tolist() in ([[0, 0, 1], [0, 0, 1]], [[0, 1, 1], [0, 1, 1]])  # at γ = 0 δ* is ½ itself
    other = witness(replace(m, total=1.0))
    assert other == f"{m.names[0]}: its certificate is of other games than those of the grid"
    pair = al.regime_map(GAME, [0.0, 0.3, 0.7], [1.0, 4.0], (0.55, 0.9))
    assert witness(pair) is None
    for place in np.ndindex(pair.code.shape):
        kept = [k for k, r in enumerate(pair.critical) if r.sponsor[place] < 0.55 and r.proxy[place] < 0.9]
        for code, name in enumerate(pair.names):
            found = witness(replace(pair, code=changed(pair.code, place, code)))
            if code == pair.code[place]:
                assert found is None
            elif code == 2:
                assert found == f"game {place}, conflict is reported, though {pair.names[kept[0]]} is kept"
            elif code not in kept:
                assert found == f"game {place}, {name} is reported, though a player gains by deviating from it"


def test_arrangements_of_equal_worth_are_equally_right() -> None:
    def of(more: float) -> Any:
        def payoffs(power: al.Power) -> Any:
            o = 0 * np.asarray(power.gap, dtype=float)
            bad = (o - 9, o - 9)
            return [
                [(o + 1, o + 1), bad, (o - 9, o + 2)],
                [bad, (o + 1 + more, o + 1), (o - 9, o + 2)],
                [(o + 2, o - 9), (o + 2, o - 9), (o, o)],
            ]

        return al.regime_map(lambda stakes: al.CustomGame(payoffs, ACTIONS), [0.0, 0.5], [1.0, 2.0], 0.8)

    m = of(0.0)
    assert witness(m) is None
    assert (m.code == 0).all()
    for code in (0, 1):
        assert witness(replace(m, code=np.full_like(m.code, code))) is None
    for more, best, wrong in ((1e-9, 1, 0), (-1e-9, 0, 1)):
        m = of(more)
        assert (m.code == best).all()
        words = f"game (1, 0), {m.names[wrong]} is reported, though {m.names[best]} is kept and worth more"
        assert witness(replace(m, code=changed(m.code, (1, 0), wrong))) == words


# -- where gaps are tried ----------------------------------------------------------------------------------------------


PLACES = {
    "just above the lower end": (LOW + 1e-9, 1e-12),
    "just below the upper end": (HIGH - 1e-9, 1e-12),
    "the first of 64": (LOW + 1.9 / 65, 1e-9),
    "the last of 64": (LOW + 64 * 1.9 / 65, 1e-9),
    "a third of the first step": (LOW + 1.9 * (1 / 3) / 50, 1e-9),
    "two thirds of the first step": (LOW + 1.9 * (2 / 3) / 50, 1e-9),
    "a third of a step within": (LOW + 1.9 * (20 + 1 / 3) / 50, 1e-9),
    "two thirds of the last step": (LOW + 1.9 * (49 + 2 / 3) / 50, 1e-9),
}


@pytest.mark.parametrize("name", PLACES)
def test_between_edges_gaps_are_tried_all_over(name: str) -> None:
    place, width = PLACES[name]
    even = dial(lambda gap: 0.1 + 0 * np.asarray(gap))
    t = al.defection_threshold(even, 0.5, samples=51)
    two = al.defection_threshold(even, np.array([0.5, 0.6]), samples=51)
    assert (t.status, witness(t), witness(two)) == ("always stable", None, None)
    found = witness(replace(t, game=easy_but_at(place, width)))
    assert found.endswith(f" a player gains 0.4 inside a window, at gap {place:.6g}")  # ½·1.9 + ½·0.9 − 1
    found = witness(replace(two, game=easy_but_at(place, width)))
    assert found == f"alliance (0,), gap {place:.6g}: a player gains 0.4 inside a window"
    uneven = dial(lambda gap: 0.9 + 0 * np.asarray(gap))
    t, two = (al.defection_threshold(uneven, x, samples=51) for x in (0.5, np.array([0.5, 0.6])))
    assert (t.status, witness(t), witness(two)) == ("never stable", None, None)
    found = witness(replace(t, game=hard_but_at(place, width)))
    assert found.endswith(f" nobody gains by deviating outside the windows, at gap {place:.6g}")
    found = witness(replace(two, game=hard_but_at(place, width)))
    assert found == f"alliance (0,), gap {place:.6g}: nobody gains by deviating outside the windows"


def test_gaps_that_no_sample_is_near_are_not_tried() -> None:
    t = al.defection_threshold(dial(lambda gap: 0.1 + 0 * np.asarray(gap)), 0.5, samples=51)
    for place in (LOW + 1.9 * (1 / 2) / 50, LOW + 1.9 * 21 / 50):  # the middle of a step, and a sample itself
        assert witness(replace(t, game=easy_but_at(place, 1e-6))) is None


def test_a_window_is_a_point_only_where_the_alliance_starts() -> None:
    t = al.defection_threshold(GAME, 0.8)
    below = float(np.nextafter(1e-9, 0))
    for upper, start, point in (
        (1e-9, None, False),
        (below, None, True),
        (0.0, None, True),
        (0.0, 0.0, False),
        (below, below, False),
        (below, 1e-7, True),
        (below, -1e-7, True),
    ):
        window = Window(0.0, upper, "sponsor", "sponsor")
        found = witness(replace(t, windows=(window,), start=start))
        assert (found == f"window {window}: is a point, at which the alliance does not start") == point


def test_windows_of_many_alliances_are_points_only_where_these_start() -> None:
    t = al.defection_threshold(benchmark_game(exposure=np.array([0.6, 0.8])), 0.75, samples=51)
    below = float(np.nextafter(1e-9, 0))
    for upper, start, points in (
        (1e-9, None, []),
        (below, None, [0, 1]),
        (0.0, np.array([0.0, 0.0]), []),
        (0.0, np.array([0.0, 1e-12]), [1]),
        (0.0, np.array([-1e-12, 0.0]), [0]),
        (below, np.array([0.0, below]), []),
        (below, np.array([below, 1e-9]), [1]),
        (0.0, 0.0, []),
        (0.0, 0.5, [0, 1]),
    ):
        ends = {"lower": np.zeros(2), "upper": np.full(2, upper)}
        codes = {name: np.ones(2, dtype=t.windows.lower_code.dtype) for name in ("lower_code", "upper_code")}
        offsets = np.arange(3, dtype=t.windows.offsets.dtype)
        windows = replace(t.windows, offsets=offsets, **ends, **codes)
        found = witness(replace(t, windows=windows, start=start))
        if points:
            assert found == f"window {points[0]}: is a point, at which the alliance does not start"
        else:
            assert "is a point" not in (found or "")


def test_windows_of_one_alliance_may_touch_and_those_of_two_may_overlap() -> None:
    t = al.defection_threshold(dial(lambda gap: 0.1 + 0 * np.asarray(gap)), np.array([0.5, 0.6]), samples=51)
    w = t.windows

    def found(middle: float, next_: float) -> Any:
        offsets = np.array([0, 2, 3], dtype=w.offsets.dtype)
        lower, upper = np.array([LOW, next_, LOW]), np.array([middle, HIGH, HIGH])
        codes = np.array([[0, 1, 0], [1, 0, 0]], dtype=w.lower_code.dtype)
        windows = replace(w, offsets=offsets, lower=lower, upper=upper, lower_code=codes[0], upper_code=codes[1])
        return witness(replace(t, windows=windows))

    assert found(0.1, 0.1) is None  # nothing lies between
    assert found(0.1, 0.1 - 1e-9) == "window 0 of alliance (0,): does not end before the next one begins"
    assert found(0.1, 0.1 + 9e-12) is None  # edges are no more accurate
    answer = found(0.1, 0.2)
    assert answer is not None
    assert answer.startswith("alliance (0,), gap 0.1")
    assert answer.endswith(": nobody gains by deviating outside the windows")


# -- dead states -------------------------------------------------------------------------------------------------------


@functools.cache
def dead() -> Any:
    """A game of two states of which the first has no equilibrium, negotiated anew in one of four periods."""
    games = (game_of(random_game(np.random.default_rng(seed))) for seed in range(99))
    game = next(game for game in games if game.solve(0.5).status == "none in some states")
    assert game.solve(0.5).exists.tolist() == [False, True]
    return game.renegotiation(0.5, 0.25, 4)


def test_nothing_is_negotiated_in_states_without_equilibrium() -> None:
    c = dead()
    assert witness(c) is None
    assert c.on_path_profiles[0] == -1
    for k in range(c.game.profiles):
        wrong = replace(c, on_path_profiles=changed(c.on_path_profiles, 0, k))
        assert witness(wrong) == f"state {c.game.states[0]!r}: a profile is played where nothing is an equilibrium"
    names = ("joint_values", "sponsor_values", "proxy_values")
    some = replace(c, **{name: changed(getattr(c, name), (0, 0), 0.0) for name in names})
    assert witness(some) == f"period 1, state {c.game.states[0]!r}: values are given without a profile"
    last = replace(c, **{name: changed(getattr(c, name), (3, 0), 0.0) for name in names})
    assert witness(last) == "the last period has values where the game has no equilibrium, or none where it has"
    for t in range(4):
        gone = replace(c, **{name: changed(getattr(c, name), (t, 1), np.nan) for name in names})
        assert witness(gone) is not None
        for name in names:
            part = replace(c, **{name: changed(getattr(c, name), (t, 0), 0.0)})
            assert witness(part) == "the three values of some state exist in part only"


# -- models of one's own -----------------------------------------------------------------------------------------------


class Own(RateModel):
    """A model of hazards that the re-check does not know: it is asked for its rates."""

    inner = estimation.Constant()

    @property
    def sides(self) -> int:
        return self.inner.sides

    @property
    def wanted(self) -> tuple[str, ...]:
        return self.inner.wanted

    @property
    def label(self) -> str:
        return "own"

    def design(self, spells: Spells) -> HazardDesign:
        return self.inner.design(spells)

    def likelihood(self, spells: Spells, design: HazardDesign, weights: Array | None = None, exact: bool = False) -> Likelihood:
        return self.inner.likelihood(spells, design, weights, exact)

    def cells(self, spells: Spells, design: HazardDesign) -> Array:
        return self.inner.cells(spells, design)

    def rates(self, spells: Spells, design: HazardDesign, theta: Array) -> Array:
        return self.inner.rates(spells, design, theta)


def test_a_model_of_ones_own_is_asked_for_its_rates() -> None:
    data = {"start": [0.0, 0.0, 1.0], "stop": [1.0, 1.0, 2.0], "event": [1, 0, 1]}  # two events in time 3
    fit = Own().fit(data, event="event", starts=1)
    assert witness(fit) is None
    assert fit.estimate == pytest.approx([2 / 3], rel=1e-5)
    theta = 0.5
    right = 2 * np.log(theta) - 3 * theta
    elsewhere = replace(fit, optima=np.array([[theta]]), values=np.array([right]), converged=np.array([False]))
    assert witness(elsewhere) is None
    wrong = replace(elsewhere, values=np.array([right + 1e-6]))
    assert witness(wrong) == f"search 0: ln L is {right + 1e-6:.9g}, but by its definition {right:.9g}"


# -- claims ------------------------------------------------------------------------------------------------------------


@functools.cache
def falsified(total: int = 1) -> Any:
    """A counterexample to asymmetry, in a family whose cost of conflict is open."""
    cost = F(3, 20)
    family = Family(lambda cost: benchmark_game(conflict_cost=cost), {"cost": Interval(0, 1)}, total=total)
    check = claims.ASYMMETRY.check(family.at(cost=cost), gaps=EIGHTHS, total=total)
    assert check.status == "fails"
    return Falsification(claims.ASYMMETRY, family, {"cost": cost}, check, 1, 0)


def test_a_counterexample_is_of_the_familys_model() -> None:
    f = falsified()
    w = f.check.witness
    assert witness(f) is None
    for fields, words in (
        ({"enforcement": al.FinitePunishment(2)}, "the check is under another concept"),
        ({"assume": ("deterrent",)}, "the check has other assumptions than the family"),
        ({"total": 3}, "the check is of another profile or total"),
        ({"profile": (1, 1)}, "the check is of another profile or total"),
        ({"model": lambda cost: benchmark_game(conflict_cost=cost + TINY)}, None),
    ):
        expected = words or f"the check's model is not that of the parameters, at {w.low}"
        assert witness(replace(f, family=f.family.with_(**fields))) == expected
    assert witness(replace(f, parameters={"cost": F(3, 20) + TINY})) == (
        f"the check's model is not that of the parameters, at {w.low}"
    )
    assert witness(replace(f, parameters={"cost": F(3, 2)})) == "cost = 3/2 is outside its domain"


@pytest.mark.parametrize("place", ["low", "high"])
@pytest.mark.parametrize("player", ["sponsor", "proxy"])
def test_a_counterexample_is_of_the_familys_model_at_the_total_and_the_points_of_the_witness(place: str, player: str) -> None:
    f = falsified(3)
    assert witness(f) is None
    c, at = f.check, getattr(f.check.witness, place)

    def other(_: Any) -> al.CustomGame:
        """The same at all totals but 3, and at all gaps but one."""

        def payoffs(power: al.Power) -> Any:
            stage = f.family.at(cost=F(3, 20)).stage_game(power)
            more = F(1, 100) * ((power.sponsor + power.proxy == 3) and (power.gap == at))
            one, two = (more, 0) if player == "sponsor" else (0, more)
            return [[(stage.A[i, j] + one, stage.B[i, j] + two) for j in (0, 1)] for i in (0, 1)]

        return al.CustomGame(payoffs)

    wrong = replace(c, question=replace(c.question, model=other))
    assert witness(replace(f, check=wrong)) == f"the check's model is not that of the parameters, at {at}"


def pact_of(worth: Any) -> al.CustomGame:
    """Among equals the pact's critical discount factor is ``worth``; nobody wants to ally."""

    def payoffs(power: al.Power) -> Any:
        f = 0 * np.asarray(power.gap, dtype=float) + np.asarray(worth, dtype=float)
        one, bad = 1 + 0 * f, -9 + 0 * f
        alone = (bad, bad)
        return [
            [alone, alone, alone],
            [alone, (one, one), (f - 1, 1 + f)],
            [alone, (1 + f, f - 1), (f, f)],
        ]

    return al.CustomGame(payoffs, ACTIONS)


def test_where_a_parameter_moves_the_model_is_asked_at_the_witness() -> None:
    def falling(v: Any, stakes: Any) -> al.CustomGame:
        return pact_of(0.5 * float(v) / np.asarray(stakes, dtype=float))

    family = Family(falling, {"v": Interval(0, 1, "neither"), "stakes": Interval(1, 4)})
    check = claims.STAKES.check(lambda stakes: falling(0.5, stakes), stakes=[1.0, 2.0, 4.0])
    assert check.status == "fails"
    f = Falsification(claims.STAKES, family, {"v": 0.5}, check, 1, 0)
    assert witness(f) is None
    w = check.witness
    for v in (0.25, 0.75):
        words = f"the check's model is not that of the parameters, at {w.low}"
        assert witness(replace(f, parameters={"v": v})) == words
    assert witness(replace(f, parameters={})) == "the parameters are not those of the family"
    assert witness(replace(f, parameters={"v": 0.5, "stakes": 2.0})) is None


@pytest.mark.parametrize(("barrier", "player", "sign"), [((8, 2), "sponsor", 1), ((2, 8), "proxy", -1)])
def test_wars_are_compared_from_the_stronger_sides_gap(barrier: Any, player: str, sign: int) -> None:
    # fair rounds from one of three starts: k + 1 steps from one end and 3 − k from the other last (k + 1)(3 − k): 3, 4, 3
    c = claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=barrier))
    w = c.witness
    assert witness(c) is None
    assert (w.low, w.high, w.at_low, w.at_high, w.player) == (0, sign * F(1, 3), 3, 4, player)
    other = "proxy" if player == "sponsor" else "sponsor"
    assert witness(replace(c, witness=replace(w, player=other))) == f"it is not the {other} that is the stronger"
    far = replace(w, high=sign * F(3, 5), at_high=3)
    assert witness(replace(c, witness=far)) == "the witness does not contradict the claim"
    held = witness(replace(c, status="holds", witness=None))
    assert held == f"wars from gap {sign * F(1, 3)} last longer than from 0"
