"""The atlas as a map: the asymmetry hypothesis under the main concepts, and its answer in one sentence.

Colours are told apart by the colour-blind, and letters say the same in grey.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from atlas_classes import status_of
from atlas_rows import CONTESTS, SHARINGS, SYNERGIES, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Record = Mapping[str, str]
Records = Mapping[Row, Record]

PANELS = {
    "Nash": "Nash reversion",
    "given, both": "conflict for ever, where it is credible\nand both prefer the alliance",
    "optimal": "optimal penal codes, where conflict\nis credible and feared by both",
    "transfers": "side payments,\nNash reversion",
    "transfers given, both": "side payments, conflict for ever where\nit is credible and feared by both",
    "optimal transfers": "side payments, optimal penal codes,\nwhere conflict is credible and feared",
}
"""The concepts of the map, three without and three with side payments, and what the panels call them."""

KINDS: dict[str, tuple[str, str, str, str]] = {  # face, hatch, letter's colour, what the legend says
    "P": ("#00497a", "", "white", "proved for all models"),
    "p": ("#a6cee3", "", "black", "proved, but the assumptions hold at no gap"),
    "R": ("#f08a4b", "", "black", "refuted; holds in fewer than half of the models"),
    "r": ("#fdd0a2", "////", "black", "refuted; holds in half of the models or more"),
    "?": ("white", "", "black", "unknown"),
    "": ("0.86", "", "black", "not asked"),
}


def kind(record: Record | None) -> str:
    """The letter of a row on the map; see :data:`KINDS`."""
    if record is None:
        return ""
    status = status_of(record)
    if status == "proved":
        return "p" if record["compared"] == "0" else "P"
    if status == "refuted":
        return "r" if float(record["compared share"] or 0) >= 0.5 else "R"
    return "?"


def letters(records: Records, enforcement: str) -> list[list[str]]:
    """A panel of the map: a line for each synergy and sharing rule, a column for each contest."""
    return [
        [kind(records.get(Row("asymmetry", enforcement, synergy, sharing, contest))) for contest in CONTESTS]
        for synergy in SYNERGIES
        for sharing in SHARINGS
    ]


def answer(records: Records) -> str:
    """What the atlas says of the hypothesis, in one sentence."""

    def of(enforcement: str, **entries: str) -> list[Record]:
        rows = {row: r for row, r in records.items() if row.claim == "asymmetry" and row.enforcement == enforcement}
        rows = {row: r for row, r in rows.items() if (row.costs, row.actions) == ("equal", 2)}
        return [r for row, r in rows.items() if all(getattr(row, name) == value for name, value in entries.items())]

    paid, unpaid = "transfers given, both", "given, both"
    shares = [sharing for sharing in SHARINGS if sharing != "wage"]
    theorem = [
        synergy
        for synergy in SYNERGIES
        if all(status_of(r) == "proved" for sharing in shares for r in of(paid, synergy=synergy, sharing=sharing))
    ]
    refuted = [r for r in of(unpaid) if status_of(r) == "refuted"]
    sponsor = Counter(r["witness player"] for r in refuted)["sponsor"]
    always = [r for synergy in theorem for sharing in shares for r in of(paid, synergy=synergy, sharing=sharing)]
    empty = [kind(r) for r in always].count("p")
    holds = (
        f"is a theorem for the synergies {' and '.join(theorem)} if the two can pay each other (proved in all {len(always)} "
        f"combinations of contest and sharing rule, wages apart; in {empty} of them because nothing is compared)"
        if theorem
        else "is a theorem for no kind of synergy if the two can pay each other"
    )
    return (
        "**Where conflict is a credible punishment and both prefer the alliance to it, the asymmetry hypothesis "
        f"{holds}; without payments it is refuted in {len(refuted)} of {len(of(unpaid))} combinations, in {sponsor} of "
        "them because at the wider gap it is the sponsor that needs more patience.**"
    )


def draw(records: Records) -> Figure:
    """The map: colours and letters by status; see :data:`KINDS`."""
    from matplotlib import pyplot as plt
    from matplotlib.patches import Patch, Rectangle

    figure, axes = plt.subplots(2, 3, figsize=(9.2, 10.4), sharex=True, sharey=True, layout="constrained")
    for ax, (enforcement, title) in zip(axes.flat, PANELS.items(), strict=True):
        for y, line in enumerate(letters(records, enforcement)):
            for x, letter in enumerate(line):
                face, hatch, color, _ = KINDS[letter]
                corner = (x - 0.5, y - 0.5)
                # neither limits, which are set below, nor the layout depend on a thousand cells inside the axes
                ax.add_artist(Rectangle(corner, 1, 1, facecolor=face, hatch=hatch, edgecolor="#e08214", linewidth=0))
                ax.add_artist(Rectangle(corner, 1, 1, facecolor="none", edgecolor="white", linewidth=0.8))
                ax.text(x, y, letter, ha="center", va="center", fontsize=8, color=color, in_layout=False)
        for y in range(len(SHARINGS), len(SHARINGS) * len(SYNERGIES), len(SHARINGS)):
            ax.axhline(y - 0.5, color="black", linewidth=1.0)
        ax.set_title(title, fontsize=9)
        ax.set_xlim(-0.5, len(CONTESTS) - 0.5)
        ax.set_ylim(len(SYNERGIES) * len(SHARINGS) - 0.5, -0.5)
        ax.set_xticks(range(len(CONTESTS)), CONTESTS, rotation=90, fontsize=8)
        ax.set_yticks(range(len(SYNERGIES) * len(SHARINGS)), list(SHARINGS) * len(SYNERGIES), fontsize=8)
        ax.tick_params(length=0)
    for ax in axes[:, 0]:
        for k, synergy in enumerate(SYNERGIES):
            middle = (k + 0.5) * len(SHARINGS) - 0.5
            ax.annotate(synergy, (-0.52, middle), xycoords=("axes fraction", "data"), rotation=90, fontsize=9,
                        ha="center", va="center", annotation_clip=False)  # fmt: skip
    for ax in axes[1]:
        ax.set_xlabel("contest: how decisive fighting is", fontsize=8)
    figure.supylabel("synergy (upright) and rule of sharing", fontsize=8)
    handles = [
        Patch(
            facecolor=face,
            hatch=hatch,
            edgecolor="#e08214" if hatch else "0.5",
            linewidth=0.5,
            label=f"{letter}  {words}" if letter else words,
        )
        for letter, (face, hatch, _, words) in KINDS.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure
