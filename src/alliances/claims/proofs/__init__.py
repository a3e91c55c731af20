"""Proofs: the conditions that would break a claim, excluded by polynomials or by boxes, or met by a counterexample.

Knows statements and families; the verbs of a claim are above.
"""
