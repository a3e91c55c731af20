"""Printing on consoles that know few characters: every result, on cp1252 and ASCII; what a text becomes there."""

import ast
import contextlib
import io
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import alliances as al
from alliances.printable import HANDLER, printable, printed
from alliances.results import Result
from tests.test_values import ALL

ENCODINGS = ("cp1252", "ascii")


def console(encoding):
    """Standard output in an encoding."""
    return contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding=encoding))


def written(stream):
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding)


@pytest.mark.sampled(13)
@pytest.mark.parametrize("name", list(ALL))
def test_everything_can_be_printed(name):
    value = ALL[name]()
    if type(value).__str__ is object.__str__:
        pytest.skip("no text of its own: shown by its repr")
    for encoding in ENCODINGS:
        with console(encoding) as stream:
            print(value)
            print(f"{value}")
        assert written(stream).strip()


def test_text_stays_unicode_where_the_console_can_show_it_and_message_does_everywhere():
    result = al.critical_discount(al.presets.chindea_2014(), al.Power.from_gap(0.5))
    pairs = al.datasets.cartel_municipalities().pairs()
    for encoding in ENCODINGS:
        with console(encoding):
            assert str(result).startswith("delta*: sponsor ")
            assert str(result).isascii()
            assert ("Juárez Cartel" in str(pairs)) == (encoding == "cp1252")  # which has á
            assert ("Juarez Cartel" in str(pairs)) == (encoding == "ascii")
            assert "Juárez Cartel" in pairs.message
    for stream in (io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO(), None):
        with contextlib.redirect_stdout(stream):
            assert str(result).startswith("δ*: sponsor ")


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", list(ALL))
def test_what_is_stored_does_not_depend_on_the_console(name):
    value = ALL[name]()
    if not isinstance(value, Result):
        pytest.skip("no result")
    expected = value.message, value.to_dict()
    with console("ascii"):
        assert (value.message, value.to_dict()) == expected


@pytest.mark.slow
def test_statements_of_proofs_do_not_depend_on_the_console():
    proof = al.claims.SPONSOR_RESTRAINT.prove(al.claims.alliance_family(decisiveness=2))
    expected = proof.statement()
    assert "γ" in expected
    with console("ascii"):
        assert proof.statement() == expected


def columns(text):
    """Columns of tables: runs of lines with as many cells each, two or more, where the cells of a column begin or end alike."""
    places = [[(m.start(), m.end()) for m in re.finditer(r"\S+(?: \S+)*", line)] for line in text.split("\n")]
    runs = [(first, list(run)) for first, run in itertools.groupby(range(len(places)), lambda k: len(places[k]))]
    return {
        (run[0], len(run), column): (
            len({places[k][column][0] for k in run}) == 1,
            len({places[k][column][1] for k in run}) == 1,
        )
        for count, run in runs
        if count > 1 and len(run) > 1
        for column in range(count)
    }


@pytest.mark.sampled(13)
@pytest.mark.parametrize("name", list(ALL))
def test_what_is_aligned_stays_aligned(name):
    value = ALL[name]()
    for text in (str, repr):
        usual = columns(text(value))
        for encoding in ENCODINGS:
            with console(encoding):
                there = columns(text(value))
            assert usual.keys() == there.keys()
            for column, (left, right) in usual.items():
                assert (left and there[column][0]) or (right and there[column][1]) or not (left or right), (encoding, column)


