"""Archives in the form of MNIST's and CIFAR-10's, made here, and a local server that treats them well or badly."""

import gzip
import hashlib
import io
import pickle
import socket
import struct
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from core.data.digits import RAW_FILES


def mnist() -> tuple[dict[str, bytes], dict[str, str], dict[str, bytes]]:
    """Files to serve, MD5 of each, and the raw files within: full size, label i % 10, every pixel (7 i) % 256."""
    served, raw = {}, {}
    for name, (shape, _) in RAW_FILES.items():
        index = np.arange(shape[0])
        values = index % 10 if len(shape) == 1 else np.broadcast_to((7 * index % 256)[:, None, None], shape)
        head = struct.pack(f">{1 + len(shape)}I", 0x800 + len(shape), *shape)
        raw[name] = head + values.astype(np.uint8).tobytes()
        served[f"{name}.gz"] = gzip.compress(raw[name], 1)
    return served, {name: hashlib.md5(data).hexdigest() for name, data in served.items()}, raw


def cifar10() -> tuple[dict[str, bytes], dict[str, str]]:
    """The archive to serve, and the MD5 of it and of what it holds: label i % 10, channels (i, 1, 2) % 256."""
    files = {}
    for number in range(6):
        index = np.arange(10_000) + 10_000 * number
        pixels = np.stack([index % 256, np.full(10_000, 1), np.full(10_000, 2)], 1).astype(np.uint8)  # (10000, 3)
        batch = {"data": np.repeat(pixels, 1024, axis=1), "labels": (index % 10).tolist()}  # channel after channel
        files["test_batch" if number == 5 else f"data_batch_{number + 1}"] = pickle.dumps(batch)
    files["batches.meta"] = pickle.dumps({"label_names": [f"class {i}" for i in range(10)]})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    archive = out.getvalue()
    sums = {name: hashlib.md5(data).hexdigest() for name, data in (files | {"cifar-10-python.tar.gz": archive}).items()}
    return {"cifar-10-python.tar.gz": archive}, sums


class Server:
    """A server on a free port of this machine. `manner` is one of serve, slow, stall, truncate, change, missing, silent."""

    def __init__(self, files: dict[str, bytes], manner: str) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                data = files.get(self.path.rsplit("/", 1)[-1])
                if manner == "silent":
                    time.sleep(30)
                if manner == "missing" or data is None:
                    self.send_error(404)
                    return
                if manner == "change":
                    data = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    self._send(data)
                except (BrokenPipeError, ConnectionResetError):  # the other side left
                    return

            def _send(self, data: bytes) -> None:
                if manner in ("serve", "change"):
                    self.wfile.write(data)
                    return
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                if manner == "stall":
                    time.sleep(30)
                elif manner == "slow":
                    time.sleep(1.5)
                    self.wfile.write(data[len(data) // 2 :])

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.socket.close()


def unused_address() -> str:
    """The address of a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"
