"""The learning page: a step of a dense network of 784x128, and the mark of the rate dragged in the browser.

Run by `python -m benchmarks.look_learning`. The step is the processor's time for all that its picture and its ledger say; its peer is
torch's autograd for the same gradient and the same loss afterwards. The peer of a drag is the rest of the mark, by way of the server.
A change is the processor's time for all that the server does when something is chosen in a part; its peer is the same view once more.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

import numpy as np
import torch
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from benchmarks.look_templates import row
from benchmarks.served import ROOT, served
from core.analysis import gradient
from core.analysis.gradient_terms import cell_terms, nudged
from core.models import dense
from core.specs import ModelSpec

ROUNDS = 15
CHANGES = (  # part, its link, what is chosen there, and what
    ("step", "shown=white", "image", range(1, 9)),
    ("batch", "shown=which-others", "draw", range(1, 9)),
    ("rate", "shown=tenfold", "draw", range(1, 9)),
    ("rate", "shown=tenfold", "eta", (0.2, 0.5, 1.0, 2.0, 0.05, 0.02)),
    ("back", "shown=slowest", "image", range(1, 9)),
    ("back", "shown=slowest", "epoch", range(3, 11)),
    ("surface", "", "span", (2.0, 8.0, 1.0, 0.5, 16.0)),
    ("path", "", "cell", tuple(f"{unit}-{400 + unit}" for unit in range(8))),
)
MODEL = ModelSpec(sizes=(784, 128, 10), activation="relu", initializer="he")
# One move of the mark: the figures under it change at once, so the time until the event has been handled is the time to draw.
DRAG = """([plot, share]) => {
  const box = plot.getBoundingClientRect();
  const at = { clientX: box.left + box.width * share, clientY: box.top + 100, bubbles: true, pointerId: 1, isPrimary: true, buttons: 1 };
  const started = performance.now();
  plot.dispatchEvent(new PointerEvent('pointermove', at));
  return new Promise((done) => requestAnimationFrame(() => done(performance.now() - started)));
}"""


def ours(weights: dict[str, np.ndarray], image: np.ndarray) -> None:
    """All numbers of a step: the gradient, the pass after it, one cell's terms and its check by nudging."""
    labels = np.array([3])
    found = gradient.backward(MODEL, weights, image, labels)
    gradient.backward(MODEL, gradient.stepped(weights, found.gradient(), 0.1), image, labels)
    cell_terms(MODEL, weights, found, 3, 1, 400, 5)
    nudged(MODEL, weights, image[0], 3, 1, 400, 5)


def theirs(weights: dict[str, np.ndarray], image: np.ndarray) -> None:
    """The gradient and the loss after the step by torch."""
    tensors = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in weights.items()}
    x, label = torch.tensor(image, dtype=torch.float64), torch.tensor([3])

    def loss(now: dict[str, torch.Tensor]) -> torch.Tensor:
        hidden = torch.relu(x @ now["dense1.kernel"] + now["dense1.bias"])
        return torch.nn.functional.cross_entropy(hidden @ now["dense2.kernel"] + now["dense2.bias"], label)

    loss(tensors).backward()
    with torch.no_grad():
        loss({name: tensor - 0.1 * tensor.grad for name, tensor in tensors.items() if tensor.grad is not None})


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of the processor for one call."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def steps() -> tuple[float, float]:
    """Medians of a step here and by torch, in turns."""
    torch.set_num_threads(1)
    weights, image = dense.initial(MODEL), np.random.default_rng(0).random((1, 784))
    rounds = [(spent(lambda: ours(weights, image)), spent(lambda: theirs(weights, image))) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(one for one, _ in rounds), statistics.median(other for _, other in rounds)


def changes(section: str, query: str, name: str, items: Sequence[object]) -> tuple[float, float]:
    """Medians of a whole rerun of a part with another item of a choice each time, and with nothing changed, in turns."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app._page_hash = calc_hash("learning")
    for choice, text in parse_qsl(f"section={section}&model=mlp-relu&{query}"):
        app.query_params[choice] = text
    app.run()
    changed, same = [], []
    for item in items:
        app.session_state[f"learning-{name}"] = item
        changed.append(spent(app.run))
        same.append(spent(app.run))
        assert not app.exception, app.exception[0].message
    return statistics.median(changed[1:]), statistics.median(same[1:])


def drags() -> tuple[float, float]:
    """Medians of a move of the mark, and from its rest until the page has answered."""
    with served() as (url, browser):
        page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{url}/learning?section=rate")
        plot = page.locator(".st-key-learning-rate .plot")
        box = plot.bounding_box()
        assert box is not None
        moved, rested = [], []
        for i in range(ROUNDS):
            share = 0.2 + 0.05 * (i % 13)
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + 100)
            page.mouse.down()
            moved.append(page.evaluate(DRAG, [plot.element_handle(), share + 0.02]))
            before, began = page.url, time.perf_counter()
            page.mouse.up()
            page.wait_for_function("before => location.href !== before", arg=before)
            rested.append((time.perf_counter() - began) * 1000)
            page.wait_for_timeout(300)
        return statistics.median(moved[1:]), statistics.median(rested[1:])


def main() -> None:
    step, autograd = steps()
    drag, rest = drags()
    parts = [(section, name, changes(section, query, name, items)) for section, query, name, items in CHANGES]
    for line in (
        row("learning: a step of 784x128, processor time", step, "ms", 100, autograd, "torch's autograd"),
        row("learning: a move of the rate's mark", drag, "ms", 25, rest, "the mark at rest, by the server"),
        *(
            row(f"learning: 784x128, {section}: another {name}, the server's processor time", changed, "ms", 100, same, "the same again")
            for section, name, (changed, same) in parts
        ),
    ):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
