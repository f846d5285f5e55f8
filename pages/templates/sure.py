"""A network that may say nothing: what it answers above a threshold, and whether it is as right as it is sure."""

import numpy as np
import streamlit as st

from core.analysis import confidence as measures
from core.analysis.confidence import CURVE, Answered
from core.charts import confidence as charts
from core.charts import numbers
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.serving.shared import shared
from core.ui import choices, page
from pages.templates import words
from pages.templates.choices import LEAST, PAGE
from pages.templates.images import Images, probabilities
from pages.templates.view import View


def sure(view: View, images: Images) -> None:
    """A threshold, what it saves and what it costs, and how honest the probabilities are."""
    with st.container(key=f"{PAGE}-sure"):
        st.markdown(words.SURE)
        left, right = st.columns(2, gap="large")
        with left:
            least = st.select_slider(
                "It says \u201cI don't know\u201d below",
                LEAST,
                format_func=lambda share: numbers.percent(share, 0 if round(100 * share, 6) % 1 == 0 else 1),
                key=choices.key(PAGE, "least"),
                persist_state="session",
            )
            found, error, lines, bars = _drawn(view, images, view.key, view.state, images.source, least, page.theme().dark)
            st.markdown(
                f"It answers **{numbers.percent(found.share[0])}** of {len(images.labels):,} test images, and "
                f"**{numbers.percent(found.right[0], 2)}** of these right ({int(found.wrong[0]):,} wrong)."
            )
            said = (
                f"Share right of what is answered over the share answered; of {numbers.percent(found.share[0])}, "
                f"{numbers.percent(found.right[0])} are right"
            )
            page.chart(lines, alt_text=said, key=f"{PAGE}-answered", width="stretch")
            st.caption(words.ANSWERED)
        with right:
            st.markdown(f"How sure and how right differ by **{numbers.percent(error)}** on average.")
            said = f"Share right over how sure the network is; they differ by {numbers.percent(error)} on average"
            page.chart(bars, alt_text=said, key=f"{PAGE}-reliability", width="stretch")
            st.caption(words.RELIABILITY)


@shared()
def _drawn(
    _view: View, _images: Images, key: str, state: int, source: str, least: float, dark: bool
) -> tuple[Answered, float, Prepared, Prepared]:
    """What is answered at the threshold, the mean distance between sure and right, and both charts."""
    shares, labels, colours = probabilities(_view, _images), _images.labels, theme(dark)
    line, here = (measures.answered(shares, labels, thresholds) for thresholds in (CURVE, np.array([least])))
    found = measures.reliability(shares, labels)
    name = "test images"
    lines = charts.answered({name: (line.share, line.right)}, {name: (float(here.share[0]), float(here.right[0]))}, colours)
    return here, found.error, lines, charts.reliability(found.sure, found.right, found.count, found.edges, colours)
