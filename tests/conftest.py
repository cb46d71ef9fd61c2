"""What the tests share: random numbers, the built site, a browser."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import numpy as np
import pytest
from filelock import FileLock

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
CI = os.environ.get("CI") == "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def skip(what: str, command: str) -> None:
    """Skip and say so at the end; where CI is true, fail instead."""
    if CI:
        pytest.fail(f"{what}: not to be skipped in CI. Needs: {command}")
    pytest.skip(f"{what}. To run: {command}")


def pytest_terminal_summary(terminalreporter):
    """End with what was not run, and how to run it."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = (report.longrepr[2] for report in skipped)
    for reason in sorted({r for r in reasons if "To run:" in r}):
        terminalreporter.write_line(f"Not run: {reason.split(': ', 1)[1]}")


# What these test is more than the package, and they need more to be there.
BOOK = {
    *("test_colab", "test_lab", "test_offline", "test_path"),
    *("test_project", "test_site"),
}


def pytest_ignore_collect(collection_path, config):
    """Let ``-m "not book"`` leave the package, its widgets, the chapters."""
    if config.option.markexpr == "not book" and collection_path.stem in BOOK:
        return True
    return None


# The longest files go first, so that both workers end together.
LONG = ("test_site_browser", "test_lab")


def pytest_collection_modifyitems(items):
    """Mark the tests of the book; the rest is the package's."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    for item in items:
        needs = {"site", "launch"} & set(getattr(item, "fixturenames", ()))
        if needs or item.path.stem in BOOK:
            item.add_marker("book")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def strict_numbers():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


@pytest.fixture(scope="session")
def site():
    """Build the book (from the cache where nothing changed): its folder.

    Once in a run: another worker's pages are not written anew under it.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    built = ROOT / "_build" / "tested"
    built.parent.mkdir(exist_ok=True)
    with FileLock(built.with_suffix(".lock")):
        if not run or not built.exists() or built.read_text("utf-8") != run:
            done = subprocess.run(
                [sys.executable, str(ROOT / "book" / "_tools" / "build.py")],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr[-6000:]
            built.write_text(run or "", encoding="utf-8")
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def outputs(site):
    """Return a function from a chapter to what its cells printed: id -> text.

    Read from the build of the book, which executed the chapter.
    """

    def read(chapter):
        executed = site.parent / "jupyter_execute" / "notebooks" / chapter
        texts = {}
        for cell in nbformat.read(executed, 4).cells:
            streams = [
                output.text
                for output in cell.get("outputs", [])
                if output.output_type == "stream"
            ]
            # The build joins what a cell printed in its first output.
            texts[cell.id] = max(streams, key=len, default="")
        return texts

    return read


@pytest.fixture(scope="module")
def printed(outputs, request):
    """Return a function from a cell's id to the numbers of its lines.

    The test module names its CHAPTER, and what it takes for a NUMBER.
    """
    texts = outputs(request.module.CHAPTER)
    number = re.compile(request.module.NUMBER)

    def numbers(id, words=False):
        if words:
            return texts[id]
        found = map(number.findall, texts[id].strip().splitlines())
        return [
            [float(n.replace(",", "")) for n in line] for line in found if line
        ]

    return numbers


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def served(site):
    """Serve the site on this machine: its address."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def launch():
    """Start Chromium: Playwright's own, or one that the machine has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = next(
            filter(
                None,
                [
                    playwright.chromium.executable_path
                    if Path(playwright.chromium.executable_path).exists()
                    else None,
                    *map(
                        shutil.which, ("chromium", "google-chrome", "chrome")
                    ),
                ],
            ),
            None,
        )
        if found is None:
            skip(
                "browser tests (no Chromium found)",
                f"{sys.executable} -m playwright install chromium",
            )
        yield functools.partial(
            playwright.chromium.launch, executable_path=found, args=FLAGS
        )


@pytest.fixture(scope="session")
def browser(launch):
    """Share one Chromium."""
    chromium = launch()
    yield chromium
    chromium.close()
