"""Forecasts of breaks: laws against simulation and by hand, redraws that are expected, wrong input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics import expected_breaks
from alliances.dynamics.break_laws import along_path, by_cause, on_chain, records_on_chain
from alliances.dynamics.expected_breaks import expected_chances
from alliances.dynamics.kernel import Kernel
from alliances.verification import forecasts

GAME = al.AllianceGame(al.Tullock(2.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
GRIM = al.GivenPunishment()
PROCESS = al.PowerProcess(step=0.25, reach=3, learning=(0.3, 1), growth=(0.1, 1), arrest=(0.05, 4))
DRAWS = [(once, common) for once in (False, True) for common in (False, True)]


def _critical(power: al.Power) -> tuple[np.ndarray, np.ndarray]:
    r = al.critical_discount(GAME, power, enforcement=GRIM)
    return np.asarray(r.sponsor, dtype=float), np.asarray(r.proxy, dtype=float)


# -- laws ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("once", "common"), DRAWS)
def test_causes_and_survival_sum_to_one(once: bool, common: bool) -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        law = along_path(rng.random(30) ** 2, rng.random(30) ** 2, common, once)
        assert (law.mass >= 0).all()
        np.testing.assert_allclose(law.mass.sum() + law.survival[-1], 1, rtol=0, atol=1e-12)
        np.testing.assert_allclose(-np.diff(law.survival), law.mass.sum(axis=1), atol=1e-15)


@pytest.mark.parametrize(("once", "common"), DRAWS)
def test_laws_are_what_is_simulated(once: bool, common: bool) -> None:
    """Histories drawn one by one, with the definition and no formula: 4 standard errors."""
    rng = np.random.default_rng(1)
    size, periods = 40_000, 12
    chance = rng.random((2, periods)) * 0.3
    law = along_path(chance[0], chance[1], common, once)
    draws = rng.random((2, size, 1 if once else periods))
    if common:
        draws[1] = draws[0]
    fails = draws < chance[:, None, :]
    broken = fails.any(axis=0)
    first = np.where(broken.any(axis=1), broken.argmax(axis=1), periods)
    at = np.minimum(first, periods - 1)
    s, p = (fails[k][np.arange(size), at] for k in (0, 1))
    for t in range(periods):
        for k, cause in enumerate((s & ~p, p & ~s, s & p)):
            share = np.mean((first == t) & cause)
            assert abs(share - law.mass[t, k]) <= 4 * np.sqrt(law.mass[t, k] * (1 - law.mass[t, k]) / size) + 1e-12


@pytest.mark.parametrize(("once", "common"), DRAWS)
def test_random_paths_are_what_is_simulated(once: bool, common: bool) -> None:
    """The exact law of a chain against histories of power and patience."""
    rng = np.random.default_rng(7)
    size, periods = 20_000, 15
    kwargs: dict[str, Any] = {"draws": "once" if once else "period", "common": common, "enforcement": GRIM}
    patience = al.BetaPatience(4, 3)
    forecast = al.break_forecast(PROCESS, GAME, patience, start=1.0, periods=periods, **kwargs)
    moves, chances = zip(*PROCESS.moves().items(), strict=True)
    steps = rng.choice(moves, p=np.array(chances, dtype=float), size=(size, periods - 1))
    place = np.full(size, PROCESS.place(1.0))
    path = [place]
    for t in range(periods - 1):
        place = np.clip(place + steps[:, t], 0, len(PROCESS.log_ratios) - 1)
        path.append(place)
    delta_s, delta_p = (d[np.stack(path, axis=1)] for d in _critical(PROCESS.power()))
    shape = (size, 1 if once else periods)
    own = patience.rvs(shape, rng)
    other = own if common else patience.rvs(shape, rng)
    s, p = own < delta_s, other < delta_p
    broken = s | p
    for t in (0, 4, 9, 14):
        alive = 1 - broken[:, : t + 1].any(axis=1).mean()
        assert abs(alive - forecast.survival[t + 1]) <= 4 * np.sqrt(0.25 / size)
    first = np.where(broken.any(axis=1), broken.argmax(axis=1), periods)
    at = np.minimum(first, periods - 1)
    rows = np.arange(size)
    for cause, event in (("sponsor", s[rows, at] & ~p[rows, at]), ("proxy", p[rows, at] & ~s[rows, at])):
        assert abs(np.mean(event & (first < periods)) - forecast.causes[cause][-1]) <= 4 * np.sqrt(0.25 / size)
    np.testing.assert_allclose(sum(c[-1] for c in forecast.causes.values()) + forecast.survival[-1], 1, atol=1e-12)


def test_a_chain_that_does_not_move_is_a_constant_path() -> None:
    still = al.PowerProcess(step=0.5, reach=2)
    power = al.Power.from_log_ratio(np.full(8, 0.5))
    for draws in ("period", "once"):
        for common in (False, True):
            options: dict[str, Any] = {"draws": draws, "common": common, "enforcement": GRIM}
            one = al.break_forecast(still, GAME, al.BetaPatience(4, 3), start=0.5, periods=8, **options)
            two = al.break_forecast(power, GAME, al.BetaPatience(4, 3), **options)
            np.testing.assert_allclose(one.mass, two.mass, atol=1e-14)


def test_only_new_records_break_who_drew_once() -> None:
    law = along_path(np.array([0.1, 0.3, 0.2, 0.3, 0.5]), np.zeros(5), common=False, once=True)
    np.testing.assert_allclose(law.mass[:, 0], [0.1, 0.2, 0, 0, 0.2])
    common = along_path(np.array([0.1, 0.3]), np.array([0.2, 0.25]), common=True, once=True)
    np.testing.assert_allclose(common.mass, [[0.0, 0.1, 0.1], [0.05, 0.0, 0.05]])


def test_identified_set_is_the_degenerate_case() -> None:
    """Patience known for certain: the break comes with certainty at the first record above it."""

    class Sure:
        def cdf(self, x: Any) -> np.ndarray:
            return (np.asarray(x) > 0.6).astype(float)

    power = al.Power.from_gap(np.linspace(0.85, 0.05, 17))
    forecast = al.break_forecast(power, GAME, Sure(), draws="once", enforcement=GRIM)
    sponsor, proxy = _critical(power)
    first = int(np.argmax(np.maximum(sponsor, proxy) > 0.6))
    assert forecast.median == first
    assert forecast.survival[first] == 1
    assert forecast.survival[first + 1] == 0


# -- redraws that are expected -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("critical", "naive", "hazard"), [(0.5, 0.09, 0.0045), (0.55, 0.15, 0.019), (0.58, 0.20, 1.0), (0.6, 0.23, 1.0)]
)
def test_expected_redraws_in_one_state(critical: float, naive: float, hazard: float) -> None:
    """A common draw from Beta(7, 3): the naive hazard F(δ*), and that of leaders who know of the redraw."""
    patience = al.BetaPatience(7, 3)
    stay = Kernel(np.array([0, 1]), np.array([0]), np.ones(1), 1)
    gain = critical / (1 - critical)
    chance = expected_chances((np.array([gain]), np.zeros(1)), (np.ones(1), np.zeros(1)), stay, (patience, patience), True)[0]
    assert float(patience.cdf(critical)) == pytest.approx(naive, abs=0.006)
    assert float(chance[0]) == pytest.approx(hazard, rel=0.03)


@pytest.mark.slow
def test_expected_redraws_solve_their_equation_by_quadrature() -> None:
    """R = ∫ over δ ≥ L/R of (s + δR) dF, integrated numerically; and no larger R does."""
    from scipy.stats import beta

    law, gain = beta(7, 3), 1.1
    nodes, weights = np.polynomial.legendre.leggauss(6)  # exact: the integrand is a polynomial of degree 9

    def image(r: np.ndarray) -> np.ndarray:
        low = np.minimum(gain / r, 1)[:, None]
        d = (1 + low + (1 - low) * nodes) / 2
        return np.asarray((1 - low[:, 0]) / 2 * ((1 + d * r[:, None]) * law.pdf(d) @ weights))

    coarse = np.linspace(0.5, 1 / (1 - law.mean()), 200)
    largest = coarse[image(coarse) >= coarse].max()
    fine = np.linspace(largest, largest + coarse[1] - coarse[0], 50)
    largest = fine[image(fine) >= fine].max()
    stay = Kernel(np.array([0, 1]), np.array([0]), np.ones(1), 1)
    patience = al.BetaPatience(7, 3)
    chance = expected_chances((np.array([gain]), np.zeros(1)), (np.ones(1), np.zeros(1)), stay, (patience, patience), True)[0]
    assert float(chance[0]) == pytest.approx(law.cdf(gain / largest), rel=0.01)


def test_certain_patience_expects_no_other() -> None:
    """With patience that hardly varies, expecting its redraw changes nothing: the hazard is 0 or 1 as δ* is below or above."""
    sharp = al.BetaPatience(7e5, 3e5)
    power = al.Power.from_gap(np.linspace(0.05, 0.9, 12))
    sponsor, proxy = _critical(power)
    for t in range(12):
        if abs(max(sponsor[t], proxy[t]) - 0.7) < 0.02:
            continue
        one = al.break_forecast(power[t : t + 1], GAME, sharp, expectations=True, enforcement=GRIM)
        assert float(one.hazard[0]) == pytest.approx(float(max(sponsor[t], proxy[t]) > 0.7), abs=1e-6)


def test_expectations_raise_the_hazard_of_a_shift() -> None:
    patience = al.BetaPatience(18, 2)
    shifting = al.PowerProcess(step=0.25, reach=3, learning=(0.5, 1))
    options: dict[str, Any] = {"start": 1.5, "periods": 5, "enforcement": al.Transfers()}
    naive = al.break_forecast(shifting, GAME, patience, **options)
    ahead = al.break_forecast(shifting, GAME, patience, expectations=True, **options)
    assert not np.allclose(naive.survival, ahead.survival)
    path = shifting.power()[[shifting.place(1.5)]]
    same = al.break_forecast(path, GAME, patience, expectations=True, expected=shifting, enforcement=al.Transfers())
    assert float(same.hazard[0]) == pytest.approx(float(ahead.hazard[0]))


@pytest.mark.slow
def test_expectations_that_do_not_come_to_rest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience so close to one that tomorrow's worth is still falling: chances of breaks are too small, and it is said so."""
    monkeypatch.setattr(expected_breaks, "_ROUNDS", 150)
    monkeypatch.setattr(forecasts, "_ROUNDS", 800)
    power, patient = al.Power.from_gap(np.linspace(0.8, 0.1, 4)), al.BetaPatience(1e5, 1)
    for options in ({}, {"expected": PROCESS}):
        asked: dict[str, Any] = {"expectations": True, "enforcement": GRIM, **options}
        forecast = al.break_forecast(power, GAME, patient, **asked)
        assert forecast.status == "not converged"
        assert "breaks are at least as likely as said. Try patience whose mean" in forecast.message
        assert forecast.verify(), forecast.verify().witness
        assert forecast.given(2).status == "not converged"
        assert "has not come to rest" in str(replace(forecast, rests=True).verify().witness)
        lost = 0.01 * np.eye(1, 4).T
        wrong = replace(forecast, mass=forecast.mass + lost * [1, 0, 0], survival=forecast.survival - 0.01 * (np.arange(5) > 0))
        assert "at least, not" in str(wrong.verify().witness)
        quick = al.break_forecast(power, GAME, al.BetaPatience(4, 2), **asked)
        assert quick.status == "solved"
        assert quick.verify()
        assert not replace(quick, rests=False).verify()
    on_lattice = al.break_forecast(PROCESS, GAME, patient, expectations=True, periods=3, enforcement=GRIM)
    assert on_lattice.status == "not converged"
    assert on_lattice.to_dict()["status"] == "not converged"


