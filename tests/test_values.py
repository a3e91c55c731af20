"""Models, concepts and results are values: read-only, copied from what a user passes, equal by their parts, with a hash.

Every public value class is found by machine and must have an example, here or among the results; so is every array in them.
"""

import copy
import dataclasses
import functools
import inspect
import pickle
import types
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances.repeated.arguments import repeated_game
from alliances.repeated.contracts.liquidity import levels
from alliances.repeated.enforcement.concept import terms
from alliances.repeated.enforcement.optimal_penal_code import critical_discount_opc
from alliances.results import Result
from alliances.values import ReadOnlyDict, Value, comparable, read_only
from tests.stochastic_reference import game_of, random_game, two_state_dilemma
from tests.test_results import EXAMPLES, MODULES, NOISY, PD, answers

GAPS = np.array([0.1, 0.5, 0.7])
BATCH = al.StageGame(np.array([[[9.0, 1.0], [10.0, 3.0]], [[9.0, 1.0], [12.0, 3.0]]]), [[9, 10], [1, 3]])
PROCESS = al.PowerProcess(step=0.5, reach=2, learning=(F(1, 4), 1), arrest=(F(1, 8), 2))
MOVES = np.full((2, 2, 2, 2), 0.5)
CHICKENS = al.StageGame(BATCH.A - 3 * np.array([[0, 0], [0, 1.0]]), BATCH.B - 3 * np.array([[0, 0], [0, 1]]))


def model(**parameters):
    return al.presets.chindea_2014(**parameters)


def payoffs(power):
    return [[(power.gap, 1), (0, 0)], [(0, 0), (0, 0)]]


def shifting(reconcile=F(1, 2)):
    walk = al.ConflictWalk.from_log_ratio(step=1, barrier=2, win=al.Tullock(1.0))
    return al.ShiftingDyad(model(), PROCESS, war=walk, reconcile=reconcile)


def stochastic(transitions, discount=None):
    return al.StochasticGame(BATCH, transitions, discount=discount, states=("poor", "rich"))


def other_payoffs(power):
    return [[(power.gap, 2), (0, 0)], [(0, 0), (0, 0)]]


def case(name="gulf-zetas"):
    return al.cases.load(name)


def spells(rows):
    return EXAMPLES["HazardFit"]().spells[np.arange(rows)]


