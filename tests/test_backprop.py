"""What chapter 4 says, held to what it prints; its derivatives to PyTorch's.

The figures that are trained are read from the built page, as in
test_variants. The derivatives are computed anew: by differences everywhere,
by PyTorch where it is installed.
"""

import numpy as np
import pytest
from conftest import skip
from numpy.testing import assert_allclose

from rnnlib import bptt, cliff, gradients, leaky, one_unit, readout, rnn

CHAPTER = "04-bptt.ipynb"
NUMBER = r"(?<![\w.])-?\d+\.?\d*(?:e[+-]\d+)?"


@pytest.fixture
def torch():
    try:
        import torch
    except ImportError:
        skip("PyTorch beside chapter 4", "pip install torch==2.13.0")
    return torch


# --- what the prose says ---------------------------------------------------


def test_the_sum_grows_with_the_length_and_the_mean_does_not(printed):
    (_, m1, s1), (_, m2, s2), (_, m3, s3) = printed("sums")
    assert max(m1, m2, m3) < 1.2 * min(m1, m2, m3)
    assert s2 == pytest.approx(10 * s1, rel=0.1)
    assert s3 == pytest.approx(10 * s2, rel=0.1)


def test_the_future_wins_at_step_two(printed):
    _, (_, direct, later, dh, *_), _, (total,) = printed("hand-backward")
    assert direct > 0 > later
    assert dh < 0
    assert total == pytest.approx(printed("hand-check")[0][0], abs=1e-4)


def test_the_page_s_own_checks_agree(printed):
    assert printed("check-2")[0][0] < 1e-8
    assert printed("rtrl")[0][0] < 1e-13


def test_the_gradient_says_almost_nothing_about_long_ago(printed):
    parts = dict(printed("lags"))
    assert 1e-4 < parts[10] / parts[0] < 1e-3, "a few ten-thousandths"
    assert 3e-8 < parts[20] / parts[0] < 3e-7, "a ten-millionth"


def test_nine_steps_are_needed_to_echo_eight(printed):
    errors = dict(printed("windows"))
    assert all(errors[window] > 0.9 for window in (2, 4, 8))
    assert all(errors[window] < 0.05 for window in (9, 12, 16))
    reservoir = dict(printed("reservoir"))
    assert reservoir[2] < 0.5
    assert reservoir[4] < 0.2


def test_random_cuts_are_right_on_average_and_each_is_worse(printed):
    (_, always), (_, mean), (once,) = (row[-2:] for row in printed("unbiased"))
    assert mean < 0.2 * always < always < once


def test_the_table_of_flows_says_what_the_text_reads_from_it(printed):
    rows = printed("flow-table")[1:]  # without the heading
    linear9, driven9 = rows[0][-3:], rows[1][-3:]
    assert linear9[0] > 1.4 > 1 > linear9[2] > driven9[2]
    assert rows[4][-1] > 1e10, "explodes"
    assert rows[5][-1] < 1, "does not"
    assert rows[6][-3:] == [1, 1, 1]
    assert rows[7][-1] < 1e-5


def test_small_eigenvalues_grow_first(printed):
    rows = printed("nonnormal")
    assert rows[0] == [0.5, 0.5]
    sizes = {int(k): size for k, size in rows[1:]}
    assert sizes[2] == 10
    assert 3 < sizes[5] < 3.5
    assert sizes[20] < 1e-3


def test_thirty_steps_are_learned_from_a_rotation_alone(printed):
    losses = [row[-1] for row in printed("recalls")]
    assert losses[0] < 0.05
    assert losses[1] == pytest.approx(np.log(2), abs=0.02)
    assert losses[2] < 0.05
    for row in printed("no-cure"):
        assert row[-1] == pytest.approx(np.log(2), abs=0.02)


def test_a_smooth_start_and_jumps_beyond(printed):
    ((below, _, above, _),) = (
        [row[0], row[1], row[2], row[3]] for row in printed("slice")
    )
    assert below < 0.1
    assert above > 1


