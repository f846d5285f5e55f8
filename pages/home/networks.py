"""The networks that the home page shows: of each page's kind the shipped one that is right most often."""

from collections.abc import Callable
from dataclasses import dataclass

from core.data import catalog as data_sets
from core.data.catalog import DIGITS
from core.runs import shipped
from core.specs import RunSpec, SpecError
from core.ui import cached
from core.ui.shown import Shown

SHAPE = (28, 28)  # of a drawn digit as a network gets it


@dataclass(frozen=True)
class Kind:
    """One kind of network and the page that looks inside it."""

    link: str  # name of the network in the links of that page
    fits: Callable[[RunSpec], bool]


def _reads_digits(spec: RunSpec) -> bool:
    try:
        return data_sets.shape_of(spec.data) == SHAPE and data_sets.classes_of(spec.data) == DIGITS and spec.model.output == "softmax"
    except SpecError:
        return False  # of a data set that is not known here


def _dense(spec: RunSpec, hidden: bool) -> bool:
    return spec.model.kind == "dense" and (len(spec.model.sizes) > 2) == hidden and _reads_digits(spec)


KINDS = {  # topic -> kind
    "mlp": Kind("model", lambda spec: _dense(spec, True)),
    "templates": Kind("model", lambda spec: _dense(spec, False)),
    "learning": Kind("model", lambda spec: _dense(spec, False)),
    "digits": Kind("run", lambda spec: spec.model.kind == "digit_cnn" and _reads_digits(spec)),
    "cnn": Kind("run", lambda spec: spec.model.kind == "pulse_cnn" and spec.train.store != "history"),
}
READERS = ("templates", "mlp", "digits")  # topics whose networks read the drawing


def best(topic: str) -> Shown | None:
    """The last state of the shipped network of a kind that is right on the most test images; None when none can be read."""
    ids = [name for name, spec in shipped.RUNS.items() if KINDS[topic].fits(spec)]
    found = [Shown(run, run.states - 1, id_) for id_ in ids if (run := cached.readable(id_)) is not None]
    counted = [shown for shown in found if "accuracy_test" in shown.run.history]
    return max(counted, key=lambda shown: shown.run.history["accuracy_test"][-1], default=None)


def trouble(topic: str) -> str:
    """Why a kind has no network here, in a sentence."""
    names = ", ".join(name for name, spec in shipped.RUNS.items() if KINDS[topic].fits(spec))
    return f"None of its networks can be read ({names}). `make reproduce` trains them again."
