"""Fitted hazards: ln L from the rows that the fit keeps, by its definition, with neither cells nor derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.estimation.critical_rates import FLOOR
from alliances.estimation.fits import HazardFit
from alliances.estimation.models import HazardModel
from alliances.estimation.regressions import Logit
from alliances.estimation.spells import SHORTEST, SIDES, Layout, Spells
from alliances.payoffs.numbers import with_numbers
from alliances.payoffs.sharing import Agreed
from alliances.power import Power
from alliances.repeated.critical import critical_discount
from alliances.results import Verification, verify
from alliances.verification.outcome import outcome_of

_AGREEMENT = 1e-9  # of ln L, by its size, and of rates
_STEP = 0.01  # standard errors: how far beside θ̂ a larger ln L is looked for
_GAIN = 1e-3  # log points that it may be larger there: a search has come near enough
_LOG_RATIOS = 25  # of the resolution: how near in ln(s/p) gaps are that are taken for one
_INSIDE = 1 - 1e-12


@verify.register
def _(result: HazardFit) -> Verification:
    return outcome_of(_conditions(result))


def _conditions(fit: HazardFit) -> Iterator[tuple[bool, str]]:
    yield isinstance(fit.layout, Layout), f"{fit.layout!r} does not say which columns the fit is of"
    yield from _rows(fit.spells)
    names = tuple(p.name for p in fit.parameters)
    yield fit.names == names, f"the parameters are {fit.names}, but the model's are {names}"
    yield fit.design == fit.model.design(fit.spells), "the design's columns or knots are not those of the rows"
    count = len(fit.values)
    yield (
        count > 0
        and np.shape(fit.values) == np.shape(fit.converged) == (count,)
        and np.shape(fit.optima) == (count, len(names))
        and np.asarray(fit.converged).dtype == bool,
        "optima, values and converged are not of the same searches",
    )
    yield bool(np.all(np.diff(fit.values) <= 0)), "the best search is not the first"
    rows = _together(fit)
    for k, (theta, value) in enumerate(zip(fit.optima, fit.values, strict=True)):
        for p, x in zip(fit.parameters, theta, strict=True):
            edge = _AGREEMENT * max(abs(p.low), abs(p.high))
            yield p.low - edge <= x <= p.high + edge, f"search {k}: {p.name} = {x:.6g} is out of its bounds"
        found = _loglike(fit, rows, theta)
        yield _near(found, value), f"search {k}: ln L is {value:.9g}, but by its definition {found:.9g}"
    rates = _rates(fit, fit.spells, fit.estimate)
    yield from _predictions(fit, rates)
    if fit.status == "good":
        yield from _rest(fit, rows)


def _near(x: Any, y: Any) -> bool:
    return bool(np.allclose(x, y, rtol=_AGREEMENT, atol=_AGREEMENT))


def _rows(spells: Spells) -> Iterator[tuple[bool, str]]:
    """Whether the rows are intervals at risk."""
    n = len(spells.event)
    for name in ("start", "length", "event", "side", "group"):
        yield np.shape(getattr(spells, name)) == (n,), f"{name} does not have a value for each of {n} rows"
    for name in ("gap", "gap0"):
        gap = getattr(spells, name)
        yield gap is None or np.shape(gap) == (n,), f"{name} does not have a value for each of {n} rows"
        yield gap is None or bool(np.all(np.abs(gap) < 1)), f"{name} does not lie between −1 and 1"
    for name in ("covariates", "clusters"):
        yield len(getattr(spells, name)) == n, f"{name} does not have a value for each of {n} rows"
    yield bool(np.all(spells.start >= 0) and np.all(spells.length >= SHORTEST)), "a row is no interval of ages"
    yield bool(np.all(np.isin(spells.side, (-1, 0, 1)))), "a side is none of sponsor, proxy and unknown"
    yield bool(np.all(spells.event | (spells.side < 0))), "a row says who broke, and that nobody did"


def _together(fit: HazardFit) -> Spells:
    """The rows, with gaps that the model takes for one at their mean."""
    spells, model = fit.spells, fit.model
    if not isinstance(model, HazardModel) or model.resolution is None:
        return spells
    gaps = {name: x for name, x in (("gap", spells.gap), ("gap0", spells.gap0)) if x is not None}
    widths = (model.resolution, _LOG_RATIOS * model.resolution)
    keys = [np.floor(x / width) for gap in gaps.values() for x, width in zip((gap, 2 * np.arctanh(gap)), widths, strict=True)]
    _, group = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    means = {name: (np.bincount(group, weights=x) / np.bincount(group))[group] for name, x in gaps.items()}
    return replace(spells, **means)


def _loglike(fit: HazardFit, rows: Spells, theta: Array) -> float:
    """Σ ln λ of who broke, or of both together where nobody knows who, less Σ λ dt."""
    rates = _rates(fit, rows, theta)
    total = rates.sum(axis=0)
    known = rows.event & (rows.side >= 0) & (len(rates) == 2)
    broke = np.where(known, rates[np.where(known, rows.side, 0), np.arange(rows.size)], total)
    return float(np.log(broke[rows.event]).sum() - (total * rows.length).sum())


def _rates(fit: HazardFit, spells: Spells, theta: Array) -> Array:
    """λ by side and row."""
    values = dict(zip(fit.names, np.asarray(theta).tolist(), strict=True))
    if isinstance(fit.model, HazardModel):
        return _structural(fit.model, fit, spells, values)
    if isinstance(fit.model, Logit):
        return _linear(fit.model, fit, spells, values)
    return fit.model.rates(spells, fit.design, theta)


def _effect(fit: HazardFit, spells: Spells, values: Mapping[str, float], side: str = "") -> Array:
    """x'β."""
    slopes = np.array([values[name + side] for name in fit.design.names])
    return np.asarray((fit.design.matrix(spells) * slopes).sum(axis=1))


