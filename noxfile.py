"""The checks of this project, by name: ``nox`` runs the quick ones, ``nox -s docs`` one, ``nox -l`` lists all.

Sessions run in the environment that nox is installed in, ``pip install -e '.[dev]'``, and write outside the checkout (but for
``mutants``, which git ignores).
``.ci/run`` calls them; what follows ``--`` is handed on: ``nox -s tests -- tests/test_power.py``.
"""

import sys
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "arch", "tests"]

BIN = Path(sys.executable).parent
EXAMPLES = {  # the options that make an example quick
    "claims": ["--points", "256"],
    "scoreboard": ["--candidates", "64"],
}
WITHOUT_FOLDER = {"own_claim_model", "own_claims"}  # print, and save nothing


def python(session: nox.Session, *arguments: str, **variables: str) -> None:
    """Run Python of this environment, with pictures that need no screen."""
    session.run(sys.executable, *arguments, env={"MPLBACKEND": "Agg", "PYTHONUTF8": "1", **variables})


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    python(session, "-m", "ruff", "check", "--no-cache", ".")
    python(session, "-m", "ruff", "format", "--no-cache", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    python(session, "-m", "mypy", *session.posargs)


@nox.session
def arch(session: nox.Session) -> None:
    """The import contracts of pyproject.toml: who may know whom."""
    session.run(str(BIN / "lint-imports"), "--no-cache")


@nox.session
def tests(session: nox.Session) -> None:
    """Pytest: the default suite, doctests and pages included."""
    python(session, "-m", "pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Pytest: the tests that the default suite leaves out."""
    python(session, "-m", "pytest", "-m", "slow", "--ignore=tests/test_built_pages.py", *session.posargs)  # `docs` runs these


@nox.session
def mutants(session: nox.Session) -> None:
    """Mutation testing (hours), of the folders given after ``--``; works in ``mutants/``, where a stopped run goes on."""
    session.run(sys.executable, "-m", "pip", "install", "-q", "-e", ".[mutants]")
    python(session, "tests/mutation.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Sphinx, with warnings as errors, and the tests of the built pages; give a folder after ``--`` to keep the pages."""
    with tempfile.TemporaryDirectory() as folder:
        pages = session.posargs[0] if session.posargs else f"{folder}/html"
        options = ["-W", "--keep-going", "-q", "-d", f"{folder}/doctrees", "-b", "html"]
        python(session, "-m", "sphinx", *options, "docs", pages)
        python(session, "-m", "pytest", "-n", "0", "-m", "", "tests/test_built_pages.py", ALLIANCES_PAGES=pages)


@nox.session
def bench(session: nox.Session) -> None:
    """Every benchmark at its smallest size."""
    with tempfile.TemporaryDirectory() as folder:
        for script in sorted(Path("benchmarks").glob("*.py")):
            python(session, str(script), "--smoke", "--output", folder)


@nox.session
def examples(session: nox.Session) -> None:
    """Every example, the long ones at a small size."""
    for script in sorted(Path("examples").glob("*.py")):
        with tempfile.TemporaryDirectory() as folder:
            output = [] if script.stem in WITHOUT_FOLDER else ["--output", folder]
            python(session, "-W", "error", str(script), *EXAMPLES.get(script.stem, []), *output)
