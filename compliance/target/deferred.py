"""httpx, imported when the first of it is needed: whoever only reads about rules does not wait for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Httpx:
    def __getattr__(self, name: str) -> Any:
        return getattr(import_module("httpx"), name)


httpx = _Httpx()
