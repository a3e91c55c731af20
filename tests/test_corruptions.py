"""verify() is not fooled: every field of every result is corrupted by machine, and each corruption is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction as F
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest

import alliances as al
from alliances import claims
from alliances.cases.files.predicted_break import predicted_break
from alliances.claims import Family, Interval
from alliances.claims.checking import ComparedWars
from alliances.results import Verification
from tests.corruption_support import Example, alliances_solved_once, corruptions, in_three, parts, result_types, same
from tests.hazard_examples import hazard_examples
from tests.moving_power_examples import FORECAST_GAME, forecast_again, holed, moving_examples, shift, shift_again
from tests.support import benchmark_game

PD = al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])
UNEVEN = al.StageGame([[8, 1], [11, 3]], [[7, 9], [0, 2]])
THREE = al.StageGame([[10, 3, 0], [16, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -14]])

SLOW = {
    "break threshold",
    "break threshold, a hole",
    "break threshold, transfers",
    "check, mixed",
    "critical, penal codes",
    "discount windows",
    "identified",
    "monitored",
    "predicted break",
    "simulated breaks",
    "stochastic payoff sets",
    "stochastic payoff sets, some states",
}
"""Examples whose re-check takes more than some ten milliseconds."""

LONG = {
    "break threshold", "break threshold, transfers", "forecast, path, expectations", "identified", "monitored",
    "stochastic payoff sets", "stochastic payoff sets, some states",
}  # fmt: skip
"""Examples with hundreds of corruptions, of which all together take seconds: many are of one field in other places."""

NOT_CHECKABLE = {
    "PayoffSet.method": "how it was found",
    "SimulatedBreaks.names": "names",
    "SimulatedBreaks.lifetimes": "a sample: one history more or less at a date is as likely",
    "SimulatedBreaks.causes": "a sample",
    "SimulatedBreaks.sampled": "a sample",
    "PayoffSet.iterations": "how long it took",
    "StochasticPayoffSets.steps": "how long it took",
    "StochasticPayoffSets.rounds": "how long it took",
    "NashEquilibria.method": "how they were found",
    "MonitoredContracts.rounds": "how long it took",
    "HazardFit.layout": "names of columns",
    "HazardFit.seed": "where the searches began",
    "DefectionThreshold.samples": "how closely the solver looked",
    "ThresholdBatch.samples": "how closely the solver looked",
    "Falsification.examples": "how many models were tried",
    "Falsification.seed": "where the search began",
    "Proof.seconds": "how long it took",
    "Proof.reasons": "a note in words",
    "Proof.method": "how it was found",
    "Proof.problems": "makes the questions anew for the export; None if it cannot",
    "Proof.steps": "how the prover reduced the claim; tests/test_claims_of_wars.py corrupts statuses and scripts",
}
"""Fields that are by their nature not checkable, with the reason."""

ALLOWANCES = {
    "PayoffSet.error_bound": "of floats: a bound that is a thousandth larger or smaller is a bound as well",
    **{
        f"Elimination.{name}": "of floats: a bound on the other side of which nothing is dropped is a bound as well"
        for name in ("states", "joint", "sponsor", "proxy")
    },
    "Levels.slack": "of floats: an allowance for rounding",
}
"""Fields of float results that are allowances, of which no one value is right; in exact results they are checked."""

NOT_CLAIMED = {
    "ContractStrategy.promised": "a contract that promises nothing is still one",
    "ContractStrategy.punished": "a contract that promises nothing is still one",
    "PayoffSet.status": "a float set that is not converged bounds the equilibrium payoffs from outside: it says less",
    "Check.question": "without what was asked nothing can be asked again: nothing is checked",
    "BreakForecast.question": "without what was asked nothing can be asked again: nothing is checked",
}
"""Fields that may be None, or a status, so that less is claimed and checked."""

_BLUR = 1e-9  # of a float critical discount factor, far above its rounding

UNDEFINED = {
    "Breach CheckResult Conformance": "runs of user code",
    "Case CasePrediction CaseTable Comparison ConflictOdds DyadDeaths DyadYears Fit GapPath GapPaths Group Municipalities "
    "OptionRanking PairConflicts PairScore PowerSeries PredictedBreaks Scoreboard Series UCDPDyads UCDPDyadYear ValueSeries "
    "YearBoard YearComparison": "data, and scores of data",
    "Bootstrap CoxFit HazardComparison Recovery ScoreTable": "samples, scores of samples, and a regression that is no game's",
    "HazardSummary Identification Profile RestrictionTest": "tables of what a fit says; its fit is checked",
    "Measurement Sensitivity SimulatedAlliance SimulatedConflicts SimulatedPlay Play": "samples",
    "ContractVerification MonitoringVerification StrategyVerification Verification": "what verify returns",
    "Citation": "a list of works",
    "ArrivingShift CommitmentProblem ComparedConcept ConflictDuration ContractValues "
    "DiscountFormula DynamicValues EnclosedSets EnforcementComparison FormulaRegion "
    "MovingAnswer MovingClaims MovingWitness OrdinalType PatientPayoffSet Payments "
    "PayoffSetBatch PureNash RegimeTable Regimes Region RegionBatch Separation": "parts or tables of results, or a value",
}
"""Types of results for which verify has no definition, with the reason: it refuses them, so that it cannot be fooled."""


def _critical(stage: al.StageGame, concept: Any, profile: Any = (0, 0)) -> Example:
    return Example(
        al.critical_discount(stage, enforcement=concept, profile=profile),
        lambda r: al.critical_discount(r.stage, enforcement=r.enforcement, profile=r.profile),
    )


def _floats(stage: al.StageGame) -> al.StageGame:
    return al.StageGame(stage.A.astype(float), stage.B.astype(float))


def is_equilibrium(s: al.Strategy) -> bool:
    """By value iteration: no player has a better reply to the automaton than to conform, which gives what is promised."""
    delta, payoffs = float(s.discount), (s.stage.A.astype(float), s.stage.B.astype(float))
    for k in range(2):
        values, conform = np.zeros(len(s.states)), np.zeros(len(s.states))
        for _ in range(200):
            ways = [(t.conform, (t.sponsor_deviates, t.proxy_deviates)[k]) for t in s.states]
            after = [[sum(float(p) * values[c] for p, c in lottery) for lottery in both] for both in ways]
            stay = [sum(float(p) * conform[c] for p, c in t.conform) for t in s.states]
            best, now = [], []
            for t, (kept, left) in zip(s.states, after, strict=True):
                row = payoffs[k][:, t.profile[1]] if k == 0 else payoffs[k][t.profile[0], :]
                others = [x for action, x in enumerate(row) if action != t.profile[k]]
                now.append((1 - delta) * row[t.profile[k]])
                best.append(max([now[-1] + delta * kept, *((1 - delta) * x + delta * left for x in others)]))
            values, conform = np.array(best), np.array(now) + delta * np.array(stay)
        promised = np.array([float(t.value[k]) for t in s.states])
        start = sum(float(p) * promised[c] for p, c in s.initial)
        if np.abs(values - promised).max() > 1e-9 or np.abs(conform - promised).max() > 1e-9 or abs(start - s.value[k]) > 1e-9:
            return False
    return True


def _examples() -> dict[str, Callable[[], Example]]:
    """How each is made: what collects the tests needs no more than the names."""
    offer = al.OutsideOption(F(5), al.NashReversion())
    contract = al.relational_contracts(THREE)
    chicken = al.StageGame([[3, 1], [4, 0]], [[5, 7], [2, 1]])
    monitoring = al.PublicMonitoring.binary(al.StageGame([[2, -1], [3, 0]], [[3, 5], [-1, 0]]), bad=[[0.1, 0.6], [0.5, 0.9]])
    return {
        "critical, exact": lambda: _critical(UNEVEN, al.NashReversion()),
        "critical, floats": lambda: _critical(_floats(UNEVEN), al.NashReversion()),
        "critical, finite punishment": lambda: _critical(UNEVEN, al.FinitePunishment(3)),
        "critical, transfers": lambda: _critical(UNEVEN, al.Transfers()),
        "critical, optimal transfers": lambda: _critical(THREE, al.Transfers("optimal")),
        "critical, penal codes": lambda: _critical(UNEVEN, al.OptimalPenalCode()),
        "critical, outside option": lambda: _critical(UNEVEN, offer),
        "critical, given": lambda: _critical(UNEVEN, al.GivenPunishment(profile=(1, 1))),
        "critical, mixed": lambda: _critical(chicken, al.NashReversion(mixed=True)),
        "payoff set, exact": lambda: Example(al.payoff_set(UNEVEN, F(1, 2)), lambda s: al.payoff_set(s.stage, s.discount)),
        "payoff set, floats": lambda: Example(
            al.payoff_set(_floats(UNEVEN), 0.5), lambda s: al.payoff_set(s.stage, s.discount)
        ),
        "payoff set, segment": lambda: Example(al.payoff_set(PD, F(1, 5)), lambda s: al.payoff_set(s.stage, s.discount)),
        "payoff set, one shot": lambda: Example(al.payoff_set(chicken, F(0)), lambda s: al.payoff_set(s.stage, s.discount)),
        "strategy": lambda: Example(al.payoff_set(UNEVEN, F(1, 2)).strategy((8, 7)), is_equilibrium),
        "simulated breaks": lambda: Example(
            al.simulate_breaks(
                al.Power.from_gap([0.5, 0.2, -0.2]),
                FORECAST_GAME,
                al.BetaPatience(4, 3),
                enforcement=al.GivenPunishment(),
                policies={"strike": al.KingpinStrike(1, 0.2)},
                size=50,
                rng=1,
            ),
            lambda s: all(forecast_again(law) for law in s.forecasts),
        ),
        "minmax": lambda: Example(
            al.StageGame([[3, 0], [1, 2]], [[0, 4], [2, 1]]).minmax(mixed=True), lambda r: r.stage.minmax(r.mixed)
        ),
        "minmax, pure": lambda: Example(
            al.StageGame([[3, 0], [1, 2]], [[0, 4], [2, 1]]).minmax(), lambda r: r.stage.minmax(r.mixed)
        ),
        "nash": lambda: Example(chicken.nash(), lambda r: r.stage.nash()),
        "nash, floats": lambda: Example(_floats(chicken).nash(), lambda r: r.stage.nash()),
        "contracts": lambda: Example(contract, lambda r: al.relational_contracts(r.stage)),
        "contract": lambda: Example(contract.strategy(F(2, 5), (1, 0), share=F(1, 4))),
        "monitored": lambda: Example(
            al.monitored_contracts(monitoring, 0.9), lambda r: al.monitored_contracts(r.monitoring, r.discount)
        ),
        **moving_examples(),
        **hazard_examples(),
        "threshold": lambda: Example(
            al.defection_threshold(al.presets.chindea_2014(), 0.8, domain=(0.0, 0.95)),
            _thresholds_again,
        ),
        "thresholds": lambda: Example(
            al.defection_threshold(
                benchmark_game(exposure=np.array([0.6, 0.8])),
                (np.array([0.8, 0.7]), 0.75),
                start=np.array([0.0, 0.5]),
                samples=101,
            ),
            _thresholds_again,
        ),
        "predicted break": lambda: Example(
            al.cases.load("gulf-zetas").power_series().predict_break(al.presets.chindea_2014(), 0.8), _predicted_again
        ),
        "identified": lambda: Example(
            al.identified_discount(
                benchmark_game(conflict_cost=F(1, 2)),
                al.Power.from_share([F(3, 5), F(1, 2), F(7, 20)]),
                broken_by="proxy",
            )
        ),
        "switching offer": lambda: Example(
            al.switching_offer(UNEVEN, None, F(4, 5)),
            lambda r: al.switching_offer(r.critical.stage, None, r.discount, enforcement=r.critical.enforcement),
        ),
        "keeping payment": lambda: Example(
            al.keeping_payment(UNEVEN, None, F(4, 5), F(8)),
            lambda r: al.keeping_payment(r.critical.stage, None, r.discount, r.critical.enforcement.offer),
        ),
        "break threshold": lambda: Example(shift(None), shift_again),
        "break threshold, transfers": lambda: Example(shift(al.Transfers()), shift_again),
        "break threshold, a hole": lambda: Example(holed(), shift_again),
        "regime map": lambda: Example(
            al.regime_map(al.presets.chindea_2014(), [0.0, 0.3, 0.7], [1.0, 4.0], 0.6),
            lambda m: al.regime_map(m.game, m.gaps, m.stakes, m.discount, enforcement=m.enforcement, total=m.total),
        ),
        "check": lambda: Example(
            claims.SPONSOR_RESTRAINT.check(al.presets.chindea_2014(), gaps=[F(n, 8) for n in range(8)]), _check
        ),
        "check, exact": lambda: Example(claims.ASYMMETRY.check(benchmark_game(), gaps=[F(n, 8) for n in range(8)]), _check),
        "check, mixed": lambda: Example(
            claims.PROXY_RESTRAINT.check(
                al.presets.chindea_2014(), gaps=[F(n, 8) for n in range(8)], enforcement=al.NashReversion(mixed=True)
            ),
            _check,
        ),
        "check, parity": lambda: Example(claims.STAKES.check(al.presets.chindea_2014(), stakes=[1, 2, 4]), _check),
        "check, war": lambda: Example(claims.PROTRACTION.check(al.ConflictWalk(swing=2, barrier=(8, 2))), _check),
        "falsification": _false_of_wars,
        "proof, refuted": _refuted_of_wars,
    }


def _thresholds_again(t: Any) -> bool:
    again = al.defection_threshold(
        t.game,
        t.discount,
        enforcement=t.enforcement,
        profile=t.profile,
        domain=t.domain,
        start=t.start,
        total=t.total,
        samples=t.samples,
    )
    return same(again, t, frozenset(NOT_CHECKABLE), 1e-10)  # edges are no more accurate


def _predicted_again(b: Any) -> Any:
    t = b.threshold
    return predicted_break(b.dates, b.power, t.game, t.discount, t.enforcement, t.profile, "again")


def _check(c: Any) -> Any:
    """Whether the check of the same question, asked again, says the same: stakes change floats by their rounding alone."""
    q = c.question
    if isinstance(q, ComparedWars):
        return same(claims.PROTRACTION.check(q.walk), c, frozenset(NOT_CHECKABLE))
    claim = claims.CLAIMS.get(c.claim)
    if claim is None or claim.shape != q.shape or claim.shape.line != c.line:
        return False
    line = {claim.shape.line: q.compared} if claim.shape.line != "parity" else {}
    if "gap" in line:
        line = {"gaps": q.compared}
    model = q.model(None) if claim.shape.line == "gap" else q.model
    options = {"enforcement": c.enforcement, "profile": q.profile, "assume": c.assume, "total": q.total}
    return same(claim.check(model, **line, **options), c, frozenset(NOT_CHECKABLE), rounding=_BLUR)


def _same_war(check: Any, family: Any, parameters: Any) -> Any:
    """The check of the family's walk, where the check is right for its own walk: a walk may be written in another way."""
    own = claims.PROTRACTION.check(check.question.walk)
    right = same(replace(own, question=None), replace(check, question=None))
    return claims.PROTRACTION.check(family.at(**parameters)) if right else check


