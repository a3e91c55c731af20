"""Hypothesis strategies: powers, gaps, discount factors, stage games, ingredients, alliance games, concepts.

Strategies are exact by default (Fractions of small denominators, so that a failing example reads well and arithmetic
has no rounding); ``exact=False`` draws floats. ``extreme=True`` mixes in the edge cases on purpose. What fails shrinks:
to simple numbers, few actions, plain ingredients.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from alliances.arithmetic import NONNEGATIVE, Number, boolean, scalar
from alliances.games.stage_game import StageGame
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.contest import AllPay, Contest, Hirshleifer, Tullock
from alliances.payoffs.sharing import Agreed, Equal, NashBargaining, Proportional, Sharing, Wage
from alliances.payoffs.synergy import Aggregation, CommonThreat, Complementarity, ConstantSynergy, Synergy
from alliances.power import Power
from alliances.repeated.enforcement import CONCEPTS
from alliances.repeated.enforcement.concept import Enforcement
from alliances.repeated.enforcement.finite_punishment import FinitePunishment
from alliances.repeated.enforcement.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.enforcement.nash_reversion import NashReversion
from alliances.repeated.enforcement.transfers import Transfers

__all__ = [
    "EXTREME_POWERS",
    "alliance_games",
    "contests",
    "discounts",
    "enforcements",
    "gaps",
    "powers",
    "sharings",
    "stage_games",
    "synergies",
]

_TINY = Fraction(1, 10**12)
_EXTREME_GAPS = (Fraction(0), _TINY, -_TINY, 1 - _TINY, _TINY - 1)
_EXTREME_DISCOUNTS = (Fraction(0), _TINY, Fraction(1, 2), 1 - Fraction(1, 10**6), 1 - Fraction(1, 10**9))

EXTREME_POWERS: tuple[tuple[Fraction, Fraction], ...] = tuple(
    (unit * s, unit * p)
    for unit in (Fraction(1), Fraction(1, 10**9), Fraction(10**9))
    for ratio in (Fraction(1), 1 + _TINY, Fraction(10**3), Fraction(10**6), Fraction(10**12))
    for s, p in ((ratio, Fraction(1)), (Fraction(1), ratio))
)
"""Parity, near parity and ratios to 10¹², both ways round, in tiny, ordinary and huge units."""


def _as(exact: bool, strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """The strategy's Fractions, or the floats next to them."""
    return strategy if exact else strategy.map(float)


@functools.cache
def rationals(low: Number, high: Number, denominator: int) -> SearchStrategy[Fraction]:
    """Fractions from low to high, both included, of at most this denominator: as ``st.fractions``, five times faster.

    A denominator is drawn and then a numerator, from strategies that are built once, and not for every Fraction again.
    """
    st.fractions(low, high, max_denominator=denominator).validate()  # bounds that it refuses are refused
    low, high = Fraction(low), Fraction(high)
    ends = math.lcm(low.denominator, high.denominator)

    def numerators(size: int) -> SearchStrategy[Fraction]:
        fractions = st.integers(int(low * size), int(high * size)).map(lambda n: Fraction(n, size))
        return fractions.map(lambda x: x.limit_denominator(denominator)) if size > denominator else fractions

    by_denominator = [numerators(ends * k) for k in range(1, denominator + 1)]
    return st.integers(0, denominator - 1).flatmap(by_denominator.__getitem__)


@functools.cache
def _between(low: Number, high: Number, exact: bool, denominator: int = 12) -> SearchStrategy[Any]:
    """Numbers from low to high, both included."""
    if exact:
        return rationals(low, high, denominator)
    return st.floats(float(low), float(high), allow_subnormal=False)


def powers(*, exact: bool = True, extreme: bool = False) -> SearchStrategy[Power]:
    """Dyads: :class:`alliances.Power` with one sponsor and one proxy.

    Parameters
    ----------
    exact
        Fractions, or floats.
    extreme
        Besides ordinary powers (1/12 to 12 units, so ratios to 144), also parity, near parity (1 + 10⁻¹²) and ratios
        to 10¹², either side being the stronger, in units of 10⁻⁹, 1 and 10⁹.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(powers(), lambda power: power.ratio > 1)  # the simplest
    Power(sponsor=Fraction(2, 1), proxy=Fraction(1, 1))
    >>> find(powers(extreme=True), lambda power: power.ratio > 10**6).ratio
    Fraction(1000000000000, 1)
    """
    exact, extreme = boolean(exact, "powers", "exact"), boolean(extreme, "powers", "extreme")
    side = st.one_of(st.integers(1, 12).map(Fraction), rationals(Fraction(1, 12), 8, 12))
    pairs = st.tuples(side, side)
    if extreme:
        pairs = st.one_of(pairs, st.sampled_from(EXTREME_POWERS))
    return pairs.map(lambda pair: Power(*pair) if exact else Power(*map(float, pair)))


