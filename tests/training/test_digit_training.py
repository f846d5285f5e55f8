"""Training the digit CNN: a few steps against plain torch, the seed's small run, and what is shipped."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.data import digits
from core.data.drawing import resized_digits
from core.runs import shipped, store
from core.specs import DataSpec, PulseSpec, SpecError

torch = pytest.importorskip("torch")

from core.models.digit_cnn import DigitCNN, build, load_weights  # noqa: E402
from core.training.loop import train  # noqa: E402
from core.training.samples import samples  # noqa: E402

TINY = replace(
    shipped.RUNS["digit-cnn-small"],
    data=DataSpec("uci-digits", train=96, validation=20, test=50),
    train=replace(shipped.RUNS["digit-cnn-small"].train, epochs=2, batch=32, first_epoch_states=1),
)


def test_records_come_in_order_and_repeat_exactly():
    first, again = list(train(TINY)), list(train(TINY))
    assert [(r.epoch, r.step) for r in first] == [(0, 0), (1 / 3, 1), (1, 3), (2, 6)]
    for a, b in zip(first, again, strict=True):
        assert all(np.array_equal(a.weights[name], b.weights[name]) for name in a.weights)
        assert a.evaluation["confusion"].sum() == 50
        assert a.metrics["accuracy_test"] == np.trace(a.evaluation["confusion"]) / 50
    assert first[-1].metrics["loss"] < first[0].metrics["loss"]


def test_a_step_is_plain_gradient_descent():
    """The first step by autograd on the whole-batch loss, written out: w - 0.15 * gradient."""
    spec = replace(TINY, train=replace(TINY.train, batch=96, epochs=1, first_epoch_states=0))
    _, record = train(spec)
    images, labels = samples(spec.data, spec.model).train
    network = build(spec.model)
    logits = network(torch.from_numpy(images).float()[:, None] / 255)
    loss = -torch.log_softmax(logits, 1)[torch.arange(96), torch.from_numpy(labels.astype(np.int64))].mean()
    gradient = torch.autograd.grad(loss, network.conv2.weight)[0]
    expected = (network.conv2.weight - 0.15 * gradient).detach().numpy()
    assert np.abs(record.weights["conv2.kernel"] - expected).max() < 1e-6


def test_weight_decay_spares_the_biases():
    decayed = list(train(replace(TINY, train=replace(TINY.train, weight_decay=0.5, epochs=1, first_epoch_states=0))))[-1]
    plain = list(train(replace(TINY, train=replace(TINY.train, epochs=1, first_epoch_states=0))))[-1]
    norm = np.linalg.norm
    assert norm(decayed.weights["dense1.kernel"]) < 0.95 * norm(plain.weights["dense1.kernel"])


def test_more_images_than_there_are_get_a_sentence():
    with pytest.raises(SpecError, match="2,000 train images were asked for; there are 1,200"):
        next(train(replace(TINY, data=replace(TINY.data, train=2_000))))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": DataSpec("fashion", train=96)}, "No data set is called 'fashion'"),
        ({"data": DataSpec("pulses", pulses=PulseSpec())}, "choose one of: mnist, uci-digits, cifar10"),
        ({"model": replace(TINY.model, sizes=(5,))}, "5 outputs for the 10 classes of UCI handwritten digits"),
        ({"model": replace(TINY.model, dropout=0.5)}, "without dropout or centred kernels"),
    ],
)
def test_what_it_cannot_be_trained_on_gets_a_sentence(change, sentence):
    with pytest.raises(SpecError, match=sentence):
        next(train(replace(TINY, **change)))


def test_on_uci_digits_it_learns_to_read():
    """All 1,200 for four epochs; the stored state in torch, on scikit-learn's own images enlarged here, says what the history says."""
    spec = replace(TINY, data=DataSpec("uci-digits", train=1_200, validation=197, test=400), train=replace(TINY.train, epochs=4))
    last = list(train(spec))[-1]
    assert last.metrics["accuracy_test"] > 0.8
    images = resized_digits(np.rint(load_digits().images[-400:] * 15.9375).astype(np.uint8))
    network = load_weights(DigitCNN(spec.model), last.weights)
    with torch.no_grad():
        right = network(torch.from_numpy(images).float()[:, None] / 255).argmax(1).numpy() == load_digits().target[-400:]
    assert right.mean() == pytest.approx(last.metrics["accuracy_test"], abs=0.006)  # the record's weights are rounded to float16


@pytest.mark.parametrize(("name", "least"), [("digit-cnn-small", 0.84), ("digit-cnn", 0.988)])
def test_the_shipped_runs_reach_what_their_history_says(name, least):
    """Their stored weights in a torch network, on the official test images."""
    if trouble := digits.trouble():
        pytest.skip(trouble)
    run = store.load(shipped.RUNS[name].key)
    images, labels = digits.load("test")
    network = load_weights(DigitCNN(run.spec.model), run.state(-1))
    with torch.no_grad():
        guess = torch.cat([network(chunk.float()[:, None] / 255).argmax(1) for chunk in torch.from_numpy(images).split(250)]).numpy()
    share = (guess == labels).mean()
    assert share >= least
    assert share == pytest.approx(run.history["accuracy_test"][-1], abs=2e-4)  # ties and rounding: two images
    assert run.epochs[0] == 0 and len(run.epochs) > run.spec.train.epochs + 1  # states inside the first epoch too
    finals = run.seeds["epoch"] == run.spec.train.epochs
    assert sorted(run.seeds["seed"][finals]) == [0, 1, 2, 3, 4]
