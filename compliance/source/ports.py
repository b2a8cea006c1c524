"""Ports: classes that only say what somebody else has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.source.modules import Class, Function, Module, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index

_ABSTRACT = frozenset({"abc.ABC", "abc.ABCMeta"})
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_MARKS = frozenset({"abstractmethod", "overload"})


def is_port(index: Index, one: Class) -> bool:
    """Whether a class is a protocol, or abstract with nothing but abstract methods."""
    names = {base.name for base in index.bases(one)}
    metaclass = (word.value for word in one.node.keywords if word.arg == "metaclass")
    names |= {index.of(one.module, value).name for value in metaclass}
    if names & _PROTOCOLS:
        return True
    return bool(names & _ABSTRACT and one.methods) and all(map(_is_abstract, one.methods.values()))


def holds_ports_alone(index: Index, module: Module) -> bool:
    """Whether a module defines ports and nothing else that runs."""
    classes = list(module.classes)
    functions = any(isinstance(one, Function) for one in module.names.values())
    return bool(classes) and not functions and all(is_port(index, one) for one in classes)


def _is_abstract(method: Function) -> bool:
    return any(last(dotted(one)) in _MARKS for one in method.node.decorator_list)