@pytest.mark.slow
def test_headers_stand_over_their_columns_on_any_console():
    """Two tables with Greek headers: each δ* becomes delta*, and the numbers below move with it."""
    game = al.presets.chindea_2014()
    predicted = al.cases.load("gulf-zetas").power_series().predict_break(game, 0.8)
    compared = al.compare_enforcement(game, al.Power.from_gap(0.5), discount=0.8)
    for encoding in ENCODINGS:
        with console(encoding):
            dates, concepts = str(predicted).splitlines()[-9:], str(compared).splitlines()
            stored = predicted.to_dict(), compared.to_dict()
        assert dates[0].split() == ["date", "gap", "delta_S*", "delta_P*", "alliance"]
        assert [re.search(r"(inf|0\.\d+) +(?:inf|0\.\d+) +(?:can|both|sponsor|proxy) ", line).end(1) for line in dates[1:]] == [
            dates[0].index("delta_S*") + len("delta_S*")
        ] * 8
        end = concepts[0].index("delta_P*") + len("delta_P*")
        assert all(line[end - 5 : end + 1].strip().replace("inf", "1.0").startswith(("0.", "1.0")) for line in concepts[1:3])
        assert max(map(len, concepts)) <= 100
        assert stored == (predicted.to_dict(), compared.to_dict())


def test_what_an_encoding_knows_is_left_alone():
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding=name) for name in ("cp1252", "ascii", "iso8859-7", "utf-16")}
    text = "Beltrán ± ½, δ* − 1"
    assert printable(text, streams["cp1252"]) == "Beltrán ± ½, delta* - 1"
    assert printable(text, streams["ascii"]) == "Beltran +/- 1/2, delta* - 1"
    assert printable(text, streams["iso8859-7"]) == "Beltran ± ½, δ* - 1"  # Greek
    assert printable(text, streams["utf-16"]) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("γ ∈ [−½, ∞)", "gamma in [-1/2, inf)"),
        ("λ Λ Ω µ", "lambda Lambda Omega mu"),
        ("10⁻⁹ ≤ x₂ + x²", "10^-9 <= x2 + x^2"),
        ("Ibáñez Pérez – “Jalisco” → CJNG", 'Ibanez Perez - "Jalisco" -> CJNG'),
        ("樹", "\\u6a39"),
    ],
)
def test_transliteration(text, expected):
    assert text.encode("ascii", errors=HANDLER).decode("ascii") == expected


def test_every_sign_that_the_library_writes_has_a_name_of_its_own():
    """A character of the sources that no rule covers would come out as a number."""
    root = Path(al.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for kind in ("py", "toml") for path in root.rglob(f"*.{kind}"))
    unnamed = sorted(c for c in set(text) if "\\u" in c.encode("ascii", errors=HANDLER).decode("ascii"))
    assert unnamed == []


def test_only_encoding_has_such_errors():
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", errors=HANDLER)


def test_a_stream_without_a_real_encoding_is_left_alone():
    class Odd(io.StringIO):
        encoding = "no such encoding"

    assert printable("δ", Odd()) == "δ"


def test_an_inherited_text_is_wrapped_once():
    text = type(al.critical_discount(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]))).__str__
    assert printed(text) is text


def test_importing_leaves_the_streams_alone():
    code = (
        "import sys; before = [(s, s.encoding, s.errors) for s in (sys.stdout, sys.stderr)];"
        "import alliances; assert before == [(s, s.encoding, s.errors) for s in (sys.stdout, sys.stderr)]"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    )


@pytest.mark.sampled(1)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_users_script_on_such_a_console(encoding):
    code = (
        "import alliances as al; game = al.presets.chindea_2014()\n"
        "print(al.critical_discount(game, al.Power.from_gap(0.5)))\n"
        "print(al.cases.load('sinaloa-juarez'))\n"
        "print(al.identified_discount(game, al.Power.from_gap([0.9, 0.8, 0.6])))\n"
        "import sys; sys.stdout.reconfigure(errors='alliances'); print('my own δ')"
    )
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode(encoding)
    assert text.startswith("delta*: sponsor ")
    assert text.split()[-3:] == ["my", "own", "delta"]


def plain(text):
    """Whether code has no letter that cp1252 does not know, in itself or as an escape."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return not re.search(r"\\[uUN0-9x]", text)


@pytest.mark.slow
def test_errors_can_be_printed_on_any_console():
    """Whoever prints an exception prints a plain text, which no rule of the library's can help."""
    root = Path(al.__file__).parent
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if plain(text):  # a text of the file cannot be less so than the file
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Raise):
                texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                "".join(texts).encode("cp1252")
