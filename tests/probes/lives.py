"""Odd lives: what services do of their own accord when rows are made, changed, read and deleted."""

import time
import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from tests.probes.service import LATE, Draft, Note, Service, Size, Start


class Known(BaseModel):
    """A note in a list, whatever else is known of it."""

    id: Any
    name: str


class Items(BaseModel):
    items: list[Known]
    total: int


class Lives(Service):
    rules = ("RES",)

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=self.created, response_model=self.read_model)
        async def add(draft: Draft, user=self.known()):
            return self.add(draft, user)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Items)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + limit], "total": len(found)}

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=self.read_model)
        async def update(note_id: self.identifier, draft: Draft, user=self.known()):
            note = self.find(note_id, user)
            note.update(self.written(draft))
            return note


class Timed(Note):
    created_at: Any = None
    updated_at: Any = None


class EpochTimes(Lives):
    """Times are numbers of seconds."""

    kept = ("RES-018", "RES-019")
    read_model = Timed

    def stamp(self) -> Any:
        return int(time.time())

    def written(self, draft: Draft) -> dict[str, Any]:
        return {**super().written(draft), "updated_at": self.stamp()}

    def keep(self, note: dict[str, Any]) -> None:
        note["created_at"] = self.stamp()
        super().keep(note)


class NullUntilUpdated(EpochTimes):
    """The time of the last update is null until there is one, and times are whole seconds."""

    def stamp(self) -> Any:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def add(self, draft: Draft, user: Any) -> dict[str, Any]:
        note = super().add(draft, user)
        note["updated_at"] = None
        return note


class Seen(Note):
    views: int = 0
    last_seen_at: float = 0


class CountsViews(Lives):
    """Every look is counted, and its time kept."""

    kept = ("RES-007", "RES-023", "RES-024")
    read_model = Seen

    def shown(self, note: Any) -> Any:
        note["views"] = note.get("views", 0) + 1
        note["last_seen_at"] = time.time()
        return note


class Derived(Note):
    slug: str
    words: int
    version: int


class Derives(Lives):
    """A slug, a count of words and a version follow from what was written."""

    kept = ("RES-005", "RES-007", "RES-023", "RES-024")
    read_model = Derived

    def written(self, draft: Draft) -> dict[str, Any]:
        self.version = getattr(self, "version", 0) + 1
        slug = "-".join(draft.name.lower().split())
        return {
            **super().written(draft),
            "slug": slug,
            "words": len(draft.text.split()),
            "version": self.version,
        }


class Conditional(Lives):
    """No update without the tag of what was read."""

    kept = ("RES-020",)
    mark = '"{}"'

    def tag(self, note: Any) -> str:
        shape = repr(sorted((name, str(value)) for name, value in note.items()))
        return self.mark.format(hash(shape))

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=self.read_model)
        async def read(note_id: int, response: Response, user=self.known()):
            note = self.find(note_id, user)
            response.headers["ETag"] = self.tag(note)
            return note

    def check_tag(self, note: Any, if_match: str | None) -> None:
        if if_match is None:
            raise HTTPException(428, "with If-Match only")
        if if_match != self.tag(note):
            raise HTTPException(412, "changed meanwhile")

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=Note)
        async def update(
            note_id: int,
            draft: Draft,
            user=self.known(),
            if_match: Annotated[str | None, Header(include_in_schema=False)] = None,
        ):
            note = self.find(note_id, user)
            self.check_tag(note, if_match)
            note.update(self.written(draft))
            return note


class WeakTags(Conditional):
    """Tags are weak and for caches, and no update looks at them."""

    mark = 'W/"{}"'

    def check_tag(self, note: Any, if_match: str | None) -> None:
        pass


class Tidies(Lives):
    """Texts are composed as Unicode has it, and blanks within them made one."""

    kept = ("RES-005",)

    def written(self, draft: Draft) -> dict[str, Any]:
        return {
            name: " ".join(unicodedata.normalize("NFKD", value).split()) if isinstance(value, str) else value
            for name, value in draft.model_dump().items()
        }


class Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str = Field(min_length=1, max_length=100)
    text: str = ""
    stars: int = 1


class IgnoresWhatItDoesNotKnow(Lives):
    """Fields that nobody documented are taken and forgotten."""

    kept = ("RES-021",)

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=Note)
        async def add(draft: Loose, user=self.known()):
            return self.add(Draft(**draft.model_dump()), user)


class Optional(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=100)
    text: str | None = Field(default=None, max_length=1000)
    stars: int | None = Field(default=None, ge=1, le=5)


class NullLeavesAlone(Lives):
    """In an update null says the same as nothing."""

    kept = ("RES-007",)

    def add_update(self, app: FastAPI) -> None:
        @app.patch(self.place, response_model=Note)
        async def update(note_id: int, draft: Optional, user=self.known()):
            note = self.find(note_id, user)
            note.update(self.changes(draft))
            return note

    def changes(self, draft: Optional) -> dict[str, Any]:
        return draft.model_dump(exclude_none=True)


