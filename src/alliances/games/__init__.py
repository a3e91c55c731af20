"""TODO."""

from alliances.games.stage_game import Profile, PureNash, StageGame

__all__ = ["Profile", "PureNash", "StageGame"]
