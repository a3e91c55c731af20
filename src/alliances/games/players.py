"""The two players, by name and by code: who plays, and who decides.

Results name a player by its word and hold arrays of codes: 0 is the sponsor and 1 the proxy where one of the two is meant;
an index into :data:`BINDING` where it may also be both, or none.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array

__all__ = ["BINDING", "PLAYERS", "Binding", "Defector", "Player"]

Player: TypeAlias = Literal["sponsor", "proxy"]

Defector: TypeAlias = Literal["sponsor", "proxy", "both"]
"""Who deviates where somebody does."""

Binding: TypeAlias = Literal["none", "sponsor", "proxy", "both"]
"""Whose condition binds, if any."""

PLAYERS: tuple[Player, ...] = ("sponsor", "proxy")
"""The names of the players, in the order of payoffs."""

BINDING: Array = np.array(["none", "sponsor", "proxy", "both"])
"""Names of the binding player, by code: 1 for the sponsor plus 2 for the proxy."""
