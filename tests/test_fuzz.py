"""Nothing breaks: random hands on every widget, and browsers at their edges.

A few seconds of each page run in CI, the same actions every time.
``RNNBOOK_FUZZ=600`` gives every page 600 seconds, ``RNNBOOK_SEED=1`` other
actions; a failure says its seed and what was done last.
"""

import json
import os
import random
import re
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_site_browser import (
    BPTT,
    CHAPTER,
    GATED,
    RECURRENT,
    TOUCHES,
    VARIANTS,
)

SECONDS = float(os.environ.get("RNNBOOK_FUZZ", "0"))
SEED = int(os.environ.get("RNNBOOK_SEED", "1"))
CHAPTERS = [CHAPTER, RECURRENT, VARIANTS, BPTT, GATED]
ALIVE = [
    f"{edition}{page}"
    for edition in ("", "ko/")
    for page in ("index.html", *CHAPTERS)
]
# Each of the pages once, in one edition or the other.
HALF = [ALIVE[k + 6 * (k % 2)] for k in range(6)]
MODULES = (Path(__file__).parents[1] / "rnnlib" / "widgets").glob("*.js")
# The elements that the modules make by name; anything else was injected.
TAGS = {"s", "sub", "sup"}.union(
    *(
        re.findall(r'\b(?:html|svg)\(\s*"(\w+)"', path.read_text("utf-8"))
        for path in MODULES
    )
)

READERS = {
    "plain": {},
    "touch": {"has_touch": True, "is_mobile": True},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "still": {"reduced_motion": "reduce"},
}
SIZES = [(1280, 800), (768, 1024), (390, 844), (320, 256)]
KEYS = [
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"),
    *("PageUp", "PageDown", "Enter", "Space", "Escape", "Tab", "Shift+Tab"),
    *("Backspace", "Delete", "Control+a", "Control+z", "Shift+ArrowLeft"),
    *("a", "b", "9", "1", "-", ".", "e", "("),
]
# What to press where the first key changes nothing: a slider may be at its
# end, an option chosen.
ELSE = {"ArrowLeft": "ArrowRight", "ArrowRight": "ArrowLeft", " ": "ArrowDown"}
TEXTS = [
    *("", "   ", "\u3000\u00a0\u2003", "\ufeff\u200b\u2060", "1\n2\r\n3\t4"),
    *("안녕하세요 사과 배를 먹었다", "ㅅㅏㄱㅗㅏ", "\u1109\u1161\u1100\u116a"),
    *("שלום עולם 12", "مرحبا ٣٤", "\u202eabc\u202c \u200f3", "\u2067\u2068x"),
    *("👨‍👩‍👧‍👦 🇰🇷 👍🏽", "e\u0301\u0302\u0303 a" + "\u0301" * 60, "ﷺ𒐫" * 20),
    *("\ud800", "x\udc00y 1", "a\x00b\x01\x07\x1b\x7f\x85 1"),
    *("9" * 10_000, "a" * 10_000, "w " * 5_000, "가" * 10_000),
    "<script>window.injected = 1</script>",
    "\"><img src=x onerror='window.injected = 1'>",
    "<svg onload=window.injected=1></svg><iframe srcdoc=x></iframe>",
    *("__proto__", "constructor", "toString hasOwnProperty", "{T} {n} $& $1"),
    *("12345", "1e3", "-5", "1e400", "1.5", "007", "１２", "twenty-one"),
    *("the bat broke.", "(a b c d dd)", "supercalifragilistic" * 10),
]

