"""What a newcomer gets wrong: ``if`` on arrays and symbols, three players, two tables with different rows."""

import re

import numpy as np
import pandas as pd
import pytest
import sympy as sp
import z3

import alliances as al

GAMMA = sp.Symbol("gamma", real=True)


def branching(power):
    s, p = power.sponsor, power.proxy
    if s > p:
        return [[(s, p), (0 * s, p)], [(s, 0 * p), (s / 2, p / 2)]]
    return [[(p, s), (0 * s, p)], [(s, 0 * p), (s / 2, p / 2)]]


def largest(power):
    return [[(max(power.sponsor, power.proxy), 1), (0, 0)], [(0, 0), (0, 0)]]


def both(power):
    return [[((power.gap > 0 and power.gap < 1) * 1, 1), (0, 0)], [(0, 0), (0, 0)]]


class Subclass(al.DyadicGame):
    actions = ("ally", "fight")

    def cells(self, power):
        return branching(power)


MODELS = {
    "if": al.CustomGame(branching),
    "max": al.CustomGame(largest),
    "and": al.CustomGame(both),
    "subclass": Subclass(),
    "contest": al.AllianceGame(
        lambda power: (1, 0) if power.gap > 0 else (0, 1), al.Complementarity(1), al.Proportional(), exposure=1, conflict_cost=0
    ),
}
ADVICE = "write choose(s > p, a, b), larger(a, b) or smaller(a, b) of alliances.arithmetic"


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("powers", [([3, 1], [1, 2]), ([3.0, 1.0], [1.0, 2.0])], ids=["Fractions", "floats"])
def test_if_on_an_array_says_what_to_write(model, powers):
    name = type(model).__name__
    words = rf"^{name}\(\): the payoffs decide by if on an array of dyads, .*{re.escape(ADVICE)}"
    for ask in (model.stage_game, model.cells, lambda power: al.critical_discount(model, power)):
        with pytest.raises(ValueError, match=words):
            ask(al.Power(*powers))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize(
    "power",
    [al.Power(sp.Symbol("s"), 2), al.Power.from_gap(GAMMA), al.Power(z3.Real("s"), z3.Real("p"))],
    ids=["SymPy", "SymPy's gap", "Z3"],
)
def test_if_on_a_symbol_says_what_to_write(model, power):
    name = type(model).__name__
    with pytest.raises(TypeError, match=rf"^{name}\(\): .* on a comparison of symbols, .*{re.escape(ADVICE)}"):
        model.cells(power)


def test_formulas_say_it_too():
    with pytest.raises(TypeError, match=re.escape(ADVICE)):
        al.NashReversion().formula(MODELS["if"])


def test_one_dyad_and_proofs_may_decide_by_if():
    assert MODELS["if"].stage_game(al.Power(3, 1)).A[0, 0] == 3
    assert MODELS["if"].stage_game(al.Power(1, 3)).A[0, 0] == 3
    check = al.claims.ASYMMETRY.check(MODELS["if"], gaps=[0.2, 0.5])
    assert check.message


def test_other_errors_of_a_model_stay_what_they_are():
    def fails(_):
        raise ValueError("the truth is out there")

    def types(power):
        return [[(power.sponsor + "x", 1), (0, 0)], [(0, 0), (0, 0)]]

    with pytest.raises(ValueError, match=r"^the truth is out there$"):
        al.CustomGame(fails).cells(al.Power([1, 2], 1))
    with pytest.raises(Exception, match=r"^(?!.*choose)"):
        al.CustomGame(types).cells(al.Power([1, 2], 1))


# -- three players -----------------------------------------------------------------------------------------------------------

CUBE = np.arange(8.0).reshape(2, 2, 2)
SCOPE = "games here have two players"


@pytest.mark.parametrize(
    "third",
    [CUBE, CUBE.tolist(), [[1, 2], [3, 4]], np.eye(2), (("a", "b"), ("a", "b"), ("a", "b"))],
    ids=["cube", "nested lists", "matrix as list", "matrix", "labels of three"],
)
def test_a_third_player_is_refused_with_the_scope(third):
    with pytest.raises(
        TypeError, match=rf"^StageGame\(\): actions must be labels of the sponsor's and the proxy's actions: {SCOPE}"
    ):
        al.StageGame(CUBE, CUBE, third)


def test_cells_of_three_payoffs_are_refused_with_the_scope():
    class Triple(al.DyadicGame):
        actions = ("ally", "fight")

        def cells(self, power):
            s, p = power.sponsor, power.proxy
            return [[(s, p, s), (s, p, s)], [(s, p, s), (s, p, s)]]

    with pytest.raises(TypeError, match=rf"^Triple\(\): cells must hold two payoffs each.*{SCOPE}.*got \[3\]"):
        Triple().stage_game(al.Power(2, 1))
    with pytest.raises(TypeError, match=rf"^CustomGame\(\): .*{SCOPE}"):
        al.CustomGame(Triple().cells).stage_game(al.Power(2, 1))


def test_a_batch_of_two_player_games_is_a_batch():
    assert al.StageGame(CUBE, CUBE).batch_shape == (2,)
    assert al.StageGame(CUBE, CUBE, ("a", "b")).batch_shape == (2,)
    assert al.StageGame(CUBE, CUBE, (("a", "b"), ("c", "d"))).batch_shape == (2,)


def test_labels_that_are_wrong_otherwise_are_no_third_player():
    with pytest.raises(TypeError, match="actions must be a tuple of labels"):
        al.StageGame(np.eye(2), np.eye(2), (("a", "b"), "c", "d"))
    with pytest.raises(ValueError, match="actions must give 2 different labels for the rows"):
        al.StageGame(np.eye(2), np.eye(2), ("a", "b", "c"))


# -- pandas ------------------------------------------------------------------------------------------------------------------


def test_a_series_gives_an_array_in_the_order_of_its_rows():
    gaps = pd.Series([0.6, 0.4], index=[2001, 2002], name="gap")
    model = al.presets.morrow_1991()
    table = gaps.to_frame().assign(critical=al.critical_discount(model, al.Power.from_gap(gaps)).dyad)
    assert table.index.tolist() == [2001, 2002]
    assert table.critical.tolist() == [al.critical_discount(model, al.Power.from_gap(g)).dyad for g in (0.6, 0.4)]


def test_series_with_different_rows_are_refused():
    sponsor = pd.Series([3.0, 2.0], index=[2001, 2002])
    for proxy in (pd.Series([1.0, 1.5], index=[2002, 2001]), pd.Series([1.0, 1.5], index=[2002, 2003])):
        with pytest.raises(ValueError, match=r"^Power\(\): sponsor and proxy must have one index"):
            al.Power(sponsor, proxy)
    left, right = sponsor.align(pd.Series([1.0, 1.5], index=[2002, 2001]), join="inner")
    assert al.Power(left, right).gap.tolist() == pytest.approx([1 / 3, 1 / 3])
    assert al.Power(sponsor, 1.0).shape == al.Power(sponsor, np.ones(2)).shape == (2,)
