"""Saving results and loading them again: files in one versioned JSON format.

A file holds a value – a result, a model, a concept, a claim, or a tuple, list or dictionary of them – as the arguments from
which its class makes an equal one. Reading calls the class, so that its checks run: no file can make a value that could not be
made otherwise. Reading runs no code of a file: classes are looked up among those that exist, functions among those that the
reader gives, and nothing is imported by a name that a file holds.

``names`` knows the classes and functions by the names that files use, ``writing`` and ``reading`` go from values to JSON and
back, ``hints`` compares what was read with the types that a class declares, ``files`` writes so that nothing is lost when it
fails, and ``version_0_1`` reads what ``to_dict`` of version 0.1 wrote. The format is defined in ``docs/reference/saving.md``.
"""

from alliances.saving.files import load, save
from alliances.saving.version_0_1 import from_dict

__all__ = ["from_dict", "load", "save"]
