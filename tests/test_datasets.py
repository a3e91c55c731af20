"""The shipped table, the loader of UCDP's files, predicted breaks, scores and odds; checked against the sources if at hand."""

import csv
import io
import sys
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

import alliances as al
from alliances.datasets.conflict_odds import clustered_logit

ds = al.datasets
ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
UCDP = "ucdp_ged_mexico_nonstate_dyad_year.csv"
HEAD = "side_a,side_b,year,best,low,high\n"
TOY = f"""{HEAD}Gulf Cartel,Los Zetas,2010,223,223,348
"Gulf Cartel, La Familia, Sinaloa Cartel",Los Zetas,2010,1201,1200,1203
Juarez Cartel,Sinaloa Cartel,2004,61,61,61
Juarez Cartel,Sinaloa Cartel,2006,0,0,127
Juarez Cartel,Sinaloa Cartel,2007,136,136,346
Sinaloa Cartel,Juarez Cartel,2007,1,1,1
Juarez Cartel,Sinaloa Cartel,2008,24,24,24
Tijuana Cartel,Beltrán Leyva Cartel,2003,1,1,1
"""


@pytest.fixture(scope="module")
def pairs():
    return ds.cartel_municipalities().pairs()


def toy(text=TOY):
    return ds.load_ucdp_dyads(io.StringIO(text))


def data(file):
    if not DATA.is_dir():
        pytest.skip("the data files beside the checkout are absent")
    return DATA / file


def rows(file):
    with data(file).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


# -- The table and its pairs --------------------------------------------------------------------------------------------------


def test_the_table_is_the_gulf_case_again():
    series = al.cases.load("gulf-zetas").power_series()
    path = ds.cartel_municipalities().pairs().find("Los Zetas", "Gulf Cartel")
    kept = path.series.between(series.dates[0], series.dates[-1])
    assert (kept.sponsor, kept.proxy, kept.unit) == (series.sponsor, series.proxy, series.unit)
    assert path.gap.tolist() == series.gap.tolist()


def test_the_table_against_the_data_file():
    table = ds.cartel_municipalities()
    found = {int(row["Year"]): row for row in rows("coscia_rios_yearly_municipality_counts.csv")}
    for group in table.groups:
        assert list(group.counts) == [int(found[year][group.coscia_rios]) for year in table.years]


def test_pairs_against_the_data_file(pairs):
    """151 pair-years made elsewhere: lagged counts, deaths (coalitions in full) and wars."""
    table, deaths = ds.cartel_municipalities(), ds.load_ucdp_dyads(data(UCDP))
    alone, together = deaths.conflicts(pairs), deaths.conflicts(pairs, coalitions=True)
    covered, differ = 0, {}
    for row in rows("mexico_cartel_pairs_2003_2010.csv"):
        k, t = pairs.paths.index(pairs.find(row["a"], row["b"])), pairs.years.index(int(row["year"]))
        if t > 0:
            covered += 1
            counts = [table.group(row[side]).counts[t - 1] for side in "ab"]
            assert counts == [int(row["n_a"]), int(row["n_b"])]
            assert pairs.present[k, t - 1]
        assert together.deaths[k, t] == float(row["deaths"])
        assert together.active[k, t] == alone.active[k, t] == (row["conf"] == "1")
        if alone.deaths[k, t] != together.deaths[k, t]:
            differ[pairs.names[k]] = (alone.deaths[k, t].item(), together.deaths[k, t].item())
    assert covered == 141 == int(pairs.present[:, :-1].sum())
    assert differ == {
        "Gulf Cartel - Los Zetas": (223, 1424),
        "Los Zetas - Sinaloa Cartel": (29, 1230),
        "Los Zetas - La Familia": (53, 1254),
    }


