"""A module's imports and definitions, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from compliance.source.modules import AnyFunction, Class, Definition, Function, Import, Module


def scan(module: Module) -> None:
    """Fill in what the module imports and defines."""
    _statements(module, module.tree.body, for_types=False)
    # What is imported within a function is a name there only, but hardly ever another one.
    for node in module.import_nodes:
        for local, name in _imported(module, node):
            module.imports.setdefault(local, name)


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """The module that `from … import` names, relative ones from where it stands."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    above = node.level - 1 if module.is_package else node.level
    kept = parts[: len(parts) - above] if above else parts
    return ".".join([*kept, *([node.module] if node.module else [])])


def _statements(module: Module, body: Iterable[ast.stmt], *, for_types: bool) -> None:
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                _import(module, node, for_types=for_types)
            case ast.If():
                only = for_types or "TYPE_CHECKING" in ast.unparse(node.test)
                _statements(module, node.body, for_types=only)
                _statements(module, node.orelse, for_types=for_types)
            case ast.Try():
                handled = [one for handler in node.handlers for one in handler.body]
                inner = [*node.body, *handled, *node.orelse, *node.finalbody]
                _statements(module, inner, for_types=for_types)
            case ast.With():
                _statements(module, node.body, for_types=for_types)
            case _:
                module.names |= _defined(module, node)


def _defined(module: Module, node: ast.stmt) -> dict[str, Definition]:
    """The names that a statement defines."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return {node.name: Function(f"{module.name}.{node.name}", node, module)}
        case ast.ClassDef():
            return {node.name: _class(module, node)}
        case ast.Assign():
            return {one.id: node.value for one in node.targets if isinstance(one, ast.Name)}
        case ast.AnnAssign() if isinstance(node.target, ast.Name):
            return {node.target.id: node.value or node.annotation}
    if type(node).__name__ == "TypeAlias":  # `type Ids = list[int]`, which Python 3.11 does not know
        return {getattr(node, "name").id: getattr(node, "value")}  # noqa: B009
    return {}


def _import(module: Module, node: ast.Import | ast.ImportFrom, *, for_types: bool) -> None:
    if isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names):
        module.stars.append(absolute(module, node))
        module.imported.append(Import(absolute(module, node), node.lineno, for_types))
        return
    names = [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [f"{absolute(module, node)}.{name}" for name in names]
    module.imported += [Import(name, node.lineno, for_types) for name in names]
    module.imports |= dict(_imported(module, node))


def _imported(module: Module, node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """Local names with the full names that they stand for."""
    if isinstance(node, ast.Import):
        return [
            (one.asname, one.name) if one.asname else (one.name.partition(".")[0],) * 2 for one in node.names
        ]
    before = absolute(module, node)
    return [
        (one.asname or one.name, f"{before}.{one.name}" if before else one.name)
        for one in node.names
        if one.name != "*"
    ]


def _class(module: Module, node: ast.ClassDef) -> Class:
    found = Class(f"{module.name}.{node.name}", node, module)
    for one in node.body:
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                method = Function(f"{found.name}.{one.name}", one, module, found)
                found.methods.setdefault(one.name, method)
                _keep(found, method, one)
            case ast.AnnAssign() if isinstance(one.target, ast.Name):
                found.fields[one.target.id] = one.annotation
                if one.value is not None:
                    found.values[one.target.id] = one.value
            case ast.Assign():
                for target in one.targets:
                    if isinstance(target, ast.Name):
                        found.fields[target.id] = found.values[target.id] = one.value
    return found


def _keep(found: Class, method: Function, node: AnyFunction) -> None:
    """What a method assigns to attributes of its object."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assign):
            targets, value = one.targets, one.value
        elif isinstance(one, ast.AnnAssign):
            targets, value = [one.target], one.annotation
        else:
            continue
        for target in targets:
            if (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id == "self"
            ):
                found.kept.setdefault(target.attr, (value, method))
