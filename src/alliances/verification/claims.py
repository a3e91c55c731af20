"""Claims: is a verdict right, by another way than it was reached?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, get_args

import numpy as np

from alliances.arithmetic import Number, is_exact, to_float
from alliances.arithmetic.balls import Undecided
from alliances.arithmetic.domains import decimal
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims.certifying import can_enclose, points_tell
from alliances.claims.checking import Check, CheckStatus, Compared, ComparedWars, Question
from alliances.claims.claim import Claim
from alliances.claims.comparisons import Monotone, PactFirst, Witness, points_of
from alliances.claims.falsifying import Falsification
from alliances.claims.lines import PACT, moves_parameter
from alliances.claims.proofs.proof import Proof
from alliances.claims.proofs.smt import Solver
from alliances.claims.protraction import PROTRACTION
from alliances.claims.statements import CLAIMS
from alliances.games.players import PLAYERS
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.critical import CriticalDiscount, critical_discount
from alliances.repeated.enforcement.concept import Enforcement
from alliances.results import Verification, verify
from alliances.verification.critical import critical_conditions
from alliances.verification.outcome import equilibria_of, outcome
from alliances.verification.war_claims import durations_of, war_conditions

_STEPS = 2**25  # of Z3 for each script: a minute or so
_POINTS = 256  # models of the family that a proof is tried on
_PAIRS = 64  # neighbouring points of a check whose certificates are re-checked
_FEW_PAIRS = 4  # the same where each number takes a search
_BLUR = 1e-9  # of a float critical discount factor, far above its rounding


@verify.register
def _(result: Check) -> Verification:
    return outcome(_check_conditions(result))


@verify.register
def _(result: Falsification) -> Verification:
    return outcome(_falsification_conditions(result))


@verify.register
def _(result: Proof) -> Verification:
    return outcome(_proof_conditions(result))


# -- checks --------------------------------------------------------------------------------------------------------------


def _check_conditions(c: Check) -> Iterator[tuple[Any, Any]]:
    """The fields fit each other; then the numbers that are compared, each with a certificate that is re-checked itself."""
    right = (c.status == "fails") == (c.witness is not None) and (c.status == "unclear") == (c.suspicion is not None)
    q = c.question
    if q is None and right:  # nothing to ask again
        return
    yield right, lambda _: f'status "{c.status}" with witness {c.witness} and suspicion {c.suspicion}'
    assert q is not None
    yield c.status in get_args(CheckStatus), lambda _: f'the status is "{c.status}"'
    yield isinstance(c.claim, str) and isinstance(c.enforcement, Enforcement), lambda _: "a claim or a concept is missing"
    known = CLAIMS.get(c.claim)
    if known is not None or isinstance(q, ComparedWars):  # claims of one's own may take a third point, or a gap
        two = [w for w in (c.witness, c.suspicion) if w is not None and (w.middle, w.at_middle, w.gap) != (None, None, None)]
        yield not two, lambda _: f"{c.claim} compares two points, and knows no middle and no other gap: {two[0]}"
    if isinstance(q, ComparedWars):
        yield known is None and c.claim == PROTRACTION.name, lambda _: f"{c.claim!r} is no claim about wars"
        yield from war_conditions(c, q.walk)
        return
    yield (
        (known is None or known.shape == q.shape) and c.claim != PROTRACTION.name,
        lambda _: f"the question is not that of {c.claim!r}",
    )
    yield c.line == q.shape.line, lambda _: f"compared along the {q.shape.line}, and not the {c.line}"
    if known is None:
        yield from _own_conditions(c, q)
        return
    assert isinstance(q, Compared)
    yield c.quantity == "critical discount factor", lambda _: f"what is compared is not the {c.quantity}"
    compared = np.asarray(q.compared)
    yield (
        compared.ndim == 1 and compared.size > (0 if c.line == "parity" else 1) and bool(np.all(compared[1:] > compared[:-1])),
        lambda _: "the points compared do not increase",
    )
    yield from _line_conditions(c, q, compared.tolist())


class _Line:
    """Critical discount factors at points of the line, each with a certificate; what they are worth is checked once."""

    def __init__(self, c: Check, q: Compared) -> None:
        self.c, self.q = c, q
        self.certificates: dict[Any, tuple[CriticalDiscount, CriticalDiscount | None]] = {}

    def at(self, point: Any) -> tuple[CriticalDiscount, CriticalDiscount | None]:
        """That of the claim's profile, and at parity of the profile it is compared with."""
        if point not in self.certificates:
            q, line = self.q, self.c.line
            game, power = self.model(point)
            profiles = {"gap": (q.profile,), "parity": (PACT, q.profile)}.get(line, (PACT,))
            main, *other = (critical_discount(game, power, profile=p, enforcement=self.c.enforcement) for p in profiles)
            self.certificates[point] = main, other[0] if other else None
        return self.certificates[point]

    def model(self, point: Any) -> tuple[DyadicGame, Power]:
        """The model at a point, and the power there."""
        line = self.c.line
        return self.q.model(point if line == "stakes" else None), Power.from_gap(
            point if line == "gap" else 0 * point, self.q.total
        )

    def exact(self, points: list[Any]) -> bool:
        """Whether the numbers are exact: at the first point where one is finite, or the payoffs if none is."""
        for point in points:
            finite = [x for x in (self.at(point)[0].sponsor, self.at(point)[0].proxy) if x != np.inf]
            if finite:
                return all(map(is_exact, finite))
        game, power = self.model(points[0])
        return game.stage_game(power).exact

    def assumed(self, point: Any) -> bool:
        """Whether all assumptions hold at a point, from their definition."""
        if not self.c.assume:
            return True
        game, power = self.model(point)
        stage, concept = game.stage_game(power), self.c.enforcement
        i, j = concept.conflict(stage.actions)
        profile = stage.profile(self.q.profile if self.c.line == "gap" else PACT)
        holds = {
            "credible": bool(equilibria_of(stage, stage.tolerance)[i, j]),
            "deterrent": all(c > w for c, w in zip(stage.payoffs(profile), stage.payoffs((i, j)), strict=True)),
        }
        return all(holds[name] for name in self.c.assume)

    def numbers(self, low: Any, high: Any) -> tuple[Number, Number, Number]:
        """(x, y, slack): the claim is contradicted by the two points iff x > y."""
        shape, (left, pact), (right, _) = self.q.shape, self.at(low), self.at(high)
        slack = 0 if all(is_exact(z) for r in (left, right) for z in (r.sponsor, r.proxy)) else _BLUR
        if isinstance(shape, Monotone):
            a, b = (getattr(r, shape.who) for r in (left, right))
            return (b, a, slack) if shape.sign < 0 else (a, b, slack)
        if isinstance(shape, PactFirst):
            assert pact is not None
            return left.dyad, pact.dyad, slack
        return left.sponsor, max(left.proxy, right.dyad), slack

    def contradicted(self, low: Any, high: Any) -> bool:
        """Whether two points certainly contradict the claim, given what lies between, and not within the noise of floats."""
        x, y, slack = self.numbers(low, high)
        if not x > y + slack:
            return False
        ends = [decimal(low), decimal(high)]
        noise = not (is_exact(x) and is_exact(y)) and _contradicted(self.c, *ends) is False
        return not noise and self.q.stands(self.c, ends) is True

    def told(self, low: Any, high: Any, player: str) -> tuple[Number, Number]:
        """What a witness with these points must say of them."""
        shape, (left, pact), (right, _) = self.q.shape, self.at(low), self.at(high)
        if isinstance(shape, PactFirst):
            assert pact is not None
            return pact.dyad, left.dyad
        if isinstance(shape, Monotone):
            who = player if self.c.line == "gap" and shape.who != "dyad" else "dyad"
            return getattr(left, who), getattr(right, who)
        return left.sponsor, max(left.proxy, right.dyad)


