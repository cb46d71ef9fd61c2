"""Print both editions: _build/networks-with-memory.pdf and ...-ko.pdf.

Run by ``make pdf`` on Debian or Ubuntu. Sphinx writes LaTeX from the
notebooks as `build` has executed them, XeTeX sets it, and the result is
checked: a book that lacks a character or a font is an error.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import build

PRINT = build.BUILD / "print"
NAMES = {"en": "networks-with-memory", "ko": "networks-with-memory-ko"}
CACHES = {
    "en": build.BUILD / ".jupyter_cache",
    "ko": build.BUILD / "ko" / "_build" / ".jupyter_cache",
}
# What is needed, and the Debian package that has it.
PROGRAMS = {
    "xelatex": "texlive-xetex",
    "kpsewhich": "texlive-binaries",
    "rsvg-convert": "librsvg2-bin",
    "pdffonts": "poppler-utils",
    "fc-match": "fontconfig",
}
FILES = {
    "unicode-math.sty": "texlive-latex-recommended",
    "polyglossia.sty": "texlive-latex-recommended",
    "titlesec.sty": "texlive-latex-extra",
    "tcolorbox.sty": "texlive-latex-extra",
    "tabulary.sty": "texlive-latex-extra",
    "texgyrepagella-regular.otf": "fonts-texgyre",
    "texgyrepagella-math.otf": "fonts-texgyre-math",
}
FONTS = {
    "Noto Serif CJK KR": "fonts-noto-cjk",
    "DejaVu Sans": "fonts-dejavu-core",
}
RERUN = re.compile(r"Rerun to get|Label\(s\) may have changed")
OVERFULL = re.compile(r"Overfull \\hbox \(([\d.]+)pt too wide\)[^\n]*")
WIDE = 20  # points that a line may stand out before it is an error


def succeeds(*command: str) -> str:
    """Return what a command prints; nothing if it fails or is not there."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False
    )
    return done.stdout if done.returncode == 0 else ""


def missing() -> list[str]:
    """Return the Debian packages that are needed and not there."""
    lacking = {p for name, p in PROGRAMS.items() if not shutil.which(name)}
    files = FILES.items()
    lacking |= {p for name, p in files if not succeeds("kpsewhich", name)}
    for name, package in FONTS.items():
        found = succeeds("fc-match", "--format=%{family}", name)
        if name not in found.split(","):
            lacking.add(package)
    return sorted(lacking)


def write_latex(language: str) -> Path:
    """Let Sphinx write the LaTeX of an edition; return its folder."""
    base = PRINT / language
    folder = base / "_build" / "latex"
    folder.mkdir(parents=True, exist_ok=True)
    cache = base / "_build" / ".jupyter_cache"
    if not cache.is_symlink():  # nothing runs a second time
        cache.symlink_to(CACHES[language])
    command = [*build.COMMAND, *build.EDITIONS[language]]
    done = subprocess.run(
        [*command, "--builder", "latex", "--path-output", str(base)],
        cwd=build.ROOT,
        env={**os.environ, "PYTHONPATH": str(build.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{(done.stdout + done.stderr)[-4000:]}\nNo LaTeX was made.")
    logo = build.ROOT / "book" / "_static" / "logo.svg"
    cover = folder / "cover.pdf"
    subprocess.run(
        ["rsvg-convert", "-f", "pdf", "-o", cover, logo], check=True
    )
    return folder


def typeset(folder: Path, name: str) -> str:
    """Run XeTeX until the page numbers are right; return its log."""
    log = ""
    options = ["-interaction=nonstopmode", "-halt-on-error"]
    for _ in range(5):
        done = subprocess.run(
            ["xelatex", *options, "-file-line-error", f"{name}.tex"],
            cwd=folder,
            # A line of the log is not to be broken in the middle of a word.
            env={**os.environ, "max_print_line": "1000"},
            capture_output=True,
            check=False,
        )
        log = (folder / f"{name}.log").read_text("utf-8", errors="replace")
        if done.returncode != 0:
            sys.exit(f"{log[-3000:]}\nXeTeX stopped.")
        if not RERUN.search(log):
            break
    return log


def problems_of_log(log: str) -> list[str]:
    """Return what a log of XeTeX says of the book's faults."""
    found = sorted(set(re.findall(r"Missing character: [^\n]*", log)))
    found += sorted(
        set(re.findall(r"[^\n]*(?:Reference|Citation|reference)[^\n]* "
                       r"undefined[^\n]*", log))
    )  # fmt: skip
    found += [m[0] for m in OVERFULL.finditer(log) if float(m[1]) > WIDE]
    return found


def problems_of_fonts(table: str) -> list[str]:
    """Return the fonts that a table of ``pdffonts`` says are outside."""
    found = []
    for row in table.splitlines()[2:]:
        # From the end: a long name pushes the columns to the right.
        name, *_, embedded, _, _, _, _ = row.split()
        if embedded != "yes":
            found.append(f"font not embedded: {name}")
    return found


def problems_of_text(text: str, language: str) -> list[str]:
    """Return what a reader who copies or searches would miss."""
    found = []
    if "\ufffd" in text:
        found.append("a letter cannot be copied from the PDF")
    # A page of Korean has some hundred syllables.
    pages = text.count("\f")
    syllables = len(re.findall("[가-힣]", text))
    least = 100 * pages if language == "ko" else 100
    if pages == 0 or syllables < least:
        found.append(f"{syllables} Korean syllables on {pages} pages")
    return found


def check(pdf: Path, log: str, language: str) -> list[str]:
    """Return every fault of a printed edition."""
    fonts = succeeds("pdffonts", str(pdf))
    text = succeeds("pdftotext", str(pdf), "-")
    return [
        *problems_of_log(log),
        *(problems_of_fonts(fonts) if fonts else ["pdffonts cannot read it"]),
        *problems_of_text(text, language),
    ]


def main() -> None:
    """Build what is needed, print both editions, and check them."""
    if lacking := missing():
        sys.exit(
            "To print the book, these packages are needed:\n"
            "apt-get install --no-install-recommends " + " ".join(lacking)
        )
    build.main()
    failed = False
    for language, name in NAMES.items():
        folder = write_latex(language)
        log = typeset(folder, name)
        made = folder / f"{name}.pdf"
        faults = check(made, log, language)
        failed |= bool(faults)
        for fault in faults:
            print(f"{name}.pdf: {fault}", file=sys.stderr)
        shutil.copy(made, build.BUILD)
        print(f"_build/{name}.pdf: {made.stat().st_size / 1e6:.1f} MB")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
