"""A network under construction: the steps so far, their parameters, and how its maker's arrays are laid out.

However a framework orders its axes, steps work on (channels, height, width). A chain keeps for every axis of the maker's array which
of C, H and W lie on it; so a reshape, a transpose or a flatten only changes that note, and the next dense kernel's rows are brought
into the order map by map, row by row.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.importing.refusal import refuse
from core.models.sequence_steps import output_shape
from core.specs import Step
from core.specs.steps import POINTWISE

Array = np.ndarray
Axes = tuple[tuple[str, ...], ...]  # of the maker's array, the batch left out: (("C",), ("H",), ("W",)) or (("H", "W", "C"),)
FIRST: Axes = (("C",), ("H",), ("W",))
LAST: Axes = (("H",), ("W",), ("C",))
MOST_SIDE = 512


@dataclass(frozen=True)
class Stage:
    """One step with its parameters, as `core.models.sequence` names their parts."""

    step: Step
    parameters: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    """The steps from the input to here; every method gives the chain with one more."""

    size: tuple[int, int, int]  # of the input: channels, height, width
    stages: tuple[Stage, ...]
    shape: tuple[int, int, int]  # of what comes out: channels, height, width; (units, 1, 1) after a dense layer
    axes: Axes
    decided: bool = False  # the classes were taken by argmax

    # ---- layout

    def lengths(self) -> list[int]:
        """Length of each axis of the maker's array, the batch left out."""
        named = dict(zip("CHW", self.shape, strict=True))
        return [math.prod(named[atom] for atom in axis) for axis in self.axes]

    def transpose(self, order: Sequence[int]) -> "Chain":
        """Axes in another order; `order` counts the batch as 0 and leaves it there."""
        order = [n % (len(self.axes) + 1) for n in order]
        if sorted(order) != list(range(len(self.axes) + 1)) or order[0]:
            refuse("It moves the axis of the images among the others, which a sequence of layers cannot express.")
        return replace(self, axes=tuple(self.axes[n - 1] for n in order[1:]))

    def reshape(self, target: Sequence[int], *, batched: bool = True) -> "Chain":
        """Axes regrouped to these lengths; -1 stands for what is left.

        Args:
            batched: whether the first length is that of the batch.
        """
        named = dict(zip("CHW", self.shape, strict=True))
        total = math.prod(self.shape)
        wanted = [int(n) for n in target]
        if batched and wanted:
            if math.prod(wanted) == total and wanted[0] not in (-1, 1):  # an array of one image, its batch left out
                pass
            elif len(wanted) == 1:
                wanted = [-1]
            else:
                wanted = wanted[1:]
        if wanted.count(-1) > 1 or any(n < -1 for n in wanted):
            refuse("It reshapes an array to sizes that cannot be.")
        wanted = [total if n == 0 and len(wanted) == 1 else n for n in wanted]
        if -1 in wanted:
            known = math.prod(n for n in wanted if n != -1)
            wanted[wanted.index(-1)] = total // known if known > 0 else 0
        if math.prod(wanted) != total:
            refuse(f"It reshapes {total:,} values into {' x '.join(map(str, wanted))}, which cannot be; its sizes contradict each other.")
        atoms = [atom for axis in self.axes for atom in axis if named[atom] > 1]
        if [n for n in wanted if n > 1] == [total] or not atoms:
            axes = tuple(tuple(atoms) if n == total and n > 1 else () for n in wanted)
            if not any(axes) and atoms:
                axes = (tuple(atoms), *axes[1:])
            return self._with_free(axes or ((),))
        groups: list[tuple[str, ...]] = []
        position = 0
        for n in wanted:
            group: list[str] = []
            size = 1
            while size < n and position < len(atoms):
                size *= named[atoms[position]]
                group.append(atoms[position])
                position += 1
            if size != n:
                return self._split(wanted)
            groups.append(tuple(group))
        return self._with_free(tuple(groups))

    def _with_free(self, axes: Axes) -> "Chain":
        """Axes of length 1 get the letters that are left, so that every letter stands somewhere."""
        there = {atom for axis in axes for atom in axis}
        free = [atom for atom in "CHW" if atom not in there]
        if len(axes) == 3:  # which axis of length 1 is the channel's follows from where rows and columns are
            order = LAST if axes[0] in (("H",), ("W",)) else FIRST
            spare = {wish[0] for wish in order} & set(free)
            filled = [axis or ((want[0],) if want[0] in spare else ()) for axis, want in zip(axes, order, strict=True)]
            axes = tuple(filled)
        else:
            axes = tuple(axis or ((free.pop(0),) if free and len(axes) > 1 else ()) for axis in axes)
        missing = [atom for atom in "CHW" if atom not in {a for axis in axes for a in axis}]
        if missing and axes:
            axes = (*axes[:-1], (*axes[-1], *missing)) if self.shape["CHW".index(missing[0])] == 1 else axes
        return replace(self, axes=axes)

    def _split(self, wanted: list[int]) -> "Chain":
        """The flat input of a network read as maps: its one long axis is cut where the maker cuts it."""
        if not self.stages and len([a for a in self.axes if a]) == 1 and len(wanted) in (2, 3):
            at = _image(wanted)
            if at is not None:
                size, axes = at
                return Chain(size, (), size, axes)
        if len(self.stages) and self.shape[1:] == (1, 1) and len(wanted) == 3:
            refuse("It makes maps of a dense layer's units, as a generator of images does; this app shows networks that read images.")
        return refuse("It cuts its arrays along lines that are none of channels, rows or columns; this app cannot follow that.")

    def flatten(self) -> "Chain":
        """All axes of an image in one."""
        return replace(self, axes=(tuple(atom for axis in self.axes for atom in axis),))

    def squeeze(self) -> "Chain":
        """Axes of length 1 left out."""
        kept = tuple(axis for axis, n in zip(self.axes, self.lengths(), strict=True) if n > 1)
        return self._with_free(kept or (("C",),))

    def maps(self, layout: Axes) -> "Chain":
        """The chain, if its array holds maps in this layout.

        Raises:
            Refused: it holds something else.
        """
        if len(self.axes) == 2:
            # rows and columns alone: a framework that adds the channel later
            return replace(self, axes=layout) if self.axes == (("H",), ("W",)) and self.shape[0] == 1 else self._no_maps()
        if self.axes == layout:
            return self
        named = dict(zip("CHW", self.shape, strict=True))
        have = [[a for a in axis if named[a] > 1] for axis in self.axes]
        want = [[a for a in axis if named[a] > 1] for axis in layout]
        return replace(self, axes=layout) if have == want else self._no_maps()

    def _no_maps(self) -> "Chain":
        return refuse(
            "A convolution or pool does not find channels, rows and columns where its framework has them; the file is not consistent."
        )

    def order(self) -> Array | None:
        """For each value of the maker's flat array, its place in channels, rows, columns; None where that is the same order."""
        atoms = [atom for axis in self.axes for atom in axis]
        places = np.arange(math.prod(self.shape)).reshape(self.shape)
        there = [atom for atom in atoms if atom in "CHW"]
        missing = [atom for atom in "CHW" if atom not in there]
        flat = places.transpose(["CHW".index(atom) for atom in there + missing]).ravel()
        return None if np.array_equal(flat, np.arange(len(flat))) else flat

    # ---- steps

    def add(self, step: Step, **parameters: Array) -> "Chain":
        """The chain with one more step; parameters as float32, finite.

        Raises:
            Refused: nothing is left of the maps, or a parameter is not finite.
        """
        if self.decided:
            refuse("It goes on after it has chosen a class; this app reads networks that end there.")
        after = output_shape(step, self.shape) if step.kind != "flatten" else (math.prod(self.shape),)
        if min(after) < 1:
            refuse(f"Its {step.title} leaves nothing of maps of {self.shape[1]}x{self.shape[2]} pixels; the sizes do not fit the input.")
        if math.prod(after) > 1 << 22:
            refuse(f"Its {step.title} gives {math.prod(after):,} values an image; that is more than this app shows.")
        with np.errstate(over="ignore"):
            clean = {name: np.ascontiguousarray(value, np.float32) for name, value in parameters.items()}
        if not all(np.isfinite(value).all() for value in clean.values()):
            refuse(f"The {step.title} holds numbers that are not finite (NaN or infinity): its training had failed.")
        shape = (*after, 1, 1) if len(after) == 1 else after
        return replace(self, stages=(*self.stages, Stage(step, clean)), shape=shape)  # type: ignore[arg-type]

    def conv(
        self,
        kernel: Array,
        bias: Array | None,
        *,
        stride: Sequence[int] = (1, 1),
        pad: Sequence[int] | str = (0, 0, 0, 0),
        dilation: Sequence[int] = (1, 1),
        groups: int = 1,
        layout: Axes = FIRST,
    ) -> "Chain":
        """A convolution; kernel (out, in / groups, height, width), pad as (top, left, bottom, right), "same" or "same_lower"."""
        at = self.maps(layout)
        if kernel.ndim != 4:
            refuse(f"A convolution's kernel has {kernel.ndim} axes; this app reads convolutions over images, with 4.")
        out, inside, kh, kw = kernel.shape
        if groups < 1 or inside * groups != at.shape[0] or out % max(groups, 1):
            refuse(f"A convolution reads {inside * groups} channels where there are {at.shape[0]}; the layers do not fit each other.")
        stride, dilation = (int(stride[0]), int(stride[1])), (int(dilation[0]), int(dilation[1]))
        _check_numbers((kh, kw), stride, dilation)
        sides = at.pads(pad, (kh, kw), stride, dilation)
        step = Step("conv", out, (kh, kw), stride, sides, dilation, groups)
        bias = np.zeros(out) if bias is None else np.reshape(bias, -1)
        if bias.shape != (out,):
            refuse(f"A convolution of {out} kernels has {bias.size} biases; the layers do not fit each other.")
        return at.add(step, kernel=kernel, bias=bias)

    def pads(self, pad: Sequence[int] | str, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int] = (1, 1)) -> Any:
        """Padding as (top, left, bottom, right) of a rule or of numbers."""
        if isinstance(pad, str):
            if pad == "valid":
                return (0, 0, 0, 0)
            both = []
            for n, k, s, d in zip(self.shape[1:], kernel, stride, dilation, strict=True):
                total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
                less, more = total // 2, total - total // 2
                both.append((more, less) if pad == "same_lower" else (less, more))
            return (both[0][0], both[1][0], both[0][1], both[1][1])
        sides = tuple(int(n) for n in pad)
        if len(sides) == 2:
            sides = (sides[0], sides[1], sides[0], sides[1])
        if len(sides) != 4 or min(sides) < 0 or max(sides) > MOST_SIDE:
            refuse("A padding has sizes that cannot be.")
        return sides

    def pool(
        self,
        kind: str,
        kernel: Sequence[int] | None,
        stride: Sequence[int] | None = None,
        pad: Sequence[int] | str = (0, 0, 0, 0),
        *,
        ceil: bool = False,
        inside: bool = True,
        layout: Axes = FIRST,
        dilation: Sequence[int] = (1, 1),
    ) -> "Chain":
        """A max-pool or average pool ("maxpool", "avgpool"); no kernel: over all of each map.

        Args:
            ceil: whether a window that is only partly on the map counts.
            inside: whether an average leaves out what lies outside the map.
        """
        at = self.maps(layout)
        if kernel is None:
            return at.add(Step(kind))
        kh, kw = int(kernel[0]), int(kernel[1])
        stride = (kh, kw) if stride is None or not len(stride) else (int(stride[0]), int(stride[1]))
        _check_numbers((kh, kw), stride, (1, 1))
        if tuple(dilation) != (1, 1):
            refuse("A pool takes cells that are not beside each other (dilation); this app does not follow that.")
        sides = list(at.pads(pad, (kh, kw), stride))
        if ceil:
            for axis, (n, k, s) in enumerate(zip(at.shape[1:], (kh, kw), stride, strict=True)):
                over = (n + sides[axis] + sides[axis + 2] - k) % s
                last_start = ((n + sides[axis] + sides[axis + 2] - k) // s + 1) * s
                if over and last_start < n + sides[axis]:
                    sides[axis + 2] += s - over
                    inside = True
        mode = "inside" if kind == "avgpool" and inside and any(sides) else ""
        return at.add(Step(kind, 0, (kh, kw), stride, tuple(sides), mode=mode))  # type: ignore[arg-type]

    def dense(self, kernel: Array, bias: Array | None = None) -> "Chain":
        """A dense layer over the last axis; kernel (inputs, outputs) in the maker's order of inputs."""
        lengths = self.lengths()
        if kernel.ndim != 2 or not lengths or lengths[-1] != kernel.shape[0] or math.prod(lengths) != lengths[-1]:
            have = " x ".join(map(str, lengths)) or "1"
            refuse(
                f"A dense layer reads {kernel.shape[0] if kernel.ndim == 2 else '?'} values where there are {have}; the layers do not fit."
            )
        order = self.order()
        if order is not None:
            rows = np.empty_like(kernel)
            rows[order] = kernel
            kernel = rows
        chain = self if self.shape[1:] == (1, 1) else self.add(Step("flatten"))
        units = kernel.shape[1]
        bias = np.zeros(units) if bias is None else np.reshape(bias, -1)
        if bias.shape != (units,):
            refuse(f"A dense layer of {units} units has {bias.size} biases; the layers do not fit each other.")
        out = chain.add(Step("dense", units), kernel=kernel, bias=bias)
        return replace(out, axes=(*((),) * (len(self.axes) - 1), ("C", "H", "W")) if len(self.axes) > 1 else (("C", "H", "W"),))

    def norm(self, gamma: Array | None, beta: Array | None, mean: Array, variance: Array, epsilon: float, axis: int = 1) -> "Chain":
        """A batch norm with its running mean and variance, over the given axis of the maker's array (the batch is 0)."""
        count = np.size(mean)
        gamma = np.ones(count) if gamma is None else gamma
        beta = np.zeros(count) if beta is None else beta
        values = [np.reshape(np.asarray(v, np.float64), -1) for v in (gamma, beta, mean, variance)]
        if any(v.shape != (count,) for v in values):
            refuse("A batch norm's four arrays have different lengths; the file is not consistent.")
        if np.any(values[3] + epsilon <= 0):
            refuse("A batch norm holds a negative variance; the file is damaged or holds something else.")
        chain = self.channelled(axis, count)
        if chain.shape[1:] == (1, 1) or len(self.axes) == 3:
            order = None
        else:
            order = self.order()
            chain = chain if not self.stages or self.stages[-1].step.kind == "flatten" else chain.add(Step("flatten"))
        if order is not None:
            values = [_placed(v, order) for v in values]
        out = chain.add(Step("norm", value=float(epsilon)), **dict(zip(("gamma", "beta", "mean", "variance"), values, strict=True)))
        return replace(out, axes=self.axes) if order is None and chain.shape == self.shape else replace(out, axes=(("C", "H", "W"),))

    def channelled(self, axis: int, count: int) -> "Chain":
        """The chain, if `count` values stand on this axis of the maker's array and belong to one channel each."""
        axis = axis % (len(self.axes) + 1) - 1
        lengths = self.lengths()
        if not 0 <= axis < len(lengths) or lengths[axis] != count:
            refuse(f"A layer has {count} values for an axis of another length; the layers do not fit each other.")
        if len(self.axes) == 3 and self.axes[axis] != ("C",) and self.shape[1:] != (1, 1):
            refuse("A batch norm runs along rows or columns and not along channels; this app does not follow that.")
        return self

    def activate(self, kind: str, **options: Any) -> "Chain":
        """A function of single values."""
        return self if kind in ("", "linear") else self.add(Step(kind, **options))

    def softmax(self) -> "Chain":
        """Probabilities over all values, which must be one row."""
        lengths = [n for n in self.lengths() if n > 1]
        if len(lengths) > 1:
            refuse(
                "It takes a softmax over one axis of several, as networks that label every pixel do; this app shows one answer an image."
            )
        chain = self if self.shape[1:] == (1, 1) else replace(self.add(Step("flatten")), axes=(("C", "H", "W"),))
        return chain.add(Step("softmax"))

    def affine(self, factor: Any, shift: Any, axis: int | None = None) -> "Chain":
        """Every value times a factor plus a shift: numbers, or one for each channel.

        A shift behind a layer without one becomes its bias.
        """
        factor, shift = np.asarray(factor, np.float64), np.asarray(shift, np.float64)
        if factor.size > 1 or shift.size > 1:
            count = max(factor.size, shift.size)
            factor, shift = (np.broadcast_to(v.reshape(-1), (count,)) for v in (factor, shift))
            if self.stages and self.stages[-1].step.kind in ("conv", "dense") and np.all(factor == 1):
                last = self.stages[-1]
                if last.step.units == count:
                    bias = last.parameters["bias"] + shift.astype(np.float32)
                    stage = Stage(last.step, {**last.parameters, "bias": bias})
                    return replace(self, stages=(*self.stages[:-1], stage))
            where = axis if axis is not None else self._axis_of(count)
            return self.norm(factor, shift, np.zeros(count), np.ones(count), 0.0, where)
        if float(factor.reshape(-1)[0]) == 1 and float(shift.reshape(-1)[0]) == 0:
            return self
        return self.add(Step("scale", value=float(factor.reshape(-1)[0]), shift=float(shift.reshape(-1)[0])))

    def _axis_of(self, count: int) -> int:
        lengths = self.lengths()
        for i, axis in enumerate(self.axes):
            if "C" in axis and lengths[i] == count:
                return i + 1
        return len(lengths)

    def prelu(self, slope: Array) -> "Chain":
        """ReLU with a slope of its own below 0 for each channel, or one for all."""
        slope = np.reshape(np.asarray(slope, np.float64), -1)
        if slope.size not in (1, self.shape[0]):
            refuse("A PReLU has another number of slopes than there are channels.")
        return self.add(Step("prelu"), slope=np.broadcast_to(slope, (self.shape[0],)))

    def padding(self, pad: Sequence[int], value: float = 0.0, layout: Axes = FIRST) -> "Chain":
        """Rows and columns of one value around the maps; pad is (top, left, bottom, right)."""
        at = self.maps(layout)
        sides = at.pads(pad, (1, 1), (1, 1))
        return at.add(Step("pad", pad=sides, value=1.0 if value == 0 else float(value))) if any(sides) else at

    def decide(self) -> "Chain":
        """The class taken by argmax, which this app does itself."""
        return replace(self, decided=True)


def _placed(values: Array, order: Array) -> Array:
    out = np.empty_like(values)
    out[order] = values
    return out


def _check_numbers(kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]) -> None:
    if min(*kernel, *stride, *dilation) < 1 or max(*kernel, *stride, *dilation) > MOST_SIDE:
        refuse("A layer has a kernel, stride or dilation that cannot be.")


