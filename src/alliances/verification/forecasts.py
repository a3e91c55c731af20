"""Forecasts of breaks: is the law of the date the one that the critical discount factors and the patience imply?

The solver carries the survivors forward, with the records so far where patience is drawn once. Here the law is computed the
other way round. Drawn each period: from the end, as expected hazards of periods still to come. Drawn once: type by type –
patience between two neighbouring levels of F(δ*) is one type, which breaks at the first period that asks for more – and the
types are added up. Under policies, whose chances differ by period, survivors are carried forward by dense matrices, one game
per period; what leaders expect of them is a chain in which time is part of the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.dynamics.break_forecast import BreakForecast, ForecastQuestion
from alliances.dynamics.policies import Policy
from alliances.dynamics.power_process import PowerProcess
from alliances.dynamics.scenarios import Draws, check_for_ever
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.critical import CriticalDiscount, critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Verification, verify
from alliances.verification.outcome import outcome_of

__all__ = ["verify_forecast"]

_EQUAL = 1e-12  # how exactly probabilities must agree
_STILL = 1e-14  # relative: an expected worth that moves no further has come to rest
_NOTHING = 1e-300  # a worth below it is none
_ROUNDS = 200_000
_WHOLE = 1e-6  # of a lattice step

Check: TypeAlias = tuple[bool, str]


@dataclass
class _Rounds:
    """How many rounds the slowest expectation has taken to come to rest; _ROUNDS if it has not."""

    most: int = 0


@verify.register
def verify_forecast(forecast: BreakForecast) -> Verification:
    """Re-check a forecast: the critical discount factors behind it, and the law that they and the patience imply."""
    return outcome_of(_checks(forecast))


def _checks(f: BreakForecast) -> Iterator[Check]:
    q = f.question
    if q is None:
        return
    yield from _fits(f, q)
    critical = critical_discount(q.game, _powers(q.path), enforcement=q.enforcement)
    expected = critical if q.expected is None else critical_discount(q.game, q.expected.power(), enforcement=q.enforcement)
    for discounts in (critical, expected):
        base = verify(discounts)
        yield base.ok, f"critical discount factors: {base.witness}"
    if f.expectations:
        check_for_ever(critical, q.enforcement.pooled, "verify")
    rounds = _Rounds()
    mass, survival, alive = _law(f, q, critical, expected, rounds)
    equal = _EQUAL / alive  # what is divided by a small chance of survival has as many digits fewer
    yield not f.rests or rounds.most < _ROUNDS, f"what leaders expect has not come to rest after {_ROUNDS} rounds"
    if not f.rests:
        yield rounds.most >= _ROUNDS // 4, f"what leaders expect comes to rest after {rounds.most} rounds"
        yield from _bounds(f, q, survival, equal)
        return
    for t, date in enumerate(f.dates):
        for k, cause in enumerate(("the sponsor's constraint alone", "the proxy's constraint alone", "both constraints")):
            yield (
                bool(abs(f.mass[t, k] - mass[t, k]) <= equal),
                f"{date}: broken by {cause} with probability {mass[t, k]:.12g}, not {f.mass[t, k]:.12g}",
            )
    for t, (said, right) in enumerate(zip(f.survival, survival, strict=True)):
        yield bool(abs(said - right) <= equal), f"intact after {t} periods with probability {right:.12g}, not {said:.12g}"


def _bounds(f: BreakForecast, q: ForecastQuestion, survival: Array, equal: float) -> Iterator[Check]:
    """What a forecast claims whose chances are too small: a law, and survival at least as likely as with more rounds."""
    yield bool((f.mass >= 0).all()), "a chance of a break is negative"
    lost = np.abs(f.survival[:-1] - f.survival[1:] - f.mass.sum(axis=1)).max()
    yield bool(f.survival[0] == 1 and lost <= equal), "survival and the chances of breaks do not add up"
    if q.since == 0 or isinstance(q.path, Power):  # later on, who survives is selected by what is too small
        for t, (said, least) in enumerate(zip(f.survival, survival, strict=True)):
            yield (
                bool(said >= least - equal),
                f"intact after {t} periods with probability {least:.12g} at least, not {said:.12g}",
            )


def _fits(f: BreakForecast, q: ForecastQuestion) -> Iterator[Check]:
    periods = len(f.dates) if isinstance(f.dates, tuple) else 0
    yield periods > 0 and len(set(f.dates)) == periods, "dates: some are missing or occur twice"
    shapes = np.shape(f.mass) == (periods, 3) and np.shape(f.survival) == (periods + 1,)
    yield shapes, f"mass and survival must have the shapes {(periods, 3)} and {(periods + 1,)}"
    yield f.draws in get_args(Draws), f"draws is {f.draws!r}"
    flags = isinstance(f.common, bool) and isinstance(f.expectations, bool)
    yield flags, "common and expectations must be true or false"
    yield f.rests is True or (f.rests is False and f.expectations), "only what leaders expect may fail to come to rest"
    yield isinstance(q.game, DyadicGame) and isinstance(q.enforcement, Enforcement), "the model or the concept is missing"
    yield isinstance(q.policies, tuple) and all(isinstance(x, Policy) for x in q.policies), "policies must be a tuple of them"
    known = f.expectations or not any(policy.announced for policy in q.policies)
    yield known, "a policy is announced to leaders who expect nothing"
    yield isinstance(q.patience, tuple) and len(q.patience) == 2, "patience must be a pair of distributions"
    yield all(callable(getattr(p, "cdf", None)) for p in q.patience), "patience must have a distribution function"
    alike = q.patience[0] is q.patience[1] or q.patience[0] == q.patience[1]
    yield alike or not f.common, "both draw the same number, but from two distributions"
    yield f.common or not q.enforcement.common, "both have one discount factor under this concept, so both draw the same one"
    yield not (f.expectations and f.draws == "once"), "there is no redraw to expect where patience is drawn once"
    yield isinstance(q.since, int) and q.since >= 0, f"the forecast begins {q.since!r} periods after the path"
    given = isinstance(q.path, Power)
    yield given or isinstance(q.path, PowerProcess), "the path is neither powers nor a process"
    yield given == (q.start is None), "a random path has a first log ratio, and a given one has none"
    if isinstance(q.path, Power):
        yield q.path.shape == (q.since + periods,), f"the path has the shape {q.path.shape}, for {q.since + periods} periods"
    usable = q.expected is None or (given and f.expectations and isinstance(q.expected, PowerProcess))
    yield usable, "a process is expected only by leaders who have expectations, along a given path"


def _powers(path: Power | PowerProcess) -> Power:
    return path.power() if isinstance(path, PowerProcess) else path


def _law(
    f: BreakForecast, q: ForecastQuestion, critical: CriticalDiscount, expected: CriticalDiscount, rounds: _Rounds
) -> tuple[Array, Array, float]:
    """(T, 3) chances of breaks, (T + 1,) of survival, of alliances intact at the forecast's beginning; the chance of that."""
    shape, total = _powers(q.path).shape, q.since + len(f.dates)
    if q.policies:
        return _since(q, _under_policies(f, q, total, rounds))
    if f.expectations:
        chances = _foreseen(f, q, expected, rounds)
    else:
        deltas = (critical.sponsor, critical.proxy)
        chances = [np.asarray(p.cdf(to_float(d))) for p, d in zip(q.patience, deltas, strict=True)]
    s, p = (np.broadcast_to(x, shape).astype(float) for x in chances)
    if isinstance(q.path, PowerProcess):
        moves, first = _matrix(q.path), q.path.place(q.start, "break_forecast")
        law = (_types_on_chain if f.draws == "once" else _backward)(s, p, moves, first, total, f.common)
    else:
        law = (_types_on_path if f.draws == "once" else _redrawn)(s, p, f.common)
    return _since(q, law)


