"""The ways through the book: what is counted, linked, asked and kept."""

import importlib
import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnlib.widgets.quiz import QUESTIONS

ROOT = Path(__file__).resolve().parents[1]
EDITIONS = pytest.mark.parametrize("language", ["en", "ko"])
FOLDER = {"en": "", "ko": "ko/"}
STORE = "networks-with-memory"
# The theme keeps its colours in the store and raises where it may not.
THEIRS = "not here"
CHAPTER = "notebooks/01-hopfield.html"
SELF_TEST = [key for key in QUESTIONS if key.startswith("0.")]


@pytest.fixture(scope="module")
def counts():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "book" / "_ext" / "rnnbook"))
        yield importlib.import_module("counts")


def source(language, page):
    path = ROOT / "book" / FOLDER[language] / f"{page}.md"
    return path.read_text(encoding="utf-8")


# --- What is counted -------------------------------------------------------


def test_the_editions_hold_the_same(counts):
    english, korean = (counts.chapters(ROOT, code) for code in ("en", "ko"))
    assert len(english) == 5
    for one, other in zip(english, korean, strict=True):
        for name in ("stem", "cells", "questions", "widgets", "sections"):
            assert getattr(one, name) == getattr(other, name), one.stem
        assert [e[:2] for e in one.exercises] == [
            e[:2] for e in other.exercises
        ]
        assert list(one.figures) == list(other.figures)
        assert len(one.goals) == len(other.goals) >= 3


def test_a_count_is_that_of_the_cells(counts):
    for chapter in counts.chapters(ROOT, "en"):
        path = ROOT / "notebooks" / f"{chapter.stem}.ipynb"
        text = path.read_text(encoding="utf-8")
        assert len(chapter.exercises) == text.count("exercises.check(")
        assert len(chapter.questions) == text.count("widgets.Quiz(")
        assert len(chapter.equations * "x") == text.count("\\\\tag{")
        assert all(exercise.text for exercise in chapter.exercises)


def test_a_longer_chapter_takes_longer(counts):
    chapter = counts.chapters(ROOT, "en")[0]
    longer = chapter._replace(words=chapter.words + 1800)
    assert longer.reading() == chapter.reading() + 10
    fewer = chapter._replace(exercises=chapter.exercises[1:])
    assert fewer.practice() == chapter.practice() - 10


def test_a_chapter_announces_the_time_that_is_computed(counts):
    times = {
        chapter.stem: (chapter.reading(), chapter.practice())
        for chapter in counts.chapters(ROOT, "en")
    }
    for language in FOLDER:
        for chapter in counts.chapters(ROOT, language):
            folder = ROOT / "notebooks" / FOLDER[language]
            head = counts.load(folder / f"{chapter.stem}.ipynb")[0]["source"]
            said = re.search(r"\*\*(?:Time:|시간)\*\*.*", "".join(head))
            announced = [int(n) for n in re.findall(r"\d+", said[0])]
            assert len(announced) == 2, said[0]
            for told, computed in zip(
                announced, times[chapter.stem], strict=True
            ):
                assert abs(told - computed) <= 10, (chapter.stem, said[0])


def test_a_chapter_makes_two_lessons_as_the_teachers_page_says(counts):
    for language, words in (("en", "two lessons of 45"), ("ko", "45분씩 두")):
        assert words in source(language, "teaching")
    for chapter in counts.chapters(ROOT, "en"):
        assert 45 < chapter.reading() <= 95


# --- The self-test and its help --------------------------------------------


@EDITIONS
def test_a_wrong_answer_names_the_part_that_helps(language):
    text = source(language, "start")
    asked = re.findall(r'\{"key": "([\d.]+)"\}', text)
    assert asked == SELF_TEST
    assert 6 <= len(asked) <= 8
    parts = set(re.findall("^### (.*)$", text, re.MULTILINE))
    named = set()
    for key in asked:
        for choice in QUESTIONS[key][language]["choices"]:
            found = re.findall("[“‘]([^”’]+)[”’]", choice["feedback"])
            assert choice["right"] or found, choice
            named |= set(found)
    assert named == parts


@EDITIONS
def test_the_code_of_the_refresher_gives_what_its_comments_say(language):
    (code,) = re.findall(
        r"```python\n(.*?)```", source(language, "start"), re.DOTALL
    )
    names = {}
    exec(code, names)
    said = re.findall(r"^(\w+) = .*# (.*)$", code, re.MULTILINE)
    assert len(said) == 4
    for name, value in said:
        np.testing.assert_allclose(names[name], json.loads(value))

    def loss(W):
        return ((names["x"] @ W) ** 2).sum() / 2

    step = np.array([[0, 0], [0.01, 0]])
    moved = loss(names["W"] + step)
    assert round(moved, 4) == 14.6002
    assert "14.6002" in source(language, "start")


