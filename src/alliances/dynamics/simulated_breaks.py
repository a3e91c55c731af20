"""Histories of a dyad under several policies, played out with common random numbers: the second way to what laws say exactly.

Per (history, period, cause) – the move of power, a shock of uncertain size, the sponsor's patience, the proxy's – one number is
drawn, and every policy meets the same ones: the histories under two policies differ by what the policies change and by nothing
else, and neither does adding a policy change the histories of the others. The effect of a policy is the mean difference of
lifetimes, history by history, and its standard error is that of these differences.

The laws of :func:`alliances.break_forecast` are exact and stand beside; they say how an effect changes with the parameters,
without noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import boolean, random_generator
from alliances.dynamics.arguments import whole
from alliances.dynamics.break_forecast import BreakForecast, forecast_of
from alliances.dynamics.break_laws import CAUSES
from alliances.dynamics.patience import Patience
from alliances.dynamics.policies import Policies, as_policies
from alliances.dynamics.power_process import PowerProcess
from alliances.dynamics.scenarios import Draws, Question, Scenario, scenario
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, Variable, aligned, progress_bar

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["Parameters", "SimulatedBreaks", "simulate_breaks"]

_AT_ONCE = 20_000  # histories that are played together: their arrays fit the cache of a core
_BASELINE = "baseline"
_MOVE, _SHOCK, _SPONSOR, _PROXY = range(4)
_NO_EFFECT = 1e-12  # of the number of periods: an exact effect as small as that is rounding


@runtime_checkable
class _Family(Protocol):
    """What models are drawn from; :class:`alliances.claims.Family` is such."""

    def draw(self, rng: np.random.Generator, /) -> DyadicGame: ...


Drawn: TypeAlias = DyadicGame | tuple[DyadicGame, Patience]
Parameters: TypeAlias = Callable[[np.random.Generator], Drawn] | _Family
"""A function of a generator that returns a model, or a model and a distribution of patience; or a family of models."""


@dataclass(frozen=True, eq=False)
class SimulatedBreaks(Result):
    """Simulated histories under several policies, the first of which is the baseline.

    Attributes
    ----------
    names
        The policies' names.
    lifetimes
        (K, N) how many periods the alliance lasted in each history under each policy; all of them if it did not break.
    causes
        (K, N) whose constraint failed: 0 the sponsor's alone, 1 the proxy's, 2 both; −1 where the alliance did not break.
    forecasts
        The exact law under each policy.
    sampled
        (J, K) the exact effects at J draws of the parameters; None if none were drawn.
    """

    names: tuple[str, ...]
    lifetimes: Array
    causes: Array
    forecasts: tuple[BreakForecast, ...]
    sampled: Array | None = None

    @property
    def status(self) -> Literal["solved", "not converged"]:
        """Whether the exact laws beside the histories are solved, of all policies: expectations may not have come to rest."""
        return "solved" if all(forecast.status == "solved" for forecast in self.forecasts) else "not converged"

    @property
    def dates(self) -> tuple[Any, ...]:
        """What the periods are called."""
        return self.forecasts[0].dates

    @property
    def counts(self) -> Array:
        """(K, T, 3) in how many histories the alliance broke, by policy, period and cause (sponsor, proxy, both)."""
        periods = len(self.dates)
        cells = self.lifetimes.astype(np.int64) * len(CAUSES) + self.causes
        return np.stack(
            [
                np.bincount(row[cause >= 0], minlength=periods * len(CAUSES)).reshape(periods, len(CAUSES))
                for row, cause in zip(cells, self.causes, strict=True)
            ]
        )

    @property
    def survival(self) -> Array:
        """(K, T + 1) the share of histories in which the alliance is intact before each period, and after the last."""
        broken = np.cumsum(self.counts.sum(axis=2), axis=1)
        return np.asarray(1 - np.pad(broken, ((0, 0), (1, 0))) / self.lifetimes.shape[1])

    @property
    def effect(self) -> Array:
        """(K,) the mean change of the lifetime against the baseline, in periods."""
        return np.asarray(self._differences.mean(axis=1))

    @property
    def standard_error(self) -> Array:
        """(K,) of :attr:`effect`, from the differences history by history; nan for a single history."""
        size = self.lifetimes.shape[1]
        if size < 2:
            return np.full(len(self.names), np.nan)
        return np.asarray(self._differences.std(axis=1, ddof=1) / np.sqrt(size))

    @property
    def independent_error(self) -> Array:
        """(K,) the standard error that independent random numbers would have given."""
        size = self.lifetimes.shape[1]
        if size < 2:
            return np.full(len(self.names), np.nan)
        variances = self.lifetimes.var(axis=1, ddof=1)
        return np.where(np.arange(len(self.names)) == 0, 0.0, np.sqrt((variances + variances[0]) / size))

    @property
    def _differences(self) -> Array:
        return np.asarray(self.lifetimes.astype(float) - self.lifetimes[0])

    @property
    def exact_effect(self) -> Array:
        """(K,) the effect by the exact laws."""
        means = np.array([forecast.restricted_mean for forecast in self.forecasts])
        return np.asarray(means - means[0])

    @property
    def flips(self) -> Array | None:
        """(K,) the share of parameter draws at which the exact effect has the other sign; nan where it has none."""
        if self.sampled is None:
            return None
        small = _NO_EFFECT * len(self.dates)
        sign = np.sign(np.where(np.abs(self.exact_effect) <= small, 0.0, self.exact_effect))
        other = np.sign(np.where(np.abs(self.sampled) <= small, 0.0, self.sampled)) == -sign
        return np.where(sign == 0, np.nan, other.mean(axis=0))

    def dates_by_cause(self, name: str) -> dict[str, list[Any]]:
        """The dates of the breaks in all histories under a policy, by cause."""
        if name not in self.names:
            raise ValueError(f"SimulatedBreaks.dates_by_cause(): name must be one of {', '.join(self.names)}; got {name!r}")
        k = self.names.index(name)
        broken = [self.lifetimes[k][self.causes[k] == cause] for cause in range(len(CAUSES))]
        return {cause: [self.dates[t] for t in np.sort(times)] for cause, times in zip(CAUSES, broken, strict=True)}

    @property
    def message(self) -> str:
        """The effects as a table."""
        size, flips = self.lifetimes.shape[1], self.flips
        lifetimes, intact = self.lifetimes.mean(axis=1), self.survival[:, -1]
        effects, errors, exact = self.effect, self.standard_error, self.exact_effect
        rows = [["policy", "intact", "lifetime", "effect", "s.e.", "exact", *(["flips"] if flips is not None else [])]]
        for k, name in enumerate(self.names):
            row = [name, f"{intact[k]:.3f}", f"{lifetimes[k]:.2f}"]
            if k == 0:
                row += ["–"] * (len(rows[0]) - len(row))
            else:
                row += [f"{effects[k]:+.3f}", f"{errors[k]:.3f}", f"{exact[k]:+.3f}"]
                row += [] if flips is None else ["–" if np.isnan(flips[k]) else f"{flips[k]:.2f}"]
            rows.append(row)
        near = [name for name, forecast in zip(self.names, self.forecasts, strict=True) if forecast.near_ends]
        some = f"\nNear the lattice's reflecting ends: {', '.join(near)}; widen the reach of the process and compare."
        return f"{size} histories of {len(self.dates)} periods\n{aligned(rows, left=1)}{some if near else ''}"

    def _record(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "histories": self.lifetimes.shape[1],
            "dates": self.dates,
            "counts": self.counts,
            **self._columns(),
        }

    def _variables(self) -> Mapping[str, Variable]:
        policy = Variable(("policy",), np.array(self.names), "policy")
        cause = Variable(("cause",), np.array(CAUSES), "whose constraint fails")
        date = Variable(("date",), np.array(self.dates), "period")
        counts = Variable(("policy", "date", "cause"), self.counts, "histories in which the alliance breaks", "histories")
        survival = Variable(("policy", "date"), self.survival[:, 1:], "share of histories in which it is intact afterwards")
        return {"policy": policy, "date": date, "cause": cause, "broken": counts, "survival": survival}

    def _columns(self) -> Columns:
        """One row per policy."""
        shares = self.counts.sum(axis=1) / self.lifetimes.shape[1]
        table: dict[str, Any] = {
            "policy": list(self.names),
            "lifetime": self.lifetimes.mean(axis=1),
            "effect": self.effect,
            "standard_error": self.standard_error,
            "exact_effect": self.exact_effect,
            "intact": self.survival[:, -1],
            **{cause: shares[:, k] for k, cause in enumerate(CAUSES)},
        }
        return table if self.flips is None else table | {"flips": self.flips}


def simulate_breaks(
    path: Power | PowerProcess,
    game: DyadicGame,
    patience: Patience | tuple[Patience, Patience] | None = None,
    *,
    policies: Mapping[str, Policies] | None = None,
    draws: Draws = "period",
    common: bool = False,
    expectations: bool = False,
    enforcement: Enforcement | None = None,
    dates: Any = None,
    start: Any = 0,
    periods: int = 100,
    expected: PowerProcess | None = None,
    rng: np.random.Generator | int | None = None,
    size: int = 10_000,
    parameters: Parameters | None = None,
    parameter_draws: int = 100,
    progress: bool = False,
) -> SimulatedBreaks:
    """Play histories out, with and without policies, and compare them.

    Parameters
    ----------
    path, game, patience, draws, common, expectations, enforcement, dates, start, periods, expected
        As in :func:`break_forecast`.
    policies
        By name: a policy such as :class:`KingpinStrike`, a list of several, or None for nothing. Effects are against
        "baseline", which is nothing unless given, and comes first.
    rng
        A NumPy generator, or a seed.
    size
        How many histories.
    parameters
        Where to draw other parameters from, to see at which share of them an effect has the other sign: a function that is
        given a generator and returns a model, or a model and a distribution of patience; or a :class:`claims.Family`, drawn
        from uniformly. The effects at the draws are those of the exact laws.
    parameter_draws
        How many of them.
    progress
        Whether to show a bar (needs tqdm).

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or a policy does not fit the model.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    >>> process = al.PowerProcess(step=0.1, reach=4, learning=(0.2, 1))
    >>> policies = {"kingpin": al.KingpinStrike(at=20, cut=0.5), "proxy hit": al.KingpinStrike(at=20, cut=0.5, target="proxy")}
    >>> result = al.simulate_breaks(
    ...     process, game, start=1.5, enforcement=al.GivenPunishment(), policies=policies, rng=1, size=20_000
    ... )
    >>> print(result)
    20000 histories of 100 periods
    policy     intact  lifetime  effect   s.e.   exact
    baseline    0.981     99.52       –      –       –
    kingpin     0.972     98.93  -0.593  0.045  -0.545
    proxy hit   0.990     99.83  +0.312  0.026  +0.341
    """
    function = "simulate_breaks"
    question = Question(
        function, path, game, patience, draws, common, expectations, enforcement, dates, start, periods, expected
    )
    listed = _named(policies, function)
    size, parameter_draws = whole(size, function, "size"), whole(parameter_draws, function, "parameter_draws")
    boolean(progress, function, "progress")
    generator = random_generator(rng, function)
    seed, parameter_seed = (int(x) for x in generator.integers(2**63, size=2))
    drawn = parameters.draw if isinstance(parameters, _Family) else parameters
    if drawn is not None and (isinstance(drawn, type) or not callable(drawn)):
        raise TypeError(
            f"{function}(): parameters must be a function that is given a generator and returns a model, or a family; "
            f"got {parameters!r}"
        )
    scenes = [scenario(question, policy) for policy in listed.values()]
    count = len(question.labels)
    lifetimes = np.empty((len(scenes), size), dtype=np.int32)
    causes = np.empty((len(scenes), size), dtype=np.int8)
    with progress_bar(size, progress, "history") as bar:
        for block, first in enumerate(range(0, size, _AT_ONCE)):
            part = slice(first, min(first + _AT_ONCE, size))
            numbers = _Numbers((seed, block), part.stop - part.start, question)
            for k, (lifetime, cause) in enumerate(_played(scenes, numbers, count)):
                lifetimes[k, part], causes[k, part] = lifetime, cause
            bar.update(part.stop - part.start)
    forecasts = tuple(forecast_of(question, scene) for scene in scenes)
    sampled = None
    if drawn is not None:
        rows = _effects(question, listed, drawn, np.random.default_rng(parameter_seed), parameter_draws, progress)
        sampled = np.array(list(rows))
    return SimulatedBreaks(tuple(listed), lifetimes, causes, forecasts, sampled)


def _named(policies: Mapping[str, Policies] | None, function: str) -> dict[str, Policies]:
    """The policies by name, the baseline first."""
    if policies is not None and not isinstance(policies, Mapping):
        raise TypeError(f"{function}(): policies must map names to policies; got {policies!r}")
    listed = {str(name): as_policies(policy, function, f"policies[{name!r}]") for name, policy in (policies or {}).items()}
    return {_BASELINE: listed.pop(_BASELINE, ()), **listed}


class _Numbers:
    """The random numbers of some histories: one stream per cause, the same for every policy."""

    def __init__(self, seed: tuple[int, int], size: int, question: Question) -> None:
        self.size, self.once, self.common = size, question.draws == "once", question.common
        self._streams = [np.random.default_rng([*seed, cause]) for cause in range(4)]
        self._fixed = self._drawn() if self.once else None

    def move(self) -> Array:
        """Uniform numbers that decide the moves of a period."""
        return self._streams[_MOVE].random(self.size)

    def shock(self) -> Array:
        """Uniform numbers that decide the size of a period's shocks."""
        return self._streams[_SHOCK].random(self.size)

    def patience(self) -> tuple[Array, Array]:
        """F_S(δ_S) and F_P(δ_P) of the discount factors that are drawn: a constraint fails where F_i(δ_i*) is above."""
        return self._drawn() if self._fixed is None else self._fixed

    def _drawn(self) -> tuple[Array, Array]:
        sponsor = self._streams[_SPONSOR].random(self.size)
        return sponsor, sponsor if self.common else self._streams[_PROXY].random(self.size)


