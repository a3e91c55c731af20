"""Rows that a fit is given: short calls, rows that are there twice, gaps of ±1, errors that name what is wrong."""

import numpy as np
import pytest

import alliances as al
from alliances import estimation
from tests.estimation_support import GAME, M, design, fitted, frame, model, without

REGRESSIONS = {"Logit": estimation.Logit, "Cox": estimation.Cox}


def twice(*names):
    """Each row two times, without some columns, and with the alliances' under the name of dyads."""
    data = {name: np.r_[x, x] for name, x in frame().items()}
    return without(data | {"dyad": data["id"]}, *names)


# -- the column of events ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [model(), estimation.Logit(), estimation.Constant(), estimation.TimeOnly(), estimation.Cox()],
    ids=lambda x: type(x).__name__,
)
def test_what_is_simulated_is_fitted_and_compared_without_naming_its_events(asked):
    data = frame()
    assert asked.fit(data).theta == asked.fit(data, event="event").theta
    by, split = (estimation.cross_validate([asked], data, **way, rng=0) for way in ({"by": "id", "folds": 2}, {"split": 1965}))
    assert by.event.sum() == data["event"].sum()
    assert split.event.sum() == data["event"][data["year"] >= 1965].sum()


def test_one_event_of_another_value_is_the_row_that_is_named():
    event = frame()["event"].astype(float)
    event[17] = 2
    with pytest.raises(
        ValueError, match=r"^Constant\.fit\(\): column 'event' must hold nothing but 0 and 1.*; got 2\.0 in row 17$"
    ):
        estimation.Constant().fit(frame() | {"event": event})


# -- rows that are there twice -----------------------------------------------------------------------------------------

