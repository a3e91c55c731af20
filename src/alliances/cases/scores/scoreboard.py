"""The scoreboard: how models and naive rules did on cases they were not fitted to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array
from alliances.cases.scores.contenders import Contender
from alliances.cases.scores.questions import ARRANGEMENT, CLASSES, DEFECTOR, YEAR
from alliances.cases.selection import CaseTable
from alliances.results import Result, draw
from alliances.results.result_tuple import ResultTuple

if TYPE_CHECKING:
    from alliances.results import Axes, Columns

__all__ = ["CasePrediction", "Comparison", "Fit", "Scoreboard"]

_RESAMPLES = 10_000


@dataclass(frozen=True)
class CasePrediction(Result):
    """What a contender said about one question, from the other cases, and what the sources say.

    Attributes
    ----------
    model, case, target, item, when
        Who predicts; the case, "arrangement", "defector" or "year", the number of the phase or the year, and its dates.
    given, told, stakes, gap, gap_range
        What the gap rests on ("measured", "word", "trend", "prior"), the same in words, the word on the stakes; the expected
        gap, and the gaps that the sources leave open.
    observed
        The classes that agree with the sources.
    classes, probabilities
        The prediction, out of sample.
    in_sample
        The probabilities after a fit to all cases, this one included.
    """

    model: str
    case: str
    target: str
    item: str
    when: str
    given: str
    told: str
    stakes: str
    gap: float
    gap_range: tuple[float, float]
    observed: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: tuple[float, ...]
    in_sample: tuple[float, ...]

    @property
    def likely(self) -> str:
        """The class with the highest probability; the first of those that tie."""
        return self.classes[int(np.argmax(self.probabilities))]

    @property
    def hit(self) -> bool:
        """Whether that class agrees with the sources."""
        return self.likely in self.observed

    @property
    def chance(self) -> float:
        """The probability given to what happened."""
        return self._chance(self.probabilities)

    @property
    def log_score(self) -> float:
        """Ln of the probability given to what happened: 0 is perfect, lower is worse (Good 1952)."""
        return float(np.log(self.chance))

    @property
    def log_score_in_sample(self) -> float:
        """The same after a fit to all cases."""
        return float(np.log(self._chance(self.in_sample)))

    @property
    def brier(self) -> float:
        """The sum of (probability − what happened)² over classes, 0 to 2, low is good (Brier 1950); observed ones as one."""
        missed = [p for name, p in zip(self.classes, self.probabilities, strict=True) if name not in self.observed]
        return float((1 - self.chance) ** 2 + sum(p**2 for p in missed))

    def _record(self) -> dict[str, Any]:
        """All fields, and the scores that count."""
        return {**super()._record(), **{name: getattr(self, name) for name in ("log_score", "brier", "likely")}}

    def _chance(self, probabilities: tuple[float, ...]) -> float:
        return sum(p for name, p in zip(self.classes, probabilities, strict=True) if name in self.observed)


@dataclass(frozen=True)
class Fit(Result):
    """A contender's parameters after a fit to all cases.

    Attributes
    ----------
    model, parameters, free
        The names of the parameters, and how many are free: the error rate is one more.
    best, mean
        The most likely candidate, and the posterior means.
    best_error, mean_error
        The same of the error rate ε.
    effective
        How many candidates share the weight, 1/Σw²; nan for base rates.
    """

    model: str
    parameters: tuple[str, ...]
    free: int
    best: tuple[float, ...]
    mean: tuple[float, ...]
    best_error: float
    mean_error: float
    effective: float

    def _record(self) -> dict[str, Any]:
        """All fields; base rates have no candidates, and None for how many count."""
        return {**super()._record(), "effective": None if math.isnan(self.effective) else self.effective}


@dataclass(frozen=True)
class Comparison(Result):
    """The mean difference in a score between two contenders, case by case, with a 95 % bootstrap interval over cases."""

    model: str
    against: str
    target: str
    cases: int
    mean: float
    lower: float
    upper: float

    @property
    def message(self) -> str:
        """The difference in a sentence."""
        gain = f"{self.mean:+.3f} per case [{self.lower:+.3f}, {self.upper:+.3f}]"
        return f"{self.model} against {self.against}, {self.target}: {gain}"


@dataclass(frozen=True, eq=False)
class Scoreboard(Result):
    """How contenders did, out of sample; :func:`alliances.cases.score` makes it.

    Attributes
    ----------
    contenders, cases
        Who was judged, and on which cases.
    predictions, fits
        Every prediction, and each contender's parameters after a fit to all cases.
    seed, candidates, errors, words_first, intervals
        The question that was asked.
    """

    references: ClassVar[tuple[str, ...]] = ("harless-camerer-1994", "good-1952", "brier-1950", "efron-1979")

    contenders: tuple[Contender, ...]
    cases: tuple[str, ...]
    predictions: tuple[CasePrediction, ...]
    fits: tuple[Fit, ...]
    seed: int
    candidates: int
    errors: str
    words_first: bool
    intervals: dict[str, tuple[float, float]]

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

    def select(
        self, model: str | None = None, target: str | None = None, case: str | None = None
    ) -> ResultTuple[CasePrediction]:
        """The predictions of a model, on a target, about a case; None is any."""
        for name, value, allowed in (("model", model, self.models), ("target", target, CLASSES), ("case", case, self.cases)):
            if value is not None and value not in allowed:
                raise ValueError(f"Scoreboard: {name} must be one of {', '.join(allowed)}; got {value!r}")
        chosen = (
            p
            for p in self.predictions
            if (model is None or p.model == model)
            and (target is None or p.target == target)
            and (case is None or p.case == case)
        )
        return ResultTuple(chosen, CasePrediction, "predictions", "no question of this kind is asked about this case")

    def case_scores(self, model: str, target: str = ARRANGEMENT, rule: str = "log", *, informed: bool = False) -> Array:
        """The mean score per case, over the cases that the target asks about, in their order.

        ``rule`` is "log", "brier" or "log in sample"; ``informed`` leaves out questions of which no source tells the gap.
        """
        read = {"log": "log_score", "brier": "brier", "log in sample": "log_score_in_sample"}
        if rule not in read:
            raise ValueError(f"Scoreboard: rule must be one of {', '.join(read)}; got {rule!r}")
        mine: dict[str, list[float]] = {}
        for p in self.select(model, target):
            if not (informed and p.given == "prior"):
                mine.setdefault(p.case, []).append(getattr(p, read[rule]))
        return np.array([np.mean(scores) for scores in mine.values()])

    def best_naive(self, target: str = ARRANGEMENT, *, informed: bool = False) -> str:
        """The naive rule with the highest mean log score out of sample."""
        if not self.naive:
            raise ValueError("Scoreboard: models must include a naive rule to compare with")
        return max(self.naive, key=lambda name: float(self.case_scores(name, target, informed=informed).mean()))

    def compare(
        self, model: str, against: str | None = None, target: str = ARRANGEMENT, rule: str = "log", *, informed: bool = False
    ) -> Comparison:
        """The mean difference per case to another contender (the best naive rule by default), bootstrapped over cases.

        Positive log differences favour ``model``, and so do negative Brier ones. Percentile interval of 10,000 resamples of
        cases (Efron 1979). With so few cases it is too narrow rather than too wide.
        """
        other = self.best_naive(target, informed=informed) if against is None else against
        mine, theirs = (self.case_scores(name, target, rule, informed=informed) for name in (model, other))
        gain = mine - theirs
        rng = np.random.default_rng(self.seed)
        means = gain[rng.integers(len(gain), size=(_RESAMPLES, len(gain)))].mean(axis=1)
        low, high = (float(x) for x in np.quantile(means, (0.025, 0.975)))
        return Comparison(model, other, target, len(gain), float(gain.mean()), low, high)

    def table(self, target: str = ARRANGEMENT, *, informed: bool = False) -> CaseTable:
        """One row for each contender: free parameters, scores out of sample and in sample, hits, and the paired difference.

        ``difference`` is in mean log score per case, to the naive rule that is best on it, with the bootstrap's 95 % interval.
        """
        columns = ("model", "free", "cases", "log score", "Brier", "hits", "in sample", "difference", "95 % interval")
        fits = {fit.model: fit for fit in self.fits}
        best = self.best_naive(target, informed=informed) if self.naive else None
        rows = []
        for name in self.models:
            log, brier, inside = (
                float(self.case_scores(name, target, rule, informed=informed).mean())
                for rule in ("log", "brier", "log in sample")
            )
            asked = [p for p in self.select(name, target) if not (informed and p.given == "prior")]
            cases = str(len({p.case for p in asked}))
            hits = f"{sum(p.hit for p in asked)} of {len(asked)}"
            paired = ("", "")
            if best is not None and name != best:
                c = self.compare(name, best, target, informed=informed)
                paired = (f"{c.mean:+.3f}", f"[{c.lower:+.3f}, {c.upper:+.3f}]")
            free = fits[name].free if target != YEAR or fits[name].effective == fits[name].effective else 1
            rows.append((name, str(free), cases, f"{log:.3f}", f"{brier:.3f}", hits, f"{inside:.3f}", *paired))
        return CaseTable(columns, tuple(rows))

    def case_table(self, target: str = ARRANGEMENT) -> CaseTable:
        """One row for each question: what is told of the gap, what happened, and the probability that contenders gave it."""
        columns = ("case", "item", "when", "given", "gap", "stakes", "observed", *self.models)
        first = self.select(self.models[0], target)
        chances = {(p.model, p.case, p.item): f"{p.chance:.2f}" for p in self.select(target=target)}
        rows = tuple(
            (
                *(p.case, p.item, p.when, p.given, p.told, p.stakes, " or ".join(p.observed)),
                *(chances[name, p.case, p.item] for name in self.models),
            )
            for p in first
        )
        return CaseTable(columns, rows)

    def confusion(self, model: str, target: str = ARRANGEMENT) -> CaseTable:
        """What happened (rows) against the class that was called most likely (columns), in numbers of questions."""
        asked = self.select(model, target)
        seen = list(dict.fromkeys([*CLASSES[target], *(" or ".join(p.observed) for p in asked)]))
        rows = []
        for answer in seen:
            mine = [p for p in asked if " or ".join(p.observed) == answer]
            rows.append((answer, *(str(sum(p.likely == name for p in mine)) for name in CLASSES[target])))
        return CaseTable(("observed", *CLASSES[target]), tuple(rows))

    def break_table(self) -> CaseTable:
        """One row for each dyad with measured and dated power: when the alliance broke, and when each contender has it break.

        A contender's year is the first one in which a break is likelier than not; "–" where there is none. The sources do not
        date the beginning of most of these alliances, so it may be the first year of the measure.
        """
        rows = []
        for case in dict.fromkeys(p.case for p in self.select(target=YEAR)):
            mine = self.select(self.models[0], YEAR, case)
            broke = next((p.item for p in mine if p.observed == ("breaks",)), "")
            first = [next((p.item for p in self.select(name, YEAR, case) if p.likely == "breaks"), "") for name in self.models]
            rows.append((case, f"{mine[0].item} to {mine[-1].item}", broke, *first))
        return CaseTable(("case", "measured years", "broke", *self.models), tuple(rows))

    def fit_table(self) -> CaseTable:
        """One row for each contender: the parameters after a fit to all cases, as posterior mean and most likely value."""
        rows = []
        for fit in self.fits:
            values = [f"{n} {m:.2f} ({b:.2f})" for n, m, b in zip(fit.parameters, fit.mean, fit.best, strict=False)]
            fitted = fit.effective == fit.effective
            rows.append(
                (
                    *(fit.model, str(fit.free), ", ".join(values)),
                    *((f"{fit.mean_error:.2f} ({fit.best_error:.2f})", f"{fit.effective:.0f}") if fitted else ("", "")),
                )
            )
        return CaseTable(("model", "free", "mean (most likely)", "error rate", "effective candidates"), tuple(rows))

    @property
    def message(self) -> str:
        """Who is ahead, and whether a model beats the best naive rule, in a sentence for each target."""
        said = []
        for target in (ARRANGEMENT, DEFECTOR, YEAR):
            if not self.select(target=target):
                continue
            if not self.theories or not self.naive:
                continue
            top = max(self.theories, key=lambda name: float(self.case_scores(name, target).mean()))
            c = self.compare(top, target=target)
            verdict = "beats" if c.lower > 0 else "is beaten by" if c.upper < 0 else "is not told apart from"
            said.append(
                f"{target}: the best model, {top}, {verdict} the best naive rule, {c.against}: {c.mean:+.3f} per case "
                f"[{c.lower:+.3f}, {c.upper:+.3f}], {c.cases} cases."
            )
        return "\n".join(said)

    def _record(self) -> dict[str, Any]:
        """The question, who was judged, and every fit and prediction."""
        names = ("seed", "candidates", "errors", "words_first", "intervals", "models", "naive", "fits", "predictions")
        return {name: getattr(self, name) for name in names}

    def _columns(self) -> Columns:
        """A row for each contender and question."""
        names = ("model", "case", "target", "item", "when", "given", "told", "stakes", "gap")
        scores = ("likely", "chance", "log_score", "brier", "log_score_in_sample")
        table = {name: [getattr(p, name) for p in self.predictions] for name in (*names, *scores)}
        observed = [" or ".join(p.observed) for p in self.predictions]
        return {**{name: table[name] for name in names}, "observed": observed, **{name: table[name] for name in scores}}

    def to_markdown(self, target: str = ARRANGEMENT) -> str:
        """:meth:`table` in Markdown."""
        return self.table(target).to_markdown()

    def to_csv(self, target: str = ARRANGEMENT) -> str:
        """:meth:`table` as comma-separated values."""
        return self.table(target).to_csv()

    def to_latex(self, target: str = ARRANGEMENT) -> str:
        """:meth:`table` as a LaTeX ``tabular``."""
        return self.table(target).to_latex()

    def plot(self, model: str | None = None, ax: Axes | None = None) -> Axes:  # type: ignore[override]  # which model, first
        """The cases on the plane of gap and stakes: :func:`alliances.plotting.plot_scoreboard`."""
        return draw(self, ax, model=model)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.message}"
