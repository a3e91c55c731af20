"""The explorer's page: generated formulas, solver and page in one file that needs no other and no network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from alliances.arithmetic.tolerance import payoff_rounding, payoff_tolerance
from alliances.browser.formulas import constants, formula

__all__ = ["formulas_script", "page", "static"]

_CODE = ("cells", "critical")  # entries that are JavaScript, not data


def static(name: str) -> str:
    """A file of the page as text."""
    return (resources.files("alliances.browser") / "static" / name).read_text(encoding="utf-8")


def page(models: Mapping[str, Mapping[str, Any]], data: Mapping[str, Any], title: str, version: str) -> str:
    """The page as HTML: ``models`` by id, as ``formulas.model`` gives them, and ``data`` to begin with."""
    parts = {
        "title": _escaped(title),
        "version": _escaped(version),
        "style": static("explorer.css"),
        "formulas": formulas_script(models),
        "solver": static("solver.js"),
        "data": f"const data = {_literal(data)};",
        "chart": static("chart.js"),
        "page": static("page.js"),
    }
    return re.sub("«([a-z]+)»", lambda match: parts[match[1]], static("explorer.html"))


def formulas_script(models: Mapping[str, Mapping[str, Any]]) -> str:
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
    if isinstance(x, Mapping):
        return "{" + ",\n".join(f"{_literal(key)}: {_literal(value, key)}" for key, value in x.items()) + "}"
    if isinstance(x, (list, tuple)):
        return "[" + ", ".join(map(_literal, x)) + "]"
    return str(x) if name in _CODE else json.dumps(x, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
