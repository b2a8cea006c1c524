"""Odd ways to search, to filter, to sort and to find: engines of their own, other conventions, values that are tidied."""

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query

from tests.probes.service import Draft, Note, Notes, Service, Size, Start

Rows = list[dict[str, Any]]


class Choices(Service):
    rules = ("PAG-013", "PAG-014", "PAG-015", "PAG-016", "PAG-017")
    #: what of these does not pass on the list of notes, and how it ends instead
    otherwise: dict[str, str] = {}  # noqa: RUF012

    def searched(self, found: Rows, word: str) -> Rows:
        return [note for note in found if not word or self.holds(note, word)]

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return word.lower() in note["name"].lower()

    def page(self, found: Rows, limit: int, offset: int) -> dict[str, Any]:
        return {"items": found[offset : offset + limit], "total": len(found)}


class Searched(Choices):
    rules = ("PAG-013", "PAG-014", "PAG-017")

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size = 20, offset: Start = 0, q: str = "", user=self.known()):
            return self.page(self.searched(self.listed(user), q), limit, offset)


class Words(Searched):
    """A search is for whole words, whatever stands between them."""

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return set(re.findall(r"\w+", word.lower())) <= set(re.findall(r"\w+", note["name"].lower()))


class Prefixes(Searched):
    """A search is for the beginnings of words."""

    def holds(self, note: dict[str, Any], word: str) -> bool:
        wanted, there = (re.findall(r"[a-z0-9]+", text.lower()) for text in (word, note["name"]))
        return all(any(one.startswith(part) for one in there) for part in wanted)


class Parts(Searched):
    """A search is for the parts of a word that marks divide it into."""

    otherwise = {"PAG-014": "untested"}  # noqa: RUF012

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return all(part in note["name"].lower() for part in re.findall(r"[a-z0-9]+", word.lower()))


class Operators(Searched):
    """A search knows OR, quotation marks and minus, as web searches do."""

    def holds(self, note: dict[str, Any], word: str) -> bool:
        there = set(re.findall(r"\w+", note["name"].lower()))
        return any(set(re.findall(r"\w+", part.lower())) <= there for part in re.split(r"\bOR\b", word))


class Fuzzy(Searched):
    """A search forgives a slip."""

    otherwise = {"PAG-014": "untested"}  # noqa: RUF012

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return difflib.SequenceMatcher(None, word.lower(), note["name"].lower()).ratio() > 0.75


class Indexed(Searched):
    """An index learns of what is new a few requests later."""

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return self.has_come(note) and super().holds(note, word)


class Exact(Searched):
    """A search is for the whole name."""

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return word.lower() == note["name"].lower()


class Stripped(Searched):
    """A name is kept without anything but letters, digits and blanks."""

    def written(self, draft: Draft) -> dict[str, Any]:
        return {**draft.model_dump(), "name": re.sub(r"[^\w ]|_", "", draft.name) or "x"}


class PlainWords(Searched):
    """A search takes letters and digits, and refuses the rest, which the document does not tell."""

    def searched(self, found: Rows, word: str) -> Rows:
        if not re.fullmatch(r"\w*", word) or "_" in word:
            raise HTTPException(422, "letters and digits only")
        return super().searched(found, word)


class Firewalled(Searched):
    """A firewall does not like what looks like SQL."""

    def searched(self, found: Rows, word: str) -> Rows:
        if re.search(r"\bOR\b.*=|'", word):
            raise HTTPException(403, "no")
        return super().searched(found, word)


class NoMatch404(Searched):
    """A search that finds nothing is answered 404."""

    def searched(self, found: Rows, word: str) -> Rows:
        if word and not super().searched(found, word):
            raise HTTPException(404, "nothing found")
        return super().searched(found, word)


class Scored(Note):
    score: float


class ScoredNotes(Notes):
    items: list[Scored]


class Nearest(Choices):
    """A search shows what is nearest, and how near it is."""

    rules = ("PAG-013", "PAG-014", "PAG-017")
    otherwise = {"PAG-013": "untested", "PAG-014": "untested", "PAG-017": "untested"}  # noqa: RUF012
    untested = ("PAG-017",)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=ScoredNotes)
        async def notes(limit: Size = 20, offset: Start = 0, q: str = "", user=self.known()):
            near = [
                {**note, "score": difflib.SequenceMatcher(None, q, note["name"]).ratio()}
                for note in self.listed(user)
            ]
            return self.page(sorted(near, key=lambda note: -note["score"]), limit, offset)


class Mandatory(Searched):
    """Nothing is listed but what is searched for."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(q: str, limit: Size = 20, offset: Start = 0, user=self.known()):
            return self.page(self.searched(self.listed(user), q), limit, offset)


class ByText(Searched):
    """What is searched is the text, and not the name."""

    def holds(self, note: dict[str, Any], word: str) -> bool:
        return word.lower() in note["text"].lower()


class LenientIds(Choices):
    """Of an id in a path only the digits at its beginning are read."""

    rules = ("PAG-017",)
    identifier = str

    def find(self, key: Any, user: Any) -> dict[str, Any]:
        digits = re.match(r"\d*", str(key))
        return super().find(digits[0] if digits else "", user)


class Marked(Note):
    starred: bool
    colour: Literal["red", "blue", "none"]


class MarkedNotes(Notes):
    items: list[Marked]


class Filtered(Choices):
    rules = ("PAG-015", "PAG-017")

    def listed(self, user: Any) -> Rows:
        colours = ("red", "blue", "none")
        return [
            {**note, "starred": number % 2 == 0, "colour": colours[number % 3]}
            for number, note in enumerate(super().listed(user))
        ]

    def add(self, draft: Draft, user: Any) -> dict[str, Any]:
        for number in range(5 if not self.own(user) else 0):
            super().add(Draft(name=f"another {number}"), user)
        return super().add(draft, user)


class OnlyStarred(Filtered):
    """A flag asks for the starred ones, and asks for nothing where it is false, as it is by default."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=MarkedNotes)
        async def notes(limit: Size = 20, offset: Start = 0, starred: bool = False, user=self.known()):
            found = [note for note in self.listed(user) if note["starred"] or not starred]
            return self.page(found, limit, offset)


