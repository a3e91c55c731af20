"""Inference and comparison: errors, profiles, identification in words, folds that know nothing of each other, real data."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances import estimation
from alliances.estimation.inference import clustered_meat, drawn_weights
from tests.estimation_support import DATA, GAME, TRUTH, M, compared, design, fitted, frame, model

K = al.patience.Kumaraswamy
ALL = {M: (0.3, 4), "synergy.value": (0.01, 2), "conflict_cost": (0.01, 0.49), "exposure": (0.05, 1)}


# -- errors ------------------------------------------------------------------------------------------------------------


def test_clustered_errors_are_sums_of_scores():
    fit = fitted()
    scores = fit.scores()
    np.testing.assert_allclose(scores.sum(axis=0), 0, atol=0.5)  # at the maximum, with gaps as they are
    by_hand = sum(np.outer(s, s) for s in (scores[fit.spells.group == g].sum(axis=0) for g in np.unique(fit.spells.group)))
    count = len(np.unique(fit.spells.group))
    np.testing.assert_allclose(clustered_meat(scores, fit.spells.clusters), by_hand * count / (count - 1))


def test_dyadic_errors_count_each_pair_of_rows_with_a_common_state_once():
    rng = np.random.default_rng(0)
    nodes, scores = rng.integers(0, 5, (30, 2)), rng.normal(size=(30, 2))
    nodes[:, 1] += nodes[:, 1] == nodes[:, 0]
    nodes = nodes % 6
    nodes = nodes[nodes[:, 0] != nodes[:, 1]]
    scores = scores[: len(nodes)]
    by_hand = sum(
        np.outer(scores[i], scores[j]) for i in range(len(nodes)) for j in range(len(nodes)) if set(nodes[i]) & set(nodes[j])
    )
    count = len(np.unique(nodes))
    np.testing.assert_allclose(clustered_meat(scores, nodes), by_hand * count / (count - 1))


def test_trap_9_a_bootstrap_of_nodes_draws_states_and_not_dyads():
    nodes = np.array([[0, 1], [0, 1], [0, 2], [1, 2]])
    weights = np.array([drawn_weights(nodes, np.random.default_rng(k)) for k in range(200)])
    assert np.array_equal(weights[:, 0], weights[:, 1])  # rows of one dyad come and go together
    alone = weights[:, 0] > 0
    assert not np.any(weights[alone][:, 2:].all(axis=1) & (weights[alone].sum(axis=1) == 0))
    assert abs(weights.mean() - 1) < 0.5
    wide = compared().difference("constant", compared().models[1], by="node", times=200)
    assert wide.std() > 0


@pytest.mark.slow
def test_intervals_and_tests_agree_with_the_truth():
    fit = fitted()
    assert fit.status == "good"
    low, high = fit.interval("opportunity", "information")
    assert low < 0.3 < high
    assert fit.test("contest.decisiveness = 2").p_value > 0.01
    assert fit.test({M: 0.5}).p_value < 1e-3
    asked = fit.test({M: 1.5 * fit.theta[M]})
    assert asked.p_value == pytest.approx(math.erfc(math.sqrt(asked.statistic / 2)))  # both tails of a normal
    assert fit.test({M: fit.theta[M]}).statistic == pytest.approx(0, abs=1e-6)
    profile = fit.profile(M)
    assert profile.interval[0] < fit.theta[M] < profile.interval[1]
    assert np.all(profile.loglike <= profile.best + 1e-9)
    draws = fit.bootstrap(8, cluster="id", rng=1, starts=2)
    assert np.all(draws.errors > 0)
    with pytest.raises(ValueError, match=r"bootstrap\(\): cluster must be what fit\(\) was given"):
        fit.bootstrap(5, cluster="state")


def test_seven_parameters_are_not_seen_and_the_summary_says_so():
    fit = model(patience=K(), free=ALL).fit(frame(), event="event", starts=2)
    identification = fit.identification()
    assert identification.condition > 1e6
    assert identification.blind
    assert identification.weak
    text = str(fit.summary())
    assert "condition number" in text
    assert "lower" not in text
    assert np.isnan(fit.summary().errors).all()
    with pytest.raises(ValueError, match=rf"interval\(\): {M} has no Wald interval"):
        fit.interval(M)
    with pytest.raises(ValueError, match="kind must be 'lr' where the data do not see a parameter"):
        fit.test({M: 1}, kind="wald")


def test_samplers_get_a_gradient():
    value = fitted().loglike([1.5, 0.2])
    assert isinstance(value, float)
    assert value.gradient.shape == (2,)
    with pytest.raises(ValueError, match=r"loglike\(\): theta must name parameters"):
        fitted().loglike({"decisiveness": 1})
    with pytest.raises(ValueError, match="theta must be positive in opportunity"):
        fitted().loglike([1.5, -1])


# -- folds -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [{"by": "id", "folds": 4}, {"by": "one", "folds": 99}, {"split": 1950}], ids=str)
def test_trap_2_a_constant_has_an_area_of_one_half_in_every_scheme(scheme):
    models = [estimation.Constant(), estimation.TimeOnly()]
    comparison = estimation.cross_validate(models, frame(), event="event", starts=1, **scheme)
    assert comparison.aucs[0] == 0.5


@pytest.mark.slow
def test_trap_3_a_fold_is_a_fit_of_its_own_rows_and_knows_no_others():
    """What happens to the rows that are predicted, or to other folds, changes nothing that was fitted."""
    data = frame()
    whole = estimation.cross_validate([model()], data, event="event", by="id", folds=3, rng=5)
    fold = dict(zip(data["id"], whole.fold, strict=True))
    inside = np.array([fold[group] == 1 for group in data["id"]])
    other = dict(data)
    other["event"] = np.where(inside, 0, data["event"])
    other["gap"] = np.where(inside, 0.5, data["gap"])
    again = estimation.cross_validate([model()], other, event="event", by="id", folds=3, rng=5)
    rows = {name: x[~inside] for name, x in data.items()}
    seed = estimation.comparing._fold_seed(5, 1)
    alone = model().fit(rows, event="event", starts=3, rng=seed)
    np.testing.assert_array_equal(whole.rates[0][inside], alone.predict({name: x[inside] for name, x in data.items()}))
    same = alone.predict({"start": [0.0], "stop": [1.0], "gap": [0.5]})[0]
    np.testing.assert_array_equal(again.rates[0][inside], same)


def test_trap_3_fits_are_refused_and_models_have_no_memory():
    with pytest.raises(
        TypeError, match=r"cross_validate\(\): models must be models .*; got a HazardFit .*pass its model, fit\.model"
    ):
        estimation.cross_validate([fitted()], frame(), event="event", by="id")
    asked = model()
    before = hash(asked), repr(asked)
    asked.fit(frame(), event="event", starts=1)
    assert (hash(asked), repr(asked)) == before
    assert {field.name for field in dataclasses.fields(asked)}.isdisjoint({"theta", "estimate", "spells", "optima"})


@pytest.mark.slow
def test_trap_4_the_spread_of_the_starts_is_reported():
    fit = model(patience=K(), free=ALL).fit(frame(), event="event", starts=4)
    assert len(fit.starts["loglike"]) == len(fit.starts["theta"]) == 4
    assert fit.starts["spread"] == pytest.approx(max(fit.starts["loglike"]) - min(fit.starts["loglike"]))


def test_trap_5_a_dummy_that_is_constant_before_the_split_is_left_out_with_a_note():
    data = dict(frame())
    data["late"] = (data["year"] >= 1960).astype(float)
    models = {"era": estimation.Logit(["gap", "late"]), "gap": estimation.Logit(["gap"])}
    comparison = estimation.cross_validate(models, data, event="event", split=1950, starts=1)
    assert comparison.notes == ("era: late left out where constant in the rows that were fitted",)
    np.testing.assert_allclose(comparison.scores[0], comparison.scores[1], rtol=1e-6)


def test_the_true_model_wins_and_the_table_says_how_surely():
    table = compared().table(times=500)
    assert table.differences[1] > 5
    assert table.lower[1] > 0
    assert table.above[1] > 0.97
    assert np.isnan(table.above[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of by and split must be given"),
        ({"by": "id", "split": 1950}, "one of by and split must be given"),
        ({"by": "state"}, "by must name a column of the frame; got 'state'"),
        ({"split": 2050}, "split must have rows on either side"),
    ],
    ids=["neither", "both", "no column", "no rows"],
)
def test_bad_schemes_are_named(options, message):
    with pytest.raises(ValueError, match=rf"^cross_validate\(\): {message}"):
        estimation.cross_validate([estimation.Constant()], frame(), event="event", **options)


# -- baselines against others' programs --------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_logarithmic_hazard_is_a_poisson_regression():
    sm = pytest.importorskip("statsmodels.api")
    fit = estimation.Logit(["gap", "x"], link="log").fit(frame(), event="event")
    spells = fit.spells
    columns = sm.add_constant(spells.covariates)
    other = sm.GLM(spells.event.astype(float), columns, family=sm.families.Poisson(), offset=np.log(spells.length)).fit()
    np.testing.assert_allclose(np.r_[np.log(fit.estimate[0]), fit.estimate[1:]], other.params, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance("information")))[1:], other.bse[1:], rtol=1e-3)


def test_survival_is_kaplan_and_meiers_with_entry():
    lifelines = pytest.importorskip("lifelines")
    data = fitted().spells
    stop = data.start + data.length
    ages, share = estimation.curves.kaplan_meier(data.start, stop, data.event)
    other = lifelines.KaplanMeierFitter().fit(stop, data.event, entry=data.start)
    np.testing.assert_allclose(share, other.survival_function_at_times(ages).to_numpy(), rtol=1e-9)


def test_cox_is_statsmodels_with_its_own_information():
    regression = pytest.importorskip("statsmodels.duration.hazard_regression")
    fit = estimation.Cox(["gap", "x"]).fit(frame(), event="event")
    s = fit.spells
    other = regression.PHReg(s.start + s.length, s.covariates, s.event.astype(int), entry=s.start, ties="efron").fit()
    np.testing.assert_allclose(fit.estimate, other.params)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance("information"))), other.bse, rtol=0.02)
    assert fit.predict(what="survival").min() > 0


# -- real data ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def atop():
    """ATOP's bilateral alliances, year by year."""
    pandas = pytest.importorskip("pandas")
    path = DATA / "atop51_bilateral_yearly.csv"
    if not path.is_file():
        pytest.skip("no ATOP 5.1 here")
    data = pandas.read_csv(path)
    data["gap"] = (2 * data["share"] - 1).clip(-0.9999, 0.9999)
    return data.assign(middle=np.log1p((data["start"] + data["stop"]) / 2), begin=np.log1p(data["start"]))


