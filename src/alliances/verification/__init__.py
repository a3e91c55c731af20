"""Re-checking a result from its definition.

Solvers compute critical discount factors in closed form, windows by halving, strategies by vertex enumeration.
:func:`verify` does none of that: it asks the definition whether a deviation pays – by how much a player gains from one
deviation, given the values of the strategy – and names the game, the player and the gain where an answer fails.

A gain is **decided** where it is farther from zero than rounding may carry it: near δ = 1, where gains carry the factor 1 − δ,
and within about 10⁻⁹ of an edge, a float answer may be undecided, and then it passes.

Re-checks are here and nowhere else, and register with :func:`alliances.results.verify`. May import every package.
"""

from alliances.results import Verification, verify
from alliances.verification import (
    allegiance,
    break_threshold,
    claims,
    contracts,
    critical,
    dynamic_sets,
    dynamics,
    forecasts,
    gaps,
    hazards,
    monitoring,
    payoff_sets,
    predicted_breaks,
    regimes,
    renegotiation,
    simulations,
    stage,
    strategies,
    threshold_batches,
)

__all__ = [
    "Verification",
    "allegiance",
    "break_threshold",
    "claims",
    "contracts",
    "critical",
    "dynamic_sets",
    "dynamics",
    "forecasts",
    "gaps",
    "hazards",
    "monitoring",
    "payoff_sets",
    "predicted_breaks",
    "regimes",
    "renegotiation",
    "simulations",
    "stage",
    "strategies",
    "threshold_batches",
    "verify",
]
