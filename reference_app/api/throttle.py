"""Whoever guesses passwords has to wait, longer each time."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from reference_app.core.exceptions import TooManyRequestsException, UnauthorizedException

# So many wrong passwords in a row are a human's.
PATIENCE = 10
LONGEST_PAUSE = 900
# Names are anybody's to make up: the ones that failed longest ago are forgotten.
MOST_NAMES = 10_000


@dataclass
class _Failures:
    count: int = 0
    until: float = 0.0


class Throttle:
    """Counts wrong passwords in a row by the name that they were for, whether or not somebody has it.

    In memory, so that each process counts for itself and a restart forgets: guessing stays slow all the same.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    @contextmanager
    def watch(self, name: str) -> Iterator[None]:
        """Around a login under that name. Raises TooManyRequestsException where it comes too early."""
        failures = self._failures.get(name.lower(), _Failures())
        left = failures.until - self._clock()
        if left > 0:
            raise TooManyRequestsException(int(left) + 1)
        try:
            yield
        except UnauthorizedException:
            self._count(name.lower())
            raise
        self._failures.pop(name.lower(), None)

    def _count(self, name: str) -> None:
        failures = self._failures.setdefault(name, _Failures())
        self._failures.move_to_end(name)
        failures.count += 1
        if failures.count >= PATIENCE:
            failures.until = self._clock() + min(2 ** min(failures.count - PATIENCE, 10), LONGEST_PAUSE)
        if len(self._failures) > MOST_NAMES:
            self._failures.popitem(last=False)


async def get_throttle(request: Request) -> Throttle:
    """The application's throttle."""
    throttle: Throttle = request.app.state.throttle
    return throttle


ThrottleDep = Annotated[Throttle, Depends(get_throttle)]
