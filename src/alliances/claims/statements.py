"""The claims: what the literature says of alliances between unequals, each as a statement that can come out false."""

from __future__ import annotations

from alliances.claims.claim import DiscountClaim
from alliances.claims.comparisons import Monotone, PactFirst, ProxyFirst

__all__ = ["ASYMMETRY", "CLAIMS", "PACT_AT_PARITY", "PROXY_RESTRAINT", "PROXY_TURNS_FIRST", "SPONSOR_RESTRAINT", "STAKES"]

_CHINDEA = "Chindea (2014), Fletcher Security Review 1(2)"
_GAPS = "γ in [0, 1), all parameters in their stated ranges"
_PARITY = "γ = 0, all parameters in their stated ranges; models with the action coexist"

ASYMMETRY = DiscountClaim(
    "asymmetry",
    "The wider the gap, the more durable the alliance.",
    "γ₁ < γ₂ ⟹ δ*(γ₂) ≤ δ*(γ₁), with δ* = max(δ_S*, δ_P*)",
    f"{_CHINDEA}; its ancestor is Morrow (1991), AJPS 35:904-933",
    _GAPS,
    Monotone("gap", "dyad", -1),
)

PROXY_RESTRAINT = DiscountClaim(
    "proxy restraint",
    "The wider the gap, the less patience keeps the proxy from turning on its sponsor.",
    "γ₁ < γ₂ ⟹ δ_P*(γ₂) ≤ δ_P*(γ₁)",
    f"{_CHINDEA}: the proxy's half of the asymmetry hypothesis",
    _GAPS,
    Monotone("gap", "proxy", -1),
)

SPONSOR_RESTRAINT = DiscountClaim(
    "sponsor restraint",
    "The wider the gap, the less patience keeps the sponsor from preying on its proxy.",
    "γ₁ < γ₂ ⟹ δ_S*(γ₂) ≤ δ_S*(γ₁)",
    f"{_CHINDEA}: the sponsor's half of the asymmetry hypothesis",
    _GAPS,
    Monotone("gap", "sponsor", -1),
)

PROXY_TURNS_FIRST = DiscountClaim(
    "proxy turns first",
    "Where a narrowing gap breaks the alliance, it is the proxy that breaks it.",
    "at every lower edge γ*(δ) of a stability window, δ_P*(γ*) ≥ δ_S*(γ*)",
    f"{_CHINDEA}, of Los Zetas and the Gulf Cartel",
    _GAPS,
    ProxyFirst(),
)

PACT_AT_PARITY = DiscountClaim(
    "pact at parity",
    "Equals sustain a non-aggression pact more easily than an alliance.",
    "at γ = 0, δ*(coexist, coexist) ≤ δ*(ally, ally)",
    f"{_CHINDEA}: groups with a narrow power differential are more likely to form a non-aggression pact",
    _PARITY,
    PactFirst(),
)

STAKES = DiscountClaim(
    "stakes",
    "The higher the stakes, the harder it is for equals to sustain a pact.",
    "at γ = 0, z₁ < z₂ ⟹ δ*(coexist, coexist; z₁) ≤ δ*(coexist, coexist; z₂)",
    f"{_CHINDEA}: when the stakes are high, equals are more likely to engage in a protracted conflict",
    _PARITY,
    Monotone("stakes", "dyad", 1, pact=True),
)

CLAIMS = {c.name: c for c in (ASYMMETRY, PROXY_RESTRAINT, SPONSOR_RESTRAINT, PROXY_TURNS_FIRST, PACT_AT_PARITY, STAKES)}
"""All claims about critical discount factors, by name."""
