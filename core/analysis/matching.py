"""Match an image with each template: the products pixel by pixel, what they add up to and who wins."""

from dataclasses import dataclass

import numpy as np

from core.models.activations import softmax


@dataclass(frozen=True)
class Match:
    """One image laid over each template; sums in float64."""

    products: np.ndarray  # (classes, *image shape), w * x
    positive: np.ndarray  # (classes,) sum of the products above 0
    negative: np.ndarray  # (classes,) sum of the products below 0
    bias: np.ndarray  # (classes,)
    logits: np.ndarray  # (classes,) positive + negative + bias
    probabilities: np.ndarray  # (classes,)

    @property
    def order(self) -> np.ndarray:
        """Classes from the largest logit to the smallest, (classes,); equal ones in class order."""
        return np.argsort(-self.logits, kind="stable")

    @property
    def winner(self) -> int:
        return int(self.order[0])

    @property
    def second(self) -> int:
        return int(self.order[1])


def match(templates: np.ndarray, bias: np.ndarray, image: np.ndarray) -> Match:
    """Multiply an image (*shape), prepared as the network takes it, with templates (classes, *shape) and add up.

    Raises:
        ValueError: image and templates differ in shape.
    """
    if image.shape != templates.shape[1:]:
        raise ValueError(f"The image is {image.shape}, the templates are {templates.shape[1:]}.")
    products = templates.astype(np.float64) * image.astype(np.float64)
    flat = products.reshape(len(products), -1)  # (classes, pixels)
    positive = np.where(flat > 0, flat, 0.0).sum(axis=1)
    negative = np.where(flat < 0, flat, 0.0).sum(axis=1)
    bias = bias.astype(np.float64)
    logits = positive + negative + bias
    return Match(products, positive, negative, bias, logits, softmax(logits))


def decisive(match_: Match, class_a: int, class_b: int) -> np.ndarray:
    """Pixel by pixel, what the image gave class a more than class b, (*image shape); colour channels added up."""
    lead = match_.products[class_a] - match_.products[class_b]
    return lead.sum(axis=-1) if lead.ndim == 3 else lead
