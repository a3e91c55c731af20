"""How text is set: indices and powers of formulas in docstrings, formulas beside punctuation, and names that are too long.

A docstring is read in an editor as well, so its formulas are plain text: "δ_i*", "u_{t−1}", "s^m". Pages set the index low and
the power high. A formula in a line stays with the bracket before it and the comma after it, where browsers would break the
line. The name of a module breaks behind its dots, and not within a word.
"""

import re

from docutils import nodes
from sphinx import addnodes

AS_WRITTEN = (
    nodes.literal,
    nodes.literal_block,
    nodes.doctest_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.title,
    nodes.comment,
    addnodes.desc_signature,
    addnodes.pending_xref_condition,
)
SCRIPT = re.compile(
    r"""(?<!\w)(?P<base>max|min|need|[^\W\d_]['’′*\u0302]?|⋂|⋃)   # one letter, or the name of a function
        _(?P<low>\{[^{}]*\}|[^\W_]{1,3}(?!\w))                   # its index: in braces, or up to three letters
      | \^(?P<high>\{[^{}]*\}|[−-]?[\w.]*\w)                     # a power""",
    re.VERBOSE,
)
LONG = 20
"""From so many characters on a name without a space may break."""


def as_written(node: nodes.Node) -> bool:
    """Whether a text stands in code, in a formula or in a title."""
    while node is not None:
        if isinstance(node, AS_WRITTEN):
            return True
        node = node.parent
    return False


def scripts(text: str) -> list[nodes.Node]:
    """The text with its indices and powers as nodes of their own."""
    out: list[nodes.Node] = []
    at = 0
    for match in SCRIPT.finditer(text):
        kind, inner = ("low", match["low"]) if match["low"] else ("high", match["high"])
        out.append(nodes.Text(text[at : match.start()] + (match["base"] or "")))
        node = (nodes.subscript if kind == "low" else nodes.superscript)()
        node += scripts(inner.strip("{}"))
        out.append(node)
        at = match.end()
    return [node for node in (*out, nodes.Text(text[at:])) if not isinstance(node, nodes.Text) or node.astext()]


def set_scripts(_app, doctree) -> None:
    """Indices low, powers high, in all prose of a page."""
    for text in list(doctree.findall(nodes.Text)):
        if SCRIPT.search(text.astext()) and not as_written(text.parent):
            text.parent.replace(text, scripts(text.astext()))


def keep_together(_app, doctree) -> None:
    """No end of a line between a formula and the punctuation that touches it."""
    for formula in list(doctree.findall(nodes.math)):
        parent = formula.parent
        if isinstance(parent, nodes.title):
            continue
        place = parent.index(formula)
        block = nodes.inline(classes=["together"])
        before = parent[place - 1] if place else None
        after = parent[place + 1] if place + 1 < len(parent) else None
        if isinstance(after, nodes.Text) and (match := re.match(r"[^\w\s]{1,4}", after.astext())):
            parent[place + 1] = nodes.Text(after.astext()[match.end() :])
            tail = [nodes.Text(match[0])]
        else:
            tail = []
        if isinstance(before, nodes.Text) and (match := re.search(r"(?:(?<=\s)|^)[^\w\s]{1,2}$", before.astext())):
            parent[place - 1] = nodes.Text(before.astext()[: match.start()])
            head = [nodes.Text(match[0])]
        else:
            head = []
        if head or tail:
            parent[place] = block
            block += [*head, formula, *tail]


def breakable(_app, doctree, _docname) -> None:
    """Places behind dots, behind underscores and before arguments at which a long name in code may break."""
    for literal in list(doctree.findall(nodes.literal)):
        if len(literal) != 1 or not isinstance(literal[0], nodes.Text):
            continue
        if isinstance(literal.parent, addnodes.download_reference):  # a button, whose text breaks at its spaces
            continue
        if not re.search(rf"[^\s]{{{LONG},}}", literal.astext()):
            continue
        pieces = re.split(r"(?<=[._])(?=[^\W\d])|(?<=\w)(?=\((?!\)))", literal.astext())
        if len(pieces) > 1:
            literal[:] = [node for piece in pieces for node in (nodes.raw("", "<wbr>", format="html"), nodes.Text(piece))][1:]


def setup(app) -> dict[str, bool]:
    """Scripts and formulas when pages are read, names when links have their text."""
    app.connect("doctree-read", set_scripts)
    app.connect("doctree-read", keep_together)
    app.connect("doctree-resolved", breakable, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
