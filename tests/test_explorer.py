"""The explorer's file: self-contained, small, made of the library's own formulas; and what it refuses to make."""

import math
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

import alliances as al
from alliances.browser.formulas import concepts, model
from alliances.browser.parameters import MEANINGS, parameters, with_numbers
from tests.explorer_support import GAMES, answer_of_python, answers_of_node, check, needs_node, random_settings, scripts


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The page of all models, with the measured path of a case."""
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    return al.explorer(GAMES, path, case=al.cases.load("gulf-zetas")).read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_page_needs_no_other_file_and_no_host(html):
    assert "default-src 'none'" in html  # the browser itself then refuses every other file and host
    assert not re.search(
        r"<link(?! rel=\"icon\" href=\"data:,\")|<(?:script|img|iframe)[^>]* src=|@import|url\(|import\(", html
    )
    assert "«" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def test_the_page_is_small(html):
    assert len(html.encode()) < 500_000


@pytest.mark.slow
@needs_node
def test_the_browser_agrees_with_python_in_120_settings(html, tmp_path):
    settings = random_settings(120)  # each model and concept some times; test_explorer_browser.py asks a real browser
    answers = answers_of_node(html, settings, tmp_path)
    for setting, answer in zip(settings, answers, strict=True):
        check(answer, answer_of_python(setting), setting)
    answered = [answer for answer in answers if "refusal" not in answer]
    assert 80 < len(answered) < 120  # a pact more exposed than an alliance is refused, and so are other broken rules
    defectors = {word for answer in answered for window in answer["windows"] for word in window[2:]}
    assert defectors == {"sponsor defects", "proxy defects", "both defect", "end of the domain"}
    assert {answer["who"] for answer in answered} == {None, "sponsor", "proxy", "both"}
    assert any("Infinity" in answer["discounts"] for answer in answered)


@pytest.mark.slow
@needs_node
def test_windows_and_breaks_between_two_samples_are_found(html, tmp_path):
    """A window beside a jump of δ*, and a break at its peak, both narrower than the spacing of the samples."""
    game = GAMES["chindea"]
    jump = al.stability_windows(game, 0.8)[-1].lower
    peak = al.critical_discount(game, al.Power.from_gap(np.linspace(0.4, 0.5, 4001))).dyad.max()
    beside = al.critical_discount(game, al.Power.from_gap(jump + 1e-9)).dyad
    numbers = {x.name: x.value for x in parameters(game)}
    asked = [
        {
            "model": "chindea",
            "concept": "nash",
            "gap": 0.5,
            "discount": [delta] * 2,
            "numbers": numbers,
            "conceptNumbers": {},
            "line": False,
        }
        for delta in (beside + 2.5e-4, peak - 1e-4)
    ]
    window, broken = answers_of_node(html, asked, tmp_path)
    assert any(0 < upper - lower < 1.9e-3 for lower, upper, *_ in window["windows"])
    assert any(0 < b[0] - a[1] < 1.9e-3 for a, b in pairwise(broken["windows"]))
    for setting, answer in zip(asked, (window, broken), strict=True):
        check(answer, answer_of_python(setting), setting)


def test_every_parameter_of_the_library_is_explained():
    ingredients = [al.Tullock(2), al.Hirshleifer(1), al.Complementarity(1), al.Aggregation(1), al.ConstantSynergy(1)]
    ingredients += [al.CommonThreat(1, 2), al.Wage(0.1), al.Agreed(0.2), *GAMES.values(), al.ImperfectMonitoring(0.1, 0.1)]
    seen = {(x.label, x.hint) for part in ingredients for x in parameters(part)}
    assert seen == {(x.label, x.hint) for x in MEANINGS.values()}


def test_parameters_are_found_and_put_back():
    game = al.presets.chindea_2014(conflict_cost=(0.1, 0.2))
    names = [x.name for x in parameters(game)]
    assert names == [
        "contest.decisiveness", "synergy.value", "synergy.exponent", "exposure", "conflict_cost.sponsor", "conflict_cost.proxy",
        "stakes", "coexist_exposure", "support_cost",
    ]  # fmt: skip
    assert with_numbers(game, {}) is game
    changed = with_numbers(game, {"conflict_cost.proxy": 0.3, "contest.decisiveness": 3.0})
    assert (changed.conflict_cost, changed.contest.decisiveness, changed.exposure) == ((0.1, 0.3), 3.0, game.exposure)
    assert "support_cost" not in [x.name for x in parameters(al.presets.morrow_1991())]  # which has no pact to support


def test_ranges_hold_the_models_value():
    for part in (*GAMES.values(), al.AllianceGame(al.Tullock(50), al.Complementarity(9), al.Equal(), 1, 3, stakes=100)):
        for x in parameters(part):
            assert x.low <= x.value <= x.high
            assert x.low < x.high


def test_concepts_in_python_are_those_offered():
    game = GAMES["chindea"]
    for offered, written in zip(concepts(game), model(game, 1.0, {}, ())["concepts"], strict=True):
        text = written["python"]
        for x in written["parameters"]:
            text = text.replace(f"⟦{x['name']}⟧", str(x["value"]))
        assert eval(text, {"al": al}) == offered.enforcement


@pytest.mark.slow
def test_the_model_in_python_is_the_model():
    for name, game in GAMES.items():
        written = model(game, 1.0, {}, ())
        if name == "ransom":
            assert written["python"] is None  # a class of the user's own
            continue
        text = written["python"]
        for x in written["parameters"]:
            text = text.replace(f"⟦{x['name']}⟧", str(x["value"]))
        assert eval(text, {"al": al}).stage_game(al.Power.from_gap(0.3)) == game.stage_game(al.Power.from_gap(0.3))


def plunder(power):
    return [[(power.sponsor, power.proxy), (0, 1)], [(1, 0), (power.sponsor / 2, power.proxy / 2)]]


@pytest.mark.parametrize("payoffs", [plunder, lambda power: plunder(power)], ids=["by name", "lambda"])
def test_a_function_of_ones_own_has_no_python_on_the_page(payoffs):
    assert model(al.CustomGame(payoffs), 1.0, {}, ())["python"] is None


@dataclass(frozen=True, eq=False)
class Tribute(al.DyadicGame):
    """A user's model with parameters of its own."""

    tribute: float = 0.2
    rounds: int = 2

    actions = ("ally", "fight")

    def cells(self, power):
        s, p, t = power.sponsor, power.proxy, self.tribute
        for _ in range(self.rounds):
            t = t * (1 + p)
        return [[(s + t, 2 * p - t), (s / 2, 2 * p)], [(s + p, 0 * p), (s * s, p * p)]]


