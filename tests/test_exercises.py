"""The commonest mistakes get the hint that helps; nothing ever raises."""

import copy
import functools
import math
import sys
from fractions import Fraction

import numpy as np
import pytest

from rnnlib import exercises, gru, hopfield, language, leaky

FOUR = exercises.hopfield.FOUR
STATE = exercises.hopfield.STATE


def store(patterns):
    W = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(W, 0)
    return W


def sweep(W, s, order):
    s = s.copy()
    for i in order:
        h = W[i] @ s
        if h != 0:
            s[i] = np.sign(h)
    return s


def spoil(W, s, order):
    """Flip in place."""
    for i in order:
        if (W[i] @ s) * s[i] < 0:
            s[i] = -s[i]
    return s


def unsigned(W, s, order):
    s = s.astype(float)
    for i in order:
        s[i] = W[i] @ s
    return s


def to_plus_one(W, s, order):
    s = s.copy()
    for i in order:
        s[i] = 1 if W[i] @ s >= 0 else -1
    return s


def change(W, s, i):
    return 2 * s[i] * (W[i] @ s) - 2 * W[i, i]


def soft(scores):
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def retrieve(patterns, query, beta):
    return soft(beta * patterns @ query) @ patterns


def overflowing(patterns, query, beta):
    weights = np.exp(beta * patterns @ query)
    return weights / weights.sum() @ patterns


RIGHT = {
    "1.1": FOUR @ STATE,
    "1.2": store,
    "1.3": sweep,
    "1.4": change,
    "1.5": 73,
    "1.6": retrieve,
}
HINTS = [
    ("1.1", np.sign(FOUR @ STATE), "before the sign"),
    ("1.1", FOUR.sum(axis=1), "added the weights"),
    ("1.1", FOUR @ STATE * STATE, "multiplied the result by s"),
    ("1.1", [-1, 2, 0, 0], "2 of the 4"),
    ("1.1", [1, 2], "shape (4,), got (2,)"),
    ("1.1", "four", "got text"),
    ("1.1", FOUR * STATE, "all the products"),
    ("1.1", (FOUR @ STATE).sum(), "shape (4,), got one number"),
    ("1.2", lambda X: X.T @ X / X.shape[1], "Look at the diagonal"),
    ("1.2", lambda X: X.T @ X, "16 times what it should be"),
    ("1.2", lambda X: X.T @ X / len(X), "3.2 times"),
    ("1.2", lambda X: X @ X.T / X.shape[1], "a row for each pattern"),
    ("1.2", lambda X: np.outer(X.sum(0), X.sum(0)) / 16, "added first"),
    ("1.2", lambda X: hopfield.store(X[:1]), "Only one pattern"),
    (
        "1.2",
        lambda X: -hopfield.store(X),
        "W[0, 1] should be -0.1875 here and is 0.1875",
    ),
    ("1.2", 3, "Expected a function, got int"),
    ("1.2", lambda X: X @ X, "16 columns on its left, 5 rows on its right"),
    ("1.2", lambda X: None, "Not answered yet"),
    ("1.2", lambda X: np.full((16, 16), np.nan), "NaN"),
    ("1.3", lambda W, s, order: np.sign(W @ s), "synchronous"),
    ("1.3", spoil, "changed its argument s"),
    ("1.3", to_plus_one, "must keep its state"),
    ("1.3", lambda W, s, order: sweep(W, s, range(len(s))), "the order that"),
    ("1.3", lambda W, s, order: -sweep(W, s, order), "wrong state"),
    ("1.3", lambda W, s, order: sweep(W, s, order[:1]), "inside the loop"),
    ("1.3", lambda W, s, order: sweep(-W, s, order), "away from its field"),
    ("1.3", unsigned, "only the sign of its field"),
    ("1.4", lambda W, s, i: -change(W, s, i), "sign is not"),
    ("1.4", lambda W, s, i: change(W, s, i) / 2, "half of it"),
    ("1.4", lambda W, s, i: 2 * s[i] * (W[i] @ s), "empty diagonal"),
    ("1.4", lambda W, s, i: -s[i] * (W[i] @ s), "before the flip"),
    ("1.4", lambda W, s, i: 2 * (W[i] @ s), "own state s_i"),
    ("1.4", lambda W, s, i: W[i] @ s, "own state s_i"),
    ("1.4", lambda W, s, i: 0.1, "the energy changes by"),
    ("1.5", 0.185, "That is the load"),
    ("1.5", 55, "0.138 N"),
    ("1.5", 33, "no wrong bit at all"),
    ("1.5", 70, "More fit"),
    ("1.5", 74, "Too many"),
    ("1.5", 73.5, "a whole number"),
    ("1.5", float("nan"), "NaN"),
    ("1.6", lambda X, q, beta: retrieve(X, q, 1.0), "depend on beta"),
    ("1.6", lambda X, q, beta: soft(beta * X @ q), "one for each pattern"),
    ("1.6", lambda X, q, beta: retrieve(X, -q, beta), "sign in the exponent"),
    ("1.6", lambda X, q, beta: np.exp(beta * X @ q) @ X, "do not sum to 1"),
    ("1.6", overflowing, "overflows"),
    ("1.6", lambda X, q, beta: q, "number 1 (counted from 0) should be"),
]


