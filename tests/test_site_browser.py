"""The built site in headless Chromium: alive, quiet, usable by everybody."""

import importlib.util
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_site import EVERY, PAGES

CHAPTER = "notebooks/01-hopfield.html"
AXE = Path(importlib.util.find_spec("axe_playwright_python").origin).with_name(
    "axe.min.js"
)
VIEWS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture
def visit(browser, served):
    """Open a page of the site; at the end it must have been quiet.

    Requests to other hosts are refused, and every one of them, every failed
    request and every error or warning on the console fails the test.
    """
    contexts, noise = [], []

    def go(name, width=1280, scheme="light", base=None, height=800):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        base = base or served

        def route(request):
            if request.request.url.startswith((base, "data:", "blob:")):
                request.continue_()
            else:
                noise.append(f"foreign: {request.request.url}")
                request.abort()

        page.route("**/*", route)
        page.on(
            "console",
            lambda m: (
                noise.append(f"{m.type}: {m.text}")
                if m.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda e: noise.append(f"raised: {e}"))
        page.on(
            "response",
            lambda r: (
                noise.append(f"{r.status}: {r.url}")
                if r.status >= 400
                else None
            ),
        )
        page.goto(f"{base}/{name}", wait_until="load")
        page.wait_for_function(
            """() => [...document.querySelectorAll('.rnn-widget')]
                  .every((w) => w.dataset.live)"""
        )
        return page

    yield go
    for context in contexts:
        context.close()
    assert not noise


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
@pytest.mark.parametrize("name", EVERY)
def test_a_page_is_quiet_narrow_and_accessible(visit, name, width, scheme):
    page = visit(name, width, scheme)
    page.evaluate("async () => { await window.MathJax?.startup?.promise; }")
    broken = page.locator("mjx-merror, [data-mjx-error]").all_inner_texts()
    assert not broken
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - innerWidth"
    )
    assert overflow <= 0
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        """async () => (await axe.run(document, { preload: false,
             runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
                       'best-practice'] })).violations.map((v) => [
             v.impact, v.id, v.nodes.map((n) => n.html.slice(0, 160))])"""
    )
    assert not found


# How each widget is touched first: a selector, a key, and what must change.
TOUCHES = {
    "memory_plate": (".rnn-plate button[tabindex='0']", " ", ".rnn-status"),
    "capacity_cliff": ("input[type=range]", "ArrowRight", ".rnn-readout"),
    "beta_knob": ("input[type=range]", "ArrowRight", "output"),
    "quiz": ("input[type=radio]", " ", ".rnn-answer"),
}


@pytest.mark.parametrize("language", ["", "ko/"])
@pytest.mark.parametrize("widget", TOUCHES)
def test_a_widget_answers_the_first_key_within_a_frame(
    visit, widget, language
):
    page = visit(language + CHAPTER)
    selector, key, answer = TOUCHES[widget]
    box = page.locator(f"[data-widget={widget}]").first
    box.scroll_into_view_if_needed()
    hand = box.locator(selector).first
    hand.focus()
    # Watches, from the key on, the frames until the answer has changed.
    hand.evaluate(
        """(hand, answer) => {
          const shown = hand.closest('.rnn-widget').querySelector(answer);
          const before = shown.textContent;
          window.frames_ = new Promise((done) => {
            hand.addEventListener('keydown', () => {
              let frames = 0;
              const look = () => {
                if (shown.textContent !== before || frames > 30) done(frames);
                else { frames += 1; requestAnimationFrame(look); }
              };
              requestAnimationFrame(look);
            }, { once: true });
          });
        }""",
        answer,
    )
    hand.press(key)
    # The key itself is delivered between two frames: the next one paints.
    assert page.evaluate("window.frames_") <= 2


def test_the_plate_recalls_its_memory_by_keyboard_alone(visit):
    page = visit("index.html")
    box = page.locator("[data-widget=memory_plate]")
    cells = box.locator(".rnn-plate button")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert cells.nth(11).evaluate("cell => cell === document.activeElement")
    before = cells.nth(11).get_attribute("aria-pressed")
    page.keyboard.press(" ")
    expect(cells.nth(11)).not_to_have_attribute("aria-pressed", before)
    box.get_by_role("button", name="Run").focus()
    page.keyboard.press("Enter")
    box.get_by_text("Settled on A.").wait_for(timeout=10_000)
    values = box.locator(".rnn-value").all_inner_texts()
    assert values[0] == "1.00"
    assert box.locator(".rnn-restless").count() == 0