VALUES = {  # two of each that differ, the first with arrays where it may hold them
    "Actor": (lambda: case().sponsor, lambda: case().proxy),
    "Aggregation": (lambda: al.Aggregation([1, 2]), lambda: al.Aggregation([1, 3])),
    "AllPay": (al.AllPay, None),
    "AllianceGame": (lambda: model(exposure=np.array([0.5, 0.8])), lambda: model(exposure=np.array([0.5, 0.9]))),
    "BetaPatience": (lambda: al.BetaPatience(18, 2), lambda: al.BetaPatience(9, 1)),
    "Choice": (lambda: al.claims.Choice(1, 2), lambda: al.claims.Choice(1, 3)),
    "CommonThreat": (lambda: al.CommonThreat([1.0, 2.0], 2), lambda: al.CommonThreat([1.0, 2.0], 3)),
    "Complementarity": (lambda: al.Complementarity([0.5, 0.6], 2), lambda: al.Complementarity([0.5, 0.6], 3)),
    "ConflictClaim": (lambda: al.claims.PROTRACTION, None),
    "ConflictWalk": (lambda: al.ConflictWalk(2, 8, al.Tullock([1, 2])), lambda: al.ConflictWalk(2, 8, al.Tullock([1, 3]))),
    "Constant": (al.estimation.Constant, lambda: al.estimation.Constant(risks="each side")),
    "ConstantSynergy": (lambda: al.ConstantSynergy([0.5]), lambda: al.ConstantSynergy([0.6])),
    "Cox": (lambda: al.estimation.Cox(["gap", "x"], splines=["x"]), lambda: al.estimation.Cox(["gap"])),
    "CustomGame": (lambda: al.CustomGame(payoffs), lambda: al.CustomGame(other_payoffs)),
    "Design": (lambda: al.Design({"gap": np.array([0.1, 0.5])}), lambda: al.Design({"gap": np.array([0.1, 0.6])})),
    "DiscountClaim": (lambda: al.claims.SPONSOR_RESTRAINT, lambda: al.claims.PROXY_RESTRAINT),
    "Equal": (al.Equal, None),
    "Family": (
        lambda: al.claims.Family(al.CustomGame, {"payoffs": [payoffs, other_payoffs]}),
        lambda: al.claims.Family(al.CustomGame, {"payoffs": [payoffs]}),
    ),
    "Event": (lambda: case().events[0], lambda: case().events[1]),
    "Fact": (lambda: case().facts()[0], lambda: case().facts()[1]),
    "FinitePunishment": (lambda: al.FinitePunishment(3), lambda: al.FinitePunishment(4)),
    "FreeParameter": (lambda: al.cases.FreeParameter("x"), lambda: al.cases.FreeParameter("y")),
    "Fragmentation": (
        lambda: al.Fragmentation(1, "proxy", [0.5, 0.5]),
        lambda: al.Fragmentation(1, "sponsor", [0.5, 0.5]),
    ),
    "Agreed": (lambda: al.Agreed([0.1, 0.2]), lambda: al.Agreed([0.1, 0.3])),
    "GradedGame": (lambda: al.cases.GradedGame("a", model()), lambda: al.cases.GradedGame("b", model())),
    "Grassroots": (lambda: al.Grassroots(1, 0.1), lambda: al.Grassroots(1, 0.2)),
    "InformationOperations": (lambda: al.InformationOperations(1, 0.1), lambda: al.InformationOperations(1, 0.1, 0.1)),
    "KineticPressure": (lambda: al.KineticPressure(1, (0.1, 0.2)), lambda: al.KineticPressure(1, 0.1)),
    "KingpinStrike": (lambda: al.KingpinStrike(1, 0.5), lambda: al.KingpinStrike(1, 0.5, blows=2)),
    "GamblersRuin": (lambda: al.GamblersRuin([0.5, 0.4]), lambda: al.GamblersRuin([0.5, 0.3])),
    "GivenPunishment": (
        lambda: al.GivenPunishment(al.ImperfectMonitoring([0.1, 0.2], 0.1)),
        lambda: al.GivenPunishment(al.ImperfectMonitoring([0.1, 0.3], 0.1)),
    ),
    "HazardDesign": (lambda: al.estimation.TimeOnly().design(spells(40)), lambda: al.estimation.Constant().design(spells(40))),
    "HazardModel": (
        lambda: al.estimation.HazardModel(model(), free={"stakes": (0.5, 2.0)}),
        lambda: al.estimation.HazardModel(model(), free={"stakes": (0.5, 3.0)}),
    ),
    "Hirshleifer": (lambda: al.Hirshleifer([1.0, 2.0]), lambda: al.Hirshleifer([1.0, 3.0])),
    "ImperfectMonitoring": (lambda: al.ImperfectMonitoring([0.1, 0.2], 0.1), lambda: al.ImperfectMonitoring([0.1, 0.3], 0.1)),
    "Interval": (lambda: al.claims.Interval(0, 1), lambda: al.claims.Interval(0, 2)),
    "Kernel": (lambda: PROCESS.chain(), lambda: PROCESS.chain(allied=False)),
    "Logit": (lambda: al.estimation.Logit(["gap"]), lambda: al.estimation.Logit(["gap"], baseline="log age")),
    "MovingGame": (lambda: al.cases.MovingGame("a", model()), lambda: al.cases.MovingGame("a", model(), al.Transfers())),
    "NashBargaining": (al.NashBargaining, None),
    "NashReversion": (al.NashReversion, lambda: al.NashReversion(mixed=True)),
    "OptimalPenalCode": (al.OptimalPenalCode, None),
    "Option": (lambda: case("us-mexico").options[0], lambda: case("us-mexico").options[1]),
    "Outcome": (lambda: case().outcome, lambda: al.cases.load("sinaloa-teo").outcome),
    "OutsideOption": (lambda: al.OutsideOption([1, 2]), lambda: al.OutsideOption([1, 3])),
    "Phase": (lambda: case().phases[0], lambda: case().phases[1]),
    "Power": (lambda: al.Power([1, 2], 1), lambda: al.Power([1, 3], 1)),
    "PowerProcess": (lambda: al.PowerProcess(learning=(0.1, 1)), lambda: al.PowerProcess(learning=(0.1, 2))),
    "Proportional": (al.Proportional, None),
    "PublicMonitoring": (
        lambda: al.PublicMonitoring.binary(PD, [[0.1, 0.6], [0.6, 0.9]]),
        lambda: al.PublicMonitoring.binary(PD, [[0.1, 0.6], [0.6, 0.8]]),
    ),
    "RivalOffer": (lambda: al.RivalOffer(model(), [1.0, 2.0]), lambda: al.RivalOffer(model(), [1.0, 3.0])),
    "ShiftingDyad": (shifting, lambda: shifting(F(1, 3))),
    "Spells": (lambda: spells(3), lambda: spells(4)),
    "StageGame": (lambda: al.StageGame(BATCH.A, BATCH.B), lambda: al.StageGame(BATCH.A, BATCH.B + 1)),
    "StochasticGame": (lambda: stochastic(MOVES), lambda: stochastic(MOVES, 0.5)),
    "ThirdParty": (lambda: al.cases.ThirdParty(name="a", text="", source=""), None),
    "TimeOnly": (al.estimation.TimeOnly, lambda: al.estimation.TimeOnly(risks="each side")),
    "Transfers": (al.Transfers, lambda: al.Transfers("optimal")),
    "Evaluation": (lambda: al.Evaluation("numpy", "small"), lambda: al.Evaluation("numba", "large")),
    "Tullock": (lambda: al.Tullock([1, 2]), lambda: al.Tullock([1, 3])),
    "UnimodalClaim": (
        lambda: al.claims.unimodal("a hump", along="gap", whose="dyad", peak=True),
        lambda: al.claims.unimodal("a valley", along="gap", whose="dyad", peak=False),
    ),
    "ComparisonClaim": (
        lambda: al.claims.never_above("payments help", than=al.NashReversion(), whose="dyad"),
        lambda: al.claims.never_above("payments help", than=al.FinitePunishment(2), whose="dyad"),
    ),
    "Wage": (lambda: al.Wage([0.1, 0.2]), lambda: al.Wage([0.1, 0.3])),
    "YearRule": (lambda: al.cases.YearRule("a", "gap"), lambda: al.cases.YearRule("a", "age")),
}

