"""Critical discount factors as formulas: δ* in closed form, region by region of the equilibrium that punishes.

A reversion punishes player i by the stage equilibrium that is worst for it. Which one that is changes with power and with the
model's parameters, and with it the formula: so δ_i* has one closed form for each **region**, with the region's condition. The
conditions are comparisons of payoffs – the profile is an equilibrium, and no other equilibrium is worse for i – and are reduced
to what they depend on: factors whose sign is the same everywhere are dropped.

Inside a region δ_i* is 0 where player i is not tempted, inf where the punishment does not deter, and the concept's closed form
in the temptation d_i − c_i and the loss c_i − w_i elsewhere. Floats count as the decimal numbers that they are written as.
Where regions meet, at single points, the formulas of both sides are given; a model that takes another value at such a point
alone (an all-pay contest at parity) is described by its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from alliances.arithmetic import Number
from alliances.games.bimatrix import Profile
from alliances.games.stage_game import StageGame
from alliances.payoffs.dyadic import DyadicGame, array_shapes
from alliances.power import Power
from alliances.repeated.enforcement.signs import (
    Domain,
    Formula,
    at_least,
    exact,
    rational,
    sign,
    stretches,
    within,
    within_stretches,
)
from alliances.results import Result, need
from alliances.values import Value

if TYPE_CHECKING:
    from alliances.results import Columns

__all__ = ["DiscountFormula", "FormulaRegion", "FormulaRule", "formula_of", "formula_question"]

Who: TypeAlias = Literal["sponsor", "proxy", "dyad"]


@dataclass(frozen=True, eq=False)
class FormulaRegion(Result):
    """A region of a formula: where one equilibrium punishes.

    Attributes
    ----------
    player
        Whose δ* it is: "sponsor", "proxy", or "dyad" where side payments pool the constraints.
    punishment
        The action labels of the profile that punishes (two profiles for the dyad: the sponsor's punishment and the proxy's);
        None where the stage game has no pure equilibrium, so that nothing punishes.
    condition
        Where this is so, as a condition of SymPy.
    expression
        δ* there, as an expression of SymPy.
    spans
        The stretches of gaps where the condition holds, to six digits, if it depends on the gap alone; otherwise empty.
    """

    player: Who
    punishment: tuple[Any, ...] | None
    condition: Formula
    expression: Formula
    spans: tuple[tuple[float, float], ...] = ()

    @property
    def message(self) -> str:
        """The formula and where it holds."""
        where = " or ".join(f"gaps {a:.6g} to {b:.6g}" for a, b in self.spans) or shorten(
            str(self.condition), 100, placeholder=" …"
        )
        how = "nothing punishes" if self.punishment is None else f"punished by {self.punished_by}"
        return f"{self.player}: {shorten(str(self.expression), 100, placeholder=' …')} where {how} ({where})"

    @property
    def punished_by(self) -> str:
        """The punishing profiles as text."""
        if self.punishment is None:
            return "nothing"
        profiles = self.punishment if isinstance(self.punishment[0], tuple) else (self.punishment,)
        return " and ".join(f"({', '.join(profile)})" for profile in dict.fromkeys(profiles))


@dataclass(frozen=True, eq=False)
class DiscountFormula(Result):
    """δ* in closed form.

    Attributes
    ----------
    regions
        One formula per side and region; the regions of a side cover everything.
    enforcement, game, profile
        The question that was asked.
    """

    regions: tuple[FormulaRegion, ...]
    enforcement: Value
    game: DyadicGame
    profile: tuple[int, int]

    @property
    def players(self) -> tuple[Who, ...]:
        """The sides that have a formula: ("sponsor", "proxy"), or ("dyad",) where constraints are pooled."""
        return tuple(dict.fromkeys(region.player for region in self.regions))

    def expression(self, player: Who) -> Formula:
        """δ* of one side as one expression of SymPy, a ``Piecewise`` over the regions.

        Raises
        ------
        ValueError
            If there is no such side.
        """
        if player not in self.players:
            raise ValueError(f"DiscountFormula.expression(): player must be one of {', '.join(self.players)}; got {player!r}")
        sympy = need("sympy", "prove", "formula()")
        pieces = [(region.expression, region.condition) for region in self.regions if region.player == player]
        return sympy.Piecewise(*pieces)

    def latex(self, player: Who | None = None) -> str:
        r"""The formulas in LaTeX, of one side or of all, one line each: ``\delta_{S}^{*} = \begin{cases} ...``."""
        sympy = need("sympy", "prove", "formula()")
        names = {"sponsor": r"\delta_{S}^{*}", "proxy": r"\delta_{P}^{*}", "dyad": r"\delta^{*}"}
        chosen = self.players if player is None else (player,)
        return "\n".join(f"{names[who]} = {sympy.latex(self.expression(who))}" for who in chosen)

    @property
    def message(self) -> str:
        """How many formulas there are."""
        return f"δ* in closed form under {self.enforcement}: {len(self.regions)} regions."

    def _record(self) -> dict[str, Any]:
        return {"regions": self.regions, "enforcement": self.enforcement, "profile": self.profile}

    def _columns(self) -> Columns:
        """One row per region."""
        return {
            "player": [region.player for region in self.regions],
            "punishment": [region.punished_by for region in self.regions],
            "condition": [str(region.condition) for region in self.regions],
            "formula": [str(region.expression) for region in self.regions],
        }

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {region.message}" for region in self.regions)])


class FormulaRule(NamedTuple):
    """What a formula needs to know of a concept.

    Attributes
    ----------
    least
        δ* from a temptation and a loss that deters, as arithmetic.
    deters
        Whether a loss deters a temptation at some δ < 1, as in :meth:`Enforcement.deters`.
    pooled
        Whether the players' constraints are one.
    given
        The profile that punishes, and whether it must be an equilibrium for that; None for the worst stage equilibrium.
    """

    least: Callable[[Number, Number], Number]
    deters: Callable[[Number, Number], Any]
    pooled: bool
    given: tuple[tuple[int, int], bool] | None = None


class _Case(NamedTuple):
    """A case of the model: which comparisons hold, where the gap may lie, and the payoffs, without any choice in them."""

    conditions: tuple[Formula, ...]
    domain: Domain
    sponsor: list[list[Formula]]
    proxy: list[list[Formula]]


def formula_of(
    enforcement: Value, rule: FormulaRule, game: DyadicGame, power: Power | None, profile: tuple[int, int]
) -> DiscountFormula:
    """δ* of both sides under a concept that the rule describes; see :meth:`alliances.Enforcement.formula`."""
    sympy = need("sympy", "prove", "formula()")
    gap, back = sympy.Symbol("gamma", real=True), {}
    payoffs = _payoffs(game, Power.from_gap(gap) if power is None else power)
    domain = Domain(gap if power is None else None, sympy.Integer(-1), sympy.Integer(1))
    if power is None and not all(rational(x, gap) for table in payoffs for row in table for x in row):
        s, p = sympy.Dummy("s", positive=True), sympy.Dummy("p", positive=True)  # whose signs are known, as those of γ are not
        payoffs, domain, back = _payoffs(game, Power(s, p)), domain._replace(gap=None), {s: (1 + gap) / 2, p: (1 - gap) / 2}
    regions = [
        replace(region, condition=region.condition.xreplace(back), expression=region.expression.xreplace(back))
        for case in _cases(_Case((), domain, *payoffs))
        for region in _regions_of(case, rule, game.actions, profile)
    ]
    order = ("sponsor", "proxy", "dyad")
    return DiscountFormula(tuple(sorted(regions, key=lambda region: order.index(region.player))), enforcement, game, profile)


def _payoffs(game: DyadicGame, power: Power) -> tuple[list[list[Formula]], list[list[Formula]]]:
    """The sponsor's and the proxy's payoffs as SymPy's expressions without floats."""
    import sympy

    if any(array_shapes(game)) or power.shape:
        raise TypeError(f"formula(): game and power must hold single numbers or symbols; got arrays in {game!r} or {power!r}")
    cells = game.cells(power)
    sponsor, proxy = ([[exact(sympy.sympify(cell[k])) for cell in row] for row in cells] for k in range(2))
    return sponsor, proxy


