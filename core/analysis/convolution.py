"""One convolution, number by number: the feature map of an image, in float64 and without torch.

Convolution is cross-correlation, as in torch: the kernel is not turned round.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def span(kernel: int, dilation: int) -> int:
    """How many pixels a kernel of this side reaches over."""
    return (kernel - 1) * dilation + 1


def check(image: NDArray, kernel: NDArray, padding: int, dilation: int) -> None:
    """Refuse a kernel that does not fit into the image.

    Raises:
        ValueError: with the cure.
    """
    for side, k in zip(image.shape, kernel.shape, strict=True):
        if span(k, dilation) > side + 2 * padding:
            raise ValueError(
                f"The kernel reaches over {span(k, dilation)} pixels, the image with its padding over {side + 2 * padding}; "
                "choose a smaller kernel or dilation, or more padding."
            )


def convolve(image: NDArray, kernel: NDArray, bias: float = 0.0, stride: int = 1, padding: int = 0, dilation: int = 1) -> Array:
    """The feature map before its ReLU, (height, width) with (k, l) -> (rows, columns).

    Each weight meets its shifted copy of the image once, so that no more is held than the image and the map.

    Raises:
        ValueError: the kernel does not fit, with the cure.
    """
    check(image, kernel, padding, dilation)
    padded = np.pad(np.asarray(image, np.float64), padding)
    rows, columns = ((n - span(k, dilation)) // stride + 1 for n, k in zip(padded.shape, kernel.shape, strict=True))
    out = np.full((rows, columns), float(bias))
    for (r, c), weight in np.ndenumerate(np.asarray(kernel, np.float64)):
        top, left = r * dilation, c * dilation
        out += weight * padded[top : top + (rows - 1) * stride + 1 : stride, left : left + (columns - 1) * stride + 1 : stride]
    return out


def strongest(feature_map: NDArray) -> tuple[int, int, float]:
    """Row, column and value of a map's largest number, the first of equals."""
    row, column = np.unravel_index(int(np.argmax(feature_map)), feature_map.shape)
    return int(row), int(column), float(feature_map[row, column])
