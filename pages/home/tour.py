"""The tour: pixel, weight, product, sum and winner on a drawn digit, then the weights while they learn, then the rule of colours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis.templates import limit as strong
from core.charts import numbers, raster
from core.charts import templates as pictures
from core.charts.theme import Theme, rgb, theme
from core.data import catalog
from core.frame import choices, page, screen
from core.frame.choices import Choice
from core.frame.site import entry
from core.models import network
from core.serving.shared import shared
from core.ui import shown
from core.ui.class_bars import class_bars
from core.ui.drawing_pad import last_drawing
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import drawn_digit, prepare_or_say
from core.ui.player import player
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.home import words
from pages.home.draw import PAD, said
from pages.home.frames import frames
from pages.home.networks import SHAPE, best, trouble

PAGE = "home"
KIND = "templates"  # whose best network it is
SIDE = 252  # CSS pixels of a picture, nine for each of its own
SMALL, NARROW = 168, 84  # likewise, of three beside each other, and on a telephone
SCALE = 4  # CSS pixels for each of the film's
MOST = 24  # states of the film
DIGIT, PLACE, WHERE, PLAYER, FILM, SENTENCE = (f"home-tour-{name}" for name in ("digit", "place", "on", "player", "film", "sentence"))
LAST = len(words.TOUR_STEPS)


def choice() -> Choice:
    """Which step, 0 for none; it stands in the link."""
    return choices.whole("tour", 0, 0, LAST)


def start() -> None:
    """The button that begins it."""
    st.button(words.TOUR_START, key="home-tour-start", icon=":material/tour:", type="primary", on_click=choices.setter(PAGE, "tour", 1))


@dataclass(frozen=True)
class Digit:
    """A digit under the tour's network, with all that is counted from it."""

    image: np.ndarray  # (28, 28) in [0, 1]
    own: bool  # drawn by this person
    kernel: np.ndarray  # (pixels, 10)
    bias: np.ndarray  # (10,)

    @property
    def pixels(self) -> np.ndarray:
        return self.image.reshape(-1).astype(np.float64)

    def products(self, digit: int) -> np.ndarray:
        """(pixels,)"""
        return self.pixels * self.kernel[:, digit]

    @property
    def sums(self) -> np.ndarray:
        """(10,)"""
        return self.pixels @ self.kernel + self.bias

    @property
    def winner(self) -> int:
        return int(self.sums.argmax())

    @property
    def marked(self) -> int:
        """The pixel that adds most to the winner."""
        return int(self.products(self.winner).argmax())


def tour(step: int) -> None:
    """One step with its way on."""
    title = list(words.TOUR_STEPS)[step - 1]
    page.header(title, words.TOUR_WHERE.format(number=step, count=LAST, act=words.TOUR_STEPS[title]))
    with st.container(key="home-tour", horizontal=True, vertical_alignment="center"):
        if step > 1:
            _to("Back", ":material/arrow_back:", step - 1)
        if step < LAST:
            _to("Next", ":material/arrow_forward:", step + 1, main=True)
        else:
            lesson = entry(KIND)
            st.page_link(lesson.file, label=words.TOUR_END, icon=lesson.icon, query_params={"lesson": "1"})
        _to("Skip" if step < LAST else "Done", ":material/close:", 0)
    found = best(KIND)
    if found is None:
        page.empty(title, trouble(KIND))
    elif title == list(words.TOUR_STEPS)[5]:
        _film(found)
    else:
        _on_a_digit(found, step)


def _to(label: str, icon: str, step: int, main: bool = False) -> None:
    kind = "primary" if main else "secondary"
    st.button(label, key=f"home-tour-{label.lower()}", icon=icon, type=kind, on_click=choices.setter(PAGE, "tour", step))  # type: ignore[arg-type]


@st.fragment
def _on_a_digit(found: Shown, step: int) -> None:
    """A step that shows a digit: drawn now where the step asks for it, else the one drawn last."""
    kernel, bias = (found.weights[f"dense1.{name}"].astype(np.float64) for name in ("kernel", "bias"))
    left, right = st.columns([0.35, 0.65], gap="large")
    own = not last_drawing(PAD, THREE).example
    if step in DRAWN:
        with left, drawn_digit(PAD) as image, right:
            if image is not None:
                DRAWN[step](Digit(image, not last_drawing(PAD, THREE).example, kernel, bias), found)
        return
    with left:
        prepared = prepare_or_say(last_drawing(PAD, THREE))
    if prepared is not None:
        digit = Digit(prepared.of(SHAPE), own, kernel, bias)
        with left:
            chosen = CHOSEN[step][0](digit)
        with right:
            CHOSEN[step][1](digit, chosen)


def _answer(digit: Digit) -> int:
    """Which answer is looked at: the winner at first."""
    st.session_state.setdefault(DIGIT, digit.winner)
    return int(st.segmented_control("Answer", range(10), key=DIGIT, required=True, wrap=True, persist_state="session") or 0)


