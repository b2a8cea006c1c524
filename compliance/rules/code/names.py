"""Names of classes, functions, variables, files, environment variables and private methods."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.kinds import Kind
from compliance.source.modules import Class, called, dotted, last
from compliance.source.subjects import whole
from compliance.source.within import is_made_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.source.modules import Function, Module

#: Bases that have no methods of their own which a class could have to call as they are called.
_BARE_BASES = frozenset(
    [
        "object",
        "ABC",
        "Generic",
        "Protocol",
        "NamedTuple",
        "TypedDict",
        "Enum",
        "StrEnum",
        "IntEnum",
        "str",
        "int",
        "dict",
        "list",
        "Exception",
        "ValueError",
        "RuntimeError",
        "HTTPException",
        "Base",
        "BaseModel",
        "BaseSettings",
        "DeclarativeBase",
        "SQLModel",
    ]
)
#: Variables that everybody writes in small letters.
_PROXIES = frozenset({"http_proxy", "https_proxy", "no_proxy", "all_proxy", "ftp_proxy"})
_PASCAL = re.compile(r"[A-Z][a-z0-9]+([A-Z][a-z0-9]*)*")
#: What makes JSON of a dataclass.
_WRITES_JSON = frozenset(["asdict", "to_json", "to_jsonable_python", "dump_json", "TypeAdapter"])
#: What a variable in PascalCase may hold that is no class.
_PLAIN = (
    ast.Constant,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.Tuple,
    ast.JoinedStr,
    ast.BinOp,
    ast.Compare,
    ast.ListComp,
)


@rule(
    "COD-002",
    "Classes are named in PascalCase",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("N801")
def classes_are_in_pascal_case(source: Source, _: Source) -> None:
    """
    Why: the reader tells a class from a function and a variable by its name alone.

    Breaks: `class user_service:`

    Conforms: `class UserService:`
    """
    places = [place for _, place in source.ruff_by_hand("N801")]
    source.none_of(places, "a class is not named in PascalCase", "PascalCase: UserService")


@rule(
    "COD-003",
    "Functions and variables are named in snake_case",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("N802", "N803", "N806", "N815", "N816")
def functions_and_variables_are_in_snake_case(source: Source, _: Source) -> None:
    """
    Why: names of two habits are looked up twice, and written wrong once.

    Breaks: `def getUser(userId: int) -> User:`

    Conforms: `def get_user(user_id: int) -> User:`; a setting or a constant in SCREAMING_SNAKE_CASE; a field of a schema that
    has the name that its JSON has
    """
    methods = [
        place
        for module, place in source.ruff_by_hand("N802", "N803")
        if not _is_named_by_others(source, module, place.line)
    ]
    variables = [
        place
        for module, place in source.ruff_by_hand("N806")
        if not _is_class_or_constant(module, place.line)
    ]
    fields = [
        place for module, place in source.ruff_by_hand("N815") if not _is_schema(source, module, place.line)
    ]
    others = [place for _, place in source.ruff_by_hand("N816")]
    source.none_of(
        methods + variables + fields + others,
        "a function or a variable is not named in snake_case",
        "snake_case: get_user",
    )


@rule(
    "COD-004",
    "Files and packages are named in snake_case",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def files_are_in_snake_case(source: Source, _: Source) -> None:
    """
    Why: where capitals make no difference to the file system, a name with them is imported on one machine and not on another.

    Breaks: `app/services/UserService.py`

    Conforms: `app/services/user_service.py`
    """
    seen: set[str] = set()
    places = []
    for module in source.written:
        parts = module.name.split(".")
        wrong = {".".join(parts[: end + 1]) for end, part in enumerate(parts) if not _is_snake_case(part)}
        if wrong - seen:
            places.append(module.place(1, last(min(wrong - seen, key=len))))
        seen |= wrong
    source.none_of(places, "a file is not named in snake_case", "snake_case: user_service.py")


@rule(
    "COD-006",
    "Environment variables are named in capitals",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("SIM112")
def environment_is_in_capitals(source: Source, _: Source) -> None:
    """
    Why: whoever deploys the service sets DATABASE_URL, and on most systems database_url is another variable.

    Breaks: `os.environ["database_url"]`

    Conforms: `os.environ["DATABASE_URL"]`, settings of pydantic, `https_proxy`, a variable that a library reads by that name
    """
    places = [
        place
        for module, place in source.ruff_by_hand("SIM112")
        if not _is_of_a_library(source, module, place.line)
    ]
    seen = {(place.file, place.line) for _, place in source.ruff_by_hand("SIM112")}
    places += [
        place
        for read in source.environment.reads
        if read.module in source.written and read.name.isidentifier() and read.name != read.name.upper()
        for place in [read.module.place(read.node, read.name)]
        if (place.file, place.line) not in seen and read.name not in _PROXIES
        if not _is_of_a_library(source, read.module, place.line)
    ]
    source.none_of(places, "an environment variable is not named in capitals", "SCREAMING_SNAKE_CASE")


@rule(
    "COD-007",
    "A private method has one underscore before its name",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def private_methods_have_one_underscore(source: Source, _: Source) -> None:
    """
    Why: two underscores make Python rename the method, so that neither a subclass nor a test finds it.

    Breaks: `def __check(self) -> None:`

    Conforms: `def _check(self) -> None:`
    """
    places = [
        module.place(method.node, f"{one.short}.{name}")
        for module in source.written
        for one in module.classes
        for name, method in one.methods.items()
        if name.startswith("__") and not name.endswith("__")
    ]
    source.none_of(places, "a method has two underscores before its name", "one underscore: _check")


def _is_snake_case(name: str) -> bool:
    return name == name.lower() and name.replace("_", "").isalnum()


def _is_named_by_others(source: Source, module: Module, line: int) -> bool:
    """Whether a name is a library's, or follows its habit: a method that it calls, a setting, a marker like `Depends`."""
    owner = next((one for one in _classes_around(module, line)), None)
    if owner is None:
        return _is_marker(source, module, line)
    family = [owner, *source.index.ancestors(owner)]
    if source.kinds.of(owner) is Kind.SETTINGS or any(
        _is_constant_property(one, line) for one in owner.methods.values()
    ):
        return True
    bases = [last(base.name) for one in family for base in source.index.bases(one) if base.definition is None]
    return any(base not in _BARE_BASES for base in bases)


