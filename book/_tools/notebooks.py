"""Run every notebook and store only what a reader of the diff can read.

Text outputs stay (nbval compares them). Pictures, widgets' HTML and state,
execution counts and the kernel's own notes never enter the repository. The
set-up cell is written from `_config.yml`, the one place with the address.
"""

import os
import sys
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
KEPT = {"text/plain"}
SETUP = """import sys

if "google.colab" in sys.modules:
    %pip install -q "rnnlib @ git+{url}@{branch}"

from rnnlib import widgets

widgets.language("{language}")"""


def setup_cell(path: Path) -> str:
    """Return the first code cell of a notebook of this edition."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    language = "ko" if path.parent.name == "ko" else "en"
    return SETUP.format(**config["repository"], language=language)


def strip(notebook: nbformat.NotebookNode) -> None:
    """Take away what differs between two runs or cannot be read."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count  # nbval takes a cell without for unrun
        outputs = []
        for output in cell.outputs:
            last = outputs[-1] if outputs else None
            if output.output_type == "stream" and last == {
                **output,
                "text": last and last.get("text"),
            }:
                last.text += output.text  # one run may flush more often
                continue
            if "data" in output:
                output.data = {
                    kind: text
                    for kind, text in output.data.items()
                    if kind in KEPT
                }
                output.metadata = {}
            if output.output_type == "execute_result":
                output.execution_count = count
            outputs.append(output)
        cell.outputs = outputs


def run(path: Path) -> None:
    """Execute one notebook in its folder and write it back."""
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].source = setup_cell(path)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    strip(notebook)
    nbformat.write(notebook, path)
    print(f"{path.relative_to(ROOT)}: {len(code)} code cells")


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chosen = [Path(name).resolve() for name in sys.argv[1:]]
    for path in chosen or sorted((ROOT / "notebooks").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            run(path)
