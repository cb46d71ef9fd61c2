"""Where the notebook of a page runs, from the repository of _config.yml."""

from typing import Any
from urllib.parse import quote

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

COLAB = "https://colab.research.google.com/github"
WORDS = {
    "en": ("Start with chapter 1", "Run it in Colab"),
    "ko": ("1장부터 읽기", "코랩에서 실행하기"),
}


def colab(config: Config, docname: str) -> str:
    """Return the address that opens a notebook of the book in Colab."""
    options = config.html_theme_options
    owner = options["repository_url"].removeprefix("https://github.com/")
    branch = options["repository_branch"]
    return f"{COLAB}/{owner}/blob/{branch}/{docname}.ipynb"


def binder(config: Config, docname: str) -> str:
    """Return the address that opens a notebook on Binder; nothing if none."""
    options = config.html_theme_options
    hub = (options["launch_buttons"].get("binderhub_url") or "").rstrip("/")
    owner = options["repository_url"].removeprefix("https://github.com/")
    branch = options["repository_branch"]
    path = quote(f"lab/tree/{docname}.ipynb", safe="")
    return hub and f"{hub}/v2/gh/{owner}/{branch}?urlpath={path}"


class Start(SphinxDirective):
    """The two ways into a chapter: read it, or run it."""

    required_arguments = 1  # the notebook, as a link from this page

    def run(self) -> list[nodes.Node]:
        """Return the buttons."""
        read, run = WORDS[self.config.language]
        link = self.arguments[0]
        _, docname = self.env.relfn2path(link.removesuffix(".ipynb"))
        docname = self.env.path2doc(f"{docname}.ipynb") or ""
        text = f"[{read}]({link})\n[{run}]({colab(self.config, docname)})"
        box = nodes.container(classes=["rnn-buttons"])
        lines = StringList(text.splitlines(), self.env.docname)
        self.state.nested_parse(lines, 0, box)
        return [box]


def page_context(
    app: Sphinx, pagename: str, _: str, context: dict[str, Any], __: Any
) -> None:
    """Give the header of a page its links."""
    assert app.env is not None
    context["repository"] = app.config.html_theme_options["repository_url"]
    if str(app.env.doc2path(pagename)).endswith(".ipynb"):
        context["notebook"] = {
            "colab": colab(app.config, pagename),
            "binder": binder(app.config, pagename),
        }


def setup(app: Sphinx) -> None:
    """Register the buttons and the header's links."""
    app.add_directive("start", Start)
    app.connect("html-page-context", page_context)