# What the tests do and read inside the page. `box` is the widget at hand.
HELP = r"""
window.fuzz = (() => {
  let box;
  const all = (css) => [...box.querySelectorAll(css)];
  const seen = (n) => n.getClientRects().length > 0
    && getComputedStyle(n).visibility !== 'hidden';
  const pick = (list, r) => list[Math.floor(r * list.length)];
  const tell = (n) => n && `${n.tagName.toLowerCase()} "${
    (n.getAttribute('aria-label') ?? n.textContent).trim().slice(0, 30)}"`;
  const hands = () => all('button, input, select, textarea, [tabindex]')
    .filter((n) => !n.matches(':disabled') && seen(n));
  const fields = () => all('textarea, input')
    .filter((n) => seen(n)
      && !['range', 'radio', 'checkbox'].includes(n.type));
  const send = (n) => ['input', 'change'].forEach(
    (kind) => n.dispatchEvent(new Event(kind, { bubbles: true })));
  const reset = () => all('button').find((n) => ['Reset', '처음으로',
    'From the beginning'].includes(n.textContent) && seen(n));
  const sticks = (n) => {
    const [b, r] = [n, box].map((x) => x.getBoundingClientRect());
    if (!seen(n) || (b.right <= r.right + 1 && b.left >= r.left - 1))
      return false;
    for (let p = n.parentElement; p !== box.parentElement; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== 'visible') return false;
    return true;
  };
  return {
    take(k) { box = document.querySelectorAll('.rnn-widget')[k]; },
    show() {
      box.scrollIntoView({ block: 'start', behavior: 'instant' });
      scrollBy({ top: -70, behavior: 'instant' });
    },
    /** Where the mouse may go: the part of the widget that is in sight. */
    place() {
      const { x, y, width, height } = box.getBoundingClientRect();
      const top = Math.max(y, 62), low = Math.min(y + height, innerHeight - 2);
      return [x, top, width, Math.min(low - top, 500)];
    },
    at: (x, y) => tell(document.elementFromPoint(x, y)),
    focus(r) { const n = pick(hands(), r); n?.focus(); return tell(n); },
    held() {
      const n = document.activeElement;
      return box.contains(n) ? tell(n) : null;
    },
    lost: () => document.activeElement === document.body,
    fill(r, codes, how) {
      const n = pick(fields(), r);
      if (!n) return null;
      const text = String.fromCharCode(...codes);
      n.focus();
      if (how === 'set' && n.type !== 'number') {
        n.value = text;
        send(n);
      } else {
        if (how === 'instead') n.select();
        document.execCommand(text ? 'insertText' : 'delete', false, text);
      }
      return tell(n);
    },
    slide(r, to) {
      const n = pick(all('input[type=range]').filter(seen), r);
      if (!n || n.disabled) return null;
      n.value = n[to];
      send(n);
      return tell(n);
    },
    choose(r, q) {
      const n = pick(all('select').filter(seen), r);
      if (!n || n.disabled) return null;
      n.value = pick([...n.options].filter((o) => !o.disabled), q).value;
      send(n);
      return n.value;
    },
    /** Much within one frame; the hands are those of before the frame. */
    storm(r) {
      let a = Math.floor(r * 2147483647);
      const next = () => (a = (a * 16807) % 2147483647) / 2147483647;
      const there = hands();
      for (let k = 0; k < 12 && there.length; k++) {
        const n = pick(there, next());
        if (n.type === 'range') n.value = Number(n.min)
          + next() * (Number(n.max) - Number(n.min));
        else if (n.localName === 'select')
          n.value = pick([...n.options], next()).value;
        else if (fields().includes(n))
          n.value = pick(n.type === 'number' ? ['', '7', '31415']
            : ['', 'a b', '가나'], next());
        else if (next() < 0.5) {
          const key = pick(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown',
            'Home', 'End', 'PageUp', 'PageDown', 'Enter', ' '], next());
          n.dispatchEvent(new KeyboardEvent('keydown',
            { key, bubbles: true, cancelable: true }));
        } else n.dispatchEvent(new MouseEvent('click', { bubbles: true }));
        if ('value' in n && n.localName !== 'button') send(n);
      }
    },
    reset() { const n = reset(); n?.click(); return Boolean(n); },
    async still() {
      for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
    },
    kinds: () => all('*').map((n) => n.localName),
    foreign: () => document.querySelectorAll(
      'script, img, iframe, object, embed, link, style').length,
    wrong() {
      const bad = [];
      if (window.injected) bad.push('a script of the text has run');
      const attributes = all('*').flatMap((n) => [...n.attributes])
        .filter((a) => !a.name.startsWith('data-'));
      for (const { name, value } of attributes)
        if (/^on/.test(name)) bad.push(`${name}="${value}"`);
      const text = [box.textContent, ...attributes.map((a) => a.value)];
      const slip = /NaN|undefined|Infinity|\[object|\bnull\b/;
      for (const t of text) {
        const at = t.search(slip);
        if (at >= 0)
          bad.push(`text: ${t.slice(Math.max(0, at - 60), at + 40)}`);
      }
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth > clientWidth)
        bad.push(`the page is ${scrollWidth} wide in ${clientWidth}`);
      const out = all('*').filter(sticks).slice(0, 3);
      if (out.length) bad.push(`sticks out at ${innerWidth}: ${
        out.map((n) => `${tell(n)} ${n.getAttribute('class')}`)}`);
      const ids = all('[id]').map((n) => n.id);
      if (new Set(ids).size < ids.length) bad.push('an id is there twice');
      return bad;
    },
  };
})();
"""


