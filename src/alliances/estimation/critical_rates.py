"""ln λ = ln π + x'β + ln F(δ*(γ; θ)) and its derivatives: the structural part of the hazard, at each gap once.

δ* comes from :func:`alliances.critical_discount`, whatever the model and the concept; all parameter values that a search asks
for make one batch. Its derivatives by θ are central differences within that batch, and those of F and of what multiplies it are
exact: tests compare both with the closed form of δ*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from alliances.arithmetic import Array, to_float
from alliances.dynamics.patience import OpenPatience
from alliances.estimation.likelihood import Likelihood
from alliances.payoffs.dyadic import DyadicGame
from alliances.payoffs.numbers import with_numbers
from alliances.payoffs.sharing import Agreed
from alliances.power import Power
from alliances.repeated.critical import critical_discount
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["FLOOR", "Nodes", "StructuralLikelihood", "StructuralRates", "critical_at", "nodes_of"]

FLOOR = 1e-10
"""The least chance of a break at an opportunity: where nobody is tempted, an event is a mistake and not impossible."""

_STEP = 1e-5  # of a parameter's range
_LOG_RATIOS = 25  # at wide gaps δ* changes with the ratio, of which there are many between 0.99 and 1
_GAMES = 200_000  # in one batch
_EDGE = 1e-12  # of a gap: how near to ±1 a mean of gaps may come


class Nodes(NamedTuple):
    """The gaps at which δ* is computed: today's, the one at formation or None, and of each row which node it is at."""

    gap: Array
    gap0: Array | None
    row: Array


def nodes_of(gap: Array, gap0: Array | None, resolution: float | None) -> Nodes:
    """Gaps that are equal are one node; with a resolution r, those are within r in γ and 25 r in ln(s/p), at their mean."""
    pair = [gap] if gap0 is None else [gap, gap0]
    keys = pair
    if resolution is not None:
        cuts = [(x, resolution) for x in pair] + [(2 * np.arctanh(x), _LOG_RATIOS * resolution) for x in pair]
        keys = [np.floor(x / width) for x, width in cuts]
    row = np.zeros(len(gap), dtype=int)
    for key in keys:  # a code of all keys so far
        _, code = np.unique(key, return_inverse=True)
        _, row = np.unique(row * (len(gap) + 1) + code.reshape(-1), return_inverse=True)
    row = row.reshape(-1)
    size = np.bincount(row)
    means = [np.bincount(row, weights=x) / size for x in pair]
    inside = [np.clip(x, -1 + _EDGE, 1 - _EDGE) for x in means]  # a mean may round to ±1
    return Nodes(inside[0], None if gap0 is None else inside[1], row)


