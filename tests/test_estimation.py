"""Structural hazards: likelihood against definition, estimates against what was simulated, errors that say what to do."""

import dataclasses

import numpy as np
import pytest

import alliances as al
from alliances import estimation
from alliances.estimation.critical_rates import FLOOR, nodes_of
from alliances.estimation.spells import SHORTEST
from tests.estimation_support import GAME, TRUTH, M, design, fitted, frame, model, without

K = al.patience.Kumaraswamy
PATIENCE = [K(3, 2), K(1, 1), K(0.4, 0.3), al.patience.Beta(3, 2), al.patience.Beta(0.5, 0.7), al.patience.Logistic(-2, 3)]


# -- patience ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("patience", PATIENCE, ids=repr)
def test_slopes_of_patience_are_derivatives(patience):
    x, step = np.linspace(0.05, 0.95, 13), 1e-6
    shape = np.array(patience.shape())
    slopes = patience.slopes(x, shape)
    numeric = [(patience.distribution(x + step, shape) - patience.distribution(x - step, shape)) / (2 * step)]
    for k in range(2):
        up, down = shape + step * np.eye(2)[k], shape - step * np.eye(2)[k]
        numeric.append((patience.distribution(x, up) - patience.distribution(x, down)) / (2 * step))
    np.testing.assert_allclose(slopes, numeric, rtol=2e-5, atol=1e-8)


@pytest.mark.parametrize("patience", PATIENCE[:5], ids=repr)
def test_draws_and_partial_means_follow_the_distribution(patience):
    draws = patience.rvs(40_000, 1)
    for x in (0.2, 0.5, 0.8):
        assert abs((draws <= x).mean() - patience.cdf(x)) < 0.01
        assert abs(np.where(draws >= x, draws, 0).mean() - patience.partial_mean(x)) < 0.01
    assert abs(draws.mean() - patience.mean) < 0.01
    assert patience.cdf(np.inf) == pytest.approx(1)


def test_kumaraswamy_with_one_parameter_is_a_power_and_beta_agrees():
    x = np.linspace(0, 1, 11)
    np.testing.assert_allclose(K(2.5, 1).cdf(x), x**2.5, atol=1e-15)
    np.testing.assert_allclose(K(2.5, 1).cdf(x), al.patience.Beta(2.5, 1).cdf(x), atol=1e-12)


def test_an_open_family_has_no_distribution():
    with pytest.raises(ValueError, match=r"Kumaraswamy\(\): a must be given before F is asked for"):
        K(b=1).cdf(0.5)
    assert K(b=1).settled({"a": 2.0}).cdf(0.5) == pytest.approx(0.25)
    with pytest.raises(ValueError, match=r"Beta\(\): a must be positive"):
        al.patience.Beta(-1, 1)


def test_patience_serves_forecasts_as_the_beta_distribution_does():
    path = al.Power.from_gap([0.8, 0.5, 0.2])
    one, other = (al.break_forecast(path, GAME, patience) for patience in (al.patience.Beta(4, 2), al.BetaPatience(4, 2)))
    np.testing.assert_array_equal(one.hazard, other.hazard)


# -- the likelihood ----------------------------------------------------------------------------------------------------