def _played(scenes: list[Scenario], numbers: _Numbers, periods: int) -> Iterator[tuple[Array, Array]]:
    """Of each scenario: when histories broke, and by whom."""
    size, process = numbers.size, scenes[0].process
    lifetime = np.full((len(scenes), size), periods, dtype=np.int32)
    cause = np.full((len(scenes), size), -1, dtype=np.int8)
    place = np.stack([np.full(size, scene.start, dtype=np.int32) for scene in scenes])
    top = scenes[0].sponsor.shape[1] - 1
    moves = _Moves(process.moves()) if process is not None else None
    shocks = [{t: _Moves(jumps) for t, jumps in scene.shocks.items()} for scene in scenes]
    for t in range(periods):
        if t and moves is not None:
            place += moves.at(numbers.move())
            np.clip(place, 0, top, out=place)
        drawn_s, drawn_p = numbers.patience()
        shock = numbers.shock()
        for k, scene in enumerate(scenes):
            if t in shocks[k]:
                place[k] = np.clip(place[k] + shocks[k][t].at(shock), 0, top)
            fails_s, fails_p = drawn_s < scene.sponsor[t, place[k]], drawn_p < scene.proxy[t, place[k]]
            breaks = (fails_s | fails_p) & (cause[k] < 0)
            lifetime[k, breaks] = t
            cause[k, breaks] = np.where(fails_s[breaks], np.where(fails_p[breaks], 2, 0), 1)
    yield from zip(lifetime, cause, strict=True)


