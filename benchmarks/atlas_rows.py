"""The rows of the atlas: which claim is asked of which family, and what answers to different rows imply for each other."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import alliances as al
from alliances.claims import Choice, Family, Interval, alliance_family
from alliances.repeated.enforcement import typical

DESIGN = "1"
"""To be changed when a row of the same name becomes another question: answers saved before are then asked for again."""

SYNERGIES = ("complementarity", "aggregation", "constant", "common threat")
SHARINGS = ("proportional", "equal", "bargaining", "wage")
CONTESTS: dict[str, dict[str, Any]] = {
    "m=1/2": {"decisiveness": Fraction(1, 2)},
    "m=1": {"decisiveness": 1},
    "m=3/2": {"decisiveness": Fraction(3, 2)},
    "m=2": {"decisiveness": 2},
    "m=3": {"decisiveness": 3},
    "all-pay": {"contest": "all-pay"},
    "Hirshleifer": {"contest": "hirshleifer", "decisiveness": 2},
}
"""Tullock contests by their decisiveness m; the all-pay limit; Hirshleifer's with κ = 2, where s + p = 1."""

RESTRAINTS = ("asymmetry", "proxy restraint", "sponsor restraint")
ALONG = (*RESTRAINTS, "proxy turns first")
AT_PARITY = ("pact at parity", "stakes")
_BOTH = ("credible", "deterrent")
_SIGNALS = {
    "false_alarm": Choice(Fraction(1, 100), Fraction(1, 20), Fraction(1, 4)),
    "miss": Choice(Fraction(1, 10), Fraction(1, 2)),
}
"""``ImperfectMonitoring`` takes numbers, neither symbols nor arrays, so that α and β are open over finite sets."""


@dataclass(frozen=True)
class Concept:
    """An enforcement concept of the atlas: how it is made, what is assumed, how many models a measurement takes."""

    text: str
    make: Callable[..., Any]
    assume: tuple[str, ...] = ()
    opens: Mapping[str, Any] = field(default_factory=dict)
    points: int = 0
    line_points: int = 200

    @property
    def models(self) -> int:
        """How many models a measurement takes: more where the assumptions leave nothing to compare for most of them."""
        return self.points or (2048 if self.assume else 512)


CONCEPTS = {
    "Nash": Concept("reversion to the worst stage Nash equilibrium", al.NashReversion),
    "given": Concept("conflict for ever, taken as given", al.GivenPunishment),
    "given, deterrent": Concept("conflict for ever, where both prefer the alliance to it", al.GivenPunishment, ("deterrent",)),
    "given, credible": Concept("conflict for ever, where it is a stage equilibrium", al.GivenPunishment, ("credible",)),
    "given, both": Concept(
        "conflict for ever, where it is a stage equilibrium and both prefer the alliance", al.GivenPunishment, _BOTH
    ),
    "finite": Concept("the worst stage equilibrium for 3 periods", lambda: al.FinitePunishment(3), points=256),
    "monitoring": Concept(
        "a noisy signal, false alarms 1/20, misses 1/10", lambda: al.ImperfectMonitoring(Fraction(1, 20), Fraction(1, 10))
    ),
    "monitoring, open": Concept(
        "a noisy signal, false alarms 1/100, 1/20 or 1/4 and misses 1/10 or 1/2",
        lambda: lambda false_alarm, miss: al.ImperfectMonitoring(false_alarm, miss),
        opens=_SIGNALS,
    ),
    "transfers": Concept("side payments, reversion to stage equilibria", al.Transfers),
    "transfers given": Concept("side payments, conflict for ever taken as given", lambda: al.GivenPunishment(al.Transfers())),
    "transfers given, deterrent": Concept(
        "side payments, conflict for ever where both prefer the alliance to it",
        lambda: al.GivenPunishment(al.Transfers()),
        ("deterrent",),
    ),
    "transfers given, both": Concept(
        "side payments, conflict for ever where it is a stage equilibrium and both prefer the alliance",
        lambda: al.GivenPunishment(al.Transfers()),
        _BOTH,
    ),
    "optimal": Concept(
        "optimal penal codes, where conflict is a stage equilibrium and both prefer the alliance",
        al.OptimalPenalCode,
        _BOTH,
        points=128,
        line_points=40,
    ),
    "optimal transfers": Concept(
        "side payments and optimal penal codes, where conflict is a stage equilibrium and both prefer the alliance",
        lambda: al.Transfers(punishment="optimal"),
        _BOTH,
        points=2048,
        line_points=100,
    ),
}
"""All enforcement concepts, by the names that rows give them."""

