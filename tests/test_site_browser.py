"""The built site in headless Chromium: alive, quiet, usable by everybody."""

import base64
import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from test_site import EVERY, PAGES

from rnnlib import (
    bptt,
    cliff,
    decoding,
    gradients,
    gru,
    lstm,
    models,
    readout,
    rnn,
    tasks,
    tree,
    widgets,
)
from rnnlib.widgets import gradient_bench, morph, weights

CHAPTER = "notebooks/01-hopfield.html"
RECURRENT = "notebooks/02-rnn.html"
VARIANTS = "notebooks/03-model-variants.html"
BPTT = "notebooks/04-bptt.html"
GATED = "notebooks/05-lstm-gru.html"
AXE = Path(importlib.util.find_spec("axe_playwright_python").origin).with_name(
    "axe.min.js"
)
# What a change of colours alone can break.
COLOURS = ["color-contrast", "link-in-text-block"]
BROWSED = [*EVERY, "search.html", "ko/search.html"]


@pytest.fixture(scope="module")
def context(browser):
    """One context for all pages: scripts are fetched and compiled once."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(context, served):
    """Open a page of the site; at the end it must have been quiet.

    Requests to other hosts are refused, and every one of them, every failed
    request and every error or warning on the console fails the test.
    """
    pages, noise = [], []

    def go(name, width=1280, height=800, base=None):
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        base = base or served

        def route(route):
            noise.append(f"foreign: {route.request.url}")
            route.abort()

        def loud(message):
            if message.type in ("error", "warning"):
                noise.append(f"{message.type}: {message.text}")

        def failed(response):
            if response.status >= 400:
                noise.append(f"{response.status}: {response.url}")

        page.route(
            lambda url: not url.startswith((base, "data:", "blob:")), route
        )
        page.on("console", loud)
        page.on("pageerror", lambda error: noise.append(f"raised: {error}"))
        page.on("response", failed)
        page.goto(f"{base}/{name}", wait_until="load")
        page.wait_for_function(
            """() => !('opening' in document.documentElement.dataset)
                 && [...document.querySelectorAll('.rnn-widget')]
                      .every((w) => w.dataset.live)"""
        )
        page.evaluate(
            """async () => {
                 await window.MathJax?.startup?.promise;
                 await new Promise((done) => requestAnimationFrame(done));
                 await document.fonts.ready;
                 await new Promise((done) => requestAnimationFrame(done));
               }"""
        )
        return page

    yield go
    for page in pages:
        page.close()
    assert not noise


def light(page, scheme):
    """Let the machine turn dark or light while the page is open."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "(scheme) => document.documentElement.dataset.theme === scheme",
        arg=scheme,
    )
    # Buttons fade from one colour to the other. Of what is out of sight
    # Chromium may never keep the promise `finished`: read the state.
    page.wait_for_function(
        """() => document.getAnimations()
             .every(({ playState }) => playState !== 'running')"""
    )


def violations(page, rules=None, colours=True):
    """Return what axe has to say about the page as it stands."""
    return page.evaluate(
        """async ([rules, enabled]) => (await axe.run(document, {
             preload: false, resultTypes: ['violations'],
             rules: { 'color-contrast': { enabled } },
             runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
                                'wcag22aa', 'best-practice'] })).violations
             .map((v) => [v.impact, v.id,
                          v.nodes.map((n) => n.html.slice(0, 160))])""",
        [rules, colours],
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", BROWSED)
def test_a_page_is_quiet_narrow_and_accessible(visit, name, width):
    page = visit(name, width)
    light(page, "light")
    broken = page.locator("mjx-merror, [data-mjx-error]").all_inner_texts()
    assert not broken
    for narrow in (320, width):
        page.set_viewport_size({"width": narrow, "height": 800})
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - innerWidth"
        )
        assert overflow <= 0, narrow
    page.add_script_tag(path=str(AXE))
    # A chapter's colours take axe long: once, in English on a wide page.
    colours = "notebooks" not in name or (name, width) == (
        name.removeprefix("ko/"),
        1280,
    )
    assert not violations(page, colours=colours)
    light(page, "dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(20, 24, 30)"
    if colours:
        assert not violations(page, COLOURS)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("language", ["", "ko/"])
def test_the_plate_is_seen_before_scrolling(visit, language, width, height):
    page = visit(f"{language}index.html", width, height)
    plate = page.locator(".rnn-plate").bounding_box()
    assert plate["y"] + plate["height"] <= height
    if width > 1000:
        for link in page.locator(".rnn-buttons a").all():
            box = link.bounding_box()
            assert box["y"] + box["height"] <= height


def test_a_wide_equation_scrolls_by_itself_and_by_keyboard(visit):
    page = visit(CHAPTER, width=320)
    wide = page.locator("div.math[tabindex='0']").first
    wide.focus()
    assert wide.get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.activeElement.scrollLeft > 0", timeout=5000
    )


def test_colours_of_the_page_reach_the_figures(visit):
    page = visit(CHAPTER)
    drawn = """() => [...document.querySelectorAll('.rnn-figure *')]
               .map((part) => getComputedStyle(part).fill)"""
    ink = "rgb(29, 36, 51)"
    light(page, "light")
    assert ink in page.evaluate(drawn)
    light(page, "dark")
    assert ink not in page.evaluate(drawn)
    around = page.locator("div:has(> .rnn-widget)").evaluate_all(
        "all => all.map((box) => getComputedStyle(box).backgroundColor)"
    )
    assert set(around) == {"rgba(0, 0, 0, 0)"}


