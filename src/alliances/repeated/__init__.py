"""Repeated games: how the future holds an alliance together, one file per enforcement concept."""
