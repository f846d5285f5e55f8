"""What everyone shares in memory: answers that are worked out once in a process, by key, as many as there is room for.

All functions share one room in bytes. When it is full, what takes the least time to work out again for its bytes goes first, and what
was not asked for lately before what was (GreedyDual-Size: Cao and Irani, USENIX 1997): a large network's arrays, which a file gives
back at once, do not push out charts and surveys. Streamlit's own caches take 0.2 ms to find an answer, a hundred times as long, and a
page looks for dozens.
"""

import inspect
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import update_wrapper
from itertools import count
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakSet

import numpy as np
import pandas as pd
import streamlit as st

ROOM = 160 * 2**20  # bytes of all answers together; the one worked out last is kept, however large
LEFT = 0.9  # share of the room that is taken after room was made, so that not each new answer has to
LEAST = 1_000  # bytes that any answer takes, with its key
P = ParamSpec("P")
R = TypeVar("R")
_everywhere: "WeakSet[Shared[Any, Any]]" = WeakSet()
_lock = threading.Lock()  # of all answers
_asked = count()  # rises with each question


class _Room:
    taken = 0  # bytes
    floor = 0.0  # the worth of what went last: who is asked for again stands above it


_room = _Room()


@dataclass
class _Kept(Generic[R]):
    """An answer that is remembered."""

    answer: R
    size: int  # bytes, about
    price: float  # seconds to work it out, for each byte
    worth: float  # the price over the floor at which it was asked for last; the least goes first
    last: int  # when it was asked for


class Shared(Generic[P, R]):
    """A function that remembers its answers, given to everybody who asks alike: their arrays are made read-only.

    While one person's answer is worked out, others who ask for the same wait for it; who asks for anything else does not.
    """

    def __init__(self, function: Callable[P, R], words: str) -> None:
        self._function, self._words = function, words
        self._keyed = [i for i, name in enumerate(inspect.signature(function).parameters) if not name.startswith("_")]
        self._answers: dict[tuple[Hashable, ...], _Kept[R]] = {}
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
                began = time.thread_time()
                answer = self.afresh(*arguments, **named)
                price = time.thread_time() - began
                freeze(answer)
                size = max(_size(answer), LEAST)
                made = _Kept(answer, size, price / size, _room.floor + price / size, next(_asked))
                with _lock:
                    self._answers[key] = made
                    _room.taken += size
                    if _room.taken > ROOM:
                        _make_room(made)
            finally:
                with _lock:
                    self._under_way.pop(key, None)
        return answer

    def _known(self, key: tuple[Hashable, ...]) -> _Kept[R] | None:
        """A remembered answer, which is thereby worth its whole price again."""
        known = self._answers.get(key)
        if known is not None:
            known.worth, known.last = _room.floor + known.price, next(_asked)
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
            _room.taken -= sum(known.size for known in self._answers.values())
            self._answers.clear()


def shared(words: str = "") -> Callable[[Callable[P, R]], Shared[P, R]]:
    """For a function whose hashable arguments are the key; those whose names begin with an underscore are not part of it.

    Args:
        words: what stands beside a turning wheel while an answer that takes its time is worked out.
    """
    return lambda function: Shared(function, words)


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
    """Forget what is worth least, of any function, until the rest has room."""
    held = [(known, one, key) for one in list(_everywhere) for key, known in one._answers.items()]
    _room.taken = sum(known.size for known, _, _ in held)  # a function that is gone has taken its answers along
    for known, one, key in sorted(held, key=lambda each: (each[0].worth, each[0].last)):
        if _room.taken <= ROOM * LEFT:
            return
        if known is not made:
            del one._answers[key]
            _room.taken -= known.size
            _room.floor = max(_room.floor, known.worth)


def _size(answer: Any) -> int:
    """Bytes of the arrays, tables and texts in an answer; of a file that is mapped none, since the system takes them back by itself."""
    if isinstance(answer, np.memmap):
        return 0
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
