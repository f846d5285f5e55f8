"""Where the first layer's largest row lies, on kernels planted by hand."""

import numpy as np
import pytest

from core.analysis.pixel_norms import pixel_norms, regions, untouched


@pytest.mark.parametrize(
    ("pixel", "place", "answer"),
    [
        ((0, 27), "corner", "corner"),
        ((14, 13), "centre", "centre"),
        ((14, 0), "edge", "corner"),
        ((6, 6), "edge", "corner"),
        ((3, 24), "corner", "corner"),
    ],
)
def test_planted_pixel_is_found(pixel, place, answer):
    kernel = np.full((784, 3), 0.1)
    kernel[0] = 0.2  # the corner is a little ahead of the centre
    kernel[pixel[0] * 28 + pixel[1]] = [3.0, 0.0, -4.0]
    found = pixel_norms(kernel)
    assert (found.largest, found.place, found.answer) == (pixel, place, answer)
    assert found.image[pixel] == pytest.approx(5)


def test_regions_lie_apart():
    centre, corner = regions(28)
    assert centre.sum() == 14 * 14 and corner.sum() == 4 * 4 * 4
    assert not (centre & corner).any()
    assert centre[7, 7] and not centre[6, 7] and corner[0, 0] and corner[27, 24] and not corner[27, 23]


def test_untouched_rows():
    first = np.ones((3, 2))
    now = first.copy()
    now[1, 0] = 2
    assert untouched(first, now).tolist() == [True, False, True]


def test_no_square_is_refused():
    with pytest.raises(ValueError, match="no square"):
        pixel_norms(np.ones((10, 2)))
