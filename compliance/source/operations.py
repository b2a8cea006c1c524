"""The operations of the service as a rule sees them, whichever engine has read them: the text, or FastAPI itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.result import Place
    from compliance.source.modules import Class, Function


@dataclass(frozen=True)
class Parameter:
    """A value of the query. Of a bound: the number, and whether something is stated that the text does not tell."""

    name: str
    #: the name that the code has for it
    own: str
    #: the full name of the function or class that declares it
    owner: str
    at: Place
    is_integer: bool = False
    is_list: bool = False
    minimum: float | None = None
    maximum: float | None = None
    is_vague: bool = False


class BodyKind(StrEnum):
    SCHEMA = "schema"
    RAW = "raw"
    TABLE = "table"
    OTHER = "other"


@dataclass(frozen=True)
class Body:
    """A value of the body, by what it is described as."""

    name: str
    kind: BodyKind
    #: the type as written
    type: str
    at: Place
    #: the target's own class that it is
    schema: Class | None = None


class Stated(StrEnum):
    """What an operation says of its successful answer."""

    SCHEMA = "a schema"
    RAW = "any value or any object"
    NOTHING = "nothing, and answers a value"
    #: no body, or one that is no JSON
    NO_JSON = "nothing, and answers no JSON"
    UNKNOWN = "nothing that can be read"


@dataclass(frozen=True)
class Answer:
    """What an operation answers on success."""

    stated: Stated
    at: Place
    #: the type as written, or what is returned
    type: str = ""
    #: the answer is an array of objects, or an object that is made for one
    is_list: bool = False
    #: a library pages it, which adds its parameters by itself
    is_library_page: bool = False
    #: the tables that it shows
    tables: tuple[str, ...] = ()
    #: the target's own classes whose fields it shows
    shown: tuple[Class, ...] = ()


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation. `label` is that of its route, whoever read it."""

    label: str
    path: str
    methods: tuple[str, ...]
    function: Function
    at: Place
    parameters: tuple[Parameter, ...]
    bodies: tuple[Body, ...]
    answer: Answer
    #: the functions that run before it
    dependencies: tuple[Function, ...] = ()
    #: what its parameters may come from that nobody could read
    unread: tuple[str, ...] = ()
    is_hidden: bool = False
