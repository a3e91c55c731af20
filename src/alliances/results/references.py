"""What to cite: the BibTeX of the works behind a result, from the file that the documentation's bibliography is made from.

A class says which works it rests on by ``references``, keys of ``references.bib`` or whole BibTeX entries of its own; so a new
concept or model carries its citation with it. :func:`citation` collects them from a result, its enforcement concept, its game,
the game's contest, and whatever else the result consists of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from numbers import Number

from alliances.results import Columns, Result

__all__ = ["Citation", "Work", "citation", "keys_in", "works"]


@dataclass(frozen=True)
class Work:
    """An entry of ``references.bib``.

    Attributes
    ----------
    key
        By which classes and ``[sources.…]`` of case files refer to it: authors and year.
    bibtex
        The entry as it is written there.
    parts
        Its fields: author, title, year, and those that this kind of work has.
    """

    key: str
    bibtex: str
    parts: Mapping[str, str]

    @property
    def authors(self) -> tuple[str, ...]:
        """Family names."""
        names = self.parts.get("author", "").split(" and ")
        return tuple(name.partition(",")[0].strip("{}") for name in names if name != "others")

    def cited(self) -> str:
        """A regular expression of its citations: "A 2001", "A & B (2001", "A, X. and B, Y. (2001)", "A et al. 2001"."""
        first, *more = (re.escape(name).replace(r"\ ", r"\s+") + r"(?:,\s+(?:[A-Z]\.[\s-]*)+)?" for name in self.authors)
        names = r",\s+".join([first, *more[:-1]])
        if more:
            names = rf"(?:{names},?\s+(?:&|and)\s+{more[-1]}|{first}(?:,\s+{more[0]})?\s+et\s+al\.)"
        return rf"\b{names}(?:['’]s)?,?\s+\(?{self.parts['year']}\b(?!-)"


@cache
def works() -> Mapping[str, Work]:
    """The works of ``references.bib``, by key."""
    text = files("alliances").joinpath("references.bib").read_text(encoding="utf-8")
    found = {}
    for entry in re.finditer(r"^@\w+\{([^,]+),\n(.*?)^\}$", text, re.DOTALL | re.MULTILINE):
        parts = dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry[2], re.MULTILINE))
        found[entry[1]] = Work(entry[1], entry[0], parts)
    return found


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {key: re.compile(work.cited()) for key, work in works().items() if key != "alliances"}


def keys_in(text: str) -> tuple[str, ...]:
    """The keys of the works that a text cites by authors and year.

    >>> keys_in("Friedman (1971) and, with payments, Goldlücke & Kranz 2012")
    ('friedman-1971', 'goldlucke-kranz-2012')
    """
    return tuple(key for key, pattern in _patterns().items() if pattern.search(text))


@dataclass(frozen=True)
class Citation(Result):
    """The works to cite, as BibTeX: what :func:`citation` returns. Print it, or write ``bibtex`` to a file.

    Attributes
    ----------
    entries
        BibTeX entries, the library's own first.
    """

    entries: tuple[str, ...]

    @property
    def bibtex(self) -> str:
        """All entries, as the text of a ``.bib`` file."""
        return "\n\n".join(self.entries)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the entries, by which LaTeX cites them."""
        return tuple(entry.partition("{")[2].partition(",")[0].strip() for entry in self.entries)

    @property
    def message(self) -> str:
        """How many works, and their keys."""
        return f"{len(self.entries)} work{'s' * (len(self.entries) != 1)} to cite: {', '.join(self.keys)}"

    def _columns(self) -> Columns:
        return {"key": self.keys, "entry": self.entries}

    def __str__(self) -> str:
        return self.bibtex


def citation(*things: object) -> Citation:
    """What to cite for results, games, concepts, claims or cases, as BibTeX.

    A class names its works by ``references``: a tuple of keys of the library's bibliography, or of BibTeX entries. A concept or
    model of your own may do the same. Collected are those of each thing and of all that it consists of.

    Parameters
    ----------
    *things
        Any objects of the library, or of yours; none for the library's own entry alone.

    Returns
    -------
    Citation
        The entry of the library, and those of the works behind the things, each once.

    Raises
    ------
    TypeError
        For a number, a text or None: nothing stands behind those.
    ValueError
        If ``references`` of some class names a key that the bibliography does not have.

    Examples
    --------
    >>> import alliances as al
    >>> print(al.citation(al.NashReversion()))
    @misc{alliances,
      author = {{The alliances developers}},
      title = {alliances: repeated games of unequal dyads},
      year = {2026},
      note = {Python package, version 0.1.0},
    }
    <BLANKLINE>
    @article{friedman-1971,
      author = {Friedman, James W.},
      title = {A non-cooperative equilibrium for supergames},
      journal = {Review of Economic Studies},
      year = {1971},
      volume = {38},
      number = {1},
      pages = {1--12},
      doi = {10.2307/2296617},
    }
    >>> game = al.presets.chindea_2014()
    >>> al.citation(al.defection_threshold(game, 0.5)).keys
    ('alliances', 'tullock-1980', 'skaperdas-1996', 'morrow-1991', 'chindea-2014', 'gamson-1961', 'friedman-1971')
    """
    entries = dict.fromkeys([works()["alliances"].bibtex])
    for thing in things:
        if thing is None or isinstance(thing, (str, bytes, Number)):
            raise TypeError(f"citation(): things must be results, games, concepts, claims or cases; got {thing!r}")
        for reference, owner in _references(thing, set()):
            if reference not in works() and not reference.lstrip().startswith("@"):
                raise ValueError(
                    f"citation(): {owner}.references must hold keys of the bibliography or BibTeX entries; got {reference!r}"
                )
            entries[works()[reference].bibtex if reference in works() else reference.strip()] = None
    return Citation(tuple(entries))


def _references(thing: object, seen: set[int]) -> Iterator[tuple[str, str]]:
    """The references of a thing and its parts, with the class that names each; a thing that is met twice is asked once."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    owner = thing if isinstance(thing, type) else type(thing)
    references = getattr(thing, "references", ())
    for reference in () if isinstance(references, property) else references:
        yield reference, owner.__name__
    parts: list[object] = []
    if isinstance(thing, Mapping):
        parts = list(thing.values())
    elif isinstance(thing, (tuple, list)):
        parts = list(thing)
    elif is_dataclass(thing) and not isinstance(thing, type):
        parts = [getattr(thing, field.name) for field in fields(thing)]
    for part in parts:
        yield from _references(part, seen)
