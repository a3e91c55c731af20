"""Large batches by programmes, in pieces or compiled: the same numbers as the ordinary way, and everything else as before."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alliances as al
from alliances import evaluating_by, evaluation_method
from alliances.arithmetic import choose, larger
from alliances.arithmetic.tolerance import EPSILON
from alliances.repeated.critical import rounding_of
from alliances.repeated.kernels.batch import FEWEST, Question, evaluated
from alliances.repeated.kernels.compiled import available
from tests.support import benchmark_game

METHODS = ["numpy", pytest.param("numba", marks=pytest.mark.skipif(not available(), reason="needs Numba"))]

CONTESTS = [al.Tullock(1.0), al.Tullock(2.0), al.Tullock(1.7), al.Hirshleifer(3.0), al.AllPay()]
SYNERGIES = [
    al.Complementarity(0.6),
    al.Complementarity(0.9, 1.5),
    al.Aggregation(0.4),
    al.ConstantSynergy(0.3),
    al.CommonThreat(1.5, 0.8),
]
SHARINGS = [al.Proportional(), al.Equal(), al.NashBargaining(), al.Wage(0.2)]
CONCEPTS = {
    "nash": al.NashReversion(),
    "once": al.FinitePunishment(1),
    "monitoring": al.ImperfectMonitoring(0.05, 0.1),
    "transfers": al.Transfers(),
    "given": al.GivenPunishment(),
    "credible": al.GivenPunishment(al.Transfers(), credible=True),
    "credible, monitored": al.GivenPunishment(al.ImperfectMonitoring(0.1, 0.2), credible=True),
    "outside": al.OutsideOption(0.3),
    "outside, alone": al.OutsideOption(0.4, alone=0.2),
    "outside, transfers": al.OutsideOption(0.4, al.Transfers(), alone=0.1),
    "outside, once": al.OutsideOption(0.4, al.FinitePunishment(1)),
    "rival": al.OutsideOption(lambda power: 0.9 * power.proxy_share),
}


def both(method, game, power, concept, profile=(0, 0)):
    """The same question by a programme and in the ordinary way."""
    with evaluating_by("ordinary"):
        expected = al.critical_discount(game, power, profile=profile, enforcement=concept)
    with evaluating_by(method):
        return al.critical_discount(game, power, profile=profile, enforcement=concept), expected


def assert_same(found, expected):
    """δ* equal up to what 4 units in the last place of the payoff range do to it; the same infinities."""
    ranges = np.maximum(*(np.asarray(x) for x in expected.stage.payoff_range))
    spans = [np.abs(np.asarray(d - w)) for d, w in zip(expected.terms.deviation, expected.terms.punished, strict=True)]
    for a, b, span in zip((found.sponsor, found.proxy), (expected.sponsor, expected.proxy), spans, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert a.shape == b.shape
        np.testing.assert_array_equal(np.isinf(a), np.isinf(b))
        finite = np.isfinite(b)
        near = 4 * EPSILON * (1 + np.broadcast_to(ranges / np.where(span > 0, span, 1), b.shape))
        if expected.enforcement.pooled:
            near = near * 4
        assert np.all(np.abs(a[finite] - b[finite]) <= near[finite])


@st.composite
def questions(draw):
    """A game, a power and a concept; parameters may be arrays along an axis of their own."""
    batch = draw(st.booleans())

    def number(low, high):
        x = draw(st.floats(low, high))
        return np.array([[x], [(low + high) / 2], [high]]) if batch and draw(st.booleans()) else x

    contest = draw(st.sampled_from(CONTESTS))
    if draw(st.booleans()):
        contest = al.Tullock(number(0.25, 6.0))
    pact = {"coexist_exposure": number(0.01, 0.2), "support_cost": number(0.0, 0.2)} if draw(st.booleans()) else {}
    sharing = draw(st.sampled_from(SHARINGS))
    stakes = 1.0 if isinstance(sharing, al.Wage) else 10 ** draw(st.floats(-6, 6))
    game = al.AllianceGame(
        contest=contest,
        synergy=draw(st.sampled_from(SYNERGIES)),
        sharing=sharing,
        exposure=number(0.2, 1.0),
        conflict_cost=(number(0.0, 0.5), number(0.0, 0.5)) if draw(st.booleans()) else number(0.0, 0.5),
        stakes=stakes,
        **pact,
    )
    gaps = np.array([-0.9, -0.25, -1e-9, 0.0, 1e-9, 0.1, 0.5, 0.93, draw(st.floats(-0.99, 0.99))])
    return game, al.Power.from_gap(gaps), draw(st.sampled_from(list(CONCEPTS)))


@pytest.mark.slow
@given(questions())
@settings(max_examples=60, deadline=None)
def test_a_programme_in_pieces_gives_what_the_ordinary_way_gives(question):
    game, power, concept = question
    with evaluating_by("numpy"):
        assert evaluation_method(game, power, enforcement=CONCEPTS[concept]).method == "numpy"
    assert_same(*both("numpy", game, power, CONCEPTS[concept]))


@pytest.mark.parametrize("ratio", [1.0, 1 + 1e-15, 1e-300, 1e300, 1e-12, 7.0])
@pytest.mark.parametrize("contest", CONTESTS, ids=repr)
def test_extreme_ratios_of_power(contest, ratio):
    sponsor = np.array([1.0, 1e-3, 1e3])
    power = al.Power(sponsor, np.array([1e-150, 1e-3, 1.0]) if ratio == 1e300 else sponsor / ratio)
    if ratio == 1e300:
        power = al.Power(power.sponsor * 1e150, power.proxy)
    game = al.AllianceGame(contest, al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    for concept in ("nash", "transfers", "given"):
        assert_same(*both("numpy", game, power, CONCEPTS[concept]))


@pytest.mark.parametrize("stakes", [1e-290, 1e-100, 1e100, 1e299])
def test_extreme_stakes(stakes):
    game = al.presets.morrow_1991(stakes=stakes, conflict_cost=stakes / 8)
    assert_same(*both("numpy", game, al.Power.from_gap(np.linspace(-0.9, 0.9, 19)), CONCEPTS["nash"]))


@pytest.mark.parametrize("method", METHODS)
def test_the_three_ways_give_the_same_bits(method):
    """Where no power or exponential is rounded, at ties, too, and for profiles that are equilibria themselves.

    The profile on path is not asked whether it is an equilibrium, and minima are taken by mask.
    """
    gaps = np.concatenate([np.random.default_rng(3).uniform(-0.99, 0.99, 2000), np.arange(-7, 8) / 8, [-0.0, 1e-300, -1e-17]])
    power = al.Power.from_gap(gaps)
    parts = {"synergy": al.Complementarity(0.5), "sharing": al.Proportional(), "exposure": 0.75, "conflict_cost": 0.125}
    held, games = [], [al.AllianceGame(al.Tullock(2.0), **parts)]
    if method == "numpy":
        games.append(al.AllianceGame(al.AllPay(), **parts, coexist_exposure=0.25, support_cost=0.05))
    for game in games:
        size = len(game.actions)
        for profile in [(i, j) for i in range(size) for j in range(size) if method == "numpy" or i == j]:
            for concept in ("nash", "once", "monitoring") if method == "numpy" else ("nash",):
                found, expected = both(method, game, power, CONCEPTS[concept], profile)
                for a, b in ((found.sponsor, expected.sponsor), (found.proxy, expected.proxy)):
                    np.testing.assert_array_equal(a, b)
                    held += [np.any(b == 0), np.any(np.isinf(b)), np.any((b > 0) & (b < 1))]
    assert all(np.any(np.reshape(held, (-1, 3)), axis=0))  # all kinds of answers were compared


def compiled_questions():
    """Two kernels: one line of games with a pact; rows of parameters and columns of gaps, side payments."""
    rng = np.random.default_rng(7)
    line = al.presets.morrow_1991(coexist_exposure=0.3, support_cost=0.05, contest=al.Tullock(1.7), synergy=al.Aggregation(0.5))
    rows = al.AllianceGame(
        al.Tullock(rng.uniform(0.5, 3, (30, 1))), al.Complementarity(rng.uniform(0, 2, (30, 1))), al.NashBargaining(),
        exposure=rng.uniform(0.3, 1, (30, 1)), conflict_cost=0.2,
    )  # fmt: skip
    gaps = al.Power.from_gap(np.linspace(-0.97, 0.97, 101))
    return [(line, gaps, "monitoring"), (rows, gaps, "outside, transfers")]


@pytest.mark.parametrize("method", METHODS)
def test_lines_and_tables_of_games(method):
    for game, power, concept in compiled_questions():
        assert_same(*both(method, game, power, CONCEPTS[concept]))


@pytest.mark.sampled(0)
@pytest.mark.skipif(not available(), reason="needs Numba")
@pytest.mark.parametrize("concept", CONCEPTS)
def test_compiled_concepts(concept):
    rng = np.random.default_rng(3)
    game = al.AllianceGame(
        al.Hirshleifer(rng.uniform(0.5, 3, (20, 1))), al.Aggregation(0.7), al.Proportional(), exposure=0.8, conflict_cost=0.1,
        coexist_exposure=rng.uniform(0.1, 0.8, (20, 1)), support_cost=0.02,
    )  # fmt: skip
    power = al.Power.from_gap(np.linspace(-0.97, 0.97, 51))
    assert_same(*both("numba", game, power, CONCEPTS[concept], profile=("coexist", "coexist")))


class Ransom(al.DyadicGame):
    """A model of a user's own that decides by ``choose``."""

    actions = ("ally", "fight")

    def cells(self, power):
        s, p = power.sponsor, power.proxy
        prize = choose(s > p, s - p, 2 * (p - s))
        return [[(s + prize, p + prize), (s / 2, p + s / 2)], [(s + p / 2, p / 2), (s - 0.1, p - 0.1)]]