def another(context):
    """Open a window that remembers what it complained of: `noise`."""
    page = context.new_page()
    page.noise = []
    page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and page.noise.append(f"{message.type}: {message.text}")
        ),
    )
    page.on("pageerror", lambda error: page.noise.append(f"raised: {error}"))
    page.on("dialog", lambda dialog: page.noise.append("a dialog opened"))
    page.add_init_script(HELP)
    return page


@contextmanager
def opened(browser, served, name, width=1280, height=800, **reader):
    """Open a page for a reader of this kind."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, **reader
    )
    page = another(context)
    page.goto(f"{served}/{name}", wait_until="load")
    awake(page)
    yield page
    context.close()


def awake(page):
    """Wait until the widgets are alive and the equations are set."""
    page.wait_for_function(
        """() => !('opening' in document.documentElement.dataset)
             && [...document.querySelectorAll('.rnn-widget')]
                  .every((w) => w.dataset.live)"""
    )
    page.evaluate(
        """async () => {
             await window.MathJax?.startup?.promise;
             await document.fonts.ready;
             await new Promise(requestAnimationFrame);
           }"""
    )


def units(text):
    """Return the UTF-16 units of a text: halves of pairs can be pasted too."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [a + 256 * b for a, b in zip(raw[::2], raw[1::2], strict=True)]


class Hands:
    """Random hands on one widget; they remember what they did."""

    def __init__(self, page, seed):
        self.page, self.rng = page, random.Random(seed)
        self.log = []

    def ask(self, call, *arguments):
        given = ", ".join(json.dumps(a) for a in arguments)
        return self.page.evaluate(f"fuzz.{call}({given})")

    def act(self):
        doing = self.rng.choices(
            [
                *(self.press, self.click, self.drag, self.fill, self.slide),
                *(self.choose, self.storm, self.resize, self.restart),
            ],
            [38, 20, 6, 14, 8, 6, 4, 3, 1],
        )[0]
        self.log.append(doing.__name__)
        told = doing()
        if told:
            self.log[-1] += f" {told}"

    def press(self):
        self.ask("still")  # what was done before has been drawn
        held = self.rng.random() < 0.7 and self.ask("held")
        held = held or self.ask("focus", self.rng.random())
        key = self.rng.choice(KEYS)
        self.log[-1] += f" {key} on {held}"
        for _ in range(self.rng.choice([1, 1, 1, 3])):
            self.page.keyboard.press(key)
        if "Tab" not in key and key != "Escape":
            assert not self.ask("lost"), "the focus was lost"

    def somewhere(self):
        x, y, width, height = self.ask("place")
        if height < 30:
            self.ask("show")
            x, y, width, height = self.ask("place")
        x += self.rng.random() * width
        y += self.rng.random() * max(height, 1)
        self.log[-1] += f" {x:.0f},{y:.0f}"
        return x, y

    def click(self):
        at = self.somewhere()
        self.log[-1] += f" {self.ask('at', *at)}"
        self.page.mouse.click(*at, click_count=self.rng.choice([1, 1, 2]))

    def drag(self):
        self.page.mouse.move(*self.somewhere())
        self.page.mouse.down()
        self.page.mouse.move(*self.somewhere(), steps=4)
        self.page.mouse.up()

    def fill(self):
        text = self.rng.choice(TEXTS)
        how = self.rng.choice(["instead", "instead", "into", "set"])
        self.log[-1] += f" {how} {text[:30]!a} ({len(text)})"
        return self.ask("fill", self.rng.random(), units(text), how)

    def slide(self):
        end = self.rng.choice(["min", "max"])
        self.log[-1] += f" to the {end}"
        return self.ask("slide", self.rng.random(), end)

    def choose(self):
        return self.ask("choose", self.rng.random(), self.rng.random())

    def storm(self):
        return self.ask("storm", self.rng.random())

    def resize(self):
        width, height = self.rng.choice(SIZES)
        self.page.set_viewport_size({"width": width, "height": height})
        self.ask("show")
        return f"{width} {height}"

    def restart(self):
        return self.ask("reset")

    def check(self, foreign):
        assert not self.page.noise
        assert not self.ask("wrong")
        assert {*self.ask("kinds")} - TAGS == set()
        assert self.ask("foreign") == foreign


