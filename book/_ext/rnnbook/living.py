"""Living widgets on the pages without code."""

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rnnlib import widgets


class WidgetDirective(SphinxDirective):
    """A widget with no notebook around it; the body holds its arguments."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the widget as it stands in a cell's output."""
        name = self.arguments[0]
        if name not in widgets.__all__:
            raise self.error(f"widget: expected one of {widgets.__all__}")
        widgets.language(self.config.language)
        arguments = json.loads("\n".join(self.content) or "{}")
        widget = getattr(widgets, name)(**arguments)
        node = nodes.raw("", widget.to_html(), format="html")
        if self.env.app.builder.format == "latex":  # see printing
            png = Path(self.env.app.outdir) / f"{self.env.new_serialno()}.png"
            png.write_bytes(widget.to_png(dpi=240))
            node["png"] = str(png)
        return [node]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("widget", WidgetDirective)
