"""The seven claims where power moves: dyads in which they survive, dyads in which they do not, and the theorems behind both."""

from __future__ import annotations

from itertools import pairwise, product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.claims.moving import expected_rounds
from tests.moving_power_reference import alliance, falling, random_chain, shifting, static

SIX = ("asymmetry", "proxy restraint", "sponsor restraint", "proxy turns first", "pact at parity", "stakes")


# -- dyads ---------------------------------------------------------------------------------------------------------------


def test_a_proxy_that_learns_fast_makes_the_sponsor_strike_first() -> None:
    claims = al.claims.moving_claims(shifting(1.0, 0.3), [0.8])
    assert [a.claim for a in claims.answers] == [*SIX, "protraction"]
    assert claims["asymmetry"].survives is True
    assert claims["proxy restraint"].survives is True
    first = claims["proxy turns first"]
    assert (first.frozen, first.moving, first.survives) == ("vacuous", "fails", None)
    assert first.witness is not None
    assert (first.witness.discount, first.witness.low, first.witness.high) == (0.8, 0.7, 0.8)
    assert claims["pact at parity"].moving == claims["stakes"].moving == "vacuous"
    assert claims["protraction"].survives is True
    assert "kept at λ = 0.8; at 0.7 the sponsor violates it" in str(claims)


@pytest.mark.slow
def test_asymmetry_that_holds_with_frozen_power_fails_where_it_moves() -> None:
    """A pocket around parity below a zone of war: kept at a narrow gap, and not at a wider one."""
    claims = al.claims.moving_claims(shifting(1.0, 0.1), [0.9])
    answer = claims["asymmetry"]
    assert (answer.frozen, answer.moving, answer.survives) == ("holds", "fails", False)
    assert answer.witness is not None
    windows = claims.thresholds[0].windows
    assert answer.witness.low == windows[-2].high
    assert not any(answer.witness.high in w for w in windows)
    assert claims.thresholds[0].verify()
    holed = al.claims.moving_claims(shifting(1.0, 0.05), [0.95], al.Transfers())["asymmetry"]
    assert (holed.frozen, holed.moving) == ("holds", "fails")
    assert holed.witness is not None
    assert (holed.witness.low, holed.witness.high) == (0.5, 0.6)


def test_asymmetry_may_fail_with_frozen_power_already() -> None:
    claims = al.claims.moving_claims(shifting(2.0, 0.0), [0.8])
    answer = claims["asymmetry"]
    assert (answer.frozen, answer.moving, answer.survives) == ("fails", "fails", None)
    assert answer.frozen_witness is not None
    assert (answer.frozen_witness.low, answer.frozen_witness.high) == (0.1, 0.2)


def test_pacts_and_stakes_are_asked_of_dyads_that_may_coexist() -> None:
    game = alliance(1.0, coexist_exposure=0.5, support_cost=0.02)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=2.0, win=al.Tullock(1.0))
    dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.5, reach=2, learning=(0.3, 1)), war=walk)
    deltas = [0.3, 0.9]
    claims = al.claims.moving_claims(dyad, deltas, al.Transfers(), stakes=(1, 2))
    place, size = dyad.process.place(0.0), 9
    for moves in (False, True):
        game_at = dyad.stochastic_game if moves else al.break_threshold(dyad, 0.5, al.Transfers()).static.evidence.game
        kept = []
        for delta in deltas:
            solved = al.StochasticGame(game_at.stages, game_at.kernel.matrix, states=game_at.states).solve(delta)
            assert solved.exists.all()
            part = solved.playable[place * size : (place + 1) * size].reshape(3, 3)
            kept.append((bool(part[0, 0]), bool(part[1, 1])))
        expected = "fails" if (True, False) in kept else "holds" if (True, True) in kept else "vacuous"
        assert (claims["pact at parity"].moving if moves else claims["pact at parity"].frozen) == expected
    assert claims["pact at parity"].moving == "holds"
    assert (claims["stakes"].frozen, claims["stakes"].moving) == ("holds", "holds")


def test_answers_are_tables() -> None:
    claims = al.claims.moving_claims(shifting(1.0, 0.3, war="permanent"), [0.8])
    assert claims["protraction"].moving == "vacuous"
    assert list(claims.to_frame()["claim"]) == [*SIX, "protraction"]
    assert claims.to_dict()["answers"][0]["claim"] == "asymmetry"
    with pytest.raises(KeyError, match=r"claim must be one of asymmetry, .*; got 'greed'"):
        claims["greed"]