def step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh + h_prev @ W_hh + b_h)


def count(D, H, V):
    return D * H + H * H + H + H * V + V


def quotes(k, sign=1.0):
    """Return a network of two units that counts quotation marks."""
    return (
        np.array([[2 * k, 2 * k]]),
        np.array([[k, k], [-k, -k]]),
        np.array([-k, -3 * k]),
        np.array([[sign], [-sign]]),
        np.array([-sign]),
    )


def transposed(k):
    W_xh, W_hh, *rest = quotes(k)
    return W_xh, W_hh.T, *rest


opened = [[9, 0]], 3 * np.eye(2), [0, 0], [[1], [0]], [-0.5]
RIGHT |= {
    "2.1": step,
    "2.2": lambda W_xh, W_hh: np.vstack([W_xh, W_hh]),
    "2.3": count,
    "2.4": 1.66,
    "2.5": quotes(6.0),
}
HINTS += [
    ("2.1", lambda x, h, W, U, b: x @ W + h @ U + b, "before the nonlin"),
    ("2.1", lambda x, h, W, U, b: np.tanh(x @ W + h @ U), "bias b_h is miss"),
    ("2.1", lambda x, h, W, U, b: np.tanh(x @ W + b), "old state has no say"),
    (
        "2.1",
        lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b),
        "used the wrong way",
    ),
    (
        "2.1",
        lambda x, h, W, U, b: np.tanh(x @ W) + np.tanh(h @ U) + b,
        "Add first",
    ),
    ("2.1", lambda x, h, W, U, b: h, "should be"),
    ("2.1", lambda x, h, W, U, b: U @ h, "5 columns on its left, 3 rows"),
    ("2.1", lambda x, h, W, U, b: h + b[:2], "stopped with ValueError"),
    ("2.2", lambda W, U: np.hstack([W.T, U]), "one above the other"),
    ("2.2", lambda W, U: np.vstack([U, W]), "must come first"),
    ("2.2", lambda W, U: W @ U, "Do not multiply"),
    ("2.2", lambda W, U: np.vstack([W, U]).T, "one above the other"),
    ("2.2", lambda W, U: np.hstack([W, U]), "one above the other"),
    ("2.2", lambda W, U: W + U, "Do not add"),
    ("2.2", lambda W, U: [W, U], "Make one matrix"),
    ("2.2", lambda W, U: np.stack([W, U]), "Make one matrix"),
    ("2.2", lambda W, U: np.vstack([W, U.T]), "row 5 (counted from 0)"),
    ("2.2", lambda W, U: W, "shape (10, 5), got (5, 5)"),
    ("2.2", lambda W, U: [[1], [1, 2]], "shape (10, 5), got list"),
    ("2.3", lambda D, H, V: D * H + H * H + H * V, "biases are missing"),
    ("2.3", lambda D, H, V: count(D, H, V) - V, "one of the two"),
    ("2.3", lambda D, H, V: count(D, H, V) - H * H, "weights of the loop"),
    ("2.3", lambda D, H, V: D * H + H * H + H, "readout is missing"),
    ("2.3", lambda D, H, V: D * H + H * H, "readout is missing"),
    ("2.3", lambda D, H, V: 10 * count(D, H, V), "does not enter"),
    ("2.3", lambda D, H, V: D + H + V, "sizes of the five arrays"),
    ("2.4", 0.9, "nothing to hold"),
    ("2.4", 1.5, "must be stronger"),
    ("2.4", 2.0, "more than is asked"),
    ("2.5", quotes(6.0)[:4], "Expected 5 arrays in this order: W_xh (1, 2)"),
    ("2.5", 7, "Expected 5 arrays in this order: W_xh (1, 2)"),
    ("2.5", (*quotes(6.0)[:3], np.ones(2), np.ones(1)), "W_hy: expected"),
    ("2.5", quotes(6.0, sign=-1.0), "the other way round"),
    ("2.5", (*quotes(6.0)[:4], [1.0]), "No mark has come"),
    ("2.5", (*quotes(6.0)[:4], [-9.0]), "Begin with what a single mark"),
    ("2.5", opened, "must now do the opposite"),
    ("2.5", transposed(6.0), "With W_hh transposed"),
    ("2.5", quotes(1.0), "it forgets"),
    ("2.5", (np.full((1, 2), np.nan), *quotes(6.0)[1:]), "NaN"),
]


def last_step(mask):
    return mask * (1 - np.vstack([mask[1:], np.zeros_like(mask[:1])]))


def last_row(mask):
    return np.vstack([0 * mask[:-1], np.ones_like(mask[:1])])


def both_ways(ahead, back, xs):
    return np.concatenate([ahead(xs), back(xs[::-1])[::-1]], axis=-1)


def beside(a, b):
    return np.concatenate([a, b], axis=-1)


def before(given):
    return np.vstack([np.zeros_like(given[:1]), given[:-1]])


def place(table):
    return np.unravel_index(table.argmax(), table.shape)


def best_pair(p, q):
    return place(p[:, None] * q)


def greedy(p, q):
    return p.argmax(), q[p.argmax()].argmax()


def look(s, hs):
    return soft(hs @ s) @ hs


