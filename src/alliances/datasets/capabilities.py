"""States' power: the Composite Index of National Capability, its components, and who counts as a major power.

The index (CINC) of Singer, Bremer and Stuckey (1972) is the mean of a state's shares in the world's military expenditure,
military personnel, iron and steel, energy, total and urban population; see also Singer (1987).

References
----------
* Singer, J. D., Bremer, S. and Stuckey, J. (1972). "Capability distribution, uncertainty, and major power war, 1820-1965". In
  B. Russett (ed.), *Peace, War, and Numbers*, Sage, 19-48.
* Singer, J. D. (1987). "Reconstructing the Correlates of War dataset on material capabilities of states, 1816-1985".
  *International Interactions* 14(2), 115-132.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from alliances.datasets.atop import once
from alliances.datasets.layouts import Column, File, Layout, last_year, read, versions

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["MAJOR_POWERS", "Powers", "load_nmc", "major"]

MAJOR_POWERS: Mapping[int, tuple[tuple[int, int], ...]] = {
    2: ((1898, 9999),),  # United States
    200: ((1816, 9999),),  # United Kingdom
    220: ((1816, 1940), (1945, 9999)),  # France
    255: ((1816, 1918), (1925, 1945), (1991, 9999)),  # Germany
    300: ((1816, 1918),),  # Austria-Hungary
    325: ((1860, 1943),),  # Italy
    365: ((1816, 1917), (1922, 9999)),  # Russia
    710: ((1950, 9999),),  # China
    740: ((1895, 1945), (1991, 9999)),  # Japan
}
"""The major powers of the Correlates of War project, by state number: first and last year; taken to go on after 2016."""

_LAST = {2007: "4.0", 2012: "5.0", 2016: "6.0", 2022: "7.0"}  # the last year of each release


def _release(_chosen: Mapping[str, str], frame: Any) -> str:
    last = last_year(frame)
    number = _LAST.get(last)
    said = next(versions(frame), None)
    name = f"NMC {number}" if number else "NMC, release not known"
    return f"{name} (years to {last}{f', version {said}' if said else ''})"


NMC = Layout(
    loader="load_nmc",
    title="COW National Material Capabilities",
    file="NMC-70-abridged.csv",
    columns=(
        Column("stateabb", "text", needed=False),
        Column("ccode"),
        Column("year"),
        *(Column(name, "number", needed=False) for name in ("milex", "milper", "irst", "pec", "tpop", "upop")),
        Column("cinc", "number"),
        Column("version", "text", needed=False),
    ),
    references=("singer-bremer-stuckey-1972", "singer-1987"),
    release=_release,
)


def load_nmc(path: File) -> DataFrame:
    r"""National material capabilities, a row for each state and year.

    Parameters
    ----------
    path
        ``NMC-60-abridged.csv``, ``NMC-70-abridged.csv`` or the like: a path or an open text file.

    Returns
    -------
    DataFrame
        ``ccode``, ``year``, ``cinc``, and of ``stateabb``, ``milex``, ``milper``, ``irst``, ``pec``, ``tpop``, ``upop`` what
        the file has; −9 is missing. ``frame.attrs["release"]`` guesses the release from the last year.

    Raises
    ------
    TypeError, ValueError, OSError
        If the file cannot be read, a column is missing, a state has two rows for a year, or an index lies outside [0, 1].

    References
    ----------
    Singer, Bremer and Stuckey (1972).

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> nmc = al.datasets.load_nmc(io.StringIO("stateabb,ccode,year,milex,cinc\nUSA,2,2016,593,.1332\nCUB,40,2016,-9,.0016\n"))
    >>> nmc["milex"].tolist(), nmc.attrs["release"]
    ([593.0, nan], 'NMC 6.0 (years to 2016)')
    """
    frame = read(path, NMC)
    once(frame, ["ccode", "year"], "load_nmc", "path")
    outside = (frame["cinc"] < 0) | (frame["cinc"] > 1)
    if outside.any():
        row = frame[outside].iloc[0]
        raise ValueError(f"load_nmc(): cinc must lie in [0, 1]; got {row['cinc']:g} for {row['ccode']:g} in {row['year']:g}")
    return frame.drop(columns="version", errors="ignore")


def major(ccode: int, year: int) -> bool:
    """Whether a state is a major power in a year; the years before 1816 count as 1816."""
    return any(first <= max(year, 1816) <= last for first, last in MAJOR_POWERS.get(ccode, ()))


class Powers(NamedTuple):
    """A measure of power by unit and year, with rules for years in which it is missing.

    A unit's last value is carried on for up to ``carry`` years. A dyad whose sides are not both measured takes the first later
    year in which they are, up to ``back`` years on: states enter the data some years after they begin to sign treaties.
    """

    values: Mapping[tuple[Any, int], float]
    carry: int
    back: int

    def at(self, unit: Any, year: int) -> float | None:
        """The value of a unit in a year, or its last one in the ``carry`` years before."""
        found = (self.values.get((unit, year - k)) for k in range(self.carry + 1))
        return next((value for value in found if value is not None), None)

    def pair(self, one: Any, other: Any, year: int) -> tuple[float, float] | None:
        """The values of both sides; None where they are not to be had."""
        for later in range(self.back + 1):
            a, b = self.at(one, year + later), self.at(other, year + later)
            if a is not None and b is not None:
                return a, b
        return None


def powers(frame: Any, unit: str, year: str, value: str, carry: int, back: int, function: str, argument: str) -> Powers:
    """The measure in a frame; missing values are left out."""
    for name in (unit, year, value):
        if name not in frame.columns:
            raise ValueError(
                f"{function}(): {argument} must have the column {name}; it has {', '.join(map(str, frame.columns))}"
            )
    for name, number in (("carry", carry), ("back", back)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise ValueError(f"{function}(): {name} must be a whole number of years, at least 0; got {number!r}")
    once(frame, [unit, year], function, argument)
    measured = frame[[unit, year, value]].dropna()
    measured = measured[measured[value] != -9]
    if (measured[value] <= 0).any():
        row = measured[measured[value] <= 0].iloc[0]
        raise ValueError(
            f"{function}(): {value} must be positive: without power the gap is ±1, at which no game is defined; got "
            f"{row[value]!r} for {row[unit]} in {row[year]}. Leave such rows out, or set a smallest power"
        )
    keys = zip(measured[unit].tolist(), measured[year].astype(int).tolist(), strict=True)
    return Powers(dict(zip(keys, measured[value].tolist(), strict=True)), carry, back)