# -- answers -------------------------------------------------------------------------------------------------------------


def _forecast() -> al.BreakForecast:
    power = al.Power.from_gap(np.linspace(0.8, -0.4, 8))
    return al.break_forecast(power, GAME, al.BetaPatience(4, 3), dates=range(2003, 2011), enforcement=GRIM)


def test_quantiles_windows_and_conditioning() -> None:
    forecast = _forecast()
    assert forecast.probability(2003, 2010) == pytest.approx(1 - forecast.survival[-1])
    later = forecast.given(2006)
    assert later.survival[0] == 1
    np.testing.assert_allclose(later.hazard, forecast.hazard[3:])
    k = forecast.dates.index(forecast.median)
    assert 1 - forecast.survival[k + 1] >= 0.5 > 1 - forecast.survival[k]
    assert forecast.quantile(1 - 1e-9) is None
    assert forecast.restricted_mean == pytest.approx(sum(forecast.survival[1:]))
    frame = forecast.to_frame()
    assert list(frame.columns) == ["date", "hazard", "survival", "sponsor", "proxy", "both"]
    assert str(forecast).startswith("Intact after 2010 with probability")


def test_hazards_do_not_depend_on_the_unit_of_payoffs() -> None:
    power = al.Power.from_gap(np.linspace(0.8, -0.4, 8))

    def scaled(q: al.Power) -> Any:
        return [[(7 * a, 7 * b) for a, b in row] for row in GAME.cells(q)]

    other = al.break_forecast(power, al.CustomGame(scaled), al.BetaPatience(4, 3), dates=range(2003, 2011), enforcement=GRIM)
    np.testing.assert_allclose(other.mass, _forecast().mass, atol=1e-12)