def unsafe(s, hs):
    return np.exp(hs @ s) / np.exp(hs @ s).sum() @ hs


RIGHT |= {
    "3.1": last_step,
    "3.2": both_ways,
    "3.3": before,
    "3.4": best_pair,
    "3.5": look,
}
HINTS += [
    ("3.1", last_row, "last row"),
    ("3.1", lambda m: last_row(m) * m, "last row"),
    ("3.1", lambda m: m, "Every real step"),
    ("3.1", lambda m: np.eye(5)[0][:, None] + 0 * m, "the first steps"),
    ("3.1", lambda m: np.roll(last_step(m), 1, axis=0), "after the last"),
    ("3.1", lambda m: m.sum(axis=0) - 1, "numbers of the rows"),
    ("3.1", lambda m: m.sum(axis=0), "These are the lengths"),
    ("3.1", lambda m: 0 * m, "only row 2 should be 1"),
    ("3.1", lambda m: m.T, "shape (5, 4), got (4, 5)"),
    ("3.2", lambda a, b, x: beside(a(x), b(x[::-1])), "states of run_back"),
    ("3.2", lambda a, b, x: beside(a(x), b(x)), "still reads from the left"),
    ("3.2", lambda a, b, x: beside(a(x), b(x)[::-1]), "still reads from"),
    # Turning the batch round and back leaves a reading from the left.
    (
        "3.2",
        lambda a, b, x: beside(a(x), b(x[:, ::-1])[:, ::-1]),
        "still reads from",
    ),
    ("3.2", lambda a, b, x: beside(a(x), b(x[:, ::-1])), "another one round"),
    (
        "3.2",
        lambda a, b, x: beside(a(x), np.flip(b(np.flip(x)))),
        "another one round",
    ),
    (
        "3.2",
        lambda a, b, x: beside(a(x), a(x[::-1])[::-1]),
        "run_ahead read both times",
    ),
    (
        "3.2",
        lambda a, b, x: np.concatenate([a(x), b(x[::-1])[::-1]]),
        "Joined along the wrong axis",
    ),
    (
        "3.2",
        lambda a, b, x: np.array([a(x), b(x[::-1])[::-1]]),
        "Joined along the wrong axis",
    ),
    ("3.2", lambda a, b, x: a(x) + b(x[::-1])[::-1], "You added"),
    ("3.2", lambda a, b, x: beside(b(x[::-1])[::-1], a(x)), "comes first"),
    ("3.2", lambda a, b, x: a(x), "one reader alone"),
    ("3.2", lambda a, b, x: a(x)[0], "shape (6, 2, 8), got (2, 4)"),
    ("3.2", lambda a, b, x: beside(a(x), 0 * a(x)) + 1, "should be"),
    ("3.2", lambda a, b, x: a(x[..., 0]), "called with run_ahead, run_back"),
    ("3.3", lambda given: given, "need only copy"),
    ("3.3", lambda given: np.roll(given, -1, axis=0), "wrong way"),
    ("3.3", lambda given: np.roll(given, 1, axis=0), "came round"),
    (
        "3.3",
        lambda given: np.vstack([np.zeros_like(given[:1]), given]),
        "One row too many",
    ),
    (
        "3.3",
        lambda given: beside(np.zeros_like(given[:, :1]), given[:, :-1]),
        "along the second",
    ),
    ("3.3", lambda given: given[:-1], "One row too few"),
    ("3.3", lambda given: given[:2], "shape (4, 3)"),
    ("3.3", lambda given: 0 * given, "the steps should read [0, 5, 4, 8]"),
    ("3.4", greedy, "That is greedy"),
    ("3.4", lambda p, q: place(p[:, None] + q), "added the probabilities"),
    ("3.4", lambda p, q: place(p * q), "along the columns"),
    ("3.4", lambda p, q: best_pair(p, q)[::-1], "the first token comes first"),
    ("3.4", lambda p, q: (p[:, None] * q).max(), "Which two tokens"),
    ("3.4", lambda p, q: (p[:, None] * q).argmax(), "through the whole table"),
    ("3.4", lambda p, q: (p.argmax(), q.max(0).argmax()), "row j of second"),
    ("3.4", lambda p, q: (1, 0), "has probability 0.240"),
    ("3.4", lambda p, q: (7, 7), "tokens from 0 to 2"),
    ("3.4", lambda p, q: (-2, -1), "tokens from 0 to 2, got (-2, -1)"),
    ("3.4", lambda p, q: (1.5, 2.5), "tokens from 0 to 2"),
    ("3.4", lambda p, q: (1, 2) if p[0] > p[1] else 0, "tokens from 0"),
    ("3.4", lambda p, q: p[:, None] * q, "tokens from 0 to 2, got ndarray"),
    ("3.4", lambda p, q: "ab", "got text"),
    ("3.5", lambda s, hs: soft(hs @ s), "These are the weights"),
    ("3.5", lambda s, hs: soft(hs @ s)[:, None] * hs, "weighted states"),
    ("3.5", lambda s, hs: hs @ s @ hs, "softmax is missing"),
    ("3.5", lambda s, hs: hs.mean(axis=0), "plain mean"),
    ("3.5", lambda s, hs: hs[(hs @ s).argmax()], "likest state alone"),
    ("3.5", lambda s, hs: np.exp(hs @ s) @ hs, "not divided"),
    ("3.5", unsafe, "overflows"),
    ("3.5", lambda s, hs: s, "Number [0] should be"),
    ("3.5", lambda s, hs: hs, "shape (4,)"),
]


