"""Models against each other on rows that they have not seen.

Every fold is a fit of its own, from cold starts, on its own rows: models hold no data, ``fit`` takes no point to start from,
knots and the columns that are left out are learned from the rows of the fold. Predictions are judged by Σ y ln λ − λ dt, and by
λ itself where they are ranked, because an interval that an event ended is short; ranks are compared within folds, of one model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import random_generator, random_seed
from alliances.dynamics.arguments import whole
from alliances.estimation.cox import Cox
from alliances.estimation.rates import RateModel, not_a_model
from alliances.estimation.spells import Duration, Layout, Spells
from alliances.results import Result, draw, progress_bar
from alliances.values.tables import Columns, Variable, text_table

if TYPE_CHECKING:
    from alliances.results import Axes

__all__ = ["HazardComparison", "ScoreTable", "cross_validate", "ranked"]

_LEVELS = 0.025, 0.975
_LEAST = 1e-12
_TIED = 1e-9  # relative: rates that differ by less differ by rounding


def ranked(rates: Array, event: Array) -> float:
    """The area under the ROC curve: the chance that a row with an event has a larger λ than one without, ties counted half.

    nan where all rows are of one class. Rates that differ by rounding are ties: where δ* is the same along a stretch of gaps,
    their order would be chance, and another on another processor.

    >>> ranked(np.array([0.1, 0.1, 0.1 + 1e-16]), np.array([True, False, False]))
    0.5
    """
    ones, zeros = int(event.sum()), int((~event).sum())
    if not ones or not zeros:
        return float("nan")
    values, place = np.unique(rates, return_inverse=True)
    place = np.cumsum(np.append(0, values[1:] > values[:-1] * (1 + _TIED)))[place]
    below = np.bincount(place[~event], minlength=len(values))
    before = np.cumsum(below) - below
    return float((before[place[event]] + below[place[event]] / 2).sum() / (ones * zeros))


@dataclass(frozen=True, eq=False)
class ScoreTable(Result):
    """Scores of models, and their differences to one of them.

    Attributes
    ----------
    models, against
        The names, and the one that the others are compared with.
    log_scores, briers, aucs
        Σ y ln λ − λ dt over all rows that were predicted; the mean squared error of the chance of an event per unit of
        time; the area under the curve within folds.
    differences, lower, upper, above
        Log score less that of ``against``, its 95 % interval by a paired bootstrap, and the share of samples above 0.
    unit
        What was drawn: groups, or nodes.
    """

    models: tuple[str, ...]
    against: str
    log_scores: Array
    briers: Array
    aucs: Array
    differences: Array
    lower: Array
    upper: Array
    above: Array
    unit: str

    @property
    def message(self) -> str:
        """The best model, and how sure that is."""
        best = int(np.argmax(self.log_scores))
        return f"Best out of sample: {self.models[best]} ({self.log_scores[best]:.2f}); intervals by {self.unit}"

    def _columns(self) -> Columns:
        return {
            "model": self.models, "log score": self.log_scores, f"less {self.against}": self.differences, "lower": self.lower,
            "upper": self.upper, "above 0": self.above, "Brier": self.briers, "AUC": self.aucs,
        }  # fmt: skip

    def _variables(self) -> Mapping[str, Variable]:
        names = {
            "log_scores": "log score",
            "briers": "Brier score",
            "aucs": "AUC",
            "differences": f"log score less {self.against}",
        }
        return {name: Variable(("model",), getattr(self, name), text) for name, text in names.items()}

    def __str__(self) -> str:
        return f"{self.message}\n{text_table(self._columns(), left=1)}"


@dataclass(frozen=True, eq=False)
class HazardComparison(Result):
    """Models' predictions of rows that they have not seen.

    Attributes
    ----------
    models
        Names.
    rates
        (models, n) the λ of each row that was predicted.
    scores
        (models, n) y ln λ − λ dt; of models that say who, y_s ln λ_s − λ_s dt summed over the sides.
    event, length
        (n,) what happened, and the time at risk.
    fold, group
        (n,) in which fold the row was predicted, and its alliance.
    nodes
        (n, 2) the two ends of the dyad, where ``cluster`` named them.
    parameters
        How many each model has.
    scheme
        How the rows were divided.
    notes
        What happened in the folds: columns that were left out, starts that disagreed.
    """

    models: tuple[str, ...]
    rates: Array
    scores: Array
    event: Array
    length: Array
    fold: Array
    group: Array
    nodes: Array | None
    parameters: tuple[int, ...]
    scheme: str
    notes: tuple[str, ...]

    @property
    def log_scores(self) -> Array:
        """Σ y ln λ − λ dt, per model."""
        return np.asarray(self.scores.sum(axis=1))

    @property
    def briers(self) -> Array:
        """The mean of (y − 1 + exp(−λ))², the chance per unit of time: not per interval, whose length depends on the event."""
        return np.asarray(((self.event + np.expm1(-self.rates)) ** 2).mean(axis=1))

    @property
    def aucs(self) -> Array:
        """The area under the curve within folds, averaged over those that have both classes; nan if none has."""
        areas = np.array(
            [[ranked(x[self.fold == k], self.event[self.fold == k]) for k in np.unique(self.fold)] for x in self.rates]
        )
        there = ~np.isnan(areas[0])
        return np.asarray(areas[:, there].mean(axis=1)) if there.any() else np.full(len(areas), np.nan)

    def difference(
        self,
        model: str,
        against: str,
        *,
        by: Literal["group", "node"] = "group",
        times: int = 2000,
        rng: np.random.Generator | int | None = 0,
    ) -> Array:
        """Bootstrapped differences of the log scores of two models, (times,).

        Groups are drawn with replacement, and with ``by="node"`` the states: a dyad counts as often as both its ends together.
        """
        gain = self.scores[self._place(model)] - self.scores[self._place(against)]
        return np.asarray(gain @ self._weights(by, whole(times, "difference", "times", 2), random_generator(rng, "difference")))

    def _place(self, model: str) -> int:
        if model not in self.models:
            raise ValueError(f"HazardComparison: model must be one of {', '.join(self.models)}; got {model!r}")
        return self.models.index(model)

    def _weights(self, by: str, times: int, rng: np.random.Generator) -> Array:
        """(n, times) how often each row is in a sample."""
        if by == "node" and self.nodes is None:
            raise ValueError(
                "HazardComparison: by='node' needs cross_validate(cluster=(column of one end, column of the other))"
            )
        if by not in ("group", "node"):
            raise ValueError(f"HazardComparison: by must be 'group' or 'node'; got {by!r}")
        codes = self.group[:, None] if by == "group" or self.nodes is None else self.nodes
        names, place = np.unique(codes, return_inverse=True)
        often = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=times).T
        return np.asarray(often[place.reshape(codes.shape)].prod(axis=1), dtype=float)

    def table(
        self,
        against: str | None = None,
        *,
        by: Literal["group", "node"] = "group",
        times: int = 2000,
        rng: np.random.Generator | int | None = 0,
    ) -> ScoreTable:
        """Scores, and differences to ``against`` (the first model by default) with intervals by a paired bootstrap."""
        reference = self.models[0] if against is None else against
        gains = self.scores - self.scores[self._place(reference)]
        count = whole(times, "table", "times", 2)
        if by == "group":  # sums by group first: of these there are few
            _, place = np.unique(self.group, return_inverse=True)
            sums = np.stack([np.bincount(place.reshape(-1), weights=x) for x in gains])
            n = sums.shape[1]
            often = random_generator(rng, "table").multinomial(n, np.full(n, 1 / n), size=count)
            drawn = sums @ often.T
        else:
            generator = random_generator(rng, "table")
            parts = [gains @ self._weights(by, min(200, count - k), generator) for k in range(0, count, 200)]
            drawn = np.concatenate(parts, axis=1)
        lower, upper = np.quantile(drawn, _LEVELS, axis=1)
        above = (drawn > 0).mean(axis=1)
        above[self._place(reference)] = np.nan
        return ScoreTable(
            self.models, reference, self.log_scores, self.briers, self.aucs, gains.sum(axis=1), lower, upper, above, f"{by}s",
        )  # fmt: skip

    @property
    def message(self) -> str:
        """The best model, and what it was tried on."""
        best = int(np.argmax(self.log_scores))
        return (
            f"{len(self.models)} models, {self.scheme}: {int(self.event.sum())} events in {len(self.event)} rows; "
            f"best log score {self.log_scores[best]:.2f}, {self.models[best]}"
        )

    def _columns(self) -> Columns:
        return {
            "model": self.models, "parameters": self.parameters, "log score": self.log_scores, "Brier": self.briers, "AUC":
            self.aucs,
        }  # fmt: skip

    def _variables(self) -> Mapping[str, Variable]:
        return {
            "scores": Variable(("model", "row"), self.scores, "log score of a row"),
            "rates": Variable(("model", "row"), self.rates, "predicted hazard"),
        }

    def _shown(self) -> Mapping[str, Any]:
        scores = dict(zip(self.models, self.log_scores.tolist(), strict=True))
        return {"scheme": self.scheme, "events": int(self.event.sum()), "rows": len(self.event), **scores, "notes": self.notes}

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Differences of log scores with their intervals; :func:`alliances.plotting.plot_comparison`."""
        return draw(self, ax, **options)

    def __str__(self) -> str:
        return "\n".join([self.message, text_table(self._columns(), left=1), *self.notes])


