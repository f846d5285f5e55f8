"""The MLP page without a browser: shipped and other networks, links, damaged runs, and no torch."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.ordering import Ordering, orders
from core.analysis.path import strongest_path
from core.charts import numbers
from core.runs import catalog, shipped, store
from core.ui import choices, shown
from pages.mlp.layer import Layer
from pages.mlp.neighbours import pick_words
from tests.pages.mlp.mlp_case import NETWORKS, ROOT, opened, said, stored

MODELS = ("mlp-random", "mlp-diagonal")


def matrix_chart(at: AppTest):
    """The proto of the page's first picture."""
    return at.get("vega_lite_chart")[0].proto


def tables(proto) -> dict[str, pd.DataFrame]:
    """The named tables that a chart is sent with."""
    return {d.name: pa.ipc.open_stream(d.data.data).read_pandas() for d in proto.datasets}


def values(proto) -> dict[str, object]:
    """The values of a chart's parameters."""
    return {p["name"]: p.get("value") for p in json.loads(proto.spec)["params"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("epoch", [0, 50])
@pytest.mark.parametrize("layer", [1, 2, 5])
@pytest.mark.parametrize("model", MODELS)
def test_shipped_networks_layer_by_layer(model: str, layer: int, epoch: int) -> None:
    at = opened(model=model, layer=layer, epoch=epoch, by="r3c2", sort="value", section="download")
    assert not at.exception and not at.error and not at.warning
    run = store.load(shipped.RUNS[model].key)
    kernel = run.weights(f"dense{layer}.kernel")[epoch]
    assert repr(float(kernel[3, 2])) in said(at)
    assert f"reads {numbers.percent(run.history['accuracy_test'][epoch])} of 10,000 MNIST test digits" in said(at)
    sent, held = tables(matrix_chart(at)), values(matrix_chart(at))
    assert held["epoch"] == epoch and held["limit"] == float(np.abs(run.weights(f"dense{layer}.kernel")).max())
    if layer == 1:
        assert len(sent["film"]["map"][0]) * 3 / 4 / run.states < 100_000  # bytes of picture for one epoch
    else:
        cells = sent["cells"][sent["cells"].m == "cur"]
        np.testing.assert_array_equal(cells[f"s{epoch}"].to_numpy().reshape(kernel.shape), kernel)
        assert held["pick"] == [{"m": "cur", "py": 3, "px": 2}]
    assert numbers.number(np.linalg.norm(kernel[3].astype(np.float64))) in said(at)


@pytest.mark.parametrize("section", ["neighbours", "units", "epochs", "compare", "image", "off", "download"])
@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "wide"])
def test_every_section_of_every_network(folder: Path, name: str, section: str) -> None:
    run = stored(folder, name)
    for layer in sorted({1, len(run.spec.model.sizes) - 1}):
        at = opened(run, section=section, layer=layer)
        assert not at.exception and not at.error and not at.warning
        kernel = run.weights(f"dense{layer}.kernel")
        rows, columns = kernel.shape[1:]
        assert f"Layer {layer} of {len(run.spec.model.sizes) - 1}, {rows:,} inputs × {columns:,} outputs" in said(at)
        assert values(matrix_chart(at))["limit"] == float(np.abs(kernel).max())


def test_a_very_large_layer_is_pooled_and_its_detail_exact(folder: Path) -> None:
    run = stored(folder, "wide")
    at = opened(run, section="download", layer=2, sort="value", by="r5c7", move="both", epoch=1)
    assert not at.exception and not at.error and not at.warning
    sent = tables(matrix_chart(at))
    assert "film" not in sent and len(sent["still"]["map"][0]) < 300_000
    kernel = run.at(1, "dense2.kernel")
    rows, columns = orders(kernel, Ordering("value", "both", True, 5, 7))
    detail = next(t["detail"] for t in map(tables, (c.proto for c in at.get("vega_lite_chart"))) if "detail" in t)
    assert len(detail) <= 2_000
    np.testing.assert_array_equal(detail.w, kernel[detail.py, detail.px])
    where = detail[detail.picked].iloc[0]
    assert (where.py, where.px) == (5, 7)
    top, left = int(np.flatnonzero(rows == detail.py[0])[0]), int(np.flatnonzero(columns == detail.px[0])[0])
    assert detail.py.unique().tolist() == rows[top : top + detail.ry.max()].tolist()
    assert detail.px.unique().tolist() == columns[left : left + detail.rx.max()].tolist()
    assert "Each pixel stands for 7 × 3 weights" in said(at)


