"""Measure the cells against PyTorch, a plain loop, and the floor.

    pip install -r benchmarks/requirements.txt
    python benchmarks/cells.py

About ten minutes. One process, one thread for all (then a short section with
two). Results are checked against PyTorch before anything is timed; a ratio
is the median over rounds in random order. Prints tables, and writes them
into RESULTS.md.
"""

import os
import subprocess
import sys

THREADS = sys.argv[2] if len(sys.argv) > 2 else "1"
for name in ("OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM"):
    os.environ[f"{name}_NUM_THREADS"] = THREADS  # read at the import below

import argparse
import inspect
import itertools
import json
import math
import statistics
import tempfile
import time

import numpy as np
import report
import torch

from rnnlib import (
    bptt,
    gru,
    interop,
    lstm,
    models,
    optim,
    rnn,
    scan,
    tasks,
    tree,
)

torch.set_num_threads(int(THREADS))
CELLS = {"RNN": rnn, "GRU": gru, "LSTM": lstm}
SIZES = [
    (25, 1, 64, 64),
    (50, 16, 32, 64),
    (100, 32, 64, 128),
    (200, 32, 128, 256),
    (1000, 8, 16, 64),
    (35, 20, 650, 650),
]
ROUNDS = 7
# Goals of fwd+bwd against PyTorch: (geometric mean, each, at B=1)
GOALS = {
    ("RNN", "float32"): (3.5, 1.5, 10),
    ("GRU", "float32"): (3.0, 1.2, 10),
    ("LSTM", "float32"): (1.0, 0.8, 1.4),
    ("RNN", "float64"): (2.0, 1.3, None),
    ("GRU", "float64"): (2.0, 1.3, None),
    ("LSTM", "float64"): (2.0, 1.3, None),
}
EXCEPT = {("LSTM", "float32"): {(1000, 8, 16, 64): 0.65}}  # of each
FORWARD_GOALS = {"RNN": 1.7, "GRU": 1.4, "LSTM": 0.8}


# --- contestants -----------------------------------------------------------


def contest(kind, sizes, dtype):
    """Return the contestants, checked; keys start with both or forward."""
    cell, (T, B, D, H) = CELLS[kind], sizes
    rng = np.random.default_rng(0)
    params = tree.cast(cell.init(rng, D, H), dtype)
    xs = rng.normal(size=(T, B, D)).astype(dtype)
    dhs = rng.normal(size=(T, B, H)).astype(dtype)
    net = getattr(torch.nn, kind)(D, H).to(torch.from_numpy(xs).dtype)
    weights = interop.to_torch(cell, params)
    net.load_state_dict({k: torch.tensor(v) for k, v in weights.items()})
    x, blame = torch.tensor(xs), torch.tensor(dhs)

    def torch_both(_=0):
        net.zero_grad()
        net(x)[0].backward(blame)

    def torch_forward(_=0):
        with torch.no_grad():
            return net(x)[0]

    def ours(_=0):
        _, _, tape = scan.forward(cell, params, xs)
        return scan.backward(cell, params, tape, dhs, inputs=False)[0]

    def plain(_=0):
        _, _, tape = bptt.forward(cell, params, xs)
        return bptt.backward(cell, params, tape, dhs)[0]

    torch_both()
    near = 2e-3 if dtype == np.float32 else 1e-9
    found = interop.to_torch(cell, ours())
    for name, p in net.named_parameters():
        if not (name.startswith("bias_hh") and kind != "GRU"):
            want = p.grad.numpy()
            off = np.abs(found[name] - want).max() / np.abs(want).max()
            assert off < near, f"{kind} {sizes} {name}: off by {off:.1e}"
    off = np.abs(scan.run(cell, params, xs)[0] - torch_forward().numpy())
    assert off.max() < near
    return {
        "both, ours": ours,
        "both, torch": torch_both,
        "both, plain": plain,
        "both, floor": floor(kind, sizes, dtype),
        "both, product": one_product(kind, sizes, dtype),
        "forward, ours": lambda _: scan.run(cell, params, xs),
        "forward, torch": torch_forward,
    }


