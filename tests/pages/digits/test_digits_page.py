"""The digits page through the app's entry, without a browser."""

import io
import json
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.analysis.digit_survey import misread, survey
from core.data import digits
from core.data.drawing import prepare_drawing
from core.models.digit_layers import activations
from core.runs import shipped, store
from core.specs import DataSpec
from core.training import jobs
from core.training.verify import verify
from core.ui.drawing_pad.examples import THREE
from core.ui.drawing_pad.strokes import Drawing, Stroke
from pages.digits import training as digit_training
from pages.digits.watch import npz
from tests.app import go
from tests.ui.upload_case import bad_uploads, photograph

ROOT = Path(__file__).parents[3]
MODEL = shipped.RUNS["digit-cnn"].model


def app(query: dict[str, str] | None = None, state: dict[str, object] | None = None) -> AppTest:
    test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in (query or {}).items():
        test.query_params[name] = value
    for name, value in (state or {}).items():
        test.session_state[name] = value
    test.run()  # the home page; then ours
    return go(test, "digits").run()


def words(test: AppTest) -> str:
    parts = [*test.markdown, *test.caption, *test.warning, *test.error, *test.subheader]
    read = [json.loads(part.proto.json) for part in test.get("bidi_component") if "digits-probabilities" in part.proto.id]
    return "\n".join([*(str(part.value) for part in parts), *(f"{one['title']}\n{one['words']}" for one in read)])


def the_digits() -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) uint8 and labels (N,) of the test digits on this machine: MNIST's, or those that stand in."""
    found = digits.load_any("test")
    return found.images, found.labels


@pytest.mark.parametrize("section", ["draw", "compare", "summary", "table", "filters", "train"])
def test_every_section_shows_itself(section):
    test = app({"section": section})
    assert not test.exception
    assert "98.9 % of 10,000 test digits right" in words(test)


def test_it_opens_on_a_drawing_of_ours_and_its_reading():
    test = app()
    weights = store.load(shipped.RUNS["digit-cnn"].key).state(-1)
    image = prepare_drawing(Drawing(THREE).image(84)).centred
    shares = activations(MODEL, weights, image[None])["probabilities"][0]
    assert f"It reads a {shares.argmax()}" in words(test) and f"{100 * shares.max():.1f} % for {shares.argmax()}" in words(test)
    assert shares.argmax() == 3 and "our example of a drawing" in words(test)


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


