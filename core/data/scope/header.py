"""What the lines above the samples say: names and units of columns, the time between two samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LONGEST_NAME = 40
_PREFIXES = {"": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
_WORDS = {  # units written out, as the sign that is shown
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("v", "volt", "volts"), "V"),
    **dict.fromkeys(("a", "amp", "amps", "ampere", "amperes"), "A"),
    **dict.fromkeys(("w", "watt", "watts"), "W"),
    **dict.fromkeys(("hz", "hertz"), "Hz"),
    **dict.fromkeys(("millisecond", "milliseconds", "msec"), "ms"),
    **dict.fromkeys(("microsecond", "microseconds", "usec"), "us"),
    **dict.fromkeys(("nanosecond", "nanoseconds", "nsec"), "ns"),
    **dict.fromkeys(("millivolt", "millivolts"), "mV"),
}
_SIGNS = re.compile(r"([pnumkKMG]?)(s|S|V|v|A|W|Hz|Ohm|Pa|K|C|g|N)|dB[a-zA-Z]{0,2}|%|div|deg|counts?|LSB|ADC|°C?|m/s|rpm")
_STEPS = {  # of an index, which is no unit
    "sequence", "sample", "samples", "index", "point", "points", "no", "no.", "nr", "nr.", "n", "#", "sample number", "sample no",
    "count", "i",
}  # fmt: skip
_TIMES = {
    "time",
    "x",
    "x-axis",
    "t",
    "zeit",
    "temps",
    "tiempo",
    "tempo",
    "times",
    "timestamp",
    "time base",
    "x axis",
    "tid",
    "czas",
    "время",
}
_CHANNEL = re.compile(
    r"(ch|chan|channel|c|kanal|canal|voie|trace|math|ref|d|out|in|v|u|i)[ _-]?[0-9a-h]?"
    r"|ampl(itude)?|volt(age|s)?|voltage.*|current|value|signal|y\d?|level|wert|spannung|tension|[a-h]|y-axis",
    re.I,
)
_METADATA = re.compile(
    r"(model|serial|firmware|software|version|date|trigger|record|horizontal|vertical|source|probe|points|memory|scale|offset|mode|type"
    r"|segment|start|instrument|device"
    r"|sampl(e|ing) (rate|interval|length)|frequency|period|waveform|data|revision|count|channels?:|title)\b",
    re.I,
)
_WITH_UNIT = [
    re.compile(r"(?P<name>.*?)[\s_:]*[(\[](?P<unit>[^()\[\]]{1,12})[)\]]"),  # CH1_Voltage(mV), Time [s], (V)
    re.compile(r"(?P<name>.*?)\s*\bin (?P<unit>\S{1,8})"),  # C1 in V, in s
    re.compile(r"(?P<name>(?:ch|chan|channel)\s?\d)\s?(?P<unit>[mu]?[VA])", re.I),  # CH1V
    re.compile(r"(?P<name>.+?)[_/,:]\s?(?P<unit>[a-zA-Z°%]{1,12})"),  # voltage_mV, Time/s
]
_VALUE = r"[^\d+\-.\n]{0,30}?(?:(?:ch|c)\d\s*[:=]\s*)?\(?([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Zµμ]{0,3})"
_INTERVAL = re.compile(
    r"(?<![a-z])(?:sampl(?:e|ing)[ _-]?(?:interval|period)|time[ _-]?(?:interval|increment|step|per sample)|x[ _-]?incr?(?:ement)?"
    r"|tinc|increment|delta[ _-]?[tx]|d[tx]|h[ _-]?resolution|x[ _-]?delta|clock)(?![a-z])" + _VALUE,
    re.I,
)
_RATE = re.compile(r"(?<![a-z])(?:sampl(?:e|ing)[ _-]?(?:rate|freq(?:uency)?)|fs)(?![a-z])" + _VALUE, re.I)
_UNIT = re.compile(r"(?<![a-z])(?:vertical|v|y)[ _-]?units?\W+(?:ch\d\W*)?([a-zµμ]{1,8})|^\W*units?\W+([a-zµμ]{1,8})", re.I | re.M)
_X_UNIT = re.compile(r"(?<![a-z])(?:horizontal|h|x)[ _-]?units?\W+([a-zµμ]{1,8})", re.I)
_SOURCE = re.compile(r"^\W*(?:source|channel|trace ?name|waveform source)\"?\s*[,:=;\t ]\s*\"?([^,;:=\"\n]{1,20})", re.I | re.M)
_CHANNELS = re.compile(r"channels?[^:\n]{0,12}:\s*([^:\n]{1,200})", re.I)


@dataclass(frozen=True)
class Header:
    """What is known about the columns of samples."""

    names: tuple[str, ...]  # of the columns in order, "" where there is none
    units: tuple[str, ...]
    interval: float | None = None  # s between two samples, where it is said
    x_unit: str = ""  # where it is said apart from the columns


def unit_of(text: str) -> str:
    """A unit as its sign; "" where the text is none."""
    text = text.strip().strip("()[]\"'").strip().replace("µ", "u").replace("μ", "u")
    text = re.sub(r"\s+(AC|DC|RMS)$", "", text)
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    found = _SIGNS.fullmatch(text)
    if not found:
        return ""
    return (found[1] or "") + {"S": "s", "v": "V"}.get(found[2], found[2]) if found[2] else text


def seconds(unit: str) -> float | None:
    """What one of a unit of time is in seconds; None for other units."""
    return _PREFIXES.get(unit[:-1]) if unit.endswith("s") and len(unit) <= 2 else None


def is_index(name: str) -> bool:
    """Whether a column of this name counts samples."""
    return name.lower() in _STEPS


def is_time(name: str, unit: str) -> bool:
    """Whether a column is the time, or another x."""
    return seconds(unit) is not None or (name.lower() in _TIMES and not unit)


def is_channel(name: str, unit: str) -> bool:
    """Whether a column is surely no x."""
    return bool(unit and seconds(unit) is None) or _CHANNEL.fullmatch(name) is not None


def is_quantity(cell: str) -> bool:
    """Whether a cell names what a column of numbers is."""
    name, unit = parted(cell)
    return bool(unit) or is_time(name, unit) or is_index(name) or is_channel(name, unit)


def parted(cell: str) -> tuple[str, str]:
    """Name and unit of a column's title; either may be ""."""
    cell = re.sub(r"^channel\s+(?=\w)", "", cell.strip().strip("\"'").lstrip("#;% ").strip(), flags=re.I)
    if len(cell) > 1 and unit_of(cell):
        return "", unit_of(cell)
    for pattern in _WITH_UNIT:
        found = pattern.fullmatch(cell)
        if found and unit_of(found["unit"]):
            return found["name"].strip(" _")[:LONGEST_NAME], unit_of(found["unit"])
    return cell[:LONGEST_NAME], ""


