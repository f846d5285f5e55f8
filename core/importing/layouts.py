"""Where strides, padding and pools can stand so that a CNN's maps come out at the size that its first dense layer reads."""

import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from core.importing.layers import Found

MOST = 48  # layouts that are tried
# pools that may follow a convolution: name -> (kernel, stride, pad, ceil, cost); the cost is how unusual it is
POOLS: dict[str, tuple[int, int, int, bool, float]] = {
    "2/2": (2, 2, 0, False, 0.0),
    "2/2 ceil": (2, 2, 0, True, 1.6),
    "3/2": (3, 2, 0, False, 1.5),
    "3/2 pad 1": (3, 2, 1, False, 1.7),
    "3/3": (3, 3, 0, False, 1.5),
    "2/1": (2, 1, 0, False, 2.2),
    "3/1": (3, 1, 0, False, 2.6),
    "3/1 pad 1": (3, 1, 1, False, 3.0),
    "4/4": (4, 4, 0, False, 1.8),
    "5/5": (5, 5, 0, False, 2.4),
    "4/2": (4, 2, 0, False, 2.4),
    "7/7": (7, 7, 0, False, 2.4),
}


@dataclass(frozen=True)
class Place:
    """How one convolution stands: its stride and padding in pixels, and the pool behind it."""

    stride: int
    pad: int  # -1: as many as keep the size, more at the end
    pool: str = ""  # key of POOLS, "to 7": averages or maxima of a grid of 7 x 7, "" none
    side: int = 0  # pixels of the maps behind it


@dataclass(frozen=True)
class Layout:
    """A way through all convolutions."""

    side: int  # of the input
    places: tuple[Place, ...]
    cost: float

    @property
    def text(self) -> str:
        """In words."""
        out = []
        for place in self.places:
            words = "" if place.stride == 1 else f" stride {place.stride}"
            words += "" if place.pad == 0 else " same" if place.pad < 0 else f" pad {place.pad}"
            pool = place.pool
            pooled = f", pool {pool}" if pool in POOLS else f", pooled {pool} x {pool[3:]}" if pool else ""
            out.append(f"conv{words}{pooled} → {place.side}")
        return f"{self.side} px: " + "; ".join(out)


def layouts(convs: Sequence[Found], values: int, side: int, keras: bool = False, pools: Sequence[str] | None = None) -> list[Layout]:
    """Layouts of square maps, the most usual first.

    Args:
        values: inputs of the first dense layer; 0 where there is none and every map becomes one value.
        side: of the input, pixels.
        keras: whether padding is "same" or "valid" and nothing else.
        pools: the pools that the file knows; None: any.
    """
    found: dict[tuple[Place, ...], Layout] = {}
    for same in (False, True):
        for layout in _search(convs, values, side, keras, same, pools):
            if layout.places not in found or found[layout.places].cost > layout.cost:
                found[layout.places] = layout
    return sorted(found.values(), key=lambda one: one.cost)[:MOST]