def test_all_pairs_start_with_the_stronger_side(pairs):
    assert len(pairs.paths) == len(set(pairs.names)) == 21
    for k, path in enumerate(pairs.paths):
        leads = [gap for gap in path.gap if gap]
        assert leads[0] > 0
        young = "La Familia" in (path.sponsor.name, path.proxy.name)
        assert path.years.tolist() == list(range(2004 if young else 2003, 2011))
        assert pairs.present[k].tolist() == [not young] + [True] * 7
        assert np.isnan(pairs.gap[k, 0]) == young
        assert pairs.gap[k, 1:].tolist() == pytest.approx([float(g) for g in path.gap[-7:]])
    tie = pairs.find("Tijuana", "Juarez")
    assert (tie.sponsor.name, tie.gap[0]) == ("Juárez Cartel", 0)  # equal in 2003, Juárez leads in 2004
    assert pairs.power.sponsor.dtype == object  # counts stay exact


def test_lookups():
    table = ds.cartel_municipalities()
    assert table.group("Beltrán Leyva Cartel") is table.group("Beltran_Leyva") is table.group("Beltrán Leyva")
    assert table.series("Familia").value == (0, 5, 24, 46, 31, 118, 192, 227)
    assert table.source.year == 2012
    assert "before 2004 less reliable" in table.note
    with pytest.raises(ValueError, match=r"Municipalities.group\(\): name must be one of Los Zetas, Gulf Cartel.*got 'CJNG'"):
        table.group("CJNG")
    with pytest.raises(ValueError, match=r"GapPaths.find\(\): one and other must be a pair of .*got 'Zetas' and 'Zetas'"):
        table.pairs().find("Zetas", "Zetas")


def test_frames(pairs):
    frame = pairs.to_frame()
    assert len(frame) == int(pairs.present.sum()) == 162
    assert ds.cartel_municipalities().to_frame().loc[2010, "Los Zetas"] == 405


