"""Addresses of their own: what is stored once is found again by everyone, stays within bounds and is served as it must be."""

import base64
import gzip
import hashlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware

from core.charts.prepared import Prepared
from core.frame import page
from core.serving import seen
from tests import apart

PICTURE = b"\x89PNG\r\n\x1a\n" + np.random.default_rng(5).bytes(5_000)
TABLE = b'[{"state": 0}]' * 900


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server that has just started, and the folder that it shares with others."""
    monkeypatch.setenv("KERNEL_EXPLORER_SEEN", str(tmp_path / "seen"))
    started(monkeypatch)
    return tmp_path / "seen"


def started(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a start: nothing is remembered."""
    monkeypatch.setattr(seen, "_memory", seen._Memory())
    seen.routes()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes  # as it is sent


def ask(path: str, encoding: str = "identity") -> Answer:
    """What a browser is answered, through Streamlit's own layers."""
    app = Starlette(routes=seen.routes(), middleware=create_streamlit_middleware())
    scope = {"type": "http", "method": "GET", "path": unquote(path), "query_string": b"", "root_path": ""}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    apart.run(app({**scope, "headers": [(b"accept-encoding", encoding.encode()), (b"host", b"app")]}, receive, send))
    start, *parts = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(part["body"] for part in parts))


