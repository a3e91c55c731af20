"""Enforcement: how the future holds an alliance together, one concept to a file.

A new concept is a subclass of :class:`alliances.Enforcement` in a file of its own and a line in :data:`CONCEPTS`, from which
tables, the tests of concepts, the strategies of :mod:`alliances.testing` and the atlas read. Uses payoff sets, contracts and
monitoring; knows neither thresholds nor claims.
"""

from alliances.repeated.enforcement.concept import Enforcement, Reversion
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.optimal_penal_code import OptimalPenalCode
from alliances.repeated.enforcement.outside_option import OutsideOption
from alliances.repeated.enforcement.transfers import Transfers

__all__ = ["CONCEPTS", "Enforcement", "Reversion", "typical"]

CONCEPTS: list[type[Enforcement]] = [
    NashReversion,
    FinitePunishment,
    ImperfectMonitoring,
    Transfers,
    OptimalPenalCode,
    GivenPunishment,
    OutsideOption,
]
"""Every enforcement concept, in the order of tables."""


def typical() -> tuple[Enforcement, ...]:
    """Typical concepts that fit every stage game, in the order of :data:`CONCEPTS`.

    >>> print(*(type(concept).__name__ for concept in typical()))
    NashReversion FinitePunishment ImperfectMonitoring Transfers Transfers OptimalPenalCode
    """
    return tuple(example for concept in CONCEPTS for example in concept.examples())
