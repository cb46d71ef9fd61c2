"""The notation page holds: one table for the equations, figures and code."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = {
    "en": ROOT / "book" / "notation.md",
    "ko": ROOT / "book" / "ko" / "notation.md",
}
AGAIN = {  # how a row says that its letter has another meaning, or the same
    "en": (
        r"\*\*not\*\*|\*replaces\*",
        r"as[^|]* (?:chapter \d|above)|as the GRU's",
    ),
    "ko": (
        r"\*\*(?:다르다|아니다)\*\*",
        r"\d장(?:과|의[^|]*(?:처럼|와)) |위(?:의 \S+)?와 같|GRU의 것과",
    ),
}
GREEK = (
    "alpha beta gamma Delta epsilon varepsilon theta lambda mu nu xi rho"
    " sigma tau"
).split()
SYMBOL = re.compile(
    r"(?:\\(bar|overrightarrow|overleftarrow)\s*\{?\s*)?"
    r"(d(?=[A-Za-z]))?"
    rf"(\\(?:{'|'.join(GREEK)})(?![A-Za-z])|[A-Za-z])\}}?"
    r"((?:\^\*|_\{[^{}]*\}|_[A-Za-z0-9])*)"
)
# Euler's number has one meaning everywhere and needs no row.
CONSTANTS = {"e"}


def prose(path):
    """Return the markdown of a notebook without its code."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n\n".join(
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "markdown"
    )
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def mathematics(text):
    """Return what stands between dollars."""
    found = re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, re.DOTALL)
    return [shown or inline for shown, inline in found]


def kind(script):
    """Say what a subscript is: a step, an index, a number, or a name."""
    script = script.strip("{} ").split(",")[0].strip()
    if re.fullmatch(r"\d+", script):
        return "number"
    if re.fullmatch(r"[tuTU]( ?[+-].*)?", script):
        return "step"
    if re.fullmatch(r"[ijklNP]{1,2}|\\?[mn]u", script):
        return "index"
    return script


def symbols(latex):
    """Return (mark, letter, star, kind of subscript) of every symbol."""
    latex = re.sub(r"\\(?:text|operatorname|tag|begin|end)\{[^}]*\}(?:_\w)?"
                   r"|\\(?:sum|prod|log|max)_(?:\{[^}]*\}|\w)"
                   r"|\^\{?\\(?:top|mu|nu)\}?|\^\{\(t\)\}",
                   " ", latex)  # fmt: skip
    latex = latex.replace("^{*2}", "^*").replace("\\,", " ")
    keep = rf"(?:{'|'.join(GREEK)}|bar|overrightarrow|overleftarrow)"
    latex = re.sub(rf"\\(?!{keep}(?![A-Za-z]))(?:[A-Za-z]+|.)", " ", latex)
    for mark, d, letter, scripts in SYMBOL.findall(latex):
        below = re.search(r"_(\{[^}]*\}|\w)", scripts)
        yield (
            mark + d,
            letter.lstrip("\\"),
            "*" in scripts,
            kind(below[1]) if below else "",
        )


def spread(cell):
    """Return the symbols of a first column; "also with" adds letters."""
    cell, _, more = re.split(r"(also with|또)", cell + "also with")[:3]
    named = set(symbols(" ".join(mathematics(cell))))
    letters = [letter for _, letter, _, _ in symbols(more)]
    for mark, letter, star, below in list(named):
        last = {"index": "i"}.get(below, below)[-1:]
        if letters and last:
            named |= {
                (mark, letter, star, kind(below[:-1] + each if below != "index"
                                          else each))
                for each in letters
            }  # fmt: skip
    return named


def table(language):
    """Return the page's lead, and rows and sentences of each section."""
    text = PAGES[language].read_text("utf-8")
    lead, *parts = re.split(r"^## .*$", text, flags=re.MULTILINE)
    sections = []
    for part in parts[:-1]:  # the last is about other people's papers
        lines = part.strip().splitlines()
        rows = [
            [cell.strip() for cell in line.strip("|").split(" | ")]
            for line in lines
            if line.startswith("|")
        ][2:]
        said = "\n".join(line for line in lines if line[:1] != "|")
        sections.append(([[*row, ""][:4] for row in rows], said))
    return lead.strip().split("\n\n")[1:], sections


def scopes(language):
    """Return what may be used everywhere, and in each chapter."""
    lead, sections = table(language)
    told = []
    for rows, said in sections:
        known = set(symbols(" ".join(mathematics(said))))
        for row in rows:
            known |= spread(row[0])
        told.append(known)
    told[0] |= set(symbols(" ".join(mathematics(lead[-1]))))
    return told


def allowed(symbol, known):
    """Say whether a symbol is one of the known, or an entry of one."""
    mark, letter, star, below = symbol
    if mark.endswith("d"):  # a derivative: of what is itself known
        return allowed((mark[:-1], letter, star, below), known)
    same = {s for s in known if s[:3] == (mark, letter, star)}
    if not star and not mark and not below:
        return any(s[1] == letter for s in known)
    kinds = {s[3] for s in same}
    if below == "number":  # h_1 is an h_t, and xi_1 a xi_i
        return bool(kinds & {"number", "step", "index", ""})
    return below in kinds or (below in ("index", "step") and "" in kinds)


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("chapter", range(5), ids=lambda k: str(k + 1))
def test_every_symbol_of_a_chapter_is_in_the_table(chapter, language):
    path = CHAPTERS[chapter]
    path = path if language == "en" else path.parent / "ko" / path.name
    told = scopes(language)
    known = told[0] | told[chapter + 1]
    strange = {
        latex.strip()
        for latex in mathematics(prose(path))
        for symbol in symbols(latex)
        if symbol[1] not in CONSTANTS and not allowed(symbol, known)
    }
    assert not strange