def _since(q: ForecastQuestion, law: tuple[Array, Array]) -> tuple[Array, Array, float]:
    """The chances from the forecast's beginning on, of alliances intact then, and the chance of that."""
    mass, survival = law
    alive = float(survival[q.since])
    if alive <= 0:
        raise ValueError(f"no alliance is intact after {q.since} periods")
    return mass[q.since :] / alive, survival[q.since :] / alive, alive


def _causes(s: Array, p: Array, common: bool) -> Array:
    """(…, 3): the sponsor's constraint fails and the proxy's does not, the reverse, both fail."""
    if common:
        return np.stack([np.maximum(s - p, 0), np.maximum(p - s, 0), np.minimum(s, p)], axis=-1)
    return np.stack([s * (1 - p), p * (1 - s), s * p], axis=-1)


def _redrawn(s: Array, p: Array, common: bool) -> tuple[Array, Array]:
    hazard, alive, mass = _causes(s, p, common), [1.0], []
    for row in hazard:
        mass.append(alive[-1] * row)
        alive.append(alive[-1] * (1 - row.sum()))
    return np.array(mass), np.array(alive)


def _matrix(process: PowerProcess) -> Array:
    """(n, n) transition probabilities between lattice points, move by move."""
    n = len(process.log_ratios)
    matrix = np.zeros((n, n))
    for step, chance in process.moves().items():
        for x in range(n):
            matrix[x, min(max(x + step, 0), n - 1)] += float(chance)
    return matrix


