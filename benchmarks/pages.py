"""Measure what a reader waits for: pages, sliders, builds, beside the peers.

    python benchmarks/pages.py             # pages, sliders, peers: the site
    python benchmarks/pages.py --builds    # builds of a fresh clone instead

The site must be built. Chromium is driven by Playwright and throttled by
its own protocol. The peers' way needs npm: two packages are unpacked beside
the page that needs them. Prints tables, and writes them into RESULTS.md.
"""

import argparse
import functools
import gzip
import http.server
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import report
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
# Lighthouse's phone: its screen, its slow 4G, a processor four times slower.
PHONE = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
CPU = 4
LOADS = 5  # of each page
PRESSES = 40  # of a key, on each slider
OURS = re.compile(
    r"\.html|/rnn-|/(?:book|widgets|landing|progress)\.|figures/"
)
LIVE = """() => document.readyState === 'complete' &&
  !('opening' in document.documentElement.dataset) &&
  [...document.querySelectorAll('.rnn-widget[data-widget]')]
    .every((w) => w.dataset.live)"""
PEER = "the map tanh(w h + b) of chapter 2, w from -3 to 3"
# The peers' way to the same picture, live and recorded.
INTERACT = """
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

h = np.linspace(-1, 1, 201)

def unit(w=0.5):
    figure, ax = plt.subplots(figsize=(3.4, 3.0))
    ax.plot(h, h, h, np.tanh(w * h))
    x, way = 0.9, [(0.9, 0.9)]
    for _ in range(20):
        y = np.tanh(w * x)
        way += [(x, y), (y, y)]
        x = y
    ax.plot(*np.transpose(way))
    ax.set(xlabel="$h_{t-1}$", ylabel="$h_t$", aspect="equal")
    plt.show()

interact(unit, w=(-3.0, 3.0, 0.1));
"""


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves as a host does: compressed, over connections that stay open."""

    protocol_version = "HTTP/1.1"
    packed = staticmethod(functools.cache(gzip.compress))

    def do_GET(self):
        """Answer with the file."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        kind = self.guess_type(str(path))
        text = kind.startswith("text/") or "script" in kind or "svg" in kind
        if text:
            body = self.packed(body)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def served(folder):
    """Serve a folder on this machine: its address."""
    handler = functools.partial(Host, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def chromium():
    """Start Chromium: Playwright's own, or one that the machine has."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = own if Path(own).exists() else None
        for name in ("chromium", "google-chrome", "chrome"):
            found = found or shutil.which(name)
        if not found:
            sys.exit("No Chromium: run playwright install chromium.")
        flags = ["--no-sandbox", "--disable-gpu"]
        flags.append("--disable-background-networking")
        yield playwright.chromium.launch(executable_path=found, args=flags)


# --- A page on a slow phone -------------------------------------------------


def visit(browser, url):
    """Open a page on the slow phone, nothing cached: times and weights."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    client = context.new_cdp_session(page)
    names, weights = {}, {}

    def response(event):
        names[event["requestId"]] = event["response"]["url"]

    def finished(event):
        name = names.get(event["requestId"], "")
        if name.startswith("http"):
            weights[name] = event["encodedDataLength"]

    client.on("Network.responseReceived", response)
    client.on("Network.loadingFinished", finished)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_4G)
    client.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.add_init_script(PROBE)
    page.goto(url, wait_until="commit")
    page.wait_for_function("window.bench?.done()", timeout=180_000)
    found = page.evaluate("window.bench.report()")
    context.close()
    found["all"] = sum(weights.values())
    found["ours"] = sum(n for u, n in weights.items() if OURS.search(u))
    return found


def middle(runs):
    """Return the median of each quantity; None where a page has none."""
    return {
        name: None
        if any(run[name] is None for run in runs)
        else statistics.median(run[name] for run in runs)
        for name in runs[0]
    }


def seconds(value):
    """Return milliseconds as seconds."""
    return "-" if value is None else f"{value / 1000:.2f}"


def kilo(value):
    """Return bytes as kilobytes."""
    return f"{value / 1000:.0f}"


def row(name, found):
    """Return a page's row of the table."""
    times = ("text", "answer", "alive", "equations", "quiet")
    return [
        name,
        kilo(found["ours"]),
        kilo(found["all"]),
        *(seconds(found[time]) for time in times),
    ]


HEAD = [
    *("page", "ours, kB", "all, kB", "text, s", "first answer, s"),
    *("all alive, s", "equations, s", "quiet, s"),
]