def formula_question(game: object, power: object, profile: Profile) -> tuple[int, int]:
    """The indices of the profile, or an error if the question is none."""
    if not isinstance(game, DyadicGame):
        raise TypeError(f"formula(): game must be a model such as AllianceGame; got {game!r}")
    if power is not None and not isinstance(power, Power):
        raise TypeError(f"formula(): power must be a Power of symbols, or None for the gap gamma; got {power!r}")
    nothing = np.zeros((len(game.actions), len(game.actions)))
    return StageGame(nothing, nothing, actions=game.actions).profile(profile, "formula")


def _cases(case: _Case) -> Iterator[_Case]:
    """The cases of a model that chooses by comparisons, each without choices."""
    import sympy

    choices = {choice for table in case[2:] for row in table for x in row for choice in x.atoms(sympy.Piecewise)}
    comparisons = {
        r for choice in choices for _, condition in choice.args for r in condition.atoms(sympy.core.relational.Relational)
    }
    if not comparisons:
        yield case
        return
    first = min(comparisons, key=sympy.default_sort_key)
    difference = first.lhs - first.rhs if first.rel_op in (">", ">=") else first.rhs - first.lhs
    side = sign(difference, case.domain) if first.rel_op in (">", ">=", "<", "<=") else 0
    equal = {"==": sympy.false, "!=": sympy.true}  # at single points, if at all
    for holds in (True, False):
        if (side is not None and side != 0 and (side > 0) != holds) or (side == 0 and not holds):
            continue
        truth = sympy.true if holds else sympy.false
        known = {first: equal.get(first.rel_op, truth)}
        known[first.negated] = sympy.Not(known[first])
        tables = [[[x.xreplace(known) for x in row] for row in table] for table in case[2:]]
        if side is not None:
            yield from _cases(_Case(case.conditions, case.domain, *tables))
        else:
            new = at_least(difference if holds else -difference, case.domain)
            yield from _cases(_Case((*case.conditions, new), within(difference, holds, case.domain), *tables))


