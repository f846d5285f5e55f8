"""The digits page with the shipped networks, without a browser."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.digit_survey import misread, survey
from core.charts import numbers
from core.data import digits
from core.data.drawing import prepare_drawing
from core.models.digit_layers import activations
from core.runs import shipped, store
from core.serving import shared
from core.ui.drawing_pad.examples import THREE
from core.ui.drawing_pad.strokes import Drawing, Stroke
from pages.digits.images import an
from pages.digits.watch import npz
from tests.pages.digits.digits_case import MODEL, app, parts, search, the_digits, weights, words
from tests.ui.upload_case import bad_uploads, photograph

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("section", ["draw", "compare", "summary", "table", "filters", "train"])
def test_every_section_shows_itself(section):
    test = app({"section": section})
    assert not test.exception
    assert "98.9% of 10,000 MNIST test digits right" in words(test)


def test_it_opens_on_a_drawing_of_ours_and_its_reading():
    test = app()
    image = prepare_drawing(Drawing(THREE).image(84)).centred
    shares = activations(MODEL, weights(), image[None])["probabilities"][0]
    assert f"It reads a {shares.argmax()}" in words(test)
    assert f"{numbers.probability(shares.max())} for {shares.argmax()}" in words(test)
    assert shares.argmax() == 3 and "our example of a drawing" in words(test)


def test_opening_the_page_leaves_the_address_short():
    assert search(app()) == {}


def test_a_drawing_is_read():
    test = app(state={"digits-pad-kept": Drawing((Stroke(85, ((500, 150), (500, 850))),), 5)})
    assert "It reads a 1" in words(test) and "your drawing" in words(test)


@pytest.mark.parametrize(
    ("strokes", "sentence"),
    [
        ((), "Nothing is drawn yet"),
        ((Stroke(85, ((500, 500),)),), "This is one dot"),
        ((Stroke(400, tuple((x, y) for x in range(0, 1001, 200) for y in (0, 1000))),), "nearly all ink"),
    ],
)
def test_what_holds_no_digit_gets_a_sentence_and_no_prediction(strokes, sentence):
    test = app(state={"digits-pad-kept": Drawing(strokes, 9)})
    assert not test.exception
    assert sentence in words(test) and "It reads" not in words(test)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run", "no-such"),
        ("run", "0" * 12),
        ("run", "random"),
        ("epoch", "-1"),
        ("epoch", "x"),
        ("input", "test-99999"),
        ("layer", "conv9"),
        ("layer", "dense1"),
        ("filter", "99"),
        ("section", "x"),
        ("centre", "maybe"),
        ("cell", "3"),
        ("part", "middle"),
        ("examples", "all"),
        ("maps", "conv9"),
        ("order", "size"),
        ("row", "10"),
        ("digit", "10"),
        ("patch", "9"),
        ("training", "500-10-0.15"),
        ("training", "123-10-0.15-1"),
        ("training", "500-10-0.15-1-cifar10"),
    ],
)
def test_a_bad_link_gets_a_note_and_the_default(name, value):
    test = app({name: value})
    assert not test.exception
    assert f"The link asks for {name}" in words(test)


def test_the_ledger_adds_up_to_the_shown_value():
    """The value that the panel picks is the map's largest; its terms are added here once more."""
    test = app({"input": "test-0", "layer": "conv2", "filter": "3"})
    acts = activations(MODEL, weights(), the_digits()[0][:1])
    maps = acts["conv2"][0, 3]
    row, column = np.unravel_index(maps.argmax(), maps.shape)
    patch = acts["pool1"][0][:, row : row + 5, column : column + 5]
    total = (patch * weights()["conv2.kernel"][3]).sum() + weights()["conv2.bias"][3]
    assert f"= **{numbers.fixed(total, 6)}**" in words(test) and f"The map shows {numbers.fixed(maps.max(), 6)}" in words(test)
    assert total == pytest.approx(maps.max(), abs=1e-5)


