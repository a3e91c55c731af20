"""Case files: what is recorded of a dated dyad, read and checked.

May import numbers, power and results; knows no model.
"""
