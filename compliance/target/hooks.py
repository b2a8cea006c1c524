"""What a project may say to the kit in code, where no configuration can: its own actors and bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.target.credentials import Credentials, Presentation, check_name, check_text, check_token
from compliance.target.errors import TargetError

#: What the hook for actors may return as an object, and what becomes of each.
_KEYS = ("username", "password", "token", "basic", "header", "scheme", "cookie")


@dataclass(frozen=True)
class Hooks:
    """`actor(name, target_url)` and `payload(operation, body)`; each returns None to leave it to the kit."""

    actor: Callable[[str, str], Any] = lambda _name, _url: None
    payload: Callable[[str, Any], Any] = lambda _operation, _body: None

    def credentials(self, name: str, target_url: str) -> Credentials | None:
        """The credentials that the project gives an actor. Raises TargetError where they make no sense."""
        said = self.actor(name, target_url)
        return None if said is None else _credentials(name, said)

    def served(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Keyword arguments of a request, its body replaced by the one that the project gives."""
        for kind in ("json", "form", "params"):
            if kind in request:
                body = self.payload(operation, request[kind])
                return dict(request) if body is None else {**request, kind: body}
        return dict(request)


def _check(name: str, said: Mapping[str, Any], source: str) -> None:
    """Raises TargetError where something that was said cannot be sent."""
    checks = {
        "username": check_text,
        "password": check_text,
        "token": check_token,
        "header": check_name,
        "scheme": check_token,
        "cookie": check_name,
    }
    for key, check in checks.items():
        if said.get(key):
            check(str(said[key]), f"what {source} returned for {name} as {key}")


def _credentials(name: str, said: Any) -> Credentials:
    import httpx

    source = "the hook pytest_compliance_actor"
    if isinstance(said, Credentials):
        return said
    if isinstance(said, httpx.Auth):
        return Credentials(source, auth=said)
    if not isinstance(said, Mapping):
        raise TargetError(
            f"{source} returned a {type(said).__name__} for {name}: it may be an httpx.Auth, a dictionary with "
            f"{', '.join(_KEYS)}, or None"
        )
    wrong = [str(key) for key in said if key not in _KEYS]
    usable = said.get("token") or (said.get("username") and said.get("password"))
    if wrong or not usable:
        problem = (
            f"unknown: {', '.join(wrong)}" if wrong else "neither a token nor a username with its password"
        )
        raise TargetError(f"{source} returned a dictionary for {name} that is of no use ({problem})")
    _check(name, said, source)
    shown = {key: str(said[key]) for key in ("header", "scheme", "cookie") if key in said}
    if "header" in shown and "scheme" not in shown and shown["header"].lower() != "authorization":
        shown["scheme"] = ""
    return Credentials(
        source,
        str(said.get("username") or ""),
        str(said.get("password") or ""),
        str(said.get("token") or ""),
        bool(said.get("basic")),
        Presentation(**shown) if shown else None,
    )
