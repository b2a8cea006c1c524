"""What a refusal asks for: the challenges of the header WWW-Authenticate, as RFC 9110 section 11.6.1 writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compliance.target.tape import Exchange

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the RFC's word for a word
#: Some services forget the comma behind it; what is meant is plain all the same.
_PARAMETER = re.compile(rf'({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))\s*')
#: Credentials of one word, as Negotiate has them.
_WORD = re.compile(r"[A-Za-z0-9._~+/-]+=*\s*(?=,|\Z)")
_SCHEME = re.compile(rf"({_TOKEN})(?:\s+|\s*(?=,|\Z))")
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Challenge:
    """One way in that a refusal names: the scheme and its parameters, both by their names in small letters."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def challenges(exchange: Exchange) -> list[Challenge]:
    """Every challenge of an answer, in the order of its headers."""
    lines = [value for name, value in exchange.headers if name.lower() == "www-authenticate"]
    return [challenge for line in lines for challenge in parsed(line)]


def parsed(line: str) -> Iterator[Challenge]:
    """The challenges of one header. What follows a part that nobody can read is left out."""
    place = _after_commas(line, 0)
    while place < len(line):
        scheme = _SCHEME.match(line, place)
        if scheme is None:
            return
        parameters, place = _parameters(line, scheme.end())
        yield Challenge(scheme[1].lower(), parameters)
        place = _after_commas(line, place)


def _parameters(line: str, place: int) -> tuple[dict[str, str], int]:
    """The parameters that stand there, and where they end: a comma parts them as it parts challenges."""
    found: dict[str, str] = {}
    while parameter := _PARAMETER.match(line, _after_commas(line, place)):
        quoted, plain = parameter[2], parameter[3]
        found[parameter[1].lower()] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        place = parameter.end()
    word = None if found else _WORD.match(line, place)
    return found, word.end() if word and line[place - 1 : place].isspace() else place


def _after_commas(line: str, place: int) -> int:
    between = _BETWEEN.match(line, place)
    return between.end() if between else place