def _linear(model: Logit, fit: HazardFit, spells: Spells, values: Mapping[str, float]) -> Array:
    level = "odds" if model.link == "logit" else "rate"
    rates = []
    for side in [""] if model.sides == 1 else [f".{side}" for side in SIDES]:
        factor = values[level + side] * np.exp(_effect(fit, spells, values, side))
        rates.append(factor / (1 + factor) if model.link == "logit" else factor)
    return np.stack(rates)


def _inside(gap: Array | None) -> Array:
    """Gaps whose mean may have been rounded to ±1."""
    assert gap is not None
    return np.asarray(np.clip(gap, -_INSIDE, _INSIDE))


def _structural(model: HazardModel, fit: HazardFit, spells: Spells, values: Mapping[str, float]) -> Array:
    """π F(δ*) exp(x'β), of the game that the values make."""
    game, concept = model.game, model.enforcement
    if of_game := {name: values[name] for name in model.free if not name.startswith("enforcement.")}:
        game = with_numbers(game, of_game)
    if of_concept := {name: values[name] for name in model.free if name.startswith("enforcement.")}:
        concept = with_numbers(concept, {name.partition(".")[2]: x for name, x in of_concept.items()})
    if model.terms == "formation":
        game = replace(game, sharing=Agreed(_inside(spells.gap0)))  # type: ignore[type-var]
    critical = critical_discount(game, Power.from_gap(_inside(spells.gap)), enforcement=concept)
    patience = model.patience.settled({name: values[f"patience.{name}"] for name in model.patience.open_parameters})
    least = [critical.dyad] if model.sides == 1 else [critical.sponsor, critical.proxy]
    chances = [FLOOR + (1 - FLOOR) * patience.cdf(np.broadcast_to(to_float(x), spells.size)) for x in least]
    if model.swapped:
        chances.reverse()
    if model.draws == "common":  # one draw: who needs more patience breaks, and where both fall short each in half of all cases
        chances = [np.where(x > y, x - y / 2, x / 2) for x, y in (chances, chances[::-1])]
    if model.opportunity == "each side":
        levels = [values[f"opportunity.{side}"] for side in SIDES]
    elif model.opportunity is True:
        levels = [values["opportunity"]] * model.sides
    else:
        levels = [float(model.opportunity or 1)] * model.sides
    factor = np.exp(_effect(fit, spells, values))
    return np.stack([level * chance * factor for level, chance in zip(levels, chances, strict=True)])


def _predictions(fit: HazardFit, rates: Array) -> Iterator[tuple[bool, str]]:
    spells, total = fit.spells, rates.sum(axis=0)
    yield _near(fit.predict(), total), "a predicted hazard is not that of the model"
    survival = fit.predict(what="survival")
    order = np.lexsort((spells.start, spells.group))
    left, alliance = 1.0, None
    expected = np.empty(spells.size)
    for row in order:
        left = (left if spells.group[row] == alliance else 1.0) * float(np.exp(-total[row] * spells.length[row]))
        expected[row], alliance = left, spells.group[row]
    yield _near(survival, expected), "a predicted survival is not the product of what the hazards leave"
    if len(rates) == 2:
        yield _near(fit.predict(what="who"), rates[0] / total), "a predicted chance of who breaks is not that of the model"


def _rest(fit: HazardFit, rows: Spells) -> Iterator[tuple[bool, str]]:
    """Whether ln L is no larger beside θ̂, along each parameter."""
    best = _loglike(fit, rows, fit.estimate)
    errors = 1 / np.sqrt(np.diag(fit.information()))
    for k, p in enumerate(fit.parameters):
        for sign in (-1, 1):
            beside = fit.estimate.copy()
            beside[k] = np.clip(beside[k] + sign * _STEP * errors[k], p.low, p.high)
            gain = _loglike(fit, rows, beside) - best
            yield gain <= _GAIN, f'the status is "good", but ln L is larger by {gain:.3g} at {p.name} = {beside[k]:.6g}'
