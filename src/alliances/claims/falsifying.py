"""Search a family for a counterexample, and shrink it to the simplest: the work of a property-based tester.

Hypothesis (MacIver, Hatfield-Dodds et al. 2019, JOSS 4(43):1891) draws parameters as short decimals and simple
fractions, checks the claim at each in exact arithmetic, and shrinks the first contradiction that it finds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np

from alliances.arithmetic.domains import Choice, Domain
from alliances.claims.checking import Check
from alliances.claims.family import Family
from alliances.claims.statement import Statement
from alliances.results import Result, need

__all__ = ["Falsification", "falsify", "values_of"]

_DENOMINATORS = (1, 2, 4, 5, 8, 10, 20, 25, 50, 100)  # of short decimals
_FARTHEST = 10  # units above the lower end of a half-line


@dataclass(frozen=True, eq=False)
class Falsification(Result):
    """The outcome of a search for a counterexample.

    Attributes
    ----------
    claim, family
        The question.
    parameters
        The simplest parameters found that contradict the claim; None if none were found, which proves nothing.
    check
        The check at them.
    examples
        How many models were tried, shrinking included.
    seed
        Of the search: ``rng=seed`` repeats it.
    unclear
        At how many of them the check is unclear: points seem to contradict the claim, and it could not be told whether they do.
    """

    references: ClassVar[tuple[str, ...]] = ("maciver-hatfield-dodds-2019",)

    claim: Statement
    family: Family
    parameters: Mapping[str, Any] | None
    check: Check | None
    examples: int
    seed: int
    unclear: int = 0

    @property
    def found(self) -> bool:
        """Whether a counterexample was found."""
        return self.parameters is not None

    @property
    def message(self) -> str:
        """The outcome in a sentence."""
        if self.parameters is None or self.check is None:
            text = f"{self.claim.name}: no counterexample in {self.examples} models tried"
            text += f", {self.unclear} of which are unclear" if self.unclear else ""
            return f"{text}; prove() can tell whether there is none."
        values = ", ".join(f"{name} = {value}" for name, value in self.parameters.items())
        return f"{self.claim.name}: falsified at {values}. {self.check.message}"

    def _record(self) -> dict[str, Any]:
        shown = self.parameters and {n: v if isinstance(v, Fraction) else str(v) for n, v in self.parameters.items()}
        return {
            "claim": self.claim.name,
            "family": str(self.family),
            "parameters": shown,
            "check": self.check,
            "examples": self.examples,
            "unclear": self.unclear,
            "seed": self.seed,
        }

    def raise_if_found(self) -> None:
        """An AssertionError with the counterexample, if there is one: for use in a test."""
        if self.found:
            raise AssertionError(self.message)


def falsify(
    claim: Statement, verdict: Callable[[Family, Mapping[str, Any]], Check], family: Family, examples: int, seed: int
) -> Falsification:
    """The work of :meth:`alliances.claims.Claim.falsify`, which says what it takes; ``verdict`` checks one model."""
    need("hypothesis", "testing", "falsify()")
    import hypothesis
    from hypothesis import strategies as st

    if not isinstance(family, Family):
        raise TypeError(f"falsify(): family must be a Family, which says what is open; got {family!r}")
    claim.requires(family, "falsify")
    if not isinstance(examples, (int, np.integer)) or isinstance(examples, bool) or examples < 1:
        raise ValueError(f"falsify(): examples must be a whole number, at least 1; got {examples!r}")
    tried = unclear = 0
    failed: dict[str, Any] = {}

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=int(examples),
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(st.fixed_dictionaries({name: values_of(domain) for name, domain in family.parameters.items()}))
    def attempt(parameters: dict[str, Any]) -> None:
        nonlocal tried, unclear
        tried += 1
        outcome = verdict(family, parameters)
        unclear += outcome.status == "unclear"
        if outcome.status == "fails":
            failed.clear()
            failed.update(parameters=parameters, check=outcome)
            raise _Found

    with suppress(_Found), no_files():
        attempt()
    return Falsification(claim, family, failed.get("parameters"), failed.get("check"), tried, seed, unclear)


@contextmanager
def no_files() -> Iterator[None]:
    """Hypothesis leaves nothing in the user's folder here: it would make ``.hypothesis`` there even without a database.

    Where the tests of the user have made it, the numbers that it found in source files are read: to find them takes seconds.
    """
    from hypothesis import configuration

    home = vars(configuration).get("__hypothesis_home_directory")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = Path(home or os.getenv("HYPOTHESIS_STORAGE_DIRECTORY") or ".hypothesis", "constants").absolute()
        if found.is_dir():
            with suppress(OSError):  # a system that allows no links
                Path(folder, "constants").symlink_to(found, target_is_directory=True)
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(home)


class _Found(Exception):
    """Raised at a counterexample, for Hypothesis to shrink."""


def values_of(domain: Domain) -> Any:
    """A Hypothesis strategy for the values of a domain: short decimals and simple fractions, which shrink to whole numbers."""
    from hypothesis import strategies as st

    if isinstance(domain, Choice):
        return st.sampled_from(domain.values)
    low, high = domain.low, domain.low + _FARTHEST if domain.high is None else domain.high

    def simple(denominator: int) -> Any:
        first, last = -(-low * denominator // 1), high * denominator // 1
        numbers = st.integers(int(first), int(last)) if first <= last else st.nothing()
        return numbers.map(lambda n: Fraction(n, denominator)).filter(lambda value: value in domain)

    inside = [d for d in _DENOMINATORS if any(Fraction(n, d) in domain for n in _near(low, high, d))]
    if not inside:  # a narrow interval
        width = high - low
        return st.integers(1, 9).map(lambda n: low + width * Fraction(n, 10))
    return st.sampled_from(inside).flatmap(simple)


def _near(low: Fraction, high: Fraction, denominator: int) -> range:
    return range(int(low * denominator // 1), min(int(high * denominator // 1), int(low * denominator // 1) + 3) + 1)
