"""Old import paths: those of version 0.1.0 keep working for one version, with a warning that names the new place.

Modules are loaded when they are asked for, also as attributes: ``alliances.repeated.critical`` needs no import of its own.

A name of a module that moved is looked up when it is asked for: first in :data:`RENAMED`, then in the modules that
:data:`MOVED` lists for the old one, in order. Whoever moves a module adds a line to ``MOVED``; whoever renames a public
name, or takes it from a module that stays, adds a line to ``RENAMED``. ``tests/test_old_paths.py`` holds the list of names that
have to resolve.

This module imports nothing of the package: it knows the others by name only.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__all__ = ["LAST", "MOVED", "RENAMED", "install"]

LAST = "0.2"
"""The last version in which the old paths of this file work."""

MOVED: dict[str, tuple[str, ...]] = {
    "cases.contenders": ("cases.scores.contenders",),
    "cases.dates": ("cases.files.dates",),
    "cases.loader": ("cases.files.loader",),
    "cases.model": ("cases.files.case",),
    "cases.questions": ("cases.scores.questions",),
    "cases.records": ("cases.files.records",),
    "cases.scoreboard": ("cases.scores.scoreboard",),
    "cases.scoring": ("cases.scores.scoring",),
    "cases.series": ("cases.files.series",),
    "cases.tables": ("cases.files.tables",),
    "claims.algebra": ("arithmetic.algebra", "arithmetic.quotients"),
    "claims.atoms": ("arithmetic.transcendentals",),
    "claims.balls": ("arithmetic.balls", "claims.certifying"),
    "claims.boxes": ("claims.proofs.boxes",),
    "claims.curves": ("claims.lines",),
    "claims.domains": ("arithmetic.domains",),
    "claims.names": ("arithmetic.symbols",),
    "claims.pictures": ("plotting.claims",),
    "claims.proof": ("claims.proofs.proof",),
    "claims.proving": ("claims.proofs.proving",),
    "claims.queries": ("claims.proofs.problem", "claims.proofs.witnesses", "claims.proofs.queries"),
    "claims.quotients": ("arithmetic.quotients",),
    "claims.shapes": ("claims.comparisons",),
    "claims.solving": ("claims.proofs.smt",),
    "claims.witnesses": ("claims.proofs.witnesses",),
    "datasets.odds": ("datasets.conflict_odds",),
    "dynamics.conflict": ("dynamics.wars.conflict",),
    "dynamics.duration": ("dynamics.wars.duration",),
    "dynamics.ruin": ("dynamics.wars.ruin",),
    "dynamics.simulation": ("dynamics.wars.simulation",),
    "identification": ("estimation.identification",),
    "kernels": ("games.kernels",),
    "minmax": ("games.minmax",),
    "nash": ("games.nash",),
    "ordinal": ("games.ordinal",),
    "payoffs.rivals": ("payoffs.rival_offer",),
    "regime": ("thresholds.regimes",),
    "regime_maps": ("sweeps.regime_maps",),
    "regime_plot": ("plotting.regimes",),
    "regime_tables": ("sweeps.regime_tables",),
    "regions": ("thresholds.regions", "thresholds.line"),
    "repeated.contract_payments": ("repeated.contracts.payments",),
    "repeated.contract_strategies": ("repeated.contracts.strategies", "verification.contracts"),
    "repeated.finite_punishment": ("repeated.enforcement.finite_punishment",),
    "repeated.generation": ("repeated.payoff_sets.operator",),
    "repeated.generation_arrays": ("repeated.payoff_sets.operator_arrays",),
    "repeated.generation_batch": ("repeated.payoff_sets.operator_batch",),
    "repeated.given_punishment": ("repeated.enforcement.given_punishment",),
    "repeated.imperfect_monitoring": ("repeated.enforcement.imperfect_monitoring",),
    "repeated.linear_programmes": ("repeated.monitoring.linear_programmes",),
    "repeated.liquidity": ("repeated.contracts.liquidity",),
    "repeated.monitored_contracts": ("repeated.monitoring.contracts",),
    "repeated.nash_reversion": ("repeated.enforcement.nash_reversion",),
    "repeated.optimal_penal_code": ("repeated.enforcement.optimal_penal_code",),
    "repeated.outside_option": ("repeated.enforcement.outside_option",),
    "repeated.payoff_set": ("repeated.payoff_sets.solve", "repeated.payoff_sets.result", "repeated.payoff_sets.single"),
    "repeated.payoff_set_batch": ("repeated.payoff_sets.batch",),
    "repeated.payoff_set_exact": ("repeated.payoff_sets.exact",),
    "repeated.payoff_set_float": ("repeated.payoff_sets.floating",),
    "repeated.payoff_set_plot": ("plotting.payoff_sets",),
    "repeated.polygon": ("repeated.payoff_sets.polygon",),
    "repeated.public_monitoring": ("repeated.monitoring.signals",),
    "repeated.relational_contracts": ("repeated.contracts.relational",),
    "repeated.strategy": ("repeated.payoff_sets.strategy", "verification.strategies"),
    "repeated.structure": ("repeated.payoff_sets.fixed_point",),
    "repeated.terms": ("repeated.enforcement.concept",),
    "repeated.transfers": ("repeated.enforcement.transfers",),
    "rivals": ("thresholds.allegiance",),
    "score_plot": ("plotting.scoreboard",),
    "timeline": ("plotting.timeline",),
    "verification.core": ("verification.outcome", "results"),
    "verification.repeated": ("verification.strategies",),
    "verification.rivals": ("verification.allegiance",),
}
"""Old module → the modules that have its names now, without the leading ``alliances.``"""

RENAMED: dict[str, str] = {
    "payoffs.alliance_game.CustomGame": "payoffs.dyadic.CustomGame",
    "repeated.critical.at_power": "repeated.arguments.at_power",
    "repeated.linear_programmes.EPSILON": "arithmetic.tolerance.PROGRAMME_ROUNDING",
    "repeated.linear_programmes.Outcome": "repeated.monitoring.linear_programmes.Optimum",
    "claims.atoms.Atom": "arithmetic.transcendentals.Transcendental",
    "claims.curves.Line": "claims.lines.Along",
    "claims.shapes.Shape": "claims.comparisons.Ordering",
    "regime_maps.Family": "sweeps.regime_maps.StakesModel",
    "rivals.OUTCOMES": "thresholds.allegiance.ANSWERS",
    "repeated.contract_strategies.ContractCheck": "repeated.contracts.strategies.ContractVerification",
    "repeated.contract_strategies.StepsCheck": "results.Verification",
    "repeated.monitored_contracts.MonitoredCheck": "repeated.monitoring.contracts.MonitoringVerification",
    "repeated.payoff_set.DISCOUNT": "arithmetic.canonical.DISCOUNT",
    "repeated.payoff_set_batch.payoff_set_batch": "repeated.payoff_sets.batch.solve_batch",
    "repeated.payoff_set_plot.plot": "plotting.payoff_sets.plot_payoff_set",
    "repeated.strategy.Verification": "repeated.payoff_sets.strategy.StrategyVerification",
    "testing.Witness": "testing.Breach",
    "testing.conformance.Witness": "testing.conformance.Breach",
    "testing.engine.Check": "testing.engine.Criterion",
    "testing.engine.Domain": "testing.engine.GapDomain",
}
"""Old name → its name now, where that is another or its module stays."""

_ROOT = __name__.rpartition(".")[0]


class _Finder:
    """Makes the modules of :data:`MOVED`: empty, with names that are looked up at their new places; lets others answer, too.

    Both finder and loader, and without their abstract classes, which take longer to import than this package.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, module = fullname.partition(".")
        if package != _ROOT:
            return None
        if module in MOVED:
            return ModuleSpec(fullname, self)  # type: ignore[arg-type]  # a loader by what it does
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None and (fullname in _OWNERS or spec.submodule_search_locations is not None):
                    _answer_when_loaded(spec.loader)
                return spec
        return None

    def create_module(self, _: ModuleSpec) -> None:
        """The usual kind of module."""

    def exec_module(self, module: ModuleType) -> None:
        module.__doc__ = f"Moved to {' and '.join(f'{_ROOT}.{successor}' for successor in _successors(module))}."
        _answer(module)


