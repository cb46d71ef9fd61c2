"""The built pages, without a browser: links, languages, weight, contract."""

import base64
import gzip
import json
import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
import yaml

from rnnlib import widgets

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    "index.html",
    "start.html",
    "teaching.html",
    "notation.html",
    "glossary.html",
    "bibliography.html",
    *[
        f"notebooks/{p.stem}.html"
        for p in (ROOT / "notebooks").glob("*.ipynb")
    ],
]
EVERY = [*PAGES, *[f"ko/{page}" for page in PAGES]]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
every_page = pytest.mark.parametrize("name", EVERY)
LOADED = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("link", "href"),
}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads, self.tags = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        self.ids |= {found[k] for k in ("id", "name") if found.get(k)}
        for key in ("href", "src"):
            if found.get(key):
                self.links.append(found[key])
                rel = set((found.get("rel") or "").split())
                if (tag, key) in LOADED and not rel & {
                    *("alternate", "canonical", "next", "prev"),
                    *("index", "search", "author"),
                }:
                    self.loads.append(found[key])


@cache
def page(path):
    return Page(path.read_text(encoding="utf-8"))


@every_page
def test_every_local_link_resolves(site, name):
    path = site / name
    for link in page(path).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = path
        if parts.path:
            target = (path.parent / unquote(parts.path)).resolve()
        assert target.exists(), f"{name}: {link}"
        if parts.fragment and target.suffix == ".html":
            ids = page(target).ids
            assert unquote(parts.fragment) in ids, f"{name}: {link}"


@every_page
def test_nothing_comes_from_another_host(site, name):
    foreign = [u for u in page(site / name).loads if urlsplit(u).netloc]
    assert not foreign


@every_page
def test_each_page_leads_to_its_twin(site, name):
    path = site / name
    korean = name.startswith("ko/")
    twin = site / (name.removeprefix("ko/") if korean else f"ko/{name}")
    tags = page(path).tags
    html = next(found for tag, found in tags if tag == "html")
    assert html["lang"] == ("ko" if korean else "en")
    switch = next(f for _, f in tags if f.get("class") == "rnn-language")
    assert (path.parent / switch["href"]).resolve() == twin.resolve()
    assert switch["hreflang"] == ("en" if korean else "ko")
    links = {
        found["hreflang"]: found["href"]
        for tag, found in tags
        if tag == "link" and "hreflang" in found
    }
    assert set(links) == {"en", "ko", "x-default"}
    assert (path.parent / links[switch["hreflang"]]).resolve() == twin


