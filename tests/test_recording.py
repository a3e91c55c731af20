"""Payoff code as a programme: it computes what the code computes, in all cases, and says what it cannot record."""

import math
import re

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose, exp, larger, log, raised, smaller
from alliances.arithmetic.formal import NotArithmetic
from alliances.arithmetic.recording import Recording
from alliances.browser.parameters import parameters, with_numbers
from tests.explorer_support import GAMES

X = np.linspace(-2, 2, 41)
Y = np.linspace(0.1, 3, 41)[::-1]

CODE = {
    "arithmetic": lambda x, y: 2 * x - y / 3 + (1 - x) * (2 / y) - -x,
    "powers": lambda x, y: y**x + 2**x + raised(y, 0.5),
    "functions": lambda x, y: exp(x) + log(y) + abs(x),
    "choices": lambda x, y: larger(x, y) + 3 * smaller(x, 0.5) + choose((x > 0) & (y < 2), x, y),
    "more choices": lambda x, y: choose((x <= 1) | (y != 0.1), 1, 2) * choose(x == y, x, 3),
    "an if": lambda x, y: x * y if x > 0 else x - y,
    "nested ifs": lambda x, y: (1 if y > 2 else 2) if x >= 0 else (3 if y <= 1 else 4 * x),
    "a boolean": lambda x, y: y if x else 7.0,
    "of numpy": lambda x, y: np.maximum(x, y) + np.minimum(0.5, x) + np.exp(x) + np.sqrt(y) + np.float64(2) * x,
    "chained": lambda x, y: 1.0 if -1 < x <= 1 else y,
}  # fmt: skip


def programme(code, *names):
    recording = Recording("explorer()")
    inputs = [recording.input(name) for name in names]
    return recording.run(lambda: code(*inputs))


@pytest.mark.parametrize("name", CODE)
def test_a_programme_computes_what_the_code_computes(name):
    code = CODE[name]
    rule, result = programme(lambda x, y: [code(x, y)], "x", "y").evaluate({"x": X, "y": Y})
    expected = [code(x, y) for x, y in zip(X.tolist(), Y.tolist(), strict=True)]
    assert not np.any(rule)
    np.testing.assert_allclose(np.broadcast_to(result, X.shape), expected, rtol=1e-14)


@pytest.mark.parametrize("name", GAMES)
def test_models_compute_what_they_compute_on_floats(name):
    game, rng = GAMES[name], np.random.default_rng(3)
    sliders = parameters(game)

    def payoffs(gap, *numbers):
        changed = with_numbers(game, {x.name: v for x, v in zip(sliders, numbers, strict=True)})
        return [payoff for row in changed.cells(al.Power.from_gap(gap)) for cell in row for payoff in cell]

    recorded = programme(payoffs, "gap", *(x.name for x in sliders))
    refused = 0
    for _ in range(60):
        values = [float(rng.uniform(-0.95, 0.95)), *(float(rng.uniform(x.low, x.high)) for x in sliders)]
        rule, *results = recorded.evaluate(dict(zip(["gap", *(x.name for x in sliders)], values, strict=True)))
        if rule:
            with pytest.raises(ValueError, match=re.escape(recorded.rules[int(rule)])):
                payoffs(*values)
            refused += 1
        else:
            np.testing.assert_allclose(results, payoffs(*values), rtol=1e-12, atol=1e-12)
    assert refused < 60


def test_equal_steps_are_written_once():
    recording = Recording("explorer()")
    x, y = recording.input("x"), recording.input("y")
    assert (x + y).place == (x + y).place != (y + x).place
    assert recording.number(0.0).place != recording.number(-0.0).place


def test_a_decision_is_taken_once_in_a_run():
    asked = []

    def code(x):
        asked.append([bool(x > 0), bool(x > 0), not x > 0, bool(0 < x)])
        return [x]

    programme(code, "x")
    assert asked == [[True, True, False, True], [False, False, True, False]]


def test_a_broken_rule_is_part_of_the_programme():
    def code(x):
        if x < 0:
            raise ValueError("f(): x must not be negative; got something")
        return [x, 2 * x]

    recorded = programme(code, "x")
    assert recorded.rules == ("", "f(): x must not be negative")
    rule, first, second = recorded.evaluate({"x": np.array([-1.0, 3.0])})
    assert rule.tolist() == [1, 0]
    assert math.isnan(first[0])
    assert (first[1], second[1]) == (3, 6)


def test_a_model_without_payoffs_is_an_error():
    def code(_):
        raise ValueError("f(): never")

    with pytest.raises(ValueError, match=r"explorer\(\): the model must have payoffs somewhere; it has none: f\(\): never"):
        programme(code, "x")


REFUSED = {
    "a float": (lambda x: [math.exp(x)], "asked for a float of one"),
    "an integer": (lambda x: [int(x)], "asked for an integer of one"),
    "an index": (lambda x: [[1, 2][x]], "asked for an index of one"),
    "another function of numpy": (lambda x: [np.sin(x)], r"numpy.sin\(\)"),
    "an array": (lambda x: [np.array([1.0, 2.0]) * x], "with an array"),
    "a caught refusal": (lambda x: [_caught(x)], "asked for a float of one"),
    "text": (lambda x: ["much"], "must be arithmetic in its arguments; got 'much'"),
}


def _caught(x):
    try:
        return float(x)
    except TypeError:
        return 1.0


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_arithmetic_is_refused(name):
    code, message = REFUSED[name]
    with pytest.raises(NotArithmetic, match=message):
        programme(code, "x")


def test_too_many_cases_are_refused():
    with pytest.raises(NotArithmetic, match="comparisons split into more than 4096 cases"):
        programme(lambda x: [sum(1 if x > k else 0 for k in range(13))], "x")


def test_code_that_does_not_do_the_same_twice_is_refused():
    calls = []

    def code(x):
        calls.append(1)
        return [1 if x > len(calls) else 2]

    with pytest.raises(NotArithmetic, match="must do the same whenever it is asked"):
        programme(code, "x")
