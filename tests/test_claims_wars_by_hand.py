"""Wars and moving power by hand: what contradicts protraction, expected rounds, pacts at parity, and tables of answers."""

from dataclasses import replace
from fractions import Fraction as F
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.conditions import Kind
from alliances.claims import PROTRACTION, Choice, Family, Interval, MovingAnswer, MovingWitness, Witness, moving
from alliances.claims.moving import MovingClaims, expected_rounds
from alliances.dynamics.elimination import playable_room
from tests.moving_power_reference import alliance
from tests.test_claims_answers import FALLING, HALF, QUARTER
from tests.test_claims_asked import refusal

LATER = float("inf")
FIVE = al.ConflictWalk(2, 8)  # starts at 2⁻² to 2²
EARLY = al.ConflictWalk(2, (8, 2))  # at 1, 2, 4
LATE = al.ConflictWalk(2, (2, 8))  # at 1/4, 1/2, 1
PLACES = {id(FIVE): [-2, -1, 0, 1, 2], id(EARLY): [0, 1, 2], id(LATE): [-2, -1, 0]}


def gap_of(step):
    """(2ᵏ − 1)/(2ᵏ + 1)."""
    ratio = F(2) ** step
    return (ratio - 1) / (ratio + 1)


# -- protraction -------------------------------------------------------------------------------------------------------


def test_what_is_asked_about_wars_is_a_violation_in_a_case():
    """The last condition of each question contradicts the claim; those before it say where, and name no violation."""
    family = Family(lambda m: al.ConflictWalk(2, 8, win=al.Tullock(m)), {"m": Interval(1, 2)})
    queries = list(PROTRACTION.problem(family, {}, LATER).queries())
    assert queries
    for query in queries:
        *where, violation = query.conditions
        assert (violation.kind, violation.relation) == (Kind.VIOLATION, ">")
        assert violation.text == query.text
        assert all(condition.kind is not Kind.VIOLATION for condition in where)


@pytest.mark.parametrize("walk", [FIVE, EARLY, LATE], ids=["five", "early", "late"])
@pytest.mark.parametrize("exact", [True, False])
def test_what_contradicts_protraction(monkeypatch, walk, exact):
    """Of neighbours in distance from parity, on either side, those of which the farther lasts longer by most."""
    places = PLACES[id(walk)]
    numbers = list(product([1, 2, 4], repeat=len(places)))[:: 7 if len(places) == 5 else 1]
    seen = set()
    for durations in numbers:
        kept = np.array([F(x) for x in durations], dtype=object) if exact else np.array(durations, dtype=float)
        monkeypatch.setattr(
            "alliances.claims.protraction.conflict_duration", lambda *_, kept=kept: SimpleNamespace(rounds=kept)
        )
        check = PROTRACTION.check(walk)
        rounds = dict(zip(places, durations, strict=True))
        by = {(near, far): rounds[far] - rounds[near] for near, far in product(places, repeat=2) if abs(far) == abs(near) + 1}
        worst = max(by.values())
        assert (check.points, check.exact, check.line) == (len(places), exact, "gap")
        assert check.status == ("fails" if worst > 0 else "holds")
        seen.add(check.status)
        if worst <= 0:
            assert check.witness is None
            continue
        pairs = {(gap_of(near), gap_of(far)): (rounds[near], rounds[far], far) for (near, far), b in by.items() if b == worst}
        w = check.witness
        near, far, place = pairs[w.low, w.high]
        assert (w.at_low, w.at_high, w.player) == (near, far, "sponsor" if place > 0 else "proxy")
    assert seen == {"fails", "holds"}


