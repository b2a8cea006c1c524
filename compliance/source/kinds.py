"""What a class of the target is: a table, a schema, settings, an enumeration, an exception."""

from __future__ import annotations

import ast
from enum import StrEnum
from typing import TYPE_CHECKING

from compliance.source.modules import Class, called, last

if TYPE_CHECKING:
    from compliance.source.index import Index


class Kind(StrEnum):
    TABLE = "table"
    #: what tables are derived from, without a table of its own
    TABLE_BASE = "base of tables"
    SCHEMA = "schema"
    SETTINGS = "settings"
    ENUM = "enumeration"
    EXCEPTION = "exception"
    OTHER = "other"


_TABLE_BASES = frozenset(
    {
        "sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.orm.DeclarativeBaseNoMeta",
        "sqlalchemy.orm.declarative_base",
        "sqlalchemy.ext.declarative.declarative_base",
        "sqlalchemy.ext.automap.automap_base",
        "tortoise.Model",
        "tortoise.models.Model",
        "beanie.Document",
        "ormar.Model",
        "peewee.Model",
        "odmantic.Model",
        "mongoengine.Document",
    }
)
_SCHEMA_BASES = frozenset(
    {
        "pydantic.BaseModel",
        "pydantic.main.BaseModel",
        "pydantic.RootModel",
        "pydantic.generics.GenericModel",
        "sqlmodel.SQLModel",
        "sqlmodel.main.SQLModel",
    }
)
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_EXCEPTIONS = frozenset({"BaseException", "Exception", "HTTPException"})
_COLUMNS = frozenset({"Column", "mapped_column", "relationship", "Field"})
#: Where several bases speak, the first of these wins.
_ORDER = (Kind.SETTINGS, Kind.SCHEMA, Kind.ENUM, Kind.EXCEPTION)


class Kinds:
    """Kinds of classes, each decided once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[str, Kind] = {}

    def of(self, one: Class) -> Kind:
        if one.name not in self._known:
            self._known[one.name] = Kind.OTHER  # a class that is its own ancestor is nothing
            self._known[one.name] = self._decided(one)
        return self._known[one.name]

    def is_table(self, one: Class) -> bool:
        return self.of(one) is Kind.TABLE

    def _decided(self, one: Class) -> Kind:
        by_base = set(self._by_bases(one))
        named, columns = "__tablename__" in one.fields, _has_columns(one)
        if _is_true(one.node.keywords, "table") or (named and columns):
            return Kind.TABLE
        if by_base & {Kind.TABLE, Kind.TABLE_BASE}:
            plain = _is_abstract(one) or (self._is_first(one) and not named and not columns)
            return Kind.TABLE_BASE if plain else Kind.TABLE
        return next((kind for kind in _ORDER if kind in by_base), Kind.OTHER)

    def _by_bases(self, one: Class) -> list[Kind]:
        found = []
        for base in self._index.bases(one):
            name, definition = base.name, base.definition
            made_by = (
                self._index.of(base.module, definition).name
                if base.module and isinstance(definition, ast.Call)
                else ""
            )
            if name in _TABLE_BASES or made_by in _TABLE_BASES or name.startswith("advanced_alchemy.base."):
                found.append(Kind.TABLE_BASE)
            elif last(name) == "BaseSettings":
                found.append(Kind.SETTINGS)
            elif name in _SCHEMA_BASES:
                found.append(Kind.SCHEMA)
            elif last(name) in _ENUMS:
                found.append(Kind.ENUM)
            elif isinstance(definition, Class):
                found.append(self.of(definition))
            elif last(name) in _EXCEPTIONS or last(name).endswith(("Error", "Exception")):
                found.append(Kind.EXCEPTION)
        return found

    def _is_first(self, one: Class) -> bool:
        """Whether it stands directly below what the library gives."""
        return any(base.name in _TABLE_BASES for base in self._index.bases(one))


def _has_columns(one: Class) -> bool:
    return any(last(called(value)) in _COLUMNS for value in one.values.values()) or any(
        "Mapped[" in ast.unparse(annotation) for annotation in one.fields.values()
    )


def _is_abstract(one: Class) -> bool:
    value = one.values.get("__abstract__")
    return isinstance(value, ast.Constant) and value.value is True


def _is_true(keywords: list[ast.keyword], name: str) -> bool:
    return any(
        one.arg == name and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in keywords
    )
