"""Downloads from a local server that serves, stalls, cuts, changes, refuses and lacks the files."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import data_archives as archives
import numpy as np
import pytest
from data_archives import Server

from core.data import catalog, cifar, digits, download, fetch, folder
from core.data.download import Download
from core.data.fetch import Source

MNIST, MNIST_SUMS, MNIST_RAW = archives.mnist()
TOTAL = sum(map(len, MNIST.values()))


@pytest.fixture(autouse=True)
def empty_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("KERNEL_EXPLORER_MIRROR", raising=False)
    return tmp_path / "data"


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers = []

    def start(manner: str, files: dict[str, bytes] = MNIST) -> Server:
        servers.append(Server(files, manner))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def mnist_from(*addresses: str, limit: float = 60, stall: float = 1.5) -> Download:
    return Download(replace(catalog.get("mnist"), size=TOTAL), limit, Source(addresses, MNIST_SUMS, stall))


def finish(item: Download) -> download.Progress:
    item.start()
    return item.wait(90)


def left_over(place: Path) -> list[str]:
    """Everything in the data folder that is not a whole raw file in its place."""
    return [str(p.relative_to(place)) for p in place.rglob("*") if p.is_file() and p.parent != place / digits.RAW]


def test_whole_archives_become_mnist(serve, empty_data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = mnist_from(serve("serve").address)
    assert item.progress().state == download.IDLE
    end = finish(item)
    assert (end.state, end.share, end.sentence) == (download.DONE, 1.0, "")
    for name, data in MNIST_RAW.items():
        assert (empty_data_folder / digits.RAW / name).read_bytes() == data
    assert left_over(empty_data_folder) == [] and not list(empty_data_folder.glob(".*"))
    with pytest.raises(folder.MissingData, match="does not match its published MD5"):
        digits.load("test")  # ours are not MNIST, and the reader finds that out
    monkeypatch.setattr(digits, "RAW_FILES", {n: (s, hashlib.md5(MNIST_RAW[n]).hexdigest()) for n, (s, _) in digits.RAW_FILES.items()})
    images, labels = digits.load("validation")
    assert images.shape == (6_000, 28, 28) and labels[1] == 54_001 % 10 and (images[1] == 7 * 54_001 % 256).all()
    assert digits.load_any("test").source == "MNIST" and digits.trouble() == ""


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("stall", "did not answer for 1.5 seconds"),
        ("silent", "did not answer for 1.5 seconds"),
        ("truncate", "sent a file that is cut or changed (it ended early)"),
        ("change", "sent a file that is cut or changed (its checksum is wrong)"),
        ("endless", "sent a file that is cut or changed (it is too long)"),
        ("missing", "answered with error 404"),
    ],
)
def test_a_bad_server_leaves_nothing_and_says_why(serve, empty_data_folder: Path, tmp_path: Path, manner: str, why: str) -> None:
    server = serve(manner)
    with pytest.raises(fetch.FetchFailed) as failure:
        fetch.fetch("mnist", tmp_path / "scratch", empty_data_folder, TOTAL, Source((server.address,), MNIST_SUMS, 1.5))
    assert str(failure.value) == f"127.0.0.1 {why}"
    assert not empty_data_folder.exists() and not list((tmp_path / "scratch").glob("*"))
    assert server.sent < 3 * TOTAL + 10_000_000, "an endless answer is left within what the sockets hold"


def test_a_stalling_server_ends_in_a_sentence_and_the_stand_in(serve, empty_data_folder: Path) -> None:
    end = finish(mnist_from(serve("stall").address))
    assert end.state == download.FAILED
    assert end.sentence == "MNIST could not be downloaded: 127.0.0.1 did not answer for 1.5 seconds."
    assert left_over(empty_data_folder) == [] and not list((empty_data_folder / digits.RAW).glob("*"))
    assert digits.load_any("test").source == "UCI handwritten digits"
    assert digits.trouble().startswith("MNIST is not here")


def test_refused_connection_says_so_and_trying_again_works(serve, empty_data_folder: Path) -> None:
    item = mnist_from(archives.unused_address())
    assert finish(item).sentence == "MNIST could not be downloaded: 127.0.0.1 refused the connection."
    item._source = Source((serve("serve").address,), MNIST_SUMS)
    assert finish(item).state == download.DONE


def test_second_mirror_helps_where_the_first_fails(serve) -> None:
    first, second = serve("truncate"), serve("serve")
    assert finish(mnist_from(first.address, second.address)).state == download.DONE
    assert first.asked and second.asked


def test_both_mirrors_are_named_when_both_fail(serve) -> None:
    end = finish(mnist_from(serve("missing").address, archives.unused_address()))
    assert "127.0.0.1 answered with error 404; 127.0.0.1 refused the connection." in end.sentence


def test_progress_counts_bytes_and_cancel_throws_them_away(serve, empty_data_folder: Path) -> None:
    item = mnist_from(serve("slow").address, stall=5)
    began = time.monotonic()
    item.start()
    assert time.monotonic() - began < 1, "starting must not wait for the network"
    seen = [item.progress()]
    while seen[-1].bytes == 0 and seen[-1].state == download.RUNNING and time.monotonic() - began < 60:
        time.sleep(0.05)
        seen.append(item.progress())
    assert seen[0].seconds_left is None
    assert 0 < seen[-1].share < 1 and seen[-1].seconds_left is not None and seen[-1].seconds_left > 0
    item.start()  # a second press while it runs changes nothing
    item.cancel()
    end = item.wait(10)
    assert (end.state, end.sentence) == (download.CANCELLED, "The download of MNIST was cancelled.")
    assert left_over(empty_data_folder) == [] and digits.trouble()


def test_time_limit_ends_a_download(serve) -> None:
    end = finish(mnist_from(serve("silent").address, limit=1.0))
    assert end.state == download.FAILED and "took longer than" in end.sentence


def test_killed_process_is_a_failure_with_a_sentence(serve) -> None:
    item = mnist_from(serve("silent").address)
    item.start()
    assert item._process is not None
    os.kill(item._process.pid, signal.SIGKILL)
    assert item.wait(10).sentence == "MNIST could not be downloaded: its process was ended from outside."


def test_start_once_starts_once_and_not_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    item = mnist_from(archives.unused_address())
    monkeypatch.setenv("KERNEL_EXPLORER_OFFLINE", "1")
    item.start_once()
    assert item.progress().state == download.IDLE
    monkeypatch.delenv("KERNEL_EXPLORER_OFFLINE")
    item.start_once()
    assert item.wait(60).state == download.FAILED
    item.start_once()
    assert item.progress().state == download.FAILED


def test_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / "file" / "data"))
    item = mnist_from(archives.unused_address())
    item.start()
    assert item.progress().state == download.FAILED and "KERNEL_EXPLORER_DATA" in item.progress().sentence


def test_left_over_scratch_is_swept(serve, empty_data_folder: Path) -> None:
    old, young = empty_data_folder / ".download-mnist-old", empty_data_folder / ".download-mnist-young"
    for scratch in (old, young):
        scratch.mkdir(parents=True)
    os.utime(old, (1, 1))
    finish(mnist_from(archives.unused_address()))
    assert not old.exists() and young.exists()


def test_process_ends_with_its_parent(serve, empty_data_folder: Path) -> None:
    code = f"""
