"""A home with books in an SQL database: searched, filtered by several fields, sorted both ways, named by texts."""

from __future__ import annotations

import sqlite3
import threading
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Response
from pydantic import AfterValidator, BaseModel, Field, StrictInt

from tests.homes._basics import (
    LARGEST_ID,
    PREFIX,
    Body,
    Caller,
    Store,
    StoreDep,
    Text,
    problems,
    service,
    storable,
)
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

BOOKS = f"{PREFIX}/books"
TABLE = """CREATE TABLE books (number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, author TEXT, genre TEXT, pages INTEGER,
lent INTEGER, owner_id INTEGER)"""
#: What may be sorted by, and the column that it is.
COLUMNS = {"title": "title", "pages": "pages", "id": "number"}


class Genre(StrEnum):
    NOVEL = "novel"
    POETRY = "poetry"
    ESSAY = "essay"


class Draft(Body):
    title: Text
    author: Text = "nobody"
    genre: Genre = Genre.NOVEL
    pages: Annotated[StrictInt, Field(ge=1, le=100_000)] = 100
    lent: bool = False


class Book(BaseModel):
    id: str
    title: str
    author: str
    genre: Genre
    pages: int
    lent: bool
    owner_id: int


class Books(BaseModel):
    items: list[Book]
    total: int


Word = Annotated[str, Query(max_length=100), AfterValidator(storable)]
Key = Annotated[str, Path(max_length=100), AfterValidator(storable)]


class Choice:
    """What a query selects: a condition with its values, and an order."""

    def __init__(
        self,
        caller: Caller,
        search: Word = "",
        author: Word = "",
        genre: Genre | None = None,
        lent: bool | None = None,
        owner_id: Annotated[int, Query(ge=1, le=LARGEST_ID)] | None = None,
        sort: Annotated[str, Query(pattern="^-?(title|pages|id)$")] = "id",
    ) -> None:
        self.conditions: list[str] = ["owner_id = ?"]
        self.values: list[Any] = [caller.id]
        if search:
            self.add("(title LIKE ? ESCAPE '!' OR author LIKE ? ESCAPE '!')", *[f"%{escaped(search)}%"] * 2)
        if author:
            self.add("author = ?", author)
        if genre is not None:
            self.add("genre = ?", genre.value)
        if lent is not None:
            self.add("lent = ?", int(lent))
        if owner_id is not None:
            self.add("owner_id = ?", owner_id)
        direction = "DESC" if sort.startswith("-") else "ASC"
        self.order = f"{COLUMNS[sort.removeprefix('-')]} {direction}, number {direction}"

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values += values

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions)


def escaped(text: str) -> str:
    """The text with what LIKE takes for a pattern taken for itself."""
    for sign in ("!", "%", "_"):
        text = text.replace(sign, f"!{sign}")
    return text


class Shelf:
    """The table of books; one statement at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self.ask(TABLE)

    def ask(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        try:
            with self._lock, self._database:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.Error:
            raise HTTPException(500, "The database did not understand") from None

    def find(self, key: str, owner: int) -> Book | None:
        rows = self.ask("SELECT * FROM books WHERE id = ? AND owner_id = ?", key, owner)
        return Book(**rows[0]) if rows else None


def get_shelf(store: StoreDep) -> Shelf:
    return store.shelf  # type: ignore[attr-defined]


ShelfDep = Annotated[Shelf, Depends(get_shelf)]


def get_own(book_id: Key, shelf: ShelfDep, caller: Caller) -> Book:
    book = shelf.find(book_id, caller.id)
    if book is None:
        raise HTTPException(404, "No such book")
    return book


Own = Annotated[Book, Depends(get_own)]


def create_app() -> FastAPI:
    app = service("Library")
    store: Store = app.state.store
    shelf = store.shelf = Shelf()  # type: ignore[attr-defined]
    store.forget.append(lambda owner: shelf.ask("DELETE FROM books WHERE owner_id = ?", owner))
    _routes(app)
    return app


def _routes(app: FastAPI) -> None:
    @app.get(BOOKS, responses=problems(401, 422))
    def list_books(
        choice: Annotated[Choice, Depends()],
        shelf: ShelfDep,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Books:
        found = f"FROM books WHERE {choice.where}"
        total = shelf.ask(f"SELECT count(*) {found}", *choice.values)[0][0]
        rows = shelf.ask(
            f"SELECT * {found} ORDER BY {choice.order} LIMIT ? OFFSET ?",
            *choice.values,
            page_size,
            (page - 1) * page_size,
        )
        return Books(items=[Book(**row) for row in rows], total=total)

    @app.post(BOOKS, status_code=201, responses=problems(401, 422))
    def put_up(body: Draft, shelf: ShelfDep, store: StoreDep, caller: Caller, response: Response) -> Book:
        book = Book(id=f"b{store.next_id()}", owner_id=caller.id, **body.model_dump())
        shelf.ask(
            "INSERT INTO books (id, title, author, genre, pages, lent, owner_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *book.model_dump(mode="json").values(),
        )
        response.headers["Location"] = f"{BOOKS}/{book.id}"
        return book

    @app.get(BOOKS + "/{book_id}", responses=problems(401, 404, 422))
    def read(book: Own) -> Book:
        return book

    @app.put(BOOKS + "/{book_id}", responses=problems(401, 404, 422))
    def rewrite(body: Draft, book: Own, shelf: ShelfDep) -> Book:
        shelf.ask(
            "UPDATE books SET title = ?, author = ?, genre = ?, pages = ?, lent = ? WHERE id = ?",
            *body.model_dump(mode="json").values(),
            book.id,
        )
        return book.model_copy(update=body.model_dump())

    @app.delete(BOOKS + "/{book_id}", status_code=204, responses=problems(401, 404, 422))
    def throw_away(book: Own, shelf: ShelfDep) -> Response:
        shelf.ask("DELETE FROM books WHERE id = ?", book.id)
        return Response(status_code=204)
