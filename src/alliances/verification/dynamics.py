"""Dynamic contracts: is every value attained, does no deviation pay, and can no larger set of profiles be played?

Everything here is one application of the definition at a time – products of transition probabilities with values – and no
linear system is solved.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.dynamics.contract_payments import DynamicPayments
from alliances.dynamics.discount_windows import DiscountWindows
from alliances.dynamics.dynamic_contracts import DynamicContracts
from alliances.dynamics.elimination import PLAYABLE_FROM, DynamicValues, eliminated, playable_room
from alliances.dynamics.states import StateGames
from alliances.games.players import PLAYERS
from alliances.results import Verification, verify
from alliances.verification.outcome import outcome_of

__all__ = ["Check", "Definition", "contract_checks", "verify_contracts", "verify_payments", "verify_windows"]

_SWEEPS = 20  # applications of (2) between two rounds; the solver makes at most 16
_EQUAL = 20  # payoff tolerances: how exactly float values must satisfy the conditions that define them
_BESIDE = 1e-9  # how far beside an edge in δ the answer is asked
_EVEN = 1e-12  # how exactly the points of a grid in δ have equal distances
_BINDING = 1e-6  # of the payoff range: how much slack may gather over that distance
_SHARE = 1e-9  # how far below 0 rounding may carry a player's share of the surplus
_REASONS = ("the joint value", "the sponsor's punishment value", "the proxy's punishment value")

Check = tuple[bool, str]
Triple = tuple[Array, Array, Array]


@verify.register
def verify_contracts(contracts: DynamicContracts) -> Verification:
    """Re-check a dynamic contract: inside (values, deviations) and outside (what was eliminated, round by round)."""
    return outcome_of(contract_checks(contracts))


@verify.register
def verify_payments(paid: DynamicPayments) -> Verification:
    """Re-check payments: promises follow from payoffs and tomorrow's promises, and no other choice or payment pays."""
    return outcome_of(_payment_checks(paid))


@verify.register
def verify_windows(windows: DiscountWindows) -> Verification:
    """Re-check windows by certified answers at every point of the grid and just beside every edge, and what binds there."""
    return outcome_of(_window_checks(windows))


