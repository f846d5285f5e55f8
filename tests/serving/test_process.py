"""The server's process takes one thread for a product, and gives large blocks of memory back."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRIED = """
import json, resource
import numpy as np
from threadpoolctl import threadpool_info
from core.serving import process

def held():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

process.settle()
before = held()
blocks = [np.ones(2**17) for _ in range(64)]  # 1 MB each
fence = [bytearray(1_000) for _ in range(64)]
full = held()
del blocks
print(json.dumps({"threads": [one["num_threads"] for one in threadpool_info()], "taken": full - before, "left": held() - before}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory a process has")
def test_one_thread_and_memory_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", TRIED], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    said = json.loads(done.stdout)
    assert said["threads"] and set(said["threads"]) == {1}
    assert said["taken"] > 60 * 2**20 and said["left"] < said["taken"] / 10
