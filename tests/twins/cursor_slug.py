"""A twin with cursors and no total, slugs, a nested resource, wrapped camelCase bodies, problem documents, JWTs under
the scheme `Token`, soft deletion, and 404 for what is another's. Its document, cursor_slug.yaml, is served as YAML.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import yaml
from starlette.applications import Starlette

from tests.twins.by_document import Call, Problem, serve_by

#: Where the document is served; no framework puts it there.
DOCUMENT = "/api/schema"
SIGNING_KEY = "a key that signs the tokens of a twin in tests only"
ISSUER = "https://twin.example"
LIFETIME = 3600
#: Wrong passwords for one address before it has to wait, and how long, in seconds.
PATIENCE, PAUSE = 20, 30.0

Answer = tuple[int, Any, Mapping[str, str]]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2, r=1, p=1)


@dataclass(eq=False)
class Kept:
    """Anything that is kept. What was deleted stays and is nowhere to be seen."""

    owner: Account | None
    number: int
    fields: dict[str, Any]
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)
    deleted: str | None = None

    def change(self, fields: Mapping[str, Any]) -> None:
        self.fields |= fields
        self.updated = now()

    def shown(self, **more: Any) -> dict[str, Any]:
        author = {"author": self.owner.fields["username"]} if self.owner else {}
        return {**more, **self.fields, **author, "createdAt": self.created, "updatedAt": self.updated}


@dataclass(eq=False)
class Account(Kept):
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    password: bytes = b""


@dataclass(eq=False)
class Article(Kept):
    slug: str = ""
    comments: list[Kept] = field(default_factory=list)


class Service:
    """All of it. Every method runs to its end before the next one begins, see `by_document.Desk`."""

    def __init__(self, *, blind: bool = False) -> None:
        #: a fault: of a comment it asks whether the article in the path is the caller's, and not whether it lies there
        self._blind = blind
        self._accounts: list[Account] = []
        self._articles: dict[str, Article] = {}
        self._numbers = itertools.count(1)
        self._cursor_key = secrets.token_bytes(32)
        self._nobody = Account(None, 0, {})
        self._failures: Counter[str] = Counter()
        self._waits_until: dict[str, float] = {}

    # -- accounts ----------------------------------------------------------------------------------------------

    def sign_up(self, call: Call) -> Answer:
        fields = {"bio": "", **call.body["user"]}
        password = fields.pop("password")
        self._must_be_free(fields)
        account = Account(None, next(self._numbers), fields)
        account.password = digest(password, account.salt)
        self._accounts.append(account)
        return 201, {"user": account.shown()}, {}

    def sign_in(self, call: Call) -> Answer:
        email, password = call.body["user"]["email"].lower(), call.body["user"]["password"]
        if time.monotonic() < self._waits_until.get(email, 0.0):
            raise Problem(429, "Too many wrong passwords", {"Retry-After": str(int(PAUSE))})
        # Nobody has a salt too, so that a stranger's address takes as long as a wrong password.
        account = next((one for one in self._accounts if one.fields["email"].lower() == email), self._nobody)
        right = hmac.compare_digest(account.password, digest(password, account.salt))
        if not right or account.deleted:
            self._failures[email] += 1
            if self._failures[email] % PATIENCE == 0:
                self._waits_until[email] = time.monotonic() + PAUSE
            raise Problem(401, "Wrong address or password", _CHALLENGE)
        del self._failures[email]
        issued = {"username": account.fields["username"], "token": _token_for(account)}
        return 200, {"user": issued}, {"Cache-Control": "no-store"}

    def identify(self, authorization: str) -> Account:
        scheme, _, token = authorization.partition(" ")
        try:
            subject = _subject_of(token) if scheme.lower() == "token" else ""
        except jwt.PyJWTError:
            subject = ""
        for account in self._accounts:
            if account.id == subject and not account.deleted:
                return account
        raise Problem(401, "Sign in first", _CHALLENGE)

    def show_user(self, call: Call) -> Answer:
        return 200, {"user": call.caller.shown()}, {}

    def replace_user(self, call: Call) -> Answer:
        self._must_be_free(call.body["user"], but_for=call.caller)
        call.caller.change(call.body["user"])
        return self.show_user(call)

    def close_user(self, call: Call) -> Answer:
        call.caller.deleted = now()
        for article in self._articles.values():
            article.deleted = article.deleted or (now() if article.owner is call.caller else None)
        return 204, None, {}

    def _must_be_free(self, fields: Mapping[str, Any], but_for: Account | None = None) -> None:
        for name in ("username", "email"):
            taken = {one.fields[name].lower() for one in self._accounts if one is not but_for}
            if fields[name].lower() in taken:
                raise Problem(409, "Taken", errors=[{"field": f"user.{name}", "rule": "unique"}])

    # -- articles ----------------------------------------------------------------------------------------------

    def list_articles(self, call: Call) -> Answer:
        own = [one for one in self._articles.values() if one.owner is call.caller]
        page, chosen = self._page(own, call, "articles")
        return 200, {"articles": [one.shown(slug=one.slug) for one in chosen], "page": page}, {}

    def create_article(self, call: Call) -> Answer:
        fields = call.body["article"]
        slug = self._free_slug(fields["title"])
        article = self._articles[slug] = Article(call.caller, next(self._numbers), fields, slug=slug)
        return 201, {"article": article.shown(slug=slug)}, {"Location": f"/api/v1/articles/{slug}"}

    def show_article(self, call: Call) -> Answer:
        article = self._article(call)
        return 200, {"article": article.shown(slug=article.slug)}, {}

    def replace_article(self, call: Call) -> Answer:
        self._article(call).change(call.body["article"])
        return self.show_article(call)

    def withdraw_article(self, call: Call) -> Answer:
        self._article(call).deleted = now()
        return 204, None, {}

    def _article(self, call: Call) -> Article:
        article = self._articles.get(call.path["slug"])
        if article is None or article.deleted or article.owner is not call.caller:
            raise Problem(404, "There is nothing here")
        return article

    def _free_slug(self, title: str) -> str:
        """From the title, with a number where that is taken. It stays when the title changes: links live long."""
        plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "article"
        wishes = itertools.chain([plain], (f"{plain}-{number}" for number in itertools.count(2)))
        return next(slug for slug in wishes if slug not in self._articles)

    # -- comments ----------------------------------------------------------------------------------------------

    def list_comments(self, call: Call) -> Answer:
        article = self._article(call)
        page, chosen = self._page(article.comments, call, f"comments on {article.slug}")
        return 200, {"comments": [one.shown(commentId=one.number) for one in chosen], "page": page}, {}

    def create_comment(self, call: Call) -> Answer:
        article = self._article(call)
        comment = Kept(call.caller, next(self._numbers), {"isPinned": False, **call.body["comment"]})
        article.comments.append(comment)
        place = f"/api/v1/articles/{article.slug}/comments/{comment.number}"
        return 201, {"comment": comment.shown(commentId=comment.number)}, {"Location": place}

    def show_comment(self, call: Call) -> Answer:
        comment = self._comment(call)
        return 200, {"comment": comment.shown(commentId=comment.number)}, {}

    def amend_comment(self, call: Call) -> Answer:
        self._comment(call).change(call.body["comment"])
        return self.show_comment(call)

    def withdraw_comment(self, call: Call) -> Answer:
        self._comment(call).deleted = now()
        return 204, None, {}

    def _comment(self, call: Call) -> Kept:
        article = self._article(call)
        for comment in self._comments() if self._blind else article.comments:
            if comment.number == call.path["commentId"] and not comment.deleted:
                return comment
        raise Problem(404, "There is nothing here")

    def _comments(self) -> list[Kept]:
        return [comment for article in self._articles.values() for comment in article.comments]

    # -- pages -------------------------------------------------------------------------------------------------

    def _page(self, rows: list[Any], call: Call, name: str) -> tuple[dict[str, Any], list[Any]]:
        """The rows behind the cursor, newest first, and what stands beside them."""
        cursor, limit = call.query["cursor"], call.query["limit"]
        before = float("inf") if cursor is None else self._read_cursor(cursor, name)
        alive = [row for row in rows if not row.deleted and row.number < before]
        chosen = sorted(alive, key=lambda row: -row.number)[:limit]
        more = len(alive) > limit
        return {"limit": limit, "nextCursor": self._cursor(chosen[-1].number, name) if more else None}, chosen

    def _cursor(self, number: int, name: str) -> str:
        seal = hmac.digest(self._cursor_key, f"{name} {number}".encode(), "sha256")[:12]
        return base64.urlsafe_b64encode(str(number).encode() + b"." + seal).decode()

    def _read_cursor(self, cursor: str, name: str) -> int:
        try:
            number = int(base64.urlsafe_b64decode(cursor.encode()).partition(b".")[0])
        except ValueError:
            number = 0
        if not hmac.compare_digest(self._cursor(number, name).encode(), cursor.encode()):
            raise Problem(422, "No cursor of this list", errors=[{"field": "cursor", "rule": "issued here"}])
        return number


_CHALLENGE = {"WWW-Authenticate": 'Token realm="twin"'}


def _token_for(account: Account) -> str:
    issued = int(time.time())
    claims = {"sub": account.id, "iss": ISSUER, "aud": ISSUER, "iat": issued, "exp": issued + LIFETIME}
    return jwt.encode(claims, SIGNING_KEY, "HS256")


def _subject_of(token: str) -> str:
    """Whom a token names. Raises PyJWTError where it is not one of ours, or not for now."""
    must = {"require": ["sub", "iss", "aud", "iat", "exp"]}
    claims = jwt.decode(token, SIGNING_KEY, ["HS256"], must, audience=ISSUER, issuer=ISSUER)
    return str(claims["sub"])


def create_app(*, blind: bool = False) -> Starlette:
    """A fresh one; blind: with the fault of that name."""
    raw = Path(__file__).with_suffix(".yaml").read_bytes()
    document = yaml.safe_load(raw)
    service = Service(blind=blind)

    def handler(operation_id: str) -> Callable[[Call], Answer]:
        return getattr(service, re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", operation_id))

    return serve_by(document, handler, service.identify, at=DOCUMENT, raw=raw)
