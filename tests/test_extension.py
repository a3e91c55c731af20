"""What is added to the library takes one file and one registration: a concept, a claim, a result with picture and check.

The three files are in ``tests/toys``; CONTRIBUTING.md says where such files go. Each test registers, and looks at everything
that follows of itself.
"""

import importlib
import json
import sys
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from hypothesis import find, settings

import alliances as al
from alliances import claims, testing
from alliances.claims import alliance_family
from alliances.repeated.enforcement import CONCEPTS
from alliances.results import Result
from tests.toys.late_reversion import LateReversion
from tests.toys.tally import Tally, tally
from tests.toys.wary_sponsor import WARY_SPONSOR

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def registered(monkeypatch):
    """The toy concept, registered: one line."""
    monkeypatch.setattr(sys.modules["alliances.repeated.enforcement"], "CONCEPTS", CONCEPTS)  # restored as the same list
    CONCEPTS.append(LateReversion)
    yield
    CONCEPTS.remove(LateReversion)


@pytest.mark.usefixtures("registered")
class TestConcept:
    def test_it_solves_and_is_checked(self):
        r = al.critical_discount(PD, enforcement=LateReversion())
        assert r.dyad == pytest.approx(7**-0.5)
        assert al.verify(r)
        assert not al.verify(replace(r, sponsor=1 / 7))

    def test_it_runs_through_the_house(self):
        game, concept = al.presets.chindea_2014(), LateReversion()
        threshold = al.defection_threshold(game, 0.8, enforcement=concept)
        assert al.verify(threshold)
        plain = al.stability_windows(game, 0.64)  # δ² for δ
        for late, now in zip(threshold.windows, plain, strict=True):
            assert (late.lower, late.upper) == pytest.approx((now.lower, now.upper), abs=1e-8)
        offer = al.switching_offer(PD, None, F(1, 2), enforcement=concept)
        assert offer.offer == 6  # 9 − (1 − δ²)/δ² (10 − 9)
        assert al.verify(offer)

    def test_tables_have_a_row_for_it(self):
        table = al.regime_table(al.presets.chindea_2014(), [0.0], 1, 0.6)
        assert table.labels[-1] == "LateReversion()"

    def test_strategies_draw_it(self):
        drawn = find(testing.enforcements(exact=False), lambda c: type(c) is LateReversion, settings=settings(database=None))
        assert drawn == LateReversion()

    @pytest.mark.slow
    def test_claims_are_checked_and_proved_under_it(self):
        family = alliance_family(decisiveness=1, synergy="constant", enforcement=LateReversion())
        now = alliance_family(decisiveness=1, synergy="constant")
        claim = claims.PROXY_RESTRAINT
        assert claim.prove(family).status == claim.prove(now).status
        assert claim.check(al.presets.chindea_2014(), enforcement=LateReversion()).status == (
            claim.check(al.presets.chindea_2014()).status
        )

    def test_the_atlas_asks_about_it(self, monkeypatch):
        monkeypatch.syspath_prepend(str(BENCHMARKS))
        monkeypatch.delitem(sys.modules, "atlas_rows", raising=False)
        rows = importlib.import_module("atlas_rows")
        asked = [row for row in rows.all_rows() if row.enforcement == repr(LateReversion())]
        assert {row.claim for row in asked} == set(rows.ALONG)
        assert isinstance(asked[0].family().concept(), LateReversion)
        del sys.modules["atlas_rows"]  # which has the toy; what was there before comes back


class TestClaim:
    @pytest.mark.slow
    def test_its_four_verbs(self):
        family = alliance_family(decisiveness=2)
        check = WARY_SPONSOR.check(al.presets.chindea_2014())
        assert check.status == "fails"
        assert al.verify(check)
        found = WARY_SPONSOR.falsify(family)
        assert found.found
        assert al.verify(found)
        assert WARY_SPONSOR.measure(family, points=64).share < 1
        proof = WARY_SPONSOR.prove(family)
        assert proof.status == "refuted"
        assert al.verify(proof)

    def test_its_registration(self, monkeypatch):
        monkeypatch.setitem(claims.CLAIMS, WARY_SPONSOR.name, WARY_SPONSOR)
        assert str(claims.CLAIMS["wary sponsor"]).startswith("wary sponsor: The wider the gap")


class TestResult:
    games = al.StageGame(np.stack([PD.A, PD.A]), np.stack([PD.B, -PD.B]))

    def test_what_it_gets_of_itself(self):
        result = tally(self.games)
        assert isinstance(result, Result)
        assert str(result) == result.message == "0 of 2 games have no pure equilibrium."
        assert json.loads(json.dumps(result.to_dict())) == {"counts": [1, 1]}
        assert result.to_frame()["equilibria"].tolist() == [1, 1]

    def test_its_picture(self):
        assert tally(self.games).plot().get_ylabel() == "pure Nash equilibria"

    def test_its_check(self):
        result = tally(self.games)
        assert al.verify(result).checks == 2
        assert al.verify(Tally(self.games, np.array([1, 2]))).witness == "game 1: another number of equilibria"

    def test_a_result_without_picture_or_check_says_so(self):
        class Bare(Result):
            pass

        with pytest.raises(TypeError, match="there is no picture of a Bare"):
            Bare().plot()
        with pytest.raises(TypeError, match="must be a result of this library that has a definition to check; got Bare"):
            Bare().verify()
        with pytest.raises(TypeError, match="Bare has no table"):
            Bare().to_frame()
