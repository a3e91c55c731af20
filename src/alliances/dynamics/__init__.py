"""Power that moves: what becomes of a dyad once the two fight."""
