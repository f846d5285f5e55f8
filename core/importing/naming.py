"""What a network's outputs stand for, as its file or its owner names them."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.importing.refusal import Refused
from core.specs import SpecError
from core.specs.origin import MOST_CLASSES
from core.specs.own import class_name

KEYS = ("classes", "class_names", "classnames", "label_names", "labels", "idx_to_class", "class_to_idx")  # of a checkpoint's dict


def of_checkpoint(root: Any) -> tuple[str, ...]:
    """The names that a dict beside the weights gives: a list of them, or a dict from or to their numbers; else none."""
    if not isinstance(root, Mapping):
        return ()
    return next((names for key in KEYS if (names := _names(root.get(key)))), ())


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        pairs = [(i, name) if _is_number(i) else (name, i) for i, name in value.items()]
        if not all(_is_number(i) for i, _ in pairs) or sorted(int(i) for i, _ in pairs) != list(range(len(pairs))):
            return ()
        value = [name for _, name in sorted(pairs, key=lambda pair: int(pair[0]))]
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not 1 < len(value) <= MOST_CLASSES:
        return ()
    if not all(isinstance(one, str | int) for one in value):
        return ()
    try:
        names = tuple(class_name(str(one).strip()) for one in value)
    except SpecError:
        return ()
    return names if len(set(names)) == len(names) else ()


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isascii() and value.isdecimal())


def of_owner(text: str, outputs: int) -> tuple[str, ...]:
    """The names that somebody wrote, with commas between them; none for an empty text.

    Raises:
        Refused: they are not as many as outputs, one is none, or one stands there twice; in a sentence.
    """
    if not text.strip():
        return ()
    try:
        names = tuple(class_name(part.strip()) for part in text.split(","))
    except SpecError as error:
        raise Refused(str(error)) from error
    if len(names) != outputs:
        raise Refused(f"These are {len(names)} names, and the network has {outputs} outputs: give each one, in order, with commas between.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Refused(f"{twice!r} stands there twice: each output needs a name of its own.")
    return names
