"""The widgets' Python half: state, contract, errors, languages."""

import asyncio
import base64
import json
import re
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import traitlets

from rnnlib import (
    bptt,
    gradients,
    gru,
    hopfield,
    lstm,
    models,
    one_unit,
    readout,
    rnn,
    scan,
    tasks,
    train,
    tree,
    widgets,
)
from rnnlib.widgets import base
from rnnlib.widgets.quiz import QUESTIONS

HERE = Path(base.__file__).parent


def network(D=2, H=2, V=2):
    """Return a small network that was never trained."""
    return models.ManyToMany(rnn, D, H, V).init(np.random.default_rng(0))


def breakable():
    """Return the simple cell and a switch that lets its way back fail."""
    broken = [False]

    def step_backward(params, cache, dstate):
        if broken[0]:
            raise RuntimeError("not yet")
        return rnn.step_backward(params, cache, dstate)

    cell = types.SimpleNamespace(
        State=rnn.State,
        start=rnn.start,
        step=rnn.step,
        step_backward=step_backward,
    )
    return cell, broken


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


def readers(cell=rnn, by="word", texts=("the bat broke",), **changed):
    """Return three small readers that were never trained."""
    symbols = texts[0].split() if by == "word" else texts[0].replace(" ", "")
    vocabulary = tasks.vocabulary([symbols])
    rng, sizes = np.random.default_rng(0), (vocabulary.size, 4, 3)
    parts = {
        "ahead": models.ManyToMany(cell, *sizes).init(rng),
        "back": models.ManyToMany(cell, *sizes).init(rng),
        "both": models.Bidirectional(cell, *sizes).init(rng),
        "vocabulary": vocabulary,
        "labels": ["·", "animal", "club"],
        "texts": list(texts),
        "by": by,
    }
    return widgets.Readers(**{**parts, **changed})


def bottleneck(cell=gru, sizes=(5, 3), **changed):
    """Return a widget of small copiers that were never trained."""
    vocabulary = tasks.vocabulary(["0123456789"])
    V = vocabulary.size
    rng = np.random.default_rng(0)
    arguments = {
        "models": {
            H: models.EncoderDecoder(cell, V, H, V).init(rng) for H in sizes
        },
        "vocabulary": vocabulary,
        "accuracy": rng.random((len(sizes), 4)),
        "lengths": [1, 2, 4, 8],
    }
    return widgets.Bottleneck(**{**arguments, **changed})


def hand(cell=gru, **changed):
    """Return a decoder that was never trained, and its teacher."""
    pairs = [("twenty-one", "이십일"), ("zero", "영")]
    source = tasks.vocabulary(text for text, _ in pairs)
    target = tasks.vocabulary(truth for _, truth in pairs)
    model = models.EncoderDecoder(cell, source.size, 5, target.size)
    rng = np.random.default_rng(0)
    parts = {
        "model": model,
        "snapshots": {10: model.init(rng), 300: model.init(rng)},
        "source": source,
        "target": target,
        "pairs": pairs,
    }
    return widgets.TeachersHand(**{**parts, **changed})


def bench(D=2, H=3, V=1, T=4, **changed):
    """Return a gradient check on a network that was never trained."""
    rng = np.random.default_rng(0)
    cell = rnn.Params(*(rng.normal(0, 0.7, s) for s in ((D, H), (H, H), H)))
    read = readout.Params(rng.normal(0, 0.7, (H, V)), rng.normal(0, 0.2, V))
    parts = {
        "params": (cell, read),
        "xs": rng.normal(size=(T, D)),
        "targets": rng.normal(size=(T, V)),
    }
    return widgets.GradientBench(**{**parts, **changed})


def river(D=2, H=3, V=2, T=5, **changed):
    """Return an error river of a network that was never trained."""
    rng = np.random.default_rng(0)
    arguments = {
        "params": network(D, H, V),
        "xs": rng.normal(size=(T, D)),
        "targets": rng.normal(size=(T, V)),
    }
    return widgets.ErrorRiver(**{**arguments, **changed})


def gate_film(cells=(rnn, lstm, gru), ask="last", **changed):
    """Return a gate film of networks that were never trained."""
    vocabulary = tasks.vocabulary(["abcd"])
    D = vocabulary.size
    V = 2 if ask == "last" else D
    rng = np.random.default_rng(0)
    arguments = {
        "models": {
            cell.__name__[7:].upper(): models.ManyToMany(cell, D, 5, V).init(
                rng
            )
            for cell in cells
        },
        "vocabulary": vocabulary,
        "text": "abacadab",
        "ask": ask,
    }
    return widgets.GateFilm(**{**arguments, **changed})


def dial(**changed):
    """Return a dial with a lag table of two lags."""
    chrono = {"en": "LSTM, chrono", "ko": "LSTM, 크로노"}
    cells = [
        ("RNN", None, 10, [1120, 900], None),
        ("RNN", None, 60, [None, None], None),
        ("LSTM, b_f = 3", 3, 10, [576, 480], None),
        ("LSTM, b_f = 3", 3, 60, [640, None], None),
        (chrono, None, 60, [1056], (0, 4)),
    ]
    keys = ("model", "bias", "lag", "solved", "spread")
    table = [dict(zip(keys, cell, strict=True)) for cell in cells]
    return widgets.HalfLife(**{"table": table, **changed})


def order(rng, B=16, T=10):
    """Return sequences with X or Y at two places, and their order."""
    batch = tasks.temporal_order(rng, B, T)
    return batch.xs, batch.targets[-1]


def race(labels=("RNN", "GRU", "LSTM"), cells=(rnn, gru, lstm), **changed):
    """Return small cells that are about to learn the order of two signs."""
    runners = {}
    for label, cell in zip(labels, cells, strict=False):
        model = models.ManyToOne(cell, 6, 8, 4)
        runners[label] = model, model.init(np.random.default_rng(0))
    parts = {
        "models": runners,
        "draw": order,
        "test": order(np.random.default_rng(1), 100),
        "steps": 60,
        "lr": 0.02,
        "chance": 0.25,
        "symbols": "XY",
    }
    return widgets.Race(**{**parts, **changed})


EVERY = {
    "Bottleneck": bottleneck,
    "CellBench": widgets.CellBench,
    "ErrorRiver": river,
    "GateFilm": gate_film,
    "GradientFlow": lambda: widgets.GradientFlow(),
    "GradientBench": bench,
    "HalfLife": dial,
    "HiddenFilm": lambda: widgets.HiddenFilm(
        {"a": training()}, {"a": "bad cab"}
    ),
    "Morph": widgets.Morph,
    "OneUnitMap": widgets.OneUnitMap,
    "Race": race,
    "ShapeSwitch": widgets.ShapeSwitch,
    "SideBySide": lambda: widgets.SideBySide(4, T=20),
    "StateTrail": lambda: widgets.StateTrail(network()),
    "TeachersHand": hand,
    "Training": training,
    "TwoReaders": lambda: widgets.TwoReaders({"a": readers()}),
    "Unroll": lambda: widgets.Unroll(network()),
    "MemoryPlate": widgets.MemoryPlate,
    "CapacityCliff": widgets.CapacityCliff,
    "CliffWalk": widgets.CliffWalk,
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
    with pytest.raises(ValueError, match=r"expected one of 0\.1"):
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


@pytest.mark.parametrize(
    ("widget", "name", "value", "said"),
    [
        ("OneUnitMap", "w", np.nan, "w: expected -3 to 3, got nan"),
        ("OneUnitMap", "b", np.inf, "b: expected -1 to 1, got inf"),
        ("OneUnitMap", "h0", -1.5, "h0: expected -1 to 1, got -1.5"),
        ("Unroll", "T", 10**12, "'T'"),
        ("Unroll", "at", 0, "'at'"),
        ("StateTrail", "texts", ["("], "'texts'"),
        ("StateTrail", "W_hh", [[1]], "W_hh: expected two rows of two"),
        ("StateTrail", "W_hh", [[1, 2], [3, None]], "W_hh: expected"),
        ("HiddenFilm", "name", "z", "name: expected one of ['a'], got 'z'"),
        ("MemoryPlate", "pattern", [], "pattern: expected 100 numbers"),
        ("MemoryPlate", "pattern", [0] * 100, "pattern: expected 100"),
    ],
)
def test_a_value_that_does_not_fit_is_named_and_changes_nothing(
    widget, name, value, said
):
    made = EVERY[widget]()
    before = made.to_html()
    with pytest.raises(traitlets.TraitError, match=re.escape(said)):
        setattr(made, name, value)
    assert made.to_html() == before


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


# --- shape switch ----------------------------------------------------------


def test_a_shape_says_which_answer_feels_which_input():
    switch = widgets.ShapeSwitch("many-to-many", T=4)
    assert switch.feels.tolist() == np.tri(4, dtype=bool).tolist()
    assert not switch.before.any()
    switch.shape = "bidirectional"
    assert switch.feels.all()
    assert switch.feels.shape == (4, 4)
    switch.shape = "many-to-one"
    assert (switch.asked, switch.feels.shape) == (["y4"], (1, 4))
    switch.shape = "one-to-many"
    assert (switch.fed, switch.asked) == (["z"], ["y1", "y2", "y3"])
    switch.shape = "encoder-decoder"
    assert switch.feels.shape == (3, 4)
    assert switch.feels.all()
    assert switch.before.tolist() == np.tri(3, k=-1, dtype=bool).tolist()


def test_right_answers_cut_the_path_from_answer_to_answer():
    switch = widgets.ShapeSwitch("encoder-decoder")
    assert ("y1", "s2") not in switch.arrows
    assert switch.losses == ["y1", "y2", "y3"]
    switch.forced = False
    assert ("y1", "s2") in switch.arrows
    assert switch.losses == []  # in use nobody knows the right answer


def test_what_is_pointed_at_is_in_every_shape():
    switch = widgets.ShapeSwitch("many-to-many", T=5, U=2, at="x4")
    assert "x1, x2, x3, x4, x5." in switch.summary()  # of the last answer
    for shape, want in (("one-to-many", "z"), ("encoder-decoder", "x4")):
        switch.shape = shape
        assert switch.looked == want
    switch.at = "y*9"
    assert switch.looked == "y*1"
    switch.forced = False
    assert switch.looked == "y2"
    switch.shape = "many-to-one"
    for at in ("", "y2", "\0", "</script>", "\u0663", "y" * 10_000):
        switch.at = at
        assert switch.looked == "y5"
        assert switch.to_png()


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ({"shape": "seq2seq"}, ValueError, "shape: expected one of ('many-"),
        ({"T": 7}, ValueError, "T: expected 1 to 6, got 7"),
        ({"U": 0}, ValueError, "U: expected 1 to 6, got 0"),
        ({"T": 2.5}, TypeError, "T: expected an int, got 2.5"),
        ({"U": True}, TypeError, "U: expected an int, got True"),
        ({"forced": 1}, TypeError, "forced: expected a bool, got 1"),
        ({"at": 3}, TypeError, "at: expected a str, got 3"),
        ({"at": "y2"}, ValueError, "such as \"y5\", got 'y2'"),
    ],
)
def test_a_bad_shape_is_named(arguments, kind, said):
    with pytest.raises(kind, match=re.escape(said)):
        widgets.ShapeSwitch(**arguments)


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
        tree.leaves(widgets.weights.rounded(params, 8)),
        tree.leaves(params),
        strict=True,
    ):
        assert abs(a - b).max() <= abs(b).max() / 254 + 1e-12