def gaps(*, exact: bool = True, extreme: bool = False) -> SearchStrategy[Number]:
    """Power gaps γ in (−1, 1).

    Parameters
    ----------
    exact
        Fractions, or floats.
    extreme
        Besides gaps from −11/12 to 11/12, also 0, ±10⁻¹² and ±(1 − 10⁻¹²).

    Examples
    --------
    >>> from hypothesis import find
    >>> find(gaps(), lambda gap: True), find(gaps(extreme=True), lambda gap: gap > Fraction(99, 100))
    (Fraction(0, 1), Fraction(999999999999, 1000000000000))
    """
    exact, extreme = boolean(exact, "gaps", "exact"), boolean(extreme, "gaps", "extreme")
    parity = _as(exact, st.just(Fraction(0)))
    ordinary = st.one_of(parity, _between(Fraction(-11, 12), Fraction(11, 12), exact, 24))
    return st.one_of(ordinary, _as(exact, st.sampled_from(_EXTREME_GAPS))) if extreme else ordinary


def discounts(*, exact: bool = True, extreme: bool = False) -> SearchStrategy[Number]:
    """Discount factors δ in [0, 1).

    Parameters
    ----------
    exact
        Fractions, or floats.
    extreme
        Besides δ from 0 to 23/24 (0.999 as a float), also 0 itself, 10⁻¹², 1 − 10⁻⁶ and 1 − 10⁻⁹.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(discounts(), lambda delta: True), find(discounts(exact=False, extreme=True), lambda delta: delta > 0.9999)
    (Fraction(0, 1), 0.999999)
    """
    exact, extreme = boolean(exact, "discounts", "exact"), boolean(extreme, "discounts", "extreme")
    ordinary = _between(0, Fraction(23, 24) if exact else 0.999, exact, 24)
    return st.one_of(ordinary, _as(exact, st.sampled_from(_EXTREME_DISCOUNTS))) if extreme else ordinary


def stage_games(
    *, most: int = 3, values: SearchStrategy[Any] | None = None, degenerate: bool | None = None
) -> SearchStrategy[StageGame]:
    """Stage games from 1×1 to ``most`` × ``most``.

    Parameters
    ----------
    most
        The largest number of actions of either player.
    values
        A strategy for one payoff; by default Fractions from 0 to 4, which tie often.
    degenerate
        True: only games in which theorems for generic games fail: a constant game, a player who is indifferent, a duplicate
        row or column, a row or column that another one dominates, payoffs 0 and 1 alone. False: none of them on purpose.
        None: both.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, derandomize=True)
    ... @given(stage_games(most=2))
    ... def test_no_equilibrium_pays_less_than_the_minmax(game):
    ...     assert all(game.A[cell] >= game.minmax().sponsor for cell in game.pure_nash())
    >>> test_no_equilibrium_pays_less_than_the_minmax()
    """
    if scalar(most, "stage_games", "most") % 1:
        raise ValueError(f"stage_games(): most must be a whole number; got {most!r}")
    if most < 1:
        raise ValueError(f"stage_games(): most must be at least 1; got {most}")
    payoff = _between(0, 4, True, 6) if values is None else values
    most = int(most)
    tables, larger = _tables(1, most, payoff), _tables(min(2, most), most, payoff)
    if degenerate is not None and boolean(degenerate, "stage_games", "degenerate"):
        return _degenerate(larger, payoff)
    plain = tables.map(lambda pair: StageGame(*pair))
    return plain if degenerate is False else st.one_of(plain, _degenerate(larger, payoff))


Table = list[list[Any]]


