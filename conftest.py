"""Settings for tests and documentation: pictures without a screen, Hypothesis deterministic, what is slow, ids that last.

``python -m pytest`` runs what is quick, on all cores, and the first rows of long tables of parameters (``sampled``).
``-m slow`` runs what takes long and one in three of these tables' other rows, ``-m deep`` the other two, ``-m ""`` everything,
``-n 0`` one test at a time in this process.
"""

import contextlib
import gc
import importlib
import os
import re
import sys
import zlib
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

os.environ.setdefault("MPLBACKEND", "Agg")

# Hypothesis reads every file of the library for numbers to try: once, not in each process that looks for counterexamples
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).parent / ".hypothesis"))

# The same examples on every machine and every run. For new examples: HYPOTHESIS_PROFILE=long python -m pytest
settings.register_profile(
    "default", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(  # a failure is enough, the smallest example of it would take minutes for each mutant
    "mutants", settings.get_profile("default"), phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

ROOT = Path(__file__).parent

collect_ignore = ["tests/mutation.py"]  # imports mutmut, which only `nox -s mutants` needs

# Documentation cannot carry a marker, so what takes long to execute is listed here: pages, and names of docstrings.
SLOW_PAGES = {
    ROOT / "docs" / page
    for page in (
        "explanation/atlas.md",
        "explanation/estimation.md",
        "explanation/moving-power.md",
        "explanation/scoreboard.md",
        "explanation/moving-power-cases.md",
        "how-to/check-a-claim.md",
        "how-to/fifteen-jobs.md",
        "how-to/many-dyads.md",
        "how-to/rival-sponsors.md",
        "how-to/stochastic-payoff-sets.md",
        "how-to/sweeps.md",
        "how-to/test-your-model.md",
        "teaching.md",
    )
}
# A hundred proofs: tests/test_claims_page.py asks cells of its tables
DEEP_PAGES = {ROOT / "docs" / "explanation" / "claims.md"}
SLOW_DOCSTRINGS = {
    "alliances.claims.claim.Claim.falsify",
    "alliances.claims.own.never_above",
    "alliances.dynamics.break_threshold.break_threshold",
    "alliances.dynamics.discount_windows.discount_windows",
    "alliances.repeated.enforcement.concept.Enforcement.formula",
    "alliances.repeated.enforcement.outside_option.with_exit",
    "alliances.testing.battery.assert_conforms",
    "alliances.testing.families.families",
}


@pytest.fixture(autouse=True)
def _figures_are_closed():
    """Every docstring and page may draw: matplotlib warns of more than 20 open figures."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def pytest_configure():
    """Refuse a list of slow pages that is out of date."""
    missing = sorted(str(page) for page in SLOW_PAGES | DEEP_PAGES if not page.is_file())
    if missing:
        raise pytest.UsageError(f"conftest.py lists pages that do not exist: {', '.join(missing)}")


def pytest_make_parametrize_id(val, argname):
    """A lambda has no name to be known by: it gets its argument's name and a number, as objects do."""
    return argname if getattr(val, "__name__", "") == "<lambda>" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """What is loaded to collect the tests stays: garbage is looked for afterwards, and not among thousands of tests."""
    gc.disable()
    import_from_another_place(session)
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)  # seldom: results that tests share stay, too
        gc.enable()


def import_from_another_place(session):
    """Each of n workers begins to import at another nth of the tests' files.

    What pytest makes of a file, which takes long the first time, is then made once and found by the others.
    """
    if session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS or "PYTEST_XDIST_WORKER" not in os.environ:
        return
    number, workers = int(os.environ["PYTEST_XDIST_WORKER"][2:]), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    files = sorted((ROOT / "tests").glob("test_*.py"))
    start = number * len(files) // workers
    sys.path.insert(0, str(ROOT / "tests"))  # where pytest would put it with the first of these files
    for file in files[start:] + files[:start]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # is told when pytest imports the file again
            importlib.import_module(file.stem)


def pytest_collection_modifyitems(items):
    """Mark what is slow in the documentation; refuse ids that hold an address, which differs between the workers of one run."""
    addresses = [item.nodeid for item in items if re.search(r"0x[0-9a-f]{6,}", item.nodeid)]
    if addresses:
        raise pytest.UsageError("test ids must not hold addresses (give ids=…): " + ", ".join(addresses))
    tables = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled"):
            tables[item.nodeid.split("[")[0]].append(item)
        elif item.path in DEEP_PAGES:
            item.add_marker(pytest.mark.deep)
        elif item.path in SLOW_PAGES or item.name in SLOW_DOCSTRINGS:
            item.add_marker(pytest.mark.slow)
    for table in tables.values():
        divide(table, table[0].get_closest_marker("sampled").args[0])


def divide(table, quick):
    """The first rows of a table are quick; of the others a third is slow, the rest deep: by their names, and so at random."""
    others = sorted(table[quick:], key=lambda item: zlib.crc32(item.nodeid.encode()))
    for k, item in enumerate(others):
        item.own_markers = [marker for marker in item.own_markers if marker.name != "slow"]
        item.add_marker(pytest.mark.slow if 3 * k < len(others) else pytest.mark.deep)
