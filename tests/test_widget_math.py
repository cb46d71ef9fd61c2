"""The equations in the page are the equations of rnnlib."""

import base64
import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnnlib import (
    bptt,
    cliff,
    decoding,
    gru,
    hopfield,
    lstm,
    models,
    one_unit,
    readout,
    rnn,
    scan,
    tasks,
    tree,
)
from rnnlib.widgets import (
    Bottleneck,
    CapacityCliff,
    CellBench,
    CliffWalk,
    ErrorRiver,
    GateFilm,
    GradientFlow,
    HalfLife,
    Morph,
    ShapeSwitch,
    SideBySide,
    StateTrail,
    gate_film,
    gradient_flow,
    half_life,
    morph,
    shape_switch,
    weights,
)
from rnnlib.widgets.base import bundle, esm
from rnnlib.widgets.cliff_walk import lost
from rnnlib.widgets.panel import strip


@pytest.fixture(scope="module")
def javascript(browser):
    """Call a function of a widget's module with JSON arguments."""
    page = browser.new_page()
    loaded = set()

    def call(module, function, *arguments):
        if module not in loaded:
            code = base64.b64encode(esm(module).encode()).decode()
            page.evaluate(
                """async ([module, url]) => {
                  (window.modules ??= {})[module] = await import(url);
                }""",
                [module, f"data:text/javascript;base64,{code}"],
            )
            loaded.add(module)
        return page.evaluate(
            """async ([module, name, args]) => {
              const plain = (x) =>
                x instanceof Float64Array ? Array.from(x)
                : Array.isArray(x) ? x.map(plain)
                : x && typeof x === "object" ? Object.fromEntries(
                    Object.entries(x).map(([k, v]) => [k, plain(v)]))
                : x;
              return plain(await window.modules[module][name](...args));
            }""",
            [module, function, [_json(x) for x in arguments]],
        )

    yield call
    page.close()


