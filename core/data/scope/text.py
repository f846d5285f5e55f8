"""The text of an oscilloscope file, whatever its encoding, within limits; and some of its lines, to look at."""

from dataclasses import dataclass

from core.data.pulse_files import BadPulseFile

LARGEST_FILE = 24_000_000  # bytes: a million samples of two numbers
MOST_LINES = 1_002_000  # a million samples and a header
LONGEST_LINE = 2_000_000  # letters: a record that stands in one line
LONGEST_CELL = 2_000  # letters without any separator
HEAD, PART = 400, 50  # lines looked at: at the start, and at each of the places below
PLACES = (0.5, 0.7, 0.85, 1.0)  # shares of the text that these parts end at
NO_TEXT = "The file is not text; save the samples as CSV, one number a line, or time and channels in columns."
_OTHERS = {  # how files begin that are no text
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"BM": "a picture", b"%PDF": "a PDF document",
    b"PK\x03\x04": "a workbook or a ZIP file", b"\xd0\xcf\x11\xe0": "a workbook", b"\x89HDF": "an HDF5 file",
}  # fmt: skip
_REPLACED = {"\u2212": "-", "\u221e": "inf", "\u00a0": " "}  # a minus, PicoScope's sign for beyond the range, a hard space


@dataclass(frozen=True)
class Line:
    """One line that is not empty."""

    number: int  # from 1; 0 where it is not known
    start: int  # its first letter's place in the text
    text: str


def decoded(data: bytes) -> str:
    r"""The text with "\n" between its lines.

    Raises:
        BadPulseFile: too large, or no text.
    """
    if len(data) > LARGEST_FILE:
        raise BadPulseFile(f"The file holds {len(data):,} bytes; keep it within {LARGEST_FILE:,}, with fewer samples or channels.")
    other = next((what for begin, what in _OTHERS.items() if data.startswith(begin)), None)
    if other and (other != "a picture" or 0 in data[:64]):
        raise BadPulseFile(f"The file is {other}, not text; save the samples as CSV.")
    text = _unpacked(data).rstrip("\x00\x1a\n\r\t ")
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    for old, new in _REPLACED.items():
        text = text.replace(old, new)
    if any(letter in text for letter in "\x00\x01\x02\x03\x05\x06\x0e\x0f\x10\x1a\x7f"):
        raise BadPulseFile(NO_TEXT)
    if text.count("\n") >= MOST_LINES:
        raise BadPulseFile("The file holds more than 1,000,000 lines; thin it out, or save a shorter part.")
    _check_lines(text)
    return text


def _unpacked(data: bytes) -> str:
    start = data[:4_096]
    even = data[: len(data) // 2 * 2]
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return even.decode("utf-16")
        if len(data) % 2 == 0 and len(data) > 2:
            if start[1::2].count(0) > 0.9 * len(start[1::2]) and 0 not in start[::2]:
                return data.decode("utf-16-le")
            if start[::2].count(0) > 0.9 * len(start[::2]) and 0 not in start[1::2]:
                return data.decode("utf-16-be")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # never fails; what is no text is found by its control characters


def _check_lines(text: str) -> None:
    start, number = 0, 1
    while len(text) - start > LONGEST_CELL:  # a short rest holds no long line
        end = text.find("\n", start, start + LONGEST_LINE)
        if end < 0 and len(text) - start > LONGEST_LINE:
            raise BadPulseFile(f"Line {number:,} of the file is longer than {LONGEST_LINE:,} letters; write one row of samples a line.")
        end = len(text) if end < 0 else end
        if end - start > LONGEST_CELL and not any(mark in text[start : start + LONGEST_CELL] for mark in ",;\t "):
            raise BadPulseFile(f"Line {number:,} of the file begins with {text[start : start + 20]!r}... and holds no number; remove it.")
        last = text.rfind("\n", start, min(end + LONGEST_CELL, len(text)))  # many short lines at one step
        number += text.count("\n", start, last + 1) if last >= end else 1
        start = max(last, end) + 1


def head(text: str) -> list[Line]:
    """The first lines that are not empty."""
    found: list[Line] = []
    start, number = 0, 1
    while start < len(text) and len(found) < HEAD:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            found.append(Line(number, start, text[start:end]))
        start, number = end + 1, number + 1
    return found


def tail(text: str, first: list[Line]) -> list[Line]:
    """Lines from the second half of a file, where its samples are."""
    if len(first) < HEAD:
        return first[min(len(first) // 2, max(len(first) - 3, 0)) :]
    found: dict[int, Line] = {}
    for place in PLACES:
        lines: list[Line] = []
        end = round(len(text) * place)
        end = end if place == 1 else max(text.rfind("\n", 0, end), 0)
        while end > 0 and len(lines) < PART:
            start = text.rfind("\n", 0, end) + 1
            if text[start:end].strip():
                lines.append(Line(0, start, text[start:end]))
            end = start - 1
        found |= {line.start: line for line in lines}
    return [found[start] for start in sorted(found)]
