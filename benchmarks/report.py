"""What the benchmarks share: the machine, interleaved timing, the report."""

import os
import platform
import random
import re
import statistics
import time
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


def machine():
    """Return processor and versions, nothing that names the computer."""
    import numpy as np

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        text = cpuinfo.read_text()
        named = re.search(r"model name\s*:\s*(.*)", text)
        model = named[1] if named else model
        wide = [w for w in ("avx512f", "avx2") if w in text]
        model += f" ({wide[0]})" if wide else ""
    return (
        f"{model}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, numpy {np.__version__}"
    )


def measure(contest, rounds, burst=0.02, clock=time.process_time):
    """Return milliseconds of CPU time: {contestant: one per round}.

    Each round takes all contestants in a new order, so that a slow moment of
    the machine meets all alike. What is short runs in bursts; a contestant
    is called with the number of the round. With several threads take
    time.perf_counter: CPU time would count a waiting thread as work.
    """
    times = {name: [] for name in contest}
    shuffle = random.Random(0).shuffle
    for k in range(rounds):
        order = list(contest)
        shuffle(order)
        for name in order:
            start = clock()
            contest[name](k)
            once = clock() - start
            more = min(50, int(burst / max(once, 1e-6)))
            start = clock()
            for _ in range(more):
                contest[name](k)
            spent = clock() - start
            # The first call of a burst pays for cold caches: left out.
            each = spent / more if more else once
            times[name].append(1e3 * each)
    return times


def ratio(times, rival, ours):
    """Return the median over the rounds of rival's time over ours."""
    pairs = zip(times[rival], times[ours], strict=True)
    return statistics.median(a / b for a, b in pairs)


def table(head, rows):
    """Return the lines of a table, the first column to the left."""
    lines = [
        "| " + " | ".join(head) + " |",
        "|---|" + "--:|" * (len(head) - 1),
    ]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def keep(name, lines):
    """Print a section and write it into RESULTS.md in place of the old."""
    text = "\n".join(lines)
    print("\n" + text, flush=True)
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    section = f"{first}\n{text}\n{last}"
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    found = re.compile(f"{re.escape(first)}.*?{re.escape(last)}", re.DOTALL)
    if found.search(old):
        new = found.sub(lambda _: section, old)
    else:
        new = (old.rstrip() + "\n\n" + section).lstrip() + "\n"
    RESULTS.write_text(new, encoding="utf-8")
