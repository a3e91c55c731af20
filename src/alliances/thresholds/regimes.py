"""Regimes: alliance, non-aggression pact or conflict.

Among the arrangements in which both players take the same peaceful action – both ally, both coexist – the regime at a
gap, a stake and a discount factor is the best that is sustained, by joint payoff (ties go to the earlier action: an
alliance before a pact). Where none is sustained, the regime is conflict. So with three actions the regime is
"alliance", "pact" or "conflict".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, overload

import numpy as np

from alliances.arithmetic import Array, Number, Scalar, settle, to_float
from alliances.arithmetic.canonical import computed_discount
from alliances.payoffs.dyadic import DyadicGame
from alliances.power import Power
from alliances.repeated.arguments import check_discount, check_enforcement, check_model, repeated_game
from alliances.repeated.critical import (
    CriticalDiscount,
    check_broadcast,
    critical_discount,
    recorded_critical,
    sustained,
)
from alliances.repeated.enforcement.concept import Enforcement, Pair
from alliances.repeated.kernels.batch import Question
from alliances.results import Result
from alliances.results.result_tuple import ResultTuple
from alliances.thresholds.batches import RegionBatch
from alliances.thresholds.line import REGION_SAMPLES, Region, Span
from alliances.thresholds.lines import lines_of, regions_along

__all__ = ["Regimes", "regime_regions", "regimes"]

_NAMES = {"ally": "alliance", "coexist": "pact", "fight": "conflict"}


@dataclass(frozen=True, eq=False)
class Regimes(Result):
    """The regime of each game of a batch.

    Attributes
    ----------
    code
        The index of the action that both take; the last one means conflict.
    names
        The name of each code, such as ("alliance", "pact", "conflict").
    critical
        The critical discount factors of each peaceful arrangement: the certificate.
    """

    code: int | Array
    names: tuple[str, ...]
    critical: tuple[CriticalDiscount, ...]

    @property
    def name(self) -> str | Array:
        """The regime in words, per game."""
        name: str | Array = settle(np.array(self.names)[self.code])
        return name

    def _record(self) -> dict[str, Any]:
        critical = {name: r.dyad for name, r in zip(self.names, self.critical, strict=False)}
        return {"name": self.name, "code": self.code, "names": self.names, "critical": critical}

    def _cells(self) -> Mapping[str, Any]:
        """The regime, and the critical discount factor of each peaceful arrangement."""
        shape = np.shape(self.code)
        least = zip(self.names, self.critical, strict=False)
        return {"regime": self.name} | {f"critical_{n}": settle(np.broadcast_to(np.asarray(r.dyad), shape)) for n, r in least}

    _long_names: ClassVar[Mapping[str, str]] = {"regime": "the best arrangement that is sustained"}

    @property
    def shares(self) -> dict[str, float]:
        """The share of the batch in each regime."""
        counts = np.bincount(np.ravel(self.code), minlength=len(self.names))
        return {name: float(count) / np.size(self.code) for name, count in zip(self.names, counts, strict=True)}

    @property
    def message(self) -> str:
        """The regime of a single game, or the share of each."""
        if np.ndim(self.code) == 0:
            return str(self.name)
        return ", ".join(f"{name} {share:.1%}" for name, share in self.shares.items())


def regimes(game: DyadicGame, power: Power, discount: Number | Pair, *, enforcement: Enforcement | None = None) -> Regimes:
    """The best sustained arrangement of the dyad: alliance, pact or conflict.

    Parameters
    ----------
    game
        A model whose last action is conflict; parameters may be arrays.
    power
        One dyad or an array of dyads; broadcasts with the model's parameters and with ``discount``.
    discount
        δ in [0, 1), a number or an array, or a tuple (δ_S, δ_P) of them.
    enforcement
        :class:`NashReversion` by default; any concept.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or discount factors differ under a concept that needs a common one.

    Examples
    --------
    >>> import alliances as al
    >>> game = al.presets.chindea_2014()
    >>> regimes(game, al.Power.from_gap([0.0, 0.0, 0.8]), [0.6, 0.4, 0.4]).name.tolist()
    ['pact', 'conflict', 'alliance']
    """
    return regimes_at(game, power, discount, enforcement, "regimes")


def regimes_at(
    game: DyadicGame, power: Power, discount: Number | Pair, enforcement: Enforcement | None, function: str
) -> Regimes:
    """:func:`regimes` on behalf of ``function``, which errors name."""
    check_model(game, function)
    if len(game.actions) < 2:
        raise ValueError(f"{function}(): game must have a peaceful action and, as the last, conflict; got {game.actions!r}")
    recorded = _recorded(game, power, discount, enforcement, function)
    if recorded is not None:
        return recorded
    repeated = repeated_game(game, power, enforcement, function)
    stage, concept = repeated.stage, repeated.enforcement
    pair = check_discount(discount, concept, function)
    exact = stage.exact and concept.exact
    delta_s, delta_p = (computed_discount(delta, exact, function) for delta in pair)
    peaceful = range(len(game.actions) - 1)
    critical = tuple(critical_discount(stage, profile=(k, k), enforcement=concept) for k in peaceful)
    for r in critical:
        check_broadcast(r, (delta_s, delta_p), function)
    joint = [r.terms.path[0] + r.terms.path[1] for r in critical]
    held = [np.logical_and(*sustained(r, (delta_s, delta_p))) for r in critical]
    slack = None if stage.exact else np.asarray(to_float(stage.rounding[0])) + np.asarray(to_float(stage.rounding[1]))
    return Regimes(settle(_best(joint, held, slack)), regime_names(game), critical)


def _recorded(
    game: DyadicGame, power: Power, discount: Number | Pair, enforcement: Enforcement | None, function: str
) -> Regimes | None:
    """The regimes of a large batch by the programme of its payoffs; None if there is none."""
    if not isinstance(power, Power):
        return None
    concept = check_enforcement(enforcement, function)
    critical, joint, held, slack = [], [], [], None
    for k in range(len(game.actions) - 1):
        found = recorded_critical(Question(game, power, concept, (k, k)), "joint", "slack")
        if found is None:
            return None
        r, (paid, slack) = found
        delta_s, delta_p = (computed_discount(d, False, function) for d in check_discount(discount, concept, function))
        check_broadcast(r, (delta_s, delta_p), function)
        critical.append(r)
        joint.append(paid)
        held.append(np.logical_and(*sustained(r, (delta_s, delta_p))))
    code = np.where(held[0], 0, 1) if len(held) == 1 else _best(joint, held, slack)  # of one there is no choice
    return Regimes(settle(code), regime_names(game), tuple(critical))


def regime_names(game: DyadicGame) -> tuple[str, ...]:
    """What the regime is called in which both take the same action, action by action."""
    return tuple(_NAMES.get(action, action) for action in game.actions)


def _best(joint: Sequence[Array], held: Sequence[Array], slack: Array | None) -> Array:
    """The number of the sustained arrangement with the largest joint payoff, of those within rounding the first.

    One more than the last where none is sustained.
    """
    both = np.broadcast_arrays(*held, *joint)  # discount factors may have axes that payoffs do not have
    kept = np.stack(both[: len(held)])
    worth = np.where(kept, np.stack(both[len(held) :]), -np.inf)
    if slack is not None:
        worth = worth >= worth.max(axis=0) - slack
    return np.where(kept.any(axis=0), worth.argmax(axis=0), len(held))


@overload
def regime_regions(
    game: DyadicGame,
    discount: Scalar | tuple[Scalar, Scalar],
    domain: tuple[float, float] = (-0.95, 0.95),
    *,
    enforcement: Enforcement | None = None,
    total: float = 1.0,
    samples: int = REGION_SAMPLES,
) -> ResultTuple[Region]: ...


@overload
def regime_regions(
    game: DyadicGame,
    discount: Array | list[Any] | tuple[Array, Number] | tuple[Number, Array],
    domain: tuple[float, float] = (-0.95, 0.95),
    *,
    enforcement: Enforcement | None = None,
    total: float = 1.0,
    samples: int = REGION_SAMPLES,
) -> RegionBatch: ...


def regime_regions(
    game: DyadicGame,
    discount: Number | Pair | list[Any],
    domain: tuple[float, float] = (-0.95, 0.95),
    *,
    enforcement: Enforcement | None = None,
    total: float = 1.0,
    samples: int = REGION_SAMPLES,
) -> ResultTuple[Region] | RegionBatch:
    """The regimes along the gap, with edges exact to 10⁻¹².

    Parameters
    ----------
    game, discount, enforcement
        As in :func:`regimes`: numbers for one dyad; arrays, which broadcast, for a batch of dyads.
    domain
        The lowest and the highest gap, both in (−1, 1).
    total
        s + p, held fixed along the gap.
    samples
        The number of equally spaced gaps looked at; regions narrower than their spacing can be missed.

    Returns
    -------
    ResultTuple of Region
        For one dyad: a tuple with a table, a picture and the rest of what results can do.
    RegionBatch
        For a batch: all are looked at and halved together.

    Examples
    --------
    >>> import alliances as al
    >>> regime_regions(al.presets.chindea_2014(), 0.6, (0.0, 0.9))
    regions of the gap: 3
       lower     upper     label
           0  0.139992      pact
    0.139992  0.523114  conflict
    0.523114       0.9  alliance
    >>> regime_regions(al.presets.chindea_2014(), [0.4, 0.6], (0.0, 0.9)).share("alliance").round(3).tolist()
    [0.259, 0.419]
    """
    function = "regime_regions"
    span = Span(domain, total, samples, function)
    lines = lines_of(game, discount, enforcement, span, function)

    def label(model: DyadicGame, concept: Enforcement, power: Power, k: Array) -> list[Array]:
        delta_s, delta_p = lines.discount[:, k]
        return [np.asarray(regimes_at(model, power, (delta_s, delta_p), concept, function).code)]

    regions = RegionBatch(lines.shape, *regions_along(lines, label), regime_names(game))
    return regions if lines.shape else regions.at(())
