"""Contracts that are negotiated anew (Goldlücke & Kranz 2020): against plain loops, and known answers."""

from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from tests.stochastic_reference import game_of, random_game, tribute, two_state_dilemma

PD = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], actions=("C", "D"))


def alone(stage):
    return al.StochasticGame([stage], lambda state, i, j: {0: 1})


def by_loops(game, delta, rho, periods, beta):
    """U, v_S, v_P of the first period from the definition, one state and one profile at a time."""
    last = game.solve(delta)
    U, S, P = (list(map(float, x)) for x in (last.joint, last.sponsor_punishment, last.proxy_punishment))
    for _ in range(periods - 1):
        r = [s + beta * (u - s - p) for u, s, p in zip(U, S, P, strict=True)]
        after_s = [(1 - rho) * s + rho * x for s, x in zip(S, r, strict=True)]
        after_p = [(1 - rho) * p + rho * (u - x) for p, u, x in zip(P, U, r, strict=True)]
        new = []
        for x, stage in enumerate(game.stages):
            m, k = stage.shape
            law = [[game.kernel.at(int(game.first[x] + i * k + j)) for j in range(k)] for i in range(m)]

            def then(values, i, j, law=law):
                return delta * sum(float(p) * values[y] for y, p in law[i][j].items())

            s = [[(1 - delta) * float(stage.A[i, j]) + then(after_s, i, j) for j in range(k)] for i in range(m)]
            p = [[(1 - delta) * float(stage.B[i, j]) + then(after_p, i, j) for j in range(k)] for i in range(m)]
            options = []
            for i in range(m):
                for j in range(k):
                    together = (1 - delta) * float(stage.A[i, j] + stage.B[i, j]) + then(U, i, j)
                    d_s, d_p = max(s[h][j] for h in range(m)), max(p[i])
                    if together >= d_s + d_p - 1e-11:
                        options.append((together, d_s, d_p))
            new.append((max(o[0] for o in options), min(o[1] for o in options), min(o[2] for o in options)))
        U, S, P = map(list, zip(*new, strict=True))
    return U, S, P


@pytest.mark.parametrize("seed", range(12))
def test_the_definition_by_loops(seed):
    rng = np.random.default_rng(seed)
    game = game_of(random_game(rng))
    if not game.solve(0.7).exists.all():
        pytest.skip("no equilibrium in pure actions")
    c = game.renegotiation(0.7, 0.4, 6, share=0.3)
    if not c.exists.all():
        pytest.skip("no equilibrium in pure actions")
    U, S, P = by_loops(game, 0.7, 0.4, 6, 0.3)
    assert c.joint == pytest.approx(U, abs=1e-9)
    assert c.sponsor_punishment == pytest.approx(S, abs=1e-9)
    assert c.proxy_punishment == pytest.approx(P, abs=1e-9)
    assert al.verify(c).ok


@pytest.mark.parametrize("delta", [F(1, 5), F(7, 10)])
def test_without_negotiations_contracts_bind_for_ever(delta):
    game = two_state_dilemma()
    bound, c = game.solve(delta), game.renegotiation(delta, 0, 5)
    for told, right in (
        (c.joint_values, bound.joint),
        (c.sponsor_values, bound.sponsor_punishment),
        (c.proxy_values, bound.proxy_punishment),
    ):
        assert told.shape == (5, 2)
        assert (told == right).all()
    assert c.on_path == bound.on_path
    assert c.change == 0


@pytest.mark.parametrize(("rho", "kept"), [(F(0), True), (F(1, 4), True), (F(26, 100), False), (F(1), False)])
def test_one_state_is_a_repeated_game_with_less_patience(rho, kept):
    # (C, C) is kept with side payments from δ = 1/3 on: two gain 2 together by breaking it, and lose 4 for ever
    c = alone(PD).renegotiation(F(4, 9), rho, 40)
    assert c.on_path[0] == (("C", "C") if kept else ("D", "D"))
    assert float(c.joint[0]) == pytest.approx(4 if kept else 0, abs=1e-9)
    assert al.verify(c).ok


@pytest.mark.parametrize("seed", range(10))
def test_random_stages_are_kept_as_with_less_patience(seed):
    rng = np.random.default_rng(seed)
    stage = al.StageGame(*rng.integers(-9, 10, (2, 3, 3)))
    if not stage.pure_nash().mask.any():
        pytest.skip("no equilibrium in pure actions")
    c = alone(stage).renegotiation(0.8, 0.45, 400)
    bound = al.contract_values(stage, 0.8 * 0.55)
    assert c.joint[0] == pytest.approx(float(bound.joint), abs=1e-6)


def test_who_arms_is_paid_more_at_the_next_negotiation():
    game = tribute()  # arming costs 1/10 and wins, with probability 1/2, one unit per period for ever
    promised = game.renegotiation(F(1, 10), 0, 8)
    anew = game.renegotiation(F(1, 10), F(1, 2), 8)
    assert promised.on_path[0] == ("wait", "restrain")
    assert al.verify(promised).ok
    assert al.verify(anew).ok
    assert (anew.sponsor + anew.proxy == anew.joint).all()


def test_scales_levels_and_names_of_the_players():
    game = two_state_dilemma()
    stages = [al.StageGame(5 * s.A + 7, 5 * s.B - 11, actions=s.actions) for s in game.stages]
    c, scaled = game.renegotiation(F(3, 5), F(1, 3), 5), al.StochasticGame(stages, game.kernel, states=game.states)
    d = scaled.renegotiation(F(3, 5), F(1, 3), 5)
    assert (d.joint_values == 5 * c.joint_values - 4).all()
    assert (d.sponsor == 5 * c.sponsor + 7).all()
    assert (d.proxy == 5 * c.proxy - 11).all()
    mirrored = al.StochasticGame(
        [al.StageGame(s.B.T, s.A.T) for s in game.stages],
        lambda state, i, j: game.kernel.at(int(game.first[state] + j * 2 + i)),
    )
    one, other = (
        game.renegotiation(F(3, 5), F(1, 3), 5, share=F(1, 4)),
        mirrored.renegotiation(F(3, 5), F(1, 3), 5, share=F(3, 4)),
    )
    assert (one.sponsor == other.proxy).all()
    assert (one.proxy_values == other.sponsor_values).all()


def test_where_nothing_is_an_equilibrium():
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    game = al.StochasticGame(
        [al.StageGame([[0, 0]], [[0, 1]]), pennies, al.StageGame([[3]], [[4]])],
        lambda state, i, j: {1: 1} if state == 0 and j else {2: 1} if state == 0 else {state: 1},
    )
    c = game.renegotiation(F(1, 2), F(1, 2), 3)
    assert c.exists.tolist() == [False, False, True]
    assert c.on_path[1] is None
    assert c.joint[2] == 7
    assert "no pure equilibrium from 2 of 3 states" in c.message
    assert al.verify(c).ok
    assert "–" in str(c)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"probability": 1.5}, "probability must"),
        ({"probability": [0.1, 0.2]}, "probability must be one number"),
        ({"periods": 0}, "periods must be a whole number from 1"),
        ({"share": -0.1}, "share must"),
        ({"discount": 1}, "discount must"),
        ({"discount": None}, "discount must be given"),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    asked = {"discount": 0.5, "probability": 0.5, "periods": 3} | arguments
    with pytest.raises((TypeError, ValueError), match=r"StochasticGame\.renegotiation\(\): " + words):
        two_state_dilemma().renegotiation(**asked)
