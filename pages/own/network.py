"""One network that was brought in: what it is, how well it reads, where it opens, and whose it is."""

from typing import Any

import streamlit as st

from core.analysis.weight_summary import layer_table
from core.charts import network as chart
from core.charts import numbers
from core.data import catalog as data
from core.frame import choices as links
from core.frame import page
from core.frame.plain import plain
from core.frame.site import entry
from core.models import network as networks
from core.models.blocks import POINTS
from core.runs import brought, catalog
from core.runs.fitting import PAGES, WANTS
from core.serving.shared import shared
from core.specs import RunSpec
from core.ui import shown
from core.ui.shown import Shown
from pages.own import choices, mine, words
from pages.own.choices import PAGE
from pages.own.inferred import inferred

_GONE = "_own-gone"


def sentence(net: Shown) -> str:
    """What the network is and how well it reads, in a line."""
    spec, about = net.run.spec, net.run.header.get("origin", {})
    return words.OPENED.format(
        name=plain(spec.origin.name if spec.origin else net.title),
        summary=plain(f"{about.get('format', 'a network')}, {parameters(net):,} parameters"),
        share=numbers.percent(float(net.run.history["accuracy_test"][net.state])),
        count=spec.data.test,
        images=data.get(spec.data).test_words,
    )


def parameters(net: Shown) -> int:
    """How many numbers one state holds."""
    return sum(values.size for values in net.weights.values())


def network(net: Shown) -> None:
    """The panel."""
    spec, history = net.run.spec, net.run.history
    left, right = st.columns([7, 5], gap="large")
    with left:
        _chooser()
        numbers_of = st.columns(4)
        count = f"of {spec.data.test:,} {data.get(spec.data).test_words}"
        numbers_of[0].metric("Reads right", numbers.percent(float(history["accuracy_test"][-1])), help=count)
        numbers_of[1].metric("Loss", numbers.number(float(history["loss_test"][-1])), help=f"{words.LOSS} Measured on {count[3:]}.")
        numbers_of[2].metric("Parameters", f"{parameters(net):,}")
        numbers_of[3].metric("States", f"{net.run.states}", help="One for each checkpoint; players on the other pages step through them.")
        if net.run.states > 1:
            said = ", ".join(
                f"{shown.state_words(net.run, i)} {numbers.percent(float(share))}" for i, share in enumerate(history["accuracy_test"])
            )
            st.caption(f"Read right: {said}.")
        _open(spec, net.key)
        _picture(net)
    with right:
        own = mine.of(net.key)
        with st.container(border=True, key="own-inferred"):
            inferred(net, own)
        _mine(net, own)


def _chooser() -> None:
    """Which of this person's networks, where there are several."""
    keys = [one.key for one in mine.networks()]
    chosen = choices.value("network")
    if len(keys) + (chosen not in keys) > 1:
        options = keys if chosen in keys else [chosen, *keys]
        st.selectbox("Network", options, format_func=_label, key=links.key(PAGE, "network"), persist_state="session")


def _label(key: str) -> str:
    return catalog.find(key).title


def _open(spec: RunSpec, key: str) -> None:
    """Links to the pages that can look inside it, and why the others cannot."""
    st.subheader("Open it", anchor=False)
    fits = [topic for topic, (_, can) in PAGES.items() if can(spec)]
    with st.container(horizontal=True, key="own-open"):
        for topic in fits:
            one = entry(topic)
            st.page_link(
                one.file, label=f"{one.title}: {words.OPENS[topic]}", icon=one.icon, query_params={PAGES[topic][0]: key}, width="content"
            )
    if not fits:
        st.markdown(words.NOWHERE)
    others = [f"{entry(topic).title} shows {WANTS[topic]}" for topic in PAGES if topic not in fits]
    if others:
        st.caption(f"Not in the other pages: {'; '.join(others)}.")


def _picture(net: Shown) -> None:
    """Its layers as a picture and as a table."""
    st.subheader("Its layers", anchor=False)
    model = net.run.spec.model
    drawn, table = _drawn(net.run.spec, net.key, page.theme().dark)
    st.image(drawn, width="content", alt="The layers of this network, one behind the other; the table below says the same")
    if net.run.spec.model.kind == "sequence":
        with st.expander("Every step, as it is stored"):
            st.code("\n".join(model.layers), language=None)
    whole = {name: st.column_config.NumberColumn(format="localized") for name in ("values", "parameters")}
    with st.container(key="own-layers"):
        st.dataframe(table, hide_index=True, width="content", height="content", column_config=whole)


@shared()
def _drawn(_spec: RunSpec, key: str, dark: bool) -> tuple[str, Any]:
    """The picture (SVG) and the table."""
    from core.charts.theme import theme

    model = _spec.model
    if model.kind in networks.LAYERED:
        shapes = [(one.title, one.shape) for one in networks.layers(model) if one.kind not in (*POINTS, "probabilities", "pad")]
    else:
        shape = data.shape_of(_spec.data)
        sides = (shape[2] if len(shape) == 3 else 1, *shape[:2])
        shapes = [("Input", sides), *((f"Dense {i}", (units,)) for i, units in enumerate(model.sizes[1:], start=1))]
    return chart.network(shapes, theme(dark)), layer_table(model)


def _mine(net: Shown, own: mine.Mine | None) -> None:
    """Who sees it, where it came from, and how it goes."""
    about = net.run.header.get("origin", {})
    with st.expander("Where it came from"):
        st.markdown(f"Brought from **{plain(str(about.get('name', '')))}**, run `{net.key}`.")
        st.caption("SHA-256 of the file, by which it can be told from any other:")
        st.code(str(about.get("sha256", "")), language=None, wrap_lines=True)
    if own is None:
        return
    on = brought.offered(net.key)
    st.checkbox(
        words.EVERYONE, help=words.EVERYONE_HELP, **links.showing("own-everyone", on, lambda everyone: brought.offer(net.key, everyone))
    )
    st.button(words.REMOVE, key="own-remove", icon=":material/delete:", on_click=_remove, args=(net.key, about.get("name", "It")))


def _remove(key: str, name: str) -> None:
    mine.forget(key)
    left = mine.networks()
    choices.put(network=left[0].key if left else "")
    st.session_state[_GONE] = name


def gone() -> None:
    """Say once that a network was removed."""
    name = st.session_state.pop(_GONE, "")
    if name:
        st.success(words.GONE.format(name=plain(name)), icon=":material/delete:")
