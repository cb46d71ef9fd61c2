"""What chapter 2 builds on: one unit, networks without memory, its claims."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnnlib import (
    feedforward,
    gradients,
    models,
    one_unit,
    readout,
    rnn,
    scan,
    tasks,
    train,
    tree,
)


def learn(model, draw, updates, lr=0.02, seed=0, **options):
    """Train as the chapter does."""
    rng = np.random.default_rng(seed)
    params = model.init(rng, **options)
    for record in train.run(
        model.loss_and_grads,
        *(params, (draw(rng) for _ in range(updates))),
        lr=lr,
        max_norm=1,
    ):
        params = record.params
    return params


# --- one unit --------------------------------------------------------------


@pytest.mark.parametrize("w", [-3.0, -0.5, 0.0, 0.7, 1.0, 1.3, 3.0, 40.0])
@pytest.mark.parametrize("b", [-0.9, -0.2, 0.0, 0.05, 0.6])
def test_a_fixed_point_stays_where_it_is(w, b):
    points = one_unit.fixed_points(w, b)
    assert_allclose(np.tanh(w * points + b), points, atol=1e-12)
    assert 1 <= len(points) <= 3
    assert (np.diff(points) > 0).all()
    # A fine grid finds no more of them.
    h = np.linspace(-1, 1, 4001)
    signs = np.sign(np.tanh(w * h + b) - h)
    crossings = (np.diff(signs[signs != 0]) != 0).sum()
    assert len(points) >= crossings


def test_the_pitchfork_is_at_one():
    assert len(one_unit.fixed_points(1.0)) == 1
    assert len(one_unit.fixed_points(1.001)) == 3


@pytest.mark.parametrize(
    ("w", "rest", "slope", "bears"),
    [
        (1.1, 0.503, 0.82, 0.021),
        (1.25, 0.710, 0.62, 0.078),
        (1.5, 0.859, 0.39, 0.208),
        (2.0, 0.958, 0.17, 0.533),
    ],
)
def test_the_latch_of_bengio_simard_and_frasconi(w, rest, slope, bears):
    """Curriculum R2: the better it holds, the smaller the slope."""
    h = one_unit.fixed_points(w)[-1]
    assert h == pytest.approx(rest, abs=6e-4)
    assert one_unit.slope(w, h) == pytest.approx(slope, abs=6e-3)
    assert one_unit.tolerance(w) == pytest.approx(bears, abs=6e-4)


@pytest.mark.parametrize("w", [1.05, 1.5, 2.7])
def test_the_latch_falls_just_beyond_what_it_bears(w):
    most = one_unit.tolerance(w)
    assert len(one_unit.fixed_points(w, -0.999 * most)) == 3
    assert len(one_unit.fixed_points(w, -1.001 * most)) == 1


def test_bad_input_to_one_unit_is_named():
    with pytest.raises(ValueError, match="w: expected above 1, got 1"):
        one_unit.tolerance(1)
    with pytest.raises(ValueError, match="b: expected a finite number"):
        one_unit.fixed_points(1, math.nan)


# --- without memory --------------------------------------------------------


def test_the_gradient_of_a_window_network(rng):
    model = feedforward.Feedforward(6, 5, 3)
    params = model.init(rng)
    xs = feedforward.windows(rng.normal(size=(4, 2, 2)), 3)
    targets = rng.integers(0, 3, size=(4, 2))
    mask = rng.integers(0, 2, size=(4, 2))
    mask[0, 0] = 1
    _, grads = model.loss_and_grads(params, xs, targets, mask)
    want = gradients.check(
        lambda p: model.loss_and_grads(p, xs, targets, mask)[0], params
    )
    assert gradients.error(grads, want) < 1e-7


def test_the_gradient_of_a_network_that_shares_nothing(rng):
    model = feedforward.Whole(4, 2, 5, 3)
    params = model.init(rng)
    xs, targets = rng.normal(size=(4, 3, 2)), rng.integers(0, 3, size=(4, 3))
    _, grads = model.loss_and_grads(params, xs, targets)
    want = gradients.check(
        lambda p: model.loss_and_grads(p, xs, targets)[0], params
    )
    assert gradients.error(grads, want) < 1e-7
    assert model.forward(params, xs).shape == (4, 3, 3)
    with pytest.raises(ValueError, match="xs: expected"):
        model.forward(params, xs[:3])


def test_a_window_holds_the_last_inputs():
    xs = np.arange(1.0, 5.0)[:, None, None]
    seen = feedforward.windows(xs, 3)[:, 0]
    assert seen.tolist() == [[0, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4]]
    with pytest.raises(ValueError, match="n: expected 1 or more, got 0"):
        feedforward.windows(xs, 0)
    model = feedforward.Feedforward(3, 2, 2)
    with pytest.raises(ValueError, match=r"xs: expected \(\.\.\., 3\)"):
        model.forward(model.init(np.random.default_rng(0)), np.zeros((4, 2)))


# --- the tasks -------------------------------------------------------------


def test_the_last_bracket_decides(rng):
    xs, targets, mask = tasks.brackets(rng, 40, 30, rate=0.2)
    assert mask.all()
    assert (xs[0].sum(axis=-1) == 1).all()
    inside = np.zeros(30, int)
    for x, target in zip(xs, targets, strict=True):
        inside = np.where(x[:, 0] == 1, 1, np.where(x[:, 1] == 1, 0, inside))
        assert (inside == target).all()
    assert xs[1:].any(axis=-1).mean() == pytest.approx(0.2, abs=0.05)


def test_ab_is_seen_where_it_was_put(rng):
    batch = tasks.spotting(rng, 12, 300, range(3, 6))
    letters = batch.xs.argmax(axis=-1)
    here = (letters[:-1] == 0) & (letters[1:] == 1)
    assert (here.sum(axis=0) == batch.targets[-1]).all()
    places = np.flatnonzero(here.any(axis=1))
    assert set(places) == {3, 4, 5}
    first = here.argmax(axis=0)
    for b in np.flatnonzero(batch.targets[-1]):
        assert not batch.targets[: first[b] + 1, b].any()
        assert batch.targets[first[b] + 1 :, b].all()
    assert batch.targets[-1].mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda r: tasks.brackets(r, 4, 2, rate=2), "rate: expected 0 to 1"),
        (lambda r: tasks.brackets(r, 0, 2), "T"),
        (lambda r: tasks.spotting(r, 4, 2, range(3, 5)), "places: expected"),
        (lambda r: tasks.spotting(r, 4, 2, range(0)), "places: expected"),
    ],
)
def test_bad_tasks_are_named(make, said, rng):
    with pytest.raises(ValueError, match=said):
        make(rng)


# --- the claims of the chapter ---------------------------------------------


def draw_brackets(rng):
    batch = tasks.brackets(rng, 60, 32)
    return batch.xs, batch.targets


@pytest.fixture(scope="module")
def bracket():
    model = models.ManyToMany(rnn, 2, 2, 2)
    return model, learn(model, draw_brackets, 1000)


def test_two_units_remember_where_a_window_cannot(bracket):
    model, params = bracket
    assert tree.count(params) == 16
    test = tasks.brackets(np.random.default_rng(1), 1000, 50)
    assert (model.predict(params, test.xs) == test.targets).mean() > 0.999
    for n in (2, 16):
        window = feedforward.Feedforward(2 * n, 8, 2)

        def draw(rng, n=n):
            xs, targets = draw_brackets(rng)
            return feedforward.windows(xs, n), targets

        trained = learn(window, draw, 500)
        seen = feedforward.windows(test.xs, n)
        right = (window.predict(trained, seen) == test.targets).mean()
        assert right == pytest.approx(1 - 0.9**n / 2, abs=0.02)  # (2.1)


def test_all_histories_end_on_two_points(bracket):
    _, params = bracket
    signs = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    every = np.stack(np.meshgrid(*[range(3)] * 6, indexing="ij"))
    histories = signs[every.reshape(6, -1)]
    rest = np.zeros((40, *histories.shape[1:]))
    _, end = scan.run(rnn, params.cell, np.concatenate([histories, rest]))
    assert len(np.unique(end.h.round(3), axis=0)) == 2


def test_shared_weights_find_a_pattern_where_it_never_was():
    """The first two gifts: any position, any length."""
    T, scores = 12, {}
    for name, model, options in (
        ("shared", models.ManyToMany(rnn, 4, 8, 2), {"scheme": "orthogonal"}),
        ("not", feedforward.Whole(T, 4, 32, 2), {}),
    ):
        data = tasks.spotting(np.random.default_rng(0), T, 1000, range(5))

        def draw(rng, data=data):
            some = rng.integers(0, 1000, size=32)
            return data.xs[:, some], data.targets[:, some]

        params = learn(model, draw, 800, lr=0.01, **options)

        def score(T, places, model=model, params=params):
            new = tasks.spotting(np.random.default_rng(9), T, 1000, places)
            said = model.predict(params, new.xs)[-1]
            return (said == new.targets[-1]).mean()

        scores[name] = score(T, range(5)), score(T, range(6, 11))
        if name == "shared":
            assert score(96, range(95)) > 0.97
    assert scores["shared"][1] > 0.97
    assert scores["not"][0] > 0.97
    assert scores["not"][1] == pytest.approx(0.5, abs=0.06)


def test_a_model_that_knows_nothing_pays_the_logarithm_of_v(rng):
    """Curriculum R3: the first loss is ln V a character, to 1%."""
    V = 67
    model = models.ManyToMany(rnn, V, 64, V)
    params = model.init(rng, scheme="orthogonal")
    text = rng.integers(0, V, size=(51, 8))
    loss, _ = model.loss_and_grads(params, text[:-1], text[1:])
    assert loss == pytest.approx(math.log(V), rel=0.01)


def test_a_jordan_network_is_an_elman_network_of_low_rank(rng):
    cell, read = models.ManyToMany(rnn, 3, 6, 2).init(rng)
    W_yh = rng.normal(size=(2, 6))
    xs = rng.normal(size=(9, 1, 3))
    h, y = np.zeros((1, 6)), read.b_y  # as if it had just said b_y
    for x in xs:
        h = np.tanh(x @ cell.W_xh + y @ W_yh + cell.b_h)
        y = readout.forward(read, h)
    W_hh = read.W_hy @ W_yh
    same = rnn.Params(cell.W_xh, W_hh, cell.b_h + read.b_y @ W_yh)
    _, end = scan.run(rnn, same, xs)
    assert_allclose(end.h, h, atol=1e-12)
    assert np.linalg.matrix_rank(W_hh) == 2
