"""The operator of :mod:`alliances.repeated.payoff_sets.operator` for games with many profiles, all at once in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliances.arithmetic import Array
from alliances.arithmetic.tolerance import TIE
from alliances.repeated.payoff_sets.operator import Generated, Origin, Rules
from alliances.repeated.payoff_sets.polygon import Point, Polygon, chains, crossing, hull, outermost

__all__ = ["ArrayRules", "generate_arrays"]


@dataclass(frozen=True)
class ArrayRules:
    """The rules as arrays of shape (profiles, 2), the minmax payoffs of shape (2,)."""

    g: Array
    d: Array
    h: Array
    discount: float
    minmax: Array
    tolerance: float

    @staticmethod
    def of(a: Array, b: Array, discount: float, tolerance: float) -> ArrayRules:
        """From float payoffs (m, n) scaled to [0, 1]; the numbers are those of ``Rules.of``."""
        best_row, best_column = a.max(axis=0), b.max(axis=1)
        g, d = (
            np.stack([x.ravel(), y.ravel()], axis=1) for x, y in ((a, b), np.broadcast_arrays(best_row, best_column[:, None]))
        )
        tempted = d - g
        h = np.where(tempted > tolerance, tempted, 0.0) * min((1 - discount) / discount, 1e300)
        return ArrayRules(g, d, h, discount, np.array([best_row.min(), best_column.min()]), tolerance)

    @cached_property
    def rules(self) -> Rules:
        """The same in lists."""
        g, d, h, u = ([(x, y) for x, y in pairs.tolist()] for pairs in (self.g, self.d, self.h, self.minmax[None]))
        return Rules(g, d, h, self.discount, u[0], self.tolerance)


def generate_arrays(arrays: ArrayRules, w: Polygon, u: Point, active: list[int]) -> Generated:
    """R(W, u) over the profiles ``active``: what ``generate`` returns."""
    rules = arrays.rules
    delta, tol = rules.discount, rules.tolerance
    rest = 1 - delta
    index = np.array(active)
    k = arrays.h[index] + np.array(u)
    over = chains(w, 0), chains(w, 1)
    near = (k[:, 0] <= over[0].high_at[-1] + tol) & (k[:, 1] <= over[1].high_at[-1] + tol)
    index, k = index[near], k[near]
    g = arrays.g[index]
    unconstrained = (g >= k - tol).all(axis=1)
    stays = unconstrained.copy()
    points, names = [g[unconstrained]], [np.stack([index[unconstrained], np.full(unconstrained.sum(), 2)], 1)]
    busy = np.flatnonzero(~unconstrained)
    binding = rest * arrays.d[index] + delta * np.array(u)
    corner = np.zeros(len(index), bool)
    for p in (0, 1):
        q = 1 - p
        vertices: Array = np.array(w)[:, q]
        for end, (chain, at) in enumerate(((over[p].high, over[p].high_at), (over[p].low, over[p].low_at))):
            cut = np.interp(k[busy, p], at, vertices[chain])
            fits = cut >= k[busy, q] - tol
            if end == 0:
                reached = fits
                stays[busy] |= fits
            elif p == 0:
                corner[busy] = reached & ~fits
            chosen = busy[fits]
            new = np.empty((len(chosen), 2))
            new[:, p] = binding[chosen, p]
            new[:, q] = rest * g[chosen, q] + delta * cut[fits]
            points.append(new)
            names.append(np.stack([index[chosen], np.full(len(chosen), 4 + 2 * p + end)], 1))
    chosen = np.flatnonzero(corner)
    points.append(binding[chosen])
    names.append(np.stack([index[chosen], np.full(len(chosen), 3)], 1))
    candidates, labels = np.concatenate(points), np.concatenate(names)
    if not len(candidates):
        return Generated([], [], [])
    for end in (candidates.min(axis=0), candidates.max(axis=0)):  # as polygon.snap
        candidates = np.where(np.abs(candidates - end) <= TIE, end, candidates)
    kept = outermost(candidates)
    pairs = [tuple(p) for p in candidates[kept].tolist()]
    corners = hull(pairs, TIE)
    origins = []
    for c in corners:
        a, code = (int(x) for x in labels[kept[c]])
        if code < 4:
            origins.append(Origin(a, "none" if code == 2 else "both"))
            continue
        p, end = (code - 4) // 2, code % 2
        chain, at = (over[p].low, over[p].low_at) if end else (over[p].high, over[p].high_at)
        _, i, j = crossing(w, chain, at, p, rules.h[a][p] + u[p])
        origins.append(Origin(a, p, i, j))
    return Generated([pairs[c] for c in corners], origins, index[stays].tolist())