def _json(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.fixture
def patterns(rng):
    return tasks.random_patterns(rng, 9, 49)


@pytest.mark.parametrize("rule", ["hebb", "pseudo-inverse"])
def test_the_page_stores_as_rnnlib(javascript, patterns, rule):
    W = javascript("hopfield", "store", patterns, rule)
    assert_allclose(W, hopfield.store(patterns, rule=rule), atol=1e-12)


def test_a_repeated_pattern_does_not_upset_the_pseudo_inverse(
    javascript, patterns
):
    twice = np.concatenate([patterns, patterns[:2]])
    W = javascript("hopfield", "store", twice, "pseudo-inverse")
    want = hopfield.store(patterns, rule="pseudo-inverse")
    assert_allclose(W, want, atol=1e-10)


def test_the_page_visits_as_rnnlib_recalls(javascript, patterns, rng):
    W = hopfield.store(patterns)
    cue = tasks.flip(rng, patterns[0], 0.3)
    want = hopfield.recall(W, cue, np.random.default_rng(5))
    orders = np.random.default_rng(5)
    s, energies = cue, [javascript("hopfield", "energy", W, cue)]
    flips = -1
    while flips:
        flips = 0
        for i in orders.permutation(len(cue)):
            seen = javascript("hopfield", "visit", W, s, int(i))
            s = np.array(seen["s"])
            if seen["flipped"]:
                flips += 1
                energies.append(javascript("hopfield", "energy", W, s))
    assert_array_equal(s, want.state)
    assert_allclose(energies, want.energies, atol=1e-10)


def test_all_at_once_is_the_same_step(javascript, patterns, rng):
    W = hopfield.store(patterns)
    cue = tasks.flip(rng, patterns[0], 0.4)
    one = hopfield.recall(W, cue, rng, order="sync", max_sweeps=1)
    assert_array_equal(javascript("hopfield", "together", W, cue), one.state)


def test_a_field_of_zero_leaves_the_unit_alone(javascript):
    W = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    s = np.array([-1, 1, -1])
    assert javascript("hopfield", "together", W, s)[0] == -1
    assert not javascript("hopfield", "visit", W, s, 0)["flipped"]


@pytest.mark.parametrize("beta", [0.0, 0.07, 1.0, 1e6])
def test_the_modern_update_is_the_same(javascript, patterns, rng, beta):
    query = tasks.flip(rng, patterns[3], 0.2)
    got = javascript("hopfield", "attention", patterns, query, beta)
    assert_allclose(got, hopfield.attention(patterns, query, beta), atol=1e-12)
    got = javascript("hopfield", "retrieve", patterns, query, beta)
    assert_allclose(got, hopfield.retrieve(patterns, query, beta), atol=1e-12)


def test_the_recorded_grid_answers_as_python_does(javascript, browser):
    widget = CapacityCliff()
    grid = widget.grid()
    grid["data"] = np.frombuffer(
        base64.b64decode(grid["data"]), "<i2"
    ).tolist()
    # lookUp takes a typed array; slice() is what a list offers of it.
    page = browser.new_page()
    code = base64.b64encode(esm("host").encode()).decode()
    for params in ({"alpha": 0.14, "N": 100}, {"alpha": 0.3, "N": 400}):
        got = page.evaluate(
            """async ([code, grid, params]) => {
              const url = `data:text/javascript;base64,${code}`;
              const { lookUp } = await import(url);
              grid.data = Int16Array.from(grid.data);
              return lookUp(grid, params);
            }""",
            [code, grid, params],
        )
        want = widget.compute(**params)
        assert got.keys() == want.keys()
        for name, values in want.items():
            assert_allclose(got[name], np.ravel(values), atol=4e-5)
    page.close()


# --- recurrent networks ----------------------------------------------------


@pytest.fixture
def network(rng):
    """Return a model of 9 symbols and 7 units, float32 as the chapter's."""
    model = models.ManyToMany(rnn, 9, 7, 9)
    return model, tree.cast(model.init(rng, scheme=1.4), np.float32)


@pytest.mark.parametrize("bits", [8, 16])
def test_the_page_runs_the_network_as_rnnlib(javascript, network, rng, bits):
    model, params = network
    named = weights.matrices(params)
    read = javascript("recurrent", "unpack", weights.packed(named, bits))
    same = weights.rounded(params, bits)
    for name, W in weights.matrices(same).items():
        assert_allclose(read[name], W, atol=1e-9)
    tokens = rng.integers(0, 9, size=40)
    hs = javascript("recurrent", "run", read, tokens)
    exact = tree.cast(same, np.float64)
    want, _ = scan.run(rnn, exact.cell, np.eye(9)[tokens][:, None])
    assert_allclose(hs, want[:, 0], atol=1e-9)
    ys = javascript("recurrent", "answer", read, hs[-1])
    want = model.forward(exact, tokens[:, None])[-1, 0]
    assert_allclose(ys, want, atol=1e-9)
    for tau in (0.2, 1.0, 3.0):
        got = javascript("recurrent", "softmax", ys, tau)
        want = readout.softmax(np.array(ys), tau)
        assert_allclose(got, want, atol=1e-12)


def test_a_row_and_a_number_are_the_same_input(javascript, network):
    named = {k: W.tolist() for k, W in weights.matrices(network[1]).items()}
    rows = javascript("recurrent", "run", named, np.eye(9)[[3, 0, 8]])
    tokens = javascript("recurrent", "run", named, [3, 0, 8])
    assert_array_equal(rows, tokens)


def test_a_matrix_of_zeros_survives_eight_bits(javascript, network):
    params = tree.zeros(network[1])
    read = javascript("recurrent", "unpack", weights.packed(params, 8))
    assert not np.any(read["cell"]["W_hh"])


@pytest.mark.parametrize(
    "text", ["The value\n", "새 노트북, 값!", "\U0001f600 é", "", "각ᄀ\ud55c"]
)
def test_the_page_numbers_characters_as_the_vocabulary(javascript, text):
    import unicodedata

    apart = unicodedata.normalize("NFD", "새 노트북 열기 가 값 각")
    vocabulary = tasks.vocabulary(["The value\n", apart])
    for split in (False, True):
        got = javascript(
            "recurrent", "encode", vocabulary.symbols, text, split
        )
        plain = unicodedata.normalize("NFD", text) if split else text
        assert got["numbers"] == vocabulary.encode(plain)
        assert got["plain"] == list(plain)


@pytest.mark.parametrize("w", [-2.5, -1, 0, 0.95, 1, 1.05, 1.5, 3])
@pytest.mark.parametrize("b", [-1, -0.2, 0, 0.02, 0.7])
def test_the_page_finds_the_same_fixed_points(javascript, w, b):
    got = javascript("one_unit_map", "fixedPoints", w, b)
    assert_allclose(got, one_unit.fixed_points(w, b), atol=1e-9)


def test_the_page_follows_the_same_orbit(javascript):
    cell = rnn.Params(np.zeros((1, 1)), np.array([[1.7]]), np.array([-0.1]))
    want, _ = scan.run(
        rnn, cell, np.zeros((50, 1, 1)), rnn.State(np.array([[0.3]]))
    )
    got = javascript("one_unit_map", "orbit", 1.7, -0.1, 0.3, 50)
    assert_allclose(got[1:], want[:, 0, 0], atol=1e-12)


def test_the_page_counts_parameters_as_rnnlib(javascript, rng):
    from rnnlib import feedforward

    for D, H, V, T in ((2, 2, 2, 7), (5, 3, 4, 1)):
        got = javascript("unroll", "parameters", {"D": D, "H": H, "V": V}, T)
        shared = models.ManyToMany(rnn, D, H, V).init(rng)
        window = feedforward.Feedforward(T * D, H, V).init(rng)
        assert got == {
            "shared": tree.count(shared),
            "window": tree.count(window),
        }


def test_the_trail_reads_brackets_and_ignores_the_rest(javascript, rng):
    trail = StateTrail(models.ManyToMany(rnn, 2, 2, 2).init(rng))
    for text in ("(a)b", "가(나\U0001f600)", "constructor(", "x"):
        trail.texts = [text, ""]
        xs = javascript("state_trail", "inputs", trail.symbols, 2, text)
        hs = javascript(
            "recurrent", "run", {**trail.weights, "W_hh": trail.W_hh}, xs
        )
        assert_allclose(hs, trail.states[0], atol=1e-12)
        assert trail.states[1] == []


def test_a_unit_is_sorted_by_pearson_s_correlation(javascript, rng):
    a, b = rng.normal(size=(2, 30))
    got = javascript("hidden_film", "correlation", a, b)
    assert got == pytest.approx(np.corrcoef(a, b)[0, 1], abs=1e-12)
    assert javascript("hidden_film", "correlation", a, np.ones(30)) == 0
    plain = list("ab c, de")
    for name, want in (
        ("space", [0, 0, 1, 0, 0, 1, 0, 0]),
        ("vowel", [1, 0, 0, 0, 0, 0, 0, 1]),
        ("place", [1, 2, 0, 1, 0, 0, 1, 2]),
    ):
        assert javascript("hidden_film", "feature", name, plain) == want


@pytest.mark.parametrize("cell", [rnn, gru], ids=["rnn", "gru"])
def test_the_page_reads_from_both_sides_as_rnnlib(javascript, rng, cell):
    from rnnlib.widgets import Readers, TwoReaders

    known = list("가나다라마바사the")
    vocabulary = tasks.vocabulary([known])
    sizes = (vocabulary.size, 6, 4)
    one_way = models.ManyToMany(cell, *sizes)
    widget = TwoReaders(
        {
            "a": Readers(
                tree.cast(one_way.init(rng), np.float32),
                one_way.init(rng),
                models.Bidirectional(cell, *sizes).init(rng),
                vocabulary,
                *(["·", "a", "b", "c"], ["가 나"], "character"),
            )
        }
    )
    packed = widget.readers["a"]
    ways = ("ahead", "back", "both")
    parts = {way: packed[way] for way in ways}
    read = javascript("recurrent", "unpack", parts)
    for _ in range(5):
        signs = rng.choice([*known, "?", " ", "\U0001f600", "T"], size=60)
        widget.text = "".join(signs)
        tokens = javascript("two_readers", "cut", widget.text, "character")
        assert tokens == widget.tokens
        numbers = javascript(
            "two_readers", "numbered", packed["symbols"], tokens
        )
        assert 2 in numbers, "unknown ones too"
        got = javascript("two_readers", "chances", read, numbers)
        for way in ways:
            assert_allclose(got[way], widget.chances[way], atol=1e-9)
        rows = [got[way] for way in ways]
        for t, want in enumerate(widget.decides):
            here = [row[t] for row in rows]
            assert javascript("two_readers", "decides", *here) == want
        telling = javascript("two_readers", "telling", got)
        assert telling == widget._telling()


@pytest.mark.parametrize("by", ["word", "character"])
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "The Bat broke.", "“나는, 사과를!” 갖고\u3000싶다…"),
        *("a\x1cb\x85c\ufeffd\u2028e", "각 \x00 \U0001f600 </script>"),
        *("x" * 10_000, "a " * 500, "constructor __proto__ ΟΔΟΣ İ"),
    ],
    ids=lambda value: value[:8].encode("unicode_escape").decode(),
)
def test_the_page_cuts_and_numbers_a_text_as_python(javascript, text, by):
    from rnnlib.widgets import two_readers

    words = "the bat broke 나는 사과를 싶다 각 t b 사 οδος i a".split()
    vocabulary = tasks.vocabulary([words])
    tokens = two_readers.cut(text, by)
    assert javascript("two_readers", "cut", text, by) == tokens
    got = javascript("two_readers", "numbered", vocabulary.symbols, tokens)
    assert got == two_readers.numbered(vocabulary, tokens)


# --- shape switch ----------------------------------------------------------

EVERY_SHAPE = [
    (shape, T, U, forced)
    for shape in shape_switch.SHAPES
    for T, U in ((1, 1), (1, 3), (3, 1), (3, 5), (5, 3), (6, 6))
    for forced in (True, False)
]


def test_the_page_wires_the_five_shapes_as_python(javascript):
    for shape, T, U, forced in EVERY_SHAPE:
        want = shape_switch.wiring(shape, T, U, forced)
        got = javascript("shape_switch", "wiring", shape, T, U, forced)
        assert sorted(map(tuple, got)) == sorted(want)
        switch = ShapeSwitch(shape, T, U, forced)
        told = [y.replace("y", "y*" if forced else "y") for y in switch.asked]
        got = javascript("shape_switch", "feels", shape, T, U, forced)
        for row, each in enumerate(got):
            feels, before = switch.feels[row], switch.before[row]
            assert each == {
                "y": switch.asked[row],
                "inputs": list(np.array(switch.fed)[feels]),
                "before": list(np.array(told)[before]),
            }


