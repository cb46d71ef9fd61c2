"""The equations in the page are the equations of rnnlib."""

import base64

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnnlib import hopfield, models, one_unit, readout, rnn, scan, tasks, tree
from rnnlib.widgets import CapacityCliff, StateTrail, weights
from rnnlib.widgets.base import esm


@pytest.fixture(scope="module")
def javascript(browser):
    """Call a function of a widget's module with JSON arguments."""
    page = browser.new_page()

    def call(module, function, *arguments):
        code = base64.b64encode(esm(module).encode()).decode()
        return page.evaluate(
            """async ([code, name, args]) => {
              const url = `data:text/javascript;base64,${code}`;
              const module = await import(url);
              const plain = (x) =>
                x instanceof Float64Array ? Array.from(x)
                : Array.isArray(x) ? x.map(plain)
                : x && typeof x === "object" ? Object.fromEntries(
                    Object.entries(x).map(([k, v]) => [k, plain(v)]))
                : x;
              return plain(await module[name](...args));
            }""",
            [code, function, [_json(x) for x in arguments]],
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


@pytest.mark.parametrize("bits", [8, 32])
def test_the_page_runs_the_network_as_rnnlib(javascript, network, rng, bits):
    model, params = network
    named = weights.matrices(params)
    read = javascript("recurrent", "unpack", weights.packed(named, bits))
    same = params if bits == 32 else weights.rounded(params)
    for name, W in weights.matrices(same).items():
        assert_allclose(read[name], W, atol=1e-15 if bits == 32 else 1e-9)
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
