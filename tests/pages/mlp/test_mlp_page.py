"""The MLP page without a browser: every layer and epoch, links, damaged runs, and no torch."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.path import strongest_path
from core.runs import shipped, store
from core.ui import cached
from pages.mlp.neighbours import pick_words
from pages.mlp.view import View
from tests.app import go

ROOT = Path(__file__).parents[3]
MODELS = ("mlp-random", "mlp-diagonal")


def app(**parameters: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    go(at, "mlp")
    for name, value in parameters.items():
        at.query_params[name] = value
    return at


def matrix_chart(at: AppTest):
    """The proto of the page's first picture."""
    return at.get("vega_lite_chart")[0].proto


def tables(proto) -> dict[str, pd.DataFrame]:
    """The named tables that a chart is sent with."""
    return {d.name: pa.ipc.open_stream(d.data.data).read_pandas() for d in proto.datasets}


def text(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


@pytest.mark.parametrize("epoch", [0, 25, 50])
@pytest.mark.parametrize("layer", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_layer_and_epoch(model: str, layer: int, epoch: int) -> None:
    at = app(model=model, layer=str(layer), epoch=str(epoch), by="r3c2", sort="value", section="download").run()
    assert not at.exception
    assert not at.error
    run = store.load(shipped.RUNS[model].key)
    kernel = run.weights(f"dense{layer}.kernel")[epoch]
    assert repr(float(kernel[3, 2])) in text(at)
    assert f"reads {run.history['accuracy_test'][epoch]:.1%} of 10,000 test digits" in text(at)
    sent = tables(matrix_chart(at))
    if layer == 1:
        assert len(sent["map"].url[0]) * 3 / 4 / run.states < 100_000  # bytes of picture for one epoch
    else:
        cells = sent["cells"][sent["cells"].m == "cur"]
        np.testing.assert_array_equal(cells[f"s{epoch}"].to_numpy().reshape(kernel.shape), kernel)
        opened = {p["name"]: p.get("value") for p in json.loads(matrix_chart(at).spec)["params"]}
        assert opened["epoch"] == epoch
        assert opened["pick"] == [{"m": "cur", "py": 3, "px": 2}]
    assert f"{np.linalg.norm(kernel[3].astype(np.float64)):.3g}" in text(at)


@pytest.mark.parametrize("section", ["neighbours", "units", "epochs", "compare", "image", "off", "download"])
@pytest.mark.parametrize("layer", ["1", "2", "5"])
def test_every_section(section: str, layer: str) -> None:
    at = app(section=section, layer=layer).run()
    assert not at.exception
    assert not at.error


def test_the_link_says_every_choice() -> None:
    at = app(layer="4", epoch="12", sort="abs", by="r9c2", move="both", section="download").run()
    wanted = {"layer": "4", "epoch": "12", "sort": "abs", "by": "r9c2", "move": "both", "model": "mlp-diagonal"}
    assert {name: said(at, name) for name in wanted} == wanted


def said(at: AppTest, name: str) -> str | None:
    values = at.query_params.get(name)
    return values[0] if isinstance(values, list) else values


@pytest.mark.parametrize(
    ("section", "choices"),
    [
        ("neighbours", {"class": "7", "rule": "whole", "steps": "3"}),
        ("units", {"images": "next", "falling": "no"}),
        ("epochs", {"look": "Histogram of weights"}),
        ("compare", {"left": "mlp-random", "right": "mlp-random", "right_epoch": "4"}),
        ("image", {"show": "5", "wrong": "yes", "unit": "2"}),
        ("off", {"sends": "mean", "units": "1-3"}),
    ],
)
def test_a_section_restores_its_choices_from_the_link(section: str, choices: dict[str, str]) -> None:
    at = app(section=section, layer="4", **choices).run()
    assert not at.exception
    assert not at.warning
    assert {name: said(at, name) for name in choices} == choices


def test_choices_of_another_section_leave_the_link() -> None:
    at = app(section="off", layer="4", units="1-3").run()
    at.session_state["mlp-section"] = "epochs"
    at.run()
    assert not at.exception
    assert said(at, "units") is None


def test_a_bad_choice_of_a_section_is_told() -> None:
    at = app(section="off", layer="4", units="99").run()
    assert not at.exception
    assert any("units" in warning.value for warning in at.warning)


def test_a_held_order_is_restored() -> None:
    at = app(layer="5", epoch="3", order="hold", held="50", section="download").run()
    assert "as at epoch 50" in text(at)
    assert said(at, "held") == "50"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "mlp-huge"),
        ("layer", "6"),
        ("layer", "two"),
        ("epoch", "51"),
        ("epoch", "-1"),
        ("sort", "colour"),
        ("by", "x9"),
        ("section", "attic"),
    ],
)
def test_a_bad_value_in_a_link_falls_back_with_a_note(name: str, value: str) -> None:
    at = app(**{name: value}).run()
    assert not at.exception
    assert any(name in warning.value and value in warning.value for warning in at.warning)


