"""What a stored notebook must be; each failure names the notebook's cell."""

import ast
import inspect
import itertools
import json
import pydoc
import re
import runpy
import statistics
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml

from rnnlib import exercises

ROOT = Path(__file__).resolve().parents[1]
ENGLISH = sorted((ROOT / "notebooks").glob("*.ipynb"))
BOTH = [
    path
    for english in ENGLISH
    for path in (english, english.parent / "ko" / english.name)
]
every_notebook = pytest.mark.parametrize(
    "path", BOTH, ids=lambda p: str(p.relative_to(ROOT / "notebooks"))
)
every_chapter = pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
TOOL = runpy.run_path(str(ROOT / "book" / "_tools" / "notebooks.py"))
REFERENCES = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
QUESTIONS = json.loads(
    (ROOT / "rnnlib" / "widgets" / "questions.json").read_text("utf-8")
)


def read(path):
    return nbformat.read(path, 4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def faults(notebook, wrong):
    """Return the ids of the cells that wrong() complains about."""
    found = {cell.id: wrong(cell) for cell in notebook.cells}
    return {id: what for id, what in found.items() if what}


@every_chapter
def test_the_editions_share_their_cells(path):
    english, korean = read(path), read(path.parent / "ko" / path.name)
    pairs = [
        [(cell.id, cell.cell_type) for cell in notebook.cells]
        for notebook in (english, korean)
    ]
    assert pairs[0] == pairs[1]
    for a, b in zip(
        code_cells(english)[1:], code_cells(korean)[1:], strict=True
    ):
        assert a.source == b.source, f"code of {a.id} differs"
        assert a.metadata.get("tags") == b.metadata.get("tags"), a.id


@every_notebook
def test_the_set_up_cell_names_the_repository_of_the_settings(path):
    cell = code_cells(read(path))[0]
    assert cell.source == TOOL["setup_cell"](path), "run `make notebooks`"
    assert "remove-cell" in cell.metadata.tags


@every_notebook
def test_only_text_is_stored(path):
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), "run `make notebooks`"

    def wrong(cell):
        if cell.cell_type != "code":
            return None
        for output in cell.outputs:
            if output.output_type == "error":
                return "an error"
            if set(output.get("data", {})) - {"text/plain"}:
                return f"stored {set(output.data)}"
        return None

    assert not faults(notebook, wrong), "run `make notebooks`"


@every_notebook
def test_cells_are_small_and_follow_prose(path):
    notebook = read(path)

    def wrong(cell):
        lines = cell.source.splitlines()
        if cell.cell_type != "code":
            return None
        if len(lines) > 25:
            return f"{len(lines)} lines, at most 25"
        if max(map(len, lines)) > 79:
            return "a line is longer than 79"
        if cell.source.rstrip().endswith(";"):
            return "a trailing ; does not hide an output from nbval"
        if re.search(r"np\.random\.(seed|rand|choice|normal)", cell.source):
            return "the global random state"
        return None

    assert not faults(notebook, wrong)
    cells = notebook.cells
    after_prose = [
        before.cell_type == "markdown"
        for before, cell in itertools.pairwise(cells)
        if cell.cell_type == "code"
    ]
    assert np.mean(after_prose) >= 0.8
    sizes = [len(cell.source.splitlines()) for cell in code_cells(notebook)]
    assert statistics.median(sizes) <= 8


@every_notebook
def test_figures_have_words(path):
    def wrong(cell):
        if cell.cell_type != "code":
            return None
        shown = "".join(
            output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if "<Figure" in shown and len(alt) < 20:
            return "metadata mystnb.image.alt is missing"
        if alt and ("ko" in path.parts) != bool(re.search("[가-힣]", alt)):
            return "the text is in the wrong language"
        return None

    assert not faults(read(path), wrong)


@every_notebook
def test_prose_also_reads_well_in_a_notebook(path):
    def wrong(cell):
        if cell.cell_type != "markdown":
            return None
        if re.search(r"^(```|:::)\{|\{(cite|ref|eq|numref)[:}]", cell.source):
            return "a directive or role that JupyterLab shows raw"
        # **용어(term)**를 is not bold in CommonMark.
        if re.search(r"\([^)]*\)\*\*[가-힣]", cell.source):
            return "a parenthesis inside bold before a particle"
        for tagged in re.findall(r"\$\$(.*?)\$\$", cell.source, re.DOTALL):
            if r"\\" in tagged and r"\tag" in tagged:
                return r"Sphinx splits at \\, where \tag fails: write \cr"
        if cell.source.count("$$") % 2:
            return "an open $$"
        return None

    assert not faults(read(path), wrong)


@every_notebook
def test_every_source_is_in_the_bibliography(path):
    text = "\n".join(cell.source for cell in read(path).cells)
    dois = re.findall(r"https://doi\.org/((?:[^\s()]|\([^\s()]*\))+)", text)
    others = re.findall(r"https://(?:arxiv|www\.jmlr)\.org/[^\s)]+", text)
    assert dois
    for source in [*dois, *others]:
        assert source in REFERENCES, source


@every_notebook
def test_printed_code_is_the_package_s(path):
    for cell in code_cells(read(path)):
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("same-as:"):
                name = tag.removeprefix("same-as:")
                package = inspect.getsource(pydoc.locate(name))
                assert bare(cell.source) == bare(package), cell.id


def bare(source):
    """Return code without docstrings and annotations."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            if ast.get_docstring(node):
                del node.body[0]
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(module)


@every_notebook
def test_every_solution_passes_its_own_check(path):
    cells = read(path).cells
    checked = []
    for cell, after in itertools.pairwise(cells):
        found = re.search(
            r'exercises\.check\("([\d.]+)", (\w+)\)', cell.source
        )
        if cell.cell_type != "code" or not found:
            continue
        key, name = found.groups()
        solution = re.search(r"```python\n(.*?)```", after.source, re.DOTALL)
        assert "<details>" in after.source, f"{cell.id}: no folded solution"
        assert solution, f"{cell.id}: the solution holds no code"
        names = {}
        exec(
            "import numpy as np\n"
            "from rnnlib import gru, hopfield, leaky, tasks",
            names,
        )
        exec(solution[1], names)
        verdict = exercises.check(key, names[name])
        assert verdict.right, f"{cell.id}: {verdict.message}"
        checked.append(key)
    chapter = f"{int(path.stem[:2])}."
    asked = [key for key in exercises._checks if key.startswith(chapter)]
    assert checked == sorted(asked)


@every_notebook
def test_every_question_exists_and_three_close_the_chapter(path):
    text = "\n".join(cell.source for cell in code_cells(read(path)))
    keys = re.findall(r'Quiz\("([\w.]+)"\)', text)
    assert set(keys) <= set(QUESTIONS)
    assert len([key for key in keys if "p" not in key]) == 3


def test_the_table_of_contents_lists_every_chapter():
    for name, folder in (("_toc.yml", ""), ("_toc.ko.yml", "ko/")):
        text = (ROOT / name).read_text(encoding="utf-8")
        toc = yaml.safe_load(text)
        files = [c["file"] for part in toc["parts"] for c in part["chapters"]]
        for path in ENGLISH:
            assert f"notebooks/{folder}{path.stem}" in files