# --- two readers -----------------------------------------------------------


def test_a_reader_knows_its_own_side_alone():
    widget = widgets.TwoReaders({"a": readers()})
    before = widget.chances
    widget.text = "the bat flew"  # another last word
    after = widget.chances
    for way, same in (("ahead", [0, 1]), ("back", []), ("both", [])):
        assert before[way].shape == (3, 3)
        assert before[way].sum(axis=-1) == pytest.approx([1, 1, 1])
        kept = (before[way] == after[way]).all(axis=-1)
        assert np.flatnonzero(kept).tolist() == same, way


def test_the_readers_say_what_the_models_say():
    each = readers(gru)
    widget = widgets.TwoReaders({"a": each})
    tokens = np.array(each.vocabulary.encode(["the", "bat", "broke"]))
    V = (each.vocabulary.size, 4, 3)
    kept = [widgets.weights.rounded(p, 8) for p in (each.back, each.both)]
    back = models.ManyToMany(gru, *V).forward(kept[0], tokens[::-1, None])
    both = models.Bidirectional(gru, *V).forward(kept[1], tokens[:, None])
    for way, ys in (("back", back[::-1]), ("both", both)):
        want = readout.softmax(ys[:, 0])
        assert widget.chances[way] == pytest.approx(want, abs=1e-9)


def test_the_korean_edition_opens_on_korean_readers():
    both = {"English": readers(), "한국어": readers()}
    assert widgets.TwoReaders(both).name == "English"
    widgets.language("ko")
    assert widgets.TwoReaders(both).name == "한국어"
    assert widgets.TwoReaders({"a": readers()}).name == "a"


def test_where_what_decides_stands():
    from rnnlib.widgets.two_readers import _decides

    sure, other, open_ = map(np.array, ([0.1, 0.9], [0.8, 0.2], [0.4, 0.6]))
    assert _decides(sure, sure, sure) == "either"
    assert _decides(other, sure, sure) == "right"
    assert _decides(sure, open_, sure) == "left"
    assert _decides(open_, other, sure) == "together"
    assert _decides(sure, sure, open_) == "open"


def test_a_text_is_cut_as_it_was_typed():
    words = widgets.TwoReaders({"a": readers()})
    words.text = "\u3000The  BAT,\nbroke.\x00 "
    assert words.tokens == ["The", "BAT,", "broke.\x00"]
    signs = widgets.TwoReaders({"a": readers(by="character")})
    signs.text = "t h\te\U0001f600"
    assert signs.tokens == ["t", "h", "e", "\U0001f600"]
    known = widgets.TwoReaders({"a": readers()})
    known.text, words.text = "the bat broke", "“The BAT, broke."
    assert (known.chances["both"] == words.chances["both"]).all()


@pytest.mark.parametrize("text", ["", " ", "$ \\frac", "가 " * 500, "\x00"])
def test_any_text_has_a_picture_and_a_sentence(text):
    widget = widgets.TwoReaders({"a": readers()})
    widget.text = text
    assert len(widget.tokens) == len(widget.decides) <= 40
    assert widget.to_html()


def test_readers_of_another_name_are_refused():
    widget = widgets.TwoReaders({"a": readers(), "b": readers(gru)})
    widget.name = "b"
    with pytest.raises(Exception, match=r"name: expected one of \['a', 'b'\]"):
        widget.name = "c"


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: {}, ValueError, "readers: expected at least one"),
        (lambda: [readers()], TypeError, "readers: expected a mapping"),
        (lambda: {"a": 3}, TypeError, "expected Readers for 'a', got int"),
        (
            lambda: {"a": readers(labels=["a", "b"])},
            ValueError,
            "readers['a'].ahead.readout: expected shapes (4, 2) and (2,)",
        ),
        (
            lambda: {"a": readers(labels="abc")},
            TypeError,
            "readers['a'].labels: expected strings, got 'abc'",
        ),
        (
            lambda: {"a": readers(labels=["a", "a", "b"])},
            ValueError,
            "readers['a'].labels: expected 2 or more, all different",
        ),
        (
            lambda: {"a": readers(texts=("a", " "))},
            ValueError,
            "readers['a'].texts: expected 1 to 40 tokens",
        ),
        (
            lambda: {"a": readers(by="letter")},
            ValueError,
            "readers['a'].by: expected one of",
        ),
        (
            lambda: {"a": readers(vocabulary=tasks.vocabulary(["ab"]))},
            ValueError,
            "readers['a'].ahead: expected D = 5, the size of the vocabulary",
        ),
        (
            lambda: {"a": readers(vocabulary=("a",))},
            TypeError,
            "readers['a'].vocabulary: expected tasks.Vocabulary, got tuple",
        ),
        (
            lambda: {"a": readers(back=readers().both)},
            TypeError,
            "readers['a'].back: expected decoding.Params, got BothWays",
        ),
        (
            lambda: {"a": readers(both=readers().back)},
            TypeError,
            "readers['a'].both: expected models.BothWays, got Params",
        ),
        (
            lambda: {"a": readers(lstm)},
            TypeError,
            "readers['a'].ahead: expected rnn.Params or gru.Params, got "
            "rnnlib.lstm.Params",
        ),
        (
            lambda: {
                "a": readers(
                    both=readers().both._replace(back=readers(gru).both.back)
                )
            },
            TypeError,
            "readers['a'].both: expected rnn.Params or gru.Params twice",
        ),
        (
            lambda: {
                "a": readers(
                    ahead=tree.apply(lambda W: W * np.nan, readers().ahead)
                )
            },
            ValueError,
            "readers['a'].ahead.W_xh: expected finite numbers",
        ),
    ],
)
def test_readers_that_do_not_fit_are_named(make, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.TwoReaders(make())


# --- bottleneck ------------------------------------------------------------


def test_the_decoder_is_given_the_last_state_and_no_more():
    neck = bottleneck(text="a3 1\U0001f600415")
    assert neck.sizes == [3, 5]
    assert (neck.size, neck.read) == (5, "31415")
    vocabulary = tasks.vocabulary(["0123456789"])
    V = vocabulary.size
    model = models.EncoderDecoder(gru, V, 5, V)
    tokens = np.array(vocabulary.encode("31415"))[:, None]
    want = model.start(neck.params, tokens).h[0]
    assert neck.context == pytest.approx(want, abs=1e-12)
    (answer,) = model.predict(neck.params, tokens, 8)
    assert neck.written == "".join(vocabulary.decode(answer))
    want[[0, 3]] = 0
    neck.silenced = [3, 0, 99, -1]
    assert neck.context == pytest.approx(want, abs=1e-12)


def test_with_every_number_silenced_all_strings_are_one():
    neck = bottleneck(rnn)
    neck.silenced = list(range(5))
    answers = set()
    for text in ("12345", "99999"):
        neck.text = text
        assert not neck.context.any()
        answers.add(neck.written)
    assert len(answers) == 1


def test_another_context_has_nothing_silenced():
    neck = bottleneck()
    neck.silenced = [1]
    neck.size = 3
    assert neck.silenced == []
    assert neck.context.shape == (3,)
    with pytest.raises(traitlets.TraitError, match=r"one of \[3, 5\], got 4"):
        neck.size = 4
    assert neck.size == 3


def test_each_size_keeps_its_own_row_of_the_record():
    neck = bottleneck(accuracy=[[1, 1, 0.9, 0.5], [1, 0.5, 0, 0]])
    assert neck.accuracy == [[1, 0.5, 0, 0], [1, 1, 0.9, 0.5]]


@pytest.mark.parametrize(
    "text",
    ["", "9" * 10_000, "\U0001f600\x00</script>", "\u05e9\u05dc\u05d5\u05dd"],
)
def test_a_string_of_any_kind_is_read_or_left_out(text):
    neck = bottleneck()
    neck.text = text
    assert neck.read == text[:24] * text.isdigit()
    assert neck.context.shape == (5,)
    assert len(neck.written) <= len(neck.read) * 9 + 27
    assert neck.to_html()


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"models": 3}, TypeError, "models: expected a mapping"),
        ({"models": {}}, ValueError, "models: expected at least one"),
        (
            {"models": {"5": None}},
            TypeError,
            "models: expected sizes as integers, got '5'",
        ),
        ({"models": {65: None}}, ValueError, "expected sizes 1 to 64, got 65"),
        (
            {"models": {5: network()}},
            TypeError,
            "models[5]: expected models.FromSequence",
        ),
        (
            {
                "models": {
                    5: models.EncoderDecoder(gru, 13, 4, 13).init(
                        np.random.default_rng(0)
                    )
                }
            },
            ValueError,
            "models[5].encoder: expected D = 13, the size of the vocabulary, "
            "and H = 5, got 13 and 4",
        ),
        (
            {"vocabulary": "0123"},
            TypeError,
            "vocabulary: expected tasks.Vocabulary, got str",
        ),
        (
            {"vocabulary": tasks.vocabulary([["one", "two"]])},
            ValueError,
            "vocabulary: expected two or more single characters",
        ),
        (
            {"accuracy": [[1, 1, 1, 1]]},
            ValueError,
            "accuracy: expected shape (2, 4), got (1, 4)",
        ),
        (
            {"accuracy": np.full((2, 4), 1.5)},
            ValueError,
            "accuracy: expected 0 to 1, got 1.5 to 1.5",
        ),
        (
            {"lengths": [1, 2, 2, 3]},
            ValueError,
            "lengths: expected two or more, ascending, 1 to 24",
        ),
        (
            {"lengths": [0.5, 1, 2, 3]},
            TypeError,
            "lengths: expected integers, got dtype float64",
        ),
        ({"text": 31415}, TypeError, "text: expected a str, got int"),
        (
            {"text": "1" * 201},
            ValueError,
            "text: expected at most 200 characters, got 201",
        ),
    ],
)
def test_a_bad_bottleneck_is_named(changed, error, said):
    with pytest.raises(error, match=re.escape(said)):
        bottleneck(**changed)


def test_a_bottleneck_of_another_cell_or_with_a_hole_is_refused():
    with pytest.raises(TypeError, match=r"rnn\.Params or gru\.Params twice"):
        bottleneck(lstm)
    V = 13
    params = models.EncoderDecoder(gru, V, 5, V).init(np.random.default_rng(0))
    read = params.decoder.readout
    narrow = params.decoder._replace(readout=read._replace(b_y=np.zeros(4)))
    with pytest.raises(
        ValueError, match=r"\(5, 13\) and \(13,\), got \(5, 13\)"
    ):
        bottleneck(
            models={5: params._replace(decoder=narrow)},
            accuracy=np.zeros((1, 4)),
        )
    params.encoder.W_xh[0, 0] = np.nan
    with pytest.raises(ValueError, match=r"models\[5\]\.encoder\.W_xh: exp"):
        bottleneck(models={5: params}, accuracy=np.zeros((1, 4)))


