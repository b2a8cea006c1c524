"""Standards: the packages that have one are found and read, and their clauses paired with their rules."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec

from compliance.catalogue.vocabulary import DEPTHS, Rule
from compliance.standard import Chapter, Clause, chapters, unruled

#: The package of the kit's own standard.
OWN = "compliance"
#: The group of entry points by which an installed package says that it has a standard: `acme = "acme.api_standard"`.
GROUP = "fastapi_compliance.standards"


class CatalogueError(Exception):
    """The text of a standard and its rules disagree."""


@dataclass(frozen=True)
class Catalogue:
    """Every clause with its rules, of one or more standards."""

    chapters: tuple[Chapter, ...]
    rules: tuple[Rule, ...]
    unruled: dict[str, str] = field(default_factory=dict)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(clause for chapter in self.chapters for clause in chapter.clauses)

    def clause(self, identifier: str) -> Clause:
        """The clause of that id. Raises KeyError."""
        for clause in self.clauses:
            if clause.id == identifier:
                return clause
        raise KeyError(identifier)

    def rule(self, identifier: str) -> Rule:
        """The rule of that id. Raises KeyError."""
        for one in self.rules:
            if one.id == identifier:
                return one
        raise KeyError(identifier)


def installed() -> tuple[str, ...]:
    """The packages with a standard that are installed: what the entry points of the group name, in their order."""
    return tuple(
        dict.fromkeys(point.module for point in sorted(entry_points(group=GROUP), key=lambda p: p.name))
    )


def load(packages: Iterable[str] = (OWN,)) -> Catalogue:
    """Load standards: each package has its chapters in `standard/` and its rules in the modules of `rules/`.

    The kit's own standard comes through this same door. Raises CatalogueError where a package is no standard, where two
    use the same letters, and where text, rules and the list of clauses without a rule disagree.
    """
    books = [_Book.of(package) for package in packages]
    complaints = _taken(books)
    if complaints:
        raise CatalogueError("\n".join(complaints))
    texts = tuple(chapter for book in books for chapter in book.chapters)
    rules = [rule for book in books for rule in book.rules]
    waiting = {name: reason for book in books for name, reason in book.unruled.items()}
    order = {clause.id: place for place, clause in enumerate(c for text in texts for c in text.clauses)}
    depths = list(DEPTHS)
    rules.sort(key=lambda one: (order.get(one.clause, -1), depths.index(one.depth)))
    catalogue = Catalogue(texts, tuple(rules), waiting)
    complaints = _disagreements(catalogue)
    if complaints:
        raise CatalogueError("\n".join(complaints))
    return catalogue


def load_standards(asked: Sequence[str] = (), folders: Sequence[str] = ()) -> Catalogue:
    """The kit's own standard with those that are installed and those asked for, which may lie in the folders.

    Raises CatalogueError.
    """
    if asked:
        look_in(folders)
    return load(dict.fromkeys((OWN, *installed(), *asked)))


def look_in(folders: Sequence[str]) -> None:
    """Let modules be imported from there, after all other places."""
    sys.path += [folder for folder in folders if folder not in sys.path]


@dataclass(frozen=True)
class _Book:
    """What one package brings."""

    package: str
    chapters: tuple[Chapter, ...]
    unruled: dict[str, str]
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, package: str) -> _Book:
        """Read a package. Raises CatalogueError with what it lacks, or what is wrong with it."""
        folder = _folder_of(package) / "standard"
        if not folder.is_dir():
            raise CatalogueError(f"the standard {package} has no chapters: put them into {folder}")
        try:
            book = cls(package, chapters(folder), unruled(folder), tuple(_rules_of(package)))
        except (Exception, SystemExit) as failure:  # the rules are anybody's code
            kind = "" if isinstance(failure, ValueError | CatalogueError) else f"{type(failure).__name__}: "
            raise CatalogueError(f"the standard {package}: {kind}{failure}") from None
        if not book.chapters:
            raise CatalogueError(f"the standard {package} has no chapters: {folder} holds no .md file")
        return book


def _folder_of(package: str) -> Traversable:
    try:
        return files(package)
    except (Exception, SystemExit) as failure:  # the package is anybody's code
        missing = isinstance(failure, ModuleNotFoundError) and f"{package}.".startswith(f"{failure.name}.")
        what = "there is no package of that name, installed or in the folder of the run"
        raise CatalogueError(
            f"the standard {package}: {what if missing else f'{type(failure).__name__}: {failure}'}"
        ) from None


def _rules_of(package: str) -> list[Rule]:
    if find_spec(f"{package}.rules") is None:
        raise CatalogueError(f"it has no package of rules, {package}.rules")
    root = importlib.import_module(f"{package}.rules")
    names = sorted(module.name for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."))
    modules = [root, *(importlib.import_module(name) for name in names)]
    # A rule that is imported elsewhere is still one rule.
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Rule)]
    return list(dict.fromkeys(found))


def _taken(books: Sequence[_Book]) -> list[str]:
    """Two standards must not use the same letters: an id would then say nothing of where it is from."""
    owners: dict[str, str] = {}
    complaints = []
    for book in books:
        for family in dict.fromkeys(chapter.family for chapter in book.chapters):
            owner = owners.setdefault(family, book.package)
            if owner != book.package:
                complaints.append(
                    f"the standards {owner} and {book.package} both have clauses {family}-…: one of them needs other letters"
                )
    return complaints


def _disagreements(catalogue: Catalogue) -> list[str]:
    clauses = {clause.id: clause for clause in catalogue.clauses}
    complaints = [f"{name} stands twice in the standards" for name in _twice(c.id for c in catalogue.clauses)]
    complaints += [f"two rules call themselves {name}" for name in _twice(r.id for r in catalogue.rules)]
    for one in catalogue.rules:
        clause = clauses.get(one.clause)
        if clause is None:
            complaints.append(f"{one.id} has a rule but no clause")
        elif (one.title, str(one.level)) != (clause.title, clause.level):
            complaints.append(
                f"{one.id}: the rule says {one.level} {one.title!r}, the text {clause.level} {clause.title!r}"
            )
    ruled = {one.clause for one in catalogue.rules}
    complaints += [
        f"{name} has neither a rule nor a reason in unruled.toml"
        for name in clauses
        if name not in ruled | set(catalogue.unruled)
    ]
    complaints += [
        f"{name} has a rule and stands in unruled.toml" for name in catalogue.unruled if name in ruled
    ]
    complaints += [
        f"{name} of unruled.toml is no clause" for name in catalogue.unruled if name not in clauses
    ]
    return complaints


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
