"""Rival offers: what another sponsor would give the proxy as its ally.

A proxy's outside option is the best offer of its sponsor's rival (theory of blocs: Chindea 2014 on the Teo faction, which
left the Arellano Félix organisation for Sinaloa). What a rival of power r can offer follows from the same kind of model:
the proxy's payoff in the alliance game between the rival and the proxy. Whether a stronger or a weaker rival offers more is
a matter of sharing: among equals a proxy gets half, and where shares are proportional to power a weaker ally leaves it more
(Caplow 1956, *American Sociological Review* 21:489-493; Gamson 1961, *American Sociological Review* 26:373-382).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alliances.arithmetic import POSITIVE, Number, is_exact, number, settle, to_float
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.values import Value

__all__ = ["RivalOffer", "rival_offer"]


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

    Notes
    -----
    The offer is what the rival's alliance gives the proxy while it lasts. Whether that alliance would last is a question to
    its own critical discount factor, at ``Power(r, p)``.

    Examples
    --------
    >>> import alliances as al
    >>> offer = RivalOffer(al.presets.chindea_2014(sharing=al.Equal()), rival=3)
    >>> round(offer(al.Power(8, 1)), 3)
    0.65
    >>> # a common threat: the rival and the proxy against the proxy's present sponsor
    >>> against = lambda power: al.presets.chindea_2014(synergy=al.CommonThreat(1.0, rival=power.sponsor))
    >>> round(RivalOffer(against, rival=3)(al.Power(8, 1)), 4)
    0.2652
    """

    game: DyadicGame | Callable[[Power], DyadicGame]
    rival: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "rival", number(self.rival, "RivalOffer", "rival", POSITIVE))
        if not isinstance(self.game, DyadicGame) and (not callable(self.game) or isinstance(self.game, type)):
            raise TypeError(
                f"RivalOffer(): game must be a model such as AllianceGame, or a function from power to one; got {self.game!r}"
            )

    def __call__(self, power: Power, /) -> Number:
        """The proxy's payoff per period as the rival's ally."""
        if not isinstance(power, Power):
            raise TypeError(f"RivalOffer(): power must be a Power, such as Power.from_gap(0.5); got {power!r}")
        model = self.game if isinstance(self.game, DyadicGame) else self.game(power)
        if not isinstance(model, DyadicGame):
            raise TypeError(f"RivalOffer(): game must return a model such as AllianceGame; got {model!r}")
        exact = is_exact(power.proxy) and is_exact(self.rival)
        r, p = (self.rival, power.proxy) if exact else (to_float(self.rival), to_float(power.proxy))
        return settle(model.cells(Power(r, p))[0][0][1])


def rival_offer(game: DyadicGame | Callable[[Power], DyadicGame], rival_power: Number, power: Power) -> Number:
    """What a rival sponsor of power r would give the proxy per period as its ally: :class:`RivalOffer` at one power.

    Parameters
    ----------
    game, rival_power
        As ``game`` and ``rival`` of :class:`RivalOffer`.
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
    (Fraction(3, 8), Fraction(5, 18))
    """
    return RivalOffer(game, rival_power)(power)
