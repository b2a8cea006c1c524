"""Exceptions of every kind that are caught."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source
from compliance.source.logs import writes_log
from compliance.source.modules import dotted, last
from compliance.source.subjects import whole
from compliance.source.within import function_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.source.modules import Module

_BROAD = frozenset({"Exception", "BaseException"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@rule(
    "COD-011",
    "No exception of every kind is swallowed without a log",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def broad_handlers_log(source: Source, _: Source) -> None:
    """
    Why: `except Exception` catches the typing error of next week too, and without a log nobody ever learns of it.

    Breaks: `except Exception: return None`

    Conforms: `except Exception: logger.exception("mail_not_sent")`, or catching what is expected: `except SMTPException:`
    """
    places = [
        module.place(handler, "swallowed")
        for module in source.written
        for handler in _broad(module)
        if not _raises(handler) and not _is_logged(source, module, handler)
    ]
    places += [
        module.place(node, "suppressed") for module in source.written for node in _suppressed(source, module)
    ]
    source.none_of(
        places, "every exception is caught, and none is logged", "a log, or the exceptions that are expected"
    )


@rule(
    "COD-012",
    "What another exception is raised for is logged or kept as its cause",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def translated_errors_are_kept(source: Source, _: Source) -> None:
    """
    Why: whoever reads the log sees the error that was raised for the caller, and not what went wrong.

    Breaks: `except Exception: raise BadGatewayException() from None`

    Conforms: `logger.exception("payment_failed")` before it, or `raise PaymentError() from error`
    """
    places = [
        module.place(handler, "translated")
        for module in source.written
        for handler in _broad(module)
        if _raises(handler) and _loses(handler) and not _is_logged(source, module, handler)
    ]
    source.none_of(
        places, "another error is raised, and the first one is lost", "a log, or `raise … from error`"
    )


def _broad(module: Module) -> Iterator[ast.ExceptHandler]:
    for handler in module.nodes(ast.ExceptHandler):
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if handler.type is None or any(last(dotted(one)) in _BROAD for one in kinds):
            yield handler


def _own(handler: ast.ExceptHandler) -> Iterator[ast.AST]:
    """What a handler does itself, without the functions that it defines."""
    waiting: list[ast.AST] = list(handler.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in _own(handler))


def _loses(handler: ast.ExceptHandler) -> bool:
    """Whether an exception is raised that has lost the one that was caught: without it, and without its text."""
    telling = _telling(handler)
    return any(
        isinstance(node, ast.Raise)
        and node.exc is not None
        and not telling & {name for part in (node.exc, node.cause) if part for name in _named(part)}
        for node in _own(handler)
    )


def _telling(handler: ast.ExceptHandler) -> set[str]:
    """The name of the exception that was caught, and those of what is made of it: `detail = f"failed: {error}"`."""
    telling = {handler.name} if handler.name else set()
    for node in sorted(
        (one for one in _own(handler) if isinstance(one, ast.Assign)), key=lambda one: one.lineno
    ):
        if telling & _named(node.value):
            telling |= {name for target in node.targets for name in _named(target)}
    return telling


def _named(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _is_logged(source: Source, module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether the handler logs, itself or after it with what it has kept."""
    nodes = list(_own(handler))
    if any(writes_log(source, module, node) for node in nodes):
        return True
    kept = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    around = function_node(module, handler) if kept else None
    return around is not None and any(
        isinstance(node, ast.Call)
        and node.lineno > (handler.end_lineno or handler.lineno)
        and any(isinstance(one, ast.Name) and one.id in kept for one in ast.walk(node))
        and writes_log(source, module, node)
        for node in ast.walk(around)
    )


def _suppressed(source: Source, module: Module) -> Iterator[ast.Call]:
    """Calls of `contextlib.suppress(Exception)`, which is the same in other words."""
    if "suppress" not in module.text:
        return
    for node in module.nodes(ast.Call):
        broad = any(last(dotted(one)) in _BROAD for one in node.args)
        if broad and source.index.of(module, node).name == "contextlib.suppress":
            yield node
