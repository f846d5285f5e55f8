"""Forms from the fields of a spec: the widget, its words and limits, and the value that comes back."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.specs import DataSpec, ModelSpec, PulseSpec, TrainSpec, meta
from core.ui import forms


def whole(of: str) -> None:
    """A form of all fields of one spec, and what it makes of them."""
    import streamlit as st

    from core import specs
    from core.ui import forms

    cls = getattr(specs, of)
    values = forms.fields(cls, "form")
    try:
        st.session_state["made"] = cls(**values)
    except specs.SpecError as error:
        st.error(str(error))


def form(cls: type, **held: Any) -> AppTest:
    test = AppTest.from_function(whole, args=(cls.__name__,))
    for name, value in held.items():
        test.session_state[f"form-{name}"] = value
    return sound(test.run())


def sound(test: AppTest) -> AppTest:
    assert not test.exception
    return test


@pytest.mark.parametrize("cls", [PulseSpec, DataSpec, ModelSpec, TrainSpec])
def test_an_untouched_form_makes_the_default_spec(cls: type) -> None:
    test = form(cls)
    assert test.session_state["made"] == cls() and not test.error
    widgets = [*test.slider, *test.number_input, *test.selectbox, *test.button_group, *test.toggle, *test.text_input]
    shown = {widget.key.removesuffix("-typed").removeprefix("form-"): widget for widget in widgets}
    assert sorted(shown) == sorted(forms.names(cls))
    for name, widget in shown.items():
        assert widget.label == meta(cls, name).label and widget.help == meta(cls, name).help


def test_widgets_stay_within_the_limits() -> None:
    test = form(PulseSpec)
    height, noise, side = test.slider("form-amplitude"), test.slider("form-pixel_noise"), test.slider("form-size")
    assert (height.min, height.max, height.step, height.value) == (0.0, 1.0, 0.01, (0.1, 0.6))
    assert (noise.max, noise.step, noise.proto.format) == (0.2, 0.005, "percent")
    assert (side.min, side.max, side.value) == (28, 500, 100) and isinstance(side.value, int)
    rate = form(TrainSpec).number_input("form-learning_rate")
    assert (rate.min, rate.max, rate.step, rate.value) == (0.0, 10.0, 1e-4, 2e-3)


def test_choices_read_as_titles_and_come_back_as_names() -> None:
    test = form(TrainSpec)
    loss = test.selectbox("form-loss")
    assert loss.options == ["cross-entropy", "L1"]
    sound(loss.set_value("l1").run())
    test.number_input("form-epochs").set_value(7)
    test.slider("form-threads").set_value(2)
    assert sound(test.run()).session_state["made"] == TrainSpec(loss="l1", epochs=7, threads=2)


def test_a_held_value_is_what_the_form_shows() -> None:
    test = form(PulseSpec, frequency=(1.0, 40.0), classes=["sawtooth"], size=64)
    assert test.session_state["made"] == PulseSpec(frequency=(1.0, 40.0), classes=("sawtooth",), size=64)
    test.button_group("form-classes").set_value(["sawtooth", "square"])
    assert sound(test.run()).session_state["made"].classes == ("sawtooth", "square")


def test_layers_are_typed() -> None:
    test = form(ModelSpec)
    box = test.text_input("form-sizes-typed")
    assert box.value == "784-49-7-15-15-10"
    sound(box.set_value("64-10").run())
    assert test.session_state["made"].sizes == (64, 10) and not test.error
    sound(box.set_value("64-16385").run())
    assert "Layer sizes: (64, 16385) is not possible" in test.error[0].value
    assert test.session_state["made"].sizes == (64, 10)  # the last that could be
    sound(box.set_value("lots").run())
    assert "Layer sizes: 'lots' is not possible" in test.error[0].value
    sound(box.set_value("16-10").run())
    assert test.session_state["made"].sizes == (16, 10) and not test.error
    test.session_state["form-sizes"] = (9, 3)  # a link, say
    assert sound(test.run()).text_input("form-sizes-typed").value == "9-3"
    assert test.session_state["made"].sizes == (9, 3)


def test_a_form_may_allow_less_and_say_more() -> None:
    def page() -> None:
        import streamlit as st

        from core.specs import DataSpec, TrainSpec
        from core.ui import forms

        st.session_state.setdefault("images", 250)
        images = forms.field(DataSpec, "train", "images", title="How many", help="Not many.", among=(100, 250, 500))
        epochs = forms.field(TrainSpec, "epochs", "epochs", least=1, most=60, width=300)
        data = forms.field(DataSpec, "name", "data", among={"mnist": "MNIST", "uci-digits": "UCI digits"})
        store = forms.field(TrainSpec, "store", "store", among=("all", "history"))
        st.markdown(f"{images} {epochs} {data} {store}")

    test = sound(AppTest.from_function(page).run())
    images, epochs = test.select_slider("images"), test.slider("epochs")
    assert (images.label, images.help, images.options) == ("How many", "Not many.", ["100", "250", "500"])
    assert (epochs.label, epochs.min, epochs.max, epochs.value) == ("Epochs", 1, 60, 50)
    images.set_value(100)
    data, store = test.selectbox("data"), test.selectbox("store")
    assert data.options == ["MNIST", "UCI digits"] and store.options == ["every parameter of every state", "the history alone"]
    data.set_value("uci-digits")
    assert sound(epochs.set_value(3).run()).markdown[0].value == "100 3 uci-digits all"