def _backward(s: Array, p: Array, moves: Array, first: int, periods: int, common: bool) -> tuple[Array, Array]:
    """The chances of a break t periods ahead, and of none until then, by the state now: one more ahead for one less behind."""
    hazard, mass, alive = _causes(s, p, common), [], [1.0]
    stays = 1 - hazard.sum(axis=-1, keepdims=True)
    ahead, intact = hazard, stays
    for _ in range(periods):
        mass.append(ahead[first])
        alive.append(float(intact[first, 0]))
        ahead, intact = stays * (moves @ ahead), stays * (moves @ intact)
    return np.array(mass), np.array(alive)


def _types(s: Array, p: Array, common: bool) -> tuple[Array, Array, Array]:
    """The upper ends of the types' ranks, the sponsor's and the proxy's, and the types' shares; the last are never broken."""
    sides = [np.unique(np.concatenate([x, [1.0]])) for x in ([np.concatenate([s, p])] if common else [s, p])]
    shares = [np.diff(np.concatenate([[0.0], side])) for side in sides]
    if common:
        return sides[0], sides[0], shares[0]
    upper_s, upper_p = (x.ravel() for x in np.meshgrid(*sides, indexing="ij"))
    return upper_s, upper_p, np.outer(*shares).ravel()


def _failing(s: Array, p: Array, upper_s: Array, upper_p: Array) -> Array:
    """(n, types, 3) whether a type's alliance breaks at each critical point, by cause."""
    sponsor, proxy = s[:, None] >= upper_s, p[:, None] >= upper_p
    return np.stack([sponsor & ~proxy, proxy & ~sponsor, sponsor & proxy], axis=-1).astype(float)


def _types_on_path(s: Array, p: Array, common: bool) -> tuple[Array, Array]:
    upper_s, upper_p, left = _types(s, p, common)
    mass, alive = [], [1.0]
    for breaks in _failing(s, p, upper_s, upper_p):
        mass.append(left @ breaks)
        left = left * (1 - breaks.sum(axis=-1))
        alive.append(float(left.sum()))
    return np.array(mass), np.array(alive)


def _types_on_chain(s: Array, p: Array, moves: Array, first: int, periods: int, common: bool) -> tuple[Array, Array]:
    upper_s, upper_p, shares = _types(s, p, common)
    breaks = _failing(s, p, upper_s, upper_p)
    stays = 1 - breaks.sum(axis=-1)
    weight, mass, alive = np.zeros((len(s), len(shares))), [], [1.0]
    weight[first] = shares
    for _ in range(periods):
        mass.append(np.einsum("xy,xyc->c", weight, breaks))
        weight = moves.T @ (weight * stays)
        alive.append(float(weight.sum()))
    return np.array(mass), np.array(alive)