class Definition:
    """(1) and (2) of the definition, by plain sums over next states."""

    def __init__(self, game: StateGames, delta: Number) -> None:
        self.game, self.delta = game, delta
        game = self.game
        self.now = (1 - delta) * (game.sponsor + game.proxy), (1 - delta) * game.sponsor, (1 - delta) * game.proxy
        self.source = np.repeat(np.arange(game.profiles), np.diff(game.kernel.start))
        self.equal: Number = _EQUAL * game.tolerance
        self.sets = [self._choices(own, other) for own, other in ((game.row, game.column), (game.column, game.row))]

    def _choices(self, own: Array, other: Array) -> tuple[Array, Array, Array]:
        """An order in which the profiles among which a player chooses are neighbours, where each run starts, and its number."""
        order = np.lexsort((own, other, self.game.state_of))
        new = np.concatenate([[True], (np.diff(self.game.state_of[order]) != 0) | (np.diff(other[order]) != 0)])
        run = np.empty(len(order), dtype=np.intp)
        run[order] = np.cumsum(new) - 1
        return order, np.flatnonzero(new), run

    def expect(self, values: Array) -> Array:
        """What values are worth a period before, for each profile."""
        kernel = self.game.kernel
        return np.asarray(np.add.reduceat(kernel.probability * values[kernel.next], kernel.start[:-1]))

    def worth(self, joint: Array) -> Array:
        """What the two have together by each profile."""
        return np.asarray(self.now[0] + self.delta * self.expect(joint))

    def deviation(self, player: int, value: Array) -> Array:
        """What a player has by its best reply to each profile."""
        order, starts, run = self.sets[player]
        worth = self.now[1 + player] + self.delta * self.expect(value)
        return np.asarray(np.maximum.reduceat(worth[order], starts)[run])

    def judged(self, bounds: Triple, known: tuple[Triple, Triple] | None = None) -> Triple:
        """What each profile is worth together, and what the best replies to it are worth, under bounds on U and v_i.

        ``known``: other bounds, and what is known under them; only what differs is computed anew.
        """
        if known is None:
            return self.worth(bounds[0]), self.deviation(0, bounds[1]), self.deviation(1, bounds[2])
        parts = [part.copy() for part in known[1]]
        for k, (new, old) in enumerate(zip(bounds, known[0], strict=True)):
            moved = np.zeros(self.game.profiles, dtype=bool)
            moved[self.source[np.asarray(new != old, dtype=bool)[self.game.kernel.next]]] = True
            if moved.any() and k == 0:
                parts[k][moved] = self._some(moved, k, new)
            elif moved.any():
                self._replies(moved, k, new, parts[k])
        return parts[0], parts[1], parts[2]

    def _some(self, wanted: Array, k: int, values: Array) -> Array:
        """What the profiles in a mask are worth, in order: sums over their next states alone."""
        kernel, entries = self.game.kernel, wanted[self.source]
        lengths = np.diff(kernel.start)[wanted]
        sums = np.add.reduceat(kernel.probability[entries] * values[kernel.next[entries]], np.cumsum(lengths) - lengths)
        return np.asarray(self.now[k][wanted] + self.delta * sums)

    def _replies(self, moved: Array, k: int, values: Array, best: Array) -> None:
        """The best replies in the runs that a mask meets, written into ``best``."""
        order, _, run = self.sets[k - 1]
        met = np.zeros(run.max() + 1, dtype=bool)
        met[run[moved]] = True
        whole = met[run]
        worth = np.empty(len(run), dtype=best.dtype)
        worth[whole] = self._some(whole, k, values)
        members = order[whole[order]]
        begins = np.flatnonzero(np.concatenate([[True], np.diff(run[members]) != 0]))
        best[members] = np.repeat(np.maximum.reduceat(worth[members], begins), np.diff(np.append(begins, len(members))))

    def follow(self, now: Triple, judged: Triple, before: tuple[Triple, Triple] | None, open_now: Array, live: Array) -> bool:
        """Whether bounds solve (2), or come from those before by some applications of it."""
        known, solved = before, False
        for k in range(_SWEEPS):
            if known is not None:
                joint, v_s, v_p = self._applied(known[1], open_now)
                bounds = np.minimum(known[0][0], joint), np.maximum(known[0][1], v_s), np.maximum(known[0][2], v_p)
                if self._near(bounds, now, live):
                    return True
                bounds = np.where(live, bounds[0], 0), np.where(live, bounds[1], 0), np.where(live, bounds[2], 0)
                known = bounds, self.judged(bounds, known)
            if k == 0:
                solved = self._near(now, self._applied(judged, open_now), live)
            if solved or known is None:
                return solved
        return False

    def _applied(self, judged: Triple, open_now: Array) -> Triple:
        first, (worth, d_s, d_p) = self.game.first[:-1], judged
        return (
            np.maximum.reduceat(np.where(open_now, worth, -np.inf), first),
            np.minimum.reduceat(np.where(open_now, d_s, np.inf), first),
            np.minimum.reduceat(np.where(open_now, d_p, np.inf), first),
        )

    def _near(self, x: Triple, y: Triple, live: Array) -> bool:
        return all(bool((np.abs(a[live] - b[live]) <= self.equal).all()) for a, b in zip(x, y, strict=True))


def contract_checks(c: DynamicValues) -> Iterator[Check]:
    """What must hold of values, profiles and eliminations with side payments."""
    game, live = c.game, c.exists
    yield from _fits(c)
    law, n = Definition(game, c.discount), len(game)
    inside = live[game.state_of]
    values = [np.asarray(v) for v in (c.joint, c.sponsor_punishment, c.proxy_punishment)]
    wrong = [x for x in range(n) for v in values if (v[x] == v[x]) != live[x]]
    yield (
        not wrong,
        f"state {game.states[wrong[0]] if wrong else ''}: values and existence of an equilibrium contradict each other",
    )
    yield not (c.playable & ~inside).any(), "a profile is said to be playable in a state that has no equilibrium"
    yield from _outer_checks(c, Definition(game.above_lowest(), c.discount))
    if not live.any():
        return
    known = [np.where(live, v, 0) for v in values]
    worth, d_s, d_p = law.worth(known[0]), law.deviation(0, known[1]), law.deviation(1, known[2])
    yield from _policy_checks(c, law, known, (worth, -d_s, -d_p))
    slack = worth - d_s - d_p
    equal = law.equal
    for k in np.flatnonzero(inside):
        yield (
            abs(slack[k] - c.slack[k]) <= equal,
            f"{game.describe(int(k))}: the liquidity slack is {slack[k]}, not {c.slack[k]}",
        )
    for k in np.flatnonzero(c.playable):
        yield slack[k] >= -equal, f"{game.describe(int(k))}: playable, but breaking the contract gains {-slack[k]} together"
    yield np.isnan(c.slack[~inside].astype(float)).all(), "a slack is given for a profile of a state that has no equilibrium"