def floor(kind, sizes, dtype):
    """Return what cannot be saved: products, transcendentals and calls.

    Forwards: the inputs' product at once, a product with W_hh and one tanh
    of all gates (and of c) a step. Backwards: a product with W_hh a step,
    and the products for dW at once. Into arrays made before. The other
    calls of a step are made on 16 numbers each.
    """
    T, B, D, H = sizes
    k = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    rng = np.random.default_rng(0)

    def random(*shape):
        return rng.normal(size=shape).astype(dtype) / H**0.5

    W_xh, W_hh, W_T = random(D, k * H), random(H, k * H), random(k * H, H)
    x, h, dz = random(T * B, D), random(T * B, H), random(T * B, k * H)
    a = np.empty((T * B, k * H), dtype)
    dW_xh, dW_hh = np.empty((D, k * H), dtype), np.empty((H, k * H), dtype)
    hs, das = h.reshape(T, B, H), dz.reshape(T, B, k * H)
    z, dh = np.empty((B, k * H), dtype), np.empty((B, H), dtype)
    ahead, back = {"RNN": (1, 2), "GRU": (9, 3), "LSTM": (6, 5)}[kind]
    call, (u, v, w) = np.multiply, np.ones((3, 16), dtype)

    def run(_=0):
        x.dot(W_xh, a)
        for step in hs:
            step.dot(W_hh, z)
            np.tanh(z, z)
            if kind == "LSTM":
                np.tanh(step, dh)
            for _ in range(ahead):
                call(u, v, w)
        for step in das:
            step.dot(W_T, dh)
            for _ in range(back):
                call(u, v, w)
        x.T.dot(dz, dW_xh)
        h.T.dot(dz, dW_hh)

    return run


def one_product(kind, sizes, dtype):
    """Return a single matrix product of as many multiplications."""
    T, B, D, H = sizes
    k = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    many = 2 * (D + H) + H  # forwards and dW: D + H each; dh: H
    rng = np.random.default_rng(0)
    left = rng.normal(size=(T * B, many)).astype(dtype)
    right = rng.normal(size=(many, k * H)).astype(dtype)
    out = np.empty((T * B, k * H), dtype)
    return lambda _=0: left.dot(right, out)


def geometric(values):
    """Return the geometric mean."""
    return math.exp(statistics.mean(math.log(v) for v in values))


# --- sections --------------------------------------------------------------


def cells_section():
    """Measure every cell, size and precision; return the lines."""
    rows, lines = [], []
    for dtype in (np.float32, np.float64):
        for kind in CELLS:
            name = np.dtype(dtype).name
            both, forward, floors = [], [], []
            for size in SIZES:
                print(kind, name, size, "...", flush=True)
                runs = contest(kind, size, dtype)
                times = report.measure(runs, ROUNDS)
                both.append(report.ratio(times, "both, torch", "both, ours"))
                plain = report.ratio(times, "both, plain", "both, ours")
                over = report.ratio(times, "both, torch", "both, floor")
                floors.append(report.ratio(times, "both, ours", "both, floor"))
                forward.append(
                    report.ratio(times, "forward, torch", "forward, ours")
                )
                ms = statistics.median(times["both, ours"])
                rows.append(
                    [
                        *(f"{kind} {name}", str(size), f"{ms:.3g}"),
                        *(f"{both[-1]:.2f}", f"{plain:.1f}"),
                        *(f"{floors[-1]:.2f}", f"{over:.2f}"),
                        f"{forward[-1]:.2f}",
                    ]
                )
                if (kind, name, size) == ("LSTM", "float32", SIZES[-1]):
                    pair = "both, ours", "both, product"
                    big = report.ratio(times, *pair), both[-1]
            lines += verdicts(kind, name, both, forward, floors)
    word = "reached" if big[0] <= 1.3 and big[1] > 1 else "**missed**"
    lines.append(
        f"- {word}: LSTM float32, {SIZES[-1]}, at most 1.3x one product of "
        f"as many multiplications, and faster than torch: {big[0]:.2f}; "
        f"{big[1]:.2f}x torch"
    )
    head = ["cell", "T, B, D, H", "ours, ms", "torch", "plain loop"]
    return report.table(
        [*head, "over floor", "torch / floor", "torch, forward"], rows
    ), lines


def alone(who):
    """Return median milliseconds on the clock of one contestant by itself.

    With several threads CPU time would count a waiting thread as work, and
    two libraries in one process would wait for each other's threads.
    """
    found = {}
    for kind in CELLS:
        for size in SIZES:
            runs = contest(kind, size, np.float32)
            runs = {k: runs[f"{k}, {who}"] for k in ("both", "forward")}
            times = report.measure(runs, 5, clock=time.perf_counter)
            found[f"{kind} float32 {size}"] = [
                statistics.median(times[k]) for k in ("both", "forward")
            ]
    return found


def threads_section():
    """Measure with two threads, each contestant in a process of its own."""
    found = {}
    for who in ("ours", "torch"):
        print("two threads,", who, "...", flush=True)
        told = subprocess.check_output(
            [sys.executable, __file__, who, "2"], text=True
        )
        found[who] = json.loads(told)
    rows = [
        [
            *(case, f"{both:.3g}", f"{found['torch'][case][0] / both:.2f}"),
            f"{found['torch'][case][1] / forward:.2f}",
        ]
        for case, (both, forward) in found["ours"].items()
    ]
    head = ["cell, T, B, D, H", "ours, ms", "torch", "torch, forward"]
    return report.table(head, rows)