# --- the teacher's hand ----------------------------------------------------


def test_led_it_reads_the_truth_and_alone_what_it_wrote():
    widget = hand()
    assert widget.fed == ["<start>", "이", "십", "일"]
    assert len(widget.written) == 4
    widget.switches = ["own"] * 12
    assert widget.fed[1:] == widget.written[:-1]
    led, alone = widget.lanes["teacher"], widget.lanes["own"]
    assert led.fed == ["<start>", "이", "십", "일"]
    assert alone.written == widget.written
    widget.shown = 1
    assert widget.fed == ["<start>"]
    assert widget.written == alone.written[:1]
    assert widget.lanes["own"].written == alone.written, "whole in any case"


def test_a_wrong_token_is_read_in_both_lanes_and_the_rest_in_one():
    widget = hand()
    wrong = widget.target.index("영")
    widget.switches = ["teacher", "teacher", wrong, *["teacher"] * 9]
    assert widget.fed == ["<start>", "이", "영", "일"]
    led, alone = widget.lanes.values()
    assert led.fed == widget.fed
    assert alone.fed[:3] == widget.fed[:3]
    assert alone.fed[3:] == alone.written[2:-1]
    # One that is never reached makes no lane of its own.
    widget.switches = ["teacher"] * 8 + [wrong] * 4
    assert widget.lanes["teacher"].fed == ["<start>", "이", "십", "일"]


def test_the_teacher_s_newest_network_is_kept_finer_than_the_older():
    widget = hand()
    assert widget.update == 300
    rough, fine = (
        snapshot["weights"]["encoder"]["W_hh"] for snapshot in widget.snapshots
    )
    assert len(fine["data"]) > 1.9 * len(rough["data"])
    before = widget.written
    widget.update = 10
    assert widget.params.encoder.W_hh.dtype == float
    assert len(widget.written) == len(before)


@pytest.mark.parametrize(
    ("pairs", "spoken"),
    [
        ([("twenty-one", "이십일")], ["en", "ko"]),
        ([("이십일", "twenty-one"), ("영", "zero")], ["ko", "en"]),
        ([("twenty-one", "이십이")], []),
        ([("cat", "고양이")], []),
        ([("", "")], []),
    ],
)
def test_the_teacher_knows_numbers_where_all_pairs_are_numbers(pairs, spoken):
    widget = hand(pairs=pairs)
    assert widget.spoken == spoken
    assert (widget.text, widget.truth) == pairs[0]


@pytest.mark.parametrize(
    "text", ["", "x" * 10_000, "\U0001f600 \u05d0\x00</script>", "이\u1100"]
)
def test_any_text_may_be_asked_and_be_the_truth(text):
    widget = hand()
    for switch in ("teacher", "own", 4):
        widget.text = widget.truth = text
        widget.switches = [switch] * 12
        assert 1 <= len(widget.written) == len(widget.fed) <= 12
        assert np.isfinite(widget.lanes["own"].loss)
        assert widget.to_png()
    assert payload(widget.to_html())["state"]["text"] == text


def _grown(widget):
    model = widget._model._replace(H=7)
    return {3: model.init(np.random.default_rng(0))}


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"model": gru}, TypeError, "model: expected models.EncoderDecoder"),
        (
            {"model": models.EncoderDecoder(lstm, 9, 5, 6)},
            ValueError,
            "model: expected a cell rnnlib.rnn or rnnlib.gru",
        ),
        ({"source": "abc"}, TypeError, "source: expected tasks.Vocabulary"),
        (
            {"target": tasks.vocabulary(["ab"])},
            ValueError,
            "target: expected the model's 7 symbols",
        ),
        ({"snapshots": []}, TypeError, "snapshots: expected a mapping"),
        ({"snapshots": {}}, ValueError, "snapshots: expected 1 to 3, got 0"),
        ({"snapshots": {"a": 1}}, ValueError, "expected updates of 0 or more"),
        ({"snapshots": {3: 1}}, TypeError, r"snapshots\[3\]: expected From"),
        (
            {"snapshots": _grown(hand())},
            ValueError,
            r"snapshots\[3\].encoder.W_xh: expected shape",
        ),
        ({"pairs": []}, ValueError, "pairs: expected at least one"),
        ({"pairs": "ab"}, TypeError, "pairs: expected pairs of two texts"),
        ({"pairs": [("a",)]}, TypeError, "pairs: expected pairs of two"),
        ({"pairs": None}, TypeError, "pairs: expected pairs of two texts"),
        ({"pairs": [("a", "b" * 12)]}, ValueError, "answers of at most 11"),
    ],
)
def test_the_teacher_refuses_what_does_not_fit(changed, error, said):
    with pytest.raises(error, match=said):
        hand(**changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("update", 11),
        *[("switches", [each] * 12) for each in ("him", -1, 99, True, None)],
        ("switches", ["own"]),
        ("shown", 13),
        ("at", 0),
    ],
)
def test_the_hand_s_traits_are_checked(name, value):
    widget = hand()
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


# --- gradient bench --------------------------------------------------------


def wrong(widget):
    """Return the arrays in which few digits agree."""
    analytic, numerical = (
        dict(tree.named_leaves(grads))
        for grads in (widget.analytic, widget.numerical)
    )
    return {
        name.split(".")[1]
        for name, a in analytic.items()
        if gradients.error([a], [numerical[name]]) > 1e-6
    }


@pytest.mark.parametrize("symmetric", [False, True])
def test_without_a_bug_the_bench_agrees(symmetric):
    widget = bench()
    widget.symmetric = symmetric
    assert wrong(widget) == set()
    for weight in (["W_hh", 0, 1], ["b_h", 2], ["W_hy", 1, 0], ["b_y", 0]):
        widget.weight = weight
        assert widget.agree >= 7
    W = widget.params.cell.W_hh
    assert symmetric == np.array_equal(W, W.T)


CELL = {"W_xh", "W_hh", "b_h"}


@pytest.mark.parametrize(
    ("bug", "one", "two", "every", "symmetric"),
    [
        (1, {"W_xh", "b_h"}, CELL, CELL, CELL),
        (2, set(), {"W_xh", "b_h"}, CELL, set()),
        (3, set(), {"W_xh", "b_h"}, CELL, CELL),
        (4, set(), {"W_hh"}, {"W_hh"}, {"W_hh"}),
        (5, {"W_hh"}, {"W_hh"}, {"W_hh"}, {"W_hh"}),
    ],
)
def test_every_bug_leaves_its_own_fingerprint(bug, one, two, every, symmetric):
    widget = bench()
    widget.bug = bug
    for T, want in ((1, one), (2, two), (4, every)):
        widget.T = T
        assert wrong(widget) == want
    widget.symmetric = True
    assert wrong(widget) == symmetric


def test_a_gradient_that_is_set_and_not_summed_is_zero():
    widget = bench()
    widget.bug = 4
    assert not widget.analytic.cell.W_hh.any()
    assert widget.agree == 0
    widget.T = 1
    assert widget.agree == 12, "and right, for a single step"


def test_too_small_a_nudge_loses_digits_to_rounding():
    widget = bench()
    widget.weight = ["W_xh", 0, 1]
    agree = {}
    for k in (-1, -5, -12):
        widget.log10_eps = k
        agree[k] = widget.agree
    assert agree[-5] > max(agree[-1], agree[-12]) + 3


@pytest.mark.parametrize(
    ("a", "n", "digits"),
    [
        (1.0, 1.0, 12),
        (0.0, 0.0, 12),
        (0.0, 1e-30, 0),
        (0.5, -0.5, 0),
        (0.00123456, 0.00123499, 4),
        (5.0, 0.5, 0),
        (1.99999999, 2.00000001, 7),
        (9.9999999999999e-3, 1e-2, 12),
        (3e-320, 3e-320 + 1e-322, 12),
    ],
)
def test_digits_are_counted_from_the_left_but_a_carry_is_none(a, n, digits):
    from rnnlib.widgets import gradient_bench

    assert gradient_bench.agreeing(a, n) == digits
    assert gradient_bench.agreeing(-n, -a) == digits


def test_the_bench_says_what_agrees():
    widget = bench()
    assert "W_hh[0, 0] over 4 steps" in widget.summary()
    assert f"digits: {widget.agree} of 12" in widget.summary()
    assert len(json.dumps(widget.state())) < 3000


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"D": 4}, ValueError, "params: expected D at most 3"),
        ({"H": 5}, ValueError, "got 2, 5 and 1"),
        ({"V": 3}, ValueError, "V at most 2"),
        ({"T": 1}, ValueError, "xs: expected 2 to 8 steps, got 1"),
        ({"T": 9}, ValueError, "xs: expected 2 to 8 steps, got 9"),
        ({"H": 1}, ValueError, "bug 2 does not"),
        ({"params": None}, TypeError, "params: expected"),
        ({"xs": np.zeros((4, 3))}, ValueError, r"xs: expected shape \(T, 2\)"),
        ({"xs": [["a", "b"]]}, TypeError, "xs: expected real numbers"),
        ({"targets": np.zeros(4)}, ValueError, r"targets: expected shape"),
        ({"targets": [[np.nan]] * 4}, ValueError, "targets: expected finite"),
        ({"targets": [[1e200]] * 4}, ValueError, "got an overflow"),
    ],
)
def test_the_bench_refuses_what_does_not_fit(changed, error, said):
    with pytest.raises(error, match=said):
        bench(**changed)


def test_the_bench_refuses_an_overflow_and_an_answer_already_right():
    params = bench().params
    huge = tree.apply(lambda W: 1e200 * W, params)
    with pytest.raises(ValueError, match="got an overflow"):
        bench(params=huge)
    hs, _ = scan.run(rnn, params.cell, np.ones((3, 1, 2)))
    ys = readout.forward(params.readout, hs[:, 0])
    with pytest.raises(ValueError, match="targets: expected some"):
        bench(params=params, xs=np.ones((3, 2)), targets=ys)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("T", 0),
        ("T", 5),
        ("bug", 6),
        ("guess", -1),
        ("log10_eps", 0),
        ("log10_eps", -13),
        *[
            ("weight", each)
            for each in (
                *([], ["W"], ["W_hh", 0], ["W_hh", 0, 3], ["b_h", -1]),
                ["b_h", 0.0],
            )
        ],
    ],
)
def test_the_bench_s_traits_are_checked(name, value):
    widget = bench()
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


# --- gradient flow ---------------------------------------------------------


def gated(D=3, H=4):
    """Return the parameters of a gated cell that was never trained."""
    return gru.init(np.random.default_rng(0), D, H)


