"""A home with rows below rows: boards of a user, cards of a board, and operations for one's password and address."""

from __future__ import annotations

import hmac
from collections import Counter
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Response
from pydantic import AfterValidator, BaseModel, EmailStr, Field

from tests.homes._basics import (
    LARGEST_ID,
    PREFIX,
    Account,
    Body,
    Caller,
    Id,
    StoreDep,
    Text,
    claims_for,
    hashed,
    problems,
    read,
    service,
    storable,
)
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

USER = f"{PREFIX}/users/{{user_id}}"
BOARDS = f"{PREFIX}/boards"
CARDS = BOARDS + "/{board_id}/cards"
CardId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Number = Annotated[int, Query(ge=1, le=100_000)]
Size = Annotated[int, Query(ge=1, le=100)]


class NewPassword(Body):
    current_password: Annotated[str, Field(max_length=128), AfterValidator(storable)]
    new_password: Annotated[str, Field(min_length=8, max_length=128), AfterValidator(storable)]


class NewEmail(Body):
    email: EmailStr


class Named(Body):
    name: Text


class Board(BaseModel):
    id: int
    name: str
    owner_id: int


class Boards(BaseModel):
    items: list[Board]
    total: int
    has_next: bool


class Remark(Body):
    text: Text


class Card(BaseModel):
    id: int
    text: str
    board_id: int


class Cards(BaseModel):
    items: list[Card]
    total: int
    next: str | None


def get_board(board_id: Id, store: StoreDep, caller: Caller) -> Board:
    board = store.rows["boards"].get(board_id)
    if board is None or board.owner_id != caller.id:
        raise HTTPException(404, "No such board")
    return board


OwnBoard = Annotated[Board, Depends(get_board)]


def get_card(card_id: CardId, board: OwnBoard, store: StoreDep) -> Card:
    card = store.rows["cards"].get(card_id)
    if card is None or card.board_id != board.id:
        raise HTTPException(404, "No such card")
    return card


OwnCard = Annotated[Card, Depends(get_card)]


def get_self(user_id: Id, caller: Caller) -> Account:
    if user_id != caller.id:
        raise HTTPException(404, "No such account of yours")
    return caller


Oneself = Annotated[Account, Depends(get_self)]


class Passwords:
    """How often each account has changed its password: a token from before the last change opens nothing."""

    def __init__(self) -> None:
        self.changes: Counter[int] = Counter()

    def issue(self, account: Account) -> str:
        claims = claims_for(account) | {"changes": self.changes[account.id]}
        return jwt.encode(claims, SIGNING_KEY, "HS256")

    def read(self, token: str) -> int:
        number = read(token)
        if jwt.decode(token, options={"verify_signature": False}).get("changes") != self.changes[number]:
            raise ValueError("from before")
        return number


def create_app() -> FastAPI:
    app = service("Boards and cards")
    store = app.state.store
    passwords = app.state.passwords = Passwords()
    app.state.issue, app.state.read = passwords.issue, passwords.read
    store.rows |= {"boards": {}, "cards": {}}

    def forget(owner: int) -> None:
        for board in [one for one in store.rows["boards"].values() if one.owner_id == owner]:
            _forget_board(store.rows, board.id)

    store.forget.append(forget)
    _oneself(app)
    _boards(app)
    _cards(app)
    return app


def _forget_board(rows: dict[str, dict[int, object]], board_id: int) -> None:
    rows["boards"].pop(board_id, None)
    for card in [one for one in rows["cards"].values() if isinstance(one, Card) and one.board_id == board_id]:
        del rows["cards"][card.id]


def _oneself(app: FastAPI) -> None:
    @app.put(USER + "/password", status_code=204, responses=problems(400, 401, 404, 422))
    def change_password(body: NewPassword, account: Oneself, store: StoreDep) -> Response:
        if not hmac.compare_digest(store.hashes[account.id], hashed(body.current_password)):
            raise HTTPException(400, "Wrong password")
        store.hashes[account.id] = hashed(body.new_password)
        app.state.passwords.changes[account.id] += 1
        return Response(status_code=204)

    @app.put(USER + "/email", responses=problems(401, 404, 409, 422))
    def change_email(body: NewEmail, account: Oneself, store: StoreDep) -> Account:
        known = store.by_email(body.email)
        if known is not None and known.id != account.id:
            raise HTTPException(409, "Taken")
        account.email = body.email.lower()
        return account


def _boards(app: FastAPI) -> None:
    @app.get(BOARDS, responses=problems(401, 422))
    def list_boards(store: StoreDep, caller: Caller, page: Number = 1, page_size: Size = 10) -> Boards:
        mine = [one for one in store.rows["boards"].values() if one.owner_id == caller.id]
        shown = mine[(page - 1) * page_size :][:page_size]
        return Boards(items=shown, total=len(mine), has_next=page * page_size < len(mine))

    @app.post(BOARDS, status_code=201, responses=problems(401, 422))
    def add_board(body: Named, store: StoreDep, caller: Caller, response: Response) -> Board:
        board = Board(id=store.next_id(), name=body.name, owner_id=caller.id)
        store.rows["boards"][board.id] = board
        response.headers["Location"] = f"{BOARDS}/{board.id}"
        return board

    @app.get(BOARDS + "/{board_id}", responses=problems(401, 404, 422))
    def read_board(board: OwnBoard) -> Board:
        return board

    @app.put(BOARDS + "/{board_id}", responses=problems(401, 404, 422))
    def rename_board(body: Named, board: OwnBoard) -> Board:
        board.name = body.name
        return board

    @app.delete(BOARDS + "/{board_id}", status_code=204, responses=problems(401, 404, 422))
    def drop_board(board: OwnBoard, store: StoreDep) -> Response:
        _forget_board(store.rows, board.id)
        return Response(status_code=204)


def _cards(app: FastAPI) -> None:
    @app.get(CARDS, responses=problems(401, 404, 422))
    def list_cards(board: OwnBoard, store: StoreDep, page: Number = 1, page_size: Size = 10) -> Cards:
        held = [one for one in store.rows["cards"].values() if one.board_id == board.id]
        shown, behind = held[(page - 1) * page_size :][:page_size], held[page * page_size :]
        link = f"{BOARDS}/{board.id}/cards?page={page + 1}&page_size={page_size}"
        return Cards(items=shown, total=len(held), next=link if behind else None)

    @app.post(CARDS, status_code=201, responses=problems(401, 404, 422))
    def add_card(body: Remark, board: OwnBoard, store: StoreDep, response: Response) -> Card:
        card = Card(id=store.next_id(), text=body.text, board_id=board.id)
        store.rows["cards"][card.id] = card
        response.headers["Location"] = f"{BOARDS}/{board.id}/cards/{card.id}"
        return card

    @app.get(CARDS + "/{card_id}", responses=problems(401, 404, 422))
    def read_card(card: OwnCard) -> Card:
        return card

    @app.put(CARDS + "/{card_id}", responses=problems(401, 404, 422))
    def rewrite_card(body: Remark, card: OwnCard) -> Card:
        card.text = body.text
        return card

    @app.delete(CARDS + "/{card_id}", status_code=204, responses=problems(401, 404, 422))
    def drop_card(card: OwnCard, store: StoreDep) -> Response:
        store.rows["cards"].pop(card.id, None)
        return Response(status_code=204)
