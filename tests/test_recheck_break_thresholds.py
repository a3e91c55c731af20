"""The re-check of break thresholds: each wrong field of windows, edges and equilibria is named with its numbers."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import alliances as al
from alliances.dynamics import markov_alliance
from alliances.dynamics.kept_alliance import ShiftingEdge
from alliances.dynamics.markov_alliance import MarkovSolver
from alliances.dynamics.possible_alliance import possible_alliances
from alliances.dynamics.states import StateGames
from tests.moving_power_reference import alliance
from tests.recheck_support import changed, witness

N = 9  # log ratios −1, −0.75, …, 1


@functools.cache
def small(enforcement: Any = None, delta: float = 0.9) -> Any:
    process = al.PowerProcess(step=0.25, reach=1, learning=(0.2, 1), growth=(0.1, 1))
    return al.break_threshold(al.ShiftingDyad(alliance(2.0), process), delta, enforcement)


@functools.cache
def paid() -> Any:
    return small(al.Transfers())


@functools.cache
def pocketed() -> Any:
    """A dyad that can keep the alliance around parity, too, below its threshold."""
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(2.0))
    process = al.PowerProcess(step=0.25, reach=3, learning=(0, 1))
    return al.break_threshold(al.ShiftingDyad(alliance(2.0), process, war=walk), 0.8)


@functools.cache
def zoned() -> Any:
    """A dyad whose alliance can be kept in a zone that does not reach the top of the lattice, and in no other."""
    process = al.PowerProcess(learning=(0.3, 1), reach=0.5)
    return al.break_threshold(al.ShiftingDyad(alliance(2.0), process, war="permanent"), 0.9)


def of_moving(t: Any, **fields: Any) -> Any:
    """What is wrong with a threshold whose windows, evidence or other answers are different."""
    return witness(replace(t, moving=replace(t.moving, **fields)))


def of_first(t: Any, **fields: Any) -> Any:
    """The same of one whose threshold equilibrium is another."""
    first, *others = t.moving.evidence
    return of_moving(t, evidence=(replace(first, **fields), *others))


def of_contracts(t: Any, **fields: Any) -> Any:
    return of_moving(t, evidence=replace(t.moving.evidence, **fields))


def levels_of(t: Any) -> list[float]:
    return [round(float(x), 12) + 0.0 for x in t.dyad.log_ratios]


def solver_of(t: Any) -> MarkovSolver:
    return MarkovSolver(t.dyad.stochastic_game, len(t.dyad.log_ratios), t.discount)


def others_of(game: StateGames) -> dict[str, StateGames]:
    """The game with one payoff, one chance or one name changed by as little as can be."""
    stages, matrix = list(game.stages), game.kernel.matrix
    first = stages[0]
    more = {
        "sponsor": al.StageGame(changed(first.A, (0, 0), np.nextafter(first.A[0, 0], 9)), first.B, first.actions),
        "proxy": al.StageGame(first.A, changed(first.B, (0, 0), np.nextafter(first.B[0, 0], 9)), first.actions),
    }
    found = {name: StateGames([stage, *stages[1:]], matrix, states=game.states) for name, stage in more.items()}
    entries = matrix.toarray()
    row = int(np.flatnonzero((entries > 0).sum(axis=1) > 1)[0])
    one, two = np.flatnonzero(entries[row])[:2]
    entries[row, one] += 2.0**-30
    entries[row, two] -= 2.0**-30
    found["chance"] = StateGames(stages, csr_array(entries), states=game.states)
    found["name"] = StateGames(stages, matrix, states=("another", *game.states[1:]))
    return found


# -- the question ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [0.0, 0.9])
def test_right_thresholds_pass(delta: float) -> None:
    assert witness(small(None, delta)) is None
    assert witness(small(al.Transfers(), delta)) is None


def test_what_is_no_question_about_thresholds_is_named() -> None:
    t = small()
    wrong = al.FinitePunishment(2)
    assert witness(replace(t, enforcement=wrong)) == f"{wrong!r} is no concept of break thresholds"
    for discount in (-1e-9, 1.0):
        assert witness(replace(t, discount=discount)) == f"the discount factor {discount} lies outside [0, 1)"
    other = "moving power: the evidence is that of another enforcement concept"
    assert witness(replace(t, enforcement=al.Transfers())) == other
    assert witness(replace(paid(), enforcement=al.NashReversion())) == other
    check = al.verify(replace(t, discount=1.0))
    assert (check.ok, check.checks) == (False, 2)
    check = al.verify(replace(t, dyad=None))
    assert check.witness is not None
    assert check.witness.startswith("the parts of the result do not fit each other: ")


@pytest.mark.parametrize("concept", [None, al.Transfers()])
def test_evidence_is_about_the_game_of_the_question(concept: Any) -> None:
    t = small(concept)
    what = "an equilibrium of another game" if concept is None else "contracts of another game"
    assert witness(replace(t, moving=t.static)) == f"moving power: {what}"
    assert witness(replace(t, static=t.moving)) == f"frozen power: {what}"
    for game in others_of(t.dyad.stochastic_game).values():
        if concept is None:
            assert of_first(t, game=game) == f"moving power: {what}"
        else:
            assert of_contracts(t, game=game) == f"moving power: {what}"


# -- windows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "power"), [(small, "moving"), (paid, "static")])
def test_windows_and_their_edges_are_compared_number_by_number(make: Any, power: str) -> None:
    t = make()
    kept = getattr(t, power)
    name = "moving power" if power == "moving" else "frozen power"

    def found(windows: Any) -> Any:
        return witness(replace(t, **{power: replace(kept, windows=tuple(windows))}))

    right = tuple(kept.windows)
    assert found(()) == f"{name}: there are {len(right)} windows, not 0"
    assert found((*right, right[-1])) == f"{name}: there are {len(right)} windows, not {len(right) + 1}"
    for k in (0, len(right) - 1):

        def told(k: int = k, **fields: Any) -> Any:
            other = replace(right[k], **fields)
            words = f"{name}: window {k + 1} is {right[k]!r}, not {other!r}"
            answer = found((*right[:k], other, *right[k + 1 :]))
            assert answer in (None, words)
            return answer is None

        assert told()
        assert not told(low=right[k].low - 0.25)
        assert not told(high=right[k].high + 0.25)
        for side in ("below", "above"):
            edge = getattr(right[k], side)
            if edge is None:
                assert not told(**{side: ShiftingEdge(0.0, 0.25, "both", (0.1, 0.1))})
                continue
            assert not told(**{side: None})
            assert not told(**{side: replace(edge, log_ratio=edge.log_ratio + 0.25)})
            assert not told(**{side: replace(edge, beyond=edge.log_ratio)})
            assert not told(**{side: replace(edge, defector=None)})
            assert not told(**{side: replace(edge, gains=(edge.gains,))})
            for i, gain in enumerate(edge.gains):
                for sign in (-1, 1):
                    width = sign * (1e-13 + 1e-9 * abs(gain))
                    near, far = (changed(edge.gains, i, gain + part * width) for part in (0.9, 1.1))
                    assert told(**{side: replace(edge, gains=tuple(near.tolist()))})
                    assert not told(**{side: replace(edge, gains=tuple(far.tolist()))})


# -- without side payments ---------------------------------------------------------------------------------------------


def test_fields_of_an_equilibrium_fit_each_other() -> None:
    t = small()
    a = t.moving.evidence[0]
    assert of_first(t, discount=0.5) == "moving power: an equilibrium for the discount factor 0.5"
    assert of_first(t, settled=False) == "moving power: the strategies do not rest"
    shapes = "moving power: held states and values are not one for each state"
    for fields in ({"held": a.held[1:]}, {"above": a.above[1:]}, {"above": a.above[:, :1]}):
        assert of_first(t, **fields) == shapes
    mixed = "moving power: mixed actions are no probabilities"
    for name in ("sponsor", "proxy"):
        x = getattr(a, name)
        for wrong in (
            x[1:],
            x[:, :1],
            changed(x, 0, [1.5, -0.5]),
            changed(x, -1, x[-1] + 1.1e-12),
            changed(x, -1, x[-1] * (1 - 1.1e-12)),
        ):
            assert of_first(t, **{name: wrong}) == mixed
        for near in (changed(x, -1, x[-1] * (1 + 0.9e-12)), changed(x, -1, x[-1] * (1 - 0.9e-12))):
            assert of_first(t, **{name: near}) != mixed
    free = int(np.flatnonzero(~a.allied)[-1])
    words = "moving power: a state is held in which the two do not ally for certain"
    assert of_first(t, held=changed(a.held, free, True)) == words


def test_a_second_equilibrium_is_checked_as_the_first() -> None:
    t = small()
    first, second = t.moving.evidence
    wrong = replace(second, discount=0.5)
    assert of_moving(t, evidence=(first, wrong)) == "moving power: an equilibrium for the discount factor 0.5"
    three = "the evidence must be the threshold equilibrium, and that with pockets; or an equilibrium without threshold"
    assert of_moving(t, evidence=(first, second, second)) == f"moving power: {three}"


def test_values_follow_from_what_is_played() -> None:
    t = small()
    a, game = t.moving.evidence[0], t.dyad.stochastic_game
    for x in range(N):
        for i in (0, 1):
            for error in (-1e-6, 1e-6):
                above = changed(a.above, (x, i), a.above[x, i] + error)
                found = of_first(t, above=above)
                start = f"moving power: state {game.states[x]!r}: the values above the lowest payoffs are ["
                assert found.startswith(start)
                assert found.endswith(f", not {above[x]}")
                due = np.array(found[len(start) :].partition("]")[0].split(), dtype=float)
                np.testing.assert_allclose(due, a.above[x], atol=1.1e-6)
                assert due[1 - i] == pytest.approx(a.above[x, 1 - i], abs=1e-8)
    top = game.tolerance * 20
    for part, right in ((0.9, True), (4.0, False)):  # a state that stays where it is loses 1 − δ of the error
        above = a.above + changed(np.zeros_like(a.above), (N - 1, 0), part * top)
        found = of_first(t, above=above)
        assert (found is None or "the values above" not in found) == right


def test_what_gains_by_deviating_is_no_equilibrium(monkeypatch: pytest.MonkeyPatch) -> None:
    t = small()
    levels, e = levels_of(t), int(np.argmax(t.moving.evidence[0].held))
    more = solver_of(t).hold(np.arange(N) >= e - 1)
    assert more.settled
    worst = more.gains.max(axis=1)
    words = f"moving power: λ = {levels[int(worst.argmax())]:g}: a deviation gains {worst.max()}"
    assert of_moving(t, evidence=(more, more)) == words
    assert worst.max() > 0
    # a gain of exactly what counts as none is none
    for room, right in ((worst.max(), True), (np.nextafter(worst.max(), 0), False)):
        monkeypatch.setattr(markov_alliance, "playable_room", lambda _, room=room: room)
        found = of_moving(t, evidence=(more, more))
        assert found is not None
        assert (found == words) != right


def test_what_is_played_is_what_is_selected(monkeypatch: pytest.MonkeyPatch) -> None:
    t = small()
    a, levels, solver = t.moving.evidence[0], levels_of(t), solver_of(t)
    other = []
    for x in np.flatnonzero(a.held):
        chosen = solver.equilibrium_at(int(x), a.above)
        assert chosen is not None
        found = of_first(t, held=changed(a.held, x, False))
        words = f"moving power: λ = {levels[x]:g}: {chosen.sponsor}, {chosen.proxy} is selected before what is played"
        other.append(chosen.sponsor[0] < 1 or chosen.proxy[0] < 1)
        assert (found == words) == other[-1]
    assert any(other)
    # chances are compared to 1e-8, where gains do not tell
    monkeypatch.setattr(markov_alliance, "playable_room", lambda _: 1e-5)
    free = int(np.flatnonzero(~a.held)[0])
    for name in ("sponsor", "proxy"):
        x = getattr(a, name)
        for part, right in ((0.9e-8, True), (1.1e-8, False)):
            mixed = changed(x, free, np.abs(x[free] - part))
            mixed[free] /= mixed[free].sum()
            both = {"sponsor": a.sponsor, "proxy": a.proxy, name: mixed}
            found = of_first(t, **both, above=solver.evaluate(**both))
            assert ("is selected before what is played" in (found or "")) != right


def test_no_lower_threshold_is_an_equilibrium() -> None:
    t = small()
    levels, e, solver = levels_of(t), int(np.argmax(t.moving.evidence[0].held)), solver_of(t)
    assert 0 < e < N - 1
    higher = next(a for k in range(e + 1, N) if (a := solver.hold(np.arange(N) >= k)).holds)
    lower = float(solver.hold(np.arange(N) >= e).gains.max())
    words = f"moving power: the alliance can be held from λ = {levels[e]:g} on: no deviation gains more than {lower}"
    assert of_moving(t, evidence=(higher, solver.with_pockets(higher))) == words
    assert of_moving(t, unsolved=(0.25,)) == "moving power: the unsolved candidates are [], not (0.25,)"
    assert of_moving(t, holes=(0.25,)) == "moving power: holes are said to be where nothing is eliminated"
    bounds = "an alliance is said to be excluded where a threshold was found, and no bounds are asked for"
    assert of_moving(t, excluded=(0.25,)) == f"moving power: {bounds}"


def test_pockets_are_those_that_can_be_kept_beside_the_threshold() -> None:
    t = pocketed()
    assert len(t.windows) > 1
    first, pockets = t.moving.evidence
    assert pockets.held.sum() > first.held.sum()
    kept = "moving power: the pockets are not those in which the alliance can be kept"
    assert of_moving(t, evidence=(first, first)) == kept
    gap = "moving power: the threshold equilibrium is not held on [e, top]"
    assert of_moving(t, evidence=(pockets, pockets)) == gap
    war = solver_of(t).hold(np.zeros(len(first.held), dtype=bool))
    assert war.holds
    assert of_moving(t, evidence=(war, war)) == gap
    lost = "moving power: the pockets leave out what the threshold equilibrium holds"
    assert of_moving(t, evidence=(first, war)) == lost
    windows = list(t.windows)
    for k, window in enumerate(windows):
        other = replace(window, high=window.high + 0.25)
        told = of_moving(t, windows=tuple(other if j == k else w for j, w in enumerate(windows)))
        assert told == f"moving power: window {k + 1} is {window!r}, not {other!r}"


@pytest.mark.slow
def test_without_threshold_bounds_and_search_are_repeated() -> None:
    t = zoned()
    assert witness(t) is None
    (found,) = t.moving.evidence
    levels, game = levels_of(t), t.dyad.stochastic_game
    possible = possible_alliances(game, len(levels), t.discount)
    excluded = tuple(level for level, can in zip(levels, possible, strict=True) if not can)
    assert t.moving.excluded == excluded
    assert excluded
    for wrong in ((), excluded[1:], (*excluded, 9.0)):
        words = f"moving power: an alliance is excluded at λ = {excluded}, not at {wrong}"
        assert of_moving(t, excluded=wrong) == words
    (window,) = t.windows
    wide = replace(window, low=levels[0], high=levels[-1])
    words = f"moving power: a window has log ratios at which an alliance is excluded: {list(excluded)}"
    assert of_moving(t, windows=(wide,)) == words
    search = "moving power: the alliance is not kept in the largest set of states that is found"
    assert of_moving(t, evidence=()) == search
    war = solver_of(t).hold(np.zeros(len(levels), dtype=bool))
    assert war.holds
    assert of_moving(t, evidence=(war,)) == search
    assert of_moving(t, unsolved=(0.25,)) == "moving power: the unsolved candidates are [], not (0.25,)"
    assert of_moving(t, evidence=(replace(found, discount=0.5),)) == (
        "moving power: an equilibrium for the discount factor 0.5"
    )
