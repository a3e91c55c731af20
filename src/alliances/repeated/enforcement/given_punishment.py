"""Punishment taken as given: play after a deviation is a fixed profile, whether or not it is an equilibrium.

The formulas of the literature often name the punishment ("conflict for ever") and leave open whether anybody would
carry it out.
This wrapper computes with such a punishment, so that what follows from the formula can be told from what follows from credible
punishments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alliances.arithmetic import Number, boolean
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import Cells, DyadicGame
from alliances.repeated.enforcement.comparisons import Labels, indices, is_equilibrium
from alliances.repeated.enforcement.concept import Enforcement, Pair, Punishment, PunishmentKind, Reversion, Terms, Threat
from alliances.repeated.enforcement.formulas import FormulaRule, formula_question
from alliances.repeated.enforcement.nash_reversion import NashReversion

__all__ = ["GivenPunishment"]


@dataclass(frozen=True)
class GivenPunishment(Enforcement):
    """Reversion to a fixed profile: any concept that reverts to stage equilibria, with that profile in their place.

    Parameters
    ----------
    enforcement
        :class:`NashReversion`, :class:`FinitePunishment`, :class:`ImperfectMonitoring` or :class:`Transfers` (with
        ``punishment="nash"``): how long, how well seen, with which payments.
    profile
        The punishing profile; conflict of both by default.
    credible
        If True, the profile punishes only where it is a stage Nash equilibrium; elsewhere nothing does.

    Raises
    ------
    TypeError
        If ``enforcement`` does not punish by stage equilibria.

    Examples
    --------
    >>> from alliances import AllianceGame, Complementarity, Power, Proportional, Tullock, critical_discount
    >>> from fractions import Fraction as F
    >>> game = AllianceGame(Tullock(1), Complementarity(5), Proportional(), exposure=F(1, 2), conflict_cost=F(1, 4))
    >>> for share in F(3, 4), F(7, 10):
    ...     print(critical_discount(game, Power.from_share(share), enforcement=GivenPunishment()).proxy)
    3/11
    63/233
    """

    enforcement: Reversion = field(default_factory=NashReversion)
    profile: Profile = ("fight", "fight")
    credible: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.enforcement, Reversion) or self.enforcement.kind not in (
            "stage equilibrium",
            "mixed stage equilibrium",
        ):
            raise TypeError(
                "GivenPunishment(): enforcement must punish by stage equilibria, such as NashReversion(); "
                f"got {self.enforcement!r}"
            )
        boolean(self.credible, "GivenPunishment", "credible")
        super().__post_init__()

    @property
    def exact(self) -> bool:
        """As of the wrapped concept."""
        return self.enforcement.exact

    @property
    def pooled(self) -> bool:
        """As of the wrapped concept."""
        return self.enforcement.pooled

    @property
    def common(self) -> bool:
        """As of the wrapped concept."""
        return self.enforcement.common

    @property
    def kind(self) -> PunishmentKind:
        """The given profile."""
        return "given profile"

    @property
    def in_closed_form(self) -> bool:
        """As of the wrapped concept."""
        return type(self) is GivenPunishment and self.enforcement.in_closed_form

    def conflict(self, actions: Labels) -> tuple[int, int]:
        """The given profile."""
        return indices(self.profile, actions)

    def threat(self, cells: Cells, actions: Labels) -> Threat:
        """The given profile, or nothing where it must be credible and is not."""
        pair = self.conflict(actions)
        return Threat((pair, pair) if not self.credible or is_equilibrium(cells, *pair) else None, True)

    def deters(self, temptation: Number, loss: Number) -> Any:
        """As of the wrapped concept."""
        return self.enforcement.deters(temptation, loss)

    def formula_rule(self, game: DyadicGame) -> FormulaRule:
        """As of the wrapped concept, with the given profile."""
        rule = self.enforcement.formula_rule(game)
        return rule._replace(given=(formula_question(game, None, self.profile), self.credible))

    def punish(self, stage: StageGame) -> Punishment:
        """The given profile's payoffs."""
        pair = stage.profile(self.profile, "GivenPunishment")
        exists = np.ones(stage.batch_shape, dtype=bool)
        if self.credible:
            exists = np.asarray(stage.pure_nash().mask[..., pair[0], pair[1]])
        at = np.where(exists[..., None], np.array(pair), -1)
        return Punishment(stage.payoffs(pair), (at, at), exists)

    def critical(self, terms: Terms) -> Pair:
        """As of the wrapped concept, with the given punishment's payoffs."""
        return self.enforcement.critical(terms)

    def gain(self, terms: Terms, discount: Pair) -> Pair:
        """As of the wrapped concept, with the given punishment's payoffs."""
        return self.enforcement.gain(terms, discount)
