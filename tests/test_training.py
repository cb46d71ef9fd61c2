"""Readout, optimisers and the training loop."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from test_cells import numerical

from rnnlib import optim, readout, train, tree

T, B, H, V = 4, 3, 5, 6
a_few = settings(max_examples=30, deadline=None, derandomize=True)


# --- readout ---------------------------------------------------------------


@pytest.mark.parametrize("shape", [(B, H), (T, B, H)])
def test_readout_gradients_are_slopes(shape, rng):
    params, hs = readout.init(rng, H, V), rng.normal(size=shape)
    blame = rng.normal(size=(*shape[:-1], V))
    dparams, dhs = readout.backward(params, hs, blame)

    def loss():
        return (blame * readout.forward(params, hs)).sum()

    for got, array in ((dparams.W_hy, params.W_hy), (dhs, hs)):
        assert_allclose(got, numerical(loss, array), rtol=1e-6, atol=1e-9)
    assert_allclose(dparams.b_y, blame.reshape(-1, V).sum(axis=0))


@pytest.mark.parametrize("masked", [False, True])
def test_loss_gradients_are_slopes(masked, rng):
    ys = rng.normal(size=(T, B, V))
    mask = rng.random((T, B)) < 0.6 if masked else None
    for score, targets in (
        (readout.cross_entropy, rng.integers(0, V, size=(T, B))),
        (readout.mean_squared_error, rng.normal(size=(T, B, V))),
    ):
        _, dys = score(ys, targets, mask)
        want = numerical(lambda s=score, t=targets: s(ys, t, mask)[0], ys)
        assert_allclose(dys, want, rtol=1e-6, atol=1e-9)


def test_losses_are_those_worked_by_hand():
    ys = np.log([[1.0, 3.0], [1.0, 1.0]])
    loss, dys = readout.cross_entropy(ys, [1, 0])
    assert loss == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)
    assert_allclose(dys, [[0.125, -0.125], [-0.25, 0.25]])
    loss, dys = readout.mean_squared_error(np.array([[1.0, 2.0]]), [[0, 4]])
    assert loss == pytest.approx((1 + 4) / 2)
    assert_allclose(dys, [[1, -2]])


def test_a_masked_loss_is_the_loss_of_what_is_left(rng):
    ys, targets = rng.normal(size=(T, B, V)), rng.integers(0, V, (T, B))
    mask = np.arange(T)[:, None] < [4, 1, 2]
    got, dys = readout.cross_entropy(ys, targets, mask)
    want, _ = readout.cross_entropy(ys[mask], targets[mask])
    assert got == pytest.approx(want)
    assert_array_equal(dys[~mask], 0)


@given(
    scale=st.sampled_from([0.0, 1e-30, 1.0, 1e30]),
    tau=st.sampled_from([1e-3, 1.0, 1e3]),
    seed=st.integers(0, 2**32 - 1),
)
@a_few
def test_softmax_is_a_distribution_at_any_scale(scale, tau, seed):
    ys = scale * np.random.default_rng(seed).normal(size=(B, V))
    p = readout.softmax(ys, tau)
    assert_allclose(p.sum(axis=-1), 1)
    assert (p >= 0).all()
    loss, dys = readout.cross_entropy(ys, np.zeros(B, int))
    assert math.isfinite(loss)
    assert np.isfinite(dys).all()


def test_samples_follow_their_chances(rng):
    p = np.array([0.5, 0.3, 0.2, 0.0])
    with np.errstate(divide="ignore"):
        ys = np.broadcast_to(np.log(p), (20000, 4))
    share = np.bincount(readout.sample(rng, ys), minlength=4) / 20000
    assert_allclose(share, p, atol=0.015)
    assert share[3] == 0
    assert (readout.sample(rng, ys, 0.01) == 0).all()
    hot = np.bincount(readout.sample(rng, ys[:, :3], 100.0)) / 20000
    assert_allclose(hot, 1 / 3, atol=0.015)


def test_readout_refuses_nonsense(rng):
    params, ys = readout.init(rng, H, V), np.zeros((T, B, V))
    good = np.zeros((T, B), int)
    with pytest.raises(ValueError, match=r"hs: expected \(\.\.\., 5\)"):
        readout.forward(params, np.zeros((B, V)))
    with pytest.raises(TypeError, match="targets: expected integers"):
        readout.cross_entropy(ys, good * 1.0)
    with pytest.raises(ValueError, match=r"targets: expected shape \(4, 3"):
        readout.cross_entropy(ys, good[0])
    with pytest.raises(ValueError, match="expected 0 to 5, got 6 to 6"):
        readout.cross_entropy(ys, good + 6)
    with pytest.raises(ValueError, match="a step that counts, got none"):
        readout.cross_entropy(ys, good, good)
    with pytest.raises(ValueError, match="targets: expected finite"):
        readout.mean_squared_error(ys, ys * np.nan)
    for tau in (0, -1, math.nan):
        with pytest.raises(ValueError, match="temperature: expected above"):
            readout.softmax(ys, tau)


# --- optimisers ------------------------------------------------------------


def two():
    """Return parameters and gradients that are no single array."""
    params = {"a": np.array([1.0, 2.0]), "b": (np.array([[3.0]]),)}
    return params, tree.apply(lambda p: 0.5 * p, params)


def test_optimisers_take_the_steps_worked_by_hand():
    params, grads = two()
    after = optim.sgd(params, grads, 0.1)
    assert_allclose(after["a"], [0.95, 1.9])
    velocity = optim.momentum_start(params)
    once, velocity = optim.momentum(params, grads, velocity, 0.1)
    twice, velocity = optim.momentum(once, grads, velocity, 0.1)
    assert_allclose(once["a"], [0.95, 1.9])
    assert_allclose(twice["a"], [0.95 - 0.1 * 0.95, 1.9 - 0.1 * 1.9])
    once, memory = optim.adam(params, grads, optim.adam_start(params), 0.1)
    assert_allclose(once["a"], [0.9, 1.9])  # the first step has length lr
    twice, memory = optim.adam(once, tree.zeros(grads), memory, 0.1)
    m, v = 0.9 * 0.1 / (1 - 0.81), 0.999 * 0.001 / (1 - 0.999**2)
    assert_allclose(twice["a"], np.array([0.9, 1.9]) - 0.1 * m / v**0.5)
    assert memory.t == 2
    assert_array_equal(params["a"], [1, 2])  # nothing changed in place


def test_adam_is_the_paper_s(rng):
    """Algorithm 1 of Kingma and Ba, twenty steps."""
    params = np.array([1.0, -2.0, 3.0])
    gradients = rng.normal(size=(20, 3))
    p, m, v = params.copy(), np.zeros(3), np.zeros(3)
    memory = optim.adam_start(params)
    for t, g in enumerate(gradients, 1):
        params, memory = optim.adam(params, g, memory, 0.01)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        p -= 0.01 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
    assert_allclose(params, p, rtol=1e-12)


def test_clipping_shortens_and_keeps_the_direction():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    assert optim.norm(grads) == pytest.approx(5)
    short = optim.clip(grads, 1.0)
    assert optim.norm(short) == pytest.approx(1)
    assert_allclose(short["a"], [0.6, 0])
    assert_allclose(short["b"], [[0.8]])
    assert optim.clip(grads, 5.5) is grads
    huge = {"a": np.array([1e300, 1e300])}
    assert optim.norm(huge) == pytest.approx(math.sqrt(2) * 1e300)
    assert optim.norm(tree.zeros(grads)) == 0
    for limit in (0, -1, math.nan):
        with pytest.raises(ValueError, match="max_norm: expected above 0"):
            optim.clip(grads, limit)


# --- the loop --------------------------------------------------------------


def bowl(params, target):
    """Return the loss and gradient of a bowl around the target."""
    error = params - target
    return float((error**2).sum()), 2 * error


def batches(n, target=0.0):
    return [(np.full(2, target),)] * n


def test_a_record_says_what_a_step_did():
    start = np.array([3.0, 4.0])
    records = list(train.run(bowl, start, batches(3), lr=0.1, optimizer="sgd"))
    assert [r.step for r in records] == [1, 2, 3]
    assert records[0].loss == pytest.approx(25)
    assert records[0].grad_norm == pytest.approx(10)  # before clipping
    assert_allclose(records[0].params, start - 0.1 * start / 5)
    assert_array_equal(start, [3, 4])
    free = next(
        train.run(
            bowl, start, batches(1), lr=0.1, optimizer="sgd", max_norm=None
        )
    )
    assert_allclose(free.params, 0.8 * start)


def test_steps_end_an_endless_stream():
    def endless():
        while True:
            yield (np.zeros(2),)

    records = list(train.run(bowl, np.ones(2), endless(), steps=7))
    assert len(records) == 7


@pytest.mark.parametrize(
    ("step", "loss", "grad", "message"),
    [
        (3, math.nan, 1.0, r"step 3: the loss is nan\. Try a smaller lr"),
        (1, math.inf, 1.0, r"step 1: the loss is inf"),
        (2, 1.0, math.nan, r"step 2: the gradient is not finite"),
    ],
)
def test_a_loss_that_is_no_number_stops_with_advice(step, loss, grad, message):
    count = iter(range(1, 10))

    def broken(params):
        bad = next(count) == step
        return (loss if bad else 1.0), np.full(2, grad if bad else 0.5)

    with pytest.raises(train.DivergedError, match=message) as caught:
        list(train.run(broken, np.ones(2), [()] * 9))
    assert caught.value.step == step
    want = np.ones(2) - 1e-3 * (step - 1)  # Adam's steps have length lr
    assert_allclose(caught.value.params, want, rtol=1e-6)


CTRL_C = """
import os, signal, threading, time
import numpy as np
from rnnlib import train

