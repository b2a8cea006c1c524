"""People's logs hear nothing of the kit's requests: the libraries that send them write addresses, headers and cookies there.

What they write cannot be made harmless afterwards, because a cookie is logged before the kit knows that it is a secret.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

#: The libraries that send or make requests; what they log below these names is theirs as well.
CHATTY = ("httpx", "httpcore", "urllib3", "requests", "schemathesis", "hypothesis", "h11", "hpack")
_SILENT = logging.CRITICAL + 1


@contextmanager
def hushed() -> Iterator[None]:
    """These loggers write nothing meanwhile, and are afterwards as they were. May be entered more than once."""
    before = {logger: logger.level for logger in _loggers()}
    for logger in before:
        logger.setLevel(_SILENT)
    try:
        yield
    finally:
        for logger, level in before.items():
            logger.setLevel(level)


def _loggers() -> list[logging.Logger]:
    """Those, and of what is below them what has a level of its own; the rest takes theirs."""
    made = logging.root.manager.loggerDict.items()
    below = tuple(f"{name}." for name in CHATTY)
    own = [
        one
        for name, one in list(made)
        if name.startswith(below) and isinstance(one, logging.Logger) and one.level
    ]
    return [*map(logging.getLogger, CHATTY), *own]
