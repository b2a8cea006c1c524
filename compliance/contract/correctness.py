"""What is wrong with a document by its own specification, as far as its form alone does not show it.

A fault is (what kind, where). The form itself is compared with the schemas of OpenAPI by `compliance.traffic.form`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from compliance.contract.operations import METHODS
from compliance.contract.resolve import Resolver, mapping, sequence

#: The kind of a fault, and where it is.
Fault = tuple[str, str]

NO_TARGET = "a reference leads nowhere"
SAME_ID = "two operations have one identifier"
UNDECLARED = "a parameter of a path is not declared"
NOT_IN_PATH = "a declared path parameter is not in the path"
OPTIONAL = "a path parameter is not required"
TWICE = "a parameter is declared twice"
UNKNOWN_SCHEME = "a security scheme is named and not defined"

_BRACES = re.compile(r"{([^{}]+)}")
#: Where a key `$ref` is a word of whoever wrote an example, and no reference.
_QUOTED = frozenset({"example", "examples", "default", "enum", "const", "value"})
#: How many nodes are visited at most.
_MOST = 500_000


def faults(document: Mapping[str, Any]) -> list[Fault]:
    """All faults, in the document's order by kind."""
    resolver = Resolver(document)
    nodes = list(_operations(document, resolver))
    return [
        *_references(document),
        *_identifiers(nodes),
        *_parameters(nodes, resolver),
        *_schemes(document, nodes),
    ]


Node = tuple[str, str, Mapping[str, Any], Mapping[str, Any]]


def _operations(document: Mapping[str, Any], resolver: Resolver) -> Iterator[Node]:
    """Method, path, path item and operation of each."""
    for path, raw in mapping(document.get("paths")).items():
        item = resolver.follow(raw)
        for method in METHODS:
            if isinstance(item.get(method), Mapping):
                yield method.upper(), str(path), item, item[method]


def _references(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Local references that lead nowhere; those into other files cannot be followed, and may well be right."""
    known: set[str] = set()
    waiting: list[Any] = [document]
    for _ in range(_MOST):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        if not isinstance(node, Mapping):
            continue
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/") and reference not in known:
            known.add(reference)
            if not _leads(document, reference):
                yield NO_TARGET, reference
        waiting += [value for key, value in node.items() if key not in _QUOTED or isinstance(reference, str)]


def _leads(document: Mapping[str, Any], reference: str) -> bool:
    node: object = document
    for part in reference[2:].split("/"):
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        elif isinstance(node, Mapping) and (name in node or (name.isdigit() and int(name) in node)):
            node = node[name] if name in node else node[int(name)]
        else:
            return False
    return True


def _identifiers(nodes: list[Node]) -> Iterator[Fault]:
    named = Counter(str(node["operationId"]) for _, _, _, node in nodes if node.get("operationId"))
    yield from ((SAME_ID, name) for name, count in named.items() if count > 1)


def _parameters(nodes: list[Node], resolver: Resolver) -> Iterator[Fault]:
    for method, path, item, node in nodes:
        label = f"{method} {path}"
        shared = [resolver.follow(one) for one in sequence(item.get("parameters"))]
        own = [resolver.follow(one) for one in sequence(node.get("parameters"))]
        for parameters in (shared, own):
            named = Counter(
                (str(one.get("name")), str(one.get("in"))) for one in parameters if one.get("name")
            )
            yield from ((TWICE, f"{name} of {label}") for (name, _), count in named.items() if count > 1)
        # A reference that leads nowhere, or to another file, may be any of them.
        unread = any(not one for one in (*shared, *own))
        declared = {str(one.get("name")): one for one in (*shared, *own) if one.get("in") == "path"}
        names = set(_BRACES.findall(path))
        if not unread:
            yield from ((UNDECLARED, f"{name} of {label}") for name in sorted(names - set(declared)))
        yield from ((NOT_IN_PATH, f"{name} of {label}") for name in sorted(set(declared) - names))
        yield from (
            (OPTIONAL, f"{name} of {label}")
            for name, one in declared.items()
            if one.get("required") is not True
        )


def _schemes(document: Mapping[str, Any], nodes: list[Node]) -> Iterator[Fault]:
    defined = mapping(mapping(document.get("components")).get("securitySchemes"))
    defined = {**defined, **mapping(document.get("securityDefinitions"))}
    required = [document.get("security"), *(node.get("security") for _, _, _, node in nodes)]
    names = [str(name) for one in required for each in sequence(one) for name in mapping(each)]
    yield from ((UNKNOWN_SCHEME, name) for name in dict.fromkeys(names) if name not in defined)