@pytest.mark.parametrize("below", ["/", "/base/", "/a/base/", "/mlp/"])
def test_a_picture_is_sent_for_good(serving: Path, below: str) -> None:
    address = seen.address(PICTURE, "png")
    assert address == f"seen/{hashlib.sha256(PICTURE).hexdigest()}.png"
    answer = ask(below + address)
    assert (answer.status, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not {"content-encoding", "access-control-allow-origin", "set-cookie"} & set(answer.headers)


def test_a_table_is_packed_once_and_read_by_all(serving: Path) -> None:
    address = seen.address(TABLE, "json")
    (stored,) = serving.iterdir()
    assert gzip.decompress(stored.read_bytes()) == TABLE
    answer = ask("/" + address, "gzip, br")
    assert (gzip.decompress(answer.content), answer.headers["content-encoding"], answer.headers["vary"]) == (
        TABLE,
        "gzip",
        "Accept-Encoding",
    )
    assert int(answer.headers["content-length"]) == stored.stat().st_size < len(TABLE) / 20
    assert answer.headers["content-type"] == "application/json"
    plain = ask("/" + address)
    assert plain.content == TABLE and "content-encoding" not in plain.headers


def test_nothing_but_addresses_is_found(serving: Path) -> None:
    seen.address(PICTURE, "png")
    (serving.parent / "secret.png").write_bytes(b"secret")
    (serving / "secret.png").write_bytes(b"secret")
    for name in ("secret.png", "..%2Fsecret.png", "%2e%2e/secret.png", "0" * 64 + ".png", "0" * 64 + ".txt", "..", "%00.png"):
        answer = ask(f"/seen/{name}")
        assert answer.status in (400, 404) and b"secret" not in answer.content
    answer = ask("/seen/" + "0" * 64 + ".png")
    assert answer.status == 404 and b"load the page again" in answer.content
    assert answer.headers["cache-control"] == "no-store"


def test_a_data_address_is_lifted_out_of_a_chart(serving: Path) -> None:
    inside = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    assert seen.lifted(inside) == seen.address(PICTURE, "png")
    assert seen.lifted("seen/there.png") == "seen/there.png"


def test_small_things_stay_in_the_page(serving: Path) -> None:
    assert seen.address(b"abc", "png") == "data:image/png;base64,YWJj"
    assert not serving.exists()


def test_without_a_server_the_bytes_are_in_the_address(serving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_memory", seen._Memory())
    for address in (seen.address(PICTURE, "png"), seen.built("key", lambda: PICTURE, "png")):
        head, _, data = address.partition(",")
        assert (head, base64.b64decode(data)) == ("data:image/png;base64", PICTURE)


def test_where_nothing_can_be_written_the_bytes_are_in_the_address(serving: Path) -> None:
    serving.write_text("a file where the folder should be")
    assert seen.address(PICTURE, "png").startswith("data:image/png;base64,")
    assert seen.built("key", lambda: TABLE, "json").startswith("data:application/json;base64,")
    serving.unlink()
    assert seen.built("key", lambda: TABLE, "json").startswith("seen/")


def test_what_a_key_stands_for_is_made_once(serving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    hold = threading.Event()

    def build() -> bytes:
        made.append(1)
        assert hold.wait(10)
        return PICTURE

    got: list[str] = []
    askers = [threading.Thread(target=lambda: got.append(seen.built(("kind", 1), build, "png"))) for _ in range(8)]
    for asker in askers:
        asker.start()
    hold.set()
    for asker in askers:
        asker.join()
    assert len(made) == 1 and set(got) == {seen.address(PICTURE, "png")}
    (serving / got[0].removeprefix("seen/")).unlink()  # as another process may, when there are too many
    assert seen.built(("kind", 1), build, "png") == got[0] and len(made) == 2
    started(monkeypatch)  # again: the address that a browser still shows is answered before anyone builds
    assert ask("/" + got[0]).content == PICTURE


def test_a_build_that_fails_can_be_tried_again(serving: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        seen.built("key", lambda: bytes(1 // 0), "png")
    assert seen.built("key", lambda: PICTURE, "png").startswith("seen/")


def test_the_folder_is_bounded_and_what_is_used_stays(serving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MOST", 60_000)
    first = seen.address(PICTURE, "png")
    for n in range(30):
        for path in serving.iterdir():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10_000))
        assert seen.address(PICTURE, "png") == first  # it is in use
        seen.address(bytes([n]) * 10 + PICTURE, "png")
    assert sum(path.stat().st_size for path in serving.iterdir()) <= 60_000 + 60_000 // 16 + len(PICTURE)
    assert ask("/" + first).content == PICTURE


def test_half_written_files_of_a_dead_process_go(serving: Path) -> None:
    serving.mkdir()
    (serving / ".dead").write_bytes(b"half")
    os.utime(serving / ".dead", (0, 0))
    (serving / ".alive").write_bytes(b"half")
    seen.address(PICTURE, "png")
    assert {path.name for path in serving.iterdir()} == {".alive", seen.address(PICTURE, "png").removeprefix("seen/")}


def test_a_large_value_is_told_by_the_address_of_its_json(serving: Path) -> None:
    value = [{"url": "data:,", "caption": f"ä {n}"} for n in range(200)]
    address = seen.told(value)
    assert json.loads(gzip.decompress(ask("/" + address, "gzip").content)) == value
    assert seen.told_as("key", lambda: value) == address
    assert seen.told(value[:3]) == value[:3]


def test_a_chart_names_the_address_of_a_large_table_wherever_it_reads_it(serving: Path) -> None:
    rows = pd.DataFrame({"row": np.arange(400, dtype=np.int8), "w": np.linspace(-1, 1, 400, dtype=np.float32), "name": "a"})
    rows.loc[3, "w"] = np.nan
    small = rows.head(3)
    layers = [{"data": {"name": "cells"}}, {"data": {"name": "few"}, "transform": [{"from": {"data": {"name": "cells"}}}]}]
    picture = Prepared({"layer": layers, "params": [{"name": "cells"}]}, {"cells": rows, "few": small})
    told = page._by_address(picture, picture.shown())
    address = told["layer"][0]["data"]["url"]
    assert told["layer"][1]["transform"][0]["from"]["data"] == {"url": address, "format": {"type": "json"}}
    assert told["layer"][1]["data"] == {"name": "few"} and list(told["datasets"]) == ["few"] and told["params"] == [{"name": "cells"}]
    assert layers[0] == {"data": {"name": "cells"}}  # the prepared spec stays as it is
    sent = pd.DataFrame(json.loads(ask("/" + address).content))
    assert sent["row"].tolist() == rows["row"].tolist() and sent["w"].isna().tolist() == rows["w"].isna().tolist()
    assert (sent["w"].astype(np.float32).dropna() == rows["w"].dropna()).all() and set(sent["name"]) == {"a"}
    changed = rows.assign(w=rows["w"] * 2)
    assert seen.table(changed) != seen.table(rows) == address


def test_tables_stay_in_the_message_without_a_server(serving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_memory", seen._Memory())
    rows = pd.DataFrame({"w": np.arange(4_000.0)})
    assert seen.table(rows) is rows and seen.told([1] * 9_000) == [1] * 9_000
