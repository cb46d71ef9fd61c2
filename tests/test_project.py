"""The project around the package: style, types, imports, one address."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def run(*command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_ruff_finds_nothing():
    code, text = run("-m", "ruff", "check", ".")
    assert code == 0, text[-3000:]


def test_mypy_is_strict_and_content():
    code, text = run("-m", "mypy", "rnnlib")
    assert code == 0, text[-3000:]


def test_importing_rnnlib_loads_numpy_at_most():
    names = ", ".join(
        path.stem if path.is_file() else path.name
        for path in sorted((ROOT / "rnnlib").iterdir())
        if path.name not in {"widgets", "plots.py"}
        and (path.suffix == ".py" or (path / "__init__.py").exists())
        and not path.name.startswith("__")
    )
    assert "lstm" in names
    assert "tasks" in names
    code, text = run(
        "-c",
        f"import sys; from rnnlib import {names}\n"
        "print([m for m in ('matplotlib', 'ipywidgets', 'IPython', 'torch',"
        " 'sklearn', 'anywidget', 'tqdm', 'mimesis', 'emoji', 'numpy.random')"
        " if m in sys.modules])",
    )
    assert (code, text.strip()) == (0, "[]")


def test_the_top_level_is_as_agreed():
    asked = {
        *("book", "notebooks", "rnnlib", "tests", "benchmarks"),
        *("_config.yml", "_toc.yml", "_config.ko.yml", "_toc.ko.yml"),
        *("requirements.txt", "pyproject.toml", "Makefile", ".gitignore"),
        *("README.md", "README.ko.md", "CONTRIBUTING.md", "LICENSE"),
        *("CITATION.cff", ".ci", ".github"),
    }
    code, text = (
        0,
        subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
        ).stdout,
    )
    assert code == 0
    assert {line.split("/")[0] for line in text.split()} == asked


def tracked():
    listed = subprocess.run(
        ["git", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split()]


def test_the_address_is_the_same_everywhere():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    url = config["repository"]["url"]
    owner = url.removeprefix("https://github.com/")
    found = {}
    for path in tracked():
        if path.suffix in {".md", ".yml", ".ipynb", ".cff", ".toml"}:
            text = path.read_text(encoding="utf-8")
            for name in re.findall(
                r"github(?:\.com|/blob)?/([\w-]+/[\w-]+)(?=[/\"@\s).#]|$)",
                text,
            ):
                if name.split("/")[0] not in {"actions", "github"}:
                    found.setdefault(name, []).append(path.name)
    assert set(found) == {owner}, found


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readme_s_commands_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"\bmake (\w+)", text))
    assert {"book", "test", "lab", "serve"} <= verbs
    for verb in verbs:
        assert re.search(rf"^{verb}:", makefile, re.MULTILINE), verb
    for command in ("pip install -r requirements.txt", "pytest"):
        assert command in text


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readme_s_python_runs(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = {}
    exec(code, names)
    assert names["dparams"].W_xh.shape == (8, 128)


def test_nothing_names_a_machine():
    for path in tracked():
        if path.suffix in {".png", ".svg"}:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found = re.findall(r"(?<![\w.:/])/(?:work|root|home|tmp)/\w+", text)
        assert not found, f"{path.name}: {found}"
