"""Files of results that are wrong are refused by name; those of the first version stay readable."""

import copy
import datetime
import json
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest

import alliances as al
import alliances.testing
from alliances.saving.writing import LostError, Writer
from tests.saving_support import differences, python, wrote
from tests.support import PD_PROXY, PD_SPONSOR, saved_and_loaded
from tests.test_values import ALL

PD = al.StageGame(PD_SPONSOR, PD_PROXY)
PLACE = "tests.saving_support"


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
    "a newer version": (("version",), 2, r"version must be at most 1, .*; got 2, written by alliances 0[^ ]*: install a newer"),
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


@pytest.mark.sampled(8)
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


@pytest.mark.sampled(1)
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


@pytest.mark.slow
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
        "numbers": (F(1, 3), 2**64, float("inf"), np.uint64([0x7FF8000000000000]).view(np.float64), datetime.date(2010, 1, 31)),
    }


def test_a_file_of_the_first_version_stays_readable():
    """If this fails, an argument of a class has changed: count VERSION up and say how older files are read."""
    path = Path(__file__).parent / "saved" / "version_1.json"
    kept = al.load(path)
    case, today = kept.pop("case"), archive()
    del today["case"]  # its texts have been corrected since; the file keeps those it was written with
    assert differences(today, kept) == []
    assert case.sponsor.description.startswith("Mexican cartel, weakened by the arrest and the extradition")
    assert case.series
    assert case.options == ()
    assert {phase.coder for phase in case.phases} == {""}
    assert saved_and_loaded(case) == case