def test_a_link_restores_the_view():
    test = app({"run": "digit-cnn-small", "epoch": "2", "input": "test-7", "layer": "relu2", "filter": "11"})
    assert not test.exception
    shown = words(test)
    run = store.load(shipped.RUNS["digit-cnn-small"].key)
    share = 100 * run.history["accuracy_test"][list(run.epochs).index(2)]
    assert "500 digits, at epoch 2" in shown and f"{share:.1f} % of 10,000" in shown
    assert f"test digit 7, a {the_digits()[1][7]}" in shown and "Convolution 2 after ReLU, map 11" in shown
    assert test.query_params["epoch"] in ("2", ["2"]) and test.query_params["filter"] in ("11", ["11"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run", "no-such"),
        ("run", "0" * 12),
        ("epoch", "-1"),
        ("epoch", "x"),
        ("input", "test-99999"),
        ("layer", "conv9"),
        ("filter", "99"),
        ("section", "x"),
        ("centre", "maybe"),
        ("cell", "3"),
        ("part", "middle"),
        ("examples", "all"),
        ("maps", "conv9"),
        ("order", "size"),
        ("row", "10"),
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
    weights = store.load(shipped.RUNS["digit-cnn"].key).state(-1)
    image = the_digits()[0][0] / 255
    acts = activations(MODEL, weights, image[None])
    maps = acts["conv2"][0, 3]
    row, column = np.unravel_index(maps.argmax(), maps.shape)
    patch = acts["pool1"][0][:, row : row + 5, column : column + 5]
    total = (patch * weights["conv2.kernel"][3]).sum() + weights["conv2.bias"][3]
    assert f"= **{total:.6f}**" in words(test) and f"The map shows {maps.max():.6f}" in words(test)
    assert total == pytest.approx(maps.max(), abs=1e-5)


def test_a_link_restores_a_table_and_the_map_that_is_open_in_it():
    query = {"section": "table", "examples": "misread", "maps": "relu2", "order": "norm", "layer": "relu2", "filter": "3", "row": "4"}
    test = app(query)
    assert not test.exception and "The link asks" not in words(test)
    assert test.button_group(key="digits-examples").value == "misread"
    assert (test.selectbox(key="digits-maps").value, test.selectbox(key="digits-order").value) == ("relu2", "norm")
    images, labels = the_digits()
    found = survey(MODEL, store.load(shipped.RUNS["digit-cnn"].key).state(-1), images, labels.astype(int))
    number = misread(found)[4]
    assert f"Convolution 2 after ReLU, map 3** of test digit {number:,}, a {labels[number]}" in words(test)
    for name, value in query.items():
        assert test.query_params[name] in (value, [value])


def test_a_table_opens_on_the_layer_of_the_open_map():
    assert app({"section": "table", "layer": "pool2", "filter": "1"}).selectbox(key="digits-maps").value == "pool2"


def test_a_link_restores_the_picked_value():
    test = app({"input": "test-0", "layer": "relu1", "filter": "2", "cell": "5-12"})
    image = the_digits()[0][:1] / 255
    value = activations(MODEL, store.load(shipped.RUNS["digit-cnn"].key).state(-1), image)["relu1"][0, 2, 5, 12]
    assert "**Row 5, column 12**" in words(test) and f"The map shows {value:.6f}" in words(test)
    assert "**Row 23, column 23**" not in words(app({"input": "test-0", "layer": "relu2", "filter": "2", "cell": "23-23"}))  # of 8x8


def test_a_link_restores_a_digit_that_is_not_centred():
    corner = {"digits-pad-kept": Drawing((Stroke(85, ((120, 80), (120, 420))),), 5)}
    assert "of the middle" not in words(app(state=corner))
    test = app({"centre": "off"}, corner)
    assert "of the middle" in words(test) and not test.toggle(key="digits-centred").value
    test.toggle(key="digits-centred").set_value(True).run()
    assert "of the middle" not in words(test) and "centre" not in test.query_params


def test_the_training_plays_and_rests_at_its_end():
    test = app({"section": "compare", "input": "test-0", "run": "digit-cnn-small", "epoch": "8", "part": "chosen", "layer": "relu1"})
    assert f"test digit 0, a {the_digits()[1][0]}, epoch 8" in words(test)
    test.button(key="digits-film-1").click().run()
    assert test.select_slider(key="digits-epoch").value == "9" and "The middle column: epoch 9." in words(test)
    test.button(key="digits-film--1").click().run()
    test.button(key="digits-film-play").click().run()
    seen = []
    for _ in range(4):
        seen += re.findall(r"The middle column: (.*)\.", words(test))
        test.run()
    assert seen == ["epoch 8", "epoch 9", "epoch 10", "epoch 10"]  # and there it rests
    assert "_digits-playing" not in test.session_state and test.select_slider(key="digits-epoch").value == "10"
    assert not test.exception


def test_the_guess_is_answered_from_the_run():
    test = app({"section": "compare", "input": "test-0"})
    guess = next(group for group in test.button_group if "guess" in str(group.key))
    guess.set_value("Convolution 1").run()
    run = store.load(shipped.RUNS["digit-cnn"].key)
    image = the_digits()[0][:1] / 255
    first, last = (activations(MODEL, run.state(i), image) for i in (0, -1))
    sizes = {name: np.linalg.norm(last[name] - first[name]) / np.linalg.norm(last[name]) for name in ("relu1", "relu2", "logits")}
    assert f"Convolution 1 by {100 * sizes['relu1']:.0f} %, Convolution 2 by {100 * sizes['relu2']:.0f} %" in words(test)
    right = {"relu1": "Convolution 1", "relu2": "Convolution 2", "logits": "Dense"}[max(sizes, key=sizes.get)]
    assert f"**{right}**" in words(test)


def test_the_summary_counts_what_torch_counts():
    torch = pytest.importorskip("torch")
    from core.models.digit_cnn import DigitCNN, load_weights

    test = app({"section": "summary", "run": "digit-cnn-small", "epoch": "0"})
    run = store.load(shipped.RUNS["digit-cnn-small"].key)
    network = load_weights(DigitCNN(run.spec.model), run.state(0))
    layers, weights = (frame.value for frame in test.dataframe)
    assert layers["parameters"].iloc[-1] == sum(p.numel() for p in network.parameters()) == 5_994
    kernel = weights.set_index("weight").loc["conv2.kernel"]
    tensor = network.conv2.weight
    assert kernel["shape"] == " x ".join(str(n) for n in tensor.shape)
    assert kernel["min"] == pytest.approx(tensor.min().item()) and kernel["mean"] == pytest.approx(tensor.double().mean().item())
    assert weights.set_index("weight").loc["conv1.bias", "zeros"] == 8 and weights["NaN"].sum() == 0
    assert isinstance(tensor, torch.Tensor)


def test_switching_a_filter_off_says_what_it_costs():
    test = app({"section": "filters", "layer": "relu2", "filter": "3"})
    run = store.load(shipped.RUNS["digit-cnn"].key)
    weights = run.state(-1)
    images, labels = the_digits()
    weights["conv2.kernel"][3] = 0
    weights["conv2.bias"][3] = 0
    right = 0
    for start in range(0, len(labels), 500):
        part = slice(start, start + 500)
        right += int((activations(MODEL, weights, images[part] / 255, np.float32)["logits"].argmax(1) == labels[part]).sum())
    said = float(words(test).split("Without filter **3** of convolution 2: **")[1].split(" %")[0])
    assert said == pytest.approx(100 * right / len(labels), abs=0.03)


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
    test.selectbox(key="digits-maps").set_value(layer)
    test.selectbox(key="digits-order").set_value("norm").run()
    assert not test.exception


def test_training_here_makes_a_run_that_the_page_opens(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    tiny = replace(digit_training.SMALL, data=replace(digit_training.SMALL.data, validation=20, test=50))
    monkeypatch.setattr(digit_training, "SMALL", tiny)
    test = app({"section": "train"})
    test.select_slider(key="digits-train-images").set_value(100)
    test.slider(key="digits-train-epochs").set_value(1).run()
    test.button(key="digits-train").click().run()
    assert not test.exception
    key = test.session_state["_digits-asked"].key
    for _ in range(240):
        if jobs.Job(test.session_state["_digits-asked"]).progress().state not in jobs.ACTIVE:
            break
        time.sleep(0.25)
    test.button_group(key="digits-section").set_value("summary").run()
    assert key[:6] in str(test.selectbox(key="digits-run").options)  # wherever its owner is by now
    test.button_group(key="digits-section").set_value("train").run()
    asked = "100-1-0.15-1" + ("-uci-digits" if digits.trouble() else "")
    assert test.query_params["training"] in (asked, [asked])
    assert test.select_slider(key="digits-train-images").value == 100
    assert "Done:" in words(test)
    test.button(key="digits-open-own").click().run()
    assert test.session_state["digits-run"] == key and not test.exception
    assert "trained on 100 digits, at epoch 1" in words(test)


class Waiting(Executor):
    """Takes work and never does it."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


def test_a_training_under_way_is_shown_to_whoever_asks_for_it(tmp_path, monkeypatch):
    """A second visitor, or the first one after a reload of the page, whose session knows of nothing."""
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    small = digit_training.SMALL
    train = replace(small.train, epochs=3, seed=5, first_epoch_states=0)
    data = DataSpec("uci-digits", train=250, validation=100, test=400)
    job = jobs.submit(replace(small, data=data, model=replace(small.model, seed=5), train=train), Waiting())
    test = app({"section": "train", "training": "250-3-0.15-5-uci-digits"})
    assert not test.exception and test.slider(key="digits-train-epochs").value == 3
    assert "This is the training of the network chosen above" not in words(test)
    test.button(key="digits-job-cancel").click().run()
    assert (tmp_path / ".jobs" / job.key / jobs.CANCEL).exists()


def test_downloads_hold_the_activations():
    acts = activations(MODEL, store.load(shipped.RUNS["digit-cnn"].key).state(-1), np.zeros((1, 28, 28)))
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


def test_the_small_training_is_the_seeds():
    spec = shipped.RUNS["digit-cnn-small"]
    assert (spec.data.train, spec.data.validation, spec.train.batch, spec.train.epochs) == (500, 100, 64, 10)
    assert (spec.train.optimizer, spec.train.learning_rate, spec.model.channels, spec.model.kernel_size) == ("sgd", 0.15, (8, 16), 5)


def test_without_mnist_other_digits_stand_in_and_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    for section in ("draw", "compare", "table", "filters"):
        test = app({"section": section, "input": "test-3"})
        assert not test.exception
        assert "UCI handwritten digits" in words(test)


def test_without_mnist_it_trains_on_the_uci_digits(tmp_path, monkeypatch):
    """A machine with no data folder and no network: the training that the link asks for, on the digits that are there, and named."""
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    test = app({"section": "train", "training": "2000-2-0.15-1"})
    assert not test.exception and "UCI handwritten digits" in words(test)
    assert test.radio(key="digits-train-data").options == ["UCI digits, 8x8 pixels"]
    assert test.select_slider(key="digits-train-images").value == 1_000  # of the 1,200 that there are
    assert "100 images to validate, 400 UCI test digits to test" in words(test)
    test.button(key="digits-train").click().run()
    asked = test.session_state["_digits-asked"]
    assert asked.data == DataSpec("uci-digits", train=1_000, validation=100, test=400)
    for _ in range(240):
        if jobs.Job(asked).progress().state not in jobs.ACTIVE:
            break
        time.sleep(0.25)
    test.run()
    assert not test.exception and "of 400 UCI test digits are read right after 2 epochs on 1,000 images" in words(test)
    assert test.query_params["training"] in ("1000-2-0.15-1-uci-digits", ["1000-2-0.15-1-uci-digits"])
    run = store.load(asked.key)
    assert run.history["accuracy_test"][-1] > 0.7 and run.evaluation("confusion")[-1].sum() == 400
    assert verify(asked.key).sound  # counted again from the stored weights, on the images at the network's size
    test.button(key="digits-open-own").click().run()
    assert test.session_state["digits-run"] == asked.key and not test.exception
    assert "trained on 1,000 digits, at epoch 2" in words(test)


def test_with_mnist_one_may_still_train_on_the_uci_digits(monkeypatch):
    monkeypatch.setattr(digits, "trouble", lambda: "")
    test = app({"section": "train", "training": "5000-10-0.15-1"})
    assert test.radio(key="digits-train-data").options == ["MNIST, 28x28 pixels", "UCI digits, 8x8 pixels"]
    assert "10,000 MNIST test digits to test" in words(test)
    test.radio(key="digits-train-data").set_value("uci-digits").run()
    assert not test.exception and "400 UCI test digits to test" in words(test)
    assert test.select_slider(key="digits-train-images").value == 1_000
    assert test.query_params["training"] in ("1000-10-0.15-1-uci-digits", ["1000-10-0.15-1-uci-digits"])


def test_a_damaged_run_is_named_with_its_cure(tmp_path, monkeypatch):
    key = shipped.RUNS["digit-cnn-small"].key
    shutil.copytree(store.SHIPPED_FOLDER / key, tmp_path / key)
    file = tmp_path / key / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    st.cache_resource.clear()
    test = app({"run": "digit-cnn-small"})
    assert not test.exception
    assert f"Run {key} is damaged" in words(test)
    test.selectbox(key="digits-run").set_value("digit-cnn").run()
    st.cache_resource.clear()
    assert not test.exception
    assert "damaged" not in words(test) and "It reads a 3" in words(test)


def test_looking_needs_no_torch():
    """Reading, drawing and every number of the first five sections are numpy's: torch, 1.4 s and 220 MB, stays out."""
    code = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "for section in ('draw', 'compare', 'summary', 'table', 'filters'):\n"
        "    test = AppTest.from_file('streamlit_app.py', default_timeout=120)\n"
        "    test.query_params['section'] = section\n"
        "    assert not test.run().switch_page('pages/digits/page.py').run().exception\n"
        "sys.exit(int('torch' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr[-2000:]
