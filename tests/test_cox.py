"""Cox regression: the partial likelihood beside its definition and statsmodels, the verbs of fits, data without a maximum."""

import functools

import numpy as np
import pytest

from alliances import estimation
from alliances.estimation.partial import PartialLikelihood
from tests.estimation_support import M, fitted, frame, without

NAMES = ("gap", "x")


@functools.cache
def cox():
    """A fit with ties."""
    return estimation.Cox(NAMES).fit(tied())


@functools.cache
def tied():
    """Rows whose events happen at full ages, so that many are ties."""
    data = frame()
    return data | {"stop": np.ceil(data["stop"])}


def by_definition(fit, beta):
    """Efron's sum, age by age and event by event."""
    s, x = fit.spells, fit.spells.covariates
    stop, risk, total = s.start + s.length, np.exp(fit.spells.covariates @ beta), 0.0
    for age in np.unique(stop[s.event]):
        dying = s.event & (stop == age)
        there = (s.start < age) & (age <= stop)
        count = dying.sum()
        total += (x[dying] @ beta).sum()
        total -= sum(np.log(risk[there].sum() - k / count * risk[dying].sum()) for k in range(count))
    return total


# -- the partial likelihood --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [(0.0, 0.0), (-3.0, 0.4), (6.0, -2.0)])
def test_the_partial_likelihood_is_its_definition(beta):
    assert cox().loglike(beta) == pytest.approx(by_definition(cox(), np.array(beta)), rel=1e-12)


def test_its_gradient_and_information_are_its_derivatives():
    at, step = np.array([-2.0, 0.3]), 1e-5
    ends = [(at + step * e, at - step * e) for e in np.eye(2)]
    gradient = [(cox().loglike(up) - cox().loglike(down)) / (2 * step) for up, down in ends]
    np.testing.assert_allclose(cox().loglike(at).gradient, gradient, rtol=1e-6)
    curvature = [(cox().loglike(down).gradient - cox().loglike(up).gradient) / (2 * step) for up, down in ends]
    np.testing.assert_allclose(cox().information(at), curvature, rtol=1e-6)


def test_residuals_sum_to_the_gradient_and_say_what_a_row_adds():
    likelihood = cox().model.likelihood(cox().spells, cox().design)
    at = np.array([-2.0, 0.3])
    np.testing.assert_allclose(likelihood.scores(at).sum(axis=0), cox().loglike(at).gradient, atol=1e-9)
    # one alliance left out moves the estimate by the inverse information times its scores, nearly
    fit = cox()
    chosen = fit.spells.group == 7
    data = {name: x[~chosen] for name, x in tied().items()}
    moved = fit.estimate - estimation.Cox(NAMES).fit(data).estimate
    np.testing.assert_allclose(moved, np.linalg.inv(fit.information()) @ fit.scores()[chosen].sum(axis=0), rtol=0.05, atol=1e-3)


def test_estimates_and_errors_with_ties_are_those_of_statsmodels():
    regression = pytest.importorskip("statsmodels.duration.hazard_regression")
    s = cox().spells
    # there a row is at risk in [start, stop], here as in R in (start, stop]: an alliance is not two in the year that begins
    entry = s.start + 1e-6
    other = regression.PHReg(s.start + s.length, s.covariates, s.event.astype(int), entry=entry, ties="efron").fit()
    np.testing.assert_allclose(cox().estimate, other.params, rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(cox().covariance("information"))), other.bse, rtol=1e-5)
    assert cox().values[0] == pytest.approx(other.llf, rel=1e-9)


def test_where_a_covariate_is_counted_from_changes_nothing():
    """Years since 1 or since 1900: levels far below 1e-10 are levels, too."""
    data = frame() | {"late": frame()["year"] / 4.0}
    one, other = (estimation.Cox(["gap", "late"]).fit(data | {"late": data["late"] + shift}) for shift in (0.0, -480.0))
    assert one.best == pytest.approx(other.best, rel=1e-9)
    np.testing.assert_allclose(one.predict(), other.predict(), rtol=1e-6)


# -- the verbs of all fits ---------------------------------------------------------------------------------------------


def test_a_cox_fit_has_the_verbs_of_a_structural_one():
    verbs = {name for name in dir(fitted()) if not name.startswith("_")}
    assert verbs <= set(dir(cox()))


def test_a_good_fit_says_so():
    assert cox().status == "good"
    assert cox().notes == ()
    assert cox().starts["count"] == cox().starts["agree"] == 1
    assert cox().identification().weak == ()
    assert "lower" in str(cox().summary())
    assert cox().to_dict()["status"] == "good"