class NullIsTheDefault(NullLeavesAlone):
    """In an update null stands for the default."""

    def changes(self, draft: Optional) -> dict[str, Any]:
        defaults = {"name": "untitled", "text": "", "stars": 1}
        sent = draft.model_dump(exclude_unset=True)
        return {name: defaults[name] if value is None else value for name, value in sent.items()}


class CountsFromNought(Lives):
    """The first note has the number nought."""

    kept = ("RES-022",)

    def new_id(self, number: int) -> Any:
        return len(self.born)


class HidesWhatIsNot(Lives):
    """What is not there is forbidden, as what is somebody else's."""

    kept = ("RES-011", "RES-022")

    def find(self, key: Any, user: Any) -> Any:
        try:
            return super().find(key, user)
        except HTTPException:
            raise HTTPException(403, "none of yours") from None


class PointsAbsolutely(Lives):
    """Location is a whole address, whose place redirects to one without a slash at the end."""

    kept = ("RES-004",)

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=Note)
        async def add(draft: Draft, request: Request, response: Response, user=self.known()):
            note = self.add(draft, user)
            response.headers["Location"] = f"{request.base_url}notes/{note['id']}/"
            return note

    def add_read(self, app: FastAPI) -> None:
        super().add_read(app)

        @app.get(self.place + "/", include_in_schema=False)
        async def moved(note_id: int):
            return RedirectResponse(f"/notes/{note_id}")


class PointsRelatively(Lives):
    """Location is relative to what was asked for, and the answer has a note beside the new one."""

    kept = ("RES-004",)

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=Note)
        async def add(draft: Draft, response: Response, user=self.known()):
            note = self.add(draft, user)
            response.headers["Location"] = f"notes/{note['id']}"
            return note


class UpdatedLater(Lives):
    """An update is accepted, and done a few requests later."""

    rules = ("RES", "ACC")
    kept = ("RES-007", "RES-023")

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[int, dict[str, Any], dict[str, Any]]] = []

    def find(self, key: Any, user: Any) -> Any:
        for begun, note, changes in [one for one in self.waiting if self.ticks - one[0] > LATE]:
            note.update(changes)
            self.waiting.remove((begun, note, changes))
        return super().find(key, user)

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, status_code=202)
        async def update(note_id: int, draft: Draft, user=self.known()):
            self.waiting.append((self.ticks, self.find(note_id, user), self.written(draft)))


class ListLagsBehind(Lives):
    """A list shows what was deleted for a few requests more."""

    def __init__(self) -> None:
        super().__init__()
        self.ghosts: list[tuple[int, Any]] = []

    def drop(self, note: Any) -> None:
        super().drop(note)
        self.ghosts.append((self.ticks, note))

    def listed(self, user: Any) -> list[dict[str, Any]]:
        lately = [note for begun, note in self.ghosts if self.ticks - begun <= 2 * LATE]
        return [*self.own(user), *(note for note in lately if note["owner"] == user["id"])]


class DecidesItself(Lives):
    """How many stars a note has is decided by others, whatever its author sends."""

    def written(self, draft: Draft) -> dict[str, Any]:
        return {**super().written(draft), "stars": 3}

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        document["components"]["schemas"]["Draft"]["properties"].pop("stars")
        return document


class Whole(Draft):
    name: str = Field(default="untitled", min_length=1, max_length=100, pattern=r"^[^\x00]*$")


class PutIsTheWhole(Lives):
    """What a PUT leaves out is as it is by default: of two at one moment the later counts."""

    kept = ("RES-017",)

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=Note)
        async def update(note_id: int, draft: Whole, user=self.known()):
            note = self.find(note_id, user)
            note.update(self.written(draft))
            return note


class Dated(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")
    price: Decimal = Field(default=Decimal(0), ge=0, le=1000, allow_inf_nan=False)
    due: datetime | None = None


class ShownDated(BaseModel):
    id: int
    name: str
    price: str
    due: str | None = None


class ShownAllDated(BaseModel):
    items: list[ShownDated]
    total: int


class WritesInItsOwnForm(Service):
    """A time is shown in the zone of the service, an amount with two places, and what is null is left out."""

    kept = ("RES-005", "RES-006", "RES-007", "RES-023", "CON-006")

    def form(self, draft: Dated) -> dict[str, Any]:
        zone = timezone(timedelta(hours=2))
        try:
            due = draft.due and draft.due.astimezone(zone).isoformat(timespec="seconds")
        except (OverflowError, ValueError):
            raise HTTPException(422, "no such day here") from None
        return {"name": draft.name, "price": f"{draft.price:.2f}", "due": due}

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=ShownAllDated, response_model_exclude_none=True)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + limit], "total": len(found)}

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=ShownDated, response_model_exclude_none=True)
        async def add(draft: Dated, user=self.known()):
            note = {"id": next(self.numbers), "owner": user["id"], **self.form(draft)}
            self.keep(note)
            return note

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=ShownDated, response_model_exclude_none=True)
        async def read(note_id: int, user=self.known()):
            return self.find(note_id, user)

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=ShownDated, response_model_exclude_none=True)
        async def update(note_id: int, draft: Dated, user=self.known()):
            note = self.find(note_id, user)
            note.update(self.form(draft))
            return note
