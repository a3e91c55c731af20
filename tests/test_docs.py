"""The documentation covers every public name, its links lead somewhere, and its code is executed.

That the examples are right is tested by running the pages (``pytest docs``) and the docstrings (``pytest src``).
"""

import inspect
import pkgutil
import re
import types
from pathlib import Path

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


def test_public_names_have_docstrings_of_their_own():
    named = {n: thing.__doc__ or "" for n, thing in PUBLIC.items() if callable(thing) or inspect.ismodule(thing)}
    assert len(named) > 250
    assert [n for n, doc in named.items() if not doc.strip()] == []
    made = [n for n, doc in named.items() if doc.startswith(f"{n.rpartition('.')[2]}(")]  # what a bare dataclass gets
    assert made == []


def test_what_a_user_calls_has_an_example():
    called = [n for n, thing in PUBLIC.items() if callable(thing) and n not in RESULTS]
    assert len(called) > 150
    assert [n for n in called if ">>> " not in inspect.getdoc(PUBLIC[n])] == []


def test_exempted_names_are_public():
    assert set(PUBLIC) >= RESULTS


def test_public_names_are_in_the_reference():
    documented = {target for directive, target in directives() if directive.startswith("auto")}
    assert sorted(PUBLIC.keys() - documented) == []
    modules = {name for name, thing in PUBLIC.items() if isinstance(thing, types.ModuleType)}
    assert sorted(modules - {target for directive, target in directives() if directive == "automodule"}) == []


def test_the_reference_documents_what_exists():
    for name in sorted({target for _, target in directives()}):
        assert pkgutil.resolve_name(name) is not None, name


def test_nothing_is_documented_twice():
    names = [name for directive, name in directives() if directive != "automodule"]
    assert sorted(names) == sorted(set(names))


def test_relative_links_lead_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\(([^()\s]+)\)", prose(page)):
            if re.match(r"[a-z]+:", link) or link.removeprefix("../").startswith(MADE_AT_BUILD):
                continue  # the web; pictures and pages that are made when the site is built
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), f"{identifier(page)}: {link} leads to no file"
            if anchor:
                assert anchor in anchors(target), f"{identifier(page)}: {link} leads to no heading"


def test_references_to_the_code_resolve():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = set(re.findall(r"\{(?:class|func|mod|meth|attr)\}`~?([\w.]+)`", text))
    assert len(names) > 40
    for name in sorted(names):
        assert pkgutil.resolve_name(name) is not None, name


def test_all_code_is_executed():
    for page in PAGES:
        for block in fences(page, "python"):
            assert block.startswith(">>> "), f"{identifier(page)}: code without a prompt is not executed:\n{block}"


def test_pages_agree_on_how_to_install():
    """From a copy of the repository, as long as no package index has the library; with it, extras can be added by its name."""
    for page in (DOCS.parent / "README.md", DOCS / "installation.md", DOCS / "index.md"):
        assert "`pip install .`" in page.read_text(encoding="utf-8") or "\npip install .\n" in page.read_text(encoding="utf-8")
    for page in PAGES:
        assert not re.search(r"pip install (--upgrade )?'?alliances['`\s]", page.read_text(encoding="utf-8")), page.name


def test_words_that_only_their_author_hears():
    for page in [*PAGES, *(DOCS.parent / name for name in ("README.md", "paper/paper.in.md", "paper/paper.md"))]:
        words = " ".join(page.read_text(encoding="utf-8").split())
        for lost in ("question round", "on the safe side", "by luck", "broken power"):
            assert lost not in words, f"{page.name}: {lost}"


def test_letters_with_more_than_one_meaning_are_named():
    """A letter that two rows of the notation define, arguments and the players' subscripts aside, is in the last paragraph."""
    text = (DOCS / "notation.md").read_text(encoding="utf-8")
    tables, _, last = text.partition("Some letters have more than one meaning")
    seen = set()
    for row in re.findall(r"^\| (\$.*?) \|", tables, re.MULTILINE):
        symbols = {re.sub(r"_[SPi]\b|\(.*\)", "", symbol) for symbol in re.findall(r"\$(.+?)\$", row)}
        for symbol in symbols & seen:
            assert f"${symbol}$" in last, symbol
        seen |= symbols
    assert "L" in seen


def test_the_page_on_the_explorer_counts_the_settings_that_tests_compare():
    page = (DOCS / "explorer.md").read_text(encoding="utf-8")
    tests = Path(__file__).parent
    browser = re.search(r'"EXPLORER_SETTINGS", "(\d+)"', (tests / "test_explorer_browser.py").read_text(encoding="utf-8"))
    node = re.search(r"random_settings\((\d+)\)", (tests / "test_explorer.py").read_text(encoding="utf-8"))
    assert f"compare {browser[1]} random settings in\nChromium and {node[1]} in Node.js" in page


def test_every_page_is_in_a_table_of_contents():
    listed = {DOCS / "index.md"}
    for page in PAGES:
        for block in fences(page, "{toctree}"):
            listed |= {page.parent / f"{line.strip()}.md" for line in block.splitlines() if line.strip() and line[0] != ":"}
    assert set(PAGES) == {page for page in listed if not str(page.relative_to(DOCS)).startswith(MADE_AT_BUILD)}