# --- On the pages ----------------------------------------------------------


def built(site, language, page):
    return (site / FOLDER[language] / page).read_text(encoding="utf-8")


@EDITIONS
def test_twenty_minutes_are_twenty_and_begin_at_a_question(site, language):
    text = built(site, language, "index.html")
    box = text.split('class="rnn-stops', 1)[1].split("</ol>", 1)[0]
    minutes = re.findall(r"<em>(\d+) ?(?:min|분)</em>", box)
    assert sum(map(int, minutes)) == 20
    links = re.findall(r'href="([^"#]+)#([^"]+)"', box)
    assert len(links) == len(minutes) - 1  # the first is on the page itself
    assert len({page for page, _ in links}) == 5
    for page, anchor in links:
        part = built(site, language, page).split(f'id="{anchor}"', 1)[1]
        assert re.search(r'data-widget="\w+"', part[:4000]), anchor


@EDITIONS
def test_the_landing_page_says_what_the_chapters_hold(site, counts, language):
    text = built(site, language, "index.html")
    facts = re.findall(r'<p class="rnn-facts">(.*?)</p>', text)
    for said, chapter in zip(
        facts, counts.chapters(ROOT, language), strict=True
    ):
        assert [int(n) for n in re.findall(r"\d+", said)] == [
            len(chapter.exercises),
            len(chapter.questions),
            len(chapter.widgets),
        ]


@EDITIONS
def test_the_teachers_page_lists_every_exercise_and_figure(
    site, counts, language
):
    text = built(site, language, "teaching.html")
    for chapter in counts.chapters(ROOT, language):
        for exercise in chapter.exercises:
            link = f"{chapter.stem}.html#cell-{exercise.cell}"
            assert link in text, exercise.key
        for cell, alt in chapter.figures.items():
            name = f"_static/figures/{chapter.stem}-{cell}.svg"
            assert f'href="{name}"' in text
            assert alt in unescape(text)
            picture = site / FOLDER[language] / name
            tree = ElementTree.parse(picture)
            assert tree.getroot().tag.endswith("svg")
            drawing = picture.read_text(encoding="utf-8")
            assert "fill: #ffffff" in drawing  # paper, whatever the slide
            assert "<metadata>" not in drawing
        for cell in chapter.widgets:
            name = f"_static/figures/{chapter.stem}-{cell}.png"
            assert f'href="{name}"' in text
            data = (site / FOLDER[language] / name).read_bytes()
            assert data.startswith(b"\x89PNG")
            assert int.from_bytes(data[16:20], "big") >= 800  # pixels wide


@EDITIONS
def test_a_section_has_one_name_in_both_editions(site, counts, language):
    for chapter in counts.chapters(ROOT, "en"):
        page = built(site, language, f"notebooks/{chapter.stem}.html")
        found = re.findall(
            r'<section class="[^"]*rnn-section[^"]*" id="[^"]+">'
            r'\s*<span id="cell-([^"]+)">',
            page,
        )
        assert found == chapter.sections


# --- Progress, in the reader's own browser ---------------------------------


@pytest.fixture
def reader(browser, served):
    """A reader with a browser of her own: opens pages, in several windows."""
    context = browser.new_context()
    noise = []

    def go(name, script="", base=served):
        page = context.new_page()
        page.on("pageerror", lambda error: noise.append(error.message))
        if script:
            page.add_init_script(script)
        page.goto(f"{base}/{name}")
        return page

    yield go
    context.close()
    assert not [text for text in noise if text != THEIRS]


def kept(page):
    text = page.evaluate("(name) => localStorage.getItem(name)", STORE)
    return text and json.loads(text)


def keep(page):
    return page.locator(".rnn-keep button")


def answer(page, right, at=0):
    """Answer a question of chapter 1."""
    quiz = page.locator("[data-widget=quiz][data-live]").nth(at)
    quiz.scroll_into_view_if_needed()
    key = ("1.p1", "1.p2")[at]
    choices = QUESTIONS[key]["en"]["choices"]
    which = [choice["right"] for choice in choices].index(right)
    quiz.locator("input").nth(which).check()


def test_nothing_is_kept_unless_asked(reader):
    page = reader(CHAPTER)
    answer(page, right=True)
    page.wait_for_timeout(1500)
    assert kept(page) is None
    assert page.context.cookies() == []
    expect(page.locator(".rnn-progress")).to_be_empty()


def test_a_right_answer_is_kept_and_shown_in_both_languages(reader):
    page = reader(CHAPTER)
    answer(page, right=False)
    answer(page, right=True, at=1)
    keep(page).focus()
    page.keyboard.press("Enter")  # what happened before is kept, too
    expect(page.locator(".rnn-progress")).to_contain_text("1 of 6 questions")
    expect(keep(page)).to_have_text("Clear and stop")
    expect(keep(page)).to_be_focused()
    assert kept(page)["right"] == ["1.p2"]
    answer(page, right=True)
    assert kept(page)["right"] == ["1.p2", "1.p1"]
    for name, words in (
        ("index.html", "2 of 6 questions"),
        ("ko/index.html", "질문 6개 중 2개"),
    ):
        first = reader(name).locator(".rnn-progress").first
        expect(first).to_contain_text(words)


