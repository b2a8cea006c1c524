"""In what a request differs from what the document allows, with all that its text may stand for read into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from compliance.contract.validity import Fault, Undecided, Validity, Way

if TYPE_CHECKING:
    from compliance.contract.model import Contract, Operation, Parameter, Schema

_WORDS = {
    **dict.fromkeys(("1", "on", "t", "true", "y", "yes"), True),
    **dict.fromkeys(("0", "off", "f", "false", "n", "no"), False),
}
#: What stands for no value in a query.
_ABSENT = frozenset({"", "null", "none", "undefined"})
#: What a text of a path or query is not split into by everybody alike.
_CONTAINERS = frozenset({"array", "object"})


@dataclass(frozen=True)
class Deviation:
    """One thing that the document forbids: in the body, the query or the path; where, by which keyword, and what stands there."""

    location: str
    way: Way
    keyword: str
    message: str
    value: Any = None

    @property
    def place(self) -> str:
        return ".".join(str(step) for step in self.way) or f"the {self.location}"


class Reading:
    """Reads requests by a contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.validity = Validity(contract.document)

    def of_body(self, operation: Operation, body: Any) -> list[Deviation]:
        """What is wrong with a JSON body. Raises Undecided where the document does not say, or not understandably."""
        if operation.body is None or not operation.body.is_json or not operation.body.schema:
            raise Undecided("the document does not say what the body is")
        found = self.validity.faults(operation.body.schema, body)
        return [
            Deviation("body", fault.way, fault.keyword, fault.message, value_at(body, fault.way))
            for fault in found
            if not _fits_elsewhere(fault, value_at(body, fault.way))
        ]

    def known(self, operation: Operation, body: Any) -> list[Deviation]:
        """The same; nothing where that is undecided."""
        try:
            return self.of_body(operation, body)
        except Undecided:
            return []

    def allows(self, operation: Operation, body: Any) -> bool:
        """Whether the document understandably allows a JSON body."""
        try:
            return not self.of_body(operation, body)
        except Undecided:
            return False

    def of_url(self, operation: Operation, url: str, base: str) -> list[Deviation]:
        """What is wrong with path and query. Raises Undecided where the URL is not of the shape of the operation's."""
        values = path_values(operation, urlsplit(url).path.removeprefix(base))
        if values is None:
            raise Undecided("the path is another operation's")
        return [*self._of_path(operation, values), *self._of_query(operation, urlsplit(url).query)]

    def _of_path(self, operation: Operation, values: Mapping[str, str]) -> Iterator[Deviation]:
        for parameter in operation.parameters:
            if parameter.location == "path" and parameter.name in values:
                yield from self._of_text("path", parameter, values[parameter.name], absent=False)

    def _of_query(self, operation: Operation, query: str) -> Iterator[Deviation]:
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            given.setdefault(name, []).append(value)
        for parameter in operation.parameters:
            if parameter.location != "query" or parameter.form:
                continue
            values = given.get(parameter.name, [])
            if not values and parameter.required and not _in_brackets(parameter.name, given):
                yield Deviation("query", (parameter.name,), "required", "a required parameter is missing")
            if len(values) == 1:  # of a value that is there twice every framework takes one
                yield from self._of_text("query", parameter, values[0], absent=True)

    def _of_text(
        self, location: str, parameter: Parameter, text: str, *, absent: bool
    ) -> Iterator[Deviation]:
        """Wrong is a text of which no reading is allowed."""
        if self._splits(parameter.schema) or (absent and text.lower() in _ABSENT):
            return
        try:
            found = [self.validity.faults(parameter.schema, value) for value in readings(text)]
        except Undecided:
            return
        if all(found):
            fault = next((faults[0] for faults in found[1:] if faults[0].keyword != "type"), found[0][0])
            yield Deviation(location, (parameter.name,), fault.keyword, fault.message, text)

    def _splits(self, schema: Schema) -> bool:
        resolver = self.contract.resolver
        options = [schema, *(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())]
        return any(resolver.type_of(one) in _CONTAINERS for one in options)


def readings(text: str) -> Iterator[Any]:
    """What a text in a URL can stand for, itself first."""
    yield text
    stripped = text.strip()
    if stripped.lower() in _WORDS:
        yield _WORDS[stripped.lower()]
    for read in (int, float):
        try:
            number = read(stripped)
        except ValueError:
            continue
        if number == number and abs(number) != float("inf"):
            yield number


def path_values(operation: Operation, path: str) -> dict[str, str] | None:
    """The values of an operation's path in a requested one; None where it is another path."""
    pattern = re.sub(r"\\{([^{}/]+)\\}", "([^/]+)", re.escape(operation.path))
    found = re.fullmatch(pattern, path)
    return dict(zip(operation.path_parameters, map(unquote, found.groups()), strict=True)) if found else None


def value_at(value: Any, way: Way) -> Any:
    """What stands at the end of a way, None where it leads nowhere."""
    for step in way:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def parsed(body: bytes) -> Any:
    """The JSON of a body. Raises ValueError where it is none that everybody reads alike."""
    try:
        return json.loads(body, parse_constant=_refused)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _fits_elsewhere(fault: Fault, value: Any) -> bool:
    """Whether a pattern fits after all as Python and Rust read it: with letters of every language, say."""
    if not fault.pattern or not isinstance(value, str):
        return False
    try:
        return re.search(fault.pattern, value) is not None
    except re.error:
        return True


def _in_brackets(name: str, given: Mapping[str, Any]) -> bool:
    return any(key.startswith(f"{name}[") for key in given)
