"""Reading compliance-waivers.toml. Whatever is wrong with it is said at once, before anything is asked of a service."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from compliance.target.errors import TargetError
from compliance.verdict.fields import FIELDS, fault
from compliance.verdict.waivers import Waiver

#: How the file is called where nobody names another, the form that this kit reads, and the table that it holds.
NAME, VERSION, TABLE = "compliance-waivers.toml", 1, "waiver"
#: Days that a waiver lasts at most.
MOST = 180
_REQUIRED = ("rule", "reason", "owner", "expires")


def read(path: Path, rules: Collection[str], today: date) -> list[Waiver]:
    """The waivers of a file, in its order. Raises TargetError with a line for everything that is wrong with it."""
    return parse(bytes_of(path), shown(path), rules, today)


def bytes_of(path: Path) -> bytes:
    """Raises TargetError where there is nothing to read."""
    try:
        return path.read_bytes()
    except OSError as failure:
        raise TargetError(f"{shown(path)} cannot be read: {failure.strerror or failure}") from None


def parse(data: bytes, name: str, rules: Collection[str], today: date) -> list[Waiver]:
    """The same of what the file holds."""
    entries = entries_of(data, name)
    faults: list[str] = []
    waivers: list[Waiver] = []
    seen: dict[object, int] = {}
    for number, entry in enumerate(entries, 1):
        label = f"{name}: waiver {number}"
        if isinstance(entry, Mapping) and isinstance(entry.get("rule"), str):
            label += f" ({entry['rule']})"
        wrong = [f"{label}: {one}" for one in faults_of(entry, rules, today)]
        faults += wrong
        if wrong:
            continue
        waiver = _made(entry)
        first = seen.setdefault(waiver.scope, number)
        if first != number:
            faults.append(f"{label}: waives the same as waiver {first}: keep one of them")
        waivers.append(waiver)
    if faults:
        raise TargetError("\n".join(faults))
    return waivers


def entries_of(data: bytes, name: str) -> list[Any]:
    """The entries as TOML has them. Raises TargetError where the file as a whole is none of ours."""
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as failure:
        raise TargetError(f"{name} is not UTF-8: byte {failure.start}") from None
    except (ValueError, RecursionError) as failure:  # also a date that there is not
        raise TargetError(f"{name} is not TOML: {failure}") from None
    for key in table:
        if key not in (TABLE, "version"):
            near = get_close_matches(key.lower(), (TABLE, "version"), 1)
            hint = f"did you mean {_header(near[0])}?" if near else f"every entry begins with [[{TABLE}]]"
            raise TargetError(f"{name}: unknown key {key}; {hint}")
    if table.get("version", VERSION) != VERSION or isinstance(table.get("version"), bool):
        raise TargetError(f"{name}: version = {table['version']}: this kit reads version = {VERSION}")
    entries = table.get(TABLE, [])
    if not isinstance(entries, list):
        raise TargetError(f"{name}: {TABLE} is one table: begin every entry with [[{TABLE}]]")
    return entries


def today() -> date:
    """The day by which waivers and baselines end: the one in UTC."""
    return datetime.now(UTC).date()


def shown(path: Path) -> str:
    """The way to a file from here, where it is below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def _header(key: str) -> str:
    return f"[[{TABLE}]]" if key == TABLE else key


def _made(entry: Mapping[str, Any]) -> Waiver:
    made: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return Waiver(**made)


def faults_of(entry: Any, rules: Collection[str], today: date) -> Iterator[str]:
    """What is wrong with one entry, a sentence each."""
    if not isinstance(entry, Mapping):
        yield f"is no table: begin it with [[{TABLE}]]"
        return
    for key in entry:
        if key not in FIELDS:
            near = get_close_matches(key.lower().replace("-", "_"), FIELDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(FIELDS)}"
            yield f"unknown key {key}; {hint}"
    unfit = {key: fault(key, entry.get(key)) for key in FIELDS if key in entry or key in _REQUIRED}
    yield from filter(None, unfit.values())
    if not unfit["rule"] and entry["rule"] not in rules:
        yield _unknown_rule(entry["rule"], rules)
    if not unfit["expires"] and (entry["expires"] - today).days > MOST:
        ahead, last = (entry["expires"] - today).days, today + timedelta(days=MOST)
        yield f"expires is {ahead} days ahead, and a waiver lasts {MOST} at most: write expires = {last} or earlier"
    yield from _contradictions(entry)


def _unknown_rule(name: str, rules: Collection[str]) -> str:
    clause, at, depth = name.partition("@")
    near = get_close_matches(clause.upper() + at + depth.lower(), sorted(rules), 1, 0.7)
    return f'rule = "{name}" is no rule; ' + (
        f"did you mean {near[0]}?" if near else "`compliance rules` lists them"
    )


def _contradictions(entry: Mapping[str, Any]) -> Iterator[str]:
    if "cause" in entry and "fingerprint" in entry:
        yield "cause and fingerprint both stand there: keep the fingerprint, which is of one cause"
    if "files" in entry and "@" not in str(entry.get("rule", "@")):
        yield (
            "files is for rules of the source, such as COD-001@source: of this one name the operations, "
            'such as operations = ["GET /users"]'
        )
    approved = entry.get("approved_by")
    if approved is not None and approved == entry.get("owner"):
        yield "approved_by is the owner: name somebody else, or leave it out"