MORE = {  # results in batches, where they hold more arrays, and what is inside of them
    "a batch's pure equilibria": BATCH.pure_nash,
    "a batch's minmax": BATCH.minmax,
    "a batch's types": BATCH.ordinal_type,
    "mixed punishments of a batch": lambda: al.critical_discount(CHICKENS, enforcement=al.NashReversion(mixed=True)),
    "a batch of penal codes with payments": lambda: al.critical_discount(BATCH, enforcement=al.Transfers("optimal")),
    "a batch of optimal penal codes": lambda: al.critical_discount(BATCH, enforcement=al.OptimalPenalCode()),
    "penal codes": lambda: critical_discount_opc(PD, (0, 0)),
    "a batch of offers": lambda: al.keeping_payment(model(), al.Power.from_gap(GAPS), (0.5, GAPS), np.array([0.1, 0.2, 0.3])),
    "a batch of switching offers": lambda: al.switching_offer(model(), al.Power.from_gap(GAPS), 0.9),
    "a batch of regimes": lambda: al.regimes(model(), al.Power.from_gap(GAPS), 0.6),
    "a batch of identified sets": lambda: al.identified_discount(
        model(conflict_cost=np.array([[0.1], [0.2]])), al.Power.from_gap([0.9, 0.8, 0.6])
    ),
    "a batch of contracts": lambda: al.contract_values(BATCH, 0.5),
    "a batch of payments": lambda: al.payments(BATCH, 0.5, (0, 0)),
    "levels": lambda: levels(BATCH),
    "terms": lambda: terms(BATCH, (0, 0), al.NashReversion().punish(BATCH)),
    "an exact stochastic game": lambda: two_state_dilemma(),
    "states without equilibrium": lambda: game_of(random_game(np.random.default_rng(3))).solve(0.5),
    "a question of a forecast": lambda: EXAMPLES["BreakForecast"]().question,
    "a repeated game": lambda: repeated_game(model(), al.Power.from_gap(GAPS), None, "f"),
}

ALL = {**EXAMPLES, **{name: functools.cache(make) for name, make in ({n: p[0] for n, p in VALUES.items()} | MORE).items()}}


@functools.cache
def public_values():
    """Every class that users meet and whose objects are values: public ones, and dataclasses that public functions return."""
    public = [getattr(module, name) for module in MODULES for name in module.__all__]
    classes = {
        x if inspect.isclass(x) else type(x) for x in public if not isinstance(x, (types.ModuleType, types.FunctionType))
    }
    classes = {cls for cls in classes | answers() if cls.__module__.startswith("alliances") and not inspect.isabstract(cls)}
    return {cls for cls in classes if dataclasses.is_dataclass(cls) or issubclass(cls, Value)}


INSIDE = {  # what has no public name, is no model and no result, and is made anew whenever it is asked for
    "Answers", "Date", "Definition", "GameModel", "Incentives", "NaiveRule", "Optimum", "Part",
    "Punishment", "Query", "Seam", "Source", "StructuralRates",
}  # fmt: skip
BASES = {"Reversion", "Contender", "Policy"}


