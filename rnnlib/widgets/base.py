"""What every widget shares: one Python class, one ES module, two hosts.

With a kernel (JupyterLab, Colab, VS Code) anywidget runs the module and
Python answers. On a page of the book no Python runs: there the same module
is brought to life by ``host.js`` from the HTML that `Widget.to_html` leaves
in the cell's output. A widget computes in one of two ways:

- an `Explorer` has a few parameters: Python computes, and the page carries
  a recorded grid of the results;
- any other `Widget` takes input that nobody can enumerate (a drawing, a
  text): its module computes the forward step itself.
"""

import base64
import html
import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import ipywidgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rnnlib import language

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?=(?:function|const|class) (\w+))", re.MULTILINE
)
DEFAULT = "export default { render };"
# What a page need not carry: whole-line comments, and indentation.
REMARKS = re.compile(
    r"^ *(?:/\*\*.*?\*/|//.*?)\n|^ +", re.MULTILINE | re.DOTALL
)

# The traits of every ipywidget: they say nothing about this one.
NOT_OURS = {*ipywidgets.DOMWidget.class_trait_names(), "comm", "keys"}


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def esm(name: str) -> str:
    """Return the module NAME.js with what it imports pasted in.

    A notebook loads a widget's text from a blob, where a relative import
    cannot work.
    """
    pasted: set[str] = set()

    def paste(match: re.Match[str]) -> str:
        part = match[2]
        if part in pasted:
            return ""
        pasted.add(part)
        return EXPORT.sub("", IMPORT.sub(paste, _read(f"{part}.js")))

    return IMPORT.sub(paste, _read(f"{name}.js"))


def bundle(
    stems: Iterable[str] | None = None, there: Iterable[str] = ()
) -> str:
    """Return widgets, by default all, and their host as one classic script.

    A classic script, unlike a module, also runs from a folder (``file://``).
    Each module is a function that runs once; what several import is there
    once. Where a bundle of the widgets `there` runs before this one, only
    what it lacks is in this.
    """
    parts = [
        "const { widgets, parts_ } = (window.rnn ??= "
        "{ widgets: {}, parts_: {} });"
    ]
    done: set[str] = set()

    def add(name: str) -> None:
        if name in done:
            return
        done.add(name)
        text = _read(f"{name}.js")
        for _, part in IMPORT.findall(text):
            add(part)
        body = EXPORT.sub("", IMPORT.sub(r"const \1 = parts_.\2;", text))
        body = REMARKS.sub("", body)
        if DEFAULT in text:
            body = body.replace(DEFAULT, "return { render };")
            parts.append(f'widgets["{name}"] = (() => {{\n{body}}})();')
        else:
            given = ", ".join(EXPORT.findall(text))
            body += f"return {{ {given} }};\n"
            parts.append(f"parts_.{name} = (() => {{\n{body}}})();")

    there = {*there}
    if there:
        for name in sorted(there):
            add(name)
        add("host")
        del parts[1:]
    if stems is None:
        stems = (path.stem for path in HERE.glob("*.js"))
    for name in sorted({*stems} - {"host"}):
        add(name)
    add("host")
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def known(proposal: Any, names: Iterable[Any]) -> Any:
    """Return what a trait is to become if it is one of these names."""
    names = list(names)
    if proposal["value"] not in names:
        raise traitlets.TraitError(
            f"{proposal['trait'].name}: expected one of {names}, "
            f"got {proposal['value']!r}"
        )
    return proposal["value"]


