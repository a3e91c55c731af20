r"""Scoring by years: one set of parameters for all dyads, weighed on some and judged on the others.

A contender with parameters θ gives row r the chance h_r(θ). On a Sobol' design of θ through the priors' quantiles the rows that
may be used for a dyad give the weights

.. math:: w(θ) ∝ \exp \sum_{r \text{ used}} [y_r \ln h_r(θ) + (1 - y_r) \ln(1 - h_r(θ))],

and the dyad's rows are predicted by Σ w h. There is no optimum to start from, so none of another fold can leak into this one:
what happened in a dyad is in no number that predicts it. Nor is there a warm start, or a fit that stops at a wrong hill.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.canonical import random_seed
from alliances.cases.scores.contenders import FreeParameter
from alliances.cases.scores.dyad_years import DyadYears, allied_years
from alliances.cases.scores.hazards import YearContender, year_contenders
from alliances.cases.scores.year_board import WAYS, YearBoard

__all__ = ["score_years"]

_SURE = 1e-9  # no year is certain to be quiet, or not to be


def score_years(
    models: str | YearContender | Iterable[str | YearContender] | None = None,
    sample: DyadYears | None = None,
    *,
    rng: np.random.Generator | int | None = 0,
    candidates: int = 1024,
) -> YearBoard:
    """Judge models by dyad-years on dyads they were not fitted to.

    Parameters
    ----------
    models
        Names of contenders, or :class:`GradedGame`, :class:`MovingGame` and :class:`YearRule` objects; by default four models
        of the literature, two in which power moves, and the rules "constant", "gap alone", "age alone", "first year" and "as
        before".
    sample
        The dyad-years, of at least two dyads: :meth:`DyadYears.from_frame` for your own; those of :func:`allied_years`, from
        the bundled case files, by default.
    rng
        A NumPy generator or a seed, of the Sobol' design.
    candidates
        How many parameter sets are weighed: a power of two, at least 2.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or leaving out the actors of a dyad leaves no row.

    Examples
    --------
    >>> board = score_years(["chindea_2014", "constant"], candidates=64)
    >>> board.auc("constant")
    0.5
    """
    chosen = year_contenders(models)
    rows = allied_years() if sample is None else sample
    if not isinstance(rows, DyadYears):
        raise TypeError(f"score_years(): sample must be DyadYears, as DyadYears.from_frame() gives them; got {sample!r}")
    if isinstance(candidates, bool) or not isinstance(candidates, (int, np.integer)):
        raise TypeError(f"score_years(): candidates must be an integer; got {candidates!r}")
    if candidates < 2 or candidates & (candidates - 1):
        raise ValueError(f"score_years(): candidates must be at least 2, a power of two; got {candidates}")
    seed = random_seed(rng, "score_years", None)
    used = {way: _used(rows, way) for way in WAYS}
    judged = [_judge(contender, rows, used, seed, int(candidates)) for contender in chosen]
    return YearBoard(
        chosen,
        rows,
        {way: np.stack([one[way] for one, *_ in judged]) for way in WAYS},
        np.stack([inside for _, inside, *_ in judged]),
        tuple(best for *_, best, _ in judged),
        tuple(effective for *_, effective in judged),
        seed,
        int(candidates),
    )


def _used(rows: DyadYears, left_out: str) -> list[tuple[Array, Array]]:
    """By dyad: its rows, and the rows that may be used for it."""
    used = []
    for dyad in rows.names:
        mine = rows.rows_of(dyad)
        parties = rows.actors[int(np.flatnonzero(mine)[0])]
        others = ~mine if left_out == "dyad" else ~rows.rows_with(parties)
        if not others.any():
            raise ValueError(f"score_years(): sample must have rows without {dyad}, leaving out {left_out}s; got none")
        used.append((mine, others))
    return used


def _judge(
    contender: YearContender, rows: DyadYears, used: dict[str, list[tuple[Array, Array]]], seed: int, size: int
) -> tuple[dict[str, Array], Array, dict[str, float], float]:
    """The chances by what is left out, those in sample, the most likely parameters, and how many candidates count."""
    values = design(contender.parameters, seed, size)
    hazards = np.clip(contender.hazards(values, rows), _SURE, 1 - _SURE)
    scores = np.log(np.where(rows.happened, hazards, 1 - hazards))
    predicted = {}
    for left_out, folds in used.items():
        chances = np.empty(len(rows))
        for mine, others in folds:
            chances[mine] = _weights(scores[:, others]) @ hazards[:, mine]
        predicted[left_out] = chances
    weights = _weights(scores)
    best = int(weights.argmax())
    parameters = {name: float(value[best]) for name, value in values.items()}
    return predicted, np.asarray(weights @ hazards), parameters, float(1 / (weights**2).sum())


def _weights(scores: Array) -> Array:
    total = scores.sum(axis=1)
    weights = np.exp(total - total.max())
    return np.asarray(weights / weights.sum())


def design(parameters: tuple[FreeParameter, ...], seed: int, size: int) -> dict[str, Array]:
    """Candidate parameters: a scrambled Sobol' sequence through the priors' quantiles."""
    from scipy.stats import qmc

    levels = qmc.Sobol(len(parameters), scramble=True, rng=seed).random(size)
    levels = np.clip(levels, 1e-9, 1 - 1e-9)
    return {p.name: p.quantile(levels[:, k]) for k, p in enumerate(parameters)}
