"""The lag table: how long a memory each cell and each start can learn.

One of two symbols, then `lag` others, then the question which came first.
H = 16 units, 32 sequences an update, Adam with rate 5e-3, gradients clipped
to norm 1, 600 updates. An entry is the number of sequences until the mean
loss of 20 updates is below 0.01, or None where it never is.

The whole table takes minutes. `recorded` returns it as it was measured by
``python -m rnnlib.lags``; `sequences` measures one entry anew. Book: chapter
5. Task: after Hochreiter and Schmidhuber (1997), section 5.2,
doi:10.1162/neco.1997.9.8.1735.
"""

from __future__ import annotations

import collections
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnnlib import gru, lstm, models, rnn, tasks, train

LAGS = (10, 30, 60, 100)
SEEDS = (0, 1, 2)
FILE = Path(__file__).with_name("lags.json")


class Row(NamedTuple):
    """A cell and how its weights start."""

    cell: Any
    options: dict[str, Any]
    bias: float | None = None  # of the gate that keeps, where there is one
    spread: bool = False  # biases log U(1, lag - 1), a different one a unit


ROWS = {
    "RNN": Row(rnn, {}),
    "RNN, orthogonal": Row(rnn, {"scheme": "orthogonal"}),
    "LSTM, bias 0": Row(lstm, {"forget_bias": 0.0}, 0.0),
    "LSTM, bias 1": Row(lstm, {"forget_bias": 1.0}, 1.0),
    "LSTM, bias 3": Row(lstm, {"forget_bias": 3.0}, 3.0),
    "LSTM, chrono": Row(lstm, {}, spread=True),
    "GRU, bias 0": Row(gru, {"update_bias": 0.0}, 0.0),
    "GRU, bias 3": Row(gru, {"update_bias": 3.0}, 3.0),
}


def sequences(name: str, lag: int, seed: int) -> int | None:
    """Train one network; return after how many sequences it knew, or None.

    Parameters
    ----------
    name : str
        One of `ROWS`.
    lag : int
        Steps between the symbol and the question, 3 or more.
    seed : int

    Raises
    ------
    ValueError
        If there is no such row, or the lag is below 3.
    """
    if name not in ROWS:
        raise ValueError(f"name: expected one of {list(ROWS)}, got {name!r}")
    if lag < 3:
        raise ValueError(f"lag: expected 3 or more, got {lag}")
    cell, options, _, spread = ROWS[name]
    rng = np.random.default_rng(seed)
    model = models.ManyToOne(cell, 12, 16, 2)
    params = model.init(rng, **options, **({"chrono": lag} if spread else {}))

    def batches() -> Iterator[tuple[Any, Any]]:
        while True:
            batch = tasks.first_symbol(rng, 32, lag)
            yield batch.xs, batch.targets[-1]

    last: collections.deque[float] = collections.deque(maxlen=20)
    for record in train.run(
        model.loss_and_grads, params, batches(), 600, lr=5e-3, progress=False
    ):
        last.append(record.loss)
        if len(last) == 20 and np.mean(last) < 0.01:
            return 32 * int(record.step)
    return None


def recorded() -> dict[str, dict[int, list[int | None]]]:
    """Return the table: row -> lag -> one entry for each seed."""
    table = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: {int(lag): found for lag, found in row.items()}
        for name, row in table.items()
    }


if __name__ == "__main__":
    table = {
        name: {lag: [sequences(name, lag, s) for s in SEEDS] for lag in LAGS}
        for name in ROWS
    }
    FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