def test_the_page_finds_the_same_nearest_mark(javascript):
    for at in ("x1", "x9", "z", "y", "y0", "y4", "y*2", "y*9", "h1", "", "y*"):
        for shape, T, U, forced in EVERY_SHAPE[::3]:
            arguments = (at, shape, T, U, forced)
            got = javascript("shape_switch", "settle", *arguments)
            assert got == shape_switch.settle(*arguments)
            assert ShapeSwitch(*arguments[1:], at=got).looked == got


def changes(forward, *inputs):
    """Return which logits change with which step of the last input."""
    *given, moved = inputs
    before, seen = forward(*given, moved), []
    for s in range(len(moved)):
        other = moved.copy()
        other[s] = (other[s] + 1) % 4 if other.dtype.kind == "i" else -other[s]
        seen.append((forward(*given, other) != before).any(axis=(1, 2)))
    return np.array(seen).T


def test_a_mark_may_vanish_while_it_is_pressed(browser):
    page = browser.new_page()
    raised = []
    page.on("pageerror", lambda error: raised.append(error))
    page.set_content(ShapeSwitch("encoder-decoder").to_html())
    page.add_script_tag(content=bundle())
    page.evaluate(
        """async () => {
          const [T] = document.querySelectorAll("input[type=range]");
          const mark = (k) =>
            document.querySelector(`[role=radio][aria-label$="x${k}"]`);
          const set = (n) => {
            T.value = n;
            T.dispatchEvent(new Event("input"));
          };
          set(1);  // index: two inputs
          mark(5).focus();  // before the change is painted
          set(4);
          await new Promise(requestAnimationFrame);
          mark(5).focus();
          set(1);
          await new Promise((done) => requestAnimationFrame(() => {
            mark(5).dispatchEvent(
              new KeyboardEvent("keydown", { key: "ArrowLeft" }));
            done();
          }));
        }"""
    )
    checked = page.locator("[role=radio][aria-checked=true]")
    assert checked.get_attribute("aria-label") == "input x2"
    assert not raised
    page.close()


@pytest.mark.parametrize("cell", [rnn, gru], ids=["rnn", "gru"])
def test_the_picture_tells_what_the_networks_feel(cell, rng):
    T, U, D, H, V = 5, 3, 2, 4, 4
    xs, given = rng.normal(size=(T, 1, D)), rng.integers(0, V, size=(U, 1))

    one = models.ManyToOne(cell, D, H, V)
    params = one.init(rng)
    got = changes(lambda x: one.forward(params, x)[None], xs)
    assert_array_equal(got, ShapeSwitch("many-to-one", T).feels)

    for kind, shape in (
        (models.ManyToMany, "many-to-many"),
        (models.Bidirectional, "bidirectional"),
    ):
        model = kind(cell, D, H, V)
        params = model.init(rng)
        got = changes(lambda x, m=model, p=params: m.forward(p, x), xs)
        assert_array_equal(got, ShapeSwitch(shape, T).feels)

    both = models.EncoderDecoder(cell, D, H, V)
    params = both.init(rng)
    switch = ShapeSwitch("encoder-decoder", T, U)
    got = changes(lambda x: both.forward(params, x, given), xs)
    assert_array_equal(got, switch.feels)
    got = changes(lambda told: both.forward(params, xs, told), given)
    assert_array_equal(got, switch.before)

    many = models.OneToMany(cell, D, H, V)
    params = many.init(rng)
    switch = ShapeSwitch("one-to-many", T, U)
    got = changes(lambda z: many.forward(params, z[0], given), xs[:1])
    assert_array_equal(got, switch.feels)
    got = changes(lambda told: many.forward(params, xs[0], told), given)
    assert_array_equal(got, switch.before)


def test_a_free_decoder_feels_its_own_answers(rng):
    U, V = 4, 5
    model = models.EncoderDecoder(rnn, 2, 6, V)
    params = model.init(rng)
    context = model.start(params, rng.normal(size=(3, 1, 2)))

    def write(slip):
        """Return the logits of a free run that errs once, at step slip."""
        state, said, logits = context, 0, []
        for u in range(U):
            x = np.eye(V)[[said]]
            state, _ = rnn.step(params.decoder.cell, x, state)
            y = readout.forward(params.decoder.readout, state.h)
            said = (int(y.argmax()) + (u == slip)) % V
            logits.append(y[0])
        return np.array(logits)

    right = write(slip=-1)
    got = [(write(slip) != right).any(axis=1) for slip in range(U)]
    want = ShapeSwitch("encoder-decoder", 3, U, forced=False).before
    assert_array_equal(np.transpose(got), want)


# --- bottleneck ------------------------------------------------------------


@pytest.mark.parametrize("cell", [gru, rnn])
@pytest.mark.parametrize("silenced", [[], [0, 4, 99], list(range(6))])
def test_the_page_repeats_as_the_encoder_decoder(
    javascript, rng, cell, silenced
):
    vocabulary = tasks.vocabulary(["0123456789"])
    V, H = vocabulary.size, 6
    model = models.EncoderDecoder(cell, V, H, V)
    # Large weights, so that what is written is not one digit again and again.
    params = tree.apply(
        lambda W: (4 * W).astype(np.float32), model.init(rng, scheme=1.2)
    )
    exact = weights.rounded(params, 16)
    neck = Bottleneck({H: params}, vocabulary, [[1, 0.5]], [1, 2])
    read = javascript("recurrent", "unpack", neck.models[str(H)])
    for text in ("31415", "7", "2", "x9\U0001f600 0", "8642097531" * 3):
        neck.text, neck.silenced = text, silenced
        seen = javascript("bottleneck", "digits", neck.symbols, text)
        assert "".join(seen["read"]) == neck.read
        longest = len(neck.read) + 3
        got = javascript(
            "bottleneck", "repeat", read, seen["numbers"], silenced, longest
        )
        assert_allclose(got["context"], neck.context, atol=1e-9)
        assert "".join(vocabulary.decode(got["written"])) == neck.written
        state = cell.start(exact.encoder, 1)._replace(h=neck.context[None])
        said = np.array(got["written"])[:, None]
        ys = decoding.forward(cell, exact.decoder, state, said)
        p = np.take_along_axis(readout.softmax(ys[:, 0]), said, axis=1)
        assert_allclose(got["chances"], p[:, 0], atol=1e-9)
        if not silenced:
            tokens = np.array(seen["numbers"])[:, None]
            (want,) = model.predict(exact, tokens, longest)
            assert vocabulary.decode(got["written"]) == vocabulary.decode(want)


def test_a_string_that_is_empty_is_not_repeated(javascript):
    seen = javascript("bottleneck", "digits", ["a", "b"], "\u0000 c")
    assert (seen["numbers"], seen["out"]) == ([], ["\0", " ", "c"])
    zeros = {"W_xh": [[0, 0]], "W_hh": [[0, 0]] * 2, "b_h": [0, 0]}
    network = {"encoder": zeros, "decoder": {"cell": zeros}}
    got = javascript("bottleneck", "repeat", network, [], [], 3)
    assert got["context"] == [0, 0]
    assert got["written"] == []


def test_a_line_of_the_record_is_named_where_it_falls(javascript):
    ys = [1, 0.9, 0.5, 0.1]
    at = javascript("bottleneck", "crossing", [1, 2, 4, 8], ys, 0.7)
    assert at == pytest.approx(3)
    assert javascript("bottleneck", "crossing", [1, 2], [1, 1], 0.7) is None


# --- the teacher's hand ----------------------------------------------------


