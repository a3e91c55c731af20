"""How a bimatrix game is shown: in text and in HTML with best replies marked, as a long table, and on named axes.

A batch is shown as one bimatrix, of the lowest and the highest payoff in each cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from alliances.arithmetic import Array, Number
from alliances.results import Columns, Variable
from alliances.values.tables import WIDTH, clip, text_table

if TYPE_CHECKING:
    from alliances.games.bimatrix import Bimatrix

__all__ = ["axes_of", "best_replies", "bimatrix_html", "bimatrix_text", "profiles_of", "short"]

_CORNER = "sponsor \\ proxy"
_ROWS, _COLUMNS = (5, 2), (6, 2)  # how many of a large game are shown, at the beginning and at the end


def short(x: Number, digits: int = 4) -> str:
    """A payoff in a table: exact, or four digits."""
    return str(x) if not isinstance(x, float) else f"{x:.{digits}g}"


def best_replies(stage: Bimatrix) -> tuple[Array, Array]:
    """(…, m, n): whether the sponsor's action is a best reply to the proxy's, and the proxy's to the sponsor's."""
    tolerance_s, tolerance_p = (np.asarray(t)[..., None, None] for t in stage.tolerance)
    regret_s = stage.A.max(axis=-2, keepdims=True) - stage.A
    regret_p = stage.B.max(axis=-1, keepdims=True) - stage.B
    return np.asarray(regret_s <= tolerance_s, dtype=bool), np.asarray(regret_p <= tolerance_p, dtype=bool)


def _kind(stage: Bimatrix) -> str:
    batch = f", batch of {'×'.join(map(str, stage.batch_shape))}" if stage.batch_shape else ""
    return f"StageGame {stage.shape[0]}×{stage.shape[1]}{batch}, {'exact' if stage.exact else 'float'}"


def _places(count: int, ends: tuple[int, int]) -> list[int | None]:
    """The actions that are shown, and None for those left out between them."""
    head, tail = ends
    return list(range(count)) if count <= sum(ends) + 1 else [*range(head), None, *range(count - tail, count)]


def _range(x: Array, link: str, digits: int) -> str:
    low, high = (short(v, digits) for v in (x.min(), x.max()))
    return low if low == high else f"{low}{link}{high}"


def _payoffs(stage: Bimatrix, i: int, j: int, link: str = " to ", digits: int = 4) -> tuple[str, str]:
    """Both payoffs of a profile as text."""
    if not stage.A.size:
        return "–", "–"
    return _range(stage.A[..., i, j], link, digits), _range(stage.B[..., i, j], link, digits)


def bimatrix_text(stage: Bimatrix) -> str:
    r"""The bimatrix in at most ten lines, best replies marked by an asterisk.

    >>> from alliances import StageGame
    >>> print(bimatrix_text(StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]], actions=("cooperate", "defect"))))
    StageGame 2×2, exact; * best reply
    sponsor \ proxy  cooperate  defect
    cooperate             9, 9  1, 10*
    defect              10*, 1  3*, 3*
    """
    rows = _places(stage.shape[0], _ROWS)
    single = not stage.batch_shape
    marks: tuple[Array, ...] = best_replies(stage) if single else ()

    def cell(i: int | None, j: int | None) -> str:
        if i is None or j is None:
            return "…"
        texts = _payoffs(stage, i, j) if single else _payoffs(stage, i, j, "..", 3)
        return ", ".join(text + "*" * bool(single and marks[k][i, j]) for k, text in enumerate(texts))

    head = f"{_kind(stage)}; {'* best reply' if single else 'lowest..highest payoffs'}"
    for ends in (_COLUMNS, (4, 1), (2, 1), (1, 0)):  # as many actions of the proxy as the line is wide enough for
        columns = _places(stage.shape[1], ends)
        table = {_CORNER: ["…" if i is None else clip(stage.actions[0][i], 30) for i in rows]}
        table |= {"…" if j is None else clip(stage.actions[1][j], 30): [cell(i, j) for i in rows] for j in columns}
        text = text_table(table, left=1)
        if max(map(len, text.splitlines())) <= WIDTH:
            break
    return f"{head}\n{text}"


def bimatrix_html(stage: Bimatrix) -> str:
    """The bimatrix as an HTML table: best replies are underlined, pure equilibria bold; so it reads without a style sheet."""
    rows, columns = (_places(n, ends) for n, ends in zip(stage.shape, (_ROWS, _COLUMNS), strict=True))
    single = not stage.batch_shape
    marks: tuple[Array, ...] = best_replies(stage) if single else ()

    def cell(i: int | None, j: int | None) -> str:
        if i is None or j is None:
            return "<td>…</td>"
        texts = _payoffs(stage, i, j)
        parts = [f"<u>{text}</u>" if single and marks[k][i, j] else text for k, text in enumerate(texts)]
        both = ", ".join(parts)
        return f"<td><b>{both}</b></td>" if single and marks[0][i, j] and marks[1][i, j] else f"<td>{both}</td>"

    def head(labels: tuple[str, ...], k: int | None) -> str:
        return f"<th>{'…' if k is None else escape(labels[k])}</th>"

    top = "".join(head(stage.actions[1], j) for j in columns)
    body = "".join(f"<tr>{head(stage.actions[0], i)}{''.join(cell(i, j) for j in columns)}</tr>" for i in rows)
    note = "underlined: best reply; bold: pure equilibrium" if single else "lowest to highest payoffs"
    return (
        f'<p>{_kind(stage)}</p><table border="1" cellpadding="4"><thead><tr><th>{_CORNER}</th>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table><p>Payoffs: sponsor, proxy; {note}.</p>"
    )


def profiles_of(stage: Bimatrix) -> Columns:
    """One row per profile (and game of a batch): the actions, both payoffs, and which are best replies."""
    batch = stage.batch_shape
    names = ("game",) if len(batch) == 1 else tuple(f"axis_{k}" for k in range(len(batch)))
    places: list[Array] = [x.ravel() for x in np.indices(stage.A.shape)]
    games, i, j = places[:-2], places[-2], places[-1]
    reply_s, reply_p = best_replies(stage)
    rows, columns = (np.array(labels) for labels in stage.actions)
    return {
        **dict(zip(names, games, strict=True)),
        "sponsor_action": rows[i],
        "proxy_action": columns[j],
        "sponsor": stage.A.ravel(),
        "proxy": stage.B.ravel(),
        "sponsor_best_reply": reply_s.ravel(),
        "proxy_best_reply": reply_p.ravel(),
    }


def axes_of(stage: Bimatrix) -> Mapping[str, Variable]:
    """Both payoffs on the axes of the actions, after those of the batch."""
    batch = ("game",) if len(stage.batch_shape) == 1 else tuple(f"axis_{k}" for k in range(len(stage.batch_shape)))
    dims: tuple[str, ...] = (*batch, "sponsor_action", "proxy_action")
    variables: dict[str, Any] = {"sponsor": stage.A, "proxy": stage.B}
    labels = zip(("sponsor_action", "proxy_action"), stage.actions, strict=True)
    return {
        **{name: Variable((name,), np.array(x), name.replace("_", "'s "), "") for name, x in labels},
        **{name: Variable(dims, x, f"{name}'s payoff", "payoff") for name, x in variables.items()},
    }
