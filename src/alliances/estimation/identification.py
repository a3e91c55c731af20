"""What a dated break says about patience.

A model predicts stability at gap γ iff δ_i ≥ δ_i*(γ) for both players. An alliance that held at the gaps γ_1, …,
γ_{T−1} and broke at γ_T therefore *set-identifies* the discount factors (in the sense of Manski 2003, *Partial
Identification of Probability Distributions*):

* a common δ lies in [max_{t<T} δ*(γ_t), δ*(γ_T));
* if it is known that the proxy broke it, δ_P lies in [max_{t<T} δ_P*(γ_t), δ_P*(γ_T)), and δ_S in [max_{t<T} δ_S*(γ_t),
  1): the sponsor stayed as long as the alliance lasted.

The set may be empty: then no patience makes the model produce this break at this date, and the model (at these
parameters) is refuted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alliances.arithmetic import Array, Number, Real, is_exact, settle, to_float
from alliances.arithmetic.tolerance import SAME_DISCOUNT
from alliances.games.bimatrix import Profile
from alliances.games.players import PLAYERS, Player
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_model, repeated_game
from alliances.repeated.critical import CriticalDiscount, critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result, draw
from alliances.thresholds.lines import index_of, mapped, place_of

if TYPE_CHECKING:
    from alliances.results import Axes

__all__ = ["DiscountInterval", "IdentifiedDiscount", "identified_discount"]


@dataclass(frozen=True, eq=False)
class DiscountInterval(Result):
    """Discount factors [lower, upper), an array of intervals for a batch of models.

    Attributes
    ----------
    lower
        The least discount factor at which the alliance holds in every period before the break; inf if none does.
    upper
        The discount factor below which it breaks in the last period; at most 1.
    """

    lower: Real
    upper: Real

    @property
    def empty(self) -> bool | Array:
        """Whether no discount factor in [0, 1) is consistent with the dates; a float interval within rounding is empty."""
        lower: Number = self.lower
        upper: Number = self.upper
        # where δ* is the same in all periods the interval is empty, not as wide as the rounding
        slack = 0 if is_exact(lower) and is_exact(upper) else SAME_DISCOUNT
        empty: bool | Array = settle(np.asarray(lower >= upper - slack, dtype=bool))
        return empty

    def __contains__(self, discount: float) -> bool:
        if isinstance(self.lower, np.ndarray):
            raise ValueError(
                f"DiscountInterval: 'in' is for one interval, not a batch of shape {self.lower.shape}; compare with "
                ".lower and .upper"
            )
        return bool(self.lower <= discount < self.upper)

    def _record(self) -> dict[str, Any]:
        return {**super()._record(), "empty": self.empty}

    @property
    def message(self) -> str:
        """The interval, or how many are not empty."""
        if isinstance(self.lower, np.ndarray):
            return f"{self.lower.size} intervals, {int(np.sum(~self.empty))} of them not empty"
        return "empty" if self.empty else f"[{float(self.lower):.4f}, {float(self.upper):.4f})"


@dataclass(frozen=True, eq=False)
class IdentifiedDiscount(Result):
    """The discount factors that a dated break identifies.

    Attributes
    ----------
    common
        For players with one discount factor.
    sponsor, proxy
        For players with their own, given that ``broken_by`` broke the alliance; both equal ``common`` where that is None.
    broken_by
        "sponsor", "proxy", or None if it is not known who broke.
    hardest
        The period before the break, by index, at which the alliance was hardest to keep for a common discount factor.
    critical
        The critical discount factors period by period (last axis): the certificate.
    """

    references: ClassVar[tuple[str, ...]] = ("manski-2003",)

    common: DiscountInterval
    sponsor: DiscountInterval
    proxy: DiscountInterval
    broken_by: Player | None
    hardest: int | Array
    critical: CriticalDiscount

    @property
    def obstacles(self) -> tuple[int, ...]:
        """For a single model with an empty common set: every period, by index, that rules the break out on its own."""
        dyad = np.asarray(self.critical.dyad)
        if dyad.ndim != 1:
            raise ValueError(f"IdentifiedDiscount.obstacles: is for one model, not a batch; got shape {dyad.shape}")
        return tuple(t for t in range(dyad.size - 1) if DiscountInterval(dyad[t], self.common.upper).empty)

    def at(self, index: Any) -> IdentifiedDiscount:
        """The answer for one model of a batch, as :func:`alliances.identified_discount` gives it for one."""
        games = self.critical.stage
        shape = games.batch_shape
        where = index_of(place_of(index, shape[:-1], "IdentifiedDiscount.at"), shape[:-1])
        stage = StageGame(games.A[where], games.B[where], games.actions)

        def at(array: Array) -> Any:  # over time, or the same in all periods
            values = np.broadcast_to(array, (*shape[:-1], array.shape[-1]))[where]
            return values if values.size > 1 else values.item()

        concept = mapped(self.critical.enforcement, at)
        return _identified(stage, concept, self.broken_by, self.critical.profile)

    @property
    def message(self) -> str:
        """The answer for a single model, in a sentence."""
        if isinstance(self.common.lower, np.ndarray):
            return f"Common discount factor: {self.common}."
        if self.common.empty:
            dyad = np.asarray(self.critical.dyad)
            needs = ", ".join(f"{t} ({_text(dyad[t])})" for t in self.obstacles)
            return (
                f"Breaking the alliance in the last period takes a common discount factor below {_text(self.common.upper)}, "
                f"but keeping it through period {needs} takes at least as much: the model is refuted at these parameters."
            )
        return f"A common discount factor in {self.common} keeps the alliance until the last period and breaks it there."

    def _record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("common", *PLAYERS, "broken_by", "hardest")}

    def _cells(self) -> Mapping[str, Any]:
        """The ends of each interval, whether it is empty, and the hardest period, per model."""
        sides = {name: getattr(self, name) for name in ("common", *PLAYERS)}
        ends = {f"{name}_{end}": getattr(side, end) for name, side in sides.items() for end in ("lower", "upper", "empty")}
        return {**ends, "hardest": self.hardest}

    def plot(self, values: Array | None = None, ax: Axes | None = None, **labels: Any) -> Axes:  # type: ignore[override]
        """The identified set along a varied parameter, or period by period for a single model.

        See :func:`alliances.plotting.plot_identified`.
        """
        return draw(self, ax, values=values, **labels)

    def __str__(self) -> str:
        lines = [self.message]
        if self.broken_by is not None:
            lines.append(f"Given that the {self.broken_by} broke it: δ_S in {self.sponsor}, δ_P in {self.proxy}.")
        return "\n".join(lines)


def identified_discount(
    game: DyadicGame,
    power: Power,
    *,
    broken_by: Player | None = None,
    enforcement: Enforcement | None = None,
    profile: Profile = (0, 0),
) -> IdentifiedDiscount:
    """The discount factors consistent with an alliance that held in every period but the last.

    Parameters
    ----------
    game
        The model. Parameters given as arrays of shape (…, 1) make a batch of models: the last axis is time. The whole batch is
        solved at once.
    power
        The dyad's power period by period, at least two; the alliance breaks in the last.
    broken_by
        "sponsor" or "proxy", if it is known who broke the alliance.
    enforcement
        :class:`NashReversion` by default.
    profile
        The profile that was sustained; "ally" of both by default.

    Raises
    ------
    TypeError, ValueError
        If ``power`` has fewer than two periods, ``broken_by`` is unknown, or ``broken_by``
        is given.

    Examples
    --------
    >>> import alliances as al
    >>> shrinking = al.Power.from_gap([0.9, 0.8, 0.6])
    >>> print(al.identified_discount(al.presets.chindea_2014(), shrinking))
    A common discount factor in [0.2296, 0.4905) keeps the alliance until the last period and breaks it there.
    """
    function = "identified_discount"
    check_model(game, function)
    if broken_by is not None and (not isinstance(broken_by, str) or broken_by not in PLAYERS):
        raise ValueError(f'{function}(): broken_by must be "sponsor", "proxy" or None; got {broken_by!r}')
    if not isinstance(power, Power) or not power.shape or power.shape[-1] < 2:
        raise ValueError(f"{function}(): power must hold at least two periods along its last axis; got {power!r}")
    repeated = repeated_game(game, power, enforcement, function)
    stage, concept = repeated.stage, repeated.enforcement
    if broken_by is not None and concept.common:
        raise ValueError(
            f"{function}(): broken_by must be None under {concept}, where players share one discount factor; got {broken_by!r}"
        )
    return _identified(stage, concept, broken_by, stage.profile(profile, function))


def _identified(stage: StageGame, concept: Enforcement, broken_by: Player | None, profile: Profile) -> IdentifiedDiscount:
    """The answer for the stage games of the periods, the last axis of the batch."""
    critical = critical_discount(stage, profile=profile, enforcement=concept)

    def interval(values: Number, broke: bool) -> DiscountInterval:
        values = np.asarray(values)
        lower = values[..., :-1].max(axis=-1)
        upper = np.minimum(values[..., -1], 1) if broke else np.ones_like(values[..., -1])
        return DiscountInterval(settle(lower), settle(upper))

    common = interval(critical.dyad, True)
    sponsor = common if broken_by is None else interval(critical.sponsor, broken_by == "sponsor")
    proxy = common if broken_by is None else interval(critical.proxy, broken_by == "proxy")
    hardest = settle(np.argmax(np.asarray(to_float(critical.dyad))[..., :-1], axis=-1))
    return IdentifiedDiscount(common, sponsor, proxy, broken_by, hardest, critical)


def _text(x: Number) -> str:
    return "∞" if float(x) == np.inf else f"{float(x):.4f}"