class RedByDefault(Filtered):
    """Red ones are listed where nothing else is asked for."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=MarkedNotes)
        async def notes(
            limit: Size = 20,
            offset: Start = 0,
            colour: Literal["red", "blue", "none", "all"] = "red",
            user=self.known(),
        ):
            found = [note for note in self.listed(user) if colour in (note["colour"], "all")]
            return self.page(found, limit, offset)


class OneFilterAtATime(Filtered):
    """Two filters at once are refused."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=MarkedNotes)
        async def notes(
            limit: Size = 20,
            offset: Start = 0,
            colour: Literal["red", "blue"] | None = None,
            starred: bool | None = None,
            user=self.known(),
        ):
            if colour is not None and starred is not None:
                raise HTTPException(400, "one at a time")
            found = [note for note in self.listed(user) if colour in (None, note["colour"])]
            return self.page([note for note in found if starred in (None, note["starred"])], limit, offset)


class NameInPart(Filtered):
    """A filter by name finds names that hold it."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=MarkedNotes)
        async def notes(limit: Size = 20, offset: Start = 0, name: str = "", user=self.known()):
            found = [note for note in self.listed(user) if name.lower() in note["name"].lower()]
            return self.page(found, limit, offset)


class NoTotal(Filtered):
    """A short list that does not say how long it is."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=list[Marked])
        async def notes(
            limit: Annotated[int, Query(ge=1, le=3)] = 3,
            offset: Start = 0,
            starred: bool | None = None,
            user=self.known(),
        ):
            found = [note for note in self.listed(user) if starred in (None, note["starred"])]
            # What is filtered comes in another order than what is not.
            found = found if starred is None else found[::-1]
            return found[offset : offset + limit]


class Sorted(Choices):
    rules = ("PAG-016", "PAG-017")

    def by(self, found: Rows, field: str, *, backwards: bool = False) -> Rows:
        return sorted(found, key=lambda note: (self.rank(note[field]), note["id"]), reverse=backwards)

    def rank(self, value: Any) -> Any:
        return value


class Signs(Sorted):
    """A minus turns the order, as Django REST framework has it, and the document names nothing."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size = 20, offset: Start = 0, ordering: str = "", user=self.known()):
            found, field = self.listed(user), ordering.removeprefix("-")
            if field in ("name", "id", "stars"):
                found = self.by(found, field, backwards=ordering.startswith("-"))
            return self.page(found, limit, offset)


class Commas(Sorted):
    """A word behind a comma turns the order, as Spring has it."""

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(
            limit: Size = 20,
            offset: Start = 0,
            sort: Annotated[str, Query(description="property(,asc|desc), by `name` or `stars`")] = "",
            user=self.known(),
        ):
            found, (field, _, direction) = self.listed(user), sort.partition(",")
            if field in ("name", "stars"):
                found = self.by(found, field, backwards=direction == "desc")
            return self.page(found, limit, offset)


class Directed(Sorted):
    """Two parameters, capital letters taken for small ones."""

    def rank(self, value: Any) -> Any:
        return value.casefold() if isinstance(value, str) else value

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(
            limit: Size = 20,
            offset: Start = 0,
            sort_by: Literal["id", "name", "stars"] = "id",
            order: Literal["asc", "desc"] = "asc",
            user=self.known(),
        ):
            return self.page(self.by(self.listed(user), sort_by, backwards=order == "desc"), limit, offset)


class TiesAsTheyCome(Directed):
    """Items of one value come in the order of their ids, whichever way the list is sorted."""

    def by(self, found: Rows, field: str, *, backwards: bool = False) -> Rows:
        return sorted(found, key=lambda note: self.rank(note[field]), reverse=backwards)


class DigitsAsNumbers(Directed):
    """`note 9` comes before `note 10`."""

    def rank(self, value: Any) -> Any:
        parts: Iterable[str] = re.findall(r"\d+|\D+", value) if isinstance(value, str) else ()
        return [(part.isdigit(), int(part) if part.isdigit() else part) for part in parts] or value


class BestFirst(Sorted):
    """A field alone is named, and what it sorts by comes with the greatest first."""

    otherwise = {"PAG-016": "untested"}  # noqa: RUF012

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(
            limit: Size = 20,
            offset: Start = 0,
            sort: Literal["id", "stars", "newest"] = "newest",
            user=self.known(),
        ):
            field = "id" if sort == "newest" else sort
            return self.page(self.by(self.listed(user), field, backwards=True), limit, offset)


class UnknownOrder(Sorted):
    """A list is sorted by words of its own, and ignores others."""

    otherwise = {"PAG-016": "untested", "PAG-017": "untested"}  # noqa: RUF012
    untested = ("PAG-017",)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size = 20, offset: Start = 0, sort: str = "", user=self.known()):
            found = self.listed(user)
            return self.page(found[::-1] if sort == "hot" else found, limit, offset)
