"""The script that reproduces a finding: from registration to the failing request, in Python with httpx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from compliance.catalogue import Untested
from compliance.contract.inputs import inputs_of
from compliance.target.actors import ANONYMOUS, Actor, basic_value
from compliance.target.connection import printable
from compliance.target.ledger import Row
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import Place

#: Headers that httpx sets by itself, or that a body given as a value brings along.
_IMPLIED = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
#: Around the name of a variable that stands for a value of this run.
_OPEN, _CLOSE = "\ue000", "\ue001"
#: Own rows in a list from which on it may be their number that shows the fault.
CROWD = 50


#: The last lines of every script: where the fault shows, in the status, the headers or the body.
_SHOWING = ("print(answer.status_code, dict(answer.headers))", "print(answer.text)")


@dataclass(frozen=True)
class _Step:
    """One request of the script, and what to keep of its answer: (variable, where it stands)."""

    exchange: Exchange
    keep: tuple[tuple[str, Place], ...] = ()


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
    steps += [_Step(row.origin, _kept(row)) for row in rows if row.origin and id(row.origin) not in known]
    kept = {name for step in steps for name, _ in step.keep}
    names = _names(target, actors, rows, kept)
    lines = [*_prelude(target, actors, names), *(line for step in steps for line in _lines(step, names))]
    lines += _crowd(target, shown, names)
    lines += [line for exchange in shown for line in _lines(_repeat(target, exchange), names)]
    return target.secrets.redact("\n".join([*lines, *_SHOWING, ""]))


def _crowd(target: Target, shown: list[Exchange], names: Mapping[str, str]) -> list[str]:
    """A loop that makes as many rows as the run made, where a list is shown that only many rows show broken."""
    labels = {exchange.operation for exchange in shown}
    listed = [r for r in target.contract.resources if r.listing and r.listing.label in labels]
    rows = [row for row in target.ledger.rows if row.resource in listed and row.origin]
    if len(rows) < CROWD or rows[-1].origin is None:
        return []
    numbered = {**names, target.tag: f"{_OPEN}tag{_CLOSE}{_OPEN}number{_CLOSE}"}
    making = [_made_anew(numbered, "crowd_password", word) for word in _passwords_in(target, rows[-1].origin)]
    made = ["answer.raise_for_status()"] if rows[-1].origin.ok else []
    return [
        *making,
        f"for number in range({len(rows)}):",
        *(f"    {line}" for line in (*_lines(_Step(rows[-1].origin), numbered), *made)),
        "",  # without which no prompt of Python takes the loop
    ]


def _passwords_in(target: Target, exchange: Exchange) -> list[str]:
    """The password with which an account was made; no name of the script's stands for that of a throw-away."""
    body = exchange.request_body.decode("utf-8", "replace")
    return [word for word in target.secrets.passwords.values() if word and word in body][:1]


def _made_anew(names: dict[str, str], variable: str, password: str) -> str:
    """The line that makes a password as long as the one that was taken: there may be a limit."""
    names[password] = f"{_OPEN}{variable}{_CLOSE}"
    return f"{variable} = {password[:4]!r} + secrets.token_hex(16)[:{len(password) - 4}]"


def _concerns(row: Row, shown: list[Exchange]) -> bool:
    """Whether what is shown created the row, or went to it or below it."""
    paths = [f"{urlsplit(exchange.url).path}/" for exchange in shown]
    return row.origin in shown or (row.path != "" and any(path.startswith(f"{row.path}/") for path in paths))


def _needed(steps: list[_Step], actor: Actor, shown: list[Exchange], rows: list[Row]) -> list[_Step]:
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
    makers = [
        one.actor for one in made if one is not None
    ]  # the administrator, where accounts are made by him
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


def _becoming(target: Target, actor: Actor) -> list[_Step]:
    """The actor's registration, where this run made it, and its login."""
    steps = []
    if actor.registration is not None:
        row = target.ledger.made_by(actor.registration)
        steps.append(_Step(actor.registration, _kept(row) if row else ()))
    if actor.entry is not None:
        token = (f"{actor.name}_token", actor.place)
        kept = steps[0].keep if steps and actor.entry is actor.registration else ()
        steps = [step for step in steps if step.exchange is not actor.entry]
        steps.append(_Step(actor.entry, (*kept, token)))
    return steps


def _repeat(target: Target, exchange: Exchange) -> _Step:
    row = target.ledger.made_by(exchange)
    return _Step(exchange, _kept(row) if row else ())


