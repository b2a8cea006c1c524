"""Fields of a schema that take a text of any length."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from compliance.source.annotations import Written, all_fields, class_of, members, written
from compliance.source.kinds import Kind
from compliance.source.modules import Class, called, dotted, last

if TYPE_CHECKING:
    from compliance.result import Place
    from compliance.source.tree import Source

#: How deep schemas lie within one another.
_DEPTH = 4
_LIMITS = frozenset({"max_length", "pattern", "regex", "max_len"})
_MANY = frozenset({"list", "List", "set", "Set", "Sequence", "tuple", "Tuple", "frozenset"})
_VALIDATORS = ("field_validator", "validator")


def unbounded_texts(
    source: Source, schema: Class, seen: set[str] | None = None, depth: int = 0
) -> Iterator[Place]:
    """The places of such fields, those of the schemas within it too."""
    known = set() if seen is None else seen
    if schema.name in known or depth > _DEPTH or source.kinds.of(schema) is not Kind.SCHEMA:
        return
    known.add(schema.name)
    strips = _limits_by_config(source, schema)
    for name, (place, annotation) in all_fields(source.index, schema).items():
        of = written(source.index, place.module, annotation)
        inner = _of_many(source, of)
        one = class_of(source.index, inner)
        if one is not None:
            yield from unbounded_texts(source, one, known, depth + 1)
        elif not strips and _is_plain_text(of) and not _is_limited(source, place, name, of):
            yield place.module.place(annotation, f"{place.short}.{name}")


def _of_many(source: Source, of: Written) -> Written:
    """The type of what a list holds; any other type as it is."""
    if of.head in _MANY and of.arguments:
        return written(source.index, of.module, of.arguments[0])
    return of


def _is_plain_text(of: Written) -> bool:
    parts = members(of.node) if of.node is not None else []
    return any(isinstance(one, ast.Name) and one.id == "str" for one in parts)


def _is_limited(source: Source, place: Class, name: str, of: Written) -> bool:
    calls = [extra for _, extra in of.extras if isinstance(extra, ast.Call)]
    value = place.values.get(name)
    if isinstance(value, ast.Call):
        calls.append(value)
    if any(keyword.arg in _LIMITS or keyword.arg is None for call in calls for keyword in call.keywords):
        return True
    # A validator of any name may refuse it; a field of another library's making may do anything.
    known = ("Field", "Query", "Body", "Form")
    if any(last(called(call)) not in known for call in calls) or any(
        not isinstance(extra, (ast.Call, ast.Constant)) for _, extra in of.extras
    ):
        return True
    return any(
        _validates(decorator, name)
        for one in (place, *source.index.ancestors(place))
        for method in one.methods.values()
        for decorator in method.node.decorator_list
    )


def _validates(decorator: ast.expr, name: str) -> bool:
    if not isinstance(decorator, ast.Call) or last(dotted(decorator.func)) not in _VALIDATORS:
        return False
    return any(isinstance(one, ast.Constant) and one.value in (name, "*") for one in decorator.args)


def _limits_by_config(source: Source, schema: Class) -> bool:
    """Whether the configuration of a schema bounds all of its texts."""
    for one in (schema, *source.index.ancestors(schema)):
        inner: list[ast.AST] = [node for node in one.node.body if isinstance(node, ast.ClassDef)]
        config = one.values.get("model_config")
        if isinstance(config, ast.Name):  # of several schemas
            meant = source.index.of(one.module, config).definition
            config = meant if isinstance(meant, ast.expr) else config
        said = " ".join(ast.unparse(node) for node in (*inner, *([config] if config else [])))
        if "str_max_length" in said or "max_anystr_length" in said:
            return True
    return False
