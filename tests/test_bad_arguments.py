"""Wrong input raises an error that names function, argument, rule and value: every public verb with many bad arguments."""

import inspect
import re
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.results import Result
from tests.support import PD_PROXY, PD_SPONSOR

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
MODEL = al.presets.chindea_2014()
POWER = al.Power(4.0, 1.0)
NOISY = al.PublicMonitoring.binary(PD, bad=[[0.1, 0.6], [0.6, 0.9]])
PROCESS = al.PowerProcess(step=0.5, reach=2, learning=(0.1, 1))
WALK = al.ConflictWalk.from_log_ratio(step=1, barrier=2)
POWERS = al.Power.from_gap([0.5, 0.2])
GAME = al.StochasticGame([PD, PD], np.full((2, 2, 2, 2), 0.5), states=("a", "b"))
DYNAMIC = GAME.solve(0.9)
PAID = DYNAMIC.payments()
FORECAST = al.break_forecast(POWERS, MODEL)
SHIFTING = al.ShiftingDyad(MODEL, PROCESS)
SERIES = al.cases.load("gulf-zetas").power_series()
CONTRACTS = al.relational_contracts(PD)
LINE = {"game": MODEL, "domain": (0.0, 0.9), "total": 1.0, "samples": 5}
QUESTION = {"game": MODEL, "power": POWER, "discount": 0.6}
CONCEPT = {"enforcement": al.NashReversion(), "profile": (0, 0)}


def payoffs(power):
    return [[(1, 1), (0, power.gap)], [(0, 0), (0, 0)]]


STRIKE = al.KingpinStrike(at=1, cut=0.5)
ASKED = {
    "path": al.PowerProcess(step=0.5, reach=2, learning=(0.2, 1)),
    "game": MODEL,
    "patience": al.BetaPatience(4, 3),
    "draws": "period",
    "common": False,
    "expectations": False,
    "enforcement": al.GivenPunishment(),
    "dates": (1, 2),
    "start": 0,
    "periods": 2,
    "expected": al.PowerProcess(step=0.5, reach=2),
}

GOOD = {  # arguments that every public function and class takes
    "Fragmentation": {"at": 1, "side": "proxy", "shares": (0.5, 0.5), "announced": False},
    "Grassroots": {"at": 1, "cost": 0.1, "announced": False},
    "InformationOperations": {"at": 1, "false_alarm": 0.1, "miss": 0.1, "announced": False},
    "KineticPressure": {"at": 1, "cost": 0.1, "reconcile": 0.5, "announced": False},
    "KingpinStrike": {"at": 1, "cut": 0.5, "target": "proxy", "blows": 2, "every": 1, "announced": False},
    "simulate_breaks": ASKED
    | {
        "policies": {"kingpin": STRIKE},
        "rng": 1,
        "size": 10,
        "parameters": lambda _: MODEL,
        "parameter_draws": 2,
        "progress": False,
    },
    "Aggregation": {"value": 1},
    "AllPay": {},
    "AllianceGame": {
        "contest": al.Tullock(2),
        "synergy": al.Complementarity(1),
        "sharing": al.Proportional(),
        "exposure": 0.8,
        "conflict_cost": 0.1,
        "stakes": 1,
        "coexist_exposure": 0.4,
        "support_cost": 0.02,
    },
    "Agreed": {"gap0": 0.2},
    "BetaPatience": {"a": 18, "b": 2},
    "CommonThreat": {"value": 1, "rival": 2, "contest": al.Tullock(1)},
    "Complementarity": {"value": 1, "exponent": 1},
    "ConflictWalk": {"swing": 2, "barrier": 8, "win": 0.5},
    "ConstantSynergy": {"value": 1},
    "CustomGame": {"payoffs": payoffs, "actions": ("ally", "fight")},
    "Equal": {},
    "FinitePunishment": {"periods": 3, "mixed": False},
    "GamblersRuin": {"win": [0.5, 0.5]},
    "GivenPunishment": {"enforcement": al.NashReversion(), "profile": ("fight", "fight"), "credible": False},
    "Hirshleifer": {"decisiveness": 1},
    "ImperfectMonitoring": {"false_alarm": 0.1, "miss": 0.1, "mixed": False},
    "NashBargaining": {},
    "NashReversion": {"mixed": False},
    "OptimalPenalCode": {},
    "OutsideOption": {"offer": 1, "enforcement": al.NashReversion(), "alone": 0},
    "Power": {"sponsor": 2, "proxy": 1},
    "PowerProcess": {"step": 0.5, "reach": 2, "learning": (0.1, 1), "growth": (0, 1), "arrest": (0.01, 2), "strike": (0, 0),
                     "learning_when": "allied"},
    "Proportional": {},
    "PublicMonitoring": {
        "stage": PD,
        "signal_probabilities": NOISY.signal_probabilities,
        "signals": ("good", "bad"),
    },
    "RivalOffer": {"game": MODEL, "rival": 2, "stakes": "fixed"},
    "ShiftingDyad": {"game": MODEL, "process": PROCESS, "war": WALK, "reconcile": 0.1, "total": 1, "prize": 1},
    "StochasticGame": {"payoffs": [PD, PD], "transitions": np.full((2, 2, 2, 2), 0.5), "discount": 0.5, "states": ("a", "b")},
    "StageGame": {"A": PD_SPONSOR, "B": PD_PROXY, "actions": ("cooperate", "defect")},
    "Transfers": {"punishment": "nash", "mixed": False},
    "Tullock": {"decisiveness": 2},
    "Wage": {"wage": 0.1},
    "allegiance_regions": {**LINE, "discount": 0.6, "offer": 0.1, "alone": 0.0},
    "break_forecast": {
        "path": POWERS, "game": MODEL, "patience": al.BetaPatience(1, 9), "draws": "period", "common": False,
        "expectations": True, "enforcement": al.NashReversion(), "dates": (2004, 2005), "start": 0, "periods": 2,
        "expected": ASKED["expected"], "policy": STRIKE,
    },
    "break_threshold": {"dyad": SHIFTING, "discount": 0.6, "enforcement": al.Transfers()},
    "commitment_problem": {
        "discount": 0.9, "sponsor_share": 0.5, "war": (0.4, 0.3), "war_next": (0.3, 0.4), "joint_next": 1,
    },
    "effective_discount": {"discount": 0.9, "hazard": 0.1, "improvement": 0.05},
    "compare_enforcement": {"game": MODEL, "power": POWER, "discount": 0.6, "concepts": [al.NashReversion()], "profile": (0, 0),
                            "domain": (0.0, 0.9)},
    "conflict_duration": {"power": al.Power(1, 1), "walk": al.ConflictWalk(2, 8)},
    "contract_values": {"stage": PD, "discount": 0.5},
    "critical_discount": {"game": MODEL, "power": POWER, **CONCEPT},
    "critical_discount_of_payoffs": {"stage": PD, "point": (9, 9)},
    "defection_threshold": {**LINE, "discount": 0.95, "start": 0.5, **CONCEPT},
    "from_dict": {"data": {"A": [["9"]], "B": [["9"]], "actions": [["ally"], ["ally"]]}, "kind": al.StageGame},
    "identified_discount": {
        "game": MODEL, "power": al.Power.from_gap([0.9, 0.8, 0.6]), "broken_by": "proxy", **CONCEPT,
    },
    "keeping_payment": {**QUESTION, "offer": 0.1, "alone": 0.0, "profile": (0, 0), "mixed": False},
    "monitored_contracts": {"monitoring": NOISY, "discount": 0.5},
    "ordinal_regions": {**LINE, "game": al.presets.morrow_1991()},
    "patient_payoff_set": {"monitoring": NOISY},
    "payments": {"stage": PD, "discount": 0.5, "profile": (0, 0), "share": 0.5},
    "payoff_set": {"stage": PD, "discount": 0.5},
    "payoff_sets": {"stage": PD, "discount": [0.5]},
    "punishment_regions": {**LINE, "player": "proxy", "enforcement": al.NashReversion()},
    "regime_map": {"game": MODEL, "gaps": [0.0, 0.5], "stakes": [1, 2], "discount": 0.6, "total": 1.0,
                   "enforcement": al.NashReversion()},
    "regime_regions": {**LINE, "discount": 0.6, "enforcement": al.NashReversion()},
    "regime_table": {"game": MODEL, "gaps": [0.0, 0.5], "stakes": 1, "discount": 0.6, "concepts": [al.NashReversion()],
                     "total": 1.0},
    "regimes": {**QUESTION, "enforcement": al.NashReversion()},
    "relational_contracts": {"stage": PD},
    "rival_offer": {"game": MODEL, "rival_power": 2.0, "power": POWER, "stakes": "fixed"},
    "simulate_alliance": {"path": POWER, "game": MODEL, "discount": 0.6, "shock": 0.1, "persistence": 0.5, "periods": 3,
                          "dates": (1, 2, 3), "size": 2, "rng": 1, **CONCEPT},
    "simulate_conflict": {"power": al.Power(1, 1), "walk": al.ConflictWalk(2, 8), "size": 3, "limit": 10, "rng": 1},
    "stability_windows": {**LINE, "discount": 0.95, **CONCEPT},
    "switching_offer": {**QUESTION, **CONCEPT},
    "with_exit": {"stage": PD, "offer": 8, "alone": 2},
}  # fmt: skip

VERBS = {  # methods with arguments of their own
    "Power.from_gap": (al.Power.from_gap, {"gap": 0.5, "total": 1}),
    "Power.from_share": (al.Power.from_share, {"share": 0.5, "total": 1}),
    "Power.from_ratio": (al.Power.from_ratio, {"ratio": 2, "total": 1}),
    "Power.from_log_ratio": (al.Power.from_log_ratio, {"log_ratio": 0.5, "total": 1}),
    "PowerSeries.predict_break": (SERIES.predict_break, {"game": MODEL, "discount": 0.6, **CONCEPT}),
    "PowerSeries.from_frame": (
        al.cases.PowerSeries.from_frame,
        {
            "frame": SERIES.to_frame(),
            "date": "date",
            "sponsor": "sponsor",
            "proxy": "proxy",
            "unit": "u",
            "source": "s",
            "id": "i",
            "note": "n",
            "missing": "drop",
            "codes": (-9,),
        },
    ),
    "PublicMonitoring.binary": (al.PublicMonitoring.binary, {"stage": PD, "bad": [[0.1, 0.6], [0.6, 0.9]]}),
    "PublicMonitoring.individual_full_rank": (NOISY.individual_full_rank, {"profile": (0, 0)}),
    "PublicMonitoring.pairwise_full_rank": (NOISY.pairwise_full_rank, {"profile": (0, 0)}),
    "PatientPayoffSet.contains": (al.patient_payoff_set(NOISY).contains, {"payoff": (3, 3)}),
    "StageGame.minmax": (PD.minmax, {"mixed": False}),
    "StageGame.payoffs": (PD.payoffs, {"profile": (0, 0)}),
    "StageGame.best_deviations": (PD.best_deviations, {"profile": (0, 0)}),
    "PayoffSet.contains": (al.payoff_set(PD, F(1, 2)).contains, {"point": (9, 9)}),
    "PayoffSet.separate": (al.payoff_set(PD, F(1, 2)).separate, {"point": (9, 9)}),
    "PayoffSet.strategy": (al.payoff_set(PD, F(1, 2)).strategy, {"point": (9, 9)}),
    "RelationalContracts.at": (CONTRACTS.at, {"discount": 0.5}),
    "RelationalContracts.joint_payoff": (CONTRACTS.joint_payoff, {"discount": 0.5}),
    "RelationalContracts.sustainable": (CONTRACTS.sustainable, {"discount": 0.5}),
    "RelationalContracts.critical_discount": (CONTRACTS.critical_discount, {"profile": (0, 0)}),
    "RelationalContracts.payments": (CONTRACTS.payments, {"discount": 0.5, "profile": (0, 0), "share": 0.5}),
    "RelationalContracts.loyalty_wage": (CONTRACTS.loyalty_wage, {"discount": 0.5, "profile": (0, 0)}),
    "RelationalContracts.strategy": (CONTRACTS.strategy, {"discount": 0.5, "profile": (0, 0), "share": 0.5}),
    "StochasticGame.solve": (GAME.solve, {"discount": 0.5, "enforcement": al.Transfers()}),
    "StochasticGame.state": (GAME.state, {"label": "a"}),
    "StochasticGame.profile": (GAME.profile, {"state": "a", "profile": (0, 0)}),
    "StochasticGame.discount_windows": (
        GAME.discount_windows,
        {"state": "a", "profile": (0, 0), "enforcement": al.Transfers(), "domain": (0.1, 0.5), "points": 3},
    ),
    "StochasticGame.renegotiation": (
        GAME.renegotiation,
        {"discount": 0.5, "probability": 0.5, "periods": 3, "share": 0.5},
    ),
    "DynamicContracts.can_play": (DYNAMIC.can_play, {"state": "a", "profile": (0, 0)}),
    "DynamicContracts.payments": (DYNAMIC.payments, {"share": 0.5}),
    "DynamicContracts.simulate": (DYNAMIC.simulate, {"start": "a", "periods": 3, "rng": 1, "size": 2}),
    "DynamicPayments.transfer": (PAID.transfer, {"before": "a", "after": "b", "phase": "path"}),
    "DynamicPayments.fine": (PAID.fine, {"state": "a", "player": "proxy"}),
    "DynamicPayments.upfront": (PAID.upfront, {"state": "a", "proxy": 9}),
    "BreakForecast.quantile": (FORECAST.quantile, {"probability": 0.0001}),
    "BreakForecast.probability": (FORECAST.probability, {"first": 0, "last": 1}),
    "BreakForecast.given": (FORECAST.given, {"date": 1}),
    "PowerProcess.place": (PROCESS.place, {"log_ratio": 0.5}),
    "PowerProcess.nearest": (PROCESS.nearest, {"power": POWER}),
    "PowerProcess.power": (PROCESS.power, {"total": 1}),
    "PowerProcess.moves": (PROCESS.moves, {"allied": True}),
    "PowerProcess.chain": (PROCESS.chain, {"allied": True}),
    "ShiftingDyad.state": (SHIFTING.state, {"log_ratio": 0.5, "standing": "war"}),
    "stage_game": (MODEL.stage_game, {"power": POWER}),
}

