"""What an editor shows: ``typing_examples.py`` runs, and ``nox -s types`` reads it by strict Mypy."""

import tomllib
from pathlib import Path

import pytest

from tests.typing_examples import EXAMPLES


def test_mypy_sees_what_users_get():
    configuration = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    mypy = tomllib.loads(configuration)["tool"]["mypy"]
    assert mypy["strict"] is True
    assert mypy["files"] == ["src/alliances", "tests/typing_examples.py"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__)
def test_what_is_typed_also_runs(example):
    example()