def test_wrong_input() -> None:
    power = al.Power.from_gap(np.array([0.5, 0.2]))
    cases: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"path": 3}, TypeError, "path must be a Power of one dimension, or a PowerProcess; got 3"),
        ({"path": al.Power(2, 1)}, TypeError, "path must be a Power of one dimension"),
        ({"patience": 0.9}, TypeError, "patience must have a distribution function cdf"),
        ({"patience": (al.BetaPatience(2, 2),) * 3}, ValueError, "patience must be a distribution or a pair"),
        (
            {"patience": (al.BetaPatience(2, 2), al.BetaPatience(3, 2)), "common": True},
            ValueError,
            "patience must be one distribution",
        ),
        ({"draws": "daily"}, ValueError, 'draws must be one of "period", "once"; got \'daily\''),
        ({"draws": "once", "expectations": True}, ValueError, "expectations must be False where patience is drawn once"),
        (
            {"dates": (1, 2, 3)},
            ValueError,
            "dates must be one per period of the path, all different; got (1, 2, 3) for 2 periods",
        ),
        ({"common": "yes"}, TypeError, "common must be True or False"),
        ({"path": PROCESS, "start": 0.1}, ValueError, "start must be a point of the lattice"),
        ({"path": PROCESS, "periods": 0}, ValueError, "periods must be a whole number from 1 to 10000000; got 0"),
        ({"game": 1}, TypeError, "game must be a model"),
        ({"expected": 3}, TypeError, "expected must be a PowerProcess"),
        (
            {"path": al.Power.from_gap([0.9999]), "expectations": True, "expected": PROCESS},
            ValueError,
            "path must lie within the lattice",
        ),
    ]
    for change, error, match in cases:
        arguments: dict[str, Any] = {"path": power, "game": GAME} | change
        with pytest.raises(error, match=r"break_forecast\(\): " + match.replace("(", r"\(").replace(")", r"\)")):
            al.break_forecast(arguments.pop("path"), arguments.pop("game"), arguments.pop("patience", None), **arguments)
    forecast = _forecast()
    with pytest.raises(ValueError, match=r"given\(\): date must be a date from 2003 to 2010; got 1999"):
        forecast.given(1999)
    with pytest.raises(ValueError, match=r"probability must lie strictly between 0 and 1; got 1"):
        forecast.quantile(1)
    with pytest.raises(ValueError, match=r"BetaPatience\(\): a must be positive"):
        al.BetaPatience(0, 1)