def test_a_pick_outside_the_layer_is_told() -> None:
    at = app(layer="5", by="r99c1").run()
    assert not at.exception
    assert any("r99c1" in warning.value for warning in at.warning)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
def test_a_damaged_run_is_told_and_the_other_works(damage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = shipped.RUNS["mlp-diagonal"].key
    shutil.copytree(store.folder_of(key), tmp_path / key)
    damage(tmp_path / key / "weights.safetensors")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    cached.run.clear()
    try:
        at = app(section="download").run()
        assert not at.exception
        assert any(key in error.value and "git checkout" in error.value for error in at.error)
        assert [title.value for title in at.title] == ["How weights learn to read digits"]
        at = app(model="mlp-random", section="download").run()
        assert not at.exception
        assert not at.error
        at = app(model="mlp-random", section="compare", right="mlp-diagonal").run()  # the damaged one cannot be chosen
        assert not at.exception
        assert any(key in error.value for error in at.error)
        assert at.selectbox(key="mlp-compare-right").value == "mlp-random"
    finally:
        cached.run.clear()


def test_the_first_matrix_needs_no_torch() -> None:
    script = f"""
import sys
from streamlit.testing.v1 import AppTest
from tests.app import go
at = AppTest.from_file({str(ROOT / "streamlit_app.py")!r}, default_timeout=120)
go(at, "mlp")
at.run()
assert not at.exception and at.get("vega_lite_chart")
print("torch" in sys.modules)
"""
    out = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.split()[-1] == "False"


@pytest.mark.parametrize(
    ("pick", "weight"),
    [
        ({"m": "cur", "py": 6, "px": 11}, (4, 6, 11)),
        ({"m": "prev", "py": 6, "px": 2}, (3, 2, 6)),
        ({"m": "next", "py": 9, "px": 11}, (5, 11, 9)),
    ],
)
def test_a_pick_among_the_neighbours_is_told(pick: dict, weight: tuple[int, int, int]) -> None:
    run = store.load(shipped.RUNS["mlp-diagonal"].key)
    layer, source, unit = weight
    kernel = run.weights(f"dense{layer}.kernel")[50]
    words = pick_words(View("mlp-diagonal", 4, 50), pick)
    assert f"Weight **{float(kernel[source, unit])!r}** from unit {source} of layer {layer - 1}" in words
    strongest = int(np.abs(kernel[:, unit]).argmax())
    assert f"hears unit {strongest} of layer {layer - 1} ({kernel[strongest, unit]:.3g}) most" in words


def test_the_path_goes_back_to_a_pixel_step_by_step() -> None:
    run = store.load(shipped.RUNS["mlp-diagonal"].key)
    steps = strongest_path([run.weights(f"dense{n}.kernel")[50] for n in range(1, 6)], 3)
    at = app(section="neighbours", **{"class": "3"}).run()
    for shown in range(1, 6):
        assert not at.exception
        told = [button.label for button in at.button if (button.key or "").startswith("mlp-path-show-")]
        assert told == [f"Layer {step.layer}" for step in steps[:shown]]
        if shown < 5:
            at.button(key="mlp-path-next").click().run()
    assert at.button(key="mlp-path-next").disabled
    line, column = divmod(steps[-1].source, 28)
    assert f"ends at the pixel in line {line}, column {column}" in text(at)
    at.button(key="mlp-path-show-2").click().run()
    assert at.session_state["mlp-layer"] == 2
    assert at.session_state["mlp-by"] == f"r{steps[3].source}c{steps[3].unit}"


def test_choices_outlive_a_look_at_another_section() -> None:
    at = app(section="compare", layer="4", right_epoch="4").run()
    at.segmented_control(key="mlp-section").set_value("epochs").run()
    assert not at.exception
    at.segmented_control(key="mlp-section").set_value("compare").run()
    assert not at.exception
    assert at.number_input(key="mlp-compare-right-epoch").value == 4
