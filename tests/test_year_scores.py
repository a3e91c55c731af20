"""Scores by dyad-years: by hand, nothing of a dyad in its own prediction, and the flaw of phases that they mend."""

import csv
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances.cases.scores.hazards import YEAR_CONTENDERS
from alliances.cases.scores.year_board import _jackknife

DATA = Path(__file__).parents[2] / "shared" / "data"
NAIVE = ["constant", "gap alone", "age alone", "first year", "as before"]

# The arrangements of the phases of the case files of version 0.1.0 (git tag v0.1.0, src/alliances/cases/data), in the order of
# each file: a alliance, p accommodation, pact or distance, c rivalry or war.
PHASES_OF_0_1_0 = {
    **dict.fromkeys(
        ("afo-logan", "familia-templars", "gulf-matazetas", "juarez-azteca", "juarez-linea", "sinaloa-mexicles"), "a"
    ),
    **dict.fromkeys(("sinaloa-teo", "zetas-bloc", "zetas-usgangs"), "a"),
    "gulf-sinaloa": "cca",
    "gulf-zetas": "aac",
    "sinaloa-afo": "cp",
    "sinaloa-beltran-leyva": "ac",
    "sinaloa-cjng": "ac",
    "sinaloa-juarez": "accc",
    "state-cartels": "pc",
    "us-mexico": "apapa",
}


def cases_of(phases):
    """Cases with these arrangements, and nothing else that could be known."""
    words = {"a": "alliance", "p": "pact", "c": "war"}
    plain = al.cases.load("gulf-zetas")
    made = []
    for name, letters in phases.items():
        listed = tuple(al.cases.Phase(arrangement=words[x], text="t", source="s", start=None) for x in letters)
        made.append(dataclasses.replace(plain, name=name, phases=listed, power=(), series=(), threat=None))
    return made


def table(rows, share=0.6):
    """A table of (a, b, year, event)."""
    columns = dict(zip(("a", "b", "year", "war"), map(list, zip(*rows, strict=True)), strict=True))
    shares = share if isinstance(share, list) else [share] * len(rows)
    return al.cases.DyadYears.from_frame(columns | {"share": shares}, share="share", event="war", happens="war")


@pytest.fixture(scope="module")
def six():
    """All pairs of six actors in five years, with wars by chance, more of them near parity."""
    rng = np.random.default_rng(3)
    rows, shares = [], []
    for k, a in enumerate("ABCDEF"):
        for b in "ABCDEF"[k + 1 :]:
            for year in range(2000, 2005):
                shares.append(float(rng.uniform(0.5, 0.95)))
                rows.append((a, b, year, int(rng.uniform() < 0.5 * (1 - shares[-1]))))
    return table(rows, shares)


@pytest.fixture(scope="module")
def board(six):
    return al.cases.score_years(sample=six, candidates=64)


# -- The old design -------------------------------------------------------------------------------------------------------


def test_the_place_of_a_phase_in_its_file_beat_every_theory():
    """A rule that knows nothing but "the first phase of a file" scores -0.64 on the files of 0.1.0."""
    phases = al.cases.score(["first phase", "as before", "base rates"], cases_of(PHASES_OF_0_1_0), candidates=2)
    assert phases.case_scores("first phase").mean() == pytest.approx(-0.64, abs=0.02)
    assert phases.case_scores("base rates").mean() == pytest.approx(-0.845, abs=0.001)
    assert phases.best_naive() == "first phase"


def test_the_rule_of_the_listing_by_hand():
    """Without gulf-zetas 16 cases are left: 15 first phases, weighed by one over the number of phases of their case."""
    phases = al.cases.score(["first phase"], cases_of(PHASES_OF_0_1_0), candidates=2)
    others = {name: letters for name, letters in PHASES_OF_0_1_0.items() if name != "gulf-zetas"}
    allied = sum((x[0] == "a") / len(x) for x in others.values())
    first = sum(1 / len(x) for x in others.values())
    (p, *_) = phases.select("first phase", "arrangement", "gulf-zetas")
    assert p.probabilities[0] == pytest.approx((1 + allied) / (2 + first), abs=1e-12)


# -- The sample -------------------------------------------------------------------------------------------------------------


def test_rows_by_hand():
    years = table([("A", "B", 2002, 1), ("A", "B", 2001, 1), ("A", "B", 2000, 0), ("A", "B", 2004, 0), ("C", "B", 2001, 0)])
    assert years.dyads == ("A - B",) * 4 + ("C - B",)
    assert years.years.tolist() == [2000, 2001, 2002, 2004, 2001]
    assert years.happened.tolist() == [False, True, True, False, False]
    assert years.before.tolist() == [False, False, True, False, False]  # of 2003 nothing is known
    assert years.first.tolist() == [True, False, False, False, True]
    assert years.age.tolist() == [0, 1, 2, 4, 0]
    assert years.gap == pytest.approx([0.2] * 5)
    assert years.parties == ("A", "B", "C")
    onsets = years.onsets()
    assert onsets.years.tolist() == [2000, 2001, 2004, 2001]
    assert onsets.event == "onset of war"