def test_low_level_laws_agree_on_one_period() -> None:
    chain = PROCESS.chain()
    s, p = np.linspace(0, 0.4, len(PROCESS.log_ratios)), np.linspace(0.3, 0, len(PROCESS.log_ratios))
    start = np.zeros(len(s))
    start[5] = 1
    for common in (False, True):
        drawn = on_chain(by_cause(s, p, common), chain, start, 1)
        once = records_on_chain(s, p, chain, start, 1, common)
        np.testing.assert_allclose(drawn.mass, once.mass)


def test_wrong_processes() -> None:
    for change, error, match in [
        ({"step": 0}, ValueError, "step must be positive"),
        ({"reach": 0.95}, ValueError, "reach must be a whole number of steps of 0.1; got 0.95, 9.5 steps"),
        ({"learning": 0.1}, TypeError, "learning must be a pair"),
        ({"learning": (1.1, 1)}, ValueError, r"the probability of learning must lie in \[0, 1\]; got 1.1"),
        ({"arrest": (0.1, 1.5)}, ValueError, "arrest must move power by a whole number of lattice steps"),
        ({"learning": (0.7, 1), "growth": (0.4, 1)}, ValueError, "must sum to at most 1.*got 1.1"),
        ({"learning_when": "never"}, ValueError, 'learning_when must be one of "allied", "always"'),
    ]:
        with pytest.raises(error, match=r"PowerProcess\(\): .*" + match):
            al.PowerProcess(**change)  # type: ignore[arg-type]


