"""Links that nobody has to write: citations to the bibliography, and the first use of a term on a page to the glossary.

A citation is what :func:`alliances.results.references.keys_in` finds: authors and year. A term is what heads an entry of the
glossary, unless it is an everyday word, whose links would disturb more than they help.
"""

import re

from docutils import nodes
from sphinx import addnodes

from alliances.results.references import works

try:
    from sphinx_gallery._doctree_links import code_links_block
except ImportError:  # older releases leave the code of the gallery as it is
    code_links_block = nodes.literal_block

BIBLIOGRAPHY, GLOSSARY = "bibliography", "glossary"
EVERYDAY = {
    "action", "profile", "alliance", "pact", "conflict", "sponsor", "proxy", "dyad", "case", "outcome", "claim", "family",
    "assumption", "proved", "refuted", "unknown", "enforcement", "regime", "loss", "offer", "barrier", "swing", "chicken",
    "round", "gap", "ratio",
}  # fmt: skip
NO_LINKS_IN = (
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.title,
    nodes.math,
    nodes.math_block,
    nodes.term,
    nodes.raw,
    addnodes.desc_signature,
    nodes.caption,
    code_links_block,  # of the gallery
)

GALLERY_CODE = "code_links_block"  # what sphinx-gallery puts in place of a block of code

CITATIONS = {key: re.compile(work.cited()) for key, work in works().items() if work.authors and key != "alliances"}


def slug(term: str) -> str:
    """The anchor of a term."""
    return "term-" + re.sub(r"\W+", "-", term.lower()).strip("-")


def names(term: str) -> list[str]:
    """What an entry is called: "Ratio (ρ), log ratio (λ)" is two names."""
    parts = re.sub(r"\s*\([^()]*\)", "", term).split(",")
    return [name.strip(" …") for name in parts if name.strip(" …")]


def anchor_terms(app, doctree) -> None:
    """Give every name of the glossary an anchor, and note it."""
    if app.env.docname != GLOSSARY:
        return
    app.env.glossary_terms = {}
    for term in doctree.findall(nodes.term):
        for name in names(term.astext()):
            term["ids"].append(slug(name))
            app.env.glossary_terms[name.lower()] = slug(name)


def linked(text: str, spans: list[tuple[int, int, str, str]]) -> list[nodes.Node]:
    """The text with references in place of the spans (start, end, address, class)."""
    out: list[nodes.Node] = []
    at = 0
    for start, end, address, kind in sorted(spans):
        if start < at:
            continue
        out.append(nodes.Text(text[at:start]))
        out.append(nodes.reference("", text[start:end], internal=True, refuri=address, classes=[kind]))
        at = end
    return [*out, nodes.Text(text[at:])]


def link(app, doctree, docname) -> None:
    """Put the links into the text of a page."""
    if app.builder.format != "html":
        return
    terms = {} if docname in (GLOSSARY, BIBLIOGRAPHY) else dict(getattr(app.env, "glossary_terms", {}))
    for name in [name for name in terms if name in EVERYDAY]:
        del terms[name]
    pattern = (
        re.compile(rf"\b({'|'.join(map(re.escape, sorted(terms, key=len, reverse=True)))})s?\b", re.IGNORECASE)
        if terms
        else None
    )
    glossary, bibliography = (
        "" if page == docname else app.builder.get_relative_uri(docname, page) for page in (GLOSSARY, BIBLIOGRAPHY)
    )
    for text in list(doctree.findall(nodes.Text)):
        parent, inside = text.parent, text.parent
        while inside is not None and not isinstance(inside, NO_LINKS_IN) and inside.tagname != GALLERY_CODE:
            inside = inside.parent
        if inside is not None:
            continue
        content = text.astext()
        spans = []
        if docname != BIBLIOGRAPHY:
            spans += [
                (m.start(), m.end(), f"{bibliography}#{key}", "citation")
                for key, p in CITATIONS.items()
                for m in p.finditer(content)
            ]
        for m in pattern.finditer(content) if pattern else ():
            if m[1].lower() in terms:
                spans.append((m.start(), m.end(), f"{glossary}#{terms.pop(m[1].lower())}", "term"))
        if spans:
            parent.replace(text, linked(content, spans))


def setup(app) -> dict[str, bool]:
    """Anchors when pages are read, links when they are written."""
    app.connect("doctree-read", anchor_terms)
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
