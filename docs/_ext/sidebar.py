"""The sidebar shows titles of pages alone; Sphinx copies the entries of all objects for each page, and then leaves them out.

Here they are left out once, before any page is written. The contents in a page's margin keep them.
"""

from sphinx import addnodes


def shorten(app, _builder) -> None:
    """Of each page's contents keep the title, and the pages below it."""
    app.env.titles_only = {}
    for page, contents in app.env.tocs.items():
        short = app.env.titles_only[page] = contents.deepcopy()
        for item in short:
            if len(item) > 1:
                below = list(item.findall(addnodes.toctree))
                item[1][:] = below
                if not below:
                    item.pop(1)


def use(app, _pagename, _templatename, context, _doctree) -> None:
    """Let the theme make the sidebar from these."""
    complete = context["toctree"]

    def toctree(**options):
        kept, app.env.tocs = app.env.tocs, app.env.titles_only
        try:
            return complete(**options)
        finally:
            app.env.tocs = kept

    context["toctree"] = toctree


def setup(app) -> dict[str, bool]:
    """Before the theme, which asks for the contents in the same event."""
    app.connect("write-started", shorten)
    app.connect("html-page-context", use, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
