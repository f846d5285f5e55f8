"""Lines of Python that draw the pulses of a data spec with numpy alone: what core.data.pulses does, for a script of its own.

Only what the spec asks for is written: its classes, and drift, missing columns and noise where there are any. The pen is looked at in
FINE places a pixel instead of being worked out, which moves a pixel now and then at the tip of a steep wave.
"""

from core.data.pulse_sets import STREAMS
from core.data.pulses import PARAMETERS
from core.specs import DataSpec, PulseSpec

FINE = 32
HALVES = {"square": "width / 2", "gaussian": "2.5 * sd"}  # of a pulse, for which there must be room
CURVES = {
    "square": "np.abs(x - middle) <= width / 2",
    "gaussian": "np.exp(-((x - middle) ** 2) / (2 * sd**2))",
    "sinusoid": "0.5 + 0.5 * np.sin(2 * np.pi * (frequency * x + phase))",
    "sawtooth": "(frequency * x + phase) % 1",
}


def drawing(data: DataSpec, tested: str, count: int) -> tuple[str, ...]:
    """Lines that leave x, y, x_test and y_test.

    Args:
        tested: part whose images say how good the network is.
        count: of them.
    """
    pulses = data.pulses or PulseSpec()
    kinds = ", ".join(f"'{kind}'" for kind in pulses.classes) + "," * (len(pulses.classes) == 1)
    ranges = [(-pulses.drift, pulses.drift) if name == "drift" else getattr(pulses, name) for name in PARAMETERS]
    low, high = ([f"{span[end] + 0.0:g}" for span in ranges] for end in (0, 1))
    return (
        f"SIZE, LINE, KINDS = {pulses.size}, {pulses.line}, ({kinds})",
        f"LOW, HIGH = np.array([{', '.join(low)}]), np.array([{', '.join(high)}])",
        "",
        "def draw(kind, height, width, sd, frequency, phase, across, up, drift):",
        *_one(pulses),
        "",
        "def pulses(count, seed):",
        "    values = LOW + (HIGH - LOW) * np.random.default_rng([seed, 0]).random((count, 8))",
        "    images = np.stack([draw(KINDS[i % len(KINDS)], *row) for i, row in enumerate(values)])",
        *_disturbed(pulses),
        "    return torch.from_numpy(images)[:, None].float(), torch.arange(count) % len(KINDS)",
        "",
        f"x, y = pulses({data.train}, seed={data.seed + STREAMS['train']})",
        f"x_test, y_test = pulses({count}, seed={data.seed + STREAMS[tested]})",
    )


def _one(pulses: PulseSpec) -> list[str]:
    """The body of the function that draws one."""
    places = f"np.arange({FINE} * (SIZE + LINE)) / {FINE} + 0.5 - LINE / 2"
    room = "room" if pulses.drift else "SIZE - LINE"
    lines = [f"    x = ({places}) / SIZE  # {FINE} places a pixel"]
    lines += ["    room = max(SIZE - LINE - abs(drift) * SIZE, 0)"] if pulses.drift else []
    lines.append(f"    rise = min(height * SIZE, {room})")
    halves = [HALVES[kind] for kind in pulses.classes if kind in HALVES]
    if halves:
        first = next(kind for kind in pulses.classes if kind in HALVES)
        half = halves[0] if len(halves) == 1 else f"({halves[0]} if kind == '{first}' else {halves[1]})"
        lines.append(f"    reach = min({half} + LINE / (2 * SIZE), 0.5)")
        lines.append("    middle = reach + across * (1 - 2 * reach)")
    lines += ["    curve = {", *(f"        '{kind}': {CURVES[kind]}," for kind in pulses.classes), "    }[kind]"]
    lines.append(f"    pen = np.lib.stride_tricks.sliding_window_view(1.0 * curve, {FINE} * LINE + 1)[::{FINE}]  # over each column")
    slope = " + drift * (np.arange(SIZE) + 0.5) + max(-drift * SIZE, 0)" if pulses.drift else ""
    lines.append(f"    base = up * ({room} - rise){slope} + 0.5")
    lines.append("    first, last = np.floor(base + rise * pen.min(1)), np.floor(base + rise * pen.max(1)) + LINE  # rows of ink")
    lines.append("    below = SIZE - np.arange(SIZE)[:, None]  # counted from below, as first and last are")
    lines.append("    return ((below > first) & (below <= last)).astype(np.uint8)")
    return lines


def _disturbed(pulses: PulseSpec) -> list[str]:
    """Lines that blank columns and flip pixels."""
    lines = []
    if pulses.missing_columns:
        lines.append(f"    images *= np.random.default_rng([seed, 1]).random((count, 1, SIZE)) >= {pulses.missing_columns:g}")
    if pulses.pixel_noise:
        limit = round(pulses.pixel_noise * 65_536)
        lines.append("    raw = np.random.PCG64(np.random.SeedSequence([seed, 2])).random_raw(count * -(-SIZE * SIZE // 4))")
        lines.append(f"    images ^= raw.view(np.uint16).reshape(count, -1)[:, : SIZE * SIZE].reshape(images.shape) < {limit}  # of 65,536")
    return lines
