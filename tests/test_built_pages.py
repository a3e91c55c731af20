"""The built documentation: it needs no network, shows no raw TeX, has no dead link, and can be read on a phone.

The pages are those in the folder that the environment variable ``ALLIANCES_PAGES`` names (``nox -s docs`` sets it), or are
built here. What only a browser can tell is asked of a headless Chromium with the network off, if there is one.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--allow-file-access-from-files",
]  # fmt: skip
PHONE = 390  # pixels
SCROLLS = ("table-wrapper", "highlight", "index", "output text_html")  # the last: what a cell of a notebook shows
RAW_TEX = re.compile(r"\\[A-Za-z]+|\\[()\[\]]|\$")


class Page(HTMLParser):
    """Of one page: what it loads, where it leads, its anchors, its text outside code and formulas, and its formulas."""

    def __init__(self, path: Path):
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.prose: list[str] = []
        self.formulas: list[str] = []
        self.bare_tables = 0
        self.pictures, self.bare_pictures = 0, 0
        self.open: list[tuple[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") not in ("canonical", "index", "search", "next", "prev", "author"):
            self.loads.append(values["href"])
        if "src" in values:
            self.loads.append(values["src"])
        self.loads += re.findall(r"url\(([^)]*)\)", values.get("style", ""))
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "math":
            self.formulas.append("")
        kinds = [values.get("class", ""), *(kind for _, kind in self.open)]
        if tag == "table" and not any(name in kind for kind in kinds for name in SCROLLS):
            self.bare_tables += 1
        if tag == "img" and not any("thumb" in kind or "toggler" in kind for kind in kinds):
            self.pictures += 1
            self.bare_pictures += not any("picture" in kind.split() for kind in kinds)
        if tag not in ("br", "img", "input", "meta", "link", "hr", "source", "wbr", "col"):
            self.open.append((tag, values.get("class", "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        inside = {tag for tag, _ in self.open}
        if "math" in inside:
            self.formulas[-1] += data
        elif not inside & {"pre", "code", "script", "style", "title"}:
            self.prose.append(data)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    if folder := os.environ.get("ALLIANCES_PAGES"):
        return Path(folder).resolve()
    for package in ("sphinx", "furo", "myst_nb", "sphinx_gallery", "math_core", "ziamath", "sphinxcontrib.bibtex"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("pages")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-b",
        "html",
        "-d",
        str(folder / "doctrees"),
        str(ROOT / "docs"),
        str(folder / "html"),
    ]
    subprocess.run(command, check=True, env=os.environ | {"MPLBACKEND": "Agg", "PYTHONUTF8": "1"})
    return folder / "html"


@pytest.fixture(scope="session")
def pages(site) -> dict[Path, Page]:
    found = {path: Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.relative_to(site).parts}
    assert len(found) > 50
    return found


def test_no_page_loads_anything_from_another_host(site, pages):
    for path, page in pages.items():
        away = [url for url in page.loads if urlsplit(url).scheme in ("http", "https") or url.startswith("//")]
        assert not away, f"{path.name} loads {away}"
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        away = re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)'\"]*", sheet.read_text(encoding="utf-8"))
        assert not away, f"{sheet.name} loads {away}"


def test_formulas_are_mathml_and_no_tex_is_left(pages):
    for path, page in pages.items():
        left = [match[0] for text in (*page.prose, *page.formulas) for match in RAW_TEX.finditer(text)]
        assert not left, f"{path.name} shows raw TeX: {left}"
    assert sum(len(page.formulas) for page in pages.values()) > 300
    assert all(formula.strip() for page in pages.values() for formula in page.formulas)


def test_the_font_of_formulas_is_there(site):
    sheet = (site / "_static" / "wide.css").read_text(encoding="utf-8")
    (name,) = re.findall(r'@font-face[^}]*url\("([^"]+)"\)', sheet)
    assert 50_000 < (site / "_static" / name).stat().st_size < 400_000


def test_links_between_pages_lead_somewhere(site, pages):
    followed = 0
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link == "#":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.relative_to(site)}: {link} leads to no file"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path.relative_to(site)}: {link} leads to no anchor"
            followed += 1
    assert followed > 1000


def test_citations_and_terms_are_linked(site, pages):
    links = {str(path.relative_to(site)): page.links for path, page in pages.items()}
    assert "../bibliography.html#friedman-1971" in links["explanation/enforcement.html"]
    assert "../bibliography.html#friedman-1971" in links["reference/repeated.html"]  # of a docstring
    assert "../glossary.html#term-stability-window" in links["explanation/thresholds.html"]
    assert sum("bibliography.html#" in link for page in links.values() for link in page) > 150


def test_tables_can_scroll(site, pages):
    sheet = (site / "_static" / "wide.css").read_text(encoding="utf-8")
    scrolling = {
        name.strip() for group in re.findall(r"^([^{}@]+)\{ overflow-x: auto", sheet, re.MULTILINE) for name in group.split(",")
    }
    assert {".table-wrapper", ".output.text_html"} <= scrolling
    for path, page in pages.items():
        assert page.bare_tables == 0, f"{path.name} has a table that cannot scroll by itself"


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines, 1 to 21; text needs 4.5."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_as_the_guidelines_define_it():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_code_has_enough_contrast(site, pages, dark):
    sheet = (site / "_static" / "pygments.css").read_text(encoding="utf-8")
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
    rules = [(where.strip(), body) for where, body in found if ("data-theme" in where) == dark and ".highlight" in where]
    (ground,) = {
        m[1] for where, body in rules if where.endswith(".highlight") and (m := re.search(r"background:\s*(#\w+)", body))
    }
    used = {kind for path in pages for kind in re.findall(r'<span class="(\w+)"', path.read_text(encoding="utf-8"))}
    used = (used | {"highlight"}) - {"w"}  # white space shows no colour
    colours = 0
    for where, body in rules:
        text = re.search(r"(?<![-\w])color:\s*(#[0-9a-fA-F]{3,6})\b", body)
        if text and where.rpartition(".")[2] in used:
            own = re.search(r"background-color:\s*(#\w+)", body)
            assert contrast(text[1], own[1] if own else ground) >= 4.5, f"{where}: {body}"
            colours += 1
    assert colours > 5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_has_enough_contrast(site, dark):
    sheet = (site / "_static" / "styles" / "furo.css").read_text(encoding="utf-8")
    variables: dict[str, str] = {}
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        if selector.strip() in (("body", ":root", "body[data-theme=dark]") if dark else ("body", ":root")):
            variables |= dict(re.findall(r"(--[\w-]+):([^;]+)", body))

    def colour(name: str) -> str:
        value = variables[name].strip()
        while reference := re.fullmatch(r"var\((--[\w-]+)\)", value):
            value = variables[reference[1]].strip()
        return {"black": "#000000", "white": "#ffffff"}.get(value, value)

    for text in ("foreground-primary", "foreground-secondary", "foreground-muted", "link", "brand-content"):
        for ground in ("background-primary", "background-secondary"):
            pair = colour(f"--color-{text}"), colour(f"--color-{ground}")
            assert contrast(*pair) >= 4.5, f"{text} on {ground}: {pair}"


CONTROL = "https://control.invalid/picture.png"
PROBE = """<!doctype html><meta charset="utf-8"><body><img src="CONTROL"><script>
const pages = PAGES, found = [];
function probe(page) {
  return new Promise(done => {
    const frame = document.createElement("iframe");
    frame.width = WIDTH; frame.height = 800; frame.style.border = "0";
    frame.onload = () => {
      const page_document = frame.contentDocument, copy = page_document.body.cloneNode(true);
      copy.querySelectorAll("pre, code, script, style").forEach(x => x.remove());
      const formulas = [...page_document.querySelectorAll("math")];
      found.push({page, text: copy.textContent,
        beyond: page_document.documentElement.scrollWidth - page_document.documentElement.clientWidth,
        invisible: formulas.filter(x => x.getBoundingClientRect().width === 0).length});
      frame.remove(); done();
    };
    frame.src = page; document.body.append(frame);
  });
}
(async () => {
  for (const page of pages) await probe(page);
  const out = document.createElement("pre");
  out.id = "found"; out.textContent = JSON.stringify(found); document.body.append(out);
})();
</script>"""


@pytest.fixture(scope="session")
def seen(pages, tmp_path_factory) -> tuple[list[dict], str]:
    """What Chromium, with the network off, finds in every page at the width of a phone, and its log of the network."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("chromium")
    probe = folder / "probe.html"
    probe.write_text(
        PROBE.replace("PAGES", json.dumps([path.as_uri() for path in pages]))
        .replace("WIDTH", str(PHONE))
        .replace("CONTROL", CONTROL),
        encoding="utf-8",
    )
    options = [
        *QUIET,
        f"--user-data-dir={folder / 'profile'}",
        f"--log-net-log={folder / 'net.json'}",
        "--window-size=1280,900",
    ]
    command = [CHROMIUM, *options, "--virtual-time-budget=900000", "--dump-dom", probe.as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, encoding="utf-8").stdout
    (found,) = re.findall(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)
    return json.loads(html.unescape(found)), (folder / "net.json").read_text(encoding="utf-8")