@pytest.mark.parametrize(("by", "status"), [(0.0, "holds"), (0.9e-9, "holds"), (1.1e-9, "fails")])
def test_floats_of_the_same_war(monkeypatch, by, status):
    """A billionth of the longest war is rounding: of 1000 rounds, a millionth of one."""
    rounds = np.array([1.0, 1000.0, 1000.0, 1000.0 * (1 + by), 1.0])
    monkeypatch.setattr("alliances.claims.protraction.conflict_duration", lambda *_: SimpleNamespace(rounds=rounds))
    assert PROTRACTION.check(FIVE).status == status
    exact = np.array([F(1), F(1000), F(1000), 1000 + F(1, 10**30), F(1)], dtype=object)
    monkeypatch.setattr("alliances.claims.protraction.conflict_duration", lambda *_: SimpleNamespace(rounds=exact))
    found = PROTRACTION.check(FIVE)
    assert (found.status, found.witness) == ("fails", Witness(0, F(1, 3), 1000, exact[3], "sponsor"))


def test_wars_that_are_refused():
    for wrong in (FALLING, 3):
        assert refusal(PROTRACTION.check, wrong) == (
            TypeError,
            f"check(): model must be a ConflictWalk for 'protraction'; got {wrong!r}",
        )
    assert refusal(PROTRACTION.check, FIVE, stakes=[1], gaps=[0]) == (
        TypeError,
        "check(): stakes must be left out for 'protraction', which is about wars",
    )
    games = Family(lambda v: FALLING, {"v": Interval(0, 1)})
    assert refusal(list, PROTRACTION.problem(games, {}, LATER).queries()) == (
        TypeError,
        f"prove(): the family's models must be ConflictWalk for 'protraction'; got {FALLING!r}",
    )
    assert PROTRACTION.problem(games, {}, LATER).confirm({"v": HALF}, F(0)) is None


def test_one_start_is_compared_with_none():
    check = PROTRACTION.check(al.ConflictWalk(2, 2))
    assert (check.status, check.points, check.witness, bool(check)) == ("holds", 1, None, True)


def test_wars_by_choice():
    """The walk of the chosen barriers; what is fixed stays beside what is open."""
    family = Family(
        lambda win, barrier: al.ConflictWalk(2, barrier, win),
        {"win": Interval(0, 1, "neither"), "barrier": Choice((4, 4), (8, 2))},
    )
    problem = PROTRACTION.problem(family, {"barrier": (8, 2)}, LATER)
    assert problem.point({"win": QUARTER}) == ({"win": QUARTER, "barrier": (8, 2)}, 0)
    assert problem.point({}) == ({"win": HALF, "barrier": (8, 2)}, 0)
    assert problem.numbers({"win": QUARTER}) == [QUARTER] * 3 + [3 * QUARTER] * 3
    texts = [query.text for query in problem.queries()]
    wanted = ["case 1: the war from start 1 is expected to last longer than that from start 0"]
    wanted += ["case 1: the war from start 2 is expected to last longer than that from start 1"]
    assert sorted(texts) == wanted
    assert problem.labels[:4] == [
        "the chance of winning a round at start 0",
        "the chance of winning a round at start 1",
        "the chance of winning a round at start 2",
        "the chance of losing a round at start 0",
    ]
    found = problem.confirm({"win": HALF, "barrier": (8, 2)}, F(0))
    assert (found.certified, found.check.witness.at_high, found.check.witness.at_low) == ("exactly", 4, 3)
    assert found.parameters == {"win": HALF, "barrier": (8, 2)}
    check = PROTRACTION.verdict(family, {"win": HALF, "barrier": (8, 2)})
    assert check.witness == found.check.witness


def test_wars_in_floats_are_confirmed_by_enclosures():
    pytest.importorskip("flint")
    floats = Family(lambda win: al.ConflictWalk(2.0, 4.0, win), {"win": Interval(0, 1, "neither")})
    found = PROTRACTION.problem(floats, {}, LATER).confirm({"win": 0.1}, F(0))
    assert (found.certified, found.check.exact, found.check.status) == ("by enclosures", False, "fails")
    assert PROTRACTION.problem(floats, {}, LATER).confirm({"win": 0.5}, F(0)) is None