def _fits(c: DynamicValues) -> Iterator[Check]:
    """Whether the fields have the shapes and the types that the game asks for."""
    yield 0 <= c.discount < 1, f"the discount factor is {c.discount}"
    n, profiles, kind = len(c.game), c.game.profiles, object if c.game.exact else float
    for name, size, dtype in (
        ("exists", n, bool),
        ("joint", n, kind),
        ("sponsor_punishment", n, kind),
        ("proxy_punishment", n, kind),
        ("slack", profiles, kind),
        ("playable", profiles, bool),
        ("on_path_profiles", n, int),
        ("punish_sponsor_profiles", n, int),
        ("punish_proxy_profiles", n, int),
    ):
        part = getattr(c, name)
        fitting = part.shape == (size,) and (part.dtype == dtype or not c.exists.any())
        yield fitting, f"{name} must have {size} entries of type {np.dtype(dtype)}; it has the shape {part.shape}, {part.dtype}"
    for number, step in enumerate(c.rounds, 1):
        name, count = f"round {number}", len(step.states)
        yield (
            all(len(v) == count for v in (step.joint, step.sponsor, step.proxy)),
            f"{name}: bounds and states differ in number",
        )
        for places, size in ((step.states, n), (step.dropped, profiles)):
            rising = bool((np.diff(places) > 0).all() and (places >= 0).all() and (places < size).all())
            yield rising, f"{name}: places of states or profiles are out of order or out of range"


def _policy_checks(
    c: DynamicValues, law: Definition, known: list[Array], worths: tuple[Array, Array, Array]
) -> Iterator[Check]:
    """U is the largest worth, −v_i the largest −d_i, of profiles that can be played; the first such profile attains it."""
    game, equal, room = c.game, law.equal, playable_room(c.game)
    policies = c.on_path_profiles, c.punish_sponsor_profiles, c.punish_proxy_profiles
    for reason, policy, value, worth, sign in zip(_REASONS, policies, known, worths, (1, -1, -1), strict=True):
        for x in range(len(game)):
            name = f"state {game.states[x]!r}"
            if not c.exists[x]:
                yield policy[x] == -1, f"{name}: has no equilibrium, but a profile for {reason}"
                continue
            own = np.arange(game.first[x], game.first[x + 1])
            own = own[c.playable[own]]
            k, best = int(policy[x]), max(worth[own], default=-np.inf)
            yield k in own, f"{name}: the profile that attains {reason} cannot be played there"
            yield abs(best - sign * value[x]) <= equal, f"{name}: {reason} is {sign * best}, not {value[x]}"
            tied = [int(j) for j in own if worth[j] >= sign * value[x] - equal]
            # those whose worth is beyond doubt come no later; others may be told apart by floats or not
            clear = [j for j in tied if 2 * (worth[j] - sign * value[x]) >= -room]  # exactly, in an exact game
            first = k in tied and (not clear or k <= clear[0])
            yield first, f"{name}: {reason} is attained first by another profile than {game.actions(k)}"