def test_an_address_makes_the_links_absolute_and_canonical(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    from rnnbook import addresses

    settings = SimpleNamespace(
        language="ko", rnnbook_site_url="https://example.org/book/"
    )
    context = {}
    addresses.page_context(
        SimpleNamespace(config=settings),
        "notebooks/ko/01-hopfield",
        "page.html",
        context,
        None,
    )
    page = "https://example.org/book{}/notebooks/01-hopfield.html"
    tags = context["metatags"]
    assert f'hreflang="en" href="{page.format("")}"' in tags
    assert f'hreflang="ko" href="{page.format("/ko")}"' in tags
    assert f'hreflang="x-default" href="{page.format("")}"' in tags
    assert f'rel="canonical" href="{page.format("/ko")}"' in tags
    sys.modules.pop("rnnbook", None)


@pytest.fixture
def extension(monkeypatch):
    """Let a test import a part of the Sphinx extension."""
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    yield
    sys.modules.pop("rnnbook", None)


def test_a_shared_page_has_words_and_a_card(extension):
    from rnnbook import sharing

    config = SimpleNamespace(
        language="ko",
        html_title="책",
        rnnbook_site_url="https://example.org/b/",
    )
    body = (
        "<p class='x'>no</p><p>One &amp; <em>two</em>? Then three. "
        "<span>\\(x\\)</span> four.</p>"
    )
    context = {"body": body, "title": "A <em>b</em>", "metatags": ""}
    page = (SimpleNamespace(config=config), "notebooks/ko/x", "", context)
    sharing.page_context(*page, doctree=None)
    assert context["metatags"] == ""
    sharing.page_context(*page, doctree=object())
    tags = {
        found.get("name") or found["property"]: found["content"]
        for _, found in Page(context["metatags"]).tags
    }
    assert tags["description"] == "One & two? Then three."
    assert tags["og:site_name"] == "책"
    assert tags["og:title"] == "A b"
    assert tags["og:url"] == "https://example.org/b/ko/notebooks/x.html"
    card = tags["og:image"].removeprefix("https://example.org/b/_static/")
    png = (ROOT / "book" / "_static" / card).read_bytes()
    size = (int.from_bytes(png[k : k + 4], "big") for k in (16, 20))
    assert [f"{n}" for n in size] == [
        tags["og:image:width"],
        tags["og:image:height"],
    ]
    config.rnnbook_site_url = context["metatags"] = ""
    sharing.page_context(*page, doctree=object())
    assert "og:" not in context["metatags"]


def test_the_sitemap_pairs_the_editions(extension, tmp_path):
    from rnnbook import sharing

    app = SimpleNamespace(
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(
            language="en", rnnbook_site_url="https://example.org/b/"
        ),
        env=SimpleNamespace(found_docs={"book/intro", "notebooks/x"}),
        outdir=str(tmp_path),
    )
    sharing.write(app, None)
    robots = (tmp_path / "robots.txt").read_text("utf-8")
    assert "Sitemap: https://example.org/b/sitemap.xml" in robots
    tree = ElementTree.parse(tmp_path / "sitemap.xml")
    pages = ["index.html", "ko/index.html"]
    pages += ["notebooks/x.html", "ko/notebooks/x.html"]
    for (place, *links), page in zip(tree.getroot(), pages, strict=True):
        assert place.text == f"https://example.org/b/{page}"
        twins = {link.get("hreflang"): link.get("href") for link in links}
        english = place.text.replace("/ko/", "/")
        assert twins["en"] == english
        assert twins["ko"] == english.replace("/b/", "/b/ko/")
    app.config.rnnbook_site_url = ""
    sharing.write(app, None)
    assert not (tmp_path / "sitemap.xml").exists()
    assert "Sitemap" not in (tmp_path / "robots.txt").read_text("utf-8")


def test_one_setting_gives_the_binder_button(extension):
    from rnnbook import launch

    options = {
        "repository_url": "https://github.com/who/what",
        "repository_branch": "main",
        "launch_buttons": {"binderhub_url": ""},
    }
    config = SimpleNamespace(html_theme_options=options)
    assert launch.binder(config, "notebooks/x") == ""
    options["launch_buttons"]["binderhub_url"] = "https://mybinder.org/"
    assert launch.binder(config, "notebooks/ko/x") == (
        "https://mybinder.org/v2/gh/who/what/main"
        "?urlpath=lab%2Ftree%2Fnotebooks%2Fko%2Fx.ipynb"
    )


@every_page
def test_each_page_is_described_in_its_language(site, name):
    (words,) = [
        found["content"]
        for tag, found in page(site / name).tags
        if tag == "meta" and found.get("name") == "description"
    ]
    assert 12 < len(words) <= 160
    assert bool(re.search("[가-힣]", words)) == name.startswith("ko/")
    assert not re.search(r"[\\<{]", words)


def test_the_landing_page_is_the_root(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "http-equiv" not in text
    assert 'data-widget="memory_plate"' in text
    assert not (site / "book").exists()


def packed(*files):
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


@every_page
def test_a_page_is_light(site, name):
    path = site / name
    found = page(path)
    # Scripts bring the recorded numbers, and MathJax in its parts.
    brought = [
        tag[key]
        for _, tag in found.tags
        for key in ("data-from", "data-more", "data-mathjax")
        if tag.get(key)
    ]
    files = {
        (path.parent / unquote(urlsplit(link).path)).resolve()
        for link in (*found.loads, *brought)
        if not link.startswith("data:")
    }
    if any("mathjax" in link for link in brought):
        files |= {*(site / "_static" / "mathjax").rglob("*.js")}
    ours = [
        f
        for f in files
        if re.match(r"rnn-|widgets|book|landing|progress", f.name)
        or f.parent.name == "rnn-data"
    ]
    assert packed(path, *ours) < 500_000
    # Everything a first visit loads, the theme and MathJax too.
    assert not any("fontawesome" in file.name for file in files)
    assert packed(path, *files) < 900_000


@every_page
def test_what_stands_before_the_first_widget_is_small(site, name):
    # Half a second of a slow phone's network, and half of its processor's.
    path = site / name
    found = page(path)
    (style,) = (
        tag["href"]
        for tag_name, tag in found.tags
        if tag_name == "link"
        and tag.get("rel") == "stylesheet"
        and "landing" not in tag["href"]
    )
    scripts = [
        tag
        for tag_name, tag in found.tags
        if tag_name == "script" and "src" in tag
    ]
    waiting = [tag for tag in scripts if "/rnn-" not in tag["src"]]
    if not name.endswith("search.html"):
        assert all("defer" in tag for tag in waiting)
    first = [path.parent / urlsplit(style).path]
    text = path.read_text(encoding="utf-8")
    if 'class="rnn-widget"' in text:
        # Asked for in the head, run right after the first widget.
        (script,) = (tag["src"] for tag in scripts if "/rnn-" in tag["src"])
        assert ("link", script) in [
            (tag_name, tag.get("href"))
            for tag_name, tag in found.tags
            if tag.get("rel") == "preload"
        ]
        before = text[: text.index(f'src="{script}"')]
        assert before.count('class="rnn-widget"') == 1
        first.append(path.parent / urlsplit(script).path)
    assert packed(path, *first) < 150_000


@every_page
def test_each_widget_has_a_picture_with_words_and_a_payload(site, name):
    path = site / name
    text = path.read_text(encoding="utf-8")
    parts = re.findall(
        r'<div class="rnn-widget" data-widget="(\w+)"><img alt="([^"]{8,})" '
        r'src="([^"]+)"[^>]*>.*?<script type="application/json"'
        r'(?: data-key="(\w+)" data-from="([^"]+)")?>(.*?)</script></div>',
        text,
        re.DOTALL,
    )
    assert len(parts) == text.count('class="rnn-widget"')
    language = "ko" if name.startswith("ko/") else "en"
    for _, _, source, key, link, payload in parts:
        inline = source.removeprefix("data:image/png;base64,")
        png = (
            (path.parent / source).read_bytes()
            if inline == source
            else base64.b64decode(inline)
        )
        assert png.startswith(b"\x89PNG")
        if key:
            script = (path.parent / link).read_text(encoding="utf-8")
            head = f'(window.rnnData ??= {{}})["{key}"] = () => ('
            assert script.startswith(head)
            payload = script.removeprefix(head).removesuffix(");\n")
        assert json.loads(payload)["state"]["language"] == language
    loaded = re.search(r"_static/rnn-[\w-]+\.js", text) is not None
    assert loaded == bool(parts)


def classes(text):
    return {
        name
        for names in re.findall(r'class="([^"]*)"', text)
        for name in names.split()
    }


@pytest.mark.parametrize("language", ["", "ko/"])
def test_the_theme_keeps_every_rule_that_a_page_can_use(site, language):
    static = site / language / "_static"
    named = re.compile(r"\.(-?[A-Za-z_][\w-]*)(?=[^{}]*\{)")
    theme = (static / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    ours = (static / "rnn-page.css").read_text("utf-8")
    used = set()
    for name in EVERY:
        if name.startswith("ko/") == bool(language):
            used |= classes((site / name).read_text(encoding="utf-8"))
    had = used & {*named.findall(theme)}
    assert len(had) > 40
    kept = {*named.findall(ours)}
    # Icons come from book.css, not from the theme's font.
    assert {name for name in had - kept if "fa-" not in name} == set()
    assert len(ours) < len(theme)
    assert "@font-face" not in ours


def test_a_stylesheet_is_trimmed_by_its_classes(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    from rnnbook import lean

    css = (
        "a,.here>p,.gone{x:1}/* } */.gone .here{x:2}"
        '@media (width>1px){.gone{x:3}.here:not(.gone,b){y:"}"}}'
        "@media print{.gone{x:4}}@font-face{x:5}@keyframes k{to{x:6}}"
    )
    assert lean.trimmed(css, {"here"}).replace("\n", "") == (
        'a,.here>p{x:1}@media (width>1px){.here:not(.gone,b){y:"}"}}'
        "@keyframes k{to{x:6}}"
    )
    sys.modules.pop("rnnbook", None)


def test_every_widget_of_the_book_is_on_the_site(site):
    text = "".join((site / name).read_text("utf-8") for name in PAGES)
    for name in widgets.__all__:
        stem = getattr(getattr(widgets, name), "stem", None)
        assert stem is None or f'data-widget="{stem}"' in text


@pytest.mark.parametrize("language", ["", "ko/"])
def test_figures_are_part_of_the_page_and_speak(site, language):
    for source in (ROOT / "notebooks" / language).glob("*.ipynb"):
        cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
        drawn = [
            c for c in cells if "image" in c["metadata"].get("mystnb", {})
        ]
        html = site / f"{language}notebooks/{source.stem}.html"
        text = html.read_text(encoding="utf-8")
        figures = re.findall(
            r'<svg class="rnn-figure" role="img" aria-label="([^"]*)"', text
        )
        assert len(figures) == len(drawn)
        assert all(len(words) > 20 for words in figures)
        assert "var(--rnn-blue)" in text
        assert "#1f6fb2" not in text.split("<script")[0]


def test_the_editions_are_set_alike():
    english, korean = (
        yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
        for name in ("_config.yml", "_config.ko.yml")
    )
    for config in (english, korean):
        for key in ("title", "author"):
            del config[key]
        del config["html"]["extra_footer"]
        del config["latex"]["latex_documents"]["targetname"]
        settings = config["sphinx"]["config"]
        del settings["language"]
        for key in ("toc_title", "search_bar_text"):
            del settings["html_theme_options"][key]
    assert english == korean


@pytest.mark.parametrize("language", ["", "ko/"])
def test_one_setting_names_the_repository(site, language):
    repository = CONFIG["repository"]
    owner = repository["url"].removeprefix("https://github.com/")
    colab = (
        f"https://colab.research.google.com/github/{owner}/blob/"
        f"{repository['branch']}/notebooks/{language}"
    )
    for source in (ROOT / "notebooks" / language).glob("*.ipynb"):
        html = site / f"{language}notebooks/{source.stem}.html"
        assert f"{colab}{source.name}" in page(html).links
        assert f"git+{repository['url']}@" in source.read_text("utf-8")
    landing = page(site / f"{language}index.html").links
    assert f"{colab}01-hopfield.ipynb" in landing
    readme = ROOT / ("README.ko.md" if language else "README.md")
    assert f"{colab}01-hopfield.ipynb" in readme.read_text("utf-8")


def test_no_other_repository_is_named(site):
    owner = CONFIG["repository"]["url"].removeprefix("https://github.com/")
    for name in EVERY:
        for link in page(site / name).links:
            if "github.com/" in link or "/github/" in link:
                assert owner in link, f"{name}: {link}"


@pytest.mark.parametrize("language", ["", "ko/"])
def test_the_glossary_holds_every_term(site, language):
    terms = yaml.safe_load((ROOT / "book/glossary.yml").read_text("utf-8"))
    text = (site / f"{language}glossary.html").read_text("utf-8")
    for term in terms:
        for word in (term["en"], term["ko"]):
            first = re.split(r"[('&/]", word)[0].strip()
            assert first in text, word
    # A term that a chapter explains leads to the section that does.
    explained = [term for term in terms if "cell" in term]
    links = page(site / f"{language}glossary.html").links
    found = [link for link in links if link.startswith("notebooks/")]
    assert sum("#" in link for link in found) == len(explained)
    assert sum("define" in term for term in terms) >= 45


def test_korean_words_are_indexed_without_their_particles(site):
    text = (site / "ko" / "searchindex.js").read_text(encoding="utf-8")
    terms = json.loads(text.removeprefix("Search.setIndex(")[:-1])["terms"]
    for word in ("에너지", "기억", "겹침", "가중치"):
        assert word in terms, word