def verdicts(kind, name, both, forward, floors):
    """Return one line a goal: reached or missed, and by what."""
    mean, each, alone = GOALS[kind, name]

    def line(got, want, what):
        word = "reached" if got >= want else "**missed**"
        return f"- {word}: {kind} {name}, {what}, {want}x torch: {got:.2f}"

    lines = [line(geometric(both), mean, "fwd+bwd, geometric mean")]
    below = EXCEPT.get((kind, name), {})
    rest = [r for r, s in zip(both, SIZES, strict=True) if s not in below]
    lines.append(line(min(rest), each, "fwd+bwd, every size"))
    for size, bound in below.items():
        got = both[SIZES.index(size)]
        lines[-1] += f" (without {size})"
        lines.append(line(got, bound, f"fwd+bwd, {size}"))
    if alone:
        lines.append(line(both[0], alone, "fwd+bwd, one sequence of 25"))
    if name == "float32":
        goal = FORWARD_GOALS[kind]
        lines.append(line(geometric(forward), goal, "forward, mean"))
    word = "reached" if max(floors) <= 1.4 else "**missed**"
    return [
        *lines,
        f"- {word}: {kind} {name}, at most 1.4x the floor at every size: "
        + ", ".join(f"{value:.2f}" for value in floors),
    ]


def training_section():
    """Train a character model to a loss in both, from the same weights."""
    text = inspect.getsource(argparse)[:100_000]
    vocabulary = sorted(set(text))
    codes = np.array([vocabulary.index(c) for c in text])
    T, B, H, V = 50, 32, 128, len(vocabulary)
    rows, target, limit = [], 2.0, 400
    width = len(codes) // B
    streams = codes[: width * B].reshape(B, width).T
    windows = [
        (streams[t : t + T], streams[t + 1 : t + T + 1])
        for t in range(0, width - T - 1, T)
    ]
    for kind, cell in CELLS.items():
        print("training", kind, "...", flush=True)
        model = models.ManyToMany(cell, V, H, V)
        start = tree.cast(model.init(np.random.default_rng(0)), np.float32)
        (ours, theirs), spent = in_turns(
            train_ours(model, start, windows),
            train_torch(kind, cell, start, windows),
            target,
            limit,
        )
        off = max(
            abs(a - b) for a, b in zip(ours[:20], theirs[:20], strict=True)
        )
        assert off < 1e-5, f"{kind}: the loss curves part by {off:.1e}"
        rows.append(
            [
                *(kind, str(len(ours)), str(len(theirs))),
                *(f"{spent[0]:.2f}", f"{spent[1]:.2f}"),
                f"{spent[1] / spent[0]:.2f}",
                f"{off:.0e}",
            ]
        )
    head = ["cell", "updates", "torch's", "ours, s", "torch, s"]
    head += ["torch / ours", "first 20 losses apart"]
    lines = [*report.table(head, rows), ""]
    goals = {"RNN": 1.6, "GRU": 1.5, "LSTM": 0.95}
    for row in rows:
        got, want = float(row[5]), goals[row[0]]
        word = "reached" if got >= want else "**missed**"
        lines.append(f"- {word}: {row[0]}, {want}x torch: {got:.2f}")
    return lines


def in_turns(one, other, target, limit):
    """Let both learn, an update each, up to the target of their own.

    Return the losses of each, and the CPU time of each. The first to go
    changes, so that a slow moment of the machine meets both alike.
    """
    runs, losses, spent = [one, other], [[], []], [0.0, 0.0]
    left = {0, 1}
    for k in range(limit):
        for i in sorted(left, reverse=bool(k % 2)):
            start = time.process_time()
            losses[i].append(next(runs[i]))
            spent[i] += time.process_time() - start
            if k >= 20 and np.mean(losses[i][-10:]) < target:
                left.remove(i)
    assert not left, f"no {target} nats within {limit} updates"
    return losses, spent


def train_ours(model, params, windows):
    """Yield the loss of every update."""
    memory = optim.adam_start(params)
    for xs, targets in itertools.cycle(windows):
        loss, grads = model.loss_and_grads(params, xs, targets)
        grads = optim.clip(grads, 1.0)
        params, memory = optim.adam(params, grads, memory, lr=2e-3)
        yield loss


