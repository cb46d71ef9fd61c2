"""The instruments that look at gradients, and weights on their way out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from test_cells import CELLS, D, H, T, every_cell

from rnnlib import bptt, gradients, gru, interop, lstm, models, rnn, tree


def test_check_finds_the_slopes_of_a_known_function():
    params = {"a": np.array([1.0, 2.0]), "b": (np.array([[3.0]]),)}

    def loss(p):
        return (p["a"] ** 3).sum() + p["a"][0] * p["b"][0][0, 0]

    slopes = gradients.check(loss, params)
    assert_allclose(slopes["a"], [3 + 3, 12], rtol=1e-8)
    assert_allclose(slopes["b"][0], [[1]], rtol=1e-8)
    assert gradients.error(slopes, slopes) == 0
    with pytest.raises(TypeError, match="expected float64, got float32"):
        gradients.check(loss, tree.cast(params, np.float32))


@every_cell
def test_jacobians_are_slopes_of_the_state(cell, rng):
    params = cell.init(rng, D, H)
    xs = rng.normal(size=(T, 2, D))
    Js = gradients.jacobians(cell, params, xs)
    n = H * len(cell.State._fields)
    assert Js.shape == (T, 2, n, n)
    _, state, _ = bptt.forward(cell, params, xs[:3])
    eps = 1e-6
    for k in range(n):
        nudged = []
        for sign in (1, -1):
            flat = np.concatenate(state, axis=1)
            flat[:, k] += sign * eps
            before = cell.State(*np.split(flat, len(state), axis=1))
            after, _ = cell.step(params, xs[3], before)
            nudged.append(np.concatenate(after, axis=1))
        slope = (nudged[0] - nudged[1]) / (2 * eps)
        assert_allclose(Js[3, :, :, k], slope, atol=1e-8)


def test_flow_is_the_norm_of_the_product_of_jacobians(rng):
    params = rnn.init(rng, D, H)
    xs = rng.normal(size=(T, 1, D))
    Js = gradients.jacobians(rnn, params, xs)[:, 0]
    norms = gradients.flow(rnn, params, xs)
    assert norms.shape == (T,)
    product = np.eye(H)
    for t in range(T - 1, -1, -1):
        assert norms[t] == pytest.approx(np.linalg.norm(product, 2))
        product = product @ Js[t]


def test_flow_of_an_orthogonal_linear_region_stays_one(rng):
    """At h = 0 the slope of tanh is 1, and a rotation keeps every length."""
    params = rnn.init(rng, D, H, "orthogonal")
    norms = gradients.flow(rnn, params, np.zeros((50, 2, D)))
    assert_allclose(norms, 1)


def test_the_cell_state_carries_what_the_forget_gate_lets_through():
    """No input, no recurrent weights: dh_T/dc_t = o f^(T-t)."""
    params = lstm.Params(
        np.zeros((1, 4)), np.zeros((1, 4)), np.array([0, 3.0, 0, 0])
    )
    norms = gradients.flow(lstm, params, np.zeros((20, 1, 1)), of="c")
    f = 1 / (1 + np.exp(-3.0))
    assert_allclose(norms[:-1], 0.5 * f ** np.arange(19, 0, -1))
    assert norms[-1] == 0  # with h_T held, c_T has no way to it
    with pytest.raises(ValueError, match="of: expected one of"):
        gradients.flow(
            rnn, rnn.init(np.random.default_rng(0), 1, 1), [[[0]]], of="c"
        )


@every_cell
def test_the_lags_add_up_to_the_gradient(cell, rng):
    params = cell.init(rng, D, H)
    xs, dhs = rng.normal(size=(T, 2, D)), rng.normal(size=(T, 2, H))
    _, _, tape = bptt.forward(cell, params, xs)
    whole, _, _ = bptt.backward(cell, params, tape, dhs)
    lags = gradients.by_lag(cell, params, xs, dhs)
    for part, total in zip(lags, whole, strict=True):
        assert part.shape == (T, *total.shape)
        assert_allclose(part.sum(axis=0), total)
    own = tree.zeros(params)  # lag 0: every loss at its own step alone
    for cache, dh in zip(tape, dhs, strict=True):
        dstate = tree.zeros(cell.start(params, 2))._replace(h=dh)
        own = tree.apply(
            np.add, own, cell.step_backward(params, cache, dstate)[0]
        )
    for part, want in zip(lags, own, strict=True):
        assert_allclose(part[0], want)


def test_eigenvalues_mislead_where_singular_values_bound():
    """Curriculum B4: W = [[.5, 10], [0, .5]]; norms 10, 10, 7.5, 3.1, 0.2."""
    W = np.array([[0.5, 10], [0, 0.5]])
    assert gradients.spectral_radius(W) == pytest.approx(0.5)
    norms = [
        gradients.singular_values(np.linalg.matrix_power(W, k))[0]
        for k in (1, 2, 3, 5, 10)
    ]
    assert_allclose(norms, [10.0, 10.0, 7.5, 3.1, 0.2], atol=0.05)
    with pytest.raises(ValueError, match="square matrix"):
        gradients.spectral_radius(np.ones((2, 3)))
    with pytest.raises(ValueError, match="W: expected finite"):
        gradients.singular_values([[np.nan]])


# --- interop ---------------------------------------------------------------


@every_cell
def test_weights_go_to_pytorch_s_layout_and_back(cell, rng):
    params = cell.init(rng, D, H)
    state_dict = interop.to_torch(cell, params)
    gates = {rnn: 1, lstm: 4, gru: 3}[cell]
    assert {k: v.shape for k, v in state_dict.items()} == {
        "weight_ih_l0": (gates * H, D),
        "weight_hh_l0": (gates * H, H),
        "bias_ih_l0": (gates * H,),
        "bias_hh_l0": (gates * H,),
    }
    back = interop.from_torch(cell, state_dict)
    for a, b in zip(back, params, strict=True):
        assert_array_equal(a, b)
        assert not np.shares_memory(a, b)


def test_the_gates_of_the_lstm_go_where_pytorch_has_them():
    b = np.repeat([1.0, 2, 3, 4], H)  # ours: i, f, o, g
    params = lstm.Params(np.tile(b, (D, 1)), np.tile(b, (H, 1)), b)
    rows = interop.to_torch(lstm, params)  # PyTorch's: i, f, g, o
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"):
        first = rows[name].reshape(4, H, -1)[:, 0, 0]
        assert_array_equal(first, [1, 2, 4, 3])


def test_interop_refuses_what_is_not_one_layer(rng):
    params = lstm.init(rng, D, H)
    good = interop.to_torch(lstm, params)
    with pytest.raises(ValueError, match=r"missing \['bias_hh_l0'"):
        interop.from_torch(lstm, {k: good[k] for k in list(good)[:3]})
    with pytest.raises(ValueError, match=r"not known \['weight_ih_l1'"):
        interop.from_torch(lstm, good | {"weight_ih_l1": good["bias_ih_l0"]})
    with pytest.raises(ValueError, match=r"weight_ih_l0: expected shape"):
        interop.from_torch(gru, good)
    with pytest.raises(ValueError, match="weight_hh_l0: expected finite"):
        interop.from_torch(
            lstm, good | {"weight_hh_l0": good["weight_hh_l0"] * np.nan}
        )
    with pytest.raises(ValueError, match=r"expected rnnlib\.rnn\.Params"):
        interop.to_torch(rnn, params)
    with pytest.raises(ValueError, match="cell: expected rnn, lstm or gru"):
        interop.to_torch(np, params)


@pytest.mark.parametrize("cell", CELLS)
def test_a_file_gives_back_what_was_saved(cell, rng, tmp_path):
    model = models.EncoderDecoder(cell, 3, 4, 5)
    params = {"model": model.init(rng), "more": [np.float32([1]), (2,)]}
    path = tmp_path / "weights.npz"
    interop.save(path, params)
    back = interop.load(path)
    assert type(back["model"]) is models.FromSequence
    assert type(back["model"].encoder) is cell.Params
    for a, b in zip(tree.leaves(params), tree.leaves(back), strict=True):
        assert_array_equal(a, b)
    assert back["more"][0].dtype == np.float32


def test_files_of_others_are_refused(rng, tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, a=np.ones(3))
    with pytest.raises(ValueError, match=r"written by interop\.save"):
        interop.load(path)
    np.savez(path, structure=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"written by interop\.save"):
        interop.load(path)  # needs pickle, which is not used
    np.savez(path, structure=np.array('{"type": "os:system", "parts": []}'))
    with pytest.raises(ValueError, match="unknown type os:system"):
        interop.load(path)
    path.write_text("not a zip")
    with pytest.raises(ValueError, match=r"written by interop\.save"):
        interop.load(path)
    with pytest.raises(FileNotFoundError):
        interop.load(tmp_path / "missing.npz")
    for bad in ({"a": "text"}, [None], bptt.Tape):
        with pytest.raises(TypeError, match="params: expected"):
            interop.save(path, bad)