def test_every_public_value_has_an_example():
    names = {cls.__name__ for cls in public_values() if not issubclass(cls, Result)}
    assert names - INSIDE - BASES == VALUES.keys()
    assert {"CriticalDiscount", "Window", "Power", "Tullock", "StageGame"} <= {cls.__name__ for cls in public_values()}


def own(x):
    return type(x).__module__.split(".")[0] in ("alliances", "tests") and hasattr(x, "__dict__") and not inspect.isclass(x)


def walk(x, path, seen):
    """Everything that ``x`` consists of, what it has cached included, by the way to it."""
    if id(x) in seen or isinstance(x, (types.FunctionType, types.ModuleType)):
        return
    seen[id(x)] = x  # kept, or another object may get its number
    yield path, x
    if own(x):
        for name, part in vars(x).items():
            yield from walk(part, f"{path}.{name}", seen)
    elif isinstance(x, dict):
        for name, part in x.items():
            yield from walk(part, f"{path}[{name!r}]", seen)
    elif isinstance(x, (tuple, list)):
        for k, part in enumerate(x):
            yield from walk(part, f"{path}[{k}]", seen)


def ask_everything(x):
    """Evaluate all public properties, so that what is cached is there; the arrays among the answers, by name."""
    arrays = {}
    for name in (name for name in dir(type(x)) if not name.startswith("_")):
        if isinstance(inspect.getattr_static(type(x), name), (property, functools.cached_property)):
            try:
                answer = getattr(x, name)
            except (ValueError, TypeError):  # of a batch, or of an empty set, not everything can be asked
                continue
            for place, part in walk(answer, "", {}):
                if isinstance(part, np.ndarray):
                    arrays[name, place] = part
    return arrays


def test_the_search_sees_arrays_that_could_be_written_to():
    @dataclasses.dataclass(frozen=True)
    class Careless:
        numbers: object

    found = [path for path, part in walk((Careless({"a": (np.zeros(2),)}),), "x", {}) if isinstance(part, np.ndarray)]
    assert found == ["x[0].numbers['a'][0]"]


@pytest.mark.parametrize("name", ALL)
def test_no_part_of_a_value_can_be_changed(name):
    value = ALL[name].__wrapped__()  # that no other test has used
    things = [thing for _, thing in walk(value, name, {}) if own(thing)]
    answers = [(thing, ask_everything(thing)) for thing in things]
    for path, part in walk(value, name, {}):
        assert not isinstance(part, (list, set)), path
        if isinstance(part, dict):
            assert isinstance(part, ReadOnlyDict), path
        if isinstance(part, np.ndarray):
            view = part
            while isinstance(view, np.ndarray):
                assert not view.flags.writeable, path
                view = view.base
    for thing, arrays in answers:  # an answer that can be written to is a copy
        for (question, place), array in arrays.items():
            if array.flags.writeable and array.size:
                before = comparable(array.copy())
                array[...] = (
                    array.flat[0] if len(set(map(comparable, array.ravel().tolist()))) > 1 else np.zeros(1, array.dtype)[0]
                )
                again = dict(ask_everything(thing))[question, place]
                assert comparable(again) == before, f"{type(thing).__name__}.{question}{place}"


@pytest.mark.parametrize("name", ALL)
def test_values_are_equal_to_their_copies_which_are_read_only_too(name):
    value = ALL[name]()
    ask_everything(value)
    copies = {"copy": copy.copy(value), "deepcopy": copy.deepcopy(value)}
    if not any(isinstance(part, types.LambdaType) or part is np for _, part in everything(value)):
        copies["pickle"] = pickle.loads(pickle.dumps(value))
    for how, other in copies.items():
        assert type(other) is type(value)
        assert other == value, how
        assert (other != value) is False
        assert hash(other) == hash(value), how
        for path, part in walk(other, how, {}):
            if isinstance(part, np.ndarray):
                assert not part.flags.writeable, path
            assert type(part) is not dict, path


def everything(x, seen=None):
    """As :func:`walk`, functions included."""
    seen = {} if seen is None else seen
    if id(x) in seen:
        return
    seen[id(x)] = x
    yield "", x
    for part in vars(x).values() if own(x) else x.values() if isinstance(x, dict) else x if isinstance(x, tuple) else ():
        yield from everything(part, seen)


@pytest.mark.parametrize("name", VALUES)
def test_values_are_told_apart_by_their_parts(name):
    make, make_another = VALUES[name]
    assert make() == make()
    assert hash(make()) == hash(make())
    assert len({make(), make()}) == 1
    assert make() != object()
    assert make() != "another type"
    if make_another is not None:
        assert make() != make_another()