def _falsified(f: Any) -> Any:
    return replace(f, check=_same_war(f.check, f.family, f.parameters))


def _refuted(p: Any) -> Any:
    e = p.counterexample
    return replace(p, counterexample=replace(e, check=_same_war(e.check, p.family, e.parameters)))


def _false_of_wars() -> Example:
    falsified = claims.PROTRACTION.falsify(_wars(), examples=30)
    return Example(falsified, lambda f: same(_falsified(f), falsified, frozenset(NOT_CHECKABLE)))


def _refuted_of_wars() -> Example:
    refuted = claims.PROTRACTION.prove(_wars())
    return Example(refuted, lambda p: same(_refuted(p), refuted, frozenset(NOT_CHECKABLE)))


def _wars() -> Family:
    return Family(lambda win: al.ConflictWalk(2, 4, win), {"win": Interval(0, 1, "neither")})


EXAMPLES = _examples()
solved_once = pytest.fixture(scope="module", autouse=True)(alliances_solved_once)


@cache
def example_of(name: str) -> Example:
    return EXAMPLES[name]()


def fooled(example: Example, first: int = 0, step: int = 1, thin: Callable[[Any], Any] = iter) -> list[str]:
    """The corruptions that verify calls ok, or answers by an exception or without a witness."""
    out = []
    ignored = {*NOT_CHECKABLE, *(() if _is_exact(example.result) else ALLOWANCES)}
    for where, wrong in islice(thin(corruptions(example.result)), first, None, step):
        if not ignored.isdisjoint(where) or same(wrong, example.result):
            continue
        if type(wrong) is not type(example.result):
            continue
        try:
            check = al.verify(wrong)
        except Exception as error:  # whatever it is, it is no witness
            out.append(f"{where}: {type(error).__name__}: {error}")
            continue
        less = where[-1] in NOT_CLAIMED and _at(wrong, where) in (None, "not converged")
        if not check.ok:
            if check.witness is None and not (less and check.status == "nothing checked"):
                out.append(f"{where}: no witness")
            continue
        if not less and not _right(example, wrong):
            out.append(f"{where}: ok")
    return out