def read(rows: Sequence[list[str]], text: str, places: Sequence[int]) -> Header:
    """Names, units and the interval.

    Args:
        rows: cells of the lines above the samples that are not empty.
        text: these lines, and what stands beside the first samples; with decimal points.
        places: of the columns of samples.
    """
    names, units = _titles(rows, places)
    said, source, several = _UNIT.search(text), _SOURCE.search(text), _CHANNELS.search(text)
    xs = [is_time(name, unit) or is_index(name) for name, unit in zip(names, units, strict=True)]
    if len(names) > 1 and not names[0] and not units[0]:
        xs[0] = True  # of several columns without titles the first is x
    if said and not any(unit for unit, x in zip(units, xs, strict=True) if not x):
        unit = unit_of(said[1] or said[2])
        units = [known if x else unit for known, x in zip(units, xs, strict=True)]
    if source and not any(names):
        names[-1] = source[1].strip()
    if several and not any(name for name, x in zip(names, xs, strict=True) if not x):
        listed = [name.strip()[:LONGEST_NAME] for name in several[1].split(",")]
        if len(listed) in (len(names), len(names) - 1):
            names = [*names[: len(names) - len(listed)], *listed]
    x_unit = _X_UNIT.search(text)
    return Header(tuple(names), tuple(units), _interval(rows, text), unit_of(x_unit[1]) if x_unit else "")


def _titles(rows: Sequence[list[str]], places: Sequence[int]) -> tuple[list[str], list[str]]:
    """Names and units from the line above the samples; where that holds units alone, names from the line above it."""
    nothing = [""] * len(places)
    last = _beside(rows[-1], places) if rows else None
    if last is None or _METADATA.match(last[0]):
        return nothing, list(nothing)
    names, units = (list(found) for found in zip(*map(parted, last), strict=True))
    above = _beside(rows[-2], places) if len(rows) > 1 else None
    if above and all(unit_of(cell) for cell in last):
        names, units = nothing, [unit_of(cell) for cell in last]
    if any(name and not is_index(name) for name in names):
        return names, units
    if above and (is_time(*parted(above[0])) or all(map(is_quantity, above[1:]))):
        return [parted(cell)[0] for cell in above], [known or parted(cell)[1] for known, cell in zip(units, above, strict=True)]
    return names, units


def _beside(row: list[str], places: Sequence[int]) -> list[str] | None:
    """The cells of a line of titles that belong to the columns; None where it is no such line."""
    cells = [cell.strip() for cell in row]
    if re.search(r"[:=]", cells[0]):
        return None  # a key and its value
    cells[0] = cells[0].lstrip("#;% ")
    filled = [cell for cell in cells if cell]
    if len(cells) > places[-1] and sum(bool(cells[c]) for c in places) >= max(len(places) - 1, 1):
        titles = [cells[c] for c in places]
    elif len(filled) == len(places):
        titles = filled
    else:
        return None
    if len(titles) == 1 and not is_quantity(titles[0]):
        return None  # a remark
    numbers = [re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", title, re.I) for title in titles]
    return None if any(numbers) and not (is_time(*parted(titles[0])) and len(titles) > 1) else titles


def _interval(rows: Sequence[list[str]], text: str) -> float | None:
    """Seconds between two samples, from "key: value unit", or from a column Increment with its value below."""
    for pattern, rate in ((_INTERVAL, False), (_RATE, True)):
        for found in pattern.finditer(text):
            value = _scaled(found[1], found[2], rate)
            if value:
                return value
    for above, below in pairwise(rows):
        for title, cell in zip(above, below, strict=False):
            if title.strip().lower() in ("increment", "interval", "sample interval"):
                return _scaled(cell.replace(",", "."), "", False)
    return None


def _scaled(number: str, unit: str, rate: bool) -> float | None:
    """A number with the prefix of its unit: 2.5MS/s, 0.20uS, 1 MHz."""
    try:
        value = float(number)
    except ValueError:
        return None
    unit = unit.replace("µ", "u").replace("μ", "u")
    if unit.lower() not in ("s", "sec", "hz", "sa", "sps") and (len(unit) > 1 or rate):
        value *= _PREFIXES.get(unit[:1], 1.0)
    if not 1e-18 < value < 1e18:
        return None
    return 1 / value if rate else value
