"""Pictures for the CNN pages: two photographs inside scikit-learn, and checked uploads."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from core.data import decoder

MOST_BYTES = 20 * 2**20
INK_LONGEST = 168  # pixels of the side of a square of ink: six times what MNIST's networks see
FAINT = 0.2  # ink below this is grain of the paper
PHOTOGRAPHS = {"temple": "china.jpg", "flower": "flower.jpg"}  # our name -> scikit-learn's


class BadPicture(ValueError):
    """An upload that cannot be used; the message is a sentence with the cure."""


@lru_cache(maxsize=len(PHOTOGRAPHS))
def photograph(name: str) -> np.ndarray:
    """One of PHOTOGRAPHS, (427, 640, 3) uint8, read-only."""
    from sklearn.datasets import load_sample_image  # slow to import

    pixels = np.array(load_sample_image(PHOTOGRAPHS[name]))
    pixels.setflags(write=False)
    return pixels


def read_upload(data: bytes, name: str) -> np.ndarray:
    """An uploaded picture as (height, width, 3) uint8, read-only: upright, no side above `decoder.LONGEST`; see there for more.

    It is decoded in a process of its own, within bounds of memory and time.

    Raises:
        BadPicture: empty, too large, not a picture, animated, cut or damaged.
    """
    shown = check_upload(data, name)
    try:
        width, height, pixels = decoder.decode(data)
    except decoder.Undecodable as error:
        raise BadPicture(f"{shown} {error}") from error
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def check_upload(data: bytes, name: str) -> str:
    """How a picture's file is called in sentences, where it may be one that can be read, told by its first bytes.

    Raises:
        BadPicture: it cannot.
    """
    shown = name if len(name) <= 60 else f"{name[:57]}..."
    if not data:
        raise BadPicture(f"{shown} is empty. Choose another file.")
    if len(data) > MOST_BYTES:
        raise BadPicture(
            f"{shown} has {len(data) / 2**20:.0f} MB; at most {MOST_BYTES >> 20} MB can be read. Save a smaller copy and try again."
        )
    head = data[:4096].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise BadPicture(f"{shown} is an SVG drawing, which has no pixels. {decoder.CURE}")
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise BadPicture(f"{shown} is a HEIC or AVIF photograph, which cannot be read here. {decoder.CURE}")
    return shown


def grey(picture: np.ndarray) -> np.ndarray:
    """Brightness of a picture (height, width, 3) uint8 as (height, width) float32, 0 black to 1 white (ITU-R 601)."""
    return (picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)) / 255


def ink(brightness: np.ndarray) -> np.ndarray:
    """Writing on paper, or chalk on a board, as ink 0-1: (height, width) float32, uneven light taken out.

    What surrounds the writing tells which of the two it is: where the border is light, dark is ink. The paper's own
    brightness is estimated at each place by the lightest of its surroundings.

    Raises:
        BadPicture: nothing stands out from its surroundings.
    """
    border = np.concatenate([brightness[0], brightness[-1], brightness[:, 0], brightness[:, -1]])
    paper_light = brightness if np.median(border) > 0.5 else 1 - brightness
    darker = _paper(paper_light) - paper_light  # 0 on paper
    top = float(np.quantile(darker, 0.998))
    if top < 0.1:
        raise BadPicture("Nothing in this picture stands out from its paper. Write with a thick dark pen and come closer.")
    return np.clip((darker / top - 0.25) / 0.55, 0, 1).astype(np.float32)  # below a quarter: shadow and grain


def scaled(image: np.ndarray, side: int) -> np.ndarray:
    """An image (h, w) in [0, 1] at another size, (side, side) float32: averaged over each pixel's area, or its pixels repeated."""
    picture = Image.fromarray(np.ascontiguousarray(image, np.float32))
    how = Image.Resampling.BOX if len(image) >= side else Image.Resampling.NEAREST
    return np.asarray(picture.resize((side, side), how))


def middle_square(brightness: np.ndarray, side: int) -> np.ndarray:
    """The middle square of a grey picture, (h, w) in [0, 1] -> (side, side) float32."""
    cut = min(brightness.shape)
    top, left = ((n - cut) // 2 for n in brightness.shape)
    return scaled(brightness[top : top + cut, left : left + cut], side)


def one_bit(image: np.ndarray, side: int) -> np.ndarray:
    """A one-bit image (n, n) at another size, (side, side) float32; a pixel is ink where more than a third of its area is."""
    if image.shape == (side, side):
        return image.astype(np.float32)
    return (scaled(image, side) > 0.335).astype(np.float32)


def in_square(image: np.ndarray, side: int) -> np.ndarray:
    """A small image (n, n), enlarged by a whole number, in the middle of an empty square, (side, side) float32; cut where it is larger."""
    scale = max(1, side // len(image))
    large = image.repeat(scale, axis=0).repeat(scale, axis=1)[:side, :side]
    before = (side - len(large)) // 2
    return np.pad(large, (before, side - len(large) - before)).astype(np.float32)


def fitted(image: np.ndarray, about: int) -> tuple[np.ndarray, int]:
    """An image (n, n) in about so many pixels, so that no line is lost: as it is with the whole number to enlarge it by, or the
    largest value of each block."""
    side = len(image)
    if side <= about:
        return image, about // side
    step = -(-side // about)
    padded = np.pad(image, (0, -side % step))
    return padded.reshape(len(padded) // step, step, -1, step).max(axis=(1, 3)), 1


def ink_square(ink: np.ndarray) -> np.ndarray:
    """Ink (h, w) in [0, 1] in the middle of a square of at most 168 pixels, faint grains left out; (n, n) float32."""
    side = max(ink.shape)
    canvas = np.zeros((side, side), np.float32)
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    canvas[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    if side > INK_LONGEST:
        canvas = scaled(canvas, INK_LONGEST)
    return np.where(canvas < FAINT, 0, canvas).astype(np.float32)


def writing(data: bytes, name: str) -> np.ndarray:
    """The writing in an uploaded picture, ink 1 in the middle of a square, (side, side).

    Raises:
        BadPicture: with a sentence.
    """
    return ink_square(ink(grey(read_upload(data, name))))


def _paper(light: np.ndarray) -> np.ndarray:
    """Brightness that blank paper would have at each place, (height, width)."""
    height, width = light.shape
    scale = 64 / max(height, width)
    small = Image.fromarray(np.uint8(np.rint(light * 255))).resize(
        (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX
    )
    lightest = small.filter(ImageFilter.MaxFilter(17)).filter(ImageFilter.GaussianBlur(5))
    return np.asarray(lightest.resize((width, height), Image.Resampling.BILINEAR), np.float32) / 255
