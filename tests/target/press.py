"""A small press whose articles are named by their titles, with deeds beside rows and what only an administrator may do."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, Field

from tests.target.nested import Id, Service, SignUp, Text


class Article(BaseModel):
    id: int
    slug: str
    title: str
    body: str


class ArticleIn(BaseModel):
    title: str
    body: Text


class ArticleOut(BaseModel):
    article: Article


class ArticleChange(BaseModel):
    title: Text | None = None
    body: Text | None = None


class Notice(BaseModel):
    id: int
    text: str
    footnote: str | None = None


class NoticeChange(BaseModel):
    footnote: Text | None = None


class Fresh(BaseModel):
    password: Annotated[str, Field(min_length=8, max_length=60)]


class Saying(BaseModel):
    motto: str | None = None


class NoticeIn(BaseModel):
    text: Text


@dataclass
class Press(Service):
    #: by slug: who wrote it, and what
    articles: dict[str, tuple[int, Article]] = field(default_factory=dict)
    #: who follows whom, and who likes which article
    ties: set[tuple[int, str]] = field(default_factory=set)
    notices: dict[int, Notice] = field(default_factory=dict)
    #: the methods that were refused to others than the administrator
    refused: list[str] = field(default_factory=list)


def articles(service: Press) -> APIRouter:
    """The slug is the title itself, and an article without a title has an empty one."""
    router = APIRouter(prefix="/articles")
    held = service.articles
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def article(slug: str) -> str:
        if slug not in held:
            raise HTTPException(404, "no such article")
        return slug

    def own(slug: Annotated[str, Depends(article)], who: Caller) -> str:
        if held[slug][0] != who and "open articles" not in service.faults:
            raise HTTPException(403, "another's")
        return slug

    @router.post("", status_code=201)
    def write(body: ArticleIn, who: Caller) -> ArticleOut:
        slug = body.title.lower()
        if slug in held:
            raise HTTPException(409, "taken")
        made = Article(id=service.number(), slug=slug, title=body.title, body=body.body)
        held[slug] = (who, made)
        return ArticleOut(article=made)

    @router.get("/{slug}")
    def read(slug: Annotated[str, Depends(article)]) -> ArticleOut:
        return ArticleOut(article=held[slug][1])

    @router.put("/{slug}")
    def rewrite(slug: Annotated[str, Depends(own)], change: ArticleChange) -> ArticleOut:
        who, old = held.pop(slug)
        new = old.model_copy(update=change.model_dump(exclude_none=True))
        new.slug = new.title.lower()
        held[new.slug] = (who, new)
        return ArticleOut(article=new)

    @router.delete("/{slug}", status_code=204)
    def withdraw(slug: Annotated[str, Depends(own)]) -> Response:
        del held[slug]
        return Response(status_code=204)

    return router


def notices(service: Press) -> APIRouter:
    """Everybody reads them; only the administrator, who has the number 0, prints and drops them. Others are answered 401."""
    router = APIRouter(prefix="/notices")
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def admin(who: Caller, request: Request) -> int:
        if who != 0:
            service.refused.append(request.method)
            raise HTTPException(401, "administrators only", headers={"WWW-Authenticate": "Bearer"})
        return who

    Admin = Annotated[int, Depends(admin)]  # noqa: N806 - a type

    @router.post("", status_code=201)
    def print_notice(body: NoticeIn, who: Admin) -> Notice:
        number = service.number()
        service.notices[number] = Notice(id=number, text=body.text)
        return service.notices[number]

    @router.get("/{notice_id}")
    def read_notice(notice_id: Id, who: Caller) -> Notice:
        if notice_id not in service.notices:
            raise HTTPException(404, "no such notice")
        return service.notices[notice_id]

    @router.patch("/{notice_id}")
    def add_footnote(notice_id: Id, change: NoticeChange, who: Caller) -> Notice:
        notice = read_notice(notice_id, who)
        if who != 0 and "open notices" not in service.faults:
            raise HTTPException(403, "administrators only")
        notice.footnote = change.footnote or notice.footnote
        return notice

    @router.delete("/{notice_id}", status_code=204)
    def drop_notice(notice_id: Id, who: Admin) -> Response:
        if service.notices.pop(notice_id, None) is None:
            raise HTTPException(404, "no such notice")
        return Response(status_code=204)

    return router


def circle(service: Press) -> APIRouter:  # noqa: C901 - a whole service
    """Articles that are liked, people that are followed, but for oneself, and a password that its owner sets anew."""
    router = APIRouter()
    router.include_router(articles(service))
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def tie(who: int, other: str) -> Response:
        if (who, other) in service.ties:
            raise HTTPException(409, "done before")
        service.ties.add((who, other))
        return Response(status_code=204)

    def untie(who: int, other: str) -> Response:
        if (who, other) not in service.ties:
            raise HTTPException(409, "never done")
        service.ties.remove((who, other))
        return Response(status_code=204)

    def person(username: str, who: Caller) -> str:
        if username not in [one.username for one in service.accounts.values()]:
            raise HTTPException(404, "no such person")
        if service.accounts[who].username == username:
            raise HTTPException(400, "not oneself")
        return username

    def article(slug: str, who: Caller) -> str:
        if slug not in service.articles:
            raise HTTPException(404, "no such article")
        return slug

    Person, Liked = Annotated[str, Depends(person)], Annotated[str, Depends(article)]  # noqa: N806 - types

    @router.post("/people/{username}/follow", status_code=204)
    def follow(username: Person, who: Caller) -> Response:
        return tie(who, username)

    @router.delete("/people/{username}/follow", status_code=204)
    def unfollow(username: Person, who: Caller) -> Response:
        return untie(who, username)

    @router.post("/articles/{slug}/like", status_code=204)
    def like(slug: Liked, who: Caller) -> Response:
        return tie(who, slug)

    @router.delete("/articles/{slug}/like", status_code=204)
    def unlike(slug: Liked, who: Caller) -> Response:
        return untie(who, slug)

    @router.post("/reset-password", status_code=204)
    def reset(body: Fresh, who: Caller) -> Response:
        service.accounts[who] = SignUp(username=service.accounts[who].username, password=body.password)
        return Response(status_code=204)

    @router.put("/people/{username}/motto", status_code=204)
    def speak(username: str, saying: Saying, who: Caller) -> Response:
        if service.accounts[who].username != username or not saying.motto:
            raise HTTPException(400, "a motto of your own, please")
        return Response(status_code=204)

    @router.delete("/people/{username}/badge", status_code=204)
    def strip(username: str, who: Caller) -> Response:
        if who != 0:
            raise HTTPException(403, "administrators only")
        return Response(status_code=204)

    @router.post("/log/session", status_code=204)
    def administrators_session(who: Caller) -> Response:
        if who != 0:
            raise HTTPException(403, "administrators only")
        service.refused.append("a session of the administrator")
        return Response(status_code=204)

    @router.post("/rebuild", status_code=204)
    def rebuild(who: Caller) -> Response:
        service.refused.append("rebuilt")
        return Response(status_code=204)

    return router