@st.composite
def _tables(draw: DrawFn, least: int, most: int, values: SearchStrategy[Any]) -> tuple[Table, Table]:
    m, n = draw(st.integers(least, most)), draw(st.integers(least, most))
    table = st.lists(st.lists(values, min_size=n, max_size=n), min_size=m, max_size=m)
    return draw(table), draw(table)


@st.composite
def _degenerate(draw: DrawFn, tables: SearchStrategy[tuple[Table, Table]], values: SearchStrategy[Any]) -> StageGame:
    a, b = draw(tables)
    rows, columns = range(len(a)), range(len(a[0]))
    kind = draw(st.sampled_from(("constant", "indifferent", "binary", "duplicate row", "duplicate column", "dominated")))
    if kind == "constant":
        a, b = ([[x] * len(columns) for _ in rows] for x in (draw(values), draw(values)))
    elif kind == "indifferent":  # the sponsor's payoff depends on the proxy's action alone
        a = [list(a[0]) for _ in rows]
    elif kind == "binary":
        bit = st.sampled_from((0, 1))
        a, b = ([[draw(bit) for _ in columns] for _ in rows] for _ in range(2))
    elif kind == "duplicate row":
        k, i = draw(_two_of(len(a)))
        a[i], b[i] = list(a[k]), list(b[k])
    elif kind == "duplicate column":
        k, j = draw(_two_of(len(a[0])))
        for table in (a, b):
            for row in table:
                row[j] = row[k]
    elif kind == "dominated":  # weakly where the loss is 0
        k, i = draw(_two_of(len(a)))
        loss = draw(st.sampled_from((1, 0)))
        a[i] = [x - loss for x in a[k]]
    return StageGame(a, b)


def _two_of(size: int) -> SearchStrategy[tuple[int, int]]:
    """Two different actions, where there are two."""
    return st.sampled_from([(k, i) for k in range(size) for i in range(size) if i != k] or [(0, 0)])


def contests(*, exact: bool = True) -> SearchStrategy[Contest]:
    """Contests of the library: Tullock's, the all-pay contest and, unless exact, Hirshleifer's.

    Parameters
    ----------
    exact
        Those that give Fractions for Fractions: the ratio form with m = 1, 2 or 3, and the all-pay limit. Otherwise m and
        κ are floats.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(contests(), lambda contest: contest(Power(2, 1))[0] < 1)
    Tullock(decisiveness=Fraction(1, 1))
    """
    if boolean(exact, "contests", "exact"):
        return st.one_of(st.builds(Tullock, st.sampled_from((1, 2, 3))), st.just(AllPay()))
    decisiveness = _between(Fraction(1, 4), 8, False)
    return st.one_of(st.builds(Tullock, decisiveness), st.just(AllPay()), st.builds(Hirshleifer, decisiveness))


def synergies(*, exact: bool = True) -> SearchStrategy[Synergy]:
    """Synergies of the library, of value 0 to 4: complementarity, aggregation, constant, common threat.

    Parameters
    ----------
    exact
        Fractions, and exponents 1 or 2; otherwise floats.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(synergies(), lambda synergy: synergy(Power(1, 1)) > 1)
    Aggregation(value=Fraction(2, 1))
    """
    exact = boolean(exact, "synergies", "exact")
    value, rival = _between(0, 4, exact, 6), _between(Fraction(1, 12), 8, exact)
    exponent = st.sampled_from((1, 2)) if exact else _between(Fraction(1, 4), 4, False)
    return st.one_of(
        st.builds(Complementarity, value, exponent),
        st.builds(Aggregation, value),
        st.builds(ConstantSynergy, value),
        st.builds(CommonThreat, value, rival),
    )


def sharings(*, exact: bool = True, wage: Number = Fraction(1, 4)) -> SearchStrategy[Sharing]:
    """Sharing rules of the library: proportional, equal, a wage, Nash bargaining, terms agreed at another gap.

    Parameters
    ----------
    exact
        Fractions for the wage and the gap, or floats.
    wage
        The largest wage, in the unit of the stakes; it must not exceed the rents of the games it is used in.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(sharings(), lambda sharing: isinstance(sharing, Wage))
    Wage(wage=Fraction(0, 1))
    """
    paid = _between(0, scalar(wage, "sharings", "wage", NONNEGATIVE), boolean(exact, "sharings", "exact"))
    agreed = st.builds(Agreed, _between(Fraction(-11, 12), Fraction(11, 12), exact))
    return st.one_of(st.just(Proportional()), st.just(Equal()), st.builds(Wage, paid), st.just(NashBargaining()), agreed)