ASKED = {"event": "viol", "id": "atopid"}


def test_cox_regressions_of_atop_are_those_of_r(atop):
    """R's survival: coxph(Surv(start, stop, event) ~ share, cluster = atopid), per +.1 of the stronger side's share."""
    stored = {"ended": (0.914, 0.846, 0.987), "viol": (0.880, 0.785, 0.987), "breakdown": (0.892, 0.804, 0.990)}
    for event, numbers in stored.items():
        fit = estimation.Cox(["share"]).fit(atop, event=event, id="atopid", cluster="atopid")
        np.testing.assert_allclose(fit.hazard_ratio("share", 0.1), numbers, atol=0.001)


def test_likelihoods_of_atop_are_those_on_record(atop):
    assert estimation.Constant().fit(atop, **ASKED).best == pytest.approx(-696.06, abs=0.05)
    assert estimation.Logit(["gap", "middle"], link="log").fit(atop, **ASKED).best == pytest.approx(-670.06, abs=0.05)


def test_the_age_at_the_middle_of_an_interval_knows_when_the_event_came(atop):
    """Trap 1 again: 4.7 of the 26 log points of "gap + age" come from the middle of intervals that events cut short."""
    begin = estimation.Logit(["gap", "begin"], link="log").fit(atop, **ASKED).best
    assert begin == pytest.approx(-674.78, abs=0.05)


