"""From the document to its operations: OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.contract.model import Body, Operation, Parameter, Response
from compliance.contract.resolve import Resolver, mapping, sequence
from compliance.contract.servers import base_path_of, clean

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace", "query")
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
#: What describes a parameter of Swagger 2.0; all its other keywords are its schema.
_PARAMETER_KEYWORDS = frozenset(
    {"name", "in", "required", "description", "allowEmptyValue", "collectionFormat"}
)


def operations_of(
    document: Mapping[str, Any], resolver: Resolver, base_path: str = ""
) -> tuple[Operation, ...]:
    """Every operation in the document's order. An empty `base_path` means the document's own."""
    reader = _Reader(document, resolver, clean(base_path) or base_path_of(document))
    return tuple(reader.operations())


class _Reader:
    def __init__(self, document: Mapping[str, Any], resolver: Resolver, base: str) -> None:
        self._document = document
        self._resolver = resolver
        self._base = base
        self._swagger = "swagger" in document

    def operations(self) -> Iterator[Operation]:
        for path, raw in mapping(self._document.get("paths")).items():
            item = self._resolver.follow(raw)
            for method in METHODS:
                if isinstance(item.get(method), Mapping) and str(path).startswith("/"):
                    yield self._operation(method, str(path), item, item[method])

    def _operation(
        self, method: str, path: str, item: Mapping[str, Any], node: Mapping[str, Any]
    ) -> Operation:
        parameters = self._parameters(item, node)
        return Operation(
            method=method.upper(),
            path=self._base + path,
            operation_id=str(node.get("operationId") or ""),
            tags=tuple(str(tag) for tag in sequence(node.get("tags"))),
            parameters=tuple(p for raw in parameters if (p := self._parameter(raw)) is not None),
            body=self._old_body(node, parameters) if self._swagger else self._body(node),
            responses={
                str(code): self._response(node, raw) for code, raw in mapping(node.get("responses")).items()
            },
            guarded=self._guarded(node, parameters),
            schemes=self._schemes(node),
            inherits_guard="security" not in node and self._guarded(node, []) is True,
            summary=str(node.get("summary") or ""),
        )

    def _parameters(self, item: Mapping[str, Any], node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Those of the path, each replaced by one of the same name and place of the operation."""
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for raw in [*sequence(item.get("parameters")), *sequence(node.get("parameters"))]:
            parameter = self._resolver.follow(raw)
            found[str(parameter.get("name")), str(parameter.get("in"))] = parameter
        return list(found.values())

    def _parameter(self, raw: Mapping[str, Any]) -> Parameter | None:
        location = str(raw.get("in"))
        if location not in ("path", "query", "header", "cookie"):
            return None
        written = any("json" in str(media) for media in mapping(raw.get("content")))
        form = "json" if written else "brackets" if raw.get("style") == "deepObject" else ""
        schema = self._parameter_schema(raw)
        if location == "header":
            schema = {**_shown_of(raw), **schema}
        return Parameter(str(raw.get("name", "")), location, bool(raw.get("required")), schema, form)

    def _parameter_schema(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._swagger:
            return {key: value for key, value in raw.items() if key not in _PARAMETER_KEYWORDS}
        if "schema" in raw:
            return self._resolver.resolve(raw["schema"])
        media = mapping(next(iter(mapping(raw.get("content")).values()), None))
        return self._resolver.resolve(media.get("schema"))

    def _body(self, node: Mapping[str, Any]) -> Body | None:
        body = self._resolver.follow(node.get("requestBody"))
        content = mapping(body.get("content"))
        if not content:
            return None
        raw = mapping(content[_preferred(content)]).get("schema")
        types = tuple(str(one) for one in content)
        return Body(
            types, self._resolver.resolve(raw), bool(body.get("required")), self._resolver.name_of(raw)
        )

    def _old_body(self, node: Mapping[str, Any], parameters: list[Mapping[str, Any]]) -> Body | None:
        """Swagger 2.0: one parameter in the body, or any number of form fields."""
        consumes = tuple(map(str, sequence(node.get("consumes")) or sequence(self._document.get("consumes"))))
        for parameter in parameters:
            if parameter.get("in") == "body":
                raw, required = parameter.get("schema"), bool(parameter.get("required"))
                types = consumes or (_JSON,)
                return Body(types, self._resolver.resolve(raw), required, self._resolver.name_of(raw))
        fields = {str(p.get("name")): p for p in parameters if p.get("in") == "formData"}
        if not fields:
            return None
        required_names = [name for name, p in fields.items() if p.get("required")]
        properties = {name: self._parameter_schema(p) for name, p in fields.items()}
        schema = {"type": "object", "properties": properties, "required": required_names}
        forms = tuple(one for one in consumes if "form" in one)
        return Body(forms or (_FORM,), schema, bool(required_names))

    def _response(self, node: Mapping[str, Any], raw: object) -> Response:
        response = self._resolver.follow(raw)
        if self._swagger:
            schema = response.get("schema")
            produces = sequence(node.get("produces")) or sequence(self._document.get("produces")) or (_JSON,)
            types = tuple(map(str, produces)) if schema else ()
        else:
            content = mapping(response.get("content"))
            schema = mapping(content[_preferred(content)]).get("schema") if content else None
            types = tuple(str(one) for one in content)
        resolved = self._resolver.resolve(schema) if isinstance(schema, Mapping) else None
        said = str(response.get("description") or "")
        return Response(types, resolved, self._resolver.name_of(schema), said)

    def _schemes(self, node: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of all security schemes that one of the alternatives mentions."""
        alternatives = sequence(node.get("security", self._document.get("security")))
        return tuple(dict.fromkeys(str(name) for one in alternatives for name in mapping(one)))

    def _guarded(self, node: Mapping[str, Any], parameters: list[Mapping[str, Any]]) -> bool | None:
        """The operation's word wins over the document's; an empty alternative makes credentials optional."""
        declared = node.get("security", self._document.get("security"))
        if isinstance(declared, list):
            if not declared:
                return False
            return None if any(not requirement for requirement in declared) else True
        headers = [
            p for p in parameters if p.get("in") == "header" and str(p.get("name")).lower() == "authorization"
        ]
        return True if any(p.get("required") for p in headers) else None


def _shown_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The example that stands beside a parameter's schema, as the schema would have it."""
    named = [one["value"] for one in map(mapping, mapping(raw.get("examples")).values()) if "value" in one]
    shown = [raw["example"]] if "example" in raw else named
    return {"example": shown[0]} if shown else {}


def _preferred(content: Mapping[str, Any]) -> str:
    """JSON where it is offered, else the first media type."""
    return next((one for one in content if "json" in str(one)), next(iter(content)))