def _line_conditions(c: Check, q: Compared, points: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The witness contradicts the claim; without one no pair of neighbours does, among those that are looked at."""
    line, parity = _Line(c, q), c.line == "parity"
    valid = [line.assumed(x) for x in points]
    yield c.points == sum(valid), lambda _: f"{sum(valid)} points meet the assumptions, and not {c.points}"
    pairs = [(x, x) for x in points] if parity else list(pairwise(points))
    meet = [a and b for a, b in ((valid[k], valid[k] if parity else valid[k + 1]) for k in range(len(pairs)))]
    first = line.at(points[0])[0]
    yield (
        isinstance(c.exact, (bool, np.bool_)) and c.exact == line.exact(points),
        lambda _: f"exact is {c.exact}, but the numbers compared are of another kind",
    )
    yield isinstance(c.assume, tuple), lambda _: "the assumptions are no tuple of names"
    yield any(meet) or c.status != "holds", lambda _: "holds, though the assumptions leave nothing to compare"
    yield not (c.status == "vacuous" and any(meet) and not c.assume), lambda _: "vacuous, though there is something to compare"
    if c.witness is not None:
        yield from _witness_conditions(c, line, points, valid)
        return
    if first.terms.worst is not None:  # each number takes a search
        pairs, meet = pairs[:: -(-len(pairs) // _FEW_PAIRS)], meet[:: -(-len(meet) // _FEW_PAIRS)]
    if c.suspicion is not None:
        yield from _suspicion_conditions(c, line, points)
    met = [pair for pair, both in zip(pairs, meet, strict=True) if both]
    for low, high in met if c.status == "holds" else ():
        yield not line.contradicted(low, high), lambda _, a=low, b=high: f"{c.claim} is contradicted between {a} and {b}"
    for point in dict.fromkeys(x for pair in met[:: -(-len(met) // _PAIRS) or 1] for x in pair):
        for r in line.at(point):
            yield from critical_conditions(r) if r is not None else ()


def _witness_conditions(c: Check, line: _Line, points: list[Any], valid: list[bool]) -> Iterator[tuple[Any, Any]]:
    """The two points contradict the claim; where what lies between counts, they need not be among those compared."""
    w = c.witness
    assert w is not None
    x, y, _ = line.numbers(w.low, w.high)
    yield x > y, lambda _: f"the witness does not contradict {c.claim}: {w}"
    if not _on_line(c, points, w):
        yield False, lambda _: f"{w.low} and {w.high} are no two points of the line"
        return
    compared = dict(zip(points, valid, strict=True))
    yield (
        all(compared[z] if z in compared else line.assumed(z) for z in (w.low, w.high)),
        lambda _: "the assumptions do not hold at the points of the witness",
    )
    yield from _standing(c, w)
    yield w.player in PLAYERS, lambda _: f"{w.player} is no player"
    for r in (*line.at(w.low), *line.at(w.high)):
        yield from critical_conditions(r) if r is not None else ()
    for told, number in zip((w.at_low, w.at_high), line.told(w.low, w.high, w.player), strict=True):
        yield (
            told == number or abs(told - number) <= (0 if is_exact(number) else _BLUR),
            lambda _, t=told, n=number: f"the witness says {t}, but by the definition it is {n}",
        )
    yield w.player in _turning(line, w.low, w.high, float(_BLUR)), lambda _: f"it is not the {w.player}'s number"


def _suspicion_conditions(c: Check, line: _Line, points: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The two points seem to contradict the claim, and whether they do depends on what lies between."""
    w = c.suspicion
    assert w is not None
    yield _on_line(c, points, w), lambda _: f"{w.low} and {w.high} are no two points of the line"
    x, y, _ = line.numbers(w.low, w.high)
    yield x > y, lambda _: f"{w.low} and {w.high} do not even seem to contradict {c.claim}"
    yield not line.contradicted(w.low, w.high), lambda _: f"unclear, though {w.low} and {w.high} certainly contradict {c.claim}"


def _on_line(c: Check, points: list[Any], w: Witness) -> bool:
    """Whether the two points are points compared, in their order; or lie between such, where what lies between counts."""
    if c.line == "parity":
        return w.low in points and w.high == w.low
    assert isinstance(c.question, Question)
    if points_tell(c.question.shape, c.assume):
        return w.low in points and w.high in points and bool(w.low < w.high)
    return bool(points[0] <= w.low < w.high <= points[-1])


def _standing(c: Check, w: Witness) -> Iterator[tuple[Any, Any]]:
    """The contradiction stands, given what lies between; where nothing can be enclosed, that is left open."""
    assert isinstance(c.question, Question)
    if can_enclose() or points_tell(c.question.shape, c.assume):
        stands = c.question.stands(c, points_of(w)) is True
        yield stands, lambda _: f"what lies between may undo the contradiction: {w}"


def _turning(line: _Line, low: Any, high: Any, blur: float) -> set[str]:
    """Whose number contradicts: the player that the claim is about, or the one with the larger number where it is worse."""
    shape, (left, _), (right, _) = line.q.shape, line.at(low), line.at(high)
    if isinstance(shape, Monotone) and shape.who != "dyad":
        return {shape.who}
    if not isinstance(shape, (Monotone, PactFirst)):
        return {"sponsor"}
    worse = right if isinstance(shape, Monotone) and shape.sign < 0 else left
    return {name for name in PLAYERS if getattr(worse, name) >= worse.dyad - blur or getattr(worse, name) == worse.dyad}


# -- falsifications and proofs -------------------------------------------------------------------------------------------


def _falsification_conditions(f: Falsification) -> Iterator[tuple[Any, Any]]:
    """The counterexample is one: of the family, and of the claim. Where none was found, nothing is claimed."""
    yield (
        (f.parameters is None) == (f.check is None) if (f.parameters, f.check) != (None, None) else [],
        lambda _: "parameters without a check, or a check without parameters",
    )
    if f.check is None or f.parameters is None:
        return
    yield f.examples >= 1, lambda _: f"{f.examples} models tried, and a counterexample among them"
    most = 0 if points_tell(f.claim.shape, f.family.assume) else f.examples - 1
    yield 0 <= f.unclear <= most, lambda _: f"{f.unclear} models are said to be unclear, and at most {most} can be"
    yield from _counterexample_conditions(f.claim, f.family, f.parameters, f.check)


def _counterexample_conditions(claim: Any, family: Any, parameters: Any, check: Check) -> Iterator[tuple[Any, Any]]:
    """The parameters lie in the family, and the check is that of the model at them, and fails."""
    yield check.claim == claim.name, lambda _: f"the check is of {check.claim!r}, and not of {claim.name!r}"
    yield check.status == "fails", lambda _: f"the counterexample does not fail: {check.message}"
    names, along = set(family.parameters), {check.line} if moves_parameter(check.line) else set()
    yield names - along <= set(parameters) <= names, lambda _: "the parameters are not those of the family"
    for name, value in parameters.items():
        yield value in family.parameters[name], lambda _, n=name, v=value: f"{n} = {v} is outside its domain"
    yield from _of_model(family, parameters, check)
    yield from _check_conditions(check)


def _of_model(family: Any, parameters: Any, check: Check) -> Iterator[tuple[Any, Any]]:
    """The check asked about the family's model at the parameters: the same walk, or the same payoffs at its points."""
    q = check.question
    yield q is not None, lambda _: "the check of the counterexample keeps no question to ask again"
    assert q is not None
    if isinstance(q, ComparedWars):
        walk = family.at(**parameters)
        same = np.array_equal(to_float(walk.lattice().gap), to_float(q.walk.lattice().gap))
        same = same and durations_of(walk, walk.lattice())[0] == durations_of(q.walk, q.walk.lattice())[0]
        yield same, lambda _: "the check is of another war than the parameters"
        return
    yield check.enforcement == family.concept(**parameters), lambda _: "the check is under another concept"
    yield tuple(check.assume) == tuple(family.assume), lambda _: "the check has other assumptions than the family"
    if not isinstance(q, Compared):
        return
    yield q.profile == family.profile and q.total == family.total, lambda _: "the check is of another profile or total"
    for point in (check.witness.low, check.witness.high) if check.witness is not None else ():
        moves = moves_parameter(check.line)
        model = family.at(**({**parameters, check.line: point} if moves else parameters))
        power = Power.from_gap(point if check.line == "gap" else 0 * point, q.total)
        mine, its = model.stage_game(power), q.model(point if moves else None).stage_game(power)
        same = all(np.array_equal(to_float(x), to_float(y)) for x, y in ((mine.A, its.A), (mine.B, its.B)))
        yield same, lambda _, x=point: f"the check's model is not that of the parameters, at {x}"


# -- claims of one's own -------------------------------------------------------------------------------------------------


def _own_conditions(c: Check, q: Question) -> Iterator[tuple[Any, Any]]:
    """Odds of betrayal, in exact arithmetic or by enclosures, in place of critical discount factors.

    What they leave open – points nearer than the enclosures, a concept without odds – is no condition, and does not count.
    """
    if c.witness is not None:
        is_contradicted = _contradicted(c, *points_of(c.witness))
        if is_contradicted is not None:
            yield is_contradicted, lambda _: f"the witness does not contradict {c.claim}: {c.witness}"
        yield from _standing(c, c.witness)
    elif c.status == "holds":
        points = [decimal(x) for x in np.ravel(q.compared).tolist()]
        width = q.shape.width
        groups = [points[k : k + width] for k in range(len(points) - width + 1)]
        for group in groups[:: max(1, -(-len(groups) // _PAIRS))]:
            is_contradicted = _contradicted(c, *group)
            if is_contradicted:
                is_contradicted = q.stands(c, group)
            if is_contradicted is not None:
                yield not is_contradicted, lambda _, a=group[0], b=group[-1]: f"{c.claim} is contradicted between {a} and {b}"


def _contradicted(c: Check, *points: Fraction) -> bool | None:
    assert isinstance(c.question, Question)
    try:
        return c.question.contradicted(c, points)
    except (Undecided, OutOfReach, TypeError, ImportError):  # nearer than the enclosures, or a concept without odds
        return None


def _proof_conditions(p: Proof) -> Iterator[tuple[Any, Any]]:
    fits = (p.status == "refuted") == (p.counterexample is not None) and (p.status == "unknown") == bool(p.reasons)
    if p.status == "unknown" and fits:  # nothing is claimed
        return
    yield (
        fits and p.status in ("proved", "refuted", "unknown"),
        lambda _: f'status "{p.status}" without or with a counterexample, or with the reasons {p.reasons}',
    )
    if p.counterexample is not None:
        yield from _counterexample_conditions(p.claim, p.family, p.counterexample.parameters, p.counterexample.check)
        exactly = p.counterexample.check.exact
        yield (
            p.counterexample.certified == ("exactly" if exactly else "by enclosures"),
            lambda _: f"the numbers are {'' if exactly else 'not '}exact, and certified {p.counterexample.certified}",
        )
    elif p.status == "proved":
        for step in p.steps:
            yield step.status == "excluded", lambda _, s=step: f"not excluded: {s.text}"
            of_polynomials = "(declare-const atom" not in step.smtlib  # of exponentials the script knows inequalities only
            if step.method == "polynomials" or (step.method == "Bernstein" and of_polynomials):
                answer = Solver().solve(step.smtlib, _STEPS)
                yield answer.status != "sat", lambda _, s=step: f"can be met: {s.text}"
        assert isinstance(p.claim, Claim)
        measured = p.claim.measure(p.family, points=_POINTS, rng=1)
        yield measured.share + measured.unclear == 1, lambda _, m=measured: f"proved, but {m.message}"