def rate(lr, mask):
    return lr / mask.sum()


def emptied(lr, mask):
    n = mask.sum()
    mask[:] = 0
    return lr / n


def unit(
    dh=lambda direct, through: direct + through,
    da=lambda dh, h: dh * (1 - h**2),
    term=lambda da, h, before: da * before,
    through=lambda da, w_hh: da * w_hh,
    add=lambda total, term: total + term,
    out=lambda dy, w_hy: dy * w_hy,
    until=0,
    first=None,
):
    """Return dL/dw_hh of one unit as a function, one line of it changed."""

    def dw(w_hh, w_hy, hs, dys):
        total, back = 0.0, 0.0
        before = [0.0 if first is None else hs[first], *hs]
        for t in reversed(range(until, len(hs))):
            now = da(dh(out(dys[t], w_hy), back), hs[t])
            total = add(total, term(now, hs[t], before[t]))
            back = through(now, w_hh)
        return total

    return dw


def weighed(w_hh, w_hy, hs, dys):
    """Multiply by w_hy in place."""
    right = unit()(w_hh, w_hy, hs, dys)
    dys *= w_hy
    return right


def chain(n, link, loop=0.0):
    return link * np.eye(n, k=1) + loop * np.eye(n)


def shuffled(W):
    """Return the same matrix with its units in another order."""
    order = np.random.default_rng(0).permutation(len(W))
    return W[np.ix_(order, order)]


def length(grads):
    return np.sqrt(sum((g**2).sum() for g in grads))


def clip(grads, v):
    return [g * min(1, v / length(grads)) for g in grads]


def shrink(grads, v):
    """Scale in place."""
    factor = min(1, v / length(grads))
    for g in grads:
        g *= factor
    return grads


def leaky_back(
    da=lambda leak, dh, n: leak * dh * (1 - n**2),
    dleak=lambda dh, n, h: (dh * (n - h)).sum(axis=0),
    dh_prev=lambda stay, turn: stay + turn,
    result=lambda dparams, dx, dstate: (dparams, dx, dstate),
):
    """Return the leaky cell's way back, one line of it changed."""

    def step_backward(params, cache, dstate):
        W_xh, W_hh, _, leak = params
        x, h, n = cache
        (dh,) = dstate
        d = da(leak, dh, n)
        dparams = leaky.Params(
            x.T @ d, h.T @ d, d.sum(axis=0), dleak(dh, n, h)
        )
        before = dh_prev((1 - leak) * dh, d @ W_hh.T)
        return result(dparams, d @ W_xh.T, leaky.State(before))

    return step_backward


def scaled(params, cache, dstate):
    """Multiply by leak in place."""
    right = leaky.step_backward(params, cache, dstate)
    dstate.h[:] *= params.leak
    return right


