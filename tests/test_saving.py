"""Every result, model, concept and claim is read back from its file as it was, and files that are wrong are refused by name."""

import copy
import datetime
import json
import os
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import alliances as al
import alliances.testing
from alliances.cases.scores.contenders import CONTENDERS
from alliances.saving.names import library_functions, name_of_class
from alliances.saving.writing import LostError, Writer
from alliances.values import Value
from tests import saving_support
from tests.saving_support import Late, Lottery, Numbered, all_games, differences, sure_win, tribute
from tests.support import PD_PROXY, PD_SPONSOR, alliance_games, saved_and_loaded, stage_games
from tests.test_corruptions import EXAMPLES as CHECKED
from tests.test_values import ALL, other_payoffs, payoffs

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
PLACE = "tests.saving_support"
OWN = {f"tests.test_values.{f.__name__}": f for f in (payoffs, other_payoffs)}
"""The functions of the user's own that the examples of other tests hold."""


def python(code):
    """What another process prints."""
    return subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True).stdout


def wrote(value, folder):
    """A value's file as JSON, and where it is."""
    path = al.save(value, folder / "value.json")
    return json.loads(path.read_text(encoding="utf-8")), path


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


@pytest.mark.parametrize("name", sorted(CHECKED.keys() - LAMBDAS))
def test_what_is_read_back_passes_its_check(name):
    result = CHECKED[name].result
    again = saved_and_loaded(result)
    assert differences(result, again) == []
    assert al.verify(again) == al.verify(result)
    assert al.verify(again).ok


@pytest.mark.parametrize("name", sorted(LAMBDAS))
def test_results_about_a_lambda_say_which_part_it_is(name, tmp_path):
    with pytest.raises(
        TypeError, match=r"^save\(\): result\.family\.model must be a function that a module defines at its top"
    ):
        al.save(CHECKED[name].result, tmp_path / "result.json")


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


@given(nested)
def test_whatever_is_nested_is_read_back(value):
    assert differences(value, saved_and_loaded(value)) == []


@given(alliance_games(), st.sampled_from([F(0), F(1, 3), F(9, 10), 0.3]))
def test_random_models_and_their_critical_discounts(game, gap):
    result = al.critical_discount(game, al.Power.from_gap(gap))
    again = saved_and_loaded(result)
    assert differences(result, again) == []
    assert hash(again) == hash(result)
    assert differences(game, saved_and_loaded(game)) == []


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
    "a symbol": (lambda: al.Tullock(pytest.importorskip("sympy").Symbol("m")), r"result\.decisiveness must be a value"),
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


THRESHOLD = {"DefectionThreshold": lambda: al.defection_threshold(al.presets.chindea_2014(), 0.5)}


def changed(data, where, what):
    """The file's JSON with one part replaced, or dropped if ``what`` is None."""
    data, place = copy.deepcopy(data), None
    place = data
    for step in where[:-1]:
        place = place[step]
    if what is None:
        del place[where[-1]]
    else:
        place[where[-1]] = what
    return data


