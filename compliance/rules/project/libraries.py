"""What the project is built on: the libraries that it declares, and the Python that it runs on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.subjects import whole

_OLDEST = (3, 11)
_BOUND = re.compile(r"(===?|>=?|~=|\^|~)\s*(\d+)(?:\.(\d+))?")


@dataclass(frozen=True)
class _Purpose:
    """What libraries are for, and all of those that will do: `name`, or `name[extra]` where the extra brings it."""

    what: str
    names: frozenset[str]
    #: what the service or its tests import where it is needed; always, where nothing is named
    imports: tuple[str, ...] = ()
    of_tests: bool = False


def _names(names: str, *others: str) -> frozenset[str]:
    return frozenset([*names.split(), *others])


_DRIVERS_AS_EXTRAS = tuple(
    f"sqlalchemy[{one}]" for one in ("aiosqlite", "postgresql-asyncpg", "aiomysql", "asyncmy")
)
_WITH_ALL = ("fastapi[standard]", "fastapi[all]")
_PURPOSES = (
    _Purpose("the framework", _names("fastapi fastapi-slim")),
    _Purpose(
        "a server",
        _names(
            "uvicorn uvicorn-worker hypercorn granian daphne gunicorn fastapi-cli mangum functions-framework modal",
            *_WITH_ALL,
        ),
    ),
    _Purpose("the database", _names("sqlalchemy sqlmodel advanced-alchemy gino databases"), ("sqlalchemy",)),
    _Purpose(
        "an asynchronous driver",
        _names(
            "asyncpg psycopg psycopg-binary aiosqlite aiomysql asyncmy aioodbc oracledb psqlpy",
            *_DRIVERS_AS_EXTRAS,
        ),
        ("sqlalchemy.ext.asyncio",),
    ),
    _Purpose("settings", _names("pydantic-settings", *_WITH_ALL), ("pydantic_settings",)),
    _Purpose(
        "tokens",
        _names("pyjwt python-jose authlib joserfc jwcrypto fastapi-users authx"),
        ("jwt", "jose", "authlib", "joserfc"),
    ),
    _Purpose(
        "hashed passwords",
        _names("passlib libpass pwdlib bcrypt argon2-cffi fastapi-users scrypt pynacl"),
        ("passlib", "pwdlib", "bcrypt", "argon2"),
    ),
    _Purpose(
        "forms", _names("python-multipart", *_WITH_ALL), ("fastapi.security.OAuth2PasswordRequestForm",)
    ),
    _Purpose("tests", _names("pytest pytest-asyncio pytest-cov tox nox"), ("pytest",), of_tests=True),
    _Purpose(
        "a client for the tests",
        _names("httpx httpx2 async-asgi-testclient requests", *_WITH_ALL),
        ("httpx", "httpx2", "fastapi.testclient", "starlette.testclient"),
        of_tests=True,
    ),
)


@rule(
    "PRJ-013",
    "The project declares the libraries that it is built on",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def libraries_are_declared(source: Source, _: Source) -> None:
    """
    Why: what is installed only because something else brings it, or because somebody did so by hand, is missing the next time.

    Breaks: `import jwt` in a project that declares no library for tokens

    Conforms: `fastapi`, `uvicorn`, `sqlalchemy`, `pyjwt` … in `pyproject.toml`; equivalents will do
    """
    project = source.project
    if not source.applications:
        source.must_be_read()
        raise NotApplicable("no application is made here: what a library needs is not what a service does")
    if not project.requirements:
        if project.declares_elsewhere or not project.is_whole:
            where = project.declares_elsewhere or "a folder above"
            raise Untested(f"{where} may declare what the project needs, which is not read")
        raise Violation(
            "no libraries are declared", "pyproject.toml or requirements.txt", "neither declares any"
        )
    declared = {one.name for one in project.requirements}
    declared |= {f"{one.name}[{extra}]" for one in project.requirements for extra in one.extras}
    missing = [one.what for one in _needed(source) if not one.names & declared]
    if missing and project.declares_elsewhere:
        raise Untested(f"{project.declares_elsewhere} may declare what is missing, and is not read")
    if missing:
        said = ", ".join(missing)
        place = Place(project.requirements[0].file, 1, "", f"nothing for {said}")
        raise Violation(
            "libraries are not declared", "each of them, or its equivalent", f"nothing for {said}", [place]
        )
    source.must_be_read()


def _needed(source: Source) -> Iterator[_Purpose]:
    own = {one.name for module in source.modules for one in module.imported}
    for purpose in _PURPOSES:
        imported: Iterable[str] = source.tests.imported if purpose.of_tests else own
        if not purpose.imports or any(_begins(name, purpose.imports) for name in imported):
            yield purpose


def _begins(name: str, imports: Iterable[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in imports)


@rule(
    "PRJ-014",
    "The project asks for Python 3.11 or newer",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def python_is_new_enough(source: Source, _: Source) -> None:
    """
    Why: an older Python lacks what the standard builds on, task groups and timeouts among it, and soon its security fixes.

    Breaks: `requires-python = ">=3.8"`

    Conforms: `requires-python = ">=3.11"`, or `python = "^3.12"`
    """
    said = source.project.pythons
    bounds = [(one, _lowest(one.text)) for one in said]
    older = [one for one, lowest in bounds if lowest is not None and lowest < _OLDEST]
    if older:
        places = [Place(one.file, one.line, one.text, "an older Python is allowed") for one in older]
        raise Violation(
            "an older Python is allowed", "3.11 or newer", f"{older[0].file}: {older[0].text}", places
        )
    if not any(lowest for _, lowest in bounds):
        if not source.project.is_whole:
            raise NotApplicable("no project begins in this folder")
        raise Untested(
            "nothing says which Python the project runs on: requires-python in pyproject.toml does"
        )


def _lowest(said: str) -> tuple[int, int] | None:
    """The oldest Python that a range allows; None where it has no lower end."""
    found = [(int(major), int(minor or 0)) for _, major, minor in _BOUND.findall(said)]
    # Of `>=3.9,!=3.10` the bound counts; of `>3.10` what comes next.
    after = re.search(r"(?<![=~])>\s*3\.(\d+)\s*(?:,|$)", said)
    if after:
        found.append((3, int(after[1]) + 1))
    return max(found) if found else None
