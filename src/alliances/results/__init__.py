"""What every result is and can do, and the two doors to what stands above it: pictures and re-checks.

A result knows its numbers, and nothing of the code that draws or re-checks it. It calls a door – :func:`draw`, :func:`verify` –
and the packages above register there what they can do with it (``plotting/``, ``verification/``). Both are filled when
they are first used; nothing heavy is loaded until a picture is drawn.

Beside it, tuples of results that show themselves, and the works that a result rests on. May import values and what is below.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import singledispatch
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from alliances.arithmetic.types import plain
from alliances.printable import verbatim
from alliances.values import Value
from alliances.values.tables import (
    WIDTH,
    Columns,
    Variable,
    aligned,
    as_floats,
    batch_of,
    call,
    clip,
    columns_of,
    html_table,
    no_axes,
    shape_of,
    spelled,
    text_table,
    variables_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from pandas import DataFrame as DataFrame
    from xarray import Dataset as Dataset

__all__ = [
    "Columns",
    "Result",
    "Tabular",
    "Variable",
    "Verification",
    "aligned",
    "check_axes",
    "draw",
    "need",
    "progress_bar",
    "verify",
]


class Tabular(Value):
    """A value with a table, and perhaps with named axes and a picture: results, stage games, power, models.

    A subclass says what it consists of by :meth:`_record`, what its table is by :meth:`_columns`, and what its axes are by
    :meth:`_variables`.
    """

    _long_names: ClassVar[Mapping[str, str]] = {}
    """What the arrays of a batch are, for :meth:`to_xarray`; their names say it where nothing is given."""

    def _record(self) -> Mapping[str, Any]:
        """What :meth:`Result.to_dict` holds and what is shown, by name; all public fields by default."""
        names: list[str] = [field.name for field in fields(self)] if is_dataclass(self) else []
        return {name: getattr(self, name) for name in names if not name.startswith("_")}

    def _shown(self) -> Mapping[str, Any]:
        return {name: part for name, part in self._record().items() if name != "message"}

    def _cells(self) -> Mapping[str, Any]:
        """What table and axes are made of: numbers, words, and arrays of one shape; what is shown by default."""
        return self._shown()

    def _columns(self) -> Columns:
        """What :meth:`to_frame` holds, by column: a row for each game of a batch, or one row."""
        return columns_of(self._cells(), type(self).__name__)

    def _variables(self) -> Mapping[str, Variable]:
        """What :meth:`to_xarray` holds, by name: the arrays of a batch on its axes."""
        if type(self)._columns is not Tabular._columns and not self._long_names:
            raise TypeError(no_axes(type(self).__name__))
        return variables_of(self._cells(), type(self).__name__, self._long_names)

    def _tables(self) -> Mapping[str, Columns]:
        """The tables that a notebook shows, by caption: the one of :meth:`to_frame` by default."""
        return {"": self._columns()}

    def to_frame(self) -> DataFrame:
        """The table as a pandas ``DataFrame``.

        Raises
        ------
        TypeError
            If a value of this kind has no table.
        ImportError
            If pandas is missing: ``pip install 'alliances[data]'``.
        """
        columns = self._columns()
        empty = not any(map(len, columns.values()))  # of no type: pandas would say float
        return need("pandas", "data", "to_frame()").DataFrame(dict(columns), dtype=object if empty else None)

    def to_xarray(self) -> Dataset:
        """The arrays as an xarray ``Dataset``: named axes, with ``long_name`` and ``units`` among the attributes.

        Raises
        ------
        TypeError
            If a value of this kind has no axes.
        ImportError
            If xarray is missing: ``pip install 'alliances[data]'``.
        """
        variables = self._variables()
        xarray = need("xarray", "data", "to_xarray()")
        arrays = {
            name: (v.dims, as_floats(v.values), {"long_name": v.long_name, "units": v.units}) for name, v in variables.items()
        }
        coordinates = {name: arrays.pop(name) for name, v in variables.items() if v.dims == (name,)}
        return xarray.Dataset(arrays, coordinates, attrs=self._attributes())

    def _attributes(self) -> dict[str, str]:
        """What the arrays are of, in words."""
        return {"title": self._head()}

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the value on ``ax`` (a new figure's axes by default); see :mod:`alliances.plotting` for the options.

        Raises
        ------
        TypeError
            If there is no picture of values of this kind, or ``ax`` are no axes.
        ImportError
            If matplotlib is missing: ``pip install 'alliances[plot]'``.
        """
        check_axes(ax, f"{type(self).__name__}.plot")
        return draw(self, ax, **options)

    def _repr_html_(self) -> str:
        """The value in a notebook: its tables, shortened where they are long, or its parts."""
        try:
            tables = self._tables()
        except TypeError:  # it has no table
            return super()._repr_html_()
        if type(self)._columns is Tabular._columns and all(shape_of(table)[0] == 1 for table in tables.values()):
            return super()._repr_html_()  # one row reads better as a column
        shown = [f"<p>{escape(caption)}</p>" * bool(caption) + html_table(table) for caption, table in tables.items()]
        return f"<p>{escape(self._head())}</p>" + "".join(shown)


