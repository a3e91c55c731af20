"""Break thresholds where power moves: the table, brute force, holes, news, certificates, wrong input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances.dynamics.break_game import stationary
from alliances.dynamics.break_threshold import frozen_game
from alliances.dynamics.contract_holes import HoledContracts
from alliances.dynamics.markov_alliance import MarkovSolver
from tests.moving_power_reference import alliance, shifting

CHANCES = (0, 0.05, 0.1, 0.2, 0.3, 0.5)
TABLE = {
    (1.0, 0.7): ((-0.4, -0.3, -0.2, 0.8, 0.8, 0.8), "PPPSSS"),
    (1.0, 0.8): ((-0.4, -0.4, -0.3, -0.2, 0.8, 0.8), "PPPPSS"),
    (1.0, 0.9): ((-0.2, -0.3, 0.8, 0.8, 1.1, 1.1), "PPSSSS"),
    (1.0, 0.95): ((-0.1, 0.9, 1.1, 1.2, 1.3, 1.4), "PSSSSS"),
    (1.5, 0.8): ((0.8, 0.8, 0.9, 1.0, 1.1, 1.1), "SSSSSS"),
    (2.0, 0.8): ((1.1, 1.1, 1.1, 1.1, 1.2, 1.2), "SSSSSS"),
}


def small(enforcement: Any = None, learning: float = 0.2, delta: float = 0.9) -> al.ShiftingThreshold:
    """A dyad of nine log ratios: quick to solve and to check."""
    process = al.PowerProcess(step=0.25, reach=1, learning=(learning, 1), growth=(0.1, 1))
    return al.break_threshold(al.ShiftingDyad(alliance(2.0), process), delta, enforcement)


# -- without side payments -----------------------------------------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("row", "answer"), TABLE.items(), ids=[f"m={m:g}, δ={d:g}" for m, d in TABLE])
def test_faster_learning_makes_the_sponsor_strike_first(row: tuple[float, float], answer: tuple[Any, str]) -> None:
    """The break threshold by speed of learning: found first by another programme, which iterated values."""
    thresholds = [al.break_threshold(shifting(row[0], g), row[1]) for g in CHANCES]
    assert [t.log_ratio for t in thresholds] == pytest.approx(list(answer[0]))
    assert "".join(str(t.defector)[0].upper() for t in thresholds) == answer[1]
    static = answer[0][0]
    assert [t.shift for t in thresholds] == pytest.approx([x - static for x in answer[0]])
    assert all(t.static.threshold.log_ratio == pytest.approx(static) for t in thresholds if t.static.threshold is not None)


@pytest.mark.parametrize("decisiveness", [1.0, 2.0])
@pytest.mark.parametrize("delta", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("learning", [0.0, 0.4])
def test_thresholds_by_brute_force(decisiveness: float, delta: float, learning: float) -> None:
    """All pure strategies of a dyad of five log ratios: where break games have pure equilibria, the least e is the answer."""
    process = al.PowerProcess(step=0.6, reach=1.2, learning=(learning, 1), growth=(0.1, 1))
    dyad = al.ShiftingDyad(alliance(decisiveness), process)
    game, n = dyad.stochastic_game, 5
    alliance_kept, _ = MarkovSolver(game, n, delta).threshold()
    matrix, g = game.kernel.matrix.toarray(), np.stack([game.sponsor, game.proxy], axis=1)
    fights = (1, 2, 3)  # of the profiles (A,A), (A,F), (F,A), (F,F)
    possible = []
    for e in range(n):
        for below in product(fights, repeat=e):
            played = np.concatenate([4 * np.arange(n) + [*below, *[0] * (n - e)], np.arange(4 * n, game.profiles)])
            values = np.linalg.solve(np.eye(len(game)) - delta * matrix[played], (1 - delta) * g[played])
            worth = ((1 - delta) * g + delta * matrix @ values)[: 4 * n].reshape(n, 2, 2, 2)
            i, j = np.divmod(played[:n] % 4, 2)
            x = np.arange(n)
            gains = np.stack([worth[x, 1 - i, j, 0] - worth[x, i, j, 0], worth[x, i, 1 - j, 1] - worth[x, i, j, 1]])
            if gains.max() <= 1e-11:
                possible.append(e)
                break
    if alliance_kept is None:
        assert possible == []
    elif ((alliance_kept.sponsor == 0) | (alliance_kept.sponsor == 1)).all():
        assert possible[0] == np.argmax(alliance_kept.held)
    else:
        assert all(e >= np.argmax(alliance_kept.held) for e in possible)


def test_pockets_of_mutual_deterrence() -> None:
    """Around parity a decisive war is longest and dearest, and the alliance can be kept although it breaks above."""
    threshold = al.break_threshold(shifting(2.0, 0), 0.8)
    assert [(w.low, w.high) for w in threshold.windows] == [(-0.1, 0.1), (1.1, 3.0)]
    pocket = threshold.windows[0]
    assert pocket.below is not None
    assert pocket.above is not None
    assert (pocket.below.defector, pocket.above.defector) == ("proxy", "sponsor")
    assert threshold.windows[1].above is None
    assert pocket.gaps == pytest.approx(np.tanh([-0.05, 0.05]))
    assert threshold.verify(), threshold.verify().witness


def test_break_games_without_pure_equilibrium_are_mixed() -> None:
    kept = al.break_threshold(shifting(1.0, 0.3), 0.8).moving.evidence
    assert isinstance(kept, tuple)
    mixed = (kept[0].sponsor[:, 0] > 0) & (kept[0].sponsor[:, 0] < 1)
    levels = shifting().log_ratios[mixed]
    assert levels.min() == pytest.approx(0.4)
    assert levels.max() == pytest.approx(0.6)
    assert kept[0].gains[mixed].max() <= 1e-13


@pytest.mark.parametrize("seed", range(30))
def test_stationary_equilibria_of_one_state(seed: int) -> None:
    """No deviation pays from the selected equilibrium, in any state in which what happens may be that nothing changes."""
    rng = np.random.default_rng(seed)
    m, k = (2, 2) if seed % 3 else (3, 3)
    base, stay = rng.normal(size=(m, k, 2)), rng.random((m, k)) * 0.9 * (rng.random((m, k)) < 0.5)
    chosen = stationary(base, stay, 1e-11)
    if chosen is None:  # mixed equilibria in which both mix need not exist if actions repeat themselves
        assert seed % 3 == 0 or stay[0, 1] or stay[1].any()
        return
    worth = base + stay[..., None] * chosen.values
    np.testing.assert_allclose(np.einsum("i,j,ijp->p", chosen.sponsor, chosen.proxy, worth), chosen.values, atol=1e-10)
    assert (worth[..., 0] @ chosen.proxy).max() <= chosen.values[0] + 1e-9
    assert (chosen.sponsor @ worth[..., 1]).max() <= chosen.values[1] + 1e-9


@pytest.mark.parametrize(
    ("sponsor", "proxy", "selected"),
    [
        ([[4, 0], [3, 2]], [[4, 3], [0, 2]], (1, 1)),  # a stag hunt: war, although the alliance is an equilibrium, too
        ([[3, 1], [4, 0]], [[3, 4], [1, 0]], (1, 0)),  # chicken: the sponsor strikes
        ([[3, 1], [2, 0]], [[3, 2], [1, 0]], (0, 0)),  # nothing else is an equilibrium
    ],
)
def test_which_equilibrium_of_a_break_game_is_selected(sponsor: Any, proxy: Any, selected: tuple[int, int]) -> None:
    chosen = stationary(np.stack([sponsor, proxy], axis=2).astype(float), np.zeros((2, 2)), 1e-11)
    assert chosen is not None
    assert (chosen.sponsor[selected[0]], chosen.proxy[selected[1]]) == (1, 1)
    still = stationary(np.stack([sponsor, proxy], axis=2) * 0.5, np.full((2, 2), 0.5), 1e-11)
    assert still is not None
    np.testing.assert_allclose(still.values, chosen.values)


# -- with side payments --------------------------------------------------------------------------------------------------


def test_a_hole_does_not_take_the_answer_away() -> None:
    """m = 1, δ = .95: at λ = .6 the break game has only a mixed equilibrium; the alliance is kept on both sides of it."""
    dyad = shifting(1.0, 0.05)
    assert not dyad.stochastic_game.solve(0.95).can_play(dyad.state(1.0), ("ally", "ally"))
    threshold = al.break_threshold(dyad, 0.95, al.Transfers())
    assert threshold.moving.holes == (0.6,)
    assert [(w.low, w.high) for w in threshold.windows] == [(-2.4, 0.5), (0.7, 3.0)]
    assert (threshold.log_ratio, threshold.defector) == (0.7, "sponsor")
    assert threshold.static.holes == ()
    evidence = threshold.moving.evidence
    assert isinstance(evidence, HoledContracts)
    (hole,) = evidence.holes
    assert 0 < hole.sponsor[0] < 1
    assert 0 < hole.proxy[0] < 1
    assert evidence.contracts.exists.all()
    assert "No pure equilibrium at λ = 0.6" in threshold.message
    assert threshold.verify(), threshold.verify().witness


@pytest.mark.parametrize(("decisiveness", "delta"), [(1.0, 0.9), (2.0, 0.8), (2.0, 0.95)])
def test_many_holes_and_none(decisiveness: float, delta: float) -> None:
    threshold = al.break_threshold(shifting(decisiveness, 1.0), delta, al.Transfers())
    assert threshold.moving.settled
    assert bool(threshold.moving.holes) == (decisiveness == 2)
    assert threshold.verify(), threshold.verify().witness


@pytest.mark.parametrize("learning", CHANCES)
def test_side_payments_restore_an_alliance_whose_power_moves_slowly(learning: float) -> None:
    """At δ ≤ .9 everything above −2.4 is kept, where one lost round ends a war."""
    for decisiveness, delta in ((1.0, 0.8), (1.0, 0.9), (2.0, 0.8)):
        threshold = al.break_threshold(shifting(decisiveness, learning), delta, al.Transfers())
        assert [(w.low, w.high) for w in threshold.windows] == [(-2.4, 3.0)]
        assert threshold.shift == 0


def test_without_holes_the_windows_are_those_of_the_contracts() -> None:
    dyad = shifting(1.0, 1.0)
    contracts = dyad.stochastic_game.solve(0.9)
    threshold = al.break_threshold(dyad, 0.9, al.Transfers())
    allied = [contracts.can_play(dyad.state(x), ("ally", "ally")) for x in dyad.log_ratios]
    assert allied == [any(x in w for w in threshold.windows) for x in dyad.log_ratios]
    assert [(w.low, w.high) for w in threshold.windows] == [(-2.4, 0.6), (2.1, 3.0)]


# -- expected and arriving -----------------------------------------------------------------------------------------------


def test_news_breaks_at_once_what_expectation_would_have_broken_before() -> None:
    threshold = al.break_threshold(shifting(1.0, 0.3), 0.8)
    at = {x: threshold.arriving_at(x) for x in (1.5, 0.8, 0.7, 0.1, -0.4, -0.5)}
    assert [at[x].outcome for x in at] == ["holds"] * 2 + ["breaks at once"] * 3 + ["no alliance"]
    assert at[1.5].breaks_at == 0.8
    assert at[0.7].defector == "sponsor"
    assert at[0.7].gains is not None
    assert at[0.7].gains[0] > 1e-3
    assert at[0.7].gains[1] == pytest.approx(0, abs=1e-15)  # to keep the alliance is the proxy's best reply
    assert at[-0.4].defector == "both"  # with war all around, and the proxy ahead
    assert "breaks the alliance at once: the sponsor strikes first" in str(at[0.7])
    hole = al.break_threshold(shifting(1.0, 0.05), 0.95, al.Transfers()).arriving_at(0.6)
    assert (hole.outcome, hole.defector) == ("breaks at once", "sponsor")
    with pytest.raises(ValueError, match=r"arriving_at\(\): log_ratio must be a point of the lattice"):
        threshold.arriving_at(0.05)


@pytest.mark.parametrize("enforcement", [al.NashReversion(), al.Transfers()])
@pytest.mark.parametrize("war", ["permanent", "moving"])
def test_power_that_does_not_move_while_allied_shifts_nothing(enforcement: Any, war: Any) -> None:
    threshold = al.break_threshold(shifting(1.0, 0, war=war), 0.8, enforcement)
    assert threshold.windows == threshold.static_windows
    assert threshold.shift in (0, None)
    for x in (-1.0, 0.0, 1.0):
        assert threshold.arriving_at(x).outcome != "breaks at once"


@dataclass(frozen=True, eq=False)
class Treaty(al.DyadicGame):
    """A model of one's own with a part that has no hash."""

    signatories: set[str]
    actions = ("ally", "fight")

    def cells(self, power: al.Power) -> list[list[tuple[Any, Any]]]:
        s, p = power.sponsor, power.proxy
        return [[(0.6 + s / 2, 0.6 + p / 2), (0 * s, 1.1 + 0 * p)], [(1.1 + 0 * s, 0 * p), (0.8 * s, 0.8 * p)]]