def _after(n: int, kernel: int, stride: int, pad: int, dilation: int = 1, ceil: bool = False) -> int:
    if pad < 0:
        return -(-n // stride)
    span = n + 2 * pad - (kernel - 1) * dilation - 1
    if span < 0:
        return 0
    out = (-(-span // stride) if ceil else span // stride) + 1
    return out - 1 if ceil and (out - 1) * stride >= n + pad else out


def _conv_options(conv: Found, keras: bool, same: bool, n: int, first: bool) -> list[tuple[int, int, float]]:
    """Strides and paddings with their costs, for maps of n pixels a side."""
    assert conv.kernel is not None
    k = max(conv.kernel.shape[2:])
    if "stride" in conv.known and "pad" in conv.known:
        return [(int(conv.known["stride"]), int(conv.known["pad"]), 0.0)]
    apart = conv.inputs == 1 and conv.outputs > 1 and not first  # each map for itself, as a rule at its own size
    pads: dict[int, float] = {0: 0.0 if k == 1 or not same or k == n else 1.0}
    if k > 1:
        half = (k - 1) // 2
        keeps = 0.0 if same or apart else 1.0
        if keras:
            pads[-1] = keeps
        elif k % 2:
            pads[half] = keeps
            pads.setdefault(1, 2.5)
            pads.setdefault(2, 2.5)
        else:
            pads[-1] = 2.5
            pads.setdefault(1, 2.0)
            pads.setdefault(2, 2.2)
    if apart and k != n:
        pads[0] = max(pads[0], 0.3)
    pooling = any(word in conv.name.lower() for word in ("pool", "down", "stride", "reduc"))
    strides = {1: 0.0 if not pooling else 0.8, 2: 0.0 if pooling else 1.0}
    if pooling:
        strides[k], pads[0] = 0.0, 0.0
    if k > 2:
        strides[3] = 2.5
    if k >= 3:
        strides[k] = min(strides.get(k, 9.0), 2.4)
        strides.setdefault(4, 3.0)
    if "stride" in conv.known:
        strides = {int(conv.known["stride"]): 0.0}
    if "pad" in conv.known:
        pads = {int(conv.known["pad"]): 0.0}
    return [(stride, pad, a + b) for stride, a in strides.items() for pad, b in pads.items()]


def _moves(
    conv: Found, n: int, first: bool, last: bool, want: int, keras: bool, same: bool, known: Sequence[str] | None
) -> list[tuple[Place, float]]:
    """Ways through one convolution from maps of n pixels a side; the last must end at `want` pixels a side."""
    assert conv.kernel is not None
    k = max(conv.kernel.shape[2:])
    dilation = int(conv.known.get("dilation", 1))
    slots = conv.known.get("slots")  # modules between this layer and the next: an activation, and perhaps a pool
    crowded, empty = (0.0, 0.0) if slots is None else (1.5 * (slots < 2), 0.5 * (slots >= 2))
    out: list[tuple[Place, float]] = []
    for stride, pad, cost in _conv_options(conv, keras, same, n, first):
        middle = _after(n, k, stride, pad, dilation)
        if middle < 1:
            continue
        if not last or middle == want:
            out.append((Place(stride, pad, "", middle), cost + 0.2 + empty))
        for name, (pk, ps, pp, ceil, unusual) in POOLS.items():
            if known is not None and name not in known:
                continue
            if (k == 1 and not last) or "pool" in conv.name.lower() or middle == 1:
                unusual += 0.5
            if conv.inputs == 1 and not first:
                unusual += 0.5
            if ceil and (middle - pk) % ps == 0:
                continue
            if middle + 2 * pp < pk:
                continue
            end = _after(middle, pk, ps, pp, 1, ceil)
            if end >= 1 and (not last or end == want) and middle > 1:
                out.append((Place(stride, pad, name, end), cost + (0.0 if known else 1.0) * unusual + 0.6 * (stride > 1) + crowded))
        if last and middle > want and middle % want == 0:
            unusual = 0.5 if want == 1 else 1.0
            out.append((Place(stride, pad, f"to {want}", want), cost + unusual + crowded))
    return out


def _search(convs: Sequence[Found], values: int, side: int, keras: bool, same: bool, known: Sequence[str] | None) -> list[Layout]:
    channels = convs[-1].outputs
    want = 1
    if values:
        want = math.isqrt(values // channels)
        if channels * want * want != values:
            return []
    count = len(convs)

    @cache
    def moves(i: int, n: int) -> tuple[tuple[Place, float], ...]:
        return tuple(_moves(convs[i], n, i == 0, i == count - 1, want, keras, same, known))

    @cache
    def rest(i: int, n: int) -> float:
        """The least cost from here to the end."""
        if i == count:
            return 0.0
        return min((cost + rest(i + 1, place.side) for place, cost in moves(i, n)), default=math.inf)

    if math.isinf(rest(0, side)):
        return []
    ticket = itertools.count()
    heap: list[tuple[float, int, float, tuple[Place, ...]]] = [(rest(0, side), next(ticket), 0.0, ())]
    out: list[Layout] = []
    while heap and len(out) < MOST:
        _, _, cost, places = heapq.heappop(heap)
        if len(places) == count:
            out.append(Layout(side, places, cost))
            continue
        n = places[-1].side if places else side
        for place, more in moves(len(places), n):
            after = rest(len(places) + 1, place.side)
            if not math.isinf(after):
                heapq.heappush(heap, (cost + more + after, next(ticket), cost + more, (*places, place)))
        if len(heap) > 200_000:
            break
    return out


def grid(n: int, cells: int) -> tuple[int, int, bool]:
    """Kernel and stride of a pool that brings n pixels to so many cells, and whether it is exact."""
    stride = n // cells
    kernel = n - (cells - 1) * stride
    return kernel, stride, n % cells == 0