def slow(params):
    time.sleep(0.02)
    return float((params**2).sum()), 2 * params

# A process started in the background ignores the signal otherwise.
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
for record in train.run(slow, np.ones(2), iter(lambda: (), None), 1000):
    pass
print(record.step, *record.params)
"""


def test_ctrl_c_ends_the_loop_and_keeps_the_parameters():
    """A real signal in a process of its own, while a step is computed."""
    done = subprocess.run(
        [sys.executable, "-c", CTRL_C], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    message, numbers = done.stdout.strip().split("\n")
    assert "the last record holds the trained parameters" in message
    step, *params = map(float, numbers.split())
    assert 0 < step < 1000
    assert max(params) < 1


def test_the_bar_counts_when_asked_for(capfd):
    list(train.run(bowl, np.ones(2), batches(5), progress=True))
    assert "5/5" in capfd.readouterr().err
    list(train.run(bowl, np.ones(2), batches(5), 3, progress=True))
    assert "3/3" in capfd.readouterr().err
    list(train.run(bowl, np.ones(2), batches(5), steps=5))
    assert capfd.readouterr().err == ""  # no notebook, no bar


def test_the_loop_refuses_nonsense_before_it_starts():
    for options, message in (
        ({"lr": 0}, "lr: expected above 0"),
        ({"lr": math.nan}, "lr: expected above 0"),
        ({"steps": 0}, "steps: expected 1 or more"),
        ({"max_norm": -1.0}, "max_norm: expected above 0"),
        ({"optimizer": "adamw"}, "optimizer: expected one of"),
    ):
        with pytest.raises(ValueError, match=message):
            train.run(bowl, np.ones(2), batches(1), **options)
    with pytest.raises(ValueError, match=r"params\.a: expected finite"):
        train.run(bowl, {"a": np.array([np.nan])}, batches(1))
