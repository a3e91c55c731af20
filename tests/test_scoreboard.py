"""The scoreboard: scores by hand, nothing of a case in its own prediction, naive rules in closed form, the same bytes again."""

import dataclasses
import functools
import math
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances.cases.scores.contenders import CONTENDERS, Answers, Contender
from alliances.cases.scores.questions import CELLS, GAP_INTERVALS, questions
from alliances.cases.scores.scoreboard import CasePrediction
from alliances.cases.scores.scoring import ERRORS

ROOT = Path(__file__).parents[1]
CASES = al.cases.load_all()
NAIVE = ("base rates", "first phase", "as before", "always durable", "break at parity", "gap alone")
FEW = {"candidates": 32}


@pytest.fixture(scope="module")
def board():
    return al.cases.score(candidates=64)


def prediction(probabilities, observed, classes=("alliance", "pact", "conflict")):
    return CasePrediction(
        *("m", "c", "arrangement", "0", "2000", "word", "wide", "", 0.5, (0.4, 0.7)),
        *(observed, classes, probabilities, probabilities),
    )


def asked(name, target, **options):
    options = {"words_first": False, "intervals": GAP_INTERVALS} | options
    return [q for q in questions(al.cases.load(name), **options) if q.target == target]


# Scores


def test_log_and_brier_scores_by_hand():
    p = prediction((0.5, 0.2, 0.3), ("alliance",))
    assert p.log_score == pytest.approx(math.log(0.5), abs=1e-15)
    assert p.brier == pytest.approx(0.25 + 0.04 + 0.09, abs=1e-15)
    assert p.hit
    assert p.likely == "alliance"


def test_two_observed_classes_are_scored_as_one():
    p = prediction((0.5, 0.2, 0.3), ("sponsor", "proxy"), ("none", "sponsor", "proxy"))
    assert p.chance == pytest.approx(0.5)
    assert p.log_score == pytest.approx(math.log(0.5))
    assert p.brier == pytest.approx(0.25 + 0.25)
    assert not p.hit


@pytest.mark.parametrize("rule", ["log_score", "brier"])
def test_scores_are_proper(rule):
    """The expected score is best, among many forecasts, where the forecast is the truth."""
    truth = (0.6, 0.1, 0.3)
    forecasts = [truth, *map(tuple, np.random.default_rng(5).dirichlet((1, 1, 1), 200).tolist())]
    classes = ("alliance", "pact", "conflict")
    sign = 1 if rule == "log_score" else -1
    expected = [
        sum(t * sign * getattr(prediction(f, (name,)), rule) for t, name in zip(truth, classes, strict=True)) for f in forecasts
    ]
    assert int(np.argmax(expected)) == 0


def test_a_case_is_the_mean_of_its_phases_and_a_model_the_mean_of_its_cases(board):
    mine = board.select("gap alone", "arrangement")
    by_hand = [np.mean([math.log(p.chance) for p in mine if p.case == case]) for case in board.cases]
    assert board.case_scores("gap alone") == pytest.approx(by_hand, abs=1e-14)
    assert board.table().rows[-1][3] == f"{np.mean(by_hand):.3f}"


def test_bootstrap_of_the_paired_difference(board):
    c = board.compare("chindea_2014", "base rates")
    gain = board.case_scores("chindea_2014") - board.case_scores("base rates")
    assert c.cases == 26
    assert c.mean == pytest.approx(gain.mean())
    assert c.lower < c.mean < c.upper
    half = 1.96 * gain.std() / math.sqrt(26)  # the normal approximation is near
    assert c.upper - c.lower == pytest.approx(2 * half, rel=0.15)
    back = board.compare("base rates", "chindea_2014")
    assert (back.mean, back.lower) == pytest.approx((-c.mean, -c.upper))


# Questions


def test_every_phase_is_asked_once():
    found = [q for case in CASES for q in questions(case, intervals=GAP_INTERVALS) if q.target == "arrangement"]
    assert len(found) == len(al.cases.phase_table().rows) == 53
    for q in found:
        assert q.gap_weights.sum() == pytest.approx(1)
        assert q.stakes_weights.sum() == pytest.approx(1)


