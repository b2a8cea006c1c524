"""The script that reproduces a finding: from registration to the failing request, in Python with httpx."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from compliance.target.actors import ANONYMOUS, Actor
from compliance.target.connection import printable
from compliance.target.ledger import Row
from compliance.target.reach import Target
from compliance.target.script.variables import kept, marked, names_of, says_basic
from compliance.target.script.writing import Step, lines_of, literal
from compliance.target.tape import Exchange

#: Own rows in a list from which on it may be their number that shows the fault.
CROWD = 50
#: The last lines of every script: where the fault shows, in the status, the headers or the body.
_SHOWING = ("print(answer.status_code, dict(answer.headers))", "print(answer.text)")


def script(target: Target, proof: Iterable[Exchange]) -> str:
    """A Python script that makes its own users and rows and sends the proof again; empty where nothing can be repeated.

    It holds no secret: passwords are made anew or read from the environment, tokens are fetched by logging in. A
    forged token cannot be told without the genuine one that it was made from, so a proof with one has no script.
    """
    shown = list(proof)
    rows = [row for row in target.ledger.rows if row.origin and row.values and _concerns(row, shown)]
    actors = _actors(target, shown, rows)
    if not shown or any(_is_forged(exchange, actors, target) for exchange in shown):
        return ""
    steps = [step for actor in actors for step in _needed(_becoming(target, actor), actor, shown, rows)]
    known = {id(step.exchange) for step in steps} | {id(exchange) for exchange in shown}
    steps += [Step(row.origin, kept(row)) for row in rows if row.origin and id(row.origin) not in known]
    set_before = {name for step in steps for name, _ in step.keep}
    names = names_of(target, actors, rows, set_before)
    lines = [*_prelude(target, actors, names), *(line for step in steps for line in lines_of(step, names))]
    lines += _crowd(target, shown, names)
    lines += [line for exchange in shown for line in lines_of(_repeat(target, exchange), names)]
    return target.secrets.redact("\n".join([*lines, *_SHOWING, ""]))


def _crowd(target: Target, shown: list[Exchange], names: Mapping[str, str]) -> list[str]:
    """A loop that makes as many rows as the run made, where a list is shown that only many rows show broken."""
    labels = {exchange.operation for exchange in shown}
    listed = [r for r in target.contract.resources if r.listing and r.listing.label in labels]
    rows = [row for row in target.ledger.rows if row.resource in listed and row.origin]
    if len(rows) < CROWD or rows[-1].origin is None:
        return []
    numbered = {**names, target.tag: marked("tag") + marked("number")}
    password = _password_in(target, rows[-1].origin)
    making = [_made_anew("crowd_password", password)] if password else []
    numbered |= {password: marked("crowd_password")} if password else {}
    made = ["answer.raise_for_status()"] if rows[-1].origin.ok else []
    return [
        *making,
        f"for number in range({len(rows)}):",
        *(f"    {line}" for line in (*lines_of(Step(rows[-1].origin), numbered), *made)),
        "",  # without which no prompt of Python takes the loop
    ]


def _password_in(target: Target, exchange: Exchange) -> str:
    """The password with which an account was made; no name of the script's stands for that of a throw-away."""
    body = exchange.request_body.decode("utf-8", "replace")
    return next((word for word in target.secrets.passwords.values() if word and word in body), "")


def _made_anew(variable: str, password: str) -> str:
    """The line that makes a password as long as the one that was taken: there may be a limit."""
    return f"{variable} = {password[:4]!r} + secrets.token_hex(16)[:{len(password) - 4}]"


def _concerns(row: Row, shown: list[Exchange]) -> bool:
    """Whether what is shown created the row, or went to it or below it."""
    paths = [f"{urlsplit(exchange.url).path}/" for exchange in shown]
    return row.origin in shown or (row.path != "" and any(path.startswith(f"{row.path}/") for path in paths))


