"""Configuration of the documentation site (Sphinx with MyST)."""

import gc
import json
import os
import re
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx import addnodes
from sphinx_gallery.directives import imgsgnode

import alliances
from alliances.repeated.kernels import compiled
from alliances.repeated.payoff_sets import compiler as payoff_sets_compiler

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS / "_ext")]

from pictures import draw_all  # noqa: E402

project = "alliances"
author = "The alliances developers"
copyright = "The alliances developers"
version = release = alliances.__version__

extensions = [
    "myst_nb",  # Markdown, and the notebooks among it
    "sphinx_gallery.gen_gallery",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.bibtex",
    "formulas",  # docs/_ext
    "gallery_record",
    "links",
    "sidebar",
    "line_breaks",
    "typeset",
]
exclude_patterns = ["_build", "gallery", "auto_gallery/**/*.ipynb"]  # the gallery's pages are made from its scripts
html_math_renderer = "mathml"
bibtex_bibfiles = ["../src/alliances/references.bib"]
bibtex_default_style = "plain"
bibtex_cite_id = "{key}"
bibtex_bibliography_id = "works"
bibtex_tooltips = False
linkcheck_ignore = [r"https?://"]  # CI has no network; tests/test_built_pages.py follows the links between pages

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_in_temp = True  # a notebook writes a file
nb_merge_streams = True

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": "/plot_",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("gallery_record.scrape",),
    "download_all_examples": False,
    "show_signature": False,
    "show_memory": False,
    "min_reported_time": 60,
    "write_computation_times": False,
    "abort_on_example_error": True,
    "capture_repr": (),  # a picture is shown as it is: no line <matplotlib...> below
}

napoleon_google_docstring = False
napoleon_numpy_docstring = True
napoleon_use_ivar = True
napoleon_use_param = False  # "a, b: text" stays one entry, and is not one for each with the same text
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


EXAMPLES = ("regimes", "moving_power", "claims", "zetas_gulf", "rival_sponsors")  # those that draw, the slowest first
RUNNING: list[Future] = []


def run_example(name: str, kept: Path) -> None:
    """Run an example, whose figures the pages show; keep what it says beside the pages, where tests look at it."""
    script, pictures = str(DOCS.parent / "examples" / f"{name}.py"), str(DOCS / "_static" / "generated")
    done = subprocess.run(
        [sys.executable, "-W", "error", script, "--output", pictures],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"MPLBACKEND": "Agg", "PYTHONUTF8": "1"},
    )
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{name}.json").write_text(json.dumps(vars(done)), encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"{script} ended with {done.returncode}: {done.stderr}")


def start_examples(app) -> None:
    """Run the examples beside the gallery, which is made in this process. Pictures are not kept in the repository.

    Nobody waits for the gallery at a console: a word on what is being compiled would be printed among the pictures. What is
    loaded by now stays, and need not be looked at by the collection of garbage after each script.
    """
    gc.freeze()
    for compiler in (compiled, payoff_sets_compiler):
        compiler._PATIENCE = 600.0
    pool = ThreadPoolExecutor(2)
    RUNNING.extend(pool.submit(run_example, name, Path(app.outdir).resolve().parent / "examples") for name in EXAMPLES)
    pool.shutdown(wait=False)


def finish_pictures(_app) -> None:
    """Draw the pages' pictures, and wait for the examples: the pages are read next."""
    draw_all(DOCS / "_static" / "generated")
    for example in RUNNING:
        example.result()


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
    elif what == "data" and " ".join(lines).split() == (type(obj).__doc__ or "").split():
        lines[:] = []  # what Python says of all tuples


def mend_attributes(_app, _what, _name, _obj, _options, lines) -> None:
    """After napoleon, which takes a sentence below a list of attributes for the name of one; and "U." would begin a list."""
    for k, line in enumerate(lines):
        if sentence := re.fullmatch(r":ivar (\w+ \w+ [^,:]*\W.*\.):\s*", line):
            lines[k] = f"\n{sentence[1]}\n"
        else:
            lines[k] = re.sub(r"^(:ivar [^:]+: )(?=[A-Za-z]\. )", r"\1\\", line)
    lines[:] = "\n".join(lines).split("\n")


def for_users(_app, what, _name, _obj, _options, lines) -> None:
    """Leave out which packages a package may import: that is for who writes in it."""
    if what == "module":
        lines[:] = re.sub(r"May import .*?\.(?=\s|$)\s?", "", "\n".join(lines), flags=re.DOTALL).split("\n")