RIGHT |= {
    "4.1": rate,
    "4.2": unit(),
    "4.3": chain(10, 3.0),
    "4.4": clip,
    "4.5": leaky.step_backward,
}
HINTS += [
    ("4.1", lambda lr, mask: lr * mask.sum(), "other way round"),
    ("4.1", lambda lr, mask: lr * mask.size, "other way round"),
    ("4.1", lambda lr, mask: lr / mask.size, "the padding among them"),
    ("4.1", lambda lr, mask: lr / len(mask), "by the length alone"),
    ("4.1", lambda lr, mask: lr / mask.shape[1], "by the length alone"),
    ("4.1", lambda lr, mask: lr, "10 times as large"),
    ("4.1", lambda lr, mask: lr / mask.sum() ** 2, "should be 0.010000"),
    ("4.1", lambda lr, mask: mask, "Expected one number"),
    ("4.1", lambda lr, mask: "lr", "got text"),
    ("4.1", emptied, "changed its argument mask"),
    ("4.2", unit(da=lambda dh, h: dh), "leads through tanh"),
    (
        "4.2",
        unit(dh=lambda direct, through: direct),
        "what comes back from there",
    ),
    (
        "4.2",
        unit(dh=lambda direct, through: through or direct),
        "a loss of its own",
    ),
    ("4.2", unit(term=lambda da, h, before: da * h), "not by h_t"),
    ("4.2", unit(add=lambda total, term: term), "One step's term"),
    ("4.2", unit(add=lambda total, term: term, until=1), "One step's term"),
    ("4.2", unit(through=lambda da, w_hh: da), "passes a weight"),
    ("4.2", unit(first=-1), "which is the last state"),
    ("4.2", unit(out=lambda dy, w_hy: dy), "w_hy is missing"),
    ("4.2", unit(add=lambda total, term: total - term), "For T = 3 it should"),
    ("4.2", lambda w_hh, w_hy, hs, dys: np.nan, "NaN"),
    ("4.2", lambda w_hh, w_hy, hs, dys: hs[9], "stopped with IndexError"),
    ("4.2", weighed, "changed its argument dys"),
    ("4.3", np.ones((2, 3)), "square matrix of 2 to 10 rows, got (2, 3"),
    ("4.3", np.eye(11), "got (11, 11)"),
    ("4.3", "text", "got text"),
    ("4.3", max, "got builtin"),
    ("4.3", chain(4, np.nan), "NaN"),
    ("4.3", chain(10, 3.0, loop=0.6), "spectral radius is 0.600"),
    ("4.3", [[0, 2.0], [2.0, 0]], "spectral radius is 2.000"),
    ("4.3", chain(2, 10.0, loop=0.5), "norm of 10 at most, at k = 1"),
    ("4.3", chain(2, 1000.0, loop=0.5), "but already at k = 1"),
    ("4.4", lambda grads, v: [clip([g], v)[0] for g in grads], "by itself"),
    (
        "4.4",
        lambda grads, v: [g * v / np.linalg.norm(g) for g in grads],
        "by itself",
    ),
    (
        "4.4",
        lambda grads, v: [g * v / length(grads) for g in grads],
        "short enough has been changed",
    ),
    (
        "4.4",
        lambda grads, v: [g / length(grads) for g in grads],
        "length 1, not v",
    ),
    (
        "4.4",
        lambda grads, v: [np.clip(g, -v, v) for g in grads],
        "clipping by value",
    ),
    (
        "4.4",
        lambda grads, v: [g * min(1, v / length(grads) ** 2) for g in grads],
        "the root is missing",
    ),
    (
        "4.4",
        lambda grads, v: [
            g * min(1, v / sum(map(np.linalg.norm, grads))) for g in grads
        ],
        "norms of the arrays were added",
    ),
    ("4.4", lambda grads, v: grads[0], "Expected 3 arrays"),
    ("4.4", lambda grads, v: clip(grads, v)[:2], "Expected 3 arrays"),
    ("4.4", lambda grads, v: [g.T for g in grads], "shape (2, 3)"),
    ("4.4", lambda grads, v: clip(grads, v / 2), "1.5000 and is 0.7500"),
    ("4.4", shrink, "changed its argument grads"),
    ("4.5", leaky_back(result=lambda *three: three[:2]), "three things"),
    (
        "4.5",
        leaky_back(result=lambda dparams, *rest: (dparams[:3], *rest)),
        "expected four arrays",
    ),
    (
        "4.5",
        leaky_back(dh_prev=lambda stay, turn: turn),
        "lacks the direct way",
    ),
    (
        "4.5",
        leaky_back(dh_prev=lambda stay, turn: stay),
        "lacks the way through n",
    ),
    (
        "4.5",
        leaky_back(da=lambda leak, dh, n: leak * dh),
        "dW_xh is that of a cell without tanh",
    ),
    (
        "4.5",
        leaky_back(da=lambda leak, dh, n: dh * (1 - n**2)),
        "dW_xh is too large",
    ),
    (
        "4.5",
        leaky_back(dleak=lambda dh, n, h: dh * (n - h)),
        "dleak: expected shape (3,), got (4, 3)",
    ),
    (
        "4.5",
        leaky_back(dleak=lambda dh, n, h: (dh * n).sum(axis=0)),
        "leak enters h twice",
    ),
    (
        "4.5",
        leaky_back(dleak=lambda dh, n, h: (dh * (h - n)).sum(axis=0)),
        "dleak is off",
    ),
    ("4.5", leaky_back(dh_prev=lambda stay, turn: stay - turn), "dh_prev is"),
    ("4.5", leaky_back(dh_prev=lambda stay, turn: np.nan * stay), "NaN"),
    (
        "4.5",
        leaky_back(result=lambda dparams, dx, dh: (dparams, dh, dx)),
        "dx and dstate are exchanged",
    ),
    (
        "4.5",
        leaky_back(
            result=lambda dparams, dx, dh: (
                leaky.Params(*(part / len(dx) for part in dparams)),
                dx,
                dh,
            )
        ),
        "dleak is a mean over the batch",
    ),
    (
        "4.5",
        leaky_back(
            result=lambda dparams, dx, dh: (
                dparams._replace(W_xh=dparams.W_xh.T),
                dx,
                dh,
            )
        ),
        "dW_xh: expected shape (2, 3), got (3, 2)",
    ),
    ("4.5", scaled, "changed its argument dstate"),
]


def latch(opens=20.0, writes=20.0, resets=-40.0, b=(-10, 10, 10, 0)):
    """Return a bit of memory, its columns i, f, o, g."""
    W_xh = [[opens, 0, 0, writes], [0, resets, 0, 0]]
    return W_xh, np.zeros((1, 4)), b


def gates(order):
    """Return the latch with its columns in another order."""
    columns = ["ifog".index(gate) for gate in order]
    return [np.array(part)[..., columns] for part in latch()]


KEEP = 0.5 ** (1 / 50)
BIAS = np.log(KEEP / (1 - KEEP))


def turn(blocks, parts=range(4), to=np.negative):
    """Return a function that changes blocks of some of a GRU's arrays."""

    def convert(params):
        result = [np.array(part) for part in params]
        H = len(params.W_hh)
        for k in parts:
            for block in blocks:
                columns = slice(
                    "rzn".index(block) * H, ("rzn".index(block) + 1) * H
                )
                result[k][..., columns] = to(result[k][..., columns])
        return gru.Params(*result)

    return convert


