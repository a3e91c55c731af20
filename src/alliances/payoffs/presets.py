"""Named models: readings of the literature as alliance games.

Each preset fixes the *form* that a text argues for. The texts give no numbers: the parameter values are the library's
benchmark (those of its documentation and its tests), not estimates, and every one of them can be overridden by keyword.
"""

from __future__ import annotations

from typing import Any

from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.contest import Tullock
from alliances.payoffs.sharing import NashBargaining, Proportional
from alliances.payoffs.synergy import Aggregation, Complementarity

__all__ = ["capability_aggregation", "chindea_2014", "morrow_1991"]


def _game(form: dict[str, Any], parameters: dict[str, Any]) -> AllianceGame:
    return AllianceGame(**({"exposure": 0.8, "conflict_cost": 0.15} | form | parameters))


def chindea_2014(**parameters: Any) -> AllianceGame:
    """Unequal criminal allies with the options of alliance, non-aggression pact and war.

    Reading of Chindea (2014), "Fear and Loathing in Mexico: Narco-Alliances and Proxy Wars", *Fletcher Security Review*
    1(2): partners have something to trade as long as they are unequal (complementarity), divide by power, fight
    decisively (m = 2), and may settle for a non-aggression pact that leaves them less exposed than an alliance does.

    Parameters
    ----------
    **parameters
        Any parameter of :class:`AllianceGame`, in place of the benchmark value.

    Examples
    --------
    >>> chindea_2014(stakes=2.0).actions
    ('ally', 'coexist', 'fight')
    """
    form = {
        "contest": Tullock(2),
        "synergy": Complementarity(0.6),
        "sharing": Proportional(),
        "coexist_exposure": 0.4,
        "support_cost": 0.02,
    }
    return _game(form, parameters)


def morrow_1991(**parameters: Any) -> AllianceGame:
    """Security for autonomy: complementary allies who bargain over the surplus.

    Reading of Morrow (1991), "Alliances and asymmetry: an alternative to the capability aggregation model of
    alliances", *American Journal of Political Science* 35:904-933: the gains come from trading different goods, hence
    grow with asymmetry, and are divided by bargaining with conflict as the alternative.

    Parameters
    ----------
    **parameters
        Any parameter of :class:`AllianceGame`, in place of the benchmark value.

    Examples
    --------
    >>> morrow_1991().actions
    ('ally', 'fight')
    """
    return _game({"contest": Tullock(1), "synergy": Complementarity(0.6), "sharing": NashBargaining()}, parameters)


def capability_aggregation(**parameters: Any) -> AllianceGame:
    """Allies who pool power: the older theory, and the rival of :func:`morrow_1991`.

    Reading of the capability aggregation model that Morrow (1991) argues against (Altfeld 1984, "The decision to ally:
    a theory and test", *Western Political Quarterly* 37:523-544; Walt 1987): the pooled power is worth most between
    equals and is divided in proportion to contributions.

    Parameters
    ----------
    **parameters
        Any parameter of :class:`AllianceGame`, in place of the benchmark value.

    Examples
    --------
    >>> capability_aggregation(conflict_cost=0.2).conflict_cost
    0.2
    """
    return _game({"contest": Tullock(1), "synergy": Aggregation(0.6), "sharing": Proportional()}, parameters)