def _kept(row: Row) -> tuple[tuple[str, Place], ...]:
    """What to keep of the answer that created a row: its id, where the answer tells it."""
    path = ("id",) if row.resource.identifier is None else row.resource.identifier
    try:
        told = row.origin is not None and row.origin.field(path) == row.identifier
    except Untested:
        told = False
    return ((_variable(row), Place("field", path)),) if told else ()


def _variable(row: Row) -> str:
    """A name for the id of a row: whose, of what, and its number in the ledger."""
    noun = re.sub(r"\W+", "_", row.resource.collection.rpartition("/")[2]) or "row"
    return f"{row.owner.name}_{noun}_{row.number}"


def _names(target: Target, actors: list[Actor], rows: list[Row], kept: set[str]) -> Mapping[str, str]:
    """The variable in place of each value of this run, longest value first; kept: the variables that the steps before set."""
    names: dict[str, str] = {}
    for row in sorted((row for row in rows if _kept(row)), key=lambda row: len(row.path)):
        place = row.path.rpartition("/")[0]
        above = max((path for path in names if f"{place}/".startswith(f"{path}/")), key=len, default="")
        names[row.path] = f"{names.get(above, '')}{place[len(above) :]}/{_OPEN}{_variable(row)}{_CLOSE}"
        if row.resource.parent:  # an intruder looks for it below rows of his own
            tail = f"/{place.rpartition('/')[2]}/"
            names[tail + row.path[len(place) + 1 :]] = f"{tail}{_OPEN}{_variable(row)}{_CLOSE}"
    for row in filter(_kept, target.ledger.rows):
        fields = {row.resource.parameter, *(row.resource.identifier or ())[-1:]} if row in rows else set()
        fields |= _owner_fields(target) if row.account and _variable(row) in kept else set()
        variable = f"{_OPEN}{_variable(row)}{_CLOSE}"
        names |= {_in_field(str(name), row.identifier): variable for name in fields}
    for actor in actors:
        values = dict.fromkeys(
            (*target.secrets.tokens.get(actor.name, ()), actor.token), f"{actor.name}_token"
        )
        values |= {actor.password: f"{actor.name}_password"}
        if _says_basic(actor):
            values[_basic(actor)] = f"{actor.name}_basic"
        if actor.registration is not None and actor.username and target.tag not in actor.username:
            values[actor.username] = f"{actor.name}_name"
        for value, name in values.items():
            names |= {
                form: f"{_OPEN}{name}{_CLOSE}"
                for form in (value, quote(value, safe=""), quote_plus(value))
                if form
            }
    names[target.tag] = f"{_OPEN}tag{_CLOSE}"
    return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))


def _in_field(name: str, value: Any) -> str:
    """The key under which the value of a field of that name is known, numbers too; no text holds it."""
    return f"{name}\0{value!r}"


def _owner_fields(target: Target) -> set[str]:
    """The fields of bodies that say whose a row is."""
    updates = [update for resource in target.contract.resources for update in resource.updates]
    fields = [field for update in updates for field in inputs_of(update, target.contract.resolver)]
    return {field.path[-1] for field in fields if field.owner}


def _says_basic(actor: Actor) -> bool:
    """Whether its name and password go into the header Authorization, with every request or to log in."""
    asked = actor.entry.request_headers if actor.entry else ()
    return actor.basic or any(value == f"Basic {_basic(actor)}" for _, value in asked)


def _basic(actor: Actor) -> str:
    return basic_value(actor.username, actor.password).partition(" ")[2]


def _prelude(target: Target, actors: list[Actor], names: Mapping[str, str]) -> list[str]:
    needed = {"secrets", "httpx"}
    lines = ["tag = secrets.token_hex(4)"]
    for actor in actors:
        if actor.registration is None and (actor.password or actor.token):
            needed.add("os")
            kind = "password" if actor.password else "token"
            lines.append(f'{actor.name}_{kind} = os.environ["{_variable_of(actor, kind)}"]')
        elif actor.password:
            # As long as the one that was taken: there may be a limit.
            lines.append(
                f"{actor.name}_password = {actor.password[:4]!r} + secrets.token_hex(16)[:{len(actor.password) - 4}]"
            )
        if actor.registration is not None and actor.username and target.tag not in actor.username:
            lines.append(f"{actor.name}_name = secrets.token_hex(16)[:{len(actor.username)}]")
        if _says_basic(actor):
            needed.add("base64")
            both = _literal(f"{actor.username}:{actor.password}", names)
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


