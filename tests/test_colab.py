"""The chapter under Colab's versions.

`colab-constraints.txt` freezes what Colab's runtime had. What cannot be
matched here: Colab's operating system, its Python patch level, the
google-colab package and its front end.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CI, skip

ROOT = Path(__file__).resolve().parents[1]
FREEZE = ROOT / "tests" / "colab-constraints.txt"
VENV = ROOT / "_build" / "colab-venv"
WANTED = [
    *("numpy", "matplotlib", "ipywidgets", "anywidget", "ipykernel"),
    *("scikit-learn", "nbclient", "pytest"),
]
# Words that ship as packages, which depend on nothing; tqdm Colab has.
DATA = {"emoji", "mimesis", "jupyterlab-language-pack-ko-KR", "tqdm"}
COLAB = "3.13"


def run(*command, **options):
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def version_of(python):
    """Return "3.13" for a Python that runs, else None."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    if not shutil.which(python):
        return None
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None


def install(python, folder):
    """Install the book from a copy, so that nothing is built in the tree."""
    for name in ("rnnlib", "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    run(str(python), "-m", "pip", "install", "-q", str(folder))


@pytest.fixture(scope="module")
def colab():
    """Make an environment like Colab's: its Python."""
    if not (CI or os.environ.get("RNNBOOK_COLAB")):
        skip(
            "the chapter under Colab's versions (installs 90 packages)",
            f"RNNBOOK_COLAB=1 {sys.executable} -m pytest tests/test_colab.py",
        )
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    near = [
        str(python)
        for version in (COLAB, "3.12")
        for python in (
            f"python{version}",
            *sorted(pyenv.glob(f"versions/{version}.*/bin/python")),
        )
        if version_of(str(python)) == version
    ]
    base = (near or [sys.executable])[0]
    python = VENV / "bin" / "python"
    if not python.exists():
        run(base, "-m", "venv", str(VENV))
        run(str(python), "-m", "pip", "install", "-q", "-c", FREEZE, *WANTED)
    print(f"Colab has Python {COLAB}, this test {version_of(python)}")
    return python


def freeze(python):
    """Return name -> version of what is installed."""
    text = run(str(python), "-m", "pip", "list", "--format=freeze")
    return dict(line.split("==") for line in text.split() if "==" in line)


def test_installing_the_book_changes_nothing_of_colab_s(colab, tmp_path):
    run(str(colab), "-m", "pip", "uninstall", "-q", "-y", "rnnlib", *DATA)
    before = freeze(colab)
    frozen = dict(re.findall(r"^([\w.-]+)==(\S+)", FREEZE.read_text(), re.M))
    for name in ("numpy", "matplotlib", "ipywidgets", "anywidget"):
        assert before[name] == frozen[name]
    install(colab, tmp_path)
    after = freeze(colab)
    new = set(after) - set(before)
    assert new == {"rnnlib", *DATA}
    assert {name: after[name] for name in before} == before


CODE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, timeout=300).execute()
outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
view = "application/vnd.jupyter.widget-view+json"
print(sum(view in output.get("data", {}) for output in outputs))
"""


# All ten run in `make colab`, once a week.
@pytest.mark.parametrize("name", ["ko/01-hopfield.ipynb", "02-rnn.ipynb"])
def test_the_chapter_runs_under_colab_s_versions(colab, name, tmp_path):
    path = ROOT / "notebooks" / name
    views = run(str(colab), "-c", CODE, str(path), cwd=tmp_path)
    assert int(views.split()[-1]) >= 8
