"""What to cite for frames: the works that the loaders have put into ``attrs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.results.references import Citation, citation

if TYPE_CHECKING:
    from alliances.results import DataFrame

__all__ = ["cite"]


def cite(*frames: DataFrame) -> Citation:
    r"""The works to cite for frames of loaders and builders, as BibTeX, the library's own entry first.

    Parameters
    ----------
    *frames
        Frames with ``attrs["references"]``. Some operations of pandas lose ``attrs``: then cite the frames that were read.

    Returns
    -------
    Citation
        Print it, or write ``bibtex`` to a file.

    Raises
    ------
    TypeError, ValueError
        If a thing is no frame, or has no references.

    Examples
    --------
    >>> import io
    >>> import alliances as al
    >>> al.datasets.cite(al.datasets.load_nmc(io.StringIO("ccode,year,cinc\n2,2016,.1332\n"))).keys
    ('alliances', 'singer-bremer-stuckey-1972', 'singer-1987')
    """
    works: dict[str, None] = {}
    for frame in frames:
        if not hasattr(frame, "attrs"):
            raise TypeError(f"cite(): frames must be pandas DataFrames; got {frame!r}")
        found = frame.attrs.get("references")
        if not found:
            raise ValueError(
                "cite(): frames must have attrs['references'], as loaders and builders give them; this one has none"
            )
        works.update(dict.fromkeys(found))
    return citation(_Works(tuple(works)))


class _Works:
    """Something that rests on these works."""

    def __init__(self, references: tuple[str, ...]) -> None:
        self.references = references
