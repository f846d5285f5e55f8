"""Damaged images against other libraries' pictures and values worked out by hand."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.analysis.ink import doubt, filled, pieces_apart
from core.data import catalog, stand_in
from core.data.damage import DAMAGES, LETTERS, NOTHINGS, letter, nothing, two_on_one

every = pytest.mark.parametrize("name", DAMAGES)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return stand_in.load("test")[0][:40].astype(np.float32) / 255


@every
@pytest.mark.parametrize("shape", [(3, 28, 28), (2, 8, 8), (1, 100, 100), (2, 27, 20)])
def test_shape_type_and_range_stay(name: str, shape: tuple[int, ...]) -> None:
    one, before = DAMAGES[name], np.random.default_rng(0).random(shape, np.float32)
    kept = before.copy()
    for amount in one.at(shape[1]):
        after = one.change(before, amount)
        assert after.shape == shape and after.dtype == np.float32
        assert after.min() >= 0 and after.max() <= 1 + 1e-6
    assert np.array_equal(before, kept), "images are shared: nobody may change them"


@every
def test_the_neutral_amount_changes_nothing_and_the_others_do(name: str, images: np.ndarray) -> None:
    one = DAMAGES[name]
    assert {one.neutral, one.start} <= set(one.amounts) and one.start != one.neutral
    for side in (28, 8, 20, 100):
        assert one.neutral in one.at(side) and one.scaled(one.start, side) in one.at(side)
        assert list(one.at(side)) == sorted(set(one.at(side)))
    np.testing.assert_allclose(one.change(images, one.neutral), images, atol=1e-6)
    far = [float(np.abs(one.change(images, amount) - images).mean()) for amount in one.amounts]
    at = one.amounts.index(one.neutral)
    assert far[at] < 1e-6 and all(np.diff(far[at:]) > 0) and all(np.diff(far[: at + 1]) < 0), "more damage, further away"


@pytest.mark.parametrize("degrees", [-75, 30, 60])
def test_a_turn_is_pillow_s(degrees: float, images: np.ndarray) -> None:
    turned = DAMAGES["turn"].change(images, degrees)
    for before, after in zip(images, turned, strict=True):
        other = np.asarray(Image.fromarray(before).rotate(degrees, Image.Resampling.BILINEAR))
        inside = np.s_[2:-2, 2:-2]  # the two differ in what lies outside the frame
        np.testing.assert_allclose(after[inside], other[inside], atol=1e-4)


def test_quarter_turns_and_shifts_are_exact(images: np.ndarray) -> None:
    np.testing.assert_allclose(DAMAGES["turn"].change(images, 90), np.rot90(images, axes=(1, 2)), atol=1e-5)
    moved = DAMAGES["shift"].change(images, 4)
    assert np.array_equal(moved[:, :, 4:], images[:, :, :-4]) and not moved[:, :, :4].any()
    moved = DAMAGES["shift"].change(images, -4)
    assert np.array_equal(moved[:, :, :-4], images[:, :, 4:]) and not moved[:, :, -4:].any()


def test_half_the_size_holds_a_quarter_of_the_ink(images: np.ndarray) -> None:
    assert DAMAGES["scale"].change(images, 0.5).sum() == pytest.approx(images.sum() / 4, rel=0.02)


def test_ink_grows_by_a_disk() -> None:
    dot = np.zeros((1, 9, 9), np.float32)
    dot[0, 4, 4] = 1
    for pixels, ink in ((1, 5), (2, 13), (3, 29)):  # lattice points within a circle
        grown = DAMAGES["thicken"].change(dot, pixels)
        assert grown.sum() == ink and DAMAGES["thicken"].change(grown, -pixels).sum() == 1


def test_a_blur_is_pillow_s(images: np.ndarray) -> None:
    blurred = DAMAGES["blur"].change(images[:1], 1.5)[0]
    other = np.asarray(Image.fromarray(np.uint8(images[0] * 255)).filter(ImageFilter.GaussianBlur(1.5))) / 255
    assert np.abs(blurred - other).mean() < 0.01 and blurred.sum() == pytest.approx(images[0].sum(), rel=0.01)


def test_noise_is_as_strong_as_it_says_and_always_the_same() -> None:
    grey = np.full((50, 28, 28), 0.5, np.float32)
    noisy = DAMAGES["noise"].change(grey, 0.1)
    assert float((noisy - grey).std()) == pytest.approx(0.1, rel=0.02) and abs(float((noisy - grey).mean())) < 0.002
    assert np.array_equal(noisy, DAMAGES["noise"].change(grey, 0.1))


def test_a_square_is_covered(images: np.ndarray) -> None:
    covered = DAMAGES["occlude"].change(images, 10)
    assert not covered[:, 9:19, 9:19].any()
    outside = np.ones((28, 28), bool)
    outside[9:19, 9:19] = False
    assert np.array_equal(covered[:, outside], images[:, outside])


def test_two_digits_on_one_pad_are_noticed_and_one_is_not(images: np.ndarray) -> None:
    assert [doubt(one) for one in images] == [""] * len(images)
    pairs = two_on_one(images, images[0])
    assert {doubt(one) for one in pairs} == {"pieces"} and {pieces_apart(one) for one in pairs} == {2}
    half = pairs[:, :, :14]
    assert half.sum() == pytest.approx(images.sum() / 4, rel=0.03), "each is on its own side"


def test_hardly_a_digit_of_a_whole_test_set_raises_doubts() -> None:
    from core.data import digits

    found = digits.load_any("test").images[:1_500].astype(np.float32) / 255
    assert np.mean([bool(doubt(one)) for one in found]) < 0.002
    small = catalog.load("uci-digits", "test")[0].astype(np.float32) / 255
    assert not any(doubt(one) for one in small)


def test_ink_that_fills_the_frame_is_noticed() -> None:
    assert doubt(np.ones((28, 28), np.float32)) == doubt(np.ones((8, 8), np.float32)) == "full" and filled(np.ones((28, 28))) == 1
    assert doubt(np.zeros((28, 28), np.float32)) == "" and pieces_apart(np.zeros((28, 28))) == 0
    near = np.zeros((28, 28), np.float32)
    near[4:24, 10:12] = near[4:24, 14:16] = 1  # two strokes, 2 px apart: one piece
    assert pieces_apart(near) == 1
    near[:, 14:16] = 0
    near[4:24, 20:22] = 1  # 8 px apart
    assert pieces_apart(near) == 2
    near[4:24, 20:22] = 0
    near[4:6, 20:22] = 1  # a speck
    assert pieces_apart(near) == 1


@pytest.mark.parametrize("side", [28, 20, 8, 100])
def test_letters_and_nothing_have_the_form_of_digits(side: int) -> None:
    letters = [letter(name, side) for name in LETTERS]
    assert all(one.shape == (side, side) and one.max() <= 1 and one.sum() > 0 for one in letters)
    assert len({one.tobytes() for one in letters}) == len(LETTERS)
    rest = [nothing(name, side) for name in NOTHINGS]
    assert all(one.shape == (side, side) and one.dtype == np.float32 and one.min() >= 0 and one.max() <= 1 for one in rest)
    assert len({one.tobytes() for one in rest}) == len(NOTHINGS) and not rest[0].any()