def test_pixels_are_drawn_by_pointer_and_by_touch(browser, served, visit):
    page = visit("index.html")
    cells = page.locator(".rnn-plate button")
    page.get_by_role("button", name="Reset").click()
    start = cells.nth(90).bounding_box()
    end = cells.nth(94).bounding_box()
    value = cells.nth(90).get_attribute("aria-pressed")
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 9, end["y"] + 9, steps=12)
    page.mouse.up()
    pressed = [
        cells.nth(k).get_attribute("aria-pressed") for k in range(90, 95)
    ]
    assert set(pressed) == {"false" if value == "true" else "true"}

    context = browser.new_context(
        has_touch=True, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{served}/index.html")
    cell = page.locator(".rnn-plate button").nth(55)
    page.wait_for_selector("[data-live]")
    before = cell.get_attribute("aria-pressed")
    cell.tap()
    page.wait_for_timeout(100)
    assert cell.get_attribute("aria-pressed") != before
    context.close()


def test_all_at_once_swaps_for_ever_and_one_at_a_time_settles(visit):
    page = visit(CHAPTER)
    box = page.locator("[data-widget=memory_plate]").nth(1)
    box.get_by_role("button", name="Run").click()
    box.get_by_text("two-cycle").wait_for(timeout=10_000)
    box.get_by_role("combobox", name="Update").select_option("async")
    box.get_by_role("button", name="Run").click()
    box.get_by_text("Settled on").wait_for(timeout=10_000)


def test_memories_can_be_stored_and_forgotten(visit):
    page = visit("index.html")
    box = page.locator("[data-widget=memory_plate]")
    box.get_by_label("Glyph to store").select_option("가")
    box.get_by_role("button", name="Store", exact=True).click()
    assert box.locator("li .rnn-name").all_inner_texts() == [
        *("A", "한", "♥", "가"),
    ]
    for _ in range(20):
        box.get_by_role("button", name="Store the plate").click()
    expect(box.locator("li")).to_have_count(20)
    assert box.get_by_text("20 memories are the most").is_visible()
    box.get_by_role("button", name="Forget A").click()
    expect(box.locator("li .rnn-name").first).to_have_text("한")
    box.get_by_role("button", name="Reset").click()
    expect(box.locator("li")).to_have_count(3)


def test_two_plates_on_a_page_do_not_disturb_each_other(visit):
    page = visit(CHAPTER)
    boxes = page.locator("[data-widget=memory_plate]")
    second = boxes.nth(1).locator(".rnn-status").inner_text()
    boxes.nth(0).get_by_role("button", name="Random").click()
    page.wait_for_timeout(100)
    assert boxes.nth(1).locator(".rnn-status").inner_text() == second


def test_the_cliff_keeps_a_dot_for_every_load(visit):
    page = visit(CHAPTER)
    box = page.locator("[data-widget=capacity_cliff]")
    slider = box.locator("input[type=range]").first
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    assert box.locator(".rnn-dots").first.locator("circle").count() == 9
    assert float(box.locator(".rnn-readout").nth(2).inner_text()) < 0.75


def test_beta_zero_is_the_average_of_all(visit):
    page = visit(CHAPTER)
    box = page.locator("[data-widget=beta_knob]")
    slider = box.locator("input[type=range]")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(100)
    values = box.locator(".rnn-value").all_inner_texts()
    assert values == ["0.10"] * 10
    page.keyboard.press("End")
    page.wait_for_timeout(100)
    assert max(map(float, box.locator(".rnn-value").all_inner_texts())) > 0.9


@pytest.mark.parametrize("name", ["index.html", f"ko/{CHAPTER}"])
def test_the_site_works_from_a_folder(visit, site, name):
    page = visit(name, base=site.as_uri())
    box = page.locator(".rnn-widget").first
    assert box.get_attribute("data-live") == "true"
    if "notebooks" in name:
        page.wait_for_selector("mjx-container")


def test_the_picture_moves_at_once_when_motion_is_not_wanted(browser, served):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{served}/index.html")
    page.get_by_role("button", name="Run").click()
    page.wait_for_timeout(150)
    assert page.get_by_text("Settled on A.").is_visible()
    context.close()


def test_without_scripts_the_picture_and_the_text_remain(browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/{CHAPTER}")
    assert page.locator(".rnn-widget img").first.is_visible()
    assert page.get_by_role("heading", name="Summary").is_visible()
    context.close()


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("ko/search.html", "에너지"),
        ("ko/search.html", "기억"),
        ("ko/search.html", "끌림"),
        ("search.html", "crosstalk"),
    ],
)
def test_search_finds_words_inside_longer_ones(visit, path, word):
    page = visit(f"{path}?q={word}")
    link = page.locator("#search-results li a").first
    link.wait_for(timeout=10_000)
    found = page.locator("#search-results li a")
    hrefs = [a.get_attribute("href") for a in found.all()]
    assert any("notebooks/01-hopfield.html" in href for href in hrefs)
    assert not any("book/" in href for href in hrefs)


def test_the_language_switch_and_back(visit):
    page = visit(CHAPTER)
    page.locator(".rnn-language").first.click()
    page.wait_for_url("**/ko/notebooks/01-hopfield.html")
    page.locator(".rnn-language").first.click()
    page.wait_for_url("**/notebooks/01-hopfield.html")


def test_every_page_is_in_the_list():
    assert len(PAGES) >= 5
