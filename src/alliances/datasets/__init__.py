"""Data sets: small published tables that ship with the package, and loaders of published file formats.

What ships is facts with their source. What does not is read from the producer's own file, which you download.

>>> import alliances as al
>>> pairs = al.datasets.cartel_municipalities().pairs()
>>> print(pairs.find("Gulf Cartel", "Los Zetas"))
Gulf Cartel - Los Zetas, gap 2003 to 2010: +0.19 +0.03 +0.07 -0.03 +0.00 -0.10 -0.21 -0.25

May import claims, cases and what is below; knows no estimation and no pictures.
"""

from alliances.datasets.conflict_odds import ConflictOdds, conflict_odds
from alliances.datasets.municipalities import Municipalities, cartel_municipalities
from alliances.datasets.pairs import GapPath, GapPaths, Group
from alliances.datasets.predictions import PairScore, PredictedBreaks, predict_breaks, score_pairs
from alliances.datasets.ucdp import DyadDeaths, PairConflicts, UCDPDyads, UCDPDyadYear, load_ucdp_dyads

__all__ = [
    "ConflictOdds",
    "DyadDeaths",
    "GapPath",
    "GapPaths",
    "Group",
    "Municipalities",
    "PairConflicts",
    "PairScore",
    "PredictedBreaks",
    "UCDPDyadYear",
    "UCDPDyads",
    "cartel_municipalities",
    "conflict_odds",
    "load_ucdp_dyads",
    "predict_breaks",
    "score_pairs",
]
