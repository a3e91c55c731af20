"""The explorer in a real browser: fast, by keyboard, on a phone, with a setting in the address, and without a network.

``ALLIANCES_PICTURES=folder`` keeps the pictures, which are there to be looked at.
"""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

import alliances as al
from tests.chromium import chromium, needs_chromium
from tests.explorer_support import ANSWER, AS_TEXT, GAMES, answer_of_python, check, random_settings

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    return al.explorer(GAMES, path, case=al.cases.load("gulf-zetas"), gap=0.2).as_uri()


@pytest.fixture(scope="module")
def browser():
    with chromium() as page:
        yield page


@pytest.fixture
def page(browser, address):
    """The explorer, as it opens on a desk."""
    browser.problems.clear()
    browser.requests.clear()
    browser.size(1280, 900)
    browser.open(address)
    yield browser
    assert browser.problems == []
    assert {request.partition(":")[0] for request in browser.requests} <= {"file", "data", "about"}


def text(page, selector):
    return page.evaluate(f"document.querySelector({json.dumps(selector)}).textContent.replace(/\\s+/g, ' ').trim()")


def shown(page):
    """The setting that the page shows, from its address."""
    return dict(pair.split("=") for pair in page.evaluate("location.hash.slice(1)").split("&"))


SETTINGS = int(os.environ.get("EXPLORER_SETTINGS", "60"))  # 1000 take minutes, and are asked for by hand


def test_the_browser_agrees_with_python_in_random_settings(page):
    settings = random_settings(SETTINGS)
    answers = []
    for k in range(0, len(settings), 100):
        asked = json.dumps(settings[k : k + 100])
        answers += json.loads(page.evaluate(f"JSON.stringify({asked}.map({ANSWER}), {AS_TEXT})"))
    for setting, answer in zip(settings, answers, strict=True):
        check(answer, answer_of_python(setting), setting)


@pytest.mark.skipif("EXPLORER_TIMED" not in os.environ, reason="set EXPLORER_TIMED on a machine that does nothing else")
def test_it_loads_in_less_than_a_second(page, address):
    times = []
    for _ in range(5):
        page.open(address)
        times.append(page.evaluate("performance.getEntriesByName('answered')[0].startTime"))  # drawn, after the page has loaded
        assert text(page, "#headline").endswith(".")
    assert 0 < min(times) < 1000, times


def test_what_it_shows_is_what_the_library_says(page, address):
    game = al.presets.chindea_2014()
    page.open(f"{address}#model=chindea&enforcement=nash&gap=0.2&discount.sponsor=0.8&discount.proxy=0.7")
    r = al.critical_discount(game, al.Power.from_gap(0.2))
    windows = al.stability_windows(game, (0.8, 0.7))
    rows = page.evaluate(
        "[...document.querySelectorAll('#windows tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))"
    )
    assert [[float(a.replace("−", "-")), float(b.replace("−", "-")), *words] for a, b, *words in rows] == [
        [
            pytest.approx(w.lower, abs=5e-4),
            pytest.approx(w.upper, abs=5e-4),
            *w.message.split("(below: ")[1][:-1].split("; above: "),
        ]
        for w in windows
    ]
    weighs = page.evaluate("[...document.querySelectorAll('#weighs tbody tr:nth-child(4) td')].map((c) => c.textContent)")
    assert weighs == [f"{x:.3f}" if x < 1 else "∞" for x in (r.sponsor, r.proxy)]
    assert text(page, "#regime") == f"regime: {al.regimes(game, al.Power.from_gap(0.2), (0.8, 0.7)).name}"
    labels = page.evaluate("[...document.querySelectorAll('#path tbody tr')].map((r) => r.cells[0].textContent)")
    assert labels == [str(date) for date in al.cases.load("gulf-zetas").power_series().dates]


def test_the_python_that_it_shows_gives_what_it_shows(page, address):
    page.open(f"{address}#model=hirshleifer&enforcement=signals&gap=-0.31&miss=0.2&conflict_cost.proxy=0.05")
    printed = []
    exec(text_of_code(page), {"print": printed.append})
    weighs = page.evaluate("[...document.querySelectorAll('#weighs tbody tr:nth-child(4) td')].map((c) => c.textContent)")
    assert weighs == [f"{x:.3f}" if x < 1 else "∞" for x in (printed[0].sponsor, printed[0].proxy)]


def text_of_code(page):
    return page.evaluate("document.getElementById('python').textContent")


def test_the_keyboard_moves_a_slider_and_the_address_follows(page):
    page.evaluate("document.querySelector('input[type=range][data-name=gap]').focus()")
    before = text(page, "#where")
    page.press("ArrowRight", times=3)
    assert shown(page)["gap"] == "0.23"
    assert text(page, "#where") != before
    assert page.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "0.23: the sponsor has 62% of the power"


def test_everything_that_can_be_set_is_reached_by_the_keyboard(page):
    page.evaluate("document.body.tabIndex = -1, document.body.focus()")
    reached = set()
    for _ in range(80):
        page.press("Tab")
        reached.add(
            page.evaluate("((e) => (e.dataset.name ?? '') + '/' + (e.type ?? '') + '/' + e.id)(document.activeElement)")
        )
    wanted = page.evaluate(
        "[...document.querySelectorAll('input, select, #copy, #reset')]"
        ".map((e) => (e.dataset.name ?? '') + '/' + e.type + '/' + e.id)"
    )
    assert set(wanted) <= reached


