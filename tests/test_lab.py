"""The chapter in a real JupyterLab with a live kernel, by keyboard."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    # All cells stay in the page, and nobody asks about news.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the notebooks: its address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    # One whose kernel dies alone.
    first = folder / "notebooks" / "01-hopfield.ipynb"
    shutil.copy(first, first.with_name("mortal.ipynb"))
    settings = folder / "settings"
    settings.mkdir()
    (settings / "overrides.json").write_text(json.dumps(SETTINGS))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    log = (folder / "log.txt").open("w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser"),
            *("--allow-root", f"--port={port}", "--ServerApp.token="),
            f"--ServerApp.root_dir={folder / 'notebooks'}",
            f"--LabApp.app_settings_dir={settings}",
            f"--LabApp.workspaces_dir={folder / 'workspaces'}",
            f"--LabApp.user_settings_dir={folder / 'user'}",
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=1)
            break
        except OSError:
            assert server.poll() is None, (folder / "log.txt").read_text()
            time.sleep(0.5)
    yield address
    server.terminate()
    server.wait(timeout=20)
    log.close()


def opened(browser, lab, name, quizzes):
    """Open a chapter and run all of it, up to its last question."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(f"{lab}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    # A kernel's first start is slow, and what is run before it may be lost.
    page.wait_for_selector(
        ".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=90_000
    )
    page.locator(".jp-Notebook").first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """(n) =>
          document.querySelectorAll('.rnn-widget .rnn-quiz').length >= n""",
        arg=quizzes,
        timeout=180_000,
    )
    return page


# A chapter runs once for all that is done in it.
@pytest.fixture(
    scope="module", params=["ko/01-hopfield.ipynb", "01-hopfield.ipynb"]
)
def notebook(request, browser, lab):
    """Open an edition of chapter 1."""
    page = opened(browser, lab, request.param, quizzes=6)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def recurrent(browser, lab):
    """Open chapter 2."""
    page = opened(browser, lab, "02-rnn.ipynb", quizzes=8)
    yield page
    page.context.close()


def test_run_all_draw_by_keyboard_run_and_read_back(notebook):
    page = notebook
    errors = page.locator(".jp-RenderedText[data-mime-type*=stderr]")
    assert errors.all_inner_texts() == []
    plate = page.locator(".rnn-widget:has(.rnn-plate)").first
    plate.scroll_into_view_if_needed()
    cells = plate.locator(".rnn-plate button")
    cells.nth(0).focus()
    # Arrow keys belong to the plate, not to JupyterLab's command mode.
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    focused = cells.nth(12)
    assert focused.evaluate("cell => cell === document.activeElement")
    before = focused.get_attribute("aria-pressed")
    page.keyboard.press(" ")
    expect(focused).not_to_have_attribute("aria-pressed", before)

    picture = cells.evaluate_all(
        "cells => cells.map((c) => c.getAttribute('aria-pressed')).join()"
    )
    plate.locator("button.rnn-main").focus()
    page.keyboard.press("Enter")
    expect(plate.locator(".rnn-value").first).to_have_text(
        "1.00", timeout=20_000
    )
    after = cells.evaluate_all(
        "cells => cells.map((c) => c.getAttribute('aria-pressed')).join()"
    )
    assert after != picture

    # Python sees what the page shows: run the next cell by keyboard.
    back = page.locator(
        ".jp-CodeCell", has_text="hopfield.overlap(X, pad.pattern)"
    )
    back.locator(".jp-InputArea-editor").click()
    output = back.locator(".jp-OutputArea-output")
    page.keyboard.press("Control+Enter")
    expect(output).to_contain_text("[1.", timeout=20_000)
    told = re.search(r"\[(.*)\]", output.inner_text())[1].split()
    shown = [
        float(text.replace("−", "-"))
        for text in plate.locator(".rnn-value").all_inner_texts()
    ]
    assert [float(x) for x in told] == pytest.approx(shown, abs=0.006)


def test_a_slider_asks_the_kernel(notebook):
    page = notebook
    cliff = page.locator(".rnn-widget:has(.rnn-panels)")
    slider = cliff.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    slider.focus()
    readout = cliff.locator(".rnn-readout").nth(2)
    before = readout.inner_text()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert slider.evaluate("input => input === document.activeElement")
    expect(cliff.locator(".rnn-slider output").first).to_have_text("0.18")
    expect(readout).not_to_have_text(before, timeout=20_000)