def test_numbers_that_are_no_chances():
    """What win returns must be two probabilities, and a trillionth is rounding."""

    def family(q, r):
        return Family(lambda m: al.ConflictWalk(2, 4, lambda power: (q + 0 * m, r + 0 * m)), {"m": Interval(0, 1)})

    for q, r in ((F(3, 2), F(-1, 2)), (HALF, QUARTER), (HALF, 3 * QUARTER)):
        problem = PROTRACTION.problem(family(q, r), {}, LATER)
        assert refusal(problem.numbers, {"m": HALF}) == (
            ValueError,
            f"ConflictWalk(): what win returns must be two probabilities that sum to 1; got {q!r} and {r!r}",
        )
    fine = PROTRACTION.problem(family(HALF, HALF + F(1, 10**12)), {}, LATER)
    assert fine.numbers({"m": HALF})[:2] == [HALF, HALF]


# -- expected rounds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reconcile", [0.0, 0.25, 1.0])
@pytest.mark.parametrize(
    ("barrier", "win"), [((8, 4), 0.3), ((2, 8), 0.5), ((16, 4), al.Tullock(1)), ((2, 2), 0.9)], ids=["a", "b", "c", "d"]
)
def test_rounds_by_their_equations(barrier, win, reconcile):
    """D_k = 1 + (1 − r)[Q_k D_{k+1} + q_k D_{k−1}], with nothing beyond the barriers."""
    walk = al.ConflictWalk(2, barrier, win)
    rounds = expected_rounds(walk, reconcile)
    down, up = (round(np.log2(x)) for x in barrier[::-1])
    assert len(rounds) == down + up - 1
    padded = [0.0, *rounds, 0.0]
    for place, k in enumerate(range(1 - down, up), 1):
        q = win if isinstance(win, float) else 2.0**k / (1 + 2.0**k)
        wanted = 1 + (1 - reconcile) * (q * padded[place + 1] + (1 - q) * padded[place - 1])
        assert np.isclose(padded[place], wanted, rtol=1e-12, atol=0)


# -- moving power ------------------------------------------------------------------------------------------------------

DYAD = al.ShiftingDyad(
    alliance(1.0, coexist_exposure=0.5, support_cost=0.02),
    al.PowerProcess(step=float(np.log(2)), reach=3 * float(np.log(2)), learning=(0.3, 1)),
    war=FIVE,
    reconcile=0.25,
)


@pytest.fixture
def thresholds(monkeypatch):
    """Thresholds of which nothing is asked along the gap: both sides are kept nowhere, and settled."""
    kept = SimpleNamespace(settled=True, windows=[], evidence=None)

    def threshold(dyad, delta, enforcement):
        return SimpleNamespace(dyad=dyad, discount=delta, moving=kept, static=kept, enforcement=enforcement)

    monkeypatch.setattr("alliances.claims.moving.break_threshold", threshold)
    monkeypatch.setattr("alliances.claims.moving.violation", lambda *_: ("both", None))


def answers(dyad, **options):
    return moving.moving_claims(dyad, [0.5], al.Transfers(), **options)


