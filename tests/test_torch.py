"""Cells against PyTorch: live where it is installed, recorded everywhere."""

import numpy as np
import pytest
from conftest import skip
from numpy.testing import assert_allclose, assert_array_equal
from record_torch import NAMES, RECORD, ask_torch, cases

from rnnlib import bptt, gru, interop, lstm, optim, rnn, scan

CELLS = {"rnn": rnn, "lstm": lstm, "gru": gru}
every_case = pytest.mark.parametrize(
    "question", [pytest.param(q, id=name) for name, q in cases()]
)
both_ways = pytest.mark.parametrize("run", [bptt, scan], ids=["bptt", "scan"])


def compare(kind, run, said):
    """Give rnnlib what PyTorch was given and compare all it said."""
    cell, dtype = CELLS[kind], said["xs"].dtype
    rtol, atol = (1e-9, 1e-11) if dtype == np.float64 else (1e-4, 1e-5)
    near = {"rtol": rtol, "atol": atol}
    params = interop.from_torch(cell, {name: said[name] for name in NAMES})
    state, last = (cell.State(*said[key]) for key in ("state", "last"))
    hs, end, tape = run.forward(cell, params, said["xs"], state)
    dparams, dxs, dstate = run.backward(
        cell, params, tape, said["blame"], last
    )
    assert hs.dtype == dxs.dtype == dtype
    assert_allclose(hs, said["hs"], **near)
    assert_allclose(end, said["end"], **near)
    assert_allclose(dxs, said["dxs"], **near)
    assert_allclose(dstate, said["dstate"], **near)
    found = interop.to_torch(cell, dparams)
    for name in NAMES:
        if name == "bias_hh_l0" and kind != "gru":
            # One bias does the work of two, so both have its gradient.
            assert_allclose(said["dbias_hh_l0"], found["bias_ih_l0"], **near)
        else:
            assert_allclose(found[name], said[f"d{name}"], **near)


@every_case
@both_ways
def test_cells_agree_with_the_recorded_pytorch(question, run):
    name = next(name for name, q in cases() if q == question)
    with np.load(RECORD) as file:
        said = {
            key.split("/")[1]: file[key]
            for key in file.files
            if key.startswith(name + "/")
        }
    compare(question[0], run, said)


@pytest.fixture
def torch():
    try:
        import torch
    except ImportError:
        skip("PyTorch beside rnnlib", "pip install torch==2.13.0")
    return torch


@both_ways
@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("seed", range(3))
def test_cells_agree_with_pytorch(torch, kind, dtype, run, seed):
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(1, 12, size=4))
    compare(kind, run, ask_torch(kind, sizes, dtype, seed))


def test_the_record_is_what_pytorch_says_today(torch):
    with np.load(RECORD) as file:
        for name, question in cases():
            for key, array in ask_torch(*question).items():
                assert_allclose(
                    file[f"{name}/{key}"], array, rtol=1e-4, atol=1e-5
                )


@pytest.mark.parametrize("kind", CELLS)
def test_pytorch_takes_our_weights_and_says_the_same(torch, kind, rng):
    cell = CELLS[kind]
    params = cell.init(rng, 3, 5)
    net = getattr(torch.nn, kind.upper())(3, 5).double()
    weights = interop.to_torch(cell, params)
    net.load_state_dict({k: torch.tensor(v) for k, v in weights.items()})
    xs = rng.normal(size=(7, 2, 3))
    want = net(torch.tensor(xs))[0].detach().numpy()
    assert_allclose(scan.run(cell, params, xs)[0], want, atol=1e-12)
    back = interop.from_torch(cell, net.state_dict())
    for a, b in zip(back, params, strict=True):
        assert_array_equal(a, b)


def test_adam_takes_pytorch_s_steps(torch, rng):
    params = {"a": rng.normal(size=3), "b": rng.normal(size=(2, 2))}
    q = [torch.nn.Parameter(torch.tensor(p)) for p in params.values()]
    theirs, memory = torch.optim.Adam(q, lr=0.01), optim.adam_start(params)
    for _ in range(20):
        grads = {k: rng.normal(size=p.shape) for k, p in params.items()}
        params, memory = optim.adam(params, grads, memory, lr=0.01)
        for p, g in zip(q, grads.values(), strict=True):
            p.grad = torch.tensor(g)
        theirs.step()
    for p, ours in zip(q, params.values(), strict=True):
        assert_allclose(p.detach().numpy(), ours, rtol=1e-12)
