"""The load benchmark: its arithmetic, its rule of growth, and three people at the real server for five seconds."""

import gzip
import json
import math
import mmap
import os
import random
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from benchmarks.crowd import Sample, crowd
from benchmarks.figures import percentile, table
from benchmarks.load import rows_of
from benchmarks.person import Answer, Person, Trouble, value
from benchmarks.process import Held, children, cpu_seconds, held
from benchmarks.served import ROOT, Server
from benchmarks.soak import faults, growth
from benchmarks.views import MOVES, STROKE, VIEWS, View, values
from tests import apart


@pytest.mark.parametrize("share", [0.5, 0.95, 1.0])
def test_percentile_is_numpys(share: float) -> None:
    numbers = np.random.default_rng(0).random(201).tolist()
    assert percentile(numbers, share) == np.percentile(numbers, share * 100, method="inverted_cdf")


def test_percentile_of_few() -> None:
    assert percentile([3.0], 0.95) == 3.0
    assert percentile([2.0, 1.0], 0.0) == 1.0
    assert math.isnan(percentile([], 0.5))


def test_table_lines_columns_up() -> None:
    lines = ["| view |      ms |", "| ---- | ------: |", "| /mlp | 1,234.6 |", "| /    |       7 |"]
    assert table(["view", "ms"], [["/mlp", 1234.56], ["/", 7]]).splitlines() == lines


def test_rows_count_errors_and_leave_strokes_and_first_views_out_of_all() -> None:
    samples = [Sample("open", Answer(0.1, 3_000, 1_000)), Sample("open", Answer(0.3, 1_000, 0)), Sample("pick", error="no answer")]
    samples += [Sample("stroke", Answer(9.0, 10, 0)), Sample("first view", Answer(8.0, 10, 0))]
    rows = {row[0]: row[1:] for row in rows_of(samples)}
    assert list(rows) == ["first view", "open", "pick", "stroke", "all but strokes"]
    assert rows["open"] == [2, 0, pytest.approx(100), pytest.approx(300), pytest.approx(2.5)]
    assert rows["pick"][:2] == [1, 1] and math.isnan(rows["pick"][2])
    assert rows["all but strokes"][:4] == [3, 1, pytest.approx(100), pytest.approx(300)]


def test_growth_counts_from_the_settled_turn() -> None:
    assert growth([100, 300, 400, 420, 410], 3) == pytest.approx(0.05)
    assert growth([100, 300, 400, 390], 3) == 0
    assert growth([10, 20, 26], 2, slack=5) == pytest.approx(0.05)
    with pytest.raises(ValueError, match="no later"):
        growth([1, 2], 2)


def test_faults_say_what_grew() -> None:
    level = [Held(500.0 + i % 2, 20 + i % 7, 60) for i in range(15)]
    assert faults(level, 0) == []
    leak = [Held(400.0 + 10 * i, 20 + 5 * i, 60 + 5 * i) for i in range(15)]
    assert [fault.split()[0] for fault in faults(leak, 2)] == ["2", "Memory", "Threads", "File"]


def test_what_a_process_takes_is_seen_from_outside() -> None:
    pid, began, own = os.getpid(), cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() - own < 0.05:
        pass
    assert cpu_seconds(pid) - began == pytest.approx(time.process_time() - own, abs=0.02)
    before = held(pid)
    with open(os.devnull), open(os.devnull):
        assert held(pid).files == before.files + 2
    with subprocess.Popen(["sleep", "60"]) as child:
        assert child.pid in children(pid)
        child.kill()
        child.wait()
        assert child.pid not in children(pid)
    with mmap.mmap(-1, 40_000_000) as block:  # of its own: numpy may be given memory that the process has had before
        np.frombuffer(block, np.uint8)[:] = 1
        assert held(pid).memory - before.memory == pytest.approx(40, abs=8)


