"""What is said for a request where people read it: in records of `logging`, and on the standard streams."""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import dataclass
from typing import Any

from compliance.inside.places import Code
from compliance.inside.served import CURRENT, Served
from compliance.result import Place

_log = logging.getLogger(__name__)

#: Characters that are kept of one saying, and of all.
_LONGEST, _MOST = 20_000, 50_000_000
_STREAMS = ("stdout", "stderr")
#: What every record has; anything else was given with `extra`.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@dataclass(frozen=True)
class Saying:
    """One text, who said it (`the logger app.users`, `standard output`), where, and for which request."""

    who: str
    text: str
    place: Place | None
    served: Served


class Words:
    """Listens to the loggers and, wrapped, to the standard streams."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._handler = _Handler(self)
        self._loggers: list[logging.Logger] = []
        self._wrapped: list[tuple[str, _Overheard]] = []
        self._lock = threading.Lock()
        self._known: set[tuple[str, str, Place | None]] = set()
        self._length = 0
        self.sayings: list[Saying] = []

    @property
    def too_many(self) -> bool:
        """Whether more was said than could be kept."""
        return self._length > _MOST

    def listen(self) -> None:
        """Begin, or see to what was made since: the root, every logger that does not tell it, the streams of the moment."""
        for logger in _loudest():
            if self._handler not in logger.handlers:
                logger.addHandler(self._handler)
                self._loggers.append(logger)
        for name in _STREAMS:
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, _Overheard):
                self._wrapped.append((name, _Overheard(stream, name, self)))
                setattr(sys, name, self._wrapped[-1][1])

    def stop(self) -> None:
        for logger in self._loggers:
            logger.removeHandler(self._handler)
        self._loggers.clear()
        for name, wrapped in self._wrapped:
            wrapped.deafen()
            if getattr(sys, name) is wrapped:
                setattr(sys, name, wrapped.stream)
        self._wrapped.clear()

    def is_chatter(self, record: logging.LogRecord) -> bool:
        """Whether a library tells of itself what only somebody who looks for a fault in it would turn on."""
        return record.levelno <= logging.DEBUG and not self._code.rank(record.pathname)

    def hear(self, who: str, text: str) -> None:
        """Keep what is said for a request, once for each place."""
        served = CURRENT.get()
        if served is None or self.too_many or not text.strip():
            return
        text = text[:_LONGEST]
        place = self._code.here()
        with self._lock:
            if (who, text, place) not in self._known:
                self._known.add((who, text, place))
                self._length += len(text)
                self.sayings.append(Saying(who, text, place, served))


class _Handler(logging.Handler):
    """Hears records; it never fails, and never says anything itself."""

    def __init__(self, words: Words) -> None:
        super().__init__(logging.NOTSET)
        self._words = words

    def emit(self, record: logging.LogRecord) -> None:
        if CURRENT.get() is None or record.name == __name__ or self._words.is_chatter(record):
            return
        try:
            parts = [record.getMessage()]
            parts += [f"{name}={value!r}" for name, value in vars(record).items() if name not in _USUAL]
            if record.exc_info:
                parts.append(logging.Formatter().formatException(record.exc_info))
        except Exception as failure:  # what a service logs may be unprintable: between it and its handlers
            _log.debug("a record could not be heard: %s", type(failure).__name__)
            return
        self._words.hear(f"the logger {record.name}", "\n".join(parts))


class _Overheard:
    """A standard stream that goes on as it is, and is heard meanwhile."""

    def __init__(self, stream: Any, name: str, words: Words) -> None:
        self.stream = stream
        self._who = "standard output" if name == "stdout" else "standard error"
        self._words: Words | None = words

    def deafen(self) -> None:
        """Hear nothing more, whoever keeps it as a stream."""
        self._words = None

    def write(self, text: str) -> Any:
        words = self._words
        if words is not None and isinstance(text, str):
            words.hear(self._who, text)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _loudest() -> list[logging.Logger]:
    """The root, and every logger whose records do not reach it."""
    made = list(logging.root.manager.loggerDict.values())
    return [logging.root, *(one for one in made if isinstance(one, logging.Logger) and not one.propagate)]