def test_wrong_input() -> None:
    dyad: Any = shifting()
    with pytest.raises(TypeError, match=r"moving_claims\(\): dyad must be a ShiftingDyad; got 3"):
        al.claims.moving_claims(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"moving_claims\(\): discount must lie in \[0, 1\)"):
        al.claims.moving_claims(dyad, [1.5])
    with pytest.raises(ValueError, match=r"moving_claims\(\): discounts must name at least one discount factor; got none"):
        al.claims.moving_claims(dyad, [])
    with pytest.raises(ValueError, match=r"moving_claims\(\): stakes must increase; got \(2.0, 1.0\)"):
        al.claims.moving_claims(dyad, [0.5], stakes=(2, 1))


# -- theorems ------------------------------------------------------------------------------------------------------------


def test_orders_survive_risks_that_do_not_fall_on_the_way_down() -> None:
    """T2's setting, δ* and h not falling on the way down: what is kept at a level is kept at every higher one."""
    rng = np.random.default_rng(1)
    mixed = 0
    for _ in range(60):
        chain, _ = random_chain(rng)
        n = len(chain.moves)
        order = [0, *(1 + np.argsort(-static(chain)[1:]))]
        chain.allied, chain.tempted, chain.outside = (v[order] for v in (chain.allied, chain.tempted, chain.outside))
        h = np.sort(rng.random(n) * 0.6)[::-1]
        chain.moves = _falling_with(rng, h)
        holds = chain.holds(float(rng.uniform(0.4, 0.98)))
        assert (np.diff(holds.astype(int)) >= 0).all()
        mixed += 0 < holds[1:].sum() < n - 1
    assert mixed > 10


def test_orders_need_not_survive_where_wide_gaps_are_riskier() -> None:
    """The same δ* at all levels, and a risk of the worst that is larger at the higher ones: kept below, and not above."""
    rng = np.random.default_rng(2)
    failed = 0
    for _ in range(60):
        chain, _ = random_chain(rng)
        n = len(chain.moves)
        for name in ("allied", "tempted", "outside"):
            setattr(chain, name, np.repeat(getattr(chain, name)[[1]], n, axis=0))
        h = np.array([0, *np.sort(rng.random(n - 1) * 0.9)])
        chain.moves = np.diag(1 - h)
        chain.moves[:, 0] += h
        holds = chain.holds(float(rng.uniform(0.4, 0.98)))
        failed += bool((np.diff(holds[1:].astype(int)) < 0).any())
    assert failed > 5


def _falling_with(rng: np.random.Generator, h: np.ndarray) -> np.ndarray:
    moves = np.diag(1 - h)
    moves[0] = np.eye(len(h))[0]
    for x in range(1, len(h)):
        moves[x, :x] = h[x] * rng.dirichlet(np.ones(x))
    return moves


def test_under_exogenous_power_the_smaller_temptation_can_be_played_if_the_larger_can() -> None:
    """T1's setting: profiles of one state have the same future, so a pact with less temptation is kept where an alliance is."""
    rng = np.random.default_rng(3)
    some = 0
    for _ in range(60):
        n, delta = int(rng.integers(2, 6)), float(rng.uniform(0.2, 0.95))
        a, b = rng.integers(-5, 6, size=(2, n, 3, 3)).astype(float)
        chain = falling(rng, n)[0] * 0.7 + 0.3 / n
        moves = np.broadcast_to(chain[:, None, None], (n, 3, 3, n)).copy()
        contracts = al.StochasticGame(al.StageGame(a, b), moves).solve(delta)
        lure = (a.max(axis=1, keepdims=True) + b.max(axis=2, keepdims=True) - a - b).reshape(n, 9)
        playable = contracts.playable.reshape(n, 9)
        for x in range(n):
            if contracts.exists[x] and not playable[x].all():
                assert lure[x][playable[x]].max() <= lure[x][~playable[x]].min()
                some += 1
    assert some > 20


@pytest.mark.sampled(1)
@pytest.mark.parametrize("reconcile", [0.0, 0.05, 0.5, 0.95])
def test_protraction_survives_reconciliation_at_a_constant_rate(reconcile: float) -> None:
    """Whoever is favoured, and however much: the expected length of a war falls with the distance of its start from parity."""
    rng = np.random.default_rng(4)
    for _ in range(50):
        half = int(rng.integers(2, 9))
        favours = rng.uniform(0.2, 1, half)

        def win(power: al.Power, favours: np.ndarray = favours) -> tuple[Any, Any]:
            k = np.rint(np.log(power.ratio) / np.log(2)).astype(int)
            q = np.where(k == 0, 0.5, np.where(k > 0, favours[np.abs(k)], 1 - favours[np.abs(k)]))
            return q, 1 - q

        walk = al.ConflictWalk(swing=2.0, barrier=2.0**half, win=win)
        rounds = expected_rounds(walk, reconcile)
        assert len(rounds) == 2 * half - 1
        assert (np.diff(rounds[half - 1 :]) <= 1e-12 * rounds.max()).all()
        np.testing.assert_allclose(rounds, rounds[::-1], rtol=1e-9)
        if rounds.max() < 500:
            np.testing.assert_allclose(rounds, _rounds_by_iteration(walk, reconcile, half), rtol=1e-6)


