"""What a person gave to be somebody with, and how a token stands in a request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance.target.errors import TargetError

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class Presentation:
    """Where a token stands in a request: `Authorization: Bearer TOKEN`, unless something else is said or found."""

    header: str = "Authorization"
    #: the word before the token, empty where it stands alone
    scheme: str = "Bearer"
    #: the cookie that carries it instead of a header
    cookie: str = ""

    def headers(self, token: str) -> tuple[tuple[str, str], ...]:
        """The headers that present a token in this way."""
        if self.cookie:
            return (("Cookie", f"{self.cookie}={token}"),)
        return ((self.header, f"{self.scheme} {token}".strip()),)


@dataclass(frozen=True)
class Credentials:
    """One actor's credentials. None of them is ever printed; `source` says in words where they came from.

    A username with its password logs in, or goes with every request where `basic` says so. A token is presented as it is.
    `auth` is what the hook `pytest_compliance_actor` may return: it signs every request by itself.
    """

    source: str
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    basic: bool = False
    #: how the token is presented; None leaves it to the document and to trying
    presentation: Presentation | None = None
    auth: httpx.Auth | None = field(default=None, repr=False)


def check_text(value: str, source: str) -> None:
    """Raises TargetError, which names the source and not the value, where no encoding can write it."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise TargetError(f"{source} is no text: it holds bytes that are not UTF-8") from None


def check_token(value: str, source: str) -> None:
    """Raises TargetError, which names the source and not the value, where no header can carry it (RFC 9110, 5.5)."""
    check_text(value, source)
    if "\n" in value or "\r" in value:
        raise TargetError(f"{source} holds a line break, which no header can carry: take it out")
    if not re.fullmatch(r"[\x20-\x7e\t]*", value):
        raise TargetError(
            f"{source} holds a character that no header can carry: it may have those of ASCII alone"
        )
    if value != value.strip():
        raise TargetError(f"{source} begins or ends with a space, which no header can carry: take it out")


def check_name(value: str, source: str) -> None:
    """Raises TargetError, which names the source, where it can name no header and no cookie (RFC 9110, 5.6.2)."""
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", value):
        raise TargetError(
            f"{source} can be no name of a header or a cookie: it may have letters, digits and hyphens, for instance X-API-Key"
        )
