"""The FFT pair against torch's own convolution."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.fft_conv import conv_pair, fft_conv2d, fft_pair, torch_pair
from core.models.pulse_layers import FFT_FROM, fft_size


def _tensors(n, c0, c1, c2, k, height, width, seed, dtype=torch.float32):
    g = torch.Generator().manual_seed(seed)

    def uniform(*shape, scale=1.0):
        return ((torch.rand(*shape, generator=g, dtype=torch.float64) * 2 - 1) * scale).to(dtype)

    x = uniform(n, c0, height, width)
    k1, b1 = uniform(c1, c0, k, k, scale=1 / k), uniform(c1, scale=0.1)
    k2, b2 = uniform(c2, c1, k, k, scale=1 / k), uniform(c2, scale=0.1)
    return [t.requires_grad_() for t in (x, k1, b1, k2, b2)]


@given(
    n=st.integers(1, 19),
    c0=st.integers(1, 2),
    c1=st.integers(1, 6),
    c2=st.integers(1, 3),
    k=st.integers(3, 17),
    extra=st.tuples(st.integers(2, 24), st.integers(2, 24)),
    micro=st.integers(1, 8),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=60, derandomize=True)  # a tie within float32 rounding would be no fault
def test_fft_pair_equals_torch_forward_and_backward(n, c0, c1, c2, k, extra, micro, seed):
    height, width = (2 * (k - 1) + e for e in extra)
    tensors = _tensors(n, c0, c1, c2, k, height, width, seed)
    # Against float64, so that the reference's own rounding cannot flip a pooling tie or a ReLU.
    exact = [t.detach().double().requires_grad_() for t in tensors]
    ours, theirs = fft_pair(*tensors, micro), torch_pair(*exact)
    assert ours.shape == theirs.shape
    scale = max(1.0, float(theirs.detach().abs().max()))
    assert float((ours - theirs).detach().abs().max()) <= 1e-5 * scale
    weight = torch.rand(theirs.shape, generator=torch.Generator().manual_seed(seed + 1), dtype=torch.float64)
    (ours * weight.float()).sum().backward()
    (theirs * weight).sum().backward()
    for mine, reference in zip(tensors, exact, strict=True):
        largest = float(reference.grad.abs().max())
        assert float((mine.grad - reference.grad).abs().max()) <= 1e-4 * max(largest, 1e-3)


def test_study_sizes_equal_torch_convolution():
    tensors = _tensors(20, 1, 5, 1, 25, 100, 100, seed=3)
    exact = [t.detach().clone().requires_grad_() for t in tensors]
    ours, theirs = conv_pair(*tensors), torch_pair(*exact)
    assert ours.shape == (20, 1, 26, 26)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    ours.sum().backward()
    theirs.sum().backward()
    for mine, reference in zip(tensors, exact, strict=True):
        assert float((mine.grad - reference.grad).norm()) <= 1e-4 * float(reference.grad.norm())


@pytest.mark.parametrize("shape", [(2, 1, 2, 1, 3, 9, 8), (2, 2, 2, 2, 3, 8, 9), (1, 1, 1, 1, 5, 12, 13)])
def test_gradcheck_in_float64(shape):
    tensors = _tensors(*shape, seed=5, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda *t: fft_pair(*t, 2), tensors)


def test_gradient_of_the_image_is_left_out_when_nobody_asks():
    x, *rest = _tensors(2, 1, 2, 1, 9, 24, 24, seed=1)
    x = x.detach()
    fft_pair(x, *rest).sum().backward()
    assert x.grad is None and all(t.grad is not None for t in rest)


@given(k=st.integers(1, 20), extra=st.integers(0, 30), inputs=st.integers(1, 3), outputs=st.integers(1, 4), seed=st.integers(0, 999))
@settings(max_examples=40)
def test_single_convolution_equals_torch(k, extra, inputs, outputs, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(3, inputs, k + extra, k + extra // 2, generator=g)
    kernel, bias = torch.rand(outputs, inputs, k, k, generator=g) / k**2, torch.rand(outputs, generator=g)
    torch.testing.assert_close(fft_conv2d(x, kernel, bias), torch.nn.functional.conv2d(x, kernel, bias), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("least", "size"), [(1, 2), (76, 80), (100, 100), (7, 8), (77, 80), (101, 108), (226, 240)])
def test_fft_size(least, size):
    assert fft_size(least) == size


def test_small_kernels_take_torchs_own_way(monkeypatch):
    import core.models.fft_conv as module

    taken = []
    monkeypatch.setattr(module, "fft_pair", lambda *t: taken.append("fft"))
    monkeypatch.setattr(module, "torch_pair", lambda *t: taken.append("torch"))
    for k in (FFT_FROM - 1, FFT_FROM):
        conv_pair(*_tensors(1, 1, 1, 1, k, 30, 30, seed=0))
    assert taken == ["torch", "fft"]