def test_parameters_of_ones_own(tmp_path):
    text = al.explorer(Tribute(), tmp_path / "x.html", fixed=["rounds"], ranges={"tribute": (0.1, 0.3)}).read_text(
        encoding="utf-8"
    )
    assert '"name": "tribute"' in text.replace("\n", " ")
    assert '"low": 0.1' in text
    assert '"rounds"' not in text


def test_a_parameter_that_counts_is_an_error_that_says_so(tmp_path):
    with pytest.raises(TypeError, match=r"explorer\(\): the model must calculate .* it asked for an index of one"):
        al.explorer(Tribute(), tmp_path / "x.html")


def of(payoff):
    """A model with this payoff in one cell."""
    return al.CustomGame(lambda power: [[(payoff(power), power.proxy), (0, 1)], [(1, 0), (power.sponsor, power.proxy)]])


REFUSED = {
    "math": (of(lambda power: math.sqrt(power.sponsor)), "asked for a float of one"),
    "an attribute": (of(lambda power: power.sponsor.real), r"explorer\(\): .* fails: AttributeError"),
    "another answer": (
        of(lambda power: 1.0 if isinstance(power.sponsor, float) else 2.0),
        "must give recorded numbers the payoffs",
    ),
    "chance": (of(lambda power: np.random.default_rng().random() * power.sponsor), "must give recorded numbers the payoffs"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_model_that_is_no_arithmetic_is_an_error_that_says_why(name, tmp_path):
    game, message = REFUSED[name]
    with pytest.raises(TypeError, match=message):
        al.explorer(game, tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


BAD = {
    "game": ({"game": "chindea"}, TypeError, r"explorer\(\): game must be a model such as AllianceGame; got 'chindea'"),
    "games": ({"game": {}}, TypeError, "game must be a model such as AllianceGame, or several of them by name; got {}"),
    "batch": ({"game": al.presets.morrow_1991(stakes=np.array([1.0, 2.0]))}, ValueError, "game must have scalar parameters"),
    "path": ({"path": 3}, TypeError, r"path must be the name of a file; got 3"),
    "case": ({"case": "gulf-zetas"}, TypeError, r"case must be a case, such as .*\('gulf-zetas'\); got 'gulf-zetas'"),
    "discount": ({"discount": 1.0}, ValueError, r"discount must lie in \[0, 1\); got 1.0"),
    "gap": ({"gap": 0.99}, ValueError, r"gap must lie in \(-0.95, 0.95\), the gaps that the page shows; got 0.99"),
    "total": ({"total": -1}, ValueError, "total must be positive and finite; got -1"),
    "unknown range": ({"ranges": {"stake": (0, 1)}}, ValueError, "ranges must be for parameters with a slider, .*'stake'"),
    "range": ({"ranges": {"stakes": 3}}, TypeError, r"ranges must be pairs \(low, high\); got 3 for 'stakes'"),
    "narrow range": ({"ranges": {"stakes": (2, 3)}}, ValueError, r"ranges must hold .* value, stakes = 1; got \(2, 3\)"),
    "fixed": ({"fixed": ["stake"]}, ValueError, "fixed must name parameters of the model, .*; got 'stake'"),
    "one fixed": ({"fixed": "stakes"}, TypeError, "fixed must be a list of names of parameters; got 'stakes'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_errors_that_name_them(name, tmp_path):
    changed, error, message = BAD[name]
    arguments = {"game": al.presets.morrow_1991(), "path": tmp_path / "x.html"} | changed
    with pytest.raises(error, match=message):
        al.explorer(arguments.pop("game"), arguments.pop("path"), **arguments)


def test_a_case_without_measured_power_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="no such series"):
        al.explorer(al.presets.morrow_1991(), tmp_path / "x.html", case=al.cases.load("us-canada"))


def test_a_path_that_cannot_be_written_is_an_error(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere" / "x.html"):
        with pytest.raises(OSError, match=re.escape(f"explorer(): path must be a file that can be written; got {str(path)!r}")):
            al.explorer(al.presets.morrow_1991(), path)


def test_what_a_user_writes_cannot_end_the_script(tmp_path):
    game = al.CustomGame(lambda power: [[(1, 1), (0, 0)], [(0, 0), (0, 0)]], actions=("</script><b>", "fight"))
    text = al.explorer({"<b>": game}, tmp_path / "x.html", title="<i>&").read_text(encoding="utf-8")
    assert set(scripts(text)) == {"formulas", "solver", "data", "chart-script", "page"}
    assert "</script><b>" not in text
    assert "<title>&lt;i>&amp;</title>" in text


@pytest.mark.slow
@needs_node
def test_models_with_equal_names_in_the_address_stay_apart(tmp_path):
    games = {"A b": GAMES["morrow"], "a-b": GAMES["aggregation"]}
    text = al.explorer(games, tmp_path / "x.html").read_text(encoding="utf-8")
    asked = random_settings(2, {"a-b": GAMES["morrow"], "a-b-2": GAMES["aggregation"]})
    for setting, answer in zip(asked, answers_of_node(text, asked, tmp_path), strict=True):
        check(answer, answer_of_python(setting, {"a-b": GAMES["morrow"], "a-b-2": GAMES["aggregation"]}), setting)