def _variable_of(actor: Actor, kind: str) -> str:
    """The environment's variable with what was given, by the words that say where it came from."""
    named = re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", actor.source)
    return named[-1] if named else f"{actor.name}_{kind}".upper()


def _lines(step: _Step, names: Mapping[str, str]) -> list[str]:
    exchange = step.exchange
    path = "/" + exchange.url.partition("://")[2].partition("/")[2]
    body = _body(exchange, names)
    implied = _IMPLIED | ({"content-type"} if _sets_its_type(exchange, body) else set())
    headers = {name: value for name, value in exchange.request_headers if name.lower() not in implied}
    arguments = [repr(exchange.method), _literal(path, names)]
    arguments += [f"headers={_literal(headers, names)}"] if headers else []
    arguments += [body] if body else []
    lines = [f"answer = service.request({', '.join(arguments)})"]
    if step.keep:
        lines.append("answer.raise_for_status()" if exchange.ok else "")
    lines += [f"{name} = {_taken(place, exchange)}" for name, place in step.keep]
    if any(name.lower() == "set-cookie" for name, _ in exchange.headers):
        lines.append("service.cookies.clear()")
    return [line for line in lines if line]


def _sets_its_type(exchange: Exchange, body: str) -> bool:
    """Whether httpx says by itself of what type the body is; JSON under another name than the usual it does not know."""
    kind = next((value for name, value in exchange.request_headers if name.lower() == "content-type"), "")
    unusual = body.startswith("json") and kind.partition(";")[0].strip().lower() != "application/json"
    return bool(body) and not body.startswith("content") and not unusual


def _taken(place: Place, exchange: Exchange) -> str:
    """The expression that takes a value out of an answer, without the scheme that may stand before a token."""
    if place.kind == "cookie":
        taken = f"answer.cookies[{place.way[0]!r}]"
    elif place.kind == "header":
        taken = f"answer.headers[{place.way[0]!r}]"
    elif place.kind == "body":
        taken = "answer.text" if exchange.media_type == "text/plain" else "answer.json()"
    else:
        return f"answer.json(){''.join(f'[{part!r}]' for part in place.way)}"
    return f"{taken}.split()[-1]"


def _body(exchange: Exchange, names: Mapping[str, str]) -> str:
    """The body as an argument of httpx: json, data or, where it is neither, content."""
    raw = exchange.request_body
    kind = next((value for name, value in exchange.request_headers if name.lower() == "content-type"), "")
    if not raw:
        return ""
    length = next((value for name, value in exchange.request_headers if name.lower() == "content-length"), "")
    if length.isdecimal() and int(length) > len(raw):  # which the tape has cut, and only blanks are that many
        return f"content={raw.rstrip()!r}.ljust({length})"
    try:
        if "json" in kind and raw.strip() != b"null":  # of which httpx makes no body at all
            value = json.loads(raw)
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()  # as httpx will
            return f"json={_literal(value, names)}"
        if "form-urlencoded" in kind:
            return f"data={_literal(dict(parse_qsl(raw.decode())), names)}"
    except (ValueError, RecursionError):
        pass
    return f"content={raw!r}"


def _literal(value: Any, names: Mapping[str, str]) -> str:
    """The value as Python writes it, texts with values of this run as f-strings."""
    if isinstance(value, dict):
        known = {
            key: names.get(_in_field(key, inner), "").strip(_OPEN + _CLOSE) for key, inner in value.items()
        }
        return f"{{{', '.join(f'{key!r}: {known[key] or _literal(inner, names)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(inner, names) for inner in value) + "]"
    if not isinstance(value, str):
        return repr(value)
    # In one pass, longest first: a name put in is not searched again.
    text = re.sub("|".join(map(re.escape, names)), lambda match: names[match[0]], value)
    if _OPEN not in text:
        return repr(text)
    pieces = re.split(f"{_OPEN}(.*?){_CLOSE}", text)
    if len(pieces) == 3 and pieces[0] == pieces[2] == "":
        return pieces[1]
    written = [f"{{{piece}}}" if place % 2 else _plain(piece) for place, piece in enumerate(pieces)]
    return f"f'{''.join(written)}'"


def _plain(text: str) -> str:
    """A piece of an f-string in single quotes, in ASCII whatever it holds."""
    escaped = text.encode("unicode_escape", "surrogatepass").decode("ascii")
    return escaped.replace("'", "\\'").replace("{", "{{").replace("}", "}}")