def cross_validate(
    models: Sequence[Any] | Mapping[str, Any],
    frame: Any,
    *,
    event: str = "event",
    by: str | None = None,
    split: float | None = None,
    folds: int = 10,
    time: str = "year",
    duration: Duration = ("start", "stop"),
    gap: str | Mapping[str, str] = "gap",
    gap_at_formation: str = "gap0",
    who: str | None = None,
    cluster: str | tuple[str, str] | None = None,
    id: str | None = "id",
    starts: int = 3,
    rng: np.random.Generator | int | None = 0,
    progress: bool = False,
) -> HazardComparison:
    """Predict rows by models that were fitted to others, by groups or across a point in time.

    Parameters
    ----------
    models
        Models, not fits: a fit knows the rows that it is to predict. A mapping names them.
    frame
        As of :meth:`HazardModel.fit`.
    event, duration, gap, gap_at_formation, who, cluster, id
        As of :meth:`HazardModel.fit`. A mapping from names of models to columns gives a model a gap of its own, as rigid
        terms need (the gap as the side that was stronger at formation sees it).
    by
        The column of groups, which are divided into folds at random, whole groups at a time.
    split
        The point in ``time`` from which on rows are predicted, by fits to the rows before it.
    folds
        How many; as many as groups, or more, leaves one group out at a time.
    time
        The column that ``split`` divides; and as of :meth:`HazardModel.fit`.
    starts, rng
        Searches for each fit, and randomness: of the folds and of the starts in each.
    progress
        Whether to show a bar; needs tqdm.

    Raises
    ------
    TypeError, ValueError
        If a model is a fit, a column is missing, or a fold has no event to learn from.

    Notes
    -----
    A covariate that is constant in the rows of a fold, as a dummy of an era that begins after the split, is left out there, and
    ``notes`` says so. They also name the folds that are predicted by a fit without a maximum: separated, not converged, or of
    fewer events than parameters.
    """
    function = "cross_validate"
    named = _named(models, function)
    if (by is None) == (split is None):
        raise ValueError(f"{function}(): one of by and split must be given; got by={by!r} and split={split!r}")
    layouts, rows = {}, {}
    for name, model in named.items():
        column = gap if isinstance(gap, str) else gap.get(name, "gap")
        layout = Layout(event, duration, column, gap_at_formation, who, cluster, id, time)
        rows[name] = model.read(frame, layout, function)
        layouts[name] = layout.of(frame)
    first: Spells = next(iter(rows.values()))
    seed = random_seed(rng, function)
    generator = np.random.default_rng(seed)
    if by is not None:
        fold, scheme = _folds(frame, by, whole(folds, function, "folds", 2), generator, function)
    else:
        fold, scheme = _split(frame, time, split, function)
    tests = [k for k in np.unique(fold) if k >= 0]
    rates = {name: np.full(first.size, np.nan) for name in named}
    scores = {name: np.full(first.size, np.nan) for name in named}
    by_side = all(model.sides == 2 for model in named.values())
    counts: dict[str, int] = {}
    notes = dict.fromkeys(note for layout in layouts.values() for note in layout.notes)
    unsure: dict[tuple[str, str], list[str]] = {}
    with progress_bar(len(tests) * len(named), progress, "fit") as bar:
        for k in tests:
            test, train = fold == k, fold != k
            if not first.event[train].sum() > 0:
                raise ValueError(f"{function}(): every fold must have an event in the rows that are fitted; fold {k} has none")
            for name, model in named.items():
                spells = rows[name]
                fit = model.fit_spells(
                    spells[train], layouts[name], starts=starts, rng=_fold_seed(seed, int(k)), function=function
                )
                predicted = np.maximum(fit.rates_of(spells[test]), _LEAST)
                rates[name][test] = predicted.sum(axis=0)
                scores[name][test] = _score(spells[test], predicted if by_side else predicted.sum(axis=0)[None])
                counts[name] = max(counts.get(name, 0), len(fit.names))
                if fit.design.dropped:
                    notes[f"{name}: {', '.join(fit.design.dropped)} left out where constant in the rows that were fitted"] = (
                        None
                    )
                if fit._no_maximum:
                    unsure.setdefault((name, fit._no_maximum), []).append(str(k))
                bar.update(1)
    for (name, status), those in unsure.items():
        which = f"fold{'s' * (len(those) > 1)} {', '.join(those)}"
        notes[f"{name}: what predicts {which} of {len(tests)} is no maximum ({status}): its scores say little"] = None
    seen = np.flatnonzero(fold >= 0)
    codes = first.clusters[seen] if first.clusters.shape[1] == 2 else None
    group = first.group if by is None else np.unique(np.asarray(frame[by]).astype(str), return_inverse=True)[1].reshape(-1)
    return HazardComparison(
        tuple(named), np.stack([rates[name][seen] for name in named]), np.stack([scores[name][seen] for name in named]),
        first.event[seen], first.length[seen], fold[seen], group[seen], codes, tuple(counts[name] for name in named), scheme,
        tuple(notes),
    )  # fmt: skip


