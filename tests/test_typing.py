"""What an editor shows: the types of ``typing_examples.py``, by mypy as a user runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.typing_examples import EXAMPLES

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_mypy_sees_what_users_get(tmp_path):
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path), "tests/typing_examples.py"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__)
def test_what_is_typed_also_runs(example):
    example()
