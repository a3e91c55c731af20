"""One tolerance policy: every user counts the same payoff differences as none, whatever the unit and the zero of payoffs."""

import ast
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import tolerance
from alliances.arithmetic.tolerance import payoff_rounding, payoff_tolerance
from tests.support import PD_PROXY, PD_SPONSOR

PACKAGE = Path(al.__file__).parent
TRANSFORMS = [(1.0, 0.0), (2.0**40, 0.0), (2.0**-40, 0.0), (1.0, 2.0**20), (2.0**10, -3 * 2.0**24), (3e-7, 0.1)]
"""(scale, shift) of payoffs, exact in binary but for the last."""


# -- the rule ----------------------------------------------------------------------------------------------------------


def test_the_rule_is_a_share_of_the_range_and_roundings_of_the_largest_payoff():
    eps = np.finfo(np.float64).eps
    assert payoff_tolerance(9.0, 10.0) == 1e-12 * 9 + 8 * eps * 10
    assert payoff_tolerance(np.array([1.0, 0.0]), np.array([0.0, 1.0])).tolist() == [1e-12, 8 * eps]
    assert payoff_rounding(10.0) == 16 * eps * 10
    for scale in (2.0**40, 2.0**-40):
        assert payoff_tolerance(9 * scale, 10 * scale) == scale * payoff_tolerance(9.0, 10.0)


def test_a_game_has_the_rules_tolerance_for_each_player():
    stage = al.StageGame([[9.0, 1.0], [10.0, 3.0]], [[9.0, -20.0], [1.0, 3.0]])
    assert stage.tolerance == (payoff_tolerance(9.0, 10.0), payoff_tolerance(29.0, 20.0))
    assert stage.to_fractions().tolerance == (0, 0)


# -- a temptation within the tolerance is none, for every user; one beyond it is one ---------------------------------------


def stag_hunt(scale, shift, tolerances):
    """A game with the equilibrium (1, 1), in which both are tempted from (0, 0) by so many tolerances."""
    a = np.array([[3.0, 0.0], [3.0, 1.0]]) * scale + shift
    a[1, 0] = a[0, 0] + tolerances * payoff_tolerance(np.ptp(a), np.abs(a).max())
    return al.StageGame(a, a.T)


def twice(stage):
    return al.StageGame(np.stack([stage.A] * 2), np.stack([stage.B] * 2))


def kept_at_zero(concept):
    return lambda stage: al.critical_discount(stage, enforcement=concept).dyad == 0


def in_both(answers):
    """A batch of one game twice must say the same twice."""
    first, second = np.asarray(answers).tolist()
    assert first == second
    return first


USERS = {
    "pure_nash": lambda stage: bool(stage.pure_nash().mask[0, 0]),
    "nash": lambda stage: any(e.pure and e.x[0] == 1 == e.y[0] for e in stage.nash()),
    "NashReversion": kept_at_zero(al.NashReversion()),
    "mixed NashReversion": kept_at_zero(al.NashReversion(mixed=True)),
    "FinitePunishment": kept_at_zero(al.FinitePunishment(3)),
    "ImperfectMonitoring": kept_at_zero(al.ImperfectMonitoring(Fraction(1, 20), Fraction(1, 10))),
    "Transfers": kept_at_zero(al.Transfers()),
    "optimal Transfers": kept_at_zero(al.Transfers("optimal")),
    "OptimalPenalCode": kept_at_zero(al.OptimalPenalCode()),
    "OptimalPenalCode of a batch": lambda stage: in_both(kept_at_zero(al.OptimalPenalCode())(twice(stage))),
    "payoff_set": lambda stage: {"segment": True, "point": False}[al.payoff_set(stage, 0).kind],
    "payoff_sets": lambda stage: {"segment": True, "point": False}[in_both(al.payoff_set(twice(stage), 0).kind)],
    "contract_values": lambda stage: bool(al.contract_values(stage, 0).joint > 3 * stage.A[1, 1] - stage.A[0, 1]),
    "relational_contracts": lambda stage: len(al.relational_contracts(stage).steps) == 1,
    "switching_offer": lambda stage: al.switching_offer(stage, None, Fraction(3, 5)).offer == stage.B[0, 0],
}


@pytest.mark.parametrize(("scale", "shift"), TRANSFORMS)
@pytest.mark.parametrize("user", USERS)
def test_every_user_counts_the_same_temptations_as_none(user, scale, shift):
    for tolerances in (0, 0.5, -0.5):
        assert USERS[user](stag_hunt(scale, shift, tolerances)), tolerances
    assert not USERS[user](stag_hunt(scale, shift, 8))


IN_FLOATS = {"FinitePunishment", "OptimalPenalCode of a batch", "payoff_sets"}  # whatever the type of the payoffs


def test_exact_games_count_every_temptation():
    tempted = stag_hunt(1.0, 0.0, 0.5).to_fractions()
    for user in USERS:
        if user not in IN_FLOATS:
            assert not USERS[user](tempted), user


# -- clear answers do not change either ------------------------------------------------------------------------------------


def prisoners_dilemma(scale, shift):
    a, b = (np.array(x, dtype=float) * scale + shift for x in (PD_SPONSOR, PD_PROXY))
    return al.StageGame(a, b)