def test_the_slower_the_leak_the_further_the_gradient(printed):
    rows = printed("leaky-flow")[1:]
    assert [row[0] for row in rows] == [1, 0.5, 0.1, 0.02]
    far = [row[2] for row in rows]
    assert far == sorted(far)
    assert far[0] < 1e-20
    assert 0.4 < far[3] < 0.6


# --- the cliff: Pascanu, Mikolov and Bengio (2013), figure 6 ---------------


def test_the_steepest_place_of_the_map_is_where_it_was_found():
    """Curriculum B5: 7.1e3 at w = 5.11, b = -2.68, the median 0.037."""
    w, b = np.meshgrid(np.linspace(2, 8, 600), np.linspace(-4, 0, 600))
    _, dw, db = cliff.surface(w, b)
    norm = np.hypot(dw, db)
    at = norm.argmax()
    assert norm.max() == pytest.approx(7.1e3, rel=0.01)
    assert w.flat[at] == pytest.approx(5.11, abs=0.01)
    assert b.flat[at] == pytest.approx(-2.68, abs=0.01)
    assert np.median(norm) == pytest.approx(0.037, abs=5e-4)


def test_folds_are_where_resting_places_are_born():
    low, high = cliff.folds(5.0)
    assert (low, high) == pytest.approx((-2.656, -2.344), abs=5e-4)
    # x = w sigmoid(x) + b is the map of one_unit in other coordinates:
    # x = b + w/2 + (w/2) h with h = tanh(x/2).
    for b, n in ((low - 1e-3, 1), (-2.5, 3), (high + 1e-3, 1)):
        assert len(one_unit.fixed_points(5 / 4, b / 2 + 5 / 4)) == n


def test_the_wall_parts_the_two_resting_places():
    wall = cliff.wall(5.0)
    under, over = (cliff.surface(5.0, wall + s).loss for s in (-1e-3, 1e-3))
    assert abs(under - over) > 0.2


def test_walks_part_on_the_wall_only_by_the_length_of_the_step():
    plain, clipped = (
        cliff.walk(4.65, -2.03, 0.1, 200, v) for v in (None, 0.5)
    )
    assert_allclose(plain.w[:28], clipped.w[:28])
    assert plain.norm[27] > 100
    steps = [
        np.array([p.w[28] - p.w[27], p.b[28] - p.b[27]])
        for p in (plain, clipped)
    ]
    assert_allclose(np.linalg.norm(steps[1]), 0.1 * 0.5)
    cosine = steps[0] @ steps[1] / np.prod(np.linalg.norm(steps, axis=1))
    assert cosine == pytest.approx(1)
    assert plain.loss[-1] > 0.08
    assert clipped.loss[-1] < 1e-3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cliff.surface(np.nan, 0.0), "w: expected"),
        (lambda: cliff.surface(1.0, 0.0, T=0), "T: expected 1 or more"),
        (lambda: cliff.folds(4.0), "w: expected above 4"),
        (lambda: cliff.walk(5, -2, 0.0, 3), "lr: expected above 0"),
        (lambda: cliff.walk(5, -2, 0.1, 3, -1.0), "threshold: expected"),
        (
            lambda: leaky.init(np.random.default_rng(0), 2, 3, leak=0.0),
            "leak: expected above 0",
        ),
    ],
)
def test_the_cliff_and_the_leak_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- derivatives -----------------------------------------------------------


def test_the_leaky_cell_passes_the_gradient_check(rng):
    params = leaky.init(rng, 2, 3, leak=0.3)
    xs, dhs = rng.normal(size=(5, 4, 2)), rng.normal(size=(5, 4, 3))

    def loss(p):
        return float((bptt.forward(leaky, p, xs)[0] * dhs).sum())

    _, _, tape = bptt.forward(leaky, params, xs)
    grads, _, _ = bptt.backward(leaky, params, tape, dhs)
    assert gradients.error(grads, gradients.check(loss, params)) < 1e-8