@pytest.fixture(params=[rnn, gru], ids=["rnn", "gru"])
def taught(request, rng):
    """Return a small translator in a widget, and its decoder as the page's."""
    from rnnlib.widgets import TeachersHand

    pairs = tasks.translations(rng, 300, 1).train
    source = tasks.vocabulary(text for text, _ in pairs)
    target = tasks.vocabulary(truth for _, truth in pairs)
    model = models.EncoderDecoder(request.param, source.size, 9, target.size)
    options = {"scheme": 1.4} if request.param is rnn else {}
    params = {n: model.init(rng, **options) for n in (1, 7)}
    params = {n: tree.apply(lambda W: 3 * W, p) for n, p in params.items()}
    return TeachersHand(model, params, source, target, pairs[:1])


def asked(javascript, widget, text, truth):
    """Return what the page makes of the network, a text and its answer."""
    widget.text, widget.truth = text, truth
    snapshot = {each["update"]: each["weights"] for each in widget.snapshots}
    read = javascript("recurrent", "unpack", snapshot[widget.update])
    call = "teachers_hand", "tokens"
    numbers = javascript(*call, widget.source, text, 60)["numbers"]
    right = javascript(*call, widget.target, truth, 11, True)["numbers"]
    start = javascript("teachers_hand", "context", read, numbers)
    return read["decoder"], start, numbers, right


@pytest.mark.parametrize("update", [1, 7])
def test_the_page_writes_led_and_alone_as_rnnlib(javascript, taught, update):
    taught.update = update
    model, params = taught._model, taught.params
    for n in (0, 11, 405, 8262):
        text, truth = tasks.number_words(n), tasks.number_words(n, "ko")
        decoder, start, numbers, right = asked(javascript, taught, text, truth)
        xs, ys = np.array(numbers)[:, None], np.array(right)[:, None]
        assert_allclose(start, model.start(params, xs).h[0], atol=1e-9)
        call = "teachers_hand", "write", decoder, start
        led = javascript(*call, ["teacher"] * 12, right)
        want = model.forward(params, xs, ys)
        assert led["fed"] == [0, *right[:-1]]
        assert_allclose(led["chances"], readout.softmax(want[:, 0]), atol=1e-9)
        loss, _ = readout.cross_entropy(want, ys)
        assert np.mean(led["losses"]) == pytest.approx(loss)
        alone = javascript(*call, ["own"] * 12, right)
        (answer,) = model.predict(params, xs, 12)
        assert alone["said"] == [*answer, 1][:12]
        if len(alone["said"]) >= len(right):
            loss, _ = model.loss_and_grads(
                *(params, xs, ys),
                forcing=0.0,
                rng=np.random.default_rng(0),
            )
            assert np.mean(alone["losses"]) == pytest.approx(loss)


@pytest.mark.parametrize(
    "text", ["nine", "", "x" * 10_000, "\U0001f600 \u1109\u1161\x00</script>"]
)
def test_the_page_writes_by_any_switches_as_python(
    javascript, taught, rng, text
):
    V = len(taught.target)
    for truth in ("사백이십칠", text):
        decoder, start, _, right = asked(javascript, taught, text, truth)
        for _ in range(8):
            kinds = rng.choice(
                ["teacher", "own", "wrong"], 12, p=[0.5, 0.3, 0.2]
            )
            taught.switches = [
                int(rng.integers(V)) if kind == "wrong" else str(kind)
                for kind in kinds
            ]
            call = decoder, start, taught.switches, right
            got = javascript("teachers_hand", "write", *call)
            name = taught.target.__getitem__
            assert list(map(name, got["fed"])) == taught.fed
            assert list(map(name, got["said"])) == taught.written
            lanes = javascript("teachers_hand", "lanes", *call)
            assert lanes.keys() == taught.lanes.keys()
            for side, want in taught.lanes.items():
                lane = lanes[side]
                assert list(map(name, lane["fed"])) == want.fed
                assert list(map(name, lane["said"])) == want.written
                assert sum(lane["hits"]) == want.right
                assert np.mean(lane["losses"]) == pytest.approx(want.loss)
                assert_allclose(lane["chances"], want.chances, atol=1e-9)


def test_the_page_says_every_number_as_rnnlib(javascript, browser):
    page = browser.new_page()
    code = base64.b64encode(esm("teachers_hand").encode()).decode()
    for language in ("en", "ko"):
        said = page.evaluate(
            """async ([code, language]) => {
              const url = `data:text/javascript;base64,${code}`;
              const { numberWords } = await import(url);
              return Array.from({ length: 10000 }, (_, n) =>
                numberWords(n, language));
            }""",
            [code, language],
        )
        assert said == [tasks.number_words(n, language) for n in range(10000)]
    page.close()


def test_what_is_no_number_goes_when_its_field_is_left(browser, taught):
    page = browser.new_page()
    page.set_content(taught.to_html())
    page.add_script_tag(content=bundle())
    field = page.locator("input[type=number]")
    asked = field.input_value()
    for typed in ("-5", "99999", "2.5", ""):
        field.fill(typed)
        page.get_by_role("button", name="Reset").focus()
        assert field.input_value() == asked, typed
    page.close()


def test_a_slip_is_the_likeliest_wrong_token_and_then_the_next(javascript):
    p = [0.3, 0.2, 0.1, 0.05, 0.25, 0.1]
    call = "teachers_hand", "slip", p
    assert javascript(*call, 4, None) == 5
    assert javascript(*call, 3, 4) == 5
    assert javascript(*call, 3, 5) == 4, "round again"
    assert javascript(*call, 1, "teacher") == 4


# --- gradient bench --------------------------------------------------------


@pytest.fixture(params=[(2, 3, 1, 4), (1, 2, 2, 2), (3, 4, 2, 8)], ids=str)
def checked(request, rng):
    """Return a gradient check, and what the page makes of its weights."""
    from rnnlib import rnn
    from rnnlib.widgets import GradientBench

    D, H, V, T = request.param
    cell = rnn.Params(*(rng.normal(0, 0.7, s) for s in ((D, H), (H, H), H)))
    read = readout.Params(rng.normal(0, 0.7, (H, V)), rng.normal(0, 0.7, V))
    xs, targets = rng.normal(size=(T, D)), rng.normal(size=(T, V))
    return GradientBench((cell, read), xs, targets)


def test_the_page_checks_gradients_as_rnnlib(javascript, checked):
    from rnnlib import bptt, gradients
    from rnnlib.widgets import gradient_bench

    for symmetric in (False, True):
        checked.symmetric = symmetric
        params, xs = checked.params, np.array(checked.xs)
        targets = np.array(checked.targets)
        named = checked.weights
        if symmetric:
            named = javascript("gradient_bench", "symmetric", named)
        for T in {1, 2, len(xs)}:
            checked.T = T
            call = named, xs[:T], targets[:T]
            hs, _, tape = bptt.forward(rnn, params.cell, xs[:T, None])
            dys = readout.forward(params.readout, hs) - targets[:T, None]
            seen = javascript("gradient_bench", "forward", *call)
            assert seen["L"] == pytest.approx((dys**2).sum() / 2, abs=1e-12)
            dread, dhs = readout.backward(params.readout, hs, dys)
            dcell, _, _ = bptt.backward(rnn, params.cell, tape, dhs)
            for bug in range(6):
                checked.bug = bug
                got = javascript("gradient_bench", "backward", *call, bug)
                want = checked.analytic
                for name, dW in weights.matrices(want).items():
                    assert_allclose(got[name], dW, atol=1e-10)
                same = gradients.error(want, (dcell, dread)) < 1e-12
                # What a single step cannot show: bugs 2, 3 and 4.
                assert same == (bug == 0 or (T == 1 and bug in (2, 3, 4))) or (
                    symmetric and bug == 2
                )
            checked.log10_eps = -4
            slopes = weights.matrices(checked.numerical)
            places = javascript("gradient_bench", "addresses", named)
            assert len(places) == tree.count(params)
            for name, *at in places:
                arguments = (*call, [name, *at], 1e-4)
                got = javascript("gradient_bench", "difference", *arguments)
                want = slopes[name][tuple(at)]
                assert got["slope"] == pytest.approx(want, abs=1e-10)
            assert gradient_bench.loss(params, xs[:T], targets[:T]) == (
                pytest.approx(seen["L"])
            )


