"""Where the service takes its configuration from: classes of settings, and reads of the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.kinds import Kind, Kinds
from compliance.source.modules import Class, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.types import Types

_READERS = frozenset({"os.getenv", "os.environ.get", "os.environb.get", "os.getenvb"})
_ENDS = frozenset(last(name) for name in _READERS)
#: Libraries that read the environment for the service.
_LIBRARIES = (
    "pydantic_settings",
    "decouple",
    "environs",
    "environ",
    "dynaconf",
    "dotenv",
    "starlette.config",
    "pydantic.BaseSettings",
    "pydantic.v1.BaseSettings",
    "hydra",
    "omegaconf",
    "confz",
    "typed_settings",
    "envparse",
    "everett",
    "configargparse",
)


@dataclass(frozen=True)
class Read:
    """One variable that is read: `name` empty where it is not written there; default: what holds without it."""

    module: Module
    node: ast.Call | ast.Subscript
    name: str
    default: ast.expr | None = None


class Environment:
    """Settings and reads of the environment, each found once."""

    def __init__(self, index: Index, kinds: Kinds, types: Types) -> None:
        self._index = index
        self._types = types
        self.reads = tuple(one for module in index.modules.values() for one in _reads(index, module))
        self.settings = self._with_parts(
            [one for one in index.classes.values() if kinds.of(one) is Kind.SETTINGS] + list(self._plain())
        )

    @property
    def libraries(self) -> frozenset[str]:
        """The libraries for configuration that any module imports."""
        names = {one.name for module in self._index.modules.values() for one in module.imported}
        return frozenset(
            known for known in _LIBRARIES for name in names if name == known or name.startswith(f"{known}.")
        )

    def is_setting(self, module: Module, node: ast.AST) -> bool:
        """Whether a node stands in the body of a class of settings, and in none of its methods."""
        above = module.parents.get(node)
        while above is not None and not isinstance(above, ast.ClassDef):
            if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
                return False
            above = module.parents.get(above)
        return above is not None and f"{module.name}.{above.name}" in self.settings

    def _plain(self) -> Iterator[Class]:
        """Classes of no library whose fields are read from the environment."""
        known = {id(read.node) for read in self.reads}
        for one in self._index.classes.values():
            if any(id(node) in known for value in one.values.values() for node in ast.walk(value)):
                yield one

    def _with_parts(self, found: list[Class]) -> dict[str, Class]:
        """The classes, and those of their fields: settings in groups."""
        known: dict[str, Class] = {}
        while found:
            one = found.pop()
            if one.name in known:
                continue
            known[one.name] = one
            for annotation in one.fields.values():
                part = self._index.classes.get(self._types.annotated(one.module, annotation))
                if part is not None:
                    found.append(part)
        return known


def _reads(index: Index, module: Module) -> Iterator[Read]:
    for node in module.nodes(ast.Call):
        name = called(node)
        known = last(name) in _ENDS or name in module.imports
        if known and node.args and index.meaning(module, name).name in _READERS:
            named = next((one.value for one in node.keywords if one.arg == "default"), None)
            yield Read(module, node, _text(node.args[0]), node.args[1] if len(node.args) > 1 else named)
    for item in module.nodes(ast.Subscript):
        if (
            isinstance(item.ctx, ast.Load)
            and dotted(item.value)
            and index.of(module, item.value).name == "os.environ"
        ):
            yield Read(module, item, _text(item.slice))


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
