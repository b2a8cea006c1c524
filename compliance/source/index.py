"""All modules of the service by name, and what a name in one of them stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from compliance.source.modules import Class, Definition, Function, Module, called, dotted

#: How many names may stand for one another before it is a circle.
_DEPTH = 12


@dataclass(frozen=True)
class Meaning:
    """What a name stands for: its full name, and its definition where that is the target's own."""

    name: str
    definition: Definition | Module | None = None
    #: where the definition stands
    module: Module | None = None


@dataclass(eq=False)
class Index:
    """The modules of one package, by the names under which they are imported."""

    modules: Mapping[str, Module] = field(default_factory=dict)

    @cached_property
    def classes(self) -> dict[str, Class]:
        return {one.name: one for module in self.modules.values() for one in module.classes}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Functions and methods by their full names."""
        return {one.name: one for module in self.modules.values() for one in module.functions}

    @cached_property
    def methods(self) -> dict[str, list[Function]]:
        """Methods of all classes by their short names."""
        found: dict[str, list[Function]] = {}
        for one in self.functions.values():
            if one.owner:
                found.setdefault(one.short, []).append(one)
        return found

    @cached_property
    def tops(self) -> frozenset[str]:
        """The first parts of the modules' names: what begins otherwise is somebody else's."""
        return frozenset(name.partition(".")[0] for name in self.modules)

    def is_own(self, name: str) -> bool:
        return name.partition(".")[0] in self.tops

    def meaning(self, module: Module, name: str, depth: int = 0) -> Meaning:
        """What a dotted name stands for in a module, followed through imports and other names."""
        head, _, rest = name.partition(".")
        if depth > _DEPTH or not name:
            return Meaning(name)
        if head in module.names:
            return self._defined(module, head, rest, depth)
        if head in module.imports:
            full = module.imports[head]
            return self.named(f"{full}.{rest}" if rest else full, depth + 1)
        for star in module.stars:
            other = self.modules.get(star)
            if other and (head in other.names or head in other.imports):
                return self.meaning(other, name, depth + 1)
        return Meaning(name)

    def named(self, name: str, depth: int = 0) -> Meaning:
        """What a full name stands for."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            module = self.modules.get(".".join(parts[:end]))
            if module is None:
                continue
            if end == len(parts):
                return Meaning(name, module, module)
            known = parts[end] in module.names or parts[end] in module.imports or module.stars
            return self.meaning(module, ".".join(parts[end:]), depth + 1) if known else Meaning(name)
        return Meaning(name)

    def of(self, module: Module, node: ast.AST | None) -> Meaning:
        """What an expression of names stands for, of a call what is called."""
        return self.meaning(module, called(node) or dotted(node))

    def calls(self, *names: str) -> Iterator[tuple[Module, ast.Call]]:
        """All calls of these full names, wherever they stand."""
        wanted, ends = set(names), {name.rpartition(".")[2] for name in names}
        for module in self.modules.values():
            for node in module.nodes(ast.Call):
                name = called(node)
                known = name.rpartition(".")[2] in ends or name in module.imports
                if known and self.meaning(module, name).name in wanted:
                    yield module, node

    def bases(self, one: Class) -> Iterator[Meaning]:
        """What the bases of a class stand for."""
        for name in one.bases:
            yield self.meaning(one.module, name)

    def ancestors(self, one: Class) -> Iterator[Class]:
        """The target's own classes that a class is derived from, the nearest first."""
        seen, waiting = {one.name}, [one]
        while waiting:
            for base in self.bases(waiting.pop(0)):
                if isinstance(base.definition, Class) and base.definition.name not in seen:
                    seen.add(base.definition.name)
                    waiting.append(base.definition)
                    yield base.definition

    def method(self, one: Class, name: str) -> Function | None:
        """A method of a class or of what it is derived from."""
        return next((c.methods[name] for c in (one, *self.ancestors(one)) if name in c.methods), None)

    def _defined(self, module: Module, head: str, rest: str, depth: int) -> Meaning:
        definition, full = module.names[head], f"{module.name}.{head}"
        if rest:
            method = definition.methods.get(rest) if isinstance(definition, Class) else None
            return Meaning(f"{full}.{rest}", method, module)
        if isinstance(definition, ast.expr):
            other = dotted(definition)
            if other and other != head and not other.startswith(f"{head}."):
                return self.meaning(module, other, depth + 1)
        return Meaning(full, definition, module)