def _outer_checks(c: DynamicValues, law: Definition) -> Iterator[Check]:
    """Replay the eliminations: each round's bounds hold for all that is left, and what is dropped violates (1) under them."""
    game, delta, n = law.game, c.discount, len(c.game)
    allowed, live = np.ones(game.profiles, dtype=bool), np.ones(n, dtype=bool)
    bounds: list[Array] = [np.full(n, np.nan, dtype=object if game.exact else float) for _ in range(3)]
    source = np.repeat(game.state_of, np.diff(game.kernel.start))
    before: tuple[Triple, Triple] | None = None
    for number, step in enumerate(c.rounds, 1):
        name = f"round {number}"
        for bound, new in zip(bounds, (step.joint, step.sponsor, step.proxy), strict=True):
            bound[step.states] = new
        bounded = all((b == b)[live].all() for b in bounds)
        yield bounded, f"{name}: a state has no bound"
        if not bounded:
            return
        joint, v_s, v_p = (np.where(live, b, 0) for b in bounds)
        now = joint, v_s, v_p
        judged = worth, d_s, d_p = law.judged(now, before)
        open_now = allowed & live[game.state_of]
        of = game.state_of[open_now]
        errors: list[Number] = [
            max((worth[open_now] - joint[of]).max(), 0),
            max((v_s[of] - d_s[open_now]).max(), 0),
            max((v_p[of] - d_p[open_now]).max(), 0),
        ]
        for reason, error in zip(_REASONS, errors, strict=True):
            yield error <= law.equal, f"{name}: the bound on {reason} fails by {error}"
        follow = law.follow(now, judged, before, open_now, live)
        yield follow, f"{name}: the bounds neither solve the definition nor follow from those of the round before"
        before = now, judged
        margin = 3 * max(errors) / (1 - delta)  # by so much the true values may exceed the bounds
        dropped = step.dropped
        once = bool(len(dropped) > 0 and (np.diff(dropped) > 0).all())
        yield once and bool(open_now[dropped].all()), f"{name}: drops nothing, or what was dropped before"
        slack = (worth - d_s - d_p)[dropped]
        yield (
            bool((slack < -margin).all()),
            f"{name}: drops {game.describe(int(dropped[np.argmax(slack)]))}, which can be played",
        )
        kept = open_now.copy()
        kept[dropped] = False
        yield bool((worth - d_s - d_p >= -law.equal)[kept].all()), f"{name}: keeps a profile that violates the condition"
        allowed[dropped] = False
        empty = ~np.logical_or.reduceat(allowed, game.first[:-1])
        while (empty & live).any():  # and the states from which some actions lead there
            live &= ~empty
            empty = np.isin(np.arange(n), source[~live[game.kernel.next]])
            before = None  # the game goes on in fewer states
    yield bool((live == c.exists).all()), "the states without equilibrium are not those that the eliminations leave without"
    yield (
        bool((c.playable == (allowed & live[game.state_of])).all()),
        "the profiles that can be played are not those that the eliminations leave",
    )


def _payment_checks(paid: DynamicPayments) -> Iterator[Check]:
    c = paid.contracts
    game, live, delta, law = c.game, c.exists, c.discount, Definition(c.game, c.discount)
    base = outcome_of(contract_checks(c))
    yield base.ok, f"the contract: {base.witness}"
    yield bool(0 <= paid.share <= 1), f"the proxy's share of the slack is {paid.share}"
    shapes = paid.promised.shape == (3, len(game), 2) and paid.split.shape == (3, len(game))
    yield shapes, f"promised and split have the shapes {paid.promised.shape} and {paid.split.shape}, for {len(game)} states"
    nothing = all(np.isnan(part[:, ~live].astype(float)).all() for part in (paid.promised, paid.split))
    yield nothing, "something is promised in a state that has no equilibrium"
    equal = 8 * law.equal
    joint, v_s, v_p = (np.where(live, v, 0) for v in (c.joint, c.sponsor_punishment, c.proxy_punishment))
    surplus, worth = joint - v_s - v_p, law.worth(joint)
    d = law.deviation(0, v_s), law.deviation(1, v_p)
    for k, profiles in enumerate((c.on_path_profiles, c.punish_sponsor_profiles, c.punish_proxy_profiles)):
        for x in np.flatnonzero(live):
            a, name = (
                int(profiles[x]),
                f"state {game.states[x]!r}, {('on path', 'punishing the sponsor', 'punishing the proxy')[k]}",
            )
            promise, kappa = paid.promised[k, x], paid.split[k, x]
            slack = worth[a] - d[0][a] - d[1][a]
            begins = delta * sum(p * surplus[y] for y, p in game.kernel.at(a).items())
            yield (
                bool(begins > game.tolerance or kappa * 2 == 1),
                f"{name}: no surplus is left, and is shared by {kappa}, not ½",
            )
            shares: tuple[Number, Number] = ((1 - paid.share, paid.share), (0, 1), (1, 0))[k]
            for i, player in enumerate(PLAYERS):
                due = d[i][a] + shares[i] * slack
                yield abs(promise[i] - due) <= equal, f"{name}: the {player} is promised {promise[i]}, not {due}"
                part = kappa if i else 1 - kappa
                yield (
                    bool(part >= (0 if game.exact else -_SHARE)),
                    f"{name}: the {player} begins with less than its punishment value",
                )
                tomorrow = sum(p * ((v_s, v_p)[i][y] + part * surplus[y]) for y, p in game.kernel.at(a).items())
                value = (1 - delta) * (game.sponsor, game.proxy)[i][a] + delta * tomorrow
                yield abs(value - promise[i]) <= equal, f"{name}: the {player} gets {value}, but is promised {promise[i]}"