@pytest.mark.slow
def test_decisiveness_and_opportunity_are_recovered_on_the_design_of_atop(atop):
    truth = {M: 2.0, "opportunity": 0.08}
    recovery = estimation.recover(model(), truth, atop, times=200, id="atopid", terminal=False)
    assert np.all((recovery.coverage >= 0.9) & (recovery.coverage <= 0.98))
    np.testing.assert_allclose(recovery.relative_errors, [0.18, 0.26], rtol=0.2)


@pytest.mark.slow
def test_seven_parameters_are_blind_on_the_design_of_atop(atop):
    theta = {M: 2.0, "synergy.value": 0.6, "conflict_cost": 0.15, "exposure": 0.8, "patience.a": 3.0, "patience.b": 2.0}
    seven = model(patience=K(), free=ALL)
    recovery = estimation.recover(seven, theta | {"opportunity": 0.08}, atop.iloc[::4], times=2, id="atopid", starts=1)
    assert recovery.condition > 1e6


def test_simulated_rows_fit_their_design():
    data = estimation.simulate(estimation.HazardModel(GAME, free={M: (0.3, 4)}, patience=K(3, 2)), TRUTH, design(), 3)
    assert len(data["id"]) < len(design()["id"])  # later rows of what broke are left out
    again = estimation.simulate(model(), TRUTH, design(), 3, terminal=False)
    assert len(again["id"]) == len(design()["id"])
    assert np.all(again["stop"] > again["start"])
    with pytest.raises(
        ValueError, match=r"simulate\(\): theta must map each of contest\.decisiveness, opportunity to a number"
    ):
        estimation.simulate(model(), {M: 2.0}, design())


