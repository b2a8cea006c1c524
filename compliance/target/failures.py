"""Why nothing answered, in words for the person who has to do something about it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from compliance.target.connection import Connection, printable, root

_UNKNOWN_HOST = (
    "Name or service not known",
    "nodename nor servname",
    "getaddrinfo failed",
    "name resolution",
    "No address",
)
_NO_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
)


def explained(failure: httpx.HTTPError, url: str, connection: Connection) -> str:
    """One message: what was tried, what happened, what to do."""
    words = str(failure) or type(failure).__name__
    if connection.proxy:
        return _through_proxy(failure, words, url, connection)
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return _mistrusted(words, url, connection)
    parts = urlsplit(url)
    if parts.scheme == "https" and any(sign in words for sign in _NO_TLS):
        return f"{printable(root(url))} does not speak TLS: try {printable(f'http://{parts.netloc}')}"
    if "[SSL" in words:
        return f"{printable(root(url))} and the kit agree on no way of TLS ({words})"
    if any(sign in words for sign in _UNKNOWN_HOST):
        return f"the host {parts.hostname} of {printable(url)} is not known ({words}). Is the name written rightly?"
    if isinstance(failure, httpx.TimeoutException):
        return (
            f"{printable(url)} does not answer: nothing came within {connection.timeout:g} seconds. "
            "Is the service running there, and can it be reached from here?"
        )
    if isinstance(failure, httpx.ConnectError):
        return f"nothing answers at {printable(url)} ({words}). Is the service running there?"
    hint = f" It may want TLS: try {printable(f'https://{parts.netloc}')}." if parts.scheme == "http" else ""
    return f"{printable(url)} took the request and gave no answer of HTTP ({type(failure).__name__}: {words}).{hint}"


def _mistrusted(words: str, url: str, connection: Connection) -> str:
    reason = re.search(r"certificate verify failed: (.*?)(?: \(_ssl|$)", words)
    said = reason[1] if reason else words
    begin = f"the certificate of {printable(root(url))} is not trusted: {said}."
    if "expired" in said or "not yet valid" in said:
        return f"{begin} It has to be renewed; --target-ca=FILE names whom to trust, and cannot mend a date"
    if "is not valid for" in said or "mismatch" in said:
        return (
            f"{begin} Give --target-url with a name that the certificate is made out for, "
            "or --target-ca=FILE with a certificate for this one"
        )
    if connection.trusted:
        return f"{begin} {connection.trusted} does not hold it, nor the authority that signed it: --target-ca=FILE"
    return f"{begin} If it is your own, say whom to trust: --target-ca=FILE, a PEM file with it or with its authority"


def _through_proxy(failure: httpx.HTTPError, words: str, url: str, connection: Connection) -> str:
    proxy, host = printable(connection.proxy), urlsplit(url).hostname
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return f"{_mistrusted(words, url, connection)} (reached through the proxy {proxy})"
    return (
        f"{printable(url)} cannot be reached through the proxy {proxy} that the environment names "
        f"({type(failure).__name__}: {words}). Where no proxy is needed: NO_PROXY={host}"
    )