def test_frames_without_pandas(pairs, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    for thing in (pairs, ds.cartel_municipalities()):
        with pytest.raises(ImportError, match=r"pip install 'alliances\[data\]'"):
            thing.to_frame()


# -- UCDP ---------------------------------------------------------------------------------------------------------------------


def test_deaths_of_a_pair():
    deaths = toy()
    found = deaths.between("Sinaloa Cartel", "Juarez Cartel")
    assert (found.years, found.deaths) == ((2004, 2006, 2007, 2008), (61, 0, 137, 24))  # either order of sides
    assert found.active() == (2004, 2007)
    assert found.onsets(24) == (2004, 2007)  # 2008 goes on
    assert found.active(0) == found.years
    high = deaths.between("Sinaloa Cartel", "Juarez Cartel", estimate="high")
    assert high.onsets() == (2004, 2006)
    assert deaths.between("Gulf Cartel", "Los Zetas").deaths == (223,)
    assert deaths.between("Gulf Cartel", "Los Zetas", coalitions=True).deaths == (1424,)
    assert deaths.between("Gulf Cartel", "Sinaloa Cartel", coalitions=True).years == ()  # on one side
    assert str(deaths.between("Gulf Cartel", "Juarez Cartel")) == "Gulf Cartel - Juarez Cartel: no deaths recorded"
    assert deaths.years == (2003, 2010)
    assert "La Familia" in deaths.names


def test_wars_among_the_pairs(pairs):
    wars = toy().conflicts(pairs)
    k = pairs.names.index("Juárez Cartel - Sinaloa Cartel")
    assert wars.deaths[k].tolist() == [0, 61, 0, 0, 137, 24, 0, 0]
    assert wars.onsets[k] == (2004, 2007)
    assert wars.deaths.sum() == 61 + 137 + 24 + 223 + 1
    assert toy().conflicts(pairs, threshold=62).onsets[k] == (2007,)
    assert toy().conflicts(pairs, threshold=61).onsets[k] == (2004, 2007)
    assert str(wars).startswith("2 of 21 pairs at war (25 deaths a year); onsets:\nGulf Cartel - Los Zetas: 2010 (223 deaths)")


def test_the_event_file_is_summed_and_kept_to_non_state_conflict():
    events = "id,type_of_violence,side_a,side_b,year,best,low,high\n"
    for k, (kind, best) in enumerate([(2, 100), (2, 123), (1, 999), (3, 5)]):
        events += f"{k},{kind},Gulf Cartel,Los Zetas,2010,{best},{best},{best}\n"
    assert toy(events).between("Gulf Cartel", "Los Zetas").deaths == (223,)


def test_files_and_marks(tmp_path):
    file = tmp_path / "ged.csv"
    file.write_text(TOY, encoding="utf-8-sig")  # as spreadsheets save it
    assert ds.load_ucdp_dyads(file).rows == ds.load_ucdp_dyads(str(file)).rows == toy().rows
    bare = toy("side_a,side_b,year,best\nA,B,2000,30.0\n")
    assert bare.rows == (ds.UCDPDyadYear(side_a="A", side_b="B", year=2000, best=30),)
    with pytest.raises(ValueError, match=r"estimate must be a column of the file; got 'low'"):
        bare.between("A", "B", estimate="low")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ds.load_ucdp_dyads(3), TypeError, r"load_ucdp_dyads\(\): path must be a path or an open text file; got 3"),
        (lambda: toy("side_a,side_b,best\n"), ValueError, r"columns side_a, side_b, year, best; year is missing"),
        (lambda: toy(HEAD), ValueError, r"at least one record"),
        (lambda: toy(HEAD + "A,B,2000,many,1,1\n"), ValueError, r"best must be a non-negative integer; got 'many' in line 2"),
        (lambda: toy(HEAD + "A,B,2000,-1,1,1\n"), ValueError, r"best must be a non-negative integer; got '-1'"),
        (lambda: toy(HEAD + "A,B,2000,1,1,1\nA,B,2000,2,1,1\n"), ValueError, r"got a second one in line 3"),
        (lambda: toy().between("Golfo", "Los Zetas"), ValueError, r"must be groups of the file \(see names\); got 'Golfo'"),
        (lambda: toy().between("Gulf Cartel", "Los Zetas", estimate="mean"), ValueError, r"must be one of best, low, high"),
        (lambda: toy().between("Gulf Cartel", "Los Zetas", coalitions="no"), TypeError, r"coalitions must be True or False"),
        (lambda: toy().conflicts([]), TypeError, r"pairs must be GapPaths"),
        (lambda: toy(TOY.replace("2010", "2009")).conflicts(ds.cartel_municipalities().pairs()), ValueError, r"2003 to 2009"),
        (lambda: ds.predict_breaks(None, None, 0.5), TypeError, r"predict_breaks\(\): game must be a model"),
        (lambda: ds.predict_breaks(al.presets.chindea_2014(), 1, 0.5), TypeError, r"pairs must be GapPaths"),
        (lambda: ds.score_pairs([1, 0], [True, False]), TypeError, r"score_pairs\(\): predicted must be True and False"),
        (lambda: ds.score_pairs([True], [True, False]), ValueError, r"must have one shape"),
        (lambda: ds.conflict_odds(1), TypeError, r"conflict_odds\(\): conflicts must be PairConflicts"),
    ],
)  # fmt: skip
def test_wrong_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- Predictions --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", [al.NashReversion(), al.Transfers(), al.FinitePunishment(3)], ids=str)
@pytest.mark.parametrize("roles", ["start", "current"])
def test_predictions_are_windows_year_by_year(pairs, concept, roles):
    game, delta = al.presets.chindea_2014(), 0.8
    found = ds.predict_breaks(game, pairs, delta, enforcement=concept, roles=roles)
    windows = al.stability_windows(game, delta, enforcement=concept)
    for k, path in enumerate(pairs.paths):
        first = left = inside = None
        for year, gap in zip(path.years.tolist(), path.gap, strict=True):
            stable = any(float(abs(gap) if roles == "current" else gap) in window for window in windows)
            assert found.unstable[k, pairs.years.index(year)] != stable
            if not stable:
                first, left = first or year, left or (year if inside else None)
            inside = stable
        assert (found.years[k], found.left[k]) == (first, left)
        status = "holds" if first is None else "starts outside" if first == path.years[0] else "leaves"
        assert found.status[k] == status
        if first is not None:
            at = path.series.between(first, first)
            power = al.Power(
                *(sorted((at.sponsor[0], at.proxy[0]))[::-1] if roles == "current" else (at.sponsor[0], at.proxy[0]))
            )
            r = al.critical_discount(game, power, enforcement=concept)
            fails = {"sponsor": float(r.sponsor) > delta, "proxy": float(r.proxy) > delta}
            assert found.defectors[k] == ("both" if all(fails.values()) else "sponsor" if fails["sponsor"] else "proxy")
        else:
            assert found.defectors[k] == "none"
    assert not found.unstable[~pairs.present].any()


