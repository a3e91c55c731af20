"""A toy claim in one file: the wider the gap, the more patience keeps the sponsor from preying on its proxy."""

from alliances.claims import DiscountClaim
from alliances.claims.comparisons import Monotone

WARY_SPONSOR = DiscountClaim(
    "wary sponsor",
    "The wider the gap, the more patience keeps the sponsor from preying on its proxy.",
    "γ₁ < γ₂ ⟹ δ_S*(γ₁) ≤ δ_S*(γ₂)",
    "nobody: an example",
    "γ in [0, 1)",
    Monotone("gap", "sponsor", 1),
)