class Tangent(Ransom):
    """Asks NumPy for a function that formulas do not have."""

    def cells(self, power):
        s, p = power.sponsor, power.proxy
        prize = np.tanh(s - p)
        return [[(s + prize, p + prize), (s / 2, p + s / 2)], [(s + p / 2, p / 2), (s - 0.1, p - 0.1)]]


class TwoFaced(Ransom):
    """Gives what are no floats other payoffs."""

    def cells(self, power):
        rows = super().cells(power)
        return rows if isinstance(power.sponsor, (float, np.ndarray)) else [[(2 * a, b) for a, b in row] for row in rows]


class OwnStage(Ransom):
    """Makes its stage games itself."""

    def stage_game(self, power):
        return super().stage_game(power)


POWER = al.Power.from_gap(np.linspace(-0.9, 0.9, 5 * FEWEST))


def test_models_of_ones_own():
    own = al.presets.morrow_1991(
        contest=lambda power: (power.share, power.proxy_share), synergy=lambda power: larger(power.gap, 0)
    )
    for game in (Ransom(), own, al.CustomGame(Ransom().cells, ("ally", "fight"))):
        assert evaluation_method(game, POWER).method == "numpy"
        assert_same(*both("numpy", game, POWER, al.NashReversion()))


@pytest.mark.parametrize(
    ("game", "concept", "reason"),
    [
        (Tangent(), al.NashReversion(), "must calculate with its arguments"),
        (TwoFaced(), al.NashReversion(), "does not give recorded numbers"),
        (OwnStage(), al.NashReversion(), "makes its stage games itself"),
        (Ransom(), al.OptimalPenalCode(), "worst pure stage equilibria"),
        (Ransom(), al.NashReversion(mixed=True), "mixed equilibria"),
        (Ransom(), al.FinitePunishment(3), "root of a polynomial"),
        (Ransom(), al.Transfers("optimal"), "optimal penal codes"),
    ],
    ids=lambda x: type(x).__name__ if not isinstance(x, str) else x[:12],
)
def test_what_is_no_programme_says_why(game, concept, reason):
    evaluation = evaluation_method(game, POWER, enforcement=concept)
    assert evaluation.method == "ordinary"
    assert reason in evaluation.reason


