"""A network as understood: what is left to find out of one whose steps are known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.importing import own_header
from core.importing.chain import Chain
from core.importing.inferring import FITS, MOST_CLASSES
from core.importing.refusal import refuse
from core.importing.trying import SCALES, Puzzle, Question
from core.specs import Step


@dataclass(frozen=True)
class Images:
    """The images that a network is tried on."""

    side: int  # pixels
    channels: int
    classes: int


@dataclass
class Understood:
    """What was read: in words, and what is left to find out."""

    format: str  # "ONNX", "PyTorch (zip), state_dict"
    puzzle: Puzzle
    exact: bool  # whether the file says its architecture
    tensors: dict[str, tuple[int, ...]] = field(default_factory=dict)  # name -> shape, where they were read by name
    classes: tuple[str, ...] = ()  # names of its outputs, where the file has any


def exact(chain: Chain, words: str, images: Images) -> Understood:
    """A puzzle that leaves the scaling of the input open, and how images of another size are fitted."""
    count = math.prod(chain.shape)
    if count < images.classes or count > MOST_CLASSES:
        _refuse_count(count, chain, images)
    questions = [Question("scaling", "Scaling of the input", {name: name for name in SCALES}, usual=7, even=4)]
    size = chain.size
    if size[1:] != (images.side, images.side):
        questions.append(Question("fit", f"Images of another size than {images.side}x{images.side}", FITS))

    def build(reading: Mapping[str, Any]) -> tuple[Chain, Step]:
        factor, shift, flags = SCALES[reading["scaling"]]
        return chain, Step("input", size[0], size[1:], value=factor, shift=shift, mode=reading.get("fit", ""), flags=flags)

    return Understood(words, Puzzle(questions, build), True)


def again(chain: Chain, header: str, words: str, images: Images) -> Understood:
    """A network that left this app as ONNX or for Keras: the file's arrays in the steps of its header."""
    given, steps = own_header.returned(header)
    parameters = iter([dict(stage.parameters) for stage in chain.stages if stage.parameters])
    return ours(own_header.chain_of(given, steps, parameters), given, words, images, own_header.classes(header))


def ours(chain: Chain, given: Step, words: str, images: Images, classes: tuple[str, ...] = ()) -> Understood:
    """A network that left this app, as it was."""
    count = math.prod(chain.shape)
    if count < images.classes:
        _refuse_count(count, chain, images)
    return Understood(f"{words}, taken away from this app", Puzzle([], lambda _: (chain, given)), True, classes=classes)


def _refuse_count(count: int, chain: Chain, images: Images) -> None:
    if count == 1:
        refuse("It ends in one number: it tells two kinds apart, as a GAN's discriminator does, or gives a value; this app needs classes.")
    if count == math.prod(chain.size):
        refuse("It gives back as many values as an image has pixels: it is an autoencoder; this app shows networks that name classes.")
    if count > MOST_CLASSES:
        refuse(f"It ends in {count:,} values: it makes images or features; this app shows networks that name classes.")
    refuse(f"It ends in {count} values, and the data set has {images.classes} classes; choose a data set with at most {count}.")
