"""An epoch of the MLP: the project's fast path against the usual ways to write the loop, interleaved in one run.

Usage: python benchmarks/train_mlp.py [--rounds 5] [--images 54000] [--threads 2]

The peers: torch's DataLoader over a TensorDataset with plain Adam, as most write it; and a loop that slices a shuffled
index and uses Adam(fused=True). All train the same network with the same batch size and learning rate; one epoch of each
in turn makes a round, and medians over the rounds are compared. Needs MNIST (KERNEL_EXPLORER_DATA); without it, random
images of the same shape, which take the same time.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.data import digits
from core.data.folder import MissingData
from core.models import dense
from core.runs.shipped import RUNS
from core.training.dense import Batches, Networks, run_steps

SPEC = RUNS["mlp-random"]
BATCH, RATE = SPEC.train.batch, SPEC.train.learning_rate


def torch_network() -> torch.nn.Sequential:
    """The same network of torch's layers, from the same start."""
    parts: list[torch.nn.Module] = []
    for kernel, bias in zip(*dense.layers_of(dense.initial(SPEC.model)), strict=True):
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data, linear.bias.data = torch.tensor(kernel.T.copy()), torch.tensor(bias)
        parts += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*parts[:-1])


def data_loader_loop(images: np.ndarray, labels: np.ndarray) -> Callable[[], None]:
    """One epoch as in most tutorials."""
    data = TensorDataset(torch.from_numpy(dense.inputs(images)), torch.from_numpy(labels).long())
    loader = DataLoader(data, batch_size=BATCH, shuffle=True)
    model, loss = torch_network(), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def epoch() -> None:
        for x, y in loader:
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()

    return epoch


def sliced_loop(images: np.ndarray, labels: np.ndarray) -> Callable[[], None]:
    """One epoch by slices of a shuffled index, with the fused optimiser."""
    x, y = torch.from_numpy(dense.inputs(images)), torch.from_numpy(labels).long()
    model = torch_network()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def epoch() -> None:
        order = torch.randperm(len(x))
        for chosen in order.split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
            optimizer.step()

    return epoch


def ours(images: np.ndarray, labels: np.ndarray, count: int) -> Callable[[], None]:
    """One epoch of `count` networks by the project's own path."""
    networks = Networks([replace(SPEC.model, seed=seed) for seed in range(count)])
    part, optimizer = Batches(images, labels, 10), networks.optimizer(SPEC.train)
    rng = np.random.default_rng(0)

    def epoch() -> None:
        with torch.inference_mode():
            run_steps(networks, optimizer, part, torch.from_numpy(rng.permutation(len(part))).split(BATCH))

    return epoch


def training_images(count: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Images, labels and what they are."""
    try:
        images, labels = digits.load("train")
        return images[:count], labels[:count], "MNIST"
    except MissingData:
        rng = np.random.default_rng(0)
        return rng.integers(0, 256, (count, 28, 28), np.uint8), rng.integers(0, 10, count, np.uint8), "random images"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=54_000)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    images, labels, what = training_images(asked.images)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{len(images):,} {what}, batch {BATCH}, {asked.threads} threads, torch {torch.__version__}, {machine}")
    loops = {
        "DataLoader loop": (data_loader_loop(images, labels), 1),
        "sliced loop, fused Adam": (sliced_loop(images, labels), 1),
        "ours, one network": (ours(images, labels, 1), 1),
        "ours, five together": (ours(images, labels, 5), 5),
    }
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(asked.rounds + 1):
        for name, (epoch, networks) in loops.items():
            start = time.perf_counter()
            epoch()
            if turn:  # the first round warms up
                seconds[name].append((time.perf_counter() - start) / networks)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    peer = "DataLoader loop"
    print(f"\n{'':26}{'s an epoch and network':>24}{'times faster':>14}{'spread of s':>18}")
    for name, median in medians.items():
        spread = f"{min(seconds[name]):.3f} - {max(seconds[name]):.3f}"
        print(f"{name:26}{median:24.3f}{medians[peer] / median:14.1f}{spread:>18}")
    print()
    for name, median in medians.items():
        line = {"name": f"train_mlp: {name}", "value": round(median, 4), "unit": "s per epoch and network"}
        print(json.dumps({**line, "peer": peer, "ratio": round(medians[peer] / median, 2)}))


if __name__ == "__main__":
    main()
