"""What writes to a log: a call of a logger, of a service that collects errors, or of a function that does."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from compliance.source.modules import Function, Module, called, dotted, last
from compliance.source.within import function_of

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.tree import Source

#: Methods of a logger, of the standard library's and of structlog's, that write an error down.
_ERRORS = frozenset(["warning", "warn", "error", "exception", "critical", "fatal"])
_METHODS = _ERRORS | {"debug", "info", "log", "msg", "trace", "success", "notice"}
_ASYNC = frozenset(f"a{name}" for name in _METHODS)
#: Methods that report an error, whatever they are called on.
_REPORTS = frozenset(
    [
        "capture_exception",
        "capture_message",
        "capture_event",
        "record_exception",
        "log_exception",
        "print_exc",
        "print_exception",
        "set_exception",
        "report_exception",
        "notify_exception",
        "call_exception_handler",
    ]
)
#: What is written to by people who run a command, and what is written to beside logs.
_WRITERS = frozenset(
    ["console", "warnings", "traceback", "click", "typer", "rich", "logfire", "sentry_sdk", "span"]
)
_NAMED_SO = re.compile(
    r"(^|_)(log|logs|logged|logging|logger|traceback|sentry)(_|$)|capture_exception", re.IGNORECASE
)
#: Names of functions that make loggers or change them.
_MAKES_SO = re.compile(
    r"^_?(get|set|setup|configure|init|make|create|add|new|build|bind|use)_", re.IGNORECASE
)
_OF_ERRORS = re.compile(r"err|exc|warn|fail|crit|capture", re.IGNORECASE)
#: Calls between a function and the one that writes.
_DEPTH = 2


def writes_log(source: Source, module: Module, node: ast.AST, depth: int = 0) -> bool:
    """Whether a call writes a log, itself or by a function of the target's own that it calls."""
    if not isinstance(node, ast.Call):
        return False
    if is_log_call(module, node):
        return True
    if depth >= _DEPTH:
        return False
    within = function_of(module, node)
    callee = source.types.callee(within, node) if within else source.index.of(module, node).definition
    return isinstance(callee, Function) and _function_logs(source, callee, depth + 1)


def is_log_call(module: Module, node: ast.Call) -> bool:
    """Whether a call is one of a logger, or of what collects errors."""
    if not isinstance(node.func, ast.Attribute):
        name = called(node)
        return _is_named_so(last(module.imports.get(name, name)))
    name = node.func.attr
    if name in _REPORTS or _is_named_so(name):
        return name != "log" or is_logger(module, node.func.value)
    if name in ("echo", "secho", "warn") and dotted(node.func.value) in _WRITERS:
        return True
    return name in _METHODS | _ASYNC and is_logger(module, node.func.value)


def is_error_call(module: Module, node: ast.Call) -> bool:
    """Whether a call logs at the level of a warning or above, or reports an error."""
    if not is_log_call(module, node):
        return False
    name = last(dotted(node.func)) or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    # log(logging.ERROR, …) may be any level
    return bool(_OF_ERRORS.search(name)) or name in ("log", "alog", "fatal")


def _is_named_so(name: str) -> bool:
    return bool(_NAMED_SO.search(name)) and not _MAKES_SO.search(name)


def is_logger(module: Module, node: ast.expr) -> bool:
    """Whether an expression is a logger by its name or by where it is from: `logger`, `self._log`, `get_logger()`."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("bind", "opt", "contextualize", "new"):
            return is_logger(module, node.func.value)
        return "log" in last(called(node)).lower()
    leaf = last(dotted(node)) or (node.attr if isinstance(node, ast.Attribute) else "")
    origin = module.imports.get(dotted(node).partition(".")[0], "").partition(".")[0]
    known = origin in ("logging", "structlog", "loguru", "logfire", "sentry_sdk")
    return "log" in leaf.lower() or leaf in _WRITERS or known


def loggers(index: Index) -> tuple[str, ...]:
    """The full names of loggers that modules import, from where they import them: of Loguru, and of the target's own modules."""
    names = {one.name for module in index.modules.values() for one in module.imported}
    return tuple(sorted(name for name in names if _is_imported_logger(index, name)))


def _is_imported_logger(index: Index, name: str) -> bool:
    if name == "loguru.logger":
        return True
    if not index.is_own(name) or "log" not in last(name).lower():
        return False
    meaning = index.named(name)
    if not isinstance(meaning.definition, ast.Call):
        return meaning.name == "loguru.logger"
    made = called(meaning.definition)
    return last(made) in ("getLogger", "get_logger", "getChild", "bind") or made.endswith("logger.opt")


def _function_logs(source: Source, function: Function, depth: int) -> bool:
    return any(writes_log(source, function.module, node, depth) for node in function.nodes(ast.Call))