def _image(sides: Sequence[int]) -> tuple[tuple[int, int, int], Axes] | None:
    """Channels, height, width and axes of an input of these sides, the batch left out."""
    if len(sides) == 2:
        return (1, sides[0], sides[1]), (("H",), ("W",))
    if len(sides) == 3 and sides[0] in (1, 3) and sides[1] > 3:
        return (sides[0], sides[1], sides[2]), FIRST
    if len(sides) == 3 and sides[2] in (1, 3):
        return (sides[2], sides[0], sides[1]), LAST
    return None


def start(sides: Sequence[int], *, flat_last: bool = True) -> Chain:
    """A network's input of these lengths, the batch left out: (784,), (28, 28), (1, 28, 28), (28, 28, 1).

    Raises:
        Refused: no image has such an input.
    """
    sides = [int(n) for n in sides]
    if any(n < 1 or n > 1 << 20 for n in sides):
        refuse("Its input has no fixed size; this app needs one, such as 28 x 28.")
    if len(sides) == 1:
        n = sides[0]
        for channels in (1, 3):
            side = math.isqrt(n // channels)
            if side * side * channels == n and side > 3:
                size = (channels, side, side)
                return Chain(size, (), size, (("H", "W", "C"),) if flat_last else (("C", "H", "W"),))
        refuse(f"It reads {n:,} values, which is no square image of one or three colours; this app shows networks that read images.")
    found = _image(sides)
    if found is None or max(found[0][1:]) > MOST_SIDE:
        refuse(f"It reads arrays of {' x '.join(map(str, sides))}, which are no images in grey or three colours.")
    size, axes = found
    return Chain(size, (), size, axes)


__all__ = ["FIRST", "LAST", "POINTWISE", "Chain", "Stage", "start"]
