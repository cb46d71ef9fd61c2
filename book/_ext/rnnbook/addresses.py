"""Clean addresses, and the way from each page to its twin.

The files of the editions lie side by side (notebooks/x, notebooks/ko/x); on
the site each edition has a root of its own (/notebooks/x, /ko/notebooks/x).
"""

from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import relative_uri

NAMES = {"en": "English", "ko": "한국어"}


def published(docname: str) -> str:
    """Return the address of a document below the root of its edition."""
    parts = [part for part in docname.split("/") if part != "ko"]
    if parts[0] == "book":
        parts = parts[1:]
    return "index" if parts == ["intro"] else "/".join(parts)


def editions(docname: str) -> dict[str, str]:
    """Return where a page stands on the site in each edition."""
    page = published(docname) + ".html"
    return {"en": page, "ko": f"ko/{page}"}


class BookBuilder(StandaloneHTMLBuilder):
    """The HTML builder with the addresses above."""

    name = "html"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the link to a document."""
        return super().get_target_uri(published(docname), typ)

    def get_outfilename(self, pagename: str) -> str:
        """Return the file that a page is written to."""
        return super().get_outfilename(published(pagename))


def page_context(
    app: Sphinx, pagename: str, _: str, context: dict[str, Any], __: Any
) -> None:
    """Tell the templates where the same page stands in the other edition."""
    here = app.config.language
    other = "ko" if here == "en" else "en"
    at = editions(pagename)
    context["twin"] = {
        "language": other,
        "name": NAMES[other],
        "url": relative_uri(at[here], at[other]),
    }
    site = app.config.rnnbook_site_url.rstrip("/")
    links = {
        code: f"{site}/{to}" if site else relative_uri(at[here], to)
        for code, to in at.items()
    }
    links[here] = links[here] or at[here].split("/")[-1]  # to itself: ""
    tags = [
        f'<link rel="alternate" hreflang="{code}" href="{url}">'
        for code, url in [*links.items(), ("x-default", links["en"])]
    ]
    if site:
        tags.append(f'<link rel="canonical" href="{links[here]}">')
    context["metatags"] = context.get("metatags", "") + "\n".join(tags)


def setup(app: Sphinx) -> None:
    """Register the builder and the setting of the site's address."""
    app.add_config_value("rnnbook_site_url", "", "html")
    app.add_builder(BookBuilder, override=True)
    app.connect("html-page-context", page_context)
