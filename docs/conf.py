"""Configuration of the documentation site (Sphinx with MyST)."""

import os
import re
import subprocess
import sys
from pathlib import Path

from docutils import nodes

import alliances

DOCS = Path(__file__).parent

project = "alliances"
author = "The alliances developers"
copyright = "The alliances developers"
version = release = alliances.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_numpy_docstring = True
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_attr_annotations = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {
    name: name
    for name in ("Array", "Cells", "Number", "Pair", "Profile", "Status", "Contest", "Sharing", "Synergy", "Enforcement")
}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"alliances {release}"
html_show_copyright = False
html_show_sphinx = False
html_static_path = ["_css"]
html_css_files = ["wide.css"]


def draw_figures(_app) -> None:
    """Run the examples, whose figures the pages show. Pictures are made here and not kept in the repository."""
    for example in ("zetas_gulf", "regimes", "rival_sponsors", "claims", "moving_power"):
        subprocess.run(
            [sys.executable, DOCS.parent / "examples" / f"{example}.py", "--output", DOCS / "_static" / "generated"],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"MPLBACKEND": "Agg", "PYTHONUTF8": "1"},
        )


def write_explorer(app, exception) -> None:
    """The explorer beside the page that shows it."""
    if exception is None and app.builder.format == "html":
        script = DOCS.parent / "examples" / "explorer.py"
        command = [sys.executable, script, "--output", app.outdir]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONUTF8": "1"})


_COLON = "\ue000"  # stands for a colon in the first line of a property's docstring, which napoleon takes for "type: text"


def shield_colon(_app, what, _name, _obj, _options, lines) -> None:
    """Before napoleon."""
    if what == "property" and lines:
        lines[0] = lines[0].replace(":", _COLON)


def restore_colon(_app, _what, _name, _obj, _options, lines) -> None:
    """After napoleon."""
    lines[:] = [line.replace(_COLON, ":") for line in lines]


def describe_data(_app, what, _name, obj, _options, lines) -> None:
    """A claim in its own words, a table by its entries: not by the docstring of their class."""
    if what == "data" and isinstance(obj, alliances.claims.Claim):
        lines[:] = [obj.statement, "", f"``{obj.formula}``", "", f"*Domain:* {obj.domain}. *Source:* {obj.source}.", ""]
    elif what == "data" and isinstance(obj, dict):
        lines[:] = [f"* ``{key}``: {getattr(value, 'statement', value)}" for key, value in obj.items()] + [""]


def join_names(_app, _what, _name, _obj, _options, lines) -> None:
    """``:ivar a, b: text`` as one field: Sphinx would read "a," as the type of b, so the space gets no width."""
    for k, line in enumerate(lines):
        if names := re.match(r":ivar (\w+(?:, \w+)+):", line):
            lines[k] = line.replace(names[1], names[1].replace(", ", ",\u200b"), 1)


def plain_aliases(_app, _what, _name, _obj, _options, signature, returns):
    """Type aliases by their names: in a union Sphinx writes TypeAliasForwardRef('Number') for Number."""
    return tuple(x and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", x) for x in (signature, returns))


def trim_code(_app, doctree) -> None:
    """Drop the empty line that ends a doctest in Markdown, where the closing fence would count as output."""
    for block in doctree.findall(nodes.literal_block):
        if len(block.children) == 1:
            block.rawsource = block.astext().rstrip("\n")
            block[:] = [nodes.Text(block.rawsource)]


def setup(app) -> None:
    """Draw the figures before the pages are read, and mend what autodoc writes."""
    app.connect("builder-inited", draw_figures)
    app.connect("build-finished", write_explorer)
    app.connect("autodoc-process-docstring", shield_colon, priority=400)
    app.connect("autodoc-process-docstring", restore_colon, priority=600)
    app.connect("autodoc-process-docstring", join_names, priority=600)
    app.connect("autodoc-process-docstring", describe_data, priority=700)
    app.connect("autodoc-process-signature", plain_aliases)
    app.connect("doctree-read", trim_code)
