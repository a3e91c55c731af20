"""ln λ = x'β or logit λ = x'β: the hazards that know no game."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliances.arithmetic import Array
from alliances.estimation.likelihood import Likelihood

__all__ = ["LinearLikelihood"]


@dataclass
class LinearLikelihood(Likelihood):
    """The likelihood of a hazard whose logarithm, or logit, is linear; θ is the intercepts by side, then β side by side.

    Attributes
    ----------
    columns
        (c, p) the predictors.
    sides
        1 or 2.
    logit
        Whether logit λ is linear, and not ln λ.
    """

    columns: Array
    sides: int
    logit: bool

    def log_rates(self, theta: Array, slopes: bool) -> tuple[Array, Array | None]:
        """Ln λ (S, sides, c) and its derivatives."""
        s, (c, p) = self.sides, self.columns.shape
        slope = theta[:, s:].reshape(len(theta), s, p)
        linear = np.clip(np.log(theta[:, :s])[:, :, None] + slope @ self.columns.T, -700, 700)
        # exp(intercept) is the parameter, so that it is a rate, or odds, and positive
        logs = -np.logaddexp(0, -linear) if self.logit else linear
        if not slopes:
            return logs, None
        inner = np.exp(-np.logaddexp(0, linear)) if self.logit else np.ones_like(linear)  # d ln λ / d linear
        out = np.zeros((len(theta), s, c, s + s * p))
        for side in range(s):
            out[:, side, :, side] = inner[:, side] / theta[:, side, None]
            out[:, side, :, s + side * p : s + (side + 1) * p] = inner[:, side, :, None] * self.columns
        return logs, out
