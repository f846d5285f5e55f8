"""Averages of the images of each class."""

import numpy as np

from core.data.class_means import class_means


def test_class_means_equal_plain_averages():
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (90, 4, 5), dtype=np.uint8), rng.integers(0, 9, 90)
    means = class_means(images, labels, 10)
    for c in range(9):
        np.testing.assert_allclose(means[c], np.mean([i for i, k in zip(images, labels, strict=True) if k == c], axis=0))
    assert np.isnan(means[9]).all()