def test_no_part_of_a_model_needs_a_hash() -> None:
    process = al.PowerProcess(step=0.5, reach=1, learning=(0.1, 1))
    found = al.break_threshold(al.ShiftingDyad(Treaty({"both"}), process, war="permanent", prize=1.0), 0.8)
    assert found.verify()
    assert frozen_game(found.dyad) is frozen_game(found.dyad)


def test_frozen_power_keeps_the_war() -> None:
    process = al.PowerProcess(step=0.5, reach=1, learning=(0.2, 1), growth=(0.1, 1), learning_when="always")
    dyad = al.ShiftingDyad(alliance(1.0, coexist_exposure=0.3), process, war="moving")
    game, still = dyad.stochastic_game, frozen_game(dyad)
    calm = (game.state_of < 5) & (game.row < 2) & (game.column < 2)
    assert calm.sum() == 20
    for profile in range(game.profiles):
        if calm[profile]:
            assert still.kernel.at(profile) == {game.state_of[profile]: 1.0}
        else:
            assert still.kernel.at(profile) == game.kernel.at(profile)


# -- certificates --------------------------------------------------------------------------------------------------------


def _random_dyad(seed: int) -> tuple[al.ShiftingDyad, np.random.Generator]:
    rng = np.random.default_rng(seed)
    p = [float(x) for x in rng.dirichlet([1, 1, 1, 1, 3])]
    events: dict[str, Any] = {"learning": (p[0], 1), "growth": (p[1], 1), "arrest": (p[2], 3), "strike": (p[3], 2)}
    walk = al.ConflictWalk.from_log_ratio(step=0.4, barrier=2.4, win=al.Tullock(2.0))
    war: Any = ("permanent", "moving", walk)[seed % 3]
    game = alliance(float(rng.choice([1.0, 2.0])))
    process = al.PowerProcess(step=0.2, reach=2.4, **events)
    return al.ShiftingDyad(game, process, war=war, reconcile=0.1 * (war is walk)), rng


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 7, 8])
def test_random_processes_have_answers_that_hold(seed: int) -> None:
    dyad, rng = _random_dyad(seed)
    for enforcement in (al.NashReversion(), al.Transfers()):
        threshold = al.break_threshold(dyad, float(rng.choice([0.5, 0.8, 0.95])), enforcement)
        assert threshold.status in ("threshold", "always")
        assert threshold.verify(), threshold.verify().witness