def test_measured_years_belong_to_the_phase_that_starts_in_them():
    told = [(q.given, len(q.gaps)) for q in asked("gulf-zetas", "arrangement")]
    assert told == [("word", 76), ("measured", 7), ("measured", 1)]
    years = asked("gulf-zetas", "year")
    assert [(q.item, *q.observed) for q in years] == [(str(y), "holds") for y in range(2003, 2010)] + [("2010", "breaks")]
    assert asked("sinaloa-juarez", "arrangement")[2].gaps == pytest.approx([38 / 108, 46 / 104])  # 2005 and 2006, not 2007
    assert [q.given for q in asked("sinaloa-afo", "arrangement")] == ["word", "word"]  # no year says which phase it is in


@pytest.mark.parametrize(
    ("name", "item", "observed"),
    [
        ("gulf-zetas", "2", ("proxy",)),
        ("sinaloa-juarez", "1", ("sponsor",)),
        ("sinaloa-cjng", "1", ("sponsor", "proxy")),
        ("us-mexico", "8", ("none",)),
        ("juarez-linea", "0", ("none",)),
        ("sinaloa-teo", "0", ("none",)),  # ended by a third party: nobody turned
        ("state-cartels", "3", ("sponsor",)),
    ],
)
def test_who_defects_is_asked_where_it_was_decided(name, item, observed):
    (q,) = asked(name, "defector")
    assert (q.item, q.observed) == (item, observed)


def test_rivals_that_never_allied_and_open_ends_are_not_asked_who_defects():
    assert [asked(name, "defector") for name in ("sinaloa-afo", "colombia-cali", "gulf-matazetas")] == [[]] * 3


def test_words_are_uniform_over_their_intervals():
    (q,) = asked("juarez-linea", "arrangement")
    inside = (CELLS > 0.4) & (CELLS < 0.95)
    assert (q.gap_weights > 0).tolist() == inside.tolist()
    assert q.gap_range == pytest.approx((0.4, 0.95))
    assert q.mean_gap == pytest.approx(0.675)
    (narrower,) = asked("juarez-linea", "arrangement", intervals=dict(GAP_INTERVALS) | {"asymmetric": (0.5, 0.6)})
    assert narrower.gap_range == pytest.approx((0.5, 0.6))


def test_a_trend_moves_the_gap_of_the_phase_before():
    war = asked("state-cartels", "arrangement")[1]
    assert war.given == "trend"
    assert war.mean_gap == pytest.approx(0.675 / 2, abs=0.02)  # uniform between 0 and a gap that is uniform over [0.4, 0.95]
    assert war.gap_range == pytest.approx((0, 0.95), abs=0.026)


def test_words_may_go_before_measures():
    assert [q.given for q in asked("sinaloa-juarez", "arrangement", words_first=True)] == [
        "measured",
        "measured",
        "measured",
        "word",
        "trend",
    ]


def test_missing_stakes_are_left_open():
    rivalry, war, _ = asked("gulf-sinaloa", "arrangement")
    assert rivalry.stakes_weights.tolist() == [0.25, 0.5, 0.25]
    assert war.stakes_weights.tolist() == [0, 0, 1]


# Leave one case out


def with_other_end(case):
    """The same case with every arrangement and the outcome turned round, at the same dates, gaps and stakes."""
    other = {
        "alliance": "war",
        "accommodation": "rivalry",
        "pact": "alliance",
        "distance": "war",
        "rivalry": "pact",
        "war": "pact",
    }
    phases = tuple(dataclasses.replace(phase, arrangement=other[phase.arrangement]) for phase in case.phases)
    return dataclasses.replace(case, phases=phases)


