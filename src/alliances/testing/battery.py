"""The batteries: which checks are made of a model, a contest, a synergy, a sharing rule."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from alliances.arithmetic import GAP, Number, like, scalar
from alliances.arithmetic.canonical import random_seed
from alliances.games.players import PLAYERS
from alliances.payoffs.alliance_game import AllianceGame
from alliances.payoffs.contest import Contest, Tullock
from alliances.payoffs.dyadic import DyadicGame
from alliances.payoffs.sharing import Proportional, Sharing
from alliances.payoffs.synergy import Aggregation, Synergy
from alliances.power import Power
from alliances.testing.conformance import Conformance
from alliances.testing.engine import Criterion, GapDomain, Subject, Unevaluable, run
from alliances.testing.identities import CONTEST, SHARES, SYNERGY, cell_checks
from alliances.testing.letters import LETTERS
from alliances.testing.rules import EVALUATION, REPRODUCIBLE, SYMMETRIES, UNIVERSAL

__all__ = ["assert_conforms", "check_contest", "check_model", "check_sharing", "check_synergy"]


def check_model(
    model: DyadicGame,
    *,
    gaps: tuple[Number, Number] | None = None,
    rng: np.random.Generator | int | None = 0,
    examples: int = 40,
    checks: Iterable[str] | None = None,
    require: Iterable[str] = (),
    waive: Iterable[str] = (),
    seed: int | None = None,
) -> Conformance:
    """Check that a payoff model does what the rest of the library counts on.

    Rules must hold of every model: a broken one makes the battery fail. Properties are true of some sound models and false
    of others (a difference-form contest depends on the unit of power, a wage is not symmetric, floats among the
    parameters are not exact): their absence is noted, with a witness, unless they are required.

    ========================  ========  ====================================================================================
    check                     kind      asks
    ========================  ========  ====================================================================================
    determinism               rule      the same power gives the same payoffs
    contest probabilities     rule      Q, q in [0, 1], sum 1 (also at extremes)
    contest parity            rule      Q = ½ between equals
    contest symmetry          rule      Q(s, p) = q(p, s)
    contest monotonicity      rule      Q does not fall in s
    synergy value             rule      V finite, at least 0 (also at extremes)
    shares                    rule      α_S, α_P in [0, 1], sum 1 (also at extremes)
    evaluation                rule      one row and column per action, each cell a pair of numbers
    finite                    rule      finite payoffs, at ratios to 10¹² in units from 10⁻⁹ to 10⁹
    no mutation               rule      a call leaves the arrays it is given as they were
    array equals scalar       rule      an array of dyads gives what each gives alone
    broadcasting              rule      powers of shapes (2, 1) and (3,) give a (2, 3) batch
    exact equals float        rule      Fractions give what floats give
    symbols equal numbers     rule      proofs, which run the model on numbers of their own, get what Fractions get
    exactness                 property  Fractions give Fractions
    scale invariance          property  payoffs do not change with the unit of power
    parity symmetry           property  A = Bᵀ between equals
    exchange symmetry         property  A(s, p) = B(p, s)ᵀ
    rents                     rule      c_S + c_P = z(1 + V)
    betrayal conserves value  rule      what a betrayer gains its victim loses
    betrayal pays             rule      a betrayer does not lose, a victim does not gain, nor lose more than it has
    conflict                  rule      fighting pays zQ − k_S and zq − k_P
    pact                      rule      coexistence pays zσ and zy; the helper loses h
    ========================  ========  ====================================================================================

    The checks of ingredients and of cells need an :class:`alliances.AllianceGame` (or a subclass that overrides its cells)
    and are skipped for other models; the two of betrayal are properties of any other model with actions "ally" and "fight".

    Within a test that has ``@given`` itself, Hypothesis asks for ``suppress_health_check=[HealthCheck.nested_given]``.

    Parameters
    ----------
    model
        A :class:`alliances.CustomGame`, :class:`alliances.AllianceGame` or other :class:`alliances.DyadicGame`.
    gaps
        The pair (lowest, highest) of gaps the model is meant for; by default all, extreme ratios included.
    rng
        A NumPy generator or a seed, what the drawn powers depend on; the same seed gives the same table.
    examples
        How many powers are drawn per check, besides a fixed list that starts with the simplest.
    checks
        The names of the checks to make; by default all.
    require
        Properties that the model must have, such as ``["scale invariance"]``: their absence is a failure.
    waive
        Checks not to make, such as ``["contest symmetry"]`` for a contest with a home advantage.
    seed
        The old name of ``rng``, deprecated.

    Returns
    -------
    Conformance
        A table to print, false if a check failed.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or a check does not exist.

    Examples
    --------
    >>> import alliances as al
    >>> def war_of_attrition(power):
    ...     s, p = power.share, power.proxy_share
    ...     return [[(s, p), (0, max(s, p))], [(max(s, p), 0), (s - 1, p - 1)]]
    >>> result = check_model(al.CustomGame(war_of_attrition))
    >>> result.message
    'CustomGame does not conform: 11 passed, 1 failed, 1 noted, 4 skipped.'
    >>> print(result["array equals scalar"].witness)  # doctest: +ELLIPSIS
    at sponsor of shape (4,), proxy of shape (4,): the call with arrays: expected what single dyads give; found ValueError: ...
    """
    if not isinstance(model, DyadicGame):
        raise TypeError(
            f"check_model(): model must be a DyadicGame, such as CustomGame(payoffs) or AllianceGame(...); got {model!r}"
        )
    domain = _domain(gaps, "check_model")
    subject = _model(model, domain)
    number = random_seed(rng, "check_model", seed)
    return _run("check_model", _model_checks(subject), type(model).__name__, number, examples, checks, require, waive)


def assert_conforms(model: DyadicGame, **options: Any) -> None:
    """:func:`check_model` as one line of a test.

    Parameters
    ----------
    model, **options
        As for :func:`check_model`.

    Raises
    ------
    AssertionError
        If a check fails, with its rule and witness.

    Examples
    --------
    >>> import alliances as al
    >>> assert_conforms(al.presets.chindea_2014(), require=["scale invariance"])
    >>> def arms(power):
    ...     return [[(power.sponsor, power.proxy), (0, 1)], [(1, 0), (0, 0)]]
    >>> assert_conforms(al.CustomGame(arms), require=["scale invariance"])
    Traceback (most recent call last):
        ...
    AssertionError: CustomGame does not conform: ... 1 failed, ...
      scale invariance: Numbers do not change with the unit of power.
        at sponsor 2, proxy 1: sponsor's payoff at (ally, ally), once both powers are times 2: expected 2; found 4
    """
    check_model(model, **options).raise_if_failed()


def check_contest(
    contest: Contest,
    *,
    gaps: tuple[Number, Number] | None = None,
    rng: np.random.Generator | int | None = 0,
    examples: int = 40,
    checks: Iterable[str] | None = None,
    require: Iterable[str] = (),
    waive: Iterable[str] = (),
    seed: int | None = None,
) -> Conformance:
    """Check a contest success function ``power -> (Q, q)`` by itself.

    The axioms are those of Skaperdas (1996, *Economic Theory* 7:283-290): probabilities (A1), more power is no
    disadvantage (A2), anonymity (A3); and what :func:`check_model` asks of every model.

    Parameters
    ----------
    contest
        An instance of a contest, or a function.
    gaps, rng, examples, checks, require, waive, seed
        As for :func:`check_model`.

    Examples
    --------
    >>> import alliances as al
    >>> bool(check_contest(al.Tullock(2), require=["scale invariance", "exactness"]))
    True
    >>> print(check_contest(lambda power: (power.share, power.share))["contest probabilities"])
    contest probabilities: failed at sponsor 2, proxy 1: Q + q: expected 1; found 1.33333
    """
    _callable(contest, "check_contest", "contest", "Tullock(2.0)")
    subject = _contest(contest, _domain(gaps, "check_contest"))
    listed = [(check, subject) for check in (REPRODUCIBLE, *CONTEST, EVALUATION, *UNIVERSAL, LETTERS, SYMMETRIES[0])]
    number = random_seed(rng, "check_contest", seed)
    return _run("check_contest", listed, _title(contest), number, examples, checks, require, waive)


def check_synergy(
    synergy: Synergy,
    *,
    gaps: tuple[Number, Number] | None = None,
    rng: np.random.Generator | int | None = 0,
    examples: int = 40,
    checks: Iterable[str] | None = None,
    require: Iterable[str] = (),
    waive: Iterable[str] = (),
    seed: int | None = None,
) -> Conformance:
    """Check a synergy ``power -> V`` by itself: V ≥ 0, and what :func:`check_model` asks of every model.

    Parameters
    ----------
    synergy
        An instance of a synergy, or a function.
    gaps, rng, examples, checks, require, waive, seed
        As for :func:`check_model`.

    Examples
    --------
    >>> import alliances as al
    >>> [result.name for result in check_synergy(al.CommonThreat(1, rival=2)).noted]
    ['scale invariance']
    >>> print(check_synergy(lambda power: power.gap)["synergy value"])
    synergy value: failed at sponsor 1, proxy 2: V: expected a finite number of at least 0; found -0.333333
    """
    _callable(synergy, "check_synergy", "synergy", "Complementarity(0.6)")
    subject = _synergy(synergy, _domain(gaps, "check_synergy"))
    listed = [
        (check, subject) for check in (REPRODUCIBLE, *SYNERGY, EVALUATION, *UNIVERSAL, LETTERS, SYMMETRIES[0], SYMMETRIES[2])
    ]
    number = random_seed(rng, "check_synergy", seed)
    return _run("check_synergy", listed, _title(synergy), number, examples, checks, require, waive)


def check_sharing(
    sharing: Sharing,
    *,
    game: AllianceGame | None = None,
    gaps: tuple[Number, Number] | None = None,
    rng: np.random.Generator | int | None = 0,
    examples: int = 40,
    checks: Iterable[str] | None = None,
    require: Iterable[str] = (),
    waive: Iterable[str] = (),
    seed: int | None = None,
) -> Conformance:
    """Check a sharing rule ``(power, rents, conflict) -> (α_S, α_P)`` by itself.

    Parameters
    ----------
    sharing
        An instance of a sharing rule, or a function.
    game
        Whose rents and conflict payoffs it is given; by default z = 1, V = 2σ(1 − σ), a lottery contest
        and a conflict cost of 3/20.
    gaps, rng, examples, checks, require, waive, seed
        As for :func:`check_model`.

    Examples
    --------
    >>> import alliances as al
    >>> [result.name for result in check_sharing(al.Wage(0.2)).noted]
    ['parity symmetry', 'exchange symmetry']
    >>> print(check_sharing(lambda power, rents, conflict: (rents / 2, rents / 2))["shares"])
    shares: failed at sponsor 2, proxy 1: α_S + α_P: expected 1; found 1.44444
    """
    _callable(sharing, "check_sharing", "sharing", "Proportional()")
    if game is None:
        game = AllianceGame(Tullock(1), Aggregation(Fraction(1, 2)), Proportional(), 1, Fraction(3, 20))
    if not isinstance(game, AllianceGame):
        raise TypeError(f"check_sharing(): game must be an AllianceGame, whose rents are shared; got {game!r}")
    subject = _sharing(sharing, game, _domain(gaps, "check_sharing"))
    listed = [(check, subject) for check in (REPRODUCIBLE, *SHARES, EVALUATION, *UNIVERSAL, LETTERS, *SYMMETRIES)]
    number = random_seed(rng, "check_sharing", seed)
    return _run("check_sharing", listed, _title(sharing), number, examples, checks, require, waive)


# -- subjects ----------------------------------------------------------------------------------------------------------


def _model(model: DyadicGame, domain: GapDomain | None) -> Subject:
    actions = getattr(model, "actions", ())
    if not actions or not all(isinstance(action, str) for action in actions):
        raise TypeError(f"check_model(): model must have labels in its attribute actions; got {actions!r}")
    n = len(actions)

    def payoffs(power: Power) -> list[Any]:
        rows = [list(row) for row in model.cells(power)]
        if [len(row) for row in rows] != [n] * n:
            lengths = [len(row) for row in rows]
            raise Unevaluable(
                f"cells must have one row and one column per action {tuple(actions)}; got rows of lengths {lengths}"
            )
        return [payoff for row in rows for sponsor, proxy in row for payoff in (sponsor, proxy)]

    labels = tuple(f"{who}'s payoff at ({a}, {b})" for a in actions for b in actions for who in PLAYERS)
    swap = tuple(2 * (j * n + i) + 1 - who for i in range(n) for j in range(n) for who in (0, 1))
    parts: tuple[Subject, ...] = ()
    if isinstance(model, AllianceGame):
        parts = (_contest(model.contest, domain), _synergy(model.synergy, domain), _sharing(model.sharing, model, domain))
    return Subject(type(model).__name__, model, lambda power: (power,), payoffs, labels, swap, domain, parts)


def _contest(contest: Contest, domain: GapDomain | None) -> Subject:
    return Subject(_title(contest), contest, lambda power: (power,), lambda *a: _two(contest(*a)), ("Q", "q"), (1, 0), domain)


def _synergy(synergy: Synergy, domain: GapDomain | None) -> Subject:
    return Subject(_title(synergy), synergy, lambda power: (power,), lambda *a: [synergy(*a)], ("V",), (0,), domain)


def _sharing(sharing: Sharing, game: AllianceGame, domain: GapDomain | None) -> Subject:
    def arguments(power: Power) -> tuple[Any, ...]:
        s = power.sponsor
        z = like(game.stakes, s)
        costs = game.conflict_cost if isinstance(game.conflict_cost, tuple) else (game.conflict_cost,) * 2
        try:
            conflict = tuple(z * chance - like(cost, s) for chance, cost in zip(_two(game.contest(power)), costs, strict=True))
            return power, z * (1 + game.synergy(power)), conflict
        except Exception as error:  # the business of the checks of the contest and the synergy
            raise Unevaluable(f"{type(error).__name__}: {error}") from error

    return Subject(_title(sharing), sharing, arguments, lambda *a: _two(sharing(*a)), ("α_S", "α_P"), (1, 0), domain)


def _two(pair: Any) -> list[Any]:
    first, second = pair
    return [first, second]


def _title(ingredient: object) -> str:
    return getattr(ingredient, "__name__", None) or type(ingredient).__name__


def _model_checks(subject: Subject) -> list[tuple[Criterion, Subject]]:
    ingredients: list[tuple[Criterion, Subject]] = []
    for part, checks in zip(subject.parts, (CONTEST, SYNERGY, SHARES), strict=False):
        ingredients += [(check, part) for check in checks]
    rest = (EVALUATION, *UNIVERSAL, LETTERS, *SYMMETRIES, *cell_checks(isinstance(subject.source, AllianceGame)))
    return [(REPRODUCIBLE, subject), *ingredients, *((check, subject) for check in rest)]


# -- arguments ---------------------------------------------------------------------------------------------------------


def _domain(gaps: Any, function: str) -> GapDomain | None:
    if gaps is None:
        return None
    if not isinstance(gaps, (tuple, list)) or len(gaps) != 2:
        raise TypeError(f"{function}(): gaps must be a pair (lowest, highest); got {gaps!r}")
    low, high = (scalar(end, function, "gaps", GAP) for end in gaps)
    if low >= high:
        raise ValueError(f"{function}(): gaps must be a pair (lowest, highest); got {gaps!r}")
    return low, high


def _callable(ingredient: object, function: str, argument: str, example: str) -> None:
    if not callable(ingredient) or isinstance(ingredient, type):
        raise TypeError(f"{function}(): {argument} must be an instance such as {example}, or a function; got {ingredient!r}")


def _run(
    function: str,
    listed: list[tuple[Criterion, Subject]],
    title: str,
    seed: int,
    examples: int,
    checks: Iterable[str] | None,
    require: Iterable[str],
    waive: Iterable[str],
) -> Conformance:
    if isinstance(examples, bool) or not isinstance(examples, int) or examples < 1:
        raise ValueError(f"{function}(): examples must be an integer of at least 1; got {examples!r}")
    names = [check.name for check, _ in listed]
    chosen = []
    for argument, selection in (("checks", checks), ("require", require), ("waive", waive)):
        if isinstance(selection, str):
            raise TypeError(f"{function}(): {argument} must be a list of names of checks; got {selection!r}")
        subset = None if selection is None else frozenset(selection)
        unknown = sorted(map(str, (subset or frozenset()) - set(names)))
        if unknown:
            raise ValueError(f"{function}(): {argument} must be among {names}; got {unknown[0]!r}")
        chosen.append(subset)
    only, required, waived = chosen
    if only is not None and not only:
        raise ValueError(f"{function}(): checks must name a check; got none")
    both = sorted((required or frozenset()) & (waived or frozenset()))
    if both:
        raise ValueError(f"{function}(): a check cannot be both required and waived; got {both[0]!r}")
    return run(
        listed,
        title,
        seed=seed,
        examples=examples,
        only=only,
        require=required or frozenset(),
        waive=waived or frozenset(),
    )
