"""The picture of relational contracts: what side payments can sustain, by the discount factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.plotting.axes import axes_or_new
from alliances.repeated.contracts.relational import RelationalContracts
from alliances.results import draw

if TYPE_CHECKING:
    from alliances.results import Axes

__all__ = ["plot_contracts"]


@draw.register(RelationalContracts)
def plot_contracts(contracts: RelationalContracts, ax: Axes | None = None) -> Axes:
    """The largest joint payoff and the sum of the punishment payoffs against the discount factor, as steps.

    Examples
    --------
    >>> import alliances as al
    >>> ax = plot_contracts(al.relational_contracts(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]])))
    >>> [line.get_label() for line in ax.get_lines()]
    ['largest joint payoff U', 'sum of punishment payoffs V']
    """
    ax = axes_or_new(ax, "plot_contracts")
    filled = [step for step in contracts.steps if not step.empty]
    edges = [float(step.discount) for step in filled] + [1.0]
    for name, style, shade, values in (
        ("largest joint payoff U", "-", "black", [step.joint_payoff for step in filled]),
        ("sum of punishment payoffs V", "--", "0.45", [step.sponsor_punishment + step.proxy_punishment for step in filled]),
    ):
        if filled:
            ax.step(edges, [float(x) for x in (*values, values[-1])], style, where="post", color=shade, label=name)
    ax.set(xlabel="discount factor δ", ylabel="average payoff, both players together", xlim=(0, 1))
    if filled:
        ax.legend(frameon=False)
    return ax
