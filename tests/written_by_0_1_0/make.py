"""Makes the files of this folder: run by version 0.1.0 itself, in an environment that has it (commit 69746d6 of the sources)::

    python tests/written_by_0_1_0/make.py tests/written_by_0_1_0

Every result of 0.1.0 that had a ``to_dict`` is here once, as a user would have written it: ``json.dumps(result.to_dict())``.
``gulf-zetas.toml`` is a case file as 0.1.0 had it.
"""

import json
import sys
from fractions import Fraction as F
from pathlib import Path

import alliances as al

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("cooperate", "defect"))
MODEL = al.presets.chindea_2014()
NOISY = al.PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.6, 0.9]])
WALK = al.ConflictWalk(swing=2, barrier=8)
FAMILY = al.claims.alliance_family(decisiveness=2)


def results():
    refuted = al.claims.SPONSOR_RESTRAINT.prove(FAMILY)
    check = al.claims.ASYMMETRY.check(MODEL, gaps=[0, F(1, 2)])
    case = al.cases.load("gulf-zetas")
    board = al.cases.score(["chindea_2014", "base rates"], candidates=4)
    return {
        "StageGame": PD,
        "CriticalDiscount": al.critical_discount(PD),
        "RelationalContracts": al.relational_contracts(PD),
        "Payments": al.payments(PD, F(1, 2), (0, 0)),
        "Payments, unsustainable": al.payments(PD, F(1, 50), (0, 0)),
        "PatientPayoffSet": al.patient_payoff_set(NOISY),
        "MonitoredContracts": al.monitored_contracts(NOISY, 0.9),
        "PayoffSet": al.payoff_set(al.StageGame(PD.A.astype(float), PD.B.astype(float)), 0.3),
        "DefectionThreshold": al.defection_threshold(MODEL, 0.5),
        "IdentifiedDiscount": al.identified_discount(MODEL, al.Power.from_gap([0.9, 0.8, 0.6])),
        "SwitchingOffer": al.switching_offer(PD, None, F(4, 5)),
        "KeepingPayment": al.keeping_payment(PD, None, F(4, 5), F(8)),
        "ConflictDuration": al.conflict_duration(WALK.lattice(), WALK),
        "Check": check,
        "Check, war": al.claims.PROTRACTION.check(WALK),
        "Witness": al.claims.SPONSOR_RESTRAINT.check(MODEL).witness,
        "Counterexample": refuted.counterexample,
        "Proof": refuted,
        "Falsification": al.claims.SPONSOR_RESTRAINT.falsify(FAMILY),
        "Measurement": al.claims.ASYMMETRY.measure(FAMILY, points=8),
        "Case": case,
        "PowerSeries": case.power_series(),
        "ValueSeries": al.cases.load("sinaloa-teo").value_series(),
        "CaseTable": al.cases.table(),
        "Scoreboard": board,
        "Conformance": __import__("alliances.testing").testing.check_contest(lambda power: (1, 1), examples=5),
    }


def main(folder):
    written = {}
    for name, result in results().items():
        try:
            written[name] = json.dumps(result.to_dict(), ensure_ascii=False, indent=1)
        except TypeError as error:
            print(f"{name}: {error}")
    for name, text in written.items():
        (Path(folder) / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
