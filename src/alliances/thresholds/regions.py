"""Regions of the gap: which type of game, and which punishing equilibrium, along (−1, 1)."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.games.ordinal import name_of_code
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.arguments import check_enforcement, repeated_game
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results.result_tuple import ResultTuple
from alliances.thresholds.line import REGION_SAMPLES, Line, Region

__all__ = ["ordinal_regions", "punishment_regions"]


def ordinal_regions(
    game: DyadicGame, domain: tuple[float, float] = (-0.95, 0.95), *, total: float = 1.0, samples: int = REGION_SAMPLES
) -> ResultTuple[Region]:
    """How the ordinal type of a two-action game changes along the gap.

    Parameters
    ----------
    game
        A model with two actions and scalar parameters.
    domain
        The lowest and the highest gap, both in (−1, 1).
    total
        s + p, held fixed along the gap.
    samples
        The number of equally spaced gaps looked at. Regions narrower than their spacing can be missed; edges between
        regions that are seen are exact to 10⁻¹².

    Examples
    --------
    >>> import alliances as al
    >>> ordinal_regions(al.presets.capability_aggregation(), (0.0, 0.9))
    types of game: 1
    lower  upper    label
        0    0.9  Chicken
    """
    line = Line(game, domain, total, samples, function="ordinal_regions")
    return line.regions(lambda gaps: np.asarray(line.stage_games(gaps).ordinal_type().code), name_of_code, "types of game")


def punishment_regions(
    game: DyadicGame,
    player: str,
    domain: tuple[float, float] = (-0.95, 0.95),
    *,
    enforcement: Enforcement | None = None,
    total: float = 1.0,
    samples: int = REGION_SAMPLES,
) -> ResultTuple[Region]:
    """Which equilibrium punishes a player along the gap: where it switches, critical discount factors jump.

    Parameters
    ----------
    game
        A model with scalar parameters.
    player
        "sponsor" or "proxy": who is punished.
    domain, total, samples
        As in :func:`ordinal_regions`.
    enforcement
        :class:`NashReversion` by default.

    Returns
    -------
    ResultTuple of Region
        Labelled by the profile played in punishment, such as ("fight", "fight"), or None where it is mixed or there is
        none.

    Examples
    --------
    >>> import alliances as al
    >>> punishment_regions(al.presets.morrow_1991(), "proxy", (0.0, 0.9))
    punishments of the proxy: 3
      lower    upper         label
          0  0.20388  fight, fight
    0.20388     0.25   ally, fight
       0.25      0.9   fight, ally
    """
    function = "punishment_regions"
    line = Line(game, domain, total, samples, function)
    if not isinstance(player, str) or player not in PLAYERS:
        raise ValueError(f'{function}(): player must be "sponsor" or "proxy"; got {player!r}')
    concept = check_enforcement(enforcement, function)
    which = PLAYERS.index(player)
    columns = len(game.actions)

    def label(gaps: Array) -> Array:
        repeated = repeated_game(game, line.power(gaps), concept, function)
        profile = repeated.enforcement.punish(repeated.stage).profiles[which]
        return np.where(profile[..., 0] < 0, -1, profile[..., 0] * columns + profile[..., 1])

    def words(code: int) -> tuple[str, str] | None:
        return None if code < 0 else (game.actions[code // columns], game.actions[code % columns])

    return line.regions(label, words, f"punishments of the {player}")
