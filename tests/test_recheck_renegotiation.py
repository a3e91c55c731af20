"""The re-checks of renegotiated contracts and of windows in the discount factor: each wrong field is named with its numbers."""

from __future__ import annotations

import functools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from tests.recheck_support import TINY, changed, witness
from tests.stochastic_reference import game_of, random_game, tribute, two_state_dilemma
from tests.test_recheck_dynamics import said

# -- renegotiation -----------------------------------------------------------------------------------------------------

VALUES = {"joint_values": "joint value", "sponsor_values": "sponsor's worst", "proxy_values": "proxy's worst"}


@functools.cache
def negotiated(number: Any = F, periods: int = 4) -> Any:
    return two_state_dilemma(number).renegotiation(number(7) / 10, number(1) / 3, periods)


@pytest.mark.parametrize("field", VALUES)
def test_values_of_a_period_follow_from_those_of_the_next(field: str) -> None:
    c = negotiated()
    assert witness(c) is None
    x = getattr(c, field)
    for t in range(4):
        for state in (0, 1):
            for error in (-TINY, TINY):
                wrong = x[t, state] + error
                found = witness(replace(c, **{field: changed(x, (t, state), wrong)}))
                if t == 3:
                    assert found == f"{field} of the last period are not those of an equilibrium"
                elif t == 0:
                    words = f"period 1, state {state!r}: the {VALUES[field]} is {x[t, state]}, not {wrong}"
                    assert found == words
                else:  # the period before is the first that does not follow
                    assert found is not None
                    assert found.startswith(f"period {t}, state ")
                    right, told = said(found)
                    assert 0 < abs(right - told) <= 2 * abs(error)
    f = negotiated(float)
    for part, right in ((0.5, True), (1.5, False)):
        near = getattr(f, field)[0, 1] + part * 20 * f.game.tolerance
        assert (witness(replace(f, **{field: changed(getattr(f, field), (0, 1), near)})) is None) == right


