"""Imports that point from an inner layer to an outer one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from compliance.catalogue import Level, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.layers import RANKS, Dependency, dependencies
from compliance.source.modules import Class, Function
from compliance.source.ports import holds_ports_alone, is_port
from compliance.source.subjects import whole

#: The module that builds the application is outermost: it may import anything, and only servers import it.
_RANK = {layer: rank for rank, layer in enumerate((*RANKS, "root"))}
#: What stands beside the layers, so that a dependency may lead through it.
_PASSED = ("shared", "dependencies")
#: Shared modules between two layers before nobody sees that one depends on the other.
_BETWEEN = 3


@rule(
    "ARC-001",
    "Imports point inward: routes, services, repositories, models",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def imports_point_inward(source: Source, _: Source) -> None:
    """
    Why: what imports a layer above its own cannot be used, tested or understood without it.

    Breaks: `from app.services.mail import send` in `app/repositories/users.py`, also where `app/core/events.py` lies
    between the two

    Conforms: a service imports repositories, a repository imports models; or it implements a port of the services, a
    protocol or a class with abstract methods alone
    """
    source.none_of(
        set(_upward(source)),
        "an inner layer imports an outer one",
        "imports from routes to services, from services to repositories, from repositories to models",
    )
    source.must_have_layers()


def _upward(source: Source) -> Iterator[Place]:
    imports: dict[str, list[Dependency]] = {}
    for one in dependencies(source.index):
        if not one.for_types:
            imports.setdefault(one.importer.name, []).append(one)
    for module in source.in_layer(*RANKS):
        for one in imports.get(module.name, []):
            if _rises(source, module.name, one) and not _is_of_its_folder(one):
                yield _place(source, one, source.layer(module))
        yield from _through_shared(source, module.name, imports)


def _rises(source: Source, name: str, one: Dependency) -> bool:
    """Whether what is imported lies above the layer of the module."""
    here, there = source.layers[name].layer, source.layer(one.imported)
    if there == "root" and source.index.named(one.name).module is not one.imported:
        return False  # a module below it that could not be read, as well as something of its own
    if there == "services" and _is_port(source, one):
        return False
    return _RANK.get(there, -1) > _RANK[here]


def _is_of_its_folder(one: Dependency) -> bool:
    """Whether a folder hands on what lies in it, and defines nothing: then its name says nothing of a layer."""
    front = one.importer
    defines = any(isinstance(each, (Class, Function)) for each in front.names.values())
    return front.is_package and not defines and one.imported.name.startswith(f"{front.name}.")


def _is_port(source: Source, one: Dependency) -> bool:
    """Whether what is imported is a port: whoever implements it knows nothing of who uses it."""
    definition = source.index.named(one.name).definition
    if isinstance(definition, Class):
        return is_port(source.index, definition)
    return definition is one.imported and holds_ports_alone(source.index, one.imported)


def _through_shared(source: Source, name: str, imports: dict[str, list[Dependency]]) -> Iterator[Place]:
    """The imports of shared modules that a module reaches and that lead above its layer: there the fault stands."""
    waiting = deque([(name, 0)])
    seen = {name}
    while waiting:
        at, far = waiting.popleft()
        for one in imports.get(at, []):
            if far and one.imported.name != name and _rises(source, name, one):
                yield _place(source, one, f"{source.layers[name].layer} ({name})")
            elif source.layer(one.imported) in _PASSED and one.imported.name not in seen and far < _BETWEEN:
                seen.add(one.imported.name)
                waiting.append((one.imported.name, far + 1))


def _place(source: Source, one: Dependency, whose: str) -> Place:
    outer = source.layer(one.imported)
    what = "what builds the application" if outer == "root" else outer
    direct = source.layer(one.importer) in RANKS
    return one.importer.place(
        one.line, f"{whose} import {what}" if direct else f"imports {what}, and {whose} import this"
    )
