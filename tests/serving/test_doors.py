"""The server's doors: metrics closed unless asked for, and what a session uploads bounded."""

from types import SimpleNamespace

import anyio
import pytest
from starlette.types import Scope

from core.serving import doors
from tests import apart

MB = 2**20


def answer(door: doors.Doors, path: str, method: str = "GET", size: int | None = None) -> int:
    """The status of a request; 200 where it comes through."""
    seen: list[int] = []

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            seen.append(message["status"])

    headers = [] if size is None else [(b"content-length", str(size).encode())]
    scope: Scope = {"type": "http", "path": path, "method": method, "headers": headers}
    apart.run(door(scope, None, send))
    return seen[0] if seen else 200


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, SimpleNamespace]]:
    """What sessions hold; a file that comes through is kept."""
    kept: dict[str, dict[str, SimpleNamespace]] = {}
    instance = SimpleNamespace(_uploaded_file_mgr=SimpleNamespace(file_storage=kept))
    monkeypatch.setattr(doors, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: instance))
    monkeypatch.setenv("KERNEL_EXPLORER_UPLOAD_MB", "10")
    return kept


async def kept_by_nobody(scope, receive, send) -> None:
    """What stands behind the door."""


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/base/_stcore/metrics", "/_stcore/metrics/"])
def test_metrics_are_closed_unless_asked_for(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    door = doors.Doors(kept_by_nobody)
    monkeypatch.delenv("KERNEL_EXPLORER_METRICS", raising=False)
    assert answer(door, path) == 404 and answer(door, "/_stcore/health") == 200
    monkeypatch.setenv("KERNEL_EXPLORER_METRICS", "1")
    assert answer(door, path) == 200


def test_a_session_holds_two_files_at_most(files) -> None:
    async def keep(scope, receive, send) -> None:
        session, name = scope["path"].split("/")[-2:]
        files.setdefault(session, {})[name] = SimpleNamespace(data=bytes(10 * MB))

    door = doors.Doors(keep)
    put = "/_stcore/upload_file/"
    assert [answer(door, f"{put}one/{i}", "PUT", 10 * MB) for i in range(4)] == [200, 200, 413, 413]
    assert answer(door, f"{put}two/0", "PUT", 10 * MB) == 200, "another session has room of its own"
    del files["one"]["0"]
    assert answer(door, f"{put}one/5", "PUT", 10 * MB) == 200
    assert answer(door, f"{put}one/6", "PUT", None) == 413, "one that does not say its size counts as the largest"


def test_files_that_arrive_together_count_together(files) -> None:
    seen: list[int] = []

    async def scene() -> None:
        gate = anyio.Event()

        async def slow(scope, receive, send) -> None:
            await gate.wait()

        door = doors.Doors(slow)

        async def send(message) -> None:
            if message["type"] == "http.response.start":
                seen.append(message["status"])
                gate.set()

        async with anyio.create_task_group() as group:
            for i in range(3):
                scope = {
                    "type": "http",
                    "path": f"/_stcore/upload_file/one/{i}",
                    "method": "PUT",
                    "headers": [(b"content-length", b"%d" % (10 * MB))],
                }
                group.start_soon(door, scope, None, send)
        assert not door._arriving

    apart.run(scene())
    assert seen == [413]