@pytest.mark.parametrize("walk", [FIVE, EARLY, LATE], ids=["five", "early", "late"])
@pytest.mark.parametrize("moves", [True, False])
@pytest.mark.usefixtures("thresholds")
def test_protraction_where_power_moves(monkeypatch, walk, moves):
    """Any start farther from parity is compared with any nearer one, and the nearest that lasts less is named."""
    monkeypatch.setattr("alliances.claims.moving._playable_at_parity", lambda *_: None)
    dyad, places = replace(DYAD, war=walk), PLACES[id(walk)]
    numbers = list(product([1.0, 2.0, 4.0], repeat=len(places)))
    for durations in numbers[:: 13 if len(places) == 5 else 1]:

        def rounds(asked, reconcile, durations=durations):
            assert asked is walk
            kept = durations if (reconcile == 0.25) is moves else [1.0] * len(durations)
            assert reconcile in (0.0, 0.25)
            return np.array(kept)

        monkeypatch.setattr("alliances.claims.moving.expected_rounds", rounds)
        answer = answers(dyad, stakes=())["protraction"]
        status, witness = (answer.moving, answer.witness) if moves else (answer.frozen, answer.frozen_witness)
        other = (answer.frozen, answer.frozen_witness) if moves else (answer.moving, answer.witness)
        assert other == ("holds", None)
        number = dict(zip(places, durations, strict=True))
        wrong = [(a, b) for a, b in product(places, repeat=2) if abs(b) > abs(a) and number[b] > number[a]]
        assert status == ("fails" if wrong else "holds")
        if not wrong:
            assert witness is None
            continue
        low, high = (round(x / np.log(2)) for x in (witness.low, witness.high))
        assert (witness.low, witness.high) == tuple(round(k * np.log(2), 12) for k in (low, high))
        assert (low, high) in wrong
        assert abs(low) == min(abs(a) for a, _ in wrong)
        assert witness.discount is None


@pytest.mark.parametrize(("by", "status"), [(0.9e-9, "holds"), (1.1e-9, "fails")])
@pytest.mark.usefixtures("thresholds")
def test_rounding_of_wars_where_power_moves(monkeypatch, by, status):
    monkeypatch.setattr("alliances.claims.moving._playable_at_parity", lambda *_: None)
    rounds = np.array([1.0, 1000.0, 1000.0, 1000.0 * (1 + by), 1.0])
    monkeypatch.setattr("alliances.claims.moving.expected_rounds", lambda *_: rounds)
    found = answers(DYAD, stakes=())["protraction"]
    assert (found.moving, found.frozen) == (status, status)


@pytest.mark.usefixtures("thresholds")
def test_a_war_of_one_start_is_compared_with_none(monkeypatch):
    monkeypatch.setattr("alliances.claims.moving._playable_at_parity", lambda *_: None)
    for war in (al.ConflictWalk(2, 2), "permanent"):
        found = answers(replace(DYAD, war=war, reconcile=0), stakes=())["protraction"]
        assert (found.moving, found.frozen, found.witness) == ("vacuous", "vacuous", None)


@pytest.mark.parametrize("moves", [True, False])
@pytest.mark.usefixtures("thresholds")
def test_what_can_be_played_at_parity(monkeypatch, moves):
    """Slacks of (ally, ally) and (coexist, coexist) in the state of parity, down to the room for rounding; not in a hole."""
    place = DYAD.process.place(0.0)
    cases = {
        "both": (0.0, 0.0, False, True, "holds"),
        "to the room": (-1.0, -1.0, False, True, "holds"),
        "no pact": (-1.0, -1.01, False, True, "fails"),
        "no alliance": (-1.01, 0.0, False, True, "vacuous"),
        "a hole": (0.0, 0.0, True, True, "vacuous"),
        "open": (0.0, 0.0, False, False, "unsolved"),
    }
    for ally, coexist, hole, settled, wanted in cases.values():

        def contracts(game, delta, states, ally=ally, coexist=coexist, hole=hole, settled=settled):
            assert (delta, states) == (0.5, len(DYAD.log_ratios))
            room = playable_room(game)
            assert room > 0
            slack = np.full(game.first[-1], -1.0)
            start = game.first[place]
            slack[start], slack[start + 4] = ally * room, coexist * room  # the first and the middle one of nine profiles
            holes = [SimpleNamespace(state=place if hole else place + 1)]
            return SimpleNamespace(settled=settled, holes=holes, terms=(None, slack))

        monkeypatch.setattr("alliances.claims.moving.holed_contracts", contracts)
        found = answers(DYAD, stakes=())["pact at parity"]
        status, witness = (found.moving, found.witness) if moves else (found.frozen, found.frozen_witness)
        assert status == wanted
        assert witness == (MovingWitness(0.5, 0.0, 0.0) if wanted == "fails" else None)