def test_states_inside_an_epoch_have_their_names(folder: Path) -> None:
    run = stored(folder, "softmax")
    texts = {0: ", untrained: the network", 1: "after step 1 of epoch 1: ", 2: "after step 5 of epoch 1: ", 4: "after epoch 2 of 2: "}
    for state, text in texts.items():
        at = opened(run, epoch=shown.labels(run)[state], section="download")
        assert text in said(at)
        assert at.session_state["mlp-epoch"] == state


def test_the_network_chooser_lists_what_fits(folder: Path) -> None:
    run = stored(folder, "relu")
    at = opened(run, section="download")
    options = at.selectbox(key="mlp-model").options
    assert {"Five dense layers, random start", catalog.entry(run.spec).title} <= set(options)
    assert not any("kernels of" in option for option in options)
    at = opened(model=shipped.RUNS["digit-cnn"].key)
    assert any("model" in warning.value for warning in at.warning)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "mlp-huge"),
        ("layer", "6"),
        ("layer", "two"),
        ("epoch", "-1"),
        ("sort", "colour"),
        ("by", "x9"),
        ("by", "r99c1"),
        ("section", "attic"),
    ],
)
def test_a_bad_value_in_a_link_falls_back_with_a_note(name: str, value: str) -> None:
    at = opened(**{name: value})
    assert not at.exception
    assert any(name in warning.value and value in warning.value for warning in at.warning)


def test_a_bad_choice_of_a_section_is_told() -> None:
    at = opened(section="off", layer=4, units="99")
    assert not at.exception
    assert any("units" in warning.value for warning in at.warning)


def search(at: AppTest) -> dict[str, str]:
    """What the address says: every choice that is not at its default."""
    return dict(parse_qsl(at.session_state["_address"].search or ""))


def test_the_address_says_every_choice_but_the_usual_ones() -> None:
    assert search(opened()) == {}
    wanted = {"layer": "4", "epoch": "12", "sort": "abs", "by": "r9c2", "move": "both", "section": "download"}
    assert search(opened(**wanted)) == wanted


def test_choices_of_another_section_leave_the_address() -> None:
    at = opened(section="off", layer=4, units="1-3")
    assert search(at)["units"] == "1-3"
    at.session_state[choices.key("mlp", "section")] = "epochs"
    at.run()
    assert not at.exception
    assert "units" not in search(at)


def test_a_held_order_is_restored() -> None:
    at = opened(layer=5, epoch=3, order="hold", held=50, section="download")
    assert "as at epoch 50" in said(at)
    assert search(at)["held"] == "50"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_a_damaged_run_is_told_and_the_others_work(damage, folder: Path) -> None:
    run, other = stored(folder, "relu", 1), stored(folder, "relu", 2)
    damage(folder / run.key / "weights.safetensors")
    at = opened(run, section="download")
    assert not at.exception
    assert f"Run {run.key} is damaged" in said(at)
    assert [title.value for title in at.title] == ["How weights learn to read digits"]
    at = opened(other, section="compare", layer=1, right=run.key)
    assert not at.exception
    assert f"Run {run.key} is damaged" in said(at)
    assert "Layer 1 of 2, 784 inputs × 128 outputs" in said(at)


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
    view = Layer(shown.of("mlp-diagonal"), 4)
    layer, source, unit = weight
    kernel = view.at(layer).kernel
    said_of = pick_words(view, pick)
    assert f"Weight **{float(kernel[source, unit])!r}** from unit {source} of layer {layer - 1}" in said_of
    strongest = int(np.abs(kernel[:, unit]).argmax())
    assert f"hears unit {strongest} of layer {layer - 1} ({numbers.number(kernel[strongest, unit])}) most" in said_of


def test_the_path_goes_back_to_a_pixel_step_by_step() -> None:
    run = store.load(shipped.RUNS["mlp-diagonal"].key)
    steps = strongest_path([run.weights(f"dense{n}.kernel")[50] for n in range(1, 6)], 3)
    at = opened(section="neighbours", **{"class": "3"})
    for count in range(1, 6):
        assert not at.exception
        told = [button.label for button in at.button if (button.key or "").startswith("mlp-path-show-")]
        assert told == [f"Layer {step.layer}" for step in steps[:count]]
        if count < 5:
            at.button(key="mlp-path-next").click().run()
    assert at.button(key="mlp-path-next").disabled
    line, column = divmod(steps[-1].source, 28)
    assert f"ends at the pixel in row {line}, column {column}" in said(at)
    at.button(key="mlp-path-show-2").click().run()
    assert at.session_state["mlp-layer"] == 2


def test_the_question_is_asked_of_images_alone(folder: Path) -> None:
    assert any("which pixel has the row" in m.value for m in opened(stored(folder, "square"), section="download").markdown)
    assert not any("which pixel has the row" in m.value for m in opened(stored(folder, "three"), section="download").markdown)