@pytest.mark.slow
def test_strategies_that_come_back_to_where_they_were_are_no_answer() -> None:
    """Power that moves both ways, and break games with mixed equilibria: no candidate fails by a gain, none is claimed."""
    dyad, rng = _random_dyad(6)
    threshold = al.break_threshold(dyad, float(rng.choice([0.5, 0.8, 0.95])))
    assert threshold.status == "unsolved"
    assert threshold.windows == ()
    assert threshold.moving.unsolved
    assert "No equilibrium of this kind was found; try side payments" in threshold.message
    assert threshold.arriving_at(2.4).outcome == "unsolved"
    assert "no equilibrium was found that tells" in str(threshold.arriving_at(2.4))
    assert threshold.verify(), threshold.verify().witness


def test_three_actions_with_a_pact() -> None:
    process = al.PowerProcess(step=0.25, reach=1, learning=(0.3, 1))
    dyad = al.ShiftingDyad(alliance(2.0, coexist_exposure=0.3), process)
    for enforcement in (al.NashReversion(), al.Transfers()):
        threshold = al.break_threshold(dyad, 0.8, enforcement)
        assert threshold.verify(), threshold.verify().witness


def test_wrong_answers_are_noticed() -> None:
    """A threshold one step up or down, a window too many, a defector exchanged, values and strategies moved by 10⁻⁶."""
    t = small()
    assert t.verify(), t.verify().witness
    assert t.status == "threshold"
    evidence = t.moving.evidence
    assert isinstance(evidence, tuple)
    e = int(np.argmax(evidence[0].held))
    solver = MarkovSolver(t.dyad.stochastic_game, 9, t.discount)
    for other in (e - 1, e + 1):
        kept = solver.hold(np.arange(9) >= other)
        assert not replace(t, moving=replace(t.moving, evidence=(kept, kept))).verify()
    for name in ("above", "sponsor", "proxy"):
        for index in np.ndindex(getattr(evidence[0], name).shape):
            changed = getattr(evidence[0], name).copy()
            changed[index] += 1e-6 * (1 if changed[index] < 0.5 else -1)
            wrong = (replace(evidence[0], **{name: changed}), evidence[1])
            assert not replace(t, moving=replace(t.moving, evidence=wrong)).verify(), (name, index)
    window = t.windows[-1]
    assert window.below is not None
    for edge in (
        replace(window.below, defector="sponsor" if t.defector == "proxy" else "proxy"),
        replace(window.below, beyond=window.below.log_ratio),
        replace(window.below, gains=window.below.gains[::-1]),
        None,
    ):
        assert not replace(t, moving=replace(t.moving, windows=(*t.windows[:-1], replace(window, below=edge)))).verify()


