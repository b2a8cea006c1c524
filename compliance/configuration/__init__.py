"""What a person configured, in four layers: command line, environment, file, default. The first that says something wins.

Each value remembers where it came from, and each complaint names it. A list or a table of lists is replaced as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from compliance.configuration.belonging import OF_A_TARGET, left_out, speaks_for
from compliance.configuration.checking import check
from compliance.configuration.keys import PREFIX, Key, key, keys
from compliance.configuration.places import File, find, read
from compliance.configuration.strays import strays, told
from compliance.target.credentials import check_text
from compliance.target.errors import TargetError

__all__ = ["Configuration", "Layer", "Value", "configure"]

#: The option and the variable that name the file.
OPTION, VARIABLE = "--compliance-config", f"{PREFIX}CONFIG"
_TRUTHS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


class Layer(IntEnum):
    """Who said it; the greater wins."""

    DEFAULT = 0
    FILE = 1
    ENVIRONMENT = 2
    COMMAND_LINE = 3


@dataclass(frozen=True)
class Value:
    """What holds for one key, and where it came from: `--target-url`, `$COMPLIANCE_TARGET`, the file's name, `default`."""

    value: Any
    layer: Layer = Layer.DEFAULT
    origin: str = "default"


@dataclass(frozen=True)
class Configuration:
    """What holds for every key, by its dotted name. Of a key like `actors.alice.password-env` it is the variable's name."""

    values: Mapping[str, Value]
    #: where the invocation was made
    folder: Path
    file: File | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: sentences on what was said and does not hold
    notes: tuple[str, ...] = ()
    #: sentences on variables that are misspelt, with which no run begins
    slips: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value

    @property
    def folders(self) -> tuple[str, ...]:
        """Where modules are looked for: the folder of the invocation, and the one of the file."""
        return tuple(dict.fromkeys(map(str, (self.folder, *([self.file.folder] if self.file else [])))))

    def layer(self, name: str) -> Layer:
        return self.values[name].layer

    def table(self, name: str) -> dict[str, Any]:
        """What was said under a table, by the keys' last names."""
        prefix = f"{name}."
        given = {way: value for way, value in self.values.items() if way.startswith(prefix) and value.layer}
        return {way.removeprefix(prefix): one.value for way, one in given.items()}

    def label(self, name: str) -> str:
        """How a message calls the place where the value of a key was given."""
        one = self.values[name]
        if one.layer is Layer.FILE:
            return f"{one.origin}: {name}"
        return one.origin.removeprefix("$") if one.layer else key(name).option or name


def configure(option: Callable[[str], Any], folder: Path, environment: Mapping[str, str]) -> Configuration:
    """The configuration of an invocation in that folder. Raises TargetError with what does not fit.

    option: what the command line gave for an option, None for nothing.
    """
    file = _file(option(OPTION), folder, environment)
    values = {
        one.name: _of_option(one, option)
        or _of_environment(one, environment)
        or _of_file(one, file)
        or _default(one)
        for one in keys()
    }
    named = [str(values[one.name].value) for one in keys() if one.names_a_variable]
    others = strays(environment, named)
    notes = [*_leave_out(values, file), *(told(name, "") for name, meant in others.items() if not meant)]
    slips = [told(name, meant) for name, meant in others.items() if meant]
    return Configuration(values, folder, file, environment, tuple(notes), tuple(slips))


def _leave_out(values: dict[str, Value], file: File | None) -> list[str]:
    """Take away what the file says of a target that is not the one to judge; returns a sentence on it."""
    if file is None or speaks_for(file, values["target"], values["app"]):
        return []
    others = [one for one in keys() if one.path[0] in OF_A_TARGET and values[one.name].layer is Layer.FILE]
    values |= {one.name: _default(one) for one in others}
    note = left_out(file, {one.path[0] for one in others})
    return [note] if note else []


def _default(one: Key) -> Value:
    return Value(one.schema["default"])


def _file(given: str | None, folder: Path, environment: Mapping[str, str]) -> File | None:
    name, origin = given, OPTION
    if name is None:
        name, origin = environment.get(VARIABLE) or None, VARIABLE
    if name is None:
        return find(folder)
    path = folder / name
    if not path.is_file():
        what = "it is a folder" if path.is_dir() else "there is no such file"
        raise TargetError(f"{origin}={name}: {what}")
    return read(path, folder)


def _of_option(one: Key, option: Callable[[str], Any]) -> Value | None:
    given = option(one.option) if one.option else None
    if given is None:
        return None
    return Value(_fitting(one, given, str(one.option)), Layer.COMMAND_LINE, str(one.option))


def _of_environment(one: Key, environment: Mapping[str, str]) -> Value | None:
    variable = one.variable
    text = environment.get(variable) if variable else None
    if not variable or not text:  # an empty variable is what a pipeline makes of one that is not set
        return None
    value = variable if one.names_a_variable else _fitting(one, text, variable)
    return Value(value, Layer.ENVIRONMENT, f"${variable}")


def _of_file(one: Key, file: File | None) -> Value | None:
    if file is None:
        return None
    table: Any = file.table
    for step in one.path:
        if step not in table:
            return None
        table = table[step]
    return Value(table, Layer.FILE, file.name)


def _fitting(one: Key, given: Any, source: str) -> Any:
    """A value of the command line or the environment as its key wants it. Raises TargetError where it does not fit."""
    for text in (given, *(given if isinstance(given, list) else ())):
        if isinstance(text, str):
            check_text(text, source)
    value = _typed(given, one.schema["type"]) if isinstance(given, str) else given
    table: Any = value
    for step in reversed(one.path):
        table = {step: table}
    shown = ",".join(given) if isinstance(given, list) else given
    check(table, source, lambda _: f"{source}={shown}" if shown else source)
    return value


def _typed(text: str, kind: str) -> Any:
    """The text as the type of the schema, and as it is where it is none: the schema then says so."""
    text = text.strip()
    if kind == "array":
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind == "boolean":
        return _TRUTHS.get(text.lower(), text)
    if kind in ("integer", "number") and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?\d{0,12}\.\d{1,12}", text):
        return float(text)
    return text
