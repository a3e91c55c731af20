"""Contracts of stochastic games: certificates that no corruption survives, payments, histories, wrong input."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import alliances as al
from tests.stochastic_reference import CD, game_of, random_game, two_state_dilemma


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(12)


# -- certificates --------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(5)
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("exact", [False, True])
def test_no_perturbation_survives_verification(seed: int, exact: bool) -> None:
    """Values moved by 10⁻⁶ of the range, policies and dropped profiles replaced: each is noticed."""
    from dataclasses import replace

    rng = np.random.default_rng(seed)
    drawn = random_game(rng, states=3)
    patience = F(int(rng.integers(1, 10)), 10)
    contracts = two_state_dilemma().solve(patience) if exact else game_of(drawn).solve(drawn["delta"])
    assert contracts.verify(), contracts.verify().witness
    step = F(1, 10**6) * int(contracts.game.spread) if exact else 1e-6 * contracts.game.spread
    for name in ("joint", "sponsor_punishment", "proxy_punishment", "slack"):
        for x in np.flatnonzero(np.asarray(getattr(contracts, name) == getattr(contracts, name), dtype=bool)):
            for sign in (1, -1):
                moved = getattr(contracts, name).copy()
                moved[x] += sign * step
                assert not replace(contracts, **{name: moved}).verify(), (name, x, sign)
    for name in ("playable", "exists"):
        for x in range(len(getattr(contracts, name))):
            flipped = getattr(contracts, name).copy()
            flipped[x] ^= True
            assert not replace(contracts, **{name: flipped}).verify(), (name, x)
    for name in ("on_path_profiles", "punish_sponsor_profiles", "punish_proxy_profiles"):
        policy = getattr(contracts, name)
        for x in np.flatnonzero(contracts.exists):
            for k in range(contracts.game.profiles):
                if k != policy[x]:
                    other = policy.copy()
                    other[x] = k
                    assert not replace(contracts, **{name: other}).verify(), (name, x, k)
    for r, step_ in enumerate(contracts.rounds):
        for k in range(len(step_.dropped)):
            for changed in (np.delete(step_.dropped, k), np.append(step_.dropped, _kept_profile(contracts))):
                rounds = list(contracts.rounds)
                rounds[r] = replace(step_, dropped=changed)
                assert not replace(contracts, rounds=tuple(rounds)).verify(), (r, k)
    assert not replace(contracts, discount=contracts.discount * 0 + (F(1, 97) if exact else 0.0103)).verify()


def _kept_profile(contracts: al.DynamicContracts) -> int:
    kept = np.flatnonzero(contracts.playable)
    return int(kept[0]) if len(kept) else 0


def test_payments_keep_the_contract_and_no_corruption_of_them_survives() -> None:
    from dataclasses import replace

    for contracts in (two_state_dilemma().solve(F(7, 10)), two_state_dilemma(float).solve(0.7)):
        for share in (0, F(1, 3), 1):
            paid = contracts.payments(share)
            assert paid.verify(), paid.verify().witness
            for name in ("promised", "split"):
                for index in np.ndindex(getattr(paid, name).shape):
                    changed = getattr(paid, name).copy()
                    changed[index] += changed[index] * 0 + (F(1, 10**6) if contracts.exact else 1e-6)
                    assert not replace(paid, **{name: changed}).verify(), (name, index)
            assert not replace(paid, share=paid.share + (1 if share == 0 else -1) * (paid.share * 0 + F(1, 10**6))).verify()


def test_flows_and_payments_add_up_to_the_promised_values() -> None:
    """On path, payoffs and transfers discounted add up to what is promised: a linear system of its own."""
    contracts = two_state_dilemma().solve(F(7, 10))
    paid, delta = contracts.payments(F(1, 3)), F(7, 10)
    game = contracts.game
    flows = [[(1 - delta) * g[k] for g in (game.sponsor, game.proxy)] for k in contracts.on_path_profiles]
    for x in range(2):
        for i, sign in ((0, -1), (1, 1)):
            value = flows[x][i]
            for y, p in game.kernel.at(int(contracts.on_path_profiles[x])).items():
                value += delta * p * ((1 - delta) * sign * paid.transfer(x, y) + paid.promised[0, y, i])
            assert value == paid.promised[0, x, i]
    assert paid.fine(0, "sponsor") > 0
    assert paid.upfront(0, paid.promised[0, 0, 1]) == 0


# -- on the path ---------------------------------------------------------------------------------------------------------


def test_simulated_values_are_the_values() -> None:
    contracts = two_state_dilemma(float).solve(0.7)
    played = contracts.simulate(0, 80, rng=1, size=20_000)
    joint = played.sponsor + played.proxy
    assert abs(joint.mean() - contracts.joint[0]) < 4 * joint.std() / np.sqrt(20_000)
    again = contracts.simulate(0, 80, rng=1, size=20_000)
    assert (again.states == played.states).all()


def test_long_run_shares(rng: np.random.Generator) -> None:
    for _ in range(20):
        drawn = random_game(rng)
        contracts = game_of(drawn).solve(drawn["delta"])
        if not contracts.exists.all():
            continue
        shares = contracts.stationary()
        chain = contracts.game.kernel.matrix.toarray()[contracts.on_path_profiles]
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        np.testing.assert_allclose(shares @ chain, shares, atol=1e-12)
        np.testing.assert_allclose(chain @ shares, shares, atol=1e-12)


# -- where there is no equilibrium ---------------------------------------------------------------------------------------


def test_states_without_pure_equilibrium_are_named() -> None:
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    quiet = al.StageGame([[0]], [[0]])
    leads = al.StageGame([[0, 0]], [[0, 1]])
    moves = {"pennies": {"quiet": 1}, "quiet": {"quiet": 1}}
    game = al.StochasticGame(
        [pennies, quiet, leads],
        lambda s, i, j: moves[s] if s in moves else {"pennies": F(j, 2), "quiet": 1 - F(j, 2)},
        states=("pennies", "quiet", "leads"),
    )
    contracts = game.solve(F(1, 2))
    assert contracts.exists.tolist() == [False, True, False]  # the proxy can deviate into the game without equilibrium
    assert contracts.status == "none in some states"
    assert "'pennies', 'leads'" in contracts.message
    assert contracts.on_path == (None, ("0", "0"), None)
    assert contracts.verify()
    with pytest.raises(
        ValueError, match=r"payments|DynamicPayments.fine\(\): state must be one with an equilibrium; got 'leads'"
    ):
        contracts.payments().fine("leads", "proxy")
    alone = al.StochasticGame([pennies], lambda *_: {0: 1}).solve(F(1, 2))
    assert alone.status == "none"
    assert alone.verify()


# -- wrong input ---------------------------------------------------------------------------------------------------------

STAGE = al.StageGame([[2, -1], [3, 0]], [[2, 3], [-1, 0]], CD)


def one_bad(value: Any) -> Any:
    return lambda s, i, j: {0: 0.5, 1: value if (s, i, j) == (1, 0, 1) else 0.5}


def sparse_with(value: float) -> Any:
    matrix = np.full((8, 2), 0.5)
    matrix[:5, 0], matrix[:5, 1] = 0.0, 1.0  # so that the place among the stored values is not that in the matrix
    matrix[5, 1] = value
    return csr_array(matrix)


def kernel_with(value: float) -> Any:
    kernel = al.StochasticGame([STAGE, STAGE], csr_array(np.full((8, 2), 0.5))).kernel
    probability = kernel.probability.copy()
    probability[11] = value
    return replace(kernel, probability=probability)


@pytest.mark.parametrize(
    ("transitions", "error", "match"),
    [
        (lambda s, i, j: {0: F(1, 2)}, ValueError, r"must sum to 1; got 1/2 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {0: 0.5, 1: 0.4}, ValueError, r"must sum to 1; got 0.9 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {0: 1.5, 1: -0.5}, ValueError, r"at least 0; got -0.5 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {0: float("nan"), 1: 1}, ValueError, r"transitions must be finite; got nan"),
        (lambda s, i, j: {0: 0.5, 1: 0.5 - 1e-9}, ValueError, r"got 1 for state 0, profile \(C, C\), a difference of -1e-09"),
        (lambda s, i, j: {0: 1, 1: F(1, 10**30)}, ValueError, r"for state 0, profile \(C, C\), a difference of \+1e-30"),
        (one_bad(float("nan")), ValueError, r"transitions must be finite; got nan for state 1, profile \(C, D\)"),
        (one_bad(float("-inf")), ValueError, r"transitions must be finite; got -inf for state 1, profile \(C, D\)"),
        (one_bad("x"), TypeError, r"transitions must be a number; got 'x' for state 1, profile \(C, D\)"),
        (sparse_with(float("nan")), ValueError, r"transitions must be finite; got nan for state 1, profile \(C, D\)"),
        (sparse_with(float("inf")), ValueError, r"transitions must be finite; got inf for state 1, profile \(C, D\)"),
        (kernel_with(float("nan")), ValueError, r"transitions must be finite; got nan for state 1, profile \(C, D\)"),
        (lambda s, i, j: {"x": 1}, ValueError, r"unknown state 'x' for state 0, profile \(C, C\)"),
        (lambda s, i, j: 0, TypeError, r"must return \{state: probability\}; got 0 for state 0, profile \(C, C\)"),
        (lambda s, i, j: {}, ValueError, r"must sum to 1; got 0 for state 0, profile \(C, C\)"),
        (np.ones((2, 2, 2, 3)) / 3, ValueError, r"of state 0 must have the shape \(2, 2, 2\)"),
        (np.ones((3, 2, 2, 2)) / 2, ValueError, r"one entry per state; got 3 for 2 states"),
        (csr_array(np.ones((7, 2)) / 2), ValueError, r"shape \(profiles, states\) = \(8, 2\); got \(7, 2\)"),
        ("stay", TypeError, r"transitions must be an array .* got 'stay'"),
        (None, TypeError, r"transitions must be an array .* got None"),
    ],
)
def test_wrong_transitions(transitions: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=r"StochasticGame\(\): .*" + match):
        al.StochasticGame([STAGE, STAGE], transitions)


def test_wrong_payoffs_states_and_discount() -> None:
    still = lambda s, i, j: {s: 1}  # noqa: E731
    with pytest.raises(TypeError, match="payoffs must be a StageGame or a sequence"):
        al.StochasticGame(3, still)
    with pytest.raises(TypeError, match="payoffs must be StageGames; got 1 for state 0"):
        al.StochasticGame([1], still)
    with pytest.raises(ValueError, match="one game per state; got batch shape"):
        al.StochasticGame([al.StageGame(np.ones((2, 2, 2)), np.ones((2, 2, 2)))], still)
    with pytest.raises(ValueError, match="states must be 2 different labels"):
        al.StochasticGame([STAGE, STAGE], still, states=("a", "a"))
    game = al.StochasticGame([STAGE], still)
    with pytest.raises(TypeError, match="discount must be given"):
        game.solve()
    for wrong in (1, -0.1, float("nan"), 2):
        with pytest.raises(ValueError, match=r"solve\(\): discount must (lie in \[0, 1\)|be finite)"):
            game.solve(wrong)
    with pytest.raises(TypeError, match=r"enforcement must be Transfers\(\)"):
        game.solve(0.5, al.NashReversion())
    with pytest.raises(ValueError, match="must be one of the states 0; got 5"):
        game.solve(0.5).can_play(5, (0, 0))


def test_forms_of_transitions_agree() -> None:
    by_function = two_state_dilemma(float)
    dense = by_function.kernel.matrix.toarray()
    stages = by_function.stages
    batch = al.StageGame(np.stack([s.A for s in stages]), np.stack([s.B for s in stages]), CD)
    forms = (dense.reshape(2, 2, 2, 2), list(dense.reshape(2, 2, 2, 2)), csr_array(dense), by_function.kernel.matrix)
    expected = by_function.solve(0.7).joint
    for transitions in forms:
        np.testing.assert_array_equal(al.StochasticGame(batch, transitions).solve(0.7).joint, expected)


def test_results_print_and_convert() -> None:
    contracts = two_state_dilemma().solve(F(7, 10), al.Transfers())
    assert str(contracts).splitlines()[1].split()[:2] == ["0", "204/37"]
    assert contracts.to_dict()["joint"] == ["204/37", "240/37"]
    frame = contracts.to_frame()
    assert frame["on_path"].tolist() == [("C", "C"), ("C", "C")]
    assert contracts.payments().to_frame().shape == (4, 4)
    assert contracts.simulate(0, 3, rng=0, size=2).to_frame().shape == (8, 3)
    assert contracts.payments().message.startswith("On path the sponsor pays the proxy between")