def lstm_count(D, H, blocks=4, biases=1):
    return blocks * (D * H + H * H + biases * H)


def gru_before(
    product=lambda r, h, W: (r * h) @ W,
    candidate=np.tanh,
    bias=lambda b: b,
    mean=lambda n, h, z: (1 - z) * n + z * h,
):
    """Return the new state as a function, one part of it changed."""

    def new_state(x, h_prev, r, z, W_xn, W_hn, b_n):
        n = candidate(x @ W_xn + product(r, h_prev, W_hn) + bias(b_n))
        return mean(n, h_prev, z)

    return new_state


def reset(x, h_prev, r, z, W_xn, W_hn, b_n):
    """Multiply by r in place."""
    h = h_prev.copy()
    h_prev *= r
    return (1 - z) * np.tanh(x @ W_xn + h_prev @ W_hn + b_n) + z * h


RIGHT |= {
    "5.1": latch(),
    "5.2": BIAS,
    "5.3": turn("z"),
    "5.4": lstm_count,
    "5.5": gru_before(),
}
HINTS += [
    ("5.1", latch()[:2], "b_h (4,). There are 2."),
    ("5.1", "text", "b_h (4,). Got str."),
    ("5.1", (latch()[0], np.zeros((1, 3)), [0] * 4), "expected shape (1, 4)"),
    ("5.1", latch(b=[-10, 10, 10, np.nan]), "NaN"),
    ("5.1", latch(b=[10, 10, 10, 20]), "Nothing has come in yet"),
    ("5.1", latch(writes=0.2), "After “set” h is 0.19"),
    ("5.1", latch(opens=0.0), "After “set” h is 0.00"),
    ("5.1", latch(b=[-10, 10, -10, 0]), "After “set” h is 0.00"),
    ("5.1", latch(b=[-10, 2, 10, 0]), "5 steps later h has fallen to 0.49"),
    ("5.1", latch(resets=0.0), "must shut the forget gate"),
    ("5.1", latch(resets=40.0), "must shut the forget gate"),
    ("5.1", latch(resets=-13.0), "“Set” thirty times"),
    *(
        ("5.1", gates(order), f"in the order {', '.join(order)} it")
        for order in ("ifgo", "fiog", "figo")
    ),
    ("5.1", (latch()[0][::-1], *latch()[1:]), "inputs are exchanged"),
    ("5.2", KEEP, "the gate f itself"),
    ("5.2", np.log(49), "a time constant of 50 steps"),
    ("5.2", -BIAS, "The sign is wrong"),
    ("5.2", 3, "the gate is 0.9526 and half is left after 14.3 steps"),
    ("5.2", 1000, "half is left after inf steps"),
    ("5.2", "four", "got text"),
    ("5.2", -1000, "the gate is 0.0000 and half is left after 0.0 steps"),
    ("5.2", sorted, "Expected a number, got builtin"),
    ("5.3", lambda params: params, "the weights as they came"),
    ("5.3", turn("rzn"), "All columns have changed"),
    ("5.3", turn("z", parts=(0, 1)), "the biases go into the gate"),
    ("5.3", turn("r"), "another block"),
    ("5.3", turn("n"), "another block"),
    ("5.3", turn("z", to=lambda W: 1 - W), "sigmoid(-a)"),
    ("5.3", turn("z", parts=(0, 2)), "In W_hh the columns of z"),
    ("5.3", turn("z", parts=(0, 1, 2)), "In b_hh the columns of z"),
    ("5.3", turn("rz"), "In W_xh the columns of r"),
    ("5.3", turn("z", parts=(0, 1), to=lambda W: 1 - W), "sigmoid(-a)"),
    ("5.3", lambda params: params[:3], "Expected 4 arrays"),
    ("5.3", lambda params: params.W_xh, "Got ndarray"),
    ("5.3", lambda params: [part.T for part in params], "shape (2, 9)"),
    ("5.3", 3, "Expected a function"),
    ("5.4", lambda D, H: lstm_count(D, H, blocks=1), "That is one block"),
    ("5.4", lambda D, H: lstm_count(D, H, blocks=3), "Three blocks"),
    ("5.4", lambda D, H: lstm_count(D, H, biases=2), "two sets of biases"),
    ("5.4", lambda D, H: lstm_count(D, H, biases=0), "biases are missing"),
    ("5.4", lambda D, H: 4 * (D * H + H), "W_hh is missing"),
    ("5.4", lambda D, H: 4 * (D + H + 1), "it should be 180, and yours is 36"),
    ("5.4", lambda D, H: 180, "For D = 100 and H = 64"),
    ("5.4", 42240, "Expected a function"),
    ("5.5", gru_before(lambda r, h, W: r * (h @ W)), "after the product"),
    (
        "5.5",
        lambda x, h_prev, r, z, W_xn, W_hn, b_n: (
            (1 - z) * np.tanh(x @ W_xn + r * (h_prev @ W_hn + b_n))
            + z * h_prev
        ),
        "after the product",
    ),
    (
        "5.5",
        gru_before(mean=lambda n, h, z: z * n + (1 - z) * h),
        "z and 1 - z are exchanged",
    ),
    (
        "5.5",
        lambda x, h_prev, r, z, W_xn, W_hn, b_n: (
            (1 - z) * np.tanh(r * (x @ W_xn + h_prev @ W_hn) + b_n)
            + z * h_prev
        ),
        "multiplied with the input",
    ),
    ("5.5", gru_before(bias=lambda b: 0), "bias of the candidate is missing"),
    ("5.5", gru_before(candidate=lambda a: a), "goes through tanh"),
    ("5.5", gru_before(lambda r, h, W: h @ W), "h[0, 0] should be"),
    ("5.5", lambda x, *rest: x, "shape (2, 4), got (2, 3)"),
    ("5.5", reset, "changed its argument h_prev"),
]


