"""One convolution, number by number: the feature map of an image, in float64 and without torch.

Convolution is cross-correlation, as in torch: the kernel is not turned round.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
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


def patches(image: NDArray, shape: tuple[int, int], stride: int = 1, padding: int = 0, dilation: int = 1) -> Array:
    """Every patch that a kernel of this shape meets, (height, width) -> (rows, columns, k, l); a view where it can be."""
    padded = np.pad(np.asarray(image, np.float64), padding)
    windows = sliding_window_view(padded, (span(shape[0], dilation), span(shape[1], dilation)))
    return windows[::stride, ::stride, ::dilation, ::dilation]


def convolve(image: NDArray, kernel: NDArray, bias: float = 0.0, stride: int = 1, padding: int = 0, dilation: int = 1) -> Array:
    """The feature map before its ReLU, (height, width) with (k, l) -> (rows, columns).

    Raises:
        ValueError: the kernel does not fit, with the cure.
    """
    check(image, kernel, padding, dilation)
    windows = patches(image, kernel.shape, stride, padding, dilation)
    return np.einsum("rckl,kl->rc", windows, np.asarray(kernel, np.float64), optimize=True) + bias


def strongest(feature_map: NDArray) -> tuple[int, int, float]:
    """Row, column and value of a map's largest number, the first of equals."""
    row, column = np.unravel_index(int(np.argmax(feature_map)), feature_map.shape)
    return int(row), int(column), float(feature_map[row, column])