def _place(digit: Digit) -> int:
    """Which pixel is looked at."""
    place = st.segmented_control(
        "Pixel", list(words.PLACES), default="helps", format_func=words.PLACES.__getitem__, key=PLACE, required=True, wrap=True
    )
    products = digit.products(digit.winner)
    if place == "paper":
        blank = np.where(digit.pixels == 0, np.abs(digit.kernel[:, digit.winner]), -1)
        return int(blank.argmax())
    return int(products.argmin() if place == "harms" else products.argmax())


def _colour(digit: Digit) -> str:
    """Where a pixel of ink is put."""
    return str(
        st.segmented_control(
            "Ink on", list(words.ON), format_func=words.ON.__getitem__, default="orange", key=WHERE, required=True, wrap=True
        )
    )


def _ink(digit: Digit, colours: Theme) -> np.ndarray:
    return colours.ink_palette[raster.amount_levels(digit.image, 1.0)]


def _signed(values: np.ndarray, colours: Theme, limit: float = 0.0) -> np.ndarray:
    """(28, 28, 3) of (pixels,)."""
    return colours.signed_palette[raster.signed_levels(values.reshape(SHAPE), limit or float(np.abs(values).max()) or 1.0)]


def _marked(pixels: np.ndarray, at: int, scale: int, colours: Theme) -> str:
    """A picture with a frame around one pixel, as a data address."""
    large = np.kron(pixels, np.ones((scale, scale, 1), np.uint8))
    row, column = divmod(at, SHAPE[1])
    top, left = scale * row, scale * column
    inner = large[top : top + scale, left : left + scale].copy()
    for reach, colour in ((4, colours.paper), (2, colours.mark)):  # it is seen on ink and on paper
        large[max(0, top - reach) : top + scale + reach, max(0, left - reach) : left + scale + reach] = rgb(colour)
    large[top : top + scale, left : left + scale] = inner
    return raster.rgb_url(large)


def _show(key: str, items: Sequence[tuple[str, str]], side: int, own: bool) -> None:
    """Pictures (address, caption) of one size."""
    thumbnails(f"home-tour-{key}", [Thumbnail(i, url, caption) for i, (url, caption) in enumerate(items)], side=side, own=own)


def _at(pixel: int) -> dict[str, int]:
    """Row and column as people count."""
    row, column = divmod(pixel, SHAPE[1])
    return {"row": row + 1, "column": column + 1}


