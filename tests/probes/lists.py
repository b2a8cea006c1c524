"""Odd lists: their envelopes, their ways on, and what others do to them meanwhile."""

import re
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, BeforeValidator

from tests.probes.service import Note, Notes, Service, Size, Start


class Lists(Service):
    rules = ("PAG", "RES")


class Data(BaseModel):
    data: Notes


class Wrapped(Lists):
    """Items lie two objects deep."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Data)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"data": {"items": found[offset : offset + limit], "total": len(found)}}


class Bare(Lists):
    """The answer is the list, its total a header."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Note])
        async def notes(response: Response, limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            response.headers["X-Total-Count"] = str(len(found))
            return found[offset : offset + limit]


def as_json_has_it(value: object) -> object:
    """The whole number that a text is in JSON: 1e3 and 1.0 are some."""
    return (
        int(float(value))
        if isinstance(value, str) and re.fullmatch(r"\d+(\.0+)?(e\d)?", value, re.A)
        else value
    )


class Exponents(Lists):
    """It reads numbers as JSON has them."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Note])
        async def notes(
            limit: Annotated[Size, BeforeValidator(as_json_has_it)] = 20,
            offset: Annotated[Start, BeforeValidator(as_json_has_it)] = 0,
            user=self.known(),
        ):
            return self.listed(user)[offset : offset + limit]


def as_python_has_it(value: object) -> object:
    """The whole number that a text is for `int`: it knows the digits of every script."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else value


class OtherDigits(Lists):
    """It reads the digits of every script."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Note])
        async def notes(
            limit: Annotated[Size, BeforeValidator(as_python_has_it)] = 20,
            offset: Annotated[Start, BeforeValidator(as_python_has_it)] = 0,
            user=self.known(),
        ):
            return self.listed(user)[offset : offset + limit]


class Results(BaseModel):
    results: list[Note]
    count: int


class PagesFrom1(Lists):
    """Pages have numbers from one."""

    first = 1

    def behind(self) -> list[Any]:
        """What stands on a page behind the last."""
        return []

    def add_list(self, app: FastAPI) -> None:
        first = self.first

        @app.get("/notes", response_model=Results)
        async def notes(
            page: Annotated[int, Query(ge=first)] = first, page_size: Size = 20, user=self.known()
        ):
            found = self.listed(user)
            start = (page - first) * page_size
            items = found[start : start + page_size]
            return {"results": items if items or page == first else self.behind(), "count": len(found)}


class PagesFrom0(PagesFrom1):
    """Pages have numbers from nought."""

    first = 0


class NoPageBehind(PagesFrom1):
    """A page behind the last is not found, as Django REST framework has it."""

    def behind(self) -> list[Any]:
        raise HTTPException(404, "Invalid page.")


class Cursors(BaseModel):
    items: list[Note]
    next_cursor: str | None = None
    has_more: bool = False


class Cursor(Lists):
    """A cursor leads on."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Cursors)
        async def notes(limit: Size = 20, cursor: str | None = None, user=self.known()):
            if cursor is not None and not re.fullmatch(r"c\d{1,9}", cursor):
                raise HTTPException(422, "no cursor of ours")
            found = [note for note in self.listed(user) if cursor is None or note["id"] > int(cursor[1:])]
            more = len(found) > limit
            return {
                "items": found[:limit],
                "next_cursor": f"c{found[limit - 1]['id']}" if more else None,
                "has_more": more,
            }


class Links(BaseModel):
    results: list[Note]
    next: str | None = None
    previous: str | None = None


class NextLink(Lists):
    """A link in the body leads on."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Links)
        async def notes(request: Request, page_size: Size = 20, cursor: int | None = None, user=self.known()):
            found = [note for note in self.listed(user) if cursor is None or note["id"] > cursor]
            last = found[page_size - 1]["id"] if len(found) > page_size else None
            return {
                "results": found[:page_size],
                "next": str(request.url.include_query_params(cursor=last)) if last else None,
            }


class HeaderLink(Lists):
    """A Link header leads on."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Note])
        async def notes(
            response: Response,
            per_page: Size = 20,
            page: Annotated[int, Query(ge=1)] = 1,
            user=self.known(),
        ):
            found = self.listed(user)
            if page * per_page < len(found):
                way = f"</notes?page={page + 1}&per_page={per_page}>"
                response.headers["Link"] = f'{way}; rel="next"'
            return found[(page - 1) * per_page : page * per_page]


class Numbered(BaseModel):
    count: int
    next: str | None
    previous: str | None
    next_cursor: str | None
    results: list[Note]


class NumberedLinks(Lists):
    """Links lead to numbered pages, as Django REST framework has it; its cursors stay empty where numbers are asked for."""

    first = 1

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Numbered)
        async def notes(
            request: Request,
            page: Annotated[int, Query(ge=self.first)] = self.first,
            page_size: Size = 20,
            cursor: str | None = None,
            user=self.known(),
        ):
            found, start = self.listed(user), (page - self.first) * page_size

            def link(number: int, there: bool) -> str | None:
                return str(request.url.include_query_params(page=number)) if there else None

            return {
                "count": len(found),
                "next": link(page + 1, start + page_size < len(found)),
                "previous": link(page - 1, page > self.first),
                "next_cursor": None,
                "results": found[start : start + page_size],
            }