def test_a_leak_of_one_is_the_simple_cell(rng):
    params = leaky.init(rng, 2, 3, leak=1.0)
    xs = rng.normal(size=(5, 4, 2))
    hs, _, _ = bptt.forward(leaky, params, xs)
    same, _, _ = bptt.forward(rnn, rnn.Params(*params[:3]), xs)
    assert_allclose(hs, same)


def run_in_torch(torch, p, xs, leak=None):
    """Return all states (T, B, H) of the simple or the leaky cell."""
    h, hs = torch.zeros(xs.shape[1], len(p[2]), dtype=torch.float64), []
    for x in torch.tensor(xs):
        n = torch.tanh(x @ p[0] + h @ p[1] + p[2])
        h = n if leak is None else (1 - leak) * h + leak * n
        hs.append(h)
    return torch.stack(hs)


@pytest.mark.parametrize("T", [3, 40])
def test_every_gradient_of_the_network_is_pytorch_s(torch, rng, T):
    cell, out = rnn.init(rng, 3, 5), readout.init(rng, 5, 2)
    xs, targets = rng.normal(size=(T, 4, 3)), rng.normal(size=(T, 4, 2))
    hs, _, tape = bptt.forward(rnn, cell, xs)
    ys = readout.forward(out, hs)
    _, dys = readout.mean_squared_error(ys, targets)
    dout, dhs = readout.backward(out, hs, dys)
    dcell, _, _ = bptt.backward(rnn, cell, tape, dhs)

    p = [torch.tensor(a, requires_grad=True) for a in (*cell, *out)]
    said = run_in_torch(torch, p, xs) @ p[3] + p[4]
    ((said - torch.tensor(targets)) ** 2).mean().backward()
    for theirs, ours in zip(p, (*dcell, *dout), strict=True):
        assert_allclose(theirs.grad.numpy(), ours, rtol=1e-10, atol=1e-12)


def test_the_gradients_of_the_leaky_cell_are_pytorch_s(torch, rng):
    params = leaky.init(rng, 2, 3, leak=0.3)
    xs, dhs = rng.normal(size=(9, 4, 2)), rng.normal(size=(9, 4, 3))
    _, _, tape = bptt.forward(leaky, params, xs)
    grads, _, _ = bptt.backward(leaky, params, tape, dhs)
    p = [torch.tensor(a, requires_grad=True) for a in params]
    (run_in_torch(torch, p, xs, p[3]) * torch.tensor(dhs)).sum().backward()
    for theirs, ours in zip(p, grads, strict=True):
        assert_allclose(theirs.grad.numpy(), ours, rtol=1e-10, atol=1e-12)


def test_the_jacobians_between_two_steps_are_pytorch_s(torch, rng):
    params = rnn.init(rng, 3, 5)
    xs = rng.normal(size=(6, 1, 3))
    p = [torch.tensor(a) for a in params]
    h0 = torch.zeros(1, 5, dtype=torch.float64)

    def last(h):
        for x in torch.tensor(xs):
            h = torch.tanh(x @ p[0] + h @ p[1] + p[2])
        return h[0]

    theirs = torch.autograd.functional.jacobian(last, h0)[:, 0].numpy()
    Js = gradients.jacobians(rnn, params, xs)[:, 0]
    ours = np.linalg.multi_dot(Js[::-1])
    assert_allclose(theirs, ours, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("w", "b"), [(4.2, -2.5), (5.0, -2.0), (5.5, -3.3)])
def test_the_slopes_of_the_cliff_are_pytorch_s(torch, w, b):
    p = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    x = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(50):
        x = p[0] * torch.sigmoid(x) + p[1]
    E = (torch.sigmoid(x) - 0.7) ** 2
    E.backward()
    ours = cliff.surface(w, b)
    assert_allclose(ours.loss, E.item(), rtol=1e-10)
    assert_allclose([ours.dw, ours.db], p.grad.numpy(), rtol=1e-10)
