"""The glossary: every term that a first-time reader meets, in one table, for school mathematics. Change the words here.

The pages underline a term at its first use; the page `/words` shows all, each with the picture that `pages/words/pictures.py` draws.
"""

import re
from dataclasses import dataclass

GROUPS = {
    "network": "What a network is",
    "sums": "What a unit does",
    "images": "Looking at images",
    "learning": "How it learns",
    "judging": "How good it is",
}


@dataclass(frozen=True)
class Term:
    """One term of the trade."""

    name: str
    group: str  # one of GROUPS
    meaning: str  # in a sentence or two, plain text
    page: str  # path of the page where it is best seen
    view: str  # its query there
    see: str  # what one sees there, for the link
    forms: tuple[str, ...] = ()  # other spellings that are underlined, too
    plural: bool = True  # whether the name with an s is it, too
    alone: bool = True  # whether the name is, wherever it stands

    @property
    def id(self) -> str:
        """Its name in links."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that is underlined for it: the name, its plural, and other forms."""
        return (*((self.name,) if self.alone else ()), *((f"{self.name}s",) if self.plural else ()), *self.forms)


TERMS = (
    Term(
        "pixel",
        "network",
        "One small square of an image, a number from 0 (paper) to 1 (ink). A digit of 28 × 28 pixels is a list of 784 such numbers.",
        "templates",
        "section=rolled",
        "an image unrolled into its numbers",
    ),
    Term(
        "weight",
        "network",
        "A number that says how much one input counts for one unit: the input is multiplied by it. Positive pushes the unit up, negative "
        "pushes it down, 0 ignores the input.",
        "mlp",
        "layer=5",
        "150 weights, each a coloured cell",
    ),
    Term(
        "bias",
        "network",
        "A number that is added to a unit's sum whatever the image shows: how much the unit leans to yes or no beforehand.",
        "mlp",
        "layer=5",
        "the strip of biases under a kernel",
        ("biases",),
    ),
    Term(
        "unit",
        "network",
        "One small calculator: it multiplies each input by a weight, adds all that up with its bias, and passes the sum on through its "
        "activation. Also called a neuron.",
        "mlp",
        "section=image&image=7",
        "the sum of every unit for one image",
        ("neuron", "neurons"),
    ),
    Term(
        "layer",
        "network",
        "Units that all read the same inputs, side by side. What they give is the input of the next layer.",
        "mlp",
        "section=neighbours",
        "two layers that meet",
    ),
    Term(
        "hidden layer",
        "network",
        "A layer between the image and the answer. Nobody tells its units what they should say: the training finds that out.",
        "templates",
        "section=hidden&model=hidden-mnist",
        "ten hidden units and what they look for",
        ("hidden unit", "hidden units"),
    ),
    Term(
        "dense layer",
        "network",
        "A layer in which every unit reads every input, so it has a weight for each pair of input and unit.",
        "mlp",
        "layer=2",
        "every pair of input and unit",
        ("dense", "dense network"),
    ),
    Term(
        "MLP",
        "network",
        "Multi-layer perceptron: dense layers one behind the other, with an activation after each.",
        "mlp",
        "",
        "five layers that read digits",
        ("multi-layer perceptron", "multi-layer perceptrons"),
    ),
    Term(
        "CNN",
        "network",
        "Convolutional neural network: its first layers slide small kernels over the image, so that they find their pattern wherever it "
        "lies.",
        "digits",
        "",
        "every layer of a CNN that reads your digit",
        ("convolutional neural network",),
    ),
    Term(
        "parameter",
        "network",
        "A number that training may change: every weight and every bias. The app's networks have between 650 and some 100,000.",
        "digits",
        "section=summary",
        "the parameters of each layer, counted",
    ),
    Term(
        "run",
        "network",
        "One network with its whole training: how it started, what it was trained on, and its weights at each stored state.",
        "mlp",
        "section=compare",
        "two runs side by side",
        ("this run", "the run", "a run", "training run", "training runs", "stored run", "stored runs", "two runs"),
        plural=False,  # nor alone: "the scale runs to 1", "no file is run"
        alone=False,
    ),
    Term(
        "activation",
        "sums",
        "What a unit gives when its sum has gone through a bent curve such as ReLU or tanh; also that curve itself. Without a bend, many "
        "layers could do no more than one.",
        "learning",
        "section=back&model=mlp-random",
        "sums, activations and their slopes",
        ("activation function", "activation functions"),
    ),
    Term("ReLU", "sums", "A bend: sums above 0 pass as they are, all others become 0.", "digits", "", "maps with nothing below 0"),
    Term(
        "tanh",
        "sums",
        "A bend like a flat S: large sums become nearly 1, very negative ones nearly −1, and 0 stays 0.",
        "mlp",
        "section=image&image=7",
        "units between −1 and 1",
    ),
    Term(
        "sigmoid",
        "sums",
        "A bend like a flat S from 0 to 1: a sum of 0 becomes one half.",
        "templates",
        "section=hidden&model=hidden-mnist",
        "hidden units between 0 and 1",
    ),
    Term(
        "logit",
        "sums",
        "The sum of an output unit, before softmax. Only the differences between the logits matter.",
        "templates",
        "section=match&image=7",
        "ten sums of products",
    ),
    Term(
        "softmax",
        "sums",
        "Turns the output sums into shares of 100%: the larger a sum, the larger its share. It always shares out everything, even for an "
        "image of nothing.",
        "digits",
        "section=confidence",
        "how sure softmax sounds",
    ),
    Term(
        "product",
        "sums",
        "Input times weight: what one input adds to the sum of a unit.",
        "templates",
        "section=match&image=7",
        "one product for each pixel",
    ),
    Term(
        "norm",
        "sums",
        "The length of a list of numbers, as by Pythagoras: square them all, add up, take the root. A large norm of weights means that "
        "somebody listens.",
        "mlp",
        "section=epochs&layer=3",
        "norms over the training",
    ),
    Term(
        "kernel",
        "images",
        "The weights of a layer as a table, or of a sliding window as a small picture.",
        "cnn",
        "",
        "kernels while they learn",
        ("weight matrix", "weight matrices"),
    ),
    Term(
        "template",
        "images",
        "The weights from all pixels to one class, laid out like the image: what this class wants to see.",
        "templates",
        "",
        "ten templates, epoch by epoch",
    ),
    Term(
        "filter",
        "images",
        "The weights of one unit as a picture of what it answers to; in a CNN a kernel that slides over the image.",
        "digits",
        "section=filters",
        "the patches that a filter answers to most",
    ),
    Term(
        "convolution",
        "images",
        "The same small kernel laid over every place of an image: multiply, add up, write the sum at that place. (Here unflipped, as is "
        "usual in networks.)",
        "cnn",
        "section=convolution&image=test-3",
        "a convolution, window by window",
    ),
    Term(
        "feature map",
        "images",
        "The picture that a convolution gives: at each place how strongly the kernel's pattern is there.",
        "digits",
        "",
        "the maps of your digit",
    ),
    Term(
        "pooling",
        "images",
        "Keeps the largest of each 2 × 2 numbers: a smaller picture, in which the exact place no longer matters.",
        "cnn",
        "section=convolution&image=test-3",
        "what pooling keeps",
    ),
    Term(
        "class",
        "images",
        "One of the answers that a network can give: the digits 0 to 9, or square, gaussian and wave.",
        "templates",
        "",
        "one template a class",
        ("classes",),
    ),
    Term(
        "PCA",
        "images",
        "A way to draw long lists of numbers as points: along the two directions in which they differ most.",
        "digits",
        "section=map",
        "test digits as points",
    ),
    Term(
        "t-SNE",
        "images",
        "A way to draw long lists of numbers as points so that neighbours stay neighbours. Distances between far groups mean nothing.",
        "digits",
        "section=map",
        "test digits as points",
    ),
    Term(
        "loss",
        "learning",
        "One number for how wrong the network is; training makes it small.",
        "learning",
        "section=rate&batch=128",
        "the loss for every length of a step",
    ),
    Term(
        "cross-entropy",
        "learning",
        "The usual loss: minus the logarithm of the share that the right class got. All of it: 0. Nearly nothing of it: very large.",
        "learning",
        "",
        "the loss of one image",
    ),
    Term(
        "error",
        "learning",
        "How much the loss grows when a unit's sum grows a little. At the outputs it is the share given minus the share wanted.",
        "learning",
        "section=back&model=mlp-random",
        "errors on their way back",
    ),
    Term(
        "gradient",
        "learning",
        "For each weight, how much the loss grows when that weight grows a little: the slope. Going against it makes the loss smaller.",
        "learning",
        "",
        "a gradient, cell by cell",
    ),
    Term(
        "step",
        "learning",
        "One change of all weights at once, each by minus the learning rate times its gradient.",
        "learning",
        "",
        "one step, opened",
    ),
    Term(
        "learning rate",
        "learning",
        "How far a step goes. Too small: it takes for ever. Too large: it jumps over the valley.",
        "learning",
        "section=rate&batch=128",
        "the valley and the jump",
    ),
    Term(
        "batch",
        "learning",
        "The images that one step asks; their gradients are averaged.",
        "learning",
        "section=batch&batch=128",
        "steps on one image and on a batch",
        ("batches",),
    ),
    Term(
        "epoch",
        "learning",
        "One pass over all training images. Epoch 0 is the network before it has learned anything.",
        "templates",
        "",
        "templates from epoch 0 on",
    ),
    Term(
        "SGD",
        "learning",
        "Stochastic gradient descent: steps against the gradient, each on a batch drawn by chance.",
        "learning",
        "section=surface",
        "three ways down a landscape",
        ("gradient descent", "stochastic gradient descent"),
    ),
    Term(
        "momentum",
        "learning",
        "Each step keeps most of the one before, like a ball that rolls: faster along a slope, and past the bottom.",
        "learning",
        "section=surface",
        "a walk with momentum",
    ),
    Term(
        "Adam",
        "learning",
        "A way to take steps in which each weight's step is measured against the usual size of its own gradient.",
        "learning",
        "section=surface",
        "a walk by Adam",
    ),
    Term(
        "weight decay",
        "learning",
        "Each step also makes every weight a little smaller, so that only weights that are needed stay large.",
        "mlp",
        "section=epochs&layer=1",
        "how norms grow and shrink",
        ("decay",),
    ),
    Term(
        "initialiser",
        "learning",
        "The rule by which the weights start, most often small numbers drawn by chance.",
        "mlp",
        "section=compare",
        "a random and a diagonal start",
        ("initializer",),
    ),
    Term(
        "seed",
        "learning",
        "The number from which all chance is drawn: the same seed gives the same start and the same order of images.",
        "digits",
        "section=train",
        "train with a seed of your own",
    ),
    Term(
        "dropout",
        "learning",
        "While training, some units are left out by chance, so that none can rely on a single other.",
        "cnn",
        "section=loss",
        "the study's training",
    ),
    Term(
        "accuracy",
        "judging",
        "The share of images that the network gets right, always with how many and which images.",
        "mlp",
        "section=epochs&layer=1",
        "accuracy over the epochs",
    ),
    Term(
        "training images",
        "judging",
        "Those that the steps are taken on. A network knows them too well to be judged by them.",
        "digits",
        "section=train",
        "how many images it takes",
        ("training image", "training digits", "training set"),
    ),
    Term(
        "validation",
        "judging",
        "Images set aside to look at during the training, for instance to choose a learning rate.",
        "digits",
        "section=train",
        "validation while it trains",
        ("validation images",),
    ),
    Term(
        "test images",
        "judging",
        "Images that the training has never seen: how many of them are read right says how good the network is.",
        "templates",
        "section=mistakes",
        "test digits that are misread",
        ("test image", "test digits", "test digit", "test set", "test pulses"),
    ),
    Term(
        "confusion matrix",
        "judging",
        "A table that counts which class was taken for which; what is right lies on the diagonal.",
        "templates",
        "section=confusion",
        "which digit is taken for which",
        ("confusion matrices",),
    ),
    Term(
        "recall",
        "judging",
        "Of all images of a class, the share that the network finds.",
        "templates",
        "section=confusion",
        "recall beside each row",
    ),
    Term(
        "precision",
        "judging",
        "Of all images that the network calls by a class, the share that really are.",
        "templates",
        "section=confusion",
        "precision below each column",
    ),
    Term(
        "recognised pulses",
        "judging",
        "Those for which every output lies within 0.1 of its target. Stricter than right, which asks only that the largest output is that "
        "of the pulse's class.",
        "cnn",
        "section=loss",
        "pulses recognised over the training",
        ("pulses recognised",),
        plural=False,
    ),
    Term(
        "act",
        "judging",
        "The share of the second convolution's outputs that are above 0. Where it is 0, nothing flows back and nothing is learned.",
        "cnn",
        "section=loss&run=pulse-dead",
        "act of a run that dies",
        plural=False,
    ),
    Term(
        "dead",
        "judging",
        "Of a unit, kernel or run: its sums are below 0 for every image, so ReLU gives 0 and no step changes it any more.",
        "cnn",
        "section=loss&run=pulse-dead",
        "a run that dies",
        plural=False,
    ),
    Term(
        "broad strokes",
        "judging",
        "How much of a kernel's pattern is in wide waves, at least four times as long as the finest that its grid can hold: near 1 it is "
        "stripes and patches, near 0 speckle.",
        "cnn",
        "",
        "a picked kernel's strokes over the training",
        plural=False,
    ),
    Term(
        "roughness",
        "judging",
        "How much neighbouring weights of a kernel differ, over their standard deviation (total variation, tv): noise is rough, a stripe "
        "smooth.",
        "cnn",
        "",
        "a picked kernel's roughness over the training",
        ("total variation",),
        plural=False,
    ),
)


def find(id_: str) -> Term:
    """The term of a link.

    Raises:
        StopIteration: there is none.
    """
    return next(term for term in TERMS if term.id == id_)


def of_group(group: str) -> list[Term]:
    """The terms of a group, in the order in which they build on each other."""
    return [term for term in TERMS if term.group == group]
