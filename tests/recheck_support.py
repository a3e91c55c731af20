"""What the tests of re-checks share: games, what is wrong by a re-check, and copies with one wrong number."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np

import alliances as al

TINY = F(1, 10**12)  # an error that exact results have none of
UNEVEN = al.StageGame([[8, 1], [11, 3]], [[7, 9], [0, 2]])
THREE = al.StageGame([[10, 3, 0], [16, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -14]])
CHICKEN = al.StageGame([[3, 1], [4, 0]], [[5, 7], [2, 1]])
WIDE = al.StageGame([[3, 0, 1], [1, 2, 1]], [[0, 4, 1], [2, 1, 5]])


def witness(result: Any) -> Any:
    """What is wrong by the re-check; None where all is right."""
    check = al.verify(result)
    assert check.ok == (check.witness is None)
    return check.witness


def changed(x: Any, place: Any, value: Any) -> Any:
    """A copy with another element."""
    out = np.array(x)
    out[place] = value
    return out


def moved(pair: Any, k: int, error: Any) -> tuple[Any, Any]:
    """A pair with an error in one member."""
    return (pair[0] + error, pair[1]) if k == 0 else (pair[0], pair[1] + error)
