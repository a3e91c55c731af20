"""The check that proofs rely on: numbers that a model cannot know get the payoffs that Fractions get.

Proofs run payoff code on indeterminates, certificates run it on enclosures. A model that asks for the type of its arguments, or
that catches the error of what those refuse and goes on another way, is another function there. The check runs the model on
enclosures of exact numbers, which refuse the same.
"""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec

from alliances.arithmetic import Number, settle
from alliances.arithmetic.balls import Ball, Undecided, precisely
from alliances.arithmetic.formal import NotArithmetic, evaluating
from alliances.power import Power
from alliances.testing.engine import Criterion, Subject, Unevaluable, Violation, gap_between
from alliances.testing.rules import NEEDS, differ

__all__ = ["LETTERS"]


class _Swallowed(Exception):
    """The model was refused something, and answered all the same."""


def _formal(subject: Subject, power: Power) -> list[Number]:
    """The numbers that the subject gives formal numbers: Fractions, or floats near what they enclose."""
    answered = False
    try:
        with precisely(), evaluating("prove()", Ball.of):
            arguments = subject.arguments(Power(Ball.of(power.sponsor), Ball.of(power.proxy)))
            balls = [Ball.of(settle(x)) for x in subject.call(*arguments)]
            answered = True
            return [x.exact if x.exact is not None else float(x.value.mid()) for x in balls]
    except NotArithmetic as error:
        if answered:
            raise _Swallowed(str(error)) from error
        raise


def _violation(subject: Subject, power: Power) -> Violation | None:
    exact = Power(Fraction(power.sponsor), Fraction(power.proxy))
    expected = subject.values(exact)
    try:
        return differ(subject, expected, _formal(subject, exact), exact)
    except _Swallowed as error:
        return Violation("the call with the numbers of proofs", "an error, or no such question", str(error), exact)
    except (Undecided, NotArithmetic):  # not told at this power, or a model that says openly that it is none for proofs
        return None
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
        return Violation("the call with the numbers of proofs", "what Fractions give", found, exact)


def _not_for_proofs(subject: Subject) -> str | None:
    """Why the subject is not run on formal numbers."""
    if find_spec("flint") is None:
        return "needs pip install 'alliances[prove]'"
    domain = (Fraction(0), Fraction(2, 3)) if subject.domain is None else subject.domain
    try:
        _formal(subject, Power.from_gap(Fraction(gap_between(domain, Fraction(1, 2)))))
    except NotArithmetic as error:
        return f"proofs do not take it: {error}"
    except (_Swallowed, Undecided, Unevaluable, ArithmeticError, ValueError):
        return None
    except (TypeError, AttributeError) as error:
        return f"proofs do not take it: {type(error).__name__}: {error}"
    return None


LETTERS = Criterion(
    "symbols equal numbers",
    "Proofs and certificates, which run the model on numbers of their own, get what Fractions get.",
    _violation,
    needs=(*NEEDS, "exact equals float"),
    skip=_not_for_proofs,
)
