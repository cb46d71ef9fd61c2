"""A page carries what its reader needs first; the rest waits in files.

On a phone the wait for a first answer is the wait for what stands before
it. So pictures that scripts replace and recorded numbers leave the page's
text, one stylesheet takes the place of ten, of the theme's rules only those
stay that a page can use, and what lies below the screen is laid out last.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript

PICTURE = re.compile(r'src="data:image/png;base64,([\w+/=]{2000,})"')
PAYLOAD = re.compile(
    r'<script type="application/json">(.*?)</script></div>', re.DOTALL
)
HEAVY = 3000  # characters of a payload that deserve a request of their own
STYLE = "rnn-page.css"
THEME = ("basic.css", "styles/pydata-sphinx-theme.css")
OURS = ("widgets.css", "book.css")
# A rule and its braces, at any depth of @media; strings may hold braces.
PIECE = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|[{};]', re.DOTALL)
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
# A reader who comes to the top of a page: what lies below may wait (book.css,
# book.js). Where the browser goes to a place further down, it may not.
OPENING = """<script>
if (!location.hash &&
    performance.getEntriesByType("navigation")[0]?.type === "navigate")
  document.documentElement.dataset.opening = "";
</script>"""
# The theme's icon font: the book draws its icons itself (book.css).
ICONS = re.compile(r"@font-face|\.fa-[\w-]+::?before")


def digest(data: bytes) -> str:
    """Return a short name for what a file holds."""
    return hashlib.sha256(data).hexdigest()[:12]


def kept(static: Path, name: str, data: bytes) -> str:
    """Write a file beside the pages; return where it is."""
    path = static / "rnn-data" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return f"_static/rnn-data/{name}"


def outsource(body: str, static: Path, link: Callable[..., str]) -> str:
    """Return a page's text with its large pictures and numbers as links."""

    def picture(match: re.Match[str]) -> str:
        png = base64.b64decode(match[1])
        width, height = (
            int.from_bytes(png[at : at + 4], "big") for at in (16, 20)
        )
        name = link(kept(static, f"{digest(png)}.png", png), 1)
        return (
            f'src="{name}" width="{width}" '
            f'height="{height}" loading="lazy" decoding="async"'
        )

    def payload(match: re.Match[str]) -> str:
        if len(match[1]) < HEAVY:
            return match[0]
        # A script, since a page in a folder may not fetch; a function, so
        # that two widgets of the same numbers do not share them.
        key = digest(match[1].encode())
        text = f'(window.rnnData ??= {{}})["{key}"] = () => ({match[1]});\n'
        name = link(kept(static, f"{key}.js", text.encode()), 1)
        return (
            f'<script type="application/json" data-key="{key}" '
            f'data-from="{name}"></script></div>'
        )

    return PAYLOAD.sub(payload, PICTURE.sub(picture, body))


def rules(css: str) -> list[tuple[str, str | None]]:
    """Return (selector or at-rule, body) in order; None: has no body."""
    found: list[tuple[str, str | None]] = []
    depth = start = 0
    head = ""
    for piece in PIECE.finditer(css):
        mark = piece[0]
        if mark == "{":
            if not depth:
                head, start = css[start : piece.start()], piece.end()
            depth += 1
        elif mark == "}":
            depth -= 1
            if not depth:
                found.append((head.strip(), css[start : piece.start()]))
                start = piece.end()
        elif mark == ";" and not depth:
            found.append((css[start : piece.start()].strip(), None))
            start = piece.end()
    return found


def trimmed(css: str, words: set[str]) -> str:
    """Return a stylesheet without the classes that are no word of the site."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    parts = []
    for head, body in rules(css):
        if ICONS.search(head) or body is None:
            continue
        if head.startswith(("@media", "@supports")):
            inner = trimmed(body, words)
            if inner:
                parts.append(f"{head}{{{inner}}}")
            continue
        if not head.startswith("@"):
            # A comma inside :is() or :not() parts no selectors.
            some = re.split(r",(?![^(]*\))", head)
            alive = [one for one in some if words.issuperset(named(one))]
            if not alive:
                continue
            head = ",".join(alive)
        parts.append(f"{head}{{{body.strip()}}}")
    return "\n".join(parts)


def named(selector: str) -> list[str]:
    """Return the classes that an element must have for this selector."""
    return CLASS.findall(re.sub(r":(?:not|is|where)\([^)]*\)", "", selector))


def context(
    app: Sphinx, name: str, __: str, context: dict[str, Any], ___: Any
) -> None:
    """Lighten a page, and put what it loads into a good order."""
    static = Path(app.outdir) / "_static"
    link = context["pathto"]
    if "body" in context:
        context["body"] = outsource(context["body"], static, link)
        context["metatags"] = context.get("metatags", "") + OPENING

    # One stylesheet of all; `finish` takes out what no page uses.
    files = [file for file in context["css_files"] if file.filename]
    extra = [file for file in files if "landing" in str(file.filename)]
    names = [
        str(file.filename).removeprefix("_static/")
        for file in files
        if file not in extra
    ]
    rest = [one for one in names if one not in OURS]
    app.rnnbook_styles = [*THEME, *rest, *OURS]  # type: ignore[attr-defined]
    style = _CascadingStyleSheet(f"_static/{STYLE}")
    context["css_files"] = [style, *extra]

    if name == "search":
        return  # its own scripts expect the others before them
    then, more = [], {}
    for file in context["script_files"]:
        script = str(file.filename or "")
        if "documentation_options" in script:
            text = (Path(app.outdir) / script).read_text(encoding="utf-8")
            then.insert(0, _JavaScript("", body=text))
        elif "mathjax" in script:
            # book.js brings it when the page stands: it is the heaviest.
            more["data-mathjax"] = link(script, 1)
        elif not script:
            then.append(file)
        else:
            waits = {**file.attributes, "defer": "defer"}
            then.append(_JavaScript(file.filename, **waits))
    book = _JavaScript("_static/book.js", defer="defer", **more)
    context["script_files"] = [
        *(file for file in then if "book.js" not in str(file.filename)),
        book,
    ]


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Write the stylesheet of what the pages use, and its checksum."""
    names = getattr(app, "rnnbook_styles", None)
    if exception or app.builder.format != "html" or not names:
        return
    out = Path(app.outdir)
    static = out / "_static"
    pages = {
        path: path.read_text(encoding="utf-8")
        for path in out.rglob("*.html")
        if "_static" not in path.parts
    }
    scripts = [
        *static.glob("*.js"),
        *(static / "scripts").glob("*theme.js"),
    ]
    texts = [path.read_text(encoding="utf-8") for path in scripts]
    words: set[str] = set()
    for text in (*pages.values(), *texts):
        words.update(re.findall(r"[\w-]+", text))
    css = "\n".join(
        text if one in OURS else trimmed(text, words)
        for one in names
        for text in [(static / one).read_text(encoding="utf-8")]
    )
    (static / STYLE).write_text(css, encoding="utf-8")
    mark = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, text in pages.items():
        new = re.sub(
            re.escape(STYLE) + r'(\?v=\w*)?"', f'{STYLE}?v={mark}"', text
        )
        if new != text:
            path.write_text(new, encoding="utf-8")
    for path in (static / "rnn-data").glob("*"):
        if path.stem not in words:  # an earlier build's
            path.unlink()


def setup(app: Sphinx) -> None:
    """Connect after all who add to a page."""
    app.connect("html-page-context", context, priority=950)
    # The theme writes its colours of code at the end, too: after that.
    app.connect("build-finished", finish, priority=900)
