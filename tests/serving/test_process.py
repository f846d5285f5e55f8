"""The server's process takes one thread for a product, and gives memory back: large blocks at once, what lies between others soon."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRIED = """
import json, resource, time
import numpy as np
from threadpoolctl import threadpool_info
from core.serving import process

def held():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

process.TRIM_SECONDS = 0.2
process.settle()
before = held()
large = [np.ones(2**20) for _ in range(8)]  # 8 MB each
full = held()
del large
at_once = held()
blocks, fence = [], []
for _ in range(64):
    blocks.append(np.ones(2**17))  # 1 MB each
    fence.append(bytearray(1_000))
taken = held() - at_once
del blocks
time.sleep(2)
said = {"large": full - before, "at once": at_once - before, "taken": taken, "left": held() - at_once}
print(json.dumps(said | {"threads": [one["num_threads"] for one in threadpool_info()]}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory a process has")
def test_one_thread_and_memory_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", TRIED], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    said = json.loads(done.stdout)
    assert said["threads"] and set(said["threads"]) == {1}
    assert said["large"] > 60 * 2**20 and said["at once"] < said["large"] / 10
    assert said["taken"] > 60 * 2**20 and said["left"] < said["taken"] / 10
