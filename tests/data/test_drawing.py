"""Drawings made like MNIST's digits, held against MNIST itself."""

import numpy as np
import pytest

from core.data import digits
from core.data.drawing import BOX, SIDE, UnusableDrawing, centre_of_mass, ink_box, prepare_drawing, resized_digits
from core.models.digit_layers import activations
from core.runs import shipped, store
from core.ui.drawing_pad import PEN_WIDTH, Stroke
from core.ui.drawing_pad.strokes import raster

MODEL = shipped.RUNS["digit-cnn"].model


@pytest.fixture(scope="module")
def test_images():
    if digits.trouble():
        pytest.skip("MNIST is not in the data folder")
    return digits.load("test")[0][:2_000] / np.float32(255)


def seven(size: int = 84, top: int = 10, left: int = 10, scale: int = 1) -> np.ndarray:
    """A seven of straight bars, ink 1."""
    image = np.zeros((size, size), np.float32)
    image[top : top + 4 * scale, left : left + 20 * scale] = 1
    image[top : top + 30 * scale, left + 16 * scale : left + 20 * scale] = 1
    return image


def test_a_test_image_prepared_again_stays_where_it_was(test_images):
    moved = []
    for image in test_images:
        before, after = centre_of_mass(image), centre_of_mass(prepare_drawing(image).centred)
        moved.append(np.hypot(after[0] - before[0], after[1] - before[1]))
    assert max(moved) < 0.5  # pixels


def test_preparing_again_changes_at_most_one_prediction_in_a_hundred(test_images):
    weights = store.load(shipped.RUNS["digit-cnn"].key).state(-1)
    again = np.stack([prepare_drawing(image).centred for image in test_images])
    before, after = (activations(MODEL, weights, images, np.float32)["logits"].argmax(1) for images in (test_images, again))
    assert (before != after).mean() <= 0.01


def test_an_enlarged_and_moved_test_image_is_still_read_alike(test_images):
    """Drawn three times as large in a corner of a pad of 140, as a person might: the way back gives nearly the same pictures."""
    weights = store.load(shipped.RUNS["digit-cnn"].key).state(-1)
    images, again = test_images[:500], []
    for image in images:
        pad = np.zeros((140, 140), np.float32)
        pad[:84, -84:] = np.kron(image, np.ones((3, 3), np.float32))
        again.append(prepare_drawing(pad).centred)
    before, after = (activations(MODEL, weights, x, np.float32)["logits"].argmax(1) for x in (images, np.stack(again)))
    assert (before != after).mean() <= 0.01


@pytest.mark.parametrize(("top", "left", "scale"), [(0, 0, 1), (50, 60, 1), (3, 5, 2)])
def test_place_and_size_of_a_drawing_do_not_matter(top, left, scale):
    prepared = prepare_drawing(seven(84, top, left, scale))
    reference = prepare_drawing(seven(84, 20, 20, 1))
    assert prepared.centred.shape == (SIDE, SIDE) and prepared.boxed.shape == (BOX, BOX)
    assert prepared.box == (top, left, 30 * scale, 20 * scale)
    assert np.abs(prepared.boxed - reference.boxed).mean() < 0.02
    _, _, height, width = ink_box(prepared.centred)
    assert (height, width) == (20, 13)  # 30 to 20 is 20 to 13.3
    assert max(abs(s) for s in prepared.shift) <= 0.5


def test_without_centring_the_digit_stays_in_its_corner():
    prepared = prepare_drawing(seven(84, 0, 0), centre=False)
    assert ink_box(prepared.centred)[:2] == (0, 0)
    assert min(prepared.shift) < -2
    top, left, height, width = ink_box(prepare_drawing(seven(84, 54, 64), centre=False).centred)
    assert (top + height, left + width) == (SIDE, SIDE)


def dot(size=84):
    y, x = np.mgrid[:size, :size]
    return (np.hypot(y - 40, x - 40) < 4).astype(np.float32)


@pytest.mark.parametrize(
    ("image", "word"),
    [(np.zeros((84, 84)), "Nothing is drawn"), (dot(), "one dot"), (np.ones((84, 84)), "all ink"), (np.eye(84)[::84], "square")],
)
def test_what_holds_no_digit_gets_a_sentence(image, word):
    with pytest.raises(ValueError, match=word):
        prepare_drawing(image)


def test_no_test_image_is_refused(test_images):
    for image in test_images:
        prepare_drawing(image)  # raises UnusableDrawing otherwise
    assert issubclass(UnusableDrawing, ValueError)


def test_a_plain_upright_line_is_a_one_not_a_dot():
    image = np.zeros((84, 84))
    image[20:60, 40:48] = 1
    assert prepare_drawing(image).centred.max() == 1


