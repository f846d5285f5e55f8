"""The CNN page through the app's own entry, without a browser."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core.models.pulse_layers import parameter_count
from core.runs import store
from core.runs.shipped.pulses import RECORDED, RUNS, TITLES
from core.ui import networks
from pages.cnn.words import SECTIONS
from tests.app import ENTRY, go
from tests.app import app as new_app
from tests.pages.cnn import cases
from tests.pages.cnn.links import LINKS


def opened(**query: str) -> AppTest:
    app = go(new_app(), "cnn")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def address(app: AppTest) -> dict[str, str]:
    """What the browser's address is to say."""
    return dict(parse_qsl(app.session_state["_address"].search))


def words(app: AppTest) -> str:
    return " ".join(e.value for e in (*app.markdown, *app.caption))


def sound(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].message
    assert not app.error, app.error[0].value
    return app


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_run_opens_in_every_section(name, section):
    app = sound(opened(run=name, section=section))
    run = store.load(RUNS[name].key)
    assert not app.warning
    right, count = float(run.history["accuracy_test"][-1]), run.spec.data.test
    assert f"**{round(right * count):,} of {count:,} test pulses right ({right:.1%})**" in words(app)
    assert f"of the run “{TITLES[name][0]}”: {run.spec.model.channels[0]} kernels" in words(app)
    assert f"{parameter_count(run.spec.model):,} numbers learned" in words(app)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("name", cases.SPECS)
def test_any_stored_pulse_cnn_opens_in_every_section(runs, name, section):
    run = runs[name]
    app = sound(opened(run=run.key, section=section))
    assert not app.warning and not [e for e in app.markdown if "nan" in e.value.lower()]
    text, model = words(app), run.spec.model
    assert f"{model.channels[0]} kernel{'s' * (model.channels[0] > 1)} of {model.kernel_size} × {model.kernel_size} weights" in text
    assert address(app) == {"run": run.key} | ({"section": section} if section != "loss" else {})


@pytest.mark.parametrize("name", ["two", "four", "one-class"])
def test_classes_are_those_of_the_run(runs, name):
    classes = list(runs[name].spec.data.pulses.classes)
    app = sound(opened(run=runs[name].key, section="tests"))
    assert app.selectbox(key="cnn-actual").options == app.selectbox(key="cnn-predicted").options == ["any", *classes]
    sound(app.segmented_control(key="cnn-section").set_value("response").run())
    assert app.selectbox(key="cnn-pulse").options == classes and app.selectbox(key="cnn-pulse").value == classes[-1]
    sound(app.segmented_control(key="cnn-section").set_value("convolution").run())
    assert [e.label for e in app.button if e.label.startswith("next")] == [f"next {kind}" for kind in classes]
    assert f"test pulse 0 ({classes[0]})" in words(app)


@pytest.mark.parametrize(("link", "held"), LINKS)
def test_links_of_0_1_0_restore_their_views(link, held):
    app = sound(opened(**dict(parse_qsl(urlsplit(link).query))))
    assert not app.warning
    assert {name: app.session_state[name] for name in held} == held


def test_link_restores_the_view_and_is_written_back_without_what_is_usual():
    asked = {"run": "pulse-ten", "state": "3", "kernel": "4", "image": "test-7", "section": "convolution", "filter": "Sobel-x"}
    app = sound(opened(**asked))
    assert address(app) == asked
    usual = {"run": "pulse-reliable", "state": "24", "kernel": "1", "image": "test-0", "section": "loss"}
    assert address(sound(opened(**usual))) == {}
    app = sound(opened(**asked | {"run": "pulse-reliable"}))
    assert "**Kernel 4** at step 14 of epoch 1" in words(app) and "test pulse 7" in words(app) and "Sobel x" in words(app)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"run": "../../etc"}, "run"),
        ({"state": "999"}, "state"),
        ({"state": "-1"}, "state"),
        ({"kernel": "0"}, "kernel"),
        ({"image": "test-1e9"}, "image"),
        ({"section": "<script>"}, "section"),
        ({"filter": "typedd"}, "filter"),
    ],
)
def test_bad_links_get_a_sentence(query, word):
    app = sound(opened(**query))
    assert len(app.warning) == 1 and f"asks for {word} =" in app.warning[0].value


