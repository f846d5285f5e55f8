"""Oscilloscope files that no maker wrote: by hand, by spreadsheets, odd, large and bad."""

import time
import tracemalloc

import numpy as np
import pytest

from core.data.pulse_files import BadPulseFile
from core.data.scope import numbers, text
from core.data.scope.file import KEPT_SAMPLES, Channel, read


def only(data: bytes | str) -> Channel:
    """The one channel of a file that can be read in one way."""
    (reading,) = read(data.encode() if isinstance(data, str) else data)
    (channel,) = reading.channels
    return channel


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"1\n2\n3\n", [1, 2, 3]),
        (b"y\n1\n2\n", [1, 2]),
        (b"\xef\xbb\xbf# scope\nvolt\r\n1e-3\r\n\r\n2.5\r\n", [0.001, 2.5]),
        (b"1\r2\r", [1, 2]),
        (b"1\r\r\n2\r\r\n", [1, 2]),
        (b"1,\n-2.5,\n3,\n", [1, -2.5, 3]),
        (b"1.5e3\n.5\n2.\n+1E-2\n", [1_500, 0.5, 2, 0.01]),
        (b"0,5\n0,05\n-0,5\n1", [0.5, 0.05, -0.5, 1]),  # only a decimal comma explains 05 and -0
        (b"Volt\n0,5\n1,5\n2,25\n", [0.5, 1.5, 2.25]),
        (b"1,2\n3\n", [1.2, 3]),  # one number in each line
        (b'"0,5"\n"1,5"\n', [0.5, 1.5]),
        (b'"1,234.5"\n"2,345.5"\n', [1_234.5, 2_345.5]),
        (b"1.234,5\n-0,5\n", [1_234.5, -0.5]),
        ("1\u22122\n\u22121\n\u22122,5\n".encode()[5:], [-1, -2.5]),  # a typesetter's minus
        (b"1\x00\n\x002\x00\n\x003\x00", [1, 2, 3]),
        ("# 5 \u00b5s\n1\n2\n".encode("latin-1"), [1, 2]),
        ("# 5 \u00b5s\n1\n2\n".encode("utf-16"), [1, 2]),
        (b"[1, 2, 3.5, 4]", [1, 2, 3.5, 4]),
        (b"1 2 3.5", [1, 2, 3.5]),
    ],
)
def test_heights(data: bytes, wanted: list[float]) -> None:
    assert only(data).heights.tolist() == wanted


@pytest.mark.parametrize("mark", [",", ";", "\t", " ", ", ", " ; "])
def test_uneven_x(mark: str) -> None:
    """Uneven x is made even: the middle sample stands at a quarter of the way."""
    channel = only(f"x{mark}y\n0{mark}0\n1{mark}8\n4{mark}2\n")
    heights = channel.heights
    assert np.interp(0.25, np.linspace(0, 1, len(heights)), heights) == pytest.approx(8, abs=0.01)
    assert heights[0] == 0 and heights[-1] == 2
    assert channel.sentence == "3 samples, unevenly spaced over 4, channel y"


@pytest.mark.parametrize("data", ["0,5\n1,5\n2,25\n3,75", "0,5\n1,5\n2,25\n3,75\n", "my samples\n0,5\n1,5\n2,25\n3,75"])
def test_commas_that_say_nothing_are_asked_about(data: str) -> None:
    """Decimal commas or x and y: both are given, each with its numbers in words."""
    readings = {reading.kind: reading for reading in read(data.encode())}
    assert readings["decimal"].channels[0].heights.tolist() == [0.5, 1.5, 2.25, 3.75]
    assert readings["columns"].channels[0].heights.tolist() == [5, 5, 25, 75]
    assert readings["decimal"].words == "decimal commas: 0.5, 1.5, 2.25, 3.75, ..."
    assert readings["columns"].words == "commas between columns: 0, 1, 2, 3 and 5, 5, 25, 75, ..."


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ("t,v\n0,5\n1,5\n2,25\n", [5, 5, 25]),  # two titles
        ("0,5\n1,-5\n2,25\n", [5, -5, 25]),  # a sign behind the comma
        ("0, 5\n1, 5\n2, 25\n", [5, 5, 25]),  # a blank behind the comma
        ("0.0,5\n1.0,5\n2.0,25\n", [5, 5, 25]),  # decimal points
        ("0;0,5\n1;1,5\n2;2,25\n", [0.5, 1.5, 2.25]),
        ("0 0,5\n1 1,5\n2 2,25\n", [0.5, 1.5, 2.25]),
        ("0,0, 0,5\n0,1, 1,5\n0,2, 2,25\n", [0.5, 1.5, 2.25]),  # a comma and a blank between decimal commas
        ("t,v\n0,0,0,5\n0,1,1,5\n0,2,2,25\n", [0.5, 1.5, 2.25]),  # two titles, four cells
    ],
)
def test_commas_that_something_speaks_for(data: str, wanted: list[float]) -> None:
    assert only(data).heights.tolist() == wanted


