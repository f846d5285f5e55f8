"""A bar on the terminal for records as they come: epochs done, time left, how well it goes."""

import math
from collections.abc import Iterator
from typing import TypeVar

from tqdm import tqdm

from core.training.loop import EpochRecord

R = TypeVar("R", EpochRecord, list[EpochRecord])


def shown(records: Iterator[R], epochs: int, label: str, *, quiet: bool = False) -> Iterator[R]:
    """The same records, one a state or a list of one for each network, with a bar on the error stream."""
    form = "{desc}: {percentage:3.0f}% |{bar}| epoch {n:g} of {total:g}, {elapsed} gone, {remaining} left{postfix}"
    with tqdm(total=epochs, desc=label, bar_format=form, disable=quiet) as bar:
        for record in records:
            first = record[0] if isinstance(record, list) else record
            bar.update(first.epoch - bar.n)
            accuracy = first.metrics.get("accuracy_test", first.metrics.get("accuracy"))
            known = accuracy is not None and not math.isnan(accuracy)  # not a number: no test images
            bar.set_postfix_str(f"test {accuracy:.2%}" if known else "")
            yield record