def _named(models: Any, function: str) -> dict[str, Any]:
    listed = not isinstance(models, Mapping)
    if listed and (isinstance(models, (RateModel, Cox, str)) or not isinstance(models, Sequence)):
        raise TypeError(f"{function}(): models must be a list of models; got {models!r}")
    for place, model in enumerate(models) if listed else models.items():
        if not isinstance(model, (RateModel, Cox)):
            raise TypeError(
                f"{function}(): models must be models such as Constant(); got {not_a_model(model, f' at {place!r}')}"
            )
    if listed:
        labels = [model.label for model in models]
        names = [label if labels.count(label) == 1 else f"{label} ({k + 1})" for k, label in enumerate(labels)]
        models = dict(zip(names, models, strict=True))
    if not models:
        raise ValueError(f"{function}(): models must not be empty")
    return dict(models)


def _fold_seed(seed: int, fold: int) -> int:
    """A seed of its own for each fold, so that none depends on how many models or folds went before."""
    return int(np.random.default_rng([seed, fold]).integers(2**32))


def _column(frame: Any, name: str, argument: str, function: str) -> Array:
    if name not in [str(x) for x in frame]:
        raise ValueError(f"{function}(): {argument} must name a column of the frame; got {name!r}")
    return np.asarray(frame[name])


