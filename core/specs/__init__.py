"""What was asked for: the frozen choices behind a data set, a network, its training and so a run.

The same object is the form, the check, the link, the run's key and the header of its files.
"""

from core.specs.data import DataSpec
from core.specs.fields import Meta, SpecError, meta
from core.specs.model import ACTIVATIONS, INITIALIZERS, MODEL_KINDS, OUTPUTS, ModelSpec
from core.specs.origin import OriginSpec
from core.specs.own import OwnSpec
from core.specs.pulses import PULSE_CLASSES, PulseSpec, Range
from core.specs.run import APP_VERSION, FORMAT, RunSpec, from_dict, to_dict
from core.specs.steps import STEPS, Step, read_step
from core.specs.train import DECAYS, LOSSES, OPTIMIZERS, STORES, Change, TrainSpec

__all__ = [
    "ACTIVATIONS",
    "APP_VERSION",
    "DECAYS",
    "FORMAT",
    "INITIALIZERS",
    "LOSSES",
    "MODEL_KINDS",
    "OPTIMIZERS",
    "OUTPUTS",
    "PULSE_CLASSES",
    "STEPS",
    "STORES",
    "Change",
    "DataSpec",
    "Meta",
    "ModelSpec",
    "OriginSpec",
    "OwnSpec",
    "PulseSpec",
    "Range",
    "RunSpec",
    "SpecError",
    "Step",
    "TrainSpec",
    "from_dict",
    "meta",
    "read_step",
    "to_dict",
]
