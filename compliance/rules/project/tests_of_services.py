"""Tests of the business logic."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.source import Source
from compliance.source.modules import Class, Function, Module, called, last
from compliance.source.subjects import whole

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.\w+)*(:\w+)?")
#: What imports modules whose names stand in no import.
_DYNAMIC = frozenset(
    {"importlib.import_module", "pkgutil.iter_modules", "pkgutil.walk_packages", "__import__"}
)
_ENDS = frozenset(last(name) for name in _DYNAMIC)


def must_have_tests(source: Source) -> None:
    """Raises Violation where a whole project has no test, and Untested where the tests may lie elsewhere."""
    if source.files.tests:
        return
    if not source.project.is_whole:
        raise Untested("no project begins in this folder: its tests may lie above it")
    raise Violation("no tests", "tests beside the service", "no file of tests is in the project")


@rule(
    "PRJ-011",
    "Tests load every module of the business logic",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def services_are_tested(source: Source, _: Source) -> None:
    """
    Why: a module that no test so much as imports may not even start, and nobody would know.

    Breaks: `services/billing.py`, which neither a test imports nor anything that a test imports

    Conforms: a test of the service, or one of the application that uses it
    """
    source.must_have_layers()
    services = [module for module in source.in_layer("services") if _does_something(module)]
    if not services:
        source.must_be_read()
        raise NotApplicable("there is no module of services")
    must_have_tests(source)
    reached = _reached(source)
    if not reached:
        raise Untested("no test imports anything of the service: they may run it from outside")
    missing = [module for module in services if module not in reached]
    unsure = next((module.file for module in reached if _imports_by_name(source, module)), "")
    if missing and (unsure or source.tests.unread or source.unread):
        raise Untested(
            f"what {unsure} imports by name cannot be told"
            if unsure
            else "a file that may import it could not be read"
        )
    source.none_of(
        (module.place(1, "no test loads it") for module in missing),
        "business logic without a test",
        "a test that uses the module",
    )


def _does_something(module: Module) -> bool:
    return any(isinstance(one, Class | Function) for one in module.names.values())


def _reached(source: Source) -> set[Module]:
    """The modules that tests load, themselves or through others."""
    waiting = [one for name in _named(source) for one in _loaded(source, name)]
    waiting += [one for one in source.modules if one.file in source.files.tests]
    found: set[Module] = set()
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.add(module)
        names = {*module.imports.values(), *(one.name for one in module.imported)}
        waiting += [one for name in names for one in _loaded(source, name)]
    return found


def _named(source: Source) -> Iterator[str]:
    """What tests import, and what they name in a text: `"app.main:app"`, `patch("app.services.mail.send")`."""
    yield from source.tests.imported
    for module in source.tests.modules:
        for node in module.nodes(ast.Constant):
            if isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
                name = node.value.partition(":")[0]
                if source.index.is_own(name):
                    yield name


def _loaded(source: Source, name: str) -> Iterator[Module]:
    """The modules that run when a name is imported: the packages on the way, and where the name is defined."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        module = source.index.modules.get(".".join(parts[:end]))
        if module is not None:
            yield module


def _imports_by_name(source: Source, module: Module) -> bool:
    """Whether a module imports others whose names only show when it runs."""
    return any(
        last(called(node)) in _ENDS and source.index.of(module, node).name in _DYNAMIC
        for node in module.nodes(ast.Call)
    )
