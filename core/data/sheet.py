"""A photograph of handwriting: paper found, uneven light and shadows, squared lines and frames taken out, digits cut into boxes.

Each step is kept as an image, so that a page can show it, and any box can be cut again after a person has moved it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.data import pictures
from core.data.drawing import Prepared, UnusableDrawing, prepare_drawing
from core.data.pictures import BadPicture

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

WIDEST_STROKE = 1 / 14  # of the picture's longer side: a wider pen is taken for a shadow
WIDEST_ALONE = 1 / 4  # the same where one digit fills the picture
SHREDS = 12  # pieces at most that a digit falls into whose strokes are wider than was thought
FILLS = 0.4  # share of the picture's height that such a digit has at least
PAPER = 0.24  # of the brightest paper: what is darker is the table around it
FAINTEST = 0.06  # darkness of ink against its paper
SLOPES = np.tan(np.radians(np.arange(-5, 5.1, 0.25)))  # of ruled lines against the picture's edges
LONG = 0.5  # share of the paper's width (or height) that a ruled line covers
SMALLEST = 8  # pixels of a digit's height
GAP = 0.3  # of a digit's height: strokes of one digit are no further apart


@dataclass(frozen=True)
class Box:
    """Where a digit stands, in pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def middle(self) -> float:
        """Row of its middle."""
        return self.top + self.height / 2

    def meets(self, other: "Box", reach: float = 0.0) -> bool:
        """Whether the boxes come as near as `reach` in both directions."""
        return (
            self.top - reach < other.top + other.height
            and other.top - reach < self.top + self.height
            and self.left - reach < other.left + other.width
            and other.left - reach < self.left + self.width
        )

    def around(self, other: "Box") -> "Box":
        """The smallest box around both."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        bottom = max(self.top + self.height, other.top + other.height)
        return Box(top, left, bottom - top, max(self.left + self.width, other.left + other.width) - left)


@dataclass(frozen=True)
class Sheet:
    """A photograph, read; all images (H, W)."""

    brightness: Floats  # as it came, 0 black to 1 white
    paper: Floats  # brightness that blank paper would have at each place
    ink: Floats  # 0 to 1, lines taken out
    pieces: NDArray[np.int32]  # number of the box that each pixel of ink belongs to, from 1; 0: none
    boxes: tuple[Box, ...]  # as one reads: line by line, from the left
    notes: tuple[str, ...]  # what was taken out, in sentences


def read_sheet(brightness: Floats) -> Sheet:
    """Find the digits of a photograph.

    Args:
        brightness: (H, W) in [0, 1], as core.data.pictures.grey gives it.

    Raises:
        BadPicture: nothing stands out from its paper, or nothing of it is of a digit's size.
    """
    found, trouble = _tried(brightness, WIDEST_STROKE)
    large = FILLS * len(brightness)
    if found is None or (len(found.boxes) <= SHREDS and max(box.height for box in found.boxes) < large):
        alone, _ = _tried(brightness, WIDEST_ALONE)
        if alone is not None and len(alone.boxes) == 1 and alone.boxes[0].height >= large:
            return alone
    if found is None:
        raise BadPicture(trouble)
    return found


def _tried(brightness: Floats, widest: float) -> tuple[Sheet | None, str]:
    """The sheet for a pen of at most this width, a share of the longer side; or why there is none."""
    try:
        return _read(brightness, widest), ""
    except BadPicture as error:
        return None, str(error)


def _read(brightness: Floats, widest: float) -> Sheet:
    notes = []
    light, chalk = _dark_on_light(brightness)
    if chalk:
        notes.append("The writing is lighter than what it stands on, so light was taken for ink.")
    paper = _paper(light, widest)
    darkness = _darkness(light, paper)
    on_paper = _on_paper(paper)
    if not on_paper.all():
        notes.append("Only the paper was read, not what lies around it.")
    darkness *= on_paper
    mask = _mask(darkness)
    lines = _lines(mask, on_paper)
    if lines.any():
        notes.append("Long straight lines, as of squared paper or a frame, were taken out.")
        mask = _without(mask, lines)
        darkness = np.where(lines & ~mask, 0, darkness)
    pieces, boxes = _pieces(mask)
    if not boxes:
        raise BadPicture("Nothing in this picture has the size of a digit. Write larger, with a thick dark pen, and come closer.")
    top = float(np.median([darkness[pieces == k + 1].max() for k in range(len(boxes))]))
    near = ndimage.binary_dilation(mask, iterations=2)
    ink = np.where(near, np.clip((darkness / max(top, 1e-6) - 0.2) / 0.5, 0, 1), 0)
    return Sheet(brightness, paper, ink.astype(np.float32), pieces, boxes, tuple(notes))


def cut(sheet: Sheet, box: Box) -> Prepared:
    """The digit in a box, one found or one that a person drew, made like a drawing.

    A piece that lies for the most part in another box is left out.

    Raises:
        core.data.drawing.UnusableDrawing: there is no digit in the box.
    """
    height, width = sheet.ink.shape
    top, left = max(box.top, 0), max(box.left, 0)
    rows, columns = slice(top, min(box.top + box.height, height)), slice(left, min(box.left + box.width, width))
    ink = sheet.ink[rows, columns]
    if not ink.size:
        raise UnusableDrawing("The box lies outside of the picture: move it onto a digit.")
    pieces = sheet.pieces[rows, columns]
    inside = np.bincount(pieces.ravel(), minlength=len(sheet.boxes) + 1)
    whole = np.bincount(sheet.pieces.ravel(), minlength=len(sheet.boxes) + 1)
    foreign = (inside < 0.5 * whole) & (np.arange(len(whole)) > 0)
    if not foreign[1:].all() or not (inside[1:] > 0).any():
        strange = foreign[pieces]
        ink = np.where(ndimage.binary_dilation(strange, iterations=2) & ~((pieces > 0) & ~strange), 0, ink)
    return prepare_drawing(pictures.ink_square(ink))


def _dark_on_light(brightness: Floats) -> tuple[Floats, bool]:
    """The brightness, turned where the writing is lighter than what it stands on; and whether it was.

    What stands out from the middle brightness around it is mostly dark on paper, mostly light on a board.
    """
    step = max(1, max(brightness.shape) // 96)
    rows, columns = (n // step * step for n in brightness.shape)
    small = brightness[:rows, :columns].reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    apart = small - ndimage.median_filter(small, size=max(small.shape) // 6 + 1)
    chalk = bool((apart**3).sum() > 0)
    smooth = ndimage.gaussian_filter(brightness, 0.7)
    return (1 - smooth if chalk else smooth).astype(np.float32), chalk


def _paper(light: Floats, widest: float) -> Floats:
    """What blank paper would be: narrow dark things closed. A shadow's edge stays as sharp as it is, and grain is not taken for paper."""
    side = max(2 * int(max(light.shape) * widest / 2) + 1, 5)
    sharp = ndimage.grey_closing(light, size=(side, side))
    smooth = ndimage.grey_closing(ndimage.gaussian_filter(light, 2), size=(side, side))
    return np.minimum(sharp, smooth * np.float32(1.01))