def test_several_channels() -> None:
    (reading,) = read(b"1,2,3\n4,5,6\n7,8,9")
    assert [channel.sentence for channel in reading.channels] == ["3 samples, 3 apart, column 2", "3 samples, 3 apart, column 3"]
    (reading,) = read(b"CH1 (V),CH2 (mV)\n1,10\n0,30\n1,20\n")
    assert [channel.sentence for channel in reading.channels] == [
        "3 samples, evenly spaced, channel CH1 in V",
        "3 samples, evenly spaced, channel CH2 in mV",
    ]
    assert reading.channel("CH2").heights.tolist() == [10, 30, 20] and reading.channel("gone") is reading.channels[0]
    (reading,) = read(b"time,a,time,b\n0,1,0,5\n1,2,3,6\n2,3,4,7\n")  # each with times of its own
    assert [channel.axis.step for channel in reading.channels] == [1.0, None]
    (reading,) = read(b"t,v,v\n0,1,2\n1,3,4\n")
    assert [channel.name for channel in reading.channels] == ["v", "v (2)"]


def test_logic_channels_hold_their_value() -> None:
    """Saleae's digital.csv has a line for each change."""
    (reading,) = read(b"Time [s],Channel 0,Channel 1\n0.0,0,1\n0.25,1,1\n0.5,0,1\n2.0,1,0\n")
    heights = reading.channels[0].heights
    assert heights[round(0.9 * len(heights))] == 0 and heights[round(0.2 * len(heights))] == 1
    assert any("held" in note for note in reading.channels[0].notes)


