"""Drawing pulse images: ours against a matplotlib loop, interleaved in one run. `python -m benchmarks.pulses`"""

import json
import os
import platform
import statistics
import time

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from core.data import pulses
from core.specs import PulseSpec

SPEC = PulseSpec()  # 100x100, three classes
COUNT = 10_000
PEER_COUNT = 200  # the peer is timed on this many; its time is proportional
ROUNDS = 5


def matplotlib_loop(count: int, seed: int) -> np.ndarray:
    """(count, H, W) uint8: a figure a pulse, plotted without axes and read back as one bit a pixel, as one would write it by hand."""
    rng = np.random.default_rng(seed)
    x = np.arange(SPEC.size)
    images = np.zeros((count, SPEC.size, SPEC.size), np.uint8)
    for i in range(count):
        amplitude, base, centre = rng.uniform(10, 60), rng.uniform(5, 35), rng.uniform(30, 70)
        if i % 3 == 0:
            y = base + amplitude * (np.abs(x - centre) < rng.uniform(2, 20))
        elif i % 3 == 1:
            y = base + amplitude * np.exp(-((x - centre) ** 2) / (2 * rng.uniform(2, 12) ** 2))
        else:
            y = base + amplitude * (1 + np.sin(2 * np.pi * rng.uniform(2, 12.5) * x / SPEC.size)) / 2
        figure = Figure(figsize=(1, 1), dpi=SPEC.size)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.axis("off")
        axes.set(xlim=(0, SPEC.size), ylim=(0, SPEC.size))
        axes.plot(x, y, color="black", linewidth=1.44, antialiased=False)  # 2 px at 100 dpi
        canvas.draw()
        images[i] = np.asarray(canvas.buffer_rgba())[:, :, 0] < 128
    return images


def seconds(work, *arguments) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def main() -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"Python {platform.python_version()}, numpy {np.__version__}, matplotlib {matplotlib.__version__}, {machine}")
    pulses.draw(SPEC, 300, 0)
    matplotlib_loop(3, 0)
    ours, peer = [], []
    for seed in range(ROUNDS):
        ours.append(seconds(pulses.draw, SPEC, COUNT, seed))
        peer.append(seconds(matplotlib_loop, PEER_COUNT, seed) * COUNT / PEER_COUNT)
    mine, theirs = statistics.median(ours), statistics.median(peer)
    print(f"peer: {theirs:.1f} s, timed on {PEER_COUNT} images a round and scaled to {COUNT:,}; medians of {ROUNDS} interleaved rounds")
    print(
        json.dumps(
            {
                "name": "draw 10,000 pulses of 100x100",
                "value": round(mine, 3),
                "unit": "s",
                "peer": "matplotlib loop",
                "ratio": round(theirs / mine, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