class Result(Tabular):
    """What all results share: plain data, tables, text, a picture and a re-check.

    A result is a frozen dataclass that inherits from this class. It says what it consists of by :meth:`_record`, what its
    table is by :meth:`_columns`, and what it means in a sentence by ``message``.
    """

    @property
    def message(self) -> str:
        """The result in a sentence."""
        return call(self) or super()._brief(WIDTH)

    def _head(self) -> str:
        said = type(self).message is not Result.message and self.message.partition("\n")[0]
        return f"{type(self).__name__}: {said}" if said else type(self).__name__

    def _brief(self, width: int) -> str:
        said = type(self).message is not Result.message and self.message
        return said if said and len(said) <= width and "\n" not in said else super()._brief(width)

    @verbatim
    def to_dict(self) -> dict[str, Any]:
        """The result in plain types, as strict JSON can hold them.

        Fractions, infinities and nan are text, see :func:`alliances.arithmetic.plain`; so are models and concepts.
        """
        return {name: _plain(value) for name, value in self._record().items()}

    def verify(self) -> Verification:
        """Re-check the result from its definition: :func:`alliances.verify`."""
        return verify(self)

    def __str__(self) -> str:
        """The sentence, and for a batch its numbers, the middle of which is left out where there are many."""
        batch = type(self)._columns is Tabular._columns and batch_of(self._cells())
        return f"{self.message}\n{text_table(self._columns())}" if batch else self.message


def _plain(value: Any) -> Any:
    """``value`` as JSON can hold it, results within it included; what is no data, such as a concept, by its ``repr``."""
    if isinstance(value, (list, tuple)):  # of results, too
        return [_plain(item) for item in value]
    if isinstance(value, Tabular) and hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float, str, Fraction, np.ndarray, np.generic)):
        return plain(value)
    return spelled(value)


