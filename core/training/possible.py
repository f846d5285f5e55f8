"""Whether a spec can be trained at all, said before anything starts. Needs no torch."""

from core.data import catalog
from core.models import network
from core.specs import MODEL_KINDS, RunSpec, SpecError
from core.training.loop import TRAINERS, log_spaced

STARTS = {  # kind of network -> initialisers that it knows; dense layers know all
    "digit_cnn": ("he", "glorot_normal", "glorot_uniform", "torch", "zeros"),
    "pulse_cnn": ("he", "torch"),
}
PARTS = {"train": "train", "validation": "validate", "test": "test"}


def trouble(spec: RunSpec) -> str:
    """Why a spec cannot be trained, in a sentence that names the cure; empty where it can, data that is not here apart."""
    try:
        check(spec)
    except SpecError as error:
        return str(error)
    return ""


def check(spec: RunSpec) -> None:
    """Refuse what cannot be trained.

    Raises:
        SpecError: in a sentence.
    """
    if spec.model.kind not in TRAINERS:
        raise SpecError("A network that was brought in as a sequence of layers is not trained here; choose dense layers or a CNN.")
    network.parameter_count(spec.model)
    starts = STARTS.get(spec.model.kind, (spec.model.initializer,))
    if spec.model.initializer not in starts:
        raise SpecError(
            f"Initialiser: {spec.model.initializer} is not one of a {MODEL_KINDS[spec.model.kind]}; choose {' or '.join(starts)}."
        )
    if spec.model.kind == "pulse_cnn":
        pulses(spec)
        return
    images(spec)
    log_spaced(-(-spec.data.train // spec.train.batch), spec.train.first_epoch_states)


def images(spec: RunSpec) -> None:
    """Refuse numbers of images that a data set does not have.

    Raises:
        SpecError: too many of a part, or a data set without images of its own.
    """
    found = catalog.get(spec.data)
    if not found.module:
        raise SpecError(f"{found.title} cannot train this kind of network; choose another data set.")
    if spec.data.own is not None and (why := catalog.missing(spec.data)):
        raise SpecError(why)
    for part, verb in PARTS.items():
        asked, there = getattr(spec.data, part), found.splits.get(part, 0)
        if asked > there:
            raise SpecError(f"{found.title} has {there:,} images to {verb}, and {asked:,} were asked for; choose {there:,} or fewer.")


def pulses(spec: RunSpec) -> None:
    """Refuse a pulse CNN whose data, network and training do not fit together.

    Raises:
        SpecError: in a sentence.
    """
    if spec.data.pulses is None:
        raise SpecError("The pulse CNN reads pulses; choose the pulse data set.")
    if spec.data.pulses.size != spec.model.image:
        raise SpecError(
            f"The pulses are {spec.data.pulses.size} pixels a side, the network reads {spec.model.image}; make the two sizes equal."
        )
    if spec.model.sizes[-1] != len(spec.data.pulses.classes):
        raise SpecError(f"The last layer has {spec.model.sizes[-1]} outputs for {len(spec.data.pulses.classes)} classes; make them equal.")
    if spec.train.loss == "cross_entropy" and spec.model.output != "softmax":
        raise SpecError("Cross-entropy needs the softmax output; choose softmax, or the L1 loss.")