def test_small_and_exact_batches_go_the_ordinary_way():
    assert "fewer than 4096" in evaluation_method(Ransom(), al.Power.from_gap(np.linspace(-0.9, 0.9, 100))).reason
    exact = al.Power([3, 4], [1, 1])
    with evaluating_by("numpy"):
        assert evaluation_method(Ransom(), exact).reason == "powers are not floats"


def test_the_result_is_what_it_always_was():
    game, power = al.presets.chindea_2014(), POWER
    found, expected = both("numpy", game, power, al.OutsideOption(0.1))
    assert "_question" in found.__dict__
    assert repr(found) == repr(expected)
    assert found.message == expected.message
    np.testing.assert_array_equal(found.binding, expected.binding)
    np.testing.assert_array_equal(rounding_of(found), rounding_of(expected))
    assert "_question" in found.__dict__, "nothing so far needs the certificate"
    assert found.to_frame().equals(expected.to_frame())
    found, _ = both("numpy", game, power[:300], al.NashReversion())
    _, expected = both("numpy", game, power[:300], al.NashReversion())
    again = pickle.loads(pickle.dumps(found))
    assert again.verify().ok
    assert again == found == expected
    assert hash(found) == hash(expected)
    assert not hasattr(found, "no_such_part")


def test_a_saved_batch_is_read_back(tmp_path):
    found, _ = both("numpy", al.presets.chindea_2014(), POWER[:50], al.NashReversion())
    al.save(found, tmp_path / "batch.json")
    assert al.load(tmp_path / "batch.json") == found