def written(lines: list[list[tuple[float, float]]], height: int, pen: int = PEN_WIDTH) -> np.ndarray:
    """Lines in a box of height 1, drawn with a pen in the middle of a pad, so high in thousandths of it."""
    return raster(tuple(Stroke(pen, tuple((int(400 + x * height), int(400 + y * height)) for x, y in line)) for line in lines), 84)


ZERO = [[(0.5 + 0.32 * np.cos(a), 0.5 + 0.5 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 30)]]
TWO = [[(0.2, 0.2), (0.4, 0), (0.7, 0.1), (0.7, 0.4), (0.15, 1), (0.85, 1)]]
FIVE = [[(0.8, 0), (0.2, 0), (0.2, 0.42), (0.6, 0.42), (0.8, 0.7), (0.6, 1), (0.2, 0.95)]]
EIGHT = [
    [(0.5 + 0.3 * np.cos(a), 0.25 + 0.25 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 24)],
    [(0.5 + 0.3 * np.cos(a), 0.75 + 0.25 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 24)],
]


@pytest.mark.parametrize("digit", [ZERO, TWO, FIVE, EIGHT], ids=["0", "2", "5", "8"])
@pytest.mark.parametrize("height", [100, 150, 200, 600])
@pytest.mark.parametrize("centre", [True, False])
def test_a_small_digit_of_the_usual_pen_is_no_dot(digit: list, height: int, centre: bool) -> None:
    assert prepare_drawing(written(digit, height), centre=centre).centred.max() == 1


@pytest.mark.parametrize("pen", [PEN_WIDTH, 120, 160, 200])
@pytest.mark.parametrize("slip", [0, 5])
def test_a_tap_of_any_pen_is_a_dot(pen: int, slip: int) -> None:
    with pytest.raises(UnusableDrawing, match="one dot"):
        prepare_drawing(raster((Stroke(pen, ((400, 400), (400 + slip, 400))),), 84))


@pytest.mark.parametrize("side", [20, 24, 32])
def test_other_sizes_are_the_same_picture_smaller_or_larger(side):
    """Box, place and centre of mass in shares of the side are those of 28 pixels, to within a pixel."""
    drawing = seven(84, 20, 30)
    usual, other = prepare_drawing(drawing), prepare_drawing(drawing, side=side)
    assert other.centred.shape == (side, side) and max(other.boxed.shape) == round(side * BOX / SIDE)
    assert max(ink_box(other.centred)[2:]) == round(side * BOX / SIDE)
    for a, b in zip(centre_of_mass(usual.centred), centre_of_mass(other.centred), strict=True):
        assert side / 2 - 0.5 <= b < side / 2 + 0.5 and abs(a / SIDE - b / side) < 1 / side
    kept = prepare_drawing(drawing, centre=False, side=side)
    assert kept.shift[0] != other.shift[0] and kept.centred.sum() == pytest.approx(other.centred.sum(), rel=1e-5)


def test_a_digit_of_mnist_in_another_size_lies_as_a_drawing_does(test_images):
    """What a network of 20x20 pixels was trained on, against the way that a drawing takes to it."""
    levels = np.rint(test_images[:200] * 255).astype(np.uint8)
    small = resized_digits(levels, 20) / np.float32(255)
    for image, digit in zip(test_images, small, strict=False):
        drawn = prepare_drawing(image, side=20).centred
        for a, b in zip(ink_box(digit > 0.1)[2:], ink_box(drawn > 0.1)[2:], strict=True):
            assert abs(a - b) <= 2  # pixels of the box
        # each centre is within half a pixel of its middle, and the middles are 1/7 pixel apart
        assert np.abs(np.subtract(centre_of_mass(digit), centre_of_mass(drawn))).max() < 1 + 1 / 7


def test_a_drawing_of_another_size_is_read_as_the_uci_digits_are() -> None:
    """Digits of 8x8 drawn large, made ready and brought back to 8x8: scikit-learn's classifier still reads nearly all of them."""
    from sklearn.linear_model import LogisticRegression

    from core.data import uci_digits

    images, labels = uci_digits.load("train")
    reader = LogisticRegression(max_iter=200).fit(images.reshape(-1, 64) / 255, labels)
    images, labels = (part[:100] for part in uci_digits.load("test"))
    large = np.kron(images, np.ones((10, 10), np.uint8)).astype(np.float32) / 255
    back = np.stack([prepare_drawing(image).of((8, 8)) for image in large])
    assert back.dtype == np.float32 and back.min() >= 0 and back.max() <= 1
    plain = (reader.predict(images.reshape(-1, 64) / 255) == labels).mean()
    assert (reader.predict(back.reshape(-1, 64)) == labels).mean() > plain - 0.05
    assert prepare_drawing(large[0]).of((12, 9)).shape == (12, 9)
    np.testing.assert_array_equal(prepare_drawing(large[0]).of((28, 28)), prepare_drawing(large[0]).centred)
