"""The keys of the configuration, read from its JSON Schema, which is the only place where they are written down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

#: What every variable of the environment begins with.
PREFIX = "COMPLIANCE_"
#: The end of a key that names a variable: its value is a secret, which stands in no file.
NAMING = "-env"


@dataclass(frozen=True)
class Key:
    """One key: its way from the top, and what the schema says of it."""

    path: tuple[str, ...]
    schema: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """`actors.alice.password-env`"""
        return ".".join(self.path)

    @property
    def option(self) -> str | None:
        option: str | None = self.schema.get("x-option")
        return option

    @property
    def variable(self) -> str | None:
        """The variable that holds its value, or of a key that names a variable the usual one.

        A table has none, nor has a key whose variable would look as if it held a secret (`COMPLIANCE_LOGIN_PASSWORD`).
        """
        if self.schema["type"] == "object" or not self.schema.get("x-variable", True):
            return None
        words = self.path[1:] if self.path[0] == "actors" else self.path
        return PREFIX + "_".join(words).removesuffix(NAMING).replace("-", "_").upper()

    @property
    def names_a_variable(self) -> bool:
        return self.name.endswith(NAMING)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the configuration."""
    text = (files("compliance.configuration") / "schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def keys() -> tuple[Key, ...]:
    """Every key with a value of its own, in the order of the schema; a table with free names is one key."""
    return tuple(_below((), schema()))


def key(name: str) -> Key:
    """The key of that name. Raises KeyError."""
    return _by_name()[name]


def resolved(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node of the schema with what it refers to; its own words win."""
    reference = node.get("$ref")
    if reference is None:
        return dict(node)
    return {**schema()["$defs"][reference.rpartition("/")[2]], **node}


def at(path: tuple[str | int, ...]) -> dict[str, Any]:
    """What the schema says of the value at that way; empty where there is no such key."""
    node = resolved(schema())
    for step in path:
        properties = node.get("properties", {})
        child = (
            node.get("items")
            if isinstance(step, int)
            else properties.get(step, node.get("additionalProperties"))
        )
        if not isinstance(child, Mapping):
            return {}
        node = resolved(child.get("then", child))  # of a list, which is a table or false, the table
    return node


@cache
def _by_name() -> dict[str, Key]:
    return {one.name: one for one in keys()}


def _below(path: tuple[str, ...], node: Mapping[str, Any]) -> Iterator[Key]:
    for name, child in node["properties"].items():
        inner = resolved(child)
        if "properties" in inner:
            yield from _below((*path, name), inner)
        else:
            yield Key((*path, name), inner)