def test_what_is_no_renegotiation_is_named() -> None:
    c = negotiated()
    for name, words in (
        ("discount", "the discount factor is"),
        ("probability", "the probability of a negotiation is"),
        ("share", "the sponsor's bargaining weight is"),
    ):
        for wrong in (-TINY, 1 + TINY):
            assert witness(replace(c, **{name: wrong})) == f"{words} {wrong}"
    assert witness(replace(c, discount=F(1))) == "the discount factor is 1"
    for share in (0, 1):
        extreme = two_state_dilemma().renegotiation(F(7, 10), share, 2, share=share)
        assert witness(extreme) is None
    for field in VALUES:
        x = getattr(c, field)
        for other in (x[1:], x[:, 1:], x.astype(float)):
            words = f"{field} must have the shape (4, 2) and the type object; it has {other.shape}, {other.dtype}"
            assert witness(replace(c, **{field: other})) == words
        part = replace(c, **{field: changed(x, (1, 0), float("nan"))})
        assert witness(part) == "the three values of some state exist in part only"
    path = c.on_path_profiles
    for wrong_path in (path[1:], path[:, None], path.astype(float)):
        assert witness(replace(c, on_path_profiles=wrong_path)) == "on_path_profiles must have 2 entries, whole numbers"
    for t, words in (
        (0, "period 1, state 1: values are missing"),
        (3, "the last period has values where the game has no equilibrium, or none where it has"),
    ):
        gone = {field: changed(getattr(c, field), (t, 1), float("nan")) for field in VALUES}
        assert witness(replace(c, **gone)) == words
    for x in (0, 1):
        for k in range(8):
            found = witness(replace(c, on_path_profiles=changed(path, x, k)))
            worst = f"state {x!r}: the profile on path is not one with the largest joint value"
            assert found in ((None,) if k == path[x] else (None, worst) if k // 4 == x else (worst,))
        assert witness(replace(c, on_path_profiles=changed(path, x, -1))) is not None
    one = negotiated(F, 1)
    assert witness(one) is None
    other = replace(one, on_path_profiles=one.on_path_profiles[::-1])
    assert witness(other) == "the profiles on path are not those of an equilibrium"


# -- windows -----------------------------------------------------------------------------------------------------------


@functools.cache
def windows() -> Any:
    """The proxy restrains itself up to δ = 1/5."""
    return tribute().discount_windows("quiet", ("wait", "restrain"), points=11)


def test_windows_end_where_they_are_said_to() -> None:
    w = windows()
    assert witness(w) is None
    (window,) = w.windows
    assert window.opens is None
    assert window.high == pytest.approx(0.2)
    for low in (-0.001, 0.001):
        assert (
            witness(replace(w, windows=(replace(window, low=low),)))
            == f"window 1: its end {low} is not the edge at which it opens"
        )
    for high in (window.high - 1e-9, window.high + 1e-9):
        words = f"window 1: its end {high} is not the edge at which it closes"
        assert witness(replace(w, windows=(replace(window, high=high),))) == words
    turned = replace(window, closes=replace(window.closes, kind="opens"))
    assert witness(replace(w, windows=(turned,))) == f"window 1: its end {window.high} is not the edge at which it closes"
    assert witness(replace(w, windows=(window, window))) == "window 2: out of order"
    contradicts = "the windows and the answer True contradict each other"
    assert witness(replace(w, windows=())) == f"discount factor 0: {contradicts}"


def test_grids_are_even_and_answered_point_by_point() -> None:
    w = windows()
    grid, answers = w.discounts, w.playable
    for discounts, playable in (
        (grid[1:], answers),
        (grid[:1], answers[:1]),
        (grid[:, None], answers[:, None]),
        (grid, answers.astype(int)),
    ):
        words = f"the grid and the answers have the shapes {discounts.shape} and {playable.shape}"
        assert witness(replace(w, discounts=discounts, playable=playable)) == words
    increase = "the grid does not increase within [0, 1)"
    for wrong in (grid[::-1], changed(grid, 0, -1e-9), changed(grid, -1, 1.0), changed(grid, 3, grid[2])):
        assert witness(replace(w, discounts=wrong)) == increase
    for part, right in ((0.5e-12, True), (1.5e-12, False)):
        found = witness(replace(w, discounts=changed(grid, 4, grid[4] + part)))
        assert found == (None if right else "the grid's points are not at equal distances")
    for k, (delta, answer) in enumerate(zip(grid, answers, strict=True)):
        wrong = replace(w, playable=changed(answers, k, not answer))
        words = f"discount factor {delta:.12g}: the windows and the answer {not answer} contradict each other"
        assert witness(wrong) == words
    assert witness(replace(w, profile=(0, 0))) == "the profile is called ('wait', 'restrain'), not (0, 0)"


def test_the_profile_is_asked_for_on_the_grid_and_beside_the_edges() -> None:
    # everything is moved: the window by a step of the grid, or by much less than one
    w = windows()
    (window,) = w.windows
    (edge,) = w.edges
    for end in (0.2 - 1e-7, 0.2 + 1e-7, 0.35, 0.02):
        closes = replace(edge, discount=end)
        moved = replace(w, windows=(replace(window, high=end, closes=closes),), playable=w.discounts <= end)
        found = witness(moved)
        assert found is not None
        tried = [*w.discounts, end - 1e-9, end + 1e-9]
        first = next(d for d in tried if (d <= end) != (d <= 0.2))
        assert found == f"discount factor {first:.12g}: the profile is playable, or not, against {first <= end}"
    other = replace(edge, profile=("wait", "arm"))
    found = witness(replace(w, windows=(replace(window, closes=other),)))
    assert found is not None
    assert found.startswith(f"edge {edge.discount:.12g}: ('wait', 'arm') in state 'quiet' does not bind, ")


# -- contracts of two periods ------------------------------------------------------------------------------------------


def test_profiles_of_the_first_of_two_periods_are_named() -> None:
    c = negotiated(F, 2)
    assert witness(c) is None
    for x in (0, 1):
        own = range(4 * x, 4 * x + 4)
        found = [witness(replace(c, on_path_profiles=changed(c.on_path_profiles, x, k))) for k in own]
        worst = f"state {x!r}: the profile on path is not one with the largest joint value"
        assert found == [None if k == c.on_path_profiles[x] else worst for k in own]
    games = (game_of(random_game(np.random.default_rng(seed))) for seed in range(99))
    game = next(game for game in games if game.solve(0.5).status == "none in some states")
    assert game.solve(0.5).exists.tolist() == [False, True]
    d = game.renegotiation(0.5, 0.25, 2)
    assert witness(d) is None
    for k in range(game.profiles):
        wrong = replace(d, on_path_profiles=changed(d.on_path_profiles, 0, k))
        assert witness(wrong) == f"state {game.states[0]!r}: a profile is played where nothing is an equilibrium"


def test_a_bargaining_weight_other_than_half_counts() -> None:
    game = two_state_dilemma()
    for share in (F(1, 5), F(4, 5)):
        c = game.renegotiation(F(7, 10), F(1, 3), 2, share=share)
        assert witness(c) is None
        for other in (F(0), F(1, 2), F(1), 1 - share):
            found = witness(replace(c, share=other))
            assert found is not None
            assert found.startswith("period 1, state ")
    for probability in (F(0), F(1)):
        assert witness(game.renegotiation(F(7, 10), probability, 3, share=F(1, 5))) is None
