"""Write torch.npz: what PyTorch says, for machines that do not have it.

python tests/record_torch.py        (needs torch==2.13.0)
"""

from pathlib import Path

import numpy as np

RECORD = Path(__file__).with_name("torch.npz")
SIZES = {"small": (5, 3, 2, 4), "long": (40, 2, 3, 5), "single": (6, 1, 1, 3)}
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def ask_torch(kind, sizes, dtype, seed):
    """Run torch.nn.RNN, LSTM or GRU; return all it was given and said.

    The loss is sum(blame * hs) + sum(last * state_T), so that gradients of
    every weight, input and first state depend on every step.
    """
    import torch

    torch.set_num_threads(1)
    T, B, D, H = sizes
    rng = np.random.default_rng(seed)
    net = getattr(torch.nn, kind.upper())(D, H).to(getattr(torch, dtype))
    parts = 2 if kind == "lstm" else 1
    numbers = {}
    for name, p in net.named_parameters():
        numbers[name] = rng.normal(size=tuple(p.shape)) / H**0.5
    numbers["xs"] = rng.normal(size=(T, B, D))
    numbers["state"] = rng.normal(size=(parts, B, H))
    numbers["blame"] = rng.normal(size=(T, B, H))
    numbers["last"] = rng.normal(size=(parts, B, H))
    numbers = {k: v.astype(dtype) for k, v in numbers.items()}
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(torch.tensor(numbers[name]))
    xs = torch.tensor(numbers["xs"], requires_grad=True)
    state = torch.tensor(numbers["state"], requires_grad=True)
    first = tuple(s[None] for s in state)
    hs, end = net(xs, first if parts == 2 else first[0])
    end = torch.cat(end) if parts == 2 else end
    blame, last = (torch.tensor(numbers[k]) for k in ("blame", "last"))
    ((blame * hs).sum() + (last * end).sum()).backward()
    said = {"hs": hs, "end": end, "dxs": xs.grad, "dstate": state.grad}
    said |= {f"d{name}": p.grad for name, p in net.named_parameters()}
    return numbers | {k: v.detach().numpy() for k, v in said.items()}


def cases():
    """Yield a name and what to ask, one for each record."""
    for k, kind in enumerate(("rnn", "lstm", "gru")):
        for n, (size, sizes) in enumerate(SIZES.items()):
            for dtype in ("float64", "float32"):
                yield (
                    f"{kind}-{size}-{dtype}",
                    (kind, sizes, dtype, 10 * k + n),
                )


def main():
    """Ask PyTorch everything and keep it."""
    record = {
        f"{name}/{key}": array
        for name, question in cases()
        for key, array in ask_torch(*question).items()
    }
    np.savez_compressed(RECORD, **record)
    print(f"{RECORD.name}: {RECORD.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
