"""The five shapes: gradients, masks, and what each can and cannot feel."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from test_cells import every_cell

from rnnlib import (
    decoding,
    gradients,
    gru,
    models,
    readout,
    rnn,
    scan,
    tasks,
    train,
    tree,
)

T, U, B, D, H, V = 5, 4, 3, 2, 6, 7


def make(shape, cell, rng):
    """Return a model, its parameters, and the arguments of its loss."""
    model = shape(cell, D, H, V)
    xs = rng.normal(size=(T, B, D))
    mask = np.arange(T)[:, None] < [5, 2, 4]
    wanted = rng.integers(0, V, size=(U, B))
    wanted_mask = np.arange(U)[:, None] < [2, 4, 3]
    arguments = {
        models.ManyToOne: (xs, wanted[0], mask),
        models.ManyToMany: (xs, rng.integers(0, V, size=(T, B)), mask),
        models.Bidirectional: (xs, rng.integers(0, V, size=(T, B)), mask),
        models.OneToMany: (xs[0], wanted, wanted_mask),
        models.EncoderDecoder: (xs, wanted, mask, wanted_mask),
    }[shape]
    return model, model.init(rng), arguments


SHAPES = [
    models.ManyToOne,
    models.ManyToMany,
    models.OneToMany,
    models.Bidirectional,
    models.EncoderDecoder,
]
every_shape = pytest.mark.parametrize("shape", SHAPES)


@every_shape
@every_cell
def test_gradients_are_slopes(shape, cell, rng):
    model, params, arguments = make(shape, cell, rng)
    _, grads = model.loss_and_grads(params, *arguments)
    slopes = gradients.check(
        lambda p: model.loss_and_grads(p, *arguments)[0], params, eps=1e-5
    )
    assert gradients.error(grads, slopes) < 1e-7


@every_shape
def test_what_is_masked_makes_no_difference(shape, rng):
    model, params, arguments = make(shape, gru, rng)
    loss, grads = model.loss_and_grads(params, *arguments)
    if shape is not models.OneToMany:
        xs, _, mask = arguments[:3]
        xs[~mask] = 100.0
    if shape not in (models.ManyToOne,):
        targets, mask = arguments[1], arguments[-1]
        targets[~mask] = (targets[~mask] + 1) % V
    again, others = model.loss_and_grads(params, *arguments)
    assert again == pytest.approx(loss)
    for a, b in zip(tree.leaves(grads), tree.leaves(others), strict=True):
        assert_allclose(b, a, atol=1e-12)


@every_shape
def test_single_precision_stays_single(shape, rng):
    model, params, arguments = make(shape, gru, rng)
    single = tree.cast(params, np.float32)
    arguments = [
        a.astype(np.float32) if a.dtype == float else a for a in arguments
    ]
    loss, grads = model.loss_and_grads(single, *arguments)
    want, _ = model.loss_and_grads(params, *arguments)
    assert loss == pytest.approx(want, rel=1e-4)
    assert {a.dtype for a in tree.leaves(grads)} == {np.dtype(np.float32)}


def felt_by(model, params, xs):
    """Return which y_t change with which x_s: (T, T) of bool."""
    base = model.forward(params, xs)
    felt = np.zeros((T, T), bool)
    for s in range(T):
        other = xs.copy()
        other[s] += 1
        felt[:, s] = (model.forward(params, other) != base).any(axis=(1, 2))
    return felt


def test_one_way_feels_the_past_and_two_ways_everything(rng):
    xs = rng.normal(size=(T, B, D))
    one = models.ManyToMany(rnn, D, H, V)
    two = models.Bidirectional(rnn, D, H, V)
    assert_array_equal(felt_by(one, one.init(rng), xs), np.tri(T, dtype=bool))
    assert felt_by(two, two.init(rng), xs).all()


def test_reading_backwards_starts_at_the_end_of_each_sequence(rng):
    model, params, (xs, _, mask) = make(models.Bidirectional, gru, rng)
    ys = model.forward(params, xs, mask)
    for b, length in enumerate(mask.sum(axis=0)):
        alone = model.forward(params, xs[:length, b : b + 1])
        assert_allclose(ys[:length, b : b + 1], alone)


def test_tokens_are_one_hot_rows(rng):
    tokens = rng.integers(0, D, size=(T, B))
    model = models.ManyToMany(gru, D, H, V)
    params = model.init(rng)
    assert_array_equal(
        model.forward(params, tokens),
        model.forward(params, tasks.one_hot(tokens, D)),
    )


def test_windows_carry_the_state_on(rng):
    model, params, (xs, targets, _) = make(models.ManyToMany, gru, rng)
    _, _, state = model.stateful(params, xs[:2], targets[:2], None)
    _, _, end = model.stateful(params, xs[2:], targets[2:], state)
    _, _, whole = model.stateful(params, xs, targets, None)
    assert_allclose(end.h, whole.h)


# --- writing ---------------------------------------------------------------


@pytest.fixture(scope="module")
def speller():
    """Return a decoder that has learned to spell class k: k, then end."""
    rng = np.random.default_rng(0)
    model = models.EncoderDecoder(gru, 4, 24, 6)
    xs = np.tile(np.arange(4), (3, 1))
    targets = np.array([[2, 3, 4, 5], [3, 3, 1, 4], [1, 2, 1, 1], [1] * 4])
    mask = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 0, 1], [0, 1, 0, 0]])
    batch = (xs, targets, None, mask)
    *_, last = train.run(
        model.loss_and_grads, model.init(rng), [batch] * 150, lr=0.02
    )
    return model, last.params, xs, [[2, 3], [3, 3, 2], [4], [5, 4]]


@pytest.mark.parametrize("width", [1, 3])
def test_a_trained_decoder_stops_where_it_should(speller, width):
    model, params, xs, want = speller
    assert model.predict(params, xs, 10, width=width) == want
    assert model.predict(params, xs, 1, width=width) == [
        word[:1] for word in want
    ]


def test_beam_search_finds_what_greed_misses():
    """A likely first step that leads nowhere likely, worked by hand.

    Token 2 (0.6) is followed by 1, 2 or 3 with 1/3 each; token 3 (0.4) by
    the end for certain. Greedy says 2 first; the best whole answer is 3.
    """
    ways = np.log(
        np.array([[0, 0, 0.6, 0.4], [0, 1, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]])
        + 1e-9
    )
    cell = rnn.Params(5 * np.eye(4), np.zeros((4, 4)), np.zeros(4))
    squash = np.tanh(5.0)
    model = models.OneToMany(rnn, 1, 4, 4)
    params = models.FromVector(
        readout.Params(np.zeros((1, 4)), np.zeros(4)),
        decoding.Params(cell, readout.Params(ways / squash, np.zeros(4))),
    )
    (greedy,) = model.predict(params, [[1.0]], 3)
    (beam,) = model.predict(params, [[1.0]], 3, width=2)
    assert greedy[0] == 2
    assert beam == [3]


def test_a_wide_beam_finds_the_likeliest_answer_of_all(rng):
    """Against every answer of up to three tokens, written out."""
    model = models.OneToMany(gru, D, H, 4)
    params = model.init(rng)
    params = params._replace(
        decoder=params.decoder._replace(
            readout=readout.Params(
                6 * params.decoder.readout.W_hy, np.zeros(4)
            )
        )
    )

    def chance(z, answer):
        tokens = [*answer, 1]
        state, total, before = model.start(params, z), 0.0, 0
        for token in tokens:
            x = tasks.one_hot([before], 4)
            state, _ = gru.step(params.decoder.cell, x, state)
            ys = readout.forward(params.decoder.readout, state.h)
            total += np.log(readout.softmax(ys)[0, token])
            before = token
        return total

    every = [[]]
    for _ in range(2):
        every += [[*a, k] for a in every for k in (0, 2, 3)]
    for z in rng.normal(size=(5, 1, D)):
        (found,) = model.predict(params, z, 12, width=80)
        best = max(chance(z, answer) for answer in every)
        assert chance(z, found) >= best - 1e-9


def test_generated_text_follows_the_temperature(rng):
    model = models.ManyToMany(gru, 5, H, 5)
    cycle = np.arange(40)[:, None] % 5
    *_, last = train.run(
        model.loss_and_grads,
        model.init(rng),
        [(cycle, (cycle + 1) % 5)] * 200,
        lr=0.02,
    )
    cold = model.generate(last.params, [0, 1, 2], 10, rng, 0.01)
    assert cold == [3, 4, 0, 1, 2, 3, 4, 0, 1, 2]
    hot = model.generate(last.params, [0], 200, rng, 100.0)
    assert np.bincount(hot, minlength=5).min() > 20


# --- teacher forcing -------------------------------------------------------


def test_forcing_at_one_reads_the_truth_and_at_zero_itself(rng):
    model, params, arguments = make(models.OneToMany, gru, rng)
    z, targets, mask = arguments
    forced, _ = model.loss_and_grads(params, *arguments)
    again, _ = model.loss_and_grads(params, *arguments, forcing=1.0, rng=rng)
    assert again == forced
    free, grads = model.loss_and_grads(
        params, *arguments, forcing=0.0, rng=rng
    )
    # The same by hand: the answer it gives itself, fed step by step.
    state, before, total = model.start(params, z), np.zeros(B, int), 0.0
    for t in range(U):
        x = tasks.one_hot(before, V)
        state, _ = gru.step(params.decoder.cell, x, state)
        ys = readout.forward(params.decoder.readout, state.h)
        for b in np.flatnonzero(mask[t]):
            total -= np.log(readout.softmax(ys)[b, targets[t, b]])
        before = ys.argmax(axis=-1)
    assert free == pytest.approx(total / mask.sum())
    slopes = gradients.check(
        lambda p: model.loss_and_grads(p, *arguments, forcing=0.0, rng=rng)[0],
        params,
        eps=1e-6,
    )
    assert gradients.error(grads, slopes) < 1e-6


def test_a_decoder_s_logits_are_those_of_its_loss(rng):
    for shape in (models.OneToMany, models.EncoderDecoder):
        model, params, arguments = make(shape, gru, rng)
        loss, _ = model.loss_and_grads(params, *arguments)
        given_, mask = arguments[1], arguments[-1]
        ys = model.forward(params, arguments[0], given_, *arguments[2:-1])
        assert readout.cross_entropy(ys, given_, mask)[0] == loss
        given_[-1] = 0  # the last is not read
        again = model.forward(params, arguments[0], given_, *arguments[2:-1])
        assert_array_equal(again, ys)


def test_schedules_fall_as_published():
    down = decoding.linear(1.0, 0.25, 100)
    assert [down(s) for s in (0, 50, 100, 1000)] == [1, 0.625, 0.25, 0.25]
    s_shaped = decoding.inverse_sigmoid(10)
    assert s_shaped(0) == pytest.approx(10 / 11)
    values = [s_shaped(s) for s in range(0, 200, 10)]
    assert (np.diff(values) < 0).all()
    assert s_shaped(10**6) < 1e-100
    with pytest.raises(ValueError, match="k: expected 1 or more"):
        decoding.inverse_sigmoid(0.5)
    with pytest.raises(ValueError, match="steps: expected 1 or more"):
        decoding.linear(1, 0, 0)


def test_models_refuse_nonsense(rng):
    model, params, (xs, targets, _, _) = make(models.EncoderDecoder, gru, rng)
    with pytest.raises(ValueError, match=r"xs: expected shape \(T, B, 2\)"):
        model.predict(params, xs[..., :1], 3)
    with pytest.raises(ValueError, match="xs: expected one array, got tuple"):
        model.predict(params, (xs, targets), 3)  # the whole batch
    with pytest.raises(ValueError, match="tokens: expected 0 to 1, got 0 to"):
        model.predict(params, np.arange(6).reshape(2, 3), 3)
    with pytest.raises(ValueError, match=r"targets: expected shape \(U, 3\)"):
        model.loss_and_grads(params, xs, targets[:, :2])
    for forcing in (-0.1, 1.1):
        with pytest.raises(ValueError, match="forcing: expected 0 to 1"):
            model.loss_and_grads(params, xs, targets, forcing=forcing)
    with pytest.raises(ValueError, match="rng: expected a Generator"):
        model.loss_and_grads(params, xs, targets, forcing=0.5)
    with pytest.raises(ValueError, match="width: expected 1 or more"):
        model.predict(params, xs, 3, width=0)
    with pytest.raises(ValueError, match="longest: expected 1 or more"):
        model.predict(params, xs, 0)
    writer = models.ManyToMany(gru, 5, H, 5)
    with pytest.raises(ValueError, match="expected shape"):
        writer.generate(writer.init(rng), np.zeros(0, int), 3, rng)


@pytest.mark.parametrize("shape", [models.ManyToOne, models.Bidirectional])
def test_a_name_is_no_cell_and_a_cell_s_parameters_no_model_s(rng, shape):
    with pytest.raises(TypeError, match=r"cell: expected a module .* 'lstm'"):
        shape("lstm", 2, 3, 2).init(rng)
    model = shape(rnn, 2, 3, 2)
    part = rnn.init(rng, 2, 3)
    with pytest.raises(TypeError, match="params: expected those of the whole"):
        model.predict(part, np.zeros((4, 1), int))
    with pytest.raises(TypeError, match=r"cell: expected a module .* Params"):
        scan.run(part, rnn, np.zeros((4, 1, 2)))
