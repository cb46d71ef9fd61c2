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
    files = {
        (path.parent / unquote(urlsplit(link).path)).resolve()
        for link in page(path).loads
        if not link.startswith("data:")
    }
    ours = [
        f
        for f in files
        if re.match(r"rnn-|widgets|book|landing|progress", f.name)
    ]
    assert packed(path, *ours) < 500_000
    # Everything a first visit loads, the theme and MathJax too.
    assert not any("fontawesome" in file.name for file in files)
    assert packed(path, *files) < 900_000


@every_page
def test_each_widget_has_a_picture_with_words_and_a_payload(site, name):
    text = (site / name).read_text(encoding="utf-8")
    parts = re.findall(
        r'<div class="rnn-widget" data-widget="(\w+)"><img alt="([^"]{8,})" '
        r'src="data:image/png;base64,([\w+/=]+)">.*?'
        r'<script type="application/json">(.*?)</script></div>',
        text,
        re.DOTALL,
    )
    assert len(parts) == text.count('class="rnn-widget"')
    language = "ko" if name.startswith("ko/") else "en"
    for _, _, png, payload in parts:
        assert base64.b64decode(png).startswith(b"\x89PNG")
        assert json.loads(payload)["state"]["language"] == language
    loaded = re.search(r"_static/rnn-[\w-]+\.js", text) is not None
    assert loaded == bool(parts)


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