def test_the_page_counts_digits_as_python(javascript, rng):
    from rnnlib.widgets import gradient_bench

    pairs = [(0, 0), (0, 1), (1, -1), (1.99999999, 2.00000001), (3e-320, 0)]
    for k in range(60):
        a = float(rng.normal() * 10.0 ** rng.integers(-20, 20))
        pairs.append((a, a * (1 + float(rng.normal()) * 10.0 ** -(k % 16))))
    for a, n in pairs:
        got = javascript("gradient_bench", "compare", a, n)
        assert got["agree"] == gradient_bench.agreeing(a, n), (a, n)
        assert got["error"] == gradient_bench.relative(a, n)


def test_a_wrong_guess_is_answered_by_what_the_digits_say(javascript, checked):
    call = checked.weights, checked.xs, checked.targets
    prints = {
        bug: javascript("gradient_bench", "fingerprint", *call, bug)
        for bug in range(1, 6)
    }
    assert len({str(each) for each in prints.values()}) == 5
    facts = {
        "passes": lambda f: not f["one"],
        "fails": lambda f: bool(f["one"]),
        "spread": lambda f: "b_h" in f["all"],
        "alone": lambda f: "b_h" not in f["all"],
        "two": lambda f: "W_hh" in f["two"],
        "holds": lambda f: "W_hh" not in f["two"],
        "cured": lambda f: not f["symmetric"],
        "uncured": lambda f: bool(f["symmetric"]),
    }
    for bug, seen in prints.items():
        for guess, expected in prints.items():
            if guess == bug:
                continue
            said = javascript(
                "gradient_bench", "contradiction", *call, bug, guess
            )
            holds = facts[said]
            assert holds(seen)
            assert not holds(expected)
            if (bug, guess) != (2, 3):  # where one fact alone can tell
                assert sum(map(holds, prints.values())) > 1


def test_each_bug_is_a_mystery_once_in_five(javascript):
    for start in (0, 5, 50):
        seen = [
            javascript("gradient_bench", "mystery", start + n)
            for n in range(5)
        ]
        assert sorted(seen) == [1, 2, 3, 4, 5]


# --- gradient flow ---------------------------------------------------------


def flow(javascript, seen):
    """Return log10 of the norms and the states, as the page has them."""
    n = len(seen.W)
    call = seen._xi[:, :n], seen.gain, seen.f, seen.T
    found = javascript("gradient_flow", "follow", seen.W, *call)
    logs = javascript("gradient_flow", "flow", seen.W, found["slopes"])
    return np.array(logs, float), np.array(found["hs"], float)


def same_flow(javascript, seen):
    got, hs = flow(javascript, seen)
    assert_array_equal(hs, seen.states)
    got[got == -np.inf] = gradient_flow.FLOOR
    assert_allclose(10 ** (got - seen._logs()), 1, rtol=1e-6)


@pytest.mark.parametrize("case", range(6))
@pytest.mark.parametrize("T", [None, 200])
def test_the_page_finds_the_norms_that_numpy_finds(javascript, case, T):
    presets = javascript("gradient_flow", "presets")
    setting = list(presets.values())[case]
    setting.pop("decades")
    same_flow(javascript, GradientFlow(**setting | ({"T": T} if T else {})))


@pytest.mark.parametrize("f", ["linear", "tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("gain", [0.0, 0.1, 3.0])
def test_even_a_chaotic_state_is_the_same_in_the_page(
    javascript, rng, f, gain
):
    for H in (2, 5, 24):
        W = rng.normal(size=(H, H))
        same_flow(javascript, GradientFlow(W, rho=2.0, gain=gain, f=f, T=200))


def test_the_page_survives_a_matrix_far_from_normal(javascript):
    for f in ("linear", "tanh", "sigmoid"):
        W = [[5, 1e6], [0, -3.0]]
        same_flow(javascript, GradientFlow(W, f=f, T=200))
    nilpotent = GradientFlow(np.triu(np.ones((4, 4)), 1))
    logs = javascript("gradient_flow", "flow", nilpotent.W, np.ones((9, 4)))
    assert logs[:3] == pytest.approx(nilpotent._logs()[:3])
    assert set(logs[4:]) == {-np.inf}


def test_the_largest_singular_value_is_numpys(javascript, rng):
    for H in (2, 3, 16, 24):
        P = rng.normal(size=(H, H))
        U, s, V = np.linalg.svd(P)
        s[1] = s[0] * (1 - 1e-9)  # two that hardly differ
        twins = U * s @ V
        for A in (P, twins, np.eye(H), np.diag(s), np.outer(P[0], P[1])):
            got = javascript("norms", "norm", A)
            assert got == pytest.approx(np.linalg.norm(A, 2), rel=1e-10)


def test_tanh_by_four_operations_is_tanh(javascript):
    for a in (0, 1e-9, 0.3, -2.0, 7.0, 19.0, -25.0, 1e300):
        got = javascript("gradient_flow", "tanh", a)
        assert got == gradient_flow.tanh(np.array(a))
        assert got == pytest.approx(np.tanh(a), rel=1e-15, abs=0)


def test_the_page_reads_all_64_bits_of_a_matrix(javascript):
    seen = GradientFlow(kind="orthogonal", rho=1.0)
    W = javascript("gradient_flow", "wide", seen.matrices["orthogonal"])
    assert_array_equal(W, seen.W)
    xi = javascript("recurrent", "matrix", seen.xi)
    assert_array_equal(xi, seen._xi)


def test_a_norm_is_written_by_its_power_of_ten(javascript):
    for log, want in {
        0.0: "1.0",
        2.0: "1.0 × 10²",
        -3.24: "5.8 × 10⁻⁴",
        0.9999: "1.0 × 10¹",
        -400.0: "1.0 × 10⁻⁴⁰⁰",
        -np.inf: "0",
    }.items():
        assert javascript("norms", "scientific", log) == want


def test_a_line_is_marked_where_it_leaves_the_picture(javascript):
    found = javascript("gradient_flow", "exits", [0, 4, 8, 3, -9], 6)
    assert found == [[1.5, True], [3.75, False]]


# --- cliff walk ------------------------------------------------------------


def test_the_page_knows_the_cliff_s_surface_as_rnnlib(javascript):
    for w in (4.0, 4.37, 4.9, 5.4):
        for b in (-2.9, -2.6, -2.3, -2.0, -1.7):
            got = javascript("cliff_walk", "surface", w, b)
            want = cliff.surface(w, b)._asdict()
            assert got.keys() == want.keys()
            for name, value in want.items():
                assert got[name] == pytest.approx(float(value), rel=1e-9)


def test_the_page_draws_the_wall_and_the_folds_of_rnnlib(javascript):
    for w in (4.01, 4.5, 5.4):
        got = javascript("cliff_walk", "folds", w)
        assert_allclose(got, cliff.folds(w), rtol=1e-12)
        got = javascript("cliff_walk", "wall", w)
        assert got == pytest.approx(float(cliff.wall(w)), rel=1e-12)
    assert javascript("cliff_walk", "folds", 4) == [-2, -2], "the cusp"


@pytest.mark.parametrize(
    ("start", "lr", "steps", "threshold"),
    [
        ((5.2, -1.8), 0.1, 60, None),
        ((4.65, -2.03), 0.1, 27, None),  # as far as the wall
        ((4.65, -2.03), 0.1, 27, 0.12),
        ((5.0, -2.9), 0.05, 20, 0.1),
    ],
)
def test_the_page_walks_as_rnnlib(javascript, start, lr, steps, threshold):
    want = cliff.walk(*start, lr, steps, threshold)
    got = javascript("cliff_walk", "walk", *start, lr, steps, threshold)
    for name, values in want._asdict().items():
        # The norm on the wall magnifies the last digits of w and b.
        n = len(values) - (steps == 27 and name in {"loss", "norm"})
        found = [place[name] for place in got]
        assert len(found) == steps + 1
        assert_allclose(found[:n], values[:n], rtol=1e-9)


@pytest.mark.parametrize("clip", [False, True])
def test_the_page_tells_the_same_story_as_the_widget(javascript, clip):
    seen = CliffWalk(clip=clip)
    seen.steps = 60
    want = seen.path
    got = javascript(
        *("cliff_walk", "walk", seen.w, seen.b, seen.lr, seen.steps),
        seen.threshold if clip else None,
    )
    assert len(got) == len(want.w)
    assert got[27]["norm"] == pytest.approx(want.norm[27], rel=1e-5)
    assert got[28]["w"] == pytest.approx(want.w[28], rel=1e-5)
    assert got[-1]["loss"] == pytest.approx(want.loss[-1], abs=5e-3)


def test_the_page_gives_a_walk_up_where_the_widget_does(javascript):
    w, b = np.meshgrid(np.linspace(2, 8, 7), np.linspace(-5, 0.2, 7))
    for at in zip(w.ravel(), b.ravel(), strict=True):
        assert javascript("cliff_walk", "lost", *at) == bool(lost(*at))


def test_a_step_out_of_the_picture_crosses_its_border(javascript):
    box = [0, 10, 0, 10]
    cross = [
        ([5, 5], [5, -5], [5, 0]),
        ([5, 5], [25, 15], [10, 7.5]),
        ([1, 1], [-9e12, 1], [0, 1]),
        ([-3, 5], [-4, 5], [0, 5]),  # it was outside before
        ([2, 3], [4, 5], [4, 5]),
    ]
    for start, end, want in cross:
        got = javascript("cliff_walk", "border", start, end, box)
        assert got == pytest.approx(want)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0, "0"),
        (101.66, "102"),
        (-0.08668, "\u22120.0867"),
        (8.277e-8, "8.3 \u00d7 10\u207b\u2078"),
        (-7.1e12, "\u22127.1 \u00d7 10\u00b9\u00b2"),
        (0.5, "0.500"),
    ],
)
def test_a_number_keeps_the_digits_that_count(javascript, x, said):
    assert javascript("cliff_walk", "brief", x) == said


