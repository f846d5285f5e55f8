"""The picture of each word: drawn from a shipped run where the word is about weights or training, else from a formula."""

import itertools
from collections.abc import Callable

import numpy as np

from core.charts import tiny
from core.charts.theme import Theme, theme
from core.data.catalog import get
from core.data.pulses import draw
from core.models import network
from core.serving.shared import shared
from core.specs import PulseSpec
from core.ui import cached, shown

CLASS = 3
MLP, ONE_LAYER, HIDDEN, PULSES, DIGITS = "mlp-random", "softmax-mnist", "hidden-mnist", "pulse-reliable", "digit-cnn"


def _digit(label: int = CLASS) -> np.ndarray:
    """The first test digit of a class, (28, 28) in [0, 1]."""
    test = cached.test_digits()
    return np.asarray(test.images[int(np.flatnonzero(test.labels == label)[0])], np.float32) / 255


def _coarse(image: np.ndarray, side: int) -> np.ndarray:
    """Means of side x side blocks."""
    height, width = (size // side for size in image.shape)
    return image[: height * side, : width * side].reshape(height, side, width, side).mean(axis=(1, 3))


def _template(state: int = -1, label: int = CLASS) -> np.ndarray:
    """(28, 28)."""
    return shown.of(ONE_LAYER).over_states("dense1.kernel")[state][:, label].reshape(28, 28)


def _small(values: np.ndarray, c: Theme, x: float = 38, kind: str = "signed", top: float | None = None) -> str:
    return tiny.cells(values, x, 6, 84 / max(values.shape), c, kind, top)


def _pixel(c: Theme) -> str:
    part = _digit()[8:14, 8:14]
    whole = tiny.cells(_coarse(_digit(), 2), 6, 13, 5, c, "ink", 1)
    return whole + tiny.cells(part, 88, 18, 10, c, "ink", 1) + tiny.frame(26, 33, 15, 15, c.up, 2)


def _weight(c: Theme) -> str:
    line = tiny.units([3, 1], c, (1, 0), (28, 6, 96, 84))
    return line + tiny.words("weight 0.8", 80, 42, c, 12, colour=c.up)


def _parameter(c: Theme) -> str:
    return tiny.units([2, 2], c, (), (20, 6, 70, 84)) + tiny.words("4 weights", 126, 44, c, 11) + tiny.words("+ 2 biases", 126, 60, c, 11)


def _bias(c: Theme) -> str:
    bias = shown.of(MLP).weights["dense5.bias"]
    return tiny.bars(bias, c) + tiny.words("one for each of 10 units", 80, 92, c, 10, colour=c.muted)


def _unit(c: Theme) -> str:
    return tiny.units([4, 1], c, (), (14, 6, 86, 84)) + tiny.arrow(108, 48, 136, 48, c.text) + tiny.words("+", 100, 53, c, 14)


def _kernel(c: Theme) -> str:
    kernel = shown.of(PULSES).weights["conv1.kernel"]
    return _small(kernel[int(np.abs(kernel).sum(axis=(1, 2, 3)).argmax()), 0], c)


def _filter(c: Theme) -> str:
    kernels = shown.of(DIGITS).weights["conv1.kernel"][:, 0]  # (8, 5, 5)
    top = float(np.abs(kernels).max())
    return "".join(tiny.cells(kernel, 6 + 38 * (i % 4), 10 + 40 * (i // 4), 7, c, top=top) for i, kernel in enumerate(kernels[:8]))


def _product(c: Theme) -> str:
    image, template = _coarse(_digit(), 2), _coarse(_template(), 2)
    parts = [(image, "ink"), (template, "signed"), (image * template, "signed")]
    tiles = "".join(tiny.cells(values, 4 + 54 * i, 26, 3.1, c, kind) for i, (values, kind) in enumerate(parts))
    return tiles + tiny.words("×", 53, 53, c) + tiny.words("=", 107, 53, c)


def _convolved(c: Theme, pooled: bool = False) -> str:
    image = _digit(7)
    kernels = shown.of(DIGITS).weights["conv1.kernel"][:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[1:])
    found = np.maximum(np.einsum("yxij,kij->kyx", windows, kernels), 0)
    best = found[int(found.sum(axis=(1, 2)).argmax())]  # (24, 24)
    if not pooled:
        window = tiny.frame(6 + 2.5 * 10, 13 + 2.5 * 6, 12.5, 12.5, c.up, 2)
        return tiny.cells(image, 6, 13, 2.5, c, "ink", 1) + window + tiny.cells(best, 86, 13, 70 / 24, c, "amount")
    small = best.reshape(12, 2, 12, 2).max(axis=(1, 3))
    return tiny.cells(best, 6, 12, 3, c, "amount") + tiny.arrow(84, 48, 100, 48, c.text) + tiny.cells(small, 108, 27, 3.6, c, "amount")


def _bend(function: Callable[[np.ndarray], np.ndarray]) -> Callable[[Theme], str]:
    def drawn(c: Theme) -> str:
        x = np.linspace(-4, 4, 81)
        axis = tiny.curve([80, 80], [8, 88], c.grid, 1) + tiny.curve([8, 152], [48, 48], c.grid, 1)
        return axis + tiny.curve(list(80 + 18 * x), list(48 - 18 * np.clip(function(x), -2.2, 2.2)), c.up, 2.5)

    return drawn


def _answer(c: Theme, shares: bool) -> str:
    net = shown.of(ONE_LAYER)
    image = _digit().reshape(-1)
    logits = image @ net.weights["dense1.kernel"] + net.weights["dense1.bias"]
    values = network.answers(net.run.spec.model, net.weights, _digit()[None])[0] if shares else logits
    names = "".join(tiny.words(str(i), 12 + 13.6 * (i + 0.5), 92, c, 10, colour=c.muted) for i in range(10))
    return tiny.bars(values, c, int(values.argmax())) + names


def _norm(c: Theme) -> str:
    tri = tiny.curve([30, 120, 120, 30], [80, 80, 20, 80], c.muted, 1.5) + tiny.curve([30, 120], [80, 20], c.up, 3)
    return tri + tiny.words("4", 75, 93, c, 12) + tiny.words("3", 130, 54, c, 12) + tiny.words("norm 5", 62, 40, c, 12, colour=c.up)


def _history(column: str, c: Theme, id_: str = MLP) -> str:
    run = cached.run(id_)
    return tiny.plot(run.epochs, run.history[column], c.up, c)


def _gradient(c: Theme) -> str:
    """Of the template of a digit, for one image before training: pixel times error."""
    net = shown.of(ONE_LAYER, 0)
    share = network.answers(net.run.spec.model, net.weights, _digit()[None])[0][CLASS]
    return _small(_digit() * (share - 1), c)


def _valley(c: Theme, points: np.ndarray, colour: str = "") -> str:
    x = np.linspace(-1, 1, 41)
    ground = tiny.curve(list(80 + 66 * x), list(84 - 66 * x**2), c.muted)
    places = np.stack([80 + 66 * points, 84 - 66 * points**2 - 4], axis=1)
    hops = "".join(tiny.arrow(a[0], a[1], b[0], b[1], colour or c.up, 1.5) for a, b in itertools.pairwise(places))
    return ground + hops + tiny.dots(places, [colour or c.up] * len(places))


def _walk(kind: str) -> Callable[[Theme], str]:
    """A walk down a long bowl, height x² / 2 + 8 y² / 2, by plain steps, with momentum or by Adam."""

    def drawn(c: Theme) -> str:
        at, speed, square, track = np.array([-1.0, 0.55]), np.zeros(2), np.zeros(2), []
        for step in range(1, 40):
            track.append(at.copy())
            slope = at * [1.0, 8.0]
            if kind == "adam":
                speed, square = 0.9 * speed + 0.1 * slope, 0.99 * square + 0.01 * slope**2
                at = at - 0.08 * (speed / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
            else:
                speed = (0.85 if kind == "momentum" else 0.0) * speed - (0.04 if kind == "momentum" else 0.18) * slope
                at = at + speed
        rings = "".join(
            f'<ellipse cx="80" cy="48" rx="{r * 72:.0f}" ry="{r * 44:.0f}" fill="none" stroke="{c.grid}"/>' for r in (0.25, 0.5, 0.75, 1)
        )
        x, y = np.array(track).T
        return rings + tiny.curve(list(80 + 72 * x), list(48 - 60 * y), c.up, 1.8) + tiny.dots(np.array([[80, 48]]), [c.text])

    return drawn


def _seed(c: Theme) -> str:
    tiles = [np.random.default_rng(seed).normal(size=(7, 7)) for seed in (1, 1, 2)]
    names = ("seed 1", "seed 1", "seed 2")
    return "".join(
        tiny.cells(tile, 6 + 52 * i, 18, 6, c) + tiny.words(name, 27 + 52 * i, 78, c, 11, colour=c.muted)
        for i, (tile, name) in enumerate(zip(tiles, names, strict=True))
    )


def _epochs(c: Theme) -> str:
    run = cached.run(ONE_LAYER)
    states = [0, int(np.abs(run.epochs - 1).argmin()), run.states - 1]
    top = float(np.abs(_template()).max())
    return "".join(
        tiny.cells(_coarse(_template(state), 2), 5 + 53 * i, 20, 3.2, c, top=top)
        + tiny.words(f"{run.epochs[state]:g}", 27 + 53 * i, 82, c, 11, colour=c.muted)
        for i, state in enumerate(states)
    )


def _confusion(c: Theme) -> str:
    counts = cached.run(ONE_LAYER).evaluation("confusion")[-1].astype(float)  # (classes, classes)
    return _small(np.sqrt(counts / counts.sum(axis=1, keepdims=True)), c, kind="amount", top=1)


def _line_of(c: Theme, row: bool) -> str:
    counts = cached.run(ONE_LAYER).evaluation("confusion")[-1].astype(float)
    mark = tiny.frame(38, 6 + 8.4 * CLASS, 84, 8.4, c.up, 2) if row else tiny.frame(38 + 8.4 * CLASS, 6, 8.4, 84, c.up, 2)
    return _small(np.sqrt(counts / counts.sum(axis=1, keepdims=True)), c, kind="amount", top=1) + mark


def _split(name: str) -> Callable[[Theme], str]:
    """MNIST's images as a bar, with one part of it strong."""

    def drawn(c: Theme) -> str:
        splits = get("mnist").splits
        left, parts = 10.0, []
        for split, count in splits.items():
            width = 140 * count / sum(splits.values())
            parts.append(tiny.box(left, 30, width - 1, 30, c.up if split == name else c.grid))
            left += width
        return "".join(parts) + tiny.words(f"{splits[name]:,} of {sum(splits.values()):,}", 80, 80, c, 12, colour=c.muted)

    return drawn


def _groups(spread: float) -> Callable[[Theme], str]:
    def drawn(c: Theme) -> str:
        rng = np.random.default_rng(3)
        middles = np.array([[40, 30], [110, 26], [78, 70]])
        points = np.concatenate([rng.normal(middle, spread, (12, 2)) for middle in middles])
        return tiny.dots(np.clip(points, [6, 6], [154, 90]), np.repeat(c.class_colours(3), 12).tolist())

    return drawn


def _dropout(c: Theme) -> str:
    crosses = "".join(tiny.words("×", 80, y, c, 22, colour=c.wrong) for y in (35, 75))
    return tiny.units([3, 4, 2], c) + crosses


def _decay(c: Theme) -> str:
    x = np.linspace(0, 1, 40)
    return tiny.plot([*x], [*np.exp(-3 * x)], c.up, c) + tiny.words("weight", 44, 20, c, 11, "start", c.muted)


def _batch(c: Theme) -> str:
    test = cached.test_digits()
    images = [_coarse(image / 255, 2) for image in test.images[:8]]
    return "".join(tiny.cells(image, 8 + 37 * (i % 4), 6 + 44 * (i // 4), 2.6, c, "ink", 1) for i, image in enumerate(images))


def _classes(c: Theme) -> str:
    image = draw(PulseSpec(size=60), 3, seed=4).images
    return "".join(tiny.cells(_coarse(one.astype(float), 2), 4 + 52 * i, 24, 1.6, c, "ink", 1) for i, one in enumerate(image))


def _error(c: Theme) -> str:
    given, wanted = np.array([0.2, 0.7, 0.1]), np.array([0, 0, 1.0])
    return tiny.bars(given - wanted, c) + tiny.words("given − wanted", 80, 92, c, 10, colour=c.muted)


def _cross_entropy(c: Theme) -> str:
    share = np.linspace(0.02, 1, 60)
    return tiny.plot(share, -np.log(share), c.up, c) + tiny.words("share of the right class →", 84, 95, c, 10, colour=c.muted)


def _accuracy(c: Theme) -> str:
    last = cached.run(MLP).history["accuracy_test"][-1]
    return _history("accuracy_test", c) + tiny.words(f"{last:.1%}", 122, 34, c, 12, colour=c.muted)


def _pulse_history(column: str, id_: str, c: Theme) -> str:
    run = cached.run(id_)
    values = run.history[column]
    known = np.isfinite(values)
    return tiny.plot(run.epochs[known], values[known], c.up, c)


def _pulse_kernel(state: int, c: Theme) -> str:
    kernels = shown.of(PULSES).over_states("conv1.kernel")[:, :, 0]  # (states, kernels, 25, 25)
    return _small(kernels[state, int(np.abs(kernels[-1]).sum(axis=(1, 2)).argmax())], c)


def _hidden(c: Theme) -> str:
    return tiny.units([4, 3, 2], c) + tiny.frame(66, 3, 28, 90, c.up, 2)


PICTURES: dict[str, Callable[[Theme], str]] = {
    "pixel": _pixel,
    "weight": _weight,
    "bias": _bias,
    "unit": _unit,
    "layer": lambda c: tiny.units([4, 3], c) + tiny.frame(125, 3, 30, 90, c.up, 2),
    "hidden-layer": _hidden,
    "dense-layer": lambda c: tiny.units([5, 4], c),
    "mlp": lambda c: tiny.units([5, 4, 3, 3, 4], c, (2, 1, 1, 0, 3), (12, 6, 136, 84)),
    "cnn": _filter,
    "parameter": _parameter,
    "run": lambda c: _history("loss", c),
    "activation": _bend(np.tanh),
    "relu": _bend(lambda x: np.maximum(x, 0)),
    "tanh": _bend(np.tanh),
    "sigmoid": _bend(lambda x: 1 / (1 + np.exp(-x))),
    "logit": lambda c: _answer(c, False),
    "softmax": lambda c: _answer(c, True),
    "product": _product,
    "norm": _norm,
    "kernel": _kernel,
    "template": lambda c: _small(_template(), c),
    "filter": lambda c: _small(shown.of(HIDDEN).weights["dense1.kernel"][:, 0].reshape(28, 28), c),
    "convolution": _convolved,
    "feature-map": lambda c: _convolved(c),
    "pooling": lambda c: _convolved(c, True),
    "class": _classes,
    "pca": _groups(14),
    "t-sne": _groups(6),
    "loss": lambda c: _history("loss", c),
    "cross-entropy": _cross_entropy,
    "error": _error,
    "gradient": _gradient,
    "step": lambda c: _valley(c, np.array([-0.9, -0.45])),
    "learning-rate": lambda c: _valley(c, np.array([-0.9, -0.65, -0.47, -0.34])) + _valley(c, np.array([-0.7, 0.95]), c.down),
    "batch": _batch,
    "epoch": _epochs,
    "sgd": _walk("plain"),
    "momentum": _walk("momentum"),
    "adam": _walk("adam"),
    "weight-decay": _decay,
    "initialiser": lambda c: (
        tiny.cells(shown.of(MLP).over_states("dense5.kernel")[0], 8, 4, 5.8, c)
        + tiny.cells(shown.of("mlp-diagonal").over_states("dense5.kernel")[0], 92, 4, 5.8, c)
    ),
    "seed": _seed,
    "dropout": _dropout,
    "accuracy": _accuracy,
    "training-images": _split("train"),
    "validation": _split("validation"),
    "test-images": _split("test"),
    "confusion-matrix": _confusion,
    "recall": lambda c: _line_of(c, True),
    "precision": lambda c: _line_of(c, False),
    "recognised-pulses": lambda c: _pulse_history("recognised_test", PULSES, c),
    "act": lambda c: _pulse_history("act", PULSES, c),
    "dead": lambda c: _pulse_history("act", "pulse-dead", c),
    "broad-strokes": lambda c: _pulse_kernel(-1, c),
    "roughness": lambda c: _pulse_kernel(0, c),
}


@shared()
def drawn(id_: str, dark: bool) -> str:
    """The SVG of a word's picture in a mode.

    Raises:
        core.runs.store.MissingRun, core.runs.store.DamagedRun: its run cannot be read.
    """
    return tiny.picture(PICTURES[id_](theme(dark)))