def test_what_waits_below_the_screen_is_there_in_the_end(
    browser, served, visit
):
    page = visit(CHAPTER)
    skipped = """() => [...document.querySelectorAll('.bd-article *')]
        .filter((n) => getComputedStyle(n).contentVisibility === 'auto')
        .length"""
    assert page.evaluate(skipped) == 0
    below = page.evaluate("document.documentElement.scrollHeight")
    assert below > 10_000

    # Whoever comes to a place further down gets the whole page at once.
    place = (
        page.locator(".bd-article section section").nth(4).get_attribute("id")
    )
    other = browser.new_page(viewport={"width": 1280, "height": 800})
    other.add_init_script(
        """addEventListener('DOMContentLoaded', () => {
             window.waited = 'opening' in document.documentElement.dataset;
           })"""
    )
    for name, waited in ((CHAPTER, True), (f"{CHAPTER}#{place}", False)):
        other.goto("about:blank")
        other.goto(f"{served}/{name}")
        assert other.evaluate("window.waited") == waited
    top = other.evaluate(
        "(id) => document.getElementById(id).getBoundingClientRect().top",
        place,
    )
    assert 0 <= top < 200
    other.close()


# How each widget is touched first: page, a selector, a key, what changes.
RANGE = "input[type=range]"
TOUCHES = {
    "memory_plate": (
        *(CHAPTER, ".rnn-plate button[tabindex='0']", " ", ".rnn-status"),
    ),
    "capacity_cliff": (CHAPTER, RANGE, "ArrowRight", ".rnn-readout"),
    "beta_knob": (CHAPTER, RANGE, "ArrowRight", "output"),
    "quiz": (CHAPTER, "input[type=radio]", " ", ".rnn-answer"),
    "unroll": (RECURRENT, RANGE, "ArrowRight", ".rnn-counts"),
    "state_trail": (RECURRENT, RANGE, "ArrowLeft", "output"),
    "one_unit_map": (RECURRENT, RANGE, "ArrowRight", ".rnn-status"),
    "training": (RECURRENT, RANGE, "ArrowLeft", ".rnn-written"),
    "hidden_film": (RECURRENT, "textarea", "a", ".rnn-film"),
    "shape_switch": (
        *(VARIANTS, "button[aria-pressed=false]", "Enter", ".rnn-status"),
    ),
    "two_readers": (VARIANTS, ".rnn-text", "x", ".rnn-status"),
    "teachers_hand": (VARIANTS, RANGE, "ArrowLeft", ".rnn-status"),
    "bottleneck": (VARIANTS, RANGE, "ArrowLeft", ".rnn-slider output"),
    "error_river": (BPTT, RANGE, "ArrowLeft", ".rnn-river-said"),
    "gradient_bench": (BPTT, RANGE, "ArrowLeft", ".rnn-bench-facts"),
    "gradient_flow": (BPTT, RANGE, "ArrowRight", ".rnn-flow-here"),
    "cliff_walk": (BPTT, ".rnn-cliff-grip", "Enter", ".rnn-status"),
    "cell_bench": (GATED, RANGE, "ArrowLeft", ".rnn-cell-facts"),
    "half_life": (GATED, RANGE, "ArrowRight", ".rnn-half-facts"),
    "side_by_side": (
        *(GATED, "button[aria-pressed=false]", "Enter", ".rnn-side-rows"),
    ),
    "morph": (GATED, "input[type=checkbox]", " ", ".rnn-morph-name"),
    "race": (GATED, RANGE, "ArrowLeft", ".rnn-race-status"),
    "gate_film": (GATED, ".rnn-text", "x", ".rnn-gate-said"),
}


@pytest.mark.parametrize("language", ["", "ko/"])
@pytest.mark.parametrize("widget", TOUCHES)
def test_a_widget_answers_the_first_key_within_a_frame(
    visit, widget, language
):
    chapter, selector, key, answer = TOUCHES[widget]
    page = visit(language + chapter)
    box = page.locator(f"[data-widget={widget}]").first
    box.scroll_into_view_if_needed()
    hand = box.locator(selector).first
    hand.focus()
    # From the last event of the key on, count the frames until the answer
    # has changed. A picture that is painted in the very next frame is found
    # by the callback of the frame after it: 1.
    page.evaluate(
        """([box, answer]) => {
          const shown = box.querySelector(answer);
          const before = shown.textContent;
          let frames = 0;
          const touched = () => { frames = 0; };
          for (const kind of ['keydown', 'keyup', 'input', 'change', 'click'])
            addEventListener(kind, touched, { capture: true });
          window.frames_ = new Promise((done) => {
            const look = () => {
              if (shown.textContent !== before || frames > 60) done(frames);
              else { frames += 1; requestAnimationFrame(look); }
            };
            requestAnimationFrame(look);
          });
        }""",
        [box.element_handle(), answer],
    )
    hand.press(key)
    assert page.evaluate("window.frames_") <= 1


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


def box(page, widget):
    """Return the first widget of this kind, in view."""
    found = page.locator(f"[data-widget={widget}]").first
    found.scroll_into_view_if_needed()
    return found


