"""What search engines and shared links show of a page."""

import html
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docutils import nodes
from sphinx.application import Sphinx

from .addresses import editions

LOCALES = {"en": "en_US", "ko": "ko_KR"}
CARDS = {"en": "card.png", "ko": "card.ko.png"}  # book/_tools/card.py
LENGTH = 160  # of a description; what is longer is cut off by who shows it

PARAGRAPH = re.compile(r'<p(?: class="rnn-subtitle")?>(.*?)</p>', re.DOTALL)
URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:xhtml="http://www.w3.org/1999/xhtml">
{}
</urlset>
"""


def plain(text: str) -> str:
    """Return the words of a piece of HTML."""
    return " ".join(html.unescape(re.sub("<[^>]*>", "", text)).split())


def description(body: str) -> str:
    """Return the first sentences of a page that fit and hold no formula."""
    found = PARAGRAPH.search(body)
    sentences = re.split(r"(?<=[.?!:]) ", plain(found[1])) if found else []
    said = ""
    for sentence in sentences:
        more = f"{said} {sentence}".lstrip()
        if "\\(" in sentence or len(more) > LENGTH:
            break
        said = more
    return said


def page_context(
    app: Sphinx,
    pagename: str,
    _: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Describe a page, and give its link a face where it has an address."""
    if doctree is None:  # the search page
        return
    here = app.config.language
    said = description(context["body"])
    tags = [("name", "description", said)]
    site = app.config.rnnbook_site_url.rstrip("/")
    if site:
        tags += [
            ("property", "og:type", "article"),
            ("property", "og:site_name", app.config.html_title),
            ("property", "og:locale", LOCALES[here]),
            ("property", "og:url", f"{site}/{editions(pagename)[here]}"),
            ("property", "og:title", plain(context["title"])),
            ("property", "og:description", said),
            ("property", "og:image", f"{site}/_static/{CARDS[here]}"),
            ("property", "og:image:width", "1200"),
            ("property", "og:image:height", "630"),
            ("property", "og:image:alt", app.config.html_title),
            ("name", "twitter:card", "summary_large_image"),
        ]
    context["metatags"] = context.get("metatags", "") + "\n".join(
        f'<meta {kind}="{name}" content="{html.escape(content)}">'
        for kind, name, content in tags
    )


def sitemap(site: str, docnames: list[str]) -> str:
    """Return a sitemap of both editions, each page with its twin."""
    entries = []
    for docname in sorted(docnames):
        at = {
            code: escape(f"{site}/{page}")
            for code, page in editions(docname).items()
        }
        twins = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>'
            for code, url in at.items()
        )
        entries += [f"<url><loc>{u}</loc>{twins}</url>" for u in at.values()]
    return URLSET.format("\n".join(entries))


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write sitemap.xml and robots.txt to the root of the site.

    The English edition, which lies there, writes them for both. A host
    reads robots.txt only at its own root, not in a folder.
    """
    here = app.config.language
    if exception or app.builder.format != "html" or here != "en":
        return
    assert app.env is not None
    site = app.config.rnnbook_site_url.rstrip("/")
    files = {"robots.txt": "User-agent: *\nAllow: /\n"}
    if site:
        files["robots.txt"] += f"Sitemap: {site}/sitemap.xml\n"
        files["sitemap.xml"] = sitemap(site, list(app.env.found_docs))
    else:
        (Path(app.outdir) / "sitemap.xml").unlink(missing_ok=True)
    for name, text in files.items():
        (Path(app.outdir) / name).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect to the pages and to the end of a build."""
    app.connect("html-page-context", page_context)
    app.connect("build-finished", write)
