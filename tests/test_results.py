"""Every answer is a ``Result``: found by the return types of all public functions and verbs, and tried on an example each."""

import dataclasses
import functools
import inspect
import io
import json
import types
import typing
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
import alliances.testing
from alliances.results import Result, aligned
from tests.estimation_support import EXAMPLES as FITTED
from tests.stochastic_reference import tribute, two_state_dilemma
from tests.support import PD_PROXY, PD_SPONSOR, benchmark_game

MODULES = (al, al.cases, al.claims, al.datasets, al.estimation, al.presets, al.testing, al.plotting)

QUESTIONS = {  # dataclasses that functions return and that are no answers
    "AllianceGame": "a model",
    "Answers": "what a contender hands the scoreboard, inside",
    "Choice": "a domain of an open parameter",
    "ComparisonClaim": "a claim of one's own as a question",
    "ConflictWalk": "a war as a question; conflict_duration() answers",
    "Date": "a number of a case file",
    "Definition": "a line of an exported script, inside",
    "Design": "points of a sweep, as a question",
    "DiscountClaim": "a claim of one's own as a question",
    "Evaluation": "how a question is evaluated, and not what the answer is",
    "Fact": "a record of a case file; fact_table() holds it",
    "Family": "models with open parameters",
    "FreeParameter": "a prior as a question",
    "GamblersRuin": "a chain as a question; its attributes answer",
    "HazardDesign": "the columns of a regression, inside",
    "Incentives": "the data of linear programmes, inside",
    "Interval": "a domain of an open parameter",
    "Kernel": "the moves of a process or a game, inside",
    "Likelihood": "a function of a fit's parameters, inside",
    "ShiftingDyad": "a model",
    "Objective": "what a search of a fit maximises, inside",
    "Optimum": "the solution of a linear programme, inside",
    "Part": "a case of a proof, inside",
    "Power": "a dyad",
    "PublicMonitoring": "a game with signals as a question",
    "Punishment": "what a concept hands to critical_discount(), inside",
    "Query": "a question to a solver, inside",
    "Seam": "a seam between cases of a proof, inside",
    "Source": "a record of a case file; Case.to_dict() holds it",
    "Spells": "the data of a fit, inside",
    "StructuralRates": "the part of a hazard that follows from its game, inside",
    "UnimodalClaim": "a claim of one's own as a question",
}