class _Moves:
    """Moves in steps, drawn by uniform numbers: in the order of the steps, so that more probability below is lower power."""

    def __init__(self, moves: Mapping[int, Any]) -> None:
        steps = sorted(moves)
        self.steps = np.array(steps, dtype=np.int32)
        self.below = np.cumsum([float(moves[step]) for step in steps])[:-1]

    def at(self, uniform: Array) -> Array:
        """The step of each number."""
        return self.steps[np.searchsorted(self.below, uniform, side="right")]


def _effects(
    question: Question,
    policies: Mapping[str, Policies],
    drawn: Callable[[np.random.Generator], Drawn],
    rng: np.random.Generator,
    draws: int,
    progress: bool,
) -> Iterator[Array]:
    """The exact effects at draws of the parameters."""
    with progress_bar(draws, progress, "model") as bar:
        for _ in range(draws):
            sample = drawn(rng)
            game, patience = sample if isinstance(sample, tuple) and len(sample) == 2 else (sample, question.patience)
            if not isinstance(game, DyadicGame):
                raise TypeError(
                    f"{question.function}(): parameters must return a model such as AllianceGame, or a model and a "
                    f"distribution of patience; got {sample!r}"
                )
            asked = replace(question, game=game, patience=patience)
            means = [forecast_of(asked, scenario(asked, policy)).restricted_mean for policy in policies.values()]
            bar.update(1)
            yield np.array(means) - means[0]
