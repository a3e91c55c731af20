"""Cases: dyads of the literature as data, each fact with its source.

A case file (TOML) says who the sponsor and the proxy are, what happened when, in which spells they were allied, at peace or at
war, how strong each side was, how it ended, and which publication says so. Words of the literature stay words: a case has
numbers only where somebody measured them, and dates only as precise as the source gives them.

>>> import alliances.cases as cases
>>> case = cases.load("gulf-zetas")
>>> print(case.outcome.date, case.outcome.kind)
2010 proxy defects
>>> series = case.power_series()
>>> print(series.unit, *series.between(2008, 2010).gap.astype(float).round(2))
municipalities with presence -0.1 -0.21 -0.25
>>> [case.name for case in cases.select(gap="asymmetric", arrangement="distance")]
['us-mexico']

Reading and checking is in ``files``, judging models by cases in ``scores``. May import dynamics, thresholds and what is below;
knows no claims.
"""

from alliances.cases.files.case import Case, Fact
from alliances.cases.files.dates import Date
from alliances.cases.files.loader import load, load_all, names
from alliances.cases.files.predicted_break import PredictedBreak
from alliances.cases.files.records import (
    ARRANGEMENTS,
    CODERS,
    GAP_BANDS,
    OUTCOMES,
    RELATIONS,
    STAKES_BANDS,
    TRENDS,
    Actor,
    Event,
    Option,
    Outcome,
    Phase,
    Source,
    ThirdParty,
)
from alliances.cases.files.series import PowerSeries, ValueSeries
from alliances.cases.files.tables import CaseFileError
from alliances.cases.scores.contenders import FreeParameter, GameModel
from alliances.cases.scores.dyad_years import DyadYears, allied_years
from alliances.cases.scores.hazards import GradedGame, MovingGame, YearRule
from alliances.cases.scores.judging import score_years
from alliances.cases.scores.options import OptionRanking, rank_options
from alliances.cases.scores.questions import CLASSES_OF, GAP_INTERVALS, GAP_PRIOR
from alliances.cases.scores.scoreboard import CasePrediction, Comparison, Fit, Scoreboard
from alliances.cases.scores.scoring import score
from alliances.cases.scores.year_board import YearBoard, YearComparison
from alliances.cases.selection import CaseTable, fact_table, phase_table, select, table

__all__ = [
    "ARRANGEMENTS",
    "CLASSES_OF",
    "CODERS",
    "GAP_BANDS",
    "GAP_INTERVALS",
    "GAP_PRIOR",
    "OUTCOMES",
    "RELATIONS",
    "STAKES_BANDS",
    "TRENDS",
    "Actor",
    "Case",
    "CaseFileError",
    "CasePrediction",
    "CaseTable",
    "Comparison",
    "Date",
    "DyadYears",
    "Event",
    "Fact",
    "Fit",
    "FreeParameter",
    "GameModel",
    "GradedGame",
    "MovingGame",
    "Option",
    "OptionRanking",
    "Outcome",
    "Phase",
    "PowerSeries",
    "PredictedBreak",
    "Scoreboard",
    "Source",
    "ThirdParty",
    "ValueSeries",
    "YearBoard",
    "YearComparison",
    "YearRule",
    "allied_years",
    "fact_table",
    "load",
    "load_all",
    "names",
    "phase_table",
    "rank_options",
    "score",
    "score_years",
    "select",
    "table",
]
