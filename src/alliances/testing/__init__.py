"""Tests for models of your own: strategies that draw powers, games and concepts, and a battery that a model must pass.

Hypothesis is needed here and nowhere else: ``pip install 'alliances[testing]'``. The module is loaded when it is first
used, as ``alliances.testing``.

* **Strategies** (:func:`powers`, :func:`stage_games`, :func:`alliance_games`, …) describe what a property is tested on.
  They draw the edge cases on purpose: parity, extreme ratios, ties, duplicate actions. What fails is shrunk to the
  simplest example.
* **Conformance** (:func:`check_model`, :func:`check_contest`, …) asks of a payoff model what every model of the library
  satisfies, and returns a table of checks with a witness for each that fails. :func:`assert_conforms` is the same as one
  line of a test.

May import every package.
"""

from alliances.results import need

need("hypothesis", "testing", "alliances.testing")  # the one dependency, checked once, before the modules that import it

from alliances.testing.battery import assert_conforms, check_contest, check_model, check_sharing, check_synergy
from alliances.testing.conformance import Breach, CheckResult, Conformance
from alliances.testing.families import families, parameters
from alliances.testing.strategies import (
    alliance_games,
    contests,
    discounts,
    enforcements,
    gaps,
    powers,
    sharings,
    stage_games,
    synergies,
)

__all__ = [
    "Breach",
    "CheckResult",
    "Conformance",
    "alliance_games",
    "assert_conforms",
    "check_contest",
    "check_model",
    "check_sharing",
    "check_synergy",
    "contests",
    "discounts",
    "enforcements",
    "families",
    "gaps",
    "parameters",
    "powers",
    "sharings",
    "stage_games",
    "synergies",
]