for _typical in typical():  # a concept that is registered and not yet asked about gets a few rows of its own
    if not any(isinstance(_made, type(_typical)) for _made in (c.make() for c in CONCEPTS.values() if not c.opens)):
        CONCEPTS[repr(_typical)] = Concept(repr(_typical), lambda concept=_typical: concept)

POOLED = tuple(name for name in CONCEPTS if "transfers" in name)
FULL = ("given, both", "Nash", "given", "given, credible", "transfers given, both", "transfers given", "optimal transfers")
DETERRENT = ("given, deterrent", "transfers given, deterrent")
THINNED: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "transfers": (("asymmetry",), SHARINGS[:3], tuple(CONTESTS)),
    "optimal": (ALONG, SHARINGS[:3], ("m=1", "m=2")),
    "finite": (ALONG, SHARINGS[:2], ("m=1", "m=2")),
    "monitoring": (ALONG, SHARINGS[:2], ("m=1", "m=2")),
    "monitoring, open": (ALONG, SHARINGS[:1], ("m=1", "m=2")),
}
"""Concepts whose proofs are slow, or that are new, and the claims, sharing rules and contests that they are asked of."""
THINNED |= {name: (ALONG, SHARINGS[:1], ("m=1", "m=2")) for name in CONCEPTS if name not in (*FULL, *THINNED, *DETERRENT)}


