"""A network's shape and its start."""

from dataclasses import dataclass

from core.specs.data import MOST_SEED
from core.specs.fields import check, choice, meta, number, require, switch, texts, whole, wholes
from core.specs.steps import MOST_STEPS, canonical, read_step

MODEL_KINDS = {"dense": "dense layers", "digit_cnn": "digit CNN", "pulse_cnn": "pulse CNN", "sequence": "sequence of layers"}
ACTIVATIONS = {"tanh": "tanh", "sigmoid": "sigmoid", "relu": "ReLU", "elu": "ELU"}
OUTPUTS = {"softmax": "softmax", "tanh": "tanh"}
INITIALIZERS = {
    "glorot_normal": "random (Glorot normal)",
    "glorot_uniform": "random (Glorot uniform)",
    "alternating_diagonal": "alternating diagonal",
    "zeros": "all zero",
    "he": "random (He normal, Xavier before tanh and softmax)",
    "orthogonal": "random, at right angles (orthogonal)",
    "torch": "torch's default",
}


@dataclass(frozen=True)
class ModelSpec:
    """A network's shape and its start."""

    kind: str = choice("dense", MODEL_KINDS, title="Kind of network", help="Dense layers alone, or convolutions before them.")
    sizes: tuple[int, ...] = wholes(
        (784, 49, 7, 15, 15, 10),
        title="Layer sizes",
        unit="units",
        least=1,
        most=16_384,
        count=(1, 100),
        help="Units from the input to the output; of a CNN those of the dense layers behind the convolutions.",
    )
    activation: str = choice("tanh", ACTIVATIONS, title="Activation", help="What the hidden dense layers make of their sums.")
    output: str = choice("softmax", OUTPUTS, title="Output", help="What the last layer makes of its sums.")
    initializer: str = choice("glorot_normal", INITIALIZERS, title="Initialiser", help="How the weights start.")
    seed: int = whole(0, title="Seed of the weights", least=0, most=MOST_SEED, help="Another seed, another random start.")
    channels: tuple[int, ...] = wholes(
        (), title="Kernels", least=1, most=64, count=(0, 64), help="CNNs: how many kernels, and so maps, each convolution has."
    )
    kernel_size: int = whole(
        0, title="Kernel size", unit="px", least=3, most=41, unused=0, help="CNNs: side of the convolution kernels; 0 without convolutions."
    )
    image: int = whole(28, title="Side of the input", unit="px", least=4, most=500, help="CNNs: pixels across and down.")
    start_scale: float = number(
        1.0, title="Scale of the start", least=0, most=10, step=0.1, help="CNNs: factor on the kernels that the training starts from."
    )
    centred: bool = switch(False, title="Centred kernels", help="CNNs: each kernel is kept at mean 0 and each convolution's bias at 0.")
    dropout: float = number(
        0.0,
        title="Dropout",
        unit="of the units",
        least=0,
        most=1,
        below=True,
        step=0.01,
        help="CNNs: left out at random before the dense layers while training.",
    )
    layers: tuple[str, ...] = texts(
        (),
        title="Layers",
        help="Sequences: every step from the input to the output, one a line.",
        count=(0, MOST_STEPS),
        each=canonical,
    )

    def __post_init__(self) -> None:
        check(self)
        if self.kind == "dense":
            require(len(self.sizes) >= 2, "Layer sizes: a dense network needs an input and an output size.")
        elif self.kind == "sequence":
            first = read_step(self.layers[0]).kind if self.layers else ""
            require(first == "input" and len(self.layers) > 1, "Layers: a sequence starts with its input and has steps behind it.")
        else:
            require(len(self.channels) >= 1, "Kernels: a CNN needs at least one convolution.")
            require(self.kernel_size > 0, f"Kernel size: a CNN has kernels; choose {meta(self, 'kernel_size').allowed}.")
