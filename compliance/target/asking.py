"""Asking the person for what the kit could not find out: what was tried, and the lines to write, ready to paste."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliance.contract.fields import password_field
from compliance.contract.model import FieldPath, Login, Operation
from compliance.contract.paths import last_words, vocabulary
from compliance.target.actors import Actor, leaves, object_of
from compliance.target.tape import Exchange
from compliance.target.tokens import LONG

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Operations that are offered as what the kit could not find.
OFFERED = 3
_LOGIN = vocabulary("login signin logon token tokens session sessions auth authenticate")
_REGISTRATION = vocabulary("register registration signup join users accounts user account")
#: The lines to paste stay below 76 characters, so that no terminal breaks them.
_INTRODUCTION = (
    "Write what is true of these lines into pyproject.toml (into compliance.toml without `tool.compliance.`); "
    "secrets stay in the environment:"
)
_HOOKS = (
    "Where none of that will do, a conftest.py may define pytest_compliance_actor(name, target_url), which may return an "
    "httpx.Auth, and pytest_compliance_payload(operation, body) for a body that no schema explains. `compliance check` "
    "reads no conftest.py."
)


def ask_for(target: Target, names: Sequence[str]) -> str:
    """One message on the users that could not be had: what was tried, and which lines would give them."""
    reasons = list(dict.fromkeys(target.refusals.get(name, "unknown") for name in names))
    told = f"{' and '.join(names)} could not be had: {'; '.join(reasons)}"
    if target.registrar.doors and not target.grants.writes:
        return told
    told += "".join(f"; {one}" for one in _not_presented(target))
    given = [name for name in names if name in target.actors and target.actors[name].registration is None]
    wanted = [*given, *(name for name in ("alice", "bob") if name in names or not given)]
    accounts = [_account(target, name) for name in dict.fromkeys(wanted)]
    blocks = [*_roles(target), *_login(target, reasons), *accounts]
    return "\n".join([told, _INTRODUCTION, *(line for block in blocks for line in ["", *block]), "", _HOOKS])


def _not_presented(target: Target) -> list[str]:
    """What the document wants and the kit does not send: a key in a URL would stand in every log, and in the report."""
    return [
        f"the document takes a key in the query ({scheme.parameter}), which the kit does not send: "
        "a header or a cookie that the service takes as well would do"
        for scheme in target.contract.schemes
        if scheme.kind == "apiKey" and scheme.location == "query"
    ]


def ask_for_distinct(same: bool) -> str:
    """Why bob is not believed to be somebody else than alice."""
    if same:
        return "alice and bob are one and the same user; give bob the credentials of another account"
    return (
        "nothing shows that alice and bob are two: no operation says who is asking and their tokens do not tell; "
        'name one that does in [tool.compliance.roles], as in me = "GET /me", or give both a username'
    )


def look_at(target: Target, actor: Actor, tried: Sequence[Exchange]) -> str:
    """Which settings to look at where given credentials were refused."""
    table, login = f"[tool.compliance.actors.{actor.name}]", target.contract.login
    if actor.has_credentials:
        sent = ", ".join(name for name, _ in actor.headers) or "what the hook signed"
        return f"Look at {table}: they were sent in {sent}; header, scheme or cookie there say how they are presented."
    if login is None:
        return (
            f'Look at [tool.compliance.roles]: a username needs a login, login = "POST /path"; or say kind = "basic" in {table} '
            "where the name goes with its password in every request."
        )
    if any(exchange.ok for exchange in tried if exchange.operation == login.operation.label):
        return (
            f"Look at [tool.compliance.login]: where the answer of {login.operation.label} holds the token is said by "
            'token = "way.to.the.token".'
        )
    return (
        f"Look at {table} for the account, and at [tool.compliance.login] for the way in: {login.operation.label} was sent "
        f"{_way(login.identifier)} and {_way(login.password)} as {login.style}; identifier, password and style there change it."
    )


def _roles(target: Target) -> list[list[str]]:
    """The roles that were not found, with the operations that may play them."""
    contract, lines = target.contract, []
    if contract.login is None:
        lines += _choice("login", _offered(target, _LOGIN) or ["POST /path/of/the/login"])
    if contract.registration is None:
        lines += _choice("registration", _offered(target, _REGISTRATION))
    return [["[tool.compliance.roles]", *lines]] if lines else []


def _choice(role: str, labels: Sequence[str]) -> list[str]:
    """A line for each operation that may play the role, all but the first of them as a remark."""
    return [f"{'# ' * bool(place)}{role} = {_quoted(label)}" for place, label in enumerate(labels)]


def _offered(target: Target, wanted: frozenset[str]) -> list[str]:
    """Operations that may be what is looked for: named like it, and taking a password."""

    def weight(operation: Operation) -> int:
        named = bool(wanted & last_words(operation.path))
        return 2 * named + (password_field(target.contract.resolver, operation.body) is not None)

    posts = [o for o in target.contract.operations if o.method == "POST" and not o.path_parameters]
    roles = [role.operation for role in (target.contract.login, target.contract.registration) if role]
    likely = sorted((o for o in posts if weight(o) > 1 and o not in roles), key=weight, reverse=True)
    return [operation.label for operation in likely[:OFFERED]]


def _login(target: Target, reasons: Sequence[str]) -> list[list[str]]:
    """How the login was understood, to be corrected, where it gave nothing that was of use."""
    login = target.doorman.used[0] if target.doorman.used else target.contract.login
    if login is None or target.contract.login is None:
        return []
    if any("login was refused" in reason for reason in reasons):
        return [_way_in(login, _likely_token(target, login))]
    if any("accepted the credentials" in reason for reason in reasons):
        said = target.actors["alice"].presentation if "alice" in target.actors else None
        shown = f"header = {_quoted(said.header if said and not said.cookie else 'Authorization')}"
        return [["[tool.compliance.login]", shown, 'scheme = "Bearer"   # or cookie = "session"']]
    return []


def _likely_token(target: Target, login: Login) -> FieldPath:
    """The field of an answer that looks most like a token: the longest single word."""
    answers = [e for e in target.tape if e.operation == login.operation.label and e.ok]
    texts = [
        (len(value), way)
        for way, value in (leaves(object_of(answers[-1])) if answers else ())
        if isinstance(value, str) and len(value) >= LONG and len(value.split()) == 1
    ]
    return max(texts)[1] if texts else login.token or ("access_token",)


def _way_in(login: Login, token: FieldPath) -> list[str]:
    return [
        "[tool.compliance.login]",
        f"# {' '.join(login.operation.label.split())}, as the kit understood it:",
        f"identifier = {_quoted(_way(login.identifier))}",
        f"password = {_quoted(_way(login.password))}",
        f"style = {_quoted(login.style)}   # json, form or query",
        f"token = {_quoted(_way(token))}   # the way to it in the answer",
    ]


def _account(target: Target, name: str) -> list[str]:
    variable, without = name.upper(), target.contract.login is None
    return [
        f"[tool.compliance.actors.{name}]",
        f'username-env = "{variable}_USERNAME"   # an account that exists',
        f'password-env = "{variable}_PASSWORD"',
        *(['# kind = "basic"   # where both go with every request (HTTP Basic), without a login'] * without),
        f'# token-env = "{variable}_TOKEN"       # instead; header, scheme or cookie too',
    ]


def _way(path: FieldPath) -> str:
    return ".".join(path)


def _quoted(text: str) -> str:
    """As TOML writes a text: names come from the document, which may hold anything."""
    return json.dumps(text)