@dataclass(frozen=True)
class Row:
    """One question: a claim about a family under an enforcement concept."""

    claim: str
    enforcement: str
    synergy: str
    sharing: str
    contest: str
    costs: str = "equal"
    actions: int = 2

    @property
    def name(self) -> str:
        """What the row is called in the state file."""
        return " | ".join(str(part) for part in asdict(self).values())

    @property
    def seed(self) -> int:
        """The seed of its measurement: a number that its name determines."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big")

    @property
    def models(self) -> int:
        """How many models its measurement takes; three actions under optimal penal codes are slow."""
        return 64 if self.actions == 3 and self.enforcement == "optimal" else CONCEPTS[self.enforcement].models

    def with_(self, **changes: Any) -> Row:
        """The same row with other entries."""
        return Row(**(asdict(self) | changes))

    def family(self) -> Family:
        """The models that the claim is about."""
        concept = CONCEPTS[self.enforcement]
        options: dict[str, Any] = {
            "synergy": self.synergy,
            "sharing": self.sharing,
            "costs": self.costs,
            "actions": self.actions,
        }
        if self.claim == "stakes":
            low = 1 if self.sharing == "wage" else 0  # a wage is below 1, and must not exceed the rents z(1 + V)
            options["stakes"] = Interval(low, None, "left" if low else "neither")
        base = alliance_family(**options, **CONTESTS[self.contest])
        if not concept.opens:
            return base.with_(enforcement=concept.make(), assume=concept.assume)
        return Family(
            lambda **values: base.model(**{name: values[name] for name in base.parameters}),
            dict(base.parameters) | dict(concept.opens),
            enforcement=concept.make(),
            assume=concept.assume,
        )


def all_rows() -> list[Row]:
    """Every row, those that matter most first."""
    rows = [
        Row(claim, enforcement, synergy, sharing, contest)
        for enforcement in FULL
        for claim in ALONG
        for synergy in SYNERGIES
        for sharing in SHARINGS
        for contest in CONTESTS
    ]
    rows += [  # theory: neither credible nor assumed to hold, only to deter
        Row(claim, enforcement, synergy, "proportional", contest)
        for enforcement in DETERRENT
        for claim in RESTRAINTS
        for synergy in SYNERGIES
        for contest in CONTESTS
    ]
    rows += [
        Row(claim, enforcement, synergy, sharing, contest)
        for enforcement, (claims, sharings, contests) in THINNED.items()
        for claim in claims
        for synergy in SYNERGIES
        for sharing in sharings
        for contest in contests
    ]
    rows += [
        Row(claim, enforcement, synergy, "proportional", contest, "unequal")
        for enforcement in ("given, both", "transfers given, both")
        for claim in ALONG
        for synergy in SYNERGIES
        for contest in ("m=1", "m=2")
    ]
    rows += [
        Row(claim, enforcement, synergy, "proportional", contest, "equal", 3)
        for enforcement in ("given, both", "transfers given, both")
        for claim in ALONG
        for synergy in SYNERGIES
        for contest in ("m=1", "m=2")
    ]
    rows += [
        Row(claim, enforcement, synergy, sharing, "m=1", "equal", 3)
        for enforcement in ("Nash", "given", "transfers", "optimal")
        for claim in AT_PARITY
        for synergy in SYNERGIES
        for sharing in SHARINGS
        if enforcement != "optimal" or (sharing != "wage" and claim != "stakes")  # minutes each
    ]
    return rows


def smoke_rows() -> list[Row]:
    """A handful of rows of every kind."""
    return [
        Row("asymmetry", "given, both", "complementarity", "proportional", "m=1"),
        Row("asymmetry", "given, both", "aggregation", "proportional", "m=1"),
        Row("proxy restraint", "given, both", "complementarity", "proportional", "m=1"),
        Row("sponsor restraint", "given, both", "complementarity", "proportional", "m=2"),
        Row("proxy turns first", "Nash", "constant", "equal", "all-pay"),
        Row("asymmetry", "transfers given, both", "aggregation", "proportional", "m=2"),
        Row("asymmetry", "optimal transfers", "constant", "proportional", "m=1"),
        Row("asymmetry", "monitoring, open", "constant", "proportional", "m=1"),
        Row("stakes", "given", "constant", "equal", "m=1", actions=3),
    ]


WEAKER: tuple[tuple[str, str], ...] = (
    ("given", "given, deterrent"),
    ("given", "given, credible"),
    ("given, deterrent", "given, both"),
    ("given, credible", "given, both"),
    ("transfers given", "transfers given, deterrent"),
    ("transfers given, deterrent", "transfers given, both"),
    ("transfers given", "transfers given, both"),
    ("given", "given, both"),
    ("monitoring, open", "monitoring"),
    ("Nash", "finite"),
    ("Nash", "monitoring"),
    ("Nash", "monitoring, open"),
)
"""(a, b): a claim proved under a holds under b, and one refuted under b fails under a.

What assumes more is about fewer stretches of gaps. Finite punishment and imperfect monitoring turn the odds of betrayal into a
critical discount factor by a function that never falls, so that they reverse no order that Nash reversion keeps.
"""


def implications(row: Row) -> Iterator[tuple[Row, ...]]:
    """Rows that, if all proved, prove this one."""
    for weak, strong in WEAKER:
        if row.enforcement == strong:
            yield (row.with_(enforcement=weak),)
    if row.costs == "equal":
        yield (row.with_(costs="unequal"),)
    if row.claim == "asymmetry":
        yield row.with_(claim="proxy restraint"), row.with_(claim="sponsor restraint")
    if row.enforcement in POOLED and row.claim in RESTRAINTS:  # one constraint for the dyad: three names for one claim
        for claim in RESTRAINTS:
            if claim != row.claim:
                yield (row.with_(claim=claim),)


def implied(answers: Mapping[Row, str]) -> dict[Row, str]:
    """Statuses of unknown rows that follow from other rows', and "contradiction" where two answers exclude each other."""
    settled = {row: status for row, status in answers.items() if status in ("proved", "refuted")}
    wrong: dict[Row, str] = {}
    rules = [(row, premises) for row in answers for premises in implications(row) if all(p in answers for p in premises)]
    changed = True
    while changed:
        changed = False
        for row, premises in rules:
            open_ones = [p for p in premises if settled.get(p) != "proved"]
            if not open_ones:
                if settled.get(row) == "refuted":
                    wrong[row] = "contradiction"
                elif row not in settled:
                    settled[row] = "proved"
                    changed = True
            elif settled.get(row) == "refuted" and len(open_ones) == 1 and open_ones[0] not in settled:
                settled[open_ones[0]] = "refuted"
                changed = True
    return {row: status for row, status in settled.items() if answers[row] not in ("proved", "refuted")} | wrong