class Widget(anywidget.AnyWidget):  # type: ignore[misc]
    """The base of the book's widgets.

    A subclass sets `stem`, `_esm = esm(stem)` and `_css = CSS`, declares its
    state as JSON traits tagged ``sync=True``, and draws its picture for
    places where no script runs.
    """

    stem: ClassVar[str]
    language = traitlets.Unicode("en").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(language=language.get(), **traits)

    def draw(self, figure: Figure) -> None:
        """Draw the present state: what is seen where no script runs."""
        raise NotImplementedError

    def summary(self) -> str:
        """Say in one sentence what the picture shows."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Return the traits that the module reads, ready for JSON."""
        return {
            name: getattr(self, name)
            for name in sorted(self.traits(sync=True))
            if name not in NOT_OURS and not name.startswith("_")
        }

    def grid(self) -> dict[str, Any] | None:
        """Return the recorded results a page needs, if any."""
        return None

    def to_png(self, dpi: int = 80) -> bytes:
        """Return the picture of the present state."""
        figure = Figure(figsize=(5.6, 3.0), dpi=dpi, layout="constrained")
        FigureCanvasAgg(figure)
        self.draw(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def fallback(self) -> str:
        """Return what stands in the widget's place until a script runs."""
        png = base64.b64encode(self.to_png()).decode()
        alt = html.escape(self.summary())
        return f'<img alt="{alt}" src="data:image/png;base64,{png}">'

    def to_html(self) -> str:
        """Return the widget for a page without a kernel (no inline code)."""
        payload = json.dumps(
            {"state": self.state(), "grid": self.grid()},
            separators=(",", ":"),
            ensure_ascii=False,
        ).replace("</", "<\\/")
        return (
            f'<div class="rnn-widget" data-widget="{self.stem}">'
            f"{self.fallback()}"
            f'<script type="application/json">{payload}</script></div>'
        )

    def __repr__(self) -> str:
        """Return a text that is the same in every run."""
        return f"{type(self).__name__}()"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        # anywidget gives (data, metadata), plain ipywidgets a dict.
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        data = dict(data)
        data["text/plain"] = repr(self)
        data["text/html"] = self.to_html()
        # The printed book takes this one: finer, shown at the same size.
        data["image/png"] = base64.b64encode(self.to_png(dpi=240)).decode()
        return data, {**metadata, "image/png": {"width": 448}}


class Explorer(Widget):
    """A widget whose few parameters Python turns into curves.

    A subclass names its parameters in `axes` and computes in `compute`; its
    module draws ``model.get("result")``. A reader's own function takes the
    place of `compute` when it is given.

    Parameters
    ----------
    function : callable, optional
        Called with the parameters by name; returns a mapping from the same
        names as `compute` to numbers or one-dimensional arrays.
    **params : float
        Where the sliders start.
    """

    axes: ClassVar[dict[str, list[float]]]
    values = traitlets.Dict().tag(sync=True)  # what each slider offers
    params = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        function: Callable[..., Mapping[str, Any]] | None = None,
        params: Mapping[str, float] | None = None,
        **traits: Any,
    ) -> None:
        self._function = function or self.compute
        start = {name: values[0] for name, values in self.axes.items()}
        for name, value in (params or {}).items():
            if name not in start:
                raise ValueError(
                    f"params: expected some of {sorted(start)}, got {name!r}"
                )
            start[name] = value
        super().__init__(
            values=self.axes,
            params=start,
            result=self._listed(self._function(**start)),
            **traits,
        )
        self.observe(self._answer, "params")

    def compute(self, **params: float) -> Mapping[str, Any]:
        """Return the curves at these parameters."""
        raise NotImplementedError

    def _answer(self, _: object) -> None:
        # The reader's function may fail while she is still writing it: say
        # so in the widget, keep the last picture.
        try:
            result = self._listed(self._function(**self.params))
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        else:
            self.problem = ""
            self.result = result

    @staticmethod
    def _listed(result: Mapping[str, Any]) -> dict[str, list[float]]:
        """Make the results JSON, with what a picture can show of them."""
        return {
            name: [float(f"{x:.5g}") for x in np.ravel(values)]
            for name, values in result.items()
        }

    def grid(self) -> dict[str, Any]:
        """Record the function at every combination of slider positions.

        Two bytes a number: each key has its own unit.
        """
        rows = [
            {
                name: np.ravel(np.asarray(values, float))
                for name, values in self._function(
                    **dict(zip(self.axes, point, strict=True))
                ).items()
            }
            for point in itertools.product(*self.axes.values())
        ]
        keys, columns = [], []
        for name in rows[0]:
            column = np.stack([row[name] for row in rows])
            unit = float(f"{max(abs(column).max(), 1e-12) / 32000:.6g}")
            keys.append(
                {"name": name, "length": column.shape[1], "unit": unit}
            )
            columns.append(np.round(column / unit).astype("<i2"))
        data = np.concatenate(columns, axis=1)
        axes = [{"name": n, "values": v} for n, v in self.axes.items()]
        return {
            "axes": axes,
            "keys": keys,
            "data": base64.b64encode(data.tobytes()).decode(),
        }


CSS = _read("widgets.css")