class _Names(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __getitem__(cls, parts):
        return cls


class Unknown(metaclass=_Names):
    """Stands for a name that is imported for type checkers alone, be it a module, a type or a generic one."""


def returned(function):
    """The classes of the library in what a function says to return."""
    names = dict(function.__globals__)
    while True:
        try:
            hint = typing.get_type_hints(function, names).get("return")
            break
        except NameError as error:
            names[error.name] = Unknown
    todo = [hint]
    while todo:
        hint = todo.pop()
        todo += typing.get_args(hint)
        if inspect.isclass(hint) and hint.__module__.startswith("alliances"):
            yield hint


def verbs(cls):
    """The public methods and properties of a class, as functions."""
    for name in (name for name in dir(cls) if not name.startswith("_")):
        member = inspect.getattr_static(cls, name)
        if isinstance(member, (classmethod, staticmethod)):
            member = member.__func__
        if isinstance(member, property):
            member = member.fget
        if isinstance(member, functools.cached_property):
            member = member.func
        if inspect.isfunction(member):
            yield member


@functools.cache
def answers():
    """All dataclasses that public functions and verbs return, verbs of what they return included."""
    public = [getattr(module, name) for module in MODULES for name in module.__all__]
    functions = [thing for thing in public if inspect.isfunction(thing)]
    classes = [thing if inspect.isclass(thing) else type(thing) for thing in public if not isinstance(thing, types.ModuleType)]
    functions += [verb for cls in classes if cls.__module__.startswith("alliances") for verb in verbs(cls)]
    found = set()
    while functions:
        for cls in returned(functions.pop()):
            if cls not in found:
                found.add(cls)
                functions += verbs(cls)
    return {cls for cls in found if dataclasses.is_dataclass(cls)}


def test_answers_are_found():
    names = {cls.__name__ for cls in answers()}
    assert {"CriticalDiscount", "DefectionThreshold", "PayoffSet", "Window", "Case", "Proof", "Conformance"} <= names


def test_every_answer_is_a_result_or_said_to_be_none():
    questions = {
        cls for cls in answers() if not issubclass(cls, (Result, al.Enforcement))
    }  # a concept says how, it answers nothing
    assert {cls.__name__ for cls in questions} == QUESTIONS.keys()


# -- an example of each ------------------------------------------------------------------------------------------------

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
MODEL = al.presets.chindea_2014()
NOISY = al.PublicMonitoring.binary(PD, bad=[[F(1, 10), F(3, 5)], [F(3, 5), F(9, 10)]])
WALK = al.ConflictWalk(swing=2, barrier=8)
HALF = F(1, 2)


@functools.cache
def years():
    return al.cases.score_years(["chindea_2014", "constant", "first year"], candidates=16)


@functools.cache
def ucdp():
    pairs = al.datasets.cartel_municipalities().pairs()
    rows = [
        f"{path.sponsor.ucdp},{path.proxy.ucdp},{year},{(7 * k + 3 * year) % 40}\n"
        for k, path in enumerate(pairs.paths)
        for year in range(2000, 2012)
    ]
    return al.datasets.load_ucdp_dyads(io.StringIO("side_a,side_b,year,best\n" + "".join(rows)))


@functools.cache
def wars():
    return ucdp().conflicts(al.datasets.cartel_municipalities().pairs())


@functools.cache
def refuted():
    return al.claims.SPONSOR_RESTRAINT.prove(al.claims.alliance_family(decisiveness=2))


@functools.cache
def board():
    return al.cases.score(candidates=8)


@functools.cache
def contracts():
    return al.relational_contracts(PD)


@functools.cache
def shift(learning=0.3, discount=0.8, enforcement=None):
    contest = al.Tullock(1.0)
    game = al.AllianceGame(contest, al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=contest)
    return al.break_threshold(al.ShiftingDyad(game, al.PowerProcess(learning=(learning, 1)), walk), discount, enforcement)


@functools.cache
def moving():
    return al.claims.moving_claims(shift().dyad, [0.8])


@functools.cache
def hole():
    return shift(0.05, 0.95, al.Transfers()).moving.evidence


@functools.cache
def monitored():
    return al.monitored_contracts(NOISY, 0.9)


@functools.cache
def predicted():
    return al.datasets.predict_breaks(MODEL, al.datasets.cartel_municipalities().pairs(), 0.5)


@functools.cache
def compared():
    return al.compare_enforcement(MODEL, al.Power.from_gap(0.5), discount=0.8, concepts=[al.NashReversion(), al.OutsideOption])


@functools.cache
def quiet_windows():
    return tribute().discount_windows("quiet", (0, 0))


@functools.cache
def broken_contest():
    return al.testing.check_contest(lambda power: (1, 1), examples=5)


@functools.cache
def formula():
    return al.NashReversion().formula(benchmark_game(contest=al.AllPay(), sharing=al.Equal()))


EXAMPLES = FITTED | {
    "BreakForecast": lambda: al.break_forecast(
        al.Power.from_gap([0.3, 0.0, -0.2]), benchmark_game(), al.BetaPatience(4, 2), dates=(2004, 2005, 2006)
    ),
    "ArrivingShift": lambda: shift().arriving_at(0.5),
    "Breach": lambda: broken_contest().failed[0].witness,
    "Case": lambda: al.cases.load("gulf-zetas"),
    "CasePrediction": lambda: board().predictions[0],
    "CaseTable": al.cases.table,
    "Citation": lambda: al.citation(al.NashReversion()),
    "Check": lambda: al.claims.SPONSOR_RESTRAINT.check(MODEL),
    "CheckResult": lambda: al.testing.check_contest(al.Tullock(2), examples=5).results[0],
    "Comparison": lambda: board().compare("chindea_2014"),
    "CommitmentProblem": lambda: al.commitment_problem(HALF, HALF, (HALF, F(1, 4)), (F(1, 4), HALF)),
    "ComparedConcept": lambda: compared().concepts[0],
    "ConflictDuration": lambda: al.conflict_duration(WALK.lattice(), WALK),
    "ConflictOdds": lambda: al.datasets.conflict_odds(wars()),
    "Conformance": broken_contest,
    "ContractState": lambda: contracts().strategy(HALF).states["path"],
    "ContractStep": lambda: contracts().steps[-1],
    "ContractStrategy": lambda: contracts().strategy(HALF),
    "ContractValues": lambda: al.contract_values(al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), HALF),
    "ContractVerification": lambda: contracts().strategy(HALF).verify(),
    "Counterexample": lambda: refuted().counterexample,
    "CriticalDiscount": lambda: al.critical_discount(MODEL, al.Power.from_gap([0.0, 0.5])),
    "DefectionThreshold": lambda: al.defection_threshold(MODEL, 0.5),
    "DiscountFormula": formula,
    "DiscountInterval": lambda: al.identified_discount(MODEL, al.Power.from_gap([F(9, 10), F(3, 5)])).common,
    "DiscountEdge": lambda: quiet_windows().windows[0].closes,
    "DiscountWindow": lambda: quiet_windows().windows[0],
    "DiscountWindows": quiet_windows,
    "DyadDeaths": lambda: ucdp().between("Gulf Cartel", "Los Zetas"),
    "DynamicContracts": lambda: two_state_dilemma().solve(F(7, 10)),
    "DynamicPayments": lambda: two_state_dilemma().solve(F(7, 10)).payments(),
    "Elimination": lambda: two_state_dilemma().solve(F(1, 5)).rounds[0],
    "EnforcementComparison": compared,
    "Equilibrium": lambda: PD.nash()[0],
    "Falsification": lambda: al.claims.SPONSOR_RESTRAINT.falsify(al.claims.alliance_family(decisiveness=2)),
    "Fit": lambda: next(fit for fit in board().fits if np.isnan(fit.effective)),
    "FormulaRegion": lambda: formula().regions[0],
    "GapPath": lambda: al.datasets.cartel_municipalities().pairs().paths[0],
    "GapPaths": lambda: al.datasets.cartel_municipalities().pairs(),
    "Group": lambda: al.datasets.cartel_municipalities().groups[0],
    "Hole": lambda: hole().holes[0],
    "HoledContracts": hole,
    "IdentifiedDiscount": lambda: al.identified_discount(MODEL, al.Power.from_gap([0.9, 0.8, 0.6]), broken_by="proxy"),
    "KeptAlliance": lambda: shift().moving,
    "KeepingPayment": lambda: al.keeping_payment(PD, None, HALF, 10),
    "MarkovAlliance": lambda: shift().moving.evidence[0],
    "Measurement": lambda: al.claims.ASYMMETRY.measure(al.claims.alliance_family(decisiveness=2), points=8, sensitivity=True),
    "MovingAnswer": lambda: moving()["asymmetry"],
    "MovingClaims": moving,
    "MovingWitness": lambda: moving()["proxy turns first"].witness,
    "MinMax": lambda: PD.minmax(mixed=True),
    "MonitoredContracts": monitored,
    "MonitoredState": lambda: monitored().on_path,
    "MonitoringVerification": lambda: monitored().verify(),
    "Municipalities": al.datasets.cartel_municipalities,
    "NashEquilibria": lambda: PD.nash(),
    "OrdinalType": lambda: PD.ordinal_type(),
    "PairConflicts": wars,
    "PairScore": lambda: al.datasets.score_pairs(predicted().ever, wars().ever),
    "PatientPayoffSet": lambda: al.patient_payoff_set(NOISY),
    "Payments": lambda: al.payments(PD, F(1, 20), (0, 0)),
    "PayoffAutomaton": lambda: two_state_dilemma().payoff_sets(0.7).automaton,
    "PayoffSet": lambda: al.payoff_set(PD, F(3, 10)),
    "PayoffSetBatch": lambda: al.payoff_sets(PD, [0.1, 0.3]),
    "Play": lambda: al.payoff_set(PD, HALF).strategy((9, 9)).play(3),
    "PowerSeries": lambda: al.cases.load("gulf-zetas").power_series(),
    "PredictedBreak": lambda: al.cases.load("gulf-zetas").power_series().predict_break(MODEL, 0.8),
    "PredictedBreaks": predicted,
    "Proof": refuted,
    "PureNash": lambda: PD.pure_nash(),
    "RegimeMap": lambda: al.regime_map(MODEL, [0.0, 0.5], [1, 2], [0.5, 0.6]),
    "RegimeTable": lambda: al.regime_table(MODEL, [0.0, 0.5], 1.0, 0.6),
    "Regimes": lambda: al.regimes(MODEL, al.Power.from_gap(0.8), 0.4),
    "Region": lambda: al.punishment_regions(MODEL, "proxy", (0.0, 0.9))[0],
    "RegionBatch": lambda: al.regime_regions(MODEL, [0.5, 0.8], samples=101),
    "RelationalContracts": contracts,
    "ResultTuple": lambda: al.stability_windows(MODEL, 0.8),
    "RenegotiatedContracts": lambda: two_state_dilemma().renegotiation(F(7, 10), F(1, 3), 4),
    "Scoreboard": board,
    "Sensitivity": lambda: al.claims.Sensitivity(0.5, 0.5, float("nan"), 0.1),
    "Separation": lambda: al.payoff_set(PD, F(3, 10)).separate((9, 10)),
    "SimulatedAlliance": lambda: al.simulate_alliance(al.Power.from_gap(0.5), MODEL, 0.8, shock=0.2, periods=5, rng=2),
    "SimulatedBreaks": lambda: al.simulate_breaks(
        al.Power.from_gap(np.array([0.5, 0.2])), MODEL, policies={"hit": al.KingpinStrike(1, 0.2)}, size=20, rng=1
    ),
    "ShiftingEdge": lambda: shift().windows[-1].below,
    "ShiftingThreshold": lambda: shift(),
    "ShiftingWindow": lambda: shift().windows[-1],
    "SimulatedConflicts": lambda: al.simulate_conflict(al.Power(1, 1), WALK, rng=1),
    "SimulatedPlay": lambda: two_state_dilemma().solve(0.7).simulate(0, 5, rng=1, size=3),
    "State": lambda: al.payoff_set(PD, HALF).strategy((9, 9)).states[0],
    "Step": lambda: next(step for step in al.claims.ASYMMETRY.prove(FAMILY).steps),
    "StochasticPayoffSets": lambda: two_state_dilemma().payoff_sets(0.7),
    "Strategy": lambda: al.payoff_set(PD, HALF).strategy((9, 9)),
    "StrategyVerification": lambda: al.payoff_set(PD, HALF).strategy((9, 9)).verify(),
    "SwitchingOffer": lambda: al.switching_offer(PD, None, F(1, 20)),
    "ThresholdBatch": lambda: al.defection_threshold(MODEL, [0.2, 0.5, 0.8], samples=101),
    "UCDPDyadYear": lambda: ucdp().rows[0],
    "UCDPDyads": ucdp,
    "DyadYears": al.cases.allied_years,
    "OptionRanking": lambda: al.cases.rank_options(draws=20),
    "YearBoard": years,
    "YearComparison": lambda: years().compare("chindea_2014"),
    "ValueSeries": lambda: al.cases.load("sinaloa-teo").value_series(),
    "Verification": lambda: al.verify(al.critical_discount(PD)),
    "Window": lambda: al.stability_windows(MODEL, 0.8)[0],
    "WindowBatch": lambda: al.stability_windows(MODEL, [0.5, 0.8], samples=101),
    "Witness": lambda: al.claims.SPONSOR_RESTRAINT.check(MODEL).witness,
}
EXAMPLES = {name: functools.cache(make) for name, make in EXAMPLES.items()}  # values, which many tables of tests may share
FAMILY = al.claims.alliance_family(decisiveness=2, enforcement=al.GivenPunishment())