def answers(hands, k, stem):
    """Go back to the beginning and touch widget k: its answer changes."""
    hands.ask("take", k)
    hands.ask("show")
    hands.page.mouse.move(1, 1)
    for _ in range(2):
        hands.ask("reset")
        hands.ask("still")
    _, selector, key, answer = TOUCHES[stem]
    box = hands.page.locator(".rnn-widget").nth(k)
    shown = box.locator(answer).first
    before = shown.text_content()
    for way in (key, ELSE.get(key, key)):
        hands.log.append(f"press {way} on {selector}: {answer} changes")
        box.locator(selector).first.focus()
        if way.isalpha() and len(way) == 1:  # a full field takes no more
            hands.page.keyboard.press("Control+a")
        hands.page.keyboard.press(way)
        hands.ask("still")
        if shown.text_content() != before:
            return
    raise AssertionError(f"{stem} {selector} {key}: no answer, {before}")


@pytest.mark.parametrize("name", ALIVE)
def test_no_widget_breaks_in_random_hands(browser, served, name):
    kind = [*READERS][(ALIVE.index(name) + SEED) % len(READERS)]
    size = dict(zip(("width", "height"), SIZES[SEED % 4], strict=True))
    with opened(browser, served, name, **size, **READERS[kind]) as page:
        stems = page.locator(".rnn-widget").evaluate_all(
            "all => all.map((w) => w.dataset.widget)"
        )
        heavy = sum(stem != "quiz" for stem in stems)
        foreign = page.evaluate("fuzz.foreign()")
        address = page.url.split("#")[0]
        for k, stem in enumerate(stems):
            hands = Hands(page, f"{SEED} {name} {k}")
            hands.ask("take", k)
            until = time.monotonic() + SECONDS / heavy
            done = 0
            try:
                hands.ask("show")
                while done < (2 if stem == "quiz" else 9) or (
                    stem != "quiz" and time.monotonic() < until
                ):
                    hands.act()
                    done += 1
                    assert page.url.split("#")[0] == address
                    if done % 6 == 0:
                        hands.check(foreign)
                    if done % 48 == 0:
                        answers(hands, k, stem)
                hands.check(foreign)
                if stem != "quiz":
                    answers(hands, k, stem)
                page.set_viewport_size(size)
            except Exception as error:
                error.add_note(
                    f"Seed {SEED}, {name}, {stem} ({k}), as {kind} at {size},"
                    f" after {done} actions; the last:\n  "
                    + ascii("\n  ".join(hands.log[-12:])).replace("\\n", "\n")
                )
                raise
            if SECONDS:
                print(f"{name} {stem} {done} actions", flush=True)


def test_memories_that_go_before_they_are_drawn_again_are_no_error(
    browser, served
):
    with opened(browser, served, "index.html") as page:
        page.get_by_role("button", name="Store", exact=True).click()
        page.locator("li .rnn-name").nth(3).wait_for()
        page.evaluate(
            """() => ['Step', 'Reset'].forEach((name) => [
                 ...document.querySelectorAll('.rnn-widget button')]
                 .find((n) => n.textContent === name).click())"""
        )
        page.evaluate("fuzz.still()")
        assert page.noise == []
        assert page.locator("li .rnn-name").count() == 3


SHOWN = """() => [...document.querySelectorAll('.rnn-widget')].map((w) =>
  [w.childElementCount, w.innerText, ...[...w.querySelectorAll(
    'input, select, textarea')].map((n) => n.value + n.checked)].join())"""


