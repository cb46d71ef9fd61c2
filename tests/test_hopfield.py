"""The Hopfield network: properties, hand-worked numbers, published figures."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnnlib import hopfield

P, N = 3, 40  # different, and few patterns for the units: a low load
CYCLE = np.array([[0, 1], [1, 0]])
BOTH_RULES = pytest.mark.parametrize("rule", ["hebb", "pseudo-inverse"])
BOTH_ORDERS = pytest.mark.parametrize("order", ["async", "sync"])

small_networks = st.tuples(
    st.integers(1, 8), st.integers(2, 50), st.integers(0, 2**32 - 1)
)
a_few = settings(max_examples=40, deadline=None, derandomize=True)


def signs(rng, *shape):
    return rng.choice([-1, 1], size=shape)


def noisy(rng, s, flips):
    """Return s with that many of its entries turned."""
    cue = s.copy()
    cue[rng.choice(len(s), flips, replace=False)] *= -1
    return cue


def textbook_recall(W, s, rng, tie=1e-9):
    """Recall by the letter: visit, listen, flip, until a quiet sweep."""
    s, flips, quiet = np.array(s, float), [], False
    while not quiet:
        quiet = True
        for i in rng.permutation(len(s)):
            if W[i] @ s * s[i] < -tie:
                s[i], quiet = -s[i], False
                flips.append(i)
    return s, flips


@pytest.fixture
def patterns(rng):
    return signs(rng, P, N)


# --- numbers worked by hand ------------------------------------------------


@pytest.fixture
def three_units():
    """Two patterns that agree on unit 0 alone: it is left unconnected."""
    return np.array([[1, -1, 1], [1, 1, -1]])


def test_hebb_gives_the_weights_worked_by_hand(three_units):
    W = hopfield.store(three_units)
    assert_array_equal(W, np.array([[0, 0, 0], [0, 0, -2], [0, -2, 0]]) / 3)


def test_field_energy_and_overlap_are_those_worked_by_hand(three_units):
    W, s = hopfield.store(three_units), [1, 1, 1]
    assert_allclose(hopfield.local_field(W, s), [0, -2 / 3, -2 / 3])
    assert hopfield.energy(W, s) == pytest.approx(2 / 3)
    assert_allclose(hopfield.overlap(three_units, s), [1 / 3, 1 / 3])


def test_recall_makes_the_one_flip_worked_by_hand(three_units, rng):
    W = hopfield.store(three_units)
    found = hopfield.recall(W, [1, 1, 1], rng)
    assert len(found.flips) == 1
    assert found.flips[0] in (1, 2)
    assert found.state[1] == -found.state[2]
    assert_allclose(found.energies, [2 / 3, -2 / 3])
    assert found.converged


def test_attention_gives_the_weights_worked_by_hand():
    X, q = [[1, 1], [1, -1]], [1, 0.5]  # scores 1.5 and 0.5
    a = 1 / (1 + math.exp(-2))  # their difference times beta = 2
    assert_allclose(hopfield.attention(X, q, 2), [a, 1 - a])
    assert_allclose(hopfield.retrieve(X, q, 2), [1, 2 * a - 1])


# --- weights ---------------------------------------------------------------


@BOTH_RULES
@given(sizes=small_networks)
@a_few
def test_weights_are_symmetric_without_self_connections(rule, sizes):
    P, N, seed = sizes
    W = hopfield.store(signs(np.random.default_rng(seed), P, N), rule)
    assert W.shape == (N, N)
    assert_array_equal(W, W.T)
    assert_array_equal(np.diag(W), 0)


def test_hebb_is_the_sum_of_outer_products(patterns):
    W = sum(np.outer(xi, xi) for xi in patterns) / N
    np.fill_diagonal(W, 0)
    assert_allclose(hopfield.store(patterns), W, rtol=1e-14)


def test_pseudo_inverse_is_the_projection_onto_the_patterns(patterns):
    W = np.linalg.pinv(patterns) @ patterns
    np.fill_diagonal(W, 0)
    assert_allclose(hopfield.store(patterns, "pseudo-inverse"), W, atol=1e-14)


def test_pseudo_inverse_is_hebb_where_patterns_are_orthogonal():
    X = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1]])
    got = hopfield.store(X, "pseudo-inverse")
    assert_allclose(got, hopfield.store(X), atol=1e-14)


def test_pseudo_inverse_ignores_repeated_and_negated_patterns(patterns):
    once = hopfield.store(patterns, "pseudo-inverse")
    again = np.concatenate([patterns, patterns[:2], -patterns])
    assert_allclose(hopfield.store(again, "pseudo-inverse"), once, atol=1e-12)


def test_pseudo_inverse_keeps_90_of_90_random_patterns_in_100_units(rng):
    X = signs(rng, 90, 100)
    W = hopfield.store(X, "pseudo-inverse")
    assert (X * (X @ W) > 0).all()
    for xi in X[:5]:
        assert_array_equal(hopfield.recall(W, xi, rng).state, xi)
    # where Hebb's rule keeps none
    assert not (X * (X @ hopfield.store(X)) > 0).all(axis=1).any()


def test_pseudo_inverse_of_a_full_space_holds_every_state_and_recalls_none(
    rng,
):
    W = hopfield.store(signs(rng, 40, 20), "pseudo-inverse")
    assert_array_equal(W, 0)


@pytest.mark.parametrize("dtype", [int, np.int8, np.float16, np.float64])
def test_weights_are_float64_for_patterns_of_any_other_dtype(dtype, patterns):
    W = hopfield.store(patterns.astype(dtype))
    assert W.dtype == np.float64
    assert_array_equal(W, hopfield.store(patterns))


# --- recall ----------------------------------------------------------------


@given(sizes=small_networks)
@a_few
def test_energy_falls_at_every_flip_and_is_what_energy_says(sizes):
    P, N, seed = sizes
    rng = np.random.default_rng(seed)
    W, s = hopfield.store(signs(rng, P, N)), signs(rng, N)
    found = hopfield.recall(W, s, rng)
    assert np.all(np.diff(found.energies) < 0)
    energies = [hopfield.energy(W, s)]
    for i in found.flips:
        s[i] *= -1
        energies.append(hopfield.energy(W, s))
    assert_allclose(found.energies, energies, atol=1e-10)
    assert_array_equal(found.state, s)
    assert found.converged


@given(sizes=small_networks)
@a_few
def test_recall_makes_the_flips_of_the_textbook_loop(sizes):
    P, N, seed = sizes
    rng = np.random.default_rng(seed)
    W, s = hopfield.store(signs(rng, P, N)), signs(rng, N)
    found = hopfield.recall(W, s, np.random.default_rng(seed))
    state, flips = textbook_recall(W, s, np.random.default_rng(seed))
    assert_array_equal(found.flips, flips)
    assert_array_equal(found.state, state)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_recall_of_many_blocks_makes_the_flips_of_the_textbook_loop(
    dtype, rng
):
    X = signs(rng, 130, 1000).astype(dtype)  # 8 blocks, several sweeps
    W, cue = hopfield.store(X), noisy(rng, X[0], 250)
    found = hopfield.recall(W, cue, np.random.default_rng(1))
    exact = np.rint(W.astype(float) * 1000)  # whole numbers: no round-off
    state, flips = textbook_recall(exact, cue, np.random.default_rng(1))
    assert len(flips) > 200
    assert_array_equal(found.flips, flips)
    assert_array_equal(found.state, state)


def test_self_connections_enter_the_energy(patterns, rng):
    W = hopfield.store(patterns) + np.diag(rng.uniform(0, 0.5, N))
    found = hopfield.recall(W, signs(rng, N), rng)
    assert len(found.flips)
    assert np.all(np.diff(found.energies) < 0)
    want = hopfield.energy(W, found.state)
    assert found.energies[-1] == pytest.approx(want, abs=1e-12)


@BOTH_RULES
@BOTH_ORDERS
def test_memories_and_their_negatives_are_fixed_points(
    rule, order, patterns, rng
):
    W = hopfield.store(patterns, rule)
    for xi in np.concatenate([patterns, -patterns]):
        found = hopfield.recall(W, xi, rng, order)
        assert_array_equal(found.state, xi)
        assert len(found.flips) == 0
        assert found.energies == pytest.approx([hopfield.energy(W, xi)])
        assert found.converged


@BOTH_ORDERS
def test_a_damaged_memory_is_mended(order, patterns, rng):
    W = hopfield.store(patterns)
    found = hopfield.recall(W, noisy(rng, patterns[0], 4), rng, order)
    assert_array_equal(found.state, patterns[0])
    assert found.converged


@BOTH_ORDERS
def test_the_input_is_not_changed(order, patterns, rng):
    X, W = patterns.copy(), hopfield.store(patterns)
    cue = noisy(rng, patterns[0], 6).astype(float)  # the dtype of the weights
    W_before, cue_before = W.copy(), cue.copy()
    found = hopfield.recall(W, cue, rng, order)
    hopfield.retrieve(patterns, cue, 1.0)
    assert_array_equal(W, W_before)
    assert_array_equal(cue, cue_before)
    assert_array_equal(patterns, X)
    assert not np.shares_memory(found.state, cue)


@BOTH_ORDERS
def test_converged_means_that_no_unit_wants_to_flip(order, rng):
    X = signs(rng, 40, 200)
    W = hopfield.store(X)
    seen = set()
    for xi in X[:10]:
        for sweeps in (1, 2, 100):
            found = hopfield.recall(W, noisy(rng, xi, 60), rng, order, sweeps)
            fields = hopfield.local_field(W, found.state)
            assert found.converged == bool(
                (fields * found.state > -1e-12).all()
            )
            seen.add(found.converged)
    assert seen == {True, False}


def test_two_units_updated_together_swap_for_ever(rng):
    found = hopfield.recall(CYCLE, [1, -1], rng, "sync")
    assert_array_equal(found.energies, [1.0, 1.0, 1.0])
    assert_array_equal(found.state, [1, -1])
    assert_array_equal(found.flips, [0, 1, 0, 1])
    assert not found.converged


def test_the_same_two_units_settle_one_at_a_time(rng):
    found = hopfield.recall(CYCLE, [1, -1], rng)
    assert_array_equal(found.energies, [1.0, -1.0])
    assert len(found.flips) == 1
    assert found.converged


def test_updates_together_end_in_a_fixed_point_or_a_two_cycle(rng):
    X = signs(rng, 30, 100)
    W = hopfield.store(X)
    ends = set()
    for _ in range(30):
        found = hopfield.recall(W, signs(rng, 100), rng, "sync", 1000)
        after = hopfield.recall(W, found.state, rng, "sync", 2)
        assert_array_equal(after.state, found.state)
        ends.add(found.converged)
    assert ends == {True, False}


@BOTH_ORDERS
def test_a_unit_whose_field_is_zero_stays_as_it_is(order, rng):
    for s in ([1, -1, 1, 1], [-1, -1, 1, 1]):
        found = hopfield.recall(np.zeros((4, 4)), s, rng, order)
        assert_array_equal(found.state, s)
        assert found.converged


def test_a_field_of_round_off_counts_as_zero(rng):
    # 0.1 + 0.2 - 0.3 is 5.6e-17 in floats: unit 0 must not follow it.
    W = np.zeros((4, 4))
    W[0, 1:] = W[1:, 0] = [0.1, 0.2, -0.3]
    s = np.array([-1, 1, 1, 1])
    assert hopfield.local_field(W, s)[0] > 0
    assert 0 not in hopfield.recall(W, s, rng, "sync", 1).flips


def test_the_same_seed_gives_the_same_recall(patterns, rng):
    W, s = hopfield.store(patterns), signs(rng, N)
    first, second = (
        hopfield.recall(W, s, np.random.default_rng(5)) for _ in range(2)
    )
    for one, other in zip(first, second, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", [int, np.int8, np.float32, np.float64])
def test_the_state_has_the_dtype_of_the_cue(dtype, patterns, rng):
    cue = noisy(rng, patterns[0], 4).astype(dtype)
    state = hopfield.recall(hopfield.store(patterns), cue, rng).state
    assert state.dtype == dtype
    assert_array_equal(state, patterns[0])


def test_an_unsigned_cue_of_ones_can_still_turn_negative(rng):
    W = -np.ones((2, 2)) + np.eye(2)
    state = hopfield.recall(W, np.ones(2, np.uint8), rng).state
    assert sorted(state.tolist()) == [-1, 1]


def test_float32_patterns_stay_float32_and_recall_the_same(patterns):
    rng = np.random.default_rng(2)
    W = hopfield.store(patterns)
    cue = noisy(rng, patterns[0], 10)
    single = patterns.astype(np.float32)
    W32 = hopfield.store(single)
    assert W32.dtype == np.float32
    assert hopfield.store(single, "pseudo-inverse").dtype == np.float32
    assert hopfield.local_field(W32, cue).dtype == np.float32
    assert hopfield.overlap(single, cue).dtype == np.float32
    assert hopfield.attention(single, single[0], 1).dtype == np.float32
    assert hopfield.retrieve(single, single[0], 1).dtype == np.float32
    got, want = (
        hopfield.recall(weights, cue, np.random.default_rng(3))
        for weights in (W32, W)
    )
    assert_array_equal(got.flips, want.flips)
    assert got.energies.dtype == np.float64
    assert_allclose(got.energies, want.energies, rtol=1e-5)


def test_overlaps_of_small_integers_do_not_wrap_round(rng):
    X = signs(rng, 2, 1000).astype(np.int8)
    assert_allclose(hopfield.overlap(X, X[0])[0], 1)
    assert_allclose(hopfield.overlap(X, -X[0])[0], -1)


# --- the modern network ----------------------------------------------------


def test_at_beta_zero_all_patterns_are_averaged(patterns, rng):
    q = rng.normal(size=N)
    assert_allclose(hopfield.attention(patterns, q, 0), np.full(P, 1 / P))
    assert_allclose(hopfield.retrieve(patterns, q, 0), patterns.mean(axis=0))


def test_at_large_beta_one_pattern_is_returned(patterns, rng):
    cue = noisy(rng, patterns[1], 8)
    assert_array_equal(hopfield.retrieve(patterns, cue, 1e6), patterns[1])


@given(sizes=small_networks, beta=st.floats(0, 1e6))
@a_few
def test_attention_is_a_softmax_that_adds_up_to_one(sizes, beta):
    P, N, seed = sizes
    rng = np.random.default_rng(seed)
    X, q = rng.normal(size=(P, N)), rng.normal(size=N)
    a = hopfield.attention(X, q, beta)
    assert (a >= 0).all()
    assert a.sum() == pytest.approx(1)
    i, j = rng.integers(P, size=2)
    if a[i] > 1e-300 and a[j] > 1e-300:
        want = beta * (X[i] - X[j]) @ q
        assert math.log(a[i] / a[j]) == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize("beta", [0, 1e-30, 1.0, 1e30])
def test_extreme_numbers_do_not_overflow(beta):
    X = np.array([[1e30, -1e30], [1e30, 1e30], [-1e30, 1e30]])
    a = hopfield.attention(X, [1e30, 2e30], beta)
    assert a.sum() == pytest.approx(1)
    assert_allclose(a, [1 / 3] * 3 if beta == 0 else [0, 1, 0])


def test_one_modern_update_holds_as_many_patterns_as_units(rng):
    X = signs(rng, 100, 100)
    for xi in X:
        found = hopfield.retrieve(X, noisy(rng, xi, 20), 0.5)
        assert_array_equal(np.sign(found), xi)


# --- published figures -----------------------------------------------------


def test_bit_error_gives_the_table_of_hertz_krogh_and_palmer():
    # Introduction to the Theory of Neural Computation (1991), table 2.1
    got = hopfield.bit_error([0.105, 0.138, 0.185, 0.37, 0.61])
    assert_allclose(got, [0.001, 0.0036, 0.01, 0.05, 0.1], rtol=0.015)


def test_bit_error_gives_the_probability_hopfield_prints():
    # His units are 0 and 1, which doubles the crosstalk: 0.0091, N=100, n=10.
    assert hopfield.bit_error(2 * 9 / 100) == pytest.approx(0.0091, abs=2e-4)


def test_bit_error_agrees_with_a_simulation(rng):
    for load, tolerance in ((0.138, 0.1), (0.185, 0.06), (0.37, 0.06)):
        wrong = []
        for _ in range(2):
            X = signs(rng, round(1000 * load), 1000)
            wrong.append((X * (X @ hopfield.store(X)) < 0).mean())
        want = hopfield.bit_error(load)
        assert np.mean(wrong) == pytest.approx(want, rel=tolerance)


def test_bit_error_keeps_the_shape_of_its_input():
    assert isinstance(hopfield.bit_error(0.1), float)
    assert hopfield.bit_error(np.full((2, 3), 0.1)).shape == (2, 3)
    assert hopfield.bit_error(0) == 0
    assert hopfield.bit_error(1e9) == pytest.approx(0.5, abs=1e-4)


def test_recall_breaks_down_at_the_load_of_amit_gutfreund_sompolinsky():
    alpha, m = hopfield.critical_load()
    assert alpha == pytest.approx(0.137906, abs=1e-6)
    assert m == pytest.approx(0.9674, abs=1e-4)
    assert (1 - m) / 2 == pytest.approx(0.0163, abs=1e-4)  # wrong bits
    assert hopfield.mean_field_overlap(alpha * (1 + 1e-9)) == 0
    just_below = hopfield.mean_field_overlap(alpha * (1 - 1e-9))
    assert just_below == pytest.approx(m, abs=1e-4)


@given(alpha=st.floats(1e-3, 0.1379))
@a_few
def test_the_mean_field_overlap_solves_the_three_equations(alpha):
    m = hopfield.mean_field_overlap(alpha)
    # y from m, by the inverse that the standard library does not have
    low, high = 0.0, 6.0
    while low < (y := (low + high) / 2) < high:
        low, high = (y, high) if math.erf(y) < m else (low, y)
    C = 2 * y * math.exp(-y * y) / (math.sqrt(math.pi) * m)
    r = 1 / (1 - C) ** 2
    assert math.erf(m / math.sqrt(2 * alpha * r)) == pytest.approx(m, abs=1e-9)
    assert hopfield.critical_load()[1] < m <= 1


def test_the_mean_field_overlap_falls_with_the_load():
    overlaps = [hopfield.mean_field_overlap(a / 1000) for a in range(138)]
    assert overlaps[0] == 1
    assert np.all(np.diff(overlaps) <= 0)
    assert hopfield.mean_field_overlap(0.138) == 0
    assert hopfield.mean_field_overlap(1e-300) == 1


def test_the_simulated_overlap_falls_through_the_transition(rng):
    overlaps = []
    for load in (0.10, 0.13, 0.16, 0.18):
        X = signs(rng, round(500 * load), 500)
        W, S = hopfield.store(X), X
        for _ in range(40):  # all patterns and all units at once
            S = np.where(S @ W == 0, S, np.sign(S @ W))
        overlaps.append((S * X).mean())
    assert overlaps == sorted(overlaps, reverse=True)
    assert overlaps[1] > 0.9 > overlaps[2]
    want = hopfield.mean_field_overlap(0.10)
    assert overlaps[0] == pytest.approx(want, abs=0.01)


def test_capacity_has_three_meanings(rng):
    # McEliece et al. (1987): N/(4 ln N) all exact, N/(2 ln N) most exact.
    for size in (100, 200, 500):
        share_kept, all_kept = [], []
        for load in (
            hopfield.exact_recall_limit(size),
            hopfield.exact_recall_limit(size, every=False),
            0.138 * size,
        ):
            kept = []
            for _ in range(20):
                X = signs(rng, round(load), size)
                fixed = X * (X @ hopfield.store(X)) >= 0
                kept.append(fixed.all(axis=1))
            share_kept.append(np.mean(kept))
            all_kept.append(np.mean(np.all(kept, axis=1)))
        assert share_kept == sorted(share_kept, reverse=True)
        assert all_kept[0] >= 0.9
        assert all_kept[2] == 0
        assert 0.88 < share_kept[1] < 0.99
        assert all_kept[1] < share_kept[1]


def test_the_exact_limits_are_those_of_mceliece():
    assert hopfield.exact_recall_limit(1000) == pytest.approx(36.19, abs=0.01)
    most = hopfield.exact_recall_limit(1000, every=False)
    assert most == pytest.approx(72.38, abs=0.01)


def test_hopfields_own_stability_of_5_and_10_memories_in_100_units(rng):
    # PNAS 79, fig. 2: n = 5 almost always stable, n = 10 six times in ten,
    # with his units of 0 and 1. Units of -1 and +1 do better.
    stable = np.zeros((2, 2))
    for row, n in enumerate((5, 10)):
        for _ in range(200):
            X = signs(rng, n, 100)
            W = hopfield.store(X)
            for column, shown in enumerate(((X + 1) / 2, X)):
                fixed = (X * (shown @ W) >= 0).all(axis=1)
                stable[row, column] += fixed.mean() / 200
    assert_allclose(stable[:, 0], [0.98, 0.60], atol=0.05)
    assert_allclose(stable[:, 1], [1.00, 0.97], atol=0.02)


def test_the_basin_of_a_memory_is_as_wide_as_hopfield_found(rng):
    # N = 30, n = 5: from distance 5 to the nearest memory over 90% of the
    # time, from 12 a fifth.
    nearest = []
    for distance in (3, 5, 8, 12):
        found = 0
        for _ in range(300):
            X = signs(rng, 5, 30)
            W, cue = hopfield.store(X), noisy(rng, X[0], distance)
            m = hopfield.overlap(X, hopfield.recall(W, cue, rng).state)
            found += m.argmax() == 0
        nearest.append(found / 300)
    assert nearest == sorted(nearest, reverse=True)
    assert nearest[1] > 0.85
    assert nearest[3] < 0.5


def test_a_mixture_of_three_memories_is_stable_but_shallower(rng):
    X = signs(rng, 3, 1000)
    W = hopfield.store(X)
    found = hopfield.recall(W, np.sign(X.sum(axis=0)), rng)
    assert_allclose(hopfield.overlap(X, found.state), 0.5, atol=0.06)
    E = hopfield.energy(W, found.state) / 1000
    assert pytest.approx(-0.375, abs=0.03) == E
    assert hopfield.energy(W, X[0]) / 1000 == pytest.approx(-0.5, abs=0.01)


def test_random_starts_end_in_memories_negatives_and_spurious_states(rng):
    ends = np.zeros(3)
    for _ in range(300):
        X = signs(rng, 5, 100)
        found = hopfield.recall(hopfield.store(X), signs(rng, 100), rng)
        m = hopfield.overlap(X, found.state)
        ends[0 if m.max() == 1 else 1 if m.min() == -1 else 2] += 1 / 300
    assert_allclose(ends, [0.33, 0.33, 0.34], atol=0.08)


# --- what is refused -------------------------------------------------------

rng_ = np.random.default_rng(0)
legacy = np.random.RandomState(0)
X_, W_, s_ = np.array([[1, -1, 1]]), np.zeros((3, 3)), [1, 1, -1]
lopsided = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 0]])
nans, infinite = W_ + np.nan, W_ + np.inf
large = np.triu(np.ones((600, 600)))


@pytest.mark.parametrize(
    ("function", "arguments", "error", "message"),
    [
        ("store", ([],), ValueError, r"patterns: .*non-empty .*\(P, N\)"),
        ("store", (np.ones((0, 5)),), ValueError, r"patterns: .*non-empty"),
        ("store", ([1, -1],), ValueError, r"patterns: .*\(P, N\).*\(2,\)"),
        ("store", ([[1, -1], [1]],), ValueError, "patterns: .*an array"),
        ("store", ([[1, 0]],), ValueError, r"patterns: .*-1 and \+1.*got 0"),
        ("store", ([[1, math.nan]],), ValueError, "patterns: .*got nan"),
        ("store", ([[1, math.inf]],), ValueError, "patterns: .*got inf"),
        ("store", ([[True, False]],), ValueError, "patterns: .*dtype bool"),
        ("store", ([["a", "b"]],), ValueError, "patterns: .*real numbers"),
        ("store", ([[1, 1j]],), ValueError, "patterns: .*dtype complex"),
        ("store", (None,), ValueError, "patterns: expected"),
        ("store", (X_, "storkey"), ValueError, "rule: .*'storkey'"),
        ("store", (X_, None), ValueError, "rule: .*None"),
        ("local_field", (W_[:2], s_), ValueError, r"W: .*square.*\(2, 3\)"),
        ("local_field", (nans, s_), ValueError, "W: .*finite.*NaN"),
        ("energy", (infinite, s_), ValueError, "W: .*finite"),
        ("energy", (W_, [1, 1]), ValueError, "s: expected length 3, got 2"),
        ("energy", (W_, [1, 1, 0]), ValueError, "s: .*got 0"),
        ("overlap", (X_, [1, 1]), ValueError, "s: expected length 3, got 2"),
        ("overlap", (X_, [1, 1, 2]), ValueError, "s: .*got 2"),
        ("overlap", (s_, s_), ValueError, r"patterns: .*\(P, N\)"),
        ("recall", (W_[0], s_, rng_), ValueError, r"W: .*\(N, N\).*\(3,\)"),
        ("recall", (W_[:2], s_, rng_), ValueError, "W: .*square"),
        ("recall", (W_ > 0, s_, rng_), ValueError, "W: .*dtype bool"),
        ("recall", (nans, s_, rng_), ValueError, "W: .*finite"),
        ("recall", (infinite, s_, rng_), ValueError, "W: .*finite"),
        ("recall", (lopsided, s_, rng_), ValueError, "W: .*symmetric"),
        ("recall", (large, [1] * 600, rng_), ValueError, "W: .*symmetric"),
        ("recall", (W_, [s_], rng_), ValueError, r"s: .*\(N,\).*\(1, 3\)"),
        ("recall", (W_, [0, 1, 1], rng_), ValueError, "s: .*got 0"),
        ("recall", (W_, [1, 1], rng_), ValueError, "s: .*length 3, got 2"),
        ("recall", (W_, s_, legacy), TypeError, "rng: .*got RandomState"),
        ("recall", (W_, s_, 0), TypeError, "rng: .*default_rng.*got int"),
        ("recall", (W_, s_, np.random), TypeError, "rng: .*got module"),
        ("recall", (W_, s_, rng_, "both"), ValueError, "order: .*'both'"),
        ("recall", (W_, s_, rng_, "sync", 0), ValueError, "max_sweeps: .*0"),
        (
            "recall",
            (W_, s_, rng_, "sync", 2.5),
            TypeError,
            "max_sweeps: .*2.5",
        ),
        ("attention", (s_, s_, 1), ValueError, r"patterns: .*\(P, N\)"),
        ("attention", (X_, [1, 1], 1), ValueError, "query: .*length 3, got 2"),
        ("attention", (nans, s_, 1), ValueError, "patterns: .*finite"),
        (
            "attention",
            (X_, [1, 1, math.inf], 1),
            ValueError,
            "query: .*finite",
        ),
        ("attention", (X_, s_, -1), ValueError, "beta: .*0 or more, got -1"),
        ("attention", (X_, s_, math.nan), ValueError, "beta: .*got nan"),
        ("attention", (X_, s_, math.inf), ValueError, "beta: .*got inf"),
        (
            "attention",
            (X_, s_, "warm"),
            TypeError,
            "beta: .*number, got 'warm'",
        ),
        ("retrieve", (X_ * 1e300, [1e300] * 3, 1), ValueError, "overflow"),
        ("retrieve", ([], s_, 1), ValueError, "patterns: .*non-empty"),
        ("bit_error", (-0.1,), ValueError, "alpha: .*-0.1"),
        ("bit_error", ([0.1, math.nan],), ValueError, "alpha: .*nan"),
        ("bit_error", ("many",), ValueError, "alpha: .*'many'"),
        ("mean_field_overlap", (-0.1,), ValueError, "alpha: .*-0.1"),
        ("mean_field_overlap", (math.nan,), ValueError, "alpha: .*nan"),
        ("mean_field_overlap", (None,), TypeError, "alpha: .*None"),
        ("exact_recall_limit", (1,), ValueError, "N: .*2 or more.*got 1"),
        ("exact_recall_limit", (math.nan,), ValueError, "N: .*got nan"),
    ],
)
def test_bad_input_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        getattr(hopfield, function)(*arguments)


def test_a_refused_recall_draws_nothing_and_changes_nothing(rng):
    before = rng.bit_generator.state
    cue = np.array([1.0, -1.0, 0.0])
    with pytest.raises(ValueError, match="s: "):
        hopfield.recall(W_, cue, rng)
    assert rng.bit_generator.state == before
    assert_array_equal(cue, [1, -1, 0])


def test_one_lopsided_pair_is_found_in_any_place_of_a_small_network(rng):
    for i, j in itertools.combinations(range(5), 2):
        W = np.zeros((5, 5))
        W[i, j] = 0.1
        with pytest.raises(ValueError, match="symmetric"):
            hopfield.recall(W, np.ones(5), rng)


def test_the_module_needs_numpy_alone():
    code = (
        "import sys; from rnnlib import hopfield; "
        "print({'matplotlib', 'scipy', 'sklearn', 'anywidget', 'IPython'}"
        " & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
