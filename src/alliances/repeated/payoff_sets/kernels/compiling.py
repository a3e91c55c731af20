"""How the functions of this package are compiled, and their machine code kept: see :mod:`alliances.repeated.machine_code`."""

from __future__ import annotations

from pathlib import Path

from alliances.arithmetic import tolerance
from alliances.repeated.machine_code import compiler

__all__ = ["compiled"]

compiled = compiler("payoff_sets", [*sorted(Path(__file__).parent.glob("*.py")), Path(tolerance.__file__)])
"""The function, to be compiled at its first call where Numba is installed."""
