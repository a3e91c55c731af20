"""In which share of a family does a claim hold, and which parameters decide?

Parameters are drawn by scrambled Sobol points (Owen 1998; ``scipy.stats.qmc``): uniformly over intervals, as u/(1 − u)
with u uniform over half-lines, with equal weight over finite sets. Critical discount factors are computed in floating
point at points of the line, equally spaced and ever denser towards its ends. The interval is Wilson's (1927) for a share of
independent draws; Sobol points spread more evenly than those, so it is rather too wide than too narrow. It is of the sampling
of models alone: a model whose critical discount factors rise and fall between two points of the line counts as one in which
the claim holds, however many models are drawn.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import Array, boolean, scalar, to_float
from alliances.arithmetic.canonical import random_generator
from alliances.arithmetic.domains import Interval
from alliances.claims.certifying import Asked, points_tell
from alliances.claims.comparisons import Break
from alliances.claims.family import Family
from alliances.claims.lines import Along, Curves, curves, stage_at
from alliances.claims.recorded_lines import recorded_curves
from alliances.claims.settling import Settlement, settled
from alliances.claims.statement import Statement
from alliances.repeated.kernels.batch import FEWEST_COMPILED
from alliances.repeated.kernels.compiled import available
from alliances.results import Result, need, progress_bar

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["Measurement", "Sensitivity", "Verdicts", "batches", "line_of", "measure"]

_AT_ONCE = 60_000  # games in one batch: fits the cache of a core
_AT_ONCE_COMPILED = 2 * FEWEST_COMPILED  # games in one batch where a kernel is worth compiling
_WORTH_COMPILING = 2_000_000  # games in all, from which on it is


class Verdicts(NamedTuple):
    """What a claim says of many models.

    Attributes
    ----------
    holds
        Per model, whether no two points of the line contradict the claim, or seem to.
    unclear
        Whether two points seem to, and it could not be told whether they do.
    vacuous
        Whether the assumptions leave nothing to compare; such models hold.
    line_points
        How many points of the line were compared.
    """

    holds: Array
    unclear: Array
    vacuous: Array
    line_points: int


Judge: TypeAlias = Callable[[Family, Array, int, bool], Verdicts]
"""(family, rows of unit numbers, points of the line, progress) → the verdicts, one per row."""

_LINE_END = 8.0  # points on an open half-line of stakes are equally spaced up to here, and further and further apart beyond
_DENSER = 14  # points towards each end of the line at most, each half as far from it as the one before


@dataclass(frozen=True)
class Sensitivity(Result):
    """How much of the variance of "the claim holds" (1 or 0) a parameter decides (Sobol 1993; Saltelli et al. 2010).

    Attributes
    ----------
    first, total
        The shares that it decides alone, and together with others.
    first_error, total_error
        Half the width of their 95 % confidence intervals, by bootstrap.
    """

    references: ClassVar[tuple[str, ...]] = ("sobol-1993", "saltelli-2010")

    first: float
    total: float
    first_error: float
    total_error: float


@dataclass(frozen=True, eq=False)
class Measurement(Result):
    """The share of a family in which a claim holds.

    Attributes
    ----------
    share
        The share of the parameter points at which no two neighbouring points of the line contradict the claim, or seem to.
    interval
        Its confidence interval, of the sampling of models alone: where models contradict the claim only between points of the
        line, or nearer to its ends than those, both share and interval are too high.
    points, line_points
        How many parameter points, and how many gaps or stakes at each.
    vacuous
        The share of points at which the assumptions leave nothing to compare; they count as holding.
    sensitivity
        By parameter; empty unless asked for.
    confidence, seed
        As asked.
    claim, family
        The question.
    unclear
        The share of points at which two points of the line seem to contradict the claim, and it could not be told whether they
        do, given what lies between them; they do not count as holding.
    """

    references: ClassVar[tuple[str, ...]] = ("owen-1998", "wilson-1927")

    claim: Statement
    family: Family
    share: float
    interval: tuple[float, float]
    points: int
    line_points: int
    vacuous: float
    sensitivity: Mapping[str, Sensitivity]
    confidence: float
    seed: Any
    unclear: float = 0.0

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        low, high = self.interval
        text = (
            f"{self.claim.name}: holds in {self.share:.2%} of the family "
            f"({self.confidence:.0%} interval {low:.2%} to {high:.2%}, of the sampling alone; "
            f"{self.points} parameter points, {self.line_points} on the line)."
        )
        text += f" At {self.vacuous:.2%} there is nothing to compare." if self.vacuous else ""
        return text + (f" At {self.unclear:.2%} it is unclear." if self.unclear else "")

    def _record(self) -> dict[str, Any]:
        names = ("share", "interval", "points", "line_points", "vacuous", "unclear", "sensitivity", "confidence")
        return {"claim": self.claim.name, "family": str(self.family), **{name: getattr(self, name) for name in names}}

    def _columns(self) -> Columns:
        """The sensitivities, one row per parameter."""
        names = ("first", "total", "first_error", "total_error")
        shares = {name: [getattr(s, name) for s in self.sensitivity.values()] for name in names}
        return {"parameter": list(self.sensitivity), **shares}

    def __str__(self) -> str:
        lines = [self.message]
        for name, s in self.sensitivity.items():
            lines.append(
                f"  {name}: first order {s.first:.2f} ± {s.first_error:.2f}, total {s.total:.2f} ± {s.total_error:.2f}"
            )
        return "\n".join(lines)


def measure(
    claim: Statement,
    judge: Judge,
    family: Family,
    *,
    points: int,
    line_points: int,
    confidence: float,
    sensitivity: bool,
    rng: Any,
    progress: bool,
) -> Measurement:
    """The work of :meth:`alliances.claims.Claim.measure`, which says what it takes; ``judge`` checks many models at once."""
    if not isinstance(family, Family):
        raise TypeError(f"measure(): family must be a Family, which says what is open; got {family!r}")
    claim.requires(family, "measure")
    for name, value, least in (("points", points, 1), ("line_points", line_points, 2)):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise ValueError(f"measure(): {name} must be a whole number, at least {least}; got {value!r}")
    level = to_float(scalar(confidence, "measure", "confidence"))
    if not 0 < level < 1:
        raise ValueError(f"measure(): confidence must lie strictly between 0 and 1; got {confidence!r}")
    boolean(sensitivity, "measure", "sensitivity")
    generator = random_generator(rng, "measure")
    unit = _sobol(len(family.parameters), points, generator)
    verdicts = judge(family, unit, line_points, progress)
    indices = _sensitivity(judge, family, points, line_points, generator, progress) if sensitivity else {}
    count = int(verdicts.holds.sum())
    return Measurement(
        claim,
        family,
        count / points,
        _wilson(count, points, level),
        points,
        verdicts.line_points,
        float(verdicts.vacuous.mean()),
        indices,
        level,
        rng if isinstance(rng, (int, type(None))) else repr(rng),
        float(verdicts.unclear.mean()),
    )


def line_of(line: Along, family: Family, count: int) -> Array:
    """So many points of the family's line (gaps, stakes, or parity): equally spaced, and denser and denser towards its ends.

    Between an end and the equally spaced point next to it each further point is half as far from the end as the one before;
    on a half-line of stakes each is twice as far from its beginning.
    """
    if line == "parity":
        return np.zeros(1)
    domain = family.gaps if line == "gap" else family.intervals[line]
    low, high = float(domain.low), _LINE_END + float(domain.low) if domain.high is None else float(domain.high)
    denser = min(_DENSER, count // 10)
    even = count - 2 * denser
    steps = np.linspace(low, high, even + (not domain.includes_low) + (not domain.includes_high))
    steps = steps[(not domain.includes_low) : len(steps) - (not domain.includes_high)]
    nearer = 0.5 ** np.arange(1, denser + 1)
    first, last = steps[min(1, even - 1) if domain.includes_low else 0], steps[max(-2, -even) if domain.includes_high else -1]
    above = low + (steps[-1] - low) / nearer if domain.high is None else high - (high - last) * nearer
    return np.unique(np.concatenate([steps, low + (first - low) * nearer, above]))


def _sobol(dimensions: int, count: int, rng: np.random.Generator) -> Array:
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a count that is no power of 2 is less even, and allowed
        return np.asarray(qmc.Sobol(dimensions, scramble=True, rng=rng).random(count))


def verdicts(claim: Statement, family: Family, unit: Array, line_points: int, progress: bool) -> Verdicts:
    """The work of :meth:`alliances.claims.Claim.verdicts`."""
    line = line_of(claim.shape.line, family, line_points)
    holds, unclear, vacuous = (np.full(len(unit), value) for value in (True, False, False))
    for rows, values, lines in batches(claim, family, unit, line, progress):
        broken = claim.shape.breaks(lines)
        contradicted = broken.at.any(axis=-1)
        holds[rows] = ~contradicted
        vacuous[rows] = ~lines.comparable.any(axis=-1)
        clear = broken.at & ~lines.blurred(claim.shape.width)
        plain = clear.any(axis=-1) & points_tell(claim.shape, family.assume)
        for k in np.flatnonzero(contradicted & ~plain):
            parameters = {name: float(v[k]) if name in family.intervals else v for name, v in values.items()}
            status = _settled(claim, family, parameters, lines.model(int(k)), broken.model(int(k)))
            its = rows[k] if family.intervals else rows  # of choices alone there is one model for all rows
            holds[its], unclear[its] = status == "dismissed", status == "open"
    return Verdicts(holds, unclear, vacuous, len(line))


def _settled(claim: Statement, family: Family, parameters: Mapping[str, Any], lines: Curves, broken: Break) -> Settlement:
    """Whether points that seem to contradict the claim do so, for one model."""
    shape, concept = claim.shape, family.concept(**parameters)

    def model(value: Any) -> Any:
        return family.at(**(parameters if value is None else {**parameters, shape.line: value}))

    def again(at: Array) -> Curves:
        options: dict[str, Any] = {"pact": shape.pact, "look_between": False}
        return curves(model, shape.line, at, concept, family.profile, family.assume, family.total, **options)

    return settled(Asked.of_member(shape, family, parameters), again, lines, broken, widest=False).status


def batches(
    claim: Statement, family: Family, unit: Array, line: Array, progress: bool
) -> Iterator[tuple[Array, dict[str, Any], Curves]]:
    """The curves of the models at the rows of ``unit``, batch by batch, with the rows and the parameters."""
    codes, combinations = chosen(family, unit)
    names = list(family.parameters)
    many = len(unit) * len(line) >= _WORTH_COMPILING and available()
    size = max(1, (_AT_ONCE_COMPILED if many else _AT_ONCE) // len(line))
    with progress_bar(len(unit), progress, "model") as bar:
        for code, fixed in enumerate(combinations):
            of_code = np.flatnonzero(codes == code)
            for start in range(0, len(of_code), size):
                rows = of_code[start : start + size]
                values = {n: d.spread(unit[rows, names.index(n)]) for n, d in family.intervals.items()}
                yield rows, fixed | values, evaluate(claim, family, fixed, values, line, recorded=True)
                bar.update(len(rows))


def chosen(family: Family, unit: Array) -> tuple[Array, list[dict[str, Any]]]:
    """Which combination of the finite choices each row of ``unit`` stands for, and the combinations."""
    codes, names = np.zeros(len(unit), dtype=int), list(family.parameters)
    for name, domain in family.choices.items():
        size = len(domain.values)
        codes = codes * size + np.minimum((unit[:, names.index(name)] * size).astype(int), size - 1)
    return codes, list(family.combinations())


def evaluate(
    claim: Statement,
    family: Family,
    fixed: Mapping[str, Any],
    values: Mapping[str, Array],
    line: Array,
    *,
    recorded: bool = False,
) -> Curves:
    """The curves of the models at these values: one row per model.

    Where they may be ``recorded``, payoff code runs as a programme if it is one and the batch is large; see
    :mod:`alliances.repeated.kernels`.
    """
    columns = {name: np.asarray(value)[:, None] for name, value in values.items()}

    def model(stakes: Any) -> Any:
        moved = (
            columns if stakes is None else columns | {claim.shape.line: np.broadcast_to(stakes, (len(rows), np.size(stakes)))}
        )
        return family.at(**fixed, **moved)

    rows = next(iter(columns.values()), np.zeros((1, 1)))
    concept = family.concept(**dict.fromkeys(family.parameters) | dict(fixed) | columns)
    try:
        shape, shared = claim.shape, (line, concept, family.profile, family.assume, family.total)
        if (
            recorded
            and (found := recorded_curves(model, shape.line, *shared, pact=shape.pact, models=(len(rows),))) is not None
        ):
            return found
        return curves(model, shape.line, *shared, pact=shape.pact, models=(len(rows),))
    except (ValueError, TypeError) as error:
        if not _takes_numbers_only(claim, family, fixed, values, line):
            raise
        raise TypeError(
            "measure(): the model must run on arrays: use larger, smaller and choose of alliances.arithmetic in place of "
            f"max, min and if; {error}"
        ) from error


def _takes_numbers_only(
    claim: Statement, family: Family, fixed: Mapping[str, Any], values: Mapping[str, Array], line: Array
) -> bool:
    """Whether the first of the models runs on numbers, but not on arrays that hold each of these numbers twice."""

    def runs(given: Callable[[float], Any]) -> bool:
        at = dict(fixed) | {name: given(float(np.ravel(value)[0])) for name, value in values.items()}
        point = given(float(line[len(line) // 2]))
        try:
            stage_at(
                lambda stakes: family.at(**at if stakes is None else at | {claim.shape.line: stakes}),
                claim.shape.line,
                point,
                family.total,
            )
        except (ValueError, TypeError, ArithmeticError):
            return False
        return True

    return runs(float) and not runs(lambda x: np.full(2, x))


def contradictions(
    claim: Statement,
    family: Family,
    fixed: Mapping[str, Any],
    points: tuple[int, int],
    most: int,
    seed: int,
    deadline: float,
) -> Iterator[tuple[dict[str, Any], float]]:
    """Parameters (floats) that seem to contradict a claim, those that do so most first, with a point of the line.

    So many ``points`` of the parameters are tried: the first number, or, where each critical discount factor takes a search of
    its own, the second. No more is tried after ``deadline`` (by ``time.perf_counter``).
    """
    intervals: dict[str, Interval] = family.intervals
    line = line_of(claim.shape.line, family, 100)
    if not intervals:
        return
    unit = _sobol(len(intervals), points[0], np.random.default_rng(seed))
    candidates = []
    start, size, end = 0, 4, points[0]
    while start < end and time.perf_counter() < deadline:
        values = {n: d.spread(unit[start : start + size, k]) for k, (n, d) in enumerate(intervals.items())}
        start, size = start + size, min(2 * size, 1024)
        lines = evaluate(claim, family, fixed, values, line)
        end = points[1] if lines.searched else points[0]
        broken = claim.shape.breaks(lines)
        by = np.where(broken.at, np.minimum(broken.by, 1.0), 0.0)
        for row in np.flatnonzero(broken.at.any(axis=-1)):
            k = int(by[row].argmax())
            candidates.append(
                (float(by[row, k]), {n: float(v[row]) for n, v in values.items()}, float(line[min(k, len(line) - 1)]))
            )
    candidates.sort(key=lambda c: -c[0])
    for _, parameters, point in candidates[:most]:
        yield dict(fixed) | parameters, point


def _wilson(count: int, total: int, level: float) -> tuple[float, float]:
    """Wilson's score interval (1927, JASA 22:209-212) for a share."""
    from scipy.stats import binomtest

    interval = binomtest(count, total).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def _sensitivity(
    judge: Judge, family: Family, points: int, line_points: int, rng: np.random.Generator, progress: bool
) -> dict[str, Sensitivity]:
    """Sobol indices of the verdict, by SALib."""
    analysis, sampling = (need(f"SALib.{part}.sobol", "prove", "sensitivity=True") for part in ("analyze", "sample"))
    names = list(family.parameters)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    base = 2 ** int(np.ceil(np.log2(max(64, points / (len(names) + 2)))))
    seed = int(rng.integers(2**31))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas and SciPy deprecations inside SALib
        unit = sampling.sample(problem, base, calc_second_order=False, seed=seed)
        holds = judge(family, unit, line_points, progress).holds
        if holds.all() or not holds.any():  # nothing varies, so nothing decides
            return {name: Sensitivity(0.0, 0.0, 0.0, 0.0) for name in names}
        indices = analysis.analyze(problem, holds.astype(float), calc_second_order=False, seed=seed)
    columns = (indices[key] for key in ("S1", "ST", "S1_conf", "ST_conf"))
    return {name: Sensitivity(*map(float, row)) for name, *row in zip(names, *columns, strict=True)}
