"""Data sets: small published tables that ship with the package, loaders of published formats, builders of frames for hazards.

What ships is facts with their source. What does not is read from the producer's own file, which you download.

>>> import alliances as al
>>> pairs = al.datasets.cartel_municipalities().pairs()
>>> print(pairs.find("Gulf Cartel", "Los Zetas"))
Gulf Cartel - Los Zetas, gap 2003 to 2010: +0.19 +0.03 +0.07 -0.03 +0.00 -0.10 -0.21 -0.25

May import claims, cases and what is below; knows no estimation and no pictures.
"""

from alliances.datasets.alliance_years import alliance_years
from alliances.datasets.atop import load_atop, load_atop_dyad_years, load_cow_alliances
from alliances.datasets.capabilities import load_nmc
from alliances.datasets.cite import cite
from alliances.datasets.conflict_odds import ConflictOdds, conflict_odds
from alliances.datasets.conflicts import load_gml_mids, load_ucdp_nonstate
from alliances.datasets.derived import add_changes, add_eras, add_gap, add_peace_years, add_spells, check_intervals
from alliances.datasets.dyad_years import dyad_path, dyad_years
from alliances.datasets.invented import invented_files
from alliances.datasets.municipalities import Municipalities, cartel_municipalities
from alliances.datasets.pairs import GapPath, GapPaths, Group
from alliances.datasets.predictions import PairScore, PredictedBreaks, predict_breaks, score_pairs
from alliances.datasets.relevance import add_politically_relevant
from alliances.datasets.support import load_nsa, load_ucdp_external_support, support_years
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
    "add_changes",
    "add_eras",
    "add_gap",
    "add_peace_years",
    "add_politically_relevant",
    "add_spells",
    "alliance_years",
    "cartel_municipalities",
    "check_intervals",
    "cite",
    "conflict_odds",
    "dyad_path",
    "dyad_years",
    "invented_files",
    "load_atop",
    "load_atop_dyad_years",
    "load_cow_alliances",
    "load_gml_mids",
    "load_nmc",
    "load_nsa",
    "load_ucdp_dyads",
    "load_ucdp_external_support",
    "load_ucdp_nonstate",
    "predict_breaks",
    "score_pairs",
    "support_years",
]
