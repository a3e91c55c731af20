"""Long tables of parameters are divided: the first rows are quick, a third of the others is slow, the rest deep."""

import random
from dataclasses import dataclass, field

import pytest
from conftest import divide


@dataclass
class Row:
    """As much of a collected test as its division asks for."""

    nodeid: str
    own_markers: list = field(default_factory=list)

    def add_marker(self, marker):
        self.own_markers.append(marker.mark)

    @property
    def names(self):
        return [marker.name for marker in self.own_markers]


def table(size):
    return [Row(f"tests/test_some.py::test_a_table[{k}]") for k in range(size)]


@pytest.mark.parametrize(("size", "quick", "slow"), [(10, 3, 3), (10, 0, 4), (4, 3, 1), (3, 3, 0), (2, 3, 0), (60, 0, 20)])
def test_a_third_of_the_other_rows_is_slow(size, quick, slow):
    rows = table(size)
    divide(rows, quick)
    assert [row.names for row in rows[:quick]] == [[] for _ in rows[:quick]]
    others = [row.names for row in rows[quick:]]
    assert others.count(["slow"]) == slow
    assert others.count(["deep"]) == max(size - quick, 0) - slow


def test_rows_are_chosen_by_their_names_alone():
    rows, shuffled = table(30), table(30)
    random.Random(0).shuffle(shuffled)
    divide(rows, 0)
    divide(shuffled, 0)
    assert {row.nodeid: row.names for row in rows} == {row.nodeid: row.names for row in shuffled}
    places = [k for k, row in enumerate(rows) if row.names == ["slow"]]
    assert len({k % 3 for k in places}) == 3  # and not every third one, which would keep one value of a parameter of three


def test_a_row_that_was_slow_may_become_deep():
    rows = table(9)
    for row in rows:
        row.own_markers.append(pytest.mark.slow.mark)
    divide(rows, 0)
    assert sorted(name for row in rows for name in row.names) == ["deep"] * 6 + ["slow"] * 3