def touch_all(page):
    """Touch one widget of each kind: all of them answer."""
    stems = page.locator(".rnn-widget").evaluate_all(
        "all => all.map((w) => w.dataset.widget)"
    )
    for stem in dict.fromkeys(stems):
        answers(Hands(page, 0), stems.index(stem), stem)


@pytest.mark.parametrize("name", [GATED])
def test_two_windows_of_a_page_do_not_disturb_each_other(
    browser, served, name
):
    with opened(browser, served, name) as page:
        other = another(page.context)
        other.goto(page.url, wait_until="load")
        awake(other)
        before = other.evaluate(SHOWN)
        page.bring_to_front()
        touch_all(page)
        assert other.evaluate(SHOWN) == before
        after = page.evaluate(SHOWN)
        other.bring_to_front()
        touch_all(other)
        assert page.evaluate(SHOWN) == after
        assert [*page.noise, *other.noise] == []


@pytest.mark.parametrize("name", [CHAPTER, f"ko/{BPTT}"])
def test_back_forward_and_reload_leave_every_widget_as_it_was(
    browser, served, name
):
    with opened(browser, served, name) as page:
        fresh = page.evaluate(SHOWN)
        # Whether a browser restores a field depends on its haste; it never
        # does where it is told not to.
        fields = page.locator(".rnn-widget :is(input, select, textarea)")
        told = fields.evaluate_all("all => all.map((n) => n.autocomplete)")
        assert {*told} == {"off"}
        touch_all(page)
        page.goto(f"{served}/notation.html")
        for travel in (page.go_back, page.reload):
            travel()
            awake(page)
            assert page.evaluate(SHOWN) == fresh
        page.go_forward()
        page.go_back()
        awake(page)
        touch_all(page)
        assert page.noise == []


def test_a_page_out_of_the_browser_s_memory_goes_on(launch, served):
    # Playwright turns this memory off, so it takes a browser of its own.
    memory = launch(ignore_default_args=["--disable-back-forward-cache"])
    with opened(memory, served, GATED) as page:
        touch_all(page)
        page.evaluate(
            """() => addEventListener('pageshow',
                 (event) => { window.kept = event.persisted; })"""
        )
        before = page.evaluate(SHOWN)
        page.goto(f"{served}/notation.html")
        page.evaluate("history.back()")
        page.wait_for_function("() => window.kept")
        assert page.evaluate(SHOWN) == before
        touch_all(page)
        assert page.noise == []
    memory.close()


CLIPPED = """() => {
  const wide = document.documentElement.clientWidth;
  const bad = [];
  for (const n of document.querySelectorAll('.rnn-widget :is(button, input,'
      + ' select, textarea, [tabindex="0"])')) {
    if (n.matches(':disabled') || !n.getClientRects().length) continue;
    n.focus();
    const r = n.getBoundingClientRect();
    if (r.bottom < 1 || r.top > innerHeight - 1 || r.right < 1
        || r.left > wide - 1 || n.matches('button')
        && (n.scrollWidth > n.clientWidth + 4
            || n.scrollHeight > n.clientHeight + 4))
      bad.push(`${n.closest('.rnn-widget').dataset.widget}: ${n.outerHTML
        .slice(0, 120)} ${r.left} ${r.right} ${r.top} ${r.bottom}`);
  }
  return bad;
}"""
# Fonts a quarter larger; then the spacing that WCAG 1.4.12 asks for.
LARGE = [
    "html { font-size: 100% }",
    "html { font-size: 125% } .rnn-widget { font-size: 18.75px !important }",
    """html { font-size: 100% } .rnn-widget { font-size: 15px !important }
       * { line-height: 1.5 !important; letter-spacing: .12em !important;
           word-spacing: .16em !important }
       p { margin-bottom: 2em !important }""",
]


@pytest.mark.parametrize("name", HALF)
def test_at_400_percent_and_with_large_text_nothing_is_cut_off(
    browser, served, name
):
    zoomed = {"width": 320, "height": 256, "device_scale_factor": 4}
    with opened(browser, served, name, **zoomed) as page:
        for style in LARGE:
            page.add_style_tag(content=style)
            page.evaluate("fuzz.still()")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert (style, wide) == (style, 320)
            assert (style, page.evaluate(CLIPPED)) == (style, [])