class NumberedLinksFrom0(NumberedLinks):
    """As before, from nought."""

    first = 0


class Promising(BaseModel):
    data: list[Note]
    has_next: bool


class FullPagesPromise(Lists):
    """A page that is full says that there is more, without a look."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Promising)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            shown = self.listed(user)[offset : offset + limit]
            return {"data": shown, "has_next": len(shown) == limit}


class More(BaseModel):
    data: list[Note]
    has_more: bool


class StartingAfter(Lists):
    """The id of the last item leads on."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=More)
        async def notes(limit: Size = 20, starting_after: int | None = None, user=self.known()):
            after = starting_after or 0
            found = [note for note in self.listed(user) if note["id"] > after]
            return {"data": found[:limit], "has_more": len(found) > limit}


class Clamped(Lists):
    """A page never holds more than 20, whatever is asked, which the document does not tell."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Annotated[int, Query(ge=1)] = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + min(limit, 20)], "total": len(found)}


class Required(Lists):
    """Both parameters must be there."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size, offset: Start, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + limit], "total": len(found)}


class NewestFirst(Lists):
    """What is new comes first."""

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return self.own(user)[::-1]


class Counted(Lists):
    """How a total may be told that is none."""

    def total(self, found: list[Any], page: list[Any]) -> int:
        return len(found)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            page = found[offset : offset + limit]
            return {"items": page, "total": self.total(found, page)}


class Estimated(Counted):
    """The total is an estimate, ten thousand beside an empty list."""

    def total(self, found: list[Any], page: list[Any]) -> int:
        return 10_000


class CountedInPart(Counted):
    """The total stops at three."""

    def total(self, found: list[Any], page: list[Any]) -> int:
        return min(3, len(found))


class CountsPage(Counted):
    """The total is that of the page."""

    def total(self, found: list[Any], page: list[Any]) -> int:
        return len(page)


class Ids(BaseModel):
    items: list[int]
    total: int


class IdsOnly(Lists):
    """Items are bare ids."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Ids)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = [note["id"] for note in self.listed(user)]
            return {"items": found[offset : offset + limit], "total": len(found)}


class Name(BaseModel):
    name: str


class Names(BaseModel):
    items: list[Name]
    total: int


class Alike(Lists):
    """Items say nothing of which they are."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Names)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = [{"name": "a note"} for _ in self.listed(user)]
            return {"items": found[offset : offset + limit], "total": len(found)}


class NoneOrMore(BaseModel):
    items: list[Note] | None
    total: int


class NullForNothing(Lists):
    """A page without items has null in their place."""

    word = "not compliant"
    violated = ("PAG-008",)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=NoneOrMore)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + limit] or None, "total": len(found)}


class Lags(Lists):
    """A list shows what is new a few requests later."""

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return [note for note in self.own(user) if self.has_come(note)]


class HidesDrafts(Lists):
    """A list shows what was published, which the document does not tell how to do."""

    word = "inconclusive"
    untested = ("PAG-002", "PAG-004", "PAG-008")

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return []


class Recent(Lists):
    """A list shows the thirty newest."""

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return self.own(user)[-30:]


