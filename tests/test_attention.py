"""Looking back: the equations, their gradient, and what they are for."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnnlib import attention, gradients, gru, hopfield, lstm, rnn, tree

T, U, B, H = 5, 4, 3, 6


@pytest.fixture
def data(rng):
    """Return tokens of 7 and 8 symbols, and masks with shorter ones."""
    xs, ys = rng.integers(0, 7, size=(T, B)), rng.integers(0, 8, size=(U, B))
    masks = (
        np.arange(n)[:, None] < np.array([n, n - 2, n - 1]) for n in (T, U)
    )
    return xs, ys, *masks


def test_to_look_is_to_retrieve(rng):
    ss, hs = rng.normal(size=(U, B, H)), rng.normal(size=(T, B, H))
    seen, a = attention.look(ss, hs)
    assert a.shape == (U, T, B)
    for u in range(U):
        for b in range(B):
            want = hopfield.attention(hs[:, b], ss[u, b], beta=1)
            assert_allclose(a[u, :, b], want, atol=1e-12)
            want = hopfield.retrieve(hs[:, b], ss[u, b], beta=1)
            assert_allclose(seen[u, b], want, atol=1e-12)


def test_padding_is_not_looked_at(rng, data):
    ss, hs = rng.normal(size=(U, B, H)), rng.normal(size=(T, B, H))
    mask = data[2]
    seen, a = attention.look(ss, hs, mask)
    assert not a[:, ~mask].any()
    assert_allclose(a.sum(axis=1), 1)
    short, _ = attention.look(ss[:, 1:2], hs[: T - 2, 1:2])
    assert_allclose(seen[:, 1:2], short, atol=1e-12)


@pytest.mark.parametrize("cell", [rnn, lstm, gru], ids=lambda c: c.__name__)
def test_gradients_are_slopes(cell, rng, data):
    model = attention.Attentive(cell, 7, H, 8)
    params = model.init(rng)

    def loss(p):
        return model.loss_and_grads(p, *data)[0]

    slopes = gradients.check(loss, params, eps=1e-5)
    _, grads = model.loss_and_grads(params, *data)
    assert gradients.error(grads, slopes) < 1e-7


def test_single_precision_stays_single(rng, data):
    model = attention.Attentive(gru, 7, H, 8)
    params = tree.cast(model.init(rng), np.float32)
    _, grads = model.loss_and_grads(params, *data)
    assert {leaf.dtype for leaf in tree.leaves(grads)} == {np.dtype("f4")}


def test_what_it_says_greedily_is_likeliest_step_by_step(rng, data):
    xs, _, mask, _ = data
    model = attention.Attentive(gru, 7, H, 8)
    params = tree.apply(lambda W: 3 * W, model.init(rng))
    said = model.predict(params, xs, longest=6, mask=mask)
    for b, answer in enumerate(said):
        steps = int(mask[:, b].sum())
        given = np.array([*answer, 1])[:, None]
        ys, _ = model.forward(params, xs[:steps, b : b + 1], given)
        best = ys[:, 0].argmax(axis=-1)[: len(answer)]
        assert best.tolist() == answer


def test_nonsense_is_refused(rng, data):
    model = attention.Attentive(gru, 7, H, 8)
    params = model.init(rng)
    with pytest.raises(ValueError, match="longest: expected 1 or more"):
        model.predict(params, data[0], longest=0)
    with pytest.raises(ValueError, match="tokens: expected 0 to 6"):
        model.predict(params, data[0] + 9, longest=3)
    with pytest.raises(ValueError, match="targets"):
        model.forward(params, data[0], data[1][:, :2])
