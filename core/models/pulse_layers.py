"""Sizes of the pulse CNN's layers, from its spec alone. Needs no torch."""

import math

from core.specs import ModelSpec, SpecError


def map_sides(spec: ModelSpec) -> tuple[int, int, int]:
    """Sides in pixels of the first maps, the second maps and the pooled maps.

    Raises:
        SpecError: the kernels are too large for the image, or there are not two convolutions.
    """
    if len(spec.channels) != 2:
        raise SpecError(f"The pulse CNN has two convolutions; give two numbers of kernels, not {len(spec.channels)}.")
    first = spec.image - spec.kernel_size + 1
    second = first - spec.kernel_size + 1
    if second < 2:
        most = spec.image // 2
        raise SpecError(f"Kernels of {spec.kernel_size} pixels leave nothing of a {spec.image} pixel image; use {most} or fewer.")
    return first, second, second // 2


def shapes(spec: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of every parameter by name, in the order of the layers: (out, in, h, w), (inputs, outputs), (outputs,)."""
    pooled = map_sides(spec)[2]
    c1, c2, k = *spec.channels, spec.kernel_size
    out: dict[str, tuple[int, ...]] = {"conv1.kernel": (c1, 1, k, k), "conv1.bias": (c1,)}
    out |= {"conv2.kernel": (c2, c1, k, k), "conv2.bias": (c2,)}
    widths = (c2 * pooled * pooled, *spec.sizes)
    for i, (inputs, outputs) in enumerate(zip(widths, spec.sizes, strict=False), start=1):
        out |= {f"dense{i}.kernel": (inputs, outputs), f"dense{i}.bias": (outputs,)}
    return out


def parameter_count(spec: ModelSpec) -> int:
    """How many numbers the network learns."""
    return sum(math.prod(shape) for shape in shapes(spec).values())