def test_what_is_shown_is_the_flow_of_a_simple_network():
    seen = widgets.GradientFlow(kind="gaussian", rho=1.2, f="tanh", T=40)
    xi = seen._xi[:40, None, :16]
    params = rnn.Params(seen.gain * np.eye(16), seen.W, np.zeros(16))
    want = gradients.flow(rnn, params, xi)  # dh_T/dh_t for t = 1 .. T
    np.testing.assert_allclose(seen.norms[:-1], want[::-1], rtol=1e-9)
    hs, _, _ = bptt.forward(rnn, params, xi)
    np.testing.assert_allclose(seen.states, hs[:, 0], atol=1e-12)


def test_eigenvalues_below_one_may_grow_first():
    seen = widgets.GradientFlow(kind="non-normal", rho=0.5)
    np.testing.assert_array_equal(seen.W, [[0.5, 10], [0, 0.5]])
    want = [10.0, 10.0, 7.5, 3.1, 0.2]  # the curriculum's numbers
    got = seen.norms[[1, 2, 3, 5, 10]]
    np.testing.assert_allclose(got, want, atol=0.05)


def test_an_orthogonal_matrix_keeps_every_norm_until_tanh_comes():
    seen = widgets.GradientFlow(kind="orthogonal", rho=1.0, T=200)
    np.testing.assert_allclose(seen.norms, 1, rtol=1e-12)
    seen.f = "tanh"
    assert seen.norms[100] < 1e-12


def test_the_bound_holds_whatever_the_function(rng):
    for f, gamma in (("linear", 1), ("tanh", 1), ("sigmoid", 0.25)):
        seen = widgets.GradientFlow(rng.normal(size=(5, 5)), f=f, T=30)
        bound = gamma * np.linalg.norm(seen.W, 2)
        assert (seen.norms <= bound ** np.arange(31) * (1 + 1e-9)).all()


def test_your_own_matrix_comes_first_and_as_it_is(rng):
    W = 3 * rng.normal(size=(7, 7))
    seen = widgets.GradientFlow(W)
    assert next(iter(seen.matrices)) == seen.kind == "own"
    assert seen.rho > 2
    np.testing.assert_allclose(seen.W, W, rtol=1e-12)
    seen.rho = 1.0
    assert gradients.spectral_radius(seen.W) == pytest.approx(1)


@pytest.mark.parametrize("turned", [False, True])
def test_a_matrix_without_a_radius_gets_a_plain_factor(rng, turned):
    W = np.triu(np.ones((4, 4)), 1)
    if turned:  # now its eigenvalues are 0 but for rounding
        Q = np.linalg.qr(rng.normal(size=(4, 4)))[0]
        W = Q @ W @ Q.T
    seen = widgets.GradientFlow(W)
    assert seen.spectra["own"]["plain"]
    assert seen.rho == 1
    np.testing.assert_array_equal(seen.W, W)
    np.testing.assert_allclose(seen.norms[4:], 0, atol=1e-14)


def test_an_extreme_matrix_neither_overflows_nor_hangs():
    W = [[5, 1e6], [0, -3.0]]
    for f in ("linear", "relu", "tanh", "sigmoid"):
        seen = widgets.GradientFlow(W, f=f, T=200)
        assert np.isfinite(seen.states).all()
        assert not np.isnan(seen.norms).any()
    assert widgets.GradientFlow(np.zeros((2, 2))).norms[1:].max() == 0


def test_a_cell_of_your_own_is_a_further_curve():
    params, xs = gated(), np.random.default_rng(1).normal(size=(9, 2, 3))
    seen = widgets.GradientFlow(cell=gru, params=params, xs=xs)
    want = np.log10(gradients.flow(gru, params, xs))[::-1]
    np.testing.assert_allclose(seen.result["logs"], want, atol=1e-4)
    seen.params = {"scale": 2.0}
    double = params._replace(W_hh=2 * params.W_hh)
    want = np.log10(gradients.flow(gru, double, xs))[::-1]
    np.testing.assert_allclose(seen.result["logs"], want, atol=1e-4)
    grid = seen.grid()
    data = np.frombuffer(base64.b64decode(grid["data"]), "<i2")
    at = grid["axes"][0]["values"].index(2.0)
    got = data.reshape(-1, 9)[at] * grid["keys"][0]["unit"]
    np.testing.assert_allclose(got, want, atol=1e-3)
    assert widgets.GradientFlow().grid() is None


def test_a_cell_that_fails_is_told_and_its_last_curve_kept():
    cell, broken = breakable()
    params = rnn.init(np.random.default_rng(0), 2, 3)
    seen = widgets.GradientFlow(cell=cell, params=params, T=20)
    assert len(seen.result["logs"]) == 21
    before, broken[0] = seen.result, True
    seen.params = {"scale": 0.5}
    assert seen.problem == "RuntimeError: not yet"
    assert seen.result == before
    assert seen.grid() is None
    assert "not yet" in widgets.GradientFlow(cell=cell, params=params).problem


def test_the_largest_flow_is_a_small_payload(rng):
    html = widgets.GradientFlow(
        rng.normal(size=(24, 24)), cell=gru, params=gated(), T=200
    ).to_html()
    assert len(html[html.index("<script") :]) < 40_000


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"W": np.ones((2, 3))}, ValueError, "W: expected a square matrix"),
        ({"W": np.ones((25, 25))}, ValueError, "W: expected 2 to 24 units"),
        ({"W": [[1]]}, ValueError, "W: expected 2 to 24 units, got 1"),
        ({"W": [[1, np.nan], [0, 1]]}, ValueError, "W: expected finite"),
        ({"W": [[1, 1e9], [0, 1]]}, ValueError, "W: expected numbers up to"),
        ({"W": [[1j, 0], [0, 1]]}, TypeError, "W: expected real numbers"),
        ({"kind": "own"}, ValueError, "kind: expected one of"),
        ({"f": "sin"}, ValueError, "f: expected one of"),
        ({"T": 201}, ValueError, "T: expected 10 to 200, got 201"),
        ({"T": 20.0}, TypeError, "T: expected an integer, got 20.0"),
        ({"rho": 2.5}, ValueError, "rho: expected 0.1 to 2, got 2.5"),
        ({"rho": "1"}, TypeError, "rho: expected a number, got '1'"),
        ({"gain": np.nan}, ValueError, "gain: expected 0 to 3, got nan"),
        ({"params": gated()}, ValueError, "cell: expected one beside params"),
        ({"cell": gru}, TypeError, "params: expected the cell's Params"),
        ({"cell": np, "params": gated()}, TypeError, "State is missing"),
        ({"cell": lstm, "params": gated()}, TypeError, "params: expected"),
        (
            {"cell": gru, "params": gated(), "xs": np.ones((9, 1, 2))},
            ValueError,
            "xs: expected shape (n, B, 3)",
        ),
        (
            {"cell": gru, "params": gated(), "xs": np.ones((1, 1, 3))},
            ValueError,
            "xs: expected 2 to 201 steps, got 1",
        ),
    ],
)
def test_a_flow_refuses_what_does_not_fit(arguments, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.GradientFlow(**arguments)


def test_a_flow_stays_within_its_controls():
    seen = widgets.GradientFlow()
    for name, value in {"rho": 3.0, "T": 5, "f": "sin", "kind": "own"}.items():
        with pytest.raises(traitlets.TraitError, match=f"{name}: expected"):
            setattr(seen, name, value)
    assert seen.rho == 0.9


# --- cliff walk ------------------------------------------------------------


def test_the_plain_walk_is_thrown_out_and_the_clipped_one_stays():
    seen = widgets.CliffWalk()
    assert len(seen.path.w) == 1, "no step is taken yet"
    seen.steps = 60
    plain = seen.path
    assert len(plain.w) == 29, "it ends where it is lost"
    assert plain.norm[27] == pytest.approx(101.66, abs=0.01)
    end = plain.w[-1], plain.b[-1]
    assert end == pytest.approx((9.7257, 6.4172), abs=1e-3)
    assert plain.norm[-1] < 1e-6
    seen.clip = True
    clipped = seen.path
    assert len(clipped.w) == 61
    np.testing.assert_allclose(clipped.w[:28], plain.w[:28])
    assert clipped.loss[-1] < 0.005
    # The step from the wall: as long as the threshold allows, and straight.
    steps = [
        np.array([walk.w[28] - walk.w[27], walk.b[28] - walk.b[27]])
        for walk in (plain, clipped)
    ]
    far, near = (np.linalg.norm(step) for step in steps)
    assert near == pytest.approx(seen.lr * seen.threshold)
    assert steps[0] @ steps[1] == pytest.approx(far * near)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 1.0, 2.0, 5.0])
def test_a_walk_clipped_at_any_height_comes_to_the_valley(threshold):
    seen = widgets.CliffWalk(threshold=threshold, clip=True)
    seen.steps = 200
    assert len(seen.path.w) == 201
    assert np.median(seen.path.loss[60:]) < 0.002


def test_clipping_does_nothing_where_the_gradient_is_tiny():
    plain, clipped = (
        widgets.CliffWalk(w=5.0, b=-2.85, lr=0.01, clip=clip)
        for clip in (False, True)
    )
    plain.steps = clipped.steps = 60
    np.testing.assert_array_equal(plain.path.w, clipped.path.w)
    assert clipped.path.loss[-1] > 0.3
    assert clipped.path.norm.max() < 0.3


@pytest.mark.parametrize("steps", [0, 200])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_cliff_tells_where_both_walks_end(language, steps):
    widgets.language(language)
    seen = widgets.CliffWalk()
    seen.steps = steps
    said = seen.summary()
    assert "(9.73, 6.42)" in said
    assert str(steps or 60) in said
    assert len(seen.to_html()) < 40_000


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"w": 3.9}, ValueError, "w: expected 4 to 5.4, got 3.9"),
        ({"b": -3}, ValueError, "b: expected -2.9 to -1.7, got -3"),
        ({"b": np.nan}, ValueError, "b: expected -2.9 to -1.7, got nan"),
        ({"lr": 0}, ValueError, "lr: expected 0.001 to 1, got 0"),
        ({"lr": "fast"}, TypeError, "lr: expected a number, got 'fast'"),
        ({"threshold": 9}, ValueError, "threshold: expected 0.1 to 5, got 9"),
        ({"threshold": None}, TypeError, "threshold: expected a number"),
        ({"clip": 1}, TypeError, "clip: expected True or False, got 1"),
    ],
)
def test_a_cliff_walk_refuses_what_does_not_fit(arguments, error, said):
    with pytest.raises(error, match=said):
        widgets.CliffWalk(**arguments)


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps", 201), ("steps", -1), ("lr", 2.0), ("threshold", 0.01)],
)
def test_a_cliff_walk_stays_within_its_controls(name, value):
    seen = widgets.CliffWalk()
    before = getattr(seen, name)
    with pytest.raises(traitlets.TraitError):
        setattr(seen, name, value)
    assert getattr(seen, name) == before


# --- error river -----------------------------------------------------------


