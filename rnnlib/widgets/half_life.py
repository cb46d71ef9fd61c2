r"""How long a forget gate holds, beside what was learned at which lag.

    f = sigmoid(b_f)                         the gate at the start        [1]
    f^k                                      left after k steps           [2]
    ln 2 / -ln f                             half-life                    [3]
    1 / (1 - f) = 1 + e^{b_f}                time constant                [4]

Book: chapter 5.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, plots
from rnnlib.widgets.base import CSS, Widget, esm

LOW, HIGH = -2.0, 6.0  # of the dial
STEPS = 120  # of the chart, at least
FLOOR = -16  # decades of its logarithmic axis
MOST = {"rows": 12, "lags": 8, "seeds": 5, "lag": 1000, "sequences": 9_999_999}
LETTERS = 60  # of a label

SUMMARY = {
    "en": "A forget gate with bias {b:g} keeps f = {f:.3g} of its cell at "
    "each step: half-life {half:.2g} steps, time constant {constant:.2g}. "
    "In the lag table {learned} of {n} entries were learned by every seed.",
    "ko": "편향이 {b:g}인 망각 게이트는 단계마다 셀 상태에 f = {f:.3g}을 "
    "곱한다. 반감기는 {half:.2g}단계, 시간 상수는 {constant:.2g}단계이다. "
    "시차 표의 {n}칸 중 {learned}칸은 모든 시드가 배웠다.",
}


class Gate(NamedTuple):
    """What a forget gate of one bias does to its cell."""

    f: float
    half_life: float
    time_constant: float


def gate(b: float) -> Gate:
    """Return f, the half-life and the time constant, in steps. [1, 3, 4]."""
    rate = math.log1p(math.exp(-b))  # -ln f, exact where f is near 1
    return Gate(1 / (1 + math.exp(-b)), math.log(2) / rate, 1 + math.exp(b))


def kept(b: float, k: float) -> float:
    """Return f^k, what is left after k steps. [2]."""
    return math.exp(-k * math.log1p(math.exp(-b)))


def verdict(solved: Sequence[int | None]) -> str:
    """Return "learned", "chance" or, where seeds differ, "mixed"."""
    count = sum(n is not None for n in solved)
    if 0 < count < len(solved):
        return "mixed"
    return "learned" if count else "chance"


class HalfLife(Widget):
    """Predict a cell of the lag table, then see how long its gate holds.

    Point at a cell: the dial goes to the bias of its row, the cursor to its
    lag. Is what the gate still holds there enough to learn from? The table
    is veiled at first; predict "learned" or "at chance" cell by cell.

    Parameters
    ----------
    table : sequence of dict
        One for each cell of the table: "model", the label of its row, a str
        or {"en": str, "ko": str}; "bias", the forget bias of the row, -2 to
        6, or None; "lag", 1 to 1000; "solved", for each seed the number of
        sequences until it was learned, or None where it stayed at chance;
        and, if the biases of the units differ, "spread": (lowest, highest)
        with "bias" None. A row has one bias; its spread may change with the
        lag. Up to 12 rows, 8 lags and 5 seeds.
    bias : float
        Where the dial b_f starts, -2 to 6.

    Attributes
    ----------
    bias, lag : float, int
        Where the reader left the dial and the cursor.
    f, half_life, time_constant : float
        Of a gate with this bias.
    cell : dict
        The picked cell, {"model": ..., "lag": ...}, or {}. Setting it moves
        the dial and the cursor.
    guesses : list of dict
        What the reader predicted, {"model", "lag", "learned"}.
    score : tuple of (int, int)
        How many were right, of how many; where some seeds learned and some
        did not, there is no point either way.
    shown : bool
        Whether the whole table is open.
    log : bool
        Whether the chart is logarithmic.
    table : list of dict
        As above; a longer one may be set while experiments run.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another type, or out of its range.
    """

    stem = "half_life"
    _esm = esm(stem)
    _css = CSS

    table = traitlets.List().tag(sync=True)
    bias = traitlets.Float(1.0).tag(sync=True)
    lag = traitlets.Int(0).tag(sync=True)
    log = traitlets.Bool(False).tag(sync=True)
    cell = traitlets.Dict().tag(sync=True)
    guesses = traitlets.List().tag(sync=True)
    shown = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, table: Sequence[dict[str, Any]], bias: float = 1.0
    ) -> None:
        cells = _cells(table)
        lags = sorted({each["lag"] for each in cells})
        super().__init__(
            table=cells,
            bias=_number("bias", bias, LOW, HIGH),
            lag=lags[len(lags) // 2],
        )
        self.observe(self._go, "cell")
        self.observe(self._drop, "table")

    @traitlets.validate("table", "bias", "lag", "cell", "guesses")  # type: ignore[untyped-decorator]
    def _fitting(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        try:
            if name == "table":
                return _cells(value)
            if name == "bias":
                return _number(name, value, LOW, HIGH)
            if name == "lag":
                return _whole(name, value, 0, MOST["lag"])
            if name == "cell":
                return self._named(name, value) if value else {}
            found = [self._named(name, each) for each in value]
            for each, guess in zip(found, value, strict=True):
                if not isinstance(guess.get("learned"), bool):
                    raise TypeError(
                        "guesses: expected learned to be True or False, got "
                        f"{guess.get('learned')!r}"
                    )
                if found.count(each) > 1:
                    raise ValueError(f"guesses: expected one for {each}")
            return value
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None

    def _named(self, name: str, value: Any) -> dict[str, Any]:
        """Return the names of a cell that is in the table."""
        if not isinstance(value, dict):
            raise TypeError(f"{name}: expected a dict, got {value!r}")
        found = {key: value.get(key) for key in ("model", "lag")}
        if self._find(found) is None:
            raise ValueError(
                f"{name}: expected model and lag of a cell of the table, "
                f"got {found}"
            )
        return found

    def _find(self, named: dict[str, Any]) -> dict[str, Any] | None:
        for each in self.table:
            if all(each[key] == named[key] for key in ("model", "lag")):
                return dict(each)
        return None

    def _go(self, _: object) -> None:
        found = self._find(self.cell) if self.cell else None
        if found:
            self.lag = found["lag"]
            if found["bias"] is not None:
                self.bias = found["bias"]

    def _drop(self, _: object) -> None:
        """Let go of what is no longer in the table."""
        self.guesses = [each for each in self.guesses if self._find(each)]
        if self.cell and not self._find(self.cell):
            self.cell = {}

    @property
    def f(self) -> float:
        """The forget gate at this bias."""
        return gate(self.bias).f

    @property
    def half_life(self) -> float:
        """Steps until half of the cell is gone."""
        return gate(self.bias).half_life

    @property
    def time_constant(self) -> float:
        """Steps until 1/e of the cell is left, nearly: 1 / (1 - f)."""
        return gate(self.bias).time_constant

    @property
    def score(self) -> tuple[int, int]:
        """How many predictions were right, of how many that count."""
        words = {True: "learned", False: "chance"}
        right = counted = 0
        for each in self.guesses:
            truth = verdict((self._find(each) or {"solved": []})["solved"])
            counted += truth != "mixed"
            right += truth == words[each["learned"]]
        return right, counted

    def draw(self, figure: Figure) -> None:
        """Draw f^k by k, and each cell where its gate would be."""
        ax: Any = figure.subplots()
        most = max(STEPS, *(each["lag"] for each in self.table))
        ks = np.arange(most + 1)
        now = gate(self.bias)
        ax.plot(ks, ks * math.log10(now.f), color=plots.BLUE)
        ax.axhline(math.log10(0.5), color=plots.MUTED, ls="--", lw=1)
        if now.half_life <= most:
            ax.axvline(now.half_life, color=plots.MUTED, ls="--", lw=1)
        ax.axvline(self.lag, color=plots.ORANGE, ls=":", lw=1)
        looks: dict[str, dict[str, Any]] = {
            "learned": {"marker": "o", "color": plots.GREEN},
            "mixed": {"marker": "o", "color": plots.GREEN, "mfc": "none"},
            "chance": {"marker": "x", "color": plots.ORANGE},
        }
        for truth, look in looks.items():
            points = [
                (each["lag"], each["lag"] * math.log10(gate(each["bias"]).f))
                for each in self.table
                if each["bias"] is not None
                and verdict(each["solved"]) == truth
            ]
            if points:
                name = {"mixed": "some seeds", "chance": "at chance"}
                label = name.get(truth, truth)
                ax.plot(*zip(*points, strict=True), ls="", **look, label=label)
        if ax.get_legend_handles_labels()[0]:
            ax.legend(fontsize=8, loc="lower left")
        ax.set(xlabel="$k$", xlim=(0, most), ylim=(FLOOR, 0.5))
        ax.set_title(
            rf"$\log_{{10}} f^k$ at $b_f = {self.bias:g}$: "
            rf"$f = {now.f:.3g}$, half-life {now.half_life:.2g}",
            size=9,
        )

    def summary(self) -> str:
        """Say how long the gate holds, and how much was learned."""
        now = gate(self.bias)
        found = [verdict(each["solved"]) for each in self.table]
        return SUMMARY[language.get()].format(
            b=self.bias,
            f=now.f,
            half=now.half_life,
            constant=now.time_constant,
            learned=found.count("learned"),
            n=len(found),
        )


def _cells(table: Any) -> list[dict[str, Any]]:
    """Return the table as JSON, labels in one language, or refuse it."""
    if isinstance(table, str | dict) or not isinstance(table, Sequence):
        raise TypeError(
            f"table: expected a list of dicts, got {type(table).__name__}"
        )
    if not table:
        raise ValueError("table: expected at least one cell, got none")
    cells = [_cell(f"table[{k}]", each) for k, each in enumerate(table)]
    biases: dict[str, tuple[float | None, bool]] = {}
    seen = set()
    for k, each in enumerate(cells):
        name, lag = each["model"], each["lag"]
        if (name, lag) in seen:
            raise ValueError(
                f"table[{k}]: expected one cell for {name!r} at lag {lag}, "
                "got a second"
            )
        seen.add((name, lag))
        own = each["bias"], "spread" in each
        if biases.setdefault(name, own) != own:
            raise ValueError(
                f"table[{k}]: expected the bias of {name!r} to be the same "
                f"at every lag, got {biases[name][0]} and {own[0]}"
            )
    for what, count in (
        ("rows", len(biases)),
        ("lags", len({each["lag"] for each in cells})),
    ):
        if count > MOST[what]:
            raise ValueError(
                f"table: expected up to {MOST[what]} {what}, got {count}"
            )
    return cells


def _cell(name: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TypeError(f"{name}: expected a dict, got {given!r}")
    keys = {"model", "bias", "lag", "solved"}
    if not keys <= given.keys() <= keys | {"spread"}:
        raise ValueError(
            f"{name}: expected the keys model, bias, lag and solved, and "
            f"spread if need be, got {list(given)}"
        )
    bias, solved = given["bias"], given["solved"]
    if not isinstance(solved, list | tuple):
        raise TypeError(f"{name}.solved: expected a list, got {solved!r}")
    if not 1 <= len(solved) <= MOST["seeds"]:
        raise ValueError(
            f"{name}.solved: expected 1 to {MOST['seeds']} seeds, "
            f"got {len(solved)}"
        )
    cell = {
        "model": _label(f"{name}.model", given["model"]),
        "bias": bias
        if bias is None
        else _number(f"{name}.bias", bias, LOW, HIGH),
        "lag": _whole(f"{name}.lag", given["lag"], 1, MOST["lag"]),
        "solved": [
            n
            if n is None
            else _whole(f"{name}.solved", n, 1, MOST["sequences"])
            for n in solved
        ],
    }
    if given.get("spread") is None:
        return cell
    spread = given["spread"]
    if bias is not None:
        raise ValueError(
            f"{name}.bias: expected None beside a spread, got {bias!r}"
        )
    if not isinstance(spread, list | tuple) or len(spread) != 2:
        raise TypeError(
            f"{name}.spread: expected (lowest, highest), got {spread!r}"
        )
    low, high = (_number(f"{name}.spread", b, LOW, HIGH) for b in spread)
    if low > high:
        raise ValueError(
            f"{name}.spread: expected the lowest first, got {spread!r}"
        )
    return {**cell, "spread": [low, high]}


def _label(name: str, given: Any) -> str:
    if isinstance(given, dict):
        if given.keys() != {"en", "ko"}:
            raise ValueError(
                f"{name}: expected the keys en and ko, got {list(given)}"
            )
        given = given[language.get()]
    if not isinstance(given, str):
        raise TypeError(f"{name}: expected a str, got {given!r}")
    if not given.strip() or len(given) > LETTERS:
        raise ValueError(
            f"{name}: expected 1 to {LETTERS} characters, got {given[:80]!r}"
        )
    return given


def _number(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(
        value, int | float | np.integer | np.floating
    ):
        raise TypeError(f"{name}: expected a number, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value}")
    return float(value)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name}: expected {low} to {high}, got {value}")
    return int(value)