# --- error river -----------------------------------------------------------


@pytest.mark.parametrize("dam", [0, 1, 4])
@pytest.mark.parametrize("loss", [None, 1, 5, 6])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 4, 2), (3, 8, 1)])
def test_the_page_sends_the_gradient_back_as_rnnlib(
    javascript, rng, sizes, loss, dam
):
    D, H, V = sizes
    model = models.ManyToMany(rnn, D, H, V)
    params = tree.apply(lambda W: 2 * W, model.init(rng))
    xs, targets = rng.normal(size=(6, D)), rng.normal(size=(6, V))
    widget = ErrorRiver(params, xs, targets, loss, dam)
    page = javascript(
        "error_river", "river", widget.weights, xs, targets, loss or 0, dam
    )
    assert_allclose(page["losses"], widget.losses, rtol=1e-12)

    # With bptt itself: the dam makes two windows, the state goes on.
    hs, _, tape = bptt.forward(rnn, params.cell, xs[:, None])
    error = readout.forward(params.readout, hs) - targets[:, None]
    error[[t for t in range(6) if loss and t + 1 != loss]] = 0
    _, dhs = readout.backward(params.readout, hs, error)
    want = tree.zeros(params.cell)
    for window in (slice(dam), slice(dam, None)) if dam else (slice(6),):
        part, _, _ = bptt.backward(rnn, params.cell, tape[window], dhs[window])
        want = tree.apply(np.add, want, part)
    for name, grad in want._asdict().items():
        assert_allclose(page["grads"][name], grad, atol=1e-12)
        assert_allclose(getattr(widget.grads, name), grad, atol=1e-12)

    steps = page["steps"]
    for name, norms in (
        ("direct", widget.direct),
        ("through", widget.through),
        ("dh", widget.norms),
    ):
        rows = [step[name] for step in steps]
        assert_allclose(np.linalg.norm(rows, axis=1), norms, atol=1e-12)
    terms = np.array([step["term"] for step in steps])
    for t, step in enumerate(steps):
        assert_allclose(step["sum"], terms[t:].sum(axis=0), atol=1e-12)
        size = javascript("error_river", "norm", step["term"])
        assert size == pytest.approx(np.linalg.norm(terms[t]), abs=1e-12)
        stopped = t + 1 == dam
        assert stopped or step["sent"] == step["through"]
    if dam and (loss is None or loss > dam):
        assert np.any(steps[dam - 1]["sent"]), "it came as far as the dam"


@pytest.mark.parametrize(
    ("x", "n", "said"),
    [
        *[(0, 2, "0"), (0.5, 2, "0.50"), (-0.0123, 2, "−0.012")],
        *[(0.00123, 2, "1.2e−3"), (0.00123, 3, "0.00123")],
        *[(123.4, 2, "123"), (99.99, 2, "100"), (9.999, 2, "10")],
        *[(123456, 3, "1.23e5"), (-1e-9, 3, "−1.00e−9")],
    ],
)
def test_the_river_s_numbers_keep_the_digits_that_count(
    javascript, x, n, said
):
    assert javascript("error_river", "digits", x, n) == said


# --- the gated cells and their way back ------------------------------------


@pytest.mark.parametrize("cell", [rnn, lstm, gru])
def test_the_page_s_cells_go_there_and_back_as_rnnlib_s(javascript, cell, rng):
    params = cell.init(rng, 3, 4)
    xs = rng.normal(size=(6, 1, 3))
    hs, _, tape = bptt.forward(cell, params, xs)
    named = {name: W.tolist() for name, W in params._asdict().items()}
    assert javascript("gates", "kindOf", named) == cell.__name__[7:]
    caches = javascript("gates", "record", named, xs[:, 0])
    for cache, want, h in zip(caches, tape, hs, strict=True):
        for name, got in cache.items():
            value = h if name == "h" else getattr(want, name)
            assert_allclose(got, value[0], atol=1e-14)
    dstate = cell.State(*(rng.normal(size=(1, 4)) for _ in cell.State._fields))
    _, dx, before = cell.step_backward(params, tape[-1], dstate)
    got = javascript(
        "gates",
        "undo",
        named,
        caches[-1],
        {name: d[0].tolist() for name, d in dstate._asdict().items()},
    )
    assert_allclose(got["dx"], dx[0], atol=1e-14)
    for name, d in before._asdict().items():
        assert_allclose(got[name], d[0], atol=1e-14)