def test_a_row_of_a_table_opens_its_map():
    query = {"section": "table", "examples": "misread", "maps": "relu2", "order": "norm", "layer": "relu2", "filter": "3", "row": "4"}
    test = app(query)
    images, labels = the_digits()
    number = misread(survey(MODEL, weights(), images, labels))[4]
    assert f"Convolution 2 after ReLU, map 4** of test digit {number:,}, {an(str(labels[number]))}" in words(test)
    assert search(test) == query


def test_a_table_opens_on_the_layer_of_the_open_map():
    assert app({"section": "table", "layer": "pool2", "filter": "1"}).selectbox(key="digits-table-layer").value == "pool2"


def test_a_kernel_of_a_table_opens_its_slices():
    test = app({"section": "table", "maps": "relu2", "kernel": "5"})
    assert "**Filter 6 of convolution 2**: one 5x5 slice for each of the 8 maps of max-pool 1." in words(test)
    assert len(parts(test, "digits-slices-board")[0]["strips"][0]["cells"]) == 8


def test_a_link_restores_the_picked_value():
    test = app({"input": "test-0", "layer": "relu1", "filter": "2", "cell": "5-12"})
    value = activations(MODEL, weights(), the_digits()[0][:1])["relu1"][0, 2, 5, 12]
    assert "**Row 6, column 13**" in words(test) and f"The map shows {value:.6f}" in words(test)
    assert "**Row 24, column 24**" not in words(app({"input": "test-0", "layer": "relu2", "filter": "2", "cell": "23-23"}))  # of 8x8


def test_the_products_of_one_input_map_are_chosen():
    test = app({"input": "test-0", "layer": "conv2", "filter": "3", "channel": "6"})
    assert test.button_group(key="digits-map-input").value == 7
    test.button_group(key="digits-map-input").set_value(3).run()
    assert search(test)["channel"] == "2"


def test_a_link_restores_a_digit_that_is_not_centred():
    corner = {"digits-pad-kept": Drawing((Stroke(85, ((120, 80), (120, 420))),), 5)}
    assert "of the middle" not in words(app(state=corner))
    test = app({"centre": "off"}, corner)
    assert "of the middle" in words(test) and not test.toggle(key="digits-centre").value
    test.toggle(key="digits-centre").set_value(True).run()
    assert "of the middle" not in words(test) and search(test) == {}


def test_the_input_goes_from_the_pad_to_a_test_digit_and_back():
    test = app()
    test.button_group(key="digits-source").set_value("test").run()
    assert search(test) == {"input": "test-0"}
    test.number_input(key="digits-number").set_value(7).run()
    assert search(test) == {"input": "test-7"} and f"from test digit 7, {an(str(the_digits()[1][7]))}" in words(test)
    test.button_group(key="digits-source").set_value("pad").run()
    assert search(test) == {} and "our example of a drawing" in words(test)
    test.button_group(key="digits-source").set_value("test").run()
    assert search(test) == {"input": "test-7"}  # the one looked at last


def test_another_network_comes_with_its_last_state():
    test = app({"epoch": "3"})
    test.selectbox(key="digits-run").set_value("digit-cnn-small").run()
    assert "at epoch 10" in words(test) and search(test) == {"run": "digit-cnn-small"}


def test_the_middle_column_is_the_state_or_epoch_1_where_that_is_an_end():
    def middle(query: dict[str, str]) -> str:
        said = words(app({"section": "compare", "input": "test-0", "run": "digit-cnn-small", **query}))
        return said.split("The same image three times: ")[1].split("; **")[1].split("**")[0]

    assert middle({"epoch": "8"}) == "epoch 8"
    assert middle({}) == middle({"epoch": "0"}) == "epoch 1"
    assert middle({"stay": "yes"}) == "epoch 10"  # where the player has come to rest there