BAD = {
    "None": None,
    "text": "x",
    "object": object(),
    "class": al.Tullock,
    "True": True,
    "complex": 1j,
    "nan": float("nan"),
    "inf": float("inf"),
    "minus one": -1,
    "seven": 7,
    "no float": 10**400,
    "nearly 1, and 1.0 as a float": 1 - F(1, 10**30),
    "empty": [],
    "ragged": [[1.0], [1.0, 2.0]],
    "three": np.array([0.1, 0.2, 0.3]),
    "a negative array": np.array([-0.5, 0.5]),
    "booleans": np.array([True, False]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "triple": (0, 0, 0),
    "labels of nobody": ("x", "y"),
    "nothing from a function": lambda *_, **__: None,
    "text from a function": lambda *_, **__: "x",
    "power": al.Power(1, [1.0, 2.0, 3.0, 4.0]),
}
ELSEWHERE = {
    "Design": "it is made by sobol_design() or from a table; tests/test_sweeps.py asks it",
    "Evaluation": "evaluation_method() makes it",
    "evaluating_by": "it takes a word; tests/test_kernels.py asks it",
    "evaluation_method": "it takes what critical_discount() takes; tests/test_kernels.py asks it",
    "sobol_design": "it takes names of one's own; tests/test_sweeps.py asks it",
    "sweep": "it takes functions and names of one's own; tests/test_sweeps.py asks it",
    "citation": "it takes anything; tests/test_citation.py asks it",
    "explorer": "it writes files; tests/test_explorer.py asks it",
    "load": "it reads files; tests/test_saving.py asks it",
    "save": "it writes files; tests/test_saving.py asks it",
    "verify": "its argument has kinds of its own",
}
DEFAULTS = {  # no bad arguments, and slow
    ("compare_enforcement", "concepts", "None"): "all concepts and their windows; tests/test_enforcement_comparison.py asks it",
}
QUESTIONS = {name: (getattr(al, name), arguments) for name, arguments in GOOD.items()} | VERBS


def test_every_public_function_and_class_is_asked():
    public = {name: getattr(al, name) for name in al.__all__}
    asked = {
        name
        for name, thing in public.items()
        if inspect.isfunction(thing)
        or (inspect.isclass(thing) and not issubclass(thing, Result) and not inspect.isabstract(thing))
    }
    results_of_their_own = {"ContractStrategy", "Policy", "Strategy", "Reversion"}
    assert asked - ELSEWHERE.keys() - results_of_their_own == GOOD.keys()
    for function, arguments in QUESTIONS.values():
        assert {name for name in inspect.signature(function).parameters if not name.startswith("_")} - {"options"} <= {
            *arguments,
            "every_period",
            "tolerance",
        }


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_good_arguments_are_good(name):
    function, arguments = QUESTIONS[name]
    assert function(**arguments) is not None


@pytest.mark.parametrize("path", [None, 1.5, b"value.json", ["value.json"]], ids=repr)
def test_files_need_a_path(path):
    with pytest.raises(TypeError, match=r"^load\(\): path must be text or a path; got "):
        al.load(path)
    with pytest.raises(TypeError, match=r"^save\(\): path must be text or a path; got "):
        al.save(POWER, path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", QUESTIONS)
def test_errors_name_function_argument_rule_and_value(name):
    function, arguments = QUESTIONS[name]
    faults = []
    for argument in arguments:
        for label, bad in BAD.items():
            if (name, argument, label) in DEFAULTS:
                continue
            try:
                function(**{**arguments, argument: bad})
            except (TypeError, ValueError) as error:
                text = str(error)
                # parameters of a model that do not fit each other are named together; a model's function may be to blame
                blamed = re.match(r"([\w.]+)(\(\))?: ?", text)
                if not blamed or "got" not in text:
                    faults.append(f"{argument}={label}: {type(error).__name__}: {text[:160]}")
                elif blamed[1] not in (name, name.split(".")[0], type(arguments.get("game")).__name__, "OutsideOption"):
                    faults.append(f"{argument}={label}: blames {blamed[1]}: {text[:160]}")
                elif blamed[1] == "OutsideOption" and "returns must" in text:
                    continue  # a function of power that returns what is no offer
                elif argument not in text and argument.split("_")[0] not in text:
                    faults.append(f"{argument}={label}: does not name the argument: {text[:160]}")
            except Exception as error:
                faults.append(f"{argument}={label}: {type(error).__name__}: {str(error)[:160]}")
    assert not faults, "\n" + "\n".join(faults)
