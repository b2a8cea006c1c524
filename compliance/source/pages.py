"""The lists among the operations, the parameters that say how long a page is, and where code bounds them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from compliance.contract.paging import CURSOR, OFFSET, PAGE, SIZE, is_cursor
from compliance.contract.paths import normal, segments, vocabulary, words
from compliance.source.constants import number
from compliance.source.kinds import Kind
from compliance.source.modules import Class, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.modules import Function
    from compliance.source.operations import Operation, Parameter
    from compliance.source.tree import Source

#: Operations that speak of the service, not of its rows.
_OPERATIONAL = vocabulary("health actuator metrics healthz liveness readiness jwks jwk version info status")
#: Names of a size that mean other things as well, and are no page's where no page is asked for.
_VAGUE = vocabulary("count max top first rows take size")
#: Words of a parameter that says how far apart the values of a series lie.
_STEPS = vocabulary("interval granularity bucket resolution")
#: How far from the operation a bound in code is looked for.
_DEPTH = 4


def lists(source: Source) -> Iterator[Operation]:
    """The operations that answer many rows."""
    for one in source.operations:
        last_segment = normal((segments(one.path) or [""])[-1])
        if (
            "GET" in one.methods
            and one.answer.is_list
            and not one.is_hidden
            and last_segment not in _OPERATIONAL
        ):
            yield one


def pages(one: Parameter) -> bool:
    """Whether a parameter moves through a list or bounds it, also in another language."""
    name = normal(one.name)
    return name in PAGE | SIZE | OFFSET | CURSOR or is_cursor(one.name) or "pag" in name or _is_size(one)


def _is_size(one: Parameter) -> bool:
    return any(normal(name) in SIZE for name in (one.name, one.own)) or normal(one.own).endswith(
        ("limit", "pagesize", "perpage")
    )


def is_series(operation: Operation) -> bool:
    """Whether the request says how fine a series of values over time is to be."""
    return any(set(words(one.name)) & _STEPS for one in operation.parameters)


def is_fixed(operation: Operation) -> bool:
    """Whether an operation awaits nothing and uses nothing that it is given: it lists what the code knows by itself."""
    function = operation.function
    given = {one.arg for one in function.parameters}
    used = {one.id for one in function.nodes(ast.Name)}
    waits = any(isinstance(one, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for one in function.own)
    return function.is_async and not waits and not given & used


def lists_constants(source: Source, operation: Operation) -> bool:
    """Whether an operation goes through nothing but what stands in the code: a list of it, or the members of an enumeration."""
    function = operation.function
    grows = any(called(node).endswith(".extend") for node in function.nodes(ast.Call))
    if grows or bool(function.nodes(ast.AugAssign)) or bool(function.nodes(ast.AsyncFor)):
        return False
    loops = function.nodes(ast.For)
    gone_through = [*(one.iter for one in loops), *(one.iter for one in function.nodes(ast.comprehension))]
    made = {name for node in loops for name in _named_by(node)}
    others = [
        one for one in function.nodes(ast.Return) if one.value is not None and not _is_of(one.value, made)
    ]
    return (
        bool(gone_through) and not others and all(_is_constant(source, function, one) for one in gone_through)
    )


def _named_by(loop: ast.AST) -> set[str]:
    """The lists that a loop appends to."""
    calls = (node for node in ast.walk(loop) if isinstance(node, ast.Call))
    return {called(node).removesuffix(".append") for node in calls if called(node).endswith(".append")}


def _is_of(returned: ast.expr, made: set[str]) -> bool:
    """Whether what is returned is such a list, or a schema with one."""
    if isinstance(returned, ast.Call):
        parts = [*returned.args, *(one.value for one in returned.keywords)]
        return any(_is_of(one, made) for one in parts)
    return isinstance(returned, ast.ListComp) or dotted(returned) in made


def _is_constant(source: Source, function: Function, node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and last(called(node)) in ("items", "values", "keys") and not node.args:
        assert isinstance(node.func, ast.Attribute)  # noqa: S101 - what has a dot in its name
        node = node.func.value
    meant: list[object] = [
        one.value
        for one in function.nodes(ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == dotted(node) for target in one.targets)
    ]
    if not meant:
        meaning = source.index.of(function.module, node)
        kept = meaning.module or function.module
        # What is put into it later was no constant.
        is_store = re.search(
            rf"\b{re.escape(last(meaning.name))}(\[[^]]+\] *=[^=]|\.(append|update|setdefault|add)\()",
            kept.text,
        )
        meant = [] if is_store else [meaning.definition]
    if len(meant) != 1:
        return False
    if isinstance(meant[0], Class):
        return source.kinds.of(meant[0]) is Kind.ENUM
    filled = isinstance(meant[0], (ast.List, ast.Tuple, ast.Set)) and bool(meant[0].elts)
    return filled or (isinstance(meant[0], ast.Dict) and bool(meant[0].keys))


@dataclass(frozen=True, eq=False)
class PageSize:
    """One declaration of a page's length, with the lists that take it."""

    parameter: Parameter
    operations: tuple[Operation, ...]

    @property
    def label(self) -> str:
        return f"{self.parameter.owner}.{self.parameter.own}"


