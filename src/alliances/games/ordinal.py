"""The ordinal type of 2×2 games: Prisoners' Dilemma, Chicken, Stag Hunt, Deadlock, …

Only the order of each player's four payoffs counts, and games that differ by relabelling actions are one game: 144
strict ordinal games (78 up to exchange of the players; Rapoport & Guyer 1966). Robinson & Goforth (2005, *The Topology
of the 2×2 Games*) turn every game so that the row player's best payoff lies in the right column and the column player's
in the upper row. Each player then has one of twelve payoff patterns, and each pattern belongs to one symmetric game. A
game is named by the patterns of its two players (Bruns 2015, "Names for games: locating 2×2 games", *Games* 6:495-520):
"Prisoners' Dilemma" if both have that pattern, "Chicken–Deadlock" if the sponsor has the one and the proxy the other.

With R, S, T, P the payoffs of mutual cooperation, of the cooperator and of the defector in an unequal cell, and of
mutual defection, the twelve patterns are

=============  ===================  =============  ============
order          pattern              order          pattern
=============  ===================  =============  ============
T > R > P > S  Prisoners' Dilemma   R > T > P > S  Stag Hunt
T > R > S > P  Chicken              R > P > T > S  Assurance
T > S > R > P  Battle               R > P > S > T  Coordination
T > S > P > R  Hero                 R > S > P > T  Peace
T > P > S > R  Compromise           R > S > T > P  Harmony
T > P > R > S  Deadlock             R > T > S > P  Concord
=============  ===================  =============  ============

Ties have no strict type: a player with two equal payoffs is reported as "tied", and so is the other if the equal
payoffs are the best ones, because nothing then says how to turn the game.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, settle
from alliances.games.bimatrix import Bimatrix
from alliances.results import Result

__all__ = ["PATTERNS", "OrdinalType", "ordinal_type"]

PATTERNS: dict[str, str] = {
    "TRPS": "Prisoners' Dilemma",
    "TRSP": "Chicken",
    "TSRP": "Battle",
    "TSPR": "Hero",
    "TPSR": "Compromise",
    "TPRS": "Deadlock",
    "RTPS": "Stag Hunt",
    "RPTS": "Assurance",
    "RPST": "Coordination",
    "RSPT": "Peace",
    "RSTP": "Harmony",
    "RTSP": "Concord",
}
"""The order of a player's payoffs, best first, and the symmetric game it belongs to."""

_PATTERN_NAMES = np.array([*PATTERNS.values(), "tied"])
_TIED = len(PATTERNS)
_GAMES = np.array([a if a == b else f"{a}–{b}" for a in _PATTERN_NAMES for b in _PATTERN_NAMES])


def _table() -> Array:
    """Pattern number by the ranks (0 worst … 3 best) of the four cells of a turned game's row player.

    Turned, a symmetric game has cooperation above and on the right (where R is best, both want it there; where T is
    best, the row player's lies below on the right and the column player's above on the left), so the cells read [[S,
    R], [P, T]].
    """
    table = np.full((4, 4, 4, 4), _TIED)
    for k, order in enumerate(PATTERNS):
        rank = {letter: 3 - place for place, letter in enumerate(order)}
        table[rank["S"], rank["R"], rank["P"], rank["T"]] = k
    return table


_PATTERN = _table()


@dataclass(frozen=True, eq=False)
class OrdinalType(Result):
    """The ordinal types of a 2×2 game or of each game of a batch.

    Attributes
    ----------
    sponsor, proxy
        The symmetric game that each player's payoffs come from, or "tied".
    code
        An integer 13·(sponsor's pattern) + (proxy's pattern), equal exactly where the type is.
    """

    references: ClassVar[tuple[str, ...]] = ("rapoport-guyer-1966", "robinson-goforth-2005", "bruns-2015")

    sponsor: str | Array
    proxy: str | Array
    code: int | Array

    def _record(self) -> dict[str, Any]:
        return {"name": self.name, **super()._record()}

    @property
    def name(self) -> str | Array:
        """The game's name: "Chicken", or "Chicken–Deadlock" (sponsor's pattern first) where the patterns differ."""
        name: str | Array = settle(_GAMES[self.code])
        return name

    @property
    def message(self) -> str:
        """The name, or the names."""
        return str(self.name)


def ordinal_type(stage: Bimatrix) -> OrdinalType:
    """The ordinal type of a 2×2 game, or of each game of a batch.

    Raises
    ------
    ValueError
        If the game is not 2×2.

    Examples
    --------
    >>> from alliances import StageGame
    >>> StageGame([[3, 1], [4, 2]], [[3, 4], [1, 2]]).ordinal_type().name
    "Prisoners' Dilemma"
    """
    if stage.shape != (2, 2):
        raise ValueError(f"ordinal_type(): the game must be 2×2; got {stage.shape[0]}×{stage.shape[1]}")
    tol_s, tol_p = stage.tolerance
    rank_a, tied_a = _ranks(stage.A, tol_s)
    rank_b, tied_b = _ranks(stage.B, tol_p)
    # A player whose best payoff is tied does not say how to turn the game, so the other's pattern has no orientation either.
    best_a, best_b = (_best_is_tied(x, t) for x, t in ((stage.A, tol_s), (stage.B, tol_p)))
    # Turn the game: columns so that the sponsor's best is on the right, rows so that the proxy's best is above.
    flip_columns = (rank_a[..., :, 0].max(axis=-1) == 3)[..., None, None]
    flip_rows = (rank_b[..., 1, :].max(axis=-1) == 3)[..., None, None]
    turned = []
    for rank in (rank_a, rank_b):
        rank = np.where(flip_columns, rank[..., :, ::-1], rank)
        turned.append(np.where(flip_rows, rank[..., ::-1, :], rank))
    a, b = turned
    # Seen from the proxy the players change places: reflect in the diagonal of the symmetric cells, R and P.
    b = np.swapaxes(b, -1, -2)[..., ::-1, ::-1]
    pattern_s, pattern_p = (
        np.where(tied | unturned, _TIED, _PATTERN[r[..., 0, 0], r[..., 0, 1], r[..., 1, 0], r[..., 1, 1]])
        for r, tied, unturned in ((a, tied_a, best_b), (b, tied_b, best_a))
    )
    code = pattern_s * (_TIED + 1) + pattern_p
    return OrdinalType(settle(_PATTERN_NAMES[pattern_s]), settle(_PATTERN_NAMES[pattern_p]), settle(code))


def name_of_code(code: int) -> str:
    """The name of the game with this :attr:`OrdinalType.code`."""
    return str(_GAMES[code])


def _best_is_tied(payoffs: Array, tolerance: Any) -> Array:
    """Whether a player's two best payoffs are within the tolerance."""
    ordered = np.sort(payoffs.reshape(*payoffs.shape[:-2], 4), axis=-1)
    return np.asarray(ordered[..., 3] - ordered[..., 2] <= np.asarray(tolerance), dtype=bool)


def _ranks(payoffs: Array, tolerance: Any) -> tuple[Array, Array]:
    """Ranks 0 … 3 of a player's four payoffs, and whether two of them are within the tolerance."""
    flat = payoffs.reshape(*payoffs.shape[:-2], 4)
    order = flat.argsort(axis=-1, kind="stable")
    ranked = np.take_along_axis(flat, order, axis=-1)
    tied: Array = np.asarray(np.diff(ranked, axis=-1) <= np.asarray(tolerance)[..., None], dtype=bool).any(axis=-1)  # type: ignore[assignment]
    return order.argsort(axis=-1).reshape(payoffs.shape), tied
