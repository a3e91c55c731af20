"""Formulas as MathML Core, written when the pages are built: browsers draw it by themselves, without a script and a network.

The font is STIX Two Math (SIL Open Font License 1.1), cut down to the characters of formulas: a browser on a system without a
mathematical font cannot stretch brackets and sums.
"""

import logging
import re
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from fontTools import subset
from math_core import LatexError, LatexToMathML
from sphinx.errors import ExtensionError

FONT = "STIXTwoMath.woff"
CHARACTERS = [  # Latin, Greek, punctuation, letters like ℝ, arrows, operators, bold and italic letters
    *range(0x20, 0x100), *range(0x391, 0x3F6), *range(0x2010, 0x2060), *range(0x2100, 0x2150), *range(0x2190, 0x2300),
    *range(0x27E6, 0x2800), *range(0x1D400, 0x1D468), *range(0x1D6A8, 0x1D71C),
]  # fmt: skip


def mathml(latex: str, *, display: bool) -> str:
    """``latex`` as an element <math>, without the source as an annotation."""
    try:
        return LatexToMathML().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip()
        raise ExtensionError(f"the formula {latex!r} cannot be converted: {reason}") from error


def visit_inline(translator, node) -> None:
    """Within a line."""
    translator.body.append(mathml(node.astext(), display=False))
    raise nodes.SkipNode


def visit_block(translator, node) -> None:
    """On lines of its own, which scroll where the page is narrower."""
    translator.body.append(f'<div class="formula">{mathml(node.astext(), display=True)}</div>\n')
    raise nodes.SkipNode


def write_font(app, exception) -> None:
    """The font beside the style sheets."""
    if exception or app.builder.format != "html":
        return
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every glyph that it keeps
    options = subset.Options(flavor="woff", layout_features=["*"], name_IDs=["*"], notdef_outline=True)
    source = Path(find_spec("ziamath").origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    subset.save_font(font, Path(app.outdir) / "_static" / FONT, options)


def setup(app) -> dict[str, bool]:
    """The renderer, and its font."""
    app.add_html_math_renderer("mathml", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None))
    app.connect("build-finished", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
