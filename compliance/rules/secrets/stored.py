"""What of a password the database is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import registration
from compliance.inside import Served, Statement, Watch
from compliance.target.scanning import shapes

#: How a body may write a password.
_SENT = frozenset({"plain", "JSON-escaped", "escaped as code points", "percent-encoded", "form-encoded"})
#: The database hashes by itself, as pgcrypto does.
_HASHED_THERE = re.compile(r"\b(?:crypt|gen_salt|pgp_sym_encrypt)\s*\(", re.IGNORECASE)


@rule(
    "SEC-004",
    "A password is kept only as a slow hash",
    level=Level.MUST,
    subjects=registration,
    phase=Phase.TAPE,
    needs={Need.WRITES},
    depth="inside",
)
def passwords_are_stored_as_hashes(watch: Watch, _: Operation) -> None:
    """
    Why: who reads the table, a backup or a dump of it then has everybody's password, here and elsewhere.

    Breaks: `User(email=data.email, password=data.password)`, `hashlib.sha256(password.encode()).hexdigest()`

    Conforms: `User(email=data.email, hashed_password=await passwords.hash(data.password))` with argon2id or bcrypt
    """
    if not any(served.statements for served in watch.own):
        raise NotApplicable("no statement of SQLAlchemy was executed for a request")
    known = {
        text: (name, encoding)
        for name, value in watch.passwords().items()
        for encoding, text in shapes(value)
        if value and encoding != "reversed"
    }
    writing = list(_writing(watch))
    for served, statement in writing:
        for column, text in statement.values:
            name, encoding = known.get(text, ("", ""))
            if name and not served.is_plain(watch.passwords()[name]):
                raise Violation(
                    "a password is kept as it is"
                    if "digest" not in encoding
                    else "a password is kept as a fast digest",
                    "a slow hash: argon2, scrypt, bcrypt or PBKDF2",
                    f"{statement.verb} of {served.label} writes the password of {name} ({encoding}) as {column or 'a value'}",
                    [*([statement.place] if statement.place else []), served],
                )
    if not any(served.ok and _holds_password(watch, served) for served, _ in writing):
        raise Untested("no password was seen on its way into the database")


def _writing(watch: Watch) -> Iterator[tuple[Served, Statement]]:
    for served in watch.own:
        for statement in served.statements:
            if statement.writes and not _HASHED_THERE.search(statement.text):
                yield served, statement


def _holds_password(watch: Watch, served: Served) -> bool:
    """Whether the client sent a password as one, in whatever encoding a body has."""
    sent = served.sent.decode("utf-8", "replace")
    return any(
        any(text in sent for encoding, text in shapes(value) if encoding in _SENT)
        and not served.is_plain(value)
        for value in watch.passwords().values()
    )
