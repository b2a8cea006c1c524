"""Services whose rows lie below others and refer to others, correct but for the faults that are planted."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

Text = Annotated[str, Field(min_length=1, max_length=60)]
Id = Annotated[int, Path(ge=1, le=2**31)]


class SignUp(BaseModel):
    username: Annotated[str, Field(pattern="^[a-z0-9-]{3,40}$")]
    password: Annotated[str, Field(min_length=8, max_length=60)]


class NewPassword(BaseModel):
    current_password: str
    new_password: Annotated[str, Field(min_length=8, max_length=60)]


class Account(BaseModel):
    id: int
    username: str


class Token(BaseModel):
    access_token: str


class Named(BaseModel):
    name: Text


class Row(Named):
    id: int


class Change(BaseModel):
    name: Text | None = None


class Draft(BaseModel):
    title: Text
    body: Text


class Post(Draft):
    slug: str


class ProductIn(BaseModel):
    name: Text
    category_id: int
    seller_id: int


class Product(ProductIn):
    id: int


class Category(BaseModel):
    id: int
    label: str


class Lookup(BaseModel):
    term: Text


class Found(BaseModel):
    id: int
    term: str


@dataclass
class Service:
    """The application with what it holds; each planted fault is a word in `faults`."""

    faults: frozenset[str] = frozenset()
    accounts: dict[int, SignUp] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    boards: dict[int, tuple[int, str]] = field(default_factory=dict)
    cards: dict[int, tuple[int, str]] = field(default_factory=dict)
    posts: dict[tuple[str, str], Post] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    made: int = 0
    #: what was done, as (verb, kind, id)
    log: list[tuple[str, str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(map(len, (self.accounts, self.boards, self.cards, self.posts, self.products)))

    def number(self) -> int:
        self.made += 1
        return self.made

    def app(self, *parts: Callable[["Service"], APIRouter]) -> FastAPI:
        app = FastAPI(title="nested", version="1")
        for part in (accounts, *parts):
            app.include_router(part(self))
        return app

    def caller(self, token: Annotated[str, Depends(OAuth2PasswordBearer("/login"))]) -> int:
        if token not in self.tokens:
            raise HTTPException(401, "who?", headers={"WWW-Authenticate": "Bearer"})
        return self.tokens[token]


def accounts(service: Service) -> APIRouter:
    router = APIRouter()

    @router.post("/register", status_code=201)
    def register(body: SignUp) -> dict[str, str]:
        if any(body.username == one.username for one in service.accounts.values()):
            raise HTTPException(409, "taken")
        service.accounts[service.number()] = body
        return {"username": body.username}

    @router.post("/login")
    def login(body: SignUp) -> Token:
        number = next((n for n, one in service.accounts.items() if one == body), None)
        if number is None:
            raise HTTPException(401, "no", headers={"WWW-Authenticate": "Bearer"})
        token = secrets.token_hex(16)
        service.tokens[token] = number
        return Token(access_token=token)

    @router.get("/me")
    def me(who: Annotated[int, Depends(service.caller)]) -> Account:
        return Account(id=who, username=service.accounts[who].username)

    @router.put("/me/password", status_code=204)
    def change_password(body: NewPassword, who: Annotated[int, Depends(service.caller)]) -> Response:
        if (
            service.accounts[who].password != body.current_password
            or body.new_password == body.current_password
        ):
            raise HTTPException(400, "wrong password")
        service.accounts[who] = SignUp(username=service.accounts[who].username, password=body.new_password)
        return Response(status_code=204)

    @router.delete("/me", status_code=204)
    def leave(who: Annotated[int, Depends(service.caller)]) -> Response:
        service.log.append(("delete", "account", who))
        service.accounts.pop(who, None)
        service.tokens = {token: number for token, number in service.tokens.items() if number != who}
        return Response(status_code=204)

    return router


def boards(service: Service) -> APIRouter:  # noqa: C901 - a whole service
    """Boards of a user, cards of a board."""
    router = APIRouter(prefix="/users/{user_id}/boards")

    def own(user_id: Id, who: Annotated[int, Depends(service.caller)]) -> int:
        if user_id != who:
            raise HTTPException(403, "another's")
        return who

    def board(
        user_id: Id, board_id: Id, request: Request, who: Annotated[int, Depends(service.caller)]
    ) -> int:
        if user_id != who and not {"open boards", f"open {request.method}"} & service.faults:
            raise HTTPException(403, "another's")
        if user_id not in service.accounts or service.boards.get(board_id, (0, ""))[0] != user_id:
            raise HTTPException(404, "no such board")
        return board_id

    def card(card_id: Id, board_id: Annotated[int, Depends(board)]) -> int:
        if service.cards.get(card_id, (0, ""))[0] != board_id:
            raise HTTPException(404, "no such card")
        return card_id

    Mine = Annotated[int, Depends(own)]  # noqa: N806 - a type
    Board = Annotated[int, Depends(board)]  # noqa: N806 - a type
    Card = Annotated[int, Depends(card)]  # noqa: N806 - a type

    @router.get("")
    def list_boards(
        who: Mine,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
        offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> list[Row]:
        mine = [Row(id=n, name=name) for n, (owner, name) in service.boards.items() if owner == who]
        return mine[offset : offset + limit]

    @router.post("", status_code=201)
    def add_board(who: Mine, body: Named) -> Row:
        number = service.number()
        service.boards[number] = (who, body.name)
        return Row(id=number, name=body.name)

    @router.get("/{board_id}")
    def read_board(number: Board) -> Row:
        return Row(id=number, name=service.boards[number][1])

    @router.delete("/{board_id}", status_code=204)
    def drop_board(number: Board) -> Response:
        if any(parent == number for parent, _ in service.cards.values()):
            raise HTTPException(409, "it has cards")
        service.log.append(("delete", "board", number))
        service.boards.pop(number, None)
        return Response(status_code=204)

    @router.get("/{board_id}/cards")
    def list_cards(
        number: Board,
        page: Annotated[int, Query(ge=1, le=10**6)] = 1,
        size: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> dict[str, list[Row] | int]:
        held = [Row(id=n, name=name) for n, (parent, name) in service.cards.items() if parent == number]
        return {"items": held[(page - 1) * size : page * size], "total": len(held)}

    @router.post("/{board_id}/cards", status_code=201)
    def add_card(number: Board, body: Named) -> Row:
        made = service.number()
        service.cards[made] = (number, body.name)
        return Row(id=made, name=body.name)

    @router.get("/{board_id}/cards/{card_id}")
    def read_card(made: Card) -> Row:
        return Row(id=made, name=service.cards[made][1])

    @router.put("/{board_id}/cards/{card_id}")
    def rewrite_card(made: Card, body: Named) -> Row:
        service.cards[made] = (service.cards[made][0], body.name)
        return Row(id=made, name=body.name)

    @router.patch("/{board_id}/cards/{card_id}")
    def change_card(made: Card, body: Change) -> Row:
        parent, name = service.cards[made]
        service.cards[made] = (parent, body.name or name)
        return Row(id=made, name=service.cards[made][1])

    @router.delete("/{board_id}/cards/{card_id}", status_code=204)
    def drop_card(made: Card) -> Response:
        service.log.append(("delete", "card", made))
        service.cards.pop(made, None)
        return Response(status_code=204)

    return router


def posts(service: Service) -> APIRouter:
    """Posts below the name of their author, named by a slug; a create says no more than that it was done."""
    router = APIRouter(prefix="/{username}/posts")

    def own(username: str, who: Annotated[int, Depends(service.caller)]) -> str:
        if service.accounts[who].username != username:
            raise HTTPException(404, "no such post of yours")
        return username

    def post(slug: str, username: Annotated[str, Depends(own)]) -> tuple[str, str]:
        if (username, slug) not in service.posts:
            raise HTTPException(404, "no such post of yours")
        return username, slug

    Mine, One = Annotated[str, Depends(own)], Annotated[tuple[str, str], Depends(post)]  # noqa: N806 - types

    @router.get("")
    def list_posts(
        username: Mine,
        page: Annotated[int, Query(ge=1, le=10**6)] = 1,
        per_page: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> list[Post]:
        mine = [one for (author, _), one in service.posts.items() if author == username]
        return mine[(page - 1) * per_page : page * per_page]

    @router.post("", status_code=201)
    def publish(username: Mine, draft: Draft) -> dict[str, str]:
        slug = f"{re.sub(r'[^a-z0-9]+', '-', draft.title.lower()).strip('-') or 'post'}-{service.number()}"
        service.posts[username, slug] = Post(slug=slug, **draft.model_dump())
        return {"status": "published"}

    @router.get("/{slug}")
    def read_post(one: One) -> Post:
        return service.posts[one]

    @router.put("/{slug}")
    def rewrite(one: One, draft: Draft) -> Post:
        service.posts[one] = Post(slug=one[1], **draft.model_dump())
        return service.posts[one]

    @router.delete("/{slug}", status_code=204)
    def withdraw(one: One) -> Response:
        service.posts.pop(one, None)
        return Response(status_code=204)

    return router


def products(service: Service) -> APIRouter:  # noqa: C901 - a whole service
    """Products refer to a category, which only an administrator makes, and to the account of their seller."""
    router = APIRouter()
    categories = [Category(id=n, label=f"category {n}") for n in (31, 32)]

    def product(product_id: Id, who: Annotated[int, Depends(service.caller)]) -> Product:
        found = service.products.get(product_id)
        if found is None or found.seller_id != who:
            raise HTTPException(404, "no such product of yours")
        return found

    def checked(body: ProductIn, who: int) -> ProductIn:
        if body.category_id not in [one.id for one in categories]:
            raise HTTPException(400, "no such category")
        if body.seller_id != who:
            raise HTTPException(403, "sell in your own name")
        return body

    Caller, One = Annotated[int, Depends(service.caller)], Annotated[Product, Depends(product)]  # noqa: N806 - types

    @router.get("/categories")
    def list_categories(who: Caller, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[Category]:
        return categories[:limit]

    @router.post("/categories", status_code=201)
    def add_category(who: Caller, label: Annotated[Text, Body(embed=True)]) -> Category:
        raise HTTPException(403, "administrators only")

    @router.get("/products")
    def list_products(
        who: Caller,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> list[Product]:
        mine = [one for one in service.products.values() if one.seller_id == who]
        return mine[offset : offset + limit]

    @router.post("/products", status_code=201)
    def add_product(body: ProductIn, who: Caller) -> Product:
        number = service.number()
        service.products[number] = Product(id=number, **checked(body, who).model_dump())
        return service.products[number]

    @router.get("/products/{product_id}")
    def read_product(one: One) -> Product:
        return one

    @router.put("/products/{product_id}")
    def change_product(one: One, body: ProductIn, who: Caller) -> Product:
        service.products[one.id] = Product(id=one.id, **checked(body, who).model_dump())
        return service.products[one.id]

    @router.delete("/products/{product_id}", status_code=204)
    def drop_product(one: One) -> Response:
        service.products.pop(one.id, None)
        return Response(status_code=204)

    return router


def lookups(service: Service) -> APIRouter:
    """A search by POST that looks like a create: it answers what it found, which is always the same."""
    router = APIRouter(prefix="/entries")
    held = [Found(id=n, term=f"term {n}") for n in (1, 2, 3)]

    def entry(entry_id: Id, who: Annotated[int, Depends(service.caller)]) -> Found:
        if entry_id > len(held):
            raise HTTPException(404, "no such entry")
        return held[entry_id - 1]

    @router.post("")
    def search(body: Lookup, who: Annotated[int, Depends(service.caller)]) -> Found:
        return held[0]

    @router.get("")
    def list_entries(
        who: Annotated[int, Depends(service.caller)],
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> list[Found]:
        return held[offset : offset + limit]

    @router.get("/{entry_id}")
    def read_entry(one: Annotated[Found, Depends(entry)]) -> Found:
        return one

    @router.put("/{entry_id}")
    def suggest(one: Annotated[Found, Depends(entry)], body: Lookup) -> Found:
        service.log.append(("suggest", "entry", one.id))
        return one

    @router.delete("/{entry_id}", status_code=204)
    def hide(one: Annotated[Found, Depends(entry)]) -> Response:
        service.log.append(("hide", "entry", one.id))
        return Response(status_code=204)

    return router


class Secret(BaseModel):
    id: int
    body: str


class Whisper(BaseModel):
    body: Text


class Meter(BaseModel):
    id: int
    label: str
    token: str


class MeterIn(BaseModel):
    label: Text
    token: Text = "x"


class Square(BaseModel):
    id: int
    name: str


def oddities(service: Service) -> APIRouter:  # noqa: C901 - a whole service
    """Resources that are correct and not what they seem: read once, nobody's, restless, answering for any id."""
    router = APIRouter()
    whispers: dict[int, tuple[int, str]] = {}
    wall: dict[int, str] = {}
    meters: dict[int, tuple[int, MeterIn]] = {}
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def own(held: dict[int, tuple[int, Any]], number: int, who: int) -> Any:
        if held.get(number, (0, ""))[0] != who:
            raise HTTPException(404, "nothing of yours")
        return held[number][1]

    @router.post("/whispers", status_code=201)
    def whisper(body: Whisper, who: Caller) -> Secret:
        number = service.number()
        whispers[number] = (who, body.body)
        return Secret(id=number, body=body.body)

    @router.get("/whispers/{whisper_id}")
    def listen(whisper_id: Id, who: Caller) -> Secret:
        heard = Secret(id=whisper_id, body=own(whispers, whisper_id, who))
        whispers.pop(whisper_id, None)
        return heard

    @router.delete("/whispers/{whisper_id}", status_code=204)
    def hush(whisper_id: Id, who: Caller) -> Response:
        own(whispers, whisper_id, who)
        whispers.pop(whisper_id, None)
        return Response(status_code=204)

    def written(line_id: Id) -> int:
        if line_id not in wall:
            raise HTTPException(404, "no such line")
        return line_id

    Line = Annotated[int, Depends(written)]  # noqa: N806 - a type

    @router.post("/lines", status_code=201)
    def write(body: Named) -> Row:
        number = service.number()
        wall[number] = body.name
        return Row(id=number, name=body.name)

    @router.get("/lines/{line_id}")
    def look(number: Line) -> Row:
        return Row(id=number, name=wall[number])

    @router.put("/lines/{line_id}")
    def overwrite(number: Line, body: Named) -> Row:
        wall[number] = body.name
        return Row(id=number, name=body.name)

    @router.delete("/lines/{line_id}", status_code=204)
    def wipe(number: Line) -> Response:
        wall.pop(number, None)
        return Response(status_code=204)

    @router.post("/meters", status_code=201)
    def install(body: MeterIn, who: Caller) -> Meter:
        number = service.number()
        meters[number] = (who, body)
        return Meter(id=number, label=body.label, token=secrets.token_hex(4))

    @router.get("/meters/{meter_id}")
    def measure(meter_id: Id, who: Caller) -> Meter:
        return Meter(id=meter_id, label=own(meters, meter_id, who).label, token=secrets.token_hex(4))

    @router.put("/meters/{meter_id}")
    def adjust(meter_id: Id, body: MeterIn, who: Caller) -> Meter:
        own(meters, meter_id, who)
        meters[meter_id] = (who, body)
        return Meter(id=meter_id, label=body.label, token=secrets.token_hex(4))

    @router.post("/squares", status_code=201)
    def order(body: Named, who: Caller) -> dict[str, int]:
        return {"id": service.number()}

    @router.get("/squares/{square_id}")
    def square(square_id: Id, who: Caller) -> Square:
        return Square(id=square_id, name="a square")

    @router.delete("/squares/{square_id}", status_code=204)
    def cancel(square_id: Id, who: Caller) -> Response:
        return Response(status_code=204)

    return router
