"""The four pulse shapes as heights in [0, 1] over x, and the span of heights under a pen.

Sine and exponential are worked out here with + - * / and floor alone. Those are exact to the bit by IEEE 754, while the
C library's (and numpy's vectorised) sin and exp differ in the last bit from machine to machine, which would now and then move a pixel.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[Floats, Floats]

# Taylor coefficients of sin(2 pi x) in x and of 2^-x in x, by exact recurrences in double precision.
_TURN = 6.283185307179586
_LN2 = 0.6931471805599453
_REACH = 2.5  # a gaussian is kept in view over this many standard deviations; 4.4 % of its height is left there


def sine(cycles: Floats) -> Floats:
    """sin(2 pi `cycles`) to 1e-9, the same bits on every IEEE machine; any shape."""
    x = cycles - np.floor(cycles + 0.5)  # in [-1/2, 1/2)
    x = np.where(x > 0.25, 0.5 - x, np.where(x < -0.25, -0.5 - x, x)) * _TURN
    square = x * x
    total = np.ones_like(x)
    for n in (15, 13, 11, 9, 7, 5, 3):  # Horner's form of x - x^3/3! + x^5/5! - ...
        total = 1.0 - total * square / (n * (n - 1.0))
    return x * total


def fall(z: Floats) -> Floats:
    """exp(-z) for z >= 0 to 1e-9, the same bits on every IEEE machine; any shape."""
    z = np.minimum(z, 700.0) / _LN2
    whole = np.floor(z)
    part = (z - whole) * _LN2  # in [0, ln 2)
    total = np.ones_like(z)
    for n in range(11, 0, -1):
        total = 1.0 - total * part / float(n)
    return np.ldexp(total, -whole.astype(np.int32))


def gaussian_reach(sd: Floats) -> Floats:
    """Half the width that a gaussian of `sd` must have room for."""
    return _REACH * sd


def height(kind: str, x: Floats, a: Floats, b: Floats) -> Floats:
    """Height in [0, 1] of a pulse at `x`; arrays that broadcast together.

    `a`, `b`: square - left and right flank; gaussian - centre and sd; sinusoid, sawtooth - cycles per unit and phase in cycles.
    """
    if kind == "square":
        return ((x >= a) & (x <= b)).astype(np.float64)
    if kind == "gaussian":
        d = (x - a) / b
        return fall(0.5 * (d * d))
    u = a * x + b
    return 0.5 + 0.5 * sine(u) if kind == "sinusoid" else u - np.floor(u)


def spans(kind: str, edges: Floats, pen: int, a: Floats, b: Floats) -> Span:
    """Least and greatest height while x runs under the pen of each column; flanks and crests inside a column count.

    Args:
        edges: (columns + pen,) left edges of the pen, then right ones: column c runs from edges[c] to edges[c + pen].
        a, b: (N, 1) as for `height`.
    Returns: two arrays (N, columns).
    """
    left, right = edges[None, :-pen], edges[None, pen:]  # (1, columns)
    if kind == "square":
        touches = (right > a) & (left < b)
        leaves = (left < a) | (right > b)
        return (~leaves).astype(np.float64), touches.astype(np.float64)
    values = height(kind, edges[None, :], a, b)  # (N, columns + pen)
    low, high = np.minimum(values[:, :-pen], values[:, pen:]), np.maximum(values[:, :-pen], values[:, pen:])
    if kind == "gaussian":
        high[(left <= a) & (a <= right)] = 1.0
        return low, high
    u = a * edges[None, :] + b
    if kind == "sawtooth":
        jumps = _passes(u, pen, 0.0)
        low[jumps], high[jumps] = 0.0, 1.0
        return low, high
    high[_passes(u, pen, 0.25)] = 1.0
    low[_passes(u, pen, 0.75)] = 0.0
    return low, high


def _passes(u: Floats, pen: int, mark: float) -> NDArray[np.bool_]:
    """(N, columns): whether the phase passes `mark` (in cycles) under the pen."""
    turns = np.floor(u - mark)
    return turns[:, pen:] > turns[:, :-pen]
