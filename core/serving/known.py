"""What a browser still holds of the messages that it got: large ones are sent once, and named by their hash after.

With each request a browser tells what it holds, and what it has not used for `global.maxCachedMessageAge` ends of runs it throws
away. So a message may be gone by the time an answer names it: Streamlit then shows "Cached ForwardMsg MISS" and the page stands
still. Messages reach a browser in order, so here it is known how many ends each has seen since; what grows old is sent again.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SMALL = 1_000  # bytes; a message that names another, or says that a run has ended, has fewer


class Known:
    """ASGI middleware: an answer names what its browser has used lately, and nothing that it may be about to throw away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        used = Used(config.get_option("global.maxCachedMessageAge") // 2)  # runs may end between a request and its answer

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes"):
                return {**message, "bytes": used.asked(message["bytes"])}
            return message

        async def said(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("bytes"):
                used.sent(message["bytes"])
            await send(message)

        await self.app(scope, heard, said)


class Used:
    """When a browser last used each message, counted in runs that ended.

    Args:
        most: ends of runs after which a message is not counted on any more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._ended = 0
        self._last: dict[str, int] = {}  # by hash

    def sent(self, content: bytes) -> None:
        """A message on its way to the browser."""
        if len(content) > SMALL:
            self._last[_hash(content)] = self._ended
            return
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            self._ended += 1
            self._last = {name: last for name, last in self._last.items() if self._ended - last <= self._most}
        else:
            self._last[message.ref_hash if kind == "ref_hash" else message.hash] = self._ended

    def asked(self, content: bytes) -> bytes:
        """The browser's message, which tells of what it holds only what it has used lately."""
        try:
            message = BackMsg.FromString(content)
        except DecodeError:
            return content
        if message.WhichOneof("type") != "rerun_script" or not message.rerun_script.cached_message_hashes:
            return content
        held = message.rerun_script.cached_message_hashes
        kept = [name for name in held if name in self._last]
        if len(kept) == len(held):
            return content
        del held[:]
        held.extend(kept)
        return message.SerializeToString()


def _hash(content: bytes) -> str:
    """The hash of a message, which is the first of its fields; without reading the rest, which may be large."""
    if len(content) < 2 or content[0] != 0x0A or content[1] > 0x7F:
        return ""
    return content[2 : 2 + content[1]].decode("ascii", "replace")