def join_names(_app, _what, _name, _obj, _options, lines) -> None:
    """``:ivar a, b: text`` as one field: Sphinx would read "a," as the type of b, so the space gets no width."""
    for k, line in enumerate(lines):
        if names := re.match(r":ivar (\w+(?:, \w+)+):", line):
            lines[k] = line.replace(names[1], names[1].replace(", ", ",\u200b"), 1)


def plain_aliases(_app, _what, _name, _obj, _options, signature, returns):
    """Type aliases by their names: in a union Sphinx writes TypeAliasForwardRef('Number') for Number.

    A default that is made anew for each object is "...": what dataclasses write, "<factory>", Sphinx cannot read.
    """
    return tuple(
        x and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", x).replace("<factory>", "...") for x in (signature, returns)
    )


def name_aliases(_app, doctree) -> None:
    """The same for the types of properties, which autodoc writes without asking: four pieces become the alias' name."""
    for text in list(doctree.findall(nodes.Text)):
        if text != "TypeAliasForwardRef":
            continue
        piece = text
        while isinstance(piece.parent, (addnodes.pending_xref, addnodes.pending_xref_condition)):
            piece = piece.parent
        row = piece.parent
        if not any(piece is node for node in row):  # the second of two spellings, gone with the first
            continue
        place = row.index(piece)
        rest = [node.astext() for node in row[place + 1 : place + 4]]  # a bracket, the name in quotes, a bracket
        if len(rest) == 3 and (rest[0], rest[2]) == ("(", ")"):
            row[place : place + 4] = [nodes.Text(rest[1].strip("'"))]


def space_names(_app, doctree) -> None:
    """After :func:`join_names`: the space between the names, once each of them is text of its own."""
    for text in list(doctree.findall(nodes.Text)):
        if text.startswith("\u200b"):
            text.parent.replace(text, nodes.Text(" " + text[1:]))


PER_INCH = 96  # pixels of a page
ROOM = {"widest": 9.5, "wide": 7.4}  # inches: pictures that are wider get this class, and are shown as large as they were drawn


def room(app, image) -> list[str]:
    """The class of a picture with several panels, which on a phone needs more than the usual width."""
    try:
        with Image.open(Path(app.srcdir, image["uri"].lstrip("/"))) as picture:
            inches = picture.width / picture.info.get("dpi", (PER_INCH,))[0]
    except OSError:  # not a picture of dots
        return []
    return next(([name] for name, least in ROOM.items() if inches > least), [])


def trim_code(_app, doctree) -> None:
    """Drop the empty line that ends a doctest in Markdown, where the closing fence would count as output."""
    for block in doctree.findall(nodes.literal_block):
        if len(block.children) == 1:
            block.rawsource = block.astext().rstrip("\n")
            block[:] = [nodes.Text(block.rawsource)]


def wrap_pictures(app, doctree) -> None:
    """Each picture in a block of its own, which scrolls on a phone, where the picture would be too small to read.

    Not the gallery's thumbnails, which are small.
    """
    for image in [*doctree.findall(nodes.image), *doctree.findall(imgsgnode)]:
        if "/thumb/" in image["uri"]:
            continue
        place, alone = image, isinstance(image.parent, nodes.paragraph) and len(image.parent) == 1
        if alone:
            place = image.parent
        elif isinstance(image.parent, nodes.TextElement):
            continue  # within a line of text
        block = nodes.container(classes=["picture", *room(app, image)])
        place.replace_self(block)
        block += image


def setup(app) -> None:
    """Draw the figures before the pages are read, and mend what autodoc writes."""
    app.connect("builder-inited", start_examples, priority=100)
    app.connect("builder-inited", finish_pictures, priority=900)
    app.connect("build-finished", write_explorer)
    app.connect("autodoc-process-docstring", shield_colon, priority=400)
    app.connect("autodoc-process-docstring", restore_colon, priority=600)
    app.connect("autodoc-process-docstring", join_names, priority=600)
    app.connect("autodoc-process-docstring", mend_attributes, priority=600)
    app.connect("autodoc-process-docstring", for_users, priority=700)
    app.connect("autodoc-process-docstring", describe_data, priority=700)
    app.connect("autodoc-process-signature", plain_aliases)
    app.connect("doctree-read", trim_code)
    app.connect("doctree-read", name_aliases)
    app.connect("doctree-read", space_names)
    app.connect("doctree-read", wrap_pictures)
