"""What holds and where it came from, as a table or as JSON. Of a secret only its variable and whether that is set."""

from __future__ import annotations

import json
from typing import Any

from compliance.configuration import Configuration
from compliance.configuration.credentials import is_set, shown_variable
from compliance.configuration.keys import Key, keys
from compliance.configuration.places import OWN, SHARED, searched
from compliance.target.connection import printable


def table(configuration: Configuration) -> str:
    """Key, value and origin of all that was said and of every key at the top, in columns."""
    rows = [
        ("key", "value", "origin"),
        *(_row(configuration, key) for key in keys() if _is_told(configuration, key)),
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows]
    return "\n".join((_file(configuration), "", *lines, *_notes(configuration)))


def data(configuration: Configuration) -> dict[str, Any]:
    """The same as data, with every key: its value (of a secret: whether it is set), origin and variable."""
    return {
        "file": str(configuration.file.path) if configuration.file else None,
        "keys": {key.name: _entry(configuration, key) for key in keys()},
    }


def _file(configuration: Configuration) -> str:
    if configuration.file:
        return f"file: {configuration.file.path}"
    folders = ", ".join(map(str, searched(configuration.folder)))
    return f"file: none ({OWN}, or [tool.compliance] in {SHARED}; looked in {folders})"


def _is_told(configuration: Configuration, key: Key) -> bool:
    secret = key.names_a_variable and key.variable is not None
    return len(key.path) == 1 or secret or bool(configuration.layer(key.name))


def _row(configuration: Configuration, key: Key) -> tuple[str, str, str]:
    said = configuration.values[key.name]
    if key.names_a_variable:
        return key.name, _secret(configuration, key), said.origin
    value = _harmless(said.value)
    shown = (
        "-"
        if value in (None, [], {})
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )
    return key.name, shown or '""', said.origin


def _entry(configuration: Configuration, key: Key) -> dict[str, Any]:
    said = configuration.values[key.name]
    value = (
        {"set": is_set(configuration, key.name)} if key.names_a_variable else {"value": _harmless(said.value)}
    )
    return {**value, "origin": said.origin, "variable": key.variable, "option": key.option}


def _secret(configuration: Configuration, key: Key) -> str:
    variable = configuration[key.name] or key.variable or ""
    return f"{shown_variable(variable)}: {'set' if configuration.environment.get(variable) else 'not set'}"


def _harmless(value: Any) -> Any:
    """The value without the secrets that a URL may carry."""
    return printable(value) if isinstance(value, str) and "://" in value else value


def _notes(configuration: Configuration) -> list[str]:
    """What was said and does not hold."""
    notes = [f"note: {note}" for note in (*configuration.slips, *configuration.notes)]
    return ["", *notes] if notes else []
