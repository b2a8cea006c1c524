"""A home without users that anybody may read, and that has its version in a header instead of its paths."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query
from fastapi import Path as InPath
from pydantic import BaseModel

from tests.homes._basics import install_failures, problems

CODES = ["AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "JPY", "NOK", "SEK", "USD"]


class Rate(BaseModel):
    code: str
    units: int


class Rates(BaseModel):
    items: list[Rate]
    total: int


def version(api_version: Annotated[str, Header(max_length=10)] = "2026-01-01") -> str:
    """The version that a client asks for."""
    return api_version


router = APIRouter(prefix="/rates", dependencies=[Depends(version)])


@router.get("", responses=problems(422))
def list_rates(
    page: Annotated[int, Query(ge=1, le=100_000)] = 1, page_size: Annotated[int, Query(ge=1, le=100)] = 10
) -> Rates:
    rates = [Rate(code=code, units=place) for place, code in enumerate(CODES, 1)]
    return Rates(items=rates[(page - 1) * page_size :][:page_size], total=len(rates))


@router.get("/{code}", responses=problems(404, 422))
def read_rate(code: Annotated[str, InPath(pattern=r"^[A-Z]{3}$")]) -> Rate:
    if code not in CODES:
        raise HTTPException(404, "No such rate")
    return Rate(code=code, units=CODES.index(code) + 1)


def create_app() -> FastAPI:
    app = FastAPI(title="Rates", version="1.0.0", redirect_slashes=False)
    app.include_router(router)
    install_failures(app)
    return app
