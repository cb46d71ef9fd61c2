"""The printed edition: what stands on paper where a page would be alive.

A widget becomes its picture with a line that says where it moves, a question
becomes text, and the solutions go to the end of their chapter, where nobody
reads them by accident. ``book/_tools/pdf.py`` runs the builder.
"""

import html
import json
import os
import re
import shutil
import string
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.writers.latex2e import Babel
from PIL import Image, ImageChops
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms.images import ImageConverter

from .addresses import published
from .figures import COLOURS

WIDGET = re.compile(
    r'<div class="rnn-widget" data-widget="(\w+)">.*?<img\b[^>]*?'
    r'\balt="([^"]*)".*?<script type="application/json">(.*?)</script>',
    re.DOTALL,
)
EXERCISE = re.compile(r"(?:Exercise|연습(?: 문제)?) (\d+\.\d+)")
WORDS = {
    "en": {
        "preface": "About this book",
        "solutions": "Solutions and answers",
        "solution": "Solution on page",
        "answer": "Answer on page",
        "question": "Question",
        "exercise": "Exercise",
        "online": "This picture moves: open the section online.",
        "offline": "This picture moves in the web edition, chapter {}, “{}”.",
        "page": "This picture moves in the web edition, on its first page.",
        "zip": "the whole site, to read without a network (zip)",
        "pdf": "the printed edition (PDF)",
    },
    "ko": {
        "preface": "이 책에 대하여",
        "solutions": "풀이와 답",
        "solution": "풀이는",
        "answer": "답은",
        "question": "질문",
        "exercise": "연습 문제",
        "online": "움직이는 그림이다. 이 절을 온라인에서 열 수 있다.",
        "offline": "웹판 {}장 ‘{}’ 절에서 움직이는 그림이다.",
        "page": "웹판 첫 쪽에서 움직이는 그림이다.",
        "zip": "네트워크 없이 읽는 사이트 전체(zip)",
        "pdf": "인쇄판(PDF)",
    },
}


def latex(text: str) -> nodes.raw:
    """Return a piece of LaTeX."""
    return nodes.raw("", text, format="latex")


def boxed(
    name: str, children: Iterable[nodes.Node], argument: str = ""
) -> list[nodes.Node]:
    """Put nodes into an environment of book.sty."""
    begin = latex(f"\n\\begin{{{name}}}{argument}\n")
    return [begin, *children, latex(f"\n\\end{{{name}}}\n")]


def cropped(path: Path) -> Path:
    """Cut the white margins off a picture; its scale stays."""
    picture = Image.open(path).convert("RGB")
    white = Image.new("RGB", picture.size, "white")
    box = ImageChops.difference(picture, white).getbbox()
    out = path.with_name(f"cropped-{path.name}")
    dpi = Image.open(path).info.get("dpi", (80, 80))
    picture.crop(box).save(out, dpi=dpi)
    return out