def test_checks_of_the_model_are_still_made():
    half = al.presets.chindea_2014(contest=lambda power: (power.share / 2, power.proxy_share))
    with pytest.raises(ValueError, match="contest must return two numbers"):
        al.critical_discount(half, POWER)
    wage = al.presets.chindea_2014(sharing=al.Wage(1.2))
    with pytest.raises(ValueError, match="wage must not exceed"):
        al.critical_discount(wage, POWER)
    infinite = al.CustomGame(lambda power: [[(power.sponsor / (power.sponsor - power.sponsor), 1), (0, 0)], [(0, 0), (1, 1)]])
    with pytest.raises(ValueError, match="finite"), np.errstate(all="ignore"):
        al.critical_discount(infinite, POWER)
    with pytest.raises(ValueError, match="broadcast"):
        al.critical_discount(al.presets.morrow_1991(stakes=np.linspace(1, 2, 7)), POWER)
    with pytest.raises(ValueError, match="profile must name"):
        al.critical_discount(Ransom(), POWER, profile=("ally", "flee"))
    with pytest.raises(ValueError, match="strictly between"):
        al.Power.from_gap(np.linspace(-1, 0, FEWEST))
    with pytest.raises(ValueError, match="strictly between"):
        al.Power.from_gap(np.full(FEWEST, np.nan))


def test_powers_of_many_gaps_are_values():
    gaps = np.linspace(-0.9, 0.9, FEWEST)
    power = al.Power.from_gap(gaps, total=3)
    kept = power.as_gap()[0]
    gaps[0] = 0.0
    assert kept[0] == -0.9
    assert not kept.flags.writeable
    expected = al.Power(1.5 * (1 + kept), 1.5 * (1 - kept))
    assert power == expected == pickle.loads(pickle.dumps(power))
    assert not power.sponsor.flags.writeable
    assert power.shape == (FEWEST,)


def test_a_table_of_parameters_broadcasts_as_always():
    costs, exposures = np.linspace(0, 0.4, 6)[:, None, None], np.linspace(0.5, 1, 5)[:, None]
    game = al.presets.morrow_1991(conflict_cost=costs, exposure=exposures)
    power = al.Power(np.linspace(1, 9, 7), np.full((5, 1), 2.0))
    found, expected = both("numpy", game, power, al.ImperfectMonitoring(np.linspace(0, 0.2, 7), 0.1))
    assert found.sponsor.shape == (6, 5, 7)
    assert_same(found, expected)


def test_outputs_that_claims_ask_for():
    game = al.presets.morrow_1991(conflict_cost=np.linspace(0.01, 0.49, 40)[:, None])
    power = al.Power.from_gap(np.linspace(-0.9, 0.9, 41))
    with evaluating_by("numpy"):
        found = evaluated(Question(game, power, al.NashReversion(), (0, 0)), ("dyad", "rounding", "credible", "deterrent"))
    r = al.critical_discount(game, power)
    stage = r.stage
    np.testing.assert_array_equal(found[0], r.dyad)
    np.testing.assert_array_equal(found[1], rounding_of(r))
    np.testing.assert_array_equal(found[2], stage.pure_nash().mask[..., 1, 1])
    better = (stage.A[..., 0, 0] > stage.A[..., 1, 1]) & (stage.B[..., 0, 0] > stage.B[..., 1, 1])
    np.testing.assert_array_equal(found[3], better)