@pytest.mark.parametrize("cell", [rnn, lstm, gru])
@pytest.mark.parametrize("text", ["abcdeabcdeabcdeab", "a?"])
def test_the_page_feels_what_rnnlib_feels(javascript, cell, text):
    vocabulary = tasks.vocabulary(["abcde"])
    model = models.ManyToOne(cell, vocabulary.size, 6, 3)
    params = model.init(np.random.default_rng(3), scheme=0.6)
    widget = GateFilm({"a": params}, vocabulary, text)
    sent = tree.apply(np.ndarray.tolist, weights.rounded(params, 8))
    named = {part: each._asdict() for part, each in sent._asdict().items()}
    got = javascript("gate_film", "read", widget.symbols, text, False)
    assert got["plain"] == widget.tokens
    seen = javascript("gate_film", "reading", named, got["numbers"])
    for name, values in widget.gates.items():
        found = [cache[name] for cache in seen["caches"]]
        assert_allclose(found, values, atol=1e-12)
    for t in range(len(text)):
        widget.at = t
        assert_allclose(seen["ps"][t], widget.answer, atol=1e-12)
        felt = javascript("gate_film", "sensed", named, seen["caches"], t)
        assert_allclose(felt, widget.felt, rtol=1e-9, atol=0)


def test_units_are_sorted_by_the_mean_of_a_gate(javascript, rng):
    rows = rng.random((5, 7))
    want = np.argsort(-rows.mean(axis=0))
    assert_array_equal(javascript("gate_film", "ordered", rows), want)
    assert_array_equal(
        javascript("gate_film", "ordered", np.ones((3, 4))), range(4)
    )


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0.0, "0"),
        (1.0, "1.00"),
        (0.42, "0.42"),
        (0.05, "5.0\u00a0×\u00a010⁻²"),
        (3.21e-12, "3.2\u00a0×\u00a010⁻¹²"),
    ],
)
def test_a_felt_norm_may_be_very_small(javascript, x, said):
    assert javascript("gate_film", "brief", x) == said


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    "text", ["", "한글ab", "\x00\u202e🎈e\u0301", "a" * 10_000]
)
def test_the_film_reads_any_text_as_its_widget(javascript, text, apart):
    symbols = ["<start>", "<end>", "<unknown>", "a"]
    found = javascript("gate_film", "read", symbols, text, apart)
    assert found["plain"] == gate_film.cut(text, apart)
    assert found["more"] == (len(text) > 60)
    assert len(found["numbers"]) == len(found["plain"]) <= 60


# --- cell bench ------------------------------------------------------------


@pytest.mark.parametrize("end", [1, 7, 16])
def test_the_page_s_cell_bench_is_python_s(javascript, rng, end):
    drive = {name: rng.random(16) for name in "ifo"}
    drive["g"] = rng.uniform(-1, 1, 16)
    drive["f"][4] = 0
    bench = CellBench(drive)
    bench.end = end
    gates = {name: getattr(bench, name) for name in "ifog"}
    page = javascript("cell_bench", "belt", gates)
    assert_allclose(page["c"], bench.c, atol=1e-12)
    assert_allclose(page["h"], bench.h, atol=1e-12)
    back = javascript("cell_bench", "signal", bench.f, end)
    assert_allclose(back, bench.backward, atol=1e-12)
    share = javascript("cell_bench", "shares", gates, end)
    assert_allclose(share, bench.share, atol=1e-12)


@pytest.mark.parametrize(
    ("x", "few", "exact"),
    [
        *[(0, "0", "0"), (1, "1", "1"), (-0.5, "−0.5", "−0.5")],
        *[(0.995, "0.99", "0.995"), (0.99991, "1", "0.9999")],
        *[(0.387, "0.39", "0.387"), (3.2e-5, "3e−5", "3e−5")],
        *[(16, "16", "16"), (9.97, "10", "9.97"), (-1.25, "−1.25", "−1.25")],
    ],
)
def test_the_cell_bench_s_numbers_are_short(javascript, x, few, exact):
    assert javascript("cell_bench", "few", x) == few
    assert javascript("cell_bench", "exact", x) == exact


def test_a_press_opens_or_closes_a_gate(javascript):
    presses = [("i", 0, 1), ("f", 1, 0), ("o", 0.9, 0), ("o", 0.3, 1)]
    for name, level, want in [*presses, ("g", 0.3, -0.3), ("g", 0, 1)]:
        assert javascript("cell_bench", "pressed", name, level) == want
    for values, top in (([0.2], 1), ([1.01, -3], 4), ([-16], 16)):
        assert javascript("cell_bench", "roof", values) == top


# --- half-life dial --------------------------------------------------------


@pytest.mark.parametrize("b", [-2.0, 0.0, 1.0, 3.0, 4.35, 6.0])
def test_the_page_s_gate_is_python_s(javascript, b):
    now = half_life.gate(b)
    got = javascript("half_life", "gate", b)
    assert got == pytest.approx(now._asdict(), rel=1e-12)
    assert now.f == pytest.approx(float(lstm.sigmoid(np.array(b))), rel=1e-12)
    for k in (0, 1, 60, 1000):
        left = javascript("half_life", "kept", b, k)
        assert left == pytest.approx(half_life.kept(b, k), rel=1e-12)
        assert left == pytest.approx(now.f**k, rel=1e-9)


def test_the_page_judges_a_prediction_as_python(javascript):
    entries = [[32, 64], [32, None], [None, None], [None]]
    table = [
        {"model": "a", "bias": None, "lag": 10 + k, "solved": solved}
        for k, solved in enumerate(entries)
    ]
    widget = HalfLife(table)
    widget.guesses = [
        {"model": "a", "lag": 10 + k, "learned": k != 2} for k in range(4)
    ]
    got = javascript("half_life", "score", widget.table, widget.guesses)
    assert tuple(got) == widget.score == (2, 3)
    for solved in entries:
        word = javascript("half_life", "verdict", solved)
        assert word == half_life.verdict(solved)


def test_the_dial_shades_by_speed_and_finds_the_nearest_rows(javascript):
    paces = [javascript("half_life", "pace", n, 100, 400) for n in (100, 400)]
    assert paces == [1, 0]
    assert javascript("half_life", "pace", 200, 100, 400) == pytest.approx(0.5)
    assert javascript("half_life", "pace", 7, 7, 7) == 1
    near = javascript("half_life", "closest", [None, 0, 1, 3, 3], 2)
    assert near == [False, False, True, True, True]
    assert javascript("half_life", "closest", [None], 2) == [False]


@pytest.mark.parametrize(
    ("x", "said"),
    [
        *[(0.9752, "98%"), (0.0996, "10%"), (0.0542, "5.4%")],
        *[(0.0078, "0.78%"), (0.00996, "1.0%")],
        *[(2.5e-14, "2.5 × 10⁻¹⁴"), (9.99e-5, "1.0 × 10⁻⁴")],
    ],
)
def test_the_dial_s_shares_keep_two_digits(javascript, x, said):
    got = javascript("half_life", "share", float(np.log(x)))
    assert got == said.replace(" ", "\u00a0"), "never at a line's end"


