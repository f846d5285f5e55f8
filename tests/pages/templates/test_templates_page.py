"""The templates page through the app's entry: every part with every model, its links, and no data set at all."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.charts import numbers
from core.data import catalog as data_sets
from core.data import digits
from core.models import dense
from core.runs import catalog, store
from core.runs.shipped import RUNS
from core.serving import shared
from tests.app import go
from tests.pages.templates.links import LINKS

ROOT = Path(__file__).parents[3]
ONE_LAYER = ("softmax-mnist", "softmax-cifar10", "softmax-cifar10-smooth")
TWO_LAYERS = ("hidden-mnist", "hidden-cifar10")
PARTS = [
    *((part, model) for part in ("gallery", "mistakes", "confusion") for model in (*ONE_LAYER, *TWO_LAYERS)),
    *((part, model) for part in ("rolled", "match") for model in ONE_LAYER),
    *(("pictures", model) for model in ONE_LAYER[1:]),
    *(("hidden", model) for model in TWO_LAYERS),
]
needs_mnist = pytest.mark.skipif(bool(digits.trouble()), reason="MNIST is not in the data folder")


def opened(**query: str) -> AppTest:
    """The page at a link, run once."""
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    go(at, "templates")
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def search(at: AppTest) -> dict[str, str]:
    """What the address should say."""
    return dict(parse_qsl(at.session_state["_address"].search))


def words(at: AppTest) -> str:
    """All text of the page."""
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "warning", "info", "error") for e in at.get(kind))


def last_counts(model: str) -> np.ndarray:
    return store.load(RUNS[model].key).evaluation("confusion")[-1]


@pytest.mark.parametrize("part, model", PARTS)
def test_every_part_shows_every_model_it_can(part: str, model: str) -> None:
    at = opened(section=part, model=model)
    assert at.title[0].value == "What one layer learns"
    assert not at.error and not at.warning
    usual = {"section": "gallery", "model": "softmax-mnist"}
    assert search(at) == {name: text for name, text in {"section": part, "model": model}.items() if usual[name] != text}


@pytest.mark.parametrize("part, model", PARTS)
def test_every_part_works_without_any_data_set(part: str, model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    at = opened(section=part, model=model)
    text = words(at)
    needs_pictures = part in ("rolled", "match", "mistakes", "pictures")
    if "cifar10" in model and needs_pictures:
        assert "The pictures themselves are not here" in text
        assert any("170 MB" in b.label for b in at.button)
    if "mnist" in model and part in ("rolled", "match", "mistakes"):
        assert "UCI handwritten digits" in text
    if part == "confusion":
        assert f"{np.trace(last_counts(model)) / last_counts(model).sum():.1%}" in text


def test_the_page_opens_on_the_templates() -> None:
    at = opened()
    assert search(at) == {}
    assert f"{np.trace(last_counts('softmax-mnist')) / 10_000:.1%} of 10,000 MNIST test digits right" in words(at)


@pytest.mark.parametrize(
    "name, value",
    [
        ("model", "nonesuch"),
        ("section", "9"),
        ("epoch", "-1"),
        ("epoch", "nan"),
        ("epoch", "x"),
        ("image", "10000"),
        ("cell", "4-x"),
        ("cell", "cat-9"),
        ("form", "x"),
        ("with", "x"),
        ("class", "10"),
        ("source", "x"),
        ("actual", "x"),
        ("predicted", "x"),
        ("sort", "x"),
        ("bars", "x"),
    ],
)
def test_a_bad_link_is_said_and_leaves_a_working_page(name: str, value: str) -> None:
    at = opened(**{name: value})
    assert [w for w in at.warning if f"The link asks for {name}" in w.value]
    assert "of 10,000 MNIST test digits right" in words(at)


@pytest.mark.parametrize(
    "section, asked, shown",
    [
        ("hidden", "softmax-cifar10-smooth", "hidden-cifar10"),
        ("match", "hidden-mnist", "softmax-mnist"),
        ("pictures", "softmax-mnist", "softmax-cifar10"),
    ],
)
def test_another_network_stands_in_for_one_that_a_part_cannot_show(section: str, asked: str, shown: str) -> None:
    """On the same data where there is one, with a note, and the one asked for comes back."""
    at = opened(section=section, model=asked)
    assert at.session_state["templates-model"] == shown and search(at)["asked"] == asked
    titles = {name: catalog.find(name).title for name in (asked, shown)}
    assert f"**{titles[shown]}** stands in for {titles[asked]}" in words(at)
    at.segmented_control(key="templates-section").set_value("gallery").run()
    assert at.session_state["templates-model"] == asked and "asked" not in search(at)
    assert "stands in" not in words(at)
    at = opened(section=section, model=asked)
    at.button(key="templates-asked-back").click().run()
    assert at.session_state["templates-section"] == "gallery" and at.session_state["templates-model"] == asked


def test_who_chooses_a_network_keeps_it() -> None:
    at = opened(section="hidden")
    at.selectbox(key="templates-model").select("hidden-cifar10").run()
    assert search(at) == {"section": "hidden", "model": "hidden-cifar10"}
    at.segmented_control(key="templates-section").set_value("gallery").run()
    assert search(at) == {"model": "hidden-cifar10"}


def test_the_epoch_of_the_link_is_shown() -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    at = opened(section="confusion", epoch="1")
    counts = run.evaluation("confusion")[list(run.epochs).index(1)]
    assert f"{np.trace(counts) / counts.sum():.1%}" in words(at)
    assert search(at)["epoch"] == "1"


@needs_mnist
@pytest.mark.parametrize("image", [0, 8, 247])
def test_the_sums_shown_equal_the_logits_of_torch(image: int) -> None:
    at = opened(section="match", image=str(image))
    next(b for b in at.button if b.label == "Show it without a guess").click().run()
    at.run()  # and it stays
    table = at.dataframe[0].value.set_index("class")
    weights = store.load(RUNS["softmax-mnist"].key).state(-1)
    layer = torch.nn.Linear(784, 10)
    layer.weight.data, layer.bias.data = torch.tensor(weights["dense1.kernel"].T), torch.tensor(weights["dense1.bias"])
    with torch.no_grad():
        logits = layer(torch.from_numpy(dense.inputs(digits.load("test")[0][image : image + 1])))[0].numpy()
    shown = table.loc[list("0123456789")]
    np.testing.assert_allclose(shown["z"], logits, atol=1e-5)
    np.testing.assert_allclose(shown["sum of w·x above 0"] + shown["sum of w·x below 0"] + shown["bias b"], shown["z"], atol=1e-9)
    assert list(table.index) == [str(c) for c in np.argsort(-logits)]


@needs_mnist
@pytest.mark.parametrize(
    "link",
    [
        {"section": "rolled", "class": "7", "image": "12"},
        {"section": "match", "source": "draw"},
        {"section": "mistakes", "actual": "4", "predicted": "9"},
        {"section": "confusion", "form": "shares", "with": "hidden-mnist", "cell": "4-9", "epoch": "1"},
        {"section": "hidden", "model": "hidden-mnist", "sort": "3", "bars": "votes", "image": "8"},
    ],
    ids=lambda link: link["section"],
)
def test_a_link_brings_the_view_back_and_stays_as_it_was(link: dict[str, str]) -> None:
    at = opened(**link)
    assert not at.warning
    assert search(at) == link


@needs_mnist
@pytest.mark.parametrize("link, held", LINKS, ids=[link for link, _ in LINKS])
def test_links_of_the_first_version_hold_what_they_held(link: str, held: dict[str, object]) -> None:
    at = opened(**dict(parse_qsl(link.partition("?")[2])))
    assert not at.warning
    assert {name: at.session_state[name] for name in held} == held


@needs_mnist
def test_choices_of_the_other_data_set_give_way() -> None:
    at = opened(section="mistakes", model="softmax-cifar10", actual="4")
    assert at.selectbox(key="templates-actual").value == "any"
    at = opened(section="rolled", model="softmax-cifar10", **{"class": "7"})
    assert at.selectbox(key="templates-class").value == "airplane"


@needs_mnist
def test_an_answer_once_told_follows_the_epoch() -> None:
    at = opened(section="match", image="3", epoch="5")
    next(g for g in at.button_group if str(g.key).startswith("guess-templates-second")).select("9").run()
    before = at.dataframe[0].value["z"].max()
    at.select_slider(key="templates-epoch-slider").set_value(store.load(RUNS["softmax-mnist"].key).states - 1).run()
    assert at.dataframe[0].value["z"].max() != before


@needs_mnist
def test_the_result_waits_for_the_guess() -> None:
    at = opened(section="match", image="3")
    assert not at.dataframe
    guess = next(g for g in at.button_group if str(g.key).startswith("guess-templates-second"))
    guess.select("9").run()
    assert len(at.dataframe) == 1
    assert "the run says" in words(at) or "as you said" in words(at)


@needs_mnist
def test_a_cell_of_the_link_shows_its_images_and_its_story() -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    count = int(run.evaluation("confusion")[-1][4, 9])
    text = words(opened(section="confusion", cell="4-9"))
    assert f"**4 read as 9**: {count:,} of 982" in text
    top = int(run.evaluation("confusion")[:, 4, 9].max())
    assert f"{top:,} images" in text


def test_two_models_of_one_data_set_are_subtracted_and_the_link_says_so() -> None:
    at = opened(section="confusion", model="hidden-mnist")
    at.selectbox(key="templates-with").select("softmax-mnist").run()
    assert not at.exception
    assert "Digits, 10 hidden units less Digits, one layer" in words(at)
    assert search(at)["with"] == "softmax-mnist"
    again = opened(section="confusion", model="hidden-mnist", **{"with": "softmax-mnist"}, cell="4-9")
    counts = {model: int(last_counts(model)[4, 9]) for model in ("hidden-mnist", "softmax-mnist")}
    assert f"**4 read as 9**: {counts['hidden-mnist']:,} of 982" in words(again)
    assert f"Digits, one layer: {counts['softmax-mnist']:,}" in words(again)


def test_models_of_two_data_sets_stand_side_by_side_at_the_nearest_epochs() -> None:
    at = opened(section="confusion", epoch="5", **{"with": "softmax-cifar10"}, cell="cat-dog")
    text = words(at)
    assert "no cell of one can be subtracted from the other" in text
    assert "Epoch 5 of 30" in text and "Epoch 5 of 40" in text
    run = store.load(RUNS["softmax-cifar10"].key)
    counts = run.evaluation("confusion")[list(run.epochs).index(5)]
    assert f"**cat read as dog**: {counts[3, 5]:,} of {counts[3].sum():,}" in text
    assert search(at)["cell"] == "cat-dog"


def test_a_cell_is_chosen_by_name_and_one_of_other_classes_is_dropped() -> None:
    at = opened(section="confusion", cell="cat-dog")
    assert at.selectbox(key="templates-cell").value == ""
    at.selectbox(key="templates-cell").select("5-3").run()
    assert f"**5 read as 3**: {last_counts('softmax-mnist')[5, 3]:,} of 892" in words(at)
    assert search(at)["cell"] == "5-3"


def test_the_mistakes_add_up() -> None:
    at = opened(section="mistakes")
    if digits.trouble():
        pytest.skip("MNIST is not in the data folder")
    counts = last_counts("softmax-mnist")
    assert f"{10_000 - np.trace(counts):,} of 10,000 images misread" in words(at)
    at.selectbox(key="templates-actual").select("4").run()
    at.selectbox(key="templates-predicted").select("4").run()
    assert "None with these classes" in words(at)
    assert search(at)["actual"] == "4" and search(at)["predicted"] == "4"


@pytest.mark.parametrize("least", [0.4, 0.95])
def test_below_a_threshold_nothing_is_said(least: float) -> None:
    images, labels = data_sets.load("uci-digits", "test")
    weights = store.load(RUNS["uci-softmax"].key).state(-1)
    z = images.reshape(len(images), -1) / np.float32(255) @ weights["dense1.kernel"] + weights["dense1.bias"]
    shares = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    sure, right = shares.max(1) >= least, shares.argmax(1) == labels
    said = words(opened(section="mistakes", model="uci-softmax", least=f"{least:g}"))
    assert f"It answers **{numbers.percent(sure.mean())}** of {len(labels):,} test images" in said
    assert f"**{numbers.percent(right[sure].mean(), 2)}** of these right ({(sure & ~right).sum():,} wrong)" in said


@pytest.fixture
def other_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A run store that is looked at before the shipped one."""
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    shared.clear()
    yield tmp_path
    shared.clear()


@pytest.mark.parametrize(
    "part, broken", [("gallery", "softmax-mnist"), ("pictures", "softmax-mnist"), ("pictures", "softmax-cifar10-smooth")]
)
def test_a_damaged_run_is_said_and_never_shown(part: str, broken: str, other_runs: Path) -> None:
    (other_runs / RUNS[broken].key).mkdir()
    at = opened(section=part)
    assert f"Run {RUNS[broken].key} is damaged" in words(at)


def test_a_damaged_run_can_not_be_compared_with(other_runs: Path) -> None:
    (other_runs / RUNS["hidden-mnist"].key).mkdir()
    at = opened(section="confusion")
    at.selectbox(key="templates-with").select("hidden-mnist").run()
    assert not at.exception and any("is damaged" in e.value for e in at.error)
