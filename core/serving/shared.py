"""What everyone shares in memory: answers that are worked out once in a process, by key, as many as are given room.

Streamlit's own caches do the same; they take 0.2 ms to find an answer, a hundred times as long, and a page looks for dozens.
"""

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakSet

import streamlit as st

P = ParamSpec("P")
R = TypeVar("R")
_everywhere: "WeakSet[Shared[Any, Any]]" = WeakSet()


class Shared(Generic[P, R]):
    """A function that remembers its answers: read-only objects, given to everybody who asks alike.

    While one person's answer is worked out, others who ask for the same wait for it; who asks for anything else does not.
    """

    def __init__(self, function: Callable[P, R], entries: int, words: str) -> None:
        self._function, self._entries, self._words = function, entries, words
        self._keyed = [i for i, name in enumerate(inspect.signature(function).parameters) if not name.startswith("_")]
        self._answers: OrderedDict[tuple[Hashable, ...], R] = OrderedDict()  # the one that was asked for last stands last
        self._under_way: dict[tuple[Hashable, ...], threading.Lock] = {}
        self._lock = threading.Lock()
        update_wrapper(self, function)
        _everywhere.add(self)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> R:
        """The answer for these arguments, all by position."""
        assert not named, "give the arguments by position"
        key = tuple([arguments[i] for i in self._keyed])
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            mine = self._under_way.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                if key in self._answers:  # somebody else has worked it out meanwhile
                    return self._answers[key]
            try:
                answer = self.afresh(*arguments, **named)
                with self._lock:
                    self._answers[key] = answer
                    if len(self._answers) > self._entries:
                        self._answers.popitem(last=False)
            finally:
                with self._lock:
                    self._under_way.pop(key, None)
        return answer

    def afresh(self, *arguments: P.args, **named: P.kwargs) -> R:
        """The answer worked out for one person alone, and not kept."""
        if not self._words:
            return self._function(*arguments, **named)
        with st.spinner(self._words):
            return self._function(*arguments, **named)

    def clear(self) -> None:
        """Forget every answer; for tests."""
        with self._lock:
            self._answers.clear()


def shared(entries: int, words: str = "") -> Callable[[Callable[P, R]], Shared[P, R]]:
    """For a function whose hashable arguments are the key; those whose names begin with an underscore are not part of it.

    Args:
        entries: answers that are kept, those asked for last.
        words: what stands beside a turning wheel while an answer that takes its time is worked out.
    """
    return lambda function: Shared(function, entries, words)


def clear() -> None:
    """Forget all answers of all functions; for tests."""
    for one in list(_everywhere):
        one.clear()
