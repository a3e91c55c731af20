"""Every result, model, concept and claim is read back from its file as it was; what cannot be saved is named."""

import copy
import datetime
import json
import os
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import alliances as al
import alliances.testing
from alliances.cases.scores.contenders import CONTENDERS
from alliances.saving import reading
from alliances.saving.names import known_classes, library_functions, name_of_class
from alliances.values import Value
from tests import saving_support
from tests.saving_support import Late, Lottery, Numbered, all_games, differences, python, sure_win, tribute, wrote
from tests.support import PD_PROXY, PD_SPONSOR, alliance_games, saved_and_loaded, stage_games
from tests.test_corruptions import EXAMPLES as CHECKED
from tests.test_corruptions import example_of
from tests.test_values import ALL, other_payoffs, payoffs

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
PLACE = "tests.saving_support"
OWN = {f"tests.test_values.{f.__name__}": f for f in (payoffs, other_payoffs)}
"""The functions of the user's own that the examples of other tests hold."""


# -- what is read is what was written ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_every_value_and_result_is_read_back_as_it_was(name, tmp_path):
    value = ALL[name]()
    path = al.save(value, tmp_path / "value.json")
    again = al.load(path, functions=OWN)
    assert again == value
    assert hash(again) == hash(value)
    assert differences(value, again) == []
    assert al.save(again, tmp_path / "again.json").read_bytes() == path.read_bytes()


LAMBDAS = {"falsification", "proof, refuted"}  # of families whose model is a lambda


@pytest.mark.sampled(9)
@pytest.mark.parametrize("name", sorted(CHECKED.keys() - LAMBDAS))
def test_what_is_read_back_passes_its_check(name):
    result = example_of(name).result
    again = saved_and_loaded(result)
    assert differences(result, again) == []
    assert al.verify(again) == al.verify(result)
    assert al.verify(again).ok


@pytest.mark.parametrize("name", sorted(LAMBDAS))
def test_results_about_a_lambda_say_which_part_it_is(name, tmp_path):
    with pytest.raises(
        TypeError, match=r"^save\(\): result\.family\.model must be a function that a module defines at its top"
    ):
        al.save(example_of(name).result, tmp_path / "result.json")


def test_a_proof_that_was_read_is_exported_as_before(tmp_path):
    family = al.claims.alliance_family(decisiveness=2, enforcement=al.GivenPunishment())
    proof = al.claims.ASYMMETRY.prove(family)
    again = saved_and_loaded(proof)
    assert again == proof
    files = [{path.name: path.read_text() for path in p.export(tmp_path / n)} for n, p in (("a", proof), ("b", again))]
    assert files[0] == files[1]
    assert len(files[0]) > 2


SCALARS = [
    0, -1, 2**53, 2**53 + 1, -(2**64), 10**700, -(10**5000), True, None, "δ ≥ 1/2", "$type", "",
    0.1, -0.0, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"),
    F(1, 3), F(-(10**700), 10**800 + 1), F(7), np.float64(0.1), np.float32(0.1), np.int8(-3), np.uint64(2**64 - 1),
    np.bool_(True), np.str_("text"), np.float64("nan"), np.float32("nan"), datetime.date(2010, 1, 31),
    datetime.datetime(2010, 1, 31, 12, 30, 1, 7),
    datetime.datetime(2010, 1, 31, tzinfo=datetime.timezone(datetime.timedelta(hours=-6))), np.datetime64("2010-01"),
    (), (1,), [1, [2]], ((1, [2]), {"a": (1,)}), {}, {(1, 2): [F(1, 2)], "$type": 1, 0.5: None}, frozenset({1, 2, 3}),
    al.Tullock, al.presets.chindea_2014,
]  # fmt: skip


@pytest.mark.parametrize("value", SCALARS, ids=lambda x: type(x).__name__)
def test_numbers_texts_dates_and_containers_keep_type_and_digits(value):
    assert differences(value, saved_and_loaded(value)) == []


NAN = np.array([0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001], dtype=np.uint64).view(np.float64)
ARRAYS = [
    NAN, np.array([0.1, -0.0, np.inf, -np.inf, 5e-324]), np.array(0.5), np.zeros((0, 3)), np.zeros((2, 0, 3), dtype=bool),
    np.arange(6, dtype=np.int32).reshape(2, 3).T, np.array([2**63 - 1, -(2**63)]), np.array([2**64 - 1], dtype=np.uint64),
    np.array([0.1, 65504], dtype=np.float16), np.array([[1 / 3]], dtype=np.float32), np.array(["", "δ*", "long text"]),
    np.array([F(1, 3), 2, np.inf, None, "a", (1, 2)], dtype=object), np.array([[F(1, 2)], [F(1, 3)]], dtype=object),
    np.array(["2010-01-31", "NaT"], dtype="datetime64[D]"), np.broadcast_to(np.array([0.1]), (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize("array", ARRAYS, ids=lambda x: f"{x.dtype}{x.shape}")
def test_arrays_keep_type_shape_and_every_bit(array):
    assert differences(array, saved_and_loaded(array)) == []


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.fractions(), st.floats(), st.text(st.characters(exclude_categories=["Cs"])),
    st.dates(), hnp.arrays(st.sampled_from([np.float64, np.int64, np.bool_]), hnp.array_shapes(max_side=3)),
)  # fmt: skip
keys = st.one_of(st.integers(), st.text("ab$"), st.tuples(st.integers(), st.text("ab")))
nested = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner), max_leaves=12
)


