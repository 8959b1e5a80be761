"""A child process that ends with the server that started it, however that one ends.

Only the standard library is imported here: Dask's scheduler needs nothing more of us.
"""

import os
import threading
from collections.abc import Callable
from functools import cache

LOOK_EVERY = 0.5

last_words: list[Callable[[], None]] = []
"""Called, in the child, when the server is found to be gone."""


@cache  # Dask runs what it preloads twice
def follow(owner: int) -> None:
    """End this process within a second of its parent, the process `owner`, even if killed."""
    if hasattr(os, "setsid"):  # Ctrl-C in the terminal is the server's business
        os.setsid()
    threading.Thread(target=_watch, args=(owner,), name="lifeline", daemon=True).start()


def _watch(owner: int) -> None:
    never = threading.Event()
    while os.getppid() == owner:
        never.wait(LOOK_EVERY)
    try:
        for speak in last_words:
            speak()
    finally:
        os._exit(0)