def _folds(frame: Any, by: str, folds: int, rng: np.random.Generator, function: str) -> tuple[Array, str]:
    values, place = np.unique(_column(frame, by, "by", function).astype(str), return_inverse=True)
    if len(values) < 2:
        raise ValueError(f"{function}(): by must have at least two values; got one in {by!r}")
    many = min(folds, len(values))
    order = rng.permutation(len(values))
    fold = np.empty(len(values), dtype=int)
    fold[order] = np.arange(len(values)) % many
    return fold[place.reshape(-1)], f"{many} folds by {by}" if many < len(values) else f"leaving out one {by} at a time"


def _split(frame: Any, time: str, split: Any, function: str) -> tuple[Array, str]:
    when = _column(frame, time, "time", function)
    after = np.asarray(when >= split, dtype=bool)
    if not 0 < after.sum() < len(after):
        raise ValueError(
            f"{function}(): split must have rows on either side; got {split!r}, and {time!r} from {when.min()} to {when.max()}"
        )
    return np.where(after, 0, -1), f"{time} from {split} on by earlier ones"


def _score(spells: Spells, rates: Array) -> Array:
    """Y ln λ − λ dt by row; with two sides, of each."""
    logs = np.log(rates)
    score = -rates.sum(axis=0) * spells.length
    if len(rates) == 1:
        return np.asarray(score + spells.event * logs[0])
    known = spells.event & (spells.side >= 0)
    chosen = np.where(spells.side == 1, logs[1], logs[0])
    return np.asarray(score + known * chosen + (spells.event & ~known) * np.log(rates.sum(axis=0)))
