"""How the target is reached: certificates, proxies and patience, the same for the document, the rules and the engine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

#: A connection is not used again after two idle seconds: servers close theirs after five, and a write that meets
#: the closing cannot be sent again.
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.0)


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine by its name or number; a name is never resolved."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Connection:
    """The way to one origin; `timeout` in seconds, `rate` in requests a second, `ca` a file of certificates to trust."""

    base_url: str
    timeout: float = 30.0
    rate: float | None = None
    ca: str | None = None

    def open(self, **changes: Any) -> httpx.Client:
        """A fresh client that follows no redirect. Proxies of the environment are for other machines only."""
        settings: dict[str, Any] = {
            "timeout": self.timeout,
            "limits": LIMITS,
            "follow_redirects": False,
            "trust_env": not is_loopback(self.base_url),
        }
        return httpx.Client(**(settings | changes))