def test_a_browser_without_a_network_shows_formulas_and_no_tex(seen, pages):
    found, _ = seen
    assert len(found) == len(pages)
    for page in found:
        assert not RAW_TEX.search(page["text"]), f"{page['page']} shows raw TeX"
        assert page["invisible"] == 0, f"{page['page']} has {page['invisible']} formulas that cannot be seen"


def test_a_browser_asks_no_other_host(seen):
    """But for the control, the picture that the probe itself asks for. What Chromium wants for itself has no origin."""
    _, log = seen
    asked = [line for line in log.splitlines() if '"initiator":"' in line and '"initiator":"not an origin"' not in line]
    assert {url for line in asked for url in re.findall(r'"url":"(https?:[^"]*)"', line)} == {CONTROL}


def test_no_page_is_wider_than_a_phone(seen):
    found, _ = seen
    wide = {page["page"].rpartition("/html/")[2]: page["beyond"] for page in found if page["beyond"] > 0}
    assert not wide, f"these pages scroll sideways at {PHONE} pixels, by so many: {wide}"


def test_types_have_their_names(pages):
    for path in pages:
        assert "TypeAliasForwardRef" not in path.read_text(encoding="utf-8"), (
            f"{path.name} names a type alias as Python stores it"
        )


def test_pages_show_no_markup_and_nothing_of_python_itself(pages):
    """Field names that napoleon misread, indices in braces, the docstring of tuple, a result that a gallery's script drops."""
    wrong = re.compile(r":(?:ivar|param|type|vartype|var) |``|_\{|Built-in immutable sequence|~typing|~collections")
    for path, page in pages.items():
        left = [match[0] for text in page.prose for match in wrong.finditer(text)]
        assert not left, f"{path.name} shows {left}"
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"&lt;matplotlib\.|&lt;[\w.]+ object at 0x", text), f"{path.name} shows the address of an object"
        assert not re.search(r'class="sig[^\n]*&lt;factory&gt;', text), f"{path.name} has a signature that Sphinx misread"