def _is_marker(source: Source, module: Module, line: int) -> bool:
    """Whether a function is called as a class is, where parameters and fields are declared: `Depends`, `Query`, `Field`."""
    function = next((one for one in module.functions if one.node.lineno == line), None)
    if function is None or function.decorators or not _PASCAL.fullmatch(function.short):
        return False
    used = [
        (user, node)
        for user in source.modules
        if function.short in user.text
        for node in user.nodes(ast.Call)
        if last(called(node)) == function.short and source.index.of(user, node).name == function.name
    ]
    return not used or any(is_made_once(user, node) for user, node in used)


def _is_constant_property(method: Function, line: int) -> bool:
    """Whether a property is named as a constant is: it is one for whoever reads it."""
    made = {last(name) for name in method.decorators} & {"property", "cached_property", "computed_field"}
    return bool(made) and method.node.lineno == line and method.short.isupper()


def _is_class_or_constant(module: Module, line: int) -> bool:
    """Whether a variable of a function holds a class, or is a constant and written as one."""
    for node in _assignments(module, line):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        wrong = [name for name in names if name != name.lower() and not name.isupper()]
        holds_class = not isinstance(node.value, _PLAIN)
        return all(holds_class and name.lstrip("_")[:1].isupper() for name in wrong)
    return False


def _assignments(module: Module, line: int) -> Iterator[ast.Assign | ast.AnnAssign]:
    for kind in (ast.Assign, ast.AnnAssign):
        for node in module.nodes(kind):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.lineno <= line <= (
                node.end_lineno or line
            ):
                yield node


def _is_schema(source: Source, module: Module, line: int) -> bool:
    """Whether a field is one of JSON, whose names the other side may choose."""
    owner = next(_classes_around(module, line), None)
    if owner is None or source.kinds.of(owner) is Kind.SCHEMA:
        return True
    if any(last(base) in ("TypedDict", "Struct") for base in owner.bases):
        return True
    plain = any(last(called(one) or dotted(one)) == "dataclass" for one in owner.node.decorator_list)
    return plain and any(last(called(node)) in _WRITES_JSON for node in module.nodes(ast.Call))


def _classes_around(module: Module, line: int) -> Iterator[Class]:
    for one in module.classes:
        if one.node.lineno <= line <= (one.node.end_lineno or 0):
            yield one


def _is_of_a_library(source: Source, module: Module, line: int) -> bool:
    """Whether a variable's name begins as that of a library which the target uses: the library has named it."""
    libraries = {one.name.partition(".")[0] for other in source.modules for one in other.imported}
    text = [
        one.value
        for one in module.nodes(ast.Constant)
        if one.lineno == line and isinstance(one.value, str) and one.value.isidentifier()
    ]
    return any(one.partition("_")[0] in libraries - source.index.tops for one in text)
