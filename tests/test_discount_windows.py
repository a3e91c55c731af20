"""Windows in the discount factor: known edges, exact answers on either side of them, certificates, wrong input."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.stochastic_reference import CD, game_of, random_game, two_state_dilemma


def tribute(c: float, p: float) -> al.StochasticGame:
    """A proxy may arm: it costs c now and succeeds with probability p, after which it gains 1 for ever."""
    before, after = al.StageGame([[0, 0]], [[0, -c]]), al.StageGame([[-1]], [[1]])
    return al.StochasticGame([before, after], lambda s, i, j: {1: 1} if s else {1: p * j, 0: 1 - p * j})


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("c", "p"), [(0.1, 0.5), (0.3, 0.7), (0.123, 0.9), (0.05, 0.8), (0.49, 0.5)])
def test_patience_ends_the_peace_of_a_tribute(c: float, p: float) -> None:
    windows = tribute(c, p).discount_windows(0, (0, 0), points=40)
    (window,) = windows.windows
    assert window.low == 0
    assert window.opens is None
    assert window.closes is not None
    assert window.high == pytest.approx(c / p, rel=1e-15)
    assert (window.closes.state, window.closes.profile) == (0, ("0", "0"))
    assert windows.verify(), windows.verify().witness


def test_a_game_that_was_asked_before_answers_as_a_new_one() -> None:
    """It keeps what can be played along the last grid, of every profile; what is asked next may be another profile or grid."""
    game, grid = tribute(0.3, 0.5), {"points": 6, "domain": (0.5, 0.9)}
    game.discount_windows(0, (0, 0), points=6)
    for profile in ((0, 0), (0, 1)):
        asked, new = game.discount_windows(0, profile, **grid), tribute(0.3, 0.5).discount_windows(0, profile, **grid)
        assert asked.discounts.tolist() == new.discounts.tolist()
        assert asked.playable.tolist() == new.playable.tolist()
        assert asked.edges == new.edges
        assert asked.playable.tolist() == [profile == (0, 1) or delta <= 0.6 for delta in asked.discounts]


def test_the_edge_of_the_two_state_dilemma_is_a_root_of_its_quadratic() -> None:
    """(C, C) in state 1 is kept iff its liquidity slack is not negative: solved by hand in exact arithmetic on both sides."""
    game = two_state_dilemma()
    (edge,) = game.discount_windows(0, ("C", "C")).edges
    assert edge.kind == "opens"
    assert (edge.state, edge.profile) == (1, ("C", "C"))

    def slack(delta: F) -> F:
        up = (F(2, 3), F(1, 3))
        joint, low = (_chain(delta, up, rewards) for rewards in ((F(4), F(8)), (F(0), F(2))))
        kept = (1 - delta) * 8 + delta * (F(1, 3) * joint[1] + F(2, 3) * joint[0])
        tempted = (1 - delta) * 5 + delta * (low[0] + low[1]) / 2
        return kept - 2 * tempted

    tiny = F(1, 10**12)
    assert slack(F(edge.discount) - tiny) < 0 < slack(F(edge.discount) + tiny)


def _chain(delta: F, up: tuple[F, F], rewards: tuple[F, F]) -> tuple[F, F]:
    """Values of two states with these chances of the second one next, by Cramer's rule."""
    a, b = 1 - delta * (1 - up[0]), -delta * up[0]
    c, d = -delta * (1 - up[1]), 1 - delta * up[1]
    r0, r1 = ((1 - delta) * r for r in rewards)
    return (r0 * d - b * r1) / (a * d - b * c), (a * r1 - c * r0) / (a * d - b * c)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(6))
def test_exact_answers_change_at_the_edges(seed: int) -> None:
    """Exact contracts 10⁻¹¹ before and after each edge answer differently."""
    rng = np.random.default_rng(seed)
    drawn = random_game(rng, states=3)
    moves = [np.frompyfunc(lambda x: F(x).limit_denominator(100), 1, 1)(m) for m in drawn["moves"]]
    stages = [al.StageGame(a.astype(int), b.astype(int)) for a, b in drawn["payoffs"]]
    game = al.StochasticGame(stages, moves)
    for x in range(len(game)):
        windows = game.discount_windows(x, (0, 0), points=20)
        assert windows.verify(), windows.verify().witness
        for edge in windows.edges:
            step = F(1, 10**11) * (1 if edge.kind == "opens" else -1)
            assert game.solve(F(edge.discount) + step).can_play(x, (0, 0)), edge
            assert not game.solve(F(edge.discount) - step).can_play(x, (0, 0)), edge