def _window_checks(w: DiscountWindows) -> Iterator[Check]:
    game, grid = w.game.above_lowest().to_float(), w.discounts
    lost = 2 * game.tolerance if game.tolerance > PLAYABLE_FROM * game.spread else 0.0  # slack that the payoffs' level hides
    shaped = grid.ndim == 1 and len(grid) > 1 and grid.shape == w.playable.shape and w.playable.dtype == bool
    yield shaped, f"the grid and the answers have the shapes {grid.shape} and {w.playable.shape}"
    yield bool((np.diff(grid) > 0).all() and grid[0] >= 0 and grid[-1] < 1), "the grid does not increase within [0, 1)"
    even = np.abs(grid - np.linspace(grid[0], grid[-1], len(grid))).max() <= _EVEN
    yield bool(even), "the grid's points are not at equal distances"
    ends = float(grid[0]), float(grid[-1])
    place = game.profile(w.state, w.profile)
    yield game.actions(place) == w.profile, f"the profile is called {game.actions(place)}, not {w.profile}"
    for k, window in enumerate(w.windows):
        for end, edge, kind, bound in (
            (window.low, window.opens, "opens", ends[0]),
            (window.high, window.closes, "closes", ends[1]),
        ):
            told = end == bound if edge is None else end == edge.discount and edge.kind == kind
            yield told, f"window {k + 1}: its end {end} is not the edge at which it {kind}"
        before = w.windows[k - 1].high if k else ends[0]
        yield before <= window.low <= window.high <= ends[1], f"window {k + 1}: out of order"
    points = [(float(delta), bool(answer)) for delta, answer in zip(w.discounts, w.playable, strict=True)]
    beside = [(edge.discount + sign * _BESIDE, (sign > 0) == (edge.kind == "opens")) for edge in w.edges for sign in (-1, 1)]
    edges = [game.profile(edge.state, edge.profile) for edge in w.edges]
    near = [(delta, answer) for delta, answer in beside if ends[0] <= delta <= ends[1]]
    for k, (delta, answer) in enumerate(points + near):
        inside = any(window.low <= delta <= window.high for window in w.windows)
        yield inside == answer, f"discount factor {delta:.12g}: the windows and the answer {answer} contradict each other"
        values = eliminated(game, delta)
        certified = outcome_of(contract_checks(values))
        yield certified.ok, f"discount factor {delta:.12g}: {certified.witness}"
        unclear = bool(lost) and k >= len(points) and bool((np.abs(values.slack[edges]) <= lost).any())
        yield (
            bool(values.playable[place]) == answer or unclear,
            f"discount factor {delta:.12g}: the profile is playable, or not, against {answer}",
        )
    for edge in w.edges:
        inward = _BESIDE if edge.kind == "opens" else -_BESIDE
        binding, name = game.profile(edge.state, edge.profile), f"edge {edge.discount:.12g}"
        inner, outer = (eliminated(game, min(max(edge.discount + step, 0.0), ends[1])) for step in (inward, -inward))
        slack = inner.slack[binding]
        what = f"{edge.profile} in state {edge.state!r}"
        yield bool(abs(slack) <= _BINDING * game.spread + lost), f"{name}: {what} does not bind, its slack is {slack}"
        hidden = bool(lost) and abs(outer.slack[binding]) <= lost
        yield bool(not outer.playable[binding] or hidden), f"{name}: {what} does not bind, it can be played beyond"
