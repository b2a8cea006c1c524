"""How the service keeps passwords, as its code has it."""

from __future__ import annotations

from compliance.catalogue import Level, NotApplicable, Phase, Untested, rule
from compliance.source import Source
from compliance.source.passwords import (
    fast_digests,
    hashes_slowly,
    kept_plain,
    password_fields,
    password_tables,
)
from compliance.source.pretending import pretended_hashes
from compliance.source.subjects import whole


@rule(
    "SEC-002",
    "No response schema carries a password",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def no_answer_has_a_password(source: Source, _: Source) -> None:
    """
    Why: a field for a password in an answer is sooner or later filled.

    Breaks: `class UserResponse(UserCreate)`, which has the password; a mapped table for an answer

    Conforms: `class UserResponse(UserBase)` without it; a field with `exclude=True`
    """
    shown = {one.name: one for operation in source.operations for one in operation.answer.shown}
    if not shown:
        source.must_be_read()
        raise NotApplicable("no operation shows a class of the service")
    places = [place for one in shown.values() for place in password_fields(source, one)]
    source.none_of(places, "an answer has a field for a password", "no such field")


@rule(
    "SEC-004",
    "A password is kept only as a slow hash",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def passwords_are_hashed(source: Source, _: Source) -> None:
    """
    Why: a stolen table of plain passwords, or of fast digests of them, is a list of passwords.

    Breaks: `User(**data.model_dump())` with the password in it; `hashlib.sha256(password.encode()).hexdigest()`

    Conforms: `values["hashed_password"] = passwords.hash(data.password)` with argon2, scrypt, bcrypt or PBKDF2
    """
    tables = password_tables(source)
    places = [*fast_digests(source), *pretended_hashes(source), *kept_plain(source, tables)]
    if not tables and not places:
        source.must_be_read()
        raise NotApplicable("no table has a column for a password")
    source.none_of(places, "a password is kept without a slow hash", "argon2, scrypt, bcrypt or PBKDF2")
    if not hashes_slowly(source):
        raise Untested(
            "a table keeps a password, and no function for passwords that the kit knows is imported"
        )
