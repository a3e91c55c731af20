"""Files: written beside the old one and put in its place at once; read whole or refused."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from alliances.saving.reading import NeededError, Reader
from alliances.saving.writing import LostError, Writer
from alliances.values import comparable
from alliances.values.tables import clip

__all__ = ["FORMAT", "VERSION", "load", "save"]

FORMAT = "alliances"
"""What a file says it is."""
VERSION = 1
"""The version of the format. It goes up when a class gains, loses or renames an argument; older files stay readable."""

_HEAD = ("format", "version", "written_by", "value")
_LINE = 110  # what fits on a line of a file is not broken
_on_a_line = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def save(result: Any, path: str | PathLike[str]) -> Path:
    """Write a result to a file, from which :func:`load` makes an equal one.

    The file is text (JSON), the same for the same result. It is written beside ``path`` first, read back and compared, and then
    put in place of what was there: if anything fails, the old file is as it was.

    Parameters
    ----------
    result
        A result, model, concept, claim or family, or a tuple, list or dictionary of them.
    path
        The file. What is there is replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    TypeError
        If a part cannot be saved: a function that is not defined at the top of a module, an object of a class that the library
        does not know. The error names the part.
    OSError
        If the file cannot be written, or its folder does not exist; the error names the file.

    Notes
    -----
    A function or class of your own is saved by its name; :func:`load` has to be given it.

    Examples
    --------
    >>> import tempfile
    >>> import alliances as al
    >>> threshold = al.defection_threshold(al.presets.chindea_2014(), discount=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = al.save(threshold, f"{folder}/threshold.json")
    ...     al.load(path) == threshold
    True
    """
    path = _path(path, "save")
    writer = Writer()
    try:
        value = writer.write(result)
        text = _text({"format": FORMAT, "version": VERSION, "written_by": _version(), "value": value})
        content = text.encode()
        again = Reader(writer.own).value(_parsed(content))
    except RecursionError:
        raise TypeError("save(): result must not be nested without end; got one that is too deep") from None
    except UnicodeEncodeError as error:
        raise TypeError(f"save(): result must hold texts that UTF-8 can write; got {error.object[error.start]!r}") from None
    except LostError as error:
        raise TypeError(f"save(): result{''.join(error.path)} {error.problem}") from None
    if type(again) is not type(result) or comparable(again) != comparable(result):
        raise TypeError(
            "save(): result must be equal to what its file says, and some part is equal to nothing but itself; frozen "
            f"dataclasses are equal by their fields; got {result!r}"
        )
    try:
        _put(content, path.resolve())
    except OSError as error:
        raise _refused(error, path) from None
    return path


def _refused(error: OSError, path: Path) -> OSError:
    """The same error, about the user's file in place of the one that was written beside it."""
    rule = "save(): path must be a file that can be written"
    if not path.resolve().parent.is_dir():
        rule = "save(): path must be in a folder that exists"
    return type(error)(error.errno, f"{rule} ({error.strerror or error}); got", str(path))


def _path(path: str | PathLike[str], function: str) -> Path:
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"{function}(): path must be text or a path; got {path!r}")
    return Path(path)


def load(path: str | PathLike[str], functions: Mapping[str, Callable[..., Any]] | None = None) -> Any:
    """Read what :func:`save` wrote.

    The value is made by its classes, whose checks run; no code of the file is run, and nothing is imported by a name in it.
    So a file of somebody else's may be read without trusting it.

    Parameters
    ----------
    path
        The file.
    functions
        The functions of your own that the file refers to, and classes that do not derive from the library's, by the names that
        it has for them, such as ``{"my_models.tribute": my_models.tribute}``. Classes that do are found once their module has
        been imported.

    Returns
    -------
    Any
        What was saved: equal, with the same hash, and of the same type; floats have the same bits.

    Raises
    ------
    ValueError
        If the file is no such file, is of a newer version, is damaged, holds a type or field that this version does not know,
        lacks one, or holds a value that its class refuses; or if it refers to a function or class that is not there. The error
        says which, and where in the file.
    TypeError
        If an argument is of the wrong type.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from fractions import Fraction
    >>> import alliances as al
    >>> stage = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     contracts = al.load(al.save(al.relational_contracts(stage), f"{folder}/contracts.json"))
    >>> contracts.steps[-1].discount, al.verify(contracts).ok
    (Fraction(1, 7), True)
    """
    if functions is not None and not (isinstance(functions, Mapping) and all(map(callable, functions.values()))):
        raise TypeError(f"load(): functions must map names to functions or classes; got {functions!r}")
    content = _path(path, "load").read_bytes()
    try:
        data = _parsed(content)
        _check_head(data)
        return Reader(functions or {}).value(data)
    except NeededError as error:
        raise ValueError(
            f"load(): functions must give {error.problem!r}, which {path} refers to ({''.join(error.path)}); import what it "
            f"names and pass functions={{{error.problem!r}: …}}, or, for a class that derives from the library's, "
            "import its module"
        ) from None
    except LostError as error:
        where = "".join(error.path).lstrip(".") or "the file"
        raise ValueError(f"load(): path must be a file that save() wrote; got {path}, where {where} {error.problem}") from error
    except RecursionError:
        raise ValueError(f"load(): path must be a file that save() wrote; got {path}, which is nested too deeply") from None


def _check_head(data: Any) -> None:
    """An error unless the file says that it is of this format, and of a version that is known."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise LostError(f'must say "format": "{FORMAT}"; what to_dict() of version 0.1 returned is read by from_dict()')
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise LostError(f"must be a whole number from 1 on; got {version!r}").inside(".version")
    if version > VERSION:
        raise LostError(
            f"must be at most {VERSION}, which this version of the library reads; got {version}, written by "
            f"{clip(str(data.get('written_by')), 40)}: install a newer version of alliances"
        ).inside(".version")
    for what, names in (("lacks", [n for n in _HEAD if n not in data]), ("has the unknown", set(data) - set(_HEAD))):
        if names:
            raise LostError(f"must have {', '.join(_HEAD)}, but {what} {sorted(names)[0]!r}")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise LostError(f"must be text in UTF-8: {error}") from None
    except ValueError as error:
        raise LostError(f"must be JSON, whole and unchanged: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError(f"a name occurs twice in {sorted(key for key, _ in pairs)}")
    return data


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number in JSON")


def _version() -> str:
    return f"alliances {sys.modules['alliances'].__version__}"


def _text(data: Any) -> str:
    """JSON with a line for each part that does not fit on one; the numbers of an array are on one line."""
    return _layout(data, "") + "\n"


def _layout(data: Any, indent: str) -> str:
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    if not parts or (isinstance(data, list) and not any(isinstance(part, (dict, list)) for part in parts)):
        return _on_a_line(data)
    inner = indent + " "
    parts = [_layout(part, inner) for part in parts]
    if isinstance(data, dict):
        parts = [f"{_on_a_line(key)}: {part}" for key, part in zip(data, parts, strict=True)]
    left, right = "{}" if isinstance(data, dict) else "[]"
    if sum(map(len, parts)) + 2 * len(parts) + len(indent) <= _LINE and not any("\n" in part for part in parts):
        return f"{left}{', '.join(parts)}{right}"
    return f"{left}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{right}"


def _put(content: bytes, path: Path) -> None:
    """Write ``content`` beside ``path``, whole and safely on the disk, and then put it there in one step."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
