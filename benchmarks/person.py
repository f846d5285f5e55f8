"""One person at a browser, as the server sees them: Streamlit's own websocket protocol, without the drawing.

What arrives is read as far as a browser must to answer: which widgets there are, which messages it keeps so that the server
need not send them again, when the run has ended, and what it has to fetch.
"""

import asyncio
import gzip
import json
import re
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.message import Message
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

PATIENCE = 60.0  # s until a run that does not end counts as an error
KEPT = 2  # runs for which a browser keeps a message that no run has used, as Streamlit's does
ASSETS = re.compile(rb"/media/[\w.-]+|\bseen/[0-9a-f]{64}\.\w+")  # what is fetched by an address of its own
_ID = re.compile(r"\$\$ID-[0-9a-f]+-(.+)")


_contents: dict[str, tuple[bytes, set[str]]] = {}  # address -> JSON, and the addresses that it names; alike for everybody


def value(told: Any) -> Any:
    """What a message tells a browser part: itself, or what lies at its address."""
    return json.loads(_contents[told][0]) if isinstance(told, str) else told


class Trouble(RuntimeError):
    """What a person would see as an error; the message says it."""


@dataclass(frozen=True)
class Answer:
    """One request and what came of it."""

    seconds: float  # from the request to the end of its run
    sent: int  # bytes over the websocket, as they lie on the wire
    fetched: int  # bytes of what the browser then gets by its own address


@dataclass(frozen=True)
class Widget:
    """A widget that stands on the page."""

    id: str
    fragment: str  # that it runs alone; empty: the whole page
    element: Message  # as it was sent


@dataclass(frozen=True)
class _Kept:
    """A message that the browser keeps."""

    run: int  # that used it last
    fragment: str
    widget: Widget | None


class _Counted(ClientConnection):
    """A connection that counts what arrives."""

    arrived = 0

    def data_received(self, data: bytes) -> None:
        self.arrived += len(data)
        super().data_received(data)