def stored(page, widget):
    """Return the state that the page was given for the first of this kind."""
    read = "async (from) => (await fetch(from)).text()"
    source = page.evaluate(read, page.url)
    part = source[source.index(f'data-widget="{widget}"') :]
    start, _, payload = part.partition('type="application/json"')[2].partition(
        ">"
    )
    if apart := re.search('data-from="([^"]+)"', start):
        payload = page.evaluate(read, apart[1]).partition("() => (")[2]
    return json.JSONDecoder().raw_decode(payload)[0]["state"]


def test_the_loop_unfolds_and_only_the_window_pays(visit):
    unroll = box(visit(RECURRENT), "unroll")
    assert unroll.locator(".rnn-loop").is_visible()
    unroll.get_by_role("button", name="Unfold").press("Enter")
    expect(unroll.locator(".rnn-loop")).to_be_hidden()
    counts = unroll.locator(".rnn-count .rnn-value")
    assert counts.all_inner_texts() == ["16 parameters", "24 parameters"]
    unroll.locator("input[type=range]").press("End")
    expect(counts.nth(1)).to_have_text("56 parameters")
    assert counts.nth(0).inner_text() == "16 parameters"
    assert unroll.locator("svg g[display=none]").count() == 0
    unroll.get_by_role("combobox").select_option("large")
    expect(counts.nth(0)).to_have_text("17,060 parameters")


def test_inputs_and_states_are_pressed_by_keyboard(visit):
    page = visit(RECURRENT)
    unroll = box(page, "unroll")
    unroll.get_by_role("button", name="Unfold").press("Enter")
    unroll.get_by_role("button", name="h1: state 1").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    status = unroll.locator(".rnn-status")
    expect(status).to_contain_text("h3 depends on x1 to x3")
    assert unroll.locator("circle.rnn-fed, .rnn-fed circle").count() == 3
    values = unroll.locator(".rnn-values")
    expect(values).to_contain_text("inside")
    unroll.get_by_role("button", name="is input 3").press(" ")
    unroll.get_by_role("button", name="is input 3").press(" ")
    expect(values).to_contain_text("outside")  # x3 is a closing bracket now
    page.add_script_tag(path=str(AXE))
    assert not violations(page)


def test_two_histories_meet_and_say_so(visit):
    trail = box(visit(RECURRENT), "state_trail")
    status = trail.locator(".rnn-status")
    assert "apart" in status.inner_text()
    for field, text in (
        ("First", "((a)(bcdefghijkl"),
        ("Second", "(123456789"),
    ):
        trail.get_by_label(f"{field} text", exact=True).fill(text)
    expect(status).to_contain_text("cannot tell them apart")
    trail.get_by_label("Second text", exact=True).fill("(123456789)0000000000")
    expect(status).to_contain_text("inside, after the second outside")
    trail.get_by_role("button", name="Reset").click()
    expect(trail.get_by_label("First text", exact=True)).to_have_value(
        "(a b c d"
    )


def test_the_trail_is_what_rnnlib_computes(visit):
    """Text nobody has tried: the chances under the signs, to 1e-2 shown."""
    page = visit(RECURRENT)
    trail = box(page, "state_trail")
    text = "가(나다)라(마((바)사"
    trail.get_by_label("First text", exact=True).fill(text)
    page.wait_for_timeout(100)
    shown = trail.locator(".rnn-history-1 .rnn-sign").evaluate_all(
        "all => all.map((one) => Number(one.title))"
    )
    state = stored(page, "state_trail")
    params = weights.params(state["weights"])
    xs = [[[sign == "(", sign == ")"]] for sign in text]
    model = models.ManyToMany(rnn, 2, 2, 2)
    want = readout.softmax(model.forward(params, np.array(xs, float)))
    assert shown == pytest.approx(want[:, 0, 1].tolist(), abs=0.006)


def test_the_unit_latches_beyond_one(visit):
    unit = box(visit(RECURRENT), "one_unit_map")
    status = unit.locator(".rnn-status")
    assert "One resting place" in status.inner_text()
    w = unit.locator("input[type=range]").first
    for _ in range(20):  # from 0.5 to 1.5
        w.press("ArrowRight")
    expect(status).to_contain_text("at −0.86 and 0.86")
    unit.get_by_role("button", name="Go on").press("Enter")
    b = unit.locator("input[type=range]").nth(1)
    for _ in range(10):
        b.press("ArrowLeft")
    expect(unit.locator("output").nth(1)).to_have_text("−0.20")
    expect(status).to_contain_text("Two resting places")
    b.press("ArrowLeft")  # more than the latch bears: 0.208
    expect(status).to_contain_text("One resting place")
    unit.get_by_role("button", name="Reset").click()
    expect(unit.locator("output").first).to_have_text("0.50")


@pytest.mark.parametrize(
    ("w", "h0", "said"),
    [
        ("1.00", "0.90", "One resting place, at 0.00. Slope where it comes"),
        ("1.50", "0.00", "Slope there: 1.50. The smallest push would grow"),
        ("−1.00", "0.90", "One resting place, at 0.00"),
        ("−1.50", "0.00", "It balances at 0.00, and nothing holds it"),
        ("−1.50", "0.90", "No rest: the state jumps for ever between −0.86"),
    ],
)
def test_the_unit_says_what_is_true_at_the_edges(visit, w, h0, said):
    unit = box(visit(RECURRENT), "one_unit_map")
    sliders = unit.locator("input[type=range]")
    for slider, value in ((0, w), (2, h0)):
        want = float(value.replace("−", "-"))
        low, step = (-3, 0.05) if slider == 0 else (-1, 0.05)
        sliders.nth(slider).fill(str(round((want - low) / step)))
        expect(unit.locator("output").nth(slider)).to_have_text(value)
    expect(unit.locator(".rnn-status")).to_contain_text(said)


