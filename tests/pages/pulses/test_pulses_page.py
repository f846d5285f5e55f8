"""The pulses page without a browser: links, sets, uploads, sentences."""

import io
import zipfile
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import own_pulse, pulse_files, pulses
from core.data.scope.file import read
from core.frame.plain import JOINER, plain
from core.specs import PulseSpec
from pages.pulses import shape as pulse_shape
from pages.pulses.designer import reported
from pages.pulses.shape import Shape
from tests.app import app as the_app
from tests.app import go
from tests.data.scope_layouts import LAYOUTS, curve
from tests.pages.pulses.links import LINKS

SPEC = PulseSpec()


def opened(**query: str) -> AppTest:
    app = go(the_app(), "pulses")
    for name, text in query.items():
        app.query_params[name] = text
    return settled(app.run())


def search(app: AppTest) -> dict[str, str]:
    """What the address says after a run."""
    return dict(parse_qsl(app.session_state["_address"].search, keep_blank_values=True))


def settled(app: AppTest) -> AppTest:
    assert [error.message for error in app.exception] == []
    return app


def said(app: AppTest) -> str:
    text = "\n".join(part.value for part in [*app.markdown, *app.caption, *app.warning, *app.error, *app.info])
    return text.replace("\\", "")  # marks that keep words from being read as Markdown


def test_opens_on_a_pulse_and_a_set() -> None:
    app = opened()
    image = pulses.draw_one(SPEC, "square", pulse_shape.START.values)
    assert app.title[0].value == "Pulses on a small screen"
    assert (
        f"A square 40 px high, 14 px wide, centred at column 50, on a screen of 100 by 100 pixels: {image.sum()} of 10,000 pixels are ink."
        in said(app)
    )
    assert "300 of 300 pulses; 1 to 48 are shown." in said(app)
    assert not app.warning and not app.error
    assert search(app) == {}


def test_link_restores_the_view() -> None:
    app = opened(
        pulse="sinusoid,0.3,5,0.25,0.5,0", count="60", seed="7", size="64", classes="gaussian-sawtooth", gaussian_sd="0.05-0.1", drift="0.1"
    )
    assert "A sinusoid 19.2 px high, 5 cycles long, on a screen of 64 by 64 pixels" in said(app)
    assert "60 of 60 pulses" in said(app)
    app.session_state["pulses-how"] = True
    app.run()
    assert app.number_input("pulses-seed").value == 7 and app.slider("pulses-gaussian_sd").value == (0.05, 0.1)
    again = opened(**search(app))
    assert said(again) == said(app)


@pytest.mark.parametrize(("link", "held"), LINKS, ids=[link for link, _ in LINKS])
def test_links_of_earlier_versions_restore_their_views(link: str, held: dict[str, object]) -> None:
    query = dict(parse_qsl(link.partition("?")[2]))
    app = opened(**query)
    assert {key: app.session_state[key] for key in held} == held
    assert not app.warning and not app.error
    assert search(app) == query


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pulse", "triangle,1,2"),
        ("pulse", "square,0.4"),
        ("pulse", "square,nan,0.1,0.5,0.5,0"),
        ("pulse", "square," + "9" * 5_000),
        ("count", "7"),
        ("size", "9999"),
        ("line", "-1"),
        ("classes", "square-square"),
        ("classes", ""),
        ("amplitude", "0.9-0.1"),
        ("amplitude", "1e9-2"),
        ("pixel_noise", "0.9"),
        ("drift", "inf"),
        ("open", "-3"),
        ("open", "9" * 40),
    ],
)
def test_bad_link_gets_a_note(name: str, text: str) -> None:
    app = opened(**{name: text})
    assert any(plain(f"The link asks for {name}") in note.value for note in app.warning)
    assert "300 of 300 pulses" in said(app)


def test_a_designed_pulse_is_the_page_s_pulse() -> None:
    values = {"amplitude": 0.5, "gaussian_sd": 0.05, "x_offset": 0.5, "y_offset": 0.0, "drift": 0.0}
    assert reported({"pulse": {"kind": "gaussian", "values": values, "report": 4}}) == (Shape("gaussian", values), 4)
    app = opened()
    app.session_state["pulses-pulse"] = pulse_shape.text_of(Shape("gaussian", values))
    settled(app.run())
    assert "A gaussian 50 px high, with a standard deviation of 5 px, centred at column 50" in said(app)
    assert search(app) == {"pulse": "gaussian,0.5,0.05,0.5,0,0"}
    app.button("pulses-keep").click().run()
    assert np.array_equal(app.session_state["own_pulse"]["image"], pulses.draw_one(SPEC, "gaussian", values))


@pytest.mark.parametrize(("value", "held"), [(10**400, 1.0), (-(10**400), 0.0), (1e308, 1.0), (float("inf"), None), (float("nan"), None)])
def test_a_number_beyond_its_limits_is_held_to_them_and_what_is_none_is_ignored(value: float, held: float | None) -> None:
    found = reported({"pulse": {"kind": "square", "values": {**pulse_shape.START.values, "amplitude": value}, "report": 1}})
    assert (None if found is None else found[0].values["amplitude"]) == held