def foreign(number: int) -> dict[str, Any]:
    return {"id": 10**6 + number, "name": "x", "text": "", "stars": 1, "owner": 0}


class Busy(Lists):
    """Others write to the list while it is read: it never rests, so that its pages say nothing."""

    rules = ("PAG",)
    word = "inconclusive"
    untested = ("PAG-004",)

    def __init__(self) -> None:
        super().__init__()
        self.others = [foreign(number) for number in range(130)]

    def every(self, user: Any) -> list[dict[str, Any]]:
        # Each look finds one more, so that no clock decides what the looks see.
        self.others.append(foreign(len(self.others)))
        return [*self.others, *self.own(user)]

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Note])
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            return self.every(user)[::-1][offset : offset + limit]


class BusyWithTotal(Busy):
    """The same with a total."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.every(user)[::-1]
            return {"items": found[offset : offset + limit], "total": len(found)}


class Lively(Lists):
    """Others change their rows while the list is read, and what changed last comes first."""

    rules = ("PAG",)
    word = "inconclusive"
    untested = ("PAG-004",)

    def __init__(self) -> None:
        super().__init__()
        self.others = [foreign(number) for number in range(6)]

    def listed(self, user: Any) -> list[dict[str, Any]]:
        touched = self.others.pop()
        self.others.insert(0, {**touched, "stars": touched["stars"] % 5 + 1})
        return [*self.others, *self.own(user)]


class SignedAnew(Lists):
    """A field of every item is made anew for each answer."""

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return [{**note, "text": f"signed {self.ticks}"} for note in self.own(user)]


class PageCount(BaseModel):
    results: list[Note]
    count: int


class CountsItself(Lists):
    """What is called count counts the page, and there is no total."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=PageCount)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            page = self.listed(user)[offset : offset + limit]
            return {"results": page, "count": len(page)}


class Corrects(Lists):
    """What is too small is taken for the least without a word, and a size of nought for none at all."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Note])
        async def notes(page: int = 1, per_page: Annotated[int, Query(le=100)] = 20, user=self.known()):
            found, size = self.listed(user), max(per_page, 0)
            start = (max(page, 1) - 1) * size
            return found[start : start + size]


class Shows(BaseModel):
    data: list[Note]
    current_page: int
    per_page: int
    last_page: int
    total: int


class ShowsWhatItTook(Lists):
    """What is too small or too large is taken for the nearest that is not, and shown; pages are called otherwise."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Shows)
        async def notes(page: int = 1, per_page: int = 20, user=self.known()):
            found = self.listed(user)
            number, size = max(page, 1), min(max(per_page, 1), 50)
            return {
                "data": found[(number - 1) * size : number * size],
                "current_page": number,
                "per_page": size,
                "last_page": max(-(-len(found) // size), 1),
                "total": len(found),
            }


class Keyed(BaseModel):
    items: list[Note]
    next: str | None = None


class AnyKey(Lists):
    """The cursor is the name of the last item, so that any text is one."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Keyed)
        async def notes(limit: Size = 20, after: str = "", user=self.known()):
            found = sorted(self.listed(user), key=lambda note: note["name"])
            left = [note for note in found if note["name"] > after]
            return {"items": left[:limit], "next": left[limit - 1]["name"] if len(left) > limit else None}


class SizeOrAll(Lists):
    """A size is a number or the word all, which the document says; all are a hundred at most."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size | Literal["all"] = 20, offset: Start = 0, user=self.known()):
            found, size = self.listed(user), 100 if limit == "all" else limit
            return {"items": found[offset : offset + size], "total": len(found)}


class NothingIsNotFound(Lists):
    """A list without items is not found."""

    word = "not compliant"
    violated = ("PAG-008",)

    def listed(self, user: Any) -> list[dict[str, Any]]:
        if not self.own(user):
            raise HTTPException(404, "nothing here")
        return self.own(user)


class Long(Lists):
    """A list of three thousand, which nobody reads by twos."""

    rules = ("PAG",)

    def add_list(self, app: FastAPI) -> None:
        others = [foreign(number) for number in range(3000)]

        @app.get("/notes", response_model=list[Note])
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            return [*others, *self.own(user)][offset : offset + limit]