def test_the_film_holds_every_state_of_the_middle_column():
    """A frame is the state's own pictures and probabilities, worked out here once more."""
    test = app({"section": "compare", "input": "test-0", "run": "digit-cnn-small", "epoch": "8"})
    run = store.load(shipped.RUNS["digit-cnn-small"].key)
    film, board = parts(test, "digits-film")[0], parts(test, "digits-compare-maps")[0]
    player = parts(test, "digits-player")[0]
    assert len(film["frames"]) == len(player["labels"]) == run.states and player["targets"] == [film["target"]]
    assert player["labels"][:2] == ["untrained", "step 1 of epoch 1"] and player["labels"][player["value"]] == "epoch 8"
    for state, frame in enumerate(film["frames"]):
        shares = activations(run.spec.model, run.state(state), the_digits()[0][:1])["probabilities"][0]
        assert np.allclose(frame["digits-compare-bars-chosen"]["values"], shares, atol=1e-6)
    shown = film["frames"][player["value"]]["digits-compare-maps"]
    for number, (url, title) in shown.items():
        strip = board["strips"][int(number)]
        assert (url, title) == (strip["url"], strip["title"]) and title.endswith(", epoch 8")
    assert len(shown) == len(board["strips"]) // 3


def test_the_guess_is_answered_from_the_run():
    test = app({"section": "compare", "input": "test-0"})
    guess = next(group for group in test.button_group if "guess" in str(group.key))
    guess.set_value("Convolution 1").run()
    first, last = (activations(MODEL, weights(state=i), the_digits()[0][:1]) for i in (0, -1))
    sizes = {name: np.linalg.norm(last[name] - first[name]) / np.linalg.norm(last[name]) for name in ("relu1", "relu2", "logits")}
    assert f"Convolution 1 by {100 * sizes['relu1']:.0f}%, Convolution 2 by {100 * sizes['relu2']:.0f}%" in words(test)
    right = {"relu1": "Convolution 1", "relu2": "Convolution 2", "logits": "Dense"}[max(sizes, key=sizes.get)]
    assert f"**{right}**" in words(test) and search(test)["shown"] == "change"


def test_the_summary_counts_what_torch_counts():
    torch = pytest.importorskip("torch")
    from core.models.digit_cnn import DigitCNN, load_weights

    test = app({"section": "summary", "run": "digit-cnn-small", "epoch": "0"})
    run = store.load(shipped.RUNS["digit-cnn-small"].key)
    network = load_weights(DigitCNN(run.spec.model), run.state(0))
    layers, table = (frame.value for frame in test.dataframe)
    assert layers["parameters"].iloc[-1] == sum(p.numel() for p in network.parameters()) == 5_994
    kernel = table.set_index("weight").loc["conv2.kernel"]
    tensor = network.conv2.weight
    assert kernel["shape"] == " x ".join(str(n) for n in tensor.shape)
    assert kernel["min"] == pytest.approx(tensor.min().item()) and kernel["mean"] == pytest.approx(tensor.double().mean().item())
    assert table.set_index("weight").loc["conv1.bias", "zeros"] == 8 and table["NaN"].sum() == 0
    assert isinstance(tensor, torch.Tensor)


def test_switching_a_filter_off_says_what_it_costs():
    test = app({"section": "filters", "layer": "relu2", "filter": "3"})
    cut = {name: value.copy() for name, value in weights().items()}
    images, labels = the_digits()
    cut["conv2.kernel"][3] = 0
    cut["conv2.bias"][3] = 0
    right = 0
    for start in range(0, len(labels), 500):
        part = slice(start, start + 500)
        right += int((activations(MODEL, cut, images[part], np.float32)["logits"].argmax(1) == labels[part]).sum())
    said = float(words(test).split("Without filter **4** of convolution 2: **")[1].split("%")[0])
    assert said == pytest.approx(100 * right / len(labels), abs=0.03)
    test.button_group(key="digits-off").set_value(5).run()
    assert search(test) == {"section": "filters", "layer": "relu2", "filter": "4"}


