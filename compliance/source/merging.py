"""Operations as their text has them, corrected by what FastAPI knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.result import Place
from compliance.source.operations import Answer, Body, BodyKind, Operation, Parameter, Stated

if TYPE_CHECKING:
    from compliance.source.introspecting import App
    from compliance.source.tree import Source

_SENT_OTHERWISE = ("Form", "File")


def merged(source: Source, app: App) -> tuple[Operation, ...]:
    """The operations of the text; of those that the application has as well, what it knows better."""
    found = []
    for one in source.written_operations:
        known = [app.operations.get((one.function.name, method)) for method in one.methods]
        best = next((each for each in known if each), None)
        found.append(_merged(source, one, best) if best else one)
    return tuple(found)


def _merged(source: Source, one: Operation, known: Mapping[str, Any]) -> Operation:
    by_name = {parameter.own: parameter for parameter in one.parameters}
    return replace(
        one,
        path=known["path"],
        parameters=tuple(
            _parameter(source, one, by_name.get(each["own"]), each) for each in known["parameters"]
        ),
        bodies=_bodies(one, known),
        answer=_answer(one, known),
        unread=(),
    )


def _parameter(
    source: Source, operation: Operation, written: Parameter | None, known: Mapping[str, Any]
) -> Parameter:
    least = [known[word] + (word == "gt") for word in ("ge", "gt") if word in known]
    most = [known[word] - (word == "lt") for word in ("le", "lt") if word in known]
    seen = Parameter(
        known["name"],
        known["own"],
        known["owner"],
        _place(source, known) or operation.at,
        is_integer=known["is_integer"],
        is_list=known["is_list"],
        minimum=max(least, default=None),
        maximum=min(most, default=None),
    )
    if written is None:
        return seen
    return replace(
        seen,
        owner=written.owner,
        at=written.at,
        is_integer=seen.is_integer or written.is_integer,
        is_list=seen.is_list or written.is_list,
    )


def _place(source: Source, known: Mapping[str, Any]) -> Place | None:
    """Where a value is declared, if that is in the target's own code."""
    try:
        file = Path(known["file"]).resolve().relative_to(source.root.resolve()).as_posix()
    except (TypeError, ValueError):
        return None
    module = next((one for one in source.modules if one.file == file), None)
    return module.place(int(known["line"])) if module else None


def _bodies(operation: Operation, known: Mapping[str, Any]) -> tuple[Body, ...]:
    written = {one.name: one for one in operation.bodies}
    found = []
    for each in known["bodies"]:
        if each["in"] in _SENT_OTHERWISE:
            continue
        kind = BodyKind.RAW if each["is_free"] else BodyKind.TABLE if each["tables"] else BodyKind.SCHEMA
        here = written.get(each["name"])
        if here is None:
            found.append(Body(each["name"], kind, each["type"], operation.at))
        else:
            found.append(
                here if kind is BodyKind.SCHEMA and here.kind is BodyKind.OTHER else replace(here, kind=kind)
            )
    return tuple(found)


def _answer(operation: Operation, known: Mapping[str, Any]) -> Answer:
    answer = operation.answer
    if answer.stated is Stated.NO_JSON or not known["has_model"]:
        return answer
    if known["is_free"]:
        return replace(answer, stated=Stated.RAW, type=known["model"], tables=())
    return replace(answer, stated=Stated.SCHEMA, type=known["model"], tables=tuple(known["tables"]))