def _regions_of(case: _Case, rule: FormulaRule, actions: Sequence[str], profile: tuple[int, int]) -> Iterator[FormulaRegion]:
    """The regions of one case, by the profiles that punish."""
    import sympy

    tables, domain = (case.sponsor, case.proxy), case.domain
    punishers = [_punishers(k, case, rule) for k in range(2)]
    sides = [_temptation(k, tables, profile, domain) for k in range(2)]
    on_path = [table[profile[0]][profile[1]] for table in tables]

    def label(pair: tuple[int, int] | None) -> tuple[str, str] | None:
        return None if pair is None else (actions[pair[0]], actions[pair[1]])

    def region(
        player: Who, name: Any, conditions: Sequence[Formula], temptation: Formula, loss: Formula | None
    ) -> Iterator[FormulaRegion]:
        condition = sympy.And(*case.conditions, *conditions)
        found = stretches(condition, domain)
        if condition == sympy.false or found == ():
            return
        if found is not None:
            condition = within_stretches(found, domain.gap)
        spans = tuple((float(a), float(b)) for a, b in found or ())
        yield FormulaRegion(player, name, condition, _least(rule, temptation, loss, domain), spans)

    if not rule.pooled:
        for k, player in enumerate(("sponsor", "proxy")):
            for pair, condition in punishers[k]:
                loss = None if pair is None else on_path[k] - tables[k][pair[0]][pair[1]]
                yield from region(player, label(pair), (condition,), sides[k], loss)  # type: ignore[arg-type]
        return
    joint = sum(_positive_part(x, domain) for x in sides)
    for (first, at_first), (second, at_second) in product(*punishers):
        if (first is None) != (second is None):
            continue
        pairs = (first, second)
        losses = [on_path[k] - tables[k][pair[0]][pair[1]] for k, pair in enumerate(pairs) if pair is not None]
        name = None if first is None else (label(first), label(second))
        yield from region("dyad", name, (at_first, at_second), joint, sum(losses) if losses else None)


