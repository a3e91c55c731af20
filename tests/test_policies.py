"""Policies: what they change, the exact law under them, announcements, and wrong input."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.expected_breaks import expected_chances
from alliances.dynamics.kernel import Kernel
from alliances.dynamics.policies import CostlyCooperation

GAME = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
GRIM = al.GivenPunishment()
PROCESS = al.PowerProcess(step=0.1, reach=6, learning=(0.6, 1), growth=(0.4, 1))  # falls by .02 a period, σ = .098
LOOKING: dict[str, Any] = {
    "patience": al.BetaPatience(8, 2.5), "start": 1.5, "periods": 12, "enforcement": GRIM, "expectations": True,
}  # fmt: skip
SLOW = al.PowerProcess(step=0.25, reach=3, learning=(0.2, 1))
POLICIES: dict[str, Any] = {
    "kingpin": al.KingpinStrike(at=4, cut=0.5),
    "sequence": al.KingpinStrike(at=3, cut=0.6, blows=3, every=2),
    "proxy hit": al.KingpinStrike(at=4, cut=0.4, target="proxy"),
    "split": al.Fragmentation(at=5, side="proxy", shares=(0.7, 0.3)),
    "pressure": al.KineticPressure(at=6, cost=(0.0, 0.2)),
    "distrust": al.InformationOperations(at=2, false_alarm=0.1, miss=0.05),
    "grassroots": al.Grassroots(at=3, cost=0.02),
    "two": (al.KingpinStrike(at=4, cut=0.5), al.Fragmentation(at=4, side="sponsor", shares=(0.6, 0.4)), al.Grassroots(1, 0.01)),
}


# -- the law, by loops over dense matrices -------------------------------------------------------------------------------


def _reference(process: al.PowerProcess, policies: tuple[Any, ...], start: float, periods: int, enforcement: Any) -> np.ndarray:
    """(T + 1,) survival, patience drawn each period on each side's own: one matrix and one game per period."""
    n, f = len(process.log_ratios), al.BetaPatience(18, 2)
    moves = np.zeros((n, n))
    for x in range(n):
        for step, p in process.moves().items():
            moves[x, min(max(x + step, 0), n - 1)] += float(p)
    weight = np.zeros(n)
    weight[process.place(start)] = 1
    survival = [1.0]
    for t in range(periods):
        for policy in policies:
            for shock in policy.shocks:
                if shock.period == t:
                    steps = (np.log(shock.sponsor) - np.log(shock.proxy)) / float(process.step)
                    low = int(np.floor(steps + 1e-9))
                    part = max(steps - low, 0.0)
                    new = np.zeros(n)
                    for x in range(n):
                        for step, p in ((low, 1 - part), (low + 1, part)):
                            new[min(max(x + step, 0), n - 1)] += weight[x] * p
                    weight = new
        game, concept = GAME, enforcement
        for policy in policies:
            if policy.at <= t:
                game, concept = policy.on_game(game), policy.on_enforcement(concept)
        r = al.critical_discount(game, process.power(), enforcement=concept)
        weight = weight * (1 - f.cdf(np.asarray(r.sponsor, float))) * (1 - f.cdf(np.asarray(r.proxy, float)))
        survival.append(weight.sum())
        weight = weight @ moves
    return np.array(survival)


@pytest.mark.parametrize("name", POLICIES)
def test_the_law_under_a_policy_by_loops(name: str) -> None:
    process = al.PowerProcess(step=0.1, reach=2, learning=(0.5, 1), growth=(0.2, 1), arrest=(0.05, 3))
    policies = POLICIES[name] if isinstance(POLICIES[name], tuple) else (POLICIES[name],)
    law = al.break_forecast(process, GAME, start=1.5, periods=12, enforcement=GRIM, policy=POLICIES[name])
    np.testing.assert_allclose(law.survival, _reference(process, policies, 1.5, 12, GRIM), atol=1e-12)
    plain = al.break_forecast(process, GAME, start=1.5, periods=12, enforcement=GRIM)
    first = min(policy.at for policy in policies)
    np.testing.assert_allclose(law.survival[: first + 1], plain.survival[: first + 1], atol=1e-15)
    assert abs(law.survival[-1] - plain.survival[-1]) > 1e-5