def test_intervals_of_coefficients_are_symmetric_in_all_models():
    """A coefficient may be negative, so that its interval may hold 0 whatever the sign of the estimate."""
    for fit in (cox(), estimation.Logit(NAMES, link="log").fit(tied())):
        low, high = fit.interval("x")
        assert low + high == pytest.approx(2 * fit.theta["x"], abs=1e-9)
        table = fit.summary()
        np.testing.assert_allclose((table.lower + table.upper)[-2:], 2 * fit.estimate[-2:])
    low, high = fitted().interval(M)
    assert low * high == pytest.approx(fitted().theta[M] ** 2)


def test_nested_models_are_tested_by_the_partial_likelihood():
    smaller = estimation.Cox(["gap"]).fit(tied())
    fall = 2 * (cox().values[0] - smaller.values[0])
    for restriction in ({"x": 0}, "x = 0"):
        found = cox().test(restriction)
        assert found.statistic == pytest.approx(fall, abs=1e-6)
        assert found.degrees == 1
    error = cox().summary().errors[1]
    assert cox().test({"x": 0}, kind="wald").statistic == pytest.approx((cox().theta["x"] / error) ** 2)
    with pytest.raises(ValueError, match=r"^test\(\): restriction must name parameters \(gap, x\)"):
        cox().test({"rate": 0})


def test_a_profile_is_the_partial_likelihood_without_one_coefficient():
    profile = cox().profile("gap", [-4.0, -3.0, -2.0])
    x = np.linspace(-1, 1, 2001)
    for value, loglike in zip(profile.values, profile.loglike, strict=True):
        assert loglike == pytest.approx(max(cox().loglike((value, b)) for b in x[::20]), abs=2e-2)
    low, high = cox().profile("gap").interval
    wide = cox().interval("gap", "information")
    np.testing.assert_allclose((low, high), wide, atol=0.15)
    pytest.importorskip("matplotlib")
    assert cox().plot_profile("gap").get_xlabel() == "gap"


def test_a_bootstrap_draws_clusters_and_fits_each_sample():
    drawn = cox().bootstrap(60, rng=1)
    assert drawn.draws.shape == (60, 2)
    assert drawn.cluster == "id"
    np.testing.assert_allclose(drawn.errors, cox().summary().errors, rtol=0.35)
    weights = estimation.inference.drawn_weights(cox().spells.clusters, np.random.default_rng(1))
    rows = np.repeat(np.arange(cox().spells.size), weights.astype(int))
    again = {name: x[rows] for name, x in tied().items()} | {"id": np.arange(len(rows))}
    np.testing.assert_allclose(drawn.draws[0], estimation.Cox(NAMES).fit(again).estimate, rtol=1e-6)
    with pytest.raises(ValueError, match=r"^bootstrap\(\): cluster must be what fit\(\) was given"):
        cox().bootstrap(5, cluster="state")


def test_verbs_without_a_meaning_say_why():
    with pytest.raises(ValueError, match=r"^predict\(\): who breaks .*; Cox was asked whether, and not who"):
        cox().predict(what="who")
    pytest.importorskip("matplotlib")
    with pytest.raises(TypeError, match="others have no critical discount factor"):
        cox().plot_critical_discount()


def test_a_cox_model_needs_no_further_package(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "statsmodels", None)
    assert estimation.Cox(NAMES).fit(tied()) == cox()


# -- data without a maximum, or that do not see it ---------------------------------------------------------------------


