"""Rival offers: what another sponsor would give the proxy as its ally.

A proxy's outside option is the best offer of its sponsor's rival (theory of blocs: Chindea 2014 on the Teo faction, which
left the Arellano Félix organisation for Sinaloa). What a rival of power r can offer follows from the same kind of model:
the proxy's payoff in the alliance game between the rival and the proxy.

What there is to share grows with the power behind it: the stake of the rival's alliance is z·(r + p)/(s + p), where z is the
stake of the present one. The unit of an offer is thus that of the present alliance's payoffs.

**Caplow's effect.** At a fixed stake, whoever is allied, a weak partner is the most generous: where shares are proportional to
power the proxy's p/(r + p) of the same z falls in r (Caplow 1956, "A theory of coalitions in the triad", *American Sociological
Review* 21:489-493; Gamson 1961, *American Sociological Review* 26:373-382). That is a theory of coalitions that win one given
prize. Of sponsors it says that the weakest of them can offer the most, as ``stakes="fixed"`` still does. With stakes that grow,
the proxy's proportional share is z·p/(s + p)·(1 + V): what it brings, times what the alliance adds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias, get_args

import numpy as np

from alliances.arithmetic import POSITIVE, Number, is_exact, like, number, settle, to_float
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.values import Value

__all__ = ["RivalOffer", "rival_offer"]

Stakes: TypeAlias = Literal["growing", "fixed"]
STAKES: tuple[Stakes, ...] = get_args(Stakes)


@dataclass(frozen=True, eq=False)
class RivalOffer(Value):
    """The offer of a rival of given power, as a function of the dyad's power.

    Parameters
    ----------
    game
        The model of the alliance between rival and proxy, in the places of sponsor and proxy; or a function from the dyad's
        power to it, for a rival whose gain from the proxy depends on its enemy: the proxy's present sponsor.
    rival
        r > 0, the rival's power, in the dyad's unit; a number or an array.
    stakes
        "growing" (default): of an :class:`AllianceGame` with the stake z, the rival's alliance has z·(r + p)/(s + p). "fixed":
        z, whoever the sponsor is. Other models say themselves how their payoffs depend on power, and stay as they are.

    Notes
    -----
    The offer is what the rival's alliance gives the proxy while it lasts. Whether that alliance would last is a question to
    its own critical discount factor, at ``Power(r, p)``.

    Examples
    --------
    >>> import alliances as al
    >>> offer = RivalOffer(al.presets.chindea_2014(sharing=al.Equal()), rival=3)
    >>> round(offer(al.Power(8, 1)), 3)  # 0.65 of a stake of 4/9
    0.289
    >>> [round(al.RivalOffer(al.presets.chindea_2014(), r, "fixed")(al.Power(4, 1)), 2) for r in (1, 2, 4)]  # Caplow's effect
    [0.5, 0.4, 0.27]
    >>> [round(al.RivalOffer(al.presets.chindea_2014(), r)(al.Power(4, 1)), 2) for r in (1, 2, 4)]
    [0.2, 0.24, 0.27]
    >>> # a common threat: the rival and the proxy against the proxy's present sponsor
    >>> against = lambda power: al.presets.chindea_2014(synergy=al.CommonThreat(1.0, rival=power.sponsor))
    >>> round(RivalOffer(against, rival=3)(al.Power(8, 1)), 4)
    0.1178
    """

    references: ClassVar[tuple[str, ...]] = ("chindea-2014", "caplow-1956", "gamson-1961")

    game: DyadicGame | Callable[[Power], DyadicGame]
    rival: Number
    stakes: Stakes = "growing"

    def __post_init__(self) -> None:
        if not isinstance(self.stakes, str) or self.stakes not in STAKES:
            raise ValueError(f'RivalOffer(): stakes must be "growing" or "fixed"; got {self.stakes!r}')
        object.__setattr__(self, "rival", number(self.rival, "RivalOffer", "rival", POSITIVE))
        _check_game(self.game, "RivalOffer")
        super().__post_init__()

    def __call__(self, power: Power, /) -> Number:
        """The proxy's payoff per period as the rival's ally."""
        return self._at(power, "RivalOffer")

    def _at(self, power: Power, function: str) -> Number:
        """The offer on behalf of ``function``, which errors name."""
        if not isinstance(power, Power):
            raise TypeError(f"{function}(): power must be a Power, such as Power.from_gap(0.5); got {power!r}")
        model = self.game if isinstance(self.game, DyadicGame) else self.game(power)
        if not isinstance(model, DyadicGame):
            raise TypeError(f"{function}(): game must return a model such as AllianceGame; got {model!r}")
        s, p, r = power.sponsor, power.proxy, self.rival
        if not (is_exact(p) and is_exact(s) and is_exact(r)):
            s, p, r = to_float(s), to_float(p), to_float(r, f"{function}(): rival")
        try:
            np.broadcast_shapes(np.shape(r), power.shape)
        except ValueError:
            raise ValueError(
                f"{function}(): rival and power must broadcast; got shapes {np.shape(r)} and {power.shape}"
            ) from None
        if self.stakes == "growing" and isinstance(model, AllianceGame):
            growth = (r + p) / (s + p)
            model = replace(model, stakes=like(model.stakes, growth, f"{function}(): stakes") * growth)
        return settle(model.cells(Power(r, p))[0][0][1])


def rival_offer(
    game: DyadicGame | Callable[[Power], DyadicGame], rival_power: Number, power: Power, *, stakes: Stakes = "growing"
) -> Number:
    """What a rival sponsor of power r would give the proxy per period as its ally: :class:`RivalOffer` at one power.

    Parameters
    ----------
    game, rival_power, stakes
        As ``game``, ``rival`` and ``stakes`` of :class:`RivalOffer`.
    power
        The dyad's: the present sponsor's and the proxy's.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.AllianceGame(al.Tullock(2), al.Complementarity(1), al.Proportional(), exposure=1, conflict_cost=0)
    >>> rival_offer(game, 3, al.Power(5, 1)), game.stage_game(al.Power(5, 1)).payoffs((0, 0))[1]
    (Fraction(1, 4), Fraction(5, 18))
    >>> rival_offer(game, 3, al.Power(5, 1), stakes="fixed")
    Fraction(3, 8)
    """
    function = "rival_offer"
    _check_game(game, function)
    if not isinstance(stakes, str) or stakes not in STAKES:
        raise ValueError(f'{function}(): stakes must be "growing" or "fixed"; got {stakes!r}')
    return RivalOffer(game, number(rival_power, function, "rival_power", POSITIVE), stakes)._at(power, function)


def _check_game(game: object, function: str) -> None:
    if not isinstance(game, DyadicGame) and (not callable(game) or isinstance(game, type)):
        raise TypeError(
            f"{function}(): game must be a model such as AllianceGame, or a function from power to one; got {game!r}"
        )
