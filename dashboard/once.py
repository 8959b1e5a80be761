"""One object a process, made at first use, even where several threads ask for it at once."""

import functools
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - a decorator
    """A function without arguments that is called once and then remembered.

    Unlike `functools.lru_cache` alone, a second caller waits while the first one's object is made.
    What raises is not remembered: the next call tries again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        functools.update_wrapper(self, make)
        self._get = functools.lru_cache(maxsize=1)(make)
        self._lock = threading.Lock()

    def __call__(self) -> T:
        """The object, made now where there is none yet."""
        with self._lock:
            return self._get()

    def cache_clear(self) -> None:
        """Forget the object; the next call makes another."""
        self._get.cache_clear()
