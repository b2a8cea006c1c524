"""Which layer a module belongs to, by what a person says, what it holds, what it is called; and who imports whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.kinds import Kind, Kinds
from compliance.source.modules import Class, Function, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index

#: The layers that depend on each other, the innermost first.
RANKS = ("models", "repositories", "services", "api")
#: Layers beside them: `root` builds the application and may import anything.
LAYERS = (*RANKS, "schemas", "dependencies", "shared", "root")
#: Names of folders and modules that say it, and endings of modules' names that say it.
_NAMES = {
    "api": "api apis route routes router routers endpoint endpoints view views controller controllers "
    "handlers web http rest routing",
    "services": "service services usecase usecases use_case use_cases application logic business flow flows "
    "interactor interactors",
    "repositories": "repository repositories repo repos crud cruds dao daos persistence data_access "
    "store stores gateways",
    "models": "model models entity entities orm tables db_model db_models",
    "schemas": "schema schemas dto dtos request requests response responses serializer serializers payload payloads vo",
    "dependencies": "deps dependencies dependency container containers di",
    "shared": "core config settings util utils common kit helper helpers lib db database exception exceptions error errors "
    "middleware middlewares logging constants enums security types auth",
}
_ENDINGS = {
    "services": "service services usecase use_case flow flows",
    "repositories": "repository repo dao crud store",
    "models": "model models entity orm",
    "schemas": "schema schemas dto",
}
_BY_NAME = {name: layer for layer, names in _NAMES.items() for name in names.split()}
#: Names that say a layer only where the module has routes too: they are as often about the protocol.
_WEAK = frozenset(["http", "web", "rest", "routing", "handlers", "view", "views"])


#: Ends of the names of classes that keep rows, and calls by which rows are asked for or kept.
_STORES = ("repository", "repo", "dao", "crud", "store")
_ASKING = frozenset(
    {
        *(
            "select",
            "insert",
            "update",
            "delete",
            "execute",
            "executemany",
            "scalars",
            "scalar",
            "exec",
            "query",
        ),
        *("fetch", "fetchrow", "fetchval", "fetchone", "fetchall", "fetch_one", "fetch_all", "first", "all"),
        *("find", "find_one", "insert_one", "insert_many", "update_one", "delete_one", "aggregate", "filter"),
        *("add", "add_all", "merge", "commit", "flush", "refresh", "save", "get_or_create", "hget", "hset"),
    }
)

_ROUTERS = ("fastapi.APIRouter", "fastapi.routing.APIRouter")


@dataclass(frozen=True)
class Placement:
    """The layer of a module, empty where nothing tells it, and what does."""

    layer: str
    reason: str


@dataclass(frozen=True)
class Dependency:
    """One module imports another, or something that is defined there."""

    importer: Module
    imported: Module
    name: str
    line: int
    for_types: bool


def place_modules(
    index: Index, kinds: Kinds, stated: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Placement]:
    """Module -> layer. stated: layer -> patterns of module names, `*` for one part and `**` for any number."""
    return {
        name: _stated(name, stated or {}) or _by_content(index, kinds, module) or _by_name(index, module)
        for name, module in index.modules.items()
    }


def dependencies(index: Index) -> Iterator[Dependency]:
    """The imports among the modules themselves, of a name from where it is defined."""
    for module in index.modules.values():
        for one in module.imported:
            meaning = index.named(one.name)
            other = meaning.definition if isinstance(meaning.definition, Module) else None
            if isinstance(meaning.definition, (Function, Class)):
                other = meaning.definition.module
            if other is None:
                other = meaning.module or _nearest(index, one.name)
            if other is not None and other is not module:
                yield Dependency(module, other, one.name, one.line, one.for_types)


def _nearest(index: Index, name: str) -> Module | None:
    while name and name not in index.modules:
        name = name.rpartition(".")[0]
    return index.modules.get(name)


def _stated(name: str, stated: Mapping[str, Sequence[str]]) -> Placement | None:
    for layer, patterns in stated.items():
        for pattern in patterns:
            if re.fullmatch(_expression(pattern), name):
                return Placement(layer, f"configured: {pattern}")
    return None


def _expression(pattern: str) -> str:
    return ".*".join(
        r"[^.]*".join(re.escape(part) for part in piece.split("*")) for piece in pattern.split("**")
    )


def _by_content(index: Index, kinds: Kinds, module: Module) -> Placement | None:
    if _builds_the_application(index, module) or _completes_the_application(module):
        return Placement("root", "it builds the application")
    if module.routes:
        return Placement("api", f"it has {_counted(len(module.routes), 'route')}")
    if _gathers_routers(index, module):
        return Placement("api", "it gathers routers")
    # The base of all tables is no table: it stands beside the engine as often as beside them.
    tables = [one for one in module.classes if kinds.of(one) is Kind.TABLE]
    folders = _folders(index, module)[:-1]
    if tables and _name_says(index, module, "repositories"):
        return Placement("repositories", "it has tables, and its name is that of a repository")
    if tables and _stores(module, tables) and _by_folder(folders)[0] == "repositories":
        return Placement("repositories", "it has tables and what keeps them, and lies among repositories")
    if tables and not any(_BY_NAME.get(folder) == "api" for folder in folders):
        return Placement("models", f"it has {_counted(len(tables), 'table')}")
    classes = list(module.classes)
    if classes and not _has_functions(module) and all(kinds.of(one) is Kind.ENUM for one in classes):
        return Placement("shared", "it has nothing but enumerations")
    return None


def _builds_the_application(index: Index, module: Module) -> bool:
    for node in module.nodes(ast.Call):
        name = index.of(module, node).name
        if name in ("fastapi.FastAPI", "fastapi.applications.FastAPI"):
            return True
        if _includes(node) and not module.routes and module.name.count(".") <= 1:
            return not _gathers_routers(index, module)
    return False


def _completes_the_application(module: Module) -> bool:
    """Whether all its routes are added by functions that are handed the application: pages of documentation, health."""
    return bool(module.routes) and all(
        any(
            one.arg == dotted(route.decorator.func.value) and last(dotted(one.annotation)) == "FastAPI"
            for around in module.function_nodes
            if any(node is route.function.node for node in ast.walk(around))
            and around is not route.function.node
            for one in around.args.args
        )
        for route in module.routes
        if isinstance(route.decorator.func, ast.Attribute)
    )


def _gathers_routers(index: Index, module: Module) -> bool:
    """Whether it makes a router of its own and puts others into it."""
    calls = list(module.nodes(ast.Call))
    makes = any(index.of(module, node).name in _ROUTERS for node in calls)
    return makes and any(_includes(node) for node in calls)


def _includes(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "include_router"


def _name_says(index: Index, module: Module, layer: str) -> bool:
    stem = _folders(index, module)[-1]
    return _BY_NAME.get(stem) == layer or _ends_as(stem) == layer


def _by_name(index: Index, module: Module) -> Placement:
    """By the module's own name, then by the nearest folder that says anything, then by the ending of the name."""
    parts = _folders(index, module)
    stem, folders = ("", parts) if module.is_package else (parts[-1], parts[:-1])
    layer = _BY_NAME.get(stem, "")
    reason = f"its name is {stem}"
    if layer == "repositories" and not _keeps_rows(module):
        layer = ""
    if layer in ("", "shared") or (layer == "api" and stem in _WEAK):
        layer, reason = _by_folder(folders)
    ending = _ends_as(stem)
    # Repositories may be what the domain is about, of code or of packages, and a store a shop: the file knows better.
    if layer in ("", "shared") or (layer == "repositories" and ending == "services"):
        layer, reason = (ending, f"its name ends so: {stem}") if ending else (layer, reason)
    if not layer and _BY_NAME.get(stem) == "shared":
        layer, reason = "shared", f"its name is {stem}"
    if layer == "models" and _has_only_schemas(module):
        return Placement("schemas", "it has nothing but schemas")
    return Placement(layer, reason if layer else "")