def test_a_test_image_that_is_none_goes_to_the_last():
    app = sound(opened(section="convolution", image="test-9999"))
    assert "test pulse 999" in words(app)


def test_outputs_are_those_of_the_stored_network():
    import torch

    from core.data.pulse_sets import pulse_set
    from core.models.pulse_cnn import restore

    run = store.load(RUNS["pulse-reliable"].key)
    image = pulse_set(run.spec.data, "test").images[11]
    model = restore(run.spec.model, run.state(-1))
    best = int(model(torch.from_numpy(image).float()[None, None]).argmax())
    app = sound(opened(section="convolution", image="test-11"))
    assert f"3 units the network says **{run.spec.data.pulses.classes[best]}**" in words(app)


def test_other_states_say_that_their_dense_layers_are_not_kept():
    app = sound(opened(section="convolution", state="2"))
    assert "of the dense layers no other state is kept" in words(app)


def test_own_pulse_goes_through_the_network():
    import numpy as np

    app = go(new_app(), "cnn")
    image = np.zeros((64, 64), np.uint8)
    image[30:32] = 1
    app.session_state["own_pulse"] = {"name": "my line", "image": image}
    app.query_params.update({"section": "convolution", "image": "own"})
    sound(app.run())
    assert "**my line** under **kernel 1" in words(app)
    sound(app.segmented_control(key="cnn-section").set_value("response").run())
    assert "In your own pulse" in words(app) and "my line" in words(app)


def test_without_an_own_pulse_the_page_says_where_to_make_one():
    app = opened(section="convolution", image="own")
    assert not app.exception and "make one on the Pulses page" in app.info[0].value


def test_a_kernel_that_does_not_fit_gets_a_sentence():
    app = opened(section="convolution")
    app.slider(key="cnn-dilation").set_value(4).run()
    app.slider(key="cnn-dilation").set_value(4)
    app.session_state["cnn-padding"] = 0
    app.run()
    assert not app.exception
    reach = (25 - 1) * 4 + 1
    assert (reach <= 100) == (not app.error)


def test_stride_padding_and_dilation_change_the_map():
    app = opened(section="convolution", filter="box-blur")
    app.slider(key="cnn-stride").set_value(2)
    app.slider(key="cnn-padding").set_value(3)
    sound(app.slider(key="cnn-dilation").set_value(2).run())
    side = (100 + 2 * 3 - 9) // 2 + 1
    assert f"{side} × {side}" in words(app)


def test_misread_pulses_can_be_asked_for():
    app = sound(opened(section="tests"))
    app.toggle(key="cnn-misread").set_value(True).run()
    run = store.load(RUNS["pulse-reliable"].key)
    counts = run.evaluation("confusion")[-1]
    wrong = int(counts.sum() - counts.trace())
    assert f"**{wrong} of 1,000** are misread; {wrong} pulses fit" in words(app)


def test_changing_the_run_goes_to_its_last_state():
    app = opened(state="3")
    other = "pulse-held"
    sound(app.selectbox(key="cnn-run").set_value(other).run())
    assert address(app) == {"run": other}
    assert app.session_state["cnn-state"] == store.load(RUNS[other].key).states - 1


def test_the_number_of_kernels_can_be_chosen():
    app = sound(opened(state="3"))
    sound(app.segmented_control(key="cnn-count").set_value(10).run())
    assert address(app) == {"run": "pulse-ten"} and "10 kernels of 25 × 25" in words(app)
    sound(app.selectbox(key="cnn-run").set_value("pulse-dead").run())
    assert address(app) == {"run": "pulse-dead"} and not [e for e in app.segmented_control if e.key == "cnn-count"]


def test_a_family_is_found_among_the_runs_of_the_store(runs):
    app = sound(opened(run=cases.ALL.key))
    sound(app.segmented_control(key="cnn-count").set_value(6).run())
    assert address(app) == {"run": cases.SIX.key} and "6 kernels of 9 × 9" in words(app)


