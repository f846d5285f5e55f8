"""Small changes that break things: of bytes, of texts and of JSON."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

BYTES = (b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\x80", b"PK\x05\x06", b"IHDR", b"\xff\xd9")
TEXTS = (
    *("", "0", "-1", "-0", "1e308", "1e400", "-1e-400", "nan", "inf", "-inf", "1" * 400, "9" * 5_000, "0x10", "1_000"),
    *(
        "\x00",
        "\n",
        "\r",
        "\t",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\ud800",
        "é",
        "𝟘",
        "🙂",
        "'",
        '"',
        "\\",
        "/",
        "..",
        "%00",
        "%s",
        "{0}",
        "{}",
    ),
    *(";", ",", ",,", "-", "--", "=", "&", "?", "#", "$x$", "**x**", "<b>", "![x](http://evil.test/p.png)", "[x](javascript:0)", ":red[x]"),
    *("None", "True", "null", "__class__", "(" * 60, ")" * 60, "[" * 2_000, "x" * 300, "a-b", "test-0", "0-0", "1,2", "../../etc/passwd"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 10**9, 10**30, -(10**400), 10**400, 0.5, -0.0, 1e308, float("inf"), float("-inf"), float("nan"), 2**63),
    *("", "x", "x" * 300, "\x00", "\ud800", "nan", "mnist", [], [[]], [1], [0.5, "x"], {}, {"a": 1}, {"": {}}, [None] * 100),
)


def of_bytes(random: Random, data: bytes, others: Sequence[bytes] = (b"",)) -> bytes:
    """One to eight changes: a byte, a piece cut, doubled, moved or taken from another file, numbers at their ends, a cut end."""
    out = bytearray(data)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(out) + 1) if random.random() < 0.5 else random.randrange(min(len(out), 64) + 1)
        length = random.choice((1, 2, 4, 16, 200))
        match random.randrange(7):
            case 0 if at < len(out):
                out[at] = random.randrange(256)
            case 1 if at < len(out):
                out[at] ^= 1 << random.randrange(8)
            case 2:
                del out[at : at + length]
            case 3:
                out[at:at] = out[at : at + length] * random.choice((1, 2, 50))
            case 4:
                piece = random.choice(BYTES)
                out[at : at + len(piece)] = piece
            case 5:
                other = random.choice(others)
                start = random.randrange(len(other) + 1)
                out[at : at + length] = other[start : start + length]
            case 6 if random.random() < 0.3:
                del out[at:]
    return bytes(out)


def of_text(random: Random, text: str) -> str:
    """One to four changes: a hostile piece put in or in place of a letter, a piece cut, doubled or moved."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        length = random.choice((0, 1, 1, 3, 20))
        match random.randrange(5):
            case 0 | 1:
                text = text[:at] + random.choice(TEXTS) + text[at + length :]
            case 2:
                text = text[:at] + text[at + length :]
            case 3:
                text = text[:at] + text[at : at + length] * random.choice((2, 30)) + text[at + length :]
            case 4:
                text = text[at:] + text[:at]
    return text


def of_json(random: Random, value: Any, depth: int = 0) -> Any:
    """A JSON value with some of its parts, names too, changed for hostile ones."""
    if random.random() < 0.12 + 0.05 * depth:
        return random.choice(VALUES)
    if isinstance(value, dict):
        out = {(random.choice(TEXTS) if random.random() < 0.03 else name): of_json(random, part, depth + 1) for name, part in value.items()}
        if out and random.random() < 0.05:
            out.pop(random.choice(list(out)))
        return out
    if isinstance(value, list):
        out = [of_json(random, part, depth + 1) for part in value]
        return out * random.choice((0, 2, 200)) if random.random() < 0.05 else out
    return value


def json_text(random: Random, value: Any) -> str:
    """A changed JSON value as text, now and then changed as such, too, or so deep that no reader follows."""
    if random.random() < 0.02:
        return random.choice(("[", '{"a":')) * random.choice((100, 100_000))
    text = json.dumps(of_json(random, value))
    return of_text(random, text) if random.random() < 0.3 else text
