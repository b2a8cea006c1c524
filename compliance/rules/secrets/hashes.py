"""Hashes of passwords in answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.rules.secrets.passwords import services_with_passwords
from compliance.target.actors import leaves, sent_body
from compliance.target.hashes import digests, fits, hashes_in, raw_digests_in
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Texts beside a password with which it may be salted, and characters of each.
SALTS, LONGEST = 4, 100
#: Passwords that one hash is tried with: a slow function takes its time for each.
TRIED = 6


@rule(
    "SEC-003",
    "No response carries a hash of a password",
    level=Level.MUST,
    subjects=services_with_passwords,
    phase=Phase.TAPE,
    needs={Need.WRITES},
)
def no_answer_carries_a_hash(target: Target, _: Service) -> None:
    """
    Why: whoever has the hash can guess at the password in peace.

    Breaks: `return user.__dict__`, and `detail=str(error)` of a database that quotes the row

    Conforms: a response schema that has no such field, and a message of one's own
    """
    carrying = [exchange for exchange in target.tape if _passwords(exchange, target)]
    if not any(exchange.ok for exchange in carrying):
        raise Untested("no request that carried a password succeeded")
    if not any(400 <= exchange.status < 500 or says_no(exchange) for exchange in carrying):
        raise Untested("no request that carried a password was refused, which is where rows are quoted")
    made = _digests(target, carrying)
    seen: set[str] = set()
    for exchange in target.tape:
        answer = _told(exchange)
        if answer in seen:
            continue
        seen.add(answer)
        _must_show_no_hash(target, exchange, answer)
        for raw in raw_digests_in(answer):
            if raw in made and raw.hex() not in _sent(exchange).lower():
                raise Violation(
                    "an answer holds a digest of a password",
                    "nothing that is made of a password",
                    f"its {made[raw]} digest in an answer with status {exchange.status}",
                    [exchange],
                )


def _must_show_no_hash(target: Target, exchange: Exchange, answer: str) -> None:
    for form, value in hashes_in(answer):
        if _is_explained(target, exchange, value):
            continue
        fitting = fits(form, value, _likely(target, exchange))
        whose = "of the password that was sent" if fitting else "in its known form"
        raise Violation(
            "an answer holds the hash of a password",
            "nothing that is made of a password",
            f"a hash of {form}, {whose}, in an answer with status {exchange.status}",
            [exchange],
        )


def _is_explained(target: Target, exchange: Exchange, value: str) -> bool:
    """Whether a client sent it, this one or another of the run, or the document has it for an example."""
    return any(value in _sent(one) for one in (exchange, *target.tape)) or value in str(
        target.contract.document
    )


def _likely(target: Target, exchange: Exchange) -> list[str]:
    """The passwords whose hash it may be, the likeliest first: what was sent with it, and those of the actors."""
    actors = sorted(target.actors.values(), key=lambda actor: actor.name != exchange.actor)
    known = [*_passwords(exchange, target), *(actor.password for actor in actors if actor.password)]
    return list(dict.fromkeys(known))[:TRIED]


def _digests(target: Target, carrying: Iterable[Exchange]) -> Mapping[bytes, str]:
    """Every plain digest of a password that was sent, with what was sent beside it for salt."""
    made: dict[bytes, str] = {}
    for exchange in carrying:
        texts = [str(value)[:LONGEST] for _, value in leaves(sent_body(exchange)) if isinstance(value, str)]
        for password in _passwords(exchange, target):
            salts = [text for text in texts if text and text != password][:SALTS]
            made.update(digests(password, salts))
    return made


def _passwords(exchange: Exchange, target: Target) -> list[str]:
    """The canaries that a request carries."""
    if exchange.method == "GET" or not exchange.request_body:
        return []
    canaries = frozenset(target.secrets.passwords.values())
    values = (value for _, value in leaves(sent_body(exchange)) if isinstance(value, str))
    return [value for value in values if value in canaries]


def _sent(exchange: Exchange) -> str:
    return unquote_plus(exchange.url) + exchange.request_body.decode("utf-8", "replace")


def _told(exchange: Exchange) -> str:
    return exchange.text + "\n".join(value for _, value in exchange.headers)
