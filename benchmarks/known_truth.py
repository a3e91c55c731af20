"""Random families whose truth is known by construction: does any verdict contradict it, and does every call come back in time?

    python benchmarks/known_truth.py                 # 1,000 families, some minutes on two cores
    python benchmarks/known_truth.py --smoke --output DIR

A family's formulas are put together at random from kinks, branches, powers, exponentials and poles, so that each is known to
rise, or to fall, over all gaps; a *false* family gets a rise somewhere that makes the claim false, which is made sure of in
60 digits by mpmath, with none of the library's own arithmetic; an *undefined* one has no payoffs at a gap or at a parameter.
Every formula is a line of Python, so that a family at fault can be run by hand. Verdicts are wrong where a true claim is
refuted, a false one proved, a claim about payoffs that do not exist proved, or a counterexample is none by mpmath's digits.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction as F
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

import alliances as al
from alliances import arithmetic
from alliances.claims import CLAIMS, Family, Interval

__all__ = ["Known", "failures", "known"]

Truth = Literal["true", "false", "undefined"]
CLAIMED = ("proxy restraint", "sponsor restraint", "asymmetry", "proxy turns first")
_DIGITS = 60
_SLACK = 1e-30  # what a counterexample must exceed by, in mpmath's digits
_BESIDE = 24  # one over the half-width of a peak that is the higher all over a fall of width 1/32 beneath its middle
_PAIRS = 400  # pairs of gaps at which mpmath looks for a false claim's contradiction


@dataclass(frozen=True)
class Known:
    """A family, as the formulas of the two odds of betrayal in the gap g and the parameters v and w, and its truth.

    Attributes
    ----------
    claim
        What is asked.
    sponsor, proxy
        The odds: cooperation pays 1 to each, betrayal 1 + odds, conflict 0, so that δ* = odds/(1 + odds), and 0 below.
    low, high
        The interval of v; ``high`` None for a half-line.
    open_w
        Whether w, in [0, 1], is open, too; else it is ½.
    truth
        What is known.
    kind
        What the family was made to test.
    hole
        Around a gap, up to some distance, conflict tempts the sponsor more than alliance does, and the claim assumes that it
        does not.
    """

    claim: str
    sponsor: str
    proxy: str
    low: F
    high: F | None
    open_w: bool
    truth: Truth
    kind: str
    hole: tuple[F, F] | None = None

    def family(self) -> Family:
        """The family as users write it."""
        parameters: dict[str, Any] = {"v": Interval(self.low, self.high, "both" if self.high is not None else "left")}
        options: dict[str, Any] = {"enforcement": al.GivenPunishment(), "assume": ("deterrent",) if self.hole else ()}
        if self.open_w:
            return Family(lambda v, w: self.game(v, w), parameters | {"w": Interval(0, 1)}, **options)
        return Family(lambda v: self.game(v, F(1, 2)), parameters, **options)

    def game(self, v: Any, w: Any) -> al.CustomGame:
        """The model at these parameters."""
        sponsor, proxy = _compiled(self.sponsor), _compiled(self.proxy)

        def payoffs(power: al.Power) -> list[list[tuple[Any, Any]]]:
            g = power.gap
            names = {**_LIBRARY, "g": g, "s": power.sponsor, "p": power.proxy, "v": arithmetic.like(v, g)}
            names["w"] = arithmetic.like(w, g)
            a, b = (eval(code, {"__builtins__": {}}, names) for code in (sponsor, proxy))
            war = 0 if self.hole is None else arithmetic.choose(abs(g - self.hole[0]) <= self.hole[1], 2, 0)
            return [[(1, 1), (-1, 1 + b)], [(1 + a, -1), (war, 0)]]

        return al.CustomGame(payoffs)

    def odds(self, g: Any, v: Any, w: Any) -> tuple[Any, Any]:
        """The two odds by mpmath; raises ZeroDivisionError or ValueError where there are none."""
        import mpmath

        with mpmath.workdps(_DIGITS):
            g, v, w = _multiple(g), _multiple(v), _multiple(w)
            names = {**_reference(), "g": g, "s": (1 + g) / 2, "p": (1 - g) / 2, "v": v, "w": w}
            return tuple(  # type: ignore[return-value]
                max(eval(_compiled(text), {"__builtins__": {}}, names), mpmath.mpf(0)) for text in (self.sponsor, self.proxy)
            )

    def contradicted(self, low: Any, high: Any, v: Any, w: Any) -> bool:
        """Whether the odds at two gaps contradict the claim for sure. The proxy turning first needs neighbours."""
        import mpmath

        with mpmath.workdps(_DIGITS):
            if self.hole is not None and low <= self.hole[0] + self.hole[1] and high >= self.hole[0] - self.hole[1]:
                return False  # on no common stretch
            before, after = self.odds(low, v, w), self.odds(high, v, w)
            if self.claim == "proxy turns first":
                return bool(after[0] > after[1] + _SLACK and before[0] > max(before[1], *after) + _SLACK)
            rank: dict[str, Callable[[tuple[Any, Any]], Any]] = {
                "proxy restraint": lambda pair: pair[1],
                "sponsor restraint": lambda pair: pair[0],
                "asymmetry": max,
            }
            of = rank[self.claim]
            return bool(of(after) > of(before) + _SLACK)

    def __str__(self) -> str:
        domain = f"v in [{self.low}, {'oo' if self.high is None else self.high}]" + (", w in [0, 1]" if self.open_w else "")
        return f"{self.claim}, {self.truth} ({self.kind}): sponsor {self.sponsor}; proxy {self.proxy}; {domain}"


_compiled = lru_cache(maxsize=64)(partial(compile, filename="formula", mode="eval"))  # each is asked at hundreds of points

_LIBRARY: dict[str, Any] = {
    "F": F,
    "abs": abs,
    "choose": arithmetic.choose,
    "exp": arithmetic.exp,
    "larger": arithmetic.larger,
    "log": arithmetic.log,
    "smaller": arithmetic.smaller,
}


def _reference() -> dict[str, Any]:
    import mpmath

    return {
        "F": lambda a, b: mpmath.mpf(a) / b,
        "abs": abs,
        "choose": lambda condition, a, b: a if condition else b,
        "exp": mpmath.exp,
        "larger": max,
        "log": _logarithm,
        "smaller": min,
    }


def _logarithm(x: Any) -> Any:
    import mpmath

    if x <= 0:
        raise ZeroDivisionError("log of 0")
    return mpmath.log(x)


def _multiple(x: Any) -> Any:
    import mpmath

    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, F) else mpmath.mpf(x)


class _Formulas:
    """Formulas in g, v and w that are nowhere negative and rise (+1) or fall (−1) with g over [0, 1), for all v, w ≥ 0."""

    def __init__(self, rng: np.random.Generator, bounded: bool) -> None:
        self.rng, self.bounded, self.transcendental = rng, bounded, 0

    def pick(self, options: list[Any]) -> Any:
        """One of them."""
        return options[int(self.rng.integers(len(options)))]

    def ratio(self, low: int = 1, high: int = 11, over: int = 12) -> str:
        """A rational number, between 0 and 1 as a rule."""
        return f"F({int(self.rng.integers(low, high + 1))}, {over})"

    def scale(self) -> str:
        """A number or parameter that is never negative."""
        return str(self.pick([self.ratio(), "1", "2", "v", "w", f"(v + {self.ratio()})"]))

    def atom(self, sign: int) -> str:
        """A formula without parts."""
        a, m = self.ratio(), self.pick(["2", "3", "F(1, 2)", "F(3, 2)"])
        rising = ["g", f"g/(g + {a})", f"1/(1 + {a} - g)", f"larger(g - {a}, 0)", f"smaller(g, {a})", "s", "g*g"]
        rising += [f"choose(g > {a}, {a} + 1, 1)", f"choose(g >= {a}, g, 0*g)", f"g/(1 + {self.scale()}*g)", "s*s/(s*s + p*p)"]
        falling = ["(1 - g)", "p", "p/s", f"1/(g + {a})", f"larger({a} - g, 0)", f"1/(1 + {self.scale()}*g)", "(1 - g)**3"]
        falling += [f"choose(g > {a}, {a}, {a} + 1)", f"abs(1 - g)/({a} + g)", f"smaller(1 - g, {a})"]
        falling += ["p*p/(s*s + p*p)", "choose(g > 0, 0*g, F(1, 2) + 0*g)"]  # contests
        if self.transcendental < 2 and self.rng.random() < 0.3:
            self.transcendental += 1
            rising = [f"g**{m}", "exp(g)", f"log(1 + {a} + g)", *(["(1 + g)**v", "exp(w*g)"] if self.bounded else [])]
            falling = [
                f"(1 - g)**{m}",
                "exp(-g)",
                f"(p/s)**{m}",
                "1/(1 + exp(2*(s - p)))",
                *(["(1 + g)**(-v)", "exp(-v*g)"] if self.bounded else []),
            ]
        return str(self.pick(rising if sign > 0 else falling))

    def formula(self, sign: int, depth: int) -> str:
        """A formula of at most so many levels."""
        if depth == 0 or self.rng.random() < 0.2:
            return self.atom(sign)
        a, b = (self.formula(sign, depth - 1) for _ in range(2))
        return str(
            self.pick(
                [
                    f"({a} + {b})",
                    f"({a})*({b})",
                    f"larger({a}, {b})",
                    f"smaller({a}, {b})",
                    f"({a} + {self.scale()})",
                    f"{self.scale()}*({a})",
                    f"({a})/(1 + {a})",
                    f"({a})/({self.ratio()} + {self.formula(-sign, depth - 1)})",
                    f"({self.scale()} + 1)/({self.ratio()} + {self.formula(-sign, depth - 1)})",
                ]
            )
        )

    def bump(self) -> tuple[str, str]:
        """(kind, a formula that somewhere rises)."""
        a, width = self.ratio(1, 10), self.pick(["F(1, 4)", "F(1, 30)", "F(1, 1000)", "F(1, 10**5)"])
        near = (
            f"larger({width} - abs(v - {self.ratio()}), 0)/{width}" if self.rng.random() < 0.3 else self.pick(["1", "w", "v"])
        )
        return self.pick(
            [
                ("kink", f"{near}*larger(smaller(g - {a}, {width}), 0)/{width}"),
                ("hat", f"{near}*larger({width} - abs(g - {a}), 0)/{width}"),
                ("jump", f"{near}*choose(g > {a}, 1, 0)"),
                ("smooth", f"{near}*{self.formula(1, 1)}"),
                ("power", f"{near}*g**{self.pick(['2', 'F(1, 2)', 'F(5, 2)'])}"),
                ("pole at the end", f"{near}/({width} + 1 - g)"),
            ]
        )

    def gap_in_domain(self) -> tuple[str, str]:
        """(kind, a formula that falls but has no value at some gap or parameter of the domain)."""
        a = self.ratio(1, 11)
        return self.pick(
            [
                ("pole", f"1/abs(g - {a})"),
                ("pole in v", f"1/(v - {a})**2"),
                ("pole at parity", "1/g"),
                ("log at parity", "larger(-log(g), 0)"),
                ("power at parity", "g**(-v)"),
                ("root at parity", "g**F(-1, 2)"),
                ("pole on a curve", "1/abs(g - v/2)"),
            ]
        )


def known(seed: int, number: int) -> Known:
    """The family of this number; true, false and undefined ones in turn, more of the first two."""
    rng = np.random.default_rng([seed, number])
    while True:
        family = _drawn(rng, ("true", "false", "true", "false", "undefined")[number % 5])
        if family is not None:
            return family


def _drawn(rng: np.random.Generator, truth: Truth) -> Known | None:
    high = (F(1), F(1), F(2), None)[int(rng.integers(4))]
    low = F(0) if high is None or rng.random() < 0.5 else F(1, 12)
    formulas = _Formulas(rng, high is not None)
    claim = CLAIMED[int(rng.integers(4))]
    first = claim == "proxy turns first"
    sponsor, proxy = formulas.formula(1 if first else -1, 2), formulas.formula(-1, 2)
    kind = "by construction"
    if truth == "false":
        kind, bump = formulas.bump()
        if first:  # the sponsor's odds fall somewhere while they are the larger
            sponsor, proxy = f"3 + ({sponsor}) - 2*({bump})", f"({proxy})/(1 + ({proxy}))"
        elif claim == "sponsor restraint" or (claim == "asymmetry" and rng.random() < 0.5):
            sponsor = f"({sponsor}) + 3*({bump})"
        else:
            proxy = f"({proxy}) + 3*({bump})"
    elif truth == "undefined":
        kind, hole = formulas.gap_in_domain()
        low, high = F(0), F(1)
        proxy = f"({proxy}) + {hole}"
        if first:
            sponsor = f"({sponsor}) + 0*{hole}"
    hole = None
    if truth == "true" and first and rng.random() < 0.3:  # the sponsor's odds fall where the proxy's hide it
        kind, a = "hidden fall", F(int(rng.integers(20, 100)), 128)
        fall = f"larger(smaller(({a} - g)*32, 1), 0)"
        sponsor, proxy = f"1 + 2*{fall} + v", f"F(1, 2) + 20*larger(1 - abs(g - {a - F(1, 64)})*{_BESIDE}, 0)*(1 + v)"
    elif truth == "true" and not first and rng.random() < 0.15:  # what rises, rises where the assumption fails
        kind, hole = "hole", (F(int(rng.integers(1, 20)), 20) + F(1, 500), F(1, 10 ** int(rng.integers(2, 6))))
        sponsor, proxy = f"({sponsor}) + choose(g > {hole[0]}, 5, 0)", f"({proxy}) + choose(g > {hole[0]}, 5, 0)"
    open_w = "w" in sponsor + proxy
    family = Known(claim, sponsor, proxy, low, high, open_w, truth, kind, hole)
    return family if _sure(family, rng) else None


def _sure(family: Known, rng: np.random.Generator) -> bool:
    """Whether mpmath sees no contradiction of a true claim, and one of a false claim; and a tame size of the odds."""
    if family.truth == "undefined":
        return True
    seen = False
    top = 4.0 if family.high is None else float(family.high)
    for k in range(_PAIRS):
        v = F(int(rng.integers(0, 25)), 24) * F(top - float(family.low)).limit_denominator(12) + family.low
        w = F(int(rng.integers(0, 5)), 4) if family.open_w else F(1, 2)
        low = F(int(rng.integers(0, 240)), 240)
        step = (F(1, 240), F(1, 10**6), F(1, 12), F(1, 3000))[k % 4]
        high = low + step
        if high >= 1:
            continue
        if family.contradicted(low, high, v, w):
            if family.claim == "proxy turns first" and step > F(1, 3000):
                continue  # only neighbours tell
            if family.truth == "true":
                raise AssertionError(f"not true by construction: {family}")
            seen = True
            break
    return seen or family.truth == "true"


def failures(family: Known, timeout: float) -> tuple[dict[str, Any], list[str]]:
    """(what was answered, what is wrong about it) of ``prove``, ``check``, ``falsify`` and ``measure``."""
    warnings.simplefilter("ignore")
    claim, model = CLAIMS[family.claim], family.family()
    start = time.perf_counter()
    proof = claim.prove(model, timeout=timeout)
    answer: dict[str, Any] = {"status": proof.status, "seconds": time.perf_counter() - start, "truth": family.truth}
    wrong = []
    if proof.status == "proved" and family.truth != "true":
        wrong.append(f"proved although {family.truth}")
    if proof.status == "refuted":
        wrong += _of_witness(family, proof.counterexample.parameters, proof.counterexample.check, "prove")
    if family.truth == "undefined":
        return answer, wrong
    with np.errstate(all="ignore"):
        found = claim.falsify(model, examples=25, rng=1)
        share = claim.measure(model, points=64, line_points=50, rng=1).share
    answer |= {"falsified": found.found, "share": share}
    if found.found:
        wrong += _of_witness(family, found.parameters, found.check, "falsify")
    if family.truth == "true" and share is not None and share < 1:
        wrong.append(f"measure finds a share of {share} of a true claim")
    return answer, wrong


def _of_witness(family: Known, parameters: Any, check: Any, by: str) -> Iterator[str]:
    text = f"{', '.join(f'{name} = {value}' for name, value in parameters.items())}: {check.message}"
    if family.truth == "true":
        yield f"{by} finds a counterexample of a true claim: {text}"
        return
    v, w = (parameters.get(name, F(1, 2)) for name in ("v", "w"))
    if not family.contradicted(check.witness.low, check.witness.high, v, w):
        yield f"{by}'s counterexample is none: {text}"


def _one(task: tuple[int, int, float]) -> tuple[int, str, dict[str, Any], list[str]]:
    seed, number, timeout = task
    family = known(seed, number)
    try:
        answer, wrong = failures(family, timeout)
    except Exception as error:  # a crash is a failure of its own
        answer, wrong = {"status": "error", "seconds": 0.0, "truth": family.truth}, [repr(error)[:300]]
    return number, str(family), answer, wrong


def main() -> int:
    """Ask for all families, print what is wrong, and write the counts."""
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--families", type=int, default=1000, help="how many (default: 1000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first one (default: 0)")
    parser.add_argument("--seed", type=int, default=0, help="(default: 0)")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds for a proof (default: 1)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    parser.add_argument("--smoke", action="store_true", help="a handful of families")
    options = parser.parse_args()
    if options.smoke:
        options.families = 4
    begin = time.monotonic()
    tasks = [(options.seed, options.first + k, options.timeout) for k in range(options.families)]
    counts: Counter[str] = Counter()
    late, longest, faults = 0, 0.0, 0
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for number, text, answer, wrong in tqdm(pool.map(_one, tasks), total=len(tasks), unit="family"):
            counts[f"{answer['truth']}: {answer['status']}"] += 1
            longest = max(longest, answer["seconds"])
            late += answer["seconds"] > 1.5 * options.timeout + 1
            for sentence in wrong:
                faults += 1
                print(f"WRONG {number}: {text}\n    {sentence}", file=sys.stderr)
    result = {
        "families": options.families,
        "seed": options.seed,
        "timeout": options.timeout,
        "alliances": al.__version__,
        "wrong": faults,
        "late": late,
        "longest_seconds": round(longest, 2),
        "verdicts": dict(sorted(counts.items())),
        "minutes": round((time.monotonic() - begin) / 60, 1),
    }
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "known_truth.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
