"""A training of ours as a PyTorch script of its own, and as a notebook: data, network, start and loop, with nothing of this app in it.

The images are the same: bit for bit where the data set is read, but for a pixel now and then where pulses are drawn. First weights and
order of the batches come from torch's own generators, so a script ends where another seed of the run would.
"""

import json
from dataclasses import dataclass
from typing import Any

from core.data import catalog
from core.importing.leaving_pulses import drawing
from core.importing.refusal import refuse
from core.models import network
from core.runs.catalog import described
from core.specs import Change, ModelSpec, RunSpec, TrainSpec

MOST_LINES = 80  # of a script
MOST_LAYERS = 9  # dense ones that get a line each
LAYERS = {"tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()", "relu": "nn.ReLU()", "elu": "nn.ELU()"}
GAINS = {"tanh": "5 / 3", "relu": "2**0.5"}  # of an orthogonal start, for what follows; 1 for all else
NEEDS = {"mnist": "torchvision", "cifar10": "torchvision", "uci-digits": "scikit-learn"}
READ = {
    "mnist": (
        "both = [MNIST('data', train=train, download=True) for train in (True, False)]",
        "images = np.concatenate([one.data.numpy() for one in both])",
        "labels = np.concatenate([one.targets.numpy() for one in both])",
    ),
    "cifar10": ("pictures = CIFAR10('data', download=True)", "images, labels = pictures.data, np.array(pictures.targets)"),
    "uci-digits": (
        "digits = load_digits()",
        "images, labels = np.rint(digits.images * (255 / 16)).astype(np.uint8), digits.target",
    ),
}
IMPORTS = {
    "mnist": "from torchvision.datasets import MNIST",
    "cifar10": "from torchvision.datasets import CIFAR10",
    "uci-digits": "from sklearn.datasets import load_digits",
}


@dataclass(frozen=True)
class Section:
    """A part of a script, a cell of a notebook."""

    title: str
    lines: tuple[str, ...]


def script(spec: RunSpec) -> str:
    """A training as a Python script of fewer than MOST_LINES lines.

    Raises:
        core.importing.refusal.Refused: there is no training that could be written down.
    """
    text = _joined(spec, sections(spec))
    if text.count("\n") >= MOST_LINES:  # a blank line around each function is the first thing to go
        text = _joined(spec, [Section(part.title, tuple(filter(None, part.lines))) for part in sections(spec)])
    return text


def _joined(spec: RunSpec, parts: list[Section]) -> str:
    head = f'"""{_title(spec)} Needs: pip install {_needs(spec)}"""'
    imports, *rest = ("\n".join(part.lines) for part in parts)
    return "\n\n".join([head, imports, *(f"# {part.title}\n{body}" for part, body in zip(parts[1:], rest, strict=True))]) + "\n"