def _is_exact(result: Any) -> bool:
    return not any(
        isinstance(part, float) or getattr(getattr(part, "dtype", None), "kind", "") == "f" for part in parts(result)
    )


def _at(value: Any, where: tuple[Any, ...]) -> Any:
    for step in where:
        value = getattr(value, step.rpartition(".")[2]) if isinstance(step, str) and "." in step else value[step]
    return value


def _right(example: Example, wrong: Any) -> bool:
    """Whether the answer is right for the question as corrupted: then nothing is wrong with it."""
    if example.solve is None:
        return False
    try:
        again = example.solve(wrong)
    except (TypeError, ValueError):
        return False
    return again is True or (again is not False and same(again, wrong, frozenset(NOT_CHECKABLE)))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_corruption_of_any_field_fools_verify(name: str) -> None:
    """Of each field of the longest examples one corruption in three here, and all of them in the deep test below."""
    example = example_of(name)
    assert al.verify(example.result), al.verify(example.result)
    assert fooled(example, thin=in_three if name in LONG else iter) == []


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(LONG))
def test_no_corruption_of_the_longest_examples_fools_verify(name: str) -> None:
    assert fooled(example_of(name)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_some_corruptions_of_every_result_do_not_fool_verify(name: str) -> None:
    """The quick tests try one corruption in twelve, and fewer where a re-check takes long."""
    example = example_of(name)
    assert al.verify(example.result), al.verify(example.result)
    assert fooled(example, 3, 80 if name in SLOW else 12) == []


def test_every_type_of_result_has_an_example_or_a_reason() -> None:
    """New types are found by themselves: one without an example or a reason fails here."""
    reached = {type(part).__name__ for example in map(example_of, EXAMPLES) for part in parts(example.result)}
    without = {name for names in UNDEFINED for name in names.split()}
    assert {kind.__name__ for kind in result_types()} == (reached & {kind.__name__ for kind in result_types()}) | without
    doors = {kind for kind in al.verify.registry if kind.__module__.startswith("alliances.")}
    assert doors == {type(example.result) for example in map(example_of, EXAMPLES)}
    assert not {kind.__name__ for kind in doors} & without


def test_what_has_no_definition_is_refused() -> None:
    with pytest.raises(TypeError, match="result must be a result of this library that has a definition"):
        al.verify(UNEVEN.pure_nash())


def test_the_tables_name_fields_that_exist() -> None:
    names = {
        f"{type(part).__name__}.{field.name}"
        for example in map(example_of, EXAMPLES)
        for part in parts(example.result)
        if is_dataclass(part)
        for field in fields(part)
    }
    assert {*NOT_CHECKABLE, *ALLOWANCES, *NOT_CLAIMED} <= names


def test_zero_checks_are_never_ok() -> None:
    with pytest.raises(ValueError, match="ok must be False where nothing was checked"):
        Verification(True, 0)
    with pytest.raises(ValueError, match="or a check failed"):
        Verification(True, 3, "a witness")
    assert Verification(False, 0).status == "nothing checked"
