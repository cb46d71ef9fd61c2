"""The book's own Sphinx extension: what Jupyter Book 1 leaves to us."""

import os
from pathlib import Path

from sphinx.application import Sphinx

from . import (
    addresses,
    arc,
    assets,
    figures,
    freshness,
    glossary,
    launch,
    lean,
    living,
    path,
    printing,
    search,
    sharing,
    slides,
)

PARTS = (
    *(addresses, arc, assets, figures, freshness),
    *(glossary, launch, lean, living, path),
    *(printing, search, sharing, slides),
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register every part; Sphinx calls this."""
    # The kernels of this build draw SVG (see figures): their IPython reads
    # its settings from here.
    os.environ["IPYTHONDIR"] = str(Path(app.srcdir) / "book" / "_ipython")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
