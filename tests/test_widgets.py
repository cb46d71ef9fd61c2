"""The widgets' Python half: state, contract, errors, languages."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rnnlib import hopfield, models, one_unit, rnn, tasks, tree, widgets
from rnnlib.widgets import base
from rnnlib.widgets.quiz import QUESTIONS

HERE = Path(base.__file__).parent


def network(D=2, H=2, V=2):
    """Return a small network that was never trained."""
    return models.ManyToMany(rnn, D, H, V).init(np.random.default_rng(0))


def training(text="abcd " * 40, draw=None, steps=40):
    """Return a panel that learns a very short text."""
    vocabulary = tasks.vocabulary([text])
    numbers = np.array(vocabulary.encode(text))
    model = models.ManyToMany(rnn, vocabulary.size, 6, vocabulary.size)

    def draw_windows(rng):
        start = rng.integers(0, len(numbers) - 9, size=4)
        window = numbers[start + np.arange(9)[:, None]]
        return window[:-1], window[1:]

    params = model.init(np.random.default_rng(0))
    return widgets.Training(
        model,
        tree.cast(params, np.float32),
        draw or draw_windows,
        vocabulary,
        probe=text[:9],
        held_out=(numbers[:50, None], numbers[1:51, None]),
        steps=steps,
    )


EVERY = {
    "HiddenFilm": lambda: widgets.HiddenFilm(
        {"a": training()}, {"a": "bad cab"}
    ),
    "OneUnitMap": widgets.OneUnitMap,
    "StateTrail": lambda: widgets.StateTrail(network()),
    "Training": training,
    "Unroll": lambda: widgets.Unroll(network()),
    "MemoryPlate": widgets.MemoryPlate,
    "CapacityCliff": widgets.CapacityCliff,
    "BetaKnob": widgets.BetaKnob,
    "Quiz": lambda: widgets.Quiz("1.1"),
}
every_widget = pytest.mark.parametrize(
    "make", EVERY.values(), ids=EVERY.keys()
)


@pytest.fixture(autouse=True)
def english():
    widgets.language("en")
    yield
    widgets.language("en")


def payload(html):
    """Return the JSON that a page would read."""
    found = re.search(
        r'<script type="application/json">(.*?)</script>', html, re.DOTALL
    )
    return json.loads(found[1])


@every_widget
def test_the_page_gets_a_picture_and_the_whole_state(make):
    html = make().to_html()
    assert re.match(
        r'<div class="rnn-widget" data-widget="\w+"><img alt="\w', html
    )
    assert html.count("<script") == 1, "no inline code"
    read = payload(html)
    assert read["state"]["language"] == "en"
    assert len(html) < 200_000


@every_widget
def test_a_notebook_gets_the_live_view_and_three_fallbacks(make):
    data, _ = make()._repr_mimebundle_()
    assert data.keys() == {
        "application/vnd.jupyter.widget-view+json",
        "text/html",
        "image/png",
        "text/plain",
    }
    assert "0x" not in data["text/plain"]
    assert data["text/plain"] == repr(make())


@every_widget
def test_the_language_is_chosen_before_the_widget_is_made(make):
    widgets.language("ko")
    widget = make()
    assert widget.language == "ko"
    assert re.search("[가-힣]", widget.summary())


@pytest.mark.parametrize(
    "path", sorted(HERE.glob("*.js")), ids=lambda p: p.stem
)
def test_a_module_is_safe_and_whole(path):
    text = path.read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "document.write", "eval(", "http:"):
        if word == "http:":
            text = text.replace("http://www.w3.org/2000/svg", "")
        assert word not in text
    assert 'from "./' not in base.esm(path.stem)
    if base.DEFAULT in text:
        both = set(re.findall(r"^  (en|ko): \{", text, re.MULTILINE))
        assert both == {"en", "ko"}, "words in both languages"


@pytest.mark.parametrize(
    "path",
    [p for p in sorted(HERE.glob("*.js")) if "const TEXT" in p.read_text()],
    ids=lambda p: p.stem,
)
def test_both_languages_have_the_same_words(path):
    table = re.search(
        r"const TEXT = \{(.*?)\n\};", path.read_text(), re.DOTALL
    )
    english, korean = table[1].split("\n  ko: {")
    keys = [
        re.findall(r"(?:^|[{,])\s*(\w+): [\"`]", part, re.MULTILINE)
        for part in (english, korean)
    ]
    assert keys[0] == keys[1]


def test_the_bundle_is_one_classic_script():
    text = base.bundle()
    assert not re.search(r"^\s*(import|export) ", text, re.MULTILINE)
    for make in EVERY.values():
        assert f'widgets["{make().stem}"]' in text


def test_text_cannot_end_the_payload_early():
    plate = widgets.MemoryPlate(tasks.glyphs("A"), names=["</script><b>"])
    assert payload(plate.to_html())["state"]["names"] == ["</script><b>"]


# --- memory plate ----------------------------------------------------------


def test_the_plate_starts_on_a_cue_that_recalls(rng):
    plate = widgets.MemoryPlate()
    memories, cue = np.array(plate.patterns), np.array(plate.pattern)
    assert (memories[0] != cue).mean() == 0.25
    found = hopfield.recall(hopfield.store(memories), cue, rng)
    assert (found.state == memories[0]).all()


def test_the_plate_takes_the_readers_own_rule():
    seen = []

    def store(patterns):
        seen.append(patterns.shape)
        return hopfield.store(patterns)

    plate = widgets.MemoryPlate(store=store)
    assert plate.weights
    assert plate.problem == ""
    plate.patterns = plate.patterns[:2]
    assert seen == [(3, 100), (2, 100)]


@pytest.mark.parametrize(
    ("store", "said"),
    [
        (lambda patterns: patterns, "expected shape (100, 100), got (3, 100)"),
        (lambda patterns: 1 / 0, "ZeroDivisionError"),
        (lambda patterns: np.full((100, 100), np.nan), "finite"),
        (lambda patterns: None, "expected shape"),
    ],
)
def test_a_rule_that_fails_is_told_in_the_widget(store, said):
    plate = widgets.MemoryPlate(store=store)
    assert said in plate.problem
    assert plate.weights == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"patterns": [[0, 1, 1, 0]]}, "patterns: expected -1 and +1 only"),
        ({"patterns": []}, "patterns: expected an array of shape (P, N)"),
        ({"patterns": [[1, -1, 1]]}, "a square number up to 256, got 3"),
        ({"patterns": np.ones((1, 400))}, "up to 256, got 400"),
        ({"patterns": np.ones((21, 4))}, "at most 20, got 21"),
        ({"patterns": [[np.nan, 1, 1, 1]]}, "expected -1 and +1 only"),
        ({"names": ["A"], "patterns": np.ones((2, 4))}, "expected 2 of them"),
        ({"cue": [1, -1, 1, -1]}, "cue: expected length 100, got 4"),
    ],
)
def test_bad_input_is_named(arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        widgets.MemoryPlate(**arguments)


# --- explorers -------------------------------------------------------------


def test_an_explorer_answers_with_the_readers_figures():
    cliff = widgets.CapacityCliff(measure=lambda alpha, N: {"overlap": alpha})
    cliff.params = {"alpha": 0.2, "N": 100}
    assert cliff.result["overlap"] == [0.2]
    assert cliff.result["bit_error"][0] > 0


def test_an_explorer_says_what_is_wrong_and_keeps_its_picture():
    cliff = widgets.CapacityCliff()
    before = cliff.result
    cliff._measure = lambda alpha, N: 1 / 0
    cliff.params = {"alpha": 0.2, "N": 100}
    assert "ZeroDivisionError" in cliff.problem
    assert cliff.result == before


def test_the_cliff_measures_what_theory_says():
    for alpha in (0.15, 0.25):
        seen = widgets.CapacityCliff().compute(alpha=alpha, N=400)
        want = hopfield.bit_error(alpha)
        assert seen["bit_error"] == pytest.approx(want, rel=0.25)


# --- beta knob and quiz ----------------------------------------------------


def test_the_knob_goes_from_the_average_to_one_memory():
    knob = widgets.BetaKnob()
    knob.beta = 0.0
    assert knob.result == pytest.approx(
        np.mean(knob.patterns, axis=0), abs=1e-6
    )
    knob.beta = 0.3
    assert np.array(knob.result).round().tolist() == knob.patterns[0]
    assert max(knob.weights) > 0.99


def test_the_knob_turns_the_readers_own_update():
    knob = widgets.BetaKnob(retrieve=lambda patterns, query, beta: -query)
    assert knob.result == [-x for x in knob.query]
    knob = widgets.BetaKnob(retrieve=lambda patterns, query, beta: beta)
    assert "expected shape (100,), got ()" in knob.problem


def test_a_quiz_is_whole_in_both_languages():
    for key, entry in QUESTIONS.items():
        right = [
            [bool(choice.get("right")) for choice in entry[code]["choices"]]
            for code in ("en", "ko")
        ]
        assert right[0] == right[1], key
        assert sum(right[0]) == 1, key
        for code in ("en", "ko"):
            assert all(c["feedback"] for c in entry[code]["choices"]), key


def test_an_unknown_quiz_names_the_known():
    with pytest.raises(ValueError, match=r"expected one of 1\.1"):
        widgets.Quiz("9.9")


# --- chapter 2 -------------------------------------------------------------


def test_the_trail_holds_what_was_typed():
    trail = widgets.StateTrail(network())
    trail.texts = ["(", "("]
    first, second = trail.states
    assert first == second
    h = np.tanh(network().cell.W_xh[0] + network().cell.b_h)
    assert first[0] == pytest.approx(h.tolist())
    trail.W_hh = [[0.0, 0.0], [0.0, 0.0]]
    trail.texts = ["(x", ")x"]  # no memory: only the last sign counts
    assert trail.states[0][-1] == pytest.approx(trail.states[1][-1])


def test_the_map_knows_its_fixed_points():
    unit = widgets.OneUnitMap(w=1.5)
    assert unit.points == pytest.approx(list(one_unit.fixed_points(1.5)))
    assert "0.86" in unit.summary()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: widgets.OneUnitMap(w=4), "w: expected -3 to 3, got 4"),
        (lambda: widgets.OneUnitMap(h0=float("nan")), "h0: expected -1 to 1"),
        (lambda: widgets.StateTrail(network(H=3)), "params: expected two"),
        (lambda: widgets.StateTrail(network(), texts=["a"]), "texts: expect"),
        (
            lambda: widgets.StateTrail(network(), symbols={"(": [1.0]}),
            "symbols: expected 2 numbers",
        ),
        (lambda: widgets.Unroll(network(H=5)), "params: expected D = 2"),
        (lambda: widgets.Unroll(network(), T=13), "T: expected 1 to 12"),
        (lambda: training(steps=3), "steps: expected 16 or more, got 3"),
        (lambda: training("a"), "probe: expected 2 to 60 characters"),
        (
            lambda: widgets.HiddenFilm({"a": training()}, {"b": "x"}),
            "texts: expected one for each",
        ),
        (
            lambda: widgets.HiddenFilm({"a": training()}, {"a": "x" * 201}),
            "texts: expected 1 to 200 characters",
        ),
    ],
)
def test_a_bad_widget_of_chapter_2_is_named(make, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_another_network_is_refused_by_name():
    from rnnlib import lstm

    params = models.ManyToMany(lstm, 2, 2, 2).init(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"W_[xh]h: expected"):
        widgets.StateTrail(params)
    with pytest.raises(TypeError, match=r"expected \(rnn\.Params"):
        widgets.Unroll(np.zeros(3))


def test_a_model_of_another_size_is_refused():
    vocabulary = tasks.vocabulary(["abc"])
    with pytest.raises(ValueError, match="model: expected D = V = 6"):
        widgets.Training(
            models.ManyToMany(rnn, 5, 4, 5),
            *(None, None, vocabulary),
            probe="abc",
        )


# --- training --------------------------------------------------------------


def test_finish_trains_to_the_end_and_records_the_way():
    panel = training()
    assert len(panel.records) == 1
    params = panel.finish()
    assert panel.step == panel.steps == 40
    steps = [record["step"] for record in panel.records]
    assert steps == sorted(set(panel.schedule))
    assert [snapshot.step for snapshot in panel.history] == steps
    assert panel.losses[-1][1] < panel.losses[0][1]
    assert panel.records[0]["held_out"] == pytest.approx(panel.chance, rel=0.1)
    assert panel.history[-1].params is params is panel.params
    assert panel.finish() is params  # nothing is left to do


def test_training_again_gives_the_same_figures():
    panel = training()
    panel.finish()
    losses, sample = panel.losses, panel.records[-1]["sample"]
    panel.again += 1
    assert (panel.step, panel.losses) == (0, [])
    panel.finish()
    assert panel.losses == losses
    assert panel.records[-1]["sample"] == sample


def alone(coroutine):
    """Run in a thread of its own: the browser tests keep a loop here."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def test_start_pause_and_continue_between_the_messages():
    panel = training(steps=20_000)

    async def press():
        panel.running = True
        while panel.step == 0:
            await asyncio.sleep(0.01)
        panel.running = False
        await asyncio.sleep(0.15)
        stopped = panel.step
        await asyncio.sleep(0.3)
        assert panel.step == stopped < panel.steps
        panel.running = True
        await asyncio.sleep(0.3)
        assert panel.step > stopped
        panel.again += 1
        await asyncio.sleep(0.3)
        assert (panel.step, panel.running) == (0, False)

    alone(press())


