"""Results as plain data: through the strictest JSON and back, Fractions and infinities as text."""

import json
from fractions import Fraction

import numpy as np

import alliances as al
from tests.support import PD_PROXY, PD_SPONSOR, benchmark_game

PD = al.StageGame(PD_SPONSOR, PD_PROXY, actions=("cooperate", "defect"))


def strict(value):
    """Through the strictest JSON and back."""
    return json.loads(json.dumps(value, allow_nan=False))


def test_every_result_is_json():
    model, never = al.presets.chindea_2014(), al.StageGame([[1, 0], [3, 2]], [[1, 3], [0, 2]])
    exact = al.Power.from_gap([Fraction(4, 5), Fraction(1, 5), Fraction(1, 10)])
    noisy = al.PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.6, 0.9]])
    blind = al.PublicMonitoring.binary(al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), bad=[[0.5, 0.5], [0.5, 0.5]])
    results = [
        PD,
        al.critical_discount(never),
        al.critical_discount(benchmark_game(), exact),
        al.identified_discount(benchmark_game(), exact, broken_by="proxy"),
        al.identified_discount(benchmark_game(), exact[:2]),
        al.defection_threshold(model, Fraction(1, 2), domain=(0, Fraction(9, 10)), samples=np.int64(101)),
        al.relational_contracts(PD),
        al.relational_contracts(al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])),
        al.payments(PD, Fraction(1, 2), (0, 0)),
        al.payments(PD, np.array([0.01, 0.5]), (0, 0)),
        al.payments(never, Fraction(1, 100), (0, 0)),
        al.patient_payoff_set(noisy),
        al.patient_payoff_set(blind),
        al.monitored_contracts(noisy, Fraction(9, 10)),
        al.monitored_contracts(blind, 0.5),
        al.cases.load("gulf-zetas"),
        al.cases.load("gulf-zetas").power_series(),
    ]
    for result in results:
        as_dict = result.to_dict()
        assert strict(as_dict) == as_dict, type(result).__name__
    assert strict(al.critical_discount(PD).to_dict())["dyad"] == "1/7"
    assert strict(al.critical_discount(never).to_dict())["sponsor"] == "inf"


def test_conversion():
    r = al.critical_discount(PD)
    assert Fraction(r.to_dict()["dyad"]) == Fraction(1, 7)
    batch = al.critical_discount(benchmark_game(), al.Power.from_gap([0.1, 0.3]))
    assert batch.to_dict()["binding"] == ["sponsor", "sponsor"]
    assert "2 games" in str(batch)