@pytest.mark.sampled(10)
@pytest.mark.parametrize("expectations", [False, True])
@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_laws_are_verified_by_a_second_computation(seed: int, common: bool, expectations: bool) -> None:
    """Backwards, and type by type: on random processes and paths, whole and from a later date on."""
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.ones(4))[:3]
    process = al.PowerProcess(
        step=0.5, reach=2, learning=(chances[0], 1), growth=(chances[1], 1), arrest=(chances[2], int(rng.integers(1, 4)))
    )
    patience = al.BetaPatience(float(rng.uniform(2, 20)), float(rng.uniform(1, 3)))
    path = al.Power.from_gap(rng.uniform(-0.5, 0.7, 7))
    for way in (path, process):
        for draws in ("period",) if expectations else ("period", "once"):
            forecast = al.break_forecast(
                way, GAME, patience, draws=draws, common=common, expectations=expectations, start=1, periods=9,
                enforcement=al.GivenPunishment(), expected=process if expectations else None,
            )  # fmt: skip
            assert forecast.verify(), forecast.verify().witness
            assert forecast.mass.sum() + forecast.survival[-1] == pytest.approx(1, abs=1e-12)
            if forecast.survival[2] > 1e-6:
                given = forecast.given(2)
                assert given.verify(), given.verify().witness
                if np.abs(given.mass - forecast.mass[: len(given.mass)]).max() > 1e-6:  # breaks are likely enough to tell
                    assert not replace(given, question=forecast.question).verify()


def test_a_forecast_whose_question_is_unknown_is_not_checked() -> None:
    unknown = replace(_forecast(), question=None)
    assert not unknown.verify()
    assert unknown.verify().status == "nothing checked"
