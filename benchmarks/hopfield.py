"""Measure rnnlib's Hopfield network against other packages.

    pip install -r benchmarks/requirements.txt
    pip install --no-deps neurodynex3==1.0.4
    python benchmarks/hopfield.py

Takes about two minutes and 2 GB of memory. Everything runs in one process
with one BLAS thread. Results are checked before anything is timed. Each round
runs all contestants in a new random order; times are CPU time, the median of
the rounds, and a ratio is the median of the rounds' ratios, so that a slow
moment of the machine meets all alike. Prints a table and, if no package is
missing, writes RESULTS.md beside this file.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM"):
    os.environ[f"{name}_NUM_THREADS"] = "1"  # read when numpy is imported

import importlib
import platform
import random
import statistics
import time
from pathlib import Path

import numpy as np

from rnnlib import hopfield

ROUNDS = 7
LOAD = 0.06  # patterns per unit: memories are stable, fields are crowded
FLIPPED = 0.2  # of the memory, to make the cue
RECALL_SIZES = (1000, 2500, 5000, 10000)
STORE_SIZES = ((1000, 80), (2500, 200))
PEERS = {  # module: what to install
    "hopfieldnetwork": "-r benchmarks/requirements.txt",
    "hopfieldkit": "-r benchmarks/requirements.txt",
    "neurodynex3.hopfield_network.network": "--no-deps neurodynex3==1.0.4",
}
GOALS = [  # (job, contestant, from N on, least or most, ratio to ours)
    ("recall", "hopfieldnetwork", 2500, ">=", 8),
    ("recall", "hopfieldkit", 5000, ">=", 4),
    ("recall", "neurodynex3", 5000, ">=", 40),
    ("recall", "floor", 10000, ">=", 1 / 1.5),
    ("store", "floor", 1000, ">=", 1 / 1.3),
    ("store", "hopfieldkit", 1000, ">=", 50),
]


def load_peers():
    """Import what is installed; say how to install what is not."""
    found, missing = {}, []
    for module, install in PEERS.items():
        name = module.split(".")[0]
        try:
            found[name] = importlib.import_module(module)
        except ImportError as error:
            missing.append(f"{name} ({error}): pip install {install}")
    return found, missing


# --- recall ----------------------------------------------------------------
# A contestant takes nothing and returns the state it ended in. Each runs from
# the same cue to a fixed point, in random orders of its own.


def plain_loop(W, cue):
    rng, s, quiet = np.random.default_rng(1), cue.copy(), False
    while not quiet:
        quiet = True
        for i in rng.permutation(len(s)):
            if (W[i] @ s) * s[i] < 0:
                s[i], quiet = -s[i], False
    return s


def with_hopfieldnetwork(module, W, cue):
    net = module.HopfieldNetwork(N=1)
    net.N, net.w = len(cue), W
    cue = cue.astype(np.int8)  # the dtype it makes itself

    def run():
        net.set_initial_neurons_state(cue.copy())
        net.update_neurons(0, "async", run_max=True)
        return net.S

    return run


def with_hopfieldkit(module, W, cue):
    net = module.HopfieldNetwork(1)
    net.n_units, net.weights = len(cue), W
    return lambda: net.recall(cue, order="random", seed=1)


def with_neurodynex3(module, W, cue):
    net = module.HopfieldNetwork(1)
    net.nrOfNeurons, net.weights = len(cue), W
    net.set_dynamics_sign_async()

    def run():  # it has no stopping rule of its own
        net.set_state_from_pattern(cue)
        last = None
        while not np.array_equal(last, net.state):
            last = net.state
            net.iterate()
        return net.state

    return run


MAKE = {
    "hopfieldnetwork": with_hopfieldnetwork,
    "hopfieldkit": with_hopfieldkit,
    "neurodynex3": with_neurodynex3,
}


def recall_contest(N, peers):
    rng = np.random.default_rng(N)
    X = rng.choice([-1.0, 1.0], size=(round(LOAD * N), N))
    W = hopfield.store(X)
    single = W.astype(np.float32)
    cue = X[0].copy()
    cue[rng.choice(N, round(FLIPPED * N), replace=False)] *= -1

    def ours(weights):
        return hopfield.recall(weights, cue, np.random.default_rng(1)).state

    flips = hopfield.recall(W, cue, np.random.default_rng(1)).flips

    def floor():  # what cannot be saved: one product, then a row a flip
        h = W @ cue
        for i in flips:
            h += W[i]

    contest = {
        "ours": lambda: ours(W),
        "ours, float32": lambda: ours(single),
        "plain loop": lambda: plain_loop(W, cue),
    }
    for name, module in peers.items():
        contest[name] = MAKE[name](module, W, cue)
    for name, run in contest.items():
        state = run()
        assert (state * (W @ state) >= -1e-9).all(), f"{name}: not at rest"
        assert hopfield.overlap(X[:1], state)[0] > 0.99, f"{name}: got lost"
    assert np.array_equal(ours(W), plain_loop(W, cue)), "not the same path"
    contest["floor"] = floor
    return contest


# --- storage ---------------------------------------------------------------


def store_contest(N, P, peers):
    X = np.random.default_rng(N).choice([-1.0, 1.0], size=(P, N))
    want = X.T @ X / N
    np.fill_diagonal(want, 0)

    def hopfieldnetwork():
        net = peers["hopfieldnetwork"].HopfieldNetwork(N=N)
        net.train_pattern(X.T)
        return net.w

    def hopfieldkit():
        return peers["hopfieldkit"].HopfieldNetwork(N).fit(X).weights

    def neurodynex3():
        net = peers["neurodynex3"].HopfieldNetwork(N)
        net.store_patterns(list(X))
        return net.weights

    contest = {"ours": lambda: hopfield.store(X)}
    for run in (hopfieldnetwork, hopfieldkit, neurodynex3):
        # Three nested loops take a minute at N = 1000: measured at 100 only.
        if run.__name__ in peers and (run is not neurodynex3 or N <= 100):
            contest[run.__name__] = run
    for name, run in contest.items():
        assert np.allclose(run(), want), f"{name}: other weights"
    contest["floor"] = lambda: X.T @ X
    return contest


# --- timing ----------------------------------------------------------------


def measure(contest):
    """Return milliseconds of CPU time: {contestant: one per round}."""
    times = {name: [] for name in contest}
    shuffle = random.Random(0).shuffle
    for _ in range(ROUNDS):
        order = list(contest)
        shuffle(order)
        for name in order:
            start = time.process_time()
            contest[name]()
            once = time.process_time() - start
            more = min(20, int(0.02 / max(once, 1e-6)))  # short: a burst
            start = time.process_time()
            for _ in range(more):
                contest[name]()
            burst = time.process_time() - start
            times[name].append(1e3 * (once + burst) / (1 + more))
    return times


def ratios(times):
    """Return how many times longer than ours each contestant took."""
    return {
        name: statistics.median(
            theirs / ours
            for theirs, ours in zip(own, times["ours"], strict=True)
        )
        for name, own in times.items()
    }


# --- report ----------------------------------------------------------------

COLUMNS = [
    "plain loop",
    "hopfieldnetwork",
    "hopfieldkit",
    "neurodynex3",
    "ours, float32",
    "floor",
]


def machine():
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return (
        f"{model}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, numpy {np.__version__}"
    )


def verdicts(results):
    """Return one line a goal: reached or missed, and by what."""
    lines = []
    for job, name, least_N, _, bound in GOALS:
        got = [
            ratio[name]
            for (kind, N, _), (_, ratio) in results.items()
            if kind == job and N >= least_N and name in ratio
        ]
        if not got:
            lines.append(f"- not measured: {job} against {name}")
            continue
        reached = "reached" if min(got) >= bound else "**missed**"
        if name == "floor":
            asked = f"at most {1 / bound:.1f} times the floor"
            seen = f"{1 / min(got):.2f} at most"
        else:
            asked = f"at least {bound} times as fast as {name}"
            seen = f"{min(got):.1f} to {max(got):.1f}"
        lines.append(f"- {reached}: {job} {asked} from N = {least_N}: {seen}")
    return lines


def table(results):
    lines = [
        "| job | N | P | ours, ms | " + " | ".join(COLUMNS) + " |",
        "|---|--:|--:|--:|" + "--:|" * len(COLUMNS),
    ]
    for (job, N, P), (times, ratio) in results.items():
        cells = [
            f"{ratio[name]:.3g}" if name in ratio else "-" for name in COLUMNS
        ]
        ours = statistics.median(times["ours"])
        lines.append(
            f"| {job} | {N} | {P} | {ours:.3g} | " + " | ".join(cells) + " |"
        )
    return lines


def main():
    peers, missing = load_peers()
    for line in missing:
        print("missing:", line)
    contests = [
        ("store", N, P, lambda N=N, P=P: store_contest(N, P, peers))
        for N, P in ((100, 8), *STORE_SIZES)
    ] + [
        ("recall", N, round(LOAD * N), lambda N=N: recall_contest(N, peers))
        for N in RECALL_SIZES
    ]
    results = {}
    for job, N, P, make in contests:
        print(f"{job}, N = {N} ...", flush=True)
        times = measure(make())
        results[job, N, P] = times, ratios(times)
    versions = ", ".join(
        f"{requirement.split()[-1].replace('==', ' ')}"
        for requirement in (
            "hopfieldnetwork==1.0.1",
            "hopfieldkit==0.1.0",
            "neurodynex3==1.0.4",
        )
    )
    report = [
        "# Hopfield network: measured",
        "",
        f"Written by `python benchmarks/hopfield.py` on: {machine()}, one "
        f"BLAS thread. Packages: {versions}.",
        "",
        "The other columns are ratios to ours: above 1 is slower than ours.",
        "",
        *table(results),
        "",
        f"Recall goes one unit at a time from a memory with {FLIPPED:.0%} of "
        "its bits flipped to a fixed point, all with the same float64 "
        "weights, each package in random orders of its own; ours makes the "
        "flips of the plain loop, which is checked. The floor of recall is "
        "one product W s and one row of W for every flip; that of storage, "
        "the product of the patterns with themselves. neurodynex3 stores in "
        "three nested loops, a minute at N = 1000, and is measured at 100.",
        "",
        *verdicts(results),
        "",
    ]
    print()
    print("\n".join(report))
    if missing:
        print("RESULTS.md is left as it was: packages are missing.")
    else:
        path = Path(__file__).with_name("RESULTS.md")
        path.write_text("\n".join(report), encoding="utf-8")


if __name__ == "__main__":
    main()
