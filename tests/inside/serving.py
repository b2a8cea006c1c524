"""Small applications that are served and watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from compliance.contract import understand
from compliance.inside import Watch
from compliance.target.serving import serve


@contextmanager
def watched(app: Any) -> Iterator[tuple[httpx.Client, Watch]]:
    """A client of the application, and who watches it. These tests are the service's code."""
    watch = Watch(app, __name__)
    with watch.installed(), serve(watch.app, "tests") as url:
        if hasattr(app, "openapi"):
            watch.contract = understand(app.openapi(), "")
        with httpx.Client(base_url=url, trust_env=False) as client:
            yield client, watch


def settled(watch: Watch) -> None:
    """Wait until every request has ended."""
    watch._come_to_rest()