def page_sizes(source: Source) -> list[PageSize]:
    """Every declaration of the length of a page; one dependency that fifty lists share is one."""
    found: dict[str, tuple[Parameter, list[Operation]]] = {}
    for operation in lists(source):
        moving = [one for one in operation.parameters if pages(one) and not _is_size(one)]
        for one in operation.parameters:
            if one.is_integer and _is_size(one) and (moving or normal(one.name) not in _VAGUE):
                found.setdefault(f"{one.owner}.{one.own}", (one, []))[1].append(operation)
    return [PageSize(one, tuple(operations)) for one, operations in found.values()]


# -- bounds in code -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clamp:
    """A bound that code sets; None: one that its text does not tell."""

    most: float | None


def clamp_of(source: Source, operation: Operation) -> Clamp | None:
    """How the code behind an operation bounds the length of its page, None where it does not."""
    for function in _behind(source, operation):
        found = _clamp_in(source, function)
        if found is not None:
            return found
    return None


def _behind(source: Source, operation: Operation) -> Iterator[Function]:
    """The dependencies of an operation and what it calls, the nearest first."""
    seen = set()
    for function in (operation.function, *operation.dependencies):
        for one, _ in source.calls.reached(function, _DEPTH):
            if one.name not in seen:
                seen.add(one.name)
                yield one


@lru_cache(maxsize=1 << 16)
def _clamp_in(source: Source, function: Function) -> Clamp | None:
    for node in function.own:
        value: ast.AST | None = None
        if isinstance(node, ast.Call) and called(node) == "min" and len(node.args) > 1:
            asked = next((one for one in node.args if _says_size(one)), None)
            value = next((one for one in node.args if one is not asked), None) if asked else None
        elif isinstance(node, ast.If):
            value = _greatest(node)
        if value is not None:
            return Clamp(number(source.index, function.module, value))
    return None


def _greatest(node: ast.If) -> ast.expr | None:
    """What a size is compared with, where the greater one is replaced or refused."""
    acts = any(isinstance(one, (ast.Assign, ast.Raise, ast.Return)) for one in node.body)
    for test in ast.walk(node.test) if acts else ():
        if not isinstance(test, ast.Compare):
            continue
        sides = [test.left, *test.comparators]
        for left, how, right in zip(sides, test.ops, sides[1:], strict=False):
            if _says_size(left) and isinstance(how, (ast.Gt, ast.GtE)):
                return right
            if _says_size(right) and isinstance(how, (ast.Lt, ast.LtE)):
                return left
    return None


def _says_size(node: ast.AST) -> bool:
    """Whether an expression is the size that was asked for; a constant like MAX_PAGE_SIZE is not."""
    written = last(dotted(node))
    name = normal(written)
    return not written.isupper() and (name in SIZE or name.endswith(("limit", "pagesize", "perpage")))
