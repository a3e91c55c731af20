"""Cases: dyads of the literature as data, each fact with its source.

A case file (TOML) says who the sponsor and the proxy are, what happened when, how strong each side was, how it ended, and which
publication says so. Words of the literature stay words: a case has numbers only where somebody measured them, and dates only as
precise as the source gives them.

>>> import alliances.cases as cases
>>> case = cases.load("gulf-zetas")
>>> print(case.outcome.date, case.outcome.kind)
2010 proxy defects
>>> series = case.power_series()
>>> print(series.unit, *series.between(2008, 2010).gap.astype(float).round(2))
municipalities with presence -0.1 -0.21 -0.25
"""

from alliances.cases.dates import Date
from alliances.cases.loader import CaseFileError, load, names
from alliances.cases.model import OUTCOMES, Actor, Case, Event, Outcome, PowerSeries, Source, ValueSeries

__all__ = [
    "OUTCOMES",
    "Actor",
    "Case",
    "CaseFileError",
    "Date",
    "Event",
    "Outcome",
    "PowerSeries",
    "Source",
    "ValueSeries",
    "load",
    "names",
]