def test_the_recording_of_a_training_plays(visit):
    panel = box(visit(RECURRENT), "training")
    status = panel.locator(".rnn-status")
    assert "4,000 of 4,000 updates" in status.inner_text()
    written = panel.locator(".rnn-written")
    last = written.inner_text()
    panel.get_by_role("button", name="From the beginning").press("Enter")
    expect(status).to_contain_text("0 of 4,000 updates. Loss 6.3")
    assert written.inner_text() != last
    panel.get_by_role("button", name="Play the recording").press("Enter")
    expect(panel.get_by_role("button", name="Stop")).to_be_visible()
    expect(status).to_contain_text("444 of 4,000", timeout=10_000)
    panel.get_by_role("button", name="Stop").press("Enter")
    panel.locator("input[type=range]").press("End")
    expect(written).to_have_text(last)


def test_the_film_takes_any_text_in_either_language(visit):
    page = visit(RECURRENT)
    film = box(page, "hidden_film")
    field = film.get_by_label("Your text")
    field.fill("in the\nclass<script>alert(1)</script>\U0001f600")
    expect(film.locator(".rnn-problem")).to_contain_text("\U0001f600")
    assert film.locator("script").count() == 0
    field.fill("This is the valu")
    film.get_by_role("slider", name="character").press("End")
    first = film.locator(".rnn-chances .rnn-name").first
    expect(first).to_have_text("e")
    film.get_by_label("Sort units by").select_option("space")
    expect(film.locator(".rnn-status")).to_contain_text("correlation")
    early = film.get_by_label("after update")
    early.press("Home")
    expect(film.locator(".rnn-chances .rnn-value").first).not_to_have_text("")
    chance = film.locator(".rnn-chances .rnn-value").first.inner_text()
    assert float(chance.removesuffix("%")) < 10  # untrained: all alike
    early.press("End")
    field.fill("")
    expect(film.locator(".rnn-status")).to_have_text("Type something.")
    film.get_by_label("Model").select_option("한국어")
    field.fill("새 노트북")
    film.get_by_role("slider", name="character").press("End")
    expect(film.locator("svg.rnn-film text")).to_have_count(10)
    assert film.locator(".rnn-problem").inner_text() == ""


def test_the_korean_edition_opens_on_korean_text(visit):
    film = box(visit(f"ko/{RECURRENT}"), "hidden_film")
    assert "새 파일" in film.get_by_label("읽힐 글").input_value()
    assert film.get_by_label("모델").input_value() == "한국어"


# --- chapter 3 -------------------------------------------------------------


def test_a_shape_is_chosen_and_says_what_an_answer_feels(visit):
    page = visit(VARIANTS)
    switch = box(page, "shape_switch")
    status = switch.locator(".rnn-status")
    for name, said in (
        (
            "Many to many, aligned",
            "y₃ can feel x₁, x₂, x₃ (3 of 5); it cannot feel",
        ),
        ("Bidirectional", "y₃ can feel every input"),
    ):
        switch.get_by_role("button", name=name).press("Enter")
        switch.get_by_role("radio", name="answer y3").focus()
        expect(status).to_contain_text(said)
    page.add_script_tag(path=str(AXE))
    assert not violations(page)


def test_the_right_context_decides_a_word_nobody_tried(visit):
    readers = box(visit(VARIANTS), "two_readers")
    readers.get_by_role("combobox").select_option("English")
    readers.locator(".rnn-text").fill(
        "we said that the bat hung from the roof"
    )
    status = readers.locator(".rnn-status")
    page = readers.page
    readers.get_by_role("button", name="bat", exact=False).last.focus()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(status).to_contain_text("Both ways: animal")
    expect(status).to_contain_text("What decides stands to the right")


def test_the_korean_edition_opens_on_sagwa(visit):
    readers = box(visit(f"ko/{VARIANTS}"), "two_readers")
    assert (
        readers.locator(".rnn-text").input_value() == "나는 사과를 갖고 싶다"
    )
    expect(readers.locator(".rnn-status")).to_contain_text("열매")


def test_a_wrong_token_derails_the_free_lane_only(visit):
    hand = box(visit(VARIANTS), "teachers_hand")
    hand.get_by_role("button", name="All its own").press("Enter")
    hand.get_by_role("button", name="step 3").first.click()
    hand.get_by_role("button", name="Wrong token at step 3").press("Enter")
    expect(hand.locator(".rnn-status")).to_contain_text("tokens after it")
    hand.get_by_role("button", name="Reset").press("Enter")
    expect(hand.locator(".rnn-status")).not_to_contain_text("wrong token")


def test_a_silenced_context_says_something_else(visit):
    neck = box(visit(VARIANTS), "bottleneck")
    status = neck.locator(".rnn-status").last
    whole = status.inner_text()
    neck.get_by_label("Numbers kept").press("Home")
    expect(status).not_to_have_text(whole)
    neck.get_by_role("button", name="Reset").press("Enter")
    expect(status).to_have_text(whole)


