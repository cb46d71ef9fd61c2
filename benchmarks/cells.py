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
import json
import math
import statistics
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
    ("LSTM", "float32"): (1.0, 0.65, 1.4),
    ("RNN", "float64"): (2.0, 1.3, None),
    ("GRU", "float64"): (2.0, 1.3, None),
    ("LSTM", "float64"): (2.0, 1.3, None),
}
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
        "forward, ours": lambda _: scan.run(cell, params, xs),
        "forward, torch": torch_forward,
    }


def floor(kind, sizes, dtype):
    """Return what cannot be saved: products, transcendentals and calls.

    Forwards: the inputs' product at once, a product with W_hh and one tanh
    of all gates (and of c) a step. Backwards: a product with W_hh a step,
    and the products for dW at once. Into arrays made before. The other
    calls of a step are made on a single number each.
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
    one = np.ones(1, dtype)

    def run(_=0):
        x.dot(W_xh, a)
        for step in hs:
            step.dot(W_hh, z)
            np.tanh(z, z)
            if kind == "LSTM":
                np.tanh(step, dh)
            for _ in range(ahead):
                np.add(one, one, one)
            one[0] = 0
        for step in das:
            step.dot(W_T, dh)
            for _ in range(back):
                np.add(one, one, one)
            one[0] = 0
        x.T.dot(dz, dW_xh)
        h.T.dot(dz, dW_hh)

    return run


def geometric(values):
    """Return the geometric mean."""
    return math.exp(statistics.mean(math.log(v) for v in values))


# --- sections --------------------------------------------------------------


def cells_section(threads="1"):
    """Measure every cell, size and precision; return the lines."""
    rows, lines, sizes = [], [], SIZES
    rounds, precisions = ROUNDS, (np.float32, np.float64)
    if threads != "1":
        rounds, precisions = 3, (np.float32,)
    for dtype in precisions:
        for kind in CELLS:
            name = np.dtype(dtype).name
            both, forward, floors = [], [], []
            for size in sizes:
                print(kind, name, size, "...", flush=True)
                times = report.measure(contest(kind, size, dtype), rounds)
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
            if threads == "1":
                lines += verdicts(kind, name, both, forward, floors)
    head = ["cell", "T, B, D, H", "ours, ms", "torch", "plain loop"]
    return report.table(
        [*head, "over floor", "torch / floor", "torch, forward"], rows
    ), lines


def verdicts(kind, name, both, forward, floors):
    """Return one line a goal: reached or missed, and by what."""
    mean, each, alone = GOALS[kind, name]

    def line(got, want, what):
        word = "reached" if got >= want else "**missed**"
        return f"- {word}: {kind} {name}, {what}, {want}x torch: {got:.2f}"

    lines = [
        line(geometric(both), mean, "fwd+bwd, geometric mean"),
        line(min(both), each, "fwd+bwd, every size"),
    ]
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
        ours = train_ours(model, start, windows, limit, target)
        theirs = train_torch(kind, cell, start, windows, limit, target)
        off = max(
            abs(a - b)
            for a, b in zip(ours[0][:20], theirs[0][:20], strict=True)
        )
        assert off < 1e-3, f"{kind}: the loss curves part by {off:.1e}"
        rows.append(
            [
                *(kind, str(len(ours[0])), f"{ours[1]:.2f}"),
                *(f"{theirs[1]:.2f}", f"{theirs[1] / ours[1]:.2f}"),
                f"{off:.0e}",
            ]
        )
    head = ["cell", "updates", "ours, s", "torch, s", "torch / ours"]
    lines = report.table([*head, "loss curves apart"], rows)
    goals = {"RNN": 1.6, "GRU": 1.5, "LSTM": 0.95}
    for row in rows:
        got, want = float(row[4]), goals[row[0]]
        word = "reached" if got >= want else "**missed**"
        lines.append(f"\n- {word}: {row[0]}, {want}x torch: {got:.2f}")
    return lines


def train_ours(model, params, windows, limit, target):
    """Return the losses up to the target, and the CPU time."""
    memory, losses = optim.adam_start(params), []
    start = time.process_time()
    while len(losses) < limit:
        xs, targets = windows[len(losses) % len(windows)]
        loss, grads = model.loss_and_grads(params, xs, targets)
        grads = optim.clip(grads, 1.0)
        params, memory = optim.adam(params, grads, memory, lr=2e-3)
        losses.append(loss)
        if np.mean(losses[-10:]) < target:
            break
    return losses, time.process_time() - start


def train_torch(kind, cell, params, windows, limit, target):
    """Do the same in PyTorch, from the same weights."""
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
    losses, start = [], time.process_time()
    while len(losses) < limit:
        xs, targets = windows[len(losses) % len(windows)]
        x = torch.nn.functional.one_hot(torch.tensor(xs), D).float()
        ys = read(net(x)[0])
        loss = torch.nn.functional.cross_entropy(
            ys.reshape(-1, V), torch.tensor(targets).reshape(-1)
        )
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        adam.step()
        losses.append(float(loss.detach()))
        if np.mean(losses[-10:]) < target:
            break
    return losses, time.process_time() - start


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
    """Return what importing costs, over that of numpy."""
    cost = {}
    for what, line in IMPORTS.items():
        before = "" if what == "import numpy" else "import numpy; "
        code = (
            f"import time; {before}a = time.process_time(); {line}; "
            "print(time.process_time() - a)"
        )
        runs = [
            float(subprocess.check_output([sys.executable, "-c", code]))
            for _ in range(9)
        ]
        cost[what] = 1e3 * statistics.median(runs)
    four = cost["four modules"]
    word = "reached" if four <= 10 else "**missed**"
    return [
        "CPU milliseconds, all but the first on top of numpy: "
        + "; ".join(f"{what} {ms:.0f}" for what, ms in cost.items())
        + ".",
        "",
        f"- {word}: four modules at most 10 ms over numpy: {four:.1f}",
    ]


def main():
    """Measure everything; with "two N" only the table, as JSON."""
    if len(sys.argv) > 2:
        print("TABLE" + json.dumps(cells_section(THREADS)[0]))
        return
    rows, lines = cells_section()
    told = subprocess.run(
        [sys.executable, __file__, "threads", "2"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    two = json.loads(told.split("TABLE")[1])
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
            "goals under the table come from a processor with AVX2; with "
            "AVX-512 PyTorch gains more than numpy's OpenBLAS does.",
            "",
            *rows,
            "",
            *lines,
            "",
            "## Two threads for both",
            "",
            *two,
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
