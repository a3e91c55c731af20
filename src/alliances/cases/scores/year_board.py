r"""The scoreboard by years: how contenders did on dyads they were not fitted to.

For a row with chance h and outcome y the log score is y ln h + (1 − y) ln(1 − h), the Brier score (h − y)².

**Two ways to leave out.** "dyad": a dyad is predicted from all others. "actor": it is predicted from those with which it shares
no actor: in a set of all pairs of actors each actor is in many dyads, and leaving one out leaves its actors in.

**AUC.** The chance that a row in which it happened has a higher hazard than one of the same dyad in which it did not, ties
counting half: within dyads, because between folds hazards come from different fits, and then the mean over the dyads that have
rows of both kinds. A constant hazard has 1/2, exactly.

**Intervals.** Dyads that share an actor are not independent, so actors are what is left out: the jackknife variance (G − 1)/G Σ
(θ_{−g} − θ̄)², where θ_{−g} is the mean difference per year over the dyads without actor g, and Student's t with G − 1 degrees
of freedom. With independent effects of actors this is the variance of the mean, with independent dyads about twice it: too wide
rather than too narrow, as jackknife variances are (Efron and Stein 1981). With fewer than six actors, or where leaving out an
actor leaves nothing, there is no interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array
from alliances.cases.scores.dyad_years import DyadYears
from alliances.cases.scores.hazards import YearContender
from alliances.cases.selection import CaseTable
from alliances.results import Result, draw

if TYPE_CHECKING:
    from alliances.results import Axes, Columns

__all__ = ["WAYS", "YearBoard", "YearComparison"]

WAYS = ("dyad", "actor")
"""What is left out: a dyad, or all dyads of its actors."""

_LEAST = 6  # actors, for an interval
_SEEN = 0.0005  # a difference that the table shows
_DIGITS = 12  # to which hazards are compared: a constant one is constant whatever a sum's rounding does


@dataclass(frozen=True)
class YearComparison(Result):
    """The mean difference in log score per dyad-year between two contenders, with a 95 % interval, or nan for none."""

    model: str
    against: str
    left_out: str
    actors: int
    mean: float
    lower: float
    upper: float

    @property
    def interval(self) -> str:
        """The interval in brackets, or a word."""
        return "none" if np.isnan(self.lower) else f"[{self.lower:+.3f}, {self.upper:+.3f}]"

    @property
    def message(self) -> str:
        """The difference in a sentence."""
        gain = f"{self.mean:+.3f} per dyad-year, interval {self.interval}"
        return f"{self.model} against {self.against}, leaving out {self.left_out}s: {gain}"

    def _record(self) -> dict[str, Any]:
        ends = {name: None if np.isnan(getattr(self, name)) else getattr(self, name) for name in ("lower", "upper")}
        return {**super()._record(), **ends}


@dataclass(frozen=True, eq=False)
class YearBoard(Result):
    """How contenders did by years, out of sample; :func:`alliances.cases.score_years` makes it.

    Attributes
    ----------
    contenders, sample
        Who was judged, and on which dyad-years.
    out_of_sample
        By what is left out, (contenders, rows): the chances that were predicted.
    in_sample
        (contenders, rows): the chances after a fit to all rows.
    best, effective
        The most likely parameters after a fit to all rows, by contender, and how many candidates share the weight.
    seed, candidates
        The question that was asked.
    """

    references: ClassVar[tuple[str, ...]] = ("good-1952", "brier-1950", "efron-stein-1981")

    contenders: tuple[YearContender, ...]
    sample: DyadYears
    out_of_sample: dict[str, Array] = field(repr=False)
    in_sample: Array = field(repr=False)
    best: tuple[dict[str, float], ...]
    effective: tuple[float, ...]
    seed: int
    candidates: int

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the contenders."""
        return tuple(contender.name for contender in self.contenders)

    @property
    def naive(self) -> tuple[str, ...]:
        """The names of those that know no theory."""
        return tuple(contender.name for contender in self.contenders if contender.naive)

    @property
    def theories(self) -> tuple[str, ...]:
        """The names of the others."""
        return tuple(contender.name for contender in self.contenders if not contender.naive)

    def chances(self, model: str, left_out: str = "dyad") -> Array:
        """(rows,) the chances that a contender predicted; ``left_out`` is one of :data:`WAYS`, or "nothing" for in sample."""
        if model not in self.models:
            raise ValueError(f"YearBoard: model must be one of {', '.join(self.models)}; got {model!r}")
        if left_out not in (*WAYS, "nothing"):
            raise ValueError(f"YearBoard: left_out must be one of {', '.join(WAYS)}, nothing; got {left_out!r}")
        table = self.in_sample if left_out == "nothing" else self.out_of_sample[left_out]
        return np.asarray(table[self.models.index(model)])

    def log_scores(self, model: str, left_out: str = "dyad") -> Array:
        """(rows,) the log score of each dyad-year: 0 is perfect, lower is worse."""
        h = self.chances(model, left_out)
        return np.asarray(np.log(np.where(self.sample.happened, h, 1 - h)))

    def brier(self, model: str, left_out: str = "dyad") -> float:
        """The mean of (h − y)²."""
        return float(((self.chances(model, left_out) - self.sample.happened) ** 2).mean())

    def auc(self, model: str, left_out: str = "dyad") -> float:
        """The mean over dyads of the AUC within the dyad; nan where no dyad has rows of both kinds."""
        h = np.round(self.chances(model, left_out), _DIGITS)
        areas = []
        for dyad in self.sample.names:
            mine = self.sample.rows_of(dyad)
            yes, no = h[mine & self.sample.happened], h[mine & ~self.sample.happened]
            if len(yes) and len(no):
                above = yes[:, None] - no
                areas.append(float(((above > 0) + 0.5 * (above == 0)).mean()))
        return float(np.mean(areas)) if areas else float("nan")

    def compare(self, model: str, against: str = "constant", left_out: str = "dyad") -> YearComparison:
        """The mean difference in log score per dyad-year, with the jackknife's interval over actors."""
        gain = self.log_scores(model, left_out) - self.log_scores(against, left_out)
        parties = self.sample.parties
        low, high = _jackknife(gain, [~self.sample.rows_with([name]) for name in parties])
        return YearComparison(model, against, left_out, len(parties), float(gain.mean()), low, high)

    def table(self, left_out: str = "dyad") -> CaseTable:
        """One row for each contender: free numbers, scores, and the difference to the constant hazard with its interval."""
        columns = ("model", "free", "log score", "Brier", "AUC", "in sample", "difference", "95 % interval")
        rows = []
        for contender in self.contenders:
            name = contender.name
            paired = ("", "")
            if name != "constant" and "constant" in self.models:
                c = self.compare(name, "constant", left_out)
                paired = (f"{c.mean:+.3f}", c.interval)
            scores = (float(self.log_scores(name, way).mean()) for way in (left_out, "nothing"))
            log, inside = (f"{score:.3f}" for score in scores)
            area = self.auc(name, left_out)
            auc = "" if np.isnan(area) else f"{area:.3f}"
            rows.append((name, str(len(contender.parameters)), log, f"{self.brier(name, left_out):.3f}", auc, inside, *paired))
        return CaseTable(columns, tuple(rows))

    def dyad_table(self, left_out: str = "dyad") -> CaseTable:
        """One row for each dyad: years at risk, how often it happened, and each contender's total log score."""
        scores = {name: self.log_scores(name, left_out) for name in self.models}
        rows = []
        for dyad in self.sample.names:
            mine = self.sample.rows_of(dyad)
            count = (str(int(mine.sum())), str(int(self.sample.happened[mine].sum())))
            rows.append((dyad, *count, *(f"{scores[name][mine].sum():.2f}" for name in self.models)))
        return CaseTable(("dyad", "years", self.sample.event, *self.models), tuple(rows))

    def fit_table(self) -> CaseTable:
        """One row for each contender: the most likely parameters after a fit to all rows, and how many candidates count."""
        rows = tuple(
            (name, ", ".join(f"{n} {v:.2f}" for n, v in best.items()), f"{effective:.0f}")
            for name, best, effective in zip(self.models, self.best, self.effective, strict=True)
        )
        return CaseTable(("model", "most likely", "effective candidates"), rows)

    @property
    def message(self) -> str:
        """How the theories did against a constant hazard and against the rules, in sentences."""
        said = [self.sample.message]
        if "constant" not in self.models:
            return said[0]
        for left_out in WAYS:
            others = [name for name in self.models if name != "constant"]
            ahead = [name for name in others if self.compare(name, left_out=left_out).mean > _SEEN]
            sure = [name for name in ahead if self.compare(name, left_out=left_out).lower > 0]
            theory = [name for name in sure if name in self.theories]
            said.append(
                f"Leaving out {left_out}s: ahead of a constant hazard are {_listed(ahead)}; with an interval above 0: "
                f"{_listed(sure)}; theories among these: {_listed(theory)}."
            )
        return "\n".join(said)

    def _record(self) -> dict[str, Any]:
        """The question, who was judged, and every chance that was predicted."""
        names = ("models", "naive", "seed", "candidates", "sample", "out_of_sample", "in_sample", "best", "effective")
        return {name: getattr(self, name) for name in names}

    def _columns(self) -> Columns:
        """One row for each dyad-year, with the chances that contenders predicted."""
        columns: dict[str, Any] = {"dyad": self.sample.dyads, "year": self.sample.years, "happened": self.sample.happened}
        return columns | {f"{name}, {way} left out": self.chances(name, way) for way in WAYS for name in self.models}

    def _shown(self) -> Mapping[str, Any]:
        """The question and the scores."""
        return {"sample": self.sample.message, **{name: float(self.log_scores(name).mean()) for name in self.models}}

    def plot(self, left_out: str = "dyad", ax: Axes | None = None) -> Axes:  # type: ignore[override]  # what is left out, first
        """Differences to a constant hazard with their intervals: :func:`alliances.plotting.plot_year_board`."""
        return draw(self, ax, left_out=left_out)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.message}"


def _jackknife(gain: Array, kept: list[Array]) -> tuple[float, float]:
    """The 95 % interval of a mean over rows that leaves out one actor at a time; nan twice where there is none."""
    from scipy.stats import t

    count = len(kept)
    if count < _LEAST or not all(rows.any() for rows in kept):
        return float("nan"), float("nan")
    without = np.array([gain[rows].mean() for rows in kept])
    error = float(np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum()))
    half = float(t.ppf(0.975, count - 1)) * error
    return float(gain.mean()) - half, float(gain.mean()) + half


def _listed(names: list[str]) -> str:
    return "; ".join(names) or "none"