DOUBLED = {
    "within the cluster": ({"cluster": "dyad"}, ["id"], "intervals of one 'dyad' must not be there twice; .*rows 0 and 988"),
    "of one year": ({"duration": None}, [], "rows of one 'id' must be of different 'year'; .*rows 0 and 988"),
    "of one date": (
        {"duration": None, "time": "date", "cluster": "dyad"}, ["id"], "rows of one 'dyad' must be of different 'date'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBLED)
@pytest.mark.parametrize("asked", REGRESSIONS)
def test_doubled_rows_are_refused_where_a_column_tells_them(asked, name):
    options, left_out, message = DOUBLED[name]
    data = twice(*left_out)
    data |= {"date": data["year"]}
    with pytest.raises(ValueError, match=rf"^{asked}\.fit\(\): {message}"):
        REGRESSIONS[asked]().fit(data, **options)


def test_intervals_within_a_cluster_must_not_overlap():
    data = {name: np.array(x, dtype=float) for name, x in without(frame(), "id").items()} | {"dyad": frame()["id"]}
    data["start"][1] = 0.5
    with pytest.raises(ValueError, match=r"intervals of one 'dyad' must not overlap; .*rows 0 and 1: .*name these in id="):
        estimation.Logit().fit(data, cluster="dyad")


UNTOLD = {
    "no id": ({}, ["id"], "name id="),
    "two ends of a dyad": ({"cluster": ("one", "other")}, ["id"], "name id="),
    "told not to": ({"cluster": "dyad", "id": None}, ["id"], "name id="),
    "no year": ({"duration": None}, ["year"], "name id= and time="),
}


@pytest.mark.parametrize("name", UNTOLD)
def test_where_no_column_tells_rows_apart_the_fit_says_so(name):
    options, left_out, message = UNTOLD[name]
    fit = estimation.Logit().fit(twice(*left_out), **options)
    assert [note for note in fit.notes if "was not checked" in note and message in note]
    assert "was not checked" in str(fit.summary())
    comparison = estimation.cross_validate([estimation.Logit()], twice(*left_out), by="dyad", folds=2, **options)
    assert any("was not checked" in note for note in comparison.notes)
    assert not any("was not checked" in note for note in fitted().notes)


# -- gaps --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [1.0, -1.0, 1.5])
@pytest.mark.parametrize("asked", REGRESSIONS)
def test_a_gap_of_one_is_refused_by_regressions_too(asked, gap):
    data = frame() | {"gap": np.where(np.arange(988) == 5, gap, frame()["gap"])}
    with pytest.raises(ValueError, match=rf"^{asked}\.fit\(\): column 'gap' must lie strictly between -1 and 1: .*in row 5"):
        REGRESSIONS[asked]().fit(data)
    renamed = without(data, "gap") | {"distance": data["gap"]}
    with pytest.raises(ValueError, match="column 'distance' must lie strictly between -1 and 1"):
        REGRESSIONS[asked](["distance"]).fit(renamed, gap="distance")


@pytest.mark.parametrize("asked", REGRESSIONS)
def test_a_regression_has_its_gap_from_the_column_named_or_from_shares(asked):
    data, rest = frame(), without(frame(), "gap")
    theta = REGRESSIONS[asked]().fit(data).theta
    assert REGRESSIONS[asked]().fit(rest | {"distance": data["gap"]}, gap="distance").theta == theta
    assert REGRESSIONS[asked]().fit(rest | {"share": (1 + data["gap"]) / 2}).theta == pytest.approx(theta)


def test_shares_that_are_too_high_are_not_to_be_rounded_up():
    data = without(frame(), "gap") | {"share": np.where(np.arange(988) == 3, 1.0, 0.7)}
    with pytest.raises(
        ValueError, match=r"column 'share' must lie strictly between 0 and 1: .*; clip rounded ones, as to \[0.00005"
    ):
        model().fit(data)


def test_rigid_terms_keep_todays_gap_as_a_covariate():
    """The model's own gap is seen from the side that was the stronger; a covariate "gap" is the column of that name."""
    original = np.where(np.arange(988) % 5 == 0, -frame()["gap"], frame()["gap"])
    asked = model(terms="formation", covariates=["gap"])
    fit = asked.fit(frame() | {"gap_original": original}, starts=1)
    np.testing.assert_array_equal(fit.spells.gap, original)
    np.testing.assert_array_equal(fit.spells.covariates[:, 0], frame()["gap"])


# -- calls -------------------------------------------------------------------------------------------------------------


def test_pythons_own_errors_name_the_class_that_was_called():
    with pytest.raises(TypeError, match=r"^HazardModel\.fit\(\) missing 1 required positional argument: 'frame'"):
        model().fit()
    with pytest.raises(TypeError, match=r"^Constant\.fit\(\) got an unexpected keyword argument 'start'"):
        estimation.Constant().fit(frame(), start=1)


class Doubled(estimation.Logit):
    """A model of one's own with a ``fit`` of its own."""

    def fit(self, frame):
        return self, frame


def test_a_class_with_a_fit_of_its_own_keeps_it():
    assert Doubled().fit(3)[1] == 3


CALLS = {
    "cross_validate": lambda x: estimation.cross_validate([x], frame(), by="id"),
    "simulate": lambda x: estimation.simulate(x, {}, design()),
    "recover": lambda x: estimation.recover(x, {}, design()),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (estimation.Constant, r"got the class Constant.*: make a model of it, Constant\(\.\.\.\)"),
        (3, "got an int"),
        (GAME, "got an AllianceGame"),
    ],
    ids=["class", "number", "game"],
)
def test_what_is_no_model_is_named(name, wrong, message):
    with pytest.raises(TypeError, match=rf"^{name}\(\): models? must be .*{message}"):
        CALLS[name](wrong)


def test_a_text_is_no_list_of_models():
    with pytest.raises(TypeError, match=r"^cross_validate\(\): models must be a list of models; got 'Constant'"):
        estimation.cross_validate("Constant", frame(), by="id")


def test_free_parameters_are_still_found_by_a_call_without_names():
    assert set(estimation.HazardModel(al.presets.morrow_1991(), free={M: (0.3, 4)}).fit(frame(), starts=1).theta) >= {M}


def test_a_model_without_free_parameters_has_a_likelihood():
    fit = model(free={}, opportunity=0.3).fit(frame())
    assert fit.best == pytest.approx(fitted().loglike({M: 2.0, "opportunity": 0.3}), abs=1e-9)
    assert fit.theta == {}
    assert fit.status == "good"
    assert "0 parameters" in str(fit)


# -- progress ----------------------------------------------------------------------------------------------------------


class Bar:
    """What tqdm's bar does, noted."""

    bars = ()

    def __init__(self, total, unit):
        self.total, self.unit, self.done = total, unit, 0
        Bar.bars = (*Bar.bars, self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, count):
        assert count >= 0
        self.done += count


LONG = {
    "fit": lambda shown: model().fit(frame(), starts=2, progress=shown).theta,
    "fit of a regression": lambda shown: estimation.Logit().fit(frame(), progress=shown).theta,
    "fit of a Cox model": lambda shown: estimation.Cox().fit(frame(), progress=shown).theta,
    "fit of nothing": lambda shown: model(free={}, opportunity=0.3).fit(frame(), progress=shown).best,
    "profile": lambda shown: fitted().profile(M, [1.5, 2.0], progress=shown).loglike.tolist(),
    "test": lambda shown: fitted().test({M: 1}, progress=shown).statistic,
}


@pytest.mark.parametrize("name", LONG)
def test_long_work_shows_how_many_searches_have_ended(name, monkeypatch):
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr(tqdm, "tqdm", Bar)
    monkeypatch.setattr(Bar, "bars", ())
    silent = LONG[name](False)
    assert Bar.bars == ()
    assert LONG[name](True) == silent
    (bar,) = Bar.bars
    assert bar.unit == "search"
    assert bar.done == bar.total > 0
