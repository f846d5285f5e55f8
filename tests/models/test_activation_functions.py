"""Every activation of the table against torch: its values, its slope, and that it never overflows."""

import numpy as np
import pytest
import torch

from core.models.activations import ANSWERS, TABLE, activate, softmax
from core.specs import ACTIVATIONS, OUTPUTS

SUMS = np.concatenate([np.linspace(-12, 12, 481), [-1e-9, 0, 1e-9]])


def test_the_table_is_that_of_the_specs() -> None:
    assert set(TABLE) == set(ACTIVATIONS)
    assert all(title for title in ACTIVATIONS.values())
    assert set(ANSWERS) == set(OUTPUTS)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_values_are_those_of_torch(name: str, dtype: type, tolerance: float) -> None:
    z = SUMS.astype(dtype)
    ours = activate(z, name)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, getattr(torch.nn.functional, name)(torch.from_numpy(z)).numpy(), atol=tolerance)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-14), (torch.float32, 1e-6)])
def test_slopes_are_those_of_autograd(name: str, dtype: torch.dtype, tolerance: float) -> None:
    """From the output alone, for torch's tensors and for numpy's arrays."""
    z = torch.from_numpy(SUMS).to(dtype).requires_grad_()
    y = getattr(torch.nn.functional, name)(z)
    y.sum().backward()
    slope = TABLE[name].slope
    torch.testing.assert_close(torch.ones_like(z) * slope(y.detach()), z.grad, atol=tolerance, rtol=0)
    np.testing.assert_allclose(1.0 * slope(y.detach().numpy()), z.grad.numpy(), atol=tolerance)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_large_sums_do_not_overflow(name: str) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = activate(np.array([-1e4, 0.0, 1e4]), name)
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()


def test_softmax_is_torchs_and_does_not_overflow() -> None:
    logits = np.random.default_rng(0).normal(size=(4, 5, 10)) * 20
    np.testing.assert_allclose(softmax(logits), torch.softmax(torch.from_numpy(logits), -1).numpy(), atol=1e-15)
    assert (activate(logits, "softmax") == softmax(logits)).all()
    with np.errstate(all="raise", under="ignore"):
        assert softmax(np.array([1000.0, 0.0])).tolist() == [1.0, 0.0]


def test_sigmoid_and_elu_by_hand() -> None:
    assert activate(np.array([-1e4, 0, 1e4]), "sigmoid").tolist() == [0, 0.5, 1]
    np.testing.assert_allclose(activate(np.array([-np.log(2), 0, 3]), "elu"), [-0.5, 0, 3])


def test_unknown_activation() -> None:
    with pytest.raises(KeyError, match="no activation"):
        activate(np.zeros(1), "wavy")