def _darkness(light: Floats, paper: Floats) -> Floats:
    """How much darker each place is than its paper, a share: the same under a lamp and in a shadow."""
    return np.clip(1 - light / np.maximum(paper, 0.05), 0, 1).astype(np.float32)


def _on_paper(paper: Floats) -> Mask:
    """Where the paper is: the largest bright part, holes filled, its very edge left out."""
    bright = paper > PAPER * np.quantile(paper, 0.98)
    if bright.all():
        return bright
    parts, count = ndimage.label(bright)
    if count > 1:
        bright = parts == 1 + np.bincount(parts.ravel())[1:].argmax()
    bright = ndimage.binary_fill_holes(bright)
    return ndimage.binary_erosion(bright, iterations=max(2, max(paper.shape) // 150), border_value=1)


def _mask(darkness: Floats) -> Mask:
    """Where ink is: above the threshold that parts the dark places best, grown to what is half as dark beside it."""
    grain = float(np.median(darkness))
    least = max(FAINTEST, 4 * grain)
    dark = darkness[darkness > least]
    if dark.size < 20:
        raise BadPicture("Nothing in this picture stands out from its paper. Write with a thick dark pen and come closer.")
    threshold = max(least, 0.5 * _otsu(dark), 0.35 * float(np.quantile(dark, 0.95)))
    return ndimage.binary_propagation(darkness > threshold, mask=darkness > max(least, 0.6 * threshold))


def _otsu(values: NDArray[np.float32]) -> float:
    """The threshold between two groups of values in [0, 1] that leaves the least variance within them (Otsu 1979)."""
    counts, edges = np.histogram(values, 128, (0, 1))
    middles = (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(counts), np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mass[-1] * below / below[-1] - mass) ** 2 / (below * (below[-1] - below))
    return float(middles[int(np.nan_to_num(between).argmax())])


def _lines(mask: Mask, on_paper: Mask) -> Mask:
    """Ruled lines and frames: straight, at one slope, over half of the paper, two or more of them."""
    found = np.zeros_like(mask)
    across = _parallel(mask, on_paper)
    down = _parallel(mask.T, on_paper.T)
    if across is not None and across[1] >= 2:
        found |= across[0]
    if down is not None and (down[1] >= 6 or (down[1] >= 2 and found.any())):
        found |= down[0].T
    return found


def _parallel(mask: Mask, on_paper: Mask) -> tuple[Mask, int] | None:
    """Where lines run from the left to the right at the slope that suits most of them, and how many there are."""
    rows, columns = np.nonzero(mask)
    width = float(on_paper.any(axis=0).sum())
    if not len(rows) or not width:
        return None
    best: tuple[float, float, NDArray[np.bool_], NDArray[np.int64]] | None = None
    for slope in SLOPES:
        places = np.rint(rows - slope * (columns - mask.shape[1] / 2)).astype(np.int64) + mask.shape[1]
        counts = np.bincount(places, minlength=mask.shape[0] + 2 * mask.shape[1])
        long = counts > LONG * width
        score = float(counts[long].sum())
        if long.any() and (best is None or score > best[0]):
            best = (score, float(slope), long, places)
    if best is None:
        return None
    _, _, long, places = best
    starts = int((np.diff(long.astype(np.int8)) == 1).sum())
    wide = ndimage.binary_dilation(long, iterations=2)
    lines = np.zeros_like(mask)
    lines[rows, columns] = wide[places]
    return lines, starts


def _without(mask: Mask, lines: Mask) -> Mask:
    """The ink without its lines, but with what crosses them: strokes that go on above and below."""
    rest = mask & ~lines
    thick = 2 + int(np.ceil(2 * float(ndimage.distance_transform_cdt(lines).max())))
    reach = np.ones((thick, 1), bool)
    crossing = (
        ndimage.binary_closing(np.pad(rest, thick), reach)[thick:-thick, thick:-thick]
        | ndimage.binary_closing(np.pad(rest, thick), reach.T)[thick:-thick, thick:-thick]
    )
    return rest | (crossing & lines)


def _pieces(mask: Mask) -> tuple[NDArray[np.int32], tuple[Box, ...]]:
    """Which pixels make a digit, and the boxes, in the order of reading."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    found = ndimage.find_objects(labels)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    boxes = {k + 1: _box(part) for k, part in enumerate(found) if part is not None}
    tall = [box.height for k, box in boxes.items() if box.height >= SMALLEST and sizes[k] >= 2 * SMALLEST]
    if not tall:
        return np.zeros(mask.shape, np.int32), ()
    usual = float(np.median([height for height in tall if height >= 0.4 * np.quantile(tall, 0.9)]))
    kept = {k: box for k, box in boxes.items() if not _speck(box, int(sizes[k]), usual, mask.shape)}
    groups = _grouped(kept, usual)
    table = np.zeros(count + 1, np.int32)
    whole = []
    for members in groups:
        box = kept[members[0]]
        for k in members[1:]:
            box = box.around(kept[k])
        if box.height >= 0.4 * usual:
            whole.append((box, members))
    order = _reading(tuple(box for box, _ in whole))
    for number, i in enumerate(order, start=1):
        table[whole[i][1]] = number
    pieces = table[labels]
    return _split(pieces, [whole[i][0] for i in order], usual)


def _box(part: tuple[slice, ...]) -> Box:
    rows, columns = part
    return Box(rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)


def _speck(box: Box, size: int, usual: float, shape: tuple[int, ...]) -> bool:
    """Whether a piece of ink is dirt, or the rest of a line or of the picture's edge."""
    long, short = max(box.height, box.width), min(box.height, box.width)
    at_edge = box.top == 0 or box.left == 0 or box.top + box.height == shape[0] or box.left + box.width == shape[1]
    return (
        long < 0.2 * usual
        or size < 0.012 * usual**2
        or (box.width > 4 * usual and box.height < 0.35 * usual)
        or (at_edge and long > 6 * short)
    )


def _grouped(boxes: dict[int, Box], usual: float) -> list[list[int]]:
    """Numbers of pieces, those of one digit together: small ones go to the nearest piece beside or above them."""
    parent = {k: k for k in boxes}

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for k, box in boxes.items():
        for other, second in boxes.items():
            if k >= other or not box.meets(second, GAP * usual):
                continue
            both = box.around(second)
            beside = min(box.left + box.width, second.left + second.width) - max(box.left, second.left)  # columns that both cover
            shares = beside > 0.4 * min(box.width, second.width)
            small = min(box.height, second.height) < 0.6 * usual
            if both.height <= 1.35 * usual and shares and small:
                parent[root(k)] = root(other)
    groups: dict[int, list[int]] = {}
    for k in boxes:
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _reading(boxes: tuple[Box, ...]) -> list[int]:
    """The boxes' places, line by line and from the left."""
    lines: list[list[int]] = []
    for i in sorted(range(len(boxes)), key=lambda i: boxes[i].middle):
        line = next(
            (line for line in lines if abs(np.mean([boxes[j].middle for j in line]) - boxes[i].middle) < 0.6 * boxes[i].height), None
        )
        if line is None:
            lines.append([i])
        else:
            line.append(i)
    return [i for line in lines for i in sorted(line, key=lambda i: boxes[i].left)]


def _split(pieces: NDArray[np.int32], boxes: list[Box], usual: float) -> tuple[NDArray[np.int32], tuple[Box, ...]]:
    """Wide pieces of two digits that touch are cut where the least ink joins them."""
    out = np.zeros_like(pieces)
    done: list[Box] = []
    for number, box in enumerate(boxes, start=1):
        rows, columns = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
        mine = pieces[rows, columns] == number
        at = _seam(mine, usual)
        for start, stop in ((0, at), (at, box.width)) if at else ((0, box.width),):
            part = mine[:, start:stop]
            filled = np.flatnonzero(part.any(axis=1))
            done.append(
                replace(
                    box, top=box.top + int(filled[0]), left=box.left + start, height=int(filled[-1] - filled[0] + 1), width=stop - start
                )
            )
            out[rows, slice(box.left + start, box.left + stop)][part] = len(done)
    return out, tuple(done)


def _seam(mine: Mask, usual: float) -> int:
    """The column between two digits that touch; 0 for one digit."""
    height, width = mine.shape
    if width < 1.3 * max(height, usual):
        return 0
    columns = mine.sum(axis=0)
    middle = slice(int(0.3 * width), int(0.7 * width))
    at = middle.start + int(columns[middle].argmin())
    return at if columns[at] <= 0.25 * height else 0
