"""Files of the site: the widgets' script, mathematics without a network."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from rnnlib.widgets import base


def page_context(
    app: Sphinx, _: str, __: str, context: dict[str, Any], ___: Any
) -> None:
    """Load the widgets where there are any; mend the theme's scripts."""
    if 'class="rnn-widget"' in context.get("body", ""):
        app.add_js_file("rnn-widgets.js", loading_method="defer")
    # sphinxcontrib-bibtex puts entries that are no list items into a list.
    context["body"] = context.get("body", "").replace(
        'role="doc-biblioentry"', 'role="listitem"'
    )
    context["default_mode"] = "auto"  # else the theme logs an error
    # sphinx-thebe declares one constant twice, a SyntaxError on every page;
    # the book does not use it.
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "THEBE_JS_URL" not in (script.attributes.get("body") or "")
    ]


def copy(app: Sphinx, exception: Exception | None) -> None:
    """Write the widgets' files and MathJax beside the other static files."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "rnn-widgets.js").write_text(base.bundle(), encoding="utf-8")
    (static / "widgets.css").write_text(base.CSS, encoding="utf-8")

    spec = find_spec("sphinx-mathjax-offline")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parent / "static" / "mathjax"
    fonts = Path("output/chtml/fonts/woff-v2")
    target = static / "mathjax"
    shutil.copytree(source / fonts, target / fonts, dirs_exist_ok=True)
    shutil.copy(source / "tex-chtml.js", target)


def setup(app: Sphinx) -> None:
    """Connect the parts; MathJax comes from the site itself."""
    app.config.mathjax_path = "mathjax/tex-chtml.js"
    app.config.mathjax3_config = {
        "chtml": {"displayAlign": "center"},
        "options": {"menuOptions": {"settings": {"inTabOrder": False}}},
    }
    app.add_css_file("widgets.css")
    app.add_css_file("book.css", priority=900)
    app.add_js_file("book.js", loading_method="defer")
    app.connect("html-page-context", page_context, priority=900)
    app.connect("build-finished", copy)