# --- chapter 4 -------------------------------------------------------------

editions = pytest.mark.parametrize("language", ["", "ko/"])


def numbers(text):
    """Return the numbers in a text, with a minus as it is printed."""
    found = re.findall(r"\u2212?\d+\.?\d*(?:e\u2212?\d+)?", text)
    return [float(n.replace("\u2212", "-")) for n in found]


@pytest.mark.parametrize(
    ("language", "width"), [("", 1280), ("ko/", 1280), ("", 390)]
)
def test_a_dam_ends_the_river_and_changes_the_gradient(visit, language, width):
    page = visit(language + BPTT, width)
    state = stored(page, "error_river")
    want = widgets.ErrorRiver(
        weights.params(state["weights"]), state["xs"], state["targets"]
    )
    river = box(page, "error_river")
    totals = river.locator(".rnn-river-totals span")
    drawing = river.locator("svg.rnn-river")

    def agrees():
        expect(totals).to_have_count(3 if want.dam else 2)
        losses = want.losses
        L = losses[want.loss - 1] if want.loss else losses.sum()
        near = {"rel": 6e-3, "abs": 1e-9}
        assert numbers(totals.nth(0).inner_text())[-1] == pytest.approx(
            L, **near
        )
        assert numbers(totals.nth(1).inner_text())[-1] == pytest.approx(
            want.grads.W_hh.item(), **near
        )
        said = numbers(drawing.get_attribute("aria-label"))
        assert said[1:] == pytest.approx(want.norms, rel=0.06)

    agrees()
    free = want.grads.W_hh.item()
    river.locator(".rnn-touch[role=slider]").press("End")
    want.dam = len(state["xs"]) - 1
    agrees()
    assert numbers(totals.nth(2).inner_text())[-1] == pytest.approx(
        free, rel=6e-3
    )
    # Of the last loss alone nothing comes through the dam.
    losses = river.locator(".rnn-touch[role=button]")
    losses.last.press("Enter")
    want.loss = len(state["xs"])
    agrees()
    assert want.norms[:-1].max() == 0
    assert river.locator(".rnn-river-held").count() == 1
    river.locator("input[type=range]").nth(1).press("Home")
    want.dam = 0
    agrees()
    assert want.norms.min() > 0


def bench_of(page):
    """Return what Python makes of the bench of the page."""
    state = stored(page, "gradient_bench")
    names = ("xs", "targets")
    return widgets.GradientBench(
        weights.params(state["weights"]), *(state[name] for name in names)
    )


def digits(bench):
    """Return the agreeing digits of every number of the five arrays."""
    pairs = zip(
        tree.leaves(bench.analytic), tree.leaves(bench.numerical), strict=True
    )
    return [
        gradient_bench.agreeing(a, n)
        for p, q in pairs
        for a, n in zip(p.flat, q.flat, strict=True)
    ]


@editions
def test_a_planted_bug_costs_digits_where_it_should(visit, language):
    page = visit(language + BPTT)
    want = bench_of(page)
    bench = box(page, "gradient_bench")
    cells = bench.locator(".rnn-bench-cell")
    # The digits beyond the nudge's hang on the last bit of a tanh.
    assert list(map(int, cells.all_inner_texts())) == pytest.approx(
        digits(want), abs=2
    )
    bench.get_by_role("combobox").select_option("1")
    want.bug = 1
    expect(bench.locator(".rnn-bench-wrong")).to_contain_text("da = dh")
    shown = list(map(int, cells.all_inner_texts()))
    assert shown == pytest.approx(digits(want), abs=2)
    size = sum(W.size for W in want.params.cell)
    assert max(shown[:size]) <= gradient_bench.FEW < min(shown[size:])


@editions
def test_a_mystery_is_solved_by_reading_the_digits(visit, language):
    page = visit(language + BPTT)
    want = bench_of(page)
    bench = box(page, "gradient_bench")
    bench.locator("button.rnn-main").press("Enter")
    guesses = bench.locator(".rnn-bench-guesses button")
    expect(guesses).to_have_count(5)
    steps = bench.locator("input[type=range]").first
    turn = bench.locator("input[type=checkbox]")
    most = want.T
    left = set(range(1, 6))
    for key, T, symmetric in (
        ("Home", 1, False),
        ("End", most, False),
        (" ", most, True),
    ):
        (turn if symmetric else steps).press(key)
        expect(steps).to_have_value(str(T - 1))
        want.T, want.symmetric = T, symmetric
        few = bench.locator(".rnn-bench-cell").evaluate_all(
            "all => all.map((c) => c.classList.contains('rnn-bench-few'))"
        )
        for bug in range(1, 6):
            want.bug = bug
            if [n <= gradient_bench.FEW for n in digits(want)] != few:
                left.discard(bug)
    (bug,) = left
    told = bench.locator(".rnn-told b")
    yes, no = ("맞다.", "아니다.") if language else ("Right.", "No.")
    guesses.nth(bug % 5).press("Enter")
    expect(told).to_have_text(no)
    guesses.nth(bug - 1).press("Enter")
    expect(told).to_have_text(yes)
    expect(bench.locator(".rnn-bench-wrong")).to_have_count(1)


