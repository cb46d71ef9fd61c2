"""The training loop, as a generator: whoever drives it may watch.

    for record in train.run(loss_and_grads, params, batches):
        ...                         # plot, stop, or just let it go on
    params = record.params

Book: chapters 2 to 5.
"""

import itertools
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any, NamedTuple

from rnnlib import checks, optim


class Record(NamedTuple):
    """What one step did."""

    step: int  # 1, 2, ...
    loss: float  # before the step
    grad_norm: float  # before clipping
    params: Any  # after the step


class DivergedError(ArithmeticError):
    """The loss or a gradient was NaN or infinite; `params` are from before.

    Attributes
    ----------
    params : the last parameters with a finite loss
    step : int
    """

    def __init__(self, step: int, what: str, params: Any, advice: str) -> None:
        """Say which step it was and what to try."""
        super().__init__(f"step {step}: {what}. {advice}")
        self.step, self.params = step, params


def run(
    loss_and_grads: Callable[..., tuple[float, Any]],
    params: Any,
    batches: Iterable[Any],
    steps: int | None = None,
    *,
    lr: float = 1e-3,
    optimizer: str = "adam",
    max_norm: float | None = 1.0,
    progress: bool | None = None,
) -> Iterator[Record]:
    """Train; yield a Record after every step.

    Ctrl-C, or the stop button of a notebook, ends the loop in good order
    while a step is computed: the last record holds the trained parameters.

    Parameters
    ----------
    loss_and_grads : function
        Called as loss_and_grads(params, *batch), returns the loss and a
        tree like params; for example ``model.loss_and_grads``.
    params : tree of arrays
        Where to start; left as it is.
    batches : iterable of tuples
        May be endless if steps is given.
    steps : int, optional
        Stop after so many; with None when the batches end.
    lr : float
        Learning rate.
    optimizer : {"adam", "momentum", "sgd"}
    max_norm : float or None
        Clip gradients to that length.
    progress : bool, optional
        Show a bar (needs tqdm). By default in a notebook, if tqdm is there.

    Raises
    ------
    ValueError
        If lr, steps, max_norm or optimizer is out of range, or params hold
        NaN or infinity.
    DivergedError
        If the loss or the gradient is not finite.
    """
    if not 0 < lr < math.inf:
        raise ValueError(f"lr: expected above 0, got {lr}")
    if steps is not None and steps < 1:
        raise ValueError(f"steps: expected 1 or more, got {steps}")
    if max_norm is not None and not max_norm > 0:
        raise ValueError(f"max_norm: expected above 0, got {max_norm}")
    checks.one_of("optimizer", optimizer, ("adam", "momentum", "sgd"))
    checks.finite("params", params)
    update = _update(optimizer, params, lr)
    advice = (
        f"Try a smaller lr than {lr}"
        + (", a max_norm to clip by" if max_norm is None else "")
        + ", or look for huge or missing numbers in the data."
    )
    known = len(batches) if isinstance(batches, Sized) else steps
    total = known if steps is None else min(steps, known or steps)
    bar = _bar(total, progress)
    first = itertools.islice(batches, steps)
    return _steps(loss_and_grads, params, first, update, max_norm, advice, bar)


def _steps(
    loss_and_grads: Callable[..., tuple[float, Any]],
    params: Any,
    batches: Iterator[Any],
    update: Callable[[Any, Any], Any],
    max_norm: float | None,
    advice: str,
    bar: Any,
) -> Iterator[Record]:
    try:
        for step, batch in enumerate(batches, 1):
            loss, grads = loss_and_grads(params, *batch)
            if not math.isfinite(loss):
                raise DivergedError(
                    step, f"the loss is {loss}", params, advice
                )
            length = optim.norm(grads)
            if not math.isfinite(length):
                what = "the gradient is not finite"
                raise DivergedError(step, what, params, advice)
            if max_norm is not None and length > max_norm:
                grads = optim.scale(grads, max_norm / length)
            params = update(params, grads)
            if bar is not None:
                bar.update()
                bar.set_postfix(loss=f"{loss:.4g}", refresh=False)
            yield Record(step, float(loss), length, params)
    except KeyboardInterrupt:
        print("stopped; the last record holds the trained parameters")
    finally:
        if bar is not None:
            bar.close()


def _update(name: str, params: Any, lr: float) -> Callable[[Any, Any], Any]:
    """Return f(params, grads) -> params that keeps its own memory."""
    memory: Any
    step: Any
    if name == "adam":
        memory, step = optim.adam_start(params), optim.adam
    elif name == "momentum":
        memory, step = optim.momentum_start(params), optim.momentum
    else:
        return lambda params, grads: optim.sgd(params, grads, lr)

    def update(params: Any, grads: Any) -> Any:
        nonlocal memory
        params, memory = step(params, grads, memory, lr)
        return params

    return update


def _bar(steps: int | None, progress: bool | None) -> Any:
    """Return a progress bar, or None."""
    if progress is None:
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: 0)()
        progress = hasattr(shell, "kernel")  # JupyterLab, Colab, VS Code
        if progress:
            try:
                import tqdm.auto
            except ImportError:
                progress = False
    if not progress:
        return None
    import tqdm.auto

    return tqdm.auto.tqdm(total=steps)
