"""A request as the lines of Python that send it with httpx and keep what is needed of the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from compliance.target.script.variables import CLOSE, OPEN, in_field
from compliance.target.tape import Exchange
from compliance.target.tokens import Place

#: Headers that httpx sets by itself, or that a body given as a value brings along.
_IMPLIED = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}


@dataclass(frozen=True)
class Step:
    """One request of the script, and what to keep of its answer: (variable, where it stands)."""

    exchange: Exchange
    keep: tuple[tuple[str, Place], ...] = ()


def lines_of(step: Step, names: Mapping[str, str]) -> list[str]:
    """The request, and what becomes of its answer; names: the variables in place of values of the run."""
    exchange = step.exchange
    path = "/" + exchange.url.partition("://")[2].partition("/")[2]
    body = _body(exchange, names)
    implied = _IMPLIED | ({"content-type"} if _sets_its_type(exchange, body) else set())
    headers = {name: value for name, value in exchange.request_headers if name.lower() not in implied}
    arguments = [repr(exchange.method), literal(path, names)]
    arguments += [f"headers={literal(headers, names)}"] if headers else []
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
            return f"json={literal(value, names)}"
        if "form-urlencoded" in kind:
            return f"data={literal(dict(parse_qsl(raw.decode())), names)}"
    except (ValueError, RecursionError):
        pass
    return f"content={raw!r}"


def literal(value: Any, names: Mapping[str, str]) -> str:
    """The value as Python writes it, texts with values of this run as f-strings."""
    if isinstance(value, dict):
        known = {key: names.get(in_field(key, inner), "").strip(OPEN + CLOSE) for key, inner in value.items()}
        return f"{{{', '.join(f'{key!r}: {known[key] or literal(inner, names)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(inner, names) for inner in value) + "]"
    if not isinstance(value, str):
        return repr(value)
    # In one pass, longest first: a name put in is not searched again.
    text = re.sub("|".join(map(re.escape, names)), lambda match: names[match[0]], value)
    if OPEN not in text:
        return repr(text)
    pieces = re.split(f"{OPEN}(.*?){CLOSE}", text)
    if len(pieces) == 3 and pieces[0] == pieces[2] == "":
        return pieces[1]
    written = [f"{{{piece}}}" if place % 2 else _plain(piece) for place, piece in enumerate(pieces)]
    return f"f'{''.join(written)}'"


def _plain(text: str) -> str:
    """A piece of an f-string in single quotes, in ASCII whatever it holds."""
    escaped = text.encode("unicode_escape", "surrogatepass").decode("ascii")
    return escaped.replace("'", "\\'").replace("{", "{{").replace("}", "}}")