@functools.cache
def scored(errors):
    """The board of all cases as they are."""
    return al.cases.score(cases=CASES, errors=errors, **FEW)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "errors"),
    [("gulf-zetas", "uniform"), ("us-mexico", "uniform"), ("sinaloa-afo", "uniform"), ("gulf-zetas", "base rates")],
)
def test_what_happened_in_a_case_is_not_in_its_prediction(name, errors):
    turned = [with_other_end(case) if case.name == name else case for case in CASES]
    before, after = scored(errors), al.cases.score(cases=turned, errors=errors, **FEW)
    for model in before.models:
        old, new = (one.select(model, "arrangement", name) for one in (before, after))
        if model != "as before":  # which looks at the phase before, of the same case: the flaw that it is there to show
            assert [p.probabilities for p in old] == [p.probabilities for p in new]  # to the last bit
        assert [p.observed for p in old] != [p.observed for p in new]
        others = [
            one.select(model, "arrangement", "afo-logan")[0].probabilities for one in (before, after)
        ]  # and it is in those of the others
        assert others[0] != others[1]


def test_an_outcome_is_not_in_its_own_prediction():
    case = al.cases.load("juarez-azteca")
    broken = dataclasses.replace(case, outcome=dataclasses.replace(case.outcome, kind="proxy defects"))
    turned = [broken if one.name == case.name else one for one in CASES]
    before, after = scored("uniform"), al.cases.score(cases=turned, **FEW)
    for model in before.models:
        (old,), (new,) = (one.select(model, "defector", case.name) for one in (before, after))
        assert old.probabilities == new.probabilities
        assert (old.observed, new.observed) == (("none",), ("proxy",))
        assert old.in_sample != new.in_sample


def test_the_order_of_cases_does_not_matter(board):
    again = al.cases.score(cases=CASES[::-1], candidates=64)
    for model in board.models:
        assert sorted(board.case_scores(model)) == pytest.approx(sorted(again.case_scores(model)), abs=1e-12)


# Naive rules in closed form


def shares(target, without):
    """Per training case, the mean of what was observed."""
    found = {}
    for case in CASES:
        masks = [q.mask for q in questions(case, intervals=GAP_INTERVALS) if q.target == target]
        if masks and case.name != without:
            found[case.name] = np.mean(masks, axis=0)
    return found


def test_base_rates_are_smoothed_frequencies(board):
    known = np.array(list(shares("arrangement", "gulf-zetas").values()))
    (first, *_) = board.select("base rates", "arrangement", "gulf-zetas")
    assert first.probabilities == pytest.approx((known.sum(axis=0) + 1) / (len(known) + 3), abs=1e-14)


def test_base_rates_of_defectors_count_unknown_sides_together(board):
    """Without juarez-azteca: 12 kept, 2 by the proxy, 2 by the sponsor, 2 by one or the other."""
    (p,) = board.select("base rates", "defector", "juarez-azteca")
    assert p.probabilities == pytest.approx((13 / 21, 8 / 21 * 3 / 6, 8 / 21 * 3 / 6), abs=1e-14)


def test_always_durable_in_closed_form(board):
    """One parameter, the error rate: P(alliance) = 1 − 2ε/3, weighed by the other cases' likelihood."""
    likelihood = np.zeros(len(ERRORS))
    right, wrong = np.log(1 - 2 * ERRORS / 3), np.log(ERRORS / 3)
    for name, share in shares("arrangement", "gulf-zetas").items():
        likelihood += share[0] * right + (1 - share[0]) * wrong
        kept = shares("defector", "gulf-zetas").get(name)
        if kept is not None:
            likelihood += right if kept[0] else np.log(ERRORS / 3 * kept.sum())
    weights = np.exp(likelihood) / np.exp(likelihood).sum()
    (first, *_) = board.select("always durable", "arrangement", "gulf-zetas")
    assert first.probabilities[0] == pytest.approx(float((weights * (1 - 2 * ERRORS / 3)).sum()), abs=1e-12)
    assert first.probabilities[1] == pytest.approx(first.probabilities[2])


def test_break_at_parity_and_gap_alone_as_rules():
    gaps, stakes = np.array([0.05, 0.15]), np.array([0.0])
    parity = CONTENDERS["break at parity"].answers({"margin": np.array([0.1])}, gaps, stakes)
    assert parity.arrangement[0, :, 0].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert parity.defector[0, :, 0].tolist() == [[0, 0, 1], [1, 0, 0]]
    values = {name: np.array([x]) for name, x in (("intercept", -1.0), ("slope", 4.0), ("pact", 0.25), ("sponsor", 0.5))}
    alone = CONTENDERS["gap alone"].answers(values, gaps, stakes).arrangement[0, 1, 0]
    holds = 1 / (1 + math.exp(1 - 4 * 0.15))
    assert alone == pytest.approx([holds, 0.25 * (1 - holds), 0.75 * (1 - holds)])