GOOD = {"a": ["A", "A"], "b": ["B", "C"], "year": [2000, 2000], "gap": [0.1, 0.2], "event": [0, 1]}


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {"gap": None}, "just one of gap and share must be given"),
        ({}, {"share": "gap"}, "just one of gap and share must be given"),
        ({}, {"event": "war"}, "frame must have a column 'war'; it has a, b, year, gap, event"),
        ({"gap": [0.1, float("nan")]}, {}, "row 1: the gap must be a number; got nan"),
        ({"gap": [0.1, 1.0]}, {}, "row 1: gap must lie strictly between -1 and 1; got 1.0"),
        ({"gap": [0.1, None]}, {}, "row 1: the gap must be a number; got None"),
        ({"event": [0, 2]}, {}, "row 1: event must be 0 or 1; got 2"),
        ({"year": [2000, 2000.5]}, {}, "row 1: year must be a calendar year; got 2000.5"),
        ({"b": ["B", "A"]}, {}, "row 1: the sides must be two different names; got 'A' and 'A'"),
        ({"b": ["B", "B"]}, {}, "a dyad must have a year once; got A - B, 2000 twice"),
        ({"a": ["A", "B"], "b": ["B", "A"], "year": [2000, 2001]}, {}, "a dyad must have its sides in one order"),
        ({name: [] for name in GOOD}, {}, "frame must have a row; got none"),
    ],
)
def test_bad_tables_say_what_is_wrong(change, options, words):
    with pytest.raises(ValueError, match=r"^DyadYears.from_frame\(\): ") as caught:
        al.cases.DyadYears.from_frame(GOOD | change, **({"gap": "gap"} | options))
    assert words in str(caught.value)


def test_a_frame_and_a_dict_are_read_alike():
    pandas = pytest.importorskip("pandas")
    one, other = (al.cases.DyadYears.from_frame(x, gap="gap") for x in (GOOD, pandas.DataFrame(GOOD)))
    assert one.to_dict() == other.to_dict()


def test_allied_years_of_the_case_files():
    years = al.cases.allied_years()
    broke = {(name, int(year)) for name, year, y in zip(years.dyads, years.years, years.happened, strict=True) if y}
    assert broke == {("gulf-zetas", 2010), ("sinaloa-cjng", 2018), ("sinaloa-juarez", 2004), ("state-cartels", 2006)}
    spells = {name: years.years[years.rows_of(name)] for name in years.names}
    assert spells["gulf-zetas"].tolist() == list(range(1999, 2011))
    assert spells["sinaloa-cjng"].tolist() == [2016, 2017, 2018]  # seen in 2016
    assert spells["us-mexico"].tolist() == [*range(1995, 1998), *range(2006, 2019)]
    given = dict(zip(zip(years.dyads, years.years.tolist(), strict=True), years.given, strict=True))
    assert (given["gulf-zetas", 2002], given["gulf-zetas", 2003]) == ("word", "measured")
    assert not {"sinaloa-teo", "familia-templars", "gulf-matazetas", "sinaloa-afo"} & set(
        years.names
    )  # undated, or no alliance
    assert years.weights.sum(axis=1) == pytest.approx(1)
    with pytest.raises(ValueError, match="cases must have a dated alliance; got none"):
        al.cases.allied_years(al.cases.load("sinaloa-afo"))


# -- Predictions ------------------------------------------------------------------------------------------------------------


def test_a_constant_hazard_is_laplaces_rule(six):
    """One chance, uniform before: (n + 1)/(N + 2) from the rows that may be used."""
    exact = al.cases.score_years("constant", six, candidates=4096)
    for way in ("dyad", "actor"):
        for name in six.names:
            mine = six.rows_of(name)
            others = ~mine if way == "dyad" else ~six.rows_with(six.actors[int(np.flatnonzero(mine)[0])])
            expected = (six.happened[others].sum() + 1) / (others.sum() + 2)
            assert exact.chances("constant", way)[mine] == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize("way", ["dyad", "actor", "nothing"])
def test_a_constant_hazard_has_an_auc_of_one_half_exactly(board, way):
    assert board.auc("constant", way) == 0.5
    assert al.cases.score_years("constant", candidates=64).auc("constant", way) == 0.5