class Person:
    """A browser with one tab."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.fetched: set[str] = set()  # addresses in the browser's own cache
        self.cookie = ""  # that a proxy has given: which of several processes holds this browser's session
        self.socket: _Counted | None = None
        self._forget()

    def _forget(self) -> None:
        self.widgets: dict[str, Widget] = {}  # by key
        self._page = ""  # hash of the page that is up
        self._navigates = False  # whether there are several
        self._search = ""
        self._states: dict[str, WidgetState] = {}
        self._cache: dict[str, _Kept] = {}  # by the message's hash
        self._runs = 0
        self._running: list[str] = []  # fragments that run alone; empty: the whole page
        self._seen: set[str] = set()  # keys of the widgets that came in this run

    async def leave(self) -> None:
        """Close the tab."""
        if self.socket is not None:
            await self.socket.close()
        self.socket = None
        self._forget()

    async def open(self, page: str, search: str = "") -> Answer:
        """Open a view by its link: in a new tab when none is open, else as Back and Forward do.

        Raises:
            Trouble: it did not come up.
        """
        if not self.cookie:
            await self._arrive()
        began, before = time.perf_counter(), 0
        if self.socket is None:
            address = f"ws{self.url.removeprefix('http')}/_stcore/stream"
            try:
                self.socket = await connect(  # type: ignore[assignment]  # it makes what it is told to make
                    address,
                    subprotocols=[Subprotocol("streamlit")],
                    additional_headers={"Cookie": self.cookie},
                    create_connection=_Counted,
                    max_size=None,
                    max_queue=None,
                    open_timeout=PATIENCE,
                )
            except (OSError, WebSocketException) as error:
                raise Trouble(f"no connection: {error}") from error
        else:
            before = self.socket.arrived
        self._search = search
        state = ClientState(page_name=page, query_string=search, is_history_navigation=bool(self._page))
        return await self._answer(state, began, before)

    async def use(self, key: str, **value: Any) -> Answer:
        """Give a widget a value, as `string_value="A"`, and wait until its run has ended.

        Raises:
            Trouble: there is no such widget, or its run failed.
        """
        if key not in self.widgets or self.socket is None:
            raise Trouble(f"there is no {key!r}, only {sorted(self.widgets)}")
        widget = self.widgets[key]
        self._states[widget.id] = WidgetState(id=widget.id, **value)
        state = ClientState(page_script_hash=self._page, query_string=self._search, fragment_id=widget.fragment)
        return await self._answer(state, time.perf_counter(), self.socket.arrived)

    async def choose(self, key: str, options: list[str]) -> Answer:
        """Choose of a row of buttons, or of a select slider.

        Raises:
            Trouble: see `use`.
        """
        return await self.use(key, string_array_value=StringArray(data=options))

    async def _answer(self, state: ClientState, began: float, before: int) -> Answer:
        assert self.socket is not None
        state.widget_states.CopyFrom(WidgetStates(widgets=self._states.values()))
        state.cached_message_hashes.extend(self._cache)
        state.context_info.CopyFrom(ContextInfo(timezone="Europe/Berlin", locale="en", url=self.url, color_scheme="light"))
        assets: set[str] = set()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
                while not self._ended(await self.socket.recv(decode=False), assets):
                    pass
                seconds, sent = time.perf_counter() - began, self.socket.arrived - before
                fetched = await self._fetch_all(assets)
        except TimeoutError as error:
            raise Trouble(f"no answer within {PATIENCE:g} s") from error
        except (OSError, WebSocketException) as error:
            raise Trouble(f"the connection broke: {error}") from error
        return Answer(seconds, sent, fetched)

    def _ended(self, payload: bytes, assets: set[str]) -> bool:
        """Take in a message; whether it ends the run that was asked for."""
        assets.update(path.decode() for path in ASSETS.findall(payload))
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._running, self._seen = list(message.metadata.run.fragment_ids), set()
            if not self._navigates:
                self._turn(message.new_session.page_script_hash)
        elif kind == "navigation":  # of an app of many pages, whose session begins with the entry file
            self._navigates = True
            self._turn(message.navigation.page_script_hash)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._take(message)
        elif kind == "ref_hash":
            kept = self._cache[message.ref_hash] = replace(self._cache[message.ref_hash], run=self._runs)
            self._stand(kept.widget)
        elif kind == "page_not_found":
            raise Trouble("page not found")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise Trouble("the script does not compile")
            if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._settle()
                return True
        return False

    def _turn(self, page: str) -> None:
        """This page is up."""
        if page != self._page:
            self._page = page
            self.widgets, self._states = {}, {}

    def _take(self, message: ForwardMsg) -> None:
        """An element of the page: its widget if it is one, an error if it says one."""
        element = message.delta.new_element
        kind = str(element.WhichOneof("type"))
        body = getattr(element, kind)
        if kind == "exception":
            raise Trouble(f"exception: {body.message[:200]}")
        if kind == "alert" and body.format in (Alert.ERROR, Alert.WARNING):
            raise Trouble(f"the page says: {body.body[:200]}")
        fragment, id_ = message.delta.fragment_id, getattr(body, "id", "")
        widget = Widget(id_, fragment, body) if _ID.fullmatch(id_) else None
        if message.metadata.cacheable:
            self._cache[message.hash] = _Kept(self._runs, fragment, widget)
        self._stand(widget)
        if getattr(body, "set_value", False):
            self._states.pop(id_, None)  # the server's word counts

    def _stand(self, widget: Widget | None) -> None:
        if widget is not None and (name := _ID.fullmatch(widget.id)):
            self.widgets[name[1]] = widget
            self._seen.add(name[1])

    def _settle(self) -> None:
        """After a run: drop widgets that are gone, and messages that none of the last runs has used, where this one could have."""
        for key, widget in list(self.widgets.items()):
            if key not in self._seen and (not self._running or widget.fragment in self._running):
                del self.widgets[key]
                self._states.pop(widget.id, None)
        self._runs += 1
        for hash_, kept in list(self._cache.items()):
            if (not self._running or kept.fragment in self._running) and self._runs - kept.run > KEPT:
                del self._cache[hash_]

    async def _fetch_all(self, addresses: set[str]) -> int:
        """Bytes of what a browser gets by its own address and has not yet, with what that names in turn."""
        size = 0
        while missing := addresses - self.fetched:
            for address in missing:
                size += await self._fetch(address)
                self.fetched.add(address)
                if address in _contents:
                    addresses = addresses | _contents[address][1]
        return size

    async def _arrive(self) -> None:
        """Ask for the page itself, and take the cookie that it brings.

        Raises:
            Trouble: there is no page.
        """
        try:
            head, _ = await self._get("")
        except OSError as error:
            raise Trouble(f"no connection: {error}") from error
        self.cookie = "; ".join(re.findall(r"^set-cookie: *([^;\r]+)", head.decode(), re.IGNORECASE | re.MULTILINE)) or "none=needed"

    async def _get(self, address: str) -> tuple[bytes, bytes]:
        """Head and body of what lies at an address, as they lie on the wire."""
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        lines = (f"GET /{address.lstrip('/')} HTTP/1.0", f"Host: {place.netloc}", "Accept-Encoding: gzip", f"Cookie: {self.cookie}")
        try:  # version 1.0 answers in one piece
            writer.write("\r\n".join((*lines, "", "")).encode())
            head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
        return head, body

    async def _fetch(self, address: str) -> int:
        """Bytes of an address, as they lie on the wire."""
        head, body = await self._get(address)
        came = head + body
        if b" 200 " not in head[:20]:
            raise Trouble(f"{address}: {came[:40]!r}")
        if address.endswith(".json") and address not in _contents:
            content = gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body
            _contents[address] = content, {path.decode() for path in ASSETS.findall(content)}
        return len(came)
