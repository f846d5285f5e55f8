"""An answer names only messages that its browser has used lately, by a model of the browser's own store."""

import random

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.serving import known
from tests import apart

AGE = 12  # of .streamlit/config.toml


class Store:
    """What a browser does with messages: it keeps one until more than AGE runs have ended since it was last used."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.ended = 0

    def take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            self.ended += 1
            self.last = {name: last for name, last in self.last.items() if self.ended - last <= AGE}
        elif kind == "ref_hash":
            assert message.ref_hash in self.last, "Cached ForwardMsg MISS"
            self.last[message.ref_hash] = self.ended
        else:
            self.last[message.hash] = self.ended


def large(name: str, size: int = 3_000) -> ForwardMsg:
    message = ForwardMsg(hash=name)
    message.metadata.cacheable = True
    message.delta.new_element.text.body = "x" * size
    return message


def named(name: str) -> ForwardMsg:
    return ForwardMsg(ref_hash=name)


def finished() -> ForwardMsg:
    message = ForwardMsg(hash="f" * 32)
    message.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return message


def request(*names: str) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "epoch=3"
    message.rerun_script.cached_message_hashes.extend(names)
    return message.SerializeToString()


def told(content: bytes) -> list[str]:
    return list(BackMsg.FromString(content).rerun_script.cached_message_hashes)


@pytest.mark.parametrize("seed", range(20))
def test_no_answer_names_what_the_browser_threw_away(seed: int) -> None:
    """Requests are up to four ends of runs late, as when somebody presses Back again and again."""
    rng = random.Random(seed)
    used, store = known.Used(AGE // 2), Store()
    names = [f"{number:032x}" for number in range(12)]
    under_way: list[bytes] = []
    by_name = 0
    for _ in range(400):
        under_way.append(request(*store.last))
        if len(under_way) < rng.randint(1, 4):
            answers = [finished()]
        else:
            held = told(used.asked(under_way.pop(0)))
            wanted = rng.sample(names, rng.randint(0, 3))
            by_name += sum(name in held for name in wanted)
            answers = [named(name) if name in held else large(name, rng.choice([850, 3_000])) for name in wanted] + [finished()]
        for answer in answers:
            used.sent(answer.SerializeToString())
            store.take(answer)
    assert by_name > 50


def test_what_was_used_lately_is_named_again() -> None:
    used = known.Used(2)
    for answer in (large("a" * 32), finished(), finished(), large("b" * 32), finished()):
        used.sent(answer.SerializeToString())
    asked = BackMsg.FromString(used.asked(request("a" * 32, "b" * 32, "c" * 32))).rerun_script
    assert list(asked.cached_message_hashes) == ["b" * 32] and asked.query_string == "epoch=3"
    used.sent(named("b" * 32).SerializeToString())
    for _ in range(2):
        used.sent(finished().SerializeToString())
    assert told(used.asked(request("b" * 32))) == ["b" * 32]


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b"\x08", request(), BackMsg(stop_script=True).SerializeToString()])
def test_other_requests_pass_as_they_are(content: bytes) -> None:
    assert known.Used(6).asked(content) == content


def test_a_connection_of_its_own_knows_nothing_of_another() -> None:
    heard: list[bytes] = []

    async def app(scope, receive, send) -> None:
        for answer in (large("a" * 32), finished()):
            heard.append((await receive())["bytes"])
            await send({"type": "websocket.send", "bytes": answer.SerializeToString()})

    async def receive():
        return {"type": "websocket.receive", "bytes": request("a" * 32)}

    async def send(one) -> None:
        pass

    for _ in range(2):
        apart.run(known.Known(app)({"type": "websocket"}, receive, send))
    assert [told(one) for one in heard] == [[], ["a" * 32]] * 2
