"""The pulse CNN built from torch's own layers, for tests to compare with."""

from torch import nn

from core.models.pulse_cnn import PulseCNN
from core.models.pulse_layers import map_sides


def reference(model: PulseCNN) -> nn.Sequential:
    """The same network from torch's own layers, with the same weights."""
    spec = model.spec
    first = nn.Conv2d(1, spec.channels[0], spec.kernel_size)
    second = nn.Conv2d(*spec.channels, spec.kernel_size)
    layers: list[nn.Module] = [first, nn.ReLU(), second, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    widths = (spec.channels[1] * map_sides(spec)[2] ** 2, *spec.sizes)
    for i, (a, b) in enumerate(zip(widths, spec.sizes, strict=False)):
        layers.append(nn.Linear(a, b))
        last = i == len(spec.sizes) - 1
        layers.append(nn.ReLU() if i == 0 and not last else nn.Tanh() if not last or spec.output == "tanh" else nn.Identity())
    network = nn.Sequential(*layers)
    ours = dict(model.named_parameters())
    learned = [m for m in network if isinstance(m, (nn.Conv2d, nn.Linear))]
    for name, layer in zip(model.names, learned, strict=True):
        kernel = ours[f"{name}.kernel"].detach()
        layer.weight.data = kernel.T.clone() if isinstance(layer, nn.Linear) else kernel.clone()
        layer.bias.data = ours[f"{name}.bias"].detach().clone()
    return network
