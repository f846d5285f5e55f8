"""Archives in the form of MNIST's and CIFAR-10's, made here, and a local server that treats them well or badly."""

import gzip
import hashlib
import io
import socket
import struct
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from core.data.cifar import BINARY
from core.data.digits import RAW_FILES


def mnist() -> tuple[dict[str, bytes], dict[str, str], dict[str, bytes]]:
    """Files to serve, the checksum of each, and the raw files within: full size, label i % 10, every pixel (7 i) % 256."""
    served, raw = {}, {}
    for name, (shape, _) in RAW_FILES.items():
        index = np.arange(shape[0])
        values = index % 10 if len(shape) == 1 else np.broadcast_to((7 * index % 256)[:, None, None], shape)
        head = struct.pack(f">{1 + len(shape)}I", 0x800 + len(shape), *shape)
        raw[name] = head + values.astype(np.uint8).tobytes()
        served[f"{name}.gz"] = gzip.compress(raw[name], 1)
    return served, {name: f"md5:{hashlib.md5(data).hexdigest()}" for name, data in served.items()}, raw


def cifar10(images: int = 10_000) -> tuple[dict[str, bytes], dict[str, str]]:
    """The archive to serve, with so many images in each of its six files, and its checksum: label i % 10, channels (i, 1, 2) % 256.

    The first pixel of each image is (i, 3, 4) % 256 and the last of the first row (i, 5, 6) % 256, so that order shows.
    """
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
        for number in (5, 2, 0, 1, 3, 4):  # in the archive they stand in no order either
            index = np.arange(images) + images * number
            records = np.empty((images, 3073), np.uint8)
            records[:, 0] = index % 10
            records[:, 1:1025], records[:, 1025:2049], records[:, 2049:] = (index % 256)[:, None], 1, 2
            records[:, 1025], records[:, 2049] = 3, 4
            records[:, 1025 + 31], records[:, 2049 + 31] = 5, 6
            name = "test_batch.bin" if number == 5 else f"data_batch_{number + 1}.bin"
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = records.nbytes
            tar.addfile(info, io.BytesIO(records.tobytes()))
    archive = out.getvalue()
    return {BINARY: archive}, {BINARY: f"sha256:{hashlib.sha256(archive).hexdigest()}"}


class Server:
    """A server on a free port of this machine. `manner` is one of serve, slow, stall, truncate, change, missing,
    silent, endless."""

    def __init__(self, files: dict[str, bytes], manner: str) -> None:
        self.asked: list[str] = []
        self.sent = 0  # bytes, of an endless answer
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
                if manner != "endless":
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
                while manner == "endless":
                    outer.sent += self.wfile.write(data)
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
