"""The book without a network: the zip of the site, the printed edition."""

import re
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = "notebooks/01-hopfield.html"


@pytest.fixture
def tools(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_tools"))
    import pack
    import pdf

    return SimpleNamespace(pack=pack, pdf=pdf)


@pytest.fixture
def printing(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    from rnnbook import printing

    return printing


@pytest.fixture
def unpacked(tools, site, tmp_path):
    """Unpack the zip of the site where no site was built: its folder."""
    tools.pack.pack(site, tmp_path / "book.zip")
    with zipfile.ZipFile(tmp_path / "book.zip") as archive:
        archive.extractall(tmp_path)
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    return folder


@pytest.fixture
def opened(browser, unpacked):
    """Open a file of the zip; no request may leave it, nothing may fail."""
    context = browser.new_context()
    noise = []

    def go(name):
        page = context.new_page()
        inside = (unpacked.as_uri(), "data:", "blob:")
        page.on(
            "request",
            lambda r: r.url.startswith(inside) or noise.append(r.url),
        )
        page.on("requestfailed", lambda r: noise.append(f"failed: {r.url}"))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on(
            "console",
            lambda m: m.type in ("error", "warning") and noise.append(m.text),
        )
        page.goto(f"{unpacked.as_uri()}/{name}")
        return page

    yield go
    context.close()
    assert not noise


@pytest.mark.parametrize("edition", ["", "ko/"])
def test_the_unpacked_zip_is_alive(opened, edition):
    page = opened(f"{edition}index.html")
    page.wait_for_selector('.rnn-widget[data-live="true"]')
    chapter = page.locator(f'a[href="{CHAPTER}"]').first
    chapter.evaluate("link => link.click()")
    page.wait_for_selector(".rnn-figure")
    page.wait_for_function(
        """() => [...document.querySelectorAll('.rnn-widget')]
              .every((widget) => widget.dataset.live === "true")"""
    )
    page.wait_for_selector("mjx-container")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(
        """() => [...document.fonts].some(
              (font) => font.family.startsWith("MJX") &&
                        font.status === "loaded")"""
    )


@pytest.mark.parametrize(
    ("edition", "word"), [("", "energy"), ("ko/", "에너지")]
)
def test_the_search_of_the_zip_finds_a_chapter(opened, edition, word):
    page = opened(f"{edition}search.html?q={word}")
    found = page.locator("#search-results li a")
    found.first.wait_for(timeout=10_000)
    hrefs = [link.get_attribute("href") for link in found.all()]
    assert any(CHAPTER in href for href in hrefs)


def test_what_the_pages_of_the_zip_name_is_in_it(unpacked):
    pages = list(unpacked.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"#?]+)', text):
            if not re.match(r"[a-z]+:", link):
                assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_one_site_makes_one_zip(tools, tmp_path):
    made = []
    for order in ("ab", "ba"):
        site = tmp_path / order
        for name in order:
            (site / name).mkdir(parents=True)
            (site / name / "page.html").write_text(name)
        for useless in ("_sources/a.md", ".buildinfo", "a/theme.css.map"):
            (site / useless).parent.mkdir(exist_ok=True)
            (site / useless).write_text(order)
        target = tmp_path / f"{order}.zip"
        tools.pack.pack(site, target)
        made.append(target.read_bytes())
    assert made[0] == made[1]
    names = zipfile.ZipFile(target).namelist()
    top = "networks-with-memory"
    assert names == [f"{top}/a/page.html", f"{top}/b/page.html"]


LOG = """\
Missing character: There is no 한 (U+D55C) in font [texgyrepagella]/!
LaTeX Warning: Reference `solution-1.1' on page 4 undefined on input line 9.
LaTeX Warning: Hyper reference `notation::doc' on page 2 undefined on input 1.
Overfull \\hbox (41.4pt too wide) in paragraph at lines 5--5
Overfull \\hbox (3.1pt too wide) in paragraph at lines 7--7
"""


def test_the_log_of_xetex_is_read(tools):
    faults = tools.pdf.problems_of_log(LOG)
    assert len(faults) == 4
    for word in ("한", "solution-1.1", "notation::doc", "41.4pt"):
        assert any(word in fault for fault in faults)
    assert not tools.pdf.problems_of_log("Underfull \\hbox\nno fault\n")


FONTS = """\
name                     type         encoding     emb sub uni object ID
------------------------ ------------ ------------ --- --- --- ---------
ABCDEF+NotoSerifCJKkr    CID Type 0C  Identity-H   yes yes yes    14  0
ABCDEF+TeXGyreHeros-Regular-Identity CID Type 0C Identity-H yes yes yes 15 0
Helvetica                Type 1       Standard     no  no  no     20  0
"""


def test_a_font_outside_the_pdf_is_named(tools):
    (fault,) = tools.pdf.problems_of_fonts(FONTS)
    assert "Helvetica" in fault
    assert not tools.pdf.problems_of_fonts(FONTS.rsplit("Helv", 1)[0])


def test_text_that_cannot_be_copied_is_a_fault(tools):
    faults = tools.pdf.problems_of_text
    assert not faults("기억을 갖는 신경망" * 40 + "\f", "ko")
    assert faults("memory" * 40 + "\f", "ko")
    assert faults("기억을 갖는 신경망" * 40 + "\ufffd\f", "ko")
    assert faults("", "en")


def test_a_machine_without_tex_is_told_what_to_install(tools, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(tools.pdf.build, "main", lambda: 1 / 0)
    with pytest.raises(SystemExit) as stopped:
        tools.pdf.main()
    words = str(stopped.value).split("apt-get install")[1].split()
    for needed in (tools.pdf.PROGRAMS, tools.pdf.FILES, tools.pdf.FONTS):
        assert {*needed.values()} <= {*words}


def printed(printing, *children, site="", language="en", root=ROOT):
    """Return a document of one section as it goes to print."""
    config = SimpleNamespace(language=language, rnnbook_site_url=site)
    app = SimpleNamespace(
        env=SimpleNamespace(docname="notebooks/01-hopfield"),
        config=config,
        srcdir=str(root),
    )
    title = nodes.title("", "Read")
    section = nodes.section("", title, *children, ids=["read"])
    document = nodes.document(None, None)
    document += section
    printing.Printer(app, document).run()
    return document


def test_a_printed_solution_stands_at_the_end(printing):
    first = nodes.paragraph("", "", nodes.strong("", "Exercise 1.2."))
    fold = nodes.raw("", "<details><summary>S</summary>", format="html")
    answer = nodes.paragraph("", "the product")
    end = nodes.raw("", "</details>", format="html")
    after = nodes.paragraph("", "and so on")
    document = printed(printing, first, fold, answer, end, after)
    text = document.astext()
    assert text.index("and so on") < text.index("the product")
    assert "\\rnnback{Solution on page}{solution-1.2}" in text
    assert "\\label{solution-1.2}" in text
    assert "details" not in text


def test_a_printed_question_has_its_choices_and_later_its_answer(printing):
    from rnnlib import widgets

    quiz = widgets.Quiz("1.p1")
    raw = nodes.raw("", quiz.to_html(), format="html", png="unused.png")
    text = printed(printing, raw).astext()
    for choice in quiz.choices:
        assert choice["text"] in text
    right = next(c for c in quiz.choices if c["right"])
    assert f"(b) {right['feedback']}" in text
    assert text.index(right["text"]) < text.index(right["feedback"])
    assert "\\label{answer-notebooks/01-hopfield-1}" in text


@pytest.mark.parametrize("site", ["", "https://example.org/book/"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_printed_widget_says_where_it_moves(
    printing, tmp_path, site, language
):
    from rnnlib import widgets

    widget = widgets.MemoryPlate()
    png = tmp_path / "plate.png"
    png.write_bytes(widget.to_png(dpi=40))
    raw = nodes.raw("", widget.to_html(), format="html", png=str(png))
    document = printed(
        printing, raw, site=site, language=language, root=tmp_path
    )
    assert widget.summary() in document.astext()
    (image,) = document.findall(nodes.image)
    assert (tmp_path / image["uri"].lstrip("/")).exists()
    links = [node["refuri"] for node in document.findall(nodes.reference)]
    if site:
        edition = "ko/" if language == "ko" else ""
        page = f"{site}{edition}{CHAPTER}#read"
        assert links == [page]
    else:
        assert not links
        assert "Read" in document.astext()


def test_a_download_is_offered_only_where_it_is_published(printing):
    def offered(**settings):
        context = {}
        config = SimpleNamespace(language="ko", **settings)
        app = SimpleNamespace(config=config)
        printing.page_context(app, "index", "", context, None)
        return [url for url, _ in context["downloads"]]

    there = "https://example.org/book"
    assert not offered(rnnbook_site_url="", rnnbook_downloads=True)
    assert not offered(rnnbook_site_url=there, rnnbook_downloads=False)
    assert offered(rnnbook_site_url=there, rnnbook_downloads=True) == [
        f"{there}/networks-with-memory.zip",
        f"{there}/networks-with-memory-ko.pdf",
    ]
    sys.modules.pop("rnnbook", None)