@pytest.mark.slow
@given(nested)
def test_whatever_is_nested_is_read_back(value):
    assert differences(value, saved_and_loaded(value)) == []


@pytest.mark.slow
@given(alliance_games(), st.sampled_from([F(0), F(1, 3), F(9, 10), 0.3]))
def test_random_models_and_their_critical_discounts(game, gap):
    result = al.critical_discount(game, al.Power.from_gap(gap))
    again = saved_and_loaded(result)
    assert differences(result, again) == []
    assert hash(again) == hash(result)
    assert differences(game, saved_and_loaded(game)) == []


@pytest.mark.slow
@given(stage_games())
def test_random_games_and_their_equilibria(stage):
    for result in (stage, stage.pure_nash(), stage.minmax(), al.relational_contracts(stage)):
        assert differences(result, saved_and_loaded(result)) == []


def test_several_results_in_one_file():
    several = {"contracts": al.relational_contracts(PD), "thresholds": [al.critical_discount(PD), None], 2010: (PD,)}
    again = saved_and_loaded(several)
    assert again == several
    assert [type(x) for x in again.values()] == [type(x) for x in several.values()]


def test_what_is_read_cannot_be_changed():
    again = saved_and_loaded(al.critical_discount(PD))
    with pytest.raises(ValueError, match="read-only"):
        again.stage.A[0, 0] = 1


# -- what is found without being listed --------------------------------------------------------------------------------


@pytest.mark.slow
def test_importing_the_library_defines_all_its_values():
    code = """
import importlib, pkgutil, alliances
from alliances.saving.names import classes, known_classes
known_classes("Conformance")
before = set(classes())
for module in pkgutil.walk_packages(alliances.__path__, "alliances."):
    importlib.import_module(module.name)
print(len(before), sorted(set(classes()) - before))
"""
    count, _, more = python(code).partition(" ")
    assert int(count) > 150
    assert more == "[]\n"


def test_names_of_classes_are_unique():
    found, left = [], [Value]
    while left:
        subs = left.pop().__subclasses__()
        left += subs
        found += [cls for cls in subs if cls.__module__.startswith("alliances.")]
    names = [name_of_class(cls) for cls in {*found}]
    assert sorted(names) == sorted(set(names))
    assert {"CriticalDiscount", "Proof", "StageGame", "Date", "Conformance"} <= set(names)


def test_every_contender_of_the_library_can_be_saved():
    for contender in CONTENDERS.values():
        assert saved_and_loaded(contender) == contender
    assert {"presets.chindea_2014", "contenders.morrow_1991", "contenders.break at parity"} <= library_functions().keys()


# -- what is the user's own --------------------------------------------------------------------------------------------


def test_a_function_of_ones_own_is_saved_by_name_and_given_to_load(tmp_path):
    threshold = al.defection_threshold(al.CustomGame(tribute), 0.5)
    data, path = wrote(threshold, tmp_path)
    assert data["value"]["game"]["payoffs"] == {"$type": "function", "name": f"{PLACE}.tribute"}
    assert al.load(path, functions={f"{PLACE}.tribute": tribute}) == threshold
    with pytest.raises(
        ValueError,
        match=rf"^load\(\): functions must give '{PLACE}\.tribute', which .*value\.json refers to \(value\.game\.payoffs\)",
    ):
        al.load(path)


def test_a_concept_of_ones_own_is_found_and_one_of_another_process_is_named(tmp_path):
    concept = Late(after=2)
    data, path = wrote(concept, tmp_path)
    assert al.load(path) == concept
    data["value"]["$type"] = "their_models.Later"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match=r"functions must give 'their_models\.Later'.* import its module"):
        al.load(path)


def test_a_class_that_derives_from_nothing_of_the_library_is_given_to_load(tmp_path):
    game = al.presets.chindea_2014(contest=Lottery(F(2, 3)))
    path = al.save(game, tmp_path / "game.json")
    with pytest.raises(ValueError, match=rf"^load\(\): functions must give '{PLACE}\.Lottery'.*\(value\.contest\)"):
        al.load(path)
    assert al.load(path, functions={f"{PLACE}.Lottery": Lottery}) == game


