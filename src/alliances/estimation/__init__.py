"""From data to parameters: what dated breaks say of patience. May import every package but pictures, re-checks and tests."""