def test_a_policy_from_the_start_is_the_changed_question() -> None:
    options: dict[str, Any] = {"periods": 15, "enforcement": GRIM}
    law = lambda policy: al.break_forecast(PROCESS, GAME, start=1.0, policy=policy, **options).mass  # noqa: E731
    dearer = al.AllianceGame(GAME.contest, GAME.synergy, GAME.sharing, exposure=0.8, conflict_cost=0.25)
    np.testing.assert_allclose(
        law(al.KineticPressure(cost=0.1)), al.break_forecast(PROCESS, dearer, start=1.0, **options).mass, atol=1e-14
    )
    np.testing.assert_allclose(
        law(al.KingpinStrike(0, 0.5)), al.break_forecast(PROCESS, GAME, start=0.5, **options).mass, atol=1e-14
    )
    np.testing.assert_allclose(
        law(al.KingpinStrike(0, 0.5, target="proxy")), al.break_forecast(PROCESS, GAME, start=1.5, **options).mass, atol=1e-14
    )

    def taxed(q: al.Power) -> Any:
        return [[(a, b - 0.03 * (j == 0)) for j, (a, b) in enumerate(row)] for row in GAME.cells(q)]

    np.testing.assert_allclose(
        law(al.Grassroots(cost=0.03)), al.break_forecast(PROCESS, al.CustomGame(taxed), start=1.0, **options).mass, atol=1e-14
    )
    options["enforcement"] = al.GivenPunishment(al.ImperfectMonitoring(0.1, 0.05))
    distrust = al.InformationOperations(false_alarm=0.1, miss=0.05)
    np.testing.assert_allclose(
        law(None),
        al.break_forecast(PROCESS, GAME, start=1.0, periods=15, enforcement=GRIM, policy=distrust).mass,
        atol=1e-14,
    )


def test_indicative_effects() -> None:
    """The figures of a simulation with normal steps, drift −.02, σ = .1: −.30 (.02), −.13 (.01), +.25 (.01), −2.54 (.03)."""
    law = lambda policy: (  # noqa: E731
        al.break_forecast(PROCESS, GAME, start=1.5, enforcement=GRIM, policy=policy).restricted_mean
    )
    none = law(None)
    assert law(al.KingpinStrike(20, 0.5)) - none == pytest.approx(-0.30, abs=0.04)
    assert law(al.KingpinStrike(20, 0.5, blows=5, every=10)) - none == pytest.approx(-0.13, abs=0.02)
    assert law(al.KingpinStrike(20, 0.5, target="proxy")) - none == pytest.approx(0.25, abs=0.02)
    assert law(al.InformationOperations(false_alarm=0.1)) - none == pytest.approx(-2.54, abs=0.09)


def test_blows_add_up_and_smaller_ones_come_later() -> None:
    strike = al.KingpinStrike(20, 0.5, blows=5, every=3)
    assert [shock.period for shock in strike.shocks] == [20, 23, 26, 29, 32]
    assert sum(shock.shift for shock in strike.shocks) == pytest.approx(-0.5)
    once, several = (
        al.break_forecast(PROCESS, GAME, start=1.0, periods=40, enforcement=GRIM, policy=al.KingpinStrike(20, 0.5, blows=k))
        for k in (1, 5)
    )
    assert once.restricted_mean < several.restricted_mean