def _under_policies(f: BreakForecast, q: ForecastQuestion, periods: int, rounds: _Rounds) -> tuple[Array, Array]:
    """(T, 3) chances of breaks and (T + 1,) of survival under policies: one game per period, shocks before its decisions."""
    chances = np.stack([_foreseen_at(f, q, t, rounds) if f.expectations else _chances_at(q, t) for t in range(periods)])
    s, p = chances[:, 0], chances[:, 1]
    n = s.shape[1]
    process = q.path if isinstance(q.path, PowerProcess) else None
    moves = np.eye(n) if process is None else _matrix(process)
    start = 0 if process is None else process.place(q.start)
    if f.draws == "once":
        upper_s, upper_p, shares = _types(s.ravel(), p.ravel(), f.common)
        weight = np.zeros((n, len(shares)))
        weight[start] = shares
    else:
        weight = np.zeros((n, 1))
        weight[start] = 1
    mass, alive = [], [1.0]
    for t in range(periods):
        for policy in q.policies if process is not None else ():
            for shock in policy.shocks:
                if shock.period == t:
                    weight = _shifted(weight, shock.shift / to_float(process.step))  # type: ignore[union-attr]
        breaks = _failing(s[t], p[t], upper_s, upper_p) if f.draws == "once" else _causes(s[t], p[t], f.common)[:, None, :]
        mass.append(np.einsum("xy,xyc->c", weight, breaks))
        weight = moves.T @ (weight * (1 - breaks.sum(axis=-1)))
        alive.append(float(weight.sum()))
    return np.array(mass), np.array(alive)


def _critical_at(q: ForecastQuestion, t: int, now: int, process: PowerProcess | None) -> CriticalDiscount:
    """The critical discount factors of period ``t`` as known in period ``now``: on the lattice, or at the power of the path."""
    game, concept, left, total = q.game, q.enforcement, [1.0, 1.0], 1.0
    for policy in q.policies:
        known = t if policy.announced else now
        if policy.at <= known:
            game, concept = policy.on_game(game), policy.on_enforcement(concept)
        for shock in policy.shocks:
            if shock.period <= known:
                left = [left[0] * shock.sponsor, left[1] * shock.proxy]
                total *= max(shock.sponsor, shock.proxy)
    if process is not None:
        return critical_discount(game, process.power(total), enforcement=concept)
    assert isinstance(q.path, Power)
    sponsor, proxy = (to_float(x[t]) * part for x, part in zip((q.path.sponsor, q.path.proxy), left, strict=True))
    return critical_discount(game, Power(np.array([sponsor]), np.array([proxy])), enforcement=concept)


def _chances_at(q: ForecastQuestion, t: int) -> Array:
    """(2, n) F(δ*) of both in a period."""
    process = q.path if isinstance(q.path, PowerProcess) else None
    critical = _critical_at(q, t, t, process)
    deltas = (critical.sponsor, critical.proxy)
    found = [np.asarray(p.cdf(to_float(d)), dtype=float) for p, d in zip(q.patience, deltas, strict=True)]
    n = 1 if process is None else len(process.log_ratios)
    return np.stack([np.broadcast_to(chance, n) for chance in found])


def _foreseen_at(f: BreakForecast, q: ForecastQuestion, now: int, rounds: _Rounds) -> Array:
    """(2, n) the chances in a period of leaders who look ahead: a chain of (period, lattice point), to the last known date."""
    from scipy.sparse import block_array, csr_array

    process = q.path if isinstance(q.path, PowerProcess) else q.expected
    announced = [policy for policy in q.policies if policy.announced]
    if process is None:
        critical = _critical_at(q, now, now, None)
        return np.stack(_worth(critical, np.eye(1), f, q, rounds))
    dates = [policy.at for policy in announced] + [shock.period for policy in announced for shock in policy.shocks]
    last = max([now, *dates])
    n, blocks = len(process.log_ratios), range(now, last + 1)
    terms = [_critical_at(q, t, now, process).terms for t in blocks]
    gain, loss = (
        [np.concatenate([np.broadcast_to(to_float(pair[k]), n) for pair in pairs]) for k in range(2)]
        for pairs in ([x.temptation for x in terms], [x.loss for x in terms])
    )
    rows: list[list[Any]] = [[csr_array((n, n))] * len(blocks) for _ in blocks]
    for k, t in enumerate(blocks):
        step = _matrix(process).T
        for shock in (shock for policy in announced for shock in policy.shocks if shock.period == t + 1):
            step = _shifted(step, shock.shift / to_float(process.step))
        rows[k][min(k + 1, len(blocks) - 1)] = csr_array(step.T)
    chances = _worth_of(gain, loss, block_array(rows).tocsr(), q.patience, f.common, rounds)
    first = [chance[:n] for chance in chances]
    if isinstance(q.path, PowerProcess):
        return np.stack(first)
    power = _struck(q, now)
    return np.stack([chance[[process.place(process.nearest(power))]] for chance in first])


