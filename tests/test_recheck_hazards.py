"""The re-check of fitted hazards: right fits of every kind pass, and each field that is wrong is named with its numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances import estimation
from alliances.arithmetic import Array
from alliances.estimation.fits import HazardFit
from alliances.estimation.spells import SHORTEST
from tests.estimation_support import M, model

K = al.patience.Kumaraswamy


@functools.cache
def rows() -> dict[str, Array]:
    """Twelve alliances of at most four years, not in order; eight break, three of them nobody knows by whom."""
    alliance, year = np.divmod(np.arange(48), 4)
    gap = 0.1 + 0.06 * alliance + 0.013 * year
    gap[:8] = [0.981, 0.989, 0.9894, 0.9897, 0.2012, 0.2037, 0.2071, 0.2098]  # near one another, as numbers or as ratios
    last = np.array([3, 1, 3, 2, 3, 3, 2, 0, 3, 1, 2, 3])[alliance]
    broken = (year == last) & np.isin(alliance, (0, 1, 3, 4, 6, 7, 9, 10))
    who = np.where(broken, np.where(alliance % 3 == 0, "proxy", "sponsor"), "")
    who[np.isin(alliance, (4, 6, 7))] = ""
    data = {
        "id": alliance,
        "start": year.astype(float),
        "stop": year + np.where(broken, 0.5 + 0.03 * alliance, 1.0),
        "gap": gap,
        "gap0": np.repeat(gap[::4], 4),
        "x": np.cos(3.0 * np.arange(48)),
        "event": broken.astype(int),
        "who": who,
    }
    order = [int(k) for k in np.argsort(np.sin(7.0 * np.arange(48))) if year[k] <= last[k]]
    return {name: x[order] for name, x in data.items()}


SIDES: dict[str, Any] = {"risks": "each side"}
MODELS: dict[str, Callable[[], Any]] = {
    "one parameter": model,
    "each gap as it is": lambda: model(resolution=None),
    "free patience": lambda: model(patience=K(b=2), free={}),
    "free concept": lambda: model(enforcement=al.ImperfectMonitoring(0.05, 0.1), free={"enforcement.miss": (0.01, 0.4)}),
    "free game and concept": lambda: model(
        enforcement=al.ImperfectMonitoring(0.05, 0.1), free={M: (0.3, 4), "enforcement.miss": (0.01, 0.4)}
    ),
    "terms of formation": lambda: model(terms="formation"),
    "a rate of 0.3": lambda: model(opportunity=0.3),
    "no rate": lambda: model(opportunity=False, covariates=["x"], baseline="log age"),
    "transfers": lambda: model(enforcement=al.Transfers()),
    "each side": lambda: model(**SIDES, covariates=["x"]),
    "each side, rates of their own": lambda: model(**SIDES, opportunity="each side"),
    "each side, one draw": lambda: model(**SIDES, draws="common"),
    "each side, exchanged": lambda: model(**SIDES, swapped=True),
    "each side, a rate of 0.3": lambda: model(**SIDES, opportunity=0.3),
    "constant": estimation.Constant,
    "logit": lambda: estimation.Logit(["gap", "x"], baseline="log age"),
    "logit, each side": lambda: estimation.Logit(["x"], risks="each side"),
    "log, each side": lambda: estimation.Logit(["gap"], link="log", risks="each side"),
    "age alone": estimation.TimeOnly,
}


@functools.cache
def fitted(name: str) -> HazardFit:
    """The fit, by two searches."""
    found = MODELS[name]().fit(rows(), event="event", who="who", starts=2)
    assert isinstance(found, HazardFit)
    return found


def witness(fit: HazardFit) -> str | None:
    """What is wrong by the re-check; None where all is right."""
    found = al.verify(fit)
    assert found.ok == (found.witness is None)
    return found.witness


def with_rows(fit: HazardFit, **columns: Any) -> HazardFit:
    """The fit with other rows."""
    return replace(fit, spells=replace(fit.spells, **columns))


def changed(x: Array, place: Any, value: float) -> Array:
    """A copy with another element."""
    out = np.array(x)
    out[place] = value
    return out


# -- right fits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_right_fits_pass(name: str) -> None:
    assert witness(fitted(name)) is None


@pytest.mark.parametrize("gap", [np.nextafter(1, 0), np.nextafter(-1, 0)])
def test_gaps_as_wide_as_floats_can_be_pass(gap: float) -> None:
    # a share of such a gap is rounded to 1, at which no game is played
    wide = {"start": np.zeros(4), "stop": np.ones(4), "gap": np.full(4, gap), "gap0": np.full(4, gap), "event": [1, 0, 0, 0]}
    for terms in ("renegotiated", "formation"):
        assert witness(model(terms=terms, free={}).fit(wide, event="event", starts=1)) is None


# -- the searches ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_another_point_than_where_the_search_ended_has_another_likelihood(name: str) -> None:
    fit = fitted(name)
    for k, p in enumerate(fit.parameters):
        theta = fit.optima[0] * np.where(np.arange(len(fit.names)) == k, 1.05, 1)
        if not p.low <= theta[k] <= p.high:
            theta[k] = fit.optima[0, k] / 1.05
        by_solver = float(fit.loglike(theta))  # the likelihood of cells, which the re-check does not use
        found = witness(replace(fit, optima=np.stack([theta, fit.optima[1]])))
        if abs(by_solver - fit.values[0]) > 1e-6:
            assert found is not None
            assert found.startswith(f"search 0: ln L is {fit.values[0]:.9g}, but by its definition ")
            assert float(found.rpartition(" ")[2]) == pytest.approx(by_solver, rel=1e-8)


@pytest.mark.parametrize("name", ["one parameter", "each side", "log, each side"])
@pytest.mark.parametrize("search", [0, 1])
def test_a_likelihood_is_right_to_1e_minus_9_of_its_size(name: str, search: int) -> None:
    fit = fitted(name)
    width = 1e-9 * (1 + abs(fit.values[search]))
    for sign in (-1, 1):
        for part, right in ((0.7, True), (1.5, False)):
            both = np.where(np.arange(2) == search, fit.values + sign * part * width, fit.values)
            pair = np.sort(both)[::-1]
            order = [0, 1] if both[0] == pair[0] else [1, 0]
            found = witness(replace(fit, values=pair, optima=fit.optima[order]))
            place = order.index(search)
            by_definition = float(fit.loglike(fit.optima[search]))
            words = f"search {place}: ln L is {pair[place]:.9g}, but by its definition {by_definition:.9g}"
            assert found == (None if right else words)


@pytest.mark.parametrize(
    ("name", "end", "side"), [("one parameter", 0.3, -1), ("free concept", 0.4, 1)], ids=["lower end", "upper end"]
)
@pytest.mark.parametrize("search", [0, 1])
def test_bounds_hold_to_1e_minus_9(name: str, end: float, side: int, search: int) -> None:
    fit = fitted(name)
    p = fit.parameters[0]
    assert fit.optima[search, 0] == pytest.approx(end, abs=1e-12)
    for part, right in ((0.5, True), (1.5, False)):
        out = end + side * part * 1e-9 * max(abs(p.low), abs(p.high))
        found = witness(replace(fit, optima=changed(fit.optima, (search, 0), out)))
        assert found == (None if right else f"search {search}: {p.name} = {out:.6g} is out of its bounds")


SEARCHES = "optima, values and converged are not of the same searches"
FORMS: dict[str, tuple[Callable[[HazardFit], dict[str, Any]], str]] = {
    "no layout": (lambda _: {"layout": 7}, "7 does not say which columns the fit is of"),
    "other names": (
        lambda fit: {"names": fit.names[::-1]},
        "the parameters are ('opportunity', 'contest.decisiveness'), "
        "but the model's are ('contest.decisiveness', 'opportunity')",
    ),
    "another design": (
        lambda fit: {"design": replace(fit.design, dropped=("x",))},
        "the design's columns or knots are not those of the rows",
    ),
    "no search": (lambda fit: {k: getattr(fit, k)[:0] for k in ("optima", "values", "converged")}, SEARCHES),
    "an optimum too few": (lambda fit: {"optima": fit.optima[:1]}, SEARCHES),
    "a parameter too few": (lambda fit: {"optima": fit.optima[:, :1]}, SEARCHES),
    "a value too few": (lambda fit: {"values": fit.values[:1]}, SEARCHES),
    "an answer too few": (lambda fit: {"converged": fit.converged[:1]}, SEARCHES),
    "a column of values": (lambda fit: {"values": fit.values[:, None]}, SEARCHES),
    "a column of answers": (lambda fit: {"converged": fit.converged[:, None]}, SEARCHES),
    "answers that are numbers": (lambda fit: {"converged": fit.converged.astype(int)}, SEARCHES),
    "the best last": (
        lambda fit: {"values": fit.values - [1, 0]},
        "the best search is not the first",
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_fit_is_named(name: str) -> None:
    changes, words = FORMS[name]
    fit = fitted("one parameter")
    assert witness(replace(fit, **changes(fit))) == words


def test_searches_that_end_alike_are_in_order() -> None:
    fit = fitted("one parameter")
    same = replace(fit, optima=np.stack([fit.optima[0]] * 2), values=np.array([fit.values[0]] * 2))
    assert witness(same) is None


# -- the rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["start", "length", "event", "side", "group", "gap", "gap0", "covariates", "clusters"])
def test_columns_of_another_length_are_named(name: str) -> None:
    fit = fitted("terms of formation")
    n = fit.spells.size
    said, rows_ = (name, n) if name != "event" else ("start", n - 1)  # rows are counted by the events
    short = with_rows(fit, **{name: getattr(fit.spells, name)[1:]})
    assert witness(short) == f"{said} does not have a value for each of {rows_} rows"
    if name not in ("covariates", "clusters", "event"):
        flat = with_rows(fit, **{name: getattr(fit.spells, name)[:, None]})
        assert witness(flat) == f"{name} does not have a value for each of {n} rows"


@pytest.mark.parametrize("name", ["gap", "gap0"])
@pytest.mark.parametrize("gap", [-1, 1, 1.5])
def test_gaps_at_which_one_side_has_nothing_are_named(name: str, gap: float) -> None:
    fit = fitted("terms of formation")
    wrong = with_rows(fit, **{name: changed(getattr(fit.spells, name), 5, gap)})
    assert witness(wrong) == f"{name} does not lie between −1 and 1"


def test_what_is_no_interval_at_risk_is_named() -> None:
    fit = fitted("each side, one draw")
    s = fit.spells
    quiet, broken, first = (int(np.flatnonzero(x)[0]) for x in (~s.event, s.event & (s.side == 0), s.start == 0))
    interval, nobody = "a row is no interval of ages", "a row says who broke, and that nobody did"
    for columns, words in (
        ({"start": changed(s.start, first, -1e-9)}, interval),
        ({"length": changed(s.length, 3, SHORTEST * (1 - 1e-9))}, interval),
        ({"side": changed(s.side, broken, 2)}, "a side is none of sponsor, proxy and unknown"),
        ({"side": changed(s.side, broken, -2)}, "a side is none of sponsor, proxy and unknown"),
        ({"side": changed(s.side, quiet, 0)}, nobody),
        ({"side": changed(s.side, quiet, 1)}, nobody),
    ):
        assert witness(with_rows(fit, **columns)) == words


@pytest.mark.parametrize("length", [SHORTEST, 0.9, 1.0])
def test_the_shortest_interval_and_the_age_of_nought_are_allowed(length: float) -> None:
    data = {"start": [0.0, 0.0, 1.0], "stop": [length, 1.0, 1.5], "event": [1, 0, 1]}
    fit = estimation.Constant().fit(data, event="event", starts=1)
    assert fit.spells.length.min() == min(length, 0.5)
    assert witness(fit) is None


def test_who_broke_counts_only_where_it_is_asked() -> None:
    # two events of the sponsor, one of the proxy, one of either, in time 5: three parts in four, by symmetry of rates
    data = {"start": np.zeros(5), "stop": np.ones(5), "x": np.arange(5.0), "event": [1, 1, 1, 1, 0]}
    data["who"] = np.array(["sponsor", "sponsor", "proxy", "", ""])
    fit = estimation.Logit((), link="log", risks="each side").fit(data, event="event", who="who", starts=1)
    at = np.array([[0.3, 0.5]])
    value = 2 * np.log(0.3) + np.log(0.5) + np.log(0.3 + 0.5) - 5 * (0.3 + 0.5)
    elsewhere = replace(fit, optima=at, values=np.array([value]), converged=np.array([False]))
    assert witness(elsewhere) is None  # it says that the search has not ended, and is right about all else
    wrong = witness(replace(elsewhere, values=np.array([value + 1])))
    assert wrong == f"search 0: ln L is {value + 1:.9g}, but by its definition {value:.9g}"


# -- predictions -------------------------------------------------------------------------------------------------------


class Wrong(HazardFit):
    """A fit one of whose predictions is off by a factor in one row."""

    what, row, factor = "hazard", 0, 1.0

    def predict(self, frame: Any = None, what: Any = "hazard") -> Array:
        found = super().predict(frame, what)
        return found * np.where(np.arange(len(found)) == self.row, self.factor, 1) if what == self.what else found


@pytest.mark.parametrize("name", ["constant", "each side", "logit, each side"])
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("hazard", "a predicted hazard is not that of the model"),
        ("survival", "a predicted survival is not the product of what the hazards leave"),
        ("who", "a predicted chance of who breaks is not that of the model"),
    ],
)
def test_predictions_are_compared_to_1e_minus_9(name: str, what: str, words: str) -> None:
    fit = fitted(name)
    if what == "who" and name == "constant":
        return
    wrong = Wrong(**{field.name: getattr(fit, field.name) for field in fields(fit)})
    for row in (0, fit.spells.size // 2, fit.spells.size - 1):
        size = float(fit.predict(what=what)[row])  # type: ignore[arg-type]
        width = 1e-9 * (1 + size) / size
        for part, right in ((-1.5, False), (-0.5, True), (0.5, True), (1.5, False)):
            for field, value in (("what", what), ("row", row), ("factor", 1 + part * width)):
                object.__setattr__(wrong, field, value)
            assert witness(wrong) == (None if right else words)


# -- at rest -----------------------------------------------------------------------------------------------------------


def beside(fit: HazardFit, k: int, errors: float) -> HazardFit:
    """A fit of one search that ended so many standard errors beside the maximum, with the right likelihood there."""
    error = 1 / np.sqrt(fit.information()[k, k])
    theta = changed(fit.estimate, k, fit.estimate[k] + errors * error)
    return replace(fit, optima=theta[None], values=np.array([float(fit.loglike(theta))]), converged=np.array([True]))


@pytest.mark.parametrize("name", ["each side", "each side, one draw", "constant", "log, each side"])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_good_fit_has_no_larger_likelihood_beside_it(name: str, sign: int) -> None:
    fit = fitted(name)
    for moved in range(len(fit.names)):
        near = beside(fit, moved, 0.05 * sign)  # larger by 0.05·0.01 − 0.01²/2 = 0.00045 on the way back
        assert near.status == "good"
        assert witness(near) is None
        far = beside(fit, moved, 0.3 * sign)  # and here by 0.003
        assert far.status == "good"
        gains = {}
        for k, p in enumerate(far.parameters):
            for way in (-1, 1):
                at = far.estimate[k] + way * 0.01 / np.sqrt(far.information()[k, k])
                gains[f"at {p.name} = {at:.6g}"] = fit.loglike(changed(far.estimate, k, at)) - far.best
        place, gain = next((place, gain) for place, gain in gains.items() if gain > 1e-3)
        assert witness(far) == f'the status is "good", but ln L is larger by {gain:.3g} {place}'
        # a search that says that it has not come to rest claims nothing of the kind
        assert witness(replace(far, converged=np.array([False]))) is None


@pytest.mark.parametrize(
    ("name", "place", "beyond"), [("one parameter", 0.30001, -1), ("free concept", 0.39999, 1)], ids=["lower", "upper"]
)
def test_beyond_a_bound_no_likelihood_is_asked_for(name: str, place: float, beyond: int) -> None:
    fit = fitted(name)
    theta = changed(fit.estimate, 0, place)
    near = replace(fit, optima=theta[None], values=np.array([float(fit.loglike(theta))]), converged=np.array([True]))
    assert near.status == "good"
    step = 0.01 / np.sqrt(near.information()[0, 0])
    assert fit.loglike(changed(theta, 0, place + beyond * step)) - near.best > 1e-3  # it rises, and would go on to rise
    assert witness(near) is None