def test_patience_of_each_side(pairs):
    game = al.presets.chindea_2014()
    impatient = ds.predict_breaks(game, pairs, (0.95, 0.0))
    assert set(impatient.defectors) <= {"proxy", "both"}
    assert impatient.ever.all()
    with pytest.raises(ValueError, match="roles must be one of start, current; got 'now'"):
        ds.predict_breaks(game, pairs, 0.5, roles="now")
    with pytest.raises(TypeError, match="game must have scalar parameters"):
        ds.predict_breaks(al.presets.chindea_2014(stakes=np.ones((2, 1, 1))), pairs, 0.5)


def test_pooled_constraints_break_by_both(pairs):
    pooled = ds.predict_breaks(al.presets.chindea_2014(), pairs, 0.01, enforcement=al.Transfers())
    assert set(pooled.defectors) == {"both"}
    rows = zip(pairs.names, pooled.status, pooled.years, strict=True)
    lines = [f"{name}: {status}, {year}, both defect" for name, status, year in rows]
    assert pooled.message == "\n".join(lines)


def test_scores():
    score = ds.score_pairs([True] * 4 + [False] * 6, [True] * 3 + [False] * 5 + [True] * 2)
    assert (score.hits, score.false_alarms, score.misses, score.correct_rejections) == (3, 1, 2, 4)
    assert (score.total, score.correct, score.sensitivity, score.specificity) == (10, 0.7, 0.6, 0.8)
    assert score.skill == pytest.approx(0.4)
    assert np.isnan(ds.score_pairs([True], [False]).skill)


# -- Odds ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.integers(0, 10_000))
def test_the_logistic_fit_is_the_maximum_of_the_likelihood(seed):
    rng = np.random.default_rng(seed)
    x, clusters = rng.uniform(5, 10, 80), np.repeat(np.arange(16), 5)
    y = rng.random(80) < 1 / (1 + np.exp(0.5 * (x - 7)))
    slope, error = clustered_logit(x, y, clusters)
    design, sign = np.stack([np.ones(80), x], axis=1), np.where(y, -1, 1)
    found = minimize(lambda b: np.logaddexp(0, sign * (design @ b)).sum(), [0, 0], method="BFGS", options={"gtol": 1e-9})
    assert slope == pytest.approx(found.x[1], abs=1e-4)
    # the sandwich, written out
    m = 1 / (1 + np.exp(-design @ found.x))
    meat = sum(np.outer(s, s) for s in ((design[clusters == c] * (y - m)[clusters == c, None]).sum(0) for c in range(16)))
    bread = np.linalg.inv(design.T @ np.diag(m * (1 - m)) @ design)
    assert error == pytest.approx(np.sqrt((bread @ meat @ bread)[1, 1] * 16 / 15), rel=1e-2)
    assert clustered_logit(x, ~y, clusters)[0] == pytest.approx(-slope)
    assert clustered_logit(x / 2, y, clusters)[0] == pytest.approx(2 * slope)


def test_a_two_by_two_table_has_its_odds_ratio():
    x, y = np.repeat([0.0, 0.0, 1.0, 1.0], [10, 30, 20, 15]), np.repeat([1, 0, 1, 0], [10, 30, 20, 15])
    slope, error = clustered_logit(x, y, np.arange(75))
    assert np.exp(slope) == pytest.approx(20 / 15 / (10 / 30))
    assert error == pytest.approx(np.sqrt((1 / 10 + 1 / 30 + 1 / 20 + 1 / 15) * 75 / 74))  # Woolf (1955)


