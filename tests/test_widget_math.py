"""The equations in the page are the equations of rnnlib."""

import base64

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnnlib import hopfield, tasks
from rnnlib.widgets import CapacityCliff
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
                : Array.isArray(x) ? x.map(plain) : x;
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
