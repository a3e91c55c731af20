"""What ``to_dict`` of version 0.1 returned, and people wrote to JSON files: read back where it says all.

Version 0.1 could write plain types only, by ``to_dict()``, and read nothing of it. Some of these dictionaries hold all of the
result (:data:`READ`); of others a part is missing, such as the game (:data:`LACKING`), and the error says which. The rest of
what 0.1 wrote are case files, which :func:`alliances.cases.load` reads.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from math import nan
from typing import Any

import numpy as np

from alliances.arithmetic import to_float
from alliances.cases.files.dates import Date
from alliances.cases.files.loader import parse
from alliances.cases.files.series import PowerSeries, ValueSeries
from alliances.cases.scores.contenders import CONTENDERS
from alliances.cases.scores.scoreboard import CasePrediction, Fit, Scoreboard
from alliances.cases.selection import CaseTable
from alliances.claims.checking import Check, Witness
from alliances.claims.proofs.outcomes import Counterexample
from alliances.claims.protraction import PROTRACTION
from alliances.dynamics.wars.conflict import ConflictWalk
from alliances.dynamics.wars.duration import ConflictDuration, conflict_duration
from alliances.games.stage_game import StageGame
from alliances.payoffs.contest import AllPay, Hirshleifer, Tullock
from alliances.power import Power
from alliances.repeated.contracts.liquidity import levels
from alliances.repeated.contracts.payments import Payments
from alliances.repeated.contracts.relational import ContractStep, RelationalContracts
from alliances.repeated.enforcement.concept import Enforcement
from alliances.saving.names import classes, known_classes
from alliances.saving.reading import made
from alliances.saving.writing import LostError
from alliances.values.tables import clip

__all__ = ["from_dict"]


def from_dict(data: Mapping[str, Any], kind: type | None = None) -> Any:
    r"""The result of which ``to_dict()`` of version 0.1 returned ``data``.

    For results of this version, :func:`alliances.save` and :func:`alliances.load` do that, and keep all of them: what
    ``to_dict()`` returns now is for other programs.

    Parameters
    ----------
    data
        What ``to_dict()`` returned, or ``json.load`` made of its file.
    kind
        The class of the result, which the dictionary does not say: :class:`alliances.StageGame`, :class:`alliances.Payments`,
        :class:`alliances.RelationalContracts`, :class:`alliances.ConflictDuration`;
        :class:`Case`, :class:`CaseTable`, :class:`PowerSeries`, :class:`ValueSeries` and :class:`Scoreboard` of
        :mod:`alliances.cases`; :class:`Check`, :class:`Witness` and :class:`Counterexample` of :mod:`alliances.claims`;
        :class:`alliances.testing.Conformance`.

    Raises
    ------
    TypeError
        If ``kind`` is missing or another class; the error says what its dictionaries lack. So it is with
        :class:`CriticalDiscount`, :class:`DefectionThreshold`, :class:`IdentifiedDiscount`, :class:`SwitchingOffer`,
        :class:`KeepingPayment`, :class:`PayoffSet`, :class:`PatientPayoffSet` and :class:`MonitoredContracts` of
        :mod:`alliances`, and with :class:`Proof`, :class:`Falsification` and :class:`Measurement` of :mod:`alliances.claims`:
        version 0.1 did not write the game or the family, and none can be guessed from numbers.
    ValueError
        If a field is missing, unknown or wrong.

    Notes
    -----
    A check of version 0.1 does not say which model it was about, so that :func:`alliances.verify` has nothing to ask again.
    Wars are read with powers that sum to 1, because 0.1 wrote their gaps alone, and computed again: where a contest depends on
    the unit of power, so that the numbers are others, they are refused.

    Examples
    --------
    >>> import alliances as al
    >>> al.from_dict({"A": [["9", "1/2"]], "B": [["9", "10"]], "actions": [["ally"], ["ally", "fight"]]}, al.StageGame)
    StageGame 1×2, exact; * best reply
    sponsor \ proxy   ally      fight
    ally             9*, 9  1/2*, 10*
    """
    name = getattr(kind, "__name__", repr(kind))
    if name in LACKING and kind is classes().get(name):
        lacking, again = LACKING[name]
        raise TypeError(
            f"from_dict(): kind must be a class whose to_dict() held all in version 0.1; got {name}, without {lacking}: {again}"
            f". {_NOW}"
        )
    if name not in READ or kind is not known_classes(name).get(name):
        got = "none" if kind is None else repr(kind)
        raise TypeError(
            f"from_dict(): kind must be one of {', '.join(READ)}, whose to_dict() held all in version 0.1 "
            f"(that of {', '.join(LACKING)} did not); got {got}. {_NOW}"
        )
    if not isinstance(data, Mapping):
        raise TypeError(f"from_dict(): data must be a dictionary; got {data!r}")
    names, read = READ[name]
    if names:
        _check_names(name, data, names)
    try:
        return read(data)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        if str(error).startswith("from_dict(): "):
            raise
        raise ValueError(
            f"from_dict(): data must be what to_dict() of a {name} returned; got {type(error).__name__}: {error}"
        ) from error


def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def _check_names(name: str, data: Mapping[str, Any], names: Sequence[str]) -> None:
    for what, wrong in (("lacks", [n for n in names if n not in data]), ("has the unknown", set(data) - set(names))):
        if wrong:
            raise ValueError(
                f"from_dict(): data must have the fields that {name}.to_dict() wrote in version 0.1 ({', '.join(names)}), but "
                f"{what} {sorted(wrong)[0]!r}. {_NOW}"
            )


def _made(cls: type, **arguments: Any) -> Any:
    """The object that a class makes of them, checked as those of a file are."""
    try:
        return made(cls, arguments)
    except LostError as error:
        raise ValueError(f"from_dict(): data must be of a {cls.__name__}; {''.join(error.path)} {error.problem}") from error


def _number(x: Any) -> Any:
    """A number, or an array of them: 0.1 wrote Fractions, infinities and nan as text."""
    if isinstance(x, list):
        numbers = [_number(part) for part in x]
        exact = any(isinstance(part, Fraction) for part in numbers)
        return np.array(numbers, dtype=object if exact else None)
    if isinstance(x, str):
        return float(x) if x in ("inf", "-inf", "nan") else Fraction(x)
    return x


def _payoffs(x: Any) -> Any:
    return [_payoffs(part) for part in x] if isinstance(x, list) else _number(x)


def _pair(x: Any) -> Any:
    return None if x is None else tuple(x)


def _stage(data: Mapping[str, Any]) -> StageGame:
    return StageGame(_payoffs(data["A"]), _payoffs(data["B"]), tuple(map(tuple, data["actions"])))


def _payments(data: Mapping[str, Any]) -> Any:
    numbers = {name: _number(x) for name, x in data.items() if name not in ("payer", "profile")}
    return _made(Payments, profile=_pair(data["profile"]), **numbers)


def _contracts(data: Mapping[str, Any]) -> RelationalContracts:
    stage, pairs = from_dict(data["stage"], StageGame), ("on_path", "punish_sponsor", "punish_proxy")
    for step in data["steps"]:
        _check_names("ContractStep", step, _names(ContractStep))
    steps = tuple(
        _made(ContractStep, **{n: _pair(x) if n in pairs else _number(x) for n, x in step.items()}) for step in data["steps"]
    )
    return RelationalContracts(stage, steps, levels(stage))


def _wars(data: Mapping[str, Any]) -> ConflictDuration:
    numbers = {name: _number(x) for name, x in data.items() if name not in ("gap", "walk")}
    power, walk = Power.from_gap(_number(data["gap"])), _walk(data["walk"])
    again = conflict_duration(power, walk)
    for name, x in numbers.items():
        found = getattr(again, name)
        if np.shape(x) != np.shape(found) or not np.allclose(to_float(x), to_float(found), rtol=_WARS_AGREE, atol=_WARS_AGREE):
            raise ValueError(
                "from_dict(): data must be of wars that follow from the gap, because version 0.1 did not write the powers; got "
                f"{name} {clip(str(x))}, and {clip(str(found))} from the gap"
            )
    wars: ConflictDuration = _made(ConflictDuration, **numbers, power=power, walk=walk)
    return wars


def _witness(data: Mapping[str, Any]) -> Any:
    return _made(Witness, **{name: x if name == "player" else _number(x) for name, x in data.items()})


def _check(data: Mapping[str, Any]) -> Any:
    witness = None if data["witness"] is None else from_dict(data["witness"], Witness)
    fields = {**data, "witness": witness, "enforcement": _concept(data["enforcement"]), "assume": tuple(data["assume"])}
    wars = data["claim"] == PROTRACTION.name
    return _made(Check, **fields, **({"quantity": "expected duration"} if wars else {}))


def _counterexample(data: Mapping[str, Any]) -> Any:
    parameters = {name: _parameter(x) for name, x in data["parameters"].items()}
    return _made(Counterexample, parameters=parameters, check=from_dict(data["check"], Check), certified=data["certified"])


def _parameter(x: Any) -> Any:
    try:
        return _number(x)
    except ValueError:  # a choice that is no number
        return x


def _series(kind: type, columns: Sequence[str]) -> Callable[[Mapping[str, Any]], Any]:
    def read(data: Mapping[str, Any]) -> Any:
        rows = data["observations"]
        for row in rows:
            _check_names(kind.__name__, {"at_least": False, **row}, ("date", *columns, "at_least"))
        given = {name: tuple(row.get(name, False) for row in rows) for name in columns}
        header = {name: x for name, x in data.items() if name != "observations"}
        return _made(kind, **header, dates=tuple(Date.parse(row["date"]) for row in rows), **given)

    return read


def _table(data: Mapping[str, Any]) -> CaseTable:
    return CaseTable(tuple(data), tuple(zip(*data.values(), strict=True)))


def _scoreboard(data: Mapping[str, Any]) -> Any:
    own = [name for name in data["models"] if name not in CONTENDERS]
    if own:
        raise ValueError(f"from_dict(): data must be of contenders that the library has; got the model {own[0]!r}")
    predictions = tuple(
        _made(CasePrediction, **{n: tuple(x) if isinstance(x, list) else x for n, x in p.items() if n in _PREDICTION})
        for p in data["predictions"]
    )
    fits = (
        _made(Fit, **{n: tuple(x) if isinstance(x, list) else nan if x is None else x for n, x in fit.items()})
        for fit in data["fits"]
    )
    return _made(
        Scoreboard,
        contenders=tuple(CONTENDERS[name] for name in data["models"]),
        cases=tuple(dict.fromkeys(p.case for p in predictions)),
        predictions=predictions,
        fits=tuple(fits),
        intervals={word: (low, high) for word, (low, high) in data["intervals"].items()},
        **{name: data[name] for name in ("seed", "candidates", "errors", "words_first")},
    )


def _conformance(data: Mapping[str, Any]) -> Any:
    kinds = known_classes("Conformance")
    results = []
    for row in data["results"]:
        breach = row["witness"]
        if breach is not None:
            power = Power(*(_number(breach[player]) for player in ("sponsor", "proxy")))
            breach = _made(kinds["Breach"], power=power, **{name: breach[name] for name in ("quantity", "expected", "found")})
        results.append(_made(kinds["CheckResult"], **{**row, "witness": breach}))
    return _made(kinds["Conformance"], **{**data, "results": tuple(results)})


def _concept(text: str) -> Enforcement:
    concept: Enforcement = _called(text, Enforcement, "enforcement must be a concept")
    return concept


def _walk(text: str) -> ConflictWalk:
    walk: ConflictWalk = _called(text, ConflictWalk, "walk must be a ConflictWalk of numbers or a contest")
    return walk


def _called(text: str, kind: type, rule: str) -> Any:
    """The value that ``repr`` wrote: calls of the library's concepts, walks and contests with numbers, and nothing else."""
    try:
        value = _term(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, TypeError) as error:
        raise ValueError(f"from_dict(): {rule} of the library, as repr() wrote it; got {text!r}") from error
    if not isinstance(value, kind):
        raise ValueError(f"from_dict(): {rule} of the library, as repr() wrote it; got {text!r}")
    return value


