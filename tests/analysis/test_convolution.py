"""Convolution, ReLU and pooling against torch and scipy, for every choice of the page."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from core.analysis import convolution
from core.analysis.classical_kernels import CLASSICAL, SOBEL_X, typed

STRIDES, PADDINGS, DILATIONS = range(1, 6), range(13), range(1, 5)  # the sliders of the page


def _random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


@pytest.mark.parametrize(("stride", "dilation"), list(itertools.product(STRIDES, DILATIONS)))
def test_equals_torch_for_all_strides_paddings_and_dilations(stride, dilation):
    image = _random(1, 41, 37)
    for padding, side in itertools.product(PADDINGS, (1, 3, 7, 9)):
        kernel = _random(side, side, side)
        theirs = torch.nn.functional.conv2d(
            torch.from_numpy(image)[None, None],
            torch.from_numpy(kernel)[None, None],
            torch.tensor([0.3], dtype=torch.float64),
            stride=stride,
            padding=padding,
            dilation=dilation,
        )[0, 0]
        ours = convolution.convolve(image, kernel, 0.3, stride, padding, dilation)
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-12)


@given(height=st.integers(3, 30), width=st.integers(3, 30), k=st.integers(1, 5), m=st.integers(1, 5), seed=st.integers(0, 10**6))
@settings(max_examples=80)
def test_equals_scipys_correlation(height, width, k, m, seed):
    image, kernel = _random(seed, height, width), _random(seed + 1, min(k, height), min(m, width))
    np.testing.assert_allclose(convolution.convolve(image, kernel), correlate2d(image, kernel, "valid"), atol=1e-12)


def test_learned_kernel_on_a_pulse_equals_torch():
    image, kernel = (_random(3, 100, 100) > 0.9).astype(np.uint8), _random(4, 25, 25).astype(np.float32)
    theirs = torch.nn.functional.conv2d(torch.from_numpy(image)[None, None].double(), torch.from_numpy(kernel)[None, None].double())[0, 0]
    np.testing.assert_allclose(convolution.convolve(image, kernel), theirs.numpy(), atol=1e-10)


def test_the_kernel_is_not_turned_round():
    dot = np.zeros((5, 5))
    dot[2, 2] = 1
    kernel = np.arange(9.0).reshape(3, 3)
    assert convolution.convolve(dot, kernel).tolist() == kernel[::-1, ::-1].tolist()


def test_a_kernel_that_does_not_fit_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="reaches over 9 pixels, the image with its padding over 6"):
        convolution.convolve(np.zeros((4, 4)), np.zeros((3, 3)), padding=1, dilation=4)


def test_strongest_names_the_first_of_the_largest():
    assert convolution.strongest(np.array([[0.0, 2.0], [2.0, 1.0]])) == (0, 1, 2.0)


def test_classical_kernels_do_what_they_say():
    image = _random(5, 12, 12)
    flat, slope = np.full((9, 9), 0.7), np.tile(np.arange(9.0), (9, 1))
    made = {name: kernel for name, (kernel, _) in CLASSICAL.items()}
    assert np.array_equal(convolution.convolve(image, made["identity"]), image[1:-1, 1:-1])
    np.testing.assert_allclose(convolution.convolve(flat, made["box blur"]), 0.7)
    np.testing.assert_allclose(convolution.convolve(flat, made["gaussian blur"]), 0.7)
    np.testing.assert_allclose(convolution.convolve(flat, made["sharpen"]), 0.7)
    np.testing.assert_allclose(convolution.convolve(slope, made["Laplacian"]), 0, atol=1e-12)
    np.testing.assert_allclose(convolution.convolve(slope, made["Sobel x"]), 8)  # 1 a pixel, over two pixels, weights 1 + 2 + 1
    np.testing.assert_allclose(convolution.convolve(slope, made["Sobel y"]), 0, atol=1e-12)
    np.testing.assert_allclose(convolution.convolve(slope.T, SOBEL_X.T), 8)
    assert made["emboss"].sum() == 1


@pytest.mark.parametrize("bad", [[[1, 2], [3, 4]], [[1, 2, 3]], [["a"] * 3] * 3, [[None] * 3] * 3, [[np.nan] * 3] * 3, [[np.inf] * 3] * 3])
def test_typed_kernels_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match=r"number|square"):
        typed(bad)


def test_typed_kernels_are_taken_as_they_are():
    assert typed([[0, 1, 0]] * 3).tolist() == [[0.0, 1.0, 0.0]] * 3
    with pytest.raises(ValueError, match="within"):
        typed([[1e9] * 3] * 3)
