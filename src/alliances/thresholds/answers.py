"""Answers along the gap for one alliance: its stability windows, and the threshold at which it breaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from alliances.games.bimatrix import Profile
from alliances.games.players import Defector
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Result
from alliances.results.result_tuple import ResultTuple
from alliances.values.tables import one_line

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["STATUSES", "DefectionThreshold", "Status", "Window", "defection", "judged", "windows_on"]

Status: TypeAlias = Literal["threshold", "always stable", "never stable", "no lower edge", "unstable at start"]

STATUSES: tuple[Status, ...] = get_args(Status)
"""What a search for a threshold may end with, by code."""


def defection(defector: Defector | None) -> str:
    """What happens just outside a window, in words."""
    return "end of the domain" if defector is None else "both defect" if defector == "both" else f"{defector} defects"


@dataclass(frozen=True)
class Window(Result):
    """A stability window: the alliance holds for gaps from ``lower`` to ``upper``.

    Attributes
    ----------
    lower, upper
        The edges; stable themselves, to 10⁻¹⁰.
    lower_defector, upper_defector
        Who deviates just outside: "sponsor", "proxy" or "both"; None where the window ends with the domain.
    """

    lower: float
    upper: float
    lower_defector: Defector | None
    upper_defector: Defector | None

    def __contains__(self, gap: float) -> bool:
        return self.lower <= gap <= self.upper

    @property
    def message(self) -> str:
        """The window, and who deviates outside."""
        below, above = defection(self.lower_defector), defection(self.upper_defector)
        return f"[{self.lower:.6f}, {self.upper:.6f}] (below: {below}; above: {above})"


@dataclass(frozen=True, eq=False)
class DefectionThreshold(Result):
    """Where a falling gap breaks the alliance: a narrowing one, or one that has turned against the sponsor.

    Attributes
    ----------
    gap
        γ*, the lower edge of the window that the alliance starts from; None without one. Negative if the alliance breaks only
        once the proxy has overtaken its sponsor.
    defector
        Who turns there: "sponsor", "proxy" or "both"; None without a threshold.
    windows
        All stability windows in the domain, from the lowest gap up.
    status
        "threshold"; "always stable" or "never stable" in the whole domain; "no lower edge" if the alliance starts from
        a window that reaches down to the domain's end (it may still have an upper edge); "unstable at start" if it
        starts outside all windows.
    game, discount, enforcement, profile, domain, start, total, samples
        The question that was asked, with ``discount`` as a pair.
    """

    gap: float | None
    defector: Defector | None
    windows: ResultTuple[Window]
    status: Status
    game: DyadicGame
    discount: tuple[float, float]
    enforcement: Enforcement
    profile: Profile
    domain: tuple[float, float]
    start: float | None
    total: float
    samples: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "windows", windows_on(self.windows, self.domain))
        super().__post_init__()

    def _arguments(self) -> dict[str, Any]:
        return {"windows": tuple(self.windows)}

    @property
    def message(self) -> str:
        """The answer in a sentence."""
        low, high = self.domain
        if self.status == "threshold":
            who = "both defect" if self.defector == "both" else f"defector: {self.defector}"
            gap = round(self.gap or 0.0, 6) + 0.0  # no −0
            if gap < 0:  # to narrow is to fall towards 0, and the gap is below
                return f"The alliance breaks when the proxy has overtaken its sponsor, at a gap of {gap:.6f}; {who}."
            return f"As the gap narrows, the alliance breaks at {gap:.6f}; {who}."
        if self.status == "always stable":
            return f"The alliance is stable at every gap from {low} to {high}."
        if self.status == "never stable":
            return (
                f"The alliance is stable at no gap from {low} to {high}; try a higher discount factor or another enforcement."
            )
        if self.status == "unstable at start":
            return f"The alliance is not stable at the gap {self.start} that it starts from; see the windows."
        return f"From the start down to a gap of {low} nothing breaks the alliance; see the windows for other edges."

    def _record(self) -> dict[str, Any]:
        names = ("gap", "defector", "status", "windows", "discount", "enforcement", "domain")
        return {name: getattr(self, name) for name in names}

    def _columns(self) -> Columns:
        """One row per window."""
        names = ("lower", "upper", "lower_defector", "upper_defector")
        return {name: [getattr(window, name) for window in self.windows] for name in names}

    def __str__(self) -> str:
        lines = [self.message, *(f"  stable on {w}" for w in self.windows)]
        return "\n".join(lines)


def windows_on(windows: Iterable[Window], domain: tuple[float, float] | None = None) -> ResultTuple[Window]:
    """The windows as a tuple that shows itself, and that says on which domain there are none."""
    where = "the domain" if domain is None else f"[{one_line(domain)}]"
    shown: ResultTuple[Window] = ResultTuple.like(windows, Window, "stability windows", f"stable at no gap of {where}")
    return shown


def judged(windows: tuple[Window, ...], domain: tuple[float, float], start: float | None) -> tuple[Status, Window | None]:
    """The status of an alliance by its windows, and the window at whose lower edge it breaks, if it does.

    It starts from the highest window unless told otherwise.
    """
    home = next((w for w in windows if start in w), None) if start is not None else windows[-1] if windows else None
    if not windows:
        return "never stable", None
    if home is None:
        return "unstable at start", None
    if (home.lower, home.upper) == domain:
        return "always stable", None
    return ("no lower edge", None) if home.lower_defector is None else ("threshold", home)
