"""The CNN that reads pulses: kernels over the training, the loss profile, one convolution at a time."""

import streamlit as st

from core.ui import link, page
from pages.cnn.convolution import convolution_panel
from pages.cnn.kernels import kernels_panel
from pages.cnn.loss import loss_panel
from pages.cnn.response import response_panel
from pages.cnn.tests import tests_panel
from pages.cnn.view import PAGE, SECTIONS, choose_another, open_view, parameters, recipe, write_link
from pages.cnn.words import how_trained

PANELS = {"loss": loss_panel, "convolution": convolution_panel, "response": response_panel, "tests": tests_panel}
TITLE = "Kernels that learn to see"

view, notes = open_view()
if view is None:
    page.header(TITLE, "The run of this page cannot be shown; choose another.", notes)
    choose_another()
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
    "Look at",
    list(SECTIONS),
    format_func=SECTIONS.__getitem__,
    key=link.key(PAGE, "section"),
    label_visibility="collapsed",
    required=True,
    persist_state="session",
)
if view.has_weights or view.section == "loss":
    PANELS[view.section](view)
else:
    page.empty("This run keeps its history alone", "Choose another run above, or look at its loss profile.", 220)
with st.expander("What to notice", icon=":material/visibility:"):
    st.markdown(
        """
- Play the film: the kernels of the reliable recipe turn from speckle to stripes and patches within the first epoch.
- By its loss a dead run looks like one that waits. Act tells them apart: at 0 nothing flows back, and the kernels stop or just fade.
- A kernel answers to a part, not to a pulse: the same slope lights up in gaussians and in waves. The later layers put the parts together.
- Far outside of what it was trained with, the network still answers with confidence, and is often wrong.
        """
    )
with st.expander("Words", icon=":material/dictionary:"):
    st.markdown(
        """
- **Kernel**: a small square of weights that is laid over every place of an image. **Feature map**: its sums, one for each place.
- **ReLU**: keeps what is above 0 and makes the rest 0. **Pooling**: keeps the largest of each 2 × 2.
- **Act**: the share of the second convolution's outputs above 0. **Dead**: act is 0 and stays 0.
- **Low**: the share of a kernel's energy, its mean left out, in waves at least four times as long as the finest that its grid can hold.
- **Tv**, total variation: the mean difference of neighbouring weights over their standard deviation.
- **Recognised**: all three outputs within 0.1 of their target. **Right**: the largest output is that of the pulse's class.
        """
    )
with st.expander("How this run was trained", icon=":material/tune:"):
    st.markdown(how_trained(view.name, run.spec))
write_link(view)
