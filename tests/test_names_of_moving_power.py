"""What results of moving power are called and say: statuses, who attacks, and the order of arguments."""

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.stochastic_reference import tribute, two_state_dilemma

WALK = {"barrier": 3.0, "win": al.Tullock(1.0)}


def dyad(learning: float, tullock: float = 1.0) -> al.ShiftingDyad:
    game = al.AllianceGame(al.Tullock(tullock), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(tullock))
    return al.ShiftingDyad(game, al.PowerProcess(learning=(learning, 1)), war=walk)


def none_at_all() -> al.StochasticGame:
    """Matching pennies, with no future: no pure equilibrium."""
    return al.StochasticGame([al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])], lambda *_: {0: 1})


# -- status ----------------------------------------------------------------------------------------------------------------


def test_contracts_negotiated_anew_and_payments_say_whether_there_are_equilibria() -> None:
    for game, status in ((two_state_dilemma(), "equilibrium"), (none_at_all(), "none")):
        anew, paid = game.renegotiation(F(1, 2), F(1, 2), 3), game.solve(F(1, 2)).payments()
        assert anew.verify(), anew.verify().witness
        assert game.renegotiation(F(1, 2), F(1, 2), 1).verify()
        assert anew.status == anew.to_dict()["status"] == status
        assert paid.status == paid.to_dict()["status"] == game.solve(F(1, 2)).status == status
    pennies, calm = none_at_all().stages[0], al.StageGame([[1]], [[1]])
    mixed = al.StochasticGame([pennies, calm], lambda state, *_: {state: 1})
    assert mixed.renegotiation(F(1, 2), F(0), 2).status == "none in some states"
    assert mixed.solve(F(1, 2)).payments().status == "none in some states"


def test_a_commitment_problem_is_war_or_peace() -> None:
    verdicts = [al.commitment_problem(F(9, 10), F(1, 2), (F(3, 5), F(1, 5)), (w, F(4, 5) - w)) for w in (F(3, 5), F(1, 5))]
    assert [v.status for v in verdicts] == ["peace", "war"]
    assert [v.status == "war" for v in verdicts] == [v.war for v in verdicts]
    assert verdicts[0].to_dict()["status"] == "peace"


def test_play_says_whether_histories_differ() -> None:
    contracts = two_state_dilemma().solve(F(7, 10))
    assert contracts.simulate(0, 50, 1, 20).status == "different"
    assert contracts.simulate(0, 50, 1).status == "one history"
    still = tribute().solve(0.1)
    assert still.simulate("quiet", 5, 1, 10).status == "all alike"
    assert still.simulate("quiet", 5, 1, 10).to_dict()["status"] == "all alike"


def test_simulated_breaks_say_whether_the_laws_beside_them_are_solved() -> None:
    patience = al.BetaPatience(9, 3)
    game = al.AllianceGame(al.Tullock(1.0), al.Complementarity(0.6), al.Proportional(), exposure=0.8, conflict_cost=0.15)
    path = al.Power.from_log_ratio(np.linspace(1.0, 0.0, 4))
    breaks = al.simulate_breaks(path, game, patience, policies={"baseline": None}, rng=1, size=10)
    assert breaks.status == breaks.to_dict()["status"] == "solved"
    lost = breaks.forecasts[0]
    object.__setattr__(lost, "rests", False)
    assert breaks.status == lost.status == "not converged"


@pytest.mark.parametrize(
    "make",
    [
        lambda: two_state_dilemma().renegotiation(F(1, 2), F(1, 2), 2),
        lambda: two_state_dilemma().solve(F(1, 2)).payments(),
        lambda: al.commitment_problem(F(9, 10), F(1, 2), (F(1, 2), F(1, 5)), (F(1, 20), F(1, 5))),
        lambda: two_state_dilemma().solve(0.7).simulate(0, 5, 1, 2),
    ],
)
def test_the_status_is_shown_and_survives_a_file(make: Any, tmp_path: Any) -> None:
    result = make()
    al.save(result, tmp_path / "result.json")
    again = al.load(tmp_path / "result.json")
    assert again.status == result.status
    assert result.status in repr(result)


# -- arguments -------------------------------------------------------------------------------------------------------------


def test_simulate_takes_its_arguments_in_order() -> None:
    contracts = two_state_dilemma().solve(0.7)
    one, other = contracts.simulate(0, 30, 7, 5), contracts.simulate(start=0, periods=30, rng=7, size=5)
    assert one.states.shape == (5, 31)
    assert np.array_equal(one.states, other.states)


# -- who attacks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("learning", "attacker"), [(0.1, "both"), (0.3, "sponsor")])
def test_who_fights_below_the_threshold(learning: float, attacker: str) -> None:
    t = al.break_threshold(dyad(learning), 0.8)
    assert t.attacker == t.to_dict()["attacker"] == attacker
    edge = t.moving.threshold
    assert edge is not None
    x, last = t.dyad.process.place(edge.beyond), t.moving.evidence[-1]
    fights = last.sponsor[x, 1] > 0, last.proxy[x, 1] > 0
    assert fights == {"both": (True, True), "sponsor": (True, False)}[attacker]


def test_who_fights_with_side_payments_and_in_a_hole() -> None:
    held = al.break_threshold(dyad(0.05), 0.95, al.Transfers())
    edge = held.moving.threshold
    assert edge is not None
    assert held.moving.holes == (edge.beyond,)
    (hole,) = held.moving.evidence.holes
    assert (hole.sponsor[-1] > 0, hole.proxy[-1] > 0) == {
        "sponsor": (True, False),
        "proxy": (False, True),
        "both": (True, True),
    }[held.attacker]
    paid = al.break_threshold(dyad(0.1), 0.8, al.Transfers())
    contracts, edge = paid.moving.evidence.contracts, paid.moving.threshold
    assert edge is not None
    played = contracts.on_path_profiles[paid.dyad.process.place(edge.beyond)]
    assert contracts.game.actions(int(played)) == ("ally", "fight")
    assert paid.attacker == "proxy"


def test_nobody_attacks_without_a_threshold() -> None:
    t = al.break_threshold(al.ShiftingDyad(dyad(0.1).game, al.PowerProcess(learning=(0.1, 1))), 0.9, al.Transfers())
    assert t.status == "always"
    assert t.attacker is None


# -- bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: al.ConflictWalk.from_log_ratio(step=4.0, **WALK),
        lambda: al.ConflictWalk(swing=9, barrier=8),
        lambda: al.ConflictWalk(swing=F(9), barrier=(F(8), F(4))),
    ],
)
def test_a_swing_beyond_the_barrier_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"ConflictWalk\(\): swing must not lie beyond the barrier.*got .* for a barrier of"):
        make()


def test_a_swing_up_to_the_barrier_is_not_refused() -> None:
    for step, barrier in ((3.0, 3.0), (0.1 + 0.2, 0.3), (2.0, (1.0, 2.0))):
        walk = al.ConflictWalk.from_log_ratio(step=step, barrier=barrier)
        assert walk.step == pytest.approx(step)
    assert al.ConflictWalk(swing=8, barrier=8).steps(al.Power(1, 1)) == (1, 1)
