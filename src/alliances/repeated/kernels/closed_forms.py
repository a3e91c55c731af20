"""δ_S*, δ_P* from the payoffs on path, of the best deviation and when punished: a concept's own closed form, recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alliances.arithmetic.recording import Recorded, Recording
from alliances.repeated.enforcement.concept import Enforcement, Reversion, Terms
from alliances.repeated.enforcement.given_punishment import GivenPunishment
from alliances.repeated.enforcement.outside_option import OutsideOption
from alliances.repeated.kernels.presumed import presumed
from alliances.repeated.kernels.quantities import numbers_of, structure, with_numbers

__all__ = ["NotRecorded", "critical", "deterred", "with_punished"]

_FUNCTION = "critical_discount()"


class NotRecorded(Exception):
    """The model or the concept is no programme; the text says why."""


def deterred(concept: Enforcement) -> bool:
    """Whether δ* asks for min(w, c) alone, which is c if nothing punishes and w is inf."""
    inner: Any = concept
    while type(inner) in (GivenPunishment, OutsideOption):
        inner = inner.enforcement
    return type(inner).critical is Reversion.critical


def with_punished(terms: Terms, payoffs: tuple[Recorded, Recorded]) -> Terms:
    """The terms with other payoffs when punished."""
    copy = Terms.__new__(Terms)
    copy.__dict__.update(terms.__dict__, punished=payoffs)
    return copy


_TERMS = ("path", "deviation", "punished", "tolerance")

_closed_forms: dict[object, tuple[Recording, list[Recorded]]] = {}


def critical(recording: Recording, concept: Enforcement, terms: Terms) -> list[Recorded]:
    """δ_S*, δ_P*: the concept's closed form, recorded by itself once, and copied step by step."""
    inputs = {f"{name}.{k}": x for name in _TERMS for k, x in enumerate(getattr(terms, name))}
    if terms.outside is not None:
        inputs["outside"] = terms.outside
    inputs |= {f"concept.{path}": x for path, x in numbers_of(concept) if path.rpartition(".")[2] not in ("offer", "alone")}
    key = (structure(concept), tuple(inputs))
    if key[0] is None or key not in _closed_forms:
        own = Recording(_FUNCTION)
        numbers = {name: own.input(name) for name in inputs}
        copy = Terms.__new__(Terms)  # its __post_init__ looks for arrays
        pairs = {name: (numbers[f"{name}.0"], numbers[f"{name}.1"]) for name in _TERMS}
        copy.__dict__.update(pairs, levels=None, worst=None, outside=numbers.get("outside"))
        changed = with_numbers(concept, {path[8:]: x for path, x in numbers.items() if path.startswith("concept.")})
        unbroken, deltas = presumed(own, lambda: changed.critical(copy))
        if own.steps[unbroken.place].operation != "number":
            raise NotRecorded("the concept refuses some payoffs")
        _closed_forms[key] = own, deltas
    own, deltas = _closed_forms[key]
    return _copied(own, deltas, recording, inputs)


def _copied(own: Recording, results: Sequence[Recorded], to: Recording, inputs: Mapping[str, object]) -> list[Recorded]:
    """The results of one recording as steps of another one."""
    places: list[int] = []
    for operation, operands, value in own.steps:
        if operation == "input":
            places.append(to.number(inputs[str(value)]).place)
        elif operation == "number":
            places.append(to.add("number", value=value))
        elif operation == "choose":
            condition, yes, no = (places[k] for k in operands)
            places.append(to.choice(condition, yes, no))
        elif operation == "-" and operands[0] == operands[1]:
            places.append(to.add("number", value=0.0))  # of finite numbers
        elif operation == "min" and _is_at_most(to, places[operands[0]], places[operands[1]]):
            places.append(places[operands[0]])
        elif operation == "<" and _is_loss(own, operands[0]) and own.steps[operands[1]].operation == "negative":
            places.append(to.add("number", value=0.0))  # a loss is not negative, and a tolerance neither
        else:
            places.append(to.add(operation, *(places[k] for k in operands)))
    return [Recorded(to, places[x.place]) for x in results]


def _is_at_most(recording: Recording, place: int, bound: int) -> bool:
    """Whether a step is the smallest of several numbers, one of which is the bound."""
    if place == bound:
        return True
    operation, operands, _ = recording.steps[place]
    return operation == "min" and any(_is_at_most(recording, k, bound) for k in operands)


def _is_loss(own: Recording, place: int) -> bool:
    """Whether a step is c − min(w, c)."""
    operation, operands, _ = own.steps[place]
    if operation != "-":
        return False
    c, deterrent = operands[0], own.steps[operands[1]]
    return deterrent.operation == "min" and c in deterrent.operands
