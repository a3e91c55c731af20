"""Stage games: a bimatrix game, or a batch of them, with the algorithms as verbs.

What a game consists of, how exactness follows the input and what counts as a tie is said in :mod:`alliances.games.bimatrix`;
each verb is an algorithm in a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from alliances.arithmetic import boolean, to_float
from alliances.games.bimatrix import Bimatrix
from alliances.games.minmax import MinMax, minmax
from alliances.games.nash import NashEquilibria, nash
from alliances.games.ordinal import OrdinalType, ordinal_type
from alliances.games.printed import axes_of, bimatrix_html, bimatrix_text, profiles_of, short
from alliances.results import Columns, Variable, aligned

if TYPE_CHECKING:
    import nashpy

__all__ = ["StageGame", "check_stage"]


class StageGame(Bimatrix):
    r"""One m×n bimatrix game, or a batch (…, m, n) of them.

    Parameters
    ----------
    A, B
        The sponsor's and the proxy's payoffs, ``[..., i, j]`` at row i and column j; shapes must broadcast. Dimensions before
        the last two are a batch of games of two players, never a third player.
    actions
        Labels: one tuple for both players, or a pair of tuples (rows, columns); default "0", "1", ….

    Raises
    ------
    TypeError, ValueError
        If payoffs are ragged, empty, not numeric or not finite, if shapes do not fit, if labels are missing or repeated, or if
        there are payoffs or labels of a third player.

    Examples
    --------
    >>> pd = StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("cooperate", "defect"))
    >>> pd.pure_nash().profiles
    ((1, 1),)
    >>> print(pd)
    sponsor \ proxy  cooperate  defect
    cooperate             9, 9   1, 10
    defect               10, 1    3, 3
    """

    def nash(self) -> NashEquilibria:
        """All extreme Nash equilibria, pure and mixed; see :func:`alliances.games.nash.nash`."""
        return nash(self)

    def minmax(self, mixed: bool = False) -> MinMax:
        """The worst that each player can be held to; see :func:`alliances.games.minmax.minmax`."""
        return minmax(self, mixed=boolean(mixed, "StageGame.minmax", "mixed"))

    def ordinal_type(self) -> OrdinalType:
        """Prisoners' Dilemma, Chicken, Stag Hunt, …: the ordinal type of 2×2 games; see :mod:`alliances.games.ordinal`."""
        return ordinal_type(self)

    def to_nashpy(self) -> nashpy.Game:
        """The same game as a ``nashpy.Game`` (single games; payoffs as floats)."""
        import nashpy

        self.single("StageGame.to_nashpy")
        return nashpy.Game(to_float(self.A), to_float(self.B))

    def over(self, shape: tuple[int, ...]) -> StageGame:
        """The game as a batch of that shape: a single game repeated, a batch as it is if it has the shape.

        Raises
        ------
        ValueError
            If the batch has another shape.

        Examples
        --------
        >>> StageGame([[1, 2]], [[3, 4]]).over((5,)).batch_shape
        (5,)
        """
        if self.batch_shape == shape:
            return self
        if self.batch_shape:
            raise ValueError(f"StageGame.over(): shape must be that of the batch, {self.batch_shape}; got {shape}")
        a, b = (np.broadcast_to(x, (*shape, *self.shape)) for x in (self.A, self.B))
        return StageGame(a, b, actions=self.actions)

    def __repr__(self) -> str:
        return bimatrix_text(self)

    def __str__(self) -> str:
        if self.batch_shape:
            return repr(self)
        rows, columns = self.actions
        table = [["sponsor \\ proxy", *columns]]
        for i, label in enumerate(rows):
            table.append([label, *(f"{short(self.A[i, j])}, {short(self.B[i, j])}" for j in range(len(columns)))])
        return aligned(table, left=1)

    def _repr_html_(self) -> str:
        return bimatrix_html(self)

    def _brief(self, width: int) -> str:  # noqa: ARG002
        kind = "exact" if self.exact else "float"
        return f"StageGame({self.shape[0]}×{self.shape[1]}, batch {self.batch_shape}, {kind})"

    def _columns(self) -> Columns:
        """One row per profile: actions, payoffs, best replies."""
        return profiles_of(self)

    def _variables(self) -> Mapping[str, Variable]:
        return axes_of(self)


def check_stage(stage: object, function: str) -> None:
    """An error that names ``function`` unless ``stage`` is a stage game."""
    if not isinstance(stage, StageGame):
        raise TypeError(f"{function}(): stage must be a StageGame; got {stage!r}")