def test_the_list_offers_shipped_runs_then_ones_own_then_others(runs):
    app = go(new_app(), "cnn")
    app.session_state["_own-runs"] = [cases.FOUR.key]
    options = sound(app.run()).selectbox(key="cnn-run").options
    assert options[: len(RUNS)] == [title for title, _ in TITLES.values()]
    assert options[len(RUNS)].startswith("pulse CNN, 13+2 kernels of 7×7") and len(options) == len(RUNS) + len(cases.SPECS)


@pytest.mark.parametrize("image", ["digit-3", "photo-temple", "photo-flower", "drawing", "upload", "test-0"])
def test_every_source_of_images_opens(image):
    app = sound(opened(section="convolution", image=image))
    assert app.selectbox(key="cnn-source").value == image.partition("-")[0]


def test_a_drawing_is_convolved():
    app = go(new_app(), "cnn")
    app.query_params.update({"section": "convolution", "image": "drawing"})
    points = [0, 500, 300, 500, 500, 200, 700, 500, 1000, 500]
    app.session_state["cnn-pad"] = {"drawing": {"strokes": [{"width": 20, "points": points}], "sequence": 1}}
    sound(app.run())
    assert "**your drawing** under **kernel 1" in words(app)


def test_the_first_picture_needs_no_torch():
    code = (
        "import sys; from tests.app import app, go\n"
        "app = go(app(), 'cnn'); app.run()\n"
        "assert not app.exception and app.title[0].value == 'Kernels that read pulses'\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(ENTRY).parent, capture_output=True).returncode == 0


CONVOLUTION = {"filter": "typed", "typed": "0,1,0,1,-4,1,0,1,0", "stage": "after-ReLU", "stride": "2", "padding": "3", "dilation": "2"}


@pytest.mark.parametrize(
    ("section", "query"),
    [
        ("convolution", CONVOLUTION),
        ("response", {"pulse": "gaussian", "along": "amplitude", "at": "17.5", "of": "square"}),
        ("tests", {"actual": "gaussian", "predicted": "square", "misread": "1"}),
    ],
)
def test_links_restore_what_a_section_lets_one_choose(section, query):
    app = sound(opened(section=section, **query))
    assert not app.warning
    assert address(app) == {"section": section, **query}


def test_choices_of_a_section_outlive_a_look_at_another():
    app = sound(opened(section="convolution", **CONVOLUTION))
    sound(app.segmented_control(key="cnn-section").set_value("tests").run())
    assert address(app) == {"section": "tests"}
    sound(app.segmented_control(key="cnn-section").set_value("convolution").run())
    assert address(app) == {"section": "convolution", **CONVOLUTION}
    assert "**your kernel**" in words(app)


def test_the_typed_grid_grows_around_its_kernel_and_is_cut_back():
    app = sound(opened(section="convolution", filter="typed", typed="0,1,0,1,-4,1,0,1,0"))
    sound(app.segmented_control(key="cnn-side").set_value(5).run())
    assert address(app)["typed"] == "0,0,0,0,0,0,0,1,0,0,0,1,-4,1,0,0,0,1,0,0,0,0,0,0,0"
    sound(app.segmented_control(key="cnn-side").set_value(3).run())
    assert address(app)["typed"] == "0,1,0,1,-4,1,0,1,0"


@pytest.mark.parametrize(
    ("section", "query"),
    [
        ("convolution", {"typed": "1,2,3"}),
        ("convolution", {"typed": "1,2,3,4"}),
        ("convolution", {"typed": "nan,0,0,0,0,0,0,0,0"}),
        ("convolution", {"typed": "1e99,0,0,0,0,0,0,0,0"}),
        ("convolution", {"stride": "0"}),
        ("convolution", {"padding": "-1"}),
        ("convolution", {"stage": "after lunch"}),
        ("response", {"pulse": "comb"}),
        ("response", {"along": "drift"}),
        ("response", {"at": "inf"}),
        ("response", {"of": "<b>"}),
        ("tests", {"misread": "yes"}),
        ("tests", {"actual": "comb"}),
    ],
)
def test_bad_choices_in_a_link_get_a_sentence(section, query):
    app = sound(opened(section=section, **query))
    assert len(app.warning) == 1 and f"asks for {next(iter(query))} =" in app.warning[0].value


def test_a_value_outside_the_slider_goes_to_its_end():
    app = sound(opened(section="response", pulse="sinusoid", at="4000"))
    assert app.slider(key="cnn-at-sinusoid-frequency").value == 25


def test_another_pulse_brings_its_own_parameter():
    app = sound(opened(section="response", pulse="sinusoid", along="phase"))
    sound(app.selectbox(key="cnn-pulse").set_value("square").run())
    assert app.selectbox(key="cnn-along").value == "square_width"
    assert "square pulses of the range it was trained with" in words(app)


def test_the_stills_lead_to_their_states_and_the_noise_is_named():
    app = sound(opened())
    assert "noise 0.08" in words(app) and "speckle" in words(app) and "total variation" in words(app)


def test_a_run_among_the_fates_can_be_opened():
    app = sound(opened(section="loss"))
    sound(app.button(key="cnn-open-pulse-drops").click().run())
    assert address(app) == {"run": "pulse-drops"} and "This is the run shown" in words(app)


@pytest.mark.parametrize(("kernel", "kind"), [(5, "square"), (4, "sinusoid")])
def test_what_the_study_saw_is_a_click_away(kernel, kind):
    app = sound(opened(section="convolution"))
    sound(app.button(key=f"cnn-study-{kind}").click().run())
    assert {name: address(app)[name] for name in ("run", "kernel", "stage")} == {
        "run": "pulse-drops",
        "kernel": str(kernel),
        "stage": "after-ReLU",
    }
    assert f"({kind}) under **kernel {kernel} at epoch" in words(app).replace(f"({kind})**", f"({kind})")
    before = networks.label("pulse-reliable")
    assert f"is shown in place of **{before}**, which you had chosen." in " ".join(one.value for one in app.caption)
    sound(app.button(key="cnn-switch-back").click().run())
    assert address(app) == {"section": "convolution"} and not [one for one in app.button if one.key == "cnn-switch-back"]


def test_one_damaged_run_leaves_the_others(monkeypatch):
    from core.ui import cached

    good = cached.run

    def run(name):
        if name in ("pulse-study", "pulse-drops"):
            raise store.DamagedRun(Path(RUNS[name].key), "weights.safetensors has changed")
        return good(name)

    monkeypatch.setattr(cached, "run", run)
    app = opened(section="loss")
    assert not app.exception and len(app.error) == 2 and "994 of 1,000" in words(app)
    app = opened(section="convolution")
    assert not app.exception and not app.error
    app = opened(run="pulse-drops")
    assert not app.exception and "cannot be shown" in words(app)
    app.selectbox(key="cnn-run").set_value("pulse-held").run()
    assert not app.exception and address(app)["run"] == "pulse-held"
    app.segmented_control(key="cnn-section").set_value("tests").run()
    assert address(app)["run"] == "pulse-held"


def test_the_picked_kernel_outlives_a_look_at_another_section():
    app = sound(opened(section="convolution"))
    sound(app.segmented_control(key="cnn-kernel").set_value(4).run())
    sound(app.segmented_control(key="cnn-section").set_value("tests").run())
    sound(app.segmented_control(key="cnn-section").set_value("response").run())
    assert address(app)["kernel"] == "4" and "**Kernel 4** at" in words(app)


@pytest.mark.parametrize("name", RUNS)
def test_the_page_says_how_its_run_was_trained_and_whether_it_repeats(name):
    text = words(sound(opened(run=name)))
    spec = RUNS[name]
    assert f"{spec.data.train:,} drawn pulses" in text and f"seed {spec.model.seed}." in text
    assert ("A recording" in text) == (name in RECORDED)
