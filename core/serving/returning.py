"""A browser that comes back to a session that has just begun: after a restart, a fail-over, a long sleep.

Its page stands, and its first messages tell what its widgets hold, perhaps a click among it. The session has made none of those
widgets yet and would drop that. So its page first runs unseen, from the address, until it knows its widgets; then it runs once
more with what a person did.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, StopException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.session_state import Serialized

_STATE = "_returning"
SMALL = 1_000  # bytes; the word that a run has ended has fewer
# Kinds of values that may tell of something long done, such as the click that a chart still shows.
REMEMBERED = ("json_value", "file_uploader_state_value")


@dataclass
class _Returning:
    """What a browser brought to a session before that knew its widgets."""

    under_way: bool  # until a run of the whole page has ended
    first: dict[str, WidgetState] = field(default_factory=dict)  # by the widget's id: what stood in its first message
    acts: dict[str, WidgetState] = field(default_factory=dict)  # what a person did and no run has seen

    def take(self, context: ScriptRunContext) -> None:
        """Set what a person did aside; the rest stays, and is what was so before."""
        brought = _brought(context)
        for id_, known in brought.items():
            sent = known.value if isinstance(known, Serialized) and not _made(context, id_) else None
            if sent is None:  # its widget is made, so that this run has heard of it
                self.acts.pop(id_, None)
            elif self.first.get(id_) != sent or sent.WhichOneof("value") not in REMEMBERED:
                self.acts[id_] = sent
        for id_ in self.acts.keys() & brought.keys():
            if id_ in self.first and self.first[id_].WhichOneof("value") in REMEMBERED:
                brought[id_] = Serialized(self.first[id_])
            else:
                del brought[id_]


@contextmanager
def unseen() -> Iterator[None]:
    """One run of a whole page, of which the browser sees nothing where the session has yet to learn its widgets."""
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    back: _Returning | None = st.session_state.get(_STATE)
    if back is None:
        brought = _brought(context)
        first = {id_: one.value for id_, one in brought.items() if isinstance(one, Serialized)}
        back = st.session_state[_STATE] = _Returning(bool(first), first)
    if not back.under_way:
        yield
        return
    back.take(context)
    send, context._enqueue = context._enqueue, lambda message: None
    try:
        yield
    except (RerunException, StopException):
        raise
    except BaseException:  # the page says so, and no second run would do better
        back.under_way = False
        raise
    finally:
        context._enqueue = send
    again = RerunData(
        query_string=context.query_string,
        widget_states=WidgetStates(widgets=back.acts.values()),
        page_script_hash=context.page_script_hash,
        cached_message_hashes=context.cached_message_hashes,
        context_info=context.context_info,
    )
    if context.script_requests is not None and context.script_requests.request_rerun(again):  # else a newer message is here
        back.under_way = False
        back.acts = {}


def _brought(context: ScriptRunContext) -> dict[str, Any]:
    """Values of widgets by id, as the run's message brought them."""
    return context.session_state._state._new_widget_state.states


def _made(context: ScriptRunContext, id_: str) -> bool:
    """Whether the session has made this widget."""
    return id_ in context.session_state._state._new_widget_state.widget_metadata


class Whole:
    """ASGI middleware: before a connection has seen a run end, what asks for a part of the page asks for all of it.

    A session that has just begun knows no parts (fragments), and Streamlit drops what is asked of one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = scope["type"] != "websocket"

        async def heard() -> Message:
            message = await receive()
            if not seen and message["type"] == "websocket.receive" and message.get("bytes"):
                return {**message, "bytes": of_the_whole(message["bytes"])}
            return message

        async def said(message: Message) -> None:
            nonlocal seen
            if not seen and message["type"] == "websocket.send":
                seen = ended(message.get("bytes") or b"")
            await send(message)

        await self.app(scope, heard, said)


def of_the_whole(content: bytes) -> bytes:
    """A browser's message, of the whole page where it was of a part; a part that only asks for itself from time to time can wait."""
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return content
    asked = message.rerun_script
    if message.WhichOneof("type") != "rerun_script" or not asked.fragment_id or asked.is_auto_rerun:
        return content
    asked.fragment_id = ""
    return message.SerializeToString()


def ended(content: bytes) -> bool:
    """Whether a message to the browser says that a run of the whole page has come to its end."""
    if len(content) > SMALL:
        return False
    message = ForwardMsg.FromString(content)
    return message.WhichOneof("type") == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
