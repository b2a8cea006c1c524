"""A small press whose articles are named by their titles, with deeds beside rows and what only an administrator may do."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import BaseModel

from tests.target.nested import Service, Text


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


@dataclass
class Press(Service):
    #: by slug: who wrote it, and what
    articles: dict[str, tuple[int, Article]] = field(default_factory=dict)


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