@pytest.mark.parametrize(
    "state",
    [
        {"kind": "star"},
        {"kind": "square", "values": {"amplitude": "x"}},
        {"kind": "square", "values": None},
        3,
        {"kind": []},
        {"report": "1"},
    ],
)
def test_nonsense_from_the_browser_is_ignored(state: object) -> None:
    good = {"kind": "square", "values": dict(pulse_shape.START.values), "report": 1}
    pulse = {**good, **state} if isinstance(state, dict) else state
    assert reported({"pulse": good}) is not None and reported({"pulse": pulse}) is None and reported(pulse) is None
    app = opened()
    app.session_state["pulses-designer"] = {"pulse": pulse}
    settled(app.run())
    assert "A square 40 px high" in said(app)


def test_classes_and_counts() -> None:
    app = opened()
    app.button_group("pulses-show").set_value(["gaussian"]).run()
    assert "100 of 300 pulses; 1 to 48 are shown." in said(settled(app))
    app.button("pulses-next").click().run()
    assert "49 to 96 are shown" in said(settled(app))
    assert search(app) == {"show": "gaussian", "first": "48"}
    app.button_group("pulses-classes").set_value([]).run()
    assert "A set needs at least one class" in said(settled(app))
    assert "A set needs at least one class" in said(opened(**search(app)))
    app.button_group("pulses-classes").set_value(["square", "sawtooth"]).run()
    assert "300 of 300 pulses" in said(settled(app)) and search(app) == {"classes": "square-sawtooth", "first": "48"}


def test_picked_pulse_opens_with_its_numbers() -> None:
    app = opened()
    app.session_state["pulses-open"] = 4
    settled(app.run())
    drawn = pulses.draw(SPEC, 5, 0)
    assert f"**gaussian 4**: {drawn.images[4].sum()} of 10,000 pixels are ink" in said(app)
    table = app.dataframe[0].value
    assert table["value"].tolist()[:2] == [f"{drawn.parameters.amplitude[4] * 100:.6g}", f"{drawn.parameters.gaussian_sd[4] * 100:.6g}"]
    app.button("pulses-edit").click().run()
    assert f"A gaussian {drawn.parameters.amplitude[4] * 100:.3g} px high" in said(settled(app))
    app.session_state["pulses-open"] = 4_000
    assert "No pulse is open" in said(settled(app.run()))


def test_formula_sentences() -> None:
    app = opened()
    app.text_input("pulses-formula").set_value("0.5 + t.real").run()
    assert "Character 8: '.' is not part of a formula" in said(settled(app))
    assert app.code[0].value == "0.5 + t.real\n       ^"
    app.text_input("pulses-formula").set_value("2*t").run()
    assert "The curve runs from 0 to 2" in said(settled(app))
    app.text_input("pulses-formula").set_value("0.2 + 0.6*t").run()
    app.button("pulses-own-keep").click().run()
    kept = settled(app).session_state["own_pulse"]
    assert kept["name"] == "y = 0.2 + 0.6*t"
    assert np.array_equal(kept["image"], own_pulse.draw(own_pulse.from_formula("0.2 + 0.6*t", 100), 100, 2))


def test_csv_becomes_a_pulse() -> None:
    app = opened()
    app.button_group("pulses-make").set_value("CSV file").run()
    app.file_uploader("pulses-own-csv").set_value(("scope.csv", b"t,v\n0,1\n1,5\n2,2\n", "text/csv")).run()
    assert "3 samples, 1 apart, channel v. The samples run from 1 to 5." in said(settled(app))
    app.button("pulses-own-keep").click().run()
    assert settled(app).session_state["own_pulse"]["name"] == "scope.csv, v"
    app.file_uploader("pulses-own-csv").set_value(("scope.csv", b"1\ntwo\n", "text/csv")).run()
    assert "Line 2 of the file is 'two'" in said(settled(app))


def test_channel_of_a_scope_file_is_chosen_and_linked() -> None:
    """The channel stands in the link, a note says what was understood, and the file outlives a look at another page."""
    case = LAYOUTS["picoscope"](400)
    app = opened(make="csv", channel="B")
    assert search(app) == {"make": "csv", "channel": "B"}
    app.file_uploader("pulses-own-csv").set_value(("pico.csv", case.data, "text/csv")).run()
    assert "400 samples, 1 us apart, channel B in V. The samples run from -2 to 0.993 V." in said(settled(app))
    app.selectbox("pulses-trace-channel").set_value("A").run()
    assert "400 samples, 1 us apart, channel A in V." in said(settled(app)) and search(app)["channel"] == "A"
    app.button("pulses-own-keep").click().run()
    kept = settled(app).session_state["own_pulse"]["image"]
    assert np.array_equal(kept, own_pulse.draw(own_pulse.fit(curve(400)), 100, 2))