class Printer:
    """Makes one document ready for paper."""

    def __init__(self, app: Sphinx, doctree: nodes.document) -> None:
        assert app.env is not None
        self.app = app
        self.doctree = doctree
        self.docname = app.env.docname
        self.words = WORDS[app.config.language]
        self.ends: list[nodes.Node] = []  # what goes to the end of the chapter
        self.questions = 0
        number = re.match(r"0*(\d+)-", Path(self.docname).name)
        self.chapter = number[1] if number else ""

    def where(self, node: nodes.Node) -> nodes.paragraph:
        """Say where a picture moves; a link if the book has an address."""
        line = nodes.paragraph("", "", latex("\\rnnwhere{}"))
        section = node
        while section is not None and not isinstance(section, nodes.section):
            section = section.parent
        site = self.app.config.rnnbook_site_url.rstrip("/")
        if site:
            edition = "ko/" if self.app.config.language == "ko" else ""
            url = f"{site}/{edition}{published(self.docname)}.html"
            if section is not None:
                url += f"#{section['ids'][0]}"
            line += nodes.reference(
                "", self.words["online"], refuri=url, internal=False
            )
        elif self.chapter and section is not None:
            title = section[0].astext()
            text = self.words["offline"].format(self.chapter, title)
            line += nodes.Text(text)
        else:
            line += nodes.Text(self.words["page"])
        return line

    def picture(self, node: nodes.Node, image: Path, words: str) -> None:
        """Replace a widget by its picture."""
        uri = Path("/") / cropped(image).relative_to(self.app.srcdir)
        caption = nodes.paragraph("", words)
        children = [nodes.image("", uri=str(uri)), caption, self.where(node)]
        self.replace(node, boxed("rnnwidget", children))

    def question(self, node: nodes.Node, state: dict[str, object]) -> None:
        """Print a question and its choices; the answer goes to the end."""
        choices = state["choices"]
        assert isinstance(choices, list)
        self.questions += 1
        name = f"{self.words['question']} {self.questions}. "
        label = f"answer-{self.docname}-{self.questions}"
        letters = string.ascii_lowercase
        items = [
            latex("\n\\begin{enumerate}[label=(\\alph*)]\n"),
            *(
                child
                for choice in choices
                for child in (
                    latex("\n\\item "),
                    nodes.paragraph("", choice["text"]),
                )
            ),
            latex("\n\\end{enumerate}\n"),
        ]
        asked = nodes.paragraph("", "", nodes.strong("", name))
        asked += nodes.Text(str(state["question"]))
        back = latex(f"\n\\rnnback{{{self.words['answer']}}}{{{label}}}\n")
        self.replace(node, boxed("rnnquestion", [asked, *items, back]))
        answer = nodes.paragraph("", "", latex(f"\\label{{{label}}}"))
        answer += nodes.strong("", name)
        for letter, choice in zip(letters, choices, strict=False):
            if choice["right"]:
                answer += nodes.Text(f"({letter}) {choice['feedback']}")
        self.ends.append(answer)

    @staticmethod
    def replace(node: nodes.Node, new: list[nodes.Node]) -> None:
        """Put nodes into the place of one."""
        parent = node.parent
        at = parent.index(node)
        parent[at : at + 1] = new

    def output(self, bundle: nodes.container) -> None:
        """Replace a widget among the outputs of a cell."""
        kinds = {child["mime_type"]: child for child in bundle}
        if "text/html" not in kinds:
            return
        found = WIDGET.search(kinds["text/html"].astext())
        if found is None:
            return
        image = next(iter(kinds["image/png"].findall(nodes.image)))
        assert self.app.env is not None
        _, path = self.app.env.relfn2path(image["uri"], self.docname)
        self.widget(bundle, found, Path(path))

    def widget(
        self, node: nodes.Node, found: re.Match[str], image: Path
    ) -> None:
        """Replace a widget by what can be printed of it."""
        stem, words, payload = found.groups()
        if stem == "quiz":
            self.question(node, json.loads(payload)["state"])
        else:
            self.picture(node, image, html.unescape(words))

    @staticmethod
    def cell(cell: nodes.container) -> None:
        """Drop what an exercise says to nobody, and the call of a question."""
        inside = next(iter(cell.findall(nodes.literal_block)), None)
        code = inside.astext().strip() if inside is not None else ""
        lines = code.count("\n") + 3
        if lines < 18:  # a short cell stays on one page
            cell.insert(0, latex(f"\\Needspace*{{{lines}\\baselineskip}}\n"))
        silent = ""
        if "exercises.check(" in code:
            silent = "cell_output"
        elif re.fullmatch(r"widgets\.Quiz\(.*\)", code):
            silent = "cell_input"
        for part in list(cell):
            if silent in part.get("classes", []):
                cell.remove(part)

    def solutions(self) -> None:
        """Move each folded solution to the end, and say on which page."""
        number = ""
        for node in list(self.doctree.findall()):
            if isinstance(node, nodes.strong):
                found = EXERCISE.match(node.astext())
                number = found[1] if found else number
            if not (
                isinstance(node, nodes.raw)
                and node.astext().startswith("<details>")
            ):
                continue
            parent = node.parent
            at = parent.index(node)
            end = next(
                k
                for k in range(at, len(parent))
                if parent[k].astext().strip().endswith("</details>")
            )
            inner = parent[at + 1 : end]
            label = f"solution-{number}"
            parent[at : end + 1] = [
                latex(f"\n\\rnnback{{{self.words['solution']}}}{{{label}}}\n")
            ]
            head = nodes.paragraph("", "", latex(f"\\label{{{label}}}"))
            head += nodes.strong("", f"{self.words['exercise']} {number}.")
            self.ends += [head, *inner]

    def run(self) -> None:
        """Do all of it."""
        for node in list(self.doctree.findall(nodes.container)):
            if node.get("nb_element") == "cell_code":
                self.cell(node)
        for node in list(self.doctree.findall(nodes.container)):
            if node.get("nb_element") == "mime_bundle":
                self.output(node)
            elif "rnn-buttons" in node["classes"]:  # ways to the web
                node.parent.remove(node)
        for node in list(self.doctree.findall(nodes.raw)):
            found = WIDGET.search(node.astext())
            if found and "png" in node:  # of the directive, see living
                self.widget(node, found, Path(node["png"]))
        for node in self.doctree.findall(nodes.math_block):
            # Sphinx would put it into a `split`, which takes no tag; and
            # \cr, which survives JSON and Markdown, sets rows too close.
            text = node.astext().strip().replace(r"\cr", r"\\")
            whole = f"\\begin{{equation*}}\n{text}\n\\end{{equation*}}"
            node.children = [nodes.Text(whole)]
            node["nowrap"] = True
        self.solutions()
        if self.ends:
            top = next(iter(self.doctree.findall(nodes.section)))
            title = nodes.title("", self.words["solutions"])
            section = nodes.section(
                "",
                title,
                *self.ends,
                ids=[f"solutions-{Path(self.docname).name}"],
            )
            section["classes"] = ["rnn-solutions"]
            top += section


