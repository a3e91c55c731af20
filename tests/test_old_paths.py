"""Every public name and module path of version 0.1.0 works, and warns where it moved (``alliances.moved``)."""

import importlib
import pickle
import re
import sys
import warnings
from pathlib import Path

import pytest

import alliances as al
from alliances import moved

TEXT = (Path(__file__).parent / "names_of_0_1_0.txt").read_text(encoding="utf-8")
LINES = [line for line in TEXT.replace("\n    ", " ").splitlines() if not line.startswith("#")]
NAMES = {module: names.split() for module, _, names in (line.partition(":") for line in LINES)}


def resolve(path):
    """The thing at the path; unlike ``pkgutil.resolve_name``, a function before a module of the same name."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def is_moved(path):
    """Whether the path of 0.1.0, a module's or a name's, is an old one."""
    module, _, _ = path.rpartition(".")
    return any(old.removeprefix("alliances.") in {**moved.MOVED, **moved.RENAMED} for old in (path, module))


PATHS = [f"{module}.{name}" for module, names in NAMES.items() for name in names]
OLD = [
    path
    for path in PATHS
    if is_moved(path) and path not in ("alliances.verification.repeated", "alliances.verification.rivals")
]  # modules: they have no names to warn of


def test_the_list_is_whole():
    assert len(NAMES) == 119
    assert len(PATHS) == 608 == len(set(PATHS))
    assert len(OLD) > 200


def test_every_module_is_imported():
    for module in NAMES:
        assert importlib.import_module(module).__name__ == module


def test_what_did_not_move_is_silent():
    for path in set(PATHS) - set(OLD):
        assert resolve(path) is not None, path


@pytest.mark.parametrize("letter", sorted({path.split(".")[1][0] for path in OLD}))
def test_what_moved_warns_and_is_the_thing_itself(letter):
    for path in OLD:
        if path.split(".")[1][0] == letter:
            with pytest.warns(DeprecationWarning, match=rf"^{re.escape(path)} is now alliances\.") as record:
                old = resolve(path)
            assert len(record) == 1, path
            assert record[0].filename == __file__, path  # the line that asked
            place = re.match(r"\S+ is now (\S+); the old path works up to version", str(record[0].message)).group(1)
            assert resolve(place) is old, path  # silent, since warnings are errors: the new place is not an old one


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("alliances.regions.Region", "alliances.Region"),
        ("alliances.repeated.strategy.Verification", "alliances.repeated.payoff_sets.strategy.StrategyVerification"),
        ("alliances.repeated.strategy.verify_strategy", "alliances.verification.strategies.verify_strategy"),
        (
            "alliances.repeated.contract_strategies.ContractCheck",
            "alliances.repeated.contracts.strategies.ContractVerification",
        ),
        ("alliances.repeated.contract_strategies.StepsCheck", "alliances.Verification"),
        (
            "alliances.repeated.monitored_contracts.MonitoredCheck",
            "alliances.repeated.monitoring.contracts.MonitoringVerification",
        ),
        ("alliances.repeated.payoff_set_batch.payoff_set_batch", "alliances.repeated.payoff_sets.batch.solve_batch"),
        ("alliances.repeated.payoff_set_plot.plot", "alliances.plotting.plot_payoff_set"),
        ("alliances.claims.queries.Problem", "alliances.claims.proofs.problem.Problem"),
        ("alliances.claims.queries.GameProblem", "alliances.claims.proofs.witnesses.GameProblem"),
        ("alliances.payoffs.alliance_game.CustomGame", "alliances.CustomGame"),
        ("alliances.cases.loader.load", "alliances.cases.load"),
    ],
)
def test_the_warning_names_the_new_place(old, new):
    with pytest.warns(DeprecationWarning, match=rf"^{re.escape(old)} is now {re.escape(new)};"):
        assert resolve(old) is resolve(new)


def test_both_forms_of_import_warn_at_their_line():
    code = "import alliances.regions as r\nfrom alliances.regions import Region\nr.ordinal_regions\n"
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        exec(compile(code, "user.py", "exec"), {})
    assert [(w.filename, w.lineno, str(w.message).split()[0]) for w in record] == [
        ("user.py", 2, "alliances.regions.Region"),
        ("user.py", 3, "alliances.regions.ordinal_regions"),
    ]


def test_old_modules_are_attributes_and_give_all_their_names(monkeypatch):
    monkeypatch.delitem(sys.modules, "alliances.repeated.terms", raising=False)
    monkeypatch.delattr(al.repeated, "terms", raising=False)
    with pytest.warns(DeprecationWarning, match="alliances.Reversion"):
        assert al.repeated.terms.Reversion is importlib.import_module("alliances.repeated.enforcement.concept").Reversion
    names = {}
    with pytest.warns(DeprecationWarning, match="alliances.rivals"):
        exec("from alliances.rivals import *", names)
    assert names["keeping_payment"] is al.keeping_payment


def test_pickles_of_the_old_version_are_read():
    current = pickle.dumps(al.PublicMonitoring, protocol=0)
    old = current.replace(b"alliances.repeated.monitoring.signals", b"alliances.repeated.public_monitoring")
    assert old != current
    with pytest.warns(DeprecationWarning, match="public_monitoring.PublicMonitoring is now alliances.PublicMonitoring"):
        assert pickle.loads(old) is al.PublicMonitoring


def test_unknown_names_are_errors_as_ever():
    old = importlib.import_module("alliances.regions")
    for module in (old, al, al.payoffs.alliance_game, al.repeated):
        with pytest.raises(AttributeError, match=f"^module '{module.__name__}' has no attribute 'nothing'$"):
            _ = module.nothing
    assert not hasattr(old, "_private")
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec("from alliances.regions import nothing")
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'alliances\.nothing'"):
        importlib.import_module("alliances.nothing")


def test_no_line_of_the_tables_is_idle():
    """What is listed as moved is gone, was there in 0.1.0, and leads somewhere."""
    for old, successors in moved.MOVED.items():
        assert f"alliances.{old}" in NAMES
        assert not (Path(al.__file__).parent / f"{old.replace('.', '/')}.py").exists()
        for successor in successors:
            assert importlib.import_module(f"alliances.{successor}")
    for old, new in moved.RENAMED.items():
        assert f"alliances.{old}" in PATHS
        assert resolve(f"alliances.{new}") is not None


def test_old_modules_hide_no_public_name():
    """Importing an old module sets it as an attribute of its parent, which must not replace a function of the same name."""
    for old in moved.MOVED:
        parent, _, name = f"alliances.{old}".rpartition(".")
        public = (
            getattr(importlib.import_module(parent), "__all__", ())
            if parent.removeprefix("alliances.") not in moved.MOVED
            else ()
        )
        assert name not in public


def test_installing_twice_adds_one_finder():
    before = list(sys.meta_path)
    moved.install()
    assert sys.meta_path == before


def test_constants_are_the_same_numbers():
    with pytest.warns(DeprecationWarning, match="PROGRAMME_ROUNDING"):
        assert resolve("alliances.repeated.linear_programmes.EPSILON") == 1e-9


def test_a_claim_made_or_pickled_by_the_old_version_is_about_discount_factors():
    claim = al.claims.SPONSOR_RESTRAINT
    parts = (claim.name, claim.statement, claim.formula, claim.source, claim.domain, claim.shape)
    with pytest.warns(DeprecationWarning, match="use DiscountClaim"):
        old = al.claims.Claim(*parts)
    assert isinstance(old, al.claims.DiscountClaim)
    assert str(old) == str(claim)
    assert old.check(al.presets.chindea_2014()).status == claim.check(al.presets.chindea_2014()).status
    with pytest.warns(DeprecationWarning, match="use DiscountClaim"):
        assert isinstance(
            pickle.loads(pickle.dumps(claim, protocol=2).replace(b"DiscountClaim", b"Claim")), al.claims.DiscountClaim
        )