def test_the_likelihood_is_its_definition():
    """Row by row: Σ y ln λ − λ dt with λ = π F(δ*), each δ* asked for alone."""
    data = {name: x[:40] for name, x in frame().items()}
    fit = model(resolution=None).fit(data, event="event")
    total = 0.0
    for gap, y, start, stop in zip(data["gap"], data["event"], data["start"], data["stop"], strict=True):
        game = al.AllianceGame(al.Tullock(1.7), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
        least = al.critical_discount(game, al.Power.from_gap(float(gap)), enforcement=al.GivenPunishment()).dyad
        rate = 0.2 * (FLOOR + (1 - FLOOR) * (1 - (1 - min(least, 1.0) ** 3) ** 2))
        total += y * np.log(rate) - rate * max(stop - start, SHORTEST)
    assert fit.loglike({M: 1.7, "opportunity": 0.2}) == pytest.approx(total, rel=1e-12)


VARIANTS = {
    "open F": {"patience": K()},
    "beta": {"patience": al.patience.Beta(b=2)},
    "logistic": {"patience": al.patience.Logistic(), "opportunity": False},
    "all free": {"free": {M: (0.3, 4), "synergy.value": (0.1, 2), "exposure": (0.1, 1), "conflict_cost": (0.01, 0.4)}},
    "age and covariate": {"baseline": "age spline", "covariates": ["x"]},
    "rigid": {"terms": "formation", "patience": K(b=1)},
    "each side": {"risks": "each side"},
    "each side, common draw": {"risks": "each side", "draws": "common", "opportunity": "each side", "patience": K()},
    "swapped": {"risks": "each side", "swapped": True},
    "noisy": {"enforcement": al.ImperfectMonitoring(0.05, 0.1), "free": {"enforcement.miss": (0.01, 0.4)}},
    "Nash reversion": {"enforcement": al.NashReversion()},
    "transfers": {"enforcement": al.Transfers()},
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", VARIANTS)
def test_the_gradient_is_that_of_the_likelihood(name):
    data = dict(frame())
    data["who"] = np.where(data["event"] == 0, "", np.where(np.arange(len(data["event"])) % 3 == 0, "proxy", "sponsor"))
    data["who"][np.flatnonzero(data["event"])[:4]] = ""  # some of whom nobody knows
    fit = model(**VARIANTS[name]).fit(data, event="event", who="who", starts=1)
    rng = np.random.default_rng(3)
    theta = np.array([
        rng.uniform(*sorted((p.start_low, p.start_high))) if p.start_low != p.start_high else 0.1 for p in fit.parameters
    ])  # fmt: skip
    gradient = fit.loglike(theta).gradient
    for k in range(len(theta)):
        step = 1e-5 * max(abs(theta[k]), 0.1)
        up, down = theta + step * np.eye(len(theta))[k], theta - step * np.eye(len(theta))[k]
        assert gradient[k] == pytest.approx((fit.loglike(up) - fit.loglike(down)) / (2 * step), rel=2e-3, abs=2e-4), fit.names[
            k
        ]


def test_the_derivative_of_the_critical_discount_factor_is_that_of_its_formula():
    sympy = pytest.importorskip("sympy")
    m = sympy.Symbol("m", positive=True)
    game = al.AllianceGame(
        al.Tullock(m), al.ConstantSynergy(1), al.Proportional(), exposure=sympy.Rational(4, 5), conflict_cost=0
    )
    gap = 0.3
    cells = game.cells(al.Power(sympy.Rational(13, 20), sympy.Rational(7, 20)))
    c, d, w = cells[0][0][1], cells[0][1][1], cells[1][1][1]  # the proxy's
    exact = sympy.diff((d - c) / (d - w), m)
    numbers = al.AllianceGame(al.Tullock(2.0), al.ConstantSynergy(1), al.Proportional(), exposure=0.8, conflict_cost=0)
    structure = estimation.HazardModel(numbers, al.GivenPunishment(), K(3, 2), risks="each side", free={M: (0.3, 4)}).structure
    _, slopes = structure._with_slopes(np.array([[1.3]]), nodes_of(np.array([gap]), None, None), True)
    assert slopes[0, 0, 1, 0] == pytest.approx(float(exact.subs(m, 1.3)), rel=1e-7)


def test_with_a_common_draw_the_sides_share_the_dyads_hazard():
    data = frame()
    whole = model(resolution=None).fit(data, event="event", starts=1)
    both = model(resolution=None, risks="each side", draws="common").fit(
        data | {"who": np.where(data["event"] == 1, "sponsor", "")}, event="event", who="who", starts=1
    )
    rates = [fit.model.rates(fit.spells, fit.design, np.array([1.7, 0.2])) for fit in (whole, both)]
    np.testing.assert_allclose(rates[0][0], rates[1].sum(axis=0), rtol=1e-9)


@pytest.mark.slow
def test_gaps_that_are_close_are_taken_for_one():
    exact = model(resolution=None).fit(frame(), event="event")
    near = model(resolution=0.01).fit(frame(), event="event")
    assert abs(exact.best - near.best) < 0.05
    np.testing.assert_allclose(exact.estimate, near.estimate, rtol=0.03)
    assert len(np.unique(nodes_of(frame()["gap"], None, 0.01).row)) < 200


# -- estimates ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_parameters_are_found_again():
    recovery = estimation.recover(model(), TRUTH, design(), times=12, starts=2)
    assert np.all(np.abs(recovery.bias) < 3 * recovery.rmse / np.sqrt(12) + 0.1)
    assert np.all(recovery.coverage >= 0.7)
    assert recovery.condition < 1e3


@pytest.mark.slow
def test_cold_starts_agree_in_most_seeds_or_the_fit_says_so():
    fits = [model(patience=K(b=1)).fit(frame(), event="event", rng=seed) for seed in range(10)]
    best = max(fit.best for fit in fits)
    near = [best - fit.best <= 0.1 for fit in fits]
    assert sum(near) >= 9
    for fit in fits:
        assert fit.starts["count"] == 5
        assert (fit.starts["spread"] > 0.1) == any("Starts disagree" in note for note in fit.notes)


def test_a_fit_takes_no_point_to_start_from_and_repeats():
    one, two = (model().fit(frame(), event="event", rng=4) for _ in range(2))
    assert one == two
    with pytest.raises(TypeError, match="unexpected keyword"):
        model().fit(frame(), event="event", start=[2, 0.3])


def test_constant_is_events_by_time():
    data = frame()
    fit = estimation.Constant().fit(data, event="event")
    time = np.maximum(data["stop"] - data["start"], SHORTEST).sum()
    assert fit.theta["rate"] == pytest.approx(data["event"].sum() / time)
    assert fit.summary().errors[0] == pytest.approx(fit.theta["rate"] / np.sqrt(data["event"].sum()), rel=0.15)


def test_trap_1_a_hazard_is_judged_by_itself_and_not_by_the_length_of_the_interval():
    """1 − (1 − h)^dt of a constant h ranks events last, because their intervals are short."""
    data = frame()
    length = np.maximum(data["stop"] - data["start"], SHORTEST)
    event = data["event"] == 1
    assert estimation.comparing.ranked(1 - 0.9**length, event) < 0.1
    rate = estimation.Constant().fit(data, event="event").predict()
    assert estimation.comparing.ranked(rate, event) == 0.5


@pytest.mark.slow
def test_trap_6_a_rank_reversal_counts_with_its_sign():
    """With rigid terms the gap keeps the side that was stronger: without the sign the answers differ."""
    rigid = model(terms="formation", patience=K(b=1))
    data = dict(frame())
    data["gap"] = np.where(np.arange(len(data["gap"])) % 5 == 0, -data["gap"], data["gap"])
    signed = rigid.fit(data, event="event")
    unsigned = rigid.fit(data | {"gap": np.abs(data["gap"])}, event="event")
    original = rigid.fit(data | {"gap": np.abs(data["gap"]), "gap_original": data["gap"]}, event="event")
    assert abs(signed.best - unsigned.best) > 0.3
    assert original.best == signed.best


def test_trap_7_who_broke_tells_the_sides_apart():
    """Breaks by the side whose constraint binds are more likely under the model than with the sides exchanged."""
    truth = model(risks="each side")
    data = estimation.simulate(truth, TRUTH, design(300, 8), 3)
    fits = [model(risks="each side", swapped=swapped).fit(data, event="event", who="who") for swapped in (False, True)]
    assert fits[0].best > fits[1].best + 2
    assert set(np.unique(data["who"])) == {"", "sponsor", "proxy"}
    who = fits[0].predict(what="who")
    assert np.all((who >= 0) & (who <= 1))
    words = without(data, "event")
    assert model(risks="each side").fit(words, event="who").best == pytest.approx(fits[0].best)


@pytest.mark.slow
def test_trap_8_concepts_differ_at_wide_gaps():
    wide = {name: x[frame()["gap"] > 0.3] for name, x in frame().items()}
    fighting, reversion = (model(enforcement=e).fit(wide, event="event") for e in (al.GivenPunishment(), al.NashReversion()))
    assert "GivenPunishment" in fighting.model.label
    assert "NashReversion" in reversion.model.label
    assert abs(fighting.best - reversion.best) > 0.1


def test_a_model_whose_parameters_cannot_be_arrays_is_solved_one_by_one():
    fit = estimation.HazardModel(OneByOne(0.5), patience=K(b=1), free={"prize": (0.1, 0.9)}).fit(
        frame(), event="event", starts=1
    )
    assert fit.converged[0]
    plain = estimation.HazardModel(al.CustomGame(_dilemma), patience=K(b=1)).fit(frame(), event="event", starts=1)
    assert plain.names == ("patience.a", "opportunity")


def _dilemma(power):
    one = power.share / power.share
    return [[(one, one), (one - 1, 1 + one * power.share)], [(1 + one * power.share, one - 1), (one / 2, one / 2)]]


@dataclasses.dataclass(frozen=True)
class OneByOne(al.DyadicGame):
    prize: float
    actions = ("ally", "fight")

    def cells(self, power):
        prize = float(self.prize)  # no array
        gain = 1 + prize * power.share
        one = power.share / power.share
        return [[(one, one), (one - 1, gain)], [(gain, one - 1), (one / 2, one / 2)]]


# -- predictions -------------------------------------------------------------------------------------------------------


def test_survival_is_the_product_of_what_the_hazard_leaves():
    fit = fitted()
    chosen = fit.spells.group == fit.spells.group[0]
    steps = np.exp(-(fit.predict() * fit.spells.length)[chosen])
    np.testing.assert_allclose(fit.predict(what="survival")[chosen], np.cumprod(steps))


def test_predictions_of_new_rows_need_no_events():
    new = {"start": [0.0, 1.0], "stop": [1.0, 2.0], "gap": [0.1, 0.8]}
    assert fitted().predict(new).shape == (2,)
    with pytest.raises(ValueError, match=r"predict\(\): gap must name a column of the frame; got 'gap'"):
        fitted().predict(without(new, "gap"))
    with pytest.raises(ValueError, match="who breaks needs a model with risks='each side'"):
        fitted().predict(what="who")


def test_pandas_and_mappings_are_the_same():
    pandas = pytest.importorskip("pandas")
    assert model().fit(pandas.DataFrame(frame()), event="event").best == fitted().best
    simulated = estimation.simulate(model(), TRUTH, pandas.DataFrame(design()), 1)
    np.testing.assert_array_equal(simulated["stop"], frame()["stop"])


# -- bad input ---------------------------------------------------------------------------------------------------------


def changed(**columns):
    data = {name: np.array(x) for name, x in frame().items()}
    for name, (row, value) in columns.items():
        data[name] = data[name].astype(float)
        data[name][row] = value
    return data


BAD = {
    "no column": (without(frame(), "gap"), {}, "gap must name a column of the frame; got 'gap'"),
    "no event column": (frame(), {"event": "viol"}, "event must name a column of the frame; got 'viol'"),
    "nan": (changed(gap=(3, np.nan)), {}, "column 'gap' must have no missing values"),
    "-9": (changed(gap=(3, -9)), {}, "column 'gap' must have no −9"),
    "-9 in a covariate": (frame() | {"x": np.r_[-9.0, np.ones(len(frame()["gap"]) - 1)]}, {"covariates": ["x"]},
        "column 'x' must have no −9"),
    "gap of 1": (changed(gap=(5, 1)), {}, "column 'gap' must lie strictly between -1 and 1: .*; got 1.0 in row 5"),
    "no length": (changed(stop=(0, 0)), {}, "column 'stop' must lie after 'start'"),
    "overlap": (changed(start=(1, 0.5)), {}, "intervals of one 'id' must not overlap; .*rows 0 and 1"),
    "twice": ({name: np.r_[x[:1], x] for name, x in frame().items()}, {},
        "intervals of one 'id' must not be there twice; .*rows 0 and 1"),
    "event outside": (
        frame() | {"event": np.where(frame()["event"] == 1, frame()["stop"] + 3, np.nan)}, {},
        r"ages of events within \(start, stop\]",
    ),
    "no event": (frame() | {"event": 0 * frame()["gap"]}, {}, "event 'event' must happen at least once"),
    "only events": (frame() | {"event": 1 + 0 * frame()["gap"]}, {}, "must not happen in every row"),
    "one cluster": (frame() | {"one": 0 * frame()["gap"]}, {"cluster": "one"}, "cluster must have at least two values"),
    "unknown word": (frame() | {"event": np.full(len(frame()["gap"]), "them")}, {},
        "must say who broke: sponsor, stronger, proxy, weaker"),
    "empty": ({name: x[:0] for name, x in frame().items()}, {}, "frame must have rows; got an empty one"),
    "no frame": (3, {}, "frame must be a pandas DataFrame or a mapping"),
    "starts": (frame(), {"starts": 0}, "starts must be a whole number of at least 1; got 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_named(name):
    data, options, message = BAD[name]
    options = {"event": "event"} | options
    covariates = options.pop("covariates", ())
    with pytest.raises((TypeError, ValueError), match=rf"^HazardModel\.fit\(\): .*{message}"):
        model(covariates=covariates).fit(data, **options)


def test_fewer_events_than_parameters_is_a_status():
    few = {name: x[:60] for name, x in frame().items()}
    few["event"] = np.zeros(60)
    few["event"][[3, 30]] = 1
    fit = model(patience=K()).fit(without(few, "id"), event="event", starts=2)
    assert fit.status == "fewer events than parameters"
    assert "fewer events (2) than parameters (4)" in str(fit.summary())


def test_event_ages_within_their_intervals_are_events():
    data = frame()
    ages = np.where(data["event"] == 1, data["stop"], np.nan)
    assert model().fit(data | {"event": ages}, event="event").best == fitted().best


WRONG = {
    "unknown parameter": ({"free": {"decisiveness": (1, 2)}}, "free must name parameters of the game"),
    "bounds": ({"free": {M: (2, 1)}}, "must be finite, low below high"),
    "patience": ({"patience": al.BetaPatience(1, 1)}, r"patience must be Kumaraswamy\(\), Beta\(\) or Logistic\(\)"),
    "terms": ({"terms": "fixed"}, "terms must be one of 'renegotiated', 'formation'"),
    "pooled": ({"risks": "each side", "enforcement": al.Transfers()}, "where the two constraints are one"),
    "swapped alone": ({"swapped": True}, "swapped and draws are for risks='each side'"),
    "opportunity": ({"opportunity": -1}, "opportunity must be True, False, 'each side' or a positive rate; got -1"),
    "resolution": ({"resolution": 2}, "resolution must lie strictly between 0 and 1"),
    "one name": ({"covariates": "x"}, "covariates must be a list of names"),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_models_are_named(name):
    options, message = WRONG[name]
    with pytest.raises((TypeError, ValueError), match=rf"^HazardModel\(\): .*{message}"):
        model(**options)
    with pytest.raises(ValueError, match="needs an AllianceGame with sharing=Proportional"):
        estimation.HazardModel(al.presets.morrow_1991(), terms="formation")