def test_thumbnails_are_as_large_as_they_are(site):
    """Not in a block that gives pictures the width that they need on a phone."""
    text = (site / "auto_gallery" / "index.html").read_text(encoding="utf-8")
    after = re.findall(r'class="sphx-glr-thumbcontainer"[^>]*>\s*<(\w+)', text)
    assert len(after) > 20
    assert set(after) == {"img"}


def test_code_and_titles_of_works_hold_no_links_to_terms(pages):
    for path in pages:
        text = path.read_text(encoding="utf-8")
        code = re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)
        assert not any('class="term' in block for block in code), f"{path.name} has terms that are linked in code"
        if path.name == "bibliography.html":
            assert 'class="term' not in text


def test_no_line_begins_with_the_comma_of_a_formula(site, pages):
    """A formula and what touches it are one piece, which the style sheet does not break."""
    assert re.search(r"\.together \{ white-space: nowrap", (site / "_static" / "wide.css").read_text(encoding="utf-8"))
    pieces = 0
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"</math>[,.;:)?!]++(?!</span>)", text), f"{path.name}: a comma may be parted from its formula"
        pieces += len(re.findall(r'<span class="together">[^<]*<math', text))
    assert pieces > 200


def test_code_with_long_lines_is_marked(pages):
    """Lines of code and sentences go on in the next line; rows of a table do not."""
    marks = {"wraps": 0, "columns": 0, "highlight-Python": 0}  # the last: the gallery's code, which wraps always
    block = re.compile(r'<div class="([^"]*)">(?:<div class="highlight">)?<pre>(.*?)</pre>', re.DOTALL)
    for path in pages:
        for kinds, code in block.findall(path.read_text(encoding="utf-8")):
            found = [mark for mark in marks if mark in kinds.split()]
            lines = html.unescape(re.sub(r"<[^>]+>", "", code)).splitlines()
            assert found or max(map(len, lines), default=0) <= 105, f"{path.name}: {max(lines, key=len)}"
            for mark in found:
                marks[mark] += 1
    assert marks["wraps"] > 100
    assert 5 < marks["columns"] < 60


def test_pictures_can_scroll_on_a_phone(site, pages):
    """All but the gallery's thumbnails and the marks of the index, which are small."""
    sheet = (site / "_static" / "wide.css").read_text(encoding="utf-8")
    assert re.search(r"\.picture \{ overflow-x: auto", sheet)
    assert re.search(r"\.picture img \{ width: 42em; max-width: none", sheet)
    assert sum(page.pictures for page in pages.values()) > 50
    bare = {path.name: page.bare_pictures for path, page in pages.items() if page.bare_pictures}
    assert not bare, f"these pages have pictures that shrink to what a phone can show: {bare}"


def test_the_decision_figure_can_be_read_by_a_program(pages, site):
    (text,) = [path for path in pages if str(path.relative_to(site)) == "explanation/enforcement.html"]
    assert "choose-title" in pages[text].anchors
