"""What a service takes beyond its document: conversions and corrections are none of the kit's business, all else is."""

from typing import Annotated, Any

import pytest
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from compliance.catalogue import Outcome, load
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.homes._basics import PREFIX, Caller, Id, StoreDep, problems, service

NOTES = f"{PREFIX}/notes"
FAULTS = frozenset({"CON-005", "CON-006", "CON-012"})
Unchecked = Annotated[str, Field(json_schema_extra={"enum": ["short", "long"]})]
Text = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[ -~]+$")]


class Strict(BaseModel):
    title: Text
    stars: Annotated[int, Field(strict=True, ge=0, le=9)]


class Lenient(Strict):
    """Numbers are taken for texts, texts for numbers, and null for what may be left out; none of it is documented."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    stars: Annotated[float, Field(strict=True, ge=0, le=9)]
    note: Annotated[str | None, WithJsonSchema({"type": "string"})] = None


class Lax(Strict):
    stars: Annotated[int, Field(ge=1, le=9)]


class Unread(Strict):
    kind: Unchecked


def app_for(draft: type[BaseModel]) -> FastAPI:
    app = service("Notes")
    notes = app.state.store.rows["notes"] = {}

    @app.get(NOTES, responses=problems(401, 422))
    def list_notes(
        caller: Caller,
        page: Annotated[int, Query(ge=1, le=1000)] = 1,
        page_size: Annotated[int, Query(json_schema_extra={"minimum": 1, "maximum": 100})] = 10,
    ) -> list[dict[str, Any]]:
        size = max(1, min(page_size, 100))
        return list(notes.values())[::-1][(page - 1) * size : page * size]

    @app.post(NOTES, status_code=201, responses=problems(401, 422))
    def write(draft: draft, store: StoreDep, caller: Caller) -> dict[str, Any]:  # type: ignore[valid-type]
        number = store.next_id()
        notes[number] = {"id": number, **draft.model_dump()}  # type: ignore[attr-defined]
        return notes[number]

    @app.get(NOTES + "/{note_id}", responses=problems(401, 404, 422))
    def read(note_id: Id, caller: Caller) -> dict[str, Any]:
        if note_id not in notes:
            raise HTTPException(404, "No such note")
        return notes[note_id]

    @app.delete(NOTES + "/{note_id}", status_code=204, responses=problems(401, 404, 422))
    def delete(note_id: Id, caller: Caller) -> None:
        if notes.pop(note_id, None) is None:
            raise HTTPException(404, "No such note")

    return app


def broken(draft: type[BaseModel]) -> dict[str, str]:
    """The rules on inputs that complain, with what they saw."""
    with serve(app_for(draft), draft.__name__) as url:
        document = fetch_document(url)
        run = judge(load(), document, url, Grants(writes=True), choose=lambda one: one.rule.id in FAULTS)
    assert run.leftovers == []
    assert [result for result in run.results if result.outcome is Outcome.ERROR] == []
    return {
        f"{result.rule.id}[{result.subject}]": result.observed
        for result in run.results
        if result.outcome is Outcome.VIOLATION
    }


@pytest.mark.parametrize("draft", [Strict, Lenient])
def test_conversions_and_corrections_are_tolerated(draft: type[BaseModel]) -> None:
    assert broken(draft) == {}


def test_a_boolean_is_tried_where_the_engine_s_own_stands_for_no_valid_number() -> None:
    assert broken(Lax) == {f"CON-012[POST {NOTES}]": "201 to stars: true"}


def test_a_choice_that_nobody_checks_is_found() -> None:
    found = broken(Unread)
    assert set(found) == {f"CON-005[POST {NOTES}]"}
    assert "kind" in found[f"CON-005[POST {NOTES}]"]
