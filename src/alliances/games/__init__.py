"""The stage game: what two players can get in one period, and what they would do if there were no other.

Knows numbers (:mod:`alliances.arithmetic`) and results, and nothing of power or time.
"""

from alliances.games.bimatrix import Profile, PureNash
from alliances.games.stage_game import StageGame

__all__ = ["Profile", "PureNash", "StageGame"]