def test_every_input_has_a_label_and_every_picture_words(page):
    nameless = page.evaluate(
        "[...document.querySelectorAll('input, select')]"
        ".filter((e) => !e.labels.length && !e.ariaLabel).map((e) => e.outerHTML)"
    )
    assert nameless == []
    described = page.evaluate(
        "[...document.querySelectorAll('[aria-describedby]')].map((e) => e.getAttribute('aria-describedby'))"
    )
    assert page.evaluate(f"{json.dumps(described)}.filter((id) => !document.getElementById(id))") == []
    assert "The alliance holds at gaps from" in page.evaluate("document.querySelector('#chart svg').getAttribute('aria-label')")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_a_term_is_explained_where_it_stands(page):
    page.evaluate("document.querySelector('#where .term').focus()")
    assert text(page, "#tip").startswith("The gap γ is")
    page.press("Escape")
    assert page.evaluate("document.getElementById('tip')") is None


WRONG = {
    "out of range": ("gap=3", "gap must be a number from -0.95 to 0.95; the address says “3”, the page shows 0.2"),
    "no number": ("exposure=much", "exposure must be a number from 0.01 to 1; the address says “much”, the page shows 0.8"),
    "empty": ("exposure=", "exposure must be a number from 0.01 to 1; the address says “”, the page shows 0.8"),
    "unknown name": ("patience=0.5", "there is no “patience” in this model and enforcement"),
    "of another concept": ("enforcement=nash&miss=0.1", "there is no “miss” in this model and enforcement"),
    "unknown model": ("model=kautilya", "model must be one of chindea, morrow,"),
    "unknown enforcement": ("enforcement=trust", "enforcement must be one of nash, conflict,"),
    "twice": ("gap=0.1&gap=0.2", "“gap” is there more than once; the last one counts"),
    "two patiences": (
        "enforcement=transfers&discount.sponsor=0.5&discount.proxy=0.6",
        "with side payments both sides have the sponsor’s patience; the address gives the proxy another one",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_address_is_said(page, address, name):
    query, message = WRONG[name]
    wrong = "#" + quote(query, safe="=&.")
    page.open(address + wrong)
    assert message in text(page, "#notice")
    assert page.evaluate("location.hash") == wrong  # it stays until the reader changes something
    page.evaluate("take('gap', 0.5)")
    page.settle()
    assert page.evaluate("document.getElementById('notice').hidden")
    assert shown(page)["gap"] == "0.5"


def test_an_address_gives_the_same_page_again(page, address):
    page.open(f"{address}#model=morrow&enforcement=signals&gap=-0.123456789&discount.proxy=0.55&synergy.value=1.25&miss=0.3")
    assert page.evaluate("document.getElementById('notice').hidden")
    first = text(page, "#details")
    page.evaluate("take('exposure', 0.8)")
    hash_ = page.evaluate("location.hash")
    assert "gap=-0.123456789" in hash_
    page.open(address + hash_)
    assert text(page, "#details") == first


def test_a_setting_that_is_no_model_says_which_rule_it_breaks(page):
    page.evaluate("take('coexist_exposure', 0.9)")
    page.settle()
    assert text(page, "#headline") == "This setting is no model."
    assert "coexist_exposure must not exceed exposure" in text(page, "#why")
    page.evaluate("take('coexist_exposure', 0.3)")
    page.settle()
    assert not page.evaluate("document.getElementById('details').hidden")


def test_side_payments_give_both_one_patience(page):
    page.evaluate(
        "const box = document.getElementById('choose-enforcement'); box.value = 'transfers';"
        "box.dispatchEvent(new Event('change', { bubbles: true }))"
    )
    page.evaluate("take('discount.sponsor', 0.42)")
    page.settle()
    assert shown(page)["discount.sponsor"] == shown(page)["discount.proxy"] == "0.42"
    assert page.evaluate("document.querySelector('input[type=range][data-name=\"discount.proxy\"]').value") == "0.42"


def test_a_model_of_ones_own_without_parameters(page, address):
    page.open(f"{address}#model=ransom")
    assert "no numbers among its parameters" in text(page, "#game")
    assert page.evaluate("document.getElementById('python-section').hidden")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_off_and_text_is_legible(page, address, width, dark, tmp_path):
    page.size(width, 900, dark)
    page.open(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(CONTRAST)
    assert small == []
    picture = Path(os.environ.get("ALLIANCES_PICTURES", tmp_path)) / f"explorer_{width}_{'dark' if dark else 'light'}.png"
    page.picture(picture)
    assert picture.stat().st_size > 20_000


CONTRAST = """
(() => {
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest('svg, script, style, [hidden], :disabled, .hidden') || !e.getClientRects().length) continue;
    const [a, b] = [light(colour(getComputedStyle(e).color)), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push([contrast.toFixed(2), e.tagName, e.textContent.trim().slice(0, 40)]);
  }
  return faint;
})()
"""
"""Texts whose contrast is below WCAG's 4.5 : 1."""