def test_what_has_an_address_is_fetched_once_with_what_it_names() -> None:
    picture, table = f"seen/{'a' * 64}.png", f"seen/{'b' * 64}.json"
    files = {f"/{picture}": (b"P" * 5_000, ""), f"/{table}": (gzip.compress(json.dumps([{"id": 3, "url": picture}]).encode()), "gzip")}
    asked: list[str] = []

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            content, packed = files.get(self.path, (b"", ""))
            self.send_response(200 if content else 404)
            if packed:
                self.send_header("Content-Encoding", packed)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    async def look(url: str) -> None:
        person = Person(url)
        size = await person._fetch_all({table})
        assert sum(len(content) for content, _ in files.values()) < size < 6_000
        assert value(table) == [{"id": 3, "url": picture}] and value([1]) == [1]
        assert await person._fetch_all({table, picture}) == 0
        assert await Person(url)._fetch_all({table}) == size  # somebody else's browser has none of it
        with pytest.raises(Trouble, match="404"):
            await person._fetch_all({"/media/nothing.png"})

    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        apart.run(look(f"http://127.0.0.1:{http.server_port}"))
        http.shutdown()
    assert sorted(asked) == sorted([f"/{table}", f"/{picture}"] * 2 + ["/media/nothing.png"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


def test_three_people_for_five_seconds_see_no_error(server: Server) -> None:
    few = (View(""), View("mlp"), View("digits"))
    phase = apart.run(crowd("test", server, few, 3, 5, seed=1))
    assert [sample.error for sample in phase.samples if sample.error] == []
    assert sum(sample.answer is not None for sample in phase.samples) >= 3
    assert all(sample.answer.seconds > 0 and sample.answer.sent > 1_000 for sample in phase.samples if sample.answer)
    assert phase.server > 0


def test_a_person_is_shown_what_is_asked_for_and_sees_what_goes_wrong(server: Server) -> None:
    async def look() -> None:
        person = Person(server.url)
        first = await person.open("mlp", "section=compare")
        assert {"mlp-section", "mlp-matrix-chart", "mlp-player"} <= set(person.widgets)
        again = await person.open("mlp", "section=compare")
        assert again.sent < first.sent  # what the browser keeps is not sent again
        with pytest.raises(Trouble, match="there is no 'mlp-nothing'"):
            await person.use("mlp-nothing", string_value="A")
        with pytest.raises(Trouble, match="section"):
            await person.open("mlp", "section=nonsense")
        await person.leave()
        with pytest.raises(Trouble, match="no connection"):
            await Person("http://127.0.0.1:9").open("mlp")

    apart.run(look())


ACTED = (  # a view, and what somebody does there
    (View("digits"), "section", "digits-section"),
    (View("mlp"), "layer or model", "mlp-layer"),
    (View("mlp", "layer=5"), "pick", "mlp-matrix-chart"),
    (View("digits"), "pick", "digits-layers"),
    (View("cnn", "section=convolution"), "pick", "cnn-maps"),
    (View("digits"), "rest", "digits-epoch"),
    (View("templates"), "rest", "templates-player"),
)


def test_what_people_do_takes_effect(server: Server) -> None:
    def addresses(person: Person) -> set[tuple[str, str]]:
        parts = [json.loads(widget.element.json) for key, widget in person.widgets.items() if key.startswith("address")]
        return {(part["page"], part["search"]) for part in parts}

    async def act(view: View, kind: str, key: str) -> None:
        person = Person(server.url)
        await person.open(view.page, view.search)
        before = addresses(person)
        assert {page for page, _ in before} == {view.page}
        for seed in range(3):  # the first may choose what stands there
            for said in values(kind, person.widgets[key], random.Random(seed)):
                await person.use(key, **said)
            assert {page for page, _ in addresses(person)} == {view.page}
            if addresses(person) - before:
                break
        else:
            pytest.fail(f"{key} does nothing: {before}")
        await person.leave()

    async def draw() -> None:
        person = Person(server.url)
        await person.open("digits")
        for said in values(STROKE, person.widgets["digits-pad"], random.Random(0)):
            await person.use("digits-pad", **said)
        pad = json.loads(person.widgets["digits-pad"].element.json)
        assert len(pad["strokes"]) == 1 and len(pad["strokes"][0]["points"]) == 2 + 2 * MOVES
        await person.leave()

    for each in ACTED:
        apart.run(act(*each))
    apart.run(draw())


def test_a_server_ends_with_the_benchmark_that_is_asked_to_end() -> None:
    held = (
        "import time; from benchmarks.served import running\n"
        "with running('benchmarks/floor_page.py') as server: print(server.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", held], cwd=ROOT, stdout=subprocess.PIPE, text=True) as benchmark:
        assert benchmark.stdout is not None
        pid = int(benchmark.stdout.readline())
        os.kill(pid, 0)  # it runs
        benchmark.terminate()
        benchmark.wait(20)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_views_of_the_benchmark_are_told_apart() -> None:
    assert len(set(map(str, VIEWS))) == len(VIEWS)
    assert str(View("mlp", "layer=1")) == "/mlp?layer=1" and str(View("")) == "/"
