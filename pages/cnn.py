"""The CNN that reads pulses: kernels over the training, the loss profile, one convolution at a time."""

import streamlit as st

from core.ui import link, page
from core.ui.cnn_convolution import convolution_panel
from core.ui.cnn_kernels import kernels_panel
from core.ui.cnn_loss import loss_panel
from core.ui.cnn_response import response_panel
from core.ui.cnn_tests import tests_panel
from core.ui.cnn_view import PAGE, SECTIONS, open_view, parameters, recipe, write_link

PANELS = {"loss": loss_panel, "convolution": convolution_panel, "response": response_panel, "tests": tests_panel}
TITLE = "Kernels that learn to see"

page.require_entry()
view, notes = open_view()
if view is None:
    page.header(TITLE, "The run of this page cannot be shown.", notes)
    st.stop()

run = view.run
share, count = float(run.history["accuracy_test"][view.state]), run.spec.data.test
kernels = f"{run.spec.model.channels[0]} kernels of {run.spec.model.kernel_size} × {run.spec.model.kernel_size} weights"
page.header(
    TITLE,
    f"{view.epoch.capitalize()} of {run.epochs[-1]:g} of the run “{recipe(view.name)}”: {kernels}, "
    f"{parameters(view):,} numbers learned in all; **{round(share * count):,} of {count:,} test pulses right ({share:.1%})**.",
    notes,
)
kernels_panel(view)
st.segmented_control(
    "Look at", list(SECTIONS), format_func=SECTIONS.__getitem__, key=link.key(PAGE, "section"), label_visibility="collapsed", required=True
)
if view.has_weights or view.section == "loss":
    PANELS[view.section](view)
else:
    page.empty("This run keeps its history alone", "Choose another run above, or look at its loss profile.", 220)
write_link(view)
