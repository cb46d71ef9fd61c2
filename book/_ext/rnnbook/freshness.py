"""A page shows what this code printed: other code, another page.

Sphinx and the execution cache watch the documents. They cannot know that a
notebook also depends on rnnlib, and every page on this extension.
"""

import hashlib
import shutil
from pathlib import Path

from sphinx.application import Sphinx

# What a cell prints depends on these; a page shows scripts and styles too.
PRINTS = ["rnnlib", "book/_ipython"]
SPEAK = {".py", ".json", ".txt"}
PAGES = [*PRINTS, "book/_ext", "book/_templates", "book/_static"]
SHOW = {*SPEAK, ".js", ".css", ".html", ".svg"}


def fingerprint(root: Path, folders: list[str], kinds: set[str]) -> str:
    """Return a hash of the sources of some kinds in some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in kinds and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def forget(app: Sphinx) -> None:
    """Drop recorded outputs that other code has printed."""
    build = Path(app.outdir).parent
    stamp = build / "sources.sha256"
    now = fingerprint(Path(app.srcdir), PRINTS, SPEAK)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != now:
        shutil.rmtree(build / ".jupyter_cache", ignore_errors=True)
        stamp.write_text(now, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Read every document again when the sources have changed."""
    now = fingerprint(Path(app.srcdir), PAGES, SHOW)
    app.add_config_value("rnnbook_sources", now, "env")
    app.connect("builder-inited", forget)
