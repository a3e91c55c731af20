r"""Scoring: one set of parameters for all cases, fitted on some and judged on the others.

Let a contender with parameters θ give the probability q_θ to what was observed, averaged over what the sources leave open
(:mod:`alliances.cases.scores.questions`). With an error rate ε, spread evenly over the classes of the question (a *tremble*:
Harless and Camerer 1994, *Econometrica* 62:1251-1289),

.. math:: p_{θε} = (1 - ε)\, q_θ + ε / \text{number of classes}.

A case c has the log likelihood ℓ_c(θ, ε): the mean of log p over its phases, plus log p of its defector. A case with five
phases so weighs as much as one with one. Priors are uniform on a box, ε included. The cases other than c give the weights
w(θ, ε) ∝ exp Σ_{c'≠c} ℓ_{c'}(θ, ε) over a Sobol' design of θ and a grid of ε, and case c is predicted by Σ w p. What happened
in c is in no number that predicts it. The year in which a measured alliance breaks is predicted and never fitted.

Base rates are the posterior means under a uniform prior, (n_k + 1)/(n + K), with n the number of training cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliances.arithmetic import Array, boolean
from alliances.arithmetic.canonical import random_seed
from alliances.cases.files.case import Case
from alliances.cases.scores.contenders import Answers, Contender, contenders
from alliances.cases.scores.questions import (
    ARRANGEMENT,
    CLASSES,
    DEFECTOR,
    GAP_INTERVALS,
    STAKES,
    YEAR,
    Question,
    questions,
)
from alliances.cases.scores.scoreboard import CasePrediction, Fit, Scoreboard
from alliances.cases.selection import checked

__all__ = ["score"]

ERRORS: Array = (np.arange(20) + 0.5) / 20  # the grid of error rates
_FITTED = (ARRANGEMENT, DEFECTOR)
_TINY = 1e-300


def score(
    models: str | Contender | Iterable[str | Contender] | None = None,
    cases: Case | Iterable[Case] | None = None,
    *,
    rng: np.random.Generator | int | None = 0,
    candidates: int = 4096,
    errors: str = "uniform",
    words_first: bool = False,
    intervals: Mapping[str, tuple[float, float]] | None = None,
    seed: int | None = None,
) -> Scoreboard:
    """Judge models on the phases of cases they were not fitted to: leave one case out, with one parameter set for all.

    This is the scoreboard of version 0.1.0, kept so that its results can be repeated and its flaw be seen: a phase is cut where
    the outcome changes, and the rule "first phase" is ahead of all others. :func:`score_years` judges by dyad-years.

    Parameters
    ----------
    models
        Names of contenders, or :class:`GameModel` objects; by default four models of the literature ("chindea_2014",
        "chindea_2014, side payments", "morrow_1991", "capability_aggregation") and six naive rules ("base rates", "first
        phase", "as before", "always durable", "break at parity", "gap alone").
    cases
        At least three cases with phases; all bundled ones by default.
    rng
        A NumPy generator or a seed, of the Sobol' design and the bootstrap; ``seed`` of the scoreboard repeats it.
    candidates
        How many parameter sets are weighed: a power of two, at least 2.
    errors
        What an erring model does: "uniform" picks any class, "base rates" picks as often as the training cases show.
    words_first
        Whether the word of a source goes before a measured gap.
    intervals
        Gaps that a word may mean, in place of those of :data:`GAP_INTERVALS`.
    seed
        The old name of ``rng``, deprecated.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> board = score(["chindea_2014", "base rates", "always durable"], candidates=64)
    >>> board.cases[:3], len(board.cases)
    (('afo-logan', 'afo-teo', 'cartels-officials'), 26)
    >>> board.table().column("model")
    ('chindea_2014', 'base rates', 'always durable')
    """
    chosen = contenders(models)
    dyads = checked(cases, "score")
    if len(dyads) < 3 or any(not case.phases for case in dyads) or len({case.name for case in dyads}) < len(dyads):
        raise ValueError(
            "score(): cases must be at least three, each with phases and a name of its own; "
            f"got {', '.join(case.name + ' (no phases)' * (not case.phases) for case in dyads) or 'none'}"
        )
    if isinstance(candidates, bool) or not isinstance(candidates, (int, np.integer)):
        raise TypeError(f"score(): candidates must be an integer; got {candidates!r}")
    if candidates < 2 or candidates & (candidates - 1):
        raise ValueError(f"score(): candidates must be at least 2, a power of two; got {candidates}")
    number = random_seed(rng, "score", seed)
    if errors not in ("uniform", "base rates"):
        raise ValueError(f'score(): errors must be "uniform" or "base rates"; got {errors!r}')
    words = boolean(words_first, "score", "words_first")
    meaning = _intervals(intervals)
    asked = tuple(q for case in dyads for q in questions(case, words_first=words, intervals=meaning))
    sheet = _Sheet(asked, tuple(case.name for case in dyads), errors)
    predictions: list[CasePrediction] = []
    fits: list[Fit] = []
    for contender in chosen:
        predicted, fit = _judge(contender, sheet, number, int(candidates))
        predictions += predicted
        fits.append(fit)
    return Scoreboard(chosen, sheet.cases, tuple(predictions), tuple(fits), number, int(candidates), errors, words, meaning)


def _intervals(intervals: Mapping[str, tuple[float, float]] | None) -> dict[str, tuple[float, float]]:
    meaning = dict(GAP_INTERVALS)
    if intervals is not None and not isinstance(intervals, Mapping):
        raise TypeError(f"score(): intervals must map words to pairs of gaps; got {intervals!r}")
    for word, ends in (intervals or {}).items():
        if word not in meaning:
            raise ValueError(f"score(): intervals must be for the words {', '.join(meaning)}; got {word!r}")
        pair = tuple(ends) if isinstance(ends, (tuple, list)) else ()
        if len(pair) != 2 or not -0.95 <= pair[0] < pair[1] <= 0.95:
            raise ValueError(
                f"score(): intervals must be pairs of gaps in [-0.95, 0.95], the lower first; got {word!r}: {ends!r}"
            )
        meaning[word] = (float(pair[0]), float(pair[1]))
    return meaning


@dataclass(frozen=True, eq=False)
class _Sheet:
    """All questions, and whom they are about."""

    asked: tuple[Question, ...]
    cases: tuple[str, ...]
    errors: str

    @property
    def gaps(self) -> Array:
        """Every gap that a question needs."""
        return np.unique(np.concatenate([q.gaps[q.gap_weights != 0] for q in self.asked]))

    @cached_property
    def rates(self) -> dict[tuple[str, str | None], Array]:
        """The base rates of every question's classes, without each case and with all of them."""
        return {(target, case): self._rates(target, case) for target in CLASSES for case in (*self.cases, None)}

    def _rates(self, target: str, without: str | None) -> Array:
        """The base rates of a question's classes among the cases but one, each case with weight one.

        An observation "sponsor or proxy" counts for the two together; those whose side is known say how they divide. That is
        the exact posterior mean under a uniform Dirichlet prior.
        """
        classes = CLASSES[target]
        count = np.ones(len(classes))
        together = 0.0
        for case in self.cases:
            masks = [q.mask for q in self.asked if (q.case, q.target) == (case, target) and case != without]
            for mask in masks:
                if mask.sum() == 1:
                    count += mask / len(masks)
                else:
                    together += 1 / len(masks)
        if together:
            count[1:] *= 1 + together / count[1:].sum()
        return np.asarray(count / count.sum())

    def rates_at(self, k: int, without: str | None, listed: str) -> Array:
        """What a pooled rule says of question k: base rates, or those of phases that stand in their files where this one does.

        A rule of the listing has a chance of an alliance for a file's first phase and one for all others ("first"), or one for
        each arrangement before ("before"): posterior means under a uniform prior, each case with weight one. The rest is
        divided as base rates divide it. It says nothing but base rates of defectors and years.
        """
        q = self.asked[k]
        rates = self.rates[q.target, without]
        if not listed or q.target != ARRANGEMENT:
            return rates
        count = np.ones(2)
        place = self._place(q, listed)
        for case, phases in self._phases.items():
            for other in phases:
                if case != without and self._place(other, listed) == place:
                    count += np.array([other.mask[0], not other.mask[0]]) / len(phases)
        alliance = count[0] / count.sum()
        return np.concatenate([[alliance], (1 - alliance) * rates[1:] / rates[1:].sum()])

    def _place(self, q: Question, listed: str) -> str:
        """What a rule of the listing sees: whether a phase is the first, or what the one before it is."""
        if q.item == "0":
            return "first"
        if listed == "first":
            return "later"
        before = str(int(q.item) - 1)
        return next(phase.observed[0] for phase in self._phases[q.case] if phase.item == before)

    @cached_property
    def _phases(self) -> dict[str, list[Question]]:
        """The questions about arrangements, case by case."""
        return {case: [q for q in self.asked if (q.case, q.target) == (case, ARRANGEMENT)] for case in self.cases}

    def wrong(self, target: str, without: str | None) -> Array:
        """What an erring model answers."""
        size = len(CLASSES[target])
        return np.full(size, 1 / size) if self.errors == "uniform" else self.rates[target, without]


def _judge(contender: Contender, sheet: _Sheet, seed: int, size: int) -> tuple[list[CasePrediction], Fit]:
    """The contender's predictions for each case from the others, and its fit to all."""
    values = _design(contender, seed, size)
    answers = [] if contender.pooled else _answer(contender, values, sheet)
    rates = ERRORS if contender.errs else np.zeros(1)
    weights = _all_weights(answers, sheet, rates) if answers else {}
    shares = {case: ((w * (1 - rates)).sum(axis=1), float((w * rates).sum())) for case, w in weights.items()}

    def predict(k: int, without: str | None) -> tuple[float, ...]:
        target = sheet.asked[k].target
        if not answers:
            return tuple(sheet.rates_at(k, without, contender.listed).tolist())
        of_right, of_wrong = shares[without]
        right = of_right @ answers[k]
        return tuple((right + of_wrong * sheet.wrong(target, without)).tolist())

    predictions = [
        CasePrediction(
            model=contender.name,
            **{name: getattr(q, name) for name in ("case", "target", "item", "when", "given", "told", "stakes")},
            gap=q.mean_gap,
            gap_range=q.gap_range,
            observed=q.observed,
            classes=q.classes,
            probabilities=predict(k, q.case),
            in_sample=predict(k, None),
        )
        for k, q in enumerate(sheet.asked)
    ]
    return predictions, _fit(contender, values, weights.get(None), rates)


def _design(contender: Contender, seed: int, size: int) -> dict[str, Array]:
    """Candidate parameters: a scrambled Sobol' sequence through the prior's quantiles."""
    if not contender.parameters:
        return {}
    from scipy.stats import qmc

    levels = qmc.Sobol(len(contender.parameters), scramble=True, rng=seed).random(size)
    levels = np.clip(levels, 1e-9, 1 - 1e-9)
    return {p.name: p.quantile(levels[:, k]) for k, p in enumerate(contender.parameters)}


def _answer(contender: Contender, values: dict[str, Array], sheet: _Sheet) -> list[Array]:
    """For each question (candidates, classes): the answers, averaged over what the sources leave open."""
    nodes = sheet.gaps
    table: Answers = contender.answers(values, nodes, STAKES)
    place = {float(gap): k for k, gap in enumerate(nodes)}
    answers: list[Array] = [np.empty(0)] * len(sheet.asked)
    for of_arrangement, source in ((True, table.arrangement), (False, table.defector)):
        mine = [k for k, q in enumerate(sheet.asked) if (q.target == ARRANGEMENT) == of_arrangement]
        weights = np.zeros((len(mine), len(nodes), len(STAKES)))
        for row, k in enumerate(mine):
            q = sheet.asked[k]
            used = np.flatnonzero(q.gap_weights)
            np.add.at(
                weights[row], [place[float(gap)] for gap in q.gaps[used]], q.gap_weights[used][:, None] * q.stakes_weights
            )
        flat = source.reshape(len(source), len(nodes) * len(STAKES), source.shape[-1])
        means = np.matmul(weights.reshape(len(mine), -1), flat)  # all questions at once: (candidates, questions, classes)
        for k, mean in zip(mine, np.ascontiguousarray(means.swapaxes(0, 1)), strict=True):
            of_year = sheet.asked[k].target == YEAR
            answers[k] = np.stack([mean[:, 0], mean[:, 1] + mean[:, 2]], axis=-1) if of_year else mean
    return answers


def _all_weights(answers: list[Array], sheet: _Sheet, rates: Array) -> dict[str | None, Array]:
    """Posterior weights (candidates, error rates) given all cases but the one named; None is no case left out.

    Each is a sum over the other cases, never a total less one case: rounding too would carry what happened in it.
    """
    held_out = (*sheet.cases, None)
    shared = (
        {case: _likelihood(answers, sheet, rates, case, None) for case in sheet.cases} if sheet.errors == "uniform" else None
    )
    posterior: dict[str | None, Array] = {}
    for without in held_out:
        others = [case for case in sheet.cases if case != without]
        total = np.zeros((len(answers[0]), len(rates)))
        for case in others:
            total += shared[case] if shared is not None else _likelihood(answers, sheet, rates, case, without)
        weights = np.exp(total - total.max())
        posterior[without] = weights / weights.sum()
    return posterior


def _likelihood(answers: list[Array], sheet: _Sheet, rates: Array, case: str, without: str | None) -> Array:
    """A case's log likelihood (candidates, error rates), where errors are fitted without another case."""
    total = np.zeros((len(answers[0]), len(rates)))
    for target in _FITTED:
        wrong = sheet.wrong(target, without)
        mine = [k for k, q in enumerate(sheet.asked) if (q.case, q.target) == (case, target)]
        for k in mine:
            mask = sheet.asked[k].mask
            p = (1 - rates) * answers[k][:, mask].sum(axis=1)[:, None] + rates * wrong[mask].sum()
            total += np.log(np.maximum(p, _TINY)) / len(mine)
    return total


def _fit(contender: Contender, values: dict[str, Array], weights: Array | None, rates: Array) -> Fit:
    """The fit to all cases."""
    if weights is None:
        free = {"": 4, "first": 5, "before": 7}[contender.listed]
        return Fit(contender.name, ("arrangement rates", "defector rates"), free, (), (), 0.0, 0.0, np.nan)
    best = np.unravel_index(int(weights.argmax()), weights.shape)
    marginal = weights.sum(axis=1)
    return Fit(
        model=contender.name,
        parameters=tuple(values),
        free=len(contender.parameters) + contender.errs,
        best=tuple(float(v[best[0]]) for v in values.values()),
        mean=tuple(float((v * marginal).sum()) for v in values.values()),
        best_error=float(rates[best[1]]),
        mean_error=float((weights.sum(axis=0) * rates).sum()),
        effective=float(1 / (marginal**2).sum()),
    )