def test_a_training_is_started_paused_and_continued(recurrent):
    page = recurrent
    errors = page.locator(".jp-RenderedText[data-mime-type*=stderr]")
    assert errors.all_inner_texts() == []
    panel = page.locator(".rnn-widget:has(.rnn-written)").first
    panel.scroll_into_view_if_needed()
    status = panel.locator(".rnn-status")
    expect(status).to_contain_text("4,000 of 4,000", timeout=60_000)

    panel.get_by_role("button", name="From the beginning").press("Enter")
    expect(status).to_contain_text("4,000 updates to go", timeout=20_000)
    panel.get_by_role("button", name="Start").press("Enter")
    pause = panel.get_by_role("button", name="Pause")
    expect(pause).to_be_visible(timeout=20_000)
    written = panel.locator(".rnn-written")
    before = written.inner_text()
    expect(written).not_to_have_text(before, timeout=20_000)
    pause.press("Enter")
    go_on = panel.get_by_role("button", name="Continue")
    expect(go_on).to_be_visible(timeout=20_000)
    page.wait_for_timeout(500)
    stopped = status.inner_text()
    page.wait_for_timeout(700)
    assert status.inner_text() == stopped

    # The film is joined to the panel: it has the newest record.
    film = page.locator(".rnn-widget:has(textarea)")
    film.scroll_into_view_if_needed()
    assert film.get_by_label("after update").get_attribute(
        "aria-valuetext"
    ) not in ("4,000", None)

    go_on.press("Enter")
    expect(status).to_contain_text("4,000 of 4,000", timeout=60_000)


def test_what_is_typed_is_a_value_in_python(recurrent):
    page = recurrent
    trail = page.locator(".rnn-widget:has(.rnn-history)")
    trail.scroll_into_view_if_needed()
    field = trail.get_by_label("First text", exact=True)
    field.click()
    page.keyboard.press("End")
    page.keyboard.type(" dd)")  # letters are no commands of JupyterLab here
    expect(field).to_have_value("(a b c d dd)")
    expect(trail.locator(".rnn-status")).to_contain_text("says outside")
    cell = page.locator(".jp-CodeCell", has_text="in zip(trail.texts")
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text(
        "'(a b c d dd)' ends at", timeout=20_000
    )


@pytest.fixture(scope="module")
def variants(browser, lab):
    """Open chapter 3."""
    page = opened(browser, lab, "03-model-variants.ipynb", quizzes=10)
    yield page
    page.context.close()


def test_readers_tell_python_what_they_think(variants):
    page = variants
    errors = page.locator(".jp-RenderedText[data-mime-type*=stderr]")
    assert errors.all_inner_texts() == []
    field = page.locator(".rnn-widget .rnn-example").first.locator(
        "xpath=ancestor::*[contains(@class, 'rnn-widget')]//*[contains("
        "concat(' ', @class, ' '), ' rnn-text ')]"
    )
    field.scroll_into_view_if_needed()
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("the bat broke")
    cell = page.locator(".jp-CodeCell", has_text="two.chances")
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text(
        "bat", timeout=20_000
    )
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("thing")


@pytest.fixture(scope="module")
def through_time(browser, lab):
    """Open chapter 4."""
    page = opened(browser, lab, "04-bptt.ipynb", quizzes=9)
    yield page
    page.context.close()


def test_a_dam_changes_the_gradient_that_python_reads(through_time):
    page = through_time
    errors = page.locator(".jp-RenderedText[data-mime-type*=stderr]")
    assert errors.all_inner_texts() == []
    cell = page.locator(".jp-CodeCell", has_text="river = widgets.Error")
    river = cell.locator(".rnn-widget")
    river.scroll_into_view_if_needed()
    river.locator(".rnn-touch[role=slider]").press("End")
    value = river.locator(".rnn-river-totals span").nth(1)
    expect(river.locator(".rnn-river-totals span")).to_have_count(3)

    # A new cell below, by JupyterLab's own keys.
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("print(river.dam, river.grads.W_hh.item())")
    page.keyboard.press("Control+Enter")
    new = page.locator(".jp-CodeCell", has_text="river.grads.W_hh.item()")
    output = new.locator(".jp-OutputArea-output")
    expect(output).to_contain_text("2 ", timeout=20_000)
    told = float(output.inner_text().split()[1])
    shown = float(value.inner_text().split()[-1].replace("−", "-"))
    assert told == pytest.approx(shown, rel=6e-3)


