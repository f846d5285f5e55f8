"""Which runs the CNN page offers: those that fit, families and the gallery of fates."""

from dataclasses import replace

import pytest

from core.runs import catalog, shipped
from core.runs.shipped.pulses import RUNS
from core.specs import RunSpec
from pages.cnn import runs as cnn_runs
from tests.pages.cnn import cases


@pytest.mark.parametrize("spec", [*RUNS.values(), *cases.SPECS.values(), cases.LARGE])
def test_any_pulse_cnn_fits(spec: RunSpec) -> None:
    assert cnn_runs.fits(spec)


@pytest.mark.parametrize(
    "spec",
    [
        *(spec for spec in shipped.RUNS.values() if spec.model.kind != "pulse_cnn"),
        replace(cases.TWO, model=replace(cases.TWO.model, image=50)),  # reads another size than its pulses have
        replace(cases.TWO, model=replace(cases.TWO.model, sizes=(16, 3))),  # more outputs than classes
        replace(cases.TWO, model=replace(cases.TWO.model, kernel_size=21)),  # nothing is left of the image
        replace(cases.TWO, model=replace(cases.TWO.model, channels=(3, 1, 1))),
    ],
)
def test_other_networks_do_not(spec: RunSpec) -> None:
    assert not cnn_runs.fits(spec)


def test_a_family_differs_in_its_first_kernels_alone(runs) -> None:
    assert cnn_runs.family(RUNS["pulse-ten"]) == {2: "pulse-two", 5: "pulse-reliable", 10: "pulse-ten"}
    assert cnn_runs.family(RUNS["pulse-drops"]) == {5: "pulse-drops"}
    assert cnn_runs.family(cases.SIX) == cnn_runs.family(cases.ALL) == {2: cases.ALL.key, 6: cases.SIX.key}


def test_the_gallery_shows_each_family_first_and_counts_the_rest(runs) -> None:
    entries, more = cnn_runs.gallery()
    assert [entry.id for entry in entries[:5]] == ["pulse-reliable", "pulse-drops", "pulse-held", "pulse-dead", "pulse-study"]
    assert len(entries) == cnn_runs.GALLERY
    assert len(entries) + more == len(catalog.fitting(cnn_runs.fits)) == len(RUNS) + len(cases.SPECS)


def test_the_page_opens_on_a_shipped_run_with_kernels_that_learned() -> None:
    run = catalog.load(cnn_runs.FIRST)
    assert "conv1.kernel" in run.shapes and run.history["accuracy_test"][-1] > 0.95
