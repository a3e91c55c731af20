"""The documentation covers every public name, its links lead somewhere, and its code is executed.

That the examples are right is tested by running the pages (``pytest docs``) and the docstrings (``pytest src``).
"""

import inspect
import pkgutil
import re
import types
from pathlib import Path

import pytest

import alliances
from alliances import cases, claims, datasets, plotting, presets, testing

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
MADE_AT_BUILD = ("_static/generated/", "auto_gallery/")
MODULES = {
    "alliances": alliances,
    "alliances.cases": cases,
    "alliances.claims": claims,
    "alliances.datasets": datasets,
    "alliances.plotting": plotting,
    "alliances.presets": presets,
    "alliances.testing": testing,
}
PUBLIC = {f"{prefix}.{name}": getattr(module, name) for prefix, module in MODULES.items() for name in module.__all__}

# Classes that a user is handed and does not build: functions return them, and the functions have the examples.
RESULTS = {
    "alliances.ArrivingShift",
    "alliances.Citation",
    "alliances.CommitmentProblem",
    "alliances.ComparedConcept",
    "alliances.ConflictDuration",
    "alliances.CriticalDiscount",
    "alliances.DefectionThreshold",
    "alliances.DiscountFormula",
    "alliances.DiscountInterval",
    "alliances.EnforcementComparison",
    "alliances.Equilibrium",
    "alliances.FormulaRegion",
    "alliances.IdentifiedDiscount",
    "alliances.KeepingPayment",
    "alliances.MinMax",
    "alliances.NashEquilibria",
    "alliances.OrdinalType",
    "alliances.PayoffAutomaton",
    "alliances.PayoffSet",
    "alliances.PayoffSetBatch",
    "alliances.StochasticPayoffSets",
    "alliances.Strategy",
    "alliances.SwitchingOffer",
    "alliances.PureNash",
    "alliances.RegimeMap",
    "alliances.RegimeTable",
    "alliances.Regimes",
    "alliances.Region",
    "alliances.SimulatedAlliance",
    "alliances.SimulatedBreaks",
    "alliances.ShiftingThreshold",
    "alliances.SimulatedConflicts",
    "alliances.Verification",
    "alliances.Window",
    "alliances.cases.Actor",
    "alliances.cases.CaseFileError",
    "alliances.cases.CasePrediction",
    "alliances.cases.CaseTable",
    "alliances.cases.Comparison",
    "alliances.cases.Event",
    "alliances.cases.Fact",
    "alliances.cases.Fit",
    "alliances.cases.Option",
    "alliances.cases.OptionRanking",
    "alliances.cases.Outcome",
    "alliances.cases.PredictedBreak",
    "alliances.cases.Scoreboard",
    "alliances.cases.Source",
    "alliances.cases.ThirdParty",
    "alliances.cases.ValueSeries",
    "alliances.cases.MovingGame",
    "alliances.cases.YearBoard",
    "alliances.cases.YearComparison",
    "alliances.cases.YearRule",
    "alliances.claims.Check",
    "alliances.claims.Counterexample",
    "alliances.claims.Falsification",
    "alliances.claims.Measurement",
    "alliances.claims.NotArithmetic",
    "alliances.claims.Proof",
    "alliances.claims.Sensitivity",
    "alliances.claims.Step",
    "alliances.claims.Witness",
    "alliances.datasets.ConflictOdds",
    "alliances.datasets.DyadDeaths",
    "alliances.datasets.GapPath",
    "alliances.datasets.Group",
    "alliances.datasets.Municipalities",
    "alliances.datasets.PairConflicts",
    "alliances.datasets.PairScore",
    "alliances.datasets.PredictedBreaks",
    "alliances.datasets.UCDPDyadYear",
    "alliances.datasets.UCDPDyads",
    "alliances.testing.Breach",
    "alliances.testing.CheckResult",
    "alliances.testing.Conformance",
}


def identifier(page: Path) -> str:
    return str(page.relative_to(DOCS))


def prose(page: Path) -> str:
    """The page without its code, in which brackets are no links."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`]*`", "", text)


def fences(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{re.escape(language)}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def directives() -> list[tuple[str, str]]:
    """(directive, full name) of every autodoc directive in the reference."""
    found = []
    for page in sorted((DOCS / "reference").glob("*.md")):
        for block in fences(page, "{eval-rst}"):
            module = ""
            for directive, name in re.findall(r"^\.\. (\w+):: (\S+)$", block, re.MULTILINE):
                if directive == "currentmodule":
                    module = f"{name}."
                elif directive.startswith("auto"):
                    found.append((directive, name if name.startswith("alliances") else module + name))
    return found


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as MyST makes them."""
    headings = re.findall(
        r"^#+ (.*)$",
        re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE),
        re.MULTILINE,
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_pages_are_found():
    assert {"index.md", "tutorial.md", "glossary.md"} <= {identifier(page) for page in PAGES}
    assert len(directives()) > 40


@pytest.mark.parametrize("name", sorted(n for n, thing in PUBLIC.items() if callable(thing) or inspect.ismodule(thing)))
def test_public_name_has_a_docstring(name):
    doc = PUBLIC[name].__doc__ or ""
    generated = doc.startswith(f"{name.rpartition('.')[2]}(")  # what a dataclass without a docstring gets
    assert doc.strip(), f"{name} has no docstring"
    assert not generated, f"{name} has only the docstring that its decorator made"


@pytest.mark.parametrize(
    "name",
    [n for n, thing in sorted(PUBLIC.items()) if callable(thing) and n not in RESULTS],
)
def test_what_a_user_calls_has_an_example(name):
    assert ">>> " in inspect.getdoc(PUBLIC[name]), f"{name} has no example in its docstring"


def test_exempted_names_are_public():
    assert set(PUBLIC) >= RESULTS


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_name_is_in_the_reference(name):
    wanted = "automodule" if isinstance(PUBLIC[name], types.ModuleType) else "auto"
    assert any(d.startswith(wanted) and target == name for d, target in directives()), (
        f"no page of docs/reference documents {name}"
    )


@pytest.mark.parametrize("name", sorted({target for _, target in directives()}))
def test_the_reference_documents_what_exists(name):
    assert pkgutil.resolve_name(name) is not None


def test_nothing_is_documented_twice():
    names = [name for directive, name in directives() if directive != "automodule"]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("page", PAGES, ids=identifier)
def test_relative_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^()\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link) or link.removeprefix("../").startswith(MADE_AT_BUILD):
            continue  # the web; pictures and pages that are made when the site is built
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{identifier(page)}: {link} leads to no file"
        if anchor:
            assert anchor in anchors(target), f"{identifier(page)}: {link} leads to no heading"


@pytest.mark.parametrize("page", PAGES, ids=identifier)
def test_references_to_the_code_resolve(page):
    for name in re.findall(r"\{(?:class|func|mod|meth|attr)\}`~?([\w.]+)`", page.read_text(encoding="utf-8")):
        assert pkgutil.resolve_name(name) is not None


@pytest.mark.parametrize("page", PAGES, ids=identifier)
def test_all_code_is_executed(page):
    for block in fences(page, "python"):
        assert block.startswith(">>> "), f"{identifier(page)}: code without a prompt is not executed:\n{block}"


def test_every_page_is_in_a_table_of_contents():
    listed = {DOCS / "index.md"}
    for page in PAGES:
        for block in fences(page, "{toctree}"):
            listed |= {page.parent / f"{line.strip()}.md" for line in block.splitlines() if line.strip() and line[0] != ":"}
    assert set(PAGES) == {page for page in listed if not str(page.relative_to(DOCS)).startswith(MADE_AT_BUILD)}