def test_a_draw_that_fails_is_told_in_the_panel():
    panel = training(draw=lambda rng: 1 / 0)

    async def press():
        panel.running = True
        await asyncio.sleep(0.2)

    alone(press())
    assert "ZeroDivisionError" in panel.problem
    assert not panel.running


def test_training_goes_on_after_a_mistake_and_after_an_interrupt():
    good, calls = training()._draw, []

    def draw(rng):
        calls.append(1)
        if len(calls) == 12:
            raise ValueError("a slip")
        if len(calls) == 20:
            raise KeyboardInterrupt
        return good(rng)

    panel = training(draw=draw)
    with pytest.raises(ValueError, match="a slip"):
        panel.finish()
    assert panel.step == 11
    stopped = panel.finish()  # the interrupt is told, and nothing is lost
    assert panel.step == 18
    assert stopped is panel.params
    panel.finish()
    assert panel.step == 40
    steps = [record["step"] for record in panel.records]
    assert steps == sorted(set(panel.schedule))


def test_pause_and_start_at_once_do_not_train_twice():
    panel = training(steps=20_000)

    async def press():
        for _ in range(5):
            panel.running = True
            await asyncio.sleep(0)
            panel.running = False
        panel.running = True
        await asyncio.sleep(0.2)
        tasks_ = asyncio.all_tasks() - {asyncio.current_task()}
        panel.running = False
        assert len(tasks_) == 1

    alone(press())


def test_the_film_follows_the_training_and_shows_what_it_says():
    panel = training()
    film = widgets.HiddenFilm({"a": panel}, {"a": "bad cab"})
    assert [e["step"] for e in film.models["a"]["epochs"]] == [0]
    panel.finish()
    epochs = film.models["a"]["epochs"]
    assert epochs[-1]["step"] == 40
    assert len(epochs) == 5
    assert film.states.shape == (7, 6)
    exact = film.states
    film.epoch = 0
    assert film.params is not panel.history[0].params  # eight bits of it
    assert abs(film.states - exact).max() > 0.01


def test_eight_bits_are_near_the_weights():
    params = network(H=4)
    for a, b in zip(
        tree.leaves(widgets.weights.rounded(params)),
        tree.leaves(params),
        strict=True,
    ):
        assert abs(a - b).max() <= abs(b).max() / 254 + 1e-12