def notebook(spec: RunSpec) -> str:
    """The same as a Jupyter notebook (JSON, format 4.5).

    Raises:
        core.importing.refusal.Refused: there is no training that could be written down.
    """
    words = [f"# {_title(spec)}\n", "\n", f"Needs: `pip install {_needs(spec)}`"]
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": words}]
    for number, part in enumerate(sections(spec), start=1):
        source = [f"{line}\n" for line in part.lines[:-1]] + [part.lines[-1]]
        cells.append({"cell_type": "markdown", "id": f"words-{number}", "metadata": {}, "source": [f"## {part.title}"]})
        code: dict[str, Any] = {
            "cell_type": "code",
            "id": f"code-{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        cells.append(code)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def sections(spec: RunSpec) -> list[Section]:
    """Imports, data, network, start and training.

    Raises:
        core.importing.refusal.Refused: there is no training that could be written down.
    """
    if spec.origin is not None or spec.model.kind == "sequence":
        refuse("This network was trained elsewhere and brought in as a file, so there is no training to write down; take away its weights.")
    if spec.data.name not in READ and spec.data.pulses is None:
        refuse(f"No script can read the data set {spec.data.name}; choose one of: {', '.join(READ)}, pulses.")
    return [
        Section("Imports", _imports(spec)),
        Section("Images: pixels in [0, 1], ink 1", _data(spec)),
        Section(f"The network: {network.parameter_count(spec.model):,} weights and biases", _model(spec)),
        Section("How the weights start", _start(spec.model)),
        Section("The training", _training(spec)),
    ]


def _title(spec: RunSpec) -> str:
    return f"{described(spec)} (run {spec.key})."


def _needs(spec: RunSpec) -> str:
    return " ".join(["torch", "numpy", *([NEEDS[spec.data.name]] if spec.data.name in NEEDS else [])])


def _scaled(spec: RunSpec) -> bool:
    """Whether a CNN reads digits of another size than they are stored in."""
    return spec.model.kind == "digit_cnn" and catalog.shape_of(spec.data) != (spec.model.image,) * 2


def _imports(spec: RunSpec) -> tuple[str, ...]:
    own = ["from PIL import Image"] if _scaled(spec) else []
    own += [IMPORTS[spec.data.name]] if spec.data.name in IMPORTS else []
    first = ["import math", ""] if _scaled(spec) else []
    return (*first, "import numpy as np", "import torch", *own[:1], "from torch import nn", *own[1:])


def _tested(spec: RunSpec) -> tuple[str, int]:
    """The part whose images say how good the network is, and how many they are."""
    counts = {"test": spec.data.test, "validation": spec.data.validation, "train": spec.data.train}
    name = next(name for name, count in counts.items() if count)
    return name, counts[name]


def _data(spec: RunSpec) -> tuple[str, ...]:
    data, (tested, count) = spec.data, _tested(spec)
    if data.pulses is not None:
        return drawing(data, tested, count)
    splits, first, spans = catalog.get(data).splits, 0, {}
    for name, size in splits.items():
        spans[name], first = (first, first + size), first + size
    lines = list(READ[data.name])
    pixels = "images[chosen]"
    if _scaled(spec):
        lines += _fitting(spec)
        pixels = "np.stack([fitted(image) for image in images[chosen]])"
    maps = "" if spec.model.kind == "dense" else "[:, None]"
    drawn = data.train < splits["train"] or count < splits[tested]
    lines += ["", "def part(first, stop, count):"]
    if drawn:
        lines.append(f"    chosen = first + np.sort(np.random.default_rng({data.seed}).permutation(stop - first)[:count])")
    else:
        lines.append("    chosen = slice(first, stop)")
    lines.append(f"    return torch.from_numpy({pixels}){maps}.float() / 255, torch.from_numpy(labels[chosen]).long()")
    lines += ["", f"x, y = part({spans['train'][0]}, {spans['train'][1]}, {data.train})"]
    lines.append(f"x_test, y_test = part({spans[tested][0]}, {spans[tested][1]}, {count})")
    return tuple(lines)


def _fitting(spec: RunSpec) -> list[str]:
    """Digits of another size, made like MNIST's: see core.data.drawing.resized_digits."""
    side = spec.model.image
    box = side if catalog.shape_of(spec.data) == (28, 28) else round(side * 20 / 28)
    return [
        "",
        "def fitted(image):",
        f'    """A digit scaled to {box}x{box} pixels and put into {side}x{side} so that its centre of mass is in the middle."""',
        f"    ink = np.asarray(Image.fromarray(np.float32(image)).resize(({box}, {box}), Image.BICUBIC)).clip(0, 255)",
        f"    means = [ink.sum(axis, dtype=float) @ np.arange({box}) / ink.sum(dtype=float) for axis in (1, 0)]",
        f"    top, left = (min(max(math.ceil({side / 2 - 0.5} - mean), 0), {side - box}) for mean in means)",
        f"    out = np.zeros(({side}, {side}), np.uint8)",
        f"    out[top : top + {box}, left : left + {box}] = np.rint(ink)",
        "    return out",
    ]


def _model(spec: RunSpec) -> tuple[str, ...]:
    """The layers as an nn.Sequential, a line a stage."""
    model, lines, flat = spec.model, [], "nn.Flatten(), "
    units: tuple[int, ...] = model.sizes
    if model.kind != "dense":
        side, maps = model.image, 1
        for i, channels in enumerate(model.channels, start=1):
            side -= model.kernel_size - 1
            pooled = model.kind == "digit_cnn" or i == len(model.channels)
            pool = " nn.MaxPool2d(2)," if pooled else ""
            lines.append(f"    nn.Conv2d({maps}, {channels}, {model.kernel_size}), nn.ReLU(),{pool}")
            side, maps = side // 2 if pooled else side, channels
        flat = f"nn.Flatten(),{f' nn.Dropout({model.dropout:g}),' if model.dropout else ''} "
        units = (maps * side * side, *model.sizes)
    last = len(units) - 1
    many = last > MOST_LAYERS
    for i in (1, 2, last) if many else range(1, last + 1):
        first_of_pulses = model.kind == "pulse_cnn" and i == 1
        if many and i == 2:
            pairs = f"zip({units[1:-2]}, {units[2:-1]})"
            lines.append(f"    *[part for i, o in {pairs} for part in (nn.Linear(i, o), {LAYERS[model.activation]})],")
            continue
        after = LAYERS["relu" if first_of_pulses else model.activation] if i < last else _end(spec)
        lines.append(f"    {flat if i == 1 else ''}nn.Linear({units[i - 1]}, {units[i]}),{f' {after},' if after else ''}")
    return (f"torch.manual_seed({model.seed})", "model = nn.Sequential(", *lines, ")")


def _end(spec: RunSpec) -> str:
    """What follows the last layer; the softmax of cross-entropy is in the loss."""
    return "nn.Tanh()" if spec.model.output == "tanh" else "nn.Softmax(dim=1)" if spec.train.loss == "l1" else ""


def _start(model: ModelSpec) -> tuple[str, ...]:
    """Lines that give every layer its first weights; torch's own start needs none."""
    name, convolutions = model.initializer, len(model.channels)
    body: list[str] = []
    if name == "alternating_diagonal":
        body = _diagonal()
    elif name == "torch" and model.kind == "digit_cnn":
        body = ["for layer in layers:  # torch's own start, but for the biases", "    nn.init.zeros_(layer.bias)"]
    elif name == "he":
        body = _he(model)
    elif name != "torch":
        drawn = {"glorot_normal": "xavier_normal_", "glorot_uniform": "xavier_uniform_", "zeros": "zeros_", "orthogonal": "orthogonal_"}
        gain = GAINS.get(model.activation, "1")
        own = f", gain=1 if layer is layers[-1] else {gain}" if name == "orthogonal" and gain != "1" else ""
        body = ["for layer in layers:", f"    nn.init.{drawn[name]}(layer.weight{own})", "    nn.init.zeros_(layer.bias)"]
    if convolutions and model.start_scale != 1:
        loop = f"for layer in layers[:{convolutions}]:"
        body += [*([] if body and body[-2].startswith(loop) else [loop]), f"    layer.weight.data *= {model.start_scale:g}"]
    if model.centred:
        body += ["", "def centre():"]
        body += [f"    for layer in layers[:{convolutions}]:  # kernels of mean 0, without a bias"]
        body += ["        layer.weight.data -= layer.weight.data.mean((2, 3), keepdim=True)"]
        body += ["        layer.bias.data.zero_()", "", "centre()"]
    if not body:
        return ("# As torch starts them: even within 1 / sqrt(inputs).",)
    return ("layers = [layer for layer in model if isinstance(layer, nn.Conv2d | nn.Linear)]", *body)


def _he(model: ModelSpec) -> list[str]:
    """He's normal start before ReLU and ELU, Glorot's before all else."""
    convolutions, layers = len(model.channels), len(model.channels) + len(model.sizes) - (model.kind == "dense")
    rectified = model.activation == "relu" or (model.activation == "elu" and model.kind == "dense")
    first, last = (0, layers - 1 if rectified else convolutions)
    if model.kind == "pulse_cnn":  # its convolutions start as torch has them, its first dense layer is followed by ReLU
        return [
            f"for layer in layers[{convolutions}:]:",
            "    nn.init.xavier_normal_(layer.weight)",
            "    nn.init.zeros_(layer.bias)",
            *([f"nn.init.kaiming_normal_(layers[{convolutions}].weight, nonlinearity='relu')"] if len(model.sizes) > 1 else []),
            *([] if model.centred else [f"for layer in layers[:{convolutions}]:  # as torch starts them, without a bias"]),
            *([] if model.centred else ["    nn.init.zeros_(layer.bias)"]),
        ]
    lines = ["for layer in layers:", "    nn.init.zeros_(layer.bias)"]
    if first < last:
        lines += [f"for layer in layers[{first or ''}:{last}]:", "    nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')"]
    return [*lines, f"for layer in layers[{last or ''}:]:", "    nn.init.xavier_normal_(layer.weight)"]


def _diagonal() -> list[str]:
    return [
        "for layer in layers:  # -1 and +1 in turn along a diagonal stretched over the matrix",
        "    units, inputs = layer.weight.shape",
        "    at = torch.arange(max(inputs, units))",
        "    signs = 1.0 - 2.0 * ((at + 1) % 2)",
        "    nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)",
        "    if inputs > units:",
        "        layer.weight.data[at * units // inputs, at] = signs * units / inputs",
        "    else:",
        "        layer.weight.data[at, at * inputs // units] = signs",
    ]


def _rates(spec: RunSpec, part: TrainSpec | Change, decays: bool) -> dict[str, str]:
    """What an optimiser's group of parameters is told: word -> number, both as Python."""
    out = {"'lr'": f"{part.learning_rate:g}"}
    if spec.train.optimizer == "sgd" and any(one.momentum for one in spec.train.rates):
        out["'momentum'"] = f"{part.momentum:g}"
    return out | ({"'weight_decay'": f"{part.weight_decay:g}"} if decays else {})


def _dictionary(words: dict[str, str]) -> str:
    return f"{{{', '.join(f'{name}: {value}' for name, value in words.items())}}}"


def _training(spec: RunSpec) -> tuple[str, ...]:
    train, model = spec.train, spec.model
    decayed = {"all": "p.ndim > 1", "kernels": "p.ndim == 4"}[train.decay_on]
    decays = any(part.weight_decay for part in train.rates) and bool(train.decay_on == "all" or model.channels)
    lines = []
    if decays:
        lines.append(f"kernels = [p for p in model.parameters() if {decayed}]  # weight decay is for these alone")
        lines.append(f"others = [p for p in model.parameters() if not {decayed}]")
    groups = [{"'params'": "kernels"}, {"'params'": "others"}] if decays else [{"'params'": "model.parameters()"}]
    shown = ", ".join(_dictionary(group | _rates(spec, train, decays and not i)) for i, group in enumerate(groups))
    lines.append(f"optimizer = torch.optim.{'Adam' if train.optimizer == 'adam' else 'SGD'}([{shown}])")
    lines.append(f"order = torch.Generator().manual_seed({train.seed})")
    if train.changes:
        many = (
            f"{c.epoch}: [{', '.join(_dictionary(_rates(spec, c, decays and not i)) for i in range(len(groups)))}]" for c in train.changes
        )
        lines.append(f"changes = {{{', '.join(many)}}}  # by epochs that are done")
    lines.append(f"for epoch in range({train.epochs}):")
    if train.changes:
        lines += ["    for group, rates in zip(optimizer.param_groups, changes.get(epoch, [])):", "        group.update(rates)"]
    lines += ["    model.train()"] if model.dropout else []
    lines += [f"    for chosen in torch.randperm(len(x), generator=order).split({train.batch}):", "        optimizer.zero_grad()"]
    if train.loss == "l1":
        targets = f"nn.functional.one_hot(y[chosen], {model.sizes[-1]})"
        lines.append(f"        (model(x[chosen]) - {targets}).abs().mean().backward()")
    else:
        lines.append("        nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()")
    lines.append("        optimizer.step()")
    lines += ["        centre()"] if model.centred else []
    lines += ["    model.eval()"] if model.dropout else []
    noun = {"test": "test images", "validation": "validation images", "train": "training images"}[_tested(spec)[0]]
    return (
        *lines,
        "    with torch.no_grad():",
        "        right = torch.cat([model(some).argmax(1) for some in x_test.split(500)]) == y_test",
        f"    print(f'epoch {{epoch + 1}}: {{right.float().mean():.1%}} of {{len(right):,}} {noun} right')",
    )