def test_what_both_lose_lowers_total_power_and_leaves_the_ratio() -> None:
    both = al.KingpinStrike(at=3, cut=0.5, target="both")
    options: dict[str, Any] = {"start": 1.0, "periods": 8, "enforcement": GRIM}
    plain = al.break_forecast(PROCESS, GAME, **options)
    np.testing.assert_allclose(al.break_forecast(PROCESS, GAME, policy=both, **options).mass, plain.mass, atol=1e-15)

    # a contest that depends on the difference of powers, and so on total power
    game = al.AllianceGame(al.Hirshleifer(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    still = al.PowerProcess(step=0.1, reach=3)
    law = al.break_forecast(still, game, policy=both, **options)
    ratios = np.full(8, 1.0)
    total = np.where(np.arange(8) < 3, 1.0, np.exp(-0.5))
    path = al.Power.from_log_ratio(ratios, total)
    np.testing.assert_allclose(law.mass, al.break_forecast(path, game, enforcement=GRIM).mass, atol=1e-14)
    assert not np.allclose(law.mass, al.break_forecast(still, game, **options).mass, rtol=1e-3)


def test_along_a_measured_path_power_is_multiplied() -> None:
    power = al.Power(np.array([10.0, 11, 12, 13]), np.array([4.0, 5, 6, 7]))
    strike, split = al.KingpinStrike(1, 0.33, blows=2), al.Fragmentation(2, "proxy", (0.25, 0.75))
    law = al.break_forecast(power, GAME, enforcement=GRIM, policy=[strike, split], dates=range(2000, 2004))
    left = np.exp(-np.array([0, 0.165, 0.33, 0.33]))
    struck = al.Power(np.array([10.0, 11, 12, 13]) * left, np.array([4.0, 5, 6 * 0.75, 7 * 0.75]))
    np.testing.assert_allclose(law.mass, al.break_forecast(struck, GAME, enforcement=GRIM).mass, atol=1e-15)
    assert law.dates == (2000, 2001, 2002, 2003)


@pytest.mark.parametrize("expectations", [False, True])
def test_a_path_that_stands_still_is_a_process_that_does_not_move(expectations: bool) -> None:
    still, policy = al.PowerProcess(step=0.25, reach=3), [al.KingpinStrike(2, 0.5), al.Grassroots(4, 0.05)]
    options: dict[str, Any] = {"policy": policy, "expectations": expectations, "enforcement": GRIM}
    patience = al.BetaPatience(7, 2.5)
    path = al.Power.from_log_ratio(np.full(6, 0.75))
    along = al.break_forecast(path, GAME, patience, **options)
    lattice = al.break_forecast(still, GAME, patience, start=0.75, periods=6, **options)
    np.testing.assert_allclose(along.mass, lattice.mass, rtol=1e-9, atol=1e-15)
    assert (np.diff(along.hazard)[[1, 3]] != 0).all()


def test_a_split_is_right_in_the_mean() -> None:
    """ln(.6) is −5.108 steps: five or six, with the chances that make the mean right."""
    still = al.PowerProcess(step=0.1, reach=3)
    law = lambda start, policy=None: al.break_forecast(  # noqa: E731
        still, GAME, start=start, periods=1, enforcement=GRIM, policy=policy
    ).survival[1]
    six = -np.log(0.6) / 0.1 - 5
    expected = (1 - six) * law(0.5) + six * law(0.4)
    assert law(1.0, al.Fragmentation(0, "sponsor", (0.6, 0.4))) == pytest.approx(expected, abs=1e-14)
    third = Fraction(1, 3)
    assert al.Fragmentation(0, "proxy", (third, third, third)).shocks[0].shift == pytest.approx(np.log(3))


# -- announcements ---------------------------------------------------------------------------------------------------------


def test_an_announced_strike_raises_the_hazard_now() -> None:
    strike = lambda announced: al.KingpinStrike(at=6, cut=1.5, announced=announced)  # noqa: E731
    plain, surprise, known = (
        al.break_forecast(SLOW, GAME, policy=policy, **LOOKING) for policy in (None, strike(False), strike(True))
    )
    np.testing.assert_array_equal(surprise.hazard[:6], plain.hazard[:6])
    assert (known.hazard[:6] > plain.hazard[:6] * (1 + 1e-9)).all()
    assert (np.diff(known.hazard[:6] / plain.hazard[:6]) > 0).all()  # the nearer, the more
    assert known.hazard[5] > 10 * plain.hazard[5]


@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize(
    "policy",
    [
        al.KingpinStrike(at=3, cut=0.5, announced=True),
        al.KingpinStrike(at=2, cut=0.5, blows=2, every=2, announced=True),
        al.Grassroots(at=4, cost=0.05, announced=True),
        al.KineticPressure(at=1, cost=0.2, announced=True),
    ],
    ids=["strike", "sequence", "grassroots", "pressure"],
)
def test_an_announcement_by_time_as_part_of_the_state(policy: Any, common: bool) -> None:
    """(t, λ) as one state of a large chain that does not change: no backward steps, one fixed point."""
    n, periods = len(SLOW.log_ratios), 6
    f = al.BetaPatience(7, 3)
    gains: list[list[np.ndarray]] = [[], []]
    losses: list[list[np.ndarray]] = [[], []]
    starts, following, chances = [0], [], []
    for t in range(periods + 1):
        game = policy.on_game(GAME) if policy.at <= t else GAME
        terms = al.critical_discount(game, SLOW.power(), enforcement=GRIM).terms
        for k in range(2):
            gains[k].append(np.broadcast_to(np.asarray(terms.temptation[k], float), n))
            losses[k].append(np.broadcast_to(np.asarray(terms.loss[k], float), n))
        later = min(t + 1, periods)
        jump = sum(round(shock.shift / 0.25) for shock in policy.shocks if shock.period == t + 1)
        for x in range(n):
            for step, p in SLOW.moves().items():
                y = min(max(min(max(x + step, 0), n - 1) + jump, 0), n - 1)
                following.append(later * n + y)
                chances.append(float(p))
            starts.append(len(following))
    chain = Kernel(np.array(starts), np.array(following), np.array(chances), (periods + 1) * n)
    stack = lambda sides: (np.concatenate(sides[0]), np.concatenate(sides[1]))  # noqa: E731
    fails = expected_chances(stack(gains), stack(losses), chain, (f, f), common)
    x = SLOW.place(1.5)
    law = al.break_forecast(
        SLOW, GAME, f, start=1.5, periods=periods, enforcement=GRIM, expectations=True, common=common, policy=policy
    )
    s, p = fails[0][x], fails[1][x]
    assert law.hazard[0] == pytest.approx(max(s, p) if common else 1 - (1 - s) * (1 - p), rel=1e-9)


@pytest.mark.slow
def test_news_and_announcements_agree_once_they_have_come() -> None:
    for kind in (
        lambda a: al.Grassroots(at=5, cost=0.05, announced=a),
        lambda a: al.KingpinStrike(at=5, cut=0.5, announced=a),
    ):
        news, known = (al.break_forecast(SLOW, GAME, policy=kind(a), **LOOKING) for a in (False, True))
        # hazards of a state are the same from the date on; survivors differ only through what happened before
        still = al.PowerProcess(step=0.25, reach=3)
        a, b = (al.break_forecast(still, GAME, policy=kind(a), **LOOKING) for a in (False, True))
        np.testing.assert_allclose(a.hazard[5:], b.hazard[5:], rtol=1e-9)
        assert not np.allclose(news.hazard[:5], known.hazard[:5], rtol=1e-6)


def test_announcements_along_a_measured_path_need_an_expected_process() -> None:
    power = SLOW.power()[[SLOW.place(1.5)] * 5]
    strike = al.KingpinStrike(at=3, cut=0.5, announced=True)
    options: dict[str, Any] = {"patience": al.BetaPatience(8, 2.5), "enforcement": GRIM, "expectations": True}
    with pytest.raises(ValueError, match="must not be announced along a measured path without expected="):
        al.break_forecast(power, GAME, policy=strike, **options)
    known = al.break_forecast(power, GAME, policy=strike, expected=SLOW, **options)
    plain = al.break_forecast(power, GAME, expected=SLOW, **options)
    assert (known.hazard > plain.hazard).all()
    lattice = al.break_forecast(SLOW, GAME, start=1.5, periods=5, policy=strike, **options)
    assert known.hazard[0] == pytest.approx(lattice.hazard[0], rel=1e-12)


@pytest.mark.parametrize(
    "concept",
    [
        al.FinitePunishment(2),
        al.ImperfectMonitoring(0.1, 0.1),
        al.GivenPunishment(al.FinitePunishment(2)),
        al.OptimalPenalCode(),
    ],
    ids=["finite", "noisy", "given finite", "optimal"],
)
def test_expectations_are_refused_where_their_equation_is_another(concept: Any) -> None:
    """R weighs the temptation against surpluses lost for good; two periods of punishment had the hazard of eternal ones."""
    with pytest.raises(ValueError, match="enforcement must punish for ever and without errors where expectations=True"):
        al.break_forecast(SLOW, GAME, al.BetaPatience(7, 3), start=1.5, expectations=True, enforcement=concept)


@pytest.mark.parametrize("concept", [al.NashReversion(), al.GivenPunishment(), al.Transfers()], ids=["Nash", "given", "pooled"])
def test_expectations_take_punishment_for_ever(concept: Any) -> None:
    law = al.break_forecast(SLOW, GAME, al.BetaPatience(18, 2), start=1.5, expectations=True, enforcement=concept)
    assert law.survival[-1] < 1


# -- stochastic games ------------------------------------------------------------------------------------------------------


def test_policies_on_a_shifting_dyad() -> None:
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(1.0))
    dyad = al.ShiftingDyad(GAME, SLOW, war=walk, reconcile=0.5)
    pressed = al.KineticPressure(cost=0.1, reconcile=0.5).on_dyad(dyad)
    assert pressed.reconcile == 0.25
    assert pressed.game.conflict_cost == (0.25, 0.25)
    taxed = al.Grassroots(cost=0.1).on_dyad(dyad)
    np.testing.assert_allclose(taxed.stages.B[:, 0, 0], dyad.stages.B[:, 0, 0] - 0.1)
    np.testing.assert_allclose(taxed.stages.B[:, :, 1], dyad.stages.B[:, :, 1])
    np.testing.assert_allclose(taxed.stages.A, dyad.stages.A)
    assert len(taxed.stochastic_game.solve(0.7).joint) == len(dyad.stochastic_game.solve(0.7).joint)
    assert al.KingpinStrike(0, 0.5, target="both").on_dyad(dyad).total == pytest.approx(np.exp(-0.5))
    struck = al.KingpinStrike(0, 0.5).on_dyad(dyad)
    assert (struck.game, struck.total, struck.reconcile) == (dyad.game, dyad.total, dyad.reconcile)
    with pytest.raises(TypeError, match=r"Grassroots.on_dyad\(\): dyad must be a ShiftingDyad; got 3"):
        al.Grassroots().on_dyad(3)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Grim(al.Policy):
    """One of a user's own that changes enforcement."""

    at: int = 0
    announced: bool = False

    def on_enforcement(self, concept: Any) -> Any:
        return al.GivenPunishment(concept)


def test_policies_that_a_dyad_has_no_part_for_are_refused() -> None:
    """Until they were, the dyad came back as it was, and nothing seemed to follow from the policy."""
    dyad = al.ShiftingDyad(GAME, SLOW)
    for policy in (al.InformationOperations(false_alarm=0.1), al.InformationOperations(miss=0.1), _Grim()):
        sentence = rf"{type(policy).__name__}.on_dyad\(\): the policy changes how deviations are seen .* without false alarms"
        with pytest.raises(ValueError, match=sentence):
            policy.on_dyad(dyad)
    assert al.InformationOperations().on_dyad(dyad) == dyad  # adds nothing, nowhere
    with pytest.raises(ValueError, match=r"KineticPressure.on_dyad\(\): dyad must have wars .*got reconcile=0.5 for a dyad"):
        al.KineticPressure(cost=0.1, reconcile=0.5).on_dyad(dyad)
    assert al.KineticPressure(cost=0.1).on_dyad(dyad).game.conflict_cost == (0.25, 0.25)
    with pytest.raises(TypeError, match=r"InformationOperations.on_dyad\(\): dyad must be a ShiftingDyad; got 3"):
        al.InformationOperations(miss=0.1).on_dyad(3)  # type: ignore[arg-type]


def test_policies_are_values_and_combine() -> None:
    assert al.KingpinStrike(20, 0.5) == al.KingpinStrike(at=20, cut=0.5, blows=1)
    assert hash(al.Fragmentation(1, "proxy", (0.5, 0.5))) == hash(al.Fragmentation(1, "proxy", [0.5, 0.5]))  # type: ignore[arg-type]
    game = al.KineticPressure(cost=0.1).on_game(al.Grassroots(cost=0.2).on_game(GAME))
    assert isinstance(game, CostlyCooperation)
    assert game == al.Grassroots(cost=0.2).on_game(al.KineticPressure(cost=0.1).on_game(GAME))
    twice = al.InformationOperations(false_alarm=0.1).on_enforcement(al.ImperfectMonitoring(0.2, 0.1))
    assert (float(twice.false_alarm), float(twice.miss)) == pytest.approx((0.3, 0.1))  # type: ignore[attr-defined]


def test_a_policy_of_ones_own() -> None:
    from dataclasses import dataclass, replace

    @dataclass(frozen=True)
    class Truce(al.Policy):
        at: int = 0
        announced: bool = False

        def on_game(self, game: Any) -> Any:
            return replace(game, exposure=game.exposure / 2)

    milder = al.AllianceGame(GAME.contest, GAME.synergy, GAME.sharing, exposure=0.4, conflict_cost=0.15)
    one = al.break_forecast(PROCESS, GAME, start=1.0, periods=9, enforcement=GRIM, policy=Truce())
    two = al.break_forecast(PROCESS, milder, start=1.0, periods=9, enforcement=GRIM)
    np.testing.assert_allclose(one.mass, two.mass, atol=1e-15)


# -- wrong input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: al.KingpinStrike(-1, 0.5), ValueError, r"KingpinStrike\(\): at must be a whole number from 0.*got -1"),
        (lambda: al.KingpinStrike(2.5, 0.5), ValueError, r"KingpinStrike\(\): at must be a whole number from 0.*got 2.5"),  # type: ignore[arg-type]
        (lambda: al.KingpinStrike(2, float("nan")), ValueError, r"KingpinStrike\(\): cut must be finite"),
        (
            lambda: al.KingpinStrike(2, 0.5, target="all"),
            ValueError,
            'target must be one of "sponsor", "proxy", "both"; got .all.',
        ),  # type: ignore[arg-type]
        (lambda: al.KingpinStrike(2, 0.5, blows=0), ValueError, "blows must be a whole number from 1 to 10000000; got 0"),
        (lambda: al.KingpinStrike(2, 0.5, announced=1), TypeError, "announced must be True or False"),  # type: ignore[arg-type]
        (lambda: al.Fragmentation(2, "both", (0.5, 0.5)), ValueError, 'side must be one of "sponsor", "proxy"'),  # type: ignore[arg-type]
        (lambda: al.Fragmentation(2, "proxy", (0.5, 0.4)), ValueError, "shares must sum to 1; got .*, which sum to 0.9"),
        (lambda: al.Fragmentation(2, "proxy", (1,)), TypeError, "shares must be at least two numbers"),
        (lambda: al.Fragmentation(2, "proxy", (1.5, -0.5)), ValueError, "shares must be positive"),
        (lambda: al.KineticPressure(cost=-1), ValueError, r"KineticPressure\(\): cost must be non-negative"),
        (lambda: al.KineticPressure(cost=(1, 2, 3)), TypeError, "cost must be a number or a pair"),  # type: ignore[arg-type]
        (lambda: al.KineticPressure(reconcile=2), ValueError, r"reconcile must lie in \[0, 1\]"),
        (lambda: al.InformationOperations(false_alarm=1.2), ValueError, r"false_alarm must lie in \[0, 1\]"),
        (lambda: al.InformationOperations(false_alarm=0.7, miss=0.7), ValueError, "must be at most 1"),
        (lambda: al.Grassroots(cost=-0.1), ValueError, r"Grassroots\(\): cost must be non-negative"),
        (
            lambda: al.InformationOperations(false_alarm=0.1).on_enforcement(al.OptimalPenalCode()),
            TypeError,
            "enforcement must be reversion on a signal.*got OptimalPenalCode",
        ),
        (
            lambda: al.KineticPressure(cost=0.1).on_game(al.CustomGame(lambda q: [[(1, 1), (0, 2)], [(2, 0), (0, 0)]])),
            TypeError,
            "game must be an AllianceGame, which has conflict costs",
        ),
    ],
)
def test_wrong_policies(make: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make()


@pytest.mark.parametrize(
    ("policy", "error", "match"),
    [
        (3, TypeError, "policy must be a policy such as KingpinStrike.*got 3"),
        ([al.KingpinStrike(1, 0.5), 3], TypeError, "policy must be a policy such as KingpinStrike"),
        (al.KingpinStrike(5, 0.5), ValueError, "policy KingpinStrike must begin within the 5 periods; got at=5"),
        (al.KingpinStrike(1, 0.25), ValueError, "whole number of lattice steps of 0.1; got a move of -0.25, -2.5 steps"),
        (al.KingpinStrike(1, 0.5, announced=True), ValueError, "must not be announced without expectations=True"),
        (al.KineticPressure(reconcile=0.5), ValueError, "must leave reconcile at 1"),
    ],
)
def test_policies_that_do_not_fit(policy: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=r"break_forecast\(\): .*" + match):
        al.break_forecast(PROCESS, GAME, start=1.0, periods=5, policy=policy)
