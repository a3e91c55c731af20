"""The loaders and builders on ATOP's and the Correlates of War's own files, against the yearly file made of them elsewhere."""

from pathlib import Path

import numpy as np
import pytest

import alliances as al

pd = pytest.importorskip("pandas")
ds = al.datasets
DATA = Path(__file__).parents[2] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data files beside the checkout are absent")


@pytest.fixture(scope="module")
def atop():
    return ds.load_atop(DATA / "atop51_alliance_level.csv", DATA / "atop51_member_level.csv")


@pytest.fixture(scope="module")
def frame(atop):
    return ds.alliance_years(atop, ds.load_nmc(DATA / "cow_nmc7_cinc.csv"))


@pytest.mark.slow
def test_counts(atop, frame):
    assert len(atop) == 789
    bilateral = atop[atop["bilat"] == 1]
    assert len(bilateral) == 678
    left_out = {why: len(ids) for why, ids in frame.attrs["left_out"].items()}
    assert left_out == {"more than two members": 14, "broken off and revived": 2, "no capabilities at the beginning": 11}
    assert len(bilateral) - left_out["more than two members"] - left_out["broken off and revived"] == 662
    assert frame["id"].nunique() == 651
    assert len(frame) == 12_833
    assert frame[["ended", "violated", "breakdown", "fought"]].sum().tolist() == [281, 124, 150, 27]
    assert frame.attrs["release"] == "ATOP 5.1; NMC 7.0 (years to 2022)"
    ds.check_intervals(frame, event="ended")


def test_the_yearly_file_again(frame):
    stored = pd.read_csv(DATA / "atop51_bilateral_yearly.csv")
    both = frame.merge(stored, left_on=["id", "year"], right_on=["atopid", "year"], suffixes=("", "_stored"))
    assert len(both) == len(stored) == len(frame)
    exact = {
        name: f"{name}_stored" for name in ("ccode1", "ccode2", "start", "ended", "breakdown", "defense", "wartime", "begyr")
    }
    for mine, theirs in (exact | {"violated": "viol", "fought": "conflict"}).items():
        assert (both[mine] == both[theirs]).all(), mine
    np.testing.assert_allclose(both["stop"], both["stop_stored"], atol=1e-9)
    for mine, theirs in (("share", "share_stored"), ("share0", "share0_stored"), ("log_ratio", "lnratio")):
        np.testing.assert_allclose(both[mine], both[theirs], atol=5.1e-5)  # it has four digits
    later = both["begyr"] > 2016  # the stored file's list of major powers ends there
    assert (both["n_major"] == both["n_major_stored"])[~later].all()
    # Whose share it was at the beginning: the stored file takes the weaker side where powers had to be taken from a later year.
    other = (both["share_original"] - both["share_orig_strong"]).abs() > 1e-4
    assert both.loc[other, "id"].nunique() == both.loc[both["share_orig_strong"].isna(), "id"].nunique() == 10
    np.testing.assert_allclose(both.loc[other, "share_original"], 1 - both.loc[other, "share_orig_strong"], atol=1e-4)
    begun = frame.groupby("id").first()
    np.testing.assert_allclose(begun["share_original"], begun["share0"])


def test_the_table_of_peacesciencer():
    frame = ds.load_cow_alliances(DATA / "cow_alliance41_dyad_spells.csv")
    assert len(frame) == 2935
    assert frame.attrs["release"] == "COW Formal Alliances, as R's peacesciencer has it (years to 2012)"


@pytest.mark.slow
@pytest.mark.parametrize("concept", [al.Transfers(), al.NashReversion(), al.GivenPunishment()], ids=lambda c: type(c).__name__)
def test_what_is_free_fits_no_worse_than_what_is_held(frame, concept):
    """Searches that stop at the bounds of a game's parameters would make the game look worse than it is."""

    def best(decisiveness, free):
        game = al.AllianceGame(
            al.Tullock(decisiveness), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15
        )
        model = al.estimation.HazardModel(game, concept, al.patience.Kumaraswamy(b=1), free=free, baseline="age spline")
        return model.fit(frame, event="violated", starts=5, rng=0).best

    held = [best(m, {}) for m in (0.5, 1.0, 2.0, 3.0)]
    assert best(1.0, {"contest.decisiveness": (0.3, 4.0)}) >= max(held) - 0.1
