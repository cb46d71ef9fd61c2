"""The project around the package: style, types, imports, one address."""

import fnmatch
import re
import runpy
import subprocess
import sys
import tomllib
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
        *("CITATION.cff", ".ci", ".github", ".binder"),
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
            text = text.replace("./.github/workflows/", "")
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


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAME = re.compile(r"[A-Za-z][\w.-]*")
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / ".github" / "workflows").iterdir()
}


def test_the_oldest_versions_are_the_lower_bounds():
    bounds = dict(
        re.match(r"([\w.-]+)>=([\w.]+)", line).groups()
        for line in PROJECT["project"]["dependencies"]
    )
    text = (ROOT / "tests" / "oldest-constraints.txt").read_text("utf-8")
    tried = dict(re.findall(r"^([\w.-]+)==(\S+)$", text, re.MULTILINE))
    assert tried.keys() == bounds.keys()
    for name, bound in bounds.items():
        # "2.0.0" tries "2.0"; the first build of "4" is "4.0.post0".
        padding = tried[name].removeprefix(bound)
        assert re.fullmatch(r"(\.0)*(\.post0)?", padding), name


def test_every_dependency_has_its_reason():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("## Why each dependency")[1].split("##")[0]
    rows = re.findall(r"^\| (`.*?) \| (.+) \|$", table, re.MULTILINE)
    given = [
        name for names, _ in rows for name in re.findall("`(.*?)`", names)
    ]
    asked = PROJECT["project"]["dependencies"].copy()
    for path in (ROOT, ROOT / "benchmarks"):
        asked += (path / "requirements.txt").read_text("utf-8").splitlines()
    asked += re.findall(
        r"--no-deps (\S+)", (ROOT / "Makefile").read_text("utf-8")
    )
    names = {found[0] for line in asked if (found := NAME.match(line))}
    assert len(given) == len(set(given))
    assert set(given) == names


def test_the_wheel_takes_every_file_of_the_package():
    tools = PROJECT["tool"]["setuptools"]
    patterns = {name: ["*.py"] for name in tools["packages"]}
    for name, kinds in tools["package-data"].items():
        patterns[name] += kinds
    for path in tracked():
        if path.is_relative_to(ROOT / "rnnlib"):
            folder = ".".join(path.parent.relative_to(ROOT).parts)
            assert any(
                fnmatch.fnmatch(path.name, pattern)
                for pattern in patterns[folder]
            ), path


def test_one_version_and_the_same_pythons_are_named():
    project = PROJECT["project"]
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(cff["version"]) == project["version"]
    pythons = [
        name.split(" :: ")[-1]
        for name in project["classifiers"]
        if re.search(r":: 3\.\d+$", name)
    ]
    assert project["requires-python"] == f">={pythons[0]}"
    for name, job in (("tests", "tests"), ("weekly", "versions")):
        matrix = WORKFLOWS[name]["jobs"][job]["strategy"]["matrix"]
        assert matrix["python"] == pythons
    binder = (ROOT / ".binder" / "runtime.txt").read_text("utf-8")
    assert binder.strip().removeprefix("python-") in pythons


def test_the_workflows_call_what_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z ]+):", makefile, re.MULTILINE))
    verbs = {verb for line in targets for verb in line.split()}
    asked = set(
        WORKFLOWS["weekly"]["jobs"]["versions"]["strategy"]["matrix"][
            "versions"
        ]
    )
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            for step in job.get("steps", []):
                command = re.match(r"make ([a-z ]+)$", step.get("run", ""))
                asked |= set(command[1].split() if command else [])
            uses = job.get("uses")
            assert uses is None or (ROOT / uses).exists(), uses
    assert {"book", "zip", "pdf", "test", "oldest"} <= asked <= verbs


def test_the_workflow_installs_what_the_pdf_needs(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_tools"))
    tool = runpy.run_path(str(ROOT / "book" / "_tools" / "pdf.py"))
    needed = {
        package
        for table in ("PROGRAMS", "FILES", "FONTS")
        for package in tool[table].values()
    }
    steps = WORKFLOWS["pages"]["jobs"]["build"]["steps"]
    installed = " ".join(step.get("run", "") for step in steps).split()
    assert needed <= set(installed)
