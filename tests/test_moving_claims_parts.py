"""The parts of the seven claims about moving power, each against its definition: sentences, levels, edges, pacts, wars."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.claims import moving
from alliances.claims.moving import MovingAnswer, MovingClaims, MovingWitness, expected_rounds
from tests.moving_power_reference import alliance, shifting

SENTENCES = {
    "asymmetry": "kept at λ = 0.25, not at 1.5",
    "proxy restraint": "the proxy conforms at λ = 0.25, not at 1.5",
    "sponsor restraint": "the sponsor conforms at λ = 0.25, not at 1.5",
    "proxy turns first": "kept at λ = 1.5; at 0.25 the sponsor violates it",
    "pact at parity": "the alliance can be kept, the pact cannot",
    "stakes": "a pact at stakes 1.5, none at 0.25",
    "protraction": "a war from λ = 1.5 is longer than from 0.25",
}


# -- sentences and tables ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", SENTENCES)
def test_each_claim_says_what_contradicts_it(claim: str) -> None:
    wars = claim == "protraction"
    witness = MovingWitness(None if wars else 0.8, 0.25, 1.5)
    at = "" if wars else "δ = 0.8: "
    answer = MovingAnswer(claim, "vacuous", "fails", None, witness)
    assert answer.message == f"{claim}: vacuous with frozen power, fails where power moves; {at}{SENTENCES[claim]}."
    other = MovingAnswer(claim, "fails", "unsolved", witness, None)  # only what happens where power moves is explained
    assert other.message == f"{claim}: fails with frozen power, unsolved where power moves."


@pytest.mark.parametrize("frozen", ["holds", "fails", "vacuous", "unsolved"])
@pytest.mark.parametrize("moving_", ["holds", "fails", "vacuous", "unsolved"])
def test_a_claim_survives_if_it_holds_twice(frozen: Any, moving_: Any) -> None:
    table = {("holds", "holds"): True, ("holds", "fails"): False}
    assert MovingAnswer("asymmetry", frozen, moving_, None, None).survives is table.get((frozen, moving_))


def _claims(*answers: MovingAnswer) -> MovingClaims:
    return MovingClaims(shifting(), (0.8,), al.Transfers(), (1.0, 2.0), answers, ())


def test_answers_as_text_table_and_record() -> None:
    witness = MovingWitness(0.8, 0.25, 1.5)
    first = MovingAnswer("asymmetry", "holds", "fails", None, witness)
    second = MovingAnswer("stakes", "vacuous", "holds", None, None)
    claims = _claims(first, second)
    assert claims["asymmetry"] is first
    assert claims["stakes"] is second
    with pytest.raises(KeyError) as error:
        claims["protraction"]
    assert error.value.args == ("MovingClaims: claim must be one of asymmetry, stakes; got 'protraction'",)
    words = [line.split(maxsplit=3) for line in claims.message.splitlines()]
    assert words == [
        ["claim", "frozen", "moving", "what contradicts it"],
        ["asymmetry", "holds", "fails", "δ = 0.8: kept at λ = 0.25, not at 1.5"],
        ["stakes", "vacuous", "holds", "–"],
    ]
    starts = {line.index(text) for line, text in zip(claims.message.splitlines(), ("what", "δ", "–"), strict=True)}
    assert len(starts) == 1  # the last column begins at one place: all are aligned to the left
    table = claims.to_frame()
    assert list(table.columns) == ["claim", "frozen", "moving", "survives", "discount", "low", "high"]
    assert table.iloc[0].tolist() == ["asymmetry", "holds", "fails", False, 0.8, 0.25, 1.5]
    assert table.iloc[1].tolist()[:3] == ["stakes", "vacuous", "holds"]
    assert table.iloc[1, 3:].isna().all()
    assert list(claims.to_dict())[-3:] == ["discounts", "enforcement", "answers"]


# -- along the gap -------------------------------------------------------------------------------------------------------


def test_levels_are_rounded_and_start_at_parity() -> None:
    """Within 10⁻⁹ of parity is parity, whatever rounding made of it; and zero has no sign."""
    ratios = np.array([-0.1, -2e-9, -1e-13, 0.1 + 0.2, 1 + 3e-12])
    levels = moving._levels(_threshold(ratios))
    assert levels == [0.0, 0.3, 1 + 3e-12]
    assert str(levels[0]) == "0.0"
    assert moving._levels(_threshold(np.array([-5e-10, 0.4]))) == [0.0 - 5e-10, 0.4]


def _threshold(ratios: Any, place: Any = None) -> Any:
    dyad = SimpleNamespace(log_ratios=np.asarray(ratios), process=SimpleNamespace(place=place))
    return SimpleNamespace(discount=0.8, dyad=dyad)


class _Window:
    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high


@pytest.mark.parametrize(
    ("violators", "proxy", "sponsor"),
    [
        # who violates the alliance at λ = 0 and at 3; it is kept at 1 and 2, where both conform
        (("proxy", "sponsor"), ("holds", None), ("fails", (2.0, 3.0))),
        (("sponsor", "proxy"), ("fails", (2.0, 3.0)), ("holds", None)),
        (("both", "both"), ("fails", (2.0, 3.0)), ("fails", (2.0, 3.0))),
        (("sponsor", None), ("unsolved", None), ("unsolved", None)),
        ((None, "sponsor"), ("unsolved", None), ("fails", (2.0, 3.0))),
    ],
)
def test_restraint_asks_who_violates_the_alliance_at_the_gap_itself(violators: Any, proxy: Any, sponsor: Any) -> None:
    evidence = {10: violators[0], 13: violators[1]}
    asked = []

    def violation(of: Any, place: int) -> tuple[Any, None]:
        assert of is evidence
        asked.append(place)
        return of[place], None

    t = _threshold([-1.0, 0.0, 1.0, 2.0, 3.0], lambda x: 10 + round(x))
    kept = SimpleNamespace(settled=True, windows=[_Window(1, 2)], evidence=evidence)
    open_ = SimpleNamespace(settled=False, windows=[_Window(1, 2)], evidence=evidence)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving, "violation", violation)
        for player, (status, levels) in ((1, proxy), (0, sponsor)):
            witness = None if levels is None else MovingWitness(0.8, *levels)
            assert moving._restraint(player)(t, kept) == (status, witness)
            assert moving._restraint(player)(t, open_) == ("unsolved", None)
    assert asked == [10, 13, 10, 13]


def test_what_is_unknown_is_skipped_but_not_forgotten() -> None:
    t = _threshold([0.0, 1.0, 2.0])
    assert moving._ordered(t, [True, None, False]) == ("fails", MovingWitness(0.8, 0.0, 2.0))
    assert moving._ordered(t, [False, None, True]) == ("unsolved", None)
    assert moving._ordered(t, [False, False, True]) == ("holds", None)
    assert moving._ordered(t, [False, False, False]) == ("vacuous", None)
    assert moving._ordered(t, [False, True, False]) == ("fails", MovingWitness(0.8, 1.0, 2.0))


def _edge(beyond: float, defector: str | None) -> Any:
    return SimpleNamespace(below=SimpleNamespace(beyond=beyond, log_ratio=beyond + 0.1, defector=defector))


@pytest.mark.parametrize(
    ("windows", "wanted"),
    [
        ([_edge(-0.1, "sponsor")], ("vacuous", None)),  # below parity the claim says nothing
        ([_edge(0.0, "sponsor")], ("fails", MovingWitness(0.8, 0.0, 0.1))),
        ([_edge(-0.1, None), _edge(0.5, "proxy")], ("holds", None)),
        ([_edge(0.5, None), _edge(0.7, "sponsor")], ("fails", MovingWitness(0.8, 0.7, 0.7 + 0.1))),
        ([_edge(0.5, None), _edge(0.7, "both")], ("unsolved", None)),
        ([SimpleNamespace(below=None)], ("vacuous", None)),
    ],
)
def test_the_proxy_turns_first_is_about_lower_edges_from_parity_up(windows: Any, wanted: Any) -> None:
    kept = SimpleNamespace(settled=True, windows=windows)
    assert moving._proxy_first(_threshold([0.0]), kept) == wanted  # type: ignore[arg-type]


# -- at parity -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three() -> Any:
    """A dyad whose players may ally, coexist or fight."""
    return al.ShiftingDyad(
        alliance(1.0, coexist_exposure=0.5, support_cost=0.02),
        al.PowerProcess(step=0.5, reach=1, learning=(0.3, 1)),
        war="permanent",
    )


def test_two_actions_leave_the_alliance_alone() -> None:
    dyad = shifting(1.0, 0.3, reach=0.5, war="permanent")
    state = dyad.process.place(0.0)
    for moves in (True, False):
        game = dyad.stochastic_game if moves else moving.frozen_game(dyad)
        solved = al.StochasticGame(game.stages, game.kernel.matrix, states=game.states).solve(0.8)
        assert solved.exists.all()
        assert moving._playable_at_parity(dyad, 0.8, moves) == (bool(solved.playable[game.first[state]]),)


def test_stakes_need_a_third_action_and_a_model_that_has_stakes(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("nothing is to be asked")

    monkeypatch.setattr(moving, "_playable_at_parity", never)
    none: Any = SimpleNamespace(discount=0.8, dyad=SimpleNamespace(game=object(), stages=three.stages))
    assert moving._stakes(none, (1.0, 2.0), True) == ("vacuous", None)
    two: Any = SimpleNamespace(discount=0.8, dyad=shifting())
    assert moving._stakes(two, (1.0, 2.0), True) == ("vacuous", None)


# -- wars ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("r", [Fraction(0), Fraction(1, 4)])
def test_expected_rounds_of_a_lopsided_war(r: Fraction) -> None:
    """Three starts; the sponsor wins a round with another chance at each. By hand, with g = 1 − r.

    D₋ = 1 + g·a·D₀, D₀ = 1 + g(b·D₊ + (1 − b)·D₋), D₊ = 1 + g(1 − c)D₀ give
    D₀ = (1 + g)/(1 − g²(b(1 − c) + (1 − b)a)).
    """
    a, b, c = Fraction(1, 5), Fraction(3, 5), Fraction(9, 10)

    def win(power: al.Power) -> tuple[Any, Any]:
        k = np.rint(np.log2(np.asarray(power.ratio, dtype=float))).astype(int)
        q = np.select([k < 0, k == 0], [float(a), float(b)], float(c))
        return q, 1 - q

    g = 1 - r
    middle = (1 + g) / (1 - g**2 * (b * (1 - c) + (1 - b) * a))
    wanted = [1 + g * a * middle, middle, 1 + g * (1 - c) * middle]
    found = expected_rounds(al.ConflictWalk(swing=2.0, barrier=4.0, win=win), float(r))
    np.testing.assert_allclose(found, [float(x) for x in wanted], rtol=1e-12)