import os
from core.data.catalog import get
from core.data.download import Download
from core.data.fetch import Source
item = Download(get("mnist"), 60, Source(({serve("silent").address!r},), {{}}, 60))
item.start()
print(item._process.pid, flush=True)
os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=download.ROOT, timeout=60)
    stat = Path(f"/proc/{int(done.stdout)}/stat")
    if not Path("/proc").exists():
        pytest.skip("needs /proc to look at another process")
    end = time.monotonic() + 20
    while stat.exists() and stat.read_text().split()[2] != "Z" and time.monotonic() < end:
        time.sleep(0.2)
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_stall_limit_is_five_seconds_for_the_app() -> None:
    assert all(download._configured(name).stall == 5.0 for name in download.DOWNLOADS)
    assert fetch.reason("<urlopen error timed out>", "URLError", 5.0) == "did not answer for 5 seconds"


def test_mirror_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert download._configured("mnist") == Source()
    monkeypatch.setenv("KERNEL_EXPLORER_MIRROR", "http://school.example/data")
    assert download._configured("cifar10") == Source(("http://school.example/data/cifar10/",))


@pytest.mark.parametrize(
    "mirror",
    [
        "school.example/data",
        "htp://school.example",
        "http:/school.example",
        "http://",
        "http://[::1",
        "http://school.example:80a/",
        "http://school example",
        "file:///etc",
        "C:\\data",
        "doi:10.5281/zenodo.1",
    ],
)
def test_a_mistyped_mirror_is_named(mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_MIRROR", mirror)
    with pytest.raises(fetch.FetchFailed) as failure:
        fetch.fetch("mnist", tmp_path / "scratch", tmp_path / "data", TOTAL, download._configured("mnist"))
    assert repr(f"{mirror.rstrip('/')}/mnist/") in str(failure.value) and "KERNEL_EXPLORER_MIRROR" in str(failure.value)


def test_addresses_of_mirrors() -> None:
    assert [fetch.server_of(a) for a in ("http://127.0.0.1:9/mnist/", "https://school.example/x/")] == ["127.0.0.1", "school.example"]
    assert all(fetch.server_of(address) for name in ("mnist", "cifar10") for address in catalog.get(name).reader.archives().mirrors)


def cifar10_from(server: Server, sums: dict[str, str], size: int) -> Download:
    return Download(replace(catalog.get("cifar10"), size=size), 120, Source((server.address,), sums))


def test_cifar10_arrives_as_arrays_without_pickle(serve, empty_data_folder: Path) -> None:
    files, sums = archives.cifar10()
    end = finish(cifar10_from(serve("serve", files), sums, len(files[cifar.BINARY])))
    assert end.state == download.DONE, end.sentence
    assert [p.name for p in empty_data_folder.iterdir()] == [cifar.ARRAYS]
    images, labels = cifar.load("test")
    assert images.shape == (10_000, 32, 32, 3) and labels[3] == 3
    np.testing.assert_array_equal(images[5, 1, 0], [40_005 % 256, 1, 2])


def test_cifar10_with_a_wrong_sum_is_refused(serve, empty_data_folder: Path) -> None:
    files, _ = archives.cifar10(20)
    end = finish(cifar10_from(serve("serve", files), {}, len(files[cifar.BINARY])))  # the published sum
    assert end.state == download.FAILED and "checksum is wrong" in end.sentence
    assert not list(empty_data_folder.iterdir())


def test_cifar10_that_is_longer_than_the_table_says_is_refused(serve, empty_data_folder: Path) -> None:
    files, sums = archives.cifar10(20)
    end = finish(cifar10_from(serve("serve", files), sums, len(files[cifar.BINARY]) - 1))
    assert end.state == download.FAILED and "it is too long" in end.sentence
    assert not list(empty_data_folder.iterdir())


def test_the_sizes_and_sums_are_those_of_the_published_archives() -> None:
    """What pages of MNIST's and CIFAR-10's makers, torchvision and many others say."""
    assert digits.archives().sums == {
        "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
    }
    assert catalog.get("mnist").size == 9_912_422 + 28_881 + 1_648_877 + 4_542
    assert list(digits.archives().sums) == [f"{name}.gz" for name in digits.RAW_FILES]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("<urlopen error [Errno -2] Name or service not known>", "cannot be found (is there a network?)"),
        ("<urlopen error [Errno -3] Temporary failure in name resolution>", "cannot be found (is there a network?)"),
        ("[Errno 28] No space left on device", "could not be saved (the disk is full)"),
        ("[Errno 13] Permission denied: '/x'", "could not be saved (the data folder cannot be written)"),
        ("[Errno 104] Connection reset by peer", "broke the connection off"),
        ("something new", "failed (KeyError)"),
    ],
)
def test_reasons_are_words(text: str, meaning: str) -> None:
    assert fetch.reason(text, "KeyError", 5.0) == meaning