def pages(browser, address, loads):
    """Return a row of results for each page of both editions."""
    names = sorted(
        str(path.relative_to(SITE))
        for path in SITE.rglob("*.html")
        if "_static" not in path.parts and path.name != "search.html"
    )
    runs = {name: [] for name in names}
    for _ in range(loads):  # a slow moment meets one load of each at most
        for name in names:
            runs[name].append(visit(browser, f"{address}/{name}"))
    return {name: middle(each) for name, each in runs.items()}


# --- From key to picture ----------------------------------------------------

# From the event to the message that follows the painted frame.
STOPWATCH = """() => {
  window.took = [];
  addEventListener("input", () => {
    const start = performance.now();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => took.push(performance.now() - start);
      channel.port2.postMessage(0);
    });
  }, true);
}"""


def worked(client):
    """Return the milliseconds that the page's main thread has worked."""
    metrics = client.send("Performance.getMetrics")["metrics"]
    return 1e3 * next(
        m["value"] for m in metrics if m["name"] == "TaskDuration"
    )


def drive(page, client, slider):
    """Press arrow keys on a slider: milliseconds of work, and on the clock.

    Work is time on the processor of the page's main thread: script, style,
    layout and paint of the frame. Another process cannot add to it. What a
    key costs that moves nothing is this measurement's own and taken off.
    """
    slider.focus()
    low = slider.evaluate("(e) => Number(e.value) < (+e.min + +e.max) / 2")
    page.evaluate("() => { took.length = 0; }")

    def press(key):
        page.wait_for_timeout(20)
        before, told = worked(client), page.evaluate("took.length")
        page.keyboard.press(key)
        page.wait_for_timeout(30)
        moved = page.evaluate("took.length") > told  # not at the end
        return worked(client) - before, moved

    idle = statistics.median(press("Shift")[0] for _ in range(9))
    work = []
    for k in range(PRESSES):
        forth = (k // 8) % 2 == 0  # eight steps there, eight back
        spent, moved = press("ArrowRight" if forth == low else "ArrowLeft")
        if moved:
            work.append(spent - idle)
    return work, page.evaluate("took")


def p95(values):
    """Return what all but one in twenty stay under."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


def sliders(browser, address):
    """Return for each widget with sliders its slowest slider's times."""
    found = {}
    for path in sorted((SITE / "notebooks").glob("*.html")):
        # Without motion one key is one picture, not the film to it.
        page = browser.new_page(
            viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        client = page.context.new_cdp_session(page)
        client.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"{address}/notebooks/{path.name}")
        page.wait_for_function(LIVE)
        page.evaluate(STOPWATCH)
        for widget in page.locator(".rnn-widget[data-widget]").all():
            stem = widget.get_attribute("data-widget")
            for slider in widget.locator("input[type=range]").all():
                if not (slider.is_visible() and slider.is_enabled()):
                    continue
                work, clock = drive(page, client, slider)
                if not work:
                    continue
                label = slider.evaluate("(e) => e.labels[0]?.textContent")
                new = (p95(work), statistics.median(work), p95(clock), label)
                found[stem] = max(found.get(stem, (0,)), new)
        page.close()
    return found


# --- The peers' way ---------------------------------------------------------


@contextmanager
def lab(folder):
    """Start JupyterLab on a folder: its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser"),
            *("--allow-root", f"--port={port}", "--ServerApp.token="),
            f"--ServerApp.root_dir={folder}",
            f"--LabApp.workspaces_dir={folder / 'workspaces'}",
            f"--LabApp.user_settings_dir={folder / 'user'}",
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while server.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=1)
                break
            except OSError:
                time.sleep(0.3)
        yield address
    finally:
        server.terminate()
        server.wait()


# From the key to the frame after the picture: a new image has been decoded,
# a drawing has new attributes.
ANSWER = """(box) => {
  window.took = [];
  let start = 0;
  const note = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      if (start) took.push(performance.now() - start);
      start = 0;
    };
    channel.port2.postMessage(0);
  });
  addEventListener("keydown", () => { start = performance.now(); }, true);
  // A new image, or a path drawn anew; not what moves with the handle.
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    const image = (node) =>
      node.matches?.("img") || node.querySelector?.("img");
    const drawn = changes.some((change) => change.attributeName);
    if (!drawn && !added.some(image)) return;
    const picture = box.querySelector("img");
    if (picture) picture.decode().then(note, () => {});
    else note();
  }).observe(box, { subtree: true, childList: true,
                    attributeFilter: ["src", "d"] });
}"""


def answers(page, box, handle):
    """Press a key twenty times: milliseconds to each changed picture."""
    page.locator(box).first.evaluate(ANSWER)
    page.locator(handle).first.focus()
    for k in range(20):
        told = page.evaluate("took.length")
        page.keyboard.press("ArrowRight" if k < 10 else "ArrowLeft")
        page.wait_for_function(f"took.length > {told}", timeout=20_000)
        page.wait_for_timeout(150)
    return page.evaluate("took")


def live(browser, folder):
    """Measure interact and our widget in one notebook with one kernel."""
    ours = (
        "from rnnlib.widgets import OneUnitMap\nOneUnitMap()"  # the same map
    )
    cells = [nbformat.v4.new_code_cell(text) for text in (INTERACT, ours)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["kernelspec"] = kernel  # else JupyterLab asks
    nbformat.write(notebook, folder / "peer.ipynb")
    with lab(folder) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{address}/lab/tree/peer.ipynb?reset")
        page.wait_for_selector(
            ".jp-Notebook-ExecutionIndicator[data-status=idle]",
            timeout=120_000,
        )
        picture = page.locator(".widget-interact img")
        while not picture.count():  # a starting kernel may lose what is run
            page.locator(".jp-Notebook").first.click()
            for name in ("Run", "Run All Cells"):
                page.get_by_role("menuitem", name=name, exact=True).click()
            page.wait_for_timeout(10_000)
        page.wait_for_selector(".rnn-widget input", timeout=120_000)
        page.wait_for_timeout(2000)
        peer = answers(page, ".widget-interact", ".noUi-handle")
        own = answers(page, ".rnn-widget", ".rnn-widget input[type=range]")
        page.close()
    return peer, own


def stock(folder):
    """Write the peers' page without a kernel: 61 pictures and a slider.

    ipywidgets.embed as its manual has it; its scripts, from npm, lie beside
    the page, so that no other host's speed is measured.
    """
    import ipywidgets
    import matplotlib.pyplot as plt
    import numpy as np
    from ipywidgets.embed import embed_minimal_html

    h = np.linspace(-1, 1, 201)
    pictures = []
    for k in range(61):
        figure, ax = plt.subplots(figsize=(3.4, 3.0))
        ax.plot(h, h, h, np.tanh((k - 30) / 10 * h))
        ax.set(xlabel="$h_{t-1}$", ylabel="$h_t$", aspect="equal")
        name = folder / "picture.png"
        figure.savefig(name)
        plt.close(figure)
        pictures.append(ipywidgets.Image(value=name.read_bytes()))
    slider = ipywidgets.IntSlider(value=35, max=60)
    shown = ipywidgets.Stack(children=pictures, selected_index=35)
    link = ipywidgets.jslink((slider, "value"), (shown, "selected_index"))
    page = folder / "index.html"
    embed_minimal_html(
        page,
        views=[ipywidgets.VBox([slider, shown])],
        state=ipywidgets.Widget.get_manager_state()["state"],
        drop_defaults=False,
    )
    assert link is not None
    for name in ("@jupyter-widgets/html-manager@1.0.15", "requirejs@2.3.8"):
        subprocess.run(
            ["npm", "pack", "--silent", name],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    for packed in folder.glob("*.tgz"):
        shutil.unpack_archive(packed, folder / packed.stem, filter="data")
    (manager,) = folder.glob("*html-manager*/package/dist/embed-amd.js")
    (loader,) = folder.glob("requirejs*/package/require.js")
    text = page.read_text(encoding="utf-8")
    text = re.sub(
        r'src="[^"]*require[^"]*\.js"[^>]*>',
        f'src="{loader.relative_to(folder)}">',
        text,
    )
    text = re.sub(
        r'src="[^"]*html-manager[^"]*"',
        f'src="{manager.relative_to(folder)}"',
        text,
    )
    page.write_text(text, encoding="utf-8")


def peers(browser, address, loads):
    """Return the lines that set our way beside the others'."""
    with tempfile.TemporaryDirectory() as name:
        theirs, ours = live(browser, Path(name))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/notebooks/02-rnn.html")
    page.wait_for_function(LIVE)
    box = "[data-widget=one_unit_map]"
    static = answers(page, box, f"{box} input[type=range]")
    page.close()
    times = [
        ("interact + matplotlib, kernel", theirs),
        ("our widget, kernel", ours),
        ("our widget, the page", static),
    ]
    lines = [
        f"The picture is {PEER}. From an arrow key to the frame that shows "
        "the changed picture, milliseconds:",
        "",
        *report.table(
            ["way", "median", "p95"],
            [
                [way, f"{statistics.median(t):.0f}", f"{p95(t):.0f}"]
                for way, t in times
            ],
        ),
        "",
    ]
    if not shutil.which("npm"):
        return [*lines, "html-manager was not measured: npm is missing."]
    with tempfile.TemporaryDirectory() as name:
        stock(Path(name))
        with served(name) as other:
            runs = [visit(browser, f"{other}/") for _ in range(loads)]
    found = middle(runs)
    return [
        *lines,
        "On the slow phone, ipywidgets' own way without a kernel "
        "(html-manager, a slider linked to 61 recorded pictures; nothing "
        "else in the page): "
        f"{kilo(found['all'])} kB, text after {seconds(found['text'])} s, "
        f"first answer after {seconds(found['answer'])} s.",
    ]


