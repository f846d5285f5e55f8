"""What everyone shares in memory: answers that are worked out once in a process, by key, as many as are given room.

All functions share one room in bytes, so that a few large networks do not fill the memory: what was not asked for longest goes.
Streamlit's own caches do the same; they take 0.2 ms to find an answer, a hundred times as long, and a page looks for dozens.
"""

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import update_wrapper
from itertools import count
from operator import itemgetter
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakSet

import numpy as np
import pandas as pd
import streamlit as st

ROOM = 192 * 2**20  # bytes of all answers together; the one asked for last is kept, however large
P = ParamSpec("P")
R = TypeVar("R")
_everywhere: "WeakSet[Shared[Any, Any]]" = WeakSet()
_lock = threading.Lock()  # of all answers
_asked = count()  # rises with each question


class _Room:
    taken = 0  # bytes since it was last looked for, at most: what went meanwhile is not counted


_room = _Room()


@dataclass
class _Kept(Generic[R]):
    """An answer that is remembered."""

    answer: R
    size: int  # bytes, about
    last: int  # when it was asked for


class Shared(Generic[P, R]):
    """A function that remembers its answers, given to everybody who asks alike: their arrays are made read-only.

    While one person's answer is worked out, others who ask for the same wait for it; who asks for anything else does not.
    """

    def __init__(self, function: Callable[P, R], entries: int, words: str) -> None:
        self._function, self._entries, self._words = function, entries, words
        self._keyed = [i for i, name in enumerate(inspect.signature(function).parameters) if not name.startswith("_")]
        self._answers: OrderedDict[tuple[Hashable, ...], _Kept[R]] = OrderedDict()  # the one that was asked for last stands last
        self._under_way: dict[tuple[Hashable, ...], threading.Lock] = {}
        update_wrapper(self, function)
        _everywhere.add(self)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> R:
        """The answer for these arguments, all by position."""
        assert not named, "give the arguments by position"
        key = tuple([arguments[i] for i in self._keyed])
        with _lock:
            known = self._known(key)
            if known is not None:
                return known.answer
            mine = self._under_way.setdefault(key, threading.Lock())
        with mine:
            with _lock:
                known = self._known(key)
                if known is not None:  # somebody else has worked it out meanwhile
                    return known.answer
            try:
                answer = self.afresh(*arguments, **named)
                freeze(answer)
                made = _Kept(answer, _size(answer), 0)
                with _lock:
                    made.last = next(_asked)
                    self._answers[key] = made
                    if len(self._answers) > self._entries:
                        self._answers.popitem(last=False)
                    _room.taken += made.size
                    if _room.taken > ROOM:
                        _make_room(made)
            finally:
                with _lock:
                    self._under_way.pop(key, None)
        return answer

    def _known(self, key: tuple[Hashable, ...]) -> _Kept[R] | None:
        """A remembered answer, which is thereby the one asked for last."""
        known = self._answers.get(key)
        if known is not None:
            self._answers.move_to_end(key)
            known.last = next(_asked)
        return known

    def afresh(self, *arguments: P.args, **named: P.kwargs) -> R:
        """The answer worked out for one person alone, and not kept."""
        if not self._words:
            return self._function(*arguments, **named)
        with st.spinner(self._words):
            return self._function(*arguments, **named)

    def clear(self) -> None:
        """Forget every answer; for tests."""
        with _lock:
            self._answers.clear()


def shared(entries: int, words: str = "") -> Callable[[Callable[P, R]], Shared[P, R]]:
    """For a function whose hashable arguments are the key; those whose names begin with an underscore are not part of it.

    Args:
        entries: answers that are kept, those asked for last.
        words: what stands beside a turning wheel while an answer that takes its time is worked out.
    """
    return lambda function: Shared(function, entries, words)


def freeze(answer: Any) -> None:
    """Make every array in an answer read-only, inside tables, tuples, lists, mappings and dataclasses too."""
    if isinstance(answer, np.ndarray):
        answer.flags.writeable = False
    elif isinstance(answer, pd.DataFrame | pd.Series):
        freeze(answer._mgr.arrays)  # what pandas itself hands out of them is read-only, but a table can be written into
    elif isinstance(answer, tuple | list):
        for part in answer:
            freeze(part)
    elif isinstance(answer, Mapping):
        freeze(list(answer.values()))
    elif is_dataclass(answer) and not isinstance(answer, type):
        freeze([getattr(answer, field.name) for field in fields(answer)])


def _make_room(made: _Kept[Any]) -> None:
    """Forget what was not asked for longest, of any function, until the rest has room."""
    held = sorted(
        ((known.last, known.size, one, key) for one in list(_everywhere) for key, known in one._answers.items()), key=itemgetter(0)
    )
    _room.taken = sum(size for _, size, _, _ in held)
    for last, size, one, key in held:
        if _room.taken <= ROOM or last == made.last:
            return
        del one._answers[key]
        _room.taken -= size


def _size(answer: Any) -> int:
    """Bytes of the arrays, tables and texts in an answer."""
    if isinstance(answer, np.ndarray):
        return answer.nbytes
    if isinstance(answer, pd.DataFrame):
        return int(answer.memory_usage(deep=True).sum())
    if isinstance(answer, (str, bytes)):
        return len(answer)
    if isinstance(answer, Mapping):
        return sum(map(_size, answer.values()))
    if isinstance(answer, (list, tuple)):
        return sum(map(_size, answer))
    if is_dataclass(answer) and not isinstance(answer, type):
        return sum(_size(getattr(answer, field.name)) for field in fields(answer))
    return 0


def clear() -> None:
    """Forget all answers of all functions; for tests."""
    for one in list(_everywhere):
        one.clear()
