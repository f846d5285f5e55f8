"""Messages of Protocol Buffers by field number, without a schema compiler: what ONNX and TensorFlow's graphs are written in."""

import struct
from collections.abc import Iterator
from typing import Any

from core.importing.refusal import Refused

DAMAGED = "The file is damaged or cut short, or it is no ONNX file at all; get it again, or export the network again."


class Message:
    """The fields of one message, each a list of what was written: whole numbers, or bytes.

    Raises:
        Refused: the bytes are no message.
    """

    def __init__(self, data: bytes | memoryview) -> None:
        self.fields: dict[int, list[Any]] = {}
        for number, value in _fields(memoryview(data)):
            self.fields.setdefault(number, []).append(value)

    def messages(self, number: int) -> list["Message"]:
        """The messages in a field."""
        return [Message(value) for value in self.fields.get(number, []) if isinstance(value, memoryview)]

    def message(self, number: int) -> "Message | None":
        """The last message in a field."""
        found = self.messages(number)
        return found[-1] if found else None

    def text(self, number: int) -> str:
        """The last text in a field, or nothing."""
        found = self.texts(number)
        return found[-1] if found else ""

    def texts(self, number: int) -> list[str]:
        """The texts in a field."""
        return [bytes(v).decode("utf-8", "replace") for v in self.fields.get(number, []) if isinstance(v, memoryview)]

    def data(self, number: int) -> bytes:
        """The last bytes in a field, or none."""
        found = [v for v in self.fields.get(number, []) if isinstance(v, memoryview)]
        return bytes(found[-1]) if found else b""

    def whole(self, number: int, default: int = 0) -> int:
        """The last whole number in a field, signed."""
        found = self.wholes(number)
        return found[-1] if found else default

    def wholes(self, number: int) -> list[int]:
        """The whole numbers in a field, signed, packed or not."""
        out: list[int] = []
        for value in self.fields.get(number, []):
            if isinstance(value, int):
                out.append(value)
            else:
                at = 0
                while at < len(value):
                    one, at = _varint(value, at)
                    out.append(one)
        return [one - (1 << 64) if one >> 63 else one for one in out]

    def floats(self, number: int) -> list[float]:
        """The numbers in a field of 32-bit floats, packed or not."""
        out: list[float] = []
        for value in self.fields.get(number, []):
            raw = struct.pack("<I", value & 0xFFFFFFFF) if isinstance(value, int) else bytes(value)
            if len(raw) % 4:
                raise Refused(DAMAGED)
            out += struct.unpack(f"<{len(raw) // 4}f", raw)
        return out


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Refused(DAMAGED)
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value & (1 << 64) - 1, at


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise Refused(DAMAGED)
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
        elif wire == 2:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise Refused(DAMAGED)
            yield number, data[at : at + size]
            at += size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            if at + size > len(data):
                raise Refused(DAMAGED)
            yield number, int.from_bytes(data[at : at + size], "little")
            at += size
        else:
            raise Refused(DAMAGED)


# ---- writing


def varint(value: int) -> bytes:
    """A whole number as messages hold it."""
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def field_(number: int, value: int | float | str | bytes) -> bytes:
    """One field: whole numbers, 32-bit floats, texts or messages."""
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw
