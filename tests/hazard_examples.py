"""Examples of fitted hazards, and whether a corrupted one is right: by the likelihood of the fit, which verify does not use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from alliances import estimation
from tests.corruption_support import Example
from tests.estimation_support import frame, model

__all__ = ["fit_is_right", "hazard_examples"]


def fit_is_right(fit: Any) -> bool:
    """Whether the searches are where the likelihood of the rows has the values that they say, the best of them at rest."""
    likelihood = fit.model.likelihood(fit.spells, fit.design)
    named = fit.names == tuple(p.name for p in likelihood.parameters) and fit.design == fit.model.design(fit.spells)
    if not named or fit.optima.shape != (len(fit.values), len(fit.names)) or len(fit.converged) != len(fit.values):
        return False
    at = likelihood.evaluate(likelihood.working(fit.optima))
    inside = np.all((fit.optima >= [p.low for p in fit.parameters]) & (fit.optima <= [p.high for p in fit.parameters]))
    decrement = at.gradient[0] @ np.linalg.solve(at.information[0], at.gradient[0])
    return bool(
        inside and np.allclose(at.value, fit.values, rtol=1e-8) and np.all(np.diff(fit.values) <= 0) and decrement < 1e-2
    )


def hazard_examples() -> dict[str, Callable[[], Example]]:
    """A hazard that a game implies, one by side with covariates, and a regression; on a few rows, because each is corrupted."""
    rows = {name: x[:400] for name, x in frame().items()}
    rows |= {"who": np.where(rows["event"] == 0, "", np.where(np.arange(400) % 3 == 0, "proxy", "sponsor"))}
    by_side, by_age = model(risks="each side", covariates=["x"]), estimation.Logit(["gap"], baseline="log age")
    return {
        "hazard": lambda: Example(model().fit(rows, event="event", starts=2), fit_is_right),
        "hazard, each side": lambda: Example(by_side.fit(rows, event="event", who="who", starts=2), fit_is_right),
        "hazard, regression": lambda: Example(by_age.fit(rows, event="event", starts=2), fit_is_right),
    }