@pytest.fixture(params=["en", "ko"])
def spoken(request):
    language.set(request.param)
    yield request.param
    language.set("en")


@pytest.mark.parametrize("key", RIGHT)
def test_a_right_answer_is_told_so(key, spoken):
    verdict = exercises.check(key, RIGHT[key])
    assert verdict.right
    assert verdict.message.startswith({"en": "Right", "ko": "맞았다"}[spoken])


@pytest.mark.parametrize(("key", "answer", "said"), HINTS)
def test_a_mistake_gets_its_hint(key, answer, said):
    verdict = exercises.check(key, answer)
    assert not verdict.right
    assert said in verdict.message


@pytest.mark.parametrize(("key", "answer", "said"), HINTS)
def test_hints_are_korean_in_the_korean_edition(key, answer, said):
    language.set("ko")
    try:
        message = exercises.check(key, answer).message
    finally:
        language.set("en")
    assert "가" <= max(message) <= "힣"


@pytest.mark.parametrize("key", RIGHT)
def test_every_hint_is_given_to_some_answer(key, monkeypatch):
    words = exercises._checks[key][1]
    given = {"right"}

    def noted(table, name, /, **values):
        given.add(name)
        return say(table, name, **values)

    say = exercises.say
    monkeypatch.setattr(exercises, "say", noted)
    for of, answer, _ in HINTS:
        if of == key:
            exercises.check(key, answer)
    assert words.keys() <= given


@pytest.mark.parametrize("key", RIGHT)
def test_an_exercise_knows_three_mistakes_at_least(key):
    words = exercises._checks[key][1]
    assert len(words.keys() - {"off", "right"}) >= 3


def test_every_exercise_has_its_answer_here():
    assert RIGHT.keys() == exercises._checks.keys()


def looped(patterns):
    N = len(patterns[0])
    return [
        [
            sum(float(x[i] * x[j]) for x in patterns) / N if i != j else 0
            for j in range(N)
        ]
        for i in range(N)
    ]


def single(f):
    """Return f in single precision."""

    def g(*arguments):
        narrow = [
            a.astype(np.float32) if isinstance(a, np.ndarray) else a
            for a in arguments
        ]
        return np.float32(f(*narrow))

    return g


def steps(s, hs):
    scores = [sum(a * b for a, b in zip(s, h, strict=True)) for h in hs]
    a = [math.exp(score - max(scores)) for score in scores]
    return [
        sum(w * h[i] for w, h in zip(a, hs, strict=True)) / sum(a)
        for i in range(len(s))
    ]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("1.1", [-1, 2, -2, 3]),
        ("1.1", (Fraction(-1), 2, -2, 3)),
        ("1.1", FOUR @ STATE + 0j),
        ("1.2", looped),
        ("1.2", lambda patterns: [*store(patterns)]),
        ("1.3", lambda W, s, order: sweep(W, s, order).tolist()),
        ("1.3", lambda W, s, order: sweep(W, s, order).astype(np.int8)),
        ("1.4", lambda W, s, i: np.array([change(W, s, i)])),
        ("1.4", lambda *given, more=0: change(*given)),
        ("1.5", 73.0),
        ("1.5", np.int64(73)),
        ("1.6", single(retrieve)),
        ("1.6", functools.partial(retrieve)),
        ("2.1", single(step)),
        ("2.1", lambda *given: step(*given).tolist()),
        ("2.2", lambda W, U: [*W, *U]),
        ("2.3", lambda D, H, V: float(count(D, H, V))),
        ("2.4", np.float32(1.66)),
        ("2.4", 1.65),  # to two digits, either way
        ("2.5", [np.float32(part) for part in quotes(6.0)]),
        ("3.1", lambda mask: last_step(mask) > 0),
        ("3.1", lambda mask: last_step(mask.astype(int)).tolist()),
        ("3.2", lambda a, b, xs: both_ways(a, b, xs).tolist()),
        ("3.3", lambda given: [[0] * given.shape[1], *given[:-1].tolist()]),
        ("3.3", lambda given: before(given.astype(float))),
        ("3.4", lambda p, q: list(best_pair(p, q))),
        ("3.4", lambda p, q: np.array(best_pair(p, q))),
        ("3.4", lambda p, q: divmod(int((p[:, None] * q).argmax()), len(p))),
        ("3.5", steps),
        ("3.5", lambda s, hs: (soft(hs @ s[:, None]) * hs).sum(axis=0)),
        ("4.1", lambda lr, mask: np.array(lr / np.count_nonzero(mask))),
        ("4.2", lambda *given: np.float32(unit()(*given))),
        ("4.2", lambda *given: np.array([[unit()(*given)]])),
        ("4.3", chain(10, 3).astype(int).tolist()),
        ("4.3", shuffled(chain(10, 3.0, loop=0.5))),
        ("4.4", lambda grads, v: tuple(clip(grads, v))),
        ("4.4", lambda grads, v: [g.tolist() for g in clip(grads, v)]),
        ("4.5", leaky_back(result=lambda p, dx, dh: [list(p), dx, dh.h])),
        ("5.1", tuple(np.array(part) for part in latch())),
        ("5.1", latch(resets=-100.0)),
        ("5.2", 4.27),
        ("5.3", lambda params: list(turn("z")(params))),
        ("5.3", lambda params: [p.tolist() for p in turn("z")(params)]),
        ("5.4", lambda D, H: np.float64(lstm_count(D, H))),
        ("5.5", single(gru_before())),
    ],
)
def test_a_right_answer_may_have_another_form(key, answer):
    verdict = exercises.check(key, answer)
    assert verdict.right, verdict.message


