"""A server that speaks S3, for tests and benchmarks: moto's, in a process of its own."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.ports import free_port

NOBODY = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty bucket; this process and those that it starts find the server by their environment."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    before = dict(os.environ)
    os.environ.update(NOBODY | {"AWS_ENDPOINT_URL_S3": url})
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError("moto's server did not start") from None
                time.sleep(0.2)
        urllib.request.urlopen(urllib.request.Request(f"{url}/runs", method="PUT"), timeout=10).close()
        yield "s3://runs"
    finally:
        os.environ.clear()
        os.environ.update(before)
        process.kill()
        process.wait()
