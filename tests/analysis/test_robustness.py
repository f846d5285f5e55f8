"""Robustness curves against an independent computation: torch's layers, scikit-learn's counts, damage one image at a time."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score

from core.analysis import robustness
from core.data import stand_in
from core.data.damage import DAMAGES
from core.runs import shipped, store
from core.specs import ModelSpec
from tests.digit_case import MODELS, weights

IMAGES, LABELS = (array[:60] for array in stand_in.load("test"))


def by_torch(model: ModelSpec, state: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """Logits (N, classes) of a digit CNN or a dense network, written again with torch's own layers in float64."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    state = {name: torch.tensor(array, dtype=torch.float64) for name, array in state.items()}
    x = torch.tensor(images, dtype=torch.float64)[:, None]
    for i in range(1, len(model.channels) + 1):
        x = functional.max_pool2d(functional.conv2d(x, state[f"conv{i}.kernel"], state[f"conv{i}.bias"]).relu(), 2)
    x = x.flatten(1)
    last = sum(name.startswith("dense") for name in state) // 2
    for i in range(1, last + 1):
        x = x @ state[f"dense{i}.kernel"] + state[f"dense{i}.bias"]
        x = getattr(torch, model.activation)(x) if i < last else x
    return x.numpy()


def shipped_case(name: str) -> tuple[ModelSpec, dict[str, np.ndarray]]:
    spec = shipped.RUNS[name]
    return spec.model, store.load(spec.key).state(-1)


@pytest.mark.parametrize("kind", ["turn", "noise", "occlude"])
@pytest.mark.parametrize("case", ["digit-cnn", "softmax-mnist", "hidden dense"])
def test_a_curve_is_what_others_count(case: str, kind: str) -> None:
    model, state = (MODELS[case], weights(MODELS[case])) if case in MODELS else shipped_case(case)
    one = DAMAGES[kind]
    amounts = robustness.nearest_first(one.amounts[-5:], one.neutral if one.neutral in one.amounts[-5:] else one.amounts[-5], one.start)
    arrays, arguments = robustness.given(model, state, IMAGES)
    found = [part["logits"] for part in robustness.measured(arrays, **arguments, kind=kind, amounts=amounts)]
    curve = robustness.curve(amounts, found, LABELS)
    assert list(curve.amounts) == sorted(amounts)
    for amount, counts, right, recall, said in zip(curve.amounts, curve.counts, curve.right, curve.recall, curve.said, strict=True):
        floats = IMAGES.astype(np.float64) / 255
        if kind == "noise":  # drawn for all images at once
            damaged = one.change(np.float32(floats), amount)
        else:
            damaged = np.concatenate([one.change(np.float32(image)[None], amount) for image in floats])
        logits = by_torch(model, state, damaged)
        assert np.abs(logits - found[amounts.index(amount)]).max() < 2e-4
        answers = logits.argmax(1)
        assert np.array_equal(counts, confusion_matrix(LABELS, answers, labels=range(10)))
        assert right == pytest.approx(accuracy_score(LABELS, answers))
        np.testing.assert_allclose(recall, recall_score(LABELS, answers, labels=range(10), average=None, zero_division=np.nan))
        np.testing.assert_allclose(said, np.bincount(answers, minlength=10) / len(answers))
        assert np.array_equal(curve.at(amount), counts)


def test_what_is_asked_about_comes_first() -> None:
    assert robustness.nearest_first((-20, -10, 0, 10, 20), 0, 20) == [0, 20, -10, 10, -20]
    assert robustness.nearest_first((1, 2), 1, 1) == [1, 2]


@pytest.mark.parametrize("case", ["digit-cnn", "softmax-mnist"])
def test_a_curve_is_what_other_libraries_count_from_the_picture_on(case: str) -> None:
    model, state = shipped_case(case)
    floats, arrays_of = IMAGES.astype(np.float64) / 255, robustness.given(model, state, IMAGES)
    covered = floats.copy()
    covered[:, 9:19, 9:19] = 0
    others = {  # kind and amount -> the same done by numpy, scipy and pillow
        ("turn", 90): np.rot90(floats, axes=(1, 2)),
        ("turn", 30): [np.asarray(Image.fromarray(np.float32(one)).rotate(30, Image.Resampling.BILINEAR)) for one in floats],
        ("shift", 4): ndimage.shift(floats, (0, 0, 4), order=0),
        ("blur", 1.5): ndimage.gaussian_filter(floats, (0, 1.5, 1.5), mode="constant"),
        ("occlude", 10): covered,
    }
    for (kind, amount), images in others.items():
        found = next(robustness.measured(arrays_of[0], **arrays_of[1], kind=kind, amounts=[amount]))["logits"]
        answers = by_torch(model, state, np.array(images, np.float64)).argmax(1)
        counts = robustness.curve([amount], [found], LABELS).counts[0]
        assert np.array_equal(counts, confusion_matrix(LABELS, answers, labels=range(10))), (kind, amount)
