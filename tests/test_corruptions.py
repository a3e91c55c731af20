"""verify() is not fooled: every field of every result is corrupted by machine, and each corruption is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

import alliances as al
from alliances import claims
from alliances.claims import Family, Interval
from tests.corruption_support import corruptions, same
from tests.support import benchmark_game

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
UNEVEN = al.StageGame([[8, 1], [11, 3]], [[7, 9], [0, 2]])
THREE = al.StageGame([[10, 3, 0], [16, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -14]])


@dataclass(frozen=True)
class Example:
    """A result, and the question that it answers: asked again of a corrupted question, it tells whether the answer is right."""

    result: Any
    solve: Callable[[Any], Any] | None = None


def _critical(stage: al.StageGame, concept: Any, profile: Any = (0, 0)) -> Example:
    return Example(
        al.critical_discount(stage, enforcement=concept, profile=profile),
        lambda r: al.critical_discount(r.stage, enforcement=r.enforcement, profile=r.profile),
    )


def _floats(stage: al.StageGame) -> al.StageGame:
    return al.StageGame(stage.A.astype(float), stage.B.astype(float))


def _examples() -> dict[str, Example]:
    offer = al.OutsideOption(F(5), al.NashReversion())
    contract = al.relational_contracts(THREE)
    chicken = al.StageGame([[3, 1], [4, 0]], [[5, 7], [2, 1]])
    monitoring = al.PublicMonitoring.binary(al.StageGame([[2, -1], [3, 0]], [[3, 5], [-1, 0]]), bad=[[0.1, 0.6], [0.5, 0.9]])
    return {
        "critical, exact": _critical(UNEVEN, al.NashReversion()),
        "critical, floats": _critical(_floats(UNEVEN), al.NashReversion()),
        "critical, finite punishment": _critical(UNEVEN, al.FinitePunishment(3)),
        "critical, transfers": _critical(UNEVEN, al.Transfers()),
        "critical, optimal transfers": _critical(THREE, al.Transfers("optimal")),
        "critical, penal codes": _critical(UNEVEN, al.OptimalPenalCode()),
        "critical, outside option": _critical(UNEVEN, offer),
        "critical, given": _critical(UNEVEN, al.GivenPunishment(profile=(1, 1))),
        "critical, mixed": _critical(chicken, al.NashReversion(mixed=True)),
        "payoff set, exact": Example(al.payoff_set(UNEVEN, F(1, 2)), lambda s: al.payoff_set(s.stage, s.discount)),
        "payoff set, floats": Example(al.payoff_set(_floats(UNEVEN), 0.5), lambda s: al.payoff_set(s.stage, s.discount)),
        "payoff set, segment": Example(al.payoff_set(PD, F(1, 5)), lambda s: al.payoff_set(s.stage, s.discount)),
        "payoff set, one shot": Example(al.payoff_set(chicken, F(0)), lambda s: al.payoff_set(s.stage, s.discount)),
        "strategy": Example(al.payoff_set(UNEVEN, F(1, 2)).strategy((8, 7))),
        "minmax": Example(
            al.StageGame([[3, 0], [1, 2]], [[0, 4], [2, 1]]).minmax(mixed=True), lambda r: r.stage.minmax(r.mixed)
        ),
        "minmax, pure": Example(al.StageGame([[3, 0], [1, 2]], [[0, 4], [2, 1]]).minmax(), lambda r: r.stage.minmax(r.mixed)),
        "nash": Example(chicken.nash(), lambda r: r.stage.nash()),
        "nash, floats": Example(_floats(chicken).nash(), lambda r: r.stage.nash()),
        "contracts": Example(contract, lambda r: al.relational_contracts(r.stage)),
        "contract": Example(contract.strategy(F(2, 5), (1, 0), share=F(1, 4))),
        "monitored": Example(
            al.monitored_contracts(monitoring, 0.9), lambda r: al.monitored_contracts(r.monitoring, r.discount)
        ),
        "threshold": Example(
            al.defection_threshold(al.presets.chindea_2014(), 0.8, domain=(0.0, 0.95)),
            lambda t: al.defection_threshold(
                t.game,
                t.discount,
                enforcement=t.enforcement,
                profile=t.profile,
                domain=t.domain,
                start=t.start,
                total=t.total,
                samples=t.samples,
            ),
        ),
        "identified": Example(
            al.identified_discount(
                benchmark_game(conflict_cost=F(1, 2)),
                al.Power.from_share([F(3, 5), F(1, 2), F(7, 20)]),
                broken_by="proxy",
            )
        ),
        "switching offer": Example(
            al.switching_offer(UNEVEN, None, F(4, 5)),
            lambda r: al.switching_offer(r.critical.stage, None, r.discount, enforcement=r.critical.enforcement),
        ),
        "keeping payment": Example(
            al.keeping_payment(UNEVEN, None, F(4, 5), F(8)),
            lambda r: al.keeping_payment(r.critical.stage, None, r.discount, r.critical.enforcement.offer),
        ),
        "regime map": Example(
            al.regime_map(al.presets.chindea_2014(), [0.0, 0.3, 0.7], [1.0, 4.0], 0.6),
            lambda m: al.regime_map(m.game, m.gaps, m.stakes, m.discount, enforcement=m.enforcement, total=m.total),
        ),
        "check": Example(claims.SPONSOR_RESTRAINT.check(al.presets.chindea_2014(), gaps=[F(n, 8) for n in range(8)])),
        "check, war": Example(claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=(8, 2)))),
        "falsification": Example(claims.PROTRACTION.falsify(_wars(), examples=30)),
        "proof, refuted": Example(claims.PROTRACTION.prove(_wars())),
    }


def _wars() -> Family:
    return Family(lambda win: al.ConflictWalk(2, 8, win), {"win": Interval(0, 1, "neither")})


NOT_CHECKABLE: dict[tuple[str, ...], str] = {}
"""Fields that are by their nature not checkable, with the reason."""

EXAMPLES = _examples()


def fooled(example: Example) -> list[str]:
    """The corruptions that verify calls ok, or answers by an exception or without a witness."""
    out = []
    for where, wrong in corruptions(example.result):
        if type(wrong) is not type(example.result) or same(wrong, example.result):
            continue
        try:
            check = al.verify(wrong)
        except Exception as error:  # whatever it is, it is no witness
            out.append(f"{where}: {type(error).__name__}: {error}")
            continue
        if not check.ok:
            if check.witness is None:
                out.append(f"{where}: no witness")
            continue
        if example.solve is not None:
            try:
                again = example.solve(wrong)
            except (TypeError, ValueError):
                again = None
            if again is not None and same(again, wrong):
                continue
        out.append(f"{where}: ok")
    return out


if __name__ == "__main__":
    import collections
    import sys
    import time

    for name, example in EXAMPLES.items():
        if len(sys.argv) > 1 and sys.argv[1] not in name:
            continue
        t0 = time.time()
        right = al.verify(example.result)
        if not right.ok:
            print("NOT OK", name, right)
        bad = collections.Counter(fooled(example))
        print(f"== {name}: {time.time() - t0:.1f} s, {len(bad)}")
        for line, n in list(bad.items())[:40]:
            print("    ", line[:200], n)
