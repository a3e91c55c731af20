"""The re-checks of payoff sets, contracts, their levels and many thresholds at once: each wrong field is named."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import alliances as al
from tests.recheck_support import CHICKEN, THREE, TINY, UNEVEN, changed, moved, witness
from tests.support import benchmark_game

BOTH = ("sponsor", "proxy")


def floats(stage: Any) -> Any:
    """The float copy of a game."""
    return al.StageGame(stage.A.astype(float), stage.B.astype(float))


@functools.cache
def sets(exact: bool = True) -> Any:
    return al.payoff_set(UNEVEN, F(1, 2)) if exact else al.payoff_set(floats(UNEVEN), 0.5)


def with_vertices(s: Any, vertices: Any) -> Any:
    """The set with other vertices, which also bound it from outside."""
    return replace(s, vertices=vertices, outer=vertices)


# -- payoff sets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", range(4))
def test_a_vertex_of_an_exact_set_is_wrong_by_the_least_error(k: int) -> None:
    s = sets()
    assert witness(s) is None
    assert len(s.vertices) == 4
    middle = s.vertices.sum(axis=0) / 4
    for i in (0, 1):
        for error in (-TINY, TINY):
            wrong = with_vertices(s, changed(s.vertices, (k, i), s.vertices[k, i] + error))
            outwards = (s.vertices[k, i] > middle[i]) == (error > 0)
            found = witness(wrong)
            if found is None:
                assert not outwards
            if s.vertices[k, i] == min(s.vertices[:, i]):
                assert found is not None
    inside = changed(s.vertices, k, s.vertices[k] + (middle - s.vertices[k]) * F(1, 100))
    assert witness(with_vertices(s, inside)) is not None
    outside = changed(s.vertices, k, s.vertices[k] - (middle - s.vertices[k]) * F(1, 100))
    assert witness(with_vertices(s, outside)) is not None


def test_fields_of_a_set_fit_each_other() -> None:
    for exact in (True, False):
        s = sets(exact)
        order = "the vertices are not extreme, or not in order from the leftmost"
        assert witness(with_vertices(s, s.vertices[::-1])) == order
        assert witness(with_vertices(s, np.roll(s.vertices, 1, axis=0))) == order
        assert witness(with_vertices(s, np.concatenate([s.vertices, s.vertices[-1:]]))) == order
        for kind in ("empty", "point", "segment"):
            assert witness(replace(s, kind=kind)) == f'the kind is "{kind}", but there are 4 vertices'
        for size, kind in ((0, "polygon"), (1, "segment"), (2, "polygon"), (3, "segment")):
            found = witness(replace(with_vertices(s, s.vertices[:size]), kind=kind))
            assert found == f'the kind is "{kind}", but there are {size} vertices'
        shapes = (4, 3), (4, 2)
        wide = np.concatenate([s.vertices, s.vertices[:, :1]], axis=1)
        assert witness(replace(s, vertices=wide)) == f"vertices and outer must be pairs; got shapes {shapes}"
        assert witness(replace(s, outer=wide)) == f"vertices and outer must be pairs; got shapes {shapes[::-1]}"
        for discount in (-TINY if exact else -1e-12, F(1) if exact else 1.0):
            assert witness(replace(s, discount=discount)) == f"{discount} is no discount factor"
        assert witness(replace(s, punishments=None)) == "punishments must be None for an empty set, and for no other"
        error = TINY if exact else 1e-6
        for i in (0, 1):
            for amount in (-error, error):
                pair = moved(s.punishments, i, amount)
                words = f"the punishments are {pair}, but the worst of the set is another"
                assert witness(replace(s, punishments=pair)) == words
        possible = ("proved", "enclosed", "not converged") if exact else ("solved", "not converged")
        other = "solved" if exact else "proved"
        assert witness(replace(s, status=other)) == f'the status is "{other}", but must be one of {possible}'
        assert witness(replace(s, error_bound=-error)) == f"the error bound is {-error}"
        different = changed(s.outer, (0, 0), s.outer[0, 0] - error)
        assert witness(replace(s, outer=different)) == "the outer set must be the set itself"
        order = "the profiles are not in order, or not different"
        assert witness(replace(s, profiles=s.profiles[::-1])) == order
        assert witness(replace(s, profiles=(*s.profiles, s.profiles[-1]))) == order
        for profile in ((2, 0), (0, 2), (2, 2), (0, 0, 0)):
            found = witness(replace(s, profiles=tuple(sorted([*s.profiles, profile]))))
            assert found == "a profile is none of the game"
        for p in [(i, j) for i in (0, 1) for j in (0, 1)]:
            named = p in s.profiles
            other_profiles = tuple(sorted(set(s.profiles) ^ {p}))
            words = f"profile {p} is {'not ' if named else ''}named as played on path"
            assert witness(replace(s, profiles=other_profiles)) == words
    s = sets()
    assert witness(replace(s, error_bound=TINY)) == "proved, with an error bound"
    for status in ("enclosed", "not converged"):
        assert witness(replace(s, status=status)) == f'status "{status}", though the outer set is the inner one'
    assert witness(replace(s, stage=floats(UNEVEN))) == "vertices must be exact for an exact game, and floats otherwise"


def generates(s: Any, vertex: Any, origin: Any) -> bool:
    """Whether a vertex v is (1 − δ)g + δx as its origin says, with a continuation x that is at least κ."""
    p, near = divmod(origin.profile, 2), 0 if s.exact else 1e-8
    g, d = np.array(s.stage.payoffs(p)), np.array(s.stage.best_deviations(p))
    x = (vertex - (1 - s.discount) * g) / s.discount
    over = x - (s.vertices.min(axis=0) + (d - g) * (1 - s.discount) / s.discount)
    if origin.binding in ("none", "both"):
        right = (abs(vertex - g) if origin.binding == "none" else abs(over)).max() <= near and over.min() >= -near
        return bool(right and (origin.i, origin.j) == (-1, -1))
    if origin.binding not in (0, 1) or not (0 <= origin.i < 4 and 0 <= origin.j < 4) or (origin.j - origin.i) % 4 == 2:
        return False
    a, b = s.vertices[origin.i], s.vertices[origin.j]
    along, across = ((b - a) * (x - a)).sum(), (b - a)[0] * (x - a)[1] - (b - a)[1] * (x - a)[0]
    within = (
        -near <= along <= ((b - a) ** 2).sum() + near
        and abs(across) <= near
        and (abs(b - a).max() > 0 or abs(x - a).max() <= near)
    )
    return bool(within and abs(over[origin.binding]) <= near and over.min() >= -near)


def test_each_vertex_is_generated_as_it_is_said() -> None:
    for exact in (True, False):
        s = sets(exact)
        assert len(s.origins) == 4
        assert witness(replace(s, origins=s.origins[1:])) == "3 origins for 4 vertices"
        for n, right in enumerate(s.origins):
            for profile in (-1, 4):
                wrong = (*s.origins[:n], right._replace(profile=profile), *s.origins[n + 1 :])
                assert witness(replace(s, origins=wrong)) == f"vertex {n}: its origin is no profile"
            others = [right._replace(profile=k) for k in range(4) if k != right.profile]
            others += [right._replace(binding=b) for b in ("none", "both", 0, 1, 2) if b != right.binding]
            others += [right._replace(i=i) for i in (-2, 4)] + [right._replace(j=j) for j in (-2, 4)]
            for origin in others:
                wrong = (*s.origins[:n], origin, *s.origins[n + 1 :])
                said = None if generates(s, s.vertices[n], origin) else f"vertex {n}: is not generated by {origin}"
                assert witness(replace(s, origins=wrong)) == said


def test_float_sets_are_told_apart_beyond_rounding() -> None:
    s = sets(False)
    assert witness(s) is None
    for k in range(4):
        for i in (0, 1):
            for error in (-1e-6, 1e-6):
                assert witness(with_vertices(s, changed(s.vertices, (k, i), s.vertices[k, i] + error))) is not None
    assert witness(with_vertices(s, changed(s.vertices, 2, s.vertices[2] - 1e-13))) is None


def test_sets_of_one_shot_and_of_nothing_are_those_of_the_stage_game() -> None:
    for stage in (CHICKEN, floats(CHICKEN)):
        s = al.payoff_set(stage, F(0) if stage.exact else 0.0)
        assert witness(s) is None
        assert sorted(map(tuple, s.vertices.tolist())) == [(1, 7), (4, 2)]
        one = replace(with_vertices(s, s.vertices[:1]), kind="point", punishments=(s.vertices[0, 0], s.vertices[0, 1]))
        assert witness(one) is not None
        away = changed(s.vertices, (1, 0), s.vertices[1, 0] + 1)
        found = witness(replace(with_vertices(s, away), punishments=s.punishments))
        assert found == f"vertex {tuple(away[1])}: no profile and continuation in the set give these payoffs"
    pennies = al.StageGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    for stage in (pennies, floats(pennies)):
        s = al.payoff_set(stage, F(1, 2) if stage.exact else 0.5)
        assert (s.kind, witness(s)) == ("empty", None)
        zero = F(0) if stage.exact else 0.0
        full = with_vertices(s, np.array([[zero, zero]]))
        found = witness(replace(full, kind="point", punishments=(zero, zero)))
        assert found == f"vertex {(full.vertices[0, 0], full.vertices[0, 1])}: " + (
            "no profile and continuation in the set give these payoffs"
        )


def test_a_float_strategy_is_checked_to_1e_minus_9_of_the_range() -> None:
    s = sets(False).strategy((8, 7))
    check = al.verify(s)
    assert check.ok
    assert (check.tolerance, check.checks) == (1e-9, len(s.states))
    for k in range(len(s.states)):
        for i in (0, 1):
            for part, right in ((0.5, True), (1.5, False)):
                for sign in (-1, 1):
                    error = sign * part * 1e-9 * UNEVEN.payoff_range[i]
                    states = list(s.states)
                    states[k] = replace(states[k], value=moved(states[k].value, i, float(error)))
                    found = witness(replace(s, states=tuple(states)))
                    assert found == (None if right else "payoffs differ from the promised ones by 1.5e-09 of the payoff range")


def test_a_strategy_that_cannot_be_checked_says_so() -> None:
    s = sets().strategy((8, 7))
    wrong = al.verify(replace(s, discount=F(1)))
    assert wrong.witness == "1 is no discount factor"
    assert (wrong.ok, wrong.checks, wrong.state, wrong.player, wrong.action, wrong.tolerance) == (False, 1, 0, "none", 0, 0)
    assert np.shape(wrong.values) == (0, 2)
    assert all(math.isnan(x) for x in (wrong.gain, wrong.shortfall, *wrong.value))
    assert len(wrong.value) == 2
    for p in (F(1) - TINY, F(1) + TINY):
        lottery = ((p, s.initial[0][1]),)
        assert witness(replace(s, initial=lottery)) == f"initial: {lottery} is no lottery over the states"
    for lottery in (((F(1), -1),), ((F(1), len(s.states)),), ((F(2), 0), (F(-1), 1))):
        for k, field in ((0, "conform"), (1, "sponsor_deviates"), (2, "proxy_deviates")):
            states = list(s.states)
            states[k] = replace(states[k], **{field: lottery})
            assert witness(replace(s, states=tuple(states))) == f"state {k}: {lottery} is no lottery over the states"


# -- contracts ---------------------------------------------------------------------------------------------------------


@functools.cache
def contracts() -> Any:
    return al.relational_contracts(THREE)


@pytest.mark.parametrize("field", ["liquidity", "joint_payoff", "sponsor_punishment", "proxy_punishment"])
@pytest.mark.parametrize("error", [-TINY, TINY], ids=["lower", "higher"])
def test_exact_steps_are_wrong_by_the_least_error(field: str, error: F) -> None:
    c = contracts()
    assert witness(c) is None
    for k, step in enumerate(c.steps):
        right = step.joint_payoff, step.sponsor_punishment, step.proxy_punishment
        wrong = replace(step, **{field: getattr(step, field) + error})
        told = wrong.joint_payoff, wrong.sponsor_punishment, wrong.proxy_punishment
        found = witness(replace(c, steps=(*c.steps[:k], wrong, *c.steps[k + 1 :])))
        where = f"from discount factor {step.discount} on"
        if field == "liquidity":
            need = step.liquidity
            assert found == f"{where}: the profiles need a liquidity of {need}, and not {need + error}"
        else:
            assert found == f"{where}: (U, v_S, v_P) is {told}, but {right} at its start"


def test_steps_are_where_something_changes() -> None:
    c = contracts()
    first, second, *rest = c.steps
    assert witness(replace(c, steps=())) == "the first step does not start at the discount factor 0"
    late = replace(first, discount=TINY)
    assert witness(replace(c, steps=(late, second, *rest))) == "the first step does not start at the discount factor 0"
    order = "the steps are not in the order of their discount factors"
    assert witness(replace(c, steps=(first, first, second, *rest))) == order
    assert witness(replace(c, steps=(*c.steps[:-1], replace(c.steps[-1], discount=F(1))))) == order
    same = replace(first, discount=second.discount / 2)
    found = witness(replace(c, steps=(first, same, second, *rest)))
    assert found == f"from discount factor {same.discount} on: nothing changes, so there is no step"
    for error in (-TINY, TINY):
        found = witness(replace(c, steps=(first, replace(second, discount=second.discount + error), *rest)))
        one, two = ((x.joint_payoff, x.sponsor_punishment, x.proxy_punishment) for x in (first, second))
        early = f"from discount factor {second.discount + error} on: (U, v_S, v_P) is {two}, but {one} at its start"
        missed = f"from discount factor 0 on: (U, v_S, v_P) is {one}, but {two} before its end"
        assert found == (early if error < 0 else missed)


@pytest.mark.parametrize("field", ["on_path", "punish_sponsor", "punish_proxy"])
def test_profiles_of_a_step_attain_its_payoffs(field: str) -> None:
    c = contracts()
    for k, step in enumerate(c.steps):
        where = f"from discount factor {step.discount} on"
        for p in [(i, j) for i in range(3) for j in range(3) if (i, j) != getattr(step, field)]:
            g, d = THREE.payoffs(p), THREE.best_deviations(p)
            gives = {"on_path": sum(g), "punish_sponsor": d[0], "punish_proxy": d[1]}[field]
            due = {
                "on_path": step.joint_payoff,
                "punish_sponsor": step.sponsor_punishment,
                "punish_proxy": step.proxy_punishment,
            }
            found = witness(replace(c, steps=(*c.steps[:k], replace(step, **{field: p}), *c.steps[k + 1 :])))
            if gives != due[field]:
                assert found == f"{where}: profile {p} gives {gives}, and not {due[field]}"
            else:
                need = sum(d) - sum(g)
                least = sum(THREE.best_deviations(getattr(step, field))) - sum(THREE.payoffs(getattr(step, field)))
                assert need >= least
                assert (found is None) == (need == least)
        gone = replace(step, **{field: None})
        words = "some profiles are None and others are not, or there are payoffs without profiles"
        assert witness(replace(c, steps=(*c.steps[:k], gone, *c.steps[k + 1 :]))) == f"{where}: {words}"


@pytest.mark.parametrize("stage", [THREE, floats(THREE)], ids=["exact", "floats"])
def test_levels_are_those_of_the_profiles(stage: Any) -> None:
    r = al.critical_discount(stage, enforcement=al.Transfers("optimal"))
    assert witness(r) is None
    levels, error = r.terms.levels, TINY if stage.exact else 1e-6

    def found(**fields: Any) -> Any:
        other = replace(levels, **fields)
        return witness(replace(r, terms=replace(r.terms, levels=other), punishment=replace(r.punishment, levels=other)))

    names = ("requirement", "joint", "sponsor", "proxy")
    for name in ("order", *names, "critical", "slack"):
        assert found(**{name: getattr(levels, name)[1:]}) == f"levels: {name} is not of the shape (9,)"
    for name in names:
        x = getattr(levels, name)
        for k in range(9):
            for amount in (-error, error):
                words = f"game ({k},), levels: {name} at ({k},) is not that of the profiles up to it"
                assert found(**{name: changed(x, k, x[k] + amount)}) == words
    for k in range(9):
        if np.isfinite(float(levels.critical[k])):
            for amount in (-error, error):
                words = f"game ({k},), levels: the critical discount factor at ({k},) is not the least ℓ/(ℓ + W) from there on"
                assert found(critical=changed(levels.critical, k, levels.critical[k] + amount)) == words
    assert found(order=changed(levels.order, 0, levels.order[1])) == "levels: the order does not name each profile once"
    assert "requirement at " in found(order=levels.order[::-1])
    for k in (0, 1):
        base = list(levels.base)
        base[k] = base[k] + error
        assert found(base=tuple(base)) == "game (0,), levels: the base is not the smallest payoff"
    assert found(base=levels.base[:1]) == "levels: base or tolerance is not of the shape (1,)"
    assert found(tolerance=levels.tolerance + error) == "game (0,), levels: the tolerance is not that of both players"
    assert found(slack=changed(levels.slack, 4, -error if stage.exact else -1e-12)) == "game (4,), levels: a slack is negative"
    if stage.exact:
        assert found(slack=changed(levels.slack, 4, error)) == "game (4,), levels: exact numbers have no slack"


# -- many thresholds ---------------------------------------------------------------------------------------------------


@functools.cache
def thresholds() -> Any:
    return al.defection_threshold(benchmark_game(exposure=np.array([0.6, 0.8])), 0.75, samples=101)


def test_windows_of_many_alliances_are_a_list_by_alliance() -> None:
    t = thresholds()
    assert witness(t) is None
    w = t.windows
    count = len(w.lower)

    def found(**fields: Any) -> Any:
        return witness(replace(t, windows=replace(w, **fields)))

    divide = "the offsets do not divide the windows among the alliances"
    for offsets in (w.offsets[1:], w.offsets + 1, w.offsets * 2, w.offsets.astype(float), changed(w.offsets, 1, count + 1)):
        assert found(offsets=offsets) == divide
    for name in ("lower", "upper", "lower_code", "upper_code"):
        many = "the windows' edges and defectors are not as many" if name != "lower" else divide  # windows are counted by it
        assert found(**{name: getattr(w, name)[1:]}) == many
    for name in ("lower_code", "upper_code"):
        x = getattr(w, name)
        for wrong in (changed(x, 0, -1), changed(x, 0, 4), x.astype(float)):
            assert found(**{name: wrong}) == "a code names no defector"
    low, high = t.domain
    for k in range(count):
        alliance = int(w.alliance[k])
        name = f"window {k} of alliance ({alliance},)"
        place = f"{name}: is not in the domain, or its edges are not in order"
        assert found(lower=changed(w.lower, k, low - 1e-9)) == place
        assert found(upper=changed(w.upper, k, high + 1e-9)) == place
        assert found(lower=changed(w.lower, k, w.upper[k] + 1e-9)) == place
        ends = f"{name}: has a defector where it ends with the domain, or none where it does not"
        for side, end in (("lower", low), ("upper", high)):
            code, edge = getattr(w, f"{side}_code"), getattr(w, side)
            other = 1 if edge[k] == end else 0
            assert found(**{f"{side}_code": changed(code, k, other)}) == ends
    shape = replace(w, shape=(1, 2))
    assert witness(replace(t, windows=shape)) == "the windows are of a batch of shape (1, 2), not (2,)"


@pytest.mark.parametrize("shift", [1e-3, 1e-7])
def test_edges_of_many_alliances_are_where_somebody_begins_to_gain(shift: float) -> None:
    t = thresholds()
    w, (low, high) = t.windows, t.domain
    for k in range(len(w.lower)):
        alliance = f"alliance ({int(w.alliance[k])},), gap "
        for side, end, out in (("lower", low, -1), ("upper", high, 1)):
            edge = getattr(w, side)[k]
            if edge == end:
                continue
            for way in (out, -out):
                moved_to = edge + way * shift
                found = witness(replace(t, windows=replace(w, **{side: changed(getattr(w, side), k, moved_to)})))
                gap = moved_to - way * 1e-9  # the first that is tried beside the edge
                assert found.startswith(f"{alliance}{gap:.6g}: ")
                if way == out:
                    assert found.endswith(" inside a window")
                    assert float(found.split(" gains ")[1].split()[0]) > 0
                else:
                    assert found.endswith(": nobody gains by deviating outside the windows")
            code = getattr(w, f"{side}_code")
            for wrong in {1, 2, 3} - {int(code[k])}:
                found = witness(replace(t, windows=replace(w, **{f"{side}_code": changed(code, k, wrong)})))
                who = {1: "sponsor", 2: "proxy", 3: "both"}[wrong]
                assert found.startswith(alliance)
                assert found.endswith(f" gains or does not gain by deviating, against defector {who}")
