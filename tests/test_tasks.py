"""The data are what their rules say."""

import re

import numpy as np
import pytest

from rnnlib import hopfield, tasks


def test_every_glyph_is_ten_by_ten_and_differs_from_the_others():
    X = tasks.glyphs(tasks.GLYPHS)
    assert X.shape == (len(tasks.GLYPHS), 100)
    assert set(np.unique(X)) == {-1, 1}
    assert len(np.unique(X, axis=0)) == len(X)
    assert {"A", "0", "가", "한"} <= set(tasks.GLYPHS)


def test_the_chapter_s_three_memories_do_not_overlap():
    X = tasks.glyphs("A한♥")
    assert np.array_equal(X @ X.T, 100 * np.eye(3))


def test_flip_turns_over_exactly_so_many_bits(rng):
    s = tasks.random_patterns(rng, 1, 50)[0]
    for fraction, count in ((0, 0), (0.1, 5), (0.33, 16), (1, 50)):
        assert (tasks.flip(rng, s, fraction) != s).sum() == count
    assert set(np.unique(s)) == {-1, 1}


def test_random_patterns_are_fair_coins(rng):
    X = tasks.random_patterns(rng, 200, 500)
    assert X.shape == (200, 500)
    assert abs(X.mean()) < 0.02


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda rng: tasks.glyphs("A!"), "got '!'"),
        (lambda rng: tasks.glyphs(""), "expected some of"),
        (lambda rng: tasks.flip(rng, [[1, -1]], 0.5), "expected shape (N,)"),
        (lambda rng: tasks.flip(rng, [1, -1], 1.5), "expected 0 to 1"),
        (lambda rng: tasks.flip(rng, [1], float("nan")), "expected 0 to 1"),
        (lambda rng: tasks.random_patterns(rng, 0, 5), "expected 1 or more"),
    ],
)
def test_bad_input_is_named(rng, make, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make(rng)


def test_a_generator_in_the_wrong_place_is_named(rng):
    for make in (
        lambda: tasks.random_patterns(5, 16, rng),
        lambda: tasks.flip([1, -1], rng, 0.5),
    ):
        with pytest.raises(TypeError, match="rng: expected a numpy"):
            make()


# The recall table of centred digits: fraction flipped -> exact recall.
TABLE = {
    (0, 1, 3, 7): {0.05: 1.0, 0.1: 1.0, 0.2: 1.0, 0.3: 0.92},
    (0, 1, 3, 5, 7): {0.05: 1.0, 0.1: 1.0, 0.2: 1.0, 0.3: 0.86},
}


@pytest.mark.parametrize("chosen", TABLE)
def test_centred_digits_come_back(rng, chosen):
    X = tasks.digits().prototypes[list(chosen)]
    W = hopfield.store(X)
    for fraction, want in TABLE[chosen].items():
        found = 0
        for _ in range(100):
            mu = rng.integers(len(X))
            cue = tasks.flip(rng, X[mu], fraction)
            found += (hopfield.recall(W, cue, rng).state == X[mu]).all()
        assert found / 100 == pytest.approx(want, abs=0.1)


def test_raw_digits_do_not_even_stay():
    digits = tasks.digits()
    ink = np.array(
        [digits.images[digits.labels == k].mean(axis=0) for k in (0, 1, 3)]
    )
    raw = np.where(ink.reshape(3, 64) > 8, 1, -1)
    wrong = raw * (raw @ hopfield.store(raw)) < 0
    assert wrong.any(axis=1).all()


def test_an_image_is_binarised_as_its_prototype():
    digits = tasks.digits()
    own = digits.images[digits.labels == 3].mean(axis=0)
    assert (digits.binarise(own[None])[0] == digits.prototypes[3]).all()
