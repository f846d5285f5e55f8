"""Training the pulse CNN: what is learned, what is kept, what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pulse_reference import reference

from core.data.pulse_sets import pulse_set
from core.models.pulse_cnn import restore
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec
from core.training import pulse_cnn as pulse_training
from core.training.loop import save_records, train
from core.training.pulse_cnn import evaluate

TINY = RunSpec(
    DataSpec("pulses", train=96, validation=0, test=30, pulses=PulseSpec(size=32)),
    ModelSpec(
        "pulse_cnn",
        sizes=(16, 8, 3),
        initializer="he",
        channels=(3, 1),
        kernel_size=9,
        image=32,
        start_scale=0.1,
        centred=True,
        dropout=0.01,
    ),
    TrainSpec(learning_rate=1e-3, batch=16, epochs=2, first_epoch_states=2, store="kernels"),
)
L1 = replace(
    TINY,
    model=replace(TINY.model, output="tanh", initializer="torch", start_scale=1.0, centred=False, dropout=0.0),
    train=replace(TINY.train, loss="l1", optimizer="sgd", learning_rate=0.1, weight_decay=0.01, decay_on="kernels", first_epoch_states=0),
)


@pytest.fixture(scope="module")
def records():
    return list(train(TINY))


def test_states_by_step_in_the_first_epoch(records):
    assert [r.step for r in records] == [0, 2, 4, 6, 12]
    assert [r.epoch for r in records] == pytest.approx([0, 2 / 6, 4 / 6, 1, 2])


def test_centred_kernels_stay_centred(records):
    last = records[-1].weights
    assert np.abs(last["conv1.kernel"].mean((2, 3))).max() < 1e-7 and not last["conv2.bias"].any()
    assert np.abs(last["conv1.kernel"] - records[0].weights["conv1.kernel"]).max() > 1e-3


def test_metrics_are_those_of_torchs_own_network(records):
    model = restore(TINY.model, records[-1].weights)
    test = pulse_set(TINY.data, "test")
    with torch.no_grad():
        chances = torch.softmax(reference(model)(torch.from_numpy(test.images).float()[:, None]), 1).numpy()
    truth = np.eye(3)[test.labels]
    metrics = records[-1].metrics
    assert metrics["accuracy_test"] == (chances.argmax(1) == test.labels).mean()
    assert metrics["recognised_test"] == pytest.approx((np.abs(chances - truth) <= 0.1).all(1).mean())
    counts = records[-1].evaluation["confusion"]
    assert counts.sum(1).tolist() == np.bincount(test.labels, minlength=3).tolist()
    assert np.trace(counts) / counts.sum() == pytest.approx(metrics["accuracy_test"])
    train_set = pulse_set(TINY.data, "train")
    with torch.no_grad():
        z = reference(model)(torch.from_numpy(train_set.images).float()[:, None])
    expected = float(torch.nn.functional.cross_entropy(z, torch.from_numpy(train_set.labels.astype(np.int64))))
    assert metrics["loss"] == pytest.approx(expected, rel=1e-4)
    assert np.isnan(metrics["accuracy_validation"])


def test_act_is_the_share_of_positive_second_maps(records):
    model = restore(TINY.model, records[0].weights)
    network = reference(model).double()
    images = torch.from_numpy(pulse_set(TINY.data, "train").images[:100]).double()[:, None]
    with torch.no_grad():
        maps = network[:3](images)
    assert records[0].metrics["act"] == pytest.approx(float((maps > 1e-8).double().mean()), abs=2e-3)


def test_l1_steps_equal_torchs_own_training():
    ours = list(train(replace(L1, train=replace(L1.train, epochs=1, batch=48))))
    network = reference(restore(L1.model, ours[0].weights)).requires_grad_(True)
    kernels = [network[0].weight, network[2].weight]
    others = [p for p in network.parameters() if not any(p is k for k in kernels)]
    optimizer = torch.optim.SGD([{"params": kernels, "weight_decay": 0.01}, {"params": others}], lr=0.1)
    data = pulse_set(L1.data, "train")
    x, y = torch.from_numpy(data.images).float()[:, None], torch.eye(3)[torch.from_numpy(data.labels.astype(np.int64))]
    for rows in torch.randperm(96, generator=torch.Generator().manual_seed(L1.train.seed)).split(48):
        optimizer.zero_grad()
        torch.nn.functional.l1_loss(network(x[rows]), y[rows]).backward()
        optimizer.step()
    for name, tensor in (("conv1.kernel", network[0].weight), ("conv2.kernel", network[2].weight), ("dense3.kernel", network[10].weight.T)):
        np.testing.assert_allclose(ours[-1].weights[name], tensor.detach().numpy(), atol=2e-6)


def test_a_run_keeps_kernels_of_all_states_and_dense_layers_of_the_last(records, tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    run = save_records(TINY, records)
    assert run.shapes["conv1.kernel"] == (5, 3, 1, 9, 9) and run.shapes["dense1.kernel"][0] == 1
    model = restore(TINY.model, run.state(-1))
    images, labels = pulse_set(TINY.data, "test").images, pulse_set(TINY.data, "test").labels.astype(np.int64)
    shares, _ = evaluate(model, TINY, torch.from_numpy(images)[:, None], labels)
    assert shares["accuracy"] == pytest.approx(records[-1].metrics["accuracy_test"], abs=1 / 30 + 1e-9)  # float16 on the way


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (replace(TINY, model=replace(TINY.model, image=64)), "32 pixels"),
        (replace(TINY, model=replace(TINY.model, sizes=(16, 4))), "4 outputs for 3 classes"),
        (replace(L1, train=replace(L1.train, loss="cross_entropy")), "softmax"),
        (replace(TINY, data=DataSpec("mnist")), "pulse data set"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(spec, words):
    with pytest.raises(SpecError, match=words):
        next(train(spec))


def test_a_dead_network_trains_on_as_it_would_the_long_way(monkeypatch):
    spec = replace(L1, model=replace(L1.model, dropout=0.1), train=replace(L1.train, weight_decay=0.0, epochs=3))

    class Dead(pulse_training.PulseCNN):
        def __init__(self, model):
            super().__init__(model)
            with torch.no_grad():
                self.layer("conv2").bias.fill_(-100)

    monkeypatch.setattr(pulse_training, "PulseCNN", Dead)
    checks = []
    quick = pulse_training.is_dead
    monkeypatch.setattr(pulse_training, "is_dead", lambda *a: checks.append(quick(*a)) or checks[-1])
    short = list(train(spec))
    assert checks == [True]  # seen before the first epoch, not asked again
    monkeypatch.setattr(pulse_training, "is_dead", lambda *a: False)
    for one, other in zip(short, train(spec), strict=True):
        assert one.metrics == pytest.approx(other.metrics, nan_ok=True, rel=0, abs=0)
        assert all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)
    assert short[-1].metrics["act"] == 0 and not np.array_equal(short[-1].weights["dense3.bias"], short[0].weights["dense3.bias"])


def test_weight_decay_or_adam_still_move_a_dead_network():
    record = next(train(L1))
    model = restore(L1.model, record.weights)
    with torch.no_grad():
        model.layer("conv2").bias.fill_(-100)
    images = torch.from_numpy(pulse_set(L1.data, "train").images)[:, None]
    assert not pulse_training.is_dead(model, L1, 0.0, images)
    plain = replace(L1, train=replace(L1.train, weight_decay=0.0))
    assert pulse_training.is_dead(model, plain, 0.0, images)
    assert not pulse_training.is_dead(model, replace(plain, train=replace(plain.train, optimizer="adam")), 0.0, images)
    assert not pulse_training.is_dead(restore(L1.model, record.weights), plain, 0.0, images)
