"""A sign of life for whoever waits: a line now and then while a long run is under way."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

#: Seconds between two lines, and before the first: a short run needs none.
EVERY = 10.0


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...


@contextlib.contextmanager
def pulse(tell: Callable[[], str], stream: Stream, every: float = EVERY) -> Iterator[None]:
    """Write what `tell` says to the stream every so many seconds while the context lasts, and nothing afterwards."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(every):
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                stream.write(f"{tell()}\n")
                stream.flush()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