@pytest.mark.slow
def test_functions_where_the_library_takes_them(tmp_path):
    game = al.presets.chindea_2014(contest=sure_win)
    family = al.claims.Family(all_games, {"value": al.claims.Interval(1, 2)})
    own = {f"{PLACE}.{f.__name__}": f for f in (sure_win, all_games)}
    for value in (game, family, al.claims.ASYMMETRY.falsify(family, examples=3), al.OutsideOption(sure_win)):
        assert al.load(al.save(value, tmp_path / "value.json"), functions=own) == value


def nothing(power):
    return power


UNNAMED = {
    "a lambda in a model": (lambda: al.CustomGame(lambda power: tribute(power)), r"result\.payoffs must be a function that a"),
    "a lambda as a contest": (
        lambda: {"game": al.presets.chindea_2014(contest=lambda power: (1, 0))},
        r"result\['game'\]\.contest must be a function that a module defines at its top, .*with def in place of lambda",
    ),
    "a function within a function": (
        lambda: (1, al.CustomGame(copy.copy(_inside()))),
        r"result\[1\]\.payoffs must be a function",
    ),
    "a method": (
        lambda: [saving_support.Late().examples],
        r"result\[0\] must be a value that files can hold, and method is none",
    ),
    "an object": (lambda: object(), r"result must be a value that files can hold, and object is none; got <object"),
    "a class": (lambda: (dict,), r"result\[0\] must be a class of the library, .*; got <class 'dict'>"),
    "complex numbers": (
        lambda: np.array([1j]),
        r"result must be an array of numbers, texts, dates or objects; got .*complex128",
    ),
    "a symbol of its own": (
        lambda: al.Tullock(pytest.importorskip("sympy").Dummy("m")),
        r"result\.decisiveness must .*; got Dummy",
    ),
    "a model equal to itself alone": (lambda: Numbered(3), r"equal to nothing but itself; frozen dataclasses are equal"),
    "half a character": (lambda: "\ud800", r"result must hold texts that UTF-8 can write; got '\\ud800'"),
}


def _inside():
    def cells(power):
        return tribute(power)

    return cells


@pytest.mark.parametrize("name", UNNAMED)
def test_what_cannot_be_saved_is_named_and_the_old_file_is_left(name, tmp_path):
    make, words = UNNAMED[name]
    path = al.save(PD, tmp_path / "value.json")
    before = path.read_bytes()
    with pytest.raises(TypeError, match=rf"^save\(\): .*{words}"):
        al.save(make(), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["value.json"]


def test_endless_nesting_is_refused(tmp_path):
    endless = []
    endless.append(endless)
    with pytest.raises(TypeError, match=r"^save\(\): result must not be nested without end"):
        al.save(endless, tmp_path / "value.json")


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_if_writing_fails_the_old_file_is_whole(step, tmp_path, monkeypatch):
    path = al.save(PD, tmp_path / "value.json")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("pathlib.Path.replace" if step == "replace" else "os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        al.save(al.critical_discount(PD), path)
    assert al.load(path) == PD
    assert os.listdir(tmp_path) == ["value.json"]


def test_a_file_that_cannot_be_written_is_named_and_no_other(tmp_path):
    for path, error, words in (
        (tmp_path / "nodir" / "value.json", FileNotFoundError, "in a folder that exists"),
        (tmp_path, OSError, "a file that can be written"),
    ):
        with pytest.raises(error, match=rf"save\(\): path must be {words} \(.*\); got: ") as caught:
            al.save(PD, path)
        assert caught.value.filename == str(path)
        assert caught.value.errno
        assert ".tmp" not in str(caught.value)


def test_the_file_that_a_link_leads_to_is_replaced(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    al.save(PD, real)
    real.chmod(0o640)
    link.symlink_to(real)
    al.save(al.Tullock(2), link)
    assert link.is_symlink()
    assert al.load(real) == al.Tullock(2)
    assert real.stat().st_mode & 0o777 == 0o640


def test_files_say_what_they_are(tmp_path):
    data, _ = wrote(al.Tullock(F(3, 2)), tmp_path)
    assert data == {
        "format": "alliances",
        "version": 1,
        "written_by": f"alliances {al.__version__}",
        "value": {"$type": "Tullock", "decisiveness": {"$type": "fraction", "value": "3/2"}},
    }


def test_of_a_class_that_is_defined_again_the_last_is_made(tmp_path):
    """As in a notebook, whose cell is run again."""
    for periods in (1, 2):
        again = type("Again", (al.FinitePunishment,), {"__module__": "notebook", "__qualname__": "Again"})
        assert type(al.load(al.save(again(periods), tmp_path / "again.json"))) is again


def test_a_class_is_looked_up_once_for_a_file(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(reading, "known_classes", lambda name: asked.append(name) or known_classes(name))
    many = [al.Power(k + 1, 1) for k in range(40)]
    path = al.save(many, tmp_path / "many.json")  # which reads what it wrote
    assert asked == ["Power"]
    assert al.load(path) == many
    assert asked == ["Power", "Power"]
