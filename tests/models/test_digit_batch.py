"""Convolutions of many images in one memory: against torch's, batch after batch of any size."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.models.digit_batch import Convolution, by_image, by_row, laid_out, pooled


@pytest.mark.parametrize(("inputs", "outputs", "k", "side"), [(1, 8, 5, 28), (8, 16, 5, 12), (3, 4, 3, 7), (2, 1, 1, 4)])
def test_each_batch_is_what_torch_gives(inputs: int, outputs: int, k: int, side: int) -> None:
    rng = np.random.default_rng(k)
    kernel, bias = rng.normal(size=(outputs, inputs, k, k)).astype(np.float32), rng.normal(size=outputs).astype(np.float32)
    convolved = Convolution(kernel, bias)
    for batch in (5, 64, 3, 1):  # what a larger one left behind must not show
        images = rng.normal(size=(batch, inputs, side, side)).astype(np.float32)
        expected = functional.conv2d(torch.from_numpy(images), torch.from_numpy(kernel), torch.from_numpy(bias))
        maps = convolved(by_row(images))
        np.testing.assert_allclose(by_image(maps), expected, atol=1e-4)
        if maps.shape[1] > 1:
            np.testing.assert_allclose(by_image(pooled(maps)), functional.max_pool2d(functional.relu(expected), 2), atol=1e-4)


def test_images_are_laid_out_by_row() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 5), dtype=np.uint8)
    assert laid_out(images).shape == (1, 4, 3, 5)
    np.testing.assert_array_equal(by_image(laid_out(images))[:, 0], images / np.float32(255))
    np.testing.assert_array_equal(laid_out(images / 255), laid_out(images))