FILE = r"^load\(\): path must be a file that save\(\) wrote; got .*value\.json, where "
WRONG = {
    "another format": (("format",), "other", r'the file must say "format": "alliances"; what to_dict\(\) of version 0\.1'),
    "a newer version": (("version",), 2, r"version must be at most 1; got 2, of alliances .*pip install --upgrade alliances"),
    "no version": (("version",), None, r"version must be a whole number from 1 on; got None"),
    "a version in words": (("version",), "1", r"version must be a whole number from 1 on; got '1'"),
    "an unknown field of the file": (("more",), 1, r"the file must have format, .*, but has the unknown 'more'"),
    "no value": (("value",), None, r"the file must have format, version, written_by, value, but lacks 'value'"),
    "an unknown type": (("value", "$type"), "Thresholds", r"value must be of a type that this version knows .*the type 'Thr"),
    "no type": (("value", "$type"), None, r"value must say by '\$type' what it is; got "),
    "an unknown field": (("value", "colour"), "red", r"value must have the fields of DefectionThreshold .*unknown 'colour'"),
    "a missing field": (("value", "windows"), None, r"value must have the fields of DefectionThreshold .*lacks 'windows'"),
    "a label that there is not": (("value", "status"), "stable", r"value\.status must be 'threshold' or .*; got 'stable'"),
    "a text for a number": (("value", "samples"), "many", r"value\.samples must be int; got 'many'"),
    "a number for an object": (("value", "enforcement"), 3, r"value\.enforcement must be Enforcement; got 3"),
    "a number for a tuple": (("value", "windows"), 3, r"value\.windows must be a tuple; got 3"),
    "a part of another class": (
        ("value", "windows", 0), {"$type": "Tullock", "decisiveness": 1}, r"value\.windows must be a tuple; got \(Tullock"
    ),
    "what its class refuses": (
        ("value", "game", "contest", "decisiveness"), -1.0,
        r"value\.game\.contest must be a Tullock, which its class refuses to make: ValueError: Tullock\(\): decisiveness must",
    ),
    "a type that is no text": (("value", "$type"), 3, r"value must say by '\$type' what it is"),
    "a fraction that is none": (
        ("value", "game", "exposure"), {"$type": "fraction", "value": "1/0"}, r"value\.game\.exposure\.value must be a fraction"
    ),
    "a fraction in words": (
        ("value", "game", "exposure"), {"$type": "fraction", "value": "exit()/1"}, r"value\.game\.exposure\.value must be an"
    ),
    "a float that is none": (("value", "gap"), {"$type": "float", "value": "1e3"}, r"value\.gap\.value must be 'inf', '-inf'"),
    "a date that is none": (("value", "gap"), {"$type": "date", "value": "2010-13"}, r"value\.gap\.value must be a date, as"),
    "a function of Python's": (("value", "gap"), {"$type": "function", "name": "os.getcwd"}, ""),
    "a class of Python's": (("value", "gap"), {"$type": "subprocess.Popen", "args": "true"}, ""),
    "a class by name": (("value", "gap"), {"$type": "class", "name": "os.PathLike"}, ""),
    "another method": (
        ("value", "gap"), {"$type": "method", "name": "check", "of": None}, r"value\.gap\.name must be one of problem; got"
    ),
    "a method of nothing": (
        ("value", "gap"), {"$type": "method", "name": "problem", "of": 1}, r"value\.gap\.of must be a Claim; got 1"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_file_is_named(name, tmp_path):
    where, what, words = WRONG[name]
    data, path = wrote(THRESHOLD["DefectionThreshold"](), tmp_path)
    path.write_text(json.dumps(changed(data, where, what)), encoding="utf-8")
    needed = r"^load\(\): functions must give '(os\.getcwd|subprocess\.Popen|os\.PathLike)', which .*\(value\.gap\)"
    with pytest.raises(ValueError, match=FILE + words if words else needed):
        al.load(path)


BAD_ARRAYS = {
    "too few elements": ({"data": [1.0]}, r"value\.data must be 2 elements, as the shape \[2\] says; got 1"),
    "a shape below zero": ({"shape": [-1]}, r"value\.shape must be a list of sizes; got \[-1\]"),
    "an unknown dtype": ({"dtype": "complex128"}, r"value\.dtype must be a type that files hold; got 'complex128'"),
    "a text among floats": ({"data": [1.0, "one"]}, r"value\[1\]\.value must be 'inf', '-inf' or 'nan'; got 'one'"),
    "a truth among floats": ({"data": [1.0, True]}, r"value must have elements of the dtype float64; got True"),
    "an integer that does not fit": ({"dtype": "int8", "data": [1, 300]}, r"value must have elements of the dtype int8"),
    "a float among integers": ({"dtype": "int64", "data": [1, 0.5]}, r"value must have elements of the dtype int64; got 0\.5"),
    "a number among truths": ({"dtype": "bool", "data": [True, 1]}, r"value must have elements of the dtype bool; got 1"),
    "a text that is longer": ({"dtype": "U1", "data": ["a", "bc"]}, r"value must have elements of the dtype U1; a text is"),
    "a huge shape of nothing": ({"shape": [0, 10**30], "data": []}, r"value must have elements of the dtype float64"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_what_is_wrong_with_an_array_is_named(name, tmp_path):
    change, words = BAD_ARRAYS[name]
    data, path = wrote(np.array([1.0, 2.0]), tmp_path)
    path.write_text(json.dumps({**data, "value": {**data["value"], **change}}), encoding="utf-8")
    with pytest.raises(ValueError, match=FILE + words):
        al.load(path)


DAMAGED = {
    "cut off": (lambda text: text[: len(text) // 2], "the file must be JSON, whole and unchanged"),
    "empty": (lambda text: "", "the file must be JSON, whole and unchanged"),
    "a list": (lambda text: "[]", r'the file must say "format": "alliances"'),
    "a name twice": (lambda text: text.replace('"version"', '"format"'), "a name occurs twice"),
    "NaN as a number": (lambda text: text.replace('"periods": 2', '"periods": NaN'), "NaN is no number in JSON"),
    "nested without end": (
        lambda text: text.replace('"periods": 2', '"periods": ' + "[" * 10**5),
        "nested too deeply",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_are_refused(name, tmp_path):
    change, words = DAMAGED[name]
    path = al.save(al.FinitePunishment(2), tmp_path / "value.json")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^load\(\): path must be a file that save\(\) wrote.*{words}"):
        al.load(path)


def test_other_bytes_are_refused(tmp_path):
    path = tmp_path / "value.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="the file must be text in UTF-8"):
        al.load(path)
    with pytest.raises(FileNotFoundError):
        al.load(tmp_path / "none.json")
    with pytest.raises(TypeError, match=r"^load\(\): functions must map names to functions or classes; got \[1\]"):
        al.load(path, functions=[1])


def places(data, where=()):
    """The way to every part of a file."""
    yield where
    for step in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from places(data[step], (*where, step))


@pytest.mark.parametrize("name", ["CriticalDiscount", "StochasticPayoffSets", "Falsification", "Case"])
def test_whatever_part_is_replaced_the_file_is_read_or_refused(name, tmp_path):
    """Never another exception, and never a value whose class did not make it."""
    data, path = wrote(ALL[name](), tmp_path)
    rng = np.random.default_rng(1)
    ways = [where for where in places(data) if where]
    refusals = []
    for k in rng.choice(len(ways), 60):
        for what in (None, 7, "x", [], {"$type": "list", "items": []}):
            path.write_text(json.dumps(changed(data, ways[k], what)), encoding="utf-8")
            try:
                al.load(path)
            except ValueError as error:
                refusals.append(str(error))
    assert len(refusals) > 60
    assert [text for text in refusals if not text.startswith("load(): ")] == []


def test_a_corrupted_file_makes_no_result_that_its_class_refuses(tmp_path):
    data, path = wrote(al.verify(al.critical_discount(PD)), tmp_path)
    path.write_text(json.dumps(changed(data, ("value", "checks"), 0)), encoding="utf-8")
    with pytest.raises(ValueError, match=r"ok must be False where nothing was checked"):
        al.load(path)


def test_a_writer_names_the_part():
    with pytest.raises(LostError) as error:
        Writer().write({"a": [(1, object())]})
    assert error.value.path == ["['a']", "[0]", "[1]"]


def test_conformance_is_read_in_a_process_that_has_not_used_testing(tmp_path):
    path = al.save(alliances.testing.check_contest(al.Tullock(2), examples=5), tmp_path / "value.json")
    code = f"import alliances as al; print(al.load({str(path)!r}).ok)"
    assert python(code) == "True\n"


KERNELS = {
    "a list that leads nowhere": (("next", "data", 0), 7, "must be a kernel whose lists lead to its states"),
    "lists out of order": (("start", "data", 1), 6, "must be a kernel whose lists lead to its states"),
    "lists that end too early": (("start", "data", -1), 9, "must be a kernel whose lists lead to its states"),
    "other states": (("states",), 3, "must be a kernel of 8 profiles and 2 states; got one of 8 and 3"),
    "places that are no integers": (("next", "dtype"), "float64", "must be a kernel of 8 profiles and 2 states"),
    "a sum above one": (("probability", "data", 0), 0.75, "transitions of a profile must sum to 1; got"),
    "a chance below zero": (("probability", "data", 0), -0.5, "transitions must be probabilities, at least 0; got -0.5"),
    "a chance that is no number": (("probability", "data", 0), "nan", "transitions must be finite"),
}


@pytest.mark.parametrize("name", KERNELS)
def test_a_file_makes_no_game_whose_moves_are_wrong(name, tmp_path):
    where, what, words = KERNELS[name]
    data, path = wrote(ALL["StochasticGame"](), tmp_path)
    path.write_text(json.dumps(changed(data, ("value", "transitions", *where), what)), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"a StochasticGame, which its class refuses to make: .*{words}"):
        al.load(path)


def test_floats_of_a_stochastic_game_are_not_divided_by_their_sums_again():
    thirds = np.array([[[[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]], [[1 / 3, 1 / 3, 1 / 3], [0.6, 0.3, 0.1]]]] * 3)
    game = al.StochasticGame([PD] * 3, thirds)
    assert saved_and_loaded(game).kernel.probability.tobytes() == game.kernel.probability.tobytes()
    assert al.StochasticGame(game.stages, game.kernel) == game


def archive():
    """What ``tests/saved/version_1.json`` holds; made by ``al.save(archive(), path)``."""
    family = al.claims.alliance_family(decisiveness=2)
    return {
        "contracts": al.relational_contracts(PD),
        "penal codes": al.critical_discount(PD, enforcement=al.Transfers("optimal")),
        "family": family,
        "check": al.claims.ASYMMETRY.check(al.presets.chindea_2014(), gaps=[0, F(1, 2)]),
        "case": al.cases.load("gulf-zetas"),
        "numbers": (F(1, 3), 2**64, float("inf"), NAN[:1], datetime.date(2010, 1, 31)),
    }


def test_a_file_of_the_first_version_stays_readable():
    """If this fails, an argument of a class has changed: count VERSION up and say how older files are read."""
    path = Path(__file__).parent / "saved" / "version_1.json"
    assert differences(archive(), al.load(path)) == []
