"""The MLP page without a browser: shipped and other networks, links, damaged runs, and no torch."""

import base64
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
from core.analysis.pooling import signed_max
from core.charts import numbers
from core.charts.size import small
from core.frame import choices
from core.runs import catalog, shipped, store
from core.ui import shown
from pages.mlp.layer import Layer
from pages.mlp.neighbours import pick_words
from tests.app import report
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


def map_data(at: AppTest) -> dict:
    """What the map of a large layer is sent with."""
    return next(json.loads(part.proto.json) for part in at.get("bidi_component") if "mlp-map-chart" in part.proto.id)


def states(address: str, rows: int, columns: int) -> np.ndarray:
    """The kernels (states, rows, columns) behind a data address; their norms and biases are checked on the way."""
    content = base64.b64decode(address.partition(",")[2])
    layout = [("rows", "<f8", rows), ("columns", "<f8", columns), ("bias", "<f2", columns), ("kernel", "<f2", (rows, columns))]
    size = -(-np.dtype(layout).itemsize // 8) * 8
    found = np.frombuffer(content, np.dtype({**_fields(layout), "itemsize": size}))
    kernels = found["kernel"].astype(np.float32)
    np.testing.assert_array_equal(found["rows"], np.sqrt(np.square(kernels, dtype=float).sum(2)))
    np.testing.assert_array_equal(found["columns"], np.sqrt(np.square(kernels, dtype=float).sum(1)))
    return kernels


def _fields(layout: list) -> dict:
    plain = np.dtype(layout)
    return {"names": plain.names, "formats": [plain[name] for name in plain.names], "offsets": [plain.fields[n][1] for n in plain.names]}


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
    limit = float(np.abs(run.weights(f"dense{layer}.kernel")).max())
    if layer == 1:
        sent = map_data(at)
        assert sent["view"] == {"state": epoch, "sort": "value", "move": "rows", "falling": True, "held": -1, "by": "r3c2"}
        assert sent["ends"]["limit"] == limit and sent["sorts"]
        np.testing.assert_array_equal(states(sent["addresses"][str(epoch)], 784, 49)[0], kernel)
        assert sent["film"]["kept"] == list(range(run.states))
        film = states(sent["film"]["address"], 784, 49)
        np.testing.assert_array_equal(film, run.weights("dense1.kernel"))
        assert film.nbytes / 2 / run.states < 100_000  # for one epoch
    else:
        sent, held = tables(matrix_chart(at)), values(matrix_chart(at))
        assert held["epoch"] == epoch and held["limit"] == limit
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
        shown = values(matrix_chart(at)) if small(rows, columns) else map_data(at)["ends"]
        assert shown["limit"] == float(np.abs(kernel).max())


@pytest.mark.parametrize("sent_whole", [True, False])
def test_a_very_large_layer_is_pooled_and_its_detail_exact(sent_whole: bool, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not sent_whole:
        monkeypatch.setattr("pages.mlp.large.SENT", 1_000_000)
    run = stored(folder, "wide")
    at = opened(run, section="download", layer=2, sort="value", by="r5c7", move="both", epoch=1)
    assert not at.exception and not at.error and not at.warning
    sent, kernel = map_data(at), run.at(1, "dense2.kernel")
    rows, columns = orders(kernel, Ordering("value", "both", True, 5, 7))
    assert sent["film"] is None and sent["sorts"] == sent_whole
    found = states(sent["addresses"]["1"], 4_096, 1_024)[0] if sent_whole else _pooled(sent)
    if sent_whole:
        np.testing.assert_array_equal(found, kernel)
        assert (sent["grid"]["down"], sent["grid"]["across"], sent["view"]["by"]) == (7, 3, "r5c7")
    else:  # the picture in its order
        np.testing.assert_array_equal(found, signed_max(kernel[np.ix_(rows, columns)], 7, 3))
        places = int(np.flatnonzero(rows == 5)[0]) // 7, int(np.flatnonzero(columns == 7)[0]) // 3
        assert sent["view"] == {"state": 1, "sort": "original", "move": "both", "falling": True, "held": -1, "by": "r{}c{}".format(*places)}
    detail = next(t["detail"] for t in map(tables, (c.proto for c in at.get("vega_lite_chart"))) if "detail" in t)
    assert len(detail) <= 2_000
    np.testing.assert_array_equal(detail.w, kernel[detail.py, detail.px])
    where = detail[detail.picked].iloc[0]
    assert (where.py, where.px) == (5, 7)
    top, left = int(np.flatnonzero(rows == detail.py[0])[0]), int(np.flatnonzero(columns == detail.px[0])[0])
    assert detail.py.unique().tolist() == rows[top : top + detail.ry.max()].tolist()
    assert detail.px.unique().tolist() == columns[left : left + detail.rx.max()].tolist()
    assert "Each pixel stands for 7 × 3 weights" in said(at)


def _pooled(sent: dict) -> np.ndarray:
    """The picture that a map is sent with."""
    content, shape = base64.b64decode(sent["addresses"]["1"].partition(",")[2]), (sent["rows"], sent["columns"])
    return np.frombuffer(content, "<f2", shape[0] * shape[1], 8 * sum(shape) + 2 * shape[1]).astype(np.float32).reshape(shape)


def act(at: AppTest, n: int, **done: object) -> AppTest:
    """The page after something was done in the map."""
    usual = {"by": None, "axis": None, "window": {}, "source": map_data(at)["source"], "n": n}
    part = next(part for part in at.get("bidi_component") if "mlp-map-chart" in part.proto.id)
    return report(at, part, "act", usual | done)


def test_what_is_done_in_the_map_is_told_and_linked() -> None:
    at = opened(layer=1, sort="original", by="none", move="rows", section="download")
    kernel = store.load(shipped.RUNS["mlp-diagonal"].key).weights("dense1.kernel")[50]
    act(at, 1, by="r300c7")
    assert search(at)["by"] == "r300c7" and repr(float(kernel[300, 7])) in said(at)
    act(at, 2, by="c9", axis="columns", window={"row": [100.5, 120.5]})
    assert (search(at)["by"], search(at)["sort"], search(at)["move"]) == ("c9", "norm", "both")
    assert "**Rows 101 to 121** of 784" in said(at)
    act(at, 2, by="r1c1")  # heard before
    act(at, 3, by="r1c1", source="another layer's")
    assert search(at)["by"] == "c9" and map_data(at)["heard"] == 2


def test_a_held_order_comes_with_the_weights_that_give_it() -> None:
    sent = map_data(opened(layer=1, epoch=3, order="hold", held=50, section="download"))
    kernels = store.load(shipped.RUNS["mlp-diagonal"].key).weights("dense1.kernel")
    assert sent["view"]["state"] == 3 and sent["view"]["held"] == 50
    for state in (3, 50):
        np.testing.assert_array_equal(states(sent["addresses"][str(state)], 784, 49)[0], kernels[state])


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
    assert search(opened()) == {"layer": "4", "sort": "original"}, "a bare address opens the picture that makes the page's point"
    assert search(opened(layer=5)) == {"layer": "5", "sort": "value"}, "an empty one would open that picture"
    assert search(opened(layer=3)) == {"layer": "3"}
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
    assert f"Weight **{float(kernel[source, unit])!r}** from unit {source + 1} of layer {layer - 1}" in said_of
    strongest = int(np.abs(kernel[:, unit]).argmax())
    assert f"hears unit {strongest + 1} of layer {layer - 1} ({numbers.number(kernel[strongest, unit])}) most" in said_of


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
    assert f"ends at the pixel in row {line + 1}, column {column + 1}" in said(at)
    at.button(key="mlp-path-show-2").click().run()
    assert at.session_state["mlp-layer"] == 2


def test_the_question_is_asked_of_images_alone(folder: Path) -> None:
    assert any("which pixel has the row" in m.value for m in opened(stored(folder, "square"), section="download").markdown)
    assert not any("which pixel has the row" in m.value for m in opened(stored(folder, "three"), section="download").markdown)


@pytest.mark.parametrize(("layer", "name"), [("5", "of digit 3"), ("4", "4")])
def test_the_column_of_a_class_goes_by_its_name(layer: str, name: str) -> None:
    at = opened(model="mlp-diagonal", layer=layer, by="c3")
    assert f"Column {name}: L2 norm **" in said(at)