NUMBERS = {
    "critical_discount": lambda stage: [
        al.critical_discount(stage, enforcement=concept).dyad
        for concept in (al.NashReversion(), al.FinitePunishment(3), al.Transfers(), al.OptimalPenalCode())
    ],
    "OptimalPenalCode of a batch": lambda stage: al.critical_discount(twice(stage), enforcement=al.OptimalPenalCode()).dyad,
    "relational_contracts": lambda stage: [step.discount for step in al.relational_contracts(stage).steps],
    "nash": lambda stage: [np.concatenate([e.x, e.y]) for e in stage.nash()],
    "minmax": lambda stage: _shares(stage, stage.minmax(mixed=True).sponsor),
    "payoff_set": lambda stage: _shares(stage, al.payoff_set(stage, 0.6).vertices[:, 0]),
    "payoff_sets": lambda stage: _shares(stage, al.payoff_set(twice(stage), 0.6).vertices[..., 0]),
    "contract_values": lambda stage: _shares(stage, al.contract_values(stage, 0.6).sponsor),
    "switching_offer": lambda stage: _shares(stage, al.switching_offer(stage, None, 0.6).offer),
}


def _shares(stage, payoffs):
    """The sponsor's payoffs (the proxy's are the same in a symmetric game) from 0 to 1."""
    return (np.asarray(payoffs) - stage.A.min()) / np.ptp(stage.A)


@pytest.mark.parametrize(("scale", "shift"), TRANSFORMS[1:])
@pytest.mark.parametrize("user", NUMBERS)
def test_scale_and_shift_change_no_answer(user, scale, shift):
    expected, moved = (np.asarray(NUMBERS[user](prisoners_dilemma(*t)), dtype=float) for t in (TRANSFORMS[0], (scale, shift)))
    assert expected.size > 0
    if shift == 0:  # a power of two: not a digit changes
        assert np.allclose(moved, expected, rtol=0, atol=1e-15)
    else:
        accuracy = payoff_rounding(np.abs(prisoners_dilemma(scale, shift).A).max()) / (9 * scale)
        assert np.allclose(moved, expected, rtol=0, atol=10 * accuracy + 1e-12)


@pytest.mark.parametrize(("scale", "shift"), TRANSFORMS)
def test_what_was_moved_is_verified(scale, shift):
    for stage in (prisoners_dilemma(scale, shift), stag_hunt(scale, shift, 0.5)):
        for result in (
            stage.minmax(mixed=True),
            stage.nash(),
            al.critical_discount(stage),
            al.critical_discount(stage, enforcement=al.Transfers()),
        ):
            assert al.verify(result), result


# -- the rule is written once ------------------------------------------------------------------------------------------


ROOMS = ("games", "repeated", "thresholds", "estimation", "sweeps", "plotting", "verification")
ELSEWHERE = {"repeated/enforcement/finite_punishment.py"}  # the tolerances of SciPy's root finder
MACHINE = ("finfo", "float_info")
VAGUE = {"_SAME", "_ROUNDING", "_TOLERANCE", "_SLACK", "SLACK", "_EPS", "EPS"}


@pytest.mark.slow
def test_tolerances_have_a_name_and_machine_epsilons_are_the_rules():
    """In the rooms that compare payoffs, a small number is a constant of a module that says what it is, or the rule's."""
    seen = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name == "arithmetic/tolerance.py" or name in ELSEWHERE:
            continue
        source = path.read_text(encoding="utf-8")
        tiny = name.startswith(ROOMS) and re.search(r"[eE]-\d|\.[0_]{6}", source)  # as numbers up to 1e-8 are written
        if not tiny and not any(word in source for word in (*MACHINE, *VAGUE)):
            continue  # nothing in it can be at fault
        tree = ast.parse(source)
        constants = [s for s in tree.body if isinstance(s, (ast.Assign, ast.AnnAssign))]
        named = {id(node) for statement in constants for node in ast.walk(statement)}
        for node in ast.walk(tree):
            epsilon = isinstance(node, ast.Attribute) and node.attr in MACHINE
            assert not epsilon, f"{name}:{node.lineno}: machine epsilons belong to arithmetic/tolerance.py"
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                assert node.id not in VAGUE, f"{name}:{node.lineno}: {node.id} does not say what it is"
            if name.startswith(ROOMS) and isinstance(node, ast.Constant) and isinstance(node.value, float):
                seen += 1
                small = 0 < node.value <= 1e-8
                assert not small or id(node) in named, f"{name}:{node.lineno}: the tolerance {node.value} has no name"
    assert seen > 100


def test_every_constant_of_the_policy_says_what_it_means():
    source = Path(tolerance.__file__).read_text(encoding="utf-8")
    body = ast.parse(source).body
    for statement, after in zip(body, body[1:], strict=False):
        target = statement.targets[0].id if isinstance(statement, ast.Assign) else "_"
        if target.isupper() and not target.startswith("_"):
            assert isinstance(after, ast.Expr), target
            assert isinstance(after.value.value, str), target
    assert all(hasattr(tolerance, name) for name in tolerance.__all__)
    assert Fraction(tolerance.EPSILON) == Fraction(1, 2**52)