def test_no_fit_without_variation(pairs):
    with pytest.raises(ValueError, match="conflicts must vary, and so must shares; got 0 of 141 pair-years at war"):
        ds.conflict_odds(toy().conflicts(pairs, threshold=10_000))
    for high in (1, 0):
        with pytest.raises(
            ValueError, match=f"must not separate war from peace; the odds ratio is {'infinite' if high else '0'}"
        ):
            clustered_logit(np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1]) == high, np.arange(4))
    with pytest.raises(ValueError, match="at least two pairs; got 1"):
        clustered_logit(np.array([1.0, 2, 3, 4]), np.array([0, 1, 0, 1]), np.zeros(4))
    for lag in (8, -1, True, 1.0):
        with pytest.raises(ValueError, match="lag must be an integer from 0 to 7"):
            ds.conflict_odds(toy().conflicts(pairs), lag=lag)


def test_a_pair_counts_while_both_are_there():
    table = ds.cartel_municipalities()
    gone = replace(table.group("Tijuana"), counts=(17, 15, 17, 31, 29, 0, 0, 0))
    fewer = replace(table, groups=tuple(gone if g.goes_by("Tijuana") else g for g in table.groups)).pairs()
    assert fewer.find("Tijuana", "Zetas").years.tolist() == [2003, 2004, 2005, 2006, 2007]
    assert ds.conflict_odds(toy().conflicts(fewer)).pair_years == 141 - 6 * 3


def test_the_reported_odds_ratio():
    """.67 [.45, 1.00] across 21 pairs: on the 151 pair-years that it comes from."""
    found = rows("mexico_cartel_pairs_2003_2010.csv")
    share, war = np.array([float(r["share"]) for r in found]), np.array([r["conf"] == "1" for r in found])
    slope, error = clustered_logit(share / 0.1, war, np.array([r["a"] + r["b"] for r in found]))
    assert np.exp([slope, slope - 1.959964 * error, slope + 1.959964 * error]) == pytest.approx([0.671, 0.450, 0.999], abs=5e-4)


@pytest.mark.parametrize(
    ("lag", "numbers", "count"),
    [(1, (0.66, 0.42, 1.02), 141), (0, (0.67, 0.38, 1.21), 162), (2, (0.75, 0.44, 1.30), 120)],
)
def test_the_documented_odds_ratios(pairs, lag, numbers, count):
    odds = ds.conflict_odds(ds.load_ucdp_dyads(data(UCDP)).conflicts(pairs), lag=lag)
    assert (odds.odds_ratio, odds.lower, odds.upper) == pytest.approx(numbers, abs=5.1e-3)
    assert (odds.pairs, odds.pair_years) == (21, count)
    assert odds.message.endswith("the interval includes 1.")
    text = (ROOT / "docs" / "how-to" / "cartel-pairs.md").read_text(encoding="utf-8")
    assert f"| {count} | {odds.conflict_years} | {numbers[0]} | {numbers[1]:.2f} to {numbers[2]:.2f} |" in text


@pytest.mark.parametrize(
    ("concept", "roles", "table"),
    [
        (al.NashReversion(), "start", (7, 11, 0, 3)),
        (al.NashReversion(), "current", (5, 11, 2, 3)),
        (al.Transfers(), "start", (5, 5, 2, 9)),
        (al.Transfers(), "current", (2, 4, 5, 10)),
    ],
    ids=str,
)
def test_the_documented_scores(pairs, concept, roles, table):
    wars = ds.load_ucdp_dyads(data(UCDP)).conflicts(pairs)
    found = ds.predict_breaks(al.presets.chindea_2014(), pairs, 0.8, enforcement=concept, roles=roles)
    score = ds.score_pairs(found.ever, wars.ever)
    assert (score.hits, score.false_alarms, score.misses, score.correct_rejections) == table
    onsets = {name: years for name, years in zip(pairs.names, wars.onsets, strict=True) if years}
    assert onsets == {
        "Gulf Cartel - Los Zetas": (2010,),
        "Los Zetas - Sinaloa Cartel": (2010,),
        "Los Zetas - La Familia": (2010,),
        "Gulf Cartel - Sinaloa Cartel": (2004,),
        "Juárez Cartel - Sinaloa Cartel": (2004, 2007),
        "Tijuana Cartel - Sinaloa Cartel": (2004, 2006),
        "Sinaloa Cartel - Beltrán Leyva": (2008, 2010),
    }


def test_the_gap_of_a_pair_is_exact(pairs):
    assert pairs.find("Gulf Cartel", "Los Zetas").gap[0] == F(5, 26)