def need(package: str, extra: str, who: str) -> Any:
    """An optional package, or an error that says which extra installs it.

    >>> need("a_package_that_nobody_has", "data", "to_frame()")
    Traceback (most recent call last):
        ...
    ImportError: to_frame() needs a_package_that_nobody_has: pip install 'alliances[data]'
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(f"{who} needs {package.partition('.')[0]}: pip install 'alliances[{extra}]'") from error


class _Silent:
    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *_: object) -> None: ...

    def update(self, _: int) -> None: ...


def progress_bar(total: int, wanted: bool, unit: str) -> Any:
    """A bar of ``total`` units, as a context whose ``update(n)`` moves it on; nothing to see unless it is ``wanted``.

    >>> with progress_bar(3, False, "model") as bar:
    ...     bar.update(3)
    """
    return need("tqdm", "prove", "progress=True").tqdm(total=total, unit=unit) if wanted else _Silent()


def _registered(door: Any, package: str, result: object) -> Callable[..., Any] | None:
    """What ``package``, which is loaded for it, has registered for results of this kind; None if nothing."""
    importlib.import_module(f"alliances.{package}")
    answer = door.dispatch(type(result))
    return None if answer is door.dispatch(object) else answer


def check_axes(ax: object, function: str) -> None:
    """An error that names ``function`` unless ``ax`` is what a picture can be drawn on: axes of Matplotlib, or None."""
    axes = sys.modules.get("matplotlib.axes")  # nobody can have axes who has not imported it
    if ax is not None and (axes is None or not isinstance(ax, axes.Axes)):
        raise TypeError(f"{function}(): ax must be axes of Matplotlib, as plt.subplots() makes them; got {clip(repr(ax))}")


@singledispatch
def draw(result: object, ax: Axes | None = None, **options: Any) -> Axes:
    """The picture of a result; :mod:`alliances.plotting` registers what it can draw.

    Raises
    ------
    TypeError
        If there is no picture of results of this kind.
    """
    answer = _registered(draw, "plotting", result)
    if answer is None:
        raise TypeError(f"plot(): there is no picture of a {type(result).__name__}")
    axes: Axes = answer(result, ax, **options)
    return axes


@dataclass(frozen=True)
class Verification(Result):
    """The outcome of :func:`verify`: true if something was checked and every check passed.

    Attributes
    ----------
    ok
        Whether conditions were checked and all of them hold.
    checks
        How many conditions were checked.
    witness
        Where the result fails its definition, in words; None if it does not.
    """

    ok: bool
    checks: int
    witness: str | None = None

    def __post_init__(self) -> None:
        if self.ok and (self.checks < 1 or self.witness is not None):
            raise ValueError(
                "Verification(): ok must be False where nothing was checked or a check failed; "
                f"got {self.checks} checks and the witness {self.witness!r}"
            )
        super().__post_init__()

    @property
    def status(self) -> Literal["passed", "failed", "nothing checked"]:
        """The outcome: true and false, and the third case, in which no condition applied and the result stands unconfirmed."""
        if self.ok:
            return "passed"
        return "nothing checked" if self.checks == 0 and self.witness is None else "failed"

    def __bool__(self) -> bool:
        return self.ok

    def _cells(self) -> Mapping[str, Any]:
        """All that is no array."""
        return {name: part for name, part in self._record().items() if not isinstance(part, np.ndarray)}


@singledispatch
def verify(result: object, **options: Any) -> Verification:
    """Re-check a result from its definition, not from the way it was computed.

    Parameters
    ----------
    result
        A :class:`CriticalDiscount`, :class:`DefectionThreshold`, :class:`ThresholdBatch`,
        :class:`IdentifiedDiscount`, :class:`MinMax`,
        :class:`KeepingPayment`, :class:`NashEquilibria`, :class:`PayoffSet`, :class:`Strategy`, :class:`RegimeMap`,
        :class:`RelationalContracts`, :class:`ContractStrategy`, :class:`MonitoredContracts`, :class:`SwitchingOffer`,
        :class:`DynamicContracts` with their payments and discount windows, contracts that are negotiated anew,
        :class:`StochasticPayoffSets`, :class:`ShiftingThreshold`, :class:`BreakForecast`, :class:`SimulatedBreaks`,
        :class:`alliances.cases.PredictedBreak`, :class:`alliances.estimation.HazardFit`, or a claim's :class:`Check`,
        :class:`Falsification` or :class:`Proof`.
        Exact results are checked exactly.
    **options
        What a kind of result takes besides, such as ``tolerance`` for :class:`MonitoredContracts`.

    Notes
    -----
    What is checked, and what is not:

    * all results: that the fields fit each other (shapes, labels, order), so that a wrong one is a witness and no exception.
    * critical discount factors: the terms against the stage game, the punishments (the worst stage equilibrium, found among all
      kernels where mixed ones count, in batches of at most 50 games up to 5×5; the given profile; leaving; with optimal
      penal codes the payoff sets behind them), and that deviating pays just below δ* and not from δ* on. Float answers of
      inf are tried up to 1 − 10⁻¹⁵; where a player can be forgiven (finite punishment, noisy signals) gains show a δ* above
      1 − 10⁻⁷ as little as rounding.
    * payoff sets: that every vertex is generated, the profiles that are played, and, by half-planes that cut the hull of all
      payoffs, that there are no equilibrium payoffs beyond: left open where 400 cuts (60 in Fractions) do not settle it.
    * thresholds: stability and defectors 10⁻⁹ on either side of every edge, stability at two gaps between neighbouring
      ``samples`` and at 64 gaps in every window and between windows, gap, defector and status given the windows. Not a
      window or a break that all these gaps miss, nor the punishments themselves.
    * predicted breaks: the critical discount factors behind them, whose deviation pays at each date, and the threshold.
    * identified sets: both ends of every interval, the hardest period, and the critical discount factors behind them.
    * regime maps: the critical discount factors behind them, and that each cell shows the best arrangement that gains from
      deviating allow; cells within rounding of a border pass either way.
    * switching offers: that deviating and leaving do not pay at the offer, and do just above it; payments to a proxy: that with
      the least payment neither gains by deviating or leaving where the proxy is kept, and that no payment does where it is not.
    * claims: the numbers at the points of a check, each with a certificate that is re-checked itself (of wars the expected
      durations, by linear equations); that a counterexample lies in the family; of a proof that no script can be met and that
      256 models of the family hold; not that the scripts say all that could break the claim.
    * contracts: every one-shot deviation and the payoffs promised; under monitoring that no larger liquidity can be sustained.
    * dynamic contracts: values, policies and slacks by single applications of their definition; every round of elimination, its
      bounds and what it drops, so that no larger set of profiles can be played; payments: promises, and that no refusal pays.
    * discount windows: certified answers at every point of the grid and 10⁻⁹ beside every edge, and what binds there. Not a
      window that is narrower than the grid's steps.
    * fitted hazards: ln L where each search ended, row by row from the rows that the fit keeps; columns, knots and predictions;
      where the status is "good", that ln L is no larger a hundredth of an error beside the estimate, along each parameter. Not
      that there is no better maximum elsewhere, nor which columns of a frame the rows came from.
    * forecasts: the critical discount factors behind them, and the law of the date, computed backwards, and type by type where
      patience is drawn once.
    * simulated breaks: that dates and causes fit, and that the counts are likely under the exact law; not single histories.
    * break thresholds: every one-shot deviation, that each lower threshold fails by a gain or is said to be unsolved, contracts
      and holes by their certificates, windows, edges and defectors; not that no larger set of pockets can be kept.
    * minmax payoffs: the strategies, and that they hold down and secure the payoff.
    * equilibria: strategies, payoffs, regrets, order, degeneracy, that none is missing: no pure one, and up to 5×5 no mixed.

    Returns
    -------
    Verification
        True in a condition if all checks pass; otherwise with a witness, or with the status "nothing checked".

    Raises
    ------
    TypeError
        If there is no definition to check ``result`` against.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from alliances import StageGame, critical_discount
    >>> r = critical_discount(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))
    >>> verify(r)
    Verification(ok=True, checks=38, witness=None)
    >>> print(verify(replace(r, proxy=r.proxy / 2)).witness)
    proxy: gains 1/2 by deviating at its critical discount factor 1/14
    """
    answer = _registered(verify, "verification", result)
    if answer is None:
        raise TypeError(
            f"verify(): result must be a result of this library that has a definition to check; got {type(result).__name__}"
        )
    verification: Verification = answer(result, **options)
    return verification
