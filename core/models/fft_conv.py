"""Two convolutions with ReLU and a max-pool as one differentiable operation, by FFT: fast where kernels are large.

Convolution is cross-correlation here, as in torch. With spectra X of the image and K of the zero-padded kernel the valid
part of `irfft2(X * conj(K))` is what `conv2d` gives; the same three transforms give both gradients. Images go through in
micro-batches, so that all that one of them needs stays in the processor's cache; spectra are made again in the backward
pass, since keeping them costs 400 KB an image and gains no time.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.fft import irfft2, rfft2

from core.models.pulse_layers import FFT_FROM, MICRO_BATCH, fft_size


def correlate(image_spectrum: Tensor, kernel_spectrum: Tensor) -> Tensor:
    """Spectra of each image's maps, (n, in, f, g) with (out, in, f, g) -> (n, out, f, g)."""
    if image_spectrum.shape[1] == 1:
        return image_spectrum * kernel_spectrum.conj()[None, :, 0]
    if kernel_spectrum.shape[0] == 1:
        return (image_spectrum * kernel_spectrum.conj()).sum(1, keepdim=True)
    return torch.einsum("nifg,oifg->nofg", image_spectrum, kernel_spectrum.conj())


def spread(map_spectrum: Tensor, kernel_spectrum: Tensor) -> Tensor:
    """The way back, (n, out, f, g) with (out, in, f, g) -> (n, in, f, g): a full convolution."""
    if kernel_spectrum.shape[0] == 1:
        return map_spectrum * kernel_spectrum
    if kernel_spectrum.shape[1] == 1:
        return (map_spectrum * kernel_spectrum[None, :, 0]).sum(1, keepdim=True)
    return torch.einsum("nofg,oifg->nifg", map_spectrum, kernel_spectrum)


def kernel_gradient(image_spectrum: Tensor, map_spectrum: Tensor) -> Tensor:
    """Spectra of the kernels' gradient summed over images, (n, in, f, g) with (n, out, f, g) -> (out, in, f, g)."""
    if image_spectrum.shape[1] == 1:
        return (image_spectrum * map_spectrum.conj()).sum(0)[:, None]
    if map_spectrum.shape[1] == 1:
        return (image_spectrum * map_spectrum.conj()).sum(0)[None]
    return torch.einsum("nifg,nofg->oifg", image_spectrum, map_spectrum.conj())


