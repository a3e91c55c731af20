"""When a model expects an alliance to break along a measured path of power, and who breaks it.

With discount factors (δ_S, δ_P) the alliance *can be kept* at a date iff δ_i ≥ δ_i* for both sides at that date's power. It is
predicted to **break** at the first date at which it cannot be kept and that follows one at which it can; the defector is the
side whose condition fails there. Dates before it could be kept at all are no break. Data say nothing about years that nobody
observed: where such years lie between the last date at which the alliance can be kept and the first at which it cannot, the
break is predicted for some time between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from alliances.arithmetic import Array, Number, to_float
from alliances.cases.files.dates import Date
from alliances.games.bimatrix import Profile
from alliances.games.players import BINDING, Defector
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_enforcement, check_model, float_discount, repeated_game
from alliances.repeated.critical import CriticalDiscount, critical_discount, sustained
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.results import Result, aligned
from alliances.thresholds.windows import DefectionThreshold, defection_threshold
from alliances.values.tables import WIDTH

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["WIDE", "PredictedBreak", "predicted_break"]

Status: TypeAlias = Literal["breaks", "holds", "forms", "never kept"]

WIDE = 0.95  # the line of gaps that is searched, unless the path is wider


@dataclass(frozen=True, eq=False)
class PredictedBreak(Result):
    """When a model expects an alliance to break along a measured path of power, and who breaks it.

    Attributes
    ----------
    dates, power
        The observations.
    critical
        The critical discount factors at each date: the certificate.
    failing
        (T,) whose condition fails at each date, as an index into "none", "sponsor", "proxy", "both".
    threshold
        The defection threshold and the stability windows along the gap, at the total power of the date of the break (of the
        last date without one), seen from the first gap at which the alliance can be kept.
    """

    dates: tuple[Date, ...]
    power: Power
    critical: CriticalDiscount
    failing: Array
    threshold: DefectionThreshold

    @property
    def kept(self) -> Array:
        """(T,) whether the alliance can be kept, per date."""
        return np.asarray(self.failing == 0)

    @property
    def status(self) -> Status:
        """What the path means for the alliance.

        "breaks"; "holds", it can be kept at all dates; "forms", it can be kept from some date on, to the last; "never kept".
        """
        if self._place is not None:
            return "breaks"
        return "holds" if self.kept.all() else "forms" if self.kept.any() else "never kept"

    @property
    def date(self) -> Date | None:
        """The first date at which the alliance cannot be kept after one at which it can; None if there is no such date."""
        return None if self._place is None else self.dates[self._place]

    @property
    def year(self) -> int | None:
        """The year of :attr:`date`; None if no break is predicted."""
        return None if self.date is None else self.date.year

    @property
    def last_kept(self) -> Date | None:
        """The last date before the break at which the alliance can be kept; without a break, the last of all such dates."""
        kept = np.flatnonzero(self.kept if self._place is None else self.kept[: self._place])
        return self.dates[kept[-1]] if kept.size else None

    @property
    def defector(self) -> Defector | None:
        """Whose condition fails at the break: "sponsor", "proxy" or "both"; None if no break is predicted."""
        return None if self._place is None else BINDING[self.failing[self._place]].item()

    @property
    def _place(self) -> int | None:
        """The index of the break."""
        after = np.flatnonzero(self.kept[:-1] & ~self.kept[1:])
        return int(after[0]) + 1 if after.size else None

    @property
    def _again(self) -> str:
        """That the alliance could be kept again after the break, where that is so."""
        later = np.flatnonzero(self.kept[self._place :])
        return f" It could be kept again in {self.dates[(self._place or 0) + later[0]]}." if later.size else ""

    @property
    def message(self) -> str:
        """The prediction in a sentence."""
        first, last, kept = self.dates[0], self.dates[-1], self.last_kept
        if self.status == "never kept":
            return f"The model sustains the alliance at no date from {first} to {last}, so there is nothing to break."
        start = self.dates[int(self.kept.argmax())]
        before = "" if start is first else f" The model does not sustain it before {start}."
        if self._place is None:
            return f"No break is predicted: the alliance can be kept at all dates from {start} to {last}.{before}"
        assert kept is not None
        when = f"in {self.date}" if self.date.year - kept.year <= 1 else f"between {kept} and {self.date}"  # type: ignore[union-attr]
        who = "both sides defect" if self.defector == "both" else f"the {self.defector} defects"
        gap = float(np.asarray(self.power.gap)[self._place])
        overtaken = ", the proxy being the stronger by then" if gap < 0 else ""
        text = f"The alliance breaks {when}: {who}, at a gap of {gap:.3f}{overtaken}; it can be kept until {kept}."
        return text + before + self._again

    def _record(self) -> dict[str, Any]:
        names = ("status", "date", "last_kept", "defector")
        record = {name: value if (value := getattr(self, name)) is None else str(value) for name in names}
        return {**record, "year": self.year, "observations": self._columns(), "threshold": self.threshold}

    def _columns(self) -> Columns:
        """One row per date."""
        least: Pair = self.critical.sponsor, self.critical.proxy
        return {
            "date": [str(date) for date in self.dates],
            "gap": to_float(np.asarray(self.power.gap)),
            "sponsor_critical": to_float(np.asarray(least[0])),
            "proxy_critical": to_float(np.asarray(least[1])),
            "kept": self.kept,
            "defector": BINDING[self.failing].tolist(),
        }

    def __str__(self) -> str:
        table = self._columns()
        rows = [["date", "gap", "δ_S*", "δ_P*", "alliance"]]
        for date, gap, s, p, _, who in zip(*table.values(), strict=True):
            state = "can be kept" if who == "none" else "both defect" if who == "both" else f"{who} defects"
            rows.append([date, f"{gap:+.3f}", f"{s:.3f}", f"{p:.3f}", state])
        return "\n".join([*wrap(self.message, WIDTH), aligned(rows, left=1)])


def predicted_break(
    dates: tuple[Date, ...],
    power: Power,
    game: DyadicGame,
    discount: Number | Pair,
    enforcement: Enforcement | None,
    profile: Profile,
    function: str,
) -> PredictedBreak:
    """The prediction for dated power; see :meth:`alliances.cases.PowerSeries.predict_break`."""
    check_model(game, function)
    concept = check_enforcement(enforcement, function)
    pair = float_discount(discount, concept, function)
    asked = repeated_game(game, power, concept, function)
    if asked.stage.batch_shape not in ((), power.shape):
        raise ValueError(f"{function}(): game must have scalar parameters; got a batch of shape {asked.stage.batch_shape}")
    profile = asked.stage.profile(profile, function)
    critical = critical_discount(asked.stage.over(power.shape), profile=profile, enforcement=asked.enforcement)
    held = sustained(critical, pair)
    failing = np.where(held[0], 0, 1) + np.where(held[1], 0, 2)
    gaps, total = to_float(power.gap), to_float(power.sponsor + power.proxy)
    kept = failing == 0
    breaks = np.flatnonzero(kept[:-1] & ~kept[1:])
    threshold = defection_threshold(
        game,
        pair,
        enforcement=concept,
        profile=profile,
        domain=(min(-WIDE, float(gaps.min())), max(WIDE, float(gaps.max()))),
        start=float(gaps[kept.argmax()]) if kept.any() else None,
        total=float(total[breaks[0] + 1 if breaks.size else -1]),
    )
    return PredictedBreak(dates, power, critical, failing, threshold)
