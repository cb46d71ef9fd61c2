"""Tasks of numbers and symbols: what they ask is what they say."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rnnlib import tasks

T, B = 30, 5
a_few = settings(max_examples=40, deadline=None, derandomize=True)
DRAWS = {
    "temporal_xor": lambda rng: tasks.temporal_xor(rng, 10),
    "echo": lambda rng: tasks.echo(rng, T, B, lag=4),
    "first_symbol": lambda rng: tasks.first_symbol(rng, B, lag=9),
    "temporal_order": lambda rng: tasks.temporal_order(rng, B, T),
    "adding": lambda rng: tasks.adding(rng, B, T),
    "copying": lambda rng: tasks.copying(rng, B, 4, 6),
    "shift": lambda rng: tasks.shift(rng, T, B, k=2),
    "reber": lambda rng: tasks.reber(rng, B),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_seed_is_a_batch_and_shapes_fit(draw):
    one, two = draw(np.random.default_rng(3)), draw(np.random.default_rng(3))
    for a, b in zip(one, two, strict=True):
        assert_array_equal(a, b)
    other = draw(np.random.default_rng(4))
    assert one.xs.shape != other.xs.shape or (one.xs != other.xs).any()
    assert one.xs.ndim == 3
    assert one.xs.shape[:2] == one.targets.shape[:2] == one.mask.shape
    assert one.mask.dtype == bool
    assert one.mask.any(axis=0).all()


def test_every_third_bit_is_the_xor_of_two(rng):
    batch = tasks.temporal_xor(rng, 3000)
    bits = batch.xs[:, 0, 0].astype(int)
    a, b, c = bits.reshape(-1, 3).T
    assert_array_equal(c, a ^ b)
    assert_array_equal(batch.targets[:-1, 0], bits[1:])
    assert abs(a.mean() - 0.5) < 0.05
    assert abs((a ^ b).mean() - 0.5) < 0.05


def test_echo_and_shift_look_the_right_way(rng):
    batch = tasks.echo(rng, T, B, lag=4)
    assert_array_equal(batch.targets[4:], batch.xs[:-4])
    assert_array_equal(batch.mask[:, 0], np.arange(T) >= 4)
    batch = tasks.shift(rng, T, B, k=2)
    assert_array_equal(batch.targets[:-2], batch.xs[2:, :, 0] > 0)
    assert_array_equal(batch.mask[:, 0], np.arange(T) < T - 2)


def test_the_first_symbol_is_asked_for_at_the_end(rng):
    batch = tasks.first_symbol(rng, 200, lag=9, distractors=4)
    assert batch.xs.shape == (10, 200, 6)
    symbols = batch.xs.argmax(axis=-1)
    assert_array_equal(batch.targets[-1], symbols[0])
    assert set(symbols[0]) == {0, 1}
    assert set(symbols[1:].ravel()) == {2, 3, 4, 5}
    assert_array_equal(batch.mask.sum(axis=0), 1)


def test_the_order_of_two_symbols_is_the_class(rng):
    batch = tasks.temporal_order(rng, 300, T)
    symbols = batch.xs.argmax(axis=-1)
    for b in range(300):
        first, second = np.flatnonzero(symbols[:, b] < 2)
        assert 3 <= first < 6
        assert 15 <= second < 18
        kind = 2 * symbols[first, b] + symbols[second, b]
        assert batch.targets[-1, b] == kind
    assert set(batch.targets[-1]) == {0, 1, 2, 3}


def test_the_sum_is_that_of_the_marked_and_guessing_costs_a_sixth(rng):
    batch = tasks.adding(rng, 5000, T)
    numbers, marks = batch.xs[..., 0], batch.xs[..., 1]
    assert_array_equal(marks[: T // 2].sum(axis=0), 1)
    assert_array_equal(marks[T // 2 :].sum(axis=0), 1)
    sums = (numbers * marks).sum(axis=0)
    assert np.allclose(batch.targets[-1, :, 0], sums)
    assert np.mean((sums - 1) ** 2) == pytest.approx(1 / 6, rel=0.05)


def test_copying_repeats_what_was_read(rng):
    batch = tasks.copying(rng, B, 4, 6)
    symbols = batch.xs.argmax(axis=-1)
    assert symbols.shape == (14, B)
    assert_array_equal(batch.targets[-4:], symbols[:4])
    assert_array_equal(symbols[4:9], 0)
    assert_array_equal(symbols[9], 1)  # the bell, just before the answer
    assert_array_equal(batch.targets[:10], 0)


@given(inner=st.integers(1, 4), seed=st.integers(0, 2**32 - 1))
@a_few
def test_reber_strings_close_as_they_open(inner, seed):
    text = tasks.reber_string(np.random.default_rng(seed), inner)
    assert text[0] == "B"
    assert text[1] == text[-2]
    assert text[1] in "TP"
    assert text[-1] == "E"
    legal = tasks.reber_next(text, inner)
    assert len(legal) == len(text) - 1
    for allowed, said in zip(legal, text[1:], strict=True):
        assert said in allowed
    assert legal[-2] == text[1]  # there only memory knows


def test_reber_strings_worked_by_hand():
    """From Hochreiter and Schmidhuber (1997), figures 3 and 4."""
    assert tasks.reber_next("BTBTXSETE") == [
        *("TP", "B", "TP", "SX", "XS", "E", "T", "E")
    ]
    assert tasks.reber_next("BPBPVVEPE") == [
        *("TP", "B", "TP", "TV", "PV", "E", "P", "E")
    ]
    for text in ("BTBTXSEPE", "BTBTXSET", "BTTXSETE", "TBTXSETE", "BTBTXXETE"):
        if text == "BTBTXSET":
            assert len(tasks.reber_next(text)) == 7  # only its beginning
            continue
        with pytest.raises(ValueError, match="text: expected one of"):
            tasks.reber_next(text)


def test_reber_batches_are_filled_up_with_nothing(rng):
    batch = tasks.reber(rng, 200)
    lengths = batch.mask.sum(axis=0)
    assert lengths.min() == 8
    assert lengths.max() == len(batch.xs)
    assert_array_equal(batch.xs[~batch.mask], 0)
    assert_array_equal(batch.xs[batch.mask].sum(axis=-1), 1)
    assert 11 < (lengths + 1).mean() < 13  # curriculum L1: 12.0


# --- symbols as numbers ----------------------------------------------------


def test_a_vocabulary_gives_back_what_it_took():
    words = tasks.vocabulary(["국물", "같이"])
    assert words.symbols == ("<start>", "<end>", "<unknown>", *"같국물이")
    tokens, mask = words.batch(["국물이", "같"], end=True)
    assert tokens.shape == mask.shape == (4, 2)
    assert "".join(words.decode(tokens[:, 0])) == "국물이"
    assert_array_equal(mask[:, 1], [1, 1, 0, 0])
    assert words.encode("국?") == [4, 2]
    assert words.decode(words.encode("국?")) == ["국", "<unknown>"]
    assert (words.start, words.end, words.size) == (0, 1, 7)
    by_word = tasks.vocabulary([["not", "good"]])
    assert by_word.encode("not bad".split()) == [4, 2]
    for texts in ([], ["", ""]):
        with pytest.raises(ValueError, match="texts: expected a text"):
            words.batch(texts)


def test_one_hot_rows_have_a_single_one(rng):
    tokens = rng.integers(0, 4, size=(T, B))
    xs = tasks.one_hot(tokens, 4, np.float32)
    assert xs.dtype == np.float32
    assert_array_equal(xs.argmax(axis=-1), tokens)
    assert_array_equal(xs.sum(axis=-1), 1)
    with pytest.raises(ValueError, match="expected 0 to 2, got 0 to 3"):
        tasks.one_hot([0, 3], 3)
    with pytest.raises(TypeError, match="tokens: expected integers"):
        tasks.one_hot([0.0], 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: tasks.echo(rng, 5, 2, 5), "lag: expected less than T"),
        (lambda rng: tasks.shift(rng, 5, 2, 7), "k: expected less than T"),
        (lambda rng: tasks.shift(rng, 5, 2, 0), "k: expected 1 or more"),
        (lambda rng: tasks.adding(rng, 0, 5), "B: expected 1 or more"),
        (lambda rng: tasks.adding(rng, 2, 1), "T: expected 2 or more"),
        (lambda rng: tasks.temporal_order(rng, 2, 9), "T: expected 10"),
        (lambda rng: tasks.reber_string(rng, 0), "inner: expected 1 or"),
        (lambda rng: tasks.copying(rng, 2, 0, 1), "length: expected 1"),
    ],
)
def test_tasks_refuse_nonsense(call, message, rng):
    with pytest.raises(ValueError, match=re.escape(message)):
        call(rng)
    with pytest.raises(TypeError, match="rng: expected a numpy"):
        call(0)
