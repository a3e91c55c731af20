"""What code computes where it breaks no rule, and whether it breaks one.

A batch in which a rule is broken anywhere is an error as a whole, so that nobody reads its results. A choice between them and
nothing, as :meth:`alliances.arithmetic.recording.Recording.run` makes it, would be made in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alliances.arithmetic.recording import Places, Recorded, RecordedCondition, Recording, Tree

__all__ = ["presumed"]


def presumed(recording: Recording, code: Callable[[], Sequence[object]]) -> tuple[RecordedCondition, list[Recorded]]:
    """Whether ``code`` breaks no rule, and what it returns if it does not; elsewhere the results mean nothing.

    Raises
    ------
    NotArithmetic, ValueError
        As :meth:`alliances.arithmetic.recording.Recording.run`.

    Examples
    --------
    >>> recording = Recording("example()")
    >>> x = recording.input("x")
    >>> def root():
    ...     if x < 0:
    ...         raise ValueError("x must be non-negative")
    ...     return [x**0.5]
    >>> presumed(recording, root)[1]
    [(x ** 0.5)]
    """
    tree, rules = recording.explored(code)
    places = _places(recording, tree)
    if places is None:
        raise ValueError(f"{recording.function}: the model must have payoffs somewhere; it has none: {rules[1]}")
    return RecordedCondition(recording, _unbroken(recording, tree)), [Recorded(recording, k) for k in places]


def _places(recording: Recording, tree: Tree) -> list[int] | None:
    """The places of the results, given that no rule is broken; None where one is in any case."""
    if isinstance(tree, Places):
        return list(tree)
    if isinstance(tree, int):
        return None
    condition, *branches = tree
    yes, no = (_places(recording, branch) for branch in branches)
    if yes is None or no is None:
        return no if yes is None else yes
    return [recording.choice(condition, a, b) for a, b in zip(yes, no, strict=True)]


def _unbroken(recording: Recording, tree: Tree) -> int:
    """The place of the condition that no rule is broken."""
    add = recording.add
    always, never = (add("number", value=x) for x in (1.0, 0.0))
    if isinstance(tree, (Places, int)):
        return always if isinstance(tree, Places) else never
    condition, *branches = tree
    yes, no = (_unbroken(recording, branch) for branch in branches)
    if yes == no:
        return yes
    if no == never:
        return condition if yes == always else add("and", condition, yes)
    if yes == always:
        return add("or", condition, no)
    opposite = add("not", condition)
    if yes == never:
        return opposite if no == always else add("and", opposite, no)
    if no == always:
        return add("or", opposite, yes)
    return add("or", add("and", condition, yes), add("and", opposite, no))
