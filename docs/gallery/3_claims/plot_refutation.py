"""
A proof that fails
==================

An attempt to prove that a wider gap restrains the sponsor, in a family of models, ends with a counterexample that is confirmed
in exact arithmetic: the sponsor's critical discount factor rises with the gap, from the left circle to the right one.
"""

from alliances.claims import SPONSOR_RESTRAINT, alliance_family

ax = SPONSOR_RESTRAINT.prove(alliance_family(decisiveness=2)).counterexample.plot()