def few(count):
    """So many events."""
    event = np.zeros(988)
    event[:: 988 // count] = 1
    return frame() | {"event": event, "z": np.random.default_rng(0).normal(size=988)}


def test_fewer_events_than_covariates_is_a_status_without_intervals():
    fit = estimation.Cox(["gap", "x", "z"]).fit(few(1) | {"event": (np.arange(988) == 7).astype(float)})
    assert fit.status == "fewer events than parameters"
    assert "fewer events (1) than parameters (3): fix some or leave out covariates" in str(fit)
    assert np.isnan(fit.summary().errors).all()
    assert "lower" not in str(fit.summary())
    for ask in (fit.interval, fit.hazard_ratio):
        with pytest.raises(ValueError, match=r"\(\): x has no Wald interval, fewer events than parameters; profile\('x'\)"):
            ask("x")


def test_the_other_models_have_no_intervals_with_fewer_events_than_parameters_either():
    data = few(1) | {"event": (np.arange(988) == 7).astype(float)}
    fit = estimation.Logit(["gap", "x", "z"], link="log").fit(data)
    assert fit.status == "fewer events than parameters"
    assert np.isnan(fit.summary().errors).all()


def test_collinear_covariates_are_a_status_that_names_them():
    fit = estimation.Cox(["gap", "k", "x"]).fit(tied() | {"k": 2 * tied()["gap"]})
    assert fit.status == "not identified"
    assert "gap up with k down" in str(fit)
    assert "leave out a covariate" in str(fit)
    assert np.isnan(fit.summary().errors).all()
    assert fit.values[0] == pytest.approx(cox().values[0], abs=1e-6)
    with pytest.raises(ValueError, match="gap has no Wald interval, condition"):
        fit.hazard_ratio("gap")
    with pytest.raises(ValueError, match="the information must not be singular"):
        fit.covariance()


SEPARATED = {
    "the event itself": (["k"], lambda event, x: {"k": event}),
    "its opposite": (["k"], lambda event, x: {"k": 1 - event}),
    "beside others": (["gap", "k", "x"], lambda event, x: {"k": event}),
    "a sum of two": (["k", "l"], lambda event, x: {"k": event + x, "l": x}),
    "the event and noise": (["k"], lambda event, x: {"k": event * (1 + np.abs(x))}),
}


@pytest.mark.parametrize("name", [name for name in SEPARATED if name != "the event and noise"])
def test_separated_data_are_a_status_without_intervals(name):
    covariates, columns = SEPARATED[name]
    data = tied() | columns(tied()["event"], tied()["x"])
    fit = estimation.Cox(covariates).fit(data)
    assert fit.status == "separated"
    assert "ln L rises without end" in str(fit)
    assert "Leave that out if it is made of the event" in str(fit)
    with pytest.raises(ValueError, match="k has no Wald interval, separated"):
        fit.hazard_ratio("k")
    assert np.isnan(fit.summary().errors[covariates.index("k")])
    assert fit.test({"k": 0}).p_value < 1e-3
    # along the direction that is kept, ln L rises without end
    heights = [fit.model.likelihood(fit.spells, fit.design).values(x * fit.separation[None])[0][0] for x in (0, 1, 2, 4, 8)]
    assert np.all(np.diff(heights) > 0)


def test_ties_of_which_one_exceeds_the_other_are_not_separated():
    """Two events of one age with different values: the lower one bounds the coefficient."""
    data = tied() | SEPARATED["the event and noise"][1](tied()["event"], tied()["x"])
    fit = estimation.Cox(["k"]).fit(data)
    assert fit.separation is None
    assert fit.status == "good"


def test_whether_data_are_separated_is_what_a_search_of_all_directions_finds():
    """Two covariates of few values, against all directions in which rows of such values may be separated."""
    rng, answers = np.random.default_rng(0), []
    grid = np.stack(np.meshgrid(np.arange(-4, 5), np.arange(-4, 5)), axis=-1).reshape(-1, 2)  # normals of differences, and sums
    for _ in range(60):
        n = 12
        x = rng.integers(-1, 2, (n, 2)).astype(float)
        start = rng.integers(0, 2, n).astype(float)
        stop = start + rng.integers(1, 3, n)
        event = rng.random(n) < 0.25
        if not event.any():
            continue
        u = x @ grid.T
        least = np.inf * np.ones(len(grid))
        strict = np.zeros(len(grid), dtype=bool)
        for e in np.flatnonzero(event):
            ahead = u[e] - u[(start < stop[e]) & (stop[e] <= stop)]
            least = np.minimum(least, ahead.min(axis=0))
            strict |= ahead.max(axis=0) > 0
        expected = bool(((least >= 0) & strict).any())
        found = PartialLikelihood((), start, stop, event, x).separating()
        assert (found is not None) == expected
        answers.append(expected)
    assert 5 < sum(answers) < len(answers) - 5


def test_covariates_that_are_constant_are_left_out_with_a_note():
    fit = estimation.Cox(["gap", "one_value"]).fit(tied() | {"one_value": np.ones(988)})
    assert fit.names == ("gap",)
    assert "Left out, because constant in these rows: one_value." in fit.notes
    alone = estimation.Cox(["one_value"]).fit(without(tied(), "id") | {"one_value": np.ones(988)}, cluster="one", id=None)
    assert alone.names == ()
    assert alone.summary().errors.shape == (0,)


def test_folds_whose_fit_has_no_maximum_are_named():
    """Without one unit the data are separated: what predicts the fold of this unit is no estimate."""
    data = tied()
    units = data["id"]
    one = units[data["event"] == 1][0]
    data = data | {"k": np.where(units == one, 0.0, data["event"])}
    compared = estimation.cross_validate({"Cox": estimation.Cox(["k"])}, data, event="event", by="id", folds=3, rng=2)
    (fold,) = set(compared.fold[units == one].tolist())
    status = f"what predicts fold {fold} of 3 is no maximum (separated): its scores say little"
    assert compared.notes == (f"Cox: {status}",)
    whole = estimation.cross_validate({"Cox": estimation.Cox(["x"])}, data, event="event", by="id", folds=3, rng=2)
    assert whole.notes == ()


def test_all_folds_whose_fit_has_no_maximum_are_named_at_once():
    data = tied() | {"k": tied()["event"]}
    compared = estimation.cross_validate([estimation.Cox(["k"])], data, event="event", by="id", folds=3)
    assert len(compared.notes) == 1
    assert "what predicts folds 0, 1, 2 of 3 is no maximum (separated)" in compared.notes[0]