@pytest.mark.parametrize("language", PAGES)
def test_every_row_of_the_table_is_used_where_it_stands(language):
    texts = [
        prose(p if language == "en" else p.parent / "ko" / p.name)
        for p in CHAPTERS
    ]
    for number, (rows, _) in enumerate(table(language)[1]):
        text = texts[number - 1] if number else "\n".join(texts)
        latex = mathematics(text)
        used = {s for each in latex for s in symbols(each)}
        for row in rows:
            for symbol in spread(row[0]):
                bare = symbol[0].endswith("d") and not symbol[3]
                assert bare or allowed(symbol, used), (row[0], symbol)
            for command in re.findall(r"\\(?:odot|lVert|rVert)", row[0]):
                assert any(command in each for each in latex), row[0]


@pytest.mark.parametrize("language", PAGES)
def test_letters_with_a_second_meaning_are_the_ones_counted(language):
    lead, sections = table(language)
    counted = set(re.findall(r"\$\\?(\w+)\$", lead[0]))
    numbers = {"en": "Seventeen", "ko": "열일곱"}
    assert numbers[language] in lead[0]
    assert len(counted) == 17
    family = {s[1] for s in symbols(" ".join(mathematics(lead[1])))}
    other, same = AGAIN[language]
    first, marked = set(), set()
    for rows, said in sections:
        for row in rows:
            heads = {s[1] for s in spread(row[0])}
            heads |= {
                name[0] for name in re.findall(r"`([uv])_\w`", row[3])
            } if not row[0] else set()  # fmt: skip
            again = heads & first
            if re.search(other, row[1]):
                marked |= again or heads
            elif not re.search(same, row[1]):
                plain = {
                    s[1]
                    for s in spread(row[0])
                    if s[0] == ""
                    and not s[2]
                    and s[3] in ("", "step", "index")
                }
                loose = again & plain - family
                assert not loose, f"{row[0]}: {loose} is there already"
            first |= heads
        first |= {s[1] for s in symbols(" ".join(mathematics(said)))}
    assert marked <= counted
    assert counted <= first | family


def test_both_pages_have_the_same_rows():
    english, korean = (table(language)[1] for language in PAGES)
    for (rows, _), (twins, _) in zip(english, korean, strict=True):
        for row, twin in zip(rows, twins, strict=True):
            assert spread(row[0]) == spread(twin[0]), row[0]
            names = [re.findall(r"`([^`]+)`", r[3]) for r in (row, twin)]
            assert names[0] == names[1], row[0]


def test_the_names_in_code_are_used():
    code = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "rnnlib").rglob("*.py")
    )
    for path in CHAPTERS:
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                code += "\n" + "".join(cell["source"])
    for rows, _ in table("en")[1]:
        for row in rows:
            for names in re.findall(r"`([^`]+)`", row[3]):
                for name in names.split(", "):
                    name = re.escape(name.split(".")[-1])
                    found = re.search(rf"(?<!\w){name}(?!\w)", code)
                    assert found, (row[0], names)


# --- words -----------------------------------------------------------------


def words(language):
    """Return the prose of one edition by file, widgets and hints too."""
    folder = "" if language == "en" else "ko/"
    paths = [
        *(ROOT / "notebooks" / (folder + p.name) for p in CHAPTERS),
        *(ROOT / "book" / folder).glob("*.md"),
        *(ROOT / "rnnlib" / "widgets").glob("*.js"),
        *(ROOT / "rnnlib" / "exercises").glob("*.py"),
        ROOT / "rnnlib" / "widgets" / "questions.json",
        ROOT / ("README.md" if language == "en" else "README.ko.md"),
    ]
    for path in paths:
        is_book = path.suffix == ".ipynb"
        yield path, prose(path) if is_book else path.read_text("utf-8")
    terms = yaml.safe_load((ROOT / "book" / "glossary.yml").read_text("utf-8"))
    for term in terms:
        yield (
            term["en"],
            f"{term[language]}. " + str(term.get("define", {}).get(language)),
        )


@pytest.mark.parametrize("language", PAGES)
def test_a_term_is_written_one_way(language):
    """What `avoid` of the glossary lists stands nowhere."""
    terms = yaml.safe_load((ROOT / "book" / "glossary.yml").read_text("utf-8"))
    avoided = {word: term for term in terms for word in term.get("avoid", [])}
    assert len(avoided) > 20
    for path, text in words(language):
        for word, term in avoided.items():
            _, found, after = text.partition(word)
            assert not found, f"{path}: {term['ko']}, not {word}{after[:40]}"


@pytest.mark.parametrize("language", PAGES)
def test_no_space_comes_before_a_percent_sign(language):
    for path, text in words(language):
        code = isinstance(path, Path) and path.suffix in (".js", ".py")
        after = r"(?! [\w(])" if code else ""  # there it may divide
        found = re.search(rf".{{0,20}}(?:\d|[a-z]\}}|\)\}}) %{after}", text)
        assert not found, f"{path}: {found}"
