"""A map of what each layer sees: images as points of a plane, and how far their classes have come apart there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from core.analysis.robustness import WEIGHT
from core.models import network
from core.models.blocks import convolutions, end_of
from core.specs import ModelSpec, from_dict, to_dict

IMAGES = 1_000  # that a map shows, the first of a test set
STATES = 26  # that are mapped at the most
SEED = 0  # of what is drawn at random in both methods
WIDE = 50  # directions that t-SNE gets at the most (van der Maaten and Hinton 2008)
PERPLEXITY = 30  # neighbours that t-SNE looks after, about


def names(model: ModelSpec) -> tuple[str, ...]:
    """The layers of a map: the image, what each pool hands on, the dense ones, and the logits."""
    if model.kind == "sequence":
        ends = [end_of(model, one.number).name for one in convolutions(model)]
        return tuple(dict.fromkeys(["input", *ends, *(one.name for one in network.layers(model) if one.kind == "dense"), "logits"]))
    pools = [f"pool{i}" for i in range(1, len(model.channels) + 1)]
    hidden = len(model.sizes) - (2 if model.kind == "dense" else 1)
    return ("input", *pools, *(f"dense{i}" for i in range(1, hidden + 1)), "logits")


def titles(model: ModelSpec) -> list[str]:
    """What a page calls the layers of a map."""
    if model.kind == "dense":
        return ["Input", *(f"Dense {i}" for i in range(1, len(model.sizes)))]
    return [network.layer(model, name).title for name in names(model)]


def given(
    model: ModelSpec, states: Sequence[Mapping[str, np.ndarray]], images: np.ndarray, labels: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the arguments of a task about some states and images (N, ...) uint8."""
    weights = {f"{WEIGHT}{i}:{name}": array for i, state in enumerate(states) for name, array in state.items()}
    return {"images": images, "labels": labels, **weights}, {"model": to_dict(model)}


def _acts(arrays: Mapping[str, np.ndarray], model: ModelSpec, state: int) -> dict[str, np.ndarray]:
    """What each layer of the map gives for all images, (N, values) float64."""
    head = f"{WEIGHT}{state}:"
    weights = {name.removeprefix(head): array for name, array in arrays.items() if name.startswith(head)}
    acts = network.activations(model, weights, arrays["images"], np.float32)
    return {name: acts[name].reshape(len(acts[name]), -1).astype(np.float64) for name in names(model)}


def by_variance(arrays: Mapping[str, np.ndarray], model: Mapping[str, Any], states: Sequence[int]) -> Iterator[dict[str, np.ndarray]]:
    """A task: for each state every layer's plane of the two directions of most variance (PCA).

    Parts hold "points" (layers, N, 2), "variance" (layers, 2), its share on each axis, and "beside" (layers,), see `own_neighbours`.
    """
    spec, labels = from_dict(ModelSpec, dict(model)), arrays["labels"]
    for state in states:
        found = [(plane(values, labels), own_neighbours(values, labels)) for values in _acts(arrays, spec, state).values()]
        yield {
            "points": np.stack([points for (points, _), _ in found]).astype(np.float32),
            "variance": np.stack([variance for (_, variance), _ in found]),
            "beside": np.array([beside for _, beside in found]),
        }


def by_neighbours(arrays: Mapping[str, np.ndarray], model: Mapping[str, Any]) -> Iterator[dict[str, np.ndarray]]:
    """A task: for each layer of one state a plane that keeps neighbours together (t-SNE), "points" (N, 2)."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    for values in _acts(arrays, from_dict(ModelSpec, dict(model)), 0).values():
        if values.shape[1] > WIDE:
            values = PCA(WIDE, svd_solver="randomized", random_state=SEED).fit_transform(values)
        spread = values.std()
        if spread == 0:  # a layer that is dead says the same of every image
            yield {"points": np.zeros((len(values), 2), np.float32)}
            continue
        perplexity = min(PERPLEXITY, (len(values) - 1) // 3)
        points = TSNE(2, perplexity=perplexity, init="pca", random_state=SEED, n_jobs=1).fit_transform(values / spread)
        yield {"points": points.astype(np.float32)}


def plane(values: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two directions of most variance of values (N, n): points (N, 2) and the share of variance on each axis, (2,).

    A direction has two ends; the first class that is there is put to the right and to the top, so that states can be compared.
    """
    from sklearn.decomposition import PCA

    total = values.var(0).sum()
    if total == 0:
        return np.zeros((len(values), 2)), np.zeros(2)
    axes = min(2, values.shape[1])
    found = PCA(axes, svd_solver="full" if values.shape[1] <= WIDE else "randomized", iterated_power=7, random_state=SEED)
    points = np.pad(found.fit_transform(values), ((0, 0), (0, 2 - axes)))
    ends = points[labels == labels.min()].mean(0)
    return points * np.where(ends < 0, -1, 1), np.pad(found.explained_variance_ratio_, (0, 2 - axes))


def own_neighbours(values: np.ndarray, labels: np.ndarray) -> float:
    """Share of images whose nearest neighbour among the others, by the values (N, n) themselves, is of their own class."""
    squares = np.square(values).sum(1)
    distances = squares[:, None] + squares[None] - 2 * values @ values.T
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(1)] == labels).mean())


def states_of(states: int, most: int = STATES) -> list[int]:
    """Which of so many states are mapped, the last first, then the start, then the rest as they come."""
    kept = sorted({round(i * (states - 1) / (most - 1)) for i in range(most)}) if states > most else list(range(states))
    return list(dict.fromkeys([kept[-1], kept[0], *kept]))
