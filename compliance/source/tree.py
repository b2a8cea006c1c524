"""The source tree of the service as a rule sees it: modules, layers, operations, calls, and what a linter finds."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from compliance.catalogue import NotApplicable, Untested, Violation
from compliance.result import Place
from compliance.source.blocking import Blocking
from compliance.source.calls import Calls
from compliance.source.database import Database
from compliance.source.environment import Environment
from compliance.source.files import Files
from compliance.source.index import Index
from compliance.source.introspecting import App, IntrospectionError, application, folders_of, introspect
from compliance.source.kinds import Kind, Kinds
from compliance.source.layers import Placement, place_modules
from compliance.source.logs import loggers
from compliance.source.merging import merged
from compliance.source.modules import Class, Function, Module
from compliance.source.operations import Operation
from compliance.source.parsing import UNREADABLE, many, parse, why_unread
from compliance.source.programs import programs, scripts
from compliance.source.project import Project, common_folder
from compliance.source.reading import operations_of
from compliance.source.routes import Route, find_routes
from compliance.source.ruff import ASKED, SETTINGS, Remark, RuffError, remarks
from compliance.source.scanning import scan
from compliance.source.sessions import Sessions, driven
from compliance.source.starting import starting
from compliance.source.statements import Statements
from compliance.source.testing import Tests
from compliance.source.types import Types

#: The share of modules that needs a layer before anything is said about layers.
PLACED = 0.3


@dataclass(eq=False)
class Source:
    """One package of a project. Its files are read once; nothing of it is imported or run unless somebody allowed it."""

    root: Path
    package: str
    files: Files
    #: file -> its text, and the name under which it is imported
    texts: Mapping[str, str]
    names: Mapping[str, str]
    #: file -> why it is no text
    undecodable: Mapping[str, str] = field(default_factory=dict)
    #: layer -> patterns of module names, as a person states them
    stated: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: the interpreter that may import the application, and which it is, as a person names them; empty: it is not imported
    python: str = ""
    application: str = ""

    @cached_property
    def _parsed(self) -> tuple[tuple[Module, ...], dict[str, str]]:
        modules, unread = [], dict(self.undecodable)
        with many():
            for path, text in self.texts.items():
                try:
                    module = Module(self.names[path], path, text, parse(text), path.endswith("__init__.py"))
                except UNREADABLE as failure:
                    unread[path] = why_unread(failure)
                    continue
                scan(module)
                modules.append(module)
        return tuple(modules), unread

    @property
    def modules(self) -> tuple[Module, ...]:
        return self._parsed[0]

    @property
    def unread(self) -> dict[str, str]:
        """File -> why it could not be read."""
        return self._parsed[1]

    @property
    def label(self) -> str:
        """What a subject is called that is all of it."""
        return self.package or self.root.resolve().name

    @cached_property
    def index(self) -> Index:
        index = Index({module.name: module for module in self.modules})
        for module in self.modules:
            module.routes = find_routes(index, module)
        return index

    @cached_property
    def kinds(self) -> Kinds:
        return Kinds(self.index)

    @cached_property
    def types(self) -> Types:
        return Types(self.index)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.index, self.types)

    @cached_property
    def database(self) -> Database:
        return Database(self.index, self.types)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.index, self.types)

    @cached_property
    def driven(self) -> frozenset[str]:
        """The functions that SQLAlchemy runs beside the event loop, for `run_sync` and for events, and what they call."""
        return driven(self.sessions, self.calls, self.index)

    @cached_property
    def starting(self) -> frozenset[str]:
        """The functions that run when the service starts and ends, and what nothing but these calls."""
        return starting(self.functions, self.calls)

    @cached_property
    def blocking(self) -> Blocking:
        return Blocking(self.index, self.types, self.sessions, self.calls, self.driven)

    @cached_property
    def statements(self) -> Statements:
        return Statements(self)

    @cached_property
    def programs(self) -> frozenset[str]:
        """The modules that run beside the service: command lines, workers and what is theirs alone."""
        return programs(self.index)

    @cached_property
    def scripts(self) -> frozenset[str]:
        """Those of them that somebody starts and nothing imports."""
        return scripts(self.index)

    @property
    def functions(self) -> Iterator[Function]:
        """All functions, methods and functions within functions."""
        for module in self.index.modules.values():
            yield from module.functions
            yield from module.inner_functions

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every operation, without websockets."""
        return tuple(
            one for module in self.index.modules.values() for one in module.routes if not one.is_websocket
        )

    @cached_property
    def written_operations(self) -> tuple[Operation, ...]:
        """Every operation with what it takes and what it answers, as the text tells it."""
        return operations_of(self.index, self.kinds, self.types, self.routes)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The same, with what FastAPI knows better where the application could be imported."""
        return merged(self, self.app) if self.app else self.written_operations

    @property
    def app(self) -> App | None:
        """What FastAPI knows of the application; None where it was not imported, for `app_reason`."""
        return self._introspected[0]

    @property
    def app_reason(self) -> str:
        """Why the application was not imported."""
        return self._introspected[1]

    @cached_property
    def _introspected(self) -> tuple[App | None, str]:
        if not (self.python or self.application):
            return None, "nobody named an interpreter or an application for it"
        name = self.application or application(self.index)
        if not name:
            return None, 'where it is made is not evident: name it, source.app = "MODULE:APP"'
        try:
            return introspect(
                self.root, self.python or sys.executable, name, folders_of(self.index.modules)
            ), ""
        except IntrospectionError as failure:
            return None, str(failure)

    @cached_property
    def layers(self) -> Mapping[str, Placement]:
        """Module -> its layer and the reason; both empty where nothing tells it."""
        return place_modules(self.index, self.kinds, self.stated)

    @cached_property
    def project(self) -> Project:
        """What lies beside the Python."""
        return Project(self.root, common_folder(module.file for module in self.modules))

    @cached_property
    def applications(self) -> tuple[tuple[Module, ast.Call], ...]:
        """Where an application is made: nowhere, if this is a library."""
        return tuple(self.index.calls("fastapi.FastAPI", "fastapi.applications.FastAPI"))

    @cached_property
    def environment(self) -> Environment:
        return Environment(self.index, self.kinds, self.types)

    @cached_property
    def tests(self) -> Tests:
        return Tests(self.root, self.files.tests)

    def layer(self, module: Module) -> str:
        return self.layers[module.name].layer

    def in_layer(self, *layers: str) -> Iterator[Module]:
        """The modules of these layers."""
        return (module for module in self.index.modules.values() if self.layer(module) in layers)

    def classes(self, *kinds: Kind) -> Iterator[Class]:
        """The classes of these kinds."""
        return (one for one in self.index.classes.values() if self.kinds.of(one) in kinds)

    def imports(self, *tops: str) -> bool:
        """Whether any module imports one of these packages."""
        return any(one.name.partition(".")[0] in tops for module in self.modules for one in module.imported)

    @property
    def written(self) -> Iterator[Module]:
        """The modules that a person wrote, and no program."""
        return (module for module in self.index.modules.values() if not module.is_generated)

    # -- what a rule may need ----------------------------------------------------------------------------------

    def must_be_read(self) -> None:
        """Raises Untested where a file could not be read: what it holds nobody knows."""
        if self.unread:
            file, reason = next(iter(self.unread.items()))
            more = f" and {len(self.unread) - 1} more" if len(self.unread) > 1 else ""
            raise Untested(f"{file}{more} could not be read: {reason}")

    def must_have(self, *packages: str, what: str) -> None:
        """Raises NotApplicable where no module imports one of these packages."""
        if not self.imports(*packages):
            self.must_be_read()
            raise NotApplicable(f"the service does not use {what}")

    def must_have_layers(self) -> None:
        """Raises Untested where too few modules have a layer to say anything about layers."""
        known = sum(bool(one.layer) for one in self.layers.values())
        if known < PLACED * len(self.layers):
            raise Untested(
                f"only {known} of {len(self.layers)} modules have a layer that shows: "
                "state them in [tool.compliance.source.layers]"
            )

    def ruff(self, *codes: str) -> list[Place]:
        """The places where ruff finds these codes. Raises Untested where it does not run."""
        try:
            found = self._remarks
        except RuffError as failure:
            raise Untested(str(failure)) from None
        by_file = {module.file: module for module in self.modules}
        return [
            by_file[one.file].place(one.line, one.message)
            for one in found
            if one.code in codes and one.file in by_file
        ]

    def ruff_by_hand(self, *codes: str) -> list[tuple[Module, Place]]:
        """The same with their modules, of those that a person wrote."""
        written = {module.file: module for module in self.written}
        return [(written[one.file], one) for one in self.ruff(*codes) if one.file in written]

    @cached_property
    def _remarks(self) -> list[Remark]:
        settings = {**SETTINGS, "lint.logger-objects": list(loggers(self.index))}
        return remarks(self.root, [module.file for module in self.modules], ASKED, settings)

    def none_of(self, places: Iterable[Place], cause: str, expected: str) -> None:
        """Raises Violation where there are such places, and Untested where there are none and a file was not read."""
        found = sorted(set(places), key=lambda one: (one.file, one.line, one.note))
        if found:
            where = f"{len(found)} places" if len(found) > 1 else "1 place"
            note = f": {found[0].note}" if found[0].note else ""
            raise Violation(
                cause, expected, f"{where}, the first {found[0].file}:{found[0].line}{note}", found
            )
        self.must_be_read()
