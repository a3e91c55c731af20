"""The re-checks of thresholds, identified sets, rival offers and regimes: each wrong field is named with its numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.recheck_support import TINY, UNEVEN, changed, witness
from tests.support import benchmark_game

GAME = al.presets.chindea_2014()
OTHER = {"sponsor": "proxy", "proxy": "sponsor"}


@functools.cache
def threshold(**options: Any) -> Any:
    """Windows [−0.14, 0.14] and [0.29, 0.95]: the proxy defects below the first one, the sponsor at the other edges."""
    return al.defection_threshold(GAME, 0.8, **options)


def most_gained(gap: float, discount: float = 0.8) -> float:
    """The larger gain from a deviation that Nash reversion punishes, from its definition."""
    stage = GAME.stage_game(al.Power.from_gap(gap))
    c, d = stage.payoffs((0, 0)), stage.best_deviations((0, 0))
    # a punishment that would reward its victim is not carried out
    w = [min(c[k], *(stage.payoffs(p)[k] for p in stage.pure_nash())) for k in (0, 1)]
    return float(max((1 - discount) * d[k] + discount * w[k] - c[k] for k in (0, 1)))


# -- thresholds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "side"), [(0, "lower"), (0, "upper"), (1, "lower")])
@pytest.mark.parametrize("shift", [1e-3, 1e-7])
def test_an_edge_in_the_wrong_place_is_named_with_the_gap_just_beside_it(number: int, side: str, shift: float) -> None:
    t = threshold()
    assert witness(t) is None
    outwards = -1 if side == "lower" else 1
    for way in (outwards, -outwards):
        edge = getattr(t.windows[number], side) + way * shift
        windows = [replace(w, **{side: edge}) if k == number else w for k, w in enumerate(t.windows)]
        found = witness(replace(t, windows=tuple(windows)))
        place = 0 if (side == "lower") == (way == outwards) else 1
        if way == outwards:  # the first point inside that is tried lies just beside the edge, the second beside the other one
            gain = most_gained(edge - outwards * 1e-9)
            words = f"a player gains {gain:.6g} inside a window, at gap {edge:.6g}"
        else:
            words = f"nobody gains by deviating outside the windows, at gap {edge:.6g}"
        assert found == f"game ({place},), {words}"


def test_a_window_too_much_and_one_too_few_are_named() -> None:
    t = threshold()
    low, high = t.windows
    for windows, words in (
        ((low,), "nobody gains by deviating outside the windows, at gap "),
        ((high,), "nobody gains by deviating outside the windows, at gap "),
    ):
        found = witness(replace(t, windows=windows, gap=None, status="always stable"))
        assert words in found
        gap = float(found.rpartition(" ")[2])
        assert not any(w.lower <= gap <= w.upper for w in windows)
        assert most_gained(gap) <= 0
    one = replace(low, upper=high.upper, upper_defector=None)
    found = witness(replace(t, windows=(one,)))
    assert " inside a window, at gap " in found
    gap, gain = float(found.rpartition(" ")[2]), float(found.split(" gains ")[1].split()[0])
    assert low.upper < gap < high.lower
    assert most_gained(gap) == pytest.approx(gain, rel=1e-4)


def test_defectors_at_edges_are_those_who_gain_just_beyond() -> None:
    t = threshold()
    for number, side in ((0, "lower"), (0, "upper"), (1, "lower")):
        w = t.windows[number]
        right, edge = getattr(w, f"{side}_defector"), getattr(w, side)
        for wrong in (OTHER[right], "both"):
            windows = [replace(x, **{f"{side}_defector": wrong}) if k == number else x for k, x in enumerate(t.windows)]
            found = witness(replace(t, windows=tuple(windows)))
            blamed = "sponsor" if wrong != "both" else OTHER[right]  # the first of the two of whom it is wrong
            words = f"{blamed}: gains or does not gain by deviating at gap {edge:.6g}, against defector {wrong}"
            assert found == f"game ({0 if blamed == 'sponsor' else 1},), {words}"


FALSE_ENDS = "has a defector where it ends with the domain, or none where it does not"


def test_what_is_no_threshold_is_named() -> None:
    t = threshold()
    low, high = t.windows
    for domain in ((0.95, -0.95), (-1.0, 0.95), (-0.95, 1.0), (0.5, 0.5)):
        assert witness(replace(t, domain=domain)) == f"{domain} is no stretch of gaps"
    pair = "are no two discount factors, or not one where the concept needs a common one"
    for discount in ((0.8,), (0.8, 0.8, 0.8), (0.8, 1.0), (-1e-9, 0.8), (1.0, 0.8)):
        assert witness(replace(t, discount=discount)) == f"{discount} {pair}"
    pooled = threshold(enforcement=al.Transfers())
    assert witness(pooled) is None
    assert pooled.enforcement.common
    assert witness(replace(pooled, discount=(0.8, 0.7))) == f"(0.8, 0.7) {pair}"
    order = "the windows are not in order, or not in the domain"
    for windows in ((high, low), (replace(low, lower=-0.96), high), (low, replace(high, upper=0.96)), (low, low)):
        assert witness(replace(t, windows=windows)).endswith(f", {order}")
    for windows, place, w in (
        ((replace(low, lower_defector=None), high), 0, replace(low, lower_defector=None)),
        ((low, replace(high, upper_defector="proxy")), 1, replace(high, upper_defector="proxy")),
        ((low, replace(high, upper=0.9)), 1, replace(high, upper=0.9)),
    ):
        assert witness(replace(t, windows=windows)) == f"game ({place},), window {w}: {FALSE_ENDS}"
    point = replace(low, upper=low.lower)
    assert witness(replace(t, windows=(point, high))) == f"window {point}: is a point, at which the alliance does not start"
    elsewhere = replace(t, windows=(point, high), start=0.5)
    assert witness(elsewhere) == f"window {point}: is a point, at which the alliance does not start"
    for start in (0.0, 0.2, 0.5):
        assert witness(threshold(start=start)) is None


def test_the_threshold_is_read_off_the_windows() -> None:
    t = threshold()
    gap = t.windows[1].lower
    lower = f"but the lower edge of the window started from is {gap}"
    for wrong in (None, gap + 1e-12, t.windows[0].lower):
        assert witness(replace(t, gap=wrong)) == f"the threshold is {wrong}, {lower}"
    for who in ("proxy", "both", None):
        assert witness(replace(t, defector=who)) == f"the defector is {who}, but at the threshold it is sponsor"
    kinds = ("always stable", "never stable", "no lower edge", "threshold", "unstable at start")
    within, between = threshold(start=0.0), threshold(start=0.2)
    stable = al.defection_threshold(GAME, 0.8, domain=(-0.1, 0.1))
    open_below = al.defection_threshold(GAME, 0.8, domain=(-0.1, 0.25))
    never = al.defection_threshold(GAME, 0.8, domain=(0.2, 0.25))
    for found, kind in (
        (t, "threshold"),
        (within, "threshold"),
        (between, "unstable at start"),
        (stable, "always stable"),
        (open_below, "no lower edge"),
        (never, "never stable"),
    ):
        assert witness(found) is None
        assert found.status == kind
        for wrong in kinds:
            if wrong != kind:
                assert witness(replace(found, status=wrong)) == f'the status is "{wrong}", but by the windows it is "{kind}"'
    assert within.gap == within.windows[0].lower


# -- identified sets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken_by", [None, "proxy"])
@pytest.mark.parametrize("end", ["lower", "upper"])
def test_exact_ends_of_identified_sets_are_wrong_by_the_least_error(broken_by: Any, end: str) -> None:
    # δ_S* = σ and δ_P* = 1 − σ: see tests/test_identification.py
    power = al.Power.from_share([F(3, 5), F(1, 2), F(7, 20)])
    r = al.identified_discount(benchmark_game(conflict_cost=F(1, 2)), power, broken_by=broken_by)
    assert witness(r) is None
    name = broken_by or "common"
    interval = getattr(r, name)
    right = getattr(interval, end)
    assert 0 < right < 1
    for error in (-TINY, TINY):
        found = witness(replace(r, **{name: replace(interval, **{end: right + error})}))
        when = "before the break" if end == "lower" else "at the break"
        assert found.startswith(f"{name}: δ = ")
        assert found.endswith(f" is on the wrong side of the {end} end, by the gains {when}")
        tried = F(found.split(" = ")[1].split()[0])  # between the right end and the wrong one, or just beside
        assert abs(tried - right) <= abs(error) + F(1, 10**50)


def test_what_is_no_identified_set_is_named() -> None:
    power = al.Power.from_share([F(3, 5), F(1, 2), F(7, 20)])
    r = al.identified_discount(benchmark_game(conflict_cost=F(1, 2)), power, broken_by="proxy")
    ends = "the interval's ends are not discount factors, or it ends although the other player broke"
    for lower, upper in ((-TINY, r.common.upper), (r.common.lower, -TINY), (r.common.lower, 1 + TINY)):
        assert witness(replace(r, common=replace(r.common, lower=lower, upper=upper))) == f"common: {ends}"
    assert witness(replace(r, sponsor=replace(r.sponsor, upper=F(9, 10)))) == f"sponsor: {ends}"
    assert witness(replace(r, broken_by="nobody")) == "nobody is no player"
    array = np.array([F(1, 2), F(1, 2)])
    for wrong in (replace(r, hardest=np.array([1, 1])), replace(r, common=replace(r.common, lower=array))):
        assert witness(wrong) == "the answers are not of the shape ()"
    for hardest in (-1, 1, 2, 3):
        words = f"period {hardest} is not the hardest: nobody gains in it just below the lower end"
        assert witness(replace(r, hardest=hardest)) == (None if hardest == r.hardest else words)


# -- rival offers ------------------------------------------------------------------------------------------------------


def test_a_switching_offer_is_the_least_that_makes_the_proxy_leave() -> None:
    r = al.switching_offer(UNEVEN, None, F(4, 5))
    assert (witness(r), r.offer) == (None, F(13, 2))
    above = r.offer + TINY  # what it gains by deviating and leaving then: δ of the error
    words = f"proxy: gains {F(4, 5) * TINY} by deviating or leaving at its switching offer {above}"
    assert witness(replace(r, offer=above)) == words
    below = r.offer - F(1, 10**7)
    assert witness(replace(r, offer=below)) == f"proxy: stays for more than its switching offer {below}"
    assert witness(replace(r, offer=-np.inf)) == "proxy: stays without an offer, though none is said to keep it"
    for discount in ((F(4, 5),), (F(4, 5), F(1)), (-TINY, F(4, 5))):
        assert witness(replace(r, discount=discount)) == f"{discount} are no two discount factors"
    assert witness(replace(r, offer=np.array([r.offer]))) == "the answer is not of the shape () of the games"
    never = al.switching_offer(UNEVEN, None, F(1, 10))
    assert (witness(never), never.offer) == (None, -np.inf)
    assert "by deviating or leaving at its switching offer 1" in witness(replace(never, offer=F(1)))


def batch(values: Any) -> Any:
    """One game for each of several offers, in floats."""
    stage = al.StageGame(np.stack([UNEVEN.A] * 3).astype(float), np.stack([UNEVEN.B] * 3).astype(float))
    return al.keeping_payment(stage, None, 0.8, np.array(values))


def test_a_keeping_payment_is_what_the_proxy_lacks_and_no_more_than_the_sponsor_can_pay() -> None:
    r = al.keeping_payment(UNEVEN, None, F(4, 5), F(8))
    assert (witness(r), r.need, r.limit, int(r.code)) == (None, F(6, 5), F(17, 5), 1)
    assert witness(replace(r, need=r.need + TINY)) == f"proxy: would stay for less, by {TINY}"
    assert witness(replace(r, need=r.need - TINY)) == f"proxy: gains {TINY} by leaving or deviating, though said to be kept"
    for error in (-TINY, TINY):
        assert witness(replace(r, limit=r.limit + error)) == f"sponsor: gains {error} when it pays its limit"
        assert witness(replace(r, offer=r.offer + error)) == f"the offer is {8 + error}, but the certificate's is 8"
    for code in (-1, 5):
        assert witness(replace(r, code=np.asarray(code))) == f"code {code} names no outcome"
    fields = "need, limit, offer and code are not of one shape, or the codes are no whole numbers"
    assert witness(replace(r, code=np.asarray(1.0))) == fields
    for name in ("limit", "offer"):
        assert witness(replace(r, **{name: np.array([getattr(r, name)])})) == fields
    assert witness(replace(r, need=np.array([r.need]))) == "the answer is not of the shape () of the games"
    lost = "sponsor: would pay what keeps the proxy, though the proxy is said to be lost"
    for code in (2, 3, 4):
        assert witness(replace(r, code=np.asarray(code))) == lost
    unpaid = "proxy: is said to stay unpaid, and it is otherwise"
    assert witness(replace(r, code=np.asarray(0))) == unpaid


@pytest.mark.parametrize(("offer", "code"), [(F(5), 0), (F(12), 2)])
def test_who_stays_and_who_leaves_is_what_each_prefers(offer: F, code: int) -> None:
    r = al.keeping_payment(UNEVEN, None, F(4, 5), offer)
    assert (witness(r), int(r.code)) == (None, code)
    lacks = f"proxy: lacks {r.need} per period to stay, and not "
    if code == 0:
        for error in (-TINY, TINY):
            assert witness(replace(r, need=r.need + error)) == f"{lacks}{r.need + error}"
        assert witness(replace(r, code=np.asarray(1))) == "proxy: is said to stay for pay, and it is otherwise"
    else:
        assert witness(replace(r, code=np.asarray(3))) == "proxy: is said to betray and stay, though it prefers the other"
        gain = r.need - r.limit
        assert witness(replace(r, code=np.asarray(1))) == f"sponsor: gains {gain} by deviating, though said to pay"
    breaks = "sponsor: is said to break the alliance and would not, or the other way round"
    pays = "sponsor: would pay what keeps the proxy, though the proxy is said to be lost"
    assert witness(replace(r, code=np.asarray(4))) == (pays if code == 0 else breaks)
    impatient = al.keeping_payment(UNEVEN, None, F(1, 10), offer)
    assert (witness(impatient), int(impatient.code)) == (None, 4)
    assert witness(replace(impatient, code=np.asarray(2))) == breaks


def test_one_offer_of_a_batch_is_named() -> None:
    r = batch([5.0, 8.0, 12.0])
    assert witness(r) is None
    assert np.asarray(r.code).tolist() == [0, 1, 2]
    for error, words in (
        (1e-6, "game (1,), proxy: would stay for less, by 1e-06"),
        (-1e-6, "game (1,), proxy: gains 1e-06 by leaving or deviating, though said to be kept"),
    ):
        assert witness(replace(r, need=changed(r.need, 1, r.need[1] + error))) == words
    for k in range(3):
        words = f"game ({k},), sponsor: gains 1e-06 when it pays its limit"
        assert witness(replace(r, limit=changed(r.limit, k, r.limit[k] + 1e-6))) == words
        assert witness(replace(r, code=changed(r.code, k, 7))) == f"game ({k},), code 7 names no outcome"
    assert witness(replace(r, code=changed(r.code, 0, 1))) == "game (0,), proxy: is said to stay for pay, and it is otherwise"
    words = "game (2,), proxy: is said to betray and stay, though it prefers the other"
    assert witness(replace(r, code=changed(r.code, 2, 3))) == words


# -- regimes -----------------------------------------------------------------------------------------------------------


REGIMES: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
    (lambda m: {"gaps": m.gaps[::-1]}, "gaps or stakes are not one increasing list"),
    (lambda m: {"stakes": m.stakes * 0}, "gaps or stakes are not one increasing list"),
    (lambda m: {"gaps": m.gaps[:, None]}, "gaps or stakes are not one increasing list"),
    (lambda m: {"discount": (0.6, 1.0)}, "(0.6, 1.0) are no two discount factors, or lists of them"),
    (lambda m: {"discount": (-0.1, 0.6)}, "(-0.1, 0.6) are no two discount factors, or lists of them"),
    (lambda m: {"discount": (0.6,)}, "(0.6,) are no two discount factors, or lists of them"),
    (lambda m: {"code": m.code.T}, "the codes are not of the shape (2, 3) of the grid"),
    (lambda m: {"code": m.code.astype(float)}, "the codes are no whole numbers"),
    (lambda m: {"code": changed(m.code, (1, 2), 3)}, "game (1, 2), code 3 names no regime"),
    (lambda m: {"code": changed(m.code, (0, 1), -1)}, "game (0, 1), code -1 names no regime"),
    (
        lambda m: {"names": m.names[:2]},
        "the names are ('alliance', 'pact'), but ('alliance', 'pact', 'conflict') by the game's actions",
    ),
    (lambda m: {"critical": m.critical[:1]}, "there is not one certificate for each peaceful arrangement"),
    (lambda m: {"critical": m.critical[::-1]}, "alliance: its certificate is of another profile"),
    (lambda m: {"gaps": m.gaps + 0.01}, "alliance: its certificate is of other games than those of the grid"),
    (lambda m: {"enforcement": al.FinitePunishment(2)}, "alliance: its certificate is of another concept of enforcement"),
]


@pytest.mark.parametrize("number", range(len(REGIMES)))
def test_what_is_no_map_is_named(number: int) -> None:
    m = al.regime_map(GAME, [0.0, 0.3, 0.7], [1.0, 4.0], 0.6)
    change, words = REGIMES[number]
    assert witness(replace(m, **change(m))) == words


def test_each_cell_has_the_best_arrangement_that_is_kept() -> None:
    m = al.regime_map(GAME, [0.0, 0.3, 0.7], [1.0, 4.0], 0.6)
    assert witness(m) is None
    for place in np.ndindex(m.code.shape):
        kept = [k for k, r in enumerate(m.critical) if r.dyad[place] < 0.6]
        for code, name in enumerate(m.names):
            found = witness(replace(m, code=changed(m.code, place, code)))
            if code == m.code[place]:
                assert found is None
            elif code == 2:
                assert found == f"game {place}, conflict is reported, though {m.names[kept[0]]} is kept"
            elif code in kept:
                assert found == f"game {place}, {name} is reported, though {m.names[m.code[place]]} is kept and worth more"
            else:
                assert found == f"game {place}, {name} is reported, though a player gains by deviating from it"
    several = al.regime_map(GAME, [0.0, 0.3, 0.7], [1.0, 4.0], [0.6, 0.9])
    assert witness(several) is None
    wrong = replace(several, code=changed(several.code, (1, 0, 0), 2))
    assert witness(wrong) == "game (0, 0), conflict is reported, though alliance is kept"


def test_many_alliances_start_within_the_domain() -> None:
    game = benchmark_game(exposure=np.array([0.6, 0.8]))
    for start in (np.array([-0.95, 0.95]), np.array([0.0, 0.5])):
        t = al.defection_threshold(game, 0.75, start=start, samples=51)
        assert witness(t) is None
        for k in (0, 1):
            for outside in (-0.951, 0.951):
                wrong = replace(t, start=changed(start, k, outside))
                assert witness(wrong) == f"game ({k},), an alliance starts outside of the domain"


def test_an_identified_set_is_of_several_periods() -> None:
    power = al.Power.from_share([F(3, 5), F(1, 2), F(7, 20)])
    r = al.identified_discount(benchmark_game(conflict_cost=F(1, 2)), power)
    one = al.critical_discount(benchmark_game(conflict_cost=F(1, 2)), al.Power.from_share(F(1, 2)))
    assert witness(replace(r, critical=one)) == "the certificate has no periods"
