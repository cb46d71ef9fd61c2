"""Build both editions of the book, side by side, into _build/html.

Run by ``make book`` and by the tests. The English edition lies at the root
of the site, the Korean one under ``ko/``.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
SITE = BUILD / "html"
COMMAND = [
    *(sys.executable, "-c", "from jupyter_book.cli.main import main; main()"),
    *("build", str(ROOT), "-W", "-n", "--keep-going"),
]
EDITIONS = {
    "en": [],
    "ko": [
        *("--config", str(ROOT / "_config.ko.yml")),
        *("--toc", str(ROOT / "_toc.ko.yml")),
        *("--path-output", str(BUILD / "ko")),
    ],
}


def main() -> None:
    """Build, one at a time: a second one would write into the first."""
    BUILD.mkdir(exist_ok=True)
    with FileLock(BUILD / "lock"):
        build()


def build() -> None:
    """Build, or say which edition failed and why."""
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = {}
    for language, options in EDITIONS.items():
        log = BUILD / f"{language}.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                COMMAND + options,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        running[language] = (process, log)
    failed = False
    for language, (process, log) in running.items():
        if process.wait() != 0:
            failed = True
            lines = log.read_text(encoding="utf-8").splitlines()
            print(f"The edition '{language}' did not build:", file=sys.stderr)
            print("\n".join(lines[-40:]), file=sys.stderr)
    if failed:
        sys.exit(1)
    korean = BUILD / "ko" / "_build" / "html"
    shutil.rmtree(SITE / "ko", ignore_errors=True)
    shutil.copytree(korean, SITE / "ko")
    seconds = time.monotonic() - start
    print(f"Both editions are built ({seconds:.0f} s).")
    print("Open _build/html/index.html (English)")
    print("  or _build/html/ko/index.html (Korean),")
    print("or run `make serve` and follow the address it prints.")


if __name__ == "__main__":
    main()
