"""From power to payoffs: contests, synergies, sharing rules, and the games composed of them."""
