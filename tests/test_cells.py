"""One contract for every cell, step by step and as whole sequences."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnnlib import bptt, gru, initial, kernels, lstm, rnn, scan, tree

T, B, D, H = 5, 3, 2, 4  # all different: a swapped axis cannot pass
CELLS = [rnn, lstm, gru]
every_cell = pytest.mark.parametrize(
    "cell", CELLS, ids=lambda cell: cell.__name__.split(".")[-1]
)
both_ways = pytest.mark.parametrize("run", [bptt, scan], ids=["bptt", "scan"])
a_few = settings(max_examples=30, deadline=None, derandomize=True)


def some_state(rng, cell, B, H=H):
    return cell.State(*(rng.normal(size=(B, H)) for _ in cell.State._fields))


def problem(rng, cell, masked):
    """Return params, xs, a first state, a mask and what the loss says."""
    params = cell.init(rng, D, H)
    xs = rng.normal(size=(T, B, D))
    mask = np.arange(T)[:, None] < [5, 2, 4] if masked else None
    blame = rng.normal(size=(T, B, H))
    last = some_state(rng, cell, B)
    return params, xs, some_state(rng, cell, B), mask, blame, last


def numerical(loss, array, eps=1e-6):
    """Return the slope of loss() at every number of array."""
    slope = np.empty_like(array)
    for at in np.ndindex(array.shape):
        old = array[at]
        array[at] = old + eps
        up = loss()
        array[at] = old - eps
        slope[at] = (up - loss()) / (2 * eps)
        array[at] = old
    return slope


# --- numbers worked by hand: H = D = B = 1 ---------------------------------

S = 1 / (1 + np.exp(-0.5))  # sigmoid(1/2)


def test_rnn_takes_the_step_worked_by_hand():
    params = rnn.Params(*map(np.array, ([[0.5]], [[0.25]], [0.1])))
    state, cache = rnn.step(
        params, np.array([[2.0]]), rnn.State(np.ones((1, 1)))
    )
    assert_allclose(state.h, [[np.tanh(1.35)]])
    assert_array_equal(cache.h_prev, [[1]])


def test_lstm_takes_the_step_worked_by_hand():
    """Gates see 1/2, 0, 1/2 and 1: i, f, o, g, each from its own column."""
    params = lstm.Params(
        np.array([[0.5, 0, 0, 0]]),
        np.array([[0, 0, 0.5, 0]]),
        np.array([0, 0, 0, 1.0]),
    )
    one = np.ones((1, 1))
    state, cache = lstm.step(params, one, lstm.State(one, 2 * one))
    assert_allclose([cache.i, cache.f, cache.o], [[[S]], [[0.5]], [[S]]])
    c = 0.5 * 2 + S * np.tanh(1)
    assert_allclose(state.c, [[c]])
    assert_allclose(state.h, [[S * np.tanh(c)]])


def test_gru_takes_the_step_worked_by_hand():
    """The reset comes after the product and takes b_hh along."""
    params = gru.Params(
        np.array([[0.5, 0, 0.25]]),
        np.array([[0, 0.5, 2.0]]),
        np.array([0, 0, 0.125]),
        np.array([0, 0, 3.0]),
    )
    one = np.ones((1, 1))
    state, _ = gru.step(params, one, gru.State(one))
    n = np.tanh(0.25 + 0.125 + S * (2 + 3))
    assert_allclose(state.h, [[(1 - S) * n + S * 1]])


# --- gradients -------------------------------------------------------------


@every_cell
@both_ways
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_are_the_slopes_of_the_loss(cell, run, masked, rng):
    params, xs, state, mask, blame, last = problem(rng, cell, masked)

    def loss():
        hs, end, _ = bptt.forward(cell, params, xs, state, mask)
        total = (blame * hs).sum()
        return total + sum(
            (a * b).sum() for a, b in zip(last, end, strict=True)
        )

    _, _, tape = run.forward(cell, params, xs, state, mask)
    dparams, dxs, dstate = run.backward(cell, params, tape, blame, last)
    found = {**dparams._asdict(), "xs": dxs}
    found |= {f"{k}_0": d for k, d in dstate._asdict().items()}
    where = {**params._asdict(), "xs": xs}
    where |= {f"{k}_0": s for k, s in state._asdict().items()}
    for name, array in where.items():
        want = numerical(loss, array)
        assert_allclose(found[name], want, rtol=1e-6, atol=1e-9, err_msg=name)


@every_cell
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    "sizes", [(5, 3, 2, 4), (1, 1, 1, 1), (7, 1, 3, 5), (600, 2, 3, 4)]
)
def test_scan_equals_bptt(cell, sizes, masked, rng):
    T, B, D, H = sizes
    params = cell.init(rng, D, H)
    xs = rng.normal(size=(T, B, D))
    state, last = (some_state(rng, cell, B, H) for _ in range(2))
    blame = rng.normal(size=(T, B, H))
    mask = rng.random((T, B)) < 0.7 if masked else None
    hs, end, tape = bptt.forward(cell, params, xs, state, mask)
    fast, fast_end, fast_tape = scan.forward(cell, params, xs, state, mask)
    bare, bare_end = scan.run(cell, params, xs, state, mask)
    near = {"rtol": 1e-12, "atol": 1e-12}
    assert_allclose(fast, hs, **near)
    assert_array_equal(bare, fast)
    for a, b, c in zip(end, fast_end, bare_end, strict=True):
        assert_allclose(b, a, **near)
        assert_array_equal(c, b)
    assert len(fast_tape) == len(tape) == T
    for name in cell.Cache._fields if mask is None else ():
        steps = np.stack([getattr(cache, name) for cache in tape])
        assert_allclose(getattr(fast_tape, name), steps, **near)
    one = bptt.backward(cell, params, tape, blame, last)
    bare = scan.backward(cell, params, fast_tape, blame, last, inputs=False)
    assert bare[1] is None
    for a, b in zip(one[0], bare[0], strict=True):
        assert_allclose(b, a, rtol=1e-10, atol=1e-10)
    for _ in range(2):  # playing a tape does not wear it out
        two = scan.backward(cell, params, fast_tape, blame, last)
        for a, b in zip(tree.leaves(one), tree.leaves(two), strict=True):
            assert_allclose(b, a, rtol=1e-10, atol=1e-10)


@every_cell
def test_single_precision_stays_single_and_close(cell, rng):
    params, xs, state, _, blame, _ = problem(rng, cell, False)
    single = [tree.cast(a, np.float32) for a in (params, xs, state, blame)]
    p, x, s, d = single
    want = bptt.backward(
        cell, params, bptt.forward(cell, params, xs, state)[2], blame
    )
    for run in (bptt, scan):
        hs, end, tape = run.forward(cell, p, x, s)
        got = run.backward(cell, p, tape, d)
        for array in tree.leaves((hs, end, got)):
            assert array.dtype == np.float32
        for a, b in zip(tree.leaves(want), tree.leaves(got), strict=True):
            assert_allclose(b, a, rtol=1e-5, atol=1e-5)


# --- what a sequence is ----------------------------------------------------


@every_cell
@both_ways
def test_a_batch_is_only_a_loop(cell, run, rng):
    params, xs, state, _, blame, _ = problem(rng, cell, False)
    hs, _, tape = run.forward(cell, params, xs, state)
    dparams, dxs, _ = run.backward(cell, params, tape, blame)
    total = tree.zeros(params)
    for b in range(B):
        one = slice(b, b + 1)
        alone = tree.apply(lambda s, one=one: s[one], state)
        h, _, tape = run.forward(cell, params, xs[:, one], alone)
        dp, dx, _ = run.backward(cell, params, tape, blame[:, one])
        assert_allclose(h, hs[:, one])
        assert_allclose(dx, dxs[:, one])
        total = tree.apply(np.add, total, dp)
    for a, b in zip(total, dparams, strict=True):
        assert_allclose(a, b)


@every_cell
@both_ways
def test_a_cut_sequence_hands_its_state_over(cell, run, rng):
    params, xs, state, _, blame, last = problem(rng, cell, False)
    hs, end, tape = run.forward(cell, params, xs, state)
    whole = run.backward(cell, params, tape, blame, last)
    first, middle, tape_1 = run.forward(cell, params, xs[:2], state)
    second, end_2, tape_2 = run.forward(cell, params, xs[2:], middle)
    assert_allclose(np.concatenate([first, second]), hs)
    assert_allclose(end_2, end)
    dp_2, dx_2, dmiddle = run.backward(cell, params, tape_2, blame[2:], last)
    dp_1, dx_1, dstate = run.backward(cell, params, tape_1, blame[:2], dmiddle)
    parts = (
        tree.apply(np.add, dp_1, dp_2),
        np.concatenate([dx_1, dx_2]),
        dstate,
    )
    for a, b in zip(tree.leaves(whole), tree.leaves(parts), strict=True):
        assert_allclose(b, a)


@every_cell
@both_ways
def test_a_mask_is_a_shorter_sequence(cell, run, rng):
    params, xs, state, mask, blame, last = problem(rng, cell, True)
    hs, end, tape = run.forward(cell, params, xs, state, mask)
    _, dxs, dstate = run.backward(cell, params, tape, blame, last)
    assert_array_equal(dxs[~mask], 0)
    for b, length in enumerate(mask.sum(axis=0)):
        one = slice(b, b + 1)
        alone, after = (
            tree.apply(lambda s, one=one: s[one], s) for s in (state, last)
        )
        short, stop, tape = run.forward(cell, params, xs[:length, one], alone)
        assert_allclose(hs[:length, one], short)
        assert_allclose(
            hs[length:, one], np.broadcast_to(short[-1:], (T - length, 1, H))
        )
        assert_allclose([s[one] for s in end], stop)
        said = blame[:length, one].copy()
        said[-1] += blame[length:, one].sum(axis=0)
        _, dx, dstart = run.backward(cell, params, tape, said, after)
        assert_allclose(dxs[:length, one], dx)
        assert_allclose([d[one] for d in dstate], dstart)


@every_cell
@both_ways
def test_what_is_given_is_left_as_it_was(cell, run, rng):
    given_ = problem(rng, cell, True)
    before = [None if g is None else tree.apply(np.array, g) for g in given_]
    params, xs, state, mask, blame, last = given_
    hs, _, tape = run.forward(cell, params, xs, state, mask)
    kept = hs.copy()
    run.backward(cell, params, tape, blame, last)
    for a, b in zip(tree.leaves(given_), tree.leaves(before), strict=True):
        assert_array_equal(a, b)
    assert_array_equal(hs, kept)


@every_cell
@both_ways
def test_the_future_does_not_reach_the_past(cell, run, rng):
    params, xs, state, *_ = problem(rng, cell, False)
    hs, _, _ = run.forward(cell, params, xs, state)
    xs[3] += 1
    other, _, _ = run.forward(cell, params, xs, state)
    assert_array_equal(other[:3], hs[:3])
    assert (other[3:] != hs[3:]).any(axis=(1, 2)).all()


@every_cell
def test_the_tape_names_what_the_equations_name(cell, rng):
    params, xs, state, *_ = problem(rng, cell, False)
    _, _, tape = bptt.forward(cell, params, xs, state)
    cache = tape[1]
    assert_array_equal(cache.x, xs[1])
    assert_array_equal(cache.h_prev, getattr(tape[0], "h", cache.h_prev))
    if cell is lstm:
        assert_allclose(cache.c, cache.f * cache.c_prev + cache.i * cache.g)
        assert_allclose(tape[2].h_prev, cache.o * np.tanh(cache.c))
    if cell is gru:
        assert_allclose(
            cache.h, (1 - cache.z) * cache.n + cache.z * cache.h_prev
        )
    _, _, tape = scan.forward(cell, params, xs, state)
    with pytest.raises(AttributeError, match="h_prev"):
        _ = tape.nonsense


def test_a_cell_of_the_reader_s_own_goes_through_scan(rng):
    """Anything with the names of a cell will do, also a bare namespace."""
    own = SimpleNamespace(
        **{k: getattr(rnn, k) for k in ("start", "step", "step_backward")}
    )
    params, xs, state, mask, blame, _ = problem(rng, rnn, True)
    hs, _, tape = scan.forward(own, params, xs, state, mask)
    want, _, other = scan.forward(rnn, params, xs, state, mask)
    assert_allclose(hs, want)
    assert_allclose(scan.run(own, params, xs, state, mask)[0], want)
    a = scan.backward(own, params, tape, blame)
    b = scan.backward(rnn, params, other, blame)
    for x, y in zip(tree.leaves(a), tree.leaves(b), strict=True):
        assert_allclose(x, y)


class Counted:
    """A numpy function that counts its calls."""

    def __init__(self, function, calls):
        self.function, self.calls = function, calls

    def __call__(self, *arrays, **options):
        self.calls.append(self.function.__name__)
        return self.function(*arrays, **options)


@pytest.mark.parametrize(
    ("cell", "ahead", "back"), [(rnn, 2, 2), (lstm, 8, 4), (gru, 10, 3)]
)
def test_a_step_takes_few_numpy_calls(cell, ahead, back, rng, monkeypatch):
    """Beside the product; what is called once a block does not count."""
    kernel, calls = kernels.of(cell), []
    for name in ("add", "multiply", "subtract", "tanh"):
        if hasattr(kernel, name):
            counted = Counted(getattr(np, name), calls)
            monkeypatch.setattr(kernel, name, counted)
    params, totals = cell.init(rng, D, H), []
    for steps in (10, 11):
        xs = rng.normal(size=(steps, B, D))
        calls.clear()
        hs, _, tape = scan.forward(cell, params, xs)
        forward = len(calls)
        scan.backward(cell, params, tape, hs)
        totals.append((forward, len(calls) - forward))
    (short, short_back), (long, long_back) = totals
    assert (long - short, long_back - short_back) == (ahead, back)


# --- truncation ------------------------------------------------------------


@every_cell
def test_truncation_at_the_whole_length_cuts_nothing(cell, rng):
    params, xs, state, mask, blame, _ = problem(rng, cell, True)
    _, _, tape = bptt.forward(cell, params, xs, state, mask)
    whole, _, _ = bptt.backward(cell, params, tape, blame)
    for k1 in (1, 2, T, T + 1):
        cut = bptt.truncated(cell, params, tape, blame, k1, T + 1)
        for a, b in zip(whole, cut, strict=True):
            assert_allclose(b, a)


@every_cell
def test_truncation_is_the_window_s_own_gradient(cell, rng):
    """With k1 = k2 it is the sum over windows that only know their start."""
    params, xs, state, _, blame, _ = problem(rng, cell, False)
    xs, blame = xs[:4], blame[:4]  # two windows of two
    _, _, tape = bptt.forward(cell, params, xs, state)
    want = tree.zeros(params)
    for t in (0, 2):
        _, state, part = bptt.forward(cell, params, xs[t : t + 2], state)
        dp, _, _ = bptt.backward(cell, params, part, blame[t : t + 2])
        want = tree.apply(np.add, want, dp)
    found = bptt.truncated(cell, params, tape, blame, 2, 2)
    for a, b in zip(want, found, strict=True):
        assert_allclose(b, a)


def test_truncation_lets_nothing_back_further_than_k2(rng):
    params, xs, state, _, blame, _ = problem(rng, rnn, False)
    blame[:-1] = 0  # one loss, at the end
    _, _, tape = bptt.forward(rnn, params, xs, state)
    found = bptt.truncated(rnn, params, tape, blame, 1, 2)
    want = bptt.backward(rnn, params, tape[-2:], blame[-2:])[0]
    for a, b in zip(want, found, strict=True):
        assert_allclose(b, a)


# --- first weights ---------------------------------------------------------


@every_cell
@pytest.mark.parametrize("scheme", [*initial.SCHEMES, 0.9])
def test_first_weights_have_their_shapes(cell, scheme, rng):
    params = cell.init(rng, D, H, scheme)
    gates = {rnn: 1, lstm: 4, gru: 3}[cell]
    shapes = [(D, gates * H), (H, gates * H), (gates * H,), (gates * H,)]
    assert [p.shape for p in params] == shapes[: len(params)]
    assert cell.start(params, B).h.shape == (B, H)


def test_schemes_are_what_they_say(rng):
    n = 60
    for scheme, radius in (("orthogonal", 1), ("identity", 1), (0.7, 0.7)):
        W = rnn.init(rng, D, n, scheme).W_hh
        assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(radius)
    W = rnn.init(rng, D, n, "orthogonal").W_hh
    assert_allclose(W @ W.T, np.eye(n), atol=1e-12)
    assert_array_equal(rnn.init(rng, D, n, "identity").W_hh, np.eye(n))
    uniform = lstm.init(rng, D, n)
    assert np.abs(uniform.W_hh).max() == pytest.approx(n**-0.5, rel=0.02)
    glorot = gru.init(rng, D, n, "glorot")
    bound = (6 / (n + n)) ** 0.5  # of a gate's own block
    assert np.abs(glorot.W_hh).max() == pytest.approx(bound, rel=0.02)
    assert_array_equal(glorot.b_xh, 0)


def test_forget_biases_are_set_where_they_belong(rng):
    n = 500
    b = lstm.init(rng, D, n, "glorot", forget_bias=3).b_h.reshape(4, n)
    assert_array_equal(b, np.array([[0], [3], [0], [0]]) * np.ones((4, n)))
    b = lstm.init(rng, D, n, "glorot", chrono=100).b_h.reshape(4, n)
    assert_array_equal(b[0], -b[1])
    steps = np.exp(b[1])
    assert 1 <= steps.min() < 3
    assert 95 < steps.max() <= 99
    assert steps.mean() == pytest.approx(50, rel=0.1)
    params = gru.init(rng, D, n, update_bias=2)
    total = params.b_xh + params.b_hh
    assert_array_equal(total[n : 2 * n], 2)
    assert (total[:n] != 2).all()


# --- extremes --------------------------------------------------------------


@every_cell
@given(
    sizes=st.tuples(*(st.integers(1, 6),) * 4),
    scale=st.sampled_from([0.0, 1e-300, 1.0, 1e30]),
    seed=st.integers(0, 2**32 - 1),
)
@a_few
def test_any_size_and_any_scale_stays_finite(cell, sizes, scale, seed):
    rng = np.random.default_rng(seed)
    T, B, D, H = sizes
    params = cell.init(rng, D, H)
    xs = scale * rng.normal(size=(T, B, D))
    with np.errstate(over="ignore", under="ignore"):
        for run in (bptt, scan):
            hs, _, tape = run.forward(cell, params, xs)
            grads = run.backward(cell, params, tape, np.ones_like(hs))
            assert hs.shape == (T, B, H)
            assert np.abs(hs).max() <= 1
            for array in tree.leaves(grads):
                assert np.isfinite(array).all()


@every_cell
def test_five_thousand_steps(cell, rng):
    params = cell.init(rng, 1, 3)
    xs = rng.normal(size=(5000, 1, 1))
    hs, _, tape = scan.forward(cell, params, xs)
    slow, _, _ = bptt.forward(cell, params, xs)
    assert_allclose(hs, slow, atol=1e-12)
    assert np.isfinite(scan.backward(cell, params, tape, hs)[1]).all()


# --- bad input -------------------------------------------------------------

BAD = [
    ("xs", lambda xs: xs[0], r"xs: expected shape \(T, B, 2\), got \(3, 2\)"),
    ("xs", lambda xs: xs[:0], r"xs: .* got \(0, 3, 2\): it is empty"),
    ("xs", lambda xs: xs[:, :0], "xs: .* it is empty"),
    ("xs", lambda xs: xs[..., :1], r"xs: expected shape \(T, B, 2\)"),
    ("xs", lambda xs: xs * np.nan, "xs: expected finite numbers"),
    ("xs", lambda xs: xs + np.inf, "xs: expected finite numbers"),
    ("mask", lambda mask: mask[:-1], r"mask: expected shape \(5, 3\)"),
    ("mask", lambda mask: mask * 2, "mask: expected 0 and 1 only"),
    ("state", lambda s: s.h, "state: expected State"),
    ("state", lambda s: s._replace(h=s.h[:, :1]), r"state.h: .* \(3, 4\)"),
    ("state", lambda s: s._replace(h=s.h * np.nan), "state.h: .* finite"),
]


@every_cell
@both_ways
@pytest.mark.parametrize(("what", "spoil", "message"), BAD)
def test_bad_input_is_refused(cell, run, what, spoil, message, rng):
    params, xs, state, mask, *_ = problem(rng, cell, True)
    given_ = {"xs": xs, "state": state, "mask": mask * 1}
    with np.errstate(invalid="ignore"):
        given_[what] = spoil(given_[what])
    with pytest.raises(ValueError, match=message):
        run.forward(cell, params, **given_)


@every_cell
@both_ways
def test_text_and_complex_numbers_are_refused(cell, run, rng):
    params = cell.init(rng, D, H)
    for xs in (np.full((T, B, D), "a"), np.ones((T, B, D), complex)):
        with pytest.raises(TypeError, match="xs: expected real numbers"):
            run.forward(cell, params, xs)


@both_ways
def test_the_parameters_of_another_cell_are_refused(run, rng):
    xs = rng.normal(size=(T, B, D))
    with pytest.raises(TypeError, match=r"expected rnnlib\.lstm\.Params"):
        run.forward(lstm, rnn.init(rng, D, H), xs)
    params = rnn.init(rng, D, H)
    lopsided = params._replace(W_hh=params.W_hh[:2])
    with pytest.raises(ValueError, match=r"W_xh: expected shape \(2, 2\)"):
        run.forward(rnn, lopsided, xs)
    doubled = params._replace(b_h=np.zeros(2 * H))
    with pytest.raises(ValueError, match=r"b_h: expected shape \(4,\)"):
        run.forward(rnn, doubled, xs)


@every_cell
@both_ways
def test_bad_blame_is_refused(cell, run, rng):
    params, xs, _, _, blame, last = problem(rng, cell, False)
    _, _, tape = run.forward(cell, params, xs)
    for dhs in (blame[:-1], blame[:, :1], blame[..., :1], blame[0]):
        with pytest.raises(ValueError, match=r"dhs: expected shape \(5, 3, 4"):
            run.backward(cell, params, tape, dhs)
    bad = last._replace(h=last.h[:1])
    with pytest.raises(ValueError, match=r"dstate.h: expected shape \(3, 4"):
        run.backward(cell, params, tape, blame, bad)


@every_cell
def test_first_weights_refuse_nonsense(cell, rng):
    with pytest.raises(TypeError, match="rng: expected a numpy"):
        cell.init(0, D, H)
    with pytest.raises(ValueError, match="H: expected 1 or more, got 0"):
        cell.init(rng, D, 0)
    with pytest.raises(TypeError, match="D: expected an integer"):
        cell.init(rng, 2.0, H)
    with pytest.raises(ValueError, match="scheme: expected one of"):
        cell.init(rng, D, H, "xavier")
    with pytest.raises(ValueError, match="radius >= 0, got -1"):
        cell.init(rng, D, H, -1.0)


def test_truncation_and_chrono_refuse_nonsense(rng):
    params, xs, _, _, blame, _ = problem(rng, rnn, False)
    _, _, tape = bptt.forward(rnn, params, xs)
    for k1, k2 in ((0, 1), (3, 2)):
        with pytest.raises(ValueError, match="expected 1 <= k1 <= k2"):
            bptt.truncated(rnn, params, tape, blame, k1, k2)
    with pytest.raises(ValueError, match=r"chrono: .* 3 or more, got 2"):
        lstm.init(rng, D, H, chrono=2)