def of_one_unit(**changed):
    """Return the example of the chapter that is worked by hand."""
    cell = rnn.Params(np.array([[0.5]]), np.array([[0.8]]), np.zeros(1))
    read = readout.Params(np.ones((1, 1)), np.zeros(1))
    xs, targets = [[1], [0], [-1]], [[0.5], [0.5], [0]]
    return widgets.ErrorRiver((cell, read), xs, targets, **changed)


def test_the_river_is_the_one_worked_by_hand():
    h1 = np.tanh(0.5)
    h2 = np.tanh(0.8 * h1)
    h3 = np.tanh(0.8 * h2 - 0.5)
    dh3 = h3
    dh2 = (h2 - 0.5) + dh3 * (1 - h3**2) * 0.8
    dh1 = (h1 - 0.5) + dh2 * (1 - h2**2) * 0.8
    widget = of_one_unit()
    assert widget.norms == pytest.approx(np.abs([dh1, dh2, dh3]))
    assert widget.direct == pytest.approx([0.5 - h1, 0.5 - h2, -h3])
    assert widget.through[2] == 0
    want = h1 * dh2 * (1 - h2**2) + h2 * dh3 * (1 - h3**2)
    assert widget.grads.W_hh.item() == pytest.approx(want)
    errors = np.array([h1 - 0.5, h2 - 0.5, h3])
    assert widget.losses == pytest.approx(errors**2 / 2)


@pytest.mark.parametrize("loss", [None, 1, 3, 5])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (3, 8, 2)])
def test_without_a_dam_the_river_is_the_slope_of_the_loss(loss, sizes):
    widget = river(*sizes, loss=loss)
    widget.scale = 1.6
    read = widget.params.readout
    xs, want = np.array(widget.xs)[:, None], np.array(widget.targets)

    def total(cell):
        hs, _, _ = bptt.forward(rnn, cell, xs)
        error = readout.forward(read, hs)[:, 0] - want
        each = (error**2).sum(axis=1) / 2
        return each[loss - 1] if loss else each.sum()

    slopes = gradients.check(total, widget.params.cell)
    assert gradients.error(widget.grads, slopes) < 1e-6


@pytest.mark.parametrize("dam", [1, 2, 3, 4])
def test_a_dam_cuts_the_gradient_and_lets_the_state_pass(dam):
    free, widget = river(), river(dam=dam)
    assert widget.losses.tolist() == free.losses.tolist()
    assert widget.through[dam - 1] == 0
    assert widget.norms[dam:] == pytest.approx(free.norms[dam:])
    # Two windows, each sent back by itself: truncated backpropagation.
    cell, read = widget.params
    hs, _, tape = bptt.forward(rnn, cell, np.array(widget.xs)[:, None])
    dys = readout.forward(read, hs) - np.array(widget.targets)[:, None]
    _, dhs = readout.backward(read, hs, dys)
    parts = [
        bptt.backward(rnn, cell, tape[window], dhs[window])[0]
        for window in (slice(dam), slice(dam, None))
    ]
    want = tree.apply(np.add, *parts)
    for got, sum_ in zip(widget.grads, want, strict=True):
        assert got == pytest.approx(sum_)


def test_behind_a_dam_the_river_of_a_later_loss_is_dry():
    widget = river(loss=5, dam=2)
    assert (widget.norms[:2] == 0).all()
    assert (widget.norms[2:] > 0).all()
    assert "A dam lets nothing pass from h_3 to h_2" in widget.summary()
    widget.dam = 0
    assert (widget.norms > 0).all()
    widget.scale = 0.0
    assert (widget.norms[:4] == 0).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("loss", 6), ("loss", -1), ("dam", 5), ("step", 0), ("at", 12)],
        *[("scale", 2.1), ("scale", float("nan")), ("targets", [[1, 2]])],
        *[("targets", [["a", "b"]] * 5), ("targets", [[2000, 0]] * 5)],
        *[("xs", [[0, 0]] * 4), ("xs", [[0, float("inf")]] * 5)],
    ],
)
def test_the_river_s_traits_are_checked(name, value):
    widget = river()
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"params": network(D=4)}, ValueError, "params: expected D up to 3"),
        ({"params": network(H=9)}, ValueError, "up to 2, got 2, 9 and 2"),
        ({"params": network(V=3)}, ValueError, "up to 2, got 2, 2 and 3"),
        ({"params": 3}, TypeError, "params: expected (rnn.Params"),
        (
            {"params": tree.apply(lambda W: W + 1e4, network())},
            ValueError,
            "W_xh: expected numbers from -1000 to 1000, got 1000",
        ),
        ({"xs": np.zeros((13, 2))}, ValueError, "xs: expected 1 to 12 steps"),
        ({"xs": np.zeros((5, 3))}, ValueError, "xs: expected shape (T, 2)"),
        ({"xs": np.zeros((0, 2))}, ValueError, "xs: expected shape (T, 2)"),
        ({"xs": "ab"}, TypeError, "xs: expected real numbers"),
        (
            {"targets": np.zeros((4, 2))},
            ValueError,
            "targets: expected shape (5, 2), got (4, 2)",
        ),
        ({"targets": np.full((5, 2), np.nan)}, ValueError, "targets: expect"),
        ({"loss": 0}, ValueError, "loss: expected 1 to 5, got 0"),
        ({"loss": 6}, ValueError, "loss: expected 1 to 5, got 6"),
        ({"loss": 1.0}, TypeError, "loss: expected a whole number, got 1.0"),
        ({"loss": True}, TypeError, "loss: expected a whole number"),
        ({"dam": 5}, ValueError, "dam: expected 0 to 4, got 5"),
        ({"dam": None}, TypeError, "dam: expected a whole number, got None"),
    ],
)
def test_a_bad_river_is_named(changed, error, said):
    with pytest.raises(error, match=re.escape(said)):
        river(**changed)


def test_a_river_of_one_step_or_of_large_numbers_is_drawn():
    one = river(1, 1, 1, T=1)
    assert one.through.tolist() == [0]
    with pytest.raises(ValueError, match="dam: expected 0, got 1"):
        river(T=1, dam=1)
    large = tree.apply(lambda W: np.full_like(W, 1000.0), network(3, 8, 2))
    widget = river(3, 8, 2, T=12, params=large)
    widget.scale = 2.0
    for each in (one, widget):
        assert np.isfinite(each.norms).all()
        assert len(each.to_html()) < 40_000


# --- gate film -------------------------------------------------------------


def test_the_gates_of_each_cell_have_their_own_names():
    film = gate_film()
    assert film.model == "RNN"
    assert film.at == 7
    for name, letters in {"RNN": "h", "LSTM": "ifogch", "GRU": "rznh"}.items():
        film.model = name
        assert "".join(film.gates) == letters
        assert {values.shape for values in film.gates.values()} == {(8, 5)}
    film.model = "LSTM"
    g = film.gates
    c_prev = np.concatenate([np.zeros((1, 5)), g["c"][:-1]])
    np.testing.assert_allclose(g["c"], g["f"] * c_prev + g["i"] * g["g"])
    np.testing.assert_allclose(g["h"], g["o"] * np.tanh(g["c"]))


@pytest.mark.parametrize("ask", ["last", "every"])
@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_what_is_felt_is_the_slope_of_the_likeliest_answer(name, ask):
    film = gate_film(ask=ask)
    film.model, film.at = name, 4
    cell, read = film._params[name]
    module = {"RNN": rnn, "LSTM": lstm, "GRU": gru}[name]
    numbers = np.array(film._vocabulary.encode(film.tokens[:5]))
    xs = tasks.one_hot(numbers, film._vocabulary.size)[:, None]
    best = film.answer.argmax()

    def log_p(xs):
        hs, _, _ = bptt.forward(module, cell, xs)
        p = readout.softmax(readout.forward(read, hs[-1, 0]))
        return np.log(p[best])

    slopes = np.zeros(xs.shape)
    for place in np.ndindex(xs.shape):
        nudge = np.zeros(xs.shape)
        nudge[place] = 1e-6
        slopes[place] = (log_p(xs + nudge) - log_p(xs - nudge)) / 2e-6
    want = np.linalg.norm(slopes[:, 0], axis=-1)
    np.testing.assert_allclose(film.felt, want, rtol=1e-5)
    assert film.answer.sum() == pytest.approx(1)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "text", ["", "x", "</script>\x00", "🎈\u202eabc", "ab" * 5000]
)
def test_a_film_of_any_text_has_a_picture_and_a_sentence(text, lang):
    widgets.language(lang)
    film = gate_film()
    film.text, film.at = text, 10**6
    T = min(len(text), 60)
    assert len(film.tokens) == T
    assert film.felt.shape == (T,)
    assert film.answer.shape == ((2,) if T else (0,))
    for name in ("RNN", "LSTM", "GRU"):
        film.model = name
        assert all(v.shape == (T, 5) for v in film.gates.values())
        assert film.to_png()
        assert name in film.summary()
    assert payload(film.to_html())["state"]["text"] == text


def test_hangul_comes_apart_where_the_vocabulary_has_letters():
    letters = tasks.vocabulary(["\u1100\u1161\u11a8"])
    model = models.ManyToOne(gru, letters.size, 3, 2)
    params = {"a": model.init(np.random.default_rng(0))}
    assert len(widgets.GateFilm(params, letters, "각").tokens) == 3
    whole = tasks.vocabulary(["각나다"])
    assert widgets.GateFilm(params, whole, "각").tokens == ["각"]


def test_the_labels_are_those_of_the_edition():
    labels = {"en": ["no", "yes"], "ko": ["아니요", "예"]}
    assert gate_film(classes=labels).labels == ["no", "yes"]
    widgets.language("ko")
    assert gate_film(classes=labels).labels == ["아니요", "예"]
    assert gate_film().labels == ["0", "1"]
    assert gate_film(ask="every").labels[3:] == list("abcd")


def test_three_models_of_24_units_are_a_small_payload():
    vocabulary = tasks.vocabulary(["abcdefghijklmnopqrstuvwxyz .,?"])
    D = vocabulary.size
    rng = np.random.default_rng(0)
    film = widgets.GateFilm(
        {
            name: models.ManyToMany(cell, D, 24, D).init(rng)
            for name, cell in (("RNN", rnn), ("LSTM", lstm), ("GRU", gru))
        },
        vocabulary,
        "the quick brown fox jumps over the lazy dog, does it? yes.",
        ask="every",
    )
    assert len(json.dumps(film.state())) < 40_000


def _sized(cell=gru, D=7, H=5, V=2):
    return models.ManyToOne(cell, D, H, V).init(np.random.default_rng(0))


