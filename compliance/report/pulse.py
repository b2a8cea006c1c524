"""A sign of life for whoever waits: in a terminal one line that is written anew, in a log a line now and then."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Protocol, TextIO

#: Seconds between two lines of a log, and before the first: a short run needs none.
EVERY = 10.0
#: Seconds between two states of the line of a terminal.
BLINK = 0.2
#: Back to the first column, and the rest of the line away.
ANEW = "\r\x1b[K"


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...
    def isatty(self) -> bool: ...


@contextlib.contextmanager
def pulse(tell: Callable[[], str], stream: Stream, every: float | None = None) -> Iterator[None]:
    """Write what `tell` says to the stream while the context lasts, and nothing afterwards.

    every: seconds, where it is not what the stream asks for.
    """
    live = stream.isatty() and os.environ.get("TERM") != "dumb"

    def beat() -> None:
        text = tell()
        stream.write(f"{ANEW}{text[: shutil.get_terminal_size().columns - 1]}" if live else f"{text}\n")
        stream.flush()

    try:
        with beating(beat, every or (BLINK if live else EVERY)):
            yield
    finally:
        if live:
            with contextlib.suppress(OSError, ValueError):
                stream.write(ANEW)
                stream.flush()


@contextlib.contextmanager
def beside(tell: Callable[[], str], stream: TextIO) -> Iterator[None]:
    """The same in a log that somebody else writes: each line stands below what is there, finished or not.

    It goes where the stream goes now, whoever captures it meanwhile.
    """
    with contextlib.ExitStack() as stack:
        kept = stream
        with contextlib.suppress(OSError, ValueError):  # no file is behind it
            kept = stack.enter_context(os.fdopen(os.dup(stream.fileno()), "w", encoding="utf-8"))

        def beat() -> None:
            kept.write(f"\n{tell()}\n")
            kept.flush()

        with beating(beat, EVERY):
            yield


@contextlib.contextmanager
def beating(beat: Callable[[], None], every: float) -> Iterator[None]:
    """Call `beat` every so many seconds from a thread of its own while the context lasts."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(every):
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                beat()

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