def _term(node: ast.AST) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Tuple):
        return tuple(map(_term, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_term(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        cls = Fraction if node.func.id == "Fraction" else classes().get(node.func.id)
        if cls is Fraction or (cls is not None and issubclass(cls, _CALLED)):
            return cls(*map(_term, node.args), **{str(k.arg): _term(k.value) for k in node.keywords})
    raise ValueError(f"unknown: {ast.unparse(node)}")


_WARS_AGREE = 1e-9  # of rounds and probabilities that are computed again
_CALLED = (Enforcement, ConflictWalk, AllPay, Hirshleifer, Tullock)
_NOW = "Results of this version are kept by save() and read by load()"
_PREDICTION = _names(CasePrediction)
_CHECK = ("claim", "status", "witness", "line", "points", "exact", "enforcement", "assume")
_BOARD = ("seed", "candidates", "errors", "words_first", "intervals", "models", "naive", "fits", "predictions")
READ: dict[str, tuple[tuple[str, ...], Callable[[Mapping[str, Any]], Any]]] = {
    "StageGame": (("A", "B", "actions"), _stage),
    "Payments": ((*_names(Payments), "payer"), _payments),
    "RelationalContracts": (("stage", "steps", "exact", "message"), _contracts),
    "ConflictDuration": (("rounds", "sponsor", "proxy", "steps_down", "steps_up", "gap", "walk"), _wars),
    "Case": ((), lambda data: parse(data, "data")),  # parse names what is missing or unknown
    "CaseTable": ((), _table),
    "PowerSeries": ((), _series(PowerSeries, ("sponsor", "proxy"))),
    "ValueSeries": ((), _series(ValueSeries, ("value", "at_least"))),
    "Scoreboard": (_BOARD, _scoreboard),
    "Check": (_CHECK, _check),
    "Witness": (("low", "high", "at_low", "at_high", "player"), _witness),
    "Counterexample": (("parameters", "check", "certified"), _counterexample),
    "Conformance": (("subject", "seed", "examples", "results"), _conformance),
}
"""What ``to_dict`` wrote, and what makes the result of it."""

LACKING = {
    "CriticalDiscount": ("the stage game and the punishments", "ask critical_discount() again"),
    "DefectionThreshold": ("the game, the start and the profile", "ask defection_threshold() again"),
    "PayoffSet": ("the stage game", "ask payoff_set() again"),
    "PatientPayoffSet": ("the game and its signals", "ask patient_payoff_set() again"),
    "MonitoredContracts": ("the game and its signals", "ask monitored_contracts() again"),
    "IdentifiedDiscount": ("the critical discount factors behind the intervals", "ask identified_discount() again"),
    "SwitchingOffer": ("the critical discount factors behind the offer", "ask switching_offer() again"),
    "KeepingPayment": ("the critical discount factors behind the payment", "ask keeping_payment() again"),
    "Proof": ("the family and the scripts", "ask the claim's prove() again; the counterexample in it can be read"),
    "Falsification": ("the family", "ask the claim's falsify() again; the check in it can be read"),
    "Measurement": ("the family", "ask the claim's measure() again"),
}
"""What the dictionaries of version 0.1 lack, and what to do."""