def _punishers(player: int, case: _Case, rule: FormulaRule) -> list[tuple[tuple[int, int] | None, Formula]]:
    """Which profiles may punish a player, and where; None with the condition that there is none."""
    import sympy

    rows, columns = range(len(case.sponsor)), range(len(case.sponsor[0]))
    if rule.given is not None and not rule.given[1]:
        return [(rule.given[0], sympy.true)]

    def equilibrium(i: int, j: int) -> Formula:
        a, b = case.sponsor, case.proxy
        differences = [a[i][j] - a[k][j] for k in rows if k != i] + [b[i][j] - b[i][k] for k in columns if k != j]
        return sympy.And(*(at_least(difference, case.domain) for difference in differences))

    profiles = [rule.given[0]] if rule.given is not None else list(product(rows, columns))
    stable = {pair: condition for pair in profiles if (condition := equilibrium(*pair)) != sympy.false}
    table = (case.sponsor, case.proxy)[player]
    found: list[tuple[tuple[int, int] | None, Formula]] = []
    for (i, j), condition in stable.items():
        no_worse = (
            sympy.Or(sympy.Not(other), at_least(table[k][m] - table[i][j], case.domain))
            for (k, m), other in stable.items()
            if (k, m) != (i, j)
        )
        found.append(((i, j), sympy.And(condition, *no_worse)))
    return [*found, (None, sympy.Not(sympy.Or(*stable.values())))]


def _temptation(player: int, tables: Sequence[list[list[Formula]]], profile: tuple[int, int], domain: Domain) -> Formula:
    """The temptation before it is cut off at 0: the largest gain from another action."""
    import sympy

    i, j = profile
    table = tables[player]
    other = [table[k][j] for k in range(len(table)) if k != i] if player == 0 else [x for k, x in enumerate(table[i]) if k != j]
    gains = [sympy.together(x - table[i][j]) for x in other]
    best = [x for k, x in enumerate(gains) if not any(_beaten(x, y, k, m, domain) for m, y in enumerate(gains) if m != k)]
    return sympy.Max(*best) if best else sympy.Integer(0)


def _beaten(x: Formula, y: Formula, k: int, m: int, domain: Domain) -> bool:
    """Whether the gain y is at least the gain x everywhere; of equal ones the first stays."""
    side = sign(y - x, domain)
    return side == 1 or (side == 0 and m < k)


def _positive_part(x: Formula, domain: Domain) -> Formula:
    import sympy

    side = sign(x, domain)
    return sympy.Max(0, x) if side is None else x if side > 0 else sympy.Integer(0)


def _least(rule: FormulaRule, temptation: Formula, loss: Formula | None, domain: Domain) -> Formula:
    """δ* in one region: 0 without temptation, the closed form where the loss deters, inf elsewhere."""
    import sympy

    untempted = at_least(-temptation, domain)
    if loss is None:
        return sympy.Piecewise((0, untempted), (sympy.oo, True))
    enough = rule.deters(temptation, loss)
    if isinstance(enough, sympy.core.relational.Relational):  # of the model's symbols: always "more than"
        spare = exact(enough.lhs - enough.rhs)
        limit = sympy.false if sign(spare, domain) == 0 else at_least(spare, domain)
    else:
        limit = sympy.sympify(enough)
    deterred = sympy.false if sign(loss, domain) == 0 else sympy.And(at_least(loss, domain), limit)
    inside = sympy.factor(sympy.together(exact(sympy.sympify(rule.least(temptation, loss)))))
    held = sympy.And(untempted, at_least(loss, domain)) if rule.pooled else untempted  # payments must compensate a loss
    return sympy.Piecewise((0, held), (inside, deterred), (sympy.oo, True))
