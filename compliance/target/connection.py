"""How the target is reached: certificates, proxies and patience, the same for the document, the rules and the engine."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from compliance.target.errors import TargetError

if TYPE_CHECKING:
    import httpx
else:
    from compliance.target.deferred import httpx

#: A connection is not used again after so many idle seconds: servers close theirs after five, and a write that meets
#: the closing cannot be sent again.
IDLE = 2.0
_PORTS = {"http": 80, "https": 443}


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine by its name or number; a name is never resolved."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, which are what two URLs share that lead to one server."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def root(url: str) -> str:
    """The URL of the origin itself, without a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def proxy_for(url: str) -> str:
    """The proxy that the environment names for a URL; empty for this machine itself and for hosts in NO_PROXY."""
    parts = urlsplit(url)
    if is_loopback(url) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all") or ""
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


@dataclass(frozen=True)
class Connection:
    """The way to one origin; `timeout` in seconds, `rate` in requests a second, `ca` a file of certificates to trust."""

    base_url: str
    timeout: float = 30.0
    rate: float | None = None
    ca: str | None = None

    def open(self, **changes: Any) -> httpx.Client:
        """A fresh client that follows no redirect. Proxies of the environment are for other machines only.

        Raises TargetError where the file of certificates or the proxy cannot be used.
        """
        settings: dict[str, Any] = {
            "timeout": self.timeout,
            "limits": httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE),
            "follow_redirects": False,
            # What the environment says is read here, so that every client of the kit reads it in one way.
            "trust_env": False,
            "proxy": (None if changes.get("transport") else self.proxy) or None,
            "verify": _trust(self.trusted, "--target-ca" if self.ca else "$SSL_CERT_FILE"),
        }
        try:
            return httpx.Client(**(settings | changes))
        except (ImportError, ValueError) as failure:
            proxy = printable(self.proxy)
            raise TargetError(f"the proxy {proxy} of the environment cannot be used: {failure}") from None

    @property
    def proxy(self) -> str:
        return proxy_for(self.base_url)

    @property
    def trusted(self) -> str:
        """The file of certificates to trust, from SSL_CERT_FILE if not given; empty for the usual authorities."""
        return self.ca or os.environ.get("SSL_CERT_FILE", "")


def printable(url: str) -> str:
    """A URL fit to be printed: without what stands before its host, and without the values of its query."""
    try:
        parts = urlsplit(url)
    except ValueError:  # which is what the message will be about
        return re.sub(r"//[^/?#]*@", "//", url).partition("?")[0]
    fragment = _without_values(parts.fragment) if "=" in parts.fragment else parts.fragment
    changed = {"netloc": parts.netloc.rpartition("@")[2], "query": _without_values(parts.query)}
    return parts._replace(**changed, fragment=fragment).geturl() if "://" in url else url


def _without_values(query: str) -> str:
    return "&".join(
        f"{part.partition('=')[0]}=…" if "=" in part else "…" for part in query.split("&") if part
    )


@lru_cache(maxsize=8)
def _trust(chosen: str, option: str) -> ssl.SSLContext:
    """What a connection trusts: the file alone where one is given. Made once, for it takes longer than a request."""
    if not chosen:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=chosen)
    except ssl.SSLError:
        raise TargetError(
            f"{option}={chosen} holds no certificate: it has to be a file in PEM form, "
            "one -----BEGIN CERTIFICATE----- or more"
        ) from None
    except OSError as failure:
        raise TargetError(f"{option}={chosen} cannot be read: {failure.strerror or failure}") from None