def test_exact_and_float_numbers_are_equal_as_python_has_it():
    assert al.Power(1, 2) == al.Power(1.0, 2.0)
    assert hash(al.Power([1, 2], 2)) == hash(al.Power([1.0, 2.0], 2.0))
    assert al.Tullock(F(1, 2)) == al.Tullock(0.5)
    assert al.Power([1, 2], 1) != al.Power([[1, 2]], 1)  # another shape
    assert al.NashReversion() != al.Transfers()  # another class with the same parts
    assert al.payoff_sets(PD, [0.1, 0.3]) == al.payoff_sets(PD, [0.1, 0.3])  # padded with nan
    assert al.StageGame([[1]], [[1]]) != al.StageGame([[1]], [[1]], actions=("ally",))


def test_what_users_pass_is_copied_and_left_to_them():
    theirs = {name: np.array(x) for name, x in {"p": [1.0, 2.0], "A": [[9.0, 1.0], [10.0, 3.0]], "win": [0.5, 0.5]}.items()}
    exact = np.array([F(1), F(2)], dtype=object)
    values = [
        al.Power(theirs["p"], 1.0), al.Tullock(theirs["p"]), al.StageGame(theirs["A"], theirs["A"]),
        al.GamblersRuin(theirs["win"]),
        al.Wage(theirs["p"]), al.OutsideOption(theirs["p"]), al.RivalOffer(model(), theirs["p"]), al.Power(exact, 1),
        al.PublicMonitoring.binary(al.StageGame([[1]], [[1]]), np.array([[0.5]])),
        al.Equilibrium(theirs["p"], theirs["p"], 1.0, 1.0, 0.0),
    ]  # fmt: skip
    before = [comparable(tuple(value._parts())) for value in values]
    for array in (*theirs.values(), exact):
        array[0] = array[1]  # still theirs to write to
    assert [comparable(tuple(value._parts())) for value in values] == before


def test_a_view_of_what_users_pass_is_a_copy_too():
    theirs = np.zeros(3)
    view = np.broadcast_to(theirs, (2, 3))
    ours = read_only(view)
    theirs[:] = 1.0
    assert ours.tolist() == [[0.0] * 3] * 2
    assert read_only(ours) is ours


def test_what_was_solved_stays_solved():
    """A cached mask that could be written to turned 1/7 into inf, for ever."""
    game = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    assert al.critical_discount(game).dyad == F(1, 7)
    for array in (game.pure_nash().mask, al.payoff_set(game, F(1, 2)).vertices, NOISY.signal_probabilities, game.A):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = True
    for array in (al.GamblersRuin([0.5, 0.5]).win, al.Power([1.0, 2.0], 1.0).sponsor, BATCH.payoff_range[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.25
    assert al.critical_discount(game).dyad == F(1, 7)
    with pytest.raises(AttributeError, match=r"StageGame: a game is a value, and A cannot be assigned to"):
        game.A = game.B
    with pytest.raises(AttributeError, match=r"StageGame: a game is a value, and A cannot be deleted"):
        del game.A


def test_what_a_copied_kernel_keeps_is_read_only():
    kernel = PROCESS.chain().to_float()
    assert not kernel.matrix.data.flags.writeable
    for other in (copy.deepcopy(kernel), pickle.loads(pickle.dumps(kernel))):
        with pytest.raises(ValueError, match="read-only"):
            other.matrix.data[0] = 0.5
        assert (other.matrix != kernel.matrix).nnz == 0


def test_dictionaries_of_results_are_read_only():
    states = al.relational_contracts(PD).strategy(F(1, 2)).states
    for change in (
        lambda: states.update(path=None),
        lambda: states.pop("path"),
        lambda: states.clear(),
        lambda: states.__setitem__("path", None),
        lambda: states.__delitem__("path"),
        lambda: states.setdefault("new", None),
        lambda: states.popitem(),
        lambda: states.__ior__({"path": None}),
    ):
        with pytest.raises(TypeError, match=r"read-only; dict\(\.\.\.\) makes a copy"):
            change()
    assert dict(states) == states
    assert hash(states) == hash(copy.deepcopy(states))


def test_a_class_of_the_users_own_is_equal_to_itself_only_unless_it_is_a_dataclass():
    class Tribute(al.DyadicGame):
        actions = ("ally", "fight")

        def cells(self, power):
            return payoffs(power)

    @dataclasses.dataclass(frozen=True)
    class Late(al.Reversion):
        mixed: bool = False
        after: int = 1

    tribute = Tribute()
    assert tribute == tribute
    assert tribute != Tribute()
    assert len({tribute, Tribute()}) == 2
    assert Late() == Late()
    assert Late() != Late(after=2)