@pytest.fixture(scope="module")
def gated(browser, lab):
    """Open chapter 5."""
    page = opened(browser, lab, "05-lstm-gru.ipynb", quizzes=7)
    yield page
    page.context.close()


def test_a_bias_and_a_name_are_values_in_python(gated):
    page = gated
    errors = page.locator(".jp-RenderedText[data-mime-type*=stderr]")
    assert errors.all_inner_texts() == []
    dial = page.locator(".rnn-widget:has(.rnn-half)")
    dial.scroll_into_view_if_needed()
    dial.locator("input[type=range]").first.press("End")
    half = dial.locator(".rnn-half-facts div dd:last-child").nth(1)
    cell = page.locator(".jp-CodeCell", has_text="film = widgets.GateFilm")
    film = cell.locator(".rnn-widget")
    film.scroll_into_view_if_needed()
    field = film.locator(".rnn-text")
    field.press("Control+A")
    page.keyboard.type("dd Bob")  # letters are no commands of JupyterLab here
    expect(field).to_have_value("dd Bob")

    # A new cell below, by JupyterLab's own keys.
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(
        "print(dial.half_life, film.tokens[-1], film.answer.max())"
    )
    page.keyboard.press("Control+Enter")
    new = page.locator(".jp-CodeCell", has_text="film.tokens[-1]")
    output = new.locator(".jp-OutputArea-output")
    expect(output).to_contain_text(" b ", timeout=20_000)
    life, _, chance = output.inner_text().split()
    assert f"{float(life):.0f}" == half.inner_text()
    said = film.locator(".rnn-gate-said").inner_text()
    told = max(float(n) for n in re.findall(r"\b0\.\d\d\b|\b1\.00\b", said))
    assert float(chance) == pytest.approx(told, abs=0.006)


def test_a_kernel_dies_the_widgets_live_on_and_running_again_joins_them(
    browser, lab
):
    page = opened(browser, lab, "mortal.ipynb", quizzes=6)
    noise = []
    page.on(
        "console",
        lambda message: message.type == "error" and noise.append(message.text),
    )
    page.on("pageerror", lambda error: noise.append(str(error)))
    cell = page.locator(".jp-CodeCell", has_text="pad = widgets.Memory").first
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("import os; os.kill(os.getpid(), 9)")
    page.keyboard.press("Control+Enter")
    page.locator(".jp-Dialog", has_text="died").wait_for(timeout=60_000)
    page.locator(".jp-Dialog button.jp-mod-accept").click()

    # JupyterLab has said so; the widgets go on as on a page.
    plate = page.locator(".rnn-widget:has(.rnn-plate)").first
    plate.locator("button.rnn-main").press("Enter")
    expect(plate.locator(".rnn-value").first).to_have_text(
        "1.00", timeout=20_000
    )
    cliff = page.locator(".rnn-widget:has(.rnn-panels)")
    cliff.locator("input[type=range]").first.press("ArrowRight")
    expect(cliff.locator(".rnn-slider output").first).to_have_text("0.11")

    assert noise == []
    page.wait_for_selector(
        ".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=90_000
    )

    page.locator(".jp-CodeCell", has_text="os.getpid(), 9").locator(
        ".jp-InputArea-editor"
    ).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("'alive again'")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    alive = page.locator(".jp-CodeCell", has_text="alive again").locator(
        ".jp-OutputArea-output"
    )
    expect(alive).to_have_text("'alive again'", timeout=180_000)
    # The question after it, and with it the widget, is there again.
    below = page.locator(".jp-CodeCell", has_text="widgets.CapacityCliff()")
    expect(below.locator(".jp-InputPrompt")).not_to_have_text(
        re.compile(r"\*"), timeout=180_000
    )
    readout = cliff.locator(".rnn-readout").nth(2)
    expect(cliff.locator(".rnn-slider output").first).to_have_text("0.10")
    before = readout.inner_text()
    for _ in range(8):
        cliff.locator("input[type=range]").first.press("ArrowRight")
    expect(readout).not_to_have_text(before, timeout=20_000)
    assert noise == []
    page.context.close()
