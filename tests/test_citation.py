"""Citations: one bibliography for texts and results, complete both ways, and what ``citation`` collects from it.

The bibliography is read by two programs here, the library's and pybtex, which must agree.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import alliances as al
from alliances.repeated.enforcement import CONCEPTS
from alliances.results.references import keys_in, works

ROOT = Path(__file__).parents[1]
TEXTS = [ROOT / "README.md"]
TEXTS += sorted(
    path
    for folder, pattern in (("docs", "*.md"), ("src", "*.py"), ("src", "*.toml"))
    for path in (ROOT / folder).rglob(pattern)
    if "_build" not in path.parts and "_static" not in path.parts
)

# A capital word, "et al." or initials perhaps, and a year: what looks like a citation, without a look at the bibliography.
LIKELY = re.compile(
    r"(?<![\w-])([A-ZÀ-Ž][\w'’-]*[a-zà-ž](?:,\s+(?:[A-Z]\.[\s-]*)+)?(?:\s+et\s+al\.)?)(?:['’]s)?,?\s+\(?((?:1[89]|20)\d\d)\b(?![-–]\d)"
)
NO_AUTHORS = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    "In", "Until", "Since", "From", "By", "After", "Before", "Early", "Of", "Between", "Me",
}  # fmt: skip


def cited_spans(text: str) -> list[tuple[int, int]]:
    """Where the text cites a work of the bibliography."""
    possible = [work for key, work in works().items() if key != "alliances" and work.parts["year"] in text]
    return [match.span() for work in possible for match in re.finditer(work.cited(), text)]


def test_texts_are_found():
    names = {path.name for path in TEXTS}
    assert {"enforcement.md", "nash_reversion.py", "gulf-zetas.toml", "README.md"} <= names


def not_in_the_bibliography(text):
    spans = cited_spans(text)
    return [
        match[0]
        for match in LIKELY.finditer(text)
        if match[1] not in NO_AUTHORS and not any(start <= match.start(1) and match.end() <= end for start, end in spans)
    ]


@pytest.mark.slow
def test_what_texts_cite_is_in_the_bibliography():
    missing = {str(path.relative_to(ROOT)): not_in_the_bibliography(path.read_text(encoding="utf-8")) for path in TEXTS}
    assert {path: cited for path, cited in missing.items() if cited} == {}


def near_years(text: str) -> str:
    """The lines that hold a year and the three before each, where a citation that ends with the year begins; others, a dash."""
    lines = text.split("\n")
    kept = {k - back for k, line in enumerate(lines) if re.search(r"(?:1[5-9]|20)\d\d", line) for back in range(4)}
    return "\n".join(line if k in kept else "—" for k, line in enumerate(lines))


@pytest.mark.slow
def test_what_the_bibliography_has_is_cited():
    everything = "\n—\n".join(near_years(path.read_text(encoding="utf-8")) for path in TEXTS)
    assert set(works()) - set(keys_in(everything)) == {"alliances"}


def test_a_missing_work_would_be_noticed():
    text = "as Nobody & Else (1999) say, and Friedman (1971)"
    (span,) = cited_spans(text)
    assert text[slice(*span)] == "Friedman (1971"
    assert [match[1] for match in LIKELY.finditer(text)] == ["Else", "Friedman"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Nash 1951", ("nash-1951",)),
        ("Chindea's (2014, *Fletcher*", ("chindea-2014",)),
        ("Goldlücke and\n  Kranz 2012", ("goldlucke-kranz-2012",)),
        ("Abreu, Pearce & Stacchetti (1990)", ("abreu-pearce-stacchetti-1990",)),
        ("Sundberg, R. and Melander, E. (2013)", ("sundberg-melander-2013",)),
        ("Saltelli et al. 2010", ("saltelli-2010",)),
        ("Jovanović and de\nMoura (2012)", ("jovanovic-de-moura-2012",)),
        ("Fudenberg, Levine & Maskin 1994", ("fudenberg-levine-maskin-1994",)),
        ("Nash 1952, Nash in 1951, 1951", ()),
    ],
    ids=["plain", "possessive", "two, over a line", "three", "initials", "et al.", "particle", "not two of three", "none"],
)
def test_citations_in_a_text(text, keys):
    assert keys_in(text) == keys


def test_the_library_and_pybtex_read_the_same():
    from pybtex import database

    entries = database.parse_file(str(ROOT / "src/alliances/references.bib"), "bibtex").entries
    assert list(entries) == list(works())
    for key, entry in entries.items():
        parts = works()[key].parts
        assert {name: value for name, value in parts.items() if name not in ("author", "editor")} == dict(entry.fields.items())
        families = [" ".join([*person.prelast_names, *person.last_names]).strip("{}") for person in entry.persons["author"]]
        assert [name for name in families if name != "others"] == list(works()[key].authors)


def test_entries_are_complete():
    for key, work in works().items():
        parts = work.parts
        assert {"author", "title", "year"} <= set(parts), key
        assert re.fullmatch(r"(1[89]|20)\d\d", parts["year"]), key
        if "doi" in parts:
            assert re.fullmatch(r"10\.\d{4,5}/\S+", parts["doi"]), key
        if key != "alliances":
            assert key.endswith(f"-{parts['year']}")
            assert "journal" in parts or not work.bibtex.startswith("@article"), key


def test_the_version_is_this_one():
    assert f"version {al.__version__}" in works()["alliances"].parts["note"]


def test_most_works_have_a_doi():
    having = sum("doi" in work.parts for work in works().values())
    assert having >= 0.7 * len(works())


def test_what_a_threshold_rests_on():
    t = al.defection_threshold(al.presets.morrow_1991(), 0.5, enforcement=al.Transfers(), samples=65)
    keys = al.citation(t).keys
    assert keys[0] == "alliances"
    assert {"morrow-1991", "nash-1950", "levin-2003", "goldlucke-kranz-2012"} <= set(keys)
    assert "friedman-1971" not in keys


@pytest.mark.parametrize(
    "concept", [example for concept in CONCEPTS for example in concept.examples()] + [al.GivenPunishment(), al.OutsideOption(1)]
)
def test_every_concept_has_something_to_cite(concept):
    assert len(al.citation(concept).keys) > 1


@pytest.mark.parametrize(
    ("thing", "key"),
    [
        (al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]).nash(), "nash-1951"),
        (al.payoff_set(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), Fraction(1, 7)), "abreu-sannikov-2014"),
        (al.relational_contracts(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])), "goldlucke-kranz-2012"),
        (al.conflict_duration(al.Power(2, 1), al.ConflictWalk(swing=2, barrier=8)), "feller-1968"),
        (al.cases.load("gulf-zetas"), "coscia-rios-2012"),
        (al.claims.ASYMMETRY, "morrow-1991"),
        ([al.NashBargaining(), al.Hirshleifer(1)], "nash-1950"),
        (al.Tullock, "tullock-1980"),
    ],
    ids=["equilibria", "payoff set", "contracts", "war", "case", "claim", "list", "class"],
)
def test_what_things_rest_on(thing, key):
    found = al.citation(thing)
    assert key in found.keys
    assert works()[key].bibtex in str(found)


def test_each_work_once_and_the_library_alone():
    assert al.citation().keys == ("alliances",)
    assert al.citation(al.NashReversion(), al.NashReversion(mixed=True)).keys == ("alliances", "friedman-1971")


def test_a_new_concept_carries_its_citation():
    entry = "@misc{me-2026,\n  author = {Me},\n  title = {Mine},\n  year = {2026},\n}"

    @dataclass(frozen=True)
    class Mine(al.NashReversion):
        references = (*al.NashReversion.references, entry)

    r = al.critical_discount(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), enforcement=Mine())
    assert al.citation(r).keys[-2:] == ("friedman-1971", "me-2026")
    assert str(al.citation(r)).endswith(entry)


def test_an_unknown_key_is_an_error():
    class Wrong:
        references = ("nobody-1900",)

    message = r"citation\(\): Wrong\.references must hold keys of the bibliography or BibTeX entries; got 'nobody-1900'"
    with pytest.raises(ValueError, match=message):
        al.citation(Wrong())


def test_a_source_that_the_bibliography_does_not_have():
    source = al.cases.Source(key="me-2026", citation="Me (2026).  My\n book.", year=2026, url="https://example.org/a")
    (entry,) = al.citation(source).entries[1:]
    assert entry == (
        "@misc{me-2026,\n  note = {Me (2026). My book.},\n  year = {2026},\n  howpublished = {\\url{https://example.org/a}},\n}"
    )


@pytest.mark.parametrize("thing", [3, 0.5, "friedman-1971", None])
def test_nothing_stands_behind_a_number_or_a_text(thing):
    with pytest.raises(TypeError, match=r"^citation\(\): things must be results, games, .*; got "):
        al.citation(al.NashReversion(), thing)


def test_one_work_is_one_work():
    assert al.citation().message == "1 work to cite: alliances"


def test_a_citation_is_a_result():
    found = al.citation(al.NashReversion())
    assert found.message == "2 works to cite: alliances, friedman-1971"
    assert str(found) == found.bibtex
    assert found == al.citation(al.NashReversion())
    assert found.to_dict() == {"entries": list(found.entries)}
