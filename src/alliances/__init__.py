"""When does an alliance between unequals hold, and when does the proxy turn on its sponsor?

A dyad (sponsor and proxy, ally and ally) is a repeated game whose payoffs from cooperation depend on the power gap::

    power → payoffs → stage game → repeated game → thresholds → { claims · dynamics · cases }

>>> import alliances as al
>>> game = al.presets.chindea_2014()
>>> print(al.defection_threshold(game, discount=0.5, domain=(0.0, 0.95)))
As the gap narrows, the alliance breaks at 0.593188; defector: sponsor.
  stable on [0.593188, 0.950000] (below: sponsor defects; above: end of the domain)

The parts are loaded when they are first asked for (PEP 562), so that importing the package costs next to nothing; ``dir``,
``import *`` and type checkers see all of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from alliances import moved

if TYPE_CHECKING:  # what type checkers and editors read; _NAMES is the same for Python, which a test compares
    from alliances import cases, claims, datasets, estimation, plotting
    from alliances import testing as testing
    from alliances.browser.explorer import explorer
    from alliances.dynamics import patience
    from alliances.dynamics.break_forecast import BreakForecast, break_forecast
    from alliances.dynamics.break_threshold import ArrivingShift, ShiftingThreshold, break_threshold
    from alliances.dynamics.dynamic_contracts import DynamicContracts
    from alliances.dynamics.dynamic_payoff_sets import StochasticPayoffSets
    from alliances.dynamics.moving_power import CommitmentProblem, commitment_problem, effective_discount
    from alliances.dynamics.patience import BetaPatience
    from alliances.dynamics.payoff_automaton import PayoffAutomaton
    from alliances.dynamics.policies import (
        Fragmentation,
        Grassroots,
        InformationOperations,
        KineticPressure,
        KingpinStrike,
        Policy,
    )
    from alliances.dynamics.power_process import PowerProcess
    from alliances.dynamics.shifting_dyad import ShiftingDyad
    from alliances.dynamics.simulated_alliance import SimulatedAlliance, simulate_alliance
    from alliances.dynamics.simulated_breaks import SimulatedBreaks, simulate_breaks
    from alliances.dynamics.stochastic_game import StochasticGame
    from alliances.dynamics.wars.conflict import ConflictWalk
    from alliances.dynamics.wars.duration import ConflictDuration, conflict_duration
    from alliances.dynamics.wars.ruin import GamblersRuin
    from alliances.dynamics.wars.simulation import SimulatedConflicts, simulate_conflict
    from alliances.estimation.identification import DiscountInterval, IdentifiedDiscount, identified_discount
    from alliances.games.bimatrix import PureNash
    from alliances.games.minmax import MinMax
    from alliances.games.nash import Equilibrium, NashEquilibria
    from alliances.games.ordinal import OrdinalType
    from alliances.games.stage_game import StageGame
    from alliances.payoffs import presets
    from alliances.payoffs.alliance_game import AllianceGame
    from alliances.payoffs.contest import AllPay, Hirshleifer, Tullock
    from alliances.payoffs.dyadic import CustomGame, DyadicGame
    from alliances.payoffs.rival_offer import RivalOffer, rival_offer
    from alliances.payoffs.sharing import Agreed, Equal, NashBargaining, Proportional, Wage
    from alliances.payoffs.synergy import Aggregation, CommonThreat, Complementarity, ConstantSynergy
    from alliances.power import Power
    from alliances.repeated.contracts.liquidity import ContractValues, contract_values
    from alliances.repeated.contracts.payments import Payments, payments
    from alliances.repeated.contracts.relational import ContractStep, RelationalContracts, relational_contracts
    from alliances.repeated.contracts.strategies import ContractStrategy
    from alliances.repeated.critical import CriticalDiscount, critical_discount
    from alliances.repeated.enforcement.concept import Enforcement, Reversion
    from alliances.repeated.enforcement.finite_punishment import FinitePunishment
    from alliances.repeated.enforcement.formulas import DiscountFormula, FormulaRegion
    from alliances.repeated.enforcement.given_punishment import GivenPunishment
    from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
    from alliances.repeated.enforcement.nash_reversion import NashReversion
    from alliances.repeated.enforcement.optimal_penal_code import OptimalPenalCode, critical_discount_of_payoffs
    from alliances.repeated.enforcement.outside_option import OutsideOption, with_exit
    from alliances.repeated.enforcement.transfers import Transfers
    from alliances.repeated.kernels.batch import Evaluation, evaluating_by, evaluation_method
    from alliances.repeated.monitoring.contracts import MonitoredContracts, monitored_contracts
    from alliances.repeated.monitoring.signals import PatientPayoffSet, PublicMonitoring, patient_payoff_set
    from alliances.repeated.payoff_sets.batch import PayoffSetBatch
    from alliances.repeated.payoff_sets.result import PayoffSet
    from alliances.repeated.payoff_sets.solve import payoff_set, payoff_sets
    from alliances.repeated.payoff_sets.strategy import Strategy
    from alliances.results.references import Citation, citation
    from alliances.results.result_tuple import ResultTuple
    from alliances.saving import from_dict, load, save
    from alliances.sweeps.grid import Design, sobol_design
    from alliances.sweeps.regime_maps import RegimeMap, regime_map
    from alliances.sweeps.regime_tables import RegimeTable, regime_table
    from alliances.sweeps.sweep import sweep
    from alliances.thresholds.allegiance import (
        KeepingPayment,
        SwitchingOffer,
        allegiance_regions,
        keeping_payment,
        switching_offer,
    )
    from alliances.thresholds.batches import RegionBatch, ThresholdBatch, WindowBatch
    from alliances.thresholds.enforcement_comparison import ComparedConcept, EnforcementComparison, compare_enforcement
    from alliances.thresholds.line import Region
    from alliances.thresholds.regimes import Regimes, regime_regions, regimes
    from alliances.thresholds.regions import ordinal_regions, punishment_regions
    from alliances.thresholds.windows import DefectionThreshold, Window, defection_threshold, stability_windows
    from alliances.verification import Verification, verify

__all__ = [
    "Aggregation",
    "Agreed",
    "AllPay",
    "AllianceGame",
    "ArrivingShift",
    "BetaPatience",
    "BreakForecast",
    "Citation",
    "CommitmentProblem",
    "CommonThreat",
    "ComparedConcept",
    "Complementarity",
    "ConflictDuration",
    "ConflictWalk",
    "ConstantSynergy",
    "ContractStep",
    "ContractStrategy",
    "ContractValues",
    "CriticalDiscount",
    "CustomGame",
    "DefectionThreshold",
    "Design",
    "DiscountFormula",
    "DiscountInterval",
    "DyadicGame",
    "DynamicContracts",
    "Enforcement",
    "EnforcementComparison",
    "Equal",
    "Equilibrium",
    "Evaluation",
    "FinitePunishment",
    "FormulaRegion",
    "Fragmentation",
    "GamblersRuin",
    "GivenPunishment",
    "Grassroots",
    "Hirshleifer",
    "IdentifiedDiscount",
    "ImperfectMonitoring",
    "InformationOperations",
    "KeepingPayment",
    "KineticPressure",
    "KingpinStrike",
    "MinMax",
    "MonitoredContracts",
    "NashBargaining",
    "NashEquilibria",
    "NashReversion",
    "OptimalPenalCode",
    "OrdinalType",
    "OutsideOption",
    "PatientPayoffSet",
    "Payments",
    "PayoffAutomaton",
    "PayoffSet",
    "PayoffSetBatch",
    "Policy",
    "Power",
    "PowerProcess",
    "Proportional",
    "PublicMonitoring",
    "PureNash",
    "RegimeMap",
    "RegimeTable",
    "Regimes",
    "Region",
    "RegionBatch",
    "RelationalContracts",
    "ResultTuple",
    "Reversion",
    "RivalOffer",
    "ShiftingDyad",
    "ShiftingThreshold",
    "SimulatedAlliance",
    "SimulatedBreaks",
    "SimulatedConflicts",
    "StageGame",
    "StochasticGame",
    "StochasticPayoffSets",
    "Strategy",
    "SwitchingOffer",
    "ThresholdBatch",
    "Transfers",
    "Tullock",
    "Verification",
    "Wage",
    "Window",
    "WindowBatch",
    "allegiance_regions",
    "break_forecast",
    "break_threshold",
    "cases",
    "citation",
    "claims",
    "commitment_problem",
    "compare_enforcement",
    "conflict_duration",
    "contract_values",
    "critical_discount",
    "critical_discount_of_payoffs",
    "datasets",
    "defection_threshold",
    "effective_discount",
    "estimation",
    "evaluating_by",
    "evaluation_method",
    "explorer",
    "from_dict",
    "identified_discount",
    "keeping_payment",
    "load",
    "monitored_contracts",
    "ordinal_regions",
    "patience",
    "patient_payoff_set",
    "payments",
    "payoff_set",
    "payoff_sets",
    "plotting",
    "presets",
    "punishment_regions",
    "regime_map",
    "regime_regions",
    "regime_table",
    "regimes",
    "relational_contracts",
    "rival_offer",
    "save",
    "simulate_alliance",
    "simulate_breaks",
    "simulate_conflict",
    "sobol_design",
    "stability_windows",
    "sweep",
    "switching_offer",
    "verify",
    "with_exit",
]

__version__ = "0.1.0"

_NAMES = {
    "browser.explorer": "explorer",
    "dynamics": "patience",
    "dynamics.break_forecast": "BreakForecast break_forecast",
    "dynamics.break_threshold": "ArrivingShift ShiftingThreshold break_threshold",
    "dynamics.dynamic_contracts": "DynamicContracts",
    "dynamics.dynamic_payoff_sets": "StochasticPayoffSets",
    "dynamics.moving_power": "CommitmentProblem commitment_problem effective_discount",
    "dynamics.patience": "BetaPatience",
    "dynamics.payoff_automaton": "PayoffAutomaton",
    "dynamics.policies": "Fragmentation Grassroots InformationOperations KineticPressure KingpinStrike Policy",
    "dynamics.power_process": "PowerProcess",
    "dynamics.shifting_dyad": "ShiftingDyad",
    "dynamics.simulated_alliance": "SimulatedAlliance simulate_alliance",
    "dynamics.simulated_breaks": "SimulatedBreaks simulate_breaks",
    "dynamics.stochastic_game": "StochasticGame",
    "dynamics.wars.conflict": "ConflictWalk",
    "dynamics.wars.duration": "ConflictDuration conflict_duration",
    "dynamics.wars.ruin": "GamblersRuin",
    "dynamics.wars.simulation": "SimulatedConflicts simulate_conflict",
    "estimation.identification": "DiscountInterval IdentifiedDiscount identified_discount",
    "games.bimatrix": "PureNash",
    "games.minmax": "MinMax",
    "games.nash": "Equilibrium NashEquilibria",
    "games.ordinal": "OrdinalType",
    "games.stage_game": "StageGame",
    "payoffs": "presets",
    "payoffs.alliance_game": "AllianceGame",
    "payoffs.contest": "AllPay Hirshleifer Tullock",
    "payoffs.dyadic": "CustomGame DyadicGame",
    "payoffs.rival_offer": "RivalOffer rival_offer",
    "payoffs.sharing": "Equal NashBargaining Proportional Wage Agreed",
    "payoffs.synergy": "Aggregation CommonThreat Complementarity ConstantSynergy",
    "power": "Power",
    "repeated.contracts.liquidity": "ContractValues contract_values",
    "repeated.contracts.payments": "Payments payments",
    "repeated.contracts.relational": "ContractStep RelationalContracts relational_contracts",
    "repeated.contracts.strategies": "ContractStrategy",
    "repeated.critical": "CriticalDiscount critical_discount",
    "repeated.enforcement.concept": "Enforcement Reversion",
    "repeated.enforcement.finite_punishment": "FinitePunishment",
    "repeated.enforcement.formulas": "DiscountFormula FormulaRegion",
    "repeated.enforcement.given_punishment": "GivenPunishment",
    "repeated.enforcement.imperfect_monitoring": "ImperfectMonitoring",
    "repeated.enforcement.nash_reversion": "NashReversion",
    "repeated.enforcement.optimal_penal_code": "OptimalPenalCode critical_discount_of_payoffs",
    "repeated.enforcement.outside_option": "OutsideOption with_exit",
    "repeated.enforcement.transfers": "Transfers",
    "repeated.kernels.batch": "Evaluation evaluating_by evaluation_method",
    "repeated.monitoring.contracts": "MonitoredContracts monitored_contracts",
    "repeated.monitoring.signals": "PatientPayoffSet PublicMonitoring patient_payoff_set",
    "repeated.payoff_sets.batch": "PayoffSetBatch",
    "repeated.payoff_sets.result": "PayoffSet",
    "repeated.payoff_sets.solve": "payoff_set payoff_sets",
    "repeated.payoff_sets.strategy": "Strategy",
    "results.references": "Citation citation",
    "results.result_tuple": "ResultTuple",
    "saving": "from_dict load save",
    "sweeps.grid": "Design sobol_design",
    "sweeps.regime_maps": "RegimeMap regime_map",
    "sweeps.regime_tables": "RegimeTable regime_table",
    "sweeps.sweep": "sweep",
    "thresholds.allegiance": "KeepingPayment SwitchingOffer allegiance_regions keeping_payment switching_offer",
    "thresholds.batches": "RegionBatch ThresholdBatch WindowBatch",
    "thresholds.enforcement_comparison": "ComparedConcept EnforcementComparison compare_enforcement",
    "thresholds.line": "Region",
    "thresholds.regimes": "Regimes regime_regions regimes",
    "thresholds.regions": "ordinal_regions punishment_regions",
    "thresholds.windows": "DefectionThreshold Window defection_threshold stability_windows",
    "verification": "Verification verify",
}
_PLACES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """A part of the library, loaded when it is first asked for; the packages in it are found by :mod:`alliances.moved`."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value  # not to be asked for again
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


moved.install()