def _struck(q: ForecastQuestion, t: int) -> Power:
    """The power of a measured path in a period, after the shocks."""
    assert isinstance(q.path, Power)
    parts = [to_float(q.path.sponsor[t]), to_float(q.path.proxy[t])]
    for shock in (shock for policy in q.policies for shock in policy.shocks if shock.period <= t):
        parts = [parts[0] * shock.sponsor, parts[1] * shock.proxy]
    return Power(*parts)


def _shifted(weight: Array, steps: float) -> Array:
    """Weights moved by a number of steps; what is no whole number goes to both neighbours, with the right mean."""
    near = round(steps)
    parts = {near: 1.0} if abs(steps - near) < _WHOLE else {int(np.floor(steps)) + k: abs(1 - k - steps % 1) for k in (0, 1)}
    moved = np.zeros_like(weight)
    for step, part in parts.items():
        for x in range(len(weight)):
            moved[min(max(x + step, 0), len(weight) - 1)] += part * weight[x]
    return moved


def _foreseen(f: BreakForecast, q: ForecastQuestion, expected: CriticalDiscount, rounds: _Rounds) -> list[Array]:
    """The chances that the constraints fail where leaders foresee redraws: the largest worth of the alliance, from above."""
    if isinstance(q.path, PowerProcess):
        return _worth(expected, _matrix(q.path), f, q, rounds)
    if q.expected is None:
        return _worth(expected, np.eye(q.path.shape[0]), f, q, rounds)
    chances = _worth(expected, _matrix(q.expected), f, q, rounds)
    places = [q.expected.place(q.expected.nearest(q.path[t]), "break_forecast") for t in range(q.path.shape[0])]
    return [chance[places] for chance in chances]


def _worth(critical: CriticalDiscount, moves: Array, f: BreakForecast, q: ForecastQuestion, rounds: _Rounds) -> list[Array]:
    pairs = critical.terms.temptation, critical.terms.loss
    gain, loss = ([np.broadcast_to(to_float(x), len(moves)).astype(float) for x in pair] for pair in pairs)
    return _worth_of(gain, loss, moves, q.patience, f.common, rounds)


def _worth_of(
    gain: list[Array], loss: list[Array], moves: Any, patience: tuple[Any, Any], common: bool, rounds: _Rounds
) -> list[Array]:
    n = moves.shape[0]
    gain = [np.maximum(x, 0.0) for x in gain]
    if common:
        gain, loss = [gain[0] + gain[1]], [loss[0] + loss[1]]
    sides = range(len(gain))
    worth = [np.full(n, max(float(loss[i].max()), 0.0)) / (1 - float(patience[i].partial_mean(0.0))) for i in sides]
    for taken in range(1, _ROUNDS + 1):
        with np.errstate(divide="ignore", invalid="ignore"):
            least = [np.where(gain[i] > 0, np.where(worth[i] > 0, gain[i] / worth[i], 2.0), 0.0) for i in sides]
        keeps = [1 - np.asarray(patience[i].cdf(least[i])) for i in sides]
        new = []
        for i in sides:
            trust = keeps[1 - i] if len(gain) == 2 else np.ones(n)
            stream = loss[i] * keeps[i] + np.asarray(patience[i].partial_mean(least[i])) * worth[i]
            new.append(np.maximum(moves @ (trust * stream), 0.0))
        moved = max(float(np.abs(a - b).max()) / max(float(b.max()), _NOTHING) for a, b in zip(new, worth, strict=True))
        worth = new
        rounds.most = max(rounds.most, taken)
        if moved <= _STILL:
            break
    chances = [1 - keep for keep in keeps]
    return [chances[0], chances[-1]]