def _stores(module: Module, tables: Sequence[Class]) -> list[Class]:
    """The classes that are called like what keeps rows, and are none themselves."""
    return [one for one in module.classes if one not in tables and one.node.name.lower().endswith(_STORES)]


def _keeps_rows(module: Module) -> bool:
    """Whether a module that is called a repository may be one of rows: there are those of code, packages and images too.

    One that holds nothing, one that derives from something, and one that asks a database in whatever words, may be.
    """
    named = _stores(module, ())
    if not named or any(one.node.bases for one in named):
        return True
    return any(last(called(node)) in _ASKING for node in module.nodes(ast.Call))


def _ends_as(stem: str) -> str:
    """The layer that the last words of a name say."""
    said = (one for one, ends in _ENDINGS.items() if stem.endswith(tuple(f"_{end}" for end in ends.split())))
    return next(said, "")


def _by_folder(folders: Sequence[str]) -> tuple[str, str]:
    for folder in reversed(folders):
        layer = _BY_NAME.get(folder, "")
        if layer and not (layer == "api" and folder in _WEAK):
            return layer, f"it lies in {folder}"
    return "", ""


def _folders(index: Index, module: Module) -> list[str]:
    """The parts of its name in small letters, without the package that all modules share, or that holds several layers."""
    parts = [part.lower() for part in module.name.split(".")]
    below = len(parts) > 1 and (len(index.tops) == 1 or _holds_layers(index, parts[0]))
    return parts[1:] if below else parts


def _holds_layers(index: Index, top: str) -> bool:
    """Whether a package that is called like a layer holds others: `api/services/`, `api/models/`."""
    own = _BY_NAME.get(top)
    if own not in RANKS:
        return False
    within = {name.split(".")[1] for name in index.modules if name.startswith(f"{top}.")}
    return any(_BY_NAME.get(name) in RANKS and _BY_NAME[name] != own for name in within)


def _has_only_schemas(module: Module) -> bool:
    classes = list(module.classes)
    return (
        bool(classes)
        and not _has_functions(module)
        and not any(name.startswith(("sqlmodel.", "sqlalchemy.")) for name in module.imports.values())
    )


def _has_functions(module: Module) -> bool:
    return any(isinstance(one, Function) for one in module.names.values())


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