def _pixels(digit: Digit, found: Shown) -> None:
    colours, at = page.theme(), digit.marked
    st.markdown(
        words.SAYS_PIXELS.format(
            whose=words.OWN if digit.own else words.EXAMPLE,
            pixels=digit.pixels.size,
            inked=int((digit.pixels > 0).sum()),
            value=numbers.number(digit.pixels[at]),
            **_at(at),
        )
    )
    _show("pixels", [(_marked(_ink(digit, colours), at, SIDE // SHAPE[1], colours), words.IMAGE_OF[digit.own])], SIDE, digit.own)


def _winner(digit: Digit, found: Shown) -> None:
    first, second = (int(one) for one in np.argsort(-digit.sums)[:2])
    shares = network.answers(found.run.spec.model, found.weights, digit.image[None])[0]
    st.markdown(
        words.SAYS_WINNER.format(
            first=first,
            sum=numbers.number(digit.sums[first]),
            second=second,
            other=numbers.number(digit.sums[second]),
            share=said(shares[first]),
        )
    )
    class_bars("home-tour-bars", shares, page.theme(), noun="digit")


def _weight(digit: Digit, chosen: int) -> None:
    colours, at = page.theme(), digit.marked
    weight = digit.kernel[at, chosen]
    way = words.FOR if weight > 0 else words.AGAINST if weight < 0 else words.NEITHER
    st.markdown(words.SAYS_WEIGHT.format(digit=chosen, weight=numbers.signed(weight), way=way, pixels=digit.pixels.size))
    scale = SIDE // SHAPE[1]
    limit = strong(digit.kernel)
    items = [
        (_marked(_ink(digit, colours), at, scale, colours), words.IMAGE_OF[digit.own]),
        (_marked(_signed(digit.kernel[:, chosen], colours, limit), at, scale, colours), words.WEIGHTS_OF.format(digit=chosen)),
    ]
    _show("weight", items, SIDE, digit.own)
    page.legend()


def _three(digit: Digit, chosen: int, at: int | None) -> None:
    """Image × weights = products, with a pixel marked in each."""
    colours, side = page.theme(), NARROW if screen.narrow() else SMALL
    scale = side // SHAPE[1]
    parts = [
        (_ink(digit, colours), words.IMAGE_OF[digit.own]),
        (_signed(digit.kernel[:, chosen], colours, strong(digit.kernel)), words.TEMPLATE.format(digit=chosen)),
        (_signed(digit.products(chosen), colours), words.PRODUCTS),
    ]
    items = [(raster.rgb_url(part, scale) if at is None else _marked(part, at, scale, colours), caption) for part, caption in parts]
    _show("three", items, side, digit.own)
    page.legend()


def _product(digit: Digit, at: int) -> None:
    value, weight = digit.pixels[at], digit.kernel[at, digit.winner]
    st.markdown(
        words.SAYS_PRODUCT.format(
            **_at(at),
            value=numbers.number(value),
            weight=numbers.signed(weight),
            product=numbers.signed(value * weight),
            digit=digit.winner,
            why="" if value else words.NO_INK,
        )
    )
    _three(digit, digit.winner, at)


def _sum(digit: Digit, chosen: int) -> None:
    products = digit.products(chosen)
    st.markdown(
        words.SAYS_SUM.format(
            up=numbers.signed(products[products > 0].sum()),
            down=numbers.signed(products[products < 0].sum()),
            bias=numbers.signed(digit.bias[chosen]),
            sum=numbers.number(digit.sums[chosen]),
            digit=chosen,
        )
    )
    _three(digit, chosen, None)


def _rule(digit: Digit, on: str) -> None:
    """One more pixel of ink, on a weight of a colour."""
    colours, kernel = page.theme(), digit.kernel[:, digit.winner]
    paper = digit.pixels < 0.5
    ranked = {"orange": kernel, "blue": -kernel, "none": -np.abs(kernel)}[on]
    at = int(np.where(paper, ranked, -np.inf).argmax())
    before = digit.sums[digit.winner]
    after = before + (1 - digit.pixels[at]) * kernel[at]
    st.markdown(
        words.SAYS_COLOUR.format(place=words.ON[on], digit=digit.winner, before=numbers.fixed(before, 2), after=numbers.fixed(after, 2))
    )
    more = digit.image.copy().reshape(-1)
    more[at] = 1
    scale = SIDE // SHAPE[1]
    inked = colours.ink_palette[raster.amount_levels(more.reshape(SHAPE), 1.0)]
    items = [
        (_marked(inked, at, scale, colours), words.IMAGE_OF[digit.own]),
        (_marked(_signed(kernel, colours, strong(digit.kernel)), at, scale, colours), words.WEIGHTS_OF.format(digit=digit.winner)),
    ]
    _show("rule", items, SIDE, digit.own)


DRAWN: dict[int, Callable[[Digit, Shown], None]] = {1: _pixels, 5: _winner}  # steps with the pad
CHOSEN: dict[int, tuple[Callable, Callable]] = {2: (_answer, _weight), 3: (_place, _product), 4: (_answer, _sum), 7: (_colour, _rule)}


@st.fragment
def _film(found: Shown) -> None:
    """All templates over the epochs, with the share that is read right."""
    states = film_states(found)
    kept = [found.at(state) for state in states]
    says = [state_sentence(one) for one in kept]
    at = st.session_state.setdefault("home-tour-state", 0)
    at = min(at, len(states) - 1)
    with st.container(key=SENTENCE):
        st.markdown(says[at])
    urls, across = _sheets(found, found.key, found.run.states, page.theme().dark)
    with st.container(key=FILM):
        frames("home-tour-frames", FILM, urls, at, SCALE * across, words.FILM_ALT)

    def rested() -> None:
        st.session_state["home-tour-state"] = int(st.session_state[PLAYER]["frame"])

    labels = [shown.labels(found.run)[state] for state in states]
    player(PLAYER, labels, at, [FILM], name=words.EPOCH, sentences={SENTENCE: says}, on_rest=rested)
    page.legend()


def film_states(found: Shown) -> list[int]:
    """The states of the film: the first and the last, and between them some, close together where most happens."""
    if found.run.states <= MOST:
        return list(range(found.run.states))
    return np.linspace(0, found.run.states - 1, MOST).round().astype(int).tolist()


def state_sentence(one: Shown) -> str:
    """A state and its share of test digits."""
    spec = one.run.spec
    share = numbers.percent(one.run.history["accuracy_test"][one.state])
    moment = one.words[0].upper() + one.words[1:]
    return words.SAYS_STATE.format(moment=moment, share=share, count=f"{spec.data.test:,}")


@shared()
def _sheets(_found: Shown, key: str, states: int, dark: bool) -> tuple[tuple[str, ...], int]:
    """A picture a state, and how many pixels it is across."""
    colours, shape = theme(dark), catalog.shape_of(_found.run.spec.data)
    limit = strong(_found.at(-1).weights["dense1.kernel"])
    sheets = []
    for state in film_states(_found):
        kernel = _found.at(state).weights["dense1.kernel"]  # (pixels, classes)
        sheets.append(pictures.sheet(np.moveaxis(kernel.reshape(*shape, -1), -1, 0), limit, colours))
    return tuple(raster.rgb_url(sheet) for sheet in sheets), sheets[0].shape[1]