def subclasses(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from subclasses(sub)


def test_every_result_has_an_example():
    known = {cls.__name__ for cls in subclasses(Result) if cls.__module__.startswith("alliances.")}
    assert known - EXAMPLES.keys() == {"Series", "DynamicValues", "EnclosedSets"}  # bases
    assert EXAMPLES.keys() <= known


WITHOUT_TABLE = {  # and why
    "MarkovAlliance": "its arrays are not of one shape",
    "MonitoredState": "its arrays are not of one shape",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_results_are_plain_data_text_and_perhaps_a_table(name):
    result = EXAMPLES[name]()
    assert type(result).__name__ == name
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert str(result)
    assert isinstance(result.message, str)
    pandas = pytest.importorskip("pandas")
    if name in WITHOUT_TABLE:
        with pytest.raises(TypeError, match=rf"^to_frame\(\): {name} has no table, because {WITHOUT_TABLE[name]}"):
            result.to_frame()
    else:
        frame = result.to_frame()
        assert isinstance(frame, pandas.DataFrame)
        assert len(frame)


@pytest.mark.slow
def test_plain_data_loses_no_digit():
    assert al.payoff_set(PD, F(3, 10)).to_dict()["vertices"][1] == ["39/4", "3"]
    assert al.switching_offer(PD, None, F(1, 20)).to_dict()["offer"] == "-inf"
    failed = al.claims.SPONSOR_RESTRAINT.falsify(al.claims.alliance_family(decisiveness=2)).to_dict()
    assert failed["check"]["status"] == "fails"


def test_what_a_result_does_by_default():
    @dataclasses.dataclass(frozen=True)
    class Toy(Result):
        value: F
        concept: object
        _hidden: int = 0

    toy = Toy(F(1, 3), al.NashReversion())
    assert toy.to_dict() == {"value": "1/3", "concept": repr(al.NashReversion())}
    assert str(toy) == toy.message == repr(toy)
    assert toy.to_frame().to_dict("records") == [{"value": F(1, 3), "concept": repr(al.NashReversion())}]
    for verb in (toy.plot, toy.verify, toy.to_xarray):
        with pytest.raises(TypeError, match="Toy"):
            verb()


def test_tables_in_text():
    assert aligned([["a", "b"], ["long", "1"], ["x", "22"]], left=1) == "a      b\nlong   1\nx     22"
    assert aligned([["a", ""], ["b", ""]], left=2) == "a\nb"
    items = "], ".join(f"[{k:030d}" for k in range(4)) + "]"
    wide = aligned([["name", "items"], ["a", items], ["b", "–"]], left=1, wrapped="], ")
    assert max(map(len, wide.splitlines())) <= 100
    assert [line[:4].strip() for line in wide.splitlines()] == ["name", "a", "", "b"]
    assert " ".join(" ".join(wide.split()[3:-2]).split()) == items
    assert aligned([["name", "items"], ["a", "[1], [2]"]], left=1, wrapped="], ") == "name     items\na     [1], [2]"
