"""How much structure a convolution kernel has: two numbers that tell a drawing from noise. Needs no torch."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
LEAST_LOW = 8  # pixels a side of the smallest kernel that can hold a wave of low frequency


def low_share(kernels: Array) -> NDArray[np.float64]:
    """Share of each kernel's spectral energy, its mean left out, at or below a quarter of the Nyquist frequency on both
    axes: (..., h, w) -> (...). Noise of 25x25 has 48 / 624 = 0.077; a constant kernel has 0."""
    power = np.abs(np.fft.fft2(kernels.astype(np.float64))) ** 2
    power[..., 0, 0] = 0
    low = [np.abs(np.fft.fftfreq(n)) <= 0.125 for n in kernels.shape[-2:]]
    total = power.sum((-2, -1))
    share = power[..., low[0][:, None] & low[1][None, :]].sum(-1)
    return np.divide(share, total, out=np.zeros_like(total), where=total > 0)


def roughness(kernels: Array) -> NDArray[np.float64]:
    """Mean absolute difference of neighbouring pixels over the kernel's standard deviation: (..., h, w) -> (...).
    Uniform noise has 2 / 3 * sqrt(3) = 1.155; a smooth kernel far less; a constant kernel 0."""
    k = kernels.astype(np.float64)
    steps = (np.abs(np.diff(k, axis=-1)).sum((-2, -1)) + np.abs(np.diff(k, axis=-2)).sum((-2, -1))) / (
        k.shape[-2] * (k.shape[-1] - 1) + (k.shape[-2] - 1) * k.shape[-1]
    )
    spread = k.std((-2, -1))
    return np.divide(steps, spread, out=np.zeros_like(spread), where=spread > 0)


def of_noise(side: int) -> tuple[float, float]:
    """low_share and roughness that kernels of this side have on average when their weights are uniform noise."""
    noise = np.random.default_rng(0).uniform(-1, 1, (200, side, side))
    return float(low_share(noise).mean()), float(roughness(noise).mean())