def train_torch(kind, cell, params, windows):
    """Return the same in PyTorch; what it takes to set up is not timed."""
    D, V = params.readout.W_hy.shape[1], params.readout.W_hy.shape[1]
    H = len(params.readout.W_hy)
    net = getattr(torch.nn, kind)(D, H)
    weights = interop.to_torch(cell, params.cell)
    net.load_state_dict({k: torch.tensor(v) for k, v in weights.items()})
    read = torch.nn.Linear(H, V)
    with torch.no_grad():
        read.weight.copy_(torch.tensor(params.readout.W_hy.T.copy()))
        read.bias.copy_(torch.tensor(params.readout.b_y))
    if kind != "GRU":
        net.bias_hh_l0.requires_grad_(False)  # one bias, as ours
    learned = [
        p for p in (*net.parameters(), *read.parameters()) if p.requires_grad
    ]
    adam = torch.optim.Adam(learned, lr=2e-3, fused=True)

    def run():
        for xs, targets in itertools.cycle(windows):
            x = torch.nn.functional.one_hot(torch.tensor(xs), D).float()
            ys = read(net(x)[0])
            loss = torch.nn.functional.cross_entropy(
                ys.reshape(-1, V), torch.tensor(targets).reshape(-1)
            )
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            adam.step()
            yield float(loss.detach())

    return run()


def tasks_section():
    """Time the tasks of the book to their goals: ours alone."""
    rows = []
    for kind, cell in CELLS.items():
        if kind == "RNN":
            continue  # never gets there, which chapter 5 shows
        rng = np.random.default_rng(0)
        model = models.ManyToMany(cell, 2, 32, 1)
        params = model.init(rng)
        memory, losses = optim.adam_start(params), []
        start = time.process_time()
        while len(losses) < 3000:
            batch = tasks.adding(rng, 32, 100)
            loss, grads = model.loss_and_grads(params, *batch)
            params, memory = optim.adam(
                params, optim.clip(grads, 1.0), memory, lr=1e-2
            )
            losses.append(loss)
            if len(losses) > 20 and np.mean(losses[-20:]) < 0.01:
                break
        spent = time.process_time() - start
        rows.append(
            [f"adding, T = 100, {kind}", str(len(losses)), f"{spent:.1f}"]
        )
    return report.table(["task", "updates", "ours, s"], rows)


IMPORTS = {
    "import numpy": "import numpy",
    "four modules": "from rnnlib import rnn, lstm, gru, bptt",
    "all of rnnlib": "from rnnlib import rnn, lstm, gru, bptt, scan, hopfield,"
    " readout, optim, train, gradients, interop, models, tasks, exercises",
    "import torch": "import torch",
}


def import_section():
    """Return what importing costs, over that of numpy.

    Compiled modules are kept, as Python does unless told otherwise, and
    the first round, which compiles them, does not count.
    """
    cost = {what: [] for what in IMPORTS}
    with tempfile.TemporaryDirectory() as kept:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": kept}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(11):
            for what, line in IMPORTS.items():
                before = "" if what == "import numpy" else "import numpy; "
                code = (
                    f"import time; {before}a = time.process_time(); {line}; "
                    "print(time.process_time() - a)"
                )
                told = subprocess.check_output(
                    [sys.executable, "-c", code], env=environment
                )
                cost[what].append(1e3 * float(told))
    cost = {what: statistics.median(ms[1:]) for what, ms in cost.items()}
    ours = cost["all of rnnlib"]
    word = "reached" if ours <= 10 else "**missed**"
    return [
        "CPU milliseconds, all but the first on top of numpy: "
        + "; ".join(f"{what} {ms:.1f}" for what, ms in cost.items())
        + ".",
        "",
        f"- {word}: all of rnnlib at most 10 ms over numpy: {ours:.1f}",
    ]


def main():
    """Measure everything; with "ours 2" one contestant, as JSON."""
    if len(sys.argv) > 2:
        print(json.dumps(alone(sys.argv[1])))
        return
    rows, lines = cells_section()
    report.keep(
        "cells",
        [
            "# Cells: measured",
            "",
            f"Written by `python benchmarks/cells.py` on {report.machine()}"
            f", torch {torch.__version__}, one thread each.",
            "",
            "Forward and backward to all weights. The columns "
            "after ours are how many times longer the others take: above 1 "
            "is slower than ours. The floor is numpy's own: the bare matrix "
            "products, one tanh of all gates and empty calls for the rest; "
            "the next column says how many times longer than the floor ours "
            "takes, and the one after how many times longer PyTorch takes: "
            "where that is below 1, nothing in numpy can be as fast. The "
            "last column is forward only, PyTorch without gradients. The "
            "goals under the table were set on another processor (AVX2).",
            "",
            *rows,
            "",
            *lines,
            "",
            "## Two threads for both",
            "",
            "Milliseconds on the clock, each in a process of its own, one "
            "after the other; on two cores that have nothing else to do.",
            "",
            *threads_section(),
            "",
            "## A character model, H = 128, T = 50, B = 32, to 2.0 nats",
            "",
            *training_section(),
            "",
            "## Tasks to their goals",
            "",
            *tasks_section(),
            "",
            "## Import",
            "",
            *import_section(),
        ],
    )


if __name__ == "__main__":
    main()
