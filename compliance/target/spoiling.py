"""Bodies that are right but for one field: of another type, beyond its bounds, taken, or leading nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.contract.fields import body_fields
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Operation, Resource, Schema
from compliance.contract.relations import referred
from compliance.target.confirmation import absent_like
from compliance.target.tidying import unwrapped

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target


@dataclass(frozen=True, eq=False)
class Spoilt:
    """A request with one field that is wrong, and all that it sends beside it."""

    field: str
    how: Mapping[str, Any]

    @property
    def sent(self) -> Mapping[str, Any]:
        return {name: value for name, value in unwrapped(self.how["json"]).items() if name != self.field}


def spoilt(
    target: Target, operation: Operation, how: Mapping[str, Any], sample: Created, but: str = ""
) -> Iterator[Spoilt]:
    """A request spoilt in several ways, each time in one field other than `but`.

    sample: a row of the run's own, whose unique values are taken.
    """
    resource = sample.row.resource
    fields = _fields(target, operation, but)
    for wrong in (
        _of_another_type(fields, target),
        _beyond(fields),
        _taken(target, operation, fields, sample),
        _nowhere(target, fields, resource),
    ):
        if wrong is not None:
            yield Spoilt(wrong[0], with_field(how, *wrong))


def with_field(how: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """A request with another value in one field, whatever wraps that."""
    body = how["json"]
    inner = unwrapped(body)
    changed = {**inner, name: value}
    return {**how, "json": changed if inner is body else dict.fromkeys(body, changed)}


def _fields(target: Target, operation: Operation, but: str) -> dict[str, Schema]:
    """The fields of a body that may be wrong, those last that are read last: what goes before them has been begun."""
    resolver = target.contract.resolver
    kept = {
        one.path
        for one in inputs_of(operation, resolver)
        if not (one.privileged or one.owner or one.secret) and one.type != "object"
    }
    found = {path[-1]: schema for path, schema in body_fields(resolver, operation.body) if path in kept}
    return {name: schema for name, schema in reversed(found.items()) if name != but}


def _of_another_type(fields: Mapping[str, Schema], target: Target) -> tuple[str, Any] | None:
    kinds = target.contract.resolver
    typed = [name for name, schema in fields.items() if kinds.type_of(schema) or "anyOf" in schema]
    return (typed[0], {"kit": target.tag}) if typed else None


def _beyond(fields: Mapping[str, Schema]) -> tuple[str, Any] | None:
    """A value outside of what the document itself allows."""
    for name, schema in fields.items():
        lowest, highest, longest = (schema.get(key) for key in ("minimum", "maximum", "maxLength"))
        if isinstance(lowest, int) and not isinstance(lowest, bool):
            return name, lowest - 1
        if isinstance(highest, int) and not isinstance(highest, bool):
            return name, highest + 1
        if isinstance(longest, int) and longest <= 10_000:
            return name, "k" * (longest + 1)
    return None


def _taken(
    target: Target, operation: Operation, fields: Mapping[str, Schema], sample: Created
) -> tuple[str, Any] | None:
    unique = [one.path[-1] for one in inputs_of(operation, target.contract.resolver) if one.unique]
    values = unwrapped(sample.sent)
    return next(((name, values[name]) for name in unique if name in fields and values.get(name)), None)


def _nowhere(target: Target, fields: Mapping[str, Schema], own: Resource) -> tuple[str, Any] | None:
    """A reference to a row that nobody has."""
    for name, schema in fields.items():
        kind = target.contract.resolver.type_of(schema)
        known = referred(target.contract, name, own)
        if known is None or known is target.contract.accounts or known is own:
            continue
        if kind == "integer":
            return name, absent_like(0)
        if "uuid" in str(schema.get("format")):
            return name, absent_like("")
    return None
