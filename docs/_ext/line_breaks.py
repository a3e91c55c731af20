"""Where lines of code break: printed sentences at spaces, printed tables never.

A line of code or of a printed sentence that is longer than its block goes on in the next line, so that nobody has to scroll
sideways. The columns of a printed table would be lost that way: such a block gets smaller letters, and scrolls on a phone.
"""

import re

from docutils import nodes
from sphinx import addnodes

WIDTH, INDENT = 100, 5  # characters that a block holds on a page of 1280 pixels, and what an indentation takes of them
INDENTED = (addnodes.desc_content, nodes.list_item, nodes.definition, nodes.field_body, nodes.block_quote)
COLUMNS = re.compile(r"\S {2,}\S")


def is_table_row(line: str) -> bool:
    """Whether a line has several columns.

    >>> is_table_row("model   free  log score"), is_table_row(">>> x = 1  # a number"), is_table_row("  state 0: (1, 1)")
    (True, False, False)
    """
    return not line.startswith((">>>", "...")) and len(COLUMNS.findall(line)) > 1


def mark_blocks(app, doctree, _docname) -> None:
    """Give blocks of code with long lines the class "wraps", or "columns" where a long line is a row of a table."""
    if app.builder.format != "html":
        return
    for block in doctree.findall(lambda node: isinstance(node, (nodes.literal_block, nodes.doctest_block))):
        width, outer = WIDTH, block.parent
        while outer is not None:
            width, outer = width - INDENT * isinstance(outer, INDENTED), outer.parent
        long = [line for line in block.astext().splitlines() if len(line) > width]
        if long:
            block["classes"].append("columns" if any(map(is_table_row, long)) else "wraps")


def setup(app) -> dict[str, bool]:
    """When pages are written."""
    app.connect("doctree-resolved", mark_blocks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