def test_a_section_counts_when_its_end_has_been_seen(reader, counts):
    chapter = counts.chapters(ROOT, "en")[0]
    first, second, third = chapter.sections[:3]
    keep(reader("index.html")).click()
    page = reader(CHAPTER)
    ends = page.locator(".rnn-section > .rnn-end")
    for at in (0, 1):
        ends.nth(at).evaluate("end => end.scrollIntoView({block: 'center'})")
        expect(page.locator(".rnn-progress")).to_contain_text(
            f"{at + 1} of {len(chapter.sections)} sections"
        )
    assert kept(page)["sections"] == [
        f"{chapter.stem}/{name}" for name in (first, second)
    ]
    ticked = page.locator(".bd-sidebar-secondary .rnn-reached")
    expect(ticked).to_have_count(2)
    landing = reader("ko/index.html")
    way = landing.get_by_role("link", name="1장 이어서 읽기")
    assert way.get_attribute("href").endswith(f"#cell-{third}")
    way.click()
    landing.wait_for_load_state()
    assert landing.locator(f"#cell-{third}").count() == 1


def test_progress_can_be_cleared_and_is_then_gone(reader):
    page = reader("index.html")
    keep(page).click()
    assert kept(page) == {"sections": [], "right": [], "last": []}
    keep(page).click()
    assert kept(page) is None
    expect(page.locator(".rnn-kept")).to_have_text(
        "Your progress has been cleared."
    )
    expect(keep(page)).to_have_text("Keep my progress")


def test_two_windows_agree(reader):
    landing, page = reader("index.html"), reader(CHAPTER)
    keep(landing).click()
    expect(keep(page)).to_have_text("Clear and stop")
    answer(page, right=True)
    first = landing.locator(".rnn-progress").first
    expect(first).to_contain_text("1 of 6 questions")
    other = reader(CHAPTER)
    answer(other, right=True, at=1)
    answer(page, right=False)
    assert sorted(kept(page)["right"]) == ["1.p1", "1.p2"]
    keep(other).click()
    expect(first).to_be_empty()
    answer(page, right=True)  # an open window does not bring it back
    assert kept(page) is None


@pytest.mark.parametrize(
    "garbage",
    [
        *("", "{", "null", "7", '"x"', "[]", "[1]"),
        '{"sections": 3, "right": {"a": 1}, "last": "x"}',
        '{"sections": [1, null, "x/y"], "right": [[]], "last": ["?", "?"]}',
        '{"__proto__": {"right": ["1.p1"]}, "last": ["01-hopfield"]}',
    ],
)
def test_garbage_in_the_store_does_no_harm(reader, garbage):
    script = f"localStorage.setItem('{STORE}', {json.dumps(garbage)})"
    page = reader("index.html", script)
    expect(keep(page)).to_have_count(1)
    assert page.locator(".rnn-go").count() == 0
    if keep(page).inner_text() == "Keep my progress":
        keep(page).click()
    first = page.locator(".rnn-progress").first
    expect(first).to_contain_text("0 of 13 sections, 0 of 6 questions")


@pytest.mark.parametrize(
    "script",
    [
        # Denied: a browser that blocks site data throws at the first touch.
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('not here', 'SecurityError'); } })",
        # Full.
        "Storage.prototype.setItem = () => {"
        " throw new DOMException('not here', 'QuotaExceededError'); }",
    ],
)
def test_where_nothing_can_be_kept_the_page_says_so(reader, script):
    page = reader(CHAPTER, script)
    answer(page, right=True)
    keep(page).click()
    expect(page.locator(".rnn-kept")).to_have_text(
        "This browser does not let the page keep anything."
    )
    answer(page, right=True, at=1)
    expect(page.locator(".rnn-answer").nth(1)).to_contain_text("Yes.")


def test_progress_works_from_a_folder(reader, site):
    page = reader(CHAPTER, base=site.as_uri())
    keep(page).click()
    answer(page, right=True)
    assert kept(page)["right"] == ["1.p1"]
    landing = reader("index.html", base=site.as_uri())
    first = landing.locator(".rnn-progress").first
    expect(first).to_contain_text("1 of 6 questions")


def test_the_self_test_answers_with_a_place_to_read(reader):
    page = reader("start.html")
    quiz = page.locator("[data-widget=quiz][data-live]").first
    quiz.locator("input").first.check()
    expect(quiz.locator(".rnn-answer")).to_contain_text(
        "See “A row times a matrix” below."
    )
