"""Holding what was given against the schema, with a sentence for whatever does not fit. No value that may be a secret is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from compliance.configuration.keys import NAMING, at, keys, schema
from compliance.target.errors import TargetError

Path = tuple[str | int, ...]
#: How a value is called where it was given: `compliance.toml: profile`, `--compliance-profile`.
Naming = Callable[[Path], str]

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
    "array": "a list",
    "object": "a table",
}


def check(table: Mapping[str, Any], place: str, said: Naming) -> None:
    """Raises TargetError with one line for each thing that does not fit; place is where the table stands."""
    complaints = list(_complaints(table, place, said))
    if complaints:
        raise TargetError("\n".join(dict.fromkeys(complaints)))


def _complaints(table: Mapping[str, Any], place: str, said: Naming) -> Iterator[str]:
    for error in _validator().iter_errors(table):
        path: Path = tuple(error.instance_path)
        kind = error.kind.name
        if kind == "additionalProperties":
            yield from (f"{place}: {_unknown((*path, name))}" for name in error.kind.unexpected)
        elif kind == "propertyNames":
            wrong, named = _dotted((*path, error.kind.error.instance)), at(path)["propertyNames"]
            right = (
                f"one of {', '.join(named['enum'])}"
                if "enum" in named
                else f"of the form {_toml(_example(named))}"
            )
            yield f"{place}: {wrong} is not {right}"
        else:
            yield f"{said(path)} {_unfit(path, error)}"


@cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema())


def _unfit(path: Path, error: Any) -> str:
    """What is wrong with a value, and what would be right."""
    node = at(path)
    match error.kind.name:
        case "type":
            wanted = _TYPES[error.kind.types[0]]
            return f"is not {wanted}, for instance {_toml(_example(node))}"
        case "enum":
            near = get_close_matches(str(error.instance).lower(), node["enum"], 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"is unknown: it is one of {', '.join(node['enum'])}{hint}"
        case "pattern" if str(path[-1]).endswith(NAMING):
            return "is not the name of a variable: write the name, and set the variable to the secret"
        case "pattern":
            return f"is not of the form {_toml(_example(node))}"
        case "const":
            return "is neither a table nor false"
        case "minLength":
            return f"is empty: leave it out, or give one, for instance {_toml(_example(node))}"
        case "minimum" | "exclusiveMinimum":
            than = "less than" if error.kind.name == "minimum" else "not more than"
            return f"is {than} {error.kind.limit:g}: give more, for instance {_toml(_example(node))}"
        case "maximum":
            return f"is more than {error.kind.limit:g}"
    return "does not fit the schema"  # pragma: no cover - the schema uses nothing else


def _unknown(path: Path) -> str:
    """A key that there is not, and which one is meant."""
    *above, last = path
    table, name = tuple(above), str(last)
    valid = list(at(table)["properties"])
    plain = name.lower().replace("_", "-")
    if secret := get_close_matches(plain, _secrets(valid), 1, 0.8):
        return (
            f"{_dotted(path)} is a secret, which no file holds: write {secret[0]}{NAMING} with the name of the "
            "environment variable that is set to it"
        )
    if path == ("tool",):
        return "the keys of this file stand at its top, not under [tool.compliance]"
    known = {one: one for one in valid} | (_options() if not table else {})
    if near := get_close_matches(plain, known, 1):
        return f"unknown key {_dotted(path)}; did you mean {known[near[0]]}?"
    if table and plain in schema()["properties"]:
        return f"{plain} stands under [{_dotted(table)}]; it belongs before the first [table]"
    where = f" of [{_dotted(table)}]" if table else ""
    return f"unknown key {_dotted(path)}; the keys{where} are {', '.join(valid)}"


def _secrets(valid: Iterable[str]) -> list[str]:
    return [
        name.removesuffix(NAMING) for name in valid if name.endswith(NAMING) and name != f"username{NAMING}"
    ]


def _options() -> dict[str, str]:
    """The names of options, which people take for keys, and the keys that they set."""
    return {key.option.lstrip("-"): key.name for key in keys() if key.option}


def _example(node: Mapping[str, Any]) -> Any:
    return node.get("examples", [{}])[0]


def _toml(value: Any) -> str:
    return "{ … }" if isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False)


def _dotted(path: Path) -> str:
    """A way as TOML writes it, with quotes around what is no bare word."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            word = step if re.fullmatch(r"[A-Za-z0-9_-]+", step) else _toml(step)
            text += f".{word}" if text else word
    return text


def named(path: Path, value: Any) -> str:
    """A key with its value as a file has it; no value where it may be a secret that somebody wrote there."""
    steps = [step for step in path if isinstance(step, str)]
    if steps[:1] == ["actors"] or (steps and steps[-1].endswith(NAMING)) or isinstance(value, Mapping | list):
        return _dotted(path)
    return f"{_dotted(path)} = {_toml(value)}"