def _holed():
    params = _sized()
    params.cell.W_hh[0, 0] = np.nan
    return params


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"models": [1]}, TypeError, "models: expected a mapping"),
        ({"models": {}}, ValueError, "models: expected 1 to 4, got 0"),
        ({"models": {"a": 1}}, TypeError, r"models\['a'\]: expected decoding"),
        ({"models": {1: _sized()}}, TypeError, "models: expected names"),
        ({"models": {"a": _sized(D=9)}}, ValueError, "expected D = 7"),
        ({"models": {"a": _sized(H=25)}}, ValueError, "at most 24 units"),
        ({"models": {"a": _holed()}}, ValueError, "expected finite"),
        (
            {"models": {"a": _sized()._replace(cell=hopfield)}},
            TypeError,
            "expected a cell rnn.Params, lstm.Params or gru.Params",
        ),
        (
            {"models": {"a": _sized(), "b": _sized(V=3)}},
            ValueError,
            r"models\['b'\].readout: expected shapes",
        ),
        ({"vocabulary": "abc"}, TypeError, "vocabulary: expected tasks.Voc"),
        (
            {"vocabulary": tasks.vocabulary([["ab", "c", "d", "e"]])},
            ValueError,
            "vocabulary: expected single characters, got 'ab'",
        ),
        ({"text": 7}, TypeError, "text: expected a string"),
        ({"text": ""}, ValueError, "text: expected a text"),
        ({"ask": "all"}, ValueError, "ask: expected one of"),
        ({"classes": "ab"}, TypeError, "classes: expected a list"),
        ({"classes": [1, 2]}, TypeError, "classes: expected strings"),
        ({"classes": ["a"]}, ValueError, "classes: expected 2 labels"),
        ({"classes": ["a", "a"]}, ValueError, "classes: expected 2 labels"),
        ({"classes": {"en": ["a", "b"]}}, ValueError, "for 'en' and 'ko'"),
        (
            {"classes": ["a", "b"], "ask": "every"},
            ValueError,
            "classes: expected none with ask='every'",
        ),
    ],
)
def test_a_bad_gate_film_is_named(changed, error, said):
    with pytest.raises(error, match=said):
        gate_film(**changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [("model", "no"), ("at", -1), ("unit", -2), ("which", "all")],
)
def test_a_gate_film_stays_within_its_controls(name, value):
    film = gate_film()
    before = getattr(film, name)
    with pytest.raises(traitlets.TraitError):
        setattr(film, name, value)
    assert getattr(film, name) == before


# --- cell bench ------------------------------------------------------------


@pytest.mark.parametrize(
    "preset", ["accumulate", "latch", "reset", "count", "fade"]
)
def test_the_cell_bench_s_cell_is_an_lstm(preset):
    bench = widgets.CellBench(preset=preset)
    assert bench.preset == preset
    hs, state, tape = bptt.forward(lstm, bench.params, bench.xs)
    np.testing.assert_allclose(hs.ravel(), bench.h, atol=1e-12)
    for name in ("i", "f", "o", "g", "c"):
        want = [getattr(cache, name).item() for cache in tape]
        np.testing.assert_allclose(want, getattr(bench, name), atol=1e-12)
    assert bench.share.sum() == pytest.approx(state.c.item())

    # The way back of rnnlib, from c_T alone, is the product of the f.
    dstate, back = lstm.State(np.zeros((1, 1)), np.ones((1, 1))), []
    for cache in reversed(tape):
        back.append(dstate.c.item())
        _, _, dstate = lstm.step_backward(bench.params, cache, dstate)
    np.testing.assert_allclose(back[::-1], bench.backward, atol=1e-12)


def test_the_cell_bench_s_presets_do_what_they_say():
    latch = widgets.CellBench(preset="latch")
    assert (latch.c[2:] == 0.8).all()
    assert np.flatnonzero(latch.h).tolist() == [13]
    reset = widgets.CellBench(preset="reset")
    assert reset.c[[4, 5, 10, 11]].tolist() == [1.25, 0.25, 1.5, 0.25]
    assert reset.backward.tolist() == [0] * 11 + [1] * 5
    count = widgets.CellBench(preset="count")
    assert count.c[[7, 15]].tolist() == [3, 5]
    assert count.h[[7, 15]] == pytest.approx(np.tanh([3, 5]))
    fade = widgets.CellBench(preset="fade")
    assert fade.c[1] == 1
    assert fade.c[8] < 0.5 < fade.c[7]
    assert fade.backward[0] == pytest.approx(0.9**15)


def test_the_cell_bench_is_driven_by_numbers_and_lists():
    bench = widgets.CellBench({"f": 0.5, "g": np.linspace(-1, 1, 16)})
    assert bench.f == [0.5] * 16
    assert bench.g[0] == -1
    assert bench.i == [1] * 16, "the preset's"
    assert bench.preset is None
    bench.end = 3
    assert bench.backward.tolist() == [0.25, 0.5, 1] + [0] * 13
    assert bench.share.sum() == pytest.approx(bench.c[2])
    bench.step = 2
    assert "dc_3/dc_2 = 0.5" in bench.summary()
    assert len(bench.to_html()) < 40_000


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"preset": "keep"}, ValueError, "preset: expected one of"),
        ({"preset": None}, ValueError, "preset: expected one of"),
        ({"drive": [1, 2]}, TypeError, "drive: expected a mapping from i, f"),
        ({"drive": {"c": 1}}, ValueError, "drive: expected one of"),
        ({"drive": {"f": 1.5}}, ValueError, "f: expected 0 to 1, got 1.5"),
        ({"drive": {"i": -0.1}}, ValueError, "i: expected 0 to 1, got -0.1"),
        ({"drive": {"g": -2}}, ValueError, "g: expected -1 to 1, got -2"),
        ({"drive": {"o": [1, 0]}}, ValueError, "o: expected shape (16,), got"),
        ({"drive": {"o": "open"}}, TypeError, "o: expected real numbers"),
        ({"drive": {"f": np.nan}}, ValueError, "f: expected finite numbers"),
    ],
)
def test_a_bad_cell_bench_is_named(arguments, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.CellBench(**arguments)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("f", [1.0] * 15), ("f", [2.0] * 16), ("i", ["a"] * 16)],
        *[("g", [float("inf")] * 16), ("step", 0), ("step", 17), ("end", 0)],
        *[("end", 1.5), ("every", "yes")],
    ],
)
def test_the_cell_bench_s_traits_are_checked(name, value):
    bench = widgets.CellBench()
    before = getattr(bench, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(bench, name, value)
    assert getattr(bench, name) == before


# --- half-life dial --------------------------------------------------------


@pytest.mark.parametrize(
    ("b", "f", "half", "constant", "left"),
    [
        (0, 0.5, 1, 2, 8e-31),
        (1, 0.73, 2.2, 3.7, 2.5e-14),
        (3, 0.95, 14, 21, 7.8e-3),
    ],
)
def test_a_bias_has_a_half_life(b, f, half, constant, left):
    widget = dial(bias=b)
    assert widget.f == pytest.approx(f, rel=0.01)
    assert widget.half_life == pytest.approx(half, rel=0.03)
    assert widget.time_constant == pytest.approx(constant, rel=0.01)
    assert widget.f**100 == pytest.approx(left, rel=0.03)
    assert widget.time_constant == pytest.approx(1 / (1 - widget.f))
    assert widget.f**widget.half_life == pytest.approx(0.5)


def test_a_picked_cell_moves_the_dial_and_the_cursor():
    widget = dial()
    widget.cell = {"model": "LSTM, b_f = 3", "lag": 10}
    assert (widget.bias, widget.lag) == (3.0, 10)
    widget.cell = {"model": "RNN", "lag": 60}
    assert (widget.bias, widget.lag) == (3.0, 60), "it has no bias"


def test_where_seeds_differ_a_prediction_does_not_count():
    widget = dial()
    assert widget.score == (0, 0)
    widget.guesses = [
        {"model": "RNN", "lag": 10, "learned": True},
        {"model": "RNN", "lag": 60, "learned": True},
        {"model": "LSTM, b_f = 3", "lag": 60, "learned": False},
    ]
    assert widget.score == (1, 2)
    widget.table = widget.table[1:]
    assert widget.score == (0, 1), "a cell that is gone takes its guess along"
    assert len(widget.guesses) == 2


def test_the_words_of_the_lag_table_are_in_the_book_s_language():
    assert dial().table[-1]["model"] == "LSTM, chrono"
    widgets.language("ko")
    assert dial().table[-1]["model"] == "LSTM, 크로노"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("bias", 6.1), ("bias", float("nan")), ("lag", -1), ("lag", 1001)],
        *[("cell", {"model": "RNN", "lag": 30}), ("cell", {"lag": 10})],
        ("table", []),
        ("guesses", [{"model": "RNN", "lag": 10}]),
        ("guesses", [{"model": "RNN", "lag": 10, "learned": True}] * 2),
        ("guesses", ["RNN"]),
    ],
)
def test_the_dial_s_traits_are_checked(name, value):
    widget = dial()
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


