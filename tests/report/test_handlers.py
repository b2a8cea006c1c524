"""The function of the source that answers an operation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compliance.contract import understand
from compliance.report.handlers import handlers
from compliance.source import read_source

MAIN = """\
from fastapi import APIRouter, FastAPI
from app.orders import router as orders

app = FastAPI()
api = APIRouter(prefix="/v1")

@app.get("/health")
def health(): ...

@app.get("/")
def home(): ...

api.include_router(orders)
app.include_router(api)
"""
ORDERS = """\
from fastapi import APIRouter

router = APIRouter(prefix="/orders")

@router.get("")
async def listed(): ...

@router.get("/{order_id}")
async def read(order_id: int): ...

@router.delete(
    "/{order_id}",
    status_code=204,
)
async def gone(order_id: int): ...

@router.post("/twice")
async def one(): ...

@router.post("/twice")
async def two(): ...

@router.get("/files/{name:path}")
async def file(name: str): ...
"""


@pytest.fixture
def source(tmp_path: Path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "main.py").write_text(MAIN)
    (tmp_path / "app" / "orders.py").write_text(ORDERS)
    return read_source(tmp_path)


def operations(*labels):
    paths = {}
    for method, path in (label.split() for label in labels):
        paths.setdefault(path, {})[method.lower()] = {"responses": {"200": {"description": ""}}}
    return understand({"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": paths}).operations


def test_an_operation_is_stated_by_its_decorator(source):
    found = handlers(
        source,
        operations(
            "GET /health",
            "GET /v1/orders",
            "GET /v1/orders/{id}",
            "DELETE /v1/orders/{order_id}",
            "GET /v1/orders/files/{name}",
        ),
    )
    assert {label: str(place) for label, place in found.items()} == {
        "GET /health": "app/main.py:7",
        "GET /v1/orders": "app/orders.py:5",
        "GET /v1/orders/{id}": "app/orders.py:8",
        "DELETE /v1/orders/{order_id}": "app/orders.py:11",
        "GET /v1/orders/files/{name}": "app/orders.py:23",
    }


def test_a_service_may_be_mounted_under_a_path_that_the_code_does_not_know(source):
    assert (
        str(handlers(source, operations("GET /shop/v1/orders/{x}"))["GET /shop/v1/orders/{x}"])
        == "app/orders.py:8"
    )


def test_what_is_not_certain_is_left_out(source):
    unknown = (
        "POST /v1/orders/twice",
        "PUT /v1/orders",
        "GET /orders",
        "GET /v1/orders/{x}/items",
        "GET /elsewhere",
        "GET /",
    )
    assert handlers(source, operations(*unknown)) == {}


def test_every_operation_of_the_reference_is_found():
    from reference_app.core.config import Settings
    from reference_app.main import create_app

    root = Path(__file__).parents[2]
    settings = Settings(_env_file=None, database_url="sqlite+aiosqlite://", secret_key="k" * 40)
    contract = understand(create_app(settings).openapi())
    found = handlers(read_source(root, "reference_app"), contract.operations)
    assert set(found) == {one.label for one in contract.operations}
    lines = {
        label: (root / place.file).read_text().splitlines()[place.line - 1] for label, place in found.items()
    }
    assert all(f"router.{label.split()[0].lower()}(" in line for label, line in lines.items()), lines
    assert replace(found["GET /health"], line=1).file.startswith("reference_app/")