def alliance_games(
    *,
    actions: int | None = None,
    exact: bool = True,
    contest: SearchStrategy[Contest] | None = None,
    synergy: SearchStrategy[Synergy] | None = None,
    sharing: SearchStrategy[Sharing] | None = None,
) -> SearchStrategy[AllianceGame]:
    """Alliance games over the ranges of all parameters, with common or separate conflict costs.

    Parameters
    ----------
    actions
        2 (ally, fight), 3 (with the pact), or None for both.
    exact
        Fractions and ingredients that keep them, so that exact powers give exact payoffs; or floats and all ingredients.
    contest, synergy, sharing
        Strategies for the ingredients, by default :func:`contests`, :func:`synergies` and :func:`sharings`.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, derandomize=True)
    ... @given(alliance_games(actions=3, contest=st.just(Tullock(3))))
    ... def test_games_are_exact(game):
    ...     assert game.stage_game(Power(2, 1)).exact
    >>> test_games_are_exact()
    """
    if actions not in (None, 2, 3):
        raise ValueError(f"alliance_games(): actions must be 2, 3 or None; got {actions!r}")
    exact = boolean(exact, "alliance_games", "exact")
    return _alliance_games(
        st.booleans() if actions is None else st.just(actions == 3),
        exact,
        contests(exact=exact) if contest is None else contest,
        synergies(exact=exact) if synergy is None else synergy,
        sharings(exact=exact) if sharing is None else sharing,
    )


@st.composite
def _alliance_games(
    draw: DrawFn,
    pact: SearchStrategy[bool],
    exact: bool,
    contest: SearchStrategy[Contest],
    synergy: SearchStrategy[Synergy],
    sharing: SearchStrategy[Sharing],
) -> AllianceGame:
    portion = _between(Fraction(1, 10), 1, exact, 10)
    exposure, cost = draw(portion), _between(0, 4, exact, 6)
    extra = {}
    if draw(pact):
        extra = {
            "coexist_exposure": exposure * draw(portion),
            "support_cost": draw(_between(0, Fraction(1, 2), exact, 10)),
        }
    return AllianceGame(
        contest=draw(contest),
        synergy=draw(synergy),
        sharing=draw(sharing),
        exposure=exposure,
        conflict_cost=draw(st.one_of(cost, st.tuples(cost, cost))),
        stakes=draw(_between(Fraction(1, 2), 4, exact, 6)),
        **extra,
    )


def enforcements(*, exact: bool = True, mixed: bool | None = False) -> SearchStrategy[Enforcement]:
    """Enforcement concepts: Nash reversion, transfers, noisy monitoring, finite punishment, and what else is registered.

    Parameters
    ----------
    exact
        Only those that answer exact games exactly (so one period of finite punishment, and rational probabilities);
        otherwise up to 12 periods, and floats.
    mixed
        Whether mixed stage equilibria may punish too; None for both.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(enforcements(), lambda concept: concept.pooled)
    Transfers(punishment='nash', mixed=False)
    """
    exact = boolean(exact, "enforcements", "exact")
    either = st.booleans() if mixed is None else st.just(boolean(mixed, "enforcements", "mixed"))
    error = _between(0, 1, exact)
    noise = st.tuples(error, error).map(lambda pair: pair if sum(pair) <= 1 else (1 - pair[0], 1 - pair[1]))
    drawn: dict[type[Enforcement], SearchStrategy[Enforcement]] = {  # concepts with parameters
        NashReversion: st.builds(NashReversion, either),
        Transfers: st.one_of(st.builds(Transfers, st.just("nash"), either), st.just(Transfers(punishment="optimal"))),
        ImperfectMonitoring: st.builds(lambda pair, mixed: ImperfectMonitoring(pair[0], pair[1], mixed), noise, either),
        FinitePunishment: st.builds(FinitePunishment, st.just(1) if exact else st.integers(1, 12), either),
    }
    others = [x for concept in CONCEPTS if concept not in drawn for x in concept.examples() if x.exact or not exact]
    return st.one_of(*drawn.values(), st.sampled_from(others))