# Marks whose stroke and fill are both the colour of what they lie on. What
# is meant to be unseen is not one: a hand's wider target, the paper itself.
UNSEEN = r"""() => {
  const rgb = (c) => (c === 'none' ? null : c.match(/[\d.]+/g).map(Number));
  const under = (n) => {
    for (let p = n.parentElement; ; p = p.parentElement) {
      const [r, g, b, a] = rgb(getComputedStyle(p).backgroundColor);
      if (a !== 0) return [r, g, b];
    }
  };
  const marks = 'path, line, polyline, circle, text';
  return [...document.querySelectorAll(`.rnn-widget :is(${marks})`)]
    .filter((n) => {
      const s = getComputedStyle(n);
      if (!n.getClientRects().length || s.visibility === 'hidden')
        return false;
      if (/hit|halo|ring/.test(n.getAttribute('class'))) return false;
      // White on a filled shape is seen.
      if (n.localName === 'text' && n.previousElementSibling) return false;
      const colours = [rgb(s.fill), s.strokeWidth === '0px' ? null
        : rgb(s.stroke)].filter((c) => c && c[3] !== 0);
      const paper = under(n);
      return !colours.some(
        (c) => paper.some((x, k) => Math.abs(x - c[k]) > 60));
    }).map((n) => `${n.closest('.rnn-widget').dataset.widget}: ${
      n.outerHTML.slice(0, 120)}`);
}"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_in_forced_colours_every_mark_and_control_is_seen(
    browser, served, name
):
    with opened(browser, served, name, forced_colors="active") as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, forced_colors="active")
            page.wait_for_function(
                "(s) => document.documentElement.dataset.theme === s",
                arg=scheme,
            )
            assert (scheme, page.evaluate(UNSEEN)) == (scheme, [])
            blank = page.locator(
                ".rnn-widget :is(button, select, textarea):visible"
            ).evaluate_all(
                """all => all.filter((n) => {
                     const s = getComputedStyle(n);
                     return s.color === s.backgroundColor;
                   }).map((n) => n.outerHTML.slice(0, 120))"""
            )
            assert (scheme, blank) == (scheme, [])


@pytest.mark.parametrize("name", CHAPTERS)
def test_where_motion_is_not_wanted_nothing_slides(browser, served, name):
    with opened(browser, served, name, reduced_motion="reduce") as page:
        page.evaluate(
            """() => {
                 window.moved = new Set();
                 for (const kind of ['transitionrun', 'animationstart'])
                   addEventListener(kind, (event) => {
                     if (event.target.closest('.rnn-widget'))
                       moved.add(event.target.outerHTML.slice(0, 120));
                   }, true);
               }"""
        )
        touch_all(page)
        for press in page.locator(".rnn-widget .rnn-main:visible").all():
            press.evaluate("n => n.click()")
        page.evaluate("fuzz.still()")
        assert page.evaluate("[...moved]") == []
        assert page.noise == []


def test_run_is_at_its_end_at_once_where_motion_is_not_wanted(browser, served):
    with opened(browser, served, BPTT, reduced_motion="reduce") as page:
        walk = page.locator("[data-widget=cliff_walk]")
        walk.get_by_role("button", name="Run").evaluate("n => n.click()")
        page.evaluate("fuzz.still()")
        assert walk.get_by_role("button", name="Run").count() == 1
        # Unclipped, the walk is thrown out of the picture on its way.
        assert "out of the picture" in walk.inner_text()
        assert page.noise == []


@pytest.mark.parametrize("name", ALIVE)
def test_without_scripts_pictures_equations_and_solutions_remain(
    browser, served, name
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/{name}", wait_until="load")
    for picture in page.locator(".rnn-widget").all():
        image = picture.locator("img")
        assert image.get_attribute("alt")
        assert image.evaluate("n => n.naturalWidth * n.clientWidth") > 0
    for equation in page.locator("div.math").all():
        assert "\\[" in equation.inner_text()
    solutions = page.locator("details")
    assert solutions.count() > 0 or "index" in name
    for solution in solutions.all():
        solution.locator("summary").click()
        assert solution.locator("summary + *").is_visible()
    assert page.locator(".bd-article h1").first.is_visible()
    context.close()