def _needed(steps: list[Step], actor: Actor, shown: list[Exchange], rows: list[Row]) -> list[Step]:
    """What of becoming that actor comes before the proof: nothing that the proof itself shows."""
    before = [step for step in steps if step.exchange not in shown]
    asked = [exchange for exchange in shown if exchange.actor == actor.name]
    credited = any(_credentials(exchange, actor) for exchange in asked)
    owning = any(row.owner is actor and row.origin not in shown for row in rows)
    return before if len(before) == len(steps) or before[:1] == steps[:1] or credited or owning else []


def _actors(target: Target, shown: list[Exchange], rows: list[Row]) -> list[Actor]:
    named = [name for name in target.actors if any(f"{name}{target.tag}" in e.url for e in shown)]
    names = [*(row.owner.name for row in rows), *(exchange.actor for exchange in shown), *named]
    made = [target.actors[name].registration for name in names if name in target.actors]
    # The administrator, where accounts are made by him.
    makers = [one.actor for one in made if one is not None]
    known = dict.fromkeys((*(name for name in makers if name not in names), *names))
    return [target.actors[name] for name in known if name != "anonymous" and name in target.actors]


def _is_forged(exchange: Exchange, actors: list[Actor], target: Target) -> bool:
    """Whether it carries credentials that the script cannot have: forged ones, or those that a hook signed."""
    actor = next((one for one in actors if one.name == exchange.actor), ANONYMOUS)
    known = [
        value for one in actors for value in (*target.secrets.tokens.get(one.name, ()), one.token) if value
    ]
    sent = _credentials(exchange, actor)
    return actor.auth is not None or any(not any(value in one for value in known) for one in sent)


def _credentials(exchange: Exchange, actor: Actor) -> list[str]:
    """The values of the headers that say who asks."""
    names = {"authorization", "cookie", actor.presentation.header.lower()}
    return [value for name, value in exchange.request_headers if value and name.lower() in names]


def _becoming(target: Target, actor: Actor) -> list[Step]:
    """The actor's registration, where this run made it, and its login."""
    steps = []
    if actor.registration is not None:
        row = target.ledger.made_by(actor.registration)
        steps.append(Step(actor.registration, kept(row) if row else ()))
    if actor.entry is not None:
        token = (f"{actor.name}_token", actor.place)
        keep = steps[0].keep if steps and actor.entry is actor.registration else ()
        steps = [step for step in steps if step.exchange is not actor.entry]
        steps.append(Step(actor.entry, (*keep, token)))
    return steps


def _repeat(target: Target, exchange: Exchange) -> Step:
    row = target.ledger.made_by(exchange)
    return Step(exchange, kept(row) if row else ())


def _prelude(target: Target, actors: list[Actor], names: Mapping[str, str]) -> list[str]:
    needed = {"secrets", "httpx"}
    lines = ["tag = secrets.token_hex(4)"]
    for actor in actors:
        if actor.registration is None and (actor.password or actor.token):
            needed.add("os")
            kind = "password" if actor.password else "token"
            lines.append(f'{actor.name}_{kind} = os.environ["{_given_in(actor, kind)}"]')
        elif actor.password:
            lines.append(_made_anew(f"{actor.name}_password", actor.password))
        if actor.registration is not None and actor.username and target.tag not in actor.username:
            lines.append(f"{actor.name}_name = secrets.token_hex(16)[:{len(actor.username)}]")
        if says_basic(actor):
            needed.add("base64")
            both = literal(f"{actor.username}:{actor.password}", names)
            lines.append(f"{actor.name}_basic = base64.b64encode({both}.encode()).decode()")
    imports = [*sorted(needed - {"httpx"}), "httpx"]
    return [
        "# Python 3 with httpx: pip install httpx",
        f"import {', '.join(imports)}",
        "",
        *lines,
        f"service = httpx.Client(base_url={printable(target.client.base_url)!r})",
        "",
    ]


def _given_in(actor: Actor, kind: str) -> str:
    """The environment's variable with what was given, by the words that say where it came from."""
    named = re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", actor.source)
    return named[-1] if named else f"{actor.name}_{kind}".upper()
