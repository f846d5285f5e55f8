"""The words of the CNN page that are its lesson, and what it says of a run in words."""

from core.charts import numbers
from core.specs import INITIALIZERS, LOSSES, OPTIMIZERS, RunSpec
from core.ui.shown import Shown

TITLE = "Kernels that read pulses"
SECTIONS = {
    "loss": "Loss profile",
    "convolution": "Do a convolution",
    "response": "What does it answer to?",
    "tests": "Test images",
    "breaking": "Break it",
    "confidence": "How sure it is",
}
BREAKING = (
    "A kernel slides over the whole image, so it finds its line wherever that lies. The dense layers above have fixed places again. Turn, "
    "move or blur a pulse: what do the shared kernels save, and what breaks?"
)
HANGS = (
    "Each place of the lines: {width} columns of the image are blank, with their middle there, and this is what the network gives then. "
    "Upright line: where {name} loses most. It says what this answer loses when a piece is gone. It does not say what the kernels look "
    "for: a pulse with a gap is another image, and of two flanks of which one is enough both look idle."
)
IMAGES = {
    "test": "a test pulse",
    "own": "your own pulse",
    "drawing": "a drawing",
    "digit": "a digit",
    "photo": "a photograph",
    "upload": "an upload",
}
HISTORY_ALONE = "This run keeps its history alone"
NOTICE = """
- Play the film: the kernels of the reliable recipe turn from speckle to stripes and patches within the first epoch.
- By its loss a dead run looks like one that waits. Act tells them apart: at 0 nothing flows back, and the kernels stop or just fade.
- A kernel answers to a part, not to a pulse: the same slope lights up in gaussians and in waves. The later layers put the parts together.
- Far outside of what it was trained with, the network still answers with confidence, and is often wrong.
"""
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(number: int) -> str:
    """A small number as a word."""
    return _COUNTS[number] if number < len(_COUNTS) else f"{number:,}"


def outputs(classes: int) -> str:
    """The outputs of a network, which each must be close to its target."""
    return {1: "the output", 2: "both outputs"}.get(classes, f"all {in_words(classes)} outputs")


def when(shown: Shown) -> str:
    """The state in words, to end a sentence with: "at epoch 3", "before training"."""
    return "before training" if shown.epoch == 0 else f"at {shown.words}"


def sentence(shown: Shown, learned: int) -> str:
    """What the page shows, with its numbers, of which the network learned so many."""
    run, model = shown.run, shown.run.spec.model
    last = f" of {run.epochs[-1]:g}" if shown.words.startswith("epoch") else " state" if shown.epoch == 0 else ""
    kernels = f"{model.channels[0]} kernel{'s' * (model.channels[0] > 1)} of {model.kernel_size} × {model.kernel_size} weights"
    text = f"{shown.words[0].upper()}{shown.words[1:]}{last} of the run “{shown.title}”: {kernels}, {learned:,} numbers learned in all"
    count, share = run.spec.data.test, run.history.get("accuracy_test")
    if share is None or not share[shown.state] >= 0:
        return f"{text}. How many test pulses it gets right was not counted."
    return f"{text}; **{round(share[shown.state] * count):,} of {count:,} test pulses right ({numbers.percent(share[shown.state])})**."


def how_trained(shown: Shown) -> str:
    """The settings of a run, from its spec, as Markdown."""
    spec: RunSpec = shown.run.spec
    model, train = spec.model, spec.train
    scale = "" if model.start_scale == 1 else f", the convolutions' kernels at {model.start_scale:g} of torch's default"
    kept = " After each step the mean of every kernel is taken out." if model.centred else ""
    decay = f" Its kernels shrink by a weight decay of {train.weight_decay:g}." if train.weight_decay else ""
    times = "once" if train.epochs == 1 else f"{train.epochs} times over"
    return (
        f"{spec.data.train:,} drawn pulses of {model.image} × {model.image} pixels, {times}, in batches of "
        f"{train.batch}; {OPTIMIZERS[train.optimizer]} with a learning rate of {train.learning_rate:g} on the {LOSSES[train.loss]} loss. "
        f"Dense layers of {', '.join(f'{n:,}' for n in model.sizes)} units, the outputs by {model.output}. "
        f"The start: {INITIALIZERS[model.initializer]}{scale}, seed {model.seed}.{kept}{decay}\n\n{_repeatable(shown)}"
    )


def _repeatable(shown: Shown) -> str:
    if "replay" in shown.run.header:
        return (
            "**A recording.** The order of float sums decides the fate of such a run, so it repeats bit by bit only with the same torch "
            "on the same kind of machine; elsewhere another fate may come."
        )
    how = "with `make reproduce`" if shown.id != shown.key else "from its settings"
    return (
        f"**It can be trained again** {how}: bit by bit with the same torch on the same kind of machine, and elsewhere to about the "
        "same end."
    )
