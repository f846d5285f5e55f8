"""Ten probabilities as bars that follow the pen: a row a digit, its share as a bar and as a number.

A chart of ten bars takes the browser longer to change than the network takes to read a digit; these are ten widths.
"""

import numpy as np

from core.charts.theme import Theme
from core.ui.browser_part import browser_part

_bars = browser_part("kernel_explorer_probability_bars", __file__)


def probability_bars(key: str, shares: np.ndarray, colours: Theme, *, title: str = "", words: str = "") -> None:
    """Show the probabilities (10,) of the digits 0 to 9, the largest one strong.

    Args:
        title: a heading above, and `words` below it; both follow the pen with the bars.
    """
    _bars(
        key=key,
        data={
            "shares": [float(share) for share in shares],
            "said": "Probability of each digit: " + ", ".join(f"{d} {100 * p:.1f} %" for d, p in enumerate(shares)),
            "strong": colours.right,
            "weak": colours.muted,
            "title": title,
            "words": words,
        },
    )
