"""Claims of your own: monotone, unimodal, and never above another one.

The claims of the literature are about the gap. A claim of one's own may be about any open parameter of a family, at every gap;
it has the same verbs, and its counterexamples are confirmed and re-checked the same way.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from alliances.arithmetic import boolean
from alliances.claims.claim import DiscountClaim
from alliances.claims.comparing import ComparisonClaim, Other
from alliances.claims.comparisons import Monotone
from alliances.claims.scales import NeverAbove
from alliances.claims.unimodal import Unimodal, UnimodalClaim
from alliances.payoffs.dyadic import DyadicGame
from alliances.repeated.enforcement.concept import Enforcement

__all__ = ["monotone", "never_above", "unimodal"]

Whose: TypeAlias = Literal["sponsor", "proxy", "dyad"]
"""Whose critical discount factor: δ_S*, δ_P*, or δ* = max(δ_S*, δ_P*)."""
_SYMBOLS = {"sponsor": "δ_S*", "proxy": "δ_P*", "dyad": "δ*"}
_OWNERS = {"sponsor": "the sponsor's", "proxy": "the proxy's", "dyad": "the dyad's"}
_SOURCE = "a claim of your own"


def monotone(name: str, *, along: str = "gap", whose: Whose = "dyad", falls: bool = True, statement: str = "") -> DiscountClaim:
    """The claim that a critical discount factor never rises, or never falls, along the gap or a parameter.

    Parameters
    ----------
    name
        What the claim is called.
    along
        "gap", or the name of a parameter that the family leaves open over an interval. The claim is then about every gap,
        which becomes one more open parameter, "gap".
    whose
        "sponsor", "proxy" or "dyad": δ_S*, δ_P* or the larger of the two.
    falls
        Whether it falls: never rises. Otherwise it never falls.
    statement
        The claim in words; made from the rest if left out.

    Returns
    -------
    DiscountClaim
        With the verbs ``check``, ``falsify``, ``measure`` and ``prove``.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> worth = al.claims.monotone("worth", along="value")
    >>> print(worth)
    worth: The dyad's critical discount factor never rises in value, at every gap.
      formula: value₁ < value₂ ⟹ δ*(value₂) ≤ δ*(value₁), at every gap
      domain:  all parameters in their stated ranges
      source:  a claim of your own
    >>> family = al.claims.alliance_family(synergy="constant", enforcement=al.GivenPunishment())
    >>> worth.prove(family).status
    'refuted'
    """
    function = "monotone"
    _words(function, name=name, along=along)
    _check_whose(whose, function)
    boolean(falls, function, "falls")
    symbol, sign = _SYMBOLS[whose], "≤" if falls else "≥"
    everywhere = "" if along == "gap" else ", at every gap"
    letter = "γ" if along == "gap" else along
    return DiscountClaim(
        name,
        statement
        or _sentence(f"{_OWNERS[whose]} critical discount factor never {'rises' if falls else 'falls'} in {_the(along)}"),
        f"{letter}₁ < {letter}₂ ⟹ {symbol}({letter}₂) {sign} {symbol}({letter}₁){everywhere}",
        _SOURCE,
        "all parameters in their stated ranges",
        Monotone(along, whose, -1 if falls else 1),
    )


def unimodal(name: str, *, along: str = "gap", whose: Whose = "dyad", peak: bool = True, statement: str = "") -> UnimodalClaim:
    """The claim that a critical discount factor has one peak, or one trough, along the gap or a parameter.

    One peak: it never falls first and rises later. Numbers that only rise, or only fall, have one, too.

    Parameters
    ----------
    name, along, whose, statement
        As for :func:`monotone`.
    peak
        Whether it is a peak; otherwise a trough: it never rises first and falls later.

    Returns
    -------
    UnimodalClaim
        With the verbs ``check``, ``falsify``, ``measure`` and ``prove``. It takes three points to contradict it.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> hump = al.claims.unimodal("hump", along="gap", whose="sponsor")
    >>> family = al.claims.alliance_family(decisiveness=2, synergy="constant", enforcement=al.GivenPunishment())
    >>> print(hump.check(family.at(value=1, exposure=1, conflict_cost=0.25), enforcement=al.GivenPunishment()))
    hump: holds at all 200 points compared, in floating point.
    """
    function = "unimodal"
    _words(function, name=name, along=along)
    _check_whose(whose, function)
    boolean(peak, function, "peak")
    symbol, sign, pick = _SYMBOLS[whose], *(("≥", "min") if peak else ("≤", "max"))
    letter = "γ" if along == "gap" else along
    shown = f"{letter}₁ < {letter}₂ < {letter}₃ ⟹ {symbol}({letter}₂) {sign} {pick}({symbol}({letter}₁), {symbol}({letter}₃))"
    extreme = "peak" if peak else "trough"
    return UnimodalClaim(
        name,
        statement or _sentence(f"{_OWNERS[whose]} critical discount factor has one {extreme} along {_the(along)}"),
        shown + ("" if along == "gap" else ", at every gap"),
        _SOURCE,
        "all parameters in their stated ranges",
        Unimodal(along, whose, 1 if peak else -1),
    )


def never_above(name: str, *, than: Other, whose: Whose = "dyad", statement: str = "") -> ComparisonClaim:
    """The claim that a critical discount factor is never above that of another concept or model, at any gap.

    Parameters
    ----------
    name, whose, statement
        As for :func:`monotone`.
    than
        Another enforcement concept, for the same model; or another model under the same concept: a game, or a function of
        all open parameters of the family that returns one.

    Returns
    -------
    ComparisonClaim
        With the verbs ``check``, ``falsify``, ``measure`` and ``prove``.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> import alliances as al
    >>> claim = al.claims.never_above("forgiving", than=al.FinitePunishment(1))
    >>> family = al.claims.alliance_family(synergy="constant", decisiveness=2)
    >>> claim.prove(family).status
    'proved'
    """
    function = "never_above"
    _words(function, name=name)
    _check_whose(whose, function)
    if not callable(than) and not isinstance(than, (Enforcement, DyadicGame)):
        raise TypeError(
            f"{function}(): than must be an enforcement concept, a game, or a function that returns one; got {than!r}"
        )
    symbol = _SYMBOLS[whose]
    what = f"under {than}" if isinstance(than, Enforcement) else "of the other model"
    return ComparisonClaim(
        name,
        statement or _sentence(f"{_OWNERS[whose]} critical discount factor is never above the one {what}"),
        f"{symbol}(γ) ≤ {symbol}′(γ), with {symbol}′ {what}",
        _SOURCE,
        "γ and all parameters in their stated ranges",
        NeverAbove(whose),
        than,
    )


def _words(function: str, **texts: object) -> None:
    for argument, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"{function}(): {argument} must be a text; got {text!r}")
        if not text.strip() or (argument == "along" and text == "parity"):
            raise ValueError(
                f'{function}(): {argument} must not be empty, and "along" is no point such as parity; got {text!r}'
            )


def _check_whose(whose: object, function: str) -> None:
    if whose not in get_args(Whose):
        raise ValueError(f"{function}(): whose must be one of {', '.join(get_args(Whose))}; got {whose!r}")


def _the(along: str) -> str:
    return "the gap" if along == "gap" else f"{along}, at every gap"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