def test_a_link_opens_a_patch_in_its_image():
    test = app({"section": "filters", "layer": "relu2", "filter": "3", "patch": "2"})
    images, labels = the_digits()
    values = np.concatenate(
        [activations(MODEL, weights(), images[i : i + 500], np.float32)["conv2"][:, 3] for i in range(0, len(labels), 500)]
    )
    number = int(np.argsort(-values.max((1, 2)), kind="stable")[2])
    said = f"**Filter 4** of convolution 2 answers with **{values[number].max():.4f}** before ReLU to this piece of 14x14 pixels"
    assert f"{said} of test digit {number:,}, {an(str(labels[number]))}." in words(test)


def test_misread_digits_are_those_of_the_stored_counts():
    if trouble := digits.trouble():
        pytest.skip(trouble)
    test = app({"section": "table"})
    test.button_group(key="digits-examples").set_value("misread").run()
    assert not test.exception
    counts = store.load(shipped.RUNS["digit-cnn"].key).evaluation("confusion")[-1]
    wrong = int(counts.sum() - np.trace(counts))
    said = next(c.value for c in test.caption if "misread" in c.value)
    assert abs(int(said.split(" of ")[0].replace(",", "")) - wrong) <= 2


@pytest.mark.parametrize("layer", ["relu1", "conv1", "pool1", "relu2", "conv2", "pool2", "probabilities"])
def test_a_table_for_every_layer_and_order(layer):
    test = app({"section": "table"})
    assert test.selectbox(key="digits-table-layer").value == "relu1"
    test.selectbox(key="digits-table-layer").set_value(layer)
    test.selectbox(key="digits-order").set_value("norm").run()
    assert not test.exception
    assert search(test) == {"section": "table", "order": "norm", **({} if layer == "relu1" else {"maps": layer})}


def test_downloads_hold_the_activations():
    acts = activations(MODEL, weights(), np.zeros((1, 28, 28)))
    loaded = np.load(io.BytesIO(npz(acts)))
    assert loaded["conv2"].shape == (16, 8, 8) and np.array_equal(loaded["logits"], acts["logits"][0])


def upload(name: str, data: bytes) -> AppTest:
    test = app({"input": "upload"})
    assert "No picture yet" in words(test)
    test.file_uploader(key="digits-upload").set_value((name, data, "application/octet-stream")).run()
    return test


@pytest.mark.parametrize("kind", ["dark on light", "light on dark", "16 bits", "CMYK"])
def test_an_uploaded_seven_is_read(kind):
    test = upload("seven.png", photograph(kind))
    assert not test.exception and "It reads a 7" in words(test), words(test)


@pytest.mark.parametrize("kind", bad_uploads())
def test_bad_uploads_each_get_a_sentence(kind):
    data, sentence = bad_uploads()[kind]
    test = upload("picture.png", data)
    assert not test.exception
    assert sentence in words(test) and "It reads" not in words(test), words(test)


def test_without_mnist_other_digits_stand_in_and_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    for section in ("draw", "compare", "table", "filters"):
        test = app({"section": section, "input": "test-3"})
        assert not test.exception
        assert "UCI handwritten digits" in words(test)
        assert "98.9% of 10,000 MNIST test digits right" in words(test)  # what the run was tested on, wherever that is


def test_a_damaged_run_is_named_with_its_cure(tmp_path, monkeypatch):
    key = shipped.RUNS["digit-cnn-small"].key
    shutil.copytree(store.SHIPPED_FOLDER / key, tmp_path / key)
    file = tmp_path / key / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    shared.clear()
    test = app({"run": "digit-cnn-small"})
    assert not test.exception
    assert f"Run {key} is damaged" in words(test)
    test.selectbox(key="digits-run").set_value("digit-cnn").run()
    shared.clear()
    assert not test.exception
    assert "damaged" not in words(test) and "It reads a 3" in words(test)


def test_looking_needs_no_torch():
    """Reading, drawing and every number of the first five sections are numpy's: torch, 1.4 s and 220 MB, stays out."""
    code = (
        "import sys; from tests.pages.digits.digits_case import app\n"
        "for section in ('draw', 'compare', 'summary', 'table', 'filters'):\n"
        "    assert not app({'section': section}).exception\n"
        "sys.exit(int('torch' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr[-2000:]