# Models


def test_a_models_answers_are_its_regimes_and_defectors():
    values = {"discount": 0.6, "synergy": 0.6, "conflict_cost": 0.15, "high_stakes": 2.0}
    gaps, levels = np.array([-0.3, 0.0, 0.3, 0.8]), np.array([0.0, 1.0])
    answers = CONTENDERS["chindea_2014"].answers({n: np.array([v]) for n, v in values.items()}, gaps, levels)
    assert answers.arrangement.shape == answers.defector.shape == (1, 4, 2, 3)
    for j, stakes in enumerate((1.0, 2.0)):
        game = al.presets.chindea_2014(stakes=stakes)
        for i, gap in enumerate(gaps):
            power = al.Power.from_gap(float(gap))
            name = al.regimes(game, power, 0.6).name
            assert answers.arrangement[0, i, j].tolist() == [name == n for n in ("alliance", "pact", "conflict")]
            r = al.critical_discount(game, power)
            fails = [r.sponsor > 0.6, r.proxy > 0.6]
            expected = [1 - any(fails), *(f / max(sum(fails), 1) for f in fails)]
            assert answers.defector[0, i, j].tolist() == expected


def test_a_model_that_knows_wins_and_one_that_errs_falls_back():
    """A rule made of the answers themselves beats everything; the score can tell."""

    class Oracle(Contender):
        name, parameters = "oracle", ()

        def answers(self, _, gaps, stakes):
            holds = np.repeat((gaps > 0.4).astype(float)[None, :, None], len(stakes), axis=2)
            table = np.stack([holds, 0 * holds, 1 - holds], axis=-1)
            return Answers(table, table[..., [0, 1, 2]])

    names = ("afo-logan", "juarez-azteca", "sinaloa-teo", "zetas-usgangs", "sinaloa-mexicles")
    wide = [case for case in CASES if case.name in names]
    board = al.cases.score([Oracle(), *NAIVE], wide, **FEW)
    assert board.select("oracle", "arrangement")[0].likely == "alliance"
    assert board.case_scores("oracle").mean() > board.case_scores("base rates").mean()


# The whole


@pytest.mark.slow
def test_the_same_call_gives_the_same_numbers(board):
    assert al.cases.score(candidates=64).to_dict() == board.to_dict()
    other = al.cases.score(candidates=64, rng=1)
    assert other.to_dict() != board.to_dict()
    assert other.case_scores("base rates").tolist() == board.case_scores("base rates").tolist()


def test_probabilities_are_probabilities(board):
    for p in board.predictions:
        assert sum(p.probabilities) == pytest.approx(1, abs=1e-12)
        assert min(p.probabilities) > 0
        assert sum(p.in_sample) == pytest.approx(1, abs=1e-12)


def test_tables_agree_with_each_other(board):
    for target, asked_ in (("arrangement", 53), ("defector", 19), ("year", 13)):
        table = board.table(target)
        assert {row[5].split(" of ")[1] for row in table.rows} == {str(asked_)}
        counts = [[int(x) for x in row[1:]] for row in board.confusion("chindea_2014", target).rows]
        assert sum(map(sum, counts)) == asked_
        if target == "arrangement":
            hits = int(table.rows[0][5].split()[0])
            assert sum(counts[k][k] for k in range(3)) == hits
    assert board.break_table().column("broke") == ("", "2010", "", "2004", "")
    frame = board.to_frame()
    assert len(frame) == 10 * (53 + 19 + 13)
    assert frame.query("model == 'chindea_2014' and target == 'defector'").log_score.mean() == pytest.approx(
        board.case_scores("chindea_2014", "defector").mean()
    )