@pytest.mark.usefixtures("thresholds")
def test_without_a_third_action_there_is_no_pact(monkeypatch):
    monkeypatch.setattr(
        "alliances.claims.moving._playable_at_parity", lambda dyad, *_: (True, True)[: dyad.stages.shape[0] - 1]
    )
    two = replace(DYAD, game=alliance(1.0))
    for dyad, wanted in ((two, "vacuous"), (DYAD, "holds")):
        found = answers(dyad, stakes=(1, 2))
        assert {found[name].moving for name in ("pact at parity", "stakes")} == {wanted}
        assert {found[name].frozen for name in ("pact at parity", "stakes")} == {wanted}
    plain = al.CustomGame(lambda q: [[(q.sponsor, q.proxy)] * 3] * 3, ("ally", "coexist", "fight"))
    assert answers(replace(DYAD, game=plain, prize=1), stakes=(1, 2))["stakes"].moving == "vacuous"  # a model without stakes
    one = answers(DYAD, stakes=(1,))
    assert one["stakes"].moving == "vacuous"  # nothing to compare it with


def test_what_moving_claims_refuse():
    for wrong in (3, None):
        assert refusal(moving.moving_claims, wrong) == (
            TypeError,
            f"moving_claims(): dyad must be a ShiftingDyad; got {wrong!r}",
        )
    assert refusal(moving.moving_claims, DYAD, []) == (
        ValueError,
        "moving_claims(): discounts must name at least one discount factor; got none",
    )
    assert refusal(moving.moving_claims, DYAD, [1]) == (
        ValueError,
        "moving_claims(): discount must lie in [0, 1); got 1",
    )
    for stakes in ((1, 1), (2, 1), (1, 3, 2)):
        assert refusal(moving.moving_claims, DYAD, [0.5], stakes=stakes) == (
            ValueError,
            f"moving_claims(): stakes must increase; got {tuple(map(float, stakes))!r}",
        )
    assert refusal(moving.moving_claims, DYAD, [0.5], stakes=(0, 1)) == (
        ValueError,
        "moving_claims(): stakes must be positive and finite; got 0",
    )


def test_answers_as_tables():
    witness = MovingWitness(0.5, 0.1, 0.25)
    found = MovingClaims(
        DYAD,
        (0.5,),
        al.Transfers(),
        (1.0, 2.0),
        (
            MovingAnswer("asymmetry", "holds", "fails", None, witness),
            MovingAnswer("protraction", "fails", "holds", MovingWitness(None, 0.0, 1.0), None),
        ),
        (),
    )
    rows = [line.split("  ") for line in found.message.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells == [
        ["claim", "frozen", "moving", "what contradicts it"],
        ["asymmetry", "holds", "fails", "δ = 0.5: kept at λ = 0.1, not at 0.25"],
        ["protraction", "fails", "holds", "–"],
    ]
    record = found.to_dict()
    assert list(record) == ["discounts", "enforcement", "answers"]
    assert record["discounts"] == [0.5]
    table = found.to_frame()
    assert list(table.columns) == ["claim", "frozen", "moving", "survives", "discount", "low", "high"]
    first = table.iloc[0]
    assert [first[name] for name in ("claim", "frozen", "moving", "survives")] == ["asymmetry", "holds", "fails", False]
    assert [first[name] for name in ("discount", "low", "high")] == [0.5, 0.1, 0.25]
    second = table.iloc[1]
    assert (second["claim"], second["survives"]) == ("protraction", None)
    assert all(x is None or np.isnan(x) for x in second[["discount", "low", "high"]])
    assert found["protraction"].frozen_witness == MovingWitness(None, 0.0, 1.0)
    with pytest.raises(KeyError) as caught:
        found["greed"]
    assert caught.value.args == ("MovingClaims: claim must be one of asymmetry, protraction; got 'greed'",)
