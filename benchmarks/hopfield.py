"""Measure rnnlib's Hopfield network against other packages.

    pip install -r benchmarks/requirements.txt
    pip install --no-deps neurodynex3==1.0.4
    python benchmarks/hopfield.py

Takes two to three minutes and 3 GB of memory. Everything runs in one process
with one BLAS thread. Results are checked before anything is timed. Each round
takes another cue and runs all contestants in a new random order; times are
CPU time, the median of the rounds, and a ratio is the median of the rounds'
ratios, so that a slow moment of the machine meets all alike. Prints a table
and, if no package is missing, writes RESULTS.md beside this file.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM"):
    os.environ[f"{name}_NUM_THREADS"] = "1"  # read when numpy is imported

import importlib.metadata
import statistics

import numpy as np
import report

from rnnlib import hopfield

ROUNDS = 5
STORE_LOAD = 0.08  # patterns per unit
RECALL_LOADS = (0.05, 0.08)  # the heavier, the more sweeps it takes
FLIPPED = 0.2  # of the memory, to make the cue
RECALL_SIZES = (1000, 2500, 5000, 10000)
STORE_SIZES = (100, 1000, 2500)
PEERS = {  # module: what to install
    "hopfieldnetwork": "-r benchmarks/requirements.txt",
    "hopfieldkit": "-r benchmarks/requirements.txt",
    "neurodynex3.hopfield_network.network": "--no-deps neurodynex3==1.0.4",
}
GOALS = [  # (job, contestant, from N on, its time over ours)
    ("recall, float32", "hopfieldnetwork", 2500, 8),
    ("recall, float32", "hopfieldkit", 5000, 4),
    ("recall, float32", "neurodynex3", 5000, 40),
    ("recall, float32", "floor", 10000, 1 / 1.5),
    ("store", "floor", 1000, 1 / 1.3),
    ("store", "hopfieldkit", 1000, 50),
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
# A contestant takes the number of the round and returns the state it ended
# in. All start from that round's cue and go to a fixed point of their own.


def plain_loop(W, cues):
    """Visit, listen, flip: the algorithm as a textbook prints it."""

    def run(k):
        rng, s, quiet = np.random.default_rng(k), cues[k].copy(), False
        while not quiet:
            quiet = True
            for i in rng.permutation(len(s)):
                if (W[i] @ s) * s[i] < -1e-9:
                    s[i], quiet = -s[i], False
        return s

    return run


def with_hopfieldnetwork(module, W, cues):
    """Let the package recall until its own stopping rule holds."""
    net = module.HopfieldNetwork(N=1)
    net.N, net.w = len(W), W
    cues = cues.astype(np.int8)  # the dtype it makes itself

    def run(k):
        np.random.seed(k)  # noqa: NPY002 (where it draws its order from)
        net.set_initial_neurons_state(cues[k].copy())
        net.update_neurons(0, "async", run_max=True)
        return net.S

    return run


def with_hopfieldkit(module, W, cues):
    """Let the package recall until its own stopping rule holds."""
    net = module.HopfieldNetwork(1)
    net.n_units, net.weights = len(W), W
    return lambda k: net.recall(cues[k], order="random", seed=k)


def with_neurodynex3(module, W, cues):
    """Iterate until nothing changes: the package has no stopping rule."""
    net = module.HopfieldNetwork(1)
    net.nrOfNeurons, net.weights = len(W), W
    net.set_dynamics_sign_async()

    def run(k):
        np.random.seed(k)  # noqa: NPY002 (where it draws its order from)
        net.set_state_from_pattern(cues[k])
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


def recall_contest(N, P, peers):
    """Store once, damage a memory a round, and check where all end."""
    rng = np.random.default_rng(N)
    X = rng.choice([-1.0, 1.0], size=(P, N))
    W = hopfield.store(X)
    single = W.astype(np.float32)
    cues = X[:ROUNDS].copy()
    for cue in cues:
        cue[rng.choice(N, round(FLIPPED * N), replace=False)] *= -1

    def ours(k, weights=W):
        return hopfield.recall(weights, cues[k], np.random.default_rng(k))

    flips = [ours(k).flips for k in range(ROUNDS)]

    def floor(k, weights=W):  # what cannot be saved: W s, then a row a flip
        h = weights @ cues[k].astype(weights.dtype)
        for i in flips[k]:
            h += weights[i]

    contest = {
        "ours": lambda k: ours(k).state,
        "ours, float32": lambda k: ours(k, single).state,
        "plain loop": plain_loop(W, cues),
    }
    for name, module in peers.items():
        contest[name] = MAKE[name](module, W, cues)
    for name, run in contest.items():
        state = run(0)
        assert (state * (W @ state) >= -1e-9).all(), f"{name}: not at rest"
        assert hopfield.overlap(X[:1], state)[0] > 0.99, f"{name}: got lost"
    for k in range(ROUNDS):
        same = np.array_equal(ours(k).state, contest["plain loop"](k))
        assert same, "ours does not end where the plain loop does"
    contest["floor"] = floor
    contest["floor, float32"] = lambda k: floor(k, single)
    return contest


# --- storage ---------------------------------------------------------------


def store_contest(N, P, peers):
    """Store the same patterns with all, and check the weights."""
    X = np.random.default_rng(N).choice([-1.0, 1.0], size=(P, N))
    want = X.T @ X / N
    np.fill_diagonal(want, 0)

    def hopfieldnetwork(_):
        net = peers["hopfieldnetwork"].HopfieldNetwork(N=N)
        net.train_pattern(X.T)
        return net.w

    def hopfieldkit(_):
        return peers["hopfieldkit"].HopfieldNetwork(N).fit(X).weights

    def neurodynex3(_):
        net = peers["neurodynex3"].HopfieldNetwork(N)
        net.store_patterns(list(X))
        return net.weights

    contest = {"ours": lambda _: hopfield.store(X)}
    for run in (hopfieldnetwork, hopfieldkit, neurodynex3):
        # Three nested loops take a minute at N = 1000: measured at 100 only.
        if run.__name__ in peers and (run is not neurodynex3 or N <= 100):
            contest[run.__name__] = run
    for name, run in contest.items():
        assert np.allclose(run(0), want), f"{name}: other weights"
    contest["floor"] = lambda _: X.T @ X
    return contest


# --- timing ----------------------------------------------------------------


def compare(times, suffix=""):
    """Return our milliseconds and how many times longer the others took."""
    ours = times["ours" + suffix]
    rivals = {name: times.get(name) for name in COLUMNS}
    rivals["floor"] = times["floor" + suffix]
    ratio = {
        name: statistics.median(
            theirs / own for theirs, own in zip(rival, ours, strict=True)
        )
        for name, rival in rivals.items()
        if rival
    }
    return statistics.median(ours), ratio


# --- report ----------------------------------------------------------------

COLUMNS = [
    "plain loop",
    "hopfieldnetwork",
    "hopfieldkit",
    "neurodynex3",
    "floor",
]


def verdicts(results):
    """Return one line a goal: reached or missed, and by what."""
    lines = []
    for job, name, least_N, bound in GOALS:
        got = [
            ratio[name]
            for (kind, N, _), (_, ratio) in results.items()
            if kind == job and N >= least_N and name in ratio
        ]
        if not got:
            lines.append(f"- not measured: {job}, {name}")
            continue
        reached = "reached" if min(got) >= bound else "**missed**"
        if name == "floor":
            asked = f"at most {1 / bound:.1f} times the floor"
            seen = f"{1 / min(got):.2f} at most"
        else:
            asked = f"at least {bound} times as fast as {name}"
            seen = ", ".join(f"{ratio:.1f}" for ratio in got)
        lines.append(f"- {reached}: {job}, N >= {least_N}, {asked}: {seen}")
    return lines


def table(results):
    """Return the lines of the table."""
    head = ["job", "N", "P", "ours, ms", *COLUMNS]
    return report.table(
        head,
        [
            [job, str(N), str(P), f"{ours:.3g}"]
            + [f"{ratio[k]:.3g}" if k in ratio else "-" for k in COLUMNS]
            for (job, N, P), (ours, ratio) in results.items()
        ],
    )


def main():
    """Measure everything, print the report, and keep it if complete."""
    peers, missing = load_peers()
    for line in missing:
        print("missing:", line)
    results = {}
    for N in STORE_SIZES:
        P = round(STORE_LOAD * N)
        print(f"store, N = {N} ...", flush=True)
        results["store", N, P] = compare(
            report.measure(store_contest(N, P, peers), ROUNDS)
        )
    for load in RECALL_LOADS:
        for N in RECALL_SIZES:
            P = round(load * N)
            print(f"recall, N = {N}, P = {P} ...", flush=True)
            times = report.measure(recall_contest(N, P, peers), ROUNDS)
            results["recall, float64", N, P] = compare(times)
            results["recall, float32", N, P] = compare(times, ", float32")
    results = dict(sorted(results.items()))
    lines = [
        "# Hopfield network: measured",
        "",
        "Written by `python benchmarks/hopfield.py` on "
        f"{report.machine()}, one BLAS thread. Packages: "
        + ", ".join(
            f"{name} {importlib.metadata.version(name)}" for name in peers
        )
        + ".",
        "",
        "The columns after ours are ratios to ours: 1 is as fast as ours, "
        "more is slower.",
        "",
        *table(results),
        "",
        f"Recall goes one unit at a time, from a memory with {FLIPPED:.0%} of "
        "its bits flipped to a fixed point, each package in random orders of "
        "its own, at two loads: the more patterns, the more sweeps it takes, "
        "and ours hardly pays for a sweep in which little flips. All others "
        "have float64 weights, as they make them; ours "
        "is measured with the same float64 weights and with the float32 "
        "weights that it makes of float32 patterns. Ours ends where the "
        "plain loop with the same order ends, which is checked in every "
        "round. The floor of recall is one product W s and one row of W for "
        "every flip, in the same precision; that of storage is the float64 "
        "product of the patterns with themselves. neurodynex3 stores in "
        "three nested loops, a minute at N = 1000, and is measured at 100.",
        "",
        "Goals, as the columns count:",
        "",
        *verdicts(results),
        "",
    ]
    if missing:
        print("\n".join(lines))
        print("RESULTS.md is left as it was: packages are missing.")
    else:
        report.keep("hopfield", lines)


if __name__ == "__main__":
    main()
