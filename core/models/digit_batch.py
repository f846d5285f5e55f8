"""Thousands of images through the convolutions of a digit CNN, without torch: as core.models.digit_layers, in half the time.

Maps lie as (maps, height, batch, width) here: the rows that a kernel's row reads then stand side by side for all images, so that
a convolution is one matrix product for each row of its kernel, on as many shifted copies of the image as that row has weights.
"""

from math import prod

import numpy as np

from core.models.activations import relu

CHUNK = 64  # images at a time: what a convolution copies stays in the processor's cache


class Convolution:
    """A convolution of many small batches, which writes into the same memory each time."""

    def __init__(self, kernel: np.ndarray, bias: np.ndarray | float = 0.0) -> None:
        """Of a kernel (out, in, k, k) and a bias (out,)."""
        self._outputs, self._inputs, self._k, _ = kernel.shape
        self._rows = np.ascontiguousarray(kernel.transpose(2, 0, 1, 3), np.float32).reshape(self._k, self._outputs, -1)
        self._bias = np.reshape(np.asarray(bias, np.float32), (-1, 1))
        self._memory: dict[str, np.ndarray] = {}

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Maps (out, h - k + 1, batch, w - k + 1) of x (in, h, batch, w), float32; until the next call."""
        k, (_, h, batch, w) = self._k, x.shape
        height, width = h - k + 1, w - k + 1
        shifted = self._room("shifted", self._inputs, k, h, batch, width)
        for column in range(k):
            shifted[:, column] = x[..., column : column + width]
        lines = shifted.reshape(self._inputs * k, h, batch * width)
        out, more = (self._room(name, self._outputs, height * batch * width) for name in ("out", "more"))
        for row in range(k):
            to = more if row else out
            np.matmul(self._rows[row], lines[:, row : row + height].reshape(self._inputs * k, -1), out=to)
            if row:
                out += more
        out += self._bias
        return out.reshape(self._outputs, height, batch, width)

    def _room(self, name: str, *shape: int) -> np.ndarray:
        """Memory of this name and shape, the same as before where that was enough."""
        size = prod(shape)
        if name not in self._memory or len(self._memory[name]) < size:
            self._memory[name] = np.empty(size, np.float32)
        return self._memory[name][:size].reshape(shape)


def laid_out(images: np.ndarray) -> np.ndarray:
    """Images (batch, h, w) in [0, 1], or uint8 with ink 255, as maps (1, h, batch, w) float32."""
    scale = np.float32(255 if images.dtype == np.uint8 else 1)
    return np.asarray(images / scale, np.float32).transpose(1, 0, 2)[None]


def pooled(x: np.ndarray) -> np.ndarray:
    """Maps (maps, h, batch, w) after ReLU and max-pooling, (maps, h // 2, batch, w // 2)."""
    h, w = (side - side % 2 for side in (x.shape[1], x.shape[3]))
    higher = np.maximum(x[:, 0:h:2], x[:, 1:h:2])
    return relu(np.maximum(higher[..., 0:w:2], higher[..., 1:w:2]))


def by_image(x: np.ndarray) -> np.ndarray:
    """Maps (maps, h, batch, w) as digit_layers has them, (batch, maps, h, w)."""
    return np.ascontiguousarray(x.transpose(2, 0, 1, 3))


def by_row(x: np.ndarray) -> np.ndarray:
    """Maps (batch, maps, h, w) as they lie here, (maps, h, batch, w)."""
    return x.transpose(1, 2, 0, 3)
