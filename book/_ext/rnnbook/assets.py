"""Files of the site: the widgets' script, mathematics without a network."""

import hashlib
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from rnnlib.widgets import base

WIDGET = re.compile(r'class="rnn-widget" data-widget="(\w+)"')
UNUSED = (
    *("thebe", "THEBE_JS_URL", "design-tabs", "sphinx-design"),
    *("togglebutton", "toggleHint", "toggleOpenOnPrint"),
)
# MathJax in the parts that the book needs. Without its menu, which is a third
# of it, makes each formula a tab stop and offers what another host delivers.
MATHJAX = (
    *("startup.js", "core.js", "input/tex.js", "output/chtml.js"),
    *("output/chtml/fonts/tex.js", "a11y/assistive-mml.js"),
)


def unused(file: Any) -> bool:
    """Tell whether a script or stylesheet serves nothing in this book."""
    if "widget-state" in str(file.attributes.get("type")):
        return True  # what a live notebook knows of its widgets
    name = str(file.filename or file.attributes.get("body"))
    return any(word in name for word in UNUSED)


def page_context(
    app: Sphinx, name: str, __: str, context: dict[str, Any], ___: Any
) -> None:
    """Load the widgets that the page has; mend the theme's scripts."""
    stems = WIDGET.findall(context.get("body", ""))
    if stems:
        # Scripts of what the page needs: all widgets weigh as much as a
        # chapter. The first widget's is asked for at once and runs as soon
        # as that widget is there; it brings the others'.
        first, rest = {stems[0]}, {*stems} - {stems[0]}
        static = Path(app.outdir) / "_static"

        def written(file: str, text: str) -> str:
            (static / file).write_text(text, encoding="utf-8")
            mark = hashlib.sha256(text.encode()).hexdigest()[:8]
            return f"{context['pathto'](f'_static/{file}', 1)}?v={mark}"

        stem = f"rnn-{Path(name).name}"
        link = written(f"{stem}.js", base.bundle(first))
        more = ""
        if rest:
            text = base.bundle(rest, there=first)
            more = f' data-more="{written(f"{stem}-more.js", text)}"'
        context["metatags"] = context.get("metatags", "") + (
            f'\n<link rel="preload" as="script" fetchpriority="high" '
            f'href="{link}">'
        )
        body = context["body"]
        end = "</script></div>"
        at = body.index(end, WIDGET.search(body).start()) + len(end)
        context["body"] = (
            f'{body[:at]}<script{more} src="{link}"></script>{body[at:]}'
        )
    if "rnn-lead" in context.get("body", ""):
        app.add_css_file("landing.css", priority=901)
    # sphinxcontrib-bibtex puts entries that are no list items into a list.
    context["body"] = context.get("body", "").replace(
        'role="doc-biblioentry"', 'role="listitem"'
    )
    context["default_mode"] = "auto"  # else the theme logs an error
    # sphinx-thebe declares one constant twice, a SyntaxError on every page;
    # the book uses neither it, nor tabs, nor what folds away.
    for kind in ("script_files", "css_files"):
        context[kind] = [
            file for file in context.get(kind, []) if not unused(file)
        ]


def copy(app: Sphinx) -> None:
    """Write the widgets' files and MathJax to the other static files.

    Before the pages, which name these files with a checksum, so that no
    browser keeps an old script for a new page.
    """
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "widgets.css").write_text(base.CSS, encoding="utf-8")

    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise ExtensionError(
            "sphinx-mathjax-offline is missing: "
            "pip install -r requirements.txt"
        )
    source = Path(spec.origin).parent / "static" / "mathjax"
    fonts = Path("output/chtml/fonts/woff-v2")
    target = static / "mathjax"
    shutil.rmtree(target, ignore_errors=True)  # no part of another choice
    shutil.copytree(source / fonts, target / fonts, dirs_exist_ok=True)
    for part in MATHJAX:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / part, target / part)


def setup(app: Sphinx) -> None:
    """Connect the parts; MathJax comes from the site itself."""
    app.config.mathjax_path = "mathjax/startup.js"
    app.config.mathjax3_config = {
        "loader": {
            "load": ["input/tex", "output/chtml", "a11y/assistive-mml"]
        },
        "chtml": {"matchFontHeight": False, "scale": 1.12},
        # What a screen reader reads.
        "options": {"enableAssistiveMml": True},
    }
    app.add_css_file("widgets.css")
    app.add_css_file("book.css", priority=900)
    app.add_js_file("book.js", loading_method="defer")
    app.connect("html-page-context", page_context, priority=900)
    app.connect("builder-inited", copy)