def test_auc_by_hand_and_none_where_all_are_of_one_kind():
    years = table([("A", "B", 2000, 0), ("A", "B", 2001, 1), ("A", "B", 2002, 1), ("A", "B", 2003, 0), ("C", "D", 2000, 0)])
    known = al.cases.score_years(["constant", "as before"], years, candidates=2)
    h = np.array([[0.1, 0.1, 0.4, 0.3, 0.9], [0.5] * 5])
    known = dataclasses.replace(known, out_of_sample={"dyad": h, "actor": h})
    assert known.auc("constant") == pytest.approx((0.5 + 0 + 1 + 1) / 4)
    quiet = table([("A", "B", 2000, 0), ("C", "D", 2000, 0)])
    assert math.isnan(al.cases.score_years("constant", quiet, candidates=2).auc("constant"))


@pytest.mark.parametrize("way", ["dyad", "actor"])
def test_what_happened_in_a_dyad_is_not_in_its_prediction(board, six, way):
    """Turned round in one dyad (or in all of an actor's), every contender says the same of it, to the last bit."""
    mine = six.rows_of("A - B") if way == "dyad" else six.rows_with(["A"])
    turned = dataclasses.replace(six, happened=six.happened ^ mine)
    again = al.cases.score_years(sample=turned, candidates=64)
    rows = six.rows_of("A - B")
    for name in board.models:
        assert board.chances(name, way)[rows].tolist() == again.chances(name, way)[rows].tolist()
        assert board.chances(name, "nothing")[rows].tolist() != again.chances(name, "nothing")[rows].tolist()


def test_scores_by_hand(board, six):
    h, y = board.chances("gap alone"), six.happened
    assert board.log_scores("gap alone") == pytest.approx(y * np.log(h) + (1 - y) * np.log(1 - h))
    assert board.brier("gap alone") == pytest.approx(float(np.mean((h - y) ** 2)))
    gain = board.log_scores("gap alone") - board.log_scores("constant")
    c = board.compare("gap alone")
    assert c.mean == pytest.approx(gain.mean())
    without = [gain[~six.rows_with([name])].mean() for name in "ABCDEF"]
    error = math.sqrt(5 / 6 * sum((x - np.mean(without)) ** 2 for x in without))
    assert (c.lower, c.upper) == pytest.approx((c.mean - 2.570582 * error, c.mean + 2.570582 * error))
    assert board.compare("constant", "gap alone").lower == pytest.approx(-c.upper)


def test_few_actors_have_no_interval():
    few = table([(a, b, 2000 + k, k % 2) for a, b in (("A", "B"), ("A", "C"), ("B", "C"), ("D", "E")) for k in range(3)])
    c = al.cases.score_years(["constant", "gap alone"], few, candidates=16).compare("gap alone")
    assert math.isnan(c.lower)
    assert c.interval == "none"
    assert c.to_dict()["lower"] is None


@pytest.mark.parametrize("actors", [7, 12])
def test_the_interval_covers(actors):
    """True differences of 0: actors' effects, dyads' own and both, each covered in at least 93 of 100 draws."""
    rng = np.random.default_rng(11)
    pairs = [(i, j) for i in range(actors) for j in range(i)]
    kept = [np.array([g not in pair for pair in pairs]) for g in range(actors)]
    i, j = np.array(pairs).T
    for share in (0.0, 0.5, 1.0):
        covered = 0
        for _ in range(400):
            a = rng.normal(size=actors)
            gain = share * (a[i] + a[j]) + (1 - share) * rng.normal(size=len(pairs))
            low, high = _jackknife(gain, kept)
            covered += low <= 0 <= high
        assert covered / 400 > 0.93


def test_game_contenders_say_what_their_critical_discount_factors_say():
    years = table([("A", "B", 2000, 1), ("C", "D", 2000, 0)], [0.6, 0.9])
    values = {"opportunity": np.array([0.5]), "log_patience": np.array([math.log(2)])}
    game = al.presets.chindea_2014()
    for name, enforcement in (("chindea_2014", None), ("chindea_2014, side payments", al.Transfers())):
        least = al.critical_discount(game, al.Power.from_gap(np.array([0.2, 0.8])), enforcement=enforcement).dyad
        assert YEAR_CONTENDERS[name].hazards(values, years)[0] == pytest.approx(0.5 * np.minimum(least, 1) ** 2)
    moving = YEAR_CONTENDERS["chindea_2014, side payments, power moves"]
    start = math.log(0.6 / 0.4)
    process = al.PowerProcess(step=0.25, reach=4.0, growth=(0.25, 1), arrest=(0.25, 1))
    around = [
        al.break_forecast(
            process,
            game,
            al.BetaPatience(2.0, 1.0),
            start=x,
            periods=1,
            expectations=True,
            enforcement=al.Transfers(),
        ).hazard[0]
        for x in (0.25, 0.5)
    ]
    share = (start - 0.25) / 0.25
    expected = 0.5 * ((1 - share) * around[0] + share * around[1])
    assert moving.hazards(values, years)[0, 0] == pytest.approx(float(expected), rel=1e-6)


