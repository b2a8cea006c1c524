"""What operations take and answer, in the many shapes that services write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.catalogue import load
from tests.source.projects import project, verdict

HEAD = """\
from typing import Annotated, Any
from enum import Enum
from fastapi import APIRouter, Body, Depends, FastAPI, Query, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel
from sqlmodel import SQLModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
router = APIRouter()
class In(BaseModel):
    name: str
class Out(BaseModel):
    id: int
class HeroBase(SQLModel):
    name: str
class Hero(HeroBase, table=True):
    id: int
class HeroOut(HeroBase):
    id: int
class Base(DeclarativeBase): ...
class Row(Base):
    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(primary_key=True)
class MyResponse(JSONResponse): ...
def user(request: Request) -> dict: ...
"""


def outcomes(name: str, folder: Path, text: str) -> list[str]:
    """What the rule makes of each of its subjects in a module with these operations."""
    text = text.replace("POST(", '@router.post("/x")\nasync def f(').replace(
        "GET(", '@router.get("/x")\nasync def f('
    )
    source = project(folder, {"app/__init__.py": "", "app/api.py": HEAD + text})
    one = load().rule(name)
    return [verdict(one, source, subject) for subject in one.subjects(source)]


class TestBodies:
    @pytest.mark.parametrize(
        "text",
        [
            "POST(data: dict): ...",
            "POST(data: dict[str, Any]): ...",
            "POST(data: 'dict[str, Any] | None' = None): ...",
            "POST(data: list[dict]): ...",
            "POST(data: Annotated[Any, Body()]): ...",
            "POST(data: Any = Body(...)): ...",
            "Raw = dict[str, Any]\nPOST(data: Raw): ...",
            "def d(payload: dict): ...\nPOST(x=Depends(d)): ...",
        ],
    )
    def test_a_raw_one_is_found(self, tmp_path: Path, text: str):
        assert outcomes("CON-007@source", tmp_path, text) == ["violation"]

    @pytest.mark.parametrize(
        "text",
        [
            "POST(data: In): ...",
            "POST(data: list[In]): ...",
            "POST(data: Annotated[In, Body(embed=True)], who: Annotated[dict, Depends(user)]): ...",
            "POST(data: In, who: dict = Depends(user)): ...",
            "WHO = Depends(user)\nPOST(data: In, who: dict = WHO): ...",
            # what a function that makes the routes is given may be a dependency
            "def build(who):\n    @router.post('/y')\n    async def g(data: In, who: dict = who): ...",
            "POST(data: dict[str, In]): ...",
            "POST(ids: list[int] = Body()): ...",
        ],
    )
    def test_one_with_a_schema_passes(self, tmp_path: Path, text: str):
        assert outcomes("CON-007@source", tmp_path, text) == ["pass"]

    @pytest.mark.parametrize(
        "text",
        ["POST(request: Request): ...", "POST(who: dict = Depends(user)): ...", "GET(q: str = ''): ..."],
    )
    def test_an_operation_without_one_is_no_subject(self, tmp_path: Path, text: str):
        assert outcomes("CON-007@source", tmp_path, text) == []


class TestAnswers:
    @pytest.mark.parametrize(
        "text",
        [
            "GET():\n    return {'id': 1}",
            "GET() -> dict: ...",
            "GET() -> dict[str, Any]: ...",
            "GET():\n    return Out(id=1)",
            "GET():\n    return Out(id=1).model_dump()",
            "GET() -> Any:\n    return [1]",
            "GET():\n    return JSONResponse({'id': 1})",
            "GET() -> JSONResponse:\n    return JSONResponse(content=Out(id=1).model_dump(), status_code=201)",
            '@router.get("/x", response_model=None)\nasync def f() -> Out:\n    return Out(id=1)',
        ],
    )
    def test_one_without_a_schema_is_found(self, tmp_path: Path, text: str):
        assert outcomes("CON-008@source", tmp_path, text) == ["violation"]

    @pytest.mark.parametrize(
        "text",
        [
            "GET() -> Out: ...",
            "GET() -> list[Out] | None: ...",
            "GET() -> dict[str, int]: ...",
            "GET() -> bool: ...",
            '@router.get("/x", response_model=Out)\nasync def f() -> Any:\n    return {}',
            '@router.get("/x", responses={200: {"model": Out}})\nasync def f():\n    return {}',
        ],
    )
    def test_one_with_a_schema_passes(self, tmp_path: Path, text: str):
        assert outcomes("CON-008@source", tmp_path, text) == ["pass"]

    @pytest.mark.parametrize(
        "text",
        [
            "GET() -> None: ...",
            "GET():\n    do()",
            "GET() -> RedirectResponse: ...",
            "GET():\n    return FileResponse('x')",
            "GET():\n    return MyResponse({})",
            "GET() -> JSONResponse:\n    return JSONResponse({'detail': 'gone'}, 404)",
            "GET() -> JSONResponse:\n    return JSONResponse(await ask())",
            '@router.get("/x", responses={200: {"model": Out}})\nasync def f() -> JSONResponse:\n    return JSONResponse({"id": 1})',
            "GET():\n    return templates.TemplateResponse('x')",
            "GET():\n    yield b''",
            '@router.delete("/x", status_code=204)\nasync def f():\n    return {}',
            '@router.get("/x", response_class=StreamingResponse)\nasync def f():\n    return {}',
            '@router.get("/x", include_in_schema=False)\nasync def f():\n    return {}',
            '@router.websocket("/x")\nasync def f(ws):\n    return {}',
        ],
    )
    def test_what_is_no_json_or_not_documented_is_no_subject(self, tmp_path: Path, text: str):
        assert outcomes("CON-008@source", tmp_path, text) == []

    def test_what_nobody_knows_is_undecided(self, tmp_path: Path):
        assert (
            "not known" in outcomes("CON-008@source", tmp_path, "GET():\n    return await service.get()")[0]
        )


class TestTables:
    @pytest.mark.parametrize(
        "text",
        [
            "POST(hero: Hero) -> HeroOut: ...",
            "GET() -> Hero: ...",
            "GET() -> list[Hero]: ...",
            "class Team(BaseModel):\n    heroes: list[Hero]\nGET() -> Team: ...",
            '@router.get("/x", response_model=list[Row])\nasync def f(): ...',
        ],
    )
    def test_one_that_stands_in_for_a_schema_is_found(self, tmp_path: Path, text: str):
        assert outcomes("CON-013@source", tmp_path, text) == ["violation"]

    @pytest.mark.parametrize(
        "text",
        [
            "POST(hero: HeroBase) -> HeroOut: ...",
            '@router.get("/x", response_model=HeroOut)\nasync def f() -> Hero: ...',
            "GET(row: Annotated[Row, Depends(user)]) -> Out: ...",
        ],
    )
    def test_schemas_of_the_same_family_pass(self, tmp_path: Path, text: str):
        assert outcomes("CON-013@source", tmp_path, text) == ["pass"]

    def test_a_program_without_operations_is_not_meant(self, tmp_path: Path):
        assert "no operation" in outcomes("CON-013@source", tmp_path, "")[0]


class TestTexts:
    @pytest.mark.parametrize(
        "field",
        [
            "name: str",
            "name: str | None = None",
            "name: str = Field(min_length=1)",
            "name: Annotated[str, Field(title='x')]",
            "part: Part",
        ],
    )
    def test_one_of_any_length_is_found(self, tmp_path: Path, field: str):
        text = f"class Part(BaseModel):\n    word: str\nclass New(BaseModel):\n    {field}\nPOST(data: New) -> Out: ..."

        assert outcomes("CON-014@source", tmp_path, text) == ["violation"]

    @pytest.mark.parametrize(
        "field",
        [
            "name: str = Field(max_length=10)",
            "name: Annotated[str, Field(pattern='^a$')]",
            "name: Name",
            "name: constr(max_length=5)",
            "email: EmailStr",
            "number: int",
            "kind: Literal['a']",
            "name: Annotated[str, AfterValidator(short)]",
            "name: str\n    @field_validator('name')\n    def f(cls, v): ...",
            "model_config = ConfigDict(str_max_length=100)\n    name: str",
            "model_config = SHARED\n    name: str",
        ],
    )
    def test_one_that_is_bounded_or_short_by_itself_passes(self, tmp_path: Path, field: str):
        head = "Name = Annotated[str, Field(max_length=9)]\nSHARED = ConfigDict(str_max_length=9)\n"
        text = f"{head}class New(BaseModel):\n    {field}\nPOST(data: New) -> Out: ..."

        assert outcomes("CON-014@source", tmp_path, text) == ["pass"]

    def test_texts_of_answers_are_not_meant(self, tmp_path: Path):
        assert "no operation takes a body" in outcomes("CON-014@source", tmp_path, "GET() -> In: ...")[0]


class TestBodiesByHand:
    def test_json_is_found(self, tmp_path: Path):
        assert outcomes(
            "CON-015@source", tmp_path, "POST(request: Request):\n    d = await request.json()"
        ) == ["violation"]

    @pytest.mark.parametrize(
        "text",
        [
            "POST(request: Request):\n    d = await request.body()\n    e = await request.json()",
            "POST(request: Request):\n    d = await request.form()",
            '@router.post("/webhook")\nasync def f(request: Request):\n    d = await request.json()',
            '@router.post("/x")\nasync def stripe_events(request: Request):\n    d = await request.json()',
            "POST(request: Request, x_signature: str):\n    d = await request.json()",
            "POST(client: Client):\n    d = client.get('/').json()",
        ],
    )
    def test_webhooks_bytes_and_answers_of_others_are_not(self, tmp_path: Path, text: str):
        assert outcomes("CON-015@source", tmp_path, text) == ["pass"]


def test_a_decorator_of_its_own_may_hand_the_routers_on(tmp_path: Path):
    text = """
def protected(method, path, scopes, **options): ...
@protected(router.get, "/things/{thing_id}", ["read"], status_code=200)
async def one(request: Request, thing_id: int) -> Out: ...
@protected(cache.get, "/no")
async def none() -> Out: ...
"""
    source = project(tmp_path, {"app/__init__.py": "", "app/api.py": HEAD + text})

    assert [route.label for route in source.routes] == ["GET /things/{thing_id} (app.api.one)"]


@pytest.mark.parametrize(
    "added",
    [
        "router.add_api_route('/users', create, methods=['POST'])",
        "router.add_api_route(path='/users', endpoint=create, methods=['POST'])",
    ],
)
def test_a_call_may_add_what_no_decorator_names(tmp_path: Path, added: str):
    text = f"async def create(data: dict) -> Out: ...\n{added}\n"

    assert outcomes("CON-007@source", tmp_path, text) == ["violation"]