def fft_conv2d(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """Valid cross-correlation by FFT, (n, in, h, w) with (out, in, k, l) -> (n, out, h-k+1, w-l+1); no gradient of its own."""
    size = (fft_size(x.shape[-2]), fft_size(x.shape[-1]))
    maps = irfft2(correlate(rfft2(x, s=size), rfft2(kernel, s=size)), s=size)
    return _valid(maps, x, kernel) + bias[:, None, None]


def _valid(maps: Tensor, x: Tensor, kernel: Tensor) -> Tensor:
    return maps[..., : x.shape[-2] - kernel.shape[-2] + 1, : x.shape[-1] - kernel.shape[-1] + 1]


class _FFTPair(torch.autograd.Function):
    """conv -> ReLU -> conv -> max-pool 2 -> ReLU (pooling and ReLU commute, and pooling first is cheaper)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, k1: Tensor, b1: Tensor, k2: Tensor, b2: Tensor, micro: int) -> Tensor:
        pooled, maps, places = [], [], []
        size1 = (fft_size(x.shape[-2]), fft_size(x.shape[-1]))
        inner = (x.shape[-2] - k1.shape[-2] + 1, x.shape[-1] - k1.shape[-1] + 1)
        size2 = (fft_size(inner[0]), fft_size(inner[1]))
        spectrum1, spectrum2 = rfft2(k1, s=size1), rfft2(k2, s=size2)
        for part in x.split(micro):
            first = _valid(irfft2(correlate(rfft2(part, s=size1), spectrum1), s=size1), part, k1)
            first = first.add(b1[:, None, None]).relu_()  # (n, c1, h1, w1)
            second = _valid(irfft2(correlate(rfft2(first, s=size2), spectrum2), s=size2), first, k2) + b2[:, None, None]
            top, place = F.max_pool2d(second, 2, return_indices=True)  # (n, c2, h2 // 2, w2 // 2)
            pooled.append(top)
            maps.append(first)
            places.append(place)
        out = torch.cat(pooled).relu_()
        ctx.micro, ctx.size1, ctx.size2, ctx.second = micro, size1, size2, tuple(second.shape[-2:])
        ctx.parts = maps, places
        ctx.save_for_backward(x, k1, k2, out)
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, k1, k2, out = ctx.saved_tensors
        maps, places = ctx.parts
        size1, size2, micro = ctx.size1, ctx.size2, ctx.micro
        gradient = gradient * (out > 0)
        sum1: Any = 0
        sum2: Any = 0
        db1: Any = 0
        spectrum1 = rfft2(k1, s=size1) if ctx.needs_input_grad[0] else None
        spectrum2 = rfft2(k2, s=size2)
        dx = []
        for part, first, place, grad in zip(x.split(micro), maps, places, gradient.split(micro), strict=True):
            d2 = F.max_unpool2d(grad, place, (2, 2), output_size=ctx.second)  # (n, c2, h2, w2)
            d2_spectrum = rfft2(d2, s=size2)
            sum2 = sum2 + kernel_gradient(rfft2(first, s=size2), d2_spectrum)
            d1 = irfft2(spread(d2_spectrum, spectrum2), s=size2)[..., : first.shape[-2], : first.shape[-1]]
            d1 = d1 * (first > 0)  # (n, c1, h1, w1)
            db1 = db1 + d1.sum((0, 2, 3))
            d1_spectrum = rfft2(d1, s=size1)
            sum1 = sum1 + kernel_gradient(rfft2(part, s=size1), d1_spectrum)
            if spectrum1 is not None:
                dx.append(irfft2(spread(d1_spectrum, spectrum1), s=size1)[..., : x.shape[-2], : x.shape[-1]])
        dk1 = irfft2(sum1, s=size1)[..., : k1.shape[-2], : k1.shape[-1]]
        dk2 = irfft2(sum2, s=size2)[..., : k2.shape[-2], : k2.shape[-1]]
        return torch.cat(dx) if dx else None, dk1, db1, dk2, gradient.sum((0, 2, 3)), None


def fft_pair(x: Tensor, k1: Tensor, b1: Tensor, k2: Tensor, b2: Tensor, micro: int = MICRO_BATCH) -> Tensor:
    """conv, ReLU, conv, ReLU, max-pool 2 by FFT: (n, c0, h, w) -> (n, c2, h2 // 2, w2 // 2), differentiable once."""
    return _FFTPair.apply(x, k1, b1, k2, b2, micro)


def torch_pair(x: Tensor, k1: Tensor, b1: Tensor, k2: Tensor, b2: Tensor) -> Tensor:
    """The same by torch's own convolution."""
    return F.max_pool2d(F.relu(F.conv2d(F.relu(F.conv2d(x, k1, b1)), k2, b2)), 2)


def conv_pair(x: Tensor, k1: Tensor, b1: Tensor, k2: Tensor, b2: Tensor) -> Tensor:
    """conv, ReLU, conv, ReLU, max-pool 2 by whichever way is faster for these kernels."""
    return (fft_pair if k1.shape[-1] >= FFT_FROM else torch_pair)(x, k1, b1, k2, b2)


def conv(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """One valid cross-correlation, (n, in, h, w) -> (n, out, h-k+1, w-k+1), without a gradient for large kernels."""
    return (fft_conv2d if kernel.shape[-1] >= FFT_FROM else F.conv2d)(x, kernel, bias)
