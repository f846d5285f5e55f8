"""The digits page through the app's entry, without a browser."""

import io
import json
import shutil
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.analysis.activations import activations
from core.data import digits
from core.data.drawing import prepare_drawing
from core.runs import shipped, store
from core.training import jobs
from core.ui import digit_training
from core.ui.digit_input import square
from core.ui.digit_watch import npz
from core.ui.drawing_pad.examples import THREE
from core.ui.drawing_pad.strokes import Drawing, Stroke

ROOT = Path(__file__).parents[2]


def app(query: dict[str, str] | None = None, state: dict[str, object] | None = None) -> AppTest:
    test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in (query or {}).items():
        test.query_params[name] = value
    for name, value in (state or {}).items():
        test.session_state[name] = value
    test.run()  # the home page; then ours
    return test.switch_page("pages/digits.py").run()


def words(test: AppTest) -> str:
    parts = [*test.markdown, *test.caption, *test.warning, *test.error, *test.subheader]
    read = [json.loads(part.proto.json) for part in test.get("bidi_component") if "digits-probabilities" in part.proto.id]
    return "\n".join([*(str(part.value) for part in parts), *(f"{one['title']}\n{one['words']}" for one in read)])


@pytest.fixture(autouse=True)
def mnist():
    if digits.trouble():
        pytest.skip("MNIST is not in the data folder")


@pytest.mark.parametrize("section", ["draw", "compare", "summary", "table", "filters", "train"])
def test_every_section_shows_itself(section):
    test = app({"section": section})
    assert not test.exception
    assert "98.9 % of 10,000 test digits right" in words(test)


def test_it_opens_on_a_drawing_of_ours_and_its_reading():
    test = app()
    weights = store.load(shipped.RUNS["digit-cnn"].key).state(-1)
    image = prepare_drawing(Drawing(THREE).image(84)).centred
    shares = activations(weights, image[None])["probabilities"][0]
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
    assert "test digit 7, a 9" in shown and "Convolution 2 after ReLU, map 11" in shown
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
    image = digits.load("test")[0][0] / 255
    acts = activations(weights, image[None])
    maps = acts["conv2"][0, 3]
    row, column = np.unravel_index(maps.argmax(), maps.shape)
    patch = acts["pool1"][0][:, row : row + 5, column : column + 5]
    total = (patch * weights["conv2.kernel"][3]).sum() + weights["conv2.bias"][3]
    assert f"= **{total:.6f}**" in words(test) and f"The map shows {maps.max():.6f}" in words(test)
    assert total == pytest.approx(maps.max(), abs=1e-5)


def test_the_guess_is_answered_from_the_run():
    test = app({"section": "compare", "input": "test-0"})
    guess = next(group for group in test.button_group if "guess" in str(group.key))
    guess.set_value("Convolution 1").run()
    run = store.load(shipped.RUNS["digit-cnn"].key)
    image = digits.load("test")[0][:1] / 255
    first, last = (activations(run.state(i), image) for i in (0, -1))
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
    images, labels = digits.load("test")
    weights["conv2.kernel"][3] = 0
    weights["conv2.bias"][3] = 0
    right = 0
    for start in range(0, 10_000, 500):
        part = slice(start, start + 500)
        right += int((activations(weights, images[part] / 255, np.float32)["logits"].argmax(1) == labels[part]).sum())
    said = float(words(test).split("Without filter **3** of convolution 2: **")[1].split(" %")[0])
    assert said == pytest.approx(right / 100, abs=0.03)


def test_misread_digits_are_those_of_the_stored_counts():
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
    test.selectbox(key="digits-table-layer").set_value(layer)
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
    test.run()
    assert "Done:" in words(test) and key[:6] in str(test.selectbox(key="digits-run").options)
    test.button(key="digits-open-own").click().run()
    assert test.session_state["digits-run"] == key and not test.exception
    assert "trained on 100 digits, at epoch 1" in words(test)


def test_downloads_hold_the_activations():
    acts = activations(store.load(shipped.RUNS["digit-cnn"].key).state(-1), np.zeros((1, 28, 28)))
    loaded = np.load(io.BytesIO(npz(acts)))
    assert loaded["conv2"].shape == (16, 8, 8) and np.array_equal(loaded["logits"], acts["logits"][0])


def test_an_upload_becomes_a_small_square():
    ink = np.zeros((300, 200), np.float32)
    ink[100:200, 90:110] = 1
    ink[0, 0] = 0.1
    small = square(ink)
    assert small.shape == (168, 168) and small.max() == 1 and small[0].max() == 0
    assert prepare_drawing(small).box[2] > prepare_drawing(small).box[3]


def photograph(kind: str) -> bytes:
    """A seven in a picture of a kind: dark on light, light on dark, 16 bits, CMYK, ..."""
    grey = np.full((240, 200), 225, np.uint8)
    grey[60:76, 60:140] = grey[60:180, 124:140] = 25
    image = Image.fromarray(255 - grey if kind == "light on dark" else grey)
    out = io.BytesIO()
    if kind == "16 bits":
        Image.fromarray(grey.astype(np.uint16) * 257).save(out, "PNG")
    elif kind == "CMYK":
        image.convert("CMYK").save(out, "JPEG")
    else:
        image.save(out, "PNG")
    return out.getvalue()


def upload(name: str, data: bytes) -> AppTest:
    test = app({"input": "upload"})
    assert "No picture yet" in words(test)
    test.file_uploader(key="digits-upload").set_value((name, data, "application/octet-stream")).run()
    return test


@pytest.mark.parametrize("kind", ["dark on light", "light on dark", "16 bits", "CMYK"])
def test_an_uploaded_seven_is_read(kind):
    test = upload("seven.png", photograph(kind))
    assert not test.exception and "It reads a 7" in words(test), words(test)


def bad_uploads() -> dict[str, tuple[bytes, str]]:
    frames = [Image.new("L", (30, 30), value) for value in (0, 255)]
    animated, blank = io.BytesIO(), io.BytesIO()
    frames[0].save(animated, "GIF", save_all=True, append_images=frames[1:])
    Image.new("L", (100, 100), 255).save(blank, "PNG")
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (40_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    huge = header + zlib.crc32(header[12:29]).to_bytes(4, "big") + b"\x00\x00\x00\x00IDAT" + b"\x00" * 8
    return {
        "text": (b"hello, this is no picture", "not a picture"),
        "huge": (huge, "million"),
        "truncated": (photograph("dark on light")[:200], "cut off or damaged"),
        "animated": (animated.getvalue(), "animated"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        "60 MB": (b"\x00" * (60 * 2**20), "MB"),
        "empty": (b"", "empty"),
        "blank": (blank.getvalue(), "Nothing in this picture"),
    }


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
    assert "Training needs MNIST" in words(app({"section": "train"}))


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
        "    assert not test.run().switch_page('pages/digits.py').run().exception\n"
        "sys.exit(int('torch' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr[-2000:]
