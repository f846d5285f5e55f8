"""Views that people open by link, and what they do there: pages and sections of the app, and the page that is the floor."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Common_pb2 import StringArray

from benchmarks.person import Widget, value


@dataclass(frozen=True)
class View:
    """One address of the app."""

    page: str  # its path; empty for home
    search: str = ""

    def __str__(self) -> str:
        return f"/{self.page}" + (f"?{self.search}" if self.search else "")


VIEWS = (
    View(""),
    View("", "tour=1"),
    View("", "tour=5"),
    View("pulses"),
    View("pulses", "open=7&make=drawing"),
    View("mlp"),
    View("mlp", "layer=1"),
    View("mlp", "layer=2&section=units"),
    View("mlp", "section=epochs&layer=3"),
    View("mlp", "section=compare"),
    View("mlp", "section=image&image=7"),
    View("mlp", "section=off&units=3"),
    View("mlp", "section=download&model=mlp-random"),
    View("mlp", "model=mlp-relu"),
    View("templates"),
    View("templates", "lesson=1"),
    View("mlp", "lesson=end"),
    View("templates", "model=softmax-cifar10"),
    View("templates", "section=rolled&class=3"),
    View("templates", "section=match&image=7"),
    View("templates", "section=mistakes"),
    View("templates", "section=confusion"),
    View("templates", "section=confusion&form=images"),
    View("templates", "section=pictures&model=softmax-cifar10"),
    View("templates", "section=hidden&model=hidden-mnist"),
    View("templates", "section=breaking&image=7"),
    View("templates", "section=confidence"),
    View("templates", "section=map"),
    View("learning"),
    View("learning", "section=batch&batch=128"),
    View("learning", "section=rate&batch=128"),
    View("learning", "section=back&model=mlp-random"),
    View("learning", "section=surface"),
    View("learning", "section=path"),
    View("learning", "section=pulses"),
    View("cnn"),
    View("cnn", "run=pulse-ten"),
    View("cnn", "section=convolution&image=test-3"),
    View("cnn", "section=response&pulse=square"),
    View("cnn", "section=tests"),
    View("cnn", "section=breaking"),
    View("cnn", "section=confidence"),
    View("digits"),
    View("digits", "section=compare"),
    View("digits", "section=summary"),
    View("digits", "section=table"),
    View("digits", "section=filters"),
    View("digits", "section=train"),
    View("digits", "section=breaking&input=test-7"),
    View("digits", "section=confidence"),
    View("digits", "section=map"),
    View("lab"),
    View("lab", "section=queue"),
    View("lab", "section=compare"),
    View("lab", "section=sweep"),
    View("lab", "section=class"),
    View("words"),
    View("words", "group=images"),
    View("own"),
    View("own", "section=images"),
    View("own", "section=sheet"),
    View("own", "section=away&format=onnx"),
)
FLOOR = (View(""),)  # of benchmarks/floor_page.py

OPEN, TAB = "open", "first view"  # a view in the tab that is open, or in a new one
STROKE = "stroke"
# What people do beside opening views: how often, and the keys of the widgets that serve for it, wherever one of them stands.
ACTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "section": (
        2,
        (
            "mlp-section",
            "templates-section",
            "learning-section",
            "cnn-section",
            "digits-section",
            "own-section",
            "lab-section",
            "pulses-make",
            "floor-section",
        ),
    ),
    "layer or model": (
        2,
        ("mlp-layer", "mlp-model", "templates-model", "learning-model", "cnn-run", "digits-run", "pulses-count", "floor-model"),
    ),
    "pick": (
        2,
        (
            "mlp-matrix-chart",
            "templates-samples",
            "cnn-maps",
            "digits-layers",
            "digits-compare-maps",
            "digits-patches",
            "pulses-gallery",
        ),
    ),
    "walk": (2, ("home-tour-start", "home-tour-next", "home-tour-back", "lesson-start", "lesson-next", "lesson-back")),
    "rest": (2, ("mlp-player", "templates-player", "cnn-player", "digits-epoch", "floor-epoch")),
    STROKE: (1, ("home-pad", "digits-pad")),
}
CHOSEN = ("section", "layer or model")  # acts that show something else, which is worked out once
OPENING = {OPEN: 3, TAB: 1}
MOVES = 30  # of a stroke


def absent(seen: Iterable[str], *, floor: bool = False) -> list[str]:
    """Keys of ACTS that were never seen in the app, or on the floor: nobody would use what is called otherwise now."""
    known = set(seen)
    keys = [key for _, own in ACTS.values() for key in own]
    return sorted(key for key in keys if key.startswith("floor-") == floor and key not in known)


def act(widgets: Iterable[str], rng: random.Random) -> tuple[str, str]:
    """What somebody does next among these widgets: the kind of act, and the key of the widget (empty for opening a view)."""
    standing = set(widgets)
    offered: dict[tuple[str, str], float] = {(kind, ""): often for kind, often in OPENING.items()}
    for kind, (often, keys) in ACTS.items():
        there = [key for key in keys if key in standing]
        offered |= {(kind, key): often / len(there) for key in there}
    return rng.choices(list(offered), list(offered.values()))[0]


def every(widget: Widget) -> Iterator[dict[str, Any]]:
    """All that can be chosen with a widget of several choices, as `values`."""
    element: Any = widget.element
    if element.DESCRIPTOR.name == "ButtonGroup":
        yield from ({"string_array_value": StringArray(data=[option.content])} for option in element.options)
    elif element.DESCRIPTOR.name == "Selectbox":
        yield from ({"string_value": option} for option in element.options)


def values(kind: str, widget: Widget, rng: random.Random) -> Iterator[dict[str, Any]]:
    """What the browser says when somebody does that with a widget: `Person.use`'s values, one for each request."""
    element: Any = widget.element
    name = element.DESCRIPTOR.name
    if kind == STROKE:
        shown = json.loads(element.json)["shown"]
        for i, strokes in enumerate(stroke(rng)):
            yield {"json_value": json.dumps({"drawing": {"sequence": shown + 1 + i, "strokes": strokes}})}
    elif name == "ButtonGroup":
        yield {"string_array_value": StringArray(data=[rng.choice(element.options).content])}
    elif name == "Selectbox":
        yield {"string_value": rng.choice(element.options)}
    elif name == "Button":
        yield {"trigger_value": True}
    elif name == "Slider":
        yield {"string_array_value": StringArray(data=[rng.choice(element.options)])}
    elif name == "VegaLiteChart":  # the matrix of a small layer: a cell that all of them have
        yield {"string_value": json.dumps({"selection": {"pick": [{"py": rng.randrange(7), "px": rng.randrange(7)}]}})}
    else:  # a browser part of ours
        data = json.loads(element.json)
        yield {"json_value": json.dumps(_part(data, rng))}


def _part(data: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """What a browser part tells: the frame at which a player rests, or the picture that was clicked."""
    if "labels" in data:
        return {"frame": rng.randrange(len(data["labels"])), "report": rng.randrange(1, 2**40)}
    if "items" in data:
        return {"picked": rng.choice(value(data["items"]))["id"]}
    cells = [cell[0] for strip in value(data["strips"]) for cell in strip["cells"]]
    return {"picked": {"id": rng.choice(cells), "at": rng.randrange(2**40)}}


def stroke(rng: random.Random) -> Iterator[list[dict[str, Any]]]:
    """A line that grows move by move, as a pad tells it: all strokes so far, in thousandths of its side."""
    x, y = rng.randrange(300, 700), rng.randrange(100, 300)
    points = [x, y]
    for _ in range(MOVES):
        x, y = min(max(x + rng.randrange(-20, 21), 0), 1000), min(y + 20, 1000)
        points += [x, y]
        yield [{"width": 85, "points": list(points)}]
