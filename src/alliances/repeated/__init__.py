"""Repeated games: how the future holds an alliance together; payoff sets and the strategies behind them."""