def _rounds_by_iteration(walk: al.ConflictWalk, reconcile: float, half: int) -> np.ndarray:
    """The sum over t of the chances that a war from each start is not over after t rounds."""
    q = np.asarray(walk.chances(al.Power(1.0, 1.0), np.arange(1 - half, half))[0], dtype=float)
    going, total = np.ones(2 * half - 1), np.zeros(2 * half - 1)
    for _ in range(100_000):
        total += going
        padded = np.concatenate([[0.0], going, [0.0]])
        going = (1 - reconcile) * (q * padded[2:] + (1 - q) * padded[:-2])
        if going.max() < 1e-12:
            break
    return total


def test_protraction_fails_where_equals_reconcile_more_easily() -> None:
    """A chance of reconciliation at parity alone: wars from there are the shortest."""
    half, peace = 3, np.array([0.0, 0, 0.9, 0, 0])
    goes_on = np.diag((1 - peace[:-1]) / 2, 1) + np.diag((1 - peace[1:]) / 2, -1)
    rounds = np.linalg.solve(np.eye(2 * half - 1) - goes_on, np.ones(2 * half - 1))
    assert rounds[half - 1] < rounds[half]


# -- definitions ---------------------------------------------------------------------------------------------------------

LEVELS = (0.0, 0.5, 1.0, 1.5, 2.0)


class Window:
    """A run of levels at which an alliance is kept, and who violates it just below."""

    def __init__(self, low: float, high: float, defector: str | None, beyond: float | None) -> None:
        self.low, self.high = low, high
        self.below = None if beyond is None else SimpleNamespace(beyond=beyond, log_ratio=low, defector=defector)

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high


def known(kept: list[bool], violators: list[str | None], settled: bool = True) -> SimpleNamespace:
    """What is kept at each level, and who violates the alliance where it is not."""
    windows, start = [], None
    for k, value in enumerate([*kept, False]):
        if value and start is None:
            start = k
        if not value and start is not None:
            below = None if start == 0 else LEVELS[start - 1]
            windows.append(Window(LEVELS[start], LEVELS[k - 1], violators[start - 1] if start else None, below))
            start = None
    return SimpleNamespace(settled=settled, windows=windows, evidence=violators)


