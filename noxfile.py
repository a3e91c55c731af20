"""The checks of this project, by name: ``nox`` runs the quick ones, ``nox -s docs`` one, ``nox -l`` lists all.

Sessions run in the environment that nox is installed in, ``pip install -e '.[dev]'``, and write outside the checkout (but for
``mutants``, which git ignores, and ``lock``). That environment has the newest releases of everything. Three sessions make their
own: ``lowest`` with the oldest releases that ``pyproject.toml`` allows, ``pythons`` for every other Python that it finds, and
``package`` with nothing but the wheel.
``.ci/run`` calls them; what follows ``--`` is handed on: ``nox -s tests -- tests/test_power.py``.
"""

import subprocess
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
CORE = [  # tests that reach every dependency, for environments of their own: numbers, solvers, frames, pictures, proofs
    f"tests/test_{name}.py"
    for name in (
        "values", "results", "games", "payoffs", "critical_discount", "thresholds", "payoff_set", "claims_numbers",
        "claims_bernstein", "conformance", "pictures",
    )
]  # fmt: skip
OF_PAGES = [  # ask what the built pages say, and the notebooks, examples and gallery that the build ran
    f"tests/test_{name}.py" for name in ("built_pages", "notebooks", "examples_of_pages", "gallery_of_pages")
]
LOCKED = ["plot", "data", "prove", "testing", "benchmark"]  # extras that examples, benchmarks and the paper need
SMOKED = {"atlas", "hazard", "known_truth", "scoreboard"}  # benchmarks whose smoke run is one of the slow tests
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
def compiled(session: nox.Session) -> None:
    """Compile the solver of payoff sets, if the cache does not hold it: processes that begin together would each do so."""
    games = "np.arange(512.0).reshape(2, 64, 2, 2) % 7"
    python(session, "-c", f"import alliances as al, numpy as np; al.payoff_set(al.StageGame(*({games})), 0.5)")


@nox.session
def slow(session: nox.Session) -> None:
    """Pytest: the slow tests, but for those of the built pages, which ``docs`` runs."""
    python(session, "-m", "pytest", "-m", "slow", *(f"--ignore={path}" for path in OF_PAGES), *session.posargs)


@nox.session
def deep(session: nox.Session) -> None:
    """Pytest: the rows of long tables that neither the default suite nor the slow tests ask."""
    python(session, "-m", "pytest", "-m", "deep", *session.posargs)


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
        python(session, "-m", "pytest", "-n", "0", "-m", "slow", *OF_PAGES, ALLIANCES_PAGES=pages)


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks at their smallest size: scripts that no slow test runs, and what ``python -m benchmarks`` collects."""
    with tempfile.TemporaryDirectory() as folder:
        for script in sorted(Path("benchmarks").glob("[!_]*.py")):
            text = script.read_text(encoding="utf-8")
            if "\ndef main(" in text and "\ndef rows(" not in text and script.stem not in SMOKED:
                python(session, str(script), "--smoke", "--output", folder)
        python(session, "-m", "benchmarks", "--smoke", "--output", folder)


@nox.session
def measure(session: nox.Session) -> None:
    """All benchmarks at their full size, compared with the stored run (half an hour on an idle machine)."""
    python(session, "-m", "benchmarks", *session.posargs)


@nox.session
def examples(session: nox.Session) -> None:
    """Every example, the long ones at a small size."""
    for script in sorted(Path("examples").glob("[!_]*.py")):
        with tempfile.TemporaryDirectory() as folder:
            output = [] if script.stem in WITHOUT_FOLDER else ["--output", folder]
            python(session, "-W", "error", str(script), *EXAMPLES.get(script.stem, []), *output)


def environment(session: nox.Session, folder: str, interpreter: str) -> str:
    """A new virtual environment, by uv; its Python."""
    session.run(str(BIN / "uv"), "venv", "-q", "--no-python-downloads", "--python", interpreter, folder)
    return str(Path(folder, "Scripts", "python.exe") if sys.platform == "win32" else Path(folder, "bin", "python"))


def install(session: nox.Session, target: str, *what: str) -> None:
    """Install into an environment that is not this one."""
    session.run(str(BIN / "uv"), "pip", "install", "-q", "--python", target, *what)


def core(session: nox.Session, target: str, *options: str) -> None:
    """The tests of ``CORE`` with another Python; old releases may warn about what has changed since."""
    options = (*options, "-W", "default", "-p", "no:cacheprovider", "-n", "0")  # half of it is what every process imports
    session.run(target, "-m", "pytest", "-q", *options, *(session.posargs or CORE), env={"MPLBACKEND": "Agg"})


@nox.session
def lowest(session: nox.Session) -> None:
    """The core tests with the oldest releases that pyproject.toml allows: its lower bounds are true."""
    with tempfile.TemporaryDirectory() as folder:
        target = environment(session, folder, sys.executable)
        install(session, target, "--resolution", "lowest-direct", "-r", "pyproject.toml", "--extra", "test")
        install(session, target, "--no-deps", "-e", ".")
        core(session, target)


@nox.session
def pythons(session: nox.Session) -> None:
    """The core tests with every other Python that pyproject.toml names and this machine has, and the newest releases for it."""
    here = f"3.{sys.version_info.minor}"
    for version in (f"3.{minor}" for minor in range(11, 15) if f"3.{minor}" != here):
        if subprocess.run([BIN / "uv", "python", "find", "-q", "--no-python-downloads", version], check=False).returncode:
            session.warn(f"no Python {version} here: not tested")
            continue
        with tempfile.TemporaryDirectory() as folder:
            target = environment(session, folder, version)
            install(session, target, "-e", ".[test]")
            core(session, target)


@nox.session
def package(session: nox.Session) -> None:
    """Source archive and wheel, checked; then the README's first script on the wheel alone, in an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        python(session, "-m", "build", "--outdir", f"{folder}/dist")
        files = sorted(map(str, Path(folder, "dist").iterdir()))
        python(session, "-m", "twine", "check", "--strict", *files)
        target = environment(session, f"{folder}/empty", sys.executable)
        install(session, target, next(file for file in files if file.endswith(".whl")))
        script = Path("examples/zetas_gulf.py").resolve()
        with session.chdir(folder):
            session.run(target, str(script), "--output", f"{folder}/pictures")


@nox.session
def lock(session: nox.Session) -> None:
    """Write requirements-lock.txt anew: the releases, with hashes, that reproduce the numbers of papers on any machine."""
    extras = [word for extra in LOCKED for word in ("--extra", extra)]
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header", "--upgrade"]
    file = Path("requirements-lock.txt")
    head = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "lock.txt")
        session.run(str(BIN / "uv"), "pip", "compile", "-q", "pyproject.toml", *extras, *options, "-o", str(output))
        file.write_text("\n".join(head) + "\n" + output.read_text(encoding="utf-8"), encoding="utf-8")
