"""A filter switched off on all test digits: what the page does, against the whole network computed anew by torch, in turns."""

import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
SHARED = ROOT.parent / "shared" / "data"
if SHARED.is_dir():
    os.environ.setdefault("KERNEL_EXPLORER_DATA", str(SHARED))
TURNS = 5


def main() -> None:
    import torch

    from core.analysis.digit_survey import survey, switch_off
    from core.data import digits
    from core.models.counts import accuracy
    from core.models.digit_cnn import CHUNK, DigitCNN, load_weights
    from core.runs import shipped, store

    torch.set_num_threads(1)
    run = store.load(shipped.RUNS["digit-cnn"].key)
    weights, found = run.state(-1), digits.load_any("test")
    began = time.perf_counter()
    kept = survey(run.spec.model, weights, found.images, found.labels.astype(np.int64))
    first = time.perf_counter() - began
    ours: dict[str, list[float]] = {"conv1": [], "conv2": []}
    whole: dict[str, list[float]] = {"conv1": [], "conv2": []}
    for turn in range(TURNS):
        for layer in ours:
            began = time.perf_counter()
            cut = switch_off(kept, int(layer.removeprefix("conv")), turn)
            ours[layer].append(time.perf_counter() - began)
            silent = {name: array.copy() for name, array in weights.items()}
            silent[f"{layer}.kernel"][turn] = 0
            silent[f"{layer}.bias"][turn] = 0
            began = time.perf_counter()
            with torch.no_grad():
                network = load_weights(DigitCNN(run.spec.model), silent)
                pixels = torch.from_numpy(found.images).unsqueeze(1)  # (N, 1, 28, 28)
                guess = torch.cat([network(chunk.float().div_(255)).argmax(1) for chunk in pixels.split(CHUNK)]).numpy()
            whole[layer].append(time.perf_counter() - began)
            assert abs(float((guess == found.labels).mean()) - accuracy(cut)) < 5e-4
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {len(found.labels):,} images", file=sys.stderr)
    rows = [
        {"name": "digits: one pass over the test digits, once a state", "value": round(first, 3), "unit": "s", "peer": None, "ratio": None}
    ]
    for layer, times in ours.items():
        value, peer = statistics.median(times), statistics.median(whole[layer])
        rows.append(
            {
                "name": f"digits: a filter of {layer} switched off (peer: the whole network anew, torch, one thread)",
                "value": round(value, 4),
                "unit": "s",
                "peer": round(peer, 4),
                "ratio": round(peer / value, 1),
            }
        )
    for row in rows:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
