"""Files as makers' oscilloscopes write them: each layout with the same known curves, and what has to be understood of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Floats = np.ndarray
STEP = 1e-6  # s


@dataclass(frozen=True)
class Case:
    """A file and what it says."""

    data: bytes
    names: tuple[str, ...]
    unit: str = "V"
    apart: str = "1 us apart"
    second: float = 1.0  # the second channel's factor
    notes: tuple[str, ...] = ()


def curve(count: int) -> Floats:
    """A ringing pulse, in V."""
    t = np.arange(count) / count
    return np.round(0.3 + 1.2 * np.exp(-4 * t) * np.sin(2 * np.pi * 5 * t) - 0.4 * t, 6)


def other(count: int) -> Floats:
    """What the second channel shows, in V."""
    return np.round(-2 + 3 * np.arange(count) / count, 6)


def times(count: int) -> Floats:
    return (np.arange(count) - count // 4) * STEP


def comma(text: str) -> str:
    """With decimal commas."""
    return text.replace(".", ",")


def table(rows: list[list[str]], mark: str = ",", end: str = "\n", last: str = "") -> str:
    return "".join(mark.join(row) + last + end for row in rows)


def tektronix_tds(n: int) -> Case:
    """TDS 200, 1000, 2000: the settings stand beside the first samples, which are in columns 4 and 5; a comma ends each line."""
    keys = [
        ("Record Length", f"{n:.6e}"), ("Sample Interval", f"{STEP:.6e}"), ("Trigger Point", "1.2500000000e+02"), ("", ""), ("", ""),
        ("", ""), ("Source", "CH1"), ("Vertical Units", "V"), ("Vertical Scale", "5.000000e-01"), ("Vertical Offset", "0.000000e+00"),
        ("Horizontal Units", "s"), ("Horizontal Scale", "2.500000e-05"), ("Pt Fmt", "Y"), ("Yzero", "0.000000e+00"),
        ("Probe Atten", "1.000000e+00"), ("Model Number", "TDS2024B"), ("Serial Number", ""), ("Firmware Version", "FV:v22.11"),
    ]  # fmt: skip
    rows = []
    for i, (t, y) in enumerate(zip(times(n), curve(n), strict=True)):
        key, value = keys[i] if i < len(keys) else ("", "")
        rows.append([key, value, "", f"{t:018.12f}", f"{y:10.6f}"])
    return Case(table(rows, last=",", end="\r\n").encode(), ("CH1",))


def tektronix_mso(n: int) -> Case:
    """DPO and MSO 2000 to 6: a block of settings, an empty line, titles."""
    head = (
        f"Model,MSO4034\nFirmware Version,2.68\n\nPoint Format,Y,\nHorizontal Units,S,\nHorizontal Scale,4e-05,\n"
        f"Sample Interval,{STEP:g},\n"
        f"Filter Frequency,1.2e+08,\nRecord Length,{n},\nGating,0.0% to 100.0%,\nProbe Attenuation,10,1\nVertical Units,V,V\n"
        "Vertical Offset,0,0\nVertical Scale,0.5,1\nLabel,,\nTIME,CH1,CH2\n"
    )
    rows = [[f"{t:.6e}", f"{a:.6f}", f"{b:.6f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case((head + table(rows)).encode(), ("CH1", "CH2"))


def tektronix_tds5000(n: int) -> Case:
    """TDS 5000 and DPO 7000: quoted keys beside the samples."""
    keys = [('"Record Length"', str(n), '"Points"'), ('"Sample Interval"', f"{STEP:g}", "s"), ('"Vertical Units"', '"V"', "")]
    rows = [
        [*(keys[i] if i < len(keys) else ("", "", "")), f"{t:.9f}", f"{y:.6f}"]
        for i, (t, y) in enumerate(zip(times(n), curve(n), strict=True))
    ]
    return Case(table(rows).encode(), ("column 5",))


def rigol_ds1000e(n: int) -> Case:
    """DS1000E: titles, units, a comma at the end."""
    rows = [[f"{t:.5e}", f"{a:.6e}", f"{b:.6e}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case(("X,CH1,CH2,\nSecond,Volt,Volt,\n" + table(rows, last=",")).encode(), ("CH1", "CH2"))


def rigol_ds1000z(n: int) -> Case:
    """DS1000Z: samples are counted; start and interval stand in the units' line."""
    rows = [[str(i), f"{a:.6e}", f"{b:.6e}", "", ""] for i, (a, b) in enumerate(zip(curve(n), other(n), strict=True))]
    head = f"X,CH1,CH2,Start,Increment,\nSequence,Volt,Volt,{-n / 4 * STEP:e},{STEP:e}\n"
    return Case((head + table(rows)).encode(), ("CH1", "CH2"))