def test_wrong_arguments_are_refused():
    with pytest.raises(TypeError, match=r"evaluation_method.*power must be a Power"):
        al.evaluation_method(Ransom(), 0.5)
    with pytest.raises(TypeError, match=r"evaluation_method.*game must be a model"):
        al.evaluation_method(al.StageGame([[1]], [[1]]), POWER)
    with pytest.raises(ValueError, match="method must be"), evaluating_by("fortran"):
        pass


def test_batches_that_are_no_programme_are_evaluated_in_pieces(monkeypatch):
    monkeypatch.setattr("alliances.repeated.critical._LARGE", 1000)
    monkeypatch.setattr("alliances.repeated.critical._PIECE", 300)
    power = al.Power.from_gap(np.linspace(-0.9, 0.9, 1001).reshape(7, 11, 13))
    found = al.critical_discount(Tangent(), power)
    assert "_question" in found.__dict__
    with evaluating_by("ordinary"):
        expected = al.critical_discount(Tangent(), power)
    assert found == expected

    prize = np.linspace(1, 2, 300)  # as many as a piece has games, and not as many as the batch

    class Held(Tangent):
        def cells(self, power):
            return [[(prize * a, b) for a, b in row] for row in super().cells(power)]

    with pytest.raises(ValueError, match="broadcast"):
        al.critical_discount(Held(), power)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_all_numbers_of_the_library_are_arguments_of_the_programme(concept):
    """So that one programme, and one kernel, serves every model of a kind."""
    for contest, synergy, sharing in zip(CONTESTS, SYNERGIES, [*SHARINGS, al.Equal()], strict=True):
        game = al.AllianceGame(contest, synergy, sharing, exposure=0.8, conflict_cost=(0.1, 0.2), coexist_exposure=0.3)
        question = Question(game, al.Power.from_gap(np.linspace(-0.5, 0.5, 9)), CONCEPTS[concept], (0, 0))
        known, trusted = question.record(question.inputs())
        assert set(known.inputs) == set(question.inputs())
        assert trusted == (concept != "rival")


def test_questions_of_one_kind_do_not_get_each_others_answers():
    power = al.Power.from_gap(np.linspace(-0.9, 0.9, 7))
    for alarm, offer, m in ((0.05, 0.1, 1.0), (0.3, 0.4, 1.7), (0.2, 0.3, 2.0)):
        concept = al.OutsideOption(offer, al.GivenPunishment(al.ImperfectMonitoring(alarm, 0.1)).enforcement)
        assert_same(*both("numpy", al.presets.morrow_1991(contest=al.Tullock(m), stakes=1 + m), power, concept))


def test_threads_may_ask_for_a_certificate_at_once():
    from concurrent.futures import ThreadPoolExecutor

    game, power = al.presets.chindea_2014(), al.Power.from_gap(np.linspace(-0.9, 0.9, 20_000))
    for _ in range(3):
        r = al.critical_discount(game, power)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda name, r=r: getattr(r, name), ["terms", "stage", "punishment", "enforcement"] * 8))
        assert len(found) == 32


def test_a_question_names_its_powers_as_they_were_given():
    """Many by gaps as gaps and half the total; powers as powers."""
    gaps = np.linspace(-0.5, 0.5, 20_000)
    by_gap = Question(benchmark_game(), al.Power.from_gap(gaps, 3), al.NashReversion(), (0, 0)).inputs()
    by_power = Question(benchmark_game(), al.Power(1 + gaps, 2.0), al.NashReversion(), (0, 0)).inputs()
    assert list(by_gap)[:2] == ["gap", "half"]
    np.testing.assert_array_equal(by_gap["gap"], gaps)
    assert by_gap["half"] == 1.5
    assert list(by_power)[:2] == ["sponsor", "proxy"]
    np.testing.assert_array_equal(by_power["sponsor"], 1 + gaps)
    assert by_power["proxy"] == 2
    numbers = [name for name in by_gap if "." in name]
    assert numbers
    assert numbers == [name for name in by_power if "." in name]
