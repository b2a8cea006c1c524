"""The script that reproduces a finding: from registration to the failing request, with Python's own library alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.contract.model import FieldPath
from compliance.target.actors import Actor
from compliance.target.ledger import Row
from compliance.target.reach import Target
from compliance.target.tape import Exchange

_PRELUDE = '''\
import json, os, secrets, urllib.error, urllib.request

BASE = {base}
known = {{"tag": secrets.token_hex(4)}}
known |= {passwords}

def fill(text):
    for name, value in known.items():
        text = text.replace(f"<<{{name}}>>", str(value))
    return text

def send(method, path, headers=(), body=None, learn=()):
    request = urllib.request.Request(BASE + fill(path), method=method)
    for name, value in headers:
        request.add_header(name, fill(value))
    data = fill(body).encode("latin-1") if body is not None else None
    try:
        answer = urllib.request.urlopen(request, data)
    except urllib.error.HTTPError as error:
        answer = error
    text = answer.read().decode("utf-8", "replace")
    print(method, fill(path), "->", answer.status, text[:400])
    for name, way in learn:
        value = json.loads(text)
        for step in way:
            value = value[step]
        known[name] = value
'''
_UNSHOWN_HEADERS = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}


@dataclass(frozen=True)
class _Step:
    exchange: Exchange
    learn: tuple[tuple[str, FieldPath], ...] = ()
    comment: str = ""


def script(target: Target, proof: Iterable[Exchange]) -> str:
    """A Python script that makes its own users and rows and sends the proof again; empty when nothing was sent.

    It holds no secret: passwords are made anew or read from the environment, tokens are fetched by logging in.
    """
    shown = list(proof)
    if not shown or any(_bytes_needed(exchange) for exchange in shown):
        return ""
    rows = [row for row in target.ledger.rows if row.origin and row.values and _concerns(row, shown)]
    actors = _actors(target, shown, rows)
    steps = [step for actor in actors for step in _becoming(target, actor)]
    done = {id(step.exchange) for step in steps}
    steps += [_creating(row) for row in rows if id(row.origin) not in done and row.origin not in shown]
    steps += [_repeating(target, exchange) for exchange in shown]
    names = _names(target, actors, rows)
    lines = [_PRELUDE.format(base=json.dumps(target.client.base_url), passwords=_passwords(actors))]
    lines += [_line(step, names) for step in steps]
    return "\n".join(lines) + "\n"


def _concerns(row: Row, shown: list[Exchange]) -> bool:
    return any(row.origin is exchange or row.path in exchange.url for exchange in shown)


def _actors(target: Target, shown: list[Exchange], rows: list[Row]) -> list[Actor]:
    names = dict.fromkeys([*(row.owner.name for row in rows), *(exchange.actor for exchange in shown)])
    return [target.actors[name] for name in names if name != "anonymous" and name in target.actors]


def _becoming(target: Target, actor: Actor) -> list[_Step]:
    """The actor's registration, where this run made it, and the login."""
    steps = []
    registration, login = target.contract.registration, target.contract.login
    for exchange in target.tape:
        if exchange.actor != actor.name or not exchange.ok:
            continue
        if registration and exchange.operation == registration.operation.label and actor.token:
            row = target.ledger.made_by(exchange)
            steps.append(_Step(exchange, _learnt(row) if row else (), f"become {actor.name}"))
        if login and exchange.operation == login.operation.label and login.token:
            steps.append(_Step(exchange, ((f"{actor.name}_token", login.token),)))
            break
    return steps


def _creating(row: Row) -> _Step:
    assert row.origin is not None  # noqa: S101 - chosen by it
    return _Step(row.origin, _learnt(row), f"a row of {row.owner.name}")


def _repeating(target: Target, exchange: Exchange) -> _Step:
    row = target.ledger.made_by(exchange)
    return _Step(exchange, _learnt(row) if row and row.values else ())


def _learnt(row: Row) -> tuple[tuple[str, FieldPath], ...]:
    return ((_row_name(row), row.resource.identifier or ("id",)),) if row.values else ()


def _row_name(row: Row) -> str:
    return f"{row.owner.name}_{row.resource.collection.strip('/').rpartition('/')[2]}_{next(iter(row.values.values()))}"


def _names(target: Target, actors: list[Actor], rows: list[Row]) -> Mapping[str, str]:
    """What to write in place of the values of this run, longest first."""
    names = {actor.token: f"<<{actor.name}_token>>" for actor in actors if actor.token}
    names |= {password: f"<<{purpose}_password>>" for purpose, password in target.secrets.passwords.items()}
    names |= {row.path: f"{row.path.rpartition('/')[0]}/<<{_row_name(row)}>>" for row in rows}
    names[target.tag] = "<<tag>>"
    return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))


def _passwords(actors: list[Actor]) -> str:
    made = [f'"{a.name}_password": "Zk9!" + secrets.token_hex(8)' for a in actors if not a.source.startswith("$")]
    given = [
        f'"{a.name}_password": os.environ["{a.source[1:-8]}PASSWORD"]' for a in actors if a.source.startswith("$")
    ]
    return "{" + ", ".join([*made, *given]) + "}"


def _line(step: _Step, names: Mapping[str, str]) -> str:
    exchange = step.exchange
    url = exchange.url.partition("://")[2]
    arguments: list[Any] = [exchange.method, _rename("/" + url.partition("/")[2], names)]
    headers = [(n, _rename(v, names)) for n, v in exchange.request_headers if n.lower() not in _UNSHOWN_HEADERS]
    parts = [json.dumps(argument) for argument in arguments]
    if headers:
        parts.append(f"headers={headers!r}")
    if exchange.request_body:
        parts.append(f"body={_rename(exchange.request_body.decode('latin-1'), names)!r}")
    if step.learn:
        parts.append(f"learn={[(name, list(way)) for name, way in step.learn]!r}")
    comment = f"# {step.comment}\n" if step.comment else ""
    return f"{comment}send({', '.join(parts)})"


def _rename(text: str, names: Mapping[str, str]) -> str:
    for value, name in names.items():
        text = text.replace(value, name)
    return text


def _bytes_needed(exchange: Exchange) -> bool:
    """A forged credential is made from a genuine one, which no script may hold."""
    sent = dict((name.lower(), value) for name, value in exchange.request_headers).get("authorization", "")
    return exchange.actor == "forger" and bool(sent)