def scientific(x):
    front, power = f"{x:.1e}".split("e")
    raised = str(int(power)).translate(
        str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    )
    return front if int(power) == 0 else f"{front} × 10{raised}"


@editions
def test_a_case_sets_the_flow_and_its_norm_is_numpy_s(visit, language):
    flow = box(visit(language + BPTT), "gradient_flow")
    cases = flow.locator(".rnn-flow-cases button")
    norm = flow.locator(".rnn-flow-rows .rnn-value").first
    lag = flow.locator("input[type=range]").first
    values = flow.locator(".rnn-flow-controls output")

    cases.nth(2).press("Enter")  # grows first though rho < 1
    expect(cases.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(values).to_have_text(["0.50", "1.0", "25"])
    W = np.array([[0.5, 10], [0, 0.5]])
    lag.press("Home")
    for k in range(4):
        size = np.linalg.norm(np.linalg.matrix_power(W, k), 2)
        expect(norm).to_have_text(scientific(size))
        lag.press("ArrowRight")

    cases.nth(1).press("Enter")  # does not explode though rho > 1
    expect(values).to_have_text(["1.40", "1.0", "100"])
    seen = widgets.GradientFlow(kind="gaussian", rho=1.4, f="tanh", T=100)
    params = rnn.Params(np.eye(16), seen.W, np.zeros(16))
    norms = gradients.flow(rnn, params, seen._xi[:100, None, :16])[::-1]
    for key, k in (("ArrowRight", 5), ("ArrowRight", 6), ("Home", 0)):
        lag.press(key)
        expect(norm).to_have_text(scientific(norms[k] if k else 1.0))
    lag.press("End")
    # The slider is longer than T: its end is the last lag there is.
    expect(norm).to_have_text(scientific(seen.norms[100]))


@editions
def test_both_walks_end_where_the_package_says(visit, language):
    page = visit(language + BPTT)
    state = stored(page, "cliff_walk")
    walk = box(page, "cliff_walk")
    count = walk.locator(".rnn-cliff-facts").locator(
        "xpath=preceding-sibling::p[1]"
    )
    place = walk.locator(".rnn-cliff-facts dd").nth(5)
    start = [state[name] for name in ("w", "b", "lr")]

    def ends(threshold):
        want = cliff.walk(*start, 28, threshold)
        expect(count).to_contain_text("28")
        at = numbers(place.inner_text())
        shown = 0.001 if threshold else 0.01  # the last digit that is shown
        assert at == pytest.approx([want.w[-1], want.b[-1]], abs=shown)
        return at

    walk.locator("button.rnn-main").press("Enter")
    expect(count).to_contain_text("28", timeout=10_000)
    thrown = ends(None)
    expect(walk.locator(".rnn-status")).to_contain_text("(9.73, 6.42)")
    # It has ended there: a further step changes nothing.
    walk.locator(".rnn-cliff-grip").press("Enter")
    walk.locator("input[type=checkbox]").last.press(" ")
    assert ends(state["threshold"]) != thrown
    walk.locator(".rnn-cliff-grip").press("Enter")
    expect(count).to_contain_text("29")


@pytest.mark.parametrize("width", [1280, 640])
def test_the_read_outs_of_the_walk_stay_inside(visit, width):
    walk = box(visit(BPTT, width), "cliff_walk")
    grip = walk.locator(".rnn-cliff-grip")
    for _ in range(28):
        grip.press("Enter")
        beyond = walk.evaluate(
            """(walk) => Math.max(...[...walk.querySelectorAll('dd')].map(
                 (value) => {
                   const text = document.createRange();
                   text.selectNodeContents(value);
                   return text.getBoundingClientRect().right
                     - value.getBoundingClientRect().right;
                 }))"""
        )
        assert beyond <= 1


# --- chapter 5 -------------------------------------------------------------


def painted(widget):
    """Wait until what was asked for in this frame has been painted."""
    widget.evaluate("() => new Promise((done) => requestAnimationFrame(done))")


@editions
def test_the_gates_of_the_bench_are_an_lstm_s(visit, language):
    bench = box(visit(language + GATED), "cell_bench")
    cases = bench.locator(".rnn-pressed button")
    cursor, end = bench.locator(".rnn-cell-cursors input").all()
    facts = bench.locator(".rnn-cell-facts dd")
    strips = bench.locator(".rnn-cell-lane svg")
    want = widgets.CellBench()

    def agrees():
        hs, _, tape = bptt.forward(lstm, want.params, want.xs)
        rows = [
            *(np.array([cache.c.item() for cache in tape]), hs.ravel()),
            want.backward,
        ]
        painted(bench)
        expect(cursor).to_have_value(str(want.step - 1))
        told = strips.evaluate_all(
            "all => all.map((strip) => strip.getAttribute('aria-label'))"
        )
        for fact, list_, row in zip(
            facts.all_inner_texts(), told[:3], rows, strict=True
        ):
            seen = numbers(list_.rsplit(": ", 1)[1])
            assert seen == pytest.approx(row[: len(seen)], abs=0.006)
            last = numbers(fact)[-1]
            assert last == pytest.approx(row[want.step - 1], abs=0.006)

    agrees()
    for k, name in enumerate(want.presets):
        cases.nth(k).press("Enter")
        expect(cases.nth(k)).to_have_attribute("aria-pressed", "true")
        for gate, levels in want.presets[name].items():
            setattr(want, gate, levels)
        for key, step in (("Home", 1), ("ArrowRight", 2)):
            cursor.press(key)
            want.step = step
            agrees()
    # Shut the forget gate of step 9: nothing flows back past it.
    bench.locator(".rnn-cell-gate-f").nth(8).press("Enter")
    want.f, want.step = [*want.f[:8], 0.0, *want.f[9:]], 9
    agrees()
    cursor.press("ArrowLeft")
    want.step = 8
    agrees()
    assert want.backward[7] == 0
    end.press("ArrowLeft")
    want.end = 15
    agrees()


def steps(x):
    """Return a number of steps as the dial writes it."""
    return f"{x:.{2 if x < 0.995 else 1 if x < 9.95 else 0}f}"


@editions
def test_the_dial_reads_out_the_half_life(visit, language):
    dial = box(visit(language + GATED), "half_life")
    ranges = dial.locator("input[type=range]")
    facts = dial.locator(".rnn-half-facts div dd:last-child")

    def agrees(b, k):
        painted(dial)
        f = 1 / (1 + np.exp(-b))
        expect(facts.nth(1)).to_have_text(steps(np.log(2) / -np.log(f)))
        expect(facts.nth(2)).to_have_text(steps(1 / (1 - f)))
        shown = numbers(facts.nth(0).inner_text())
        assert shown == pytest.approx([f], abs=0.005)
        percent = numbers(facts.nth(3).inner_text())[0]
        assert percent == pytest.approx(100 * f**k, rel=0.06)

    ranges.nth(1).press("Home")
    ranges.nth(1).press("ArrowRight")
    agrees(1, 1)
    ranges.nth(0).press("ArrowRight")
    agrees(1.1, 1)
    for key, b in (("Home", -2), ("End", 6), ("ArrowLeft", 5.9)):
        ranges.nth(0).press(key)
        agrees(b, 1)
    dial.locator(".rnn-half-starts button").nth(2).press("Enter")
    ranges.nth(1).press("ArrowRight")
    agrees(3, 2)


@editions
def test_a_veiled_cell_is_predicted_and_opened(visit, language):
    page = visit(language + GATED)
    state = stored(page, "half_life")
    want = widgets.HalfLife(state["table"])
    dial = box(page, "half_life")
    cells = dial.locator(".rnn-half-cell")
    assert set(cells.all_inner_texts()) == {"?"}
    places = [(each["model"], each["lag"]) for each in state["table"]]
    yes = dial.locator(".rnn-half-ask button").first
    # Both times "learned"; the first is right, the second is not.
    for model, lag in (("LSTM, bias 3", 60), ("LSTM, bias 0", 30)):
        picked = {"model": model, "lag": lag}
        k = places.index((model, lag))
        want.cell = picked
        want.guesses = [*want.guesses, {**picked, "learned": True}]
        cells.nth(k).press("Enter")
        expect(yes).to_be_focused()
        half = dial.locator(".rnn-half-facts div").nth(1)
        expect(half).to_contain_text(steps(want.half_life))
        yes.press("Enter")
        expect(cells.nth(k)).to_be_focused()
        painted(dial)
        seeds = cells.nth(k).locator("span").all_inner_texts()
        solved = state["table"][k]["solved"]
        assert seeds == [f"{n:,}" if n else "\u2013" for n in solved]
        told = numbers(dial.locator(".rnn-half-score").inner_text())
        assert sorted(told) == sorted(want.score)
    assert want.score == (1, 2)
    assert cells.all_inner_texts().count("?") == len(places) - 2


@editions
def test_a_preset_s_norms_are_those_of_gradients_flow(visit, language):
    page = visit(language + GATED)
    want = widgets.SideBySide()
    state = stored(page, "side_by_side")
    assert state["weights"] == want.weights
    assert state["xi"] == want.xi
    side = box(page, "side_by_side")
    cases = side.locator(".rnn-flow-cases button")
    lag = side.locator("input[type=range]").first
    values = side.locator(".rnn-side-rows .rnn-value")
    for case, (scale, bias) in {0: (1, 0), 2: (1, 3), 4: (3, 0)}.items():
        cases.nth(case).press("Enter")
        expect(cases.nth(case)).to_have_attribute("aria-pressed", "true")
        want.scale, want.bias = scale, bias
        p, xs = want.params, want.xs
        norms = {
            0: gradients.flow(rnn, p["RNN"], xs),
            1: gradients.flow(lstm, p["LSTM"], xs, of="c"),
            2: gradients.flow(lstm, p["LSTM"], xs),
            4: gradients.flow(gru, p["GRU"], xs),
        }
        for key, k in (("Home", 0), ("ArrowRight", 1), ("End", want.T)):
            lag.press(key)
            for row, norm in norms.items():
                if k or row != 1:
                    said = scientific(norm[::-1][k])
                    expect(values.nth(row)).to_have_text(said)


@pytest.mark.parametrize(
    ("language", "width"), [("", 1280), ("ko/", 1280), ("", 390)]
)
def test_three_switches_make_an_lstm_a_gru(visit, language, width):
    cell = box(visit(language + GATED, width), "morph")
    names = morph.NAMES["ko" if language else "en"]
    want = widgets.Morph()

    def agrees():
        painted(cell)
        expect(cell.locator(".rnn-morph-name")).to_have_text(names[want.kind])
        count = f"{want.parameters(want.D, want.H):,}"
        expect(cell.locator(".rnn-morph-facts b")).to_have_text(count)
        said = numbers(cell.locator(".rnn-morph-apart").inner_text())
        assert said[1:4] == pytest.approx(want.hs[-1], abs=6e-4)

    agrees()
    ticks = cell.locator("input[type=checkbox]")
    for k, (name, value) in enumerate(
        (("tied", True), ("output", False), ("reset", True))
    ):
        ticks.nth(k).press(" ")
        setattr(want, name, value)
        agrees()
    assert want.kind == "keep-after"
    buttons = cell.locator(".rnn-pressed").first.locator("button")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    cell.locator("input[type=range]").last.press("ArrowRight")
    want.H += 1
    agrees()
    buttons.nth(2).press("Enter")
    want.sign, want.before = "replace", True
    agrees()
    buttons.nth(1).press("Enter")
    want.sign, want.before = "keep", False
    agrees()


@editions
def test_the_recording_of_the_race_ends_as_printed(visit, outputs, language):
    printed = {
        name: (int(update), float(accuracy))
        for name, update, accuracy in re.findall(
            r"(\w+) +after +(\d+) updates: (\S+) right",
            outputs("05-lstm-gru.ipynb")["race-finish"],
        )
    }
    race = box(visit(language + GATED), "race")
    status = race.locator(".rnn-race-status")

    def seen():
        found = re.findall(r"(\w+) (\d?\.\d\d)", status.inner_text())
        return {name: float(share) for name, share in found}

    last = status.inner_text()
    assert seen() == {name: share for name, (_, share) in printed.items()}
    for update, _ in printed.values():
        assert update in numbers(last)
    main, again = race.locator(".rnn-race-hand button").all()
    again.press("Enter")
    expect(status).not_to_have_text(last)
    assert max(seen().values()) < 0.4
    main.press("Enter")
    expect(status).to_contain_text("90", timeout=10_000)
    main.press("Enter")  # stop
    race.locator("input[type=range]").press("End")
    expect(status).to_have_text(last)


def unpacked(part):
    """Return the arrays of a page's weights, by their names."""
    if "data" in part:
        raw = np.frombuffer(base64.b64decode(part["data"]), "i1")
        return raw.reshape(part["shape"]) * part["unit"]
    return {name: unpacked(each) for name, each in part.items()}


def readers(state):
    """Return the three models of a page."""
    kinds = {"RNN": rnn, "LSTM": lstm, "GRU": gru}
    found = {name: unpacked(part) for name, part in state["models"].items()}
    return {
        name: decoding.Params(
            kinds[name].Params(**part["cell"]),
            readout.Params(**part["readout"]),
        )
        for name, part in found.items()
    }


# A label, isolated in its quotes, and its probability.
LABEL = r"\u2068([^\u2069]+)\u2069\u201d (\d\.\d+)"


@pytest.mark.parametrize(
    ("language", "width"), [("", 1280), ("ko/", 1280), ("", 390)]
)
def test_all_three_answer_a_name_as_rnnlib_does(visit, language, width):
    page = visit(language + GATED, width)
    state = stored(page, "gate_film")
    want = widgets.GateFilm(
        readers(state),
        tasks.Vocabulary(tuple(state["symbols"])),
        state["text"],
        classes=state["labels"],
    )
    film = box(page, "gate_film")
    status = film.locator(".rnn-gate-said")
    models_ = film.locator("input[type=radio]")
    expect(models_).to_have_count(3)
    for name in ("Kowalczyk", "O'Brien"):
        film.locator(".rnn-text").fill(name)
        want.text, want.at = name, len(name) - 1
        for k, model in enumerate(state["models"]):
            models_.nth(k).check()
            want.model = model
            painted(film)
            told = re.findall(LABEL, status.inner_text())
            assert told
            p = want.answer
            best = (-p).argsort()[: len(told)]
            assert [label for label, _ in told] == [
                state["labels"][b] for b in best
            ]
            assert [float(share) for _, share in told] == pytest.approx(
                p[best], abs=0.006
            )
            weights_ = film.locator(".rnn-gate-share").all_inner_texts()
            felt = np.round(100 * want.felt / want.felt.max())
            shown = [w.replace("<1", "0") for w in weights_[: len(name)]]
            assert list(map(float, shown)) == pytest.approx(felt, abs=1)
    # At the first step there is but one letter to feel.
    film.locator(".rnn-gate-step:visible").last.press("Home")
    painted(film)
    want.at = 0
    felt = film.locator(".rnn-gate-share").all_inner_texts()
    assert felt[: len(name)] == ["100", *[""] * (len(name) - 1)]
    label, share = re.findall(LABEL, status.inner_text())[0]
    assert label == state["labels"][want.answer.argmax()]
    assert float(share) == pytest.approx(want.answer.max(), abs=0.006)


def test_the_search_works_from_a_folder(visit, site):
    page = visit("ko/search.html?q=에너지", base=site.as_uri())
    found = page.locator("#search-results li a")
    found.first.wait_for(timeout=10_000)
    hrefs = [link.get_attribute("href") for link in found.all()]
    assert any("notebooks/01-hopfield.html" in href for href in hrefs)


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