THEOREMS: dict[tuple[str, str, str, str], str] = {}
"""What was found by hand with Z3 before the library could prove: (enforcement, claim, synergy, contest) → status."""
for _synergy in SYNERGIES[:3]:
    for _contest in ("m=1", "m=2", "m=3"):
        _m1 = _contest == "m=1"
        for _kind in ("deterrent", "both"):
            THEOREMS[f"transfers given, {_kind}", "asymmetry", _synergy, _contest] = "proved"
            THEOREMS[f"given, {_kind}", "sponsor restraint", _synergy, _contest] = "proved" if _m1 else "refuted"
        THEOREMS["given, deterrent", "proxy restraint", _synergy, _contest] = "refuted" if _m1 else "proved"
        THEOREMS["given, both", "proxy restraint", _synergy, _contest] = (
            "refuted" if _m1 and _synergy != "complementarity" else "proved"
        )


ROOMS = ("arithmetic", "games", "payoffs", "repeated", "claims")
WITHOUT_ANSWERS = (
    *(f"claims/{name}.py" for name in ("comparing", "falsifying", "moving", "own")),
    *(f"games/{name}.py" for name in ("minmax", "nash", "ordinal", "players", "tableau")),
    "repeated/monitoring/",
    *(f"repeated/payoff_sets/{name}.py" for name in ("exact", "screening", "single", "strategy", "supports")),
)
"""What of these rooms no row asks for, as a test sees: claims of one's own, searches for counterexamples, power that moves,
mixed equilibria and minmax, exact payoff sets, public signals."""


def fingerprint() -> str:
    """A digest of the library's code that the answers depend on, and of the design of the rows.

    Of the code as it is parsed, without comments and docstrings: words that explain it do not change an answer. Nor does the
    folder in which a part of the library lies, so that imports from it count by the names alone.
    """
    root = Path(al.__file__).parent
    files = {file.relative_to(root).as_posix(): file for room in ROOMS for file in (root / room).rglob("*.py")}
    files["power.py"] = root / "power.py"
    digest = hashlib.sha256(DESIGN.encode())
    for name in sorted(files):
        if not name.startswith(WITHOUT_ANSWERS):
            digest.update(_code(files[name].read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:12]


def _code(source: str) -> str:
    """The statements of a module in one spelling, without texts that stand alone; then the names it imports of the library."""
    tree, names = ast.parse(source), []
    for node in _blocks(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            own = [item for item in body if isinstance(item, ast.ImportFrom) and (item.module or "").startswith("alliances.")]
            names += [ast.unparse(alias) for item in own for alias in item.names]
            node.body = [x for x in body if not _text(x) and x not in own] or [ast.Pass()]  # type: ignore[attr-defined]
    return "\n".join([ast.unparse(tree), *sorted(names)])


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    """A module, its statements and theirs: what can have a body of statements, which no expression has."""
    yield node
    for part in ast.iter_child_nodes(node):
        if isinstance(part, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield from _blocks(part)


def _text(statement: ast.AST) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