def test_rounded_and_paired_times() -> None:
    """Times of few digits stand twice, and so do those of lowest and highest values; the samples are even all the same."""
    y = np.sin(np.arange(100))
    for places in (np.round(np.arange(100) * 0.26, 0), np.arange(100) // 2):
        channel = only("time,v\n" + "".join(f"{a:g},{b:.6f}\n" for a, b in zip(places, y, strict=True)))
        assert channel.heights == pytest.approx(y, abs=1e-6) and channel.axis.step is not None
        assert any("twice" in note for note in channel.notes)


def test_what_is_skipped_is_counted() -> None:
    lines = [f"{i},{i * i}.5" for i in range(40)]
    lines[10:10] = ["-- pause --", "-- again --"]
    lines[25] = "23,"
    (reading,) = read("\n".join(["t,v", *lines, "", "end of data"]).encode())
    assert any("3 lines among the samples hold none and were skipped (line 12 first)" in note for note in reading.notes), reading.notes
    assert any("1 of its 40 lines hold no value" in note for note in reading.channels[0].notes)
    assert any("1 line above the samples" in note for note in reading.notes)
    assert reading.channels[0].count == 39


def test_beyond_the_range() -> None:
    """PicoScope writes a sign for infinity where a channel is overdriven."""
    channel = only("Time,Channel A\n(ms),(V)\n\n0,1\n1,∞\n2,-∞\n3,-2\n4,0.5\n")
    assert channel.heights.tolist() == [1, 1, -2, -2, 0.5]
    assert any("2 samples are beyond the range" in note for note in channel.notes)


def test_titles_of_one_s_own() -> None:
    (reading,) = read(b"minute;photodiode;lamp\n0;1,5;2\n1;2,5;2\n2;3,5;1\n")
    assert [channel.name for channel in reading.channels] == ["photodiode", "lamp"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "fewer than two"),
        (b"only words\n", "fewer than two"),
        (b"1\n", "fewer than two"),
        (b"1\ntwo\n3\n", "Line 2"),
        (b"1\nnan\n", "Line 2"),
        (b"1\ninf\n", "fewer than two"),
        (b"1\n1e300\n", "Line 2"),
        (b"1;2\n3\n", "fewer than two"),
        (b"x,y\n0,1\n2,1\n1,1\n", "x must rise"),
        (b"x,y\n1,1\n1,2\n1,3\n", "x is 1 in every line"),
        (b"\xff\xfe1\x00", "fewer than two"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        (b"PK\x03\x04 and so on", "workbook or a ZIP"),
        (b"1\x00\n2\n", "not text"),
        (b"1\n" * 1_002_002, "more than 1,000,000"),
        (b"1\n" * (text.LARGEST_FILE // 2) + b"1", f"{text.LARGEST_FILE + 1:,} bytes"),
        (b"1" * 2_000_001, "Line 1"),
        (b'"1\n2\n', "fewer than two"),
        (b"9" * 200_000 + b"\n1\n2\n3", "Line"),
        (b"1,2\n" + b"1," * 1_500_000 + b"2\n3,4", "Line 2"),
        (b"# remark\n" * 1_000 + b"1\n2\n", "above the samples"),
    ],
)
def test_bad_file_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadPulseFile) as caught:
        read(data)
    assert words in str(caught.value) and str(caught.value).endswith(".") and len(str(caught.value)) < 300


SHARE = 8  # of the limits


def costly() -> dict[str, bytes]:
    """Files of an eighth of what may be read, good and hostile."""
    size, lines = text.LARGEST_FILE // SHARE, 1_000_000 // SHARE
    return {
        "long": b"time,v\n" + b"".join(b"%.7f,%.5f\n" % (i * 1e-6, i % 100) for i in range(lines)),
        "wide": b"t," + b",".join(b"c%d" % i for i in range(40)) + b"\n" + (b"7," + b"1," * 40 + b"\n") * (size // 90),
        "words": b"1,2\n3,4\n" + b"abc,def\n" * (size // 9),
        "words among numbers": (b"1,2\n" * 15 + b"x,y\n") * (lines // 17),
        "empty": b"1,2\n" + b",,,,,,,\n" * (size // 26) + b"3,4",
        "one line": b"1," * (990_000 // SHARE),
        "quotes": b'"1,5","2,5"\n' * (lines // 2),
        "emoji": "\U0001f600,1\n".encode() * (lines - 1_000),
    }


@pytest.mark.parametrize("name", costly())
def test_no_file_costs_much(name: str) -> None:
    """An eighth of the largest file takes a quarter of 200 MB (some is the same for all); of the processor what the whole may take."""
    data = costly()[name]
    spent = []
    for _ in range(2):
        start = time.process_time()
        try:
            readings = read(data)
        except BadPulseFile as error:
            assert str(error).endswith(".")
        else:
            assert all(len(channel.heights) <= KEPT_SAMPLES + 2 for reading in readings for channel in reading.channels)
        spent.append(time.process_time() - start)
    assert min(spent) < 2
    tracemalloc.start()
    try:
        read(data)
    except BadPulseFile:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 50e6


def test_long_records_keep_their_peaks() -> None:
    y = np.zeros(200_000)
    y[123_456], y[50_000] = 1, -1
    channel = only("\n".join(f"{value:g}" for value in y))
    assert channel.count == 200_000 and (channel.low, channel.high) == (-1, 1)
    assert channel.heights.min() == -1 and channel.heights.max() == 1 and len(channel.heights) <= KEPT_SAMPLES + 2
    assert channel.heights.argmax() / len(channel.heights) == pytest.approx(0.617, abs=0.001)


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "MOST_SECONDS", 0)
    with pytest.raises(BadPulseFile, match="takes too long"):
        read(b"1,2\n3,4\n5,6\n")
