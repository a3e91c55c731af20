"""Regions of the gap: which type of game, and which punishing equilibrium, along (−1, 1)."""

from __future__ import annotations

import numpy as np

from alliances.arithmetic import Array
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import at_power, check_enforcement
from alliances.repeated.enforcement.concept import Enforcement
from alliances.thresholds.line import Region, check_line, regions

__all__ = ["ordinal_regions", "punishment_regions"]


def ordinal_regions(
    game: DyadicGame, domain: tuple[float, float] = (-0.95, 0.95), *, total: float = 1.0, samples: int = 2001
) -> tuple[Region, ...]:
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
    >>> for region in ordinal_regions(al.presets.capability_aggregation(), (0.0, 0.9)):
    ...     print(region)
    [0.000000, 0.900000]  Chicken
    """
    from alliances.games.ordinal import name_of_code

    ends, total, samples = check_line(game, domain, total, samples, "ordinal_regions")
    found = regions(lambda g: np.asarray(game.stage_game(Power.from_gap(g, total)).ordinal_type().code), ends, samples)
    return tuple(Region(r.lower, r.upper, name_of_code(r.label)) for r in found)


def punishment_regions(
    game: DyadicGame,
    player: str,
    domain: tuple[float, float] = (-0.95, 0.95),
    *,
    enforcement: Enforcement | None = None,
    total: float = 1.0,
    samples: int = 2001,
) -> tuple[Region, ...]:
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
    tuple of Region
        Labelled by the profile played in punishment, such as ("fight", "fight"), or None where it is mixed or there is
        none.

    Examples
    --------
    >>> import alliances as al
    >>> for region in punishment_regions(al.presets.morrow_1991(), "proxy", (0.0, 0.9)):
    ...     print(region)
    [0.000000, 0.203880]  ('fight', 'fight')
    [0.203880, 0.250000]  ('ally', 'fight')
    [0.250000, 0.900000]  ('fight', 'ally')
    """
    ends, total, samples = check_line(game, domain, total, samples, "punishment_regions")
    if player not in PLAYERS:
        raise ValueError(f'punishment_regions(): player must be "sponsor" or "proxy"; got {player!r}')
    concept = check_enforcement(enforcement, "punishment_regions")
    which = PLAYERS.index(player)
    columns = len(game.actions)

    def label(gaps: Array) -> Array:
        power = Power.from_gap(gaps, total)
        profile = at_power(concept, power).punish(game.stage_game(power)).profiles[which]
        return np.where(profile[..., 0] < 0, -1, profile[..., 0] * columns + profile[..., 1])

    def words(code: int) -> tuple[str, str] | None:
        return None if code < 0 else (game.actions[code // columns], game.actions[code % columns])

    return tuple(Region(r.lower, r.upper, words(r.label)) for r in regions(label, ends, samples))