@pytest.mark.slow
def test_patience_opens_peace_and_more_of_it_closes_it() -> None:
    """A dilemma in which to betray may win a prize of 9 for ever: by hand, (C, C) is kept iff 5δ² − 6.5δ + 2 ≤ 0."""
    stage = al.StageGame([[4.0, -1.0], [5.0, 0.0]], [[4.0, 5.0], [-1.0, 0.0]], CD)
    prize = al.StageGame([[0.0]], [[9.0]])

    def moves(state: str, _: int, j: int) -> dict[str, float]:
        return {"prize": 1.0} if state == "prize" else {"prize": 0.5 * j, "dilemma": 1 - 0.5 * j}

    game = al.StochasticGame([stage, prize], moves, states=("dilemma", "prize"))
    windows = game.discount_windows("dilemma", ("C", "C"), points=67)
    assert [edge.kind for edge in windows.edges] == ["opens", "closes"]
    np.testing.assert_allclose([edge.discount for edge in windows.edges], [0.5, 0.8], rtol=0, atol=4e-15)
    assert windows.verify(), windows.verify().witness


@pytest.mark.slow
def test_always_and_never() -> None:
    game = two_state_dilemma()
    assert game.discount_windows(0, ("D", "D")).status == "always"
    assert "can always be played, for discount factors in [0, 0.99]" in str(game.discount_windows(0, ("D", "D")))
    once = al.StochasticGame([al.StageGame([[0, 0]], [[0, 1]]), al.StageGame([[0]], [[0]])], lambda *_: {1: 1})
    never = once.discount_windows(0, (0, 0))  # betrayal pays, and nothing comes after
    assert never.status == "never"
    assert never.windows == ()
    assert never.verify()


def test_no_corruption_survives() -> None:
    windows = tribute(0.1, 0.5).discount_windows(0, (0, 0), points=12)
    (window,) = windows.windows
    edge = window.closes
    assert edge is not None
    corrupted: list[Any] = [
        {"windows": ()},
        {"windows": (window, window)},
        {"windows": (replace(window, high=window.high + 1e-6),)},
        {"windows": (replace(window, low=0.05),)},
        {"windows": (replace(window, closes=None),)},
        {"windows": (replace(window, closes=replace(edge, kind="opens")),)},
        {"windows": (replace(window, closes=replace(edge, state=1, profile=("0", "0"))),)},
        {"profile": ("0", "1")},
        {"state": 1},
        {"playable": ~windows.playable},
        {"discounts": windows.discounts / 2},
    ]
    for step in (1e-6, -1e-6):
        moved = replace(edge, discount=edge.discount + step)
        corrupted.append({"windows": (replace(window, high=moved.discount, closes=moved),)})
    for change in corrupted:
        try:
            ok = bool(replace(windows, **change).verify())
        except (ValueError, IndexError):
            ok = False
        assert not ok, change


def test_wrong_input() -> None:
    game = tribute(0.1, 0.5)
    for domain in ((0.5, 0.2), (0, 1), (-0.1, 0.5)):
        with pytest.raises(ValueError, match=r"discount_windows\(\): domain must be an interval within \[0, 1\)"):
            game.discount_windows(0, (0, 0), domain=domain)
    with pytest.raises(TypeError, match="domain must be a pair of numbers; got 3"):
        game.discount_windows(0, (0, 0), domain=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="points must be a whole number from 2 to 100000; got 1"):
        game.discount_windows(0, (0, 0), points=1)
    with pytest.raises(TypeError, match=r"enforcement must be Transfers\(\)"):
        game.discount_windows(0, (0, 0), enforcement=al.NashReversion())
    with pytest.raises(ValueError, match="profile's indices must be below"):
        game.discount_windows(0, (5, 0))


def test_the_game_may_be_given_by_arrays() -> None:
    drawn = random_game(np.random.default_rng(3))
    frame = game_of(drawn).discount_windows(0, (0, 0), points=20).to_frame()
    assert list(frame.columns) == ["discount", "kind", "state", "profile"]