def read(app: Sphinx, doctree: nodes.document) -> None:
    """Make a document ready for paper when it is read."""
    if app.builder.format == "latex":
        Printer(app, doctree).run()


def bind(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the whole book its order: preface, chapters, reference pages."""
    if app.builder.format != "latex":
        return
    root = next(iter(doctree.findall(nodes.section)))
    title, *rest = root.children
    preface = nodes.section("", ids=["preface"])
    preface += nodes.title("", WORDS[app.config.language]["preface"])
    wrappers = [
        node for node in rest if "toctree-wrapper" in node.get("classes", [])
    ]
    preface += [node for node in rest if node not in wrappers]
    root.children = [title]
    root += [latex("\n\\rnnunnumbered\n"), preface]
    for part in wrappers:
        files = list(part.findall(addnodes.start_of_file))
        chapters = any("notebooks" in file["docname"] for file in files)
        name = "rnnnumbered" if chapters else "rnnunnumbered"
        root += [latex(f"\n\\{name}\n"), part]


def page_context(
    app: Sphinx, _: str, __: str, context: dict[str, Any], ___: Any
) -> None:
    """Name the zip and the PDF where they are published beside the site.

    By their whole addresses: a page may itself come from the zip.
    """
    site = app.config.rnnbook_site_url.rstrip("/")
    here = app.config.language
    edition = "-ko" if here == "ko" else ""
    files = {"zip": "networks-with-memory.zip"}
    files["pdf"] = f"networks-with-memory{edition}.pdf"
    context["downloads"] = [
        (f"{site}/{name}", WORDS[here][kind])
        for kind, name in files.items()
        if site and app.config.rnnbook_downloads
    ]


class Vectors(ImageConverter):
    """SVG drawings become PDF."""

    conversion_rules: ClassVar = [("image/svg+xml", "application/pdf")]

    def is_available(self) -> bool:
        """Tell whether librsvg's converter is there."""
        return shutil.which("rsvg-convert") is not None

    def convert(self, _from: str, _to: str) -> bool:
        """Convert one file; the colours of a page are no colours on paper."""
        text = Path(_from).read_text(encoding="utf-8")
        for colour, name in COLOURS.items():
            text = text.replace(f"var(--rnn-{name})", colour)
        done = subprocess.run(
            ["rsvg-convert", "--format=pdf", f"--output={_to}"],
            input=text,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ExtensionError(f"rsvg-convert could not read {_from}")
        return True


def setup(app: Sphinx) -> None:
    """Set the LaTeX builder up, and connect the moments to act."""
    # Babel has no Korean; English only hyphenates the Latin words.
    Babel.language_codes["ko"] = "english"
    app.config.latex_additional_files = ["book/_latex/book.sty"]
    app.config.latex_use_xindy = False
    app.config.latex_table_style = ["booktabs"]
    app.config.latex_elements = {
        "papersize": "a4paper",
        "pointsize": "11pt",
        "extraclassoptions": "openany,oneside",
        "fncychap": "",
        "fontpkg": f"\\def\\rnnlanguage{{{app.config.language}}}",
        "fvset": "",
        "preamble": r"\usepackage{book}",
        "maketitle": r"\rnntitle",
        "tableofcontents": r"\rnntoc",
        "printindex": "",
        "sphinxsetup": (
            "verbatimhintsturnover=false, "
            "pre_border-width=0pt, pre_border-radius=2pt, "
            "VerbatimColor={rgb}{0.957,0.965,0.980}, "
            "VerbatimBorderColor={rgb}{0.957,0.965,0.980}, "
            "InnerLinkColor={rgb}{0.122,0.435,0.698}, "
            "OuterLinkColor={rgb}{0.122,0.435,0.698}, "
            "TitleColor={rgb}{0.114,0.141,0.200}"
        ),
    }
    # The workflow that publishes the files says so.
    there = os.environ.get("RNNBOOK_DOWNLOADS") == "1"
    app.add_config_value("rnnbook_downloads", there, "html")
    app.connect("html-page-context", page_context)
    app.connect("doctree-read", read, priority=100)  # images come after
    app.connect("doctree-resolved", bind)
    app.add_post_transform(Vectors)
