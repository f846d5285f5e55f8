"""A hidden layer: filters on top, under them the votes of each for every class."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.votes import film, leaners, sides, unit_order
from core.charts import theme as colours
from core.charts.numbers import number, probability
from core.frame import choices, page
from core.frame.plain import plain
from core.models.activations import softmax
from core.runs import store
from core.serving import seen
from core.ui import question, shown
from core.ui.player import player
from pages.templates import words
from pages.templates.choices import BARS, OWN, PAGE, WEIGHTS, at_rest
from pages.templates.film import pack, template_film
from pages.templates.groups import GROUP, choose_group
from pages.templates.parts import nearest, one_layer
from pages.templates.picked import Picked, picked_image
from pages.templates.strip import strip
from pages.templates.view import SENTENCE, View, moments, signed
from pages.templates.vote_bars import vote_bars

ROWS = 420  # pixels of all classes' bars, where their rows stay within LEAST and MOST pixels
LEAST, MOST = 16, 42
NAMED = 12  # filters of a side by name


def hidden(view: View) -> None:
    """Guess what the filters look like, then see them with their output weights, sorted and for one image."""
    if not question.told(PAGE, "filters", view.data.name):
        _one_layer(view)
    units = words.number(len(view.units))
    told = question.ask(
        PAGE,
        "filters",
        words.FILTERS_QUESTION.format(Units=units[0].upper() + units[1:], classes=words.number(len(view.classes))),
        (words.ALONE, words.SHARED, words.NOISE),
        lambda: _answer(view),
        words.FILTERS_WHY,
        subject=view.data.name,
    )
    if not told:
        return
    picture, side = st.columns([3, 1], gap="large")
    with side:
        sort = st.selectbox(
            "Sort the filters by",
            [OWN, *view.classes],
            format_func=lambda name: "their own order" if name == OWN else name,
            key=choices.key(PAGE, "sort"),
            persist_state="session",
        )
        places = choose_group("group", len(view.units), GROUP)
        what = st.radio("Bars show", list(BARS), format_func=BARS.__getitem__, key=choices.key(PAGE, "bars"), persist_state="session")
    class_ = None if sort == OWN else view.classes.index(sort)
    if what == WEIGHTS:
        _picture(view, class_, places, None, picture)
    else:
        with picked_image(view, side) as picked:
            _picture(view, class_, places, picked, picture)  # without an image the output weights alone
    with side:
        if class_ is not None:
            _sides(view, class_)
        st.caption(view.palette_words)
    st.markdown(words.HIDDEN_NOTICE)


def _one_layer(view: View) -> None:
    """What the guess starts from: the templates without a hidden layer."""
    entry = nearest(view.run.spec, one_layer)
    if entry is None or entry.spec.data.name != view.data.name:
        return
    try:
        one = View.of(entry.id)
    except (store.MissingRun, store.DamagedRun) as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.markdown(f"**Without a hidden layer** each class has a template of its own: {one.accuracy_words}.")
    strip(one, f"{PAGE}-before")


def _answer(view: View) -> tuple[str, str]:
    """How many classes lean strongly on each filter, from the output weights on the screen."""
    kernel = view.weights["dense2.kernel"]
    strong = leaners(kernel)
    alone = int((strong == 1).sum())
    return words.ALONE if alone > len(kernel) / 2 else words.SHARED, (
        f"A filter counts for {strong.mean():.1f} of the {words.number(len(view.classes))} classes on average (at least half as much as "
        f"that class's strongest filter); {alone:,} of {len(kernel):,} serve one class alone."
    )


def _message(view: View, theme: colours.Theme, units: tuple[int, ...], states: tuple[int, ...]) -> bytes:
    """Some filters at some states for the browser."""
    kernels = view.over_states("dense1.kernel")
    return pack(
        kernels[list(states)][:, :, list(units)],
        states,
        view.shape,
        [view.units[unit] for unit in units],
        view.limit,
        theme,
        source=view.stamp,
        states=view.run.states,
        state=view.run.states - 1,
        scale=1,
        ends=(float(kernels.min()), float(kernels.max())),
        means=None,
        hint="Point at a filter or a bar to read its weight.",
        words=view.colour_words,
        lead=_lead(view),
    )


def _lead(view: View) -> int:
    """Pixels for the names of the classes."""
    return min(120, round(16.2 + 5.8 * max(map(len, view.classes))))


def _picture(view: View, class_: int | None, places: range, picked: Picked | None, picture: DeltaGenerator) -> None:
    """Filters, bars and the player that drives both, in `picture`."""
    run, theme = view.run, page.theme()
    weights = view.over_states("dense2.kernel")  # (states, units, classes)
    values, sums, activations, what, sum_name = weights, view.over_states("dense2.bias"), None, "output weight", "bias"
    if picked is not None:
        cast = film(run, picked.values.ravel())
        values, sums, activations, what, sum_name = cast.products, cast.logits, cast.activations, "activation × weight", "z"
    limit = float(np.abs(weights).max())
    chosen = unit_order(weights[view.state], class_)[places.start : places.stop]  # from left to right
    units = np.sort(chosen)
    order = np.searchsorted(units, chosen)  # of the columns
    states = view.held(2 * len(units) * int(np.prod(view.shape)))
    with picture:
        said = moments(view, view.seeds_words)
        with st.container(key=SENTENCE):
            st.markdown(said[view.state])
        with st.container(key=f"{PAGE}-hidden", gap="small"):
            of = (tuple(int(unit) for unit in units), tuple(states))
            key = ("hidden film", view.stamp, theme.dark, *of)
            template_film(f"{PAGE}-filters", seen.built(key, lambda: _message(view, theme, *of), "bin"))
            vote_bars(
                f"{PAGE}-votes",
                values[:, units],
                sums,
                view.classes,
                [view.units[unit] for unit in units],
                theme,
                state=view.state,
                limit=limit,
                lead=_lead(view),
                height=max(LEAST, min(MOST, ROWS // len(view.classes))),
                marked=class_,
                what=what,
                sum_name=sum_name,
                activations=None if activations is None else activations[:, units],
            )
        player(
            f"{PAGE}-player",
            shown.labels(run),
            view.state,
            [f"{PAGE}-hidden"],
            signals={"order": ",".join(map(str, order))},
            sentences={SENTENCE: said},
            on_rest=at_rest(view),
        )
        page.legend(
            f"a bar above its line (orange) votes for the class, one below (blue) against; a full bar is ±{number(limit)} at every epoch"
        )
        if len(units) < len(view.units):
            st.caption(f"{len(units)} of {len(view.units):,} filters stand here; what is written at the right counts them all.")
        if picked is not None:
            logits = cast.logits[view.state]
            best = int(logits.argmax())
            st.markdown(
                f"The votes for **{view.classes[best]}** add up to {signed(cast.products[view.state, :, best].sum())}, with its bias "
                f"{signed(cast.bias[view.state, best])} to z = **{signed(logits[best])}**, "
                f"{probability(float(softmax(logits)[best]))} after softmax. The image: {picked.words}."
            )


def _sides(view: View, class_: int) -> None:
    """Which filters vote for and against a class, strongest first."""
    kernel = view.weights["dense2.kernel"]
    word = view.classes[class_]
    for title, units in zip((f"For {word}", f"Against {word}"), sides(kernel, class_), strict=True):
        some = ", ".join(f"filter {u + 1} ({signed(kernel[u, class_], 2)})" for u in units[:NAMED])
        more = f" and {len(units) - NAMED:,} weaker ones" if len(units) > NAMED else ""
        st.markdown(f"**{title}**: {some or 'none'}{more}")
