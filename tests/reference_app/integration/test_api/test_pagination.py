"""Lists: pages, their bounds and their order, and the search."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from tests.reference_app.actors import PRODUCTS, USERS, Client, create_product

AddRows = Callable[..., Awaitable[list[int]]]


@pytest.fixture(params=[USERS, PRODUCTS], ids=["users", "products"])
def path(request: pytest.FixtureRequest) -> str:
    return request.param


async def page(client: Client, path: str, **parameters: Any) -> dict[str, Any]:
    response = await client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def ids(answer: dict[str, Any]) -> list[int]:
    return [item["id"] for item in answer["items"]]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 25])
async def test_envelope(alice: Client, add_products: AddRows, count: int) -> None:
    await add_products(count)
    answer = await page(alice, PRODUCTS)
    expected = {"total": count, "page": 1, "page_size": 10, "total_pages": (count + 9) // 10}
    assert {name: answer[name] for name in expected} == expected
    assert set(answer) == {"items", *expected}
    assert len(answer["items"]) == min(count, 10)


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_pages_hold_every_row_once(alice: Client, add_products: AddRows, size: int) -> None:
    rows = await add_products(23)
    seen: list[int] = []
    for number in range(1, 23 // size + 2):
        answer = await page(alice, PRODUCTS, page=number, page_size=size)
        assert (answer["total"], answer["page"], answer["page_size"]) == (23, number, size)
        seen += ids(answer)
    assert seen == rows[::-1]


async def test_at_most_100_items(alice: Client, add_products: AddRows) -> None:
    await add_products(101)
    assert len((await page(alice, PRODUCTS, page_size=100))["items"]) == 100
    assert (await page(alice, PRODUCTS, page_size=100))["total_pages"] == 2


@pytest.mark.parametrize("number", [2, 3, 100_000])
async def test_past_the_end_is_empty(alice: Client, path: str, number: int) -> None:
    answer = await page(alice, path, page=number)
    assert (answer["items"], answer["page"]) == ([], number)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name, largest in (("page", 100_000), ("page_size", 100))
        for value in (
            0,
            -1,
            largest + 1,
            2**31,
            2**63,
            10**18,
            10**19,
            10**30,
            "9" * 5000,
            "x",
            "",
            "1.5",
            "NaN",
            "\0",
        )
    ],
    ids=lambda value: repr(value)[:12],
)
async def test_out_of_bounds(alice: Client, path: str, name: str, value: Any) -> None:
    response = await alice.get(path, params={name: value})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [["query", name]]


async def test_equal_times_are_ordered_by_id(alice: Client, add_products: AddRows) -> None:
    rows = await add_products(20, at_once=True)
    first, second = [ids(await page(alice, PRODUCTS, page=number)) for number in (1, 2)]
    assert first + second == sorted(rows, reverse=True)


async def test_pages_are_cut_from_a_total_order(app: FastAPI, alice: Client, path: str) -> None:
    """An index may happen to put equal times in order; only the statement promises it."""
    statements: list[str] = []

    def watch(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    engine = app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", watch)
    try:
        await page(alice, path)
    finally:
        event.remove(engine, "before_cursor_execute", watch)
    table = path.rpartition("/")[2]
    orders = [statement.partition("ORDER BY")[2] for statement in statements if "LIMIT" in statement]
    assert len(orders) == 1
    assert orders[0].split("LIMIT")[0].strip() == f"{table}.created_at DESC, {table}.id DESC"


async def test_updates_do_not_move_rows_between_pages(alice: Client, add_products: AddRows) -> None:
    rows = await add_products(20, at_once=True)
    first = ids(await page(alice, PRODUCTS))
    for number in rows[::4]:
        assert (await alice.patch(f"{PRODUCTS}/{number}", json={"name": "Moved"})).status_code == 200
    second = ids(await page(alice, PRODUCTS, page=2))
    assert sorted(first + second) == sorted(rows)


async def test_newest_first(alice: Client, bob: Client, admin: Client) -> None:
    assert ids(await page(alice, USERS)) == [actor.user["id"] for actor in (admin, bob, alice)]


SEARCHES = [
    ("", {"a_c", "abc", "100%", "ABC\\d", "Zoë"}),
    ("abc", {"abc", "ABC\\d"}),
    ("ABC", {"abc", "ABC\\d"}),
    ("b", {"abc", "ABC\\d"}),
    ("_", {"a_c"}),
    ("a_c", {"a_c"}),
    ("%", {"100%"}),
    ("%%", set()),
    ("\\", {"ABC\\d"}),
    ("/", set()),
    ("'", set()),
    ("Zoë", {"Zoë"}),
    ("ZOË", {"Zoë"}),
    ("nothing", set()),
]


@pytest.mark.parametrize(("term", "found"), SEARCHES)
async def test_search(
    alice: Client, add_products: AddRows, add_users: AddRows, path: str, term: str, found: set[str]
) -> None:
    names = ["a_c", "abc", "100%", "ABC\\d", "Zoë"]
    await (add_products if path == PRODUCTS else add_users)(names)
    answer = await page(alice, path, search=term)
    key = "name" if path == PRODUCTS else "full_name"
    assert {item[key] for item in answer["items"]} - {"Alice"} == found
    assert answer["total"] == len(answer["items"])


async def test_search_keeps_to_its_pages(alice: Client, add_products: AddRows) -> None:
    await add_products(["Lamp"] * 15 + ["Desk"] * 5)
    answer = await page(alice, PRODUCTS, search="lamp", page=2)
    assert (len(answer["items"]), answer["total"], answer["total_pages"]) == (5, 15, 2)


async def test_products_are_found_by_their_description(alice: Client) -> None:
    made = await create_product(alice, "Lamp", description="Gives LIGHT")
    await create_product(alice, "Desk", description=None)
    assert (await page(alice, PRODUCTS, search="light"))["items"] == [made]


async def test_users_are_found_by_their_address(alice: Client, bob: Client) -> None:
    assert ids(await page(bob, USERS, search="alice@EXAMPLE")) == [alice.user["id"]]


@pytest.mark.parametrize("term", ["\0", "x" * 5000])
async def test_search_refuses(alice: Client, path: str, term: str) -> None:
    response = await alice.get(path, params={"search": term})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [["query", "search"]]