_OWNERS = {f"{_ROOT}.{old}".rpartition(".")[0] for old in (*MOVED, *RENAMED)}


def install() -> None:
    """Make old paths work, and packages load their modules when they are asked for them."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _answer(sys.modules[_ROOT])


def _answer_when_loaded(loader: Any) -> None:
    """Let the module that ``loader`` makes answer for the names that it lacks."""
    run = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        run(module)
        _answer(module)

    loader.exec_module = exec_module


def _answer(module: ModuleType) -> None:
    """Let ``module`` look for what it lacks at new places, then by the ``__getattr__`` that it has, then among its modules."""
    inner = vars(module).get("__getattr__")
    if getattr(inner, "__module__", None) == __name__:  # it does already
        return

    def __getattr__(name: str) -> Any:
        try:
            return _find(module, name)
        except AttributeError as error:
            missing = error
        if inner is not None:
            try:
                return inner(name)
            except AttributeError as error:
                missing = error
        inside = f"{module.__name__}.{name}"
        if name.startswith("_") or not hasattr(module, "__path__") or find_spec(inside) is None:
            raise missing
        return importlib.import_module(inside)

    vars(module)["__getattr__"] = __getattr__


def _find(module: ModuleType, name: str) -> Any:
    """The old ``name`` of ``module``, with a warning at the line that asked for it, two calls up."""
    old = f"{module.__name__}.{name}".removeprefix(f"{_ROOT}.")
    if old in MOVED:
        return importlib.import_module(f"{_ROOT}.{old}")  # its names warn, each by itself
    successors = [importlib.import_module(f"{_ROOT}.{successor}") for successor in _successors(module)]
    if name == "__all__" and successors:
        return sorted({public for successor in successors for public in _offered(successor)})
    if old in RENAMED:
        place, _, name = RENAMED[old].rpartition(".")
        successors = [importlib.import_module(f"{_ROOT}.{place}")]
    for successor in sorted(successors, key=lambda module: name not in _offered(module)):  # before modules that import it
        if hasattr(successor, name) and not name.startswith("_"):
            value = getattr(successor, name)
            place = _public(successor.__name__, name, value)
            warnings.warn(
                f"{_ROOT}.{old} is now {place}; the old path works up to version {LAST}", DeprecationWarning, stacklevel=3
            )
            return value
    raise AttributeError(f"module {module.__name__!r} has no attribute {old.rpartition('.')[2]!r}")


def _public(module: str, name: str, value: Any) -> str:
    """The shortest path that offers the name: of the package, of one of its parts, or of the module itself."""
    parts = module.split(".")
    for depth in range(1, len(parts)):
        owner = sys.modules[".".join(parts[:depth])]
        if name in _offered(owner) and getattr(owner, name) is value:
            return f"{owner.__name__}.{name}"
    return f"{module}.{name}"


def _offered(module: ModuleType) -> Sequence[str]:
    """The public names of a module; none where it does not list them."""
    names: Sequence[str] = getattr(module, "__all__", ())
    return names


def _successors(module: ModuleType) -> tuple[str, ...]:
    """Where the names of ``module`` are now; nowhere else if it has not moved."""
    return MOVED.get(module.__name__.removeprefix(f"{_ROOT}."), ())