LAGS = {"model": "a", "bias": 1.0, "lag": 10, "solved": [32]}


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        (LAGS, TypeError, "table: expected a list of dicts, got dict"),
        ([], ValueError, "table: expected at least one cell"),
        ([3], TypeError, "table[0]: expected a dict, got 3"),
        ([{"model": "a"}], ValueError, "table[0]: expected the keys model"),
        ([LAGS, LAGS], ValueError, "table[1]: expected one cell for 'a' at"),
        (
            [LAGS, {**LAGS, "lag": 30, "bias": 0}],
            ValueError,
            "to be the same at every lag, got 1.0 and 0.0",
        ),
        (
            [{**LAGS, "lag": 10 + k} for k in range(9)],
            ValueError,
            "table: expected up to 8 lags, got 9",
        ),
        (
            [{**LAGS, "model": str(k)} for k in range(13)],
            ValueError,
            "table: expected up to 12 rows, got 13",
        ),
        *[
            ([{**LAGS, **changed}], error, said)
            for changed, error, said in (
                ({"model": ""}, ValueError, ".model: expected 1 to 60 char"),
                ({"model": "x" * 10_000}, ValueError, ".model: expected 1 t"),
                ({"model": 3}, TypeError, ".model: expected a str, got 3"),
                ({"model": {"en": "a"}}, ValueError, "the keys en and ko"),
                ({"bias": 7}, ValueError, ".bias: expected -2 to 6, got 7"),
                ({"bias": "3"}, TypeError, ".bias: expected a number"),
                ({"bias": True}, TypeError, ".bias: expected a number"),
                ({"lag": 0}, ValueError, ".lag: expected 1 to 1000, got 0"),
                ({"lag": 10.0}, TypeError, ".lag: expected a whole number"),
                ({"solved": 32}, TypeError, ".solved: expected a list"),
                ({"solved": []}, ValueError, "expected 1 to 5 seeds, got 0"),
                ({"solved": [0]}, ValueError, ".solved: expected 1 to 9999"),
                ({"spread": (0, 3)}, ValueError, "expected None beside a sp"),
                (
                    {"bias": None, "spread": (3, 0)},
                    ValueError,
                    ".spread: expected the lowest first",
                ),
                (
                    {"bias": None, "spread": 3},
                    TypeError,
                    ".spread: expected (lowest, highest), got 3",
                ),
            )
        ],
    ],
)
def test_a_bad_lag_table_is_named(table, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.HalfLife(table)


@pytest.mark.parametrize(
    ("bias", "error", "said"),
    [
        (6.5, ValueError, "bias: expected -2 to 6, got 6.5"),
        (None, TypeError, "bias: expected a number, got None"),
    ],
)
def test_a_bad_bias_is_named(bias, error, said):
    with pytest.raises(error, match=re.escape(said)):
        dial(bias=bias)


# --- race ------------------------------------------------------------------


def test_a_race_is_the_loop_that_each_would_run_alone():
    widget = race()
    params = widget.finish()
    assert widget.step == 60
    for label, (model, first) in widget._first.items():
        rng = np.random.default_rng(0)
        loop = train.run(
            *(model.loss_and_grads, first, iter(lambda r=rng: order(r), 0)),
            steps=60,
            lr=0.02,
        )
        records = list(loop)
        assert widget.losses[label] == [(r.step, r.loss) for r in records]
        norms = [(r.step, r.grad_norm) for r in records]
        assert widget.norms[label] == norms
        for got, want in zip(
            tree.leaves(params[label]),
            tree.leaves(records[-1].params),
            strict=True,
        ):
            assert (got == want).all()
        at, share = widget.accuracy[label][-1]
        xs, targets = order(np.random.default_rng(1), 100)
        assert at == 60
        assert share == (model.predict(params[label], xs) == targets).mean()
    assert [at for at, _ in widget.accuracy["GRU"]] == [*range(0, 61, 10)]
    assert widget.params == params  # nothing is left to do
    assert "after 60 updates: RNN" in widget.summary()


def test_who_is_good_enough_is_done_and_waits_for_the_others():
    widget = race(steps=200, stop=0.9)
    widget.finish()
    ends = {k: path[-1] for k, path in widget.accuracy.items()}
    assert all(share >= 0.9 for _, share in ends.values())
    assert widget.step == max(at for at, _ in ends.values()) < 200
    assert widget.records[-1]["step"] == widget.step
    for label, (at, _) in ends.items():
        assert len(widget.losses[label]) == at
        assert widget.curves[label]["done"]
        seen = [r["step"] for r in widget.records if label in r["strips"]]
        assert seen[-1] >= at > seen[-2]
    assert all(share < 0.9 for _, share in widget.accuracy["RNN"][:-1])
    assert race(stop=0.01).finish().keys() == {"RNN", "GRU", "LSTM"}


def test_a_race_again_gives_the_same_figures():
    widget = race()
    widget.finish()
    before = widget.curves, widget.records
    widget.again += 1
    assert (widget.step, len(widget.records)) == (0, 1)
    assert widget.losses == {"RNN": [], "GRU": [], "LSTM": []}
    widget.finish()
    assert (widget.curves, widget.records) == before


def test_a_race_runs_side_by_side_pauses_and_continues():
    widget = race(steps=20_000)

    async def press():
        widget.running = True
        while widget.step == 0:
            await asyncio.sleep(0.01)
        widget.running = False
        await asyncio.sleep(0.2)
        stopped = widget.step
        steps = [len(path) for path in widget.losses.values()]
        assert max(steps) - min(steps) <= 1
        await asyncio.sleep(0.2)
        assert widget.step == stopped
        widget.running = True
        await asyncio.sleep(0.3)
        assert widget.step > stopped
        widget.again += 1
        await asyncio.sleep(0.2)
        assert (widget.step, widget.running) == (0, False)

    alone(press())


def test_a_race_goes_on_after_a_mistake_and_an_interrupt(capsys):
    calls = []

    def draw(rng):
        batch = order(rng)
        calls.append(batch)
        if len(calls) == 12:
            raise ValueError("a slip")
        if len(calls) == 20:
            raise KeyboardInterrupt
        return batch

    widget = race(draw=draw)
    with pytest.raises(ValueError, match="a slip"):
        widget.finish()
    assert [len(p) for p in widget.losses.values()] == [4, 4, 3]
    widget.finish()  # the interrupt is told, and nothing is lost
    assert "stopped" in capsys.readouterr().out
    assert widget.step == 6
    widget.finish()
    # The batch that was lost is drawn again, so that all learn the same.
    assert (calls[11][0] == calls[12][0]).all()
    assert (calls[19][0] == calls[20][0]).all()
    assert widget.step == 60
    assert [r["step"] for r in widget.records] == widget.schedule


def test_an_interrupt_between_two_updates_is_quiet(monkeypatch, capsys):
    widget = race()
    look, count = widget._look, []

    def interrupted():
        count.append(1)
        if len(count) == 31:
            raise KeyboardInterrupt
        return look()

    monkeypatch.setattr(widget, "_look", interrupted)
    widget.finish()
    assert "stopped" in capsys.readouterr().out
    assert widget.step == 10
    widget.finish()
    assert [at for at, _ in widget.accuracy["RNN"]] == [*range(0, 61, 10)]
    assert [r["step"] for r in widget.records] == widget.schedule


def test_a_race_says_who_stumbled():
    def draw(rng):
        raise ZeroDivisionError("no data")

    widget = race(draw=draw)

    async def press():
        widget.running = True
        await asyncio.sleep(0.2)

    alone(press())
    assert widget.problem == "ZeroDivisionError: no data (RNN)"
    assert not widget.running


def test_a_strip_holds_the_states_that_the_model_has():
    widget = race(cells=(lstm,), labels=("LSTM",), steps=10)
    params = widget.finish()["LSTM"]
    xs, targets = order(np.random.default_rng(1), 100)
    hs, state = scan.run(lstm, params.cell, xs[:, :1])
    strip = widget.records[-1]["strips"]["LSTM"]
    raw = np.frombuffer(base64.b64decode(strip["states"]), "i1")
    assert raw.reshape(10, 8) / 127 == pytest.approx(hs[:, 0], abs=0.004)
    p = readout.softmax(readout.forward(params.readout, state.h))[0]
    assert strip["right"] == pytest.approx(p[targets[0]], abs=6e-4)
    first = xs[:, 0].argmax(axis=1)
    assert widget.marks == [[t, "XY"[k]] for t, k in enumerate(first) if k < 2]


def test_a_long_race_of_four_still_fits_a_page():
    rng = np.random.default_rng(0)
    widget = race(
        *(("a", "b", "ㄷ" * 16, "$d_</script>"), (rnn, gru, lstm, rnn)),
        draw=lambda rng: order(rng, 2, 150),
        test=order(rng, 3, 150),
        steps=160,
    )
    widget.finish()
    page = widget.to_html()
    assert len(page) - page.index("<script") < 40_000
    state = payload(page)["state"]
    assert len(state["shown"]) > 50
    assert len(state["marks"]) == 2


def test_a_race_reads_tokens_too():
    def draw(rng):
        tokens = rng.integers(0, 6, size=(5, 8))
        return tokens, tokens[0] % 4

    widget = race(draw=draw, test=draw(np.random.default_rng(1)), steps=10)
    assert widget.finish().keys() == {"RNN", "GRU", "LSTM"}
    tokens, _ = draw(np.random.default_rng(1))
    want = [[t, "XY"[k]] for t, k in enumerate(tokens[:, 0]) if k < 2]
    assert widget.marks == want


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({"models": {}}, ValueError, "models: expected 1 to 4, got 0"),
        ({"models": 3}, TypeError, "models: expected a dict, got int"),
        ({"models": {"a": 3}}, TypeError, "models['a']: expected (ManyToOne"),
        ({"labels": (" ",)}, ValueError, "expected names of 1 to 16 signs"),
        ({"labels": ("a" * 17,)}, ValueError, "names of 1 to 16 signs"),
        ({"labels": (3,)}, TypeError, "models: expected names, got 3"),
        ({"cells": (gru,) * 3, "swap": lstm}, TypeError, "models['RNN']: par"),
        ({"draw": 3}, TypeError, "draw: expected a function, got 3"),
        ({"test": 3}, TypeError, "test: expected (xs, targets), got int"),
        ({"test": (1, 2, 3)}, TypeError, "test: expected (xs, targets), got"),
        ({"test": (np.zeros(3), 0)}, ValueError, "test: expected xs (T, B, D"),
        (
            {"test": (np.zeros((9, 2, 5)), [0, 0])},
            ValueError,
            "models['RNN']: xs: expected shape (T, B, 6), got (9, 2, 5)",
        ),
        (
            {"test": (np.zeros((9, 2, 6)), [0, 4])},
            ValueError,
            "test: targets: expected 0 to 3, got 0 to 4",
        ),
        (
            {"test": (np.zeros((9, 2, 6)), [0.0, 1.0])},
            TypeError,
            "test: targets: expected integers",
        ),
        ({"steps": 9}, ValueError, "steps: expected 10 or more, got 9"),
        ({"steps": 20.0}, TypeError, "steps: expected a whole number"),
        ({"lr": 0}, ValueError, "lr: expected above 0, got 0"),
        ({"lr": float("nan")}, ValueError, "lr: expected above 0, got nan"),
        ({"lr": "x"}, TypeError, "lr: expected a number, got 'x'"),
        ({"chance": 2}, ValueError, "chance: expected above 0 and up to 1"),
        ({"stop": 0}, ValueError, "stop: expected above 0 and up to 1, got 0"),
        ({"seed": -1}, ValueError, "seed: expected 0 or more, got -1"),
        ({"symbols": ["XY"]}, ValueError, "symbols: expected one sign, got"),
        ({"symbols": [3]}, TypeError, "symbols: expected strings, got 3"),
    ],
)
def test_a_bad_race_is_named(changed, kind, said):
    other = changed.pop("swap", None)
    if other:  # the parameters of another cell
        model = models.ManyToOne(rnn, 6, 8, 4)
        params = models.ManyToOne(other, 6, 8, 4).init(
            np.random.default_rng(0)
        )
        changed = {"models": {"RNN": (model, params)}}
    with pytest.raises(kind, match=re.escape(said)):
        race(**changed)


# --- side by side ----------------------------------------------------------


def test_with_bias_0_the_gates_vanish_like_the_simple_network():
    seen = widgets.SideBySide()
    norms = seen.norms
    assert list(norms) == ["RNN", "LSTM c", "LSTM h", "GRU"]
    assert all(norms[name].shape == (101,) for name in norms)
    assert all(norms[name][30] < 1e-3 for name in norms)
    assert norms["RNN"][0] == norms["LSTM h"][0] == norms["GRU"][0] == 1
    assert norms["LSTM c"][0] == 0
    np.testing.assert_allclose(seen.f, 0.5, atol=0.02)


def test_the_bias_moves_the_gated_cells_and_the_scale_the_simple_one():
    seen = widgets.SideBySide()
    before = seen.norms
    seen.bias = 3.0
    after = seen.norms
    np.testing.assert_array_equal(after["RNN"], before["RNN"])
    for name in ("LSTM c", "LSTM h", "GRU"):
        assert after[name].min() >= 0
        assert after[name][1:].min() > 1e-3
    sigma = 1 / (1 + np.exp(-3))
    np.testing.assert_allclose(seen.f, sigma, atol=0.02)
    np.testing.assert_allclose(seen.z, sigma, atol=0.02)
    assert seen.product[-1] == pytest.approx(sigma**100, rel=0.5)
    assert after["LSTM c"][-1] > 10 * seen.product[-1], "ways through h"
    seen.scale, seen.bias = 3.0, 0.0
    large = seen.norms
    for name in ("LSTM c", "LSTM h", "GRU"):
        assert (large["RNN"] < 1e-3).argmax() > (large[name] < 1e-3).argmax()
    seen.gain = 0.0
    assert seen.norms["RNN"][-1] > 1e10, "a smaller input, an explosion"