def test_the_labels_of_a_race_keep_apart(javascript):
    for ys in ([10, 12, 90], [100, 100, 100, 100], [3], [50, 20, 21, 22]):
        out = np.array(javascript("race", "spread", ys, 15, 100))
        order_ = np.argsort(ys, kind="stable")
        assert (np.diff(out[order_]) >= 15).all()
        assert out.max() <= 100
    assert javascript("race", "spread", [10, 60, 30], 15, 100) == [10, 60, 30]


def test_a_race_looks_back_at_what_was_recorded(javascript):
    curve = [[0, 0.2], [10, 0.5], [20, 1]]
    assert javascript("race", "parts", curve, 15) == [curve[:2], curve[1:]]
    assert javascript("race", "parts", curve, 20) == [curve, curve[2:]]
    assert javascript("race", "before", curve, 19) == [10, 0.5]
    records = [
        {"step": 0, "strips": {"a": 1, "b": 2}},
        {"step": 10, "strips": {"b": 3}},
    ]
    for label, step, want in (("a", 10, 1), ("b", 10, 3), ("b", 9, 2)):
        assert javascript("race", "newest", records, step, label) == want
    assert javascript("race", "decades", [0.004, 30]) == [-3, 2]
    assert javascript("race", "decades", []) == [-1, 1]
    assert javascript("race", "short", 0.254) == ".25"
    assert javascript("race", "short", 1) == "1.00"


def test_a_strip_is_read_as_it_was_written(javascript, rng):
    hs = np.tanh(rng.normal(size=(5, 3)))
    got = javascript("film", "unstrip", strip(hs))
    assert_allclose(got, hs, atol=0.5 / 127 + 1e-9)


# --- side by side ----------------------------------------------------------

SETTINGS = [
    {},
    {"bias": 1.0},
    {"bias": 3.0, "T": 150},
    {"bias": 6.0, "gain": 2.0},
    {"bias": -2.0, "scale": 0.2, "T": 150},
    {"spread": True},
    {"spread": True, "T": 10, "scale": 1.7},
    {"scale": 3.0},
    {"scale": 3.0, "gain": 0.0, "T": 150},
    {"scale": 2.3, "bias": 2.0, "gain": 2.0, "T": 40},
]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("H", "seed"), [(16, 0), (5, 3)])
def test_the_page_s_three_cells_fade_as_rnnlib_s(javascript, setting, H, seed):
    seen = SideBySide(H, seed=seed)
    for name, value in setting.items():
        setattr(seen, name, value)
    base = javascript("recurrent", "unpack", seen.weights)
    xi = javascript("recurrent", "unpack", seen.xi)
    now = {
        name: getattr(seen, name)
        for name in ("scale", "bias", "spread", "gain", "T")
    }
    got = javascript("side_by_side", "measure", base, xi, seen.draws, now)
    want = seen.norms
    for name, label in {
        **{"rnn": "RNN", "c": "LSTM c", "h": "LSTM h", "gru": "GRU"},
    }.items():
        logs = np.array(got[name], float)
        first = int(name == "c")  # it is 0 at lag 0
        assert len(logs) == len(want[label]) == seen.T + 1
        ratio = 10 ** (logs[first:] - np.log10(want[label][first:]))
        assert_allclose(ratio, 1, rtol=1e-6, err_msg=label)
    assert got["c"][0] == -np.inf
    assert_allclose(got["theory"], np.log10(seen.product), atol=1e-9)
    assert_allclose(got["gates"]["f"], seen.f, rtol=1e-9)
    assert_allclose(got["gates"]["z"], seen.z, rtol=1e-9)


def test_the_page_weighs_the_three_cells_as_python(javascript):
    seen = SideBySide(6, seed=1)
    base = javascript("recurrent", "unpack", seen.weights)
    for spread in (False, True):
        seen.scale, seen.bias, seen.spread = 1.7, 2.5, spread
        now = {"scale": 1.7, "bias": 2.5, "spread": spread, "T": seen.T}
        got = javascript("side_by_side", "weigh", base, seen.draws, now)
        for label, params in seen.params.items():
            for name, W in params._asdict().items():
                assert_allclose(got[label.lower()][name], W, atol=1e-12)


def test_a_curve_says_when_it_is_small_and_where_it_leaves(javascript):
    below = [-4, -1, -3, -3.1, -2, -5]
    assert javascript("side_by_side", "below", below, -3) == 3
    assert javascript("side_by_side", "below", [0, -1], -3) == -1
    for logs, want in (
        ([0, -10, -14, -16], [[1.5, False]]),
        ([0, 2, 0.5, -13.5], [[0.5, True], [2 + 12.5 / 14, False]]),
        ([0, -np.inf], [[1, False]]),
        ([-np.inf, 0, 0.5], []),
    ):
        found = javascript("side_by_side", "leaves", logs, -12, 1)
        assert found == want


# --- LSTM to GRU morph -----------------------------------------------------

BOTH = (False, True)
SWITCHES = ("tied", "output", "reset", "sign", "before", "flipped")


def morphs():
    """Return the widget at every setting of its switches."""
    for tied, output, reset, sign, before, flipped in itertools.product(
        BOTH, BOTH, BOTH, ("keep", "replace"), BOTH, BOTH
    ):
        widget = Morph(tied, output, reset, sign, before)
        widget.flipped = flipped
        yield widget, {name: getattr(widget, name) for name in SWITCHES}


def test_the_page_morphs_as_the_widget(javascript):
    for widget, switches in morphs():
        now = javascript("morph", "effective", switches)
        for each in (switches, now):
            demo = widget.network, widget.xs
            hs = javascript("morph", "morphed", *demo, each)
            assert_allclose(hs, widget.hs, atol=1e-14)
        lines = javascript("morph", "equations", now)
        assert [line for _, line in lines] == widget.equations
        assert javascript("morph", "blocks", now) == widget.blocks
        got = javascript("morph", "count", now, 5, 7)["all"]
        assert got == widget.parameters(5, 7)
        for language in ("en", "ko"):
            name = javascript("morph", "nameOfMorph", switches, language)
            assert name == morph.NAMES[language][widget.kind]


def test_the_page_marks_what_a_switch_changed_and_not_its_letters(javascript):
    def marks(**changed):
        was = dict.fromkeys(SWITCHES, False) | {"tied": True, "sign": "keep"}
        was |= changed.pop("was", {})
        lines = javascript("morph", "marked", was | changed, was)
        return [(line.split("_")[0], mark) for line, mark in lines]

    assert marks(tied=False) == [
        *(("i", "changed"), ("f", ""), ("g", ""), ("c", ""), ("h", "")),
    ]
    assert marks(output=True) == [
        *(("i", ""), ("f", ""), ("o", "fresh"), ("g", ""), ("c", "")),
        ("h", "changed"),
    ]
    assert marks(reset=True) == [
        *(("r", "fresh"), ("z", ""), ("n", "changed"), ("h", "")),
    ]
    gru_now = {"reset": True}
    assert marks(was=gru_now, sign="replace") == [
        *(("r", ""), ("z", ""), ("n", ""), ("h", "changed")),
    ]
    assert marks(was=gru_now, tied=False, output=True, reset=False) == [
        *(("r", "gone"), ("i", "changed"), ("f", ""), ("o", "fresh")),
        *(("g", "changed"), ("c", "changed"), ("h", "changed")),
    ]


@pytest.mark.parametrize(
    ("x", "said"),
    [(0.6667, "0.667"), (1.11e-16, "1.1 × 10⁻¹⁶"), (2.5, "2.500")],
)
def test_a_difference_is_told_however_small(javascript, x, said):
    assert javascript("morph", "small", x) == said
