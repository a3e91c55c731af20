"""The explorer's page: the generated formulas, the solver and the page itself in one file that needs no other."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from alliances.arithmetic.tolerance import payoff_rounding, payoff_tolerance
from alliances.browser.formulas import constants, formula

__all__ = ["formulas_script", "page"]

_STATIC = resources.files("alliances.browser") / "static"
_FUNCTIONS = ("cells", "critical")  # parts that are JavaScript, not data


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def formulas_script(models: dict[str, dict[str, Any]]) -> str:
    """The script that defines ``formulas``: constants, tolerances and models, as the solver expects them."""
    tolerance, _ = formula(["spread", "largest"], lambda spread, largest: [payoff_tolerance(spread, largest)])
    rounding, _ = formula(["largest"], lambda largest: [payoff_rounding(largest)])
    parts = [
        f'"constants": {_literal(constants())}',
        f'"tolerance": {tolerance}',
        f'"rounding": {rounding}',
        f'"models": {_literal(models)}',
    ]
    return "const formulas = {\n" + ",\n".join(parts) + "\n};\n"


def _literal(x: Any, name: str = "") -> str:
    """``x`` as a JavaScript literal, in which functions are code; nothing in it can end the script that holds it."""
    if isinstance(x, dict):
        entries = (f"{json.dumps(key)}: {_literal(value, key)}" for key, value in x.items())
        return "{" + ",\n".join(entries) + "}"
    if isinstance(x, (list, tuple)):
        return "[" + ", ".join(map(_literal, x)) + "]"
    if name in _FUNCTIONS:
        return str(x)
    return json.dumps(x, ensure_ascii=False).replace("<", "\\u003c")