@pytest.mark.slow
def test_pictures_show_windows_and_thresholds() -> None:
    from matplotlib import pyplot as plt

    t = al.break_threshold(shifting(2.0, 0), 0.8)
    ax = t.plot()
    assert len(ax.patches) == len(t.windows) + len(t.static_windows) == 4
    assert [text.get_text() for text in ax.texts] == ["P", "S", "S"] * 2
    left = min(p.get_x() for p in ax.patches)
    assert left == pytest.approx(-0.15)
    thresholds = [al.break_threshold(shifting(1.0, g), 0.8) for g in (0.3, 0.1)]
    drawn = al.plotting.plot_break_thresholds(thresholds).get_lines()
    assert drawn[0].get_xydata().tolist() == [[0.1, -0.3], [0.3, 0.8]]
    assert {line.get_label() for line in drawn} >= {"δ = 0.8", "sponsor strikes first", "proxy leaves"}
    plt.close("all")
    with pytest.raises(TypeError, match=r"plot_break_thresholds\(\): thresholds must be results of break_threshold\(\)"):
        al.plotting.plot_break_thresholds([])


@pytest.mark.slow
def test_what_is_printed_and_kept() -> None:
    t = al.break_threshold(shifting(1.0, 0.3), 0.8)
    assert str(t).startswith("As λ falls, the alliance breaks below λ = 0.8 (γ = 0.379949): the sponsor strikes first.")
    assert "With power frozen it breaks below λ = -0.4 (the proxy leaves): expectation adds +1.2." in t.message
    assert t.gap == pytest.approx(np.tanh(0.4))
    record = t.to_dict()
    assert (record["status"], record["log_ratio"], record["shift"]) == ("threshold", 0.8, 1.2)
    frame = t.to_frame()
    assert frame["power"].tolist() == ["moving"] * len(t.windows) + ["frozen"] * len(t.static_windows)
    never = al.break_threshold(shifting(1.0, 0.3), 0.1)
    assert (never.status, never.log_ratio, never.shift, never.windows) == ("never", None, None, ())
    assert "at no λ from -3 to 3" in never.message
    calm = al.PowerProcess(step=0.25, reach=1, learning=(0.05, 1))
    always = al.break_threshold(al.ShiftingDyad(alliance(1.0), calm), 0.8, al.Transfers())
    assert always.status == "always"
    assert (always.log_ratio, always.defector) == (None, None)


def test_wrong_input() -> None:
    dyad = shifting()
    with pytest.raises(TypeError, match=r"break_threshold\(\): dyad must be a ShiftingDyad; got 3"):
        al.break_threshold(3, 0.8)  # type: ignore[arg-type]
    for discount in (1, -0.1, float("nan")):
        with pytest.raises(ValueError, match=r"break_threshold\(\): discount must"):
            al.break_threshold(dyad, discount)
    with pytest.raises(TypeError, match=r"break_threshold\(\): enforcement must be NashReversion\(\).*got FinitePunishment"):
        al.break_threshold(dyad, 0.8, al.FinitePunishment(2))