def test_a_scope_file_outlives_another_page() -> None:
    """The uploader forgets its file when the page is left; what was read of it is kept for the session, and can be closed."""
    kept = {"id": "1", "name": "pico.csv", "readings": read(LAYOUTS["picoscope"](400).data)}
    app = go(the_app(), "pulses")
    app.query_params["make"] = "csv"
    app.session_state["pulses-trace"] = kept
    app.run()
    assert "Still open: **pico.csv**" in said(settled(app)) and "channel A in V." in said(app)
    app.button("pulses-trace-close").click().run()
    assert "Still open" not in said(settled(app)) and "No pulse yet" in said(app)


def test_commas_are_asked_about() -> None:
    """0,5 in each line is never drawn before the person has said what its comma is."""
    data = b"0,5\n1,5\n2,25\n3,75"
    app = opened(make="csv")
    app.file_uploader("pulses-own-csv").set_value(("excel.csv", data, "text/csv")).run()
    assert "No pulse yet" in said(settled(app)) and "your choice stands in the link" in said(app)
    app.radio("pulses-commas").set_value("decimal").run()
    assert "The samples run from 0.5 to 3.75." in said(settled(app)) and search(app)["commas"] == "decimal"
    again = opened(make="csv", commas="columns")
    again.file_uploader("pulses-own-csv").set_value(("excel.csv", data, "text/csv")).run()
    assert "The samples run from 5 to 75." in said(settled(again))


def test_drawing_becomes_a_pulse() -> None:
    app = opened()
    app.button_group("pulses-make").set_value("Drawing").run()
    assert "No pulse yet" in said(settled(app))
    stroke = {"width": 20, "points": [0, 500, 500, 200, 999, 500]}
    app.session_state["pulses-own-pad"] = {"drawing": {"strokes": [stroke], "sequence": 1}}
    settled(app.run())
    app.button("pulses-own-keep").click().run()
    image = settled(app).session_state["own_pulse"]["image"]
    assert image.shape == (100, 100) and image.dtype == np.uint8 and 100 < image.sum() < 500


def test_uploaded_set_is_shown() -> None:
    spec = PulseSpec(size=50, classes=("square", "sawtooth"))
    app = opened()
    app.file_uploader("pulses-upload").set_value(
        ("mine.zip", pulse_files.to_zip(spec, pulses.draw(spec, 20, 5), 5), "application/zip")
    ).run()
    assert "20 pictures of mine.zip." in said(settled(app))
    assert "20 of 20 pulses; 1 to 20 are shown." in said(app)
    assert "This set holds no gaussian" in said(app)


def test_uploaded_set_without_parameters() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        image = pulses.draw(PulseSpec(classes=("gaussian",)), 1, 0).images[0]
        archive.writestr("a.png", pulse_files.to_png(image))
        archive.writestr("labels.csv", "file,label\na.png,gaussian\n")
    app = opened()
    app.session_state["pulses-open"] = 0
    app.file_uploader("pulses-upload").set_value(("bare.zip", out.getvalue(), "application/zip")).run()
    assert "The file says nothing about how it was drawn." in said(settled(app))
    assert "there is nothing to choose by" in said(app)


def test_bad_upload_gets_a_sentence() -> None:
    app = opened()
    app.file_uploader("pulses-upload").set_value(("bad.zip", b"no zip", "application/zip")).run()
    assert "This is not a ZIP file" in said(settled(app))
    assert "300 of 300 pulses" in said(app)


def test_names_are_not_read_as_markdown() -> None:
    app = opened()
    spec = PulseSpec(size=50, classes=("square",))
    data = pulse_files.to_zip(spec, pulses.draw(spec, 2, 5), 5)
    app.file_uploader("pulses-upload").set_value(("![x](http://a.b/c).zip", data, "application/zip")).run()
    assert "![x](" not in settled(app).info[0].value and "![x](http://a.b/c).zip" in said(app).replace(JOINER, "")


@pytest.mark.parametrize("guess", ["Left", "Right"])
def test_question_answers_from_the_set(guess: str) -> None:
    app = opened()
    assert "They differ in" not in said(app)
    guesses(app)[0].set_value(guess).run()
    assert "The square is on the left." in said(settled(app)) and "They differ in" in said(app)
    assert ("as you said" in said(app)) == (guess == "Left")
    assert search(app) == {"shown": "twins"} and "They differ in" in said(opened(shown="twins"))
    app.number_input("pulses-seed").set_value(1).run()  # another pair
    assert "They differ in" not in said(settled(app)) and search(app) == {"seed": "1"}


def guesses(app: AppTest) -> list:
    return [group for group in app.button_group if group.key.startswith("guess-pulses-twins")]


def test_large_sets_are_not_packed() -> None:
    app = opened(count="10000", size="500")
    assert "too large to be packed here" in said(app)
    assert "10,000 of 10,000 pulses" in said(app)


def test_shape_text_there_and_back() -> None:
    shape = Shape("sawtooth", {"amplitude": 0.31, "frequency": 7.25, "phase": 0.5, "y_offset": 1.0, "drift": -0.25})
    assert pulse_shape.shape_of(pulse_shape.text_of(shape)) == shape
