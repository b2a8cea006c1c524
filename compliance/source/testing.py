"""The tests of a project: their modules, what they import of the service, which paths they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from compliance.source.modules import Module
from compliance.source.naming import module_names
from compliance.source.parsing import UNREADABLE, many, parse, read
from compliance.source.scanning import scan


class Tests:
    """The modules that lie among the tests, each parsed once."""

    __test__ = False  # of this project's own tests

    def __init__(self, root: Path, files: Sequence[str]) -> None:
        self._root = root
        self._files = files

    @cached_property
    def _read(self) -> tuple[tuple[Module, ...], Mapping[str, str]]:
        texts: dict[str, str] = {}
        unread: dict[str, str] = {}
        for path in self._files:
            try:
                texts[path] = read(self._root / path)
            except UNREADABLE as failure:
                unread[path] = type(failure).__name__
        with many():
            modules = tuple(self._parsed(texts, unread))
        return modules, unread

    def _parsed(self, texts: Mapping[str, str], unread: dict[str, str]) -> Iterator[Module]:
        names = module_names(texts)
        for path, text in texts.items():
            try:
                package = PurePosixPath(path).name == "__init__.py"
                module = Module(names[path], path, text, parse(text), package)
            except UNREADABLE as failure:
                unread[path] = type(failure).__name__
                continue
            scan(module)
            yield module

    @property
    def modules(self) -> tuple[Module, ...]:
        return self._read[0]

    @property
    def unread(self) -> Mapping[str, str]:
        """file -> why it could not be read"""
        return self._read[1]

    @cached_property
    def imported(self) -> frozenset[str]:
        """The full names that tests import, wherever in a module."""
        named = {one for module in self.modules for one in module.imports.values()}
        return frozenset(named | {one.name for module in self.modules for one in module.imported})