# -- The whole -----------------------------------------------------------------------------------------------------------------


def test_tables_and_picture(board):
    assert board.table().columns[:2] == ("model", "free")
    assert len(board.table("actor")) == len(board.models) == 11
    assert {int(row[1]) for row in board.dyad_table().rows} == {5}
    assert board.message.count("Leaving out") == 2
    assert [contender for contender in board.models if contender in board.naive] == NAIVE
    ax = board.plot("actor")
    assert len(ax.get_yticklabels()) == 10
    with pytest.raises(ValueError, match="left_out must be one of dyad, actor, nothing; got 'year'"):
        board.auc("constant", "year")


def test_the_same_call_gives_the_same_numbers(board, six):
    assert al.cases.score_years(sample=six, candidates=64).to_dict() == board.to_dict()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"models": "nobody"}, ValueError, "score_years(): models must be of 'chindea_2014'"),
        ({"models": 3}, TypeError, "models must be names or YearContenders such as GradedGame; got 3"),
        ({"models": []}, ValueError, "models must be at least one"),
        ({"sample": 3}, TypeError, "sample must be DyadYears"),
        ({"candidates": 3}, ValueError, "candidates must be at least 2, a power of two; got 3"),
        ({"rng": -1}, ValueError, "score_years(): rng must be a NumPy generator or a seed"),
    ],
)
def test_wrong_arguments_say_what_is_wrong(options, error, text):
    with pytest.raises(error) as caught:
        al.cases.score_years(**options)
    assert text in str(caught.value)


def test_a_sample_of_one_party_cannot_leave_it_out():
    with pytest.raises(ValueError, match="sample must have rows without A - B, leaving out actors; got none"):
        al.cases.score_years("constant", table([("A", "B", 2000, 1), ("A", "C", 2000, 0)]), candidates=2)


def test_the_cartel_pairs():
    file = DATA / "mexico_cartel_pairs_2003_2010.csv"
    if not file.is_file():
        pytest.skip("the data files beside the checkout are absent")
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = {name: [row[name] for row in rows] for name in ("a", "b")}
    columns |= {name: [float(row[name]) for row in rows] for name in ("year", "share", "conf")}
    pairs = al.cases.DyadYears.from_frame(columns, share="share", event="conf", happens="war")
    assert (len(pairs), len(pairs.names), len(pairs.parties), int(pairs.happened.sum())) == (151, 21, 7, 20)
    done = al.cases.score_years(sample=pairs, candidates=256)
    assert done.auc("constant") == done.auc("constant", "actor") == 0.5
    assert done.log_scores("constant").sum() == pytest.approx(-63.6, abs=0.3)
    assert done.log_scores("as before").mean() > max(done.log_scores(name).mean() for name in done.theories)


# -- Options in order ----------------------------------------------------------------------------------------------------------


def test_options_in_order():
    chindea, morrow = (al.cases.rank_options(model=name, draws=500) for name in ("chindea_2014", "morrow_1991"))
    assert chindea.ordered == 1
    assert 0.6 < chindea.strictly < 0.9
    assert morrow.ordered < 0.1
    for ranking in (chindea, morrow):
        frame = ranking._columns()
        assert frame["options"] == ["A > B", "B > C", "C > D"]
        assert np.add(np.add(frame["agrees"], frame["no difference"]), frame["other way round"]) == pytest.approx([1, 1, 1])


def test_a_ranking_is_that_of_single_games():
    ranking = al.cases.rank_options(draws=20, rng=4)
    values = {name: array[7] for name, array in ranking.draws.items()}
    game = al.presets.chindea_2014(synergy=al.Complementarity(values["synergy"]), conflict_cost=values["conflict_cost"])
    assert ranking.critical[0, 7] == pytest.approx(al.critical_discount(game, al.Power.from_gap(values["gap"])).dyad)
    assert al.cases.rank_options(draws=20, rng=4).to_dict() == ranking.to_dict()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"case": "us-canada"}, ValueError, "case must have at least two options; got us-canada with 0"),
        ({"case": 3}, TypeError, "case must be a case or the name of one; got 3"),
        ({"model": "gap alone"}, ValueError, "model must be a GameModel with a free parameter 'synergy'; got 'gap alone'"),
        ({"model": "nobody"}, ValueError, "rank_options(): models must be of"),
        ({"draws": 0}, ValueError, "draws must be an integer, at least 1; got 0"),
    ],
)
def test_wrong_options_say_what_is_wrong(options, error, text):
    with pytest.raises(error) as caught:
        al.cases.rank_options(**options)
    assert text in str(caught.value)
