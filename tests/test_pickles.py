"""Every result goes to another process and back; a function that no other process can find is an error that says what to do."""

import copy
import pickle
import types
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import alliances as al
from alliances.claims.statement import Statement
from alliances.values import Value, found_by_name
from tests.saving_support import all_games, and_back, tribute
from tests.test_corruptions import EXAMPLES as CHECKED
from tests.test_corruptions import example_of
from tests.test_values import ALL


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as workers:
        yield workers


@pytest.mark.sampled(11)
@pytest.mark.parametrize("name", ALL)
def test_every_value_and_result_goes_through_a_process_pool(name, pool):
    value = ALL[name]()
    kind, text, again = pool.submit(and_back, value).result()
    assert kind == type(value).__name__
    if " at 0x" not in text:  # the texts of functions hold their address
        assert text == str(value)
    assert again == value
    assert hash(again) == hash(value)


@pytest.mark.parametrize("name", sorted(CHECKED.keys() - {"falsification", "proof, refuted"}))
def test_every_result_that_can_be_checked_is_checked_in_another_process(name, pool):
    result = example_of(name).result
    assert pool.submit(al.verify, result).result() == al.verify(result)


CLAIMS = [*al.claims.CLAIMS.values(), al.claims.PROTRACTION, al.claims.never_above("less", than=al.Transfers())]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claims_and_families_are_measured_in_a_pool(claim, pool):
    assert pickle.loads(pickle.dumps(claim)) == claim
    if isinstance(claim, al.claims.DiscountClaim) and claim.shape.line == "gap":
        family = al.claims.alliance_family(decisiveness=2)
        there = pool.submit(claim.measure, family, points=8, line_points=10).result()
        assert there == claim.measure(family, points=8, line_points=10)
        assert isinstance(there.claim, Statement)


def test_a_family_of_ones_own_goes_by_the_name_of_its_function(pool):
    family = al.claims.Family(all_games, {"value": al.claims.Interval(1, 2)})
    assert pool.submit(and_back, family).result()[2] == family
    assert pool.submit(and_back, al.CustomGame(tribute)).result()[2] == al.CustomGame(tribute)


def inside():
    def cells(power):
        return tribute(power)

    return cells


UNNAMED = {
    "model of Family": lambda: al.claims.Family(lambda value: all_games(value), {"value": [1, 2]}),
    "enforcement of Family": lambda: al.claims.Family(all_games, {"value": [1, 2]}, enforcement=lambda value: al.Transfers()),
    "payoffs of CustomGame": lambda: al.CustomGame(inside()),
    "contest of AllianceGame": lambda: al.presets.chindea_2014(contest=lambda power: (1, 0)),
}


@pytest.mark.parametrize("part", UNNAMED)
def test_a_function_without_a_name_is_an_error_that_says_what_to_do(part, pool):
    value = UNNAMED[part]()
    words = (
        rf"^pickle: {part} must be a function that a module defines at its top, .*: move it there, with def in place of lambda"
    )
    with pytest.raises(pickle.PicklingError, match=words):
        pickle.dumps(value)
    with pytest.raises(pickle.PicklingError, match=words):
        pool.submit(and_back, (1, value)).result()
    for again in (copy.copy(value), copy.deepcopy(value)):  # in this process it needs no name
        assert again == value
        assert again is not value


def test_picklers_that_write_functions_themselves_are_not_hindered():
    value = UNNAMED["payoffs of CustomGame"]()
    vendored = types.FunctionType(
        (lambda x: x.__getstate__()).__code__, {"__name__": "joblib.externals.cloudpickle.cloudpickle"}
    )
    assert vendored(value) == vars(value)
    dill = pytest.importorskip("dill")
    power = al.Power(3, 1)
    assert dill.loads(dill.dumps(value)).stage_game(power) == value.stage_game(power)


def test_functions_are_found_by_name():
    assert found_by_name(tribute)
    assert not found_by_name(inside())
    assert not found_by_name(lambda: None)
    assert not found_by_name(types.FunctionType(tribute.__code__, {}))  # of the name of another function


@pytest.mark.slow
def test_copies_of_what_refers_to_itself_end():
    class Node(Value):
        pass

    node = Node()
    node.__dict__["self"] = node
    again = copy.deepcopy(node)
    assert again is not node
    assert again.self is again
