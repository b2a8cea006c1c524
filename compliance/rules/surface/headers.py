"""Headers that talk, and headers that trust."""

from __future__ import annotations

import re

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.rules.surface.methods import a_plain_read
from compliance.target.reach import Target
from compliance.target.wire import Request

#: Headers in which servers and frameworks name themselves.
TALKATIVE = (
    "server",
    "via",
    "x-powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
    "x-runtime-version",
    "x-framework",
)
#: A product with its version: `nginx/1.25.3`, `PHP/8.2`, `Express 4.18`. `HTTP/1.1` is the protocol's own, in `Via`.
VERSION = re.compile(r"(?<![\w.])(?!HTTP\b)[A-Za-z][\w.+-]*[/ ]v?\d+(?:\.\d+)+", re.IGNORECASE)
#: A header that holds nothing but a version.
BARE = re.compile(r"v?\d+(?:\.\d+)+")
ORIGIN = "https://elsewhere.invalid"


@rule("SUR-003", "No header tells a version", level=Level.SHOULD, subjects=service, phase=Phase.TAPE)
def headers_tell_no_version(target: Target, _: Service) -> None:
    """
    Why: a version spares an attacker the search for the weakness that fits.

    Breaks: `Server: nginx/1.25.3`

    Conforms: `server_tokens off;`, or `uvicorn --no-server-header`
    """
    for exchange in target.tape:
        for name, value in exchange.headers:
            if name.lower() in TALKATIVE and (
                VERSION.search(value) or (name.lower().endswith("version") and BARE.search(value))
            ):
                raise Violation(
                    "a header tells a version", "no number, or no such header", f"{name}: {value}", [exchange]
                )
    # Whoever answers one thing to everything shows nothing of what its other answers carry.
    if len({exchange.status // 100 for exchange in target.tape} & {2, 4}) < 2:
        raise Untested("the run saw no success beside a refusal, so that it knows too few answers")


@rule(
    "SUR-007",
    "Not every origin is trusted with credentials",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.READ,
    needs={Need.USER},
)
def foreign_origins_are_not_trusted(target: Target, _: Service) -> None:
    """
    Why: with it, any page that a user visits reads the service in that user's name.

    Breaks: `CORSMiddleware(allow_origin_regex=".*", allow_credentials=True)`

    Conforms: `CORSMiddleware(allow_origins=["https://shop.example"], allow_credentials=True)`
    """
    operation, _read = a_plain_read(target)
    like = target.request(operation, target.caller(operation))
    ask = (("Origin", ORIGIN),)
    preflight = (
        *ask,
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "authorization"),
    )
    for method, headers in (("GET", (*like.headers, *ask)), ("OPTIONS", preflight)):
        answer = target.send(Request(method, like.path, headers=headers, auth=like.auth, actor=like.actor))
        trusted = (answer.header("access-control-allow-origin") or "").strip()
        credentials = (answer.header("access-control-allow-credentials") or "").strip().lower() == "true"
        if trusted == ORIGIN and credentials:
            raise Violation(
                "any origin is trusted with credentials",
                "no such header, a star without credentials, or a list of origins",
                f"Access-Control-Allow-Origin: {trusted} with credentials",
                [answer],
            )
