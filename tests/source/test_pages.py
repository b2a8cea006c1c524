"""Lists and the length of their pages, in the many shapes that services write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compliance.catalogue import Rule, load
from compliance.source import Source
from tests.source.projects import project, verdict

HEAD = """\
from typing import Annotated
from dataclasses import dataclass
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, conint
from app.shared import *
router = APIRouter()
class Out(BaseModel):
    id: int
class Page(BaseModel):
    items: list[Out]
    total: int
"""
#: What `LIST(` stands for in the texts of the tests.
LIST = '@router.get("/x")\nasync def f('
SHARED = """\
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    most: int = 100
    vast: int = 5000
    unsaid: int
settings = Settings()
MAX_LIMIT = 50
"""


def rule(name: str) -> Rule:
    return load().rule(name)


def service(folder: Path, text: str) -> Source:
    text = re.sub(
        r"(?m)^(async def .*): \.\.\.$", r"\1:\n    return await rows()", text.replace("LIST(", LIST)
    )
    return project(
        folder,
        {"app/__init__.py": "", "app/shared.py": SHARED, "app/api.py": HEAD + text},
    )


def outcomes(name: str, source: Source) -> list[str]:
    """What the rule makes of each of its subjects."""
    one = rule(name)
    return [verdict(one, source, subject) for subject in one.subjects(source)]


class TestAListTakesAPage:
    @pytest.mark.parametrize(
        "text",
        [
            "LIST() -> list[Out]: ...",
            '@router.get("/x", response_model=list[Out])\nasync def f(name: str = ""): ...',
            "LIST() -> Page: ...",
            "class One(BaseModel):\n    articles: list[Out]\nLIST() -> One: ...",
            "Outs = list[Out]\nLIST() -> Outs: ...",
        ],
    )
    def test_without_any_parameter_of_one(self, tmp_path: Path, text: str):
        assert outcomes("PAG-001@source", service(tmp_path, text)) == ["violation"]

    @pytest.mark.parametrize(
        "text",
        [
            "LIST(page: int = 1) -> list[Out]: ...",
            "LIST(limit: int = 10) -> list[Out]: ...",
            "LIST(after: str | None = None) -> list[Out]: ...",
            "LIST(pagina: int = 1) -> list[Out]: ...",
            # a function, a class, a dataclass, a model, an instance and a factory
            "def p(page: int = 1): ...\nLIST(q=Depends(p)) -> Page: ...",
            "class P:\n    def __init__(self, offset: int = 0): ...\nLIST(q: P = Depends()) -> Page: ...",
            "@dataclass\nclass P:\n    offset: int = 0\nLIST(q: Annotated[P, Depends()]) -> Page: ...",
            "class P(BaseModel):\n    offset: int = 0\nLIST(q: Annotated[P, Query()]) -> Page: ...",
            "class P:\n    def __call__(self, page: int = 1): ...\np = P()\nLIST(q=Depends(p)) -> Page: ...",
            "def make(n):\n    def inner(page: int = 1): ...\n    return inner\nLIST(q=Depends(make(3))) -> Page: ...",
            "class P(BaseModel):\n    offset: int = 0\ndef wrap(c): return c\nLIST(q=Depends(wrap(P))) -> Page: ...",
            # a dependency of a dependency, and one behind an alias
            "def a(page: int = 1): ...\ndef b(x=Depends(a)): ...\nB = Annotated[int, Depends(b)]\nLIST(q: B) -> Page: ...",
        ],
    )
    def test_with_one_however_it_is_declared(self, tmp_path: Path, text: str):
        assert outcomes("PAG-001@source", service(tmp_path, text)) == ["pass"]

    @pytest.mark.parametrize(
        "text",
        [
            "LIST() -> list[str]: ...",
            '@router.get("/x/{id}")\nasync def f(id: int) -> Out: ...',
            "class Detail(BaseModel):\n    name: str\n    parts: list[Out]\nLIST() -> Detail: ...",
            '@router.post("/x")\nasync def f() -> list[Out]: ...',
            '@router.get("/health")\nasync def f() -> list[Out]: ...',
            '@router.get("/x", include_in_schema=False)\nasync def f() -> list[Out]: ...',
        ],
    )
    def test_what_is_no_list_is_none(self, tmp_path: Path, text: str):
        assert outcomes("PAG-001@source", service(tmp_path, text)) == []

    def test_a_page_of_a_library_has_its_parameters(self, tmp_path: Path):
        text = "from fastapi_pagination import Page as P\nLIST() -> P[Out]: ..."

        assert outcomes("PAG-001@source", service(tmp_path, text)) == ["pass"]

    def test_a_series_over_time_is_bounded_by_its_interval(self, tmp_path: Path):
        assert (
            "series" in outcomes("PAG-001@source", service(tmp_path, "LIST(interval: str) -> Page: ..."))[0]
        )

    def test_what_the_code_knows_by_itself_is_fixed(self, tmp_path: Path):
        text = "LIST(who=Depends(user)) -> list[Out]:\n    return [Out(id=one) for one in ROLES]"

        assert "fixed" in outcomes("PAG-001@source", service(tmp_path, text))[0]

    @pytest.mark.parametrize(
        "text",
        [
            "KINDS = {'a': 1}\nLIST(who=Depends(user)) -> list[Out]:\n    return [Out(id=one, w=who) for _, one in KINDS.items()]",
            (
                "KINDS = [1]\nLIST(who=Depends(user)) -> list[Out]:\n    found = []\n    for one in KINDS:\n"
                "        found.append(await look(one, who))\n    return found"
            ),
            (
                "from enum import Enum\nclass K(Enum):\n    A = 1\nLIST(who=Depends(user)) -> Page:\n"
                "    return Page(items=[Out(id=k.value, w=who) for k in K])"
            ),
            '@router.get("/x")\ndef f() -> list[Out]:\n    some = [1, 2]\n    return [Out(id=one) for one in some]',
        ],
    )
    def test_what_stands_in_the_code_is_no_list(self, tmp_path: Path, text: str):
        assert "stands in the code" in outcomes("PAG-001@source", service(tmp_path, text))[0]

    @pytest.mark.parametrize(
        "text",
        [
            (
                "STORE = {'a': 1}\ndef add(x):\n    STORE[x] = 1\n"
                "LIST(who=Depends(user)) -> list[Out]:\n    return [Out(id=one, w=who) for one in STORE.values()]"
            ),
            (
                "KINDS = [1]\nLIST(who=Depends(user)) -> list[Out]:\n    found = []\n    for one in KINDS:\n"
                "        found.extend(await look(one, who))\n    return found"
            ),
            (
                "KINDS = [1]\nLIST(who=Depends(user)) -> list[Out]:\n    for one in KINDS:\n        check(one)\n"
                "    return await rows(who)"
            ),
            "LIST(who=Depends(user)) -> list[Out]:\n    some = await rows(who)\n    return [Out(id=one) for one in some]",
        ],
    )
    def test_what_grows_is_one(self, tmp_path: Path, text: str):
        assert outcomes("PAG-001@source", service(tmp_path, text)) == ["violation"]

    def test_what_nobody_could_read_is_no_violation(self, tmp_path: Path):
        text = "from elsewhere import page_params\nLIST(q=Depends(page_params)) -> Page: ..."

        assert "could not be read" in outcomes("PAG-001@source", service(tmp_path, text))[0]

    def test_rows_that_the_request_names_are_bounded_by_it(self, tmp_path: Path):
        text = "LIST(ids: list[int] = Query()) -> list[Out]: ..."

        assert "bounded by the values" in outcomes("PAG-001@source", service(tmp_path, text))[0]


class TestThePageHasAMaximum:
    @pytest.mark.parametrize(
        "declared",
        [
            "limit: int = 10",
            "limit: int = Query(10, ge=1)",
            "limit: int = Query(10, ge=1, le=500)",
            "limit: int = Query(10, ge=1, le=settings.vast)",
            "limit: int | None = None",
            "per_page: int = Query(10, ge=-1, le=100)",
            "n: int = Query(10, alias='pageSize')",
        ],
    )
    def test_one_without_is_found(self, tmp_path: Path, declared: str):
        source = service(tmp_path, f"LIST({declared}, page: int = 1) -> Page: ...")

        assert outcomes("PAG-003@source", source) == ["violation"]

    @pytest.mark.parametrize(
        "declared",
        [
            "limit: int = Query(10, ge=1, le=100)",
            "limit: Annotated[int, Query(ge=1, lt=101)] = 10",
            "limit: Annotated[int, Field(le=MAX_LIMIT)] = 10",
            "limit: int = Query(10, le=settings.most)",
            "limit: conint(ge=1, le=100) = 10",
        ],
    )
    def test_one_with_a_maximum_passes(self, tmp_path: Path, declared: str):
        source = service(tmp_path, f"LIST({declared}, page: int = 1) -> Page: ...")

        assert outcomes("PAG-003@source", source) == ["pass"]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ("limit = min(limit, 100)", "pass"),
            ("limit = min(MAX_LIMIT, limit)", "pass"),
            ("if limit > 50: limit = 50", "pass"),
            ("if limit > 50: raise ValueError", "pass"),
            ("clamped(limit)", "pass"),
            ("limit = min(limit, 1000)", "violation"),
            ("total = min(3, 4)", "violation"),
            ("if limit > 50: print(limit)", "violation"),
        ],
    )
    def test_code_may_set_it(self, tmp_path: Path, body: str, expected: str):
        text = f"def clamped(limit: int) -> int:\n    return min(limit, 100)\nLIST(limit: int = 10) -> Page:\n    {body}"

        assert outcomes("PAG-003@source", service(tmp_path, text)) == [expected]

    @pytest.mark.parametrize("declared", ["Query(10, le=settings.unsaid)", "Query(10, **LIMITS)"])
    def test_a_bound_that_the_text_does_not_tell_is_undecided(self, tmp_path: Path, declared: str):
        source = service(tmp_path, f"LIST(limit: int = {declared}) -> Page: ...")

        assert "does not tell" in outcomes("PAG-003@source", source)[0]

    def test_a_dependency_of_many_lists_is_one(self, tmp_path: Path):
        text = "def p(limit: int = 5): ...\n" + "".join(
            f'@router.get("/{name}")\nasync def {name}(q=Depends(p)) -> Page: ...\n' for name in "abc"
        )

        assert outcomes("PAG-003@source", service(tmp_path, text)) == ["violation"]
