"""Imports in fresh processes: the library beside NumPy alone, and beside other libraries.

    python -m benchmarks --only imports

CPU time of the whole process, in turn, less that of a Python that imports nothing.
"""

from __future__ import annotations

import statistics
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import _measure

FIRST = "import alliances as al; al.critical_discount(al.presets.chindea_2014(), al.Power.from_gap(0.5))"
CODE = {
    "nothing": "pass",
    "import numpy": "import numpy",
    "import alliances": "import alliances",
    "import alliances, numpy": "import alliances, numpy",
    "import alliances, and a first answer": FIRST,
    "import nashpy": "import nashpy",
    "import quantecon": "import quantecon",
}
OTHERS = {"import nashpy": "nashpy", "import quantecon": "quantecon"}


def rows(smoke: bool) -> list[dict[str, Any]]:
    """A row for each import."""
    code = {name: text for name, text in CODE.items() if name not in OTHERS or (find_spec(OTHERS[name]) and not smoke)}
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in code}
    for _ in range(2 if smoke else 11):
        for name, text in code.items():
            runs[name].append(_measure.fresh(text))
    found = {name: _measure.spread(*zip(*times, strict=True)) for name, times in runs.items()}
    numpy, bare = (statistics.median(cpu for cpu, _ in runs[name]) for name in ("import numpy", "nothing"))
    return [
        {
            "instance": name,
            **times,
            "cpu / numpy": times["cpu s"] / numpy,
            "cpu / numpy, less Python": (times["cpu s"] - bare) / max(numpy - bare, 1e-9),
            "ratio of numpy to it": numpy / times["cpu s"],
        }
        for name, times in found.items()
    ]