def test_tables_in_every_format(board):
    assert board.to_markdown().count("\n") == 12
    assert board.to_csv().splitlines()[0] == "model,free,cases,log score,Brier,hits,in sample,difference,95 % interval"
    latex = board.to_latex()
    assert r"chindea\_2014 & 5 & 26" in latex
    assert r"95 \% interval" in latex
    assert " & {[" in latex


def test_questions_without_a_gap_can_be_left_out(board):
    assert len(board.case_scores("gap alone", informed=True)) == 21  # not cartels-police or us-canada, for example
    assert len(board.case_scores("gap alone", "defector", informed=True)) == 17


def test_the_picture(board):
    ax = board.plot("chindea_2014")
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend[-3:] == ["observed: alliance", "observed: pact", "observed: conflict"]
    numbers = [text.get_text() for text in ax.texts]
    assert sum(t.isdigit() for t in numbers) == 47  # the phases of which a source tells the gap
    with pytest.raises(ValueError, match="model must be one of chindea_2014"):
        board.plot("gap alone")
    ax.figure.clf()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"models": "chindea_2015"}, ValueError, "score(): models must be of 'chindea_2014'"),
        ({"models": 3}, TypeError, "score(): models must be names or Contenders such as GameModel; got 3"),
        ({"models": []}, ValueError, "score(): models must be at least one"),
        ({"models": ["base rates", "base rates"]}, ValueError, "different names"),
        ({"cases": CASES[:2]}, ValueError, "score(): cases must be at least three"),
        ({"cases": [*CASES, CASES[0]]}, ValueError, "a name of its own"),
        ({"cases": "gulf-zetas"}, TypeError, "score(): cases must be a case or several"),
        ({"rng": 1.5}, TypeError, "score(): rng must be a NumPy generator or a seed, an integer from 0 on; got 1.5"),
        ({"rng": -1}, ValueError, "score(): rng must be a NumPy generator or a seed, an integer from 0 on; got -1"),
        ({"candidates": 100}, ValueError, "score(): candidates must be at least 2, a power of two; got 100"),
        ({"errors": "none"}, ValueError, 'score(): errors must be "uniform" or "base rates"'),
        ({"words_first": "no"}, TypeError, "score(): words_first must be True or False"),
        ({"intervals": {"huge": (0, 1)}}, ValueError, "intervals must be for the words"),
        ({"intervals": {"wide": (0.7, 0.4)}}, ValueError, "the lower first"),
        ({"intervals": [1]}, TypeError, "intervals must map words"),
    ],
)
def test_wrong_arguments_say_what_is_wrong(options, error, text):
    with pytest.raises(error) as caught:
        al.cases.score(**options)
    assert text in str(caught.value)


def test_wrong_questions_to_the_board(board):
    for call in (
        lambda: board.select("nobody"),
        lambda: board.table("weather"),
        lambda: board.case_scores("gap alone", rule="hits"),
        lambda: al.cases.score("chindea_2014", **FEW).best_naive(),
        lambda: al.cases.GameModel("x", al.presets.chindea_2014, ()),
        lambda: al.cases.FreeParameter("x", 1, 1),
        lambda: al.cases.FreeParameter("x", spread=0),
    ):
        with pytest.raises(ValueError, match="must"):
            call()
    with pytest.raises(TypeError, match="board must be a Scoreboard"):
        al.plotting.plot_scoreboard(3)


@pytest.mark.slow
def test_the_benchmark_writes_the_same_bytes_twice(tmp_path, monkeypatch):
    command = [str(x) for x in (ROOT / "benchmarks" / "scoreboard.py", "--smoke", "--output")]
    subprocess.run([sys.executable, *command, tmp_path / "one"], check=True, capture_output=True)
    monkeypatch.setattr(sys, "argv", [*command, str(tmp_path / "two")])  # here with other hashes, and much that is loaded
    runpy.run_path(command[0], run_name="__main__")
    written = [{file.name: file.read_bytes() for file in sorted((tmp_path / name).iterdir())} for name in ("one", "two")]
    assert set(written[0]) == {*(f"scoreboard.{kind}" for kind in ("csv", "json", "md", "png", "tex")), "scoreboard_cases.csv"}
    assert written[0] == written[1]