def rigol_mso5000(n: int) -> Case:
    """MSO5000, DHO800: no times; start and increment in the titles' line."""
    rows = [[f"{a:.6f}", f"{b:.6f}", "", ""] for a, b in zip(curve(n), other(n), strict=True)]
    return Case((f"CH1V,CH2V,t0 = -1.0e-4s, tInc = {STEP:e}s,\n" + table(rows)).encode(), ("CH1", "CH2"))


def siglent_sds(n: int) -> Case:
    """SDS1000X-E and later: key, value lines, the channel in them, then Second,Volt."""
    head = (
        f"Record Length,Analog:{n}\nSample Interval,CH1:{STEP:.6E}\nVertical Units,CH1:V\nVertical Scale,CH1:0.50\n"
        "Vertical Offset,CH1:0.00000\nHorizontal Units,s\nHorizontal Scale,0.000050000000\nModel Number,SDS1104X-E\n"
        "Serial Number,SDSMMEBQ000001\nSoftware Version,8.2.6.1.37R9\nSource,CH1\nSecond,Volt\n"
    )
    rows = [[f"{t:.14f}", f"{y:.6f}"] for t, y in zip(times(n), curve(n), strict=True)]
    return Case((head + table(rows)).encode(), ("CH1",))


def siglent_two(n: int) -> Case:
    """The same with two channels and a sample rate."""
    head = "Record Length,Analog:400\nSample Rate,1000000.0\nVertical Scale,CH1: 0.05,CH2: 1\nHorizontal Scale, 0.000010000\n"
    rows = [[f"{t:.11f}", f"{a:.6f}", f"{b:.6f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case((head + "Source,CH1,CH2\nSecond,Volt,Volt\n" + table(rows)).encode(), ("CH1", "CH2"))


def keysight_infiniivision(n: int) -> Case:
    """InfiniiVision: x-axis and channel numbers, then units; signs before all numbers."""
    rows = [[f"{t:+.6E}", f"{a:+.6E}", f"{b:+.6E}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case(("x-axis,1,2\nsecond,Volt,Volt\n" + table(rows, end="\r\n")).encode(), ("1", "2"))


def keysight_infiniium(n: int) -> Case:
    """Infiniium: keys with a colon, XInc among them, Data: and heights alone."""
    head = (
        f"Revision:,0\nType:,raw\nStart:,0\nPoints:,{n}\nCount:,1\nXDispRange:,1.0E-003\nXDispOrg:,-5.0E-004\nXInc:,{STEP:.5E}\n"
        "XOrg:,-5.0E-004\nYDispRange:,8\nYDispOrg:,0\nYInc:,1.0E-004\nYOrg:,0\nXUnits:,Second\nYUnits:,Volt\n"
        "Frame:,DSO9254A:MY00000000\nDate:,27 NOV 2026\nTime:,10:20:30\nData:\n"
    )
    return Case((head + "".join(f"{y:.6E}\n" for y in curve(n))).encode(), ("column 1",))


def lecroy(n: int) -> Case:
    """WaveRunner, WaveSurfer: maker, segments, their times, then Time,Ampl."""
    head = f"LECROYWS3024,12345,Waveform\nSegments,1,SegmentSize,{n}\nSegment,TrigTime,TimeSinceSegment1\n#1,27-Nov-2026 10:20:30,0\n"
    rows = [[f"{t:.6e}", f"{y:.6f}"] for t, y in zip(times(n), curve(n), strict=True)]
    return Case((head + "Time,Ampl\n" + table(rows, end="\r\n")).encode(), ("Ampl",), unit="")


def lecroy_spaces(n: int) -> Case:
    """The same with blanks between columns, in two segments."""
    lines = "".join(f"{t:.6e} {y:.6f}\n" for _ in range(2) for t, y in zip(times(n), curve(n), strict=True))
    return Case(("LECROY WS3024 12345 Waveform\nTime Ampl\n" + lines).encode(), ("Ampl",), unit="", notes=("x begins again",))


def picoscope(n: int) -> Case:
    """PicoScope 6 and 7: titles, units in brackets, an empty line; times in us."""
    rows = [[f"{t * 1e6:.8f}", f"{a:.8f}", f"{b:.8f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case(("Time,Channel A,Channel B\n(µs),(V),(V)\n\n" + table(rows, end="\r\n")).encode(), ("A", "B"))


def picoscope_german(n: int) -> Case:
    """The same as saved where the comma is the decimal mark, in Latin-1, with semicolons; the second channel in mV."""
    rows = [[f"{t * 1e3:.8f}", f"{a:.8f}", f"{b * 1e3:.8f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    head = "Zeit;Kanal A;Kanal B\n(ms);(V);(mV)\n\n"
    return Case((head + comma(table(rows, ";", "\r\n"))).encode("latin-1"), ("Kanal A", "Kanal B"), second=1e3)


def picoscope_tabs(n: int) -> Case:
    """PicoScope's text file: tabs and decimal commas, µ in Latin-1."""
    rows = [[f"{t * 1e6:.5f}", f"{a:.6f}"] for t, a in zip(times(n), curve(n), strict=True)]
    return Case(("Time\tChannel A\n(µs)\t(V)\n\n" + comma(table(rows, "\t", "\r\n"))).encode("latin-1"), ("A",))


def hantek_size(n: int) -> Case:
    """Hantek DSO5000: remarks with # and =; heights alone."""
    head = f"#CHANNEL:CH1\n#CLOCK={STEP:.9f}S\n#SIZE={n}\n#UNITS:V\n\n"
    return Case((head + "".join(f"{y:.6f}\n" for y in curve(n))).encode(), ("CH1",))


def hantek_index(n: int) -> Case:
    """Hantek DSO2000 and 6000: a number, the time and the height after remarks."""
    head = f"#CHANNEL:CH1\n#CLOCK={STEP:.9f}S\n#SIZE={n}\n#UNITS:V\nIndex,Time(S),Volt(V)\n"
    rows = [[str(i), f"{t:.9f}", f"{y:.6f}"] for i, (t, y) in enumerate(zip(times(n), curve(n), strict=True))]
    return Case((head + table(rows)).encode(), ("Volt",))


def owon(n: int) -> Case:
    """HDS, XDS and VDS: measurements with tabs before the colon, then index and voltage in mV."""
    head = (
        "Channel\t\t\t  :,CH1,CH2\nFrequency\t\t  :,F=1.498kHz,F=?\nPeriod \t\t\t  :,T=667.4us,T=?\nPK-PK\t\t\t\t  :,Vpp=1.280V,Vpp=2V\n"
        "Average\t\t\t  :,V=-9.333mV,V=1V\nVertical pos\t\t  :,0.00mV,0.00mV\nProbe attenuation\t  :,1X,1X\n"
        "Voltage per ADC value:,20.00mV,20.00mV\nTime interval\t\t  :,1.00uS,1.00uS\n\nindex,CH1_Voltage(mV),CH2_Voltage(mV)\n"
    )
    rows = [[str(i), f"{a * 1e3:.3f}", f"{b * 1e3:.3f}"] for i, (a, b) in enumerate(zip(curve(n), other(n), strict=True))]
    return Case((head + table(rows)).encode(), ("CH1_Voltage", "CH2_Voltage"), unit="mV")


def rohde_schwarz(n: int) -> Case:
    """RTB, RTM, HMO: "in s", "C1 in V"."""
    rows = [[f"{t:.7E}", f"{a:.7E}", f"{b:.7E}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case(("in s,C1 in V,C2 in V\n" + table(rows)).encode(), ("C1", "C2"))


def rohde_schwarz_txt(n: int) -> Case:
    """RTM's TXT: heights alone, all in one line, with commas between them."""
    return Case(",".join(f"{y:.6E}" for y in curve(n)).encode(), ("line 1",), unit="", apart="evenly spaced")


def analog_discovery(n: int) -> Case:
    """Digilent WaveForms: remarks with #, an empty line, titles with units."""
    head = (
        "#Digilent WaveForms Oscilloscope Acquisition\n#Device Name: Discovery2\n#Serial Number: SN:000000000000\n"
        f"#Date Time: 2026-11-27 10:20:30.000.000.000\n#Sample rate: 1e6Hz\n#Samples: {n}\n#Trigger: Source: Channel 1 Level: 1 V\n"
        "#Channel 1: Range: 500 mV/div Offset: -1 V\n#Channel 2: Range: 500 mV/div Offset: -1 V\n\nTime (s),Channel 1 (V),Channel 2 (V)\n"
    )
    rows = [[f"{t:.9g}", f"{a:.6f}", f"{b:.6f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case((head + table(rows)).encode(), ("1", "2"))


def red_pitaya(n: int) -> Case:
    """Red Pitaya's web scope: titles as a remark in quotation marks."""
    rows = [[f"{t:.9f}", f"{a:.6f}", f"{b:.6f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case(('"# Time(s)","CH1(V)","CH2(V)"\n' + table(rows)).encode(), ("CH1", "CH2"))


def red_pitaya_scpi(n: int) -> Case:
    """Red Pitaya's SCPI answer: one line in braces."""
    return Case(("{" + ",".join(f"{y:.6f}" for y in curve(n)) + "}").encode(), ("line 1",), unit="", apart="evenly spaced")


def saleae(n: int) -> Case:
    """Saleae Logic 2, analog.csv."""
    rows = [[f"{t:.9f}", f"{a:.6f}", f"{b:.6f}"] for t, a, b in zip(times(n), curve(n), other(n), strict=True)]
    return Case(("Time [s],Channel 0,Channel 1\n" + table(rows)).encode(), ("0", "1"), unit="")


def sigrok(n: int) -> Case:
    """sigrok-cli -O csv: remarks with a semicolon before commas, units as titles."""
    head = (
        "; CSV generated by libsigrok 0.5.2 on Fri Nov 27 10:20:30 2026\n; Channels (2/2): CH1, CH2\n; Samplerate: 1 MHz\n"
        "microseconds,V DC,V DC\n"
    )
    rows = [[f"{i}", f"{a:.6f}", f"{b:.6f}"] for i, (a, b) in enumerate(zip(curve(n), other(n), strict=True))]
    return Case((head + table(rows)).encode(), ("CH1", "CH2"))


def scopy(n: int) -> Case:
    """ADALM2000 with Scopy: remarks with a semicolon, a sample's number before its time."""
    head = (
        f";Scopy version,48fb6a9\n;Exported on,Fri Nov 27 10:20:30 2026\n;Device,M2K\n;Nr of samples,{n}\n;Sample rate,1.00E+06\n"
        ";Tool,Oscilloscope\n;Additional Information,\nSample,Time(S),CH1(V),CH2(V)\n"
    )
    rows = [[str(i), f"{t:.6e}", f"{a:.6f}", f"{b:.6f}"] for i, (t, a, b) in enumerate(zip(times(n), curve(n), other(n), strict=True))]
    return Case((head + table(rows)).encode(), ("CH1", "CH2"))


def gw_instek(n: int) -> Case:
    """GDS-1000: settings, then heights with a comma after each."""
    head = (
        f"Format,1.0B\nMemory Length,{n}\nTrigger Level,0.0\nSource,CH1\nProbe,1.0\nVertical Units,V\nVertical Scale,0.5\n"
        f"Vertical Position,0\nHorizontal Units,S\nHorizontal Scale,5e-5\nSampling Period,{STEP:e}\nWaveform Data\n"
    )
    return Case((head + "".join(f"{y:.6f},\n" for y in curve(n))).encode(), ("CH1",))


def yokogawa(n: int) -> Case:
    """DL: quoted keys, the samples after an empty line, first column empty."""
    head = f'"Header Size",8\n"Model","DLM2024"\n"TraceName","CH1"\n"VUnit","V"\n"HResolution",{STEP:e}\n"HUnit","s"\n\n'
    return Case((head + "".join(f",{y:.6E}\n" for y in curve(n))).encode(), ("CH1",))


def excel_utf16(n: int) -> Case:
    """Excel's "Unicode text": UTF-16 with tabs and decimal commas."""
    rows = [[f"{t * 1e3:.6f}", f"{a:.6f}"] for t, a in zip(times(n), curve(n), strict=True)]
    return Case(("Zeit [ms]\tSpannung [V]\r\n" + comma(table(rows, "\t", "\r\n"))).encode("utf-16"), ("Spannung",))


def quoted_bom(n: int) -> Case:
    """Quoted cells behind a byte order mark, decimal commas within."""
    rows = [[f'"{t * 1e6:.1f}"', f'"{a:.6f}"'] for t, a in zip(times(n), curve(n), strict=True)]
    text = '"time (us)","CH1 (V)"\r\n' + "".join(",".join(cell.replace(".", ",") for cell in row) + "\r\n" for row in rows)
    return Case(("\ufeff" + text).encode(), ("CH1",))


def spaces(n: int) -> Case:
    """Columns aligned by blanks, a line of their own for the units, remarks with a per cent sign."""
    lines = "".join(f"  {t * 1e6:10.3f}   {a: .6f}   {b: .6f}  \n" for t, a, b in zip(times(n), curve(n), other(n), strict=True))
    return Case(("% my bench\n   time   CH1   CH2\n   us   V   V\n" + lines).encode(), ("CH1", "CH2"))


LAYOUTS: dict[str, Callable[[int], Case]] = {
    make.__name__: make
    for make in (
        tektronix_tds, tektronix_mso, tektronix_tds5000, rigol_ds1000e, rigol_ds1000z, rigol_mso5000, siglent_sds, siglent_two,
        keysight_infiniivision, keysight_infiniium, lecroy, lecroy_spaces, picoscope, picoscope_german, picoscope_tabs, hantek_size,
        hantek_index, owon, rohde_schwarz, rohde_schwarz_txt, analog_discovery, red_pitaya, red_pitaya_scpi, saleae, sigrok, scopy,
        gw_instek, yokogawa, excel_utf16, quoted_bom, spaces,
    )
}  # fmt: skip
