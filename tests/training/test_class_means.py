"""Class averages travel with a dense run, once."""

import numpy as np
import pytest

from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
from core.training import dense
from core.training.loop import follow, save_records
from core.training.samples import Samples


def test_the_average_training_image_of_each_class_is_stored_once(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (60, 4, 4), dtype=np.uint8), rng.integers(0, 9, 60).astype(np.uint8)
    data = Samples((images, labels), (images[:0], labels[:0]), (images[:10], labels[:10]))
    spec = RunSpec(DataSpec(train=60, validation=0, test=10), ModelSpec(sizes=(16, 10)), TrainSpec(batch=20, epochs=1))
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    records = [record for (record,) in follow(dense.Training(spec, data=data), spec.train)]
    run = save_records(spec, records)
    assert run.states == 2
    (means,) = run.evaluation("class_means")  # (classes, pixels)
    for c in range(9):
        plain = np.mean([image.ravel() / 255 for image, label in zip(images, labels, strict=True) if label == c], axis=0)
        np.testing.assert_allclose(means[c], plain, atol=1e-3)
    assert np.isnan(means[9]).all()
    assert len(run.evaluation("confusion")) == 2
