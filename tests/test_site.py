"""The built pages, without a browser: links, languages, weight, contract."""

import base64
import gzip
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from rnnlib import widgets

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    "index.html",
    "notation.html",
    "glossary.html",
    "bibliography.html",
    *[
        f"notebooks/{p.stem}.html"
        for p in (ROOT / "notebooks").glob("*.ipynb")
    ],
]
EVERY = [*PAGES, *[f"ko/{page}" for page in PAGES]]
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


def test_the_landing_page_is_the_root(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "http-equiv" not in text
    assert 'data-widget="memory_plate"' in text
    assert not (site / "book").exists()


@every_page
def test_a_page_of_ours_is_light(site, name):
    ours = ["_static/rnn-widgets.js", "_static/widgets.css"]
    ours += ["_static/book.css", "_static/book.js", name]
    data = [(site / file).read_bytes() for file in ours]
    assert sum(len(gzip.compress(each)) for each in data) < 500_000


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
    loaded = "rnn-widgets.js" in text
    assert loaded == bool(parts)


def test_every_widget_of_the_book_is_on_the_site(site):
    text = "".join((site / name).read_text("utf-8") for name in PAGES)
    for name in widgets.__all__:
        if name != "language":
            stem = getattr(widgets, name).stem
            assert f'data-widget="{stem}"' in text


def test_figures_are_part_of_the_page_and_speak(site):
    for language in ("", "ko/"):
        text = (site / f"{language}notebooks/01-hopfield.html").read_text(
            encoding="utf-8"
        )
        figures = re.findall(
            r'<svg class="rnn-figure" role="img" aria-label="([^"]*)"', text
        )
        stored = (ROOT / f"notebooks/{language}01-hopfield.ipynb").read_text(
            encoding="utf-8"
        )
        assert len(figures) == stored.count('"mystnb"') > 0
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


def test_the_launch_button_opens_this_notebook(site):
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    owner = config["repository"]["url"].removeprefix("https://github.com/")
    for language, folder in (("", ""), ("ko/", "ko/")):
        links = page(site / f"{language}notebooks/01-hopfield.html").links
        want = (
            f"https://colab.research.google.com/github/{owner}/blob/main/"
            f"notebooks/{folder}01-hopfield.ipynb"
        )
        assert want in links


def test_the_glossary_holds_every_term(site):
    terms = yaml.safe_load((ROOT / "book/glossary.yml").read_text("utf-8"))
    for language in ("", "ko/"):
        text = (site / f"{language}glossary.html").read_text("utf-8")
        for term in terms:
            for word in (term["en"], term["ko"]):
                first = re.split(r"[('&/]", word)[0].strip()
                assert first in text, word


def test_korean_words_are_indexed_without_their_particles(site):
    text = (site / "ko" / "searchindex.js").read_text(encoding="utf-8")
    terms = json.loads(text.removeprefix("Search.setIndex(")[:-1])["terms"]
    for word in ("에너지", "기억", "겹침", "가중치"):
        assert word in terms, word