def test_the_last_norm_is_that_of_the_whole_way_back():
    seen = widgets.SideBySide(5, T=12, seed=2)
    for cell, name, label in ((rnn, "RNN", "RNN"), (gru, "GRU", "GRU")):
        _, _, tape = bptt.forward(cell, seen.params[name], seen.xs)
        rows = []
        for unit in np.eye(5):
            d = cell.State(unit[None])
            for cache in tape[:0:-1]:
                _, _, d = cell.step_backward(seen.params[name], cache, d)
            rows.append(d.h[0])
        want = np.linalg.norm(rows, 2)
        assert seen.norms[label][-1] == pytest.approx(want, rel=1e-9)


def test_a_spread_gives_every_unit_the_bias_that_lstm_init_would():
    seen = widgets.SideBySide(T=60)
    seen.spread = True
    b, drawn = seen.biases, seen.params["LSTM"].b_h
    assert len(set(b)) == 16
    assert 0 < b.min() < b.max() < np.log(59)
    np.testing.assert_array_equal(drawn[:16], -b)
    np.testing.assert_array_equal(drawn[16:32], b)
    assert np.ptp(seen.f) > 0.2
    seen.T = 150  # its biases follow the length
    assert seen.biases.max() > b.max()


def test_every_length_ends_at_the_same_input():
    seen = widgets.SideBySide(4, T=20)
    last = seen.xs
    seen.T = 150
    np.testing.assert_array_equal(seen.xs[-21:], last)


def test_cells_of_your_own_are_further_curves():
    mine = gru.init(np.random.default_rng(0), 6, 5)
    plain = rnn.init(np.random.default_rng(0), 4, 3)
    cells = {"</script>": (gru, mine), "$ 나의 \0": (rnn, plain)}
    seen = widgets.SideBySide(4, T=20, cells=cells)
    want = gradients.flow(rnn, plain, seen.xs)[::-1]
    np.testing.assert_array_equal(seen.norms["$ 나의 \0"], want)
    np.testing.assert_allclose(
        seen.own["$ 나의 \0"], np.log10(want), atol=1e-4
    )
    assert len(seen.own["</script>"]) == 21
    assert seen.to_png()
    before = seen.own
    seen.bias = 2.0
    assert seen.own == before
    seen.T = 30
    assert len(seen.own["</script>"]) == 31


def test_one_of_your_cells_may_fail_and_is_told():
    cell, broken = breakable()
    mine = rnn.init(np.random.default_rng(0), 2, 3)
    seen = widgets.SideBySide(4, T=20, cells={"mine": (cell, mine)})
    before, broken[0] = seen.own, True
    seen.gain = 0.5
    assert seen.problem == "mine: RuntimeError: not yet"
    assert seen.own == before
    assert seen.to_html()


def test_three_cells_and_three_of_your_own_are_a_small_payload():
    mine = lstm.init(np.random.default_rng(0), 32, 32)
    cells = {str(n): (lstm, mine) for n in range(3)}
    html = widgets.SideBySide(T=150, cells=cells).to_html()
    assert len(html[html.index("<script") :]) < 40_000


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"H": 3}, ValueError, "H: expected 4 to 16, got 3"),
        ({"H": 16.0}, TypeError, "H: expected an integer, got 16.0"),
        ({"H": True}, TypeError, "H: expected an integer, got True"),
        ({"T": 151}, ValueError, "T: expected 10 to 150, got 151"),
        ({"T": "9"}, TypeError, "T: expected an integer, got '9'"),
        ({"seed": -1}, ValueError, "seed: expected 0 or more, got -1"),
        ({"seed": None}, TypeError, "seed: expected an integer, got None"),
        ({"cells": [gru]}, TypeError, "cells: expected a dict of label"),
        ({"cells": dict.fromkeys("abcd")}, ValueError, "up to 3, got 4"),
        ({"cells": {1: gru}}, TypeError, "cells: expected labels of text"),
        ({"cells": {" ": gru}}, ValueError, "labels of 1 to 24 characters"),
        ({"cells": {"x" * 10_000: gru}}, ValueError, "got 10000"),
        ({"cells": {"GRU": gru}}, ValueError, "expected other labels than"),
        ({"cells": {"a": gru}}, TypeError, "cells['a']: expected (cell, par"),
        ({"cells": {"a": (np, gated())}}, TypeError, "State is missing"),
        ({"cells": {"a": (gru, 3)}}, TypeError, "the cell's Params with W_xh"),
        ({"cells": {"a": (rnn, gated())}}, TypeError, "cells['a']: params:"),
        (
            {"cells": {"a": (gru, tree.apply(lambda W: W * np.nan, gated()))}},
            ValueError,
            "cells['a']: params.W_xh: expected finite",
        ),
        ({"cells": {"a": (gru, gated(33))}}, ValueError, "D up to 32, got 33"),
        ({"cells": {"a": (gru, gated(1, 40))}}, ValueError, "H up to 32"),
    ],
)
def test_side_by_side_refuses_what_does_not_fit(arguments, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.SideBySide(**arguments)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("scale", 0.1), ("scale", np.nan), ("bias", 6.5), ("gain", -0.1)),
        *(("T", 9), ("lag", 151), ("lag", -1), ("spread", "yes")),
    ],
)
def test_side_by_side_stays_within_its_controls(name, value):
    seen = widgets.SideBySide(4)
    before = getattr(seen, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(seen, name, value)
    assert getattr(seen, name) == before


# --- LSTM to GRU morph -----------------------------------------------------


def blocks_of(widget, gates, name):
    """Return some blocks of the morph's small network side by side."""
    blocks = [np.array(widget.network[gate][name]) for gate in gates]
    return np.concatenate(blocks, axis=-1)


def states(cell, params, widget):
    hs, _ = scan.run(cell, params, np.array(widget.xs)[:, None])
    return hs[:, 0]


def test_with_all_switches_off_the_morph_is_the_lstm():
    widget = widgets.Morph()
    W_xh, W_hh, b_h = (
        blocks_of(widget, "ifog", name) for name in ("W_x", "W_h", "b")
    )
    b_h[9:] += widget.network["g"]["b_h"]
    want = states(lstm, lstm.Params(W_xh, W_hh, b_h), widget)
    np.testing.assert_allclose(widget.hs, want, atol=1e-12)
    assert widget.name == "LSTM"
    assert widget.parameters(25, 8) == 1088
    sizes = lstm.init(np.random.default_rng(0), 5, 7)
    assert widget.parameters(5, 7) == sum(W.size for W in sizes)


def test_tied_open_and_reset_the_morph_is_our_gru():
    widget = widgets.Morph(tied=True, output=False, reset=True)
    W_xh, W_hh, b_xh = (
        blocks_of(widget, "rfg", name) for name in ("W_x", "W_h", "b")
    )
    b_hh = np.concatenate([np.zeros(6), widget.network["g"]["b_h"]])
    want = states(gru, gru.Params(W_xh, W_hh, b_xh, b_hh), widget)
    np.testing.assert_allclose(widget.hs, want, atol=1e-12)
    assert widget.name == "GRU as in PyTorch and this book"
    sizes = gru.init(np.random.default_rng(0), 5, 7)
    idle = 2 * 7  # the second biases of r and z
    assert widget.parameters(5, 7) == sum(W.size for W in sizes) - idle


@pytest.mark.parametrize("output", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_the_sign_of_z_is_undone_by_its_weights_the_place_of_r_is_not(
    output, before
):
    keeps = widgets.Morph(True, output, True, "keep", before)
    widget = widgets.Morph(True, output, True, "replace", before)
    assert abs(widget.hs - keeps.hs).max() > 0.1
    widget.flipped = True
    np.testing.assert_allclose(widget.hs, keeps.hs, rtol=0, atol=1e-15)
    keeps.flipped = True  # of no effect on a z that keeps
    np.testing.assert_allclose(widget.hs, keeps.hs, rtol=0, atol=1e-15)
    widget.before = not before
    assert abs(widget.hs - keeps.hs).max() > 0.1


def test_only_without_tie_and_output_gate_a_state_leaves_its_bounds():
    for tied in (True, False):
        for output in (True, False):
            for reset in (True, False):
                widget = widgets.Morph(tied, output, reset)
                assert (abs(widget.hs).max() > 1) == (not tied and not output)


def test_each_decision_of_the_morph_is_counted_and_named():
    widget, told = widgets.Morph(), []
    for name, value in (
        *(("tied", True), ("output", False), ("reset", True)),
        *(("sign", "replace"), ("before", True)),
    ):
        setattr(widget, name, value)
        told.append((widget.blocks, widget.parameters(3, 2), widget.kind))
    assert told == [
        ("fog", 3 * 12, "coupled"),
        ("fg", 2 * 12, "one"),
        ("rfg", 3 * 12 + 2, "keep-after"),
        ("rfg", 3 * 12 + 2, "replace-after"),
        ("rfg", 3 * 12, "replace-before"),
    ]
    assert "Chung" in widget.summary()
    longest = widgets.Morph(tied=False, output=True, reset=True)
    assert len(longest.to_html()) < 40_000


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"tied": 1}, TypeError, "tied: expected True or False, got 1"),
        ({"output": None}, TypeError, "output: expected True or False"),
        ({"reset": "yes"}, TypeError, "reset: expected True or False"),
        ({"before": 0.5}, TypeError, "before: expected True or False"),
        ({"sign": "minus"}, ValueError, "sign: expected one of ('keep', "),
        ({"sign": True}, ValueError, "sign: expected one of ('keep', "),
    ],
)
def test_a_bad_morph_is_named(changed, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.Morph(**changed)


@pytest.mark.parametrize(
    ("sizes", "error", "said"),
    [
        ((0, 2), ValueError, "D: expected 1 or more, got 0"),
        ((2, -1), ValueError, "H: expected 1 or more, got -1"),
        ((2.0, 2), TypeError, "D: expected an integer, got 2.0"),
        ((2, True), TypeError, "H: expected an integer, got True"),
    ],
)
def test_sizes_that_cannot_be_counted_are_named(sizes, error, said):
    with pytest.raises(error, match=re.escape(said)):
        widgets.Morph().parameters(*sizes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("tied", 3), ("sign", "other"), ("D", 0), ("H", 257), ("D", 1.5)],
        *[("network", {}), ("xs", [])],  # belong to the widget
    ],
)
def test_the_morph_s_traits_are_checked(name, value):
    widget = widgets.Morph()
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(widget, name, value)
    assert getattr(widget, name) == before