def test_rounding_orders_no_rates():
    """Seven rates at random places, each some units in the last place apart: the area is that of the rates without these."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        rates, event = rng.choice([0.0, 1e-300, 1e-7, 0.1, 0.2, 0.3, 5.0], 60), rng.random(60) < 0.4
        pairs = rates[event][:, None] - rates[~event]
        area = np.mean((pairs > 0) + (pairs == 0) / 2)  # by definition
        for noise in (0.0, 1e-15, 1e-12):
            assert estimation.comparing.ranked(rates * (1 + noise * rng.standard_normal(60)), event) == pytest.approx(
                area, abs=1e-15
            )
    assert (
        estimation.comparing.ranked(np.array([0.1, 0.1 * (1 + 1e-6)]), np.array([False, True])) == 1.0
    )  # which is no rounding


@pytest.mark.slow  # loads scipy.stats
def test_marks_of_a_picture_have_poissons_exact_intervals():
    plt = pytest.importorskip("matplotlib.pyplot")
    from scipy.stats import poisson

    from alliances.plotting.hazards import _marks

    gap, event = np.repeat([0.1, 0.4, 0.7], 20), np.arange(60) < 3
    event[20:25] = True  # 3 events, 5 and none, in 30 years each
    ax = plt.figure().add_subplot()
    _marks(SimpleNamespace(event=event, length=np.full(60, 1.5)), gap, 3, ax)
    (bars,) = ax.containers
    low, high = np.array([segment[:, 1] * 30 for segment in bars.lines[2][0].get_segments()]).T
    assert np.allclose(poisson.sf(np.array([2, 4]), low[:2]), 0.025)
    assert low[2] == 0
    assert np.allclose(poisson.cdf(np.array([3, 5, 0]), high), 0.025)