def critical_at(
    game: DyadicGame, enforcement: Enforcement, names: Sequence[str], values: Array, nodes: Nodes
) -> tuple[Array, Array, Array]:
    """(δ_S*, δ_P*, δ*) of M parameter vectors (M, k) at u nodes, each (M, u); 1 where no patience in [0, 1) suffices."""
    if nodes.gap0 is not None:
        game = replace(game, sharing=Agreed(nodes.gap0))  # type: ignore[type-var]
    power = Power.from_gap(nodes.gap)
    count, most = len(values), max(1, _GAMES // max(len(nodes.gap), 1))
    parts = []
    for first in range(0, count, most):
        block = values[first : first + most]
        try:
            parts.append(_batch(game, enforcement, names, block[:, :, None], power, (len(block), len(nodes.gap))))
        except (TypeError, ValueError):
            if not names:
                raise
            # a model whose parameters cannot be arrays is solved for one vector after the other
            rows = [_batch(game, enforcement, names, vector[:, None], power, (1, len(nodes.gap))) for vector in block]
            parts.append(np.concatenate(rows, axis=1))
    sponsor, proxy, dyad = np.concatenate(parts, axis=1)
    return sponsor, proxy, dyad


def _batch(
    game: DyadicGame, enforcement: Enforcement, names: Sequence[str], values: Array, power: Power, shape: tuple[int, int]
) -> Array:
    """(3, M, u) for parameters (M, k, 1), or (k, 1) of one vector."""
    columns = {name: (values[..., k, :] if values.ndim == 3 else float(values[k, 0])) for k, name in enumerate(names)}
    concept = {name.partition(".")[2]: x for name, x in columns.items() if name.startswith("enforcement.")}
    of_game = {name: x for name, x in columns.items() if not name.startswith("enforcement.")}
    r = critical_discount(
        with_numbers(game, of_game) if of_game else game,
        power,
        enforcement=with_numbers(enforcement, concept) if concept else enforcement,
    )
    return np.stack([np.broadcast_to(np.minimum(to_float(x), 1.0), shape) for x in (r.sponsor, r.proxy, r.dyad)])


@dataclass
class StructuralRates:
    """ln λ without covariates at nodes, and its derivatives by the structural parameters.

    Attributes
    ----------
    game, enforcement, patience
        The model.
    names, bounds
        The free parameters of game and concept.
    sides
        1, or 2 where it is asked who breaks.
    swapped, common
        Whether the sides' δ* are exchanged, and whether both draw one patience.
    opportunity
        The fixed one, or None where it is free; ``by_side`` if each side has its own.
    """

    game: DyadicGame
    enforcement: Enforcement
    patience: OpenPatience
    names: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    sides: int
    swapped: bool
    common: bool
    opportunity: float | None
    by_side: bool

    @property
    def size(self) -> int:
        """How many parameters come first in θ: those of the game, of patience, of opportunity."""
        levels = 0 if self.opportunity is not None else 2 if self.by_side else 1
        return len(self.names) + len(self.patience.open_parameters) + levels

    def critical(self, values: Array, nodes: Nodes) -> Array:
        """δ* by side (M, sides, u), as the sides' rates use them."""
        sponsor, proxy, dyad = critical_at(self.game, self.enforcement, self.names, values, nodes)
        if self.sides == 1:
            return dyad[:, None]
        return np.stack([proxy, sponsor] if self.swapped else [sponsor, proxy], axis=1)

    def _with_slopes(self, values: Array, nodes: Nodes, slopes: bool) -> tuple[Array, Array]:
        """δ* (S, sides, u) and its derivatives (S, k, sides, u)."""
        count, k = values.shape
        if not k:
            one = self.critical(np.zeros((1, 0)), nodes)  # the same whatever else changes
            return np.broadcast_to(one, (count, *one.shape[1:])), np.zeros((count, 0, *one.shape[1:]))
        if not slopes:
            return self.critical(values, nodes), np.zeros((count, 0, self.sides, len(nodes.gap)))
        low, high = np.array(self.bounds).T
        step = _STEP * (high - low)
        middle = np.clip(values, low + step, high - step)
        shifts = step * np.eye(k)
        points = np.concatenate([values[:, None], middle[:, None] + shifts, middle[:, None] - shifts], axis=1)
        delta = self.critical(points.reshape(-1, k), nodes).reshape(count, 2 * k + 1, self.sides, -1)
        return delta[:, 0], (delta[:, 1 : k + 1] - delta[:, k + 1 :]) / (2 * step)[:, None, None]

    def log_rates(self, theta: Array, nodes: Nodes, slopes: bool) -> tuple[Array, Array | None]:
        """Ln λ (S, sides, u) and its derivatives (S, sides, u, size) at θ (S, P), of which the first ``size`` count."""
        k = len(self.names)
        delta, d_delta = self._with_slopes(theta[:, :k], nodes, slopes)
        open_ones = self.patience.open_parameters
        shape: list[Any] = []
        for name in self.patience.ranges:
            at = k + open_ones.index(name) if name in open_ones else None
            shape.append(float(getattr(self.patience, name)) if at is None else theta[:, at, None, None])
        chance = FLOOR + (1 - FLOOR) * self.patience.distribution(delta, shape)
        level = k + len(open_ones)
        if self.opportunity is not None:
            opportunity: Any = self.opportunity
        else:
            opportunity = theta[:, level : level + (2 if self.by_side else 1), None]
        mixed, weights = self._by_side(chance)
        logs = np.log(opportunity) + np.log(mixed)
        if not slopes:
            return logs, None
        by_x, *by_shape = self.patience.slopes(delta, shape)
        columns = [np.where(d_delta[:, j] == 0, 0.0, by_x * d_delta[:, j]) for j in range(k)]  # 0 · ∞ at the ends of [0, 1]
        columns += [by_shape[list(self.patience.ranges).index(name)] for name in open_ones]
        out = [np.einsum("kstu,ktu->ksu", weights, np.broadcast_to(x, chance.shape)) / mixed for x in columns]
        if self.opportunity is None:
            ones = np.ones_like(mixed)
            scaled = ones / theta[:, level : level + (2 if self.by_side else 1), None]
            if self.by_side:
                out += [scaled * np.array([1.0, 0.0])[:, None], scaled * np.array([0.0, 1.0])[:, None]]
            else:
                out.append(scaled)
        stacked = np.stack(out, axis=-1) if out else np.zeros((*mixed.shape, 0))
        return logs, np.where(np.isfinite(stacked), stacked, 0.0)

    def _by_side(self, chance: Array) -> tuple[Array, Array]:
        """The chance by side (S, sides, u), and its derivatives by F at each side's δ* (S, sides, sides, u).

        With a draw of one's own, each side breaks when its own falls short. With a common draw the side breaks that needs more
        patience, and where both fall short each does so first with equal chances.
        """
        count, sides, u = chance.shape
        if sides == 1 or not self.common:
            return chance, np.broadcast_to(np.eye(sides)[None, :, :, None], (count, sides, sides, u))
        mine, other = chance, chance[:, ::-1]
        more = mine > other
        mixed = np.where(more, mine - other / 2, mine / 2)
        own, cross = np.where(more, 1.0, 0.5), np.where(more, -0.5, 0.0)
        weights = np.empty((count, 2, 2, u))
        weights[:, 0, 0], weights[:, 0, 1] = own[:, 0], cross[:, 0]
        weights[:, 1, 1], weights[:, 1, 0] = own[:, 1], cross[:, 1]
        return mixed, weights


@dataclass
class StructuralLikelihood(Likelihood):
    """The likelihood of a structural hazard: cells are nodes, or rows where there are covariates.

    Attributes
    ----------
    rates, nodes
        The structural part.
    columns, node
        Covariates (c, p) of the cells, and the node of each; None for cells that are nodes.
    """

    rates: StructuralRates
    nodes: Nodes
    columns: Array | None = None
    node: Array | None = None

    def log_rates(self, theta: Array, slopes: bool) -> tuple[Array, Array | None]:
        """Ln λ (S, sides, c) and its derivatives."""
        logs, structural = self.rates.log_rates(theta, self.nodes, slopes)
        if self.columns is None:
            return logs, structural
        effect = theta[:, self.rates.size :] @ self.columns.T
        logs = np.clip(logs[:, :, self.node] + effect[:, None], -700, 700)
        if structural is None:
            return logs, None
        at_cells = structural[:, :, self.node]
        shape = (*at_cells.shape[:3], self.columns.shape[1])
        return logs, np.concatenate([at_cells, np.broadcast_to(self.columns, shape)], axis=-1)