# --- Builds -----------------------------------------------------------------


def builds():
    """Return the lines of how long a fresh clone takes to build."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        book = Path(name) / "book"
        subprocess.run(
            ["git", "clone", "--quiet", str(ROOT), str(book)], check=True
        )

        def make(what, verb):
            start = time.monotonic()
            done = subprocess.run(
                ["make", verb, f"PYTHON={sys.executable}"],
                cwd=book,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                sys.exit(f"{what}:\n{done.stdout[-3000:]}{done.stderr}")
            rows.append([what, f"{time.monotonic() - start:.0f}"])

        make("the environment alone", ".venv/.ready")
        make("cold: every chapter runs", "book")
        make("warm: nothing changed", "book")
        chapter = book / "notebooks" / "02-rnn.ipynb"
        notebook = nbformat.read(chapter, 4)
        notebook.cells[0].source += "\n\nOne sentence more."
        nbformat.write(notebook, chapter)
        make("warm: the text of one chapter changed", "book")
        with (book / "rnnlib" / "widgets" / "shared.js").open("a") as script:
            script.write("// A remark.\n")
        make("warm: one script changed", "book")
    return [
        "# Builds: measured",
        "",
        "Written by `python benchmarks/pages.py --builds` on "
        f"{report.machine()}: seconds of `make book` in a fresh clone of the "
        "last commit, both editions side by side.",
        "",
        *report.table(["build", "s"], rows),
        "",
        *verdict("cold under 300 s", float(rows[1][1]), 300),
        *verdict(
            "warm under 60 s", max(float(row[1]) for row in rows[2:]), 60
        ),
    ]


def verdict(goal, value, most):
    """Say whether a goal is reached."""
    word = "reached" if value <= most else "**missed**"
    return [f"- {word}: {goal}: {value:.1f}"]


def main():
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--builds", action="store_true")
    parser.add_argument("--loads", type=int, default=LOADS)
    chosen = parser.parse_args()
    if chosen.builds:
        report.keep("builds", builds())
        return
    if not (SITE / "index.html").exists():
        sys.exit("Nothing is built yet: run make book first.")
    with served(SITE) as address, chromium() as browser:
        loaded = pages(browser, address, chosen.loads)
        moved = sliders(browser, address)
        beside = peers(browser, address, chosen.loads)
        version = browser.version
    answers = [each["answer"] or each["text"] for each in loaded.values()]
    report.keep(
        "pages",
        [
            "# Pages: measured",
            "",
            f"Written by `python benchmarks/pages.py` on {report.machine()}, "
            f"Chromium {version}.",
            "",
            f"Each page {chosen.loads} times, nothing cached, on Lighthouse's "
            "slow phone: 1.6 Mbit/s, 150 ms to each response, a processor "
            f"{CPU} times slower than this one; medians. Text: first "
            "contentful paint. First answer: the first widget has been "
            "touched and a frame shows its answer. Quiet: the end of the "
            "last task over 50 ms. Weights are compressed; ours is the page, "
            "its scripts, styles, pictures and numbers, the rest is the "
            "theme's scripts and MathJax.",
            "",
            *report.table(HEAD, [row(*each) for each in loaded.items()]),
            "",
            *verdict("first answer within 2 s", max(answers) / 1000, 2),
            *verdict(
                "ours under 500 kB",
                max(each["ours"] for each in loaded.values()) / 1000,
                500,
            ),
            *verdict(
                "all under 900 kB",
                max(each["all"] for each in loaded.values()) / 1000,
                900,
            ),
            "",
            "## From key to picture in the page",
            "",
            f"{PRESSES} arrow keys on every slider, full speed; for each "
            "widget the slowest one, milliseconds. Work is processor time of "
            "the page's main thread, which other processes cannot lengthen: "
            "script, style, layout, paint. The clock includes the wait for "
            "the next frame, up to 17.",
            "",
            *report.table(
                ["widget", "slider", "work p95", "median", "clock p95"],
                [
                    [stem, str(label), *(f"{x:.1f}" for x in times)]
                    for stem, (*times, label) in sorted(moved.items())
                ],
            ),
            "",
            *verdict(
                "work p95 within 16 ms",
                max(each[0] for each in moved.values()),
                16,
            ),
            "",
            "## Beside the peers' way",
            "",
            *beside,
        ],
    )


if __name__ == "__main__":
    main()
