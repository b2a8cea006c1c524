"""What a person gave to be somebody with, and how a token stands in a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