def by_definition(fine: list[bool | None]) -> tuple[str, tuple[float, float] | None]:
    """What is fine at a gap is fine at every wider one, as far as it is known."""
    sure = [(x, value) for x, value in zip(LEVELS, fine, strict=True) if value is not None]
    for (low, here), (high, next_) in pairwise(sure):
        if here and not next_:
            return "fails", (low, high)
    return ("unsolved" if len(sure) < 5 else "holds" if any(fine) else "vacuous"), None


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The seven claims for what is kept with moving and with frozen power, at each discount factor."""
    game = alliance(1.0, coexist_exposure=0.5, support_cost=0.02)
    dyad = al.ShiftingDyad(game, al.PowerProcess(step=0.5, reach=2, learning=(0.3, 1)), war="permanent")
    assert dyad.log_ratios.tolist() == [-2, -1.5, -1, -0.5, *LEVELS]

    def asked(moving: dict[float, Any], static: dict[float, Any], playable: Any = lambda *_: None, **options: Any) -> Any:
        def threshold(dyad: Any, delta: float, enforcement: Any) -> Any:
            return SimpleNamespace(
                dyad=dyad, discount=delta, moving=moving[delta], static=static[delta], enforcement=enforcement
            )

        monkeypatch.setattr("alliances.claims.moving.break_threshold", threshold)
        monkeypatch.setattr("alliances.claims.moving.violation", lambda who, place: (who[place - 4], None))
        monkeypatch.setattr("alliances.claims.moving._playable_at_parity", playable)
        return al.claims.moving_claims(dyad, list(moving), al.Transfers(), **options)

    return asked


def found(answer: Any, moves: bool) -> tuple[str, tuple[float, float] | None]:
    status, witness = (answer.moving, answer.witness) if moves else (answer.frozen, answer.frozen_witness)
    assert witness is None or witness.discount == 0.5
    return status, None if witness is None else (witness.low, witness.high)


def test_claims_along_the_gap_are_what_they_say(ask: Any) -> None:
    """For every set of levels at which the alliance is kept, and whoever violates it elsewhere."""
    rng = np.random.default_rng(5)
    nobody = known([True] * 5, [None] * 5)
    statuses = set()
    for kept in product([False, True], repeat=5):
        violators = [[None, "sponsor", "proxy", "both"][k] for k in rng.integers(0 if rng.random() < 0.3 else 1, 4, 5)]
        case = known(list(kept), violators)
        for moves in (True, False):
            claims = ask({0.5: case if moves else nobody}, {0.5: nobody if moves else case})
            expected = {"asymmetry": by_definition(list(kept))}
            for player in ("proxy", "sponsor"):
                fine = [
                    True if k else None if who is None else who not in (player, "both")
                    for k, who in zip(kept, violators, strict=True)
                ]
                expected[f"{player} restraint"] = by_definition(fine)
            edges = [k for k in range(1, 5) if kept[k] and not kept[k - 1]]
            broken = [k for k in edges if violators[k - 1] == "sponsor"]
            if broken:
                first = "fails", (LEVELS[broken[0] - 1], LEVELS[broken[0]])
            elif any(violators[k - 1] is None for k in edges):
                first = "unsolved", None
            else:
                first = ("holds" if edges else "vacuous"), None
            expected["proxy turns first"] = first
            for name, wanted in expected.items():
                assert found(claims[name], moves) == wanted
                statuses.add((name, wanted[0]))
                other = "vacuous" if name == "proxy turns first" else "holds"
                assert found(claims[name], not moves) == (other, None)
    assert {status for _, status in statuses} == {"holds", "fails", "vacuous", "unsolved"}


def test_what_is_not_settled_is_unsolved(ask: Any) -> None:
    open_ = known([False, True, False, False, True], ["sponsor"] * 5, settled=False)
    claims = ask({0.5: open_}, {0.5: open_})
    for name in SIX[:4]:
        assert (claims[name].moving, claims[name].frozen, claims[name].witness) == ("unsolved", "unsolved", None)


def test_several_discount_factors_as_one_answer(ask: Any) -> None:
    """Failing at one is failing, then what is unsolved at one, then what holds at one; vacuous only if it is at all."""
    cases = {
        "fails": known([True, False, False, False, False], ["proxy"] * 5),
        "unsolved": known([True] * 5, [None] * 5, settled=False),
        "holds": known([True] * 5, [None] * 5),
        "vacuous": known([False] * 5, ["proxy"] * 5),
    }
    ranks = list(cases)
    for a, b in product(ranks, repeat=2):
        claims = ask({0.5: cases[a], 0.75: cases[b]}, {0.5: cases["holds"], 0.75: cases["holds"]})
        answer = claims["asymmetry"]
        assert answer.moving == min(a, b, key=ranks.index)
        if answer.moving == "fails":
            assert answer.witness.discount == (0.5 if a == "fails" else 0.75)
            assert (answer.witness.low, answer.witness.high) == (0.0, 0.5)
    assert (claims.discounts, claims.enforcement, claims.stakes) == ((0.5, 0.75), al.Transfers(), (1, 2, 4))


@pytest.mark.parametrize("moves", [True, False])
def test_pacts_at_parity_are_what_they_say(ask: Any, moves: bool) -> None:
    plain = {0.5: known([True] * 5, [None] * 5)}
    for can in [None, (True,), *product([False, True], repeat=2)]:

        def playable(_: Any, delta: float, moving: bool, can: Any = can) -> Any:
            assert delta == 0.5
            return can if moving is moves else (True, True)

        answer = ask(plain, plain, playable, stakes=())["pact at parity"]
        alone = None if can is None else len(can) < 2
        wanted = "unsolved" if can is None else "vacuous" if alone or not can[0] else "holds" if can[1] else "fails"
        assert found(answer, moves) == (wanted, (0.0, 0.0) if wanted == "fails" else None)
        assert found(answer, not moves) == ("holds", None)


@pytest.mark.parametrize("moves", [True, False])
def test_stakes_are_what_they_say(ask: Any, moves: bool) -> None:
    """A pact at stakes 2 and none at 1, or at 4 and none at 2; nothing is compared where there is none at 2 and 4."""
    plain = {0.5: known([True] * 5, [None] * 5)}
    for pacts in product([False, True, None], repeat=3):
        by_stakes = dict(zip((1.0, 2.0, 4.0), pacts, strict=True))

        def playable(dyad: Any, _: float, moving: bool, by_stakes: Any = by_stakes) -> Any:
            if moving is not moves:
                return True, True
            pact = by_stakes[float(dyad.game.stakes)]
            return None if pact is None else (False, pact)

        answer = ask(plain, plain, playable, stakes=(1, 2, 4))["stakes"]
        wanted: tuple[str, tuple[float, float] | None]
        if None in pacts:
            wanted = "unsolved", None
        else:
            up = [(low, high) for low, high in ((1.0, 2.0), (2.0, 4.0)) if by_stakes[high] and not by_stakes[low]]
            wanted = ("fails", up[0]) if up else ("holds" if any(pacts[1:]) else "vacuous", None)
        assert found(answer, moves) == wanted
        assert found(answer, not moves) == ("holds", None)
