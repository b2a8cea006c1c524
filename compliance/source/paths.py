"""The paths of operations behind the prefixes of their routers, and the paths that tests ask for."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from compliance.source.modules import Module, called, dotted, last
from compliance.source.secrets import text_of

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.routes import Route

#: One part of a path that may be anything, and any number of them.
ANY, MANY = "*", "**"
Parts: TypeAlias = tuple[str, ...]
_VERBS = frozenset(["get", "post", "put", "patch", "delete", "head", "options", "request", "stream"])
#: Routers within routers.
_DEPTH = 6
_ORIGIN = re.compile(r"^(https?|wss?)://[^/]*")


@dataclass(frozen=True)
class Asked:
    """A path in a test; verb: the method it is sent with, empty where nothing tells it."""

    parts: Parts
    verb: str = ""


class Prefixes:
    """Which router is included where."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._included: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for module in index.modules.values():
            for node in module.nodes(ast.Call):
                if isinstance(node.func, ast.Attribute) and node.func.attr == "include_router":
                    self._include(module, node)

    def paths(self, route: Route) -> tuple[Parts, ...]:
        """The paths of an operation as far as the code tells them; empty where its own is not written there."""
        given = _argument(route.decorator, 0, "path")
        own = text_of(self._index, route.function.module, given)
        if not own and not (isinstance(given, ast.Constant) and given.value == ""):
            return ()
        assert isinstance(route.decorator.func, ast.Attribute)  # noqa: S101 - what a route's decorator is
        router = self._index.meaning(route.function.module, dotted(route.decorator.func.value))
        return tuple(_parts(prefix + own) for prefix in self._before(router.name, _DEPTH))

    def _before(self, router: str, depth: int) -> list[str]:
        """What stands before the paths of a router."""
        meaning = self._index.named(router)
        own = ""
        if isinstance(meaning.definition, ast.Call) and meaning.module:
            own = text_of(self._index, meaning.module, _argument(meaning.definition, None, "prefix"))
        above = self._included.get(router, []) if depth else []
        return [
            f"{before}{prefix}{own}" for parent, prefix in above for before in self._before(parent, depth - 1)
        ] or [own]

    def _include(self, module: Module, node: ast.Call) -> None:
        assert isinstance(node.func, ast.Attribute)  # noqa: S101 - as the caller has seen
        child = dotted(_argument(node, 0, "router"))
        if child:
            prefix = text_of(self._index, module, _argument(node, None, "prefix"))
            parent = self._index.meaning(module, dotted(node.func.value)).name
            self._included[self._index.meaning(module, child).name].append((parent, prefix))


def asked(modules: Sequence[Module]) -> Iterator[Asked]:
    """Every text in tests that may be a path, with the method where it is sent with one."""
    everywhere = {name: text for module in modules for name, text in _constants(module).items()}
    for module in modules:
        imported = {
            name: everywhere[last(full)] for name, full in module.imports.items() if last(full) in everywhere
        }
        known = imported | _constants(module)
        for node in (*module.nodes(ast.Constant), *module.nodes(ast.JoinedStr)):
            said = _said(node, known)
            above = module.parents.get(node)
            if said is None or isinstance(above, ast.JoinedStr | ast.FormattedValue | ast.Expr):
                continue
            verb = _verb(module, node, above)
            if verb or "/" in said:
                yield Asked(_parts(said), "" if verb in ("request", "stream") else verb)
                if said.endswith("/") and not verb:  # "/users/" + name
                    yield Asked((*_parts(said), ANY))


def matches(route: Parts, own: int, path: Parts, *, loosely: bool) -> bool:
    """Whether a path is one of an operation whose decorator names the last `own` parts; loosely: what a test fills in may be anything."""
    if not path or not route:
        return path == route
    for place, wanted in enumerate(reversed(route)):
        if place >= len(path):
            return place >= max(own, 1)  # the client knows the rest
        said = path[-1 - place]
        if said == MANY:
            return True
        if wanted == MANY:  # as many as there are behind what stands before it
            before = route[len(route) - place - 2] if place + 1 < len(route) else ANY
            return before == ANY or before in path
        if wanted not in (ANY, said) and not (said == ANY and loosely):
            return False
    return not loosely or bool(set(route) & set(path) - {ANY, MANY})


def _argument(node: ast.Call, at: int | None, name: str) -> ast.expr | None:
    named = next((one.value for one in node.keywords if one.arg == name), None)
    return named or (node.args[at] if at is not None and len(node.args) > at else None)


def _verb(module: Module, node: ast.AST, above: ast.AST | None) -> str:
    """The method of the call whose first argument a text is."""
    if isinstance(above, ast.keyword) and above.arg == "url":
        above = module.parents.get(above)
    elif not (isinstance(above, ast.Call) and above.args and above.args[0] is node):
        return ""
    name = above.func.attr if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) else ""
    is_client = "client" in called(above).lower() or "/" in str(getattr(node, "value", "/"))
    return name if name in _VERBS and is_client else ""


def _constants(module: Module) -> dict[str, str]:
    """Names that stand for one text in a module, wherever they are assigned."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in module.nodes(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                value = node.value
                text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
                found[target.id].add(text)
    return {name: next(iter(texts)) for name, texts in found.items() if len(texts) == 1 and "" not in texts}


def _said(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    pieces = []
    for one in node.values:
        if isinstance(one, ast.Constant):
            pieces.append(str(one.value))
        else:
            pieces.append(known.get(dotted(getattr(one, "value", None)), "{}"))
    return "".join(pieces)


def _parts(text: str) -> Parts:
    """The parts of a path: `{name}` and `%s` are any part, `{name:path}` any number, a placeholder before all of it too."""
    path = re.split(r"[?#]", _ORIGIN.sub("", text), maxsplit=1)[0]
    found = [one for one in path.split("/") if one]
    parts = [_part(one) for one in found]
    if parts and path.startswith("{}"):
        parts[0] = MANY
    return tuple(parts)


def _part(text: str) -> str:
    if re.fullmatch(r"\{\w*:path\}", text):
        return MANY
    return ANY if re.search(r"[{}%]", text) else text
