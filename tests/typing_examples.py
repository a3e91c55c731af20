"""What a type checker, and so an editor, says of what a user writes. ``test_typing.py`` runs mypy on it, and runs it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal, TypeAlias, assert_type

import numpy as np
import numpy.typing as npt

import alliances as al
from alliances.results import Verification

Array: TypeAlias = npt.NDArray[Any]
Scalar: TypeAlias = float | Fraction
Real: TypeAlias = float | Fraction | Array
Player: TypeAlias = Literal["sponsor", "proxy"]
Defector: TypeAlias = Literal["sponsor", "proxy", "both"]
Binding: TypeAlias = Literal["none", "sponsor", "proxy", "both"]

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
MODEL = al.presets.chindea_2014()


def measures_of_power() -> None:
    power = al.Power(31, 21)
    assert_type(power.gap, Real)
    assert_type(power.ratio, Real)
    assert_type(power.log_ratio, Real)
    assert_type(power.share, Real)
    assert_type(al.Power.from_gap(0.5), al.Power)


def critical_discount_factors() -> None:
    r = al.critical_discount(MODEL, al.Power.from_gap(0.8))
    assert_type(r, al.CriticalDiscount)
    assert_type(r.sponsor, Real)
    assert_type(r.proxy, Real)
    assert_type(r.dyad, Real)
    assert_type(r.binding, Binding | Array)
    assert_type(r.binding_code, int | Array)
    assert_type(r.message, str)
    assert_type(r.to_dict(), dict[str, Any])
    assert_type(r.verify(), Verification)
    assert_type(al.verify(r), Verification)
    assert_type(al.verify(r).status, Literal["passed", "failed", "nothing checked"])


def the_line_of_gaps() -> None:
    found = al.defection_threshold(MODEL, 0.5, domain=(0.0, 0.95))
    assert_type(found.gap, float | None)
    assert_type(found.defector, Defector | None)
    assert_type(found.status, Literal["threshold", "always stable", "never stable", "no lower edge", "unstable at start"])
    assert_type(found.windows, al.ResultTuple[al.Window])
    window = al.stability_windows(MODEL, 0.8)[0]
    assert_type(window.lower, float)
    assert_type(window.upper_defector, Defector | None)
    deltas = np.array([0.5, 0.8])
    batch = al.defection_threshold(MODEL, deltas)
    assert_type(batch, al.ThresholdBatch)
    assert_type(al.defection_threshold(MODEL, (deltas, 0.8)), al.ThresholdBatch)
    assert_type(batch.gap, Array)
    assert_type(batch.at(0), al.DefectionThreshold)
    assert_type(al.stability_windows(MODEL, [0.5, 0.8]), al.WindowBatch)
    assert_type(al.stability_windows(MODEL, (0.5, 0.8)), al.ResultTuple[al.Window])
    assert_type(al.regime_regions(MODEL, deltas), al.RegionBatch)
    assert_type(al.regime_regions(MODEL, 0.5), al.ResultTuple[al.Region])
    regimes = al.regimes(MODEL, al.Power.from_gap(0.8), 0.4)
    assert_type(regimes.name, str | Array)
    assert_type(regimes.code, int | Array)
    assert_type(regimes.shares, dict[str, float])
    assert_type(al.regime_map(MODEL, [0.0, 0.5], [1, 2], 0.6).breaker, Array)


def payoff_sets() -> None:
    assert_type(al.payoff_set(PD, 0.5), al.PayoffSet)
    assert_type(al.payoff_set(PD, Fraction(1, 2)), al.PayoffSet)
    assert_type(al.payoff_set(PD, [0.1, 0.5]), al.PayoffSetBatch)
    assert_type(al.payoff_set(PD, np.array([0.1, 0.5])), al.PayoffSetBatch)
    assert_type(al.payoff_sets(PD, [0.1, 0.5]), al.PayoffSetBatch)
    assert_type(al.payoff_sets(PD, [0.1, 0.5])[0], al.PayoffSet)
    payoffs = al.payoff_set(PD, Fraction(1, 2))
    assert_type(payoffs.kind, Literal["empty", "point", "segment", "polygon"])
    assert_type(payoffs.status, Literal["proved", "enclosed", "solved", "not converged"])
    assert_type(payoffs.punishments, tuple[Scalar, Scalar] | None)
    assert_type(payoffs.vertices, Array)
    assert_type(payoffs.strategy((9, 9)).verify().ok, bool)


def stage_games() -> None:
    assert_type(PD.nash()[0].sponsor, Scalar)
    assert_type(PD.nash().method, Literal["rational vertex enumeration"])
    assert_type(PD.minmax().proxy, Real)
    assert_type(PD.pure_nash().profiles, tuple[tuple[int, int], ...])
    assert_type(PD.pure_nash().count, int | Array)
    assert_type(PD.ordinal_type().name, str | Array)


def contracts_and_offers() -> None:
    paid = al.payments(PD, Fraction(1, 2), (0, 0))
    assert_type(paid.transfer, Real)
    assert_type(paid.payer, Literal["sponsor", "proxy", "nobody", "none"] | Array)
    assert_type(al.relational_contracts(PD).steps[0].discount, Scalar)
    kept = al.keeping_payment(PD, None, Fraction(1, 2), 10)
    assert_type(kept.payment, Real)
    assert_type(kept.kept, bool | Array)
    assert_type(kept.outcome, Literal["stays", "stays if paid", "changes sides", "betrays", "sponsor breaks"] | Array)
    assert_type(al.switching_offer(PD, None, Fraction(1, 2)).offer, Real)


def patience_and_wars() -> None:
    identified = al.identified_discount(MODEL, al.Power.from_gap([0.9, 0.8, 0.6]))
    assert_type(identified.common.lower, Real)
    assert_type(identified.common.empty, bool | Array)
    assert_type(identified.broken_by, Player | None)
    walk = al.ConflictWalk(swing=2, barrier=8)
    assert_type(al.conflict_duration(al.Power(1, 1), walk).rounds, Real)
    assert_type(al.simulate_conflict(al.Power(1, 1), walk, rng=1).mean, Real)


EXAMPLES = (
    measures_of_power,
    critical_discount_factors,
    the_line_of_gaps,
    payoff_sets,
    stage_games,
    contracts_and_offers,
    patience_and_wars,
)
