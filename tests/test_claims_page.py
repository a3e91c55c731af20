"""The tables of docs/explanation/claims.md, cell by cell, and what is said beside them: the page prints what is proved."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

import alliances as al
from alliances.claims import CLAIMS, Interval, alliance_family

PAGE = (Path(__file__).parents[1] / "docs" / "explanation" / "claims.md").read_text(encoding="utf-8")
CONCEPTS = {"forever": al.GivenPunishment(), "paid": al.GivenPunishment(al.Transfers())}
ASSUMED = {"given": (), "credible": "credible"}
TABLE = re.compile(r"^>>> table\((\w+), (\w+).*\n +m = (.+)\n((?:(?:given|credible) .*\n)+)", re.MULTILINE)


def cells():
    """(claim, concept, assumption, synergy, decisiveness, what the page says)."""
    for claim, concept, decisiveness, rows in TABLE.findall(PAGE):
        for row in rows.splitlines():
            assumption, synergy, *said = row.split()
            for m, status in zip(decisiveness.split("m = "), said, strict=True):
                yield claim, concept, assumption, synergy, m.strip(), status


CELLS = list(cells())


def test_all_tables_are_read():
    assert len(TABLE.findall(PAGE)) == PAGE.count(">>> table(") == 7
    assert len(CELLS) == 5 * 18 + 2 * 6
    assert {cell[-1] for cell in CELLS} == {"proved", "refuted"}


@pytest.mark.sampled(0)
@pytest.mark.parametrize(("claim", "concept", "assumption", "synergy", "m", "status"), CELLS)
def test_cells(claim, concept, assumption, synergy, m, status):
    family = alliance_family(
        decisiveness=Fraction(m), synergy=synergy, enforcement=CONCEPTS[concept], assume=ASSUMED[assumption]
    )
    assert CLAIMS[claim.lower().replace("_", " ")].prove(family).status == status


@pytest.mark.slow
def test_what_is_said_beside_the_tables():
    asymmetry, (forever, paid) = CLAIMS["asymmetry"], CONCEPTS.values()
    half = [alliance_family(decisiveness=Fraction(1, 2), enforcement=forever, assume=a) for a in ASSUMED.values()]
    assert [CLAIMS["proxy restraint"].prove(family).status for family in half] == ["refuted", "refuted"]
    assert [CLAIMS["sponsor restraint"].prove(family).status for family in half] == ["proved", "proved"]
    for line in re.findall(r"^asymmetry: refuted at .*$", PAGE, re.MULTILINE)[:2]:
        concept = al.Transfers() if "through the sponsor" in line else al.NashReversion()
        assert str(asymmetry.prove(alliance_family(decisiveness=1, enforcement=concept))).split(". ")[0] == line.split(". ")[0]
    for change, status in re.findall(r"^\{'(\w+': '[\w ]+)'\} (\w+)$", PAGE, re.MULTILINE):
        name, value = change.split("': '")
        assert asymmetry.prove(alliance_family(decisiveness=2, enforcement=paid, **{name: value})).status == status
    for synergy in ("complementarity", "constant", "aggregation"):
        open_exponent = alliance_family(decisiveness=Interval(1, 3), synergy=synergy, enforcement=paid)
        assert asymmetry.prove(open_exponent).status == "proved"
