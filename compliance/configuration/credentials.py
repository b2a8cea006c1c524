"""From the tables of the actors to credentials. A secret is read from the environment alone, and none is ever shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from compliance.configuration import Configuration, Layer
from compliance.configuration.keys import NAMING, PREFIX
from compliance.target.credentials import Credentials, Presentation, check_name, check_text, check_token
from compliance.target.errors import TargetError

ACTORS = ("alice", "bob", "admin")
#: The keys that say how a token stands in a request.
PRESENTING = ("header", "scheme", "cookie")


@dataclass(frozen=True)
class _Part:
    """A username, a password or a token: its value, where it came from, and in which layer that was said."""

    value: str = field(default="", repr=False)
    source: str = ""
    layer: Layer = Layer.DEFAULT


def credentials_of(configuration: Configuration) -> dict[str, Credentials]:
    """The credentials that were given, by actor. Raises TargetError with what is missing or said twice."""
    found = {name: _of_actor(configuration, name) for name in ACTORS}
    return {name: credentials for name, credentials in found.items() if credentials}


def signing_key_of(configuration: Configuration) -> str:
    """The key that signs the service's tokens, empty where none was given. Raises TargetError."""
    key = _named(configuration, f"signing-key{NAMING}")
    check_text(key.value, key.source)
    return key.value


def presentation_of(configuration: Configuration, table: str = "login") -> Presentation | None:
    """How the table says that a token is presented, None where it does not. Raises TargetError."""
    header, scheme, cookie = (configuration[f"{table}.{part}"] for part in PRESENTING)
    if header is None and scheme is None and cookie is None:
        return None
    if cookie and (header or scheme):
        raise TargetError(
            f"{configuration.label(f'{table}.cookie')} stands beside a header or a scheme: give one of them"
        )
    for part, value, check in (
        ("header", header, check_name),
        ("scheme", scheme, check_token),
        ("cookie", cookie, check_name),
    ):
        if value:
            check(value, configuration.label(f"{table}.{part}"))
    usual = Presentation()
    header = header or usual.header
    if scheme is None:  # the word belongs to the usual header; `X-API-Key: TOKEN` has none
        scheme = usual.scheme if header.lower() == usual.header.lower() else ""
    return Presentation(header, scheme, cookie or "")


def is_set(configuration: Configuration, name: str) -> bool:
    """Whether the variable that a key names holds anything."""
    return bool(configuration.environment.get(configuration[name] or ""))


def shown_variable(name: str) -> str:
    """A variable as a message shows it: what is not written in capitals may be the secret itself, put in the wrong place."""
    return f"${name}" if name.isupper() else "a variable"


def _of_actor(configuration: Configuration, name: str) -> Credentials | None:
    table = f"actors.{name}"
    username = _username(configuration, name)
    password, token = (_named(configuration, f"{table}.{part}{NAMING}") for part in ("password", "token"))
    login = max(username.layer, password.layer)
    if token.layer and token.layer == login:
        raise TargetError(
            f"{name} has a token ({token.source}) and a login ({username.source or password.source}): give one of them"
        )
    presentation = presentation_of(configuration, table)
    kind = configuration[f"{table}.kind"]
    check_token(token.value, token.source)
    for half in (username, password):
        check_text(half.value, half.source)
    if token.layer > login:
        _must_be(configuration, table, kind in (None, "token"), "a username and a password, not a token")
        return Credentials(token.source, token=token.value, presentation=presentation)
    if not login:
        _must_be(configuration, table, kind is None and presentation is None, "a token or a login beside it")
        return None
    _must_be(configuration, table, kind != "token", f"a token: name its variable by token{NAMING}")
    _both_halves(configuration, name, username, password)
    return Credentials(
        f"{username.source} and {password.source}",
        username.value,
        password.value,
        basic=kind == "basic",
        presentation=presentation or presentation_of(configuration),
    )


def _username(configuration: Configuration, name: str) -> _Part:
    plain, naming = f"actors.{name}.username", f"actors.{name}.username{NAMING}"
    said = configuration.values[plain]
    if said.layer is Layer.FILE and configuration.layer(naming):
        raise TargetError(f"{configuration.label(plain)} and username{NAMING}: give one of them")
    if said.layer > configuration.layer(naming):
        source = said.origin.removeprefix("$") if said.layer > Layer.FILE else f"{plain} in {said.origin}"
        return _Part(said.value, source, said.layer)
    return _named(configuration, naming)


def _named(configuration: Configuration, key: str) -> _Part:
    """What the variable holds that a key names. Raises TargetError where it is not set."""
    said = configuration.values[key]
    if not said.layer:
        return _Part()
    if not is_set(configuration, key):
        raise TargetError(
            f"{configuration.label(key)} names {shown_variable(said.value)}, which is not set: export it, or take the key away"
        )
    return _Part(configuration.environment[said.value], said.value, said.layer)


def _must_be(configuration: Configuration, table: str, holds: bool, wanted: str) -> None:
    """Raises TargetError where a table says how its actor comes, and the credentials do not go with it."""
    if holds:
        return
    said = [f"{table}.{part}" for part in ("kind", *PRESENTING) if configuration.layer(f"{table}.{part}")]
    raise TargetError(f"{configuration.label(said[0])} wants {wanted}")


def _both_halves(configuration: Configuration, name: str, username: _Part, password: _Part) -> None:
    if username.layer and password.layer:
        return
    lacking, half = ("password", username) if username.layer else ("username", password)
    where = f" of {configuration.file.name}" if configuration.file else ""
    raise TargetError(
        f"{PREFIX}{name.upper()}_{lacking.upper()} is missing beside {half.source}: set it, "
        f"or name another variable by {lacking}{NAMING} under [actors.{name}]{where}"
    )