FUNCTIONS = [key for key in RIGHT if callable(RIGHT[key])]


def does_nothing(*_): ...


def prints(*given):
    print(given)


def forgets(*given):
    len(given)


def endless(*given):
    return endless(*given)


@pytest.mark.parametrize("key", FUNCTIONS)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (does_nothing, "Not answered yet"),
        (lambda *_: ..., "Not answered yet"),
        (prints, "return hands it over"),
        (forgets, "last line begin with return"),
        (lambda: 0, "The arguments of your function must be"),
        (lambda a, b, c, d, e, f: 0, "The arguments of your function"),
        (lambda *_, more: 0, "The arguments of your function must be"),
        (endless, "calls itself without end"),
        (lambda *_: 1 / 0, "ZeroDivisionError: division by zero. It was"),
        (lambda *_: sys.exit(), "stopped with SystemExit. It was"),
        (lambda *_: nowhere, "name 'nowhere' is not defined"),  # noqa: F821
        (RIGHT, "Expected a function, got dict"),
        (np.zeros(3), "Give its name alone"),
        ("return 3", "Expected a function, got str"),
    ],
)
def test_a_function_that_is_no_answer_hears_why(key, answer, said):
    verdict = exercises.check(key, answer)
    assert not verdict.right
    assert said in verdict.message


@pytest.mark.parametrize("key", ["1.1", "1.2", "1.5", "1.6", "2.4", "3.5"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("73", "Leave out the quotation marks"),
        (1 + 2j, "The result is complex"),
        (float("nan"), "NaN or infinity"),
        ([1, None], "Not answered yet"),
        ([..., 2], "Not answered yet"),
    ],
)
def test_what_is_no_real_number_is_named(key, wrong, said):
    answer = (lambda *_: wrong) if key in FUNCTIONS else wrong
    assert said in exercises.check(key, answer).message


def test_a_wrong_function_hears_which_names_it_takes_from_outside():
    read = FOUR

    def inside(patterns):
        return read @ read

    def outside(patterns):
        return -store(FOUR) * KEEP

    message = exercises.check("1.2", outside).message
    assert message.endswith(
        "it reads FOUR, KEEP of the notebook, which is no argument."
    )
    assert "notebook" not in exercises.check("1.2", inside).message
    mistaken = exercises.check("1.2", lambda X: np.zeros((16, 16)))
    assert "notebook" not in mistaken.message


@pytest.mark.parametrize("key", RIGHT)
def test_a_check_changes_neither_the_answer_nor_the_random_numbers(key):
    answer = RIGHT[key]
    before, state = copy.deepcopy(answer), np.random.get_state()[1]  # noqa: NPY002
    first = exercises.check(key, answer)
    assert exercises.check(key, answer) == first
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    if key not in FUNCTIONS:
        same = (
            map(np.array_equal, answer, before)
            if key in ("2.5", "5.1")
            else [np.array_equal(answer, before)]
        )
        assert all(same)


@pytest.mark.parametrize(("key", "answer", "said"), HINTS)
def test_a_hint_fits_the_page_and_no_check_stumbles(key, answer, said, spoken):
    verdict = exercises.check(key, answer)
    unknown = exercises.GENERAL["unknown"][spoken]
    assert not verdict.message.startswith(unknown.split("(")[0])
    lines = repr(verdict).splitlines()
    assert max(map(len, lines)) <= {"en": 76, "ko": 44}[spoken]
    assert " ".join(lines) == verdict.message


@pytest.mark.parametrize("key", RIGHT)
@pytest.mark.parametrize(
    "answer",
    [
        *(None, ..., "x", [], {}, object(), float("inf"), max),
        *(np.zeros((2, 2, 2)), lambda *_: 1 / 0, lambda *_: "text"),
        lambda *_: object(),
    ],
)
def test_nothing_a_learner_types_raises(key, answer):
    verdict = exercises.check(key, answer)
    assert not verdict.right
    assert verdict.message


def test_an_unknown_exercise_names_the_known():
    with pytest.raises(ValueError, match=r"expected one of 1\.1, 1\.2"):
        exercises.check("7.1", 0)


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="expected one of"):
        language.set("fr")
