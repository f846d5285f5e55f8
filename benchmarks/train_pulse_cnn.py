"""A training step of the pulse CNN against torch's own convolution, and the live preset's time to 97 %.

`python -m benchmarks.train_pulse_cnn`; all on one thread, as the app's workers train.
"""

import json
import platform
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from core.models.pulse_cnn import PulseCNN
from core.models.pulse_layers import map_sides
from core.runs.shipped.pulses import LIVE, STUDY
from core.specs import ModelSpec
from core.training.loop import train

BATCH = 100
ROUNDS = 3
ENOUGH = 0.97


def torch_network(spec: ModelSpec, channels_last: bool) -> nn.Module:
    """The same layers from torch.nn."""
    k, (c1, c2) = spec.kernel_size, spec.channels
    layers: list[nn.Module] = [nn.Conv2d(1, c1, k), nn.ReLU(), nn.Conv2d(c1, c2, k), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    widths = (c2 * map_sides(spec)[2] ** 2, *spec.sizes)
    for i, (a, b) in enumerate(zip(widths, spec.sizes, strict=False)):
        layers += [nn.Linear(a, b), nn.ReLU() if i == 0 else nn.Tanh()]
    network = nn.Sequential(*layers)
    return network.to(memory_format=torch.channels_last) if channels_last else network


def stepper(network: nn.Module, channels_last: bool = False) -> Callable[[], float]:
    """A function that makes one training step (L1, SGD) at BATCH images and returns its seconds."""
    images = (torch.rand(BATCH, 1, 100, 100, generator=torch.Generator().manual_seed(0)) < 0.05).float()
    if channels_last:
        images = images.contiguous(memory_format=torch.channels_last)
    targets = torch.eye(3)[torch.arange(BATCH) % 3]
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)

    def step() -> float:
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        nn.functional.l1_loss(network(images), targets).backward()
        optimizer.step()
        return time.perf_counter() - start

    return step


def compare(sizes: tuple[int, ...]) -> None:
    spec = ModelSpec("pulse_cnn", sizes=sizes, output="tanh", initializer="torch", channels=(5, 1), kernel_size=25, image=100)
    steps = {
        "ours": stepper(PulseCNN(spec)),
        "nn.Conv2d": stepper(torch_network(spec, False)),
        "channels_last": stepper(torch_network(spec, True), True),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS + 1):  # interleaved; the first round warms up
        for name, step in steps.items():
            times[name].append(step())
    median = {name: statistics.median(seconds[1:]) / BATCH * 1e3 for name, seconds in times.items()}
    for peer in ("nn.Conv2d", "channels_last"):
        say(
            f"pulse CNN training step, dense {'/'.join(map(str, sizes[:-1]))}, batch {BATCH}",
            median["ours"],
            "ms an image",
            f"{peer} {median[peer]:.2f} ms",
            median[peer] / median["ours"],
        )


def live() -> None:
    """Training seconds, evaluation left out, until the live preset gets 97 % of its test images right."""
    times = []
    for record in train(LIVE):
        times.append(record.seconds)
        if record.metrics["accuracy_test"] >= ENOUGH:
            break
    reached = record.metrics["accuracy_test"]
    name = f"live pulse preset to {ENOUGH:.0%} of {LIVE.data.test} test images" + ("" if reached >= ENOUGH else " (not reached)")
    say(name, sum(times), "s", "bar 10 s", 10 / sum(times))


def say(name: str, value: float, unit: str, peer: str, ratio: float) -> None:
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "peer": peer, "ratio": round(ratio, 1)}), flush=True)


def main() -> None:
    torch.set_num_threads(1)
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, torch {torch.__version__}, 1 thread")
    compare(STUDY.model.sizes)
    compare((256, 64, 3))
    live()


if __name__ == "__main__":
    main()
